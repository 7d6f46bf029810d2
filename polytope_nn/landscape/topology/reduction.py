"""Reduction of boundary columns: over F_2 for the bars, over Z for what has no torsion.

A *complex* here is a list of cells in an order in which facets come first, known by their
dimensions and facets. Columns are reduced from the top dimension down; a cell that a
higher one kills has a boundary that is a combination of earlier ones, so its own column is
not reduced at all (clearing: Chen and Kerber 2011).
"""

from collections.abc import Iterator, Mapping, Sequence

from polytope_nn.progress import counted

__all__ = ["integral_pivots", "reduced_pairs"]

Facets = Sequence[Sequence[int]]
Chain = dict[int, int]


def _by_dimension(dims: Sequence[int]) -> list[list[int]]:
    """Return the cells of each dimension, in their order."""
    cells: list[list[int]] = [[] for _ in range(max(dims, default=-1) + 1)]
    for j, dim in enumerate(dims):
        cells[dim].append(j)
    return cells


def reduced_pairs(dims: Sequence[int], facets: Facets) -> list[tuple[int, int]]:
    """Return the pairs (i, j) over F_2: cell j kills the class that cell i has born.

    A column is an int with a bit for each cell one dimension below; when a dimension is
    done, columns that are not 0 have different lowest cells.

    >>> reduced_pairs([0, 0, 1, 0, 1, 1], [[], [], [0, 1], [], [1, 3], [0, 3]])
    [(1, 2), (3, 4)]
    """
    cells = _by_dimension(dims)
    place = {j: k for row in cells for k, j in enumerate(row)}
    killed: set[int] = set()
    found = []
    for dim in range(len(cells) - 1, 0, -1):
        below = cells[dim - 1]
        owner: dict[int, int] = {}
        for j in counted(f"holes, cells of dimension {dim}", cells[dim]):
            if j in killed:
                continue
            column = 0
            for f in facets[j]:
                column ^= 1 << place[f]
            while column:
                low = column.bit_length() - 1
                other = owner.get(low)
                if other is None:
                    owner[low] = column
                    killed.add(below[low])
                    found.append((below[low], j))
                    break
                column ^= other
    return sorted(found)


def integral_pivots(
    dims: Sequence[int], boundary: Sequence[Mapping[int, int]]
) -> Iterator[tuple[int, int, int]]:
    """Yield (i, j, t): reduced over Z, the column of cell j has the lowest entry t, at cell i.

    Only columns with the lowest entry 1 or -1 are subtracted from others, so every step is
    invertible over Z. While all entries yielded are units, boundaries of the cells up to j
    are direct summands: their quotients have no torsion. A column whose lowest entry is no
    unit is not used again, and does not clear.
    """
    cells = _by_dimension(dims)
    killed: set[int] = set()
    for dim in range(len(cells) - 1, 0, -1):
        owner: dict[int, Chain] = {}
        for j in counted(f"torsion, cells of dimension {dim}", cells[dim]):
            if j in killed:
                continue
            column = dict(boundary[j])
            low = _reduced(column, owner)
            if low is None:
                continue
            t = column[low]
            if abs(t) == 1:
                owner[low] = column
                killed.add(low)
            yield low, j, t


def _reduced(column: Chain, owner: Mapping[int, Chain]) -> int | None:
    """Subtract columns from one, in place; return its lowest cell, None where it is 0."""
    while column:
        low = max(column)
        other = owner.get(low)
        if other is None:
            return low
        times = column[low] * other[low]  # other[low] is its own inverse
        for i, t in other.items():
            left = column.get(i, 0) - times * t
            if left:
                column[i] = left
            else:
                del column[i]
    return None
