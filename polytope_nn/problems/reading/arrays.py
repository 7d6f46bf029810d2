"""Samples in numpy's files: ``.npz`` with X and y, ``.npy`` with a row for each sample."""

from pathlib import Path
from typing import Any

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.meant import meant_file

from .archives import read_npz
from .given import number_given, require_reading
from .tables import Chosen, Table, columns_of

__all__ = ["array_table"]

_AXES = {"X": "(n, d)", "y": "(n,) or (n, c)", "weights": "(n,)"}
_SAVE = "write numpy.savez(file, X=X, y=y) of numbers"


def array_table(file: Path, chosen: Chosen, exact: str | None) -> Table:
    """Return the fields of the arrays X, y and weights, or of one array of columns.

    A lone array (of an ``.npy``) has the numbers of its columns, from 1, as names, or the
    names of its fields. Floats are read as ``exact`` says.
    """
    require_reading(exact)
    if not file.exists():
        raise InstanceError(f"{file}: there is no such file: {meant_file(file)}")
    arrays = read_npz(file, _SAVE)
    if file.suffix.lower() == ".npy":
        return _columns(arrays["arr_0"], str(file), chosen, exact)
    if chosen:
        raise InstanceError(
            f"{file}: --target, --features: they name columns of a table, and here are "
            f"arrays: leave them out"
        )
    fields: dict[str, object] = {}
    for name, x in arrays.items():
        if name not in _AXES:
            raise InstanceError(
                f"{file}: {name}: {x.shape}: the arrays are "
                f"{', '.join(f'{known} {axes}' for known, axes in _AXES.items())}: "
                f"rename it or leave it out"
            )
        flat = x[:, 0] if name != "X" and x.ndim == 2 and x.shape[1] == 1 else x
        if flat.ndim not in {"X": (2,), "y": (1, 2)}.get(name, (1,)):
            raise InstanceError(f"{file}: {name}: shape {x.shape}: give {_AXES[name]}")
        fields[name] = [
            [_exactly(t, exact, f"{file}: {name}[{i}, {j}]") for j, t in enumerate(row)]
            if flat.ndim == 2
            else _exactly(row, exact, f"{file}: {name}[{i}]")
            for i, row in enumerate(flat)
        ]
    return Table(fields)


def _columns(x: Any, source: str, chosen: Chosen, exact: str | None) -> Table:  # noqa: ANN401
    if x.dtype.names:
        header = list(x.dtype.names)
        rows = [[row[name] for name in header] for row in x.reshape(-1)]
    else:
        if x.ndim != 2 or x.shape[1] < 2 or not len(x):
            raise InstanceError(
                f"{source}: shape {x.shape}: give a row for each sample, the features and "
                f"the label its columns: shape (n, d + 1)"
            )
        header, rows = [str(j + 1) for j in range(x.shape[1])], list(x)
    columns = columns_of(header, source, chosen)
    read = {*columns[0], *columns[1]}
    exactly = [
        [
            _exactly(t, exact, f"{source}: row {i}, column {header[j]}") if j in read else 0
            for j, t in enumerate(row)
        ]
        for i, row in enumerate(rows, 1)
    ]
    return Table.of(exactly, header, columns)


def _exactly(x: object, exact: str | None, place: str) -> object:
    """Return the exact number of an entry; the cure of a float is an option."""
    try:
        return number_given(x, exact, place)
    except InexactError as error:
        if " is a float" not in str(error):
            raise
        raise InexactError(
            f"{place}: {x!s} is a float: say how floats are read: --exact decimal (the "
            f"shortest decimal, as printed) or --exact binary"
        ) from None
