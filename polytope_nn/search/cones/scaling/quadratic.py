"""A bound on the form of a kappa by one quadratic form: of any dimension, in one step, and rough.

On ``|u| = 1``, with ``|t| <= t^2/2a + a/2`` for any a > 0 on the convex rows and
``|x'u| >= (x'u)^2/|x|`` on the concave ones,

    s kappa'(Xu)_+ = b'u + 1/2 sum_k w_k |x_k'u| <= c + b'u + u'M u <= c + l + b'(l - M)^-1 b / 4

for every l with ``l - M`` positive definite. The a are found in floats (``a_k^2 = x_k'U x_k`` at
the moments U of where the bound is attained), the rest is done in fractions.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.cone_form import ConeForm
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import solve
from polytope_nn.exact.radical import root_enclosure
from polytope_nn.exact.rational import Vector, approximate_root
from polytope_nn.exact.scalar import dot
from polytope_nn.progress import counted
from polytope_nn.search.floats import to_float

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["QuadraticBound", "quadratic_bound"]

_STEPS = 150
_SOFT = 0.02  # of the largest eigenvalue: directions that share what |u| falls short of 1
_LEAST = 1e-9  # of an a, relative to the length of its row
_WIDER = (Fraction(1), Fraction(1001, 1000), Fraction(11, 10), Fraction(2))
_DIGITS = 40
_ROOT_OF_2 = Fraction(99, 70)  # from above


@dataclass(frozen=True)
class QuadraticBound:
    """A proof of ``|kappa'(Xu)_+|^2 <= square |u|^2``, by numbers a and l of each sign."""

    form: ConeForm
    square: Fraction
    centres: tuple[Vector, Vector]
    shifts: tuple[Fraction, Fraction]


def quadratic_bound(form: ConeForm) -> QuadraticBound:
    """Return the bound by quadratic forms of both signs of a rational kappa.

    With a free bias t the largest value at w is had where ``|t| <= T |w|``, T the largest
    row; so ``|(w, t/T)|`` is at most root 2 times the length of w.

    Raises
    ------
    Undecided
        When floats do not show an l.

    Examples
    --------
    >>> from polytope_nn.dual.cone_form import cone_form
    >>> rows = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    >>> found = quadratic_bound(cone_form(rows, (Fraction(1), Fraction(1)), Fraction(1)))
    >>> 2 <= found.square < Fraction(5, 2)  # the maximum is root 2, at (1, 1)/root 2
    True
    """
    plain, longer = _plain(form)
    found = [
        _of_a_sign(plain, side, approximate_root(form.beta_squared)) for side in (1, -1)
    ]
    largest = max(bound for bound, _, _ in found) * longer
    (_, a, s), (_, b, t) = found
    return QuadraticBound(form, largest * largest, (a, b), (s, t))


@dataclass(frozen=True)
class _Plain:
    """A form all of whose coordinates have a length; ``lengths`` are those of its rows, above."""

    rows: tuple[Vector, ...]
    lengths: Vector
    weights: Vector
    linear: Vector


def _plain(form: ConeForm) -> tuple[_Plain, Fraction]:
    """Return the form over ``(w, t/T)``, and by how much that is longer than w at most."""
    rows = [tuple(map(Fraction, x)) for x in form.rows]
    weights, linear = cast("Vector", form.weights), cast("Vector", form.linear)
    longer = Fraction(1)
    if form.anchor is not None:
        T = max((_length(tuple(t / x[-1] for t in x[:-1])) for x in rows), default=longer)
        T, longer = T or longer, _ROOT_OF_2
        rows = [(*x[:-1], x[-1] * T) for x in rows]
        linear = (*linear[:-1], linear[-1] * T)
    return _Plain(tuple(rows), tuple(map(_length, rows)), weights, linear), longer


def _length(x: Vector) -> Fraction:
    return root_enclosure(dot(x, x), 60)[1]


