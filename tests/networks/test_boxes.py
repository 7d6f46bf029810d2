"""Gaps of networks whose numbers are boxes around 0: balls that hold every network inside."""

import random
from fractions import Fraction
from functools import lru_cache

import pytest

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import exactly
from polytope_nn.networks.distance import gap
from polytope_nn.networks.gap import residual_gap
from polytope_nn.networks.network import Network, Neuron, RawNeuron
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum

X, BETA = [[1, 0], [0, 1], [-1, 2]], Fraction(1, 2)
ONE = Fraction(1)
LOSSES = {
    "squared": [1, 2, BETA],
    "absolute": [1, 2, BETA],
    "logistic": [1, -1, 1],
    "poisson": [1, 2, 0],
}


def box(low, high):
    return Ball.from_interval(Fraction(low), Fraction(high))


@lru_cache
def solved(loss):
    return optimum(TrainingProblem(X, LOSSES[loss], beta=BETA, loss=loss))


def ends(x):
    return exactly(x).enclosure(100)


def drawn(r, t):
    """Return a number of a box, its ends among them."""
    if not isinstance(t, Ball):
        return t
    share = Fraction(r.choice([0, 1, r.randint(0, 8)]), 8)
    return t.lower + min(share, ONE) * (t.upper - t.lower)


def sample(r, x):
    if isinstance(x, Neuron):
        u = tuple(drawn(r, t) for t in x.u)
        return Neuron(x.sign, u) if any(u) else None
    w, alpha = tuple(drawn(r, t) for t in x.w), drawn(r, x.alpha)
    return RawNeuron(w, alpha) if alpha else None


BOXES = [
    Neuron(1, (box(-1, 1), box(-1, 1))),
    Neuron(-1, (box(0, 1), ONE)),
    RawNeuron((box(-1, 1), ONE), ONE),
    RawNeuron((ONE, ONE), box(-1, 1)),
    RawNeuron((box(-2, 1), box(-1, 1)), box(-1, 2)),
]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("place", range(len(BOXES)))
def test_the_ball_holds_every_network_of_the_box(loss, place):
    x = BOXES[place]
    O = solved(loss)
    D, network = O.problem, Network((x, None))
    found = gap(O, network)
    assert not found.optimal
    low, high = ends(found.primal)
    r = random.Random(place)  # noqa: S311 - samples, no secrets
    for _ in range(8):
        z = sample(r, x)
        inside = ends(Network((z, None)).objective(D))
        assert low <= inside[1]
        assert inside[0] <= high
    quick = residual_gap(D, network)
    assert ends(quick.dual)[0] <= ends(found.dual)[1]


def test_a_free_bias_and_free_parts_around_0():
    D = TrainingProblem(X, LOSSES["squared"], beta=BETA, bias="free")
    x = Neuron(1, (box(-1, 1), box(-1, 1), box(-1, 1)))
    assert ends(gap(D, Network((x,))).value)[1] > 0
    D = TrainingProblem(X, LOSSES["squared"], beta=BETA, skip="affine")
    network = Network((BOXES[0],), skip=(box(-1, 1), ONE), constant=box(-1, 1))
    assert ends(gap(D, network).value)[1] > 0


def test_a_box_whose_loss_has_no_end_is_undecided_with_the_cure():
    D = TrainingProblem(X, LOSSES["poisson"], beta=BETA, loss="poisson")
    wide = Network((Neuron(1, (box(-(10**30), 10**30), ONE)),))
    with pytest.raises(Undecided, match="scale the network or the data down"):
        gap(D, wide)
