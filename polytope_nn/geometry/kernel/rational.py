"""The rays of a rational cone by double description, in C where that was built."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TypeAlias, cast

from polytope_nn.errors import TooMany
from polytope_nn.progress import Loop

from .insertion import Rays, required

__all__ = ["Integers", "integer_rays", "is_compiled"]

Integers: TypeAlias = tuple[int, ...]
Found: TypeAlias = list[tuple[int, Integers]]
_Compiled: TypeAlias = Callable[
    [list[Integers], list[int], list[int], int, Callable[[int], None]], Found | bool | None
]


def _built() -> _Compiled | None:
    """Return the function in C; None where it was not built."""
    try:
        module = import_module("polytope_nn.geometry.kernel._compiled")
    except ImportError:
        return None
    return cast("_Compiled", module.rays)


_compiled = _built()


def is_compiled() -> bool:
    """Return whether the loops in C were built."""
    return _compiled is not None


def integer_rays(
    simplicial: Sequence[Integers],
    free: Sequence[int],
    bound: Sequence[int],
    most: int | None = None,
) -> Found:
    """Return the primitive rays of the cone with all coordinates ``>= 0``, with supports.

    The simplicial rays, primitive too, are those with only the free coordinates ``>= 0``,
    in that order. Sorted by support.

    Raises
    ------
    TooMany
        When there are more than ``most`` rays on the way.

    Examples
    --------
    >>> integer_rays([(1, 0, 1), (0, 1, -1)], [0, 1], [2])
    [(3, (1, 1, 0)), (5, (1, 0, 1))]
    """
    found = _by_compiled(simplicial, free, bound, most)
    if found is None:
        width = range(len(simplicial[0]) if simplicial else 0)
        sparse: Rays = [
            (1 << j, {i: t for i, t in enumerate(x) if t})
            for j, x in zip(free, simplicial, strict=True)
        ]
        rays = required(sparse, bound, rational=True, most=most)
        found = [(S, tuple([cast("int", x.get(i, 0)) for i in width])) for S, x in rays]
    found.sort()  # no two have one support
    return found


def _by_compiled(
    simplicial: Sequence[Integers],
    free: Sequence[int],
    bound: Sequence[int],
    most: int | None,
) -> Found | None:
    """Return the rays that the function in C finds; None where it cannot."""
    if _compiled is None or not simplicial:
        return None
    with Loop("vertices, coordinates", len(bound)) as loop:
        limit = -1 if most is None else most
        found = _compiled(list(simplicial), list(free), list(bound), limit, loop.at)
    if found is False:
        raise TooMany(f"more than {most} vertices on the way to those of P")
    return cast("Found | None", found)
