"""All stationary networks: the worked table, brute force, T14, descents, the optimum."""

import json
from fractions import Fraction
from math import comb
from types import SimpleNamespace

import numpy as np
import pytest

from polytope_nn import (
    Network,
    TrainingProblem,
    is_optimal,
    is_stationary,
    optimal_polytope,
    optimum,
    stationary_points,
)
from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import dot
from polytope_nn.limits import Limits
from polytope_nn.stationary import points
from polytope_nn.stationary.blocks import blocks
from polytope_nn.stationary.compatible import possible
from polytope_nn.stationary.descents import descended, ends_of
from polytope_nn.stationary.excluded import Exclusion
from polytope_nn.stationary.guess import Guesser
from polytope_nn.stationary.members import Members
from polytope_nn.stationary.optima import Optima
from tests.oracles import stationary as oracle

ORACLE = json.loads(oracle.FILE.read_text(encoding="utf-8"))
SQUARE = TrainingProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4, beta_squared=2)
TIE = TrainingProblem([[1, -1], [0, 1]], [2, 2], beta=1)
THREE = TrainingProblem([[1, 2], [-2, 1], [1, -1]], [2, -1, 3], beta="1/2")
LINE = TrainingProblem([[1], [2], [4]], [2, -1, 3], beta="1/2", bias="penalised")
SKIP = TrainingProblem([[1, 2], [-2, 1], [1, -1]], [2, -1, 3], beta="1/2", skip="linear")


def described(S):
    """Return the rounded objectives with the blocks, sorted."""
    return sorted(
        (round(float(p.objective), 6), sorted((b.sign, b.covector) for b in p.blocks))
        for p in S
    )


def test_the_worked_table_of_the_square():
    S = stationary_points(SQUARE, 2)
    counts = [(round(float(v), 6), len(S.of_value(v))) for v in S.values]
    assert counts == [
        (10, 2), (12.224998, 4), (12.742641, 8), (14, 4), (15.485281, 6), (16.742641, 4), (18, 1),
    ]  # fmt: skip
    assert [p.kind for p in S] == ["global"] * 2 + ["local"] * 4 + ["saddle"] * 23


def test_a_set_is_excluded_whichever_block_of_a_class_is_in_it():
    """The mass is that of the class; the twin of the block that names it has it as well."""
    every = blocks(THREE)
    members = Members(
        THREE, every, Limits(), Exclusion(THREE, every), Guesser(THREE, every)
    )
    U, twin = 0, 1
    assert members.quadratic(U) == members.quadratic(twin)
    silent = 2
    (nu,), (c,) = members.guesser.solved([(U,)])
    system = members._system((U,), *members.guesser.exactly((U,), nu, c))
    for chosen in (U, twin):
        assert members._finely_excluded((chosen, silent), (U,), system)


@pytest.mark.parametrize("case", range(len(ORACLE)))
def test_brute_force_in_floats_lists_the_same(case):
    given = ORACLE[case]
    D = TrainingProblem(given["X"], given["y"], beta=given["beta"])
    expected = [
        (round(v, 6), sorted((s, tuple(f)) for s, f in T)) for v, T in given["points"]
    ]
    assert described(stationary_points(D, given["width"])) == sorted(expected)


def test_the_oracle_is_the_one_that_was_stored():
    for given, (X, y, beta, width) in zip(ORACLE, oracle.instances(40), strict=True):
        assert (X, y, beta, width) == tuple(given[k] for k in ("X", "y", "beta", "width"))
    given = next(g for g in ORACLE if len(g["points"]) > 1 and len(g["X"][0]) == 1)
    found = oracle.stationary(
        given["X"], given["y"], float(Fraction(given["beta"])), given["width"]
    )
    assert [round(v, 6) for v, _ in found] == [round(v, 6) for v, _ in given["points"]]


@pytest.mark.parametrize("D", [SQUARE, TIE, THREE])
def test_each_is_stationary_by_t14_and_only_the_optima_are_global(D):
    P = optimal_polytope(D)
    rational = 0
    for p in stationary_points(P, 2):
        if all(isinstance(t, Fraction) for x in p.network.neurons for t in x.u):
            rational += 1
            answer = is_stationary(P, p.network)
            assert answer
            assert answer.is_global == (p.kind == "global")
    assert rational >= 1


@pytest.mark.parametrize("D", [SQUARE, TIE, THREE, LINE, SKIP])
@pytest.mark.parametrize("width", [2, 3])
def test_the_least_value_is_the_optimum_from_m_star_on(D, width):
    O = optimum(D)
    P = optimal_polytope(O)
    first = stationary_points(D, width)[0]
    reached = width >= P.m_star
    assert (first.kind == "global") == reached
    if reached and not isinstance(first.objective, Ball) and O.level == "exact":
        assert first.objective == O.value
        assert is_optimal(O, first.network)
    assert (abs(float(first.objective) - float(O.value)) < 1e-12) == reached


