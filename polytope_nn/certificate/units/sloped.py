"""Other slopes in balls: what the system of both sides says of the source's own (general §5)."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.certificate.format import Json
from polytope_nn.dual.atoms import Bound
from polytope_nn.dual.enclosures import Enclosures
from polytope_nn.dual.units.sloped import SlopedOptimum
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes
from polytope_nn.problems.units.doubled import Doubled

__all__ = [
    "centre_of",
    "keys_of",
    "sides_of",
    "slopes_told",
    "source_bounds",
]

Key = tuple[int, tuple[int, ...]]


def slopes_told(problem: TrainingProblem) -> dict[str, Json]:
    """Return neurons of two slopes in words."""
    slopes = problem.activation
    assert isinstance(slopes, Slopes)  # as it was asked
    pair: list[Json] = [text(slopes.right), text(slopes.left)]
    return {"kind": "slopes", "slopes": pair, "bias": problem.bias}


def sides_of(O: SlopedOptimum) -> tuple[Doubled, Enclosures]:
    """Return the problem of both sides, and the enclosures of its optimum."""
    assert O.sides is not None  # it is made of them
    problem, proof = O.sides.problem, O.sides.enclosures
    assert isinstance(problem, Doubled)  # of two slopes
    assert proof is not None  # in balls
    return problem, proof


def keys_of(problem: Doubled, keys: Sequence[Key]) -> list[Key]:
    """Return atoms of the sides as those of the source."""
    n, turn = len(problem.source.X), -1 if problem.flipped else 1
    return [(turn * s, tuple(t * problem.first for t in c[:n])) for s, c in keys]


def centre_of(problem: Doubled, proof: Enclosures) -> Vector:
    """Return the centre without the second side, and without what only the sides have free."""
    n, k = len(problem.source.X), len(problem.signs)
    skip = len(independent_rows(problem.source.free.columns))
    beyond = k * n + len(proof.units)
    weights, free = proof.centre[k * n : beyond], proof.centre[beyond:]
    unseen = n if k > 1 else 0
    return (*proof.centre[:n], *weights, *free[:skip], *free[skip + unseen :])


def source_bounds(O: SlopedOptimum, H: Arrangement) -> list[Bound]:
    """Return the bounds of the source's topes: multipliers on both sides of a row add up."""
    assert O.sides is not None  # in balls
    problem = O.sides.problem
    assert isinstance(problem, Doubled)  # of two slopes
    known = {(b.pattern, b.sign): b for b in O.sides.bounds[0]}
    n, turn = len(H.X), -1 if problem.flipped else 1
    slopes = problem.source.activation
    assert isinstance(slopes, Slopes)  # as above
    sizes = [abs(t) for t in (slopes.right, slopes.left)]
    order = [problem.first, -problem.first][: len(problem.signs)]
    found = []
    for pattern in H.patterns:
        doubled = tuple(
            side * t if any(x) else 1
            for side in order
            for x, t in zip(H.X, pattern, strict=True)
        )
        for s in (1, -1):
            bound = known[doubled, turn * s]
            mu = _added(bound, sizes, order, n)
            found.append(Bound(pattern, s, mu, bound.tight))
    return found


def _added(
    bound: Bound, sizes: Sequence[Fraction], order: Sequence[int], n: int
) -> Scalars:
    """Return the multipliers of the rows, those of both sides times their slopes added."""
    zero: Scalar = Fraction(0)
    mu = [zero] * n
    for i, side in enumerate(order):
        size = sizes[0] if side > 0 else sizes[1]
        for k, t in enumerate(bound.multiplier[i * n : (i + 1) * n]):
            if not isinstance(t, Fraction) or t:
                mu[k] = mu[k] + t * size
    return tuple(mu)