def _of_a_sign(
    form: _Plain, side: int, beta: Fraction
) -> tuple[Fraction, Vector, Fraction]:
    """Return the bound of a sign, its a and its l."""
    import numpy as np

    turned = _Plain(
        form.rows,
        form.lengths,
        tuple(side * w for w in form.weights),
        tuple(side * t for t in form.linear),
    )
    pairs = list(zip(turned.rows, turned.lengths, turned.weights, strict=True))
    d = len(turned.linear)
    R = np.array([[to_float(t / size) for t in x] for x, size, _ in pairs]).reshape(-1, d)
    w = np.array([to_float(w * size / beta) for _, size, w in pairs])
    centres, shift = _centres(R, w, np.array([to_float(t / beta) for t in turned.linear]))
    a = tuple(Fraction(t) * x for t, x in zip(centres.tolist(), form.lengths, strict=True))
    for wider in _WIDER:
        l = Fraction(shift) * beta * wider
        bound = _bound(turned, a, l)
        if bound is not None:
            return bound, a, l
    raise Undecided("dual feasibility: floats do not bound a dual point")


def _bound(form: _Plain, a: Vector, l: Fraction) -> Fraction | None:
    """Return ``c + l + b'(l - M)^-1 b/4``, exactly; None where l - M is not positive definite."""
    b, d, c = list(form.linear), len(form.linear), Fraction(0)
    K = [[l * (i == j) for j in range(d)] for i in range(d)]
    for x, w, size, centre in zip(form.rows, form.weights, form.lengths, a, strict=True):
        share = _up(w / (4 * centre) if w > 0 else w / (2 * size))
        c += _up(w * w / (16 * share)) if w > 0 else 0  # w |t|/2 <= share t^2 + that
        for i in range(d):
            b[i] += w * x[i] / 2
            for j in range(d):
                K[i][j] -= share * x[i] * x[j]
    if not _is_positive(K):
        return None
    inner = solve(K, b)
    assert inner is not None  # of a positive definite matrix
    return c + l + cast("Fraction", dot(b, inner)) / 4


def _up(x: Fraction) -> Fraction:
    """Return a number a little above x of few binary digits."""
    digits = _DIGITS + x.denominator.bit_length() - abs(x.numerator).bit_length()
    unit = Fraction(1, 1 << digits) if digits >= 0 else Fraction(1 << -digits)
    return -(-x // unit) * unit


def _is_positive(K: list[list[Fraction]]) -> bool:
    """Return whether a symmetric matrix is positive definite: its pivots are positive."""
    rows = [list(row) for row in K]
    for i, pivot in enumerate(rows):
        if not pivot[i] > 0:
            return False
        for row in rows[i + 1 :]:
            ratio = row[i] / pivot[i]
            row[:] = [s - ratio * t for s, t in zip(row, pivot, strict=True)]
    return True


def _centres(R: "Floats", w: "Floats", linear: "Floats") -> "tuple[Floats, float]":
    """Return a for each row, of length 1, and l, at the least bound that a few steps find."""
    import numpy as np

    d = R.shape[1]
    convex = w > 0
    b = linear + 0.5 * R.T @ w
    U = np.eye(d) / d
    best, kept = np.inf, (np.ones(len(w)), 1.0)
    for step in counted("bounding a dual point, steps", range(_STEPS)):
        a = np.sqrt(np.maximum(np.einsum("ki,ij,kj->k", R, U, R), 0)) + _LEAST
        M = (R.T * np.where(convex, w / (4 * a), w / 2)) @ R
        c = 0.25 * float((w * a)[convex].sum())
        sizes, V = np.linalg.eigh(M)
        g = V.T @ b
        room = _room(sizes, g)
        l = float(sizes[-1]) + room
        value = c + l + 0.25 * float((g * g / (l - sizes)).sum())
        if value < best:
            best, kept = value, (a, l)
        u = V @ (g / (2 * (l - sizes)))
        p = np.exp((sizes - sizes[-1]) / (_SOFT * (abs(float(sizes[-1])) + 1e-9)))
        moments = np.outer(u, u) + max(1 - float(u @ u), 0) * (V * (p / p.sum())) @ V.T
        U = U + 2 / (step + 3) * (moments / np.trace(moments) - U)
    return kept


def _room(sizes: "Floats", g: "Floats") -> float:
    """Return by how much the best l exceeds the largest eigenvalue: there ``|u| = 1``."""
    low, high = 1e-9 * (abs(float(sizes[-1])) + 1e-9), 1.0
    far = sizes[-1] - sizes

    def length(t: float) -> float:
        return float((g * g / (4 * (far + t) ** 2)).sum())

    while length(high) > 1:
        high *= 2
    for _ in range(80):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if length(middle) > 1 else (low, middle)
    return high
