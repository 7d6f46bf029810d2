"""The equations of optimality in K (D + 1) unknowns, whatever the number of samples (THEORY §4).

With ``h_a = V_a'kappa`` for the factors V_a of K faces, shape (n, D), and Q the weighted projection
off the columns that are fitted freely (``Q = diag(weights)`` when there are none),

    kappa = Q (y - sum_b c_b V_b h_b),
    h_a + sum_b V_a'Q V_b c_b h_b = V_a'Q y,   |h_a|^2 = beta^2.

With prices ``Z'kappa = r`` one adds ``W Z (Z'W Z)^-1 r`` to kappa; with shifts p of the h_a, by
known entries of kappa, p to the right of the second line. A zero (h, c) gives a zero (kappa, c)
of :class:`~polytope_nn.dual.resolvent.Resolvent`, and conversely; Krawczyk's test on the smaller
system proves existence, and uniqueness nearby. Its Jacobian is regular iff that of the whole one
is: the block that is eliminated, ``(W^-1 Z; Z' 0)``, is regular since W is positive and the
columns of Z are independent. So for many samples the whole system is solved by it
(:mod:`~polytope_nn.dual.eliminated.whole`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial

from polytope_nn.dual.newton import contracted
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, BallMatrix, Balls, ball_vector, precision
from polytope_nn.exact.ball_matrix import invert_balls, multiply_balls, solve_balls
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, dot

__all__ = ["Reduced", "Solution"]

_STEPS = 10


@dataclass(frozen=True)
class Solution:
    """Proved enclosures of kappa, shape (n,), and of the weights c > 0, shape (K,)."""

    kappa: Balls
    weights: Balls


@dataclass(frozen=True)
class Reduced:
    """The system for given faces; ``unit`` is a number near beta, by which h is measured.

    Of a system with ``prices`` or ``shifts`` the free columns are independent.
    """

    y: Vector
    weights: Vector
    beta_squared: Fraction
    factors: tuple[Matrix, ...]
    free: tuple[Vector, ...]
    unit: Fraction
    prices: Vector = ()
    shifts: Vector = ()

    @property
    def width(self) -> int:
        """The number of columns of a factor."""
        return len(self.factors[0][0]) if self.factors else 0

    @cached_property
    def _columns(self) -> tuple[Vector, ...]:
        return tuple(c for V in self.factors for c in zip(*V, strict=True))

    def _projected(self, columns: Sequence[Sequence[Fraction]], bits: int) -> BallMatrix:
        """Return Q times the columns, as rows, in balls."""
        with precision(bits):
            weighted = [
                ball_vector([w * t for w, t in zip(self.weights, column, strict=True)])
                for column in columns
            ]
        Z = [self.free[j] for j in independent_rows(self.free)]
        if not Z:
            return tuple(weighted)
        WZ = [[w * t for w, t in zip(self.weights, z, strict=True)] for z in Z]
        gram = [[dot(p, q) for q in Z] for p in WZ]
        right = multiply_balls(Z, transpose(weighted))
        inverse = invert_balls([ball_vector(row, bits) for row in gram])
        off = multiply_balls(transpose(multiply_balls(inverse, right)), WZ)
        return tuple(
            tuple(s - t for s, t in zip(x, z, strict=True))
            for x, z in zip(weighted, off, strict=True)
        )

    def _priced(self, bits: int) -> Balls:
        """Return ``W Z (Z'W Z)^-1 r``: the weighted combination of Z at the prices r."""
        WZ = [[w * t for w, t in zip(self.weights, z, strict=True)] for z in self.free]
        gram = [[dot(p, q) for q in self.free] for p in WZ]
        with precision(bits):
            a = solve_balls([ball_vector(row) for row in gram], ball_vector(self.prices))
            return ball_vector([dot([z[k] for z in WZ], a) for k in range(len(self.y))])

    @cached_property
    def _grams(self) -> dict[int, tuple[BallMatrix, Balls, BallMatrix]]:
        """What was computed, by its bits."""
        return {}

    def _gram(self, bits: int) -> tuple[BallMatrix, Balls, BallMatrix]:
        """Return ``V'QV``, ``V'Qy`` and the rows ``QV_1, ..., Qy``, at the bits or more."""
        finer = [b for b in self._grams if b >= bits]
        if not finer:
            QW = self._projected([*self._columns, self.y], bits)
            if self.prices:
                priced = self._priced(bits)
                QW = (*QW[:-1], tuple(s + t for s, t in zip(QW[-1], priced, strict=True)))
            G = multiply_balls(self._columns, transpose(QW))
            t = tuple(r[-1] for r in G)
            if self.shifts:
                t = tuple(s + p for s, p in zip(t, self.shifts, strict=True))
            self._grams[bits] = tuple(r[:-1] for r in G), t, QW
        return self._grams[min(finer, default=bits)]

    def _evaluated(
        self, G: BallMatrix, t: Balls, x: Balls
    ) -> tuple[Balls, list[list[Scalar]]]:
        """Return the left-hand sides less the right-hand ones, and the Jacobian.

        The unknowns are ``h/unit`` and ``c``; so are the equations over unit.
        """
        K, D = len(self.factors), self.width
        N = K * D
        h, c = x[:N], x[N:]
        weighted = [[h[i] * c[i // D]] for i in range(N)]
        sums = multiply_balls(G, weighted)
        values: list[Scalar] = [h[i] + sums[i][0] - t[i] / self.unit for i in range(N)]
        square = self.beta_squared / self.unit**2
        parts = [h[a * D : (a + 1) * D] for a in range(K)]
        values += [(dot(p, p) - square) / 2 for p in parts]
        one, zero = Fraction(1), Fraction(0)
        J: list[list[Scalar]] = [
            [G[i][j] * c[j // D] + (one if i == j else zero) for j in range(N)]
            for i in range(N)
        ]
        blocks = [
            multiply_balls([row[a * D : (a + 1) * D] for row in G], [[s] for s in parts[a]])
            for a in range(K)
        ]
        for i in range(N):
            J[i] += [blocks[a][i][0] for a in range(K)]
        zeros: list[Scalar] = [zero] * K
        for a in range(K):
            row: list[Scalar] = [h[j] if j // D == a else zero for j in range(N)]
            J.append(row + zeros)
        return ball_vector(values, x[0].precision), J

    def refined(self, start: Sequence[Fraction], bits: int) -> Vector:
        """Return ``h/unit`` and c close to a solution, by Newton's method, with no proof.

        Raises
        ------
        Undecided
            When it does not settle to ``bits`` bits.
        """
        with precision(2 * bits):
            G, t, _ = self._gram(2 * bits)
            x = ball_vector(start)
            for _ in range(_STEPS + bits.bit_length()):
                values, J = self._evaluated(G, t, x)
                step = solve_balls(
                    [[u.centre() if isinstance(u, Ball) else u for u in row] for row in J],
                    [v.centre() for v in values],
                    proved=False,
                )
                x = tuple((a - b).centre() for a, b in zip(x, step, strict=True))
                size = max(abs(s.midpoint) for s in step)
                largest = max(Fraction(1), *(abs(s.midpoint) for s in x))
                if size < largest / (1 << bits):
                    return tuple(s.midpoint for s in x)
        raise Undecided(
            f"Newton's method did not settle to {bits} bits on {len(self.factors)} atoms"
        )

    def kappa(self, x: Sequence[Fraction | Ball], bits: int) -> Balls:
        """Return the kappa of (h, c), in balls."""
        _, _, QW = self._gram(2 * bits)
        N = len(self._columns)
        D = self.width
        masses = [x[i] * x[N + i // D] * self.unit for i in range(N)]
        if not masses:
            return QW[-1]
        sums = multiply_balls([masses], QW[:-1])[0]
        return tuple(a - b for a, b in zip(QW[-1], sums, strict=True))

    def enclosed(self, point: Sequence[Fraction], bits: int) -> Solution:
        """Return proved enclosures around a refined point, all weights positive.

        Raises
        ------
        Undecided
            When Krawczyk's test fails at this precision, or a weight may not be positive.
        """
        if not point:
            return Solution(self.kappa((), bits), ())
        with precision(2 * bits):
            G, t, _ = self._gram(2 * bits)
            largest = max(map(abs, point[len(self._columns) :]))
            radii = [Fraction(1)] * len(self._columns) + [largest] * len(self.factors)
            radii = [r / (1 << bits - 24) for r in radii]
            box = tuple(
                Ball.from_interval(p - r, p + r) for p, r in zip(point, radii, strict=True)
            )
            offset = tuple(Ball.from_interval(-r, r) for r in radii)
            evaluated = partial(self._evaluated, G, t)
            image = contracted(evaluated, ball_vector(point), box, offset)
            if image is not None:
                c = image[len(self._columns) :]
                if all(u > 0 for u in c):
                    return Solution(self.kappa(image, bits), c)
        raise Undecided(
            f"the interval Newton test for the dual optimum fails at {bits} bits on "
            f"{len(self.factors)} atoms"
        )
