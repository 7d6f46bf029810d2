"""The six primitive claims and the facts at level interval, one by one."""

from fractions import Fraction as Q
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.checker.claims.polytope import Held, alone
from polytope_nn.checker.claims.system import identities
from polytope_nn.checker.claims.system.equations import Face, System
from polytope_nn.checker.kernel.intervals import Interval, Regular, between, inner, linear
from polytope_nn.checker.kernel.isolation import isolated, squarefree
from polytope_nn.checker.kernel.numbers import Field, cleared, zero
from polytope_nn.checker.kernel.primitives import (
    combination,
    forest,
    inside,
    quadratic,
    side,
    tree,
)
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted

CLOCK = Clock(Limits(seconds=10**6))  # it starts when the tests are collected
HERE = ("here", "is not so")


def test_a_combination_is_multiplied_out():
    combination([(2, [1, 0]), (0, [5, 5]), (Q(1, 2), [0, 2])], [2, 1], CLOCK.tick, HERE)
    combination([], [0, 0], CLOCK.tick, HERE)
    with pytest.raises(Refuted, match="not so"):
        combination([(2, [1, 0])], [2, 1], CLOCK.tick, HERE)


def test_a_combination_of_long_fractions_is_that_of_short_ones():
    """Beyond a common denominator of some length sums are of fractions, not of integers."""
    long = [Q(1, 3**k) for k in (1, 3000, 4000)]
    for scale in (1, Q(1, 5**2000), Q(7, 10**1500)):
        v = [scale * t for t in long]
        target = [2 * scale * t - scale for t in long]
        terms = [(2, v), (Q(-1, 2), [2 * scale] * 3)]
        combination(terms, target, CLOCK.tick, HERE)
        with pytest.raises(Refuted, match="not so"):
            combination(terms, [*target[:2], target[2] + Q(1, 11**900)], CLOCK.tick, HERE)


def test_sides_and_sets():
    assert [side([1, 2], [3, -1], t) for t in (0, 1, 2)] == [1, 0, -1]
    assert inside(0b101, 0b111)
    assert not inside(0b101, 0b110)


def leaves(tokens, **options):
    """Walk over members 0, 1, 2; -1 - i decides i, other tokens are leaves."""

    def branch(token, *_):
        return -1 - token if token < 0 else None

    return list(tree(tokens, branch, CLOCK.tick, "here", **options))


def test_a_tree_leaves_no_branch_out():
    assert leaves([7]) == [(7, 0, 0)]
    assert leaves([-1, 1, -2, 2, 3]) == [(1, 1, 0), (2, 2, 1), (3, 0, 3)]
    assert leaves([-1, -2, 1, 2], halved=True) == [(1, 3, 0), (2, 1, 2)]
    with pytest.raises(Refuted, match="ends too early"):
        leaves([-1, 1])
    with pytest.raises(Refuted, match="goes on"):
        leaves([-1, 1, 2, 3])
    with pytest.raises(Refuted, match="comes twice"):
        leaves([-1, -1, 1, 2, 3])


@given(st.randoms(use_true_random=False))
def test_every_pair_of_sets_is_below_one_leaf(random):
    tokens = []

    def grow(free):
        if free and random.random() < 0.8:
            i = random.choice(sorted(free))
            tokens.append(-1 - i)
            grow(free - {i})
            grow(free - {i})
        else:
            tokens.append(1)

    grow({0, 1, 2, 3})
    found = leaves(tokens)
    for plus in range(16):
        minus = 15 & ~plus
        below = [1 for _, a, b in found if inside(a, plus) and inside(b, minus)]
        assert len(below) == 1


def test_a_forest_leads_to_roots():
    def near(i, j):
        return abs(i - j) <= 1

    assert forest([0, 1, 2, 5], [0, 0, 1, 5], [1, 2, 3, 1], near, HERE) == {
        0: 0, 1: 0, 2: 0, 5: 5,
    }  # fmt: skip
    with pytest.raises(Refuted, match="no smaller rank"):
        forest([0, 1], [1, 0], [1, 1], near, HERE)
    with pytest.raises(Refuted, match="not so"):
        forest([0, 5], [0, 0], [1, 2], near, HERE)


def test_a_form_is_a_product():
    def entry(i, j):  # x^2 - y^2 = (x + y)(x - y)
        return (1, -1)[i] if i == j else 0

    quadratic(entry, [1, 1], [1, -1], CLOCK.tick, HERE)
    with pytest.raises(Refuted, match="not so"):
        quadratic(entry, [1, 1], [1, 1], CLOCK.tick, HERE)


