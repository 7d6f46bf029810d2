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
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, dot

from .resolvent import Resolvent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from polytope_nn.problems.problem import Problem
    from polytope_nn.search.search import Search

__all__ = [
    "Candidate",
    "Face",
    "Hint",
    "Semidefinite",
    "Span",
    "Unit",
    "apart",
    "pinned_system",
    "simple",
]

_NEAREST = 1e-2  # how far a neuron may be from the direction it is counted for
_INDEPENDENT = 1e-5  # the part of a feature outside the span of others, when independent


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
    problem: "Problem",
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
    return Semidefinite(
        tuple(y),
        problem.inverse_weights,
        problem.beta_squared,
        tuple(unit.factor for unit in basis),
        free,
        tuple(map(tuple, form)),
    )


@dataclass(frozen=True)
class Candidate:
    """Tied faces, a regular system for a basis of units among them, its refined solution.

    ``held`` tells whether some weights are held at rationals; ``pins`` are the pinned
    entries of kappa; ``linear`` the independent columns that the pairs add to Z.
    """

    search: "Search"
    faces: tuple[Face, ...]
    basis: tuple[Unit, ...]
    held: bool
    pins: tuple[int, ...]
    linear: tuple[Vector, ...]
    system: Semidefinite
    point: Balls

    @property
    def kappa(self) -> Balls:
        """The refined dual variable, shape (n,)."""
        return self.point[: self.search.problem.n]

    def refined(self, bits: int) -> "Candidate":
        """Return the same candidate at a higher precision."""
        return replace(self, point=self.system.refined(self.point, bits))


@dataclass(frozen=True)
class Hint:
    """The dual variable and the neurons of a float solution, for rows scaled to order 1.

    ``scaled`` is ``kappa_k / beta`` times the scale of row k; ``neurons`` are triples of chart,
    sign and u (each of its own chart's dimension, in units of ``labels / rows``).
    """

    scaled: "NDArray[np.float64]"
    neurons: "tuple[tuple[int, int, NDArray[np.float64]], ...]"

    def weights(
        self,
        directions: "Sequence[tuple[int, int, NDArray[np.float64]]]",
        anchors: Sequence[Vector | None],
    ) -> "NDArray[np.float64]":
        """Return the weights of unit directions (chart, sign, g): each neuron's nearest.

        With ``anchors`` of the charts, a neuron of another chart counts where its kink is
        the same.
        """
        import numpy as np

        weights = np.zeros(len(directions))
        for chart, sign, u in self.neurons:
            size = float(np.linalg.norm(u))
            if not size:
                continue
            distances = [
                float(np.linalg.norm(u / size - g))
                if s == sign and (i == chart or _same_kink(u, anchors[chart], anchors[i]))
                else np.inf
                for i, s, g in directions
            ]
            if distances and min(distances) < _NEAREST:
                weights[int(np.argmin(distances))] += size
        return weights


def _same_kink(
    u: "NDArray[np.float64]", anchor: Vector | None, other: Vector | None
) -> bool:
    """Return whether the kink through one sample also passes through another, about."""
    if anchor is None or other is None:
        return False
    steps = [s - t for s, t in zip(anchor, other, strict=True)]
    longest = max(map(abs, steps)) or 1
    gap = [float(t / longest) for t in steps]
    size = sum(t * t for t in gap) ** 0.5 * float((u @ u) ** 0.5)
    return bool(abs(sum(s * t for s, t in zip(gap, u, strict=True))) < 1e-6 * size)


def apart(lengths: dict[Face, float]) -> tuple[Face, ...]:
    """Return the faces, of those on each other's boundary the one with the longest g.

    Two such faces are never tied both: on the larger one ``|g|^2`` exceeds that on the
    smaller one by the square of the distance to it.
    """
    kept: list[Face] = []
    for face in sorted(lengths, key=lambda f: (-lengths[f], f.covector.count(0))):
        if not any(_comparable(face, other) for other in kept):
            kept.append(face)
    return tuple(face for face in lengths if face in kept)


def _comparable(a: Face, b: Face) -> bool:
    """Return whether one face lies on the boundary of the other."""
    pairs = list(zip(a.covector, b.covector, strict=True))
    return a.sign == b.sign and (
        all(s in (t, 0) for s, t in pairs) or all(t in (s, 0) for s, t in pairs)
    )


def simple(x: Fraction, largest: int) -> Fraction:
    """Return a simple rational near x, whatever its size."""
    if not x:
        return x
    size = Fraction(1 << max(0, x.denominator.bit_length() - x.numerator.bit_length()))
    return (x * size).limit_denominator(largest) / size


class Span:
    """An orthonormal basis in floats that grows by independent vectors."""

    def __init__(self, n: int) -> None:
        import numpy as np

        self.basis = np.zeros((0, n))

    def add(self, vector: "NDArray[np.float64]") -> bool:
        """Add a vector unless it is in the span already; tell whether it was added."""
        import numpy as np

        size = np.linalg.norm(vector)
        if not size:
            return False
        left = vector / size
        for _ in range(2):
            left = left - self.basis.T @ (self.basis @ left)
        length = np.linalg.norm(left)
        if length < _INDEPENDENT:
            return False
        self.basis = np.vstack([self.basis, left / length])
        return True

    def complement(self) -> list[int]:
        """Return coordinates whose unit vectors complete the span, ascending."""
        import numpy as np

        n = self.basis.shape[1]
        chosen = []
        while len(self.basis) < n:
            left = 1 - (self.basis**2).sum(axis=0)
            j = int(np.argmax(left))
            chosen.append(j)
            unit = np.zeros(n)
            unit[j] = 1
            if not self.add(unit):
                raise Undecided("the optimal directions are close to dependent")
        return sorted(chosen)
