"""Losses on rows of very different sizes: the conditions of optimality, in 60 digits."""

from contextlib import suppress
from decimal import Decimal, localcontext
from fractions import Fraction
from random import Random

import pytest

from polytope_nn import TrainingProblem, optimum
from polytope_nn.errors import Undecided
from tests.oracles.units import slope_atoms

BETA = Fraction(1, 5)


def drawn(seed, exponent, kind):
    random = Random(seed)  # noqa: S311
    n, d = random.choice([(3, 2), (4, 2), (5, 2), (4, 3)])
    X = [[random.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    sizes = [Fraction(10) ** random.choice([0, exponent, -exponent]) for _ in range(n)]
    X = [[t * size for t in x] for x, size in zip(X, sizes, strict=True)]
    y = [random.choice([1, -1]) for _ in range(n)]
    if kind == "poisson":
        y = [random.randint(0, 5) for _ in range(n)]
    return TrainingProblem(X, y, beta=BETA, loss=kind)


def middle(x):
    return x if isinstance(x, Fraction) else x.enclosure(400).midpoint


def decimal(x):
    return Decimal(x.numerator) / Decimal(x.denominator)


def fit_of(kind, kappa, y):
    """Return the fit of a kappa by the table of losses, in decimals; None where it has many."""
    t = decimal(kappa * y)
    if kind == "logistic":
        return decimal(y) * ((1 - t) / t).ln()
    if kind == "poisson":
        return decimal(y - kappa).ln()
    return decimal(y) if 0 < t < 1 else None


def require_optimal(D, kind):
    """Weak duality: the largest |g| is beta, and the network has the fits of kappa."""
    O = optimum(D)
    kappa = [middle(t) for t in O.kappa]
    square, _ = slope_atoms(D.X, kappa, 1, 0)
    near = 1 + Fraction(1, 10**30)
    assert square / BETA**2 < near
    assert O.vanishes or near * square / BETA**2 > 1
    fit = [Fraction(0)] * D.n
    for c, a in zip(O.weights, O.atoms, strict=True):
        assert middle(c) >= 0
        u = [middle(c) * middle(t) for t in a.g]
        answers = (sum(s * t for s, t in zip(x, u, strict=True)) for x in D.X)
        fit = [z + a.sign * max(t, 0) for z, t in zip(fit, answers, strict=True)]
    with localcontext() as context:
        context.prec = 60
        for z, k, y in zip(fit, kappa, D.y, strict=True):
            wanted = fit_of(kind, k, y)
            if wanted is None:  # a hinge at an end: below or above its label
                assert (y * z >= 1 - Fraction(1, 10**20)) if k * y <= 0 else (y * z <= 1)
            else:
                assert abs(decimal(z) - wanted) < Decimal(10) ** -20 * (1 + abs(wanted))


@pytest.mark.parametrize("kind, exponent, seed", [("logistic", 5, 2), ("hinge", 12, 2)])
def test_rows_of_very_different_sizes(kind, exponent, seed):
    require_optimal(drawn(seed, exponent, kind), kind)


@pytest.mark.deep
@pytest.mark.parametrize("kind", ["logistic", "hinge", "poisson"])
@pytest.mark.parametrize("exponent", [2, 5])
@pytest.mark.parametrize("seed", range(8))
def test_many_rows_of_very_different_sizes(kind, exponent, seed):
    D = drawn(seed, exponent, kind)
    if kind == "logistic" and exponent == 5 and seed in {3, 4}:
        with pytest.raises(Undecided, match="is fitted with too much room"):
            optimum(D)
    else:
        require_optimal(D, kind)


def test_a_sample_with_too_much_room_is_told():
    """A row 10^5 times the others on the right side: kappa is e^-z, z of 10^5."""
    D = drawn(3, 5, "logistic")
    with pytest.raises(Undecided, match="kappa, entry 4, is below 2\\^-3000: sample 4 is"):
        optimum(D)


def test_a_tiny_kappa():
    """A fit of 177: kappa = e^-177, and the proof takes as many bits as that needs."""
    X = [[-1, -3], [200, 0], [0, "-1/50"], [-300, -300]]
    D = TrainingProblem(X, [1, 1, -1, -1], beta=BETA, loss="logistic")
    require_optimal(D, "logistic")
    assert float(optimum(D).kappa[1]) < 1e-70


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # floats overflow, and decide nothing
@pytest.mark.parametrize(
    ("X", "y", "beta", "loss"),
    [
        (
            [[-1], [-1], [1]],
            [3, 1, 1],
            "1e30",
            {"kind": "power", "p": "101/100"},
        ),  # no numbers
        ([[1], [1]], [1, -1], "1e-30", "exponential"),  # a kappa of 0, which has no fit
    ],
)
def test_what_floats_cannot_hold_is_undecided(X, y, beta, loss):
    D = TrainingProblem(X, y, beta=beta, loss=loss, bias="penalised", skip="constant")
    with suppress(Undecided):  # the rows that are equal are best fitted by a constant alone
        assert not any(optimum(D).weights)
