"""Interpolation and training with numbers that floats cannot hold, and messages of them."""

from fractions import Fraction

import numpy as np
import pytest

from polytope_nn.errors import NotInterpolable, NotOptimal, Undecided
from polytope_nn.exact.field import NumberField
from polytope_nn.landscape.optimal_set import free_part_optimum, interpolation
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search import field_guess, finding
from polytope_nn.search.candidate import Hint
from polytope_nn.search.search import Search
from polytope_nn.search.sizes import Resized, height, resized
from tests.problems.test_interpolation import undecided

HUGE = Fraction(10) ** 400


@pytest.mark.parametrize("bias", ["none", "free"])
@pytest.mark.parametrize("skip", ["none", "linear"])
@pytest.mark.parametrize("s, t", [(HUGE, 1), (1 / HUGE, HUGE), (1, HUGE), (HUGE, 1 / HUGE)])
def test_interpolants_do_not_depend_on_the_unit(s, t, bias, skip):
    X, y = [[1, 0], [0, 1], [-1, 2], [2, 1]], [1, 2, -1, 3]
    plain = interpolation(InterpolationProblem(X, y, bias=bias, skip=skip))
    scaled = InterpolationProblem(
        [[s * x for x in row] for row in X], [t * x for x in y], bias=bias, skip=skip
    )
    found = interpolation(scaled)
    assert (found.level, plain.level) == ("exact", "exact")
    # exact both, perhaps by other generators of the field
    assert [float(x * s) for x in found.kappa] == pytest.approx([*map(float, plain.kappa)])
    assert found.supports == plain.supports
    assert float(found.cost * s / t) == pytest.approx(float(plain.cost))


@pytest.mark.parametrize("beta", [1 / HUGE, Fraction(1, 10**50), Fraction(1, 1000)])
def test_a_tiny_weight_decay_is_close_to_interpolation(beta):
    X, y = [[1], [2], [4]], [1, 2, 0]
    exact = interpolation(InterpolationProblem(X, y, bias="free"))
    found = free_part_optimum(TrainingProblem(X, y, beta=beta, bias="free"))
    assert found.level == "exact"
    assert found.kappa == tuple(beta * t for t in exact.kappa)
    assert found.b == tuple(
        label - beta * t for label, t in zip(y, exact.kappa, strict=True)
    )


def test_training_of_any_size():
    X, y = [[0], [HUGE], [2 * HUGE]], [0, 0, 3 / HUGE]
    small = free_part_optimum(
        TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    )
    found = free_part_optimum(TrainingProblem(X, y, beta=1, bias="free"))
    assert found.kappa == tuple(t / HUGE for t in small.kappa)


def test_the_equations_of_other_sizes():
    whole = TrainingProblem([[HUGE], [2]], [1, 3], beta=HUGE, weights=[2, 3], bias="free")
    other = resized(whole)
    assert isinstance(other, Resized)
    assert other.determining == whole.determining
    assert other.beta_squared == whole.beta_squared / (other.s * other.r) ** 2
    # y - f = kappa/w, in units of t
    for mine, given in zip(other.inverse_weights, whole.inverse_weights, strict=True):
        assert mine * other.t == given * other.r
    assert resized(InterpolationProblem([[1000], [1]], [1, 2])) is None
    fixed = resized(InterpolationProblem([[HUGE], [1]], [HUGE, 2], bias="penalised"))
    assert (fixed.s, fixed.r) == (1, 1)


@pytest.mark.parametrize("key", ["X", "y", "beta_squared", "weights"])
def test_the_longest_integer_of_the_data(key):
    long = {"X": [[1], [2**69 + 1]], "y": [1, Fraction(1, 2**69)], "beta_squared": 2**69}
    fields = {"X": [[1], [2]], "y": [1, 3], "beta_squared": 1, "weights": [1, 2]}
    own = long.get(key, [2**69, 1])
    assert height(TrainingProblem(**fields)) == 2
    assert height(TrainingProblem(**(fields | {key: own}))) == 70


