"""The equations of optimality for minimum-norm interpolation, made regular (THEORY §§4, 8).

With atoms on faces with factors V_a (``g = sign V'kappa``, ``F = V V'kappa``) optimality is

    sum_a c_a V_a V_a' kappa + Z lambda = y,   |V_a'kappa|^2 = 1,   Z'kappa = 0.

Two things are free in it. Where the features are dependent modulo Z, c is not unique: then
all but a basis of the c_a are held at rationals inside the optimal set. Where the ranges of the V_a
and Z do not span R^n, kappa is not unique: then as many entries kappa_j are *pinned* at
rationals r_j, by adding ``e_j (kappa_j - r_j)`` to the first equations. With the span S of
those ranges, the unit vectors of the pinned entries a complement of S, and y in S, the two
parts of the sum vanish separately: the pinned system has the solutions of the original one
with ``kappa_j = r_j``. It is regular, so Newton's method converges and Krawczyk's test applies.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Self

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls, ball_vector, precision
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.problems.losses.smooth import Poisson, Power, signed_power, size_power
from polytope_nn.problems.problem import Problem

from .eliminated.settled import Left
from .newton import enclosed, refined
from .resolvent import Resolvent

__all__ = [
    "ByResiduals",
    "Face",
    "Semidefinite",
    "Unit",
    "pinned_system",
]


_ONE = Fraction(1)


@dataclass(frozen=True)
class Face:
    """A face of one chart, and the sign of the neurons on it."""

    sign: int
    covector: tuple[int, ...]
    chart: int

    @property
    def key(self) -> tuple[int, tuple[int, ...]]:
        """What tells the atom: one atom can lie in several charts."""
        return self.sign, self.covector


@dataclass(frozen=True)
class Semidefinite(Resolvent):
    """The resolvent system with a rational form Q in place of the inverse weights.

    ``form`` has shape (n, n), symmetric and positive semidefinite.
    """

    form: Matrix = ()

    @property
    def _eliminates(self) -> bool:
        return not self.rows_of_form and super()._eliminates

    @cached_property
    def rows_of_form(self) -> Matrix:
        """The form Q; () where it is 0."""
        return self.form if any(map(any, self.form)) else ()

    @cached_property
    def alike(self) -> tuple[Vector, ...]:
        """Forms that are 0: two entries of kappa, of one loss, whose fits are one or opposite.

        All factors, and what is free, have one row there, or opposite ones.
        """
        found: list[Vector] = []
        seen: dict[Vector, list[int]] = {}
        for k in filter(self._bends, range(self.n)):
            row = (*(t for V in self.factors for t in V[k]), *(z[k] for z in self.free))
            if not any(row):
                continue  # its kappa is known
            for s in (1, -1):
                same = seen.get(tuple(s * t for t in row), ())
                found += (
                    tuple(Fraction((j == k) - s * (j == i)) for j in range(self.n))
                    for i in same
                    if self._has_loss_of(k, i, s)
                )
            seen.setdefault(row, []).append(k)
        return tuple(found)

    def _bends(self, k: int) -> bool:
        """Return whether the loss of a sample alone says what kappa is at a fit."""
        own = self.inverse_weights[k] or (self.curves and self.curves[k])
        return bool(own) and not (self.rows_of_form and any(self.rows_of_form[k]))

    def _has_loss_of(self, k: int, i: int, s: int) -> bool:
        """Return whether kappa_k of a fit is s times kappa_i of s times the fit."""
        own, other = (self.curves[j] if self.curves else None for j in (k, i))
        if own is None or other is None:
            slopes = self.inverse_weights[k] == self.inverse_weights[i]
            return own is other and slopes and self.y[k] == s * self.y[i]
        mirrors = s > 0 or not isinstance(own, Poisson)
        return mirrors and own.y == s * other.y and replace(other, y=own.y) == own

    def part(self, left: Left) -> Self:
        """Return the system of what is left when some entries of kappa are known."""
        form = self.rows_of_form
        own = tuple(tuple(form[i][j] for j in left.rows) for i in left.rows) if form else ()
        return replace(super().part(left), form=own)

    def _evaluated(self, x: Balls) -> tuple[Balls, list[list[Scalar]]]:
        values, jacobian = super()._evaluated(x)
        kappa = x[: self.n]
        moved = list(values)
        for i, row in enumerate(self.rows_of_form):
            if any(row):
                moved[i] = values[i] + dot(row, kappa)
            for j, t in enumerate(row):
                if t:
                    jacobian[i][j] = jacobian[i][j] + t
        return tuple(moved), jacobian


@dataclass(frozen=True)
class ByResiduals(Semidefinite):
    """The same system for powers ``p > 2``, solved in their residuals ``r = y - z``.

    ``kappa = weight sgn(r) |r|^(p-1)`` is smooth in r and one to one, where the fit of kappa
    bends without end at 0. Points and boxes are handed over as those of kappa.
    """

    @cached_property
    def _powers(self) -> dict[int, Power]:
        return {
            k: row
            for k, row in enumerate(self.curves)
            if isinstance(row, Power) and row.p > 2
        }

    @cached_property
    def _others(self) -> Semidefinite:
        """The system without what those samples' own losses add."""
        curves = (None if k in self._powers else row for k, row in enumerate(self.curves))
        return Semidefinite(
            self.y,
            self.inverse_weights,
            self.beta_squared,
            self.factors,
            self.free,
            self.prices,
            tuple(curves),
            form=self.form,
        )

    def _bent(self, x: Balls) -> tuple[Balls, list[list[Scalar]]]:
        """Return values and Jacobian at residuals."""
        values, jacobian = self._others._evaluated(self._kappas(x))  # noqa: SLF001 - a part
        moved: list[Scalar] = list(values)
        for k, row in self._powers.items():
            r = x[k]
            slope = size_power(r, row.p - 2) * (row.p - 1) * row.weight
            for line in jacobian:
                line[k] = line[k] * slope
            moved[k] = moved[k] + r - row.y
            jacobian[k][k] = jacobian[k][k] + 1
        return ball_vector(moved, x[0].precision), jacobian

    def _kappas(self, x: Balls) -> Balls:
        found: list[Scalar] = list(x)
        for k, row in self._powers.items():
            found[k] = signed_power(x[k], row.p - 1) * row.weight
        return ball_vector(found, x[0].precision)

    def _residuals(self, x: Sequence[Scalar]) -> list[Scalar]:
        found = list(x)
        for k, row in self._powers.items():
            found[k] = signed_power(x[k] / row.weight, 1 / (row.p - 1))
        return found

    def refined(self, x: Sequence[Scalar], bits: int, unit: Fraction = _ONE) -> Balls:
        """Return a point close to a solution, by Newton's method in residuals."""
        return self._kappas(refined(self._bent, self._residuals(x), bits, unit))

    def enclosed(self, point: Balls, bits: int, unit: Fraction = _ONE) -> Balls:
        """Return proved enclosures of the one solution near a point, its box one of residuals."""
        with precision(2 * bits):
            near = ball_vector(self._residuals(point))
        found = enclosed(self._bent, near, bits, unit)
        kappa, radius = self._kappas(found), unit / (1 << bits)
        for r, t in zip(near, self._residuals(kappa), strict=True):
            # all of what is handed over is in the box where the solution is the only one
            if not (t > r.midpoint - radius and t < r.midpoint + radius):
                raise Undecided(f"the residuals of a power are not proved at {bits} bits")
        return kappa


