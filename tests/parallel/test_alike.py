"""Rows of one direction where depth helps, kappa far above beta there: pieces."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn.exact.scalar import dot
from polytope_nn.parallel.deep_pieces import _DeepTree
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.problem import ParallelProblem

TINY = "1/100000"
CASES = [
    # the same row twice, and no branch makes a fit there
    (
        [[2, -2, -2], [2, 2, 1], [2, -2, -2], [-1, 3, -2], [-3, 1, -2], [3, -3, 1],
         [2, -1, 1], [-2, 3, -2]],
        [1, -1, -1, -3, 0, 0, 2, -2], "1/2", 2, [2, 2],
    ),
    # residuals of 10^5 beta whose sum is of the size of beta
    ([[3, 3, 0], [-2, -3, -3], [-1, 3, 1], [-1, -1, -1], [3, 3, 0], [-2, -2, -2]],
     [2, -4, 3, 1, -4, 3], TINY, None, [2, 2]),
    ([[-3, -1], [1, 0], [1, 0], [3, -1], [0, -1], [1, -2]], [0, 4, -2, 0, -3, -3], TINY,
     None, [3, 2, 1, 1]),
    # theta of 1 that floats take for 0.996, and a kappa that the digits show to be 0
    pytest.param([[-1, -2], [-2, 3], [-2, -4], [-1, 1], [0, 1]], [2, -2, 3, 2, -2], TINY,
     None, [2, 2, 1], marks=pytest.mark.deep),
    # a leaf without one of two equal rows keeps their sum
    pytest.param(
        [[-3, 0, -3], [2, 3, -2], [-1, -3, 0], [0, 2, -2], [-3, 0, -3]], [4, 2, 1, 4, -3],
        TINY, None, [3, 3, 1], marks=pytest.mark.deep),
    # a kappa in a field, of 13 digits or more in floats
    ([[-1, -1], [0, 2], [-3, 0], [2, -3], [-3, 2], [-6, 0]], [-4, -1, -2, 1, -1, 0],
     TINY, None, [3, 3, 3, 1]),
    # a neuron whose face floats take for another one, beside a row where kappa is positive
    pytest.param(
        [[2, 3, 2], [-2, 1, -2], [3, 3, 0], [1, -2, -3], [3, -3, -1], [-2, 2, 2],
         [-3, -3, 2], [-2, 1, 2]],
        [2, -2, 2, -1, -3, 0, -1, -2], "1/2", 2, [3, 2, 2], marks=pytest.mark.deep,
    ),
]  # fmt: skip


@pytest.mark.parametrize("X, y, beta, width, sizes", CASES)
def test_pieces_and_a_network_of_the_dual_value(X, y, beta, width, sizes):
    D = ParallelProblem(X, y, beta=beta, inner_width=width)
    O = parallel_optimum(D)
    assert (O.missing, O.depth_helps) == ("", True)
    assert sorted((len(p.atoms) for p in O.pieces), reverse=True) == sizes
    for p in O.pieces:
        for v in p.vertices:  # the branch attains beta
            excess = dot(O.kappa, p.output(v)) / D.unit_beta_squared - 1
            assert abs(float(excess)) < 1e-40
    # the other way: the rational network beside the dual point has its value
    fit, cost = [0] * len(X), 0
    for sigma, labels in O.branches:
        z = [sum(s * c * max(dot(x, g), 0) for (s, g), c in labels) for x in D.design]
        fit = [a + sigma * max(t, 0) for a, t in zip(fit, z, strict=True)]
        cost += D.unit_beta_squared * sum(c for _, c in labels)
    objective = sum((a - b) ** 2 for a, b in zip(fit, y, strict=True)) / 2 + cost
    assert abs(float(objective - O.value)) < 1e-40


def test_a_theta_of_0_keeps_no_sum():
    """What mu sees of the rows is then 0, not the sum of their kappas."""
    third, none = Fraction(2, 3), Fraction(0)
    for theta, seen in ((third, {0: 1, 1: 2}), (none, {})):
        tree = SimpleNamespace(whole=lambda _, t=theta: {1: t}, classes=[(0, 1)])
        assert _DeepTree._kept(tree, None, {1: theta}) == seen
    tree = SimpleNamespace(whole=lambda _: {1: third}, classes=[(0, 1)])
    assert _DeepTree._kept(tree, None, {1: Fraction(1, 2)}) == {}
