"""The LASSO over finitely many columns, exactly: least squares with one price (general §2).

``min 1/2 sum_k w_k (z_k - y_k)^2 + beta sum_a c_a`` with ``z = F c + Z a``, ``c >= 0``: every
condition is linear in kappa, c and a, so with rational columns and beta all of it is rational.
Floats propose which columns are in use; an exact active-set method ends where no column
exceeds beta, whatever they propose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from polytope_nn.errors import Undecided
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.linear import independent_rows, products, solve, transpose
from polytope_nn.exact.rational import Vector, is_square
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.search.programs.interior_point import cone_program

__all__ = ["Lasso", "beta_beside", "beta_of", "lasso"]

_ZERO = Fraction(0)
_USED = 1e-7  # a float weight below this part of the largest counts as 0


@dataclass(frozen=True)
class Lasso:
    """Columns F, free columns Z, labels y, weights w of the squared loss, the price beta.

    ``own`` are the prices of the columns, where they are not all beta.
    """

    columns: tuple[Vector, ...]
    free: tuple[Vector, ...]
    y: Vector
    weights: Vector
    beta: Scalar
    own: Vector = ()

    @property
    def prices(self) -> Scalars:
        """What a weight of 1 costs on each column."""
        return self.own or (self.beta,) * len(self.columns)


def beta_of(square: Fraction) -> Scalar:
    """Return beta: a fraction, or the root in its quadratic field.

    >>> beta_of(Fraction(9, 4))
    Fraction(3, 2)
    """
    if is_square(square):
        return Fraction(isqrt(square.numerator), isqrt(square.denominator))
    poly = (-square.numerator, 0, square.denominator)
    return NumberField(poly, (0, square + 1)).generator


def beta_beside(square: Fraction, kappa: Scalars) -> Scalar:
    """Return beta, in the field of kappa where there is one.

    Raises
    ------
    Undecided
        When beta is a root that is not in that field.
    """
    beta = beta_of(square)
    field = next((t.field for t in kappa if isinstance(t, Algebraic)), None)
    if isinstance(beta, Fraction) or field is None:
        return beta
    if len(field.poly) == 3:
        c, b, a = field.poly
        discriminant = Fraction(b * b - 4 * a * c)  # the square of 2 a x + b
        ratio = square / discriminant
        if is_square(ratio):
            share = Fraction(isqrt(ratio.numerator), isqrt(ratio.denominator))
            root = (field.generator * (2 * a) + b) * share
            return root if root > 0 else -root
    raise Undecided("beta is no number of the field of kappa")


def lasso(problem: Lasso, *, guess: bool = True) -> tuple[Scalars, dict[int, Scalar]]:
    """Return kappa and the weights of the columns in use, on independent columns.

    At each turn the weights are the best on the columns in use; the column that exceeds
    its price most enters. Where it depends on them, weight moves to it at a fixed fit and a falling
    cost. The objective falls at every turn, so no set comes twice.

    >>> one = Fraction(1)
    >>> kappa, c = lasso(Lasso(((one,), (2 * one,)), (), (3 * one,), (one,), one))
    >>> print(*kappa, c)
    1/2 {1: Fraction(5, 4)}
    """
    thin = [problem.free[j] for j in independent_rows(problem.free)]
    try:
        used = _settled(problem, thin, {}, _proposed(problem) if guess else [])
    except OverflowError:  # numbers beyond floats
        used = {}
    while True:
        kappa = _kappa(problem, thin, used)
        priced = zip(products(problem.columns, kappa), problem.prices, strict=True)
        excess = [(t - p, a) for a, (t, p) in enumerate(priced)]
        most, entering = max(excess, default=(_ZERO, -1), key=lambda pair: pair[0])
        if not most > 0:
            return kappa, used
        used = _entered(problem, thin, used, entering)


def _entered(
    problem: Lasso, thin: Sequence[Vector], used: dict[int, Scalar], a: int
) -> dict[int, Scalar]:
    """Return better weights, a column in use that exceeded beta."""
    members = sorted(used)
    basis = [*(problem.columns[b] for b in members), *thin]
    shares = solve(transpose(basis), problem.columns[a]) if basis else None
    if shares is not None:
        # F_a = sum of shares F_b modulo Z, and what they cost exceeds its price: some share of
        # a column with a price is positive
        pairs = list(zip(members, shares, strict=False))
        step = min(used[b] / t for b, t in pairs if t > 0)
        moved: dict[int, Scalar] = {a: step, **{b: used[b] - step * t for b, t in pairs}}
        used = {b: c for b, c in moved.items() if c != 0}
        a = -1
    return _settled(problem, thin, used, [] if a < 0 else [a])


def _settled(
    problem: Lasso, thin: Sequence[Vector], used: dict[int, Scalar], entering: Sequence[int]
) -> dict[int, Scalar]:
    """Return the best weights on a subset of independent columns, walking there from used."""
    c: dict[int, Scalar] = {**used, **dict.fromkeys(entering, _ZERO)}
    while c:
        members = sorted(c)
        target = _best(problem, thin, members)
        falling = [a for a in members if not target[a] > 0]
        if not falling:
            return target
        steps = {
            a: c[a] / (c[a] - target[a]) if c[a] != target[a] else _ZERO for a in falling
        }
        step = min(steps.values())
        c = {a: c[a] + step * (target[a] - c[a]) for a in members}
        gone = {a for a in falling if steps[a] == step}
        c = {a: x for a, x in c.items() if a not in gone}
    return {}


def _best(
    problem: Lasso, thin: Sequence[Vector], members: Sequence[int]
) -> dict[int, Scalar]:
    """Return the weights on independent columns where the gradient vanishes."""
    solution = _stationary(problem, thin, members)
    return dict(zip(members, solution, strict=False))


def _stationary(problem: Lasso, thin: Sequence[Vector], members: Sequence[int]) -> Scalars:
    basis = [*(problem.columns[a] for a in members), *thin]
    weighted = [[w * t for w, t in zip(problem.weights, F, strict=True)] for F in basis]
    gram = [[dot(F, G) for G in basis] for F in weighted]
    prices: list[Scalar] = [*(problem.prices[a] for a in members), *[_ZERO] * len(thin)]
    right = [dot(F, problem.y) - p for F, p in zip(weighted, prices, strict=True)]
    solution = solve(gram, right)
    assert solution is not None  # a Gram matrix of independent columns is regular
    return solution


def _kappa(problem: Lasso, thin: Sequence[Vector], used: dict[int, Scalar]) -> Scalars:
    """Return ``w (y - z)`` at the best fit with the columns in use."""
    members = sorted(used)
    solution = _stationary(problem, thin, members)
    basis = [*(problem.columns[a] for a in members), *thin]
    rows = transpose(basis) if basis else [()] * len(problem.y)
    return tuple(
        w * (y - dot(row, solution))
        for w, y, row in zip(problem.weights, problem.y, rows, strict=True)
    )


def _proposed(problem: Lasso) -> list[int]:
    """Return independent columns that floats find in use; none where they fail."""
    import numpy as np
    from scipy import sparse

    n, N, p = len(problem.y), len(problem.columns), len(problem.free)
    if not N:
        return []
    size = max((abs(t) for F in problem.columns for t in F), default=_ZERO) or Fraction(1)
    label = max(map(abs, problem.y)) or Fraction(1)
    weight = max(problem.weights)
    rows = [[float(t / size) for t in F] for F in (*problem.columns, *problem.free)]
    fits = np.hstack([np.array(rows).reshape(N + p, n).T, -np.eye(n)])
    A = sparse.vstack([sparse.csc_matrix(fits), -sparse.eye(N, N + p + n)], "csc")
    b = np.concatenate([[float(y / label) for y in problem.y], np.zeros(N)])
    price = float(problem.beta / (size * label * weight))
    q = np.concatenate([np.full(N, price), np.zeros(p + n)])
    curved = np.concatenate([np.zeros(N + p), [float(w / weight) for w in problem.weights]])
    cones = [("ZeroConeT", (n,)), ("NonnegativeConeT", (N,))]
    P = sparse.diags(curved, format="csc")
    x = cone_program(P, q, A, b, cones, accuracy=1e-12).x[:N]
    if not np.isfinite(x).all():
        return []
    order = [int(a) for a in np.argsort(-x) if x[a] > _USED * x.max(initial=0)]
    columns = [*problem.free, *(problem.columns[a] for a in order)]
    return [order[i - p] for i in independent_rows(columns) if i >= p]
