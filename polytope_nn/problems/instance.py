"""Instance files: JSON and CSV, read exactly as written or refused in one line.

A refusal names the file, the field, the offending value and the cure. JSON's own floats
are refused because ``0.1`` would become a binary fraction; ``"0.1"`` is one tenth.

INSTANCE (JSON): ``{"name"?, "X": [[...]], "y": [...], "beta" | "beta_squared": ...,
"loss"?: a kind or {"kind": ..., parameter}, "weights"?: [...], "bias"?: "none" |
"penalised" | "free" (or a bool), "skip"?: "none" | "constant" | "linear" | "affine",
"kappa"?: [...]}``, numbers as integers or strings.
INSTANCE (CSV): a header, then one sample a line, the last column y, or that of ``target``.
INSTANCE (``.npz``): arrays X, y, weights; (``.npy``): one array, a row for each sample.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from polytope_nn.called import given
from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.wording import plural

from .free_part import SKIPS
from .interpolation import InterpolationProblem
from .losses.kinds import INDICATORS
from .reading.arrays import array_table
from .reading.dual import dual_field
from .reading.fields import (
    json_fields,
    loss_field,
    name_field,
    no_beta,
    positive_field,
    require_known,
    rows_field,
    text_of,
    vector_field,
    word_field,
)
from .reading.models import extended, unread
from .reading.scaling import Scaling, standardised
from .reading.tables import Chosen, Table, csv_table
from .relu import BIASES
from .training import TrainingProblem
from .units.given import UNIT_KEYS, unit_read

__all__ = ["Instance", "parse_instance", "read_instance"]

FIELDS = (
    *("name", "X", "y", "beta", "beta_squared", "loss", "weights", "bias", "skip"),
    *("activation", "gates", "penalty", "layers", "inner_width", "regulariser"),
    *("kappa", "blocks", "free"),
)

_TAKEN = {
    "lasso": ": certify takes it",
    "three-layer": ": certify (its --figure draws the table), gap and path take it",
    "vector": ": certify, gap, path, nearest, descend and connect take it",
}

_ROWS = "is rows of labels, of one output write a list; of several run certify --loss interpolation"


@dataclass(frozen=True)
class Instance:
    """The fields of an instance file, exact; a field that is absent is None or "none".

    ``y`` is ``()`` where the file was read for its X alone. ``source`` is the file's name,
    ``columns`` are the features' names where it has them, ``told`` is what the reader should
    know of how it was read, and ``scaling`` what standardising did to the features.
    """

    source: str
    X: Matrix
    y: Vector
    beta: Fraction | None = None
    beta_squared: Fraction | None = None
    weights: Vector | None = None
    bias: str = "none"
    skip: str = "none"
    kappa: Scalars | None = None
    name: str = ""
    columns: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    scaling: tuple[Scaling, ...] = ()
    loss: object = "squared"
    extensions: Mapping[str, object] = field(default_factory=dict)

    @property
    def model(self) -> str:
        """``"two-layer"``, ``"vector"``, ``"three-layer"`` or ``"lasso"``."""
        if "blocks" in self.extensions:
            return "lasso"
        if self.extensions.get("layers") == 3 and type(self.extensions["layers"]) is int:
            return "three-layer"
        return "vector" if "y" in self.extensions else "two-layer"

    @property
    def loss_kind(self) -> str:
        """The word of the loss, whether it is written alone or with its parameters."""
        return str(self.loss.get("kind") if isinstance(self.loss, dict) else self.loss)

    def require_model(self, *models: str) -> None:
        """Refuse an instance of another model than those named, in one line."""
        if self.model not in models:
            fits = _TAKEN.get(self.model, "")
            *first, last = models
            taken = f"{', '.join(first)} and {last}" if first else last
            raise InstanceError(
                f"{self.source}: a {self.model} model: this command takes "
                f"{taken} models{fits}"
            )

    @property
    def design(self) -> Matrix:
        """The matrix X, with a column of ones when there is a bias, shape (n, d or d + 1)."""
        if self.bias == "none":
            return self.X
        return tuple((*row, Fraction(1)) for row in self.X)

    def standardised(self) -> "Instance":
        """Return the instance with standardised features; a kappa is set aside."""
        X, scaling = standardised(self.X, self.columns)
        kept = {key: value for key, value in self.extensions.items() if key != "kappa"}
        return replace(self, X=X, scaling=scaling, kappa=None, extensions=kept)

    def problem(self) -> TrainingProblem:
        """Return the training problem; ``InstanceError`` without beta."""
        self.require_model("two-layer")
        for key, value in self.extensions.items():
            if key in UNIT_KEYS or (key == "layers" and value == 2 and type(value) is int):
                continue
            raise InstanceError(f"{self.source}: {key}: {unread(key, value)}")
        unit = unit_read(self.extensions, self.source, len(self.X), self.bias)
        beta = self.beta
        if beta is None and self.beta_squared is None:
            if self.loss_kind not in INDICATORS:
                raise no_beta(self.source)
            beta = Fraction(1)
        try:
            return TrainingProblem(
                self.X,
                self.y,
                beta=beta,
                beta_squared=self.beta_squared,
                loss=self.loss,
                weights=self.weights,
                bias=self.bias,
                skip=self.skip,
                name=self.name,
                **unit,
            )
        except (InstanceError, DimensionError) as error:
            raise InstanceError(f"{self.source}: {error}") from None

    def interpolation(self) -> InterpolationProblem:
        """Return the interpolation problem; ``InstanceError`` with what training has."""
        if self.loss_kind not in {"squared", "interpolation"}:
            raise InstanceError(f"{self.source}: loss: belongs to training: run certify")
        for name in ("beta", "beta_squared", "weights"):
            if getattr(self, name) is not None:
                raise InstanceError(
                    f"{self.source}: {name}: belongs to training, not to interpolation: "
                    f"take it out, or run certify"
                )
        for name in self.extensions:
            what = _ROWS if name == "y" else "interpolation is by ReLU units: take it out"
            raise InstanceError(f"{self.source}: {name}: {what}")
        return InterpolationProblem(
            self.X, self.y, skip=self.skip, bias=self.bias, name=self.name
        )


def read_instance(  # noqa: PLR0913 - the contract's names, all but one keyword-only
    path: str | Path,
    *,
    beta: str | None = None,
    beta_squared: str | None = None,
    bias: str | None = None,
    skip: str | None = None,
    loss: str | None = None,
    columns: Chosen | None = None,
    exact: str | None = None,
    labelled: bool = True,
) -> Instance:
    """Return the instance in a file, which has the file's name where it says none.

    Under a name that tells no form a text that begins with a brace is JSON.

    Parameters
    ----------
    path
        JSON, CSV, ``.npz`` or ``.npy``; ``-`` is the standard input.
    beta, beta_squared, bias, skip, loss
        Replace what the file says; a new beta sets a kappa aside.
    columns
        The label and feature columns of a table.
    exact
        How floats are read: "decimal" or "binary"; refused by default.
    labelled
        Whether labels are required.

    Returns
    -------
    Instance
        What is asked; ``problem()`` makes a problem of it.

    Raises
    ------
    InstanceError, InexactError
        In one line: file, field, offending value, cure.

    Examples
    --------
    >>> from polytope_nn.problems.examples import example_file
    >>> I = read_instance(example_file("square"))
    >>> len(I.X), I.model
    (4, 'two-layer')
    """
    given((str, Path), path)
    source = "standard input" if str(path) == "-" else str(path)
    name = Path(source).stem if source == str(path) else ""
    table = _table(path, source, columns or Chosen(), exact)
    fields = table.fields
    if beta is not None or beta_squared is not None:
        replaced = {"beta", "beta_squared", "kappa"}  # a kappa belongs to its beta
        fields = {key: value for key, value in fields.items() if key not in replaced}
    fields.setdefault("name", name if name.isprintable() else "")
    chosen = {"beta": beta, "beta_squared": beta_squared, "bias": bias, "skip": skip}
    chosen["loss"] = loss
    fields |= {k: v for k, v in chosen.items() if v is not None}
    read = _instance(fields, source, labelled=labelled)
    return replace(read, columns=table.names, told=table.told)


def _table(path: str | Path, source: str, chosen: Chosen, exact: str | None) -> Table:
    """Return the fields of a file, whatever its form."""
    form = Path(source).suffix.lower()
    if form in {".npz", ".npy"}:
        return array_table(Path(source), chosen, exact)
    text = text_of(path, source)
    if form not in {".json", ".csv", ".tsv"}:
        form = ".json" if text.lstrip()[0] in "{[" else ".csv"
    if form == ".tsv" and chosen.delimiter is None:
        chosen = replace(chosen, delimiter="tab")
    if form != ".json":
        return csv_table(text, source, chosen)
    if chosen:
        raise InstanceError(
            f"{source}: --target, --features, --delimiter: they choose columns of a table, "
            f"and this is JSON: leave them out"
        )
    return Table(json_fields(text, source))


def parse_instance(
    text: str, source: str = "instance", replaced: Mapping[str, object] | None = None
) -> Instance:
    """Return the instance of a JSON text, some of its fields replaced.

    >>> parse_instance('{"X": [[1, "1/2"]], "y": [1], "beta": "0.1"}').problem()
    TrainingProblem(n=1, d=2, beta²=1/100)
    >>> parse_instance('{"X": [[0.5]], "y": [1]}')
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: instance: X, row 1, column 1: 0.5 is a float: \
write "0.5" (read as 1/2)
    """
    fields = json_fields(text, source) | dict(replaced or {})
    return _instance(fields, source, labelled=True)


def _instance(fields: dict[str, object], source: str, *, labelled: bool) -> Instance:
    require_known(fields, FIELDS, source)
    if "blocks" in fields:
        return Instance(source, (), (), name=name_field(fields, source), extensions=fields)
    X = rows_field(fields, source)
    n = len(X)
    fields, extensions = extended(fields, source)
    y = vector_field(fields, "y", source, n)
    if y is None and labelled and "y" not in extensions:
        raise InstanceError(
            f"{source}: y is missing: give {plural(n, 'label')}, one for each row of X"
        )
    if "beta" in fields and "beta_squared" in fields:
        raise InstanceError(f"{source}: beta and beta_squared are both given: take one out")
    bias = fields.get("bias", "none")
    if isinstance(bias, bool):
        bias = "penalised" if bias else "none"
    weights = vector_field(fields, "weights", source, n)
    for k, w in enumerate(weights or (), 1):
        if w <= 0:
            raise InstanceError(
                f"{source}: weights, entry {k}: {exactly(w)} is not positive: give a number "
                f"above 0"
            )
    return Instance(
        source,
        X,
        y or (),
        positive_field(fields, "beta", source),
        positive_field(fields, "beta_squared", source),
        weights,
        word_field({"bias": bias}, "bias", source, BIASES),
        word_field(fields, "skip", source, SKIPS),
        dual_field(fields, source, n),
        name_field(fields, source),
        loss=loss_field(fields, source),
        extensions=extensions,
    )
