"""Planted interpolation problems: found, proved, of the cost that was planted."""

from fractions import Fraction

from hypothesis import Phase, find, given, settings

from polytope_nn import Undecided, interpolation, uniqueness
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.scalar import dot
from polytope_nn.strategies import planted_interpolations


@given(planted_interpolations())
def test_the_planted_cost_is_the_least(drawn):
    problem, kappa = drawn.problem, drawn.kappa
    assert all(dot(z, kappa) == 0 for z in problem.free.columns)
    try:
        solved = interpolation(problem)
    except Undecided:  # a tie that balls cannot prove is named, not guessed
        return
    planted = dot(kappa, problem.y)
    assert planted >= 0
    excess = solved.cost * solved.cost * drawn.square - planted * planted
    assert 0 in excess if isinstance(excess, Ball) else excess == 0
    if solved.level == "exact":
        assert all(solved.point(c) in solved for c in solved.vertices[:4])


@given(planted_interpolations(4, 1))
def test_a_planted_kappa_is_verified(drawn):
    """Where the root is rational kappa is, and no search is needed."""
    p, q = drawn.square.numerator, drawn.square.denominator
    root = next((r for r in range(1, 200) if r * r == p * q), None)
    if root is None:
        return
    kappa = [t * q / root for t in drawn.kappa]
    solved = interpolation(drawn.problem, kappa=kappa)
    assert solved.cost == dot(drawn.kappa, drawn.problem.y) * Fraction(q, root)


def test_ties_of_every_kind_are_drawn():
    def verdict(wanted, bias):
        def holds(drawn):
            if drawn.problem.bias != bias:
                return False
            try:
                return uniqueness(interpolation(drawn.problem)).verdict == wanted
            except Undecided:
                return False

        return holds

    quick = settings(
        max_examples=400, derandomize=True, database=None, phases=[Phase.generate]
    )
    for wanted, bias in (
        ("continuum", "free"),
        ("continuum", "penalised"),
        ("unique function", "none"),
        ("unique network", "penalised"),
    ):
        found = find(planted_interpolations(), verdict(wanted, bias), settings=quick)
        assert found.problem.n <= 5
