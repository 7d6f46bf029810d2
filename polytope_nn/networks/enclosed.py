"""Networks known as enclosures: what a network of intervals means, and when it is accepted.

A number of a network may be an interval. Such a network means an optimal network in this
box; it is accepted where that is proved: each used slot meets the ray of exactly one atom,
and for some point c of P every split of c over the slots has its neurons in their boxes.
For a slot of the atom g the masses t with ``t g`` in the box, for every g that its own
enclosure allows, are an interval; c is accepted when each ``c_a`` lies in the sum of the
intervals of its slots. What is computed from c encloses c, so networks that this package
writes are accepted when they are read.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import enclosure, root_enclosure
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.simplex import feasible
from polytope_nn.landscape.kinks import rising
from polytope_nn.landscape.optimal_set import OptimalPolytope

from .hulls.without_constant import level_points
from .masses.totals import Between
from .network import Network, Neuron, RawNeuron

__all__ = [
    "Interval",
    "accepted",
    "ends_of",
    "meets_ray",
    "multiples",
    "of_neurons_alone",
    "shared_out",
]

Interval: TypeAlias = tuple[Fraction, Fraction]

_BITS = 600  # of the enclosures of numbers in a field
_NEVER = (Fraction(1), Fraction(0))


def accepted(
    atoms: Sequence[Atom],
    beta_squared: Fraction,
    network: Network,
    points: Sequence[Scalars] | Between,
    above: Mapping[int, int] | None = None,
) -> tuple[tuple[tuple[int, Scalar] | None, ...], Scalars]:
    """Return the atom and mass of each slot, and the point of P, of an enclosed network.

    ``points`` are points of P, its vertices at best, or give one between ends. Slots ``above``
    the last kink are given with their atoms, which their w alone decides; beside its masses a
    point then has the total of the signed biases of these atoms' slots.

    Raises
    ------
    Undecided
        When it is not proved that the box contains an optimal network.
    """
    slots: list[tuple[int, Interval] | None] = []
    for j, x in enumerate(network.slots):
        if x is None:
            slots.append(None)
            continue
        if above and j in above:
            a = above[j]
            slots.append((a, _masses(atoms[a].g[:-1], _without_bias(x), beta_squared)))
            continue
        met = [
            a
            for a, atom in enumerate(atoms)
            if atom.sign == x.sign and meets_ray(atom.g, x.u)
        ]
        if len(met) != 1:
            raise Undecided(
                f"which atom neuron {j} lies on: its box meets the rays of {len(met)}"
            )
        slots.append((met[0], _masses(atoms[met[0]].g, x, beta_squared)))
    if not above:
        return shared_out(slots, points, len(atoms))
    tops, total = set(above.values()), (Fraction(0), Fraction(0))
    for x, held in zip(network.slots, slots, strict=True):
        if x is not None and held is not None and held[0] in tops:
            low, high = ends_of(x.u[-1] * x.sign)
            total = total[0] + low, total[1] + high
    shares, c = shared_out([*slots, (len(atoms), total)], points, len(atoms) + 1)
    return shares[:-1], c[:-1]


def of_neurons_alone(
    P: OptimalPolytope, network: Network
) -> tuple[tuple[tuple[int, Scalar] | None, ...], Scalars]:
    """Return the placement where no skip makes the constant that is free in the limit.

    Neurons above the last kink make it, by their bias; without one it is 0.

    Raises
    ------
    NotAttained
        When no network is optimal.
    Undecided
        When it is not proved that the box contains one.
    """
    O = P.optimum
    tops = {s: flat.lower for s, flat in rising(O.atoms, P.loose).items()}
    above = _raised(O.atoms, tops, network)
    if not above:
        return accepted(O.atoms, O.problem.beta_squared, network, level_points(P))
    used = {(O.atoms[a].sign, a) for a in above.values()}
    points = [
        (*v, sum((s * v[a] * O.atoms[a].g[-1] for s, a in used), P.free_part(v)[-1]))
        for v in P.vertices
    ]
    placement, c = accepted(O.atoms, O.problem.beta_squared, network, points, above)
    least, most = _constants(O.atoms, O.problem.beta_squared, network, placement, above)
    low, high = enclosure(P.free_part(c)[-1], _BITS)
    if not (least <= low and high <= most):
        raise Undecided("whether the biases of the box make the constant that is needed")
    return placement, c


def shared_out(
    slots: Sequence[tuple[int, Interval] | None],
    points: Sequence[Scalars] | Between,
    n_atoms: int,
) -> tuple[tuple[tuple[int, Scalar] | None, ...], Scalars]:
    """Return a point of P whose masses are in the boxes of slots, and each slot's share."""
    sums: list[Interval] = [(Fraction(0), Fraction(0))] * n_atoms
    for held in slots:
        if held is not None:
            a, (low, high) = held
            sums[a] = sums[a][0] + low, sums[a][1] + max(low, high)
    if any(low > high for _, (low, high) in filter(None, slots)):
        raise Undecided("whether a neuron of the box is optimal: the box is too narrow")
    for c in (points(sums),) if callable(points) else _candidates(points, sums):
        if all(_inside(t, s) for t, s in zip(c, sums, strict=True)):
            shares = [
                held and (held[0], _share(held[1], c[held[0]], sums[held[0]]))
                for held in slots
            ]
            return tuple(shares), c
    raise Undecided("whether the masses of the box contain a point of P")


