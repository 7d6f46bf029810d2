"""Pieces: the polytopes of optimal branches, read off the tight leaves (three-layer P7).

On a tight leaf ``k'(z)_+ <= G(z) <= beta`` with G convex and positively homogeneous. A
maximiser z is a mixture ``sum c_a F_a``, ``sum c = 1``, of inner atoms that are tight for
G, and G is linear between those in use: an open row is nonnegative on all of them or
nonpositive on all of them. So each choice of a side for every open row (where the atoms
differ) leaves one polytope: on the negative rows ``z_i >= 0`` where theta is 1, ``z_i <=
0`` where it is 0, ``z_i = 0`` in between. On the positive rows the signs then hold by
themselves, because ``k'(z)_+`` cannot exceed beta. Rows with ``kappa_i = 0`` are split by
the sign of z_i. On a piece the branch ``sigma (z)_+`` is linear in c: its *mask* says which
rows survive.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign

from .blocks import once
from .conditions.masses import Flat, Told, vertices_of
from .equations.solved import DeepAtom
from .tree import Leaf

__all__ = [
    "NOTHING",
    "Config",
    "Label",
    "Piece",
    "label",
    "pieces",
]

Label: TypeAlias = tuple[int, Scalars | tuple[int, ...]]
"""An inner atom by its sign and direction; by its face where the direction is a ball."""
Config: TypeAlias = tuple[int, tuple[tuple[Label, Scalar], ...]]
"""A branch: its sign and the masses of the inner atoms in use, in their order."""
Known: TypeAlias = tuple[int, tuple[tuple[Label, Scalar], ...], frozenset[int]]
"""A branch, and rows on which its z is known to be 0."""

NOTHING: Config = (0, ())


@dataclass(frozen=True)
class Piece:
    """A maximal polytope of optimal branches of one sign (P7).

    ``signs`` holds for each row the condition on z: 1 for ``>= 0``, -1 for ``<= 0``, 0 for
    ``= 0``, None where there is none. ``vertices`` are masses of the atoms, of sum 1, and
    ``zeros`` the rows where a condition says that z is 0 at each of them: balls do not.
    """

    sigma: int
    atoms: tuple[Atom, ...]
    signs: tuple[int | None, ...]
    mask: tuple[bool, ...]
    vertices: tuple[Scalars, ...]
    zeros: tuple[frozenset[int], ...] = ()

    @cached_property
    def key(self) -> tuple[object, ...]:
        """The place of the piece in a list of pieces."""
        return (-self.sigma, -len(self.atoms), tuple(a.key for a in self.atoms), self.mask)

    @cached_property
    def places(self) -> dict[Label, int]:
        """The place of each atom."""
        return {label(a): i for i, a in enumerate(self.atoms)}

    def z(self, c: Sequence[Scalar]) -> Scalars:
        """Return what the branch is before its outer ReLU, shape (n,)."""
        return tuple(
            dot([a.feature[i] for a in self.atoms], c) for i in range(len(self.signs))
        )

    def output(self, c: Sequence[Scalar]) -> Scalars:
        """Return what the branch adds to the fit, shape (n,)."""
        z = self.z(c)
        return tuple(
            t * self.sigma if m else Fraction(0) for t, m in zip(z, self.mask, strict=True)
        )

    @cached_property
    def outputs(self) -> tuple[Scalars, ...]:
        """What the vertices add to the fit: 0 where a condition says so, which no ball tells."""
        found = [self.output(v) for v in self.vertices]
        known = self.zeros or (frozenset[int](),) * len(found)
        return tuple(
            tuple(Fraction(0) if i in zeros else t for i, t in enumerate(f))
            for f, zeros in zip(found, known, strict=True)
        )

    @cached_property
    def columns(self) -> tuple[Scalars, ...]:
        """The output of a mass 1 of each atom."""
        zero = Fraction(0)
        return tuple(
            tuple(
                t * self.sigma if m else zero
                for t, m in zip(a.feature, self.mask, strict=True)
            )
            for a in self.atoms
        )

    @cached_property
    def rank(self) -> int:
        """The rank of the inner features."""
        return rank([a.feature for a in self.atoms])

    @property
    def rank_at_most(self) -> int:
        """The rank of the inner features, or where balls hide it their number."""
        try:
            return self.rank
        except Undecided:
            return len(self.atoms)

    def config(self, c: Sequence[Scalar]) -> Config:
        """Return a point of the piece's cone as a branch."""
        pairs = zip(self.places, c, strict=True)
        masses = tuple((label, x) for label, x in pairs if sign(x))
        return (self.sigma, masses) if masses else NOTHING

    def contains(self, branch: Config, zeros: Collection[int] = ()) -> bool:
        """Return whether a branch lies in the piece's cone; z is known to be 0 on some rows."""
        sigma, masses = branch
        if not masses:
            return True
        if sigma != self.sigma or any(key not in self.places for key, _ in masses):
            return False
        for i, e in enumerate(self.signs):
            if e is not None and i not in zeros:
                s = sign(dot([self.atoms[self.places[key]].feature[i] for key, _ in masses],
                             [x for _, x in masses]))  # fmt: skip
                if s not in (e, 0):
                    return False
        return True


