"""Where an irrational top eigenvector is strictly outside a face: the numbers that say so.

Floats find a pair of rows of opposite signs on it, how much of their product is to be taken,
and a vector near it; what they find is checked exactly.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, dot, nearest_float, sign
from polytope_nn.vector.oracle import semidefinite

from .cell import Cell, Form, combined, outer

__all__ = ["Beside", "Guess", "beside", "floats", "guess"]

_PARTS = range(-30, 31)
_DYADIC = 40  # bits of the coordinates of the vector
_LEAST = 1e-12  # room that floats can tell from none


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
    room: float


def guess(cell: Cell) -> Guess | None:
    """Return what floats find; None where the top eigenvector is not outside the face."""
    Q, R = np.linalg.qr(floats(cell.basis).T)  # orthonormal coordinates of the hull
    H = Q.T @ floats(cell.tope.H) @ Q
    values, vectors = np.linalg.eigh(H)
    top, e = float(values[-1]), vectors[:, -1]
    rows = {k: Q.T @ floats([cell.tope.rows[k]])[0] for k in sorted(cell.strict)}
    signed = {k: float(r @ e / (np.linalg.norm(r) or 1.0)) for k, r in rows.items()}
    i, j = max(signed, key=signed.__getitem__), min(signed, key=signed.__getitem__)
    if not signed[i] > 0 > signed[j]:
        return None
    product = np.outer(rows[i], rows[j]) + np.outer(rows[j], rows[i])
    unit = top / float(np.abs(product).max())
    moved = top * np.eye(len(e)) - H

    def room(power: int) -> float:
        return float(np.linalg.eigvalsh(moved - 2.0**power * unit * product)[0])

    best = max(_PARTS, key=room)
    if room(best) <= _LEAST * top:
        return None
    part = _simple(2.0**best * unit, 2.0**best * unit / 32)
    w, space = _dyadic(cell, np.linalg.solve(R, e)), room(best)
    level = _simple(_float(_value(cell, w)) - space / 4, space / 8)
    return Guess((i, j), part, w, level, _simple(space / 4, space / 8), space)


def beside(cell: Cell) -> Beside | None:
    """Return the numbers of the proof, checked; None where floats find none."""
    found = guess(cell)
    return None if found is None else _checked(cell, found)


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
    if low or not semidefinite(cell.on(form)):
        return None
    part = 2 * found.part
    return Beside(found.level, found.slack, found.vector, found.pair, part, form)


def floats(rows: Form | list[Scalars]) -> NDArray[np.float64]:
    """Return a matrix in floats."""
    return np.array([[_float(t) for t in row] for row in rows])


def _float(x: Scalar) -> float:
    near = nearest_float(x)
    if near is None:
        raise Undecided("a certificate: numbers are beyond floats: scale X and y")
    return near


def _dyadic(cell: Cell, a: NDArray[np.float64]) -> Scalars:
    """Return the vector of the hull of coordinates near a."""
    scaled = a / np.abs(a).max() * 2.0**_DYADIC
    return cell.point([Fraction(round(float(t))) for t in scaled])


def _value(cell: Cell, w: Scalars) -> Scalar:
    """Return ``|h|^2 / |w|^2``."""
    h = [dot(column, w) for column in zip(*cell.tope.M, strict=True)]
    return dot(h, h) / dot(w, w)


def _simple(x: float, within: float) -> Fraction:
    """Return a fraction of few digits near x."""
    power = math.frexp(within)[1] - 1
    grid = Fraction(1 << max(power, 0), 1 << max(-power, 0))
    return round(Fraction(x) / grid) * grid
