"""Affine arrangements: hyperplanes off the origin, their regions, which of them are bounded.

The hyperplanes ``a_k x = b_k`` in R^n are the traces, at t = 1, of the central hyperplanes
``a_k x - b_k t = 0`` in R^(n + 1); with ``t = 0`` among these (the hyperplane at infinity)
the regions are the topes with t > 0. A region is bounded iff its cone has no ray with
t = 0 and the arrangement no lineality; it is *relatively* bounded iff only the first.
A hyperplane ``0 x = b`` is none; it has the sign of ``-b`` on every region, + for b = 0.

References
----------
T. Zaslavsky, *Facing up to arrangements*, Memoirs of the AMS 154 (1975).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from polytope_nn.called import given
from polytope_nn.errors import DimensionError
from polytope_nn.exact.rational import Matrix, Vector, matrix, vector

from .arrangement import Arrangement, arrangement

__all__ = ["AffineArrangement", "affine_arrangement", "at_infinity"]

Pattern = tuple[int, ...]


@dataclass(frozen=True, repr=False)
class AffineArrangement:
    """The hyperplanes ``A x = b``; made by :func:`affine_arrangement`.

    ``central`` has one row more, that of the hyperplane at infinity, at ``infinity``.
    """

    central: Arrangement = field(repr=False)
    infinity: int

    def __repr__(self) -> str:
        return (
            f"AffineArrangement(n={self.central.n - 1}, d={self.central.d - 1}, "
            f"regions={len(self)}, bounded={len(self.bounded)})"
        )

    def __len__(self) -> int:
        return len(self.regions)

    @cached_property
    def regions(self) -> tuple[Pattern, ...]:
        """Return the sign vectors of ``A x - b`` on the regions, sorted."""
        return tuple(self._finite(s) for s in self._lifted)

    @cached_property
    def bounded(self) -> tuple[Pattern, ...]:
        """Return the sign vectors of the bounded regions, sorted."""
        return () if self.central.lineality else self.relatively_bounded

    @cached_property
    def relatively_bounded(self) -> tuple[Pattern, ...]:
        """Return the sign vectors of the regions that are bounded modulo the lineality."""
        row = self.central.X[self.infinity]
        return tuple(
            self._finite(s)
            for s in self._lifted
            if all(_value(row, ray) != 0 for ray in self.central.rays(s))
        )

    @property
    def count(self) -> int:
        """Return the number of regions by deletion and restriction, without the regions."""
        return self.central.count // 2

    @cached_property
    def _lifted(self) -> tuple[Pattern, ...]:
        """The patterns of the topes above infinity."""
        return tuple(s for s in self.central.patterns if s[self.infinity] > 0)

    def _finite(self, pattern: Pattern) -> Pattern:
        return pattern[: self.infinity] + pattern[self.infinity + 1 :]


def _value(row: Vector, ray: tuple[int, ...]) -> Fraction:
    return sum((x * t for x, t in zip(row, ray, strict=True)), Fraction(0))


def affine_arrangement(
    A: Iterable[Iterable[object]], b: Iterable[object], *, limit: int = 2_000_000
) -> AffineArrangement:
    """Return the arrangement of the hyperplanes ``A x = b``; A has shape (m, n).

    Parameters
    ----------
    A, b
        Normals, shape (m, n), and right-hand sides, shape (m,); exact numbers.
    limit
        The most regions that are listed.

    Returns
    -------
    AffineArrangement
        Its regions, and which of them are bounded.

    Raises
    ------
    DimensionError
        When the shapes disagree.
    Undecided
        When the central arrangement has more than `limit` topes.

    Examples
    --------
    >>> affine_arrangement([[1, 0], [0, 1], [1, 1]], [0, 0, 1])
    AffineArrangement(n=3, d=2, regions=7, bounded=1)
    """
    rows, right = matrix(A), vector(b)
    if len(rows) != len(right) or not rows:
        raise DimensionError(f"{len(rows)} hyperplanes and {len(right)} right-hand sides")
    n = len(rows[0])
    lifted: Matrix = tuple((*a, -t) for a, t in zip(rows, right, strict=True))
    lifted += ((*(Fraction(0),) * n, Fraction(1)),)
    return AffineArrangement(arrangement(lifted, limit=limit), len(rows))


def at_infinity(H: Arrangement, row: int) -> AffineArrangement:
    """Return the affine arrangement of the others when one row of H lies at infinity.

    It is the trace of the central arrangement on the hyperplane ``x_row u = 1``.

    Parameters
    ----------
    H
        A central arrangement.
    row
        The index of its row that lies at infinity.

    Returns
    -------
    AffineArrangement
        The others in the affine space where that row is 1.

    Raises
    ------
    DimensionError
        When the row is zero, or there is none of that number.

    Examples
    --------
    >>> at_infinity(arrangement([[1, 0, 0], [0, 1, 0], [1, 1, -1], [0, 0, 1]]), 3)
    AffineArrangement(n=3, d=2, regions=7, bounded=1)
    """
    given(Arrangement, H)
    given(int, row)
    if not 0 <= row < H.n or not any(H.X[row]):
        raise DimensionError(f"row {row} is no hyperplane among the {H.n} rows")
    return AffineArrangement(H, row)
