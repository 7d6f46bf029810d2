"""One cone of a tree, and a peak as the proof that a form stays below beta on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import compress
from operator import mul

from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar
from polytope_nn.geometry.cone_tree import Cone, Ray, cut

from .cone_form import Integers
from .peaks import Peak, Way

__all__ = ["Mixed", "Node", "PeakLeaf", "values_at"]

Mixed = tuple[list[int], list[list[int]]]  # rows, and for each generator their values


@dataclass(frozen=True)
class Node:
    """A cone, the gradient of its positive rows, these and the negative ones, the others."""

    cone: Cone
    slope: tuple[int, ...]
    positive: int
    negative: int
    mixed: Mixed
    depth: int = 0

    def settled(self, rows: Sequence[Ray], weights: Sequence[int]) -> "Node":
        """Return the node with the rows of one sign taken from the mixed ones."""
        slope, positive, negative = self.slope, self.positive, self.negative
        names, values = self.mixed
        lows = list(map(min, zip(*values, strict=True)))
        highs = map(max, zip(*values, strict=True))
        mixed = [low < 0 < high for low, high in zip(lows, highs, strict=True)]
        if all(mixed):
            return self
        for k, low, kept in zip(names, lows, mixed, strict=True):
            if low >= 0:
                weight = weights[k]
                slope = tuple(t + weight * x for t, x in zip(slope, rows[k], strict=True))
                positive |= 1 << k
            elif not kept:
                negative |= 1 << k
        rest = [list(compress(column, mixed)) for column in values]
        own = list(compress(names, mixed)), rest
        return Node(self.cone, slope, positive, negative, own, self.depth)

    @property
    def bits(self) -> int:
        """The mixed rows, as bits."""
        return sum(1 << k for k in self.mixed[0])

    def children(self, i: int, j: int, a: int, b: int) -> tuple["Node", "Node"]:
        """Return the two nodes of a cut."""
        m, low, high = cut(self.cone, i, j, a, b)
        lead = next(q for q, t in enumerate(m) if t)
        divisor = (a * self.cone[i][lead] + b * self.cone[j][lead]) // m[lead]
        names, values = self.mixed
        lows, highs = list(values), list(values)
        ends = zip(values[i], values[j], strict=True)
        lows[i] = highs[j] = [(a * s + b * t) // divisor for s, t in ends]
        both = [
            Node(
                cone, self.slope, self.positive, self.negative, (names, own), self.depth + 1
            )
            for cone, own in zip((low, high), (lows, highs), strict=True)
        ]
        return both[0], both[1]


def values_at(rows: Sequence[Ray], cone: Cone) -> Mixed:
    """Return all rows with their values at the generators of a cone.

    >>> values_at([(1, 2), (0, 3)], ((1, 0), (1, -1)))
    ([0, 1], [[1, 0], [-1, -3]])
    """
    values = [[_product(x, ray) for x in rows] for ray in cone]
    return list(range(len(rows))), values


class PeakLeaf:
    """A peak as a proof of leaves: masks of its signs, and numbers where signs are not enough."""

    def __init__(self, peak: Peak, integers: Integers, convex: int) -> None:
        self.peak, self.form, self.integers = peak, peak.form, integers
        self.up, self.down = peak.bits(1), peak.bits(-1)
        self.ties = peak.bits(0) & convex
        self.flat = peak.bits(0)
        self.convex = convex & ~self.flat

    def hindrance(self, node: Node) -> int | None:
        """Return a convex row of T that is mixed where no other convex row is, or None."""
        mixed = node.bits
        wrong = mixed | node.positive & self.down | node.negative & self.up
        if wrong & self.convex or not mixed & self.ties:
            return None
        return (mixed & self.ties).bit_length() - 1

    def proves(self, node: Node) -> bool:
        """Return whether ``s kappa'(Xu)_+ <= p'u`` on the cone, by this peak."""
        mixed = node.bits
        if mixed & self.ties:
            return False
        wrong = (mixed | node.positive & self.down | node.negative & self.up) & self.convex
        way = self.peak.way(node.positive & self.ties)
        if way is None:
            return False
        if not wrong:
            return True
        lowering = (node.positive & self.down | node.negative & self.up) & ~self.convex
        return all(
            self._balanced(node, ray, wrong, lowering & ~self.flat, way)
            for ray in node.cone
        )

    def _balanced(self, node: Node, ray: Ray, wrong: int, lowering: int, way: Way) -> bool:
        """Return whether what convex rows add at a generator is less than the rest takes.

        Every row on the wrong side adds ``weight |x'r|``, positive for a convex row.
        """
        rows, signs = self.form.rows, self.peak.signs
        at = [(k, _product(rows[k], ray)) for k in _ones(wrong)]
        ramps = [(k, abs(x)) for k, x in at if x * signs[k] < 0]
        if not ramps:
            return True
        ramps += [(k, abs(_product(rows[k], ray))) for k in _ones(lowering)]
        ties = self._at_ties(node, ray, way)
        whole, off = self.integers, self.integers.error
        middle = -sum(whole.weights[k] * x for k, x in ramps) * self.peak.sign
        radius = off * sum(x for _, x in ramps)
        for loss, x in ties:
            near, far = whole.nearest(loss)
            middle, radius = middle + near * x, radius + far * x
        if middle >= radius or middle < -radius:
            return middle >= radius
        total: Scalar = Fraction(0)
        for k, x in ramps:
            total = total - self.form.weights[k] * (self.peak.sign * x)
        for loss, x in ties:
            total = total + loss * x
        try:
            return bool(total >= 0)
        except Undecided:
            return False

    def _at_ties(self, node: Node, ray: Ray, way: Way) -> list[tuple[Scalar, int]]:
        """Return what rows of T take at a generator, and how often.

        A concave row that is positive on the cone takes ``-weight - omega``, a negative one
        omega; a mixed one nothing.
        """
        found: list[tuple[Scalar, int]] = []
        for k, omega in way.omega.items():
            x = _product(self.form.rows[k], ray)
            if x and (node.positive | node.negative) >> k & 1:
                up = -self.form.weights[k] * self.peak.sign - omega
                found.append((up if x > 0 else omega, abs(x)))
        found += [(mu, abs(_product(self.form.rows[k], ray))) for k, mu in way.mu.items()]
        return found


def _product(row: Ray, ray: Ray) -> int:
    return sum(map(mul, row, ray))


def _ones(bits: int) -> Iterator[int]:
    """Yield the places of the bits that are set, from the highest."""
    while bits:
        k = bits.bit_length() - 1
        bits ^= 1 << k
        yield k
