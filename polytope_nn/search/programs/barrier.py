"""The dual optimum in long floats, whatever the scales of the data: a barrier method.

With ``kappa = N nu``, the columns of N a basis of what Z leaves, the dual problem over a set
of topes and signs j is

    min kappa'W^-1 kappa / 2 - y'kappa   over  |g_j| <= beta,  mu_j >= 0,
    g_j = sign X'D_j kappa + C_j mu_j,   C_j the facets of the tope as columns.

Its barrier ``-sum log(beta^2 - |g_j|^2) - sum log mu_j`` is self-concordant, and Newton's method
is blind to the scales of rows, labels and entries; what is left of them is lost to rounding,
and the numbers are long. How its path is followed is told in
:mod:`~polytope_nn.search.programs.path`. Directions come out as
``u_j = 2 g_j / (t (beta^2 - |g_j|^2))``. Nothing here is believed.

References
----------
Y. Nesterov, A. Nemirovskii, *Interior-Point Polynomial Algorithms* (1994).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import cast

from polytope_nn.exact.linear import kernel, solve, transpose
from polytope_nn.exact.long_floats import LongMatrix
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.problems.problem import Problem
from polytope_nn.search.losses.objectives import MadeObjective, Quadratic, row_lengths

__all__ = ["CENTRED", "Barrier", "Cone", "Local", "Point"]

_POLISHING = 7  # Newton steps at last, each of which doubles the digits
CENTRED = Fraction(1, 16)  # the square of the decrement on the path

Cone = tuple[int, int, int]  # chart, tope, sign


@dataclass(frozen=True)
class _Constraint:
    """One tope and sign: ``g = A nu + C mu``; C has no columns when C is None."""

    A: LongMatrix
    C: LongMatrix | None


@dataclass(frozen=True)
class Point:
    """A point inside: nu, and mu of each constraint (None where there are no facets)."""

    nu: LongMatrix
    mu: tuple[LongMatrix | None, ...]

    def moved(self, step: "Point", size: Fraction) -> "Point":
        """Return the point that a part of a step leads to."""
        pairs = zip(self.mu, step.mu, strict=True)
        return Point(
            self.nu + step.nu * size,
            tuple(None if p is None or q is None else p + q * size for p, q in pairs),
        )


@dataclass(frozen=True)
class Local:
    """A constraint at a point: g, the slack, K, and what Newton's method needs."""

    g: LongMatrix
    slack: LongMatrix  # beta^2 - |g|^2, (1, 1)
    K: LongMatrix
    KA: LongMatrix
    scaled: LongMatrix | None  # C diag(mu)


