"""Optima in balls of far sizes: the system of sizes near 1, brought back, is the problem's."""

from dataclasses import fields
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from polytope_nn import InterpolationProblem, TrainingProblem, optimal_polytope, optimum
from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kinds import check
from polytope_nn.dual.fits import Fit
from polytope_nn.dual.system import Face, Unit, pinned_system
from polytope_nn.exact.radical import enclosure
from polytope_nn.search.sizes import _added_sizes, _restored_fit, _size, restored

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
    for field in fields(own):
        assert getattr(own, field.name) == getattr(E.system, field.name), field.name
    require_atoms(D, O)
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


def require_atoms(D, O):
    """In floats: |g| is beta without a free bias, outputs are those of g, and make the fit."""
    ones = [Fraction(1)] if D.bias != "none" else []
    X = np.array([[*map(float, row), *map(float, ones)] for row in D.X])
    even = getattr(getattr(D, "activation", None), "left", 0)
    made = np.zeros(D.n)
    for c, a in zip(O.weights, O.atoms, strict=True):
        g = np.array([*map(float, a.g)])
        decayed = g[:-1] if D.bias == "free" else g
        assert decayed @ decayed == pytest.approx(float(D.beta_squared))
        u, size = X @ g, (abs(X) @ abs(g)).max()
        z = a.sign * (np.maximum(u, 0) + float(even) * np.minimum(u, 0))
        assert [*map(float, a.feature)] == pytest.approx(z, abs=1e-9 * size)
        made += float(c) * z
    Z = optimal_polytope(O).free_part(O.weights)
    for column, t in zip(D.free.columns, Z, strict=True):
        made += float(t) * np.array([*map(float, column)])
    assert [*map(float, O.fit)] == pytest.approx(made, abs=1e-9 * max(abs(made)))


def test_the_coefficients_of_slopes_and_of_a_constant():
    """``F c + Z a`` of rows over s: slopes are t/s, a constant is t, weights are t/(s^2 r)."""
    s, t, r = map(Fraction, (2, 3, 5))
    one = Fraction(1)
    fit = Fit((one,), (one, one, one), (one, one), alone=True)
    found = _restored_fit(fit, SimpleNamespace(s=s, t=t, r=r), 2)
    assert found == Fit((t / (s * s * r),), (t / s, t / s, t), (t, t), alone=True)


@pytest.mark.parametrize("known", ["relations", "cones", "signs"])
def test_what_is_known_by_more_than_a_system_is_not_brought_back(known):
    found = SimpleNamespace(enclosures=object(), relations=(), cones=(), signs=())
    setattr(found, known, (1,))
    assert restored(found, None) is None
    assert restored(SimpleNamespace(enclosures=None), None) is None


@pytest.mark.parametrize("digits", [5, 6, 7, 400])
def test_sizes_that_floats_take_as_they_are(digits):
    power = Fraction(10) ** digits
    told = Fraction(1) if digits <= 6 else power
    assert _size([Fraction(-3), power]) == told
    assert _size([1 / power, Fraction(0)]) == 1 / told
    assert _size([]) == _size([Fraction(0)]) == 1


@pytest.mark.parametrize("free, kept", [((), 1), (((1, 1, 1),), 0)], ids=["made", "had"])
def test_the_sizes_of_opposite_neurons_and_of_constants(free, kept):
    """``X u`` is of size s^2 r and its weight t/(s^2 r), times r of u; a constant is t.

    A constant that is free already is no column of a flat's.
    """
    D = TrainingProblem([[2], [0], [-2]], [1, 1, 1], beta=1, bias="free")
    left, right = Face(1, (1, 0, -1), 1), Face(1, (-1, 0, 1), 1)
    one = tuple(map(Fraction, (1, 1, 1)))
    units = (
        Unit(left, ((Fraction(1),),) * 3, right),
        Unit(left, ((Fraction(1),),) * 3, right, one),
    )
    other = SimpleNamespace(s=Fraction(5), t=Fraction(3), r=Fraction(2))
    made = [tuple(map(Fraction, column)) for column in free]
    assert _added_sizes(D, made, units, other) == [Fraction(3, 25), *[Fraction(3)] * kept]
