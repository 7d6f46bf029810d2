"""Losses of several outputs: weak duality from definitions, the scalar room, planted boxes."""

import json
from fractions import Fraction as Q
from random import Random

import numpy as np
import pytest

from polytope_nn.certificate.check import check
from polytope_nn.cli import main
from polytope_nn.errors import InstanceError, NotAttained, NotInterpolable, NotOptimal
from polytope_nn.exact.ball import Ball
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from polytope_nn.vector.balls.implied import Across, across, implied_fits
from polytope_nn.vector.balls.parts import Part
from polytope_nn.vector.balls.system import System
from polytope_nn.vector.certificate.claims import vector_certificate
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.network import free_part_of
from polytope_nn.vector.polytope import OptimalSet
from polytope_nn.vector.problem import VectorProblem
from tests import commands
from tests.oracles.output_losses import LOSSES, drawn, dual_value, network_value
from tests.oracles.outputs import ascent

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
OCTAHEDRON = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]


def proved(P, O):
    """Check by definitions that a network and N have one value, and N is feasible."""
    free = free_part_of(O)
    value, fit = network_value(P, O, free.skip, free.constant)
    N = np.array([[float(t) for t in row] for row in O.N])
    assert value == pytest.approx(float(O.value), abs=1e-8)
    assert dual_value(P, O.N) == pytest.approx(value, abs=1e-8)
    assert fit == pytest.approx(np.array([[float(t) for t in row] for row in O.fit]))
    assert ascent(P.design, N, tries=8) <= float(P.beta_squared) * (1 + 1e-9)
    for z in P.free.columns:
        assert np.array([float(t) for t in z]) @ N == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_random_data_by_weak_duality(loss):
    random, found = Random(str(loss)), 0  # noqa: S311
    options = (
        {},
        {"weights": ["1/2", 1, 3], "skip": "constant"},
        {"bias": "penalised"},
        {"skip": "linear"},
    )
    for choice in options:
        X, Y = drawn(random, 3, 2, 2, loss)
        P = VectorProblem(X, Y, beta="1/2", loss=loss, **choice)
        try:
            O = vector_optimum(P)
        except (NotAttained, NotInterpolable):
            continue
        proved(P, O)
        found += 1
    assert found >= 2


@pytest.mark.parametrize("loss", LOSSES[:-1], ids=str)
def test_one_output_gives_the_scalar_answers(loss):
    random, compared = Random(5), 0  # noqa: S311
    for i in range(6):
        X, Y = drawn(random, 3, 2, 1, loss)
        options = {"beta": "1/2", "loss": loss, "weights": [1, "1/3", 2]}
        options["skip"] = "constant" if i % 3 == 2 else "none"
        options["bias"] = "penalised" if i % 3 == 1 else "none"
        try:
            P = OptimalSet(vector_optimum(VectorProblem(X, Y, **options)))
        except (NotAttained, NotInterpolable):
            continue
        scalar = optimal_polytope(optimum(TrainingProblem(X, [y for (y,) in Y], **options)))
        assert float(P.optimum.value) == pytest.approx(float(scalar.optimum.value))
        assert P.fit_is_unique == scalar.fit_is_unique
        if P.optimum.is_pinned:
            assert list(P.staircase) == list(scalar.staircase)
        assert P.staircase.minimal_supports == scalar.staircase.minimal_supports
        compared += 1
        if compared == 3:
            break
    assert compared == 3


@pytest.mark.parametrize("loss", ["poisson", "squared"])
def test_opposite_atoms_in_balls(loss):
    """With a skip that neurons see whole, g and -g are tied: the scalar room's classes."""
    random = Random(11)  # noqa: S311
    levels = set()
    for bias, skip in (("none", "linear"), ("penalised", "affine"), ("none", "affine")):
        X = [[random.randint(-3, 3) for _ in range(2)] for _ in range(5)]
        y = [random.randint(1, 5) for _ in range(5)]
        options = {"beta": "1/2", "loss": loss, "skip": skip, "bias": bias}
        scalar = optimal_polytope(optimum(TrainingProblem(X, y, **options)))
        P = OptimalSet(vector_optimum(VectorProblem(X, [[t] for t in y], **options)))
        assert list(P.staircase) == list(scalar.staircase)
        assert (P.rank, P.dim) == (scalar.rank, scalar.dim)
        assert len(P.vertices) == len(scalar.vertices)
        two = [[a, b] for a, b in zip(y, y[::-1], strict=True)]
        D = VectorProblem(X, two, **options)
        proved(D, vector_optimum(D))
        levels.add(P.optimum.level)
    assert "interval" in levels or loss == "squared"


