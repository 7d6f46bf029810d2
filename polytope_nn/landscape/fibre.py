"""The optimal polytope of the free-linear phase: a fibre of a zonotope (THEORY §10).

With pairs of atoms ``(g_j, -g_j)`` of weights ``(e_j + t_j)/2`` and ``(e_j - t_j)/2``, P is
``{t : |t_j| <= e_j, sum_j t_j sign_j x_k'g_j / 2 = (Z lambda)_k}`` over independent rows
x_k. The e_j and g_j are balls: a vertex is a set of as many free coordinates as there are
equations, strictly inside their intervals, the others at an end. When every vertex met is
of that kind the polytope is simple, and pivoting from one reaches all of them, since the
graph of a polytope is connected.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import solve_balls
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot

if TYPE_CHECKING:
    from .enclosing import Enclosure

__all__ = ["Fibre"]

Ends = tuple[int, ...]  # per coordinate: -1 or +1 at an end of its interval, 0 free

_MOST_VERTICES = 200_000


@dataclass(frozen=True)
class Fibre:
    """``{t : |t_j| <= e_j, rows t = right}`` in balls; as many ``rows`` as their rank."""

    rows: tuple[Scalars, ...]
    right: Scalars
    e: Scalars

    @classmethod
    def of(cls, proof: "Enclosure", X: Matrix) -> "Fibre":
        """Return the fibre of an enclosure in the free-linear phase."""
        kappa, e, linear = proof.parts
        pulls = []
        for V in proof.system.factors[: proof.pairs]:
            columns = list(zip(*V, strict=True))
            pulls.append([dot(column, kappa) for column in columns])
        chosen = independent_rows(list(zip(*proof.system.free, strict=True)))
        rows = tuple(tuple(dot(X[k], g) / 2 for g in pulls) for k in chosen)
        right = tuple(dot([z[k] for z in proof.system.free], linear) for k in chosen)
        return cls(rows, right, tuple(e[: proof.pairs]))

    def first_vertex(self) -> Ends:
        """Return a vertex, guessed by linear programming; :meth:`position` proves it."""
        import numpy as np
        from scipy.optimize import linprog

        e = [float(x) for x in self.e]
        A = np.array([[float(x) for x in row] for row in self.rows])
        objective = [(-1) ** j * (j + 1) for j in range(len(e))]
        b = [float(x) for x in self.right]
        bounds = [(-x, x) for x in e]
        answer = linprog(objective, A_eq=A, b_eq=b, bounds=bounds, method="highs-ds")
        if answer.x is None:
            raise Undecided(
                "the opposite pairs of atoms do not reach the linear part of the fit"
            )
        inner = sorted(range(len(e)), key=lambda j: abs(answer.x[j]) / e[j])[
            : len(self.rows)
        ]
        return tuple(
            0 if j in inner else (1 if answer.x[j] > 0 else -1) for j in range(len(e))
        )

    def position(self, ends: Ends) -> Scalars:
        """Return the point t of a vertex; every free coordinate is proved inside."""
        free = [j for j, end in enumerate(ends) if not end]
        fixed = [(j, self.e[j] * end) for j, end in enumerate(ends) if end]
        right = [
            b - dot([row[j] for j, _ in fixed], [x for _, x in fixed])
            for b, row in zip(self.right, self.rows, strict=True)
        ]
        t: list[Scalar] = [self.e[j] * end for j, end in enumerate(ends)]
        for j, x in zip(free, self._solve(free, right), strict=True):
            if not -self.e[j] < x < self.e[j]:
                raise Undecided("a coordinate of a vertex is at the end of its interval")
            t[j] = x
        return tuple(t)

    def _solve(self, free: Sequence[int], right: Sequence[Scalar]) -> Sequence[Scalar]:
        if len(free) != len(self.rows):
            raise Undecided(
                f"{len(free)} pairs of atoms for {len(self.rows)} linear equations"
            )
        return solve_balls([[row[j] for j in free] for row in self.rows], right)

    def vertices(self) -> Iterator[Ends]:
        """Yield every vertex once, by pivoting along the edges."""
        first = self.first_vertex()
        seen, waiting = {first}, deque([first])
        while waiting:
            ends = waiting.popleft()
            yield ends
            for neighbour in self._neighbours(ends):
                if neighbour not in seen:
                    seen.add(neighbour)
                    waiting.append(neighbour)
            if len(seen) > _MOST_VERTICES:
                raise Undecided(f"more than {_MOST_VERTICES} vertices")

    def _neighbours(self, ends: Ends) -> Iterator[Ends]:
        t = self.position(ends)
        free = [j for j, end in enumerate(ends) if not end]
        for j, end in enumerate(ends):
            if not end:
                continue
            # t_j leaves its end inwards at unit speed; the free ones keep the equations
            speeds = self._solve(free, [row[j] * end for row in self.rows])
            events: list[tuple[Scalar, int, int]] = [(self.e[j] * 2, j, -end)]
            for i, speed in zip(free, speeds, strict=True):
                ahead = 1 if speed > 0 else -1
                events.append(((self.e[i] - t[i] * ahead) / (speed * ahead), i, ahead))
            _, hit, side = min(events)
            moved = list(ends)
            moved[j] = 0
            moved[hit] = side
            yield tuple(moved)

    def coordinates(self, ends: Ends) -> Scalars:
        """Return the weights of the atoms, each pair's two side by side, shape (2k,)."""
        weights: list[Scalar] = []
        for x, e, end in zip(self.position(ends), self.e, ends, strict=True):
            if end:
                weights += [e, Fraction(0)] if end > 0 else [Fraction(0), e]
            else:
                weights += [(e + x) / 2, (e - x) / 2]
        return tuple(weights)
