"""Kappa from labels: two-layer kappas in fields and balls, and deep ones in fields."""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn.errors import NotOptimal
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.parallel.certificate.certify import parallel_certificate
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.depth import two_layer_bound
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.roads import some_network
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.finding import optimum

# found by a search over small integers; the field of kappa has degree 2, 2, 4
DEEP_FIELDS = [
    ([[1, -1], [1, -2], [-1, -2], [0, -2]], [4, -4, -1, 3], 18.452398202),
    ([[-1, 0], [2, -2], [1, -2], [1, 1]], [2, 4, 0, -4], 7.73528137424),
    ([[2, -2], [-1, 2], [0, -2], [-1, -2]], [1, -2, -1, 2], 3.27311049394),
]


# kappa has a 0 (twice); branches of the same neurons cut at other rows; unused branches
DEEP_DEGENERATE = [
    ([[2, 1], [2, -3], [2, 0], [3, -3]], [-4, 3, -4, 2], "1/4", "none", 1.03701522415),
    ([[-2, -3], [2, 3], [-3, 0], [-3, 3]], [1, 2, -3, 2], 2, "none", 5.30864197531),
    ([[3, 0], [-3, -1], [-1, 3], [0, -1]], [0, -2, -1, -3], "1/4", "none", 0.846801069913),
    ([[0], [-1], [1], [-3]], [3, -4, -3, 0], "1/4", "penalised", 5.25030212475),
]


@pytest.mark.parametrize("X, y, beta, bias, value", DEEP_DEGENERATE)
def test_a_degenerate_deep_kappa(X, y, beta, bias, value):
    O = parallel_optimum(ParallelProblem(X, y, beta=beta, bias=bias))
    assert (O.level, O.depth_helps) == ("exact", True)
    assert float(O.value) == pytest.approx(value, rel=1e-9)
    assert two_layer_bound(O).value > O.value


@pytest.mark.parametrize(
    ("seed", "value", "level"),
    [(2, 9.75578896881, "exact"), *(
        pytest.param(s, v, "interval", marks=pytest.mark.deep)
        for s, v in ((0, 6.04551319417), (1, 12.9338005612), (5, 5.97833747238))
    )],
)  # fmt: skip
def test_random_data_of_many_samples(seed, value, level):
    random = Random(seed)  # noqa: S311 - a fixed sample, not a secret
    n, d = random.choice([6, 7, 8]), random.choice([2, 3, 3])
    X = [[random.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-4, 4) for _ in range(n)]
    O = parallel_optimum(ParallelProblem(X, y, beta=1))
    assert (O.level, O.depth_helps) == (level, True)
    assert float(O.value) == pytest.approx(value, rel=1e-10)
    assert two_layer_bound(O).value > O.value


@pytest.mark.parametrize("apart", [pytest.param(100, marks=pytest.mark.deep), 10000])
def test_rows_of_one_direction_with_labels_far_apart(apart):
    """Twice a row is a row of weight 2 with the mean label, and a constant loss."""
    X, y, _ = DEEP_FIELDS[1]
    one = parallel_optimum(ParallelProblem(X, y, beta=1, weights=[2] + [1] * (len(y) - 1)))
    labels = [y[0] + apart, *y[1:], y[0] - apart]
    both = parallel_optimum(ParallelProblem([*X, X[0]], labels, beta=1))
    assert one.depth_helps == both.depth_helps
    assert float(both.value - apart**2) == pytest.approx(float(one.value), rel=1e-6)


def test_equal_rows_whose_kappa_is_far_beyond_beta():
    """There a theta of 1 - 10^-6 is none of 1; twice a row is a row of weight 2."""
    X, y, beta = [[1, 3], [1, 3], [3, 0], [4, -1], [-1, 3]], [4, 0, 4, 4, 3], "1/100000"
    both = parallel_optimum(ParallelProblem(X, y, beta=beta, inner_width=2))
    D = ParallelProblem(X[1:], [2, 4, 4, 3], beta=beta, weights=[2, 1, 1, 1], inner_width=2)
    one = parallel_optimum(D)
    assert both.depth_helps
    assert one.depth_helps
    assert float(both.value) == pytest.approx(float(one.value) + 4, rel=1e-12)


