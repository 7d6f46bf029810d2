"""The text of an instance file: JSON, down to fields and exact numbers.

JSON's own floats, NaN and numbers of thousands of digits are kept as they were written, as
a :class:`Literal`, so that the refusal can say where they stand and what to write instead.
"""

import errno
import json
import sys
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from numbers import Rational
from pathlib import Path

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.rational import Matrix, Vector, is_number, rational
from polytope_nn.meant import meant, meant_file
from polytope_nn.wording import plural, shown, uneven

__all__ = [
    "Literal",
    "bytes_of",
    "json_fields",
    "kind",
    "loss_field",
    "name_field",
    "no_beta",
    "number",
    "positive_field",
    "require_known",
    "rows_field",
    "text_of",
    "vector_field",
    "word_field",
]

PARAMETERS = {  # of a loss, by its kind
    "huber": "delta",
    "quantile": "tau",
    "epsilon_insensitive": "epsilon",
    "tolerance": "epsilon",
    "power": "p",
}
_MOST_DIGITS = 4000  # the gate's own limit, met before Python's slow conversion
_ROWS = '[[1, 2], [3, "1/2"]], a row for each sample'
_ENTRIES = '[1, "1/2"], a number for each row of X'
_SAMPLE = 'write an integer or a string such as "3/7" or "0.1"'


class Literal(str):
    """A JSON number that is refused: a float, NaN, or one of too many digits."""

    __slots__ = ()


_WANTED = "an instance has at least X, y and beta"


_AS_TABLE = "save the table as CSV (to_csv(..., index=False))"
_BINARY = (  # what files begin with that are given for a table by mistake
    (b"\x1f\x8b", "compressed by gzip", "unpack it with gunzip"),
    (b"PAR1", "a Parquet file", _AS_TABLE),
    (b"PK\x03\x04", "a zip archive or an .xlsx table", _AS_TABLE),
    (b"\x89HDF", "an HDF5 file", _AS_TABLE),
    (b"ARROW1", "a Feather file", _AS_TABLE),
    (b"\xd0\xcf\x11\xe0", "an .xls table", _AS_TABLE),
    (b"\x80", "a pickle", _AS_TABLE),
    (b"SQLite", "a database", _AS_TABLE),
)


def bytes_of(path: Path) -> bytes:
    """Return what a file holds; a device that is no terminal, and may never end, is refused."""
    with path.open("rb") as file:
        endless = path.is_char_device() or path.is_block_device()
        if endless and not file.isatty() and file.read(1):
            raise OSError(errno.EINVAL, "is a device: name a file", str(path))
        return file.read()


def text_of(path: str | Path, source: str, wanted: str = _WANTED) -> str:
    """Return the text of a file, ``-`` the standard input; UTF-8, and not empty."""
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else bytes_of(Path(path))
    except FileNotFoundError:
        cure = meant_file(Path(path))
        raise InstanceError(f"{source}: there is no such file: {cure}") from None
    except IsADirectoryError:
        raise InstanceError(f"{source}: is a directory: name a file in it") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        why = getattr(error, "strerror", None) or error
        raise InstanceError(f"{source}: cannot be read: {why}") from None
    for first, kind, cure in _BINARY:
        if raw.startswith(first):
            raise InstanceError(f"{source}: is {kind}, not text: {cure}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InstanceError(
            f"{source}: byte {error.start} is not UTF-8: save the file as UTF-8 text"
        ) from None
    if not text.strip():
        raise InstanceError(f"{source}: is empty: {wanted}")
    return text


def require_known(
    fields: Mapping[str, object], known: Collection[str], source: str
) -> None:
    """Refuse a field that an instance does not have, and a certificate for an instance."""
    if {"format", "claims"} <= set(fields):
        raise InstanceError(
            f"{source}: is a certificate, no instance: `polytope-nn check` checks it"
        )
    for key in fields:
        if key not in known:
            cure = meant(key, known, f"known: {', '.join(known)}")
            if key in {"neurons", "branches"}:
                cure = "a network's: name the file of X and y before it"
            raise InstanceError(f"{source}: unknown field {shown(key)}: {cure}")


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
        raise InstanceError(
            f"{source}: lists are nested too deeply: write X as a list of rows"
        ) from None
    if not isinstance(value, dict):
        raise InstanceError(
            f'{source}: {kind(value)} where an object belongs: write {{"X": ..., "y": ...}}'
        )
    return value


def number(value: object, where: str) -> Fraction:
    """Return an exact number of a file, or refuse it with its place and the cure."""
    if isinstance(value, Literal):
        if value.lstrip("-").isdigit():
            raise InstanceError(
                f"{where}: {shown(value)} has more than {_MOST_DIGITS} digits"
            )
        if not is_number(value):
            raise InstanceError(f"{where}: {shown(value)} is no exact number: {_SAMPLE}")
        exact = str(rational(value))
        meaning = f" (read as {exact})" if len(exact) <= 40 else ""
        raise InstanceError(f'{where}: {shown(value)} is a float: write "{value}"{meaning}')
    # sympy's and numpy's rational numbers, too
    if isinstance(value, bool) or not isinstance(value, Rational | str):
        raise InstanceError(f"{where}: {kind(value)} where a number belongs: {_SAMPLE}")
    try:
        return rational(value)
    except InexactError as error:
        raise InstanceError(f"{where}: {error}: {_SAMPLE}") from None


