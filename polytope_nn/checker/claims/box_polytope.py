"""Claims *vertices* and *dimension* at level *interval*.

P is ``{c : sum of c = e, sum (c+ - c-) gamma = lambda}``, the first for each face of the
system, the second over its pairs: ``Z gamma`` is half the difference of a pair's features.
Atoms of a face that are alike have features that are equal modulo Z.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..kernel.intervals import Interval, Numbers, Regular, enclosed, linear
from ..kernel.numbers import bits, cleared
from ..kernel.reading import Clock, Json, array, indices, record, require
from .identities import shares
from .polytope import Wall
from .system import Face, System


def gammas(S: System, kappa: Numbers) -> list[Numbers]:
    """Return gamma for each pair: the coordinates of half the difference of its features.

    In the last columns of Z: of ``sign X g / 2`` for opposite atoms, with ``X g`` a
    combination of the columns of the projected rows; of ``1_A`` times
    ``(x_l - x_k)'V'kappa / 2`` for the ends of a flat. That Z spans these makes both tight:
    ``Z'kappa = 0``. That the unit columns of flats have no share keeps the fit as it is.
    """
    found = []
    for face in S.faces:
        S.D.clock.tick()
        if face.paired:
            found.append(gamma(S, face, kappa))
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
    still = not any(c[m] for c in columns for m in S.prices)
    require(still, "witness.faces", "a pair moves a fit that is not pinned")
    found = []
    for m in last:
        num, den = cleared([c[m] for c in columns], S.D.clock)
        found.append(linear(num, 2 * den, heights, S.bits))
    return found


class Weights:
    """The weights of vertices, by their supports; what these share is made once.

    As many pairs as U has vectors are free, both weights positive; of the others, and of atoms
    that are alike, one is.
    """

    def __init__(self, S: System, x: Numbers, G: list[Numbers]) -> None:
        self.S, self.right, row = S, x[len(x) - S.linear :], iter(G)
        self.faces = []
        for face, e in zip(S.faces, x[S.D.n :], strict=False):
            shared = next(row) if face.paired else []
            self.faces.append((face, e, shared, [e * c for c in shared]))
        self.known: dict[tuple[int, ...], Regular] = {}

    def of(self, at: Sequence[int]) -> dict[int, Interval]:
        """Return the weights of the vertex of a support, by atom."""
        where, own, clock = "claims.vertices", set(at), self.S.D.clock
        weights, free, right = {}, [], self.right
        for i, (face, e, _, moved) in enumerate(self.faces):
            clock.tick()
            used = [a for a in face.atoms if a in own]
            require(used, where, "a pair, or an atom without one, is not used")
            if face.alike:
                require(len(used) == 1, where, "two atoms that are alike are used")
            elif len(used) < len(face.atoms):
                first, pairs = used[0] == face.atoms[0], zip(right, moved, strict=True)
                right = [r - t if first else r + t for r, t in pairs]
            elif moved:
                free.append(i)
                continue
            weights[used[0]] = e
        require(len(free) == self.S.linear, where, "not as many free pairs as equations")
        for i, t in zip(free, self.solving(tuple(free)).solution(right), strict=True):
            (plus, minus), e = self.faces[i][0].atoms, self.faces[i][1]
            weights[plus], weights[minus] = (e + t).half, (e - t).half
        return weights

    def solving(self, free: tuple[int, ...]) -> Regular:
        """Return the elimination of some pairs, kept where there is room."""
        clock, bits = self.S.D.clock, self.S.bits
        if free not in self.known:
            columns = [self.faces[i][2] for i in free]
            found = Regular(clock, columns, "claims.vertices")
            if not clock.fits(4 * len(free) ** 2 * (1 + len(self.known)), bits):
                return found
            self.known[free] = found
        return self.known[free]


def vertices_of(S: System, x: Numbers, G: list[Numbers], claim: Json) -> list[int]:
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
    where, supports = "claims.vertices", []
    stated = array(claim["list"], where)
    clock.hold(len(stated), N, where)
    before: list[int] | None = None
    for read in stated:
        clock.tick()
        record(read, "support weights", where)
        at = indices(read["support"], N, where)
        told = array(read["weights"], where, len(at))
        for weight, ends in zip(weights_of(at), told, strict=True):
            require(weight.low > 0, where, "a weight is not proved positive")
            enclosed(clock, ends, weight, where)
        require(before is None or before < at, where, "not in the order of supports")
        before = at
        supports.append(bits(at))
    require(supports, where, "P has no point")
    return supports


def walls_of(S: System, x: Numbers, G: list[Numbers], witness: Json) -> list[Wall]:
    """Return the Farkas vectors as masks: (nothing, not proved >= 0, -1 if proved < 0).

    A vector is ``(alpha, omega)``, one alpha per face and one omega per vector of U, on the
    equations ``c+ + c- = e`` (or ``c = e``) and ``sum (c+ - c-) gamma = lambda``.
    """
    k, walls, where = len(S.faces), [], "witness.cover"
    listed = array(witness, where)
    S.D.clock.hold(len(listed), len(S.atoms), where)
    equations = [*x[S.D.n : S.D.n + k], *x[len(x) - S.linear :]]
    for read in listed:
        w = S.D.field.integers(read, k + S.linear, where)
        alpha, omega, below = w[:k], w[k:], 0
        tilts = iter(G)
        for face, height in zip(S.faces, alpha, strict=True):
            S.D.clock.tick()
            tilt = Interval(0, 0, S.bits)
            if face.paired:
                tilt = linear(omega, 1, next(tilts), S.bits)
            for i, a in enumerate(face.atoms):
                value = (-1 if i else 1) * tilt + height
                below |= (value.low < 0) << a
        total = linear(w, 1, equations, S.bits)
        walls.append((0, below, -1 if total.high < 0 else 1))
    return walls


def dimension(S: System) -> int:
    """Return ``dim P``: atoms of a face are free to share, but for the equations of lambda."""
    return sum(len(f.atoms) - 1 for f in S.faces) - S.linear