LENGTHS = [  # bases of faces are long where entries are decimals, and no two alike
    pytest.param(
        [["2.5", "0.9", "1.0"], ["3.8", "-3.5", "1.3"], ["-3.7", "-2.7", "-4.0"],
         ["-0.7", "2.1", "2.9"], ["-3.9", "0.0", "3.2"]],
        [["0.4", "-2.1"], ["-2.0", "1.6"], ["1.5", "-0.5"], ["0.6", "-2.0"], ["-4.6", "2.1"]],
        {"beta": "1/10", "bias": "penalised", "skip": "constant"},
        (5, 0),
        id="features",
        marks=pytest.mark.deep,
    ),
    pytest.param(
        [["3.0", "-0.3", "-0.4"], ["0.3", "2.1", "-3.3"]],
        [["2.0", "2.0"], ["-3.2", "-3.1"]],
        {"beta": "1", "loss": "absolute"},
        (2, 0),
        id="kinks",
    ),
    pytest.param(
        [["4.389", "0.1864"], ["1.3276", "-1.2769"], ["-1.49", "0.8565"]],
        [["1.9266", "-0.548", "0.074"], ["-4.2538", "-2.6276", "2.6857"],
         ["2.6605", "-0.5536", "-4.0126"]],
        {"beta": "1/10", "loss": {"kind": "epsilon_insensitive", "epsilon": "1/2"},
         "bias": "penalised"},
        (3, 0),
        id="masses",
        marks=pytest.mark.deep,
    ),
    pytest.param(
        [["-4.3554", "0.3542", "2.8484"], ["-2.8964", "-2.432", "-2.3638"]],
        [["0.1141", "-0.0101", "-1.8235"], ["-4.2975", "4.2553", "0.6385"]],
        {"beta": "1", "loss": {"kind": "tolerance", "epsilon": "1/2"}},
        (0, 1),
        id="a plane",
    ),
]  # fmt: skip


@pytest.mark.parametrize("X, Y, options, tight", LENGTHS)
def test_bases_of_any_length(X, Y, options, tight):
    """Whether features and kinks are independent is no matter of the units of a basis."""
    D = VectorProblem(X, Y, **options)
    O = vector_optimum(D)
    assert (len(O.atoms), len(O.continua)) == tight
    proved(D, O)
    check(vector_certificate(O))


DROPPED = [  # more kinks than neurons can move: a dropped equation follows from the others
    (
        [[3, 3], [3, -1], [-3, 3], [2, -3], [-3, 3]],
        [[-4, 3], [-4, 0], [-1, 0], [-3, -2], [1, 0]],
        {"kind": "quantile", "tau": "1/3"},
    ),
    (
        [[-3, -2], [-2, -1], [1, -2], [2, -1], [2, 2]],
        [[0, 3], [1, 3], [3, -3], [-4, 0], [2, 1]],
        {"kind": "epsilon_insensitive", "epsilon": "1/2"},
    ),
    (
        [[0, -2], [-1, -3], [-2, 1], [2, 0], [1, -2]],
        [[3, -3], [2, 0], [4, 3], [-4, 1], [2, 0]],
        {"kind": "quantile", "tau": "1/3"},
    ),
    (
        [[2, -1, -2], [-2, -3, -1], [-3, 3, -3], [-1, -1, 2]],
        [[-2, 2], [0, -2], [-4, 4], [-4, -1]],
        "absolute",
    ),
]


@pytest.mark.parametrize("X, Y, loss", DROPPED, ids=["rows", "rays", "zeros", "minors"])
def test_kinks_that_do_not_determine_N(X, Y, loss):
    P = VectorProblem(X, Y, beta="1/2", loss=loss)
    O = vector_optimum(P)
    assert O.level == "interval"
    proved(P, O)


def test_what_does_not_follow_is_not_believed():
    """Of the kinks of one atom, a label off the ray of another's: no fit is implied."""
    P = VectorProblem([[1, 0], [2, 0]], [[1, 2], [2, 5]], beta="1/2", loss="absolute")
    face = next(f for f in P.faces if f.covector == (1, 1))
    kinks = [Slope(Q(y), Q(0), Q(-1), Q(1)) for y in (1, 2, 2)]
    held = Flat(Q(1, 7), Q(5), Q(5))
    S = System(P, (Part(face, (0,)),), (*kinks, held))
    assert implied_fits(S) == {0: 1, 1: 2, 2: 2, 3: 4}  # 4, and not the label 5


ACROSS = [  # an output that is 1 or -1 times another, as samples of one atom tell
    ([[2, 1], [-2, 2], [2, -2]], [[-1, 1, -1], [-1, 1, -1], [-1, 1, 1]], "4", "absolute"),
    (
        [[2, 2, -2], [1, 1, 1], [1, -2, 1]],
        [[0, 1, -1], [0, 1, -1], [0, 0, -1]],
        "1/10",
        {"kind": "quantile", "tau": "3/4"},
    ),
    (  # the second atom by a sample of both
        [[-1, 1, 1], [-2, -1, -1], [1, 1, -1]],
        [[1, 1, -1], [-1, -1, -1], [1, 1, 0]],
        "1/4",
        {"kind": "epsilon_insensitive", "epsilon": "1/2"},
    ),
]


@pytest.mark.parametrize("X, Y, beta, loss", ACROSS)
def test_outputs_in_proportion(X, Y, beta, loss):
    """Proved by the definitions, and by the checker."""
    P = VectorProblem(X, Y, beta=beta, loss=loss, bias="penalised")
    S = OptimalSet(vector_optimum(P))
    proved(P, S.optimum)
    check(vector_certificate(S).to_json())


