"""Wrong calls of methods, told in one line by the class that a user knows."""

from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import Any

from .errors import CallError, InstanceError
from .wording import shown

__all__ = ["Called", "given", "given_width"]


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
    """Refuse a number of slots that is no integer; None is one that is not given.

    >>> given_width("4")
    Traceback (most recent call last):
        ...
    polytope_nn.errors.InstanceError: width: '4': give an integer, a number of slots
    """
    if width is not None and not hasattr(width, "__index__"):
        raise InstanceError(f"width: {shown(width)}: give an integer, a number of slots")


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
