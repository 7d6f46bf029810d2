"""Guesses of labels: slots that wish alike are tried once, and the best labels are found."""

from fractions import Fraction
from itertools import combinations_with_replacement

import pytest

from polytope_nn.networks.hulls import guessed

POINTS = [tuple(map(Fraction, v)) for v in ([1, 2, 0, 4], [3, 0, 1, 1], [0, 2, 2, 2])]
EMPTY = [(Fraction(0),) * 4] * 8


def test_of_empty_slots_only_how_many_have_a_label_counts(monkeypatch):
    tried, solve = [], guessed._Search.solved

    def told(search, labels):
        tried.append(tuple(sorted(labels)))
        return solve(search, labels)

    monkeypatch.setattr(guessed._Search, "solved", told)
    best = guessed.guesses(POINTS, EMPTY)[0]
    assert len(tried) <= 2 * len(set(tried))
    search = guessed._Search(POINTS, EMPTY)
    every = (
        solve(search, list(labels)) for labels in combinations_with_replacement(range(4), 8)
    )
    least = min(state.value for state in every if state is not None)
    assert solve(search, best.labels).value == pytest.approx(least)