@pytest.mark.parametrize(("X", "y", "beta", "k", "pieces"), [
    # neurons 1e-7 beside a wall: only the kappa of the row says that they make it
    ([[3, -1], [0, 1], [-1, 1], ["-1/2", "-1/2"]], [0, 4, -4, -3], "1/100000", 2, 2),
    ([[0, 3], [3, -2], [1, -2], [-3, -3], [6, -12]], [0, 2, -4, -1, -3], "1/100000", 2, 2),
    ([[0, -1], [-1, -3], [-9, 0], [-3, 0], [-2, -3], [3, 3]],
     [3, -2, 1, 0, -2, 0], "1/1000", None, 3),
    # sums of one direction that leaves keep, or bring to 0, beside entries far beyond beta
    ([[-2, 0], [1, -2], [-1, -2], [3, 3], [2, -4], [2, -3]],
     [-1, -4, 0, -4, 3, -2], "1/100000", 3, 3),
    # there a leaf keeps the sum of one part and the whole of a direction
    ([[-3, 0, -1], [-3, 1, -1], [2, 6, 4], [3, -3, -3], [1, 3, 2], [-2, -3, 1]],
     [-2, 3, -1, 3, 1, 1], "1/100000", 3, 4),
    # on a wall rows 3 and 5 are one: neurons of two parts that see them otherwise are the same
    ([[1, 0, 0], [4, -2, 4], [0, -1, -3], [-3, 0, -2], [6, 0, 2], [-3, 0, -1]],
     [-1, -2, 4, 2, 4, 2], "1/2000", 3, 5),
])  # fmt: skip
def test_pieces_beside_a_small_beta(X, y, beta, k, pieces):
    """A dual point that is proved, and a network of the same value."""
    D = ParallelProblem(X, y, beta=beta, inner_width=k)
    O = parallel_optimum(D)
    assert (O.depth_helps, O.missing, len(O.pieces)) == (True, "", pieces)
    assert float(some_network(O).objective(D)) == pytest.approx(float(O.value), rel=1e-9)
    assert two_layer_bound(O).value > O.value


@pytest.mark.deep
@pytest.mark.parametrize(("X", "y", "beta", "k", "value"), [
    ([[-6, 2], [0, -6], [0, -1], [-9, 0], [6, 7], [4, 6]], [9, 1, -1, 8, 8, 5],
     "1/100000", 3, 0.662204041524),
    ([[-1, -3], [5, 2], [8, 3], [-3, -9], [-9, -6], [-7, -3]], [9, -7, -7, -6, 1, -8],
     "1/1000", 4, 54.4739306966),
    ([[-4, 1], [-3, 5], [0, -3], [-8, 2], [-9, -3], [0, 3]], [4, -5, 8, 2, -1, 7],
     "1/1000", 4, 3.6121226868),
])  # fmt: skip
def test_rows_of_one_direction_beside_a_small_beta(X, y, beta, k, value):
    O = parallel_optimum(ParallelProblem(X, y, beta=beta, inner_width=k))
    assert float(O.value) == pytest.approx(value, rel=1e-9)


@pytest.mark.deep
def test_masses_that_are_shared_among_parts_of_one_piece():
    X = [[8, 5, 5], [7, 9, -3], [-4, 7, 6], [-4, -6, 5],
         [0, -5, -7], [8, -8, 3], [5, -4, -9], [7, -7, -8]]  # fmt: skip
    O = parallel_optimum(ParallelProblem(X, [-8, -3, -2, -9, 5, 1, 5, 9], beta=2))
    assert float(O.value) == pytest.approx(5.8538718561, rel=1e-9)
    assert len(O.pieces) == 3
    assert two_layer_bound(O).value > O.value


