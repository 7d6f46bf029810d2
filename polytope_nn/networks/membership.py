"""Which networks are optimal, with the reason (THEORY §7, the solution map).

A network reaches the optimum of the convex problem iff it is balanced, every neuron lies on
the ray of an atom of its sign, and the masses ``c_a`` add up to a point of P: kappa proves
it, since ``L(z) + beta^2 sum(c)`` is then the dual value, below which no width can go.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom, covector
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import NotAttained, NotOptimal, Undecided
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.landscape.kinks import flats
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable, optimal_polytope
from polytope_nn.search.finding import optimum

from .enclosed import accepted, of_neurons_alone
from .fits import listed, misfit, shown
from .masses.totals import points_of
from .network import (
    Network,
    Neuron,
    RawNeuron,
    Slot,
    feature,
    given_network,
    ray,
    same_ray,
)
from .neuron import slot_of
from .rest import moved
from .shared_field import in_one_field

__all__ = [
    "Held",
    "Membership",
    "Placement",
    "held_by",
    "is_optimal",
    "mixture",
    "network_of",
    "placed",
    "solution",
]

Held: TypeAlias = tuple[int, Scalar] | None
"""What a slot holds: the index of an atom and its mass, or nothing."""

Placement: TypeAlias = tuple[Held, ...]

_BITS = 600  # of the enclosures of numbers in a field


@dataclass(frozen=True)
class Membership:
    """The answer to "is this network optimal", true or false as a whole.

    If it is: ``placement`` gives each slot's atom and mass (it is empty when a neuron lies
    inside a flat of a free bias, off the rays of atoms: between two kinks, where it counts as
    both, or above the last one), and ``weights`` their sums, the point of P; with the optimum's
    kappa they are the certificate. If not: ``reason`` is the violated condition, with the
    offending value; where patterns are not listed and the network is not even stationary no
    optimum is searched for, and ``optimum`` is None.
    """

    optimum: Optimum | None
    placement: Placement
    weights: Scalars
    reason: str

    def __bool__(self) -> bool:
        return not self.reason


def is_optimal(problem: Solvable, network: Network) -> Membership:
    """Return the certificate that a network is optimal, or the condition it violates.

    A free part that the network does not give is what fits; one that it gives must fit.
    A network with enclosures means an optimal network in this box
    (:mod:`~polytope_nn.networks.enclosed`).

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> bool(is_optimal(D, Network.of((1, [1, 0, -1]))))
    True
    >>> is_optimal(D, Network.of((1, [2, 0, -2]))).reason
    'the fit is (2, 2), that of every optimal network (1, 1)'

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.
    network
        A network; numbers exact.

    Returns
    -------
    Membership
        True or false as a bool, with the reason, and the place in P if optimal.

    Raises
    ------
    DimensionError
        When the network is of another dimension.
    Undecided
        When the dual optimum cannot be proved, or a decision is open.
    """
    given_network(network)
    restless = moved(problem, network)
    if restless:
        return Membership(None, (), (), f"it is not stationary: {restless}")
    O = problem.optimum if isinstance(problem, OptimalPolytope) else optimum(problem)
    O, (network,) = in_one_field(O, network)
    network.require_parts(O.problem.skip)
    network.require_dimension(len(O.problem.rows_and_slopes[0][0]))
    if network.is_enclosed:
        P = problem if isinstance(problem, OptimalPolytope) else optimal_polytope(O)
        return _enclosed(P, network)
    try:
        return _membership(O, network)
    except Undecided as error:
        raise Undecided(
            f"whether the network is optimal: the optimum is known at level {O.level}, where "
            f"no equality of irrational numbers can be decided ({error})"
        ) from error


def _enclosed(P: OptimalPolytope, network: Network) -> Membership:
    """Return the placement of an optimal network in a box, its free part in the box, too."""
    O, D = P.optimum, P.problem
    alone = D.free.limited and not any(line[-1] for line in P.lines)
    try:
        placement, c = (
            of_neurons_alone(P, network)
            if alone
            else accepted(O.atoms, D.beta_squared, network, points_of(P))
        )
    except NotAttained as reason:
        return Membership(O, (), (), str(reason))
    if network.skip is None and network.constant is None:
        return Membership(O, placement, c, "")
    slope, offset = D.free.slope_and_offset(P.free_part(c), D.dimension)
    offset = Fraction(0) if alone else offset
    given: list[tuple[Scalar, Scalar]] = []
    if network.skip is not None:
        given += zip(slope, network.skip, strict=True)
    if network.constant is not None:
        given.append((offset, network.constant))
    zero: Scalar = Fraction(0)  # where only one of them is given
    if network.skip is None and given:
        given += [(t, zero) for t in slope]
    elif network.constant is None and given:
        given.append((offset, zero))
    for x, box in given:
        (low, high), (least, most) = enclosure(x, _BITS), enclosure(box, _BITS)
        if not (least <= low and high <= most):
            raise Undecided(
                "whether the given free part fits the enclosed neurons: leave skip and "
                "constant out: then it is what fits"
            )
    return Membership(O, placement, c, "")


def _membership(O: Optimum, network: Network) -> Membership:
    slots: list[Held] = []
    inside = False
    c: list[Scalar] = [Fraction(0)] * len(O.atoms)
    # of several fits a linear program decides: then neurons, which are quick, come first
    wrong = misfit(O, network) if O.is_pinned else ""
    if wrong:
        return Membership(O, (), (), wrong)
    for j, x in enumerate(network.slots):
        found = _atoms_of(O, j, x)
        if isinstance(found, str):
            return Membership(O, (), (), found)
        held, parts = found
        inside = inside or (held is None and bool(parts))
        slots.append(held)
        for a, mass in parts:
            c[a] = c[a] + mass
    wrong = "" if O.is_pinned else misfit(O, network)
    if wrong:
        return Membership(O, (), (), wrong)
    return Membership(O, () if inside else tuple(slots), tuple(c), "")


def _atoms_of(O: Optimum, j: int, x: Slot) -> tuple[Held, list[tuple[int, Scalar]]] | str:
    """Return the atom on whose ray a neuron lies, and what it counts as; or why it does not.

    Inside a flat there is no such atom, and it counts as one or two. An empty slot is
    nothing, and so is a dead neuron, without weights, wherever its free bias is.
    """
    if x is None or (O.problem.bias == "free" and _is_dead(x)):
        return None, []
    y = _balanced(j, x, free_bias=O.problem.bias == "free")
    if isinstance(y, str):
        return y
    X, psi = O.problem.rows_and_slopes
    held = held_by(O.atoms, X, y)
    found = _inside_a_flat(O, y) if held is None else [held]
    if found:
        return held, found
    if O.problem.bias == "free":
        return f"neuron {j} lies on the ray of no atom of its sign"
    gain = dot(O.kappa, feature(X, y.sign, y.u, psi))
    price = y.cost(O.problem.beta_squared)
    return (
        f"neuron {j} lies on the ray of no atom: its sign * kappa'(Xu)_+ = {shown(gain)} "
        f"is less than beta |u| = {shown(price)}"
    )


def _is_dead(x: Neuron | RawNeuron) -> bool:
    return isinstance(x, RawNeuron) and x.alpha == 0 and all(t == 0 for t in x.w[:-1])


def _balanced(j: int, x: Neuron | RawNeuron, *, free_bias: bool) -> Neuron | str:
    """Return a neuron in balanced form, or why it is in none; a free bias is in no norm."""
    y = x if isinstance(x, Neuron) else slot_of(x.w, x.alpha, free_bias=free_bias)
    if not isinstance(y, Neuron):
        return f"neuron {j} is not balanced: |alpha| differs from |w|"
    return y


def _inside_a_flat(O: Optimum, x: Neuron) -> list[tuple[int, Scalar]]:
    """Return the atoms at the kinks below and above a neuron of a free bias, if it is tight.

    Between two kinks the feature is linear in the bias, so the neuron is the mixture of the
    two; above a last kink it is that atom, and a constant.
    """
    *w, b = x.u
    for flat in flats(O):
        low = O.atoms[flat.lower]
        if low.sign != x.sign or not same_ray(low.g[:-1], tuple(w)):
            continue
        i = ray(tuple(w))
        mass = w[i] / low.g[i]
        above = b / mass - low.g[-1]
        if flat.upper is None:
            if above > 0:
                return [(flat.lower, mass)]
            continue
        length = O.atoms[flat.upper].g[-1] - low.g[-1]
        if 0 < above < length:
            part = mass * (above / length)
            return [(flat.lower, mass - part), (flat.upper, part)]
    return []


def held_by(atoms: Sequence[Atom], design: Matrix, x: Neuron) -> Held:
    """Return the atom on whose ray a neuron lies, of its sign, and the mass; else None."""
    i, face = ray(x.u), covector(design, x.u)
    for a, atom in enumerate(atoms):
        # equal rays lie in one face; asked first, because it is decided for balls too
        if (atom.sign, atom.covector) == (x.sign, face) and same_ray(atom.g, x.u):
            return a, x.u[i] / atom.g[i]
    return None


def placed(P: OptimalPolytope, network: Network, name: str = "network") -> Placement:
    """Return the placement of an optimal network, or raise NotOptimal with the reason."""
    member = is_optimal(P, network)
    if not member:
        raise NotOptimal(f"{name} is not optimal: {member.reason}")
    if len(member.placement) < network.width:
        raise Undecided(
            f"{name}: a neuron lies inside a flat of its free bias, and paths lead over "
            f"neurons at kinks: move it to a kink, or connect the two networks"
        )
    return member.placement


def network_of(atoms: Sequence[Atom], placement: Placement) -> Network:
    """Return the network of a placement: ``u = mass * g`` in each slot that has mass."""
    slots: list[Slot] = []
    for slot in placement:
        if slot is None:
            slots.append(None)
            continue
        a, mass = slot
        u = tuple(mass * t for t in atoms[a].g)
        slots.append(Neuron(atoms[a].sign, u))
    return Network(tuple(slots))


def solution(P: OptimalPolytope, c: Sequence[Scalar], width: int | None = None) -> Network:
    """Return the network of a point of P, one neuron per atom used, padded to a width.

    >>> from polytope_nn.landscape.optimal_set import optimal_polytope
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> P = optimal_polytope(D)
    >>> [solution(P, v).width for v in P.vertices]
    [1, 2]
    """
    if c not in P:
        raise NotOptimal(f"{listed(tuple(c))} is no point of P")
    used = tuple((a, x) for a, x in enumerate(c) if x != 0)
    network = network_of(P.atoms, used)
    return network if width is None else network.padded(width)


def mixture(placement: Placement, N: int) -> Scalars:
    """Return the point of P a placement adds up to, shape (N,).

    >>> mixture(((1, Fraction(2)), None, (1, Fraction(1))), 2)
    (Fraction(0, 1), Fraction(3, 1))
    """
    c: list[Scalar] = [Fraction(0)] * N
    for slot in placement:
        if slot is not None:
            c[slot[0]] = c[slot[0]] + slot[1]
    return tuple(c)
