"""Second routes: where they run, what is said of them, and what a disagreement is."""

import json
import sys
from dataclasses import replace

import pytest

from polytope_nn import TrainingProblem, optimal_polytope, read_instance
from polytope_nn.cli import main
from polytope_nn.errors import RoutesDisagreeError
from polytope_nn.geometry import cdd
from polytope_nn.geometry.faces import FaceLattice
from polytope_nn.landscape import second_routes as routes
from polytope_nn.landscape.merge_tree import merge_tree
from polytope_nn.landscape.second_routes import second_routes

OCTAHEDRON = "examples/octahedron.json"
BOTH = ["patterns: cdd", "components: face lattice"]
reference = pytest.mark.skipif(not cdd.is_installed(), reason="cddlib is not installed")


def checked(capsys, *arguments):
    assert main(["certify", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)["cross_checked"]


@reference
def test_by_default_where_cheap_and_on_request(capsys):
    assert checked(capsys, OCTAHEDRON) == BOTH
    assert checked(capsys, OCTAHEDRON, "--cross-check") == BOTH
    assert checked(capsys, OCTAHEDRON, "--no-cross-check") == []


@reference
def test_what_is_large_is_met_on_request_only(capsys, monkeypatch):
    monkeypatch.setattr(routes, "PATTERNS", 7)
    monkeypatch.setattr(routes, "FACES", 44)  # the octahedron has 8 patterns and 46 faces
    assert checked(capsys, OCTAHEDRON) == []
    assert checked(capsys, OCTAHEDRON, "--cross-check") == BOTH
    monkeypatch.setattr(routes, "PATTERNS", 8)
    monkeypatch.setattr(routes, "FACES", 46)
    assert checked(capsys, OCTAHEDRON) == BOTH


@reference
@pytest.mark.parametrize(
    "file, expected",
    [
        ("units/gated", BOTH[1:]),  # gates are no patterns of an arrangement
        ("units/leaky", BOTH),
        ("units/threshold", BOTH),
        ("losses/absolute_segment", BOTH[:1]),  # many fits: P is no slice of an orthant
        ("losses/logistic", BOTH),
        ("vector_continuum", BOTH[:1]),
    ],
)
def test_other_models(file, expected, capsys):
    assert checked(capsys, f"examples/{file}.json") == expected


@reference
def test_a_free_bias_has_an_arrangement_for_each_sample(capsys):
    file = "examples/interpolation/free_bias.json"
    assert "patterns: cdd" in checked(capsys, file, "--loss", "interpolation")


@pytest.mark.parametrize("file", ["units/lasso", "units/l1", "hat_three_layers"])
def test_models_without_a_second_route_refuse_it(file, capsys):
    assert main(["certify", f"examples/{file}.json", "--cross-check"]) == 2
    assert "--cross-check: is about" in capsys.readouterr().err
    assert main(["certify", f"examples/{file}.json", "--no-cross-check"]) == 0
    capsys.readouterr()


@reference
def test_patterns_that_disagree(capsys, monkeypatch):
    monkeypatch.setattr(cdd, "patterns_by_cdd", lambda _: ((1,) * 6,))
    assert main(["certify", OCTAHEDRON]) == 4
    err = capsys.readouterr().err
    assert "8 patterns by splitting, 1 by cddlib" in err
    assert err.count("\n") == 1


def test_components_that_disagree(tmp_path, capsys, monkeypatch):
    target = tmp_path / "certificate.json"
    monkeypatch.setattr(
        FaceLattice, "components", lambda _, m: ((0, 1), (2,), (3,))[: 5 - m]
    )
    assert main(["certify", OCTAHEDRON, "-o", str(target)]) == 4
    err = capsys.readouterr().err
    assert "width 2: 4 components of P_m by the merge tree {1} {3} {4} {5}, " in err
    assert "3 by the face lattice {0, 1} {2} {3}" in err
    assert not target.exists()


def test_a_wrong_merge_tree_is_seen():
    """Not only a wrong lattice: one edge of the tree put a level too low."""
    P = optimal_polytope(read_instance(OCTAHEDRON).problem())
    S = P.staircase
    assert second_routes([], S, n_patterns=None).agreed == ("components: face lattice",)
    level, i, j = S.merges[0]
    lower = replace(S, merges=((level - 2, i, j), *S.merges[1:]))
    with pytest.raises(RoutesDisagreeError, match="by the merge tree"):
        second_routes([], lower, n_patterns=None)


@pytest.mark.parametrize(
    "X, y", [([[1], [1]], [0, 0]), ([[1]], [5]), ([[0, 0], [1, 1]], [3, 9]), ([[0]], [0])]
)
def test_degenerate_data(X, y):
    P = optimal_polytope(TrainingProblem(X, y, beta=1))
    arrangements = [chart.arrangement for chart in P.problem.charts]
    found = second_routes(arrangements, P.staircase, n_patterns=2)
    assert "components: face lattice" in found.agreed
    assert ("patterns: cdd" in found.agreed) == cdd.is_installed()


def test_a_polytope_of_many_faces_is_left_alone():
    """The cube of dimension 9: 512 vertices, each on 9 edges."""
    vertices = [sum(1 << 2 * i + (v >> i & 1) for i in range(9)) for v in range(512)]
    octahedron = optimal_polytope(read_instance(OCTAHEDRON).problem()).staircase
    S = replace(
        octahedron, sizes=(9,) * 512, merges=merge_tree(vertices), supports=tuple(vertices),
        rank=9, used_rank=9,
    )  # fmt: skip
    assert second_routes([], S, n_patterns=None).agreed == ()


def test_without_cddlib(capsys, monkeypatch):
    monkeypatch.setattr(cdd, "is_installed", lambda: False)
    assert checked(capsys, OCTAHEDRON) == BOTH[1:]
    assert main(["certify", OCTAHEDRON]) == 0
    *_, agreed, missing = capsys.readouterr().out.splitlines()
    assert agreed == "cross-checked, and the same: components by the face lattice"
    assert missing.endswith('cddlib is not installed: pip install "polytope_nn[cdd]"')
    monkeypatch.setitem(sys.modules, "cdd", None)
    assert main(["certify", OCTAHEDRON, "--cross-check"]) == 2
    assert 'pip install "polytope_nn[cdd]"' in capsys.readouterr().err
