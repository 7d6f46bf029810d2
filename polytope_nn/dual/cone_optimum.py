"""An optimum proved by trees of cones: kappa, all atoms, and one point of the optimal set."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from polytope_nn.errors import NotOptimal
from polytope_nn.exact.linear import independent_rows, kernel
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign

from .atoms import Atom, cone_projection
from .cone_tree import ConeProof

__all__ = ["ConeOptimum", "verified_by_cones"]


class _Squared(Protocol):
    @property
    def y(self) -> Vector: ...
    @property
    def weights(self) -> Vector: ...
    @property
    def columns(self) -> tuple[Vector, ...]: ...
    @property
    def beta_squared(self) -> Fraction: ...


@dataclass(frozen=True, repr=False)
class ConeOptimum:
    """The dual optimum of a squared loss, proved by a tree of cones.

    At level ``"exact"`` ``used`` are weights c of all atoms, at level ``"interval"`` those,
    all positive, of the faces whose equations enclose kappa; the others are then 0.
    """

    y: Vector
    loss_weights: Vector
    beta_squared: Fraction
    kappa: Scalars
    used: Scalars
    proof: ConeProof
    level: str

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """All atoms, sorted."""
        return self.proof.atoms

    @cached_property
    def fit(self) -> Scalars:
        """The optimal fit ``y - kappa / weights``, shape (n,)."""
        rows = zip(self.y, self.kappa, self.loss_weights, strict=True)
        return tuple(y - k / w for y, k, w in rows)

    @cached_property
    def value(self) -> Scalar:
        """The optimal objective, the same for every width that attains it."""
        rows = zip(self.kappa, self.loss_weights, strict=True)
        residual = [k / w for k, w in rows]
        # beta^2 sum(c) = kappa'fit: kappa'F_a = beta^2, and kappa vanishes on what is free
        return dot(self.kappa, residual) / 2 + dot(self.kappa, self.fit)

    def __repr__(self) -> str:
        return f"ConeOptimum(atoms={len(self.atoms)}, level={self.level})"


def verified_by_cones(
    problem: _Squared, kappa: Sequence[Scalar], proof: ConeProof
) -> ConeOptimum:
    """Return the optimum of an exact kappa whose dual feasibility is proved.

    Raises
    ------
    NotOptimal
        When kappa does not vanish on a free column, or the fit is no combination of atoms.
    """
    for j, z in enumerate(problem.columns):
        product = dot(z, kappa)
        if product != 0:
            raise NotOptimal(
                f"kappa is not dual feasible: its product with free column {j + 1} is "
                f"{exactly(product)}, not 0"
            )
    rows = zip(problem.y, kappa, problem.weights, strict=True)
    fit = [y - k / w for y, k, w in rows]
    features: list[Scalars] = [a.feature for a in proof.atoms]
    if problem.columns:
        quotient = kernel(
            [problem.columns[j] for j in independent_rows(problem.columns)], len(fit)
        )
        features = [tuple(dot(q, F) for q in quotient) for F in features]
        fit = [dot(q, fit) for q in quotient]
    residual, used = cone_projection(features, tuple(-x for x in fit))
    if any(sign(x) for x in residual):
        raise NotOptimal(
            f"kappa is dual feasible but not optimal: y - kappa/weights is no nonnegative "
            f"combination of its {len(features)} atoms, modulo what is fitted freely"
        )
    return ConeOptimum(
        problem.y, problem.weights, problem.beta_squared, tuple(kappa), used, proof, "exact"
    )
