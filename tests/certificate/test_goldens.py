"""The maker of the golden files: each has one, and what is exact is made again byte for byte."""

import runpy
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[2] / "proofs" / "golden"
MAKERS = runpy.run_path(str(GOLDEN / "make.py"))["MAKERS"]


def test_every_golden_file_has_its_maker():
    files = {path.name.partition(".")[0] for path in GOLDEN.glob("*.json*")}
    assert files == set(MAKERS)


@pytest.mark.parametrize(
    "name", ["point", "road_leaky", "vector_gap", "cones_segment", "square"]
)
def test_a_golden_file_is_made_again(name):
    made = MAKERS[name]().to_json()
    kept = (GOLDEN / f"{name}.json").read_text(encoding="utf-8")
    assert made.strip() == kept.strip()
