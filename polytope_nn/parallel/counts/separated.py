"""Pieces of which no branches make the fit: a vector says so (Farkas; three-layer P9).

For branches z_j of the pieces ``y* = sum_j phi_j(z_j)``. With a vector q, and multipliers of the
conditions on z_j that are ``>= 0`` where these are no equations,

    q'phi_j(z_j)  <=  q'phi_j(z_j) + sum_i lambda_ji e_i (z_j)_i  <  0  <  q'y*

on every inner atom proves that there are none. A linear program in floats finds q; that the
inequalities are strict, balls decide.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars, dot, sign
from polytope_nn.parallel.pieces import Piece

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["separated"]

_LEAST = 1e-9  # a margin below this is 0 in floats
_MOST_FACES = 100  # of pieces; of more the pieces are taken whole
_BITS = 40  # of the rounded vector


def separated(pieces: Sequence[Piece], fit: Scalars, k: int) -> bool:
    """Return whether a vector proves that no branches of the pieces make the fit.

    The branches have at most k inner atoms.

    >>> from polytope_nn.dual.atoms import Atom
    >>> one, none = Fraction(1), Fraction(0)
    >>> a = Atom(1, (1, -1), (one,), (one, none))
    >>> p = Piece(1, (a,), (None, None), (True, True), ())
    >>> separated([p], (none, one), 1), separated([p], (one, none), 1)
    (True, False)
    """
    once = dict.fromkeys(pieces)
    many = sum(comb(len(p.atoms), min(k, len(p.atoms))) for p in once) > _MOST_FACES
    faces = tuple(once) if many else tuple(face for p in once for face in _faces(p, k))
    apart = _Separation(faces, fit)
    try:
        return apart.proved
    except Undecided:
        return False


def _faces(p: Piece, k: int) -> Iterator[Piece]:
    """Yield the faces of a piece with k atoms."""
    for atoms in combinations(p.atoms, min(k, len(p.atoms))):
        yield replace(p, atoms=atoms, vertices=())


@dataclass(frozen=True)
class _Separation:
    """The inequalities; the unknowns are q, then a multiplier for each condition."""

    pieces: tuple[Piece, ...]
    fit: Scalars

    @cached_property
    def conditions(self) -> tuple[tuple[int, int, int], ...]:
        """The piece, the row and the sign of each condition, 0 of an equation."""
        return tuple(
            (j, i, e)
            for j, p in enumerate(self.pieces)
            for i, e in enumerate(p.signs)
            if e is not None
        )

    @cached_property
    def rows(self) -> tuple[Scalars, ...]:
        """One row for each inner atom, which is to be negative."""
        found: list[Scalars] = []
        zero = Fraction(0)
        for j, p in enumerate(self.pieces):
            for a, column in zip(p.atoms, p.columns, strict=True):
                own = (
                    a.feature[i] * (e or 1) if l == j else zero
                    for l, i, e in self.conditions
                )
                found.append((*column, *own))
        return tuple(found)

    @cached_property
    def proved(self) -> bool:
        """Whether the vector that floats find is one."""
        found = self._guess()
        n = len(self.fit)
        return (
            found is not None
            and sign(dot(self.fit, found[:n])) > 0
            and all(sign(dot(row, found)) < 0 for row in self.rows)
        )

    def _guess(self) -> Vector | None:
        """Return q and the multipliers, rounded; None where floats see none."""
        import numpy as np
        from scipy.optimize import linprog

        n, size = len(self.fit), len(self.fit) + len(self.conditions)
        A = np.array([[float(t) for t in row] for row in self.rows])
        fit = np.array([float(t) for t in self.fit])
        units = _units(np.abs(np.vstack([A[:, :n], fit])))
        more = _units(np.abs(A[:, n:]))
        every = np.concatenate([units, more])
        A, fit = A / every, fit / units
        lengths = np.linalg.norm(A[:, :n], axis=1)
        lengths[lengths == 0] = 1
        rows = np.zeros((len(A) + 1, size + 1))
        rows[:-1, :-1] = A / lengths[:, None]
        rows[-1, :n] = -fit / (np.linalg.norm(fit) or 1)
        rows[:, -1] = 1
        bounds = [(-1.0, 1.0)] * n
        bounds += [(-1.0 if not e else 0.0, 1.0) for _, _, e in self.conditions]
        cost = np.append(np.zeros(size), -1.0)
        best = linprog(
            cost, A_ub=rows, b_ub=np.zeros(len(rows)), bounds=[*bounds, (None, 1)]
        )
        if best.status or best.x[-1] < _LEAST:
            return None
        return tuple(
            Fraction(round(float(t) * (1 << _BITS)), 1 << _BITS) / Fraction(float(unit))
            for t, unit in zip(best.x[:-1], every, strict=True)
        )


def _units(sizes: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Return the largest entry of each column, 1 where there is none."""
    import numpy as np

    found: NDArray[np.float64] = sizes.max(axis=0, initial=0.0)
    found[found == 0] = 1
    return np.asarray(found, dtype=np.float64)
