"""The witnesses of trees of cones, and of signs, that prove kappa feasible without patterns."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from polytope_nn.certificate.format import Json, numerators
from polytope_nn.dual.cone_node import Node, values_at
from polytope_nn.dual.cone_tree import ConeProof
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.peaks import Peak
from polytope_nn.dual.signs.tree import SignProof
from polytope_nn.dual.units.sloped import SlopedOptimum
from polytope_nn.exact.rational import text
from polytope_nn.geometry.cone_tree import orthants
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.problems.units.doubled import Doubled

if TYPE_CHECKING:
    from polytope_nn.exact.scalar import Scalar

__all__ = ["cone_witness", "exact_trees", "kind_of", "placed_trees"]


def kind_of(stem: str, P: OptimalPolytope) -> str:
    """Return the kind of a certificate of any loss: without patterns, or without a list."""
    way = P.optimum.dual_proof
    return stem + f"_{way}" * (way != "patterns") + "_unlisted" * P.is_unlisted


def exact_trees(O: Optimum) -> list[Json]:
    """Return the witness of a rational kappa for each chart, or the one of signs."""
    trees: list[Json] = [turned(cone_witness(proof), O) for proof in O.cones]
    return trees or [sign_witness(O.signs)]


def turned(witness: dict[str, Json], O: Optimum) -> dict[str, Json]:
    """Return what proves a form, as it is of the source where its sides have the other sign."""
    if sides_of(O)[1] > 0:
        return witness
    trees, peaks = witness["trees"], witness["peaks"]
    assert isinstance(trees, list)  # of both signs
    assert isinstance(peaks, list)  # each an object
    other: list[Json] = []
    for peak in peaks:
        assert isinstance(peak, dict)  # of an atom, or with its sign
        s = peak.get("sign")
        other.append(peak | {"sign": -s} if isinstance(s, int) else peak)
    return witness | {"trees": trees[::-1], "peaks": other}


def sides_of(O: Optimum) -> tuple[int, int]:
    """Return the signs of the samples and of the form in what was proved; of a ReLU 1 and 1."""
    sides = O.sides.problem if isinstance(O, SlopedOptimum) and O.sides else None
    return (
        (sides.first, -1 if sides.flipped else 1) if isinstance(sides, Doubled) else (1, 1)
    )


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
