"""Claims *road* and *gap*: no barrier on a path of any networks, and how near the optimum (T13)."""

from fractions import Fraction
from typing import Any, Protocol, TypeVar

from ...kernel.numbers import Vector
from ...kernel.reading import Json, array, require, whole
from ...kernel.roots import Terms, enclosed, root_sign
from ..instance import Instance

Made = TypeVar("Made")  # networks


class Ways(Protocol[Made]):
    """Networks of one sort, and what one has to prove of a line between two of them."""

    D: Any  # Instance, or Outputs

    def network(self, read: Json, width: int | None, where: str) -> Made:
        """Return a network, of as many slots as the width says."""

    def fit(self, x: Made) -> Vector:
        """Return its fit."""

    def objective(self, x: Made, fit: Vector) -> Terms:
        """Return its objective."""

    def fall(self, x: Made, z: Made, reached: Vector, where: str) -> None:
        """Prove that the objective does not rise on the line from x, once balanced, to z."""

    def level(self, x: Made, z: Made, where: str) -> None:
        """Prove that the objective is convex on the line from x to z, both balanced."""

    def dual_value(self, kappa: Vector) -> Terms:
        """Return the dual value of a kappa that has a fit."""


def road(W: Ways[Made], kappa: Vector, claim: Json) -> None:
    """Prove that a path of any networks has no barrier, and comes within a gap of the optimum.

    The objective never rises up to the breakpoint ``down``, never falls from ``up`` on, and is
    convex on the lines between, where every breakpoint is no higher than one of those two; so
    it is never above the larger end. The gap is that of the breakpoint ``close``, whose
    objective less the dual value of kappa bounds its distance to the optimum of every width.
    """
    where, clock = "claims.road", W.D.clock
    width = whole(claim["width"], where, 0)
    reads = array(claim["breakpoints"], where)
    objectives = array(claim["objectives"], where, len(reads))
    down, close, up = (
        whole(claim[key], where, 0, len(reads) - 1) for key in ("down", "close", "up")
    )
    require(down <= up, where, "rises before it has fallen")
    places = [f"{where}.breakpoints[{i}]" for i in range(len(reads))]
    nets = [
        W.network(read, width, place) for read, place in zip(reads, places, strict=True)
    ]
    values: list[Terms] = []
    sizes: list[Fraction] = []
    before: Vector = []
    for i, stated in enumerate(objectives):  # two fits are held, however many there are
        fit = W.fit(nets[i])
        values.append(W.objective(nets[i], fit))
        sizes.append(enclosed(stated, values[i], clock, f"{where}.objectives[{i}]"))
        if 0 < i <= down:
            W.fall(nets[i - 1], nets[i], fit, places[i])
        elif i > up:
            W.fall(nets[i], nets[i - 1], before, places[i])
        before = fit
    for i in range(down + 1, up + 1):
        W.level(nets[i - 1], nets[i], places[i])
        rises = (root_sign(less(values[i], values[j]), clock) for j in (down, up))
        lower = i in {down, up} or any(sign <= 0 for sign in rises)
        require(lower, places[i], "is above what it lies between")
    apart(W.D, values[close], sizes[close], (W.dual_value(kappa), claim), where)


def gap(W: Ways[Made], kappa: Vector, claim: Json) -> None:
    """Prove the primal value of a network, the dual value of kappa and the difference."""
    where = "claims.gap"
    x = W.network(claim["network"], None, f"{where}.network")
    primal = W.objective(x, W.fit(x))
    of = enclosed(claim["primal"], primal, W.D.clock, f"{where}.primal")
    apart(W.D, primal, of, (W.dual_value(kappa), claim), where)


def less(value: Terms, other: Terms) -> Terms:
    """Return the difference of two sums of roots."""
    return [*value, *((-q, s) for q, s in other)]


def apart(
    D: Instance, primal: Terms, of: Fraction, pair: tuple[Terms, Json], where: str
) -> None:
    """Prove a dual value, and how far a primal one of that size is from it."""
    value, claim = pair
    enclosed(claim["dual"], value, D.clock, f"{where}.dual")
    gap = less(primal, value)
    enclosed(claim["gap"], gap, D.clock, f"{where}.gap", of)
