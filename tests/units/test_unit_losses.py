"""Other losses with other units: no gap by the definitions, slots by brute force, refusals."""

from fractions import Fraction
from itertools import product
from math import exp
from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kinds import check
from polytope_nn.errors import NotAttained, NotInterpolable, NotOptimal
from polytope_nn.landscape.fits import fit_is_unique
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.slot_complex import slot_complex
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Threshold
from polytope_nn.problems.units.lasso import GroupLasso
from polytope_nn.search.finding import optimum
from tests.oracles.losses import cone_length, conjugate, loss
from tests.oracles.units import boxed, faces, slot_components

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
LOSSES = {
    "absolute": {},
    "huber": {"delta": "1/2"},
    "quantile": {"tau": "1/3"},
    "epsilon_insensitive": {"epsilon": "1/4"},
    "hinge": {},
    "squared_hinge": {},
    "logistic": {},
    "exponential": {},
    "poisson": {},
    "power": {"p": "4/3"},
    "interpolation": {},
    "tolerance": {"epsilon": "1/2"},
    "margin": {},
}
SIGNED = {"hinge", "squared_hinge", "logistic", "exponential", "margin"}
UNITS = {
    "threshold": {"activation": "threshold"},
    "threshold_open": {"activation": "threshold_open"},
    "l1": {"penalty": "l1"},
    "linf": {"penalty": "linf", "activation": "absolute"},
    "gates": {},
}


def drawn(kind, unit, seed):
    """Return a problem, or None where the labels cannot be fitted."""
    random = Random(f"{kind}{unit}{seed}")  # noqa: S311
    n, d = random.choice([(2, 1), (3, 2), (4, 2), (3, 3)])
    X = [[random.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-4, 4) for _ in range(n)]
    if kind in SIGNED:
        y = [1 if t > 0 else -1 for t in y]
    elif kind == "poisson":
        y = list(map(abs, y))
    fields = dict(UNITS[unit])
    if unit == "gates":
        fields["gates"] = [[random.randint(0, 1) for _ in range(n)] for _ in range(4)]
    return TrainingProblem(
        X,
        y,
        beta=random.choice(["1/5", "1/2", 1]),
        loss={"kind": kind, **LOSSES[kind]},
        weights=[random.choice([1, 1, 2, "1/2"]) for _ in range(n)],
        bias=random.choice(["none", "none", "penalised"]),
        **fields,
    )


def output(problem, atom):
    """Return what a neuron in the direction of an atom answers, and what it costs."""
    X = [[float(t) for t in x] for x in problem.plain_design]
    w = [float(t) for t in atom.g]
    values = [sum(s * t for s, t in zip(x, w, strict=True)) for x in X]
    beta = float(problem.beta_squared) ** 0.5
    a = problem.activation
    if isinstance(a, Threshold):
        exact = [
            sum(s * t for s, t in zip(x, atom.g, strict=True)) for x in problem.plain_design
        ]
        return [float(t >= 0 if a.closed else t > 0) for t in exact], beta
    size = {
        "l1": sum(map(abs, w)),
        "linf": max(map(abs, w)),
        "l2": sum(t * t for t in w) ** 0.5,
    }[problem.penalty]
    return [float(a.right if t > 0 else a.left) * t for t in values], beta * size


def largest(problem, kappa):
    """Return the largest ``kappa'F`` of a neuron of cost 1 per unit of beta, by brute force."""
    X = problem.plain_design
    a = problem.activation
    found = []
    if problem.gates is not None:
        for mask in problem.gates:
            g = [sum(k * b * float(x[j]) for k, b, x in zip(kappa, mask, X, strict=True))
                 for j in range(len(X[0]))]  # fmt: skip
            found.append(sum(t * t for t in g) ** 0.5)
        return max(found)
    for sigma in faces(X) if any(map(any, X)) else {(0,) * len(X)}:
        if isinstance(a, Threshold):
            least = 0 if a.closed else 1
            found.append(
                abs(sum(k for k, s in zip(kappa, sigma, strict=True) if s >= least))
            )
            continue
        slopes = [float({1: a.right, -1: a.left, 0: 0}[s]) for s in sigma]
        rows = list(zip(kappa, slopes, X, strict=True))
        p = [sum(k * t * float(x[j]) for k, t, x in rows) for j in range(len(X[0]))]
        cone = [
            [-s * float(t) for t in x]
            for s, x in zip(sigma, X, strict=True)
            if s and any(x)
        ]
        flat = [
            [float(t) for t in x] for s, x in zip(sigma, X, strict=True) if not s and any(x)
        ]
        found += [_most([s * t for t in p], cone, flat, problem.penalty) for s in (1, -1)]
    return max(found)


