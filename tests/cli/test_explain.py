"""``explain``: every word, its place in the repository, and what is no word."""

import json
import re
from pathlib import Path

import pytest

from polytope_nn.cli import main
from polytope_nn.cli.explain import _OTHER, STATEMENTS, WORDS
from polytope_nn.theorems.table import THEOREMS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "word", [*WORDS, *_OTHER, *STATEMENTS, "ATOM", "Kappa", "theta_M", "p", "t8"]
)
def test_every_word_is_explained_with_a_place_that_exists(word, capsys):
    assert main(["explain", word]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    places = re.findall(r"(?:proofs|docs)/[\w./]+\.md", out)
    assert places
    assert all((ROOT / place).is_file() for place in places)
    assert max(map(len, out.splitlines())) <= 100


def test_the_words_of_the_pages_are_known():
    assert set(_OTHER.values()) <= set(WORDS)
    assert not set(_OTHER) & set(WORDS)


@pytest.mark.parametrize(
    "word, cure", [("kapa", "'kappa'"), ("qqqq", "known: kappa, atom")]
)
def test_what_is_no_word_is_one_line(word, cure, capsys):
    assert main(["explain", word]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert cure in err


EXAMPLES = ROOT / "examples"
NETWORK = "networks/octahedron_two.json"


@pytest.mark.parametrize(
    "command",
    [
        ("certify", "octahedron.json"),
        ("certify", "losses/absolute_segment.json"),
        ("certify", "hat_three_layers.json"),
        ("certify", "vector_continuum.json"),
        ("patterns", "square.json"),
        ("holes", "square.json"),
        ("connect", "octahedron.json", "--from", NETWORK, "--to", NETWORK),
        ("gap", "octahedron.json", "networks/octahedron_two.json"),
        ("nearest", "octahedron.json", "networks/octahedron_two.json"),
        ("interpolate", "interpolation/line_8.json"),
        ("stationary", "square.json", "--width", "1"),
    ],
)
def test_every_key_of_an_answer_is_a_word(command, capsys):
    name, *given = command
    files = [str(EXAMPLES / x) if x.endswith(".json") else x for x in given]
    assert main([name, *files, "--json"]) == 0
    keys = set(json.loads(capsys.readouterr().out))
    assert [key for key in sorted(keys) if main(["explain", key])] == []
    page = (ROOT / "docs" / "guide" / "json.md").read_text(encoding="utf-8")
    assert keys <= set(re.findall(r"`(\w+)`", page))


def test_every_theorem_is_told():
    assert set(STATEMENTS) == set(THEOREMS) - {"T7.5r"}


def test_every_key_of_the_page_of_keys_is_a_word(capsys):
    page = (ROOT / "docs" / "guide" / "json.md").read_text(encoding="utf-8")
    keys = set(re.findall(r"`(\w+)`", page)) - {"_float"}
    assert [key for key in sorted(keys) if main(["explain", key])] == []
    capsys.readouterr()
