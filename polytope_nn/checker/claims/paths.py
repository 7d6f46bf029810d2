"""Claims about networks: *path*, *separation*, *descent*, and lines of roads (T8, T11-T13)."""

from collections.abc import Sequence

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
from .objectives import change, dual_value, loss_of


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


class OfOneOutput:
    """The networks of one output; ``free``: they show their free part."""

    def __init__(self, D: Instance, *, free: bool) -> None:
        self.D, self.free = D, free

    def network(self, read: Json, width: int | None, where: str) -> Network:
        """Return a network, of as many slots as the width says."""
        return network(self.D, read, width, where, free=self.free)

    def fit(self, x: Network) -> Vector:
        """Return its fit."""
        return fit_of(self.D, x)

    def objective(self, x: Network, fit: Vector) -> Terms:
        """Return its objective."""
        return [*loss_of(self.D, fit), *cost(self.D, x)]

    def fall(self, x: Network, z: Network, reached: Vector, where: str) -> None:
        """Prove that the objective does not rise on the line from x, once balanced, to z.

        Each slot keeps its ray, so the objective is convex there, and its slope at z decides.
        """
        D, start = self.D, Network([], x.free)
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
        slope = [*change(D, reached, step), *cost(D, z), *rest]
        require(root_sign(slope, D.clock) <= 0, where, "the objective rises before it")

    def level(self, x: Network, z: Network, where: str) -> None:
        """Prove that each slot keeps its ray on the line from x to z, both balanced."""
        for one, other in zip(x.slots, z.slots, strict=True):
            self.D.clock.tick()
            raw = any(slot is not None and slot.raw is not None for slot in (one, other))
            joined = one is None or other is None or (not raw and along(one, other))
            require(
                joined and not raw, where, "a slot turns its direction between the falls"
            )

    def dual_value(self, kappa: Vector) -> Terms:
        """Return the dual value of a kappa that has a fit."""
        return dual_value(self.D, kappa)


def descent(T: Target, claim: Json, *, free: bool) -> None:
    """Prove that the objective never rises on the way, and ends at the optimum (T12).

    A slot is balanced first, which keeps its output and lowers its cost, and then moves on
    its ray: on that line the objective is convex, so its slope at the end decides.
    """
    W, where = OfOneOutput(T.D, free=free), "claims.descent"
    width = whole(claim["width"], where, 0)
    reads = array(claim["breakpoints"], where)
    require(reads, where, "has no breakpoint")
    objectives = array(claim["objectives"], where, len(reads))
    before: Network | None = None
    for number, (read, stated) in enumerate(zip(reads, objectives, strict=True)):
        place = f"{where}.breakpoints[{number}]"
        x = W.network(read, width, place)
        reached = W.fit(x)
        value = W.objective(x, reached)
        enclosed(stated, value, T.D.clock, f"{where}.objectives[{number}]")
        if before is not None:
            W.fall(before, x, reached, place)
        before = x
    optimal(T, before or Network([]), f"{where}, the last breakpoint", free=free)
