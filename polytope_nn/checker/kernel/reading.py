"""Reading: type, range and canonical form are known before anything is used.

A file is hostile until it is proved not to be. Every requirement is a :func:`require`; a
:class:`Clock` holds what a file may cost, in seconds and in bits held at one time.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count, pairwise
from math import gcd
from typing import Any, TypeAlias, TypeVar

Json: TypeAlias = Any  # what json.loads returns: used only behind a requirement on its type

Key = TypeVar("Key")
Keys = TypeVar("Keys", bound=tuple[Any, ...])

RATIONAL = re.compile(r"(0|-?[1-9][0-9]*)(?:/([1-9][0-9]*))?", re.ASCII)
LONGEST = 1 << 18  # bits of a common denominator
NARROW = 20  # a claimed pair of ends differs by at most 2^-20 of what it encloses
_ROOM = 1 << 27  # bits that any file may hold at one time, beside 32 bits a character


class Refuted(ValueError):  # noqa: N818 - a verdict, not an accident
    """The certificate is wrong: ``where`` in it, and ``why``."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where, self.why = where, why


class Unreadable(Refuted):
    """The file is no JSON text, nested beyond reading, or no certificate (maybe an instance)."""


@dataclass(frozen=True)
class Limits:
    """What a file may cost: characters, digits of a number, seconds.

    ``told`` is called with each claim before it is proved, with its place and their number.
    """

    size: int = 100_000_000
    digits: int = 4000
    seconds: int = 300
    told: Callable[[str, int, int], None] | None = None


# what may be asked for: more is a slip of the hand
RANGES = {"size": 10**10, "digits": 10**6, "seconds": 10**7}


def require(holds: object, where: str, why: str) -> None:
    """Refute the certificate unless the condition holds."""
    if not holds:
        raise Refuted(where, why)


class Clock:
    """What is left of the time, and the room for numbers that grow together."""

    def __init__(self, limits: Limits, characters: int = 0) -> None:
        self.digits = limits.digits
        self.end = time.monotonic_ns() + limits.seconds * 10**9
        self.room = _ROOM + 32 * characters

    def tick(self) -> None:
        """Refute the certificate when the time is over."""
        require(time.monotonic_ns() < self.end, "time", "checking exceeds the limit")

    def fits(self, entries: int, bits: int) -> bool:
        """Return whether so many numbers of so many bits have room."""
        return entries * bits < self.room

    def hold(self, entries: int, bits: int, where: str) -> None:
        """Refute the certificate where numbers that must be held have no room."""
        require(self.fits(entries, bits), where, "its numbers are too long together")


def parse(text: str, limits: Limits, clock: Clock) -> Json:
    """Return the JSON value; no float, no second key, no -0, no endless number."""
    read = count(1)

    def integer(digits: str) -> int:
        if not next(read) & 1023:
            clock.tick()
        fine = len(digits) <= limits.digits and digits != "-0"
        require(fine, "file", "an integer has too many digits, or is -0")
        return int(digits)

    def refuse(number: str) -> None:
        raise Refuted("file", f"{number[:40]} is a float")

    def unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        clock.tick()
        require(len(dict(pairs)) == len(pairs), "file", "a key comes twice in one object")
        return dict(pairs)

    most = sys.get_int_max_str_digits() or limits.digits
    require(
        limits.digits <= most, "limits", "sys.set_int_max_str_digits allows fewer digits"
    )
    require(len(text) <= limits.size, "file", "is larger than the limit")
    require(has_room(text), "file", "has more lists and objects than its size allows")
    decoder = json.JSONDecoder(
        parse_int=integer,
        parse_float=refuse,
        parse_constant=refuse,
        object_pairs_hook=unique,
    )
    try:
        return decoder.decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable("file", f"is not JSON: {error}") from None
    except RecursionError:
        raise Unreadable("file", "is nested too deep for a certificate") from None


