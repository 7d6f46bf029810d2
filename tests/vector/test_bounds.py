"""Dual points proved by cuts, without faces, against those that list them."""

import random
from fractions import Fraction as Q

import pytest

from polytope_nn.errors import Undecided
from polytope_nn.limits import Limits
from polytope_nn.vector.bounds import largest as bounds
from polytope_nn.vector.bounds import near as nears
from polytope_nn.vector.bounds.cuts import Cuts
from polytope_nn.vector.bounds.near import near_dual
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.gap import vector_gap, vector_residual_gap
from polytope_nn.vector.network import VectorNetwork
from polytope_nn.vector.oracle import Violation, oracle
from polytope_nn.vector.problem import VectorProblem

NEAR = Q(1, 10**8)
DEGENERATE = {
    "a zero row": ([[0, 0], [1, 2], [2, -1]], [[7, 1], [1, 2], [3, -1]]),
    "repeated and opposite rows": ([[1, 1], [1, 1], [-1, -1]], [[1, 2], [3, 1], [1, 1]]),
    "repeated rows that cancel": ([[1, 1], [1, 1], [1, 0]], [[1, 2], [-1, -2], [1, 1]]),
    "one feature": ([[1], [-2], [3]], [[1, 2], [2, 1], [-1, 1]]),
    "N of rank 1": ([[1, 0], [0, 1]], [[1, 2], [2, 4]]),
    "five outputs": ([[1, 0], [1, 1]], [[1, 2, 0, 1, 0], [2, 1, 1, 0, 0]]),
    "tiny samples": ([["1e-12", 0], ["1e-12", "2e-12"]], [[1, 2], [2, 1]]),
    "huge labels": ([[1, 0], [1, 2]], [["1e12", 0], [1, "1e12"]]),
    "scales apart": ([["1e-9", 0], [1, 2]], [[1, "1e9"], [2, 1]]),
}


@pytest.fixture
def without_faces(monkeypatch):
    monkeypatch.setattr(bounds, "_LISTED", 0)


@pytest.fixture
def rough(monkeypatch):
    """Few cuts: what they prove is a tenth of a per cent below the optimum, or better."""
    monkeypatch.setattr(nears, "_NEAR", Q(1, 10**4))
    monkeypatch.setattr(nears, "_CUTS", 25)


def instance(seed, n=6, d=2, c=2):
    r = random.Random(seed)  # noqa: S311 - data of a test
    X = [[r.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    return X, [[r.randint(-3, 3) for _ in range(c)] for _ in range(n)]


def largest_of_faces(problem, N):
    """The least square, up to a hair, at which the faces show no violation."""
    square = bounds.largest(problem, N, 0, NEAR).square
    assert not isinstance(oracle(problem.altered(beta_squared=square), N), Violation)
    below = problem.altered(beta_squared=square * (1 - NEAR))
    assert isinstance(oracle(below, N), Violation)
    return square


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("c", [2, 3])
def test_the_bound_of_cuts_is_that_of_faces(seed, c):
    problem = VectorProblem(*instance(seed, c=c), beta=1)
    listed = largest_of_faces(problem, problem.Y)
    square = Cuts(problem, problem.Y).square(40, NEAR)
    assert listed * (1 - 2 * NEAR) <= square <= listed * (1 + 10 * NEAR)


@pytest.mark.parametrize("name", DEGENERATE)
def test_the_bound_of_degenerate_data(name):
    problem = VectorProblem(*DEGENERATE[name], beta=1)
    listed = largest_of_faces(problem, problem.Y)
    square = Cuts(problem, problem.Y).square(40, NEAR)
    assert listed * (1 - 2 * NEAR) <= square <= listed * (1 + Q(1, 100))


def test_many_outputs_have_the_box_of_an_orthonormal_basis():
    X, Y = instance(1, c=8)
    problem = VectorProblem(X, Y, beta=1)
    cuts = Cuts(problem, problem.Y)
    basis = cuts.frame()
    for i, v in enumerate(basis):
        assert [sum(s * t for s, t in zip(v, w, strict=True)) for w in basis] == [
            int(i == j) for j in range(8)
        ]
    listed = largest_of_faces(problem, problem.Y)
    assert listed * (1 - NEAR) <= cuts.square(40, NEAR) <= 8 * listed


LOSSES = {
    "squared": {},
    "absolute": {"loss": "absolute"},
    "huber, affine": {"loss": {"kind": "huber", "delta": 1}, "skip": "affine"},
    "squared, bias and constant": {"bias": "penalised", "skip": "constant"},
}


@pytest.mark.usefixtures("rough")
@pytest.mark.parametrize(("listed", "near"), [(10**6, 1e-6), (0, 2e-3)])
@pytest.mark.parametrize("name", LOSSES)
def test_the_dual_point_is_feasible_and_near_the_optimum(name, listed, near, monkeypatch):
    monkeypatch.setattr(bounds, "_LISTED", listed)
    problem = VectorProblem(*instance(3, n=5), beta=2, **LOSSES[name])
    O = vector_optimum(problem)
    found = near_dual(problem, Limits())
    assert not isinstance(oracle(problem, found.N), Violation)
    for z in problem.free.columns:
        assert all(
            sum(t * row[j] for t, row in zip(z, found.N, strict=True)) == 0
            for j in range(2)
        )
    assert found.value <= O.value
    assert float(O.value) - float(found.value) < near * float(O.value)


@pytest.mark.usefixtures("without_faces", "rough")
def test_cross_entropies_are_near_too():
    Y = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]
    problem = VectorProblem(
        [[1, 2], [-2, 1], [1, -1], [0, 1]], Y, beta="1/5", loss="softmax"
    )
    value = float(vector_optimum(problem).value)
    found = float(near_dual(problem, Limits()).value)
    assert value - 4e-3 <= found <= value


NETWORK = {"neurons": [{"u": [1, "1/2"], "v": [1, -1]}, {"u": [-1, 1], "v": ["1/3", 1]}]}


@pytest.mark.usefixtures("without_faces", "rough")
def test_the_gap_is_to_a_dual_point_near_the_optimum():
    problem = VectorProblem(*instance(5, n=4), beta=2)
    network = VectorNetwork.from_json(NETWORK)
    found = vector_gap(problem, network)
    assert found.dual_point == "near optimum"
    assert found.bound is None
    true = float(network.objective(problem)) - float(vector_optimum(problem).value)
    assert true <= float(found.value) <= true * (1 + 2e-3)


@pytest.mark.usefixtures("without_faces", "rough")
@pytest.mark.parametrize("loss", ["squared", "absolute"])
def test_the_residual_is_bounded_by_cuts(loss, monkeypatch):
    problem = VectorProblem(*instance(5), beta=1, loss=loss)
    network = VectorNetwork.from_json(NETWORK)
    found = vector_residual_gap(problem, network)
    assert found.dual_point == "residual"
    monkeypatch.setattr(bounds, "_LISTED", 10**6)
    listed = vector_residual_gap(problem, network)
    assert listed.bound is not None
    assert float(found.value) == pytest.approx(float(listed.value), rel=1e-2)


@pytest.mark.usefixtures("without_faces", "rough")
def test_the_gap_of_an_optimal_network_is_small():
    problem = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1)
    best = {"neurons": [{"u": [4, 5], "v": ["4/5", 1]}, {"u": [1, 0], "v": ["9/5", 0]}]}
    found = vector_gap(problem, VectorNetwork.from_json(best))
    assert 0 <= float(found.value) < 2e-2


