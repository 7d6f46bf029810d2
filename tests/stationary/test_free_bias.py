"""Stationary networks with a free bias: linear systems on a line, T14, descents, differences."""

import random
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

from polytope_nn import TrainingProblem, is_stationary, optimum, stationary_points
from polytope_nn.cli import main
from polytope_nn.exact.ball import Ball
from polytope_nn.stationary.biases.biased import Anchored, Tope
from polytope_nn.stationary.biases.offsets import positive
from polytope_nn.stationary.biases.unfitted import Unfitted
from polytope_nn.stationary.descents import descended, ends_of, limits_of
from polytope_nn.stationary.members import Members
from tests.oracles import free_bias as oracle


def problem(X, y, beta="1/2", skip="none"):
    return TrainingProblem(X, y, beta=beta, bias="free", skip=skip)


LINE = ([[1], [2], [4]], [2, -1, 3])
PLANE = ([[1, 0], [0, 1], [-1, -1]], [2, -1, 3])
FOUR = ([[1, 2], [-2, 1], [1, -1], [0, 1]], [2, -1, 3, -2])
TWICE = ([[1, 2], [1, 2], [-2, -4], [0, 0]], [2, 1, 3, 1])
SPACE = ([[0, 1, -2], [2, 2, 1], [1, 2, 1], [3, 2, 0]], [-2, 3, 0, 4])
LINED_UP = ([[0, 0], [1, 1], [2, 2]], [3, -1, 2])


def compared(X, y, beta, skip, width):
    """Return our values with blocks, and those of the linear systems."""
    S = stationary_points(problem(X, y, beta, skip), width)
    ours = sorted(
        (
            round(float(p.objective), 6),
            tuple(sorted((b.sign, b.covector) for b in p.blocks)),
        )
        for p in S
    )
    x = [row[0] for row in X]
    constant = skip == "constant"
    return ours, oracle.stationary(x, y, float(Fraction(beta)), width, constant=constant)


@pytest.mark.parametrize("seed", range(8))
def test_linear_systems_on_a_line_list_the_same(seed):
    chance = random.Random(seed)  # noqa: S311 - a sample
    n, width = 1 + seed % 4, 1 + seed // 4 % 2
    X = [[chance.randint(-4, 4)] for _ in range(n)]
    y = [chance.randint(-4, 4) for _ in range(n)]
    for skip in ("none", "constant"):
        ours, theirs = compared(X, y, chance.choice(["1/2", "1", "1/3"]), skip, width)
        assert ours == theirs


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(8, 60))
def test_linear_systems_on_more_lines_list_the_same(seed):
    test_linear_systems_on_a_line_list_the_same(seed)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        ([[3]], [2]),
        ([[0]], [0]),
        ([[1], [1]], [2, 5]),
        ([[1], [1], [-2]], [2, 2, 2]),
        ([[0], [1], [2], [3]], [0, 1, 1, 0]),
        ([[-2], [-1], [1], [2]], [4, -4, -4, 4]),
    ],
)
@pytest.mark.parametrize("skip", ["none", "constant"])
def test_degenerate_lines(X, y, skip):
    ours, theirs = compared(X, y, "1/2", skip, 2)
    assert ours == theirs


def objective(D, neurons, slope, constant):
    """Return the objective of (sign, w, b, alpha), each parameter its own, in floats."""
    X = np.array([[float(t) for t in row] for row in D.X])
    fit = X @ slope + constant
    cost = 0.0
    for w, b, alpha in neurons:
        fit = fit + alpha * np.maximum(X @ w + b, 0)
        cost += (w @ w + alpha**2) / 2
    y = np.array([float(t) for t in D.y])
    return ((fit - y) ** 2).sum() / 2 + float(D.beta_squared) ** 0.5 * cost


def parts(D, p):
    """Return the neurons (w, b, alpha), the slope and the constant of a point, in floats."""
    neurons = []
    for x in p.network.neurons:
        u = np.array([float(t) for t in x.u])
        size = np.linalg.norm(u[:-1]) ** 0.5
        neurons.append((u[:-1] / size, u[-1] / size, x.sign * size))
    skip = p.network.skip
    slope = np.zeros(D.dimension) if skip is None else np.array([float(t) for t in skip])
    return neurons, slope, float(p.network.constant or 0)


