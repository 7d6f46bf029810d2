"""Cone projections against all subsets of rows, and the order of atoms."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polytope_nn.dual.atoms import atom, cone_projection, covector, multipliers, pull
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.linear import project_out
from polytope_nn.exact.scalar import dot, squared_norm

ints = st.integers(-4, 4).map(Fraction)


@st.composite
def cones(draw):
    d = draw(st.integers(1, 3))
    vectors = st.tuples(*[ints] * d)
    return draw(st.lists(vectors, max_size=6)), draw(vectors)


def by_subsets(rows, p):
    """The projection as the nearest feasible point among those onto all faces."""
    points = [
        project_out([rows[k] for k in chosen], p)
        for size in range(len(rows) + 1)
        for chosen in combinations(range(len(rows)), size)
    ]
    inside = [g for g in points if all(dot(row, g) >= 0 for row in rows)]
    return min(
        inside, key=lambda g: squared_norm([a - b for a, b in zip(p, g, strict=True)])
    )


@given(cones(), st.sets(st.integers(0, 5)))
@example(([(Fraction(1),), (Fraction(-1),)], (Fraction(3),)), {0, 1})
@example(([(Fraction(0), Fraction(0))], (Fraction(1), Fraction(-1))), {0})
def test_projection(cone, guess):
    rows, p = cone
    g, mu = cone_projection(rows, p, [k for k in guess if k < len(rows)])
    assert g == by_subsets(rows, p)
    assert all(x >= 0 for x in mu)
    columns = [[row[j] for row in rows] for j in range(len(p))]
    assert g == tuple(x + dot(mu, column) for x, column in zip(p, columns, strict=True))
    assert all(m * dot(row, g) == 0 for m, row in zip(mu, rows, strict=True))


def test_projection_over_a_number_field():
    K = NumberField([-2, 0, 1], (1, 2))
    a = K.generator
    one = Fraction(1)
    g, mu = cone_projection([(one, a)], (-a, Fraction(0)))
    assert dot((one, a), g) == 0
    assert mu == (a / 3,)


def test_no_multipliers_without_rows():
    assert multipliers([], (Fraction(1),), []) == {}


def test_pull_is_a_sum_over_active_rows():
    X = ((Fraction(1), Fraction(2)), (Fraction(3), Fraction(4)), (Fraction(0), Fraction(1)))
    kappa = (Fraction(1), Fraction(-1), Fraction(5))
    assert pull(X, kappa, 1, (1, 1, 0)) == (-2, -2)
    assert pull(X, kappa, -1, (1, -1, 1)) == (-1, -7)
    assert pull(X, kappa, 1, (-1, 0, -1)) == (0, 0)


def test_an_atom_on_a_face():
    X = ((Fraction(1), Fraction(0)), (Fraction(1), Fraction(1)), (Fraction(0), Fraction(0)))
    kappa = (Fraction(2), Fraction(3), Fraction(7))
    a = atom(X, kappa, -1, (1, 0, 0))
    assert a.g == (-1, 1)  # the projection of -(2, 0) onto the line of (1, -1)
    assert covector(X, a.g) == (-1, 0, 0)
    b = atom(X, kappa, 1, (1, 0, 0))
    assert covector(X, b.g) == (1, 0, 0)
    assert b.feature == (1, 0, 0)
    assert dot(kappa, b.feature) == squared_norm(b.g)


@pytest.mark.parametrize("sign", [1, -1])
def test_order(sign):
    X = ((Fraction(1),), (Fraction(-1),))
    kappa = (Fraction(1), Fraction(1))
    plus, minus = atom(X, kappa, sign, (1, -1)), atom(X, kappa, sign, (-1, 1))
    assert sorted([minus, plus], key=lambda a: a.key) == [plus, minus]
    other = atom(X, kappa, -sign, (-1, 1))
    first = min([plus, other], key=lambda a: a.key)
    assert first.sign == 1