@pytest.mark.parametrize(
    ("n", "d", "seed", "value"),
    [  # parts that depend on each other, raised rows of theta 1, a kappa of 0
        pytest.param(8, 3, 302, 2.70407072831, marks=pytest.mark.deep),
        (7, 3, 305, 7.82699790206),
        pytest.param(8, 3, 311, 1.27507444317, marks=pytest.mark.deep),
    ],
)
def test_solutions_in_floats_that_are_not_basic(n, d, seed, value):
    random = Random(seed)  # noqa: S311 - a fixed sample, not a secret
    assert (n, d) == (random.randint(7, 8), random.randint(2, 3))
    X = [[random.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-5, 5) for _ in range(n)]
    square = random.choice([1, Fraction(1, 4), 2, Fraction(1, 100)])
    O = parallel_optimum(ParallelProblem(X, y, beta_squared=square))
    assert (O.level, O.depth_helps) == ("interval", True)
    assert float(O.value) == pytest.approx(value, rel=1e-10)


@pytest.mark.parametrize(("X", "y", "beta", "k", "vertices"), [
    ([[0, -3, 2], [3, 1, 2], [3, 2, 0], [2, 2, 3], [2, 3, -1]], [-3, 1, -3, 0, 0], 2, 2, [1, 1]),
    ([[2, 3], [1, 2], [3, 1], [3, 0], [-3, -3]], [2, 0, -2, 0, 0], "1/2", None, [1, 1, 2]),
    pytest.param(  # floats took a branch of mass 0 for one
        [[-1, -1, 0], [0, 1, 0], [-1, -1, 1], [2, 0, -1], [-1, 2, 0], [-2, 0, -1], [-1, 0, -1]],
        [1, 0, -1, 0, 1, -2, 0], "63/86", None, [2, 1, 2], marks=pytest.mark.deep),
])  # fmt: skip
def test_rows_of_label_0_that_no_branch_sees(X, y, beta, k, vertices):
    """There kappa is 0, and its equation says nothing: the pieces are told all the same."""
    O = parallel_optimum(ParallelProblem(X, y, beta=beta, inner_width=k))
    assert (O.level, O.depth_helps, O.missing) == ("interval", True, "")
    assert [len(p.vertices) for p in O.pieces] == vertices
    told = [i for i, t in enumerate(O.kappa) if isinstance(t, Fraction)]
    assert {(O.kappa[i] - y[i], O.fit[i]) for i in told} == {(0, 0)}
    out = [i for i in told if not O.kappa[i]]
    assert [y[i] for i in out] == [0]
    left = [i for i in range(len(X)) if i not in out]  # without these rows it is the same
    D = ParallelProblem(
        [X[i] for i in left], [y[i] for i in left], beta=beta, inner_width=k
    )
    assert float(parallel_optimum(D).value) == pytest.approx(float(O.value), rel=1e-12)


@pytest.mark.deep
def test_a_theta_that_floats_take_for_1():
    """7 rows in R^3, theta = 0.99995: equations without z = 0 there told no kappa."""
    X = [["2/5", "-1/10", 1], ["-9/10", "4/5", "-1/10"], ["2/5", "3/5", "-2/5"],
         ["3/10", "-7/5", "9/10"], ["7/10", "-13/10", "8/5"], ["2/5", "-1/2", "-1/10"],
         ["-3/10", "1/2", "-1/10"]]  # fmt: skip
    y = ["2/5", -2, "-7/10", "1/2", -3, "-3/5", "1/2"]
    O = parallel_optimum(ParallelProblem(X, y, beta="29/62", inner_width=2))
    assert (O.level, len(O.pieces)) == ("interval", 4)
    network = some_network(O)
    assert float(network.objective(O.problem)) == pytest.approx(float(O.value), rel=1e-12)
    assert two_layer_bound(O).value > O.value


