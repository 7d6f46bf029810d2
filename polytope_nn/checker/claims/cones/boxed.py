"""Claim *dual* by cones at level *interval*: every decision strict, or true term by term.

A peak is a sign, the signs of the merged rows, and independent rows J among those of sign 0
which span these. Then ``s phi(u) - p'u`` is a sum of terms of known sign, but for convex rows
on the wrong side (proofs/cones.md, C6).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, inner, linear
from ...kernel.numbers import Vector, dot
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, indices, record, require, whole
from ..instance import Chart
from ..system.equations import System, axes_of
from .tree import WHERE, Form, Node, Walk, basis_of, form_of, on_charts, theta_of

Signs = tuple[int, ...]
MOST = 1 << 16  # bits of the rounded kappa
WAYS = 4096  # omegas that are kept at a time


@dataclass
class Weights:
    """The weights and the linear part of the form in intervals, times a sign."""

    rows: list[Interval]
    linear: Numbers

    def convex(self, k: int) -> bool:
        """Return whether a weight may be positive."""
        return self.rows[k].high > 0


@dataclass
class BoxPeak:
    """A peak: its signs, J, omega on J, coordinates of the other rows of sign 0 in J.

    ``theta`` are shares of concave rows among these others, 0 where none is told. ``ways``
    has omega for the sets of convex rows of sign 0 that were asked for.
    """

    sign: int
    signs: Signs
    tied: list[int]
    omega: Numbers
    shares: dict[int, Vector]
    theta: dict[int, Fraction]
    ways: dict[Signs, Numbers] = field(default_factory=dict)


class BoxWalk(Walk):
    """The trees of one sign, the form in intervals."""

    def over(self, weights: Weights, reach: int) -> "BoxWalk":
        """Return the walk with what kappa's intervals say."""
        self.W, self.reach = weights, reach
        self.kept = sum(len(peak.ways) for peak in self.peaks)
        return self

    def at_peak(self, node: Node, q: int) -> None:
        """Prove a leaf by a peak: terms of known sign, and at worst a strict comparison."""
        peak: BoxPeak = self.peaks[q]
        cone, _, (mixed, _) = node
        inside = [sum(t) for t in zip(*cone, strict=True)]
        sides = dict.fromkeys(mixed, 0)
        constant = {}
        for k, x in enumerate(self.F.rows):
            if k not in sides:
                t = dot(x, inside)
                constant[k] = (t > 0) - (t < 0)
        omega = self.way(peak, sides, constant)
        wrong = [
            k
            for k, s in enumerate(peak.signs)
            if s and self.W.convex(k) and (k in sides or constant[k] == -s)
        ]
        if not wrong:
            return
        for ray in cone:
            self.balanced(peak, ray, wrong, constant, omega)

    def way(
        self, peak: BoxPeak, mixed: dict[int, int], constant: dict[int, int]
    ) -> Numbers:
        """Return omega on J for the convex rows of sign 0 that are positive, proved inside."""
        W, ties = self.W, [k for k, s in enumerate(peak.signs) if s == 0]
        # those of J must be concave, or no multiplier is inside
        convex = [k for k in ties if W.convex(k) and k not in peak.tied]
        require(
            not any(k in mixed for k in convex), WHERE, "a convex row of a peak is mixed"
        )
        positive = tuple(k for k in convex if constant[k] > 0)
        if positive not in peak.ways:
            omega = list(peak.omega)
            for f, share in ({f: Fraction(1) for f in positive} | peak.theta).items():
                row = [t * share for t in peak.shares[f]]
                omega = [w + W.rows[f] * t for w, t in zip(omega, row, strict=True)]
            for k, w in zip(peak.tied, omega, strict=True):
                self.clock.tick()
                strict = w.low > 0 and (w + W.rows[k]).high < 0
                require(strict, WHERE, "a multiplier of a peak is not proved inside")
            self.keep(peak, positive, omega)
        return peak.ways[positive]

    def keep(self, peak: BoxPeak, positive: Signs, omega: Numbers) -> None:
        """Keep what was found; of too much that is kept nothing is, and it is found again."""
        self.kept += 1
        if self.kept > WAYS:
            for other in self.peaks:
                other.ways.clear()
            self.kept = 1
        peak.ways[positive] = omega

    def balanced(
        self,
        peak: BoxPeak,
        ray: Sequence[int],
        wrong: Sequence[int],
        constant: dict[int, int],
        omega: Numbers,
    ) -> None:
        """Prove that at a generator convex rows add no more than the others take away."""
        W, total = self.W, 0
        for k in wrong:
            t = dot(self.F.rows[k], ray)
            total -= W.rows[k].high * abs(t) if t * peak.signs[k] < 0 else 0
        if not total:
            return
        multipliers = dict(zip(peak.tied, omega, strict=True))
        multipliers |= {k: W.rows[k] * -share for k, share in peak.theta.items()}
        for k, side in constant.items():
            self.clock.tick()
            s = peak.signs[k]
            if side in (0, s) or W.convex(k):
                continue
            t = abs(dot(self.F.rows[k], ray))
            if s:
                total -= W.rows[k].high * t
            elif k in multipliers and side < 0:
                total += multipliers[k].low * t
            elif side > 0:
                taken = W.rows[k] + multipliers[k] if k in multipliers else W.rows[k]
                total -= taken.high * t
        require(total >= 0, WHERE, "a generator is above its peak")


