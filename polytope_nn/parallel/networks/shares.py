"""Rational shares in boxes that add up to 1, with which some lines in balls are positive."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.recognise import simplest_fraction
from polytope_nn.exact.scalar import Scalar, sign
from polytope_nn.geometry.simplex import feasible
from polytope_nn.networks.enclosed import Interval

__all__ = ["added_up"]

_BITS = 600  # of ends
_ROOM = (2, 4, 64, 1024)  # parts of what a box leaves
_ZERO, _ONE = Fraction(0), Fraction(1)


def added_up(
    at: Sequence[int],
    ends: Sequence[Interval],
    size: int,
    lines: Sequence[Mapping[int, Scalar]],
) -> list[Fraction]:
    """Return shares between ends that add up to 1 per atom, the lines positive."""
    last = {a: p for p, a in enumerate(at)}
    if len(last) < size:
        raise Undecided("whether the box has an optimal network: it lacks an atom")
    shares = [simplest_fraction(low, high) for low, high in ends]
    for a, p in last.items():
        shares[p] = _ONE - sum((shares[q] for q in range(p) if at[q] == a), _ZERO)
    if _fit(shares, ends, lines):
        return shares
    middles = [
        {p: sum(enclosure(t, _BITS), _ZERO) / 2 for p, t in x.items()} for x in lines
    ]
    for part in _ROOM:
        found = _inner(at, ends, size, middles, Fraction(1, part))
        if found is not None and _fit(found, ends, lines):
            return found
    raise Undecided("whether the masses of the box contain those of an optimal network")


def _fit(
    shares: Sequence[Fraction],
    ends: Sequence[Interval],
    lines: Sequence[Mapping[int, Scalar]],
) -> bool:
    if not all(low <= t <= high for t, (low, high) in zip(shares, ends, strict=True)):
        return False
    try:
        return all(
            sign(sum((shares[p] * t for p, t in line.items()), _ZERO)) > 0 for line in lines
        )
    except Undecided:
        return False


def _inner(
    at: Sequence[int],
    ends: Sequence[Interval],
    size: int,
    lines: Sequence[Mapping[int, Fraction]],
    part: Fraction,
) -> list[Fraction] | None:
    """Return such shares where lines exceed 0 by a part of what the box can move them."""
    N, widths = len(at), [high - low for low, high in ends]
    total = [_ONE] * size
    for p, a in enumerate(at):
        total[a] -= ends[p][0]
    right = [*total, *widths]
    for line in lines:
        room = sum((abs(t) * widths[p] for p, t in line.items()), _ZERO)
        right.append(part * room - sum((t * ends[p][0] for p, t in line.items()), _ZERO))
    columns = []
    for p, a in enumerate(at):
        unit = [_ONE if q == p else _ZERO for q in range(N)]
        own = [_ONE if b == a else _ZERO for b in range(size)]
        columns.append((*own, *unit, *(line.get(p, _ZERO) for line in lines)))
    for q in range(N + len(lines)):  # slacks
        s = _ONE if q < N else -_ONE
        columns.append(
            (*(_ZERO,) * size, *(s if r == q else _ZERO for r in range(N + len(lines))))
        )
    found, _ = feasible(columns, tuple(right))
    if found is None:
        return None
    return [low + cast("Fraction", found.get(p, _ZERO)) for p, (low, _) in enumerate(ends)]
