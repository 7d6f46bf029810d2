"""Pictures: what is drawn is what is so, names cover nothing, the bytes are the same twice."""

import io
import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise, product
from math import dist, factorial
from pathlib import Path as File
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import polytope_nn as pn
from polytope_nn.errors import DimensionError, InstanceError, MissingEngineError
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import dot
from polytope_nn.functions.piecewise_linear import represented
from polytope_nn.geometry.faces import FaceComplex
from polytope_nn.parallel.reading import parallel_problem
from polytope_nn.report.figures import beta_figure, cells, ellipse, functions
from polytope_nn.report.figures.paper import look, tikz
from polytope_nn.report.figures.paper.forms import FORMS
from polytope_nn.report.figures.pictures import OF_OPTIMA, OF_POLYTOPES
from polytope_nn.report.figures.polytopes import body, drawing, hasse, shadow, widths
from polytope_nn.report.figures.polytopes.schlegel import schlegel
from polytope_nn.report.figures.roads import connection, objective

EXAMPLES = File(__file__).parents[2] / "examples"
MAGIC = {
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".tikz": b"\\begin{tikzpicture}",
}


def problem(name):
    return pn.read_instance(EXAMPLES / f"{name}.json").problem()


def polytope(name):
    return pn.optimal_polytope(problem(name))


def axes_of(size=(6.4, 5.6)):
    figure = Figure(figsize=size)
    FigureCanvasAgg(figure)
    return figure.add_axes((0.03, 0.08, 0.94, 0.84))


CUBE = pn.Polyhedron.from_inequalities(
    [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], [1] * 6
)


# bytes


@pytest.mark.parametrize("name", [*OF_OPTIMA, *OF_POLYTOPES])
def test_every_picture_has_the_same_bytes_twice(name):
    made = OF_OPTIMA.get(name) or OF_POLYTOPES[name]
    values = [pn.optimum(problem("a2")), polytope("a2")]
    value = values[name in OF_POLYTOPES]
    first = made(value, "A2", ".svg")
    assert first == made(value, "A2", ".svg")
    assert first.startswith(MAGIC[".svg"])


@pytest.mark.parametrize("form", FORMS)
def test_every_form(form):
    P = polytope("triangle")
    first, second = (drawing.polytope_picture(P, "triangle", form) for _ in range(2))
    assert first == second
    assert first.startswith(MAGIC[form])
    assert not re.search(rb"20\d\d-\d\d-\d\d|CreationDate", first)


# bodies and shadows


@pytest.mark.parametrize("name", ["a2", "tetrahedron", "triangle"])
def test_lengths_are_those_of_the_polytope(name):
    P = polytope(name)
    B = body.body_of(P)
    assert B.places.shape == (P.n_vertices, P.dim)
    whole = [
        sum((s - t) ** 2 for s, t in zip(v, w, strict=True))
        for v, w in combinations(P.vertices, 2)
    ]
    drawn = [dist(p, q) ** 2 for p, q in combinations(B.places.tolist(), 2)]
    ratios = {round(d / float(w), 9) for d, w in zip(drawn, whole, strict=True)}
    assert len(ratios) == 1  # one scale for all


def test_a_cube_shows_three_faces_and_hides_one_corner():
    B = body.polyhedron_body(CUBE)
    cast = shadow.shadow(B)
    assert (len(B.edges), len(B.polygons)) == (12, 6)
    assert len(cast.visible_polygons) == len(cast.hidden_edges) == 3
    assert len(cast.hidden_vertices) == 1
    for polygon in B.polygons:
        around = [*polygon.vertices, polygon.vertices[0]]
        edges = {frozenset(e.vertices) for e in B.edges}
        assert all(frozenset(pair) in edges for pair in pairwise(around))


def test_the_graph_of_the_octahedrons_polytope():
    P = polytope("octahedron")
    B = body.body_of(P)
    lattice = pn.face_lattice(P)
    assert len(B.edges) == lattice.f_vector[2]
    assert sorted(e.level for e in B.edges) == [4] * 6 + [5] * 8
    places = shadow.on_a_circle(B).places
    assert np.round(np.linalg.norm(places, axis=1), 9).tolist() == [1.0] * 6


