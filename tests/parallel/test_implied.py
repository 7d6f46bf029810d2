"""Lengths that follow from others, minors that are 0, and instances where they decide."""

from fractions import Fraction

import pytest

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import dot
from polytope_nn.parallel.conditions.vertices import conditioned_vertices
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.equations.implied import Implied, factors
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.problem import ParallelProblem

ONE = Fraction(1)
NEAR = Fraction(1, 10**30)


def ball(x):
    return Ball.from_interval(x - NEAR, x + NEAR)


def square(*line):
    """The form of the square of a linear form."""
    return product(line, line)


def product(one, other):
    found = {}
    for p, a in enumerate(one):
        for q, b in enumerate(other):
            key = (min(p, q), max(p, q))
            found[key] = found.get(key, 0) + Fraction(a) * b
    return {key: t for key, t in found.items() if t}


@pytest.mark.parametrize(
    "one, other",
    [
        ((1, 2, 0), (3, -1, 5)),
        ((0, 1, 1), (1, 0, 2)),
        ((0, 1, 0), (1, 0, 0)),
        ((2, 3, 0), (2, 3, 0)),
        ((1, 1, 0), (-2, -2, 0)),
        ((0, 0, 1), (Fraction(1, 2), 1, 1)),
    ],
)
def test_factors(one, other):
    found = factors(product(one, other))
    assert len(found) == 2
    for l, m in found:
        lines = [[t.get(p, 0) for p in range(3)] for t in (l, m)]
        assert product(*lines) == product(one, other)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {(0, 0): ONE, (1, 1): ONE},
        {(0, 0): ONE, (1, 1): -2 * ONE},
        {(0, 0): ONE, (1, 1): ONE, (2, 2): -ONE},
    ],
)
def test_what_is_no_product(form):
    assert factors(form) == []


def test_a_length_that_follows():
    """Of x^2 = (x + y)^2 with y not 0 follows y = -2x."""
    facts = Implied((ball(ONE), ball(-2 * ONE)), (("a", square(1, 0)), ("a", square(1, 1))))
    assert [tuple(map(int, (2 * t for t in row))) for row in facts.vanishing] == [(2, 1)]
    assert facts.holds(square(3, 1))
    assert not facts.holds(square(1, Fraction(1, 3)))
    assert not facts.holds(product((1, 0), (1, 1)))  # x^2 + xy: no factor of xy is 0
    assert facts.vanishes([[{0: ONE}, {1: ONE}], [{0: ONE}, {0: -2 * ONE}]])
    assert not facts.vanishes([[{0: ONE}, {1: ONE}], [{0: ONE}, {0: ONE}]])


def test_no_fact_where_both_factors_may_vanish():
    y = Ball.from_interval(-1, 1)
    facts = Implied((y, y), (("a", square(1, 0)), ("a", square(1, 1))))
    assert facts.vanishing == ()
    assert not facts.holds(square(3, 1))


def test_a_minor_that_is_known_to_be_0():
    """Conditions ``c_0 = c_1`` and ``c_0 >= c_1``, in balls, on a third mass."""
    one = ball(ONE)
    equations, above = [(ONE, ONE, ONE), (one, -one, ONE * 0)], [(one, -one, ONE)]
    with pytest.raises(Undecided):
        conditioned_vertices(equations, [ONE, ONE * 0], above)
    found = conditioned_vertices(
        equations,
        [ONE, ONE * 0],
        above,
        lambda rows, columns: ({*rows}, {*columns}) == ({1, 2}, {0, 1}),
    )
    supports = [[j for j, x in enumerate(v) if x != 0] for v, _ in found]
    assert supports == [[0, 1], [2]]
    assert [s[0] == 0 for _, s in found] == [True, False]


ORTHOGONAL = [
    [-1, 3, 3], [-1, -3, 1], [1, 2, 1], [2, 3, 3],
    [3, 3, 2], [3, -3, -3], [2, 0, 2], [0, 3, -3],
]  # fmt: skip
FIVE = [[-2, 2], ["1.01", -1], [-1, -2], [-2, -2], [-2, 1]]
LITTLE = [
    [2, -1, -2], [3, -2, -1], [1, 2, 1], [3, -3, -1],
    [1, 0, -1], [-1, -3, -3], [0, 0, 3], [-2, 2, -2],
]  # fmt: skip


@pytest.mark.parametrize(
    "X, y, beta, k, sizes",
    [
        (FIVE, [-3, -3, 4, 4, -3], "1/10", 3, [3, 3, 1]),  # a neuron
        pytest.param(
            ORTHOGONAL, [2, -5, -4, 4, -2, 5, -2, 3], "1/2", None, [4, 2, 2, 1, 1],
            marks=pytest.mark.deep,
        ),
        pytest.param(  # a branch
            ORTHOGONAL, [2, -5, -4, 4, -2, 5, -2, 3], "1/10", None, [4, 2, 2, 1, 1],
            marks=pytest.mark.deep,
        ),
        pytest.param(  # of little mass
            LITTLE, [-4, -3, -1, -3, 4, 3, 3, -1], "1/10", None, [3, 3, 3, 2, 1, 1],
            marks=pytest.mark.deep,
        ),
    ],
)  # fmt: skip
def test_pieces_that_no_equation_tells(X, y, beta, k, sizes):
    D = ParallelProblem(X, y, beta=beta, inner_width=k)
    O = parallel_optimum(D)
    assert (O.level, O.missing, O.depth_helps) == ("interval", "", True)
    assert sorted((len(p.atoms) for p in O.pieces), reverse=True) == sizes
    square = D.unit_beta_squared
    for p in O.pieces:
        for a in p.atoms:
            apart = dot(a.g, a.g) - square
            assert abs(float(apart)) < 1e-60
        for v in p.vertices:  # the branch attains beta
            cost = dot(O.kappa, p.output(v)) * p.sigma
            assert abs(float(cost * p.sigma - square)) < 1e-60
    assert two_widths(O).inner_rank == max(p.rank for p in O.pieces)
