"""Every example runs, and every instance file says what THEORY §11 says."""

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from polytope_nn.cli import main
from polytope_nn.geometry import cdd
from polytope_nn.problems.instance import read_instance
from tests.oracles.worked import WORKED

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
SCRIPTS = sorted(
    path.name for path in EXAMPLES.glob("*.py") if not path.name.startswith("test_")
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_runs_and_says_something(name, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / name)],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


@pytest.mark.parametrize("name", sorted(p.name for p in EXAMPLES.glob("*.json")))
def test_an_instance_file_is_readable(name):
    read_instance(EXAMPLES / name)


@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_every_worked_instance_has_its_file(w):
    """The same X, y and beta as the table of THEORY §11, and no kappa: it is to be found."""
    name = {"A2": "a2", "A2-rational": "a2_rational"}.get(w.name, w.name.replace("-", "_"))
    path = EXAMPLES / f"{name}.json"
    assert "kappa" not in json.loads(path.read_text(encoding="utf-8"))
    D = read_instance(path).problem()
    assert [list(row) for row in D.X] == w.X
    assert list(D.y) == w.y
    assert D.beta_squared == Fraction(w.beta_squared)


SHOWN = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]
GUIDE = "\n".join(path.read_text(encoding="utf-8") for path in SHOWN)
CONSOLE = [
    command
    for block in re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL)
    for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
]


@pytest.mark.parametrize("block", CONSOLE, ids=lambda block: block.split()[1])
def test_a_page_shows_what_is_printed(block, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    command, shown = block.split("\n", 1)
    name, *arguments = command.split()
    assert name == "polytope-nn"
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    if not cdd.is_installed():  # the pages are of a set-up by make, which installs it
        shown = shown.replace("patterns by cddlib and ", "")
        shown = shown.replace("cross-checked, and the same: patterns by cddlib\n", "")
        printed = re.sub(r"patterns not cross-checked: .*\n", "", printed)
    assert printed == shown


def test_there_are_such_blocks():
    assert len(CONSOLE) >= 12


ROWS = re.findall(r"^\| (\w+\.csv) \| (.*?) \| (.*) \|$", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("file, options, shown", ROWS, ids=lambda cell: cell[:24])
def test_the_readme_s_measured_data(file, options, shown, capsys, tmp_path):
    picture = tmp_path / "staircase.svg"
    arguments = [str(EXAMPLES / file), *options.split(), "--json", "--figure", str(picture)]
    assert main(["certify", *arguments]) == 0
    answer = json.loads(capsys.readouterr().out)
    keys = ("level", "n_atoms", "n_vertices", "m_star", "M_star", "threshold")
    assert [str(answer[key]) for key in keys] == shown.split(" | ")
    assert all(answer["theorems"].values())
    assert picture.read_bytes().startswith(b"<?xml")
    if answer["n_vertices"] == 486:  # "a nine-dimensional polytope, of the least width 15"
        assert (answer["dim"], answer["spectrum"]) == (9, {"15": 486})


LOSSES = re.findall(
    r"^\| `(\w+)`.*? \| (\w+\.json) \| (\w+) \| ([\d, ]+) \|$", GUIDE, re.MULTILINE
)


@pytest.mark.parametrize(
    "kind, file, level, components", LOSSES, ids=lambda cell: cell[:24]
)
def test_the_readme_s_losses(kind, file, level, components, capsys):
    assert len(LOSSES) == 13
    path = EXAMPLES / "losses" / file
    loss = json.loads(path.read_text(encoding="utf-8"))["loss"]
    assert kind == (loss if isinstance(loss, str) else loss["kind"])
    assert main(["certify", str(path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    counts = [step["components"] for step in answer["widths"]]
    assert (answer["level"], ", ".join(map(str, counts))) == (level, components)


def test_the_measured_data_are_those_of_the_sources():
    """Means and sums of squares that the literature states of Anscombe's four sets."""
    for i in range(1, 5):
        D = read_instance(EXAMPLES / f"anscombe_{i}.csv", beta="1").problem()
        x = [row[0] for row in D.X]
        assert (D.n, sum(x), sum(t * t for t in x)) == (11, 99, 1001)
        assert round(sum(D.y) / 11, 2) == Fraction("7.50")
    D = read_instance(EXAMPLES / "stackloss.csv", beta="1").problem()
    assert (D.n, D.d, sum(D.y)) == (21, 3, 368)
