"""The optimal polytope as a slice ``{x >= 0 : A x = b}`` in the weights and in slacks.

The first coordinates of x are the weights of the classes; slacks follow where fits may move.
In balls the rows are independent, and a vertex is a basis whose solution is positive: what
has a 0 there is not decided. Exact supports may be smaller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import kernel, rank, solve, transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.farkas import alternative
from polytope_nn.geometry.zonotope import Fibre
from polytope_nn.landscape.fits import Fitting

from .estimate import Estimate, estimate_of_fibre, estimate_of_slice
from .float_slice import FloatSlice

__all__ = ["Slice"]

_ZERO = Fraction(0)


@dataclass(frozen=True)
class Slice:
    """The slice ``{x >= 0 : sum_j x_j columns_j = right}``; ``size`` columns are classes.

    ``in_balls``: numbers are balls. ``lifted``: the slacks are not determined by the
    weights, so vertices of the slice need not be vertices of its shadow P. ``fibre``: what
    the slice is one of, in balls.
    """

    columns: tuple[Scalars, ...]
    right: Scalars
    size: int
    in_balls: bool = False
    lifted: bool = False
    fibre: Fibre | None = None

    @property
    def pinned(self) -> bool:
        """Whether there are no slacks: one fit belongs to kappa."""
        return len(self.columns) == self.size

    @cached_property
    def estimate(self) -> Estimate | None:
        """The number of vertices, estimated; None where floats do not hold the numbers."""
        try:
            if self.fibre is not None:
                return estimate_of_fibre(self.fibre)
            F = FloatSlice(self.columns, self.right)
            return None if F.is_empty else estimate_of_slice(F)
        except OverflowError:
            return None

    def vertex(self, support: Sequence[int]) -> Scalars | None:
        """Return the vertex of the slice on these columns; None where there is no proof."""
        chosen = [self.columns[j] for j in support]
        try:
            if self.in_balls:
                x = self._in_balls(chosen)
            else:
                x = solve(transpose(chosen), self.right) if chosen else None
                if x is not None and rank(chosen) < len(chosen):
                    return None
            if x is None or not all(t >= 0 for t in x):
                return None
        except Undecided:
            return None
        found: list[Scalar] = [_ZERO] * len(self.columns)
        for j, t in zip(support, x, strict=True):
            found[j] = t
        return tuple(found)

    def _in_balls(self, chosen: Sequence[Scalars]) -> Scalars | None:
        if len(chosen) != len(self.right):
            return None
        x = solve_balls(transpose(chosen), self.right)
        return x if all(t > 0 for t in x) else None

    def some(self) -> Scalars | None:
        """Return a vertex of the slice, exactly; None where it is empty."""
        masses, _ = alternative(self.columns, self.right)
        if masses is None:
            return None
        return tuple(masses.get(j, _ZERO) for j in range(len(self.columns)))

    def using(self, j: int) -> tuple[Scalars | None, Scalars]:
        """Return a vertex that uses column j, or None and a w that proves x_j = 0.

        ``w'columns >= 0``, ``w'right = 0`` and ``w'columns_j > 0``. Of ``sum c_i a_i - s b =
        -a_j`` a basic solution is taken: with b independent of the a_i in use, so is a_j. Where
        no b is needed, slacks grow without end, and the point is a vertex and one step beyond.
        """
        against = tuple(-t for t in self.columns[j])
        homogeneous = [*self.columns, tuple(-t for t in self.right)]
        masses, w = alternative(homogeneous, against)
        if masses is None:
            return None, w
        scale = masses.get(len(self.columns))
        if scale is None:
            end = self.some()
            assert end is not None  # some fit is optimal
            ray = [masses.get(i, _ZERO) + int(i == j) for i in range(len(end))]
            return tuple(s + t for s, t in zip(end, ray, strict=True)), ()
        x = [masses.get(i, _ZERO) / scale for i in range(len(self.columns))]
        x[j] = x[j] + 1 / scale
        return tuple(x), ()

    def is_vertex_of_shadow(self, x: Scalars) -> bool:
        """Return whether the weights of a vertex are one of P: its fibre is then a face."""
        if not self.lifted:
            return True
        own = [j for j in range(self.size) if sign(x[j])]
        left = tuple(
            t - dot([self.columns[j][i] for j in own], [x[j] for j in own])
            for i, t in enumerate(self.right)
        )
        slacks = self.columns[self.size :]
        used = Fitting(slacks, left).used((1 << len(slacks)) - 1)
        free = [*own, *(self.size + i for i in range(len(slacks)) if used >> i & 1)]
        moves = kernel(transpose([self.columns[j] for j in free]), len(free))
        return not any(sign(t) for move in moves for t in move[: len(own)])

    def fits(self, classes: Sequence[int]) -> bool:
        """Return whether some point of the slice uses no classes but these."""
        every = [*classes, *range(self.size, len(self.columns))]
        chosen = [self.columns[j] for j in every]
        if not chosen:
            return not any(map(sign, self.right))
        return alternative(chosen, self.right)[0] is not None

    def minimal(self, classes: Sequence[int]) -> tuple[int, ...]:
        """Return an inclusion-minimal support among these classes (general G4)."""
        if self.pinned:
            return tuple(classes)
        kept = list(classes)
        for j in classes:
            fewer = [i for i in kept if i != j]
            if self.fits(fewer):
                kept = fewer
        return tuple(kept)

    def dim(self, used: Sequence[int]) -> int:
        """Return the dimension of P, whose used columns are these: of the slice in c."""
        if not used:
            return 0
        if self.pinned or self.in_balls:
            equations = len(self.right) if self.in_balls else self._rank(used)
            return len(used) - equations
        moves = kernel(transpose([self.columns[j] for j in used]), len(used))
        own = sum(j < self.size for j in used)
        return rank([move[:own] for move in moves]) if moves else 0

    def _rank(self, used: Sequence[int]) -> int:
        return rank([self.columns[j] for j in used])
