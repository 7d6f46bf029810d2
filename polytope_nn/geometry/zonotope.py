"""A fibre of a zonotope, in balls: its vertices, each proved (THEORY §10).

With pairs of atoms ``(g_j, -g_j)`` of weights ``(e_j + t_j)/2`` and ``(e_j - t_j)/2``, P is
``{t : |t_j| <= e_j, sum_j t_j sign_j x_k'g_j / 2 = (Z lambda)_k}`` over q independent rows
x_k. A vertex has q free coordinates, whose columns are a basis, and the others at an end of
their interval. All bases and all ends are looked at: the free coordinates are then
``a_0 + sum_j (+-a_j)``, so the balls of a basis are computed once, rounded to 64-bit
integers with their error, and summed over all signs in integers; a sum that the error
leaves open is decided in balls. A coordinate at the end of its interval is Undecided, so
the polytope is simple when there is an answer.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, cast

from polytope_nn.errors import TooMany, Undecided
from polytope_nn.exact.ball import Ball, BallMatrix
from polytope_nn.exact.ball_matrix import invert_balls, multiply_balls
from polytope_nn.exact.linear import independent_rows, rank, transpose
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import RealNumber, Scalar, Scalars
from polytope_nn.progress import counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Fibre"]

Ends = tuple[int, ...]  # per coordinate: -1 or +1 at an end of its interval, 0 free

_MOST_SIGNS = 22  # of one basis: 2^22 sums fit in 32 MB
_MOST_SUMS = 1 << 30  # of all bases together: some ten seconds
_FINE = 58  # bits of a rounded sum; all partial sums stay below 2^62


@dataclass(frozen=True)
class Fibre:
    """``{t : |t_j| <= e_j, rows t = right}`` in balls; as many ``rows`` as their rank.

    The vector of column j lies, whatever kappa is, in the span of the rational
    ``spans[j]``: columns whose spans have a smaller sum than their number are dependent.
    So are columns with the same number in ``lines``: multiples of one vector, by a proof.
    ``functions`` makes the rows, up to a factor of each column, rational functions of
    numbers in balls: what is dependent identically is so whatever the balls say.
    """

    rows: tuple[Scalars, ...]
    right: Scalars
    e: Scalars
    spans: tuple[Matrix, ...]
    lines: tuple[int, ...] = ()
    functions: Callable[[], tuple[Scalars, ...]] | None = None

    @property
    def _free(self) -> int:
        """The number q of free coordinates of a vertex."""
        return len(self.rows)

    def _affine(self, free: Sequence[int]) -> BallMatrix:
        """Return ``a_0, a_1, ...`` for each free coordinate: it is ``a_0 + sum +-a_j``."""
        fixed = [j for j in range(len(self.e)) if j not in free]
        inverse = invert_balls([[row[j] for j in free] for row in self.rows])
        table = [
            [b, *(row[j] for j in fixed)]
            for b, row in zip(self.right, self._moved, strict=True)
        ]
        return multiply_balls(inverse, table)

    @cached_property
    def _moved(self) -> tuple[Scalars, ...]:
        """What a coordinate at its upper end takes from the right sides."""
        return tuple(
            tuple(-x * e for x, e in zip(row, self.e, strict=True)) for row in self.rows
        )

    def _affine_or_none(self, free: Sequence[int]) -> BallMatrix | None:
        """Return what :meth:`_affine` does, None where the columns are dependent identically."""
        try:
            return self._affine(free)
        except Undecided:
            with suppress(Undecided):
                if rank([[row[j] for j in free] for row in self._functions]) < self._free:
                    return None
            raise

    @cached_property
    def _functions(self) -> tuple[Scalars, ...]:
        return self.rows if self.functions is None else self.functions()

    def _dependent(self, free: Sequence[int]) -> bool:
        """Return whether some of the columns are dependent by their spans or lines."""
        lines = [self.lines[j] for j in free] if self.lines else []
        return len(set(lines)) < len(lines) or any(
            self._span(chosen) < size
            for size in range(1, len(free) + 1)
            for chosen in combinations(sorted(free), size)
        )

    @cached_property
    def _spans(self) -> dict[tuple[int, ...], int]:
        return {}

    def _span(self, chosen: tuple[int, ...]) -> int:
        """Return the dimension of the sum of the spans of some columns."""
        if chosen not in self._spans:
            self._spans[chosen] = rank([v for j in chosen for v in self._short[j]])
        return self._spans[chosen]

    @cached_property
    def _short(self) -> tuple[Matrix, ...]:
        """The spans in coordinates that say all of them: their sum is mapped injectively."""
        every = [v for span in self.spans for v in span]
        few = independent_rows(transpose(every))
        return tuple(tuple(tuple(v[k] for k in few) for v in span) for span in self.spans)

    def vertices(self, most: int) -> Iterator[tuple[Ends, Scalars]]:
        """Yield every vertex once, its ends and its point, in no particular order.

        Raises
        ------
        Undecided
            When (TooMany) there are more than ``most``, or a coordinate is at an end.
        """
        k, q = len(self.e), self._free
        if k - q > _MOST_SIGNS or comb(k, q) << (k - q) > _MOST_SUMS:
            raise TooMany(
                f"the vertices of the optimal polytope, of dimension {k - q}, with {k} "
                f"pairs of atoms: too many to be looked for; take a larger beta"
            )
        count, batches = 0, []
        every = counted("vertices, bases", combinations(range(k), q), comb(k, q))
        for free in every:
            if self._dependent(free):
                continue  # no vertex has these free coordinates
            rows = self._affine_or_none(free)
            if rows is None:
                continue
            inside = self._inside(free, rows)
            count += len(inside)
            batches.append((free, rows, inside))
            if count > most:
                raise TooMany(
                    f"the vertices of the optimal polytope, of dimension {k - q}: they are "
                    f"more than the limit of {most}; raise the limit on vertices, or take "
                    f"a larger beta"
                )
        for free, rows, inside in counted("vertices in balls, bases", batches):
            yield from self._listed(free, rows, inside)

    def _listed(
        self, free: Sequence[int], rows: BallMatrix, numbers: Iterable[int]
    ) -> Iterator[tuple[Ends, Scalars]]:
        """Yield the ends and points of a basis for signs given as bits, 1 for -.

        Each sum of signed entries is one of two halves, and the halves recur.
        """
        k = len(self.e)
        fixed = [j for j in range(k) if j not in free]
        half = len(fixed) // 2
        halves: list[dict[int, Scalar]] = [{} for _ in range(2 * len(free))]
        signed = [(x, -x) for x in self.e]
        for number in map(int, numbers):
            low, high = number & (1 << half) - 1, number >> half
            ends, t = [0] * k, list(self.e)
            for i, j in enumerate(fixed):
                minus = number >> i & 1
                ends[j], t[j] = 1 - 2 * minus, signed[j][minus]
            for i, (j, row) in enumerate(zip(free, rows, strict=True)):
                lows, highs = halves[2 * i : 2 * i + 2]
                if low not in lows:
                    lows[low] = _sum(row[0], row[1 : half + 1], low)
                if high not in highs:
                    highs[high] = _sum(Fraction(0), row[half + 1 :], high)
                t[j] = lows[low] + highs[high]
            yield tuple(ends), tuple(t)

    def _inside(self, free: Sequence[int], rows: BallMatrix) -> "NDArray[np.int64]":
        """Return the signs, as bits (1 for -), that put all free coordinates inside."""
        import numpy as np

        half = (len(self.e) - len(free)) // 2
        possible = np.arange(1 << (len(self.e) - len(free)))
        certain = np.ones(len(possible), dtype=bool)
        for place, (j, row) in enumerate(zip(free, rows, strict=True)):
            error, e, integers = _rounded(row, self.e[j])
            low, high = _sums(integers[: half + 1]), _sums([0, *integers[half + 1 :]])
            if place:  # of those that are left
                size = np.abs(high[possible >> half] + low[possible & (1 << half) - 1])
            else:
                size = np.abs(high[:, None] + low).ravel()
            left = np.flatnonzero(size <= e + error)
            possible, certain = possible[left], certain[left] & (size[left] < e - error)
        for i in np.flatnonzero(~certain):
            certain[i] = self._decided(free, rows, int(possible[i]))
        found: NDArray[np.int64] = possible[certain]
        return found

    def _decided(self, free: Sequence[int], rows: BallMatrix, number: int) -> bool:
        """Return whether the free coordinates are inside, in balls."""
        _, t = next(self._listed(free, rows, [number]))
        for j in free:
            try:
                if not -self.e[j] < t[j] < self.e[j]:
                    return False
            except Undecided:
                raise Undecided(
                    "whether a coordinate of a vertex of the optimal polytope is at the "
                    "end of its interval: raise the limit on bits, or change beta a little"
                ) from None
        return True

    def coordinates(self, ends: Ends, t: Scalars) -> Scalars:
        """Return the weights of the atoms, each pair's two side by side, shape (2k,)."""
        weights: list[Scalar] = []
        zero, half = Fraction(0), Fraction(1, 2)
        for x, e, end in zip(t, self.e, ends, strict=True):
            if end:
                weights += [e, zero] if end > 0 else [zero, e]
            else:
                weights += [(e + x) * half, (e - x) * half]
        return tuple(weights)


