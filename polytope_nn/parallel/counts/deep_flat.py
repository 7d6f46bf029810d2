"""The outputs of branches where depth helps and kappa is in balls, in rational coordinates.

An atom's output is ``M psi``, psi the symbols (kappa, raised entries) and M rational. A piece on
which z is 0 on raised rows and that has one vertex is one column, a *whole*: the branch of a part,
for its equations say how its masses relate. Its coordinate is one of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import Atom
from polytope_nn.exact.linear import rref
from polytope_nn.exact.parametric import as_letters
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.parallel.blocks import classes_of, with_alike
from polytope_nn.parallel.conditions.masses import Known, independent
from polytope_nn.parallel.equations.solved import DeepAtom, DeepSolution
from polytope_nn.parallel.equations.theta import form
from polytope_nn.parallel.pieces import Known as Branch
from polytope_nn.parallel.pieces import Label, Piece, label

__all__ = ["DeepFlat"]

_ZERO = Fraction(0)


@dataclass(frozen=True)
class DeepFlat:
    """The zero of the equations of a deep optimum, as outputs in rational coordinates."""

    X: Matrix
    solved: DeepSolution
    pieces: tuple[Piece, ...]
    told: Mapping[int, Mapping[int, Fraction]] | None = None

    @cached_property
    def relations(self) -> Mapping[int, Mapping[int, Fraction]]:
        """Symbols by others: linear forms that vanish say so, or all of them are rational."""
        if self.told is not None:
            return self.told
        found = self.solved.facts.pivots
        known = [
            p
            for p, x in enumerate(self.symbols)
            if isinstance(x, Fraction) and x and p not in found
        ]
        one = {p: self.symbols[p] / self.symbols[known[0]] for p in known[1:]}
        return found | {p: {known[0]: t} for p, t in one.items() if isinstance(t, Fraction)}

    @property
    def n(self) -> int:
        """The number of samples."""
        return self.solved.problem.n

    @property
    def symbols(self) -> Scalars:
        """Kappa and the raised entries."""
        return self.solved.symbols

    def matrix(self, a: Atom, mask: Sequence[bool] | None = None) -> Vector:
        """Return the matrix of an atom, row after row, then 0 for each part."""
        assert isinstance(a, DeepAtom)  # atoms of a deep optimum are
        B, size = form(self.X, a.covector), len(self.solved.symbols)
        found: list[Fraction] = []
        for i, row in enumerate(B):
            of = [_ZERO] * size
            for t, symbol in zip(row, a.symbols, strict=True):
                if symbol and (mask is None or mask[i]):
                    p = abs(symbol) - 1
                    for q, factor in self.relations.get(p, {p: Fraction(1)}).items():
                        of[q] += factor * (t if symbol > 0 else -t)
            found += of
        return (*found, *(_ZERO for _ in self.solved.parts))

    def whole(self, p: Piece) -> int | None:
        """Return the part whose branch is all of a piece with raised rows; None without."""
        return next((j for j, home in self.homes.items() if home is p), None)

    @cached_property
    def homes(self) -> dict[int, Piece]:
        """The pieces that are the branch of a part with raised rows."""
        found: dict[int, Piece] = {}
        for j, (part, own) in enumerate(
            zip(self.solved.parts, self.solved.atoms, strict=True)
        ):
            names = {label(a) for a in own}
            for p in self.pieces:
                alike = part.sigma == p.sigma and {label(a) for a in p.atoms} == names
                if part.raised and alike and len(p.vertices) == 1:
                    found[j] = p
        return found

    def balanced(self, p: Piece, i: int) -> dict[Label, int] | None:
        """Return the atoms that make a row 0 in a branch of the network, by their places."""
        place = 0
        parts = zip(self.solved.parts, self.solved.atoms, strict=True)
        for j, (part, own) in enumerate(parts):
            if j in self.homes:
                place += 1
                continue
            seen = {
                label(a): place + q
                for q, a in enumerate(own)
                if a.symbols[i] and a.covector[i] > 0
            }
            place += len(own)
            if (
                part.sigma == p.sigma
                and i in part.raised
                and seen.keys() <= p.places.keys()
            ):
                return seen
        return None

    def branches(self, sigma: int) -> Sequence[Known]:
        """Return the branches of the parts of a sign: z is 0 on their raised rows."""
        found = []
        for j, part in enumerate(self.solved.parts):
            pairs = zip(self.solved.atoms[j], self.solved.masses[j], strict=True)
            if part.sigma == sigma:
                own = [(label(a), c) for a, c in pairs]
                found.append((own, frozenset(part.raised)))
        return found

    @property
    def network(self) -> list[Branch]:
        """The branches of the parts, with all rows of the directions of raised ones."""
        alike = classes_of(self.X)
        parts = zip(self.solved.parts, self.solved.atoms, self.solved.masses, strict=True)
        return [
            (
                part.sigma,
                tuple((label(a), c) for a, c in zip(atoms, masses, strict=True)),
                with_alike(part.raised, alike),
            )
            for part, atoms, masses in parts
        ]

    def masses(self, j: int, p: Piece) -> dict[int, Scalar]:
        """Return the masses of the branch of a part, by the places of a piece's atoms."""
        pairs = zip(self.solved.atoms[j], self.solved.masses[j], strict=True)
        return {p.places[label(a)]: c for a, c in pairs}

    def unit(self, j: int) -> Vector:
        """Return the coordinate of the branch of a part."""
        size = self.n * len(self.solved.symbols)
        return (
            *(_ZERO,) * size,
            *(Fraction(j == q) for q in range(len(self.solved.parts))),
        )

    @cached_property
    def used(self) -> list[tuple[Vector, Scalar]]:
        """The columns of the network of the parts, and their weights."""
        found: list[tuple[Vector, Scalar]] = []
        parts = zip(self.solved.parts, self.solved.atoms, self.solved.masses, strict=True)
        for j, (part, atoms, masses) in enumerate(parts):
            if j in self.homes:
                found.append((self.unit(j), Fraction(1)))
                continue
            kept = {*part.inside} - {*part.raised}
            mask = [i in kept for i in range(self.n)]
            found += [(self.matrix(a, mask), c) for a, c in zip(atoms, masses, strict=True)]
        return found

    @cached_property
    def outputs(self) -> list[Scalars]:
        """What the branch of each part adds to the fit."""
        found = []
        parts = zip(self.solved.parts, self.solved.atoms, self.solved.masses, strict=True)
        for part, atoms, masses in parts:
            z = [dot([a.feature[i] for a in atoms], masses) for i in range(self.n)]
            kept = {*part.inside} - {*part.raised}
            found.append(
                tuple(t * part.sigma if i in kept else _ZERO for i, t in enumerate(z))
            )
        return found

    def value(self, M: Vector) -> Scalars:
        """Return what coordinates stand for."""
        n, size = self.n, len(self.solved.symbols)
        shares = M[n * size :]
        return tuple(
            dot(M[i * size : (i + 1) * size], self.solved.symbols)
            + dot(shares, [output[i] for output in self.outputs])
            for i in range(n)
        )

    @cached_property
    def formal(self) -> "DeepFlat":
        """The same with letters; the masses of a part are those for which z is 0 on raised rows."""
        solved = self.solved
        size = len(solved.symbols)
        every = as_letters([*solved.symbols, *(c for own in solved.masses for c in own)])
        symbols = tuple(
            dot([*of.values()], [every[q] for q in of])
            for of in (self.relations.get(p, {p: Fraction(1)}) for p in range(size))
        )
        masses, at = [], size
        for own in solved.masses:
            masses.append(every[at : at + len(own)])
            at += len(own)
        free = replace(solved, symbols=symbols, masses=tuple(masses))
        balanced = tuple(
            _balanced([[a.feature[i] for a in atoms] for i in self._told(j)], own)
            for j, (atoms, own) in enumerate(zip(free.atoms, masses, strict=True))
        )
        return replace(self, solved=replace(free, masses=balanced), told=self.relations)

    def _told(self, j: int) -> list[int]:
        """Return raised rows of a part whose conditions z = 0 tell those of the others."""
        part, atoms = self.solved.parts[j], self.solved.atoms[j]
        names, rows = [label(a) for a in atoms], [*part.raised]
        own = [*zip(names, self.solved.masses[j], strict=True)], frozenset(rows)
        equal = [tuple(a.feature[i] for a in atoms) for i in rows]
        return [rows[q] for q in independent(names, equal, {*rows}, [own])]


def _balanced(rows: Sequence[Sequence[Scalar]], masses: Scalars) -> Scalars:
    """Return masses of which as many as it takes are written by the others: rows see 0."""
    found = list(masses)
    table, pivots = rref(rows)
    for row, p in zip(table, pivots, strict=True):
        found[p] = -sum(
            (
                t * c
                for q, (t, c) in enumerate(zip(row, masses, strict=True))
                if q != p and sign(t)
            ),
            _ZERO,
        )
    return tuple(found)