def test_roots_are_counted_and_squares_are_seen():
    f = [-1, 6, -5, -2, 1]
    assert isolated(f, (-3, -2, 1), CLOCK) == 1
    assert isolated(f, (-3, 3, 1), CLOCK) >= 2
    assert isolated([1, 0, 1], (-5, 5, 1), CLOCK) == 0
    assert isolated([0, -1, 0, 1], (-1, 1, 2), CLOCK) == 1  # a root in the middle
    assert squarefree(f, CLOCK.tick)
    assert not squarefree([4, 0, -4, 0, 1], CLOCK.tick)  # (t^2 - 2)^2
    with pytest.raises(Refuted, match="a factor twice"):
        Field({"poly": [-2, 4, -1, -2, 1], "root": ["-3/2", "-7/5"]}, CLOCK)


def test_a_number_that_is_not_0_shows_it():
    """In Q[t] modulo (t^2 - 2)(t^2 - 3) the polynomial t^2 - 2 is 0 at sqrt(2), not modulo f."""
    field = Field(
        {"poly": [6, 0, -5, 0, 1], "root": ["7/5", "3/2"]}, Clock(Limits(digits=40))
    )
    hidden, seen = field.made([-2, 0, 1, 0]), field.made([-3, 0, 1, 0])
    assert not zero(seen)
    assert zero(hidden * seen)
    with pytest.raises(Refuted, match="hidden zero"):
        zero(hidden)
    with pytest.raises(Refuted, match="hidden zero"):
        field.integers([[-2, 0, 1, 0], 0], 2, "here")
    columns = Held([[Q(1), hidden]])
    with pytest.raises(Refuted, match="hidden zero"):
        alone(SimpleNamespace(field=field, clock=field.clock), columns, 1, [[0, 1]])


@given(
    roots=st.lists(st.integers(-6, 6), min_size=1, max_size=5, unique=True),
    low=st.integers(-9, 8),
    size=st.integers(1, 9),
)
def test_isolated_agrees_with_the_roots(roots, low, size):
    f = [1]
    for r in roots:
        f = [s - r * t for s, t in zip([0, *f], [*f, 0], strict=True)]
    ends = (2 * low + 1, 2 * (low + size) + 1, 2)  # half integers: no roots
    inner_roots = sum(ends[0] < 2 * r < ends[1] for r in roots)
    assert min(isolated(f, ends, CLOCK), 2) == min(inner_roots, 2)


def test_room_for_numbers_is_bounded():
    with pytest.raises(Refuted, match="too long together"):
        CLOCK.hold(10**6, 10**6, "here")
    with pytest.raises(Refuted, match="too long together"):
        cleared([Q(1, 3**100_000)] + [Q(1)] * 10**4, CLOCK)


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(-99, 99)), max_size=4),
    st.integers(1, 7),
)
def test_linear_forms_of_intervals_contain_the_number(pairs, den):
    xs = [Interval.around(Q(t, 7), Q(t, 7), 8) for _, t in pairs]
    value = sum((Q(c * t, 7 * den) for c, t in pairs), Q(0))
    found = linear([c for c, _ in pairs], den, xs, 8)
    assert found.low <= value * 256 <= found.high
    square = inner(xs, xs, 8)
    assert square.low <= sum(Q(t, 7) ** 2 for _, t in pairs) * 256 <= square.high


ends = st.tuples(st.integers(-9, 9), st.integers(0, 6)).map(
    lambda pair: Interval(pair[0], pair[0] + pair[1], 3)
)


