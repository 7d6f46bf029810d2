"""The system of kappa, weights and lambda with each sample on a piece of its loss's graph.

On a slope ``inverse kappa_k + (F c + Z a)_k = at``; on a curve ``(F c + Z a)_k = zeta(kappa_k)``;
on a flat kappa_k is given and the fit is free: a unit column of Z, with ``Z'kappa = at``.
Claim *optimum*: kappa is inside of its piece, the fit in its interval.
"""

from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, enclosed, valued
from ...kernel.numbers import Vector
from ...kernel.reading import Json, array, rationals, require
from ..instance import Instance
from ..problem.curves import WHERE, Curve
from ..problem.graphs import (
    ZERO,
    Flat,
    Piece,
    Rest,
    Slope,
    between,
    conjugate,
    graph,
    value,
    within,
)
from ..system.equations import System
from ..system.identities import Exact, resting


@dataclass
class Pieced(System):
    """The system of the pieces, one for each sample."""

    pieces: list[Piece] = field(default_factory=list)
    zeros: list[Vector] = field(default_factory=list)  # forms in kappa that are 0

    def begin(self) -> None:
        """Put the unit columns of the flats beside those of Z."""
        super().begin()
        nothing, one = Fraction(0), Fraction(1)
        self.D.clock.hold((len(self.Z) + len(self.flats)) * self.D.n, 256, WHERE)
        for k, piece in enumerate(self.pieces):
            if isinstance(piece, Flat):
                self.D.clock.tick()
                unit = [one if i == k else nothing for i in range(self.D.n)]
                self.prices[len(self.Z)] = piece.at
                self.Z.append(unit)

    @property
    def level(self) -> list[Vector]:
        """Forms in kappa that are proved to be 0, each with those before it."""
        return self.zeros

    @property
    def flats(self) -> list[int]:
        """The samples on flats."""
        return [k for k, piece in enumerate(self.pieces) if isinstance(piece, Flat)]

    def fitted(self, i: int) -> bool:
        """Return whether the piece of a sample says nothing of kappa_i: it is vertical."""
        piece = self.pieces[i]
        return not isinstance(piece, Curve) and not self.inverse(i)

    def inverse(self, i: int) -> Fraction:
        """Return the coefficient of kappa_i in equation i that the piece has."""
        piece = self.pieces[i]
        return piece.inverse if isinstance(piece, Slope) else Fraction(0)

    def goal(self, i: int) -> Fraction:
        """Return the right-hand side of equation i without pins."""
        piece = self.pieces[i]
        return piece.at if isinstance(piece, Slope) else Fraction(0)

    def curve(self, i: int) -> Curve | None:
        """Return the curve of a sample's loss, if it is on one."""
        piece = self.pieces[i]
        return piece if isinstance(piece, Curve) else None

    def bent(self, i: int, kappa: Interval) -> Interval:
        """Return what kappa_i adds to equation i."""
        curve = self.curve(i)
        return -1 * curve.fit(kappa) if curve else super().bent(i, kappa)

    def steep(self, i: int, kappa: Interval) -> Interval:
        """Return its derivative."""
        curve = self.curve(i)
        return curve.slope(kappa) if curve else super().steep(i, kappa)

    def still(self, k: int) -> Fraction | None:
        """Return the kappa of a sample whose fit is 0, where that says it exactly."""
        piece = self.pieces[k]
        if isinstance(piece, Slope):
            return piece.at / piece.inverse if piece.inverse else None
        return piece.still() if isinstance(piece, Curve) else None

    def leads_nowhere(self, k: int) -> bool:
        """Return whether no fit that belongs to kappa has ``kappa_k z_k > 0``, where one is 0."""
        piece = self.pieces[k]
        if not isinstance(piece, Flat) or not piece.at:
            return True
        end = piece.high if piece.at > 0 else piece.low
        return end is not None and end * piece.at <= 0

    def kappa(self, x: Numbers) -> Numbers:
        """Return kappa, on flats exactly."""
        found = list(x[: self.D.n])
        for k, piece in enumerate(self.pieces):
            if isinstance(piece, Flat):
                found[k] = Interval.around(piece.at, piece.at, self.bits)
        return found


