"""Forms in kappa and ties of weights: what is known, but not 0, and what leaves a free column."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn.checker.claims.pieces import system, ties
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted

ONE = Fraction(1)


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
    with pytest.raises(Refuted, match="a form is not proved to be 0"):
        system.vanish(S, [], read)
    assert S.zeros == []
    monkeypatch.setattr(system, "Exact", lambda *_: Known(ONE - ONE))
    system.vanish(S, [], read)
    assert S.zeros == [[ONE, -ONE]]


@pytest.mark.parametrize("column", [[1, 2, 1], [0, 1, 0]])
def test_a_tie_with_a_free_column_left_is_none(column):
    """Equal kappas of one loss have equal fits, but a skip fits the two samples differently."""
    D = SimpleNamespace(n=3, clock=Clock(Limits()))
    face = SimpleNamespace(product=lambda i, k: Fraction(i == k))
    Z = [[Fraction(t) for t in column]]
    S = SimpleNamespace(D=D, Z=Z, faces=[face], equation=lambda i: 0 * i)
    with pytest.raises(Refuted, match="a lambda is not told by these samples"):
        ties.level(S, Known(ONE - ONE), [[0, 1, [[1], 1]]], None)
    phi = ties.level(S, Known(ONE - ONE), [[0, 2, [[2], 1]]], None)
    assert phi == [[2, 0, -2]]
    told = ties.level(S, Known(ONE - ONE), [[1, 0, [[1], 1]]], 0)
    assert told == [[-1, 1, 0]]
