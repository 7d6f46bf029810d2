"""The optimal set of any loss: ``{(c, a) : c >= 0, l <= F c + Z a <= u}`` (general G2-G5).

It is *lifted*: each fit that may move is an end of its interval plus or minus a slack ``s >= 0``,
and modulo Z the set is ``{(c, s) >= 0 : G (c, s) = e}``, whose extreme points are proved to be
listed as those of P are for one fit. P is the shadow of it in c. Its least supports are those
of the listed points' shadows, and so are its components (proofs/losses.md).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from ..kernel.numbers import Scalar, Vector, same, sign
from ..kernel.reading import Clock, Json, array, require
from .dual import Atoms
from .instance import Instance
from .losses import Ends
from .staircase import WIDEST, labelled


class Lifted:
    """The columns G: the atoms', then one for each slack; ``common`` times, reduced.

    ``right`` is e. A fit with two different ends has a second slack, up to the other.
    """

    def __init__(self, D: Instance, atoms: Atoms, box: Sequence[Ends]) -> None:
        self.D, self.atoms, self.common = D, atoms, atoms.common
        self.slacks: list[tuple[int, int, int]] = []  # sample, side, place of its length
        lengths: list[Scalar] = []
        start: list[Scalar] = []
        for k, (low, high) in enumerate(box):
            end = high if low is None else low
            start.append(Fraction(0) if end is None else end)  # a loss has one
            if low is None or high is None:
                self.slacks.append((k, 1 if high is None else -1, -1))
            elif sign(high - low):
                self.slacks.append((k, 1, len(lengths)))
                lengths.append(high - low)
        self.more = len(lengths)
        self.right: Vector = [*D.modulo(start), *lengths]
        self.held: dict[int, Vector] = {}
        entries = len(self) * self.size * D.field.degree
        self.room = D.clock.fits(entries, 512)

    def __len__(self) -> int:
        return len(self.atoms) + len(self.slacks) + self.more

    @property
    def size(self) -> int:
        """The number of equations."""
        return self.D.entries + self.more

    def reduced(self, i: int) -> Vector:
        """Return a column modulo Z."""
        found = self.held.get(i)
        if found is None:
            found = self.made(i)
            if self.room:
                self.held[i] = found
        return found

    def made(self, i: int) -> Vector:
        """Return a column, made anew."""
        N, ends = len(self.atoms), [0] * self.more
        if i < N:
            return [*self.atoms.reduced(i), *ends]
        i -= N
        if i < len(self.slacks):
            k, side, place = self.slacks[i]
            unit: Vector = [0] * self.D.entries
            unit[k] = -side * self.common
            if place >= 0:
                ends[place] = self.common
            return [*self.D.modulo(unit), *ends]
        ends[i - len(self.slacks)] = self.common
        return [0] * self.D.entries + list(ends)


@dataclass
class Shadows:
    """What follows from the points of P that were listed: the claims of the staircase."""

    widths: dict[str, Json]
    components: list[Json]
    threshold: int
    theorems: dict[str, bool | None]
    bounds: dict[str, int]


def alone(clock: Clock, points: Sequence[tuple[int, Vector]]) -> dict[int, bool]:
    """Return the minimal supports, and whether there is one point of P on each.

    A point is the shadow of a listed one: the support of its c, and the weights on it.
    """
    of: dict[int, Vector] = {}
    single: dict[int, bool] = {}
    for support, c in points:
        if support not in of:
            of[support], single[support] = c, True
        elif not same(of[support], c):
            single[support] = False
    kept: dict[int, bool] = {}
    for support in sorted(single, key=int.bit_count):
        clock.tick()
        if not any(not other & ~support for other in kept):
            kept[support] = single[support]
    return kept


def staircase(
    clock: Clock,
    points: Sequence[tuple[int, Vector]],
    ranks: tuple[int, int, int],
    witness: Json,
    *,
    pinned: bool,
) -> Shadows:
    """Return what the claims must be (G5); ``pinned``: one fit belongs to kappa."""
    minimal = alone(clock, points)
    sizes = Counter(support.bit_count() for support in minimal)
    least, most = min(sizes), max(sizes)
    widths: dict[str, Json] = {
        "m_star": least,
        "M_star": most,
        "spectrum": {str(size): count for size, count in sorted(sizes.items())},
    }
    names = [f"T7.{i}" for i in range(1, 6)]
    if not least:  # from every network all neurons may go
        array(witness, "witness.components", 0)
        still = int(all(not support for support, _ in points))
        steps: list[Json] = [
            step_of(m, 1, still if m else 1, still if m else 1, 1) for m in (0, 1)
        ]
        zero = dict.fromkeys(("rank", "used", "talk"), 0)
        return Shadows(widths, steps, 0, dict.fromkeys(names), zero)
    supports = sorted({support for support, _ in points})
    forests, where = array(witness, "witness.components"), "claims.components"
    last = least + len(forests) - 1
    fine = most < last <= WIDEST
    require(fine, where, f"must reach beyond M* (and not beyond {WIDEST})")
    made: list[dict[str, int]] = []
    for m, forest in enumerate(forests, least):
        label = labelled(clock, m, supports, forest)
        _apart(clock, m, supports, label)
        placed = factorial(m)
        rigid = placed * sizes.get(m, 0)
        single = sum(one for support, one in minimal.items() if support.bit_count() == m)
        below = {
            x for x, s in zip(label, supports, strict=True) if x >= 0 and s.bit_count() < m
        }
        parts = len({*label} - {-1})
        made.append(step_of(m, rigid + len(below), rigid, placed * single, parts))
    joined = made[-1]["polytope_components"] == made[-2]["components"] == 1
    require(joined, where, "the last two widths are not the connected ones")
    early = len(made) > 2 and made[-3]["components"] == 1
    require(not early, where, "a smaller width is connected for good")
    rank, used, n = (min(least + most, r + 1) for r in ranks)
    beyond = made[most - least + 1 :]
    held: dict[str, bool | None] = {
        "T7.1": made[0]["components"] == made[0]["isolated"] if pinned else None,
        "T7.2": all(x["components"] > x["isolated"] for x in made[1:]),
        "T7.3": made[most - least]["isolated"] > 0 if pinned else None,
        "T7.4": all(
            not x["isolated"] and x["components"] == x["polytope_components"]
            for x in beyond
        ),
        "T7.5": last - 1 <= used,
    }
    bounds = {"rank": rank, "used": used, "talk": n}
    return Shadows(widths, list(made), last - 1, held, bounds)


def step_of(
    m: int, components: int, rigid: int, isolated: int, parts: int
) -> dict[str, int]:
    """Return what is said of one width."""
    return {
        "m": m,
        "components": components,
        "rigid": rigid,
        "isolated": isolated,
        "polytope_components": parts,
    }


def _apart(clock: Clock, m: int, supports: Sequence[int], label: Sequence[int]) -> None:
    """Prove that points of different labels are not joined at width m."""
    inside = [(s, x) for s, x in zip(supports, label, strict=True) if x >= 0]
    for i, (one, x) in enumerate(inside):
        clock.tick()
        met = any(x != z and (one | other).bit_count() <= m for other, z in inside[:i])
        require(not met, "witness.components", f"two components meet at width {m}")
