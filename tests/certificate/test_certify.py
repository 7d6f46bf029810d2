"""The producer: everything it makes is accepted, the same twice, and says what was found."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn import (
    Certificate,
    InstanceError,
    Network,
    TrainingProblem,
    Undecided,
    certify,
    optimal_polytope,
    optimum,
    staircase,
)
from polytope_nn.certificate import check
from polytope_nn.certificate import format as form
from polytope_nn.certificate.certify import staircase_certificate
from polytope_nn.certificate.enclosures import instance_of
from polytope_nn.certificate.roads import (
    descent_certificate,
    gap_certificate,
    path_certificate,
    separation_certificate,
)
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.checker import rows
from polytope_nn.checker.claims.dual import topes
from polytope_nn.dual.feasibility import enclosure
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.farkas import alternative
from polytope_nn.networks.gap import residual_gap as gap
from polytope_nn.networks.membership import solution
from polytope_nn.paths.descent import descent
from polytope_nn.paths.path import path

from .forging import GOLDEN, NAMES, golden

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]


@pytest.mark.parametrize(
    "name", ["octahedron", "cross_4_mixed", "field_octahedron", "zero_fit"]
)
def test_certificates_are_the_same_bytes_again(name):
    read = golden(name)
    data = read["data"]
    D = TrainingProblem(
        data["X"], data["y"], beta_squared=data["beta_squared"], weights=data["weights"]
    )
    kappa = None if name.startswith("field") else read["claims"][1]["kappa"]
    once, again = (certify(optimum(D, kappa=kappa)).to_json() for _ in range(2))
    assert once == again
    assert once == (GOLDEN / f"{name}.json").read_text(encoding="ascii").strip()


@pytest.mark.parametrize("name", NAMES)
def test_texts_and_values_agree(name):
    text = (GOLDEN / f"{name}.json").read_text(encoding="ascii").strip()
    certificate = Certificate.from_json(text)
    assert certificate.to_json() == text
    assert certificate.kind in repr(certificate)
    with pytest.raises(KeyError):
        certificate.claim("nothing")


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000])
def test_what_is_no_certificate_is_no_value(text):
    with pytest.raises(InstanceError):
        Certificate.from_json(text)


def test_format_and_checker_agree_without_sharing():
    assert {f"{form.FORMAT}{v}": v for v in (1, 2)} == rows.FORMATS
    assert form.CONVENTIONS == rows.CONVENTIONS
    claims = golden("octahedron")["claims"]
    assert [c["claim"] for c in claims] == list(rows.SHAPE)


@given(
    X=st.lists(
        st.lists(st.integers(-2, 2), min_size=2, max_size=2), min_size=1, max_size=5
    ),
    kappa=st.lists(st.integers(-2, 2), min_size=5, max_size=5),
    masses=st.lists(st.integers(0, 3), min_size=1, max_size=12),
    weights=st.lists(st.sampled_from(["1", "2", "1/3"]), min_size=5, max_size=5),
)
def test_planted_instances_are_certified(X, kappa, masses, weights):
    """Zero, repeated and opposite rows, ties, weights, y* = 0: choose kappa, then c, then y."""
    n, kappa = len(X), kappa[: len(X)]
    free = TrainingProblem(X, kappa, beta_squared=10**6)
    P = optimal_polytope(optimum(free, kappa=kappa))
    H = P.optimum.arrangement
    from polytope_nn.dual.atoms import cone_projection, pull

    largest = Fraction(0)
    for pattern in H.patterns:
        rows = [tuple(s * t for t in x) for s, x in zip(pattern, free.design, strict=True)]
        for s in (1, -1):
            g, _ = cone_projection(rows, pull(free.design, free.y, s, pattern))
            largest = max(largest, sum(t * t for t in g))
    if not largest:
        return
    scaled = [Fraction(k) / Fraction(w) for k, w in zip(kappa, weights, strict=False)]
    bare = TrainingProblem(X, scaled, beta_squared=largest, weights=weights[:n])
    O = optimum(bare, kappa=kappa)
    assert O.vanishes
    assert O.atoms
    assert certify(O).claim("widths")["M_star"] == 0
    fit = [
        sum((c * a.feature[k] for c, a in zip(masses, O.atoms, strict=False)), Fraction(0))
        for k in range(n)
    ]
    y = [z + t for z, t in zip(fit, scaled, strict=True)]
    D = TrainingProblem(X, y, beta_squared=largest, weights=weights[:n])
    P = optimal_polytope(optimum(D, kappa=kappa))
    certificate = certify(P)
    S = staircase(P)
    assert certificate.claim("widths")["m_star"] == S.m_star
    assert len(certificate.claim("vertices")["list"]) == len(P.vertices)
    assert certificate.claim("threshold")["threshold"] == S.threshold


@given(
    X=st.lists(
        st.lists(st.integers(-4, 4), min_size=2, max_size=2), min_size=1, max_size=6
    ),
    y=st.lists(st.integers(-5, 5), min_size=6, max_size=6),
    beta=st.sampled_from(["1/2", "1", "1/4"]),
)
def test_any_decided_instance_is_certified(X, y, beta):
    try:
        P = optimal_polytope(optimum(TrainingProblem(X, y[: len(X)], beta=beta)))
    except Undecided:
        return
    certificate = certify(P)
    assert certificate.kind == (
        "interval" if P.optimum.level == "interval" else "staircase"
    )
    assert certificate.claim("dimension")["rank"] == P.rank
    assert certificate.claim("dimension")["dim"] == P.dim


def test_what_the_checker_refuses_is_never_returned(monkeypatch):
    from polytope_nn.certificate import certify as producer

    def lying(P, S):
        found = staircase_certificate(P, S)
        found.claims[0]["count"] += 1
        return found

    monkeypatch.setattr(producer, "staircase_certificate", lying)
    with pytest.raises(check.Refuted, match=r"claims\.patterns"):
        certify(TrainingProblem(SQUARE, [3] * 4, beta_squared=2))


def test_an_interval_certificate_that_is_refused_at_every_precision_is_undecided(
    monkeypatch,
):
    def refuse(_):
        raise check.Refuted("here", "for the test")

    D = TrainingProblem([[2, 2], [-1, -3], [-1, -1], [3, -1]], [2, 0, -3, 2], beta=1)
    monkeypatch.setattr(check, "check", refuse)
    with pytest.raises(Undecided, match="here: for the test"):
        certify(D)


def square():
    return optimal_polytope(optimum(TrainingProblem(SQUARE, [3] * 4, beta_squared=2)))


def test_roads_are_certified():
    P = square()
    D = P.optimum.problem
    ends = [solution(P, v, 4) for v in P.vertices]
    C = path_certificate(path(P, *ends, 4))
    assert (C.kind, C.claim("path")["width"]) == ("path", 4)
    apart = [solution(P, v, 3) for v in P.vertices]
    C = separation_certificate(path(P, *apart, 3), *apart)
    assert C.claim("separation")["width"] == 3
    start = Network.of((1, [3, 1]), (-1, ["1/2", "1/3"]), None, None, (1, [-1, -1]))
    C = descent_certificate(descent(P, start))
    assert C.claim("descent")["objectives"][-1] == "10"
    C = gap_certificate(D, gap(D, start))
    low, high = (Fraction(C.claim("gap")["gap"][end]) for end in ("lower", "upper"))
    assert 0 < low < high


def test_a_descent_in_a_number_field_has_no_certificate():
    P = optimal_polytope(optimum(TrainingProblem(SQUARE, [3] * 4, beta=1)))
    with pytest.raises(InstanceError, match="not rational"):
        descent_certificate(descent(P, Network((None,) * 5)))


@pytest.mark.parametrize(
    "X",
    [
        [[0, 0]],
        [[0], [2]],
        [[1, 0], [2, 0], [-1, 0]],
        [[1, 1], [1, -1], [0, 0], [2, 2]],
        [[1, 2, 3]],
        [[i, i * i, 1] for i in range(9)],
    ],
)
def test_pattern_trees_list_every_tope(X):
    H = arrangement(X)
    tree, order = pattern_tree(H)
    assert sorted(order) == list(H.patterns)
    data = {"X": [[str(t) for t in x] for x in X], "y": ["0"] * len(X)}
    data |= {"weights": ["1"] * len(X), "beta_squared": "1"}
    D = instance_of(data)
    found = list(topes(D, D.chart(None), len(H), json.loads(json.dumps(tree))))
    zero = {k for k, x in enumerate(X) if not any(x)}
    expected = [
        sum(1 << k for k, s in enumerate(p) if s > 0 and k not in zero) for p in order
    ]
    assert found == expected


@given(
    columns=st.lists(
        st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=0, max_size=6
    ),
    b=st.lists(st.integers(-3, 3), min_size=3, max_size=3),
)
def test_exactly_one_alternative_holds(columns, b):
    A, right = [tuple(map(Fraction, a)) for a in columns], tuple(map(Fraction, b))
    masses, w = alternative(A, right)
    if masses is None:
        assert all(sum(x * z for x, z in zip(w, a, strict=True)) >= 0 for a in A)
        assert sum(x * z for x, z in zip(w, right, strict=True)) < 0
    else:
        assert all(c > 0 for c in masses.values())
        total = [
            sum((c * A[j][i] for j, c in masses.items()), Fraction(0)) for i in range(3)
        ]
        assert total == list(right)


def test_alternatives_over_a_number_field():
    from polytope_nn.exact.field import NumberField

    root = NumberField([-2, 0, 1], (1, 2)).generator
    masses, w = alternative([(root, root)], (2 * root, 2 * root))
    assert masses == {0: 2}
    assert w == ()
    masses, w = alternative([(root, root)], (2 * root, root))
    assert masses is None
    assert w[0] + w[1] >= 0 > 2 * w[0] + w[1]


def test_a_descent_from_raw_weights_and_from_the_optimum():
    P = square()
    C = descent_certificate(descent(P, Network.from_arrays([[2.0, 1.0]], [0.5])))
    assert set(C.claim("descent")["breakpoints"][0]["neurons"][0]) == {"w", "alpha"}
    C = descent_certificate(descent(P, solution(P, P.vertices[0], 5)))
    assert C.claim("descent")["objectives"] == ["10"]


@pytest.mark.parametrize("skip, bias", [("none", "penalised"), ("constant", "none")])
@pytest.mark.parametrize("scale", [10**6, 10**12])
def test_a_small_weight_decay_is_certified(scale, skip, bias):
    # labels and beta times s: the optimal functions times s, the objective times s^2
    X, y = [[1, 0], [1, 1], [-1, 2]], [1, -1, 2]
    ends = []
    for s in (1, scale):
        beta = Fraction(s, scale)
        D = TrainingProblem(X, [s * t for t in y], beta=beta, bias=bias, skip=skip)
        O = optimum(D)
        check.check(certify(O))
        middle, radius = enclosure(O.value)
        ends.append(((middle - radius) / s**2, (middle + radius) / s**2))
    (low, high), (least, most) = ends
    assert max(low, least) <= min(high, most)
    assert high - low < high / 10**9


@pytest.mark.parametrize(
    ("X", "y", "options"),
    [
        (  # weights near 10^-13
            [["5e12", "-3e12"], ["-3e12", "1e12"], ["-5e12", "-2e12"]],
            [1, -1, 1],
            {"beta": "1e12", "loss": "squared_hinge", "bias": "penalised"},
        ),
        (  # where a slope ends beside a ray of fits, exactly
            [[0, -3], [1, 4], [1, 2], [2, 5], ["-2e9", "-3e9"]],
            [-1, 1, -1, 1, -1],
            {"beta": "1/10", "loss": "squared_hinge", "skip": "linear"},
        ),
        (
            [["2e15"], ["3e21"], ["-3e15"], ["-3e15"], [0]],
            [1, -1, -1, -1, -1],
            {"beta": "5e11", "loss": "squared_hinge", "skip": "affine"},
        ),
    ],
    ids=["small weights", "ends of slopes", "ends of slopes, far"],
)
def test_certificates_of_any_scale(X, y, options):
    """What is found is proved again, with numbers of the checker's own."""
    P = optimal_polytope(optimum(TrainingProblem(X, y, **options)))
    c = certify(P)
    check.check(c)
    assert c.kind == ("enclosed" if P.level == "interval" else "general")
