"""The rays of a rational cone by double description, and fractions, in C where that was built."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from importlib import import_module
from typing import TypeAlias, cast

from polytope_nn.errors import TooMany
from polytope_nn.exact import rational
from polytope_nn.exact.integer import integer_product, primitive
from polytope_nn.exact.rational import Vector
from polytope_nn.progress import Loop

from .insertion import Rays, required

__all__ = ["Integers", "integer_rays", "is_compiled", "quotients"]

Integers: TypeAlias = tuple[int, ...]
Found: TypeAlias = list[tuple[int, Integers]]
Pair: TypeAlias = tuple[Integers, int]
_Cone: TypeAlias = Callable[
    [
        list[Integers],
        list[int],
        list[int],
        int,
        Callable[[int], None],
        list[Integers] | None,
    ],
    Found | bool | None,
]
_Quotients: TypeAlias = Callable[[list[Pair], type[Fraction]], tuple[Vector, ...] | None]


def _built(module: str, name: str) -> Callable[..., object] | None:
    """Return a function in C; None where it was not built."""
    try:
        built = import_module(f"polytope_nn.geometry.kernel.{module}")
    except ImportError:
        return None
    return cast("Callable[..., object] | None", getattr(built, name, None))


_compiled = cast("_Cone | None", _built("_compiled", "cone"))
_fractions = cast("_Quotients | None", _built("_fractions", "quotients"))


def is_compiled() -> bool:
    """Return whether the loops in C were built."""
    return _compiled is not None


def quotients(rows: Iterable[Pair]) -> tuple[Vector, ...]:
    """Return the vectors ``x / t`` of pairs of an integer vector x and an integer t > 0.

    >>> quotients([((2, 0, -3), 4)])
    ((Fraction(1, 2), Fraction(0, 1), Fraction(-3, 4)),)
    """
    pairs = list(rows)
    found = None if _fractions is None else _fractions(pairs, Fraction)
    return rational.quotients(pairs) if found is None else found


def integer_rays(
    simplicial: Sequence[Integers],
    free: Sequence[int],
    bound: Sequence[int],
    most: int | None = None,
    back: Sequence[Integers] | None = None,
) -> Found:
    """Return the primitive rays of the cone with all coordinates ``>= 0``, with supports.

    The simplicial rays, primitive too, are those with only the free coordinates ``>= 0``,
    in that order. With `back`, one vector for each free coordinate, a ray is given as the
    primitive vector on their sum, each times the ray's free coordinate. Sorted by support.

    Raises
    ------
    TooMany
        When there are more than ``most`` rays on the way.

    Examples
    --------
    >>> integer_rays([(1, 0, 1), (0, 1, -1)], [0, 1], [2])
    [(3, (1, 1, 0)), (5, (1, 0, 1))]
    >>> integer_rays([(1, 0, 1), (0, 1, -1)], [0, 1], [2], back=[(1, 3), (1, 1)])
    [(3, (1, 2)), (5, (1, 3))]
    """
    found = _by_compiled(simplicial, free, bound, most, back)
    if found is not None:
        return found
    found = None if back is None else _by_compiled(simplicial, free, bound, most, None)
    if found is None:
        found = _by_python(simplicial, free, bound, most)
    if back is None:
        return found
    images = integer_product([[x[j] for j in free] for _, x in found], back)
    return [(S, primitive(x)) for (S, _), x in zip(found, images, strict=True)]


def _by_python(
    simplicial: Sequence[Integers],
    free: Sequence[int],
    bound: Sequence[int],
    most: int | None,
) -> Found:
    """Return the rays, sorted, with Python's integers."""
    width = range(len(simplicial[0]) if simplicial else 0)
    sparse: Rays = [
        (1 << j, {i: t for i, t in enumerate(x) if t})
        for j, x in zip(free, simplicial, strict=True)
    ]
    rays = required(sparse, bound, rational=True, most=most)
    return sorted((S, tuple([cast("int", x.get(i, 0)) for i in width])) for S, x in rays)


def _by_compiled(
    simplicial: Sequence[Integers],
    free: Sequence[int],
    bound: Sequence[int],
    most: int | None,
    back: Sequence[Integers] | None,
) -> Found | None:
    """Return the rays, sorted, that the function in C finds; None where it cannot."""
    if _compiled is None or not simplicial:
        return None
    columns = list(simplicial), list(free), list(bound)
    with Loop("vertices, coordinates", len(bound)) as loop:
        limit = -1 if most is None else most
        through = None if back is None else list(back)
        found = _compiled(*columns, limit, loop.at, through)
    if found is False:
        raise TooMany(f"more than {most} vertices on the way to those of P")
    return (
        None if found is None else sorted(cast("Found", found))
    )  # no two have one support
