"""Branches that press on kappa, in floats: by a tree over rows, then over blocks (P5).

With at most k inner neurons a box whose saddle uses more blocks is branched on: of k + 1 groups of
blocks, those like each of the first k + 1, one is not used. Nothing here is believed.
"""

from heapq import heappop, heappush
from itertools import combinations, count, islice
from typing import TypeAlias

from polytope_nn.parallel.blocks import Block

from .saddle import Saddle, Saddles

__all__ = ["Group", "boxes", "positive", "violated"]

_SLACK = 1e-7
_BOXES = 400
_ENOUGH = 8  # branches of few inner neurons that are put in at a time
_FIRST = 4  # and of any number: one of them cuts off most others
_LONG = 0.8  # of the longest block: one that is longer may press, too
_FLAT = 1e-4  # of the largest z: a smaller one may be 0

Group: TypeAlias = tuple[int, tuple[int, ...], tuple[Block, ...]]
"""A sign, the rows where a branch is positive, the blocks of its neurons."""

_Leaf: TypeAlias = tuple[int, tuple[int, ...], tuple[int, ...], frozenset[Block]]
_Box: TypeAlias = tuple[tuple[int, ...], tuple[int, ...], frozenset[Block]]


def violated(
    saddles: Saddles, width: int | None = None, slack: float = _SLACK
) -> list[Group]:
    """Return signs and sets whose branches exceed beta, with blocks that press.

    With a width they are those of one branch.
    """
    found: list[Group] = []
    for sigma, saddle in boxes(saddles, 1 + slack, width, _ENOUGH if width else _FIRST):
        used = {b for b, _ in saddle.neurons}
        used |= _long(saddles, sigma, saddle) if width is None else set()
        found.append((sigma, positive(saddles, saddle), tuple(sorted(used))))
    return found


def _long(saddles: Saddles, sigma: int, saddle: Saddle) -> set[Block]:
    """Return the blocks that are not much shorter than the longest where a branch is positive."""
    k, inside = sigma * saddles.scaled, positive(saddles, saddle)
    every = saddles.lengths.of(k, saddle.seen.theta, [i for i in inside if k[i] > 0], ())
    longest = max(every.values())
    return {b for b, length in every.items() if length >= _LONG * longest}


def boxes(
    saddles: Saddles, least: float, width: int | None = None, most: int = _BOXES
) -> list[tuple[int, Saddle]]:
    """Return sign and saddle of exact boxes of more than some value, ``most`` of each sign.

    Those of the largest bound come first.
    """
    return [
        (sigma, saddle)
        for sigma in (1, -1)
        for saddle in _of_sign(saddles, sigma, least, width, most)
    ]


def _of_sign(
    saddles: Saddles, sigma: int, least: float, width: int | None, most: int
) -> list[Saddle]:
    order = sorted(range(len(saddles.kappa)), key=lambda i: -abs(float(saddles.scaled[i])))
    rows = tuple(i for i in order if sigma * float(saddles.scaled[i]) > 0)
    found: list[Saddle] = []
    number = count()  # of boxes of one bound
    waiting: list[tuple[float, int, _Box]] = []
    known: set[_Box] = set()

    def put(bound: float, *parts: _Box) -> None:
        for part in parts:
            if part not in known:
                known.add(part)
                heappush(waiting, (-bound, next(number), part))

    put(0.0, *([((), rows, frozenset[Block]())] if rows else []))
    for _ in range(_BOXES):
        if not waiting or len(found) >= most:
            break
        inside, left, excluded = heappop(waiting)[2]
        box = sigma, (*inside, *left), inside, excluded
        told = saddles.told(*box, least=least)
        saddle = told or saddles.saddle(*box)
        if saddle is None or saddle.value <= least:
            continue
        used = list(dict.fromkeys(b for b, _ in saddle.neurons))
        if left:
            first, rest = left[0], left[1:]
            saddles.tell(saddle, sigma, (*inside, *rest), inside, excluded)
            saddles.tell(saddle, sigma, (*inside, *left), (*inside, first), excluded)
            put(saddle.value, (inside, rest, excluded), ((*inside, first), rest, excluded))
            continue
        if width is None or len(used) <= width:
            found += [saddle] if told is None else _own(saddles, box, least)
            continue
        few = _of_few(saddles, (sigma, inside), used, width, least) if least > 1 else []
        found += few
        if not few:  # else the rest waits until they are put in
            groups = saddles.blocks.groups(used[: width + 1])
            put(saddle.value, *((inside, (), excluded | group) for group in groups))
    return found


def _own(saddles: Saddles, box: _Leaf, least: float) -> list[Saddle]:
    """Return the saddle of a box of which only a bound was told, if it attains so much."""
    saddle = saddles.saddle(*box)
    return [] if saddle is None or saddle.value <= least else [saddle]


def _of_few(
    saddles: Saddles,
    leaf: tuple[int, tuple[int, ...]],
    used: list[Block],
    width: int,
    least: float,
) -> list[Saddle]:
    """Return the saddles of few of the blocks in use that attain more than some value."""
    sigma, inside = leaf
    every = frozenset(saddles.blocks.every)
    boxes = (
        (sigma, inside, inside, every - {*few})
        for few in islice(combinations(used, width), _ENOUGH)
    )
    return [saddle for box in boxes for saddle in _own(saddles, box, least)]


def positive(saddles: Saddles, saddle: Saddle) -> tuple[int, ...]:
    """Return the rows where the branch of a saddle is positive."""
    import numpy as np

    z = np.zeros(len(saddles.kappa))
    for (s, _), u in saddle.neurons:
        z += s * np.maximum(saddles.hints.unit @ np.array([float(t) for t in u]), 0)
    return tuple(int(i) for i in np.flatnonzero(z > _FLAT * np.abs(z).max()))
