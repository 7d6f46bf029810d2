"""The patterns of threshold neurons: those of every face, not of topes alone (general §5, U5).

``1(Xw > 0)`` is constant on the open faces of the arrangement, and ``1(Xw >= 0)`` is
``1 - 1(-Xw > 0)``. A face lies in a closed tope, and a sum of some of the tope's rays in the
relative interior of one of its faces: so the rows positive on faces are the unions of
the rows positive on rays of one tope, and the empty set for w = 0.
"""

from collections.abc import Iterable, Sequence
from operator import mul

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Matrix, integer_row
from polytope_nn.geometry.arrangement import arrangement

__all__ = ["Pattern", "threshold_patterns"]

Pattern = tuple[int, ...]
"""1 where a neuron answers, a sample each."""

_MOST = 200_000  # patterns that are listed


def threshold_patterns(X: Matrix, *, closed: bool) -> dict[Pattern, tuple[int, ...]]:
    """Return every pattern with a direction w that has it, sorted, largest pattern first.

    Raises
    ------
    Undecided
        When there are more than can be listed.

    Examples
    --------
    >>> from polytope_nn.exact.rational import matrix
    >>> threshold_patterns(matrix([[1], [-1]]), closed=True)
    {(1, 1): (0,), (1, 0): (1,), (0, 1): (-1,)}
    """
    found = _open(X)
    n, d = len(X), len(X[0])
    listed = {}
    for bits in sorted(found, reverse=not closed):
        pattern = tuple(bits >> (n - 1 - k) & 1 for k in range(n))
        w = found[bits] if any(found[bits]) else (0,) * d
        if closed:
            pattern, w = tuple(1 - t for t in pattern), tuple(-t for t in w)
        listed[pattern] = w
    return listed


def _open(X: Matrix) -> dict[int, tuple[int, ...]]:
    """Return the sets of rows positive on a face, as bits, row 1 highest, with a direction."""
    many = f"more than {_MOST} patterns of thresholds, to be listed"
    try:
        H = arrangement(X, limit=_MOST)  # each tope has its own
    except Undecided:
        raise Undecided(many) from None
    found: dict[int, tuple[int, ...]] = {0: (0,) * H.d}
    rows = [integer_row(x) for x in X]
    positive: dict[tuple[int, ...], int] = {}
    for rays in H.every_rays():
        for ray in rays:
            if ray not in positive:
                positive[ray] = _positive(rows, ray)
        for bits, members in _unions([positive[ray] for ray in rays]):
            if bits not in found:
                own = (ray for k, ray in enumerate(rays) if members >> k & 1)
                found[bits] = integer_row(
                    [sum(column) for column in zip(*own, strict=True)]
                )
        if len(found) > _MOST:
            raise Undecided(many)
    return found


def _unions(sets: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Return the unions of sets, each once, with the bits of those it is of."""
    seen: dict[int, int] = {}
    for k, bits in enumerate(sets):
        for old, members in [*seen.items()]:
            if old | bits not in seen:
                seen[old | bits] = members | 1 << k
        seen.setdefault(bits, 1 << k)
    return seen.items()


def _positive(rows: Sequence[Sequence[int]], ray: Sequence[int]) -> int:
    bits = 0
    for x in rows:
        bits = bits << 1 | (sum(map(mul, x, ray)) > 0)
    return bits
