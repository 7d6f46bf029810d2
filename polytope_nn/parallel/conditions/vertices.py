"""Vertices of ``{c >= 0 : A c = b, B c >= 0}``: slacks as columns, before or after the rest.

Over exact numbers the order is of no account. In balls elimination loses what is 0 by
structure: with the slacks first it leaves the equations alone, with them last the rows of B
are eliminated too; one of them may decide what the other leaves open, or each support
by itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.double_description import slice_vertices

__all__ = ["Minor", "conditioned_vertices", "slacked_vertices"]

Minor: TypeAlias = Callable[[Sequence[int], Sequence[int]], bool]
"""Whether a minor is known to be 0: rows of the equations and then of B, and columns."""

_Table: TypeAlias = Mapping[int, Sequence[Scalar]]

_SUBSETS = 1 << 14  # that are looked at one by one


def conditioned_vertices(
    equations: Sequence[Scalars],
    right: Sequence[Scalar],
    above: Sequence[Scalars],
    minor: Minor | None = None,
) -> list[tuple[Scalars, Scalars]]:
    """Return the vertices, each with its slacks ``B c``, sorted by support.

    A ``minor`` that is known to be 0 decides what balls do not.

    >>> one, none = Fraction(1), Fraction(0)
    >>> conditioned_vertices([(one, one)], [one], [(one, -one)])
    [((Fraction(1, 2), Fraction(1, 2)), (Fraction(0, 1),)), \
((Fraction(1, 1), Fraction(0, 1)), (Fraction(1, 1),))]

    Raises
    ------
    Undecided
        When balls decide it in neither order.
    """
    reasons: list[Undecided] = []
    for first in (True, False):
        try:
            found = slacked_vertices(equations, right, above, first=first)
            return sorted(found, key=lambda v: _used(v[0]))
        except Undecided as reason:
            reasons.append(reason)
    found = _basic(equations, right, above, minor, reasons[0])
    return sorted(found, key=lambda v: _used(v[0]))


def _basic(
    equations: Sequence[Scalars],
    right: Sequence[Scalar],
    above: Sequence[Scalars],
    minor: Minor | None,
    reason: Undecided,
) -> list[tuple[Scalars, Scalars]]:
    """Return the vertices by their supports: each is the solution of its own equations.

    Those are the equations, and as many conditions as it takes; what a support does not see is
    0 on it, and everything else must be decided.
    """
    width = len((*equations, *above)[0])
    if 2 ** (width + len(above)) > _SUBSETS:
        raise reason
    found: dict[tuple[Sequence[int], frozenset[int]], tuple[Scalars, Scalars]] = {}
    for size in range(1, width + 1):
        for own in combinations(range(width), size):
            fixed = [
                ([row[j] for j in own], t) for row, t in zip(equations, right, strict=True)
            ]
            sides = [({sign(x) for x in row} - {0}, t) for row, t in fixed]
            if any(
                len(own_signs) < 2 and _sees(t) != bool(own_signs) for own_signs, t in sides
            ):
                continue  # 0 is to be a sum of one sign, or something a sum of nothing
            kept = [i for i, (row, _) in enumerate(fixed) if any(map(_sees, row))]
            conditions = [[row[j] for j in own] for row in above]
            seen = [i for i, row in enumerate(conditions) if any(map(_sees, row))]
            mixed = [i for i in seen if {sign(x) for x in conditions[i]} >= {1, -1}]
            for tight in combinations(mixed, max(size - len(kept), 0)):
                square = [fixed[i][0] for i in kept] + [conditions[i] for i in tight]
                ends = [fixed[i][1] for i in kept] + [Fraction(0)] * len(tight)
                if len(square) > size:
                    raise reason
                rows = (*kept, *(len(equations) + i for i in tight))
                left = {i: conditions[i] for i in seen if i not in tight}
                of = _Square(minor, rows, tuple(ends), own, len(equations))
                found |= of.vertex(square, left, (width, len(above)))
    return [*found.values()]


@dataclass(frozen=True)
class _Square:
    """A square system of a support: its rows, its right side, the columns of all.

    ``after`` is the number of equations: conditions are the rows after them.
    """

    minor: Minor | None
    rows: tuple[int, ...]
    ends: Scalars
    columns: tuple[int, ...]
    after: int

    def vertex(
        self,
        square: Sequence[Sequence[Scalar]],
        left: Mapping[int, Sequence[Scalar]],
        sizes: tuple[int, int],
    ) -> dict[tuple[Sequence[int], frozenset[int]], tuple[Scalars, Scalars]]:
        """Return the solution and its slacks, by its support and the slacks that are 0.

        Nothing where a mass or a slack of the conditions that are ``left`` is negative.
        """
        c = () if _singular(square) else solve_balls(square, self.ends)
        own, table = self.columns, dict(zip(self.rows, square, strict=True))
        if not c or not all(
            self._sign(t, table, [j for j in own if j != q]) > 0
            for q, t in zip(own, c, strict=True)
        ):
            return {}
        slacks = {i: dot(row, c) for i, row in left.items()}
        signs = {
            i: self._sign(t, {**table, self.after + i: left[i]}, own)
            for i, t in slacks.items()
        }
        if any(e < 0 for e in signs.values()):
            return {}
        above = {i: t for i, t in slacks.items() if signs[i]}
        masses = dict(zip(own, c, strict=True))
        v = tuple(masses.get(j, Fraction(0)) for j in range(sizes[0]))
        at = tuple(above.get(i, Fraction(0)) for i in range(sizes[1]))
        return {(own, frozenset(above)): (v, at)}

    def _sign(self, t: Scalar, table: _Table, columns: Sequence[int]) -> int:
        """Return the sign of a mass, or with one row more of its slack: 0 where minors are.

        ``table`` are rows on the columns of all, ``columns`` those of the minors.
        """
        try:
            return sign(t)
        except Undecided:
            for r, end in zip(self.rows, self.ends, strict=True):
                if _sees(end) and not self._flat(
                    [q for q in table if q != r], table, columns
                ):
                    raise
            return 0

    def _flat(self, rows: Sequence[int], table: _Table, columns: Sequence[int]) -> bool:
        """Return whether a minor is known to be 0."""
        if self.minor is not None and self.minor(rows, columns):
            return True
        at = [self.columns.index(j) for j in columns]
        return _singular([[table[r][q] for q in at] for r in rows])


def _sees(t: Scalar) -> bool:
    """Return whether an entry is not known to be 0."""
    return isinstance(t, Ball) or t != 0


def _singular(square: Sequence[Sequence[Scalar]]) -> bool:
    """Return whether a matrix is singular whatever is in its balls, as far as that is seen.

    Its exact columns depend on each other, or each expansion of its determinant has a 0.
    """
    columns = transpose(square)
    exact = [c for c in columns if not any(isinstance(t, Ball) for t in c)]
    if exact and rank(exact) < len(exact):
        return True
    owner: dict[int, int] = {}

    def placed(j: int, seen: set[int]) -> bool:
        for i, t in enumerate(columns[j]):
            if i not in seen and _sees(t):
                seen.add(i)
                if i not in owner or placed(owner[i], seen):
                    owner[i] = j
                    return True
        return False

    return not all(placed(j, set()) for j in range(len(columns)))


def slacked_vertices(
    equations: Sequence[Scalars],
    right: Sequence[Scalar],
    above: Sequence[Scalars],
    *,
    first: bool,
) -> list[tuple[Scalars, Scalars]]:
    """Return the vertices, each with its slacks; the columns of these first or last."""
    zero, size = Fraction(0), len(above)

    def beside(row: Scalars, slacks: Scalars) -> Scalars:
        return (*slacks, *row) if first else (*row, *slacks)

    rows = [
        beside(row, tuple(-Fraction(i == j) for j in range(size)))
        for i, row in enumerate(above)
    ]
    rows += [beside(row, (zero,) * size) for row in equations]
    found = slice_vertices(rows, [*(zero,) * size, *right])
    if first:
        return [(v[size:], v[:size]) for v in found]
    width = len(rows[0]) - size if rows else 0
    return [(v[:width], v[width:]) for v in found]


def _used(c: Scalars) -> list[int]:
    """Return the places of the positive masses, and the end after them."""
    return [*(j for j, x in enumerate(c) if sign(x)), len(c)]
