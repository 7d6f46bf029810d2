"""What the answers of a path search say, whatever the optimal set is (THEORY T11).

A path is its breakpoints; a separation the two parts of the vertices of P_m, with every
level across greater than m.
"""

import itertools
from abc import ABC, abstractmethod
from collections import Counter
from functools import cached_property

from polytope_nn.called import Called
from polytope_nn.dual.atoms import Atom
from polytope_nn.exact.scalar import Scalars
from polytope_nn.landscape.supports import bits_of, support
from polytope_nn.networks.membership import Placement, mixture, network_of
from polytope_nn.networks.network import Network

from .route import same

__all__ = ["Breakpoints", "Parts"]


class Breakpoints(ABC):
    """A path of optimal networks: consecutive breakpoints are joined by lines.

    Along a line the sign and the ray of every slot stay what they are while it holds a
    neuron, and its u is linear. ``placements`` are the breakpoints as (atom, mass) per
    slot.
    """

    width: int
    placements: tuple[Placement, ...]

    @property
    @abstractmethod
    def atoms(self) -> tuple[Atom, ...]:
        """The atoms that the placements speak of."""

    @property
    @abstractmethod
    def _vertices(self) -> tuple[int, ...]:
        """The supports of the vertices of the set of optimal weights, as bits."""

    @cached_property
    def points(self) -> tuple[Scalars, ...]:
        """The weights of the atoms at the breakpoints, shape (N,) each."""
        N = len(self.atoms)
        return tuple(mixture(p, N) for p in self.placements)

    @cached_property
    def breakpoints(self) -> tuple[Network, ...]:
        """The networks, start and end included."""
        return tuple(network_of(self.atoms, p) for p in self.placements)

    @cached_property
    def moves(self) -> tuple[str, ...]:
        """The name of each line: move, prune, grow (its reverse), edge walk, line."""
        used = tuple(map(support, self.points))
        return tuple(
            "move" if same(*self.points[i : i + 2]) else self._move(before, after)
            for i, (before, after) in enumerate(itertools.pairwise(used))
        )

    def _move(self, before: int, after: int) -> str:
        both = before | after
        # a face has as many vertices as have their supports in its own
        inside = sum(bits | both == both for bits in self._vertices)
        if inside == 1:
            return "move"  # in balls: it is one point
        if both in {before, after}:
            return "prune" if both == before else "grow"
        return "edge walk" if inside == 2 else "line"

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        name = type(self).__name__
        return f"{name}(width={self.width}, breakpoints={len(self.placements)})"


class Parts(Called, ABC):
    """The proof that two optimal networks lie in different components of Theta_m.

    ``near`` and ``far`` are the vertices (indices) of P_m in the start's component of P_m,
    and the others. With ``isolated`` the start or the end is a vertex that fills every
    slot, an isolated point, and ``far`` may be empty.
    """

    width: int
    near: tuple[int, ...]
    far: tuple[int, ...]
    isolated: bool

    @property
    @abstractmethod
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices, as bits."""

    @cached_property
    def levels(self) -> dict[int, int]:
        """Every level ``|supp v + supp w|`` across the parts, with its count; all > m."""
        count = Counter(
            (self.supports[i] | self.supports[j]).bit_count()
            for i in self.near
            for j in self.far
        )
        return dict(sorted(count.items()))

    @property
    def reason(self) -> str:
        """The separation in a sentence."""
        m = self.width
        if self.isolated:
            return (
                f"a network with {m} neurons of independent features fills all {m} slots: "
                "it is an isolated point"
            )
        return (
            f"{len(self.near)} vertices on one side, {len(self.far)} on the other, and "
            f"joining any two across needs width {min(self.levels)} > {m}"
        )

    def to_json(self) -> dict[str, object]:
        """Return the parts as supports (lists of atoms), and every level across."""
        parts = {"near": self.near, "far": self.far}
        shown: dict[str, object] = {
            name: [bits_of(self.supports[i]) for i in part] for name, part in parts.items()
        }
        levels = {str(level): count for level, count in self.levels.items()}
        return {"reason": self.reason, "isolated": self.isolated, **shown, "levels": levels}

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        sizes = f"near={len(self.near)}, far={len(self.far)}"
        return f"{type(self).__name__}(width={self.width}, {sizes})"
