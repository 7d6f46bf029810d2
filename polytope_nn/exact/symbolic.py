"""Real algebraic numbers read from sympy expressions in roots.

The way back is sympy's own: ``sympy.sympify(x)`` of an element of a field works.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from flint import ctx

from polytope_nn.errors import InexactError, Undecided

from .ball import Ball
from .field import Algebraic, NumberField
from .generator import field_of
from .rational import rational
from .recognise import guess_field
from .roots import irreducible, real_roots
from .scalar import Scalar

if TYPE_CHECKING:
    from sympy import Expr

__all__ = ["from_sympy"]

_Number = TypeVar("_Number", Ball, Scalar)
_PRECISIONS = (256, 1024, 4096)


def from_sympy(expr: "Expr", *, max_degree: int = 24) -> Scalar:
    """Return the real number an expression in rationals, roots and ``CRootOf`` stands for.

    One field is guessed for all roots in the expression; each guess r for the q-th root of
    b is then proved by ``r^q == b`` and ``r >= 0``, each for a ``CRootOf`` by its
    polynomial and its place among the real roots. Nothing is decided by sympy.

    Raises
    ------
    InexactError
        When the expression is of another kind, or not real.
    Undecided
        When no field of degree at most ``max_degree`` is found for its roots.

    Examples
    --------
    >>> from sympy import sqrt
    >>> x = from_sympy(sqrt(2) + sqrt(3))
    >>> x.minimal_polynomial(), x < Fraction(63, 20)
    ((1, 0, -10, 0, 1), True)
    """
    roots: dict[Expr, None] = {}  # an ordered set
    _collect(expr, roots)
    for bits in _PRECISIONS:
        balls: dict[Expr, Ball] = {}
        for r in roots:
            balls[r] = _enclosed_root(r, balls, bits)
        guess = guess_field(list(balls.values()), max_degree=max_degree)
        if guess is None:
            continue
        found = dict(zip(balls, guess[1], strict=True))
        if all(_proved(r, x, found) for r, x in found.items()):
            value: Scalar = _value(expr, found, lambda q: q)
            return value
    raise Undecided(
        f"no field of degree <= {max_degree} was found for {expr} at {_PRECISIONS[-1]} bits"
    )


def _collect(expr: "Expr", roots: "dict[Expr, None]") -> None:
    """Gather the roots in an expression, inner ones first, as ``b^(1/q)`` or CRootOf."""
    from sympy import Add, ComplexRootOf, Mul, Pow, Rational

    if isinstance(expr, ComplexRootOf):
        roots[expr] = None
    elif isinstance(expr, Add | Mul):
        for part in expr.args:
            _collect(part, roots)
    elif isinstance(expr, Pow) and isinstance(expr.exp, Rational):
        _collect(expr.base, roots)
        if expr.exp.q > 1:
            roots[_root(expr)] = None
    elif not isinstance(expr, Rational):
        raise InexactError(f"{expr} is not made of rationals and their roots")


def _root(expr: "Expr") -> "Expr":
    """Return ``b^(1/q)`` for ``b^(p/q)``."""
    from sympy import Pow, Rational

    return Pow(expr.base, Rational(1, expr.exp.q), evaluate=False)


def _value(
    expr: "Expr", roots: "dict[Expr, _Number]", number: Callable[[Fraction], _Number]
) -> _Number:
    """Return the expression's value, its roots having the values given."""
    from sympy import Add, Pow, Rational

    if isinstance(expr, Rational):
        return number(rational(expr))
    if expr in roots:
        return roots[expr]
    if isinstance(expr, Pow):
        inner = expr.base if expr.exp.q == 1 else _root(expr)
        return _value(inner, roots, number) ** int(expr.exp.p)
    first, *rest = (_value(part, roots, number) for part in expr.args)
    for x in rest:
        first = first + x if isinstance(expr, Add) else first * x
    return first


def _enclosed_root(r: "Expr", balls: "dict[Expr, Ball]", bits: int) -> Ball:
    from sympy import ComplexRootOf

    if isinstance(r, ComplexRootOf):
        return _root_field(r).enclosure(bits)
    base = _value(r.base, balls, lambda q: Ball.from_rational(q, bits))
    if base < 0:
        raise InexactError(f"{r} is not real")
    with ctx.workprec(bits):
        return Ball(base.value.root(int(r.exp.q)), bits)


def _root_field(r: "Expr") -> NumberField:
    """Return the field of a CRootOf; sympy too counts the real roots from below."""
    if not r.is_real:
        raise InexactError(f"{r} is not real")
    poly = _coefficients(r)
    enclosures = real_roots(irreducible(poly), _PRECISIONS[0])
    field = field_of(poly, Ball(enclosures[r.index], _PRECISIONS[0]))
    assert field is not None  # the enclosures are disjoint
    return field


def _coefficients(r: "Expr") -> list[int]:
    return [int(c) for c in reversed(r.poly.all_coeffs())]


def _proved(r: "Expr", x: Scalar, found: "dict[Expr, Scalar]") -> bool:
    """Return whether the guess x is the root r, by exact substitution."""
    from sympy import ComplexRootOf

    if isinstance(r, ComplexRootOf):
        if not isinstance(x, Algebraic) or list(x.minimal_polynomial()) != _coefficients(r):
            return False
        field = field_of(_coefficients(r), x.enclosure(_PRECISIONS[0]))
        return field == _root_field(r)
    return bool(x >= 0 and x ** int(r.exp.q) == _value(r.base, found, lambda q: q))