def pieces_of(D: Instance, claim: Json) -> list[Piece]:
    """Return the pieces that the samples are claimed to be on: their places in the graphs."""
    found: list[Piece] = []
    for read, sample in zip(array(claim, WHERE, D.n), D.samples(), strict=True):
        D.clock.tick()
        pieces = graph(*sample, D.clock.tick)
        if sample[0] == "power":
            pieces.append(Rest(sample[1], Fraction(1), None, None))
        names = [f"{i} {piece.name}" for i, piece in enumerate(pieces)]
        known = type(read) is str and read in names
        require(known, WHERE, "a piece is not of the loss")
        found.append(pieces[names.index(read)])
    return found


def optimum(S: Pieced, x: Numbers, claims: Json) -> None:
    """Prove kappa on its pieces and fits in their intervals; the ends that are claimed."""
    D, kappa = S.D, S.kappa(x)
    for name, listed in (("dual", "kappa"), ("optimum", "fit")):
        array(claims[name][listed], f"claims.{name}", D.n)
    fit, objective = fit_of(S, x)
    at_rest(S, kappa)
    still = resting(S) if S.flats else {}
    for i, piece in enumerate(S.pieces):
        D.clock.tick()
        if isinstance(piece, Flat):
            inside = between(fit[i], piece.low, piece.high)
            require(
                inside or (i in still and within(ZERO, piece.low, piece.high)),
                WHERE,
                "a fit is not proved to be inside of its interval",
            )
        if isinstance(piece, Slope):
            require(
                between(kappa[i], piece.low, piece.high),
                WHERE,
                "kappa is not proved to be inside of its piece",
            )
        enclosed(D.clock, claims["dual"]["kappa"][i], kappa[i], "claims.dual")
        enclosed(D.clock, claims["optimum"]["fit"][i], fit[i], WHERE)
    valued(D.clock, claims["optimum"]["objective"], objective, WHERE)


def vanish(S: Pieced, kappa: Numbers, read: Json) -> None:
    """Prove forms in kappa to be 0, one after the other; some are, whatever kappa is."""
    where = "witness.zeros"
    E = Exact(S, kappa)
    for told in array(read, where):
        S.D.clock.hold((len(S.zeros) + 1) * S.D.n, 256, where)
        form = rationals(told, S.D.n, where)
        require(equal(S, form) or E.value(form) == 0, where, "a form is not proved to be 0")
        S.zeros.append(form)


def equal(S: Pieced, form: Vector) -> bool:
    """Return whether a form is a difference, or sum, of entries of kappa of one equation.

    Faces and columns of Z have one row at both samples, or opposite ones, and so have fits; the
    pieces are one, or mirrored.
    """
    at = [k for k, t in enumerate(form) if t]
    if len(at) != 2 or form[at[0]] ** 2 != form[at[1]] ** 2 or any(k in S.pins for k in at):
        return False
    (i, k), side = at, -1 if form[at[0]] == form[at[1]] else 1
    pairs = [(z[k], z[i]) for z in S.Z]
    for f in S.faces:
        S.D.clock.tick()
        nothing = [0] * len(f.columns)
        pairs += zip(f.V.get(k, nothing), f.V.get(i, nothing), strict=True)
    if any(s != side * t for s, t in pairs):
        return False
    own, other = S.curve(k), S.curve(i)
    if own and other:
        return own.beside(other, side) and own.centre == side * other.centre
    return 0 < S.inverse(k) == S.inverse(i) and S.goal(k) == side * S.goal(i)


def at_rest(S: Pieced, kappa: Numbers) -> None:
    """Prove that kappa is 0 where a curve is at rest."""
    at = [i for i, piece in enumerate(S.pieces) if isinstance(piece, Rest)]
    if not at:
        return
    E = Exact(S, kappa)
    for i in at:
        value = E.value([Fraction(int(k == i)) for k in range(S.D.n)])
        require(value == 0, WHERE, "an entry of kappa is not proved to be 0")


def fit_of(S: Pieced, x: Numbers) -> tuple[Numbers, Interval]:
    """Return the fit and the objective ``-L*(-kappa)``; on a flat ``lambda = -z``."""
    D, kappa = S.D, S.kappa(x)
    waiting = iter(x[D.n + len(S.faces) + len(D.independent) :])
    fit: Numbers = []
    total = Interval(0, 0, S.bits)
    for piece, sample, t in zip(S.pieces, D.samples(), kappa, strict=True):
        D.clock.tick()
        if isinstance(piece, Flat):
            fit.append(-1 * next(waiting))
            total = total - Fraction(conjugate(*sample, piece.at))
        else:
            fit.append(piece.fit(t))
            total = total - value(piece, sample, t)
    return fit, total
