"""The dual optimum and its proof (THEORY §§1, 3, 4, 8).

First of all: ``kappa = -grad L(fit)``, for the squared loss ``weights * (y - fit)``; the
talk's ``nu`` is ``-kappa``. With kappa, positive neurons maximise ``kappa'(Xu)_+``.

A triple (kappa, multipliers of T2, one c >= 0) with ``Z'kappa = 0`` and ``sum_a c_a F_a`` the fit
of kappa modulo the columns of Z proves strong duality: c makes a network of objective
``L(fit) + beta^2 sum(c)``, and no network of any width does better, because
``|kappa'(Xu)_+| <= beta |u|`` for all u. Where labels are fitted exactly the fit is y, and
``beta^2 sum(c) = kappa'y``, which no network that fits y undercuts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, cast

from polytope_nn.errors import DimensionError, NotOptimal, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import rank
from polytope_nn.exact.radical import decimal, exactly, simplest
from polytope_nn.exact.scalar import Scalar, Scalars, dot, nearest_float, sign
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.losses import Interval, SeparableLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.trained import trained
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.shown import DrawnWithAtoms, Tabled, Typeset

from .atoms import Atom, Bound, cone_projection
from .cone_tree import ConeProof
from .enclosures import Enclosures
from .feasibility import Guesser, exactly_tight, feasibility
from .fibre import OptimalBalls
from .fits import Fit, is_pinned, one_fit
from .signs.tree import SignProof

__all__ = [
    "Optimum",
    "SomePoint",
    "require_free",
    "some_point",
    "verified",
    "verified_by_tree",
]


@dataclass(frozen=True, repr=False)
class Optimum(DrawnWithAtoms, Tabled, Typeset):
    """The dual optimum of a problem, proved.

    ``kappa`` and ``fit`` have shape (n,); ``atoms`` are all N optimal directions, ``g`` as
    neurons see the design (a bias last, also a free one); ``weights`` is one point c >= 0 with
    ``sum_a c_a F_a = fit`` modulo what is free; ``bounds`` holds for each chart the
    multipliers of every tope, sign +1 then -1, in the order of its arrangement's patterns;
    ``rank`` is the rank r of the features modulo what is free. ``level`` is ``"exact"``, or
    ``"interval"`` when the numbers are balls, which ``enclosures`` prove, or a system on
    ``relations`` of kappa. Where ``cones``, or ``signs``, prove feasibility ``bounds`` is empty.
    """

    problem: Problem
    kappa: Scalars
    atoms: tuple[Atom, ...]
    weights: Scalars
    bounds: tuple[tuple[Bound, ...], ...]
    level: str
    rank: int
    enclosures: Enclosures | None = field(default=None, compare=False)
    chosen: Fit | None = None
    cones: tuple[ConeProof, ...] = field(default=(), compare=False)
    signs: SignProof | None = field(default=None, compare=False)
    relations: tuple[Scalars, ...] = field(default=(), compare=False)

    @cached_property
    def interval(self) -> tuple[Interval, ...]:
        """The fits ``Z(kappa)`` that belong to kappa, n pairs; None where unbounded.

        Beside fits that are several, those that are functions of a few numbers are these.
        """
        box = self.problem.loss.interval(self.kappa)
        if self.relations and self.chosen is not None and not self.chosen.alone:
            pairs = zip(self.chosen.fit, box, strict=True)
            return tuple((z, z) if is_pinned([ends]) else ends for z, ends in pairs)
        seen = [*(a.feature for a in self.atoms), *self.problem.free.columns]
        zero = Fraction(0)  # the fit of a sample that nothing reaches, whatever a ball says
        return tuple(
            (low, high)
            if not isinstance(low, Ball)
            or any(isinstance(z[k], Ball) or z[k] for z in seen)
            else (zero, zero)
            for k, (low, high) in enumerate(box)
        )

    @cached_property
    def fit(self) -> Scalars:
        """What optimal networks fit, shape (n,): where that is not unique, what c fits."""
        if self.chosen is not None:
            return self.chosen.fit
        return tuple(cast("Scalar", low) for low, _ in self.interval)

    @property
    def is_pinned(self) -> bool:
        """Whether one fit alone belongs to kappa: every optimal network has it."""
        return self.chosen is None or self.chosen.alone

    @property
    def nu(self) -> Scalars:
        """The dual variable in the talk's sign, ``-kappa``, shape (n,)."""
        return tuple(-x for x in self.kappa)

    @cached_property
    def cost(self) -> Scalar:
        """What the neurons of c cost, ``beta^2 sum(c) = kappa'fit``."""
        return simplest(dot(self.kappa, self.fit))

    @cached_property
    def value(self) -> Scalar:
        """The optimal objective ``L(fit) + beta^2 sum(c)``, the same for every width >= m*."""
        return simplest(-self.problem.loss.conjugate(self.kappa))

    @property
    def vanishes(self) -> bool:
        """Whether no neuron is used: what is free fits best; without it the fit is 0."""
        return not any(sign(x) for x in self.weights)

    @cached_property
    def balls(self) -> OptimalBalls:
        """The optimal set at level interval: what the enclosures leave possible."""
        assert self.enclosures is not None  # the level is interval
        solved = self.enclosures.solved or self.problem
        return OptimalBalls(solved, self.enclosures, self.atoms)

    @property
    def dual_proof(self) -> str:
        """What proves dual feasibility: ``"patterns"``, or a tree of ``"cones"`` or ``"signs"``."""
        if self.signs is not None:
            return "signs"
        return "cones" if self.cones else "patterns"

    @property
    def n_patterns(self) -> int | None:
        """The number of patterns of the design; None where dual feasibility needs no list."""
        listed = self.dual_proof == "patterns"
        if listed and self.problem.bias == "free":
            return len({pattern for C in self.problem.charts for pattern in C.beside})
        return sum(map(len, self.bounds)) // 2 if listed else None  # two bounds each

    @property
    def arrangement(self) -> Arrangement:
        """The arrangement of the design; with a free bias that of the first chart.

        Raises
        ------
        Undecided
            When dual feasibility is proved without patterns: they are too many.
        """
        if self.dual_proof != "patterns":
            raise Undecided(
                f"the patterns are too many to be listed: dual feasibility is proved by "
                f"{self.dual_proof}, and what is asked rests on all patterns"
            )
        return self.problem.charts[0].arrangement

    @property
    def training(self) -> TrainingProblem:
        """The problem, where it is one of training.

        Raises
        ------
        InstanceError
            When the labels are fitted exactly: then there is no loss to speak of.
        """
        return trained(self.problem)

    @property
    def training_of_slopes(self) -> TrainingProblem:
        """The problem, where it is one of training and its neurons have two slopes.

        Raises
        ------
        InstanceError
            When the labels are fitted exactly, or the neurons are others.
        """
        return trained(self.problem, slopes=True)

    def __repr__(self) -> str:
        return f"Optimum(value={_shown(self.value)}, atoms={len(self.atoms)}, level={self.level})"


