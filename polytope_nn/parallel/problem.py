"""A parallel three-layer problem: data, weight decay and the width inside a branch."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import InstanceError
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.losses.quadratic import SquaredLoss
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.wording import shown

__all__ = ["REGULARISERS", "ParallelProblem"]

REGULARISERS = ("power3", "path")


@dataclass(frozen=True, init=False, repr=False)
class ParallelProblem:
    """``min L(sum_j ((X W_j)_+ w_j)_+ alpha_j)`` plus a decay of the m branches (P1).

    With ``regulariser="power3"`` a branch costs ``beta/3 (|W|^3 + |w|^3 + |alpha|^3)``, which
    rescaling makes ``beta |W| |w| |alpha|``; with ``"path"`` it costs
    ``beta |alpha| (sum_l |W_l|^2 w_l^2)^(1/2)`` (P12). Ordinary decay, the sum of the squares
    of all weights, has no convex form and is not offered.

    Parameters
    ----------
    X, y
        Data of shape (n, d) and (n,), exact.
    beta, beta_squared
        The price, or its square: exactly one of them, positive.
    inner_width
        The number k of inner neurons of a branch; None when it is not limited.
    regulariser
        ``"power3"`` or ``"path"``; the latter needs an inner width.
    bias
        ``"none"`` or ``"penalised"``: a column of ones beside X.

    Raises
    ------
    InstanceError
        When an entry is not of the stated form; the message has the cure.

    Examples
    --------
    >>> ParallelProblem([[1, 0], [-1, 0]], [2, 2], beta=1)
    ParallelProblem(n=2, d=2, beta²=1, k=unlimited)
    """

    two_layer: TrainingProblem
    inner_width: int | None
    regulariser: str

    def __init__(  # noqa: PLR0913 - the contract's names, all but two keyword-only
        self,
        X: Iterable[Iterable[object]],
        y: Iterable[object],
        *,
        beta: object = None,
        beta_squared: object = None,
        inner_width: int | None = None,
        regulariser: str = "power3",
        weights: Iterable[object] | None = None,
        bias: str | bool = "none",
        exact: str | None = None,
        name: str = "",
    ) -> None:
        D = TrainingProblem(
            X, y, beta=beta, beta_squared=beta_squared, weights=weights, bias=bias,
            exact=exact, name=name,
        )  # fmt: skip
        if D.bias == "free":
            raise InstanceError(
                'bias, layers: a free bias has no three-layer model: write "penalised"'
            )
        if inner_width is not None and (type(inner_width) is not int or inner_width < 1):
            raise InstanceError(
                f"inner_width: {shown(inner_width)} is no width: give an integer >= 1, or None"
            )
        if regulariser not in REGULARISERS:
            raise InstanceError(
                f"regulariser: {shown(regulariser)} has no convex form or is unknown: write "
                f'"power3" or "path"'
            )
        if regulariser == "path" and inner_width is None:
            raise InstanceError(
                "inner_width, regulariser: path costs fall to 0 as branches widen: give an "
                "inner_width"
            )
        put = object.__setattr__  # the class is frozen: this is its only writer
        put(self, "two_layer", D)
        put(self, "inner_width", inner_width)
        put(self, "regulariser", regulariser)

    def of_width(self, k: int) -> "ParallelProblem":
        """Return the problem of another inner width."""
        D = self.two_layer
        return ParallelProblem(
            D.X, D.y, beta_squared=D.beta_squared, weights=D.weights, bias=D.bias,
            inner_width=k, regulariser=self.regulariser, name=D.name,
        )  # fmt: skip

    @property
    def name(self) -> str:
        """What the problem is called."""
        return self.two_layer.name

    @property
    def y(self) -> Vector:
        """The labels, shape (n,)."""
        return self.two_layer.y

    @property
    def n(self) -> int:
        """The number of samples."""
        return len(self.two_layer.y)

    @cached_property
    def loss(self) -> SquaredLoss:
        """The squared loss of a fit."""
        return SquaredLoss(self.two_layer.y, self.two_layer.weights)

    @cached_property
    def design(self) -> Matrix:
        """X, with a column of ones when there is a bias."""
        return self.two_layer.charts[0].design

    @property
    def arrangement(self) -> Arrangement:
        """The arrangement of the design."""
        return self.two_layer.charts[0].arrangement

    @cached_property
    def unit_beta_squared(self) -> Fraction:
        """The square of what a mass 1 costs: ``beta^2``, or ``beta^2 / k`` of path costs.

        A path branch of k equal parts costs ``beta / sqrt(k)`` times the sum of its parts,
        and no branch costs less (Cauchy-Schwarz; P12).
        """
        square = self.two_layer.beta_squared
        if self.regulariser == "path" and self.inner_width is not None:
            return square / self.inner_width
        return square

    @cached_property
    def two_layer_of_cost(self) -> TrainingProblem:
        """The two-layer problem in which a mass 1 costs the same."""
        D = self.two_layer
        if self.regulariser == "power3":
            return D
        return TrainingProblem(
            D.X, D.y, beta_squared=self.unit_beta_squared, weights=D.weights, bias=D.bias,
            name=D.name,
        )  # fmt: skip

    def __repr__(self) -> str:
        k = "unlimited" if self.inner_width is None else self.inner_width
        name = f"{self.name!r}, " if self.name else ""
        path = ", path" if self.regulariser == "path" else ""
        return (
            f"ParallelProblem({name}n={self.n}, d={len(self.design[0])}, "
            f"beta²={self.two_layer.beta_squared}, k={k}{path})"
        )
