"""The one gate by which a number enters the package.

Past it every number is a :class:`~fractions.Fraction`, every vector and matrix is a tuple,
and ``==`` is mathematical equality. Nothing here has a tolerance.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd, isfinite, isqrt, lcm
from numbers import Complex, Rational, Real
from typing import Any

from polytope_nn.errors import DimensionError, InexactError
from polytope_nn.wording import shown, uneven

__all__ = [
    "Matrix",
    "Vector",
    "approximate_root",
    "decimal_unit",
    "exponent",
    "integer_row",
    "is_number",
    "is_square",
    "largest_one",
    "listed",
    "matrix",
    "quotients",
    "ratio",
    "rational",
    "rows_of",
    "text",
    "vector",
]

Vector = tuple[Fraction, ...]
Matrix = tuple[Vector, ...]

_MOST_DIGITS = 4000
_DIGITS = 2  # of a number that is measured in ones
_NUMBER = re.compile(
    r"\s*[-+]?(\d+(/\d+)?|(\d+\.\d*|\.\d+|\d+)([eE](?P<power>[-+]?\d{1,9}))?)\s*", re.ASCII
)


def rational(x: object) -> Fraction:
    """Return ``x`` as a fraction, or refuse it.

    Integers (Python's, numpy's, sympy's), fractions, decimals and strings such as
    ``"-3/7"``, ``"0.1"``, ``"2e-3"`` are read exactly as written.

    Raises
    ------
    InexactError
        For floats (the message hands over the string to write instead), bools, nan,
        ``"1/0"``, numbers of more than 4000 digits and everything that is no number.

    Examples
    --------
    >>> rational("-3/6")
    Fraction(-1, 2)
    >>> rational(0.1)
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InexactError: 0.1 is a float: write "1/10"
    """
    if type(x) is Fraction and type(x.numerator) is type(x.denominator) is int:
        return x
    if type(x) is int:
        return Fraction(x)
    if isinstance(x, bool) or type(x).__name__ in {"bool_", "bool"}:
        raise InexactError(f"{shown(x)} is a bool, not a number")
    if isinstance(x, Rational):  # int(): numpy's integers would stay, and overflow
        return Fraction(int(x.numerator), int(x.denominator))
    if isinstance(x, str):
        return _read(x)
    if isinstance(x, Decimal) and x.is_finite():
        return _read(str(x))
    if isinstance(x, Real) and isfinite(x):
        raise InexactError(f'{x} is a float: write "{Fraction(str(float(x)))}"')
    if isinstance(x, Complex) and not isinstance(x, Real):
        raise InexactError(f"{shown(x)} is a complex number, no exact rational")
    named = (
        "" if x is None or isinstance(x, list | dict) else f" of type {type(x).__name__}"
    )
    raise InexactError(f"{shown(x)}{named} is no exact rational")


def _read(x: str) -> Fraction:
    form = _NUMBER.fullmatch(x)
    if form is None:
        raise InexactError(f"{shown(x)} is no fraction or decimal")
    if len(x) > _MOST_DIGITS or abs(int(form["power"] or 0)) > _MOST_DIGITS:
        raise InexactError(f"{shown(x)} has more than {_MOST_DIGITS} digits")
    try:
        return Fraction(x)
    except ZeroDivisionError:
        raise InexactError(f"{shown(x)} has denominator 0") from None


def unit_vector(k: int, n: int) -> Vector:
    """Return the vector of n entries whose entry k is 1, the others 0.

    >>> print(*unit_vector(1, 3))
    0 1 0
    """
    return tuple(Fraction(int(i == k)) for i in range(n))


def identity(n: int) -> Matrix:
    """Return the n unit vectors."""
    return tuple(unit_vector(k, n) for k in range(n))


def vector(entries: Iterable[object]) -> Vector:
    """Return the entries as an exact vector, shape (n,)."""
    return tuple(map(rational, listed(entries)))


def listed(entries: Iterable[Any]) -> Iterable[Any]:
    """Return the same; what is no list is refused in one line, and so is a word."""
    if isinstance(entries, str | bytes):  # whose letters would be the numbers
        raise InexactError(f"{shown(entries)} is no list of numbers")
    try:
        return iter(entries)
    except TypeError:
        raise InexactError(f"{type(entries).__name__} is no list of numbers") from None


def rows_of(table: Any) -> Any:  # noqa: ANN401 - numpy's, sympy's, pandas', or a list
    """Return the rows of an array or a frame, whose own iterator gives its columns' names."""
    if hasattr(table, "columns") and hasattr(table, "to_numpy"):
        table = table.to_numpy(dtype=object)
    return table.tolist() if hasattr(table, "tolist") else table


def matrix(rows: Iterable[Iterable[object]]) -> Matrix:
    """Return the rows as an exact matrix, shape (m, n).

    >>> matrix([[1, "1/2"], [0, 3]])
    ((Fraction(1, 1), Fraction(1, 2)), (Fraction(0, 1), Fraction(3, 1)))
    """
    A = tuple(map(vector, listed(rows_of(rows))))
    if apart := uneven(A):
        raise DimensionError(apart)
    return A


def integer_row(v: Sequence[Fraction | int]) -> tuple[int, ...]:
    """Return the primitive integer vector on the ray of ``v`` (0 for 0).

    >>> integer_row(vector(["1/2", "-1/3", 0]))
    (3, -2, 0)
    """
    common = lcm(*(x.denominator for x in v))
    row = [x.numerator * (common // x.denominator) for x in v]
    divisor = gcd(*row) or 1
    return tuple(x // divisor for x in row)


def quotients(rows: Iterable[tuple[Sequence[int], int]]) -> tuple[Vector, ...]:
    """Return the vectors ``x / t`` of pairs of an integer vector x and an integer t > 0.

    Equal quotients of equal pairs are one object, made once.

    >>> quotients([((2, 0, -3), 4), ((1, 2, 0), 1)])[0]
    (Fraction(1, 2), Fraction(0, 1), Fraction(-3, 4))
    """
    zero = Fraction(0)
    of: dict[int, dict[int, Fraction]] = {}
    found = []
    for x, t in rows:
        known = of.setdefault(t, {0: zero})
        for y in x:
            if y not in known:
                divisor = gcd(y, t)
                known[y] = _reduced(y // divisor, t // divisor)
        found.append(tuple(map(known.__getitem__, x)))
    return tuple(found)


def _reduced(p: int, q: int) -> Fraction:
    """Return ``p / q`` in lowest terms already, q > 0: a quarter of the time of Fraction(p, q).

    Fraction._from_coprime_ints, which Python 3.12 has, does this.
    """
    x: Fraction = object.__new__(Fraction)
    x._numerator, x._denominator = p, q  # type: ignore[attr-defined]  # noqa: SLF001
    return x


def exponent(x: Fraction) -> int:
    """Return e with ``2^(e - 1) < |x| < 2^(e + 1)``, x not 0.

    >>> exponent(Fraction(3, 100))
    -5
    """
    return x.numerator.bit_length() - x.denominator.bit_length()


def decimal_unit(x: Fraction) -> Fraction:
    """Return a power of ten beside which x is of order 1: 1 unless it is far from that.

    >>> print(decimal_unit(Fraction(3, 10**6)), decimal_unit(Fraction(1, 3)))
    1/1000000 1
    """
    digits = exponent(x) * 3 // 10
    return Fraction(10) ** digits if abs(digits) > _DIGITS else Fraction(1)


def largest_one(v: Sequence[Fraction]) -> Vector:
    """Return the positive multiple of a vector, not 0, whose largest entry is 1 in size.

    >>> print(*largest_one([Fraction(3), Fraction(-6)]))
    1/2 -1
    """
    largest = max(map(abs, v))
    return tuple(t / largest for t in v)


def ratio(v: Sequence[Fraction], w: Sequence[int]) -> Fraction:
    """Return the factor of ``v = factor * w`` (1 for the zero vector)."""
    return next((x / t for x, t in zip(v, w, strict=True) if t), Fraction(1))


def is_number(x: str) -> bool:
    """Return whether a text is read as a fraction.

    >>> is_number("2e-3"), is_number("2,5")
    (True, False)
    """
    try:
        rational(x)
    except InexactError:
        return False
    return True


def is_square(x: Fraction) -> bool:
    """Return whether ``x >= 0`` is the square of a rational."""
    p, q = x.numerator, x.denominator
    return p >= 0 and isqrt(p) ** 2 == p and isqrt(q) ** 2 == q


def text(x: Fraction | int) -> str:
    """Return the canonical string of a rational: lowest terms, no ``/1``, no ``-0``.

    >>> text(Fraction(-6, 4)), text(Fraction(4, 2))
    ('-3/2', '2')
    """
    x = Fraction(x)
    return _digits(x.numerator) + (
        f"/{_digits(x.denominator)}" if x.denominator > 1 else ""
    )


def _digits(n: int) -> str:
    """Return n in decimal; Python's ``str`` refuses more than 4300 digits."""
    return str(n) if n.bit_length() < 14000 else f"{Decimal(n):f}"


def approximate_root(x: Fraction, bits: int = 60) -> Fraction:
    """Return a rational close to the root of ``x >= 0``, at most the root; 1 for 0.

    >>> approximate_root(Fraction(9, 4))
    Fraction(3, 2)
    """
    if not x:
        return Fraction(1)
    shift = bits + max(0, x.denominator.bit_length() - x.numerator.bit_length())
    return Fraction(isqrt((x.numerator << 2 * shift) // x.denominator), 1 << shift)
