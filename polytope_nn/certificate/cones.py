"""The certificate of an optimum proved feasible by cones or signs, without patterns."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.polytope import bounds
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.checker.rows import KEYS
from polytope_nn.dual.cone_node import Node, values_at
from polytope_nn.dual.cone_tree import ConeProof
from polytope_nn.dual.peaks import Peak
from polytope_nn.dual.signs.tree import SignProof
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import text
from polytope_nn.geometry.cone_tree import orthants
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import support

from .exact import listed, polytope_witness, shape_claims, stated
from .format import Certificate, Json, numerators
from .general import data_of
from .interpolations import accepted
from .unlisted.points import points_witness

if TYPE_CHECKING:
    from polytope_nn.exact.scalar import Scalar

__all__ = [
    "cone_certificate",
    "cone_witness",
    "placed_trees",
    "said_of_points",
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
    trees: list[Json] = [cone_witness(proof) for proof in O.cones]
    dual_witness = trees[0] if trees else sign_witness(O.signs)
    witness: dict[str, Json] = {"dual": trees if D.bias == "free" else dual_witness}
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


def said_of_points(
    P: OptimalPolytope, supports: Sequence[int], modulo: Sequence[str]
) -> list[Json]:
    """Return what some points say of the dimension and of widths."""
    sizes = [bits.bit_count() for bits in supports]
    found: dict[str, int | None] = dict.fromkeys(
        name for name in KEYS["bounds"].split() if name != "modulo"
    )
    if not P.no_widths:
        found |= bounds(sizes, P.used_rank, pinned=True)
    return [
        {
            "claim": "dimension",
            "rank": P.rank,
            "used_rank": P.used_rank,
            "dim": P.dim,
        },
        {"claim": "bounds", **found, "modulo": [*modulo]},
    ]


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
        S = P.staircase
        shape, forests = shape_claims(P.rank, P.dim, S)
        least = min(S.m_star + S.M_star, P.rank + 1)
        own["threshold"] = {"bound": S.bound, "bound_rank": least}
    for claim in shape:
        assert isinstance(claim, dict)  # a claim
        claim.update(own.get(str(claim["claim"]), {}))
    return shape, forests


def sign_witness(proof: SignProof | None) -> dict[str, Json]:
    """Return the pivots, every other row in use with its coefficients, and the tree."""
    assert proof is not None  # asked before
    relations: list[Json] = []
    for row, c in proof.relations:
        num, den = numerators(c)
        relations.append([row, num, den])
    return {
        "pivots": list(proof.pivots),
        "relations": relations,
        "tree": list(proof.tree),
    }


def cone_witness(proof: ConeProof) -> dict[str, Json]:
    """Return the trees over their basis, and the peaks that leaves name.

    A peak comes once for each side of convex rows through it: theta is one for each.
    """
    form = proof.form
    entries: dict[tuple[int, int], int] = {}
    trees = placed_trees(
        proof, lambda q, positive: entries.setdefault((q, positive), len(entries))
    )
    return {
        "unit": text(form.integers.unit),
        "basis": [list(b) for b in form.basis],
        "peaks": [_peak(proof.peaks[q], positive) for q, positive in entries],
        "trees": trees,
    }


def placed_trees(proof: ConeProof, placed: Callable[[int, int], int]) -> list[Json]:
    """Return the trees of both signs, their peaks at the places they are given.

    A place may depend on which convex rows through the peak are positive on the leaf.
    """
    ties = [sum(1 << k for k in peak.convex_ties) for peak in proof.peaks]
    trees: list[Json] = []
    for side, tree in zip((1, -1), proof.trees, strict=True):
        tokens: list[Json] = []
        walked = _walked(proof, side, tree) if any(ties) else None
        for code in _codes(proof, tree):
            positive = next(walked).positive if walked else 0
            if code[0] < 2:
                tokens += code
            else:
                q = code[0] - 2
                tokens.append(2 + placed(q, positive & ties[q]))
        trees.append(tokens)
    return trees


def _codes(proof: ConeProof, tree: tuple[int, ...]) -> Iterator[list[int]]:
    """Yield the integers of each cone of a tree."""
    code, width = iter(tree), proof.form.dim + len(proof.form.basis) + 1
    for first in code:
        yield [first, *islice(code, 4 if first == 0 else width if first == 1 else 0)]


def _walked(proof: ConeProof, side: int, tree: tuple[int, ...]) -> Iterator[Node]:
    """Yield the cones of a tree in their order."""
    form, codes = proof.form, _codes(proof, tree)
    weights = [side * k for k in form.integers.weights]
    linear = tuple(side * t for t in form.integers.linear)
    for cone in orthants(form.basis):
        stack = [Node(cone, linear, 0, 0, values_at(form.rows, cone))]
        while stack:
            node = stack.pop().settled(form.rows, weights)
            yield node
            code = next(codes)
            if code[0] == 0:
                low, high = node.children(*code[1:])
                stack += [high, low]


def _peak(peak: Peak, positive: int) -> Json:
    """Return a peak with its theta, ``omega / -weight`` on the concave rows through it."""
    way = peak.way(positive)
    assert way is not None  # it proves a leaf
    shares: dict[int, Scalar] = {}
    for k, omega in sorted(way.omega.items()):
        weight = peak.form.weights[k] * -peak.sign
        if omega:
            shares[k] = omega / weight
    num, den = numerators(list(shares.values()))
    p, over = numerators(peak.p)
    return {"sign": peak.sign, "p": [p, over], "theta": [list(shares), num, den]}
