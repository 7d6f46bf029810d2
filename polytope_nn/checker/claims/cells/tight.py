"""Claims *rays*, *dual*, *cells*: kappa is feasible, and on each cone all rays of what is tight.

Under a polyhedral norm rays have length 1 and rational entries; of a block with the norm l2 its
one direction is the g of its bound. The rays of one cone are the extreme points of its slice: they
are points of it, an antichain of supports, and a cover tree leaves room for no other. A cell is
the set of rays of a cone; one inside of another is a face, and only the maximal ones are kept.

The slice are the u of length 1 with ``p'u = |p|* |u|``, 0 on rows that press: ``p = p_0 +
sum mu_k r_k`` has ``|p|* = beta``, and u in the cone ``r_k'u >= 0`` is tight iff ``r_k'u = 0``
where ``mu_k > 0`` and ``p'u = |p|* |u|``. Under l1 that says ``u_j = 0`` where ``|p_j| < beta``,
else that u_j has the sign of p_j; under linf that ``u_j = sign p_j |u|`` where p_j is not 0. So it
is a cone, and its u of length 1 are a polytope ``{t >= 0 : G t = e}``.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ...kernel.numbers import Scalar, Vector, bits, dot, members, same, sign
from ...kernel.reading import Json, array, canonical, indices, ordered, record, require
from .. import blocks, polytope
from ..blocks import DUAL, Directions, bounds
from ..dual import Charted
from ..instance import Instance
from ..polytope import Held
from ..problem.units import squared, told
from .slots import maximal

RAYS = "claims.rays"


class Rays(Directions):
    """The features of rays modulo what is free; their directions; block and sign of each."""

    def of(self, i: int, owner: tuple[int, ...]) -> bool:
        """Return whether a ray has a sign, or a block and sign."""
        return tuple(self.keys[i]) == owner


def rays_of(D: Instance, kappa: Vector, claim: Json) -> Rays:
    """Return the listed rays: ``kappa'F = beta |u|``, in order and distinct."""
    owners: list[tuple[int, ...]] = []
    features: list[Vector] = []
    directions: list[Vector] = []
    before: tuple[object, ...] | None = None
    for read in array(claim["list"], RAYS):
        owner, norm, F, u = told(D, read, RAYS)
        length = squared(norm, u)
        if norm != "l2":
            plain = all(type(t) is Fraction for t in u)
            require(plain and length == 1, RAYS, "a ray is not of length 1")
        tight = D.reaches(dot(kappa, F), length)
        require(tight, RAYS, "kappa'F is not beta |u|: no tight ray")
        key = (*owner, () if norm == "l2" else tuple(-t for t in u))
        before = ordered(before, key, RAYS)
        owners.append(owner)
        features.append(F)
        directions.append(u)
    return Rays(D, owners, features, directions)


WHERE = "witness.cells"
ZERO, ONE = Fraction(0), Fraction(1)


class Slice(Held, ABC):
    """The polytope, columns of G and e: the signs of p, the cone's rows, those with mu > 0."""

    def __init__(
        self, D: Instance, p: Vector, rows: Sequence[Sequence[Scalar]], pressed: set[int]
    ) -> None:
        super().__init__([])
        self.D, self.signs, self.rows, self.pressed = D, p, list(rows), pressed
        D.clock.hold((len(self.rows) + 2 * D.d) * (len(self.rows) + D.d), 64, WHERE)
        self.right: Vector = []

    def add(self, own: Vector, more: int, place: int | None) -> None:
        """Add a column: its entries in the rows, and a 1 at one of the further equations."""
        self.D.clock.tick()
        self.columns.append([*own, *(ONE if i == place else ZERO for i in range(more))])

    def slacks(self, more: int) -> None:
        """Add the columns of what rows that do not press exceed 0 by."""
        for k in range(len(self.rows)):
            if k not in self.pressed:
                own = [-ONE if i == k else ZERO for i in range(len(self.rows))]
                self.add(own, more, None)

    def support(self, u: Vector) -> int:
        """Return the support of a point of the polytope, after proving it one."""
        values = [*self.places(u)]
        for k, row in enumerate(self.rows):
            value = dot(row, u)
            if k in self.pressed:
                require(not value, WHERE, "a ray is not where a row presses")
            else:
                values.append(value)
        require(all(t >= 0 for t in values), WHERE, "a ray is not in its cone")
        return bits(i for i, t in enumerate(values) if t)

    @abstractmethod
    def places(self, u: Vector) -> Vector:
        """Return the first coordinates of a point."""


class Crossed(Slice):
    """Under l1: ``u_j = +-t_j`` where ``|p_j| = beta``, the sum of t is 1."""

    def __init__(
        self, D: Instance, p: Vector, rows: Sequence[Sequence[Scalar]], pressed: set[int]
    ) -> None:
        super().__init__(D, p, rows, pressed)
        for j, e in enumerate(p):
            if e:
                self.add([Fraction(e * row[j]) for row in self.rows], 1, 0)
        self.slacks(1)
        self.right = [ZERO] * len(self.rows) + [ONE]

    def places(self, u: Vector) -> Vector:
        """Return the sizes of the entries that are not 0 for all; what is tight is 0 in others."""
        return [e * t for e, t in zip(self.signs, u, strict=True) if e]

    def support(self, u: Vector) -> int:
        """Return the support of a point, of length 1."""
        found = super().support(u)
        right = sum(self.places(u)) == 1
        require(right, WHERE, "a ray of a slice is not of length 1")
        return found


