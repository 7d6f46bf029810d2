"""Planted losses: what was planted is optimal, found again, and its staircase goes two ways."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polytope_nn import optimal_polytope, optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import dot
from polytope_nn.networks.components import slot_components
from polytope_nn.strategies.losses import LOSSES, planted_losses

QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40)


@st.composite
def drawn(draw):
    return draw(planted_losses(n=4, d=2, loss=draw(st.sampled_from(LOSSES))))


@QUIET
@given(drawn())
def test_what_is_planted_is_optimal(planted):
    O = optimum(planted.problem, kappa=planted.kappa)
    P = optimal_polytope(O)
    assert planted.c in P
    z = [dot(planted.c, [a.feature[k] for a in P.atoms]) for k in range(P.problem.n)]
    cost = P.problem.beta_squared * sum(planted.c)
    value = P.problem.loss.value(tuple(z))
    assert value is not None
    assert value + cost == O.value


@QUIET
@given(drawn())
def test_it_is_found_again(planted):
    """kappa may be another one: value, vertices of P and staircase may not."""
    given_kappa = optimal_polytope(optimum(planted.problem, kappa=planted.kappa))
    try:
        found = optimal_polytope(planted.problem)
    except Undecided:
        return
    if found.level == "interval":
        return
    assert found.optimum.value == given_kappa.optimum.value
    assert directions(found) == directions(given_kappa)
    one, other = found.staircase, given_kappa.staircase
    assert one.minimal_supports == other.minimal_supports
    assert one.spectrum == other.spectrum
    for m in range(one.m_star, one.threshold + 2):
        assert one[m] == other[m]


def directions(P):
    """Return the vertices as sets of neurons: independent of the atoms that idle."""
    return {
        frozenset((a.sign, tuple(x * t for t in a.g)) for a, x in zip(P.atoms, v, strict=True) if x)
        for v in P.vertices
    }  # fmt: skip


@QUIET
@given(drawn())
def test_the_slot_complex_agrees(planted):
    P = optimal_polytope(optimum(planted.problem, kappa=planted.kappa))
    S = P.staircase
    for m in range(S.m_star, 4):
        if sum(size <= m for size in S.sizes) <= 12:
            assert slot_components(P, m) == (S[m].components, S[m].isolated)
