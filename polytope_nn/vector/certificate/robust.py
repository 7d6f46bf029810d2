"""Trees where N is known in balls: floats find each leaf, the checker's slack absorbs the rest.

The tope is that of a rational N near the optimal one. A form in floats becomes squares by its
eigenvectors and, off the hull, rows that vanish times linear forms, all rounded.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import frexp, gcd

import numpy as np
from numpy.typing import NDArray

from polytope_nn.certificate.format import Json, numerators
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import text

from .beside import floats, guess
from .cell import Cell, Tope
from .enclosures import Atom
from .leaves import off
from .trees import branched

__all__ = ["robust_tree"]

_BITS = 46  # of a rounded number
_LEAST = 1e-9  # of beta^2: what may be between a form and 0


def robust_tree(tope: Tope, atoms: Sequence[Atom]) -> dict[str, Json]:
    """Return the proof that N is feasible on a closed tope, and tight at atoms only.

    Raises
    ------
    Undecided
        Where a top eigenvector is too near to a wall, or is on one identically.
    """
    active = [x for x, s in zip(tope.X, tope.covector, strict=True) if s > 0]

    def proof(cell: Cell) -> dict[str, Json] | None:
        found = off(cell, active) or _pinned(cell, atoms) or _below(cell)
        return found or (None if cell.open else _above(cell))

    return branched(tope, proof)


def _form(cell: Cell, level: float, slack: float) -> NDArray[np.float64]:
    """Return ``(level - slack) |u|^2 - |h|^2``, shape (d, d)."""
    return (level - slack) * np.eye(len(cell.tope.unit)) - floats(cell.tope.H)


def _least(cell: Cell, form: NDArray[np.float64]) -> float:
    """Return the least value of a form on vectors of the hull of length 1."""
    if not cell.basis:
        return float("inf")
    Q, _ = np.linalg.qr(floats(cell.basis).T)
    return float(np.linalg.eigvalsh(Q.T @ form @ Q)[0])


def _below(cell: Cell) -> dict[str, Json] | None:
    square = float(cell.tope.beta_squared)
    least = _least(cell, _form(cell, square, 0))
    if least <= _LEAST * square:
        return None
    slack = _dyadic(min(least, square) / 2)
    form = _form(cell, square, float(slack))
    return {"slack": text(slack), "pairs": [], **_terms(cell, form)}


def _pinned(cell: Cell, atoms: Sequence[Atom]) -> dict[str, Json] | None:
    """Return the proof at the hull of an atom's face, or None elsewhere."""
    signs = cell.tope.covector
    for i, a in enumerate(atoms):
        zeros = {k for k, s in enumerate(signs) if s and not a.covector[k]}
        agree = all(s in (0, t) for s, t in zip(a.covector, signs, strict=True))
        if zeros != cell.vanishing or not agree:
            continue
        square = float(cell.tope.beta_squared)
        g = np.array([float(t) for t in a.g])
        return _held(cell, i, g, square)
    return None


def _held(
    cell: Cell, i: int, g: NDArray[np.float64], square: float
) -> dict[str, Json] | None:
    """Return the proof at an atom of direction g, of the length that the checker takes."""
    weight = _dyadic(square / float(g @ g))
    more = float(weight) * np.outer(g, g)
    least = _least(cell, _form(cell, square, 0) + more)
    if least <= _LEAST * square:
        return None
    slack = _dyadic(min(least, square) / 2)
    form = _form(cell, square, float(slack)) + more
    return {"atom": i, "weight": text(weight), "slack": text(slack), **_terms(cell, form)}


def _above(cell: Cell) -> dict[str, Json]:
    found = guess(cell)
    if found is None or found.room <= _LEAST * float(cell.tope.beta_squared):
        raise Undecided("a certificate: a top eigenvector is on a wall, or near to one")
    x, y = (floats([cell.tope.rows[k]])[0] for k in found.pair)
    part = float(found.part)
    form = _form(cell, float(found.level), float(found.slack))
    form = form - part * (np.outer(x, y) + np.outer(y, x))
    scale = Fraction(cell.tope.scale)
    i, j = found.pair
    return {
        "level": text(found.level),
        "slack": text(found.slack),
        "vector": numerators(found.vector, primitive=True)[0],
        "pairs": [[text(2 * found.part / (scale * scale)), i, j]],
        **_terms(cell, form),
    }


def _terms(cell: Cell, form: NDArray[np.float64]) -> dict[str, Json]:
    """Return a form, positive on the hull, as squares and walls, rounded."""
    onto = floats(cell.onto)
    squares: list[Json] = []
    values, vectors = np.linalg.eigh(onto @ form @ onto)
    for value, v in zip(values, vectors.T, strict=True):
        num, factor = _integers(v)
        c = _dyadic(max(float(value), 0.0)) * factor * factor
        if c:
            squares.append([text(c), list(num)])
    walls: list[Json] = []
    for k, y in cell.dual.items():
        image = form @ floats([y])[0]
        num, factor = _integers(image + onto @ image)
        if num:
            walls.append([text(factor / cell.tope.scale), k, list(num)])
    return {"squares": squares, "walls": walls}


def _integers(v: NDArray[np.float64]) -> tuple[list[int], Fraction]:
    """Return primitive integers near the ray of v, and the factor from them to v."""
    largest = float(np.abs(v).max())
    if not largest:
        return [], Fraction(0)
    power = frexp(largest)[1] - _BITS
    rounded = [round(Fraction(float(t)) / Fraction(2) ** power) for t in v]
    divisor = gcd(*rounded)
    return [t // divisor for t in rounded], divisor * Fraction(2) ** power


def _dyadic(x: float) -> Fraction:
    """Return a fraction of few bits near x."""
    if not x:
        return Fraction(0)
    unit = Fraction(2) ** (frexp(x)[1] - _BITS)
    return round(Fraction(x) / unit) * unit
