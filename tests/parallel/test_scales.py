"""The law of scales: data times s and labels times t with beta times st have the same answers.

Networks are the same up to their weights: kappa and the fit are t times what they are, the value
t^2 times; pieces, m*(k) and counts stay. The problem that is not scaled is the second route.
"""

from fractions import Fraction

import pytest

from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.equations.units import Units
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.problem import ParallelProblem

# depth helps: kappa in balls, in balls with a zero row, of a field, of one of degree 8
SCALED = [
    ([[1, 0], [1, 2], [3, 2], [-3, 0]], [2, 3, -5, 2], 2, 2),
    ([[0, 0], [0, -2], [-2, 0], [3, 2], [-2, -3]], [3, 5, 3, 0, -1], Fraction(1, 2), 2),
    ([[-1, 0], [2, -2], [1, -2], [1, 1]], [2, 4, 0, -4], 1, None),
    (
        [[3, 0], [3, 3], [3, 3], [3, -1], [2, 3], [-2, 1]],
        [5, -3, 1, -2, 5, -3],
        Fraction(1, 2),
        2,
    ),
]
FAR = Fraction(10**12)
FACTORS = [(FAR, 1), (1 / FAR, 1), (1, FAR), (1, 1 / FAR), (FAR, 1 / FAR), (10**6, 10**6)]
HARDEST = {(0, 0), (1, 1), (2, 3)}  # the others are deep


def scaled(instance, s=1, t=1):
    X, y, square, width = instance
    return ParallelProblem(
        [[s * e for e in row] for row in X],
        [t * e for e in y],
        beta_squared=square * (s * t) ** 2,
        inner_width=width,
    )


def answers(problem, t=1):
    O = parallel_optimum(problem)
    pieces = sorted((p.sigma, p.mask, len(p.atoms), len(p.vertices)) for p in O.pieces)
    W = two_widths(O)
    least = [W.m_star(k) for k in (1, 2)]
    return O.level, O.depth_helps, pieces, least, float(O.value / t / t)


@pytest.mark.parametrize(
    ("instance", "s", "t"),
    [
        pytest.param(
            SCALED[i], s, t, marks=() if (i, j) in HARDEST else pytest.mark.deep
        )
        for i in range(len(SCALED))
        for j, (s, t) in enumerate(FACTORS)
    ],
)  # fmt: skip
def test_scales_do_not_matter(instance, s, t):
    *same, value = answers(scaled(instance))
    *others, scaled_value = answers(scaled(instance, s, t), t)
    assert others == same
    assert scaled_value == pytest.approx(value, rel=1e-12)
    assert same[1]


@pytest.mark.parametrize(("s", "t"), FACTORS)
def test_scaled_problems_are_one_in_their_units(s, t):
    for instance in SCALED:
        one, other = (Units(scaled(instance, *of)) for of in ((1, 1), (s, t)))
        assert (one.design, one.y, one.weights, one.square) == (
            other.design, other.y, other.weights, other.square,
        )  # fmt: skip


def test_a_row_of_zeros_whose_kappa_is_far_from_the_others_does_not_matter():
    X, y, *others = SCALED[2]
    O = parallel_optimum(scaled(SCALED[2]))
    whole = parallel_optimum(scaled(([*X, [0, 0]], [*y, 10**7], *others)))
    rows, loss = range(len(X)), Fraction(10**14, 2)
    assert whole.kappa[-1] == 10**7
    assert float(whole.value - loss) == pytest.approx(float(O.value), rel=1e-12)
    assert [float(whole.kappa[i]) for i in rows] == pytest.approx([*map(float, O.kappa)])
    assert whole.depth_helps == O.depth_helps
    assert [len(p.vertices) for p in whole.pieces] == [len(p.vertices) for p in O.pieces]


def test_rows_of_very_different_sizes_are_of_order_one_in_their_units():
    U = Units(
        ParallelProblem([[10**9, 0], [0, Fraction(1, 10**9)], [0, 0]], [7, -1, 0], beta=3)
    )
    assert all(Fraction(1, 2) <= max(map(abs, x)) <= 2 for x in U.design[:2])
    assert Fraction(1, 2) <= max(map(abs, U.y)) <= 2
    assert Fraction(1, 4) <= U.square <= 4


def test_path_costs_of_unequal_parts_are_the_same_at_all_sizes():
    X, y, square = [[2, -2], [-1, 1], [-1, 0], [-1, -1]], [1, -3, -2, 6], 2
    found = []
    for s, t in ((1, 1), (1 / FAR, 10**6)):
        one = scaled((X, y, square, 2), s, t)
        D = one.two_layer
        O = parallel_optimum(
            ParallelProblem(
                D.X, y=D.y, beta_squared=D.beta_squared, inner_width=2, regulariser="path"
            )
        )
        counted = [(a.components, a.isolated) for a in two_widths(O).table(3, 2)]
        found.append((O.level, O.by_groups, [p.mask for p in O.pieces], counted))
        assert float(O.value / t / t) == pytest.approx(8.9389887485403)
    assert found[0] == found[1]
    assert found[0][:2] == ("interval", True)
