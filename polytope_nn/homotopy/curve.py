"""The optimum as a curve in beta, enclosed for every beta of a stretch (topology.md B2).

For given units, and columns L that pairs of atoms let be fitted freely, the scaled system

    beta W^-1 k + sum_a w_a B_a k + L lambda = y,   k'B_a k = 1,   L'k = 0,   B_a = V_a V_a'

is a quadratic map f of ``(x, beta)``, ``x = (k, w, lambda)``. Around the tangent at a point,
``x = x_0 + x_1 t + r`` with ``t = beta - beta_0``, the residual is exactly quadratic in t and r,
so Krawczyk's test has no dependency to lose: with ``Y`` close to the inverse Jacobian, a box R
for r and ``E = I - Y J`` over all t and R, ``-Y f(x_0 + x_1 t) + E R`` inside R proves that for
*every* beta of the stretch R holds exactly one solution, and that the Jacobian is regular: the
features of the units are independent modulo L.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.system import Unit
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, BallMatrix, Balls, ball_vector, precision
from polytope_nn.exact.ball_matrix import invert_balls, multiply_balls
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, dot

from .decay import DecayFamily

__all__ = ["BITS", "Curve", "Point", "Stretch"]

BITS = 128
_STEPS = 24  # of Newton's method
_INFLATIONS = 5  # of the box of a test that fails
_IMPROVED = 12  # times that bounds of slopes are


@dataclass(frozen=True)
class Point:
    """A refined solution at beta, with no proof: x_0, the tangent x_1, the inverse Y."""

    beta: Fraction
    x: Balls
    tangent: Balls
    Y: BallMatrix

    def predicted(self, beta: Fraction) -> Balls:
        """Return where the tangent is at another beta."""
        t = beta - self.beta
        pairs = zip(self.x, self.tangent, strict=True)
        return tuple((x + s * t).centre() for x, s in pairs)


@dataclass(frozen=True)
class Curve:
    """The system of a family of problems for given units and columns L."""

    family: DecayFamily
    units: tuple[Unit, ...]
    linear: tuple[Vector, ...] = ()

    @property
    def n(self) -> int:
        """The number of samples, the length of k."""
        return self.family.n

    @property
    def size(self) -> int:
        """The number of unknowns: k, then w, then lambda."""
        return self.n + len(self.units) + len(self.linear)

    @cached_property
    def forms(self) -> tuple[Matrix, ...]:
        """The matrices B_a of the units, shape (n, n)."""
        return tuple(
            tuple(tuple(dot(p, q) for q in unit.factor) for p in unit.factor)
            for unit in self.units
        )

    @cached_property
    def _stacked(self) -> BallMatrix:
        return tuple(ball_vector(row, 2 * BITS) for B in self.forms for row in B)

    @cached_property
    def _inverse(self) -> Balls:
        return ball_vector(self.family.inverse_weights, 2 * BITS)

    @cached_property
    def _columns(self) -> BallMatrix:
        return tuple(ball_vector(z, 2 * BITS) for z in self.linear)

    def split(self, x: Sequence[Scalar]) -> tuple[Sequence[Scalar], ...]:
        """Return k, w and lambda, the three parts of a vector of unknowns."""
        m = self.n + len(self.units)
        return x[: self.n], x[self.n : m], x[m:]

    def _features(self, *vectors: Sequence[Scalar]) -> list[list[Balls]]:
        """Return ``B_a k`` for each vector k and each unit."""
        n = self.n
        products = transpose(multiply_balls(self._stacked, transpose(list(vectors))))
        return [
            [tuple(column[a * n : (a + 1) * n]) for a in range(len(self.units))]  # type: ignore[misc]
            for column in products
        ]

    def _quadratic(
        self,
        x: Sequence[Scalar],
        beta: Scalar,
        features: Sequence[Balls],
        others: Sequence[Scalar],
    ) -> list[Scalar]:
        """Return the bilinear part at (x, beta) and at a k ``others`` with its features."""
        k, w, free = self.split(x)
        first = [
            dot([F[i] for F in features], w) + self._inverse[i] * others[i] * beta
            for i in range(self.n)
        ]
        return [*first, *(dot(F, k) for F in features), *(t * 0 for t in free)]

    def _linear(self, x: Sequence[Scalar]) -> list[Scalar]:
        k, w, free = self.split(x)
        first = [dot([z[i] for z in self._columns], free) for i in range(self.n)]
        return [*first, *(t * 0 for t in w), *(dot(z, k) for z in self._columns)]

    def residual(self, x: Sequence[Scalar], beta: Scalar) -> list[Scalar]:
        """Return the left-hand sides less the right-hand sides."""
        k = x[: self.n]
        quadratic = self._quadratic(x, beta, self._features(k)[0], k)
        right = [*self.family.y, *(Fraction(1) for _ in self.units)]
        right += [Fraction(0)] * len(self.linear)
        parts = zip(quadratic, self._linear(x), right, strict=True)
        return [q + z - b for q, z, b in parts]

    def jacobian(
        self, x: Sequence[Scalar], beta: Scalar, *, constant: bool = True
    ) -> list[list[Scalar]]:
        """Return the Jacobian; without its ``constant`` part it is linear in (x, beta)."""
        n, K = self.n, len(self.units)
        k, w, _ = self.split(x)
        features = self._features(k)[0]
        J: list[list[Scalar]] = [[Fraction(0)] * self.size for _ in range(self.size)]
        for i in range(n):
            for j in range(i, n):
                J[i][j] = J[j][i] = dot([self._stacked[a * n + i][j] for a in range(K)], w)
            J[i][i] = J[i][i] + self._inverse[i] * beta
        for a, F in enumerate(features):
            for i, t in enumerate(F):
                J[i][n + a], J[n + a][i] = t, t * 2
        for j, z in enumerate(self._columns if constant else ()):
            for i, t in enumerate(z):
                J[i][n + K + j] = J[n + K + j][i] = t
        return J

    def point(self, beta: Fraction, guess: Sequence[Scalar], bits: int = BITS) -> Point:
        """Return a refined solution at beta near a guess, by Newton's method, with no proof.

        Raises
        ------
        Undecided
            When the iteration does not settle.
        """
        with precision(bits):
            at = Ball.from_rational(beta, bits)
            x = tuple(t.centre() for t in ball_vector(guess, bits))
            for _ in range(_STEPS):
                Y = _centres(invert_balls(self.jacobian(x, at)))
                x, step = self._corrected(Y, x, at)
                size = max(abs(t.midpoint) for t in x)
                if step <= size / (1 << bits // 3):
                    for _ in range(2):
                        x, step = self._corrected(Y, x, at)
                    slope = [a * b for a, b in zip(self._inverse, x, strict=False)]
                    slope += [Ball.from_rational(0)] * (self.size - self.n)
                    product = multiply_balls(Y, [[t] for t in slope])
                    return Point(beta, x, tuple((-t[0]).centre() for t in product), Y)
                if step > size * (1 << 30):
                    break
        raise Undecided(f"Newton's method did not settle at beta = {float(at):.6g}")

    def _corrected(self, Y: BallMatrix, x: Balls, beta: Ball) -> tuple[Balls, Fraction]:
        """Return x after one step, and the size of the step."""
        step = multiply_balls(Y, [[t] for t in self.residual(x, beta)])
        moved = tuple((p - s[0]).centre() for p, s in zip(x, step, strict=True))
        return moved, max(abs(s[0].midpoint) for s in step)

    def stretch(self, point: Point, half: Fraction) -> "Stretch":
        """Return proved enclosures for every beta within ``half`` of the point.

        Raises
        ------
        Undecided
            When Krawczyk's test fails.
        """
        bits = point.x[0].precision
        with precision(bits):
            t = Ball.from_interval(-half, half)
            f0, f1, f2 = self._expanded(point)
            moved = multiply_balls(point.Y, transpose([f0, f1, f2]))
            rho = [a + b * t + c * t * t for a, b, c in moved]
            J0 = self.jacobian(point.x, Ball.from_rational(point.beta))
            J1 = self.jacobian(point.tangent, Ball.from_rational(1), constant=False)
            products = multiply_balls(
                point.Y, [[*a, *b] for a, b in zip(J0, J1, strict=True)]
            )
            N = self.size
            fixed = [
                [int(i == j) - row[j] - row[N + j] * t for j in range(N)]
                for i, row in enumerate(products)
            ]
            speck = max(abs(x.midpoint) for x in point.x) / (1 << bits - 16)
            radii = [2 * x.magnitude() + speck for x in rho]
            for _ in range(_INFLATIONS):
                R = tuple(Ball.from_interval(-r, r) for r in radii)
                JR = self.jacobian(R, Fraction(0), constant=False)
                spread = multiply_balls(point.Y, JR)
                E = [
                    [p - q for p, q in zip(a, b, strict=True)]
                    for a, b in zip(fixed, spread, strict=True)
                ]
                images = multiply_balls(E, [[x] for x in R])
                image = tuple(x[0] - p for x, p in zip(images, rho, strict=True))
                sizes = [x.magnitude() for x in image]
                if all(s < r for s, r in zip(sizes, radii, strict=True)):
                    return Stretch(self, point, t, image, tuple(radii), tuple(map(tuple, E)))
                radii = [2 * s + speck for s in sizes]
        raise Undecided("the interval Newton test fails on a stretch of beta")

    def _expanded(self, point: Point) -> tuple[list[Scalar], list[Scalar], list[Scalar]]:
        """Return f along the tangent: the coefficients of 1, t and t^2."""
        n, x, s, beta = self.n, point.x, point.tangent, Ball.from_rational(point.beta)
        one = Ball.from_rational(1)
        F, G = self._features(x[:n], s[:n])
        right = [*self.family.y, *(Fraction(1) for _ in self.units)]
        right += [Fraction(0)] * len(self.linear)
        zero = self._quadratic(x, beta, F, x[:n])
        zero = [
            q + z - b for q, z, b in zip(zero, self._linear(x), right, strict=True)
        ]
        mixed = zip(
            self._quadratic(s, one, F, x[:n]),
            self._quadratic(x, beta, G, s[:n]),
            self._linear(s),
            strict=True,
        )
        return zero, [p + q + z for p, q, z in mixed], self._quadratic(s, one, G, s[:n])


@dataclass(frozen=True)
class Stretch:
    """Enclosures for every ``beta = beta_0 + t``: ``x(beta) in x_0 + x_1 t + rest``.

    ``radii`` are those of the box in which the solution is the only one, ``E`` encloses
    ``I - Y J`` there.
    """

    curve: Curve
    point: Point
    t: Ball
    rest: Balls
    radii: tuple[Fraction, ...]
    E: BallMatrix

    @cached_property
    def values(self) -> Balls:
        """The enclosures of all unknowns, one ball each."""
        parts = zip(self.point.x, self.point.tangent, self.rest, strict=True)
        return tuple(x + s * self.t + r for x, s, r in parts)

    def form(self, coefficients: Sequence[tuple[int, Ball]]) -> Ball:
        """Return the value of a linear form, given by places and coefficients, over all t."""
        zero = Ball.from_rational(0)
        x, s, rest = self.point.x, self.point.tangent, self.rest
        a = sum((c * x[i] for i, c in coefficients), zero)
        b = sum((c * s[i] for i, c in coefficients), zero)
        return a + b * self.t + sum((c * rest[i] for i, c in coefficients), zero)

    def parts(self, column: Sequence[tuple[int, Ball]]) -> tuple[Ball, Ball, Ball]:
        """Return a linear form as ``a + b t + r``."""
        zero = Ball.from_rational(0)
        x, s, rest = self.point.x, self.point.tangent, self.rest
        a = sum((c * x[i] for i, c in column), zero)
        b = sum((c * s[i] for i, c in column), zero)
        return a, b, sum((c * rest[i] for i, c in column), zero)

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
        right = [a * b for a, b in zip(self.curve._inverse, self.values, strict=False)]
        right += [Ball.from_rational(0)] * (self.curve.size - n)
        moved = multiply_balls(self.point.Y, [[t] for t in right])
        tangent = self.point.tangent
        back = multiply_balls(self.E, [[t] for t in tangent])
        s = [b[0] - a[0] - t for a, b, t in zip(moved, back, tangent, strict=True)]
        E = [[_up(e.magnitude()) for e in row] for row in self.E]
        sizes = [_up(x.magnitude()) for x in s]
        q = max(_times(row, u) / v for row, v in zip(E, u, strict=True))
        if q >= 1:
            raise Undecided("the slopes of the optimum on a stretch of beta")
        most = max(x / r for x, r in zip(sizes, u, strict=True)) / (1 - q)
        bounds = [r * most for r in u]
        for _ in range(_IMPROVED):
            bounds = [
                _up(min(b, x + _times(row, bounds)))
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
        pairs = zip(
            other.values, self.point.x, self.point.tangent, self.radii, strict=True
        )
        return all((v - x - s * t).magnitude() < r for v, x, s, r in pairs)


def _centres(M: BallMatrix) -> BallMatrix:
    return tuple(tuple(x.centre() for x in row) for row in M)


def _up(x: Fraction) -> Fraction:
    """Return a short fraction, at least x >= 0."""
    bits = 40 + x.denominator.bit_length() - x.numerator.bit_length()
    if bits <= 0:
        return x
    return Fraction(-((-x.numerator << bits) // x.denominator), 1 << bits)


def _times(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))
