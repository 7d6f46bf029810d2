"""The dual variable of a face program: the resolvent system of the blocks with mass, solved.

The blocks of a system have independent features modulo Z. Its solution is refined, guessed
as fractions or elements of a small field (the caller proves the guess), or enclosed by
Krawczyk's test.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import takewhile
from typing import cast

from polytope_nn.dual.system import Face, Semidefinite, Unit, pinned_system
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.linear import project_out, solve
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.recognise import guess_field, guess_rational
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.limits import Limits
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.candidate import Candidate
from polytope_nn.search.field_guess import dual_guess, widened

from .blocks import Block, squared_loss
from .comparing import middle

__all__ = ["Equations", "coefficients", "free_kappa"]

_SMALL_DEGREE = 4
_LARGE = 16  # degrees above are left to balls


def coefficients(D: TrainingProblem, rest: Sequence[Scalar]) -> Scalars:
    """Return the coefficients of the free columns that fit best, in the loss's norm."""
    places = D.free.basis
    columns = [D.free.columns[j] for j in places]
    weighted = [[w * t for w, t in zip(D.weights, z, strict=True)] for z in columns]
    gram = [[dot(p, q) for q in columns] for p in weighted]
    found = solve(gram, [dot(p, rest) for p in weighted])
    assert found is not None  # a Gram matrix of independent columns is regular
    every = [
        found[places.index(j)] if j in places else Fraction(0) for j in range(len(D.free))
    ]
    return tuple(every)


def free_kappa(D: TrainingProblem) -> Vector:
    """Return the dual variable of the network without neurons: ``W (y - Z a)``."""
    a = coefficients(D, D.y)
    rows = zip(D.weights, D.y, D.free.Z, strict=True)
    kappa = [w * (y - dot(z, a)) for w, y, z in rows]
    return tuple(t for t in kappa if isinstance(t, Fraction))


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
        """Return a point close to the solution; ``Undecided`` when Newton fails."""
        if bits not in self._points:
            start = self._points.get(self.limits.bits) or self._start
            self._points[bits] = self.system.refined(start, bits)
        return self._points[bits]

    @property
    def _start(self) -> Scalars:
        rest = list(squared_loss(self.problem).fit(self.kappa))
        for b, c in zip(self.blocks, self.weights, strict=True):
            F = [dot(v, b.direction(self.kappa)) * b.sign for v in b.factor]
            rest = [x - c * t for x, t in zip(rest, F, strict=True)]
        a = coefficients(self.problem, rest)
        return (*self.kappa, *self.weights, *(a[j] for j in self.problem.free.basis))

    def rational(self) -> tuple[Vector, Vector]:
        """Return fractions close to kappa and c; ``Z'kappa = 0``."""
        parts = self.system.split(self.refined(self.limits.bits))
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
        found = guess_field(near, max_degree=min(_SMALL_DEGREE, self.limits.degree))
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
        """The proved enclosures of the solution; ``Undecided`` when the test fails."""
        bits = self.limits.bits
        return self.system.enclosed(self.refined(bits), bits // 2)
