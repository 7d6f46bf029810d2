"""Optima in balls whose planes share rays, whose forms agree, whose flats hold what is free."""

import operator
from dataclasses import replace
from fractions import Fraction as Q
from types import SimpleNamespace

import numpy as np
import pytest

from polytope_nn import VectorProblem, vector_optimum
from polytope_nn.checker.claims.vector.outputs import Face
from polytope_nn.checker.claims.vector.sharing import apart, at_pivots, factors
from polytope_nn.checker.kernel.intervals import Interval
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.checker.kinds import check
from polytope_nn.exact.ball import ball_vector
from polytope_nn.vector.balls.outside import Outside, _positive_relation
from polytope_nn.vector.balls.parts import Part, Solution
from polytope_nn.vector.balls.system import System
from polytope_nn.vector.balls.ties import Ties
from polytope_nn.vector.certificate import robust
from polytope_nn.vector.certificate.claims import vector_certificate
from polytope_nn.vector.gap import vector_gap
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.trained.free_parts import with_free_part

# sample 2 has N = 0, exactly: of each sign of it the same plane is tight
SILENT = VectorProblem(
    [["-0.50", "-0.59"], ["0.41", "-0.84"], ["0.83", "-0.11"], ["-0.80", "-1.67"]],
    [["-1.1", "0.8"], ["0.7", "-0.3"], ["0.0", "-0.2"], ["-0.5", "-1.5"]],
    beta="1/4",
    loss={"kind": "epsilon_insensitive", "epsilon": "1/4"},
    bias="penalised",
)
# planes that turn share rays; samples 1 and 4 are one
CROSSED = VectorProblem(
    [
        ["-1.61", "-1.68", "3.10"],
        ["1.63", "0.02", "-1.58"],
        ["0.43", "0.88", "-0.71"],
        ["1.04", "0.42", "-0.13"],
        ["1.63", "0.02", "-1.58"],
    ],
    [
        ["-1.7", "0.5", "0.3"],
        ["2.7", "-2.0", "-1.1"],
        ["-0.1", "1.6", "-0.9"],
        ["-0.6", "-0.7", "-1.0"],
        ["-0.6", "-0.5", "0.5"],
    ],
    beta="1/10",
    loss={"kind": "huber", "delta": 2},
    bias="penalised",
)
# the same of kinks that leave N thirteen unknowns; samples 0 and 4 are opposite but for the bias
KINKED = VectorProblem(
    [
        ["-1.51", "-0.42", "-1.06"],
        ["-2.00", "0.67", "1.00"],
        ["0.76", "0.15", "-0.42"],
        ["0.54", "1.10", "-0.60"],
        ["1.51", "0.42", "1.06"],
    ],
    [
        ["-0.9", "-0.1", "1.8"],
        ["-1.5", "0.3", "-0.6"],
        ["0.6", "1.1", "-1.5"],
        ["-0.8", "1.3", "1.0"],
        ["1.0", "-2.7", "0.4"],
    ],
    beta="1/2",
    loss={"kind": "quantile", "tau": "1/3"},
    bias="penalised",
)
# N is 0 at sample 3: the face +++++ has the form of +++-+, and its plane does not meet it
ALIKE = VectorProblem(
    [
        ["-0.38", "-0.73"],
        ["-1.43", "1.03"],
        ["-0.99", "-0.15"],
        ["1.89", "2.04"],
        ["0.18", "-1.74"],
    ],
    [["-0.5", "0.2"], ["0.0", "-0.3"], ["-0.7", "0.9"], ["0.3", "-0.4"], ["1.5", "-0.4"]],
    beta="1/100",
    loss={"kind": "epsilon_insensitive", "epsilon": "1/2"},
    bias="penalised",
)
# the same, and its plane meets both faces: it is listed of each
BOTH = VectorProblem(
    [
        ["-0.36", "0.54"],
        ["-0.33", "-0.80"],
        ["0.77", "1.09"],
        ["0.02", "0.06"],
        ["1.38", "-0.17"],
        ["0.25", "-0.40"],
    ],
    [
        ["1.2", "-0.5", "-0.9"],
        ["-0.1", "-0.3", "-1.1"],
        ["-0.9", "-0.4", "0.1"],
        ["0.3", "1.4", "0.7"],
        ["0.8", "-1.4", "-0.3"],
        ["1.5", "-1.5", "-1.4"],
    ],
    beta="1/4",
    loss={"kind": "epsilon_insensitive", "epsilon": 1},
    bias="penalised",
)
# no neuron has the third output: a constant between 0.4 and 0.9 fits it, the coefficient 0 does not
CONSTANT = VectorProblem(
    [["0.65", "1.70"], ["2.04", "1.02"], ["0.14", "-0.80"]],
    [["0.1", "1.1", "0.4"], ["-1.7", "-0.1", "0.6"], ["1.0", "0.2", "0.9"]],
    beta="1/4",
    loss={"kind": "epsilon_insensitive", "epsilon": "1/2"},
    bias="penalised",
    skip="constant",
)
# a power of large labels: beta is 4.6e-28 of what neurons could cost
STEEP = VectorProblem(
    [["0.31"], ["0.36"], ["-0.29"], ["-0.29"]],
    [
        ["-0.6e9", "-0.9e9", "-0.8e9"],
        ["-1.2e9", "0.5e9", "-0.4e9"],
        ["0", "-1.9e9", "-0.5e9"],
        ["0.2e9", "-1.7e9", "0.2e9"],
    ],
    beta=1,
    loss={"kind": "power", "p": 4},
    bias="penalised",
    skip="linear",
)
# a band around each label, and a row that is a million times as long as the others
BAND = VectorProblem(
    [["0.5"], ["-1.2"], ["3e6"]],
    [["1", "-1"], ["-2", "0.5"], ["0.7", "1.5"]],
    beta="1e-3",
    loss={"kind": "epsilon_insensitive", "epsilon": "1/4"},
)
# the same where five faces are tight
FAR = VectorProblem(
    [
        ["0.14", "1.18"],
        ["0.19", "0.98"],
        ["-0.29e4", "0.53e4"],
        ["-0.25", "1.21"],
        ["-0.60", "0.27"],
    ],
    [["-0.5", "2.3"], ["-0.7", "-0.8"], ["0.8", "1.1"], ["-0.3", "-1.2"], ["0.9", "0.1"]],
    beta="1e-6",
    loss={"kind": "epsilon_insensitive", "epsilon": "1/4"},
    bias="penalised",
)
# all of R^3 is tight on +++, whose rays are of far lengths
SOLID = VectorProblem(
    [["-0.29", "2.78"], ["-1.00", "0.17"], ["0.10", "0.07"]],
    [["0.2", "-0.4", "1.2"], ["0.5", "-0.8", "0.3"], ["0.7", "-0.2", "-0.5"]],
    beta="1/10",
    loss={"kind": "huber", "delta": 1},
    bias="penalised",
)


