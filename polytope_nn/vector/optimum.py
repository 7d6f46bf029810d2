"""The proved optimum of a problem with several outputs (general §4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from polytope_nn.dual.fits import Fit, is_pinned
from polytope_nn.exact.linear import rank
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.problems.losses import Interval

from .faces import Covector
from .lifted import Lifted
from .losses.entries import flat, rows_of
from .oracle import Kernel
from .problem import Rows, VectorProblem

__all__ = [
    "Direction",
    "Network",
    "Optimum",
    "added",
    "columns",
    "rank_bound",
    "seen",
    "seen_at",
]


@dataclass(frozen=True)
class Direction:
    """A tight direction g, its output direction ``h = N'(Xg)_+``, and its face.

    ``phi = (Xg)_+`` has shape (n,). A neuron of weight c adds ``c phi h'`` to the fit and costs
    ``c |h|^2 = c beta^2 |g|^2``.
    """

    covector: Covector
    g: Scalars
    phi: Scalars
    h: Scalars

    @cached_property
    def feature(self) -> Rows:
        """The feature ``phi h'``, shape (n, c)."""
        return tuple(tuple(p * t for t in self.h) for p in self.phi)


def seen(problem: VectorProblem, N: Rows, covector: Covector, g: Scalars) -> Direction:
    """Return the direction g of a face, with what the samples and outputs see of it."""
    phi = tuple(
        dot(x, g) if s > 0 else Fraction(0)
        for x, s in zip(problem.design, covector, strict=True)
    )
    active = [k for k, s in enumerate(covector) if s > 0]
    h = tuple(
        dot([phi[k] for k in active], [N[k][j] for k in active]) for j in range(problem.c)
    )
    return Direction(covector, g, phi, h)


def seen_at(problem: VectorProblem, N: Rows, g: Scalars) -> Direction:
    """Return a direction with what is seen of it, its face decided."""
    return seen(problem, N, tuple(sign(dot(x, g)) for x in problem.design), g)


Network: TypeAlias = tuple[tuple[Direction, Scalar], ...]
"""Tight directions with their masses."""


