"""Following a type along beta: stretches that prove it, up to the breakpoint (topology.md B).

From a point where the type is proved stretches are laid one after another, halved on failure
and doubled on success, but for the first one after a failure. A condition that fails on a
stretch but falls strictly towards its outer end has one root there: then the type is proved up
to the root, and the root is enclosed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, precision
from polytope_nn.progress import Loop
from polytope_nn.search.floats import binary

from .algebraic import refined_root
from .conditions import Condition
from .curve import BITS, Point
from .regime import Regime
from .stretch import Stretch, stretch_around
from .types import CombinatorialType

__all__ = ["Reach", "Track", "tracked"]

_FINEST = 38  # a stretch is at least this many bits shorter than beta
_MOST = 600  # stretches in one direction, failed ones too; a quarter on the way to 0
_TO_ZERO = 32  # halvings of beta on the way to 0
_ROOT = 80  # bits to which a root is enclosed


@dataclass(frozen=True)
class Reach:
    """How far a type is proved in one direction: up to within ``[lower, upper]``.

    Where a condition has its root there, the enclosure is its; ``crossing`` is the stretch that
    proves it monotone, and the condition. Where the limit is reached, ``reached``.
    """

    lower: Fraction
    upper: Fraction
    reached: bool
    crossing: tuple[Stretch, Condition] | None = None


@dataclass(frozen=True)
class Track:
    """A type, proved between two ends; ``stretches`` is how many were tried."""

    regime: Regime
    type: CombinatorialType
    below: Reach
    above: Reach
    stretches: int


def tracked(
    regime: Regime, start: Point, lowest: Fraction, highest: Fraction, most: int = _MOST
) -> Track:
    """Return the type of a regime, proved around a point and as far as it goes.

    At most ``most`` stretches are tried in each direction.

    Raises
    ------
    Undecided
        When the type is not even proved at the point.
    """
    with precision(BITS):
        here = stretch_around(regime.curve, start, Fraction(0))
        if not all(_positive(c.value(here)) for c in regime.conditions(here, start)):
            raise Undecided("the type at a point of beta is not proved")
        found = regime.type_on(here)
        below, low = _Tracker(regime, found, start, lowest, most).run()
        above, high = _Tracker(regime, found, start, highest, most).run()
        return Track(regime, found, below, above, low + high + 1)


class _Tracker:
    """One direction: from a point towards a limit."""

    def __init__(
        self,
        regime: Regime,
        found: CombinatorialType,
        start: Point,
        limit: Fraction,
        most: int,
    ) -> None:
        self.regime, self.found, self.limit = regime, found, limit
        self.inner, self.start = start, start.beta
        self.most = min(most, _MOST if limit else _MOST // 4)
        self.side = 1 if limit > start.beta else -1

    def run(self) -> tuple[Reach, int]:
        """Return how far the type is proved, and the number of stretches that were tried."""
        with Loop("weight decays of one type", 1 << 20, in_percent=True) as loop:
            return self._reached(loop)

    def _reached(self, loop: Loop) -> tuple[Reach, int]:
        count, failed, halved = 0, 0, False
        whole = abs(self.limit - self.inner.beta)
        step = whole / 4
        while self.inner.beta != self.limit and count + failed < self.most:
            left = abs(self.limit - self.inner.beta)
            loop.at(int((1 - left / whole) * (1 << 20)))
            if not self.limit and left * (1 << _TO_ZERO) < self.start:
                break
            step = left if 4 * step > 3 * left else binary(step)
            if step < max(self.inner.beta / (1 << _FINEST), Fraction(1, 1 << 120)):
                break
            try:
                outcome = self._stretched(step)
            except Undecided:
                outcome = None
            if isinstance(outcome, Reach):
                return outcome, count + failed + 1
            if outcome is None:
                step, failed, halved = step / 2, failed + 1, True
                continue
            self.inner, count = outcome, count + 1
            step, halved = step if halved else 2 * step, False
        beta = self.inner.beta
        return Reach(beta, beta, beta == self.limit), count + failed

    def _stretched(self, step: Fraction) -> Point | Reach | None:
        """Return the point at the end of a proved stretch; a reach that ends in it; None."""
        regime, side, inner = self.regime, self.side, self.inner
        middle = inner.beta + side * step / 2
        centre = regime.curve.point(middle, inner.predicted(middle))
        stretch = stretch_around(regime.curve, centre, step / 2)
        falling = []
        for c in regime.conditions(stretch, inner):
            if not _positive(c.value(stretch)):
                if not _positive(c.slope(stretch) * -side):
                    return None
                falling.append(c)
        if regime.type_on(stretch) != self.found:
            return None
        beta = inner.beta + side * step
        if not falling:  # the point is a guess for what comes next, and need not be refined
            return replace(centre, beta=beta, x=centre.predicted(beta))
        outer = regime.curve.point(beta, centre.predicted(beta))
        crossing = [c for c in falling if not _positive(self._value(stretch, outer, c))]
        return outer if not crossing else self._first(stretch, outer, crossing)

    def _value(self, stretch: Stretch, point: Point, c: Condition) -> Ball:
        """Return the value of a condition at a point of a stretch, on the same curve."""
        at = stretch_around(self.regime.curve, point, Fraction(0))
        if not stretch.continues(at):
            raise Undecided("a point of a stretch is not on its curve")
        return c.value(at)

    def _first(
        self, stretch: Stretch, outer: Point, crossing: Iterable[Condition]
    ) -> Reach | None:
        """Return the enclosure of the root that comes first."""
        roots = []
        for c in crossing:
            found = self._root(stretch, outer, c)
            if found is None:
                return None
            roots.append((*found, c))
        if self.side < 0:
            lower, upper, c = max(roots, key=lambda r: r[1])
            lower = max(r[0] for r in roots)
        else:
            lower, upper, c = min(roots, key=lambda r: r[0])
            upper = min(r[1] for r in roots)
        return Reach(lower, upper, reached=False, crossing=(stretch, c))

    def _root(
        self, stretch: Stretch, outer: Point, c: Condition
    ) -> tuple[Fraction, Fraction] | None:
        """Return an enclosure of the root of a monotone condition, both signs proved."""
        curve = self.regime.curve
        low, high = sorted((self.inner.beta, outer.beta))
        width = max(abs(low), abs(high)) / (1 << _ROOT)
        guess = (*outer.x, Ball.from_rational(outer.beta))
        beta = _rounded_to(refined_root(curve, c, guess, BITS)[-1].midpoint, width)
        beta = min(max(beta, low), high)
        point = curve.point(beta, stretch.point.predicted(beta))
        near = point.beta - self.side * 2 * width
        far = point.beta + self.side * 2 * width
        if low < near < high and not _positive(self._at(stretch, point, near, c)):
            return None
        if low < far < high and not _positive(-self._at(stretch, point, far, c)):
            return None
        ends = sorted(min(max(t, low), high) for t in (near, far))
        return ends[0], ends[1]

    def _at(self, stretch: Stretch, near: Point, beta: Fraction, c: Condition) -> Ball:
        return self._value(stretch, self.regime.curve.point(beta, near.predicted(beta)), c)


def _positive(x: Ball) -> bool:
    return x.lower > 0


def _rounded_to(x: Fraction, width: Fraction) -> Fraction:
    unit = binary(width) / 2
    return round(x / unit) * unit
