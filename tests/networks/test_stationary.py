"""Clarke stationarity: T14 against the definition, the concave kink, every kind of failure."""

from fractions import Fraction

import pytest

from polytope_nn import Network, TrainingProblem
from polytope_nn.dual.atoms import pull
from polytope_nn.errors import DimensionError, Undecided
from polytope_nn.exact.rational import matrix
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.networks import membership, stationary
from polytope_nn.networks.membership import is_optimal
from polytope_nn.networks.network import RawNeuron, same_ray
from polytope_nn.networks.rest import adjacent_patterns
from polytope_nn.networks.stationary import is_stationary
from tests.landscape.planted import NAMES, polytope, random_network, seeded

KINK = TrainingProblem([[1, -1], [0, 1]], [2, 2], beta=1)


def multiplied(D, net, answer):
    """Check every proof of a stationary network with nothing but X, y, beta."""
    fit = net.fit(D.design)
    kappa = [w * (y - z) for w, y, z in zip(D.weights, D.y, fit, strict=True)]
    for x, mixture in zip(net.slots, answer.mixtures, strict=True):
        if x is None:
            assert mixture == ()
            continue
        u = x.u
        allowed = adjacent_patterns(D.design, u)
        assert sum(t for _, t in mixture) == 1
        assert all(t > 0 and pattern in allowed for pattern, t in mixture)
        pulled = [Fraction(0)] * len(u)
        for pattern, t in mixture:
            p = pull(D.design, kappa, x.sign, pattern)
            pulled = [a + t * b for a, b in zip(pulled, p, strict=True)]
        # w/|w| = X'S kappa/beta: a positive multiple of u, of length beta
        assert same_ray(tuple(pulled), u)
        assert squared_norm(tuple(pulled)) == D.beta_squared


def test_the_concave_kink():
    # stationary, yet the objective falls along w +- (0, eps)
    net = Network.of((1, [1, 0]))
    answer = is_stationary(KINK, net)
    assert answer
    assert not answer.is_global
    assert answer.excess > 0
    multiplied(KINK, net, answer)
    eps = Fraction(1, 100)
    for side in (eps, -eps):
        w = (Fraction(1), side)
        moved = Network((RawNeuron(w, Fraction(1)),))
        assert moved.objective(KINK) < net.objective(KINK)


@pytest.mark.parametrize("name", NAMES)
def test_optimal_networks_are_stationary_and_global(name):
    P = polytope(name)
    D = P.optimum.problem
    rng = seeded(9)
    for _ in range(8):
        net = random_network(P, P.M_star + 1, rng)
        answer = is_stationary(P.optimum, net)
        assert answer
        assert answer.is_global
        multiplied(D, net, answer)


def test_narrower_than_the_optimum():
    # every stationary network of one neuron on the square is not the optimum of any width
    P = polytope("square")
    D = P.optimum.problem
    # the best on the ray (1, 1): fit c (1, 0, 1, 0), kappa (3 - c, 3, 3 - c, 3), pull
    # (3 - c)(1, 1), of length sqrt 2: c = 2
    net = Network.of((1, [2, 2]))
    answer = is_stationary(P.optimum, net)
    assert answer
    assert not answer.is_global
    assert answer.excess == net.objective(D) - P.optimum.value
    # off the ray, or not at the best length, it is not
    for u in ([2, "5/2"], [1, 1]):
        assert not is_stationary(P.optimum, Network.of((1, u)))


def test_the_zero_network_is_stationary():
    answer = is_stationary(KINK, Network.of(None, None))
    assert answer
    assert answer.mixtures == ((), ())
    assert not answer.is_global
    easy = TrainingProblem([[1, 2]], [1], beta=10)
    assert is_stationary(easy, Network.of(None)).is_global


