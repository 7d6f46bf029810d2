"""A face of the system: rows over one denominator, and projections in integers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import mul
from typing import TypeAlias

from ...kernel.intervals import Numbers, linear
from ...kernel.numbers import Vector, cleared, dot
from ..instance import Instance

Row: TypeAlias = list[int]
Signed: TypeAlias = tuple[int, list[int]]


@dataclass
class Face:
    """A face of the system: its atoms, and the rows V over a denominator.

    Atoms that are ``alike`` have features that differ from that of the first by columns that
    are fitted freely; ``beside`` has, for each of them, the forms in kappa that are its shares in
    the last columns. The ends of a flat have ``between``, the samples A active there, and
    ``across`` from kink to kink, ``x_l - x_k`` times scale.
    """

    atoms: list[int]
    V: dict[int, Row]
    den: int
    between: list[int] = field(default_factory=list)
    across: Row = field(default_factory=list)
    opposite: bool = False
    alike: bool = False
    beside: list[list[Vector]] = field(default_factory=list)

    @property
    def paired(self) -> bool:
        """Whether the difference of two weights is what the system fits."""
        return len(self.atoms) == 2 and not self.alike

    def __post_init__(self) -> None:
        self.at = sorted(self.V)
        self.columns = list(zip(*(self.V[i] for i in self.at), strict=True))

    def product(self, i: int, j: int) -> Fraction:
        """Return ``B_ij`` of ``B = V V'``."""
        if i not in self.V or j not in self.V:
            return Fraction(0)
        return Fraction(dot(self.V[i], self.V[j]), self.den**2)

    def pull(self, kappa: Numbers, bits: int) -> Numbers:
        """Return ``h = V'kappa``, shape (d,)."""
        own = [kappa[i] for i in self.at]
        return [linear(column, self.den, own, bits) for column in self.columns]


def axes_of(D: Instance, rows: Sequence[Vector]) -> list[tuple[Row, int]]:
    """Return orthogonal vectors that span the rows, with their squares (Gram-Schmidt)."""
    axes: list[tuple[Row, int]] = []
    for x in rows:
        axis, _ = cleared(off(D, axes, x), D.clock)
        if any(axis):
            axes.append((axis, dot(axis, axis)))
            D.clock.hold(len(axes) * len(axis), 256, "witness.faces")
    return axes


def offset(
    axes: Sequence[tuple[Row, int]], x: Row, over: int, tick: Callable[[], None]
) -> Row:
    """Return ``over`` times the projection of x, in integers, ``over`` the squares' product."""
    tick()
    found = [over * t for t in x]
    for b, square in axes:
        share = sum(map(mul, x, b)) * (over // square)
        found = [s - share * t for s, t in zip(found, b, strict=True)] if share else found
    return found


def off(D: Instance, axes: Sequence[tuple[Row, int]], x: Vector) -> Vector:
    """Return the projection of x on the complement of orthogonal axes."""
    D.clock.tick()
    for b, square in axes:
        D.clock.tick()
        share = Fraction(dot(x, b), square)
        if share:
            x = [s - share * t for s, t in zip(x, b, strict=True)]
    return x
