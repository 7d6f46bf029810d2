"""The two trees of a certificate: no tope is missing, no vertex is missing.

Both are written as preorder lists of integers, as
:func:`~polytope_nn.checker.kernel.primitives.tree` reads them. The producers know the
answer, so they only have to find, for every branch that leads nowhere, the vector that
says so; a vector found once is used wherever it serves.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.rational import Vector, identity, integer_row
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.geometry.farkas import alternative, integer_alternative
from polytope_nn.geometry.simplex import Tableau, falling
from polytope_nn.landscape.supports import bits_of
from polytope_nn.progress import Loop

from .format import Json, numerators

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FarkasWalls", "Pattern", "Walls", "cover_tree", "covered", "pattern_tree"]

Pattern = tuple[int, ...]
_Both = tuple[tuple[int, ...], tuple[int, ...]]  # a row, turned round and as it is
_ALL = 1 << 60  # the share of the whole tree, of which each branch has half


def pattern_tree(H: Arrangement) -> tuple[dict[str, Json], tuple[Pattern, ...]]:
    """Return the witness that H lists all topes, and its topes in the order of the tree.

    The tree branches over the nonzero rows; the first is + only, the rest by symmetry.
    """
    rows = [k for k, x in enumerate(H.X) if any(x)]
    kept = [s for s in H.patterns if not rows or s[rows[0]] > 0]
    decided = [sum(1 << k for k in rows[:depth]) for depth in range(len(rows) + 1)]
    reach: list[dict[int, Pattern]] = [{} for _ in decided]  # the rows at + so far: a tope
    for s in kept:
        plus = sum(1 << k for k in rows if s[k] > 0)
        for first, below in zip(decided, reach, strict=True):
            below[plus & first] = s
    circuits: list[tuple[int, int]] = []
    table: list[Json] = []
    by_row: dict[int, list[int]] = defaultdict(list)
    tree: list[Json] = []
    points: list[Json] = []
    order: list[Pattern] = []
    signed = {k: (integer_row([-x for x in H.X[k]]), integer_row(H.X[k])) for k in rows}
    stack = [(0, 0)]
    loop = Loop("certificate, patterns", len(H.patterns))
    while stack:
        depth, plus = stack.pop()
        loop.at(len(order))
        if plus not in reach[depth]:
            k = rows[depth - 1]
            index = _known(circuits, by_row[k], plus, decided[depth] & ~plus)
            if index is None:
                support, values = _circuit(H, signed, rows[:depth], plus)
                index = len(circuits)
                circuits.append(_masks(support, values))
                table.append([list(support), list(values)])
                by_row[k].append(index)
            tree.append(index)
        elif depth == len(rows):
            s = reach[depth][plus]
            tree.append(-2)
            points.append(list(H.witness(s)))
            order.append(s)
            if rows:
                order.append(tuple(t if k not in signed else -t for k, t in enumerate(s)))
        else:
            tree.append(-1)
            if depth:
                stack.append((depth + 1, plus))
            stack.append((depth + 1, plus | 1 << rows[depth]))
    loop.closed()
    return {"circuits": table, "tree": tree, "points": points}, tuple(order)


def _masks(support: Sequence[int], values: Sequence[int]) -> tuple[int, int]:
    up = sum(1 << k for k, t in zip(support, values, strict=True) if t > 0)
    down = sum(1 << k for k, t in zip(support, values, strict=True) if t < 0)
    return up, down


def _known(
    circuits: Sequence[tuple[int, int]], candidates: list[int], plus: int, minus: int
) -> int | None:
    """Return a known circuit that refutes the signs; the last one used is tried first."""
    for place, index in enumerate(candidates):
        up, down = circuits[index]
        if not (up & ~plus or down & ~minus) or not (up & ~minus or down & ~plus):
            candidates.insert(0, candidates.pop(place))
            return index
    return None


def _circuit(
    H: Arrangement, signed: Mapping[int, _Both], rows: Sequence[int], plus: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a dependency of the rows with these signs: its support and values.

    The last row is a negative combination of the signed others, for they leave it no choice.
    """
    *before, last = rows
    columns = [signed[k][plus >> k & 1] for k in before]
    masses, _ = integer_alternative(columns, signed[last][not plus >> last & 1])
    assert masses is not None  # the signs without the last one have a tope, with it none
    weights = {before[j]: c for j, c in masses.items()} | {last: Fraction(1)}
    support = tuple(sorted(weights))
    values = [weights[k] * _share(H.X[k], signed[k][plus >> k & 1]) for k in support]
    return support, integer_row(values)


