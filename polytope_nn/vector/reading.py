"""Instances with several outputs, and networks from arrays: read, or refused in one line."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NoReturn

from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalars
from polytope_nn.networks.reading.weights import dyadic
from polytope_nn.problems.instance import Instance
from polytope_nn.problems.losses.kinds import INDICATORS
from polytope_nn.problems.reading.fields import kind, no_beta, number
from polytope_nn.vector.losses.given import kind_given
from polytope_nn.wording import plural

from .problem import Rows, VectorProblem

__all__ = ["rows_of_arrays", "vector_kappa", "vector_problem"]

_READ = {"y", "kappa"}

_ROWS = "write [[1, 2], [3, 4]], a row for each sample, a number for each output"


def vector_problem(instance: Instance) -> VectorProblem:
    """Return the problem of an instance whose y has several outputs.

    Raises
    ------
    InstanceError
        In one line: file, field, value, cure.
    """
    instance.require_model("vector")
    source = instance.source
    for key in instance.extensions:
        if key not in _READ:
            raise InstanceError(
                f"{source}: {key}: does not go with y of several outputs: leave it out"
            )
    beta = instance.beta
    if beta is None and instance.beta_squared is None:
        if kind_given(instance.loss) not in INDICATORS:
            raise no_beta(source)
        beta = Fraction(1)
    Y = _rows(instance, "y", len(instance.X), None)
    try:
        return VectorProblem(
            instance.X,
            Y,
            loss=instance.loss,
            beta=beta,
            beta_squared=instance.beta_squared,
            weights=instance.weights,
            bias=instance.bias,
            skip=instance.skip,
            name=instance.name,
        )
    except (InstanceError, DimensionError) as error:
        raise InstanceError(f"{source}: {error}") from None


def vector_kappa(instance: Instance) -> Matrix | None:
    """Return kappa, shape (n, c); None where the instance has none."""
    if "kappa" not in instance.extensions:
        return None
    n = len(instance.X)
    return _rows(instance, "kappa", n, len(_rows(instance, "y", n, None)[0]))


def _rows(instance: Instance, key: str, n: int, c: int | None) -> Matrix:
    """Return a field of n rows, of c entries each where that is known."""
    where, rows = f"{instance.source}: {key}", instance.extensions[key]
    if not isinstance(rows, list):
        raise InstanceError(
            f"{where}: {kind(rows)} where a list of {plural(n, 'row')} belongs: {_ROWS}"
        )
    if len(rows) != n:
        raise InstanceError(
            f"{where} has {plural(len(rows), 'row')}, X has {n}: give one row for each row of X"
        )
    for i, row in enumerate(rows, 1):
        if not isinstance(row, list):
            raise InstanceError(
                f"{where}, row {i}: {kind(row)} where a list of numbers belongs: {_ROWS}"
            )
        if not row:
            raise InstanceError(f"{where}, row {i} is empty: give c >= 1 numbers a row")
        if len(row) != (c or len(rows[0])):
            what = f"y has {plural(c, 'output')}" if c else f"row 1 has {len(rows[0])}"
            raise InstanceError(
                f"{where}, row {i} has {plural(len(row), 'entry')}, {what}: give every row as many"
            )
    return tuple(
        tuple(number(x, f"{where}, row {i}, output {j}") for j, x in enumerate(row, 1))
        for i, row in enumerate(rows, 1)
    )


_ARRAYS = ("W", "alpha", "b", "skip", "constant")


def rows_of_arrays(
    arrays: Mapping[str, object], where: str
) -> tuple[Rows, Rows, Rows | None, Scalars | None]:
    """Return the rows of W, biases last, and of alpha, the skip and the constant, exact.

    Shapes: W (m, d), alpha (m, c), b (m,), skip (d, c), constant (c,).
    """
    import numpy as np

    for name in arrays:
        if name not in _ARRAYS:
            _refused(where, name[:40], f"the arrays are {', '.join(_ARRAYS)}")
    read: dict[str, Rows] = {}
    for name, axes in (("W", 2), ("alpha", 2), ("b", 1), ("skip", 2), ("constant", 1)):
        if name in arrays:
            x = np.asarray(arrays[name])
            if x.ndim != axes:
                _refused(where, name, f"give {axes} axes, not {x.ndim}")
            rows = x.reshape(-1, x.shape[-1]) if axes == 2 else x.reshape(1, -1)
            read[name] = tuple(tuple(dyadic(t, where, name) for t in row) for row in rows)
    if "W" not in read or "alpha" not in read or len(read["W"]) != len(read["alpha"]):
        _refused(where, "alpha", "give W (m, d) and alpha (m, c)")
    W = read["W"]
    if "b" in read:
        if len(read["b"][0]) != len(W):
            _refused(where, "b", "give one bias for each row of W")
        W = tuple((*w, b) for w, b in zip(W, read["b"][0], strict=True))
    constant = read["constant"][0] if "constant" in read else None
    return W, read["alpha"], read.get("skip"), constant


def _refused(where: str, name: str, cure: str) -> NoReturn:
    raise InstanceError(f"{where}: {name}: {cure}")
