"""Statements without the hypotheses they need, and instances on which they then fail.

The talk words T7.2-T7.4 for any fit and any M*; T9 is sometimes read from m* on, T12 with
n in place of n + 1, and T14 as "Clarke stationary implies optimal for the patterns seen".
Each is a function like any theorem: on most instances it holds, and
:func:`counterexamples` has one for each where it does not.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from polytope_nn.dual.atoms import covector
from polytope_nn.exact.rational import is_square
from polytope_nn.exact.scalar import Scalars, dot, encode, squared_norm
from polytope_nn.networks.free_parts import completed
from polytope_nn.networks.membership import network_of
from polytope_nn.networks.network import Network, feature
from polytope_nn.networks.stationary import is_stationary
from polytope_nn.paths.optima import modulo
from polytope_nn.paths.path import Path, joined
from polytope_nn.problems.training import TrainingProblem

from .statement import (
    FINITE,
    RELU,
    WIDTHS,
    Answer,
    Subject,
    Verdict,
    Witness,
    network_json,
    placement_json,
    statement,
    vertex_placement,
)

__all__ = [
    "connected_at_n",
    "counterexamples",
    "disconnected_at_M_star",
    "infinite_beyond_m_star",
    "monotone_from_m_star",
    "no_isolated_point_beyond_M_star",
    "stationary_is_optimal",
]


@statement("T7.2-literal", "for every m > m*, Theta_m is infinite", WIDTHS)
def infinite_beyond_m_star(s: Subject) -> Answer:
    """Return the talk's T7.2 without ``y* != 0``: then ``Theta_m = {0}`` for every m."""
    step = s.S[s.S.m_star + 1]
    witness = {"m": step.width, "components": step.components, "isolated": step.isolated}
    return step.components > step.isolated, witness | {"fit": list(map(encode, s.P.b))}


@statement("T7.3-literal", "Theta_M* is disconnected", WIDTHS)
def disconnected_at_M_star(s: Subject) -> Answer:
    """Return the talk's T7.3 without ``M* >= 2``: one optimal neuron is one point."""
    step = s.S[s.S.M_star]
    point = network_of(s.P.atoms, vertex_placement(s.P, 0, s.S.sizes[0]))
    witness = {"m": step.width, "components": step.components}
    return step.components > 1, witness | {"one optimum": network_json(point)}


@statement("T7.4-literal", "for every m > M*, Theta_m has no isolated point", WIDTHS)
def no_isolated_point_beyond_M_star(s: Subject) -> Answer:
    """Return the talk's T7.4 without ``y* != 0``."""
    step = s.S[s.S.M_star + 1]
    witness = {"m": step.width, "isolated": step.isolated}
    return step.isolated == 0, witness | {"fit": list(map(encode, s.P.b))}


@statement("T9-literal", "the number of components never rises with m >= m*", WIDTHS)
def monotone_from_m_star(s: Subject) -> Answer:
    """Return T9 without ``m > M*``: permutations of isolated points can be many more."""
    widths = range(s.S.m_star, s.S.threshold + 1)
    counts = [s.S[m].components for m in widths]
    return all(a >= b for a, b in pairwise(counts)), {
        "from": widths.start,
        "components": counts,
    }


@statement(
    "T12-literal",
    "at m = n, global optima are joined at non-increasing objective",
    WIDTHS,
)
def connected_at_n(s: Subject) -> Answer:
    """Return T12 with n for n + 1: such a path of optima would stay among them.

    The witness is two optimal networks of width n and what separates them.
    """
    P, n = s.P, s.problem.n
    step = s.S[n]
    if step.components == 1:
        return True, {"m": n, "components": 1}
    # either another vertex is apart from the first, or it is the only one and fills n slots
    start = vertex_placement(P, 0, n)
    ends = [vertex_placement(P, i, n) for i in range(1, len(P.supports))]
    roads = ((end, joined(P, start, end)) for end in (*ends, start[::-1]))
    end, parted = next((x, way) for x, way in roads if not isinstance(way, Path))
    nets = [placement_json(P, p) for p in (start, end)]
    witness: Witness = {"m": n, "components": step.components, "networks": nets}
    return False, witness | {"separation": parted.to_json()}