def test_what_samples_tell_of_outputs():
    """By hand: fits ``phi h'``; nothing is told where two atoms, or more, are left."""
    one, two = Q(1), Q(2)
    known = {(0, 0): one, (0, 1): two, (1, 0): two, (1, 1): 2 * two, (2, 0): one}
    both, first, second = {0, 1}, {0}, {1}
    assert across(known, [first, second, both], (2, 1)) == Across(0, two, (0, 1))
    assert across(known, [first, both, second], (2, 1)) == Across(0, two, (0, 1))
    assert across(known, [both, both, both], (2, 1)) is None
    assert across(known, [first, None, both], (2, 1)) is None
    assert across(known, [first, second, None], (2, 1)) is None
    assert across({**known, (1, 1): one}, [first, second, both], (2, 1)) is None


FITTED = [  # a label of an output that no neuron reaches: N is 0 there, and rational beside
    ([[-1, 1], [-1, 1], [-2, 2]], [[3, -2], [-3, 1], [-4, -1]], 4, {"skip": "linear"}),
    ([[0], [0], [0]], [[2, 1], [-2, -1], [2, 0]], "3/2", {"bias": "penalised"}),
]


@pytest.mark.parametrize("X, Y, p, more", FITTED)
def test_labels_of_powers_that_are_fitted_by_symmetry(X, Y, p, more):
    """``N = (-2 + 1/2)^3`` and its opposite, by hand; 1 and -1 of the roots of 1."""
    loss = {"kind": "power", "p": p}
    S = OptimalSet(vector_optimum(VectorProblem(X, Y, beta="1/4", loss=loss, **more)))
    t = Q(-27, 8) if p == 4 else Q(1)
    assert [row[1] for row in S.optimum.N] == [t, -t, 0]
    assert S.optimum.level == "interval"
    proved(S.optimum.problem, S.optimum)
    check(vector_certificate(S).to_json())


LOOSE = [  # by hand: |y_2| / 2 and 2 that is not fitted; one of many N
    ([[1, 0], [1, -2]], [[0, 0, -2], [-2, 4, 0]], 1, "absolute", 2 + 5**0.5),
    (
        [[-2, 2], [2, -2], [-1, 2], [1, -2]],
        [[0, 0], [-3, 2], [-2, 2], [0, 0]],
        "1/2",
        {"kind": "quantile", "tau": "1/2"},
        4,
    ),
]


@pytest.mark.parametrize("X, Y, beta, loss, value", LOOSE)
def test_a_dual_optimum_that_touches_or_is_loose(X, Y, beta, loss, value):
    """No square system is regular there; N near floats is simple, and proved exactly."""
    P = VectorProblem(X, Y, beta=beta, loss=loss)
    S = OptimalSet(vector_optimum(P))
    assert S.optimum.level == "exact"
    assert float(S.optimum.value) == pytest.approx(value)
    proved(P, S.optimum)
    check(vector_certificate(S).to_json())


SCALES = [  # the loss in the units of Y = t Y', and what N is multiplied by
    ("absolute", "absolute", lambda _: 1),
    ({"kind": "huber", "delta": 1}, lambda t: {"kind": "huber", "delta": t}, lambda t: t),
    (
        {"kind": "epsilon_insensitive", "epsilon": ["1/2", "1/3", 0]},
        lambda t: {"kind": "epsilon_insensitive", "epsilon": [Q(t, 2), Q(t, 3), 0]},
        lambda _: 1,
    ),
    ("interpolation", "interpolation", lambda _: 1),
    ("softmax", "softmax", None),
]


@pytest.mark.parametrize("loss, scaled, unit", SCALES, ids=lambda x: str(x)[:20])
@pytest.mark.parametrize("s, t", [(10**12, 1), (Q(1, 10**12), 10**12)])
def test_scales(loss, scaled, unit, s, t):
    X, Y = [[1, 0], [1, 2], [-1, 1]], [[2, 1], [0, 3], [1, -1]]
    if loss == "softmax":
        Y, t, unit = [[1, 0], [0, 1], [1, 0]], 1, lambda _: 1
    skip = "none" if loss == "softmax" else "linear"
    plain = vector_optimum(VectorProblem(X, Y, beta="1/9", loss=loss, skip=skip))
    P = VectorProblem(
        [[s * x for x in row] for row in X],
        [[t * y for y in row] for row in Y],
        beta=Q(1, 9) * s * unit(t),
        loss=scaled(t) if callable(scaled) else scaled,
        skip=skip,
    )
    O = vector_optimum(P)
    total = float(t) * float(unit(t))  # of a loss in the units of Y and N
    assert float(O.value) == pytest.approx(float(plain.value) * total)
    assert [a.covector for a in O.atoms] == [a.covector for a in plain.atoms]
    free = free_part_of(O)
    _, fit = network_value(P, O, free.skip, free.constant)
    assert fit / t == pytest.approx(
        np.array([[float(z) for z in row] for row in plain.fit])
    )


