"""Entries of kappa that the walls of atoms squeeze to one point: relations that say which.

Where the cells on both sides of a wall bound an entry of kappa that no equation of the optimum
determines, and the bounds meet, a multiplier on each side is 0 (A1). Multipliers of independent
walls are linear in kappa, with rational coefficients: those that nearly vanish are relations.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import cast

from polytope_nn.dual.system import Face
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.search.candidate import Candidate

__all__ = ["squeezed"]

_MOST_WALLS = 4  # of an atom: 16 cells meet there
_SMALL = Fraction(1, 1 << 10)  # beside its terms: a pinned entry is known roughly


def squeezed(candidate: Candidate) -> Iterator[Vector]:
    """Yield relations: the multipliers that nearly vanish."""
    X = candidate.problem.charts[0].design
    kappa = [t.midpoint for t in candidate.kappa]
    for face in candidate.faces:
        for form in _multipliers(X, face):
            terms: list[Fraction] = [t * k for t, k in zip(form, kappa, strict=True)]
            size = sum(map(abs, terms), Fraction(0))
            if abs(sum(terms, Fraction(0))) < size * _SMALL:
                yield form


def _multipliers(X: Matrix, face: Face) -> Iterator[Vector]:
    """Yield the multipliers of the walls of a face for each cell around, as forms in kappa.

    A cell adds up ``kappa_k x_k`` over its active samples; what of that is no part of the face
    is a sum of the walls.
    """
    walls = [k for k, s in enumerate(face.covector) if s == 0]
    basis = [walls[i] for i in independent_rows([X[k] for k in walls])] if walls else []
    if not basis or len(basis) > _MOST_WALLS:
        return
    shares = _shares([X[k] for k in basis], X)
    for signs in product((1, -1), repeat=len(basis)):
        side = dict(zip(basis, signs, strict=True))
        active = [_active(k, s, side, X) for k, s in enumerate(face.covector)]
        for share in shares:
            yield tuple(
                t if on else Fraction(0) for t, on in zip(share, active, strict=True)
            )


def _active(k: int, s: int, side: dict[int, int], X: Matrix) -> bool:
    """Return whether a sample is active in the cell on these sides of walls of a basis."""
    if s:
        return s > 0
    for j, t in side.items():
        ratio = _ratio(X[k], X[j])
        if ratio:
            return ratio * t > 0
    return False  # no row, or a wall through where others meet


def _ratio(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    """Return r with ``x = r y``; 0 where there is none."""
    i = next(i for i, t in enumerate(y) if t)
    r = x[i] / y[i]
    return r if all(s == r * t for s, t in zip(x, y, strict=True)) else Fraction(0)


def _shares(walls: Sequence[Vector], X: Matrix) -> Matrix:
    """Return the coefficients of each row's projection to the span of walls, wall by wall."""
    gram = [[dot(x, y) for y in walls] for x in walls]
    columns = [solve(gram, [dot(w, x) for w in walls]) for x in X]
    return transpose(cast("Matrix", columns))