def label(a: Atom) -> Label:
    """Return what tells an inner atom from all others, whatever its leaf."""
    if isinstance(a, DeepAtom):
        return a.sign, a.name
    enclosed = any(isinstance(t, Ball) for t in a.g)
    return a.sign, a.covector if enclosed else a.g


def pieces(
    leaves: Iterable[Leaf],
    kappa: Scalars,
    known: Sequence[Known] = (),
    alike: Sequence[tuple[int, ...]] = (),
    flat: Flat | None = None,
) -> tuple[Piece, ...]:
    """Return the maximal pieces of the tight leaves, positive ones first (P7).

    ``known`` are branches with the rows on which their z is 0, not by its balls alone. On rows
    that are ``alike`` z has one sign, and one condition; ``flat`` features depend on each other:
    balls do not see that.
    """
    found: list[Piece] = []
    for leaf in leaves:
        own = [(masses, rows) for sigma, masses, rows in known if sigma == leaf.sigma]
        for atoms, mask in _sides(leaf) if leaf.tight else ():
            found.extend(_split(leaf, atoms, mask, kappa, Told(own, alike, flat)))
    kept: list[Piece] = []
    for p in sorted(found, key=lambda p: (-len(p.vertices), p.key)):
        branches = [
            (p.config(v), rows) for v, rows in zip(p.vertices, p.zeros, strict=True)
        ]
        if not any(all(q.contains(*b) for b in branches) for q in kept):
            kept.append(p)
    return tuple(sorted(kept, key=lambda p: p.key))


def _sides(leaf: Leaf) -> Iterator[tuple[tuple[Atom, ...], Mapping[int, bool]]]:
    """Yield the choices of a side for every open row: the atoms left, the rows that survive."""
    waiting = [(leaf.atoms, leaf.open, dict.fromkeys(leaf.inside, True))]
    while waiting:
        atoms, rows, mask = waiting.pop()
        if not atoms:
            continue
        if not rows:
            yield atoms, mask
            continue
        i, rest = rows[0], rows[1:]
        sides = {sign(a.feature[i]) for a in atoms} - {0}
        for side in sides or {-1}:
            left = tuple(a for a in atoms if sign(a.feature[i]) in (0, side))
            waiting.append((left, rest, mask | {i: side > 0}))


def _split(
    leaf: Leaf,
    atoms: Sequence[Atom],
    mask: Mapping[int, bool],
    kappa: Scalars,
    told: Told,
) -> Iterator[Piece]:
    """Yield the pieces of a choice, split by the signs of z where kappa is 0."""
    signs: dict[int, int] = {}
    seen = dict(mask)
    for i, t in leaf.theta.items():
        signs[i] = 1 if t == 1 else -1 if t == 0 else 0
        seen[i] = t == 1
    zeros = [i for i, x in enumerate(kappa) if not sign(x)]
    for sides in product((1, -1), repeat=len(zeros)):
        split = signs | dict(zip(zeros, sides, strict=True))
        rows = once(tuple(split.get(i) for i in range(len(kappa))), told.alike)
        survive = seen | {i: e > 0 for i, e in zip(zeros, sides, strict=True)}
        vertices = vertices_of([(label(a), a) for a in atoms], rows, told)
        used = [j for j in range(len(atoms)) if any(sign(v[j]) for v, _ in vertices)]
        if used:
            yield Piece(
                leaf.sigma,
                tuple(atoms[j] for j in used),
                rows,
                tuple(survive.get(i, False) for i in range(len(kappa))),
                tuple(tuple(v[j] for j in used) for v, _ in vertices),
                tuple(rows for _, rows in vertices),
            )
