"""Counts where kappa is in balls: rational coordinates against the plain equations."""

from dataclasses import replace
from fractions import Fraction

import pytest

from polytope_nn.certificate.check import check
from polytope_nn.dual.feasibility import enclosure
from polytope_nn.exact.rational import vector
from polytope_nn.exact.scalar import dot, middle
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.limits import Limits
from polytope_nn.parallel.certificate.bounds import near_network
from polytope_nn.parallel.certificate.certify import parallel_certificate
from polytope_nn.parallel.counts.enclosed import EnclosedComplex
from polytope_nn.parallel.counts.flat import ShallowFlat
from polytope_nn.parallel.counts.slots import SlotComplex
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.depth import two_layer_bound
from polytope_nn.parallel.equations.theta import form, near
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.roads import some_network
from polytope_nn.parallel.optimum import proved
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.finding import optimum
from tests.oracles.three_layer import DEEP


@pytest.mark.parametrize("w", DEEP, ids=lambda w: w.name)
def test_exact_instances_have_the_same_counts(w):
    """The same code over Q: no decision is left out."""
    O = proved(w.problem(), vector(w.kappa))
    if O.two_layer is None:
        return
    flat = ShallowFlat.of(O.problem.design, O.two_layer)
    for (m, k), expected in w.counts.items():
        if m > 3:
            continue
        graph = EnclosedComplex(O.pieces, O.fit, m, k, saturated=False, flat=flat)
        assert (graph.step.components, graph.step.isolated) == expected
        assert graph.rank_at_most >= two_widths(O).rank(k)


INTERVALS = [
    ([[0, -2], [-2, -1], [-2, 0], [-1, 2]], [-1, 3, 3, -4], "none"),
    ([[1, -1], [1, 1], [2, 1], [-2, -2]], [3, -2, -3, 4], "none"),
    ([[-2, 0], [-2, 1], [1, 1]], [2, -1, -3], "penalised"),
]


def surrogate(O):
    """Pieces and fit at a rational kappa nearby: the same matrices, faces and conditions."""
    X = O.problem.design
    kappa = [near(x, 200) for x in O.kappa]
    pieces = []
    for p in O.pieces:
        atoms = []
        for a in p.atoms:
            feature = tuple(p.sigma * dot(row, kappa) for row in form(X, a.covector))
            atoms.append(replace(a, g=tuple(near(t, 200) for t in a.g), feature=feature))
        pieces.append(replace(p, atoms=tuple(atoms)))
    fit = [Fraction(0)] * len(kappa)
    for a, w in zip(O.two_layer.atoms, O.two_layer.weights, strict=True):
        own = [dot(row, kappa) * near(w, 200) for row in form(X, a.covector)]
        fit = [s + t for s, t in zip(fit, own, strict=True)]
    return tuple(pieces), tuple(fit)


@pytest.mark.parametrize("X, y, bias", INTERVALS)
def test_a_rational_kappa_nearby_has_the_same_counts(X, y, bias):
    O = parallel_optimum(ParallelProblem(X, y, beta=1, bias=bias))
    assert O.level == "interval"
    pieces, fit = surrogate(O)
    S, told = two_widths(O), 0
    for m in (1, 2, 3):
        for k in (2, 3):
            step = S[m, k]
            if step.components is None:
                assert "in intervals only" in step.refused
                continue
            plain = SlotComplex(pieces, fit, m, k, saturated=False).step
            assert (step.components, step.isolated) == (plain.components, plain.isolated)
            told += 1
    assert told >= 4


def test_equal_conditions_of_two_branches_in_one_piece_are_seen():
    """A piece that comes twice: its conditions add up to an equation, whatever kappa is."""
    D = ParallelProblem(
        [[-1], [1], [0], [2]], [1, 6, 4, -6], beta_squared="1/10", bias="penalised"
    )
    S = two_widths(parallel_optimum(D))
    assert S.optimum.level == "interval"
    assert [S.m_star(k) for k in (1, 2, 3)] == [3, 2, 2]
    found = {(s.m, s.k): (s.components, s.isolated) for s in S.table(3, 3)}
    assert (found[2, 2], found[2, 3], found[3, 1]) == ((2, 0), (2, 0), (6, 6))
    assert None not in {x for step in found.values() for x in step}


@pytest.mark.parametrize(
    "X, y, square",
    [
        ([[0, 1], [-1, -1], [-2, -2], [3, 2]], [-6, -1, 2, 1], 2),
        ([[0, 3], [1, 3], [3, 0], [0, 1]], [3, -3, -4, 6], 3),
    ],
)
def test_counts_in_balls_are_those_of_a_field(X, y, square):
    D = ParallelProblem(X, y, beta_squared=square)
    exact, enclosed = (parallel_optimum(D, limits=Limits(degree=d)) for d in (24, 1))
    assert (exact.level, enclosed.level) == ("exact", "interval")
    tables = [
        [(s.m, s.k, s.components, s.isolated) for s in two_widths(O).table(3, 3)]
        for O in (exact, enclosed)
    ]
    assert tables[0] == tables[1]


ALONE = [
    ([[0, 2], [-3, -3], [3, 1], [-3, -1], [1, -3], [1, -2]], [-8, -7, 4, 4, -7, -2], "1/2"),
    (
        [[0, -2, -2], [2, -3, -3], [-2, -2, 3], [1, -2, 0], [2, -3, 0]],
        [6, 5, 3, 6, 9],
        "1/2",
    ),
    ([[-3, -1], [3, -2], [2, 3], [2, 3], [-1, -1]], [-3, -8, 9, -4, 4], 1),
]


