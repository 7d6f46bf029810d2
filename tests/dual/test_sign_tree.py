"""Dual feasibility by signs: the atoms of all patterns, torsion certified, what is refused."""

import json
from fractions import Fraction
from random import Random

import pytest

from polytope_nn import certify, optimal_polytope, optimum
from polytope_nn.cli import main
from polytope_nn.dual.optimum import verified
from polytope_nn.dual.signs.tree import sign_proof
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.integer import elementary_divisors, integer_inverse, integer_product
from polytope_nn.exact.matrices.smith import smith_form
from polytope_nn.exact.rational import matrix
from polytope_nn.limits import Limits
from polytope_nn.problems.sign_families import (
    birkhoff,
    cross,
    pairs_of_opposites,
    projective_plane,
)
from polytope_nn.problems.sign_networks import SignNetworks
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.solving import proved_by_tree


def proof_of(D, kappa):
    return sign_proof(D.design, tuple(map(Fraction, kappa)), D.beta_squared)


@pytest.mark.parametrize(
    "S", [cross(2), cross(3), pairs_of_opposites(2), birkhoff(2), birkhoff(3)], ids=str
)
def test_the_atoms_are_those_of_all_patterns(S):
    O, known = proved_by_tree(S.problem, S.kappa), verified(S.problem, S.kappa)
    assert (O.dual_proof, O.n_patterns, known.dual_proof) == ("signs", None, "patterns")
    assert O.atoms == known.atoms
    assert [tuple(map(int, a.g)) for a in O.atoms] == list(S.vectors)
    P, Q = optimal_polytope(O), optimal_polytope(known)
    assert (P.vertices, P.rank, P.dim) == (Q.vertices, Q.rank, Q.dim)
    one, other = certify(P), certify(Q)
    assert (one.kind, other.kind) == ("signs", "staircase")
    for name in ("dual", "atoms", "vertices", "widths"):
        assert one.claim(name) == other.claim(name)


WEIGHTED = {
    "repeated rows": (
        [[1, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]],
        [1, 1, 2, 2, 2, 0],
        8,
    ),
    "a row without weight": (
        [[1, 0], [-1, 0], [0, 1], [0, -1], [3, 4]],
        [1, 1, 1, 1, 0],
        2,
    ),
    "negative": ([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 0]], [-1, -1, -1, -1, 0], 2),
    "a line": ([[2, 0], [-2, 0]], [3, 3], 36),
}


@pytest.mark.parametrize("name", WEIGHTED)
def test_weights_repeated_rows_and_rows_without_weight(name):
    X, kappa, square = WEIGHTED[name]
    kappa = tuple(map(Fraction, kappa))
    proof = sign_proof(matrix(X), kappa, Fraction(square))
    fit = [sum(a.feature[k] for a in proof.atoms) for k in range(len(X))]
    y = [t + k for t, k in zip(fit, kappa, strict=True)]
    assert proof.atoms == verified(TrainingProblem(X, y, beta_squared=square), kappa).atoms


def test_rows_of_unequal_length_have_no_projector():
    X = matrix([[1, 0], [1, 0], [-2, 0], [0, 2], [0, -2]])
    assert sign_proof(X, (Fraction(1),) * 5, Fraction(5)) is None


def test_what_is_no_such_kappa():
    S = cross(3)
    D, one = S.problem, Fraction(1)
    assert proof_of(D, S.kappa).leaves == 8
    assert proof_of(D, [0] * 6) is None
    assert proof_of(D, [2] * 6) is None  # beyond beta
    assert proof_of(D, [1, 1, 1, 1, 1, -1]) is None
    assert proof_of(D, [1, 2, 1, 1, 1, 1]) is None
    assert proof_of(D, [one, one, one, one, one * 2, one * 2]) is None


def test_a_subspace_with_few_sign_vectors():
    S = SignNetworks.of([[1, 1, 1, -1], [1, -1, 0, 0]])
    proof = sign_proof(S.X, S.kappa, Fraction(S.p))
    assert [tuple(map(int, a.g)) for a in proof.atoms] == list(S.vectors)


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    S = projective_plane()
    file = tmp_path_factory.mktemp("plane") / "plane.json"
    told = {"X": S.X, "y": S.problem.y, "beta_squared": S.p, "kappa": S.kappa}
    file.write_text(json.dumps(told, default=str))
    return file


def test_the_projective_plane_is_certified_with_its_torsion(plane, tmp_path, capsys):
    """58 samples in dimension 29: from kappa, by the command line, and without it."""
    to = tmp_path / "c.json"
    assert main(["holes", str(plane), "--json", "-o", str(to)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["torsion"]["18"], found["betti"]["18"]) == ([2], [1])
    told = json.loads(to.read_text())
    assert told["kind"] == "signs_holes"
    assert main(["check", str(to)]) == 0
    assert "accepted" in capsys.readouterr().out
    rows = {row["m"]: row for row in told["claims"][-1]["widths"]}
    assert {m: row["torsion"] for m, row in rows.items() if row["torsion"]} == {
        18: [[1, 2]]
    }
    assert rows[18]["network_betti"] == found["network_betti"]["18"]


def test_the_projective_plane_is_found():
    O = optimum(projective_plane().problem)
    assert (O.kappa, O.dual_proof) == ((1,) * 58, "signs")


def test_another_kappa_of_the_plane_is_refused_or_undecided():
    D = projective_plane().problem
    with pytest.raises(NotOptimal, match="in the direction of row 1"):
        optimum(D, kappa=[2] * 58)
    with pytest.raises(NotOptimal, match="not optimal"):
        optimum(D, kappa=[-1] * 58)
    with pytest.raises(Undecided, match="atoms are no sign vectors"):
        optimum(D, kappa=["1/2"] * 58)


@pytest.mark.parametrize("seed", range(150))
def test_smith_forms(seed):
    r = Random(seed)  # noqa: S311 - a sample
    a, b, h = r.randint(1, 5), r.randint(1, 5), r.choice([1, 2, 6])
    A = [[r.randint(-h, h) for _ in range(b)] for _ in range(a)]
    U, S, V = smith_form(A)
    assert integer_product(integer_product(U, A), V) == S
    assert integer_inverse(U)[1] == integer_inverse(V)[1] == 1
    assert all(not t for i, row in enumerate(S) for j, t in enumerate(row) if i != j)
    diagonal = [S[i][i] for i in range(min(a, b))]
    assert tuple(t for t in diagonal if t) == elementary_divisors(A)
    assert diagonal == sorted(diagonal, key=lambda t: not t)


def test_points_without_the_list_of_vertices_have_a_certificate():
    O = proved_by_tree(birkhoff(3).problem, birkhoff(3).kappa)
    C = certify(optimal_polytope(O, limits=Limits(vertices=3)))
    assert C.kind == "signs_unlisted"
