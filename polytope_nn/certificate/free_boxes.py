"""The checker of problems with a free part at level ``interval``: :mod:`free` in boxes.

Standard library only. kappa, the weights e and lambda solve the system of :mod:`boxes` with
the columns that are fitted freely in front of X U; with a free bias each atom lives in a
chart, and two atoms of a face may be the ends of a flat (:func:`system.flat`).

Where labels are fitted exactly kappa may not be unique: then some entries are *pinned* at
rationals, by adding ``kappa_j - r_j`` to equation j. The ranges of the faces and Z span a
space that has y and is independent of the unit vectors of the pins; so both parts of the sum
vanish, and kappa is a dual optimum. The optimal set is that of any of them.
"""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING or __package__:
    from . import boxes, facts, free, functions
    from . import check as base
    from .intervals import Interval, Numbers, Row, axes_of, off
    from .system import Chart, Free, System, system_of
else:
    import boxes
    import check as base
    import facts
    import free
    import functions
    from intervals import Interval, Numbers, Row, axes_of, off
    from system import Chart, Free, System, system_of

Json: TypeAlias = Any  # what json.loads returns: used only behind a requirement on its type

WITNESS = f"{boxes.WITNESS} pins differ"


def pins_of(P: free.Problem, witness: Json) -> dict[int, Fraction]:
    """Return the pinned entries of kappa; with a loss there are none."""
    where = "witness.pins"
    at, values = base.array(witness, where, 2)
    rows = base.indices(at, P.D.n, where)
    pins = {
        j: P.D.field.rational(r, where)
        for j, r in zip(rows, base.array(values, where, len(rows)), strict=True)
    }
    base.require(P.exactly or not pins, where, "a loss leaves no entry of kappa free")
    return pins


def pinned(S: System) -> None:
    """Prove that the pins are free: their unit vectors complement a span that has y."""
    where, D = "witness.pins", S.D
    columns: list[Row] = list(S.Z)
    for f in S.faces:
        width = range(len(next(iter(f.V.values()), ())))
        columns += [
            [f.V[i][j] if i in f.V else Fraction(0) for i in range(D.n)] for j in width
        ]
    axes = axes_of(D, columns)
    units = [[Fraction(int(i == j)) for i in range(D.n)] for j in S.free.pins]
    apart = len(axes_of(D, [*axes, *units])) == len(axes) + len(units)
    base.require(apart, where, "an entry of kappa is not free")
    inside = not S.free.pins or not any(off(D, axes, list(D.y)))
    base.require(inside, where, "y is not in the span of the faces")


def sign(x: base.Scalar) -> int:
    """Return the sign of a rational, or of an interval that shows it."""
    if not isinstance(x, Interval):
        return base.sign(x)
    decided = x.low > 0 or x.high < 0 or x.low == x.high == 0
    base.require(decided, "claims.uniqueness", "the sign of a constant is not proved")
    return (x.low > 0) - (x.high < 0)


