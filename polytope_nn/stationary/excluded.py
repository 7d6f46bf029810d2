"""Proofs that a block set has no stationary network: kappa_T in a ball, strict inequalities.

For kappa with ``Z'kappa = 0`` and ``|V_a'kappa| <= beta``, weights ``c >= 0`` and any b let
``rho = y - sum_a c_a V_a V_a'kappa - Z b - W^-1 kappa``. The face program's primal less dual value
is at most ``|rho|_W^2/2 + sum_a c_a (beta^2 - |V_a'kappa|^2)``; the dual is strongly concave:

    |kappa - kappa_T|^2  <=  R^2 = |rho|_W^2 + 2 sum_a c_a (beta^2 - |V_a'kappa|^2)

in the norm of ``W^-1``. So a form f has the same sign at kappa_T and at kappa as soon as
``(f'kappa)^2 > R^2 |f|_W^2``. kappa and c are a float's guess, rounded to few bits; what follows
from them is in integers, R and the norms of forms rounded up.

A set is excluded when some neuron is 0 (``|V_a'kappa_T| < beta``), some direction is proved to
leave its open face, or the pulls of some face are proved to lie on one side of 0 (THEORY T19).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from operator import mul

from polytope_nn.exact.integer import integer_product
from polytope_nn.exact.rational import Vector
from polytope_nn.geometry.farkas import integer_alternative
from polytope_nn.problems.training import TrainingProblem

from .blocks import Block, Row, in_integers

__all__ = ["Exclusion", "KappaBall"]

_BITS = 240  # of a guess that is rounded
_NEAR = 60  # bits of a kappa that separating vectors are looked for at
_TRIMMED = 16  # bits of that factor beside those of its distance from 1


@dataclass(frozen=True)
class KappaBall:
    """A kappa, ``K / den`` in integers, and the ``square / den^2`` of a proved radius around it.

    ``directions`` are, for the blocks of the set, ``V'K`` in the units of their columns.
    """

    K: tuple[int, ...]
    den: int
    directions: tuple[tuple[int, ...], ...]
    square: int

    @classmethod
    def exact(cls, kappa: Vector) -> "KappaBall":
        """Return a kappa that is known, radius 0."""
        den = lcm(*(t.denominator for t in kappa))
        return cls(tuple(t.numerator * (den // t.denominator) for t in kappa), den, (), 0)


@dataclass(frozen=True)
class _Whole:
    """A block in integers, its columns times ``den``.

    ``left`` is what Z leaves of the rows, times the projector's denominator. Beside each form
    stands its square in the norm of W, rounded up; ``spread`` is that of all columns together.
    ``pulls`` are those of a face with one line of them, ``mixed`` those of one with several,
    a matrix for each adjacent tope.
    """

    den: int
    columns: tuple[Row, ...]
    rows: tuple[Row, ...]
    left: tuple[Row, ...]
    spread: int
    forms: tuple[tuple[Row, int], ...]
    pulls: tuple[tuple[Row, int], ...]
    mixed: tuple[tuple[Row, ...], ...]


@dataclass(frozen=True)
class Exclusion:
    """Decides for block sets, by a guess at kappa and c, whether they are excluded."""

    problem: TrainingProblem
    blocks: tuple[Block, ...]

    def excludes(self, T: Sequence[int], ball: KappaBall) -> bool:
        """Return whether no stationary network has the block set T, proved."""
        return any(
            self.is_silent(a, g, ball) for a, g in zip(T, ball.directions, strict=True)
        ) or any(self.is_outside(a, ball) or self.is_one_sided(a, ball) for a in T)

    def entering(
        self, balls: Sequence[KappaBall], among: Sequence[int]
    ) -> list[frozenset[int]]:
        """Return for each ball the blocks that may have a neuron beside its set.

        ``|V'kappa_T| < beta`` is not proved for them. With any other block added the solution
        stays as it is, the new neuron 0.
        """
        rows = [column for a in among for column in self.wholes[a].columns]
        points = [
            list(entries) for entries in zip(*(ball.K for ball in balls), strict=True)
        ]
        if not rows or not points:
            return [frozenset()] * len(balls)
        pulled = zip(*integer_product(rows, points), strict=True)
        return [
            self._entering(ball, g, among) for ball, g in zip(balls, pulled, strict=True)
        ]

    def _entering(
        self, ball: KappaBall, pulled: Sequence[int], among: Sequence[int]
    ) -> frozenset[int]:
        found: list[int] = []
        at = 0
        for a in among:
            d = len(self.wholes[a].columns)
            if not self.is_silent(a, pulled[at : at + d], ball):
                found.append(a)
            at += d
        return frozenset(found)

    def ball(self, T: Sequence[int], kappa: Vector, c: Sequence[Fraction]) -> KappaBall:
        """Return a ball around kappa_T: ``Z'kappa = 0`` and ``c >= 0``, close to the solution."""
        return self.around(T, self._rounded(kappa), _masses(c))

    def around(
        self, T: Sequence[int], kappa: tuple[Row, int], masses: tuple[Row, int]
    ) -> KappaBall:
        """Return a ball around kappa_T, of integers over one denominator."""
        square = self.problem.beta_squared
        up, down = square.numerator, square.denominator
        K, den = kappa
        wholes = [self.wholes[a] for a in T]
        directions = [times(W.columns, K) for W in wholes]
        sizes = [sum(map(mul, g, g)) for g in directions]
        rooms = [up * (W.den * den) ** 2 for W in wholes]
        factor = 1, 0
        for size, room in zip(sizes, rooms, strict=True):
            if down * size > room:
                t, bits = _below_inverse_root(down * size, room)
                if not factor[1] or t << factor[1] < factor[0] << bits:
                    factor = t, bits
        if factor[1]:
            t, bits = factor
            K = tuple(t * x for x in K)
            directions = [tuple(t * x for x in g) for g in directions]
            sizes = [size * t**2 for size in sizes]
            den <<= bits
            rooms = [room << 2 * bits for room in rooms]
        radius = self._rest(wholes, (K, den), directions, masses)
        for x, size, room, W in zip(masses[0], sizes, rooms, wholes, strict=True):
            radius -= -2 * x * (room - down * size) // (masses[1] * down * W.den**2)
        return KappaBall(tuple(K), den, tuple(directions), radius)

    def _rounded(self, kappa: Vector) -> tuple[Row, int]:
        """Return a short kappa with ``Z'kappa = 0``, as integers over one denominator."""
        if self.problem.free.columns:  # rounded, it would no longer vanish on Z
            exact = KappaBall.exact(kappa)
            return exact.K, exact.den
        bits = max(_BITS, *(t.numerator.bit_length() for t in kappa))
        largest = max(map(abs, kappa)) or Fraction(1)
        shift = bits - largest.numerator.bit_length() + largest.denominator.bit_length()
        return _shifted(kappa, max(0, shift)), 1 << max(0, shift)

    def _rest(
        self,
        wholes: Sequence[_Whole],
        kappa: tuple[Sequence[int], int],
        directions: Sequence[Row],
        masses: tuple[Row, int],
    ) -> int:
        """Return ``|rho|_W^2 den^2``, less what is free, rounded up."""
        K, den = kappa
        y, inverse, unit = self._left
        both = lcm(*(W.den for W in wholes)) ** 2
        common = both * masses[1]
        rho = [common * (s * den - w * t) for s, w, t in zip(y, inverse, K, strict=True)]
        for W, g, x in zip(wholes, directions, masses[0], strict=True):
            if x:
                share = x * unit * (both // W.den**2)
                h = [share * t for t in g]
                rho = [
                    r - sum(map(mul, row, h)) for r, row in zip(rho, W.left, strict=True)
                ]
        common *= unit * self._projector[1]
        weights, whole = self._weights
        square: int = sum(map(mul, weights, map(mul, rho, rho)))
        return -(-square // (whole * common * common))

    @cached_property
    def _weights(self) -> tuple[Row, int]:
        (row,), den = in_integers([self.problem.weights])
        return row, den

    @cached_property
    def data(self) -> tuple[Row, Row, int]:
        """The labels and inverse weights in integers, and their common denominator."""
        D = self.problem
        unit = lcm(*(t.denominator for t in (*D.y, *D.inverse_weights)))
        y = tuple(int(t * unit) for t in D.y)
        return y, tuple(int(t * unit) for t in D.inverse_weights), unit

    @cached_property
    def _left(self) -> tuple[Row, Row, int]:
        """The same, of the labels what Z does not fit: all times the projector's denominator."""
        y, inverse, unit = self.data
        rows, den = self._projector
        return times(rows, y), tuple(den * t for t in inverse), unit

    @cached_property
    def _projector(self) -> tuple[tuple[Row, ...], int]:
        """The matrix that leaves of rho what Z does not fit, in integers over one denominator."""
        rows = self.problem.free.annihilator(self.problem.weights)
        n = range(self.problem.n)
        return in_integers(rows or [[Fraction(int(i == k)) for k in n] for i in n])

    @cached_property
    def wholes(self) -> tuple[_Whole, ...]:
        """The blocks in integers."""
        return tuple(self._of(b) for b in self.blocks)

    def _of(self, b: Block) -> _Whole:
        W = b.whole
        spread = sum((self._size(c) for c in W.columns), 0)
        rows = tuple(zip(*W.columns, strict=True))
        left = tuple(zip(*(times(self._projector[0], c) for c in W.columns), strict=True))
        pulls = self._sized([pull[0] for pull in W.pulls if len(pull) == 1])
        mixed = tuple(pull for pull in W.pulls if len(pull) > 1)
        forms = self._sized(W.forms)
        return _Whole(W.den, W.columns, rows, left, spread, forms, pulls, mixed)

    def _sized(self, forms: Sequence[Row]) -> tuple[tuple[Row, int], ...]:
        return tuple((f, self._size(f)) for f in forms)

    def _size(self, form: Row) -> int:
        """Return ``|form|_W^2``, rounded up."""
        weights, den = self._weights
        square: int = sum(map(mul, weights, map(mul, form, form)))
        return -(-square // den)

    def sign(self, form: Row, ball: KappaBall, constant: int = 0) -> int:
        """Return the sign of a form and a constant at kappa_T, 0 where the ball leaves it open."""
        return _sign(form, self._size(form), ball, constant)

    def is_silent(self, a: int, g: Sequence[int], ball: KappaBall) -> bool:
        """Return whether ``|V'kappa_T| < beta``: the neuron is 0."""
        W, beta_squared = self.wholes[a], self.problem.beta_squared
        square = sum(t * t for t in g)
        unit = (W.den * ball.den) ** 2
        room = beta_squared.numerator * unit // beta_squared.denominator - square
        if room <= 0:
            return False
        spread = ball.square * W.spread
        room -= spread
        return room > 0 and 4 * square * spread < room * room

    def is_outside(self, a: int, ball: KappaBall) -> bool:
        """Return whether g is proved to lie outside the open face."""
        for form, size in self.wholes[a].forms:
            value = sum(map(mul, form, ball.K))
            if value < 0 and value * value > ball.square * size:
                return True
        return False

    def is_one_sided(self, a: int, ball: KappaBall) -> bool:
        """Return whether the pulls of the adjacent topes are proved to have no mixture 0."""
        W = self.wholes[a]
        if W.pulls:
            signs = {_sign(form, size, ball) for form, size in W.pulls}
            return signs in ({1}, {-1})
        if not W.mixed:
            return False
        # any vector may be tried: what it separates is proved with all bits, in the ball
        shift = max(0, max(map(int.bit_length, ball.K)) - _NEAR)
        near = tuple(t >> shift for t in ball.K)
        columns = [(*times(forms, near), max(1, ball.den >> shift)) for forms in W.mixed]
        q = len(W.mixed[0])
        mixture, separating = integer_alternative(columns, (*(0,) * q, 1))
        if mixture is not None:
            return False
        normal = separating[:-1]
        combined = (times(tuple(zip(*forms, strict=True)), normal) for forms in W.mixed)
        return all(self.sign(form, ball) > 0 for form in combined)


def _sign(form: Row, size: int, ball: KappaBall, constant: int = 0) -> int:
    """Return the sign of a form and a constant at kappa_T, 0 where the ball leaves it open."""
    value = sum(map(mul, form, ball.K), constant * ball.den)
    if value * value <= ball.square * size:
        return 0
    return 1 if value > 0 else -1


def times(rows: Sequence[Row], v: Sequence[int]) -> Row:
    return tuple([sum(map(mul, row, v)) for row in rows])


def _masses(c: Sequence[Fraction]) -> tuple[Row, int]:
    """Return numbers near ``c >= 0``, of few bits, over one denominator."""
    largest = max(c, default=Fraction(0))
    shift = _BITS - largest.numerator.bit_length() + largest.denominator.bit_length()
    return _shifted(c, max(0, shift)), 1 << max(0, shift)


def _shifted(x: Sequence[Fraction], shift: int) -> Row:
    return tuple((t.numerator << shift) // t.denominator for t in x)


def _below_inverse_root(p: int, q: int) -> tuple[int, int]:
    """Return ``(t, bits)`` with ``t / 2^bits`` a little below ``1/sqrt(p/q)``, p a bit above q.

    By Bernoulli ``1 - (x - 1)/2 <= 1/sqrt(x)``, and ``1/x`` is less, too; rounded down.

    >>> _below_inverse_root(5, 4)
    (229375, 18)
    """
    bits = _TRIMMED + max(0, q.bit_length() - (p - q).bit_length())
    if p <= 2 * q:
        return (1 << bits) - 1 - ((p - q) << bits) // (2 * q), bits
    bits += p.bit_length() - q.bit_length()
    return (q << bits) // p, bits
