"""The neurons of a two-layer optimum in narrower balls than those of boxes that it gave."""

from typing import TYPE_CHECKING

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.tight import proved_atom
from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.scalar import Scalar, sign

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["narrower"]

_TIMES = 2  # the bits of the radius


def narrower(O: Optimum) -> list[tuple[Atom, Scalar]]:
    """Return the atoms in use and their weights, of twice the precision where it can be had.

    What a box leaves beside what it encloses is as narrow as the balls it was made of.
    """
    try:
        return _solved_again(O)
    except Undecided:
        return [(a, w) for a, w in zip(O.atoms, O.weights, strict=True) if sign(w)]


def _solved_again(O: Optimum) -> list[tuple[Atom, Scalar]]:
    proof = O.enclosures
    used = {
        (a.sign, a.covector) for a, w in zip(O.atoms, O.weights, strict=True) if sign(w)
    }
    if proof is None or any(u.paired for u in proof.units) or len(O.problem.charts) > 1:
        raise Undecided("atoms are told by pairs")
    radius, system = proof.radius, proof.system
    bits = _TIMES * (radius.denominator.bit_length() - radius.numerator.bit_length())
    x = system.enclosed(system.refined(proof.centre, bits), bits)
    for t, middle in zip(x, proof.centre, strict=True):
        low, high = enclosure(t, 2 * bits)
        if not middle - radius < low <= high < middle + radius:
            raise Undecided("it may be another solution")
    exact: dict[int, Fraction] = dict(proof.exact)
    kappa, weights, *_ = system.split([exact.get(i, t) for i, t in enumerate(x)])
    X = O.problem.charts[0].design
    found = {
        unit.face.key: (proved_atom(X, unit.face.key, V, kappa), w)
        for unit, V, w in zip(proof.units, system.factors, weights, strict=True)
    }
    if not found.keys() == used:
        raise Undecided("atoms are those of other units")
    return sorted(found.values(), key=lambda pair: pair[0].key)
