"""Conditions on the masses of inner atoms, and the vertices of what they leave (three-layer P7).

A piece is ``{c >= 0 : sum c = 1}`` with a condition on z_i for some rows i. Where masses are in
balls, what is 0 there by structure is told.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.parallel.blocks import with_alike

from .vertices import Minor, conditioned_vertices

__all__ = [
    "Flat",
    "Known",
    "Told",
    "constraints",
    "independent",
    "only_at",
    "possible",
    "vertices_of",
]

Flat: TypeAlias = Callable[[Sequence[Atom], Sequence[int]], bool]
"""Whether features of some atoms, on as many rows, are known to depend on each other."""
Known: TypeAlias = tuple[Sequence[tuple[object, Scalar]], frozenset[int]]
"""Masses by the names of atoms, and rows on which their z is 0."""
_Named: TypeAlias = tuple[object, Atom]


@dataclass(frozen=True)
class Told:
    """What is known beside balls.

    ``branches`` are masses by the names of atoms, with the rows on which their z is 0; on rows
    that are ``alike`` z has one sign; ``flat`` says which features depend on each other.
    """

    branches: Sequence[Known] = ()
    alike: Sequence[tuple[int, ...]] = ()
    flat: Flat | None = None


def constraints(
    atoms: Sequence[Atom], signs: Sequence[int | None]
) -> tuple[list[Scalars], list[Scalars]]:
    """Return the rows of ``= 0`` and of ``>= 0`` that the conditions put on the masses."""
    equal: list[Scalars] = []
    above: list[Scalars] = []
    for i, e in enumerate(signs):
        if e is None:
            continue
        row = tuple(a.feature[i] for a in atoms)
        seen = {sign(t) for t in row} - {0}
        if not seen or seen == {e}:
            continue  # it holds for all masses
        if e == 0:
            equal.append(row)
        else:
            above.append(tuple(t * e for t in row))
    return equal, above


def possible(
    atoms: Sequence[Atom], signs: Sequence[int | None], among: Iterable[int]
) -> list[int]:
    """Return the places whose masses no single condition makes 0.

    A row that all atoms have on the wrong side, or on one side where it is to be 0, lets
    none of them in.
    """
    left = list(among)
    while True:
        dead: set[int] = set()
        for i, e in enumerate(signs):
            if e is not None:
                seen = {j: sign(atoms[j].feature[i]) for j in left}
                sides = set(seen.values()) - {0}
                if sides == {-e} or (e == 0 and len(sides) == 1):
                    dead |= {j for j, s in seen.items() if s}
        if not dead:
            return left
        left = [j for j in left if j not in dead]


def vertices_of(
    named: Sequence[_Named], signs: Sequence[int | None], told: Told
) -> list[tuple[Scalars, frozenset[int]]]:
    """Return the vertices of ``{c >= 0 : sum c = 1, conditions}``, with the rows of z = 0."""
    left = possible([a for _, a in named], signs, range(len(named)))
    place = {j: q for q, j in enumerate(left)}
    found = _of_possible([named[j] for j in left], signs, told) if left else ()
    zero = Fraction(0)
    return [
        (tuple(v[place[j]] if j in place else zero for j in range(len(named))), rows)
        for v, rows in found
    ]


def _of_possible(
    named: Sequence[_Named], signs: Sequence[int | None], told: Told
) -> list[tuple[Scalars, frozenset[int]]]:
    """Return the vertices where no condition alone makes a mass 0."""
    atoms = [a for _, a in named]
    equal, above = constraints(atoms, signs)
    flat = {i for i, e in enumerate(signs) if e == 0}
    seen = [i for i in sorted(flat) if constraints(atoms, only_at(signs, i))[0]]
    kept = independent([name for name, _ in named], equal, {*seen}, told.branches)
    slacked = [i for i in range(len(signs)) if constraints(atoms, only_at(signs, i))[1]]
    one, zero = Fraction(1), Fraction(0)
    equations: list[Scalars] = [(one,) * len(atoms), *(equal[q] for q in kept)]
    rows = (None, *(seen[q] for q in kept), *slacked)
    minor = None if told.flat is None else _minor(told.flat, atoms, rows)
    found = conditioned_vertices(equations, [one, *(zero,) * len(kept)], above, minor)
    zeros = ({i for i, t in zip(slacked, s, strict=True) if not sign(t)} for _, s in found)
    return [
        (c, with_alike(flat | own, told.alike))
        for (c, _), own in zip(found, zeros, strict=True)
    ]


def _minor(flat: Flat, atoms: Sequence[Atom], rows: Sequence[int | None]) -> Minor:
    """Return what decides a minor of the conditions; the rows are None or those of samples."""

    def decided(chosen: Sequence[int], columns: Sequence[int]) -> bool:
        own = [i for i in (rows[q] for q in chosen) if i is not None]
        return len(own) == len(chosen) and flat([atoms[j] for j in columns], own)

    return decided


def independent(
    names: Sequence[object],
    equal: Sequence[Scalars],
    flat: set[int],
    branches: Sequence[Known],
) -> Sequence[int]:
    """Return equations of which the others are combinations, for some masses solve them all.

    They are those of ``z = 0`` on the rows ``flat``, of atoms of these names.
    """
    live = [j for j in range(len(names)) if any(sign(row[j]) for row in equal)]
    kernel = [
        [dict(own).get(names[j], Fraction(0)) for j in live]
        for own, zeros in branches
        if flat <= zeros and all(name in names for name, _ in own)
    ]
    size = len(live) - any(map(any, kernel))
    every = range(len(equal))
    for chosen in combinations(every, size) if len(equal) > size else ():
        try:
            if rank([[equal[q][j] for j in live] for q in chosen]) == size:
                return chosen
        except Undecided:
            continue
    return every


def only_at(signs: Sequence[int | None], i: int) -> tuple[int | None, ...]:
    """Return the condition on one row, none on the others."""
    return tuple(e if q == i else None for q, e in enumerate(signs))
