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

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, dot

from .resolvent import Resolvent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Face", "Semidefinite", "Span", "Unit", "apart", "simple"]

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
    """A face with its factor V, or a pair of opposite faces with its even part ``A/2``."""

    face: Face
    factor: Matrix
    paired: bool


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
