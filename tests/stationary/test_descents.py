"""Descents by a method of their own end on listed values, to a millionth of the highest."""

from fractions import Fraction

import numpy as np
import pytest

from polytope_nn import TrainingProblem, stationary_points
from polytope_nn.stationary.descents import limits_of
from tests.oracles import quasi_newton as oracle

FEW = (0, 1, 2, 3, 4, 5, 6, 9, 10, 16, 18, 20, 22, 26, 28, 62)  # each bias, degenerate rows
_CLOSE = 1e-6
_GROWING = 1e-2  # towards a limit that only growing biases reach


def elsewhere(seed, runs):
    """Return the ends that are on no listed value."""
    X, y, beta, width, bias = oracle.instance(seed)
    S = stationary_points(TrainingProblem(X, y, beta=beta, bias=bias), width)
    values = np.array([float(v) for v in S.values])
    limits = np.array([float(v) for v in limits_of(S)])
    highest = max(values.max(), 1e-12)

    def is_end(found):
        far = np.abs(found[:, None] - values) > _CLOSE * highest
        beyond = np.abs(found[:, None] - limits) > _GROWING * highest
        return ~(far.all(axis=1) & beyond.all(axis=1))

    f = oracle.Landscape(
        np.array(X, float), np.array(y, float), float(Fraction(beta)), width, bias,
        active_at_0=bool(seed % 2),
    )  # fmt: skip
    found = oracle.ends(f, runs, seed, is_end)
    return found[~is_end(found)].tolist()


@pytest.mark.parametrize("seed", FEW)
def test_descents_end_on_listed_values(seed):
    assert elsewhere(seed, 16) == []


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(90))
def test_many_descents_end_on_listed_values(seed):
    assert elsewhere(seed, 200) == []


def test_a_value_left_out_is_noticed():
    """One neuron on one sample: the ends are 11/8, and 9/2 of no neuron."""
    f = oracle.Landscape(np.array([[2.0]]), np.array([3.0]), 1.0, 1, "none")
    only = np.array([4.5])
    found = oracle.ends(f, 24, 0, lambda v: (np.abs(v[:, None] - only) < _CLOSE).any(1))
    assert {round(v, 6) for v in found} == {1.375, 4.5}
