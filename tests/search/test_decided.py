"""Small and far instances that were undecided: ties without weight, powers, scales, any beta."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.check import check
from polytope_nn.dual.optimum import verified
from polytope_nn.exact.scalar import dot, nearest_float
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.problems.losses.graphs import Flat, Graph
from polytope_nn.problems.losses.kinds import huber, insensitive, squared_hinge, within
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.lasso import GroupLasso
from polytope_nn.search.finding import optimum
from polytope_nn.search.losses.nearer import larger, nearer
from polytope_nn.search.losses.split import one_slope_each
from polytope_nn.search.units.duality import curved_kappa, optimal_point

HALF, ONE = Fraction(1, 2), Fraction(1)


def test_a_tie_without_weight_beside_logarithms():
    """Sample 2 alone: kappa = 1/2 at the fit 0, and beta = 1/2; its neuron is tied, and idle."""
    D = TrainingProblem([[1, 0], [0, -1], [0, 2]], [-1, 1, -1], beta=HALF, loss="logistic")
    O = optimum(D)
    assert O.level == "interval"
    assert O.kappa[1] == HALF
    assert O.fit[1] == 0
    idle = [c for a, c in zip(O.atoms, O.weights, strict=True) if a.covector == (0, 1, -1)]
    assert idle == [0]
    assert (len(O.atoms), O.rank) == (2, 2)
    assert [s.bit_count() for s in optimal_polytope(O).supports] == [1]
    check(certify(O))  # raises where it refuses


def test_a_tie_without_weight_is_none_when_beta_is_larger():
    D = TrainingProblem([[1, 0], [0, -1], [0, 2]], [-1, 1, -1], beta="3/5", loss="logistic")
    assert len(optimum(D).atoms) == 1


def test_a_small_kappa_of_a_power_is_on_its_graph():
    """With the fit (2, 1, 1) u the sum of the slopes is 8 t^2 + 10 t = 1/10, u = t - 3/2."""
    cube = {"kind": "power", "p": 3}
    D = TrainingProblem([[2], [1], [1]], [-3, -4, 1], beta="1/10", loss=cube)
    O = optimum(D)
    t = (-10 + (100 + Fraction(16, 5)).__float__() ** 0.5) / 16
    assert nearest_float(O.fit[1]) == pytest.approx(t - 1.5, abs=1e-12)
    assert nearest_float(O.kappa[0]) == pytest.approx(-4 * t * t, abs=1e-12)


def test_a_program_that_stops_short_is_run_with_shorter_steps():
    """Among hundreds of cones clarabel's own steps end far from a solution."""
    X = [
        [7, 8, 0, 8], [9, -5, -8, 3], [8, 6, 0, 7], [2, 4, -4, -8], [-2, -9, -8, 2],
        [-9, 2, -8, 4], [-5, -4, -7, 7], [6, -5, 1, -3], [3, 6, -7, -6],
    ]  # fmt: skip
    y = [4, 4, 0, 0, 1, 0, 0, 0, 3]
    leaky = {"slopes": [1, Fraction(1, 3)]}
    D = TrainingProblem(X, y, beta=2, loss="poisson", skip="constant", activation=leaky)
    O = optimum(D)
    fit = np.array([nearest_float(z) for z in O.fit])
    kappa = np.array([nearest_float(t) for t in O.kappa])
    assert kappa == pytest.approx(np.array(y) - np.exp(fit))
    assert sum(kappa) == pytest.approx(0, abs=1e-12)
    G = np.random.default_rng(0).standard_normal((20_000, 4))
    t = np.array(X) @ G.T
    pulls = kappa @ np.where(t > 0, t, t / 3)
    assert (abs(pulls) <= 2 * np.linalg.norm(G, axis=1)).all()
    cost = 2 * sum(map(nearest_float, O.weights)) * 2  # |g| = beta
    assert (np.exp(fit) - y * fit).sum() + cost == pytest.approx(nearest_float(O.value))


def test_a_power_that_rests_by_an_identity():
    """The fits are 1 - r, r - 3 and half their sum, that is the label -1: its kappa is 0."""
    D = TrainingProblem(
        [[1], [0], [-1]],
        [1, -3, -1],
        beta=1,
        loss={"kind": "power", "p": 3},
        weights=[Fraction(1, 3)] * 3,
        skip="constant",
        activation={"slopes": [1, -HALF]},
    )
    kappa = optimum(D).kappa
    assert [nearest_float(t) for t in kappa[:2]] == pytest.approx([1, -1])
    assert kappa[2] == 0


