"""Planted problems: what is planted is optimal, ties are common, shrinking is simple."""

from types import SimpleNamespace

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from polytope_nn import (
    TrainingProblem,
    _register_strategies,
    optimal_polytope,
    optimum,
    staircase,
    strategies,
)
from polytope_nn.errors import InstanceError
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.strategies import planted, points, problems


@given(planted())
def test_what_is_planted_is_optimal(drawn):
    D, kappa, c = drawn.problem, drawn.kappa, drawn.c
    O = optimum(D, kappa=kappa)
    assert len(c) == len(O.atoms)
    fit = [
        sum(x * a.feature[k] for x, a in zip(c, O.atoms, strict=True)) for k in range(D.n)
    ]
    assert tuple(fit) == O.fit
    for a in O.atoms:
        assert squared_norm(a.g) == D.beta_squared
    assert c in optimal_polytope(O)


@given(points(4, 2))
def test_points_have_the_stated_shape(X):
    assert 1 <= len(X) <= 4
    assert 1 <= len(X[0]) <= 2


@given(problems(3, 2))
def test_problems_have_the_stated_shape(D):
    assert D.n <= 3
    assert len(D.X[0]) <= 2


INTERESTING = {
    "several vertices": lambda S: len(S.P.vertices) > 1,
    "dimension 2": lambda S: S.P.dim >= 2,
    "m* < M*": lambda S: S.M_star > S.m_star,
    "fit 0": lambda S: S.vanishes,
    "both signs": lambda S: {a.sign for a in S.P.atoms} == {1, -1},
    "bias": lambda S: S.P.optimum.problem.bias == "penalised" and len(S.P.atoms) > 2,
    "on a face": lambda S: any(0 in a.covector for a in S.P.atoms),
}


def found(wanted, **options):
    """Return a planted problem whose polytope P and staircase are as wanted."""

    def holds(drawn):
        P = optimal_polytope(optimum(drawn.problem, kappa=drawn.kappa))
        S = staircase(P)
        return wanted(
            SimpleNamespace(P=P, m_star=S.m_star, M_star=S.M_star, vanishes=S.vanishes)
        )

    chosen = settings(deadline=None, derandomize=True, database=None, **options)
    return find(planted(), holds, settings=chosen).problem


@pytest.mark.parametrize("name", INTERESTING)
def test_the_interesting_cases_are_within_reach(name):
    found(INTERESTING[name], max_examples=400, phases=[Phase.generate])


def test_shrinking_leads_to_few_rows_of_small_integers():
    """Below the named figures: the square has four rows."""
    D = found(INTERESTING["several vertices"], max_examples=400)
    assert D.n <= 2
    assert max(abs(x) for row in D.X for x in row) <= 2


@pytest.mark.deep
def test_shrinking_leads_to_few_rows_of_other_cases():
    E = found(INTERESTING["both signs"], max_examples=400)
    assert (E.n, E.d) == (1, 1) or E.n <= 2
    assert found(INTERESTING["m* < M*"], max_examples=400).n <= 3


def test_the_type_is_registered():
    """``from_type`` draws what is planted, not an arbitrary call of the constructor."""
    _register_strategies()
    few = settings(max_examples=10, phases=[Phase.generate])
    D = find(st.from_type(TrainingProblem), lambda _: True, settings=few)
    assert optimum(D).level == "exact"


def test_the_entry_point_is_the_registration():
    from importlib.metadata import entry_points

    (ours,) = [e for e in entry_points(group="hypothesis") if e.name == "polytope_nn"]
    assert ours.value == "polytope_nn:_register_strategies"


@pytest.mark.parametrize(
    ("strategy", "line"),
    [
        (lambda: strategies.points(0, 2), "n = 0: give an integer >= 1"),
        (lambda: strategies.planted("a"), "n = 'a': give an integer >= 1"),
        (lambda: strategies.planted(4, -1), "d = -1: give an integer >= 1"),
        (lambda: strategies.optima(0), "n = 0: give an integer >= 1"),
        (lambda: strategies.polyhedra(0), "dimension = 0: give an integer"),
        (lambda: strategies.planted_outputs("plain"), "family: 'plain' is unknown"),
        (
            lambda: strategies.drawn_networks(kinds=("optimum",)),
            "kinds: 'optimum' is unknown: did you mean 'optimal'?",
        ),
        (lambda: strategies.problems(penalty="l3"), "penalty: 'l3' is unknown"),
        (lambda: strategies.problems(loss="x"), "loss: 'x' is unknown"),
        (lambda: strategies.problems(activation="x"), "activation: 'x' is unknown"),
        (
            lambda: strategies.problems(penalty="l1", gates=True),
            "activation, penalty, gates: planted problems have one of them",
        ),
    ],
)
def test_what_no_strategy_can_draw_is_refused(strategy, line):
    """A word that is unknown was read as another, and a second unit was left out."""
    with pytest.raises(InstanceError) as caught:
        drawn(strategy())
    assert str(caught.value).startswith(line)


def drawn(strategy):
    @settings(max_examples=1, database=None, phases=[Phase.generate])
    @given(strategy)
    def draw(_):
        pass

    draw()
