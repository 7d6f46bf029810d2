"""The optimum as a curve in beta: its equations, and refined points of it (topology.md B2).

For given units, and columns L that pairs of atoms let be fitted freely, the scaled system

    beta W^-1 k + sum_a w_a B_a k + L lambda = y,   k'B_a k = 1,   L'k = 0,   B_a = V_a V_a'

is a quadratic map f of ``(x, beta)``, ``x = (k, w, lambda)``. Its Jacobian after x is regular
exactly where the features of the units are independent modulo L.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import cast

from polytope_nn.dual.system import Unit
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, BallMatrix, Balls, ball_vector, precision
from polytope_nn.exact.ball_matrix import invert_balls, multiply_balls
from polytope_nn.exact.linear import gram, kernel, rank, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, dot

from .decay import DecayFamily

__all__ = ["BITS", "Curve", "Point"]

BITS = 128
_FINE = 1024  # bits of the data, more than any step needs
_STEPS = 24  # of Newton's method


@dataclass(frozen=True, repr=False)
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


@dataclass(frozen=True, eq=False, repr=False)
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
        return tuple(gram(unit.factor) for unit in self.units)

    @cached_property
    def invariants(self) -> tuple[Vector, ...]:
        """A basis of the forms that are 0 at k whatever beta and w are.

        ``k = (beta + sum_a w_a W B_a)^-1 W (y - L lambda)`` lies in the least space that has
        W y and W L and is invariant under all ``W B_a``; these are orthogonal to it.
        """
        D = self.family.problem
        waiting = [_scaled(D.weights, v) for v in (self.family.y, *self.linear)]
        space: list[Vector] = []
        while waiting:
            v = waiting.pop()
            if any(v) and rank([*space, v]) > len(space):
                space.append(v)
                images = ([dot(row, v) for row in B] for B in self.forms)
                waiting += [_scaled(D.weights, u) for u in images]
        orthogonal = kernel(space, self.n) if space else ()
        return tuple(cast("Vector", z) for z in orthogonal)

    @cached_property
    def _stacked(self) -> BallMatrix:
        return tuple(_data(row) for B in self.forms for row in B)

    @cached_property
    def inverse(self) -> Balls:
        """The inverse sample weights, as balls."""
        return _data(self.family.inverse_weights)

    @cached_property
    def _columns(self) -> BallMatrix:
        return tuple(_data(z) for z in self.linear)

    def split(self, x: Sequence[Scalar]) -> tuple[Sequence[Scalar], ...]:
        """Return k, w and lambda, the three parts of a vector of unknowns."""
        m = self.n + len(self.units)
        return x[: self.n], x[self.n : m], x[m:]

    def _features(self, *vectors: Sequence[Scalar]) -> list[list[Balls]]:
        """Return ``B_a k`` for each vector k and each unit."""
        n = self.n
        products = multiply_balls(self._stacked, transpose(list(vectors)))
        return [
            [
                tuple(row[j] for row in products[a * n : (a + 1) * n])
                for a in range(len(self.units))
            ]
            for j in range(len(vectors))
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
            dot([F[i] for F in features], w) + self.inverse[i] * others[i] * beta
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
            J[i][i] = J[i][i] + self.inverse[i] * beta
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
                    x, _ = self._corrected(Y, x, at)
                    slope = [a * b for a, b in zip(self.inverse, x, strict=False)]
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

    def expanded(self, point: Point) -> tuple[list[Scalar], list[Scalar], list[Scalar]]:
        """Return f along the tangent of a point: the coefficients of 1, t and t^2."""
        n, x, s, beta = self.n, point.x, point.tangent, Ball.from_rational(point.beta)
        one = Ball.from_rational(1)
        F, G = self._features(x[:n], s[:n])
        right = [*self.family.y, *(Fraction(1) for _ in self.units)]
        right += [Fraction(0)] * len(self.linear)
        zero = self._quadratic(x, beta, F, x[:n])
        zero = [q + z - b for q, z, b in zip(zero, self._linear(x), right, strict=True)]
        mixed = zip(
            self._quadratic(s, one, F, x[:n]),
            self._quadratic(x, beta, G, s[:n]),
            self._linear(s),
            strict=True,
        )
        return zero, [p + q + z for p, q, z in mixed], self._quadratic(s, one, G, s[:n])


def _scaled(weights: Vector, v: Sequence[Fraction]) -> Vector:
    return tuple(w * t for w, t in zip(weights, v, strict=True))


def _data(x: Vector) -> Balls:
    """Return narrow balls around data; what meets them sets the precision."""
    return tuple(b.enclosure(2) for b in ball_vector(x, _FINE))


def _centres(M: BallMatrix) -> BallMatrix:
    return tuple(tuple(x.centre() for x in row) for row in M)
