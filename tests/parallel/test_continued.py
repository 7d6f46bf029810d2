"""A deep optimum continued to a smaller beta: the same as what floats find there."""

from fractions import Fraction

import pytest

from polytope_nn.exact.radical import enclosure
from polytope_nn.limits import Limits
from polytope_nn.parallel.equations.continued import continued, size_of
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
