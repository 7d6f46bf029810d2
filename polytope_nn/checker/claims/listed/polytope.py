"""``P = {c >= 0 : C c = e}``: C the coordinates in the basis, e the weights of the system.

Of the basis only what is kept counts, and of the atoms those that are alive (:mod:`idle`).
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from ...kernel.intervals import Interval, Numbers, linear, regular
from ...kernel.numbers import Vector, dot
from ...kernel.reading import Json, array, record, require
from ..boxes.polytope import listed
from ..polytope import Wall, cover


class Coordinates(Protocol):
    """Atoms by their coordinates in a basis, each on what is kept of it; those alive."""

    D: Any
    bits: int

    @property
    def alive(self) -> Sequence[int]:
        """The atoms that may have weight."""

    def __len__(self) -> int:
        """Return the number of atoms."""

    def narrow(self, a: int) -> Vector:
        """Return the coordinates of an atom that may have weight."""


def weights_of(S: Coordinates, e: Numbers, at: list[int]) -> Numbers:
    """Return the weights of the point of P with this support, whose coordinates are a basis."""
    where = "claims.vertices"
    fine = len(at) == len(e) and set(at) <= set(S.alive)
    require(fine, where, "a support is no basis")
    columns = [[Interval.around(t, t, S.bits) for t in S.narrow(a)] for a in at]
    return regular(S.D.clock, columns, e, where)


def among(S: Coordinates, support: int) -> int:
    """Return a support by places among the atoms that are alive."""
    return sum((support >> a & 1) << j for j, a in enumerate(S.alive))


def walls_of(S: Coordinates, e: Numbers, witness: Json) -> list[Wall]:
    """Return the Farkas vectors as masks: (nothing, w'C_j < 0, -1 if w'e is proved < 0)."""
    walls, where = [], "witness.cover"
    listed = array(witness, where)
    S.D.clock.hold(len(listed), len(S), where)
    for read in listed:
        w, below = S.D.field.integers(read, len(e), where), 0
        for j, a in enumerate(S.alive):
            S.D.clock.tick()
            below |= (dot(w, S.narrow(a)) < 0) << j
        total = linear(w, 1, e, S.bits)
        walls.append((0, below, -1 if total.high < 0 else 1))
    return walls


def vertices(
    S: Coordinates,
    e: Numbers,
    claim: Json,
    witness: Json,
    weights: Callable[[list[int]], Numbers] | None = None,
) -> list[int]:
    """Return the supports of the vertices, proved these and no others."""
    weights = weights or partial(weights_of, S, e)
    supports = listed(S.D.clock, len(S), weights, claim)
    record(witness, "farkas tree", "witness.cover")
    walls = walls_of(S, e, witness["farkas"])
    alive = [among(S, support) for support in supports]
    cover(S.D.clock, len(S.alive), alive, walls, witness["tree"])
    return supports
