"""Claim *depth*: whether the two-layer optimum of the same data is worse (three-layer P6).

It is not if a two-layer network attains the value: its neurons are branches of one neuron. It
is if a dual point of two layers has a larger value.
"""

from collections.abc import Sequence
from fractions import Fraction

from ...kernel.numbers import Vector, dot, sign
from ...kernel.reading import Json, require
from ..dual import bounded
from ..instance import Chart, Instance
from ..networks import Target, network, optimal
from ..topes import Charted


def two_layer_value(D: Instance, kappa: Vector) -> Fraction:
    """Return ``kappa'y - 1/2 sum kappa^2/weights``."""
    squares = [t * t * D.inverse(i) for i, t in enumerate(kappa)]
    return Fraction(dot(kappa, D.y) - Fraction(1, 2) * sum(squares, Fraction(0)))


def depth(
    T: Target, known: tuple[Chart, Sequence[int], Fraction], claim: Json, witness: Json
) -> None:
    """Prove the claim; known are the chart, its topes and the value of three layers."""
    D, where, (chart, topes, value) = T.D, "claims.depth", known
    if claim["helps"] is False:
        bare = claim["kappa"] is None and claim["value"] is None and witness is None
        require(bare, where, "a network needs no dual point")
        optimal(T, network(D, claim["network"], None, where), where)
        return
    fine = claim["helps"] is True and claim["network"] is None
    require(fine, where, "is neither shown by a network nor by a dual point")
    kappa = [D.field.rational(t, where) for t in claim["kappa"]]
    require(len(kappa) == D.n, where, f"must have {D.n} entries")
    bounded(D, list(kappa), Charted(chart, iter(topes), witness), None)
    own = two_layer_value(D, list(kappa))
    require(D.field.rational(claim["value"], where) == own, where, "is not the dual value")
    require(sign(own - value) > 0, where, "two layers are not shown to be worse")
