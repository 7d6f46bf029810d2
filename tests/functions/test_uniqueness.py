"""Unique network, unique function, continuum: each with its proof or witness."""

from fractions import Fraction
from random import Random

import pytest
from scipy.optimize import linprog

from polytope_nn.errors import NotInterpolable, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.functions.attained import attained, is_attained
from polytope_nn.functions.piecewise_linear import represented
from polytope_nn.functions.uniqueness import along, uniqueness
from polytope_nn.landscape.optimal_set import interpolation, optimal_polytope
from polytope_nn.limits import Limits
from polytope_nn.problems.families import one_dimensional_data
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.search.enclosing import enclosed_optimum
from polytope_nn.search.search import Search


def check_witness(answer):
    """Both functions fit the samples, and they differ at the point."""
    witness, problem = answer.witness, answer.interpolation.problem
    for f in (witness.first, witness.second):
        for x, y in zip(problem.X, problem.y, strict=True):
            value = f(x)
            assert y in value if isinstance(value, Ball) else value == y
    first, second = witness.values
    assert first != second
    assert all(isinstance(t, Fraction) for t in witness.x)


def answered(X, y, **options):
    answer = uniqueness(InterpolationProblem(X, y, **options))
    assert answer.unique_network <= answer.unique_function
    assert (answer.witness is None) == answer.unique_function
    if answer.witness is not None:
        check_witness(answer)
    return answer


def test_a_unique_network():
    assert answered([[1], [2]], [1, 2]).verdict == "unique network"
    nothing = answered([[1], [2]], [0, 0], bias="penalised")
    assert nothing.unique_network
    assert nothing.interpolation.vanishes
    fitted = answered([[1], [2]], [1, 2], skip="linear")  # the skip alone
    assert (fitted.verdict, fitted.interpolation.cost) == ("unique network", 0)


def test_a_unique_function_that_no_network_is():
    constant = answered([[0], [1]], [1, 1], bias="free")
    assert constant.verdict == "unique function"
    assert "ever larger biases" in constant.reason


def test_a_unique_function_of_many_networks():
    rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    answer = answered(rows, [1, 1, 0, 0], skip="linear", bias="penalised")
    assert answer.verdict == "unique function"
    P = answer.interpolation
    f = represented(P, P.point(P.vertices[0]))
    assert repr(f) == "|x1|"


def test_a_continuum_by_the_atoms():
    answer = answered([[1, -1, 0], [0, 1, -1]], [1, 1])
    assert answer.verdict == "continuum"
    assert "function changes" in answer.reason
    given = uniqueness(answer.interpolation)
    assert given.witness.x == answer.witness.x


def test_a_continuum_by_samples_that_span_too_little():
    answer = answered([[1, 1], [2, 2]], [1, 2], skip="linear")
    assert "1 directions of the skip undetermined" in answer.reason
    assert answer.interpolation.lines


BOWL = [[-2], [-1], [1], [2]]


def test_a_free_bias_leaves_a_continuum():
    bowl = answered(BOWL, [1, 0, 0, 1], bias="free", skip="affine")
    assert "in the bias alone" in bowl.reason
    for flat in bowl.interpolation.loose:
        for f in along(bowl.interpolation, flat):
            assert [f(x) for x in BOWL] == [1, 0, 0, 1]


@pytest.mark.parametrize("skip", ["none", "linear"])
def test_a_constant_that_no_network_makes_is_none_of_the_answer(skip):
    """Of a flat's two ends one needs a constant, which is free in the limit only."""
    bowl = answered(BOWL, [1, 0, 0, 1], bias="free", skip=skip)
    assert bowl.unique_network
    assert len(bowl.interpolation.vertices) > 1
    assert [bowl.function((x,)) for x in (-3, 0, 5)] == [2, 0, 4]
    cross = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    wall = answered(cross, [0, 0, 1, 1], bias="free", skip=skip)
    # with a linear skip |x2| is also 2 (x2)_+ - x2
    verdict = {"none": "unique network", "linear": "unique function"}[skip]
    assert (wall.verdict, repr(wall.function)) == (verdict, "|x2|")


def test_constants_that_cancel():
    """Two vertices with constants of opposite signs: the network between them."""
    found = 0
    for seed in (*range(12), 58):
        random = Random(f"cancel {seed}")  # noqa: S311 - test data
        X = [[random.randint(-4, 4) for _ in range(2)] for _ in range(5)]
        y = [random.randint(-3, 3) for _ in X]
        try:
            solved = interpolation(InterpolationProblem(X, y, bias="free"))
            A = attained(solved)
        except (NotInterpolable, Undecided):
            continue
        for c in A.points or ():
            found += c not in solved.vertices
            assert all(x >= 0 for x in c)
            constant = solved.free_part(c)[-1]
            assert 0 in constant if isinstance(constant, Ball) else constant == 0
    assert found


