"""Better generators: the same number field with smaller numbers in it.

They are short vectors of an *order*: a ring of integral elements that is a lattice of full
rank; the larger it is, the shorter its vectors. Round 2 of Zassenhaus, at small primes: with
``I`` the p-radical of O (the x with a power in pO), the ring ``{x : x I is in I}`` is O itself
if and only if the index of O in the maximal order is prime to p, and is a larger order, within
``O/p``, otherwise.

References
----------
H. Cohen, *A Course in Computational Algebraic Number Theory* (1993), sections 6.1, 2.4.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product
from math import floor
from typing import Any

from flint import (
    acb,
    acb_poly,
    ctx,
    fmpq_mat,
    fmpq_poly,
    fmpz,
    fmpz_mat,
    fmpz_poly,
    nmod_mat,
)

from .ball import Ball
from .field import Algebraic, NumberField, padded
from .linear import solve, transpose
from .roots import real_roots

__all__ = ["at", "field_of", "order", "simpler_field"]


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

    A large order (:func:`~polytope_nn.exact.generator.order`) is reduced as a lattice in the
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


def order(field: NumberField, *, primes: int = 1000) -> list[fmpq_poly]:
    """Return a basis of an order, maximal at every prime up to ``primes``.

    Elements are polynomials in the generator. The start is ``Z[a] meet Z[1/a]``, with the
    basis ``1, f_n a, f_n a^2 + f_(n-1) a, ...``, whose discriminant is that of f.

    >>> order(NumberField([-18, 0, 1], (4, 5)))  # a = 3 sqrt(2)
    [1, 1/3*x]
    """
    n, f = field.degree, field.poly
    basis = fmpq_mat([_row([0, *f[n - k + 1 :]] if k else [1], n) for k in range(n)])
    discriminant = field.modulus.numer().discriminant()
    for p, power in fmpz(abs(discriminant)).factor(trial_limit=primes):
        if p <= primes and power > 1:
            larger = _larger(field, basis, int(p))
            while larger is not None:
                basis = larger
                larger = _larger(field, basis, int(p))
    return _elements(basis)


def _row(x: Sequence[int], n: int) -> list[int]:
    return [*x, *[0] * (n - len(x))]


def _larger(field: NumberField, basis: fmpq_mat, p: int) -> fmpq_mat | None:
    """Return a basis of ``{x : x I is in I}``, I the p-radical; None when that is O."""
    n = field.degree
    radical = _radical(field, basis, p)
    inverse = radical.inv()
    # row i: the matrix, flattened mod p, by which the i-th basis element acts on I / pI
    products = [x * y for x in _elements(basis) for y in _elements(radical)]
    action = _coordinates(field, products, inverse, p)
    kernel = _left_kernel(nmod_mat(n, n * n, action, p))
    return _with_multiples(kernel, p, n) * basis / p if kernel else None


def _radical(field: NumberField, basis: fmpq_mat, p: int) -> fmpq_mat:
    """Return a basis of the p-radical: the kernel of ``x -> x^q`` mod p, q = p^k >= n."""
    n, inverse, powers = field.degree, basis.inv(), []
    for x in _elements(basis):
        y = x
        for bit in bin(p)[3:]:
            y = _modulo(field, y * y, basis, inverse, p)
            if bit == "1":
                y = _modulo(field, y * x, basis, inverse, p)
        powers.append(y)
    images = _coordinates(field, powers, inverse, p)
    frobenius = power = nmod_mat(n, n, images, p)  # linear: (x + y)^p = x^p + y^p mod p
    q = p
    while q < n:
        q, power = q * p, power * frobenius
    return _with_multiples(_left_kernel(power), p, n) * basis


def _elements(basis: fmpq_mat) -> list[fmpq_poly]:
    return [fmpq_poly(list(row)) for row in basis.table()]


def _coordinates(
    field: NumberField, elements: Sequence[fmpq_poly], inverse: fmpq_mat, p: int
) -> list[int]:
    """Return the coordinates mod p of elements, in the basis with that inverse, in a row."""
    rows = [padded((x % field.modulus).coeffs(), field.degree) for x in elements]
    entries = (fmpq_mat(rows) * inverse).entries()
    return [int(c.p) % p for c in entries]  # c.q == 1: the elements are in the lattice


def _modulo(
    field: NumberField, x: fmpq_poly, basis: fmpq_mat, inverse: fmpq_mat, p: int
) -> fmpq_poly:
    """Return a small representative of an element of O modulo pO."""
    c = _coordinates(field, [x], inverse, p)
    return fmpq_poly((fmpq_mat(1, field.degree, c) * basis).entries())


def _left_kernel(A: nmod_mat) -> list[list[int]]:
    X, nullity = A.transpose().nullspace()
    return [[int(row[j]) for row in X.table()] for j in range(nullity)]


def _with_multiples(rows: list[list[int]], p: int, n: int) -> fmpq_mat:
    """Return a basis of the lattice generated by integer rows and all multiples of p."""
    multiples = [[p * (i == j) for j in range(n)] for i in range(n)]
    return fmpq_mat(fmpz_mat(fmpz_mat([*rows, *multiples]).hnf().table()[:n]))
