"""Symmetries of a problem: permutations of the samples that nothing can tell apart (general A4).

A permutation that keeps all inner products of the samples is one of the samples by an
orthogonal map of the neurons. If it keeps the losses, too, it maps optima to optima, and a
unique kappa is the same on its orbits; with labels reversed kappa changes its sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from polytope_nn.exact.linear import gram
from polytope_nn.exact.rational import Matrix
from polytope_nn.problems.losses import SeparableLoss, SquaredLoss
from polytope_nn.problems.losses.smooth import Exponential, Logistic, Power
from polytope_nn.problems.problem import Problem

__all__ = ["Symmetry", "orbit", "orbits", "reduction", "symmetries"]

_MOST = 100_000  # steps of the search for one symmetry


@dataclass(frozen=True)
class Symmetry:
    """``sample k -> images[k]``; kappa of the image is ``side`` times that of the sample."""

    images: tuple[int, ...]
    side: int


def symmetries(problem: Problem) -> tuple[Symmetry, ...]:
    """Return symmetries that join all samples which some symmetry joins.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, 0], [-1, 0], [0, 1]], [1, 1, 2], beta=1)
    >>> [s.images for s in symmetries(D)]
    [(1, 0, 2)]
    """
    X = problem.design
    products = gram(X)
    found: list[Symmetry] = []
    for side in (1, -1):
        wanted = _colours(problem, side)
        own = _colours(problem, 1)
        if wanted is None or own is None:
            continue
        for i in range(problem.n):
            for j in range(problem.n):
                if j in orbit(i, found) or own[j] != wanted[i]:
                    continue
                images = _extended(products, wanted, own, i, j)
                if images is not None:
                    found.append(Symmetry(images, side))
    return tuple(found)


def orbit(i: int, by: Sequence[Symmetry]) -> dict[int, int]:
    """Return the images of a sample, each with the side of its kappa."""
    reached = {i: 1}
    waiting = [i]
    for k in waiting:
        for s in by:
            if s.images[k] not in reached:
                reached[s.images[k]] = reached[k] * s.side
                waiting.append(s.images[k])
    return reached


def orbits(n: int, by: Sequence[Symmetry]) -> list[dict[int, int]]:
    """Return the orbits of the samples, by their least one."""
    left, found = set(range(n)), []
    while left:
        reached = orbit(min(left), by)
        found.append(reached)
        left -= set(reached)
    return found


def _colours(problem: Problem, side: int) -> list[object] | None:
    """Return what the loss of each sample is, its labels reversed for side -1."""
    loss = problem.loss
    if isinstance(loss, SquaredLoss):
        return [(side * y, w) for y, w in zip(loss.y, loss.weights, strict=True)]
    if not isinstance(loss, SeparableLoss):
        return None
    if side > 0:
        return list(loss.rows)
    mirrored = [
        replace(row, y=-row.y)
        for row in loss.rows
        if isinstance(row, Logistic | Exponential | Power)
    ]
    return list(mirrored) if len(mirrored) == problem.n else None


def _extended(
    products: Matrix, wanted: Sequence[object], own: Sequence[object], i: int, j: int
) -> tuple[int, ...] | None:
    """Return a symmetry that sends sample i to sample j; None where there is none."""
    n, steps = len(products), 0
    order = [i, *(k for k in range(n) if k != i)]
    images: dict[int, int] = {}

    def fits(k: int, to: int) -> bool:
        return (
            own[to] == wanted[k]
            and to not in images.values()
            and products[k][k] == products[to][to]
            and all(products[k][other] == products[to][at] for other, at in images.items())
        )

    def placed(depth: int) -> bool:
        nonlocal steps
        steps += 1
        if depth == n or steps > _MOST:
            return depth == n
        k = order[depth]
        for to in (j,) if depth == 0 else range(n):
            if fits(k, to):
                images[k] = to
                if placed(depth + 1):
                    return True
                del images[k]
        return False

    return tuple(images[k] for k in range(n)) if placed(0) else None


def reduction(n: int, by: Sequence[Symmetry]) -> Matrix:
    """Return the matrix (n, q) of kappa in terms of one unknown for each orbit."""
    every = orbits(n, by)
    return tuple(tuple(Fraction(o.get(k, 0)) for o in every) for k in range(n))