@pytest.mark.parametrize("D", [SQUARE, TIE, THREE, LINE, SKIP])
def test_descents_end_on_listed_values_only(D):
    ends = ends_of(stationary_points(D, 2), runs=20, seed=1)
    assert ends.runs == 20
    assert ends.elsewhere == 0


def test_descents_are_the_same_on_every_run():
    first, again, other = (descended(TIE, 1, 2, seed)[0].tolist() for seed in (3, 3, 4))
    assert first == again != other


def loss(D, u, signs):
    """Return the objective of neurons u, in floats."""
    X = np.array([[float(t) for t in row] for row in D.design])
    y = np.array([float(t) for t in D.y])
    fit = signs @ np.maximum(u @ X.T, 0)
    norms = np.linalg.norm(u, axis=1).sum()
    return ((fit - y) ** 2).sum() / 2 + float(D.beta_squared) ** 0.5 * norms


@pytest.mark.parametrize("D", [SQUARE, TIE, THREE, LINE])
@pytest.mark.parametrize("width", [1, 2])
def test_saddles_have_a_way_down_and_local_minima_none(D, width):
    chance = np.random.default_rng(0)
    for p in stationary_points(D, width):
        u = np.array([[float(t) for t in x.u] for x in p.network.neurons]).reshape(-1, D.d)
        signs = np.array([float(b.sign) for b in p.blocks])
        here = loss(D, u, signs)
        assert abs(here - float(p.objective)) < 1e-9
        if p.kind == "saddle":
            v = np.array([float(t) for t in p.descent.direction])
            if p.descent.slot is None:
                assert len(p.blocks) < width
                moved, with_signs = (
                    np.vstack([u, 1e-4 * v]),
                    np.append(signs, p.descent.sign),
                )
            else:
                moved, with_signs = u.copy(), signs
                moved[p.descent.slot] += 1e-4 * v
            assert loss(D, moved, with_signs) < here - 1e-7
        elif p.kind == "local":
            near = [
                loss(D, u + 1e-4 * chance.normal(size=u.shape), signs) for _ in range(300)
            ]
            assert min(near) > here - 1e-12


def test_a_family_where_features_are_dependent():
    S = stationary_points(SKIP, 2)
    assert {p.family_dim for p in S} == {0, 1}
    for p in S:
        fit = [float(t) for t in p.network.fit(SKIP.design)]
        kappa = [float(y) - z for y, z in zip(SKIP.y, fit, strict=True)]
        assert kappa == pytest.approx([float(t) for t in p.kappa])
        assert np.array(kappa) @ np.array(SKIP.X, float) == pytest.approx(0, abs=1e-12)


def test_an_optimal_family_is_the_face_of_the_optimal_polytope():
    D = TrainingProblem([[1, -1, 0], [0, 1, -1], [-1, 0, 1]], [5] * 3, beta_squared=2)
    S = stationary_points(D, 2)
    P = optimal_polytope(D)
    supports = {tuple(i for i, t in enumerate(v) if t) for v in P.vertices}
    places = {(a.sign, a.covector): i for i, a in enumerate(P.atoms)}
    found = {
        tuple(sorted(places[b.key] for b in p.blocks)) for p in S if p.kind == "global"
    }
    assert found == {s for s in supports if len(s) <= 2}
    assert {p.family_dim for p in S if p.kind == "global"} == {0}


@pytest.mark.parametrize(
    ("X", "y", "values"),
    [
        ([[0, 0], [0, 0]], [1, 2], ["5/2"]),
        ([[2]], [3], ["11/8", "9/2"]),
        ([[1, 2], [2, 1]], [0, 0], ["0"]),
        ([[1], [1], [-1], [0]], [2, 2, 3, 1], None),
        ([[1, 2], [1, 2], [-2, -4], [0, 0]], [2, 1, 3, 1], None),
    ],
)
def test_degenerate_data(X, y, values):
    D = TrainingProblem(X, y, beta=1)
    S = stationary_points(D, 2)
    if values is not None:
        assert list(S.values) == [Fraction(v) for v in values]
    assert S[0].kind == "global"
    assert S[0].objective == optimum(D).value
    assert S[-1].network == Network((None, None))
    assert ends_of(S, runs=20).elsewhere == 0


@pytest.mark.parametrize("power", ["1e12", "1e-12"])
def test_scales_do_not_matter(power):
    t = Fraction(power)
    D = TrainingProblem(THREE.X, [t * y for y in THREE.y], beta=t / 2)
    scaled = [(float(p.objective / t**2), p.kind) for p in stationary_points(D, 2)]
    plain = [(float(p.objective), p.kind) for p in stationary_points(THREE, 2)]
    assert [v for v, _ in scaled] == pytest.approx([v for v, _ in plain])
    assert [k for _, k in scaled] == [k for _, k in plain]


