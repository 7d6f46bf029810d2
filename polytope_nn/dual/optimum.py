"""The dual optimum and its proof (THEORY §§1, 3, 4).

First of all: ``kappa = -grad L(fit)``, for the squared loss ``weights * (y - fit)``; the
talk's ``nu`` is ``-kappa``. With kappa, positive neurons maximise ``kappa'(Xu)_+``.

A triple (kappa, multipliers of T2, one c >= 0) with ``sum_a c_a F_a = y - kappa / weights``
proves strong duality: c makes a network of objective ``L(fit) + beta^2 sum(c)``, and no
network of any width does better, because ``|kappa'(Xu)_+| <= beta |u|`` for all u.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from polytope_nn.errors import DimensionError, InstanceError, NotOptimal
from polytope_nn.exact.linear import rank
from polytope_nn.exact.rational import vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, nearest_float, sign
from polytope_nn.geometry.arrangement import Arrangement, arrangement
from polytope_nn.limits import Limits
from polytope_nn.problems.training import TrainingProblem

from .atoms import Atom, Bound, cone_projection
from .feasibility import exactly_tight, feasibility

if TYPE_CHECKING:
    from .tight import Enclosure

__all__ = ["Optimum", "optimum", "verified"]


@dataclass(frozen=True, repr=False)
class Optimum:
    """The dual optimum of a training problem, proved.

    ``kappa`` and ``fit`` have shape (n,); ``atoms`` are all N optimal directions;
    ``weights`` is one point c >= 0 with ``sum_a c_a F_a = fit``; ``bounds`` holds the
    multipliers of every tope, sign +1 then -1, in the order of ``arrangement.patterns``;
    ``rank`` is the rank r of the features.
    ``level`` is ``"exact"``, or ``"interval"`` when the numbers are balls, whose existence
    ``enclosure`` proves.
    """

    problem: TrainingProblem
    kappa: Scalars
    atoms: tuple[Atom, ...]
    weights: Scalars
    bounds: tuple[Bound, ...]
    level: str
    rank: int
    fit: Scalars
    arrangement: Arrangement = field(compare=False)
    enclosure: "Enclosure | None" = field(default=None, compare=False)

    @property
    def nu(self) -> Scalars:
        """The dual variable in the talk's sign, ``-kappa``, shape (n,)."""
        return tuple(-x for x in self.kappa)

    @cached_property
    def value(self) -> Scalar:
        """The optimal objective ``L(fit) + beta^2 sum(c)``, the same for every width >= m*."""
        loss = dot(self.kappa, self._residual) / 2
        # beta^2 sum(c) = kappa'fit, since kappa'F_a = beta^2 for every atom
        return loss + dot(self.kappa, self.fit)

    @property
    def _residual(self) -> Scalars:
        return tuple(k / w for k, w in zip(self.kappa, self.problem.weights, strict=True))

    @property
    def vanishes(self) -> bool:
        """Whether ``fit = 0``: then the zero network is the only optimum."""
        return not any(sign(x) for x in self.weights)

    def __repr__(self) -> str:
        return f"Optimum(value={_shown(self.value)}, atoms={len(self.atoms)}, level={self.level})"


def _shown(x: Scalar) -> str:
    from polytope_nn.exact.radical import decimal

    short = isinstance(x, Fraction) and max(map(abs, x.as_integer_ratio())) < 10**40
    if short:
        return str(x)
    near = nearest_float(x)
    return f"{near:.12g}" if near else decimal(x)


def optimum(
    problem: TrainingProblem,
    *,
    kappa: Iterable[object] | None = None,
    limits: Limits | None = None,
) -> Optimum:
    """Return the dual optimum of a problem, found or, with ``kappa``, verified.

    Parameters
    ----------
    problem
        The training problem.
    kappa
        A rational dual variable, shape (n,), to be verified completely.
    limits
        How far the search goes when kappa is not given.

    Raises
    ------
    InstanceError
        For a free bias, whose optimal set has atoms with a moving kink and is found by
        :func:`~polytope_nn.search.free_part.free_part_optimum`.
    NotOptimal
        When the given kappa fails; the message names the violated condition.
    Undecided
        When kappa is not given and what was found could not be proved.

    Examples
    --------
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> O = optimum(D)
    >>> O.kappa == (1, 1), O.fit == (1, 1), len(O.atoms)
    (True, True, 3)
    """
    if problem.bias == "free":
        raise InstanceError(
            'bias: "free" makes atoms whose kink may move: call free_part_optimum, or '
            'write "penalised" or "none"'
        )
    if kappa is not None:
        return verified(problem, vector(kappa))
    from polytope_nn.search.finding import found

    return found(problem, limits)


def verified(
    problem: TrainingProblem, kappa: Scalars, H: Arrangement | None = None
) -> Optimum:
    """Return the optimum whose dual variable is kappa, or raise :class:`NotOptimal`.

    ``kappa`` is rational or in a number field: every decision is made, none assumed.
    """
    if len(kappa) != problem.n:
        raise DimensionError(f"kappa has {len(kappa)} entries for {problem.n} rows of X")
    X, beta_squared = problem.design, problem.beta_squared
    H = H or arrangement(X)
    proof = feasibility(X, beta_squared, kappa, H, exactly_tight(X, beta_squared, kappa))
    fit = fit_of(problem, kappa)
    features = [a.feature for a in proof.atoms]
    residual, weights = cone_projection(features, tuple(-x for x in fit))
    if any(sign(x) for x in residual):
        raise NotOptimal(
            f"kappa is dual feasible but not optimal: y - kappa/weights is no nonnegative "
            f"combination of its {len(features)} atoms; z = "
            f"({', '.join(map(_shown, residual))}) has z'F >= 0 on each of them, "
            f"and z'(y - kappa/weights) < 0"
        )
    r = rank(features)
    return Optimum(problem, kappa, proof.atoms, weights, proof.bounds, "exact", r, fit, H)


def fit_of(problem: TrainingProblem, kappa: Sequence[Scalar]) -> Scalars:
    """Return ``y - kappa / weights``, the fit that belongs to kappa, shape (n,)."""
    rows = zip(problem.y, kappa, problem.weights, strict=True)
    return tuple(y - k / w for y, k, w in rows)
