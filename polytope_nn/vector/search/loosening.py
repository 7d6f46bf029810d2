"""Kinks that do not determine N: some of its entries are held at rationals (general G2).

More samples may stand on kinks than neurons can move: then their equations are dependent, N is
one of many, and any of them will do. An entry of N is held near where floats have it and its
equation left out, which is that of a flat of no length: that it holds is verified exactly.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import ball_vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.vector.balls.system import System

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Start", "loosened"]

_BITS = 128
_SINGULAR = 1e-7  # of the largest singular value
_BALANCINGS = 500  # each a factor of some units nearer
_FINEST = 1000  # denominators of entries that are held


@dataclass(frozen=True)
class Start:
    """A system, and a point near its solution in floats."""

    system: System
    point: tuple[Scalar, ...]


def loosened(start: Start) -> Start:
    """Return the start with entries of N held where kinks do not determine them."""
    import numpy as np
    from scipy.linalg import qr

    kinks = [
        e
        for e, p in enumerate(start.system.pieces)
        if isinstance(p, Slope) and not p.inverse
    ]
    if not kinks:
        return start
    try:
        jacobian = start.system.evaluated(ball_vector(start.point, _BITS))[1]
    except (ValueError, Undecided):
        return start
    J = _balanced(np.array([[float(t) for t in row] for row in jacobian]))
    _, sizes, V = np.linalg.svd(J)
    missing = int((sizes < _SINGULAR * sizes.max(initial=0)).sum())
    if not missing:
        return start
    null = V[len(sizes) - missing :, kinks]
    order = qr(null, mode="economic", pivoting=True)[2]
    pieces, point = list(start.system.pieces), list(start.point)
    for i in order[:missing]:
        e = kinks[int(i)]
        piece = pieces[e]
        assert isinstance(piece, Slope)  # a kink
        at = _rounded(point[e], piece)
        pieces[e] = Flat(at, piece.at, piece.at)
        point[e] = at
    return Start(replace(start.system, pieces=tuple(pieces)), tuple(point))


def _balanced(J: "Floats") -> "Floats":
    """Return the matrix with rows and columns multiplied until all are about 1 long.

    Unknowns and equations have units of their own: the bases of faces are of any length.
    """
    import numpy as np

    for _ in range(_BALANCINGS):
        for axis in (1, 0):
            size = np.linalg.norm(J, axis=axis, keepdims=True)
            J = J / np.where(size > 0, size, 1)
    return J


def _rounded(t: Scalar, piece: Slope) -> Fraction:
    at = Fraction(float(t)).limit_denominator(_FINEST)
    at = at if piece.low is None else max(at, piece.low)
    return at if piece.high is None else min(at, piece.high)
