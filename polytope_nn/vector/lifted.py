"""A continuum of optimal directions: all that the fit sees of its neurons (general B6).

Neurons ``u_j`` of masses ``t_j`` in the tight cone of a kernel V of face sigma enter the fit only
through ``S = sum_j t_j u_j u_j'``, which is completely positive over the cone. When V is a plane
the cone is ``cone(r_1, r_2)`` and ``S = R T R'`` with ``T >= 0`` entry by entry and positive
semidefinite; the least number of neurons is the rank of T.

With T of rank 2 and two neurons, the first of direction ``b = (b_1, b_2)`` in the rays, the
second has the direction conjugate to it, ``b'T^(-1) b_2 = 0``: both are in the cone iff b is
between a ray and the other ray's conjugate. These are two arcs, swapped by the
permutation, that are points iff ``T_12 = 0``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import gcd
from typing import TypeAlias

from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.double_description import extreme_rays

from .oracle import Kernel

__all__ = ["Lifted", "Masses", "decomposed", "rays_of", "samples"]

Masses: TypeAlias = list[tuple[Scalars, Scalar]]
"""Directions in R^d with their masses."""


@dataclass(frozen=True)
class Lifted:
    """The lifted part of a two-dimensional kernel where it is one point.

    ``rays`` are the extreme rays of the tight cone, ``T`` is ``(T_11, T_12, T_22)`` in them.
    """

    kernel: Kernel
    rays: tuple[Scalars, Scalars]
    T: Scalars

    @property
    def rank(self) -> int:
        """The rank of T: the least number of neurons."""
        a, b, c = self.T
        if sign(a) == 0 and sign(c) == 0:
            return 0
        return 2 if sign(a * c - b * b) else 1

    @property
    def has_arcs(self) -> bool:
        """Whether two neurons can turn: rank 2 and ``T_12 > 0``."""
        return self.rank == 2 and sign(self.T[1]) > 0

    def member(self, share: Fraction) -> Masses:
        """Return two neurons, the first ``share`` of the way from the first ray's end.

        At share 0 the first has the direction of the first ray, at 1 the conjugate of the second.
        """
        a, b, _ = self.T
        return pair(self.rays, self.T, (a, b * share))


def pair(rays: Sequence[Scalars], T: Scalars, first: Scalars) -> Masses:
    """Return the two neurons that make T, of rank 2, with the first direction given."""
    a, b, c = T
    det = a * c - b * b
    x, y = first
    mass = det / (c * x * x - 2 * b * x * y + a * y * y)  # 1 / (b'T^(-1) b)
    second = (b * x - a * y, c * x - b * y)  # conjugate to it
    if sign(second[1]) < 0:
        second = (-second[0], -second[1])
    rest = (c - mass * y * y) / (second[1] * second[1])
    return [(_along(rays, first), mass), (_along(rays, second), rest)]


def _along(rays: Sequence[Scalars], b: Sequence[Scalar]) -> Scalars:
    return tuple(dot(b, column) for column in transpose(rays))


def decomposed(rays: Sequence[Scalars], T: Scalars) -> Masses | None:
    """Return neurons on ``cone(r_1, r_2)`` that make T, as few as can be; None if none do."""
    a, b, c = T
    if min(sign(a), sign(b), sign(c), sign(a * c - b * b)) < 0:
        return None
    if sign(a) == 0:
        return [(tuple(rays[1]), c)] if sign(c) else []
    first: Masses = [(_along(rays, (a, b)), 1 / a)]
    rest = c - b * b / a
    return [*first, (tuple(rays[1]), rest)] if sign(rest) else first


def rays_of(kernel: Kernel) -> tuple[Scalars, ...]:
    """Return the extreme rays of the tight cone of a kernel, in R^d.

    The cone is pointed: the samples see every direction of the kernel.
    """
    rows = [tuple(dot(r, v) for v in kernel.coordinates) for r in kernel.face.strict]
    found = extreme_rays(rows, kernel.dim)
    return tuple(_along(kernel.vectors, tuple(x + Fraction(0) for x in a)) for a in found)


def samples(rays: Sequence[Scalars], finest: int) -> list[Scalars]:
    """Return directions all over the cone of some rays: their sums with small weights."""
    found: dict[Scalars, None] = dict.fromkeys(rays)
    for r, s in combinations(rays, 2):
        for i in range(1, finest + 1):
            for j in range(1, finest + 1):
                if gcd(i, j) == 1:
                    found[tuple(i * x + j * y for x, y in zip(r, s, strict=True))] = None
    for three in combinations(rays, 3):
        found[tuple(map(sum, zip(*three, strict=True)))] = None
    return list(found)