CASES = [
    (LINE, "none", 1),
    (LINE, "constant", 2),
    (PLANE, "none", 2),
    (PLANE, "constant", 1),
    (PLANE, "linear", 1),
    (FOUR, "none", 1),
    (FOUR, "constant", 1),
    (FOUR, "affine", 1),
    (TWICE, "constant", 2),
    (LINED_UP, "none", 2),
    (SPACE, "constant", 2),  # in balls, where the tope of all samples is free of price
]


@pytest.fixture(scope="module")
def listed():
    return [stationary_points(problem(*data, skip=skip), m) for data, skip, m in CASES]


@pytest.mark.parametrize("case", range(len(CASES)))
def test_values_and_kinds_by_differences(listed, case):
    S, step = listed[case], 1e-4
    D, chance = S.problem, np.random.default_rng(case)
    for p in S:
        neurons, slope, constant = parts(D, p)
        here = objective(D, neurons, slope, constant)
        assert here == pytest.approx(float(p.objective), abs=1e-9)
        if p.kind == "saddle":
            v = np.array([float(t) for t in p.descent.direction])
            if p.descent.slot is None:
                assert len(p.blocks) < S.width
                grown = (step * v[:-1], step * v[-1], step * p.descent.sign)
                moved = [*neurons, _balanced(grown, v, p.descent.sign, step)]
            else:
                i = p.descent.slot
                w, b, alpha = neurons[i]
                turned = (w + step * v[:-1], b + step * v[-1], alpha)
                moved = [*neurons[:i], turned, *neurons[i + 1 :]]
            assert objective(D, moved, slope, constant) < here - 1e-12
        else:
            silent = [(np.zeros(D.dimension), 0.0, 0.0)] * (S.width - len(neurons))
            for _ in range(200):
                near = [
                    (
                        w + step * chance.normal(size=w.shape),
                        b + step * chance.normal(),
                        alpha + step * chance.normal(),
                    )
                    for w, b, alpha in neurons + silent * (p.kind == "global")
                ]
                assert objective(D, near, slope, constant) > here - 1e-12


def _balanced(grown, v, sign, step):
    """Return a small neuron of a direction; one of a bias alone has a smaller weight."""
    size = np.linalg.norm(v[:-1])
    if size == 0:
        return np.zeros(len(v) - 1), 100 * step * v[-1], sign * step
    return grown[0] / size, grown[1] / size, sign * step


def distance(D, neurons, slope, constant, chance):
    """Return how far 0 is from the mixtures of gradients near the neurons, in floats."""
    from scipy.optimize import nnls

    X = np.array([[float(t) for t in row] for row in D.X])
    beta = float(D.beta_squared) ** 0.5
    fit = X @ slope + constant
    for w, b, alpha in neurons:
        fit = fit + alpha * np.maximum(X @ w + b, 0)
    kappa = np.array([float(t) for t in D.y]) - fit
    free = [kappa @ np.array(column, float) for column in D.free.had.columns]
    largest = max(map(abs, free), default=0.0)
    for w, b, alpha in neurons:
        steps = chance.normal(size=(300, D.dimension + 1)) * 1e-7
        active = (w + steps[:, :-1]) @ X.T + b + steps[:, -1:] > 0
        masks = np.unique(active, axis=0)
        turned = beta * w - alpha * (masks * kappa) @ X
        lifted = -alpha * (masks * kappa).sum(axis=1)
        A = np.column_stack([turned, lifted, np.ones(len(masks))]).T
        _, far = nnls(A, np.append(np.zeros(D.dimension + 1), 1.0))
        largest = max(largest, far, abs(np.linalg.norm(w) - abs(alpha)))
    return largest


