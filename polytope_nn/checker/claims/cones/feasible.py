"""Claim *dual* by cones: kappa is feasible, and tight at the listed atoms only."""

from ...kernel.numbers import Vector
from ...kernel.reading import Json, array, record, require
from ..dual import Atoms, orthogonal
from ..instance import Instance
from .form import basis_of, form_of
from .peaks import peaks_of
from .tree import Walk


def feasible(D: Instance, kappa: Vector, atoms: Atoms | None, witness: Json) -> None:
    """Prove ``|kappa'(Xu)_+| <= beta |u|`` for all u, equality on the rays of atoms only.

    Where no atoms are claimed it may be anywhere.
    """
    where = "witness.dual"
    require(D.bias != "free", "data.unit", "cones know no free bias")
    orthogonal(D, kappa)
    record(witness, "unit basis peaks trees", where)
    F = form_of(D, kappa)
    unit = D.field.rational(witness["unit"], where)
    basis = basis_of(D, F.rows, witness["basis"])
    peaks = peaks_of(D, F, atoms, witness["peaks"])
    for s, read in zip((1, -1), array(witness["trees"], where, 2), strict=True):
        Walk(D.clock, F, s, unit, peaks).proved(basis, read)
