"""Instances with several outputs: Y and kappa read as n rows of c, or refused in one line."""

from fractions import Fraction

from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.rational import Matrix
from polytope_nn.problems.instance import Instance
from polytope_nn.problems.losses.kinds import INDICATORS
from polytope_nn.problems.reading.fields import kind, no_beta, number
from polytope_nn.wording import plural

from .losses.given import kind_given
from .problem import VectorProblem

__all__ = ["vector_kappa", "vector_problem"]

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
