"""Networks whose branches are shares of those of the proof, kappa in balls: all optimal (P10).

Where path costs have unequal mixtures no pieces are known in balls, but one optimal network is:
that of the proof. Its branches may be split, change places, and arrange their neurons.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.supports import support
from polytope_nn.networks.enclosed import Interval, ends_of, meets_ray, multiples
from polytope_nn.networks.membership import Held, Placement
from polytope_nn.networks.neuron import Neuron
from polytope_nn.paths.route import Parting, Vertices, route

from .network import Branch, ParallelNetwork
from .shares import added_up

if TYPE_CHECKING:
    from polytope_nn.exact.rational import Vector

__all__ = ["OfProof"]

_Own = tuple[int, tuple[int | None, ...]]
"""A branch of the proof, and which of its inner neurons each slot has."""


@dataclass(frozen=True)
class OfProof:
    """The networks that are made of one of k inner slots a branch."""

    network: ParallelNetwork
    k: int
    columns: list[_Own] = field(default_factory=list)

    @cached_property
    def used(self) -> list[Branch]:
        """Its branches."""
        return [b for b in self.network.branches if b is not None]

    def placed(self, network: ParallelNetwork) -> Placement:
        """Return the column and share of each branch of a network in boxes.

        Raises
        ------
        Undecided
            When the boxes are not proved to contain such a network.
        """
        met = [None if b is None else self._met(b) for b in network.branches]
        known = [x for x in met if x is not None]
        at, ends = [own[0] for own, _ in known], [box for _, box in known]
        told = iter(added_up(at, ends, len(self.used), []))
        return tuple(None if x is None else self._held(x[0], next(told)) for x in met)

    def _held(self, own: _Own, share: Fraction) -> Held:
        if own not in self.columns:
            self.columns.append(own)
        return self.columns.index(own), share

    def _met(self, b: Branch) -> tuple[_Own, Interval]:
        """Return the branch of the proof that a branch is a share of, and its shares."""
        for j, other in enumerate(self.used):
            inner = [l for l, x in enumerate(other.neurons) if x is not None]
            slots = [i for i, x in enumerate(b.neurons) if x is not None]
            if other.sign != b.sign or len(inner) != len(slots):
                continue
            for order in permutations(inner):
                boxes = [
                    _multiples(other.neurons[l], b.neurons[i])
                    for l, i in zip(order, slots, strict=True)
                ]
                low, high = max(x for x, _ in boxes), min(x for _, x in boxes)
                if 0 < low <= high:
                    places = dict(zip(slots, order, strict=True))
                    own = tuple(places.get(i) for i in range(self.k))
                    return (j, own), (low, high)
        raise Undecided(
            "whether the boxes of a network contain an optimal one: kappa is known in intervals "
            "only, and a branch is no share of one of some_network"
        )

    def path(self) -> Callable[[Placement, Placement], list[ParallelNetwork] | None]:
        """Return what gives the networks that lead from one placement to another, or None."""
        size = len(self.used)
        outputs: list[Vector] = [
            tuple(Fraction(i == j) for i in range(size)) for j, _ in self.columns
        ]
        points = slice_vertices(transpose(outputs), (Fraction(1),) * size)
        V = Vertices(points, tuple(map(support, points)))

        def between(start: Placement, end: Placement) -> list[ParallelNetwork] | None:
            found = route(V, start, end)
            if isinstance(found, Parting):
                return None
            return [ParallelNetwork(tuple(map(self._branch, stop))) for stop in found]

        return between

    def _branch(self, held: Held) -> Branch | None:
        if held is None:
            return None
        j, own = self.columns[held[0]]
        neurons = self.used[j].neurons
        slots = tuple(None if l is None else neurons[l] for l in own)
        return Branch(self.used[j].sign, slots).times(held[1])


def _multiples(x: Neuron | None, box: Neuron | None) -> Interval:
    """Return the shares of a neuron that are in a box; none where it has another ray."""
    if x is None or box is None or x.sign != box.sign or not meets_ray(x.u, box.u):
        return Fraction(1), Fraction(0)
    return multiples([*map(ends_of, x.u)], [*map(ends_of, box.u)])
