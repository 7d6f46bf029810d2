"""The benchmarks that take seconds for one round are left out where each is run once."""

import pytest

SLOW = (
    *("test_paths[5]", "test_gap_of_a_trained_network[30-5-50]", "test_emptiness_by_cdd"),
    *("test_sweep[1-all]", "test_sweep[2-all]", "test_random[(6, 18)]"),
    *("test_in_the_plane[8-none-free]", "test_random[(4, 40)]", "test_random[(8, 24)]"),
    *("test_random_by_cdd[(4, 40)]", "test_random_by_cdd[(8, 24)]"),
    *("test_staircase[(12, 3)]", "test_in_a_large_field", "test_cross_4"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow ones as deep."""
    for item in items:
        if item.name.startswith(SLOW):
            item.add_marker(pytest.mark.deep)
