"""The conic program of a leaf in floats, as accurate as it takes (three-layer P3).

``min t`` over raisings ``delta_i = |k_i| theta_i`` and multipliers ``>= 0`` with ``|g_b| <= t`` on
every block, in units of beta. The size of k may be 10^12 and the optimum 1. So the program is
solved in units of k, and then again beside its solution, in which the g_b are computed
exactly: with ``x = x_0 + eps x'`` it has the same rows, and other right-hand sides.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.parallel.blocks import Block
from polytope_nn.search.floats import to_float
from polytope_nn.search.programs.interior_point import ConeName, cone_program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Program", "Sides", "Solved", "solved", "spread"]

_ZERO = Fraction(0)
_STAGES = 8
_SOLVER = 1e-7  # its relative accuracy
_FAR = 1e6  # a bound that is farther than this does not press
_NEXT = 1e-3  # of the unit: the next one, or what is left


@dataclass(frozen=True)
class Sides:
    """What the programs of one sign have in common: k, and the blocks with their patterns.

    ``unit`` are the rows of about unit length, ``near`` the same in floats, ``facets`` the
    places of those that bound a block.
    """

    unit: Matrix
    near: "NDArray[np.float64]"
    k: Vector
    blocks: tuple[Block, ...]
    patterns: tuple[tuple[int, ...], ...]
    facets: tuple[tuple[int, ...], ...]
    whole: "Sides | None" = None

    def without(self, excluded: Collection[Block]) -> "Sides":
        """Return the same without some blocks: its rows are cut out of these."""
        left = [i for i, b in enumerate(self.blocks) if b not in excluded]
        if len(left) == len(self.blocks):
            return self
        return replace(
            self,
            blocks=tuple(self.blocks[i] for i in left),
            patterns=tuple(self.patterns[i] for i in left),
            facets=tuple(self.facets[i] for i in left),
            whole=self,
        )

    def _cut(self, whole: "Sides") -> "tuple[list[int], NDArray[np.int64]]":
        """Return the places of the blocks in those of the whole, and those of the unknowns."""
        import numpy as np

        at = {b: i for i, b in enumerate(whole.blocks)}
        own = [at[b] for b in self.blocks]
        N = len(self.negative)
        starts = np.cumsum([N + 1, *map(len, whole.facets)])
        columns = [np.arange(N + 1), *(np.arange(starts[i], starts[i + 1]) for i in own)]
        return own, np.concatenate(columns)

    @cached_property
    def negative(self) -> tuple[int, ...]:
        """The rows where k is negative."""
        return tuple(i for i, t in enumerate(self.k) if t < 0)

    @cached_property
    def ends(self) -> Vector:
        """The largest raisings ``|k_i|``."""
        return tuple(-self.k[i] for i in self.negative)

    @cached_property
    def active(self) -> "NDArray[np.bool_]":
        """Which rows each block has on its positive side, shape (B, n)."""
        import numpy as np

        return np.array(self.patterns) > 0

    @cached_property
    def rows(self) -> "list[NDArray[np.float64]]":
        """The rows: what is ``>= 0``, then one cone a block; raisings, t, multipliers."""
        import numpy as np

        if self.whole is not None:
            own, columns = self._cut(self.whole)
            sides, *cones = self.whole.rows
            N = len(self.negative)
            multipliers = columns[N + 1 :] + N - 1  # after the ends of the raisings
            kept = np.concatenate([np.arange(2 * N), multipliers])
            return [sides[np.ix_(kept, columns)], *(cones[i][:, columns] for i in own)]
        N, d = len(self.negative), self.near.shape[1]
        size = N + 1 + sum(map(len, self.facets))
        sides = np.zeros((N + size - 1, size))
        sides[:N, :N], sides[N : 2 * N, :N] = -np.eye(N), np.eye(N)
        sides[2 * N :, N + 1 :] = -np.eye(size - N - 1)
        found, start, negative = [sides], N + 1, list(self.negative)
        for (s, _), pattern, facets in zip(
            self.blocks, self.patterns, self.facets, strict=True
        ):
            signs = np.array(pattern)
            cone = np.zeros((d + 1, size))
            cone[0, N] = -1
            cone[1:, :N] = (s * (signs > 0)[:, None] * self.near)[negative].T
            mine = list(facets)
            cone[1:, start : start + len(mine)] = -(signs[mine, None] * self.near[mine]).T
            start += len(mine)
            found.append(cone)
        return found

    @cached_property
    def matrix(self) -> Any:  # noqa: ANN401 - scipy is not typed
        """The rows as one sparse matrix."""
        import numpy as np
        from scipy import sparse

        if self.whole is None:
            return sparse.csc_matrix(np.vstack(self.rows))
        own, columns = self._cut(self.whole)
        N, first, height = (
            len(self.negative),
            len(self.whole.rows[0]),
            self.near.shape[1] + 1,
        )
        cones = first + height * np.array(own)[:, None] + np.arange(height)
        kept = [np.arange(2 * N), columns[N + 1 :] + N - 1, cones.ravel()]
        return sparse.csc_matrix(self.whole.matrix[:, columns][np.concatenate(kept)])


@dataclass(frozen=True)
class Program:
    """The program of a leaf; ``seen`` are the rows of k that neurons of a sign see."""

    sides: Sides
    seen: dict[int, tuple[int, ...]]

    @cached_property
    def pulls(self) -> "NDArray[np.float64]":
        """What each block sees without raisings, in floats, shape (B, d)."""
        import numpy as np

        S = self.sides
        own = {s: np.zeros(len(S.k)) for s in (1, -1)}
        for s, rows in self.seen.items():
            for i in rows:
                own[s][i] = s * to_float(S.k[i])
        seen = np.array([own[s] for s, _ in S.blocks])
        pulled: NDArray[np.float64] = (seen * S.active) @ S.near
        return pulled

    def at(self, raised: Sequence[Fraction], masses: Sequence[Vector]) -> list[Vector]:
        """Return g of each block, exactly."""
        S, found = self.sides, []
        for b, ((s, _), pattern) in enumerate(zip(S.blocks, S.patterns, strict=True)):
            parts = [(S.k[i] * s, i) for i in self.seen[s]]
            parts += [(-t * s, i) for t, i in zip(raised, S.negative, strict=True)]
            parts = [(c, i) for c, i in parts if pattern[i] > 0]
            parts += [
                (t * pattern[i], i) for t, i in zip(masses[b], S.facets[b], strict=True)
            ]
            factors = [c for c, _ in parts]
            g = (
                dot([S.unit[i][a] for _, i in parts], factors)
                for a in range(len(S.unit[0]))
            )
            found.append(tuple(g))
        return found


@dataclass(frozen=True)
class Solved:
    """The optimum in units of beta, the raisings, and the dual variable of each block."""

    value: float
    accuracy: float
    raised: Vector
    duals: "NDArray[np.float64]"


def solved(program: Program) -> Solved | None:
    """Return the solution; None where the solver finds none."""
    import numpy as np

    S = program.sides
    N = len(S.ends)
    raised: Vector = (_ZERO,) * N
    masses: tuple[Vector, ...] = tuple((_ZERO,) * len(f) for f in S.facets)
    pulls = program.pulls
    found: Solved | None = None
    unit = np.inf
    for _ in range(_STAGES):
        largest = float(np.linalg.norm(pulls, axis=1).max(initial=0))
        unit = max(largest if found is None else min(largest, unit * _NEXT), 1.0)
        point = _solved(S, _right(S, raised, masses, pulls, unit))
        if point is None:
            return found
        x, duals = point
        moved = (Fraction(t) * Fraction(unit) for t in x.tolist())
        raised = tuple(
            min(max(s + next(moved), _ZERO), end)
            for s, end in zip(raised, S.ends, strict=True)
        )
        value, accuracy = float(x[N]) * unit, _SOLVER * max(unit / 10, 1.0)
        found = Solved(value, accuracy, raised, duals)
        if accuracy <= _SOLVER or abs(value - 1) > accuracy / _NEXT:
            return found
        next(moved)  # t itself
        masses = tuple(tuple(max(t + next(moved), _ZERO) for t in own) for own in masses)
        pulls = np.array([list(map(to_float, g)) for g in program.at(raised, masses)])
    return found


def _right(
    sides: Sides,
    raised: Vector,
    masses: Sequence[Vector],
    pulls: "NDArray[np.float64]",
    unit: float,
) -> "list[NDArray[np.float64]]":
    """Return the right-hand sides beside a point, in some unit."""
    import numpy as np

    left = [end - t for t, end in zip(raised, sides.ends, strict=True)]
    bounds = [*raised, *left, *(t for own in masses for t in own)]
    near = np.minimum(np.array([to_float(t) for t in bounds]) / unit, _FAR)
    return [near, *(np.concatenate([[0.0], g / unit]) for g in pulls)]


def _solved(
    sides: Sides, rights: "list[NDArray[np.float64]]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]] | None":
    """Return the solution and the dual variables of the blocks; None where there is none."""
    import numpy as np
    from scipy import sparse

    cones: list[ConeName] = [("NonnegativeConeT", (len(rights[0]),))]
    cones += [("SecondOrderConeT", (len(b),)) for b in rights[1:]]
    size = sides.matrix.shape[1]
    cost = np.zeros(size)
    cost[len(rights[0]) - size + 1] = (
        1  # t, after the N raisings: there are N + size - 1 sides
    )
    nothing = sparse.csc_matrix((size, size))
    solution = cone_program(nothing, cost, sides.matrix, np.concatenate(rights), cones)
    if not solution.solved:
        return None
    return solution.x, solution.z[len(rights[0]) :].reshape(len(rights) - 1, -1)


def spread(
    rows: "list[NDArray[np.float64]]", places: "list[NDArray[np.int64]]", size: int
) -> Any:  # noqa: ANN401 - scipy is not typed
    """Return the sparse matrix of dense rows, each with its columns."""
    import numpy as np
    from scipy import sparse

    height = len(rows[0])
    heights = np.arange(height)
    lines = [np.repeat(i * height + heights, len(at)) for i, at in enumerate(places)]
    columns = [np.tile(at, height) for at in places]
    entries = np.concatenate([block.ravel() for block in rows])
    places_of = (np.concatenate(lines), np.concatenate(columns))
    return sparse.csc_matrix((entries, places_of), shape=(len(rows) * height, size))
