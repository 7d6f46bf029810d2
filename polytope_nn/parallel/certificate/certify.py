"""The certificate of a three-layer optimum (kind ``parallel``; proofs/three_layer.md)."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.certificate.exact import field_of, multipliers_of
from polytope_nn.certificate.format import Certificate, Json, written
from polytope_nn.certificate.interpolations import accepted
from polytope_nn.certificate.roads import network_claim
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.dual.atoms import Atom, Bound
from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import Scalar, sign
from polytope_nn.networks.network import Network
from polytope_nn.parallel.counts.widths import TwoWidths
from polytope_nn.parallel.depth import TwoLayerBound, two_layer_bound
from polytope_nn.parallel.optimum import ParallelOptimum
from polytope_nn.parallel.path_costs.tree import PathLeaf
from polytope_nn.parallel.pieces import Piece, pieces

from .bounds import bound_claim, inner_point, leaves_of
from .cells import Table, branch_json
from .choices import Choice, choices, homes
from .instance import data_of
from .leaves import LeafWitness
from .level import level_certificate
from .most import most_claim
from .parts import PathTable
from .tuples import TupleWitness

__all__ = [
    "bounds_certificate",
    "direction",
    "feasible",
    "parallel_certificate",
    "scalars_of",
    "stated",
]


def parallel_certificate(S: TwoWidths, height: int, width: int) -> Certificate:
    """Return the certificate of an optimum, its table of that size, accepted by the checker.

    Where kappa is in intervals it is of kind ``parallel_enclosed``, that depth does not help, or of
    kind ``parallel_gap``: a dual point, a network, their distance, and depth where it helps. So it
    is where unequal mixtures of path costs are longer, at every level.

    Raises
    ------
    Undecided
        When numbers are too long for the checker.

    >>> from polytope_nn.parallel.counts.widths import two_widths
    >>> from polytope_nn.parallel.finding import parallel_optimum
    >>> from polytope_nn.parallel.problem import ParallelProblem
    >>> D = ParallelProblem([[-1, 1], [0, 1], [1, 1]], [-1, 4, -1], beta=1)
    >>> C = parallel_certificate(two_widths(parallel_optimum(D)), 2, 3)
    >>> C.kind, C.claim("optimum")["objective"], C.claim("table")["m_star"]
    ('parallel', '17/2', [3, 2, 1])
    """
    O = S.optimum
    if O.by_groups:
        return accepted(lambda: bounds_certificate(O))
    if O.level != "exact":
        try:
            return level_certificate(O)
        except Undecided:  # where depth helps, or ties are not decided
            return accepted(lambda: bounds_certificate(O))
    return accepted(lambda: _made(S, height, width))


def _made(S: TwoWidths, height: int, width: int) -> Certificate:
    O, problem = S.optimum, S.optimum.problem
    tree, order = pattern_tree(problem.arrangement)
    square = problem.unit_beta_squared
    of = LeafWitness(O.blocks, O.kappa, square, problem.inner_width, O.leaves, order)
    every = [c for leaf in of.listed for c in choices(leaf, of.atoms, O.kappa)]
    of_paths = problem.regulariser == "path"
    named = homes(every, pieces(O.leaves, O.kappa) if of_paths else O.pieces)
    own = tuple(c for c, _ in named)
    table = PathTable(S, named, height, width) if of_paths else Table(S, own, height, width)
    least, columns = table.claimed()
    size: dict[str, Json] = {"branches": height, "inner": width}
    shown, dual = _depth(O)
    claims: list[Json] = [
        {"claim": "patterns", "counts": [len(order)]},
        *stated(O),
        {"claim": "atoms", "list": [direction(a) for a in of.atoms]},
        {"claim": "attained", "branches": _attained(O, of)},
        {"claim": "pieces", "list": [c.claim for c in own]},
        {"claim": "table", **size, "m_star": list[Json](least), "columns": columns},
        {"claim": "depth", **shown},
        most_claim(table, of.places),
    ]
    witness: dict[str, Json] = {
        "patterns": [tree],
        "dual": [of.witness()],
        "pieces": [_placed(c, named) for c in every],
        "table": table.witness(),
        "depth": dual,
    }
    field = field_of(scalars_of(O))
    return Certificate("parallel", data_of(problem), field, claims, witness, version=2)


def bounds_certificate(O: ParallelOptimum) -> Certificate:
    """Return the certificate of an optimum between two bounds, not checked."""
    problem, kappa = O.problem, inner_point(O)
    gap, primal = bound_claim(O, kappa)
    shown: dict[str, Json] = dict.fromkeys(("helps", "network", "kappa", "value"))
    dual: Json = None
    if O.depth_helps and problem.regulariser == "power3":
        bound = two_layer_bound(O)
        assert bound is not None  # depth helps
        if (exactly(bound.value) - primal).sign() > 0:
            shown, dual = _dual_point(O, bound)
    claims, witness = feasible(O, kappa)
    claims += [gap, {"claim": "depth", **shown}]
    witness["depth"] = dual
    data = data_of(problem)
    return Certificate("parallel_gap", data, "Q", claims, witness, version=2)


def feasible(O: ParallelOptimum, kappa: Vector) -> tuple[list[Json], dict[str, Json]]:
    """Return the claims that a rational kappa inside is feasible, and what proves them."""
    problem, leaves = O.problem, leaves_of(O)
    tree, order = pattern_tree(problem.arrangement)
    square = problem.unit_beta_squared
    of: LeafWitness | TupleWitness
    of = LeafWitness(O.blocks, kappa, square, problem.inner_width, leaves, order)
    if O.by_groups:
        listed = [leaf for leaf in leaves if isinstance(leaf, PathLeaf)]
        of = TupleWitness(O.blocks, kappa, square, problem.inner_width or 1, listed, order)
    claims: list[Json] = [
        {"claim": "patterns", "counts": [len(order)]},
        {"claim": "dual", "kappa": list(map(written, kappa))},
    ]
    return claims, {"patterns": [tree], "dual": [of.witness()]}


def stated(O: ParallelOptimum) -> list[Json]:
    """Return the claims about kappa, fit and value."""
    optimum: dict[str, Json] = {
        "claim": "optimum",
        "pieces": ["smooth"] * O.problem.n,
        "fit": list(map(written, O.fit)),
        "objective": written(O.value),
    }
    return [{"claim": "dual", "kappa": list(map(written, O.kappa))}, optimum]


def direction(a: Atom) -> Json:
    """Return an inner atom."""
    return {"sign": a.sign, "g": list(map(written, a.g))}


def _placed(c: Choice, named: Sequence[tuple[Choice, Piece]]) -> Json:
    """Return the polytope of a choice, and the piece that it is or lies in."""
    own = next((j for j, (home, _) in enumerate(named) if home is c), None)
    inside = (j for j, (_, p) in enumerate(named) if all(map(p.contains, c.branches)))
    place = own if own is not None or not c.branches else next(inside)
    return {"polytope": c.polytope.witness(), "own": own is not None, "piece": place}


def scalars_of(O: ParallelOptimum) -> list[Scalar]:
    """Return the numbers of which some may be outside Q."""
    thetas = [t for leaf in O.leaves for t in leaf.theta.values()]
    return [*O.kappa, *thetas, *(c for _, own in O.branches for _, c in own)]


def _attained(O: ParallelOptimum, of: LeafWitness) -> list[Json]:
    """Return the branches of the proof by the places of their atoms."""
    found: list[Json] = []
    for sigma, own in O.branches:
        masses = sorted((of.places[name], c) for name, c in own)
        found.append(branch_json((sigma, tuple(masses))))
    return found


def _depth(O: ParallelOptimum) -> tuple[dict[str, Json], Json]:
    """Return the claim about depth, and the multipliers of its dual point."""
    if O.problem.regulariser == "path" and O.two_layer is None:
        return {"helps": O.depth_helps, "network": None, "kappa": None, "value": None}, None
    if O.two_layer is not None:
        neurons = [
            (a.sign, [t * c for t in a.g])
            for a, c in zip(O.two_layer.atoms, O.two_layer.weights, strict=True)
            if sign(c)
        ]
        network = network_claim(Network.of(*neurons))
        return {"helps": False, "network": network, "kappa": None, "value": None}, None
    bound = two_layer_bound(O)
    assert bound is not None  # power-3 decay, and depth helps
    return _dual_point(O, bound)


def _dual_point(O: ParallelOptimum, bound: TwoLayerBound) -> tuple[dict[str, Json], Json]:
    """Return the claim that a dual point of two layers shows, and its multipliers."""
    H = O.problem.arrangement
    _, order = pattern_tree(H)
    bounds = []
    for t, pattern in enumerate(H.patterns):
        for s in (1, -1):
            _, weights = O.blocks.projection(bound.kappa, (s, t))
            full = dict(zip(H.facets(pattern), weights, strict=True))
            mu = tuple(full.get(k, Fraction(0)) for k in range(O.problem.n))
            bounds.append(Bound(pattern, s, mu, tight=False))
    square = O.problem.two_layer.beta_squared
    listed = multipliers_of(O.problem.design, square, bound.kappa, bounds, order)
    claim: dict[str, Json] = {
        "helps": True,
        "network": None,
        "kappa": [text(t) for t in bound.kappa],
        "value": text(bound.value),
    }
    return claim, listed
