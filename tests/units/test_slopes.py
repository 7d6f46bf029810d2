"""Leaky, absolute and other slopes: worked instances, and random data by other routes."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.check import check
from polytope_nn.dual.optimum import verified
from polytope_nn.errors import InstanceError, NotAttained, NotInterpolable, NotOptimal
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.networks.gap import residual_gap
from polytope_nn.networks.network import Network
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.doubled import Doubled
from polytope_nn.search.finding import optimum
from polytope_nn.theorems import verdicts
from tests.oracles.units import conic_value, slope_atoms, slot_components

LEAKY = {"slopes": ["1", "1/3"]}
TRIANGLE = [[1, -1, 0], [0, 1, -1], [-1, 0, 1]]
WORKED = {  # X, activation, kappa, beta^2, fit, features, rank, components from m*
    "U1": (
        [[2, 1, 1], [-2, -1, 1]],
        LEAKY,
        [1, 1],
        4,
        [4, 4],
        [("2", "2"), ("14/3", "-2/3"), ("-2/3", "14/3")],
        2,
        [1, 3, 1],
    ),
    "U2": ([[1, 0], [0, 1]], "absolute", [1, 1], 2, [3, 3], [("1", "1")] * 4, 1, [4, 1]),
    "U3": (
        TRIANGLE,
        "absolute",
        [1, 1, 1],
        8,
        [16] * 3,
        [("4", "2", "2"), ("2", "4", "2"), ("2", "2", "4")] * 2,
        3,
        [48, 1],
    ),
}


@pytest.mark.parametrize("name", WORKED)
def test_the_worked_instances(name):
    X, activation, kappa, square, fit, features, r, components = WORKED[name]
    y = [s + t for s, t in zip(kappa, fit, strict=True)]
    D = TrainingProblem(X, y, beta_squared=square, activation=activation)
    O = optimum(D)
    assert (O.level, O.rank, list(O.kappa), list(O.fit)) == ("exact", r, kappa, fit)
    assert sorted(a.feature for a in O.atoms) == sorted(
        tuple(map(Fraction, F)) for F in features
    )
    P = optimal_polytope(O)
    assert [step.components for step in staircase(P)] == components
    rays = {i: a.feature for i, a in enumerate(O.atoms)}
    for m in (2, 3)[: 1 + (len(rays) < 6)]:
        counted = slot_components([{i} for i in rays], rays, fit, m)
        assert counted == (P.staircase[m].components if m >= P.m_star else 0)


def test_every_atom_of_every_face():
    """G9 on all faces against topes and projections, for planted dual variables."""
    random, seen = Random(3), 0  # noqa: S311
    for _ in range(60):
        n, d = random.choice([(2, 2), (3, 2), (3, 3), (4, 2)])
        X = [[random.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        kappa = [random.randint(-2, 2) for _ in range(n)]
        right, left = random.choice(
            [(1, Fraction(1, 3)), (1, -1), (2, 0), (0, 1), (-2, 1), (-1, -1)]
        )
        if not any(map(any, X)):
            continue
        square, atoms = slope_atoms(X, kappa, right, left)
        if not square:
            continue
        y = _planted(X, kappa, right, left, atoms)
        D = TrainingProblem(X, y, beta_squared=square, activation={"slopes": [right, left]})
        O = optimum(D, kappa=kappa)
        assert {(a.sign, a.g) for a in O.atoms} == atoms
        assert len(O.atoms) == len(atoms)
        assert optimum(D).kappa == O.kappa
        for a in O.atoms:
            assert a.feature == tuple(a.sign * t for t in _seen(X, a.g, right, left))
        seen += 1
    assert seen > 40


def _seen(X, u, right, left):
    values = [sum(Fraction(s) * t for s, t in zip(x, u, strict=True)) for x in X]
    return [(right if t > 0 else left) * t for t in values]


def _planted(X, kappa, right, left, atoms):
    y = list(map(Fraction, kappa))
    for i, (s, g) in enumerate(sorted(atoms)):
        y = [t + (i + 1) * s * z for t, z in zip(y, _seen(X, g, right, left), strict=True)]
    return y


def topes(D):
    """Return the blocks (A, rows, norm) of every tope and sign: leaky neurons, conically."""
    a, X = D.activation, D.plain_design
    for pattern in arrangement(X).patterns:
        rows = [[s * t for t in x] for s, x in zip(pattern, X, strict=True)]
        slopes = [a.right if s > 0 else a.left for s in pattern]
        for sign in (1, -1):
            A = [[sign * s * t for t in x] for s, x in zip(slopes, X, strict=True)]
            yield A, rows, "l2"


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("activation", ["absolute", LEAKY, {"slopes": [1, "-1/2"]}])
def test_random_data_has_the_conic_value(seed, activation):
    random = Random(seed)  # noqa: S311
    n, d = random.choice([(3, 2), (4, 2), (4, 3), (6, 2)])
    X = [[random.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-4, 4) for _ in range(n)]
    skip = random.choice(["none", "none", "constant", "linear"])
    bias = random.choice(["none", "penalised"])
    weights = [random.randint(1, 3) for _ in range(n)]
    D = TrainingProblem(
        X, y, beta="1/2", activation=activation, skip=skip, bias=bias, weights=weights
    )
    O = optimum(D)
    value = conic_value(list(topes(D)), y, 0.5, free=D.free.columns, weights=weights)
    assert abs(float(O.value) - value) <= 1e-7 * (1 + abs(value))
    S = staircase(O)
    assert S[S.bound].components == 1
    for column in D.free.columns:
        product = sum(k * t for k, t in zip(O.kappa, column, strict=True))
        assert product == 0 if O.level == "exact" else Fraction(0) in product


LOSSES = [
    "absolute",
    {"kind": "huber", "delta": "1/2"},
    {"kind": "quantile", "tau": "1/3"},
    {"kind": "epsilon_insensitive", "epsilon": "1/4"},
    {"kind": "power", "p": 4},
    {"kind": "tolerance", "epsilon": "1/2"},
    "interpolation",
    "hinge",
    "squared_hinge",
    "logistic",
    "margin",
]


@pytest.mark.parametrize("activation", ["absolute", LEAKY, {"slopes": [-1, "1/2"]}])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: str(loss)[:24])
def test_other_losses_have_no_gap(loss, activation):
    """The fit is one of kappa's, a network has it, and its objective is the dual value."""
    kind = loss if isinstance(loss, str) else loss["kind"]
    X = [[1, 2], [-2, 1], [1, -1], [2, 1]]
    signs = kind in {"hinge", "squared_hinge", "logistic", "margin"}
    y = [1, -1, 1, 1] if signs else [3, -1, 2, 5]
    D = TrainingProblem(X, y, beta="1/5", loss=loss, activation=activation)
    O = optimum(D)
    a = D.activation
    square, _ = slope_atoms(X, list(map(_middle, O.kappa)), a.right, a.left)
    assert float(square) <= 0.04 + 1e-12
    fit = [0.0] * 4
    for c, atom in zip(O.weights, O.atoms, strict=True):
        assert float(c) >= 0
        u = [float(t) for t in atom.g]
        seen = [sum(s * t for s, t in zip(x, u, strict=True)) for x in X]
        slopes = [float(a.right if t > 0 else a.left) for t in seen]
        rows = zip(fit, slopes, seen, strict=True)
        fit = [z + float(c) * atom.sign * p * t for z, p, t in rows]
    assert all(abs(s - float(t)) < 1e-9 for s, t in zip(fit, O.fit, strict=True))
    for z, (low, high) in zip(fit, O.interval, strict=True):
        assert low is None or z >= float(low) - 1e-9
        assert high is None or z <= float(high) + 1e-9
    loss_value = D.loss.value(O.fit) if hasattr(D.loss, "rows") else 0
    primal = float(loss_value or 0) + 0.04 * sum(map(float, O.weights))
    assert abs(primal - float(O.value)) < 1e-9
    S = staircase(O)
    assert S[S.bound].components == 1