@dataclass(frozen=True, repr=False)
class Optimum:
    """The dual optimum N of a problem with several outputs, proved (general B2, B3).

    ``atoms`` are the tight directions that are alone on their face, ``continua`` the kernels of
    dimension 2 or more: together the whole tight set, once each. ``network`` is one optimal
    network: directions with positive masses. ``level`` is ``"exact"``, or ``"interval"`` where
    numbers are balls whose existence, and that of the one optimum in them, is proved.
    ``lifted`` are the parts of the continua where all are planes and the lifted optimal set is
    one point; None where that is not so. ``chosen`` is the fit of the network, entry by entry,
    with weights of atoms and coefficients of what is free; None for the squared loss, which
    has one fit. ``stand_ins`` are, where numbers are balls and there is no continuum, rational
    vectors, one for each atom, with the linear relations that its features have modulo what is
    free; ``()`` where no features are dependent but those of opposite atoms, which are equal.
    """

    problem: VectorProblem
    N: Rows
    atoms: tuple[Direction, ...]
    continua: tuple[Kernel, ...]
    network: Network
    level: str
    lifted: tuple[Lifted, ...] | None
    chosen: Fit | None = None
    stand_ins: tuple[Scalars, ...] = ()

    @property
    def tight_set(self) -> str:
        """``"atoms"`` or ``"continuum"``."""
        return "continuum" if self.continua else "atoms"

    @cached_property
    def fit(self) -> Rows:
        """What the network fits, shape (n, c): where the fit is unique, every optimal one."""
        if self.chosen is None:
            return self.problem.fit(self.N)
        return rows_of(self.problem.entries.unshifted(self.chosen), self.problem.c)

    @cached_property
    def interval(self) -> tuple[Interval, ...]:
        """The fits of the entries that belong to N, a box (general G3)."""
        return self.problem.box(self.N)

    @cached_property
    def is_pinned(self) -> bool:
        """Whether that is one fit."""
        return self.problem.is_squared or is_pinned(self.interval)

    @cached_property
    def cost(self) -> Scalar:
        """What the neurons cost, ``<N, fit>``; what is free adds nothing to it."""
        if not self.problem.is_squared:
            return simplest(dot(flat(self.N), self.made))
        rows = zip(self.N, self.fit, strict=True)
        total = sum((dot(a, b) for a, b in rows), Fraction(0))
        return simplest(total)

    @cached_property
    def value(self) -> Scalar:
        """The optimal objective, the same for every width >= m*."""
        if not self.problem.is_squared:
            return simplest(self.problem.dual_value(self.N))
        loss = self.problem.loss(self.fit)
        assert loss is not None  # it is finite everywhere
        return simplest(loss + self.cost)

    @property
    def made(self) -> Scalars:
        """What the neurons add to the fit, entry after entry."""
        total: Scalars = (Fraction(0),) * (self.problem.n * self.problem.c)
        for u, mass in self.network:
            feature = flat(u.feature)
            total = tuple(z + mass * t for z, t in zip(total, feature, strict=True))
        return total

    @property
    def is_bare(self) -> bool:
        """Whether no certificate lists the vertices of P: of a continuum, or of ties in balls."""
        return bool(self.continua or self.stand_ins)

    @property
    def is_paired(self) -> bool:
        """Whether that of a relaxed problem is it: relations of atoms are in balls."""
        return any(not isinstance(t, Fraction) for row in self.stand_ins for t in row)

    @property
    def masses(self) -> Scalars:
        """The masses of the atoms in the network."""
        own = {id(u.g): c for u, c in self.network}
        return tuple(own.get(id(a.g), Fraction(0)) for a in self.atoms)

    @property
    def vanishes(self) -> bool:
        """Whether no neuron is used."""
        return not any(sign(c) for _, c in self.network)

    @cached_property
    def rank_bound(self) -> int:
        """The least width that B5 gives: Theta_m is connected from it on."""
        exact = self.level == "exact"
        outputs = (
            self.problem.c - self.problem.entries.shifted
        )  # of softmax the rows sum to 0
        rho = rank(self.N) if exact else min(self.problem.n, outputs)
        return rank_bound(self.problem.n, rho)

    def __repr__(self) -> str:
        return (
            f"vector.Optimum(value={float(self.value):.12g}, {self.tight_set}, "
            f"atoms={len(self.atoms)}, continua={len(self.continua)}, level={self.level})"
        )


def columns(
    problem: VectorProblem, N: Rows, kernel: Kernel, vectors: Sequence[Scalars]
) -> list[Scalars]:
    """Return what the entries ``S_ij`` add to the fit, modulo what is free, as vectors."""
    return [problem.modulo(rows) for rows in added(problem, N, kernel, vectors)]


def added(
    problem: VectorProblem, N: Rows, kernel: Kernel, vectors: Sequence[Scalars]
) -> list[Rows]:
    """Return what the entries ``S_ij``, ``i <= j``, of S in the vectors add to the fit.

    Each of shape (n, c); ``(S_11, S_12, ..., S_22, ...)`` row by row.
    """
    directions = [seen(problem, N, kernel.covector, v) for v in vectors]
    found = []
    for i, a in enumerate(directions):
        for b in directions[i:]:
            rows = [
                tuple(
                    p * s if a is b else p * s + q * t
                    for s, t in zip(b.h, a.h, strict=True)
                )
                for p, q in zip(a.phi, b.phi, strict=True)
            ]
            found.append(tuple(rows))
    return found


def rank_bound(n: int, rho: int) -> int:
    """Return ``n rho - rho (rho - 1) / 2 + 1``: features are ``S N``, S symmetric (B5).

    >>> rank_bound(3, 2), rank_bound(3, 1)
    (6, 4)
    """
    return n * rho - rho * (rho - 1) // 2 + 1
