"""Claim *uniqueness* at level *interval*: the vertices as networks, in intervals."""

from collections.abc import Sequence
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, linear
from ...kernel.numbers import Vector, dot
from ...kernel.numbers import sign as sign_of
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, indices, rationals, record, require
from ..functions import (
    CLAIM,
    CONTINUUM,
    ONE_NETWORK,
    WITNESS,
    Family,
    Mixture,
    fixed,
    nowhere,
    stated,
)
from ..instance import reduced
from ..system.equations import System
from ..system.grouping import direction, products
from .polytope import Gammas, Weights, fit_of


def sign(x: Interval | Fraction | int) -> int:
    """Return the sign of a rational, or of an interval that shows it."""
    if not isinstance(x, Interval):
        return sign_of(x)
    require(x.sign is not None, CLAIM, "the sign of a constant is not proved")
    return int(x.sign or 0)


class Boxes:
    """The vertices as networks: weights, features and free parts in intervals."""

    def __init__(self, S: System, x: Numbers, G: Gammas, supports: list[int]) -> None:
        self.S, self.D, self.kappa, self.supports = S, S.D, x[: S.D.n], supports
        N = range(len(S.atoms))
        weights = Weights(S, x, G)
        at = ([a for a in N if support >> a & 1] for support in supports)
        self.vertices = [weights.of(a) for a in at]
        self.fit = fit_of(S.D, self.kappa)[0]

    def free_part(self, i: int) -> Vector:
        """Return a of a vertex: ``Z a`` is what its neurons leave of the fit.

        From the samples where the fewest of its neurons are active; where none is and labels
        are fitted exactly, that is the label itself.
        """
        S, D, c = self.S, self.D, self.vertices[i]
        busy = [0] * D.n
        left: Vector = [y if D.exactly else z for y, z in zip(D.y, self.fit, strict=True)]
        for a, weight in c.items():
            s, covector = S.atoms[a]
            for k, z in enumerate(products(S, a, self.kappa)):
                if covector[k] > 0:
                    busy[k] += 1
                    left[k] = (-s * weight) * z + left[k]
        pivots = D.eliminated(sorted(range(D.n), key=busy.__getitem__))
        return reduced(pivots, left)[1]

    def constants(self) -> list[int]:
        """Return the sign of the constant of each vertex's free part."""
        return [sign(self.free_part(i)[-1]) for i in range(len(self.vertices))]

    def neuron(self, a: int) -> Numbers:
        """Return (w, b) of an atom."""
        S, D = self.S, self.D
        g, anchor = direction(S, a, self.kappa), S.anchor(a)
        if anchor is not None:
            row = [-x for x in D.X[anchor][: D.inputs]]
            return [*g, linear(row, D.scale, g, S.bits)]
        return g if D.bias != "none" else [*g, Interval(0, 0, S.bits)]

    def value(self, i: int, x: Vector) -> Interval:
        """Return the value of a vertex's network at x."""
        D, seen = self.D, [*x, Fraction(1)]
        total: Interval = dot(D.affine(self.free_part(i)), seen) + Interval(
            0, 0, self.S.bits
        )
        for a, c in self.vertices[i].items():
            h: Interval = dot(self.neuron(a), seen)
            above = Interval(max(h.low, 0), max(h.high, 0), h.bits)
            total += self.S.atoms[a][0] * (c * above)
        return total

    def mixed(self, mixture: Mixture, x: Vector) -> tuple[Interval, Interval | int]:
        """Return the value of a mixture times a positive number, and that number."""
        i, j = mixture
        if i == j:
            return self.value(i, x), 1
        a, b = self.free_part(i)[-1], self.free_part(j)[-1]
        return self.value(j, x) * a - self.value(i, x) * b, a - b

    def differ(self, points: Sequence[Mixture], x: Vector) -> bool:
        """Return whether the functions of two points are proved to differ at x."""
        (one, size), (other, length) = (self.mixed(g, x) for g in points)
        apart = one * length - other * size
        return apart.low > 0 or apart.high < 0

    def spanned(self) -> None:
        """Prove that an affine function that vanishes at the samples is 0.

        Vertices differ in how pairs of atoms share fixed totals. No flat is loose, no two that
        are alike are used, so all pairs are opposite ones: all kinks are the same, and an
        affine function that vanishes at the samples is left. It is 0 when these span the space;
        and without a skip, because the w of atoms are in the span of the samples; with a
        constant and a free bias in that of their differences.
        """
        D = self.D
        if D.skip == "none" or (D.bias == "free" and not D.sloped):
            return
        affine = D.bias != "none" or D.constants
        unit, ones = Fraction(1, D.scale), [Fraction(1)] * affine
        rows = [[*(unit * t for t in x[: D.inputs]), *ones] for x in D.X]
        hints = self.S.hints.ask("span", rows)
        for j, read in enumerate(array(hints, CLAIM, len(rows[0]))):
            parts = rationals(read, D.n, CLAIM)
            target = [int(i == j) for i in range(len(rows[0]))]
            place = (CLAIM, "is not what follows from the rest")
            combination(zip(parts, rows, strict=True), target, D.clock.tick, place)

    def moves(self, F: Family, points: Sequence[Mixture]) -> bool:
        """Return whether neurons that these points use are proved to move along their bias.

        Between the ends of a flat both kinks are tight, with one w: their covectors tell
        (F4). Two last kinks of opposite signs that are one face of the system (F7) rise
        together. One last kink rises where constants are free.
        """
        used = F.used(points)
        if any(upper is not None for _, upper in F.flats(used)):
            return True
        pairs = [f.atoms for f in self.S.faces if f.paired and not f.opposite]
        if any(all(used >> a & 1 for a in pair) for pair in pairs):
            return True
        return F.rising() and not self.D.unmade


def uniqueness(B: Boxes, claim: Json, witness: Json) -> None:
    """Prove the verdict, and whether the optimum is attained."""
    D = B.D
    verdict, attained = stated(claim)
    alike = [f.atoms for f in B.S.faces if f.alike]
    F = Family(D, B.S.atoms, B.supports, [], alike)
    rising = F.rising()
    if D.unmade and not rising:
        F.constants = B.constants()
    points = F.everywhere if rising or not attained else F.attained_at()
    if not attained:
        nowhere(F)
    moving = B.moves(F, points)
    reached = points and (moving or not (D.unmade and rising))
    require(reached, CLAIM, "no network is shown to attain the optimum")
    if verdict != CONTINUUM:
        require(witness is None, WITNESS, "is not asked for")
        fixed(F, verdict, attained=attained)
        if verdict != ONE_NETWORK:
            B.spanned()
    elif moving or any(not (D.limited and a[-1]) for a in D.lines):
        require(witness is None, WITNESS, "is not asked for")
    else:
        record(witness, "points x", WITNESS)
        pair = indices(array(witness["points"], WITNESS, 2), len(points), WITNESS)
        at = [D.field.rational(t, WITNESS) for t in array(witness["x"], WITNESS, D.inputs)]
        require(B.differ([points[i] for i in pair], at), WITNESS, "they agree there")
