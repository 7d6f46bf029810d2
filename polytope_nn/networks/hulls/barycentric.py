"""The nearest optimal network where P is known by its vertices: in balls, or of several fits.

P is the convex hull of its vertices ``v_i``, so the masses of an optimal network add up, atom
by atom, to ``C = sum_i mu_i v_i`` with ``mu >= 0, sum mu = 1``, whatever the ``v_i`` are known by.
With the wished masses ``t_ja`` of :mod:`~polytope_nn.networks.closest`, for every lam, one number
for each atom, the least of ``|network|^2 + beta^2 sum_j (c_j^2 - 2 c_j t_ja)`` is at least::

    |network|^2 + beta^2 (2 min_i lam'v_i - sum_j max_a ((t_ja + lam_a)_+)^2)

add ``2 sum_a lam_a (C_a - sum of the c_j labelled a) = 0``. It is attained iff
``c_j = t_ja + lam_a`` where a slot has mass, no slot would rather have another label, and mu is on
vertices with the least ``lam'v_i``. Which slots and vertices these are is guessed in floats; then
the numbers solve a linear system, and the rest is strict inequalities of balls, or exact ones.
Where that fails, rational mu and shares make an optimal network all the same, and a rational
lam a bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import solve
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.progress import counted

from .guessed import Guess, guesses

__all__ = ["Hull", "Spread", "widened"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_BITS = 40  # to which guessed numbers are taken over
_WIDER = 16  # bits by which balls of masses are widened


class Spread(NamedTuple):
    """Labels and masses of an optimal network, its distance, and what is proved of others.

    ``vertex`` is the place of the vertex it is spread from, None between vertices.
    """

    labels: list[int]
    masses: Scalars
    distance: Scalar
    at_least: Scalar
    decided: bool
    vertex: int | None


@dataclass(frozen=True)
class Hull:
    """The wished masses of a network, and points whose hull is P, or lies in it and around it.

    ``points`` are optimal; every optimal C is in the hull of ``around``, or its totals over
    ``groups`` of atoms are. ``size`` is the square of the network's norm.
    """

    points: Sequence[Scalars]
    around: Sequence[Scalars]
    wished: Sequence[Scalars]
    size: Scalar
    beta_squared: Fraction
    groups: Sequence[Sequence[int]] | None = None

    def nearest(self) -> Spread:
        """Return the nearest optimal network, or the nearest found and a bound."""
        tried = guesses(self.points, self.wished)
        for guess in counted("proving what is nearest, guesses", tried):
            proved = self.proved(guess)
            if proved is not None:
                return proved
        bounds = counted("a bound of every network, multipliers", tried)
        at_least = max((self._bound(guess.lam) for guess in bounds), default=_ZERO)
        return self.rounded(tried[0], at_least)

    def rounded(self, guess: Guess, at_least: Fraction) -> Spread:
        """Return an optimal network near a guess, and a bound that is proved."""
        masses, vertex = self._rounded(guess)
        distance = self.distance(guess.labels, masses)
        decided = isinstance(distance, Fraction) and distance == 0
        return Spread(guess.labels, widened(masses), distance, at_least, decided, vertex)

    def distance(self, labels: Sequence[int], c: Sequence[Scalar]) -> Scalar:
        """Return the distance of the optimal network of labels and masses."""
        parts = [
            x * x - 2 * x * self.wished[j][a]
            for j, (a, x) in enumerate(zip(labels, c, strict=True))
            if not is_nothing(x)
        ]
        return self.size + self.beta_squared * sum(parts, _ZERO)

    def proved(self, guess: Guess, *, own: bool = False) -> Spread | None:
        """Return the solution of the guessed slots and vertices, if it is proved the nearest.

        Of all, or of those of its ``own`` labels.
        """
        try:
            return self._proved(guess, own)
        except Undecided:
            return None

    def _proved(self, guess: Guess, own: bool) -> Spread | None:  # noqa: FBT001
        labels, slots, vertices = guess.labels, guess.slots, guess.vertices
        atoms = sorted({labels[j] for j in slots})
        count = {a: sum(labels[j] == a for j in slots) for a in atoms}
        made = {
            a: sum((self.wished[j][a] for j in slots if labels[j] == a), _ZERO)
            for a in atoms
        }
        V = [self.points[i] for i in vertices]
        if any(not is_nothing(v[a]) for v in V for a in range(len(v)) if a not in count):
            return None
        # lam_a = (C_a - made_a) / count_a, and lam'v_i = least on the vertices in use
        over = [tuple(v[a] / count[a] for a in atoms) for v in V]
        rows = [[*(dot([w[a] for a in atoms], row) for w in V), -_ONE] for row in over]
        rows.append([*(_ONE for _ in V), _ZERO])
        right = [dot([made[a] for a in atoms], row) for row in over]
        found = solve(rows, [*right, _ONE])
        if found is None or not all(x > 0 for x in found[:-1]):
            return None
        *mu, least = found
        lam: dict[int, Scalar] = {}
        for a in atoms:
            C = sum((x * v[a] for x, v in zip(mu, V, strict=True)), _ZERO)
            lam[a] = (C - made[a]) / count[a]
        c = [self.wished[j][labels[j]] + lam[labels[j]] if j in slots else _ZERO
             for j in range(len(labels))]  # fmt: skip
        if not all(c[j] > 0 for j in slots):
            return None
        every = tuple(range(len(self.points[0])))
        wanted = [(a,) for a in labels] if own else [every] * len(labels)
        lam |= self._others(lam, c, wanted)
        if not self._is_least(lam, c, guess, wanted, least):
            return None
        distance = self.distance(labels, c)
        vertex = vertices[0] if len(vertices) == 1 else None
        return Spread(labels, widened(c), distance, distance, decided=True, vertex=vertex)

    def _others(
        self,
        lam: dict[int, Scalar],
        c: Sequence[Scalar],
        wanted: Sequence[tuple[int, ...]],
    ) -> dict[int, Scalar]:
        """Return the largest lam of the other atoms with which no slot would rather have them."""
        found: dict[int, Scalar] = {}
        rows = list(zip(c, self.wished, wanted, strict=True))
        for a in sorted({a for labels in wanted for a in labels}):
            if a not in lam:
                room = [x - t[a] for x, t, labels in rows if a in labels]
                if not any(isinstance(x, Ball) for x in room):
                    found[a] = min(room)
                else:
                    low = min(enclosure(x)[0] for x in room)
                    found[a] = low - abs(low) / (1 << _BITS) - Fraction(1, 1 << 4 * _BITS)
        return found

    def _is_least(
        self,
        lam: dict[int, Scalar],
        c: Sequence[Scalar],
        guess: Guess,
        wanted: Sequence[tuple[int, ...]],
        least: Scalar,
    ) -> bool:
        """Return whether lam proves that nothing of the wanted labels is nearer than masses c."""
        known, low = self.around is self.points, self._lowest(lam)
        for i, v in enumerate(self.around):
            held = [k for k, x in enumerate(v) if not is_nothing(x)]
            if (known and i in guess.vertices) or any(k not in low for k in held):
                continue  # not of these labels
            if dot([low[k] for k in held], [v[k] for k in held]) < least:
                return False
        return all(
            t[a] + lam[a] <= x
            for x, t, label, atoms in zip(c, self.wished, guess.labels, wanted, strict=True)
            for a in atoms
            if a != label or is_nothing(x)
        )

    def _lowest(self, lam: dict[int, Scalar]) -> dict[int, Scalar]:
        """Return the least lam of the atoms that each coordinate of ``around`` counts."""
        if self.groups is None:
            return lam
        return {k: min(lam[a] for a in members) for k, members in enumerate(self.groups)}

    def _rounded(self, guess: Guess) -> tuple[Scalars, int | None]:
        """Return masses of an optimal network near a guess, and the vertex if it is of one."""
        labels = guess.labels
        mu = _shares([guess.mu[i] for i in guess.vertices])
        V = [self.points[i] for i in guess.vertices]
        c: list[Scalar] = [_ZERO] * len(labels)
        for a in sorted(set(labels)):
            parts = [x * v[a] for x, v in zip(mu, V, strict=True) if not is_nothing(v[a])]
            if not parts:
                continue
            C = sum(parts, _ZERO)
            slots = [j for j, label in enumerate(labels) if label == a]
            for j, share in zip(
                slots, _shares([guess.masses[j] for j in slots]), strict=True
            ):
                c[j] = C * share if share else _ZERO
        return tuple(c), guess.vertices[0] if len(V) == 1 else None

    def _bound(self, lam: Vector) -> Fraction:
        """Return the lower bound of a rational lam, rational where numbers are enclosed."""
        low = tuple(self._lowest(dict(enumerate(lam))).values())
        least = min((enclosure(dot(low, v))[0] for v in self.around), default=_ZERO)
        squares = _ZERO
        for t in self.wished:
            pull = max(enclosure(x + s)[1] for x, s in zip(t, lam, strict=True))
            squares += pull * pull if pull > 0 else _ZERO
        bound = enclosure(self.size)[0] + self.beta_squared * (2 * least - squares)
        if bound <= 0:
            return _ZERO
        unit = Fraction(2) ** (
            2 * _BITS + bound.denominator.bit_length() - bound.numerator.bit_length()
        )
        return (bound * unit // 1) / unit  # a shorter number below it


def widened(c: Sequence[Scalar]) -> Scalars:
    """Return masses with balls so wide that other mixtures of the vertices lie in them, too.

    So the network is known again when it is read.
    """
    balls = [x for x in c if isinstance(x, Ball)]
    more = max((x.radius for x in balls), default=_ZERO) * (1 << _WIDER)
    return tuple(
        Ball.from_interval(x.lower - more, x.upper + more, x.precision)
        if isinstance(x, Ball)
        else x
        for x in c
    )


def _shares(x: Sequence[float]) -> list[Fraction]:
    """Return rational shares of 1, ``>= 0``, near given numbers ``>= 0``."""
    raw = [Fraction(int(max(t, 0) * (1 << _BITS))) for t in x]
    if not any(raw):
        raw[0] = _ONE
    whole = sum(raw, _ZERO)
    return [t / whole for t in raw]