def test_rows_that_see_the_same_in_balls():
    X, y = [[3, 3], [3, 3], [1, 3], [-1, 3]], [1, 4, -4, -3]
    O = parallel_optimum(ParallelProblem(X, y, beta=2))
    assert (O.level, O.depth_helps) == ("interval", False)
    # the two rows are one of twice the weight, whose label is their mean
    D = ParallelProblem(X[1:], ["5/2", -4, -3], beta=2, weights=[2, 1, 1])
    once = parallel_optimum(D)
    assert not once.depth_helps
    assert float(O.value) == pytest.approx(float(once.value) + 9 / 4, rel=1e-12)


STRICT = [[2, 0], [0, 2], [2, 2], [-2, 1], [-1, 2]]


@pytest.mark.parametrize(
    ("X", "y", "beta", "value", "helps"),
    [  # kappa is 1e13 times beta over the rows, and rows of sizes from 1e-12 to 1e12
        ([["1e12"], ["2e12"]], [1, -1], "1/10", 0.9, False),
        ([["-2e0"], ["-2e6"], ["-3e-12"], ["-2e12"]], [2, 3, -3, 3], "1/4", 11, False),
        ([["-2e6"], ["-2e12"], ["-1e-6"], ["0e6"]], [1, -2, 1, 0], 1, 1, False),
        pytest.param(
            [[-x * 10**12 for x in row] for row in STRICT], [-1, "-144/25", 2, 1, 1],
            10**10, 0.155204125417, True, marks=pytest.mark.deep,
        ),
    ],
)  # fmt: skip
def test_sizes_of_data(X, y, beta, value, helps):
    O = parallel_optimum(ParallelProblem(X, y, beta=beta))
    assert (O.level, O.depth_helps) == ("exact", helps)
    assert float(O.value) == pytest.approx(value, rel=1e-5)


def test_a_bounded_inner_width_in_balls():
    X, y, beta = DEEP_DEGENERATE[2][:3]
    O = parallel_optimum(ParallelProblem(X, y, beta=beta, inner_width=1))
    assert (O.level, O.depth_helps) == ("interval", False)
    S = two_widths(O)
    flat = optimal_polytope(optimum(O.problem.two_layer)).staircase
    assert S.m_star(1) == flat.m_star
    for m in range(flat.m_star, flat.m_star + 2):
        two = flat[m]
        assert (S[m, 1].components, S[m, 1].isolated) == (two.components, two.isolated)


@pytest.mark.parametrize("X, y, value", DEEP_FIELDS)
def test_a_deep_kappa_in_a_number_field(X, y, value):
    D = ParallelProblem(X, y, beta=1)
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps) == ("exact", True)
    assert float(O.value) == pytest.approx(value, rel=1e-9)
    bound = two_layer_bound(O)
    assert O.value < bound.value <= optimum(D.two_layer).value


# a neuron 5e-5 beside the wall on which floats have put it
BESIDE_A_WALL = (
    [[1, 1], [0, 2], [-2, 3], [-3, 0], [-2, 2]], [1, -3, 1, -1, 2], 5.94011976134,
)  # fmt: skip


def test_a_neuron_close_to_a_wall_that_is_not_on_it():
    X, y, value = BESIDE_A_WALL
    D = ParallelProblem(X, y, beta=1, inner_width=2)
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps, len(O.pieces)) == ("interval", True, 4)
    network = some_network(O)
    for number in (O.value, network.objective(D)):
        assert float(number) == pytest.approx(value, rel=1e-11)
    assert two_layer_bound(O).value > O.value
    assert two_widths(O).m_star(2) == 4


