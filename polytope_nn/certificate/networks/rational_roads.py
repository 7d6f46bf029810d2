"""Roads in fractions: beside networks that are known in fields or balls, and where they fall.

A ray that is not rational is replaced by one rational ray wherever it is met, so that lines on
which slots keep their rays stay such lines.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import RootSum, enclosure, exactly
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.networks.network import Network, Neuron, RawNeuron, Slot
from polytope_nn.paths.stops import slope
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.training import TrainingProblem

__all__ = ["BITS", "NEAR", "PRECISION", "alike", "falls", "middle", "rational", "stretch"]

BITS = 120  # of the fractions that numbers are replaced by
PRECISION = 4 * BITS  # of values of a smooth loss
NEAR = Fraction(1, 1 << 80)  # relative, at which a ray is taken for another
_ZERO = Fraction(0)


@dataclass
class _Rays:
    """The rays of balanced neurons, by sign: each one rational vector."""

    known: list[tuple[int, Vector]] = field(default_factory=list)

    def neuron(self, x: Neuron) -> Neuron:
        """Return a balanced neuron in fractions, on a known ray where it is near one."""
        if all(isinstance(t, Fraction) for t in x.u):
            self.known.append((x.sign, cast("Vector", x.u)))
            return x
        u = tuple(map(middle, x.u))
        k = max(range(len(u)), key=lambda i: abs(u[i]))
        for s, r in self.known:
            if s == x.sign and r[k] * u[k] > 0 and alike(u, r, k):
                return Neuron(s, tuple(_rounded(u[k] / r[k], BITS) * t for t in r))
        self.known.append((x.sign, u))
        return Neuron(x.sign, u)


def alike(u: Vector, r: Vector, k: int) -> bool:
    """Return whether two vectors whose largest entry is the k-th are on rays that are near."""
    return all(
        abs(a * r[k] - b * u[k]) <= NEAR * abs(u[k] * r[k])
        for a, b in zip(u, r, strict=True)
    )


def rational(networks: Sequence[Network]) -> list[Network]:
    """Return the networks in fractions; those that are rational stay as they are."""
    rays = _Rays()
    for net in networks:  # rational rays first: others are taken for them
        for x in net.slots:
            if isinstance(x, Neuron) and all(isinstance(t, Fraction) for t in x.u):
                rays.neuron(x)
    found = []
    for net in networks:
        slots: list[Slot] = []
        for x in net.slots:
            if isinstance(x, RawNeuron):
                slots.append(RawNeuron(tuple(map(middle, x.w)), middle(x.alpha)))
            else:
                slots.append(None if x is None else rays.neuron(x))
        skip = None if net.skip is None else tuple(map(middle, net.skip))
        constant = None if net.constant is None else middle(net.constant)
        found.append(Network(tuple(slots), skip, constant))
    return found


def middle(x: Scalar, bits: int = BITS) -> Fraction:
    """Return a fraction as it is, another number as one near it, to some bits of its size."""
    if isinstance(x, Fraction | int):  # whole numbers of a neuron that was typed in
        return Fraction(x)
    return _rounded(sum(enclosure(x, 2 * bits), _ZERO) / 2, bits)


def _rounded(x: Fraction, bits: int) -> Fraction:
    unit = Fraction(2) ** (bits - x.numerator.bit_length() + x.denominator.bit_length())
    return round(x * unit) / unit


def stretch(
    falls: Callable[[int, int], bool], values: Sequence[RootSum]
) -> tuple[int, int, int]:
    """Return how far the objective is proved to fall, where it is least, from where it rises.

    ``falls`` tells whether it is proved to fall from a breakpoint to the next, or to the last.
    """
    last = len(values) - 1
    down = next((i for i in range(last) if not falls(i, i + 1)), last)
    up = next((i for i in range(last, 0, -1) if not falls(i, i - 1)), 0)
    if up <= down:
        least = min(range(up, down + 1), key=lambda i: values[i].middle)
        return least, least, least
    close = min(range(down, up + 1), key=lambda i: values[i].middle)
    highest = max(values[down], values[up], key=lambda x: x.middle)
    if any(_is_above(values[i], highest) for i in range(down + 1, up)):
        raise Undecided("a certificate: the road rises in fractions beside its breakpoints")
    return down, close, up


def _is_above(x: RootSum, y: RootSum) -> bool:
    """Return whether a value is proved to be above another: the checker may know them equal."""
    try:
        return x > y
    except Undecided:
        return False


def falls(D: TrainingProblem, a: Network, b: Network) -> bool:
    """Return whether the objective is proved to fall from a, balanced, to b."""
    if any(
        isinstance(x, RawNeuron) and x != z for x, z in zip(b.slots, a.slots, strict=True)
    ):
        return False
    start = Network(
        tuple(
            x if x == z or x is None else x.balanced
            for x, z in zip(a.slots, b.slots, strict=True)
        ),
        a.skip,
        a.constant,
    )
    free = D.bias == "free"
    before, after = start.fit(*D.rows_and_slopes), b.fit(*D.rows_and_slopes)
    moved = [t - s for s, t in zip(before, after, strict=True)]
    change = b.cost(D.beta_squared, free_bias=free) - start.cost(
        D.beta_squared, free_bias=free
    )
    try:
        return (change + exactly(_slope(D, after, moved))).sign() <= 0
    except Undecided:  # of a smooth loss, too near 0
        return False


def _slope(D: TrainingProblem, z: Scalars, moved: Sequence[Scalar]) -> Scalar:
    """Return how the loss rises at the end z of a line that moved the fit so far."""
    if isinstance(D.loss, SeparableLoss):
        return sum((slope(*one) for one in zip(D.loss.rows, z, moved, strict=True)), _ZERO)
    pull = [w * (t - y) for w, t, y in zip(D.weights, z, D.y, strict=True)]
    return dot(pull, moved)
