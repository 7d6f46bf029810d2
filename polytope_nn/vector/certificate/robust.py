"""Trees where N is known in balls: floats find each leaf, the checker's slack absorbs the rest.

The tope is that of a rational N near the optimal one. A form in floats becomes squares by its
eigenvectors and, off the hull, rows that vanish times linear forms, all rounded.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, islice
from math import frexp, gcd

import numpy as np
from numpy.typing import NDArray

from polytope_nn.certificate.format import Json, numerators
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import Scalars, dot

from .cell import Cell, Tope
from .enclosures import Kept
from .leaves import off
from .outside import floats, guess
from .trees import branched

__all__ = ["robust_tree"]

_BITS = 46  # of a rounded number
_LEAST = 1e-9  # of beta^2: what may be between a form and 0
_MOST, _ROOM = 3000, 1e-9  # sets of rows that are tried, what a share must exceed


def robust_tree(
    tope: Tope, kernels: Sequence[Kept], known: Sequence[Scalars]
) -> dict[str, Json]:
    """Return the proof that N is feasible on a closed tope, and tight at atoms only.

    N is a combination of the vectors ``known``, shape (., n), for each output.

    Raises
    ------
    Undecided
        Where a top eigenvector is too near to a wall, or is on one identically.
    """
    dead = {k for k, entries in enumerate(zip(*known, strict=True)) if not any(entries)}
    at = [k for k, s in enumerate(tope.covector) if s > 0]
    columns = list(zip(*(tope.X[k] for k in at), strict=True))
    seen = [tuple(dot([q[k] for k in at], x) for x in columns) for q in known]

    def proof(cell: Cell) -> dict[str, Json] | None:
        found = off(cell, seen) or _pinned(cell, kernels, dead) or _below(cell)
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


def _pinned(cell: Cell, kernels: Sequence[Kept], dead: set[int]) -> dict[str, Json] | None:
    """Return the proof in the closure of a kernel's face, or None elsewhere.

    The form is that of the face, on its hull. So it is where the signs differ at dead samples
    alone, where N is 0; there the kernel must miss the cell.
    """
    signs = cell.tope.covector
    for i, kept in enumerate(kernels):
        pairs = enumerate(zip(signs, kept.covector, strict=True))
        other = {k for k, (s, t) in pairs if s not in (0, t)} - cell.vanishing
        if not all(k in dead and kept.covector[k] for k in other):
            continue
        apart = _missed(cell, kept) if other else []
        if apart is None:
            continue
        own = tuple(t or s for s, t in zip(signs, kept.covector, strict=True))
        zeros = frozenset(k for k, s in enumerate(signs) if s and not kept.covector[k])
        found = _held(Cell(cell.tope.turned(own), frozenset(), zeros), i, kept)
        if found is not None:
            return found | ({"apart": [*apart]} if apart else {})
    return None


def _missed(cell: Cell, kept: Kept) -> list[int] | None:
    """Return strict rows of which a positive combination is 0 on a kernel, or None."""
    rows = {k: floats([cell.tope.rows[k]])[0] for k in sorted(cell.strict)}
    g = floats(list(kept.vectors)).T
    for chosen in islice(combinations(rows, len(kept.vectors) + 1), _MOST):
        first, *others = (rows[k] @ g for k in chosen)
        table = np.array(others).T
        if np.linalg.matrix_rank(table) < len(others):
            continue
        if (np.linalg.solve(table, -first) > _ROOM).all():
            return list(chosen)
    return None


def _held(hull: Cell, i: int, kept: Kept) -> dict[str, Json] | None:
    """Return the proof on the hull of a kernel's face."""
    square = float(hull.tope.beta_squared)
    near = [np.array([float(t) for t in g]) for g in kept.vectors]
    weight = _dyadic(square / min(float(g @ g) for g in near))
    more = float(weight) * sum(np.outer(g, g) for g in near)
    least = _least(hull, _form(hull, square, 0) + more)
    if least <= _LEAST * square:
        return None
    slack = _dyadic(min(least, square) / 2)
    form = _form(hull, square, float(slack)) + more
    return {"face": i, "weight": text(weight), "slack": text(slack), **_terms(hull, form)}


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