def _most(p, cone, flat, name):
    """Return ``max p'u`` over a cone and the unit ball of a norm: a linear program."""
    d = len(p)
    if name == "linf":
        bounds, A, b = [(-1, 1)] * d, [row + [0] * d for row in cone], [0] * len(cone)
        bounds += [(0, 0)] * d
    else:
        bounds = [(-1, 1)] * d + [(0, 1)] * d
        A = [row + [0] * d for row in cone]
        for j, s in product(range(d), (1, -1)):
            A.append([s * (i == j) for i in range(d)] + [-int(i == j) for i in range(d)])
        A.append([0] * d + [1] * d)
        b = [0] * (len(A) - 1) + [1]
    solved = linprog(
        [-t for t in p] + [0] * d, A_ub=A or None, b_ub=b or None, bounds=bounds,
        A_eq=[row + [0] * d for row in flat] or None, b_eq=[0] * len(flat) or None,
    )  # fmt: skip
    return -solved.fun


def require_no_gap(problem, O):
    """Weak duality: a network and a feasible kappa with equal values prove both optimal."""
    fit, cost = [0.0] * problem.n, 0.0
    for c, atom in zip(O.weights, O.atoms, strict=True):
        assert float(c) >= 0
        if problem.gates is None:
            answers, price = output(problem, atom)
        else:
            answers = [atom.sign * float(t) for t in atom.feature]
            price = float(problem.beta_squared)
        fit = [z + float(c) * atom.sign * t for z, t in zip(fit, answers, strict=True)]
        cost += float(c) * price
    kind = getattr(problem.loss, "kind", "interpolation")
    values = getattr(problem.loss, "values", ()) or (0,) * problem.n
    weights = map(float, problem.weights)
    rows = list(zip(map(float, problem.y), weights, map(float, values), strict=True))
    primal = cost + sum(loss(kind, z, *row) for z, row in zip(fit, rows, strict=True))
    kappa = [float(k) for k in O.kappa]
    dual = -sum(conjugate(kind, k, *row) for k, row in zip(kappa, rows, strict=True))
    assert primal == pytest.approx(dual, abs=1e-7)
    assert primal == pytest.approx(float(O.value), abs=1e-8)
    assert largest(problem, kappa) <= float(problem.beta_squared) ** 0.5 + 1e-9


def require_slots(problem, O):
    """The staircase, or the slot complex up to order, against all tuples of cells."""
    features = {i: a.feature for i, a in enumerate(O.atoms)}
    box = O.interval
    known = all(isinstance(t, Fraction) for ends in box for t in ends if t is not None)
    if O.level == "interval" or not known:
        return False
    rays, always, fit = boxed(features, problem.free.columns, box)
    cells = getattr(O, "cells", None) if problem.penalty != "l2" else None
    S = slot_complex(O) if cells is not None else optimal_polytope(O).staircase
    if S.m_star == 0:
        assert S[2].components == 1
        return False
    for m in (1, 2, 3):
        groups = cells if cells is not None else [{i} for i in features]
        if len(groups) ** m > 300:
            break
        counted = slot_components(groups, rays, fit, m, always)
        assert counted == (S[m].components if m >= S.m_star else 0)
    return True


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", LOSSES)
def test_no_gap_and_the_slots(kind, unit):
    checked(kind, unit, 0)


@pytest.mark.deep
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("seed", range(1, 6))
def test_many_have_no_gap(kind, unit, seed):
    checked(kind, unit, seed)


def checked(kind, unit, seed):
    """Find the optimum of random data, and check it; labels may be impossible to fit."""
    problem = drawn(kind, unit, seed)
    try:
        O = optimum(problem)
    except NotInterpolable:
        assert kind in {"interpolation", "tolerance", "margin"}
        return
    require_no_gap(problem, O)
    require_slots(problem, O)


