"""Pieces and counts where depth helps and kappa is in balls: the same as in exact numbers."""

from fractions import Fraction
from itertools import combinations_with_replacement
from random import Random
from unittest.mock import Mock

import numpy as np
import pytest
from scipy.optimize import linprog, nnls

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.limits import Limits
from polytope_nn.parallel.conic.alike import Merged
from polytope_nn.parallel.conic.chosen import absorbed, chosen, merged_part, united
from polytope_nn.parallel.conic.master import DeepKappa, Part, deep_kappa
from polytope_nn.parallel.counts import enclosed
from polytope_nn.parallel.counts.deep_flat import DeepFlat
from polytope_nn.parallel.counts.enclosed_cells import enclosed_vertices
from polytope_nn.parallel.counts.enclosed_most import Rays
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.deep_pieces import deep_enclosed
from polytope_nn.parallel.equations.solved import deep_solution
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.roads import some_network
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.report.three_layer import three_layer_page
from polytope_nn.search.finding import optimum
from tests.oracles.three_layer import BY_NAME

from .test_found import DEEP_DEGENERATE, DEEP_FIELDS

EXACT = [
    (*DEEP_FIELDS[2][:2], 1),
    *(x[:3] for x in DEEP_DEGENERATE[1:3]),
]


def in_balls(problem):
    found = next(chosen(problem, deep_kappa(problem, optimum(problem.two_layer).kappa)))
    return deep_enclosed(problem, deep_solution(problem, found, Limits()), Limits())


def shape(O):
    return sorted((p.sigma, len(p.atoms), len(p.vertices)) for p in O.pieces)


def agree(O, B):
    """Return how many counts in balls there are; each is that of exact numbers."""
    assert (O.level, B.level) == ("exact", "interval")
    assert shape(O) == shape(B)
    for x, y in zip(O.kappa, B.kappa, strict=True):
        assert float(x) == pytest.approx(float(y), rel=1e-12, abs=1e-12)
    S, T = two_widths(O), two_widths(B)
    counted = [step for step in T.table() if step.components is not None]
    for step in counted:
        exact = S[step.m, step.k]
        assert (step.components, step.isolated) == (exact.components, exact.isolated)
        assert S.m_star(step.k) == T.m_star(step.k)
        assert S.M_star(step.k) == T.M_star(step.k) is not None
    return len(counted)


@pytest.mark.parametrize("X, y, beta", EXACT)
def test_two_routes(X, y, beta):
    D = ParallelProblem(X, y, beta=beta)
    agree(parallel_optimum(D), in_balls(D))


def test_two_routes_on_the_worked_instance():
    D = BY_NAME["strict"].problem()
    assert agree(parallel_optimum(D), in_balls(D)) == 4


def test_counts_by_hand():
    """One network, of branches of 2, 2 and 1 neurons: 3! orders, 2! 2! arrangements at k = 2.

    At k = 3 every branch has an empty slot, and arrangements are joined.
    """
    X, y = [[3, -1], [-1, -1], [-2, 3], [2, 2], [1, 2]], [-1, -4, -5, -2, 1]
    O = parallel_optimum(ParallelProblem(X, y, beta="1/10"))
    S = two_widths(O)
    assert shape(O) == [(-1, 1, 1), (-1, 2, 1), (1, 2, 1)]
    assert [S.m_star(k) for k in (1, 2, 3)] == [None, 3, 3]
    assert [S.M_star(k) for k in (2, 3)] == [3, 3]
    counts = [(S[3, k].components, S[3, k].isolated) for k in (2, 3)]
    assert counts == [(24, 0), (6, 0)]


