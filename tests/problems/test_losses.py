"""Each loss's graph against its definition, and the refusals of what is no loss."""

from fractions import Fraction
from math import exp, inf, log1p

import pytest

from polytope_nn import TrainingProblem
from polytope_nn.errors import DimensionError, InstanceError, NotAttained, NotInterpolable
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import dot
from polytope_nn.problems.losses.kinds import KINDS, loss_of
from polytope_nn.problems.minimum import require_minimum, separating

Q = Fraction
HALF, ONE, TWO = Q(1, 2), Q(1), Q(2)

# the definitions, of one sample: label y, weight w, parameter p
DEFINED = {
    "squared": lambda z, y, w, p: w * (z - y) ** 2 / 2,
    "absolute": lambda z, y, w, p: w * abs(z - y),
    "huber": lambda z, y, w, p: (
        w * ((z - y) ** 2 / 2 if abs(z - y) <= p else p * abs(z - y) - p * p / 2)
    ),
    "quantile": lambda z, y, w, p: w * (p * (y - z) if z < y else (1 - p) * (z - y)),
    "epsilon_insensitive": lambda z, y, w, p: w * max(abs(z - y) - p, 0),
    "hinge": lambda z, y, w, p: w * max(1 - y * z, 0),
    "squared_hinge": lambda z, y, w, p: w * max(1 - y * z, 0) ** 2 / 2,
    "logistic": lambda z, y, w, p: w * log1p(exp(-y * z)),
    "exponential": lambda z, y, w, p: w * exp(-y * z),
    "poisson": lambda z, y, w, p: w * (exp(z) - y * z),
    "power": lambda z, y, w, p: w * abs(z - y) ** p / p,
    "interpolation": lambda z, y, w, p: 0 if z == y else inf,
    "tolerance": lambda z, y, w, p: 0 if abs(z - y) <= p else inf,
    "margin": lambda z, y, w, p: 0 if y * z >= 1 else inf,
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
def test_graphs_are_those_of_the_definitions(kind):
    met = 0
    for name, y, w, p, loss in cases():
        if name != kind:
            continue
        for z in GRID:
            value = loss.value((z,))
            wanted = DEFINED[kind](
                float(z), float(y), float(w), None if p is None else float(p)
            )
            if value is None:
                assert wanted == inf
            else:
                assert near(value) == pytest.approx(wanted, abs=1e-12)
        for kappa in GRID:
            try:
                ((low, high),) = loss.interval((kappa,))
            except Exception:  # noqa: BLE001 - outside of the domain, shown below
                continue
            met += 1
            # Fenchel-Young: equality at the fits of kappa, and nowhere less
            conjugate = near(loss.conjugate((kappa,)))
            for end in (low, high):
                if end is not None:
                    z = near(end)
                    at = DEFINED[kind](
                        z, float(y), float(w), None if p is None else float(p)
                    )
                    if at < inf:
                        assert at + float(kappa) * z == pytest.approx(-conjugate, abs=1e-9)
            for z in map(float, GRID):
                at = DEFINED[kind](z, float(y), float(w), None if p is None else float(p))
                gap = at + float(kappa) * z + conjugate
                assert gap >= -1e-9
                inside = (low is None or near(low) <= z + 1e-9) and (
                    high is None or z <= near(high) + 1e-9
                )
                assert inside == (gap < 1e-9) or abs(gap) < 1e-7
    assert met > 20


def test_a_kappa_outside_of_the_domain_is_named():
    loss = loss_of("hinge", (ONE, -ONE), (ONE, HALF))
    with pytest.raises(Exception, match=r"kappa, entry 2: 1 is outside \[-1/2, 0\]"):
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
