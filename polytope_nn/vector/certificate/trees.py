"""Trees over the rows of a closed tope, every leaf closed by an identity."""

from collections.abc import Callable, Sequence

from polytope_nn.certificate.format import Json
from polytope_nn.exact.scalar import Scalars, sign
from polytope_nn.geometry.farkas import alternative
from polytope_nn.vector.problem import Rows, VectorProblem

from .cell import Cell, Hull, Tope
from .leaves import above, below, off, within

__all__ = ["branched", "once", "tope_of", "tope_tree"]

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
    under = once(lambda hull: below(hull) or within(hull))

    def proof(cell: Cell) -> dict[str, Json] | None:
        return off(cell) or under(cell.hull) or (None if cell.open else above(cell))

    return branched(tope_of(problem, N, pattern), proof)


def once(
    proof: Callable[[Hull], dict[str, Json] | None],
) -> Callable[[Hull], dict[str, Json] | None]:
    """Return a proof that is sought once on each hull of one tope, whatever is strict."""
    known: dict[frozenset[int], dict[str, Json] | None] = {}

    def found(hull: Hull) -> dict[str, Json] | None:
        if hull.vanishing not in known:
            known[hull.vanishing] = proof(hull)
        return known[hull.vanishing]

    return found


def branched(
    tope: Tope, proof: Callable[[Cell], dict[str, Json] | None]
) -> dict[str, Json]:
    """Return the tree whose leaves are the cells that have a proof, facets first."""
    tree: list[Json] = []
    leaves: list[Json] = []
    waiting = [Cell(tope.hull())]
    while waiting:
        cell = waiting.pop()
        found = proof(cell)
        if found is not None:
            tree.append(_LEAF)
            leaves.append(found)
            continue
        k = _branch(cell)
        tree.append(k)
        waiting += cell.branches(k)
    return {"tree": tree, "leaves": leaves}


def tope_of(problem: VectorProblem, N: Rows, pattern: Sequence[int]) -> Tope:
    """Return the tope of a pattern."""
    X = problem.design
    covector = tuple(
        (1 if s > 0 else -1) if any(x) else 0 for x, s in zip(X, pattern, strict=True)
    )
    H = problem.arrangement
    facets, rays = H.facets(pattern), H.rays(pattern)
    return Tope(X, covector, N, problem.beta_squared, facets, rays)


def _branch(cell: Cell) -> int:
    """Return a row that is not decided, one that bounds the cell if there is one."""
    asked = [k for k in cell.bounding if k not in cell.strict]
    seen = cell.hull.seen_rows(sorted({*cell.bounding, *cell.strict})) if asked else {}
    for k in asked:
        if any(map(sign, seen[k])) and not _implied(seen, k):
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
