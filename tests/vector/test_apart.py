"""Rows of very different sizes: the central path, and optima that one output confirms."""

from fractions import Fraction
from itertools import product
from math import log

import numpy as np
import pytest

from polytope_nn import TrainingProblem, VectorProblem, optimum, vector_optimum
from polytope_nn.certificate.check import check
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.scalar import dot
from polytope_nn.problems.losses import rows_of
from polytope_nn.vector.certificate.claims import vector_certificate
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.search.apart import LongGeneration, RowGeneration, generations
from polytope_nn.vector.search.central import Central, _Band, row_lengths
from polytope_nn.vector.search.generation import Generation
from polytope_nn.vector.trained.free_parts import with_free_part

X = [["1e6", "3e6"], ["1", "3"], ["0", "2"]]
APART = {
    "a million": (X, [[-1, 3], [2, -4], [3, 1]]),
    "tiny and huge": (
        [["-2e-6", "1e-6"], ["-3e-12", "0"], ["-1e12", "-1e12"]],
        [[-1, -2], [-1, 1], [-2, 0]],
    ),
    "huge beside one": (
        [["-3e12", "3e12"], ["2", "3"], ["3", "-2"]],
        [[0, -3], [-4, -1], [-3, 1]],
    ),
}
EACH = [
    "a million",
    "tiny and huge",
    pytest.param("huge beside one", marks=pytest.mark.deep),
]


@pytest.mark.parametrize("size", ["1e-3", "1e-9", "1e6"])
@pytest.mark.parametrize("loss", ["squared", {"kind": "power", "p": 3}])
def test_certificates_in_intervals_at_any_scale(size, loss):
    rows, t = [[1, 0], [0, 1], [1, 1]], Fraction(size)
    D = VectorProblem(
        [[x * t for x in row] for row in rows],
        [[-1, 3], [2, 1], [1, -3]],
        beta=t,
        loss=loss,
    )
    O = vector_optimum(D)
    assert O.level == "interval"
    check(vector_certificate(O))


@pytest.mark.parametrize("skip", ["none", "constant"])
def test_the_end_of_the_path_is_a_dual_optimum(skip):
    """Masses that are left make the fit, N annihilates the constants, nothing is above beta."""
    D = VectorProblem(
        [[1, 2], [-3, 1], [2, -2]], [[1, 4], [-2, 3], [3, -1]], beta="1/2", skip=skip
    )
    G = LongGeneration(D)
    hint = G.hint()
    scale, rows = float(G.scales[1]), np.array(D.X, float)
    assert max(p.values[0] for p in G.peaks(hint.N / scale) if p.face.w == 1) < 1 + 1e-8
    unit = float(G.scales[0]) ** 2 * G.beta
    made = sum(
        t / unit * np.outer(phi, hint.N.T @ phi)
        for _, u, t in hint.used
        for phi in [np.maximum(rows @ u, 0)]
    )
    left = np.array(D.Y, float) - hint.N - made
    if skip == "constant":
        assert hint.N.sum(axis=0) == pytest.approx(0, abs=1e-8)
        left = left - left.mean(axis=0)
    assert left == pytest.approx(0, abs=1e-6)


def test_a_path_and_ordinary_floats_find_one_N():
    D = VectorProblem([[1, 2], [-3, 1], [2, -2]], [[1, 4], [-2, 3], [3, -1]], beta="1/2")
    assert LongGeneration(D).hint().N == pytest.approx(Generation(D).hint().N, abs=1e-6)


def test_long_floats_come_first_where_rows_are_far_apart():
    near = VectorProblem([[1, 2], [3, 4]], [[1, 2], [3, 4]], beta=1)
    far = VectorProblem(X, [[1, 2], [3, 4], [5, 6]], beta=1)
    assert [type(g) for g in generations(near)] == [Generation, LongGeneration]
    assert [type(g) for g in generations(far)] == [LongGeneration]
    assert [type(g) for g in generations(LOSSES["poisson"])] == [
        Generation,
        LongGeneration,
        RowGeneration,
    ]
    steep = VectorProblem([[1]], [[1, 2]], beta=1, loss={"kind": "power", "p": 3})
    kinks = {"kind": "epsilon_insensitive", "epsilon": 1}
    bent = VectorProblem([[1]], [[1, 2]], beta=1, loss=kinks)
    assert [type(g) for g in generations(steep)] == [Generation]
    assert [type(g) for g in generations(bent)] == [Generation, LongGeneration]
    assert row_lengths(VectorProblem([[0, 0], [3, 4]], [[1, 2], [3, 4]], beta=1))[0] == 1


