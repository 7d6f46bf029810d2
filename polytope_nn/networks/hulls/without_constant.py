"""Networks that make no constant, where vertices are too many to be listed (THEORY §8).

Where constants are free in the limit only, and no neuron rises above its last kink, networks
attain the points of P with the constant 0. The constant is one affine function of the masses:
with ``lam'X = 0`` for the columns X of the skip and ``lam'1 = 1`` it is ``lam'(fit - F c)``. So
these points are a slice of P by one equation more, and on a vertex of it the features are
independent modulo what networks have at no cost.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from polytope_nn.errors import NotAttained, Undecided
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import solve
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.farkas import alternative
from polytope_nn.landscape.kinks import UNATTAINED, rising
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import support
from polytope_nn.landscape.unlisted.described import slice_of
from polytope_nn.landscape.unlisted.float_slice import FloatSlice
from polytope_nn.landscape.unlisted.slices import Slice
from polytope_nn.landscape.unlisted.some import some_points

__all__ = ["level_points", "one_without_constant", "without_constant"]

_ZERO, _ONE = Fraction(0), Fraction(1)


def without_constant(P: OptimalPolytope) -> bool:
    """Return whether networks attain the points with the constant 0 only.

    Constants are then free in the limit only, and made by no skip and no neuron above its
    last kink.
    """
    made = any(line[-1] for line in P.lines) or rising(P.atoms, P.loose)
    return P.problem.free.limited and not made


def level_points(P: OptimalPolytope) -> tuple[Scalars, ...]:
    """Return points whose hull is what of P has the constant 0.

    Raises
    ------
    NotAttained
        When there are none.
    """
    constants = [P.free_part(v)[-1] for v in P.vertices]
    signs = list(map(sign, constants))
    points = [v for v, s in zip(P.vertices, signs, strict=True) if not s]
    above, below = ([i for i, s in enumerate(signs) if s == side] for side in (1, -1))
    for i, j in product(above, below):
        a, b = constants[i], constants[j]
        pairs = zip(P.vertices[i], P.vertices[j], strict=True)
        points.append(tuple((a * t - b * s) / (a - b) for s, t in pairs))
    if not points:
        raise NotAttained(UNATTAINED)
    return tuple(points)


def one_without_constant(P: OptimalPolytope) -> Scalars:
    """Return the masses of a point of P with the constant 0, on independent features.

    Parameters
    ----------
    P
        An optimal set whose constants are free in the limit only.

    Returns
    -------
    Scalars
        One mass for each atom.

    Raises
    ------
    NotAttained
        When every point needs a constant.
    Undecided
        When balls do not tell.

    Examples
    --------
    >>> from polytope_nn.landscape.optimal_set import interpolation
    >>> from polytope_nn.problems.interpolation import InterpolationProblem
    >>> cross = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    >>> P = interpolation(InterpolationProblem(cross, [0, 0, 1, 1], bias="free"))
    >>> [int(x) for x in P.free_part(one_without_constant(P))]
    [0]
    """
    if P.level == "interval":
        return _in_balls(P)
    had = P.problem.free.had
    columns = [had.modulo(a.feature) for a in P.atoms]
    masses, _ = alternative(columns, had.modulo(P.optimum.fit))
    if masses is None:
        raise NotAttained(UNATTAINED)
    return tuple(masses.get(a, _ZERO) for a in range(len(P.atoms)))


def _in_balls(P: OptimalPolytope) -> Scalars:
    """Return the point that walks in floats find and balls prove."""
    S = slice_of(P.optimum, P.classes)
    *slopes, ones = P.problem.free.columns
    functional = solve((*slopes, ones), (*(_ZERO for _ in slopes), _ONE))
    assert functional is not None  # else the skip makes constants
    row = [dot(functional, a.feature) for a in P.atoms]
    target = dot(functional, P.optimum.fit)
    columns = tuple((*f, t) for f, t in zip(S.columns, row, strict=True))
    within = Slice(columns, (*S.right, target), S.size, in_balls=True)
    points = some_points(within).points
    if points:
        return min(points, key=lambda c: support(c).bit_count())
    for side in (1, -1):
        most = _most(S, [side * t for t in row])
        if most is not None and most < side * target:
            raise NotAttained(UNATTAINED)
    raise Undecided(
        "whether an optimal network makes no constant, which is free only in the limit of a "
        "growing bias: add skip constant"
    )


def _most(S: Slice, row: Sequence[Scalar]) -> Scalar | None:
    """Return a proved upper bound of a linear function on a slice in balls, or None.

    ``y'right`` with ``y'column_j >= row_j`` for all j: equal on the columns of a basis that
    a walk in floats ends at, and a strict inequality on the others.
    """
    F = FloatSlice(S.columns, S.right)
    if F.is_empty:
        return None
    basic = F.highest(row)
    try:
        y = solve_balls([S.columns[j] for j in basic], [row[j] for j in basic])
        others = (j for j in range(len(S.columns)) if j not in basic)
        fine = all(dot(y, S.columns[j]) > row[j] for j in others)
    except Undecided:
        return None
    return dot(y, S.right) if fine else None
