"""Power losses in number fields: kappa or the residuals generate it, and both are in it."""

from fractions import Fraction

import pytest

from polytope_nn import TrainingProblem, optimal_polytope, optimum
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.logarithms import power
from polytope_nn.exact.recognise import power_in_field, powers

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
GATES = [[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]]
UNITS = {
    "relu": {"beta": 2},
    "gates": {"beta": 2, "gates": GATES},
    "threshold": {"beta": 3, "activation": "threshold_open"},
    "leaky": {"beta": 2, "activation": {"slopes": [1, 0]}},
}


def require_exact(D, p):
    """The residual is the root of kappa, and loss and cost add to the value: in the field."""
    O = optimum(D)
    assert O.level == "exact"
    for k, z, y in zip(O.kappa, O.fit, D.y, strict=True):
        residual = y - z if k > 0 else z - y
        a, b = p.numerator - p.denominator, p.denominator  # (p - 1) = a/b
        assert residual >= 0
        assert residual**a == (k if k > 0 else -k) ** b
    cost = sum((k * z for k, z in zip(O.kappa, O.fit, strict=True)), Fraction(0))
    lost = sum(
        ((k if k > 0 else -k) * (y - z if y > z else z - y) / p
         for k, z, y in zip(O.kappa, O.fit, D.y, strict=True)),
        Fraction(0),
    )  # fmt: skip
    assert O.value == cost + lost
    return O


@pytest.mark.parametrize("p", ["4", "4/3", "3", "3/2"])
@pytest.mark.parametrize("unit", UNITS)
def test_the_square(unit, p):
    """kappa = root 2 (ReLU, gates) or 3/2 (thresholds), residuals its roots or powers."""
    loss = {"kind": "power", "p": p}
    D = TrainingProblem(SQUARE, [6] * 4, loss=loss, **UNITS[unit])
    O = require_exact(D, Fraction(p))
    assert O.kappa[0] * O.kappa[0] == (Fraction(9, 4) if unit == "threshold" else 2)
    P = optimal_polytope(O)
    assert [step.components for step in P.staircase] == [4, 2, 1]


def test_one_sample_of_the_theory():
    """n = d = 1, p = 4: kappa = 1/10 and z = 2 - 10^(-1/3), a cubic number."""
    D = TrainingProblem([[1]], [2], beta="1/10", loss={"kind": "power", "p": 4})
    O = require_exact(D, Fraction(4))
    assert O.kappa == (Fraction(1, 10),)
    assert (2 - O.fit[0]) ** 3 == Fraction(1, 10)


def test_two_residuals_in_one_field():
    """Cube roots of 1/5 and 8/5: one field; of 1/5 and 2/5 two, of degree 9 together."""
    for second, degree in (("8/5", 3), ("2/5", 9)):
        X = [[1, 0], [0, second]]
        beta = Fraction(1, 5)
        D = TrainingProblem(
            X, [3, 4], beta=beta, loss={"kind": "power", "p": 4}, gates=[[1, 0], [0, 1]]
        )
        kappa = (beta, beta / Fraction(second))
        O = optimum(D, kappa=kappa)
        assert O.level == "exact"
        assert optimum(D).kappa == kappa
        fields = {z.field.degree for z in O.fit if not isinstance(z, Fraction)}
        assert fields == {degree}


def test_powers_that_are_in_no_field_are_balls():
    assert isinstance(power(Fraction(2), Fraction(1, 2)), Ball)
    a = NumberField((-2, 0, 1), (1, 2)).generator
    assert power_in_field(a, Fraction(1, 2)) is None
    assert power(3 + 2 * a, Fraction(1, 2)) == 1 + a
    assert powers((Fraction(4, 9), Fraction(0)), Fraction(1, 2)) == (Fraction(2, 3), 0)
    primes = tuple(map(Fraction, (2, 3, 5, 7)))
    assert powers(primes, Fraction(1, 3)) is None


OFF = {  # rows, labels, p, beta, skip, kappa
    "linear": ([[1], [1], [0], [0]], [1, 1, 1, 1], 4, "1/2", (0, 0, 1, 1)),
    "affine": ([[-1]] * 3 + [[1], [-1], [1]], [0] * 5 + [2], 3, 2, (0, 0, 0, -1, 0, 1)),
}


@pytest.mark.parametrize("skip", OFF)
def test_labels_that_a_skip_fits_where_others_are_off(skip):
    """Newton's method is slow where a power's label is fitted; kappa is seen from few bits."""
    rows, labels, p, beta, kappa = OFF[skip]
    D = TrainingProblem(rows, labels, beta=beta, skip=skip, loss={"kind": "power", "p": p})
    O = optimum(D)
    assert (O.kappa, O.level, O.atoms) == (kappa, "exact", ())


def test_an_atom_of_almost_no_weight():
    """Of the 0 fit kappa is (-1, -1, -1, 1), and g is 2 + 1e-9 long: beyond beta = 2."""
    loss = {"kind": "power", "p": "4/3"}
    O = optimum(
        TrainingProblem([["1e-9"], [0], [2], [0]], [-1, -1, -1, 1], beta=2, loss=loss)
    )
    assert len(O.atoms) == 1
    fit = 1 - abs(float(O.kappa[2])) ** 3  # of the sample 2
    assert 0 < fit < 1e-8
