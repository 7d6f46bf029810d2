"""Trees over the rows of a closed tope, every leaf closed by an identity."""

from collections.abc import Callable, Sequence

from polytope_nn.certificate.format import Json
from polytope_nn.exact.scalar import Scalars, sign
from polytope_nn.geometry.farkas import alternative
from polytope_nn.vector.problem import Rows, VectorProblem

from .cell import Cell, Tope
from .leaves import above, below, off

__all__ = ["branched", "tope_of", "tope_tree"]

_LEAF = -1


def tope_tree(problem: VectorProblem, N: Rows, pattern: Sequence[int]) -> dict[str, Json]:
    """Return the proof that N is feasible on a closed tope, and tight where it is (B1-B3).

    A cell on which D is semidefinite is closed at once; else it branches, facets first, until
    it is one open face.

    Raises
    ------
    Undecided
        Where an eigenvector is on a wall and its eigenvalue irrational.
    """

    def proof(cell: Cell) -> dict[str, Json] | None:
        return off(cell) or below(cell) or (None if cell.open else above(cell))

    return branched(tope_of(problem, N, pattern), proof)


def branched(
    tope: Tope, proof: Callable[[Cell], dict[str, Json] | None]
) -> dict[str, Json]:
    """Return the tree whose leaves are the cells that have a proof, facets first."""
    tree: list[Json] = []
    leaves: list[Json] = []
    waiting = [Cell(tope)]
    while waiting:
        cell = waiting.pop()
        found = proof(cell)
        if found is not None:
            tree.append(_LEAF)
            leaves.append(found)
            continue
        k = _branch(cell)
        tree.append(k)
        waiting.append(Cell(cell.tope, cell.strict, cell.vanishing | {k}))
        waiting.append(Cell(cell.tope, cell.strict | {k}, cell.vanishing))
    return {"tree": tree, "leaves": leaves}


def tope_of(problem: VectorProblem, N: Rows, pattern: Sequence[int]) -> Tope:
    """Return the tope of a pattern."""
    X = problem.design
    covector = tuple(
        (1 if s > 0 else -1) if any(x) else 0 for x, s in zip(X, pattern, strict=True)
    )
    facets = problem.arrangement.facets(pattern)
    return Tope(X, covector, N, problem.beta_squared, facets)


def _branch(cell: Cell) -> int:
    """Return a row that is not decided, one that bounds the cell if there is one."""
    seen = cell.seen_rows
    for k in seen:
        if k not in cell.strict and any(map(sign, seen[k])) and not _implied(seen, k):
            return k
    return cell.open[0]


def _implied(seen: dict[int, Scalars], k: int) -> bool:
    """Return whether a row is a nonnegative combination of others that are not along it."""
    x = seen[k]
    at = next(i for i, t in enumerate(x) if sign(t))
    others = [
        r
        for i, r in seen.items()
        if i != k and any(sign(x[at] * s - r[at] * t) for s, t in zip(r, x, strict=True))
    ]
    return alternative(others, seen[k])[0] is not None
