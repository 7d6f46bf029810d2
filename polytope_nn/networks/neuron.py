"""Neurons: what one computes, what it costs, and the parts a network is made of.

A balanced neuron (``|alpha| = |w|``) is kept as its sign and ``u``, with
``alpha w = sign u``, that is ``w = u/sqrt|u|`` and ``alpha = sign sqrt|u|``: its output
``sign (Xu)_+`` and its cost ``beta |u|`` need no root of a root; splitting and merging are
additions of u. Any other neuron is kept as ``(w, alpha)`` and costs
``(beta/2)(|w|^2 + alpha^2) >= beta |alpha w|``. An empty slot is ``None``: a zero neuron
(THEORY §§1, 7).

A bias is the last entry of u or w. Where it is free of weight decay it is part of no norm.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import RootSum, root
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.problems.units.activations import RELU, Activation, Slopes, Threshold
from polytope_nn.wording import shown

__all__ = [
    "Neuron",
    "Parts",
    "RawNeuron",
    "Slot",
    "feature",
    "jump",
    "output",
    "output_weight",
    "ray",
    "rectified",
    "same_ray",
    "scaled",
    "slot_of",
]


@dataclass(frozen=True)
class Neuron:
    """A balanced neuron: ``u``, shape (d,), not 0, and the sign of its output weight."""

    sign: int
    u: Scalars

    def __post_init__(self) -> None:
        if isinstance(self.sign, bool) or self.sign not in {1, -1}:
            raise InstanceError(f"sign: {shown(self.sign)} is neither 1 nor -1")
        object.__setattr__(self, "sign", int(self.sign))  # numpy's numbers are not written

    @property
    def balanced(self) -> "Neuron | None":
        """The neuron itself."""
        return self

    def cost(self, beta_squared: Fraction, *, free_bias: bool = False) -> RootSum:
        """Return ``beta |u|``, a free bias left out of the norm."""
        decayed = self.u[:-1] if free_bias else self.u
        if free_bias and all(not isinstance(t, Ball) and t == 0 for t in decayed):
            raise InstanceError(
                f"u: a neuron of weight 0 and free bias {self.u[-1]} is a constant at no "
                f"cost, which no neuron attains: write it as the network's constant"
            )
        return root(beta_squared * _norm_squared(decayed))


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
        """``|alpha| w``; where the sign of alpha is open, around all of it."""
        if isinstance(self.alpha, Ball) and Fraction(0) in self.alpha:
            most = self.alpha.magnitude()
            return tuple(x * Ball.from_interval(0, most) for x in self.w)
        return tuple(self.alpha * self.sign * x for x in self.w)

    @property
    def balanced(self) -> Neuron | None:
        """The cheapest neuron of the same output: same ``alpha w``, ``|alpha| = |w|``."""
        u = self.u
        return Neuron(self.sign, u) if any(x != 0 for x in u) else None

    def cost(self, beta_squared: Fraction, *, free_bias: bool = False) -> RootSum:
        """Return ``(beta/2)(|w|^2 + alpha^2)``, a free bias left out of the norm."""
        decayed = self.w[:-1] if free_bias else self.w
        squares = _norm_squared((*decayed, self.alpha))
        return root(beta_squared) * (squares / 2)


Slot: TypeAlias = Neuron | RawNeuron | None


class Parts(NamedTuple):
    """What a network is made of: its slots, and the free parts, None where not given.

    ``skip``, shape (d,), acts on the features of a sample; ``constant`` is the intercept of
    the output.
    """

    slots: tuple[Slot, ...]
    skip: Scalars | None = None
    constant: Scalar | None = None


def slot_of(w: Scalars, alpha: Scalar, *, free_bias: bool = False) -> Slot:
    """Return the neuron of the weights: None for 0, balanced where it exactly is.

    >>> slot_of((Fraction(2), Fraction(0)), Fraction(-2))
    Neuron(sign=-1, u=(Fraction(4, 1), Fraction(0, 1)))
    """
    raw = RawNeuron(w, alpha)
    if any(isinstance(t, Ball) for t in (*w, alpha)):
        return raw  # of a box nothing is decided
    if alpha == 0 and all(t == 0 for t in w):
        return None
    decayed = w[:-1] if free_bias else w
    return raw.balanced if squared_norm(decayed) == alpha * alpha != 0 else raw


def feature(X: Matrix, sign: int, u: Scalars, psi: Slopes = RELU) -> Scalars:
    """Return ``sign (X u)_+``, shape (n,), of a design X, shape (n, d); of other slopes psi.

    >>> feature(((Fraction(1), Fraction(0)), (Fraction(-1), Fraction(0))), -1, (2, 0))
    (Fraction(-2, 1), Fraction(0, 1))
    """
    if psi == RELU:
        return tuple(rectified(dot(x, u)) * sign for x in X)
    seen = (dot(x, u) for x in X)
    return tuple((rectified(z) * psi.right - rectified(-z) * psi.left) * sign for z in seen)


def output(X: Matrix, x: Neuron | RawNeuron, psi: Activation = RELU) -> Scalars:
    """Return what a neuron adds to the fit, shape (n,); its output weight may be of any sign.

    >>> output(((Fraction(1),),), RawNeuron((Fraction(2),), Ball.from_interval(-1, 1)))
    (Ball([+/- 2.01]),)
    """
    if isinstance(psi, Threshold):
        alpha, w = output_weight(x), x.w if isinstance(x, RawNeuron) else x.u
        return tuple(alpha * jump(dot(row, w), closed=psi.closed) for row in X)
    if isinstance(x, RawNeuron) and isinstance(x.alpha, Ball) and Fraction(0) in x.alpha:
        return tuple(z * x.alpha for z in feature(X, 1, x.w, psi))
    return feature(X, x.sign, x.u, psi)


def jump(z: Scalar, *, closed: bool) -> Scalar:
    """Return 1 where z > 0 (``closed``: z >= 0), else 0; of a ball with both, all between.

    >>> jump(Fraction(0), closed=True), jump(Fraction(0), closed=False)
    (Fraction(1, 1), Fraction(0, 1))
    """
    try:
        return Fraction(z >= 0 if closed else z > 0)
    except Undecided:
        return Ball.from_interval(0, 1)


def output_weight(x: Neuron | RawNeuron) -> Scalar:
    """Return alpha, of a balanced neuron ``sign |u|^(1/2)``.

    Raises
    ------
    InstanceError
        When that is irrational: what a threshold answers is a multiple of it.

    >>> output_weight(Neuron(-1, (Fraction(0), Fraction(4))))
    Fraction(-2, 1)
    """
    if isinstance(x, RawNeuron):
        return x.alpha
    size = squared_norm(x.u)
    for _ in range(2):
        found = root(size).exact if isinstance(size, Fraction) else None
        if not isinstance(found, Fraction):
            raise InstanceError(
                f"u: of {shown(x.u)} the output weight is a root of a root: write w and alpha"
            )
        size = found
    return x.sign * size


def rectified(z: Scalar) -> Scalar:
    """Return ``max(z, 0)``, of a ball that may be 0 or not an enclosure."""
    try:
        return z if z > 0 else Fraction(0)
    except Undecided:
        assert isinstance(z, Ball)  # all other comparisons are decided
        return Ball.from_interval(0, z.upper, z.precision)


def scaled(x: Neuron, factor: Scalar) -> Neuron | None:
    """Return the balanced neuron with ``factor * u``; None for the factor 0."""
    if factor == 0:
        return None
    return Neuron(x.sign, tuple(factor * t for t in x.u))


def _norm_squared(u: Scalars) -> Scalar:
    """Return the sum of squares: of a ball around 0 no number below 0."""
    if not any(isinstance(t, Ball) and Fraction(0) in t for t in u):
        return squared_norm(u)
    total: Scalar = Fraction(0)
    for t in u:
        if isinstance(t, Ball) and Fraction(0) in t:
            total = total + Ball.from_interval(0, t.magnitude() ** 2, t.precision)
        else:
            total = total + t * t
    return total


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
    others = ((a, b) for j, (a, b) in enumerate(zip(u, v, strict=True)) if j != i)
    return sign(u[i]) == sign(v[i]) and all(a * v[i] == b * u[i] for a, b in others)