def no_beta(source: str) -> InstanceError:
    """Return what is said of an instance without a weight decay."""
    return InstanceError(
        f"{source}: beta is missing: give beta or beta_squared "
        f"(in the file, or as --beta or --beta-squared where the command takes them)"
    )


def kind(value: object) -> str:
    """Return what a JSON value is, in its own words."""
    if isinstance(value, Literal):
        return shown(value)
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    return shown(value)


def rows_field(fields: dict[str, object], source: str) -> Matrix:
    """Return X, rows of one length."""
    if "X" not in fields:
        raise InstanceError(f'{source}: X is missing: give the samples, "X": [[...], ...]')
    rows = fields["X"]
    if not isinstance(rows, list):
        raise InstanceError(
            f"{source}: X: {kind(rows)} where a list of rows belongs: write {_ROWS}"
        )
    if not rows or rows[0] == []:
        raise InstanceError(f"{source}: X is empty: give at least one row with one entry")
    for i, row in enumerate(rows, 1):
        if not isinstance(row, list):
            raise InstanceError(
                f"{source}: X, row {i}: {kind(row)} where a list of numbers belongs: write "
                f"{_ROWS}"
            )
    if apart := uneven(rows, "row {}", 1):
        raise InstanceError(f"{source}: X, {apart}")
    return tuple(
        tuple(number(x, f"{source}: X, row {i}, column {j}") for j, x in enumerate(row, 1))
        for i, row in enumerate(rows, 1)
    )


def vector_field(fields: dict[str, object], key: str, source: str, n: int) -> Vector | None:
    """Return a list of n numbers; None where the field is absent."""
    if key not in fields:
        return None
    entries = fields[key]
    if not isinstance(entries, list):
        raise InstanceError(
            f"{source}: {key}: {kind(entries)} where a list belongs: write {_ENTRIES}"
        )
    if len(entries) != n:
        raise InstanceError(
            f"{source}: {key} has {plural(len(entries), 'entry')}, X has "
            f"{plural(n, 'row')}: give one for each row"
        )
    return tuple(number(x, f"{source}: {key}, entry {k}") for k, x in enumerate(entries, 1))


def positive_field(fields: dict[str, object], key: str, source: str) -> Fraction | None:
    """Return a number above 0; None where the field is absent."""
    if key not in fields:
        return None
    value = number(fields[key], f"{source}: {key}")
    if value <= 0:
        raise InstanceError(
            f"{source}: {key}: {shown(fields[key])} is not positive: give a number above 0"
        )
    return value


def word_field(
    fields: dict[str, object], key: str, source: str, known: Sequence[str]
) -> str:
    """Return one of the known words; the first where the field is absent."""
    value = fields.get(key, known[0])
    if not isinstance(value, str) or value not in known:
        choice = "write " + ", ".join(f'"{word}"' for word in known)
        cure = meant(value, known, choice) if isinstance(value, str) else choice
        raise InstanceError(f"{source}: {key}: {kind(value)} is unknown: {cure}")
    return value


def loss_field(fields: dict[str, object], source: str) -> object:
    """Return a loss: a word, or a mapping with its kind and exact parameters.

    A word may have a parameter behind a colon, ``"huber:1/2"``, as on a command line.
    """
    given = fields.get("loss", "squared")
    if isinstance(given, str) and not isinstance(given, Literal):
        word, colon, parameter = given.partition(":")
        name = PARAMETERS.get(word)
        return {"kind": word, name: parameter} if colon and name else given
    if not isinstance(given, dict):
        raise InstanceError(
            f"{source}: loss: {kind(given)} where a word or an object belongs: write "
            f'"huber", or {{"kind": "huber", "delta": "1"}}'
        )
    read: dict[str, object] = {}
    for key, value in given.items():
        where = f"{source}: loss: {key}"
        if key == "kind":
            if not isinstance(value, str) or isinstance(value, Literal):
                raise InstanceError(
                    f'{where}: {kind(value)} where a word belongs: write "huber", say'
                )
            read[key] = value
        elif isinstance(value, list):
            read[key] = [number(t, f"{where}, entry {k}") for k, t in enumerate(value, 1)]
        else:
            read[key] = number(value, where)
    if "kind" not in read:
        raise InstanceError(
            f'{source}: loss: kind is missing: write {{"kind": "huber", ...}}'
        )
    return read


def name_field(fields: dict[str, object], source: str) -> str:
    """Return the name, a printable string; "" where there is none."""
    name = fields.get("name", "")
    if not isinstance(name, str) or isinstance(name, Literal):
        raise InstanceError(
            f'{source}: name: {kind(name)} where a string belongs: write "{name}" in quotes'
        )
    if not name.isprintable():
        raise InstanceError(
            f"{source}: name: {kind(name)} is not printable: take out line breaks and the like"
        )
    return name
