"""The main job, start-up included: the time a user waits. Run: make bench."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("name", ["a2", "octahedron", "tetrahedron_tilted"])
def test_certify_from_a_cold_start(benchmark, name):
    command = [
        sys.executable,
        "-m",
        "polytope_nn",
        "certify",
        str(EXAMPLES / f"{name}.json"),
    ]

    def certified():
        done = subprocess.run([*command, "--json"], capture_output=True, check=True)
        return json.loads(done.stdout)

    answer = benchmark(certified)
    assert answer["level"] == "exact"
    assert all(answer["theorems"].values())


def test_import_from_a_cold_start(benchmark):
    command = [sys.executable, "-c", "import polytope_nn"]
    benchmark(subprocess.run, command, check=True)
