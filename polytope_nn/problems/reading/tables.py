"""Tables of samples: CSV text, down to columns with names.

The label column is chosen by name; by default it is the last, and then the table says so.
Columns that are not asked for may hold anything. A data frame's index, written as a first
column without a name, is refused with the cure: read as a feature it would be a silent error.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from polytope_nn.errors import InstanceError
from polytope_nn.exact.rational import is_number
from polytope_nn.meant import meant
from polytope_nn.wording import plural, shown

from .fields import number
from .given import INDEX

__all__ = ["Chosen", "Table", "columns_of", "csv_table"]

_DELIMITERS = {"tab": "\t", "\\t": "\t"}
_NAMES_OF_ROWS = {"id", "idx", "index"}
_MISSING = {"", "?", "na", "n/a", "nan", "nil", "none", "null"}


Columns: TypeAlias = tuple[Sequence[int], Sequence[int], tuple[str, ...]]
"""The places of the features and of the labels, and what is told of the choice."""


@dataclass(frozen=True)
class Chosen:
    """Which columns of a table are read: all but the last as features by default.

    ``target`` and ``features`` are names separated by commas.
    """

    target: str | None = None
    features: str | None = None
    delimiter: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is chosen that only a table has."""
        return any(x is not None for x in (self.target, self.features, self.delimiter))


@dataclass(frozen=True)
class Table:
    """The columns that were chosen, and what the reader should be told of the choice."""

    fields: dict[str, object]
    names: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, rows: Iterable[Sequence[object]], header: Sequence[str], columns: Columns
    ) -> "Table":
        """Return the table of the rows' features and labels, one label a row or several."""
        features, targets, told = columns
        X: list[object] = []
        y: list[object] = []
        for row in rows:
            X.append([row[j] for j in features])
            labels = [row[j] for j in targets]
            y.append(labels if len(labels) > 1 else labels[0])
        return cls({"X": X, "y": y}, tuple(header[j] for j in features), told)


def csv_table(text: str, source: str, chosen: Chosen) -> Table:
    """Return the fields X and y of a CSV text: a header, then one sample a line."""
    lines = _lines(text, source, _letter(chosen.delimiter, source))
    header, body = [name.strip() for name in lines[0][1]], lines[1:]
    _require_header(header, source)
    if all(is_number(name) or name.lower() in _MISSING for name in header):
        raise InstanceError(
            f"{source}: line 1: {shown(header[0])} is a number: the first line names the "
            f"columns"
        )
    if not body:
        raise InstanceError(f"{source}: no line below the header: X is empty")
    _require_names(header, source, chosen)
    features, targets, told = columns_of(header, source, chosen)
    for line, row in body:
        if len(row) != len(header):
            raise InstanceError(
                f"{source}: line {line} has {plural(len(row), 'cell')}, the header has "
                f"{len(header)}: give every line one cell a column"
            )
        for j in (*features, *targets):
            if not is_number(row[j]):
                place = f"{source}: line {line}, column {shown(header[j])}"
                _refuse_cell(row[j], place, j in features)
    return Table.of((row for _, row in body), header, (features, targets, told))


def _letter(delimiter: str | None, source: str) -> str:
    letter = "," if delimiter is None else _DELIMITERS.get(delimiter, delimiter)
    if len(letter) != 1 or letter in '"\r\n ':
        raise InstanceError(
            f"{source}: --delimiter: {shown(delimiter)}: give one character that is no space, "
            f"or tab"
        )
    return letter


def _lines(text: str, source: str, letter: str) -> list[tuple[int, list[str]]]:
    """Return the cells of the lines that are not blank, and where each stands."""
    reader = csv.reader(
        io.StringIO(text, newline=""), strict=True, skipinitialspace=True, delimiter=letter
    )
    try:
        return [(reader.line_num, row) for row in reader if any(map(str.strip, row))]
    except csv.Error as error:
        line = reader.line_num
        other = re.search(r'"([;\t|,])', text)  # a quoted name, and what comes after it
        cure = "close each quote, and double those inside"
        if other and other[1] != letter:
            cure = f"give {_option(other[1])}"
        raise InstanceError(f"{source}: line {line}: broken CSV: {error}: {cure}") from None


def _require_header(header: Sequence[str], source: str) -> None:
    """Refuse a first line that is a comment, or one column."""
    first = header[0]
    other = next((d for d in ";\t|," if d in first), "")
    if first.startswith("sep="):
        cure = f"leave it out and give {_option(other)}" if other else "leave it out"
        raise InstanceError(f"{source}: line 1: {shown(first)} is no header: {cure}")
    if len(header) > 1:
        return
    if first.startswith(("#", "%")):
        raise InstanceError(f"{source}: line 1 is a comment: leave it out")
    cure = "the last column is y, those before it X, separated by commas"
    if " " in first.strip():
        cure = "are its columns separated by spaces? write commas between them"
    if other:
        cure = f"give {_option(other)}"
    raise InstanceError(f"{source}: line 1: {shown(first)} is one column: {cure}")


