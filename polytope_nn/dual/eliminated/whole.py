"""Whole systems of optimality for many samples, solved by those without kappa."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol, cast

from polytope_nn.exact.ball import Balls, ball_vector, precision
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.rational import Matrix, Vector, approximate_root
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.problems.losses.smooth import Smooth

from .reduced import Reduced

__all__ = ["System", "enclosed_whole", "is_larger", "reduced_system", "refined_whole"]

_LARGE = 80  # unknowns of a whole system; below, its own Newton's method is as fast


class System(Protocol):
    """What is asked of a resolvent system: its data, see there."""

    @property
    def y(self) -> Vector: ...  # noqa: D102 - the labels
    @property
    def inverse_weights(self) -> Vector: ...  # noqa: D102 - one over those of the samples
    @property
    def beta_squared(self) -> Fraction: ...  # noqa: D102 - the square of beta
    @property
    def factors(self) -> tuple[Matrix, ...]: ...  # noqa: D102 - V of each face
    @property
    def free(self) -> tuple[Vector, ...]: ...  # noqa: D102 - independent columns of Z
    @property
    def prices(self) -> Vector: ...  # noqa: D102 - what Z'kappa is
    @property
    def curves(self) -> tuple[Smooth | None, ...]: ...  # noqa: D102 - no quadratic losses
    @property
    def shifts(self) -> Vector: ...  # noqa: D102 - what is added to each V'kappa
    def directions(self, kappa: Sequence[Scalar]) -> list[list[Scalar]]: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102 - the number of unknowns
    @property
    def reduced(self) -> Reduced: ...  # noqa: D102 - the system without kappa


def is_larger(system: System) -> bool:
    """Return whether kappa can be eliminated, and is most of the unknowns."""
    d = len(system.factors[0][0]) if system.factors else 0
    small = 2 * len(system.factors) * (d + 1) < system.size
    plain = all(system.inverse_weights) and not any(system.curves)
    return small and system.size > _LARGE and plain


def refined_whole(system: System, x: Sequence[Scalar], bits: int) -> Balls:
    """Return a point close to a solution of the whole system, by Newton's method, no proof.

    Raises
    ------
    Undecided
        When the iteration does not settle to ``bits`` bits.
    """
    n, k = len(system.y), len(system.factors)
    reduced, unit = system.reduced, approximate_root(system.beta_squared)
    with precision(2 * bits):
        middle = [t.midpoint for t in ball_vector(x[: n + k])]
    start = _start(system, tuple(middle[:n]), unit)
    point = reduced.refined([*start, *middle[n:]], bits)
    kappa = tuple(t.centre() for t in reduced.kappa(point, bits))
    with precision(2 * bits):
        c = ball_vector(point[len(point) - k :] if k else ())
        return (*kappa, *c, *(t.centre() for t in _lambda(system, kappa, c)))


def enclosed_whole(system: System, point: Balls, bits: int) -> Balls:
    """Return proved enclosures of the one solution of the whole system near a refined point.

    Raises
    ------
    Undecided
        When the interval Newton test fails at this precision, or a weight may not be positive.
    """
    n, k = len(system.y), len(system.factors)
    unit = approximate_root(system.beta_squared)
    middle = [t.midpoint for t in point]
    start = _start(system, tuple(middle[:n]), unit)
    found = system.reduced.enclosed([*start, *middle[n : n + k]], bits)
    with precision(2 * bits):
        return (*found.kappa, *found.weights, *_lambda(system, found.kappa, found.weights))


def reduced_system(system: System) -> Reduced:
    """Return a plain system with kappa eliminated."""
    return Reduced(
        system.y,
        tuple(1 / t for t in system.inverse_weights),
        system.beta_squared,
        system.factors,
        system.free,
        approximate_root(system.beta_squared),
        system.prices if any(system.prices) else (),
        system.shifts,
    )


def _start(system: System, kappa: Vector, unit: Fraction) -> list[Fraction]:
    """Return all ``V'kappa`` over a unit, side by side."""
    # rational in, rational out
    return [cast("Fraction", t) / unit for g in system.directions(kappa) for t in g]


def _lambda(system: System, kappa: Balls, c: Balls) -> Balls:
    """Return lambda: ``Z lambda = y - kappa / weights - sum_a c_a F_a``, on rows that fix it."""
    if not system.free:
        return ()
    rows = independent_rows(transpose(list(system.free)))
    pulled = system.directions(kappa)
    right = [
        system.y[i]
        - kappa[i] * system.inverse_weights[i]
        - dot([dot(V[i], g) for V, g in zip(system.factors, pulled, strict=True)], c)
        for i in rows
    ]
    return solve_balls([[z[i] for z in system.free] for i in rows], right)
