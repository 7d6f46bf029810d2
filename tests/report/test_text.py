"""The page: its numbers are those of the values it reads."""

from fractions import Fraction

import pytest

from polytope_nn import TrainingProblem, optimal_polytope, optimum, staircase
from polytope_nn.certificate.certify import verdicts
from polytope_nn.exact.field import NumberField
from polytope_nn.report.text import claims, count, number, page, row, staircase_table, steps
from tests.oracles.worked import WORKED


def stages(problem):
    P = optimal_polytope(optimum(problem))
    return P, staircase(P)


@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_the_table_has_the_numbers_of_the_theory(w):
    P, S = stages(w.problem())
    lines = [line.split() for line in staircase_table(S)[2:]]
    components = {int(cells[0]): int(cells[3]) for cells in lines}
    assert {m: components[m] for m in w.components} == w.components
    assert [int(cells[0]) for cells in lines] == [step.width for step in steps(S)]
    text = page(P, S, verdicts(S))
    assert f"atoms {w.N}, rank of features {w.r}\n" in text
    assert text.count("  holds  ") == 5
    assert (
        f"T7.5  holds  m ≥ {S.bound_talk}: Θ_m is connected (sharper: m ≥ {S.bound})"
        in text
    )
    assert max(map(len, text.splitlines())) <= 124


def test_every_threshold_is_marked_once():
    _, S = stages(WORKED[5].problem())
    marks = ", ".join(line[74:] for line in staircase_table(S)[2:] if line[74:])
    names = marks.split(", connected")[0].split(", ")
    assert names[:3] == ["m*", "M*", "M* + 1"]
    assert names[3:] == []
    assert marks.endswith("connected for good, sharper bound, bound")


def test_a_zero_fit_and_a_bias_are_said():
    P, S = stages(TrainingProblem([[1], [2]], [0, 0], beta=1, bias=True, name="nothing"))
    text = page(P, S, verdicts(S))
    assert text.startswith("nothing: n = 2, d = 2 (penalised bias), β² = 1; level exact")
    assert text.count("does not apply") == 5
    assert "y* = 0: the zero network is the only optimum" in text


def test_a_statement_that_fails_is_said_to_fail():
    P, S = stages(WORKED[0].problem())
    assert "T7.3  fails  m = 2" in page(P, S, verdicts(S) | {"T7.3": False})


def test_claims_count_in_the_singular():
    _, S = stages(WORKED[0].problem())
    assert claims(S)["T7.1"] == "m = 1: Θ_m is finite, 1!·1 = 1 point"


def test_numbers_are_exact_while_short():
    assert number(Fraction(5)) == "5"
    assert number(Fraction(1, 3)) == "1/3"
    assert number(Fraction(10**30, 3)) == "≈ 3.33333333e+29"
    root = NumberField([-2, 0, 1], (1, 2)).generator
    assert number(root) == "≈ 1.41421356"
    assert row([Fraction(1)] * 13).endswith("1, ... 13 entries)")
    assert count(123456789012345) == "123456789012345"
    assert count(1234567890123456) == "1.23e15"
