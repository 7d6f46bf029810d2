"""The NETWORK JSON of DESIGN §3, exact."""

import json
from collections.abc import Mapping
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.logarithms import logarithm
from polytope_nn.exact.rational import rational
from polytope_nn.exact.scalar import Scalar, Scalars, exact_number
from polytope_nn.networks.neuron import Neuron, Parts, RawNeuron, Slot, slot_of
from polytope_nn.problems.reading.archives import unique_keys
from polytope_nn.problems.reading.fields import bytes_of, kind
from polytope_nn.wording import plural

from .weights import refuse

__all__ = [
    "dimension_cure",
    "json_of",
    "json_of_parts",
    "listed_neurons",
    "number_of",
    "parts_of_json",
]

_FORM = (
    '{"neurons": [{"sign": 1, "u": ["1/2", "0"]}, null]} or {"w": [...], "alpha": "..."}'
)
_LONGEST = 100  # letters of a message handed on
_LARGEST = 1 << 200  # integer whose logarithm is read
_MOST_DIGITS = 4000


def json_of(file: Path) -> object:
    """Return the JSON of a network file, its keys unique; one line when it is none."""
    try:
        read: object = json.loads(
            bytes_of(file).decode("utf-8-sig"),
            object_pairs_hook=unique_keys,
            parse_int=_integer,
        )
    except UnicodeDecodeError:
        raise InstanceError(f"{file}: not UTF-8 text: write {_FORM}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InstanceError(f"{file}: {where}: {error.msg}: write {_FORM}") from None
    except RecursionError:
        raise InstanceError(f"{file}: brackets nested too deeply: write {_FORM}") from None
    except ValueError as error:
        raise InstanceError(f"{file}: {error}: write {_FORM}") from None
    return read


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:  # the gate for strings has this limit, too
        raise ValueError(f"an integer of {len(digits)} digits, more than {_MOST_DIGITS}")
    return int(digits)


def parts_of_json(
    read: object,
    where: str = "network",
    dimension: int | None = None,
    *,
    free_bias: bool = False,
) -> Parts:
    """Return the parts of a network of parsed JSON; ``where`` names its source in messages.

    With a ``dimension``, neurons of any other, zero ones included, are refused.

    >>> parts_of_json({"neurons": [{"sign": -1, "u": ["1/2", 0]}, None]}).slots[1] is None
    True
    >>> parts_of_json({"neurons": [{"sign": 1, "u": [0.5]}]}, "a.json")
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: a.json: neurons[0].u[0]: 0.5 is a float: write "1/2"
    """
    given = listed_neurons(read, where, _FORM)
    neurons: list[Any] = given["neurons"]
    if not set(given) <= {"neurons", "skip", "constant"}:
        unknown = sorted(map(str, set(given) - {"neurons", "skip", "constant"}))
        refuse(
            where,
            unknown[0][:40],
            given[unknown[0]],
            "the keys are neurons, skip, constant",
        )
    slots = tuple(
        _slot(x, where, f"neurons[{j}]", free_bias=free_bias) for j, x in enumerate(neurons)
    )
    lengths: dict[int, int] = {}  # of zero neurons, too: the index where each comes first
    for j, x in enumerate(neurons):
        if x is not None:
            lengths.setdefault(len(x["u"] if "u" in x else x["w"]), j)
    for length, j in lengths.items():
        if dimension is not None and length != dimension:
            wrong = f"dimension {length}, the samples {dimension}"
            refuse(where, f"neurons[{j}]", neurons[j], dimension_cure(wrong, dimension))
    if len(lengths) > 1:
        j = max(lengths.values())
        refuse(where, f"neurons[{j}]", neurons[j], "all must have one length")
    skip = _numbers(given["skip"], where, "skip") if "skip" in given else None
    for length, j in lengths.items():
        if skip is not None and len(skip) not in {length, length - 1}:
            refuse(
                where,
                "skip",
                given["skip"],
                f"give one entry a feature, as neurons[{j}] has",
            )
    constant = (
        number_of(given["constant"], where, "constant") if "constant" in given else None
    )
    return Parts(slots, skip, constant)


def listed_neurons(read: object, where: str, form: str) -> Mapping[str, Any]:
    """Return the fields of a network whose neurons are a list; refuse what is none."""
    if not isinstance(read, Mapping):
        raise InstanceError(f"{where}: {kind(read)} where an object belongs: write {form}")
    if "neurons" not in read:
        cure = f"write {form}"
        if "branches" in read:
            cure = 'branches are of three layers: add "layers": 3 to the instance'
        raise InstanceError(f"{where}: neurons is missing: {cure}")
    if not isinstance(read["neurons"], list):
        what = kind(read["neurons"])
        raise InstanceError(f"{where}: neurons: {what} where a list belongs: write {form}")
    return read


def dimension_cure(wrong: str, dimension: int) -> str:
    """Return what to do about neurons of another dimension than the samples."""
    had = plural(dimension, "weight")
    return f"{wrong}: give every neuron {had} (a bias is the last, or the array b)"


def _slot(x: object, where: str, name: str, *, free_bias: bool) -> Slot:
    if x is None:
        return None
    if isinstance(x, Mapping) and set(x) == {"sign", "u"}:
        if type(x["sign"]) is not int or x["sign"] not in {1, -1}:
            refuse(where, f"{name}.sign", x["sign"], "write 1 or -1")
        u = _numbers(x["u"], where, f"{name}.u")
        return (
            Neuron(x["sign"], u) if any(isinstance(t, Ball) or t != 0 for t in u) else None
        )
    if isinstance(x, Mapping) and set(x) == {"u", "v"}:
        return _pair(x["u"], x["v"], where, name)
    if isinstance(x, Mapping) and set(x) == {"w", "alpha"}:
        w = _numbers(x["w"], where, f"{name}.w")
        alpha = _of_one_output(x["alpha"], where, f"{name}.alpha")
        enclosed = any(isinstance(t, Ball) for t in (*w, alpha))
        return RawNeuron(w, alpha) if enclosed else slot_of(w, alpha, free_bias=free_bias)
    return refuse(where, name, x, 'write null, {"sign", "u"} or {"w", "alpha"}')


def _pair(u: object, v: object, where: str, name: str) -> Slot:
    """Return a neuron ``(Xu)_+ v`` of one output, whatever the scaling of the pair."""
    times = _of_one_output(v, where, f"{name}.v")
    if isinstance(times, Ball) and 0 in times:
        refuse(where, f"{name}.v", v, "its sign is open: give a narrower interval")
    size = times if times > 0 else -times
    product = tuple(t * size for t in _numbers(u, where, f"{name}.u"))
    if times == 0 or not any(isinstance(t, Ball) or t != 0 for t in product):
        return None
    return Neuron(1 if times > 0 else -1, product)


def _of_one_output(x: object, where: str, name: str) -> Scalar:
    """Return the output weight, a number or a list of one, as networks of rows write it."""
    if isinstance(x, list) and len(x) != 1:
        refuse(where, name, x, "the instance has one output: give one number")
    return number_of(x[0] if isinstance(x, list) else x, where, name)


def _numbers(x: object, where: str, name: str) -> Scalars:
    if not isinstance(x, list) or not x:
        refuse(where, name, x, "write a list of numbers")
    return tuple(number_of(t, where, f"{name}[{i}]") for i, t in enumerate(x))


def number_of(x: object, where: str, name: str) -> Scalar:
    """Return a number of a network: exact, or a ball of ``{"lower", "upper"}``."""
    if isinstance(x, Mapping) and len(x) > 1:  # beside an exact number, for people
        x = {key: value for key, value in x.items() if key != "value_float"}
    if isinstance(x, Mapping) and set(x) == {"lower", "upper"}:
        lower = number_of(x["lower"], where, f"{name}.lower")
        upper = number_of(x["upper"], where, f"{name}.upper")
        if not isinstance(lower, Fraction) or not isinstance(upper, Fraction):
            refuse(where, name, x, 'write {"lower", "upper"} of fractions')
        if lower > upper:
            refuse(where, name, x, "the lower end is above the upper one")
        return (
            lower
            if lower == upper
            else Ball.from_interval(lower, upper, _bits(lower, upper))
        )
    if isinstance(x, Mapping) and "logs" in x:
        return _logarithms(x["logs"], where, f"{name}.logs")
    if isinstance(x, Mapping):
        try:
            return Algebraic.from_json(x)
        except (ValueError, TypeError, KeyError, ArithmeticError) as error:
            refuse(where, name, x, f"no number of a field ({_short(error)})")
    try:
        return rational(x)
    except InexactError as error:
        if isinstance(x, float) and len(str(error)) > _LONGEST:
            refuse(where, name, x, f'is a float: write "{x!r}"')
        cure = (
            "" if isinstance(x, float) and isfinite(x) else ': write a number such as "1/2"'
        )
        raise InstanceError(f"{where}: {name}: {error}{cure}") from None


def _logarithms(x: object, where: str, name: str) -> Scalar:
    """Return a sum of rational multiples of logarithms of integers, "1" the constant."""
    if not isinstance(x, Mapping):
        refuse(where, name, x, 'write {"1": "p/q", "2": "p/q", ...}')
    total: Scalar = Fraction(0)
    for key, value in x.items():
        if not (isinstance(key, str) and key.isdecimal() and 0 < int(key) < _LARGEST):
            refuse(where, name, key, 'write "1" or an integer whose logarithm is meant')
        times = rational(value)
        total = total + (times if key == "1" else logarithm(Fraction(int(key))) * times)
    return total


def _bits(lower: Fraction, upper: Fraction) -> int:
    """Return a precision at which an interval keeps its ends, nearly."""
    ratio = max(abs(lower), abs(upper)) / (upper - lower)
    return 128 + int(ratio).bit_length()


def _short(error: Exception) -> str:
    said = str(error)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."


def json_of_parts(parts: Parts) -> dict[str, object]:
    """Return the NETWORK JSON of DESIGN §3, exact; free parts where they are given."""
    written: dict[str, object] = {"neurons": [_written(x) for x in parts.slots]}
    if parts.skip is not None:
        written["skip"] = [_exactly(t) for t in parts.skip]
    if parts.constant is not None:
        written["constant"] = _exactly(parts.constant)
    return written


def _written(x: Slot) -> object:
    if x is None:
        return None
    if isinstance(x, RawNeuron):
        return {"w": [_exactly(t) for t in x.w], "alpha": _exactly(x.alpha)}
    return {"sign": x.sign, "u": [_exactly(t) for t in x.u]}


def _exactly(x: Scalar) -> object:
    """Return a number as JSON; a ball of radius 0 is the fraction it is."""
    return exact_number(x.midpoint if isinstance(x, Ball) and x.is_exact else x)
