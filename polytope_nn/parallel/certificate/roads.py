"""The certificate of a path of three-layer networks."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction

from polytope_nn.certificate.exact import field_of
from polytope_nn.certificate.format import Certificate, Json, written
from polytope_nn.certificate.interpolations import accepted
from polytope_nn.certificate.roads import enclosed
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.dual.feasibility import enclosure
from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import RootSum, exactly
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import Scalar
from polytope_nn.networks.neuron import Neuron, ray, same_ray
from polytope_nn.parallel.networks.network import Branch, ParallelNetwork
from polytope_nn.parallel.networks.roads import ParallelPath

from .bounds import branches_json, dual_value, inner_point, rounded
from .certify import direction, feasible, scalars_of, stated
from .instance import data_of
from .leaves import LeafWitness
from .level import shared_path_certificate

__all__ = ["parallel_path_certificate"]

_LONGER = (40, 30, 20)  # ends are longer by such a power of 1/2


def parallel_path_certificate(found: ParallelPath) -> Certificate:
    """Return the certificate that a path stays among the optimal networks, accepted.

    Its networks are written at the widths (m, k) of the path, as branches of inner atoms with
    masses; every one of them costs what the claim says (proofs/three_layer.md D12).

    Parameters
    ----------
    found
        The path.

    Returns
    -------
    Certificate
        Of kind ``parallel_path``; where kappa is in intervals ``parallel_enclosed_path``, or
        ``parallel_road`` of rational networks near those of the path.

    Raises
    ------
    Undecided
        Where balls do not decide it, or numbers are too long for the checker.

    Examples
    --------
    >>> from polytope_nn.parallel.finding import parallel_optimum
    >>> from polytope_nn.parallel.networks.roads import parallel_path, some_network
    >>> from polytope_nn.parallel.problem import ParallelProblem
    >>> D = ParallelProblem([[-1, 1], [0, 1], [1, 1]], [-1, 4, -1], beta=1)
    >>> O = parallel_optimum(D)
    >>> net = some_network(O)
    >>> parallel_path_certificate(parallel_path(O, net, net, 4)).claim("branch_path")["cost"]
    '3'
    """
    O = found.optimum
    if O.level == "exact" and not O.by_groups:
        return accepted(lambda: _made(found))
    if found.shared is not None:
        with suppress(Undecided):
            return shared_path_certificate(O, found.shared)
    return accepted(lambda: _near(found))


def _made(found: ParallelPath) -> Certificate:
    O, problem = found.optimum, found.optimum.problem
    tree, order = pattern_tree(problem.arrangement)
    square = problem.unit_beta_squared
    of = LeafWitness(O.blocks, O.kappa, square, problem.inner_width, O.leaves, order)
    inner = max(net.inner_width for net in found.breakpoints)
    networks = [net.padded(net.width, inner) for net in found.breakpoints]
    listed: list[Json] = [
        [None if b is None else _branch(of, b) for b in net.branches] for net in networks
    ]
    claims: list[Json] = [
        {"claim": "patterns", "counts": [len(order)]},
        *stated(O),
        {"claim": "atoms", "list": [direction(a) for a in of.atoms]},
        {
            "claim": "branch_path",
            "width": networks[0].width,
            "inner": inner,
            "cost": written(O.cost),
            "breakpoints": listed,
        },
    ]
    witness: dict[str, Json] = {"patterns": [tree], "dual": [of.witness()]}
    numbers = [*scalars_of(O), *(t for b in _used(found) for t in _entries(b))]
    field = field_of(numbers)
    data = data_of(problem)
    return Certificate("parallel_path", data, field, claims, witness, version=2)


def _near(found: ParallelPath) -> Certificate:
    """Return the certificate of rational networks near those of a path."""
    O = found.optimum
    kappa = inner_point(O)
    networks, objectives = _rational(found)
    last = len(networks) - 1
    close = 0 if (objectives[0] - objectives[last]).sign() > 0 else last
    dual = objectives[close] - exactly(dual_value(O.problem.two_layer, kappa))
    claims, witness = feasible(O, kappa)
    road: Json = {
        "claim": "road",
        "width": networks[0].width,
        "breakpoints": [branches_json(net) for net in networks],
        "objectives": [enclosed(x) for x in objectives],
        "down": 0,
        "close": close,
        "up": last,
        "dual": text(dual_value(O.problem.two_layer, kappa)),
        "gap": enclosed(dual),
    }
    data = data_of(O.problem)
    return Certificate("parallel_road", data, "Q", [*claims, road], witness, version=2)


def _rational(found: ParallelPath) -> tuple[list[ParallelNetwork], list[RootSum]]:
    """Return rational networks near those of a path, and their objectives.

    The ends are a little longer, so that no network between is above them.
    """
    listed = [*_rounded(found.breakpoints)]
    inside = [net.objective(found.optimum.problem) for net in listed]
    for bits in _LONGER:
        long = 1 + Fraction(1, 1 << bits)
        ends = [_scaled(listed[i], long) for i in (0, -1)]
        highest = [net.objective(found.optimum.problem) for net in ends]
        if all(any((x - h).sign() <= 0 for h in highest) for x in inside):
            break
    else:
        raise Undecided(
            "a certificate of a path: rational networks near it are above its ends"
        )
    if len(listed) == 1:
        return ends[:1], highest[:1]
    return [ends[0], *listed[1:-1], ends[1]], [highest[0], *inside[1:-1], highest[1]]


def _rounded(breakpoints: Sequence[ParallelNetwork]) -> Iterator[ParallelNetwork]:
    """Yield rational networks: a branch that a slot keeps is scaled."""
    known: list[tuple[Branch, Branch] | None] = [None] * breakpoints[0].width
    for net in breakpoints:
        for j, b in enumerate(net.branches):
            if b is None:
                known[j] = None
                continue
            before = known[j]
            if before is None:
                known[j] = b, _mapped(b, rounded)
            else:
                own, there = (_entries_near(x) for x in (b, before[0]))
                i = max(range(len(own)), key=lambda i: abs(own[i]))
                known[j] = b, before[1].times(rounded(own[i] / there[i]))
        yield ParallelNetwork(tuple(x and x[1] for x in known))


def _scaled(net: ParallelNetwork, t: Fraction) -> ParallelNetwork:
    return ParallelNetwork(tuple(b and b.times(t) for b in net.branches))


def _mapped(b: Branch, of: Callable[[Fraction], Fraction]) -> Branch:
    """Return a branch of rational weights near its own."""
    inner = [
        x and Neuron(x.sign, tuple(of(enclosure(t)[0]) for t in x.u)) for x in b.neurons
    ]
    return Branch(b.sign, tuple(x if x and any(x.u) else None for x in inner))


def _entries_near(b: Branch) -> list[Fraction]:
    return [enclosure(t)[0] for t in _entries(b)]


def _used(found: ParallelPath) -> Iterator[Branch]:
    for net in found.breakpoints:
        yield from (b for b in net.branches if b is not None)


def _entries(b: Branch) -> Iterator[Scalar]:
    return (t for x in b.neurons if x is not None for t in x.u)


def _branch(of: LeafWitness, b: Branch) -> Json:
    """Return a branch by the places of its inner atoms and their masses."""
    slots: list[Json] = [None if x is None else _slot(of, x) for x in b.neurons]
    return {"sign": b.sign, "slots": slots}


def _slot(of: LeafWitness, x: Neuron) -> Json:
    place = next(
        i for i, a in enumerate(of.atoms) if a.sign == x.sign and same_ray(a.g, x.u)
    )
    i = ray(x.u)
    return [place, written(x.u[i] / of.atoms[place].g[i])]