@pytest.mark.parametrize("skip", ["none", "linear"])
@pytest.mark.parametrize("seed", range(25))
def test_shown_functions_are_those_of_networks(skip, seed):
    """Of their cost, and without a constant but for what sides of the kinks make."""
    random = Random(f"shown {seed}")  # noqa: S311 - test data
    X = [[x] for x in random.sample(range(-6, 7), random.randint(2, 5))]
    y = [random.randint(-3, 3) for _ in X]
    try:
        answer = answered(X, y, bias="free", skip=skip)
    except (NotInterpolable, Undecided):
        return
    if not is_attained(answer.interpolation):
        return
    shown = [answer.function]
    if answer.witness is not None:
        shown = [answer.witness.first, answer.witness.second]
    for f in shown:
        assert [f(x) for x in X] == y
        assert sum(2 * abs(k * w) for (w, _), k in f.kinks) == answer.interpolation.cost
        assert realised(f, skip)


def realised(f, skip):
    """Whether neurons on both sides of the kinks, no more of them, leave no constant.

    ``k|h|`` may be ``k|h| + t k h`` with -1 <= t <= 1, at the same cost.
    """
    rows = [[float(k * b) for (_, b), k in f.kinks]]
    right = [float(f.offset)]
    if skip == "none":
        rows.append([float(k * w) for (w, _), k in f.kinks])
        right.append(float(f.slope[0]))
    if not f.kinks:
        return not any(right)
    found = linprog([0] * len(f.kinks), A_eq=rows, b_eq=right, bounds=(-1, 1))
    return found.status == 0


def test_a_free_bias_with_one_kink_is_unique():
    """A kink of each sign between straight pieces has nowhere to go."""
    hat = answered([[-1], [1], [2], [4]], [0, 2, 3, 1], bias="free", skip="affine")
    assert hat.unique_function


def test_two_pairs_of_one_flat():
    """They share their w: their differences are one line of the fibre."""
    X = [[0, 3], [-2, 4], [3, 4], [-1, 2], [-4, 4], [1, 0], [4, -2], [-1, -3]]
    answer = answered(X, [-4, -5, -9, 9, -2, 5, -8, -8], bias="free")
    assert answer.interpolation.n_vertices > 1
    assert "in the bias alone" in answer.reason


def test_a_neuron_that_is_linear_on_the_samples_may_raise_its_bias():
    answer = answered([[0], [1]], [1, 2], bias="free")
    flats = answer.interpolation.loose
    assert any(f.upper is None for f in flats)
    for flat in flats:
        f, h = along(answer.interpolation, flat)
        assert [h((0,)), h((1,))] == [1, 2]
        assert f != h


def test_the_two_levels_agree_where_both_answer():
    line = InterpolationProblem(
        [[-3], [4], [-4], [-1]], [-4, 2, 2, 2], bias="penalised", skip="affine"
    )
    exact = uniqueness(line)
    balls = uniqueness(
        optimal_polytope(
            enclosed_optimum(next(Search(line).candidates(Limits(bits=320), set())), 320)
        )
    )
    assert exact.interpolation.level, balls.interpolation.level == ("exact", "interval")
    assert exact.verdict == balls.verdict == "unique function"


def test_opposite_pairs_without_a_skip():
    """The free-linear phase, kappa irrational: the pairs trade, the function stays."""
    X, y = [[24], [-6], [18], [26], [-4], [-28]], [-2, 6, 5, 2, -1, 5]
    plain = answered(X, y, bias="penalised")
    assert plain.interpolation.level == "interval"
    assert plain.interpolation.n_vertices > 1
    assert "determine affine functions" in plain.reason
    doubled = answered([[t, t] for (t,) in X], y, bias="penalised")
    assert doubled.verdict == "unique function"
    assert "span of the samples" in doubled.reason


def on_a_line(t):
    """Samples x with x_1 + x_2 = 1: constants are linear there."""
    return [t, 1 - t]


def test_affine_parts_that_the_samples_do_not_determine():
    """With the constant a linear function of the samples, a bias and a skip trade."""
    X = [on_a_line(Fraction(t)) for t in (24, -6, 18, 26, -4, -28)]
    problem = InterpolationProblem(X, [-2, 6, 5, 2, -1, 5], bias="penalised", skip="linear")
    solved = interpolation(problem)
    assert solved.level == "interval"
    answer = uniqueness(solved)
    assert answer.verdict == "continuum"
    assert "same kinks" in answer.reason
    check_witness(answer)


@pytest.mark.parametrize("n", [3, 4, 5])
def test_boursier_flammarion(n):
    """Random one-dimensional instances: the function is unique on each."""
    for seed in range(12):
        answer = uniqueness(one_dimensional_data(n, 1000 * n + seed))
        assert answer.unique_function


@pytest.mark.deep
@pytest.mark.parametrize("n", range(3, 11))
def test_boursier_flammarion_deep(n):
    for seed in range(400):
        assert uniqueness(one_dimensional_data(n, seed)).unique_function