def _sum(first: Scalar, entries: Sequence[Scalar], signs: int) -> Scalar:
    """Return ``first +- entries[0] +- ...``; a bit 1 is a minus."""
    for i, x in enumerate(entries):
        first = first - x if signs >> i & 1 else first + x
    return first


def _sums(entries: Sequence[int]) -> "NDArray[np.int64]":
    """Return ``first +- second +- ...`` for all signs, as bits, 1 for -; the second is bit 0."""
    import numpy as np

    sums = np.array(entries[:1], dtype=np.int64)
    for a in entries[1:]:
        sums = np.concatenate([sums + a, sums - a])
    return sums


def _rounded(row: Sequence[Scalar], e: Scalar) -> tuple[int, int, list[int]]:
    """Return in one unit the error of a sum of rounded entries, e and the entries.

    The unit is a power of 2 that leaves the entries and e together below ``2^58``.
    """
    balls = [
        cast("Ball", x.enclosure(128))
        if isinstance(x, RealNumber)
        else Ball.from_rational(x)
        for x in (e, *row)
    ]
    largest = max(k for k in (x.exponent for x in balls) if k is not None)  # e is positive
    shift = _FINE - largest - len(balls).bit_length()
    (size, off), *entries = [x.scaled(shift) for x in balls]
    return off + sum(r for _, r in entries) + 1, size, [m for m, _ in entries]
