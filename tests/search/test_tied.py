"""Ties that hold on a subspace of dual variables: what features of more than two atoms share."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from polytope_nn import TrainingProblem, optimal_polytope
from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kinds import check
from polytope_nn.dual.system import Semidefinite
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.problems.losses.smooth import Logistic, Poisson, Power

# loss, its parameters, unit, bias, skip, beta, X, y, and (atoms, dimension of P, vertices)
CASES = {
    "a constant makes two forms equal": (
        ("logistic", {}, {"slopes": [1, "1/3"]}, "penalised", "constant", "3/7"),
        ([[-1], [-1], [1]], [-1, 1, 1]),
        (2, 1, 2),
    ),
    "labels odd about a constant, a power at rest": (
        ("power", {"p": "5/2"}, "absolute", "none", "constant", 1),
        ([[-1, 1, 1], [1, 0, -1], [1, 1, -1]], [1, 2, 3]),
        (4, 3, 4),
    ),
    "three neurons of one weight beside two that two samples tell apart": (
        ("logistic", {}, "relu", "none", "none", "1/4"),
        ([[1, 2, 1], [1, 1, 1], [0, 0, 0], [2, 0, 0], [0, 0, 2]], [-1, 1, 1, -1, -1]),
        (5, 2, 5),
    ),
    "two samples of one row beside a linear skip": (
        ("power", {"p": "5/2"}, "absolute", "none", "linear", "1/10"),
        (
            [[-1, 2, 0], [1, 1, 0], [0, 0, 1], [1, 0, -1], [-1, 1, 1], [-1, 2, 0]],
            [-1, -2, -1, 2, -2, 1],
        ),
        (4, 2, 4),
    ),
    "a square of leaky units: the weights of an orbit are one number": (
        ("exponential", {}, {"slopes": [1, "1/3"]}, "none", "none", "1/4"),
        ([[1, 0], [0, 1], [-1, 0], [0, -1]], [1, 1, 1, 1]),
        (4, 1, 2),
    ),
    "a triangle of leaky units, two labels alike": (
        ("poisson", {}, {"slopes": [1, "1/3"]}, "none", "none", 1),
        ([[1, -1, 0], [0, 1, -1], [-1, 0, 1]], [4, 2, 2]),
        (6, 3, 5),
    ),
    "samples whose kappa is 0, axes orthogonal": (
        ("poisson", {}, "absolute", "none", "none", 1),
        ([[1, 0, 0], [0, 1, -1], [1, 1, 2], [0, -1, 0], [0, 0, -1]], [2] * 5),
        (8, 5, 16),
    ),
    "the roots of A_2, a vertex for each of two triangles": (
        ("exponential", {}, "relu", "none", "none", "1/2"),
        (
            [[1, -1, 0], [0, 1, -1], [-1, 0, 1], [-1, 1, 0], [0, -1, 1], [1, 0, -1]],
            [1] * 6,
        ),
        (6, 1, 2),
    ),
    "labels that differ by what two features make": (
        ("power", {"p": "4/1"}, "relu", "none", "none", "1/3"),
        ([[0, 1], [1, 0], [1, 1], [0, -1], [-1, 0], [-1, -1]], [2, 3, 2, 3, 2, 3]),
        (4, 0, 1),
    ),
    "kappa in a number field, fits of logarithms": (
        ("poisson", {}, "relu", "penalised", "constant", "1/1000"),
        ([[3], [-1], [0], [-3]], [2, 1, 0, 0]),
        (4, 1, 2),
    ),
    "kappa in a number field, fits of roots": (
        ("power", {"p": "3/1"}, "relu", "penalised", "constant", "1/2"),
        ([[-9], [-9], [-3], [-4], [3]], [-3, 0, -1, 3, 4]),
        (4, 1, 2),
    ),
    "more relations than features are independent": (
        ("logistic", {}, "relu", "none", "none", "1/2"),
        (
            [[0, 2, -2], [1, 2, 2], [0, 2, 2], [0, -2, 2], [-1, -2, -2], [0, -2, -2]],
            [1] * 6,
        ),
        (4, 1, 2),
    ),
    "sums of equations of which one is of one face": (
        ("logistic", {}, "relu", "none", "none", "1/2"),
        ([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]], [-1, 1, -1]),
        (4, 1, 2),
    ),
    "two walls of leaky units squeeze an entry of kappa": (
        ("absolute", {}, {"slopes": [1, "1/3"]}, "none", "none", "1/10"),
        ([[-1, -1, 1], [1, -1, 0], [1, 1, 1], [0, -1, -1]], [4, 0, 3, 4]),
        (2, 0, 1),
    ),
    "a squeezed entry beside one that two equal rows share": (
        ("absolute", {}, {"slopes": [1, "1/3"]}, "penalised", "none", "1/2"),
        (
            [[1, 0, -1], [0, -1, 1], [-1, 0, 0], [0, 1, -1], [-1, -1, 0], [-1, -1, 0]],
            [0, 4, 3, 4, 0, 0],
        ),
        (3, 0, 1),
    ),
    "three samples whose kappa is one number, four atoms of one weight": (
        ("logistic", {}, "relu", "none", "none", "1/10"),
        ([[0, -1], [0, 1], [1, 1], [0, 1], [1, -1], [-1, 0]], [1] * 6),
        (8, 3, 4),
    ),
    "opposite atoms of one weight beside a constant": (
        ("exponential", {}, "absolute", "penalised", "constant", "1/10"),
        ([[0, 0], [1, 0], [0, 1], [2, 2]], [1, 1, -1, 1]),
        (8, 5, 16),
    ),
    "two samples that all atoms see alike, on a wall of one that none sees": (
        ("poisson", {}, "relu", "none", "none", 1),
        (
            [[1, -1, 0], [0, 1, -1], [1, 0, -1], [-1, 1, 0], [0, -1, 1], [-1, 0, 1]],
            [0, 3, 3, 2, 0, 1],
        ),
        (2, 0, 1),
    ),
}


def losses(D, kind, parameters, z):
    """Return the loss of a fit in floats, by the definition of the loss."""
    y = np.array([float(t) for t in D.y])
    if kind == "logistic":
        return np.log1p(np.exp(-y * z)).sum()
    if kind == "exponential":
        return np.exp(-y * z).sum()
    if kind == "poisson":
        return (np.exp(z) - y * z).sum()
    if kind == "absolute":
        return abs(z - y).sum()
    p = eval_fraction(parameters["p"])
    return (abs(z - y) ** p).sum() / p


def supports_by_definition(features, fit):
    """Return the sets of independent features that make the fit, of weights > 0, in floats."""
    found = set()
    for size in range(1, np.linalg.matrix_rank(features, tol=1e-9) + 1):
        for at in combinations(range(len(features)), size):
            F = features[[*at]].T
            c = np.linalg.lstsq(F, fit, rcond=None)[0]
            made = abs(F @ c - fit).max() < 1e-9
            if made and c.min() > 1e-9 and np.linalg.matrix_rank(F, tol=1e-9) == size:
                found.add(at)
    return found


def eval_fraction(word):
    num, den = word.split("/")
    return int(num) / int(den)


def unit_of(activation, t):
    right, left = {"absolute": (1, -1), "relu": (1, 0)}.get(str(activation), (1, 1 / 3))
    return np.where(t > 0, right * t, left * t)


SLOW = {name for name in CASES if "squeeze" in name}
CERTIFIED = set(CASES) - {"a squeezed entry beside one that two equal rows share"}


@pytest.mark.parametrize(
    "name", [pytest.param(x, marks=pytest.mark.deep) if x in SLOW else x for x in CASES]
)
def test_every_vertex_is_an_optimal_network_of_a_feasible_kappa(name):
    (kind, parameters, unit, bias, skip, beta), (X, y), (atoms, dim, vertices) = CASES[name]
    loss = {"kind": kind, **parameters} if parameters else kind
    D = TrainingProblem(X, y, beta=beta, loss=loss, activation=unit, bias=bias, skip=skip)
    P = optimal_polytope(D)
    assert (len(P.atoms), P.dim, len(P.vertices)) == (atoms, dim, vertices)
    rows = np.array(X, float)
    design = np.c_[rows, np.ones(len(X))] if bias == "penalised" else rows
    free = {"none": rows[:, :0], "constant": np.ones((len(X), 1)), "linear": rows}[skip]
    square, value = float(D.beta_squared), nearest_float(P.optimum.value)
    # the dual: no direction exceeds beta, what is free is orthogonal
    kappa = np.array([nearest_float(t) for t in P.kappa])
    assert abs(free.T @ kappa).max(initial=0) < 1e-12
    G = np.random.default_rng(0).standard_normal((20_000, design.shape[1]))
    pulls = unit_of(unit, design @ G.T).T @ kappa
    assert (abs(pulls) <= square**0.5 * np.linalg.norm(G, axis=1) * (1 + 1e-12)).all()
    # the primal: each vertex as a network, with the best coefficients of what is free
    fit = np.array([nearest_float(t) for t in P.optimum.fit])
    left = np.eye(len(X)) - free @ np.linalg.pinv(free)
    rows = [
        left @ (a.sign * unit_of(unit, design @ [nearest_float(t) for t in a.g]))
        for a in P.atoms
    ]
    supports = {tuple(i for i, c in enumerate(v) if c) for v in P.vertices}
    assert supports == supports_by_definition(np.array(rows), left @ fit)
    for vertex in P.vertices:
        made = np.zeros(len(X))
        for a, c in zip(P.atoms, vertex, strict=True):
            g = np.array([nearest_float(t) for t in a.g])
            made += a.sign * nearest_float(c) * unit_of(unit, design @ g)
            assert np.linalg.norm(g) == pytest.approx(square**0.5, rel=1e-12)
        beside = np.linalg.lstsq(free, fit - made, rcond=None)[0] if free.size else []
        z = made + free @ beside
        assert z == pytest.approx(fit, abs=1e-11)
        cost = square * sum(map(nearest_float, vertex))
        assert losses(D, kind, parameters, z) + cost == pytest.approx(value, rel=1e-11)
    if name not in CERTIFIED:  # it rests on walls
        with pytest.raises(Undecided, match=r"have independent features|is refused"):
            certify(P)
    else:
        check(certify(P).to_json())


@pytest.mark.parametrize(
    ("X", "y", "p"),
    [([[1, 1], [0, 0]], [2, -2], 3), ([[-1, 0, 0], [0, -1, -1]], [3, -1], "5/2")],
)
def test_atoms_of_an_even_unit_share_a_weight_in_certificates(X, y, p):
    loss = {"kind": "power", "p": p}
    D = TrainingProblem(X, y, beta=2 if p == 3 else "1/2", loss=loss, activation="absolute")
    certificate = certify(optimal_polytope(D))
    check(certificate.to_json())
    assert certificate.kind == "enclosed"


@pytest.mark.parametrize("loss", ["logistic", "exponential"])
def test_orbits_of_one_form_share_a_weight(loss):
    """Neurons of one sample and of two are tied together: theta is the sum of their weights.

    P is the triangle's (THEORY §11) but for a factor, and so is the staircase.
    """
    X = [[1, -1, 0], [0, 1, -1], [-1, 0, 1]]
    P = optimal_polytope(TrainingProblem(X, [1, 1, 1], beta="1/2", loss=loss))
    S = P.staircase
    assert sorted(v.bit_count() for v in P.supports) == [2, 2, 2, 3, 3]
    assert [(step.width, step.components) for step in S] == [(2, 6), (3, 15), (4, 1)]
    check(certify(P).to_json())


@pytest.mark.parametrize("loss", ["logistic", "exponential"])
def test_opposite_atoms_of_a_hexagon_end_their_intervals_together(loss):
    """The roots of A_2, equal labels: kappa is one number, and P that of the squared loss."""
    X = [[1, -1, 0], [0, 1, -1], [-1, 0, 1], [-1, 1, 0], [0, -1, 1], [1, 0, -1]]
    P = optimal_polytope(TrainingProblem(X, [1] * 6, beta="1/2", loss=loss))
    plain = optimal_polytope(TrainingProblem(X, [5] * 6, beta="1/2"))
    assert (len(P.atoms), P.dim, len(P.vertices)) == (6, 1, 2)
    assert sorted(P.supports) == sorted(plain.supports)
    # |x_1 + x_2 + x_3| = 2 sqrt 2 for the three rows on one side of a wall
    assert [nearest_float(t) for t in P.kappa] == pytest.approx([0.5 / 8**0.5] * 6)


def of(kind, *numbers):
    y, *p = map(Fraction, numbers)
    return kind(y, Fraction(1), *p)


@pytest.mark.parametrize(
    ("curves", "forms"),
    [
        (
            [of(Logistic, y) for y in (1, 1, -1, 1)],
            [(-1, 1, 0, 0), (1, 0, 1, 0), (0, 1, 1, 0)],
        ),
        ([of(Logistic, y) for y in (1, -1, 1, 1)], [(0, 1, 1, 0)]),
        ([of(Poisson, 1), of(Poisson, 1), of(Poisson, -1), of(Poisson, 1)], [(-1, 1, 0, 0)]),
        ([of(Power, 2, 3), of(Power, 2, 4), of(Power, -2, 3), of(Power, 2, 3)], [(1, 0, 1, 0)]),
        ([], [(-1, 1, 0, 0)]),
    ],
)  # fmt: skip
def test_samples_that_factors_see_alike_have_one_kappa(curves, forms):
    """Rows 1 and 2 are one, row 3 is their opposite, and nothing sees row 4."""
    V = tuple((Fraction(t), Fraction(2 * t)) for t in (1, 1, -1, 0))
    slopes = (Fraction(not curves),) * 4
    S = Semidefinite(
        tuple(map(Fraction, (1, 1, 1, 0))), slopes, 1, (V,), curves=tuple(curves)
    )
    assert S.alike == tuple(map(tuple, forms))
