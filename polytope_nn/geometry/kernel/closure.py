"""All faces of a polytope from its edges, in C where that was built.

What is computed, and why it is right, stands in :mod:`~polytope_nn.geometry.faces`.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import accumulate, pairwise
from typing import TypeAlias, cast

from polytope_nn.errors import Undecided
from polytope_nn.progress import Loop, counted

__all__ = ["Closure", "faces_above", "is_compiled"]

Closure: TypeAlias = tuple[list[list[int]], list[tuple[int, ...]]]
_Compiled: TypeAlias = Callable[
    [int, "array[int]", "array[int]", "array[int]", int, Callable[[int, int], None]],
    tuple[bytes, bytes, bytes, bytes] | bool,
]
_WORD = 64
_ONES = (1 << _WORD) - 1


def _built() -> _Compiled | None:
    """Return the function in C; None where it was not built."""
    try:
        module = import_module("polytope_nn.geometry.kernel._closure")
    except ImportError:
        return None
    return cast("_Compiled", module.faces)


_compiled = _built()


def is_compiled() -> bool:
    """Return whether the loops in C were built."""
    return _compiled is not None


def faces_above(edges: Mapping[int, Sequence[int]], most: int | None = None) -> Closure:
    """Return the supports of the nonempty faces, by dimension, and the covers of each.

    ``edges`` are the supports of the edges of each vertex, vertices ascending. Faces of a
    dimension are sorted by support, and numbered through, the empty face being 0; the
    covers of a face are the ascending numbers of faces.

    Raises
    ------
    Undecided
        When there are more than `most` faces, the empty one included.

    Examples
    --------
    >>> faces_above({1: (3, 5), 2: (3, 6), 4: (5, 6)})  # a triangle
    ([[1, 2, 4], [3, 5, 6], [7]], [(4, 5), (4, 6), (5, 6), (7,), (7,), (7,), ()])
    """
    found = _by_compiled(edges, most) if _compiled is not None else _by_python(edges, most)
    if found is None:
        raise Undecided(f"the polytope has more than {most} faces: allow more (--faces)")
    return found


def _by_python(edges: Mapping[int, Sequence[int]], most: int | None) -> Closure | None:
    """Return the same, with Python's integers; None where there are too many."""
    levels: list[list[int]] = []
    covers: list[tuple[int, ...]] = []
    level: Mapping[int, Sequence[int]] = edges
    first = 1
    while level:
        levels.append(list(level))
        first += len(level)
        if most is not None and first > most:
            return None
        dim = len(levels) - 1
        above = level if dim == 0 else {F: _covers(F, level[F]) for F in level}
        siblings: dict[int, Sequence[int]] = {}
        for F in counted(f"faces of dimension {dim}", level):
            for G in above[F]:
                siblings.setdefault(G, above[F])
        level = dict(sorted(siblings.items()))
        number = {G: first + g for g, G in enumerate(level)}
        covers += [tuple([number[G] for G in sorted(above[F])]) for F in levels[-1]]
    return levels, covers


def _covers(F: int, siblings: Sequence[int]) -> tuple[int, ...]:
    """Return the inclusion-minimal unions of F with one of the other siblings, sorted."""
    unions = {F | S for S in siblings}
    unions.discard(F)  # F itself; no sibling contains another
    sizes = set(map(int.bit_count, unions))
    if len(sizes) <= 1:
        return tuple(sorted(unions))
    least = min(sizes)
    minimal = [U for U in unions if U.bit_count() == least]
    for U in sorted(unions, key=int.bit_count)[len(minimal) :]:
        outside = ~U
        for K in minimal:
            if not K & outside:
                break
        else:
            minimal.append(U)
    return tuple(sorted(minimal))


def _by_compiled(edges: Mapping[int, Sequence[int]], most: int | None) -> Closure | None:
    """Return the same, from the function in C."""
    assert _compiled is not None
    top = max((F for found in edges.values() for F in found), default=max(edges, default=1))
    words = max(1, -(-top.bit_length() // _WORD))
    ends = array("q", accumulate(map(len, edges.values())))
    unions = [U for found in edges.values() for U in found]
    with Loop("faces of one dimension", 0) as loop:

        def tick(done: int, total: int) -> None:
            loop.total = total
            loop.at(done)

        limit = -1 if most is None else most
        found = _compiled(
            words,
            _in_words(list(edges), words),
            ends,
            _in_words(unions, words),
            limit,
            tick,
        )
    if isinstance(found, bool):
        return None
    masks, counts, degrees, above = found
    supports, numbers = _from_words(masks, words), memoryview(above).cast("q").tolist()
    at = [0, *accumulate(memoryview(degrees).cast("q"))]
    covers = [tuple(numbers[i:j]) for i, j in pairwise(at)]
    return list(_parts(supports, memoryview(counts).cast("q"))), covers


def _parts(items: list[int], sizes: Sequence[int]) -> Iterator[list[int]]:
    start = 0
    for size in sizes:
        yield items[start : start + size]
        start += size


def _in_words(masks: Sequence[int], words: int) -> "array[int]":
    """Return the masks as words, the lowest first."""
    if words == 1:
        return array("Q", masks)
    return array("Q", [S >> _WORD * w & _ONES for S in masks for w in range(words)])


def _from_words(masks: bytes, words: int) -> list[int]:
    flat = memoryview(masks).cast("Q").tolist()
    found = flat[words - 1 :: words]
    for w in reversed(range(words - 1)):
        found = [
            high << _WORD | low for high, low in zip(found, flat[w::words], strict=True)
        ]
    return found
