"""Each loss's graph against its definition, and the refusals of what is no loss."""

import re
from fractions import Fraction
from math import exp, inf, log, log1p
from pathlib import Path

import pytest

from polytope_nn import TrainingProblem
from polytope_nn.dual.fits import is_free
from polytope_nn.errors import (
    DimensionError,
    InstanceError,
    NotAttained,
    NotInterpolable,
    NotOptimal,
)
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import dot
from polytope_nn.problems.losses.kinds import KINDS, loss_of
from polytope_nn.problems.losses.separable import _clipped
from polytope_nn.problems.minimum import require_minimum, separating
from polytope_nn.problems.objectives import LOSSES

Q = Fraction
HALF, ONE, TWO = Q(1, 2), Q(1), Q(2)

# the definitions, of one sample: label y, weight w, parameter p
DEFINED = {
    "squared": lambda z, y, w, _p: w * (z - y) ** 2 / 2,
    "absolute": lambda z, y, w, _p: w * abs(z - y),
    "huber": lambda z, y, w, p: (
        w * ((z - y) ** 2 / 2 if abs(z - y) <= p else p * abs(z - y) - p * p / 2)
    ),
    "quantile": lambda z, y, w, p: w * (p * (y - z) if z < y else (1 - p) * (z - y)),
    "epsilon_insensitive": lambda z, y, w, p: w * max(abs(z - y) - p, 0),
    "hinge": lambda z, y, w, _p: w * max(1 - y * z, 0),
    "squared_hinge": lambda z, y, w, _p: w * max(1 - y * z, 0) ** 2 / 2,
    "logistic": lambda z, y, w, _p: w * log1p(exp(-y * z)),
    "exponential": lambda z, y, w, _p: w * exp(-y * z),
    "poisson": lambda z, y, w, _p: w * (exp(z) - y * z),
    "power": lambda z, y, w, p: w * abs(z - y) ** p / p,
    "interpolation": lambda z, y, _w, _p: 0 if z == y else inf,
    "tolerance": lambda z, y, _w, p: 0 if abs(z - y) <= p else inf,
    "margin": lambda z, y, _w, _p: 0 if y * z >= 1 else inf,
}
PARAMETERS = {
    "huber": ("delta", (HALF, TWO)),
    "quantile": ("tau", (Q(1, 3), Q(3, 4))),
    "epsilon_insensitive": ("epsilon", (Q(0), HALF)),
    "tolerance": ("epsilon", (Q(0), HALF)),
    "power": ("p", (Q(4), Q(4, 3), Q(3), TWO)),
}
SIGNED = {"hinge", "squared_hinge", "logistic", "exponential", "margin"}
GRID = [Q(i, 4) for i in range(-12, 13)]


def cases():
    for kind in KINDS:
        labels = (
            (ONE, -ONE) if kind in SIGNED else (ONE, Q(0) if kind == "poisson" else -TWO)
        )
        name, values = PARAMETERS.get(kind, ("", (None,)))
        for y in labels:
            for w in (ONE, HALF, TWO):
                for p in values:
                    given = {"kind": kind} | ({name: p} if name else {})
                    yield kind, y, w, p, loss_of(given, (y,), (w,))


def near(x):
    return float(x.midpoint if isinstance(x, Ball) else x)


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_those_of_the_definitions(kind):
    for _, y, w, p, loss in (case for case in cases() if case[0] == kind):
        for z in GRID:
            value = loss.value((z,))
            wanted = defined(kind, z, y, w, p)
            assert wanted == inf if value is None else near(value) == pytest.approx(wanted)


@pytest.mark.parametrize("kind", KINDS)
def test_the_fits_of_a_kappa_are_where_the_fenchel_gap_is_0(kind):
    met = 0
    for _, y, w, p, loss in (case for case in cases() if case[0] == kind):
        for kappa in GRID:
            ends = loss.rows[0].interval(kappa) if hasattr(loss, "rows") else None
            if ends is None and hasattr(loss, "rows"):
                continue  # outside of the domain
            ((low, high),) = (ends,) if ends else loss.interval((kappa,))
            conjugate = near(loss.conjugate((kappa,)))
            met += 1
            for z in (*GRID, *(end for end in (low, high) if isinstance(end, Fraction))):
                gap = defined(kind, z, y, w, p) + float(kappa * z) + conjugate
                inside = (low is None or not z < low) and (high is None or not z > high)
                assert gap == pytest.approx(0, abs=1e-9) if inside else gap > 1e-12
    assert met > 20


