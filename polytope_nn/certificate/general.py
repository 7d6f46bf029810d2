"""The producer for losses of which many fits may belong to one kappa (general G2-G5)."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from polytope_nn.certificate.cones.trees import kind_of
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.problem.graphs import LARGEST, short
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.double_description import slice_generators
from polytope_nn.landscape.merge_tree import Staircase, merge_tree
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of, support
from polytope_nn.problems.losses import ExactFit, Interval, Loss, SeparableLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.units.lasso import GroupLasso
from polytope_nn.wording import shown

from .exact import (
    field_of,
    forest_of,
    rank_witness,
    shape_of,
    vertex_json,
)
from .format import Certificate, Json, written
from .interpolations import accepted
from .trees import cover_tree
from .units.neurons import Told, told
from .units.norms import normed
from .units.planted import cover_of_logarithms, primes_of, writer

__all__ = [
    "data_of",
    "forests_of",
    "general_certificate",
    "intervals",
    "lifted_columns",
    "normed_certificate",
    "of_solutions",
    "spoken_loss",
]

_ZERO, _ONE = Fraction(0), Fraction(1)


def general_certificate(P: OptimalPolytope) -> Certificate:
    """Return the certificate of the general staircase, accepted by the checker.

    Raises
    ------
    Undecided
        When the numbers are balls or logarithms, or too long for the checker.
    """
    known = [*P.kappa, *(t for ends in P.optimum.interval for t in ends if t is not None)]
    primes = primes_of(P)
    if any(isinstance(t, Ball if primes else Ball | Logarithms) for t in known):
        raise Undecided("certificates of other losses and neurons have exact numbers")
    if P.missing:
        raise Undecided(P.missing)
    return accepted(lambda: _made(P, primes))


def _made(P: OptimalPolytope, primes: Sequence[int]) -> Certificate:
    O, problem = P.optimum, P.problem
    spoken = told(O)
    data = data_of(problem, spoken.unit)
    D = Instance(data, Field("Q", Clock(Limits())))
    features = [tuple(D.modulo(list(a.feature))) for a in spoken.atoms]
    columns, right = lifted_columns(D, features, O.interval)
    table = transpose(columns) if columns else ((),) * len(right)
    points = _spoken(P, spoken) if primes else slice_generators(table, right)[0]
    write = writer(primes) if primes else written
    lifted = [support(x) for x in points]
    N = len(P.atoms)
    shadows = [bits & (1 << N) - 1 for bits in lifted]
    used = [
        columns[j] for j in range(len(columns)) if any(bits >> j & 1 for bits in lifted)
    ]
    dim = len(used) - (rank(used) if used else 0)
    cover = (cover_of_logarithms if primes else cover_tree)(lifted, columns, right)
    claims, witness = spoken.feasible(O.dual_proof)
    claims += [
        {"claim": "dual", "kappa": list(map(written, P.kappa))},
        intervals(O, write),
        {"claim": "atoms", "list": spoken.spoken},
        {"claim": "lifted", "list": [vertex_json(c, write) for c in points], "dim": dim},
        {"claim": "dimension", "rank": P.rank, "used_rank": P.used_rank, "dim": dim},
        *shape_of(P.staircase, P.rank, one_fit=O.is_pinned, lifted=True),
    ]
    witness |= {
        "cover": cover,
        "lifted": rank_witness(lifted, columns, len(right)),
        "rank": rank_witness(shadows, features, problem.n),
        "components": forests_of(P.staircase, shadows),
    }
    field = field_of([*P.kappa, *(x for point in points for x in point)])
    if primes:
        field = {"primes": [*primes]}
    if isinstance(problem, GroupLasso):
        return Certificate("lasso", data, field, of_solutions(claims), witness, version=2)
    return Certificate(kind_of("general", P), data, field, claims, witness, version=2)


def _spoken(P: OptimalPolytope, spoken: Told) -> list[Scalars]:
    """Return the vertices in the order of the atoms as they are claimed, by support."""
    # repeated gates have equal atoms
    place = {id(a): i for i, a in enumerate(P.optimum.atoms)}
    order = [place[id(a)] for a in spoken.atoms]
    moved = [tuple(v[i] for i in order) for v in P.vertices]
    return sorted(moved, key=lambda v: bits_of(support(v)))


def of_solutions(claims: Sequence[Json]) -> list[Json]:
    """Return the claims that are about solutions: of networks there are none."""
    kept: list[Json] = []
    for claim in claims:
        assert isinstance(claim, dict)  # each has its name
        if claim["claim"] == "components":
            steps = claim["widths"]
            assert isinstance(steps, list)
            keys = ("m", "polytope_components")
            claim["widths"] = [
                {key: step[key] for key in keys} for step in steps if isinstance(step, dict)
            ]
        if claim["claim"] not in {"threshold", "theorems"}:
            kept.append(claim)
    return kept


def normed_certificate(O: Optimum) -> Certificate:
    """Return the certificate under polyhedral norms, of kind ``normed``, accepted.

    It proves the optimum, one optimal network, and a width from which on all are joined.

    Raises
    ------
    Undecided
        When the numbers are balls, or too long for the checker.
    """
    if O.level != "exact":
        raise Undecided("certificates of cells have exact numbers")
    if not O.is_pinned:
        raise Undecided("certificates of cells have one fit that belongs to kappa")
    return accepted(lambda: _normed(O))


def _normed(O: Optimum) -> Certificate:
    data = data_of(O.problem, normed.unit_of(O))
    D = Instance(data, Field("Q", Clock(Limits())))
    patterns, dual, count = normed.bounds_of(O)
    modulo: list[Json] = list(D.unfixed)
    claims: list[Json] = [
        {"claim": "patterns", "counts": [count]},
        {"claim": "dual", "kappa": list(map(written, O.kappa))},
        intervals(O),
        {"claim": "solution", "list": normed.parts_of(O)},
        {
            "claim": "joined",
            "connected_from": D.n - len(D.independent) + 1,
            "modulo": modulo,
        },
    ]
    witness: dict[str, Json] = {"patterns": patterns, "dual": dual}
    field = field_of([*O.kappa, *O.weights, normed.price(O)])
    return Certificate("normed", data, field, claims, witness, version=2)


def intervals(O: Optimum, write: Callable[[Scalar], Json] = written) -> Json:
    """Return the claim of the fits that belong to kappa, and the dual value."""
    fits: list[Json] = [
        [None if t is None else write(t) for t in row] for row in O.interval
    ]
    return {"claim": "intervals", "fits": fits, "objective": write(O.value)}


def data_of(problem: Problem, unit: dict[str, Json]) -> dict[str, Json]:
    """Return the instance in the words of format 2."""
    return {
        "X": [list(map(text, row)) for row in problem.X],
        "y": list(map(text, problem.y)),
        "beta_squared": text(problem.beta_squared),
        "loss": spoken_loss(problem.loss),
        "unit": unit,
        "free": [list(map(text, z)) for z in problem.columns]
        if isinstance(problem, GroupLasso)
        else problem.skip,
    }


def spoken_loss(loss: Loss, outputs: int = 1) -> dict[str, Json]:
    """Return a loss by its kind and what that is told by; of a row's outputs, once."""
    if isinstance(loss, ExactFit):
        return {"kind": "interpolation"}
    kind = loss.kind if isinstance(loss, SeparableLoss) else "squared"
    if isinstance(loss, SeparableLoss) and kind == "power":
        p = next((p for p in loss.values if not short(p)), None)
        if p is not None:
            raise Undecided(
                f"a certificate of a power: p = {shown(p)} has a number above {LARGEST}: the "
                f"answer is proved, and stands without a certificate: leave it out"
            )
    told: dict[str, Json] = {
        "kind": kind,
        "weights": list(map(text, loss.weights[::outputs])),
    }
    if isinstance(loss, SeparableLoss) and loss.parameter:
        told[loss.parameter] = list(map(text, loss.values[::outputs]))
    return told


