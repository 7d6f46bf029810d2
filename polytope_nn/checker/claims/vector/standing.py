"""Claim *standing*: on which piece of the graph of its loss each entry stands, N in intervals.

A piece is named by its place in the graph (``claims.problem.graphs``). Else the entry of N is
a given number, ``{"at": ...}``, and its fit is proved to belong to that; or it is 0 because a unit
vector is free, ``"fitted"``, and the fit is the label (proofs/vector.md V14).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers
from ...kernel.numbers import Scalar, Vector, dot, zero
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
from .kernels import WHERE as SYSTEM
from .kernels import Face, at_rest, entry_of, hull
from .outputs import Outputs

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


def held(D: Outputs, standing: Standing, read: Json) -> dict[int, Fraction]:
    """Return coefficients of free columns that are given, after proving these annihilated.

    Less a combination of columns that are not held such a column is 0 but where N is given, and
    there its product with N is 0.
    """
    G, where, found = D.free_entries(), "witness.system", {}
    entries = array(read, where)
    taken = [whole(array(entry, where, 3)[0], where, 0, len(G) - 1) for entry in entries]
    others = [g for m, g in enumerate(G) if m not in taken]
    for m, t, shares in entries:
        left = list(G[m])
        parts = [D.field.rational(s, where) for s in array(shares, where, len(others))]
        for s, g in zip(parts, others, strict=True):
            D.clock.tick()
            left = [x - s * z for x, z in zip(left, g, strict=True)]
        total = Fraction(0)
        for e, x in enumerate(left):
            at = standing.given(e)
            require(not x or at is not None, where, "a column that is held is not spanned")
            total += x * (at or 0)
        require(total == 0, where, "a column that is held is not annihilated")
        found[m] = D.field.rational(t, where)
    return found


def settled(D: Outputs, standing: Standing, read: Json) -> bool:
    """Return whether what is held is of outputs where N is given as 0, with one fit each."""
    G, where, found = D.free_entries(), "witness.system", set[int]()
    for entry in array(read, where):
        m = whole(array(entry, where, 3)[0], where, 0, len(G) - 1)
        found |= {e // D.n for e, t in enumerate(G[m]) if t}
    every = (p for j in found for p in standing.pieces[j * D.n : (j + 1) * D.n])
    return all(
        isinstance(p, Flat) and not p.at and p.low == p.high is not None for p in every
    )


def resting(
    D: Outputs, faces: list[Face], standing: Standing, held: int, read: Json
) -> None:
    """Prove atoms tight for what is given of N, and tell their features (V12d)."""
    listed = [entry[0] for entry in map(entry_of, array(read, SYSTEM)) if at_rest(entry)]
    at = [whole(i, SYSTEM, 0, len(faces) - 1) for i in listed]
    alone = not held and all(face.k == 1 for face in faces)
    require(
        alone or not at, SYSTEM, "an atom at rest is beside what is held, or a continuum"
    )
    used = [face for i, face in enumerate(faces) if i not in at]
    for i in at:
        face = faces[i]
        N = {k: given_row(D, standing, used, k) for k in face.rows}
        outputs = [list(column) for column in zip(*N.values(), strict=True)]
        D.clock.hold(face.w**2 + D.entries, 512, SYSTEM)
        M = products(D, list(zip(*face.rows.values(), strict=True)), outputs)
        square = D.beta_squared * D.scale**2
        pairs = zip(products(D, face.basis, face.basis), products(D, M, M), strict=True)
        form = [[square * s - t for s, t in zip(*rows, strict=True)] for rows in pairs]
        kernel = hull(D, form, face.w)
        require(len(kernel) == 1, SYSTEM, "an atom at rest is not tight for what is given")
        (u,) = kernel
        phi = {k: dot(R, u) for k, R in face.rows.items()}
        h = [dot(u, column) for column in zip(*M, strict=True)]
        face.rest = [phi.get(k, 0) * t for t in h for k in range(D.n)]


def products(
    D: Outputs, rows: Sequence[Sequence[Scalar]], others: Sequence[Sequence[Scalar]]
) -> list[Vector]:
    """Return the products of vectors; the time is watched at each."""
    found: list[Vector] = []
    for row in rows:
        found.append([])
        for other in others:
            D.clock.tick()
            found[-1].append(Fraction(dot(row, other)))
    return found


def given_row(D: Outputs, standing: Standing, used: Sequence[Face], k: int) -> Vector:
    """Return a row of N that is given, with one fit; of softmax where nothing is seen."""
    D.clock.tick()
    flats = [p for p in standing.pieces[k :: D.n] if isinstance(p, Flat)]
    if len(flats) == D.c and all(p.low == p.high is not None for p in flats):
        return [Fraction(p.at) for p in flats]
    row = even_row(D, used, k)
    require(row, SYSTEM, "kappa is not given where an atom at rest is active")
    return row


def even_row(D: Outputs, used: Sequence[Face], k: int) -> Vector:
    """Return the row of N of softmax at a sample where nothing is seen: of equal shares; or []."""
    seen = any(k in face.rows for face in used) or any(z[k] for z in D.Z)
    share = Fraction(1, D.c)
    still = D.shifted and not seen
    return [D.weights[k] * (y - share) for y in D.flat.y[k :: D.n]] if still else []


def exact_rows(D: Outputs, standing: Standing, used: Sequence[Face]) -> dict[int, Vector]:
    """Return the rows of N that are known exactly: given, 0, or of what nothing is seen."""
    found = {}
    for k in range(D.n):
        D.clock.tick()
        row = [standing.exact(e) for e in range(k, D.entries, D.n)]
        own = [t for t in row if t is not None]
        own = own if len(own) == D.c else even_row(D, used, k)
        if own:
            found[k] = own
    return found
