"""Theta made exact: simple fractions, or the solution of the saddle's equations (P3, §10.1).

At the saddle of a tight leaf the inner neurons in use have ``|g| = beta``, and their
mixture z vanishes where theta is neither 0 nor 1: polynomial equations with rational
coefficients in theta and the weights of the mixture. Newton's method solves them to many
digits, and a number field in which the digits lie is guessed. What is found here is proved,
or dropped, by the leaf.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, ball_vector, precision
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.linear import project_out
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.recognise import guess_coordinates, guess_field
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.limits import Limits
from polytope_nn.search.floats import binary

__all__ = [
    "Equations",
    "System",
    "field_of",
    "form",
    "fractions_near",
    "near",
    "pivots",
    "polished",
    "solution",
]

_DENOMINATORS = (1, 2, 3, 4, 6, 8, 12, 24, 40, 60, 360, 5040, 10**6)
_STEPS = 16
_PATIENCE = 4  # steps after which each is to be less than half of the one before
_FIRST_BITS = 60
_SINGULAR = 10**4  # a pivot so much smaller than the largest entry is taken for 0
_FINE = 10**12  # the same where many digits are known
_UNIT_BITS = 200  # of fixed point
_SWEEPS = 4  # of units of columns, then of rows; even


def fractions_near(theta: Sequence[Fraction]) -> Iterator[Vector]:
    """Yield vectors of simple fractions near theta, the simplest first, and theta itself.

    >>> next(fractions_near([Fraction(999, 1000), Fraction(1, 1000)]))
    (Fraction(1, 1), Fraction(0, 1))
    """
    seen = set()
    for largest in _DENOMINATORS:
        near = tuple(t.limit_denominator(largest) for t in theta)
        if near not in seen:
            seen.add(near)
            yield near
    if tuple(theta) not in seen:
        yield tuple(theta)


class System(Protocol):
    """Polynomial equations: their values and their Jacobian at a point."""

    def at(self, point: Sequence[Fraction]) -> tuple[Vector, Matrix]:
        """Return the values and the Jacobian; balls in, balls out."""


@dataclass(frozen=True)
class Equations:
    """The equations of a saddle: unknowns are the inner theta, then the weights.

    ``fixed`` is mu where theta is 0 or 1 (shape (n,), for each neuron that of its sign),
    ``slopes`` the entries of kappa on the rows of the inner theta.
    """

    X: Matrix
    square: Fraction
    faces: tuple[tuple[int, tuple[int, ...]], ...]
    fixed: tuple[Vector, ...]
    inner: tuple[int, ...]
    slopes: Vector

    @cached_property
    def forms(self) -> tuple[tuple[Vector, ...], ...]:
        """The matrix ``B = E X Pi X' E`` of each face, shape (n, n)."""
        return tuple(form(self.X, face) for _, face in self.faces)

    def features(self, theta: Sequence[Fraction]) -> list[Vector]:
        """Return the features of the neurons at theta."""
        found = []
        for B, fixed in zip(self.forms, self.fixed, strict=True):
            mu = list(fixed)
            for i, t, k in zip(self.inner, theta, self.slopes, strict=True):
                mu[i] = t * k
            found.append(tuple(dot(row, mu) for row in B))
        return found

    def at(self, point: Sequence[Fraction]) -> tuple[Vector, Matrix]:
        """Return the values of the equations and their Jacobian at a point."""
        m = len(self.inner)
        theta, weights = point[:m], point[m:]
        F = self.features(theta)
        values: list[Fraction] = []
        rows: list[Vector] = []
        zeros = (Fraction(0),) * len(weights)
        for B, f, fixed in zip(self.forms, F, self.fixed, strict=True):
            mu = list(fixed)
            for i, t, k in zip(self.inner, theta, self.slopes, strict=True):
                mu[i] = t * k
            values.append(dot(mu, f) - self.square)
            pairs = zip(self.inner, self.slopes, strict=True)
            rows.append((*(2 * f[i] * k for i, k in pairs), *zeros))
            assert B  # one form for each neuron
        for i in self.inner:
            values.append(dot(weights, [f[i] for f in F]))
            mixed = [
                sum(
                    (w * B[i][j] for w, B in zip(weights, self.forms, strict=True)),
                    Fraction(0),
                )
                * k
                for j, k in zip(self.inner, self.slopes, strict=True)
            ]
            rows.append((*mixed, *(f[i] for f in F)))
        values.append(sum(weights, Fraction(0)) - 1)
        rows.append((*(Fraction(0),) * m, *(Fraction(1),) * len(weights)))
        return tuple(values), tuple(rows)


def form(X: Matrix, face: tuple[int, ...]) -> tuple[Vector, ...]:
    """Return the matrix ``B = E X Pi X' E`` of a face, shape (n, n) (THEORY §3)."""
    walls = [x for x, e in zip(X, face, strict=True) if e == 0 and any(x)]
    flat = [project_out(walls, x) if e > 0 else None for x, e in zip(X, face, strict=True)]
    zero = Fraction(0)
    return tuple(
        tuple(zero if a is None or b is None else dot(a, b) for b in flat)  # type: ignore[misc]  # rational in, rational out
        for a in flat
    )


def near(x: Scalar | int, bits: int) -> Fraction:
    """Return a rational close to x; x itself where it is rational."""
    return Fraction(x) if isinstance(x, Fraction | int) else x.enclosure(bits).midpoint


