"""Certificates by cones in intervals: the claims of those by patterns, checked the same way."""

import json
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from polytope_nn import TrainingProblem, certify, optimal_polytope, optimum
from polytope_nn.certificate.check import Refuted, check
from polytope_nn.certificate.cones.boxed import boxed_cone_certificate
from polytope_nn.certificate.enclosures import interval_certificate
from polytope_nn.checker.claims.cones import boxed
from polytope_nn.cli import main
from polytope_nn.errors import Undecided
from polytope_nn.limits import Limits
from polytope_nn.search.cones import feasible, many
from polytope_nn.search.cones.solving import enclosed_by_trees

from .forging import canonical, golden, sealed


def by_tree(D, kappa, atoms):
    return enclosed_by_trees(D, kappa, [atoms])[0]


def by_trees(D, O):
    """Trees of the kinks of each sample."""
    through = [
        [replace(a, g=a.g[:-1]) for a in O.atoms if a.covector[D.X.index(c.anchor)] == 0]
        for c in D.charts
    ]
    return replace(O, bounds=(), cones=enclosed_by_trees(D, O.kappa, through))


def drawn(seed, n, d):
    """Random rows, one twice, one opposite, one 0, weights, a penalised bias in turn."""
    random = Random(seed)  # noqa: S311 - test data
    X = [[random.randint(-9, 9) for _ in range(d)] for _ in range(n)]
    X += [X[0], [-2 * t for t in X[1]], [0] * d]
    y = [random.randint(-9, 9) for _ in X]
    weights = [random.randint(1, 3) for _ in X]
    bias = "penalised" if seed % 2 else "none"
    return TrainingProblem(X, y, beta=3 + seed % 3, weights=weights, bias=bias)


@pytest.mark.parametrize("seed, n, d", [(1, 5, 2), (2, 6, 2), (3, 5, 2), (4, 5, 3)])
def test_they_agree_with_patterns(seed, n, d):
    D = drawn(seed, n, d)
    O = optimum(D)
    assert (O.level, O.dual_proof) == ("interval", "patterns")
    P = optimal_polytope(replace(O, bounds=(), cones=(by_tree(D, O.kappa, O.atoms),)))
    Q = optimal_polytope(O)
    one, other = certify(P), interval_certificate(Q, Q.staircase)
    assert (one.kind, one.field) == ("cones", other.field)
    assert one.claim("atoms") == other.claim("atoms")
    assert one.claim("widths") == other.claim("widths")
    supports = [[v["support"] for v in c.claim("vertices")["list"]] for c in (one, other)]
    assert supports[0] == supports[1]
    for mine, theirs in zip(
        one.claim("dual")["kappa"], other.claim("dual")["kappa"], strict=True
    ):
        (a, b), (c, d) = (tuple(map(Fraction, t)) for t in (mine, theirs))
        assert a <= d
        assert c <= b
    assert certify(P).to_json() == one.to_json()


@pytest.mark.parametrize(
    "X, y, skip, counted",
    [
        (
            [[0, 1], [-1, -1], [-2, -2], [3, 2], [-3, -1]],
            [3, 2, 4, -4, 0],
            "constant",
            True,
        ),
        ([[3, 1], [3, 1], [-3, -1], [1, 0], [0, 3]], [-1, 2, 0, 4, -2], "constant", True),
        (
            [[0, -1], [2, 1], [2, -1], [-2, 0], [-3, -1]],
            [2, -1, 5, 2, 4],
            "constant",
            False,
        ),
        ([[-3, 1], [2, 3], [2, 1], [-2, -1], [2, -1]], [-1, -4, 5, 2, -1], "none", False),
        ([[3, -1], [-3, 0], [2, 2], [-3, -3], [-2, 3]], [-3, -4, 3, 3, 4], "affine", True),
    ],
)
def test_a_free_bias_agrees_with_patterns(X, y, skip, counted):
    """Rows twice, opposite atoms, neurons that move along their bias, constants in the limit."""
    D = TrainingProblem(X, y, beta="1/2", bias="free", skip=skip)
    O = optimum(D)
    assert (O.level, O.dual_proof) == ("interval", "patterns")
    one, other = certify(optimal_polytope(by_trees(D, O))), certify(optimal_polytope(O))
    assert (one.kind, one.field) == ("cones", other.field)
    assert (one.claim("widths")["m_star"] is not None) is counted
    for name in ("atoms", "dimension", "widths", "components", "threshold", "theorems"):
        assert one.claim(name) == other.claim(name)
    supports = [[v["support"] for v in c.claim("vertices")["list"]] for c in (one, other)]
    assert supports[0] == supports[1]
    P = optimal_polytope(by_trees(D, O), limits=Limits(vertices=1))
    assert P.is_unlisted == (len(supports[0]) > 1)


