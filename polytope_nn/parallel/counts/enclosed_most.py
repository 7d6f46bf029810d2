"""M*(k) where kappa is in balls: rays of branches, and how many of them are independent (§6).

The extreme rays of the cones of the pieces with at most k inner atoms span all branches of k inner
neurons: a branch is a mixture, with positive factors, of all rays of the smallest face that it
lies in, and these have no more atoms than it has. So a network is a positive mixture of all
rays of its branches' faces. Where the rays in use are independent there is one mixture only, and
M*(k) is their number. Else it is at most their rank r, and it is r where as many independent ones
make the fit; where branches are finitely many and no r of them do, it is left to the vertices.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, islice

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball_matrix import independent_balls, solve_balls
from polytope_nn.exact.linear import kernel, rank
from polytope_nn.exact.scalar import Scalars, dot, sign
from polytope_nn.parallel.blocks import classes_of, with_alike
from polytope_nn.parallel.pieces import Piece

from .enclosed import EnclosedComplex
from .enclosed_cells import EnclosedBranch, formal_atoms

__all__ = ["Rays"]

_CHOICES = 200  # of rays that are tried
_SHARES = ((1, 2), (3, 1))
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Rays:
    """The rays of pieces with at most k inner atoms; ``graph`` has the vertices of m branches."""

    pieces: tuple[Piece, ...]
    k: int
    graph: Callable[[int], EnclosedComplex]
    least: int | None

    @cached_property
    def every(self) -> dict[tuple[object, ...], Scalars]:
        """The outputs of the rays, by what tells them from others."""
        return {
            ray.name: ray.piece.outputs[q]
            for p in self.pieces
            for q, ray in enumerate(self._of_piece(p))
            if len(ray.masses) <= self.k
        }

    def _of_piece(self, p: Piece) -> list[EnclosedBranch]:
        """Return the vertices of a piece, with all rows on which z is 0."""
        found = []
        for v, known in zip(p.vertices, p.zeros, strict=True):
            own = tuple((a, c) for a, c in enumerate(v) if sign(c))
            found.append(EnclosedBranch(p, own, self._zeros(p, [a for a, _ in own], known)))
        return found

    def _zeros(
        self, p: Piece, used: Sequence[int], known: frozenset[int]
    ) -> frozenset[int]:
        """Return rows with those that no atom in use makes, and those of their direction."""
        rows = range(len(p.signs))
        unseen = {i for i in rows if not any(sign(p.atoms[a].feature[i]) for a in used)}
        return with_alike(known | unseen, classes_of(self.graph(1).flat.X))

    def mixed(self, vertex: Sequence[EnclosedBranch]) -> set[tuple[object, ...]]:
        """Return the rays of the faces of some branches: all have positive factors."""
        found = set()
        for b in (b for b in vertex if b.masses):
            used = {a for a, _ in b.masses}
            for ray in self._of_piece(b.piece):
                if {a for a, _ in ray.masses} <= used and _touches(b, ray):
                    found.add(ray.name)
        return found

    @cached_property
    def greatest(self) -> int | None:
        """M*(k); None where it is not decided.

        Raises
        ------
        Undecided
            When vertices, or the rank of the rays in use, are left open.
        """
        if not self.least:
            return self.least
        if independent_balls([*self.every.values()]):  # of one mixture
            return len(self.mixed(self.graph(self.least).vertices[0]))
        used = self._used
        top = rank([self._formal[name] for name in used])
        for vertex in self.graph(self.least).vertices:
            own = self.mixed(vertex)
            if len(own) == top and independent_balls([self.every[name] for name in own]):
                return top
        return top if self._makes(used, top) else None

    @cached_property
    def _used(self) -> list[tuple[object, ...]]:
        """The rays of which some network is made: those of the faces of a cell of all pieces."""
        graph = self.graph(len(self.pieces))
        try:
            cell = graph.cell(tuple(range(len(self.pieces))))
        except Undecided:
            return [*self.every]
        found: dict[tuple[object, ...], None] = {}
        for j, p in enumerate(self.pieces):
            inside = {a for v in cell for a, _ in v[j].masses}
            zeros = frozenset(range(len(p.signs))).intersection(*(v[j].zeros for v in cell))
            whole = EnclosedBranch(p, tuple((a, _ONE) for a in inside), zeros)
            found |= dict.fromkeys(sorted(self.mixed([whole]), key=repr))
        return [name for name in found if name in self.every]

    @cached_property
    def _formal(self) -> dict[tuple[object, ...], Scalars]:
        """The outputs of rays as functions of letters."""
        found, flat = {}, self.graph(1).flat
        for p in self.pieces:
            atoms = formal_atoms(flat, p)
            for ray in self._of_piece(p):
                own = [atoms[a].feature for a, _ in ray.masses]
                rows = [[f[i] for f in own] for i in ray.zeros]
                masses = kernel([row for row in rows if any(map(sign, row))], len(own))
                if len(masses) != 1:
                    raise Undecided("the masses of a ray: balls hide what they depend on")
                found[ray.name] = tuple(
                    dot(masses[0], [f[i] for f in own]) if m else _ZERO
                    for i, m in enumerate(p.mask)
                )
        return found

    def _makes(self, used: Sequence[tuple[object, ...]], size: int) -> bool:
        """Return whether some independent branches, as many as the rank of all, make the fit."""
        import numpy as np

        points = [self.every[name] for name in used] + [*self._inside(used)]
        fit = self.graph(1).fit
        near = np.array([[float(t) for t in z] for z in points])
        right = np.array([float(t) for t in fit])
        for chosen in islice(combinations(range(len(points)), size), _CHOICES):
            A = near[list(chosen)].T
            w, _, got, _ = np.linalg.lstsq(A, right, rcond=None)
            if got == size and w.min() > 0 and self._positive([points[j] for j in chosen]):
                return True
        return False

    def _positive(self, columns: Sequence[Scalars]) -> bool:
        """Return whether factors are proved positive; the fit is known to be in the span."""
        from scipy.linalg import qr

        near = [[float(t) for t in z] for z in columns]
        rows = qr(near, pivoting=True, mode="r")[1][: len(columns)]
        fit = self.graph(1).fit
        try:
            found = solve_balls(
                [[z[i] for z in columns] for i in rows], [fit[i] for i in rows]
            )
            return all(sign(t) > 0 for t in found)
        except Undecided:
            return False

    def _inside(self, used: Sequence[tuple[object, ...]]) -> Iterator[Scalars]:
        """Yield outputs between two rays of a piece that have at most k atoms together."""
        for p in self.pieces:
            own = [ray for ray in self._of_piece(p) if ray.name in used]
            for v, w in combinations(own, 2):
                if len({a for a, _ in (*v.masses, *w.masses)}) <= self.k:
                    for s, t in _SHARES:
                        pairs = zip(self.every[v.name], self.every[w.name], strict=True)
                        yield tuple(x * s + y * t for x, y in pairs)


def _touches(b: EnclosedBranch, ray: EnclosedBranch) -> bool:
    """Return whether a ray has z = 0 where a branch of its piece has it by a condition."""
    conditions = (i for i, e in enumerate(b.piece.signs) if e is not None)
    return all(i in ray.zeros for i in conditions if i in b.zeros)