@pytest.fixture(
    scope="module",
    params=[
        (SILENT, 0, 4),
        (CROSSED, 1, 3),
        (KINKED, 4, 2),
        (ALIKE, 2, 1),
        (BOTH, 1, 2),
        (CONSTANT, 2, 0),
        (STEEP, 2, 0),
        (BAND, 2, 0),
        pytest.param((FAR, 5, 0), marks=pytest.mark.deep),
        (SOLID, 0, 1),
    ],
    ids=[
        "silent",
        "crossed",
        "kinked",
        "alike",
        "both",
        "constant",
        "steep",
        "band",
        "far",
        "solid",
    ],
)
def optimum(request):
    problem, atoms, continua = request.param
    O = vector_optimum(problem)
    level = "exact" if problem is BAND else "interval"  # a field, in units near 1
    assert O.level == level
    assert (len(O.atoms), len(O.continua)) == (atoms, continua)
    return O


def test_the_network_reaches_the_dual_value(optimum):
    neurons = (
        VectorNeuron(u.g, tuple(c * t for t in u.h)) for u, c in optimum.network if c != 0
    )
    network = with_free_part(optimum, VectorNetwork(tuple(neurons)))
    low, high = vector_gap(optimum, network).value.enclosure()
    assert low <= 0 <= high < 1e-15


def test_no_direction_reaches_more_than_beta(optimum):
    """Of many directions at random, and those of the network, which reach it: N as its middles."""
    D = optimum.problem
    random = np.random.default_rng(1).integers(-99, 100, (300, len(D.design[0]))).tolist()
    used = [[middle(t) for t in u.g] for u, _ in optimum.network]
    N = [[middle(t) for t in row] for row in optimum.N]
    for g in filter(any, (*random, *used)):
        seen = [max(sum(map(operator.mul, x, g)), 0) for x in D.design]
        h = [sum(map(operator.mul, seen, column)) for column in zip(*N, strict=True)]
        ratio = float(sum(t * t for t in h) / (D.beta_squared * sum(t * t for t in g)))
        assert ratio <= 1 + 1e-12
        assert ratio >= 1 - 1e-12 or g in random


def middle(t):
    return t if isinstance(t, Q) else ball_vector([t])[0].midpoint


@pytest.mark.parametrize(("p", "unit"), [(3, Q(10) ** 6), (Q(5, 2), Q(10) ** 8)])
def test_powers_of_any_size_have_one_shape(p, unit):
    """Labels times s and beta times s^(p-1) make N s^(p-1) times as large, and fits s times."""
    rows, labels = [[-2, 1], [1, 3]], [[-2, -1, 2], [0, 1, 1]]
    size = unit ** (Q(p) - 1) if p == 3 else unit * unit**1 // 10**4  # 10^12 of 5/2
    loss = {"kind": "power", "p": p}
    one = vector_optimum(VectorProblem(rows, labels, beta=1, loss=loss))
    large = [[t * unit for t in row] for row in labels]
    other = vector_optimum(VectorProblem(rows, large, beta=size, loss=loss))
    assert [u.covector for u in one.atoms] == [u.covector for u in other.atoms]
    for a, b in zip(one.N, other.N, strict=True):
        assert [float(t * size) for t in a] == pytest.approx([float(t) for t in b])
    assert float(one.value * size * unit) == pytest.approx(float(other.value))


