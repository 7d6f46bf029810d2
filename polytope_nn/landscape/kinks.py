"""The kinks of neurons, and what a free bias leaves open: flats and constants (THEORY §8).

A *kink* is a hyperplane ``{w'x + b = 0}``, with one orientation. With a free bias and fixed w
the dual value ``sign kappa'(Xw + b1)_+`` is linear in b between the kinks ``b = -x_k'w`` and
constant above the last. So two neighbouring kinks that are both tight make all between them
tight, and a tight last kink all above it: a *flat*. A flat in use is a continuum of optimal
neurons, and the optimal networks are no polytope.

Constants are free, but only in the limit: a neuron of weight 0 and bias b makes the constant
``alpha b`` at the cost ``alpha^2 / 2``. Without an affine skip the least cost may thus not
be attained.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import Scalar, Scalars, sign

__all__ = ["UNATTAINED", "Flat", "between", "flats", "kinks", "oriented", "rising"]


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


UNATTAINED = (
    "no optimum is attained: a constant is needed, which is free only in the limit of a growing "
    "bias: add skip constant"
)
"""Why no network of any width reaches the least objective."""


@dataclass(frozen=True)
class Flat:
    """Atoms of one sign and one w with every bias between two, or above one (free bias).

    ``lower`` and ``upper`` are atoms; ``upper`` is None where every larger bias is tight.
    """

    lower: int
    upper: int | None


def flats(solved: Optimum) -> tuple[Flat, ...]:
    """Return where a free bias leaves a continuum of atoms: nowhere with another bias.

    Two atoms of one sign are ends of a flat when they bound one tope of (w, b) from below and
    above: its rows + are active or on the kink of the lower one, active on the upper one.
    They then have the same w. With ``p'w + sigma b`` the dual value on the tope, b can grow
    from the lower end, hence sigma <= 0, and fall from the upper one, hence sigma = 0; and just
    above the lower end w can turn any way, hence it is p, and so it is at the upper end.
    """
    if solved.problem.bias != "free":
        return ()
    found = []
    for i, low in enumerate(solved.atoms):
        below = {k for k, t in enumerate(low.covector) if t >= 0}
        if len(below) == solved.problem.n:
            found.append(Flat(i, None))
        for j, high in enumerate(solved.atoms):
            # the next kink above: what was active or on the kink is active there
            active = {k for k, t in enumerate(high.covector) if t > 0}
            if high.sign == low.sign and active == below:
                found.append(Flat(i, j))
    return tuple(found)


def between(solved: Optimum, used: AbstractSet[int]) -> tuple[Flat, ...]:
    """Return the flats whose ends are among some atoms."""
    return tuple(
        f for f in flats(solved) if f.lower in used and (f.upper is None or f.upper in used)
    )


def rising(atoms: Sequence[Atom], loose: Sequence[Flat]) -> dict[int, Flat]:
    """Return for each sign a flat of that sign on which any larger bias is tight, if any.

    With a free bias and no affine skip there is one of each sign or none: they are
    ``(w, b)`` and ``(-w, b')``, ``w = X'kappa``, of equal features up to a constant; and none
    with a linear skip, where ``X'kappa = 0``.
    """
    return {atoms[f.lower].sign: f for f in loose if f.upper is None}
