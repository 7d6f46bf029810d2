"""Exact two-layer networks: neurons in slots, what they compute, what they cost.

A balanced neuron (``|alpha| = |w|``) is kept as its sign and ``u``, with
``alpha w = sign u``, that is ``w = u/sqrt|u|`` and ``alpha = sign sqrt|u|``: its output
``sign (Xu)_+`` and its cost ``beta |u|`` need no root of a root; splitting and merging are
additions of u. Any other neuron is kept as ``(w, alpha)`` and costs
``(beta/2)(|w|^2 + alpha^2) >= beta |alpha w|``. An empty slot is ``None``: a zero neuron
(THEORY §§1, 7).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from polytope_nn.errors import DimensionError, InstanceError, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import RootSum, root, total
from polytope_nn.exact.rational import Matrix, rational
from polytope_nn.exact.scalar import RealNumber, Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.problems.training import TrainingProblem

__all__ = ["Network", "Neuron", "RawNeuron", "Slot", "ray", "same_ray"]


@dataclass(frozen=True)
class Neuron:
    """A balanced neuron: ``u``, shape (d,), not 0, and the sign of its output weight."""

    sign: int
    u: Scalars

    def __post_init__(self) -> None:
        if self.sign not in {1, -1}:
            raise InstanceError(f"sign: {self.sign!r} is neither 1 nor -1")

    @property
    def balanced(self) -> "Neuron | None":
        """The neuron itself."""
        return self

    def cost(self, beta_squared: Fraction) -> RootSum:
        """Return ``beta |u|``."""
        return root(beta_squared * squared_norm(self.u))


@dataclass(frozen=True)
class RawNeuron:
    """A neuron given by its weights ``w``, shape (d,), and ``alpha``, balanced or not."""

    w: Scalars
    alpha: Scalar

    @property
    def sign(self) -> int:
        """The sign of alpha."""
        return sign(self.alpha)

    @property
    def u(self) -> Scalars:
        """``|alpha| w``."""
        return tuple(self.alpha * self.sign * x for x in self.w)

    @property
    def balanced(self) -> Neuron | None:
        """The cheapest neuron of the same output: same ``alpha w``, ``|alpha| = |w|``."""
        u = self.u
        return Neuron(self.sign, u) if any(x != 0 for x in u) else None

    def cost(self, beta_squared: Fraction) -> RootSum:
        """Return ``(beta/2)(|w|^2 + alpha^2)``."""
        squares = squared_norm(self.w) + self.alpha * self.alpha
        return root(beta_squared) * (squares / 2)


Slot: TypeAlias = Neuron | RawNeuron | None


@dataclass(frozen=True)
class Network:
    """A two-layer ReLU network of a fixed width: one neuron, or None, in each slot.

    Examples
    --------
    >>> net = Network.of((1, [2, 0]), (-1, ["1/2", "1/2"]), None)
    >>> net.fit(((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))))
    (Fraction(3, 2), Fraction(-1, 2))
    >>> net.split(0, 2, Fraction(1, 2)).equivalent(net)
    True
    """

    slots: tuple[Slot, ...]

    def __post_init__(self) -> None:
        if len({len(x.u) for x in self.slots if x is not None}) > 1:
            lengths = sorted({len(x.u) for x in self.slots if x is not None})
            raise DimensionError(f"neurons of dimensions {lengths} in one network")

    @classmethod
    def of(cls, *neurons: tuple[int, Sequence[object]] | None) -> "Network":
        """Return the balanced network of pairs ``(sign, u)``; None is an empty slot."""
        slots: list[Slot] = []
        for pair in neurons:
            sign, u = pair or (1, ())
            x = Neuron(sign, tuple(map(_scalar, u)))
            slots.append(x if any(t != 0 for t in x.u) else None)
        return cls(tuple(slots))

    @property
    def width(self) -> int:
        """The number of slots, empty ones included."""
        return len(self.slots)

    @property
    def last_used(self) -> int:
        """The number of slots up to the last neuron."""
        return max((j for j, x in enumerate(self.slots, 1) if x is not None), default=0)

    @property
    def neurons(self) -> tuple[Neuron | RawNeuron, ...]:
        """The neurons, without the empty slots."""
        return tuple(x for x in self.slots if x is not None)

    @property
    def dimension(self) -> int | None:
        """The length of every u; None when every slot is empty."""
        return next((len(x.u) for x in self.neurons), None)

    def fit(self, X: Matrix) -> Scalars:
        """Return ``sum_j sign_j (X u_j)_+``, shape (n,), for a design X, shape (n, d)."""
        if self.dimension not in {None, len(X[0])}:
            raise DimensionError(
                f"the neurons have dimension {self.dimension}, the samples {len(X[0])}: "
                f"give every neuron {len(X[0])} weights"
            )
        features = [feature(X, x.sign, x.u) for x in self.neurons]
        return tuple(sum((f[k] for f in features), Fraction(0)) for k in range(len(X)))

    def cost(self, beta_squared: Fraction) -> RootSum:
        """Return the weight decay ``(beta/2) sum_j (|w_j|^2 + alpha_j^2)``."""
        return total(x.cost(beta_squared) for x in self.neurons)

    def objective(self, problem: TrainingProblem) -> RootSum:
        """Return the loss plus the weight decay, exactly.

        Its ``exact`` is a fraction where all roots are rational; ``enclosure()`` always
        brackets it, and every comparison with another objective is decided.
        """
        return self.cost(problem.beta_squared) + loss(problem, self.fit(problem.design))

    @cached_property
    def is_enclosed(self) -> bool:
        """Whether some number is only known as an enclosure (CONTRACT §5)."""
        numbers = (
            (*x.w, x.alpha) if isinstance(x, RawNeuron) else x.u for x in self.neurons
        )
        return any(isinstance(t, Ball) for listed in numbers for t in listed)

    @property
    def is_balanced(self) -> bool:
        """Whether ``|alpha_j| = |w_j|`` for every neuron, dead weights included."""
        return all(
            isinstance(x, Neuron) or squared_norm(x.w) == x.alpha * x.alpha
            for x in self.neurons
        )

    def balanced(self) -> "Network":
        """Return the balanced network of the same neuron outputs, in the same slots."""
        return Network(tuple(None if x is None else x.balanced for x in self.slots))

    @cached_property
    def merged(self) -> "Network":
        """The balanced network with one neuron per sign and ray, in a canonical order.

        Two balanced networks are equal up to permutation and splitting iff these agree.
        """
        parts: list[Neuron] = []
        for held in self.neurons:
            x = held.balanced
            if x is None:
                continue
            for i, kept in enumerate(parts):
                if kept.sign == x.sign and same_ray(kept.u, x.u):
                    u = tuple(a + b for a, b in zip(kept.u, x.u, strict=True))
                    parts[i] = Neuron(x.sign, u)
                    break
            else:
                parts.append(Neuron(x.sign, x.u))
        parts.sort(key=lambda x: (-x.sign, x.u))
        return Network(tuple(parts))

    def equivalent(self, other: "Network") -> bool:
        """Return whether the two are equal up to permutation and splitting of neurons.

        An unbalanced network is equivalent to none but those balanced like it, never to
        its balanced form, which costs less.
        """
        if self.is_balanced and other.is_balanced:
            return self.merged == other.merged
        return Counter(self.neurons) == Counter(other.neurons)

    def split(self, j: int, into: int, share: Scalar) -> "Network":
        """Return the network with a share (0 to 1) of neuron j's output in an empty slot.

        The neuron is balanced first. A share of 1 moves it.
        """
        held = self.slots[j]
        x = held.balanced if held is not None else None
        if x is None or self.slots[into] is not None or not 0 <= share <= 1:
            raise DimensionError(
                f"slot {j} must hold a neuron, slot {into} none, and the share {share} "
                "must lie in [0, 1]"
            )
        slots: list[Slot] = list(self.slots)
        slots[j] = scaled(x, 1 - share)
        slots[into] = scaled(x, share)
        return Network(tuple(slots))

    def permuted(self, order: Sequence[int]) -> "Network":
        """Return the network whose slot i holds the old slot ``order[i]``."""
        if sorted(order) != list(range(self.width)):
            raise DimensionError(f"{list(order)} is no permutation of {self.width} slots")
        return Network(tuple(self.slots[i] for i in order))

    def padded(self, width: int) -> "Network":
        """Return the network with empty slots added, or trailing empty ones dropped.

        Raises
        ------
        DimensionError
            When a neuron stands beyond the width.
        """
        used = max((i + 1 for i, x in enumerate(self.slots) if x is not None), default=0)
        if used > width:
            raise DimensionError(
                f"the network has {used} slots in use, the width is {width}: "
                f"give a width of {used} or more"
            )
        return Network((*self.slots, *(None,) * width)[:width])

    def __repr__(self) -> str:
        balanced = "" if self.is_balanced else ", unbalanced"
        return f"Network(width={self.width}, neurons={len(self.neurons)}{balanced})"


def feature(X: Matrix, sign: int, u: Scalars) -> Scalars:
    """Return ``sign (X u)_+``, shape (n,), of a design X, shape (n, d).

    >>> feature(((Fraction(1), Fraction(0)), (Fraction(-1), Fraction(0))), -1, (2, 0))
    (Fraction(-2, 1), Fraction(0, 1))
    """
    return tuple(_rectified(dot(x, u)) * sign for x in X)


def _rectified(z: Scalar) -> Scalar:
    """Return ``max(z, 0)``, of a ball that may be 0 or not an enclosure."""
    try:
        return z if z > 0 else Fraction(0)
    except Undecided:
        assert isinstance(z, Ball)  # all other comparisons are decided
        return Ball.from_interval(0, z.upper, z.precision)


def loss(problem: TrainingProblem, z: Scalars) -> Scalar:
    """Return ``1/2 sum_k weights_k (z_k - y_k)^2``."""
    residual = [t - y for t, y in zip(z, problem.y, strict=True)]
    weighted = [w * r for w, r in zip(problem.weights, residual, strict=True)]
    return dot(weighted, residual) / 2


def scaled(x: Neuron, factor: Scalar) -> Neuron | None:
    """Return the balanced neuron with ``factor * u``; None for the factor 0."""
    if factor == 0:
        return None
    return Neuron(x.sign, tuple(factor * t for t in x.u))


def ray(u: Scalars) -> int:
    """Return the index of the first entry of u that is not 0.

    >>> ray((Fraction(0), Fraction(-2)))
    1
    """
    return next(i for i, x in enumerate(u) if x != 0)


def same_ray(u: Scalars, v: Scalars) -> bool:
    """Return whether two vectors, not 0, are positive multiples of each other.

    >>> same_ray((Fraction(1), Fraction(-2)), (Fraction(2), Fraction(-4)))
    True
    """
    i = ray(u)
    return u[i] * v[i] > 0 and all(a * v[i] == b * u[i] for a, b in zip(u, v, strict=True))


def _scalar(x: object) -> Scalar:
    return x if isinstance(x, RealNumber) else rational(x)
