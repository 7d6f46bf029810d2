"""The certificate where vertices are too many: the optimum, some points, connected_from."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from polytope_nn.certificate.cones.trees import kind_of
from polytope_nn.certificate.enclosures import (
    first_that_serves,
    instance_of,
)
from polytope_nn.certificate.exact import field_of, listed, rank_witness, vertex_json
from polytope_nn.certificate.format import Certificate, Json, numerators, written
from polytope_nn.certificate.general import data_of, intervals, lifted_columns
from polytope_nn.certificate.interpolations import (
    accepted,
    boxed_proof,
    free_data,
    proof_claims,
)
from polytope_nn.certificate.raised import raised
from polytope_nn.certificate.units.neurons import told
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.polytope import bounds
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.errors import TooMany
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import independent_rows, rank, rref, transpose
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.landscape.fits import counted_modulo
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of, support
from polytope_nn.landscape.unlisted.slices import Slice
from polytope_nn.landscape.unlisted.some import some_points
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.units.lasso import GroupLasso

from .said import some_claim, some_supports

__all__ = ["points_witness", "unlisted_certificate", "unlisted_in_format_1"]

_NULL: dict[str, int | None] = dict.fromkeys(
    ("connected_from", "m_star_at_most", "M_star_at_least")
)


def unlisted_certificate(P: OptimalPolytope) -> Certificate:
    """Return what is proved without the list of vertices, accepted by the checker.

    Some vertices stand for all: they use every atom that is in use, and so give r_P, the
    dimension, ``M* <= r_P`` and connected from ``r_P + 1`` on.

    Raises
    ------
    Undecided
        Where certificates of all vertices are not made either: other losses in balls.
    """
    if isinstance(P.problem, GroupLasso):
        raise TooMany("certificates of blocks list all vertices: raise the limit on them")
    if isinstance(P.problem.loss, SeparableLoss) or not P.problem.of_relu:
        _require_exact(P)
        return accepted(lambda: _general(P))
    return _served(P, raised)


def unlisted_in_format_1(P: OptimalPolytope) -> Certificate:
    """Return the same of the squared loss in format 1, kind *free_unlisted*."""
    return _served(P, lambda C: C)


def _served(P: OptimalPolytope, said: Callable[[Certificate], Certificate]) -> Certificate:
    if P.level == "interval":
        return first_that_serves(lambda bits: said(_boxed(P, bits)))
    return accepted(lambda: said(_exact(P)))


def _require_exact(P: OptimalPolytope) -> None:
    """Raise Undecided where kappa or the fits are no numbers of a field."""
    known = [*P.kappa, *(t for ends in P.optimum.interval for t in ends if t is not None)]
    if any(isinstance(t, Ball | Logarithms) for t in known):
        raise TooMany("certificates without the list of vertices have numbers of a field")


def _said(P: OptimalPolytope, supports: Sequence[int]) -> Json:
    """Return the claim about widths; null where widths are not defined."""
    sizes = [bits.bit_count() for bits in supports]
    found = _NULL if P.no_widths else bounds(sizes, P.used_rank, pinned=True)
    return {"claim": "bounds", **found}


def _boxed(P: OptimalPolytope, bits: int) -> Certificate:
    found = boxed_proof(P, bits)
    supports = some_supports(P)
    some = some_claim(found.system, found.x, supports)
    dimension: Json = {"claim": "dimension", "rank": P.rank, "dim": P.dim}
    claims = [*found.claims, some, dimension, _said(P, supports)]
    witness = {**found.witness, "idle": [], "longest": []}
    data = free_data(P.problem)
    return Certificate("free_unlisted", data, {"bits": bits}, claims, witness)


def _exact(P: OptimalPolytope) -> Certificate:
    claims, witness = proof_claims(P)
    data = free_data(P.problem)
    D = instance_of(data, free=True)
    features = [tuple(D.modulo(list(a.feature))) for a in P.atoms]
    points = P.some_vertices
    supports = [support(c) for c in points]
    atoms, some = listed(P.atoms, points)
    assert isinstance(some, dict)  # a claim
    dimension: Json = {"claim": "dimension", "rank": P.rank, "dim": P.dim}
    claims += [atoms, {**some, "claim": "some"}, dimension, _said(P, supports)]
    witness |= points_witness(P, features, supports)
    field = field_of([*P.kappa, *(x for c in points for x in c)])
    return Certificate("free_unlisted", data, field, claims, witness)


def points_witness(
    P: OptimalPolytope, features: Sequence[Scalars], supports: Sequence[int]
) -> dict[str, Json]:
    """Return the witness that points use all atoms in use, of their rank, that one is alone."""
    longest = max(supports, key=int.bit_count)
    return {
        "idle": _walls(P),
        "rank": rank_witness(supports, features, P.problem.n),
        "longest": _dual([features[a] for a in bits_of(longest)]),
    }


def _walls(P: OptimalPolytope) -> list[Json]:
    """Return the Farkas vectors that empty the atoms that are not in use."""
    if P.unlisted is not None and not P.unlisted.slice.in_balls:
        return [list(numerators(w, primitive=True)[0]) for w in P.unlisted.walls]
    columns = tuple(P.features)
    every = some_points(Slice(columns, P.problem.free.modulo(P.b), len(columns)))
    return [list(numerators(w, primitive=True)[0]) for w in every.walls]


def _dual(columns: Sequence[Scalars]) -> list[Json]:
    """Return vectors ``w_i`` with ``w_i'F_j`` 0 but for i = j, F independent."""
    if not columns:
        return []
    chosen = independent_rows(transpose(list(columns)))
    k = len(columns)
    square = [
        [*(F[i] for i in chosen), *(Fraction(int(i == j)) for i in range(k))]
        for j, F in enumerate(columns)
    ]
    inverse = [row[k:] for row in rref(square)[0]]
    found: list[Json] = []
    for i in range(k):
        w: list[Scalar] = [Fraction(0)] * len(columns[0])
        for place, row in zip(chosen, inverse, strict=True):
            w[place] = row[i]
        found.append(list(numerators(w, primitive=True)[0]))
    return found


