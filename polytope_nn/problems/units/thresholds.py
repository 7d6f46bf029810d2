"""The patterns of threshold neurons: those of every face, not of topes alone (general §5, U5).

``1(Xw > 0)`` is constant on the open faces of the arrangement, and ``1(Xw >= 0)`` is
``1 - 1(-Xw > 0)``. A face lies in a closed tope, and a sum of some of the tope's rays in the
relative interior of one of its faces: so the rows positive on faces are the unions of
the rows positive on rays of one tope, and the empty set for w = 0.
"""

from collections.abc import Iterator, Sequence

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Matrix, integer_row
from polytope_nn.geometry.arrangement import Arrangement, arrangement

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
    found = dict(_open(arrangement(X)))
    n, d = len(X), len(X[0])
    listed = {}
    for bits in sorted(found, reverse=not closed):
        pattern = tuple(bits >> (n - 1 - k) & 1 for k in range(n))
        w = found[bits] if any(found[bits]) else (0,) * d
        if closed:
            pattern, w = tuple(1 - t for t in pattern), tuple(-t for t in w)
        listed[pattern] = w
    return listed


def _open(H: Arrangement) -> dict[int, tuple[int, ...]]:
    """Return the sets of rows positive on a face, as bits, row 1 highest, with a direction."""
    found: dict[int, tuple[int, ...]] = {0: (0,) * H.d}
    positive: dict[tuple[int, ...], int] = {}
    for pattern in H.patterns:
        rays = H.rays(pattern)
        for ray in rays:
            if ray not in positive:
                positive[ray] = _positive(H.X, ray)
        for bits, direction in _unions([(positive[ray], ray) for ray in rays]):
            if bits not in found:
                found[bits] = integer_row(direction)
        if len(found) > _MOST:
            raise Undecided(f"more than {_MOST} patterns of thresholds, to be listed")
    return found


def _unions(
    rays: Sequence[tuple[int, tuple[int, ...]]],
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the unions of sets of rays, each once, with the sum of the rays."""
    seen: dict[int, tuple[int, ...]] = {}
    for bits, ray in rays:
        for old, direction in list(seen.items()):
            seen.setdefault(
                old | bits, tuple(s + t for s, t in zip(direction, ray, strict=True))
            )
        seen.setdefault(bits, ray)
    yield from seen.items()


def _positive(X: Matrix, ray: Sequence[int]) -> int:
    bits = 0
    for x in X:
        bits = bits << 1 | (sum(s * t for s, t in zip(x, ray, strict=True)) > 0)
    return bits
