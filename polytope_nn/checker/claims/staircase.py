"""Claims *widths*, *components*, *threshold*, *theorems*: all from the supports (T7-T10)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial

from ..kernel.primitives import forest
from ..kernel.reading import Clock, Json, array, record, require

WIDEST = 1000  # the largest width of a certificate: factorials are written out


@dataclass
class Staircase:
    """What follows from the supports: the labels of the vertices by width, and the claims."""

    labels: dict[int, list[int]]
    widths: dict[str, Json]
    components: list[Json]
    threshold: int
    theorems: dict[str, bool | None]
    bounds: dict[str, int]


def staircase(
    clock: Clock, supports: Sequence[int], ranks: tuple[int, int, int], witness: Json
) -> Staircase:
    """Return what the claims must be; the ranks are of the features, those in use, and n."""
    vanishes = list(supports) == [0]  # c = 0 is in P iff the fit is 0; then it is alone
    sizes = [support.bit_count() for support in supports]
    least, most, where = min(sizes), max(sizes), "claims.components"
    spectrum = {str(size): count for size, count in Counter(sizes).items()}
    forests = array(witness, "witness.components")
    last = least + len(forests) - 1
    fine = most < last <= WIDEST
    require(fine, where, f"must reach beyond M* (and not beyond {WIDEST})")
    labels = {m: labelled(clock, m, supports, r) for m, r in enumerate(forests, least)}
    steps = []
    for m, label in labels.items():
        apart(clock, m, supports, label)
        isolated = 1 if vanishes else factorial(m) * sizes.count(m)
        below = {x for x, size in zip(label, sizes, strict=True) if size < m}
        step = {"m": m, "components": isolated + len(below) * (not vanishes)}
        parts = {"isolated": isolated, "polytope_components": len({*label} - {-1})}
        steps.append(step | parts)
    joined = steps[-1]["polytope_components"] == steps[-2]["components"] == 1
    require(joined, where, "the last two widths are not the connected ones")
    early = len(steps) > 2 and steps[-3]["components"] == 1
    require(not early, where, "a smaller width is connected for good")
    rank, used, n = (min(least + most, r + 1) for r in ranks)
    count, beyond = factorial(least) * sizes.count(least), steps[most - least + 1 :]
    whole_steps = [x["components"] == x["polytope_components"] for x in beyond]
    verdicts: dict[str, bool | None] = {
        "T7.1": steps[0]["components"] == steps[0]["isolated"] == count,
        "T7.2": all(x["components"] > x["isolated"] for x in steps[1:]),
        "T7.3": steps[most - least]["isolated"] > 0,
        "T7.4": not any(x["isolated"] for x in beyond) and all(whole_steps),
        "T7.5": last - 1 <= used,
    }
    held = dict.fromkeys(verdicts) if vanishes else verdicts  # null: the hypothesis fails
    return Staircase(
        labels,
        {"m_star": least, "M_star": most, "spectrum": spectrum},
        steps,
        last - 1,
        held,
        {"rank": rank, "used": used, "talk": n},
    )


def labelled(clock: Clock, m: int, supports: Sequence[int], read: Json) -> list[int]:
    """Return a label per vertex, -1 outside P_m: the root to which its parents lead.

    A parent has a smaller rank, and at most m atoms together with its child.
    """
    where = "witness.components"
    clock.tick()
    record(read, "parent rank", where)
    within = [i for i, support in enumerate(supports) if support.bit_count() <= m]
    ranks = array(read["rank"], where, len(within))
    parents = array(read["parent"], where, len(within))

    def joined(i: int, above: int) -> bool:
        return (supports[i] | supports[above]).bit_count() <= m

    place = (where, f"a parent is not joined at width {m}")
    root = forest(within, parents, ranks, joined, place)
    return [root.get(i, -1) for i in range(len(supports))]


def apart(clock: Clock, m: int, supports: Sequence[int], label: Sequence[int]) -> None:
    """Prove that vertices of different labels are not joined at width m.

    Only vertices of support below m can be: in an antichain unions are larger than both.
    """
    parts: dict[int, list[int]] = {}
    for support, x in zip(supports, label, strict=True):
        if support.bit_count() < m:
            parts.setdefault(x, []).append(support)
    ordered = sorted(parts.values(), key=len)
    while ordered:
        part, *ordered = ordered
        for one in part:
            clock.tick()
            joined = any(
                (one | other).bit_count() <= m for rest in ordered for other in rest
            )
            require(not joined, "witness.components", f"two components meet at width {m}")
