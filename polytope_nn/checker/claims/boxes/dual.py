"""Claims *dual*, *optimum*, *atoms* at level *interval*: every decision is strict, or exact."""

from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, enclosed, inner, valued
from ...kernel.numbers import Vector, bits, dot, over_common
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, indices, require, whole
from ..dual import Charted, multipliers, per_sign
from ..instance import Chart, Instance
from ..system.equations import System
from ..system.identities import Exact, dual_basis

DUAL = "witness.dual"


def fit_of(D: Instance, kappa: Numbers) -> tuple[Numbers, Interval]:
    """Return the fit ``y - kappa/weights`` and the objective ``L(fit) + kappa'fit``."""
    off_y = [k * D.inverse(i) for i, k in enumerate(kappa)]
    fit = [y - t for y, t in zip(D.y, off_y, strict=True)]
    bits = kappa[0].bits
    return fit, inner(kappa, off_y, bits) * Fraction(1, 2) + inner(kappa, fit, bits)


def optimum(D: Instance, kappa: Numbers, claims: Json) -> None:
    """Prove the claimed ends of kappa, fit and objective."""
    for name, listed in (("dual", "kappa"), ("optimum", "fit")):
        array(claims[name][listed], f"claims.{name}", D.n)
    fit, value = fit_of(D, kappa)
    for i in range(D.n):
        D.clock.tick()
        enclosed(D.clock, claims["dual"]["kappa"][i], kappa[i], "claims.dual")
        enclosed(D.clock, claims["optimum"]["fit"][i], fit[i], "claims.optimum")
    valued(D.clock, claims["optimum"]["objective"], value, "claims.optimum")


def bounded(S: System, E: Exact, charted: Charted) -> None:
    """Prove that kappa is feasible on a chart, and that the atoms are all there are (T2).

    Per tope and sign: a multiplier with ``|p| < beta``, as integers; or an atom and rows R
    with ``p = g - sum_R mu_k s_k x_k``, an identity in kappa with ``mu >= 0``.
    """
    right, left, q = S.D.unit.whole_slopes
    n = S.D.n
    sees = Seen(E, Bases(S, charted.chart), ([left] * n, [right] * n), q)
    for active, s, read in per_sign(S.D, charted):
        sees.below(active, s, read)


class Seen:
    """What neurons see on a chart: kappa times a factor per row, inactive or active, over q."""

    def __init__(
        self, E: Exact, bases: "Bases", factors: tuple[list[int], list[int]], q: int
    ) -> None:
        self.E, self.bases, self.factors, self.q = E, bases, factors, q
        self.pulls = Pulls(bases.chart, [(x.low, x.high) for x in E.kappa], factors)

    def below(self, active: int, s: int, read: Json) -> None:
        """Prove one bound strict, or tight at an atom."""
        D, chart, bits_ = self.bases.S.D, self.bases.chart, self.bases.S.bits
        q, beta = self.q, Fraction(D.beta_squared)
        pull = self.pulls.of(active)
        if len(array(read, DUAL)) == 2:
            self.tight(active, s, read)
            return
        push, m = [0] * len(pull), 1
        if read:
            places, mu, m = multipliers(D, read, D.n)
            mu = [t if active >> k & 1 else -t for k, t in zip(places, mu, strict=True)]
            push = [q * dot(mu, [c[k] for k in places]) << bits_ for c in chart.columns]
        # the ends of p in units of 2^-bits / (scale q m), exactly
        p = [(s * m * x + t, s * m * z + t) for (x, z), t in zip(pull, push, strict=True)]
        square = sum(max(x * x, z * z) for x, z in p)
        unit = (D.scale * q * m << bits_) ** 2
        strict = square * beta.denominator < beta.numerator * unit
        require(strict, DUAL, "a bound is not proved to be below beta")

    def tight(self, active: int, s: int, read: Json) -> None:
        """Prove one bound tight at a listed atom: its multipliers, linear in kappa, are >= 0.

        ``p - g = s sum_i kappa_i (x_i - v_i)`` over active rows, ``v_i = 0`` on the kink, lies in
        the span of the kink's rows, where ``w_k`` gives the coordinates and ``w_k'v_i = 0``.
        Off the kink factors are the slopes; on it they may be others (three-layer D13).
        """
        S, chart, (low, high) = self.bases.S, self.bases.chart, self.factors
        a = whole(read[0], DUAL, 0, len(S.atoms) - 1)
        R = indices(read[1], S.D.n, DUAL)
        own, covector = S.atoms[a]
        signs = [t == 0 or (t > 0) == bool(active >> k & 1) for k, t in enumerate(covector)]
        passes = chart.anchor is None or covector[chart.anchor] == 0
        pressed = all(covector[k] == 0 for k in R)
        right, left, q = S.D.unit.whole_slopes
        full = all(
            (high[k] * q == right * self.q if t > 0 else low[k] * q == left * self.q)
            for k, t in enumerate(covector)
            if t
        )
        inside = own == s and all(signs) and passes and pressed and full
        require(inside, DUAL, "an atom is not in this tope's closed cone")
        for k, products in zip(R, self.bases.of(a, R), strict=True):
            S.D.clock.tick()
            turn = Fraction(-s if active >> k & 1 else s, self.q)
            form = [
                turn * (high if active >> i & 1 else low)[i] * t
                for i, t in enumerate(products)
            ]
            self.E.not_negative(form, DUAL, "a multiplier is not proved to be >= 0")


