"""Equations that are left out and follow from the others (general B7).

With R = ``U'D U``, 0 but where an entry is held, the other equations give ``D U = R`` at the pivots
and 0 off them. Relations that R satisfies are linear in those entries; as many as there are
entries, regular, prove all of them 0.

On faces whose kernel is all of W ``U'D U`` is ``beta^2 g'h - <phi psi', N N'>`` for basis vectors
g, h that the samples see as phi, psi, all rational: linear in ``(g'h, phi psi')``, phi and psi
modulo what is free, as N annihilates it. So every relation of these is one.

Two parts may share a ray, or all. Where neurons of both faces cost the same the two forms are
one: with x and y there, and in the spans of the two U, ``y'D x`` is told twice by R.

Two atoms may be *turned*: modulo what is free the samples see of one W what they see of the other,
which an isometry Q takes to it. Then one D is ``Q'D Q`` of the other, and both have the kernel, as
D off the pivot is definite; their features are one, times a square.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from typing import TYPE_CHECKING, cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows, kernel, rank, solve, transpose
from polytope_nn.exact.matrices.eigen import is_definite
from polytope_nn.exact.rational import Vector, identity, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.vector.oracle import form

from .parts import Part, Solution, upper
from .system import System

if TYPE_CHECKING:
    from polytope_nn.exact.ball import Balls
    from polytope_nn.vector.problem import Rows

__all__ = ["Ties", "equation", "turned"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_BITS = 256
_Place = tuple[int, tuple[int, int]]  # a part, and an entry of its R


@dataclass(frozen=True)
class Ties:
    """A solution of a system with entries held; ``alike`` are names of its rows of N, None of 0."""

    system: System
    solution: Solution
    alike: Sequence[int | None]

    @cached_property
    def held(self) -> list[_Place]:
        """The entries whose equations are left out."""
        parts = enumerate(self.system.parts)
        return [(i, place) for i, part in parts for place, _ in part.held]

    def prove(self) -> None:
        """Prove that the equations that are left out hold.

        Raises
        ------
        Undecided
            When relations that prove it are not found.
        """
        many = len(self.held)
        if not many:
            return
        rows: list[Scalars] = [*self._rational(), *self._turned()]
        rows = [rows[i] for i in independent_rows(rows)] if rows else rows
        if len(rows) < many:
            rows += self._shared()
            rows = _largest(rows, many)
        if len(rows) < many or not _is_regular(rows):
            raise Undecided(
                "tight directions with dependent features: ties that balls do not prove"
            )

    def _rational(self) -> Iterator[Vector]:
        """Yield the relations of the equations of faces whose kernel is all of W."""
        parts = self.system.parts
        silent = [name is None for name in self.alike]
        if all(part.k == 1 for part in parts):
            silent = [False] * len(silent)  # relations of their features, too
        places = [
            (i, place)
            for i, part in enumerate(parts)
            if part.k == part.face.w
            for place in upper(part.k)
        ]
        rows = [equation(self.system, parts[i], place, silent) for i, place in places]
        if not rows:
            return
        for relation in kernel(transpose(rows), len(rows)):
            shares = dict(zip(places, relation, strict=True))
            yield tuple(cast("Fraction", shares.get(place, _ZERO)) for place in self.held)

    def _turned(self) -> Iterator[Vector]:
        """Yield that an entry is 0: of an atom that is another one, turned."""
        parts, square = self.system.parts, self.system.problem.beta_squared
        for at, (i, _) in enumerate(self.held):
            part = parts[i]
            others = (p for p in parts if p.k == part.k == 1 and not p.held)
            if any(turned(self.system, other, part) for other in others):
                D = form(part.face, self.solution.N, square)
                rest = [[D[a][b] for b in part.others] for a in part.others]
                if is_definite(rest, _BITS):
                    yield unit_vector(at, len(self.held))

    def _shared(self) -> Iterator[Scalars]:
        """Yield the relations of what two parts share."""
        parts = self.system.parts
        loose = {i for i, _ in self.held}
        for i, j in combinations(range(len(parts)), 2):
            if not loose & {i, j} or 1 in (parts[i].k, parts[j].k):
                continue
            walls = self._apart(parts[i], parts[j])
            for x, y in product(self._seen(i, walls), self._seen(j, walls)):
                pairs = zip(self._told(i, x, y), self._told(j, y, x), strict=True)
                yield tuple(s - t for s, t in pairs)

    def _apart(self, part: Part, other: Part) -> "Rows":
        """Return rows that vanish where neurons of both faces cost the same, and nowhere else."""
        X = self.system.problem.design
        signs = list(zip(part.face.covector, other.face.covector, strict=True))
        rows = [x for x, pair in zip(X, signs, strict=True) if 0 in pair]
        sums: dict[int, Vector] = {}
        for x, (s, t), name in zip(X, signs, self.alike, strict=True):
            if name is not None and (s > 0) != (t > 0):
                before = sums.get(name, (_ZERO,) * len(x))
                sums[name] = tuple(
                    a + (b if s > 0 else -b) for a, b in zip(before, x, strict=True)
                )
        return (*rows, *sums.values())

    def _seen(self, i: int, walls: "Rows") -> list[Scalars]:
        """Return vectors of R^d that span what the span of U has on all walls."""
        part, (U, _) = self.system.parts[i], self.solution.parts[i]
        seen = [[dot(x, b) for b in part.face.basis] for x in walls]
        kept = [seen[m] for m in independent_rows(seen)]
        images = [[dot(row, u) for u in transpose(U)] for row in kept]
        found = _null(images, part.k) if len(kept) < part.k else []
        return [part.face.point([dot(row, c) for row in U]) for c in found]

    def _told(self, i: int, x: Scalars, y: Scalars) -> Scalars:
        """Return ``y'D x`` by R, x in the span of U: a factor for each entry that is held."""
        part = self.system.parts[i]
        own, other = (self._coordinates(part, v) for v in (x, y))
        return tuple(
            other[m] * own[o] + (other[o] * own[m] if m != o else 0) if at == i else _ZERO
            for at, (m, o) in self.held
        )

    def _coordinates(self, part: Part, v: Scalars) -> Scalars:
        """Return those of the projection on W, at the pivots."""
        seen = [dot(b, v) for b in part.face.basis]
        inverse = [solve(part.face.gram, unit) for unit in identity(part.face.w)]
        return tuple(dot(cast("Scalars", inverse[p]), seen) for p in part.pivots)


