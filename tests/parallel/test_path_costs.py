"""Path costs (three-layer P12): finitely many atoms, multisets of equal parts."""

from fractions import Fraction
from itertools import combinations_with_replacement, product

import pytest

from polytope_nn.errors import InstanceError, NotOptimal
from polytope_nn.exact.rational import vector
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.parallel.counts.statements import statements
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.roads import some_network
from polytope_nn.parallel.optimum import proved
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.finding import optimum
from tests.oracles.three_layer import BY_NAME


def problem(name, k):
    w = BY_NAME[name]
    square = k * w.beta_squared
    return ParallelProblem(w.X, w.y, beta_squared=square, inner_width=k, regulariser="path")


@pytest.mark.parametrize(
    "name, k, atoms, features",
    [("square", 2, 10, 9), ("square", 3, 20, 16), ("hat", 2, 6, 6), ("hat", 3, 8, 8)],
)
def test_the_atoms_of_the_theory(name, k, atoms, features):
    O = parallel_optimum(problem(name, k))
    assert O.value == BY_NAME[name].value
    outputs = [p.output(p.vertices[0]) for p in O.pieces]
    assert (len(outputs), len(set(outputs))) == (atoms, features)
    assert O.depth_helps


def test_multisets_of_two_layer_atoms_by_hand():
    """square, k = 2: kappa >= 0, so every pair of its four atoms is a branch."""
    O = parallel_optimum(problem("square", 2))
    corners = [(1, 0, 1, 0), (1, 0, 0, 1), (0, 1, 1, 0), (0, 1, 0, 1)]
    pairs = combinations_with_replacement(corners, 2)
    halves = sorted(
        tuple((a + b) / 2 for a, b in zip(*pair, strict=True)) for pair in pairs
    )
    found = sorted(tuple(map(float, p.output(p.vertices[0]))) for p in O.pieces)
    assert found == halves


def test_a_network_attains_the_value():
    for name in ("square", "hat"):
        O = parallel_optimum(problem(name, 2))
        assert some_network(O).objective(O.problem).exact == O.value


def test_one_column_of_the_table_and_t8_holds():
    S = two_widths(parallel_optimum(problem("hat", 2)))
    table = S.table()
    assert [(s.m, s.k, s.components, s.isolated) for s in table] == [
        (1, 2, 0, 0), (2, 2, 12, 12), (3, 2, 57, 54),
    ]  # fmt: skip
    assert [S.m_star(k) for k in (1, 2, 3)] == [None, 2, None]
    assert all(s.holds is not False for s in statements(S, table))


def test_one_inner_neuron_is_power_3():
    w = BY_NAME["hat"]
    D = ParallelProblem(w.X, w.y, beta_squared=1, inner_width=1, regulariser="path")
    O = parallel_optimum(D)
    S, flat = two_widths(O), two_widths(parallel_optimum(w.problem()))
    for m in (3, 4):
        assert (S[m, 1].components, S[m, 1].isolated) == (
            flat[m, 1].components,
            flat[m, 1].isolated,
        )
    assert not O.depth_helps


def test_masses_that_are_no_equal_parts_are_refused():
    """strict: its only branch has masses 23/25 and 2/25, which two equal parts do not make."""
    w = BY_NAME["strict"]
    with pytest.raises(NotOptimal, match="no nonnegative combination"):
        proved(problem("strict", 2), vector(w.kappa))


def test_what_path_costs_need():
    with pytest.raises(InstanceError, match="inner_width, regulariser"):
        ParallelProblem([[1]], [1], beta=1, regulariser="path")
    with pytest.raises(InstanceError, match="no convex form"):
        ParallelProblem([[1]], [1], beta=1, regulariser="decay")


@pytest.mark.parametrize(
    ("k", "X", "y", "beta", "counts"),
    [
        (2, [[1], [-2], [1], [3]], [-2, -2, 2, -2], "1/4", (6, 6)),
        (1, [[-2, 3], [2, -3], [-2, -2]], [2, -4, -3], 2, (2, 2)),
    ],
)
def test_kappa_in_balls(k, X, y, beta, counts):
    # of atoms a, b and ab (in two orders) by hand: {a, b} and {a, ab}, 2! (1 + 2) networks
    bias = "penalised" if k == 2 else "none"
    D = ParallelProblem(X, y, beta=beta, bias=bias, inner_width=k, regulariser="path")
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps) == ("interval", k > 1)
    S, m_star = two_widths(O), 2
    assert S.m_star(k) == m_star
    assert (S[m_star, k].components, S[m_star, k].isolated) == counts
    flat = optimal_polytope(optimum(D.two_layer_of_cost)).staircase
    if k == 1:
        assert counts == (flat[m_star].components, flat[m_star].isolated)
    fit = [float(z) for z in O.fit]  # weak duality: the value is the network's objective
    loss = sum((a - float(b)) ** 2 for a, b in zip(fit, D.y, strict=True)) / 2
    masses = [float(c) for _, own in O.branches for _, c in own]
    assert float(O.value) == pytest.approx(loss + sum(masses) * beta_of(D) ** 2, rel=1e-12)


def beta_of(D):
    return float(D.unit_beta_squared) ** 0.5


def test_branches_of_k_neurons_alone_must_not_exceed_beta():
    """A branch of two neurons would: but with one neuron path costs are those of two layers."""
    X, y = [[2, 2], [0, -1], [-3, 0], [2, 3], [1, 0]], [4, -3, -4, 4, 5]
    D = ParallelProblem(X, y, beta=1, inner_width=1, regulariser="path")
    assert parallel_optimum(ParallelProblem(X, y, beta=1)).depth_helps
    O, flat = parallel_optimum(D), optimum(D.two_layer)
    assert not O.depth_helps
    assert float(O.value) == pytest.approx(float(flat.value), rel=1e-12)


def test_thousands_of_vertices_of_ordered_atoms():
    """At m* = 2 components are pairs of ordered triples of the four inner atoms."""
    X, y = [[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4
    O = parallel_optimum(
        ParallelProblem(X, y, beta_squared=6, inner_width=3, regulariser="path")
    )
    square = [(1, 0, 1, 0), (1, 0, 0, 1), (0, 1, 1, 0), (0, 1, 0, 1)]
    features = [
        tuple(map(sum, zip(*chosen, strict=True))) for chosen in product(square, repeat=3)
    ]

    def makes_the_fit(f, g):
        """Return whether ``a f + b g`` has equal entries for some a, b > 0."""
        apart = [((f[0] - f[i]), (g[i] - g[0])) for i in range(1, 4)]
        ratios = {Fraction(q, p) if p else None for p, q in apart if p or q}
        return len(ratios) == 1 and None not in ratios and min(ratios) > 0

    pairs = sum(makes_the_fit(f, g) for f, g in product(features, repeat=2))
    S = two_widths(O)
    assert S.m_star(3) == 2
    assert S[2, 3].components == S[2, 3].isolated == pairs == 472
    assert S[4, 3].components == 1
