"""The faces of kernels: a basis of the hull, the active samples in it, the unknowns' places."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ...kernel.numbers import Vector, cleared, dot
from ...kernel.reading import Json, array, require, whole
from .outputs import Outputs

WHERE = "witness.system"


@dataclass
class Face:
    """The face of a kernel: signs, a basis B of its hull, R by active sample.

    The rows ``pivots`` of U are ``one`` times the identity, 1 or -1.
    """

    covector: list[int]
    basis: list[Vector]
    rows: dict[int, list[int]]
    pivots: list[int]
    one: int = 1
    first: int = 0  # the place of its unknowns

    @property
    def w(self) -> int:
        """The dimension of the hull."""
        return len(self.basis)

    @property
    def k(self) -> int:
        """The dimension of the kernel."""
        return len(self.pivots)

    @property
    def others(self) -> list[int]:
        """The rows of U that are unknown."""
        return [i for i in range(self.w) if i not in self.pivots]

    @property
    def entries(self) -> list[tuple[int, int]]:
        """The places of S on and above the diagonal."""
        return [(m, o) for m in range(self.k) for o in range(m, self.k)]

    @property
    def size(self) -> int:
        """The number of its unknowns."""
        return len(self.others) * self.k + len(self.entries)


def face_of(D: Outputs, covector: list[int], pivots: Json) -> Face:
    """Return the face of signs; a single pivot from the end, below 0, has a coordinate -1."""
    walls = [D.X[k] for k, s in enumerate(covector) if s == 0]
    basis = hull(D, walls)
    require(basis, WHERE, "a face has no directions")
    rows = {}
    for k, s in enumerate(covector):
        D.clock.tick()
        if s > 0:
            rows[k] = [int(dot(D.X[k], b)) for b in basis]
    w, read = len(basis), array(pivots, WHERE)
    places = [whole(p, WHERE, -w, w - 1) for p in read]
    one = -1 if len(places) == 1 and places[0] < 0 else 1
    places = [p % w for p in places]
    distinct = len(set(places)) == len(places) > 0
    require(distinct, WHERE, "a kernel has no pivots, or one twice")
    return Face(covector, basis, rows, places, one)


def hull(D: Outputs, walls: Sequence[Vector]) -> list[Vector]:
    """Return a basis of what is orthogonal to rows, in integers: by elimination."""
    done: dict[int, Vector] = {}
    for x in walls:
        D.clock.tick()
        row = [Fraction(t) for t in x]
        for q, r in done.items():
            row = [s - row[q] * t for s, t in zip(row, r, strict=True)]
        places = [i for i, t in enumerate(row) if t]
        if not places:
            continue
        p = places[0]
        row = [t / row[p] for t in row]
        for q, r in done.items():
            done[q] = [s - r[p] * t for s, t in zip(r, row, strict=True)]
        done[p] = row
    found = []
    for j in (i for i in range(D.d) if i not in done):
        v: Vector = [Fraction(int(i == j)) for i in range(D.d)]
        for q, r in done.items():
            v[q] = -r[j]
        found.append(cleared(v, D.clock)[0])
    return found
