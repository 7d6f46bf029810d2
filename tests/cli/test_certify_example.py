"""``certify --example``: the package's own instances, by name."""

from pathlib import Path

import pytest

from polytope_nn.cli import main
from polytope_nn.problems.examples import example_file, example_names

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_an_example_is_its_file(capsys):
    assert main(["certify", "--example", "octahedron"]) == 0
    named = capsys.readouterr().out
    assert main(["certify", str(EXAMPLES / "octahedron.json")]) == 0
    assert capsys.readouterr().out == named
    assert main(["certify", "--example", "octahedron.json", "--json"]) == 0
    assert '"m_star": 2' in capsys.readouterr().out


def test_alone_it_lists_every_instance(capsys):
    assert main(["certify", "--example"]) == 0
    lines = capsys.readouterr().out.splitlines()
    files = [p for p in EXAMPLES.rglob("*") if p.suffix in {".json", ".csv"}]
    instances = [p for p in files if p.parent.name != "networks"]
    assert [line.split()[0] for line in lines] == list(example_names())
    assert len(lines) == len(instances) > 40
    told = dict(line.split(maxsplit=1) for line in lines)
    assert told["octahedron"] == "n = 6, d = 3"
    assert told["units/leaky"] == "n = 2, d = 3, activation of slopes 1, 1/3"
    assert told["units/lasso"] == "a group LASSO"
    assert told["stackloss"].endswith("give --beta, or --loss interpolation")
    assert {example_file(name) for name in example_names()} == set(instances)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--example", "octahedro"], "did you mean 'octahedron'?"),
        (["--example", "absolute_segment"], "did you mean 'losses/absolute_segment'?"),
        (["--example", "../setup"], "no example: --example alone lists them"),
        (["x.json", "--example", "tie"], "x.json is an instance as well"),
        (["x.json", "--example"], "x.json is an instance as well"),
        ([], "INSTANCE is missing: name a file, or --example octahedron"),
    ],
)
def test_what_is_refused(arguments, said, capsys):
    assert main(["certify", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err


def test_a_figure_without_matplotlib_is_refused_at_once(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("polytope_nn.cli.written.find_spec", lambda _: None)
    arguments = ["certify", "--example", "tie", "--figure", str(tmp_path / "f.svg")]
    assert main(arguments) == 2
    assert 'pip install "polytope_nn[plot]"' in capsys.readouterr().err
