"""``explain``: every word, its place in the repository, and what is no word."""

import re
from pathlib import Path

import pytest

from polytope_nn.cli import main
from polytope_nn.cli.explain import _OTHER, WORDS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("word", [*WORDS, *_OTHER, "ATOM", "Kappa", "theta_M", "p"])
def test_every_word_is_explained_with_a_place_that_exists(word, capsys):
    assert main(["explain", word]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    places = re.findall(r"(?:proofs|docs)/[\w.]+\.md", out)
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