@pytest.mark.parametrize("case", range(len(CASES)))
def test_a_mixture_of_gradients_nearby_is_zero(listed, case):
    S, chance = listed[case], np.random.default_rng(case)
    for p in S:
        assert distance(S.problem, *parts(S.problem, p), chance) < 1e-8


@pytest.mark.parametrize("data", [LINE, PLANE, FOUR, TWICE, LINED_UP])
@pytest.mark.parametrize("skip", ["none", "constant"])
def test_faces_are_the_stationary_ones_through_a_sample(data, skip):
    # with the kink held at a sample there is no bias; what is stationary beside it is listed
    X, y = data
    D, chance = problem(X, y, skip=skip), np.random.default_rng(0)
    listed = {
        (p.blocks[0].key, round(float(p.objective), 9))
        for p in stationary_points(D, 1)
        if p.blocks and isinstance(p.blocks[0], Anchored)
    }
    found, tried = set(), 0
    for anchor in X:
        moved = [[s - t for s, t in zip(x, anchor, strict=True)] for x in X]
        held = TrainingProblem(moved, y, beta="1/2", skip=skip)
        for p in stationary_points(held, 1):
            if p.blocks:
                u = np.array([float(t) for t in p.network.neurons[0].u])
                size = np.linalg.norm(u) ** 0.5
                bias = -float(np.array(anchor, float) @ u) / size
                neuron = (u / size, bias, p.network.neurons[0].sign * size)
                constant = float(p.network.constant or 0)
                tried += 1
                if distance(D, [neuron], np.zeros(D.dimension), constant, chance) < 1e-7:
                    found.add((p.blocks[0].key, round(float(p.objective), 9)))
    assert found == listed
    assert tried >= len(found)


@pytest.mark.parametrize("case", range(len(CASES)))
def test_t14_and_the_optimum_agree(listed, case):
    S = listed[case]
    O = optimum(S.problem)
    for p in S:
        reached = abs(float(p.objective) - float(O.value)) < 1e-10
        assert reached == (p.kind == "global")
        if reached and O.level == "exact" and not isinstance(p.objective, Ball):
            assert p.objective == O.value
        if all(isinstance(t, Fraction) for x in p.network.neurons for t in x.u):
            answer = is_stationary(O, p.network)
            assert answer
            assert answer.is_global == (p.kind == "global")


@pytest.mark.parametrize("case", [1, 3, 6])
def test_descents_end_on_listed_values_only(listed, case):
    ends = ends_of(listed[case], runs=20, seed=1)
    assert ends.elsewhere == 0


def test_without_a_constant_some_descents_go_to_infinity():
    # y is fitted better and better by a constant of growing bias: no network has the limit
    D = problem([[-3], [-3]], [-1, -4])
    S = stationary_points(D, 1)
    assert [(float(p.objective), p.kind) for p in S] == [(8.5, "saddle")]
    ends, _ = descended(D, 1, 40)
    assert all(e > 2.25 for e in ends)
    assert min(ends) < 2.3
    assert stationary_points(problem([[-3], [-3]], [-1, -4], skip="constant"), 1)[
        0
    ].objective == Fraction(9, 4)


def test_a_neuron_on_a_tope_may_have_any_bias_of_an_interval():
    S = stationary_points(problem([[0], [1]], [1, 3], skip="constant"), 1)
    p = next(p for p in S if [b.face for b in p.blocks] == ["++"])
    assert (p.family_dim, p.kind) == (1, "global")
    b = p.blocks[0]
    assert isinstance(b, Tope)
    (x,) = p.network.neurons
    assert min(x.u[0] * t + x.u[1] for t in (0, 1)) > 0


def test_a_tie_of_equal_pulls_is_no_gap_of_enclosures():
    # neurons at both ends of the flat of all samples pull as hard for every kappa
    D = problem(
        [[1, -1, -2], [3, 2, -3], [0, 2, -2], [2, -3, -1]], [1, -1, 2, 0], skip="constant"
    )
    S = stationary_points(D, 1)
    assert any(isinstance(t, Ball) for t in S[0].kappa)
    least = [p for p in S if p.kind == "global"]
    assert {b.key for p in least for b in p.blocks} >= {
        (-1, (1, 1, 0, 1)), (1, (1, 0, 1, 1)), (1, (1, 1, 1, 1)), (-1, (1, 1, 1, 1)),
    }  # fmt: skip
    assert "undecided" not in {p.kind for p in S}


