"""The benchmarks that take seconds for one round are left out where each is run once.

A smaller one of the same kind is run there, and of a batch only the first (``batch``).
"""

import pytest

SLOW = (
    *("test_paths[5]", "test_gap_of_a_trained_network[30-5-50]", "test_emptiness_by_cdd"),
    *("test_sweep[1-all]", "test_sweep[2-all]", "test_random[(6, 18)]"),
    *("test_in_the_plane[8-none-free]", "test_random[(4, 40)]", "test_random[(8, 24)]"),
    *("test_random_by_cdd[(4, 40)]", "test_random_by_cdd[(8, 24)]"),
    *("test_staircase[(12, 3)]", "test_in_a_large_field", "test_cross_4"),
    *("test_optimum[(40, 2)]", "test_optimum[(12, 3)]", "test_optimum[(10, 2)]"),
    *("test_logistic[(10, 2)]", "test_logistic[(12, 3)]", "test_staircase[(10, 2)]"),
    *("test_vertices[cross 5, 5102", "test_vertices[cross 5, 2636"),
    *("test_minimal_polynomials[40-4000]", "test_multiquadratic_fields[primes2-4000]"),
    *("test_simpler_generators[16]", "test_slices[Python-B6]", "test_slices[Python-10x24]"),
    *("test_splitting_patterns_and_walls[general 30 x 5]", "test_units[leaky-huber]"),
    *("test_separations[5]", "test_checking_a_line[12]", "test_splitting[general 30 x 5]"),
    *("test_certify_from_a_cold_start[a2]", "test_slices_as_polyhedra[10x24]"),
    "test_certify_from_a_cold_start[tetrahedron_tilted]",
)


@pytest.fixture
def batch(benchmark):
    """Return the function that takes from a batch what is solved: all where time is taken."""
    return lambda problems: problems if benchmark.enabled else problems[:3]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow ones as deep."""
    for item in items:
        if item.name.startswith(SLOW):
            item.add_marker(pytest.mark.deep)