@pytest.mark.parametrize("name", ["octahedron", "24 facets", "cyclic"])
def test_a_schlegel_diagram_is_exact(name):
    """Inside the facet, its vertices where they are, and every polygon flat."""
    points = {
        "octahedron": polytope("octahedron").vertices,
        "24 facets": [
            tuple(map(Fraction, p))
            for p in product((-1, 0, 1), repeat=4)
            if sum(map(abs, p)) == 2
        ],
        "cyclic": [tuple(Fraction(t) ** k for k in (1, 2, 3, 4)) for t in range(-3, 4)],
    }[name]
    P = pn.Polyhedron.from_generators(points)
    L, H = pn.face_lattice(P), P.halfspaces
    slacks = [[b - dot(a, v) for v in P.vertices] for a, b in zip(H.A, H.b, strict=True)]
    found = schlegel(P.vertices, [L.vertices(face) for face in L[3]], slacks)
    assert len(found.base) == max(len(L.vertices(face)) for face in L[3])
    assert len(set(found.points)) == len(P.vertices)
    for v in found.base:
        assert found.points[v] == tuple(P.vertices[v])
    through = [all(not row[v] for v in found.base) for row in slacks]
    assert sum(through) == 1
    for at, a, b in zip(through, H.A, H.b, strict=True):
        left = [b - dot(a, x) for x in found.points]
        assert not any(left) if at else min(left) >= 0
    for face in L[2]:
        first, *others = (found.points[v] for v in L.vertices(face))
        assert rank([[x - y for x, y in zip(p, first, strict=True)] for p in others]) == 2


def test_dimension_four_is_seen_through_a_facet():
    cube = pn.Polyhedron.from_generators(list(product([-1, 1], repeat=4)))
    assert len(body.polyhedron_body(cube).base) == 8
    many = pn.Polyhedron.from_generators([[t, t**2, t**3, t**4] for t in range(25)])
    assert not body.polyhedron_body(many).base  # too many to be read: the graph
    axes = axes_of()
    cube.plot(axes)
    assert len([x for x in axes.lines if x.get_marker() == "None"]) == 32
    assert len(axes.patches) == 6  # the polygons of the facet are shaded


def test_polytopes_of_several_fits_and_of_one_point():
    segment = pn.optimal_polytope(
        pn.read_instance(EXAMPLES / "losses" / "absolute_segment.json").problem()
    )
    B = body.body_of(segment)
    assert (B.dim, B.names, B.alone) == (1, ("{0 1}", "{0 1}"), (False, False))
    zero = pn.optimal_polytope(pn.TrainingProblem([[1, 0], [0, 1]], [0, 0], beta=1))
    for made in OF_POLYTOPES.values():
        assert made(zero, "zero", ".svg")


def test_scales_do_not_matter():
    X, y = [[1, -1, 0], [0, 1, -1]], [2, 2]
    shown = []
    for scale in (1, 10**12, Fraction(1, 10**12)):
        rows = [[t * scale for t in x] for x in X]
        labels = [t * scale for t in y]
        D = pn.TrainingProblem(rows, labels, beta_squared=2 * Fraction(scale) ** 4)
        shown.append(drawing.polytope_picture(pn.optimal_polytope(D), "A2", ".svg"))
    assert shown[0] == shown[1] == shown[2]


def test_what_is_too_large_or_no_polytope_is_refused():
    ray = pn.Polyhedron.from_generators([[0]], rays=[[1]])
    with pytest.raises(pn.UnboundedError, match="only polytopes are drawn"):
        ray.plot(axes_of())
    empty = pn.Polyhedron.from_inequalities([[1], [-1]], [0, -1])
    with pytest.raises(InstanceError, match="empty"):
        empty.plot(axes_of())
    cube = pn.Polyhedron.from_inequalities(
        [[s * int(i == j) for j in range(7)] for i in range(7) for s in (1, -1)], [1] * 14
    )
    with pytest.raises(InstanceError, match="128 vertices: a picture shows 120"):
        cube.plot(axes_of())


# names


def boxes(axes):
    renderer = axes.figure.canvas.get_renderer()
    texts = [t for t in axes.texts if t.get_text().strip()]
    return [(t.get_text(), t.get_window_extent(renderer)) for t in texts]


