"""The resolvent form of optimality: polynomial equations for kappa (THEORY §4).

Optimal atoms lie on faces of the arrangement. A face with span L, projector Pi and
``E = Diag(covector = +)`` has ``V = E X Pi``, shape (n, d), so that ``g = sign * V'kappa``
and ``F = V V'kappa``. With k independent atoms, dual feasibility aside, optimality is

    (W^-1 + sum_a c_a V_a V_a') kappa + Z lambda = y,   |V_a'kappa|^2 = beta^2,   Z'kappa = 0

in the unknowns kappa (n), c (k) and lambda; Z holds columns that are fitted freely (none in
plain training). The Jacobian is regular exactly when the features and the columns of Z are
independent, because the first block is positive definite: so Newton's method converges, and
an interval Newton test that succeeds also proves that independence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import isqrt
from typing import Self, cast

from polytope_nn.exact.ball import Ball, Balls, ball_vector
from polytope_nn.exact.ball_matrix import multiply_balls
from polytope_nn.exact.linear import projector, transpose
from polytope_nn.exact.rational import Matrix, Vector, is_square
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.problems.losses.smooth import Smooth

from .eliminated.reduced import Reduced
from .eliminated.settled import Left, Settled, settled_system
from .eliminated.whole import enclosed_whole, is_larger, reduced_system, refined_whole
from .newton import depth, enclosed, refined

__all__ = ["Resolvent", "factor"]


_ONE = Fraction(1)


def factor(X: Matrix, covector: Sequence[int]) -> Matrix:
    """Return ``V = E X Pi`` of a face, shape (n, d): ``g = sign V'kappa``, ``F = VV'kappa``.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> factor(((one, one), (one, zero)), (1, 0))
    ((Fraction(0, 1), Fraction(1, 1)), (Fraction(0, 1), Fraction(0, 1)))
    """
    zero = [x for x, s in zip(X, covector, strict=True) if s == 0 and any(x)]
    nothing = (Fraction(0),) * len(X[0])
    rows = zip(X, covector, strict=True)
    if not zero:
        return tuple(x if s == 1 else nothing for x, s in rows)
    # rational in, rational out
    Pi = cast("Matrix", projector(zero, len(X[0])))
    return tuple(tuple(dot(p, x) for p in Pi) if s == 1 else nothing for x, s in rows)


@dataclass(frozen=True)
class Resolvent:
    """The system of THEORY §4 for given faces; ``free`` lists the columns of Z.

    With ``prices`` r the last equations are ``Z'kappa = r``; a sample with one of the ``curves``
    has ``-zeta(kappa_k)`` in place of ``kappa_k`` times its inverse weight (general §2). Where
    kappa is a part of another's, ``shifts`` are what the rest adds to each ``V'kappa``.
    """

    y: Vector
    inverse_weights: Vector
    beta_squared: Fraction
    factors: tuple[Matrix, ...]
    free: tuple[Vector, ...] = ()
    prices: Vector = ()
    curves: tuple[Smooth | None, ...] = ()
    shifts: Vector = ()

    @property
    def n(self) -> int:
        """The number of samples, the length of kappa."""
        return len(self.y)

    @property
    def size(self) -> int:
        """The number of unknowns: kappa, then c, then lambda."""
        return self.n + len(self.factors) + len(self.free)

    @cached_property
    def _columns(self) -> tuple[Vector, ...]:
        """The columns of all V, side by side, with the atom each belongs to."""
        return tuple(column for V in self.factors for column in zip(*V, strict=True))

    @cached_property
    def silent(self) -> dict[int, Fraction]:
        """The samples no face is active at, with their kappa: ``weights * y``, exactly."""
        zero = [*self._columns, *self.free]
        silent = [k for k in range(self.n) if not any(column[k] for column in zero)]
        found = {}
        for k in silent:
            curve = self.curves[k] if self.curves else None
            if curve is None:
                if self.inverse_weights[k]:
                    found[k] = self.y[k] / self.inverse_weights[k]
            elif isinstance(at := curve.kappa(Fraction(0)), Fraction):
                found[k] = at
        return found

    def known(self, kappa: Sequence[Scalar]) -> dict[int, Fraction]:
        """Return entries of kappa that are provably rational, from enclosures of all.

        The silent ones; and, of an atom that is active at one further sample only, the
        rational root of its ``|V'kappa|^2 = beta^2`` that the enclosure leaves possible.
        """
        known = dict(self.silent)
        waiting = list(self.factors)
        while True:
            for V in waiting:
                rows = [k for k, v in enumerate(V) if any(v) and k not in known]
                if len(rows) == 1 and self._solve_norm(V, rows[0], kappa[rows[0]], known):
                    break
            else:
                return known
            waiting.remove(V)

    def _solve_norm(
        self, V: Matrix, k: int, enclosed: Scalar, known: dict[int, Fraction]
    ) -> bool:
        """Add kappa_k to the known entries when ``|p + kappa_k V_k|^2 = beta^2`` gives it."""
        zero = Fraction(0)
        p = [sum((t * V[i][j] for i, t in known.items()), zero) for j in range(len(V[k]))]
        a, b = dot(V[k], V[k]), dot(V[k], p)
        square = b * b - a * (dot(p, p) - self.beta_squared)
        if square < 0 or not is_square(square):
            return False
        root = Fraction(isqrt(square.numerator), isqrt(square.denominator))
        roots = {(-b + root) / a, (-b - root) / a}
        possible = [r for r in roots if not isinstance(enclosed, Ball) or r in enclosed]
        if len(possible) == 1:
            known[k] = possible[0]
        return len(possible) == 1

    def split(self, x: Sequence[Scalar]) -> tuple[Sequence[Scalar], ...]:
        """Return kappa, c and lambda, the three parts of a vector of unknowns."""
        k = self.n + len(self.factors)
        return x[: self.n], x[self.n : k], x[k:]

    def residual(self, x: Balls) -> Balls:
        """Return the left-hand sides less the right-hand sides at x."""
        return self._evaluated(x)[0]

    def directions(self, kappa: Sequence[Scalar]) -> list[list[Scalar]]:
        """Return ``V'kappa`` of each factor, what is known of another's kappa included."""
        pulled = [dot(column, kappa) for column in self._columns]
        if self.shifts:
            pulled = [p + t for p, t in zip(pulled, self.shifts, strict=True)]
        d = len(pulled) // len(self.factors) if self.factors else 0
        return [pulled[a * d : (a + 1) * d] for a in range(len(self.factors))]

    def _evaluated(self, x: Balls) -> tuple[Balls, list[list[Scalar]]]:
        kappa, c, free = self.split(x)
        n, k = self.n, len(self.factors)
        zero = Fraction(0)
        d = len(self._columns) // k if k else 0
        directions = self.directions(kappa)
        features = [
            [dot(row, g) for row in V]
            for V, g in zip(self.factors, directions, strict=True)
        ]
        z: Vector
        jacobian: list[list[Scalar]] = [[zero] * self.size for _ in range(self.size)]
        if k:
            weighted = [
                [t * c[j // d] for t in column] for j, column in enumerate(self._columns)
            ]
            M = multiply_balls(transpose(weighted), self._columns)
            for i in range(n):
                jacobian[i][:n] = M[i]
        bent: list[Scalar] = [
            t * inverse for t, inverse in zip(kappa, self.inverse_weights, strict=True)
        ]
        slopes: list[Scalar] = list(self.inverse_weights)
        for i, curve in enumerate(self.curves):
            if curve is not None:
                bent[i] = -curve.fit(kappa[i])
                slopes[i] = -curve.derivative(kappa[i])
        for i, slope in enumerate(slopes):
            jacobian[i][i] = jacobian[i][i] + slope
        for a, F in enumerate(features):
            for i, t in enumerate(F):
                jacobian[i][n + a] = t
                jacobian[n + a][i] = t * 2
        for j, z in enumerate(self.free):
            for i, t in enumerate(z):
                jacobian[i][n + k + j] = jacobian[n + k + j][i] = t
        values = [
            dot([*(F[i] for F in features), *(z[i] for z in self.free)], [*c, *free])
            + bent[i]
            - self.y[i]
            for i in range(n)
        ]
        values += [dot(g, g) - self.beta_squared for g in directions]
        prices = self.prices or (zero,) * len(self.free)
        values += [dot(z, kappa) - r for z, r in zip(self.free, prices, strict=True)]
        return ball_vector(values, x[0].precision), jacobian

    def refined(self, x: Sequence[Scalar], bits: int, unit: Fraction = _ONE) -> Balls:
        """Return a point close to a solution, by Newton's method from x, with no proof.

        Steps below ``2^-bits unit`` end it; unit is at most 1.

        Raises
        ------
        Undecided
            When the iteration does not settle to ``bits`` bits.
        """
        if self.settled is not None:
            return self.settled.refined(x, bits, unit)
        if self._eliminates:
            return refined_whole(self, x, bits + depth(unit))
        return refined(self._evaluated, x, bits, unit)

    def enclosed(self, point: Balls, bits: int, unit: Fraction = _ONE) -> Balls:
        """Return proved enclosures of the one solution near a refined point.

        Every Jacobian in them is regular. The box has the radius ``2^-bits unit`` in every
        direction.

        Raises
        ------
        Undecided
            When the interval Newton test fails at this precision.
        """
        if self.settled is not None:
            return self.settled.enclosed(point, bits, unit)
        if self._eliminates:
            return enclosed_whole(self, point, bits + depth(unit))
        return enclosed(self._evaluated, point, bits, unit)

    @cached_property
    def rows_of_form(self) -> Matrix:
        """The form Q that is added to the inverse weights; () where there is none."""
        return ()

    def part(self, left: Left) -> Self:
        """Return the system of what is left when some entries of kappa are known."""
        return replace(
            self,
            y=left.y,
            inverse_weights=tuple(self.inverse_weights[k] for k in left.rows),
            factors=tuple(tuple(V[k] for k in left.rows) for V in self.factors),
            free=left.free,
            prices=left.prices,
            curves=tuple(self.curves[k] for k in left.rows) if self.curves else (),
            shifts=left.shifts,
        )

    @cached_property
    def settled(self) -> Settled | None:
        """The system without the entries of kappa that free columns price, for many samples."""
        return settled_system(self)

    @cached_property
    def reduced(self) -> Reduced:
        """The system without kappa, for many samples and a squared loss."""
        return reduced_system(self)

    @property
    def _eliminates(self) -> bool:
        """Whether kappa is eliminated: it is most of the unknowns, and nothing is in the way."""
        return is_larger(self)