def _shown(x: Scalar) -> str:
    short = isinstance(x, Fraction) and max(map(abs, x.as_integer_ratio())) < 10**40
    if short:
        return str(x)
    near = nearest_float(x)
    return f"{near:.12g}" if near else decimal(x)


def verified(problem: Problem, kappa: Scalars, guesser: Guesser | None = None) -> Optimum:
    """Return the optimum whose dual variable is kappa, or raise :class:`NotOptimal`.

    ``kappa`` is rational or in a number field: every decision is made, none assumed. The
    ``guesser`` proposes multipliers of strict bounds; without one they are computed.
    """
    if len(kappa) != problem.n:
        raise DimensionError(f"kappa has length {len(kappa)}, X has {problem.n} rows")
    require_free(problem, kappa)
    square = problem.beta_squared
    atoms: dict[tuple[int, ...], Atom] = {}
    bounds = []
    for chart in problem.charts:
        X = chart.design
        tight = exactly_tight(X, square, kappa)
        guess = guesser(X, square) if guesser else None
        proof = feasibility(X, square, kappa, chart.arrangement, tight, guess=guess)
        bounds.append(proof.bounds)
        for a in proof.atoms:
            atoms[a.key] = replace(a, g=chart.neuron(a.g))
    listed = tuple(atoms[key] for key in sorted(atoms))
    point = some_point(problem, kappa, listed)
    return Optimum(problem, kappa, listed, bounds=tuple(bounds), **point._asdict())


