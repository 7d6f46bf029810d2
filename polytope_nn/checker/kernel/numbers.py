"""The scalars: ints, fractions, and elements of Q(alpha) for one real root alpha of f.

f is squarefree, has one root in the interval given, and that one is not rational; it need
not be irreducible (proofs/claims.md). A polynomial in alpha modulo f is 0 if its coordinates
are, of the sign that an interval around alpha shows.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from operator import mul, or_
from typing import Any, TypeAlias

from .isolation import isolated, squarefree
from .reading import LONGEST, Clock, Json, array, rational, record, require, whole

Scalar: TypeAlias = Any  # int | Fraction | Algebraic
Vector: TypeAlias = list[Scalar]

DEGREE = 256
SHORT = 1 << 12  # bits of a common denominator with which sums are of integers


class Field:
    """The scalars of a certificate: Q, or Q(alpha); with what reading them may cost."""

    def __init__(self, read: Json, clock: Clock) -> None:
        self.clock, self.tick = clock, clock.tick
        self.degree = 1
        if read == "Q":
            return
        where = "field"
        record(read, "poly root", where)
        self.f = [whole(x, where) for x in array(read["poly"], where)]
        self.degree = whole(len(self.f) - 1, where, 2, DEGREE)
        require(self.f[-1] > 0 and gcd(*self.f) == 1, where, "poly is not normalised")
        low, high = (self.rational(x, where) for x in array(read["root"], where, 2))
        self.q = lcm(low.denominator, high.denominator)
        self.a, self.b = int(low * self.q), int(high * self.q)
        left, right = self.horner(self.a, self.q), self.horner(self.b, self.q)
        require(low < high and left * right < 0, where, "poly has no sign change at root")
        self.rising = right > 0
        require(squarefree(self.f, self.tick), where, "poly has a factor twice")
        roots = isolated(self.f, (self.a, self.b, self.q), clock)
        require(roots == 1, where, "root holds more than one root of poly")
        self.irrational()
        self.powers = self.reductions()

    def irrational(self) -> None:
        """Prove that alpha is not rational: then it would be m/lead for an integer m."""
        lead = self.f[-1]
        while (self.b - self.a) * lead >= self.q:
            self.refine()
        m = -(-self.a * lead // self.q)
        inside = m * self.q <= self.b * lead
        rational_root = inside and self.horner(m, lead) == 0
        require(not rational_root, "field", "poly has a rational root there")

    def reductions(self) -> list[Vector]:
        """Return ``alpha^(degree + i)`` modulo f: shift, then replace the leading power."""
        last = [Fraction(-x, self.f[-1]) for x in self.f[:-1]]
        powers, bits = [last], 0
        for _ in range(self.degree - 2):
            *low_part, top = powers[-1]
            power = []
            for x, t in zip([Fraction(0), *low_part], last, strict=True):
                self.tick()
                power.append(x + top * t)
                bits += power[-1].denominator.bit_length()
                bits += power[-1].numerator.bit_length()
            fine = self.clock.fits(4, bits)
            require(fine, "field", "the powers of alpha are too long")
            powers.append(power)
        return powers

    def rational(self, text: Json, where: str) -> Fraction:
        """Return the rational of a canonical string."""
        return rational(text, self.clock.digits, where)

    def number(self, read: Json, where: str) -> Scalar:
        """Return the scalar: a rational, or the coordinates of what is not one."""
        if type(read) is not list:
            return self.rational(read, where)
        coordinates = [self.rational(x, where) for x in array(read, where, self.degree)]
        require(any(coordinates[1:]), where, "a rational is written as a string")
        return self.made(coordinates)

    def made(self, coordinates: Sequence[int | Fraction]) -> "Algebraic":
        """Return the scalar of these coordinates."""
        return Algebraic(coordinates, self)

    def proved(self, coordinates: Sequence[int | Fraction]) -> "Algebraic":
        """Return the same, refused if its sign does not show that it is not 0."""
        x = self.made(coordinates)
        sign(x)
        return x

    def vector(self, read: Json, length: int, where: str) -> Vector:
        """Return the vector of a claim."""
        self.tick()
        return [self.number(x, where) for x in array(read, where, length)]

    def integers(self, num: Json, length: int, where: str, den: Json = 0) -> Vector:
        """Return the numerators of a witness, primitive together with the denominator."""
        self.tick()
        values: Vector = []
        divisor = whole(den, where)
        for x in array(num, where, length):
            if type(x) is not list:
                values.append(whole(x, where))
                divisor = gcd(divisor, x)
                continue
            entry = [whole(t, where) for t in x]
            irrational = len(x) == self.degree and any(entry[1:])
            require(irrational, where, "an entry is no integer, and no irrational either")
            divisor = gcd(divisor, *entry)
            values.append(self.proved(entry))
        require(divisor == 1, where, "is not in lowest terms")
        return values

    def refine(self) -> None:
        """Halve the interval around alpha; f keeps changing its sign on it."""
        bits = 4 * self.clock.digits
        require(self.q.bit_length() < bits, "field", "a sign is not decided: a hidden zero")
        middle = self.a + self.b
        self.a, self.b, self.q = 2 * self.a, 2 * self.b, 2 * self.q
        value = self.horner(middle, self.q)
        if (value > 0) == self.rising:
            self.b = middle
        else:
            self.a = middle

    def horner(self, p: int, q: int) -> int:
        """Return ``f(p/q) q^degree``."""
        value, power = 0, 1
        for c in reversed(self.f):
            self.tick()
            value, power = value * p + c * power, power * q
        return value


class Algebraic:
    """An element of Q(alpha): a polynomial in alpha of degree below that of f."""

    __slots__ = ("coordinates", "field")

    def __init__(self, coordinates: Sequence[int | Fraction], field: Field) -> None:
        self.coordinates, self.field = coordinates, field

    def __add__(self, other: Scalar) -> "Algebraic":
        x = self.coordinates
        y = (
            other.coordinates
            if isinstance(other, Algebraic)
            else [other] + [0] * (len(x) - 1)
        )
        return type(self)([s + t for s, t in zip(x, y, strict=True)], self.field)

    def __mul__(self, other: Scalar) -> "Algebraic":
        x, k = self.coordinates, self.field.degree
        if not isinstance(other, Algebraic):
            return Algebraic([other * t for t in x], self.field)
        product: Vector = [0] * (2 * k - 1)
        for i, s in enumerate(x):
            self.field.tick()
            for j, t in enumerate(other.coordinates):
                product[i + j] += s * t
        for s, power in zip(product[k:], self.field.powers, strict=True):
            self.field.tick()
            for j, t in enumerate(power):
                product[j] += s * t
        return Algebraic(product[:k], self.field)

    __radd__ = __add__
    __rmul__ = __mul__

    def __sub__(self, other: Scalar) -> "Algebraic":
        return self.__add__(-1 * other)

    def __rsub__(self, other: Scalar) -> "Algebraic":
        return self.__mul__(-1).__add__(other)

    @property
    def sign(self) -> int:
        """The sign at alpha, by interval Horner on ever smaller intervals."""
        if not any(self.coordinates):
            return 0
        field = self.field
        integers, _ = cleared([Fraction(t) for t in self.coordinates], field.clock)
        while True:
            low, high, power = 0, 0, 1
            a, b, q = field.a, field.b, field.q
            for c in reversed(integers):
                field.tick()
                ends = (low * a, low * b, high * a, high * b)
                low, high, power = min(ends) + c * power, max(ends) + c * power, power * q
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            field.refine()


def sign(x: Scalar) -> int:
    """Return -1, 0 or 1."""
    if isinstance(x, Algebraic):
        return x.sign
    p: int = x.numerator
    return (p > 0) - (p < 0)


def zero(x: Scalar) -> bool:
    """Return whether x is 0: as a polynomial modulo f; that it is not shows in its sign."""
    return not (x.sign if isinstance(x, Algebraic) else x)


def same(x: Iterable[Scalar], y: Iterable[Scalar]) -> bool:
    """Return whether two vectors are equal."""
    return all(zero(s - t) for s, t in zip(x, y, strict=True))


def dot(x: Iterable[Scalar], y: Iterable[Scalar]) -> Scalar:
    """Return the inner product."""
    return sum(map(mul, x, y))


def ray(x: Sequence[Scalar], z: Sequence[Scalar]) -> int:
    """Return the sign of t where z is ``t x``, x not 0; 0 where it is on another line."""
    i = next(i for i, t in enumerate(x) if not zero(t))
    parallel = same([t * x[i] for t in z], [t * z[i] for t in x])
    return sign(x[i] * z[i]) if parallel else 0


def coordinates(x: Scalar) -> Sequence[int | Fraction]:
    """Return the rational coordinates of a scalar."""
    return x.coordinates if isinstance(x, Algebraic) else (x,)


def over_common(v: Sequence[Scalar]) -> tuple[Sequence[Scalar], int]:
    """Return a vector of fractions times a denominator that is not long; others as they are."""
    den = 1
    for t in v:
        if not isinstance(t, int | Fraction):
            return v, 1
        if den % t.denominator:
            den = lcm(den, t.denominator)
            if den.bit_length() > SHORT:
                return v, 1
    return [t.numerator * (den // t.denominator) for t in v], den


def cleared(values: Sequence[Scalar], clock: Clock) -> tuple[Vector, int]:
    """Return the vector times its least common denominator, and that denominator."""
    q, entries = 1, 0
    for x in values:
        parts = coordinates(x)
        entries += len(parts)
        for t in parts:
            den = t.denominator
            if den != 1 and q % den:
                clock.tick()
                q = lcm(q, den)
                fine = q.bit_length() < LONGEST
                require(fine, "file", "common denominators grow beyond 2^18 bits")
    clock.hold(entries, q.bit_length(), "file")
    scaled: Vector = []
    for x in values:
        if isinstance(x, Algebraic):
            parts = [int(t.numerator) * (q // t.denominator) for t in x.coordinates]
            scaled.append(type(x)(parts, x.field))
        else:
            scaled.append(x.numerator * (q // x.denominator))
    return scaled, q


def longest(values: Iterable[Scalar]) -> int:
    """Return the most bits of a numerator or denominator among the coordinates."""
    return max(
        (
            max(t.numerator.bit_length(), t.denominator.bit_length())
            for x in values
            for t in coordinates(x)
        ),
        default=1,
    )


def bits(members: Iterable[int]) -> int:
    """Return the set as the bits of an int."""
    found = 0
    for i in members:
        found |= 1 << i
    return found


def members(found: int) -> list[int]:
    """Return the set as increasing indices."""
    text = bin(found)[:1:-1]
    return [i for i, c in enumerate(text) if c == "1"]


def union(sets: Iterable[int]) -> int:
    """Return the members of any of some sets, as bits."""
    return reduce(or_, sets, 0)


def minimal(sets: Iterable[int], tick: Callable[[], None]) -> list[int]:
    """Return those of some sets, as bits, that contain no other of them; small ones first."""
    kept: list[int] = []
    for one in sorted(set(sets), key=int.bit_count):
        tick()
        if all(other & ~one for other in kept):
            kept.append(one)
    return kept


def added(clock: Clock, v: Vector, column: Vector, t: Scalar) -> Vector:
    """Return ``v + t column``; the time is watched at each entry."""
    found: Vector = []
    for s, z in zip(v, column, strict=True):
        clock.tick()
        found.append(s + t * z)
    return found
