"""The choices of the leaves and their polytopes: no optimal branch is missing (P7).

Rows, columns and their order are those of the checker (``checker/claims/parallel/pieces``):
its cover trees and Farkas vectors are written in them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product

from polytope_nn.certificate.exact import vertex_json
from polytope_nn.certificate.format import Json, canonical, numerators, written
from polytope_nn.certificate.trees import cover_tree
from polytope_nn.dual.atoms import Atom
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.geometry.farkas import alternative
from polytope_nn.landscape.supports import support
from polytope_nn.parallel.pieces import Config, Label, Piece, label
from polytope_nn.parallel.tree import Leaf

__all__ = ["Choice", "Conditioned", "Member", "choices", "homes"]

_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Member:
    """Atoms, their places, conditions on the rows of z, what each atom adds to the last rows."""

    atoms: tuple[Atom, ...]
    places: tuple[int, ...]
    signs: Mapping[int, int]
    shares: tuple[Scalars, ...]


@dataclass(frozen=True)
class Conditioned:
    """``{c >= 0 : conditions, sum of the shares = right}`` of several members, with slacks."""

    parts: tuple[Member, ...]
    right: Scalars

    @cached_property
    def rows(self) -> list[tuple[int, int, int]]:
        """The conditions that not all atoms meet anyway: member, row, sign."""
        return [
            (j, i, e)
            for j, of in enumerate(self.parts)
            for i, e in sorted(of.signs.items())
            if not {sign(a.feature[i]) for a in of.atoms} <= {0, e or 2}
        ]

    @cached_property
    def columns(self) -> list[Scalars]:
        """The columns, those of slacks last."""
        found: list[Scalars] = []
        for j, of in enumerate(self.parts):
            for a, share in zip(of.atoms, of.shares, strict=True):
                top = [
                    a.feature[i] * (e or 1) if q == j else _ZERO for q, i, e in self.rows
                ]
                found.append((*top, *share))
        size = len(self.rows) + len(self.right)
        for place, (_, _, e) in enumerate(self.rows):
            if e:
                found.append(tuple(-_ONE if i == place else _ZERO for i in range(size)))
        return found

    @cached_property
    def b(self) -> Scalars:
        """The right side of all rows."""
        return (*(_ZERO for _ in self.rows), *self.right)

    @cached_property
    def vertices(self) -> list[Scalars]:
        """The vertices, in the order of their supports."""
        found = slice_vertices(transpose(self.columns), self.b)
        return sorted(found, key=lambda v: [i for i, x in enumerate(v) if x != 0])

    def masses(self, v: Scalars) -> list[list[tuple[int, Scalar]]]:
        """Return for each member the places of the atoms in use and their masses."""
        found, at = [], 0
        for of in self.parts:
            pairs = zip(of.places, v[at:], strict=False)
            found.append([(a, c) for a, c in pairs if sign(c)])
            at += len(of.places)
        return found

    def witness(self) -> dict[str, Json]:
        """Return vertices and cover tree; of the empty set one vector that says so."""
        if not self.vertices:
            _, w = alternative(self.columns, self.b)
            return {"list": [], "farkas": [numerators(w, primitive=True)[0]], "tree": [2]}
        listed: list[Json] = [vertex_json(v) for v in self.vertices]
        supports = [support(v) for v in self.vertices]
        return {"list": listed, **cover_tree(supports, self.columns, self.b)}


@dataclass(frozen=True)
class Choice:
    """A choice of sides on a leaf: its atoms by their places, its conditions.

    ``kept`` are the rows that the outer ReLU keeps.
    """

    sigma: int
    places: tuple[int, ...]
    atoms: tuple[Atom, ...]
    signs: Mapping[int, int]
    kept: frozenset[int]

    @cached_property
    def polytope(self) -> Conditioned:
        """The masses of sum 1 that meet the conditions."""
        ones: tuple[Scalars, ...] = ((_ONE,),) * len(self.atoms)
        member = Member(self.atoms, self.places, self.signs, ones)
        return Conditioned((member,), (_ONE,))

    @cached_property
    def branches(self) -> list[Config]:
        """The vertices as branches."""
        named = dict(zip(self.places, self.atoms, strict=True))
        found: list[Config] = []
        for v in self.polytope.vertices:
            (own,) = self.polytope.masses(v)
            found.append((self.sigma, tuple((label(named[a]), c) for a, c in own)))
        return found

    @cached_property
    def used(self) -> list[int]:
        """The places of the atoms that some vertex uses."""
        found = {a for v in self.polytope.vertices for a, _ in self.polytope.masses(v)[0]}
        return sorted(found)

    @cached_property
    def claim(self) -> dict[str, Json]:
        """The piece that it is."""
        vertices: list[Json] = []
        for v in self.polytope.vertices:
            (own,) = self.polytope.masses(v)
            weights: list[Json] = [written(c) for _, c in own]
            vertices.append({"support": [a for a, _ in own], "weights": weights})
        return {"sign": self.sigma, "atoms": list[Json](self.used), "vertices": vertices}

    @property
    def key(self) -> tuple[int, list[int], str]:
        """The place of the piece in the list."""
        return -self.sigma, self.used, canonical(self.claim["vertices"])


def choices(leaf: Leaf, atoms: Sequence[Atom], kappa: Scalars) -> Iterator[Choice]:
    """Yield the choices of a leaf, in the order of the checker."""
    signs = {i: 1 if t == 1 else -1 if t == 0 else 0 for i, t in leaf.theta.items()}
    zeros = [i for i, x in enumerate(kappa) if not sign(x)]
    tight = {label(a) for a in leaf.atoms}
    own = [i for i, a in enumerate(atoms) if label(a) in tight]
    waiting = [(own, sorted(leaf.open), frozenset(leaf.inside))]
    while waiting:
        left, rows, plus = waiting.pop()
        if not left:
            continue
        if rows:
            i, rest = rows[0], rows[1:]
            signed = [(a, sign(atoms[a].feature[i])) for a in left]
            waiting += [
                (
                    [a for a, s in signed if s in (0, side)],
                    rest,
                    plus | {i} if side > 0 else plus,
                )
                for side in sorted({s for _, s in signed} - {0}) or [1]
            ]
            continue
        for sides in product((1, -1), repeat=len(zeros)):
            of = signs | dict(zip(zeros, sides, strict=True))
            kept = plus | {i for i, e in of.items() if e > 0}
            yield Choice(leaf.sigma, tuple(left), tuple(atoms[a] for a in left), of, kept)


def homes(every: Sequence[Choice], pieces: Sequence[Piece]) -> list[tuple[Choice, Piece]]:
    """Return for each piece the first choice that is it, in the order of the claim."""
    found = []
    for p in pieces:
        own = {_named(p.config(v)) for v in p.vertices}
        choice = next(c for c in every if set(map(_named, c.branches)) == own)
        found.append((choice, p))
    return sorted(found, key=lambda pair: pair[0].key)


def _named(branch: Config) -> tuple[int, frozenset[tuple[Label, Scalar]]]:
    """Return a branch whatever the order of its atoms."""
    return branch[0], frozenset(branch[1])
