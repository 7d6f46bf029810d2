"""Claims from supports: *widths*, *components*, *threshold*, *theorems*, *walk*, *apart*.

And whether widths are defined: neurons that move along a free bias have none (*flats*).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import factorial
from typing import TypeAlias

from ..kernel.numbers import bits
from ..kernel.primitives import forest, inside
from ..kernel.reading import Clock, Json, array, record, require, whole

Signed: TypeAlias = tuple[int, list[int]]  # the sign of an atom, its covector
Flat: TypeAlias = tuple[int, int | None]  # lower and upper end; None: no upper one

WIDEST = 1000  # the largest width of a certificate: factorials are written out

STEP = ("m", "components", "rigid", "isolated", "polytope_components")  # said of a width


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
    clock: Clock,
    of: tuple[Sequence[int], Mapping[int, bool]],
    ranks: tuple[int, int, int],
    witness: Json,
    *,
    pinned: bool = True,
) -> Staircase:
    """Return what the claims must be; the ranks are of the features, those in use, and n.

    ``of`` are the supports of listed points, and the minimal ones: whether P has one point on
    each. ``pinned``: one fit belongs to kappa. Null is said where a hypothesis fails (G5).
    """
    (supports, minimal), where = of, "claims.components"
    sizes = Counter(sorted(support.bit_count() for support in minimal))
    least, most = min(sizes), max(sizes)
    forests = array(witness, "witness.components")
    last = least + len(forests) - 1
    fine = most < last <= WIDEST or not (least or forests)
    require(fine, where, f"must reach beyond M* (and not beyond {WIDEST})")
    labels = {m: labelled(clock, m, supports, r) for m, r in enumerate(forests, least)}
    steps: list[Json] = []
    for m, label in labels.items():
        apart(clock, m, of, label)
        placed = factorial(m)
        rigid = placed * sizes[m]
        still = placed * sum(minimal[s] for s in minimal if s.bit_count() == m)
        below = {x for x, s in zip(label, supports, strict=True) if s.bit_count() < m}
        parts = len({*label} - {-1})
        counts = (m, rigid + len(below - {-1}), rigid, still, parts)
        steps.append(dict(zip(STEP, counts, strict=True)))
    if not least:  # from every network all neurons may go: they are 0 where no mass moves
        still = int(not any(supports))
        both = (0, 1, 1, 1, 1), (1, 1, still, still, 1)
        steps = [*(dict(zip(STEP, x, strict=True)) for x in both), *steps[2:]]
    joined = steps[-1]["polytope_components"] == steps[-2]["components"] == 1
    require(joined, where, "the last two widths are not the connected ones")
    early = len(steps) > 2 and steps[-3]["components"] == 1
    require(not early, where, "a smaller width is connected for good")
    threshold = least + len(steps) - 2
    rank, used, n = (min(least + most, r + 1) for r in ranks)
    beyond = steps[most - least + 1 :]
    whole_steps = [x["components"] == x["polytope_components"] for x in beyond]
    verdicts: dict[str, bool | None] = {
        "T7.1": steps[0]["components"] == steps[0]["isolated"] if pinned else None,
        "T7.2": all(x["components"] > x["isolated"] for x in steps[1:]),
        "T7.3": steps[most - least]["isolated"] > 0 if pinned else None,
        "T7.4": not any(x["isolated"] for x in beyond) and all(whole_steps),
        "T7.5": threshold <= used,
    }
    return Staircase(
        labels,
        {
            "m_star": least,
            "M_star": most,
            "spectrum": {str(t): c for t, c in sizes.items()},
        },
        steps,
        threshold,
        verdicts if least else dict.fromkeys(verdicts),
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


def apart(
    clock: Clock,
    m: int,
    of: tuple[Sequence[int], Mapping[int, bool]],
    label: Sequence[int],
) -> None:
    """Prove that points of different labels are not joined at width m.

    A minimal support of m atoms is joined to no other: unions with it are larger.
    """
    (supports, minimal), parts = of, dict[int, list[int]]()
    for support, x in zip(supports, label, strict=True):
        if x >= 0 and (support.bit_count() < m or support not in minimal):
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


def labels_of(
    read: Json, width: int, supports: Sequence[int], where: str
) -> list[int | None]:
    """Return the atom of each slot, or nothing."""
    last = max(map(int.bit_length, supports)) - 1
    row = array(read, where, width)
    return [a if a is None else whole(a, where, 0, last) for a in row]


def walk(clock: Clock, supports: Sequence[int], claim: Json) -> None:
    """Prove that optimal networks of the first labels are joined to those of the last (T11).

    Networks of labels have in each slot nothing, or a neuron on the ray of its atom: the
    masses of those that are optimal are convex. A vertex whose atoms have slots of one label in
    two rows is a network of both (proofs/T11.md).
    """
    where = "claims.walk"
    width = whole(claim["width"], where, 0, WIDEST)
    rows = [labels_of(row, width, supports, where) for row in array(claim["labels"], where)]
    require(rows, where, "has no labels")
    places = array(claim["vertices"], where, len(rows))
    for number, (row, after) in enumerate(zip(rows, [*rows[1:], rows[-1]], strict=True)):
        clock.tick()
        shared = 0
        for a, b in zip(row, after, strict=True):
            shared |= 1 << a if a is not None and a == b else 0
        vertex = supports[whole(places[number], where, 0, len(supports) - 1)]
        require(
            inside(vertex, shared), f"{where}.vertices[{number}]", "is not in both labels"
        )


def parted(clock: Clock, supports: Sequence[int], claim: Json) -> None:
    """Prove that optimal networks of two labels are not joined at a width (T8).

    No vertex of the near ones has, with another, a union of m atoms. The end is on others; or
    all near ones have one support, of m atoms: then each slot keeps its neuron.
    """
    where = "claims.apart"
    m = whole(claim["width"], where, 0, WIDEST)
    last = len(supports) - 1
    near = {whole(i, where, 0, last) for i in array(claim["near"], where)}
    ends = [
        labels_of(claim[end], m, supports, f"{where}.{end}") for end in ("start", "end")
    ]
    below = []
    for row in ends:
        face = bits({a for a in row if a is not None})
        below.append({i for i, support in enumerate(supports) if inside(support, face)})
    require(
        below[0] and below[0] <= near, f"{where}.start", "is not on near vertices alone"
    )
    require(below[1], f"{where}.end", "holds no network")
    others = [s for i, s in enumerate(supports) if i not in near]
    for i in near:
        clock.tick()
        joined = any((supports[i] | other).bit_count() <= m for other in others)
        require(not joined, where, f"a near vertex and another are joined at width {m}")
    own = {supports[i] for i in near}
    still = len(own) == 1 and max(own).bit_count() == m and ends[0] != ends[1]
    require(still or not below[1] & near, where, "the two networks are joined")


def flats(clock: Clock, n: int, atoms: Sequence[Signed], used: int) -> Iterator[Flat]:
    """Yield where optimal neurons might move along a free bias: pairs of atoms in use.

    Of n samples. Two atoms of one sign whose kinks are neighbours, every sample active or on the
    kink of the lower one being active at the upper one; or one with every sample active or on its
    kink. All flats with both ends in use are among them (F4).
    """
    active = [bits(k for k, t in enumerate(row) if t > 0) for _, row in atoms]
    below = [bits(k for k, t in enumerate(row) if t >= 0) for _, row in atoms]
    at = [i for i in range(len(atoms)) if used >> i & 1]
    for i in at:
        clock.tick()
        if below[i] == (1 << n) - 1:
            yield i, None
        for j in at:
            if atoms[i][0] == atoms[j][0] and active[j] == below[i]:
                yield i, j
