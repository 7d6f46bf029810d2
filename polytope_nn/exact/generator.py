"""Better generators: the same number field with smaller numbers in it."""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product
from math import floor
from typing import Any

from flint import acb, acb_poly, ctx, fmpq_poly, fmpz_mat, fmpz_poly

from .ball import Ball
from .field import Algebraic, NumberField
from .linear import solve, transpose
from .order import order
from .roots import real_roots

__all__ = ["at", "field_of", "simpler_field"]


def field_of(poly: Sequence[int], ball: Ball) -> NumberField | None:
    """Return ``Q(a)``, a the root of an irreducible polynomial in the ball.

    None when the ball is so large that it meets several roots, or when it meets none.

    >>> field_of((-2, 0, 1), Ball.from_rational(2).sqrt())
    NumberField(x^2 + (-2), x ~ 1.414213562)
    """
    f, bits = fmpz_poly(list(poly)), 64
    while True:
        near = [x for x in (Ball(r, bits) for r in real_roots(f, bits)) if x.overlaps(ball)]
        if len(near) == 1:
            return NumberField(poly, (near[0].lower, near[0].upper))
        if not near or bits > 64 + 2 * ball.precision:
            return None
        bits *= 2


def simpler_field(
    field: NumberField,
    elements: Sequence[Algebraic],
    *,
    tries: int = 12,
    max_degree: int = 16,
) -> tuple[NumberField, list[Algebraic]]:
    """Return the same field by a generator of small size, and the elements in it, exactly.

    A large order (:func:`~polytope_nn.exact.order.order`) is reduced as a lattice in the
    norm ``sum over embeddings |s(x)|^2``. Among its short vectors and sums of up to three
    of them, the first ``tries`` that seem to generate the field compete by the
    discriminants of their minimal polynomials. What is gained is speed; nothing is guessed.
    A field of degree above ``max_degree`` is returned as it is.

    >>> a = NumberField([1, -198, 1], (100, 200)).generator  # 99 + 70 sqrt(2)
    >>> K, (x,) = simpler_field(a.field, [a])
    >>> K.poly, x
    ((-2, 0, 1), 99 + 70*a (~197.9949))
    """
    n = field.degree
    if n == 1 or n > max_degree:
        return field, list(elements)
    best, poly = field.generator, field.poly
    for x in islice(_generators(field), tries):
        f = x.minimal_polynomial()
        if len(f) == n + 1 and _size(f) < _size(poly):
            best, poly = x, f
    if poly == field.poly:
        return field, list(elements)
    simpler = field_of(poly, best.enclosure(64 + 2 * _length(poly)))
    assert simpler is not None  # the ball is smaller than the least gap between roots
    powers = [field.element([1])]
    while len(powers) < n:
        powers.append(powers[-1] * best)
    coordinates = solve(
        transpose([x.coordinates for x in powers]), field.generator.coordinates
    )
    assert coordinates is not None  # the powers of a generator are a basis
    old = simpler.element(coordinates)
    return simpler, [at(x, old) for x in elements]


def at(x: Algebraic, old: Algebraic) -> Algebraic:
    """Return x with the generator of its field replaced by an element of another field.

    >>> a = NumberField([-18, 0, 1], (4, 5)).generator
    >>> at(a + 1, 3 * NumberField([-2, 0, 1], (1, 2)).generator)
    1 + 3*a (~5.242641)
    """
    value = old.field.element([0])
    for c in reversed(x.coordinates):
        value = value * old + c
    return value


def _size(poly: Sequence[int]) -> tuple[int, int]:
    """Return the discriminant, which bounds denominators of integers, and the length."""
    return abs(int(fmpz_poly(list(poly)).discriminant())), _length(poly)


def _length(poly: Sequence[int]) -> int:
    return sum(c.bit_length() for c in poly)


def _generators(field: NumberField) -> Iterator[Algebraic]:
    """Yield integral elements that seem to generate the field, the shortest first.

    Floats order the candidates and nothing else.
    """
    short = _reduced(field, order(field))
    floats = [[complex(z) for z in _images(field, x.polynomial, 64)] for x in short]
    candidates = []
    for k in (1, 2, 3) if field.degree <= 12 else (1, 2):
        for places in combinations(range(len(short)), k):
            for signs in product((1, -1), repeat=k - 1):
                terms = list(zip((1, *signs), places, strict=True))
                images = [
                    sum(s * floats[i][j] for s, i in terms) for j in range(len(short))
                ]
                size = max(map(abs, images))
                apart = min(abs(a - b) for a, b in combinations(images, 2))
                if apart * 1000 > size:
                    candidates.append((size, terms))
    candidates.sort()
    for _, terms in candidates:
        yield sum((s * short[i] for s, i in terms), field.element([0]))


def _reduced(field: NumberField, basis: Sequence[fmpq_poly]) -> list[Algebraic]:
    """Return a basis of the module that is short under all embeddings together."""
    bits = 64 + _length(field.poly) + 2 * max(int(b.numer().height_bits()) for b in basis)
    images = []
    with ctx.workprec(bits):
        for b in basis:
            parts = [t for z in _images(field, b, bits) for t in (z.real, z.imag)]
            images.append([floor(Ball(t, bits).midpoint * 2**bits) for t in parts])
    change = fmpz_mat(images).lll(True)[1].table()  # noqa: FBT003 - flint's own signature
    short = []
    for row in change:
        terms = (int(c) * b for c, b in zip(row, basis, strict=True))
        short.append(Algebraic(field, sum(terms, fmpq_poly([]))))
    return short


def _images(field: NumberField, x: fmpq_poly, bits: int) -> list[acb]:
    """Return the values of the polynomial at all roots of the field's own."""
    with ctx.workprec(bits):
        pairs: Any = field.modulus.numer().complex_roots()  # flint's stub has one pair
        return [acb_poly(x)(root) for root, _ in pairs]
