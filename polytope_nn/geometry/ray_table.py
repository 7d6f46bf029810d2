"""The rays of an arrangement and the flats of dimension 2 through them.

Terminology. The *lines* are r-dimensional integer vectors of rank r, no two parallel; line
0 is the first. Line i of L has the bit ``1 << (L - 1 - i)``, so that masks of lines sort
like sign vectors. A *ray* is a vertex of the arrangement: a primitive integer vector at
which lines of rank r - 1 vanish; the mask of all lines that do is its *zero set*. Of a ray
and its opposite only the one with line 0 positive is held; both when line 0 vanishes.

A ray is *simple* when exactly r - 1 lines vanish on it, else *thick*. Dropping any one of
its lines, a simple ray lies on r - 1 *flats*: subspaces of dimension 2 on which the other
r - 2 lines vanish. Where line 0 does not vanish on a flat, only the half-plane with line 0
positive is held, and a further line crosses it in one ray at most. Where line 0 vanishes, a
further line may cross in a ray and its opposite: such a flat counts as two, its halves on
the sides of the first basic line that does not vanish on it. A ray in both halves is
*forked*.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import repeat
from math import gcd
from operator import add, floordiv, mul
from typing import NamedTuple, cast

from polytope_nn.exact.linear import independent_rows, solve
from polytope_nn.exact.rational import Vector, integer_row

__all__ = ["Flats", "Line", "RayTable", "Sides"]

Line = tuple[int, ...]


class Sides(NamedTuple):
    """A line on all rays: its values, and where it is positive, negative, zero."""

    value: list[int]
    above: set[int]
    below: set[int]
    on: set[int]


class RayTable:
    """The rays of the lines inserted so far, at first of r independent ones.

    Rays are positions in the r ``columns`` of coordinates. ``zero`` and ``positive`` are
    the masks of the inserted lines that vanish or are positive on a ray.
    """

    def __init__(self, lines: Sequence[Line], r: int) -> None:
        self.lines = lines
        self.bits = [1 << i for i in reversed(range(len(lines)))]
        rows = [tuple(map(Fraction, line)) for line in lines]
        self.basis = independent_rows(rows)
        self.basic = sum(self.bits[i] for i in self.basis)
        self.lines_of_simple = r - 1
        self.thick: set[int] = set()
        self.zero: list[int] = []
        self.positive: list[int] = []
        B = [rows[i] for i in self.basis]
        rays = []
        for i in self.basis:
            ray = solve(B, [Fraction(int(i == k)) for k in self.basis])
            assert ray is not None  # B is regular
            primitive = integer_row(cast("Vector", ray))
            for side in (1, -1) if i else (1,):
                rays.append([side * t for t in primitive])
                self.zero.append(self.basic ^ self.bits[i])
                self.positive.append(self.bits[i] if side > 0 else 0)
        self.columns = [list(column) for column in zip(*rays, strict=True)]

    def insert(self, i: int) -> Sides:
        """Return line i on all rays, evaluated once on each."""
        value: Iterator[int] = repeat(0, len(self.zero))
        for t, column in zip(self.lines[i], self.columns, strict=True):
            if t:
                value = map(add, value, map(mul, repeat(t), column))
        sides = Sides(list(value), set(), set(), set())
        bit = self.bits[i]
        for v, t in enumerate(sides.value):
            if t > 0:
                sides.above.add(v)
                self.positive[v] |= bit
            elif t:
                sides.below.add(v)
            else:
                sides.on.add(v)
                self.zero[v] |= bit
        self.thick |= sides.on
        return sides

    def append(self, ends: list[tuple[int, int]], value: list[int], bit: int) -> None:
        """Append the rays in which the line of the values and the bit crosses the edges.

        An edge (p, q) has p above and q below the line. No line takes opposite signs on p
        and q, so a line vanishes on the new ray iff it is this one or vanishes on both.
        """
        if not ends:
            return
        P, Q = zip(*ends, strict=True)
        a = [-value[q] for q in Q]
        b = [value[p] for p in P]
        crossings = []
        for column in self.columns:
            x = column.__getitem__
            crossings.append(list(map(add, map(mul, a, map(x, P)), map(mul, b, map(x, Q)))))
        divisors = list(map(gcd, *crossings))
        for column, crossing in zip(self.columns, crossings, strict=True):
            column.extend(map(floordiv, crossing, divisors))
        zero, positive = self.zero, self.positive
        known = len(zero)
        zero += [zero[p] & zero[q] | bit for p, q in ends]
        positive += [(positive[p] | positive[q]) & ~bit for p, q in ends]
        self.thick.update(
            v for v in range(known, len(zero)) if zero[v].bit_count() > self.lines_of_simple
        )


class Flats(dict[int, tuple[int, ...]]):
    """The flats through a simple ray, as masks of lines; none through a thick ray.

    A half of a flat has a mark beyond the lines. The value of a ray is made when it is
    first asked for, and must be dropped when a further line vanishes on the ray.
    """

    def __init__(self, table: RayTable) -> None:
        super().__init__()
        self.table = table
        self.forked: set[int] = set()

    def drop(self, rays: set[int]) -> None:
        """Forget the flats through the rays."""
        for v in rays:
            self.pop(v, None)

    def __missing__(self, v: int) -> tuple[int, ...]:
        found = []
        if v not in self.table.thick:
            zero = left = self.table.zero[v]
            while left:
                line = left & -left
                left ^= line
                found.append(zero ^ line)
            if zero & self.table.bits[0]:
                found = list(self._halves(v, found))
        self[v] = flats = tuple(found)
        return flats

    def _halves(self, v: int, flats: list[int]) -> Iterator[int]:
        """Yield the flats off line 0, and the closed halves with v of those on it."""
        table = self.table
        first = table.bits[0]
        for flat in flats:
            if not flat & first:
                yield flat
                continue
            dividing = 1 << (table.basic & ~flat).bit_length() - 1
            if not table.positive[v] & dividing:
                yield flat | 2 * first
                if not table.zero[v] & dividing:
                    continue
                self.forked.add(v)
            yield flat | 4 * first
