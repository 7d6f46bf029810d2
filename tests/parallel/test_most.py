"""M*(k) in balls: by rays, against a search of bases in floats; inner widths beyond kappa's."""

from itertools import combinations

import numpy as np
import pytest

from polytope_nn.exact.scalar import nearest_float, sign
from polytope_nn.limits import Limits
from polytope_nn.parallel.blocks import Box
from polytope_nn.parallel.conic.master import DeepKappa, Part
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.equations.settled import basic
from polytope_nn.parallel.equations.solved import deep_solution
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.parallel.shifts import Shifts

BESIDE_AN_END = ParallelProblem(
    [[0, 1], [-2, 0], [4, 6], [2, 3], [0, 1], [3, 2]],
    [-4, -2, 2, -1, 0, -3],
    beta="1/100000",
)
ALIKE = ParallelProblem(
    [[1, 2], [1, 1], [2, -1], [-1, 2], [1, 1], [1, 1]],
    [3, 2, 2, -1, 0, -2],
    beta="1/10000",
    inner_width=2,
)


def most(O, k):
    """Return the largest independent set of outputs of vertices, or between them, in floats."""
    fit = np.array([nearest_float(t) for t in O.fit])
    points: list[np.ndarray] = []
    for p in O.pieces:
        own = []
        for v, f in zip(p.vertices, p.outputs, strict=True):
            used = {i for i, t in enumerate(v) if sign(t)}
            own.append((used, np.array([nearest_float(t) for t in f])))
        few = [f for used, f in own if len(used) <= k]
        few += [f + 2 * g for (a, f), (b, g) in combinations(own, 2) if len(a | b) <= k]
        points += [f / np.linalg.norm(f) for f in few]
    for size in range(len(fit), 0, -1):
        for chosen in combinations(points, min(size, len(points))):
            A = np.array(chosen).T
            c, _, rank, _ = np.linalg.lstsq(A, fit, rcond=1e-9)
            apart = np.linalg.norm(A @ c - fit) / np.linalg.norm(fit)
            if rank == len(chosen) and c.min() > 1e-9 and apart < 1e-9:
                return rank
    return 0


@pytest.mark.parametrize(
    "D", [pytest.param(BESIDE_AN_END, marks=pytest.mark.deep), ALIKE], ids=["end", "alike"]
)
def test_the_most_branches_where_rows_have_one_direction_and_beta_is_small(D):
    """Pieces were left open: theta is 4e-6 beside 1, where hints and ends are none.

    Of the other one a part had z = 0 on one of three equal rows, and on another not.
    """
    O = parallel_optimum(D)
    assert (O.missing, len(O.pieces)) == ("", 3)
    S = two_widths(O)
    assert [S.m_star(k) for k in (1, 2, 3)] == [None, 3, 3]
    found = [S.M_star(k) for k in (2, 3)]
    assert found == [most(O, k) for k in (2, 3)]
    assert found == ([3, 3] if D is BESIDE_AN_END else [4, 4])
    assert [(S[3, k].components, S[3, k].isolated) for k in (2, 3)] == [(24, 0), (6, 0)]


def test_kappa_of_single_neurons_in_balls_is_not_that_of_wider_branches():
    """The table had 2 branches of 2 neurons: the value of k = 2 is another."""
    X, y = [[-1, 0], [2, -2], [1, -2], [1, 1]], [2, 4, 0, -4]
    one, two = (
        parallel_optimum(ParallelProblem(X, y, beta=1, inner_width=k)) for k in (1, 2)
    )
    assert one.level == "interval"
    assert float(one.value) > float(two.value) + 1e-3
    S = two_widths(one)
    assert [(S.m_star(k), S.M_star(k)) for k in (1, 2)] == [(3, 3), (None, None)]
    assert {step.k for step in S.table()} == {1}


DEPENDENT = ParallelProblem(
    [[2, -1, 1], [-3, -2, -3], [2, 3, 0], [1, 2, 0], [1, 1, -1], [-1, 2, -1], [3, -1, -2],
     [1, 0, 0]], [-2, 0, 1, 1, 3, 2, -1, -2], beta=1, inner_width=2,
)  # fmt: skip