SATURATED = [
    ([[-3, 2], [-1, 2], [2, 1]], [[0, 1], [1, 0], [0, 1]]),
    ([[-2, 1, 3], [3, 3, -3], [-1, -3, 0], [3, 0, 0]], [[0, 1], [1, 0], [1, 0], [0, 1]]),
]


@pytest.mark.parametrize("X, Y", SATURATED)
def test_an_exact_N_with_fits_in_balls(X, Y):
    """As many atoms as samples: N is in a small field, and on walls that balls do not see."""
    P = VectorProblem(X, Y, beta="1/2", loss="softmax")
    O = vector_optimum(P)
    assert O.level == "interval"
    assert not any(isinstance(t, Ball) for row in O.N for t in row)
    assert len(O.atoms) == len(X)
    proved(P, O)


def test_samples_that_see_the_same_have_one_row_of_N():
    """Else a top eigenvector is on a wall, which balls do not see: only sums of samples count."""
    X, Y = [[-1, -2], [2, -2], [3, 0], [-1, -3], [0, 3]], [0, 0, 1, 0, 1]
    P = VectorProblem(X, [[1 - t, t] for t in Y], beta="1/2", loss="softmax")
    O = vector_optimum(P)
    assert (O.level, len(O.atoms)) == ("interval", 2)
    proved(P, O)
    Y = [[0, 2], [4, 3], [2, 0], [1, 1]]  # here a row of N is 0
    P = VectorProblem([[-2, 0], [-3, 2], [0, -1], [1, 0]], Y, beta="1/2", loss="poisson")
    proved(P, vector_optimum(P))


@pytest.mark.parametrize("p", ["3/2", 3])
def test_labels_0_of_a_power_that_a_skip_fits(p):
    """Rows 2 and 3 span what is free: N is 0 there, and their labels are fitted, 0 as well."""
    known = {"loss": {"kind": "power", "p": p}, "skip": "linear", "bias": "penalised"}
    Y = [[4, 4], [-4, -2], [0, 4]]
    P = VectorProblem([[0, 0], [-2, -2], [3, 2]], Y, beta="1/2", **known)
    O = vector_optimum(P)
    proved(P, O)
    assert np.array([[float(t) for t in row] for row in O.fit[1:]]).tolist() == Y[1:]
    assert all(t == 0 for row in O.N[1:] for t in row)


@pytest.mark.parametrize("p", ["5/2", 3, 4])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_output_of_a_power_that_a_skip_fits(p, place):
    """No neuron reaches it: N is exactly 0 there, and the other outputs are as without it."""
    known = {"loss": {"kind": "power", "p": p}, "skip": "affine", "bias": "penalised"}
    X, Y = [[2, 0], [-1, 3], [1, 1], [0, -2]], [[1, 2], [3, -1], [0, 0], [-2, 1]]
    full = [
        [*row[:place], 2 * a - b + 3, *row[place:]]
        for (a, b), row in zip(X, Y, strict=True)
    ]
    P = VectorProblem(X, full, beta="1/4", **known)
    O = vector_optimum(P)
    proved(P, O)
    assert all(row[place] == 0 for row in O.N)
    assert [row[place] for row in O.fit] == [row[place] for row in full]
    fewer = vector_optimum(VectorProblem(X, Y, beta="1/4", **known))
    assert float(O.value) == pytest.approx(float(fewer.value))
    assert [a.covector for a in O.atoms] == [a.covector for a in fewer.atoms]


@pytest.mark.parametrize("beta", [1, 2])
def test_a_plane_whose_fits_are_powers(beta):
    """N = beta I, found by rounding: off the diagonal labels are fitted, where a power is flat."""
    loss = {"kind": "power", "p": 3}
    P = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=beta, loss=loss)
    O = vector_optimum(P)
    assert (O.tight_set, OptimalSet(O).m_star) == ("continuum", 2)
    assert O.N == ((beta, 0), (0, beta))
    assert float(O.fit[0][0]) == pytest.approx(6 - beta**0.5)
    proved(P, O)


def test_a_plane_whose_fits_are_logarithms():
    """N = I: z = (ln 5, ln 4; ln 4, ln 5), and T is z in the rays."""
    P = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1, loss="poisson")
    O = vector_optimum(P)
    assert (O.tight_set, OptimalSet(O).m_star) == ("continuum", 2)
    assert O.N == ((1, 0), (0, 1))
    assert [float(t) for t in O.lifted[0].T] == pytest.approx(np.log([5, 4, 5]))
    proved(P, O)


def test_unknowns_of_a_plane_that_are_0_though_no_field_says_so():
    """Labels 1 are fitted by 0, and outputs are orthogonal: T_12 = 0 at level interval."""
    Y = [[1, 0, 1], [2, 1, 1], [2, 1, 1]]
    P = VectorProblem([[-2, -2], [-1, 1], [-2, 2]], Y, beta=1, loss="poisson")
    O = vector_optimum(P)
    assert (O.level, O.tight_set, OptimalSet(O).m_star) == ("interval", "continuum", 2)
    zeros = [[True, False, True], [False, True, True], [False, True, True]]
    assert [[t == 0 for t in row] for row in O.N] == zeros
    assert O.lifted[0].T[1] == 0
    proved(P, O)


