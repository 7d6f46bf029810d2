"""The equations of optimality without the entries of kappa that are known (general §2).

A free column ``t e_k`` at the price r says ``kappa_k = r / t``: so it is on every flat of a
loss, the outer pieces of a hinge or of Huber's loss, where most of many samples are. Its
lambda stands in equation k alone, so that equation says what it is and no more. What is left is
the same system of the other samples; their ``V'kappa`` is shifted by what the known entries add.
A zero of it gives one of the whole, and conversely; rows and columns that were left out are
those of units, so the one Jacobian is regular iff the other is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Protocol, Self

from polytope_nn.exact.ball import Balls, ball_vector
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, dot

from .whole import System

__all__ = ["Left", "Settled", "settled_system"]

_LARGE = 80  # unknowns of a whole system; below, it is as fast itself


class Left(NamedTuple):
    """What is left of a system: samples, their labels, and a free part of them."""

    rows: tuple[int, ...]
    y: Vector
    free: tuple[Vector, ...]
    prices: Vector
    shifts: Vector


class Solved(System, Protocol):
    """A system that is solved, and of which a part is made."""

    @property
    def rows_of_form(self) -> Matrix: ...  # of Q, () where there is none
    def split(self, x: Sequence[Scalar]) -> tuple[Sequence[Scalar], ...]: ...
    def part(self, left: Left) -> Self: ...
    def refined(self, x: Sequence[Scalar], bits: int, unit: Fraction) -> Balls: ...
    def enclosed(self, point: Balls, bits: int, unit: Fraction) -> Balls: ...


@dataclass(frozen=True)
class Settled:
    """A system, and the part of it without the known entries of kappa.

    ``known`` are those, ``columns`` the free column that says each; ``rows`` and ``others``
    the samples and the free columns that are left.
    """

    whole: Solved
    part: Solved
    known: dict[int, Fraction]
    columns: dict[int, int]
    rows: tuple[int, ...]
    others: tuple[int, ...]

    def refined(self, x: Sequence[Scalar], bits: int, unit: Fraction) -> Balls:
        """Return a point close to a solution of the whole, by Newton's method, no proof."""
        point = self.part.refined(self._inner(x), bits, unit)
        return tuple(t.centre() for t in self._outer(point))

    def enclosed(self, point: Balls, bits: int, unit: Fraction) -> Balls:
        """Return proved enclosures of the one solution of the whole near a refined point."""
        return self._outer(self.part.enclosed(ball_vector(self._inner(point)), bits, unit))

    def _inner(self, x: Sequence[Scalar]) -> list[Scalar]:
        kappa, c, free = self.whole.split(x)
        return [*(kappa[k] for k in self.rows), *c, *(free[j] for j in self.others)]

    def _outer(self, x: Balls) -> Balls:
        """Return the unknowns of the whole; what stands in one equation alone from that."""
        whole = self.whole
        inner, c, beside = self.part.split(x)
        kappa: list[Scalar] = [self.known.get(k, Fraction(0)) for k in range(len(whole.y))]
        for k, t in zip(self.rows, inner, strict=True):
            kappa[k] = t
        pulled = whole.directions(kappa)
        free: list[Scalar] = [Fraction(0)] * len(whole.free)
        for j, t in zip(self.others, beside, strict=True):
            free[j] = t
        for k, j in self.columns.items():
            made = [dot(V[k], g) for V, g in zip(whole.factors, pulled, strict=True)]
            fit = dot(made, c) + kappa[k] * whole.inverse_weights[k]
            if whole.rows_of_form:
                fit = fit + dot(whole.rows_of_form[k], kappa)
            fit = fit + dot([whole.free[i][k] for i in self.others], beside)
            free[j] = (whole.y[k] - fit) / whole.free[j][k]
        return ball_vector([*kappa, *c, *free], x[0].precision)


def settled_system(system: Solved) -> Settled | None:
    """Return a system of many unknowns without the known ones; None where none is known."""
    if system.size <= _LARGE or not any(map(any, system.factors)):
        return None
    known, columns = _known(system)
    rows = tuple(k for k in range(len(system.y)) if k not in known)
    others = tuple(j for j in range(len(system.free)) if j not in columns.values())
    if not known or not rows:
        return None
    y = [system.y[k] for k in rows]
    if system.rows_of_form:
        form = system.rows_of_form
        y = [t - _sum(form[k], known) for k, t in zip(rows, y, strict=True)]
    free = [system.free[j] for j in others]
    prices = system.prices or (Fraction(0),) * len(system.free)
    left = tuple(prices[j] - _sum(system.free[j], known) for j in others)
    added = [_sum(column, known) for V in system.factors for column in zip(*V, strict=True)]
    # a part has known entries too, and what was left out before it
    before = system.shifts or (Fraction(0),) * len(added)
    shifts = tuple(s + t for s, t in zip(before, added, strict=True))
    part = Left(
        rows,
        tuple(y),
        tuple(tuple(z[k] for k in rows) for z in free),
        left if any(left) else (),
        shifts if any(shifts) else (),
    )
    return Settled(system, system.part(part), known, columns, rows, others)


def _known(system: Solved) -> tuple[dict[int, Fraction], dict[int, int]]:
    """Return the entries of kappa that a multiple of a unit vector says, and which one."""
    known: dict[int, Fraction] = {}
    columns: dict[int, int] = {}
    for j, z in enumerate(system.free):
        at = [k for k, t in enumerate(z) if t]
        if len(at) == 1 and not (system.curves and system.curves[at[0]]):
            (k,) = at
            known[k] = (system.prices[j] if system.prices else Fraction(0)) / z[k]
            columns[k] = j
    return known, columns


def _sum(column: Vector, known: dict[int, Fraction]) -> Fraction:
    return sum((column[k] * t for k, t in known.items() if column[k]), Fraction(0))
