"""The saddle point of a leaf in floats: theta, and inner neurons that attain its value (P3).

``min over theta in [0, 1]^N of max over blocks of |g|``, a conic program; its dual is a
point z of the two-layer unit ball, one inner neuron for each block in use. Nothing here is
believed: theta is made exact and proved, the inner neurons are rounded and their value is
compared exactly. Rows have unit length and kappa is divided by beta, so that the value is
of order 1.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.search.floats import Hints

from .blocks import Block, Blocks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Saddle", "Saddles"]

_USED = 1e-6  # a block of less weight is not in use
_BITS = 40  # of a rounded inner neuron
_END = 1e-5  # a theta this close to 0 or 1 may be that
_CLOSE = 1e-7  # values this close may be equal
_FLAT = 1e-4  # of a row times a direction: the direction may lie on the row's wall


@dataclass(frozen=True)
class Saddle:
    """What floats say of a leaf: the value over beta, theta on N, the inner neurons in use.

    ``neurons`` are pairs of a block and a rational u, the heaviest first; ``faces`` the signs
    that ``X u`` seems to have, and ``inner`` the places of N where theta is neither 0 nor 1.
    """

    value: float
    theta: tuple[float, ...]
    neurons: tuple[tuple[Block, Vector], ...]
    faces: tuple[tuple[int, ...], ...]

    @property
    def inner(self) -> tuple[int, ...]:
        """The places where theta seems to be strictly between 0 and 1."""
        return tuple(i for i, t in enumerate(self.theta) if _END < t < 1 - _END)

    @property
    def above(self) -> bool:
        """Whether the value seems to exceed beta."""
        return self.value > 1 + _CLOSE

    @property
    def below(self) -> bool:
        """Whether the value seems to be strictly less than beta."""
        return self.value < 1 - _CLOSE


@dataclass(frozen=True)
class Saddles:
    """The conic programs of one kappa; ``square`` is that of what a mass 1 costs."""

    blocks: Blocks
    kappa: Scalars
    square: Fraction

    @cached_property
    def hints(self) -> Hints:
        """The rows as floats of unit length."""
        return Hints(self.blocks.X, self.square)

    @cached_property
    def scaled(self) -> "NDArray[np.float64]":
        """``kappa_k |x_k| / beta``, shape (n,)."""
        return self.hints.scaled([enclosure(x)[0] for x in self.kappa])

    def saddle(
        self,
        sigma: int,
        plus: Sequence[int],
        minus: Sequence[int],
        excluded: Collection[Block] = (),
    ) -> Saddle | None:
        """Return the saddle of a leaf; None where the solver finds none.

        ``plus`` are the positive rows seen by positive inner neurons, ``minus`` those seen by
        negative ones.
        """
        import numpy as np

        k = sigma * self.scaled
        negative = np.flatnonzero(k < 0)
        blocks = [b for b in self.blocks.every if b not in excluded]
        seen = {1: _chosen(k, plus), -1: _chosen(k, minus)}
        solved = _solved(self._program(k, negative, blocks, seen))
        if solved is None:
            return None
        x, z = solved
        N, d = len(negative), self.hints.unit.shape[1]
        theta = tuple(float(t) for t in x[:N].clip(0, 1))
        duals = z[len(z) - len(blocks) * (d + 1) :].reshape(len(blocks), d + 1)
        order = np.argsort(-duals[:, 0], kind="stable")
        used = [i for i in order if duals[i, 0] > _USED]
        neurons = tuple((blocks[i], self._rounded(duals[i])) for i in used)
        faces = tuple(self._face(duals[i]) for i in used)
        return Saddle(float(x[N]), theta, neurons, faces)

    def _face(self, dual: "NDArray[np.float64]") -> tuple[int, ...]:
        """Return the signs of the rows on the direction of a block's dual variable."""
        import numpy as np

        u = -dual[1:]
        products = self.hints.unit @ u
        flat = np.abs(products) <= _FLAT * np.linalg.norm(u)
        return tuple(int(t) for t in np.where(flat, 0, np.sign(products)))

    def _rounded(self, dual: "NDArray[np.float64]") -> Vector:
        """Return the inner neuron of a block's dual variable, rounded."""
        return tuple(
            Fraction(round(-float(t) * (1 << _BITS)), 1 << _BITS) for t in dual[1:]
        )

    def _program(
        self,
        k: "NDArray[np.float64]",
        negative: "NDArray[np.int64]",
        blocks: Sequence[Block],
        seen: "dict[int, NDArray[np.float64]]",
    ) -> "tuple[NDArray[np.float64], list[NDArray[np.float64]], list[NDArray[np.float64]]]":
        """Return cost, rows and right-hand sides: first ``>= 0``, then one cone a block."""
        import numpy as np

        U = self.hints.unit
        d = U.shape[1]
        N = len(negative)
        facets = [
            self.blocks.arrangement.facets(p) for p in self.blocks.arrangement.patterns
        ]
        starts, size = [], N + 1
        for _, t in blocks:
            starts.append(size)
            size += len(facets[t])
        sides = np.zeros((2 * N + size - N - 1, size))
        sides[:N, :N], sides[N : 2 * N, :N] = -np.eye(N), np.eye(N)
        sides[2 * N :, N + 1 :] = -np.eye(size - N - 1)
        right = np.concatenate([np.zeros(N), np.ones(N), np.zeros(size - N - 1)])
        rows, rights = [sides], [right]
        for (s, t), start in zip(blocks, starts, strict=True):
            pattern = np.array(self.blocks.arrangement.patterns[t])
            active = pattern > 0
            cone = np.zeros((d + 1, size))
            cone[0, N] = -1
            cone[1:, :N] = -(s * (k * active)[:, None] * U)[negative].T
            mine = list(facets[t])
            cone[1:, start : start + len(mine)] = -(pattern[mine, None] * U[mine]).T
            rows.append(cone)
            rights.append(np.concatenate([[0], s * (seen[s] * active) @ U]))
        cost = np.zeros(size)
        cost[N] = 1
        return cost, rows, rights


def _chosen(k: "NDArray[np.float64]", rows: Sequence[int]) -> "NDArray[np.float64]":
    """Return k on the given rows, 0 elsewhere."""
    import numpy as np

    chosen = np.zeros_like(k)
    chosen[list(rows)] = k[list(rows)]
    return chosen


def _solved(
    program: "tuple[NDArray[np.float64], list[NDArray[np.float64]], list[NDArray[np.float64]]]",
) -> "tuple[NDArray[np.float64], NDArray[np.float64]] | None":
    """Return the primal and dual solution of a conic program; None where there is none."""
    import clarabel
    import numpy as np
    from scipy import sparse

    cost, rows, rights = program
    cones = [clarabel.NonnegativeConeT(len(rights[0]))]
    cones += [clarabel.SecondOrderConeT(len(b)) for b in rights[1:]]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix((len(cost), len(cost))),
        cost,
        sparse.csc_matrix(np.vstack(rows)),
        np.concatenate(rights),
        cones,
        settings,
    )
    solution = solver.solve()
    if "Solved" not in str(solution.status):
        return None
    return np.array(solution.x), np.array(solution.z)
