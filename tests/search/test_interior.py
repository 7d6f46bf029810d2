"""Dual optima of interpolation: from the boundary into the relative interior."""

from functools import partial
from random import Random

import pytest

from polytope_nn.dual.optimum import verified
from polytope_nn.errors import NotInterpolable, Undecided
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from polytope_nn.search.interior import in_use, leaving, relative_interior

UNIT = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    "ends, tight",
    [
        (("0", "0"), 0),
        (("-1/2", "-1/2"), 0),
        (("-1", "0"), 1),
        (("0", "-1"), 1),
        (("-3/5", "-4/5"), 1),
    ],
)
def test_labels_that_are_zero_leave_kappa_open(ends, tight):
    """On unit samples kappa may be (1, s, t) with s, t <= 0 and s^2 + t^2 <= 1."""
    problem = InterpolationProblem(UNIT, [2, 0, 0])
    solved = optimum(problem, kappa=[1, *ends])
    assert len(solved.atoms) == 1 + tight
    moved = relative_interior(solved, partial(verified, problem))
    assert leaving(moved) is None
    assert len(moved.atoms) == 1
    assert (moved == solved) == (not tight)
    _, s, t = moved.kappa
    assert s <= 0
    assert t <= 0
    assert s * s + t * t < 1
    assert (moved.cost, moved.fit) == (solved.cost, solved.fit)


def test_an_atom_that_every_dual_optimum_has():
    """The multiplier of a used atom is 0 on a wall, so kappa cannot move off: exactly."""
    rows = [[1, -1], [2, 2], [2, -2], [0, 0], [2, 0]]
    solved = optimum(InterpolationProblem(rows, [-1, -2, 2, 1, 0], bias="free"))
    assert len(in_use(solved)) < len(solved.atoms)
    assert leaving(solved) is None


@pytest.mark.parametrize("seed", range(40))
def test_found_dual_optima_are_in_the_relative_interior(seed):
    random = Random(f"interior {seed}")  # noqa: S311 - test data
    n, d, size = random.randint(2, 5), random.randint(1, 3), random.choice([1, 2])
    X = [[random.randint(-size, size) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-1, 1) for _ in range(n)]
    bias, skip = random.choice(["none", "free"]), random.choice(["none", "linear"])
    problem = InterpolationProblem(X, y, bias=bias, skip=skip)
    try:
        solved = optimum(problem)
    except (NotInterpolable, Undecided):
        return
    if solved.level == "exact":
        assert leaving(solved) is None


def test_a_loss_makes_kappa_unique():
    problem = TrainingProblem([[1, 0], [0, 1]], [1, 1], beta_squared=2)
    tied = optimum(problem)  # an atom is tight, and no neuron is used
    assert (len(tied.atoms), in_use(tied)) == (1, set())
    assert leaving(tied) is None
