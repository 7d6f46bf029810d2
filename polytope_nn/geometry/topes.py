"""The topes of a central arrangement by double-description splitting.

Terminology. The *lines* are r-dimensional integer vectors of rank r, no two parallel; line
0 is the first. A *ray* is a vertex of the arrangement: a primitive integer vector at which
lines of rank r - 1 vanish. Its *zero set* is the mask of these lines, line i being the bit
``1 << (L - 1 - i)``, so that masks sort like sign vectors. A *tope* is the tuple of the
rays of its closed cone. Topes come in opposite pairs: only those where line 0 is positive
are held, and a ray off line 0 only with line 0 positive.

Algorithm. r independent lines have ``2^(r-1)`` simplicial cones. A further line is
evaluated once on every ray; a cone is split iff it has rays on both sides, and the new
rays are where its edges cross (Motzkin, Raiffa, Thompson and Thrall 1953). Two rays p, q
of a cone span an edge iff the lines of ``Z(p) & Z(q)`` have rank r - 2.

* A ray is *simple* when exactly r - 1 lines vanish on it. Dropping any one of these leaves
  a flat of dimension 2, and each such flat meets the cone in an edge (or in the ray, or in
  a thick ray's edge): two simple rays of a cone span an edge iff they share a flat.
* A ray is *thick* otherwise. A simple and a thick ray span an edge iff r - 2 lines vanish
  on both; two thick rays iff these number at least r - 2 and vanish on no third ray.

An edge belongs to many cones but is crossed by a line in one point, so its new ray is made
once: edges of simple rays are known by their flat, others by the pair. A flat on which
line 0 vanishes may be crossed in two opposite rays; its two halves, on the sides of the
first basic line not vanishing on it, count as two flats.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial, reduce
from itertools import product, repeat
from math import gcd
from operator import add, floordiv, mul, or_
from typing import TypeVar, cast

from polytope_nn.exact.linear import independent_rows, solve
from polytope_nn.exact.rational import Vector, integer_row

__all__ = ["Topes", "topes"]

K = TypeVar("K")
V = TypeVar("V")
Line = tuple[int, ...]
Cone = tuple[int, ...]  # rays, as their positions in the table


@dataclass(frozen=True)
class Topes:
    """The topes where line 0 is positive, by ascending mask of their positive lines.

    ``cones[i]`` holds the rays of the tope ``masks[i]`` as positions in the r ``columns``
    of coordinates. The opposite topes have the complementary masks.
    """

    masks: tuple[int, ...]
    cones: tuple[tuple[int, ...], ...]
    columns: tuple[tuple[int, ...], ...]

    def rays(self, i: int) -> list[Line]:
        """Return the primitive rays of the i-th cone, sorted."""
        return sorted(tuple(x[v] for x in self.columns) for v in self.cones[i])


def topes(lines: Sequence[Line], r: int) -> Topes:
    """Return the topes of pairwise independent integer lines of rank r, shape (L, r).

    Examples
    --------
    >>> found = topes([(1, 0), (0, 1), (1, -1)], 2)
    >>> [f"{mask:03b}" for mask in found.masks]
    ['101', '110', '111']
    >>> found.rays(2)
    [(1, 0), (1, 1)]
    """
    if r == 0:
        return Topes((0,), ((),), ())
    table, cones = _simplicial(lines, r)
    for i, line in enumerate(lines):
        if i not in table.basis:
            cones = table.split(cones, i, line)
    positive = table.positive.__getitem__
    masks = [reduce(or_, map(positive, cone)) for cone in cones]
    order = sorted(range(len(masks)), key=masks.__getitem__)
    return Topes(
        tuple(masks[i] for i in order),
        tuple(cones[i] for i in order),
        tuple(map(tuple, table.columns)),
    )


class _Memo(dict[K, V]):
    """A function of one key that remembers its values."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, key: K) -> V:
        value = self[key] = self.make(key)
        return value