# a row, a bias, all of X or a label far from the rest: the decay is tiny, or nearly so
LOSSES = {
    "absolute, one row": VectorProblem(
        [["8e8"], ["-1"], ["-1/2"], ["-1"]],
        [[-1, -2, 1], [0, 0, 1], [0, 0, 1], [-1, 2, -2]],
        beta=1,
        loss="absolute",
    ),
    "absolute, bias": VectorProblem(
        [["-6e8"], ["-13e8"], [0], ["-18e8"]],
        [[4, 7], [-6, -2], [5, 2], [-4, 7]],
        beta="1/100",
        loss="absolute",
        bias="penalised",
        skip="affine",
    ),
    "poisson": VectorProblem(
        [[-1], [0], ["1e12"]],
        [[4, 11], [8, 9], [15, 5]],
        beta="1e-5",
        loss="poisson",
        skip="linear",
        weights=[2, 2, "1/3"],
    ),
    # the features of the two atoms are independent, as their lengths 10^12 and 1 do not show
    "squared, bias": VectorProblem(
        [["1e12"], ["-3"], [0]],
        [["1e12", 0], [1, 1], [0, -2]],
        beta=1,
        bias="penalised",
        skip="constant",
    ),
    # N is as the cubes of residuals: 10^-10 of those of labels
    "power, large labels": VectorProblem(
        [[-2, 1], [1, 3], [1, -1]],
        [[-2000, -1000], [0, 1000], [1000, 2000]],
        beta=1,
        loss={"kind": "power", "p": 4},
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_other_losses_far_apart_are_decided(name):
    """The network has the dual value, and no direction that is tried is above beta."""
    D = LOSSES[name]
    O = vector_optimum(D)
    slots = [VectorNeuron(a.g, tuple(c * t for t in a.h)) for a, c in O.network]
    made = with_free_part(O, VectorNetwork(tuple(slots))).objective(D)
    assert float(made) == pytest.approx(float(O.value), rel=1e-9)
    rows = [[Fraction(t) for t in x] for x in D.design]
    size = max(abs(t) for x in rows for t in x)
    N = [[enclosure(t, 400)[0] for t in row] for row in O.N]
    grid = (-size, -1, Fraction(-1, 3), 0, 1, 2, size)
    for u in product(grid, repeat=D.d):
        seen = [max(dot(x, u), Fraction(0)) for x in rows]
        h = [dot(seen, [row[j] for row in N]) for j in range(D.c)]
        assert dot(h, h) <= D.beta_squared * dot(u, u) * (1 + Fraction(1, 10**9))


@pytest.mark.parametrize("name", ["squared, bias", "power, large labels"])
def test_other_losses_far_apart_are_certified(name):
    check(vector_certificate(LOSSES[name]))


def test_a_path_of_another_loss_and_ordinary_floats_find_one_N():
    for kind in (
        "absolute",
        {"kind": "huber", "delta": "1/2"},
        {"kind": "power", "p": "3/2"},
    ):
        D = VectorProblem(
            [[1, 2], [-3, 1], [2, -2]], [[1, 4], [-2, 3], [3, -1]], beta="1/2", loss=kind,
            skip="constant",
        )  # fmt: skip
        long, short = LongGeneration(D).hint(), Generation(D).hint()
        assert long.N == pytest.approx(short.N, abs=1e-5)
        assert long.fits == pytest.approx(short.fits, abs=1e-3)
    # entries of N at the ends of what the loss allows: their fits are beyond the kinks
    D = VectorProblem([[1], [2], [4]], [[3, -1], [5, 2], [-6, 1]], beta=4, loss="absolute")
    long, short = LongGeneration(D).hint(), Generation(D).hint()
    assert (abs(long.N) > 1 - 1e-9).any()
    assert long.fits == pytest.approx(short.fits, abs=1e-4)


def test_a_path_needs_labels():
    D = VectorProblem([[1, 2]], [[0, 0]], beta=1)
    with pytest.raises(Undecided, match="no labels"):
        Central(D, ((Fraction(1),),)).solution(40)


@pytest.mark.parametrize("name", EACH)
def test_an_output_of_zeros_is_the_problem_of_one_output(name):
    rows, labels = APART[name]
    y = [row[0] for row in labels]
    one = optimum(TrainingProblem(rows, y, beta="1/2"))
    two = vector_optimum(VectorProblem(rows, [[t, 0] for t in y], beta="1/2"))
    assert float(two.value) == pytest.approx(float(one.value), rel=1e-9)
    assert [float(row[0]) for row in two.N] == pytest.approx([float(t) for t in one.kappa])


@pytest.mark.parametrize("name", EACH)
def test_rows_far_apart_are_decided_and_certified(name):
    rows, labels = APART[name]
    O = vector_optimum(VectorProblem(rows, labels, beta="1/2"))
    assert O.value <= sum(t * t for row in labels for t in row) / Fraction(2)
    check(vector_certificate(O))


def test_a_band_is_rounded_by_mu():
    """``e |N|`` less y N, its least over ``p - q = N`` by brute force; its slope by differences."""
    band = _Band(Fraction(3), Fraction(1, 2), Fraction(1, 10))

    def dual(t):
        sizes = (abs(t) + k / 10_000 for k in range(1, 40_000))
        return min(s / 2 - 0.1 * log((s * s - t * t) / 4) for s in sizes) - 3 * t

    for t in (0.0, 0.3, -0.7):
        exact = Ball.from_rational(Fraction(t), 128)
        fit = float(band.fit(exact))
        assert (dual(t - 1e-3) - dual(t + 1e-3)) / 2e-3 == pytest.approx(fit, abs=1e-3)
        beside = band.fit(Ball.from_rational(Fraction(t) + Fraction(1, 10**9), 128))
        slope = float((beside - band.fit(exact)) * 10**9)
        assert slope == pytest.approx(float(band.derivative(exact)), rel=1e-5)
    assert _Band.of(rows_of(LOSSES["poisson"].entries.loss)[0]) is None


def test_a_path_that_bends_too_sharply_is_given_up():
    rows = [
        [-1.16, 0.37],
        [-1.45, 0.9],
        [1.76, -0.82],
        [-0.2, 1.25],
        [1.76, -0.82],
        [0.2, 0.67],
    ]
    labels = [[0.5, 2.2], [1.5, -1.0], [1.4, 0.1], [0.2, 0.6], [-0.6, 0], [0.7, 0]]
    X = [[str(a), f"{b}e12"] for a, b in rows]
    Y = [[str(t) for t in row] for row in labels]
    loss = {"kind": "epsilon_insensitive", "epsilon": "1/4"}
    with pytest.raises(Undecided, match="bends too sharply"):
        LongGeneration(VectorProblem(X, Y, beta="1/10", loss=loss)).hint()