@pytest.mark.parametrize(
    "X, y, bias, beta",
    [
        ([[HUGE]], [1], "penalised", None),
        pytest.param(
            [[HUGE, 1], [1, HUGE], [1, 1]],
            [1, HUGE, 0],
            "penalised",
            None,
            marks=pytest.mark.deep,  # 13 s
        ),
        ([[1], [2], [4]], [HUGE, 2, 0], "free", 1),
        ([[1], [2], [HUGE]], [1, 2, 0], "free", 1),
        pytest.param(
            [[1, 2], [2, HUGE], [4, 0]],
            [1, 2, 0],
            "free",
            1 / HUGE,
            marks=pytest.mark.deep,  # 40 s
        ),
    ],
)
def test_sizes_that_differ_are_decided_or_said_to_be_undecided(X, y, bias, beta):
    cured = ""
    try:
        if beta is None:
            interpolation(InterpolationProblem(X, y, bias=bias))
        else:
            free_part_optimum(TrainingProblem(X, y, beta=beta, bias=bias))
    except Undecided as reason:
        cured = str(reason)
    assert not cured or "give kappa" in cured


def test_a_neuron_of_no_size_counts_for_no_direction():
    neurons = ((0, 1, np.zeros(2)), (0, 1, np.array([0.0, 2.0])))
    hint = Hint(np.zeros(1), neurons)
    with np.errstate(all="raise"):
        weights = hint.weights([(0, 1, np.array([0.0, 1.0]))], [None])
    assert weights.tolist() == [2]


def test_what_floats_cannot_hold_long_floats_do(monkeypatch):
    def overflowing(*_):
        return iter([float(HUGE)])

    problem = InterpolationProblem([[1], [2]], [1, 2])
    expected = interpolation(problem)
    monkeypatch.setattr(Search, "candidates", overflowing)
    assert interpolation(problem).vertices == expected.vertices


LONG = Fraction(1, 10**4500 + 1)  # longer than Python's own limit of digits


@pytest.mark.parametrize(
    "problem, kappa, words",
    [
        (
            InterpolationProblem([[1]], [1]),
            [1 / LONG],
            r"= about 1e\+9000 exceeds .* = 1 by",
        ),
        (InterpolationProblem([[1], [2]], [1, 3], bias="free"), [LONG, 0], "about 1e-4500"),
        (InterpolationProblem([[1]], [1]), [2], "= 4 exceeds beta.2 = 1 by 3"),
    ],
)
def test_messages_shorten_long_numbers(problem, kappa, words):
    with pytest.raises(NotOptimal, match=words) as refused:
        interpolation(problem, kappa=kappa)
    assert len(str(refused.value)) < 300


def test_an_obstruction_of_long_numbers_fits_a_line():
    problem = InterpolationProblem([[1], [1 / LONG]], [1, LONG])
    with pytest.raises(
        NotInterpolable, match=r"force .*about .* y_.* = 0, and here"
    ) as refused:
        interpolation(problem)
    assert len(str(refused.value)) < 300


def test_numbers_of_a_field_that_are_too_long(monkeypatch):
    root = NumberField((-2, 0, 0, 0, 1), (1, 2)).generator
    assert field_guess.too_long((root, Fraction(1))) == ""
    monkeypatch.setattr(field_guess, "_LONGEST", 100)
    said = field_guess.too_long((root * 10**9, Fraction(1)))
    assert "degree 4, its coordinates of 30 bits are too long" in said


@pytest.mark.deep
def test_a_field_whose_numbers_are_too_long_is_not_verified(monkeypatch):
    X = [[2, 0], [-2, 0], [0, 0], [1, -2], [2, -1], [1, 1], [2, 0]]
    problem = InterpolationProblem(X, [2, 2, 2, 0, 0, 2, 2], bias="penalised")
    monkeypatch.setattr(finding, "enclosed_optimum", undecided)
    monkeypatch.setattr(field_guess, "_LONGEST", 1000)
    with pytest.raises(
        Undecided, match=r"degree 16, its coordinates of .* long to verify: give"
    ):
        interpolation(problem)
