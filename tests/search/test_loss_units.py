"""Losses in other units: what is optimal is that of the usual ones, times powers of 10."""

from fractions import Fraction

import pytest

from polytope_nn import TrainingProblem, optimal_polytope, optimum, staircase
from polytope_nn.search.sizes import Resized, resized
from tests.search.test_loss_scales import middle

LARGE = Fraction(10) ** 12
X = [[-2], [1], [2]]


def scaled_loss(kind, t):
    """Return a loss of labels times t."""
    widths = {"huber": ("delta", 1), "epsilon_insensitive": ("epsilon", "1/2")}
    widths["tolerance"] = ("epsilon", "1/2")
    if kind in widths:
        name, width = widths[kind]
        return {"kind": kind, name: Fraction(width) * t}
    others = {"quantile": ("tau", "1/4"), "power": ("p", "3/2")}
    return {"kind": kind, others[kind][0]: others[kind][1]} if kind in others else kind


# a kind, its labels, and e: with labels times t and weights over t^e kappa is what it was
KINDS = [
    ("margin", [-1, 1, 1], None),
    ("hinge", [-1, 1, 1], None),
    ("squared_hinge", [-1, 1, 1], None),
    ("logistic", [-1, 1, 1], None),
    ("exponential", [-1, 1, -1], None),
    ("poisson", [3, 0, 2], None),
    ("absolute", [1, 3, -2], 0),
    ("quantile", [1, 3, -2], 0),
    ("epsilon_insensitive", [1, 3, -2], 0),
    ("tolerance", [1, 3, 5], 0),
    ("huber", [1, 3, -2], 1),
    ("power", [1, 3, -2], Fraction(1, 2)),
]


UNITS = [(LARGE, 1), (1 / LARGE, LARGE), (LARGE, 1 / LARGE)]


@pytest.mark.parametrize("kind, y, e", KINDS)
@pytest.mark.parametrize("s, r", UNITS)
def test_no_unit_of_a_loss_is_special(kind, y, e, s, r):
    plain = TrainingProblem(X, y, beta="1/2", loss=scaled_loss(kind, 1))
    t = Fraction(1) if e is None else LARGE
    D = TrainingProblem(
        [[s * x for x in row] for row in X],
        [t * label for label in y],
        beta=s * r / 2,
        loss=scaled_loss(kind, t),
        weights=[r / Fraction(10) ** int(12 * (e or 0))] * 3,
    )
    P, O = optimum(plain), optimum(D)
    assert O.level == P.level
    for one, other in zip(P.kappa, O.kappa, strict=True):
        assert abs(middle(other) / r - middle(one)) < Fraction(1, 10**40)
    for one, other in zip(P.fit, O.fit, strict=True):
        assert abs(middle(other) / t - middle(one)) < Fraction(1, 10**40)
    (first, second) = map(optimal_polytope, (P, O))
    assert sorted(first.supports) == sorted(second.supports)
    assert [x.components for x in staircase(first)] == [
        x.components for x in staircase(second)
    ]


@pytest.mark.parametrize("kind, y, e", KINDS)
@pytest.mark.parametrize("s, r", UNITS)
def test_a_resized_loss_is_that_of_the_usual_units(kind, y, e, s, r):
    """Its graphs are those that are made of labels and widths over t, and of weights over r."""
    plain = TrainingProblem(X, y, beta="1/2", loss=scaled_loss(kind, 1))
    t = Fraction(1) if e is None else LARGE
    rows, labels = [[s * x for x in row] for row in X], [t * label for label in y]
    weights = [r / Fraction(10) ** int(12 * (e or 0))] * 3
    D = TrainingProblem(
        rows, labels, beta=s * r / 2, loss=scaled_loss(kind, t), weights=weights
    )
    other = Resized(D, s, t, r)
    assert (other.X, other.y) == (plain.X, plain.y)
    assert other.beta_squared == plain.beta_squared
    assert (other.loss.rows, other.loss.values) == (plain.loss.rows, plain.loss.values)


