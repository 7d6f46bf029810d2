"""Path costs where unequal mixtures are longer (three-layer P12): tuples of blocks."""

import math
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, product

import numpy as np
import pytest
from scipy.optimize import nnls

from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.rational import vector
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.limits import Limits
from polytope_nn.parallel.blocks import Blocks
from polytope_nn.parallel.certificate.certify import parallel_certificate
from polytope_nn.parallel.certificate.roads import parallel_path_certificate
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.roads import parallel_path, some_network
from polytope_nn.parallel.optimum import proved
from polytope_nn.parallel.path_costs import finding
from polytope_nn.parallel.path_costs.boxes import PathBox, PathSaddles
from polytope_nn.parallel.path_costs.tied import TiedBranches
from polytope_nn.parallel.problem import ParallelProblem

from .test_enclosed_paths import near_optimum

FIELD = [[-1, 2], [2, -1], [-2, -2], [-2, 2]], [5, -4, 0, -3], 1
BALLS = [[2, -2], [-1, 1], [-1, 0], [-1, -1]], [1, -3, -2, 6], 2
TIED = [
    (*BALLS, 12),
    ([[2, -2], [1, 0], [-2, -2], [-1, 2]], [1, 6, 5, -1], 2, 144),  # theta is 0
    ([[-2, 0], [1, -2], [0, 2], [2, -2]], [4, -6, 6, 5], 2, 36),
]


def of_paths(X, y, square, k=2):
    return ParallelProblem(X, y, beta_squared=square, inner_width=k, regulariser="path")


def longest_of_all(X, kappa, k):
    """Yield |g|, sigma and the neurons over all tuples of k blocks and signs of z.

    ``g = A'kappa + N'mu``, mu >= 0 least squares, N the rows of the cone (Moreau); no theta.
    """
    X, kappa = np.array(X, float), np.array([nearest_float(t) for t in kappa])
    topes = [np.array(p) for p in arrangement(X.astype(int).tolist()).patterns]
    blocks = [(s, p) for s in (1, -1) for p in topes]
    for used in combinations_with_replacement(blocks, k):
        z = np.hstack([s * (p > 0)[:, None] * X for s, p in used])
        walls = np.zeros((0, z.shape[1]))
        for j, (_, p) in enumerate(used):
            rows = np.zeros((len(X), z.shape[1]))
            rows[:, j * X.shape[1] : (j + 1) * X.shape[1]] = p[:, None] * X
            walls = np.vstack([walls, rows])
        for kept in product((0, 1), repeat=len(X)):
            side = np.array(kept)
            rows = np.vstack([walls, (2 * side - 1)[:, None] * z])
            for sigma in (1, -1):
                p = sigma * (side * kappa) @ z
                mu, size = nnls(rows.T, -p)
                g = (p + rows.T @ mu).reshape(k, -1)
                yield size, sigma, [(s, *u) for (s, _), u in zip(used, g, strict=True)]


def longest(X, kappa, k):
    return max(size for size, *_ in longest_of_all(X, kappa, k))


@pytest.mark.parametrize("instance, level", [(FIELD, "exact"), (BALLS, "interval")])
def test_no_group_exceeds_beta_and_a_network_attains_the_value(instance, level):
    X, y, square = instance
    O = parallel_optimum(of_paths(X, y, square))
    assert O.by_groups
    assert O.level == level
    assert longest(X, O.kappa, 2) == pytest.approx(square**0.5, abs=1e-9)
    made = some_network(O).objective(O.problem)
    assert nearest_float(made) == pytest.approx(nearest_float(O.value), rel=1e-15)


def test_unequal_parts_in_a_field_are_counted_and_joined():
    O = parallel_optimum(of_paths(*FIELD))
    S = two_widths(O)
    assert [len(p.atoms) for p in O.pieces] == [2, 1, 2]
    assert S.m_star(2) == 3
    assert [(s.components, s.isolated) for s in (S[3, 2], S[4, 2])] == [(24, 24), (1, 0)]
    net = some_network(O)
    found = parallel_path(O, net, net, 4)
    assert found.breakpoints[0].width == 4
    near_optimum(parallel_path_certificate(found), O)


def strict():
    """The data of *strict* (three-layer §7), beta of which path costs attain by two equal parts.

    A mixture of 23/25 and 2/25 is longer in power-3 costs, 629/50 > 25/2.
    """
    kappa = vector([-1, -1, 2, 2, -3])
    y = [-1, -11, 2, -13, -18]
    return of_paths([(2, 0), (0, 2), (2, 2), (-2, 1), (-1, 2)], y, 25), kappa


def test_a_rational_kappa_is_verified_and_refuted():
    D, kappa = strict()
    O = proved(D, kappa)
    assert (O.by_groups, O.value, len(O.pieces)) == (True, Fraction(69, 2), 1)
    assert parallel_optimum(D).kappa == kappa
    with pytest.raises(NotOptimal, match="not dual feasible for path costs"):
        proved(D, [t * Fraction(101, 100) for t in kappa])


def rounded(sigma, neurons):
    return sigma, tuple(sorted((s, *(round(t, 6) + 0.0 for t in u)) for s, *u in neurons))


def branch(p, k):
    times = [round(float(c) * k) for c in p.vertices[0]]
    own = zip(p.atoms, times, strict=True)
    return rounded(p.sigma, [(a.sign, *map(float, a.g)) for a, t in own for _ in range(t)])