def test_what_fails_is_named():
    unbalanced = Network((RawNeuron((Fraction(2), Fraction(0)), Fraction(1, 2)),))
    assert "not balanced" in is_stationary(KINK, unbalanced).reason
    dead = Network((RawNeuron((Fraction(0), Fraction(0)), Fraction(1)),))
    assert "not balanced" in is_stationary(KINK, dead).reason
    # the pull of both samples is (1, 1), that along (3, 1) is 4/10 of it, and 1 is wanted
    off = is_stationary(KINK, Network.of((1, [3, 1])))
    assert "is pulled along its ray by" in off.reason
    # at a kink with the right pull along the ray, and too much across it
    D = TrainingProblem([[1, 2], [0, 1], [0, -1]], [2, 5, 0], beta=1)
    off = is_stationary(D, Network.of((1, [1, 0])))
    assert not off
    assert "no mixture of adjacent patterns that pulls along its ray" in off.reason
    kappa = [y - z for y, z in zip(D.y, Network.of((1, [1, 0])).fit(D.design), strict=True)]
    for pattern in adjacent_patterns(D.design, (1, 0)):
        assert dot(off.witness, pull(D.design, kappa, 1, pattern)) > dot(
            off.witness, (1, 0)
        )
    # no active sample: the pull is 0, and the weight decay is not balanced by anything
    lonely = is_stationary(KINK, Network.of((1, [-1, 0])))
    assert "is pulled along its ray by 0 times u" in lonely.reason
    assert not lonely.is_global
    with pytest.raises(DimensionError, match="dimension 1, the samples 2"):
        is_stationary(KINK, Network.of((1, [1])))


def test_irrational_lengths():
    # X = (1, 1), y = 4, beta^2 = 1/2: w along (1, 1), 2 u residual: kappa = 4 - 2a = 1/2
    D = TrainingProblem([[1, 1]], [4], beta_squared="1/2")
    a = Fraction(7, 4)
    net = Network.of((1, [a, a]))
    answer = is_stationary(D, net)
    assert answer
    assert answer.is_global
    multiplied(D, net, answer)
    assert not is_stationary(D, Network.of((1, [a, a - Fraction(1, 10**9)])))


def test_adjacent_patterns_of_degenerate_rows():
    X = matrix([[0, 0], [1, 0], [2, 0], [-1, 0], [0, 1]])
    assert adjacent_patterns(X, (0, 1)) == ((1, -1, -1, 1, 1), (1, 1, 1, -1, 1))
    assert adjacent_patterns(X, (1, 1)) == ((1, 1, 1, -1, 1),)
    # at 0 all topes are adjacent
    assert len(adjacent_patterns(X, (0, 0))) == 4


def rooted(X, y, **given):
    return TrainingProblem(
        X, y, beta_squared="1/2", loss={"kind": "power", "p": "3/2"}, **given
    )


def test_slopes_in_balls_are_those_of_the_optimum_where_it_is_reached():
    """The slope of |z - y|^(3/2) at 1 is the root of 1/2: known in balls, beta^2 is its square."""
    net = Network.of((1, [1]))
    answer = is_stationary(rooted([[1]], ["3/2"]), net)
    assert answer.is_global
    assert answer.mixtures == ((((1,), 1),),)
    kink = rooted([[1, -1], [0, 1]], ["3/2", "3/2"])
    with pytest.raises(Undecided, match="whether the network is stationary: the slopes"):
        is_stationary(kink, Network.of((1, [1, 0])))


@pytest.mark.parametrize("loss", ["squared", "hinge", {"kind": "power", "p": "3/2"}])
def test_no_optimum_is_searched_for_where_a_network_is_not_stationary(loss, monkeypatch):
    def refused(problem):
        raise AssertionError(problem)

    rng = seeded(3)
    rows = [[rng.randint(-9, 9) for _ in range(3)] for _ in range(150)]
    D = TrainingProblem(rows, [rng.choice([1, -1]) for _ in rows], beta=2, loss=loss)
    monkeypatch.setattr(stationary, "optimum", refused)
    monkeypatch.setattr(membership, "optimum", refused)
    net = Network.of((1, ["1/2", "1/3", "-1/5"]))
    assert "is pulled along its ray" in is_stationary(D, net).reason
    answer = is_optimal(D, net)
    assert not answer
    assert answer.optimum is None
    assert answer.reason.startswith(
        "it is not stationary: neuron 0 is pulled along its ray"
    )
    free = TrainingProblem(rows, D.y, beta=2, loss=loss, skip="constant")
    with pytest.raises(AssertionError):
        is_optimal(free, net)  # its constant is what fits: no part is given
