"""The checker of problems with something free of price: skip connections, biases.

It stands on :mod:`check`, lies beside it, is called by it and like it imports the standard
library only. A network is ``sum_a c_a s_a (w_a'x + b_a)_+ + z(x)'a`` with ``z(x)`` the features
of the free part: those of the skip, and 1. The columns of Z are its values at the samples,
and the optimal set is ``{(c, a) : c >= 0, F c + Z a = fit}`` (THEORY §8). With
``Z'kappa = 0`` everything is as without Z, modulo Z: the features and the fit are *reduced*,
by elimination, to what is 0 exactly for the combinations of Z.

``weights: null`` says that the labels are fitted exactly (then beta is 1). With a free bias
the price of (w, b) is ``|w|``; Z has a column of ones, and for fixed w the dual value is
piecewise linear in b, its extremes at the kinks: the arrangement of the differences
``x_i - x_k`` is a *chart* of the neurons whose kink passes through the sample k.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING or __package__:
    from . import check as base
    from . import functions, walks
else:
    import check as base
    import functions
    import walks

Json: TypeAlias = Any  # what json.loads returns: used only behind a requirement on its type

CLAIMS = base.CLAIMS | {"patterns": "counts", "uniqueness": "verdict attained"}
KINDS = {
    "free": CLAIMS,
    "free_path": {name: CLAIMS[name] for name in ("patterns", "dual", "optimum")}
    | {"path": walks.KINDS["path"]["path"]},
    "free_separation": CLAIMS | {"separation": walks.KINDS["separation"]["separation"]},
}
WITNESS = "patterns dual cover rank components differ"
SKIPS = ("none", "linear", "affine")
BIASES = ("none", "penalised", "free")
Shape: TypeAlias = tuple[list[int], int]  # the supports of the vertices, the rank
SHAPE = ("widths", "components", "threshold", "theorems")


@dataclass
class Pivot:
    """A combination of columns of Z that is 1 at the sample ``row``, 0 at earlier pivots."""

    row: int
    values: base.Vector
    shares: base.Vector


def reduced(pivots: Sequence[Pivot], v: base.Vector) -> tuple[base.Vector, base.Vector]:
    """Return ``v - Z a``, 0 at the rows of the pivots, and a; [] without a pivot."""
    a: base.Vector = []
    for p in pivots:
        t = v[p.row]
        v = [x - t * z for x, z in zip(v, p.values, strict=True)]
        a = [x + t * z for x, z in zip(a or [0] * len(p.shares), p.shares, strict=True)]
    return v, a


class Problem:
    """The instance: samples as neurons see them, the charts, Z and what it eliminates."""

    def __init__(self, read: Json, field: base.Field) -> None:
        where = "data"
        base.record(read, "X y weights beta_squared bias skip", where)
        for name, words in (("bias", BIASES), ("skip", SKIPS)):
            known = type(read[name]) is str and read[name] in words
            base.require(known, where, f"{name} is none of {', '.join(words)}")
        self.bias, self.skip = read["bias"], read["skip"]
        self.exactly = read["weights"] is None
        rows = [base.array(row, where) for row in base.array(read["X"], where)]
        weights = ["1"] * len(rows) if self.exactly else read["weights"]
        self.rest = {
            "y": read["y"],
            "beta_squared": read["beta_squared"],
            "weights": weights,
        }
        ones = [] if self.bias == "none" else ["1"]
        self.D = base.Data({"X": [row + ones for row in rows], **self.rest}, field)
        self.d = self.D.d - len(ones)
        base.require(self.d, where, "X is empty")
        self.D.priced = self.d if self.bias == "free" else self.D.d
        self.D.exactly = self.exactly
        fine = not self.exactly or self.D.beta_squared == 1
        base.require(fine, where, "labels are fitted exactly with beta 1")
        self.X = [[Fraction(x, self.D.scale) for x in row[: self.d]] for row in self.D.X]
        self.constants = self.skip == "affine" or self.bias == "free"
        self.Z = [] if self.skip == "none" else [list(z) for z in zip(*self.X, strict=True)]
        self.Z += [[Fraction(1)] * self.D.n] * self.constants
        self.lines: list[base.Vector] = []  # a basis of the a with Z a = 0
        self.independent: list[
            int
        ] = []  # the columns that are no combinations of earlier ones
        self.pivots = self.eliminated(range(self.D.n))

    def eliminated(self, order: Sequence[int]) -> list[Pivot]:
        """Return pivots for independent columns of Z, their rows the first in the order."""
        pivots: list[Pivot] = []
        self.lines, self.independent = [], []
        for j, z in enumerate(self.Z):
            self.D.field.tick()
            values, taken = reduced(pivots, z)
            shares = [int(i == j) - t for i, t in enumerate(taken or [0] * len(self.Z))]
            row = next((k for k in order if values[k]), None)
            if row is None:
                self.lines.append(shares)
            else:
                self.independent.append(j)
                unit = 1 / values[row]
                pivot = Pivot(row, [unit * t for t in values], [unit * t for t in shares])
                pivots.append(pivot)
        return pivots

    @property
    def limited(self) -> bool:
        """Whether constants are free only in the limit of large biases."""
        return bool(self.bias == "free" and self.skip != "affine")

    def reduced(self, v: base.Vector) -> tuple[base.Vector, base.Vector]:
        """Return ``v - Z a``, 0 at the rows of the pivots, and a; linear, and 0 on Z."""
        return reduced(self.pivots, v)

    def modulo(self, v: base.Vector) -> base.Vector:
        """Return v modulo Z: 0 iff it is a combination of what is free."""
        return self.reduced(v)[0]

    def anchors(self) -> list[int | None]:
        """Return what tells the charts: with a free bias the distinct samples."""
        first: dict[tuple[int, ...], int] = {}
        for k, x in enumerate(self.D.X if self.bias == "free" else []):
            first.setdefault(tuple(x), k)
        return [*first.values()] or [None]

    def chart(self, anchor: int | None) -> base.Data:
        """Return the data of a chart: rows ``x_i - x_anchor``, or those that neurons see."""
        if anchor is None:
            return self.D
        D, a = copy(self.D), self.D.X[anchor][: self.d]
        D.X = [[s - t for s, t in zip(x, a, strict=False)] for x in self.D.X]
        D.d, D.rows = self.d, [k for k, x in enumerate(D.X) if any(x)]
        D.field.tick()
        return D

    def affine(self, a: base.Vector) -> base.Vector:
        """Return the free part as slope and offset, shape (d + 1,)."""
        a = a or [Fraction(0)] * len(self.Z)
        slope = a[: self.d] if self.skip != "none" else [Fraction(0)] * self.d
        return [*slope, a[-1] if self.constants else Fraction(0)]


def patterns(
    P: Problem, claim: Json, witness: Json
) -> Iterator[tuple[int | None, base.Data, Iterator[int], Json]]:
    """Yield per chart its anchor, its data, its topes and what is said of their bounds."""
    anchors = P.anchors()
    counts = base.array(claim["counts"], "claims.patterns", len(anchors))
    trees = base.array(witness["patterns"], "witness.patterns", len(anchors))
    proofs = base.array(witness["dual"], "witness.dual", len(anchors))
    for anchor, count, tree, proof in zip(anchors, counts, trees, proofs, strict=True):
        D = P.chart(anchor)
        own = {"claim": "patterns", "count": count}
        yield anchor, D, base.patterns(D, own, tree), proof


def dual(
    P: Problem,
    kappa: base.Vector,
    atoms: list[base.Atom] | None,
    claim: Json,
    witness: Json,
) -> None:
    """Prove that kappa is feasible and, when atoms are given, that there is no other."""
    for z in P.Z:
        orthogonal = base.zero(base.dot(z, kappa))
        base.require(orthogonal, "claims.dual", "kappa is not orthogonal to what is free")
    reached: set[int] = set()
    for anchor, D, topes, proof in patterns(P, claim, witness):
        passing = {
            i: base.Atom(a.sign, a.g[: D.d], a.den, [])
            for i, a in enumerate(atoms or [])
            if anchor is None or base.zero(base.dot(P.D.X[anchor], a.g))
        }
        own = None if atoms is None else list(passing.values())
        base.dual(D, kappa, topes, proof, own)
        reached.update(passing)
    at_samples = len(reached) == len(atoms or [])
    base.require(at_samples, "claims.atoms", "the kink of an atom passes through no sample")


def optimum(P: Problem, kappa: base.Vector, claim: Json) -> base.Vector:
    """Return the fit: that of the loss, or the labels, of the cost ``kappa'y``."""
    if not P.exactly:
        return base.optimum(P.D, kappa, claim)
    where, field = "claims.optimum", P.D.field
    listed = field.vector(claim["fit"], P.D.n, where)
    base.require(base.same(listed, P.D.y), where, "the fit is not y")
    cost = base.dot(kappa, P.D.y)
    equal = base.zero(field.number(claim["objective"], where) - cost)
    base.require(equal, where, "the cost is not kappa'y")
    return list(P.D.y)


