"""T7-T10: the staircase of connectivity, and the counts behind it.

The staircase is read off one merge tree; here its counts are met by other ways: all pairs
of vertices, the face lattice, and the explicit slot complex where these are small.
"""

from itertools import pairwise
from math import factorial

from polytope_nn.errors import Undecided
from polytope_nn.geometry.faces import FaceLattice, face_lattice
from polytope_nn.landscape.merge_tree import Forest, minimal_supports
from polytope_nn.landscape.supports import bits_of
from polytope_nn.networks.components import slot_components
from polytope_nn.paths.path import Path, joined
from polytope_nn.paths.route import compatible

from .statement import (
    FIT_IS_NOT_0,
    ONE_FIT,
    WIDTHS,
    Answer,
    Subject,
    Witness,
    network_json,
    placement_json,
    statement,
    vertex_placement,
)

__all__ = [
    "component_counts",
    "components_again",
    "connected_from_the_bound",
    "connected_from_the_bound_of_the_rank",
    "continuum_beyond_m_star",
    "finite_at_m_star",
    "isolated_at_M_star",
    "merge_levels",
    "pair_components",
    "permutations_joined",
    "polytope_components",
]

_SLOTS = 400  # nodes of a slot complex
_PAIRS = 2000  # vertices of which all pairs are met


@statement(
    "T7.1",
    "Theta_m* is finite: it has exactly m*! N_m* points",
    FIT_IS_NOT_0,
    ONE_FIT,
    WIDTHS,
)
def finite_at_m_star(s: Subject) -> Answer:
    """Return T7.1: all points isolated, counted by formula and, if few, one by one."""
    m = s.S.m_star
    supports = [bits for bits in s.P.supports if bits.bit_count() == m]
    count = factorial(m) * len(supports)
    step = s.S[m]
    explicit = _slots(s, m)
    holds = step.components == step.isolated == count and explicit in {None, (count, count)}
    shown = [bits_of(bits) for bits in supports[:20]]
    return holds, {
        "m": m,
        "points": count,
        "supports": shown,
        "slot complex": list(explicit or []),
    }


@statement(
    "T7.2",
    "for every m > m*, Theta_m has a component that is not a point",
    FIT_IS_NOT_0,
    WIDTHS,
)
def continuum_beyond_m_star(s: Subject) -> Answer:
    """Return T7.2: a neuron of a smallest optimum slides into the empty slot."""
    P, m = s.P, s.S.m_star + 1
    wrong = [k for k in _later(s) if s.S[k].components <= s.S[k].isolated]
    i = s.S.sizes.index(s.S.m_star)
    start = vertex_placement(P, i, m)
    end = (None, *start[1:-1], start[0])
    witness: Witness = {
        "width": m,
        "segment": [placement_json(P, p) for p in (start, end)],
        "offending widths": wrong,
    }
    return not wrong and compatible(start, end) and start[0] is not None, witness


@statement(
    "T7.3",
    "Theta_M* has an isolated point; it is disconnected unless it is that point, so for "
    "M* >= 2",
    FIT_IS_NOT_0,
    ONE_FIT,
    WIDTHS,
)
def isolated_at_M_star(s: Subject) -> Answer:
    """Return T7.3: a vertex of M* atoms, and what separates it from another optimum."""
    P, m = s.P, s.S.M_star
    i = s.S.sizes.index(m)
    alone = [
        j
        for j, bits in enumerate(P.supports)
        if j != i and (bits | P.supports[i]).bit_count() <= m
    ]
    step = s.S[m]
    points = step.components == step.isolated == 1
    witness: Witness = {
        "m": m,
        "isolated point": placement_json(P, vertex_placement(P, i, m)),
        "isolated": step.isolated,
        "components": step.components,
        "vertices joined to it": alone,
    }
    apart = True
    if m >= 2:
        start = vertex_placement(P, i, m)
        found = joined(P, start, (start[1], start[0], *start[2:]))
        apart = not found and step.components >= 2
        if not isinstance(found, Path):
            witness["separated from its transposition"] = found.reason
    return not alone and step.isolated > 0 and (points or step.components > 1) and apart, (
        witness
    )


