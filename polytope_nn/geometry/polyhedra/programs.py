"""Linear programs over a polyhedron, solved through the dual: the proof comes with it.

``max c x`` over ``A x <= b, C x = d`` is ``min lam b + mu d`` over ``lam A + mu C = c``,
``lam >= 0``: standard form, with as many rows as x has coordinates. The simplex method on
the dual gives the multipliers as masses and the point as prices; when the dual falls
forever, its direction is Farkas's proof that there is no point.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.errors import EmptyPolyhedronError, UnboundedError
from polytope_nn.exact.linear import solve
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.integer_tableau import IntegerTableau
from polytope_nn.geometry.simplex import Tableau, falling, feasible

from .cone import is_rational
from .forms import Halfspaces, Maximum

__all__ = ["farkas", "maximum", "point_or_farkas"]

Proof = tuple[Scalars, Scalars]
Masses = dict[int, Scalar]


def maximum(objective: Scalars, H: Halfspaces) -> Maximum:
    """Return the maximum of ``objective x`` over the polyhedron, with its proof.

    Raises
    ------
    EmptyPolyhedronError
        When there is no point (see :func:`farkas` for the proof).
    UnboundedError
        When there is no maximum.

    Examples
    --------
    >>> one = Fraction(1)
    >>> maximum((one,), Halfspaces(((one,),), (Fraction(5),), (), ())).value
    Fraction(5, 1)
    """
    found = _solved(objective, H)
    if isinstance(found, Maximum):
        return found
    if found is None and point_or_farkas(H, len(objective))[1] is None:
        shown = ", ".join(map(str, objective))
        raise UnboundedError(f"({shown}) x has no maximum on the polyhedron")
    raise EmptyPolyhedronError("the maximum over the empty set does not exist")


def farkas(H: Halfspaces, n: int) -> Proof | None:
    """Return the proof that the polyhedron in R^n is empty; None if it has a point.

    The proof is ``(lam, mu)`` with ``lam >= 0``, ``lam A + mu C = 0`` and
    ``lam b + mu d = -1`` (Farkas).

    >>> one = Fraction(1)
    >>> farkas(Halfspaces(((one,), (-one,)), (one, -3 * one), (), ()), 1)
    ((Fraction(1, 2), Fraction(1, 2)), ())
    """
    return point_or_farkas(H, n)[1]


def point_or_farkas(H: Halfspaces, n: int) -> tuple[Scalars | None, Proof | None]:
    """Return a point and None, or None and the proof that there is no point.

    The objective is the sum of the inequalities, which is bounded on any polyhedron.
    """
    objective = tuple(simplest(sum((row[j] for row in H.A), Fraction(0))) for j in range(n))
    found = _solved(objective, H)
    assert found is not None  # all lam = 1 is a dual point
    return (found.point, None) if isinstance(found, Maximum) else (None, found)


def _solved(objective: Scalars, H: Halfspaces) -> Maximum | Proof | None:
    """Return the maximum, Farkas's proof, or None when no multipliers exist."""
    columns = [*H.A, *H.C, *(tuple(-x for x in row) for row in H.C)]
    prices = (*H.b, *H.d, *(-x for x in H.d))
    m, p = len(H.A), len(H.C)

    def split(masses: Masses) -> Proof:
        zero = Fraction(0)
        lam = tuple(masses.get(i, zero) for i in range(m))
        mu = (masses.get(m + j, zero) - masses.get(m + p + j, zero) for j in range(p))
        return lam, tuple(map(simplest, mu))

    rational = is_rational((*columns, prices, objective))
    engine = _rational if rational else _algebraic
    found = engine(columns, prices, objective)
    if found is None:
        return None
    point, masses = found
    if point is None:
        value = -sum((prices[j] * x for j, x in masses.items()), Fraction(0))
        return split({j: simplest(x / value) for j, x in masses.items()})
    return Maximum(simplest(dot(objective, point)), point, split(masses))


def _rational(
    columns: Sequence[Scalars], prices: Scalars, z: Scalars
) -> tuple[Scalars | None, Masses] | None:
    """Return (prices, masses) at the optimum, (None, direction), or None if infeasible."""
    T = IntegerTableau(
        cast("Sequence[tuple[Fraction, ...]]", columns), cast("tuple[Fraction, ...]", z)
    )
    if not T.feasible():
        return None
    if T.cheapest(cast("tuple[Fraction, ...]", prices)):
        return T.prices, dict(T.masses)
    return None, dict(T.direction)


def _algebraic(
    columns: Sequence[Scalars], prices: Scalars, z: Scalars
) -> tuple[Scalars | None, Masses] | None:
    """Return the same over a number field."""
    masses, _ = feasible(columns, z)
    if masses is None:
        return None
    T = Tableau.of(columns, z, sorted(j for j, x in masses.items() if x != 0))
    try:
        for _ in falling(T, prices):
            pass
    except UnboundedError:
        return None, _falling_direction(T, prices)
    basic = sorted(T.basic)
    y = solve([columns[j] for j in basic], [prices[j] for j in basic])
    if y is None or not basic:
        y = (Fraction(0),) * len(z)
    return tuple(map(simplest, y)), T.solution()


def _falling_direction(T: Tableau, prices: Scalars) -> Masses:
    """Return the direction of the first column that lowers the cost without end."""
    for j in range(len(prices)):
        if j not in T.basic and T.reduced(prices, j).sign() < 0 and T.leaving(j) is None:
            found: Masses = {j: Fraction(1)}
            for b, row in zip(T.basic, T.rows, strict=True):
                if row[j] != 0:
                    found[b] = -row[j]
            return found
    raise AssertionError("the walk of falling cost has ended at such a column")
