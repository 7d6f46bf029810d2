"""The dual variable of a face program: the resolvent system of the blocks with mass, solved.

The blocks of a system have independent features modulo Z. Its solution is refined, guessed
as fractions or elements of a small field (the caller proves the guess), or enclosed by
Krawczyk's test.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import islice, takewhile
from math import isqrt
from typing import cast

from polytope_nn.dual.system import Face, Semidefinite, Unit, pinned_system
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.linear import project_out, solve
from polytope_nn.exact.rational import Matrix, Vector, exponent
from polytope_nn.exact.recognise import (
    guess_field,
    guess_minimal_polynomial,
    guess_rational,
)
from polytope_nn.exact.scalar import Scalars, dot, middle, squared_norm
from polytope_nn.limits import Limits
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.candidate import Candidate
from polytope_nn.search.field_guess import dual_guess, widened

from .blocks import Block, squared_loss

__all__ = ["FINER", "Equations", "weighted"]

_SMALL_DEGREE = 4
_ASKED = 2  # numbers of no small degree, of many: most are of none
FINER = 4  # times the bits of the limits, where scales are far apart
_SHORT = 256  # bits of a kappa that is made of weights
_FAR = Fraction(65, 64)  # the square of a pull, in units of beta^2, that is no rounding
_GROWN = 100  # times that weights are made larger, at least doubled
_LARGE = 16  # degrees above are left to balls
_SETTLING = (
    300  # steps of weights, at most so many powers of 2, until pulls are so close to beta
)
_OCTAVE = 1 << 12  # parts of a power of 2, by which weights are told
_SETTLED = Fraction(1, 1000)


def weighted(
    D: TrainingProblem, members: Sequence[Block], Q: Matrix, c: Sequence[Fraction]
) -> tuple[Vector, Vector]:
    """Return nu, ``kappa = Q'nu``, of weights c, and these: larger where nu pulls too much.

    ``M(c) nu = Q y``, M(c) the sum of ``Q W^-1 Q'`` and of ``c_a Q V_a V_a' Q'``. Both are
    rounded to many bits. Where scales are far apart a pull may be the same for all weights up to
    far larger ones: they are doubled until it is beta at most.
    """
    pulled = _Pulled(D, members, Q)
    weights = tuple(c)
    nu: Vector = ()
    for _ in range(_GROWN):
        nu, pulls = pulled(weights)
        wrong = [p > (_FAR if x else 1) for p, x in zip(pulls, weights, strict=True)]
        if not any(wrong):
            break
        least = max(*weights, Fraction(1, 1 << _SHORT)) / (1 << _SHORT // 4)
        weights = tuple(
            max(x, least) * max(2, isqrt(int(pull))) if far else x
            for x, pull, far in zip(weights, pulls, wrong, strict=True)
        )
    return nu, weights


class _Pulled:
    """Solves ``M(c) nu = Q y``."""

    def __init__(self, D: TrainingProblem, members: Sequence[Block], Q: Matrix) -> None:
        self.square, self.right = D.beta_squared, [dot(q, D.y) for q in Q]
        scaled = [[t * w for t, w in zip(q, D.inverse_weights, strict=True)] for q in Q]
        self.start = [[dot(p, q) for q in Q] for p in scaled]
        self.factors = [[[dot(q, v) for v in b.columns] for q in Q] for b in members]

    def __call__(self, weights: Sequence[Fraction]) -> tuple[Vector, Vector]:
        """Return nu, rounded, and the squares of the pulls of all blocks in units of beta^2."""
        M = self.start
        for W, x in zip(self.factors, weights, strict=True):
            if x:
                M = [
                    [t + x * dot(p, q) for t, q in zip(row, W, strict=True)]
                    for row, p in zip(M, W, strict=True)
                ]
        nu = _rounded(cast("Vector", solve(M, self.right)))  # M(c) is positive definite
        pulls = (
            squared_norm([dot(w, nu) for w in zip(*W, strict=True)]) / self.square
            for W in self.factors
        )
        return nu, tuple(pulls)


def _settled(
    D: TrainingProblem, members: Sequence[Block], c: Sequence[Fraction]
) -> tuple[Vector, Vector]:
    """Return kappa and the weights c of blocks that all have mass: their pulls are near beta.

    The weights go up where a pull is too large and else down, in steps that are longer and
    longer, and shorter once they turn: where scales are far apart a pull may be nearly the same
    for weights of many orders, and no derivative tells how far to go.
    """
    one = Fraction(1)
    Q = D.free.quotient if D.free.columns else tuple(
        tuple(one * int(i == j) for j in range(D.n)) for i in range(D.n)
    )  # fmt: skip
    pulled = _Pulled(D, members, Q)
    places = list(map(_place, c))
    steps, sides, turned = [_OCTAVE] * len(c), [0] * len(c), [False] * len(c)
    nu: Vector = ()
    weights = tuple(c)
    for _ in range(_SETTLING):
        weights = tuple(map(_weight, places))
        nu, pulls = pulled(weights)
        if all(abs(p - 1) < _SETTLED for p in pulls):
            break
        for a, p in enumerate(pulls):
            side = 1 if p > 1 else -1
            turned[a] = turned[a] or side == -sides[a]
            if side != sides[a]:
                steps[a] = steps[a] // 4 + 1
            else:
                steps[a] = 5 * steps[a] // 4 + 1 if turned[a] else 2 * steps[a]
            places[a] += side * min(steps[a], 64 * _OCTAVE)
            sides[a] = side
    return tuple(dot(nu, row) for row in zip(*Q, strict=True)), weights


def _place(x: Fraction) -> int:
    """Return the logarithm to base 2 of a weight, roughly, in parts of an octave."""
    x = x or Fraction(1)
    e = exponent(x)
    return e * _OCTAVE + int((x / Fraction(2) ** e - 1) * _OCTAVE)


def _weight(place: int) -> Fraction:
    """Return the weight of a place, straight between powers of 2.

    >>> print(_weight(0), _weight(_OCTAVE // 2), _weight(-_OCTAVE))
    1 3/2 1/2
    """
    e, part = divmod(place, _OCTAVE)
    return Fraction(_OCTAVE + part, _OCTAVE) * Fraction(2) ** e


def _rounded(x: Vector) -> Vector:
    sizes = [exponent(t) for t in x if t]
    unit = Fraction(2) ** (_SHORT - min(sizes, default=0))
    return tuple(Fraction(round(t * unit)) / unit for t in x)


@dataclass(frozen=True)
class Equations:
    """The system of some blocks, started at a guess at kappa and the weights c."""

    problem: TrainingProblem
    blocks: tuple[Block, ...]
    kappa: Vector
    weights: Vector
    limits: Limits
    _points: dict[int, Balls] = field(default_factory=dict, compare=False)

    @cached_property
    def system(self) -> Semidefinite:
        """The equations for kappa, c and lambda."""
        D = self.problem
        free = tuple(D.free.columns[j] for j in D.free.basis)
        return pinned_system(D, self._units, free, {}, ())

    @property
    def _units(self) -> tuple[Unit, ...]:
        return tuple(Unit(Face(b.sign, b.covector, 0), b.factor) for b in self.blocks)

    def refined(self, bits: int) -> Balls:
        """Return a point close to the solution; ``Undecided`` when Newton fails.

        It starts at the guess, and where it fails from there at one whose pulls are settled.
        """
        if bits not in self._points:
            known = self._points.get(self.limits.bits)
            try:
                found = self.system.refined(
                    known or self._start(self.kappa, self.weights), bits
                )
            except Undecided:
                better = _settled(self.problem, self.blocks, self.weights)
                found = self.system.refined(self._start(*better), bits)
            self._points[bits] = found
        return self._points[bits]

    def _start(self, kappa: Vector, weights: Vector) -> Scalars:
        rest = list(squared_loss(self.problem).fit(kappa))
        for b, c in zip(self.blocks, weights, strict=True):
            F = [dot(v, b.direction(kappa)) * b.sign for v in b.factor]
            rest = [x - c * t for x, t in zip(rest, F, strict=True)]
        a = self.problem.free.best(rest, self.problem.weights)
        return (*kappa, *weights, *(a[j] for j in self.problem.free.basis))

    def rational(self, finer: int = 1) -> tuple[Vector, Vector]:
        """Return fractions close to kappa and c, of ``finer`` times the bits; ``Z'kappa = 0``."""
        parts = self.system.split(self.refined(finer * self.limits.bits))
        kappa, weights, _ = (tuple(middle(t) for t in part) for part in parts)
        columns = [self.problem.free.columns[j] for j in self.problem.free.basis]
        return cast("Vector", project_out(columns, kappa)), weights

    def guesses(self) -> Iterator[Scalars]:
        """Yield what kappa looks like: fractions, then elements of a small field."""
        bits = self.limits.bits
        near = widened(self.refined(bits)[: self.problem.n], bits)
        rational = tuple(takewhile(lambda t: t is not None, map(guess_rational, near)))
        if len(rational) == len(near):
            yield cast("Vector", rational)
            return
        degree = min(_SMALL_DEGREE, self.limits.degree)
        irrational = (t for t in near if guess_rational(t) is None)
        if all(
            guess_minimal_polynomial(t, max_degree=degree) is None
            for t in islice(irrational, _ASKED)
        ):
            return  # in a small field they all had one
        found = guess_field(near, max_degree=degree)
        if found is not None:
            yield found[1]

    def large_guess(self) -> Scalars | None:
        """Return what kappa looks like in a larger field, None where none is seen."""
        D, units, limits = self.problem, self._units, self.limits
        try:
            candidate = Candidate(
                D,
                tuple(unit.face for unit in units),
                units,
                held=False,
                pins=(),
                linear=(),
                system=self.system,
                point=self.refined(limits.bits),
            )
            return dual_guess(candidate, min(_LARGE, limits.degree), limits.field_bits)
        except Undecided:
            return None

    @cached_property
    def enclosed(self) -> Balls:
        """The proved enclosures of the solution; ``Undecided`` when the test fails.

        Where scales are far apart it may fail at the bits of the limits, and not at more.
        """
        bits = self.limits.bits
        try:
            return self.system.enclosed(self.refined(bits), bits // 2)
        except Undecided:
            bits *= FINER
            return self.system.enclosed(self.refined(bits), bits // 2)
