"""The conic solver's door: runs that stop short are repeated; what is proved is kept."""

from fractions import Fraction
from types import SimpleNamespace

import clarabel
import numpy as np
import pytest
from scipy import sparse

from polytope_nn.exact.ball import Ball
from polytope_nn.search import finding
from polytope_nn.search.programs.interior_point import cone_program


def run(name, status, *off):
    primal, dual, gap = off or (0.0, 0.0, 0.0)
    return SimpleNamespace(
        x=[name], z=[0.0], status=status, r_prim=primal, r_dual=dual, obj_val=1 + gap,
        obj_val_dual=1.0,
    )  # fmt: skip


SHORT = "InsufficientProgress"


@pytest.mark.parametrize(
    ("runs", "kept", "asked"),
    [
        ([run(1, "Solved")], 1, 1),
        ([run(1, "PrimalInfeasible", 1, 1, 1)], 1, 1),
        ([run(1, SHORT)], 1, 1),  # short of the accuracy that was asked for alone
        ([run(1, SHORT, 1, 0, 0), run(2, "Solved")], 2, 2),
        ([run(1, SHORT, 0, 1, 0), run(2, "Solved")], 2, 2),
        (
            [run(1, "NumericalError", 0, 0, 1), run(2, SHORT, 1, 1, 1), run(3, "Solved")],
            3,
            3,
        ),
        ([run(1, SHORT, 1, 0, 0), run(2, SHORT, 1, 0, 0), run(3, SHORT, 1, 0, 0)], 1, 3),
    ],
)
def test_a_run_that_stops_short_is_repeated(monkeypatch, runs, kept, asked):
    left = list(runs)
    made = SimpleNamespace(solve=lambda: left.pop(0))
    monkeypatch.setattr(clarabel, "DefaultSolver", lambda *_: made)
    one = sparse.csc_matrix(np.eye(1))
    cones = [("NonnegativeConeT", (1,))]
    found = cone_program(one, np.zeros(1), -one, np.zeros(1), cones)
    assert (found.x[0], len(runs) - len(left)) == (kept, asked)


@pytest.mark.parametrize(
    ("primal", "dual", "kept"),
    [(1e6, 1e6 + 50, 1), (1e6, 1e6 + 200, 2), (1e-6, 3e-6, 1), (0, 2e-4, 2), (-5, 5, 2)],
)
def test_a_gap_is_measured_beside_objectives_above_1(monkeypatch, primal, dual, kept):
    left = [run(1, SHORT), run(2, "Solved")]
    left[0].obj_val, left[0].obj_val_dual = primal, dual
    made = SimpleNamespace(solve=lambda: left.pop(0))
    monkeypatch.setattr(clarabel, "DefaultSolver", lambda *_: made)
    one = sparse.csc_matrix(np.eye(1))
    cones = [("NonnegativeConeT", (1,))]
    assert cone_program(one, np.zeros(1), -one, np.zeros(1), cones).x[0] == kept


BALL = Ball.from_interval(1, 2)


@pytest.mark.parametrize("lower, upper, rests", [
    (0, 1, True), (-1, 0, True), (-1, 1, True), (0, 0, True), (1, 2, False), (-2, -1, False),
])  # fmt: skip
def test_a_ball_that_ends_at_0_leaves_open_whether_kappa_is_0(lower, upper, rests):
    class Exact(Ball):  # its ends are what is given
        lower, upper = property(lambda _: Fraction(low)), property(lambda _: Fraction(high))

    low, high = lower, upper
    ball = Exact.__new__(Exact)
    assert finding._rests(SimpleNamespace(kappa=(Fraction(1), ball))) is rests


@pytest.mark.parametrize(
    ("curves", "entry", "told"),
    [
        ((None, "a power"), BALL - BALL, True),
        ((None, "a power"), BALL, False),
        ((None, "a power"), Fraction(0), False),
        ((None, None), BALL - BALL, False),
    ],
)
def test_what_is_proved_is_kept_where_no_identity_says_more(
    monkeypatch, curves, entry, told
):
    found = SimpleNamespace(kappa=(Fraction(1), entry))
    asked = []
    monkeypatch.setattr(finding, "_proved", lambda *_: found)
    monkeypatch.setattr(finding, "_by_identities", lambda *_: asked.append(1))
    candidate = SimpleNamespace(problem=SimpleNamespace(curves=curves))
    assert finding._decided(candidate, None, []) is found
    assert bool(asked) is told