def weights_of(
    F: Form, kappa: Numbers, slopes: tuple[int, int, int], s: int, bits: int
) -> Weights:
    """Return the weights of the merged rows in intervals, of the sign s; rows are in integers."""
    right, left, q = slopes
    found: list[list[tuple[int, int]]] = [[] for _ in F.rows]
    away: list[tuple[int, int, int]] = []
    for i, (at, factor) in enumerate(F.places):
        if at >= 0:
            found[at].append((i, s * abs(factor) * (right - left)))
        if factor and (slope := left if factor > 0 else right):
            away.append((i, at, s * factor * slope))
    rows = [
        linear([c for _, c in terms], q, [kappa[i] for i, _ in terms], bits)
        for terms in found
    ]
    own = [kappa[i] for i, _, _ in away]
    width = range(len(F.linear))
    lines = [linear([c * F.rows[at][j] for _, at, c in away], q, own, bits) for j in width]
    return Weights(rows, lines)


def peak_of(
    of: tuple[System, Chart], F: Form, weights: dict[int, Weights], read: Json
) -> BoxPeak:
    """Return a listed peak: that of an atom, or one that is proved shorter than beta."""
    S, chart = of
    D, n, bits = S.D, len(F.rows), S.bits
    tight = type(read) is dict and "atom" in read
    more = type(read) is dict and "theta" in read
    keys = "atom tied" if tight else "sign signs tied"
    record(read, keys + " theta" * more, WHERE)
    if tight:
        s, covector = S.atoms[whole(read["atom"], WHERE, 0, len(S.atoms) - 1)]
        passes = chart.anchor is None or covector[chart.anchor] == 0
        require(passes, WHERE, "the kink of a peak does not pass through the sample")
        signs = merged(F, covector)
    else:
        s = whole(read["sign"], WHERE, -1, 1)
        signs = tuple(whole(t, WHERE, -1, 1) for t in array(read["signs"], WHERE, n))
    require(s != 0, WHERE, "a peak has no sign")
    W, tied = weights[s], indices(read["tied"], n, WHERE)
    require(all(signs[k] == 0 for k in tied), WHERE, "a row of a peak is not tied")
    active, width = [k for k, t in enumerate(signs) if t > 0], range(chart.d)
    own = [W.rows[k] for k in active]
    a = [linear([F.rows[k][j] for k in active], 1, own, bits) + W.linear[j] for j in width]
    duals = dual_of(S, [[*map(Fraction, F.rows[k])] for k in tied])
    omega = [combined(w, a, bits) for w in duals]
    shares: dict[int, Vector] = {}
    others = [k for k, t in enumerate(signs) if t == 0 and k not in tied]
    for k in others:
        D.clock.tick()
        shares[k] = [dot(w, F.rows[k]) for w in duals]
        terms = zip(shares[k], (F.rows[m] for m in tied), strict=True)
        place = (WHERE, "a tied row is not in the span of J")
        combination(terms, F.rows[k], D.clock.tick, place)
    if not tight:
        off = [linear([F.rows[m][j] for m in tied], 1, omega, bits) for j in width]
        p = [x - t for x, t in zip(a, off, strict=True)]
        square = inner(p, p, bits) - D.beta_squared * D.scale**2
        require(square.high < 0, WHERE, "a peak is not proved shorter than beta")
    given, over = theta_of(read["theta"], n) if more else ({}, 1)
    theta = {k: Fraction(t, over) for k, t in given.items()}
    concave = all(k in shares and not W.convex(k) for k in theta)
    require(concave, WHERE, "a theta is not of a concave row of sign 0 off J")
    return BoxPeak(s, signs, tied, omega, shares, theta)