def test_weights_are_repeated_rows():
    twice = TrainingProblem([[1, 2], [-2, 1], [-2, 1]], [2, -1, -1], beta="1/2")
    weighted = TrainingProblem([[1, 2], [-2, 1]], [2, -1], beta="1/2", weights=[1, 2])
    ours, theirs = stationary_points(weighted, 2), stationary_points(twice, 2)
    values = [float(p.objective) for p in theirs]
    assert [float(p.objective) for p in ours] == pytest.approx(values)
    assert [p.kind for p in ours] == [p.kind for p in theirs]


def test_many_sets_are_never_solved(monkeypatch):
    solved = []
    real = Guesser.solved

    def counted(self, sets):
        solved.extend(sets)
        return real(self, sets)

    monkeypatch.setattr(Guesser, "solved", counted)
    X = [[1, 2], [-2, 1], [1, -1], [3, 1], [1, -2]]
    D = TrainingProblem(X, [2, -1, 3, 1, -2], beta="1/2")
    stationary_points(D, 3)
    assert len(solved) == len(set(solved))
    assert 8 * len(solved) < sum(comb(len(blocks(D)), k) for k in (1, 2, 3))


def test_a_block_that_is_left_out_has_no_kappa():
    every = blocks(THREE)
    kept = set(possible(THREE, every))
    chance = np.random.default_rng(1)
    y = np.array([float(t) for t in THREE.y])
    for kappa in chance.normal(size=(4000, 3)):
        inside = {
            i
            for i, b in enumerate(every)
            if kappa @ y > 0
            and all(kappa @ np.array(f, float) > 0 for f in b.forms)
            and _between(kappa, b.pulls)
        }
        assert inside <= kept


def _between(kappa, pulls):
    values = [float(kappa @ np.array(f, float)) for (f,) in pulls]
    return not values or min(values) <= 0 <= max(values)


@pytest.mark.parametrize("width", [0, -1, True, 1.0])
def test_a_width_is_a_positive_integer(width):
    with pytest.raises(InstanceError, match="width"):
        stationary_points(TIE, width)


def test_a_width_of_numpy():
    assert stationary_points(TIE, np.int64(1)) == stationary_points(TIE, 1)


def test_too_many_sets_are_named(monkeypatch):
    monkeypatch.setattr(points, "_MOST", 10)
    with pytest.raises(Undecided, match="more than 10 sets of 2 faces"):
        stationary_points(THREE, 2)


def test_exclusions_are_true_of_kappa_in_the_ball():
    """The ball holds the finely solved kappa_T, and excluded neurons are 0 there."""
    B = blocks(THREE)
    exclusion, guesser = Exclusion(THREE, B), Guesser(THREE, B)
    sets = [(a, b) for a in range(len(B)) for b in range(a)]
    for T, nu, c in zip(sets, *guesser.solved(sets), strict=True):
        kappa, masses = guesser.exactly(T, nu, c)
        ball = exclusion.ball(T, kappa, [m * 1001 / 1000 for m in masses])
        far = sum(
            (t - Fraction(k, ball.den)) ** 2 for t, k in zip(kappa, ball.K, strict=True)
        )
        assert far <= Fraction(ball.square, ball.den**2) + Fraction(1, 10**20)
        (entering,) = exclusion.entering([ball], range(len(B)))
        for a, b in enumerate(B):
            g = b.direction(kappa)
            if dot(g, g) > THREE.beta_squared + Fraction(1, 10**9):
                assert a in entering


def test_what_balls_and_fields_do_not_decide_is_named(monkeypatch):
    def undecided(*_):
        raise Undecided("a neuron of the face program may be 0")

    monkeypatch.setattr(Members, "solution", undecided)
    named = r"has the blocks [-+][-+0]{2}: a neuron .* may be 0: raise the limits"
    with pytest.raises(Undecided, match=named):
        stationary_points(TrainingProblem([[1, -1], [0, 1]], [2, 2], beta=1), 1)


def test_rows_of_far_apart_sizes_need_no_more_bits(monkeypatch):
    """Two neurons share a ray by the symmetry of the labels; kappa is of degree above 1."""
    monkeypatch.setattr(points, "Optima", SimpleNamespace(of=lambda *_: Optima(None)))
    X, y = [["1e12", "2e12"], [-2, 1], ["1e-12", "-1e-12"]], [2, -1, 3]
    D = TrainingProblem(X, y, beta=1)
    S = stationary_points(D, 2, limits=Limits(bits=64, degree=1))
    assert [p.kind for p in S] == ["global", "saddle", "saddle", "saddle"]
    # the first two rows are orthogonal: one costs next to nothing, the other has a soft threshold
    gain = (1 - 5**-0.5) ** 2 / 2
    values = [float(t) for t in S.values]
    assert values == pytest.approx([5 - gain, 5, 7 - gain, 7])


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(4))
def test_the_promised_sizes(seed):
    chance = np.random.default_rng(seed)
    for n, d, width, bias in ((6, 2, 3, "none"), (4, 3, 2, "none"), (6, 2, 3, "penalised")):
        X = chance.integers(-4, 5, size=(n, d)).tolist()
        y = chance.integers(-4, 5, size=n).tolist()
        S = stationary_points(TrainingProblem(X, y, beta="1/2", bias=bias), width)
        assert ends_of(S).elsewhere == 0


