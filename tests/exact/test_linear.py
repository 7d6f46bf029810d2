"""Linear algebra over Q, over number fields and over balls; sympy's matrices as oracle."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st
from sympy.polys.matrices import DomainMatrix

from polytope_nn.errors import InexactError, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic, FieldError, NumberField
from polytope_nn.exact.linear import (
    independent_rows,
    kernel,
    project_out,
    projector,
    rank,
    rref,
    solve,
    transpose,
)
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.exact.scalar import RealNumber, dot, squared_norm

FIELD = NumberField([-1, -7, 0, 3], ("1.5", "1.7"))
rational_entry = st.sampled_from([0, 0, 1, -1, "1/2", -3, "7/5", 10**12]).map(Fraction)
field_entry = st.lists(st.integers(-2, 2), min_size=3, max_size=3).map(FIELD.element)


def matrices(entry, rows=4, columns=4):
    return st.tuples(st.integers(1, rows), st.integers(1, columns)).flatmap(
        lambda shape: st.lists(
            st.lists(entry, min_size=shape[1], max_size=shape[1]),
            min_size=shape[0],
            max_size=shape[0],
        )
    )


rational_matrices = matrices(rational_entry)
mixed_matrices = matrices(rational_entry | field_entry)


def times(A, x):
    return [dot(row, x) for row in A]


@given(rational_matrices)
@example([[Fraction(0)]])
def test_echelon_form_against_sympy(A):
    R, pivots = rref(A)
    rows = [[sympy.QQ(x.numerator, x.denominator) for x in row] for row in A]
    expected, columns = DomainMatrix(rows, (len(A), len(A[0])), sympy.QQ).rref()
    table = expected.to_list()[: len(columns)]
    assert pivots == tuple(columns)
    assert [
        [Fraction(int(x.numerator), int(x.denominator)) for x in row] for row in table
    ] == [list(row) for row in R]
    assert all(type(x) is Fraction for row in R for x in row)


@given(mixed_matrices)
@example([[FIELD.generator, FIELD.generator**2], [Fraction(1), FIELD.generator]])
def test_laws_over_a_field(A):
    m, n = len(A), len(A[0])
    R, pivots = rref(A)
    r = rank(A)
    assert len(R) == len(pivots) == r <= min(m, n)
    for i, (row, p) in enumerate(zip(R, pivots, strict=True)):
        assert row[p] == 1
        assert all(other[p] == 0 for k, other in enumerate(R) if k != i)
        assert all(x == 0 for x in row[:p])
    # the same row space: neither side adds anything to the other
    assert rref([*A, *R])[0] == R
    basis = kernel(A, n)
    assert len(basis) == n - r
    for x in basis:
        assert all(t == 0 for t in times(A, x))
    assert rank(transpose(A)) == r
    rows = independent_rows(A)
    assert rank([A[i] for i in rows]) == r == len(rows)
    P = projector(A, n)
    assert P == transpose(P)
    assert [tuple(times(P, row)) for row in P] == [tuple(row) for row in P]
    assert all(t == 0 for row in P for t in times(A, row))
    assert sum((P[i][i] for i in range(n)), Fraction(0)) == n - r
    y = project_out(A, A[0])
    assert all(t == 0 for t in y)


@given(mixed_matrices, st.data())
def test_solutions(A, data):
    entry = st.lists(rational_entry, min_size=len(A[0]), max_size=len(A[0]))
    x = data.draw(entry)
    b = times(A, x)
    found = solve(A, b)
    assert times(A, found) == b
    free = set(range(len(A[0]))) - set(rref(A)[1])
    assert all(found[j] == 0 for j in free)
    wrong = data.draw(st.lists(rational_entry, min_size=len(A), max_size=len(A)))
    found = solve(A, wrong)
    if found is None:
        assert rank([[*row, t] for row, t in zip(A, wrong, strict=True)]) == rank(A) + 1
    else:
        assert times(A, found) == wrong


def test_rational_results_over_a_field_are_fractions():
    a = FIELD.generator
    R, pivots = rref([[a, 2 * a, a * a], [Fraction(0), Fraction(0), Fraction(0)]])
    assert pivots == (0,)
    assert R == ((1, 2, a),)
    assert [type(x) for x in R[0]] == [Fraction, Fraction, Algebraic]
    assert kernel([[a, 2 * a]], 2) == (vector([-2, 1]),)
    assert rref([[a - a, a - a]]) == ((), ())


def test_two_fields_in_one_matrix_are_refused():
    other = NumberField([-2, 0, 1], (1, 2)).generator
    with pytest.raises(FieldError):
        rref([[FIELD.generator, other]])


def test_degenerate_shapes():
    assert rref([]) == ((), ())
    assert rref([[], []]) == ((), ())
    assert kernel([], 2) == (vector([1, 0]), vector([0, 1]))
    assert kernel([[Fraction(0)] * 2], 2) == (vector([1, 0]), vector([0, 1]))
    assert solve([], []) == ()
    assert independent_rows([]) == ()
    assert projector([], 1) == (vector([1]),)
    assert project_out([[Fraction(0)]], vector([3])) == (3,)
    assert rank(matrix([[0, 0]])) == 0


def test_integers_pass_the_gate_and_floats_do_not():
    assert rref([[2, 1], [np.int64(4), 3]]) == (matrix([[1, 0], [0, 1]]), (0, 1))
    assert all(type(x) is Fraction for row in rref([[2, 1]])[0] for x in row)
    assert rref([[2, FIELD.generator]])[0][0] == (1, FIELD.generator / 2)
    with pytest.raises(InexactError):
        rref([[0.5]])


def third(n=1):
    return Ball.from_rational(Fraction(n, 3))


@given(matrices(rational_entry, 3, 4))
def test_balls_enclose_or_are_undecided(A):
    balls = [
        [x if x.denominator == 1 else Ball.from_rational(x, 80) for x in row] for row in A
    ]
    try:
        R, pivots = rref(balls)
    except Undecided:
        return
    exact, columns = rref(A)
    assert pivots == columns
    for row, enclosed in zip(exact, R, strict=True):
        for x, ball in zip(row, enclosed, strict=True):
            assert x in ball if isinstance(ball, RealNumber) else x == ball


def test_a_ball_that_may_be_zero_is_no_pivot_but_may_be_eliminated():
    doubtful = third() - third()
    R, pivots = rref([[doubtful, third()], [third(), Fraction(0)]])
    assert pivots == (0, 1)
    assert R[1][1] == 1
    with pytest.raises(Undecided, match="the sign of"):
        rref([[doubtful, third()], [Fraction(0), third()]])
    with pytest.raises(Undecided):
        rank([[third(), third(2)], [third(2), third(4)]])


def test_exact_zeros_survive_the_choice_of_pivots():
    R, _ = rref([[Fraction(1), Fraction(1), third()], [third(), Fraction(0), Fraction(0)]])
    assert R[0][1:] == (0, 0)
    assert type(R[0][2]) is Fraction or R[0][2].is_exact


def test_a_pivot_with_few_bits_is_avoided():
    weak = Ball.from_interval(1, 2)
    R, _ = rref([[weak, Fraction(0), Fraction(0)], [third(), third(), third(5)]])
    assert R[0][0] == 1
    x = solve([[weak, Fraction(1)], [third(), third(2)]], [Fraction(1), Fraction(1)])
    assert all(isinstance(t, Ball) for t in x)


@given(st.lists(st.tuples(*[st.fractions(max_denominator=10**9)] * 2), max_size=9))
@example([(Fraction(1, 6), Fraction(1, 10)), (Fraction(-1, 12), Fraction(1, 5))])
def test_rational_dot_products_are_sums_of_products(pairs):
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    found = dot(a, b)
    assert type(found) is Fraction
    assert (found.numerator, found.denominator) == sum(
        (x * y for x, y in pairs), Fraction(0)
    ).as_integer_ratio()
    ball, last = third(), Fraction(3, 7)  # from a ball on, term by term: no bit is lost
    mixed = dot([*a, ball, *a], [*b, last, *b])
    total = found + ball * last
    for x, y in pairs:
        total = total + x * y if x and y else total
    assert (mixed.lower, mixed.upper) == (total.lower, total.upper)


@given(matrices(rational_entry))
def test_pivots_without_the_rows_are_those_of_the_form(A):
    assert rank(A) == len(rref(A)[1])
    assert independent_rows(A) == rref(transpose(A))[1]


@given(st.integers(1, 3))
def test_mixed_dot_products(n):
    a = FIELD.generator
    assert dot([a] * n, [Fraction(2)] * n) == 2 * n * a
    assert squared_norm([a, Fraction(0), Fraction(1)]) == a * a + 1
    assert dot([Fraction(0)], [third()]) == 0
