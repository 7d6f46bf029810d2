"""Theta of a leaf by that of other leaves, where it is near, or an end (three-layer P3)."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from polytope_nn.dual.feasibility import middle
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars

from .blocks import size_of

__all__ = ["in_turn", "near_hints"]

_ENDS = (Fraction(0), Fraction(1))
_HINTED = Fraction(1, 1000)  # so close to theta a hint is taken for it
_END = Fraction(1, 10**5)  # so close to 0 or 1 theta may be that


def near_hints(
    told: Sequence[Mapping[int, Scalar]], theta: Mapping[int, Fraction]
) -> Iterator[Scalars]:
    """Yield theta on its rows by the hint that is near, or an end; then other rows as they are.

    >>> [*near_hints([{0: Fraction(1, 3)}], {0: Fraction(33334, 100000), 1: Fraction(1, 2)})]
    [(Fraction(1, 3), Fraction(1, 2)), (Fraction(1, 3), Fraction(1, 2))]
    """
    every: list[Scalar] = []
    for i, t in theta.items():
        hints = [hint[i] for hint in told if i in hint]
        near = min(hints, key=lambda x: abs(middle(x) - t), default=t)
        end = min(_ENDS, key=lambda x: abs(x - t))
        found = near if abs(middle(near) - t) < _HINTED else t
        every.append(end if found is t and abs(end - t) < _END else found)
    yield tuple(every)
    yield tuple(t if x in _ENDS else x for x, t in zip(every, theta.values(), strict=True))


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
