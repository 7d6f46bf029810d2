"""Whether depth helps, shown by a two-layer dual point (three-layer P6).

The value of three layers is at most that of two. It is less exactly when two-layer atoms do
not make the fit of its kappa; then some rational dual point of two layers has a larger dual
value than the optimum of three.
"""

from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import root_enclosure
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.search.finding import optimum
from polytope_nn.search.floats import binary

from .optimum import ParallelOptimum

__all__ = ["TwoLayerBound", "two_layer_bound"]

_BITS = 64


@dataclass(frozen=True)
class TwoLayerBound:
    """A rational kappa that is dual feasible for two layers, and its dual value."""

    kappa: Vector
    value: Fraction


def two_layer_bound(O: ParallelOptimum) -> TwoLayerBound | None:
    """Return a two-layer dual point of a larger value; None where depth does not help.

    Raises
    ------
    Undecided
        When the two-layer optimum is not found.
    """
    D = O.problem.two_layer
    if not O.depth_helps or O.problem.regulariser != "power3":
        return None
    found = optimum(D, limits=O.limits) if O.beside is None else O.beside
    near = [enclosure(x)[0] for x in found.kappa]
    unit = binary(max(map(abs, near)) or Fraction(1)) / (1 << _BITS)
    kappa = tuple(round(x / unit) * unit for x in near)
    lengths = [
        enclosure(squared_norm(O.blocks.projection(kappa, b)[0]))[0] for b in O.blocks.every
    ]
    largest = max(lengths)
    if largest > D.beta_squared:
        scale = root_enclosure(D.beta_squared / largest, 2 * _BITS)[0]
        kappa = tuple(scale * x for x in kappa)
    squares = zip(kappa, D.weights, strict=True)
    value = dot(kappa, D.y) - sum((x * x / w for x, w in squares), Fraction(0)) / 2
    if not value > O.value:
        raise Undecided("a two-layer dual point of a larger value: none was found")
    return TwoLayerBound(kappa, value)