@pytest.mark.parametrize(
    ("X", "Y", "options", "told"),
    [
        (
            [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-2, 2, 2]],
            [[Q(9, 4), Q(5, 2)], [Q(11, 8), Q(1, 2)], [Q(3, 8), Q(13, 8)], [Q(9, 8)] * 2],
            {"beta": 1},
            "shared",
        ),
        (
            [[2, 0, -2], [0, 1, -1], [1, 0, 0], [2, 0, -2]],
            [[-2, -1], [Q(3, 2), -1], [Q(-1, 2), -1], [Q(-1, 2), Q(1, 2)]],
            {"beta": "1/10", "loss": {"kind": "huber", "delta": 2}, "bias": "penalised"},
            "tied",
        ),
        (
            [[-3, -1], [1, 0], [0, 3], [3, -1], [0, -1]],
            [[1, -2], [1, -2], [-1, -2], [3, -3], [1, 3]],
            {"beta": "1/3", "loss": {"kind": "epsilon_insensitive", "epsilon": 1}},
            "apart",
        ),
    ],
    ids=["shared", "live", "apart"],
)
def test_certificates_are_made_and_accepted(X, Y, options, told, monkeypatch):
    monkeypatch.setattr(robust, "products", lambda _: None)  # they leave nothing apart
    text = vector_certificate(VectorProblem(X, Y, **options)).to_json()
    check(text)
    assert f'"{told}":[' in text


def parted(problem, covector):
    face = next(f for f in problem.faces if f.covector == covector)
    return Part(face, tuple(range(face.w)))


def test_faces_are_alike_where_all_samples_vanish_that_tell_them_apart():
    P = VectorProblem([[1, 0], [0, 1], [1, 1]], [[1, 2], [3, 4], [5, 6]], beta="1/2")
    one, other = parted(P, (1, 1, 1)), parted(P, (1, -1, 1))
    nowhere = Ties(System(P, (one, other)), Solution((), (), (), ()), range(3))
    assert nowhere._apart(one, other) == ((0, 1),)
    silent = replace(nowhere, alike=[0, None, 2])
    assert silent._apart(one, other) == ()
    beside = Outside(P, (), range(3), (), 64)
    assert not beside._has_form_of(one.face, other.face)
    assert replace(beside, alike=[0, None, 2])._has_form_of(one.face, other.face)
    assert beside._has_form_of(one.face, one.face)


def test_a_positive_relation_is_of_rows_on_all_sides():
    around = [[Q(1), Q(0)], [Q(0), Q(1)], [Q(-1), Q(-2)]]
    assert _positive_relation(around, 2)
    assert not _positive_relation([*around[:2], [Q(1), Q(2)]], 2)
    assert not _positive_relation([*around[:2], [Q(-1), Q(0)]], 2)  # one is of no part
    assert _positive_relation([[Q(2)], [Q(-3)]], 1)


def test_what_two_bases_tell_of_a_form():
    """``y'R x`` is the sum of the entries of R times what is told."""
    face = Face([1, 1], [[1, 0], [0, 1]], {}, [0, 1])
    P = inside_of(face)
    x, y = ([Interval.around(t, t, 64) for t in v] for v in ((2, 3), (5, 7)))
    found = factors(P, [(0, 0), (0, 1), (0, 2)], 0, (x, y))
    for t, product in zip(found, (10, 29, 21), strict=True):
        assert t.low <= product << 64 <= t.high
        assert t.high - t.low < 1 << 20


def test_coordinates_at_pivots_are_of_the_projection_on_what_is_live():
    """(5, 7, 4) less a multiple of (1, -1, 1), to which both vectors are orthogonal."""
    face = Face([1, 1], [[1, 1, 0], [0, 1, 1]], {}, [1, 0])
    v = [Interval.around(t, t, 64) for t in (5, 7, 4)]
    for t, times_3 in zip(at_pivots(inside_of(face), face, v), (10, 13), strict=True):
        assert 3 * t.low <= times_3 << 64 <= 3 * t.high


def inside_of(face):
    S = SimpleNamespace(
        faces=[face],
        bits=64,
        D=SimpleNamespace(clock=Clock(Limits())),
        point=lambda t: Interval.around(t, t, 64),
    )
    return SimpleNamespace(S=S)


def test_samples_apart_are_those_on_walls_and_of_two_signs():
    one, other = (Face(list(s), [], {}, [0]) for s in ((1, -1, 0, 1, -1), (1, 1, 1, 0, -1)))
    assert apart(one, other) == [1, 2, 3]
