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
    X = [[1, -1, 0], [0, 1, -1], [-1, 0, 1]]
    C = certify(optimal_polytope(TrainingProblem(X, y, beta="3/10", loss="poisson")))
    check(C.to_json())
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
    listed = C.claim("vertices")["list"]
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
    assert C.witness["faces"] == [[0, 1]]  # alike, where relations hold without a part
    assert [set(z) for z in C.witness["free"]] == [{"relation", "unused"}] * 2
    one, other = C.claim("vertices")["list"]
    assert [one["support"], other["support"]] == [[0], [1]]
    assert one["weights"] == other["weights"]
    told = C.claim("dimension")
    assert (told["rank"], told["used_rank"], told["dim"]) == (1, 1, 1)


def test_vertices_of_fewer_atoms_than_are_independent():
    """Opposite neurons in pairs: each pair makes the fit, but for a constant."""
    X, given = (
        [[2, 1], [1, 2], [-2, -1], [-1, -2]],
        {"loss": "logistic", "skip": "constant"},
    )
    D = TrainingProblem(X, [1, -1, 1, -1], beta="1/3", bias="penalised", **given)
    C = certify(optimal_polytope(D))
    check(C.to_json())
    listed = C.claim("vertices")["list"]
    assert [v["support"] for v in listed] == [[0, 1], [2, 3]]
    told = C.claim("dimension")
    assert (told["rank"], told["used_rank"], told["dim"]) == (3, 3, 1)
    # by symmetry t sqrt(5) (1, 0, 1, 0) kappa is twice the logit of 3 kappa, with
    # kappa = beta/|(2, 1, 1)|, as a constant takes half of it
    kappa = 1 / 3 / 1.8**0.5
    weight = 2 * math.log(1 / kappa - 1) / (1.8 * kappa)
    for v in listed:
        for ends in v["weights"]:
            assert float(Fraction(ends[0])) == pytest.approx(weight, rel=1e-9)


def test_leaky_units_on_a_triangle():
    """Kappa is equal thrice, labels are not; vertices of two atoms and of three, in floats."""
    C = golden("enclosed_zeros")
    check(canonical(C))
    kappa, z = float(Fraction(claim(C, "dual")["kappa"][0][0])), []
    X, y = np.array([[-1, 2, -1], [2, -1, -1], [-1, -1, 2]]), [2, 2, 4]
    z = np.array(y) - kappa**0.5
    signs = [a["covector"] for a in claim(C, "atoms")["list"]]
    features = []
    for row in signs:
        slopes = np.where(np.array(row) > 0, 1, 1 / 3)
        features.append(slopes * (X @ (X.T @ (slopes * kappa))))
    F = np.array(features).T
    found = set()
    for size in (1, 2, 3):
        for at in combinations(range(6), size):
            c, *_ = np.linalg.lstsq(F[:, at], z, rcond=None)
            fits = abs(F[:, at] @ c - z).max() < 1e-9 and c.min() > 1e-9
            if fits and not any(set(s) < set(at) for s in found):
                found.add(at)
    listed = claim(C, "vertices")["list"]
    assert [tuple(v["support"]) for v in listed] == sorted(found)
    assert {len(s) for s in found} == {2, 3}
    for v in listed:
        c, *_ = np.linalg.lstsq(F[:, v["support"]], z, rcond=None)
        for ends, t in zip(v["weights"], c, strict=True):
            assert float(Fraction(ends[0])) == pytest.approx(t, rel=1e-9)


@pytest.mark.parametrize(
    ("X", "y", "given"),
    [
        (  # four neurons of two samples: each opposite two make the fit
            [[0, -1], [0, 1], [-1, 0], [1, 0]],
            [2, 2, 2, 2],
            {"beta": "3/4", "loss": {"kind": "power", "p": "5/2"}}
            | {"activation": {"slopes": ["1", "1/3"]}},
        ),
        (  # beside two neurons of one sample
            [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, -1, 0], [0, 0, -1], [-1, 0, 0]],
            [-1, 1, 1, 1, 1, -1],
            {"beta": "1/3", "loss": "exponential"},
        ),
        (  # a multiplier is a sum of entries of kappa that are opposite
            [[1, 0, -1], [0, 1, -1], [0, -1, 1], [-1, 1, 0], [-1, 0, 1], [1, -1, 0]],
            [1, 1, 1, -1, -1, -1],
            {"beta": "3/4", "loss": "logistic", "bias": "penalised"},
        ),
    ],
)
def test_samples_that_are_alike_tie_weights_and_kappa(X, y, given):
    P = optimal_polytope(TrainingProblem(X, y, **given))
    C = certify(P)
    check(C.to_json())
    supports = [v["support"] for v in C.claim("vertices")["list"]]
    assert len(supports) == len(P.vertices)
