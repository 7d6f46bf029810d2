"""Krawczyk's test: two ways to bound ``|I - Y J|``, and what each refuses."""

import json
from fractions import Fraction
from functools import cache

import pytest

from polytope_nn import TrainingProblem
from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kernel import intervals
from polytope_nn.checker.kernel.intervals import Interval
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted
from polytope_nn.checker.kinds import check, proof_of
from polytope_nn.checker.lift import Lift
from polytope_nn.checker.provers import boxes

from .forging import canonical, golden, sealed


def solved(name):
    """Return the system of a golden certificate and its Y, over a scale."""
    read = golden(name)
    P = proof_of(read, Clock(Limits()))
    P.hints = Lift(P.D.clock)
    boxes.prove_atoms(P)
    Y, scale = read["witness"]["inverse"]
    return P.atoms, Y, scale


NAMES = ["interval_pairs", "interval_norms", "biased", "interval_idle", "interval_zero_row"]


@pytest.mark.parametrize("name", NAMES)
def test_short_columns_bound_what_whole_ones_do(name):
    S, Y, scale = solved(name)
    one, witness = scale << S.bits + 1, golden(name)["witness"]
    num, den = witness["centre"]
    r = Fraction(witness["radius"])
    ends = ((Fraction(t, den) - r, Fraction(t, den) + r) for t in num)
    box = [Interval.around(low, high, S.bits) for low, high in ends]
    whole, short = (
        f(S, Y, one, box) for f in (intervals.whole_spread, intervals.short_spread)
    )
    # a matrix of J: what the middles make, but for rounding by a unit
    middles = [middle for middle, _ in S.doubled(box)]
    for i, (row, a, b) in enumerate(zip(Y, whole, short, strict=True)):
        products = [sum(s * t for s, t in zip(row, z, strict=True)) for z in middles]
        least = sum(abs(t - one * (i == j)) for j, t in enumerate(products))
        rounding = 4 * S.size * sum(map(abs, row))
        assert least - rounding <= min(a, b)
        assert abs(a - b) <= one >> S.bits // 3
        assert max(a, b) < one


@pytest.fixture
def short(monkeypatch):
    """Return the systems that were proved by short columns."""
    seen, spread = [], intervals.short_spread

    def told(S, *given):
        seen.append(S)
        return spread(S, *given)

    monkeypatch.setattr(intervals, "short_spread", told)
    return seen


@cache
def many_samples():
    """Eleven samples of one feature, two atoms; logarithms, so in intervals."""
    X = [[k] for k in (1, 2, 3, 4, 5, 7, -1, -2, -3, -5, -8)]
    D = TrainingProblem(
        X, [1, 1, -1, 1, 1, 1, -1, 1, -1, -1, -1], beta="1/2", loss="logistic"
    )
    return json.loads(certify(D).to_json())


def test_many_samples_are_proved_by_short_columns(short):
    read = many_samples()
    assert read["kind"] == "enclosed"
    short.clear()
    check(canonical(read))
    assert short
    Y, _ = read["witness"]["inverse"]
    for row in (0, len(Y) - 1):
        lie = json.loads(canonical(read))
        lie["witness"]["inverse"][0][row] = [0] * len(Y)
        with pytest.raises(Refuted, match="Krawczyk's test fails"):
            check(canonical(sealed(lie)))


def test_short_columns_are_left_where_their_products_have_no_room():
    P = proof_of(many_samples(), Clock(Limits()))
    P.hints = Lift(P.D.clock)
    boxes.prove_atoms(P)
    Y = [[1 << 70] * P.atoms.size]
    assert intervals.has_short_columns(P.atoms, Y)
    P.D.clock.room = 200
    assert not intervals.has_short_columns(P.atoms, Y)
