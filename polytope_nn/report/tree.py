"""The merge tree of the vertices, condensed until it can be drawn.

A branch is a component of P over a range of widths: its level is where it begins, a
leaf's the support of its vertex. Equal branches side by side become one with a multiplicity,
and what is still too much is gathered by level: ten thousand vertices fit on a page.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from polytope_nn.landscape.spanning_tree import Forest

__all__ = ["Branch", "condensed", "rows"]

_MOST_ROWS = 28


@dataclass(frozen=True, order=True)
class Branch:
    """A component that begins at ``level``, made of its children; ``times`` equal ones."""

    level: int
    children: tuple["Branch", ...] = ()
    times: int = 1


def rows(branch: Branch) -> int:
    """Return the number of leaves that are drawn."""
    return sum(map(rows, branch.children)) or 1


def condensed(
    sizes: Sequence[int], merges: Sequence[tuple[int, int, int]], most: int = _MOST_ROWS
) -> Branch:
    """Return the merge tree of vertices, of at most about ``most`` rows.

    The octahedron's: four vertices of support 2 that meet at 4, then two of support 4.

    >>> merges = [(4, 0, 1), (4, 1, 2), (4, 2, 3), (5, 3, 4), (5, 4, 5)]
    >>> trunk = condensed([2, 2, 2, 2, 4, 4], merges)
    >>> rows(trunk), [(child.level, rows(child)) for child in trunk.children]
    (6, [(4, 4), (4, 1), (4, 1)])
    >>> rows(condensed([2, 2, 2, 2, 4, 4], merges, most=3))
    2
    """
    trunk = _tree(sizes, merges)
    if rows(trunk) > most:
        trunk = _sheaves(trunk)
    depth = 6
    while rows(trunk) > most and depth >= 0:
        trunk = _sheaves(_cut(trunk, depth))
        depth -= 1
    return trunk


def _tree(sizes: Sequence[int], merges: Sequence[tuple[int, int, int]]) -> Branch:
    """Return the whole tree: all components that meet at one level meet in one branch."""
    joined = Forest(len(sizes))
    branches = {i: Branch(size) for i, size in enumerate(sizes)}

    for level in sorted({level for level, _, _ in merges}):
        met: dict[int, set[int]] = {}
        for _, i, j in (merge for merge in merges if merge[0] == level):
            a, b = sorted((joined.root(i), joined.root(j)))
            joined.join(a, b)
            met[a] = met.pop(a, {a}) | met.pop(b, {b})
        for top, parts in met.items():
            children = sorted((branches.pop(i) for i in parts), key=_order)
            branches[top] = Branch(level, tuple(children))
    (trunk,) = branches.values()
    return trunk


def _order(branch: Branch) -> tuple[int, int, Branch]:
    return (-rows(branch), branch.level, branch)


def _sheaves(branch: Branch) -> Branch:
    """Return the tree with equal children gathered into one, counted."""
    gathered = Counter(map(_sheaves, branch.children))
    counted: Counter[tuple[int, tuple[Branch, ...]]] = Counter()
    for child, times in gathered.items():
        counted[child.level, child.children] += times * child.times
    children = [Branch(level, below, times) for (level, below), times in counted.items()]
    return Branch(branch.level, tuple(sorted(children, key=_order)), branch.times)


def _cut(branch: Branch, depth: int) -> Branch:
    """Return the tree with every branch below ``depth`` levels drawn as a leaf."""
    if not depth:
        return Branch(branch.level, (), branch.times)
    children = tuple(_cut(child, depth - 1) for child in branch.children)
    return Branch(branch.level, children, branch.times)
