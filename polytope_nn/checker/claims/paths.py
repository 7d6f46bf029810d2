"""Claims about networks: *path*, *separation*, *descent*, *road*, *gap* (T8, T11-T13)."""

from collections.abc import Sequence
from fractions import Fraction

from ..kernel.numbers import Vector, bits
from ..kernel.primitives import inside
from ..kernel.reading import Json, array, require, whole
from ..kernel.roots import Terms, enclosed, root_sign
from .dual import Atoms
from .instance import Instance
from .networks import (
    Network,
    Neuron,
    Target,
    along,
    balanced,
    cost,
    different,
    fit_of,
    network,
    optimal,
)
from .objectives.values import change, dual_value, objective


def path(T: Target, claim: Json, *, free: bool) -> None:
    """Prove that lines between the breakpoints stay among the optimal networks (T11).

    Between two of them every slot keeps its sign and ray, so fit and cost are linear.
    """
    D, where = T.D, "claims.path"
    require(not D.unmade, "data", "constants are free in the limit only: no path")
    width = whole(claim["width"], where, 0)
    before: Network | None = None
    for number, read in enumerate(array(claim["breakpoints"], where)):
        place = f"{where}.breakpoints[{number}]"
        reached = network(D, read, width, place, free=free)
        optimal(T, reached, place, free=free)
        for x, z in zip((before or reached).slots, reached.slots, strict=True):
            joined = x is None or z is None or along(x, z)
            require(joined, place, "a slot turns its direction")
        before = reached
    require(before is not None, where, "has no breakpoint")


def separation(
    T: Target,
    atoms: Atoms,
    vertices: tuple[Sequence[int], dict[int, list[int]]],
    claim: Json,
    *,
    free: bool,
) -> None:
    """Prove that two optimal networks lie in different components of Theta_m (T8).

    Their faces of P_m have vertices of different labels; or of one label whose only vertex
    fills every slot, and then each placement of it is a component of its own.
    """
    where, (supports, labels) = "claims.separation", vertices
    m = whole(claim["width"], where)
    require(m in labels, where, "the width is not among those of the components")
    directions = [Neuron(a.sign, tuple(a.g)) for a in atoms]
    found, ends = [], []
    for end in ("start", "end"):
        reached = network(T.D, claim[end], m, f"{where}.{end}", free=free)
        optimal(T, reached, f"{where}.{end}", free=free)
        ends.append(reached.slots)
        used = []
        for a, g in enumerate(directions):
            T.D.clock.tick()
            if any(along(x, g) for x in reached.neurons):
                used.append(a)
        face = bits(used)
        # the network is a point of P, so its face has a vertex: one below is found
        below = next(i for i, support in enumerate(supports) if inside(support, face))
        found.append(labels[m][below])
    own = [s for s, label in zip(supports, labels[m], strict=True) if label == found[0]]
    alone = len(own) == 1 and own[0].bit_count() == m and different(*ends)
    require(found[0] != found[1] or alone, where, "the two networks are joined")


def descent(T: Target, claim: Json, *, free: bool) -> None:
    """Prove that the objective never rises on the way, and ends at the optimum (T12).

    A slot is balanced first, which keeps its output and lowers its cost, and then moves on
    its ray: on that line the objective is convex, so its slope at the end decides.
    """
    D, where = T.D, "claims.descent"
    width = whole(claim["width"], where, 0)
    reads = array(claim["breakpoints"], where)
    require(reads, where, "has no breakpoint")
    objectives = array(claim["objectives"], where, len(reads))
    before = Network([])
    for number, (read, stated) in enumerate(zip(reads, objectives, strict=True)):
        place = f"{where}.breakpoints[{number}]"
        slots = network(D, read, width, place, free=free)
        reached = fit_of(D, slots)
        value = objective(D, slots, reached)
        enclosed(stated, value, D.clock, f"{where}.objectives[{number}]")
        previous, before = before, slots
        if number == 0:
            continue
        fall(D, previous, slots, reached, place)
    optimal(T, before, f"{where}, the last breakpoint", free=free)


