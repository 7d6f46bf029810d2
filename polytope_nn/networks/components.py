"""The components of Theta_m, the set of optimal networks of width m (THEORY T8).

Every network prunes, inside Theta_m, to a vertex of P in some of its slots. A minimal support
of exactly m atoms is rigid in each of its m! placements: no neuron can be split off, and with a
unique fit it is an isolated point (general G5). A component of P_m with a vertex of fewer atoms
has an empty slot and so reaches all placements. So a component of Theta_m is named by its
vertices, and by the placement where it is rigid; their number is ``m! N_m + K_m``. The explicit
slot complex is the second route, for small m.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from math import factorial

from polytope_nn.called import given
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable, optimal_polytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.landscape.supports import bits_of
from polytope_nn.limits import width_of

from .membership import placed
from .network import Network

__all__ = ["Component", "Orbit", "component", "components", "orbit", "slot_components"]


@dataclass(frozen=True)
class Component:
    """One component of Theta_m.

    ``vertices`` are the vertices of P (indices) it contains placements of; ``placement``
    is the atom in each slot where it is rigid, else empty; ``isolated`` says that it is one
    point. Two networks of one width lie in one component iff theirs are equal.
    """

    width: int
    vertices: tuple[int, ...]
    placement: tuple[int, ...]
    isolated: bool


@dataclass(frozen=True)
class Orbit:
    """The neuron permutations of one network, as different networks.

    ``networks`` is their number, ``inside`` how many lie in the network's own component.
    """

    networks: int
    inside: int


def component(problem: Solvable, network: Network, width: int) -> Component:
    """Return the component of Theta_m an optimal network lies in.

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.
    network
        An optimal network.
    width
        The number of slots m.

    Returns
    -------
    Component
        Its vertices, and whether it is a point.

    Raises
    ------
    NotOptimal
        When the network is not optimal.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> plus, minus = "1/2", "-1/2"
    >>> component(D, Network.of((1, [plus, minus, 0]), (1, [0, plus, minus])), 2)
    Component(width=2, vertices=(1,), placement=(1, 2), isolated=True)
    """
    P = optimal_polytope(problem)
    given(Network, network)
    placement = placed(P, network.padded(width))
    atoms = [slot[0] for slot in placement if slot is not None]
    mask = sum(1 << a for a in set(atoms))
    labels = staircase(P).labels(width)
    label = next(labels[i] for i, bits in enumerate(P.supports) if bits | mask == mask)
    vertices = tuple(i for i, other in enumerate(labels) if other == label)
    # every slot full and the support minimal: no neuron can be split off
    alike = [i for i, bits in enumerate(P.supports) if bits == mask]
    smaller = any(bits & mask == bits for bits in P.supports if bits != mask)
    full = len(atoms) == width and bool(alike) and len(set(atoms)) == width and not smaller
    alone = full and len(alike) == 1
    return Component(width, vertices, tuple(atoms) if full else (), alone or P.vanishes)


def components(problem: Solvable, width: int) -> Iterator[Component]:
    """Yield the components of Theta_m: those that are no points first, then the points.

    There are ``m!`` for each minimal support of m atoms: take as many as you need.

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.
    width
        The number of slots m.

    Returns
    -------
    Iterator[Component]
        Lazily: their number may grow like m!.

    Raises
    ------
    Undecided
        When the dual optimum cannot be proved, or a decision is open.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> [c.isolated for c in components(D, 2)]
    [False, True, True]
    """
    width = width_of(width, 0)
    P = optimal_polytope(problem)
    S = staircase(P)
    labels = S.labels(width)
    for label in sorted({i for i in labels if i is not None}):
        vertices = tuple(i for i, other in enumerate(labels) if other == label)
        if P.vanishes:
            yield Component(width, vertices, (), isolated=True)
        elif S.has_zero or min(S.sizes[i] for i in vertices) < width:
            yield Component(width, vertices, (), isolated=False)
    for bits in dict.fromkeys(P.supports):
        if bits.bit_count() == width > 0 and not S.has_zero:
            vertices = tuple(i for i, other in enumerate(P.supports) if other == bits)
            if any(other & bits == other != bits for other in P.supports):
                continue
            for placement in permutations(bits_of(bits)):
                yield Component(width, vertices, placement, isolated=len(vertices) == 1)


def orbit(problem: Solvable, network: Network, width: int) -> Orbit:
    """Return how many permutations a network has, and how many are joined to it.

    T7.4: for ``m >= M* + 1`` all of them; a rigid component has no permutation of a network.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> plus, minus = "1/2", "-1/2"
    >>> a = Network.of((1, [plus, minus, 0]), (1, [0, plus, minus]))
    >>> orbit(D, a, 2), orbit(D, a, 3)
    (Orbit(networks=2, inside=1), Orbit(networks=6, inside=6))

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.
    network
        An optimal network.
    width
        The number of slots m.

    Returns
    -------
    Orbit
        The number of permutations, and of those in the same component.

    Raises
    ------
    NotOptimal
        When the network is not optimal.
    Undecided
        When the dual optimum cannot be proved, or a decision is open.
    """
    given(Network, network)
    slots = network.padded(width).balanced().slots
    networks = factorial(width)
    for x in set(slots):
        networks //= factorial(slots.count(x))
    found = component(problem, network, width)
    rigid = found.isolated or found.placement
    return Orbit(networks, 1 if rigid else networks)


def slot_components(P: OptimalPolytope, width: int) -> tuple[int, int]:
    """Return the numbers of components and of isolated points of Theta_m, by brute force.

    The slot complex: a node for each vertex v with ``|supp v| <= m`` and each injection of
    its support into the slots; an edge where no slot holds two different atoms. Every
    network prunes to a node on its own slots, and two nodes that both lie under one
    network agree there, so its components are those of Theta_m. A node without an edge is
    an isolated point iff it fills all slots (else its neurons can move).
    """
    nodes = [
        dict(zip(slots, bits_of(bits), strict=True))
        for bits in P.supports
        if bits.bit_count() <= width
        for slots in permutations(range(width), bits.bit_count())
    ]
    left = set(range(len(nodes)))
    found = isolated = 0
    while left:
        found += 1
        start = min(left)
        left.remove(start)
        queue = [start]
        for i in queue:
            near = {j for j in left if _agree(nodes[i], nodes[j])}
            left -= near
            queue.extend(sorted(near))
        isolated += len(queue) == 1 and len(nodes[start]) in {0, width}
    return found, isolated


def _agree(a: dict[int, int], b: dict[int, int]) -> bool:
    return all(b.get(slot, atom) == atom for slot, atom in a.items())