def markers(axes):
    """Return the boxes of the markers, in pixels, a little smaller than they are."""
    found = []
    for line in axes.lines:
        if line.get_marker() in {"o", "D", "*"}:
            half = 0.45 * line.get_markersize() * axes.figure.dpi / 72
            points = axes.transData.transform(np.column_stack(line.get_data()))
            found += [(x - half, y - half, x + half, y + half) for x, y in points]
    return found


def overlap(a, b):
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])


@pytest.mark.parametrize(
    "value",
    [
        *(polytope(x) for x in ("a2", "tetrahedron", "triangle", "octahedron")),
        pn.optimum(problem("tie")),
        pn.optimum(pn.TrainingProblem([[2, 1], [1, 2]], [3, -1], beta=1)),
        CUBE,
    ],
    ids=repr,
)
def test_no_name_covers_a_marker_or_another_name(value):
    axes = axes_of()
    value.plot(axes)
    axes.figure.canvas.draw()
    named = boxes(axes)
    assert named
    for (one, a), (two, b) in combinations(named, 2):
        assert not overlap(a.extents, b.extents), (one, two)
    for name, a in named:
        assert not any(overlap(a.extents, m) for m in markers(axes)), name
        page = axes.figure.bbox.extents
        assert page[0] <= a.x0 <= a.x1 <= page[2], name
        assert page[1] <= a.y0 <= a.y1 <= page[3], name


@pytest.mark.parametrize("name", ["octahedron", "triangle", "square"])
def test_numbers_of_atoms_cover_no_other(name):
    axes = axes_of((5.6, 5.6))
    pn.optimum(problem(name)).plot_atoms(axes)
    axes.figure.canvas.draw()
    named = [(t, b) for t, b in boxes(axes) if t.isdigit()]
    assert sorted(int(t) for t, _ in named) == list(range(len(named)))
    for (_, a), (_, b) in combinations(named, 2):
        assert not overlap(a.extents, b.extents)


# P_m, faces


@pytest.mark.parametrize("name", ["a2", "triangle", "octahedron"])
def test_a_panel_has_the_faces_and_the_points_of_its_width(name):
    P = polytope(name)
    S, lattice = P.staircase, pn.face_lattice(P)
    axes = axes_of((10, 4))
    P.plot_widths(axes)
    shown = widths.shown_widths(S, body.body_of(P))
    assert shown[0] == S.m_star
    assert shown[-1] >= S.threshold
    panels = axes.child_axes
    assert len(panels) == len(shown)
    for m, panel in zip(shown, panels, strict=True):
        bold = [
            x for x in panel.lines if x.get_linewidth() > 1 and x.get_marker() == "None"
        ]
        inside = (*lattice.restrict(m).f_vector, 0, 0, 0)
        diamonds = [x for x in panel.lines if x.get_marker() == "D"]
        discs = [x for x in panel.lines if x.get_marker() == "o"]
        assert len(bold) == inside[2]
        if P.dim < 4:
            assert len(panel.patches) == inside[3]
        assert len(diamonds) * factorial(m) == S[m].isolated
        assert len(diamonds) + len(discs) == S[m].vertices


def test_the_lattice_has_every_face_and_every_cover():
    P = polytope("octahedron")
    L = pn.face_lattice(P)
    axes = axes_of((14, 7))
    L.plot(axes)
    names = [t.get_text() for t in axes.texts]
    assert len(axes.lines) == len(L.arcs)
    assert len([n for n in names if not n.startswith("dim")]) == len(L)
    assert {"∅", "01234567", "0356", "dim 2: 16"} <= set(names)
    assert hasse.lattice_picture(P, "octahedron", ".svg")


# atoms, ellipses


def test_arrows_tell_the_signs_apart():
    O = pn.optimum(problem("one_sign_each"))
    axes = axes_of()
    O.plot_atoms(axes)
    drawn = [t for t in axes.texts if not t.get_text()]
    assert len(drawn) == len(O.atoms)
    dashed = [t for t in drawn if t.arrow_patch.get_linestyle() != "-"]
    assert len(dashed) == sum(a.sign < 0 for a in O.atoms)
    assert all(dist(t.xy, (0, 0)) <= 1 + 1e-9 for t in drawn)