class Cubed(Slice):
    """Under linf: ``u_j = sign p_j``, where p_j is 0 ``u_j = a_j - 1`` with ``a_j + b_j = 2``."""

    def __init__(
        self, D: Instance, p: Vector, rows: Sequence[Sequence[Scalar]], pressed: set[int]
    ) -> None:
        super().__init__(D, p, rows, pressed)
        free = [j for j, e in enumerate(p) if not e]
        nothing = [ZERO] * len(self.rows)
        for place, j in enumerate(free):
            self.add([Fraction(row[j]) for row in self.rows], len(free), place)
            self.add(nothing, len(free), place)
        self.slacks(len(free))
        corner = [e or -1 for e in p]
        self.right = [Fraction(-dot(row, corner)) for row in self.rows]
        self.right += [Fraction(2)] * len(free)

    def places(self, u: Vector) -> Vector:
        """Return ``u_j + 1`` and ``1 - u_j`` where p_j is 0."""
        still = all(e in (0, t) for e, t in zip(self.signs, u, strict=True))
        require(still, WHERE, "a ray is not where p has its norm")
        pairs = ((t + 1, 1 - t) for e, t in zip(self.signs, u, strict=True) if not e)
        return [t for pair in pairs for t in pair]


def slice_of(
    D: Instance,
    norm: str,
    p: tuple[Vector, int],
    rows: Sequence[Sequence[Scalar]],
    at: set[int],
) -> Slice:
    """Return the polytope of a p, which is told times a scale, with ``|p|* = beta``."""
    entries, scale = p
    if norm == "linf":
        return Cubed(D, [sign(t) for t in entries], rows, at)
    most = D.beta_squared * scale * scale
    full = [sign(t) if not sign(t * t - most) else 0 for t in entries]
    return Crossed(D, full, rows, at)


class Cells:
    """The rays of the cones that were looked at, and what is left of the witness."""

    keys = "rays farkas tree"

    def __init__(self, D: Instance, rays: Any, witness: Json) -> None:
        self.D, self.rays = D, rays
        self.waiting = iter(array(witness, WHERE))
        self.found: set[int] = set()

    def cut(self, S: Slice, owner: tuple[int, ...]) -> None:
        """Prove the rays of a slice, all of one sign, or of one block and sign."""
        read = record(next(self.waiting, None), self.keys, WHERE)
        at = indices(read["rays"], len(self.rays), WHERE)
        own = all(self.rays.of(i, owner) for i in at)
        require(own, WHERE, "a ray is not of this sign")
        supports = [S.support(self.rays.directions[i]) for i in at]
        supports += self.others(S, owner, read)
        polytope.extreme(self.D, S, supports, S.right, read)
        self.found.add(bits(at))

    def others(self, S: Slice, owner: tuple[int, ...], read: Json) -> list[int]:
        """Return the supports of extreme points that are not tight: here there are none."""
        del S, owner, read
        return []

    def close(self, claim: Json) -> list[int]:
        """Return the maximal cells, as the claim lists them; every ray is in one."""
        require(next(self.waiting, None) is None, WHERE, "there are more cells than cones")
        kept = maximal(self.D.clock, self.found)
        listed = [members(cell) for cell in kept]
        right = canonical(claim["list"]) == canonical(listed)
        require(right, "claims.cells", "are not the maximal ones")
        every = (1 << len(self.rays)) - 1
        for cell in kept:
            every &= ~cell
        require(not every, "claims.rays", "a ray is in no cell")
        return kept


def bounded(cells: Cells, kappa: Vector, charted: Charted) -> None:
    """Prove kappa feasible, tope by tope, and the cell of each."""
    D, X, norm = cells.D, charted.chart.X, cells.D.unit.norm
    for (s, active, read), p, scale, over in blocks.bounded(D, kappa, charted):
        if over == 0:
            rows = [x if active >> k & 1 else [-t for t in x] for k, x in enumerate(X)]
            on = set(read[0]) if read else set()
            cells.cut(slice_of(D, norm, (p, scale), rows, on), (-s,))


def feasible(cells: Cells, kappa: Vector, claim: Json, witness: Json) -> None:
    """Prove kappa feasible, block by block, and the cell of each sign."""
    D, rays = cells.D, cells.rays
    for key, block, p, read, over in bounds(D, kappa, claim, witness):
        if over:
            continue
        if block.norm == "l2":
            mine = [k for k in range(len(rays)) if rays.of(k, key)]
            met = len(mine) == 1 and same(rays.directions[mine[0]], p)
            require(met, DUAL, "a bound is tight at no listed ray")
            cells.found.add(bits(mine))
            continue
        on = set(read[0]) if read else set()
        S = slice_of(D, block.norm, (p, 1), block.cone, on)
        cells.cut(S, key)
