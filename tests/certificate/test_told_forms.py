"""Forms in kappa and ties of weights: what is known, but not 0, and what leaves a free column."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn.checker.claims.pieces import system, ties
from polytope_nn.checker.claims.problem.curves import Curve
from polytope_nn.checker.kernel.intervals import Interval, contains
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted

ONE = Fraction(1)


def numbers(*of):
    return [Fraction(t) for t in of]


class Known:
    """As if every form in kappa were known to have one value."""

    def __init__(self, value):
        self.kept = value

    def value(self, form):
        del form
        return self.kept


def test_a_form_of_another_value_is_not_0():
    for value in (ONE, -ONE, None):
        with pytest.raises(Refuted, match="is another"):
            ties.nought(Known(value), [ONE], "is another")
    ties.nought(Known(ONE - ONE), [ONE], "is another")
    ties.nought(Known(None), [ONE - ONE], "is another")


@pytest.mark.parametrize("value", [ONE, -ONE, None])
def test_a_zero_of_another_value_is_refused(monkeypatch, value):
    S = SimpleNamespace(D=SimpleNamespace(n=2, clock=Clock(Limits())), zeros=[])
    read = [[[1, -1], 1]]
    monkeypatch.setattr(system, "Exact", lambda *_: Known(value))
    monkeypatch.setattr(system, "equal", lambda *_: False)
    with pytest.raises(Refuted, match="a form is not proved to be 0"):
        system.vanish(S, [], read)
    assert S.zeros == []
    monkeypatch.setattr(system, "Exact", lambda *_: Known(ONE - ONE))
    system.vanish(S, [], read)
    assert S.zeros == [[ONE, -ONE]]


@pytest.mark.parametrize(
    ("form", "change", "known"),
    [
        ((1, -1, 0), {}, True),
        ((2, -2, 0), {}, True),
        ((1, 1, 0), {}, False),
        ((1, 0, -1), {}, False),
        ((0, 1, 1), {}, True),
        ((0, 1, -1), {}, False),
        ((1, -1, 1), {}, False),
        ((2, -1, 0), {}, False),
        ((1, -1, 0), {"pins": {1: ONE}}, False),
        ((1, -1, 0), {"Z": [numbers(1, 0, 0)]}, False),
        ((1, -1, 0), {"Z": [numbers(1, 1, -1)]}, True),
        ((1, -1, 0), {"at": numbers(3, 2, -3)}, False),
        ((1, -1, 0), {"slopes": numbers(1, 2, 1)}, False),
        ((1, -1, 0), {"slopes": numbers(0, 0, 1)}, False),
        ((1, -1, 0), {"curves": ["logistic", None, None]}, False),
        ((1, -1, 0), {"curves": ["logistic"] * 3}, True),
        ((0, 1, 1), {"curves": ["logistic"] * 3}, True),
        ((0, 1, 1), {"curves": ["poisson"] * 3}, False),
        ((0, 1, 1), {"curves": ["power"] * 3}, True),
        ((1, -1, 0), {"curves": ["power"] * 3, "at": numbers(3, 2, -3)}, False),
    ],
)
def test_entries_of_one_equation_are_equal(form, change, known):
    """Samples 1 and 2 are seen alike, sample 3 is their opposite."""
    given = {"pins": {}, "Z": [], "at": numbers(3, 3, -3), "slopes": [ONE] * 3}
    given |= {"curves": [None] * 3, **change}
    curves = [
        kind and Curve(kind, y, ONE, 3 * ONE, int)
        for kind, y in zip(given["curves"], given["at"], strict=True)
    ]
    face = SimpleNamespace(V={0: [1, 2], 1: [1, 2], 2: [-1, -2]}, columns=[0, 0])
    S = SimpleNamespace(
        D=SimpleNamespace(n=3, clock=Clock(Limits())), faces=[face], pins=given["pins"],
        Z=given["Z"], curve=curves.__getitem__, goal=given["at"].__getitem__,
        inverse=[0 if c else t for c, t in zip(curves, given["slopes"], strict=True)].__getitem__,
    )  # fmt: skip
    assert system.equal(S, numbers(*form)) is known
    face.V[1] = [1, 3]
    assert not system.equal(S, numbers(*form)) or not form[1]


def system_of_three(column, curves, labels):
    """A face that sees each sample alone; no slopes."""
    D = SimpleNamespace(n=3, clock=Clock(Limits()))
    face = SimpleNamespace(product=lambda i, k: Fraction(i == k), at=[0, 1, 2])
    return SimpleNamespace(
        D=D, Z=[numbers(*column)], faces=[face], curve=curves.__getitem__,
        own=lambda i: 0 * i, label=labels.__getitem__, still=lambda i: i and None,
    )  # fmt: skip


@pytest.mark.parametrize("column", [[1, 2, 1], [0, 1, 0]])
def test_a_tie_with_a_free_column_left_is_none(column):
    """Equal kappas of one loss have equal fits, but a skip fits the two samples differently."""
    curves = [Curve("poisson", ONE, ONE, ONE, int)] * 3
    S, E = system_of_three(column, curves, [0, 0, 0]), Known(ONE - ONE)
    E.kappa = [Interval.around(1, 1, 64)] * 3
    with pytest.raises(Refuted, match="a lambda is not told by these samples"):
        ties.level(S, E, numbers(1, -1, 0), None)
    assert ties.level(S, E, numbers(2, 0, -2), None) == [[2, 0, -2]]
    assert ties.level(S, E, numbers(-1, 1, 0), 0) == [[-1, 1, 0]]


@pytest.mark.parametrize(
    ("kind", "p", "y", "side"),
    [
        ("logistic", 2, (1, 1), 1),
        ("logistic", 2, (1, -1), -1),
        ("exponential", 2, (-1, 1), -1),
        ("poisson", 2, (3, 3), 1),
        ("power", 3, (2, 5), 1),
        ("power", "5/2", (2, -5), -1),
    ],
)
def test_fits_of_curves_that_are_alike_cancel(kind, p, y, side):
    """In intervals: at kappas that are equal, or opposite, the sum of fits is that of labels."""
    one, other = curves = [Curve(kind, *numbers(t, 1, p), int) for t in y]
    assert other.beside(one, side)
    t = Fraction(y[0], 4 * abs(y[0]))
    kappa = [Interval.around(s * t, s * t, 64) for s in (1, side)]
    apart = one.fit(kappa[0]) - side * other.fit(kappa[1])
    told = one.centre - side * other.centre
    assert contains(apart, told)
    S, E = system_of_three([0, 0, 0], [*curves, None], [0, 0, 0]), Known(ONE - ONE)
    E.kappa = [*kappa, kappa[0]]
    f = numbers(1, -side, 0)
    if told:
        with pytest.raises(Refuted, match="the sum of labels is another"):
            ties.cancel(S, E, f, "here")
        S.label = [-told, 0, 0].__getitem__
    ties.cancel(S, E, f, "here")
    with pytest.raises(Refuted, match="fits do not cancel"):
        ties.cancel(S, E, numbers(1, side, 0), "here")
    E.kept = None  # nothing says that they are
    with pytest.raises(Refuted, match="fits do not cancel"):
        ties.cancel(S, E, f, "here")


@pytest.mark.parametrize(
    ("kind", "y", "p", "still"),
    [("poisson", 3, 2, 2), ("logistic", -1, 2, "-1/2"), ("power", 2, 3, 4)],
)
def test_a_fit_that_kappa_says_is_0_adds_nothing(kind, y, p, still):
    curves = [Curve(kind, *numbers(y, 1, p), int), None, None]
    (t,) = numbers(still)
    S, E = system_of_three([0, 0, 0], curves, [0, 0, 0]), Known(t)
    S.still = [t, None, None].__getitem__
    E.kappa = [Interval.around(t, t, 64)] * 3
    assert contains(curves[0].fit(E.kappa[0]), ONE - ONE)
    f = numbers(1, 0, 0)
    ties.cancel(S, E, f, "here")
    for value in (None, t + 1):
        E.kept = value
        with pytest.raises(Refuted, match="fits do not cancel"):
            ties.cancel(S, E, f, "here")
    S.still = [None] * 3
    S.still, E.kept = S.still.__getitem__, t
    with pytest.raises(Refuted, match="fits do not cancel"):
        ties.cancel(S, E, f, "here")


@pytest.mark.parametrize(
    ("one", "other", "side"),
    [
        (("logistic", 1, 1, 2), ("logistic", 1, 1, 2), -1),
        (("logistic", 1, 1, 2), ("logistic", -1, 1, 2), 1),
        (("poisson", 0, 1, 2), ("poisson", 0, 1, 2), -1),
        (("poisson", 1, 1, 2), ("poisson", 2, 1, 2), 1),
        (("power", 1, 1, 3), ("power", 1, 2, 3), 1),
        (("power", 1, 1, 3), ("power", 1, 1, 4), 1),
        (("exponential", 1, 1, 2), ("logistic", 1, 1, 2), 1),
    ],
)
def test_other_curves_are_not_alike(one, other, side):
    one, other = (Curve(kind, *numbers(*of), int) for kind, *of in (one, other))
    assert not one.beside(other, side)