def merged(F: Form, covector: Sequence[int]) -> Signs:
    """Return the signs of an atom on the merged rows."""
    found: dict[int, int] = {}
    for (at, factor), t in zip(F.places, covector, strict=True):
        if at >= 0:  # its parallels have the same: each sign of X g is proved, or 0
            found[at] = t if factor > 0 else -t
    return tuple(found[k] for k in range(len(F.rows)))


def combined(w: Vector, a: Numbers, bits: int) -> Interval:
    """Return the product of a rational vector and intervals."""
    found = Interval(0, 0, bits)
    for t, x in zip(w, a, strict=True):
        found = found + x * t
    return found


def dual_of(S: System, rows: Sequence[Vector]) -> list[Vector]:
    """Return the w_k in the span of independent rows with ``w_k'x_l = [k = l]``."""
    require(len(axes_of(S.D, rows)) == len(rows), WHERE, "the rows J are dependent")
    found = []
    for k, x in enumerate(rows):
        others = [z for m, z in enumerate(rows) if m != k]
        w: Vector = list(x)
        for axis, square in axes_of(S.D, others):
            share = Fraction(dot(w, axis), square)
            w = [t - share * z for t, z in zip(w, axis, strict=True)]
        length = dot(w, x)
        found.append([Fraction(t) / length for t in w])
    return found


def feasible_in_boxes(S: System, kappa: Numbers, witness: Json) -> None:
    """Prove ``|kappa'(Xu)_+| <= beta |u|`` for all u, equality on the rays of atoms only.

    With a free bias each chart has its trees (C7): the system has ``1'kappa = 0``, and the kink
    of each of its atoms passes through a sample.
    """
    for chart, read in on_charts(S.D, witness):
        bounded_in_boxes(S, kappa, chart, read)


def bounded_in_boxes(S: System, kappa: Numbers, chart: Chart, witness: Json) -> None:
    """Prove it on the rows of a chart, by trees of both signs."""
    D = S.D
    record(witness, "unit grain basis peaks trees", WHERE)
    grain = 1 << whole(witness["grain"], WHERE, 0, MOST)
    near = [Fraction((t.low + t.high) * grain >> S.bits + 1, grain) for t in kappa]
    F = form_of(D, [*near], chart)
    one = 1 << S.bits
    slopes = right, left, q = D.unit.whole_slopes
    steepest, off = Fraction(max(abs(right), abs(left)), q), Fraction(0)
    for t, x, r in zip(kappa, chart.X, near, strict=True):
        far = max(Fraction(t.high, one) - r, r - Fraction(t.low, one))
        off += far * steepest * sum(map(abs, x))
    scaled = off * F.factor / D.scale
    reach = -(-scaled.numerator // scaled.denominator)
    unit = D.field.rational(witness["unit"], WHERE)
    basis = basis_of(D, F, witness["basis"])
    weights = {s: weights_of(F, kappa, slopes, s, S.bits) for s in (1, -1)}
    listed = array(witness["peaks"], WHERE)
    peaks: list[BoxPeak] = []
    held = 0
    for read in listed:
        D.clock.tick()
        held += len(F.rows)
        peaks.append(peak_of((S, chart), F, weights, read))
        held += 16 * sum(map(len, peaks[-1].shares.values()))
        D.clock.hold(held, 64, WHERE)
    for s, tree in zip((1, -1), array(witness["trees"], WHERE, 2), strict=True):
        BoxWalk(D.clock, F, s, unit, peaks).over(weights[s], reach).proved(basis, tree)
