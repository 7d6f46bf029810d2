"""Networks as descents take them: balanced, with what is free, and no weight of 0 (T12).

With a free bias a neuron of weight 0 makes a constant at the cost of its output weight alone.
What is free makes it at no cost, so the neuron goes to 0 while the free part takes it over.
"""

from dataclasses import replace
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import solve
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.networks.free_parts import with_free_part
from polytope_nn.networks.network import Network, RawNeuron, Slot
from polytope_nn.networks.neuron import slot_of
from polytope_nn.problems.training import TrainingProblem

from .optima import Optima

__all__ = ["parts_of", "settled", "with_parts"]

_ZERO, _ONE = Fraction(0), Fraction(1)


def with_parts(problem: TrainingProblem, network: Network) -> Network:
    """Return a network with every free part that the problem has, 0 where it gives none.

    Neurons that are balanced are kept as such; a free bias is in no norm.

    >>> D = TrainingProblem([[1], [2]], [1, 2], beta=1, skip="affine")
    >>> net = with_parts(D, Network.of(None))
    >>> net.skip, net.constant
    ((Fraction(0, 1),), Fraction(0, 1))
    """
    slots = [
        slot_of(x.w, x.alpha, free_bias=problem.bias == "free")
        if isinstance(x, RawNeuron)
        else x
        for x in network.slots
    ]
    network = replace(network, slots=tuple(slots))
    return with_free_part(problem, network, (_ZERO,) * len(problem.free.had))


def parts_of(problem: TrainingProblem, network: Network) -> Scalars:
    """Return the coefficients of the free columns of a network that has all its parts.

    >>> D = TrainingProblem([[1], [2]], [1, 2], beta=1, skip="affine")
    >>> parts_of(D, Network((None,), (Fraction(3),), Fraction(1, 2)))
    (Fraction(3, 1), Fraction(1, 2))
    """
    had = problem.free.had
    slopes = network.skip or () if had.has_slopes else ()
    if not had.has_constant:
        return slopes
    return (*slopes, _ZERO if network.constant is None else network.constant)


def settled(optima: Optima, network: Network) -> Network:
    """Return a network with its free parts balanced, without neurons of weight 0.

    What is free makes the constants that those made.

    Raises
    ------
    Undecided
        When the constant that such a neuron makes is free in the limit only.
    """
    D = optima.polytope.optimum.training_of_slopes
    balanced = network.balanced()
    if D.bias != "free":
        return balanced
    made = any(t != 0 for t in optima.modulo((_ONE,) * D.n))
    slots: list[Slot] = []
    constant: Scalar = _ZERO
    for j, x in enumerate(balanced.slots):
        weightless = x is not None and all(t == 0 for t in x.u[:-1])
        if x is not None and weightless and made and x.u[-1] > 0:
            raise Undecided(
                f"neuron {j} has weight 0 and makes a constant, which is free only in the "
                f"limit: give it a weight, or add skip constant"
            )
        if x is not None and weightless:
            constant += x.sign * max(x.u[-1], _ZERO)
        slots.append(None if weightless else x)
    balanced = replace(balanced, slots=tuple(slots))
    if not constant:
        return balanced
    had = D.free.had
    ones = solve([[z[j] for j in had.basis] for z in had.Z], (constant,) * D.n)
    assert ones is not None  # it is in their span
    moved = list(parts_of(D, balanced))
    for j, t in zip(had.basis, ones, strict=True):
        moved[j] += t
    bare = replace(balanced, skip=None, constant=None)
    return with_free_part(D, bare, tuple(moved))