def equation(
    system: System, part: Part, place: tuple[int, int], silent: Sequence[bool]
) -> list[Fraction]:
    """Return ``g'h`` and the entries of the symmetric part of ``phi psi'``, doubled.

    Samples that are silent have N = 0, and do not count.
    """
    i, j = place
    modulo = system.problem.free.modulo
    rows = list(zip(silent, part.images, strict=True))
    phi, psi = (
        modulo(tuple(_ZERO if off else row[at] for off, row in rows)) for at in (i, j)
    )
    entries = [phi[k] * psi[m] + phi[m] * psi[k] for k, m in upper(len(phi))]
    return [part.face.gram[i][j], *entries]


def turned(system: System, part: Part, other: Part) -> Fraction | None:
    """Return the factor of a basis of an atom that is another one, turned; None where it is not.

    The isometry Q takes the row of the pivot to such a multiple of that of the other's.
    """
    modulo = system.problem.free.modulo
    seen = [[modulo(column) for column in transpose(p.images)] for p in (part, other)]
    Q = [solve(transpose(seen[1]), column) for column in seen[0]]
    if part.face.w != other.face.w or any(column is None for column in Q):
        return None
    columns = [cast("Vector", column) for column in Q]
    G = other.face.gram
    images = [[dot(row, column) for row in G] for column in columns]
    same = all(
        dot(a, image) == t
        for image, row in zip(images, part.face.gram, strict=True)
        for a, t in zip(columns, row, strict=True)
    )
    (p,), (q,) = part.pivots, other.pivots
    alone = not any(column[q] for i, column in enumerate(columns) if i != p)
    return columns[p][q] if same and alone and part.face.w > 1 else None


def _null(rows: Sequence[Sequence[Scalar]], k: int) -> list[Scalars]:
    """Return independent c of length k that rows annihilate, as many as at least there are."""
    import numpy as np
    from scipy.linalg import qr

    order = list(range(k))
    if rows:
        A = np.array([[float(t) for t in row] for row in rows])
        order = [int(j) for j in qr(A, mode="economic", pivoting=True)[2]]
    found: list[Scalars] = []
    for free in order[len(rows) :]:
        c: list[Scalar] = [_ZERO] * k
        c[free] = _ONE
        try:
            made = [[row[j] for j in order[: len(rows)]] for row in rows]
            x = solve_balls(made, [-row[free] for row in rows]) if rows else ()
        except Undecided:
            return []
        for j, t in zip(order, x, strict=False):
            c[j] = t
        found.append(tuple(c))
    return found


def _largest(rows: Sequence[Scalars], many: int) -> list[Scalars]:
    """Return so many rows that floats find farthest from dependent."""
    import numpy as np
    from scipy.linalg import qr

    if not rows:
        return []
    A = np.array([[float(t) for t in row] for row in rows])
    order = qr(A.T, mode="economic", pivoting=True)[2]
    return [rows[int(i)] for i in order[:many]]


def _is_regular(rows: Sequence[Scalars]) -> bool:
    """Return whether a square matrix is proved to be regular."""
    if all(isinstance(t, Fraction) for row in rows for t in row):
        return rank(rows) == len(rows)
    try:
        found: Balls = solve_balls(rows, [_ZERO] * len(rows))
    except Undecided:
        return False
    return bool(found) or not rows