@pytest.mark.parametrize(
    ("X", "y", "p", "more"),
    [
        ([[0], [-3], [1]], [-3, 0, -4], "3", {}),
        ([[0, 0, 0], [-1, -3, 0], [-2, 2, 3]], [0, 4, 0], "3", {"bias": "penalised"}),
        ([[-3, -2], [-3, -1]], [4, -3], "3", {"skip": "linear"}),
        ([[1], [2]], [3, -1], "7/4", {}),
        ([["3e-6"], ["3e-12"], ["2e12"], ["-1e12"], ["1"]], [-1, 3, 4, -2, 2], "4/3", {}),
        pytest.param(
            [["-3e12"], ["-3e-12"], ["2e6"]], [-1, -3, 1], "4", {}, marks=pytest.mark.deep
        ),
    ],
)
def test_powers_at_residuals_of_any_size(X, y, p, more):
    D = TrainingProblem(X, y, beta=HALF, loss={"kind": "power", "p": p}, **more)
    O = optimum(D)
    # the graph of each sample, and the fit of the atoms: both conditions of optimality
    for row, t, z in zip(D.loss.rows, O.kappa, O.fit, strict=True):
        near = nearest_float(row.y - z)
        size = abs(near) ** (float(row.p) - 1)
        assert nearest_float(t) == pytest.approx(size if near > 0 else -size, rel=1e-6)
    if not D.free.columns:
        made = [dot([a.feature[k] for a in O.atoms], O.weights) for k in range(D.n)]
        for z, fit in zip(made, O.fit, strict=True):
            assert nearest_float(z) == pytest.approx(nearest_float(fit), abs=1e-9)


@pytest.mark.parametrize(
    ("X", "y", "loss", "more"),
    [
        (
            [["-2e12"], ["-2e6"]],
            [-1, -3],
            {"kind": "huber", "delta": 2},
            {"skip": "linear"},
        ),
        ([["-3e12"]], [2], {"kind": "epsilon_insensitive", "epsilon": HALF}, {}),
        (
            [["3e12"], ["3e-6"]],
            [4, 1],
            {"kind": "tolerance", "epsilon": 1},
            {},
        ),
    ],
)
def test_losses_of_pieces_at_any_scales(X, y, loss, more):
    """The kappa that is found is a fraction, and verified anew without any search."""
    D = TrainingProblem(X, y, beta="1/10", loss=loss, **more)
    O = optimum(D)
    assert O.level == "exact"
    assert verified(D, O.kappa).value == O.value


def test_a_domain_with_two_ends_is_begun_inside():
    """Sample 2 is fitted with more room than numbers are kept for: by name, no accident."""
    from polytope_nn.errors import Undecided

    X = [["-3e-12"], ["-1e12"], ["-3e-6"], ["-1e-6"]]
    D = TrainingProblem(X, [-1, 1, 1, 1], beta=HALF, loss="logistic", skip="linear")
    with pytest.raises(Undecided):
        optimum(D)


@pytest.mark.parametrize("row", [insensitive(ONE, 2 * ONE, HALF), within(ONE, ONE, HALF)])
def test_graphs_of_one_slope_add_up(row: Graph):
    """At a kappa above 0 the upper part turns, below 0 the lower, at 0 between both."""
    parts = list(one_slope_each(row))
    assert len(parts) == 2
    for t in (Fraction(-1, 3), Fraction(1, 3)):
        low, high = row.interval(t)
        ends = [part.interval(s) for part, s in zip(parts, sorted([t, 0]), strict=True)]
        found = [max(a for a, _ in ends if a is not None)]
        found += [min(b for _, b in ends if b is not None)]
        assert found == [low, high]
    assert all(isinstance(p, Flat) or p.inverse == 0 for part in parts for p in part.pieces)


@pytest.mark.parametrize("make", [huber, squared_hinge])
def test_curved_pieces_without_floats(make):
    """The columns stay below beta, and the fit that belongs to kappa is made of tied ones."""
    columns = [(ONE, -ONE), (2 * ONE, ONE), (-ONE, HALF)]
    rows = [make(ONE, ONE, HALF), make(-ONE, 2 * ONE, HALF)]
    beta = Fraction(1, 4)
    kappa = curved_kappa(columns, [], rows, beta)
    assert kappa is not None
    values = [dot(F, kappa) for F in columns]
    assert max(values) == beta
    ends = [row.interval(t) for row, t in zip(rows, kappa, strict=True)]
    assert None not in ends


def test_a_polyhedral_loss_by_one_program():
    columns = [(ONE, ONE), (-ONE, ONE)]
    rows = [within(3 * ONE, ONE, ONE), within(ONE, ONE, ONE)]
    kappa, used, z = optimal_point(columns, [], rows, ONE)
    assert (z, used, dot(kappa, z)) == ((2, 2), (0,), 2)
    assert all(dot(F, kappa) <= 1 for F in columns)


