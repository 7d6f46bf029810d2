"""What networks attain with a free bias: linear programs over real neurons on the line.

No constant is given for free here: neurons ``(x - t)_+`` and ``(t - x)_+`` with kinks at the
samples, between and far beyond them, and perhaps a linear skip. The optimum is attained iff
the least cost of these is the cost; the function is unique iff its values at points between
and beyond the samples are fixed on the optimal face.
"""

from random import Random

import numpy as np
import pytest
from scipy.optimize import linprog

from polytope_nn.errors import NotAttained, NotInterpolable
from polytope_nn.exact.scalar import sign
from polytope_nn.functions.attained import is_attained
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.landscape.optimal_set import interpolation, optimal_polytope
from polytope_nn.networks.hulls.without_constant import one_without_constant
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.training import TrainingProblem


def neurons(samples):
    inside = {(a + b) / 2 for a in samples for b in samples}
    beyond = {
        end for k in (1, 2, 5, 20, 100) for end in (min(samples) - k, max(samples) + k)
    }
    kinks = sorted(inside | beyond)
    return [(t, side, sign) for t in kinks for side in (1, -1) for sign in (1, -1)]


class Program:
    """``min sum c`` over the neurons that fit, and the values on its optimal face."""

    def __init__(self, samples, y, skip):
        self.samples, self.columns, self.skip = samples, neurons(samples), skip
        self.fits = np.array([self.at(x) for x in samples])
        self.y = np.array(y, dtype=float)
        self.price = np.r_[np.ones(len(self.columns)), [0, 0][: 2 * (skip == "linear")]]
        solved = linprog(self.price, A_eq=self.fits, b_eq=self.y, method="highs")
        self.cost = solved.fun if solved.status == 0 else None

    def at(self, x):
        """The values of all neurons, and of plus and minus x with a linear skip."""
        active = [sign * max(side * (x - t), 0) for t, side, sign in self.columns]
        return np.array([*active, *([x, -x] if self.skip == "linear" else [])], dtype=float)

    def fixed(self, x, cost):
        """Whether all functions of this cost have one value at x."""
        A, b = np.vstack([self.fits, self.price]), np.r_[self.y, cost]
        f, ends = self.at(x), []
        for side in (1, -1):
            found = linprog(side * f, A_eq=A, b_eq=b, bounds=(0, 1e4), method="highs")
            assert found.status == 0
            ends.append(side * found.fun)
        return abs(ends[0] - ends[1]) < 1e-6


@pytest.mark.parametrize("skip", ["none", "linear"])
@pytest.mark.parametrize("seed", range(40))
def test_verdicts_are_those_of_real_neurons(seed, skip):
    random = Random(f"attained {seed}")  # noqa: S311 - test data
    samples = random.sample(range(-5, 6), random.choice([2, 3, 4, 5]))
    y = [random.choice([0, 1, 2, -1]) for _ in samples]
    problem = InterpolationProblem([[x] for x in samples], y, bias="free", skip=skip)
    try:
        answer = uniqueness(interpolation(problem))
    except NotInterpolable:
        return
    cost, program = float(answer.interpolation.cost), Program(samples, y, skip)
    reached = program.cost is not None and program.cost < cost + 1e-7 * max(1, cost)
    assert reached == is_attained(answer.interpolation)
    if reached:
        points = np.linspace(min(samples) - 7, max(samples) + 7, 23)
        assert answer.unique_function == all(program.fixed(x, cost) for x in points)


def test_both_answers_occur():
    """One network, a continuum by raised neurons, and none at all."""
    verdicts = set()
    for samples, y in (
        ([0, 1], [1, 2]),
        ([-1, 0, 1], [1, 0, 1]),
        ([4, -4, -2], [-3, -3, 3]),
    ):
        problem = InterpolationProblem([[x] for x in samples], y, bias="free")
        answer = uniqueness(interpolation(problem))
        verdicts.add((answer.verdict, is_attained(answer.interpolation)))
    assert verdicts == {
        ("continuum", True),
        ("unique network", True),
        ("unique function", False),
    }


@pytest.mark.parametrize("seed", [0, 2, 4, 13, 16, 18, 20, 24, 29, 35, 40, 47])
def test_one_attained_point_without_the_list_of_vertices(seed):
    """By a linear program, or by a basis in balls; against the constants of all vertices."""
    random = Random(f"one {seed}")  # noqa: S311 - test data
    n, d = random.randint(6, 9), random.choice([1, 2])
    X = [[f"{random.uniform(-3, 3):.1f}" for _ in range(d)] for _ in range(n)]
    y = [f"{random.uniform(-3, 3) + float(x[0]) ** 2 * 0.6:.1f}" for x in X]
    skip = random.choice(["none", "linear"])
    P = optimal_polytope(TrainingProblem(X, y, beta="0.1", bias="free", skip=skip))
    signs = {sign(P.free_part(v)[-1]) for v in P.vertices}
    if signs in ({1}, {-1}):
        with pytest.raises(NotAttained, match="no optimum is attained"):
            one_without_constant(P)
        return
    c = one_without_constant(P)
    if P.level == "exact":
        assert c in P
        assert P.free_part(c)[-1] == 0
    else:
        assert all(x == 0 or x > 0 for x in c)
        assert abs(P.free_part(c)[-1].midpoint) < 1e-20
    assert sum(x != 0 for x in c) <= n
