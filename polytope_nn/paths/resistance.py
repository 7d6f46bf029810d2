"""Descents to atoms that are irrational: rational rays beside them first (general G6).

Where atoms are balls, no ball tells which coefficients of a tableau are 0, and many are: a
neuron and an atom of one face have features in a space of its few dimensions. So the
active-set steps go over rational columns, on which every tie is decided, among them a ray
``r_a`` beside each atom of a vertex of P, down to a rational network B near that vertex, with
rational coefficients of what is free; then lines that exchange the rays for the atoms, as many
at a time as there are empty slots, the free part with the last.

At the fit z the objective is ``f* + D(z) + sum_a h_a``: ``h_a >= 0`` is what the columns cost
above ``kappa'(Xu)_+``, and ``D(z) = L(z) - L(z*) + kappa'(z - z*) >= 0``. The *resistance* at
``z* + E`` is the gradient of D, ``R = kappa - kappa(z* + E)``, entry by entry of the sign of E.
On the line that exchanges the rays G, with ``e_a = b_a F(r_a) - v_a F_a``, and leaves the
distance E, the slope at the end is ``-sum_G h_a - R'sum_G e_a``, at kinks less than that. So
nothing rises when ``R'sum_G e_a >= 0``, which is one strict inequality of balls, or an identity
where no sample takes part in both. Features have one sign, so it holds for
``b_a = (1 + eta_a) v_a`` with eta_a of the sign of ``R'F_a``. The line of fits that leads to B
rises nowhere when it does not at B, which ``R'(z_0 - z*) > 0`` makes likely; the signs with
which the last exchange begins decide on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import isqrt

from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle, sign
from polytope_nn.landscape.supports import bits_of

from .rays import largest_exponent, rounded, vertex_on
from .stops import Ground, Stop, near

__all__ = ["approached"]

_TRIES = 16
_MARGIN = 24  # bits by which directions are closer than masses
_SIGNS = 4  # atoms of the last exchange whose signs are tried
_ZERO = Fraction(0)


def approached(ground: Ground, start: Stop) -> tuple[Ground, list[Stop], int]:
    """Return the way from a pruned stop on rational columns to a vertex of P.

    With the columns it goes over, and how many of its last stops follow only the one before.

    Raises
    ------
    Undecided
        When the optimum is not known closely enough, or rays do not lead to it.
    """
    reason = ""
    for attempt in range(_TRIES):
        try:
            return _approached(ground, start, attempt)
        except Undecided as error:
            reason = str(error)
    raise Undecided(reason)


def _approached(
    ground: Ground, start: Stop, attempt: int
) -> tuple[Ground, list[Stop], int]:
    columns, V = ground.columns, ground.columns.optima.vertices
    rays = ground.known_rays()
    i: int | None = min(range(len(V.supports)), key=lambda i: V.supports[i].bit_count())
    bits, seen = 0, set()
    while i is not None and i not in seen:
        seen.add(i)
        atoms = bits_of(V.supports[i])
        first = attempt % len(atoms)
        atoms = [*atoms[first:], *atoms[:first]]  # what is exchanged first is anyone's
        vertex = ground.optimum(tuple((a, V.points[i][a]) for a in atoms))
        depth = _depth(ground, vertex, start) + 2 * attempt
        bits = bits or depth + _MARGIN + 8 * attempt
        for a in atoms:
            if a not in rays:
                rays[a] = ground.beside_atom(a, bits)
        wide, places = columns.joined([rays[a] for a in atoms])
        sizes = [8 - (3 * j + attempt * (j + 1)) % 5 for j in range(len(atoms))]
        etas = [Fraction(x, 8 << depth) for x in sizes]
        size = len(start.held) - len(atoms)
        if size < 1:
            raise Undecided("which atoms a descent ends at: the point found has one a slot")
        exchange = _Exchange(
            replace(ground, columns=wide), vertex, places, size, etas, bits
        )
        masses = exchange.masses(start.fit)
        ways = exchange.ground.steps(start, masses, exchange.fit(masses))
        used = {held[0] for held in ways[-1].held if held is not None}
        if used == set(places):
            if not exchange.ground.falls([start, *ways][-2], ways[-1]):
                raise Undecided("whether the objective falls up to the rays beside atoms")
            last = exchange.exchanged(masses, ways[-1])
            return exchange.ground, [*ways, *last], len(last)
        i = vertex_on(wide, rays, used)
    raise Undecided("whether a neuron is as cheap as the rays beside the atoms")


def _depth(ground: Ground, vertex: Stop, start: Stop) -> int:
    """Return the bits of an eta so small that B is much closer to P than the start is."""
    atoms = [held for held in vertex.held if held is not None]
    moved = [[middle(x * t) for t in ground.features[a]] for a, x in atoms]
    most = sum((dot(t, t) for t in moved), _ZERO)
    away = [middle(a - b) for a, b in zip(start.fit, map(near, vertex.fit), strict=True)]
    least = dot(away, away)
    if least <= 0:
        raise Undecided("whether the fit of the start is the optimal one")
    return max(6, 5 + isqrt(int(most * len(atoms) / least)).bit_length())


@dataclass(frozen=True)
class _Exchange:
    """A vertex of P, its atoms and masses, and the places of the rays beside them.

    ``size`` is how many are exchanged at a time, at least one: at most n slots are in use.
    """

    ground: Ground
    vertex: Stop
    places: Sequence[int]
    size: int
    etas: Sequence[Fraction]
    bits: int

    @cached_property
    def atoms(self) -> list[tuple[int, Scalar]]:
        """The atoms of the vertex, with their masses."""
        return [held for held in self.vertex.held if held is not None]

    @cached_property
    def free(self) -> tuple[Fraction, ...]:
        """Rational coefficients next to those of the vertex: what is free at B."""
        a = [middle(t) for t in self.vertex.free]
        if not any(a):
            return tuple(a)
        return tuple(rounded(t, self.bits - largest_exponent(a)) for t in a)

    @property
    def groups(self) -> list[range]:
        """What is exchanged together, in order."""
        N = len(self.atoms)
        return [range(j, min(j + self.size, N)) for j in range(0, N, self.size)]

    def fit(self, masses: Mapping[int, Scalar]) -> Scalars:
        """Return the fit of B, rational."""
        return self.ground.fit(tuple(masses.items()), self.free)

    def exchanged(self, masses: Mapping[int, Scalar], last: Stop) -> list[Stop]:
        """Return the stops after each exchange, the vertex last."""
        c, ways, beyond = dict(masses), [last], self._distances(masses)
        for group in self.groups[:-1]:
            for j in group:
                del c[self.places[j]]
                c[self.atoms[j][0]] = self.atoms[j][1]
                beyond[j] = self._nowhere
            E = _sum([*beyond, self._beyond])
            fit = tuple(z + t for z, t in zip(self._optimal, E, strict=True))
            held = self.ground.columns.placed(c, ways[-1].held)
            ways.append(Stop(held, self.free, fit))
        held = self.ground.columns.placed(dict(self.atoms), ways[-1].held)
        return [*ways[1:], self.ground.optimum(held)]

    def masses(self, start: Scalars) -> dict[int, Fraction]:
        """Return masses b of the rays with which no exchange rises, proved.

        And with which the fit of B is on the side of the start, whose fit is given.
        """
        away = [s - t for s, t in zip(start, self._optimal, strict=True)]
        some = min(len(self.groups[-1]), _SIGNS)
        for least, signs in product((1, 0), product((1, -1), repeat=some)):
            b = self._signed(signs)
            E = _sum([*self._distances(b), self._beyond])
            if sign(dot(self._resistance(E), away)) >= least:
                return b
        raise Undecided("whether the line of fits falls at its end")

    def _signed(self, signs: Sequence[int]) -> dict[int, Fraction]:
        """Return masses with which no exchange rises; ``signs`` are those not determined."""
        b: dict[int, Fraction] = {}
        E = self._nowhere
        for i, group in enumerate(reversed(self.groups)):
            against, moved = self._resistance(E), []
            for j in group:
                a, v = self.atoms[j][0], near(self.atoms[j][1])
                side = sign(dot(against, tuple(map(near, self.ground.features[a]))))
                eta, place = self.etas[j] * (side or signs[j % len(signs)]), self.places[j]
                b[place] = self.ground.ray_mass(place, a, v, 1 + eta, self.bits)
                moved.append(self._distance(j, b[place]))
            if (
                not i
            ):  # the last exchange, with which what is free becomes that of the vertex
                moved.append(self._beyond)
            e = _sum(moved)
            if sign(dot(against, e)) < 0:
                raise Undecided("whether an exchange of rays for atoms rises")
            E = _sum([E, e])
        return b

    def _distances(self, masses: Mapping[int, Scalar]) -> list[Scalars]:
        """Return what each ray fits beyond its atom."""
        return [self._distance(j, masses[place]) for j, place in enumerate(self.places)]

    def _distance(self, j: int, mass: Scalar) -> Scalars:
        """Return what a mass of a ray fits beyond its atom, ``b_a F(r_a) - v_a F_a``."""
        a, v = self.atoms[j][0], near(self.atoms[j][1])
        features = self.ground.features
        F = map(near, features[a])
        return tuple(
            dot((mass, -v), pair) for pair in zip(features[self.places[j]], F, strict=True)
        )

    @property
    def _nowhere(self) -> Scalars:
        return (_ZERO,) * len(self._optimal)

    @cached_property
    def _beyond(self) -> Scalars:
        """What the rational coefficients of what is free fit beyond those of the vertex."""
        columns = self.ground.free.columns
        pairs = zip(self.free, map(near, self.vertex.free), strict=True)
        gaps = [s - t for s, t in pairs]
        return tuple(dot([z[k] for z in columns], gaps) for k in range(len(self._optimal)))

    @cached_property
    def _optimal(self) -> Scalars:
        """The fit of the vertex, exact where one fit alone belongs to kappa and is rational."""
        fits = zip(self.ground.interval, map(near, self.vertex.fit), strict=True)
        return tuple(low if isinstance(low, Fraction) and low == high else z
                     for (low, high), z in fits)  # fmt: skip

    def _resistance(self, E: Scalars) -> Scalars:
        """Return ``kappa - kappa(z* + E)``; 0 where the entry of E is exactly 0."""
        found: list[Scalar] = []
        fit = tuple(z + e for z, e in zip(self._optimal, E, strict=True))
        unmoved = {k for k, e in enumerate(E) if isinstance(e, Fraction) and not e}
        ends = self.ground.kappas(fit, unmoved)
        for k, (t, (low, high)) in enumerate(zip(self.ground.kappa, ends, strict=True)):
            if k in unmoved and self.ground.is_separable:
                found.append(_ZERO)
                continue
            if low is None or high is None or not (low is high or low == high):
                raise Undecided("which slope the loss has at a kink beside the optimum")
            found.append(near(t) - near(low))
        return tuple(found)


def _sum(vectors: Sequence[Scalars]) -> Scalars:
    """Return the sum; entries that are exactly 0 in all stay so."""
    return tuple(sum(entries, _ZERO) for entries in zip(*vectors, strict=True))
