"""Which pairs of extreme rays span an edge of a pointed cone, by their supports alone.

Terminology as in :mod:`~polytope_nn.geometry.double_description`: the cone is the set of
``s >= 0`` in a subspace with k independent equations F, and the *support* of a ray is the
set of its positive coordinates, an int bitmask of any length. A ray of support S is extreme
iff ``rank F_S = |S| - 1`` (columns of S); two extreme rays span an edge, a face of
dimension 2, iff ``|U| - rank F_U = 2`` for the union U of their supports. As
``rank F_U <= k``:

* an edge has ``|U| <= k + 2``;
* if one of the two rays is *simple*, ``|S| = k + 1``, then ``rank F_U = k``, and the pair
  is an edge iff ``|U| = k + 2``: no further test, and by hashing no search through pairs;
* two *thick* rays, ``|S| <= k``, span an edge iff no third ray has its support in U, and
  only thick rays can (a simple one would force ``rank F_U = k``, so dimension 2).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import TypeVar

__all__ = ["edges", "indices", "skeleton", "transposed"]

T = TypeVar("T")
Supported = list[tuple[int, T]]


def indices(mask: int) -> tuple[int, ...]:
    """Return the positions of the ones of the mask, ascending.

    >>> indices(0b1101)
    (0, 2, 3)
    """
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return tuple(found)


def transposed(masks: Sequence[int], width: int) -> list[int]:
    """Return for each position below `width` the mask of the masks that have a one there.

    >>> transposed([0b01, 0b11, 0b00], 2)
    [3, 2]
    """
    if not masks or not width:
        return [0] * width
    digits = [format(mask, f"0{width}b") for mask in reversed(masks)]
    return [int("".join(column), 2) for column in zip(*digits, strict=True)][::-1]


def edges(
    positive: Supported[T], zero: Supported[T], negative: Supported[T], k: int
) -> Iterator[tuple[int, T, T]]:
    """Return the edges between positive and negative rays, as (union, p, q).

    The three lists are all extreme rays of a cone with k equations, each with its support.

    >>> list(edges([(1, "x"), (2, "y")], [], [(4, "z")], 0))  # three rays of the octant
    [(5, 'x', 'z'), (6, 'y', 'z')]
    """
    P, thick_P = _by_simplicity(positive, k)
    Q, thick_Q = _by_simplicity(negative, k)
    few = len(P) * len(Q) < (len(P) + len(Q)) * (k + 1)
    yield from _pairs_of_size(P, Q, k + 2) if few else _simple_pairs(P, Q)
    yield from _pairs_of_size(P, thick_Q, k + 2)
    yield from _pairs_of_size(thick_P, Q, k + 2)
    if thick_P and thick_Q:
        thick = thick_P + thick_Q + _by_simplicity(zero, k)[1]
        yield from _thick_pairs(product(thick_P, thick_Q), [S for S, _ in thick], k)


def skeleton(supports: Sequence[int], k: int) -> list[tuple[int, int, int]]:
    """Return all edges of a cone with k equations as (union, i, j), i < j, sorted.

    >>> skeleton([1, 2, 4], 0)
    [(3, 0, 1), (5, 0, 2), (6, 1, 2)]
    """
    simple, thick = _by_simplicity([(S, i) for i, S in enumerate(supports)], k)
    found = _simple_edges(simple)
    mixed = _pairs_of_size(simple, thick, k + 2)
    found += [(union, min(i, j), max(i, j)) for union, i, j in mixed]
    found += _thick_pairs(combinations(thick, 2), [S for S, _ in thick], k)
    return sorted(found)


def _by_simplicity(rays: Supported[T], k: int) -> tuple[Supported[T], Supported[T]]:
    """Return the simple rays, and the thick ones."""
    simple = [ray for ray in rays if ray[0].bit_count() == k + 1]
    return simple, [ray for ray in rays if ray[0].bit_count() <= k]


def _pairs_of_size(
    P: Supported[T], Q: Supported[T], size: int
) -> Iterator[tuple[int, T, T]]:
    """Return the pairs whose union has the given size: the edges, if one ray is simple."""
    for S, p in P:
        for R, q in Q:
            if (S | R).bit_count() == size:
                yield S | R, p, q


def _simple_pairs(P: Supported[T], Q: Supported[T]) -> Iterator[tuple[int, T, T]]:
    """Return the edges among simple rays: supports that differ by one exchange."""
    index = defaultdict(list)
    for S, p in P:
        left = S
        while left:
            low = left & -left
            left ^= low
            index[S ^ low].append((S, p))
    for R, q in Q:
        left = R
        while left:
            low = left & -left
            left ^= low
            for S, p in index.get(R ^ low, ()):
                yield S | R, p, q


def _simple_edges(simple: Supported[int]) -> list[tuple[int, int, int]]:
    """Return the edges among simple rays, i < j, in some order.

    Hashed by what two of them share, or by their union, whichever gives a ray fewer keys.
    """
    used = 0
    for S, _ in simple:
        used |= S
    if simple and used.bit_count() > 2 * simple[0][0].bit_count():
        return [edge for edge in _simple_pairs(simple, simple) if edge[1] < edge[2]]
    index: defaultdict[int, list[int]] = defaultdict(list)
    for S, i in simple:
        left = used & ~S
        while left:
            low = left & -left
            left ^= low
            index[S | low].append(i)
    return [(U, i, j) for U, on in index.items() for i, j in combinations(on, 2)]


def _thick_pairs(
    pairs: Iterable[tuple[tuple[int, T], tuple[int, T]]], thick: Sequence[int], k: int
) -> Iterator[tuple[int, T, T]]:
    """Return the edges among pairs of thick rays, the supports of all of which are given."""
    candidates: dict[int, tuple[T, T] | None] = {}
    for (S, p), (R, q) in pairs:
        union = S | R
        if union.bit_count() <= k + 2:
            # a second pair with this union shows that it is no edge
            candidates[union] = None if union in candidates else (p, q)
    left = [(union, pair) for union, pair in candidates.items() if pair is not None]
    size = max((S.bit_count() for S in thick), default=0)
    # an index pays for its making when there are many questions (measured: about here)
    within = _counter(thick) if len(left) > 4 * size else _counting(thick)
    for union, pair in left:
        if within(union) == 2:
            yield union, *pair


def _counting(supports: Sequence[int]) -> Callable[[int], int]:
    """Return the same function as :func:`_counter`, without an index."""

    def within(union: int) -> int:
        outside = ~union
        return len([S for S in supports if not S & outside])

    return within


def _counter(supports: Sequence[int]) -> Callable[[int], int]:
    """Return the function that counts the supports contained in a given one."""
    having: defaultdict[int, int] = defaultdict(int)  # coordinate -> supports with it
    for number, S in enumerate(supports):
        for j in indices(S):
            having[1 << j] |= 1 << number

    def within(union: int) -> int:
        outside = 0
        for coordinate, members in having.items():
            if not union & coordinate:
                outside |= members
        return len(supports) - outside.bit_count()

    return within
