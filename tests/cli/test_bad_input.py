"""Bad input of every kind: exit code 2, one line on stderr, nothing on stdout or disk."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from polytope_nn.cli import COMMANDS, main

GOOD = {"X": [[1, 2], [3, 4]], "y": [1, 2], "beta": 1}
LASSO = {"blocks": [{"A": [[1], [2]]}], "y": [1, 2], "beta": 1}
BAD = {
    "broken JSON": ('{"X": [[1]],', "broken JSON"),
    "not an object": ("[1]", "object belongs"),
    "ragged rows": (GOOD | {"X": [[1, 2], [3]]}, "X, row 2 has 1 entry"),
    "a float": (GOOD | {"X": [[0.1, 2], [3, 4]]}, 'write "0.1"'),
    "a float beta": (GOOD | {"beta": 0.5}, 'write "0.5"'),
    "denominator 0": (GOOD | {"y": [1, "1/0"]}, "y, entry 2"),
    "nan": ('{"X": [[NaN]], "y": [1], "beta": 1}', "NaN"),
    "nan as text": (GOOD | {"y": ["nan", 1]}, "'nan'"),
    "empty X": (GOOD | {"X": [], "y": []}, "X is empty"),
    "empty rows": (GOOD | {"X": [[], []]}, "X is empty"),
    "beta 0": (GOOD | {"beta": 0}, "beta: 0 is not positive"),
    "beta negative": (GOOD | {"beta": "-1/2"}, "is not positive"),
    "weight 0": (GOOD | {"weights": [1, 0]}, "entry 2: 0 is not positive: give a number"),
    "no beta": ({"X": [[1]], "y": [1]}, "beta is missing"),
    "both": (GOOD | {"beta_squared": 1}, "both given"),
    "kappa": (GOOD | {"kappa": [1]}, "kappa has 1 entry"),
    "unknown key": (GOOD | {"lambda": 1}, "unknown field 'lambda'"),
    "gates null": (GOOD | {"gates": None}, "gates: null where a list of masks"),
    "a group LASSO's key": (GOOD | {"free": [[1], [1]]}, "free: belongs to a group LASSO"),
    "twice": ('{"X": [[1]], "X": [[1]], "y": [1], "beta": 1}', "occurs twice"),
    "too few labels": (GOOD | {"y": [1]}, "y has 1 entry"),
    "bool": (GOOD | {"y": [True, 1]}, "true where a number"),
    "huge integer": ('{"X": [[' + "9" * 9999 + ']], "y": [1], "beta": 1}', "4000 digits"),
    "huge exponent": (GOOD | {"y": ["1e999999999", 1]}, "4000 digits"),
    "deep": ("[" * 99999, "nested too deeply"),
    "empty": ("", "is empty"),
    "X a number": (
        GOOD | {"X": 5},
        "X: 5 where a list of rows belongs: write [[1, 2], [3,",
    ),
    "X flat": (
        GOOD | {"X": [1, 2]},
        "X, row 1: 1 where a list of numbers belongs: write [[",
    ),
    "y a word": (
        GOOD | {"y": "a"},
        "y: 'a' where a list belongs: write [1, \"1/2\"], a number",
    ),
    "kappa a word": (GOOD | {"kappa": "a"}, "kappa: 'a' where a list belongs: write [1,"),
    "gates": (
        GOOD | {"gates": 3},
        "gates: 3 where a list of masks belongs: write [[1, 0, 1]",
    ),
    "a mask": (
        GOOD | {"gates": [3]},
        "3 where a list of n entries 0 or 1 belongs: write [[",
    ),
    "a line break": (GOOD | {"name": "a\nb"}, "is not printable: take out line breaks"),
    "name": (GOOD | {"name": 3}, 'name: 3 where a string belongs: write "3" in quotes'),
    "labels": (
        GOOD | {"y": [[1, 2], [1]]},
        "y, row 2 has 1 entry, row 1 has 2: give every",
    ),
    "a label": (
        GOOD | {"y": [[1, 2], 3]},
        "3 where a list of numbers belongs: write [[1, 2],",
    ),
    "delta": (GOOD | {"loss": "huber"}, "delta is missing: write huber:1/10, or {"),
    "no number": (
        GOOD | {"loss": "huber:x"},
        "'x' is no fraction or decimal: write a number such",
    ),
    "no parameter": (
        GOOD | {"loss": "squared:1"},
        "squared has no parameter: write squared",
    ),
    "softmax": (GOOD | {"loss": "softmax:1"}, "softmax has no parameter: write softmax"),
    "a kind": (GOOD | {"loss": {"kind": 3}}, 'kind: 3 where a word belongs: write "huber"'),
    "rows of A": (LASSO | {"y": [1]}, "A has 2 rows for 1 label: give one row a label"),
    "a column": (
        LASSO | {"free": [[1]]},
        "column 1 has 1 entry for 2 labels: free lists columns",
    ),
    "free": (
        LASSO | {"free": 3},
        "free: 3 where a list of lists belongs: write [[1, 2], [3,",
    ),
    "blocks": (LASSO | {"blocks": 3}, '3 where a list of blocks belongs: write [{"A": [['),
}


def refused(arguments, capsys):
    assert main(list(map(str, arguments))) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("polytope-nn")
    assert len(err) < 500
    return err


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_one_line_and_nothing_is_written(kind, tmp_path, capsys):
    content, words = BAD[kind]
    path = tmp_path / "bad.json"
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")
    outputs = ["-o", tmp_path / "c.json"]
    if "blocks" not in text:  # which have no figure
        outputs += ["--figure", tmp_path / "f.svg"]
    err = refused(["certify", path, *outputs], capsys)
    assert str(path) in err
    assert words in err
    assert [f.name for f in tmp_path.iterdir()] == ["bad.json"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("x,y\n1,two\n", "line 2, column 'y': 'two'"),
        ("x,y\n1\n", "line 2 has 1 cell"),
        ("x,y\n", "X is empty"),
        ("1,2\n3,4\n", "the first line names"),
    ],
)
def test_a_bad_table_is_one_line(text, words, tmp_path, capsys):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    for command in (["certify", path, "--beta", 1], ["patterns", path]):
        assert words in refused(command, capsys)


def test_a_table_needs_its_beta(tmp_path, capsys):
    path = tmp_path / "points.csv"
    path.write_text("x,y\n1,2\n", encoding="utf-8")
    assert "--beta or --beta-squared" in refused(["certify", path], capsys)
    assert "both given" in refused(
        ["certify", path, "--beta", 1, "--beta-squared", 1], capsys
    )
    assert "beta: '0.1.2' is no" in refused(["certify", path, "--beta", "0.1.2"], capsys)


@pytest.mark.parametrize("command", ["certify", "patterns"])
def test_places_where_no_instance_is(command, tmp_path, capsys):
    assert "no such file" in refused([command, tmp_path / "none.json"], capsys)
    assert "is a directory" in refused([command, tmp_path], capsys)
    binary = tmp_path / "binary.json"
    binary.write_bytes(bytes(range(256)))
    assert "is not UTF-8" in refused([command, binary], capsys)
    odd = tmp_path / "no\nsuch.json"
    assert "no such.json" in refused([command, odd], capsys)


def test_places_where_nothing_can_be_written(tmp_path, capsys):
    path = tmp_path / "good.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    away = tmp_path / "away" / "f.svg"
    assert "no existing directory" in refused(["certify", path, "-o", away], capsys)
    assert "is a directory" in refused(["certify", path, "-o", tmp_path], capsys)
    err = refused(["certify", path, "--figure", tmp_path / "f.gif"], capsys)
    assert "must end in .svg, .png, .pdf" in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["bogus"],
        ["certify"],
        ["certify", "a", "b"],
        ["certify", "--bogus", "a"],
        ["-x"],
    ],
)
def test_usage_errors_are_one_line(arguments, capsys):
    assert "--help" in refused(arguments, capsys)


def test_a_usage_error_names_the_help_of_its_command(capsys):
    err = refused(["beta-path", "a.json", "--beta", "1"], capsys)
    assert "(see polytope-nn beta-path --help)" in err
    assert "(see polytope-nn --help)" in refused(["-x"], capsys)


@pytest.mark.parametrize(
    "option, words",
    [
        (
            ("--bits", "abc"),
            "--bits: 'abc' is no integer: write digits (see polytope-nn certify",
        ),
        (("--bits", "٣٣٣"), "--bits: '٣٣٣' is no integer: write digits"),
        (("--degree", "1_0"), "--degree: '1_0' is no integer: write digits"),
        (("--vertices", " 3"), "--vertices: ' 3' is no integer: write digits"),
        (("--jobs", "9" * 5000), "is no integer: write digits"),
        (("-o", "-"), "-: files are not written to standard output: name a file"),
        (("--bits", "0"), "--bits: 0 is no limit: give an integer from 64"),
        (("--field-bits", "1"), "--field-bits: 1 is no limit: give an integer from 64"),
        (("--vertices", "0"), "--vertices: 0 is no limit: give an integer from 1"),
    ],
)
def test_a_limit_is_refused_by_its_option(option, words, tmp_path, capsys):
    path = tmp_path / "good.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8")
    assert words in refused(["certify", path, *option], capsys)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["certify", "--help"]])
def test_help_is_no_error(arguments, capsys):
    assert main(arguments) == 0
    assert "polytope-nn" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_exists(name, capsys):
    assert main([name, "--help"]) == 0
    assert f"usage: polytope-nn {name}" in capsys.readouterr().out


def test_in_a_process_of_its_own(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text('{"X": [[0.5]], "y": [1], "beta": 1}', encoding="utf-8")
    for arguments in (["certify", str(path)], ["bogus"]):
        done = subprocess.run(
            [sys.executable, "-m", "polytope_nn", *arguments],
            capture_output=True,
            check=False,
            text=True,
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize(
    ("arguments", "streams"),
    [
        ("explain kappa", ">/dev/full"),
        ("certify --help", ">/dev/full"),
        ("--version", ">&-"),
        ("certify absent.json", "2>/dev/full"),
        ("certify absent.json", "2>&-"),
        ("certify -", "<&-"),
        ("check -", "<&-"),
        ("polyhedron -", "<&-"),
    ],
)
def test_streams_that_are_full_or_closed(arguments, streams, tmp_path):
    told = tmp_path / "told"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    kept = "" if streams.startswith("2") else f"2>{told}"
    command = f"{sys.executable} -m polytope_nn {arguments} {streams} {kept}"
    done = subprocess.run(command, shell=True, env=environment, check=False)  # noqa: S602
    assert done.returncode == 2
    if kept:
        assert told.read_text().count("\n") == 1


def test_help_whose_reader_has_gone_is_no_error():
    command = [sys.executable, "-m", "polytope_nn", "certify", "--help"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        process.stdout.close()
    assert process.returncode == 141


def test_without_docstrings_and_assertions(capfd):
    command = [
        sys.executable,
        "-OO",
        "-m",
        "polytope_nn",
        "certify",
        "--json",
        "examples/a2.json",
    ]
    assert main(command[4:]) == 0
    with_them = capfd.readouterr().out
    subprocess.run(command, check=True)
    assert capfd.readouterr().out == with_them


@pytest.mark.parametrize("option", ["certify --jobs", "sweep T1 --jobs", "holes --faces"])
def test_no_machine_has_so_many(option, capsys):
    command, *others = option.split()
    data = [] if command == "sweep" else ["examples/a2.json"]
    for given, what in (("0", "not positive"), ("9" * 20, "too large")):
        assert main([command, *data, *others, given]) == 2
        assert f"{others[-1]}: {given} is {what}: give 1 to 10" in capsys.readouterr().err


def test_what_is_no_regular_file_is_not_replaced(tmp_path, capsys):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert main(["certify", "examples/a2.json", "-o", str(pipe)]) == 2
    assert pipe.is_fifo()
    assert "device or a pipe" in capsys.readouterr().err


def test_a_link_stays_and_its_file_is_written(tmp_path):
    link, file = tmp_path / "link.json", tmp_path / "file.json"
    file.write_text("", encoding="utf-8")
    link.symlink_to(file)
    assert main(["certify", "examples/a2.json", "-o", str(link)]) == 0
    assert link.is_symlink()
    assert json.loads(file.read_text(encoding="utf-8"))["kind"] == "staircase"


def test_certificate_and_figure_are_two_files(tmp_path, capsys):
    file = tmp_path / "both.svg"
    arguments = ["-o", str(file), "--figure", str(tmp_path / "." / "both.svg")]
    assert main(["certify", "examples/a2.json", *arguments]) == 2
    assert "two files" in capsys.readouterr().err
    assert not file.exists()


NETWORK = {"neurons": [{"sign": 1, "u": ["1", "0"]}]}


@pytest.mark.parametrize(
    "arguments",
    [
        ("certify", "data.json", "-o", "data.json"),
        ("certify", "data.json", "-o", "sub/../data.json"),
        ("certify", "data.json", "-o", "link.json"),
        ("nearest", "data.json", "net.json", "-o", "net.json"),
        ("gap", "data.json", "net.json", "--certificate", "data.json"),
        ("descend", "data.json", "--from", "net.json", "-o", "data.json"),
        (
            "connect",
            "data.json",
            "--from",
            "net.json",
            "--to",
            "net.json",
            "-o",
            "net.json",
        ),
        ("convert", "net.json", "-o", "net.json"),
        ("check", "data.json", "--write-checker", "data.json"),
    ],
)
def test_what_is_read_is_not_written_over(arguments, tmp_path, capsys, monkeypatch):
    data = Path("examples/a2.json").read_bytes()
    monkeypatch.chdir(tmp_path)
    Path("data.json").write_bytes(data)
    Path("net.json").write_text(json.dumps(NETWORK), encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.json").symlink_to("data.json")
    before = {p: p.read_bytes() for p in tmp_path.glob("*.json")}
    assert "is read, and -" in refused(arguments, capsys)
    assert {p: p.read_bytes() for p in tmp_path.glob("*.json")} == before


def test_two_outputs_of_a_path_are_two_files(tmp_path, capsys):
    net, file = tmp_path / "net.json", tmp_path / "out.json"
    net.write_text(json.dumps(NETWORK), encoding="utf-8")
    ends = ["--from", net, "--to", net, "-o", file, "--certificate", file]
    assert "two files" in refused(["path", "examples/a2.json", *ends], capsys)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such devices here")
def test_devices_that_never_end_are_refused(capsys):
    assert "is a device" in refused(["certify", "/dev/zero"], capsys)
    assert "is a device" in refused(["gap", "examples/a2.json", "/dev/zero"], capsys)
    assert "is empty" in refused(["certify", "/dev/null"], capsys)


@pytest.mark.parametrize("option", ["--bits", "--degree", "--field-bits", "--vertices"])
def test_limits_beyond_every_memory_are_refused(option, capsys):
    message = refused(["certify", "examples/a2.json", option, "99999999999999"], capsys)
    assert "give an integer from" in message


def test_a_certificate_for_an_instance_is_named(tmp_path, capsys):
    cert = tmp_path / "cert.json"
    assert main(["certify", "examples/a2.json", "-o", str(cert)]) == 0
    capsys.readouterr()
    assert "`polytope-nn check` checks it" in refused(["certify", cert], capsys)


def test_numbers_beyond_every_float_are_shown(tmp_path, capsys):
    file = tmp_path / "large.json"
    rows = [[s * int(i == j) for j in range(3)] for i in range(3) for s in (1, -1)]
    large = {"X": rows, "y": ["5" + "0" * 160] * 6, "beta_squared": "3" + "0" * 320}
    file.write_text(json.dumps(large), encoding="utf-8")
    assert main(["certify", str(file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["objective_float"] is None
    assert answer["objective"] == "27" + "0" * 320
    assert main(["certify", str(file), "--figure", str(tmp_path / "f.svg")]) == 0
    assert "objective ≈ 2.70000000e+321" in capsys.readouterr().out


def test_warnings_about_floats_are_no_second_line(tmp_path):
    """A beta below all floats: the search divides by 0, and the refusal is one line."""
    path = tmp_path / "i.json"
    path.write_text('{"X": [[1, 0], [0, 1]], "y": [[3, 1], [1, 2]], "beta": 1}')
    command = [
        sys.executable,
        "-m",
        "polytope_nn",
        "certify",
        str(path),
        "--beta",
        "1e-400",
    ]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode in {0, 3}
    assert done.stderr.count("\n") == (done.returncode == 3)


def test_both_ways_of_second_routes_are_one_line(capsys):
    both = ["certify", "examples/a2.json", "--cross-check", "--no-cross-check"]
    assert main(both) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "--no-cross-check: not allowed with argument --cross-check" in said.err
    assert said.err.count("\n") == 1


def test_a_group_lasso_has_no_patterns_of_x(tmp_path, capsys):
    data = tmp_path / "blocks.json"
    blocks = {"blocks": [{"A": [[1], [2]]}], "y": [1, 2], "beta": "1/2"}
    data.write_text(json.dumps(blocks), encoding="utf-8")
    assert main(["patterns", str(data)]) == 2
    assert "a lasso model" in (said := capsys.readouterr().err)
    assert "certify takes it" in said


INTERRUPTED = """
import os, signal, sys
from importlib.abc import MetaPathFinder

class Interrupt(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "polytope_nn.cli":
            os.kill(os.getpid(), signal.SIGINT)
            sum(range(10**6))
        return None

sys.meta_path.insert(0, Interrupt())
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may ignore it
from polytope_nn.__main__ import run
sys.exit(run())
"""


def test_an_interruption_while_it_is_loaded_shows_no_traceback():
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        130,
        "",
        "polytope-nn: interrupted\n",
    )
