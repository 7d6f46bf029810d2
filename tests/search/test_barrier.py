"""The central path in long floats: optimal by the conditions, blind to scales."""

from fractions import Fraction

import pytest

from polytope_nn.exact.long_floats import LongMatrix
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.limits import Limits
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.long_search import LongSearch
from polytope_nn.search.programs.path import central_path

X, Y = [[1, 2], [3, -1], [-2, 1]], [3, -2, 5]
TINY = Fraction(1, 10**30)


def cones(problem):
    return [
        (i, tope, sign)
        for i, chart in enumerate(problem.charts)
        for tope in range(len(chart.arrangement))
        for sign in (1, -1)
    ]


def fit(problem, hint):
    total = [Fraction(0)] * problem.n
    for (i, tope, sign), u in hint.neurons:
        chart = problem.charts[i]
        for k, (x, s) in enumerate(
            zip(chart.design, chart.arrangement.patterns[tope], strict=True)
        ):
            total[k] += sign * dot(x, u) if s > 0 else 0
    return total


def test_the_neurons_fit_what_kappa_leaves():
    problem = TrainingProblem(X, Y, beta=1)
    hint = central_path(problem, cones(problem), 200)
    for y, t, z in zip(problem.y, hint.kappa, fit(problem, hint), strict=True):
        assert abs(y - t - z) < TINY
    # strong duality: beta sum |u| = kappa'fit
    sizes = sum(float(squared_norm(u)) ** 0.5 for _, u in hint.neurons)
    assert abs(sizes - float(dot(hint.kappa, fit(problem, hint)))) < 1e-12


def test_labels_are_fitted():
    problem = InterpolationProblem(X, Y, bias="penalised")
    hint = central_path(problem, cones(problem), 200)
    assert all(
        abs(y - z) < TINY for y, z in zip(problem.y, fit(problem, hint), strict=True)
    )


@pytest.mark.parametrize("size", [10**9, Fraction(1, 10**9)])
def test_a_scaled_row_scales_its_kappa(size):
    D = TrainingProblem(X, Y, beta=1)
    scaled = TrainingProblem(
        [[size * t for t in X[0]], *X[1:]],
        [size * Y[0], *Y[1:]],
        beta=1,
        weights=[1 / Fraction(size) ** 2, 1, 1],
    )
    first, second = (central_path(P, cones(P), 200).kappa for P in (D, scaled))
    assert abs(first[0] - second[0] * size) < TINY
    assert all(abs(s - t) < TINY for s, t in zip(first[1:], second[1:], strict=True))


def test_nothing_to_fit_is_nothing():
    problem = TrainingProblem([[1], [2]], [0, 0], beta=1)
    assert central_path(problem, cones(problem), 200).kappa == (0, 0)


def test_both_searches_agree():
    problem = TrainingProblem(X, Y, beta="1/2", bias="free")
    first, second = (
        next(S.candidates(Limits(), set()))
        for S in (LongSearch(problem), super(LongSearch, LongSearch(problem)))
    )
    assert first.faces == second.faces
    pairs = zip(first.kappa, second.kappa, strict=True)
    assert all(abs(s.midpoint - t.midpoint) < TINY for s, t in pairs)


def test_long_matrices():
    A = LongMatrix.of([[2, 1], [1, Fraction(1, 3)]])
    assert (A + A - A).fractions()[:3] == [2, 1, 1]
    assert A.T.fractions()[:3] == [2, 1, 1]
    assert (A * 2).fractions()[0] == 4
    assert A.times(LongMatrix.column([2, 3])).fractions()[:3] == [4, 2, 3]
    assert A.inverses().fractions()[0] == Fraction(1, 2)
    assert abs(A.squared_fraction() - 6 - Fraction(1, 9)) < TINY
    assert A.shape == (2, 2)
    assert A.positive()
    assert not (A - A).positive()
    with pytest.raises(ZeroDivisionError):
        (A - A).solve(LongMatrix.column([1, 1]))