def test_one_face_has_one_block():
    S = stationary_points(problem([[1, 1], [1, 1], [0, 2]], [1, 2, -3]), 1)
    for p in S:
        for b in p.blocks:
            assert isinstance(b, Anchored | Tope)
    keys = [tuple(b.key for b in p.blocks) for p in S]
    assert len(set(keys)) == len(keys)


def test_positive_combinations_enclosed():
    def near(t):
        return Ball.from_interval(t - Fraction(1, 10**20), t + Fraction(1, 10**20))

    one, zero = Fraction(1), Fraction(0)
    columns = [(near(one), zero), (one, near(one)), (near(one), zero)]
    x = positive(columns, (near(2 * one), near(one)), 2)
    assert all(t > 0 for t in x)
    assert positive(columns, (near(one), near(2 * one)), 2) is None
    assert positive(columns[:2], (near(one), near(2 * one)), 2) is None


def test_positive_combinations_of_opposite_columns():
    """Ends of the tope that all samples are active in, both signs: the ones and their negative."""
    chance = random.Random(5)  # noqa: S311 - a sample
    near = [Fraction(t, 10**30) for t in (-1, 1)]
    found = 0
    for _ in range(60):
        line, *columns, fit = ([chance.randint(-9, 9) for _ in range(4)] for _ in range(6))
        columns = [line, [-t for t in line], *columns]
        # x >= t, t <= 1 as large as can be
        sums = np.column_stack([np.array(columns).T, np.sum(columns, axis=0)])
        bounds = [(0, None)] * len(columns) + [(None, 1)]
        largest = linprog([0] * len(columns) + [-1], A_eq=sums, b_eq=fit, bounds=bounds)
        exists = largest.success and -largest.fun > 1e-9
        whole = [tuple(map(Fraction, v)) for v in columns]
        enclosed = [
            tuple(Ball.from_interval(*(t + e for e in near)) for t in v) for v in whole[2:]
        ]
        for x in (
            positive(whole, tuple(map(Fraction, fit))),
            positive([*whole[:2], *enclosed], tuple(map(Fraction, fit)), 4),
        ):
            assert (x is not None) == exists
            if exists:
                assert all(t > 0 for t in x)
                made = np.array(columns).T @ [float(t) for t in x]
                assert made == pytest.approx(np.array(fit, float))
        found += exists
    assert 10 < found < 50


@pytest.mark.parametrize("power", ["1e12", "1e-12"])
def test_scales_do_not_matter(power):
    t = Fraction(power)
    X, y = PLANE
    plain = stationary_points(problem(X, y), 1)
    large = stationary_points(problem(X, [t * v for v in y], beta=t / 2), 1)
    assert [float(p.objective / t**2) for p in large] == pytest.approx(
        [float(p.objective) for p in plain]
    )
    assert [p.kind for p in large] == [p.kind for p in plain]


def test_the_command_prints_them(tmp_path, capsys):
    file = tmp_path / "free.json"
    file.write_text(
        '{"X": [["0"], ["1"]], "y": ["1", "3"], "beta": "1/2", "bias": "free"}',
        encoding="utf-8",
    )
    assert main(["stationary", str(file), "--width", "1"]) == 0
    page = capsys.readouterr().out
    assert "2 stationary networks of width 1" in page
    assert "global     +(++)" in page


@pytest.mark.parametrize(
    ("X", "y", "beta", "skip", "width"),
    [
        ([[-2, -1], [-2, -2]], [1, 2], "1/2", "none", 2),
        ([[1], [0]], [0, 2], "1/2", "linear", 1),
        ([[2], [2], [1], [1], [0], [2]], [1, -1, -2, -2, 0, -2], "1/4", "none", 3),
    ],
)
def test_descents_end_on_values_or_where_a_bias_grows(X, y, beta, skip, width):
    """Its weight falls to 0: in the limit a slot is a constant that costs nothing."""
    S = stationary_points(problem(X, y, beta, skip), width)
    ends = ends_of(S, 20)
    assert (ends.elsewhere, ends.runs) == (0, 20)
    assert ends.growing > 0
    assert min(limits_of(S)) < S.values[0]  # no optimum is attained


