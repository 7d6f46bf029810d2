"""Scales change answers by laws: X with beta, the losses' weights with beta, and kappa beside."""

from fractions import Fraction

import pytest

from polytope_nn import TrainingProblem, VectorProblem, certify, optimum, vector_optimum
from polytope_nn.certificate.check import check
from polytope_nn.exact.scalar import middle
from polytope_nn.vector.certificate.claims import vector_certificate

FAR = {  # answers of rows, columns and weights that are far apart; each had none
    "a sample at 0 and heavy losses": {
        "X": [["-2e7"], [-1], [0], [-1], [-1], [-2]],
        "y": [1, -1, -1, -1, -1, 1],
        "loss": "exponential",
        "beta": "1/4",
        "weights": ["1e11"] * 6,
    },
    "a path that bends": {
        "X": [
            ["-2e-2", "1e3"],
            ["-2e-2", "-2e3"],
            [0, "-2e3"],
            [0, "3e3"],
            ["-2e-2", "-3e3"],
            ["-1e-2", "3e3"],
        ],
        "y": [1, 2, 0, 0, 4, 1],
        "loss": "poisson",
        "beta": "1e-3",
    },
}


@pytest.mark.parametrize("name", FAR)
def test_losses_of_far_scales_are_certified(name):
    D = TrainingProblem(**FAR[name])
    check(certify(D).to_json())


def test_a_sample_that_no_neuron_reaches_has_the_kappa_of_its_loss():
    """At the fit 0 that is ``y weight``; and samples that are alike have one kappa."""
    O = optimum(TrainingProblem(**FAR["a sample at 0 and heavy losses"]))
    assert O.kappa[2] == -(10**11)
    assert middle(O.kappa[1]) == pytest.approx(middle(O.kappa[3]), rel=1e-30)


@pytest.mark.deep
@pytest.mark.parametrize("s", ["1e9", "1e-7"])
def test_kappa_is_the_same_where_samples_and_beta_grow_alike(s):
    s, given = Fraction(s), FAR["a path that bends"]
    X = [[Fraction(x) * s for x in row] for row in given["X"]]
    beta = Fraction(given["beta"]) * s
    own, other = (
        optimum(TrainingProblem(**given | changed))
        for changed in ({}, {"X": X, "beta": beta})
    )
    assert [middle(t) for t in own.kappa] == pytest.approx(
        [middle(t) for t in other.kappa], rel=1e-30, abs=1e-30
    )


HEAVY = {
    "X": [["-1e-1"], ["-2e6"], ["-3e-6"]],
    "Y": [["4e-10", "4e-10"], ["2e-10", "-1e-10"], ["-4e-10", "-2e-10"]],
    "weights": ["3e5", "2e11", "3e11"],
    "loss": "absolute",
    "beta": "9e-9",
}


@pytest.mark.parametrize("w", ["1", "1e-12"])
def test_kappa_grows_with_the_weights_of_several_outputs_and_beta(w):
    w = Fraction(w)
    weights = [Fraction(t) * w for t in HEAVY["weights"]]
    changed = HEAVY | {"weights": weights, "beta": Fraction(HEAVY["beta"]) * w}
    O = vector_optimum(VectorProblem(**changed))
    assert O.level == "exact"
    assert [middle(t) / w for t in O.N[0]] == [300000, 300000]
    check(vector_certificate(O))


def test_cross_entropies_of_rows_that_are_far_apart_are_certified():
    D = VectorProblem(
        [["1e12", "-1e-12"], ["1e-12", "3"]],
        [[1, 0], [0, 1]],
        beta="1/2",
        bias="penalised",
        loss="softmax",
    )
    check(vector_certificate(vector_optimum(D)))