@dataclass
class _Table:
    """The rays of the lines inserted so far: coordinates, and the lines zero, positive."""

    bits: list[int]
    basis: tuple[int, ...]
    columns: list[list[int]]
    zero: list[int]
    positive: list[int]

    def __post_init__(self) -> None:
        self.simple = len(self.basis) - 1  # how many lines vanish on a simple ray
        self.thick: set[int] = set()
        self.flats = _Memo(self._flats)

    def _flats(self, v: int) -> tuple[int, ...]:
        """Return the flats of dimension 2 through the simple ray v; for a thick ray none.

        A flat, or half a flat, is the mask of its lines; the half is marked beyond them.
        """
        if v in self.thick:
            return ()
        first = self.bits[0]
        basic = sum(self.bits[i] for i in self.basis)
        found = []
        left = zero = self.zero[v]
        while left:
            line = left & -left
            left ^= line
            flat = zero ^ line
            if not flat & first:
                found.append(flat)
                continue
            dividing = 1 << (basic & ~flat).bit_length() - 1
            above = dividing == line or self.positive[v] & dividing
            below = dividing == line or not above
            found += [
                flat | half * 2 * first for half, on in ((1, above), (2, below)) if on
            ]
        return tuple(found)

    def split(self, cones: list[Cone], i: int, line: Line) -> list[Cone]:
        """Return the cones after line i is inserted."""
        value = self._evaluate(line)
        bit = self.bits[i]
        sides: tuple[set[int], set[int], set[int]] = set(), set(), set()
        on, above, below = sides
        for v, t in enumerate(value):
            if t > 0:
                above.add(v)
                self.positive[v] |= bit
            elif t:
                below.add(v)
            else:
                on.add(v)
                self.zero[v] |= bit
                self.flats.pop(v, None)
        self.thick |= on
        cut = _Cut(self, len(value))
        cones = list(cut.split(cones, on, above, below))
        self._append(cut.ends, value, bit)
        return cones

    def _evaluate(self, line: Line) -> list[int]:
        """Return the products of the line with all rays."""
        value: Iterator[int] = repeat(0, len(self.zero))
        for t, column in zip(line, self.columns, strict=True):
            if t:
                value = map(add, value, map(mul, repeat(t), column))
        return list(value)

    def _append(self, ends: list[tuple[int, int]], value: list[int], bit: int) -> None:
        """Append the rays in which the line of the values crosses the edges (p, q)."""
        if not ends:
            return
        known = len(self.zero)
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
        zero += [zero[p] & zero[q] | bit for p, q in ends]
        positive += [(positive[p] | positive[q]) & ~bit for p, q in ends]
        self.thick.update(
            v for v in range(known, len(zero)) if zero[v].bit_count() > self.simple
        )


class _Cut:
    """One line cutting cones; ``ends`` are the edges it crosses, in the order of new rays."""

    def __init__(self, table: _Table, known: int) -> None:
        self.table, self.known = table, known
        self.lines = 2 * table.bits[0] - 1
        self.ends: list[tuple[int, int]] = []
        self.cone: Cone = ()
        self.P: set[int] = set()
        self.N: set[int] = set()

    def split(
        self, cones: Iterable[Cone], on: set[int], above: set[int], below: set[int]
    ) -> Iterator[Cone]:
        """Yield the cones on one side of the line, and the halves of the others."""
        thick = self.table.thick
        flats = self.table.flats.__getitem__
        crossing = _Memo(self._in_flat).__getitem__
        partners: _Memo[int, _Memo[int, int]] = _Memo(
            lambda p: _Memo(partial(self._between, p))
        )
        for cone in cones:
            if below.isdisjoint(cone) or above.isdisjoint(cone):
                yield cone
                continue
            self.cone = cone
            self.P = P = above.intersection(cone)
            self.N = N = below.intersection(cone)
            crossed = set().union(*map(flats, P))
            crossed &= set().union(*map(flats, N))
            section = list(map(crossing, crossed))
            if thick:
                section += on.intersection(cone)
                thick_P, thick_N = P & thick, N & thick
                for p in thick_P:
                    section += filter(None, map(partners[p].__getitem__, N))
                if thick_N:
                    for p in P - thick_P:
                        section += filter(None, map(partners[p].__getitem__, thick_N))
            yield (*P, *section)
            yield (*N, *section)

    def _in_flat(self, flat: int) -> int:
        """Return the new ray on the edge of the cone in the flat."""
        zero = self.table.zero
        flat &= self.lines
        p = next(p for p in self.P if zero[p] & flat == flat)
        q = next(q for q in self.N if zero[q] & flat == flat)
        return self._cross(p, q)

    def _between(self, p: int, q: int) -> int:
        """Return the new ray between p and q; 0, never a new ray, when they span no edge."""
        table = self.table
        common = table.zero[p] & table.zero[q]
        if common.bit_count() < table.simple - 1:
            return 0
        if p in table.thick and q in table.thick:
            within = sum(table.zero[v] & common == common for v in self.cone)
            if within > 2:
                return 0
        return self._cross(p, q)

    def _cross(self, p: int, q: int) -> int:
        self.ends.append((p, q))
        return self.known + len(self.ends) - 1


def _simplicial(lines: Sequence[Line], r: int) -> tuple[_Table, list[Cone]]:
    """Return the rays and cones of the first r independent lines."""
    bits = [1 << i for i in reversed(range(len(lines)))]
    rows = [tuple(map(Fraction, line)) for line in lines]
    basis = independent_rows(rows)
    B = [rows[i] for i in basis]
    every = sum(bits[i] for i in basis)
    rays, zero, positive = [], [], []
    for j, i in enumerate(basis):
        ray = solve(B, [Fraction(int(i == k)) for k in basis])
        assert ray is not None  # B is regular
        primitive = integer_row(cast("Vector", ray))
        for side in (1, -1) if j else (1,):
            rays.append([side * t for t in primitive])
            zero.append(every ^ bits[i])
            positive.append(bits[i] if side > 0 else 0)
    columns = [list(column) for column in zip(*rays, strict=True)]
    choices = product(*((2 * j - 1, 2 * j) for j in range(1, r)))
    return _Table(bits, basis, columns, zero, positive), [(0, *c) for c in choices]
