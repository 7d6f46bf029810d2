"""T11-T14: paths, descents, gaps and stationary points, found and multiplied out."""

from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from itertools import pairwise

from polytope_nn.dual.atoms import Atom, atom
from polytope_nn.exact.scalar import Scalar, Scalars, dot, encode
from polytope_nn.functions.attained import is_attained
from polytope_nn.networks.gap import residual_gap as gap
from polytope_nn.networks.membership import Placement, is_optimal, mixture
from polytope_nn.networks.network import Network, Neuron, RawNeuron
from polytope_nn.networks.stationary import is_stationary
from polytope_nn.paths.descent import descent
from polytope_nn.paths.optima import optima
from polytope_nn.paths.path import Path, joined
from polytope_nn.paths.route import compatible
from polytope_nn.paths.starts import with_parts

from .connectivity import components_again
from .statement import (
    ATTAINED,
    FINITE,
    GRADIENT,
    RELU,
    WIDTHS,
    Answer,
    Subject,
    Witness,
    agree,
    network_json,
    statement,
    vertex_placement,
)

__all__ = ["certified_gap", "descent_to_optima", "joining_paths", "stationary_optima"]


@statement(
    "T11",
    "two optimal networks of one component are joined by a path; else parted",
    RELU,
    WIDTHS,
)
def joining_paths(s: Subject) -> Answer:
    """Return T11 on pairs of vertices, and of placements, at all widths to the threshold.

    Every breakpoint is a point of P, no slot changes its atom along a line; a separation
    is found exactly where all pairs of vertices say that there is one.
    """
    P = s.P
    last = len(P.supports) - 1
    witness: Witness = {}
    parts = cache(lambda m: components_again(s, m))
    for i, j in sorted({(0, last), (0, last // 2), (last // 2, last), (0, 0)}):
        low = max(s.S.sizes[i], s.S.sizes[j])
        for m in range(low, max(low, s.S.threshold) + 1):
            start, end = vertex_placement(P, i, m), vertex_placement(P, j, m)[::-1]
            found = joined(P, start, end)
            rigid = m == s.S.sizes[i] and _is_minimal(s, i)  # no slot is ever empty (G5b)
            labels = parts(m)
            same = [x and x[0] for x in start] == [x and x[0] for x in end]
            expected = labels[i] == labels[j] and (same or not rigid)
            where: Witness = {"vertices": [i, j], "width": m}
            if bool(found) != expected or not (
                _is_path(s, found, start, end)
                if isinstance(found, Path)
                else found.isolated or min(found.levels) > m
            ):
                return False, {"wrong": where}
            if (i, j) == (0, last):
                if isinstance(found, Path):
                    nets = [network_json(net) for net in found.breakpoints]
                    witness.setdefault("path", where | {"breakpoints": nets})
                else:
                    witness["separation"] = where | found.to_json()
    return True, witness


def _is_path(s: Subject, found: Path, start: Placement, end: Placement) -> bool:
    """Return whether the breakpoints are optimal and every line keeps its slots' atoms."""
    ways = found.placements
    N = len(s.P.atoms)
    return (
        (ways[0], ways[-1]) == (start, end)
        and all(_in_polytope(s, mixture(p, N)) for p in ways)
        and all(compatible(a, b) for a, b in pairwise(ways))
    )


def _is_minimal(s: Subject, i: int) -> bool:
    """Return whether no vertex uses fewer of the atoms that vertex i uses, and no other."""
    used = s.P.supports[i]
    return not any(other & used == other != used for other in s.P.supports)


def _in_polytope(s: Subject, c: Scalars) -> bool:
    if not s.P.fit_is_unique:
        return c in s.P
    used = [a for a, x in enumerate(c) if type(x) is not Fraction or x]
    masses = [c[a] for a in used]
    F = s.P.features
    return all(x > 0 for x in masses) and all(
        agree(s, dot(masses, [F[a][k] for a in used]), t) for k, t in enumerate(s.fit)
    )


@statement(
    "T12",
    "at m >= n + 1, from any network the objective falls to any optimum",
    RELU,
    FINITE,
    ATTAINED,
)
def descent_to_optima(s: Subject) -> Answer:
    """Return T12 from the zero network and from a bad one, to the last vertex.

    Over Q the objectives are multiplied out again, at breakpoints and in the middle of every
    line; in a number field they are those that the descent found.
    """
    P, D, m = s.P, s.problem, s.problem.n + 1
    T = optima(P)
    goal = T.network(len(T.vertices.points) - 1).padded(m)
    witness: Witness = {"width": m}
    for name, start in (("zero", Network((None,) * m)), ("bad", _bad(s, m))):
        found = descent(P, start, goal)
        nets = found.breakpoints
        values = found.objectives
        falling = all(high >= low for high, low in pairwise(values) if low is not high)
        if all(type(x) is Fraction for net in nets for z in net.neurons for x in z.u):
            values = tuple(net.objective(D) for net in nets)
            falling = all(
                high >= _middle(a, b).objective(D) >= low
                for (a, b), (high, low) in zip(
                    pairwise(nets), pairwise(values), strict=True
                )
            )
        # at the end the objective is that of the optimum, by membership
        reached = (
            nets[0] == with_parts(D, start)
            and _same(s, nets[-1], goal)
            and bool(is_optimal(P, goal))
        )
        shown: Witness = {"objectives": [x.to_json() for x in values]}
        if not (falling and reached):
            return False, {"start": network_json(start), **shown}
        witness[name] = shown | {"breakpoints": [network_json(net) for net in nets]}
    return True, witness


def _same(s: Subject, a: Network, b: Network) -> bool:
    """Return whether two networks have the same neurons in the same slots."""
    return all(
        (x is None) == (z is None)
        and (
            x is None
            or z is None
            or (x.sign == z.sign and all(map(partial(agree, s), x.u, z.u)))
        )
        for x, z in zip(a.slots, b.slots, strict=True)
    )


def _bad(s: Subject, m: int) -> Network:
    """Return a network nobody trained: one neuron in each of some topes, one unbalanced."""
    chart = s.problem.charts[0]
    H = chart.arrangement
    chosen = H.patterns[:: max(1, len(H.patterns) // 3)][: min(3, m)]
    slots: list[Neuron | RawNeuron | None] = []
    for j, pattern in enumerate(chosen):
        h = chart.neuron(tuple(Fraction(t) for t in H.witness(pattern)))
        if any(h):
            slots.append(RawNeuron(h, Fraction(-3)) if j == 1 else Neuron(1, h))
    return Network(tuple(slots)).padded(m)


def _middle(a: Network, b: Network) -> Network:
    """Return the network half way; the first step of a descent balances, and is convex."""
    slots: list[Neuron | RawNeuron | None] = []
    for x, z in zip(a.balanced().slots, b.balanced().slots, strict=True):
        held = x or z
        if held is None:
            slots.append(None)
            continue
        zero: tuple[Scalar, ...] = (Fraction(0),) * len(held.u)
        u = tuple(
            (p + q) / 2 for p, q in zip(x.u if x else zero, z.u if z else zero, strict=True)
        )
        slots.append(Neuron(held.sign, u))
    if b.skip is not None and a.skip is not None:
        skip = tuple((p + q) / 2 for p, q in zip(a.skip, b.skip, strict=True))
        return replace(b, slots=tuple(slots), skip=skip, constant=_mean(a, b))
    return replace(b, slots=tuple(slots), constant=_mean(a, b))


def _mean(a: Network, b: Network) -> Scalar | None:
    if a.constant is None or b.constant is None:
        return None
    return (a.constant + b.constant) / 2


@statement(
    "T13",
    "primal minus scaled dual bounds a network's suboptimality; 0 at optima where the loss "
    "has a gradient",
    RELU,
    FINITE,
)
def certified_gap(s: Subject) -> Answer:
    """Return T13 at an optimum, at the zero network and at an optimum of half the mass.

    Where no network attains the infimum there is no optimum to be tried.
    """
    P, D = s.P, s.problem
    nets = {"zero": Network((None,))}
    # known exactly: else the sign of an output at a kink is not decided
    if P.optimum.level == "exact" and is_attained(P):
        best = nets["optimum"] = optima(P).network(0)
        nets["half"] = Network(
            tuple(Neuron(x.sign, tuple(t / 2 for t in x.u)) for x in best.neurons)
        )
    # a fit that is not rational is rounded for the dual point: its gap is only small
    given = (t for net in nets.values() for x in net.neurons for t in x.u)
    rational = all(type(x) is Fraction for x in (*P.optimum.kappa, *given))
    witness: Witness = {"value": encode(P.optimum.value)}
    holds = True
    for name, net in nets.items():
        found = gap(D, net)
        witness[name] = {
            "primal": found.primal.to_json(),
            "dual": encode(found.dual),
            "gap": found.value.to_json(),
        }
        holds &= bool(P.optimum.value >= found.dual) and found.value >= 0
        if rational and name == "optimum" and s.has_gradient:
            holds &= found.value == 0
    return holds, witness


@statement(
    "T14",
    "optimal networks are Clarke stationary, each neuron its face's candidate",
    RELU,
    FINITE,
    GRADIENT,
    ATTAINED,
)
def stationary_optima(s: Subject) -> Answer:
    """Return T14 at optimal networks and at the zero network.

    Each atom's ray is ``sign Pi_sigma X'E_sigma kappa`` of its own face, so directions
    are finitely many; unbalanced, the same network is not stationary; the zero network
    always is, and optimal only if ``y* = 0``.
    """
    P, O, D = s.P, s.P.optimum, s.problem
    T = optima(P)
    wrong = []
    for i in range(min(12, len(T.vertices.points))):
        net = T.network(i)
        tilted = Network(
            tuple(
                RawNeuron(tuple(2 * t for t in x.u), Fraction(x.sign)) for x in net.neurons
            )
        )
        unbalanced = (
            net.is_enclosed  # a box means an optimal network, and a tilted one is none
            or all(x is None or isinstance(x, Neuron) for x in with_parts(D, tilted).slots)
            or not is_stationary(P, tilted)
        )
        if not (is_stationary(P, net).is_global and unbalanced):
            wrong.append(i)
    rays = all(_is_candidate(s, a) for a in P.atoms)
    zero = is_stationary(P, Network((None,)))
    holds = not wrong and rays and bool(zero) and zero.is_global == O.vanishes
    gain = dot(O.kappa, O.fit)
    return holds, {"offending vertices": wrong, "kappa'y*": encode(gain)}


def _is_candidate(s: Subject, a: Atom) -> bool:
    """Return whether an atom is the candidate of its face; a free bias has a kink in it."""
    D, one = s.problem, Fraction(1)
    tied = [
        chart
        for chart in D.charts
        if chart.anchor is None
        or any(
            t == 0 and x == (*chart.anchor, one)
            for t, x in zip(a.covector, D.design, strict=True)
        )
    ]
    g = tied[0].neuron(atom(tied[0].design, s.P.kappa, a.sign, a.covector).g)
    return all(map(partial(agree, s), g, a.g))