def test_kappa_beside_the_solution_is_refused():
    c = golden("cones_pairs")
    centre = c["witness"]["centre"]
    centre[0] = [t + centre[1] // 10**6 for t in centre[0]]
    with pytest.raises(Refuted, match="Krawczyk"):
        check(canonical(sealed(c)))


def test_rows_that_depend_on_those_of_a_kink_bear_shares():
    """Three concave rows of a plane through an atom: none of their pairs bears it alone."""
    c = golden("cones_shares")
    (first, *others) = c["witness"]["dual"]["peaks"]
    assert (first["tied"], first["theta"]) == ([2, 3], [[1], [1], 1])
    assert not any("theta" in p for p in others)
    D = TrainingProblem(c["data"]["X"], c["data"]["y"], beta_squared=16)
    O = optimum(D)
    proof = by_tree(D, O.kappa, O.atoms)
    assert proof.leaves < 100
    assert [p.theta for p in proof.peaks if p.theta] == [((1, Fraction(1)),)]
    assert [a.key for a in proof.atoms] == [a.key for a in O.atoms]


def test_each_side_of_a_convex_row_through_an_atom_has_shares_of_its_own():
    """Five rows vanish at an atom: no shares of the concave ones serve both of its sides."""
    X = [
        (2, -1, 1),
        (1, 0, 2),
        (-2, 2, 1),
        (2, 0, -2),
        (-2, 2, -2),
        (-1, 1, -2),
        (2, 1, 2),
        (-1, 0, 0),
        (0, 0, 2),
        (-2, 1, 2),
        (1, 0, -1),
        (-1, 0, 1),
        (1, -1, -1),
        (1, -1, -2),
    ]
    y = [0, -1, -1, -2, -2, -1, -2, -2, 3, 3, -1, -2, -3, 1]
    D = TrainingProblem(X, y, beta=1)
    O = optimum(D)
    P = optimal_polytope(replace(O, bounds=(), cones=(by_tree(D, O.kappa, O.atoms),)))
    C = certify(P)
    c = json.loads(C.to_json())
    assert C.claim("atoms") == certify(optimal_polytope(O)).claim("atoms")
    peaks = c["witness"]["dual"]["peaks"]
    named = [p.get("atom") for p in peaks if "atom" in p]
    (twice,) = {a for a in named if named.count(a) > 1}
    one, other = (p for p in peaks if p.get("atom") == twice)
    assert one["tied"] == other["tied"]
    assert one.get("theta") != other.get("theta")
    first, second = peaks.index(one), peaks.index(other)
    peaks[first], peaks[second] = other, one
    with pytest.raises(Refuted, match="a multiplier of a peak is not proved inside"):
        check(canonical(sealed(c)))


def test_multipliers_without_room_are_refused_soon():
    """A row that vanishes at an atom presses on it by 0 whatever kappa is: no ball shows it."""
    X = [
        (1, 1, -1),
        (-1, -1, 1),
        (0, 0, 1),
        (0, 1, 1),
        (1, 1, 1),
        (0, 1, 1),
        (0, 0, 0),
        (0, 1, -1),
        (-1, -1, 1),
        (0, -1, 0),
        (1, -1, 0),
        (1, 0, 0),
    ]
    y = [0, 3, 3, 3, 3, 2, -2, 3, 3, -3, 0, 3]
    D = TrainingProblem(X, y, beta=1)
    O = optimum(D)
    with pytest.raises(Undecided, match="leave its multipliers no room"):
        by_tree(D, O.kappa, O.atoms)


def test_an_atom_that_is_missing_is_refused_before_a_tree_grows(monkeypatch):
    D = drawn(1, 5, 2)
    O = optimum(D)

    def refused(*form, **limits):
        raise AssertionError(form, limits)

    monkeypatch.setattr(feasible, "grown", refused)
    with pytest.raises(AssertionError):
        by_tree(D, O.kappa, O.atoms)
    away = replace(O.atoms[0], sign=-O.atoms[0].sign)
    for wrong in ([*O.atoms, O.atoms[0]], [*O.atoms[1:], away]):
        with pytest.raises(Undecided, match="1 atoms are no strict maxima"):
            by_tree(D, O.kappa, wrong)


def test_beta_that_is_smaller_is_refused():
    c = golden("cones_enclosed")
    c["data"]["beta_squared"] = "8999999999999999999999999/1000000000000000000000000"
    with pytest.raises(Refuted):
        check(canonical(sealed(c)))


def test_certify_lists_no_patterns(tmp_path, capsys, monkeypatch):
    from polytope_nn.problems.relu import Chart

    def refused(chart):
        raise AssertionError(chart)

    file, to = tmp_path / "d.json", tmp_path / "c.json"
    X = golden("cones_pairs")["data"]
    told = {"X": X["X"], "y": X["y"], "beta_squared": X["beta_squared"]}
    file.write_text(json.dumps(told | {"weights": X["loss"]["weights"]}))
    D = TrainingProblem(X["X"], X["y"], beta_squared=1, weights=X["loss"]["weights"])
    known = optimum(D)
    monkeypatch.setattr(many, "_LISTED", 5)
    monkeypatch.setattr(Chart, "arrangement", property(refused))
    assert main(["certify", str(file), "--json", "-o", str(to)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n_patterns"], found["dual_proof"]) == (None, "cones")
    assert (found["n_atoms"], found["level"]) == (len(known.atoms), "interval")
    assert json.loads(to.read_text())["kind"] == "cones"
    assert main(["check", str(to)]) == 0
    P = optimal_polytope(optimum(D), limits=Limits(vertices=1))
    assert boxed_cone_certificate(P).kind == "cones_unlisted"


@pytest.mark.parametrize("most", [1, 2])
def test_what_is_kept_of_a_walk_is_bounded(most, monkeypatch):
    sizes, keep = [], boxed.BoxWalk.keep

    def counted(walk, *found):
        keep(walk, *found)
        sizes.append(sum(len(peak.ways) for peak in walk.peaks))

    monkeypatch.setattr(boxed, "WAYS", most)
    monkeypatch.setattr(boxed.BoxWalk, "keep", counted)
    check(canonical(golden("cones_shares")))
    assert len(sizes) > most
    assert max(sizes) == most
