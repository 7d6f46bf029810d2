"""The exact simplex method: all bases as oracle, degenerate data, Farkas vectors, fields."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import UnboundedError
from polytope_nn.exact.linear import rank, solve, transpose
from polytope_nn.exact.radical import root, total
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.farkas import below, integer_alternative, roomy_shares
from polytope_nn.geometry.simplex import Tableau, falling, feasible, pruned, sliding

small = st.integers(-2, 2).map(Fraction)


def columns(n, most):
    return st.lists(st.tuples(*[small] * n), min_size=1, max_size=most)


def basic_solutions(F, z):
    """Every basic solution, from all independent sets of columns."""
    for size in range(len(z) + 1):
        for chosen in combinations(range(len(F)), size):
            if size and rank([F[j] for j in chosen]) < size:
                continue
            x = solve(transpose([F[j] for j in chosen]), z) if chosen else ()
            if chosen and x is not None and all(t >= 0 for t in x):
                yield {j: t for j, t in zip(chosen, x, strict=True) if t}
            if not chosen and not any(z):
                yield {}


def made(F, c, n):
    return tuple(sum((t * F[j][k] for j, t in c.items()), Fraction(0)) for k in range(n))


@given(columns(3, 6), st.tuples(small, small, small))
def test_feasible_or_a_farkas_vector(F, z):
    c, y = feasible(F, z)
    if c is None:
        assert all(dot(y, f) >= 0 for f in F)
        assert dot(y, z) < 0
        assert not list(basic_solutions(F, z))
    else:
        assert y == ()
        assert made(F, c, 3) == z
        assert all(t > 0 for t in c.values())


@given(columns(2, 5), st.lists(st.integers(0, 3), min_size=5, max_size=5), st.data())
def test_falling_ends_at_the_cheapest_basic_solution(F, c, data):
    roots = st.integers(1, 8).map(root)
    prices = data.draw(st.lists(roots, min_size=len(F), max_size=len(F)))
    start = {j: Fraction(t) for j, t in enumerate(c[: len(F)]) if t}
    z = made(F, start, 2)
    kept = pruned(F, prices, start)
    assert made(F, kept, 2) == z
    assert rank([F[j] for j in kept]) == len(kept) if kept else True

    def cost(masses):
        return total(prices[j] * t for j, t in masses.items())

    assert cost(kept) <= cost(start)
    T = Tableau.of(F, z, sorted(kept))
    assert T.solution() == kept
    before = kept
    for masses in falling(T, prices):
        assert made(F, masses, 2) == z
        assert cost(masses) < cost(before)
        assert len({*masses, *before}) <= rank(F) + 1
        before = masses
    assert all(cost(before) <= cost(x) for x in basic_solutions(F, z))


@given(columns(2, 5), st.data())
def test_sliding_stays_cheapest(F, data):
    masses = st.lists(st.integers(0, 2), min_size=len(F), max_size=len(F))
    ends = [
        made(F, {j: Fraction(t) for j, t in enumerate(data.draw(masses))}, 2)
        for _ in range(2)
    ]
    prices = [root(j + 1) for j in range(len(F))]
    start, _ = feasible(F, ends[0])
    T = Tableau.of([*F, ends[1]], ends[0], sorted(pruned(F, prices, start)))
    list(falling(T, prices))
    last = T.solution()
    for c in sliding(T, prices):
        # a fit on the segment, reached at the least cost; few columns on the way
        z = made(F, c, 2)
        moved = [(p - a, b - a) for p, a, b in zip(z, *ends, strict=True)]
        assert moved[0][0] * moved[1][1] == moved[1][0] * moved[0][1]
        best = min(
            (total(prices[j] * t for j, t in x.items()) for x in basic_solutions(F, z)),
            key=float,
        )
        assert total(prices[j] * t for j, t in c.items()) == best
        assert len({*c, *last}) <= rank(F)
        last = c
    assert made(F, last, 2) == ends[1]


def test_what_has_no_minimum():
    one = Fraction(1)
    F = [(one,), (-one,)]
    with pytest.raises(UnboundedError, match="dependency"):
        pruned(F, [-one, -one], {0: one, 1: one})
    with pytest.raises(UnboundedError, match="column 1"):
        list(falling(Tableau.of(F, (one,), [0]), [-one, -one]))
    assert pruned(F, [0 * one, 0 * one], {0: one, 1: 2 * one}) == {1: one}
    assert pruned(F, [one, one], {}) == {}
    assert Tableau.of([], (0 * one,), []).solution() == {}


SMALL = st.integers(-3, 3)
ROWS = st.integers(1, 4)


@given(st.data())
def test_what_divides_a_row_changes_no_combination(data):
    n = data.draw(ROWS)
    column = st.tuples(*[SMALL] * n)
    columns, b = data.draw(st.lists(column, max_size=6)), data.draw(column)
    for i in range(n):  # a slack, of either sign, or none: a row with 0 starts with its own
        slack = data.draw(st.sampled_from([-1, 0, 1]))
        columns += [tuple(slack * (i == k) for k in range(n))] if slack else []
    parts = data.draw(st.tuples(*[st.sampled_from([1, 1, 4, 6, 1 << 70])] * n))

    def times(v):
        return tuple(t * s for t, s in zip(v, parts, strict=True))

    long, right = list(map(times, columns)), times(b)
    masses, w = integer_alternative(long, right)
    if masses is None:
        assert all(dot(w, v) >= 0 for v in long)
        assert dot(w, right) < 0
    else:
        made = [sum(c * long[j][i] for j, c in masses.items()) for i in range(n)]
        assert tuple(made) == right
    assert (masses is None) == (integer_alternative(columns, b)[0] is None)


@given(st.data())
def test_roomy_shares_are_inside_and_make_the_sum(data):
    m = data.draw(ROWS)
    unit = [[Fraction(int(i == j)) for i in range(m)] for j in range(m)]
    others = data.draw(st.lists(st.lists(SMALL.map(Fraction), min_size=m, max_size=m)))
    columns = [*unit, *others[:4]]
    inside = data.draw(
        st.tuples(*[st.sampled_from([Fraction(1, 4), Fraction(1, 2)])] * len(columns))
    )
    b = [dot(inside, [c[i] for c in columns]) for i in range(m)]
    found = roomy_shares(columns, b)
    assert len(found) == len(columns)
    assert all(0 < t < 1 for t in found[:m])
    assert all(0 <= t <= 1 for t in found)
    off = [dot(found, [c[i] for c in columns]) - t for i, t in enumerate(b)]
    assert max(map(abs, off)) < Fraction(1, 1 << 18)


@given(
    st.integers(1, 3).flatmap(
        lambda p: st.lists(st.tuples(*[small] * (p + 1)), min_size=1, max_size=8)
    )
)
def test_a_point_below_ends_or_what_forbids_it(drawn):
    """Beside the simplex method with a slack for each row."""
    rows, ends = [t[:-1] for t in drawn], tuple(t[-1] for t in drawn)
    a, c = below(rows, ends)
    p, n = len(rows[0]), len(rows)
    both = [tuple(s * row[i] for row in rows) for s in (1, -1) for i in range(p)]
    slacks = [tuple(Fraction(int(i == k)) for i in range(n)) for k in range(n)]
    assert (a is None) == (feasible([*both, *slacks], ends)[0] is None)
    if a is not None:
        assert not c
        assert all(dot(row, a) <= end for row, end in zip(rows, ends, strict=True))
    else:
        assert all(t > 0 for t in c.values())
        assert made(rows, c, p) == (0,) * p
        assert sum(t * ends[j] for j, t in c.items()) == -1


@given(columns(3, 5), st.tuples(*[small] * 3), st.lists(st.integers(0, 5), max_size=4))
def test_slacks_among_the_columns_leave_the_answer(F, z, places):
    """A column e_i is basic from the start; the witness is one of the columns as given."""
    units = [
        tuple(Fraction((-1) ** (k // 3) * (i == k % 3)) for i in range(3)) for k in places
    ]
    A = [tuple(map(int, v)) for v in (*F, *units)]
    masses, w = integer_alternative(A, tuple(map(int, z)))
    assert (masses is None) is (feasible([*F, *units], z)[0] is None)
    if masses is not None:
        assert min(masses.values(), default=1) > 0
        assert made(A, masses, 3) == z
    else:
        assert all(dot(w, v) >= 0 for v in A)
        assert dot(w, z) < 0


def test_where_slacks_are_a_solution_nothing_is_pivoted(monkeypatch):
    monkeypatch.setattr("polytope_nn.geometry.farkas._pivoted", None)
    slacks = [tuple(int(i == k) for i in range(40)) for k in range(40)]
    masses, _ = integer_alternative([(1,) * 40, *slacks], tuple(range(40)))
    assert masses == {k + 1: k for k in range(1, 40)}
