"""The conic program of blocks with any loss, in floats: a hint at the optimum (general §2).

``min sum |u_i| + L(z) / beta`` over blocks in their cones, rows and fits in units of order 1. The
solver is poor at exponential and power cones: from its solution Newton's method goes on, each
step the program of a squared loss with the slope and the curvature of the loss at the fit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from polytope_nn.dual.units.blocks import Part
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import approximate_root
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Flat, Graph
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import Problem
from polytope_nn.search.losses.polishing import by_fits, held, tangent
from polytope_nn.search.losses.program import priced_rows
from polytope_nn.search.programs.interior_point import ConeName, cone_program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BlockPoint", "BlockProgram"]

_ONE = Fraction(1)
_STEPS = 16
_SETTLED = 1e-11  # of kappa, relative to the largest entry


@dataclass(frozen=True)
class BlockPoint:
    """A solution in floats: kappa, the fits of all samples, the length of each part."""

    kappa: tuple[float, ...]
    fits: tuple[float, ...]
    lengths: tuple[float, ...]


class BlockProgram:
    """The program of one problem and its parts."""

    def __init__(self, problem: Problem, parts: Sequence[Part]) -> None:
        self.problem, self.parts = problem, parts
        self.rows = rows_of(problem.loss)
        self.beta = approximate_root(problem.beta_squared)

    @cached_property
    def units(self) -> tuple[Fraction, ...]:
        """The size of each row: its largest entry in a part."""
        entries = (
            {t for part in self.parts for t in part.A[k]} for k in range(self.problem.n)
        )
        return tuple(max(*t, -min(t)) or _ONE if t else _ONE for t in entries)

    @cached_property
    def label(self) -> Fraction:
        """The size of the fits, for rows of order 1."""
        pairs = zip(self.rows, self.units, strict=True)
        return max(_size(row) / unit for row, unit in pairs) or _ONE

    def points(self) -> Iterator[BlockPoint]:
        """Yield the solution of the program; then, of smooth losses, one that is nearer."""
        point = self.solved(self.rows)
        yield point
        curves = [row for row in self.rows if isinstance(row, Smooth)]
        if len(curves) < len(self.rows):
            return
        for _ in range(_STEPS):
            try:
                rows = [
                    Graph((tangent(row, z),))
                    for row, z in zip(curves, point.fits, strict=True)
                ]
                found = self.solved(rows)
            except (Undecided, ValueError, OverflowError, ZeroDivisionError):
                break
            each = zip(curves, point.fits, found.fits, found.kappa, strict=True)
            fits = (held(row, z, new, t) for row, z, new, t in each)
            moved = max(abs(s - t) for s, t in zip(found.kappa, point.kappa, strict=True))
            point = BlockPoint(found.kappa, tuple(fits), found.lengths)
            if moved <= _SETTLED * max(map(abs, point.kappa)):
                break
        yield replace(point, kappa=by_fits(curves, point.fits, point.kappa))

    def solved(self, rows: Sequence[Graph | Smooth]) -> BlockPoint:
        """Return the solution with the given graphs of the samples."""
        import numpy as np
        from scipy import sparse

        n, free = self.problem.n, self.problem.free
        columns = [free.columns[j] for j in free.basis]
        scale = float(self.beta * self.label)
        price = priced_rows(rows, [float(t * self.label) for t in self.units], scale)
        starts, cost, cones, body = self._parts(len(columns))
        width = starts[-1] + price.width
        fits = np.zeros((n, width))
        for j, z in enumerate(columns):
            scaled = [t / unit for t, unit in zip(z, self.units, strict=True)]
            size = max(map(abs, scaled))
            fits[:, j] = [float(t / size) for t in scaled]
        for part, at in zip(self.parts, starts, strict=False):
            p = len(part.A[0])
            fits[:, at : at + p] = self._floats(part)
        fits[:, starts[-1] :] = price.fits
        beside = np.zeros((len(price.right), starts[-1]))
        A = sparse.vstack(
            [
                sparse.csc_matrix(fits),
                sparse.csc_matrix(body, (cones.rows, width)),
                sparse.csc_matrix(np.hstack([beside, price.rows])),
            ],
            "csc",
        )
        b = np.concatenate([price.labels, np.zeros(cones.rows), price.right])
        q = np.concatenate([cost, price.linear])
        K = [("ZeroConeT", (n,)), *cones.named(), *price.cones]
        curved = np.concatenate([np.zeros(starts[-1]), price.curved])
        P = sparse.diags(curved, format="csc")
        solved = cone_program(P, q, A, b, K, accuracy=1e-12)
        x, dual = solved.x, solved.z
        if not solved.finite:
            raise Undecided(
                "the conic solver failed: scale the samples, y and beta to sizes near 1, or "
                "give kappa"
            )
        made = fits[:, : starts[-1]] @ x[: starts[-1]]
        label = float(self.label)
        return BlockPoint(
            tuple(
                -float(t) * float(self.beta / unit)
                for t, unit in zip(dual[:n], self.units, strict=True)
            ),
            tuple(
                float(z) * float(unit) * label
                for z, unit in zip(made, self.units, strict=True)
            ),
            tuple(
                float(np.linalg.norm(x[at : at + len(part.A[0])])) * label
                for part, at in zip(self.parts, starts, strict=False)
            ),
        )

    def _floats(self, part: Part) -> "NDArray[np.float64]":
        import numpy as np

        units = [unit.as_integer_ratio() for unit in self.units]
        rows = zip(part.A, units, strict=True)
        return np.array(  # of integers the nearest float, as of the fraction
            [[t.numerator * q / (t.denominator * p) for t in row] for row, (p, q) in rows]
        )

    def _parts(self, first: int) -> "tuple[list[int], NDArray[np.float64], _Cones, Any]":
        """Return where the parts' variables begin, their costs and their conic constraints.

        A part of one column in the half-line is its own length; others have theirs last.
        """
        import numpy as np

        starts, cones = [first], _Cones()
        costs = [0.0] * first
        for part in self.parts:
            at, p = starts[-1], len(part.A[0])
            if part.is_column:
                cones.halves.append([(at, -1.0)])
                costs.append(1.0)
                starts.append(at + 1)
                continue
            for row in part.cone:
                size = max(map(abs, row))
                pairs = [(at + j, -float(t / size)) for j, t in enumerate(row) if t]
                cones.halves.append(pairs)
            cones.balls.append([at + p, *range(at, at + p)])
            costs += [0.0] * p + [1.0]
            starts.append(at + p + 1)
        return starts, np.array(costs), cones, cones.entries()


class _Cones:
    """Half-lines and second-order cones of some variables, row after row."""

    def __init__(self) -> None:
        self.halves: list[list[tuple[int, float]]] = []
        self.balls: list[list[int]] = []

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.halves) + sum(map(len, self.balls))

    def named(self) -> list[ConeName]:
        """Return the cones by their names."""
        balls = (("SecondOrderConeT", (len(ball),)) for ball in self.balls)
        return [("NonnegativeConeT", (len(self.halves),)), *balls]

    def entries(self) -> "tuple[list[float], tuple[list[int], list[int]]]":
        """Return the entries of the rows: values, and their places."""
        rows = [*self.halves, *([(j, -1.0)] for ball in self.balls for j in ball)]
        found = [(i, j, t) for i, row in enumerate(rows) for j, t in row]
        places = [i for i, _, _ in found], [j for _, j, _ in found]
        return [t for _, _, t in found], places


def _size(row: Graph | Smooth) -> Fraction:
    """Return the size of the fits of a sample near which its loss bends."""
    if isinstance(row, Smooth):
        return abs(row.y)
    ends: list[Fraction | None] = []
    for piece in row.pieces:
        ends += [piece.low, piece.high] if isinstance(piece, Flat) else [piece.at]
    return max((abs(t) for t in ends if t is not None), default=Fraction(0))