def _candidates(points: Sequence[Scalars], sums: Sequence[Interval]) -> Iterable[Scalars]:
    """Yield points, then mixtures of them whose middles lie between the sums, if any.

    One well inside first: what is found at an end has half of its own enclosure outside.
    """
    yield from points
    if len(points) < 2:
        return
    one, zero = Fraction(1), Fraction(0)
    middles = [[sum(enclosure(t, _BITS), zero) / 2 for t in c] for c in points]
    N = len(sums)
    # the mixture, what it is above each lower end, and below each upper end
    columns = [(*c, *c, one) for c in middles]
    for k in range(2 * N):
        unit = [zero] * (2 * N + 1)
        unit[k] = -one if k < N else one
        columns.append(tuple(unit))
    for part in (4, 0):
        inner = [
            (low + (high - low) / part, high - (high - low) / part) if part else (low, high)
            for low, high in sums
        ]
        ends = (*(low for low, _ in inner), *(high for _, high in inner), one)
        shares, _ = feasible(columns, ends)
        if shares is not None:
            yield _mixed(points, shares, N)


def _mixed(points: Sequence[Scalars], shares: Mapping[int, Scalar], N: int) -> Scalars:
    mixed: list[Scalar] = [Fraction(0)] * N
    for i, share in shares.items():
        if i < len(points):
            mixed = [
                t + share * x if x.__class__ is not Fraction or x else t
                for t, x in zip(mixed, points[i], strict=True)
            ]
    return tuple(mixed)


def _inside(t: Scalar, ends: Interval) -> bool:
    low, high = enclosure(t, _BITS)
    return ends[0] <= low and high <= ends[1]


def _share(own: Interval, c: Scalar, all_: Interval) -> Scalar:
    """Return the mass of a slot when its atom has c: all slots are as far up as c is."""
    if own == all_:
        return c
    if all_[0] == all_[1]:
        return own[0]
    return (c - all_[0]) * ((own[1] - own[0]) / (all_[1] - all_[0])) + own[0]


def ends_of(x: Scalar) -> Interval:
    """Return ends of a number."""
    return (x.lower, x.upper) if isinstance(x, Ball) else enclosure(x, _BITS)


def meets_ray(g: Scalars, u: Scalars) -> bool:
    """Return whether a positive multiple of some g of an enclosure may lie in the box."""
    low, high = Fraction(0), None
    for t, ends in zip(g, map(ends_of, u), strict=True):
        down, up = ends_of(t)
        below, above = ends
        if up < 0:
            down, up, below, above = -up, -down, -above, -below
        if down == up == 0 and not below <= 0 <= above:
            return False
        if down > 0:
            if above <= 0:
                return False
            low = max(low, below / up)
            high = above / down if high is None else min(high, above / down)
        elif (
            not below <= 0 <= above
        ):  # a ball around 0 reaches the box from some multiple on
            end, most = (below, up) if below > 0 else (above, down)
            if most == 0:
                return False
            low = max(low, end / most)
    return high is None or low <= high


