"""Constants that are free in the limit only: what networks attain of P, and how (THEORY §8).

With a free bias and no constant in the skip, a point of P needs a constant that no network makes
at no cost but by the skip, or by a neuron above its last kink, whose bias may grow. Where there
is neither, networks attain the points with the constant 0 only: those of a hyperplane section,
whose vertices are vertices of P and mixtures of two, one on each side.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, combinations, islice

from polytope_nn.errors import Undecided
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.landscape.kinks import rising
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.networks.free_parts import with_free_part
from polytope_nn.networks.membership import Placement, mixture
from polytope_nn.networks.network import Network, Neuron
from polytope_nn.problems.training import TrainingProblem

from .barycentric import Hull, Spread
from .without_constant import level_points, without_constant

__all__ = ["attained_points", "held", "raisable", "with_its_constant"]

_PAIRS = 100  # of vertices, in the middle of which a network is looked for
_SHARE = Fraction(1, 1 << 20)  # of a point of P in a mixture with another


def held(labels: Sequence[int], masses: Sequence[Scalar]) -> Placement:
    """Return what each slot holds: an atom and its mass, or nothing."""
    rows = zip(labels, masses, strict=True)
    return tuple(None if is_nothing(c) else (a, c) for a, c in rows)


def attained_points(P: OptimalPolytope) -> tuple[Scalars, ...]:
    """Return points whose hull is what networks attain of P; its vertices but for constants.

    Where constants are free in the limit only, and made by no skip and no neuron above its
    last kink, only the points with the constant 0 are.

    Raises
    ------
    NotAttained
        When there are none.
    """
    return level_points(P) if without_constant(P) else P.vertices


def raisable(P: OptimalPolytope, hull: Hull, found: Spread) -> Spread:
    """Return labels and masses of a network that makes its constant, near those that are found.

    Where that needs a neuron above its last kink and there is none, the least distance is a
    limit: of such neurons of less and less weight, of which a small one is taken.
    Where there are no slots for it, the network is that of a vertex.
    """
    flats, c = rising(P.atoms, P.loose), mixture(held(*found[:2]), len(P.atoms))
    s = 0 if _shifted(P) or not flats else sign(P.free_part(c)[-1])
    a = flats[s].lower if s else -1
    if not s or not is_nothing(c[a]):
        return found._replace(vertex=None)
    v = next(v for v in P.vertices if not is_nothing(v[a]))
    share = _SHARE
    while sign(P.free_part(_mixed(c, v, share))[-1]) != s:
        share *= _SHARE
    labels, masses = list(found.labels), [(1 - share) * x for x in found.masses]
    for b in (b for b, x in enumerate(v) if not is_nothing(x)):
        rows = list(enumerate(zip(labels, masses, strict=True)))
        slots = [j for j, (label, x) in rows if not is_nothing(x) and label == b]
        slots += [j for j, (_, x) in rows if is_nothing(x)]
        if not slots:
            return _at_a_vertex(P, hull, found)
        labels[slots[0]] = b
        masses[slots[0]] = masses[slots[0]] + share * v[b]
    distance = hull.distance(labels, masses)
    return Spread(
        labels, tuple(masses), distance, found.at_least, decided=False, vertex=None
    )


def _at_a_vertex(P: OptimalPolytope, hull: Hull, found: Spread) -> Spread:
    """Return the nearest network of a vertex that makes its constant, with the bound found."""
    flats, near = rising(P.atoms, P.loose), []
    pairs = islice(combinations(P.vertices, 2), _PAIRS)
    middles = (tuple(_mixed(v, w, Fraction(1, 2))) for v, w in pairs)
    for i, v in enumerate(chain(P.vertices, middles)):
        s = sign(P.free_part(v)[-1])
        fits = sum(not is_nothing(x) for x in v) <= len(found.labels)
        if fits and (not s or not is_nothing(v[flats[s].lower])):
            near.append(
                replace(hull, points=(v,), around=(v,)).nearest()._replace(vertex=i)
            )
    if not near:
        raise Undecided(
            "the nearest optimal network: its constant needs a neuron above the last kink, of "
            "weight as small as one likes: give a larger --width, or add skip constant"
        )
    best = min(near, key=lambda x: enclosure(x.distance))
    return best._replace(at_least=found.at_least, decided=False)


def _mixed(c: Sequence[Scalar], v: Sequence[Scalar], share: Fraction) -> list[Scalar]:
    return [x + share * (t - x) for x, t in zip(c, v, strict=True)]


def _shifted(P: OptimalPolytope) -> Scalars:
    """Return coefficients with ``Z a = 0`` and the constant 1; () where there are none."""
    line = next((line for line in P.lines if line[-1]), ())
    return tuple(t / line[-1] for t in line)


def with_its_constant(
    P: OptimalPolytope, placement: Placement, network: Network
) -> Network:
    """Return a network with the constant that is free in the limit only made by what it has.

    By the skip, or by a neuron above its last kink, the bias of which grows.
    """
    D = P.problem
    assert isinstance(D, TrainingProblem)
    a, line = P.free_part(mixture(placement, len(P.atoms))), _shifted(P)
    flats = rising(P.atoms, P.loose)
    if line:
        a = tuple(s - a[-1] * t for s, t in zip(a, line, strict=True))
    elif flats and sign(a[-1]):
        s, slots = sign(a[-1]), list(network.slots)
        j = next(j for j, x in enumerate(placement) if x and x[0] == flats[s].lower)
        x = slots[j]
        assert isinstance(x, Neuron)
        slots[j] = Neuron(x.sign, (*x.u[:-1], x.u[-1] + a[-1] * s))
        network = replace(network, slots=tuple(slots))
    return with_free_part(D, network, a)