def verified_by_tree(
    problem: Problem, kappa: Scalars, *proofs: ConeProof | SignProof
) -> Optimum:
    """Return the optimum of an exact kappa that a tree proves feasible, one for each chart.

    Raises
    ------
    NotOptimal
        When kappa does not vanish on what is free, or its atoms do not make its fit.
    """
    require_free(problem, kappa)
    atoms: dict[tuple[int, ...], Atom] = {}
    for chart, proof in zip(problem.charts, proofs, strict=True):
        atoms |= {a.key: replace(a, g=chart.neuron(a.g)) for a in proof.atoms}
    listed = tuple(atoms[key] for key in sorted(atoms))
    cones = tuple(proof for proof in proofs if isinstance(proof, ConeProof))
    signs = next((proof for proof in proofs if isinstance(proof, SignProof)), None)
    point = some_point(problem, kappa, listed)._asdict()
    return Optimum(problem, kappa, listed, bounds=(), cones=cones, signs=signs, **point)


class SomePoint(NamedTuple):
    """The fields of an optimum that its atoms and its loss determine."""

    weights: Scalars
    level: str
    rank: int
    chosen: Fit | None


def some_point(problem: Problem, kappa: Scalars, atoms: Sequence[Atom]) -> SomePoint:
    """Return one point of the optimal set of a feasible kappa, and what goes with it.

    Raises
    ------
    NotOptimal
        When the atoms make none of the fits that belong to kappa.
    """
    features = [problem.free.modulo(a.feature) for a in atoms]
    r = rank(features) if features else 0
    if isinstance(problem.loss, SeparableLoss):
        box = problem.loss.interval(kappa)
        found = one_fit([a.feature for a in atoms], problem.free.columns, box)
        chosen = None if is_pinned(box) else found
        return SomePoint(
            found.weights, "exact" if _decided(found.fit) else "interval", r, chosen
        )
    beside = ", modulo what is fitted freely" if problem.free.columns else ""
    weights = _one_point(features, problem.free.modulo(problem.loss.fit(kappa)), beside)
    return SomePoint(weights, "exact", r, None)


def require_free(problem: Problem, kappa: Scalars) -> None:
    """Raise :class:`NotOptimal` unless kappa is orthogonal to what is fitted freely.

    A kappa outside the domain of the loss is refused, too.
    """
    for j, z in enumerate(problem.free.columns):
        product = dot(z, kappa)
        if product != 0:
            raise NotOptimal(
                f"kappa is not dual feasible: its product with free column {j + 1} is "
                f"{exactly(product)}, not 0"
            )
    problem.loss.interval(kappa)


def _decided(fit: Scalars) -> bool:
    """Return whether numbers are known exactly."""
    return not any(isinstance(z, Ball) for z in fit)


def _one_point(features: Sequence[Scalars], fit: Scalars, modulo: str) -> Scalars:
    """Return one c >= 0 that makes a fit, all modulo Z, or say why there is none."""
    residual, weights = cone_projection(features, tuple(-x for x in fit))
    if any(sign(x) for x in residual):
        raise NotOptimal(
            f"kappa is dual feasible but not optimal: its fit is no nonnegative "
            f"combination of its {len(features)} atoms{modulo}; z = "
            f"({', '.join(map(_shown, residual))}) has z'F >= 0 on each of them, "
            f"and z'fit < 0"
        )
    return weights
