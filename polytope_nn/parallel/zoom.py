"""The conic program of a leaf in floats, as accurate as it takes (three-layer P3).

``min t`` over raisings ``delta_i = |k_i| theta_i`` and multipliers ``>= 0`` with ``|g_b| <= t`` on
every block, in units of beta. The size of k may be 10^12 and the optimum 1. So the program is
solved in units of k, and then again beside its solution, in which the g_b are computed
exactly: with ``x = x_0 + eps x'`` it has the same rows, and other right-hand sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.search.floats import to_float

from .blocks import Block

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Program", "Solved", "solved"]

_ZERO = Fraction(0)
_STAGES = 8
_SOLVER = 1e-7  # its relative accuracy
_FAR = 1e6  # a bound that is farther than this does not press
_NEXT = 1e-3  # of the unit: the next one, or what is left


@dataclass(frozen=True)
class Program:
    """The blocks with what they see, shape (d,), what raisings add, (N, d), and facets.

    ``ends`` are the largest raisings ``|k_i|``.
    """

    blocks: tuple[Block, ...]
    pulls: tuple[Vector, ...]
    raisings: tuple[Matrix, ...]
    facets: tuple[Matrix, ...]
    ends: Vector

    def at(self, raised: Sequence[Fraction], masses: Sequence[Vector]) -> list[Vector]:
        """Return g of each block, exactly."""
        found = []
        for b, pull in enumerate(self.pulls):
            g = list(pull)
            parts = [*zip(raised, self.raisings[b], strict=True)]
            parts += zip(masses[b], self.facets[b], strict=True)
            for c, column in parts:
                if c:
                    g = [s + c * t for s, t in zip(g, column, strict=True)]
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
    rows = _rows(program)
    raised: Vector = (_ZERO,) * len(program.ends)
    masses: tuple[Vector, ...] = tuple((_ZERO,) * len(f) for f in program.facets)
    largest = max((squared_norm(g) for g in program.pulls), default=_ZERO)
    unit = max(to_float(largest) ** 0.5, 1.0)
    found: Solved | None = None
    for _ in range(_STAGES):
        point = _solved(rows, _right(program, raised, masses, unit))
        if point is None:
            return found
        x, duals = point
        moved = [Fraction(float(t)) * Fraction(unit) for t in x]
        N = len(raised)
        raised = tuple(
            min(max(s + t, _ZERO), end)
            for s, t, end in zip(raised, moved[:N], program.ends, strict=True)
        )
        left = iter(moved[N + 1 :])
        masses = tuple(tuple(max(t + next(left), _ZERO) for t in own) for own in masses)
        value, accuracy = float(x[N]) * unit, _SOLVER * max(unit / 10, 1.0)
        found = Solved(value, accuracy, raised, duals)
        if accuracy <= _SOLVER or abs(value - 1) > accuracy / _NEXT:
            return found
        largest = max(squared_norm(g) for g in program.at(raised, masses))
        unit = max(min(to_float(largest) ** 0.5, unit * _NEXT), 1.0)
    return found


def _rows(program: Program) -> "list[NDArray[np.float64]]":
    """Return the rows: what is ``>= 0``, then one cone a block; raisings, t, multipliers."""
    import numpy as np

    N = len(program.ends)
    size = N + 1 + sum(map(len, program.facets))
    d = len(program.pulls[0])
    sides = np.zeros((N + size - 1, size))
    sides[:N, :N], sides[N : 2 * N, :N] = -np.eye(N), np.eye(N)
    sides[2 * N :, N + 1 :] = -np.eye(size - N - 1)
    found, start = [sides], N + 1
    for raising, facets in zip(program.raisings, program.facets, strict=True):
        cone = np.zeros((d + 1, size))
        cone[0, N] = -1
        cone[1:, :N] = -_array(raising, d)
        cone[1:, start : start + len(facets)] = -_array(facets, d)
        start += len(facets)
        found.append(cone)
    return found


def _array(columns: Matrix, d: int) -> "NDArray[np.float64]":
    """Return vectors as the columns of an array, shape (d, N)."""
    import numpy as np

    return np.array([[to_float(t) for t in x] for x in columns]).reshape(-1, d).T


def _right(
    program: Program, raised: Vector, masses: Sequence[Vector], unit: float
) -> "list[NDArray[np.float64]]":
    """Return the right-hand sides beside a point, in some unit."""
    import numpy as np

    left = [end - t for t, end in zip(raised, program.ends, strict=True)]
    bounds = [*raised, *left, *(t for own in masses for t in own)]
    sides = np.minimum(np.array([to_float(t) for t in bounds]) / unit, _FAR)
    pulls = program.at(raised, masses)
    return [sides, *(np.array([0.0, *map(to_float, g)]) / unit for g in pulls)]


def _solved(
    rows: "list[NDArray[np.float64]]", rights: "list[NDArray[np.float64]]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64]] | None":
    """Return the solution and the dual variables of the blocks; None where there is none."""
    import clarabel
    import numpy as np
    from scipy import sparse

    cones = [clarabel.NonnegativeConeT(len(rights[0]))]
    cones += [clarabel.SecondOrderConeT(len(b)) for b in rights[1:]]
    size = rows[0].shape[1]
    cost = np.zeros(size)
    cost[len(rights[0]) - size + 1] = (
        1  # t, after the N raisings: there are N + size - 1 sides
    )
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix((size, size)),
        cost,
        sparse.csc_matrix(np.vstack(rows)),
        np.concatenate(rights),
        cones,
        settings,
    )
    solution = solver.solve()
    if "Solved" not in str(solution.status):
        return None
    z = np.array(solution.z)[len(rights[0]) :]
    return np.array(solution.x), z.reshape(len(rights) - 1, -1)
