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
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.exact.ball import Balls
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.problems.problem import Problem

from .resolvent import Resolvent

__all__ = [
    "Face",
    "Semidefinite",
    "Unit",
    "pinned_system",
]


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
        return not any(map(any, self.form)) and super()._eliminates

    def _evaluated(self, x: Balls) -> tuple[Balls, list[list[Scalar]]]:
        values, jacobian = super()._evaluated(x)
        kappa = x[: self.n]
        moved = list(values)
        for i, row in enumerate(self.form):
            if any(row):
                moved[i] = values[i] + dot(row, kappa)
            for j, t in enumerate(row):
                if t:
                    jacobian[i][j] = jacobian[i][j] + t
        return tuple(moved), jacobian


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
    return Semidefinite(
        tuple(y),
        problem.inverse_weights,
        problem.beta_squared,
        tuple(unit.factor for unit in basis),
        free,
        prices if any(prices) else (),
        problem.curves if any(problem.curves) else (),
        tuple(map(tuple, form)),
    )
