"""The search at its limits: scales, precision, messages, progress."""

from contextlib import suppress
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.check import check
from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.limits import Limits, on_terminal
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search import finding
from polytope_nn.search.finding import optimum
from tests.oracles.worked import WORKED
from tests.search.test_finding import agrees


def instance(seed, kind):
    random = Random(f"{kind}{seed}")  # noqa: S311 - test data
    n, d = random.randint(2, 6), random.randint(1, 3)
    X = [[Fraction(random.randint(-5, 5)) for _ in range(d)] for _ in range(n)]
    y = [Fraction(random.randint(-5, 5)) for _ in range(n)]
    beta = random.choice([Fraction(1, 10), Fraction(1, 2), Fraction(1)])
    if kind == "entries of 10^12":
        X = [[random.randint(-(10**12), 10**12) for _ in range(d)] for _ in range(n)]
    elif kind == "fractions of 30 digits":
        digits = 10**30
        X = [
            [
                Fraction(random.randint(-digits, digits), random.randint(1, digits))
                for _ in x
            ]
            for x in X
        ]
    elif kind == "tiny beta":
        beta = Fraction(1, 10**6)
    elif kind == "huge beta":
        beta, y = Fraction(10**6), [t * 10**6 for t in y]
    elif kind == "huge labels":
        y = [Fraction(random.randint(-(10**9), 10**9)) for _ in range(n)]
    return X, y, beta


KINDS = [
    "entries of 10^12",
    "fractions of 30 digits",
    "tiny beta",
    "huge beta",
    "huge labels",
]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", KINDS)
def test_scales(kind, seed):
    X, y, beta = instance(seed, kind)
    check(certify(TrainingProblem(X, y, beta=beta)).to_json())


def test_a_large_feature_beside_a_bias_is_as_at_other_sizes():
    # facets of rows (10^7 x, 1) are nearly opposite: a multiplier in floats proves nothing
    rows, y = [-998, 1005, 2998, 1000, -1004], [-3, 1, -1, 0, 0]
    X = [[10_000 * x] for x in rows]
    O = optimum(TrainingProblem(X, y, beta=1, bias="penalised"))
    found = {(a.sign, a.covector) for a in O.atoms}
    assert found == {(-1, (-1, 1, 1, 1, -1)), (-1, (1, -1, -1, -1, 1))}
    # slopes cost next to nothing: those on both sides of 0 nearly fit best
    for side in ([0, 4], [1, 2, 3]):
        assert abs(sum(rows[k] * O.kappa[k] for k in side)) < Fraction(1, 10**4)
        slope = Fraction(sum(rows[k] * y[k] for k in side), sum(rows[k] ** 2 for k in side))
        for k in side:
            assert abs(y[k] - rows[k] * slope - O.kappa[k]) < Fraction(1, 10**5)


def test_lengths_that_differ_by_the_square_of_a_scale_are_no_ties():
    tiny, huge, beta = Fraction(1, 10**12), 10**12, Fraction(1, 10)
    x, y = [-3 * tiny, -tiny, 3 * tiny], [-2 * huge, 2 * huge, 3 * huge]
    O = optimum(TrainingProblem([[t] for t in x], y, beta=beta, bias="penalised"))
    assert [(a.sign, a.covector) for a in O.atoms] == [(1, (1, 1, 1)), (-1, (1, 0, -1))]
    # the first two samples, pulled along the wall of the third, nearly reach beta
    a, b, _ = (t.midpoint for t in O.kappa)
    wall = -1, x[2]
    along = wall[0] * (a * x[0] + b * x[1]) + wall[1] * (a + b)
    less = 1 - along**2 / (1 + x[2] ** 2) / beta**2
    assert 0 < less < Fraction(1, 10**20)


@pytest.mark.parametrize("exponent", [-200, 200])
def test_one_common_scale_changes_nothing(exponent):
    t = Fraction(10) ** exponent
    X, y = [[1, 2], [2, -1], [-1, 1], [3, 1]], [3, -1, 2, 1]
    O = optimum(TrainingProblem(X, y, beta="1/2"))
    scaled = optimum(TrainingProblem([[e * t for e in x] for x in X], y, beta=t / 2))
    assert [(a.sign, a.covector) for a in scaled.atoms] == [
        (a.sign, a.covector) for a in O.atoms
    ]
    labels = optimum(TrainingProblem(X, [e * t for e in y], beta=t / 2))
    assert [(a.sign, a.covector) for a in labels.atoms] == [
        (a.sign, a.covector) for a in O.atoms
    ]