def _without_bias(x: Neuron | RawNeuron) -> Neuron | RawNeuron:
    if isinstance(x, Neuron):
        return Neuron(x.sign, x.u[:-1])
    return RawNeuron(x.w[:-1], x.alpha)


def _raised(
    atoms: Sequence[Atom], tops: Mapping[int, int], network: Network
) -> dict[int, int]:
    """Return the slots off all kinks that may be above the last one, and the atoms there.

    ``tops`` are the atoms of each sign above which every larger bias is tight.
    """
    found = {}
    for j, x in enumerate(network.slots):
        if x is None or x.sign not in tops:
            continue
        own = [atom for atom in atoms if atom.sign == x.sign]
        top = tops[x.sign]
        if meets_ray(atoms[top].g[:-1], x.u[:-1]) and not any(
            meets_ray(atom.g, x.u) for atom in own
        ):
            found[j] = top
    return found


def _constants(
    atoms: Sequence[Atom],
    beta_squared: Fraction,
    network: Network,
    placement: Sequence[tuple[int, Scalar] | None],
    above: Iterable[int],
) -> Interval:
    """Return ends between which the neurons of a box above their last kink make any constant."""
    least = most = Fraction(0)
    for j in above:
        x, held = network.slots[j], placement[j]
        assert x is not None  # as it has an atom
        assert held is not None
        a, mass = held
        sizes = (Fraction(1),) if isinstance(x, Neuron) else _sizes(mass, beta_squared)
        down, up = ends_of((x.u if isinstance(x, Neuron) else x.w)[-1])
        under, over = ends_of(mass * atoms[a].g[-1])
        low = max(*(t * down - under for t in sizes), Fraction(0))
        high = min(t * up - over for t in sizes)
        if low > high:
            raise Undecided(f"whether neuron {j} is above the last kink of its direction")
        most += high if x.sign > 0 else -low
        least += low if x.sign > 0 else -high
    return least, most


def _sizes(mass: Scalar, beta_squared: Fraction) -> Interval:
    """Return ends of the ``|alpha| = sqrt(beta mass)`` of a balanced neuron."""
    ends = zip(ends_of(mass), root_enclosure(beta_squared, _BITS), strict=True)
    low, high = (root_enclosure(s * t, _BITS) for s, t in ends)
    return low[0], high[1]


def _masses(g: Scalars, x: Neuron | RawNeuron, beta_squared: Fraction) -> Interval:
    """Return the masses t for which the neuron of ``t g`` is surely in the box."""
    if isinstance(x, Neuron):
        return multiples([ends_of(t) for t in g], [ends_of(t) for t in x.u])
    # w = s g and |alpha| = s beta with s = sqrt(t/beta)
    least, most = root_enclosure(beta_squared, _BITS)
    size = sorted(abs(t) for t in ends_of(x.alpha))
    low, high = multiples(
        [*(ends_of(t) for t in g), (least, most)],
        [*(ends_of(t) for t in x.w), (size[0], size[1])],
    )
    return low * low * most, high * high * least


def multiples(g: Sequence[Interval], box: Sequence[Interval]) -> Interval:
    """Return the t >= 0 with ``t g`` in a box for every g between its ends."""
    low, high = Fraction(0), None
    for (down, up), (below, above) in zip(g, box, strict=True):
        # t down >= below and t up <= above
        for factor, end in ((down, below), (-up, -above)):
            if factor > 0:
                low = max(low, end / factor)
            elif factor < 0:
                high = end / factor if high is None else min(high, end / factor)
            elif end > 0:
                return _NEVER
    return _NEVER if high is None else (low, high)
