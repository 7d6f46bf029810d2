"""Certificates by cones: the same claims as by patterns, any size, and no file that costs much."""

import json
import time

import pytest

from polytope_nn import TrainingProblem, certify, optimal_polytope, optimum
from polytope_nn.certificate.check import Refuted, check
from polytope_nn.certificate.cones.exact import cone_certificate
from polytope_nn.cli import main
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.search.cones.many import has_many_patterns
from polytope_nn.search.cones.solving import proved_by_tree

from .forging import canonical, golden, sealed
from .planting import drawn, planted

DEGENERATE = {
    "repeated, opposite, zero": ([[1, 2], [1, 2], [-2, -4], [0, 0], [3, -1]], [2, -1, 3, 1, -2]),
    "rank 1": ([[1, 1, 0], [-2, -2, 0], [3, 3, 0]], [2, 1, -1]),
    "one sample": ([[2, 3]], [5]),
    "one feature": ([[2], [-3], [1]], [5, 1, -2]),
    "large": ([[10**12, 1], [1, -(10**12)], [3, 3]], [1, 2, -1]),
    "small": ([["1/1000000000000", 1], [1, 2], [-1, 1]], [3, -1, 2]),
}  # fmt: skip


def agree(D, kappa):
    """Both proofs have the same atoms and the same polytope."""
    O, known = proved_by_tree(D, kappa), optimum(D, kappa=kappa)
    assert (O.n_patterns, O.dual_proof, known.dual_proof) == (None, "cones", "patterns")
    assert O.atoms == known.atoms
    P, Q = optimal_polytope(O), optimal_polytope(known)
    assert (P.vertices, P.rank, P.used_rank, P.dim) == (
        Q.vertices,
        Q.rank,
        Q.used_rank,
        Q.dim,
    )
    one, other = certify(P), certify(Q)
    assert (one.kind, other.kind) == ("cones", "staircase")
    for name in ("dual", "atoms", "vertices", "widths"):
        assert one.claim(name) == other.claim(name)
    assert one.claim("components")["widths"] == other.claim("components")["widths"]
    assert certify(P).to_json() == one.to_json()


@pytest.mark.parametrize("n, d, seed", [(6, 2, 1), (7, 3, 2), (9, 3, 3), (6, 4, 4)])
def test_cones_and_patterns_agree(n, d, seed):
    agree(*drawn(n, d, seed))


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_rows(name):
    agree(*planted(*DEGENERATE[name], starts=20))


@pytest.mark.parametrize("skip", ["constant", "affine"])
def test_with_a_skip_cones_and_patterns_agree(skip, monkeypatch):
    """The optimum is the same, and the certificates say so."""
    X = [[-5, 2], [7, 4], [-3, -8], [9, -1], [2, 6], [-6, 5]]
    D = TrainingProblem(X, [3, 1, -7, 8, -2, 5], beta="1/2", skip=skip)
    Q = optimal_polytope(D)
    for limit in ("_LISTED", "_LISTED_IN_MORE"):
        monkeypatch.setattr(f"polytope_nn.search.cones.many.{limit}", 1)
    P = optimal_polytope(TrainingProblem(X, D.y, beta="1/2", skip=skip))
    assert (P.optimum.dual_proof, Q.optimum.dual_proof) == ("cones", "patterns")
    assert P.level == Q.level
    assert [a.key for a in P.atoms] == [a.key for a in Q.atoms]
    assert (P.supports, P.rank, P.dim) == (Q.supports, Q.rank, Q.dim)
    assert abs(float(P.optimum.value) - float(Q.optimum.value)) < 1e-12
    one, other = certify(P), certify(Q)
    assert one.kind == "cones"
    for name in ("atoms", "dimension", "widths", "components", "threshold"):
        assert one.claim(name) == other.claim(name)


def test_a_kappa_that_exceeds_beta_is_refused():
    D, kappa = drawn(7, 3, 2)
    with pytest.raises(NotOptimal, match="not dual feasible"):
        proved_by_tree(D, tuple(t * 1001 / 1000 for t in kappa))


def test_many_patterns_are_not_listed(tmp_path, capsys):
    D, kappa = drawn(70, 3, 0)
    assert has_many_patterns(D)
    file, to = tmp_path / "many.json", tmp_path / "c.json"
    told = {"X": D.X, "y": D.y, "beta_squared": D.beta_squared, "kappa": kappa}
    file.write_text(json.dumps(told, default=str))
    assert main(["certify", str(file), "--json", "-o", str(to)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n_patterns"], found["dual_proof"]) == (None, "cones")
    assert (found["m_star"], found["level"]) == (1, "exact")
    assert json.loads(to.read_text())["kind"] == "cones"
    assert main(["check", str(to)]) == 0
    assert main(["certify", str(file)]) == 0
    assert "dual feasible by" in capsys.readouterr().out


def test_a_rational_kappa_is_found_without_a_list():
    D, kappa = drawn(70, 3, 0)
    O = optimum(D)
    assert (O.kappa, O.dual_proof, O.level) == (kappa, "cones", "exact")


def test_few_patterns_are_listed(capsys):
    assert main(["certify", "--example", "octahedron", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dual_proof"] == "patterns"


def test_only_optima_by_cones_have_such_a_certificate():
    D, kappa = drawn(6, 2, 1)
    with pytest.raises(Undecided, match="that cones prove"):
        cone_certificate(optimal_polytope(optimum(D, kappa=kappa)))


@pytest.mark.parametrize("ratio", [(1, 1), (1, 10**30)])
def test_a_long_chain_of_cuts_costs_little(ratio):
    """Cones that wait, and generators that grow, have a bound."""
    c = golden("cones_oblique")
    c["witness"]["dual"]["trees"][0][:0] = [
        t for _ in range(20000) for t in (0, 0, 1, *ratio)
    ]
    start = time.monotonic()
    with pytest.raises(Refuted):
        check(canonical(sealed(c)))
    assert time.monotonic() - start < 20


ROWS = [["1", "0"], ["0", "1"], ["1", "1"], ["-1", "2"]]
MODELS = {
    "vector": {"y": [["1", "2"], ["2", "1"], ["0", "1"], ["3", "1"]]},
    "three layers": {"X": ROWS[:3], "y": ["1", "2", "3"], "layers": 3},
    "cells": {"penalty": "linf"},
    "gates": {"gates": [[1, 0, 1, 1], [0, 1, 1, 1]]},
    "lasso": {"X": None, "blocks": [{"A": ROWS}, {"A": [["1"], ["2"], ["0"], ["1"]]}]},
}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_says_what_proves_it(name, tmp_path, capsys):
    told = {"X": ROWS, "y": ["1", "2", "3", "1"], "beta": "1/2"} | MODELS[name]
    file = tmp_path / "model.json"
    file.write_text(json.dumps({k: v for k, v in told.items() if v is not None}))
    assert main(["certify", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["dual_proof"] == "patterns"
    assert found["n_patterns"] > 0