@pytest.mark.parametrize(
    ("X", "y", "value", "m", "k"),
    [*((*x, 3, 3) for x in DEEP_FIELDS[:2]), (*BESIDE_A_WALL, 4, 2)],
)
def test_training_does_not_go_below(X, y, value, m, k):
    """Another route: L-BFGS on the power-3 objective, many starts, never below the optimum."""
    import numpy as np
    from scipy.optimize import minimize

    A, b = np.array(X, float), np.array(y, float)
    d = A.shape[1]
    draw = np.random.default_rng(3)

    def objective(v):
        W, w, a = np.split(v, [m * d * k, m * (d + 1) * k])
        W, w = W.reshape(m, d, k), w.reshape(m, k)
        H = np.einsum("nd,mdk->mnk", A, W)
        z = np.einsum("mnk,mk->mn", np.maximum(H, 0), w)
        P = np.maximum(z, 0)
        e = a @ P - b
        nW, nw = np.sqrt((W**2).sum((1, 2))), np.sqrt((w**2).sum(1))
        total = e @ e / 2 + ((nW**3).sum() + (nw**3).sum() + (abs(a) ** 3).sum()) / 3
        gz = a[:, None] * (z > 0) * e
        gw = np.einsum("mn,mnk->mk", gz, np.maximum(H, 0)) + nw[:, None] * w
        gW = np.einsum("mn,mnk,mk,nd->mdk", gz, H > 0, w, A) + nW[:, None, None] * W
        return total, np.concatenate([gW.ravel(), gw.ravel(), P @ e + abs(a) * a])

    best = min(
        minimize(objective, draw.standard_normal(m * (d + 1) * k + m), jac=True).fun
        for _ in range(30)
    )
    assert value - 1e-9 <= best <= value * 1.05


def test_a_kappa_in_balls_is_proved_by_its_atoms():
    D = ParallelProblem([[0, -2], [-2, -1], [-2, 0], [-1, 2]], [-1, 3, 3, -4], beta=1)
    O = parallel_optimum(D)
    S = two_widths(O)
    assert (O.level, O.depth_helps, S.m_star(1)) == ("interval", False, 3)
    assert [(p.sigma, len(p.atoms)) for p in O.pieces] == [(1, 3), (-1, 2)]
    flat = optimal_polytope(optimum(D.two_layer)).staircase[3]
    assert (
        (S[3, 1].components, S[3, 1].isolated) == (flat.components, flat.isolated) == (6, 6)
    )
    assert [S.m_star(k) for k in (2, 3)] == [2, 2]


def test_a_deep_kappa_in_balls():
    """Depth helps and the field of kappa is large: balls, by a network and a dual point."""
    X, y = [[-2, -3], [0, -3], [3, 3], [3, 2], [-1, -3]], [2, -5, 1, 1, 4]
    D = ParallelProblem(X, y, beta=1)
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps, len(O.pieces)) == ("interval", True, 3)
    assert max(x.radius for x in O.kappa) < Fraction(1, 10**12)
    net = some_network(O)
    excess = net.objective(D) - O.value
    assert abs(float(excess)) < 1e-12
    assert two_widths(O).m_star(1) is None


@pytest.mark.parametrize(
    ("X", "y", "square", "bias", "value"),
    [  # three, four inner neurons where two are allowed
        ([[-9, -17], [-7, -2], [5, -10], [0, 8]], [-3, 29, 0, 17], 2, "none", 8.54112058204),
        pytest.param(
            [[0, -3, -4], [3, -3, -2], [-2, 0, -3], [-1, -2, -1], [-1, 2, -1], [-3, 4, 0]],
            [9, -2, -2, -3, 9, -1], 4, "penalised", 27.2472441398, marks=pytest.mark.deep,
        ),
    ],
)  # fmt: skip
def test_an_inner_width_narrower_than_the_branches_that_are_found_first(
    X, y, square, bias, value
):
    def problem(k):
        return ParallelProblem(X, y, beta_squared=square, bias=bias, inner_width=k)

    narrow, wide = (parallel_optimum(problem(k)) for k in (2, None))
    for O in (narrow, wide):  # of one value: the wide branches have narrow ones beside them
        assert float(O.value) == pytest.approx(value, rel=1e-9)
    assert float(narrow.value) < float(optimum(problem(2).two_layer).value)
    C = parallel_certificate(two_widths(narrow), 1, 1)
    assert C.kind == "parallel_gap" or narrow.level == "exact"