@pytest.mark.parametrize(
    "X", [[[2, 1], [1, 2]], [[2, 0], [-1, 1]], [[1, 0], [2, 0]], [[0, 1], [0, 0]]]
)
def test_the_outline_is_that_of_the_rectified_ellipse(X):
    """Its support function is that of (Xu)_+ over many u, in many directions."""
    rows = np.array(X, dtype=float)
    outline = ellipse._rectified(rows)
    turns = np.linspace(0, 2 * np.pi, 40001)
    image = np.maximum(rows @ np.array([np.cos(turns), np.sin(turns)]), 0)
    for k in range(12):
        way = np.array([np.cos(k * np.pi / 6), np.sin(k * np.pi / 6)])
        reached, drawn = max((way @ image).max(), 0), (outline @ way).max()
        assert abs(reached - drawn) < 1e-3 * abs(rows).max()


def test_pictures_that_lie_in_no_plane_are_refused():
    with pytest.raises(DimensionError, match="only n = 2 and n = 3"):
        pn.optimum(problem("octahedron")).plot(axes_of())
    with pytest.raises(DimensionError, match=r"atoms in R\^4"):
        pn.optimum(problem("a2_rational")).plot_atoms(axes_of())
    free = pn.optimum(
        pn.TrainingProblem([[0], [1]], [1, 0], beta=1, bias="free", skip="constant")
    )
    with pytest.raises(InstanceError, match="unbounded"):
        free.plot(axes_of())


# functions


def test_cells_cover_the_box_and_lie_across_no_line():
    lines = [(1.0, 2.0, -0.3), (1.0, -1.0, 0.0), (0.0, 1.0, 0.4), (1.0, -1.0, 0.0)]
    found = cells.cells((-1, -1, 1, 1), lines)
    assert len(found) == 6  # 1 + 3 lines + 2 crossings inside
    area = 0.0
    for piece in found:
        ring = [*piece, piece[0]]
        area += sum(x * v - u * y for (x, y), (u, v) in pairwise(ring)) / 2
        for a, b, c in lines:
            sides = {
                round(a * x + b * y + c, 9) > 0
                for x, y in piece
                if abs(a * x + b * y + c) > 1e-9
            }
            assert len(sides) == 1
    assert abs(area - 4) < 1e-9


def test_the_curve_bends_at_the_kinks_and_meets_the_function():
    D = pn.TrainingProblem([[0], [1], [2]], [1, 3, 1], beta="1/10", bias="penalised")
    P = pn.optimal_polytope(D)
    f = represented(P, P.point(P.some))
    axes = axes_of()
    f.plot(axes)
    x, y = axes.lines[0].get_data()
    assert len(x) == len(f.kinks) + 2
    for a, b in zip(x, y, strict=True):
        assert abs(float(f((Fraction(float(a)),))) - b) < 1e-9


def test_networks_with_and_without_a_bias():
    net = pn.Network.of((1, [2, -1]), (-1, [1, 0]))
    plane = functions.function_of(net)
    assert (plane.d, plane((1, 3)), plane((3, 1))) == (2, -1, 2)
    D = pn.TrainingProblem([[0], [1]], [0, 1], beta=1, bias="penalised")
    line = functions.function_of(net, D)
    assert (line.d, line((3,)), line((0,))) == (1, 2, 0)
    for value in (net.fit(D.design)[1], line((1,))):
        assert value == 0
    axes = axes_of()
    assert net.plot(axes, problem=D) is axes
    assert axes.get_xlabel() == "x"
    assert net.plot(axes_of()).get_ylabel() == "x₂"
    with pytest.raises(DimensionError, match="3 weights, the samples 1 feature"):
        pn.Network.of((1, [1, 2, 3])).plot(axes_of(), problem=D)
    with pytest.raises(DimensionError, match=r"R\^3"):
        pn.Network.of((1, [1, 2, 3])).plot(axes_of())


# objectives


