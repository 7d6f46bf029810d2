"""The stationary networks of a block set: kappa_T, one network, the dimension of the family.

Exactly: a guess at kappa is proved to be kappa_T by the optimality of the face program
(``Z'kappa = 0``, ``|V_a'kappa| <= beta``, the fit a nonnegative combination of the tight features),
and then every question is decided. In balls: the system's solution is enclosed, and every
decision is strict. Blocks whose quadratic forms ``kappa'B kappa`` agree for all kappa with
``Z'kappa = 0`` have equal features modulo Z: they share one unknown, and any way to share it.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import gcd
from operator import mul

from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars, dot, sign, squared_norm
from polytope_nn.limits import Limits
from polytope_nn.problems.training import TrainingProblem

from .biases.biased import Freed
from .biases.offsets import placed
from .blocks import Block, squared_loss
from .compatible import reduced
from .equations import Equations
from .excluded import Exclusion
from .guess import Guesser, independent
from .hulls import mixed, stationary, vertices

__all__ = ["Members", "Solution"]

_UNUSED = Fraction(1, 10**6)  # a weight so small, in units of all, may be 0
_CLOSE = Fraction(1, 10**5)  # two solutions so close may be one

Set = tuple[int, ...]


@dataclass(frozen=True)
class Solution:
    """A block set's stationary networks: kappa, positive weights of one, the dimension of all.

    ``forms`` values linear forms at kappa, with what is known where it is enclosed; ``offsets``
    are biases of neurons on topes, where they are free.
    """

    kappa: Scalars
    weights: Scalars
    dim: int
    forms: LinearForms
    offsets: Scalars = ()

    @property
    def exact(self) -> bool:
        """Whether kappa is exact, not enclosed."""
        return not any(isinstance(t, Ball) for t in self.kappa)


class _WrongError(Exception):
    """The guess is not kappa_T."""


@dataclass(frozen=True)
class Members:
    """Decides the block sets that no strict inequality of a float's guess excludes."""

    problem: TrainingProblem
    blocks: tuple[Block, ...]
    limits: Limits
    excluded: Exclusion
    guesser: Guesser
    _exact: dict[Set, tuple[Scalars, ...]] = field(default_factory=dict, compare=False)
    _large: dict[Set, Scalars | None] = field(default_factory=dict, compare=False)
    _solved: dict[Set, Equations] = field(default_factory=dict, compare=False)

    def solution(
        self, T: Set, kappa: Vector, weights: Sequence[Fraction]
    ) -> Solution | None:
        """Return the stationary networks of a block set, None when it has none.

        Parameters
        ----------
        T
            The places of the blocks.
        kappa, weights
            A guess at the face program's solution.

        Raises
        ------
        Undecided
            When neither exact numbers nor strict inequalities decide.
        """
        shares = self._shares(T, weights)
        reason = Undecided("its face program has no independent features in use")
        for U, system in self._systems(shares, kappa):
            whole = set(U) == set(shares)
            placed: list[Solution] = []
            if system is not None and whole and self._has_none(T, shares, system, placed):
                return None
            try:
                for guess in self._guesses(U, system):
                    with suppress(_WrongError):
                        return self._decided(T, guess)
                if system is not None and self._finely_excluded(T, U, system):
                    return None
                if system is not None and whole:
                    return placed[0] if placed else self._enclosed(T, shares, system)
            except Undecided as undecided:
                reason = undecided
                larger = None if system is None else self._large_guess(U, system)
                if larger is not None:
                    with suppress(_WrongError, Undecided):
                        return self._decided(T, larger)
        raise reason

    def refined(
        self, C: Set, kappa: Vector, weights: Sequence[Fraction], finer: int = 1
    ) -> tuple[Vector, Sequence[Fraction]]:
        """Return a finer guess at the solution of a set of classes where there is one."""
        total = sum(weights, Fraction(0))
        shares = {a: c for a, c in zip(C, weights, strict=True) if c > total * _UNUSED}
        with suppress(Undecided):
            if shares and self._carries(shares, kappa):
                U = tuple(shares)
                near, found = self._system(U, kappa, tuple(shares.values())).rational(finer)
                masses = dict(zip(U, found, strict=True))
                return near, [max(masses.get(a, Fraction(0)), Fraction(0)) for a in C]
        return kappa, weights

    def _system(self, U: Set, kappa: Vector, weights: Sequence[Fraction]) -> Equations:
        """Return the system of blocks, started once."""
        if U not in self._solved:
            chosen = tuple(self.blocks[a] for a in U)
            self._solved[U] = Equations(
                self.problem, chosen, kappa, tuple(weights), self.limits
            )
        return self._solved[U]

    def _carries(self, shares: dict[int, Fraction], kappa: Vector) -> bool:
        """Return whether all blocks seem to be in use, with independent features."""
        total = sum(shares.values(), Fraction(0))
        return all(c > total * _UNUSED for c in shares.values()) and self._regular(
            tuple(shares), kappa
        )

    def _has_none(
        self, T: Set, shares: dict[int, Fraction], system: Equations, placed: list[Solution]
    ) -> bool:
        """Return whether balls prove what most sets lack: biases that fit; else ``placed``."""
        if isinstance(self.problem, Freed) and self.problem.columns:
            with suppress(Undecided):
                found = self._enclosed(T, shares, system)
                if found is None:
                    return True
                placed.append(found)
        return False

    def _finely_excluded(self, T: Set, U: Set, system: Equations) -> bool:
        """Return whether the refined solution of the classes U excludes T."""
        kappa, weights = system.rational()
        masses = dict(zip(U, weights, strict=True))
        # a class's mass is its first member's in T, whatever block names the class
        c = [max(masses.pop(self._first[a], Fraction(0)), Fraction(0)) for a in T]
        return self.excluded.excludes(T, self.excluded.ball(T, kappa, c))

    # which blocks carry the fit

    def quadratic(self, a: int) -> object:
        """Return the quadratic form ``kappa'B kappa`` on what Z leaves of kappa."""
        return self._quadratics[a]

    @cached_property
    def _quadratics(self) -> tuple[object, ...]:
        """The quadratic forms in lowest terms: their matrices, and what these are divided by."""
        wholes = [b.whole for b in self.blocks]
        rest = iter(reduced(self.problem, [c for W in wholes for c in W.columns]))
        found = []
        for W in wholes:
            rows = list(zip(*(next(rest) for _ in W.columns), strict=True))
            form = [sum(map(mul, p, q)) for p in rows for q in rows]
            common = gcd(W.den**2, *form)
            found.append((W.den**2 // common, *(t // common for t in form)))
        return tuple(found)

    def _shares(self, T: Set, weights: Sequence[Fraction]) -> dict[int, Fraction]:
        """Return the weight of each class of T, under the first block of all in it."""
        shares: dict[int, Fraction] = {}
        for a, c in zip(T, weights, strict=True):
            i = self._first[a]
            shares[i] = shares.get(i, Fraction(0)) + c
        return shares

    @cached_property
    def _first(self) -> tuple[int, ...]:
        """The first block of the class of each."""
        first: dict[object, int] = {}
        return tuple(first.setdefault(q, a) for a, q in enumerate(self._quadratics))

    def _systems(
        self, shares: dict[int, Fraction], kappa: Vector
    ) -> Iterator[tuple[Set, Equations | None]]:
        """Yield sets of blocks that may carry the fit alone, with their systems."""
        every = tuple(shares)
        if self._carries(shares, kappa):
            yield every, self._system(every, kappa, tuple(shares.values()))
        for close in (True, False):  # a guess of dependent features may be a poor one
            if self._near(kappa, self.problem.kappa_without) == close:
                yield (), None
            for U in (U for k in range(len(every)) for U in combinations(every, k + 1)):
                (nu,), (c,) = self.guesser.solved([U])
                other, weights = self.guesser.exactly(U, nu, c)
                if self._near(kappa, other) == close and self._regular(U, other):
                    yield U, self._system(U, other, weights)
        if not self._carries(shares, kappa):  # they look dependent, and balls may tell
            yield every, self._system(every, kappa, tuple(shares.values()))

    def _near(self, kappa: Scalars, other: Scalars) -> bool:
        """Return whether two guesses may be one."""
        gap = squared_norm([s - t for s, t in zip(kappa, other, strict=True)])
        return bool(gap <= _CLOSE**2 * squared_norm(other))

    def _regular(self, U: Set, kappa: Vector) -> bool:
        """Return whether the features at the guess are independent modulo Z."""
        return independent([self._modulo(self._feature(a, kappa)) for a in U])

    def _modulo(self, z: Scalars) -> Scalars:
        return self.problem.free.modulo(z)

    def _feature(self, a: int, kappa: Scalars) -> Scalars:
        b = self.blocks[a]
        return b.feature(b.direction(kappa))

    # exactly

    def _guesses(self, U: Set, system: Equations | None) -> tuple[Scalars, ...]:
        """Return what the kappa of a basis looks like, found once."""
        if U not in self._exact:
            found = (
                (self.problem.kappa_without,) if system is None else tuple(system.guesses())
            )
            self._exact[U] = found
        return self._exact[U]

    def _large_guess(self, U: Set, system: Equations) -> Scalars | None:
        """Return what the kappa of a basis looks like in a larger field, found once."""
        if U not in self._large:
            self._large[U] = system.large_guess()
        return self._large[U]

    def _decided(self, T: Set, kappa: Scalars) -> Solution | None:
        """Return the networks of T when kappa is exact; ``_WrongError`` when it is not kappa_T."""
        D = self.problem
        if any(dot(z, kappa) != 0 for z in D.free.columns):
            raise _WrongError
        directions = [self.blocks[a].direction(kappa) for a in T]
        room = [D.beta_squared - squared_norm(g) for g in directions]
        if any(t < 0 for t in room):
            raise _WrongError
        features = [
            self._modulo(self.blocks[a].feature(g))
            for a, g in zip(T, directions, strict=True)
        ]
        fit = self._modulo(squared_loss(D).fit(kappa))
        tight = [i for i, t in enumerate(room) if t == 0]
        found = list(vertices([features[i] for i in tight], fit))
        if not found:
            raise _WrongError
        if isinstance(D, Freed) and D.columns:
            if len(tight) < len(T) or not stationary([self.blocks[a] for a in T], kappa):
                return None
            return self._placed(D, T, LinearForms(kappa), None)
        used = {tight[i] for v in found for i, t in enumerate(v) if t != 0}
        if used != set(range(len(T))) or not stationary([self.blocks[a] for a in T], kappa):
            return None
        c = [sum(column, Fraction(0)) / len(found) for column in transpose(found)]
        dim = 0 if all(t != 0 for t in found[0]) else len(T) - rank(features)
        return Solution(kappa, tuple(c), dim, LinearForms(kappa))

    def _placed(
        self, D: Freed, T: Set, forms: LinearForms, size: int | None
    ) -> Solution | None:
        """Return the networks of T, where biases of neurons on topes are free."""
        members = [self.blocks[a] for a in T]
        found = placed(members, forms, squared_loss(D).fit(forms.kappa), D.had, size)
        if found is None:
            return None
        return Solution(forms.kappa, found.weights, found.dim, forms, found.offsets)

    # in balls

    def _enclosed(
        self, T: Set, shares: dict[int, Fraction], system: Equations
    ) -> Solution | None:
        """Return the networks of T whose kappa a system encloses, all decisions strict."""
        solution = system.enclosed
        parts = system.system.split(solution)
        known = {**system.system.known(parts[0])}
        kappa = tuple(known.get(k, t) for k, t in enumerate(parts[0]))
        if not all(t > 0 for t in parts[1]):
            raise Undecided("a neuron of the face program may be 0")
        forms = LinearForms(kappa, system.system.free, system.system.factors, modulo=True)
        for b in (self.blocks[a] for a in T):
            if not all(sign(forms.value(f)) > 0 for f in b.forms):
                return None
            if b.pulls and not mixed(b, forms):
                return None
        D = self.problem
        if isinstance(D, Freed) and D.columns:
            size = len(shares) + rank([D.had.modulo(z) for z in D.columns])
            return self._placed(D, T, forms, size)
        totals = dict(zip(shares, parts[1], strict=True))
        members = [self._first[a] for a in T]
        c = tuple(totals[i] / members.count(i) for i in members)
        return Solution(kappa, c, len(T) - len(shares), forms)