def _option(delimiter: str) -> str:
    return f"--delimiter {'tab' if delimiter == chr(9) else repr(delimiter)}"


def _require_plain(cell: str, place: str) -> None:
    """Refuse a number with a typeset minus, or with spaces between its thousands."""
    plain = re.sub("[\u2010-\u2014\u2212]", "-", cell.strip())
    joined = re.sub(r"(?<=\d)[ '\u00a0\u2009\u202f](?=\d{3}(\D|$))", "", plain)
    if plain == joined == cell.strip() or not re.fullmatch(r"[-+]?\d+([.,]\d*)?", joined):
        return
    what = "spaces of thousands" if plain == cell.strip() else "a typeset minus"
    cure = f'write "{joined.replace(",", ".")}"'
    raise InstanceError(f"{place}: {shown(cell)} has {what}: {cure}")


def _refuse_cell(cell: str, place: str, is_feature: bool) -> None:  # noqa: FBT001
    """Raise the refusal of a cell that is no number."""
    _require_plain(cell, place)
    text = cell.strip()
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", text):
        either = f' (or "{text.replace(",", ".")}")' if text.count(",") == 1 else ""
        cure = f'write "{text.replace(",", "")}"{either if "." not in text else ""}'
        raise InstanceError(f"{place}: {shown(cell)} has a comma of thousands: {cure}")
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        cure = f'write "{text.replace(",", ".")}"'
        raise InstanceError(f"{place}: {shown(cell)} has a decimal comma: {cure}")
    if text.lower() in _MISSING:
        cure = "leave the line out, or the column with --features"
        raise InstanceError(f"{place}: {shown(cell)}: a value is missing: {cure}")
    try:
        number(cell, place)
    except InstanceError as error:
        other = "; a column of text is left out with --features" if is_feature else ""
        raise InstanceError(f"{error}{other}") from None


def _require_names(header: Sequence[str], source: str, chosen: Chosen) -> None:
    """Refuse a first column without a name unless it is left out, and names that repeat."""
    first = not header[0] or INDEX.fullmatch(header[0])
    if first and (chosen.features is None or header[0] in _split(chosen.features)):
        rest = ",".join(name for name in header[1:-1] if name) or "x1,x2"
        raise InstanceError(
            f"{source}: line 1: the first column has no name, as a data frame's index: write "
            f"the table without it (to_csv(..., index=False)), or give --features {rest}"
        )
    for j, name in enumerate(header[1:], 2):
        if not name:
            cure = "give it one"
            if j == len(header):
                cure += ", or end no line with a delimiter"
            raise InstanceError(f"{source}: line 1: column {j} has no name: {cure}")
    for name in header:
        if header.count(name) > 1:
            raise InstanceError(
                f"{source}: line 1: column {shown(name)} occurs twice: rename one"
            )


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(",")]


def columns_of(header: Sequence[str], source: str, chosen: Chosen) -> Columns:
    """Return the places of the features and of the labels, and what is to be told."""

    def place(name: str, option: str) -> int:
        if name in header:
            return header.index(name)
        known = ", ".join(header) if len(header) < 12 else f"{', '.join(header[:12])}, ..."
        cure = meant(name, header, f"the columns are {known}")
        raise InstanceError(f"{source}: {option}: there is no column {shown(name)}: {cure}")

    told: tuple[str, ...] = ()
    if chosen.target is not None:
        targets = [place(name, "--target") for name in _split(chosen.target)]
    else:
        targets = [len(header) - 1]
        last = (
            f"the label column is {header[-1]!r}, the last: --target NAME chooses another"
        )
        told = (f"{source}: {last}",)
    if chosen.features is not None:
        features = [place(name, "--features") for name in _split(chosen.features)]
    else:
        features = [j for j in range(len(header)) if j not in targets]
    for names, option in ((features, "--features"), (targets, "--target")):
        for j in names:
            if names.count(j) > 1:
                raise InstanceError(
                    f"{source}: {option}: {header[j]!r} occurs twice: name it once"
                )
    both = [header[j] for j in features if j in targets]
    if both:
        raise InstanceError(
            f"{source}: {both[0]!r} is a feature and the label: give --target another name, "
            f"or leave it out of --features"
        )
    if not features:
        raise InstanceError(f"{source}: no column is left for X: name fewer in --target")
    return features, targets, (*told, *_counted(header, features, source, chosen))


def _counted(
    header: Sequence[str], features: Sequence[int], source: str, chosen: Chosen
) -> Iterator[str]:
    """Yield that a column that names rows is a feature, where features were not chosen."""
    for j in features if chosen.features is None else ():
        if header[j].lower() in _NAMES_OF_ROWS:
            rest = ",".join(header[k] for k in features if k != j) or "A,B"
            yield f"{source}: {header[j]!r} is taken as a feature: --features {rest} leaves it out"
