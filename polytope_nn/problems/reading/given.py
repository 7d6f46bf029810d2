"""Data as people have them: lists, numpy arrays, pandas frames, sympy matrices, floats.

Nothing is guessed. A float is refused unless ``exact`` says how to read it: ``"binary"`` is
the dyadic rational it is, ``"decimal"`` the shortest decimal that is rounded to it, in its own
precision (a float32 that prints ``0.1`` is one tenth). pandas is recognised by what a frame
offers of itself and is never imported.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from numbers import Rational, Real
from typing import Any

from polytope_nn.errors import DimensionError, InexactError, InstanceError
from polytope_nn.exact.rational import Matrix, Vector, exponent, rational
from polytope_nn.meant import meant
from polytope_nn.wording import shown, uneven

__all__ = [
    "INDEX",
    "entries_given",
    "number_given",
    "require_reading",
    "rows_given",
    "split_frame",
]

INDEX = re.compile(r"Unnamed: \d+")
"""The name of a column that was a data frame's index, as a reader of CSV gives it."""
READINGS = ("binary", "decimal")


def require_reading(exact: str | None) -> None:
    """Raise ``InstanceError`` for a way to read floats that is none."""
    if exact is not None and exact not in READINGS:
        raise InstanceError(f'exact: {shown(exact)} is neither "binary" nor "decimal"')


def number_given(x: Any, exact: str | None, place: str) -> Fraction:  # noqa: ANN401
    """Return the exact number of an entry, or refuse it with its place and the cure.

    >>> number_given(0.1, "decimal", "y[0]"), number_given(0.5, "binary", "y[0]")
    (Fraction(1, 10), Fraction(1, 2))
    >>> number_given(0.1, None, "y[0]")
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InexactError: y[0]: 0.1 is a float: write "1/10", or say how floats \
are read: exact="decimal" (1/10) or exact="binary"
    """
    if isinstance(x, Real) and not isinstance(x, Rational | bool):
        return _float_given(x, exact, place)
    if getattr(getattr(x, "dtype", None), "kind", "") == "m":
        raise InexactError(f"{place}: {x!s} has a unit of time: divide by one first")
    try:
        return rational(str(x) if isinstance(x, str) else x)  # numpy has its own str
    except InexactError as error:
        raise InexactError(f"{place}: {error}: {_cure(x)}") from None


def _cure(x: object) -> str:
    if hasattr(x, "toarray"):
        return "a sparse matrix: give X.toarray()"
    missing = {"NAType", "NaTType", "MaskedConstant"}
    if x is None or type(x).__name__ in missing or str(x).lower() == "nan":
        return "a value is missing: leave its row out"
    if isinstance(x, str):
        return 'write a number such as "3/7" or "0.1", or leave the column out'
    if getattr(getattr(x, "dtype", None), "kind", "") == "M":
        return "a date: give a number that says it, or leave the column out"
    return "give integers, fractions or strings such as 0.1"


def _float_given(x: Any, exact: str | None, place: str) -> Fraction:  # noqa: ANN401
    try:
        value = _dyadic(x)
    except (OverflowError, ValueError, ZeroDivisionError):
        cure = "leave its row out" if x != x else "no number is that large"  # noqa: PLR0124
        raise InexactError(f"{place}: {x!s} is not finite: {cure}") from None
    if exact == "binary":
        return value
    decimal = _shortest(x, value)
    if exact == "decimal":
        return decimal
    shown = str(decimal) if len(str(decimal)) <= 24 else str(x)
    raise InexactError(
        f'{place}: {x!s} is a float: write "{shown}", or say how floats are read: '
        f'exact="decimal" ({shown}) or exact="binary"'
    )


def _dyadic(x: Any) -> Fraction:  # noqa: ANN401 - numpy's, sympy's and Python's floats
    if hasattr(x, "as_integer_ratio"):
        p, q = x.as_integer_ratio()
        return Fraction(int(p), int(q))
    sign, mantissa, exponent, _ = x._mpf_
    if not mantissa and exponent:
        raise ValueError(f"{x} is not finite")
    size = int(mantissa) * (-1) ** int(sign)
    return Fraction(size) * Fraction(2) ** int(exponent)


def _shortest(x: Any, value: Fraction) -> Fraction:  # noqa: ANN401 - as above
    """Return the shortest decimal that is rounded to the float x in its precision.

    Python and numpy print it; a sympy Float of p bits is looked up digit by digit: a
    decimal within half a unit of the last bit is rounded to it (to even in the middle), a
    quarter below a power of two, where the floats lie twice as close.
    """
    if not hasattr(x, "_prec"):
        return Fraction(repr(x) if type(x) is float else str(x))
    if not value:
        return value
    last = Fraction(2) ** (_exponent(abs(value)) - int(x._prec))  # noqa: SLF001
    for digits in range(1, int(x._prec)):  # noqa: SLF001
        for decimal in _around(value, digits):  # below 2^k the farther one may be nearer
            closer = abs(decimal) < abs(value) == Fraction(2) ** (_exponent(abs(value)) - 1)
            away, half = abs(decimal - value), last / 4 if closer else last / 2
            if away < half or (away == half and value / last % 2 == 0):
                return decimal
    return value


def _exponent(value: Fraction) -> int:
    """Return e with ``2^(e-1) <= value < 2^e``."""
    e = exponent(value)
    return e + 1 if value >= Fraction(2) ** e else e