def _middle(x):
    return x if isinstance(x, Fraction) else x.enclosure(200).midpoint


def test_losses_without_a_minimum_and_without_slopes():
    X, y = [[1], [2]], [1, 1]
    never = TrainingProblem(
        X, y, beta=1, loss="logistic", skip="constant", activation="absolute"
    )
    with pytest.raises(NotAttained, match="no optimum is attained"):
        optimum(never)
    apart = TrainingProblem(
        [[1], [-1]], [1, -1], beta=1, loss="margin", activation="absolute"
    )
    with pytest.raises(NotInterpolable):
        optimum(apart)
    with pytest.raises(InstanceError, match="bias, loss: a free bias goes with"):
        TrainingProblem(X, y, beta=1, loss="hinge", activation="absolute", bias="free")


def test_sizes_far_from_1():
    X, y = [[2, 1], [-1, 3], [1, 1]], [3, -2, 5]
    plain = optimum(TrainingProblem(X, y, beta="1/2", activation=LEAKY))
    for size in ("1e12", "1e-12"):
        s = Fraction(size)
        D = TrainingProblem(
            [[t * s for t in x] for x in X],
            [t * s for t in y],
            beta=s * s / 2,
            activation=LEAKY,
        )
        O = optimum(D)
        assert staircase(O).spectrum == staircase(plain).spectrum
        assert abs(float(O.value / s / s) - float(plain.value)) < 1e-12


