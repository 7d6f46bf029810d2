"""Phases in which k stands still: exact, chambers and all (topology.md B2 iv, ray phase).

If k_0 is optimal at one beta and ``y - beta W^-1 k_0`` lies in the cone of the features of its
atoms, k_0 is optimal at every such beta: the atoms stay, and ``F w`` moves on a line through the
chamber complex of F. The polyhedron ``{(w, beta) >= 0 : F w + beta W^-1 k_0 = y}`` is bounded;
its vertices have the values of beta at which the vertices of P change their supports, and
between two neighbours of these values nothing changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.supports import support

from .decay import DecayFamily
from .types import AtomKey, CombinatorialType

__all__ = ["Chamber", "rational_between", "standing"]


@dataclass(frozen=True)
class Chamber:
    """An interval of a phase in which k stands still: a type, exact ends.

    ``idle`` are the atoms whose weights are 0 on the whole optimal set of the lower end.
    """

    type: CombinatorialType
    lower: Scalar
    upper: Scalar
    idle: tuple[AtomKey, ...]


def standing(family: DecayFamily, O: Optimum) -> tuple[Chamber, ...]:
    """Return the chambers of the phase of an exact optimum, ascending; none if k moves.

    ``O`` is the optimum of a scaled problem of the family (:meth:`DecayFamily.at`).
    """
    if O.level != "exact" or not O.atoms:
        return ()
    rows = zip(family.inverse_weights, O.kappa, strict=True)
    drift = tuple(k * t for t, k in rows)
    features = [a.feature for a in O.atoms]
    found = slice_vertices(transpose([*features, drift]), family.y)
    values = sorted(v[-1] for v in found)
    levels = [b for i, b in enumerate(values) if not i or b != values[i - 1]]
    return tuple(_chambers(family, O, drift, found, levels))


def _chambers(
    family: DecayFamily,
    O: Optimum,
    drift: Scalars,
    found: tuple[Scalars, ...],
    levels: list[Scalar],
) -> Iterator[Chamber]:
    keys = tuple((a.sign, a.covector) for a in O.atoms)
    columns = transpose([a.feature for a in O.atoms])
    for low, high in pairwise(levels):
        middle = rational_between(low, high)
        right = tuple(y - t * middle for y, t in zip(family.y, drift, strict=True))
        supports = [support(w) for w in slice_vertices(columns, right)]
        here = [support(v[:-1]) for v in found if v[-1] == low]
        used = 0
        for bits in here:
            used |= bits
        idle = tuple(key for i, key in enumerate(keys) if not used >> i & 1)
        yield Chamber(CombinatorialType.of(keys, supports), low, high, idle)


def rational_between(low: Scalar, high: Scalar) -> Fraction:
    """Return a short rational strictly between two scalars.

    >>> rational_between(Fraction(1, 3), Fraction(1, 2))
    Fraction(3, 7)
    """
    bits = 60
    while bits < 1 << 14:
        a, b = enclosure(low, bits)[1], enclosure(high, bits)[0]
        if a < b:
            middle, largest = (a + b) / 2, 1
            while True:
                x = middle.limit_denominator(largest)
                if a < x < b and 3 * abs(x - middle) <= b - a:
                    return x
                largest *= 2
        bits *= 2
    raise Undecided("two values of beta are too close to be told apart")