def test_masses_on_dependent_outputs_are_moved():
    """Floats have mass on two branches of one piece, which share it with single neurons."""
    first, second = (1, -1, 1, 1, 0, -1, 1, 1), (1, 1, -1, -1, 0, -1, 1, 1)
    third = (-1, 1, 1, 1, 1, 1, 1, 1)
    rows = (1, 2, 3, 4, 5, 6)
    parts = (
        Part(-1, (0, 2, 3, 4, 6, 7), {}, {(1, first): 0.909014}),
        Part(-1, (0, 1, 6, 7), {}, {(1, second): 0.117804}),
        Part(1, rows, {7: -0.46505}, {(-1, second): 0.005954, (1, third): 0.03026}),
        Part(1, rows, {7: -0.46459}, {(-1, first): 0.102892, (1, third): 0.9697}),
    )
    kappa = (0.26062, -0.11225, -0.29994, -0.10075, 1.50961, -0.05935, -0.2194, -1.24646)
    found = basic(DEPENDENT, DeepKappa(kappa, parts))
    assert found is not None
    left = [(part.sigma, tuple(part.faces)) for part in found.parts]
    assert left == [(p.sigma, tuple(p.faces)) for p in (*parts[:2], parts[3])]
    solved = deep_solution(DEPENDENT, found, Limits())
    assert [float(c) for own in solved.masses for c in own] == pytest.approx(
        [0.9058382, 0.1237563, 0.1060702, 0.9999595], abs=1e-6
    )
    assert basic(DEPENDENT, found) is None


@pytest.mark.deep
def test_two_parts_that_nearly_coincide():
    """Four outputs of rank 3: functions of what lengths tell say so."""
    O = parallel_optimum(DEPENDENT)
    assert (O.level, O.missing) == ("interval", "")
    S = two_widths(O)
    assert [(S.m_star(k), S.M_star(k)) for k in (2, 3)] == [(2, 3), (2, 3)]
    assert [most(O, k) for k in (2, 3)] == [3, 3]
    assert [S[2, k].components for k in (2, 3)] == [8, 2]
    own = S.in_balls(3)
    assert len(own.rays.every) == 4


DEPENDENT_ROWS = ParallelProblem(
    [[-1, 0, 3], [3, -1, -2], [3, 1, 2], [3, 2, -3], [-2, 1, 3], [-2, 2, -3], [0, -1, 3],
     [-3, -1, 3]], [1, 1, -3, 0, 3, 3, 2, -2], beta=1, inner_width=2,
)  # fmt: skip


def test_raised_rows_that_depend_on_each_other():
    """x_0 is half of x_4 - x_6: what neurons see of the three is known, and not theta on each.

    With row 0 inside, where kappa is 0.1365, rows 4 and 6 make up for it.
    """
    parts = (
        Part(1, (1, 3, 5), {}, {(1, (-1, 1, -1, 1, -1, 1, -1, -1)): 0.176515}),
        Part(1, (0, 3, 4, 5), {}, {(1, (1, -1, -1, 1, 1, 1, -1, 0)): 1.039048}),
        Part(1, (0, 2, 4, 6), {7: -0.48432},
             {(-1, (0, -1, -1, -1, 0, 1, 0, 1)): 0.554656,
              (1, (1, -1, 0, -1, 1, -1, 1, 1)): 0.27101}),
        Part(-1, (1, 2, 3), {0: -0.05463, 4: -0.03034, 6: -0.26398},
             {(-1, (1, -1, 0, -1, 1, -1, 1, 1)): 0.085106,
              (1, (1, 1, 1, 1, 1, -1, 1, -1)): 0.778697}),
        Part(1, (1, 6), {2: -0.35471},
             {(-1, (1, 1, 1, 1, 1, -1, 0, -1)): 0.084245,
              (1, (-1, 1, 1, -1, -1, -1, 1, 0)): 0.444553}),
        Part(-1, (5, 7), {0: -0.23882, 4: -0.20639, 6: -0.19832},
             {(-1, (1, -1, 1, 1, 1, -1, 1, 0)): 0.16248,
              (1, (1, -1, -1, -1, 1, 1, 1, 1)): 0.590138}),
    )  # fmt: skip
    kappa = (-0.1365, 0.164, -0.41718, 0.07072, 0.4537, 0.10224, 0.71294, -0.513)
    solved = deep_solution(DEPENDENT_ROWS, DeepKappa(kappa, parts), Limits())
    signs = [sign(x) for x in solved.kappa]
    shifts = Shifts(solved, (), signs).of(Box(-1, (7, 0), (), frozenset()))
    X = DEPENDENT_ROWS.design
    sums = {  # of -mu x, by kappa on row 0 and theta on the others
        tuple(
            round(
                float(solved.kappa[0] * X[0][a])
                + sum(float(own[i]) * x[a] for i, x in rows),
                9,
            )
            for a in range(3)
        )
        for shift in shifts
        for own in [{i: t * solved.kappa[i] for i, t in shift.theta.items()}]
        for rows in [[(i, X[i]) for i in shift.theta]]
    }
    expected = [
        tuple(
            round(sum(-float(solved.symbols[q]) * X[i][a] for i, q in places.items()), 9)
            for a in range(3)
        )
        for part, places in zip(solved.parts, solved.places, strict=True)
        if len(part.raised) == 3
    ]
    assert sums == {*expected}
    assert len(sums) == 2


