"""Planted units and losses: what was planted is optimal, found again, its slots counted."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings

from polytope_nn import InstanceError, optimal_polytope, optimum, slot_complex
from polytope_nn.errors import Undecided
from polytope_nn.exact.logarithms import logarithm
from polytope_nn.exact.scalar import dot
from polytope_nn.strategies import planted_units, problems
from polytope_nn.strategies.units import UNITS
from tests.oracles.units import boxed, slot_components

QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=35)


@QUIET
@given(planted_units(n=4, d=2))
def test_what_is_planted_is_optimal(planted):
    """Its weights are those of the atoms of kappa: a point of P, of the dual's value."""
    O = optimum(planted.problem, kappa=planted.kappa)
    assert len(planted.c) == len(O.atoms)
    z = [dot(planted.c, [a.feature[k] for a in O.atoms]) for k in range(O.problem.n)]
    for t, (low, high) in zip(z, O.interval, strict=True):
        assert low is None or t >= low
        assert high is None or t <= high
    cost = dot(O.kappa, z)
    value = O.problem.loss.value(tuple(z))
    assert value is not None
    if all(isinstance(x, Fraction) for x in planted.c):
        assert value + cost == O.value
    assert float(value + cost) == pytest.approx(float(O.value), abs=1e-12)


@QUIET
@given(planted_units(n=4, d=2))
def test_it_is_found_again_with_its_slots(planted):
    """Another kappa may be found; the value and the components of Theta_m may not differ."""
    known = optimum(planted.problem, kappa=planted.kappa)
    try:
        found = optimum(planted.problem)
    except Undecided:
        return
    if found.level == "interval":
        return
    assert float(found.value) == pytest.approx(float(known.value), abs=1e-12)
    steps = [_components(O) for O in (known, found)]
    assert steps[0] == steps[1]
    cells = getattr(known, "cells", None) if known.problem.penalty != "l2" else None
    groups = cells if cells is not None else [{a} for a in range(len(known.atoms))]
    features = {a: atom.feature for a, atom in enumerate(known.atoms)}
    rays, always, fit = boxed(features, (), known.interval)
    for m, count in steps[0].items():
        if 0 < m <= 3 and 0 < len(groups) ** m <= 200 and 0 not in steps[0]:
            assert slot_components(groups, rays, fit, m, always) == count


def _components(O):
    S = slot_complex(O) if O.problem.penalty != "l2" else optimal_polytope(O).staircase
    return {step.width: step.components for step in S}


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_drawn(unit):
    fields = {
        "gates": {"gates": True},
        "l1": {"penalty": "l1"},
        "linf": {"penalty": "linf"},
    }

    @settings(QUIET, max_examples=5)
    @given(problems(4, 2, loss="absolute", **fields.get(unit, {"activation": unit})))
    def drawn(D):
        assert D.loss.kind == "absolute"
        assert D.of_relu == (unit == "relu")
        assert D.n <= 4

    drawn()


@pytest.mark.parametrize("kind", ["logistic", "exponential", "poisson"])
def test_planted_logarithms(kind):
    """Every fit is ln 2: level exact, found again, the value of the definitions."""
    seen = []

    @settings(QUIET, max_examples=12)
    @given(planted_units(4, 2, loss=kind))
    def drawn(planted):
        O = optimum(planted.problem)
        known = optimum(planted.problem, kappa=planted.kappa)
        assert O.level == known.level == "exact"
        assert O.kappa == planted.kappa
        assert {abs(float(z)) for z in O.fit} == {float(logarithm(Fraction(2)))}
        assert len(planted.c) == len(O.atoms)
        assert _components(O) == _components(known)
        seen.append(planted)

    drawn()
    assert seen


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"unit": "reluu"}, "did you mean 'relu'"),
        ({"loss": "hige"}, "did you mean 'hinge'"),
    ],
)
def test_unknown_words_are_refused(fields, said):
    @settings(QUIET, max_examples=1)
    @given(planted_units(**fields))
    def drawn(planted):
        raise AssertionError(planted)

    with pytest.raises(InstanceError, match=said):
        drawn()
