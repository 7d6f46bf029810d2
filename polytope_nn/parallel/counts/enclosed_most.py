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
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball_matrix import independent_balls, solve_balls
from polytope_nn.exact.linear import kernel, rank
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.parallel.blocks import classes_of, with_alike
from polytope_nn.parallel.pieces import Known, Piece

from .enclosed import EnclosedComplex
from .enclosed_cells import EnclosedBranch, formal_atoms

__all__ = ["Name", "Rays"]

Name: TypeAlias = tuple[object, ...]

_CHOICES = 2000  # of rays that are tried
_SHARES = ((1, 2), (3, 1))
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Rays:
    """The rays of pieces; ``graph`` has the vertices of m branches of k inner neurons.

    Points of pieces with at most ``widest`` atoms are optimal branches, or all where it is None.
    """

    pieces: tuple[Piece, ...]
    k: int
    graph: Callable[[int], EnclosedComplex]
    widest: int | None = None

    @cached_property
    def wide(self) -> dict[Name, EnclosedBranch]:
        """The rays that are optimal branches, by what tells them from others."""
        return {
            ray.name: ray
            for p in self.pieces
            for ray in self.of_piece(p)
            if self.widest is None or len(ray.masses) <= self.widest
        }

    @cached_property
    def outputs(self) -> dict[Name, Scalars]:
        """The outputs of the rays."""
        known = {
            ray.name: output
            for p in self.pieces
            for ray, output in zip(self.of_piece(p), p.outputs, strict=True)
        }
        return {name: known[name] for name in self.wide}

    @cached_property
    def every(self) -> dict[Name, Scalars]:
        """The outputs of the rays with at most k atoms."""
        few = (name for name, ray in self.wide.items() if len(ray.masses) <= self.k)
        return {name: self.outputs[name] for name in few}

    @cached_property
    def only(self) -> frozenset[Name] | None:
        """The rays in use where all are independent: all networks use these; None elsewhere.

        Where wide ones depend on others those of at most k atoms may not, and a network has these.
        """
        every = independent_balls([*self.outputs.values()])
        if not every and not independent_balls([*self.every.values()]):
            return None
        try:
            found = [*map(self.placed, self.graph(1).flat.network)]
        except Undecided:
            return None
        if not every and any(len(b.masses) > self.k for b in found):
            return None
        return frozenset(self.mixed(found))

    def placed(self, branch: Known) -> EnclosedBranch:
        """Return a branch of a network in a piece; z is known to be 0 on some rows."""
        sigma, own, zeros = branch
        for p in self.pieces:
            if p.contains((sigma, own), zeros):
                masses = {p.places[key]: c for key, c in own}
                z = p.z([masses.get(a, _ZERO) for a in range(len(p.atoms))])
                sides = (i for i, e in enumerate(p.signs) if e and i not in zeros)
                tight = zeros.union(i for i in sides if not sign(z[i]))
                places = tuple(sorted(masses.items()))
                return EnclosedBranch(p, places, self._zeros(p, [*masses], tight))
        raise Undecided("which piece a branch of the network lies in")

    @cached_property
    def least(self) -> int | None:
        """m*(k) where rays are independent: branches that hold those in use; None if none do."""
        assert self.only is not None  # as it is asked
        if not self.only <= self.every.keys():
            return None
        groups = {frozenset(own) for p in self.pieces for own in self.groups(p)}
        most = [g for g in groups if not any(g < other for other in groups)]
        sizes = range(1, len(self.only) + 1)
        return next(
            m
            for m in sizes
            for own in combinations(most, m)
            if self.only <= frozenset().union(*own)
        )

    def groups(self, p: Piece) -> Iterator[tuple[Name, ...]]:
        """Yield the rays in use of a piece that have at most k atoms together."""
        assert self.only is not None  # as it is asked
        own = [ray for ray in self.of_piece(p) if ray.name in self.only]
        for size in range(1, len(own) + 1):
            for chosen in combinations(own, size):
                if len({a for ray in chosen for a, _ in ray.masses}) <= self.k:
                    yield tuple(ray.name for ray in chosen)

    def of_piece(self, p: Piece) -> list[EnclosedBranch]:
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

    def mixed(self, vertex: Sequence[EnclosedBranch]) -> set[Name]:
        """Return the rays of the faces of some branches: all have positive factors."""
        found = set()
        for b in (b for b in vertex if b.masses):
            used = {a for a, _ in b.masses}
            for ray in self.of_piece(b.piece):
                if {a for a, _ in ray.masses} <= used and _touches(b, ray):
                    found.add(ray.name)
        return found

    def greatest(self, least: int) -> int | None:
        """Return M*(k), m*(k) being ``least``; None where it is not decided.

        Raises
        ------
        Undecided
            When vertices, or the rank of the rays in use, are left open.
        """
        if self.only is not None:
            return len(self.only)
        used = self._used
        rows = {
            self._first[i]
            for name in used
            for i, t in enumerate(self.every[name])
            if _seen(t)
        }
        if self._makes(used, len(rows)):  # rows of one direction are one
            return len(rows)
        top = rank([self._formal[name] for name in used])
        for vertex in self.graph(least).vertices:
            own = self.mixed(vertex)
            if len(own) == top and independent_balls([self.every[name] for name in own]):
                return top
        return top if self._makes(used, top) else None

    @cached_property
    def _first(self) -> dict[int, int]:
        """For each row the first of its direction."""
        X = self.graph(1).flat.X
        return {i: i for i in range(len(X))} | {
            i: rows[0] for rows in classes_of(X) for i in rows
        }

    @cached_property
    def _used(self) -> list[Name]:
        """The rays of which some network is made: those of the faces of a cell of all pieces."""
        graph = self.graph(len(self.pieces))
        try:
            cell = graph.cell(tuple(range(len(self.pieces))))
        except Undecided:
            return [*self.every]
        found: dict[Name, None] = {}
        for j, p in enumerate(self.pieces):
            inside = {a for v in cell for a, _ in v[j].masses}
            zeros = frozenset(range(len(p.signs))).intersection(*(v[j].zeros for v in cell))
            whole = EnclosedBranch(p, tuple((a, _ONE) for a in inside), zeros)
            found |= dict.fromkeys(sorted(self.mixed([whole]), key=repr))
        return [name for name in found if name in self.every]

    @cached_property
    def _formal(self) -> dict[Name, Scalars]:
        """The outputs of rays as functions of letters."""
        found, flat = {}, self.graph(1).flat
        for p in self.pieces:
            atoms = formal_atoms(flat, p)
            for ray in self.of_piece(p):
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

    def _makes(self, used: Sequence[Name], size: int) -> bool:
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

    def _inside(self, used: Sequence[Name]) -> Iterator[Scalars]:
        """Yield outputs between two rays of a piece that have at most k atoms together."""
        for p in self.pieces:
            own = [ray for ray in self.of_piece(p) if ray.name in used]
            for v, w in combinations(own, 2):
                if len({a for a, _ in (*v.masses, *w.masses)}) <= self.k:
                    for s, t in _SHARES:
                        pairs = zip(self.every[v.name], self.every[w.name], strict=True)
                        yield tuple(x * s + y * t for x, y in pairs)


def _touches(b: EnclosedBranch, ray: EnclosedBranch) -> bool:
    """Return whether a ray has z = 0 where a branch of its piece has it by a condition."""
    conditions = (i for i, e in enumerate(b.piece.signs) if e is not None)
    return all(i in ray.zeros for i in conditions if i in b.zeros)


def _seen(t: Scalar) -> bool:
    return not isinstance(t, Fraction) or t != 0