@given(ends, ends)
def test_the_ends_of_a_product_are_those_of_the_corners(x, z):
    corners = [s * t for s in (x.low, x.high) for t in (z.low, z.high)]
    assert between(x, z) == (min(corners), max(corners))
    product = x * z
    assert (product.low, product.high) == (min(corners) // 8, -(-max(corners) // 8))


@given(
    st.lists(st.lists(st.integers(-5, 5), min_size=3, max_size=3), min_size=3, max_size=3)
)
def test_an_elimination_serves_every_right_side(rows):
    columns = [[Interval(row[j] << 60, row[j] << 60, 60) for row in rows] for j in range(3)]
    a, b, c = rows
    cross = [a[i - 2] * b[i - 1] - a[i - 1] * b[i - 2] for i in range(3)]
    if not sum(s * t for s, t in zip(cross, c, strict=True)):
        with pytest.raises(Refuted, match="division by 0"):
            Regular(CLOCK, columns, "here")
        return
    found = Regular(CLOCK, columns, "here")
    for x in ((1, 2, -3), (0, 5, 1)):
        right = [sum(s * t for s, t in zip(row, x, strict=True)) << 60 for row in rows]
        solved = found.solution([Interval(t, t, 60) for t in right])
        assert all(z.low <= t << 60 <= z.high for t, z in zip(x, solved, strict=True))
        assert all(z.high - z.low < 1 << 30 for z in solved)


class Told:
    """Answers that were told beforehand."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def ask(self, *_):
        return self.answers.pop(0)


def system(faces, hints, Z=()):
    """Return a small system: weights 1, y = 0, beta = 5."""
    D = SimpleNamespace(
        n=2, clock=CLOCK, exactly=False, weights=[Q(1)] * 2, y=[Q(3), Q(0)], beta_squared=25
    )
    return System(D, [], {}, 16, Told(*hints), faces=faces, Z=list(Z))


def around(*values):
    return [Interval.around(Q(v) - Q(1, 9), Q(v) + Q(1, 9), 16) for v in values]


def test_an_entry_is_the_root_of_its_face():
    """The face (3, t) of length 5, 3 known: t = 4, and neither -4 nor anything else."""
    known = Face([0], {1: [3, 0]}, 1)
    both = Face([1], {0: [1, 0], 1: [0, 1]}, 1)
    S = system([Face([0], {1: [5]}, 1)], [[[1, 0, [[1], 1]]]])
    assert identities.Exact(S, around(3, 1)).known == {0: 3, 1: 1}
    for read, kappa in (
        ([1, 0, [[2], 1]], (3, 2)),  # no root
        ([1, 0, [[-1], 1]], (3, 1)),  # the other root
        ([0, 0, [[1], 1]], (3, 1)),  # not an entry of the face
    ):
        with pytest.raises(Refuted, match="not proved to be this number"):
            identities.Exact(system([Face([0], {1: [5]}, 1)], [[read]]), around(*kappa))
    S = system([both, known], [[[1, 0, [[4], 1]]]])
    with pytest.raises(Refuted, match="not proved to be this number"):
        identities.Exact(S, around(3, 4))  # the other entry is not known


def test_a_form_is_zero_as_a_factor():
    """|kappa_0| = |kappa_1| = 5: the difference of the faces is (k0 - k1)(k0 + k1)."""
    faces = [Face([0], {0: [1]}, 1), Face([1], {1: [1]}, 1)]
    E = identities.Exact(system(faces, [[], [0, 1, [[1, 1], 1]]]), around(5, 5))
    E.known = {}
    assert E.value([1, -1]) == 0
    for answer, kappa, why in (
        ([0, 1, [[1, -1], 1]], (5, 5), "do not differ by that product"),
        ([0, 1, [[1, 1], 1]], (5, -5), "the other factor may be 0"),
        ([0, 1], (5, 5), "no sum and no product"),
    ):
        E = identities.Exact(system(faces, [[], answer]), around(*kappa))
        with pytest.raises(Refuted, match=why):
            E.value([1, -1])


def test_a_form_is_zero_as_a_factor_modulo_what_is_free():
    """k0 + k1 + k2 is the price 2: |k0| = |k1| = 5 and k2 = -8 make 2 - k2 = 2 k0.

    So k0^2 - k1^2 = (2 k0 + k2 - 2) (2 - k2) + (k0 + k1 + k2 - 2) (k0 - k1 + k2 - 2).
    """
    faces = [Face([0], {0: [1]}, 1), Face([1], {1: [1]}, 1)]
    entries, form, price = (5, 5, -8, 1), [2, 0, 1, -2], Q(2)
    other, w = [[0, 0, -1, 2], 1], [[1, -1, 1, -2], 1]
    for answer, why in (
        ([0, 1, other, [w]], None),
        ([0, 1, other, [[[1, -1, 1, -1], 1]]], "do not differ by that product"),
        ([0, 1, other, []], "must have 1 entries"),
        ([0, 1, other], "do not differ by that product"),
    ):
        S = system(faces, [[], answer], [[1, 1, 1, 0]])
        S.D.n, S.D.weights, S.D.y, S.prices[0] = 4, [Q(1)] * 4, [Q(0)] * 3 + [Q(1)], price
        E = identities.Exact(S, around(*entries))
        assert E.known == {3: 1}  # a number, as a form
        if why is None:
            assert E.value(form) == 0
            continue
        with pytest.raises(Refuted, match=why):
            E.value(form)


def test_a_form_is_a_sum_of_what_is_known():
    E = identities.Exact(system([], [[], [[[2], 1]], [[[1], 1]]], [[1, 1]]), around(3, -3))
    E.known = {0: Q(3)}
    E.S.prices[0] = Q(7)
    E.S.hints = Told([[[2], 1]], *E.S.hints.answers)
    assert E.value([5, 2]) == 14 + 9  # where Z'kappa is 7
    E.S.prices.clear()
    assert E.value([5, 2]) == 9  # 2 (1, 1) + (3, 0)
    with pytest.raises(Refuted, match="not that combination"):
        E.value([5, 2])