@statement(
    "T14-literal",
    "a Clarke stationary neuron on a ray of the arrangement is optimal over the patterns "
    "it sees",
    RELU,
    FINITE,
)
def stationary_is_optimal(s: Subject) -> Answer:
    """Return the popular claim on networks of one neuron, tried on the rays.

    Along a ray the best mass is known; where it is rational the neuron is tried, and if it
    is stationary, also neurons beside it in the closed cones that meet at the ray: a
    lower objective there refutes the claim. At a concave kink this happens.
    """
    D = s.problem
    tried = 0
    for x in _on_rays(s):
        net = Network.of(x)
        if not is_stationary(s.P.optimum, net):
            continue
        tried += 1
        here = completed(D, net).objective(D)
        for beside in _beside(D, x):
            there = completed(D, Network.of(beside))
            if there.objective(D) < here:
                return False, {
                    "stationary": network_json(net),
                    "objective": here.to_json(),
                    "lower": network_json(there),
                    "its objective": there.objective(D).to_json(),
                }
    return True, {"stationary neurons tried": tried}


_Neuron = tuple[int, Scalars]


def _on_rays(s: Subject) -> Iterator[_Neuron]:
    """Yield the best neuron of each sign on each ray of the arrangements, if rational.

    What is free is what fits best beside it: features and labels are modulo that.
    """
    D = s.problem
    shadow = D.free.had.annihilator(D.weights)
    labels = modulo(shadow, D.y)
    weighted = [w * y for w, y in zip(D.weights, labels, strict=True)]
    for chart in D.charts:
        H = chart.arrangement
        rays = {tuple(map(Fraction, u)) for pattern in H.patterns for u in H.rays(pattern)}
        for ray in sorted(rays):
            u, square = chart.neuron(ray), D.beta_squared * squared_norm(ray)
            if not is_square(square):
                continue
            price = Fraction(isqrt(square.numerator), isqrt(square.denominator))
            for sign in (1, -1):
                F = modulo(shadow, feature(D.design, sign, u))
                norm = dot([w * t for w, t in zip(D.weights, F, strict=True)], F)
                gain = dot(weighted, F) - price
                if norm > 0 and gain > 0:
                    # L(tF) + t price is least at t = gain/norm
                    yield sign, tuple(gain / norm * t for t in u)


def _beside(D: TrainingProblem, x: _Neuron) -> Iterator[_Neuron]:
    """Yield neurons close by, in closed cones that contain this one."""
    sign, u = x
    face = covector(D.design, u)
    for j in range(len(u)):
        for step in (Fraction(1, 10), Fraction(-1, 10)):
            near = tuple(t + step if i == j else t for i, t in enumerate(u))
            there = covector(D.design, near)
            if all(a in {0, b} for a, b in zip(face, there, strict=True)):
                yield sign, near


def counterexamples() -> tuple[tuple[TrainingProblem, Verdict], ...]:
    """Return, for every statement of this module, an instance on which it fails.

    A zero fit breaks T7.2 and T7.4, one optimal neuron T7.3, A2 at m = 2 the others but
    the last, for which there is a concave kink.

    >>> [(v.name, v.holds) for _, v in counterexamples()][:3]
    [('T7.2-literal', False), ('T7.3-literal', False), ('T7.4-literal', False)]
    """
    zero = TrainingProblem([[1, 0], [0, 1]], [1, 1], beta=2, name="y* = 0")
    single = TrainingProblem([[1]], [2], beta=1, name="M* = 1")
    a2 = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2, name="A2")
    kink = TrainingProblem([[1, -1], [0, 1]], [2, 2], beta=1, name="concave kink")
    return (
        (zero, infinite_beyond_m_star(zero)),
        (single, disconnected_at_M_star(single)),
        (zero, no_isolated_point_beyond_M_star(zero)),
        (a2, monotone_from_m_star(a2)),
        (a2, connected_at_n(a2)),
        (kink, stationary_is_optimal(kink)),
    )
