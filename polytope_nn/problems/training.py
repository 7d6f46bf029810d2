"""The training problem: exact data, labels, weight decay (THEORY §§0-1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt
from numbers import Real
from typing import Any

from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.rational import Matrix, Vector, is_square, rational
from polytope_nn.wording import plural

from .free_part import skip_of
from .losses import Loss, SeparableLoss, SquaredLoss
from .losses.kinds import INDICATORS, loss_of
from .problem import Problem
from .reading.given import entries_given, number_given, rows_given, split_frame
from .relu import ReluUnit, bias_of
from .units.activations import RELU, Activation, Slopes
from .units.given import UnitOf, require_covered, unit_given

__all__ = ["TrainingProblem"]


@dataclass(frozen=True, init=False, repr=False)
class TrainingProblem(Problem):
    """Weight-decay training of a two-layer ReLU network of any width (THEORY §§1, 8).

    ``min L(sum_j (X w_j)_+ alpha_j + Z a) + (beta/2) sum_j (|w_j|^2 + alpha_j^2)`` with
    ``L(z) = 1/2 sum_k weights_k (z_k - y_k)^2``, or another sum over the samples
    (:mod:`~polytope_nn.problems.losses.kinds`); the columns of Z are what a skip adds.

    Parameters
    ----------
    X
        Samples as rows, shape (n, d): ints, strings, Fractions, sympy or numpy integers;
        lists, arrays or a pandas frame.
    y
        Labels, shape (n,); with a frame X also the name of its column of labels.
    beta, beta_squared
        The weight decay, or its square (one of the two): only ``beta**2`` must be
        rational, so ``sqrt(10)`` is ``beta_squared=10``, or sympy's ``sqrt(10)``. Where a
        loss is 0 or infinite (interpolation, tolerance, margin) 1 by default.
    loss
        ``"squared"``, the loss above; another word, or a mapping with its parameters:
        ``{"kind": "huber", "delta": 1}``.
    weights
        Positive rational sample weights, shape (n,); 1 by default.
    bias
        ``"none"``; ``"penalised"`` appends a column of ones to X; ``"free"`` gives every
        neuron a bias without weight decay.
    skip
        What the network gets beside its neurons, free of cost: ``"none"``; ``"constant"``, an
        output intercept ``a_0``; ``"linear"``, ``x'a``; ``"affine"``, ``x'a + a_0``.
    activation
        ``"relu"``, ``"absolute"``, ``{"slopes": [right, left]}``, ``"threshold"`` or
        ``"threshold_open"``.
    gates
        Masks of n entries 0 or 1 instead of an activation: neurons ``Diag(mask) X u``.
    penalty
        The norm of the first layer's weights: ``"l2"``, ``"l1"``, ``"linf"``.
    exact
        How to read floats, which are refused by default: ``"binary"`` takes the dyadic
        rational the float is, ``"decimal"`` the shortest decimal that is rounded to it in
        its own precision (float32, float64, sympy's Float).

    Raises
    ------
    InexactError
        For a float without ``exact``, a bool, nan, or what is no number.
    DimensionError
        When the shapes of X, y and weights do not agree.
    InstanceError
        When X is empty, beta is not positive, or both or neither of beta and its square
        are given.

    Examples
    --------
    >>> TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    TrainingProblem(n=2, d=3, beta²=2)
    """

    X: Matrix
    y: Vector
    beta_squared: Fraction
    weights: Vector
    bias: str
    skip: str
    name: str
    activation: Activation
    gates: tuple[tuple[int, ...], ...] | None
    penalty: str
    loss: Loss

    def __init__(  # noqa: PLR0913 - the contract's names, all but two keyword-only
        self,
        X: Iterable[Iterable[object]],
        y: Iterable[object],
        *,
        beta: object = None,
        beta_squared: object = None,
        loss: object = "squared",
        weights: Iterable[object] | None = None,
        bias: str | bool = "none",
        skip: str = "none",
        activation: object = RELU,
        gates: Iterable[Iterable[object]] | None = None,
        penalty: str = "l2",
        exact: str | None = None,
        name: str = "",
    ) -> None:
        X, y = split_frame(X, y)
        rows = rows_given(X, exact)
        labels = entries_given(y, exact, "y")
        n = len(rows)
        if not rows or not rows[0]:
            raise InstanceError("X is empty: give at least one row with one entry")
        if len(labels) != n:
            raise DimensionError(
                f"y has {plural(len(labels), 'label')} for {plural(n, 'row')} of X"
            )
        scale = (
            entries_given(weights, exact, "weights")
            if weights is not None
            else (Fraction(1),) * n
        )
        if len(scale) != n:
            raise DimensionError(
                f"weights has {plural(len(scale), 'entry')} for {plural(n, 'row')} of X"
            )
        if any(w <= 0 for w in scale):
            low = min(scale)
            raise InstanceError(
                f"weights[{scale.index(low)}]: {low} is not positive: give numbers above 0"
            )
        put = object.__setattr__  # the class is frozen: this is its only writer
        put(self, "X", rows)
        put(self, "y", labels)
        put(self, "weights", scale)
        put(self, "bias", bias_of(bias))
        put(self, "skip", skip_of(skip))
        put(self, "name", name)
        put(self, "loss", _loss(loss, labels, scale, self.bias))
        if (beta, beta_squared) == (None, None) and _kind(self.loss) in INDICATORS:
            beta = 1  # it only scales what is minimised
        put(self, "beta_squared", _beta_squared(beta, beta_squared, exact))
        for key, value in unit_given(activation, gates, penalty, n)._asdict().items():
            put(self, key, value)
        require_covered(self._unit_of, self.bias)

    @cached_property
    def unit(self) -> ReluUnit:
        """The neurons, where they are ReLU ones of l2 weights.

        Raises
        ------
        InstanceError
            For other neurons: what asks for these does not take others.
        """
        self.require_relu()
        return ReluUnit(self.X, self.bias)

    def require_relu(self) -> None:
        """Refuse other neurons than ReLU ones of l2 weights, by the field that has them."""
        if not self.of_relu:
            raise InstanceError(
                f"{self.unit_key}: {self.unit_word}: this is about ReLU networks with l2 weight "
                f"decay: of other units there are optimum, optimal_polytope and staircase, and "
                f"the commands certify and holes; of other slopes also gap, nearest, path, "
                f"descend, connect, without --quick; of thresholds and other penalties gap"
            )

    @property
    def of_relu(self) -> bool:
        """Whether the neurons are ReLU ones of l2 weights."""
        return self._unit_of.is_relu

    @property
    def unit_key(self) -> str:
        """The field that says what the neurons are."""
        return self._unit_of.named[0]

    @property
    def unit_word(self) -> str:
        """What it says, in a word."""
        return self._unit_of.named[1]

    @property
    def _unit_of(self) -> UnitOf:
        return UnitOf(self.activation, self.gates, self.penalty)

    @property
    def plain_design(self) -> Matrix:
        """The samples, with a column of ones where the bias is penalised."""
        return ReluUnit(self.X, self.bias).design

    @property
    def rows_and_slopes(self) -> tuple[Matrix, Slopes]:
        """The samples as neurons see them, and their slopes; other neurons are refused."""
        if not self.has_slopes:
            self.require_relu()
        rows, psi = self.rows_and_activation
        assert isinstance(psi, Slopes)  # of a ReLU, too
        return rows, psi

    @property
    def rows_and_activation(self) -> tuple[Matrix, Activation]:
        """The samples as neurons see them, and their activation.

        Raises
        ------
        InstanceError
            Of gates: a network does not say which gate a neuron has.
        """
        if self.gates is not None:
            self.require_relu()
        return self.plain_design if self.bias != "free" else self.design, self.activation

    @property
    def has_slopes(self) -> bool:
        """Whether the neurons have two slopes, l2 weights and no gates: ReLU ones among them."""
        plain = self.gates is None and self.penalty == "l2"
        return plain and isinstance(self.activation, Slopes)

    @property
    def d(self) -> int:
        """The number of features that are paid for: the columns of X, a penalised bias."""
        return self.dimension + (self.bias == "penalised")

    @property
    def beta(self) -> Fraction | None:
        """The weight decay where it is rational; None where only its square is."""
        square = self.beta_squared
        if not is_square(square):
            return None
        return Fraction(isqrt(square.numerator), isqrt(square.denominator))

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        bias = "" if self.bias == "none" else f", bias={self.bias}"
        if not isinstance(self.loss, SquaredLoss):
            bias = f", loss={_kind(self.loss)}{bias}"
        skip = "" if self.skip == "none" else f", skip={self.skip}"
        other = "" if self.of_relu else f", {self.unit_key}={self.unit_word}"
        return (
            f"TrainingProblem({name}n={self.n}, d={self.d}, beta²={self.beta_squared}"
            f"{bias}{skip}{other})"
        )


def _kind(loss: Loss) -> str:
    """Return the word of a loss."""
    if isinstance(loss, SquaredLoss):
        return "squared"
    return loss.kind if isinstance(loss, SeparableLoss) else "interpolation"


def _loss(given: object, y: Vector, weights: Vector, bias: str) -> Loss:
    """Return the loss of a word or a mapping; a loss of one's own is taken as it is."""
    if isinstance(given, SeparableLoss) and given.y == y and given.weights == weights:
        loss: Loss = given
    else:
        loss = loss_of(given, y, weights)
    if bias == "free" and isinstance(loss, SeparableLoss):
        raise InstanceError(
            f"bias, loss: a free bias goes with the squared loss and interpolation, not with "
            f"the {loss.kind} loss: take bias penalised, or skip constant"
        )
    return loss


def _beta_squared(beta: object, square: object, exact: str | None) -> Fraction:
    if (beta is None) == (square is None):
        both = "both are" if beta is not None else "neither is"
        raise InstanceError(f"beta, beta_squared: {both} given: give exactly one of them")
    if beta is None:
        name, given, value = (
            "beta_squared",
            square,
            number_given(square, exact, "beta_squared"),
        )
        positive = value > 0
    elif isinstance(beta, Real) or getattr(beta, "is_Rational", True):
        root = number_given(beta, exact, "beta")
        name, given, value, positive = "beta", beta, root**2, root > 0
    else:
        name, given = "beta", beta
        value, positive = _squared(beta)
    if not positive:
        raise InstanceError(f"{name}: {given} is not positive: give a number above 0")
    return value


def _squared(beta: Any) -> tuple[Fraction, bool]:  # noqa: ANN401 - any sympy expression
    """Return the square of an irrational sympy number, and whether it is positive."""
    square = (beta**2).expand()
    if not (square.is_Rational and beta.is_real):
        raise InstanceError(f"beta: the square of {beta} is not rational")
    return rational(square), bool(beta.is_positive)
