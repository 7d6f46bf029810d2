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
from polytope_nn.dual.optimum import Optimum, optimum
from polytope_nn.errors import DimensionError, InstanceError, NotOptimal, Undecided
from polytope_nn.exact.radical import RootSum, decimal
from polytope_nn.exact.rational import Matrix, text
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.landscape.polytope import OptimalPolytope, optimal_polytope
from polytope_nn.problems.training import TrainingProblem

from .enclosed import accepted
from .network import Network, Neuron, RawNeuron, Slot, feature, ray, same_ray

__all__ = [
    "Held",
    "Membership",
    "Placement",
    "held_by",
    "is_optimal",
    "landscape_of",
    "mixture",
    "network_of",
    "placed",
    "solution",
]

Held: TypeAlias = tuple[int, Scalar] | None
"""What a slot holds: the index of an atom and its mass, or nothing."""

Placement: TypeAlias = tuple[Held, ...]


@dataclass(frozen=True)
class Membership:
    """The answer to "is this network optimal", true or false as a whole.

    If it is: ``placement`` gives each slot's atom and mass, and ``weights`` their sums, the
    point of P; with the optimum's kappa they are the certificate. If not: ``reason``
    is the violated condition, with the offending value.
    """

    optimum: Optimum
    placement: Placement
    weights: Scalars
    reason: str

    def __bool__(self) -> bool:
        return not self.reason


def is_optimal(
    problem: TrainingProblem | Optimum | OptimalPolytope, network: Network
) -> Membership:
    """Return the certificate that a network is optimal, or the condition it violates.

    A network with enclosures means an optimal network in this box
    (:mod:`~polytope_nn.networks.enclosed`).

    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> bool(is_optimal(D, Network.of((1, [1, 0, -1]))))
    True
    >>> is_optimal(D, Network.of((1, [2, 0, -2]))).reason
    'the fit is (2, 2), that of every optimal network (1, 1)'
    """
    known = problem.optimum if isinstance(problem, OptimalPolytope) else problem
    O = optimum(known) if isinstance(known, TrainingProblem) else known
    if O.problem.bias == "free":
        raise InstanceError("bias: networks are compared with a penalised bias or none")
    if network.dimension not in {None, O.problem.d}:
        raise DimensionError(
            f"the neurons have dimension {network.dimension}, the samples {O.problem.d}: "
            f"give every neuron {O.problem.d} weights"
        )
    if network.is_enclosed:
        P = problem if isinstance(problem, OptimalPolytope) else optimal_polytope(O)
        placement, c = accepted(O.atoms, O.problem.beta_squared, network, P.vertices)
        return Membership(O, placement, c, "")
    try:
        return _membership(O, network)
    except Undecided as error:
        raise Undecided(
            f"whether the network is optimal: the optimum is known at level {O.level}, where "
            f"no equality of irrational numbers can be decided ({error})"
        ) from error


def _membership(O: Optimum, network: Network) -> Membership:
    slots: list[Held] = []
    c: list[Scalar] = [Fraction(0)] * len(O.atoms)
    fit = network.fit(O.problem.design)
    if _differ(fit, O.fit):
        wrong = f"the fit is {_listed(fit)}, that of every optimal network {_listed(O.fit)}"
        return Membership(O, (), (), wrong)
    for j, x in enumerate(network.slots):
        found = _atom_of(O, j, x)
        if isinstance(found, str):
            return Membership(O, (), (), found)
        slots.append(found)
        if found is not None:
            c[found[0]] = c[found[0]] + found[1]
    return Membership(O, tuple(slots), tuple(c), "")


def _differ(a: Scalars, b: Scalars) -> bool:
    """Return whether two fits differ; one entry that is proved to is enough."""
    missing = None
    for s, t in zip(a, b, strict=True):
        try:
            if s != t:
                return True
        except Undecided as error:
            missing = error
    if missing is not None:
        raise missing
    return False


def _atom_of(O: Optimum, j: int, x: Slot) -> Held | str:
    """Return the atom and mass of a neuron, or why it has none; None for an empty slot."""
    if x is None:
        return None
    if isinstance(x, RawNeuron):
        y = x.balanced
        if y is None or not Network((x,)).is_balanced:
            return f"neuron {j} is not balanced: |alpha| differs from |w|"
    else:
        y = x
    held = held_by(O.atoms, O.problem.design, y)
    if held is not None:
        return held
    gain = dot(O.kappa, feature(O.problem.design, y.sign, y.u))
    price = y.cost(O.problem.beta_squared)
    return (
        f"neuron {j} lies on the ray of no atom: its sign * kappa'(Xu)_+ = {_text(gain)} "
        f"is less than beta |u| = {_text(price)}"
    )


def held_by(atoms: Sequence[Atom], design: Matrix, x: Neuron) -> Held:
    """Return the atom on whose ray a neuron lies, of its sign, and the mass; else None."""
    i, face = ray(x.u), covector(design, x.u)
    for a, atom in enumerate(atoms):
        # equal rays lie in one face; asked first, because it is decided for balls too
        if (atom.sign, atom.covector) == (x.sign, face) and same_ray(atom.g, x.u):
            return a, x.u[i] / atom.g[i]
    return None


def _text(x: RootSum | Scalar) -> str:
    """Return a number as a message shows it: a fraction while it is short."""
    known = x.exact if isinstance(x, RootSum) else x
    if isinstance(known, Fraction) and len(shown := text(known)) <= 40:
        return shown
    return decimal(x)


def _listed(z: Scalars) -> str:
    return f"({', '.join(map(_text, z))})"


def placed(P: OptimalPolytope, network: Network, name: str = "network") -> Placement:
    """Return the placement of an optimal network, or raise NotOptimal with the reason."""
    member = is_optimal(P, network)
    if not member:
        raise NotOptimal(f"{name} is not optimal: {member.reason}")
    return member.placement


def landscape_of(problem: TrainingProblem | Optimum | OptimalPolytope) -> OptimalPolytope:
    """Return the optimal polytope of a problem, or of an optimum, or itself."""
    if isinstance(problem, OptimalPolytope):
        return problem
    return optimal_polytope(
        optimum(problem) if isinstance(problem, TrainingProblem) else problem
    )


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

    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> P = landscape_of(D)
    >>> [solution(P, v).width for v in P.vertices]
    [1, 2]
    """
    if c not in P:
        raise NotOptimal(f"{_listed(tuple(c))} is no point of P")
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
