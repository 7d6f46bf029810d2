"""The two forms of a polyhedron as plain values, and the gate its numbers pass.

Numbers are rational or lie in one real number field: every comparison is decided. A ball
decides only some, so it is refused here; :func:`~polytope_nn.geometry.double_description.
slice_vertices` is what takes balls.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from numbers import Real
from typing import TYPE_CHECKING, NamedTuple, cast

from polytope_nn.called import listed
from polytope_nn.errors import DimensionError, InexactError
from polytope_nn.exact.field import Algebraic, FieldError
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.rational import integer_row, rational, rows_of
from polytope_nn.exact.scalar import RealNumber, Scalar, Scalars
from polytope_nn.wording import uneven

if TYPE_CHECKING:
    from sympy import Expr

__all__ = [
    "Generators",
    "Halfspaces",
    "Maximum",
    "Minimum",
    "Rows",
    "exact_matrix",
    "exact_number",
    "exact_vector",
    "magnitude",
    "one_field",
    "primitive",
]

Rows = tuple[Scalars, ...]


class Halfspaces(NamedTuple):
    """``{x in R^n : A x <= b, C x = d}``; A has shape (m, n), C (p, n)."""

    A: Rows
    b: Scalars
    C: Rows
    d: Scalars


class Generators(NamedTuple):
    """Convex hull of the vertices, plus the cone of the rays, plus the span of the lines.

    Without vertices it is the empty set, whatever the rays.
    """

    vertices: Rows
    rays: Rows
    lines: Rows


class Maximum(NamedTuple):
    """The greatest value of ``objective x``, a point where it is taken, and the proof.

    The multipliers ``(lam, mu)`` have ``lam >= 0``, ``lam A + mu C = objective`` and
    ``lam b + mu d = value``.
    """

    value: Scalar
    point: Scalars
    multipliers: tuple[Scalars, Scalars]


class Minimum(NamedTuple):
    """The least value of ``objective x``, a point where it is taken, and the proof.

    The multipliers ``(lam, mu)`` have ``lam >= 0``, ``mu C - lam A = objective`` and
    ``mu d - lam b = value``.
    """

    value: Scalar
    point: Scalars
    multipliers: tuple[Scalars, Scalars]


def exact_number(x: object) -> Scalar:
    """Return x as a fraction, or as an irrational element of its number field.

    Roots of sympy are read (one field for all numbers of a polyhedron).

    Raises
    ------
    InexactError
        For balls, floats and everything else the gate refuses.

    Examples
    --------
    >>> exact_number("3/6")
    Fraction(1, 2)
    """
    if isinstance(x, Algebraic):
        return simplest(x)
    if isinstance(x, RealNumber):
        raise InexactError(f"{x!r} is a ball: a polyhedron needs exact numbers")
    if type(x).__module__.startswith("sympy.") and not isinstance(x, Real):
        from polytope_nn.exact.symbolic import from_sympy

        return simplest(from_sympy(cast("Expr", x)))
    return rational(x)


def exact_vector(entries: Iterable[object]) -> Scalars:
    """Return the entries as exact numbers."""
    return tuple(map(exact_number, listed(entries, "numbers", "give a list of numbers")))


def exact_matrix(rows: Iterable[Iterable[object]]) -> Rows:
    """Return the rows as exact numbers; they have one length."""
    A = tuple(map(exact_vector, listed(rows_of(rows), "rows", "give a list of rows")))
    if apart := uneven(A):
        raise DimensionError(apart)
    return A


def magnitude(x: Scalar) -> Scalar:
    """Return the absolute value of x."""
    return -x if x < 0 else x


def one_field(numbers: Iterable[Scalar]) -> None:
    """Refuse numbers of two different fields, before anything is computed with them."""
    first = None
    for x in numbers:
        if isinstance(x, Algebraic):
            first = first or x
            if x.field != first.field:
                raise FieldError(
                    f"{first!r} in {first.field!r} and {x!r} in {x.field!r}:"
                    " find one field for both first"
                )


def primitive(v: Sequence[Scalar]) -> Scalars:
    """Return the normal form of the ray of v: primitive integers, or first entry 1 or -1.

    >>> print(*primitive((Fraction(2), Fraction(-4, 3))))
    3 -2
    """
    lead = next((x for x in v if x != 0), None)
    if lead is None:
        return tuple(v)
    if any(isinstance(x, Algebraic) for x in v):
        v = [simplest(x / magnitude(lead)) for x in v]
        if any(isinstance(x, Algebraic) for x in v):
            return tuple(v)
    return tuple(map(Fraction, integer_row(cast("Sequence[Fraction]", v))))
