"""The simplex method, exact, over any scalar: walks on ``{c >= 0 : sum_j c_j F_j = z}``.

The columns of F are features, c is a mixture of them, a basis is an independent set of
columns that represents z. A pivot lets one column enter and one leave; on the way at most
one column more than the basis has mass, which is why ``n + 1`` slots are enough for every
road of THEORY T12 and for the zero-loss set. Bland's rule: no basis comes twice.

References
----------
R. G. Bland, *New finite pivoting rules for the simplex method*, Math. Oper. Res. 2 (1977).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import UnboundedError
from polytope_nn.exact.linear import kernel, rref, transpose
from polytope_nn.exact.radical import RootSum, exactly
from polytope_nn.exact.scalar import Scalar, Scalars

__all__ = ["Tableau", "falling", "feasible", "pruned", "sliding"]

Masses = dict[int, Scalar]
Cost = RootSum | Scalar


def combination(prices: Sequence[Cost], weights: Sequence[Scalar]) -> RootSum:
    """Return ``sum prices_i weights_i``."""
    value = RootSum(())
    for price, weight in zip(prices, weights, strict=True):
        if weight != 0:
            value = value + exactly(price) * weight
    return value


def pruned(
    F: Sequence[Scalars], prices: Sequence[Cost], masses: Mapping[int, Scalar]
) -> Masses:
    """Return masses with the same ``sum c_j F_j``, no dearer, on independent features.

    F holds the features, one row each. Along a dependency of the features in use, in the
    direction that does not raise the cost, the masses move until one is 0. If the cost
    is constant and no mass falls in one direction, one falls in the other.

    Raises
    ------
    UnboundedError
        When the cost falls forever (never with prices ``>= 0``).
    """
    c = {j: x for j, x in masses.items() if x != 0}
    while True:
        used = sorted(c)
        if not used:
            return c
        dependencies = kernel(transpose([F[j] for j in used]), len(used))
        if not dependencies:
            return c
        delta = dependencies[0]
        slope = combination([prices[j] for j in used], delta).sign()
        if slope > 0 or (slope == 0 and not any(x < 0 for x in delta)):
            delta = tuple(-x for x in delta)
        falls = [(c[j] / -x, j) for j, x in zip(used, delta, strict=True) if x < 0]
        if not falls:
            raise UnboundedError("the cost falls without end along a dependency")
        step, first = min(falls)
        c = {j: c[j] + step * x for j, x in zip(used, delta, strict=True)}
        c = {j: x for j, x in c.items() if j != first and x != 0}


@dataclass
class Tableau:
    """A basis of the columns of ``F c = z``: ``basic`` columns, with rows ``B^-1 F``.

    ``rows[i]`` expresses every column in the basis: its coefficient on ``basic[i]``; and
    ``masses[i] >= 0`` is the mass of that column.
    """

    basic: list[int]
    rows: list[list[Scalar]]
    masses: list[Scalar]

    @classmethod
    def of(cls, F: Sequence[Scalars], z: Scalars, used: Sequence[int]) -> "Tableau":
        """Return the tableau of z whose basis contains the independent columns ``used``.

        z must be a mixture of those columns; the basis is filled up with others, of mass 0.
        """
        order = [*used, *(j for j in range(len(F)) if j not in used)]
        R, pivots = rref(
            [[*row, t] for row, t in zip(_columns(F, order, z), z, strict=True)]
        )
        back = {j: i for i, j in enumerate(order)}
        rows = [[row[back[j]] for j in range(len(F))] for row in R]
        return cls([order[p] for p in pivots], rows, [row[-1] for row in R])

    def solution(self) -> Masses:
        """Return the masses that are not 0."""
        pairs = zip(self.basic, self.masses, strict=True)
        return {j: x for j, x in pairs if x != 0}

    def reduced(self, prices: Sequence[Cost], j: int) -> RootSum:
        """Return the reduced cost of column j: its price less what it replaces."""
        replaced = combination(
            [prices[b] for b in self.basic], [row[j] for row in self.rows]
        )
        return exactly(prices[j]) - replaced

    def pivot(self, i: int, j: int) -> None:
        """Let column j enter for the i-th basic column."""
        factor = self.rows[i][j]
        chosen = [x / factor for x in self.rows[i]]
        mass = self.masses[i] / factor
        for k, row in enumerate(self.rows):
            if k != i and row[j] != 0:
                f = row[j]
                self.masses[k] = self.masses[k] - f * mass
                row[:] = [x - f * t for x, t in zip(row, chosen, strict=True)]
        self.rows[i], self.masses[i], self.basic[i] = chosen, mass, j

    def leaving(self, j: int) -> int | None:
        """Return the row that empties first when column j enters; None when none does."""
        ratios = [
            (self.masses[i] / row[j], self.basic[i], i)
            for i, row in enumerate(self.rows)
            if row[j] > 0
        ]
        return min(ratios)[2] if ratios else None


def _columns(F: Sequence[Scalars], order: Sequence[int], z: Scalars) -> Sequence[Scalars]:
    """Return the matrix whose columns are the features in the given order."""
    return transpose([F[j] for j in order]) if order else [()] * len(z)


def falling(T: Tableau, prices: Sequence[Cost]) -> Iterator[Masses]:
    """Yield the basic solutions on a walk of falling cost, ending at a cheapest one.

    The first yielded is the first after the start; consecutive ones are joined by an edge
    (or a segment inside one), on which one column more than a basis is in use. T is left
    at the optimal basis.

    Raises
    ------
    UnboundedError
        When the cost has no minimum.
    """
    before = T.solution()
    while True:
        entering = next(
            (
                j
                for j in range(len(prices))
                if j not in T.basic and T.reduced(prices, j).sign() < 0
            ),
            None,
        )
        if entering is None:
            return
        row = T.leaving(entering)
        if row is None:
            raise UnboundedError(f"column {entering} lowers the cost without end")
        T.pivot(row, entering)
        after = T.solution()
        if after != before:
            yield after
            before = after


def feasible(A: Sequence[Scalars], b: Scalars) -> tuple[Masses | None, Scalars]:
    """Return a basic ``c >= 0`` with ``sum_j c_j A_j = b``, or None and a Farkas vector.

    The Farkas vector y has ``y'A_j >= 0`` for every column j and ``y'b < 0``; with a
    solution it is ``()``. Phase one of the simplex method, with one artificial column
    per row.

    >>> one, two = Fraction(1), Fraction(2)
    >>> feasible([(one,)], (two,))
    ({0: Fraction(2, 1)}, ())
    >>> feasible([(one,)], (-two,))
    (None, (Fraction(1, 1),))
    """
    n, N = len(b), len(A)
    signs = [Fraction(-1 if t < 0 else 1) for t in b]
    # the artificial columns, signs on a diagonal, are the basis
    rows: list[list[Scalar]] = [
        [*(s * v[i] for v in A), *(Fraction(int(i == k)) for k in range(n))]
        for i, s in enumerate(signs)
    ]
    masses = [s * t for s, t in zip(signs, b, strict=True)]
    T = Tableau(list(range(N, N + n)), rows, masses)
    prices = [Fraction(0)] * N + [Fraction(1)] * n
    for _ in falling(T, prices):
        pass
    solution = T.solution()
    if any(j >= N for j in solution):
        # the dual prices: y_i = 1 - reduced cost of the artificial, signs put back
        y = [exactly(1) - T.reduced(prices, N + i) for i in range(n)]
        return None, tuple(_value(x) * -s for x, s in zip(y, signs, strict=True))
    return solution, ()


def _value(x: RootSum) -> Scalar:
    value = x.exact
    assert value is not None  # prices 0 and 1 make no roots
    return value


def sliding(T: Tableau, prices: Sequence[Cost]) -> Iterator[Masses]:
    """Yield the masses along the way from the fit of T to another, the dual simplex method.

    The other fit is the last column of the tableau, which has no price and never enters.
    The basis is optimal and stays so: when a mass reaches 0, the column with the least
    reduced cost per unit enters for it. The masses are continuous on the way, so each
    segment is linear and uses one basis; the cost is convex and piecewise linear.
    """
    while True:
        # with this basis the masses go in a line from those of T to the ends
        ends = [row[len(prices)] for row in T.rows]
        reaching = [
            (x / (x - end), T.basic[i], i)
            for i, (x, end) in enumerate(zip(T.masses, ends, strict=True))
            if end < 0
        ]
        share, _, row = min(reaching, default=(Fraction(1), 0, -1))
        T.masses = [x + share * (end - x) for x, end in zip(T.masses, ends, strict=True)]
        if share != 0:
            yield T.solution()
        if row < 0:
            return
        T.masses[row] = Fraction(0)
        T.pivot(row, _dual_entering(T, prices, row))


def _dual_entering(T: Tableau, prices: Sequence[Cost], row: int) -> int:
    """Return the column whose entry keeps the basis optimal when this row passes 0."""
    best: tuple[RootSum, int] | None = None
    for j in range(len(prices)):
        coefficient = T.rows[row][j]
        if j in T.basic or not coefficient < 0:
            continue
        ratio = T.reduced(prices, j) * (1 / -coefficient)
        if best is None or ratio < best[0]:
            best = ratio, j
    assert best is not None  # the other fit is a mixture of the columns (THEORY T12)
    return best[1]
