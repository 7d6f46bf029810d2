"""Proved gaps: 0 exactly at optima, sound everywhere, each multiplier multiplied out."""

from fractions import Fraction

import numpy as np
import pytest

from polytope_nn import Network, TrainingProblem, arrangement, optimal_polytope, optimum
from polytope_nn.errors import DimensionError
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.networks.gap import residual_gap as gap
from polytope_nn.networks.membership import solution
from polytope_nn.networks.network import RawNeuron
from tests.landscape.planted import NAMES, polytope, random_network, replanted, seeded


def verify(D, found):
    """The bound from nothing but X, y, beta, the patterns and the multipliers."""
    X = D.design
    fit = found.network.fit(X)
    kappa = [w * (y - z) for w, y, z in zip(D.weights, D.y, fit, strict=True)]
    assert list(found.bound.kappa) == kappa
    given = {(m.pattern, m.sign): dict(m.mu) for m in found.bound.multipliers}
    largest = Fraction(0)
    for pattern in arrangement(X).patterns:
        for sign in (1, -1):
            mu = given.get((pattern, sign), {})
            assert all(t > 0 for t in mu.values())
            p = [Fraction(0)] * D.d
            for k, s in enumerate(pattern):
                weight = (sign * kappa[k] if s == 1 else 0) + mu.get(k, 0) * s
                p = [a + weight * b for a, b in zip(p, X[k], strict=True)]
            assert squared_norm(tuple(p)) <= found.bound.square
            largest = max(largest, squared_norm(tuple(p)))
    t = found.scale
    assert t >= 0
    assert t * t * found.bound.square <= D.beta_squared
    scaled = [t * k for k in kappa]
    rows = zip(scaled, D.y, D.weights, strict=True)
    assert found.dual == sum(k * y - k * k / w / 2 for k, y, w in rows)
    assert list(found.kappa) == scaled
    assert found.primal == found.network.objective(D)
    assert found.value >= 0


@pytest.mark.parametrize("name", NAMES)
def test_the_gap_of_an_optimal_network_is_zero(name):
    P = polytope(name)
    rng = seeded(31)
    for _ in range(6):
        net = random_network(P, P.M_star + 1, rng)
        found = gap(P.optimum.problem, net)
        verify(P.optimum.problem, found)
        assert found.value == 0
        assert found.value.exact == 0
        assert found.dual == P.optimum.value


@pytest.mark.parametrize("name", NAMES)
def test_the_gap_of_a_perturbed_network_is_sound(name):
    P = polytope(name)
    D = P.optimum.problem
    rng = seeded(32)
    for size in (Fraction(1), Fraction(1, 50), Fraction(1, 10**9)):
        net = random_network(P, P.M_star, rng)
        slots = list(net.slots)
        j = next(j for j, x in enumerate(slots) if x is not None)
        u = [t + size * rng.choice([1, -1, 2]) for t in slots[j].u]
        slots[j] = Network.of((slots[j].sign, u)).slots[0]
        moved = Network(tuple(slots))
        found = gap(D, moved)
        verify(D, found)
        assert found.value > 0
        assert found.value >= moved.objective(D) - P.optimum.value
        assert found.dual <= P.optimum.value


def test_small_perturbations_have_small_gaps():
    P = polytope("octahedron")
    D = P.optimum.problem
    net = solution(P, P.vertices[0])
    for power in (3, 6, 12):
        eps = Fraction(1, 10**power)
        u = [(1 + eps) * t for t in net.slots[0].u]
        moved = Network((Network.of((1, u)).slots[0], *net.slots[1:]))
        assert 0 < gap(D, moved).value <= 200 * eps


def test_random_float_networks():
    rng = np.random.default_rng(3)
    names = ["octahedron", "one-sign-each", "A2", "triangle"]
    for trial in range(16):
        P = replanted(names[trial % 4], seeded(trial))
        D = P.optimum.problem
        m = 1 + trial % 5
        net = Network.from_arrays(rng.normal(size=(m, D.d)), rng.normal(size=m))
        found = gap(D, net)
        verify(D, found)
        assert found.value > 0
        assert found.dual <= P.optimum.value
        shown = found.primal.to_json()
        if isinstance(shown, dict):
            assert Fraction(shown["lower"]) < Fraction(shown["upper"])
    names = [part.split("=")[0] for part in repr(found)[4:-1].split(", ")]
    assert names == ["primal", "dual", "value"]
    assert all(hasattr(found, name) for name in names)


def test_trained_floats_get_close():
    # plain gradient descent on A2: the proved gap falls below 1e-6
    P = polytope("A2")
    D = P.optimum.problem
    X = np.array([[float(t) for t in x] for x in D.X])
    y = np.array([float(t) for t in D.y])
    rng = np.random.default_rng(0)
    W, alpha = rng.normal(size=(16, 3)) / 4, rng.normal(size=16) / 4
    beta = float(D.beta_squared) ** 0.5
    first = gap(D, Network.from_arrays(W, alpha)).value
    for _ in range(6000):
        Z = X @ W.T
        r = np.maximum(Z, 0) @ alpha - y
        down_W = ((r[:, None] * alpha) * (Z > 0)).T @ X + beta * W
        alpha = alpha - 0.01 * (np.maximum(Z, 0).T @ r + beta * alpha)
        W = W - 0.01 * down_W
    last = gap(D, Network.from_arrays(W, alpha)).value
    assert 0 < last < Fraction(1, 10**6) < first


