"""The terminal: lines that fold, words explained, shells that complete, what was meant."""

import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from polytope_nn.cli import COMMANDS, parser
from polytope_nn.cli.terminal.completion import SHELLS, script
from polytope_nn.cli.terminal.page import (
    _SHOWN,
    Folding,
    coloured,
    explained,
    fold,
    is_page,
)
from polytope_nn.meant import meant, meant_file
from polytope_nn.report.glossary import WORDS
from tests.commands import run

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


# folding


def on_a_terminal(columns, *arguments, **more):
    """Return what a command writes to a terminal of a width, without colours by default."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = os.environ | {"COLUMNS": "30", "LINES": "3"}  # as readline leaves them, stale
    env |= {"TERM": "xterm", "NO_COLOR": "1"} | more
    command = [sys.executable, "-m", "polytope_nn", *map(str, arguments)]
    process = subprocess.Popen(
        command, stdout=theirs, stderr=subprocess.PIPE, env=env, cwd=ROOT
    )
    os.close(theirs)
    read = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so at the end
            break
        if not part:
            break
        read += part
    assert process.wait() == 0, process.stderr.read()
    process.stderr.close()
    os.close(ours)
    return read.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [80, 40, 0])
def test_a_page_folds_at_the_width_of_the_terminal(capsys, columns):
    piped = run(capsys, "certify", EXAMPLES / "octahedron.json")[1]
    assert max(map(len, piped.splitlines())) > 80  # a pipe gets whole lines
    shown = on_a_terminal(columns, "certify", EXAMPLES / "octahedron.json")
    assert max(map(len, shown.splitlines())) <= (columns or 80)  # 0: it does not say
    drop = str.maketrans("", "", "─")
    assert shown.translate(drop).split() == piped.translate(drop).split()


COLOUR = re.compile(r"\x1b\[\d+m")


def test_colours_on_a_terminal_say_nothing_new():
    arguments = ("certify", EXAMPLES / "octahedron.json")
    plain = on_a_terminal(80, *arguments)
    shown = on_a_terminal(80, *arguments, NO_COLOR="")
    assert "\x1b" not in plain
    assert COLOUR.sub("", shown) == plain
    assert shown.startswith("\x1b[1moctahedron\x1b[0m: ")
    assert shown.count("\x1b[32mholds\x1b[0m") == 5
    assert on_a_terminal(80, *arguments, NO_COLOR="", TERM="dumb") == plain
    assert COLOUR.search(on_a_terminal(80, *arguments, "--json", NO_COLOR="")) is None


def test_verdicts_have_their_colours():
    assert coloured("T8    fails at (m, k) = (2, 2): x").startswith(
        "T8    \x1b[31mfails\x1b[0m"
    )
    assert coloured("a.json: accepted") == "a.json: \x1b[32maccepted\x1b[0m"
    assert coloured("level interval") == "level \x1b[33minterval\x1b[0m"
    assert coloured("it holds: a vertex fails") == "it holds: a vertex fails"


def test_json_is_never_folded(capsys):
    arguments = ("certify", EXAMPLES / "octahedron.json", "--json")
    shown = on_a_terminal(80, *arguments)
    assert json.loads(shown) == json.loads(run(capsys, *arguments)[1])
    assert not is_page(["polyhedron", "x.ine", "--to=json"])
    assert not is_page(["completion", "bash"])
    assert is_page(["certify", "data.json"])


@pytest.mark.parametrize("width", [8, 30, 40, 60, 80])
@pytest.mark.parametrize(
    "line",
    [
        "      5         6                  1   1203   M* + 1, connected for good, bound",
        "T7.1  holds  m = 2: the set of networks is finite, 2!·4 = 8 points of the space",
        "        and a line that hangs already, far to the right of where it begins, goes on",
        "a" * 100,
        "short",
        "word " * 30,
    ],
)
def test_folding_keeps_every_word_in_its_order(line, width):
    pieces = fold(line, width).split("\n")
    assert " ".join(pieces).split() == line.split()
    for piece in pieces:
        assert len(piece) <= width or len(piece.split()) == 1 or width == 8


def test_what_is_said_behind_a_table_goes_below_it():
    row = "      5         6                  1                  1         0  1203   M* + 1, best"
    assert fold(row, 80).split("\n") == [row[:73].rstrip(), "          M* + 1, best"]
    said = "T7.4  holds  m is at least five: no isolated point, and permutations are joined"
    assert fold(said, 60).split("\n")[1].startswith("  ")


def test_a_stream_is_folded_line_by_line():
    import io

    below, copy = io.StringIO(), io.StringIO()
    stream = Folding(below, 12, copy)
    print("one two three four", end="", file=stream)
    print("\nfive", end="", file=stream)
    stream.finish()
    assert below.getvalue() == "one two\n   three\n   four\nfive"
    assert copy.getvalue() == "one two three four\nfive"


# words


def test_explain_says_what_the_page_uses(capsys):
    plain = run(capsys, "certify", EXAMPLES / "octahedron.json")[1]
    code, out, _ = run(capsys, "certify", EXAMPLES / "octahedron.json", "--explain")
    assert code == 0
    assert out.startswith(plain)
    said = out.removeprefix(plain)
    heads = {line.split("  ")[0] for line in said.splitlines() if line[:1].strip()}
    assert {"kappa", "atom", "P", "m*", "M*", "Theta_m", "component", "level"} <= heads
    assert "gap" not in heads
    assert max(map(len, said.splitlines())) <= 80


def test_explain_of_an_answer_for_machines_is_refused(capsys):
    code, out, err = run(capsys, "certify", EXAMPLES / "a2.json", "--explain", "--json")
    assert (code, out) == (2, "")
    assert "leave --json out" in err


def test_every_word_of_the_glossary_is_found_in_a_page():
    assert set(_SHOWN) <= set(WORDS)
    for word, text in WORDS.items():
        shown = {"kappa": "κ = 1", "Theta_m": "of Θ_m", "staircase": "width m"}
        page = shown.get(word, f"a {word} b")
        assert explained(page).startswith(f"{word}  ") == bool(text), word
    assert explained("nothing known here") == ""


# what was meant


@pytest.mark.parametrize(
    "arguments, cure",
    [
        (["certifY", "x"], "did you mean 'certify'?"),
        (["beta_path", "x"], "did you mean 'beta-path'?"),
        (["certify", "x", "--Beta", "1"], "did you mean '--beta'?"),
        (["certify", "x", "--bias", "Free"], "did you mean 'free'?"),
        (["draw", "x", "-o", "y.svg", "--what", "face"], "did you mean 'faces'?"),
        (["certify", EXAMPLES / "Octahedron.json"], "did you mean"),
        (["certify", EXAMPLES / "octahedron.jso"], "octahedron.json?"),
        (["certify", ROOT / "Examples" / "A2.json"], "examples/a2.json?"),
        (["certify", "no/such/place.json"], "check the path"),
        (
            ["gap", EXAMPLES / "a2.json", EXAMPLES / "networks" / "A2_one.json"],
            "a2_one.json?",
        ),
        (["check", ROOT / "proofs" / "golden" / "A2.json"], "a2.json?"),
        (["certify", EXAMPLES / "a2.json", "--loss", "Squared-Hinge"], "'squared_hinge'?"),
        (["certify", "--example", "Octahedron"], "did you mean 'octahedron'?"),
        (["certify", "--example", "GATED"], "did you mean 'units/gated'?"),
        (["completion", "Fish"], "did you mean 'fish'?"),
        (["qqqq"], "choose from certify, check"),
    ],
)
def test_a_slip_is_one_line_that_says_what_was_meant(capsys, arguments, cure):
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert cure in err


@pytest.mark.parametrize(
    "text, cure",
    [
        ('{"x": [[1]], "y": [1], "beta": 1}', "'x': did you mean 'X'?"),
        ('{"X": [[1]], "Y": [1], "beta": 1}', "'Y': did you mean 'y'?"),
        ('{"X": [[1]], "y": [1], "BETA": 1}', "'BETA': did you mean 'beta'?"),
        ('{"X": [[1]], "y": [1], "beta": 1, "loss": {"kind": "Huber"}}', "mean 'huber'?"),
        ('{"X": [[1]], "y": [1], "beta": 1, "skip": "Affine"}', "mean 'affine'?"),
        ('{"X": [[1]], "y": [1], "beta": 1, "activation": "ReLU"}', "mean 'relu'?"),
        ('{"X": [[1]], "y": [1], "beta": 1, "penalty": "L1"}', "mean 'l1'?"),
        ('{"X": [[1]], "y": [1], "zeta": 1}', "did you mean 'beta'?"),
    ],
)
def test_keys_and_words_of_an_instance(capsys, tmp_path, text, cure):
    file = tmp_path / "data.json"
    file.write_text(text, encoding="utf-8")
    code, _, err = run(capsys, "certify", file)
    assert code == 2
    assert cure in err


def test_what_is_nothing_like_anything(tmp_path, monkeypatch):
    assert meant("zzz", ["alpha"], "known: alpha") == "known: alpha"
    assert meant_file(Path("qq") / "zz.json") == "check the path"
    (tmp_path / "Data.json").write_text("{}", encoding="utf-8")
    (tmp_path / "data.d").mkdir()
    monkeypatch.chdir(tmp_path)
    assert meant_file(Path("data.json")) == "did you mean Data.json?"
    assert meant_file(Path("Data.D")) == "check the path"  # a folder is no file


def test_an_instance_given_to_check_says_so(capsys):
    code, out, err = run(capsys, "check", EXAMPLES / "a2.json")
    assert (code, out) == (2, "")
    assert "is an instance, no certificate" in err


# the parser, and shells


def test_the_parser_has_every_subcommand():
    whole = parser()
    for name in COMMANDS:
        with pytest.raises(SystemExit) as done:
            whole.parse_args([name, "--help"])
        assert done.value.code == 0
    args = whole.parse_args(["gap", "d.json", "n.json", "--quick"])
    assert (args.command, args.quick) == ("gap", True)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_names_every_command_and_option(capsys, shell):
    code, out, _ = run(capsys, "completion", shell)
    assert code == 0
    assert out == script(shell, parser())
    for name in COMMANDS:
        assert name in out
    option = {"bash": "--beta-squared", "zsh": "--beta-squared", "fish": "-l beta-squared"}
    assert option[shell] in out
    for word in ("epsilon_insensitive", "octahedron", "polytope", "penalised"):
        assert word in out
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed: its syntax is not checked")
    done = subprocess.run(
        [shell, "-n"], input=out, text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize(
    "words, found",
    [
        (["ce"], ["certify"]),
        (["certify", "--beta-"], ["--beta-squared"]),
        (["certify", "x.json", "--bias", ""], ["none", "penalised", "free"]),
        (["certify", "--loss", "hu"], ["huber"]),
        (["draw", "x.json", "--what", "f"], ["function", "faces"]),
        (["explain", "M"], ["M*"]),
        (["certify", "examples/octah"], ["examples/octahedron.json"]),
        (["certify", "--example", "octa"], ["octahedron"]),
        (["completion", ""], ["bash", "zsh", "fish"]),
    ],
)
def test_bash_completes(words, found):
    ask = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _polytope_nn\n'
    ask += 'printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(
        ["bash", "-c", script("bash", parser()) + ask, "bash", "polytope-nn", *words],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == found
