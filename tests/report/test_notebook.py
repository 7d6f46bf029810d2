"""What a notebook shows: tables with the right numbers, LaTeX, pictures; and one is run."""

import json
import re
import runpy
import shutil
import subprocess
from fractions import Fraction
from html.parser import HTMLParser
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
import sympy

import polytope_nn as pn
from polytope_nn.errors import DimensionError, InexactError, InstanceError
from polytope_nn.exact.ball import Ball
from polytope_nn.report.notebook import display
from polytope_nn.report.text import staircase_rows
from tests.oracles.worked import WORKED

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "examples" / "first_hour.ipynb"
OCTAHEDRON = pn.read_instance(ROOT / "examples" / "octahedron.json").problem()
MOVABLE = pn.staircase(
    pn.read_instance(ROOT / "examples" / "interpolation" / "free_bias.json").interpolation()
)


class Cells(HTMLParser):
    """The cells of the tables of a page, row by row."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.open = [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        del attrs
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


# the notebook itself


def cells(text):
    return [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]


def test_the_notebook_runs_and_shows_what_it_showed():
    run = runpy.run_path(str(ROOT / "docs" / "notebook.py"))["run"]
    kept = NOTEBOOK.read_text(encoding="utf-8")
    made = run(kept)
    ours = (ROOT / "docs/images/matplotlib.txt").read_text(encoding="utf-8").strip()
    if version("matplotlib") == ours:
        assert made == kept, "make notebook"
    for new, old in zip(cells(made), cells(kept), strict=True):
        for x, y in zip(new["outputs"], old["outputs"], strict=True):
            data, before = x.get("data", {}), y.get("data", {})
            assert data.keys() == before.keys()
            for form in ("text/plain", "text/html", "text/latex"):
                assert data.get(form) == before.get(form)
            assert x.get("text") == y.get("text")
    assert len(kept) < 300_000


@pytest.mark.skipif(
    not (find_spec("nbclient") and find_spec("ipykernel")), reason="no Jupyter is installed"
)
def test_jupyter_runs_the_notebook(tmp_path):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute(cwd=str(tmp_path))
    forms = [
        set(output.data)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "data" in output
    ]
    assert {"text/html", "text/latex", "image/svg+xml", "text/plain"} in forms
    assert any("image/png" in found for found in forms)


# tables


@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_the_staircase_as_a_table(w):
    S = pn.staircase(w.problem())
    header, body, marks = staircase_rows(S)
    top, *rows = Cells(S._repr_html_()).rows
    assert [t.replace("_", "") for t in header] == [t for t in top if t]
    assert rows == [[*cells, mark] for cells, mark in zip(body, marks, strict=True)]


def test_tables_of_other_values():
    O = pn.optimum(OCTAHEDRON)
    P = pn.optimal_polytope(O)
    rows = Cells(P._repr_html_()).rows
    assert len(rows) == 1 + len(P.vertices)
    assert rows[1] == ["0", "4", "0: 2, 3: 2, 5: 2, 6: 2"]
    rows = Cells(O._repr_html_()).rows
    assert len(rows) == 1 + 6 + 1 + 8
    assert rows[1] == ["0", "(1, 0, 0)", "5", "1", "4"]
    net = pn.Network.of((1, [1, "1/2"]), None, (-1, [0, 1]))
    assert Cells(net._repr_html_()).rows[1:] == [
        ["0", "+", "(1, 1/2)"],
        ["1", "", "·"],
        ["2", "−", "(0, 1)"],
    ]
    rows = Cells(pn.holes(P)._repr_html_()).rows
    assert rows[3] == ["4", "3, 3", "49, 141, 4"]
    shown = pn.verdict("T7.1", OCTAHEDRON)._repr_html_()
    assert "<b>T7.1</b> holds: Θ<sub>m*</sub> is finite" in shown
    path = pn.beta_path(pn.TrainingProblem([[1]], [2], beta=1), end="1/2")
    assert Cells(path._repr_html_()).rows[1][:4] == ["1/2", "2", "1", "1"]
    many = pn.Network(tuple(net.slots[0] for _ in range(50)))
    assert "10 more rows" in many._repr_html_()


def test_names_are_escaped():
    D = pn.TrainingProblem([[1]], [2], beta=1, name="<b>&")
    shown = pn.optimum(D)._repr_html_()
    assert "<b>&" not in shown
    Cells(shown)


def test_what_has_no_table_or_picture_shows_its_text(monkeypatch):
    assert MOVABLE.reason
    assert MOVABLE._repr_html_() is MOVABLE._repr_latex_() is MOVABLE._repr_svg_() is None
    assert display.html(3) is display.svg(3) is None
    S = pn.staircase(OCTAHEDRON)
    monkeypatch.setattr(display, "find_spec", lambda _: None)
    assert S._repr_svg_() is None  # no matplotlib: no error either


def test_pictures_that_a_notebook_shows_unasked():
    S = pn.staircase(OCTAHEDRON)
    for value in (S, pn.holes(S)):
        shown = value._repr_svg_()
        assert shown == value._repr_svg_()
        assert shown.startswith("<?xml")


# the staircase as a sequence


def test_len_iteration_and_slices_of_a_staircase():
    S = pn.staircase(OCTAHEDRON)
    assert len(S) == len(list(S)) == 4
    assert S[:] == tuple(S)
    assert [step.width for step in S[3:]] == [3, 4, 5]
    assert [step.width for step in S[:4]] == [2, 3]  # widths below m* have no network
    assert [step.width for step in S[3:8:2]] == [3, 5, 7]
    assert S[4] == S[4:5][0]
    assert [step.components for step in S] == [8, 4, 49, 1]
    with pytest.raises(DimensionError, match="below m"):
        S[1]
    zero = pn.staircase(pn.TrainingProblem([[1]], [0], beta=1))
    assert (len(zero), len(zero[:]), bool(zero)) == (1, 1, True)
    assert bool(MOVABLE)
    with pytest.raises(pn.UnboundedError):
        len(MOVABLE)


# networks as functions


def test_a_network_is_called_at_samples():
    net = pn.Network.of((1, [2, 0]), (-1, ["1/2", "1/2"]), None)
    assert net(["1/2", 1]) == Fraction(1, 4)
    assert net.predict(OCTAHEDRON.X[:0]) == ()
    X = [[1, 0], [0, 1], [-1, "3/2"]]
    assert net.predict(X) == net.fit(tuple(tuple(map(Fraction, x)) for x in X))
    biased = pn.TrainingProblem([[0], [1], [3]], [1, 0, 2], beta="1/4", bias="penalised")
    two = pn.Network.of((1, [1, -1]), (-1, [-2, 1]))
    assert two.predict(biased.X) == two.fit(biased.design)
    free = pn.Network((*two.slots,), skip=(Fraction(3),), constant=Fraction(1, 2))
    assert free([2]) == two([2]) + 6 + Fraction(1, 2)
    with pytest.raises(InexactError):
        net([0.5, 1])
    with pytest.raises(DimensionError, match="a sample has 3 entries, the neurons 2"):
        net([1, 2, 3])
    with pytest.raises(DimensionError, match="the network's skip 1"):
        pn.Network((None,), skip=(Fraction(3),))([1, 2])


def test_networks_of_several_outputs_and_of_three_layers():
    two = pn.VectorNetwork.from_json(
        {"neurons": [{"u": [1, -1], "v": [2, 3]}, None], "constant": [0, 1]}
    )
    assert two([3, 1]) == (4, 7)
    assert two.predict([[3], [0]]) == ((4, 7), (0, 1))  # the last weight is a bias
    D = pn.VectorProblem(
        [[3], [0]], [[1, 0], [0, 1]], beta=1, bias="penalised", skip="constant"
    )
    assert two.predict(D.X) == two.fit(D)
    assert pn.VectorNetwork((None,)).predict([[1]]) == ((),)
    with pytest.raises(DimensionError):
        two([1, 2, 3])
    neurons = [{"sign": 1, "u": ["2", "0"]}]
    deep = pn.ParallelNetwork.from_json(
        {"branches": [{"sign": 1, "neurons": neurons}, None]}
    )
    assert (deep([1, 0]), deep([-1, 5]), deep([3])) == (2, 0, 6)


# LaTeX


def test_the_staircase_in_booktabs():
    S = pn.staircase(OCTAHEDRON)
    text = S._repr_latex_()
    assert text.count(r"\\") == 1 + 5
    assert r"4 & 6 & 3 & 49 & 48 & 141 & $M^*$ \\" in text
    assert sympy.latex(S).startswith(r"\begin{array}")


def test_polytopes_optima_and_vectors():
    P = pn.optimal_polytope(pn.TrainingProblem([[1]], [2], beta=1))
    assert P._repr_latex_().startswith(r"\begin{align*}")
    assert sympy.latex(P).startswith(r"\begin{aligned}")
    assert r"\kappa &= \left(1\right)" in pn.latex(P.optimum)
    assert pn.latex((Fraction(-1, 2), 3)) == r"\left(-\frac{1}{2},\ 3\right)"
    with pytest.raises(InstanceError, match="is no value that is typeset"):
        pn.latex("x")


def test_numbers_lose_nothing_in_latex():
    D = pn.TrainingProblem([[0], [1], [2]], [1, 3, 1], beta="1/10", bias="penalised")
    O = pn.optimum(D)
    for text in (pn.latex(O.value), pn.latex(O.kappa), O.value._repr_latex_()):
        assert text.count(r"-2 + \alpha^{2} = 0,\ \alpha \in") == 1
    ball = Ball.from_interval(Fraction(1, 3), Fraction(334, 1000))
    middle, radius, power = re.fullmatch(
        r"(.*) \\pm (.*) \\cdot 10\^\{(.*)\}", pn.latex(ball)
    ).groups()
    reach = Fraction(radius) * Fraction(10) ** int(power)
    assert Fraction(middle) - reach <= ball.lower <= ball.upper <= Fraction(middle) + reach
    assert reach < 2 * ball.radius
    assert pn.latex(Ball.from_rational(3)) == "3"


def enclosed(text):
    """Return the ends of what LaTeX says of a ball."""
    middle, radius, power = re.fullmatch(
        r"(\S*) \\pm (\S*)(?: \\cdot 10\^\{(.*)\})?", text
    ).groups()
    reach = Fraction(radius) * Fraction(10) ** int(power or 0)
    return Fraction(middle) - reach, Fraction(middle) + reach


@pytest.mark.parametrize(
    "ends",
    [(-2, 5), (10**9, 10**9 + 1), (Fraction(1, 3 * 10**20), Fraction(1, 10**20)), (-9, 9)],
)
def test_the_radius_of_a_ball_is_rounded_up(ends):
    ball = Ball.from_interval(*ends)
    lower, upper = enclosed(pn.latex(ball))
    assert lower <= ball.lower <= ball.upper <= upper


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX is installed")
def test_latex_reads_what_is_displayed(tmp_path):
    D = pn.TrainingProblem([[0], [1], [2]], [1, 3, 1], beta="1/10", bias="penalised")
    values = [pn.optimum(D), pn.optimal_polytope(D), pn.staircase(OCTAHEDRON)]
    values += [pn.optimum(D).value, Ball.from_rational(Fraction(1, 3))]
    values += [pn.verdict(x, OCTAHEDRON) for x in ("T3", "T7.1", "T8", "T15")]
    # booktabs' rules, where the package is not installed
    head = r"\documentclass{article}\usepackage{amsmath,amssymb}"
    head += "".join(rf"\def\{x}rule{{\hline}}" for x in ("top", "mid", "bottom"))
    body = "\n\n".join(x._repr_latex_() for x in values)
    body += "\n\n".join(f"$${sympy.latex(x)}$$" for x in values)
    text = rf"{head}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "page.tex").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-900:]