@pytest.mark.parametrize("X, y, square, counts", TIED)
def test_branches_in_balls_are_those_of_all_tuples(X, y, square, counts):
    """Their outputs, and the networks of m* of them: each choice is counted in all orders."""
    O = parallel_optimum(of_paths(X, y, square))
    assert (O.level, O.by_groups, O.missing) == ("interval", True, "")
    found = {}
    for size, *one in longest_of_all(X, O.kappa, 2):
        if size > square**0.5 - 1e-7:
            found[rounded(*one)] = one
    assert {branch(p, 2) for p in O.pieces} == set(found)
    S = two_widths(O)
    m = S.m_star(2)
    outputs, orders = [], []
    for sigma, own in found.values():
        z = sum(s * np.maximum(np.array(X) @ np.array(u), 0) for s, *u in own)
        outputs.append(sigma * np.maximum(z, 0))
        orders.append(len(set(rounded(sigma, own)[1])))
    fit, total = np.array([float(t) for t in O.fit]), 0
    for size in range(1, m + 1):
        for chosen in combinations(range(len(outputs)), size):
            mass, rest = nnls(np.array([outputs[i] for i in chosen]).T, fit)
            if rest < 1e-7 and min(mass) > 1e-7:
                assert size == m
                total += math.factorial(m) * math.prod(orders[i] for i in chosen)
    assert (S[m, 2].components, S[m, 2].isolated) == (total, total) == (counts, counts)


@pytest.mark.deep
def test_lengths_prove_that_an_entry_of_kappa_is_0():
    X = [[-1, -2], [3, -3], [0, -3], [-3, 0], [0, 2]]
    O = parallel_optimum(of_paths(X, [-5, 1, -2, -4, -5], 1))
    assert (O.level, [*map(str, O.kappa)].count("0"), len(O.pieces)) == ("interval", 1, 5)


@pytest.mark.deep
@pytest.mark.parametrize(
    "X, y, square, found, groups",
    [
        # whether equal parts exceed beta is decided in a number field: they do not
        (
            [[-1, 2], [0, -2], [2, -2], [-2, 2], [-1, -1]],
            [1, -4, 2, -3, -3], "1/4", 8, False,
        ),
        # a branch of little mass, which floats have 5e-6 below beta
        (
            [[3, 1, 3], [0, -3, 0], [2, -3, -3], [-2, 3, -1], [1, -3, 0]],
            [0, -5, 2, 1, 2], "1/16", 5, True,
        ),
    ],
)  # fmt: skip
def test_tuples_are_found_where_floats_hardly_tell(X, y, square, found, groups):
    O = parallel_optimum(of_paths(X, y, Fraction(square)))
    assert (O.by_groups, len(O.pieces)) == (groups, found)
    kappa = [nearest_float(t) for t in O.kappa]
    assert longest(X, kappa, 2) == pytest.approx(float(Fraction(square)) ** 0.5, rel=1e-9)
    made = some_network(O).objective(O.problem)  # weak duality: an upper bound
    assert nearest_float(made) == pytest.approx(nearest_float(O.value), rel=1e-12)


def test_a_branch_that_balls_leave_open_is_named(monkeypatch):
    monkeypatch.setattr(TiedBranches, "_combined", lambda *_: (Fraction(2),))
    O = parallel_optimum(of_paths(*BALLS))
    assert not O.pieces
    assert two_widths(O)[2, 2].refused.startswith("the branches of path costs")


@pytest.mark.parametrize("instance", [FIELD, BALLS])
def test_unequal_parts_are_certified_between_two_bounds(instance):
    O = parallel_optimum(of_paths(*instance))
    C = parallel_certificate(two_widths(O), 1, 1)  # accepted by the checker
    assert C.kind == "parallel_gap"
    dual, kappa = Fraction(C.claim("gap")["dual"]), C.claim("dual")["kappa"]
    assert float(dual) == pytest.approx(nearest_float(O.value), rel=1e-15)
    beta = longest(instance[0], [Fraction(t) for t in kappa], 2)
    assert beta == pytest.approx(instance[2] ** 0.5, abs=1e-9)


def test_no_groups_make_no_fit():
    """Of a matrix without columns nonnegative least squares frees memory twice, in scipy."""
    D = ParallelProblem([[1], [2]], [1, 1], beta=1, inner_width=2, regulariser="path")
    blocks = Blocks(D.design, D.arrangement)
    search = finding._Search(
        D,
        blocks,
        finding._Pressing((), (), (Fraction(1),) * 2),
    )
    assert search.used == []
    with pytest.raises(Undecided):
        search.solved(Limits())


def test_theta_and_neurons_of_another_kappa_bound_a_box_from_both_sides():
    blocks, k = Blocks(tuple(map(vector, BALLS[0])), arrangement(BALLS[0])), 2
    random, least, most = np.random.default_rng(1), [], []
    for _ in range(10):
        one, other = (
            tuple(map(Fraction, random.integers(-9, 9, 4).tolist())) for _ in "12"
        )
        rows = tuple(int(i) for i in np.flatnonzero(np.array(one, float) > 0))
        box = PathBox(1, rows[:1], rows[1:], frozenset(), blocks.every[:1])
        known = PathSaddles(blocks, one, Fraction(4), k).saddle(box)
        S = PathSaddles(blocks, other, Fraction(4), k)
        found = S.saddle(box)
        value = known.seen.least(S.saddles.scaled, box.inside, box.open)
        least.append(value / found.value)
        S.memory.known[box.name] = known
        told = S.saddle(box, decided=1e9)  # less than that in any case
        most.append(told.value / found.value)
    assert max(least) < 1 + 1e-6
    assert min(most) > 1 - 1e-6
    S = PathSaddles(blocks, one, Fraction(4), k)
    own = S.saddle(box)  # its own theta and neurons: the value itself
    assert S.saddle(box, decided=1e9).value == pytest.approx(own.value, rel=1e-6)
    assert S.saddle(box, decided=-1e9).value == pytest.approx(own.value, rel=1e-6)