def ends(
    column: Vector, numbers: list[tuple[int, int]], factors: list[int]
) -> list[tuple[int, int]]:
    """Return the ends of ``factors_k column_k numbers_k`` for all k, in the same units."""
    turned = [f * c for f, c in zip(factors, column, strict=True)]
    return [
        (c * x, c * z) if c > 0 else (c * z, c * x)
        for c, (x, z) in zip(turned, numbers, strict=True)
    ]


class Bases:
    """Dual bases of the rows that press on the atoms of a chart; the last one is kept."""

    def __init__(self, S: System, chart: Chart) -> None:
        self.S, self.chart = S, chart
        self.last: tuple[int, list[int]] | None = None
        self.products: list[Vector] = []

    def of(self, a: int, R: list[int]) -> list[Vector]:
        """Return ``X w_k`` for the dual basis of the rows R, which span the atom's kink."""
        if self.last != (a, R):
            self.products, self.last = self.made(a, R), (a, R)
        return self.products

    def made(self, a: int, R: list[int]) -> list[Vector]:
        """Return them anew: R is a basis of the rows on the kink of the atom."""
        D, X = self.S.D, self.chart.X
        rows = [X[k] for k in R]
        W = dual_basis(D, rows, self.S.hints.ask("basis", rows), DUAL)
        found = [images(w, X) for w in W]
        for k, t in enumerate(self.S.atoms[a][1]):
            if t == 0 and k not in R:
                place = (DUAL, "a row is not in a span it must be in")
                shares = [products[k] for products in found]
                terms = zip(shares, rows, strict=True)
                combination(terms, X[k], D.clock.tick, place)
        return found


def images(w: Vector, X: list[Vector]) -> Vector:
    """Return ``X w``."""
    num, den = over_common(w)
    return [Fraction(1, den) * dot(num, x) for x in X]


class Pulls:
    """The ends of ``X'D kappa`` of topes, each from the one before: few rows turn.

    From a tope to its opposite all do, and what both pull together is known.
    """

    def __init__(
        self,
        chart: Chart,
        kappa: list[tuple[int, int]],
        factors: tuple[list[int], list[int]],
    ) -> None:
        self.every = bits(chart.rows)
        listed = [[ends(c, kappa, own) for c in chart.columns] for own in factors]
        # per row, inactive and active: low and high ends of the first entry, the second, ...
        self.sides = {
            k: [[t for column in of for t in column[k]] for of in listed]
            for k in chart.rows
        }
        nothing = [0] * (2 * chart.d)
        inactive = [nothing, *(low for low, _ in self.sides.values())]
        self.active, self.pull = 0, list(map(sum, zip(*inactive, strict=True)))
        turned = [self.pull, *(high for _, high in self.sides.values())]
        self.both = list(map(sum, zip(*turned, strict=True)))

    def of(self, active: int) -> list[tuple[int, int]]:
        """Return the ends of each entry for a tope, its active rows as bits."""
        turned = (active ^ self.active) & self.every
        if 2 * turned.bit_count() > len(self.sides):
            self.pull = [x - t for x, t in zip(self.both, self.pull, strict=True)]
            turned ^= self.every
        pull = self.pull
        while turned:
            bit = turned & -turned
            low, high = self.sides[bit.bit_length() - 1]
            new, old = (high, low) if active & bit else (low, high)
            pull = [t + a - b for t, a, b in zip(pull, new, old, strict=True)]
            turned ^= bit
        self.active, self.pull = active, pull
        return list(zip(pull[::2], pull[1::2], strict=True))
