"""The figure: the same bytes each time, and the numbers of the staircase in it."""

import re
import subprocess
import sys

import pytest

from polytope_nn import TrainingProblem, optimal_polytope, optimum, staircase
from polytope_nn.landscape.merge_tree import merge_tree
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.report.figures import figure
from polytope_nn.report.figures.figure import FORMS, staircase_figure
from polytope_nn.report.figures.paper.look import BLUE, RED
from tests.oracles.worked import WORKED

MAGIC = {
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".tikz": b"\\begin{tikz",
}


def of(problem):
    return staircase(optimal_polytope(optimum(problem)))


def made(supports, rank, n):
    sizes = tuple(bits.bit_count() for bits in supports)
    return Staircase(sizes, merge_tree(supports), rank, rank, n, vanishes=False)


@pytest.fixture
def texts(monkeypatch):
    """The texts and the glyphs of the last figure, as they are drawn."""
    from matplotlib.axes import Axes

    drawn = {"texts": [], "glyphs": []}
    text, plot = Axes.text, Axes.plot

    def noted_text(self, x, y, s, *args, **kwargs):
        drawn["texts"].append(s)
        return text(self, x, y, s, *args, **kwargs)

    def noted_plot(self, *args, **kwargs):
        if len(args) == 3 and args[2] in {"D", "o"}:
            drawn["glyphs"].append((round(args[0]), args[2]))
        return plot(self, *args, **kwargs)

    monkeypatch.setattr(Axes, "text", noted_text)
    monkeypatch.setattr(Axes, "plot", noted_plot)
    return drawn


@pytest.mark.parametrize("form", FORMS)
def test_the_bytes_are_the_same_each_time(form):
    S = of(WORKED[5].problem())
    first = staircase_figure(S, "octahedron", form)
    assert first == staircase_figure(S, "octahedron", form)
    assert first.startswith(MAGIC[form])
    assert not re.search(rb"20\d\d-\d\d-\d\d|CreationDate", first)


def test_the_bytes_are_the_same_in_another_process():
    code = """if 1:
        import hashlib, polytope_nn as pn
        from polytope_nn.report.figures.figure import staircase_figure
        D = pn.TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
        S = pn.staircase(pn.optimal_polytope(pn.optimum(D)))
        for form in (".svg", ".png", ".pdf"):
            print(hashlib.sha256(staircase_figure(S, "A2", form)).hexdigest())
    """
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "MPLBACKEND": "agg"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_each_column_shows_its_components(w, texts):
    S = of(w.problem())
    staircase_figure(S, w.name, ".svg")
    for m, components in w.components.items():
        glyphs = [kind for x, kind in texts["glyphs"] if x == m]
        isolated = S[m].isolated
        assert ("D" in glyphs) == (isolated > 0)
        assert ("o" in glyphs) == (components > isolated)
        if components <= 12:
            assert len(glyphs) == components
            assert glyphs.count("D") == isolated
        else:
            assert f"{components}" in texts["texts"]
            assert f"{isolated} isolated" in texts["texts"]


def test_the_four_thresholds_are_marked(texts):
    staircase_figure(of(WORKED[5].problem()), "octahedron", ".svg")
    labels = "\n".join(texts["texts"])
    for name in ("$m^*$", "$M^*+1$", r"$\min\{m^*+M^*,\,n+1\}$", "connected for good"):
        assert labels.count(name) == 1


def test_where_both_widths_are_one_both_are_named(texts):
    S = made([0b011, 0b101], 3, 3)  # both vertices have two atoms
    assert (S.m_star, S.M_star) == (2, 2)
    staircase_figure(S, "two", ".svg")
    assert any(text.startswith("$m^*=M^*$") for text in texts["texts"])


def test_a_huge_staircase_is_drawn_by_representatives(texts):
    supports = sorted(
        {
            1 << i | 1 << j | 1 << k
            for i in range(7)
            for j in range(7, 14)
            for k in range(14, 21)
        }
    )
    S = made(supports, 14, 20)
    picture = staircase_figure(S, "many", ".png")
    assert len(picture) > 10_000
    assert f"{6 * 343} isolated" in texts["texts"]
    assert "×343" in texts["texts"]
    assert len([x for x, _ in texts["glyphs"] if x == 3]) == 12


@pytest.mark.parametrize(
    "problem",
    [
        TrainingProblem([[1]], [0], beta=1),
        TrainingProblem([[1]], [3], beta=1),
        TrainingProblem([[1, 0], [0, 1]], [3, -3], beta=1),
    ],
    ids=["zero", "one point", "one point, two neurons"],
)
def test_the_smallest_staircases(problem, texts):
    assert staircase_figure(of(problem), "small", ".svg").startswith(b"<?xml")
    assert texts["glyphs"]


def test_some_of_each_kind_are_kept():
    step = figure.steps(made([0b111, 0b1001], 3, 3))[-1]
    assert figure._glyphs(step)
    many = type(step)(5, 1000, 500, 500, 500, 7)
    assert figure._glyphs(many) == [False] * 6 + [True] * 6  # isolated
    assert figure._glyphs(type(step)(5, 1001, 1000, 1000, 1, 7)) == [False] + [True] * 11


def test_long_counts_fit_a_column():
    assert figure.short(9999999) == "9999999"
    assert figure.short(635529742848000) == r"$6.35\cdot 10^{14}$"


def test_red_and_blue_differ_in_grey():
    def grey(colour):
        r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return (299 * r + 587 * g + 114 * b) // 1000

    assert abs(grey(RED) - grey(BLUE)) >= 10  # and shape and fill tell them apart anyway
