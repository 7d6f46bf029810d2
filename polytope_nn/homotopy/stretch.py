"""Stretches: the optimum enclosed for every beta of an interval (topology.md B, "Certified").

Around the tangent at a point, ``x = x_0 + x_1 t + r`` with ``t = beta - beta_0``, the residual of
a curve's system is exactly quadratic in t and r, so Krawczyk's test has no dependency to
lose: with ``Y`` close to the inverse Jacobian, a box R for r and ``E = I - Y J`` over all t and
R, ``-Y f(x_0 + x_1 t) + E R`` inside R proves that for *every* beta of the stretch R holds
exactly one solution, and that the Jacobian is regular.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, BallMatrix, Balls, precision
from polytope_nn.exact.ball_matrix import multiply_balls
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.rational import exponent
from polytope_nn.exact.scalar import dot

from .curve import Curve, Point

__all__ = ["Stretch", "stretch_around"]

_INFLATIONS = 5  # of the box of a test that fails
_IMPROVED = 12  # times that bounds of slopes are


@dataclass(frozen=True, eq=False, repr=False)
class Stretch:
    """Enclosures for every ``beta = beta_0 + t``: ``x(beta) in x_0 + x_1 t + rest``.

    ``radii`` are those of the box in which the solution is the only one, ``E`` encloses
    ``I - Y J`` there. The solution's rest r is ``E r - Y f(x_0 + x_1 t)``, whose part ``bend t^2``
    is known: what is ``left`` of it is of third order.
    """

    curve: Curve
    point: Point
    t: Ball
    rest: Balls
    bend: Balls
    left: Balls
    radii: tuple[Fraction, ...]
    E: BallMatrix

    @cached_property
    def values(self) -> Balls:
        """The enclosures of all unknowns, one ball each."""
        parts = zip(self.point.x, self.point.tangent, self.rest, strict=True)
        return tuple(x + s * self.t + r for x, s, r in parts)

    def form(self, coefficients: Sequence[tuple[int, Ball]]) -> Ball:
        """Return the value of a linear form, given by places and coefficients, over all t."""
        a, b, c, rest = self.parts(coefficients)
        return a + (b + c * self.t) * self.t + rest

    def parts(self, column: Sequence[tuple[int, Ball]]) -> tuple[Ball, Ball, Ball, Ball]:
        """Return a linear form as ``a + b t + c t^2 + r``."""
        zero = Ball.from_rational(0)
        terms = (self.point.x, self.point.tangent, self.bend, self.left)
        a, b, c, rest = (sum((t * v[i] for i, t in column), zero) for v in terms)
        return a, b, c, rest

    @cached_property
    def slopes(self) -> Balls:
        """Enclosures of ``dx/dbeta`` for every beta of the stretch.

        ``J x' = -(W^-1 k, 0, 0)``, so ``z = x' - x_1`` solves ``(I - E) z = s`` with a small s:
        ``|z| <= u max(|s|/u) / (1 - q)``, u the radii, ``q = max(|E|u / u)``; and a bound b
        is improved to ``|s| + |E| b``.

        Raises
        ------
        Undecided
            When ``q < 1`` is not proved.
        """
        n, u = self.curve.n, self.radii
        right = [a * b for a, b in zip(self.curve.inverse, self.values, strict=False)]
        right += [Ball.from_rational(0)] * (self.curve.size - n)
        moved = multiply_balls(self.point.Y, [[t] for t in right])
        tangent = self.point.tangent
        back = multiply_balls(self.E, [[t] for t in tangent])
        s = [b[0] - a[0] - t for a, b, t in zip(moved, back, tangent, strict=True)]
        E = [[_up(e.magnitude()) for e in row] for row in self.E]
        sizes = [_up(x.magnitude()) for x in s]
        q = max(dot(row, u) / v for row, v in zip(E, u, strict=True))
        if q >= 1:
            raise Undecided("the slopes of the optimum on a stretch of beta")
        most = max(x / r for x, r in zip(sizes, u, strict=True)) / (1 - q)
        bounds = [r * most for r in u]
        for _ in range(_IMPROVED):
            bounds = [
                _up(min(b, x + dot(row, bounds)))
                for b, x, row in zip(bounds, sizes, E, strict=True)
            ]
        return tuple(
            t + Ball.from_interval(-b, b) for t, b in zip(tangent, bounds, strict=True)
        )

    def continues(self, other: "Stretch") -> bool:
        """Return whether the solution of another stretch, inside this one, is proved the same.

        It is when its enclosure lies in the box that holds one solution only.
        """
        t = other.point.beta - self.point.beta + other.t
        pairs = zip(other.values, self.point.x, self.point.tangent, self.radii, strict=True)
        return all((v - x - s * t).magnitude() < r for v, x, s, r in pairs)


def stretch_around(curve: Curve, point: Point, half: Fraction) -> "Stretch":
    """Return proved enclosures for every beta within ``half`` of the point.

    Raises
    ------
    Undecided
        When Krawczyk's test fails.
    """
    bits = point.x[0].precision
    with precision(bits):
        t = Ball.from_interval(-half, half)
        f0, f1, f2 = curve.expanded(point)
        moved = multiply_balls(point.Y, transpose([f0, f1, f2]))
        bend = tuple(-c for _, _, c in moved)
        least = [a + b * t for a, b, _ in moved]  # but for rounding, 0
        rho = [s - c * t * t for s, c in zip(least, bend, strict=True)]
        J0 = curve.jacobian(point.x, Ball.from_rational(point.beta))
        J1 = curve.jacobian(point.tangent, Ball.from_rational(1), constant=False)
        products = multiply_balls(point.Y, [[*a, *b] for a, b in zip(J0, J1, strict=True)])
        N = curve.size
        fixed = [
            [int(i == j) - row[j] - row[N + j] * t for j in range(N)]
            for i, row in enumerate(products)
        ]
        speck = max(abs(x.midpoint) for x in point.x) / (1 << bits - 16)
        radii = [2 * x.magnitude() + speck for x in rho]
        for _ in range(_INFLATIONS):
            R = tuple(Ball.from_interval(-r, r) for r in radii)
            JR = curve.jacobian(R, Fraction(0), constant=False)
            spread = multiply_balls(point.Y, JR)
            E = [
                [p - q for p, q in zip(a, b, strict=True)]
                for a, b in zip(fixed, spread, strict=True)
            ]
            images = multiply_balls(E, [[x] for x in R])
            image = tuple(x[0] - p for x, p in zip(images, rho, strict=True))
            sizes = [x.magnitude() for x in image]
            if all(s < r for s, r in zip(sizes, radii, strict=True)):
                left = tuple(x[0] - s for x, s in zip(images, least, strict=True))
                box = tuple(map(tuple, E))
                return Stretch(curve, point, t, image, bend, left, tuple(radii), box)
            radii = [2 * s + speck for s in sizes]
    raise Undecided("the interval Newton test fails on a stretch of beta")


def _up(x: Fraction) -> Fraction:
    """Return a short fraction, at least x >= 0."""
    bits = 40 - exponent(x)
    if bits <= 0:
        return x
    return Fraction(-((-x.numerator << bits) // x.denominator), 1 << bits)