def test_theta_that_lengths_on_rays_tell():
    """kappa_4 is 3/(2 sqrt(10)), and theta kappa_2 on the leaf of row 4 is -1/sqrt(10).

    (1, -3) alone sees 4: |x_4| kappa_4 less what x_2 takes is 1. One network, of branches of 2, 1
    and 2 neurons: 3! orders, 2! 2! arrangements at k = 2.
    """
    X, y = [[0, 2], [-3, -3], [3, 1], [-3, -1], [1, -3]], [4, -1, -4, 0, 2]
    O = parallel_optimum(ParallelProblem(X, y, beta=1))
    assert (O.level, O.missing) == ("interval", "")
    assert shape(O) == [(-1, 3, 3), (1, 1, 1), (1, 2, 1)]
    (leaf,) = [leaf for leaf in O.leaves if (leaf.sigma, leaf.inside) == (1, (4,))]
    seen = leaf.theta[2] * O.kappa[2]
    for x, square in ((O.kappa[4], Fraction(9, 40)), (seen, Fraction(1, 10))):
        apart = (x * x - square).enclosure(400)
        assert apart.lower <= 0 <= apart.upper < Fraction(1, 1 << 200)
    S, network = two_widths(O), some_network(O)
    counts = [(S[3, k].components, S[3, k].isolated) for k in (2, 3)]
    assert counts == [(24, 0), (6, 0)]
    assert float(network.objective(O.problem)) == pytest.approx(float(O.value), rel=1e-12)


def test_raised_rows_of_two_parts_that_lengths_tell_to_be_one():
    """One network of three branches of two neurons each: 3! (2!)^3 points (P11), then one piece.

    On row 1 both negative branches see -1/4 sqrt(5/2).
    """
    X = [[2, 2], [2, -2], [1, -3], [3, -1], [-3, -2], [0, -1]]
    D = ParallelProblem(X, [-2, 2, -3, -1, -2, -1], beta="1/2", inner_width=2)
    O = parallel_optimum(D)
    assert shape(O) == [(-1, 2, 1), (-1, 2, 1), (1, 2, 1)]
    own = [j for j, part in enumerate(O.solved.parts) if part.sigma < 0]
    for x in (O.solved.symbols[O.solved.places[j][1]] for j in own):
        assert nearest_float(x) == pytest.approx(-((5 / 2) ** 0.5) / 4, rel=1e-12)
    S = two_widths(O)
    counts = [(S[m, 2].components, S[m, 2].isolated) for m in (2, 3, 4)]
    assert counts == [(0, 0), (48, 48), (1, 0)]
    assert float(some_network(O).objective(D)) == pytest.approx(float(O.value), rel=1e-12)


@pytest.mark.deep
@pytest.mark.parametrize("most, value", [(3, 5.74348704004), (5, 6.16095029235)])
def test_eight_rows_in_three_dimensions_two_inner_neurons(most, value):
    """Leaves without some blocks have the same theta as with them."""
    random = np.random.default_rng(0)
    X = random.integers(-most, most + 1, (8, 3)).tolist()
    y = random.integers(-most, most + 1, 8).tolist()
    D = ParallelProblem(X, y, beta="1/2", inner_width=2)
    O = parallel_optimum(D)
    assert (O.level, len(O.pieces)) == ("interval", 5)
    for found in (O.value, some_network(O).objective(D)):
        assert float(found) == pytest.approx(value, rel=1e-10)


def test_all_numbers_are_balls():
    D = ParallelProblem(*EXACT[0][:2], beta=1)
    B = in_balls(D)
    assert all(isinstance(x, Ball) for x in B.kappa)
    assert B.solved.kappa == B.kappa
    assert not B.missing