def lifted_columns(
    D: Instance, features: Sequence[Scalars], box: Sequence[Interval]
) -> tuple[list[Scalars], Scalars]:
    """Return the columns of atoms and slacks, and the ends of the fits, modulo Z."""
    n = len(box)
    start: list[Scalar] = []
    slacks: list[tuple[int, int, int]] = []
    lengths: list[Scalar] = []
    for k, (low, high) in enumerate(box):
        end = high if low is None else low
        assert end is not None  # every interval of a loss has an end
        start.append(end)
        if low is None or high is None:
            slacks.append((k, 1 if high is None else -1, -1))
        elif low != high:
            slacks.append((k, 1, len(lengths)))
            lengths.append(high - low)
    nothing = (_ZERO,) * len(lengths)
    columns = [(*F, *nothing) for F in features]
    for k, side, place in slacks:
        unit = D.modulo([Fraction(-side * (i == k)) for i in range(n)])
        columns.append((*unit, *(_ONE * (i == place) for i in range(len(lengths)))))
    for place in range(len(lengths)):
        beside = (_ONE * (i == place) for i in range(len(lengths)))
        columns.append((*(_ZERO for _ in range(n)), *beside))
    return columns, (*D.modulo(start), *lengths)


def forests_of(S: Staircase, shadows: Sequence[int]) -> list[Json]:
    """Return the forests of the distinct shadows, width by width."""
    supports = sorted(set(shadows))
    if not supports[0]:
        return []
    sizes = tuple(bits.bit_count() for bits in supports)
    of = Staircase(sizes, merge_tree(supports), S.rank, S.used_rank, S.n, vanishes=False)
    return [forest_of(of, m) for m in range(S.m_star, S.threshold + 2)]