@statement(
    "T7.4",
    "for every m > M*, Theta_m has no isolated point, and neuron permutations are joined",
    FIT_IS_NOT_0,
    WIDTHS,
)
def permutations_joined(s: Subject) -> Answer:
    """Return T7.4: counts for every width, and paths that exchange two neurons."""
    P = s.P
    steps = [s.S[m] for m in _later(s) if m > s.S.M_star]
    wrong = [x.width for x in steps if x.isolated or x.components != x.polytope_components]
    m = s.S.M_star + 1
    stuck: list[int] = []
    shown: list[Witness] = []
    for i in range(min(12, len(P.supports))):
        if s.S.sizes[i] >= 2:
            start = vertex_placement(P, i, m)
            found = joined(P, start, (start[1], start[0], *start[2:]))
            if not isinstance(found, Path):
                stuck.append(i)
            elif not shown:
                shown = [network_json(net) for net in found.breakpoints]
    witness: Witness = {"offending widths": wrong, "stuck": stuck, "exchange": shown}
    return not wrong and not stuck, witness


@statement(
    "T7.5", "Theta_m is connected for every m >= min{m* + M*, n + 1}", FIT_IS_NOT_0, WIDTHS
)
def connected_from_the_bound(s: Subject) -> Answer:
    """Return T7.5 as the talk states it."""
    return _connected_from(s, s.S.bound_talk)


@statement(
    "T7.5r",
    "Theta_m is connected for every m >= min{m* + M*, r_P + 1}",
    FIT_IS_NOT_0,
    WIDTHS,
)
def connected_from_the_bound_of_the_rank(s: Subject) -> Answer:
    """Return the sharper T7.5: r, the rank of the features, in place of n."""
    return _connected_from(s, s.S.bound)


def _connected_from(s: Subject, bound: int) -> Answer:
    """Return whether one component is left from the bound on, also over all pairs.

    Beyond M* the number of components is that of P_m (T9), which all pairs tell again.
    """
    last = max(bound, s.S.threshold) + 1
    wrong = [m for m in range(bound, last + 1) if s.S[m].components != 1]
    if len(s.P.supports) <= _PAIRS:
        found = len({*pair_components(s.P.supports, bound)})
        wrong += [bound] * (found != 1 and bound not in wrong)
    holds = not wrong and s.S.threshold <= bound
    witness: Witness = {"bound": bound, "threshold": s.S.threshold}
    return holds, witness | {"offending widths": wrong}


@statement(
    "T8",
    "Theta_m has m! N_m + K_m components, m! N_m of them rigid, for m >= m*; with a unique "
    "fit these are isolated points",
    FIT_IS_NOT_0,
    WIDTHS,
)
def component_counts(s: Subject) -> Answer:
    """Return T8: the formula over the face lattice (or all pairs), and the slot complex."""
    lattice = _lattice(s)
    rows: list[Witness] = []
    holds = True
    minimal = tuple((size, 1) for size in s.S.sizes)
    if not s.P.optimum.is_pinned:
        minimal = minimal_supports(s.P.supports)
    for m in range(s.S.m_star, s.S.threshold + 2):
        labels = _labels(s, lattice, m)
        rigid = [vertices for size, vertices in minimal if size == m]
        isolated = factorial(m) * rigid.count(1)
        reaching = {
            x for x, size in zip(labels, s.S.sizes, strict=True) if size < m and x >= 0
        }
        count = (factorial(m) * len(rigid) + len(reaching), isolated)
        step = s.S[m]
        explicit = _slots(s, m)
        fine = (step.components, step.isolated) == count and explicit in {None, count}
        holds &= fine
        row: Witness = {"m": m, "N": len(rigid), "K": len(reaching)}
        row |= {"components": step.components, "isolated": step.isolated}
        rows.append(row | {"slot complex": list(explicit or []), "holds": fine})
    return holds, {"widths": rows}


