"""What the claim *holes* must be: bars, and numbers for each width (proofs/T15.md)."""

from collections import Counter
from collections.abc import Sequence
from math import comb

from ...kernel.reading import Clock, Json
from .faces import bars_of, faces_of, reduced
from .torsion import Torsion

WIDEST = 1000  # the largest width of which numbers are written out


def fibre(k: int, m: int) -> int:
    """Return the Euler characteristic of k disjoint nonempty sets of m slots, with masses."""
    return sum((-1) ** j * comb(k, j) * (1 - j) ** m for j in range(k + 1))


def holes(
    clock: Clock,
    supports: Sequence[int],
    least: int,
    threshold: int,
    witness: Sequence[Json] = (),
) -> dict[str, Json]:
    """Return what the claim must be: bars, and numbers for each width.

    ``torsion`` lists degrees and coefficients; Betti numbers are over Q where it is proved,
    over F_2 where it is null (not claimed). ``betti`` and ``torsion`` are of P_m, the others
    of Theta_m.
    """
    F = faces_of(clock, supports)
    bars, known = bars_of(clock, F), Torsion(clock, F, reduced(clock, F), list(witness))
    deaths = [end for found in bars.values() for _, end in found if end is not None]
    counts = Counter(zip(F.sizes, F.dims, strict=True))
    widths: list[Json] = []
    for m in range(least, min(max([threshold + 1, *deaths]), WIDEST) + 1):
        clock.tick()
        betti = Counter(
            i
            for i, found in bars.items()
            for birth, end in found
            if birth <= m and (end is None or m < end)
        )
        torsion = known.of(m)
        for i, t in torsion or ():  # an even one counts twice over F_2
            if not t % 2:
                betti.subtract([i, i + 1])
        whole, euler = Counter(betti), 0
        for (k, dim), times in counts.items():
            if k <= m:
                characteristic = fibre(k, m)
                euler += (-1) ** dim * times * characteristic
                whole[m - k + dim] += times * (-1) ** (m - k) * (characteristic - 1)
        row = {"m": m, "betti": listed(betti), "network_betti": listed(whole)}
        told = None if torsion is None else [list(pair) for pair in torsion]
        widths.append(row | {"euler": euler, "torsion": told})
    known.closed()
    return {"bars": {str(i): gathered(bars[i]) for i in sorted(bars)}, "widths": widths}


def listed(numbers: Counter[int]) -> list[int]:
    """Return the Betti numbers up to the last that is not 0."""
    last = max((i for i, b in numbers.items() if b), default=-1)
    return [numbers[i] for i in range(last + 1)]


def gathered(bars: Sequence[tuple[int, int | None]]) -> list[Json]:
    """Return the bars as birth, death and how many there are; by birth, the longest first."""
    times = Counter(bars)
    order = sorted(times, key=lambda bar: (bar[0], bar[1] is not None, -(bar[1] or 0)))
    return [[birth, end, times[birth, end]] for birth, end in order]
