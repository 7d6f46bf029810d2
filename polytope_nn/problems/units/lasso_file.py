"""A group LASSO in an instance file: its blocks, exact, or refused in one line."""

from fractions import Fraction

from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.rational import Vector
from polytope_nn.problems.instance import Instance
from polytope_nn.problems.losses.kinds import INDICATORS
from polytope_nn.problems.reading.fields import (
    kind,
    loss_field,
    number,
    positive_field,
    vector_field,
)
from polytope_nn.wording import shown, uneven

from .lasso import GroupLasso

__all__ = ["lasso_of"]

_FIELDS = (
    "name",
    "blocks",
    "free",
    "y",
    "beta",
    "beta_squared",
    "loss",
    "weights",
    "kappa",
)
_TABLES = ("A", "cone")


def lasso_of(instance: Instance) -> tuple[GroupLasso, Vector | None]:
    """Return the group LASSO of an instance file, and the kappa that is given.

    >>> from polytope_nn.problems.instance import parse_instance
    >>> text = '{"blocks": [{"A": [[1, 0], [0, "1/2"]]}], "y": [1, 2], "beta": 1}'
    >>> lasso_of(parse_instance(text))
    (GroupLasso(n=2, blocks=1, beta²=1), None)
    """
    fields, source = dict(instance.extensions), instance.source
    for key in fields:
        if key not in _FIELDS:
            raise InstanceError(
                f"{source}: {shown(key)}: a group LASSO has blocks, and no {key}: take it out"
            )
    y = fields.get("y")
    if not isinstance(y, list) or not y:
        what = "is missing" if y is None else f"{kind(y)} where a list of labels belongs"
        raise InstanceError(
            f"{source}: y: {what}: give one label for each row of the blocks"
        )
    n = len(y)
    loss = loss_field(fields, source)
    kind_of = loss["kind"] if isinstance(loss, dict) else loss
    beta = positive_field(fields, "beta", source)
    if kind_of in INDICATORS and not {"beta", "beta_squared"} & fields.keys():
        beta = Fraction(1)
    elif ("beta" in fields) == ("beta_squared" in fields):
        said = "are both given" if "beta" in fields else "are missing"
        raise InstanceError(f"{source}: beta, beta_squared: {said}: give one of them")
    weights = vector_field(fields, "weights", source, n)
    try:
        problem = GroupLasso(
            _blocks(fields.get("blocks"), source),
            _entries(y, f"{source}: y"),
            beta=beta,
            beta_squared=positive_field(fields, "beta_squared", source),
            free=_rows(fields.get("free", []), f"{source}: free"),
            loss=loss,
            weights=weights,
            name=instance.name,
        )
    except (InstanceError, DimensionError) as error:
        told = str(error).startswith(source)
        raise type(error)(str(error) if told else f"{source}: {error}") from None
    return problem, vector_field(fields, "kappa", source, n)


def _blocks(given: object, source: str) -> list[dict[str, object]]:
    if not isinstance(given, list):
        raise InstanceError(
            f"{source}: blocks: {kind(given)} where a list of blocks belongs: write "
            f'[{{"A": [[...], ...]}}]'
        )
    found = []
    for i, block in enumerate(given, 1):
        place = f"{source}: blocks, block {i}"
        if not isinstance(block, dict):
            raise InstanceError(f'{place}: {kind(block)}: write {{"A": [[...], ...]}}')
        read = {
            key: _rows(value, f"{place}, {key}") if key in _TABLES else value
            for key, value in block.items()
        }
        found.append(read)
    return found


def _rows(given: object, place: str) -> list[list[Fraction]]:
    if not isinstance(given, list):
        raise InstanceError(
            f"{place}: {kind(given)} where a list of lists belongs: write [[1, 2], [3, 4]]"
        )
    rows = [_entries(row, f"{place}, row {i}") for i, row in enumerate(given, 1)]
    if apart := uneven(rows, "row {}", 1):
        raise InstanceError(f"{place}, {apart}")
    return rows


def _entries(given: object, place: str) -> list[Fraction]:
    if not isinstance(given, list):
        raise InstanceError(
            f'{place}: {kind(given)} where a list of numbers belongs: write [1, "1/2"]'
        )
    return [number(x, f"{place}, entry {k}") for k, x in enumerate(given, 1)]
