"""Optima in balls of far sizes: the system of sizes near 1, brought back, is the problem's."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn import InterpolationProblem, TrainingProblem, optimal_polytope, optimum
from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kinds import check
from polytope_nn.dual.fits import Fit
from polytope_nn.dual.system import pinned_system
from polytope_nn.exact.radical import enclosure
from polytope_nn.search.sizes import _restored_fit

LARGE = Fraction(10) ** 12
SMALL = 1 / LARGE**2


def trained(X, y, keys, s, *units):
    t, r = (*units, 1)[:2]
    loss = keys.get("loss", "squared")
    far = {
        "X": [[s * x for x in row] for row in X],
        "y": [t * label for label in y],
        "beta": Fraction(keys["beta"]) * s * r,
    }
    if r != 1:
        far["weights"] = [w * r for w in keys["weights"]]
    return TrainingProblem(**(keys | far | {"loss": loss}))


LEAKY = {"slopes": ["1", "1/3"]}
PINNED = [[-1, -1, 2], [-1, 0, 0], [0, -1, -2], [2, 1, 2], [-1, -1, 2]]
CASES = {
    "a linear skip": (
        [[-2, 0], [0, -1], [-2, -2], [0, 2], [1, 2]], [2, -2, 2, -1, -1],
        {"beta": "1/2", "skip": "linear"}, (1, LARGE),
    ),
    "a bias that is free": (
        [[-2, 2, -1], [-2, 0, -2], [-1, -1, -1], [-2, 1, -1], [2, -2, -1]],
        [2, 0, -3, -1, -3], {"beta": "3/2", "skip": "constant", "bias": "free"}, (LARGE, LARGE),
    ),
    "prices of flats": (
        [[1, 0], [-1, 2], [1, 2], [-1, 2]], [-1, 2, -3, 0],
        {"beta": 1, "bias": "penalised", "activation": "absolute", "loss": "absolute",
         "weights": [2, 1, 1, 1]}, (1, LARGE, LARGE),
    ),
    "a skip beside a known entry": (
        [[0], [1], [-2], [-1]], [-1, 1, -1, 1],
        {"beta": "1/2", "skip": "linear", "loss": "logistic"}, (LARGE, 1),
    ),
    "opposite neurons": (
        [[1, -2], [1, 1], [-1, -1], [2, 0], [2, -1]], [-1, -1, -1, -1, 1],
        {"beta": 1, "loss": "logistic"}, (LARGE, 1),
    ),
    "an entry of kappa that is chosen": (PINNED, [1, 1, 0, 2, 1], {}, (LARGE, SMALL)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_proof_of_far_sizes_is_one_of_the_problem(name):
    X, y, keys, (s, t, *r) = CASES[name]
    if keys:
        D = trained(X, y, keys, s, t, *r)
    else:
        rows = [[s * x for x in row] for row in X]
        D = InterpolationProblem(rows, [t * label for label in y])
    O = optimum(D)
    E = O.enclosures
    assert O.level == "interval"
    told = dict(zip(E.pins, E.chosen, strict=True))
    own = pinned_system(E.solved or D, E.units, E.system.free, told, ())
    assert own.prices == E.system.prices
    assert (own.form, own.y) == (E.system.form, E.system.y)
    for j, r in told.items():
        low, high = enclosure(O.kappa[j], 200)
        assert low <= r <= high
    for ball, known in [(E.solution[i], x) for i, x in E.exact]:
        assert ball.lower <= known <= ball.upper
    widths = [ball.upper - ball.lower for ball in own.residual(E.solution)]
    for ball, size in zip(own.residual(E.solution), widths, strict=True):
        assert ball.lower <= 0 <= ball.upper
        assert size < Fraction(1, 10**20) * max(1, *map(abs, D.y), D.beta_squared)
    check(certify(optimal_polytope(O)).to_json())


def test_the_coefficients_of_slopes_and_of_a_constant():
    """``F c + Z a`` of rows over s: slopes are t/s, a constant is t, weights are t/(s^2 r)."""
    s, t, r = map(Fraction, (2, 3, 5))
    one = Fraction(1)
    fit = Fit((one,), (one, one, one), (one, one), alone=True)
    found = _restored_fit(fit, SimpleNamespace(s=s, t=t, r=r), 2)
    assert found == Fit((t / (s * s * r),), (t / s, t / s, t), (t, t), alone=True)