@pytest.mark.parametrize(
    ("X", "y", "beta", "lost"),
    [  # the second one: kappa_0 + 3 kappa_2 is 0, because two neurons have one length
        (
            [[0, -1], [1, -1], [1, 1], [-2, -1], [-1, 2], [1, -1]],
            [3, -1, 1, 0, 3, -1], "1/2", 0,
        ),
        (
            [[0, 1], [-1, -1], [0, 3], [0, -2], [2, -2], [-2, -3]],
            [1, 2, 1, -3, 2, -1], "1/3", 1 / 5,
        ),
        (  # a part raised on one of two equal rows sees them whole
            [[2, 1, -1], [-1, 1, -1], [0, 2, -1], [-2, -3, -3], [0, 3, 1], [2, 1, 3],
             [-1, 1, -1], [1, -1, -2]], [2, -3, -1, -3, 3, -1, 0, 1], 1, 9 / 4,
        ),
    ],
)  # fmt: skip
def test_rows_of_one_direction_are_one_condition(X, y, beta, lost):
    """One row of their weight, and of their mean label, has the same pieces."""
    D = ParallelProblem(X, y, beta=beta)
    O, once = parallel_optimum(D), parallel_optimum(Merged(D).problem)
    assert (O.level, O.missing, once.missing) == ("interval", "", "")
    assert shape(O) == shape(once)
    outputs = [t for p in O.pieces for f in p.outputs for t in f]
    assert all(isinstance(t, Fraction) or abs(float(t)) > 1e-6 for t in outputs)  # 0 is 0
    assert float(O.value - once.value) == pytest.approx(lost, abs=1e-12)
    counts, others = (
        [(s.m, s.k, s.components, s.isolated) for s in two_widths(one).table(2, 3)]
        for one in (O, once)
    )
    assert counts == others
    assert all(components is not None for _, _, components, _ in counts)
    assert float(some_network(O).objective(D)) == pytest.approx(float(O.value), rel=1e-12)


def test_a_least_number_of_branches_that_is_open_is_written_so(monkeypatch):
    S = two_widths(parallel_optimum(ParallelProblem([[-1, 1], [0, 1]], [2, 3], beta=1)))
    table = S.table(1, 1)
    assert "m*(k)    1" in three_layer_page(S, table, ())
    monkeypatch.setattr(type(S), "m_star", Mock(side_effect=Undecided("m*(1)")))
    assert "m*(k)    ?" in three_layer_page(S, table, ())


def test_rows_of_one_direction_are_raised_as_one():
    """Rows 1, 2 and 3 are (1), (2), (1); neurons see -1 + 2 (-1/2) + 1/4 = -7/4 of it."""
    X = tuple((Fraction(t),) for t in (-1, 1, 2, 1))
    part = Part(1, (0, 3), {1: -1.0, 2: -0.5}, {(1, (-1, 1, 1, 1)): 1.0})
    merged = merged_part(part, (1.0, -1.5, -1.0, 0.25), X)
    assert (merged.inside, merged.raised) == ((0,), {1: -1.5, 2: -0.125})


def test_a_part_of_little_mass_is_put_into_another():
    """Its digits are worse, by a thousandth of kappa; a part of its own is known better."""
    faces = {(1, (1, 1, 1)): 1.0, (-1, (1, 1, -1)): 0.5}
    home = Part(1, (0,), {1: -0.5}, faces)
    for share, parts in ((0.001, 1), (0.5, 2)):
        near = Part(1, (0,), {1: -0.5005}, {(1, (1, 1, 1)): share})
        found = absorbed(DeepKappa((1.0, -1.0, 0.5), (home, near)))
        assert len(found.parts) == parts
        total = sum(sum(p.faces.values()) for p in found.parts)
        assert total == pytest.approx(1.5 + share)


def test_parts_that_see_the_same_are_one():
    """Neither has all neurons of the other; a third is raised elsewhere."""
    one, other, third = (1, (1, 1, 1)), (-1, (1, 1, -1)), (1, (1, 1, -1))
    parts = (
        Part(1, (0,), {1: -0.5}, {one: 0.75, other: 0.25}),
        Part(1, (0,), {1: -0.25}, {one: 1.0}),
        Part(1, (0,), {1: -0.5}, {one: 1.0, third: 0.5}),
        Part(-1, (0,), {1: -0.5}, {one: 1.0}),
    )
    found = united(DeepKappa((1.0, -1.0, 0.5), parts)).parts
    assert [p.faces for p in found] == [
        {one: 1.75, other: 0.25, third: 0.5}, {one: 1.0}, {one: 1.0},
    ]  # fmt: skip
    assert united(DeepKappa((1.0, -1.0, 0.5), found)).parts == found