def test_slots_of_boxes():
    """Planted so that fits are not unique: a box belongs to kappa, and a polytope to it."""
    D = TrainingProblem(
        SQUARE, [2, 2, 3, 3], beta=1, loss="absolute", weights=[2, 2, 1, 1], penalty="l1"
    )
    O = optimum(D)
    assert (O.level, list(O.kappa)) == ("exact", [1, 1, 1, 1])
    assert not fit_is_unique(O)
    assert require_slots(D, O)
    gates = [[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]]
    for activation in ({"gates": gates}, {"activation": "threshold_open"}):
        E = TrainingProblem(
            SQUARE, [2, 2, 3, 3], beta_squared=2 if "gates" in activation else 4,
            loss="absolute", weights=[2, 2, 1, 1], **activation,
        )  # fmt: skip
        O = optimum(E)
        require_no_gap(E, O)
        assert require_slots(E, O)


def test_the_hexagon_of_thresholds():
    """A-abs-1 with the open threshold's four columns: m* = M* = 2, and 4, 2, 1 components."""
    D = TrainingProblem(
        SQUARE, [2, 2, 3, 3], beta=2, loss="absolute", weights=[2, 2, 1, 1],
        activation="threshold_open",
    )  # fmt: skip
    P = optimal_polytope(optimum(D))
    assert list(P.kappa) == [1, 1, 1, 1]
    assert P.n_vertices == 6
    assert P.staircase.minimal_supports == {2: 2}
    assert [step.components for step in P.staircase] == [4, 2, 1]


@pytest.mark.parametrize("kind", ["logistic", "exponential", "poisson", "squared_hinge"])
@pytest.mark.parametrize("unit", ["threshold", "l1"])
def test_a_smooth_solver_finds_the_value(kind, unit):
    """scipy's L-BFGS over the masses of all columns, from 0."""
    problem = drawn(kind, unit, 7)
    O = optimum(problem)
    columns = _columns(problem)
    y, w = [float(t) for t in problem.y], [float(t) for t in problem.weights]
    beta = float(problem.beta_squared) ** 0.5

    def objective(c):
        fit = [
            sum(x * F[k] for x, F in zip(c, columns, strict=True)) for k in range(problem.n)
        ]
        return sum(map(loss, [kind] * problem.n, fit, y, w)) + beta * sum(c)

    found = minimize(
        objective, [0.0] * len(columns), method="L-BFGS-B",
        bounds=[(0, None)] * len(columns), options={"ftol": 1e-15, "gtol": 1e-9},
    )  # fmt: skip
    assert float(O.value) == pytest.approx(found.fun, abs=1e-6)
    assert float(O.value) <= found.fun + 1e-9


def _columns(problem):
    X = problem.plain_design
    found = set()
    for sigma in faces(X) if any(map(any, X)) else {(0,) * len(X)}:
        if isinstance(problem.activation, Threshold):
            found.add(tuple(float(s >= 0) for s in sigma))
    if not isinstance(problem.activation, Threshold):
        found = {tuple(map(float, a)) for a in _ray_features(problem)}
    return [tuple(s * t for t in F) for F in sorted(found) for s in (1, -1)]


def _ray_features(problem):
    from polytope_nn.search.units.cells import fan_of

    fan = fan_of(problem.plain_design, problem.activation, problem.penalty)
    return {ray.feature for ray in fan.rays if ray.sign > 0}


def test_planted_logarithms_are_exact():
    """Logistic with the open threshold on the square: kappa = 1/3 and fits ln 2, as A-log."""
    D = TrainingProblem(
        SQUARE, [1] * 4, beta="2/3", loss="logistic", activation="threshold_open"
    )
    O = optimum(D)
    assert (O.level, [str(t) for t in O.kappa]) == ("exact", ["1/3"] * 4)
    assert [repr(z) for z in O.fit] == ["1*ln(2)"] * 4
    P = optimal_polytope(O)
    assert [step.components for step in P.staircase] == [4, 2, 1]
    l1 = TrainingProblem(SQUARE, [1] * 4, beta="1/3", loss="logistic", penalty="l1")
    S = slot_complex(l1)
    assert [S[m].components for m in (2, 3, 4)] == [4, 1, 1]