@pytest.mark.usefixtures("without_faces")
def test_beyond_seven_dimensions_quadratic_forms_bound_the_residual():
    X = [[int(i == j) for j in range(8)] for i in range(8)] + [[1] * 8]
    problem = VectorProblem(X, [[k, 9 - k] for k in range(9)], beta=20)
    assert vector_gap(problem, VectorNetwork(())).dual_point == "residual"
    square = Cuts(problem, problem.Y).square(40, NEAR)
    r = random.Random(8)  # noqa: S311 - data of a test
    directions = [*problem.X, *([r.randint(-2, 5) for _ in range(8)] for _ in range(60))]
    most = max(made_of(u, problem.Y, problem.X) for u in directions)
    assert most <= square <= 4 * most


def made_of(u, N, X):
    """What one direction makes of N, squared: no bound is below it."""
    seen = [max(Q(0), sum(s * t for s, t in zip(x, u, strict=True))) for x in X]
    h = [sum(s * row[j] for s, row in zip(seen, N, strict=True)) for j in range(2)]
    return sum(t * t for t in h) / sum(t * t for t in u)


BEYOND = "1" + "0" * 400
HARD = {
    "only zeros": ([[0, 0], [0, 0]], [[1, 2], [3, 4]]),
    "one point": ([[1, 2]], [[1, 2]]),
    "y* = 0": ([[1, 2], [3, 1]], [[0, 0], [0, 0]]),
    "fewer samples than features": ([[1, 2, 3, 4]], [[1, -1]]),
    "samples beyond floats": ([[BEYOND, 1], [1, 2]], [[1, 2], [2, 1]]),
    "samples below floats": ([[f"1/{BEYOND}", 0], [0, f"1/{BEYOND}"]], [[1, 2], [2, 1]]),
}


@pytest.mark.parametrize("listed", [0, 10**6])
@pytest.mark.parametrize("loss", ["squared", {"kind": "power", "p": 3}])
@pytest.mark.parametrize("name", HARD)
def test_a_gap_is_proved_or_undecided_whatever_the_data(name, loss, listed, monkeypatch):
    monkeypatch.setattr(bounds, "_LISTED", listed)
    problem = VectorProblem(*HARD[name], beta=1, loss=loss)
    try:
        found = vector_gap(problem, VectorNetwork(()))
    except Undecided:
        assert "floats" in name  # no accident
        return
    assert found.value >= 0
    assert found.dual <= found.primal
