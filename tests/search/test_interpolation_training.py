"""Training with a free part: optimality re-checked from the neurons, value by a conic solver."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from polytope_nn.errors import NotOptimal, UnboundedError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.functions.attained import is_attained
from polytope_nn.functions.piecewise_linear import represented
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.landscape.optimal_set import free_part_optimum, optimal_polytope
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from tests.oracles.conic import least, over_cones


def conic_objective(problem, skip):
    """The primal over all topes of the rows that neurons see, with what is free."""
    biased, loose = problem.bias != "none", problem.bias == "free"
    rows = [(*x, 1) if biased else x for x in problem.X]
    X = np.array(rows, dtype=float)
    n, d = X.shape
    free = X[:, : d - biased] if skip != "none" else np.zeros((n, 0))
    if loose or skip == "affine":
        free = np.c_[free, np.ones(n)]
    patterns = np.array(arrangement(rows).patterns)
    cones = [(p, s) for p in patterns if not loose or (p < 0).any() for s in (1, -1)]
    if loose:
        cones += [(None, 1), (None, -1)]  # linear neurons; their constant is free
    start, beta = n + free.shape[1], float(problem.beta_squared) ** 0.5
    q, made, *neurons = over_cones(X, cones, start, beta, loose)
    labels = [float(y) for y in problem.y]
    curved = np.r_[[float(w) for w in problem.weights], np.zeros(len(q) - n)]
    return least(q, np.hstack([np.eye(n), free, made]), labels, neurons, curved)


def holds(x, value):
    return value in x if isinstance(x, Ball) else x == value


def check(problem, solved):
    value = float(solved.optimum.value)
    reference = conic_objective(problem, solved.problem.skip)
    assert abs(value - reference) <= 1e-8 * max(1, abs(reference))
    assert all(holds(dot(z, solved.kappa), 0) for z in solved.problem.free.columns)
    for a in solved.atoms:
        priced = a.g[:-1] if problem.bias == "free" else a.g
        assert holds(squared_norm(priced) - problem.beta_squared, 0)
        assert holds(dot(solved.kappa, a.feature) - problem.beta_squared, 0)
    residuals = zip(solved.kappa, problem.weights, problem.y, solved.b, strict=True)
    assert all(holds(y - fit - t / w, 0) for t, w, y, fit in residuals)
    for c in solved.vertices[:5]:
        f = represented(solved, solved.point(c))
        for x, fit in zip(problem.X, solved.b, strict=True):
            assert holds(f(x) - fit, 0)
        assert holds(problem.beta_squared * sum(c, Fraction(0)) - solved.cost, 0)


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("beta", ["1/10", "1", "4"])
def test_random_problems(d, beta):
    random = Random(f"{d} {beta}")  # noqa: S311 - reproducible data
    for _ in range(3):
        X = [[random.randint(-5, 5) for _ in range(d)] for _ in range(5)]
        y = [random.randint(-5, 5) for _ in range(5)]
        problem = TrainingProblem(X, y, beta=beta, bias="free")
        check(problem, free_part_optimum(problem))


def test_weights_and_an_irrational_beta():
    X, y = [[-1], [0], [1], [3]], [2, 0, 1, -1]
    weighted = TrainingProblem(X, y, beta="1/3", weights=[1, 2, "1/2", 3], bias="free")
    check(weighted, free_part_optimum(weighted))
    rooted = TrainingProblem(X, y, beta_squared="1/2", bias="free")
    solved = free_part_optimum(rooted)
    check(rooted, solved)
    assert not all(isinstance(t, Fraction) for t in solved.kappa)


def test_a_large_beta_leaves_the_mean():
    problem = TrainingProblem([[1], [2], [4]], [1, 2, 6], beta=100, bias="free")
    solved = free_part_optimum(problem)
    assert solved.vanishes
    assert solved.b == (3, 3, 3)
    assert solved.optimum.value == Fraction(4 + 1 + 9, 2)
    assert not is_attained(solved)
    centred = TrainingProblem([[1], [2], [4]], [-2, -1, 3], beta=100, bias="free")
    assert is_attained(free_part_optimum(centred))
    weighted = TrainingProblem([[1], [2]], [0, 3], beta=100, weights=[2, 1], bias="free")
    assert free_part_optimum(weighted).b == (1, 1)


def test_uniqueness_and_widths_of_a_trained_network():
    problem = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    solved = free_part_optimum(problem)
    check(problem, solved)
    assert solved.optimum.value == 2
    answer = uniqueness(solved)
    for f in (answer.witness.first, answer.witness.second) if answer.witness else ():
        assert [f(x) for x in problem.X] == list(solved.b)
    with pytest.raises(UnboundedError):
        _ = solved.staircase.m_star
    assert rank([a.feature for a in solved.atoms]) >= solved.rank


@pytest.mark.parametrize("bias", ["none", "penalised", "free"])
@pytest.mark.parametrize("skip", ["linear", "affine"])
def test_training_with_a_skip(bias, skip):
    random = Random(f"{bias} {skip}")  # noqa: S311 - reproducible data
    for _ in range(4):
        X = [[random.randint(-5, 5) for _ in range(2)] for _ in range(6)]
        y = [random.randint(-5, 5) for _ in range(6)]
        problem = TrainingProblem(X, y, beta=random.choice(["1/4", 1]), bias=bias)
        check(problem, free_part_optimum(problem, skip=skip))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("bias", ["none", "penalised"])
def test_without_a_free_part_it_is_the_training_problem(bias, seed):
    """Two searches that share little: the faces of one chart, and the resolvent."""
    random = Random(f"{bias} {seed}")  # noqa: S311 - reproducible data
    X = [[random.randint(-3, 3) for _ in range(2)] for _ in range(5)]
    y = [random.randint(-3, 3) for _ in range(5)]
    problem = TrainingProblem(X, y, beta=1, bias=bias)
    solved, O = free_part_optimum(problem), optimum(problem)
    P = optimal_polytope(O)
    assert [a.key for a in solved.atoms] == [a.key for a in O.atoms]
    assert solved.supports == P.supports
    pairs = zip((*solved.kappa, solved.optimum.value), (*O.kappa, O.value), strict=True)
    assert all(holds(s - t, 0) for s, t in pairs)


def test_a_given_kappa_is_verified():
    problem = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    assert free_part_optimum(problem, kappa=[0, -1, 1]) == free_part_optimum(problem)
    with pytest.raises(NotOptimal):
        free_part_optimum(problem, kappa=[0, -1, 2])
