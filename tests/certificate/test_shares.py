"""Certificates in intervals where features depend on each other at this kappa alone."""

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from polytope_nn import TrainingProblem, optimal_polytope
from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kinds import check

from .forging import canonical, claim, golden


def test_features_that_are_means_have_shares():
    """The triangle: kappa is beta/sqrt 2 thrice; a neuron of two samples has half of each.

    The vertices are found again in floats, from the fits ``ln(y - kappa)``.
    """
    y, kappa = [4, 2, 3], 0.3 / 2**0.5
    C = golden("enclosed_shares")
    check(canonical(C))
    e = [math.log(t - kappa) / (2 * kappa) for t in y]
    seen = [(0, 1), (0, 2), (0,), (1, 2), (1,), (2,)]  # samples, in the order of covectors
    shares = np.array([[(i in p) / len(p) for p in seen] for i in range(3)])
    found = {}
    for at in combinations(range(6), 3):
        square = shares[:, at]
        if abs(np.linalg.det(square)) > 1e-9:
            weights = np.linalg.solve(square, e)
            if weights.min() > 0:
                found[at] = weights
    listed = claim(C, "vertices")["list"]
    assert [tuple(v["support"]) for v in listed] == sorted(found)
    for v in listed:
        for ends, t in zip(v["weights"], found[tuple(v["support"])], strict=True):
            low, high = map(Fraction, ends)
            assert low <= high
            assert float(low) == pytest.approx(t, rel=1e-9)


def test_opposite_neurons_share_a_feature_modulo_a_constant():
    """A neuron of two samples adds what one of the others takes, but for a constant."""
    X = [[2, 1], [1, 2], [-2, -1], [-1, -2]]
    given = {"loss": "exponential", "skip": "constant"}
    P = optimal_polytope(TrainingProblem(X, [1, -1, -1, 1], beta="1/2", **given))
    C = certify(P)
    check(C.to_json())
    assert C.witness["shares"]["of"] == [[[1], 1]]
    one, other = C.claim("vertices")["list"]
    assert [one["support"], other["support"]] == [[0], [1]]
    assert one["weights"] == other["weights"]
    told = C.claim("dimension")
    assert (told["rank"], told["used_rank"], told["dim"]) == (1, 1, 1)