@statement(
    "T9",
    "for m > M*, Theta_m has as many components as P_m, never more",
    FIT_IS_NOT_0,
    WIDTHS,
)
def polytope_components(s: Subject) -> Answer:
    """Return T9, with the components of P_m from the face lattice or all pairs."""
    lattice = _lattice(s)
    widths = range(s.S.M_star + 1, s.S.threshold + 3)
    counts = [s.S[m].components for m in widths]
    again = [len({*_labels(s, lattice, m)} - {-1}) for m in widths]
    falling = all(a >= b for a, b in pairwise(counts))
    return counts == again and falling, {"from": widths.start, "components": counts}


@statement(
    "T10", "vertices lie in one component of P_m iff their bottleneck level is <= m", WIDTHS
)
def merge_levels(s: Subject) -> Answer:
    """Return T10: the partition of the merge tree is that of the face lattice, for all m."""
    lattice = _lattice(s)
    wrong = []
    widths = range(s.S.m_star, max(s.S.threshold, s.S.M_star) + 2)
    for m in widths:
        labels = tuple(-1 if x is None else x for x in s.S.labels(m))
        if labels != _labels(s, lattice, m):
            wrong.append(m)
    route = "face lattice" if lattice is not None else "all pairs"
    merges = [list(join) for join in s.S.merges[:50]]
    return not wrong, {"route": route, "merges": merges, "offending widths": wrong}


def pair_components(supports: tuple[int, ...], m: int) -> tuple[int, ...]:
    """Return the component of each vertex in P_m, its least vertex, or -1: by all pairs.

    >>> pair_components((0b1, 0b110, 0b1010), 3)
    (0, 0, 0)
    """
    forest = Forest(len(supports))
    for i, one in enumerate(supports):
        for j in range(i):
            if (one | supports[j]).bit_count() <= m:
                forest.join(i, j)
    return tuple(
        forest.root(i) if bits.bit_count() <= m else -1 for i, bits in enumerate(supports)
    )


def _labels(s: Subject, lattice: FaceLattice | None, m: int) -> tuple[int, ...]:
    """Return the least vertex of each vertex's component, by the lattice or by all pairs."""
    if lattice is not None:
        labels = [-1] * len(s.P.supports)
        for part in lattice.components(m):
            for i in part:
                labels[i] = part[0]
        return tuple(labels)
    return components_again(s, m)


def components_again(s: Subject, m: int) -> tuple[int, ...]:
    """Return :func:`pair_components` of P.

    Raises
    ------
    Undecided
        For more vertices than have all their pairs met.
    """
    if len(s.P.supports) > _PAIRS:
        raise Undecided(
            f"a second route to the components of {len(s.P.supports)} vertices: pairs are "
            f"compared up to {_PAIRS}; the certificate proves them for any number"
        )
    return pair_components(s.P.supports, m)


def _lattice(s: Subject) -> FaceLattice | None:
    """Return the face lattice where it is small, and supports alone tell the faces."""
    if not s.P.fit_is_unique:
        return None
    count = len(s.P.supports)
    small = count <= 20 or (count <= 100 and s.P.dim <= 4)
    return face_lattice(s.P) if small else None


def _slots(s: Subject, m: int) -> tuple[int, int] | None:
    """Return components and isolated points by the slot complex where it is small."""
    nodes = sum(factorial(m) // factorial(m - size) for size in s.S.sizes if size <= m)
    return slot_components(s.P, m) if nodes <= _SLOTS else None


def _later(s: Subject) -> range:
    """Return the widths from m* + 1 to one beyond the connected ones."""
    return range(s.S.m_star + 1, max(s.S.threshold, s.S.M_star) + 2)
