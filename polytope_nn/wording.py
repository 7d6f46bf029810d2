"""How messages write values and counts: as the reader's files have them, not as Python does."""

from collections.abc import Mapping, Sequence, Sized
from operator import index
from typing import SupportsIndex

__all__ = ["integer", "plural", "shown", "uneven"]


def shown(value: object, most: int = 40) -> str:
    """Return a value as JSON writes it, a word in single quotes, cut to fit a line.

    numpy's and sympy's values are shown as the numbers and lists they are; a tuple of
    integers, a shape, as numpy prints it.

    >>> print(shown({"sign": 1, "u": [None, True]}), shown("a"), shown((2, 3)))
    {"sign": 1, "u": [null, true]} 'a' (2, 3)
    >>> shown("7" * 50)
    "'777777777777777777777777777... (52 characters)"
    """
    text = " ".join(_written(value).split())
    return text if len(text) <= most else f"{text[: most - 12]}... ({len(text)} characters)"


def _written(value: object) -> str:
    # the checker's door loads this file while foreign modules may still be in its way
    import json

    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        value = value.tolist()  # an array, or a scalar: Python's own
    if type(value) is str:
        return repr(value)
    if isinstance(value, complex):
        return str(value).strip("()")
    if isinstance(value, tuple) and not all(type(x) is int for x in value):
        value = list(value)
    if value is None or isinstance(value, bool | Mapping | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def integer(value: object, least: int) -> int | None:
    """Return an integer, of numpy too, that is ``least`` or more; None where it is none.

    >>> integer(3, 1), integer(0, 1), integer(2.0, 1), integer(True, 1)
    (3, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        return None
    try:
        number = index(value)
    except TypeError:  # an array of several, a class: they have the method
        return None
    return number if number >= least else None


def plural(number: int, noun: str) -> str:
    """Return a count and its noun.

    >>> plural(1, "row"), plural(2, "row"), plural(0, "entry"), plural(3, "branch")
    ('1 row', '2 rows', '0 entries', '3 branches')
    >>> plural(1, "vertex"), plural(2, "vertex")
    ('1 vertex', '2 vertices')
    """
    if number == 1:
        return f"1 {noun}"
    if noun.endswith("y"):
        return f"{number} {noun[:-1]}ies"
    if noun.endswith("ex"):
        return f"{number} {noun[:-2]}ices"
    return f"{number} {noun}{'es' if noun.endswith('ch') else 's'}"


def uneven(rows: Sequence[Sized], place: str = "rows[{}]", first: int = 0) -> str:
    """Return which row is of another length than the first, and the cure; "" where none is.

    ``place`` names a row by its number, counted from ``first``.

    >>> uneven([[1, 2], [1]]), uneven([[1, 2], [3, 4]])
    ('rows[1] has 1 entry, rows[0] has 2: give every row the same length', '')
    >>> uneven([[1], [1, 2]], "row {}", 1)
    'row 2 has 2 entries, row 1 has 1: give every row the same length'
    """
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            return (
                f"{place.format(i + first)} has {plural(len(row), 'entry')}, "
                f"{place.format(first)} has {len(rows[0])}: give every row the same length"
            )
    return ""