@pytest.mark.parametrize("X, y, beta", ALONE, ids=["interval", "interval, d = 3", "exact"])
def test_one_inner_neuron_is_the_two_layer_answer_though_wider_branches_exceed_beta(
    X, y, beta
):
    """Two leaves of a sign: all negative blocks excluded, or all positive ones (P2)."""
    D = ParallelProblem(X, y, beta=beta, inner_width=1)
    O, flat = parallel_optimum(D), optimum(D.two_layer)
    assert (O.level, O.depth_helps) == (flat.level, False)
    assert [*map(enclosure, O.kappa)] == [*map(enclosure, flat.kappa)]
    assert any(leaf.excluded for leaf in O.leaves)
    assert len(O.leaves) <= 4
    check(parallel_certificate(two_widths(O), 1, 1).to_json())


def test_rows_that_are_repeated_are_one_row_of_more_weight():
    X, y = [[1, -3], [-3, 0], [1, -3], [-1, -2]], [-1, 3, -1, 5]
    O = parallel_optimum(ParallelProblem(X, y, beta_squared="1/100"))
    once = ParallelProblem(
        [X[0], X[1], X[3]], [-1, 3, 5], beta_squared="1/100", weights=[2, 1, 1]
    )
    assert (O.level, O.missing, len(O.pieces)) == ("interval", "", 2)
    found = [
        [(s.m, s.k, s.components, s.isolated) for s in two_widths(one).table(3, 3)]
        for one in (O, parallel_optimum(once))
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 9


def test_networks_in_balls_have_directions():
    """Their atoms are named by faces: the network near it has the same weights."""
    X = [[2, -2, -1], [1, -1, 0], [-2, -1, -2], [-2, 2, 2]]
    O = parallel_optimum(ParallelProblem(X, [-2, 3, 1, 2], beta=2, inner_width=2))
    assert (O.level, O.depth_helps) == ("interval", False)
    one, other = some_network(O), near_network(O)
    assert float(other.objective(O.problem)) == pytest.approx(float(O.value), rel=1e-12)
    for b, c in zip(one.branches, other.branches, strict=True):
        assert b.sign == c.sign
        for x, y in zip(b.neurons, c.neurons, strict=True):
            close = [float(middle(t)) for t in x.u]
            assert close == pytest.approx([float(t) for t in y.u], rel=1e-12)


def test_theta_that_a_length_on_a_ray_tells():
    """Negative neurons see theta kappa_0 on (3, -3): as long as 1/3 where it is sqrt(2)/18.

    More is beyond beta, and less leaves more of rows 1 and 2 to positive ones than theta = 1 does.
    """
    D = ParallelProblem([[3, -3], [2, 2], [0, -1]], [1, 0, -3], beta="1/3")
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps, O.missing) == ("interval", False, "")
    told = [leaf for leaf in O.leaves if leaf.sigma < 0 and leaf.tight]
    square = (told[0].theta[0] * O.kappa[0]) ** 2
    assert float(square) == pytest.approx(1 / 162, rel=1e-12)
    for network in (near_network(O), some_network(O)):  # in balls a row of one branch is 0
        assert float(network.objective(D)) == pytest.approx(float(O.value), rel=1e-12)


@pytest.mark.parametrize(
    ("X", "y", "k"),
    [
        (
            [[0, 1], [-3, 2], [2, -1], [2, -1], [3, 0], [-1, 1]],
            [0, 2, -2, -3, 1, -2], 1,
        ),
        ([[3, -3, 0], [2, 0, -3], ["3/2", -1, "-3/2"], [2, 1, -2]], [2, 3, 4, -1], None),
    ],
)  # fmt: skip
def test_pieces_whose_conditions_see_few_masses(X, y, k):
    """At inner width 1 all counts are those of two layers."""
    O = parallel_optimum(ParallelProblem(X, y, beta="1/3", inner_width=k))
    assert (O.level, O.depth_helps, O.missing, len(O.pieces)) == ("interval", False, "", 2)
    flat = optimal_polytope(optimum(O.problem.two_layer)).staircase
    S = two_widths(O)
    assert S.m_star(1) == flat.m_star
    for m in range(1, 4):
        assert (S[m, 1].components, S[m, 1].isolated) == (
            (flat[m].components, flat[m].isolated) if m >= flat.m_star else (0, 0)
        )


def test_theta_that_is_free_beside_one_that_a_direction_tells():
    """Theta of rows 2 and 4 keeps the whole sum of their direction; that of row 1 may be any.

    No more than two layers reach: of the same fit and the same value.
    """
    X, y = [[-1, 1], [1, -1], [0, 2], [-2, 0], [0, 1]], [2, -3, -3, 2, -3]
    D = ParallelProblem(X, y, beta="1/3", inner_width=2)
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps, O.missing, len(O.pieces)) == ("interval", False, "", 2)
    flat = optimum(D.two_layer)
    assert [float(t) for t in O.fit] == pytest.approx([float(t) for t in flat.fit])
    assert float(some_network(O).objective(D)) == pytest.approx(float(flat.value), rel=1e-9)


def test_a_leaf_that_lengths_on_rays_prove_beside_one_that_exceeds():
    """Exit 3 before: theta kappa_3 = -1/9 on (3, 0), and on another leaf a branch is longer."""
    X, y = [[-1, -1], [3, 3], [1, 3], [3, 0], [0, -1]], [1, -2, -2, -2, 2]
    D = ParallelProblem(X, y, beta="1/3", inner_width=2)
    O = parallel_optimum(D)
    assert (O.level, O.depth_helps, len(O.pieces)) == ("exact", True, 3)
    assert two_layer_bound(O).value > O.value
    assert float(some_network(O).objective(D)) == pytest.approx(float(O.value), rel=1e-12)
