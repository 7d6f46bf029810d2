"""Networks of planted problems: optimal at some width, nearly optimal, arbitrary."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from polytope_nn.exact.rational import vector
from polytope_nn.networks.network import Network, Neuron, RawNeuron, Slot
from polytope_nn.networks.neuron import slot_of
from polytope_nn.problems.training import TrainingProblem

from .planted import Planted, planted, require_known, tight_atoms

__all__ = ["KINDS", "DrawnNetwork", "drawn_networks", "networks"]

KINDS = ("optimal", "near", "arbitrary")


@dataclass(frozen=True)
class DrawnNetwork:
    """A network, the planted problem it belongs to, and its kind.

    ``optimal``: its neurons lie on the rays of atoms and their masses add up to the planted
    c; ``near``: such a network with some neurons moved a little, or out of balance;
    ``arbitrary``: any small weights.
    """

    planted: Planted
    network: Network
    kind: str

    @property
    def problem(self) -> TrainingProblem:
        """The planted problem."""
        return self.planted.problem


@st.composite
def drawn_networks(
    draw: st.DrawFn, n: int = 6, d: int = 3, kinds: Sequence[str] = KINDS
) -> DrawnNetwork:
    """Draw a planted problem of at most n samples in d dimensions, and a network of it.

    Neurons may be split, slots may be empty, and the order is any.
    """
    for kind in kinds:
        require_known(kind, KINDS, "kinds")
    whole = draw(planted(n, d))
    kind = draw(st.sampled_from(kinds))
    slots = draw(_arbitrary(whole.problem.d) if kind == "arbitrary" else _optimal(whole))
    if kind == "near":
        slots = [draw(_moved(x)) for x in slots]
    slots += [None] * draw(st.integers(0, 2))
    return DrawnNetwork(whole, Network(tuple(draw(st.permutations(slots)))), kind)


def networks(n: int = 6, d: int = 3) -> st.SearchStrategy[Network]:
    """Return a strategy for networks of every kind, of planted problems that are not told.

    These have at most n samples in at most d dimensions: with them :func:`drawn_networks` draws.
    """
    return drawn_networks(n, d).map(lambda drawn: drawn.network)


@st.composite
def _optimal(draw: st.DrawFn, whole: Planted) -> list[Slot]:
    """Draw the slots of the planted c, some of its neurons split."""
    slots: list[Slot] = []
    for a, mass in zip(
        tight_atoms(whole.problem.design, whole.kappa)[1], whole.c, strict=True
    ):
        if not mass:
            continue
        share = draw(
            st.sampled_from((Fraction(1), Fraction(1), Fraction(1, 2), Fraction(1, 3)))
        )
        parts = (part for part in (mass * share, mass - mass * share) if part)
        slots += [Neuron(a.sign, tuple(part * t for t in a.g)) for part in parts]
    return slots


@st.composite
def _moved(draw: st.DrawFn, x: Slot) -> Slot:
    """Draw a neuron near another: itself, turned and stretched a little, or unbalanced."""
    if not isinstance(x, Neuron):
        return x
    how = draw(st.sampled_from(("stay", "turn", "unbalance")))
    if how == "stay":
        return x
    size = draw(st.sampled_from((Fraction(1, 1000), Fraction(1, 100), Fraction(1, 10))))
    if how == "unbalance":  # alpha w = sign u, and no more is asked of it
        return RawNeuron(tuple(t / (1 + size) for t in x.u), x.sign * (1 + size))
    toward = draw(st.tuples(*[st.integers(-1, 1)] * len(x.u)))
    u = tuple(t + size * s for t, s in zip(x.u, toward, strict=True))
    return Neuron(x.sign, u) if any(t != 0 for t in u) else None


@st.composite
def _arbitrary(draw: st.DrawFn, dimension: int) -> list[Slot]:
    """Draw slots of small weights: balanced, raw, dead (alpha = 0 or w = 0), empty."""
    row = st.tuples(*[st.integers(-2, 2)] * dimension).map(vector)
    balanced = st.tuples(st.sampled_from((1, -1)), row.filter(any)).map(
        lambda drawn: Neuron(*drawn)
    )
    alpha = st.sampled_from(vector((1, 0, -1, 2, "-1/2")))
    raw = st.tuples(row, alpha).map(lambda drawn: slot_of(*drawn))
    return list(draw(st.lists(st.one_of(st.none(), balanced, raw), max_size=4)))
