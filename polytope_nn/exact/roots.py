"""Real roots of integer polynomials: named, told apart, enclosed.

A real root is named by its place among the real roots of its irreducible polynomial,
ascending. Enclosures come from flint, proved disjoint, and are refined by the interval
Newton step ``m - f(m)/f'(A)``, which contains every root of f that the ball A contains.

Polynomials are flint's here; the room's other files meet them as tuples of integers.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from flint import arb, arb_poly, ctx, fmpq, fmpz_poly

from polytope_nn.errors import PolytopeError

from .ball import Ball
from .rational import text

__all__ = [
    "FieldError",
    "Interval",
    "irreducible",
    "isolating_cell",
    "primitive",
    "real_roots",
    "refined_root",
    "root_index",
]

Interval: TypeAlias = tuple[Fraction, Fraction]
_FIRST_BITS = 64


class FieldError(PolytopeError, ValueError):
    """No real number field is so defined, or elements of two fields were mixed."""


def primitive(f: fmpz_poly) -> fmpz_poly:
    """Return f without its content, the leading coefficient positive; f is not 0.

    >>> primitive(fmpz_poly([4, 0, -2]))
    x^2 + (-2)
    """
    return f // (f.content() * (1 if f.leading_coefficient() > 0 else -1))


def irreducible(poly: Sequence[int]) -> fmpz_poly:
    """Return the primitive polynomial with these coefficients, low to high.

    Raises
    ------
    FieldError
        When it is a constant or reducible; the message shows its factors.
    """
    f = fmpz_poly(list(poly))
    if f.degree() < 1:
        raise FieldError(f"{f} is a constant: it has no root to adjoin")
    factors = f.factor()[1]
    if len(factors) > 1 or factors[0][1] > 1:
        shown = " * ".join(f"({g})^{k}" if k > 1 else f"({g})" for g, k in factors)
        raise FieldError(f"{f} = {shown} is reducible: give the factor of the root")
    return primitive(f)


def real_roots(f: fmpz_poly, bits: int) -> list[arb]:
    """Return disjoint enclosures of the real roots of an irreducible f, ascending.

    Flint gives exactly the real roots an imaginary part of exactly 0.
    """
    with ctx.workprec(bits):
        pairs: Any = f.complex_roots()  # (root, 1) each; flint's stub says otherwise
    real = [x.real for x, _ in pairs if x.imag.is_zero()]
    return sorted(real, key=lambda x: x.mid())


def _only(f: fmpz_poly) -> Fraction:
    """Return the root of a linear f."""
    return Fraction(-int(f[0]), int(f[1]))


def root_index(f: fmpz_poly, lower: Fraction, upper: Fraction) -> int:
    """Return the place of the only root of an irreducible f in ``[lower, upper]``.

    Raises
    ------
    FieldError
        When the interval contains no real root of f, or several.
    """
    if f.degree() == 1:
        places = [0] if lower <= _only(f) <= upper else []
    else:
        bits = _FIRST_BITS
        while True:  # the ends are rational, hence no roots: some precision tells
            roots = [Ball(x, bits) for x in real_roots(f, bits)]
            ends = [(x.lower, x.upper) for x in roots]
            touched = [i for i, (a, b) in enumerate(ends) if lower <= b and a <= upper]
            places = [i for i, (a, b) in enumerate(ends) if lower <= a and b <= upper]
            if places == touched:
                break
            bits *= 2
    if len(places) != 1:
        where = f"[{text(lower)}, {text(upper)}]"
        raise FieldError(f"{f} has {len(places)} real roots in {where}: one is wanted")
    return places[0]


def isolating_cell(f: fmpz_poly, index: int) -> Interval:
    """Return the largest ``[i, i + 1]/2^k``, k >= 0, with that root of f and no other.

    An irreducible f that is not linear has no root at the ends, so it changes sign
    between them. A linear f gets the interval of radius 1 around its root.

    >>> isolating_cell(fmpz_poly([-2, 0, 1]), 1)
    (Fraction(1, 1), Fraction(2, 1))
    """
    if f.degree() == 1:
        return _only(f) - 1, _only(f) + 1
    bits = _FIRST_BITS
    while True:
        roots = real_roots(f, bits)
        with ctx.workprec(bits):
            scale, cells = 1, [x.floor().unique_fmpz() for x in roots]
            while None not in cells:  # which ends: the scale outgrows the precision
                cell = cells[index]
                if cell is not None and cells.count(cell) == 1:
                    i = int(cell)
                    return Fraction(i, scale), Fraction(i + 1, scale)
                scale *= 2
                cells = [(x * scale).floor().unique_fmpz() for x in roots]
        bits *= 2


def refined_root(f: fmpz_poly, index: int, bits: int, ball: arb | None = None) -> arb:
    """Return an enclosure of that root of f, ``bits`` bits accurate; start from ``ball``."""
    if f.degree() == 1:
        with ctx.workprec(bits):
            return arb(fmpq(-f[0], f[1]))
    work = bits + _FIRST_BITS + int(f.height_bits())
    ball = real_roots(f, _FIRST_BITS)[index] if ball is None else ball
    with ctx.workprec(work):
        value, slope = arb_poly(f), arb_poly(f.derivative())
        while ball.rel_accuracy_bits() < bits:
            middle = ball.mid()
            step = middle - value(middle) / slope(ball)
            if not step.is_finite() or 2 * step.rad() > ball.rad():
                return real_roots(f, work)[index]  # the roots are too close: all afresh
            ball = step.intersection(ball)
    return ball
