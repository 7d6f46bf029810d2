"""The text of an instance file: JSON and CSV, down to fields and exact numbers.

JSON's own floats, NaN and numbers of thousands of digits are kept as they were written, as
a :class:`Literal`, so that the refusal can say where they stand and what to write instead.
"""

import csv
import io
import json
import sys
from fractions import Fraction
from pathlib import Path

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.rational import rational

__all__ = ["Literal", "json_fields", "kind", "number", "shown", "table_fields", "text_of"]

_MOST_DIGITS = 4000  # the gate's own limit, met before Python's slow conversion
_SAMPLE = 'write an integer or a string such as "3/7" or "0.1"'


class Literal(str):
    """A JSON number that is refused: a float, NaN, or one of too many digits."""

    __slots__ = ()


def text_of(path: str | Path, source: str) -> str:
    """Return the text of a file, ``-`` the standard input; UTF-8, and not empty."""
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
    except FileNotFoundError:
        raise InstanceError(f"{source}: there is no such file: check the path") from None
    except IsADirectoryError:
        raise InstanceError(f"{source}: is a directory: name a file in it") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        why = getattr(error, "strerror", None) or error
        raise InstanceError(f"{source}: cannot be read: {why}") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InstanceError(
            f"{source}: byte {error.start} is not UTF-8: save the file as UTF-8 text"
        ) from None
    if not text.strip():
        raise InstanceError(f"{source}: is empty: an instance has at least X, y and beta")
    return text


def json_fields(text: str, source: str) -> dict[str, object]:
    """Return the fields of a JSON object, its numbers ints, strings or refused literals."""

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        seen: dict[str, object] = {}
        for key, value in found:
            if key in seen:
                raise InstanceError(f"{source}: {shown(key)} occurs twice: take one out")
            seen[key] = value
        return seen

    try:
        value = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_float=Literal,
            parse_constant=Literal,
            parse_int=lambda s: int(s) if len(s) <= _MOST_DIGITS else Literal(s),
        )
    except json.JSONDecodeError as error:
        raise InstanceError(
            f"{source}: line {error.lineno}, column {error.colno}: broken JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise InstanceError(f"{source}: nested too deeply: X is a list of rows") from None
    if not isinstance(value, dict):
        raise InstanceError(
            f'{source}: {kind(value)} where an object belongs: write {{"X": ..., "y": ...}}'
        )
    return value


def table_fields(text: str, source: str) -> dict[str, object]:
    """Return the fields X and y of a CSV text: a header, the last column y."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    try:
        lines = [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        line = reader.line_num
        raise InstanceError(f"{source}: line {line}: broken CSV: {error}") from None
    header, body = lines[0][1], lines[1:]
    if len(header) < 2:
        raise InstanceError(
            f"{source}: line 1: {shown(header[0])} is one column: the last column is y, "
            f"those before it X, separated by commas"
        )
    if all(map(_is_number, header)):
        raise InstanceError(
            f"{source}: line 1: {shown(header[0])} is a number: the first line names the "
            f"columns"
        )
    if not body:
        raise InstanceError(f"{source}: no line below the header: X is empty")
    for line, row in body:
        if len(row) != len(header):
            raise InstanceError(
                f"{source}: line {line} has {len(row)} cells, the header has {len(header)}: "
                f"give every line one cell a column"
            )
        for name, cell in zip(header, row, strict=True):
            if not _is_number(cell):
                number(cell, f"{source}: line {line}, column {shown(name)}")
    return {"X": [row[:-1] for _, row in body], "y": [row[-1] for _, row in body]}


def _is_number(cell: str) -> bool:
    try:
        rational(cell)
    except InexactError:
        return False
    return True


def number(value: object, where: str) -> Fraction:
    """Return an exact number of a file, or refuse it with its place and the cure."""
    if isinstance(value, Literal):
        if value.lstrip("-").isdigit():
            raise InstanceError(
                f"{where}: {shown(value)} has more than {_MOST_DIGITS} digits"
            )
        if not _is_number(value):
            raise InstanceError(f"{where}: {shown(value)} is no exact number: {_SAMPLE}")
        exact = str(rational(value))
        meaning = f" (read as {exact})" if len(exact) <= 40 else ""
        raise InstanceError(f'{where}: {shown(value)} is a float: write "{value}"{meaning}')
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise InstanceError(f"{where}: {kind(value)} where a number belongs: {_SAMPLE}")
    try:
        return rational(value)
    except InexactError as error:
        raise InstanceError(f"{where}: {error}: {_SAMPLE}") from None


def kind(value: object) -> str:
    """Return what a JSON value is, in its own words."""
    if isinstance(value, Literal):
        return shown(value)
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    return shown(value) if isinstance(value, str) else shown(Literal(json.dumps(value)))


def shown(value: object) -> str:
    """Return a value as it was written, shortened to fit a line."""
    shown = repr(value) if isinstance(value, str) and type(value) is str else str(value)
    return shown if len(shown) <= 40 else f"{shown[:28]}... ({len(shown)} characters)"
