"""The tree that proves a list of threshold patterns complete."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.certificate.format import Json, numerators
from polytope_nn.exact.rational import Matrix
from polytope_nn.geometry.farkas import alternative
from polytope_nn.problems.units.thresholds import threshold_patterns

__all__ = ["threshold_tree"]

_ZERO, _ONE = Fraction(0), Fraction(1)


def threshold_tree(X: Matrix, *, closed: bool) -> tuple[dict[str, Json], int]:
    """Return the witness that the patterns are all there are, and their number.

    It branches on "k answers" over all rows in turn.

    >>> from polytope_nn.exact.rational import matrix
    >>> tree, count = threshold_tree(matrix([[1], [-1]]), closed=True)
    >>> tree["tree"], count
    ([-1, -1, -2, -2, -1, -2, 0], 3)
    """
    found = threshold_patterns(X, closed=closed)
    reach: dict[tuple[int, ...], int] = defaultdict(int)
    for pattern in found:
        for depth in range(len(X) + 1):
            reach[pattern[:depth]] += 1
    masks: list[tuple[int, int]] = []
    circuits: list[Json] = []
    tree: list[Json] = []
    points: list[Json] = []
    stack: list[tuple[int, ...]] = [()]
    while stack:
        prefix = stack.pop()
        if prefix not in reach:
            index = _known(masks, prefix, closed=closed)
            if index is None:
                index = len(masks)
                support, values = _circuit(X, prefix, closed=closed)
                masks.append(_masks(support, values))
                circuits.append([list(support), list(values)])
            tree.append(index)
        elif len(prefix) == len(X):
            tree.append(-2)
            points.append(list(found[prefix]))
        else:
            tree.append(-1)
            stack += [(*prefix, 0), (*prefix, 1)]
    return {"circuits": circuits, "tree": tree, "points": points}, len(found)


def _masks(support: Sequence[int], values: Sequence[int]) -> tuple[int, int]:
    pairs = list(zip(support, values, strict=True))
    up = sum(1 << k for k, t in pairs if t > 0)
    return up, sum(1 << k for k, t in pairs if t < 0)


def _known(
    masks: Sequence[tuple[int, int]], prefix: Sequence[int], *, closed: bool
) -> int | None:
    """Return a known dependency that refutes a prefix; those found last are tried first."""
    within = sum(1 << k for k, t in enumerate(prefix) if t)
    off = (1 << len(prefix)) - 1 & ~within
    for index in reversed(range(len(masks))):
        up, down = masks[index]
        if not (up & ~within or down & ~off) and (down if closed else up):
            return index
    return None


def _circuit(
    X: Matrix, prefix: Sequence[int], *, closed: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return ``sum_k t_k x_k = 0``, ``t >= 0`` on the rows that answer, ``<= 0`` on the others.

    Some strict inequality is in it (Motzkin): of those off the pattern where it is closed.
    """
    strict = [t == (0 if closed else 1) for t in prefix]
    columns = [
        (*((x if t else -x) for x in X[k]), _ONE if strict[k] else _ZERO)
        for k, t in enumerate(prefix)
    ]
    masses, _ = alternative(columns, (*(_ZERO for _ in X[0]), _ONE))
    assert masses is not None  # no w has the prefix
    support = tuple(sorted(masses))
    signed = [masses[k] if prefix[k] else -masses[k] for k in support]
    integers, _ = numerators(signed, primitive=True)
    return support, tuple(t for t in integers if isinstance(t, int))
