"""Wrong calls of methods, told in one line by the class that a user knows."""

from collections.abc import Callable, Iterable
from functools import wraps
from types import FunctionType
from typing import Any

from .errors import CallError, InstanceError
from .wording import integer, shown

__all__ = [
    "Called",
    "asked_width",
    "given",
    "given_most",
    "given_width",
    "listed",
    "pair_of",
    "slots_of",
]

_WIDEST = 10**6  # slots: more fit into no network


def given(of: type | tuple[type, ...], *values: object) -> None:
    """Refuse, in one line, what is of none of the classes that a function is about.

    >>> given(str, "a", 3)
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: int is no str: give one
    """
    known = " or ".join(t.__name__ for t in (of if isinstance(of, tuple) else (of,)))
    for value in values:
        if not isinstance(value, of):
            raise InstanceError(f"{type(value).__name__} is no {known}: give one")


def given_width(width: object) -> None:
    """Refuse a number of slots that is none; None is one that is not given.

    >>> given_width("4")
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: width: '4': give an integer, a number of slots
    """
    if width is not None:
        asked_width(width, _WIDEST)


def asked_width(width: object, most: int | None = None) -> int:
    """Return a number of slots, of numpy too, or refuse what is none, or more than ``most``.

    >>> asked_width(None)
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: width: null: give an integer, a number of slots
    """
    number = integer(width, -_WIDEST)
    if number is None or (most is not None and number > most):
        raise InstanceError(f"width: {shown(width)}: give an integer, a number of slots")
    return number


def given_most(most: object, name: str = "most") -> None:
    """Refuse what is no number that a count may reach; None is one that is not given.

    >>> given_most("4", "limit")
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: limit: '4': give an integer, 0 or more
    """
    if most is not None and integer(most, 0) is None:
        raise InstanceError(f"{name}: {shown(most)}: give an integer, 0 or more")


def pair_of(value: Any) -> tuple[Any, Any]:  # noqa: ANN401 - whatever it is
    """Return a neuron's sign and weights, or refuse what is no pair.

    >>> pair_of((1, [2, 0]))
    (1, [2, 0])
    >>> pair_of(3)
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: neuron: 3: give a pair (sign, u), or None
    """
    try:
        sign, u = value
    except (TypeError, ValueError):
        raise InstanceError(
            f"neuron: {shown(value)}: give a pair (sign, u), or None"
        ) from None
    return sign, listed(u, "u", "give a list of weights")


def listed(values: object, place: str, cure: str) -> list[Any]:
    """Return what a list, or anything else that can be gone through, has; or refuse it.

    >>> listed(range(2), "cells", "give FanUnit([...])"), listed((), "cells", "")
    ([0, 1], [])
    >>> listed(3, "cells", "give a list of cells")
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: cells: 3 is no list: give a list of cells
    """
    if not isinstance(values, Iterable) or isinstance(values, str | bytes | type):
        raise InstanceError(f"{place}: {shown(values)} is no list: {cure}")
    return list(values)


def slots_of(values: object, kind: type | tuple[type, ...], place: str) -> tuple[Any, ...]:
    """Return what stands in slots, things of a class or None in an empty one; or refuse it.

    >>> slots_of([3, None], int, "slots")
    (3, None)
    >>> slots_of(3, int, "slots")
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: slots: 3 is no list: give what is in each, or None
    """
    slots = tuple(listed(values, place, "give what is in each, or None"))
    given(kind, *(x for x in slots if x is not None))
    return slots


class Called:
    """What has its methods from classes that nobody names: wrong calls are told by its own.

    >>> class Stored(Called):
    ...     def save(self, path, *, bias=False): ...
    >>> class Network(Stored): ...
    >>> Network().save("net.json", biases=True)
    Traceback (most recent call last):
        ...
    polytope_nn.errors.CallError: Network.save: biases is unknown: give save(path, bias=...)
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for base in cls.__mro__[1:]:
            for name, held in vars(base).items():
                own = held.__func__ if isinstance(held, classmethod) else held
                if name[0] == "_" or not isinstance(own, FunctionType) or name in vars(cls):
                    continue
                told = _told(own)
                setattr(cls, name, classmethod(told) if own is not held else told)


def _told(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method whose wrong calls are told in one line by the class it is called of."""

    @wraps(function)
    def called(*args: object, **named: object) -> object:
        try:
            return function(*args, **named)
        except CallError:
            raise
        except TypeError:
            wrong = _wrong(function, args, named) if args else ""
            if not wrong:
                raise
        of = args[0] if isinstance(args[0], type) else type(args[0])
        raise CallError(f"{of.__name__}.{function.__name__}: {wrong}")

    return called


def _wrong(
    function: Callable[..., object], args: tuple[object, ...], named: dict[str, object]
) -> str:
    """Return what is wrong with a call, and how it is to be; "" where it is not the call."""
    import inspect

    signature = inspect.signature(function)
    try:
        signature.bind(*args, **named)
    except TypeError as error:
        wrong = str(error)
    else:
        return ""
    own = list(signature.parameters.values())[1:]
    many = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    required = [p.name for p in own if p.default is p.empty and p.kind not in many]
    optional = [f"{p.name}=..." for p in own if p.default is not p.empty]
    known = {p.name for p in own}
    unknown = next((name for name in named if name not in known), None)
    if unknown is not None:
        wrong = f"{unknown} is unknown"
    else:
        missing = [x for x in required[len(args) - 1 :] if x not in named]
        wrong = f"without {' and '.join(missing)}" if missing else wrong
    return f"{wrong}: give {function.__name__}({', '.join((*required, *optional))})"