def test_labels_far_larger_than_the_weight_decay():
    """The masses are 10^13 times where the search starts: it gets there, and is refined."""
    X, y = [[-1, 1, -2], [2, -2, 0]], [2 * 10**12, -4 * 10**12]
    D = TrainingProblem(X, y, beta="1/10", bias="penalised", skip="constant")
    S = stationary_points(D, 1)
    assert [p.kind for p in S] == ["global", "local", "saddle"]
    # one neuron and a constant fit two samples: kappa = (t, -t), |t g| = beta
    zero = S[-1]
    assert (len(zero.blocks), zero.objective) == (0, 9 * 10**24)


@pytest.mark.parametrize("power", ["1e-3", "1e-12", "1e-30"])
def test_a_feature_far_smaller_than_the_bias(power, monkeypatch):
    """Pulls are flat in the masses for many orders: floats and derivatives do not see their end.

    In the limit the bias costs nothing, and the networks are the same.
    """
    monkeypatch.setattr(points, "Optima", SimpleNamespace(of=lambda *_: Optima(None)))
    s = Fraction(power)
    D = TrainingProblem([[0], [0], [-s]], [1, 1, 3], beta=s, bias="penalised")
    S = stationary_points(D, 1)
    assert [p.kind for p in S] == ["global", "saddle"]
    # a bias 3/2, and a step of 1/2, which costs 1/2
    assert [float(t) for t in S.values] == pytest.approx([5 / 4, 11 / 2], abs=0.01)
    X = [[s], [0], [-2 * s]]
    D = TrainingProblem(X, [-2, 0, 0], beta=s / 2, bias="penalised", skip="linear")
    S = stationary_points(D, 2)
    assert [p.kind for p in S] == ["global"] * 2 + ["saddle"] * 7
    faces = [[b.face for b in p.blocks] for p in S]
    assert {"-0+ +++", "+0- +++", "+++", "++-", ""} < set(map(" ".join, faces))
    assert float(S.values[0]) == pytest.approx(9 / 16, abs=0.001)
    assert float(S.values[-1]) == 8 / 5  # the skip alone leaves 4/5 of |y|^2 / 2


@pytest.mark.deep
def test_features_that_only_balls_tell_apart(monkeypatch):
    """Two features differ by 10^-13 of their lengths; with 10^-4 they are no different."""
    monkeypatch.setattr(points, "Optima", SimpleNamespace(of=lambda *_: Optima(None)))
    found = []
    for s in (Fraction(1, 10**4), Fraction(1, 10**12)):
        X, y = [[-s, -2 * s], [2, 2], [2, 0], [-1, -2]], [-1, -2, 0, -3]
        S = stationary_points(TrainingProblem(X, y, beta=s / 2, bias="penalised"), 2)
        found.append(sorted((p.kind, [b.key for b in p.blocks]) for p in S))
    assert len(found[0]) == 20
    assert found[0] == found[1]


@pytest.mark.parametrize("scale", [10**8, 10**12])
def test_labels_far_above_beta_have_the_networks_of_labels_above_it(scale):
    X, y = [[-3, 4], [-4, -1], [-4, 2], [2, 2]], [5, 1, -2, -4]
    near, far = (
        stationary_points(TrainingProblem(X, [s * t for t in y], beta="1/10"), 2)
        for s in (1, scale)
    )
    assert [(p.blocks, p.kind) for p in near] == [(p.blocks, p.kind) for p in far]
    ratios = [
        float(q.objective) / float(p.objective) for p, q in zip(near, far, strict=True)
    ]
    assert ratios[-1] == pytest.approx(scale**2)
    assert all(0.8 * scale**2 < r < 1.001 * scale**2 for r in ratios)


def test_rows_and_labels_far_above_beta_and_a_bias():
    X, y = [[-3, 1], [2, 1]], [1, -2]
    far = TrainingProblem(
        [[10**12 * t for t in row] for row in X],
        [10**12 * t for t in y],
        beta=1,
        bias="penalised",
    )
    values = [float(p.objective) for p in stationary_points(far, 2)]
    # what the rows of a neuron do not fit, and less than 2 for neurons that fit all
    assert values[0] < 2
    assert values[1:] == [5e23, 2e24, 2.5e24]