def _share(x: Vector, z: Sequence[int]) -> Fraction:
    """Return the t of ``t x = z``, of vectors on one line."""
    return next(b / a for a, b in zip(x, z, strict=True) if b)


class FarkasWalls:
    """The Farkas vectors found so far, with their signs on the features as bits.

    ``used`` is the support of a vertex.
    """

    def __init__(self, features: Sequence[Scalars], fit: Scalars, used: int) -> None:
        self.used = used
        self.rows = independent_rows(transpose(features)) if features else ()
        self.n = len(fit)
        self.features = [tuple(F[k] for k in self.rows) for F in features]
        self.fit = tuple(fit[k] for k in self.rows)
        self.masks: list[tuple[int, int, int]] = []
        self.table: list[Json] = []

    def serving(self, positive: int, vanishing: int) -> int | None:
        """Return a known vector that empties the leaf; None when none does."""
        for index, (above, below, right) in enumerate(self.masks):
            if not below & ~vanishing and (right < 0 or (right == 0 and above & positive)):
                return index
        return None

    def found(self, missing: int | None, vanishing: int) -> int:
        """Return a new vector: no point of P vanishes there and is positive on ``missing``."""
        w = self.separating(missing, vanishing)
        signs = [sign(dot(w, F)) for F in self.features]
        above = sum(1 << j for j, s in enumerate(signs) if s > 0)
        below = sum(1 << j for j, s in enumerate(signs) if s < 0)
        self.masks.append((above, below, sign(dot(w, self.fit))))
        full: list[Scalar] = [Fraction(0)] * self.n
        for k, t in zip(self.rows, w, strict=True):
            full[k] = t
        self.table.append(numerators(full, primitive=True)[0])
        return len(self.masks) - 1

    def separating(self, missing: int | None, vanishing: int) -> Scalars:
        """Return a vector that shows a branch empty."""
        if missing is None and not self.are_rational:
            return self._priced(vanishing)
        columns = [F for j, F in enumerate(self.features) if not vanishing >> j & 1]
        if missing is None:
            return alternative(columns, self.fit)[1]
        target = tuple(-t for t in self.features[missing])
        return alternative([*columns, tuple(-t for t in self.fit)], target)[1]

    @cached_property
    def are_rational(self) -> bool:
        """Whether all numbers are rational."""
        return all(isinstance(t, Fraction) for v in (*self.features, self.fit) for t in v)

    @cached_property
    def _start(self) -> Tableau:
        """The tableau of the vertex, with the inverse of its basis."""
        columns = [*self.features, *identity(len(self.rows))]
        return Tableau.of(columns, self.fit, tuple(bits_of(self.used)))

    def _priced(self, vanishing: int) -> Scalars:
        """Return the prices of the least sum of what should vanish: none is less than 0 elsewhere.

        From a vertex that is few steps, where a point must be found first many.
        """
        N, T = len(self.features), self._start
        T = Tableau([*T.basic], [[*row] for row in T.rows], [*T.masses])
        for _ in falling(T, [Fraction(vanishing >> j & 1) for j in range(N)]):
            pass
        costly = [
            row[N:] for j, row in zip(T.basic, T.rows, strict=True) if vanishing >> j & 1
        ]
        return tuple(-sum(column, Fraction(0)) for column in zip(*costly, strict=True))


