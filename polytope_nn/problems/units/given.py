"""Which neurons a problem has: activation, gates, penalty; and what the theory covers."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from polytope_nn.errors import InstanceError
from polytope_nn.meant import meant
from polytope_nn.problems.reading.fields import Literal, kind
from polytope_nn.wording import plural

from .activations import RELU, Activation, Slopes, activation_of

__all__ = [
    "PENALTIES",
    "UNIT_KEYS",
    "UnitOf",
    "mask_of",
    "penalty_of",
    "require_covered",
    "unit_given",
    "unit_read",
]

_MASKS = "write [[1, 0, 1], [0, 1, 1]], an entry for each row of X"

UNIT_KEYS = ("activation", "gates", "penalty")
PENALTIES = ("l2", "l1", "linf")
Masks = tuple[tuple[int, ...], ...]


class UnitOf(NamedTuple):
    """The three fields of a problem that say what its neurons are."""

    activation: Activation
    gates: Masks | None
    penalty: str

    @property
    def is_relu(self) -> bool:
        """Whether the neurons are ReLU ones of l2 weights."""
        return self.activation == RELU and self.gates is None and self.penalty == "l2"

    @property
    def named(self) -> tuple[str, str]:
        """The field that makes the neurons others than ReLU's, and its value."""
        if self.gates is not None:
            return "gates", str(len(self.gates))
        if self.penalty != "l2":
            return "penalty", self.penalty
        return "activation", self.activation.word


def unit_given(
    activation: object, gates: object, penalty: object, n: int, source: str = ""
) -> UnitOf:
    """Return the three fields, read; ``source`` is the file they are from."""
    at = f"{source}: " if source else ""
    masks = None if gates is None else _masks(gates, n, at)
    return UnitOf(
        activation_of(activation, f"{at}activation"),
        masks,
        penalty_of(penalty, f"{at}penalty"),
    )


def unit_read(
    extensions: Mapping[str, object], source: str, n: int, bias: str
) -> dict[str, Any]:
    """Return the keywords of a problem that a file's extensions make."""
    if "gates" in extensions and extensions["gates"] is None:
        raise InstanceError(
            f"{source}: gates: null where a list of masks belongs: {_MASKS}"
        )
    read = unit_given(
        extensions.get("activation", RELU),
        extensions.get("gates"),
        extensions.get("penalty", "l2"),
        n,
        source,
    )
    require_covered(read, bias, f"{source}: ")
    return dict(read._asdict())


def penalty_of(given: object, place: str = "penalty") -> str:
    """Return the word of a penalty, or refuse it by name.

    >>> penalty_of("l1")
    'l1'
    """
    if isinstance(given, str) and given in PENALTIES:
        return given
    known = 'write "l2", "l1" or "linf"'
    cure = meant(given, PENALTIES, known) if isinstance(given, str) else known
    raise InstanceError(f"{place}: {kind(given)} is unknown: {cure}")


def _masks(gates: object, n: int, at: str) -> Masks:
    if isinstance(gates, str) or not isinstance(gates, Iterable):
        raise InstanceError(
            f"{at}gates: {kind(gates)} where a list of masks belongs: {_MASKS}"
        )
    masks = tuple(
        mask_of(mask, n, f"{at}gates, mask {i}") for i, mask in enumerate(gates, 1)
    )
    if not masks:
        raise InstanceError(
            f"{at}gates: is empty: give at least one mask of {n} entries 0 or 1"
        )
    return masks


def mask_of(mask: object, n: int, place: str) -> tuple[int, ...]:
    """Return a mask of n entries 0 or 1."""
    if isinstance(mask, str) or not isinstance(mask, Iterable):
        raise InstanceError(
            f"{place}: {kind(mask)} where a list of n entries 0 or 1 belongs: {_MASKS}"
        )
    entries = list(mask)
    if len(entries) != n:
        raise InstanceError(
            f"{place} has {plural(len(entries), 'entry')}, X has {plural(n, 'row')}: give one "
            f"for each row"
        )
    return tuple(_bit(x, f"{place}, entry {k}") for k, x in enumerate(entries, 1))


def _bit(x: object, place: str) -> int:
    if not isinstance(x, Literal) and (x is True or x is False or x in (0, 1, "0", "1")):
        return int(x)
    raise InstanceError(
        f"{place}: {kind(x)} is neither 0 nor 1: write 1 where the neuron is on"
    )


def require_covered(unit: UnitOf, bias: str, at: str = "") -> None:
    """Refuse what the theory does not cover, by the names of both keys."""
    if unit.is_relu:
        return
    key, value = unit.named
    if bias == "free":
        raise InstanceError(
            f"{at}bias, {key}: a free bias goes with ReLU units and l2 weight decay only, not with "
            f"{key} {value}: write bias none or penalised"
        )
    if unit.gates is not None and unit.activation != RELU:
        raise InstanceError(
            f"{at}activation, gates: neurons have gates or an activation, not both: take one out"
        )
    if unit.gates is not None and unit.penalty != "l2":
        raise InstanceError(
            f"{at}gates, penalty: gates go with the l2 penalty: with {unit.penalty} write blocks "
            f"of a group LASSO"
        )
    if not isinstance(unit.activation, Slopes) and unit.penalty != "l2":
        raise InstanceError(
            f"{at}activation, penalty: a threshold's weights have no price, so no penalty "
            f"{unit.penalty}: take one out"
        )