def test_a_cell_that_is_left_open_is_tried_once(monkeypatch):
    tried = []

    def left_open(_, chosen):
        tried.append(chosen)
        raise Undecided("whether it is")

    monkeypatch.setattr(enclosed, "enclosed_vertices", left_open)
    monkeypatch.setattr(Rays, "only", None)  # no other way to m*
    S = two_widths(in_balls(ParallelProblem(*EXACT[0][:2], beta=1)))
    for _ in range(2):
        assert S[3, 2].components is None
        assert S[3, 3].components is None
        assert S[1, 2].components == 0  # no choice of a piece makes the fit: m*(2) = 3
    places = [tuple(map(S.optimum.pieces.index, chosen)) for chosen in tried]
    assert len(places) == len(set(places)) > 0


HIDDEN = [  # with m*(k): a negative piece twice in a cell; columns that differ in one row, times
    # numbers; one theta raised twice, which two branches have in common; a neuron close to a wall
    ([[-1, 3, 3], [-2, 3, -1], [-2, 3, -3], [-2, 1, -1], [-3, -1, 1], [3, 3, 1]],
     [2, -3, 1, 1, -3, 2], 1, [3, 3, 3]),
    ([[2, 1, -3], [2, 0, -1], [-3, 2, -1], [-3, -1, 2], [3, 2, 1], [-2, -2, 3]],
     [3, -3, -1, -2, -1, 2], "1/4", [3, 3, 3]),
    ([[3, -3, 2], [-2, -3, 0], [-2, -3, -3], [-2, 3, -1], [2, -3, -1], [0, -2, 3]],
     [1, -1, 2, 2, 2, 2], "1/2", [3, 3, 2]),
    ([[-2, 3, 3], [0, 1, -2], [-2, -3, -1], [-1, 0, -1], [-1, 1, 0], [2, 0, 1]],
     [-3, 1, -1, -3, 0, 1], "1/4", [4, 4, 4]),
]  # fmt: skip


@pytest.mark.parametrize("X, y, beta, least", HIDDEN)
def test_cells_against_linear_programs(X, y, beta, least):
    """Identities between outputs decide which cells have networks; a program in floats agrees."""
    O = parallel_optimum(ParallelProblem(X, y, beta=beta))
    flat = DeepFlat(O.problem.design, O.solved, O.pieces)
    for m in (2, 3):
        for chosen_pieces in combinations_with_replacement(O.pieces, m):
            found = enclosed_vertices(flat, chosen_pieces)
            assert bool(found) == (distance(O, chosen_pieces) < 1e-8)
    S = two_widths(O)
    assert [S.m_star(k) for k in (2, 3, 4)] == least


@pytest.mark.deep
def test_two_raised_rows_that_two_atoms_see():
    """What is 0 on one is 0 on the other: as many equations are as independent of each other."""
    X = [
        [-1, 0, 2],
        [1, -2, 0],
        [-1, 0, -2],
        [0, 0, 2],
        [0, 1, -1],
        [2, -2, 1],
        [0, -1, -1],
    ]
    O = parallel_optimum(
        ParallelProblem(X, [-1, 0, 0, 1, -2, 0, -1], beta="13/24", inner_width=2)
    )
    flat = DeepFlat(O.problem.design, O.solved, O.pieces)
    made = []
    for m in (3, 4):
        for chosen_pieces in combinations_with_replacement(O.pieces, m):
            made.append(bool(enclosed_vertices(flat, chosen_pieces)))
            assert made[-1] == (distance(O, chosen_pieces) < 1e-8)
    assert {*made} == {True, False}
    S = two_widths(O)
    assert (S[3, 2].components, S.m_star(2)) == (0, 4)