class Boxes:
    """The vertices as networks: weights, features and free parts in intervals."""

    def __init__(self, P: free.Problem, S: System, x: Numbers, supports: list[int]) -> None:
        self.P, self.S, self.atoms, self.kappa = P, S, S.atoms, x[: S.D.n]
        self.supports = supports
        G, N = boxes.gammas(S, self.kappa), range(len(S.atoms))
        at = [[a for a in N if support >> a & 1] for support in supports]
        self.vertices = [boxes.weights_of(S, x, G, a) for a in at]
        nothing = Interval(0, 0, S.bits)
        self.features = [
            [
                s * z if t > 0 else nothing
                for z, t in zip(S.products(a, self.kappa), row, strict=True)
            ]
            for a, (s, row) in enumerate(S.atoms)
        ]
        self.points = [functions.Point(c, self.free_part(c), []) for c in self.vertices]

    def free_part(self, c: dict[int, Interval]) -> base.Vector:
        """Return a of a vertex: ``Z a`` is what its neurons leave of the fit.

        From the samples where the fewest of its neurons are active; where none is and labels
        are fitted exactly, that is the label itself.
        """
        D = self.S.D
        fit, _ = boxes.fit_of(D, self.kappa)
        busy = [[a for a in c if self.atoms[a][1][k] > 0] for k in range(D.n)]
        left: base.Vector = [
            base.dot([-1 * c[a] for a in at], (self.features[a][k] for a in at))
            + (y if D.exactly else z)
            for k, (at, y, z) in enumerate(zip(busy, D.y, fit, strict=True))
        ]
        pivots = self.P.eliminated(sorted(range(D.n), key=lambda k: len(busy[k])))
        return free.reduced(pivots, left)[1]

    def signs(self) -> list[int]:
        """Return the sign of the constant of each vertex's free part."""
        return [sign(v.free[-1]) for v in self.points]

    def one_function(self, points: list[functions.Mixture]) -> bool:
        """Return whether all vertices, and so these points, are one function.

        They differ in how pairs of atoms share fixed totals. No flat is loose, so all pairs
        are opposite ones: all kinks are the same, and an affine function that vanishes at
        the samples is left. It is 0 when these span the space; and without a skip, because
        the w of atoms are in the span of the samples.
        """
        P = self.P
        affine = P.bias != "none" or P.constants
        rows = [[*x, Fraction(1)] if affine else x for x in P.X]
        spanned = len(axes_of(P.D, rows)) == len(rows[0])
        return bool(points) and (P.skip == "none" or spanned)

    def neuron(self, a: int) -> Numbers:
        """Return (w, b) of an atom."""
        g, anchor = self.S.direction(a, self.kappa), self.S.chart(a).anchor
        if anchor is not None:
            return [*g, -1 * base.dot(self.P.X[anchor], g)]
        return g if self.P.bias != "none" else [*g, Interval(0, 0, self.S.bits)]

    def value(self, i: int, x: base.Vector) -> Interval:
        """Return the value of a vertex's network at x."""
        affine = base.dot(self.P.affine(self.points[i].free), [*x, Fraction(1)])
        total: Interval = Interval(0, 0, self.S.bits) + affine
        for a, c in self.vertices[i].items():
            h = base.dot(self.neuron(a), [*x, Fraction(1)])
            above = Interval(max(h.low, 0), max(h.high, 0), h.bits)
            total += self.atoms[a][0] * (c * above)
        return total

    def differ(self, points: list[functions.Mixture], x: base.Vector) -> bool:
        """Return whether the functions of two points are proved to differ at x."""
        values = [[self.value(i, x)] for i in range(len(self.points))]
        (one, size), (other, length) = (
            functions.mixed(self.points, values, g) for g in points
        )
        gap = one[0] * length - other[0] * size
        return bool(gap.low > 0 or gap.high < 0)


def prove(read: Json, claims: Json, limits: base.Limits) -> None:
    """Prove the claims of a certificate of kind ``free`` in boxes."""
    witness = base.record(read["witness"], WITNESS, "witness")
    bits = boxes.bits_of(read["field"])
    P = free.Problem(read["data"], base.Field("Q", limits))
    S = system_of(
        P.D, claims["atoms"], witness, bits, free_of(P, pins_of(P, witness["pins"]))
    )
    base.require(not S.idle, "claims.atoms", "an atom is in no face")
    pinned(S)
    x = boxes.solved(S, witness)
    boxes.stated(P.D, x[: P.D.n], claims)
    E = facts.Exact(P.D, S.faces, S.Z, x[: P.D.n])
    for anchor, D, topes, proof in free.patterns(P, claims["patterns"], witness):
        boxes.dual(S, E, Chart(D, anchor), topes, proof)
    rank = len(S.faces) + S.linear
    supports = boxes.polytope(S, x, rank, claims, witness)
    free.shape(P, Boxes(P, S, x, supports), claims, witness, (supports, rank))


def free_of(P: free.Problem, pins: dict[int, Fraction]) -> Free:
    """Return what the system takes of a problem: charts, columns of Z, pins."""

    def make(anchor: int | None) -> Chart:
        return Chart(P.chart(anchor), anchor)

    return Free(P.anchors(), make, [P.Z[j] for j in P.independent], pins)
