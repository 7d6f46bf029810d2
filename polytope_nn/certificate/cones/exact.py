"""The certificate of an optimum proved feasible by cones or signs, without patterns."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.certificate.exact import listed, polytope_witness, shape_forests, stated
from polytope_nn.certificate.exact import shape_of as widths_of
from polytope_nn.certificate.format import Certificate, Json
from polytope_nn.certificate.general import data_of
from polytope_nn.certificate.interpolations import accepted
from polytope_nn.certificate.unlisted.points import points_witness
from polytope_nn.certificate.unlisted.said import said_of_points
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.checker.rows import KEYS
from polytope_nn.errors import Undecided
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import support

from .trees import exact_trees

__all__ = [
    "cone_certificate",
    "shape_of",
]


def cone_certificate(P: OptimalPolytope) -> Certificate:
    """Return the certificate of kind ``cones`` or ``signs``, accepted by the checker.

    Of a polytope whose vertices are not listed it is one of kind ``cones_unlisted``.

    Raises
    ------
    Undecided
        When kappa is known exactly and is not rational.
    """
    proof = P.optimum.dual_proof
    if proof == "patterns":
        raise Undecided("certificates by cones are of optima that cones prove")
    if not all(isinstance(t, Fraction) for t in P.kappa):
        raise Undecided(f"certificates by {proof} are of rational kappa")
    return accepted(lambda: _cones(P))


def _cones(P: OptimalPolytope) -> Certificate:
    if P.missing and not P.is_unlisted:
        raise Undecided(P.missing)
    O = P.optimum
    _, dual, optimum = stated(O, 0)
    assert isinstance(optimum, dict)  # a claim
    optimum["pieces"] = ["smooth"] * P.problem.n
    data = data_of(P.problem, {"kind": "relu", "bias": P.problem.bias})
    D = Instance(data, Field("Q", Clock(Limits())))
    features = [tuple(D.modulo(list(a.feature))) for a in P.atoms]
    trees = exact_trees(O)
    witness: dict[str, Json] = {"dual": trees if D.bias == "free" else trees[0]}
    claims: list[Json] = [dual, optimum]
    if P.is_unlisted:
        points = P.some_vertices
        supports = [support(c) for c in points]
        atoms, some = listed(P.atoms, points)
        assert isinstance(some, dict)  # a claim
        claims += [
            atoms,
            {**some, "claim": "some"},
            *said_of_points(P, supports, D.unfixed),
        ]
        witness |= points_witness(P, features, supports)
    else:
        shape, forests = shape_of(P, D.unfixed)
        claims += [*listed(P.atoms, P.vertices), *shape]
        witness |= {
            **polytope_witness(P.supports, features, tuple(D.modulo(list(P.b)))),
            "components": forests,
        }
    kind = f"{O.dual_proof}_unlisted" if P.is_unlisted else O.dual_proof
    return Certificate(kind, data, "Q", claims, witness, version=2)


def shape_of(P: OptimalPolytope, modulo: Sequence[str]) -> tuple[list[Json], list[Json]]:
    """Return the claims about widths in format 2, and the forests they rest on.

    Counts are ``modulo`` what is free; they are null where widths are not counted.
    """
    own: dict[str, dict[str, Json]] = {
        "dimension": {"rank": P.rank, "used_rank": P.used_rank, "dim": P.dim},
        "components": {"modulo": [*modulo]},
        "theorems": {"modulo": [*modulo]},
    }
    shape: list[Json]
    if P.no_widths:
        names = ("dimension", "widths", "components", "threshold", "theorems")
        shape = [{"claim": name, **dict.fromkeys(KEYS[name].split())} for name in names]
        forests: list[Json] = []
    else:
        shape = [{"claim": "dimension"}, *widths_of(P.staircase, P.rank)]
        forests = shape_forests(P.staircase)
    for claim in shape:
        assert isinstance(claim, dict)  # a claim
        claim.update(own.get(str(claim["claim"]), {}))
    return shape, forests
