"""Planted problems with several outputs: found as planted, and two routes to their staircases."""

from hypothesis import HealthCheck, given, settings

from polytope_nn import optimal_polytope, optimum, vector_optimal_set, vector_optimum
from polytope_nn.landscape.supports import bits_of
from polytope_nn.strategies.outputs import planted_outputs
from tests.oracles.bases import slot_components

QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=25)
FEW = settings(QUIET, max_examples=8)


@QUIET
@given(planted_outputs("scalar"))
def test_one_direction_of_outputs_is_the_scalar_problem(drawn):
    P = vector_optimal_set(vector_optimum(drawn.problem, kappa=drawn.N))
    scalar = optimal_polytope(optimum(drawn.scalar.problem, kappa=drawn.scalar.kappa))
    assert sorted(P.staircase.sizes) == sorted(scalar.staircase.sizes)
    assert [s.components for s in P.staircase] == [s.components for s in scalar.staircase]
    assert (P.rank, P.used_rank, P.dim) == (scalar.rank, scalar.used_rank, scalar.dim)
    length = drawn.problem.beta_squared / drawn.scalar.problem.beta_squared
    assert P.optimum.value == scalar.optimum.value * length


@FEW
@given(planted_outputs("octahedron"))
def test_octahedra(drawn):
    P = vector_optimal_set(vector_optimum(drawn.problem, kappa=drawn.N))
    assert len(P.optimum.atoms) == 8
    supports = [tuple(bits_of(bits)) for bits in P.supports]
    for m in range(max(P.m_star, 1), 5):
        assert P.staircase[m].components == slot_components(supports, m)


@QUIET
@given(planted_outputs("plane"))
def test_planes_are_continua(drawn):
    given_one = vector_optimum(drawn.problem, kappa=drawn.N)
    (kernel,) = given_one.continua
    assert str(kernel.face) == "++"
    (part,) = given_one.lifted
    assert vector_optimal_set(given_one).m_star == part.rank


@settings(FEW, max_examples=4)
@given(planted_outputs())
def test_what_is_planted_is_found(drawn):
    found = vector_optimum(drawn.problem)
    assert found.level == "exact"
    assert found.N == drawn.N
