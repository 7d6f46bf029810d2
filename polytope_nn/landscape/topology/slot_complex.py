"""The slot complex: Theta_m itself, cell by cell, with nothing concluded from P.

A cell is a face G of P and, for each of its atoms, the nonempty set of slots that hold it;
these sets are disjoint. Its points are the masses that add up, atom by atom, to a point of G:
a polytope, which has in its boundary the cells where a slot that shares its atom is empty,
and those over a facet of G whose missing atoms have one slot each. Its dimension is
``dim G + (slots in use) - |G|``.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.landscape.supports import bits_of

from .cells import Cells, cells_of

__all__ = ["SlotCell", "cell_count", "slot_complex"]

SlotCell: TypeAlias = tuple[tuple[int, int], ...]
"""The atoms in use, ascending, each with the bits of its slots."""


def cell_count(faces: Cells, m: int) -> int:
    """Return the number of cells of the slot complex of width m.

    The sum over the faces of ``sum_j (-1)^j C(k, j) (k + 1 - j)^m``, ``k = |G|``: maps of
    the slots to the atoms and "unused" that miss no atom.
    """
    return sum(
        times * _onto(level, m)
        for (level, _), times in faces.counts().items()
        if level <= m
    )


def _onto(k: int, m: int) -> int:
    """Return the number of maps of m slots to k atoms and one more that miss no atom."""
    ways = [1] + [0] * k  # of the slots so far, by atoms that are met
    for _ in range(m):
        ways = [
            ways[j] * (j + 1) + (ways[j - 1] * (k - j + 1) if j else 0)
            for j in range(k + 1)
        ]
    return ways[k]


def slot_complex(
    faces: Cells, supports: Sequence[int], m: int, *, most: int = 20_000
) -> tuple[Cells, tuple[SlotCell, ...]]:
    """Return the slot complex of width m, a cell's level its last slot, and its cells' names.

    ``supports`` are those of the faces, in their order. The cells of level at most k are
    the slot complex of width k, seen in m slots with the last m - k of them empty.

    Raises
    ------
    Undecided
        When there are more cells than ``most``.
    """
    count = cell_count(faces, m)
    if count > most:
        raise Undecided(
            f"the slot complex of width {m} has {count} cells, more than {most}"
        )
    listed: list[tuple[SlotCell, int, int]] = []
    facets: dict[SlotCell, list[SlotCell]] = {}
    for i, support in enumerate(supports):
        if faces.levels[i] > m:
            continue
        below = [supports[f] for f in faces.facets[i]]
        for cell in _assigned(bits_of(support), (1 << m) - 1):
            used = sum(slots for _, slots in cell)
            dim = faces.dims[i] + used.bit_count() - len(cell)
            listed.append((cell, used.bit_length(), dim))
            facets[cell] = [*_emptied(cell), *_restricted(cell, support, below)]
    listed.sort(key=lambda face: (face[1], face[2]))
    return cells_of(listed, facets), tuple(name for name, _, _ in listed)


def _assigned(atoms: Sequence[int], free: int) -> Iterator[SlotCell]:
    """Yield the disjoint nonempty sets of free slots for the atoms."""
    if not atoms:
        yield ()
        return
    chosen = free
    while chosen:
        if (free ^ chosen).bit_count() >= len(atoms) - 1:
            for rest in _assigned(atoms[1:], free ^ chosen):
                yield ((atoms[0], chosen), *rest)
        chosen = (chosen - 1) & free


def _emptied(cell: SlotCell) -> Iterator[SlotCell]:
    """Yield the cells where one slot of several that hold an atom is empty."""
    for k, (a, slots) in enumerate(cell):
        if slots & (slots - 1):
            for j in bits_of(slots):
                yield (*cell[:k], (a, slots ^ (1 << j)), *cell[k + 1 :])


def _restricted(cell: SlotCell, support: int, below: Sequence[int]) -> Iterator[SlotCell]:
    """Yield the cells over facets of the face whose missing atoms have one slot each."""
    shared = sum(1 << a for a, slots in cell if slots & (slots - 1))
    for other in below:
        if not (support & ~other) & shared:
            yield tuple((a, slots) for a, slots in cell if other >> a & 1)
