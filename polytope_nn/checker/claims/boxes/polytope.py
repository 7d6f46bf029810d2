"""Claims *optimum*, *vertices* and *dimension* at level *interval*.

P is ``{c : sum of c = e, sum of c gamma = lambda}``, the first for each face of the system:
``Z gamma`` is what the feature of an atom has beside that of the face, with opposite signs
for the two of a pair. Where all atoms have coordinates C in a basis it is
``{c >= 0 : C c = e}``, of the basis what is kept, of the atoms those that are alive.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, Protocol

from ...kernel.intervals import (
    Interval,
    Numbers,
    Regular,
    enclosed,
    inner,
    linear,
    regular,
    valued,
)
from ...kernel.numbers import Vector, cleared
from ...kernel.primitives import combination
from ...kernel.reading import Clock, Json, array, rationals, record, require
from ..instance import Instance
from ..polytope import Based, Held, Wall, cover, farkas, supports_of
from ..system.equations import Face, System

Gammas = list[list[Numbers]]  # of each atom of each face


def gammas(S: System, kappa: Numbers) -> Gammas:
    """Return gamma for each atom of each face: coordinates in the last columns of Z.

    Of a pair, half the difference of its features: of ``sign X g / 2`` for opposite atoms,
    with ``X g`` a combination of the columns of the projected rows; of ``1_A`` times
    ``(x_l - x_k)'V'kappa / 2`` for the ends of a flat. That Z spans these makes both tight:
    ``Z'kappa = 0``. That the unit columns of flats have no share keeps the fit as it is.
    """
    found, nothing = [], Interval(0, 0, S.bits)
    for face in S.faces:
        S.D.clock.tick()
        if face.paired:
            half = gamma(S, face, kappa)
            found.append([half, [-1 * t for t in half]])
        else:
            told = iter(face.beside)
            found.append([[nothing] * S.linear for _ in face.atoms])
            for own in found[-1][1:] if face.beside else ():
                for m, w in enumerate(next(told)):
                    num, den = cleared(w, S.D.clock)
                    own[m] = -1 * linear(num, den, kappa, S.bits)
    return found


def gamma(S: System, face: Face, kappa: Numbers) -> Numbers:
    """Return gamma of one pair."""
    n, where, last = S.D.n, "witness.free", range(len(S.Z) - S.linear, len(S.Z))
    h = face.pull(kappa, S.bits)
    if face.opposite:
        right, left, q = S.D.unit.whole_slopes
        V, den = S.projected(face.atoms[0])
        unit = Fraction(right + left, den * q)
        columns = []
        for j in range(len(face.columns)):
            target = [unit * V[i][j] if i in V else unit * 0 for i in range(n)]
            columns.append(shares(S, target, where))
        heights: Numbers = h
    else:
        A = set(face.between)
        columns = [shares(S, [Fraction(int(i in A)) for i in range(n)], where)]
        heights = [linear(face.across, S.D.scale, h, S.bits)]
    still = not any(c[m] for c in columns for m in (*S.prices, *S.beyond))
    require(still, "witness.faces", "a pair moves a fit that is not pinned")
    found = []
    for m in last:
        num, den = cleared([c[m] for c in columns], S.D.clock)
        found.append(linear(num, 2 * den, heights, S.bits))
    return found


class Grouped(Protocol):
    """Atoms in groups whose masses together are known, ``linear`` equations more."""

    D: Any
    bits: int
    linear: int

    @property
    def faces(self) -> Sequence[Any]:
        """The groups: their atoms, and whether they are a pair."""

    @property
    def atoms(self) -> Sequence[Any]:
        """All atoms."""


class Weights:
    """The weights of vertices, by their supports; what these share is made once.

    A vertex uses each face, and as many atoms more as there are equations beside those.
    """

    def __init__(self, S: Grouped, x: Numbers, G: Gammas) -> None:
        self.S, self.right = S, x[len(x) - S.linear :]
        self.faces = []
        for face, e, shared in zip(S.faces, x[S.D.n :], G, strict=False):
            moved = [[e * c for c in row] if nonzero(row) else [] for row in shared]
            self.faces.append((face, e, shared, moved))
        self.known: dict[tuple[tuple[int, int, int], ...], Regular] = {}

    def of(self, at: Sequence[int]) -> dict[int, Interval]:
        """Return the weights of the vertex of a support, by atom."""
        where, own, clock = "claims.vertices", set(at), self.S.D.clock
        weights: dict[int, Interval] = {}
        places: list[tuple[int, int, int]] = []
        right = self.right
        for j, (face, e, _, moved) in enumerate(self.faces):
            clock.tick()
            used = [i for i, a in enumerate(face.atoms) if a in own]
            require(used, where, "a face is not used")
            first, *more = used
            if moved[first]:
                right = [r - t for r, t in zip(right, moved[first], strict=True)]
            weights[face.atoms[first]] = e
            places += [(j, first, i) for i in more]
        require(len(places) == self.S.linear, where, "not as many atoms as equations")
        solved = self.solving(tuple(places)).solution(right)
        for (j, first, i), t in zip(places, solved, strict=True):
            atoms = self.faces[j][0].atoms
            weights[atoms[i]], weights[atoms[first]] = t, weights[atoms[first]] - t
        return weights

    def solving(self, places: tuple[tuple[int, int, int], ...]) -> Regular:
        """Return the elimination of what atoms have beside the first, kept where there is room."""
        clock, bits = self.S.D.clock, self.S.bits
        if places not in self.known:
            columns = []
            for j, first, i in places:
                _, _, shared, _ = self.faces[j]
                pairs = zip(shared[i], shared[first], strict=True)
                columns.append([t - c for t, c in pairs])
            found = Regular(clock, columns, "claims.vertices")
            if not clock.fits(4 * len(places) ** 2 * (1 + len(self.known)), bits):
                return found
            self.known[places] = found
        return self.known[places]


def nonzero(row: Numbers) -> bool:
    """Return whether an interval of some is more than 0."""
    return any(t.low or t.high for t in row)


def vertices_of(S: Grouped, x: Numbers, G: Gammas, claim: Json) -> list[int]:
    """Return the supports of the listed vertices, after enclosing their weights."""
    every = Weights(S, x, G)

    def weights(at: list[int]) -> Numbers:
        found = every.of(at)
        require(sorted(found) == at, "claims.vertices", "a support names an idle atom")
        return [found[a] for a in at]

    return listed(S.D.clock, len(S.atoms), weights, claim)


def listed(
    clock: Clock, N: int, weights_of: Callable[[list[int]], Numbers], claim: Json
) -> list[int]:
    """Return the supports of vertices among N atoms, in order, their weights positive."""
    where = "claims.vertices"

    def proved(at: list[int], read: Json) -> None:
        told = array(read, where, len(at))
        for weight, ends in zip(weights_of(at), told, strict=True):
            require(weight.low > 0, where, "a weight is not proved positive")
            enclosed(clock, ends, weight, where)

    return supports_of(clock, N, proved, claim)


def walls_of(S: Grouped, x: Numbers, G: Gammas, witness: Json) -> list[Wall]:
    """Return the Farkas vectors as masks: (nothing, not proved >= 0, -1 if proved < 0).

    A vector is ``(alpha, omega)``, one alpha per face and one omega per vector of U, on the
    equations ``sum of c = e`` and ``sum of c gamma = lambda``.
    """
    k, walls, where = len(S.faces), [], "witness.cover"
    listed = array(witness, where)
    S.D.clock.hold(len(listed), len(S.atoms), where)
    equations = [*x[S.D.n : S.D.n + k], *x[len(x) - S.linear :]]
    for read in listed:
        w = S.D.field.integers(read, k + S.linear, where)
        alpha, omega, below = w[:k], w[k:], 0
        for face, height, shared in zip(S.faces, alpha, G, strict=True):
            S.D.clock.tick()
            tilts = [
                linear(omega, 1, row, S.bits)
                for row in shared[: -1 if face.paired else None]
            ]
            tilts += [-1 * tilts[0]] * face.paired
            for a, tilt in zip(face.atoms, tilts, strict=True):
                below |= ((tilt + height).low < 0) << a
        total = linear(w, 1, equations, S.bits)
        walls.append((0, below, -1 if total.high < 0 else 1))
    return walls


def dimension(S: System) -> int:
    """Return ``dim P``: atoms of a face are free to share, but for the equations of lambda."""
    return sum(len(f.atoms) - 1 for f in S.faces) - S.linear


def weights_of(S: Based, e: Numbers, at: list[int]) -> Numbers:
    """Return the weights of the point of P with this support, whose coordinates are a basis."""
    where = "claims.vertices"
    fine = len(at) == len(e) and set(at) <= set(S.alive)
    require(fine, where, "a support is no basis")
    columns = [[Interval.around(t, t, S.bits) for t in S.narrow(a)] for a in at]
    return regular(S.D.clock, columns, e, where)


def among(S: Based, support: int) -> int:
    """Return a support by places among the atoms that are alive."""
    return sum((support >> a & 1) << j for j, a in enumerate(S.alive))


def walls_by(S: Based, e: Numbers, witness: Json) -> list[Wall]:
    """Return the Farkas vectors as masks: (nothing, w'C_j < 0, -1 if w'e is proved < 0)."""
    columns = Held([S.narrow(a) for a in S.alive])

    def right(w: Vector) -> int:
        return -1 if linear(w, 1, e, S.bits).high < 0 else 1

    return farkas(S.D, columns, len(e), right, witness)


def vertices(
    S: Based,
    e: Numbers,
    claim: Json,
    witness: Json,
    weights: Callable[[list[int]], Numbers] | None = None,
) -> list[int]:
    """Return the supports of the vertices, proved these and no others."""
    weights = weights or partial(weights_of, S, e)
    supports = listed(S.D.clock, len(S), weights, claim)
    record(witness, "farkas tree", "witness.cover")
    walls = walls_by(S, e, witness["farkas"])
    alive = [among(S, support) for support in supports]
    cover(S.D.clock, len(S.alive), alive, walls, witness["tree"])
    return supports


def shares(S: System, target: Vector, where: str) -> Vector:
    """Return coordinates of a vector in the columns of Z, multiplied out."""
    found = rationals(S.hints.ask("shares", S, target), len(S.Z), where)
    place = (where, "a row is not in a span it must be in")
    combination(zip(found, S.Z, strict=True), target, S.D.clock.tick, place)
    return found


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
