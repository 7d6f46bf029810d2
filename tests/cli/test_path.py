"""``path``: the JSON of DESIGN §3, multiplied out; exit codes; refusals in one line."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from polytope_nn.cli.networks.path import line, number
from polytope_nn.exact.field import NumberField
from polytope_nn.networks.network import Network, RawNeuron
from tests.commands import run
from tests.landscape.multiply import check_path, instance

EXAMPLES = Path(__file__).parents[2] / "examples"
NETWORKS = EXAMPLES / "networks"


def path(capsys, name, start, end, *more):
    ends = ["--from", NETWORKS / f"{start}.json", "--to", NETWORKS / f"{end}.json"]
    return run(capsys, "path", EXAMPLES / f"{name}.json", *ends, *more)


@pytest.mark.parametrize(
    "name, ends, width, value",
    [
        ("a2", ("a2_one", "a2_two"), 3, 3),
        ("octahedron", ("octahedron_two", "octahedron_two_others"), 4, 27),
        ("octahedron", ("octahedron_four", "octahedron_two"), 6, 27),
    ],
)
def test_json_of_a_path(capsys, name, ends, width, value):
    code, out, _ = path(capsys, name, *ends, "--width", width, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["width"] == width
    assert found["connected"] is True
    read = json.loads((EXAMPLES / f"{name}.json").read_text())
    data = instance(read["X"], read["y"], read["beta_squared"])
    check_path(data, found["breakpoints"], width, value)
    first = json.loads((NETWORKS / f"{ends[0]}.json").read_text())["neurons"]
    assert [
        x and [Fraction(t) for t in x["u"]] for x in found["breakpoints"][0]["neurons"]
    ] == [[Fraction(t) for t in x["u"]] for x in first] + [None] * (width - len(first))


def test_separation_is_exit_code_one(capsys, tmp_path):
    written = tmp_path / "out.json"
    code, out, _ = path(
        capsys, "a2", "a2_one", "a2_two", "--width", 2, "--json", "-o", written
    )
    assert code == 1
    found = json.loads(out)
    assert found == json.loads(written.read_text())
    assert found["connected"] is False
    assert found["separation"]["near"] == [[0]]
    assert found["separation"]["levels"] == {"3": 1}
    code, out, _ = path(capsys, "a2", "a2_one", "a2_two", "--width", 2)
    assert code == 1
    assert out.startswith("separate at width 2: a network with 2 neurons")


def test_the_least_width_when_none_is_given(capsys):
    code, out, _ = path(capsys, "octahedron", "octahedron_two", "octahedron_two_others")
    assert code == 0
    assert out.splitlines()[0] == "joined at width 4 by 2 lines"
    assert out.splitlines()[1].split() == [
        "start",
        "+(4,",
        "4,",
        "4)",
        "+(-4,",
        "-4,",
        "-4)",
        ".",
        ".",
    ]


def write(tmp_path, *neurons):
    file = tmp_path / "net.json"
    file.write_text(json.dumps({"neurons": list(neurons)}))
    return file


@pytest.mark.parametrize(
    "neurons, code, said",
    [
        ([{"sign": 1, "u": [2, 0, -2]}], 1, "start is not optimal: the fit is (2, 2)"),
        ([], 1, "start is not optimal: the fit is (0, 0)"),
        ([{"w": [2, 0, -2], "alpha": "1/2"}], 1, "not balanced"),
        ([{"sign": 1, "u": [1, 0]}], 2, "dimension 2, the samples 3"),
        ([{"sign": 1, "u": [1, 0, -1]}] * 4, 2, "4 slots in use, the width is 3"),
        ([{"sign": 1, "u": [0.5]}], 2, "net.json: neurons[0].u[0]: 0.5 is a float"),
    ],
)
def test_refusals(capsys, tmp_path, neurons, code, said):
    net = write(tmp_path, *neurons)
    got, out, err = run(
        capsys,
        *("path", EXAMPLES / "a2.json", "--width", 3),
        *("--from", net, "--to", NETWORKS / "a2_one.json"),
    )
    assert got == code
    assert out == ""
    assert said in err


@pytest.mark.parametrize("width", ["x", "-1", "2.5", "10000000", "³"])
def test_bad_widths(capsys, width):
    code, _, err = path(capsys, "a2", "a2_one", "a2_two", f"--width={width}")
    assert code == 2
    assert "no width" in err


def test_missing_files(capsys, tmp_path):
    code, _, err = run(
        capsys,
        *("path", EXAMPLES / "a2.json", "--from", tmp_path / "no.json"),
        *("--to", NETWORKS / "a2_one.json"),
    )
    assert code == 2
    assert "no.json: there is no such file" in err
    code, _, err = run(capsys, "path", EXAMPLES / "a2.json", "--from", tmp_path / "no.json")
    assert code == 2
    assert "--to" in err


def test_lines_on_the_terminal():
    a = NumberField((-2, 0, 1), (1, 2)).generator
    net = Network((None, RawNeuron((Fraction(-1, 3), Fraction(0)), Fraction(-3)), None))
    assert line(net) == ".  -(-1, 0)  ."
    assert number(a) == "1.41421"
    assert number(Fraction(10**30, 7)) == "1.42857e+29"


def test_an_end_that_does_not_fit_is_named_with_its_file(capsys, tmp_path):
    octahedron, four = EXAMPLES / "octahedron.json", NETWORKS / "octahedron_four.json"
    zero = write(tmp_path, {"sign": 1, "u": [0, 0]})
    for command in ("path", "descend"):
        code, _, err = run(capsys, command, octahedron, "--from", four, "--to", zero)
        assert code == 2
        assert f"{command}: --to {zero}: neurons[0]: " in err
        assert "dimension 2, the samples 3: give every neuron 3 weights" in err
    code, _, err = run(
        capsys, "path", octahedron, "--from", four, "--to", four, "--width", 3
    )
    assert code == 2
    assert f"--from {four}: 4 slots in use, the width is 3: give --width 4 or more" in err


def test_huge_numbers_in_messages_are_shortened(capsys, tmp_path):
    net = write(tmp_path, {"sign": 1, "u": ["1e400", 1, 1]})
    octahedron = EXAMPLES / "octahedron.json"
    code, _, err = run(capsys, "path", octahedron, "--from", net, "--to", net)
    assert code == 1
    assert "the fit is (1e+400, 0, 1, 0, 1, 0)" in err
