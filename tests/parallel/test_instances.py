"""The worked instances of three-layer §7: from kappa, and from labels alone."""

from fractions import Fraction

import pytest

from polytope_nn.errors import NotOptimal
from polytope_nn.exact.rational import vector
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.parallel.counts import slots
from polytope_nn.parallel.counts.slots import SlotComplex
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.depth import two_layer_bound
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.optimum import proved
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.finding import optimum
from tests.oracles.three_layer import BY_NAME, DEEP


@pytest.fixture(scope="module", params=DEEP, ids=lambda w: w.name)
def worked(request):
    w = request.param
    return w, proved(w.problem(), vector(w.kappa))


def test_a_given_kappa_is_proved(worked):
    w, O = worked
    assert (O.value, O.level, list(O.fit)) == (w.value, "exact", w.fit)
    assert O.depth_helps == (w.name == "strict")
    assert [(p.sigma, len(p.atoms)) for p in O.pieces] == w.pieces


def test_kappa_is_found_from_the_labels(worked):
    w, _ = worked
    O = parallel_optimum(w.problem())
    assert (list(O.kappa), O.value) == (w.kappa, w.value)


def test_the_least_numbers_of_branches(worked):
    w, O = worked
    S = two_widths(O)
    assert [S.m_star(k) for k in range(1, len(w.least) + 1)] == w.least
    assert repr(S) == f"TwoWidths(optimum={O!r})"  # and nothing of what it keeps


def test_components_and_isolated_points(worked):
    w, O = worked
    S = two_widths(O)
    steps = {at: S[at] for at in w.counts}
    assert {at: (s.components, s.isolated) for at, s in steps.items()} == w.counts


def test_every_vertex_attains_beta(worked):
    """Another route to a piece: the branch of each vertex, rectified, has kappa'f = beta^2."""
    w, O = worked
    kappa, square = vector(w.kappa), Fraction(w.beta_squared)
    for p in O.pieces:
        for v in p.vertices:
            z = [max(t, Fraction(0)) * p.sigma for t in p.z(v)]
            assert tuple(z) == p.output(v)
            assert sum(k * t for k, t in zip(kappa, z, strict=True)) == square * sum(v)


@pytest.mark.parametrize("w", [w for w in DEEP if w.name != "strict"], ids=lambda w: w.name)
def test_one_inner_neuron_is_two_layers(w):
    """The general count at k = 1, not the short cut, against the two-layer staircase."""
    from polytope_nn.parallel.counts.slots import SlotComplex

    O = proved(w.problem(), vector(w.kappa))
    D = w.problem().two_layer
    S = optimal_polytope(optimum(D, kappa=w.kappa)).staircase
    assert optimum(D, kappa=w.kappa).value == O.value
    assert two_widths(O).cover(1).m_star == S.m_star
    for m in range(S.m_star, min(S.m_star + 1, 3) + 1):
        step = SlotComplex(O.pieces, O.fit, m, 1, saturated=False).step
        assert (step.components, step.isolated) == (S[m].components, S[m].isolated)


@pytest.mark.parametrize("name", ["square", "octahedron"])
def test_a_kappa_of_one_sign_counts_mk_neurons(name):
    """P8 against the slot complex itself."""
    from polytope_nn.parallel.counts.slots import SlotComplex

    O = proved(BY_NAME[name].problem(), vector(BY_NAME[name].kappa))
    for (m, k), expected in BY_NAME[name].counts.items():
        if m <= 2:
            step = SlotComplex(O.pieces, O.fit, m, k, saturated=False).step
            assert (step.components, step.isolated) == expected


def test_depth_helps_with_a_dual_point():
    O = parallel_optimum(BY_NAME["strict"].problem())
    bound = two_layer_bound(O)
    assert bound.value > O.value == Fraction(552, 25)
    D = BY_NAME["strict"].problem().two_layer
    assert bound.value <= Fraction(222, 10)
    assert abs(bound.value - optimum(D).value) < Fraction(1, 10**6)
    longest = max(
        sum(t * t for t in O.blocks.projection(bound.kappa, b)[0]) for b in O.blocks.every
    )
    assert longest <= D.beta_squared


def test_an_infeasible_kappa_shows_its_branch():
    w = BY_NAME["hat"]
    with pytest.raises(NotOptimal, match="not dual feasible for three layers"):
        proved(w.problem(), vector([-1, 4, -1]))


def test_a_kappa_that_is_not_optimal_is_refused():
    w = BY_NAME["hat"]
    with pytest.raises(NotOptimal, match="not optimal"):
        proved(w.problem(), vector([0, 0, 0]))


def test_the_opposite_sign_is_named():
    with pytest.raises(NotOptimal, match="-kappa is the dual optimum"):
        parallel_optimum(BY_NAME["hat"].problem(), kappa=[1, -3, 1])


def test_nothing_to_fit():
    D = BY_NAME["hat"].problem()
    zero = type(D)(D.design, [0, 0, 0], beta=1)
    O = parallel_optimum(zero)
    table = two_widths(O).table()
    assert (O.value, O.vanishes, [two_widths(O).m_star(k) for k in (1, 2)]) == (
        0,
        True,
        [0, 0],
    )
    assert [(s.m, s.k, s.components, s.isolated) for s in table] == [(1, 1, 1, 1)]


def test_thousands_of_nodes_are_counted_as_by_two_layers_of_as_many_neurons():
    X = [[s * (i == j) for j in range(4)] for i in range(4) for s in (1, -1)]
    O = parallel_optimum(ParallelProblem(X, [5] * 8, beta_squared=4))
    S = two_widths(O)
    found = []
    for m, k in ((2, 2), (2, 3)):
        G = SlotComplex(S.pieces(k), O.fit, m, k, k > S.inner_rank)
        step, other = G.step, S[m, k]  # the latter by P8
        assert (step.components, step.isolated) == (other.components, other.isolated)
        found.append((len(G.nodes), step.components))
    assert found == [(624, 577), (3248, 1)]


def test_too_many_nodes_are_refused_by_name_and_all_else_is_answered(monkeypatch):
    rows = [[1, 0, 1, 1], [-1, 0, 1, 1], [0, 1, 1, 1], [0, -1, 1, 1], [0, 0, 1, 1]]
    problem = ParallelProblem(rows, [-1, -1, -1, -1, 7], beta_squared=2)
    O = parallel_optimum(problem, kappa=[-1, -1, -1, -1, 5])
    whole = {(s.m, s.k): s for s in two_widths(O).table(3, 3)}
    monkeypatch.setattr(slots, "_NODES", 10)
    S = two_widths(O)
    steps = {(s.m, s.k): s for s in S.table(3, 3)}
    refused = {at for at, s in steps.items() if s.components is None}
    assert refused
    assert all("more than 10 nodes" in steps[at].refused for at in refused)
    assert all(steps[at] == whole[at] for at in steps.keys() - refused)
    assert [S.m_star(k) for k in (1, 2, 3)] == [3, 2, 1]