def test_what_is_not_0_is_not_made_0():
    """A third output with label 3/2 turns both neurons: no zeros are left in their plane."""
    Y = [[1, 0, "3/2"], [2, 1, "3/2"], [2, 1, 1]]
    P = VectorProblem([[-2, -2], [-1, 1], [-2, 2]], Y, beta=1, loss="poisson")
    O = vector_optimum(P)
    assert all(t != 0 for row in O.N for t in row[2:])
    proved(P, O)


def test_a_label_0_of_a_power_that_is_all_but_fitted():
    """N is 1e-9 there, of the fit 0.0011: an output that is used, though floats do not show it."""
    Y = [[1, 1, -1], [0, 0, 0], [-1, 0, 2], [0, 2, -1]]
    P = VectorProblem(
        [[1, 0], [0, -1], [-2, -2], [0, 2]], Y, beta="1/2", loss={"kind": "power", "p": 4}
    )
    O = vector_optimum(P)
    assert 0 < float(O.fit[1][1]) < 0.002
    assert O.N[1][1] < 0
    proved(P, O)


def test_logarithms_of_several_outputs_are_answered_where_no_certificate_has_them(
    tmp_path, capsys
):
    file = tmp_path / "logs.json"
    D = {
        "X": [[1, 1], [0, 1]],
        "y": [[2, 1, 1], [0, 0, 1]],
        "loss": "poisson",
        "beta": "1/2",
    }
    file.write_text(json.dumps(D), encoding="utf-8")
    assert main(["certify", str(file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["fit"][1][0]["logs"] == {"2": "-1"}
    proved(
        P := VectorProblem(D["X"], D["y"], beta="1/2", loss="poisson"), vector_optimum(P)
    )


def test_a_continuum_with_many_fits():
    """Labels off the diagonal may be missed by up to 1: nothing says how many neurons are least."""
    loss = {"kind": "epsilon_insensitive", "epsilon": 1}
    P = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta="1/2", loss=loss)
    R = OptimalSet(vector_optimum(P))
    assert (R.optimum.value, R.fit_is_unique, R.m_star) == (5, False, None)
    assert R.optimum.interval == ((5, 5), (3, 5), (3, 5), (5, 5))


def doubled(kappa, y):
    """Return N and Y of two equal outputs: the scalar problem at twice beta squared."""
    return [[k, k] for k in kappa], [[2 * t, 2 * t] for t in y]


BOXES = [  # scalar boxes of general §3 in two outputs: labels, loss, weights, N, beta^2
    ("A-abs-1", SQUARE, [2, 2, 3, 3], "absolute", [2, 2, 1, 1], [1] * 4, 4),
    ("A-abs-2", SQUARE, [2, 0, "3/2", "3/2"], "absolute", [2, 1, 1, 1], [1] * 4, 4),
    ("A-oct", OCTAHEDRON, [4, 4, 4, 4, 5, 5], "absolute", [2, 2, 2, 2, 1, 1], [1] * 6, 6),
]
SAID = {  # supports of vertices, minimal supports, components from m*, isolated at m*
    "A-abs-1": ({2: 2, 3: 4}, {2: 2}, [4, 2, 1], 4),
    "A-abs-2": (None, {2: 1}, [2, 1], 0),
    "A-oct": ({2: 4, 3: 8, 4: 12}, {2: 4, 4: 2}, [8, 4, 49, 1], 8),
}


@pytest.mark.parametrize("box", BOXES, ids=lambda b: b[0])
def test_boxes_of_fits(box):
    """General §3's boxes: minimal supports and not vertices are counted (G5)."""
    name, X, y, loss, weights, kappa, square = box
    N, Y = doubled(kappa, [Q(t) for t in y])
    P = VectorProblem(X, Y, beta_squared=square, loss=loss, weights=weights)
    R = OptimalSet(vector_optimum(P, kappa=N))
    spectrum, minimal, components, isolated = SAID[name]
    S = R.staircase
    assert spectrum is None or S.spectrum == spectrum
    assert S.minimal_supports == minimal
    steps = [S[S.m_star + i] for i in range(len(components))]
    assert [step.components for step in steps] == components
    assert steps[0].isolated == isolated
    assert R.fit_is_unique is False
    free = vector_optimum(P)
    assert free.value == R.optimum.value
    assert OptimalSet(free).staircase.minimal_supports == minimal


def test_huber_saturated():
    N, Y = doubled([1] * 4, [3, 1, Q(5, 2), Q(5, 2)])
    loss = {"kind": "huber", "delta": [2, 1, 1, 1]}
    P = VectorProblem(SQUARE, Y, beta_squared=4, loss=loss)
    R = OptimalSet(vector_optimum(P, kappa=N))
    ends = [tuple(map(str, pair)) for pair in R.optimum.interval]
    assert ends[:3] == [("5", "5"), ("5", "5"), ("None", "1")]
    assert not R.fit_is_unique


@pytest.mark.parametrize("skip", ["none", "constant"])
def test_softmax_of_two_outputs_is_logistic(skip):
    """z_1 - z_2 is the logit; an output direction (1, -1) makes it dearer by root 2."""
    random = Random(8)  # noqa: S311
    for _ in range(3):
        X = [[random.randint(-3, 3) for _ in range(2)] for _ in range(4)]
        y = [1, -1, 1, random.choice([1, -1])]
        beta = Q(1, 8)
        D = TrainingProblem(X, y, beta_squared=beta, loss="logistic", skip=skip)
        scalar = optimal_polytope(optimum(D))
        Y = [[int(t > 0), int(t < 0)] for t in y]
        P = VectorProblem(X, Y, beta_squared=2 * beta, loss="softmax", skip=skip)
        O = vector_optimum(P)
        R = OptimalSet(O)
        assert float(O.value) == pytest.approx(float(scalar.optimum.value), abs=1e-12)
        assert list(R.staircase) == list(scalar.staircase)
        assert R.fit_is_unique == (skip == "none")
        for row, k in zip(O.N, scalar.kappa, strict=True):
            assert float(row[0]) == pytest.approx(float(k), abs=1e-12)
            assert float(row[1]) == pytest.approx(-float(k), abs=1e-12)


@pytest.mark.parametrize(
    ("X", "Y", "bias"),
    [
        ([[0], [0], [0], [1], [0]], [[0, 1], [1, 0], [1, 0], [0, 1], [1, 0]], "penalised"),
        ([[0, 0, 1], [1, 0, 1], [0, 0, 1]], [[0, 0, 1], [0, 1, 0], [1, 0, 0]], "none"),
    ],
)
def test_a_kernel_on_a_wall_because_of_what_is_free(X, Y, bias):
    """N sums to 0, so that a direction has nothing of what all samples see alike."""
    P = VectorProblem(X, Y, beta="1/4", loss="softmax", bias=bias, skip="constant")
    O = vector_optimum(P)
    proved(P, O)
    assert O.level == "interval"
    assert any(0 in a.covector for a in O.atoms)


@pytest.mark.parametrize(
    ("X", "Y", "options", "value"),
    [
        (
            [[-2], [3], [3], [4], [3], [4]],
            [[-3, 5], [4, -4], [1, -2], [4, -4], [-5, 0], [0, 0]],
            {"loss": "absolute", "skip": "linear"},
            27,  # the slopes 1/3 and -2/3: 46/3 and 35/3
        ),
        (
            [[-2, -1], [4, 3]],
            [[-4, 3, 4], [1, -2, 6]],
            {"loss": {"kind": "epsilon_insensitive", "epsilon": "1/2"}, "skip": "constant"},
            9,  # the distances 5, 5 and 2, less twice 1/2 each
        ),
    ],
)
@pytest.mark.parametrize("beta", ["1e4", "1e12"])
def test_no_neuron_is_worth_a_large_weight_decay(X, Y, options, value, beta):
    P = VectorProblem(X, Y, beta=beta, **options)
    O = vector_optimum(P)
    proved(P, O)
    assert O.vanishes
    assert O.value == value


def test_softmax_with_logarithms_is_exact():
    """A-log in two outputs: N = (1/3, -1/3), z = +-ln 2 / 2."""
    P = VectorProblem(SQUARE, [[1, 0]] * 4, beta_squared="4/9", loss="softmax")
    R = OptimalSet(vector_optimum(P))
    assert (R.optimum.level, R.optimum.N[0]) == ("exact", (Q(1, 3), Q(-1, 3)))
    assert str(R.optimum.fit[0][0]) == "1/2*ln(2)"
    assert [R.staircase[m].components for m in (2, 3, 4)] == [4, 2, 1]


def test_softmax_by_a_smooth_solver():
    """Three outputs: neurons ``s (Xu)_+ v'`` on many directions u, the optimum's among them."""
    from scipy.optimize import minimize

    X = np.array([[1, 2], [-2, 1], [1, -1], [0, 1]])
    Y = np.eye(3, dtype=int)[[0, 1, 2, 1]]
    P = VectorProblem(X.tolist(), Y.tolist(), beta="1/5", loss="softmax")
    O = vector_optimum(P)
    proved(P, O)
    rng = np.random.default_rng(0)
    U = np.array([[float(t) for t in u.g] for u, _ in O.network])
    U = np.r_[U, rng.normal(size=(3, 2))]
    U /= np.linalg.norm(U, axis=1)[:, None]
    Phi, m = np.maximum(X @ U.T, 0), len(U)

    def objective(p):
        s, V = p[:m], p[m:].reshape(m, 3)
        z = (Phi * s) @ V
        e = np.exp(z - z.max(axis=1, keepdims=True))
        value = np.log(e.sum(axis=1)) + z.max(axis=1) - (z * Y).sum(axis=1)
        g = Phi.T @ (e / e.sum(axis=1, keepdims=True) - Y)
        slope = np.r_[(g * V).sum(axis=1), (g * s[:, None]).ravel()]
        return value.sum() + 0.1 * (p @ p), slope + 0.2 * p

    options = {"maxiter": 9000, "maxfun": 20000, "ftol": 1e-16, "gtol": 1e-12}
    start = rng.normal(size=4 * m)
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
    assert found.fun == pytest.approx(float(O.value), abs=1e-8)


def test_what_has_no_minimum():
    X = [[1, 0], [0, 1]]
    with pytest.raises(NotAttained, match="no optimum is attained: the softmax loss falls"):
        vector_optimum(
            VectorProblem(X, [[1, 0], [0, 1]], beta=1, loss="softmax", skip="linear")
        )
    with pytest.raises(NotAttained, match=r"coefficients \(\(0, -1/2\)\)"):
        vector_optimum(
            VectorProblem(X, [[1, 0], [2, 0]], beta=1, loss="poisson", skip="constant")
        )
    attained = VectorProblem(X, [[1, 0], [0, 1]], beta=1, loss="softmax", skip="constant")
    assert vector_optimum(attained).value > 0
    with pytest.raises(NotInterpolable, match="no network of any width fits"):
        vector_optimum(
            VectorProblem([[1], [1]], [[1, 2], [1, 3]], loss="interpolation", beta=1)
        )
    loss = {"kind": "tolerance", "epsilon": "1/3"}
    with pytest.raises(NotInterpolable, match="within their tolerance"):
        vector_optimum(VectorProblem([[1], [1]], [[1, 2], [1, 3]], loss=loss, beta=1))


REFUSED = [
    ("hinge", [[1, -1]], "labels 1 and -1"),
    ("margin", [[1, -1]], "labels 1 and -1"),
    ("softmax", [[1, 1]], r"y, row 1: \(1, 1\) is no one-hot row"),
    ({"kind": "softmax", "t": 1}, [[1, 0]], "t is no parameter"),
    ("poisson", [[1, -1]], "entry 2: -1 is negative"),
    ("huber", [[1, 2]], "delta is missing"),
    ({"kind": "huber", "delta": [1, 2]}, [[1, 2]], "delta has 2 entries for 1 row of X"),
    ("absolut", [[1, 2]], "did you mean 'absolute'"),
]


@pytest.mark.parametrize("loss, Y, why", REFUSED, ids=lambda x: str(x)[:20])
def test_what_is_refused(loss, Y, why):
    with pytest.raises((InstanceError, ValueError), match=why):
        VectorProblem([[1, 2]], Y, beta=1, loss=loss)


def test_an_N_that_is_not_optimal_is_refused():
    P = VectorProblem(SQUARE, [[2, 2]] * 4, beta_squared=4, loss="absolute")
    with pytest.raises(NotOptimal, match=r"row 1, output 1: 2 is outside \[-1, 1\]"):
        vector_optimum(P, kappa=[[2, 0]] * 4)
    with pytest.raises(NotOptimal, match="none of its fits is a nonnegative"):
        vector_optimum(P, kappa=[[0, 0]] * 4)


def test_an_N_outside_of_softmax():
    P = VectorProblem([[1, 0]], [[1, 0]], beta=1, loss="softmax")
    with pytest.raises(
        NotOptimal, match=r"output 1: 3 is outside .*, where the softmax loss"
    ):
        vector_optimum(P, kappa=[[3, -3]])
    with pytest.raises(InstanceError, match='for labels 1 and -1 write "logistic"'):
        TrainingProblem([[1, 0]], [1], beta=1, loss="softmax")


def written(tmp_path, **fields):
    return commands.written(tmp_path, fields)


def test_certify_and_gap_on_the_command_line(tmp_path, capsys):
    """The network that certify prints has the gap 0, with its skip; another has more."""
    X, Y = [[1, 0], [1, 2], [-1, 1]], [[2, 1], [0, 3], [1, -1]]
    for loss in ("absolute", "huber:1", "quantile:1/3", "epsilon_insensitive:1/4"):
        file = written(tmp_path, X=X, y=Y, beta="1/2", loss=loss, skip="constant")
        assert main(["certify", file, "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        network = tmp_path / "network.json"
        best = {"neurons": said["network"], "constant": said["constant"]}
        for fields, optimal in ((best, True), ({"neurons": [None]}, False)):
            network.write_text(json.dumps(fields), encoding="utf-8")
            assert main(["gap", file, str(network), "--json"]) == 0
            gap = json.loads(capsys.readouterr().out)
            assert (abs(gap["gap_float"]) < 1e-9) == optimal
            assert main(["gap", file, str(network), "--quick", "--json"]) == 0
            assert (
                json.loads(capsys.readouterr().out)["gap_float"] >= gap["gap_float"] - 1e-9
            )
        assert main(["certify", file]) == 0
        assert "minimised: Σ_kj" in capsys.readouterr().out


def test_what_is_claimed_with_constants_of_rows(tmp_path, capsys):
    """Softmax with a skip: fits differ by constants of rows, and P is a point all the same."""
    X, Y = [[1, 2], [-2, 1], [1, -1], [0, 1]], [[1, 0], [0, 1], [0, 1], [1, 0]]
    file = written(tmp_path, X=X, y=Y, beta="1/5", loss="softmax", skip="constant")
    assert main(["certify", file, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["fit_unique"], said["modulo"]) == (False, ["lines"])
    assert said["interval"][0] == [[None, None]] * 2
    assert said["theorems"]["T7.1"] is True
    network = tmp_path / "network.json"
    other = [{"lower": "0", "upper": "1"}]
    near = {"neurons": [{"u": ["1", "1"], "v": ["1", "-1"]}], "constant": ["1", "1"]}
    network.write_text(json.dumps(near), encoding="utf-8")
    gaps = []
    for constant in (["1", "1"], ["-5", "-5"], ["0", "0"]):
        network.write_text(json.dumps(near | {"constant": constant}), encoding="utf-8")
        assert main(["gap", file, str(network), "--json"]) == 0
        gaps.append(json.loads(capsys.readouterr().out)["gap_float"])
    assert gaps == pytest.approx([gaps[0]] * 3)
    network.write_text(json.dumps(near | {"skip": other}), encoding="utf-8")
    assert main(["gap", file, str(network)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_exit_codes(tmp_path, capsys):
    X, Y = [[1, 0], [0, 1]], [[1, 0], [0, 1]]
    separated = written(tmp_path, X=X, y=Y, beta=1, loss="softmax", skip="linear")
    assert main(["certify", separated]) == 1
    err = capsys.readouterr().err
    assert "no optimum is attained" in err
    assert err.count("\n") == 1
    for loss in ("hinge", "squared_hinge", "logistic", "exponential", "margin"):
        file = written(tmp_path, X=X, y=Y, beta=1, loss=loss)
        assert main(["certify", file]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    network = tmp_path / "network.json"
    network.write_text('{"neurons": [null]}', encoding="utf-8")
    for loss in ("interpolation", "tolerance:1/2"):
        file = written(tmp_path, X=X, y=Y, loss=loss)
        assert main(["gap", file, str(network)]) == 2
        err = capsys.readouterr().err
        assert ("loss: " in err, err.count("\n")) == (True, 1)
        assert main(["certify", file, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["cost"]


def test_one_label_a_row_is_scalar(tmp_path, capsys):
    """Byte for byte, with losses of signed labels too."""
    for loss in ("hinge", "absolute", "squared"):
        answers = []
        for y in ([[1], [-1], [1]], [1, -1, 1]):
            file = written(
                tmp_path, X=[[1, 0], [1, 2], [-1, 1]], y=y, beta="1/4", loss=loss
            )
            assert main(["certify", file, "--json"]) == 0
            answers.append(capsys.readouterr().out)
        assert answers[0] == answers[1]


@pytest.mark.deep
def test_opposite_atoms_where_the_fit_is_not_unique():
    """One fit lies inside its tube; the weights are a cube: of each atom and its opposite."""
    D = VectorProblem(
        [
            ["2.1831", "-2.9212"],
            ["-0.329", "-0.1929"],
            ["2.0946", "0.5542"],
            ["0.1733", "-1.2162"],
            ["-1.0716", "-3.1129"],
        ],
        [
            ["0.6291", "-2.6109"],
            ["0.3924", "0.0182"],
            ["-0.393", "1.6995"],
            ["-1.9031", "-3.7011"],
            ["-4.0408", "-0.1551"],
        ],
        beta="1/10",
        loss={"kind": "epsilon_insensitive", "epsilon": "1/2"},
        skip="linear",
    )
    P = OptimalSet(vector_optimum(D))
    assert P.level == "interval"
    assert not P.optimum.is_pinned
    assert len(P.vertices) == 2**P.dim
    assert 2 * P.dim == len(P.optimum.atoms)


@pytest.mark.parametrize("p", ["4/3", 3, 4])
def test_labels_that_what_is_free_fits(p):
    """Then N = 0, no neuron is used, and no search by Newton's method is needed."""
    Y = [[2, -2], [2, -2]]
    loss = {"kind": "power", "p": p}
    O = vector_optimum(VectorProblem([[-1], [2]], Y, beta=1, skip="constant", loss=loss))
    assert O.N == ((0, 0), (0, 0))
    assert (O.value, O.atoms, O.level) == (0, (), "exact")


@pytest.mark.parametrize(
    "rows, labels, words",
    [
        (
            [[0], [-1]],
            [[0, 2, 5], [0, 1, 1]],
            "row 1 of X forces y_1,2 = 0, and here it is 2",
        ),
        ([[1], [1]], [[1, 5], [0, 5]], "rows 1, 2 of X force y_1,1 - y_2,1 = 0"),
    ],
)
def test_what_no_network_fits_is_told_by_row_and_output(rows, labels, words):
    with pytest.raises(NotInterpolable, match=words):
        vector_optimum(VectorProblem(rows, labels, beta=1, loss="interpolation"))