def fall(D: Instance, x: Network, z: Network, reached: Vector, where: str) -> None:
    """Prove that the objective does not rise on the line from x, once balanced, to z.

    Each slot keeps its ray, so the objective is convex there, and its slope at z decides.
    """
    start = Network([], x.free)
    for before, slot in zip(x.slots, z.slots, strict=True):
        D.clock.tick()
        own = before if before == slot else balanced(D, before, where)
        raw = slot is not None and slot.raw is not None
        turns = own != slot and (
            raw or not (own is None or slot is None or along(own, slot))
        )
        require(not turns, where, "a slot turns its direction, or loses its balance")
        start.slots.append(own)
    step = [s - t for s, t in zip(reached, fit_of(D, start), strict=True)]
    rest = [(-q, s) for q, s in cost(D, start)]
    slope = [(change(D, reached, step), Fraction(1)), *cost(D, z), *rest]
    require(root_sign(slope, D.clock) <= 0, where, "the objective rises before it")


def road(D: Instance, kappa: Vector, claim: Json, *, free: bool) -> None:
    """Prove that a path of any networks has no barrier, and comes within a gap of the optimum.

    The objective never rises up to the breakpoint ``down``, never falls from ``up`` on, and is
    convex on the lines between, where every breakpoint is no higher than one of those two; so
    it is never above the larger end. The gap is that of the breakpoint ``close``, whose
    objective less the dual value of kappa bounds its distance to the optimum of every width.
    """
    where = "claims.road"
    width = whole(claim["width"], where, 0)
    reads = array(claim["breakpoints"], where)
    objectives = array(claim["objectives"], where, len(reads))
    down, close, up = (
        whole(claim[key], where, 0, len(reads) - 1) for key in ("down", "close", "up")
    )
    require(down <= up, where, "rises before it has fallen")
    places = [f"{where}.breakpoints[{i}]" for i in range(len(reads))]
    nets = [
        network(D, read, width, place, free=free)
        for read, place in zip(reads, places, strict=True)
    ]
    fits = [fit_of(D, x) for x in nets]
    values = [objective(D, x, fit) for x, fit in zip(nets, fits, strict=True)]
    sizes = [
        enclosed(stated, values[i], D.clock, f"{where}.objectives[{i}]")
        for i, stated in enumerate(objectives)
    ]
    for i in range(1, len(nets)):
        if i <= down:
            fall(D, nets[i - 1], nets[i], fits[i], places[i])
        elif i > up:
            fall(D, nets[i], nets[i - 1], fits[i - 1], places[i])
        else:
            level(D, nets[i - 1], nets[i], places[i])
            lower = [root_sign(less(values[i], values[j]), D.clock) for j in (down, up)]
            require(min(lower) <= 0, places[i], "is above what it lies between")
    apart(D, values[close], sizes[close], (kappa, claim), where)


def level(D: Instance, x: Network, z: Network, where: str) -> None:
    """Prove that each slot keeps its ray on the line from x to z, both balanced."""
    for one, other in zip(x.slots, z.slots, strict=True):
        D.clock.tick()
        raw = any(slot is not None and slot.raw is not None for slot in (one, other))
        joined = one is None or other is None or (not raw and along(one, other))
        require(joined and not raw, where, "a slot turns its direction between the falls")


def less(value: Terms, other: Terms) -> Terms:
    """Return the difference of two sums of roots."""
    return [*value, *((-q, s) for q, s in other)]


def gap(D: Instance, kappa: list[Fraction], claim: Json, *, free: bool) -> None:
    """Prove the primal value of a network, the dual value of kappa and the difference (T13)."""
    where = "claims.gap"
    slots = network(D, claim["network"], None, f"{where}.network", free=free)
    primal = objective(D, slots, fit_of(D, slots))
    of = enclosed(claim["primal"], primal, D.clock, f"{where}.primal")
    apart(D, primal, of, (kappa, claim), where)


def apart(
    D: Instance, primal: Terms, of: Fraction, pair: tuple[Vector, Json], where: str
) -> None:
    """Prove the dual value of kappa, and how far a primal one of that size is from it."""
    kappa, claim = pair
    value = dual_value(D, kappa)
    enclosed(claim["dual"], [(value, Fraction(1))], D.clock, f"{where}.dual")
    gap = [*primal, (-value, Fraction(1))]
    enclosed(claim["gap"], gap, D.clock, f"{where}.gap", of)
