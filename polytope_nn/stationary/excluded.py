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
from typing import TypeAlias

from polytope_nn.exact.integer import integer_product
from polytope_nn.exact.linear import solve
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.farkas import alternative
from polytope_nn.problems.training import TrainingProblem

from .blocks import Block

__all__ = ["Exclusion", "KappaBall"]

Row: TypeAlias = tuple[int, ...]

_ZERO, _ONE = Fraction(0), Fraction(1)
_BITS = 80  # of a guess that is rounded
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
        return cls(tuple(int(t * den) for t in kappa), den, (), 0)


@dataclass(frozen=True)
class _Whole:
    """A block in integers: the columns of V times ``den``, forms and pulls times their own.

    Beside each form stands its square in the norm of W, rounded up; ``spread`` is that of
    all columns together.
    """

    den: int
    columns: tuple[Row, ...]
    spread: int
    forms: tuple[tuple[Row, int], ...]


@dataclass(frozen=True)
class Exclusion:
    """Decides for block sets, by a guess at kappa and c, whether they are excluded."""

    problem: TrainingProblem
    blocks: tuple[Block, ...]

    def excludes(self, T: Sequence[int], ball: KappaBall) -> bool:
        """Return whether no stationary network has the block set T, proved."""
        return any(
            self._silent(a, g, ball) or self._outside(a, ball)
            for a, g in zip(T, ball.directions, strict=True)
        ) or any(self._one_sided(self.blocks[a], ball) for a in T)

    def entering(self, balls: Sequence[KappaBall]) -> list[frozenset[int]]:
        """Return for each ball the blocks that may have a neuron beside its set.

        ``|V'kappa_T| < beta`` is not proved for them. With any other block added the solution
        stays as it is, the new neuron 0.
        """
        rows = [column for face in self._faces for column in self._whole[face[0]].columns]
        points = [
            list(entries) for entries in zip(*(ball.K for ball in balls), strict=True)
        ]
        if not rows or not points:
            return [frozenset()] * len(balls)
        pulled = zip(*integer_product(rows, points), strict=True)
        return [self._entering(ball, g) for ball, g in zip(balls, pulled, strict=True)]

    def _entering(self, ball: KappaBall, pulled: Sequence[int]) -> frozenset[int]:
        found: list[int] = []
        at = 0
        for face in self._faces:
            d = len(self._whole[face[0]].columns)
            if not self._silent(face[0], pulled[at : at + d], ball):
                found += face
            at += d
        return frozenset(found)

    @cached_property
    def _faces(self) -> list[list[int]]:
        """The places of blocks with the same columns: those of a face, both signs."""
        found: dict[tuple[Vector, ...], list[int]] = {}
        for a, b in enumerate(self.blocks):
            found.setdefault(b.columns, []).append(a)
        return list(found.values())

    def ball(self, T: Sequence[int], kappa: Vector, c: Sequence[Fraction]) -> KappaBall:
        """Return a ball around kappa_T.

        ``Z'kappa = 0``; kappa and ``c >= 0`` are close to the face program's solution.
        """
        beta_squared = self.problem.beta_squared
        K, den = self._rounded(kappa)
        directions = [_times(self._whole[a].columns, K) for a in T]
        sizes = [
            Fraction(sum(t * t for t in g), self._whole[a].den ** 2)
            for a, g in zip(T, directions, strict=True)
        ]
        most = max(sizes, default=_ZERO) / (beta_squared * den * den)
        if most > 1:
            t = _below_inverse_root(most)
            K = tuple(t.numerator * x for x in K)
            directions = [tuple(t.numerator * x for x in g) for g in directions]
            sizes = [size * t.numerator**2 for size in sizes]
            den *= t.denominator
        masses = [_short(x, _BITS) for x in c]
        square = self._rest(T, (K, den), directions, masses)
        for x, size in zip(masses, sizes, strict=True):
            square += 2 * x * (beta_squared * den * den - size)
        return KappaBall(tuple(K), den, tuple(directions), -int(-square // 1))

    def _rounded(self, kappa: Vector) -> tuple[Row, int]:
        """Return a short kappa with ``Z'kappa = 0``, as integers over one denominator."""
        if self.problem.free.columns:  # rounded, it would no longer vanish on Z
            exact = KappaBall.exact(kappa)
            return exact.K, exact.den
        bits = max(_BITS, *(t.numerator.bit_length() for t in kappa))
        largest = max(map(abs, kappa)) or Fraction(1)
        shift = bits - largest.numerator.bit_length() + largest.denominator.bit_length()
        den = 1 << max(0, shift)
        return tuple(round(t * den) for t in kappa), den

    def _rest(
        self,
        T: Sequence[int],
        kappa: tuple[Sequence[int], int],
        directions: Sequence[Sequence[int]],
        masses: Sequence[Fraction],
    ) -> Fraction:
        """Return ``|rho|_W^2 den^2``, less what is free."""
        K, den = kappa
        y, inverse, unit = self._data
        common = lcm(
            *(
                self._whole[a].den ** 2 * x.denominator
                for a, x in zip(T, masses, strict=True)
            )
        )
        rho = [common * (s * den - w * t) for s, w, t in zip(y, inverse, K, strict=True)]
        for a, g, x in zip(T, directions, masses, strict=True):
            if not x:
                continue
            W = self._whole[a]
            share = unit * x.numerator * (common // (W.den**2 * x.denominator))
            for column, t in zip(W.columns, g, strict=True):
                if t:
                    rho = [r - share * t * v for r, v in zip(rho, column, strict=True)]
        if self.problem.free.columns:
            rho = list(_times(self._projector[0], rho))
            common *= self._projector[1]
        weighted = sum(
            (w * (r * r) for w, r in zip(self.problem.weights, rho, strict=True)), _ZERO
        )
        return weighted / (common * unit) ** 2

    @cached_property
    def _data(self) -> tuple[Row, Row, int]:
        """The labels and inverse weights in integers, and their common denominator."""
        D = self.problem
        unit = lcm(*(t.denominator for t in (*D.y, *D.inverse_weights)))
        y = tuple(int(t * unit) for t in D.y)
        return y, tuple(int(t * unit) for t in D.inverse_weights), unit

    @cached_property
    def _projector(self) -> tuple[tuple[Row, ...], int]:
        """The matrix that leaves of rho what Z does not fit, in integers over one denominator."""
        D = self.problem
        columns = [D.free.columns[j] for j in D.free.basis]
        weighted = [[w * t for w, t in zip(D.weights, z, strict=True)] for z in columns]
        gram = [[dot(p, q) for q in columns] for p in weighted]
        rows: list[list[Fraction]] = [[_ZERO] * D.n for _ in range(D.n)]
        for k in range(D.n):
            a = solve(gram, [p[k] for p in weighted])
            assert a is not None  # a Gram matrix of independent columns is regular
            for i in range(D.n):
                fitted = dot([z[i] for z in columns], a)
                assert isinstance(fitted, Fraction)  # the data are rational
                rows[i][k] = int(i == k) - fitted
        return _integers(rows)

    @cached_property
    def _whole(self) -> tuple[_Whole, ...]:
        return tuple(self._of(b) for b in self.blocks)

    def _of(self, b: Block) -> _Whole:
        columns, den = _integers(b.columns)
        forms = [_integers([form])[0][0] for form in b.forms]
        spread = sum((self._size(c) for c in columns), 0)
        return _Whole(den, columns, spread, tuple((f, self._size(f)) for f in forms))

    def _size(self, form: Row) -> int:
        """Return ``|form|_W^2``, rounded up."""
        pairs = zip(self.problem.weights, form, strict=True)
        return -int(-sum((w * (t * t) for w, t in pairs), _ZERO) // 1)

    def _silent(self, a: int, g: Sequence[int], ball: KappaBall) -> bool:
        """Return whether ``|V'kappa_T| < beta``: the neuron is 0."""
        W, beta_squared = self._whole[a], self.problem.beta_squared
        square = sum(t * t for t in g)
        unit = (W.den * ball.den) ** 2
        room = beta_squared.numerator * unit // beta_squared.denominator - square
        if room <= 0:
            return False
        spread = ball.square * W.spread
        room -= spread
        return room > 0 and 4 * square * spread < room * room

    def _outside(self, a: int, ball: KappaBall) -> bool:
        """Return whether g is proved to lie outside the open face."""
        return any(_sign(form, size, ball) < 0 for form, size in self._whole[a].forms)

    def _one_sided(self, b: Block, ball: KappaBall) -> bool:
        """Return whether the pulls of the adjacent topes are proved to have no mixture 0."""
        if not b.pulls:
            return False
        q = len(b.pulls[0])
        kappa = [Fraction(t, ball.den) for t in ball.K]
        columns = [(*(dot(f, kappa) for f in forms), _ONE) for forms in b.pulls]
        mixture, separating = alternative(columns, (*(_ZERO,) * q, _ONE))
        if mixture is not None:
            return False
        normal = [t for t in separating[:-1] if isinstance(t, Fraction)]
        combined = (_integers([_combined(normal, forms)])[0][0] for forms in b.pulls)
        return all(_sign(form, self._size(form), ball) > 0 for form in combined)


def _sign(form: Row, size: int, ball: KappaBall) -> int:
    """Return the sign of a form at kappa_T, 0 where the ball leaves it open."""
    value = sum(f * t for f, t in zip(form, ball.K, strict=True))
    if value * value <= ball.square * size:
        return 0
    return 1 if value > 0 else -1


def _times(rows: Sequence[Row], v: Sequence[int]) -> Row:
    return tuple(sum(s * t for s, t in zip(row, v, strict=True)) for row in rows)


def _integers(rows: Sequence[Sequence[Fraction]]) -> tuple[tuple[Row, ...], int]:
    """Return rows in integers, and what they were multiplied by."""
    den = lcm(*(t.denominator for row in rows for t in row))
    return tuple(tuple(int(t * den) for t in row) for row in rows), den


def _short(x: Fraction, bits: int) -> Fraction:
    """Return a number near ``x >= 0``, of few bits."""
    shift = bits - x.numerator.bit_length() + x.denominator.bit_length()
    if x.denominator.bit_length() <= shift or not x or shift <= 0:
        return x
    return Fraction(round(x * (1 << shift)), 1 << shift)


def _combined(weights: Sequence[Fraction], forms: Sequence[Vector]) -> Vector:
    return tuple(dot(weights, entries) for entries in zip(*forms, strict=True))


def _below_inverse_root(x: Fraction) -> Fraction:
    """Return a rational a little below ``1/sqrt(x)``, for x a little above 1.

    By Bernoulli ``1 - (x - 1)/2 <= 1/sqrt(x)``; the factor is rounded down.
    """
    exact = max(1 - (x - 1) / 2, 1 / x)
    near = 1 - exact
    bits = _TRIMMED + near.denominator.bit_length() - near.numerator.bit_length()
    return Fraction((exact.numerator << bits) // exact.denominator, 1 << bits)
