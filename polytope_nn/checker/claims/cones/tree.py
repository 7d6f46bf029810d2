"""The form ``kappa'psi(Xu)`` in integers, and the walk over a tree of cones that bounds it.

A row and its multiples become one primitive row x, by ``psi(t) = (r - l) t_+ + l t`` for slopes
r, l, those of ``(.)_+`` 1 and 0, and ``(-t)_+ = t_+ - t``; zero rows go. So ``factor kappa'psi(Xu)
= linear'u + sum_k weights_k (x_k'u)_+`` for all u (proofs/cones.md, C1); with a free bias the rows
are those of a chart. Every leaf of a tree has a p that bounds it.
The cones of ``+-b_1, ..., +-b_r`` cover the span of a basis; each has a tree, in preorder::

    0 i j a b                 cut the edge (i, j) at a r_i + b r_j: r_i moves there, then r_j
    1 e P_1 .. P_d c_1 .. c_r a leaf: p = 2^e unit P; theta_k = 1 where x_k'(sum c_i r_i) > 0
    2 + q                     a leaf: p and theta of peak q

With ``v_i = linear'r_i + sum w``, ``w = weight (x'r_i)_+`` where a row has one sign on the cone
or a positive weight, else ``theta weight x'r_i``, a leaf is proved by ``p'r_i >= v_i`` for all i.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import compress, product
from math import gcd, lcm
from operator import mul
from typing import Any

from ...kernel.numbers import Vector, cleared, dot
from ...kernel.primitives import side
from ...kernel.reading import Clock, Json, array, indices, require, whole
from ..instance import Chart, Instance

Ray = tuple[int, ...]


@dataclass(frozen=True)
class Form:
    """The rows, their weights, the linear part; ``square`` is ``(factor beta)^2``."""

    rows: list[Ray]
    weights: list[int]
    linear: list[int]
    factor: int
    square: Fraction
    places: list[tuple[int, int]]  # of each sample: its row, and what it is times; -1, 0

    def turned(self, s: int) -> "Form":
        """Return the form times a sign."""
        weights, linear = [s * t for t in self.weights], [s * t for t in self.linear]
        return replace(self, weights=weights, linear=linear)


def on_charts(D: Instance, witness: Json) -> Iterator[tuple[Chart, Json]]:
    """Yield the charts with their trees: with a free bias each has its own (C7)."""
    anchors = D.anchors()
    trees = array(witness, WHERE, len(anchors)) if D.bias == "free" else [witness]
    for anchor, read in zip(anchors, trees, strict=True):
        yield D.chart(anchor), read


def form_of(D: Instance, kappa: Vector, chart: Chart) -> Form:
    """Return the form of a rational dual variable on the rows of a chart."""
    rational = all(isinstance(t, int | Fraction) for t in kappa)
    require(rational, "field", "cones are proved over the rationals")
    numerators, den = cleared(kappa, D.clock)
    right, left, q = D.unit.whole_slopes
    places: dict[Ray, int] = {}
    samples: list[tuple[int, int]] = []
    weights: list[int] = []
    linear = [0] * chart.d
    for x, k in zip(chart.X, numerators, strict=True):
        D.clock.tick()
        divisor = gcd(*x)
        if not divisor:
            samples.append((-1, 0))
            continue
        lead = next(t for t in x if t)
        sign = 1 if lead > 0 else -1
        row = tuple(sign * t // divisor for t in x)
        at = places.setdefault(row, len(places))
        if at == len(weights):
            weights.append(0)
        weights[at] += k * divisor * (right - left)
        samples.append((at, sign * divisor))
        if away := left if sign > 0 else -right:
            linear = [b + k * divisor * away * t for b, t in zip(linear, row, strict=True)]
    factor = den * D.scale * q
    square = D.beta_squared * factor**2
    return Form(list(places), weights, linear, factor, square, samples)


def basis_of(D: Instance, F: Form, read: Json) -> list[Ray]:
    """Return integer rows in reduced echelon form whose span holds all rows."""
    where = "witness.dual"
    basis = []
    for row in array(read, where):
        D.clock.tick()
        basis.append(tuple(whole(t, where) for t in array(row, where, len(F.linear))))
    pivots = [next((j for j, t in enumerate(b) if t), 0) for b in basis]
    for i, b in enumerate(basis):
        fine = all((b[j] != 0) is (i == q) for q, j in enumerate(pivots))
        require(fine, where, "the basis is not in reduced echelon form")
    common = lcm(*(b[j] for b, j in zip(basis, pivots, strict=True)))
    for x in F.rows:
        D.clock.tick()
        shares = [x[j] * (common // b[j]) for b, j in zip(basis, pivots, strict=True)]
        fine = all(
            common * t == dot(shares, (b[j] for b in basis)) for j, t in enumerate(x)
        )
        require(fine, where, "a row is not in the span of the basis")
    return basis


def theta_of(read: Json, n: int) -> tuple[dict[int, int], int]:
    """Return shares of rows in [0, 1], and the common denominator that they are over."""
    places, shares, over = array(read, WHERE, 3)
    over, rows = whole(over, WHERE, 1), indices(places, n, WHERE)
    given = [whole(t, WHERE, 0, over) for t in array(shares, WHERE, len(rows))]
    return dict(zip(rows, given, strict=True)), over


WHERE = "witness.dual"
MOST_BITS = 1 << 14  # of the power of 2 of a leaf
# rows of both signs on a cone, and for each generator their values
Mixed = tuple[list[int], list[list[int]]]
# generators, the gradient of the rows that are positive on them, the mixed rows
Node = tuple[list[Ray], list[int], Mixed]


class Tokens:
    """The integers of a tree, read one by one."""

    def __init__(self, read: Json) -> None:
        self.read, self.at = array(read, WHERE), 0

    def next(self, low: int | None = None, high: int | None = None) -> int:
        """Return the next integer, which lies in low..high."""
        require(self.at < len(self.read), WHERE, "the tree ends too early")
        self.at += 1
        return whole(self.read[self.at - 1], WHERE, low, high)

    def several(self, number: int) -> list[int]:
        """Return the next integers."""
        return [self.next() for _ in range(number)]


class Walk:
    """The trees of one sign."""

    def __init__(
        self, clock: Clock, F: Form, sign: int, unit: Fraction, peaks: Sequence[Any]
    ) -> None:
        self.clock, self.sign, self.peaks = clock, sign, peaks
        self.F, self.unit = F.turned(sign), unit * F.factor
        self.reach = 0  # times max|r|: how far the form is off at an integer r
        # bits of |x|_1, so that x'r has no more than these and those of max|r|
        self.steep = max((sum(map(abs, x)) for x in F.rows), default=1).bit_length()

    def proved(self, basis: Sequence[Ray], read: Json) -> None:
        """Prove that the form is at most ``p'u`` on each leaf, and that leaves cover the span."""
        tokens = Tokens(read)
        for root in self.roots(basis):
            stack, held = [root], len(root[2][0])
            while stack:
                self.clock.tick()
                node = stack.pop()
                held -= len(node[2][0])
                node = self.settled(node)
                token = tokens.next(0)
                if token == 0:
                    stack += self.children(node, tokens)
                    held += 2 * len(node[2][0])
                    self.held(node, held)
                elif token == 1:
                    self.strict(node, tokens)
                else:
                    require(token - 2 < len(self.peaks), WHERE, "there is no such peak")
                    right = self.peaks[token - 2].sign == self.sign
                    require(right, WHERE, "a peak is of the other sign")
                    self.at_peak(node, token - 2)
        require(tokens.at == len(tokens.read), WHERE, "goes on after the last leaf")

    def roots(self, basis: Sequence[Ray]) -> Iterator[Node]:
        """Yield the cones of the basis."""
        for signs in product((1, -1), repeat=len(basis)):
            cone = [tuple(s * t for t in b) for s, b in zip(signs, basis, strict=True)]
            values: list[list[int]] = [[] for _ in cone]
            for x in self.F.rows:
                self.clock.tick()
                for column, r in zip(values, cone, strict=True):
                    column.append(dot(x, r))
            yield cone, self.F.linear, (list(range(len(self.F.rows))), values)

    def held(self, node: Node, waiting: int) -> None:
        """Refute the certificate where the cones that wait have no room."""
        cone, slope, _ = node
        longest = max((t.bit_length() for ray in cone for t in ray), default=1)
        rows = longest + self.steep
        longest = max(longest, *(t.bit_length() for t in slope))
        self.clock.hold(waiting * (len(cone) + 2), 64 + longest + rows, WHERE)

    def settled(self, node: Node) -> Node:
        """Return the node with rows of one sign taken from the mixed ones."""
        cone, slope, (rows, values) = node
        lows = list(map(min, zip(*values, strict=True)))
        highs = map(max, zip(*values, strict=True))
        mixed = [low < 0 < high for low, high in zip(lows, highs, strict=True)]
        if all(mixed):
            return node
        for k, low in zip(rows, lows, strict=True):
            if low >= 0:
                weight, row = self.F.weights[k], self.F.rows[k]
                slope = [s + weight * t for s, t in zip(slope, row, strict=True)]
        rest = [list(compress(column, mixed)) for column in values]
        return cone, slope, (list(compress(rows, mixed)), rest)

    def children(self, node: Node, tokens: Tokens) -> tuple[Node, Node]:
        """Return the two cones of a cut, the one that comes first last."""
        cone, slope, (rows, values) = node
        i, j = (tokens.next(0, len(cone) - 1) for _ in range(2))
        a, b = (tokens.next(1) for _ in range(2))
        require(i != j, WHERE, "an edge has one end")
        ray = [a * s + b * t for s, t in zip(cone[i], cone[j], strict=True)]
        divisor = gcd(*ray)
        m = tuple(t // divisor for t in ray)
        low, high = list(cone), list(cone)
        low[i], high[j] = m, m
        ends = zip(values[i], values[j], strict=True)
        lows, highs = list(values), list(values)
        lows[i] = highs[j] = [(a * s + b * t) // divisor for s, t in ends]
        return (high, slope, (rows, highs)), (low, slope, (rows, lows))

    def at_peak(self, node: Node, q: int) -> None:
        """Prove a leaf by a peak."""
        peak = self.peaks[q]
        theta = [peak.share(k) for k in node[2][0]]
        self.below(node, (peak.p, peak.den), theta, peak.whole)

    def strict(self, node: Node, tokens: Tokens) -> None:
        """Prove a leaf by a p of its own, shorter than beta."""
        cone, _, mixed = node
        e = tokens.next(0, MOST_BITS)
        p = [self.unit.numerator * t << e for t in tokens.several(len(self.F.linear))]
        c, den = tokens.several(len(cone)), self.unit.denominator
        short = side(p, p, self.F.square * den * den) < 0
        require(short, WHERE, "a p is not shorter than beta")
        theta = [dot(c, own) > 0 for own in zip(*mixed[1], strict=True)]
        self.below(node, (p, den), theta, 1)

    def below(
        self, node: Node, p: tuple[Sequence[int], int], theta: Sequence[int], whole_: int
    ) -> None:
        """Prove ``p'r >= v`` at each generator r of a leaf; theta is that of the mixed rows."""
        (cone, slope, (rows, values)), (num, den) = node, p
        weights = [self.F.weights[k] for k in rows]
        convex = [max(weight, 0) for weight in weights]
        chords = list(map(mul, map(min, weights, [0] * len(rows)), theta))
        for ray, column in zip(cone, values, strict=True):
            v = whole_ * (dot(slope, ray) + self.reach * max(map(abs, ray)))
            v += whole_ * sum(w * t for w, t in zip(convex, column, strict=True) if t > 0)
            v += dot(chords, column)
            above = side([whole_ * t for t in num], ray, den * v) >= 0
            require(above, WHERE, "a generator is above its p")
