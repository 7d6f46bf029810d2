"""A deep optimum continued to a smaller beta: the same as what floats find there."""

from fractions import Fraction

import pytest

from polytope_nn.exact.radical import enclosure
from polytope_nn.limits import Limits
from polytope_nn.parallel.equations.continued import continued, size_of
from polytope_nn.parallel.equations.theta import pivots, solution
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.roads import some_network
from polytope_nn.parallel.problem import ParallelProblem

DEEP = [[1, -2], [-2, 0], [1, 0], [1, -1], [0, -2]], [0, 4, -1, 2, -4]
LITTLE = [[1, -3, 1], [-1, 3, -1], [-3, 0, 3], [-2, 2, 1], [-3, 0, 3]], [0, -2, 0, 1, -4]


def test_the_zero_of_a_smaller_beta():
    """Balls of both meet, and they are narrow."""
    one, other = (
        parallel_optimum(ParallelProblem(*DEEP, beta=b)) for b in ("1/10", "1/80")
    )
    found = continued(one.solved, other.problem, Limits())
    # two inner neurons are opposite, and share their mass as one likes
    for s, t in zip(found.symbols, other.solved.symbols, strict=True):
        low, high = enclosure(s - t, 200)
        assert low <= 0 <= high < low + Fraction(1, 10**30)
    assert [p.inside for p in found.parts] == [p.inside for p in other.solved.parts]


@pytest.mark.deep
@pytest.mark.parametrize("power", [5, 9])
def test_floats_do_not_tell_branches_at_a_little_beta(power):
    """A fit is dearer by what its cost is: by beta times that of the limit, to first order."""
    beta = Fraction(1, 10**power)
    problem = ParallelProblem(*LITTLE, beta=beta)
    assert beta * 10**5 < size_of(problem)
    O = parallel_optimum(problem)
    assert (O.level, O.depth_helps) == ("interval", True)
    net = some_network(O)
    assert float(net.objective(problem)) == pytest.approx(float(O.value), rel=1e-14)
    slope = float((O.value - 4) / beta)  # two rows have one direction and labels 0, -4
    assert slope == pytest.approx(2.78223313, abs=300 * float(beta) + 1e-8)


SIX = [
    [[-2, 0, -1], [0, -2, 0], [-1, -2, 1], [1, 2, 1], [-1, 0, 2], [-1, -2, 0]],
    [-4, 3, 1, 0, 1, 3],
]


@pytest.mark.deep
@pytest.mark.parametrize("power", [5, 7])
def test_masses_that_do_not_grow_as_beta_falls(power):
    """Masses of one branch stay, others are as 1/beta: their pivots were taken for 0.

    Labels are met at the cost c: the optimum is ``c beta - |kappa|^2 / 2`` to third order, and c
    is told by a beta of 1/1000 that needs no steps.
    """

    def cost(beta):
        problem = ParallelProblem(*SIX, beta=beta, inner_width=2)
        O = parallel_optimum(problem)
        assert (O.level, O.depth_helps, O.missing) == ("interval", True, "")
        net = some_network(O)
        assert float(net.objective(problem)) == pytest.approx(float(O.value), rel=1e-13)
        return float((O.value + sum((t * t for t in O.kappa), Fraction(0)) / 2) / beta)

    found = cost(Fraction(1, 10**power))
    assert found == pytest.approx(cost(Fraction(1, 1000)), abs=1e-5)
    assert found == pytest.approx(5.71125464, abs=1e-7)


def test_what_a_zero_leaves_out_holds():
    """Rows that differ by 10^-6 are one to floats; their zero shows that they are two."""
    tiny = Fraction(1, 10**6)
    J = [[Fraction(1), Fraction(1)], [Fraction(1), 1 + tiny]]
    assert [len(pivots(J, fine=fine)[0]) for fine in (False, True)] == [1, 2]

    class Straight:
        """The equations ``x + y = 2``, ``x + (1 + 10^-6) y = 2 + goal``."""

        def __init__(self, goal):
            self.goal = goal

        def at(self, point):
            x, y = point
            return [x + y - 2, x + (1 + tiny) * y - 2 - self.goal], J

    start = [Fraction(1), Fraction(3)]
    assert solution(Straight(tiny), start, 100) == pytest.approx((1, 1), abs=1e-18)
    assert solution(Straight(3 * tiny), start, 100) == pytest.approx((-1, 3), abs=1e-18)
