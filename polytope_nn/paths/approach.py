"""Descents to atoms that are irrational: rational rays beside them first (THEORY T12).

Where atoms are balls, no ball tells which coefficients of a tableau are 0, and many are: a
neuron and an atom of one face have features in a space of its few dimensions. So the
active-set steps go over rational columns, on which every tie is decided: the neurons, and
beside each atom a of one vertex v of P a rational ray r_a of the same face. They end at
``B = sum_a b_a r_a``, close to v; the last lines exchange the r_a for the atoms, as many at
a time as there are empty slots.

Write ``e_a = b_a F(r_a) - v_a F_a`` and ``h_a = b_a (beta |r_a| - |kappa'F(r_a)|) >= 0`` (dual
feasibility). The network in which a set J of atoms is not exchanged yet has the objective
``f* + sum_J h_a + |E|^2/2``, ``E = sum_J e_a``, norms weighted as the loss is. On a line that
exchanges G, leaving E, the slope at the end is ``-sum_G h_a - E'sum_G e_a``: nothing rises when
``E'sum_G e_a >= 0``. That is one strict inequality of balls for each line, and the b_a are
chosen for it: ``b_a`` is ``(1 + eta_a) v_a``, where the small eta_a has the sign of ``F_a'E``.
The line of fits that leads to B rises nowhere when its slope at B is not positive, which is
decided exactly; the sign of all eta_a together makes it so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.membership import Placement

from .mixtures import Columns
from .rays import beside, known_rays, middle, ray_mass, vertex_on

__all__ = ["Approach", "approach"]

_TRIES = 16
_MARGIN = 24  # bits by which directions are closer than masses


@dataclass(frozen=True)
class Approach:
    """The way from a pruned placement to a vertex of P, on columns with rays added.

    To each of the last ``exchanges`` placements only the line from the one before is known
    not to rise; of the others, every line between two of them.
    """

    columns: Columns
    ways: list[Placement]
    exchanges: int


def approach(columns: Columns, p: Placement) -> Approach:
    """Return the way from a pruned placement on rational columns to a vertex of P.

    It is undecided only where the optimum is not known closely enough.
    """
    reason = ""
    for attempt in range(_TRIES):
        try:
            return _approach(columns, p, attempt)
        except Undecided as error:
            reason = str(error)
    raise Undecided(reason)


def _approach(columns: Columns, p: Placement, attempt: int) -> Approach:
    design, V = columns.polytope.problem.rows_and_slopes[0], columns.optima.vertices
    rays = known_rays(columns)
    away = [a - b for a, b in zip(columns.fit(p), columns.optima.fit, strict=True)]
    goal: int | None = min(range(len(V.supports)), key=lambda i: V.supports[i].bit_count())
    bits, seen = 0, set()
    while goal is not None and goal not in seen:
        seen.add(goal)
        atoms = bits_of(V.supports[goal])
        if len(p) <= len(atoms):
            raise Undecided(
                f"the optimum that is known has {len(atoms)} neurons, and the network "
                f"{len(p)} slots: take {len(atoms) + 1} of them"
            )
        v = tuple(V.points[goal][a] for a in atoms)
        depth = _depth(columns, atoms, v, away) + 2 * attempt
        bits = bits or depth + _MARGIN + 8 * attempt
        for a in atoms:
            if a not in rays:
                rays[a] = beside(design, columns, a, bits)
        wide, places = columns.joined([rays[a] for a in atoms])
        sizes = [8 - (3 * j + attempt * (j + 1)) % 5 for j in range(len(atoms))]
        etas = [Fraction(x, 8 << depth) for x in sizes]
        exchange = _Exchange(wide, atoms, v, places, len(p) - len(atoms), etas, bits)
        b = dict(zip(places, exchange.masses(away), strict=True))
        ways = wide.steps(p, b)
        used = {held[0] for held in ways[-1] if held is not None}
        if used == set(places):
            if not wide.falls([p, *ways][-2], ways[-1]):
                raise Undecided("whether the objective falls up to the rays beside atoms")
            last = exchange.exchanged(b, ways[-1])
            return Approach(wide, [*ways, *last], len(last))
        goal = vertex_on(wide, rays, used)
    raise Undecided("whether a neuron is as cheap as the rays beside the atoms")


def _depth(
    columns: Columns, atoms: Sequence[int], v: Scalars, away: Sequence[Scalar]
) -> int:
    """Return the bits of an eta so small that B is much closer to P than the start is."""
    moved = [[x * t for t in columns.features[a]] for a, x in zip(atoms, v, strict=True)]
    most = sum((middle(columns.product(t, t)) for t in moved), Fraction(0))
    least = middle(columns.product(away, away))
    if least <= 0:
        raise Undecided("whether the fit of the start is the optimal one")
    return max(6, 5 + isqrt(int(most * len(atoms) / least)).bit_length())


@dataclass(frozen=True)
class _Exchange:
    """The atoms of a vertex, its masses v, and the rays beside them.

    ``size`` is how many are exchanged at a time, at least one: at most n slots are in use.
    """

    columns: Columns
    atoms: Sequence[int]
    v: Scalars
    places: Sequence[int]
    size: int
    etas: Sequence[Fraction]
    bits: int

    @property
    def groups(self) -> list[range]:
        """What is exchanged together, in order."""
        N = len(self.atoms)
        return [range(j, min(j + self.size, N)) for j in range(0, N, self.size)]

    def exchanged(self, b: Mapping[int, Scalar], p: Placement) -> list[Placement]:
        """Return the placements after each exchange, the vertex last."""
        c, ways = dict(b), [p]
        for group in self.groups:
            for j in group:
                del c[self.places[j]]
                c[self.atoms[j]] = self.v[j]
            ways.append(self.columns.placed(c, ways[-1]))
        return ways[1:]

    def masses(self, away: Sequence[Scalar]) -> list[Fraction]:
        """Return masses b of the rays with which no exchange rises, proved.

        And with which the fit of B is on the side of the start, which ``away`` points to.
        """
        for flip in (1, -1):
            b, E = self._signed(flip)
            if sign(self.columns.product(E, away)) > 0:
                return b
        raise Undecided("whether the line of fits falls at its end")

    def _signed(self, flip: int) -> tuple[list[Fraction], Sequence[Scalar]]:
        """Return the masses, and the sum of the e_a."""
        b = [Fraction(0)] * len(self.atoms)
        E: dict[int, Scalars] = {}
        for group in reversed(self.groups):
            change: dict[int, Scalars] = {}
            for j in group:
                F = self.columns.features[self.atoms[j]]
                eta = self.etas[j] * (sign(self._product(j, F, E)) or flip)
                b[j] = self._mass(j, 1 + eta)
                near = self.columns.features[self.places[j]]
                change[j] = tuple(
                    b[j] * s - self.v[j] * t for s, t in zip(near, F, strict=True)
                )
            rise = sum((self._product(j, e, E) for j, e in change.items()), Fraction(0))
            if sign(rise) < 0:
                raise Undecided("whether an exchange of rays for atoms rises")
            E |= change
        return b, [sum(entries, Fraction(0)) for entries in zip(*E.values(), strict=True)]

    def _product(self, j: int, e: Scalars, E: Mapping[int, Scalars]) -> Scalar:
        """Return the product of a vector of the face of j with a sum of vectors of others.

        Faces whose features are orthogonal have the product 0, which balls do not tell.
        """
        spans = self.columns.optima.spans
        parts = [
            self.columns.product(e, other)
            for i, other in E.items()
            if any(
                self.columns.product(s, t) != 0
                for s in spans[self.atoms[i]]
                for t in spans[self.atoms[j]]
            )
        ]
        return sum(parts, Fraction(0))

    def _mass(self, j: int, factor: Fraction) -> Fraction:
        """Return about a factor times the mass of the ray that makes the atom's neuron."""
        u, g = (self.columns.neurons[i[j]].u for i in (self.places, self.atoms))
        return ray_mass(u, g, self.v[j], factor, self.bits)