def _general(P: OptimalPolytope) -> Certificate:
    """Return the certificate of another loss, or of other neurons."""
    problem, N = P.problem, len(P.atoms)
    spoken = told(P.optimum)
    data = data_of(problem, spoken.unit)
    D = Instance(data, Field("Q", Clock(Limits())))
    features = [tuple(D.modulo(list(a.feature))) for a in spoken.atoms]
    columns, right = lifted_columns(D, features, P.optimum.interval)
    U = some_points(Slice(tuple(columns), right, len(columns)))
    lifted = [support(x) for x in U.points]
    shadows = [bits & (1 << N) - 1 for bits in lifted]
    used = [columns[j] for j in U.used]
    dim = len(used) - (rank(used) if used else 0)
    sizes = [bits.bit_count() for bits in shadows]
    known: Json = {
        **bounds(sizes, P.used_rank, pinned=False),
        "modulo": list(counted_modulo(P.optimum)),
    }
    assert isinstance(known, dict)
    claims, witness = spoken.feasible(P.optimum.dual_proof)
    claims += [
        {"claim": "dual", "kappa": list(map(written, P.kappa))},
        intervals(P.optimum),
        {"claim": "atoms", "list": spoken.spoken},
        {"claim": "some_lifted", "list": list(map(vertex_json, U.points)), "dim": dim},
        {"claim": "dimension", "rank": P.rank, "used_rank": P.used_rank, "dim": dim},
        {"claim": "bounds", **known},
    ]
    witness |= {
        "idle": [list(numerators(w, primitive=True)[0]) for w in U.walls],
        "lifted": rank_witness(lifted, columns, len(right)),
        "rank": rank_witness(shadows, features, problem.n),
        "longest": [],
    }
    field = field_of([*P.kappa, *(x for point in U.points for x in point)])
    return Certificate(kind_of("general", P), data, field, claims, witness, version=2)
