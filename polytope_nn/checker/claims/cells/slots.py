"""Claims *slots* and *parts*: from cells and the points of P over their rays to all widths (G7).

Rays of no point of P are left out of the cells. A set of cells *fits* if the support of a point is
inside of their rays. Two sets of m cells are joined if a set of m - 1 cells of both fits, or if
they differ in two cells x and y of which the common rays fit with the others. A component with a
smaller set that fits is one component of networks; any other is *rigid*: there the placements in m
slots are told apart (proofs/units.md).
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from math import comb, factorial

from ...kernel.numbers import Vector, dot, members, minimal, union, zero
from ...kernel.reading import Clock, Json, require

SETS = 3_000  # of cells, of one width
PLACED = 20_000  # sets of cells in slots, of one component
WHERE = "claims.slots"


def maximal(clock: Clock, cells: set[int]) -> list[int]:
    """Return the sets that are in no other, none of them empty, in the order of members."""
    kept: list[int] = []
    for cell in sorted(cells - {0}, key=int.bit_count, reverse=True):
        clock.tick()
        if all(cell & ~other for other in kept):
            kept.append(cell)
    return sorted(kept, key=members)


class Complex:
    """The cells, the points of P, the directions of the rays; r, the rank of those in use."""

    def __init__(
        self,
        clock: Clock,
        cells: Sequence[int],
        points: Sequence[tuple[int, Vector]],
        directions: Sequence[Vector],
        rank: int,
    ) -> None:
        self.clock, self.points, self.directions = clock, points, directions
        used = union(support for support, _ in points)
        self.cells = maximal(clock, {cell & used for cell in cells})
        self.least = minimal((support for support, _ in points), clock.tick)
        self.has_zero = self.least == [0]
        self.bound = 0 if self.has_zero else rank + 1

    def fits(self, rays: int) -> bool:
        """Return whether some point of P has its support in these rays."""
        self.clock.tick()
        return any(not support & ~rays for support in self.least)

    def rays(self, chosen: Sequence[int]) -> int:
        """Return the rays of some cells."""
        return union(self.cells[x] for x in chosen)

    def sets(self, m: int) -> list[tuple[int, ...]]:
        """Return the sets of m cells that fit."""
        few = comb(len(self.cells), m) <= SETS
        require(few, WHERE, f"more than {SETS} sets of cells are to be looked at")
        every = combinations(range(len(self.cells)), m)
        return [chosen for chosen in every if self.fits(self.rays(chosen))]

    @property
    def m_star(self) -> int:
        """The least number of cells that fit."""
        m = 0
        while not self.has_zero and not self.sets(m):
            m += 1
        return m

    def step(self, m: int) -> dict[str, Json]:
        """Return the counts of one width."""
        if self.has_zero and not (m and self.cells):
            return step_of(m, 1, 1, 1, 1)
        if m >= self.bound or m > len(self.cells):
            return step_of(m, 1, 0, 0, 1)
        sets = self.sets(m)
        parts, loose = self.parts(sets)
        rigid = isolated = 0
        for part in parts:
            if part[0] in loose:
                continue
            lifted = self.placements([sets[i] for i in part])
            rigid += lifted
            if all(self.still(sets[i]) for i in part):
                isolated += lifted
        slack = sum(part[0] in loose for part in parts)
        return step_of(m, slack + rigid, rigid, isolated, len(parts))

    def parts(self, sets: Sequence[tuple[int, ...]]) -> tuple[list[list[int]], set[int]]:
        """Return the components of the sets, and the members of those with a smaller set."""
        place = {chosen: i for i, chosen in enumerate(sets)}
        near: list[set[int]] = [set() for _ in sets]
        slack: dict[tuple[int, ...], list[int]] = {}
        free: set[int] = set()
        for i, chosen in enumerate(sets):
            for x in chosen:
                smaller = tuple(z for z in chosen if z != x)
                if self.fits(self.rays(smaller)):
                    slack.setdefault(smaller, []).append(i)
                    free.add(i)
            for other in self.changes(chosen):
                near[i].add(place[tuple(sorted(other))])
        for group in slack.values():
            for i in group[1:]:
                near[i].add(group[0])
                near[group[0]].add(i)
        parts = [*components(len(sets), near)]
        loose = {i for part in parts if free & {*part} for i in part}
        return parts, loose

    def changes(self, chosen: Sequence[int]) -> Iterator[tuple[int, ...]]:
        """Yield the choices with one cell changed, slot by slot, that meet this one."""
        for place, x in enumerate(chosen):
            rest = self.rays([z for z in chosen if z != x])
            for y, cell in enumerate(self.cells):
                common = self.cells[x] & cell
                if common and y not in chosen and self.fits(rest | common):
                    yield (*chosen[:place], y, *chosen[place + 1 :])

    def placements(self, sets: Sequence[tuple[int, ...]]) -> int:
        """Return the number of components of the sets in slots, of a rigid component."""
        m = len(sets[0])
        if len(sets) == 1:
            return factorial(m)
        few = len(sets) * factorial(m) <= PLACED
        require(few, WHERE, f"more than {PLACED} placements are to be looked at")
        placed = [order for chosen in sets for order in permutations(chosen)]
        place = {order: i for i, order in enumerate(placed)}
        near = [{place[other] for other in self.changes(order)} for order in placed]
        return sum(1 for _ in components(len(placed), near))

    def still(self, chosen: Sequence[int]) -> bool:
        """Return whether the neurons of a rigid set of cells are the same in every network."""
        known: list[Vector] | None = None
        rays = self.rays(chosen)
        for support, c in self.points:
            if support & ~rays:
                continue
            masses = dict(zip(members(support), c, strict=True))
            own = [[a for a in masses if self.cells[x] >> a & 1] for x in chosen]
            if sum(map(len, own)) > len(masses):
                return False  # a ray of two cells: its mass may move
            found = [self.direction(a, masses) for a in own]
            known = known or found
            if known is not found and not self.same(joined(known), joined(found)):
                return False
        return True

    def same(self, one: Vector, other: Vector) -> bool:
        """Return whether neurons, one after the other, are the same."""
        return all(zero(s - t) for s, t in zip(one, other, strict=True))

    def direction(self, rays: Sequence[int], masses: dict[int, Vector]) -> Vector:
        """Return the sum of rays times their masses."""
        self.clock.tick()
        entries = zip(*(self.directions[a] for a in rays), strict=True)
        return [dot([masses[a] for a in rays], entry) for entry in entries]


class Enclosed(Complex):
    """The same where masses are known in intervals: neurons are only proved to differ."""

    def same(self, one: Vector, other: Vector) -> bool:
        """Return False; whether all neurons are the same is not decided in intervals."""
        apart = any((s - t).sign in {1, -1} for s, t in zip(one, other, strict=True))
        require(apart, WHERE, "whether two neurons are one is not proved")
        return False


def joined(neurons: Sequence[Vector]) -> Vector:
    """Return the entries of neurons, one after the other."""
    return [t for g in neurons for t in g]


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


def components(size: int, near: Sequence[set[int]]) -> Iterator[list[int]]:
    """Yield the components of a graph, whose edges go both ways."""
    left = set(range(size))
    while left:
        first = min(left)
        left.discard(first)
        part, waiting = [first], [first]
        while waiting:
            new = near[waiting.pop()] & left
            left -= new
            waiting += new
            part += new
        yield sorted(part)


def slots(S: Complex) -> dict[str, Json]:
    """Return the claim about networks: from m* to the bound, and where all are joined for good."""
    least = S.m_star
    steps = [S.step(m) for m in range(least, max(S.bound, least + 1) + 1)]
    threshold = steps[-1]["m"]
    for step in reversed(steps):
        if step["components"] != 1:
            break
        threshold = step["m"]
    return {
        "m_star": least,
        "threshold": threshold,
        "bound": S.bound,
        "widths": steps,
    }


def parts(S: Complex) -> dict[str, Json]:
    """Return the claim about solutions: a cell is what one block and sign may be."""
    least = S.m_star
    steps = []
    for m in range(least, max(S.bound, least + 1) + 1):
        whole = m >= S.bound or m > len(S.cells) or S.has_zero
        count = 1 if whole else len(S.parts(S.sets(m))[0])
        steps.append({"m": m, "polytope_components": count})
    return {"m_star": least, "bound": S.bound, "widths": steps}
