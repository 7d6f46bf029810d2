"""Claim *dual* by cones: kappa is feasible, and tight at the listed atoms only.

*Peaks* are vectors p with shares theta, listed once, that bound the form on many leaves.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ...kernel.numbers import Vector, bits, same
from ...kernel.primitives import side
from ...kernel.reading import Json, array, record, require, whole
from ..dual import Atom, Atoms, by_charts, orthogonal
from ..instance import Chart, Instance
from .tree import Form, Walk, basis_of, form_of, on_charts, theta_of

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
        own, over = theta_of(peak["theta"], len(F.rows))
        above = bits(k for k, x in enumerate(F.rows) if side(x, p) > 0)
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
    for chart, read, here in by_charts(D, atoms, on_charts(D, witness)):
        bounded(D, kappa, chart, here, read)


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