def test_weights_bias_and_degenerate_rows():
    rng = seeded(33)
    for trial in range(12):
        X = [[rng.choice([0, 0, 1, -1, 2]) for _ in range(2)] for _ in range(4)]
        X += [X[0], [-t for t in X[1]]]
        y = [rng.randint(-3, 3) for _ in X]
        D = TrainingProblem(
            X,
            y,
            beta_squared=Fraction(rng.randint(1, 9), 4),
            weights=[Fraction(rng.randint(1, 4), 2) for _ in X],
            bias="penalised" if trial % 2 else "none",
        )
        u = [[rng.randint(-2, 2) for _ in range(D.d)] for _ in range(3)]
        net = Network.of((1, u[0]), (-1, u[1]), (1, u[2]))
        verify(D, gap(D, net))


def test_hard_numbers():
    huge, tiny = 10**12, Fraction(1, 10**30 + 57)
    D = TrainingProblem([[huge, tiny], [1, huge], [-tiny, 3]], [huge, -1, tiny], beta=tiny)
    verify(D, gap(D, Network.of((1, [tiny, 1]), (-1, [1, 1]))))
    D = TrainingProblem([[1]], [10**200], beta=1)
    assert gap(D, Network.of((1, [10**200 - 1]))).value == 0


def test_borders():
    # fit = y: kappa = 0, and the dual value is 0
    D = TrainingProblem([[1], [-1]], [2, 0], beta=1)
    exact = gap(D, Network.of((1, [2])))
    assert (exact.dual, exact.value) == (0, 2)
    # a network that points away from y: t = 0
    away = gap(D, Network.of((1, [5])))
    assert away.scale == 0
    assert away.value == away.primal
    # the zero network is optimal where beta is large
    D = TrainingProblem([[1, 2], [3, 1]], [1, 1], beta=100)
    assert gap(D, Network.of(None)).value == 0
    # all rows zero
    D = TrainingProblem([[0, 0]], [3], beta=1)
    assert gap(D, Network.of(None)).value == 0
    dead = Network((RawNeuron((Fraction(1), Fraction(1)), Fraction(2)),))
    assert gap(D, dead).value == 3
    with pytest.raises(DimensionError, match="dimension 1, the samples 2"):
        gap(D, Network.of((1, [1])))


def test_a_network_over_a_number_field():
    a = NumberField((-2, 0, 1), (1, 2)).generator
    D = TrainingProblem([[1, 1]], [4], beta_squared=2)
    # kappa = 1, g = (1, 1), |g|^2 = 2 = beta^2, fit 3; another network of the fit 2 sqrt 2
    assert gap(D, Network.of((1, ["3/2", "3/2"]))).value == 0
    near = gap(D, Network.of((1, [a, a])))
    assert near.value > 0
    assert near.dual <= optimal_polytope(optimum(D)).optimum.value


def test_no_convergence_of_the_hint(monkeypatch):
    import scipy.optimize

    def fails(*_):
        raise RuntimeError("no convergence")

    monkeypatch.setattr(scipy.optimize, "nnls", fails)
    P = polytope("square")
    net = solution(P, P.vertices[0])
    found = gap(P.optimum.problem, net)
    assert found.value >= 0
    assert found.dual <= P.optimum.value


@pytest.mark.parametrize("loss", [{"kind": "power", "p": "3/2"}, "logistic"])
def test_the_digits_of_a_bound_do_not_grow_with_the_samples(loss):
    """A rounded residual has one denominator: each sample's own made 28 000 digits of 300."""
    rng = np.random.default_rng(7)
    X = [[str(t) for t in row] for row in rng.normal(size=(40, 2)).round(2).tolist()]
    y = [1 if k % 3 else -1 for k in range(40)]
    D = TrainingProblem(X, y, beta=1, loss=loss)
    weights = rng.normal(size=(3, 2)).tolist()
    network = Network.of(*((1, list(map(Fraction, u))) for u in weights))
    found = gap(D, network)
    assert 0 <= float(found.value) <= float(found.primal)
    assert max(k.denominator.bit_length() for k in found.kappa) < 400
    assert len(str(found.dual)) < 1500


@pytest.mark.parametrize("loss", [{"kind": "huber", "delta": "1/2"}, "absolute"])
def test_a_residual_that_what_is_free_moves_out_of_the_domain_is_scaled(loss):
    """Of labels far on one side a mean is taken, which leaves entries beyond delta."""
    X, y = [[1], [2], [-1], [-3], [1]], [9, 8, 7, -9, 0]
    D = TrainingProblem(X, y, beta="1/2", loss=loss, skip="constant")
    network = Network.of((1, [1]))
    kappa = D.loss.near_gradient(network.fit(D.X), D.free.columns)
    pairs = list(zip(kappa, [row.domain for row in D.loss.rows], strict=True))
    assert all(low <= k <= high for k, (low, high) in pairs)
    assert any(k in {low, high} for k, (low, high) in pairs)
    assert sum(kappa) == 0
    found = gap(D, network)
    assert 0 < found.dual <= float(optimum(D).value) + 1e-9