def test_what_is_not_resized():
    hinge = TrainingProblem([[10**12]], [1], beta=1, loss="hinge", bias="penalised")
    assert resized(hinge) is None  # a label is 1, and so is the bias
    power = TrainingProblem([[1]], [10**7], beta=1, loss={"kind": "power", "p": "7/3"})
    assert resized(power).t == 10**6  # its square root, times others, is rational


@pytest.mark.parametrize("size", [10**14, pytest.param(10**22, marks=pytest.mark.deep)])
def test_a_band_far_smaller_than_the_labels(size):
    """Labels k size and a band of 1: a fit of 1 takes an atom that floats do not see.

    On the samples (2, -2), twice, kappa is 1 and beta / 8^(1/2) less, what a neuron asks for.
    """
    rows = [[2, 0], [-2, 2], [2, -2], [2, -2], [-2, 0], [2, 0]]
    y = [size * k for k in (3, 0, 3, 2, 1, -3)]
    loss = {"kind": "epsilon_insensitive", "epsilon": 1}
    O = optimum(TrainingProblem(rows, y, beta="1/10", loss=loss))
    share = 0.1 / 8**0.5
    wanted = (1, -share, 1, share - 1, 2 * share, -1)
    assert [float(middle(t)) for t in O.kappa] == pytest.approx(wanted, abs=1e-12)
    fits = [float(middle(z)) for z in O.fit]
    assert fits[1] == 1
    assert fits[2:5] == pytest.approx([2 * size + 1, 2 * size + 1, size - 1], rel=1e-12)


@pytest.mark.parametrize(
    "y", [(1, -1, 2), pytest.param((3, 1, -2), marks=pytest.mark.deep)]
)
def test_bands_that_are_all_but_fitted(y):
    """Rows and weights of 10^12: the smallest network in the bands, to 24 digits."""
    rows = [[1, 2], [-1, 1], [1, -1]]
    large = [[LARGE * t for t in x] for x in rows]
    loss = {"kind": "epsilon_insensitive", "epsilon": "1/2"}
    O = optimum(TrainingProblem(large, y, beta=1, loss=loss, weights=[LARGE] * 3))
    loss["kind"] = "tolerance"
    T = optimum(TrainingProblem(rows, y, beta=1, loss=loss))
    assert [float(middle(t) * LARGE) for t in O.kappa] == pytest.approx(
        [float(middle(t)) for t in T.kappa], abs=1e-12
    )


@pytest.mark.deep  # 3 s
def test_columns_and_rows_of_far_sizes_in_bands():
    rows = [[0, 0, "1e-7"], [0, -1, 0], ["-1e-9", 0, 0], [0, 0, "-1e-7"], ["1e-9", 0, 0]]
    loss = {"kind": "tolerance", "epsilon": "1/2"}
    D = TrainingProblem([*rows, [0, 1, 0]], [2, 0, 3, -1, 2, 2], beta="1/2", loss=loss,
                        skip="constant")  # fmt: skip
    O = optimum(D)
    # all are within 1/2 of 3/2 but the third and the fourth: each takes a neuron of its own
    assert [float(middle(z)) for z in O.fit][3] == -0.5
    assert float(middle(O.fit[2])) == 2.5


@pytest.mark.parametrize("weight", [LARGE, LARGE**2])
def test_walls_that_are_far_from_where_a_path_starts(weight):
    """Two labels of one sample pull with all their weight; beside them kappa is of beta's size.

    The sample 2, with its bias of length 5^(1/2), is fitted but for its band by a neuron alone.
    """
    beta = Fraction(3, 10**6)
    D = TrainingProblem(
        [[-2], [2], [-2]],
        [1, 3, 3],
        beta=beta,
        loss={"kind": "epsilon_insensitive", "epsilon": "1/2"},
        weights=[weight] * 3,
        bias="penalised",
    )
    O = optimum(D)
    low, own, high = map(middle, O.kappa)
    assert abs(own * own * 5 - beta**2) < Fraction(1, 10**50)
    # at one of the labels, at the end of its band: the other sample leaves beta / 5^(1/2) of it
    assert {abs(low), abs(high)} & {weight}
    assert abs(abs(low + high) - own) < Fraction(1, 10**50)
    assert O.fit[1] == Fraction(5, 2)
