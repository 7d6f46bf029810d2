"""Theta of a leaf by that of other leaves, where it is near, or an end (three-layer P3)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle, sign

from .blocks import Box, size_of

__all__ = ["in_turn", "near_hints", "whole_theta"]

_ENDS = (Fraction(0), Fraction(1))
_HINTED = Fraction(1, 1000)  # so close to theta a hint is taken for it
_END = Fraction(1, 10**5)  # so close to 0 or 1 theta may be that


def near_hints(
    told: Sequence[Mapping[int, Scalar]], theta: Mapping[int, Fraction]
) -> Iterator[Scalars]:
    """Yield theta on its rows by the hint that is near, or an end; then other rows as they are.

    Then by each hint that is near on all of its rows, beside those or not, and by none: of large
    entries of kappa many are near. And theta itself: beside an end it may be none.

    >>> told, theta = [{0: Fraction(1, 3)}], {0: Fraction(3, 10**6), 1: Fraction(1, 2)}
    >>> for found in near_hints(told, theta):
    ...     print(*found)
    0 1/2
    3/1000000 1/2
    3/1000000 1/2
    """
    plain = {i: next((e for e in _ENDS if abs(e - t) < _END), t) for i, t in theta.items()}
    every: dict[int, Scalar] = {}
    for i, t in theta.items():
        hints = [hint[i] for hint in told if i in hint]
        near = min(hints, key=lambda x: abs(middle(x) - t), default=t)
        found = near if abs(middle(near) - t) < _HINTED else t
        every[i] = plain[i] if found is t else found
    yield tuple(every.values())
    yield tuple(t if every[i] in _ENDS else every[i] for i, t in theta.items())
    if len(told) > 1:
        for hint in told:
            own = {i: t for i, t in hint.items() if i in theta}
            if own and all(abs(middle(t) - theta[i]) < _HINTED for i, t in own.items()):
                yield from (tuple((base | own).values()) for base in (every, plain))
        yield tuple(plain.values())
    yield tuple(theta.values())


def in_turn(
    classes: Sequence[Sequence[int]], X: Matrix, kappa: Scalars, theta: dict[int, Fraction]
) -> dict[int, Fraction]:
    """Return theta that all neurons see alike: in a class 1 as far as it goes, then 0."""
    found = dict(theta)
    for rows in classes:
        sizes = {i: size_of(X[i]) * abs(middle(kappa[i])) for i in rows}
        left = sum((sizes[i] * theta[i] for i in rows if i in theta), Fraction(0))
        for i in rows:
            if i in theta:
                found[i] = min(left / sizes[i], Fraction(1))
                left -= found[i] * sizes[i]
    return found


def whole_theta(
    box: Box,
    sizes: Mapping[int, Fraction],
    kappa: Scalars,
    nothing: Callable[[Mapping[int, Fraction]], bool],
) -> dict[int, Scalar]:
    """Return theta on rows of one direction with which mu sees all of it; none if it need not.

    Of such rows, of these ``sizes``, kappa is one number, their sum in units of ``|x_i|``: a
    negative sum is kept whole by a theta less than 1 where positive rows are not inside.
    ``nothing`` says which sums of entries of kappa are known to be 0, though balls do not.
    """
    signs = {i: sign(kappa[i]) * box.sigma for i in sizes}
    lost = [i for i in sizes if signs[i] > 0 and i not in box.inside]
    negative = [i for i in sizes if signs[i] < 0]
    if not lost or not negative or any(i in box.open for i in lost):
        return {}
    total = dot([sizes[i] for i in negative], [kappa[i] for i in negative])
    out = dot([sizes[i] for i in lost], [kappa[i] for i in lost])
    theta: Scalar = 1 + out / total  # out is of the other sign
    if nothing({i: sizes[i] for i in (*negative, *lost)}):
        theta = _ENDS[0]
    return dict.fromkeys(negative, theta if sign(theta) > 0 else _ENDS[0])
