"""Families of interpolation problems whose optimal sets are known in closed form (THEORY §8).

Each function returns a problem; its docstring states the claim that the tests verify.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

from polytope_nn.errors import InstanceError
from polytope_nn.exact.rational import Vector, rational, vector

from .interpolation import InterpolationProblem

__all__ = [
    "one_dimensional_data",
    "square_of_lines",
    "square_of_ridges",
    "suffix_chain",
    "suffix_dual",
    "triangle_of_ridges",
]


def _circle(t: Fraction) -> tuple[Fraction, Fraction]:
    """Return (a, b) with ``3 a^2 + b^2 = 1``: (cos, sin) of an angle, the first over root 3."""
    return 2 * t / (1 + 3 * t * t), (1 - 3 * t * t) / (1 + 3 * t * t)


def _steps(n: int, parameters: Sequence[object] | None) -> list[tuple[Fraction, Fraction]]:
    """Return v_n, ..., v_1 (first entries over root 3): differences of points of the circle."""
    if parameters is None:
        t: Vector = (
            tuple(Fraction(n - k, 3 * (n - 1)) for k in range(1, n + 1)) if n > 1 else ()
        )
    else:
        t = vector(parameters)
    falling = all(s > r for s, r in pairwise(t))
    if len(t) != n or n < 2 or not falling or t[0] != Fraction(1, 3) or t[-1] != 0:
        shown = ", ".join(map(str, t))
        raise InstanceError(
            f"parameters ({shown}): give {max(n, 2)} falling numbers from 1/3 down to 0"
        )
    points = [_circle(s) for s in t]
    before = [(Fraction(0), Fraction(0)), *points]
    return [(a - p, b - q) for (a, b), (p, q) in zip(points, before, strict=False)]


def suffix_chain(
    n: int,
    *,
    parameters: Sequence[object] | None = None,
    weights: Sequence[object] | None = None,
) -> InterpolationProblem:
    """Return n samples on a line, without skip, with a penalised bias: a continuum.

    Angles ``30° = theta_1 < ... < theta_n = 90°`` with points ``s_k`` of the unit circle give
    steps ``v_n = s_1``, ``v_{n-k+1} = s_k - s_{k-1}``, samples ``x_i = v_{i,1} / v_{i,2}`` and
    ``kappa_i = v_{i,2}``, so that ``sum_{i > n-k} kappa_i (x_i, 1) = s_k`` has length 1, and so has
    ``s_n - s_1``. Claim: the atoms are exactly the n suffix directions s_k and the one prefix
    direction ``s_n - s_1``, all positive; their rank is n; for y a positive combination of the
    features the interpolants are a segment.

    Rational copy: ``s = (root 3 a, b)`` with ``a = 2t/(1 + 3t^2)``, ``b = (1 - 3t^2)/(1 + 3t^2)``,
    t from 1/3 down to 0, and the sample ``q = x / root 3`` written as the row (q, q, q), of the
    same length. ``weights`` are those of the prefix and the n suffixes (1 by default).

    >>> suffix_chain(3).X[0], suffix_dual(3)
    ((Fraction(-2, 1), Fraction(-2, 1), Fraction(-2, 1)), \
(Fraction(2, 13), Fraction(9, 26), Fraction(1, 2)))
    """
    steps = _steps(n, parameters)[::-1]  # v_1, ..., v_n
    q = [a / b for a, b in steps]
    X = [[t, t, t] for t in q]
    given = [Fraction(1)] * (n + 1) if weights is None else list(vector(weights))
    if len(given) != n + 1 or any(w <= 0 for w in given):
        raise InstanceError(f"weights: give {n + 1} positive numbers")
    y = [Fraction(0)] * n
    for first, w in zip([None, *range(n)], given, strict=True):
        # the suffix from sample `first` on; None: the prefix, all samples but the last
        chosen = range(n - 1) if first is None else range(first, n)
        a, b = (sum(steps[i][j] for i in chosen) for j in (0, 1))
        for i in range(n):
            value = 3 * q[i] * a + b
            y[i] += w * max(value, Fraction(0))
    return InterpolationProblem(X, y, bias="penalised", name=f"suffix chain {n}")


def suffix_dual(n: int, *, parameters: Sequence[object] | None = None) -> Vector:
    """Return the dual optimum of :func:`suffix_chain`, ``kappa_i = v_{i,2}``."""
    return tuple(b for _, b in _steps(n, parameters)[::-1])


def square_of_lines(skip: str = "affine") -> InterpolationProblem:
    """Return samples ±e_1, ±e_2 with labels (1, 1, 0, 0), penalised bias.

    Claim, with a free affine skip: the interpolants of least cost, 2, are
    ``c |x_1| + (1 - c)(1 - |x_2|)``, 0 <= c <= 1. With a linear skip the function is unique,
    ``|x_1|``, though the network is not: skip and neurons trade.

    >>> square_of_lines().y == (1, 1, 0, 0)
    True
    """
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    return InterpolationProblem(
        rows, [1, 1, 0, 0], skip=skip, bias="penalised", name=f"square, {skip} skip"
    )


def square_of_ridges() -> InterpolationProblem:
    """Return samples ±e_1, ±e_2 with labels 1, free linear skip, no bias.

    Claim: the interpolants of least cost, ``2 root 2``, are
    ``c |x_1 + x_2| + (1 - c) |x_1 - x_2|``.
    """
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    return InterpolationProblem(rows, [1] * 4, skip="linear", name="square, ridges")


def triangle_of_ridges() -> InterpolationProblem:
    """Return the corners of an equilateral triangle with labels 1, free linear skip, no bias.

    The triangle of circumradius 2 around 0 spans a plane of R^4, where it has integer corners
    p_1, p_2, p_3. Claim: the cost is 3/2 and on that plane the interpolants are the convex
    combinations of the three functions with one kink, along ``p_k'x = 0``.
    """
    rows = [[2, 0, 0, 0], [-1, 1, 1, 1], [-1, -1, -1, -1]]
    return InterpolationProblem(rows, [1] * 3, skip="linear", name="triangle, ridges")


def one_dimensional_data(
    n: int, seed: int, *, skip: str = "affine", size: object = 30
) -> InterpolationProblem:
    """Return n distinct random integer samples on the line, penalised bias.

    Claim (Boursier, Flammarion 2023), with a free affine skip: the minimal interpolant is
    a unique function.

    References
    ----------
    E. Boursier, N. Flammarion, *Penalising the biases in norm regularisation enforces
    sparsity*, NeurIPS 2023.
    """
    random = Random(seed)  # noqa: S311 - reproducible data, not a secret
    bound = int(rational(size))
    x = random.sample(range(-bound, bound + 1), n)
    y = [random.randint(-10, 10) for _ in range(n)]
    return InterpolationProblem(
        [[t] for t in x], y, skip=skip, bias="penalised", name=f"line {n}, seed {seed}"
    )