@dataclass(frozen=True)
class Unit:
    """A face with its factor V, or two faces whose features differ by a column of Z.

    ``partner`` is the second face: the opposite one, or the other end of a flat of a free
    bias (then ``column`` is the difference, up to a factor). V is that of the mean feature.
    """

    face: Face
    factor: Matrix
    partner: Face | None = None
    column: Vector | None = None

    @property
    def paired(self) -> bool:
        """Whether there are two faces."""
        return self.partner is not None

    @property
    def keys(self) -> list[tuple[int, tuple[int, ...]]]:
        """What tells the atoms of the faces."""
        faces = (self.face,) if self.partner is None else (self.face, self.partner)
        return [face.key for face in faces]

    @property
    def opposite(self) -> bool:
        """Whether the two faces are opposite ones."""
        return self.paired and self.column is None


def pinned_system(
    problem: Problem,
    basis: Sequence[Unit],
    free: tuple[Vector, ...],
    pins: dict[int, Fraction],
    held: Sequence[tuple[Matrix, Fraction]],
) -> Semidefinite:
    """Return the system with entries of kappa pinned, and weights of factors held."""
    n = problem.n
    form = [[Fraction(0)] * n for _ in range(n)]
    for V, c in held:
        for i in range(n):
            for j in range(n):
                form[i][j] += c * dot(V[i], V[j])
    y = list(problem.y)
    for j, r in pins.items():
        form[j][j] += 1
        y[j] += r
    known = dict(zip(problem.free.columns, problem.prices, strict=True))
    prices = tuple(known.get(z, Fraction(0)) for z in free)
    powers = (row for row in problem.curves if isinstance(row, Power))
    made = ByResiduals if any(row.p > 2 for row in powers) else Semidefinite
    return made(
        tuple(y),
        problem.inverse_weights,
        problem.beta_squared,
        tuple(unit.factor for unit in basis),
        free,
        prices if any(prices) else (),
        problem.curves if any(problem.curves) else (),
        form=tuple(map(tuple, form)),
    )
