"""Real number fields: exact arithmetic and order in ``Q(a)``, a an algebraic number.

A *number field* here is given by an irreducible polynomial f over the integers and one of
its real roots a, picked out by a rational interval. Its elements are the polynomials in a
of degree below ``deg f``, and because f is irreducible each has exactly one such form:

* an element is 0 iff its polynomial is, and that is how it is tested, never numerically;
* a nonzero element has a nonzero value, so enclosures of growing precision find its sign.

Elements of different fields do not mix, except
that every field contains the rationals; :mod:`~polytope_nn.exact.recognise` finds one
field for several numbers.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from flint import arb, arb_poly, ctx, fmpq, fmpq_mat, fmpq_poly

from polytope_nn.errors import InexactError
from polytope_nn.wording import shown

from .ball import Ball
from .rational import Vector, listed, rational, text, vector
from .roots import (
    FieldError,
    Interval,
    irreducible,
    isolating_cell,
    primitive,
    refined_root,
    root_index,
)
from .scalar import RealNumber, Scalars, sign

if TYPE_CHECKING:
    from sympy import Expr
    from sympy.printing.printer import Printer

__all__ = ["Algebraic", "FieldError", "NumberField", "of_one_field", "rational_kappa"]

_FIRST_BITS = 64
_HIGH = 8  # a degree from which an inverse is shorter by linear equations


class NumberField:
    """The field ``Q(a)``, a the one root of an irreducible polynomial in an interval.

    Parameters
    ----------
    poly : sequence of int
        Coefficients from low to high, irreducible over Q; made primitive, leading one > 0.
    root : two rationals
        A closed interval that contains exactly one real root of ``poly``. Only the root
        counts: fields are equal iff polynomial and root are, and :attr:`root` is the
        canonical interval of the root.

    Raises
    ------
    FieldError
        When the polynomial is reducible, or not one root is in the interval.

    Examples
    --------
    >>> K = NumberField([-2, 0, 1], (1, 2))
    >>> a = K.generator
    >>> (1 + a) * (1 - a), a < Fraction(3, 2), 1 / a
    (-1, True, 1/2*a (~0.7071068))
    """

    __slots__ = ("_cache", "_modulus", "index", "poly", "root")

    def __init__(self, poly: Sequence[int], root: Sequence[object]) -> None:
        f = irreducible([_whole(c) for c in poly])
        self.poly: tuple[int, ...] = tuple(map(int, f.coeffs()))
        self._modulus = fmpq_poly(f)
        self.index: int = root_index(f, *vector(root))
        self.root: Interval = isolating_cell(f, self.index)
        self._cache: dict[int, arb] = {}

    @property
    def degree(self) -> int:
        """The degree of the field over the rationals."""
        return len(self.poly) - 1

    @property
    def modulus(self) -> fmpq_poly:
        """The minimal polynomial of the generator, as flint has it; for exact/ only."""
        return self._modulus

    @property
    def generator(self) -> "Algebraic":
        """The number a."""
        return Algebraic(self, fmpq_poly([0, 1]) % self._modulus)

    def element(self, coordinates: Iterable[object]) -> "Algebraic":
        """Return ``sum coordinates[i] a**i``."""
        coords = [fmpq(x.numerator, x.denominator) for x in vector(coordinates)]
        return Algebraic(self, fmpq_poly(coords) % self._modulus)

    def enclosure(self, bits: int) -> Ball:
        """Return a ball around the generator, about ``bits`` bits accurate."""
        return self.generator.enclosure(bits)

    def approximation(self, bits: int) -> arb:
        """Return a ball around the generator as flint has it; for exact/ only."""
        level = _FIRST_BITS
        while level < bits:
            level *= 2
        if level not in self._cache:
            best = self._cache.get(max(self._cache, default=0))
            f = self._modulus.numer()
            self._cache[level] = refined_root(f, self.index, level, best)
        return self._cache[level]

    def _identity(self) -> tuple[tuple[int, ...], int]:
        return self.poly, self.index

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NumberField):
            return NotImplemented
        return self is other or self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __reduce__(self) -> tuple[object, ...]:
        return _field, (self.poly, self.root)

    def __repr__(self) -> str:
        return f"NumberField({self._modulus.numer()}, x ~ {float(self.generator):.10g})"


@lru_cache(maxsize=256)
def _field(poly: tuple[int, ...], root: Interval) -> NumberField:
    """One object for equal fields that are read back: comparing them is then free."""
    return NumberField(poly, root)


def _whole(x: object) -> int:
    value = rational(x)
    if value.denominator != 1:
        raise FieldError(f"{x} is no integer: clear the denominators of the polynomial")
    return value.numerator


def padded(coefficients: list[fmpq], n: int) -> list[fmpq]:
    """Return the list with zeros up to length n; for exact/ only."""
    return [*coefficients, *[fmpq(0)] * (n - len(coefficients))]


class Algebraic(RealNumber):
    """An element of a real number field: a polynomial in its generator a.

    Every comparison is decided, with ints and fractions too; an element that is rational
    equals, and hashes like, that fraction.

    >>> K = NumberField([-10, 0, 1], (3, 4))
    >>> x = K.element(["1/2", 3])
    >>> x, x * x == Fraction(361, 4) + 3 * K.generator, x > 9
    (1/2 + 3*a (~9.986833), True, True)
    """

    __slots__ = ("_sign", "field", "polynomial")

    def __init__(self, field: NumberField, polynomial: fmpq_poly) -> None:
        """Wrap a reduced polynomial; outside exact/ call :meth:`NumberField.element`."""
        self.field: Final[NumberField] = field
        self.polynomial: Final[fmpq_poly] = polynomial
        self._sign: int | None = None

    # arithmetic

    def _coerce(self, other: object) -> "Algebraic | None":
        if isinstance(other, Algebraic):
            if other.field != self.field:
                raise FieldError(
                    f"{self!r} in {self.field!r} and {other!r} in {other.field!r}:"
                    " find one field for both first"
                )
            return other
        if isinstance(other, (int, Fraction)):
            q = fmpq(int(other.numerator), int(other.denominator))
            return Algebraic(self.field, fmpq_poly([q]))
        return None

    def _plus(self, other: "Algebraic") -> "Algebraic":
        return Algebraic(self.field, self.polynomial + other.polynomial)

    def _times(self, other: "Algebraic") -> "Algebraic":
        product = self.polynomial * other.polynomial
        if product.degree() >= self.field.degree:
            product %= self.field.modulus
        return Algebraic(self.field, product)

    def __neg__(self) -> "Algebraic":
        return Algebraic(self.field, -self.polynomial)

    def inverse(self) -> "Algebraic":
        """Return ``1/self``, by the extended Euclidean algorithm.

        In a high degree as the solution of linear equations, lifted from one prime: that is short
        where the inverse is.
        """
        if not self.polynomial:
            raise ZeroDivisionError("1/0")
        d, m = self.field.degree, self.field.modulus
        if d < _HIGH or self.is_rational:
            return Algebraic(self.field, self.polynomial.xgcd(m)[1])
        columns, x = [], self.polynomial
        for _ in range(d):
            columns.append(padded(x.coeffs(), d))
            x = x.left_shift(1) % m
        one = fmpq_mat(d, 1, [1] + [0] * (d - 1))
        found = fmpq_mat(columns).transpose().solve(one)
        return Algebraic(self.field, fmpq_poly([t for (t,) in found.table()]))

    # comparisons: always decided

    def __bool__(self) -> bool:
        return bool(self.polynomial)

    def sign(self) -> int:
        """Return -1, 0 or 1: 0 by the polynomial, the others by ever smaller balls."""
        if self._sign is None:
            self._sign = self._found_sign()
        return self._sign

    def _found_sign(self) -> int:
        if self.is_rational:
            return sign(self.as_fraction())
        bits = _FIRST_BITS
        while True:
            x = self._value(bits)
            if x > 0:
                return 1
            if x < 0:
                return -1
            bits *= 2

    def __eq__(self, other: object) -> bool:
        x = self._coerce(other)
        return NotImplemented if x is None else bool(self.polynomial == x.polynomial)

    def __hash__(self) -> int:
        if self.is_rational:
            return hash(self.as_fraction())
        return hash((self.field, self.coordinates))

    def _compare(self, other: object) -> int | None:
        if isinstance(other, (int, Fraction)) and not other:
            return self.sign()  # which is remembered
        return super()._compare(other)

    # what it is

    @property
    def is_rational(self) -> bool:
        """Whether the number is rational."""
        return bool(self.polynomial.degree() < 1)

    @property
    def rational(self) -> Fraction | None:
        """The number as a fraction, None where it is irrational."""
        return self.as_fraction() if self.is_rational else None

    def as_fraction(self) -> Fraction:
        """Return the rational number this is; ``InexactError`` when it is none."""
        if not self.is_rational:
            raise InexactError(f"{self!r} is irrational")
        c = self.polynomial[0]
        return Fraction(int(c.p), int(c.q))

    @property
    def coordinates(self) -> Vector:
        """The coefficients of 1, a, ..., a^(degree - 1)."""
        given = [Fraction(int(c.p), int(c.q)) for c in self.polynomial.coeffs()]
        return (*given, *[Fraction(0)] * (self.field.degree - len(given)))

    def minimal_polynomial(self) -> tuple[int, ...]:
        """Return its primitive irreducible polynomial over Z, coefficients low to high.

        The characteristic polynomial of "multiply by it" on ``1, a, a^2, ...`` is a power.

        >>> NumberField([-2, 0, 1], (1, 2)).element([1, 1]).minimal_polynomial()
        (-1, -2, 1)
        """
        n, modulus = self.field.degree, self.field.modulus
        powers = [self.polynomial.left_shift(i) % modulus for i in range(n)]
        f = fmpq_mat([padded(x.coeffs(), n) for x in powers]).charpoly().numer()
        return tuple(map(int, primitive(f // f.gcd(f.derivative())).coeffs()))

    def _value(self, bits: int) -> arb:
        with ctx.workprec(bits):
            return arb_poly(self.polynomial)(self.field.approximation(bits))

    def enclosure(self, bits: int) -> Ball:
        """Return a ball around the number, at least ``bits`` bits accurate."""
        if self.is_rational:
            return Ball.from_rational(self.as_fraction(), bits + 2)
        more = bits + 8
        x = self._value(more)
        while x.rel_accuracy_bits() < bits:
            more *= 2
            x = self._value(more)
        return Ball(x, bits)

    def __float__(self) -> float:
        return float(self.enclosure(_FIRST_BITS))

    # outward

    def to_json(self) -> dict[str, list[object]]:
        """Return ``{"poly": [int, ...], "root": ["lo", "hi"], "coords": ["p/q", ...]}``.

        ``poly`` and ``coords`` from low to high; ``poly`` changes sign on ``root``.
        """
        return {
            "poly": list(self.field.poly),
            "root": list(map(text, self.field.root)),
            "coords": list(map(text, self.coordinates)),
        }

    @classmethod
    def from_json(cls, json: Mapping[str, object]) -> "Algebraic":
        """Return the number that :meth:`to_json` wrote; every part is checked.

        >>> x = NumberField([-2, 0, 1], (1, 2)).element(["1/2", 3])
        >>> Algebraic.from_json(x.to_json()) == x
        True
        """
        if set(json) != {"poly", "root", "coords"}:
            given = ", ".join(map(shown, sorted(json)))
            raise FieldError(
                f"the keys are {given or 'none'}: poly, root, coords are wanted"
            )
        poly, root, coords = (json[key] for key in ("poly", "root", "coords"))
        if not (isinstance(poly, list) and isinstance(root, list) and len(root) == 2):
            raise FieldError(
                "poly must be a list of integers, root a list of two rationals"
            )
        if not isinstance(coords, list) or len(coords) != len(poly) - 1:
            raise FieldError(f"coords must be a list of {len(poly) - 1} rationals")
        lower, upper = vector(root)
        return _field(tuple(map(_whole, poly)), (lower, upper)).element(coords)

    def __reduce__(self) -> tuple[object, ...]:
        return _element, (self.field, self.coordinates)

    def __repr__(self) -> str:
        names = ["", "a"] + [f"a^{i}" for i in range(2, self.field.degree)]
        terms = [
            f"{text(c)}*{name}"
            if name and abs(c) != 1
            else f"{'-' * (c < 0)}{name or text(abs(c))}"
            for c, name in zip(self.coordinates, names, strict=False)
            if c
        ]
        shown = " + ".join(terms).replace("+ -", "- ") or "0"
        return shown if self.is_rational else f"{shown} (~{float(self):.7g})"

    def _sympy_(self) -> "Expr":
        """Return the number in sympy: with one square root, or a ``CRootOf``."""
        from sympy import CRootOf, Poly, Rational, Symbol, sqrt

        if self.is_rational:
            c = self.as_fraction()
            return Rational(c.numerator, c.denominator)
        poly = self.field.poly
        if self.field.degree == 2:
            c0, c1, c2 = poly
            root = sqrt(c1 * c1 - 4 * c0 * c2)
            generator = (-c1 + (root if self.field.index else -root)) / (2 * c2)
        else:
            f = Poly(poly[::-1], Symbol("x"))
            generator = CRootOf(f, self.field.index, radicals=False)
        terms = [
            Rational(c.numerator, c.denominator) * generator**i
            for i, c in enumerate(self.coordinates)
        ]
        return sum(terms[1:], terms[0])

    def _latex(self, printer: "Printer") -> str:
        return str(printer.doprint(self._sympy_()))


def _element(field: NumberField, coordinates: Vector) -> Algebraic:
    return field.element(coordinates)


def of_one_field(entries: Iterable[object]) -> Scalars:
    """Return exact numbers: rationals, and elements of one number field.

    >>> x = NumberField([-2, 0, 1], (1, 2)).generator
    >>> of_one_field([x, "1/2"])[0] == x
    True

    Raises
    ------
    InexactError
        When an entry is no exact number, or two are of different fields.
    """
    numbers: Scalars = tuple(
        x if isinstance(x, Algebraic) else rational(x) for x in listed(entries)
    )
    if len({x.field for x in numbers if isinstance(x, Algebraic)}) > 1:
        raise InexactError("numbers of two number fields: give them in one")
    return numbers


def rational_kappa(entries: Iterable[object]) -> Vector:
    """Return the entries of a kappa that must be rational.

    >>> rational_kappa([1, "1/2"])
    (Fraction(1, 1), Fraction(1, 2))

    Raises
    ------
    InexactError
        When one is an element of a number field, or no exact number.
    """
    given = list(listed(entries))
    if any(isinstance(x, Algebraic) for x in given):
        raise InexactError(
            "kappa: numbers of a field are verified for l2 neurons of two slopes alone: leave "
            "kappa out, then it is found"
        )
    return vector(given)
