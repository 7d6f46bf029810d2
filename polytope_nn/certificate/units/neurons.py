"""What a certificate of any loss says of the neurons: their atoms, and that kappa is feasible."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from polytope_nn.certificate.cones.trees import exact_trees
from polytope_nn.certificate.exact import multipliers_of
from polytope_nn.certificate.format import Json, sparse, written
from polytope_nn.certificate.interpolations import patterns_of
from polytope_nn.certificate.trees import Pattern, pattern_tree
from polytope_nn.dual.atoms import Atom, Bound, cone_projection, covector
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.units.blocks import BlockOptimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Matrix, text
from polytope_nn.exact.scalar import Scalar, Scalars, dot, squared_norm
from polytope_nn.geometry.arrangement import Arrangement, arrangement
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes, Threshold
from polytope_nn.problems.units.lasso import Block, GroupLasso, gate_blocks

from .patterns import threshold_tree
from .sloped import slopes_told

__all__ = [
    "Told",
    "blocks_told",
    "exact_bounds",
    "pressed",
    "pulls",
    "relu",
    "told",
]


class Told(NamedTuple):
    """The neurons in words, how many domains or patterns there are, the atoms in order.

    ``spoken`` are the atoms as claimed, ``patterns`` and ``dual`` the witnesses. Where cones
    or signs prove kappa feasible there are no patterns, and nothing is claimed of them.
    """

    unit: dict[str, Json]
    counts: list[Json]
    atoms: tuple[Atom, ...]
    spoken: list[Json]
    patterns: Json
    dual: list[Json]

    def feasible(self, way: str) -> tuple[list[Json], dict[str, Json]]:
        """Return the claim of the patterns, and what proves kappa feasible on them, or without."""
        if way != "patterns":
            return [], {"dual": self.dual[0]}
        claim: Json = {"claim": "patterns", "counts": self.counts}
        return [claim], {"patterns": self.patterns, "dual": self.dual}


def told(O: Optimum) -> Told:
    """Return what is said of the neurons of an optimum."""
    problem = O.problem
    if problem.of_relu:
        return _of_relu(O)
    if isinstance(problem, GroupLasso):
        return _of_blocks(O, problem.blocks, blocks_told(problem))
    if not isinstance(problem, TrainingProblem):
        raise Undecided("certificates know no neurons of one's own")
    bias: dict[str, Json] = {"bias": problem.bias}
    if problem.gates is not None:
        masks: list[Json] = [list(mask) for mask in problem.gates]
        return _of_blocks(
            O, gate_blocks(problem), {"kind": "gates", "masks": masks, **bias}
        )
    if isinstance(problem.activation, Threshold):
        return _of_thresholds(O, problem, {"kind": problem.activation.word, **bias})
    return _of_slopes(O, problem, problem.activation)


def relu(problem: Problem) -> dict[str, Json]:
    """Return ReLU neurons in words."""
    return {"kind": "relu", "bias": problem.bias}


def directed(atoms: Sequence[Atom]) -> list[Json]:
    """Return atoms by sign and direction."""
    return [{"sign": a.sign, "g": list(map(written, a.g))} for a in atoms]


def _of_relu(O: Optimum) -> Told:
    problem = O.problem
    if O.dual_proof != "patterns":
        return Told(relu(problem), [], O.atoms, directed(O.atoms), [], exact_trees(O))
    trees, orders = patterns_of(problem)
    dual: list[Json] = [
        multipliers_of(chart.design, problem.beta_squared, O.kappa, bounds, order)
        for chart, bounds, order in zip(problem.charts, O.bounds, orders, strict=True)
    ]
    return Told(relu(problem), [*map(len, orders)], O.atoms, directed(O.atoms), trees, dual)


def _of_slopes(O: Optimum, problem: TrainingProblem, slopes: Slopes) -> Told:
    X = problem.plain_design
    atoms = tuple(sorted(O.atoms, key=lambda a: (-a.sign, [-t for t in covector(X, a.g)])))
    if O.dual_proof != "patterns":
        trees = exact_trees(O)
        return Told(slopes_told(problem), [], atoms, directed(atoms), [], trees)
    H = arrangement(X)
    tree, order = pattern_tree(H)
    dual: list[Json] = [
        pressed(problem.beta_squared, p, cone, at)
        for p, cone, at in pulls(H, order, O.kappa, slopes)
    ]
    return Told(slopes_told(problem), [len(order)], atoms, directed(atoms), [tree], [dual])


def exact_bounds(O: Optimum, H: Arrangement) -> list[Bound]:
    """Return the bounds of a kappa that is known exactly, tope by tope."""
    problem = O.problem
    assert isinstance(problem, TrainingProblem)  # no other has slopes
    assert isinstance(problem.activation, Slopes)  # as above
    found = []
    signed = [(pattern, s) for pattern in H.patterns for s in (1, -1)]
    asked = pulls(H, H.patterns, O.kappa, problem.activation)
    for (pattern, s), (p, cone, at) in zip(signed, asked, strict=True):
        g, mu = cone_projection(cone, p)
        full: list[Scalar] = [Fraction(0)] * problem.n
        for k, t in zip(at, mu, strict=True):
            full[k] = t
        tight = bool(squared_norm(g) == problem.beta_squared)
        found.append(Bound(pattern, s, tuple(full), tight))
    return found


def pulls(
    H: Arrangement, order: Sequence[Pattern], kappa: Scalars, slopes: Slopes
) -> Iterator[tuple[Scalars, Matrix, Sequence[int]]]:
    """Yield for each tope and sign the pull, the rows of its facets, and their places."""
    for pattern in order:
        weights = [
            k * (slopes.right if t > 0 else slopes.left)
            for k, t in zip(kappa, pattern, strict=True)
        ]
        at = H.facets(pattern)
        cone = tuple(tuple(pattern[k] * t for t in H.X[k]) for k in at)
        for s in (1, -1):
            p = tuple(s * dot(weights, column) for column in zip(*H.X, strict=True))
            yield p, cone, at


def pressed(square: Scalar, p: Scalars, cone: Matrix, at: Sequence[int]) -> list[Json]:
    """Return multipliers that show the bound, none where it holds without."""
    if squared_norm(p) < square:
        return []
    _, mu = cone_projection(cone, p)
    return sparse(dict(zip(at, mu, strict=True)))


def _of_blocks(O: Optimum, blocks: Sequence[Block], unit: dict[str, Json]) -> Told:
    assert isinstance(O, BlockOptimum)  # gates and blocks have no other
    owned = sorted(zip(O.owners, O.atoms, strict=True), key=lambda x: (x[0], -x[1].sign))
    atoms = tuple(a for _, a in owned)
    spoken: list[Json] = [
        {"block": i, "sign": a.sign, "g": list(map(written, a.g))} for i, a in owned
    ]
    dual: list[Json] = []
    for block in blocks:
        pull = [dot(O.kappa, column) for column in zip(*block.A, strict=True)]
        for s in block.signs:
            p = tuple(s * t for t in pull)
            at = range(len(block.cone))
            dual.append(pressed(O.problem.beta_squared, p, block.cone, at))
    return Told(unit, [len(blocks)], atoms, spoken, [], dual)


def blocks_told(problem: GroupLasso) -> dict[str, Json]:
    """Return blocks in words."""
    blocks: list[Json] = [
        {
            "columns": block.p,
            "cone": [list(map(text, row)) for row in block.cone],
            "norm": block.norm,
            "signs": "+" if block.signs == (1,) else "+-",
        }
        for block in problem.blocks
    ]
    return {"kind": "blocks", "blocks": blocks, "bias": "none"}


def _of_thresholds(O: Optimum, problem: TrainingProblem, unit: dict[str, Json]) -> Told:
    atoms = tuple(sorted(O.atoms, key=lambda a: a.key))
    spoken: list[Json] = [{"sign": a.sign, "pattern": list(a.covector)} for a in atoms]
    closed = unit["kind"] == "threshold"
    tree, count = threshold_tree(problem.plain_design, closed=closed)
    return Told(unit, [count], atoms, spoken, tree, [])
