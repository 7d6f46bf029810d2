"""The certificate of a path of three-layer networks (kind ``parallel_path``)."""

from collections.abc import Iterator

from polytope_nn.certificate.exact import field_of
from polytope_nn.certificate.format import Certificate, Json, written
from polytope_nn.certificate.interpolations import accepted
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar
from polytope_nn.networks.neuron import Neuron, ray, same_ray
from polytope_nn.parallel.networks.network import Branch
from polytope_nn.parallel.networks.roads import ParallelPath

from .certify import direction, require_leaves, scalars_of, stated
from .instance import data_of
from .leaves import LeafWitness
from .level import shared_path_certificate

__all__ = ["parallel_path_certificate"]


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
        Of kind ``parallel_path``.

    Raises
    ------
    Undecided
        Where kappa is in intervals, or numbers are too long for the checker.

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
    require_leaves(O)
    if found.shared is not None:
        return shared_path_certificate(O, found.shared)
    if O.level != "exact":
        raise Undecided(
            "a certificate of a path where kappa is in intervals has networks of two-layer "
            "neurons that no outer ReLU clips: those of the path are others"
        )
    return accepted(lambda: _made(found))


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