def shape(
    P: Problem, F: functions.Family, claims: Json, witness: Json, found: Shape
) -> dict[int, list[int]]:
    """Return the labels of the vertices by width, after proving widths and uniqueness.

    Where neurons in use move along their bias, or constants are free in the limit only,
    widths are not defined and their claims are null.
    """
    supports, rank = found
    labels: dict[int, list[int]] = {}
    if P.limited or functions.attained(P, F).loose:
        base.antichain(P.D, supports)
        base.array(witness["components"], "witness.components", 0)
        for name in SHAPE:
            base.equal(claims[name], dict.fromkeys(CLAIMS[name].split()), name)
    else:
        labels = base.staircase(P.D, claims, witness["components"], supports, rank)
    expected = functions.uniqueness(P, F, witness["differ"])
    base.equal(claims["uniqueness"], expected, "uniqueness")
    return labels


def check(certificate: Json, limits: base.Limits | None = None) -> None:
    """Accept a certificate of a problem with a free part, or raise Refuted."""
    limits = limits or base.Limits()
    read = base.opened(base.text_of(certificate), limits)
    kind = read["kind"]
    known = type(kind) is str and kind in KINDS
    base.require(known, "kind", f"is none of {', '.join(KINDS)}")
    claims = base.claims_of(read["claims"], KINDS[kind])
    if kind == "free" and type(read["field"]) is dict and "bits" in read["field"]:
        base.sibling("free_boxes").prove(read, claims, limits)
        return
    keys = "patterns dual" if kind == "free_path" else WITNESS
    witness = base.record(read["witness"], keys, "witness")
    P = Problem(read["data"], base.Field(read["field"], limits))
    kappa = P.D.field.vector(claims["dual"]["kappa"], P.D.n, "claims.dual")
    if kind == "free_path":
        limit = P.limited and not any(a[-1] for a in P.lines)
        base.require(not limit, "data", "constants are free in the limit only: no path")
        dual(P, kappa, None, claims["patterns"], witness)
        fit = optimum(P, kappa, claims["optimum"])
        walks.path(walks.Target(P.D, kappa, fit, P.modulo), claims["path"])
        return
    atoms = base.atoms_of(P.D, kappa, claims["atoms"])
    dual(P, kappa, atoms, claims["patterns"], witness)
    fit = optimum(P, kappa, claims["optimum"])
    reduced = [base.Atom(a.sign, a.g, a.den, P.modulo(a.F)) for a in atoms]
    supports, rank = base.polytope(P.D, reduced, P.modulo(fit), claims, witness)
    vertices = functions.points(P, atoms, fit, claims["vertices"])
    F = functions.Functions(P, atoms, vertices)
    labels = shape(P, F, claims, witness, (supports, rank))
    if kind == "free_separation":
        walks.separation(walks.Target(P.D, kappa, fit, P.modulo), claims, labels)
