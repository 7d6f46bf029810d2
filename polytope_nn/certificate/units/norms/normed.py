"""The producer under polyhedral norms: kappa feasible, and one optimal network (general G7)."""

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction

from polytope_nn.certificate.format import Json, sparse, written
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.certificate.units.neurons import blocks_told, pressed, pulls
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.units.blocks import BlockOptimum
from polytope_nn.dual.units.cells import CellOptimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.rational import Matrix, text
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.farkas import alternative
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes
from polytope_nn.problems.units.lasso import Block, GroupLasso
from polytope_nn.search.units.columns import beta_beside

__all__ = ["bounds_of", "dual_norm", "parts_of", "pressing", "price", "strictly", "unit_of"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_HALVINGS = (1, 3, 6, 12, 24, 48, 59)  # of what a strict bound is nearer to beta, in turn
_BITS = (16, 64, 256, 1024)  # of a fraction below beta, in turn


def unit_of(O: Optimum) -> dict[str, Json]:
    """Return the neurons, or the blocks, in words."""
    problem = O.problem
    if isinstance(problem, GroupLasso):
        return blocks_told(problem)
    assert isinstance(problem, TrainingProblem)  # no other has a norm
    slopes = problem.activation
    assert isinstance(slopes, Slopes)  # a threshold has no norm
    pair: list[Json] = [text(slopes.right), text(slopes.left)]
    return {"kind": "normed", "slopes": pair, "norm": problem.penalty, "bias": problem.bias}


def bounds_of(O: Optimum) -> tuple[Json, list[Json], int]:
    """Return the witnesses of patterns and of dual feasibility, and the number of domains."""
    problem, beta = O.problem, price(O)
    if isinstance(problem, GroupLasso):
        dual: list[Json] = []
        for block in problem.blocks:
            pull = [dot(O.kappa, column) for column in zip(*block.A, strict=True)]
            dual += [_of_block(block, [s * t for t in pull], beta) for s in block.signs]
        return [], dual, len(problem.blocks)
    assert isinstance(problem, TrainingProblem)  # no other has a norm
    slopes = problem.activation
    assert isinstance(slopes, Slopes)  # a threshold has no norm
    H = arrangement(problem.plain_design)
    tree, order = pattern_tree(H)
    found: list[Json] = [
        multipliers(problem.penalty, p, cone, at, beta)
        for p, cone, at in pulls(H, order, O.kappa, slopes)
    ]
    return [tree], [found], len(order)


def price(O: Optimum) -> Scalar:
    """Return beta, in the field of kappa where there is one; Undecided where it is not."""
    return beta_beside(O.problem.beta_squared, O.kappa)


def _of_block(block: Block, p: Sequence[Scalar], beta: Scalar) -> list[Json]:
    at = range(len(block.cone))
    if block.norm == "l2":
        return pressed(beta * beta, tuple(p), block.cone, at)
    return multipliers(block.norm, tuple(p), block.cone, at, beta)


def multipliers(
    norm: str, p: Scalars, cone: Matrix, at: Sequence[int], beta: Scalar
) -> list[Json]:
    """Return what presses, as a witness."""
    return sparse(pressing(norm, p, cone, at, beta))


def pressing(
    norm: str, p: Scalars, cone: Matrix, at: Sequence[int], beta: Scalar
) -> dict[int, Scalar]:
    """Return ``mu >= 0`` for which the dual norm of ``p + cone'mu`` is at most beta.

    A linear program: of l1 each entry lies between -beta and beta, of linf the entries are
    differences of parts that add up to beta at most. Of a rational p the least dual norm is
    rational, so below a beta that is not: a fraction between them keeps the multipliers rational.
    """
    if isinstance(beta, Algebraic) and all(isinstance(t, Fraction) for t in p):
        for bits in _BITS:
            with suppress(Undecided):
                return pressing(norm, p, cone, at, beta.enclosure(bits).lower)
    d = len(p)
    unit = [tuple(_ONE * (i == j) for i in range(d)) for j in range(d)]
    if norm == "l1":
        columns = [(*row, *(-t for t in row)) for row in cone]
        columns += [(*e, *(_ZERO for _ in e)) for e in unit]
        columns += [(*(_ZERO for _ in e), *e) for e in unit]
        right = (*(beta - t for t in p), *(beta + t for t in p))
    else:
        columns = [(*row, _ZERO) for row in cone]
        columns += [(*(side * t for t in e), _ONE) for side in (-1, 1) for e in unit]
        columns.append((*(_ZERO for _ in p), _ONE))
        right = (*(-t for t in p), beta)
    masses, _ = alternative(columns, right)
    if masses is None:
        raise Undecided("kappa is not shown feasible: a linear program has no solution")
    return {at[k]: t for k, t in masses.items() if k < len(cone) and t}


def strictly(
    norm: str, of: tuple[Scalars, Matrix, Sequence[int]], beta: Scalar
) -> dict[int, Scalar] | None:
    """Return multipliers for which the dual norm is below beta, or None where none are found.

    Of a p that is not rational they are found beside it, and then tried.

    >>> from polytope_nn.exact.rational import matrix, vector
    >>> strictly("l1", (vector([3, 0]), matrix([[-1, 0]]), [4]), Fraction(2))
    {4: Fraction(2, 1)}
    """
    p, cone, at = of
    near, end = tuple(map(middle, p)), middle(beta)
    if dual_norm(norm, near) <= end * (1 - Fraction(1, 1 << _HALVINGS[-1])):
        return {} if dual_norm(norm, p) < beta else None
    for k in _HALVINGS:
        try:
            mu = pressing(norm, near, cone, at, end * (1 - Fraction(1, 1 << k)))
        except Undecided:
            continue
        rows = dict(zip(at, cone, strict=True))
        pressed = [
            x + sum((t * rows[i][j] for i, t in mu.items()), start=_ZERO)
            for j, x in enumerate(p)
        ]
        return mu if dual_norm(norm, pressed) < beta else None
    return None


def dual_norm(norm: str, p: Sequence[Scalar]) -> Scalar:
    """Return the greatest ``p'u`` of a u of length 1."""
    sizes = [t if t > 0 else -t for t in p]
    return max(sizes) if norm == "l1" else sum(sizes, start=_ZERO)


def parts_of(O: Optimum) -> list[Json]:
    """Return one optimal network, or solution: rays of one cell are put together."""
    assert isinstance(O, BlockOptimum | CellOptimum)  # what has cells
    lasso = isinstance(O.problem, GroupLasso)
    parts: list[Json] = []
    for cell, a in _used(O):
        first = O.atoms[cell]
        u = [written(t) for t in a]
        owner: dict[str, Json] = {"block": O.owners[cell]} if lasso else {}
        parts.append({**owner, "sign": first.sign, "u": [*u]})
    return parts


def _used(O: BlockOptimum | CellOptimum) -> list[tuple[int, Scalars]]:
    """Return per neuron a ray of its cell, and its direction."""
    left = {a: c for a, c in enumerate(O.weights) if c != 0}
    found = []
    for cell in O.cells:
        own = [a for a in cell if a in left]
        if own:
            masses = [left.pop(a) for a in own]
            columns = zip(*(O.atoms[a].g for a in own), strict=True)
            found.append((own[0], tuple(dot(masses, column) for column in columns)))
    return found
