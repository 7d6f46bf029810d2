"""The page and the figure of holes: what they show is what there is."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from polytope_nn import holes, optimal_polytope
from polytope_nn.report.figures.figure import FORMS
from polytope_nn.report.figures.holes_figure import holes_figure
from polytope_nn.report.holes import holes_fields, holes_page
from polytope_nn.report.text import staircase_table
from tests.oracles.homology import plane_supports
from tests.oracles.worked import WORKED

MAGIC = {
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".tikz": b"\\begin{tikz",
}


def worked(name):
    return optimal_polytope(next(w for w in WORKED if w.name == name).problem())


def test_the_plane_is_told():
    page = holes_page(holes(plane_supports()), "plane")
    assert "H_1: Z/2" in page
    assert page.startswith("plane: P has 63 faces, m* = 6, r_P = 11; ")
    fields = holes_fields(holes(plane_supports()))
    assert fields["torsion"]["12"] == [2]
    assert fields["torsion_by_degree"]["12"] == {"1": [2]}
    assert fields["betti"]["12"] == [1]
    assert set(fields["field"].values()) == {"Q"}


def test_what_is_not_decided_is_said(monkeypatch):
    from polytope_nn.landscape.topology import cells

    monkeypatch.setattr(cells, "_DENSE", 10)
    H = holes(plane_supports())
    page = holes_page(H, "plane")
    assert "over F_2 at m = 12" in page
    assert " ? " in page
    assert holes_fields(H)["field"]["12"] == "F_2"
    assert holes_fields(H)["torsion"]["12"] is None


def test_the_table_counts_loops():
    S = worked("octahedron").staircase
    lines = staircase_table(S)
    assert lines[0].endswith("  b₁")
    assert [int(line.split()[5]) for line in lines[2:]] == [0, 4, 141, 1203, 0]


def test_the_table_has_no_such_column_where_faces_are_many(monkeypatch):
    from polytope_nn.report import text

    S = worked("octahedron").staircase
    monkeypatch.setattr(text, "_FACES", 40)
    assert "b₁" not in staircase_table(S)[0]
    monkeypatch.setattr(text, "_FEW", 5)
    assert "b₁" not in staircase_table(S)[0]


@pytest.mark.parametrize("form", FORMS)
def test_the_figure_is_the_same_each_time(form):
    P = worked("octahedron")
    first = holes_figure(P.staircase, holes(P), "octahedron", form)
    assert first.startswith(MAGIC[form])
    assert first == holes_figure(P.staircase, holes(P), "octahedron", form)


def test_the_bars_are_drawn(monkeypatch):
    from matplotlib.axes import Axes

    drawn = []
    plot = Axes.plot

    def noted(self, *args, **kwargs):
        if len(args) == 2 and kwargs.get("solid_capstyle"):
            drawn.append((args[0][0] + 0.5, args[0][1] + 0.5))
        return plot(self, *args, **kwargs)

    monkeypatch.setattr(Axes, "plot", noted)
    P = worked("octahedron")
    holes_figure(P.staircase, holes(P), "octahedron", ".svg")
    bars = {(b, e) for found in holes(P).bars.values() for b, e in found if e}
    assert set(drawn) == bars | {(2, 9)}


def test_another_process_draws_the_same():
    code = """if 1:
        import hashlib, polytope_nn as pn
        from polytope_nn.report.figures.holes_figure import holes_figure
        D = pn.TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
        P = pn.optimal_polytope(D)
        print(hashlib.sha256(holes_figure(P.staircase, pn.holes(P), "A2", ".svg")).hexdigest())
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


def test_long_rows_are_shortened():
    H = holes(SimpleNamespace(supports=tuple(1 << i for i in range(9))))
    assert "0 (×" in holes_page(H, "simplex")
