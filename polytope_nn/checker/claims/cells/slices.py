"""What is tight on one cone: the u of length 1 with ``p'u = |p|* |u|``, 0 on rows that press.

``p = p_0 + sum mu_k r_k`` has ``|p|* = beta``, and u in the cone ``r_k'u >= 0`` is tight iff
``r_k'u = 0`` where ``mu_k > 0`` and ``p'u = |p|* |u|``. Under l1 that says ``u_j = 0`` where
``|p_j| < beta``, else that ``u_j`` has the sign of p_j; under linf that ``u_j = sign p_j |u|``
where p_j is not 0. So it is a cone, and its u of length 1 are a polytope ``{t >= 0 : G t = e}``.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction

from ...kernel.numbers import Scalar, Vector, bits, dot, sign
from ...kernel.reading import require
from ..instance import Instance
from ..polytope import Held

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
        """Return the sizes of the entries that are not 0 for all."""
        still = all(e or not t for e, t in zip(self.signs, u, strict=True))
        require(still, WHERE, "a ray is not where p has its norm")
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