BLOCKS = [
    {"A": [[1, 2], [0, 1], [1, -1]], "cone": [[1, 0]]},
    {"A": [[1], [1], [2]], "norm": "l1", "signs": "+-"},
    {"A": [[2, 0], [1, 1], [0, 3]], "norm": "linf"},
]


@pytest.mark.parametrize("kind", LOSSES)
def test_a_group_lasso_has_no_gap(kind):
    y = [1, -1, 1] if kind in SIGNED else [3, 1, 2]
    given = {"kind": kind, **LOSSES[kind]}
    L = GroupLasso(BLOCKS, y, beta="1/3", loss=given)
    O = optimum(L)
    kappa = [float(k) for k in O.kappa]
    for block in L.blocks:
        for sign in block.signs:
            p = [
                sign * sum(k * float(row[j]) for k, row in zip(kappa, block.A, strict=True))
                for j in range(block.p)
            ]
            if block.norm == "l2":
                length = cone_length([[float(t) for t in row] for row in block.cone], p)
            else:
                length = max(map(abs, p)) if block.norm == "l1" else sum(map(abs, p))
            assert length <= 1 / 3 + 1e-9
    fit, cost = [0.0] * 3, 0.0
    for c, a, i in zip(O.weights, O.atoms, O.owners, strict=True):
        u = [float(c) * float(t) for t in a.g]
        fit = [
            z + a.sign * sum(float(s) * t for s, t in zip(row, u, strict=True))
            for z, row in zip(fit, L.blocks[i].A, strict=True)
        ]
        size = {"l2": sum(t * t for t in u) ** 0.5, "l1": sum(map(abs, u))}
        cost += size.get(L.blocks[i].norm, max(map(abs, u))) / 3
    t = float(Fraction(next(iter(LOSSES[kind].values()), 0)))
    rows = [(float(label), 1.0, t) for label in y]
    primal = cost + sum(loss(kind, z, *row) for z, row in zip(fit, rows, strict=True))
    dual = -sum(conjugate(kind, k, *row) for k, row in zip(kappa, rows, strict=True))
    assert primal == pytest.approx(dual, abs=1e-7)
    assert primal == pytest.approx(float(O.value), abs=1e-8)


def test_no_minimum_no_fit_and_a_wrong_kappa():
    for unit, fixed in UNITS.items():
        fields = {**fixed, **({"gates": [[1, 1]]} if unit == "gates" else {})}
        never = TrainingProblem(
            [[1], [2]], [1, 1], beta=1, loss="logistic", skip="constant", **fields
        )
        with pytest.raises(NotAttained, match="no optimum is attained"):
            optimum(never)
        twice = TrainingProblem([[1], [1]], [1, -1], beta=1, loss="margin", **fields)
        with pytest.raises(NotInterpolable, match="no network of any width fits"):
            optimum(twice)
        hinge = TrainingProblem([[1], [2]], [1, 1], beta=9, loss="hinge", **fields)
        with pytest.raises(NotOptimal, match="kappa, entry 1: 5 is outside"):
            optimum(hinge, kappa=[5, 0])
    cone = {"A": [[1], [1]], "cone": [[1]]}
    with pytest.raises(NotInterpolable):
        optimum(GroupLasso([cone], [-1, -1], beta=1, loss="interpolation"))
    assert optimum(GroupLasso([cone], [2, 2], beta=1, loss="interpolation")).fit == (2, 2)


def test_degenerate_data():
    """Zero and repeated samples, one sample, labels of 0."""
    for unit in ("threshold", "l1", "gates"):
        fields = {**UNITS[unit], **({"gates": [[1, 1, 1]]} if unit == "gates" else {})}
        for kind in ("absolute", "logistic", "interpolation"):
            y = [1, 1, 1] if kind == "logistic" else [0, 0, 0]
            D = TrainingProblem([[0, 0], [1, 2], [1, 2]], y, beta=3, loss=kind, **fields)
            O = optimum(D)
            require_no_gap(D, O)
            assert O.vanishes
    one = TrainingProblem([[2]], [5], beta=1, loss={"kind": "power", "p": 4}, penalty="l1")
    require_no_gap(one, optimum(one))