def test_enclosed_columns_that_are_one_have_no_positive_combination():
    # two enclosures of one column, and a long denominator: the proof must not be out of scale
    third = [Ball.from_rational(Fraction(1, 3) + t, 320) for t in (0, Fraction(1, 2**318))]
    columns = [(Fraction(1), third[0]), (Fraction(1), third[1]), (third[0], Fraction(2))]
    assert positive(columns, (Fraction(3), third[0]), 2) is None


@pytest.mark.parametrize("skip", ["none", "constant"])
def test_what_a_separating_vector_excludes_has_no_biases_in_finer_balls(skip, monkeypatch):
    D = problem([[1], [2], [4], [7]], [2, -1, 3, 1], skip=skip)
    excluded, wrong = [], []

    def proved(self, T, ball, classes):
        found = proof(self, T, ball, classes)
        excluded.append((T, self.problem.columns)) if found else None
        return False  # so that the set is solved

    def solved(self, T, *given):
        found = solution(self, T, *given)
        if found is not None and excluded and excluded[-1] == (T, self.problem.columns):
            wrong.append(T)
        return found

    listed = [(p.objective, p.blocks) for p in stationary_points(D, 2)]
    proof, solution = Unfitted.__call__, Members.solution
    monkeypatch.setattr(Unfitted, "__call__", proved)
    monkeypatch.setattr(Members, "solution", solved)
    assert [(p.objective, p.blocks) for p in stationary_points(D, 2)] == listed
    assert len(excluded) > 5
    assert not wrong


@pytest.mark.parametrize("power", ["1e-3", "1e-12"])
def test_a_skip_of_far_apart_rows_is_no_accident_of_floats(power):
    """A basis of what the skip leaves is nearly dependent: floats have no inverse."""
    s = Fraction(power)
    S = stationary_points(problem([[s], [-1], [2]], [1, -4, 3], s, "linear"), 2)
    assert [p.kind for p in S] == ["saddle"] * 5
    # in the limit the first row is 0, and neurons cost nothing
    expected = [1 / 2, 1 / 2, 16 / 7, 16 / 7, 3]
    assert [float(t) for t in S.values] == pytest.approx(expected, abs=0.005)


@pytest.mark.deep
def test_both_signs_of_the_tope_of_all_samples_beside_a_third_neuron():
    """Biases of these two are opposite columns: no vector separates with both on one side."""
    X = [
        ["9/20", "21/25"],
        ["-13/100", "-109/50"],
        ["13/20", "17/50"],
        ["-21/20", "-113/100"],
        ["13/50", "-23/50"],
        ["-47/100", "2/25"],
    ]
    y = ["91/100", "19/100", "39/50", "-21/25", "-73/100", "-27/100"]
    S = stationary_points(problem(X, y, "1/5"), 3)
    assert ends_of(S).elsewhere == 0


@pytest.mark.deep
def test_a_face_and_the_tope_of_all_samples_have_one_direction():
    """One kink is where a flat of its tope ends: a sample is fitted for a reason, kappa_4 = 0."""
    X = [
        ["-21/100", "-37/20"],
        ["-31/50", "-8/5"],
        ["-1/2", "3/10"],
        ["229/100", "79/50"],
        ["-39/100", "-31/25"],
        ["101/100", "1/25"],
    ]
    y = ["-1/10", "-93/100", "9/25", "1/20", "21/20", "28/25"]
    S = stationary_points(problem(X, y, "1/50"), 3)
    faces = [[b.face for b in p.blocks] for p in S]
    assert any({"++++++", "--++0+", "+++-+0"} == set(f) for f in faces)
    assert ends_of(S, 50).elsewhere == 0