@pytest.mark.parametrize("seed", range(4))
def test_a_slope_without_a_kink(seed):
    """One block of two signs: two atoms with one feature, and the value of ridge in a ball."""
    random = Random(seed)  # noqa: S311
    X = [[random.randint(-3, 3) for _ in range(3)] for _ in range(4)]
    D = TrainingProblem(X, [1, -2, 3, 1], beta="1/10", activation={"slopes": [-2, -2]})
    O = optimum(D)
    value = conic_value(list(topes(D)), D.y, 0.1)
    assert abs(float(O.value) - value) <= 1e-7 * (1 + abs(value))
    assert [a.sign for a in O.atoms] == [1, -1]
    assert [step.components for step in staircase(O)] == [2, 1]


def test_relu_is_what_it_was():
    X, y = [[1, 2], [-1, 1], [2, 1]], [1, 2, 3]
    plain = TrainingProblem(X, y, beta=1)
    for activation in ("relu", {"slopes": [1, 0]}):
        D = TrainingProblem(X, y, beta=1, activation=activation)
        assert plain == D
        assert repr(D) == repr(plain)
        assert D.of_relu
    # the same neurons, on the other side of the samples
    mirrored = TrainingProblem(
        [[-t for t in x] for x in X], y, beta=1, activation={"slopes": [0, "-1"]}
    )
    O, other = optimum(plain), optimum(mirrored)
    assert float(O.value) == pytest.approx(float(other.value), abs=1e-12)
    assert [a.sign for a in other.atoms] == [a.sign for a in O.atoms]
    assert staircase(O).spectrum == staircase(other).spectrum


def test_degenerate_data():
    zero = TrainingProblem([[0, 0]], [1], beta=1, activation="absolute")
    assert optimum(zero).vanishes
    one = TrainingProblem([[1], [1], [-2]], [3, 3, 6], beta=1, activation="absolute")
    assert [a.sign * a.g[0] > 0 for a in optimum(one).atoms] == [True, False]
    assert [step.components for step in staircase(one)] == [2, 1]


def test_what_is_about_relu_refuses_other_slopes():
    D = TrainingProblem([[1]], [2], beta=1, activation="absolute")
    with pytest.raises(InstanceError, match="activation: absolute: this is about ReLU"):
        residual_gap(D, Network.of(None))
    for ask in (
        lambda: verified(D, (Fraction(1),)),
        lambda: uniqueness(D),
    ):
        with pytest.raises(InstanceError, match="activation: absolute"):
            ask()
    check(certify(D))  # certificates know other slopes
    said = {v.name: v for v in verdicts(D)}
    assert all(v.holds is not False for v in said.values())
    assert said["T1"].hypotheses["the neurons are ReLU"] is False
    assert said["T8"].holds
    with pytest.raises(NotOptimal, match="-kappa is the dual optimum"):
        optimum(D, kappa=[-1])
    assert Doubled(D).free.columns == ((Fraction(-1), Fraction(1)),)


def test_slopes_of_numpy():
    X, y = [[1], [-2]], [1, 1]
    D = TrainingProblem(X, y, beta=1, activation={"slopes": np.array([1, -1])})
    assert D == TrainingProblem(X, y, beta=1, activation="absolute")


@pytest.mark.parametrize("slopes", [[1, -1], [1, "1/10"], [-1, 0], [-1, -2]])
def test_what_cannot_be_fitted_is_told_of_the_rows_that_were_given(slopes):
    """Row 2 is half of row 1, so -y_1 + 2 y_2 = 0; inside there is a row for each side."""
    X, given = [[2, 2], [1, 1]], {"activation": {"slopes": slopes}}
    D = TrainingProblem(X, [-2, 4], loss="interpolation", **given)
    told = r"rows 1, 2 of X force -y_1 \+ 2 y_2 = 0, and here it is 10$"
    with pytest.raises(NotInterpolable, match=told):
        optimum(D)
    loss = {"kind": "tolerance", "epsilon": "1/2"}
    with pytest.raises(NotInterpolable, match="within their tolerance: the conditions"):
        optimum(TrainingProblem(X, [-2, 4], loss=loss, **given))