def test_the_objective_between_breakpoints():
    D = problem("octahedron")
    raw = pn.read_network(EXAMPLES / "networks" / "octahedron_raw.json")
    road = pn.connect(D, raw, pn.Network.of((1, [3, 0, 1]), (-1, [1, 1, 0])))
    places, values = objective.profile(D, road.breakpoints)
    exact = [float(x) for x in road.objectives]
    for i, x in enumerate(exact):
        assert abs(values[places == i] - x).max() < 1e-9 * exact[0]
    for i in range(len(exact) - 1):
        leg = values[(places >= i) & (places <= i + 1)]
        leg = leg[1:] if i else leg  # a breakpoint ends one line and begins another
        leg = leg[:-1] if i < len(exact) - 2 else leg
        assert (np.diff(leg, 2) > -1e-6 * exact[0]).all()  # convex on a line
    assert values.max() <= max(exact[0], exact[-1]) * (1 + 1e-12)


def test_the_objective_of_a_free_bias_and_another_loss():
    """At share t of a line the profile is the exact objective of the network there."""
    D = pn.TrainingProblem(
        [[0], [1], [3]],
        [1, 0, 2],
        beta=1,
        bias="penalised",
        skip="constant",
        loss="squared",
    )
    a = pn.Network((pn.Network.of((1, [1, 1])).slots[0],), constant=Fraction(1))
    b = pn.Network((pn.Network.of((1, [3, 2])).slots[0],), constant=Fraction(-1))
    places, values = objective.profile(D, (a, b))
    for t in (Fraction(1, 4), Fraction(3, 4)):
        u = [1 + 2 * t, 1 + t]
        there = pn.Network(pn.Network.of((1, u)).slots, constant=1 - 2 * t)
        k = int(np.argmin(abs(places - float(t))))
        assert abs(values[k] - float(there.objective(D))) < 1e-9


# plot()


def test_everything_plots_on_given_axes_and_on_new_ones():
    from matplotlib import pyplot as plt

    D = problem("a2")
    O = pn.optimum(D)
    P = pn.optimal_polytope(O)
    one, two = (
        pn.read_network(EXAMPLES / "networks" / f"a2_{x}.json") for x in ("one", "two")
    )
    U = pn.uniqueness(
        pn.InterpolationProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [1] * 4, skip="linear")
    )
    values = [
        *(O, P, pn.staircase(P), pn.face_lattice(P), U, U.function, CUBE),
        *(pn.path(P, one, two, 3), pn.descent(P, one), pn.connect(P, one, two)),
        pn.optimum(problem("triangle")),
    ]
    deep = pn.read_instance(EXAMPLES / "hat_three_layers.json")
    values += [
        pn.holes(polytope("octahedron")),
        pn.stationary_points(problem("tie"), 1),
        pn.two_widths(pn.parallel_optimum(parallel_problem(deep))),
    ]
    own = (pn.Path, FaceComplex, pn.Uniqueness, type(U.function))  # colours of their own
    for value in values:
        axes = axes_of()
        assert value.plot(axes, color="#123456", second="#654321", fontsize=6.5) is axes
        axes.figure.canvas.draw()
        drawn = io.StringIO()
        axes.figure.savefig(drawn, format="svg")
        assert re.search("#123456|#654321", drawn.getvalue()) or isinstance(value, own)
        bare = value.plot(axes_of(), labels=False)
        assert len(bare.texts) <= len(axes.texts)
    new = P.plot(color="black", labels=False)
    assert not new.texts
    assert {x.get_markerfacecolor() for x in new.lines if x.get_marker() == "o"} == {
        "black"
    }
    plt.close(new.figure)
    found = pn.beta_path(pn.TrainingProblem([[1]], [2], beta=1), end="1/2")
    assert found.plot(axes_of()).get_xscale() == "log"


def test_styles_and_matplotlib_are_asked_for_by_name(monkeypatch):
    P = polytope("a2")
    with pytest.raises(InstanceError, match=r"colour is no style .*: did you mean 'color'"):
        P.plot(axes_of(), colour="red")
    with pytest.raises(InstanceError, match="problem= is for networks"):
        P.plot(axes_of(), problem=P.problem)
    monkeypatch.setattr(look, "find_spec", lambda _: None)
    with pytest.raises(MissingEngineError, match=r'pip install "polytope_nn\[plot\]"'):
        P.plot()


# TikZ


