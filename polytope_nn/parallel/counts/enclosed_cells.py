"""Vertices of optimal networks where kappa is in balls: equations with rational coefficients.

The output of a mass 1 of an inner atom is ``M kappa``, M a rational matrix: that of its face,
the rows that the outer ReLU cuts left out. The fit is the sum of the two-layer neurons in use,
``sum w_b M_b kappa``. Where the matrices of a cell have a basis whose values at kappa are
independent, masses make the fit iff they do so in coordinates in that basis: rational
equations, with right sides that are sums of the w_b. What is 0 then is known to be; all else
is decided by balls, or left open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, rank, rref, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.parallel.conditioned import conditioned_vertices
from polytope_nn.parallel.pieces import (
    NOTHING,
    Config,
    Label,
    Piece,
    constraints,
    label,
    possible,
)
from polytope_nn.parallel.theta import form

__all__ = ["Branches", "EnclosedBranch", "Flat", "enclosed_vertices"]

_ZERO = Fraction(0)
Branches: TypeAlias = tuple["EnclosedBranch", ...]


@dataclass(frozen=True)
class Flat:
    """The two-layer optimum whose kappa is in balls, and the matrices of its atoms."""

    X: Matrix
    optimum: Optimum

    def matrix(self, a: Atom, mask: Sequence[bool] | None = None) -> Vector:
        """Return the matrix of an atom, row after row; a mask leaves rows out."""
        M = form(self.X, a.covector)
        kept = mask or (True,) * len(M)
        return tuple(t if m else _ZERO for row, m in zip(M, kept, strict=True) for t in row)

    @cached_property
    def used(self) -> list[tuple[Vector, Scalar]]:
        """The matrices of the atoms in use, and their weights."""
        pairs = zip(self.optimum.atoms, self.optimum.weights, strict=True)
        return [(self.matrix(a), w) for a, w in pairs if sign(w)]

    def value(self, M: Vector) -> Scalars:
        """Return ``M kappa``."""
        n = len(self.optimum.kappa)
        return tuple(dot(M[i * n : (i + 1) * n], self.optimum.kappa) for i in range(n))


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
    at = [(j, a) for j, p in enumerate(chosen) for a in range(len(p.atoms))]
    columns = [flat.matrix(chosen[j].atoms[a], chosen[j].mask) for j, a in at]

    def allowed(alive: Sequence[int]) -> list[int]:
        """Return the columns that the conditions of their member leave."""
        left = []
        for j, p in enumerate(chosen):
            own = {at[q][1]: q for q in alive if at[q][0] == j}
            left += [own[a] for a in possible(p.atoms, p.signs, own)]
        return left

    made = _coordinates(flat, columns, allowed)
    if made is None:
        return []
    equations, right, alive = made
    at = [at[q] for q in alive]
    equal: list[Scalars] = []
    above: list[Scalars] = []
    conditioned: list[tuple[int, int]] = []  # of each slack: the member, the row
    for j, p in enumerate(chosen):
        own = [a for q, a in at if q == j]
        start = next((i for i, (q, _) in enumerate(at) if q == j), 0)
        before, after = (_ZERO,) * start, (_ZERO,) * (len(at) - start - len(own))
        for i, e in enumerate(p.signs):
            only = tuple(e if k == i else None for k in range(len(p.signs)))
            flat_rows, slacked = constraints([p.atoms[a] for a in own], only)
            equal += [(*before, *row, *after) for row in flat_rows]
            above += [(*before, *row, *after) for row in slacked]
            conditioned += [(j, i)] * len(slacked)
    ends = [*right, *(_ZERO,) * len(equal)]
    names = [label(chosen[j].atoms[a]) for j, a in at]
    found = []
    samples = [i for _, i in conditioned]
    for c, slacks in _vertices((names, samples), [*equations, *equal], ends, above):
        tight = {q for q, x in zip(conditioned, slacks, strict=True) if not sign(x)}
        masses = [(q, x) for q, x in zip(at, c, strict=True) if sign(x)]
        found.append(_split(chosen, masses, tight))
    return found


def _vertices(
    named: tuple[Sequence[Label], Sequence[int]],
    equations: Sequence[Scalars],
    right: Sequence[Scalar],
    above: Sequence[Scalars],
) -> list[tuple[Scalars, Scalars]]:
    """Return the vertices, the masses scaled where balls do not decide them as they are.

    A piece that comes twice has its conditions twice; with each mass times the size of its
    entry in the first of them these are rational, and that they depend is seen. ``named``
    are the atoms of the columns, and the samples of the conditions.
    """
    try:
        return conditioned_vertices(equations, right, above)
    except Undecided:
        names, samples = named
        sizes: dict[Label, tuple[int, Scalar]] = {}  # with the sample that it is from
        for i, row in zip(samples, above, strict=True):
            for name, t in zip(names, row, strict=True):
                if sign(t):
                    sizes.setdefault(name, (i, t * sign(t)))
        if not sizes:
            raise
    one = (-1, Fraction(1))
    own = [sizes.get(name, one) for name in names]
    rows: list[Scalars] = []
    ends: list[Scalar] = []
    for row, end in zip(equations, right, strict=True):
        used = {name for name, t in zip(names, row, strict=True) if sign(t)}
        alone = len(used) == 1  # one atom: the equation is multiplied by its size instead
        rows.append(row if alone else _over(row, own))
        ends.append(end * sizes.get(used.pop(), one)[1] if alone else end)
    slacked = [
        tuple(
            Fraction(sign(t)) if i == s[0] else _over((t,), (s,))[0]
            for t, s in zip(row, own, strict=True)
        )
        for i, row in zip(samples, above, strict=True)
    ]
    found = conditioned_vertices(rows, ends, slacked)
    return [(_over(c, own), slacks) for c, slacks in found]


def _over(row: Scalars, sizes: Sequence[tuple[int, Scalar]]) -> Scalars:
    """Return the entries divided by sizes; what is 0 stays it."""
    return tuple(t / s if sign(t) else t for t, (_, s) in zip(row, sizes, strict=True))


def _split(
    chosen: Sequence[Piece],
    found: Sequence[tuple[tuple[int, int], Scalar]],
    tight: set[tuple[int, int]],
) -> Branches:
    """Return a vertex as branches: masses by member and atom, the conditions that are tight."""
    branches = []
    for j, p in enumerate(chosen):
        masses = tuple((a, c) for (q, a), c in found if q == j)
        zeros = {i for i, e in enumerate(p.signs) if e == 0 or (j, i) in tight}
        zeros |= {
            i
            for i in range(len(p.signs))
            if not any(sign(p.atoms[a].feature[i]) for a, _ in masses)
        }
        branches.append(EnclosedBranch(p, masses, frozenset(zeros)))
    return tuple(branches)


def _coordinates(
    flat: Flat,
    columns: Sequence[Vector],
    allowed: Callable[[Sequence[int]], list[int]],
) -> tuple[list[Scalars], list[Scalar], list[int]] | None:
    """Return equations for the masses of some columns, and which may be positive.

    None where none fit.
    """
    every = [*columns, *(M for M, _ in flat.used)]
    basis = [every[i] for i in independent_rows(every)]
    if len(basis) > len(flat.optimum.kappa) or rank(list(map(flat.value, basis))) < len(
        basis
    ):
        raise Undecided("outputs of branches depend on each other in a way that balls hide")
    table = transpose(basis)
    coordinates = [solve(table, M) for M in every]
    rows, _ = rref(transpose([x for x in coordinates if x is not None]))  # all: they span
    width, weights = len(columns), [w for _, w in flat.used]
    equations: list[tuple[Scalars, Scalars]] = []
    for row in rows:
        own, shares = row[:width], tuple(-x for x in row[width:])
        if any(own):
            equations.append((own, tuple(-x for x in shares)))
        elif any(shares) and sign(dot(shares, weights)):
            return None
    alive = list(range(width))
    while True:  # a sum of nonnegative masses that is 0
        dead = {
            j
            for own, shares in equations
            if not any(shares) and len({sign(own[j]) for j in alive} - {0}) == 1
            for j in alive
            if own[j]
        }
        left_over = allowed([j for j in alive if j not in dead])
        if len(left_over) == len(alive):
            break
        alive = left_over
    left = [(tuple(own[j] for j in alive), shares) for own, shares in equations]
    for own, shares in left:
        if not any(own) and any(shares) and sign(dot(shares, weights)):
            return None
    kept = [(own, shares) for own, shares in left if any(own)]
    right = [dot(shares, weights) if any(shares) else _ZERO for _, shares in kept]
    return [own for own, _ in kept], right, alive
