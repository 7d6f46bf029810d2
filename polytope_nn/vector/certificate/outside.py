"""Where an irrational top eigenvector is strictly outside a face: the numbers that say so.

Floats find a pair of rows of opposite signs on it, how much of their product is to be taken,
and a vector near it; what they find is checked exactly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from polytope_nn.exact.rational import approximate_root, exponent
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle, sign
from polytope_nn.vector.oracle import semidefinite

from .arithmetic import FLOATS, LONG, Arithmetic
from .cell import Cell, Form, combined, outer

__all__ = ["Beside", "Guess", "beside", "guess"]

_LEAST = Fraction(1, 1000)  # of what floats can tell: room that is none
_FEW, _FINE = 4, 800  # powers that are all tried, bits of a value in a field


@dataclass(frozen=True)
class Beside:
    """``form`` is semidefinite on the hull: ``(level - slack) |u|^2 - |h|^2`` less a product.

    ``vector`` reaches the level; ``part`` is the coefficient of the product of the two rows.
    """

    level: Fraction
    slack: Fraction
    vector: Scalars
    pair: tuple[int, int]
    part: Fraction
    form: Form


@dataclass(frozen=True)
class Guess:
    """What floats find: two rows, the share of their product, a vector near the top one.

    ``room`` is about how much the form then exceeds the top eigenvalue.
    """

    pair: tuple[int, int]
    part: Fraction
    vector: Scalars
    level: Fraction
    slack: Fraction
    room: Fraction


def guess(cell: Cell, A: Arithmetic = FLOATS) -> Guess | None:
    """Return what floats find; None where the top eigenvector is not outside the face."""
    Q, R = A.coordinates(A.array(cell.hull.basis))  # orthonormal coordinates of the hull
    H = Q.T @ A.array(cell.tope.H) @ Q
    values, vectors = A.spectrum(H)
    top, e = values[-1], vectors[:, -1]
    rows = {k: Q.T @ A.array([cell.tope.rows[k]])[0] for k in sorted(cell.strict)}
    signed = {k: r @ e / A.number(_length(r)) for k, r in rows.items()}
    i, j = max(signed, key=signed.__getitem__), min(signed, key=signed.__getitem__)
    if not signed[i] > 0 > signed[j]:
        return None
    product = np.outer(rows[i], rows[j]) + np.outer(rows[j], rows[i])
    unit = top / np.abs(product).max()
    moved = top * A.unit(len(e)) - H

    def room(power: int) -> Any:  # noqa: ANN401 - a float of either kind
        share = A.number(Fraction(2) ** power) * unit
        return A.spectrum(moved - share * product)[0][0]

    best = _highest(room, A.parts)
    space = Fraction(room(best))
    if space <= _LEAST * A.least * Fraction(top):
        return None
    size = Fraction(2) ** best * Fraction(unit)
    part = _simple(size, size / 32)
    w = _dyadic(cell, A.solved(R, e), A.finest)
    reached = middle(_value(cell, w), _FINE)
    level = _simple(reached - space / 4, space / 8)
    return Guess((i, j), part, w, level, _simple(space / 4, space / 8), space)


def _highest(room: Callable[[int], Any], most: int) -> int:
    """Return the power, at most so large, where a function that rises, then falls, is highest."""
    low, high = -most, most
    while high - low > _FEW:
        first, second = (2 * low + high) // 3, (low + 2 * high) // 3
        if room(first) < room(second):
            low = first
        else:
            high = second
    return max(range(low, high + 1), key=room)


def _length(row: Any) -> Fraction:  # noqa: ANN401
    return approximate_root(Fraction(row @ row)) if any(row) else Fraction(1)


def beside(cell: Cell) -> Beside | None:
    """Return the numbers of the proof, checked; None where floats, long ones too, find none."""
    for A in (FLOATS, LONG):
        found = guess(cell, A)
        proof = None if found is None else _checked(cell, found)
        if proof is not None:
            return proof
    return None


def _checked(cell: Cell, found: Guess) -> Beside | None:
    """Return what floats found, where it holds exactly."""
    x, y = (cell.tope.rows[k] for k in found.pair)
    form = combined(
        (found.level - found.slack, cell.tope.unit),
        (Fraction(-1), cell.tope.H),
        (-found.part, outer(x, y)),
        (-found.part, outer(y, x)),
    )
    low = sign(_value(cell, found.vector) - found.level) < 0
    if low or not semidefinite(cell.hull.on(form)):
        return None
    part = 2 * found.part
    return Beside(found.level, found.slack, found.vector, found.pair, part, form)


def _dyadic(cell: Cell, a: Any, bits: int) -> Scalars:  # noqa: ANN401
    """Return the vector of the hull of coordinates near a."""
    entries = [Fraction(t) for t in a]
    unit = max(map(abs, entries)) / (1 << bits)
    return cell.hull.point([Fraction(round(t / unit)) for t in entries])


def _value(cell: Cell, w: Scalars) -> Scalar:
    """Return ``|h|^2 / |w|^2``."""
    h = [dot(column, w) for column in zip(*cell.tope.M, strict=True)]
    return dot(h, h) / dot(w, w)


def _simple(x: Fraction, within: Fraction) -> Fraction:
    """Return a fraction of few digits near x."""
    grid = Fraction(2) ** (exponent(within) - 1)
    return round(x / grid) * grid
