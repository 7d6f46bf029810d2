"""Routes between placements of vertices in slots: the search behind THEORY T11.

Two placements (slot to atom and mass) that disagree in no slot, an empty slot agreeing with
everything, are joined by a line: all its points are placements of points of P, a convex
set, in the slots the two use. So every move of THEORY §7 is one line, and a route is:

* down from the start to a vertex of P on its own slots (prune), and likewise from the end;
* from vertex to vertex with ``|supp v + supp w| <= m`` (line, edge walk), breadth first,
  the new atoms entering empty slots and the old ones moving to where the end has them;
* the last permutation by moves through an empty slot.

When the breadth-first search ends without the goal, what it reached is one part of the
separation: every level across exceeds m, and T10 says that nothing else joins P_m. A vertex
with m atoms has no empty slot: each of its placements is an isolated point (T8).
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalars
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.membership import Held, Placement

__all__ = [
    "Parting",
    "Vertices",
    "compatible",
    "cut",
    "rest",
    "route",
    "same",
    "shortened",
]

_Stop = TypeVar("_Stop")


@dataclass(frozen=True)
class Vertices:
    """The vertices of a polytope, shape (N,) each, and their supports as bits."""

    points: tuple[Scalars, ...]
    supports: tuple[int, ...]


@dataclass(frozen=True)
class Parting:
    """No route: the vertices reached, those not, and whether an end is isolated."""

    near: tuple[int, ...]
    far: tuple[int, ...]
    isolated: bool


def route(V: Vertices, a: Placement, b: Placement) -> list[Placement] | Parting:
    """Return placements that lead from a to b, consecutive ones compatible."""
    if compatible(a, b):
        return [a] if same(a, b) else [a, b]
    found = _chain(V, a, b)
    if isinstance(found, Parting):
        return found
    ways = [_walk(V, a, b, found), _walk(V, b, a, found[::-1])[::-1]]
    best = min((shortened(way) for way in ways), key=len)
    if len(best) > 3:
        middle = _between(V, a, b)
        if middle is not None:
            return [a, middle, b]
    return best


def rest(
    V: Vertices, a: Placement, goal: Placement | None, *, complete: bool
) -> list[Placement]:
    """Return placements that lead from a, without it, to a goal; none where there is no goal.

    The width is at least ``n + 1``, so that there is a route (T7.5) where V is ``complete``.
    """
    if goal is None:
        return []
    found = route(V, a, goal)
    if isinstance(found, Parting):
        assert not complete
        raise Undecided("a line from optimum to optimum: not all of them are known")
    return found[1:]


def compatible(a: Placement, b: Placement) -> bool:
    """Return whether no slot holds two different atoms.

    >>> compatible((None, (0, 1)), ((1, 1), (0, 2))), compatible(((0, 1),), ((1, 1),))
    (True, False)
    """
    return all(x is None or y is None or x[0] == y[0] for x, y in zip(a, b, strict=True))


def same(a: Sequence[object], b: Sequence[object]) -> bool:
    """Return whether two placements or points are equal; what balls leave open counts as not.

    >>> same(((0, 1), None), ((0, 1), None)), same((1, 2), (1, 3))
    (True, False)
    """
    try:
        return tuple(a) == tuple(b)
    except Undecided:
        return False


def _labels(a: Placement) -> int:
    """Return the set of atoms in use, as bits."""
    used = 0
    for slot in a:
        if slot is not None:
            used |= 1 << slot[0]
    return used


def _chain(V: Vertices, a: Placement, b: Placement) -> list[int] | Parting:
    """Return vertices from under a to under b, each joined to the next at level <= m."""
    m = len(a)
    supports = V.supports
    inside = [i for i, bits in enumerate(supports) if bits.bit_count() <= m]
    below_a, below_b = _labels(a), _labels(b)
    sources = [i for i in inside if supports[i] | below_a == below_a]
    targets = {i for i in inside if supports[i] | below_b == below_b}
    before: dict[int, int] = dict.fromkeys(sources, -1)
    waiting = [i for i in inside if i not in before]
    queue = list(sources)
    # a vertex of m atoms has no empty slot: reached or not, it is where it is
    end = next((i for i in sources if i in targets and supports[i].bit_count() < m), None)
    for i in queue:
        if end is not None:
            break
        bits = supports[i]
        near = [j for j in waiting if (bits | supports[j]).bit_count() <= m]
        before.update(dict.fromkeys(near, i))
        waiting = [j for j in waiting if j not in before] if near else waiting
        queue.extend(near)
        end = next((j for j in near if j in targets), None)
    if end is not None:
        chain = [end]
        while before[chain[-1]] >= 0:
            chain.append(before[chain[-1]])
        return chain[::-1]
    ends = [supports[i].bit_count() for i in (*sources, *targets)]
    return Parting(tuple(sorted(before)), tuple(waiting), m in ends)


def _vertex_on(V: Vertices, i: int, a: Placement) -> Placement:
    """Return vertex i on the slots of a, the first one of each of its atoms."""
    v = V.points[i]
    slots: list[Held] = [None] * len(a)
    seen = set()
    for j, slot in enumerate(a):
        if slot is not None and slot[0] not in seen and V.supports[i] >> slot[0] & 1:
            slots[j] = (slot[0], v[slot[0]])
            seen.add(slot[0])
    return tuple(slots)


def _walk(V: Vertices, a: Placement, b: Placement, chain: Sequence[int]) -> list[Placement]:
    """Return placements from a to b through the vertices of the chain."""
    goal = _vertex_on(V, chain[-1], b)
    wish = {slot[0]: j for j, slot in enumerate(goal) if slot is not None}
    way = [a, _vertex_on(V, chain[0], a)]
    for i in chain[1:]:
        way.append(_stepped(V, way[-1], i, wish))
    while not same(way[-1], goal):
        way.append(_stepped(V, way[-1], chain[-1], wish))
    return [*way, b]


def _stepped(V: Vertices, p: Placement, i: int, wish: dict[int, int]) -> Placement:
    """Return a placement of vertex i, compatible with p, with atoms nearer their wish.

    Atoms not in p enter empty slots, their own where it is empty; the empty slots left
    serve to move atoms home; if none can move, one that is away steps into an empty
    slot, so that the next step has a home free. p has an empty slot too many for vertex i.
    """
    v, bits = V.points[i], V.supports[i]
    at = {slot[0]: j for j, slot in enumerate(p) if slot is not None}
    empty = {j for j, slot in enumerate(p) if slot is None}
    atoms = bits_of(bits)
    to: dict[int, int] = {}
    for x in atoms:  # homes first: a home that is empty is nobody else's
        if wish.get(x) in empty:
            to[x] = wish[x]
    fresh = [x for x in atoms if x not in at and x not in to]
    for x in [x for x in atoms if x in at and x in to]:
        if len(empty) - len(to) < len(fresh):
            del to[x]  # the new atoms need the room more
    free = sorted(empty - set(to.values()), key=lambda j: (j in wish.values(), j))
    to.update(zip(fresh, free, strict=False))
    free = free[len(fresh) :]
    if not to:
        # vertices differ by new atoms, so this one stands still, and not at the goal
        away = next(x for x in atoms if wish.get(x, at[x]) != at[x])
        to[away] = free[0]
    slots: list[Held] = [None] * len(p)
    for x in atoms:
        slots[to.get(x, at.get(x, -1))] = (x, v[x])
    return tuple(slots)


def cut(ways: Iterable[_Stop], beside: Callable[[_Stop], _Stop | None]) -> list[_Stop]:
    """Return stops up to the first one beside which an optimum has room, and that optimum."""
    passed = []
    for stop in ways:
        passed.append(stop)
        reached = beside(stop)
        if reached is not None:
            return [*passed, reached]
    return passed


def shortened(way: Sequence[Placement], steps: Container[int] = ()) -> list[Placement]:
    """Return a shortest subsequence whose consecutive placements are compatible.

    The placements whose indices are ``steps`` only follow the ones before them.
    """
    before = {0: -1}
    queue = [0]
    for i in queue:
        for j in range(len(way) - 1, i, -1):
            alone = j in steps and j != i + 1
            if j not in before and not alone and compatible(way[i], way[j]):
                before[j] = i
                queue.append(j)
    chain = [len(way) - 1]
    while chain[-1] > 0:
        chain.append(before[chain[-1]])
    return [way[i] for i in chain[::-1]]


def _between(V: Vertices, a: Placement, b: Placement) -> Placement | None:
    """Return a vertex in some slots that is compatible with both ends, or None."""
    home: dict[int, int] = {}
    free = []
    for j, (x, y) in enumerate(zip(a, b, strict=True)):
        held = {slot[0] for slot in (x, y) if slot is not None}
        if not held:
            free.append(j)
        elif len(held) == 1:
            home.setdefault(held.pop(), j)
    kept = sum(1 << x for x in home)
    for v, bits in zip(V.points, V.supports, strict=True):
        new = bits_of(bits & ~kept)
        if len(new) > len(free):
            continue
        where = {**home, **dict(zip(new, free, strict=False))}
        slots: list[Held] = [None] * len(a)
        for atom in bits_of(bits):
            slots[where[atom]] = (atom, v[atom])
        return tuple(slots)
    return None