def _around(value: Fraction, digits: int) -> list[Fraction]:
    """Return the two decimals of so many digits about a rational, the nearer one first."""
    e = 0
    while abs(value) >= Fraction(10) ** (e + 1):
        e += 1
    while abs(value) < Fraction(10) ** e:
        e -= 1
    unit = Fraction(10) ** (e - digits + 1)
    low = value // unit * unit
    return sorted((low, low + unit), key=lambda decimal: abs(decimal - value))


def is_frame(x: Any) -> bool:  # noqa: ANN401 - anything
    """Return whether x is a table with named columns, as pandas has them."""
    return hasattr(x, "columns") and hasattr(x, "iloc")


def split_frame(X: Any, y: Any) -> tuple[Any, Any]:  # noqa: ANN401 - anything
    """Return X and y, taken apart where y is the name of a column of the frame X."""
    if not is_frame(X):
        return X, y
    names = _columns(X)
    if isinstance(y, list) and len(y) == 1 and isinstance(y[0], str):
        y = y[0]
    columns = list(X.columns)
    if isinstance(y, tuple) and y in columns:  # of a frame with several lines of names
        y = names[columns.index(y)]
    if isinstance(y, list | tuple) and len(y) > 1 and all(name in columns for name in y):
        raise InstanceError(
            f"y: {len(y)} columns, and a TrainingProblem has one output: name one, or give "
            f"the arrays of a VectorProblem"
        )
    if isinstance(y, str | int):
        if str(y) not in names:
            cure = meant(str(y), names, f"its columns are {', '.join(names)}")
            raise InstanceError(f"y: the frame has no column {shown(y)}: {cure}")
        place = names.index(str(y))
        return X.drop(columns=X.columns[place]), X.iloc[:, place]
    if hasattr(y, "index") and hasattr(y, "iloc") and not X.index.equals(y.index):
        raise InstanceError(
            "y: its index is not that of X: rows would be mixed up: give y.loc[X.index]"
        )
    return X, y


def _columns(frame: Any) -> list[str]:  # noqa: ANN401 - a frame
    names = [str(name) for name in frame.columns]
    for name in names:
        if names.count(name) > 1:
            raise InstanceError(f"X: two columns are named {shown(name)}: rename one")
    index = next(filter(INDEX.fullmatch, names), None)
    if index is not None:
        raise InstanceError(
            f"X: {shown(index)} is an index that was written as a column: read the table with "
            f"index_col=0, or rename it"
        )
    return names


def rows_given(X: Any, exact: str | None, name: str = "X") -> Matrix:  # noqa: ANN401
    """Return the rows of a matrix, exact: a list of rows, an array, a frame, a Matrix."""
    require_reading(exact)
    if is_frame(X):
        columns = [
            _column(_values(X.iloc[:, j]), exact, f"{name}, column {shown(head)}")
            for j, head in enumerate(_columns(X))
        ]
        return tuple(zip(*columns, strict=True))
    rows = tuple(
        tuple(number_given(x, exact, f"{name}[{i}, {j}]") for j, x in enumerate(row))
        for i, row in enumerate(_rows(X))
    )
    if apart := uneven(rows, f"{name}[{{}}]"):
        raise DimensionError(apart)
    return rows


def _values(column: Any) -> Any:  # noqa: ANN401 - a Series, or a frame of one column
    """Return the values of a column; integers beside a missing value are no floats."""
    kind = getattr(column, "dtype", None)
    if hasattr(kind, "na_value") and getattr(kind, "kind", "") in ("i", "u"):
        return column.to_numpy(dtype=object)
    return column.to_numpy()


def _column(entries: Iterable[Any], exact: str | None, name: str) -> Vector:
    return tuple(
        number_given(x, exact, f"{name}, row {i}") for i, x in enumerate(entries, 1)
    )


def _rows(X: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401 - a list, an array, a Matrix
    listed = X.tolist() if hasattr(X, "tolist") and not hasattr(X, "dtype") else X
    if not isinstance(listed, Iterable) or isinstance(listed, str) or _is_number(listed):
        raise DimensionError(f"{shown(X)} is no matrix: give a list of rows")
    for row in listed:
        unread = not isinstance(row, Iterable) or isinstance(row, str | bytes | set)
        if unread or _is_number(row):
            raise DimensionError(f"{shown(row)} is no row: give a list of numbers")
        yield list(row)


def entries_given(y: Any, exact: str | None, name: str) -> Vector:  # noqa: ANN401
    """Return the entries of a vector, exact: a list, an array, a column, a Series."""
    require_reading(exact)
    if hasattr(y, "to_numpy"):  # a Series, or a frame of one column
        y = _values(y)
    listed = y.tolist() if hasattr(y, "tolist") and not hasattr(y, "dtype") else y
    unread = not isinstance(listed, Iterable) or isinstance(listed, str | set)
    if unread or _is_number(listed):
        raise DimensionError(f"{shown(listed)} is no row: give a list of numbers")
    return tuple(
        number_given(_alone(x, f"{name}[{i}]"), exact, f"{name}[{i}]")
        for i, x in enumerate(listed)
    )


def _is_number(x: Any) -> bool:  # noqa: ANN401 - anything
    """Return whether x is an array of no axis, which looks iterable and is not."""
    return getattr(x, "ndim", 1) == 0


def _alone(x: Any, place: str) -> Any:  # noqa: ANN401 - an entry, or a row of one entry
    """Return the entry of a row of one."""
    if not isinstance(x, list | tuple) and not getattr(x, "shape", ()):
        return x
    if len(x) != 1:
        cure = "several outputs are a VectorProblem's"
        raise DimensionError(f"{place}: {len(x)} numbers where one belongs: {cure}")
    return x[0]
