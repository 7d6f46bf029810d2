"""Vertices of optimal networks where kappa is in balls: equations with rational coefficients.

What is 0 by the rational equations of :mod:`~polytope_nn.parallel.counts.coordinates` is known to
be; all else is decided by balls, or left open. A condition ``z = 0`` of a branch in use holds
where the equations leave its masses alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom
from polytope_nn.errors import Undecided
from polytope_nn.exact.parametric import as_enclosed
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.parallel.blocks import classes_of, with_alike
from polytope_nn.parallel.conditions.masses import (
    constraints,
    independent,
    only_at,
    possible,
)
from polytope_nn.parallel.conditions.vertices import (
    conditioned_vertices,
    slacked_vertices,
)
from polytope_nn.parallel.pieces import (
    NOTHING,
    Config,
    Label,
    Piece,
    label,
)

from .coordinates import Fact, coordinates, known
from .flat import Flat

__all__ = ["Branches", "EnclosedBranch", "enclosed_vertices", "formal_atoms"]

_ZERO = Fraction(0)
_WHOLE = -1  # the column of a branch that is all of its piece
Branches: TypeAlias = tuple["EnclosedBranch", ...]
Vertices: TypeAlias = Callable[
    [Sequence[Scalars], Sequence[Scalar], Sequence[Scalars]], list[tuple[Scalars, Scalars]]
]
Column: TypeAlias = tuple[int, int]
"""A member of a cell and the place of an atom, or of the whole of its piece."""


@dataclass(frozen=True)
class EnclosedBranch:
    """A branch of a vertex: its piece, its masses by atom, the rows where z is known to be 0."""

    piece: Piece
    masses: tuple[tuple[int, Scalar], ...]
    zeros: frozenset[int]

    @property
    def config(self) -> Config:
        """The branch, as a configuration."""
        atoms = self.piece.atoms
        own = tuple((label(atoms[i]), c) for i, c in self.masses)
        return (self.piece.sigma, own) if own else NOTHING

    @property
    def name(self) -> tuple[object, ...]:
        """Its sign, its inner atoms, and where z is 0: what a vertex is told by."""
        sigma, own = self.config
        return (sigma, *(key for key, _ in own), tuple(sorted(self.zeros)) if own else ())

    def lies_in(self, q: Piece) -> bool:
        """Return whether the branch lies in the cone of a piece, or raise Undecided."""
        sigma, own = self.config
        if not own or q is self.piece:
            return True
        if sigma != q.sigma or any(key not in q.places for key, _ in own):
            return False
        for i, e in enumerate(q.signs):
            if e is None or i in self.zeros:
                continue
            row = [self.piece.atoms[a].feature[i] for a, _ in self.masses]
            if not {sign(t) for t in row} <= {0, e or 2} and sign(
                dot(row, [c for _, c in self.masses])
            ) not in (e, 0):
                return False
        return True


def enclosed_vertices(flat: Flat, chosen: Sequence[Piece]) -> list[Branches]:
    """Return the vertices of the cell of some pieces, a branch for each piece."""
    return _Cell(flat, tuple(chosen)).vertices()


@dataclass(frozen=True)
class _Cell:
    """A branch in each of several pieces."""

    flat: Flat
    chosen: tuple[Piece, ...]

    @cached_property
    def wholes(self) -> list[int | None]:
        """The branch that is all of a member's piece, or None."""
        return [self.flat.whole(p) for p in self.chosen]

    @cached_property
    def columns(self) -> list[Column]:
        """The columns."""
        return [
            (j, a)
            for j, p in enumerate(self.chosen)
            for a in (range(len(p.atoms)) if self.wholes[j] is None else (_WHOLE,))
        ]

    def name(self, column: Column) -> Label:
        """Return what tells a column from others."""
        j, a = column
        whole = self.wholes[j]
        return label(self.chosen[j].atoms[a]) if whole is None else (0, (whole,))

    def allowed(self, alive: Sequence[int]) -> list[int]:
        """Return the columns that the conditions of their member leave."""
        left: list[int] = []
        for j, p in enumerate(self.chosen):
            own = {self.columns[q][1]: q for q in alive if self.columns[q][0] == j}
            if self.wholes[j] is None:
                left += [own[a] for a in possible(p.atoms, p.signs, own)]
            else:
                left += own.values()
        return left

    def vertices(self) -> list[Branches]:
        """Return the vertices."""
        matrices = []
        for j, a in self.columns:
            p, whole = self.chosen[j], self.wholes[j]
            own = self.flat.matrix(p.atoms[a], p.mask) if whole is None else None
            matrices.append(self.flat.unit(whole or 0) if own is None else own)
        try:
            facts = coordinates(self.flat, matrices, self.allowed)
        except Undecided as reason:
            return self._formally(matrices, reason)
        if facts is None:
            return []
        left, right, alive = facts
        at = [self.columns[q] for q in alive]
        try:
            atoms = [p.atoms for p in self.chosen]
            return self._made(left, right, at, atoms, conditioned_vertices)
        except Undecided as reason:
            formal = self.flat.formal
            weights = [w for _, w in formal.used]
            shares = [dot(own, weights) if any(own) else _ZERO for _, own in left]
            try:
                told = [formal_atoms(self.flat, p) for p in self.chosen]
                return self._made(left, shares, at, told, _formal_vertices)
            except Undecided:
                return self._formally(matrices, reason)

    def _formally(self, matrices: Sequence[Vector], reason: Undecided) -> list[Branches]:
        """Return the vertices by functions of letters alone."""
        formal = self.flat.formal
        try:
            facts = coordinates(formal, matrices, self.allowed, formal=True)
            if facts is None:
                return []
            left, right, alive = facts
            told = [formal_atoms(self.flat, p) for p in self.chosen]
            at = [self.columns[q] for q in alive]
            return self._made(left, right, at, told, _formal_vertices)
        except Undecided:
            raise reason from None

    def _made(
        self,
        facts: Sequence[Fact],
        right: Sequence[Scalar],
        at: Sequence[Column],
        atoms: Sequence[Sequence[Atom]],
        vertices: Vertices,
    ) -> list[Branches]:
        """Return the vertices, the atoms of each member having some features."""
        equal, above, conditioned = self.conditions(facts, at, atoms)
        rows = [*(own for own, _ in facts), *equal]
        found = []
        for c, slacks in vertices(rows, [*right, *(_ZERO,) * len(equal)], above):
            tight = {q for q, x in zip(conditioned, slacks, strict=True) if not sign(x)}
            found.append(self._split(self.masses(at, c), tight))
        return found

    def _split(
        self,
        found: Sequence[tuple[tuple[int, int], Scalar]],
        tight: set[tuple[int, int]],
    ) -> Branches:
        """Return a vertex as branches: masses by member and atom, conditions that are tight."""
        branches, alike = [], classes_of(self.flat.X)
        for j, p in enumerate(self.chosen):
            masses = tuple((a, c) for (q, a), c in found if q == j)
            zeros = {i for i, e in enumerate(p.signs) if e == 0 or (j, i) in tight}
            zeros |= {
                i
                for i in range(len(p.signs))
                if not any(sign(p.atoms[a].feature[i]) for a, _ in masses)
            }
            branches.append(EnclosedBranch(p, masses, with_alike(zeros, alike)))
        return tuple(branches)

    def conditions(
        self,
        facts: Sequence[Fact],
        at: Sequence[Column],
        atoms: Sequence[Sequence[Atom]],
    ) -> tuple[list[Scalars], list[Scalars], list[tuple[int, int]]]:
        """Return the rows of ``= 0`` and of ``>= 0``, and the member and row of the latter."""
        equal: list[Scalars] = []
        above: list[Scalars] = []
        conditioned: list[tuple[int, int]] = []
        for j, p in enumerate(self.chosen):
            if self.wholes[j] is not None:
                continue  # its conditions hold
            own = [a for q, a in at if q == j]
            start = next((i for i, (q, _) in enumerate(at) if q == j), 0)
            before, after = (_ZERO,) * start, (_ZERO,) * (len(at) - start - len(own))
            named = {label(p.atoms[a]): start + q for q, a in enumerate(own)}
            lines: list[Scalars] = []
            rows: list[int] = []
            for i in range(len(p.signs)):
                flat_rows, slacked = constraints(
                    [atoms[j][a] for a in own], only_at(p.signs, i)
                )
                if flat_rows and known(
                    facts, self.flat.balanced(p, i), named, flat_rows[0]
                ):
                    continue
                lines += flat_rows
                rows += [i] * len(flat_rows)
                above += [(*before, *row, *after) for row in slacked]
                conditioned += [(j, i)] * len(slacked)
            kept = independent([*named], lines, {*rows}, self.flat.branches(p.sigma))
            equal += [(*before, *lines[q], *after) for q in kept]
        return equal, above, conditioned

    def masses(
        self, at: Sequence[Column], c: Scalars
    ) -> list[tuple[tuple[int, int], Scalar]]:
        """Return the positive masses by member and atom."""
        found: list[tuple[tuple[int, int], Scalar]] = []
        for (j, a), x in zip(at, c, strict=True):
            whole = self.wholes[j]
            if sign(x) and whole is not None:
                shares = self.flat.masses(whole, self.chosen[j])
                found += [((j, b), x * w) for b, w in sorted(shares.items())]
            elif sign(x):
                found.append(((j, a), x))
        return found


def formal_atoms(flat: Flat, p: Piece) -> list[Atom]:
    """Return the atoms of a piece, their features as functions of letters."""
    symbols, found = flat.formal.symbols, []
    size = len(symbols)
    for a in p.atoms:
        M = flat.matrix(a)
        feature = tuple(
            dot(M[i * size : (i + 1) * size], symbols) * p.sigma if sign(t) else _ZERO
            for i, t in enumerate(a.feature)
        )
        found.append(replace(a, feature=feature))
    return found


def _formal_vertices(
    equations: Sequence[Scalars], right: Sequence[Scalar], above: Sequence[Scalars]
) -> list[tuple[Scalars, Scalars]]:
    """Return vertices and slacks where entries are functions of numbers in balls."""
    found = slacked_vertices(equations, right, above, first=True)
    return [(tuple(map(as_enclosed, c)), tuple(map(as_enclosed, s))) for c, s in found]