@pytest.mark.deep
def test_pieces_where_raised_rows_depend_on_each_other():
    O = parallel_optimum(DEPENDENT_ROWS)
    assert (O.level, O.missing, len(O.pieces)) == ("interval", "", 5)
    assert float(O.value) == pytest.approx(4.792609582972757, rel=1e-12)
    S = two_widths(O)
    assert (S.m_star(2), S.M_star(2), most(O, 2)) == (5, 6, 6)


@pytest.mark.deep
@pytest.mark.parametrize(
    ("X", "y", "beta", "k", "widths"),
    [  # 8 of them; few; 8 rays in 7 directions of rows, which balls do not say to depend
        (
            [[-2, 2, 0], [0, -2, 2], [3, 2, -2], [-1, 3, 1], [-3, -3, -1], [-3, -1, 0],
             [2, -3, 1], [3, 0, -1]],
            [2, 2, 1, -2, 3, 0, 2, 3], 1, 2, (6, 8),
        ),
        (  # those of 3 atoms depend on these
            [[-1, 3, 0], [0, 0, -1], [2, -3, -1], [0, 2, -2], [-1, 0, 2], [1, 2, 0],
             [2, 1, -1], [1, 1, -1]], [-1, -1, 0, 3, -1, -1, 3, 2], 1, 2, (3, 5),
        ),
        (
            [[0, 2, -3], [-1, -2, 3], [0, 6, -9], [3, 2, -3], [1, 0, 1], [-1, -2, 1],
             [-3, -2, 0], [1, -2, 3]], [4, -3, 3, -2, 3, 0, -1, 0], "1/10", 3, (5, 7),
        ),
    ],
)  # fmt: skip
def test_many_branches(X, y, beta, k, widths):
    """Their choices of pieces are too many to be listed."""
    O = parallel_optimum(
        ParallelProblem(X, y, beta=beta, inner_width=k if beta == 1 else None)
    )
    S = two_widths(O)
    assert (S.m_star(k), S.M_star(k)) == widths
    assert most(O, k) == widths[1]


def test_the_most_branches_of_path_costs():
    """Ordered atoms are single neurons of two layers (P12): the largest vertex."""
    X, y = [[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4
    S = two_widths(
        parallel_optimum(
            ParallelProblem(X, y, beta_squared=2, inner_width=2, regulariser="path")
        )
    )
    assert S.M_star(2) == max(map(len, S.path.used)) == most_of_path(S)
    assert S.M_star(1) is None


def most_of_path(S):
    """Return the largest basis of outputs of ordered atoms with positive factors, in floats."""
    fit = np.array([nearest_float(t) for t in S.optimum.fit])
    outputs = [np.array([nearest_float(t) for t in f]) for f in S.path.outputs]
    for size in range(min(len(fit), len(outputs)), 0, -1):
        for chosen in combinations(outputs, size):
            A = np.array(chosen).T
            c, _, rank, _ = np.linalg.lstsq(A, fit, rcond=1e-9)
            if rank == size and c.min() > 1e-9 and np.linalg.norm(A @ c - fit) < 1e-9:
                return size
    return 0
