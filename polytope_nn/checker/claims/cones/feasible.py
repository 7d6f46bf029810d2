"""Claim *dual* by cones: kappa is feasible, and tight at the listed atoms only.

*Peaks* are vectors p with shares theta, listed once, that bound the form on many leaves.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ...kernel.numbers import Vector, bits, same
from ...kernel.primitives import side
from ...kernel.reading import Json, array, indices, record, require, whole
from ..dual import Atom, Atoms, orthogonal, passing
from ..instance import Chart, Instance
from .tree import Form, Walk, basis_of, form_of, on_charts

Shares = dict[int, int]  # theta of some rows, over a common denominator


@dataclass(frozen=True)
class Peak:
    """A sign, ``p / den`` in units of the form, and theta over ``whole``.

    Of the rows that are not ``given`` it is 1 on those above, as bits, and 0 elsewhere.
    """

    sign: int
    p: list[int]
    den: int
    above: int
    given: Shares
    whole: int

    def share(self, k: int) -> int:
        """Return theta of a row, times ``whole``."""
        return self.given.get(k, self.whole * (self.above >> k & 1))


def peaks_of(
    D: Instance, F: Form, atoms: Collection[Atom] | None, read: Json
) -> list[Peak]:
    """Return the listed peaks, each proved to be short or an atom's."""
    where, listed = "witness.dual", array(read, "witness.dual")
    D.clock.hold(len(listed), len(F.rows) + 1, where)
    found = []
    for peak in listed:
        D.clock.tick()
        record(peak, "sign p theta", where)
        s = whole(peak["sign"], where, -1, 1)
        num, den = array(peak["p"], where, 2)
        den = whole(den, where, 1)
        p = D.field.integers(num, len(F.linear), where, den)
        short(D, atoms, s, p, den)
        places, shares, over = array(peak["theta"], where, 3)
        over = whole(over, where, 1)
        tied = indices(places, len(F.rows), where)
        given = [whole(t, where, 0, over) for t in array(shares, where, len(tied))]
        above = bits(k for k, x in enumerate(F.rows) if side(x, p) > 0)
        own = dict(zip(tied, given, strict=True))
        found.append(Peak(s, [F.factor * t for t in p], den, above, own, over))
    return found


def short(
    D: Instance, atoms: Collection[Atom] | None, s: int, p: Sequence[int], den: int
) -> None:
    """Prove ``|p| <= beta den``, with equality at listed atoms only, where any are claimed."""
    where, bound = "witness.dual", D.beta_squared
    over = side([bound.denominator * t for t in p], p, bound.numerator * den * den)
    require(over <= 0, where, "a peak is longer than beta")
    if atoms is None:
        return
    met = over < 0 or any(
        a.sign == s and same([t * a.den for t in p], [t * den for t in a.g]) for a in atoms
    )
    require(met, where, "a peak of length beta is at no listed atom")


WHERE = "witness.dual"


def feasible(D: Instance, kappa: Vector, atoms: Atoms | None, witness: Json) -> None:
    """Prove ``|kappa'(Xu)_+| <= beta |u|`` for all u, equality on the rays of atoms only.

    Where no atoms are claimed it may be anywhere. With a free bias each chart has its trees (C7).
    """
    orthogonal(D, kappa)
    reached = 0
    for chart, read in on_charts(D, witness):
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