def has_room(text: str) -> bool:
    """Return whether lists and objects, in bytes as they will lie in memory, suit the size."""
    lists, empty, objects = (text.count(mark) for mark in ("[", "[]", "{"))
    return 128 * lists - 64 * empty + 256 * objects <= 18 * len(text) + 50 * 2**20


def canonical(value: Json) -> str:
    """Return the canonical text; two values have one text iff they are identical."""
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        raise Refuted("file", "is nested too deep") from None


def record(value: Json, keys: str, where: str) -> Json:
    """Return the object, which has exactly these keys."""
    require(type(value) is dict, where, "is no object")
    require(set(value) == set(keys.split()), where, f"its keys must be: {keys}")
    return value


def word(value: Json, words: str, where: str) -> str:
    """Return the text, which is one of these words."""
    known = type(value) is str and value in words.split()
    require(known, where, f"is none of {', '.join(words.split())}")
    return str(value)


def array(value: Json, where: str, length: int | None = None) -> list[Json]:
    """Return the array, of this length where one is given."""
    require(type(value) is list, where, "is no array")
    require(length in {None, len(value)}, where, f"must have {length} entries")
    return list(value)


def whole(value: Json, where: str, low: int | None = None, high: int | None = None) -> int:
    """Return the integer, which lies in low..high."""
    require(type(value) is int, where, "is no integer")
    require(low is None or value >= low, where, f"is below {low}")
    require(high is None or value <= high, where, f"is above {high}")
    return int(value)


def indices(value: Json, below: int, where: str) -> list[int]:
    """Return the strictly increasing indices, each in 0..below-1."""
    read = [whole(i, where, 0, below - 1) for i in array(value, where)]
    require(all(i < j for i, j in pairwise(read)), where, "indices must increase")
    return read


def rationals(read: Json, length: int | None, where: str) -> list[Fraction]:
    """Return the fractions of ``[numerators, denominator]``."""
    num, den = array(read, where, 2)
    den = whole(den, where, 1)
    return [Fraction(whole(t, where), den) for t in array(num, where, length)]


def rational(text: Json, digits: int, where: str) -> Fraction:
    """Return the rational of a canonical string."""
    return Fraction(*ratio(text, digits, where))


def ratio(text: Json, digits: int, where: str) -> tuple[int, int]:
    """Return the numerator and the denominator of a canonical string."""
    form = RATIONAL.fullmatch(text) if type(text) is str and len(text) <= digits else None
    if form is None:
        raise Refuted(where, "holds no string of a rational, or too long a one")
    p, q = int(form[1]), int(form[2] or 1)
    lowest = gcd(p, q) == 1 and (q > 1 or form[2] is None)
    require(lowest, where, "a rational is not in lowest terms")
    return p, q


def handed(
    keys: Iterable[Key], read: Json, where: str, *why: str
) -> Iterator[tuple[Key, Json]]:
    """Yield each key with its entry of an array: none is missing, none is left (why each)."""
    listed, at = array(read, where), 0
    missing, more = why
    for key in keys:
        require(at < len(listed), where, missing)
        yield key, listed[at]
        at += 1
    require(at == len(listed), where, more)


def ordered(before: Keys | None, key: Keys, where: str) -> Keys:
    """Return the key of an entry, which comes after the one before it."""
    require(before is None or before < key, where, "not in order, or not distinct")
    return key


def equal(claim: Json, expected: dict[str, Json], name: str) -> None:
    """Require that the claim is exactly what follows."""
    agrees = canonical(claim) == canonical({"claim": name, **expected})
    require(agrees, f"claims.{name}", "is not what follows from the rest")


def text_of(certificate: Json) -> str:
    """Return the certificate (a value with ``to_json``, JSON, or text) as text."""
    plain = certificate.to_json() if hasattr(certificate, "to_json") else certificate
    try:
        return plain if isinstance(plain, str) else json.dumps(plain)
    except (TypeError, ValueError, RecursionError):
        raise Refuted("certificate", "is no JSON value") from None
