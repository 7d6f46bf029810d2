"""Instance files: JSON and CSV, read exactly as written or refused in one line.

A refusal names the file, the field, the offending value and the cure. JSON's own floats
are refused because ``0.1`` would silently become a binary fraction; the string ``"0.1"`` is
one tenth.

INSTANCE (JSON): ``{"name"?, "X": [[...]], "y": [...], "beta" | "beta_squared": ...,
"loss"?: "squared", "weights"?: [...], "bias"?: "none" | "penalised" | "free" (or a bool),
"skip"?: "none" | "constant" | "linear" | "affine", "kappa"?: [...]}``,
numbers as integers or strings.
INSTANCE (CSV): a header, then one sample a line, the last column y.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path

from polytope_nn.errors import InstanceError
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Matrix, Vector

from .fields import Literal, json_fields, kind, number, shown, table_fields, text_of
from .free_part import SKIPS
from .interpolation import InterpolationProblem
from .relu import BIASES
from .training import TrainingProblem

__all__ = ["Instance", "parse_instance", "read_instance"]

FIELDS = (
    *("name", "X", "y", "beta", "beta_squared", "loss", "weights", "bias", "skip"),
    "kappa",
)


@dataclass(frozen=True)
class Instance:
    """The fields of an instance file, exact; a field that is absent is None or "none".

    ``y`` is ``()`` where the file was read for its X alone. ``source`` is the file's name.
    """

    source: str
    X: Matrix
    y: Vector
    beta: Fraction | None = None
    beta_squared: Fraction | None = None
    weights: Vector | None = None
    bias: str = "none"
    skip: str = "none"
    kappa: Vector | None = None
    name: str = ""

    @property
    def design(self) -> Matrix:
        """The matrix X, with a column of ones when there is a bias, shape (n, d or d + 1)."""
        if self.bias == "none":
            return self.X
        return tuple((*row, Fraction(1)) for row in self.X)

    def with_skip(self, skip: str | None) -> "Instance":
        """Return the instance with another skip; itself for None."""
        return self if skip is None else replace(self, skip=skip)

    def problem(self) -> TrainingProblem:
        """Return the training problem; ``InstanceError`` without beta."""
        if self.beta is None and self.beta_squared is None:
            raise InstanceError(
                f"{self.source}: beta is missing: give beta or beta_squared "
                f"(on the command line: --beta or --beta-squared)"
            )
        return TrainingProblem(
            self.X,
            self.y,
            beta=self.beta,
            beta_squared=self.beta_squared,
            weights=self.weights,
            bias=self.bias,
            skip=self.skip,
            name=self.name,
        )

    def interpolation(self) -> InterpolationProblem:
        """Return the interpolation problem; ``InstanceError`` with what training has."""
        unwanted = {
            "beta": self.beta,
            "beta_squared": self.beta_squared,
            "weights": self.weights,
        }
        for name, value in unwanted.items():
            if value is not None:
                raise InstanceError(
                    f"{self.source}: {name}: belongs to training, not to interpolation: "
                    f"take it out, or run certify"
                )
        return InterpolationProblem(
            self.X, self.y, skip=self.skip, bias=self.bias, name=self.name
        )


def read_instance(
    path: str | Path,
    *,
    beta: str | None = None,
    beta_squared: str | None = None,
    bias: str | None = None,
    labelled: bool = True,
) -> Instance:
    """Return the instance in a file; ``-`` is the standard input.

    The form is told by the name, ``.json`` or ``.csv``; under another name a text that
    begins with a brace is JSON. ``beta``, ``beta_squared`` and ``bias`` replace what the
    file says (and a new beta sets a kappa aside). Without ``labelled`` a JSON file may
    leave y out. An instance without a name has that of its file.

    Raises
    ------
    InstanceError
        In one line: file, field, offending value, cure.
    """
    source = "standard input" if str(path) == "-" else str(path)
    name = Path(source).stem if source == str(path) else ""
    text = text_of(path, source)
    form = Path(source).suffix.lower()
    if form not in {".json", ".csv"}:
        form = ".json" if text.lstrip()[0] in "{[" else ".csv"
    fields = (table_fields if form == ".csv" else json_fields)(text, source)
    if beta is not None or beta_squared is not None:
        replaced = {"beta", "beta_squared", "kappa"}  # a kappa belongs to its beta
        fields = {key: value for key, value in fields.items() if key not in replaced}
    fields.setdefault("name", name if name.isprintable() else "")
    given = {"beta": beta, "beta_squared": beta_squared, "bias": bias}
    fields |= {k: v for k, v in given.items() if v is not None}
    return _instance(fields, source, labelled=labelled)


def parse_instance(text: str, source: str = "instance") -> Instance:
    """Return the instance of a JSON text.

    >>> parse_instance('{"X": [[1, "1/2"]], "y": [1], "beta": "0.1"}').problem()
    TrainingProblem(n=1, d=2, beta²=1/100)
    >>> parse_instance('{"X": [[0.5]], "y": [1]}')
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: instance: X, row 1, column 1: 0.5 is a float: \
write "0.5" (read as 1/2)
    """
    return _instance(json_fields(text, source), source, labelled=True)


def _instance(fields: dict[str, object], source: str, *, labelled: bool) -> Instance:
    for key in fields:
        if key not in FIELDS:
            near = get_close_matches(key, FIELDS, 1)
            cure = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(FIELDS)}"
            raise InstanceError(f"{source}: unknown field {shown(key)}: {cure}")
    X = _rows(fields, source)
    n = len(X)
    y = _vector(fields, "y", source, n)
    if y is None and labelled:
        raise InstanceError(
            f"{source}: y is missing: give {n} labels, one for each row of X"
        )
    if "beta" in fields and "beta_squared" in fields:
        raise InstanceError(f"{source}: beta and beta_squared are both given: take one out")
    _word(fields, "loss", source, ("squared",))
    bias = fields.get("bias", "none")
    if isinstance(bias, bool):
        bias = "penalised" if bias else "none"
    weights = _vector(fields, "weights", source, n)
    for k, w in enumerate(weights or (), 1):
        if w <= 0:
            raise InstanceError(
                f"{source}: weights, entry {k}: {exactly(w)} is not positive: give a number "
                f"above 0"
            )
    name = fields.get("name", "")
    if not isinstance(name, str) or isinstance(name, Literal):
        raise InstanceError(f"{source}: name: {kind(name)} where a string belongs")
    if not name.isprintable():
        raise InstanceError(f"{source}: name: {kind(name)} is not printable")
    return Instance(
        source,
        X,
        y or (),
        _positive(fields, "beta", source),
        _positive(fields, "beta_squared", source),
        weights,
        _word({"bias": bias}, "bias", source, BIASES),
        _word(fields, "skip", source, SKIPS),
        _vector(fields, "kappa", source, n),
        name,
    )


def _rows(fields: dict[str, object], source: str) -> Matrix:
    if "X" not in fields:
        raise InstanceError(f'{source}: X is missing: give the samples, "X": [[...], ...]')
    rows = fields["X"]
    if not isinstance(rows, list):
        raise InstanceError(f"{source}: X: {kind(rows)} where a list of rows belongs")
    if not rows or rows[0] == []:
        raise InstanceError(f"{source}: X is empty: give at least one row with one entry")
    for i, row in enumerate(rows, 1):
        if not isinstance(row, list):
            raise InstanceError(
                f"{source}: X, row {i}: {kind(row)} where a list of numbers belongs"
            )
        if len(row) != len(rows[0]):
            raise InstanceError(
                f"{source}: X, row {i} has {_count(len(row), 'entry', 'entries')}, row 1 has "
                f"{len(rows[0])}: give every row the same length"
            )
    return tuple(
        tuple(number(x, f"{source}: X, row {i}, column {j}") for j, x in enumerate(row, 1))
        for i, row in enumerate(rows, 1)
    )


def _vector(fields: dict[str, object], key: str, source: str, n: int) -> Vector | None:
    if key not in fields:
        return None
    entries = fields[key]
    if not isinstance(entries, list):
        raise InstanceError(f"{source}: {key}: {kind(entries)} where a list belongs")
    if len(entries) != n:
        raise InstanceError(
            f"{source}: {key} has {_count(len(entries), 'entry', 'entries')}, X has "
            f"{_count(n, 'row', 'rows')}: give one for each row"
        )
    return tuple(number(x, f"{source}: {key}, entry {k}") for k, x in enumerate(entries, 1))


def _positive(fields: dict[str, object], key: str, source: str) -> Fraction | None:
    if key not in fields:
        return None
    value = number(fields[key], f"{source}: {key}")
    if value <= 0:
        raise InstanceError(
            f"{source}: {key}: {shown(fields[key])} is not positive: give a number above 0"
        )
    return value


def _word(fields: dict[str, object], key: str, source: str, known: Sequence[str]) -> str:
    value = fields.get(key, known[0])
    if not isinstance(value, str) or value not in known:
        choice = ", ".join(f'"{word}"' for word in known)
        raise InstanceError(f"{source}: {key}: {kind(value)} is unknown: write {choice}")
    return value


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