def distance(O, chosen_pieces):
    """Return how far the fit is from the networks of a cell, in floats."""
    n, blocks, flat_rows, above = O.problem.n, [], [], []
    width = sum(len(p.atoms) for p in chosen_pieces)
    at = 0
    for p in chosen_pieces:
        z = np.array([[float(t) for t in a.feature] for a in p.atoms]).T
        blocks.append(z * p.sigma * np.array(p.mask)[:, None])
        for row, e in zip(z, p.signs, strict=True):
            wide = np.zeros(width + 2 * n)
            wide[at : at + len(p.atoms)] = row
            if e is not None:
                (above if e else flat_rows).append(-wide * (e or 1))
        at += len(p.atoms)
    fit = [float(t) for t in O.fit]
    made = linprog(
        [0] * width + [1] * 2 * n,
        A_ub=above or None,
        b_ub=[0] * len(above) or None,
        A_eq=[*np.hstack([*blocks, np.eye(n), -np.eye(n)]), *flat_rows],
        b_eq=[*fit, *[0] * len(flat_rows)],
    )
    assert made.status == 0
    return made.fun


@pytest.mark.deep
def test_repeated_rows_of_both_signs_where_depth_helps():
    X = [[-1, 0], [1, 0], [-1, 3], [-2, 3], [1, 2], [-2, 3], [2, 0], [-1, 0]]
    y = [-4, -5, -6, 6, 4, 0, -4, -6]
    O = parallel_optimum(ParallelProblem(X, y, beta_squared=2, bias="penalised"))
    assert O.depth_helps
    made = some_network(O).objective(O.problem)
    assert nearest_float(made) == pytest.approx(nearest_float(O.value), rel=1e-15)


def instance(seed):
    """Return rows in R^3 and labels of entries up to 3."""
    r = Random(seed)  # noqa: S311
    X = [[r.randint(-3, 3) for _ in range(3)] for _ in range(6)]
    return X, [r.randint(-3, 3) for _ in range(6)]


IN_ANOTHER = [[3, 3], [2, 0], [-3, 3], [3, -2], [0, -2], [-3, -2], [-1, -1]]


@pytest.mark.parametrize(
    "X, y, beta",
    [
        (*instance(5), 1),
        (*instance(14), 1),  # shared symbols
        (
            IN_ANOTHER,
            [2, -3, 2, 1, 2, 4, -2],
            Fraction(1, 4),
        ),  # a branch in another's piece
        (
            [[3, -3], [1, 0], [-2, 0], [1, -2], [1, -3], [3, -3]],
            [-1, -1, -5, -1, 1, -5],
            Fraction(1, 2),
        ),  # a row of theta between 0 and 1 makes up for a row of its direction inside
    ],
)
def test_dependent_equations(X, y, beta):
    """Every vertex attains beta, and vertices make the fit at the cost that is told: in floats."""
    O = parallel_optimum(ParallelProblem(X, y, beta=beta))
    assert (O.level, O.depth_helps, O.missing) == ("interval", True, "")
    kappa, columns = np.array(list(map(nearest_float, O.kappa))), []
    for p in O.pieces:
        for v in p.vertices:
            pairs = zip(p.atoms, map(nearest_float, v), strict=True)
            rows = ((a.sign * c, list(map(nearest_float, a.g))) for a, c in pairs)
            z = sum(c * np.maximum(np.array(X) @ g, 0) for c, g in rows)
            columns.append(p.sigma * np.maximum(z, 0))
    assert np.array(columns) @ kappa == pytest.approx(float(beta**2), abs=1e-9)
    masses, left = nnls(np.array(columns).T, np.array(y) - kappa)
    assert left < 1e-9
    value = masses.sum() * float(beta**2) + kappa @ kappa / 2
    assert nearest_float(O.value) == pytest.approx(value, abs=1e-9)


def test_an_output_that_a_condition_makes_0_is_written_0():
    X, y = [[1, 0], [1, 2], [3, 2], [-3, 0]], [2, 3, -5, 2]
    O = parallel_optimum(ParallelProblem(X, y, beta_squared=2, inner_width=2))
    page = three_layer_page(two_widths(O), (), ())
    assert O.level == "interval"
    assert "e-1" not in page
    off = [
        float(t)
        for p in O.pieces
        for v, f in zip(p.vertices, p.outputs, strict=True)
        for t, s in zip(p.output(v), f, strict=True)
        if s == 0 and t is not s
    ]
    assert any(off)  # a ball around 0 does not say that it is
    assert max(map(abs, off)) < 1e-100
