"""What exact values claim, and the witnesses they bring: optimum, polytope, staircase."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm

from polytope_nn.dual.atoms import Atom, Bound
from polytope_nn.dual.optimum import Optimum
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.linear import independent_rows, rref, transpose
from polytope_nn.exact.rational import Matrix, text, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.problems.training import TrainingProblem

from .format import Certificate, Json, numerators, written
from .trees import Pattern, cover_tree, pattern_tree

__all__ = [
    "data_of",
    "field_of",
    "forest_of",
    "in_one_field",
    "listed",
    "multipliers_of",
    "polytope_witness",
    "proof_of_optimum",
    "rank_witness",
    "shape_claims",
    "shape_forests",
    "shape_of",
    "staircase_certificate",
    "stated",
    "verdicts",
    "vertex_json",
]


def staircase_certificate(P: OptimalPolytope, S: Staircase) -> Certificate:
    """Return the certificate of kind ``staircase``, not checked."""
    O = P.optimum
    proof, count = proof_of_optimum(O)
    shape, forests = shape_claims(P.rank, P.dim, S)
    claims: list[Json] = [*stated(O, count), *listed(P.atoms, P.vertices), *shape]
    features = [a.feature for a in P.atoms]
    witness: dict[str, Json] = {
        **proof,
        **polytope_witness(P.supports, features, P.b),
        "components": forests,
    }
    return Certificate("staircase", data_of(O.training), field_of(O.kappa), claims, witness)


def listed(atoms: Sequence[Atom], vertices: Sequence[Scalars]) -> list[Json]:
    """Return the claims that list atoms and vertices."""
    directions: list[Json] = [{"sign": a.sign, "g": list(map(written, a.g))} for a in atoms]
    return [
        {"claim": "atoms", "list": directions},
        {"claim": "vertices", "list": list(map(vertex_json, vertices))},
    ]


def polytope_witness(
    supports: Sequence[int], features: Sequence[Scalars], fit: Scalars
) -> dict[str, Json]:
    """Return the witness that ``{c >= 0 : F c = fit}`` has these vertices and this rank."""
    cover, rank = (
        cover_tree(supports, features, fit),
        rank_witness(supports, features, len(fit)),
    )
    return {"cover": cover, "rank": rank}


def shape_claims(rank: int, dim: int, S: Staircase) -> tuple[list[Json], list[Json]]:
    """Return the claims that follow from the supports in format 1, and their forests."""
    own = {claim["claim"]: claim for claim in _shape(S, rank)}
    own["threshold"]["bound"] = own["threshold"].pop("bound_rank")  # of all features
    for name in ("components", "theorems"):
        del own[name]["modulo"]
    dimension: Json = {"claim": "dimension", "rank": rank, "dim": dim}
    return [dimension, *own.values()], shape_forests(S)


def shape_forests(S: Staircase) -> list[Json]:
    """Return the forests that the claims about widths rest on."""
    return [forest_of(S, m) for m in range(S.m_star, S.threshold + 2)]


def shape_of(
    S: Staircase, rank: int, *, one_fit: bool = True, lifted: bool = False
) -> list[Json]:
    """Return the claims that follow from the supports in format 2, or from lifted ones."""
    return [*_shape(S, rank, one_fit=one_fit, lifted=lifted)]


def _shape(
    S: Staircase, rank: int, *, one_fit: bool = True, lifted: bool = False
) -> list[dict[str, Json]]:
    steps: list[Json] = []
    for step in (S[m] for m in range(S.m_star, S.threshold + 2)):
        counts: dict[str, Json] = {
            "m": step.width,
            "components": step.components,
            "isolated": step.isolated,
            "polytope_components": step.polytope_components,
        }
        steps.append(counts | {"rigid": step.rigid} if lifted else counts)
    sizes = S.minimal_supports if lifted else S.spectrum
    modulo: list[Json] = list(S.modulo)
    return [
        {
            "claim": "widths",
            "m_star": S.m_star,
            "M_star": S.M_star,
            "spectrum": {str(size): number for size, number in sizes.items()},
        },
        {"claim": "components", "widths": steps, "modulo": modulo},
        {
            "claim": "threshold",
            "threshold": S.threshold,
            "bound": S.bound,
            "bound_rank": min(S.m_star + S.M_star, rank + 1),
            "bound_talk": S.bound_talk,
        },
        {
            "claim": "theorems",
            "verdicts": dict(verdicts(S, one_fit=one_fit)),
            "modulo": modulo,
        },
    ]


def stated(O: Optimum, count: int) -> list[Json]:
    """Return the claims that kinds about an optimum share: patterns, dual, optimum."""
    return [
        {"claim": "patterns", "count": count},
        {"claim": "dual", "kappa": list(map(written, O.kappa))},
        {
            "claim": "optimum",
            "fit": list(map(written, O.fit)),
            "objective": written(O.value),
        },
    ]


def data_of(problem: TrainingProblem) -> dict[str, Json]:
    """Return the instance: the design (a penalised bias is its last column), y, beta^2."""
    return {
        "X": [list(map(text, row)) for row in problem.design],
        "y": list(map(text, problem.y)),
        "weights": list(map(text, problem.weights)),
        "beta_squared": text(problem.beta_squared),
    }


def field_of(scalars: Sequence[Scalar]) -> Json:
    """Return the field the scalars live in: ``"Q"``, or the polynomial and its root."""
    for x in scalars:
        if isinstance(x, Algebraic) and not x.is_rational:
            low, high = x.field.root
            return {"poly": list(x.field.poly), "root": [text(low), text(high)]}
    return "Q"


def in_one_field(scalars: Sequence[Scalar]) -> bool:
    """Return whether scalars are fractions, or numbers of one field."""
    fields = {x.field for x in scalars if isinstance(x, Algebraic)}
    exact = all(isinstance(x, Fraction | Algebraic) for x in scalars)
    return exact and len(fields) < 2


def proof_of_optimum(O: Optimum) -> tuple[dict[str, Json], int]:
    """Return the witnesses of patterns and dual feasibility, and the number of patterns.

    A multiplier is dropped where the bound is strict without it.
    """
    tree, order = pattern_tree(O.arrangement)
    multipliers = multipliers_of(
        O.problem.design, O.problem.beta_squared, O.kappa, O.bounds[0], order
    )
    return {"patterns": tree, "dual": multipliers}, len(order)


def multipliers_of(
    X: Matrix,
    beta_squared: Fraction,
    kappa: Scalars,
    bounds: Sequence[Bound],
    order: Sequence[Pattern],
) -> list[Json]:
    """Return the multipliers of dual feasibility, by pattern and sign."""
    known = {(b.pattern, b.sign): b for b in bounds}
    weighed, den_of_all = _weighed(X, kappa)
    square = beta_squared * den_of_all**2
    multipliers: list[Json] = []
    for pattern in order:
        active = [row for row, t in zip(weighed, pattern, strict=True) if t == 1]
        p = [sum(column) for column in zip(*active, strict=True)]
        short = bool(sum(t * t for t in p) < square)  # the same of either sign
        for s in (1, -1):
            bound = known[pattern, s]
            needed = [] if short else [k for k, t in enumerate(bound.multiplier) if sign(t)]
            if not needed:
                multipliers.append([])
                continue
            num, den = numerators([bound.multiplier[k] for k in needed])
            multipliers.append([list(needed), num, den])
    return multipliers


def _weighed(X: Matrix, kappa: Scalars) -> tuple[list[Sequence[Scalar | int]], int]:
    """Return the rows ``kappa_k x_k``; of fractions as integers over one denominator."""
    rows = [[t * x for x in row] for t, row in zip(kappa, X, strict=True)]
    every = [x for row in rows for x in row]
    rational = [x for x in every if isinstance(x, Fraction)]
    if len(rational) < len(every):
        return [*rows], 1
    den = lcm(*(x.denominator for x in rational))
    d, whole = len(X[0]), [x.numerator * (den // x.denominator) for x in rational]
    return [whole[i : i + d] for i in range(0, len(whole), d)], den


def vertex_json(c: Scalars, write: Callable[[Scalar], Json] = written) -> Json:
    """Return a point by its support and the weights on it."""
    at = [a for a, x in enumerate(c) if x != 0]
    return {"support": list(at), "weights": [write(c[a]) for a in at]}


def rank_witness(
    supports: Sequence[int], features: Sequence[Scalars], n: int
) -> dict[str, Json]:
    """Return a basis of the features, those in use first, and its dual vectors."""
    used = 0
    for bits in supports:
        used |= bits
    atoms = [a for a in range(len(features)) if used >> a & 1]
    order = [*atoms, *(a for a in range(len(features)) if not used >> a & 1)]
    ordered = [features[a] for a in order]
    chosen = independent_rows(ordered)
    basis = [ordered[i] for i in chosen]
    rows = independent_rows(transpose(basis)) if basis else ()
    size = len(basis)  # regular on its independent rows: its inverse is beside the identity
    square = [[*(F[k] for k in rows), *unit_vector(i, size)] for i, F in enumerate(basis)]
    dual: list[Json] = []
    for w in transpose([row[size:] for row in rref(square)[0]]):
        full: list[Scalar] = [Fraction(0)] * n
        for k, t in zip(rows, w, strict=True):
            full[k] = t
        num, den = numerators(full)
        dual.append([num, den])
    first = sum(1 for i in chosen if i < len(atoms))
    return {"basis": [order[i] for i in chosen], "used": first, "dual": dual}


def forest_of(S: Staircase, m: int) -> dict[str, Json]:
    """Return parent and rank of each vertex of P_m: trees of joins, rooted at least vertices."""
    inside = [i for i, size in enumerate(S.sizes) if size <= m]
    joins: dict[int, list[int]] = {i: [] for i in inside}
    for level, i, j in S.merges:
        if level <= m:
            joins[i].append(j)
            joins[j].append(i)
    parent: dict[int, int] = {}
    rank: dict[int, int] = {}
    for start in inside:
        if start in parent:
            continue
        parent[start], rank[start] = start, 1
        waiting = [start]
        for i in waiting:
            for j in sorted(joins[i]):
                if j not in parent:
                    parent[j], rank[j] = i, rank[i] + 1
                    waiting.append(j)
    return {"parent": [parent[i] for i in inside], "rank": [rank[i] for i in inside]}


def verdicts(S: Staircase | None, *, one_fit: bool = True) -> dict[str, bool | None]:
    """Return whether T7.1-T7.5 hold on this staircase.

    None is said of what is not claimed: where the zero network is optimal or no widths are
    counted of all, where the fit is not unique of T7.1 and T7.3 (general §6).
    """
    names = [f"T7.{i}" for i in range(1, 6)]
    if S is None or S.reason or S.has_zero:
        return dict.fromkeys(names)
    first, top = S[S.m_star], S[S.M_star]
    beyond = [S[m] for m in range(S.M_star + 1, S.threshold + 2)]
    later = [S[m] for m in range(S.m_star + 1, S.threshold + 2)]
    held = (
        first.components == first.isolated,
        all(step.components > step.isolated for step in later),
        top.isolated > 0,
        all(
            step.isolated == 0 and step.components == step.polytope_components
            for step in beyond
        ),
        S.threshold <= S.bound,
    )
    said: dict[str, bool | None] = dict(zip(names, held, strict=True))
    return said if one_fit else said | {"T7.1": None, "T7.3": None}
