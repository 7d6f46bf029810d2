"""The faces of P, found again from the supports of its vertices (proofs/T15.md)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...kernel.reading import Clock

WHERE = "claims.holes"


@dataclass
class Faces:
    """The nonempty faces, by size of the support, then dimension: sizes, dims, facets."""

    sizes: list[int]
    dims: list[int]
    facets: list[list[int]]


def faces_of(clock: Clock, supports: Sequence[int]) -> Faces:
    """Return the faces: covers of F are the minimal unions with its siblings.

    Siblings of F are the faces that cover, with it, a face below F; those of a vertex are
    all vertices. No more than there is room for.
    """
    found: dict[int, tuple[int, list[int]]] = {S: (0, []) for S in supports}
    siblings: dict[int, Sequence[int]] = dict.fromkeys(supports, supports)
    dim, bits = 0, size(supports)
    clock.hold(len(found), bits, WHERE)
    while siblings:
        dim += 1
        above: dict[int, Sequence[int]] = {}
        for F, beside in siblings.items():
            clock.tick()
            covers = minimal(clock, [F | S for S in beside if S != F])
            for G in covers:
                above[G] = covers
                found.setdefault(G, (dim, []))[1].append(F)
            clock.hold(len(found), bits, WHERE)
        siblings = above
    order = sorted(found, key=lambda F: (F.bit_count(), found[F][0], F))
    place = {F: i for i, F in enumerate(order)}
    return Faces(
        [F.bit_count() for F in order],
        [found[F][0] for F in order],
        [sorted(place[E] for E in found[F][1]) for F in order],
    )


def size(supports: Sequence[int]) -> int:
    """Return the bits that a face may hold, its facets with it."""
    return 64 * (64 + max(S.bit_length() for S in supports))


def minimal(clock: Clock, unions: Sequence[int]) -> list[int]:
    """Return the sets that contain no other of them."""
    kept: list[int] = []
    for U in sorted(set(unions), key=lambda U: (U.bit_count(), U)):
        clock.tick()
        if all(K & ~U for K in kept):
            kept.append(U)
    return kept
