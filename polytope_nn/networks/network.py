"""Exact two-layer networks: neurons in slots, what they compute, what they cost.

What a neuron is, and how it is kept, is said in :mod:`~polytope_nn.networks.neuron`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from polytope_nn.called import given, listed, pair_of, slots_of
from polytope_nn.errors import DimensionError, InstanceError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import RootSum, total
from polytope_nn.exact.rational import Matrix, rational
from polytope_nn.exact.scalar import Scalar, Scalars, dot, exact_scalar, squared_norm
from polytope_nn.limits import width_of
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import RELU, Activation
from polytope_nn.shown import Drawn, Tabled
from polytope_nn.wording import integer, plural, shown

from .neuron import Neuron, RawNeuron, Slot, feature, output, ray, same_ray, scaled
from .prices import price
from .reading.samples import Valued, design_of
from .reading.stored import Stored

__all__ = [
    "Network",
    "Neuron",
    "RawNeuron",
    "Slot",
    "feature",
    "given_network",
    "loss",
    "ray",
    "read_network",
    "same_ray",
    "scaled",
]


@dataclass(frozen=True)
class Network(Stored, Valued, Drawn, Tabled):
    """A two-layer ReLU network of a fixed width: one neuron, or None, in each slot.

    ``skip``, shape (d,), and ``constant`` are what the output has besides: ``x'skip`` and
    an intercept; None where they are not given (0, or in a path whatever fits).

    Examples
    --------
    >>> net = Network.of((1, [2, 0]), (-1, ["1/2", "1/2"]), None)
    >>> net.fit(((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))))
    (Fraction(3, 2), Fraction(-1, 2))
    >>> net.split(0, 2, Fraction(1, 2)).equivalent(net)
    True
    """

    def __post_init__(self) -> None:
        slots = slots_of(self.slots, (Neuron, RawNeuron), "slots")
        object.__setattr__(self, "slots", slots)
        if len({len(x.u) for x in self.slots if x is not None}) > 1:
            lengths = sorted({len(x.u) for x in self.slots if x is not None})
            raise DimensionError(f"neurons of dimensions {lengths} in one network")

    @classmethod
    def of(cls, *neurons: tuple[int, Sequence[object]] | None) -> "Network":
        """Return the balanced network of pairs ``(sign, u)``; None is an empty slot."""
        slots: list[Slot] = []
        for pair in neurons:
            sign, u = (1, ()) if pair is None else pair_of(pair)
            x = Neuron(sign, tuple(map(exact_scalar, u)))
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

    def require_dimension(self, entries: int) -> None:
        """Refuse neurons of another number of weights than a row has, the bias counted."""
        if self.dimension not in {None, entries}:
            more = self.dimension == entries + 1
            raise DimensionError(
                f"the neurons have dimension {self.dimension}, the samples {entries}: give every "
                f"neuron {plural(entries, 'weight')}"
                + (", or the samples a bias (penalised or free)" if more else "")
            )

    def fit(self, X: Matrix, psi: Activation = RELU) -> Scalars:
        """Return ``sum_j sign_j (X u_j)_+``, shape (n,), for a design X, shape (n, d).

        The skip, which sees the first of the columns, and the constant are added. ``psi`` is
        another activation.
        """
        X = design_of(X)
        self.require_dimension(len(X[0]) if X else self.dimension or 0)
        features = [output(X, x, psi) for x in self.neurons]
        if self.skip is not None:
            features.append(tuple(dot(x[: len(self.skip)], self.skip) for x in X))
        start: Scalar = Fraction(0) if self.constant is None else self.constant
        return tuple(sum((f[k] for f in features), start) for k in range(len(X)))

    def cost(self, beta_squared: Fraction, *, free_bias: bool = False) -> RootSum:
        """Return the weight decay ``(beta/2) sum_j (|w_j|^2 + alpha_j^2)``.

        A free bias, the last entry of each w, is left out; so are skip and constant.
        """
        beta_squared = rational(beta_squared)
        return total(x.cost(beta_squared, free_bias=free_bias) for x in self.neurons)

    def objective(self, problem: TrainingProblem) -> RootSum:
        """Return the loss plus what the neurons cost (the weight decay), exactly.

        Its ``exact`` is a fraction where all roots are rational; ``enclosure()`` always
        brackets it, and every comparison with another objective is decided. With a free
        bias the neurons have it as their last entry.
        """
        given(TrainingProblem, problem)
        self.require_parts(problem.skip)
        cost = total(price(problem, x) for x in self.neurons)
        return cost + loss(problem, self.fit(*problem.rows_and_activation))

    def require_parts(self, skip: str) -> None:
        """Raise ``InstanceError`` when a free part that is not 0 is none of the problem's.

        ``skip`` is the problem's: "none", "constant", "linear" or "affine".
        """
        if skip not in {"constant", "affine"} and self.constant not in {None, 0}:
            cure = "affine" if skip == "linear" else "constant"
            raise InstanceError(
                f"constant: {_short(self.constant)}: the instance has no output intercept: "
                f'add "skip": "{cure}" (--skip {cure}), or train without one'
            )
        if skip not in {"linear", "affine"} and any(t != 0 for t in self.skip or ()):
            cure = "linear" if skip == "none" else "affine"
            raise InstanceError(
                f"skip: the network has one, the instance none: add "
                f'"skip": "{cure}" (--skip {cure})'
            )

    @cached_property
    def is_enclosed(self) -> bool:
        """Whether some number is only known as an enclosure (CONTRACT §5)."""
        numbers = (
            (*x.w, x.alpha) if isinstance(x, RawNeuron) else x.u for x in self.neurons
        )
        free = (*(self.skip or ()), self.constant)
        return any(isinstance(t, Ball) for listed in (*numbers, free) for t in listed)

    @property
    def is_balanced(self) -> bool:
        """Whether ``|alpha_j| = |w_j|`` for every neuron, dead weights included."""
        return all(
            isinstance(x, Neuron) or squared_norm(x.w) == x.alpha * x.alpha
            for x in self.neurons
        )

    def balanced(self) -> "Network":
        """Return the balanced network of the same neuron outputs, in the same slots."""
        return replace(
            self, slots=tuple(None if x is None else x.balanced for x in self.slots)
        )

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
        return replace(self, slots=tuple(parts))

    def equivalent(self, other: "Network") -> bool:
        """Return whether the two are equal up to permutation and splitting of neurons.

        An unbalanced network is equivalent to none but those balanced like it, never to
        its balanced form, which costs less.
        """
        given(Network, other)
        if self.is_balanced and other.is_balanced:
            return self.merged == other.merged
        same = Counter(self.neurons) == Counter(other.neurons)
        return same and (self.skip, self.constant) == (other.skip, other.constant)

    def split(self, j: int, into: int, share: Scalar) -> "Network":
        """Return the network with a share (0 to 1) of neuron j's output in an empty slot.

        The neuron is balanced first. A share of 1 moves it.
        """
        share, there = exact_scalar(share), range(self.width)
        held = self.slots[j] if integer(j, 0) in there else None
        x = held.balanced if held is not None else None
        empty = integer(into, 0) in there and self.slots[into] is None
        if x is None or not empty or not 0 <= share <= 1:
            raise DimensionError(
                f"slot {shown(j)} must hold a neuron, slot {shown(into)} none, and the "
                f"share {share} must lie in [0, 1]"
            )
        slots: list[Slot] = list(self.slots)
        slots[j] = scaled(x, 1 - share)
        slots[into] = scaled(x, share)
        return replace(self, slots=tuple(slots))

    def permuted(self, order: Sequence[int]) -> "Network":
        """Return the network whose slot i holds the old slot ``order[i]``."""
        order = listed(order, "order", "give the old slot of each")
        if Counter(integer(i, 0) for i in order) != Counter(range(self.width)):
            raise DimensionError(f"{shown(order)} is no permutation of {self.width} slots")
        return replace(self, slots=tuple(self.slots[i] for i in order))

    def padded(self, width: int) -> "Network":
        """Return the network with empty slots added, or trailing empty ones dropped.

        Raises
        ------
        DimensionError
            When a neuron stands beyond the width.
        """
        width = width_of(width, 0)
        used = max((i + 1 for i, x in enumerate(self.slots) if x is not None), default=0)
        if used > width:
            raise DimensionError(
                f"the network has {plural(used, 'slot')} in use, the width is {width}: "
                f"give a width of {used} or more"
            )
        return replace(self, slots=(*self.slots, *(None,) * width)[:width])

    def __repr__(self) -> str:
        balanced = "" if self.is_balanced else ", unbalanced"
        return f"Network(width={self.width}, neurons={len(self.neurons)}{balanced})"


def read_network(path: str | Path, dimension: int | None = None) -> Network:
    """Return the network of a file (:meth:`Network.load`).

    Parameters
    ----------
    path
        JSON, ``.npz`` or ``.safetensors``.
    dimension
        That of its neurons, where known.

    Returns
    -------
    Network
        The network, its floats the dyadic rationals that they are.

    Raises
    ------
    InstanceError
        When the file is no network; the message names file, field, value and cure.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Network.of((1, [2, 0]), None).save(f"{folder}/one.json")
    ...     read_network(f"{folder}/one.json").width
    2
    """
    given((str, Path), path)
    return Network.load(path, dimension)


def given_network(x: object) -> "Network":
    """Return what a caller gives as a network; another tool's model is refused with the cure."""
    if isinstance(x, Network):
        return x
    raise InstanceError(
        f"network: {type(x).__name__} is no Network: give Network.from_sklearn, from_state_dict, "
        f"from_arrays or load of it"
    )


def loss(problem: TrainingProblem, z: Scalars) -> Scalar:
    """Return the loss of a fit z, shape (n,); refused where a fit may have none."""
    if isinstance(problem.loss, SeparableLoss) and not problem.loss.is_finite:
        raise InstanceError(
            f"loss: the {problem.loss.kind} loss of a fit is 0 or infinite: take a finite one"
        )
    value = problem.loss.value(z)
    assert value is not None  # the loss is finite
    return value


def _short(x: Scalar | None) -> str:
    written = str(x)
    return written if len(written) <= 24 else f"{written[:20]}..."