def test_tikz_says_what_the_picture_says():
    made = drawing.polytope_picture(polytope("triangle"), "a_b & β²", ".tikz").decode()
    assert r"a\_b \& $\beta$$^2$" in made
    assert made.count(r"\node") >= 7
    assert "?" not in re.sub(r"%.*", "", made)
    assert made.count(r"\begin{scope}") == made.count(r"\end{scope}")
    assert tikz.latex_text("5$") == r"5\$"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX is installed")
def test_latex_reads_it(tmp_path):
    P, O = polytope("octahedron"), pn.optimum(problem("tie"))
    made = [f(P, "P, 5 % of κ", ".tikz") for f in OF_POLYTOPES.values()]
    made += [f(O, "O", ".tikz") for f in OF_OPTIMA.values()]
    f = functions.function_of(pn.Network.of((1, [1, 2]), (-1, [2, -1])))
    made.append(functions.function_picture(f, functions.Samples(), "f", ".tikz"))
    inputs = []
    for i, text in enumerate(made):
        (tmp_path / f"{i}.tikz").write_bytes(text)
        inputs.append(rf"\input{{{i}.tikz}}\newpage")
    head = r"\documentclass{article}\usepackage{tikz,amssymb}\begin{document}"
    paper = "\n".join([head, *inputs, r"\end{document}"])
    (tmp_path / "paper.tex").write_text(paper, encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-800:]


def test_simplices_of_several_fits_in_balls():
    """Huber: samples on the straight parts of their losses, and P a point; a segment by hand."""
    X, y = [["2.4457"], ["0.2194"], ["-0.0253"], ["0.9731"]], ["-5.6", "0.3", "6", "0.4"]
    D = pn.TrainingProblem(
        X, y, beta="1/2", loss={"kind": "huber", "delta": "1/2"}, bias="penalised"
    )
    P = pn.optimal_polytope(pn.optimum(D))
    assert not P.optimum.is_pinned
    assert P.level == "interval"
    B = body.body_of(P)
    assert (B.dim, len(B.names), len(B.edges)) == (0, 1, 0)
    segment = body.lattice_of(SimpleNamespace(
        optimum=SimpleNamespace(is_pinned=False), n_vertices=2, dim=1
    ))  # fmt: skip
    assert segment.f_vector == (1, 2, 1)


@cache
def some_beta_path():
    X, y = [[1, 2], [-1, 1], [0, -2], [3, 1]], [2, -1, 1, "5/2"]
    return pn.beta_path(pn.TrainingProblem(X, y, beta=1), end=Fraction(1))


def test_a_beta_path_names_its_ends_and_events():
    found = some_beta_path()
    axes = axes_of()
    beta_figure.draw_beta(axes, found, look.Look())
    written = dict(zip(axes.get_xticks(), axes.get_xticklabels(), strict=True))
    ends = {float(i.lower) for i in found.intervals} | {float(found.intervals[0].upper)}
    assert {round(x, 9) for x in written} == {round(x, 9) for x in ends}
    assert all(label.get_text() == f"{x:.3g}" for x, label in written.items())


@pytest.mark.parametrize("left, hatched", [(Fraction(1, 10**9), 0), (Fraction(1, 10), 1)])
def test_what_is_not_proved_is_hatched_where_it_is_seen(left, hatched):
    found = some_beta_path()
    first, *others = found.intervals
    part = replace(found, intervals=(replace(first, proved=1 - left), *others))
    axes = axes_of()
    beta_figure.draw_beta(axes, part, look.Look())
    assert sum(patch.get_hatch() is not None for patch in axes.patches) == hatched
    told = [text.get_text() for text in axes.texts]
    assert sum("hatched: not all proved" in text for text in told) == hatched


def test_a_ribbon_is_named_once_and_above_where_it_is_thin():
    rays = connection._Rays([(1, (Fraction(1), Fraction(0)))])
    assert rays.place(-1, (Fraction(1), Fraction(2))) == 1
    thick, thin = (0, 0.9), (1, 0.01)
    axes = axes_of()
    rows = [[thick, None], [thick, thin], [None, thin]]
    connection._slots(axes, rows, rays)
    said = {(t.get_text(), t.get_position()[0], t.get_va()) for t in axes.texts}
    assert said == {("+0", 0.5, "center"), ("−", 0.5, "bottom")}
    assert len(axes.texts) == 2