def test_theta_near_an_end_that_changes_the_value_by_its_square():
    """Theta of the last row is 1, which floats do not see: 0.9999 adds 1e-9 to the bound."""
    X = [[2, 1], [2, 4], [3, 0], [0, 4], [0, -3]]
    D = ParallelProblem(X, [-3, 2, -8, -2, 3], beta="1/10", inner_width=2)
    O = parallel_optimum(D)
    assert float(O.value) == pytest.approx(0.795669430609, rel=1e-10)


def test_entries_of_kappa_that_are_rational_beside_others():
    """kappa_0 is 0 because others are rational: their equations hold whatever the rest is."""
    X = [[3, -1], [0, 1], [-1, 1], [-2, -3], [2, 1], [-3, 1]]
    D = ParallelProblem(X, [3, -3, 3, -1, 0, 2], beta="1/3", inner_width=2)
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps, len(O.pieces)) == ("interval", True, 4)
    assert [O.kappa[i] for i in (0, 1, 4)] == [0, Fraction(-5, 6), Fraction(1, 6)]
    for number in (O.value, some_network(O).objective(D)):
        assert float(number) == pytest.approx(4.07886576024, rel=1e-10)
    assert two_layer_bound(O).value > O.value


def test_theta_that_floats_leave_far_from_its_end():
    """On the leaf of row 3 floats say 0.003: with 0 that of row 5 has one value, 1/(9 kappa_5)."""
    X = [[-1, -1], [-3, -1], [2, 3], [0, 1], [0, -3], [-3, 0]]
    D = ParallelProblem(X, [0, 2, -2, 0, -3, -3], beta="1/3", inner_width=2)
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps, len(O.pieces)) == ("interval", True, 3)
    for number in (O.value, some_network(O).objective(D)):
        assert float(number) == pytest.approx(2.59828672377, rel=1e-10)
    assert two_layer_bound(O).value > O.value


def test_a_penalised_bias_is_a_column_of_ones():
    rows = [[-1], [0], [1]]
    O = parallel_optimum(ParallelProblem(rows, [-1, 4, -1], beta=1, bias="penalised"))
    hat = parallel_optimum(ParallelProblem([[t, 1] for [t] in rows], [-1, 4, -1], beta=1))
    assert (O.value, O.kappa, O.pieces) == (hat.value, hat.kappa, hat.pieces)


@pytest.mark.parametrize(
    "X, y",
    [
        ([[2]], [3]),
        ([[2]], [-3]),
        ([[0, 0], [1, 2]], [1, 4]),
        ([[1, 2], [1, 2]], [3, 5]),
        ([[1, 2], [-1, -2], [2, 4]], [3, 1, 4]),
        ([[1, 1, 0], [1, 1, 0], [0, 0, 0]], [2, 2, 1]),
    ],
)
def test_degenerate_data_equal_two_layers(X, y):
    """Zero, repeated, opposite rows, one sample: rank one, so depth never helps (P6)."""
    D = ParallelProblem(X, y, beta=1)
    O = parallel_optimum(D)
    assert O.value == optimum(D.two_layer).value
    assert not O.depth_helps
    assert all(s.components is not None for s in two_widths(O).table())


def test_a_wrong_kappa_of_bounded_width_may_be_refuted():
    D = ParallelProblem([[-1, 1], [0, 1], [1, 1]], [-1, 4, -1], beta=1, inner_width=1)
    assert parallel_optimum(D).value == optimum(D.two_layer).value
    with pytest.raises(NotOptimal):
        parallel_optimum(D, kappa=[-2, 3, -1])