def defined(kind, z, y, w, p):
    return DEFINED[kind](float(z), float(y), float(w), None if p is None else float(p))


def test_a_kappa_outside_of_the_domain_is_named():
    loss = loss_of("hinge", (ONE, -ONE), (ONE, HALF))
    with pytest.raises(NotOptimal, match=r"kappa, entry 2: 1 is outside \[-1/2, 0\]"):
        loss.interval((HALF, ONE))


def test_logistic_is_exact_in_logarithms():
    loss = loss_of("logistic", (ONE,), (ONE,))
    ((z, _),) = loss.interval((Q(1, 9),))
    assert repr(z) == "3*ln(2)"
    assert repr(loss.conjugate((Q(1, 3),))) == "2/3*ln(2) + -1*ln(3)"


@pytest.mark.parametrize(
    "given, words",
    [
        ("hubber", "did you mean 'huber'"),
        ("squared-hinge", "did you mean 'squared_hinge'"),
        (3, "where a word belongs"),
        ({"delta": 1}, "kind is missing"),
        ("huber", "delta is missing"),
        ({"kind": "huber", "delta": 0}, "give a number above 0"),
        ({"kind": "huber", "delta": 0.5}, "is a float"),
        ({"kind": "quantile", "tau": 1}, "between 0 and 1"),
        ({"kind": "power", "p": 1}, "above 1"),
        ({"kind": "power", "p": [2, 2]}, "a list where one number belongs"),
        ({"kind": "tolerance", "epsilon": "-1"}, "not negative"),
        ({"kind": "absolute", "delta": 1}, "delta is no parameter"),
        ("logistic", "y, entry 1: 2 is no label of the logistic loss: give 1 or -1"),
        ("poisson", "y, entry 2: -1 is negative"),
    ],
)
def test_what_is_no_loss_is_refused(given, words):
    with pytest.raises(InstanceError, match=words):
        TrainingProblem([[1], [2]], [2, -1], beta=1, loss=given)


def test_parameters_of_the_wrong_length_and_a_free_bias():
    with pytest.raises(DimensionError, match="delta has 3 entries for 2 rows"):
        TrainingProblem(
            [[1], [2]], [2, -1], beta=1, loss={"kind": "huber", "delta": [1, 2, 3]}
        )
    with pytest.raises(InstanceError, match="bias, loss: a free bias goes with"):
        TrainingProblem([[1], [2]], [2, -1], beta=1, loss="absolute", bias="free")


def test_a_separated_logistic_loss_has_no_minimum():
    """general G1: the infimum 0 of X = (1), (2), y = (1, 1) with a constant."""
    D = TrainingProblem([[1], [2]], [1, 1], beta=1, loss="logistic", skip="constant")
    with pytest.raises(NotAttained, match="no optimum is attained"):
        require_minimum(D)
    v = [dot(z, separating(D)) for z in D.free.Z]
    assert all(t > 0 for t in v)
    mixed = TrainingProblem(
        [[1], [2], [3]], [1, -1, 1], beta=1, loss="logistic", skip="affine"
    )
    assert separating(mixed) is None
    counts = TrainingProblem([[1], [2]], [0, 0], beta=1, loss="poisson", skip="constant")
    assert all(dot(z, separating(counts)) < 0 for z in counts.free.Z)
    hinge = TrainingProblem(
        [[1], [2]], [1, 1], beta=1, loss="squared_hinge", skip="constant"
    )
    require_minimum(hinge)  # its least value 0 is attained


def test_what_no_network_fits():
    X = [[1, 0], [1, 0], [0, 1]]
    with pytest.raises(NotInterpolable, match="no network of any width fits"):
        require_minimum(TrainingProblem(X, [1, -1, 1], beta=1, loss="margin"))
    wide = {"kind": "tolerance", "epsilon": 1}
    require_minimum(TrainingProblem(X, [1, -1, 1], beta=1, loss=wide))
    narrow = {"kind": "tolerance", "epsilon": "1/2"}
    with pytest.raises(NotInterpolable, match="within their tolerance"):
        require_minimum(TrainingProblem(X, [1, -1, 1], beta=1, loss=narrow))


