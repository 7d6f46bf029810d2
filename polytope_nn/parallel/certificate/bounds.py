"""What is certified where kappa is in balls: a rational dual point and a network close to it.

The dual point is a little inside the feasible set, so every bound of its leaves is strict;
the network has rational weights. Their distance is proved (kind ``parallel_gap``; T13).
"""

from dataclasses import replace
from fractions import Fraction
from typing import cast

from polytope_nn.certificate.format import Json, written
from polytope_nn.certificate.roads import enclosed
from polytope_nn.dual.feasibility import enclosure
from polytope_nn.exact.radical import RootSum, exactly
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.networks.neuron import Neuron
from polytope_nn.parallel.equations.theta import near
from polytope_nn.parallel.networks.network import Branch, ParallelNetwork
from polytope_nn.parallel.networks.roads import some_network
from polytope_nn.parallel.optimum import ParallelOptimum
from polytope_nn.parallel.tree import Leaf
from polytope_nn.problems.training import TrainingProblem

__all__ = [
    "bound_claim",
    "branches_json",
    "dual_value",
    "inner_point",
    "leaves_of",
    "near_network",
    "rounded",
]

_BITS = 110  # of the numbers of dual point and network
_INSIDE = 70  # kappa is scaled by 1 - 2^-70


def inner_point(O: ParallelOptimum) -> Vector:
    """Return a rational kappa near that of the optimum, a little inside."""
    scale = 1 - Fraction(1, 1 << _INSIDE)
    return tuple(rounded(scale * enclosure(x)[0]) for x in O.kappa)


def leaves_of(O: ParallelOptimum) -> tuple[Leaf, ...]:
    """Return the leaves that prove it feasible: those of the optimum, tight nowhere."""
    return tuple(
        replace(
            leaf, atoms=(), theta={i: _unit(near(t, _BITS)) for i, t in leaf.theta.items()}
        )
        for leaf in O.leaves
    )


def near_network(O: ParallelOptimum) -> ParallelNetwork:
    """Return a rational network near an optimal one: that of the proof."""
    made: list[tuple[int, list[tuple[int, Scalars, Scalar]]]]
    if O.by_groups:
        one, branches_of = Fraction(1), some_network(O).branches
        made = [
            (b.sign, [(x.sign, x.u, one) for x in b.neurons if x is not None])
            for b in branches_of
            if b is not None
        ]
    elif O.flat is not None:
        parts = O.problem.inner_width or 1 if O.problem.regulariser == "path" else 1
        pairs = zip(O.flat.atoms, O.flat.weights, strict=True)
        made = [(a.sign, [(1, a.g, c / parts)] * parts) for a, c in pairs]
    else:
        made = [
            (sigma, [(s, cast("Scalars", g), c) for (s, g), c in own])
            for sigma, own in O.branches
        ]
    branches = []
    for sigma, inner in made:
        neurons = [(s, tuple(_product(c, t) for t in g)) for s, g, c in inner]
        kept = tuple(Neuron(s, u) for s, u in neurons if any(u))
        if kept:
            branches.append(Branch(sigma, kept))
    return ParallelNetwork(tuple(branches))


def bound_claim(O: ParallelOptimum, kappa: Vector) -> tuple[dict[str, Json], RootSum]:
    """Return the claim about the gap, and the objective of its network."""
    network, dual = near_network(O), dual_value(O.problem.two_layer, kappa)
    primal = network.objective(O.problem)
    claim: dict[str, Json] = {
        "claim": "gap",
        "network": branches_json(network),
        "primal": enclosed(primal),
        "dual": text(dual),
        "gap": enclosed(primal - exactly(dual)),
    }
    return claim, primal


def dual_value(D: TrainingProblem, kappa: Vector) -> Fraction:
    """Return ``kappa'y - 1/2 sum kappa^2/weights``."""
    squares = (k * k / w for k, w in zip(kappa, D.weights, strict=True))
    return dot(kappa, D.y) - sum(squares, Fraction(0)) / 2


def branches_json(network: ParallelNetwork) -> Json:
    """Return a network of a claim."""
    branches: list[Json] = []
    for b in network.branches:
        neurons: list[Json] = [
            None if x is None else {"sign": x.sign, "u": [written(t) for t in x.u]}
            for x in (() if b is None else b.neurons)
        ]
        branches.append(None if b is None else {"sign": b.sign, "neurons": neurons})
    return {"branches": branches}


def _product(c: Scalar, t: Scalar) -> Fraction:
    return rounded(enclosure(c)[0] * enclosure(t)[0])


def rounded(x: Fraction) -> Fraction:
    """Return x to so many significant bits."""
    if not x:
        return x
    shift = _BITS - (abs(x.numerator).bit_length() - x.denominator.bit_length())
    unit = Fraction(2) ** -shift
    return Fraction(round(x / unit)) * unit


def _unit(t: Fraction) -> Fraction:
    return min(max(t, Fraction(0)), Fraction(1))
