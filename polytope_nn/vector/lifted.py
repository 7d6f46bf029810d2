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
from typing import TypeAlias, cast

from polytope_nn.exact.linear import transpose
from polytope_nn.exact.rational import Vector, integer_row
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.double_description import extreme_rays

from .faces import Covector
from .oracle import Kernel

__all__ = [
    "Lifted",
    "Located",
    "Mass",
    "Ray",
    "cone_rays",
    "plane_rays",
    "samples",
    "spread",
]

Located: TypeAlias = tuple[Covector, Scalars]
"""A direction in R^d and the sign vector of its face."""

Mass: TypeAlias = tuple[Covector, Scalars, Scalar]
"""A direction with its face and its mass."""


@dataclass(frozen=True)
class Ray:
    """An extreme ray of the tight cone of a plane: in R^d, and in the plane's basis."""

    covector: Covector
    g: Scalars
    coordinates: Scalars


@dataclass(frozen=True)
class Lifted:
    """The lifted part of a two-dimensional kernel where it is one point.

    ``rays`` are the extreme rays of the tight cone, ``T`` is ``(T_11, T_12, T_22)`` in them.
    """

    kernel: Kernel
    rays: tuple[Ray, Ray]
    T: Scalars

    @property
    def is_completely_positive(self) -> bool:
        """Whether neurons of the cone make it."""
        a, b, c = self.T
        return min(sign(a), sign(b), sign(c)) >= 0 and sign(self.determinant) >= 0

    @property
    def determinant(self) -> Scalar:
        """``T_11 T_22 - T_12^2``."""
        a, b, c = self.T
        return a * c - b * b

    @property
    def rank(self) -> int:
        """The rank of T: the least number of neurons."""
        a, _, c = self.T
        if sign(a) == 0 and sign(c) == 0:
            return 0
        return 2 if sign(self.determinant) else 1

    @property
    def has_arcs(self) -> bool:
        """Whether two neurons can turn: rank 2 and ``T_12 > 0``."""
        return self.rank == 2 and sign(self.T[1]) > 0

    def fewest(self) -> list[Mass]:
        """Return neurons that make T, as many as its rank."""
        a, b, c = self.T
        if self.rank == 0:
            return []
        if self.rank == 1:
            first, scale = ((a, b), a) if sign(a) else ((b, c), c)
            return [(*self._along(first), 1 / scale)]
        last = (Fraction(0), Fraction(1))
        return [(*self._along((a, b)), 1 / a), (*self._along(last), c - b * b / a)]

    def member(self, share: Fraction) -> list[Mass]:
        """Return two neurons of the arc, T of rank 2.

        At share 0 the first has the direction of the first ray, at 1 the conjugate of the
        second, and the second neuron that of the second ray.
        """
        if share == 1:
            return self.fewest()
        a, b, c = self.T
        y = b * share if share else Fraction(0)
        mass = self.determinant / (a * (c * a - 2 * b * y + y * y))
        second = (a * b - a * y, c * a - b * y)  # conjugate to (a, y)
        rest = (c - mass * y * y) / (second[1] * second[1])
        return [(*self._along((a, y)), mass), (*self._along(second), rest)]

    def _along(self, b: Scalars) -> Located:
        """Return the direction with coordinates b in the rays."""
        r, s = self.rays
        covector = self.kernel.covector
        if not all(map(sign, b)):
            covector = r.covector if sign(b[0]) else s.covector
        return covector, tuple(dot(b, column) for column in zip(r.g, s.g, strict=True))


def plane_rays(kernel: Kernel) -> tuple[Ray, Ray]:
    """Return the extreme rays of the tight cone of a plane.

    A ray is orthogonal to one row of the face, in the plane, and no other row is negative
    on it: signs of 2 x 2 determinants. The cone is pointed, since the samples see every
    direction of the kernel.
    """
    u, v = kernel.coordinates
    face = kernel.face
    rows = [(dot(r, u), dot(r, v)) for r in face.strict]
    found: list[Ray] = []
    for i, (x, y) in enumerate(rows):
        for p in ((-y, x), (y, -x)):
            signs = [0 if i == j else sign(dot(row, p)) for j, row in enumerate(rows)]
            if min(signs) < 0 or any(_parallel(p, ray.coordinates) for ray in found):
                continue
            at = dict(zip(face.strict, signs, strict=True))
            covector = tuple(
                s * at[face.signed(k)] if s else 0 for k, s in enumerate(face.covector)
            )
            scaled = _primitive(p)
            g = face.point(
                [scaled[0] * s + scaled[1] * t for s, t in zip(u, v, strict=True)]
            )
            found.append(Ray(covector, g, scaled))
    first, second = found
    return first, second


def _parallel(p: Scalars, q: Scalars) -> bool:
    return sign(p[0] * q[1] - p[1] * q[0]) == 0


def _primitive(p: Scalars) -> Scalars:
    if all(isinstance(t, Fraction) for t in p):
        return tuple(map(Fraction, integer_row(cast("Vector", p))))
    return p


def samples(kernel: Kernel, finest: int) -> list[Scalars]:
    """Return directions all over the tight cone: sums of its rays with small weights."""
    vectors = transpose(kernel.vectors)
    sums = spread(cone_rays(kernel), finest)
    return [tuple(dot(a, column) for column in vectors) for a in sums]


def cone_rays(kernel: Kernel) -> list[Scalars]:
    """Return the extreme rays of the tight cone, in the basis of the kernel.

    The cone is pointed, since the samples see every direction of the kernel.
    """
    rows = [tuple(dot(r, v) for v in kernel.coordinates) for r in kernel.face.strict]
    return [tuple(Fraction(0) + x for x in a) for a in extreme_rays(rows, kernel.dim)]


def spread(rays: Sequence[Scalars], finest: int) -> list[Scalars]:
    """Return the rays, sums of two with weights up to the finest, and sums of three."""
    found: dict[Scalars, None] = dict.fromkeys(rays)
    weights = range(1, finest + 1)
    for r, s in combinations(rays, 2):
        for i in weights:
            for j in (j for j in weights if gcd(i, j) == 1):
                found[tuple(i * x + j * y for x, y in zip(r, s, strict=True))] = None
    for three in combinations(rays, 3):
        found[tuple(x + y + z for x, y, z in zip(*three, strict=True))] = None
    return list(found)
