"""Claim *standing*: on which piece of the graph of its loss each entry stands, N in intervals.

A piece is named by its place in the graph (``claims.problem.graphs``). Else the entry of N is
a given number, ``{"at": ...}``, and its fit is proved to belong to that; or it is 0 because a unit
vector is free, ``"fitted"``, and the fit is the label (proofs/vector.md V14). Some fits are known
exactly, and others follow from them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ...kernel.intervals import Interval, Numbers
from ...kernel.numbers import Vector, zero
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, record, require, whole
from ..problem.curves import Curve, Sample
from ..problem.graphs import (
    CURVES,
    ZERO,
    Flat,
    Piece,
    Slope,
    between,
    conjugate,
    ends,
    graph,
    value,
    within,
)
from .outputs import SYSTEM, Face, Outputs

WHERE = "claims.standing"
IRRATIONAL = "a given entry of kappa has a loss that is no rational"
ONE = Fraction(1)


@dataclass
class Standing:
    """The pieces of the entries, column after column; which entries of N are exactly 0."""

    D: Outputs
    pieces: list[Piece]
    nothing: set[int] = field(default_factory=set)
    unseen: set[int] = field(default_factory=set)  # of fit 0

    def __post_init__(self) -> None:
        given = enumerate(self.pieces)
        self.nothing |= {e for e, p in given if isinstance(p, Flat) and not p.at}

    @property
    def curved(self) -> bool:
        """Whether fits are logarithms or powers."""
        return any(isinstance(p, Curve) for p in self.pieces)

    @property
    def loose(self) -> bool:
        """Whether other fits belong to N."""
        flats = (p for p in self.pieces if isinstance(p, Flat))
        return any(p.low is None or p.low != p.high for p in flats)

    def exact(self, e: int) -> Fraction | None:
        """Return the entry of N where it is known: given, 0, or that of a fit of 0."""
        piece = self.pieces[e]
        if e in self.nothing:
            return ZERO
        if e in self.unseen and isinstance(piece, Slope) and piece.inverse:
            return piece.at / piece.inverse
        return self.given(e)

    def given(self, e: int) -> Fraction | None:
        """Return the entry of N where it is given."""
        piece = self.pieces[e]
        return piece.at if isinstance(piece, Flat) else None

    def off(self, e: int, N: Interval) -> Interval:
        """Return minus the fit of an entry of N; on a flat N less what is given."""
        piece = self.pieces[e]
        found: Interval = N - piece.at if isinstance(piece, Flat) else -1 * piece.fit(N)
        return found

    def steep(self, e: int, N: Interval) -> Interval:
        """Return its derivative."""
        piece = self.pieces[e]
        if isinstance(piece, Curve):
            return piece.slope(N)
        t = piece.inverse if isinstance(piece, Slope) else Fraction(1)
        return Interval.around(t, t, N.bits)

    @property
    def labels(self) -> dict[int, Fraction]:
        """The fits that their pieces say exactly."""
        slopes = ((e, p) for e, p in enumerate(self.pieces) if isinstance(p, Slope))
        return {e: p.at for e, p in slopes if not p.inverse}

    def proved(self, N: Numbers, made: Numbers, exactly: Mapping[int, Fraction]) -> Numbers:
        """Return the fits after proving that they belong to N.

        ``made`` is what neurons and the free part make, of some entries known exactly.
        """
        fits = []
        for e, (piece, t, z) in enumerate(zip(self.pieces, N, made, strict=True)):
            self.D.clock.tick()
            if isinstance(piece, Flat):
                known = exactly.get(e)
                fine = (
                    between(z, piece.low, piece.high)
                    if known is None
                    else within(known, piece.low, piece.high)
                )
                require(fine, WHERE, "a fit is not proved to be in its interval")
                fits.append(z if known is None else Interval.around(known, known, z.bits))
                continue
            if isinstance(piece, Slope) and e not in self.nothing:
                fine = between(t, piece.low, piece.high)
                require(fine, WHERE, "kappa is not proved to be inside of its piece")
            fits.append(-1 * self.off(e, t))
        return fits

    def value(self, N: Numbers) -> Interval:
        """Return ``-L*(-N)``."""
        D, total = self.D, Interval(0, 0, N[0].bits)
        for piece, sample, t in zip(self.pieces, D.flat.samples(), N, strict=True):
            D.clock.tick()
            if isinstance(piece, Flat):
                total = total - Fraction(constant(D, sample, piece.at))
            else:
                total = total - value(piece, sample, t)
        return total - sum(D.weights) if D.shifted else total


def constant(D: Outputs, sample: Sample, at: Fraction) -> Fraction:
    """Return ``l*(-at)`` of a number that is given: of a curve -l(0), the fit being 0."""
    kind, _, w, _ = sample
    if kind not in CURVES:
        return Fraction(conjugate(*sample, at))
    return known(Curve(*sample, D.clock.tick).dual(at)) if kind == "power" else -w


def known(x: object) -> Fraction:
    """Return a number that is rational."""
    require(isinstance(x, Fraction), WHERE, IRRATIONAL)
    return Fraction(str(x))


def given(D: Outputs, sample: Sample, at: Fraction) -> Flat:
    """Return what belongs to a given entry of N; on a curve it must be the fit 0."""
    if sample[0] not in CURVES:
        low, high = (None if t is None else Fraction(t) for t in ends(*sample, at))
        return Flat(at, low, high)
    (curve,) = graph(*sample, D.clock.tick)
    if isinstance(curve, Curve) and curve.kind == "power":
        root = known(curve.raised(abs(at) / curve.w, curve.quotient, ONE))
        z = curve.y - root * ((at > 0) - (at < 0))
        return Flat(at, z, z)
    still = isinstance(curve, Curve) and curve.still() == at
    require(still, WHERE, "a given entry of kappa has not the fit 0")
    return Flat(at, ZERO, ZERO)  # of Poisson, whose loss of the fit 0 is rational


def standing(D: Outputs, claim: Json) -> Standing:
    """Return the pieces that the entries are claimed to stand on."""
    found: list[Piece] = []
    nothing: set[int] = set()
    entries = D.entered(claim["pieces"], WHERE)
    for e, (read, sample) in enumerate(zip(entries, D.flat.samples(), strict=True)):
        D.clock.tick()
        if type(read) is dict:
            record(read, "at", WHERE)
            found.append(given(D, sample, D.field.rational(read["at"], WHERE)))
            continue
        pieces = graph(*sample, D.clock.tick)
        names = [f"{i} {piece.name}" for i, piece in enumerate(pieces)]
        if read == "fitted" and sample[0] == "power":
            unit: Vector = [Fraction(int(i == e)) for i in range(D.entries)]
            free = all(map(zero, D.modulo(unit)))
            require(free, WHERE, "a label is fitted where kappa need not be 0")
            nothing.add(e)
            found.append(Slope(sample[1], ZERO, None, None))
            continue
        known = type(read) is str and read in names
        fine = known and not isinstance(pieces[names.index(read)], Flat)
        require(fine, WHERE, "a piece is not of the loss")
        found.append(pieces[names.index(read)])
    return Standing(D, found, nothing)


def smooth(D: Outputs) -> Standing:
    """Return the pieces of the squared loss."""
    where, why = "claims.enclosed", "intervals without pieces are for the squared loss"
    require(D.piece == "smooth", where, why)
    return Standing(D, [graph(*sample, D.clock.tick)[0] for sample in D.flat.samples()])


def fits_of(P: Any) -> Numbers:
    """Return the fits, proved to belong to N.

    What is made is known where all that is free is held and active faces have an output of 0:
    N is given at all of its active samples, and ``R'N = 0``, or it is an atom that alone makes a
    fit of 0 in that output, as what is free does not; and rows that are combinations
    of others in all that faces and the free part see have the same combination of their fits; and
    so have outputs, where it is that of h of all atoms there (proofs/vector.md V16).
    """
    S, D = P.S, P.S.D
    made = S.made(P.x, [S.state(face, P.x) for face in S.faces])
    known, labels = S.standing.labels, S.standing.labels
    for e in range(D.entries):
        j, k = divmod(e, D.n)
        D.clock.tick()
        unused = all(silent(S, f, j, labels) for f in S.used if k in f.rows)
        if unused and all(m in S.held for m, g in enumerate(S.G) if g[e]):
            known[e] = sum((t * S.G[m][e] for m, t in S.held.items()), Fraction(0))
    for e, t in followed(S, known, P.follow):
        known[e] = t
    standing: Standing = S.standing
    return standing.proved(P.x[: D.entries], made, known)


def silent(S: Any, face: Face, j: int, labels: Mapping[int, Fraction]) -> bool:
    """Return whether an output of a face is 0 because of what is given, or of a fit of 0."""
    if face.k == 1 and any(
        alone(S, face, j, k) for k in face.rows if labels.get(j * S.D.n + k) == 0
    ):
        return True
    S.D.clock.tick()
    total = [Fraction(0)] * face.w
    for k, row in face.rows.items():
        e = j * S.D.n + k
        t = Fraction(0) if e in S.standing.nothing else S.standing.given(e)
        if t is None:
            return False
        total = [s + t * x for s, x in zip(total, row, strict=True)]
    return not any(total)


def alone(S: Any, face: Face, j: int, k: int) -> bool:
    """Return whether a face alone makes an output of a fit, nothing free with it."""
    S.D.clock.tick()
    others = any(k in f.rows for f in S.used if f is not face)
    return not others and not any(g[j * S.D.n + k] for g in S.G)


def followed(
    S: Any, known: Mapping[int, Fraction], read: Json
) -> Iterator[tuple[int, Fraction]]:
    """Yield fits that follow from known ones, their rows multiplied out."""
    D, where = S.D, SYSTEM
    rows = [seen_row(S, k) for k in range(D.n)]
    for entry in array(read, where):
        if len(array(entry, where)) > 2:
            yield across(S, known, entry)
            continue
        e, listed = array(entry, where, 2)
        j, k = divmod(whole(e, where, 0, D.entries - 1), D.n)
        terms, total = list[tuple[Fraction, Vector]](), Fraction(0)
        for pair in array(listed, where):
            i, t = array(pair, where, 2)
            i, share = whole(i, where, 0, D.n - 1), D.field.rational(t, where)
            terms.append((share, rows[i]))
            total += share * fit(known, j * D.n + i)
        place = (where, "a row is not that combination of others")
        combination(terms, rows[k], D.clock.tick, place)
        yield e, total


def across(
    S: Any, known: Mapping[int, Fraction], entry: Sequence[Json]
) -> tuple[int, Fraction]:
    """Return a fit that is a multiple of another output's, or 0: of each of its atoms h is.

    A sample tells that of one atom, where it is so of the fit and of all other atoms there.
    """
    D, where = S.D, SYSTEM
    read, listed, samples = array(entry, where, 3)
    e = whole(read, where, 0, D.entries - 1)
    j, k = divmod(e, D.n)
    pairs = [array(pair, where, 2) for pair in array(listed, where)]
    shares = [(whole(i, where, 0, D.c - 1), D.field.rational(t, where)) for i, t in pairs]
    told: list[Face] = []
    for read_sample in array(samples, where):
        l = whole(read_sample, where, 0, D.n - 1)
        made = sum((t * fit(known, i * D.n + l) for i, t in shares), Fraction(0))
        fine = made == fit(known, j * D.n + l)
        require(fine, where, "outputs of a sample are not in proportion")
        told += lone(S, l, told, 1)
    lone(S, k, told, 0)
    return e, sum((t * fit(known, i * D.n + k) for i, t in shares), Fraction(0))


def fit(known: Mapping[int, Fraction], e: int) -> Fraction:
    """Return a fit that is known."""
    require(e in known, SYSTEM, "a fit is not known that others follow from")
    return known[e]


def lone(S: Any, k: int, told: Sequence[Face], most: int) -> list[Face]:
    """Return the faces at a sample of which nothing is told, after proving them so few, and lines.

    And that nothing free is at the sample.
    """
    S.D.clock.tick()
    found = [f for f in S.used if k in f.rows and not any(f is g for g in told)]
    free = any(g[j * S.D.n + k] for g in S.G for j in range(S.D.c))
    fine = len(found) <= most and all(f.k == 1 for f in found) and not free
    require(fine, SYSTEM, "a sample sees more than one atom that is not told")
    return found


def seen_row(S: Any, k: int) -> Vector:
    """Return what all faces see of a sample in their hulls, and what is free of it."""
    parts = [f.rows.get(k, [0] * f.w) for f in S.faces]
    return [*(Fraction(t) for own in parts for t in own), *(z[k] for z in S.D.Z)]