class Barrier:
    """The barrier of some cones."""

    def __init__(
        self, problem: Problem, cones: Sequence[Cone], made: MadeObjective | None
    ) -> None:
        kept = list(problem.determining)
        beta_squared = problem.beta_squared
        self.kept, self.problem = kept, problem
        N = kernel([[z[k] for k in kept] for z in problem.free.columns], len(kept))
        self.basis = [cast("Vector", row) for row in N]
        self.N = LongMatrix.of(self.basis) if N else None
        self.beta_squared = LongMatrix.of([[beta_squared]])
        if self.N is None:
            return
        self.objective = (made or Quadratic)(problem, self.N, self.basis)
        root = approximate_root(beta_squared)
        self.constraints, starts = [], list[LongMatrix | None]()
        for i, tope, sign in cones:
            chart = problem.charts[i]
            pattern = chart.arrangement.patterns[tope]
            facets = chart.arrangement.facets(pattern)
            nothing = (Fraction(0),) * len(chart.design[0])
            active = [
                tuple(sign * t for t in chart.design[k]) if pattern[k] > 0 else nothing
                for k in kept
            ]
            A = LongMatrix.of(active).T @ self.N.T
            rows = [[pattern[k] * t for t in chart.design[k]] for k in facets]
            C = LongMatrix.of(rows).T if rows else None
            self.constraints.append(_Constraint(A, C))
            sizes = [sum(map(abs, row), Fraction(0)) for row in rows]
            starts.append(
                LongMatrix.column([root / (2 * len(rows) * s) for s in sizes])
                if rows
                else None
            )
        self.start = Point(self._nu(root), tuple(starts))

    def _nu(self, root: Fraction) -> LongMatrix:
        """Return the start, shortened until no direction reaches a quarter of beta."""
        kappa = self.objective.start()
        if not self.problem.free.columns:  # each entry may be shortened alone
            return LongMatrix.column(self._shortened(kappa, root / 4))
        nu = solve(transpose(self.basis), kappa)
        assert nu is not None  # it is orthogonal to what is free
        start = LongMatrix.column(cast("Vector", nu))
        sizes = [(c.A @ start).squared_fraction() for c in self.constraints]
        longest = max(sizes, default=Fraction(0))
        if not longest:
            return start
        shorter = root / (4 * approximate_root(longest))
        return (
            start * min(shorter, Fraction(1)) if self.objective.walls else start * shorter
        )

    def _shortened(self, kappa: Vector, root: Fraction) -> Vector:
        """Return the entries, none more than its share of what the pulls may be."""
        every = row_lengths(self.problem)
        lengths = [every[k] for k in self.kept]
        share = root / max(1, sum(map(bool, lengths)))
        return tuple(
            t * min(Fraction(1), share / (abs(t) * length)) if t and length else t
            for t, length in zip(kappa, lengths, strict=True)
        )

    @cached_property
    def weight(self) -> int:
        """The parameter of the barrier: the gap is this over t."""
        return self.objective.walls + sum(
            2 + (0 if c.C is None else c.C.shape[1]) for c in self.constraints
        )

    def size(self, p: Point) -> Fraction:
        """Return about the size of the objective at a point: what the fit costs."""
        o = self.objective
        fallen = (
            o.falling(p.nu) + o.curvature(p.nu) @ p.nu if not o.walls else o.falling(p.nu)
        )
        return (fallen.T @ p.nu).fractions()[0]

    def local(self, p: Point) -> list[Local] | None:
        """Return the constraints at a point; None when it is not inside."""
        if self.objective.barrier(p.nu) is None:
            return None
        found = []
        for c, mu in zip(self.constraints, p.mu, strict=True):
            g = c.A @ p.nu
            scaled = None
            if c.C is not None and mu is not None:
                if not mu.positive():
                    return None
                g += c.C @ mu
                scaled = c.C.T.times(mu).T
            square = g.T @ g
            slack = self.beta_squared - square
            if not slack.positive():
                return None
            # the inverse of the Hessian of -log slack: (slack/2) (I - 2 g g' / (slack + 2 |g|^2))
            share = (g * (slack + square * 2).inverses().entry) @ g.T
            d = g.shape[0]
            unit = LongMatrix.of([[int(i == j) for j in range(d)] for i in range(d)])
            inverse = (unit - share * 2) * (slack * Fraction(1, 2)).entry
            if scaled is not None:
                inverse += scaled @ scaled.T
            K = inverse.solve(unit)
            found.append(Local(g, slack, K, K @ c.A, scaled))
        return found

    def step(
        self, p: Point, local: Sequence[Local], t: Fraction, *, tangent: bool
    ) -> tuple[Point, LongMatrix]:
        """Return Newton's step, or the tangent times t, and the step's squared length."""
        walls = self.objective.barrier(p.nu)
        assert walls is not None  # the point is inside
        curved = self.objective.curvature(p.nu) * t + walls[1]
        matrix = curved
        right = self.objective.falling(p.nu) * t
        if not tangent:
            right -= walls[0]
        firsts: list[LongMatrix | None] = []
        for c, at, mu in zip(self.constraints, local, p.mu, strict=True):
            matrix += c.A.T @ at.KA
            if tangent:
                firsts.append(None)
                continue
            # C mu + H^-1 h, with h = 2 g / slack: H^-1 h = g slack / (slack + 2 |g|^2)
            square = at.g.T @ at.g
            first = at.g * (at.slack @ (at.slack + square * 2).inverses()).entry
            if c.C is not None and mu is not None:
                first += c.C @ mu
            firsts.append(first)
            right -= at.KA.T @ first
        nu = matrix.solve(right)
        length = nu.T @ curved @ nu
        moves: list[LongMatrix | None] = []
        for c, at, mu, told in zip(self.constraints, local, p.mu, firsts, strict=True):
            w = at.KA @ nu
            if told is not None:
                w += at.K @ told
            move, turn = None, c.A @ nu
            if c.C is not None and mu is not None and at.scaled is not None:
                move = (at.scaled.T @ w).times(mu) * -1
                if not tangent:
                    move += mu
                turn += c.C @ move
                relative = move.times(mu.inverses())
                length += relative.T @ relative
            moves.append(move)
            along = at.g.T @ turn
            inverse = at.slack.inverses()
            length += (turn.T @ turn) @ inverse * 2 + (along @ inverse).T @ (
                along @ inverse
            ) * 4
        return Point(nu, tuple(moves)), length

    def centred(
        self, p: Point, t: Fraction, most: int
    ) -> tuple[Point, list[Local], int] | None:
        """Return the point of the path by Newton's method, damped where it must be."""
        local = self.local(p)
        if local is None:
            return None
        step, square = self.step(p, local, t, tangent=False)
        size = square.fractions()[0]
        for count in range(most):
            ahead = p.moved(step, Fraction(1))
            inside = self.local(ahead)
            if inside is not None and size < CENTRED:
                return ahead, inside, count
            next_step, next_size = step, size
            if inside is not None:
                next_step, square = self.step(ahead, inside, t, tangent=False)
                next_size = square.fractions()[0]
            if inside is None or next_size > size:
                damped = _below(1 / (1 + approximate_root(size, 20)))
                farther = self.farther(p, step, damped, t)
                if farther is None:
                    return None  # by rounding
                ahead, inside = farther
                next_step, square = self.step(ahead, inside, t, tangent=False)
                next_size = square.fractions()[0]
            p, step, size = ahead, next_step, next_size
        return None

    def farther(
        self, p: Point, step: Point, damped: Fraction, t: Fraction
    ) -> tuple[Point, list[Local]] | None:
        """Return a point along a step: the damped one, or farther where that falls still."""
        ahead = p.moved(step, damped)
        local = self.local(ahead)
        if local is None:
            return None
        while 2 * damped < 1 and self.falls(ahead, local, step, t):
            damped *= 2
            beyond = p.moved(step, damped)
            inside = self.local(beyond)
            if inside is None:
                break
            ahead, local = beyond, inside
        return ahead, local

    def falls(self, p: Point, local: Sequence[Local], step: Point, t: Fraction) -> bool:
        """Return whether the objective times t, with its barriers, falls along a step."""
        walls = self.objective.barrier(p.nu)
        assert walls is not None  # the point is inside
        rate = (walls[0] - self.objective.falling(p.nu) * t).T @ step.nu
        for c, at, mu, move in zip(self.constraints, local, p.mu, step.mu, strict=True):
            turn = c.A @ step.nu
            if c.C is not None and mu is not None and move is not None:
                turn += c.C @ move
                rate -= mu.inverses().T @ move
            rate += at.g.T @ turn @ at.slack.inverses() * 2
        return (rate * -1).positive()

    def polished(self, p: Point, t: Fraction) -> tuple[Point, list[Local]]:
        """Return a point of the path, moved closer: the fit of the directions is exact then."""
        local = self.local(p)
        assert local is not None  # a point of the path
        for _ in range(_POLISHING):
            ahead = p.moved(self.step(p, local, t, tangent=False)[0], Fraction(1))
            inside = self.local(ahead)
            if inside is None:
                break
            p, local = ahead, inside
        return p, local


def _below(share: Fraction) -> Fraction:
    """Return a short fraction near a share of 1, of a small one one below it."""
    near = round(share * 1024)
    return Fraction(near, 1024) if near > 1 else Fraction(1, (1 / share).__ceil__())