class Walls(Protocol):
    """What finds, and remembers, the vectors that empty the branches of a cover tree."""

    def serving(self, positive: int, vanishing: int) -> int | None:
        """Return the index of a known vector that empties the leaf, or None."""

    def found(self, missing: int | None, vanishing: int) -> int:
        """Return the index of a new one; no point vanishes there, or has c_missing > 0."""


def cover_tree(
    supports: Sequence[int], features: Sequence[Scalars], fit: Scalars
) -> dict[str, Json]:
    """Return the witness that ``{c >= 0 : F c = fit}`` has no other vertices, exact."""
    walls = FarkasWalls(features, fit, supports[0])
    tree = covered(supports, walls)
    return {"farkas": walls.table, "tree": tree}


def covered(supports: Sequence[int], walls: Walls, *, strict: bool = False) -> list[Json]:
    """Return the tree on ``c_j > 0 | c_j = 0`` that leaves room for no other vertex.

    A branch is empty iff no vertex vanishes where it must, or (not when ``strict``, for
    only an equation proves it) those that do leave a positive coordinate unused; it is
    settled when such a vertex has its support in the positive set; otherwise it branches
    towards the vertex nearest to that.
    """
    tree: list[Json] = []
    table = _Supports(supports)
    stack: list[tuple[int, int, NDArray[np.int64]]] = [(0, 0, table.all)]
    covered, loop = 0, Loop("certificate, no vertex is missing", _ALL, in_percent=True)
    while stack:
        positive, vanishing, left = stack.pop()
        loop.at(covered)
        share = _ALL >> (positive | vanishing).bit_count()
        nearest, missing = table.nearest(left, positive)
        if nearest is not None and not missing:
            tree.append(3 * nearest + 1)
            covered += share
            continue
        unused = 0 if strict or nearest is None else positive & ~table.used(left)
        if nearest is None or unused:
            index = walls.serving(positive, vanishing)
            if index is None:
                last = unused.bit_length() - 1
                index = walls.found(None if nearest is None else last, vanishing)
            tree.append(3 * index + 2)
            covered += share
            continue
        j, without = table.branch(left, missing)
        tree.append(3 * j)
        stack.append((positive, vanishing | 1 << j, without))
        stack.append((positive | 1 << j, vanishing, left))
    loop.closed()
    return tree


class _Supports:
    """The supports as words of 64 bits: what the vertices left at a branch have in common."""

    def __init__(self, supports: Sequence[int]) -> None:
        import numpy as np

        self.supports = supports
        self.size = max(1, -(-max(supports).bit_length() // 64))
        self.words = np.array(list(map(self._split, supports)), dtype=np.uint64)
        self.all = np.arange(len(supports))

    def _split(self, bits: int) -> list[int]:
        return [bits >> 64 * w & ((1 << 64) - 1) for w in range(self.size)]

    def nearest(self, left: "NDArray[np.int64]", positive: int) -> tuple[int | None, int]:
        """Return the first vertex with the fewest atoms off the positive set, and those."""
        import numpy as np

        if not len(left):
            return None, 0
        off = self.words[left] & ~np.array(self._split(positive), dtype=np.uint64)
        i = int(left[np.bitwise_count(off).sum(axis=1).argmin()])
        return i, self.supports[i] & ~positive

    def used(self, left: "NDArray[np.int64]") -> int:
        """Return the union of the supports."""
        import numpy as np

        union = np.bitwise_or.reduce(self.words[left], axis=0)
        return sum(int(word) << 64 * w for w, word in enumerate(union))

    def branch(
        self, left: "NDArray[np.int64]", candidates: int
    ) -> tuple[int, "NDArray[np.int64]"]:
        """Return the candidate that most vertices have, and the vertices without it."""
        import numpy as np

        best, without = -1, left
        for j in range(candidates.bit_length()):
            if candidates >> j & 1:
                word, bit = self.words[left, j // 64], np.uint64(1 << j % 64)
                rest = left[word & bit == 0]
                if best < 0 or len(rest) < len(without):
                    best, without = j, rest
        return best, without
