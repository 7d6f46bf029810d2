"""The producer for problems with a free part (THEORY §8)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from polytope_nn.checker.claims.system.equations import System
from polytope_nn.checker.claims.system.grouping import system_of
from polytope_nn.checker.kernel.intervals import Numbers
from polytope_nn.checker.lift import Lift
from polytope_nn.checker.rows import KEYS_1
from polytope_nn.dual.enclosures import Enclosures
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import dot
from polytope_nn.functions.attained import attained
from polytope_nn.functions.piecewise_linear import (
    Interpolant,
    difference_point,
    represented,
)
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.problems.problem import Problem

from .check import check
from .enclosures import (
    atoms_claim,
    faces_of,
    first_that_serves,
    instance_of,
    locate,
    numbers,
    primitive,
    rescaled,
    tight_multipliers,
    vertices_claim,
)
from .exact import (
    field_of,
    listed,
    multipliers_of,
    polytope_witness,
    shape_claims,
)
from .format import Certificate, Json, written
from .raised import raised
from .strict_walls import cover_of
from .trees import Pattern, pattern_tree

__all__ = [
    "BoxedProof",
    "accepted",
    "boxed_proof",
    "exact_certificate",
    "free_certificate",
    "free_data",
    "linear",
    "patterns_of",
    "proof_claims",
]

_SHAPE = ("widths", "components", "threshold", "theorems")
_LIMITS = (  # what the checker says of files that are too large for it
    *("too long", "too many digits", "too deep", "larger than the limit"),
    *("exceeds the limit", "grow beyond", "too long together", "too near 0"),
)


def free_certificate(solved: OptimalPolytope) -> Certificate:
    """Return the certificate of an optimal set modulo what is free, accepted by the checker.

    Raises
    ------
    Undecided
        When there are too many vertices to be listed, intervals do not decide them, or
        numbers are too long for the checker.

    Examples
    --------
    >>> from polytope_nn.problems.families import square_of_lines
    >>> from polytope_nn.landscape.optimal_set import interpolation
    >>> C = free_certificate(interpolation(square_of_lines()))
    >>> C.claim("optimum")["objective"], C.claim("uniqueness")["verdict"]
    ('2', 'continuum')
    """
    if solved.level == "interval":
        spoken = _uniqueness(solved)
        return first_that_serves(lambda bits: raised(_boxed(solved, bits, *spoken)))
    return accepted(lambda: raised(exact_certificate(solved)))


def accepted(make: Callable[[], Certificate]) -> Certificate:
    """Return the certificate, checked; Undecided where it is too large for the checker.

    Any other refusal is a defect, and stays one.
    """
    try:
        certificate = make()
        check(certificate)
    except ValueError as error:  # Refuted, or Python's own limit of digits
        if not any(words in str(error).lower() for words in _LIMITS):
            raise
        raise Undecided(
            f"the certificate is beyond the checker's limits: {error}: give X, y and beta "
            f"as shorter numbers"
        ) from None
    return certificate


def proof_claims(solved: OptimalPolytope) -> tuple[list[Json], dict[str, Json]]:
    """Return the claims of patterns, kappa, fit and cost, and what proves them."""
    problem = solved.problem
    if solved.optimum.dual_proof != "patterns":
        raise Undecided(
            f"certificates by {solved.optimum.dual_proof} list all vertices: raise the limit "
            f"on them"
        )
    trees, orders = patterns_of(problem)
    multipliers: list[Json] = [
        multipliers_of(chart.design, problem.beta_squared, solved.kappa, bounds, order)
        for chart, bounds, order in zip(
            problem.charts, solved.optimum.bounds, orders, strict=True
        )
    ]
    claims: list[Json] = [
        {"claim": "patterns", "counts": list(map(len, orders))},
        {"claim": "dual", "kappa": list(map(written, solved.kappa))},
        {
            "claim": "optimum",
            "fit": list(map(written, solved.b)),
            "objective": written(solved.optimum.value),
        },
    ]
    return claims, {"patterns": trees, "dual": multipliers}


def exact_certificate(solved: OptimalPolytope) -> Certificate:
    """Return the certificate over Q or a number field, not checked."""
    proof, witness = proof_claims(solved)
    verdict, differ = _uniqueness(solved)
    data = free_data(solved.problem)
    D = instance_of(data, free=True)
    features = [tuple(D.modulo(list(a.feature))) for a in solved.atoms]
    fit = tuple(D.modulo(list(solved.b)))
    shape, forests = _shape(solved)
    claims: list[Json] = [*proof, *listed(solved.atoms, solved.vertices), *shape, verdict]
    witness |= polytope_witness(solved.supports, features, fit)
    witness |= {"components": forests, "differ": differ}
    field = field_of([*solved.kappa, *(x for c in solved.vertices for x in c)])
    return Certificate("free", data, field, claims, witness)


def _boxed(solved: OptimalPolytope, bits: int, verdict: Json, differ: Json) -> Certificate:
    """Return the certificate in intervals of that many bits, not checked."""
    found = boxed_proof(solved, bits)
    shape, forests = _shape(solved)
    vertices = vertices_claim(found.system, found.x, solved.supports)
    cover = cover_of(found.system, found.x, solved.supports)
    return Certificate(
        "free",
        free_data(solved.problem),
        {"bits": bits},
        [*found.claims, vertices, *shape, verdict],
        {**found.witness, "cover": cover, "components": forests, "differ": differ},
    )


@dataclass(frozen=True)
class BoxedProof:
    """The system of an optimum in intervals and its solution, what they claim and show."""

    system: System
    x: Numbers
    claims: list[Json]
    witness: dict[str, Json]


def boxed_proof(solved: OptimalPolytope, bits: int) -> BoxedProof:
    """Return the claims of patterns, kappa, fit and atoms in intervals, and their proof."""
    proof, problem = solved.optimum.enclosures, solved.problem
    if proof is None:  # symmetries or relations of kappa prove it
        raise Undecided(
            "directions that are tied by symmetry, in intervals, have no certificate beside a "
            "free part: give kappa in a number field"
        )
    D = instance_of(free_data(problem), free=True)
    # a pin at r adds kappa_j to equation j and r to its right-hand side
    pins = {j: proof.system.y[j] - problem.y[j] for j in proof.pins}
    chosen = linear(proof, problem)
    placed: dict[str, Json] = {
        "faces": faces_of(solved.atoms, [unit.keys for unit in proof.units]),
        "free": primitive(chosen),
        "pins": [[*sorted(pins)], [text(pins[j]) for j in sorted(pins)]],
    }
    atoms = atoms_claim(solved.atoms)
    system = system_of(D, atoms, placed, partial(System, bits=bits, hints=Lift(D.clock)))
    flats = len(proof.centre) - len(proof.linear) + len(chosen)
    centre = [*rescaled(proof.centre[:flats], chosen), *proof.centre[flats:]]
    x, located = locate(system, centre)
    trees, orders = patterns_of(problem)
    multipliers: list[Json] = [
        tight_multipliers(chart.arrangement, bounds, solved.atoms, order)
        for chart, bounds, order in zip(
            problem.charts, solved.optimum.bounds, orders, strict=True
        )
    ]
    counts: Json = {"claim": "patterns", "counts": list(map(len, orders))}
    claims: list[Json] = [counts, *numbers(system, x), atoms]
    witness: dict[str, Json] = {
        **placed,
        **located,
        "patterns": trees,
        "dual": multipliers,
    }
    return BoxedProof(system, x, claims, witness)


def linear(proof: Enclosures, problem: Problem) -> list[Vector]:
    """Return the u whose X u are the columns that opposite atoms add to Z."""
    rows = [
        (u, tuple(dot(x, u) for x in problem.charts[unit.face.chart].design))
        for unit in proof.units
        if unit.opposite
        for u in (unit.factor[i] for i in independent_rows(unit.factor))
    ]
    fixed = proof.system.free[: len(proof.system.free) - len(proof.linear)]
    independent = independent_rows([*fixed, *(column for _, column in rows)])
    return [rows[j - len(fixed)][0] for j in independent if j >= len(fixed)]


def patterns_of(
    problem: Problem,
) -> tuple[list[Json], list[tuple[Pattern, ...]]]:
    """Return per chart the tree of its topes, and these in the order of the tree."""
    pairs = [pattern_tree(chart.arrangement) for chart in problem.charts]
    return [tree for tree, _ in pairs], [order for _, order in pairs]


def _uniqueness(solved: OptimalPolytope) -> tuple[Json, Json]:
    """Return the claim of uniqueness, and its witness where the checker asks for one.

    That is two points of the optimal set, and an x where their functions differ.
    """
    answer, A = uniqueness(solved), attained(solved)
    claim: Json = {
        "claim": "uniqueness",
        "verdict": answer.verdict,
        "attained": A.reached,
    }
    if answer.unique_function or A.lines or A.loose:
        return claim, None
    first, *others = (
        represented(solved, solved.point(c)) for c in A.points or solved.vertices
    )
    points = ((j, _told_apart(first, other)) for j, other in enumerate(others, 1))
    j, x = next((j, x) for j, x in points if x is not None)
    return claim, {"points": [0, j], "x": [*map(text, x)]}


def _told_apart(f: Interpolant, h: Interpolant) -> Vector | None:
    """Return a point where two functions differ; None where none is found."""
    try:
        return difference_point(f, h)
    except Undecided:  # in balls the same functions are not told from different ones
        return None


def free_data(problem: Problem) -> dict[str, Json]:
    """Return the instance: the samples, weights of the loss (null: labels are fitted)."""
    losses = problem.inverse_weights
    return {
        "X": [list(map(text, row)) for row in problem.X],
        "y": list(map(text, problem.y)),
        "weights": [text(1 / t) for t in losses] if problem.has_loss else None,
        "beta_squared": text(problem.beta_squared),
        "bias": problem.bias,
        "skip": problem.skip,
    }


def _shape(solved: OptimalPolytope) -> tuple[list[Json], list[Json]]:
    """Return the claims about rank and widths, and the forests they rest on."""
    if not solved.no_widths:
        return shape_claims(solved.rank, solved.dim, solved.staircase)
    dimension: Json = {"claim": "dimension", "rank": solved.rank, "dim": solved.dim}
    empty: list[Json] = [
        {"claim": name, **dict.fromkeys(KEYS_1[name].split())} for name in _SHAPE
    ]
    return [dimension, *empty], []
