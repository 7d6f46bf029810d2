"""The kinks of neurons: hyperplanes ``{w'x + b = 0}``, each with one orientation."""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, sign

__all__ = ["kinks", "oriented"]


def kinks(optimum: Optimum) -> tuple[tuple[Scalars, int], ...]:
    """Return the kink and side of each atom; in balls, one kink for opposite atoms."""
    proof, biased = optimum.enclosures, optimum.problem.bias != "none"
    paired = proof.paired if proof is not None else frozenset()
    found: dict[tuple[int, ...], tuple[Scalars, int]] = {}
    for a in optimum.atoms:
        opposite = (-a.sign, *a.covector)
        if a.key in paired and opposite in found:
            line, side = found[opposite]
            found[a.key] = line, -side
        else:
            found[a.key] = oriented(a.g if biased else (*a.g, Fraction(0)))
    return tuple(found[a.key] for a in optimum.atoms)


def oriented(neuron: Scalars) -> tuple[Scalars, int]:
    """Return the kink of a neuron (w, b), its w with first nonzero entry positive, its side.

    The neuron is ``(side (w'x + b))_+``; the side is 0 when w = 0.
    """
    side = _side(neuron[:-1])
    return (neuron if side >= 0 else tuple(-t for t in neuron)), side


def _side(w: Sequence[Scalar]) -> int:
    """Return the sign of the first entry that is not 0 (of those that tell), 0 for w = 0."""
    undecided = None
    for t in w:
        try:
            if sign(t):
                return sign(t)
        except Undecided as reason:
            undecided = reason
    if undecided is not None:
        raise undecided
    return 0
