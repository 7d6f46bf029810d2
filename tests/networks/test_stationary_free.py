"""Stationarity where something is free: the proofs multiplied out, and descent where it fails."""

from fractions import Fraction

import pytest

from polytope_nn import Network, TrainingProblem, optimal_polytope
from polytope_nn.dual.atoms import pull
from polytope_nn.errors import InstanceError
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.networks.free_parts import completed
from polytope_nn.networks.membership import network_of
from polytope_nn.networks.network import Neuron, RawNeuron, same_ray
from polytope_nn.networks.rest import adjacent_patterns
from polytope_nn.networks.stationary import is_stationary
from polytope_nn.paths.path import vertex_placement
from tests.landscape.planted import seeded

SKIPS = ["none", "constant", "linear", "affine"]
BIASES = ["none", "penalised", "free"]
DATA = [
    ([[0], [1], [2], [4]], [1, 0, 3, 2], 1),
    ([[1, 0], [-1, 0], [0, 1], [0, -1]], [2, 1, -1, 0], "1/4"),
    ([[1, 2], [1, 2], [-1, -2], [0, 0]], [3, 1, -2, 1], 1),
    ([[3, 4]], [3], 1),
]
EPS = Fraction(1, 10**6)


def residual(D, net):
    fit = completed(D, net).fit(D.design)
    return [w * (y - z) for w, y, z in zip(D.weights, D.y, fit, strict=True)]


def multiplied(D, net, answer):
    """Check the equations of a stationary network with nothing but X, y, beta."""
    kappa = residual(D, net)
    for column in D.free.had.columns:
        assert sum(z * k for z, k in zip(column, kappa, strict=True)) == 0
    for x, mixture in zip(net.slots, answer.mixtures, strict=True):
        if x is None or not mixture:
            continue
        assert sum(t for _, t in mixture) == 1
        assert all(t > 0 and p in adjacent_patterns(D.design, x.u) for p, t in mixture)
        pulled = [Fraction(0)] * len(x.u)
        for pattern, t in mixture:
            p = pull(D.design, kappa, x.sign, pattern)
            pulled = [a + t * b for a, b in zip(pulled, p, strict=True)]
        paid = (*x.u[:-1], Fraction(0)) if D.bias == "free" else x.u
        assert same_ray(tuple(pulled), paid)
        assert squared_norm(tuple(pulled)) == D.beta_squared


def lower(D, net, answer):
    """A network close by with a lower objective, made from the reason of a refusal."""
    net = completed(D, net)
    reason = answer.reason
    if reason.startswith("the free part"):
        skip, constant = D.free.had.slope_and_offset(answer.witness, D.dimension)
        moved = [None, None]
        if net.skip is not None:
            moved[0] = tuple(a + EPS * b for a, b in zip(net.skip, skip, strict=True))
        if net.constant is not None:
            moved[1] = net.constant + EPS * constant
        return [Network(net.slots, *moved)]
    j = int(reason.split()[1])
    x = net.slots[j]

    def with_slot(y):
        return Network((*net.slots[:j], y, *net.slots[j + 1 :]), net.skip, net.constant)

    if "output weight" in reason:
        return [with_slot(RawNeuron(x.w, t)) for t in (EPS, -EPS)]
    if "balanced" in reason:
        return [with_slot(x.balanced)]
    if "pulled" in reason:
        return [
            with_slot(Neuron(x.sign, tuple((1 + t) * s for s in x.u))) for t in (EPS, -EPS)
        ]
    u = tuple(s + EPS * t for s, t in zip(x.u, answer.witness, strict=True))
    return [with_slot(Neuron(x.sign, u))]


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize("skip", SKIPS)
def test_optimal_networks_and_others(skip, bias):
    rng = seeded(f"{skip} {bias}")
    proved = refused = 0
    for X, y, beta in DATA:
        D = TrainingProblem(X, y, beta=beta, bias=bias, skip=skip)
        P = optimal_polytope(D)
        if P.level == "exact" and not D.free.limited:
            for i in range(len(P.vertices)):
                placement = vertex_placement(P, i, P.M_star)
                net = network_of(P.atoms, placement)
                answer = is_stationary(P, net)
                assert answer
                assert answer.is_global
                multiplied(D, net, answer)
                proved += 1
        entries = len(D.design[0])
        for _ in range(6):
            w = tuple(Fraction(rng.choice([-2, -1, 1, 3])) for _ in range(entries))
            slot = rng.choice(
                [Neuron(rng.choice([1, -1]), w), RawNeuron(w, Fraction(rng.randint(-2, 2)))]
            )
            parts = {}
            if skip in {"linear", "affine"} and rng.random() < 0.5:
                parts["skip"] = (Fraction(1),) * D.dimension
            net = Network((slot,), **parts)
            answer = is_stationary(P, net)
            if answer:
                multiplied(D, net, answer)
                continue
            here = completed(D, net).objective(D)
            assert any(x.objective(D) < here for x in lower(D, net, answer))
            refused += 1
    assert refused > 5
    assert proved or (bias, skip) in {("free", "none"), ("free", "linear")}


def test_a_kink_of_a_free_bias_by_hand():
    # beside m (x - 1)_+ the best line leaves (3 - m)/6 of (1, -2, 1): at rest for m = 3/2
    D = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta="1/4", bias="free", skip="affine")
    net = Network.of((1, ["3/2", "-3/2"]))
    answer = is_stationary(D, net)
    assert answer.is_global
    assert residual(D, net) == [Fraction(1, 4), Fraction(-1, 2), Fraction(1, 4)]
    # the row of the kink is tied; with half of it the bias is at rest
    assert answer.mixtures == (
        (((-1, -1, 1), Fraction(1, 2)), ((-1, 1, 1), Fraction(1, 2))),
    )
    short = is_stationary(D, Network.of((1, [1, -1])))
    assert "pulled along its ray by 1/3" in short.reason


def test_dead_neurons_with_a_free_bias():
    D = TrainingProblem([[0], [1]], [1, 2], beta=1, bias="free")
    zero, one = Fraction(0), Fraction(1)
    resting = is_stationary(D, Network((RawNeuron((zero, -one), zero),)))
    assert resting
    assert not resting.is_global  # the infimum is 1/4, of a constant that nobody makes
    assert resting.excess == 5 * one / 2 - optimal_polytope(D).optimum.value
    moving = is_stationary(D, Network((RawNeuron((zero, one), zero),)))
    assert "the sum of kappa is 3, not 0" in moving.reason
    assert not is_stationary(D, Network((RawNeuron((zero, one), one),)))
    with pytest.raises(InstanceError, match="a constant at no cost"):
        is_stationary(D, Network((Neuron(1, (zero, one)),)))


def test_enclosed_optima_are_stationary():
    rng = seeded(0)
    rows = [[rng.randint(-5, 5) for _ in range(3)] for _ in range(5)]
    D = TrainingProblem(rows, [rng.randint(-5, 5) for _ in range(5)], beta="1/3")
    P = optimal_polytope(D)
    assert P.level == "interval"
    net = network_of(P.atoms, vertex_placement(P, 0, P.M_star))
    answer = is_stationary(P, net)
    assert answer
    assert answer.is_global
