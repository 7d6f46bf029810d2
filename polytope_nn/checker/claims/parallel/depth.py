"""Claim *depth*: whether the two-layer optimum of the same data is worse (three-layer P6).

It is not if a two-layer network attains the value: its neurons are branches of one neuron. It
is if a dual point of two layers has a larger value.
"""

from collections.abc import Sequence

from ...kernel.numbers import Scalar, sign
from ...kernel.reading import Json, array, require
from ..dual import bounded
from ..instance import Chart
from ..networks import Target, network, optimal
from ..topes import Charted
from .branches import dual_value


def depth(
    T: Target, known: tuple[Chart, Sequence[int], Scalar], claim: Json, witness: Json
) -> None:
    """Prove the claim; known are the chart, its topes and the value of three layers.

    Where the value is enclosed only (there is no fit) the claim may be left open.
    """
    D, where, (chart, topes, value) = T.D, "claims.depth", known
    if claim["helps"] is None:
        told = [name for name in ("network", "kappa", "value") if claim[name] is not None]
        require(
            not told and witness is None and not T.fit, where, "is left open needlessly"
        )
        return
    if claim["helps"] is False and T.fit:
        bare = claim["kappa"] is None and claim["value"] is None and witness is None
        require(bare, where, "a network needs no dual point")
        optimal(T, network(D, claim["network"], None, where), where)
        return
    fine = claim["helps"] is True and claim["network"] is None
    require(fine, where, "is neither shown by a network nor by a dual point")
    kappa = [D.field.rational(t, where) for t in array(claim["kappa"], where, D.n)]
    bounded(D, list(kappa), Charted(chart, iter(topes), witness), None)
    own = dual_value(D, list(kappa))
    require(D.field.rational(claim["value"], where) == own, where, "is not the dual value")
    require(sign(own - value) > 0, where, "two layers are not shown to be worse")
