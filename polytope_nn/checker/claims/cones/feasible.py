"""Claim *dual* by cones: kappa is feasible, and tight at the listed atoms only."""

from collections.abc import Collection

from ...kernel.numbers import Vector
from ...kernel.reading import Json, array, record, require
from ..dual import Atom, Atoms, orthogonal, passing
from ..instance import Chart, Instance
from .form import basis_of, form_of
from .peaks import peaks_of
from .tree import Walk

WHERE = "witness.dual"


def feasible(D: Instance, kappa: Vector, atoms: Atoms | None, witness: Json) -> None:
    """Prove ``|kappa'(Xu)_+| <= beta |u|`` for all u, equality on the rays of atoms only.

    Where no atoms are claimed it may be anywhere. With a free bias each chart has its trees (C7).
    """
    orthogonal(D, kappa)
    anchors, reached = D.anchors(), 0
    trees = array(witness, WHERE, len(anchors)) if D.bias == "free" else [witness]
    for anchor, read in zip(anchors, trees, strict=True):
        chart = D.chart(anchor)
        here = None if atoms is None else passing(D, chart, atoms)
        for i in here or {}:
            reached |= 1 << i
        bounded(D, kappa, chart, None if here is None else here.values(), read)
    everywhere = atoms is None or reached == (1 << len(atoms)) - 1
    require(everywhere, "claims.atoms", "the kink of an atom passes through no sample")


def bounded(
    D: Instance, kappa: Vector, chart: Chart, atoms: Collection[Atom] | None, read: Json
) -> None:
    """Prove it on the rows of a chart, by trees of both signs."""
    record(read, "unit basis peaks trees", WHERE)
    F = form_of(D, kappa, chart)
    unit = D.field.rational(read["unit"], WHERE)
    basis = basis_of(D, F, read["basis"])
    peaks = peaks_of(D, F, atoms, read["peaks"])
    for s, tree in zip((1, -1), array(read["trees"], WHERE, 2), strict=True):
        Walk(D.clock, F, s, unit, peaks).proved(basis, tree)