@pytest.mark.parametrize("loss", ["logistic", "poisson"])
def test_hundreds_of_samples_are_separated_or_not(loss):
    """400 rows are a tableau of four rows: one of a slack each had no end in a minute."""
    X = [
        [Fraction(k * k % 401 - 200, 7), Fraction(k * 37 % 211 - 90, 13)]
        for k in range(400)
    ]
    side = [2 * x[0] - 3 * x[1] > 1 for x in X]
    labels = [1 if t else -1 for t in side] if loss == "logistic" else [0] * 400
    D = TrainingProblem(X, labels, beta=1, loss=loss, skip="affine")
    direction = separating(D)
    v = [dot(z, direction) for z in D.free.Z]
    if loss == "logistic":
        assert all(t * y >= 0 for t, y in zip(v, labels, strict=True))
    else:
        assert all(t <= 0 for t in v)
    assert any(v)
    mixed = [-y for y in labels[:20]] + labels[20:] if loss == "logistic" else [1] * 400
    D = TrainingProblem(X, mixed, beta=1, loss=loss, skip="affine")
    assert separating(D) is None


def test_what_is_free_fits_hundreds_of_labels_or_not():
    X = [
        [Fraction(k * k % 401 - 200, 7), Fraction(k * 37 % 211 - 90, 13)]
        for k in range(300)
    ]
    y = [2 * x[0] - 3 * x[1] + 1 for x in X]
    for loss in (
        "absolute",
        {"kind": "epsilon_insensitive", "epsilon": "1/10"},
        {"kind": "huber", "delta": 1},
    ):
        for off in (Fraction(1, 20), Fraction(10)):
            labels = [*y[:-1], y[-1] + off]
            D = TrainingProblem(X, labels, beta=1, loss=loss, skip="affine")
            near = loss != "absolute" and loss["kind"] != "huber" and off < 1
            assert is_free(D.loss, D.free.columns, D.n) == near
            D = TrainingProblem(X, y, beta=1, loss=loss, skip="affine")
            assert is_free(D.loss, D.free.columns, D.n)


def written(formula, z, y, p):
    """Return the value of a loss as it is written for people."""
    first, condition, second = re.fullmatch(
        r"(.*?)(?: if (.*), else (.*))?", formula
    ).groups()
    if condition and not written(condition.replace(" = ", " == "), z, y, p):
        return inf if second == "infinite" else written(second, z, y, p)
    code = first.replace("^", "**").replace("y z", "y*z")
    code = re.sub(r"\|([^|]+)\|", r"abs(\1)", code)
    code = re.sub(r"\(([^()]*(?:\([^()]*\))?[^()]*)\)_\+", r"max(\1, 0)", code)
    code = re.sub(r"\be\*\*(z|\([^()]*\))", r"exp(\1)", code)
    code = re.sub(r"(tau|delta|\)) (?=[(am])", r"\1*", code)
    names = {"z": z, "y": y, "exp": exp, "ln": log, "max": max, "abs": abs}
    return eval(code, names | dict.fromkeys(("tau", "delta", "epsilon", "p"), p))  # noqa: S307


@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_is_what_is_written_of_it(kind):
    """DEFINED is compared with the graphs above; here with the words for people."""
    for p in (Q(1, 3), Q(3, 4), Q(3)):
        for y in (ONE, -ONE):
            for z in (Q(-3), Q(-1), Q(-1, 4), Q(0), HALF, ONE, Q(5, 2)):
                right = DEFINED[kind](z, y, ONE, p)
                assert written(LOSSES[kind], z, y, p) == pytest.approx(right, rel=1e-12)


def test_the_guide_has_every_loss():
    page = Path(__file__).parents[2] / "docs" / "guide" / "losses.md"
    rows = page.read_text(encoding="utf-8").replace("\\|", "|")
    assert set(LOSSES) == {*KINDS, "softmax"}
    for kind, formula in LOSSES.items():
        assert f"| `{kind}` | `{formula}` |" in rows


@pytest.mark.parametrize("low, high, told", [
    (None, None, 3), (1, None, 3), (4, None, 4), (None, 4, 3), (None, 2, 2), (1, 2, 2), (4, 5, 4),
])  # fmt: skip
def test_a_number_is_clipped_to_an_interval(low, high, told):
    assert _clipped(3, low, high) == told
