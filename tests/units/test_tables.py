"""The tables of every loss and every unit: what the page shows is what the script prints."""

import runpy
from pathlib import Path

from polytope_nn.problems.losses.kinds import KINDS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "howto" / "losses_and_units.md"
SCRIPT = ROOT / "examples" / "losses_and_units.py"


def test_the_page_shows_what_the_script_prints(capsys):
    script = runpy.run_path(str(SCRIPT))
    script["main"]()
    printed = capsys.readouterr().out.splitlines()
    shown = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in shown if line.startswith("|")] == [x for x in printed if x]
    assert set(script["LOSSES"]) == set(KINDS)