def field_of(kappa: Scalars) -> NumberField | None:
    """Return the number field of the entries that are not rational; None where all are."""
    return next((x.field for x in kappa if isinstance(x, Algebraic)), None)


def polished(
    equations: Equations,
    start: Sequence[Fraction],
    limits: Limits,
    field: NumberField | None,
) -> Scalars | None:
    """Return the inner theta in a number field, guessed from its digits; None if none is.

    With a ``field``, that of kappa, theta is sought in it.
    """
    point = solution(equations, start, limits.field_bits)
    if point is None:
        return None
    radius = Fraction(1, 1 << limits.field_bits)
    balls = [
        Ball.from_interval(t - radius, t + radius, limits.field_bits + 32)
        for t in point[: len(equations.inner)]
    ]
    if field is not None:
        inside = [guess_coordinates(ball, field) for ball in balls]
        return None if None in inside else tuple(x for x in inside if x is not None)
    guessed = guess_field(balls, max_degree=limits.degree)
    return None if guessed is None else guessed[1]


def solution(
    equations: System, start: Sequence[Fraction], bits: int
) -> tuple[Fraction, ...] | None:
    """Return a solution to the given precision by Newton's method; None without convergence.

    The equations are dependent at a solution, and theta may be free in a direction: a
    largest regular system is chosen at the start, the other unknowns are kept. Where what was left
    out does not hold at its zero, as beside a small beta, little pivots are no zeros of floats.
    """
    _, J = equations.at(start)
    places = pivots(J)
    found = _newton(equations, start, bits, places)
    if found is None or _holds(equations, found, bits):
        return found
    finer = pivots(J, fine=True)
    other = None if finer == places else _newton(equations, start, bits, finer)
    return found if other is None or not _holds(equations, other, bits) else other


def _holds(equations: System, point: Sequence[Fraction], bits: int) -> bool:
    """Return whether all equations hold to half of the digits."""
    least = Fraction(1, 1 << bits // 2)
    return all(abs(t) < least for t in equations.at(point)[0])


def _newton(
    equations: System,
    start: Sequence[Fraction],
    bits: int,
    places: tuple[list[int], list[int]],
) -> tuple[Fraction, ...] | None:
    """Return the zero of some rows in some columns; None without convergence."""
    point, (rows, columns) = list(start), places
    digits, before = _FIRST_BITS, None
    for count in range(_STEPS):
        with precision(2 * digits):
            values, J = equations.at(ball_vector(point))  # type: ignore[arg-type]  # of balls too
            square = [[J[i][j] for j in columns] for i in rows]
            try:
                step = solve_balls(square, [-values[i] for i in rows], proved=False)
            except Undecided:  # singular
                return None
        for j, t in zip(columns, step, strict=True):
            moved = point[j] + t.midpoint
            point[j] = Fraction(round(moved * (1 << digits)), 1 << digits)
        size = max((abs(t.midpoint) for t in step), default=Fraction(0))
        if size < Fraction(1, 1 << bits):
            return tuple(point)
        if before is not None and count > _PATIENCE and 2 * size > before:
            return None  # it does not settle
        before = size
        digits = min(2 * digits, bits + 64)
    return None


def pivots(
    J: Sequence[Sequence[Fraction | int]], *, fine: bool = False
) -> tuple[list[int], list[int]]:
    """Return rows and columns of a largest square part that is far from singular.

    ``fine``: or not so far, many digits of it being known.

    >>> [sorted(places) for places in pivots([[1, 2, 0], [2, 4, 0], [0, 0, 9]])]
    [[1, 2], [1, 2]]
    """
    left = {
        i: {j: t for j, t in enumerate(row) if t} for i, row in enumerate(_equilibrated(J))
    }
    rows: list[int] = []
    columns: list[int] = []
    least = _FINE if fine else _SINGULAR
    largest = max((abs(t) for row in left.values() for t in row.values()), default=0)
    while True:
        size, i, j = max(
            ((abs(t), i, j) for i, row in left.items() for j, t in row.items()),
            default=(0, 0, 0),
        )
        if size * least <= largest:
            return rows, columns
        rows.append(i)
        columns.append(j)
        pivot = left.pop(i)
        top = pivot.pop(j)
        for row in left.values():
            factor = row.pop(j, 0)
            for c, t in pivot.items() if factor else ():
                row[c] = row.get(c, 0) - factor * t // top


def _equilibrated(J: Sequence[Sequence[Fraction | int]]) -> list[list[int]]:
    """Return a matrix in units of its rows and columns, in fixed point.

    No entry is much larger than 1.
    """
    rows = []
    for line in J:
        own = [Fraction(t) for t in line]
        scale = (1 << _UNIT_BITS) / binary(max(map(abs, own)) or Fraction(1))
        p, q = scale.numerator, scale.denominator
        rows.append([t.numerator * p // (t.denominator * q) if t else 0 for t in own])
    for _ in range(_SWEEPS):
        rows = [list(column) for column in zip(*rows, strict=True)]
        for row in rows:
            size = max(map(abs, row)).bit_length()
            up = max(_UNIT_BITS - size, 0) if size else 0
            down = max(size - _UNIT_BITS, 0)
            row[:] = [t << up >> down for t in row]
    return rows
