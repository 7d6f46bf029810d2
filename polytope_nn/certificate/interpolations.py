"""The producer for problems with a free part: what :mod:`free` checks (THEORY §8)."""

from polytope_nn.exact.rational import text
from polytope_nn.landscape.free_bias import has_widths, is_attained, loose_flats
from polytope_nn.landscape.free_bias_training import objective
from polytope_nn.landscape.interpolant import difference_point
from polytope_nn.landscape.interpolation import InterpolationProblem
from polytope_nn.landscape.minimum_norm import Interpolation
from polytope_nn.landscape.uniqueness import uniqueness

from . import free
from .certify import field_of, listed, multipliers_of, polytope_witness, shape_claims
from .check import Field, Limits, check
from .format import Certificate, Json, written
from .trees import pattern_tree

__all__ = ["free_certificate", "free_data"]


def free_certificate(solved: Interpolation) -> Certificate:
    """Return the certificate of an optimal set modulo what is free, accepted by the checker.

    Raises
    ------
    Undecided
        When there are too many vertices to be listed.

    Examples
    --------
    >>> from polytope_nn.landscape.families import square_of_lines
    >>> from polytope_nn.landscape.interpolation_proof import interpolation
    >>> C = free_certificate(interpolation(square_of_lines()))
    >>> C.claim("optimum")["objective"], C.claim("uniqueness")["verdict"]
    ('2', 'continuum')
    """
    problem = solved.problem
    trees: list[Json] = []
    multipliers: list[Json] = []
    counts: list[Json] = []
    for chart, bounds in zip(problem.charts, solved.bounds, strict=True):
        tree, order = pattern_tree(chart.arrangement)
        trees.append(tree)
        counts.append(len(order))
        multipliers.append(
            multipliers_of(chart.design, problem.beta_squared, solved.kappa, bounds, order)
        )
    data = free_data(problem)
    P = free.Problem(data, Field("Q", Limits()))
    features = [tuple(P.reduced(list(a.feature))[0]) for a in solved.atoms]
    fit = tuple(P.reduced(list(solved.labels))[0])
    shape, forests = _shape(solved)
    claims: list[Json] = [
        {"claim": "patterns", "counts": counts},
        {"claim": "dual", "kappa": list(map(written, solved.kappa))},
        {
            "claim": "optimum",
            "fit": list(map(written, solved.labels)),
            "objective": written(objective(solved)),
        },
        *listed(solved.atoms, solved.vertices),
        *shape,
        {
            "claim": "uniqueness",
            "verdict": uniqueness(solved).verdict,
            "attained": is_attained(solved),
        },
    ]
    witness: dict[str, Json] = {
        "patterns": trees,
        "dual": multipliers,
        **polytope_witness(solved.supports, features, fit),
        "components": forests,
        "differ": _difference(solved),
    }
    field = field_of([*solved.kappa, *(x for c in solved.vertices for x in c)])
    certificate = Certificate("free", data, field, claims, witness)
    check(certificate)
    return certificate


def free_data(problem: InterpolationProblem) -> dict[str, Json]:
    """Return the instance: the samples, weights of the loss (null: labels are fitted)."""
    losses = problem.inverse_weights
    return {
        "X": [list(map(text, row)) for row in problem.X],
        "y": list(map(text, problem.y)),
        "weights": [text(1 / t) for t in losses] if any(losses) else None,
        "beta_squared": text(problem.beta_squared),
        "bias": problem.bias,
        "skip": problem.skip,
    }


def _shape(solved: Interpolation) -> tuple[list[Json], list[Json]]:
    """Return the claims about rank and widths, and the forests they rest on."""
    if has_widths(solved):
        return shape_claims(solved.rank, solved.dim, solved.staircase)
    dimension: Json = {"claim": "dimension", "rank": solved.rank, "dim": solved.dim}
    empty: list[Json] = [
        {"claim": name, **dict.fromkeys(free.CLAIMS[name].split())} for name in free.SHAPE
    ]
    return [dimension, *empty], []


def _difference(solved: Interpolation) -> Json:
    """Return two vertices and a point where their functions differ; None where not asked."""
    if solved.lines or loose_flats(solved) or len(solved.vertices) == 1:
        return None
    first, *others = (solved.function(solved.point(c)) for c in solved.vertices)
    for j, other in enumerate(others, 1):
        x = difference_point(first, other)
        if x is not None:
            return {"vertices": [0, j], "x": list(map(text, x))}
    return None