def test_a_tied_pattern_of_no_weight_that_floats_give_one():
    """A label 0 of |z|^4/4 is fitted: there kappa is 0 to 11 digits, but z to 4 alone."""
    D = TrainingProblem(
        [[0, -1], [0, -2], [1, 0], [0, 1], [1, 1], [0, -1]],
        [1, 0, -1, 0, 0, 1],
        beta="1/10",
        loss={"kind": "power", "p": 4},
        activation="threshold_open",
    )
    O = optimum(D)
    assert (O.kappa[3], O.fit[3], len(O.atoms), O.level) == (0, 0, 3, "interval")
    assert sorted(c > 0 for c in O.weights) == [False, True, True]
    check(certify(O).to_json())


@pytest.mark.parametrize("penalty", ["l1", "linf"])
def test_a_kappa_far_below_rounding(penalty):
    """A fit of -85 under the exponential loss: kappa = e^-85, which no conic dual shows."""
    x = ["0.2658", "-1.2212", "-0.0369", "-0.1082", "-0.3047", "2.549", "-1.6964"]
    D = TrainingProblem(
        [[t] for t in x],
        [-1, -1, 1, -1, -1, -1, -1],
        beta="1/100",
        loss="exponential",
        bias="penalised",
        skip="constant",
        penalty=penalty,
    )
    O = optimum(D)
    for y, z, kappa in zip(D.y, O.fit, O.kappa, strict=True):
        assert float(kappa) == pytest.approx(float(y) * exp(-float(y * z)), rel=1e-9)
    assert 0 < -float(O.kappa[-1]) < 1e-35


def test_a_power_near_the_absolute_loss():
    """Newton's method in the fits goes from r to -4r at p = 6/5; that in kappa settles."""
    X = [
        ["3.8", "2.7", "-2.0"],
        ["2.8", "3.1", "2.4"],
        ["1.5", "-0.8", "0.8"],
        ["0.4", "-2.8", "-0.5"],
        ["0.7", "-0.6", "1.2"],
        ["2.8", "2.1", "0.1"],
        ["2.4", "1.7", "-2.5"],
        ["2.2", "-1.5", "-4.0"],
        ["-0.8", "-3.8", "-4.0"],
    ]
    y = ["-1.7", "-4.3", "-5.7", "5.2", "-4.1", "2.5", "5.7", "1.6", "0.8"]
    loss = {"kind": "power", "p": "6/5"}
    D = TrainingProblem(X, y, beta="1/2", loss=loss, penalty="l1")
    require_solved(optimum(D), Fraction("6/5"))


def require_solved(O, p):
    """Kappa is the slope of the loss at the fit, and no neuron is longer than beta in floats."""
    kappa = np.array([float(t) for t in O.kappa])
    for y, z, t in zip(O.problem.y, O.fit, kappa, strict=True):
        r = float(y - z)
        assert t == pytest.approx(np.sign(r) * abs(r) ** (float(p) - 1), rel=1e-6, abs=1e-6)
    X = np.array([[float(t) for t in row] for row in O.problem.X])
    drawn = np.random.default_rng(0).uniform(-1, 1, (20_000, 3))
    drawn /= np.abs(drawn).sum(axis=1, keepdims=True)  # the unit sphere of the penalty
    longest = np.abs(np.maximum(drawn @ X.T, 0) @ kappa).max()
    assert 0.499 < longest < 0.5 + 1e-9


def test_gates_that_a_constant_makes_equal():
    """kappa = (k, -k): the gates 11 and 01 have k(-2, 1, 0) and k(0, -1, 2), of one length.

    Their features differ by the constant, as they do for the squared loss, where all is exact.
    """
    data = {"X": [[-2, 2, -2], [0, 1, -2]], "y": [1, -1], "beta": Fraction(1, 3)}
    gates = {"gates": [[0, 0], [1, 1], [0, 1]], "skip": "constant"}
    near, plain = (
        optimal_polytope(TrainingProblem(**data, **gates, loss=loss))
        for loss in ("exponential", "squared")
    )
    k = 1 / (3 * 5**0.5)
    assert [float(t) for t in near.kappa] == pytest.approx([k, -k])
    assert [float(z) for z in near.optimum.fit] == pytest.approx([-np.log(k), np.log(k)])
    for P in (near, plain):
        assert (len(P.atoms), P.rank, P.dim, len(P.vertices)) == (2, 1, 1, 2)
        assert len(P.supports) == 2