@pytest.mark.parametrize("beta", ["1e-400", "1e400"])
@pytest.mark.parametrize("penalty", ["l1", "linf"])
@pytest.mark.parametrize("loss", ["squared", "absolute", {"kind": "huber", "delta": 1}])
def test_beta_beyond_floats_under_other_penalties(beta, penalty, loss):
    rows, y = [[1, 0], [0, 1], [1, 1]], [3, -1, 2]
    O = optimum(TrainingProblem(rows, y, beta=beta, penalty=penalty, loss=loss))
    fit = O.fit
    assert O.level == "exact"
    if beta == "1e400":
        assert O.atoms == ()
        assert fit == (0, 0, 0)
    else:
        assert all(abs(s - t) < Fraction(1, 10**300) for s, t in zip(fit, y, strict=True))


@pytest.mark.parametrize("beta", ["1e-40", "1e-400"])
def test_beta_beyond_floats_where_the_labels_cannot_be_fitted(beta):
    """One neuron fits ``a x``: ``5 a = 7 - beta``, and the residual stays."""
    O = optimum(TrainingProblem([[1], [2]], [1, 3], beta=beta))
    a = (7 - Fraction(beta)) / 5
    assert O.kappa == (1 - a, 3 - 2 * a)
    assert len(O.atoms) == 1
    O = optimum(TrainingProblem([[1, 2], [1, 2], [-1, 1]], [1, 2, 3], beta=beta))
    assert [nearest_float(z) for z in O.fit] == [1.5, 1.5, 3.0]


@pytest.mark.parametrize("penalty", ["l2", "l1"])
def test_no_gate_is_used_where_the_gradient_at_0_is_a_root(penalty):
    """The power 3/2 has the gradient ``sqrt(3)`` at the label 3, which no gate reaches."""
    power = {"kind": "power", "p": "3/2"}
    known = {"penalty": penalty} if penalty == "l1" else {"gates": [[1, 1]]}
    O = optimum(TrainingProblem([[2], [0]], [0, 3], beta=1, loss=power, **known))
    assert O.atoms == ()
    assert O.fit == (0, 0)
    assert nearest_float(O.kappa[1]) == pytest.approx(3**0.5)


@pytest.mark.parametrize("beta", ["1e-400", "1e-30", "1e400"])
@pytest.mark.parametrize("loss", ["squared", "absolute"])
def test_beta_beyond_floats_for_a_group_lasso(beta, loss):
    """The span of the blocks is a plane: the limit is the best fit in it."""
    blocks = [
        {"A": [[1, 0], [2, 1], [0, 1]], "norm": "l2", "signs": "+-"},
        {"A": [[1], [1], [-1]], "norm": "l2"},
    ]
    O = optimum(GroupLasso(blocks, [3, -1, 2], beta=beta, loss=loss))
    if beta == "1e400":
        assert O.atoms == ()
        return
    residual = [nearest_float(y - z) for y, z in zip((3, -1, 2), O.fit, strict=True)]
    expected = [3, -1.5, 1.5] if loss == "squared" else [4.5, 0, 0]
    if loss == "squared":
        assert residual == pytest.approx(expected, abs=1e-9)
    assert nearest_float(O.value) == pytest.approx(6.75 if loss == "squared" else 4.5)


def test_which_betas_are_asked_instead():
    far = TrainingProblem([[1]], [1], beta="1e-400", loss="absolute")
    near = TrainingProblem([[1]], [1], beta="1e-10", loss="absolute")
    assert all(Fraction(1, 1 << 62) < p.beta_squared < 1 for p in nearer(far))
    assert len(nearer(far)) == 3
    assert nearer(near) == ()
    assert all(p.beta_squared > near.beta_squared for p in larger(near))
    assert larger(TrainingProblem([[1]], [1], beta=1)) == ()


def test_opposite_neurons_whose_directions_depend_identically():
    """Rows (a, a - 16, a - 32, a - 48) modulo 101: six of nine directions lie in a moving space."""
    X = [[(12 - 16 * j + 30 * i + 50) % 101 - 50 for j in range(4)] for i in range(14)]
    y = [4, -4, 1, 6, -8, 7, -4, -11, -5, 2, -3, -6, 1, -6]
    P = optimal_polytope(optimum(TrainingProblem(X, y, beta="1/10")))
    assert (len(P.optimum.atoms), P.dim, len(P.vertices)) == (18, 5, 32)
    F = np.array([[nearest_float(t) for t in a.feature] for a in P.optimum.atoms]).T
    fit = np.array([nearest_float(t) for t in P.optimum.fit])
    found = set()
    for S in combinations(range(18), 13):
        c, _, rank, _ = np.linalg.lstsq(F[:, S], fit, rcond=1e-9)
        if rank == 13 and (c > -1e-9).all() and np.abs(F[:, S] @ c - fit).max() < 1e-7:
            found.add(tuple(k for k, t in zip(S, c, strict=True) if t > 1e-9))
    assert len(found) == 32
