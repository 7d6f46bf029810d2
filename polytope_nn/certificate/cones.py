"""The certificate of an optimum proved feasible by cones or signs, without patterns."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.cone_node import Node
from polytope_nn.dual.cone_tree import ConeProof
from polytope_nn.dual.peaks import Peak
from polytope_nn.dual.signs.tree import SignProof
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import text
from polytope_nn.geometry.cone_tree import Cone, orthants
from polytope_nn.landscape.optimal_set import OptimalPolytope

from .exact import listed, polytope_witness, shape_claims, stated
from .format import Certificate, Json, numerators
from .general import data_of
from .interpolations import accepted

if TYPE_CHECKING:
    from polytope_nn.exact.scalar import Scalar

__all__ = ["cone_certificate", "cone_witness"]


def cone_certificate(P: OptimalPolytope) -> Certificate:
    """Return the certificate of kind ``cones`` or ``signs``, accepted by the checker.

    Raises
    ------
    Undecided
        When kappa is not rational, or there are too many vertices to be listed.
    """
    proof = P.optimum.dual_proof
    if proof == "patterns" or P.problem.free.columns:
        raise Undecided("certificates by cones are of optima that cones prove")
    if not all(isinstance(t, Fraction) for t in P.kappa):
        raise Undecided(f"certificates by {proof} are of rational kappa")
    return accepted(lambda: _cones(P))


def _cones(P: OptimalPolytope) -> Certificate:
    O = P.optimum
    shape, forests = shape_claims(P.rank, P.dim, P.staircase)
    _, dual, optimum = stated(O, 0)
    assert isinstance(optimum, dict)  # a claim
    optimum["pieces"] = ["smooth"] * P.problem.n
    _raise(P, shape)
    features = [a.feature for a in P.atoms]
    witness: dict[str, Json] = {
        "dual": cone_witness(O.cones) if O.cones else sign_witness(O.signs),
        **polytope_witness(P.supports, features, P.b),
        "components": forests,
    }
    claims: list[Json] = [dual, optimum, *listed(P.atoms, P.vertices), *shape]
    data = data_of(P.problem, {"kind": "relu", "bias": P.problem.bias})
    return Certificate(O.dual_proof, data, "Q", claims, witness, version=2)


def _raise(P: OptimalPolytope, shape: list[Json]) -> None:
    """Give the claims about widths the keys of format 2."""
    S = P.staircase
    own: dict[str, dict[str, Json]] = {
        "dimension": {"used_rank": P.used_rank},
        "components": {"modulo": []},
        "threshold": {"bound": S.bound, "bound_rank": min(S.m_star + S.M_star, P.rank + 1)},
        "theorems": {"modulo": []},
    }
    for claim in shape:
        assert isinstance(claim, dict)  # a claim
        claim.update(own.get(str(claim["claim"]), {}))


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
    trees: list[Json] = []
    for side, tree in zip((1, -1), proof.trees, strict=True):
        tokens: list[Json] = []
        for node, code in _walked(proof, side, tree):
            if code[0] < 2:
                tokens += code
                continue
            ties = sum(1 << k for k in proof.peaks[code[0] - 2].convex_ties)
            key = code[0] - 2, node.positive & ties
            tokens.append(2 + entries.setdefault(key, len(entries)))
        trees.append(tokens)
    return {
        "unit": text(form.integers.unit),
        "basis": [list(b) for b in form.basis],
        "peaks": [_peak(proof.peaks[q], positive) for q, positive in entries],
        "trees": trees,
    }


def _walked(
    proof: ConeProof, side: int, tree: tuple[int, ...]
) -> Iterator[tuple[Node, list[int]]]:
    """Yield the cones of a tree in their order, with their integers."""
    form, code = proof.form, iter(tree)
    weights = [side * k for k in form.integers.weights]
    linear = tuple(side * t for t in form.integers.linear)
    width = form.dim + len(form.basis) + 1
    for cone in orthants(form.basis):
        stack = [Node(cone, linear, 0, 0, _values(proof, cone))]
        while stack:
            node = stack.pop().settled(form.rows, weights)
            first = next(code)
            length = 4 if first == 0 else width if first == 1 else 0
            read = [first, *(next(code) for _ in range(length))]
            yield node, read
            if first == 0:
                low, high = node.children(*read[1:])
                stack += [high, low]


def _values(proof: ConeProof, cone: Cone) -> list[tuple[int, list[int]]]:
    return [
        (k, [sum(s * t for s, t in zip(x, r, strict=True)) for r in cone])
        for k, x in enumerate(proof.form.rows)
    ]


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