@pytest.mark.parametrize(
    "seed", [1, 2, 4, 6, 7, *(pytest.param(s, marks=pytest.mark.deep) for s in (0, 3, 5))]
)
def test_scales_too_far_apart_are_undecided_at_worst(seed):
    random = Random(seed)  # noqa: S311 - test data
    n, d = random.randint(1, 5), random.randint(1, 3)
    X = [
        [
            random.randint(-5, 5) * Fraction(10) ** random.choice((-150, -12, 0, 12, 150))
            for _ in range(d)
        ]
        for _ in range(n)
    ]
    y = [
        random.randint(-5, 5) * Fraction(10) ** random.choice((-99, 0, 99))
        for _ in range(n)
    ]
    with suppress(Undecided):
        check(certify(TrainingProblem(X, y, beta=1)).to_json())


@pytest.mark.deep
def test_a_field_beyond_floats_is_no_crash():
    tiny, huge = Fraction(1, 10**12), 10**12
    X = [
        [0, 4 * tiny],
        [-5, -tiny],
        [0, -huge],
        [-1, -5 * huge],
        [4 * tiny, 5 * huge],
        [-4 * tiny, -5],
    ]
    with suppress(Undecided):
        check(certify(TrainingProblem(X, [-2, -4, 2, 2, 1, -1], beta=2)).to_json())


def test_irrational_beta():
    import sympy

    D = TrainingProblem([[1, 1], [1, -2], [-3, 1]], [4, 5, 6], beta=sympy.sqrt(10) / 5)
    assert D.beta_squared == Fraction(2, 5)
    agrees(D)


def test_undecided_names_what_was_tried(monkeypatch):
    D = TrainingProblem([[2, -1, 1], [0, 0, 1], [1, 2, -1]], [1, -2, 1], beta=2)
    exact, few = optimum(D), Limits(degree=1, field_bits=1000)
    assert exact.level == "exact"  # over a field of degree 2
    balls = optimum(D, limits=few)  # the ties are identities
    assert (balls.level, len(balls.atoms)) == ("interval", len(exact.atoms))
    assert list(map(float, balls.kappa)) == list(map(float, exact.kappa))
    monkeypatch.setattr(finding, "_by_identities", lambda *_: None)
    with pytest.raises(Undecided) as caught:
        optimum(D, limits=few)
    message = str(caught.value)
    assert "whether a multiplier on pattern +-+, sign +1, is >= 0" in message
    assert "no number field of degree at most 1 that 1000 bits show" in message
    assert "raise the limits on degree and bits" in message


def test_progress_is_told():
    lines = []
    X = [[1, 1, 0], [2, -1, 1], [0, 1, 2], [1, 0, -1]]
    D = TrainingProblem(X, [3, 2, -1, 4], beta="1/2")
    optimum(D, limits=Limits(progress=lines.append))
    assert lines
    assert all("\n" not in line for line in lines)


def test_progress_goes_to_a_terminal_only(capsys, monkeypatch):
    on_terminal("working")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("polytope_nn.limits.process_time", lambda: 1)
    on_terminal("working")
    assert capsys.readouterr() == ("", "")  # not in the first seconds
    monkeypatch.setattr("polytope_nn.limits.process_time", lambda: 3)
    on_terminal("working")
    assert capsys.readouterr().err == "working\n"


@pytest.mark.parametrize(
    "limit",
    [
        {"bits": 10},
        {"bits": 10**7},
        {"degree": 0},
        {"field_bits": "4000"},
        {"vertices": True},
    ],
)
def test_bad_limits(limit):
    with pytest.raises(InstanceError, match="is no limit: give an integer from "):
        Limits(**limit)


def test_limits_of_numpy():
    limits = Limits(bits=np.int64(400), vertices=np.uint8(9))
    assert limits == Limits(bits=400, vertices=9)
    assert type(limits.bits) is int


def test_beta_just_below_the_largest():
    """kappa = y is feasible in floats, and not exactly: the fit is tiny and not 0."""
    D = TrainingProblem([[1], [-1]], [1 + Fraction(1, 10**12), 0], beta=1)
    O = optimum(D)
    assert O.kappa == (1, 0)
    assert O.fit == (Fraction(1, 10**12), 0)
    assert not O.vanishes


def test_digits_that_look_rational_and_are_not():
    """kappa = beta is 1 to 100 digits: the guess 1 is refused, a quadratic field is not."""
    b = 1 + Fraction(1, 10**100)
    O = optimum(TrainingProblem([[1]], [3], beta_squared=b))
    assert O.level == "exact"
    assert O.kappa[0] ** 2 == b
    assert not isinstance(O.kappa[0], Fraction)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["square", "tetrahedron", "triangle", "one-sign-each"])
def test_near_ties_are_no_ties(name, seed):
    """Labels moved by some 10^-20: the atoms are fewer, and floats cannot see which."""
    w = next(w for w in WORKED if w.name == name)
    random = Random(seed)  # noqa: S311 - test data
    y = [t + Fraction(random.randint(-9, 9), 10**20) for t in w.y]
    D = TrainingProblem(w.X, y, beta_squared=w.beta_squared)
    try:
        agrees(D)
    except Undecided as reason:
        pytest.fail(str(reason))
