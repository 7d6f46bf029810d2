"""Every theorem on the worked instances, on planted and on degenerate data; faults found."""

import json
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from polytope_nn import TrainingProblem, optimal_polytope, optimum, staircase
from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.geometry.faces import FaceLattice
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.networks.gap import Gap
from polytope_nn.problems.free_part import SKIPS
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.relu import BIASES
from polytope_nn.strategies import planted
from polytope_nn.theorems import (
    LITERAL,
    THEOREMS,
    connectivity,
    counterexamples,
    optimality,
    verdict,
    verdicts,
    walks,
)
from polytope_nn.theorems.statement import Subject, agree, subject_of, vertex_placement
from tests.landscape.multiply import check_path, instance, objective
from tests.oracles.worked import WORKED

BY_NAME = {w.name: w for w in WORKED}
OF_A_FIT = {"T7.1", "T7.2", "T7.3", "T7.4", "T7.5", "T7.5r", "T8", "T9"}
OF_A_FIT |= {"T15", "T16", "T17", "T18"}

DEGENERATE = {
    "zero row": ([[0, 0], [1, 0], [0, 1]], [3, 2, 2], 1),
    "repeated and opposite rows": ([[1, 2], [1, 2], [-1, -2], [2, 4]], [3, 1, 2, 5], 1),
    "n = 1": ([[3, 4]], [7], 1),
    "n < d": ([[1, 0, 2, 1]], [-4], 1),
    "d = 1": ([[1], [-1], [2], [0]], [3, 4, 5, 6], 1),
    "deficient rank": ([[1, 1], [2, 2], [-1, -1]], [3, 6, 2], 2),
    "a neuron of norm 3, so balanced with alpha = -3": (
        [[-1, 0, 1], [1, 0, 1], [0, -1, 1], [0, 1, 1], [0, 0, 1]],
        [-5, -5, -5, -5, -4],
        4,
    ),
    "huge": ([[10**12, 0], [0, 10**12]], [10**12, 2 * 10**12], 10**12),
    "long fractions": (
        [["123456789012345678901234567891/987654321098765432109876543219", 0], [0, 1]],
        [5, "700000000000000000000000000001/100000000000000000000000000003"],
        "1/3",
    ),
}


def plain(value):
    """The witness as its reader gets it: JSON text loses nothing."""
    text = json.dumps(value, allow_nan=False)
    assert json.loads(text) == value
    return value


def worked(name):
    w = BY_NAME[name]
    return subject_of(optimum(w.problem(), kappa=w.kappa))


def said(s):
    """Verdicts by name, None ones excluded only where a hypothesis fails."""
    found = {}
    for name in THEOREMS:
        v = verdict(name, s)
        assert v.name == name
        assert v.claim
        plain(v.to_json())
        found[name] = v
        if not v.applies:
            assert (v.holds, v.verdict) == (None, "does not apply")
    return found


@pytest.mark.parametrize("name", BY_NAME)
def test_all_theorems_hold_on_the_worked_instances(name):
    for v in said(worked(name)).values():
        assert (v.holds, v.verdict, v.undecided) == (True, "holds", ""), v


@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_data(name):
    X, y, beta = DEGENERATE[name]
    s = subject_of(TrainingProblem(X, y, beta=beta))
    for v in said(s).values():
        assert v.holds is not False, v
        assert v.applies or v.name in OF_A_FIT


@given(planted(n=5))
def test_all_theorems_on_planted_problems(drawn):
    s = subject_of(optimum(drawn.problem, kappa=drawn.kappa))
    for v in said(s).values():
        assert v.undecided == ""
        zero = s.P.optimum.vanishes
        expected = None if zero and v.name in OF_A_FIT else True
        assert v.holds is expected, v


GOLDEN = Path(__file__).parents[1] / "proofs" / "golden"


@pytest.mark.parametrize(
    "name", ["field_quadratic", "field_octahedron", "weighted", "cross_4"]
)
def test_all_theorems_in_number_fields_with_weights_and_with_many_vertices(name):
    data = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))["data"]
    O = optimum(TrainingProblem(**data))
    assert O.level == "exact"
    for v in verdicts(O):
        assert v.holds is True, v
        plain(v.to_json())


def test_a_problem_is_solved_first():
    D = TrainingProblem([[1, 0], [1, 1], [-1, 2]], [2, 3, 1], beta=1)
    found = verdicts(D)
    assert [v.name for v in found] == list(THEOREMS)
    assert all(v.holds is not False for v in found)


@pytest.mark.parametrize("skip", SKIPS)
@pytest.mark.parametrize("bias", BIASES)
def test_with_something_free_they_hold_of_the_quotient(bias, skip):
    """Each statement holds or does not apply, and the hypothesis that fails is named."""
    random = Random(f"{bias} {skip}")  # noqa: S311 - reproducible data
    applied = set()
    for _ in range(4):
        X = [[random.randint(-3, 3) for _ in range(2)] for _ in range(4)]
        y = [random.randint(-4, 4) for _ in range(4)]
        D = TrainingProblem(X, y, beta="1/2", bias=bias, skip=skip)
        for name, v in said(subject_of(D)).items():
            if all(v.hypotheses.values()):
                assert v.holds or v.undecided, (name, D)
                applied.add(name)
    assert {"T2", "T3", "T5"} <= applied
    assert bias == "free" or {"T1", "T4", "T8", "T10", "T11"} <= applied
    limited = bias == "free" and skip in {"none", "linear"}
    assert {"T13"} | (set() if limited else {"T12", "T14"}) <= applied


@pytest.mark.parametrize(
    "loss", ["interpolation", "margin", {"kind": "tolerance", "epsilon": "1/4"}], ids=str
)
def test_an_indicator_has_verdicts_of_what_needs_no_loss(loss):
    """Values, descents, gaps and stationarity are of finite losses; the rest is claimed."""
    D = TrainingProblem([[0, -3], [1, -3], [2, 3]], [1, -1, 1], beta="1/2", loss=loss)
    found = {v.name: v for v in verdicts(D)}
    assert not any(v.verdict == "fails" for v in found.values())
    unclaimed = {name for name, v in found.items() if "the loss is finite" in v.hypotheses}
    assert unclaimed == {"T1", "T12", "T13", "T14"}
    assert all(found[name].holds is None for name in unclaimed)
    assert all(found[name].holds for name in ("T2", "T5", "T8", "T10", "T11"))


SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]


@pytest.mark.parametrize(
    "loss, X, y, weights",
    [
        ("absolute", [[1], [-1], [2]], [5, 3, 2], (1, 1, 1)),
        ({"kind": "quantile", "tau": "1/2"}, SQUARE, [2, 2, 3, 5], (2, 1, 1, 1)),
        ("hinge", SQUARE, [-1, -1, 1, 1], (2, 2, 1, 1)),
        ("margin", [*SQUARE, [1, 1]], [1] * 5, (1, 2, 1, 2, 1)),
        ({"kind": "huber", "delta": "1/2"}, SQUARE, [5, 2, 2, 1], (1, 2, 1, 1)),
    ],
)
def test_verdicts_where_fits_are_not_unique_are_never_false(loss, X, y, weights):
    """Paths are counted on minimal supports, and a kink has many gradients."""
    D = TrainingProblem(X, y, beta=1, loss=loss, weights=weights)
    P = optimal_polytope(optimum(D))
    found = {v.name: v for v in verdicts(P)}
    assert not P.fit_is_unique
    assert {v.verdict for v in found.values()} <= {"holds", "does not apply"}
    assert found["T11"].holds
    assert loss == "margin" or found["T13"].holds
    if loss in ("absolute", "hinge"):
        assert found["T14"].hypotheses["the loss has a gradient"] is False


def test_what_is_not_about_training_is_refused():
    with pytest.raises(InstanceError, match="labels are fitted exactly"):
        verdict("T1", InterpolationProblem([[1], [-2]], [1, 3]))
    with pytest.raises(InstanceError, match="'T99' is unknown"):
        verdict("T99", TrainingProblem([[1]], [2], beta=1))


def test_verdicts_solve_once_and_keep_the_order():
    names = ("T9", "T1", "T7.3-literal")
    D = BY_NAME["square"].problem()
    assert [v.name for v in verdicts(D, names)] == list(names)


# ---- witnesses, multiplied out


@pytest.mark.parametrize("name", BY_NAME)
def test_the_optimum_of_T1_multiplies_out(name):
    w = BY_NAME[name]
    witness = verdict("T1", worked(name)).witness
    value = Fraction(witness["value"])
    data = instance(w.X, w.y, w.beta_squared)
    assert objective(data, witness["optimum"]) == (value, value)
    assert witness["m_star"] == min(w.supports)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_counts_of_T8_are_those_of_the_table(name):
    rows = verdict("T8", worked(name)).witness["widths"]
    counts = {row["m"]: row["components"] for row in rows}
    assert counts.items() >= BY_NAME[name].components.items()
    for row in rows:
        assert row["slot complex"] in ([], [row["components"], row["isolated"]])
    assert any(row["slot complex"] for row in rows)


@pytest.mark.parametrize("name", BY_NAME)
def test_paths_of_the_witnesses_stay_optimal(name):
    w = BY_NAME[name]
    s = worked(name)
    data = instance(w.X, w.y, w.beta_squared)
    value = Fraction(verdict("T1", s).witness["value"])
    segment = verdict("T7.2", s).witness
    check_path(data, segment["segment"], segment["width"], value)
    assert segment["segment"][0] != segment["segment"][1]
    joined = verdict("T11", s).witness["path"]
    check_path(data, joined["breakpoints"], joined["width"], value)
    exchange = verdict("T7.4", s).witness["exchange"]
    if exchange:
        check_path(data, exchange, s.S.M_star + 1, value)
        first, last = (net["neurons"] for net in (exchange[0], exchange[-1]))
        assert first[:2] == last[1::-1]
        assert first[2:] == last[2:]


def test_the_gap_of_T13_is_below_the_true_difference_and_0_at_an_optimum():
    witness = verdict("T13", worked("octahedron")).witness
    value = Fraction(witness["value"])
    assert Fraction(witness["optimum"]["gap"]) == 0
    for name in ("half", "zero"):
        primal, dual = (Fraction(witness[name][key]) for key in ("primal", "dual"))
        assert dual <= value < primal


def test_T6_shows_a_movement_or_forbids_each():
    w = BY_NAME["square"]
    v = verdict("T6", worked("square"))
    delta = [Fraction(x) for x in v.witness["delta"]]
    atoms = worked("square").P.atoms
    assert any(delta)
    assert all(
        sum(x * a.feature[k] for x, a in zip(delta, atoms, strict=True)) == 0
        for k in range(len(w.X))
    )
    single = TrainingProblem([[1, 0], [0, 1]], [3, 1], beta=1)
    assert verdict("T6", single).witness["unique"] is True


def test_T12_ends_at_the_value_and_never_rises():
    s = worked("A2")
    witness = verdict("T12", s).witness
    assert witness["width"] == 3
    for name in ("zero", "bad"):
        values = witness[name]["objectives"]
        assert values[-1] == verdict("T1", s).witness["value"]
        # enclosures that overlap are those of irrational steps
        bounds = [
            (Fraction(x["lower"]), Fraction(x["upper"]))
            if isinstance(x, dict)
            else (Fraction(x), Fraction(x))
            for x in values
        ]
        assert all(a[1] >= b[0] for a, b in pairwise(bounds))


# ---- hypotheses, and what fails without them


def test_a_zero_fit_asserts_nothing_of_T7():
    s = subject_of(TrainingProblem([[1, 0], [0, 1]], [1, 1], beta=2))
    for name, v in said(s).items():
        assert v.holds is (None if name in OF_A_FIT else True)
        if name in OF_A_FIT:
            failing = [h for h, holds in v.hypotheses.items() if not holds]
            assert failing == ["y* is not 0"]


def test_every_literal_wording_has_its_counterexample():
    found = counterexamples()
    assert [v.name for _, v in found] == list(LITERAL)
    for D, v in found:
        assert v.holds is False
        assert v.verdict == "fails"
        plain(v.to_json())
        assert verdict(v.name, D) == v


def test_M_star_1_is_connected_and_T7_3_says_so():
    single = TrainingProblem([[1]], [2], beta=1)
    v = verdict("T7.3", single)
    assert (v.holds, v.witness["components"]) == (True, 1)
    assert verdict("T7.3-literal", single).holds is False
    assert verdict("T7.3-literal", worked("square")).holds is True


def test_n_plus_1_is_sharp_at_A2():
    v = verdict("T12-literal", worked("A2"))
    assert v.holds is False
    one, two = v.witness["networks"]
    w = BY_NAME["A2"]
    data = instance(w.X, w.y, w.beta_squared)
    assert objective(data, one) == objective(data, two)
    assert v.witness["separation"]["isolated"]
    assert verdict("T12-literal", worked("octahedron")).holds is True  # n = 6, joined at 5


def test_one_optimum_of_n_neurons_is_parted_from_its_permutation():
    # neurons (3 + 1, 0) and (0, 3 + 1) of opposite signs: n = 2 atoms, both needed
    D = TrainingProblem([[1, 0], [0, 1]], [3, -3], beta=1)
    s = subject_of(D)
    assert s.S.sizes == (2,)
    v = verdict("T12-literal", s)
    assert v.holds is False
    one, two = (net["neurons"] for net in v.witness["networks"])
    assert one == two[::-1]
    assert one != two


def test_T14_literally_is_tried_where_the_best_mass_is_rational():
    assert verdict("T14-literal", worked("A2")).witness == {"stationary neurons tried": 0}
    single = verdict("T14-literal", TrainingProblem([[1], [-1]], [2, 3], beta=1))
    assert single.witness == {"stationary neurons tried": 2}
    # rays along which no neuron pays, and one that is no stationary point
    skew = TrainingProblem([[1, 0], [0, 1], [3, 4]], [-9, 1, 20], beta=1)
    assert verdict("T14-literal", skew).holds is not None


def test_components_rise_below_M_star_only():
    assert verdict("T9-literal", worked("octahedron")).witness["components"] == [
        8,
        4,
        49,
        1,
    ]
    assert verdict("T9-literal", worked("square")).holds is True


def test_the_concave_kink():
    D, v = counterexamples()[-1]
    data = instance(D.X, D.y, D.beta_squared)
    high = objective(data, v.witness["stationary"])
    low = objective(data, v.witness["lower"])
    assert low[1] < high[0]
    assert verdict("T14", D).holds is True  # optima are stationary there too


# ---- faults: a wrong number makes the verdict False


def wrong_counts(monkeypatch, **changes):
    true = Staircase.__getitem__

    def wrong(self, m):
        step = true(self, m)
        return replace(
            step, **{k: change(getattr(step, k)) for k, change in changes.items()}
        )

    monkeypatch.setattr(Staircase, "__getitem__", wrong)


@pytest.mark.parametrize("name", ["T7.1", "T8", "T9"])
def test_one_component_too_many_is_found(name, monkeypatch):
    s = worked("octahedron")
    assert s.S.threshold == 5
    wrong_counts(monkeypatch, components=lambda k: k + 1)
    assert verdict(name, s).holds is False


@pytest.mark.parametrize("name", ["T7.1", "T7.2", "T7.4", "T8"])
def test_isolated_points_that_are_none_are_found(name, monkeypatch):
    s = worked("octahedron")
    assert s.S.threshold == 5
    wrong_counts(monkeypatch, isolated=lambda k: k + 60)
    assert verdict(name, s).holds is False


def test_missing_isolated_points_are_found(monkeypatch):
    s = worked("square")
    wrong_counts(monkeypatch, isolated=lambda _: 0)
    assert verdict("T7.3", s).holds is False


@pytest.mark.parametrize("name", ["T7.5", "T7.5r"])
def test_a_bound_too_low_is_found(name, monkeypatch):
    s = worked("octahedron")
    monkeypatch.setattr(Staircase, "bound", 4)
    monkeypatch.setattr(Staircase, "bound_talk", 4)
    v = verdict(name, s)
    assert v.holds is False
    assert v.witness["offending widths"] == [4]


def test_wrong_merges_are_found():
    s = worked("octahedron")
    level, i, j = s.S.merges[0]
    tree = ((level - 1, i, j), *s.S.merges[1:])
    object.__setattr__(s, "S", replace(s.S, merges=tree))
    assert verdict("T10", s).holds is False


def changed(s, **fields):
    """The same subject with another polytope."""
    return Subject(replace(s.P, **fields))


def test_a_missing_vertex_is_found():
    s = worked("square")
    fewer = changed(s, masses=s.P.vertices[:1])
    assert verdict("T3", fewer).holds is False  # cddlib finds two
    assert verdict("T4", fewer).holds is False
    assert verdict("T6", fewer).holds is False


def test_a_point_that_is_no_vertex_is_found():
    s = worked("square")
    a, b = s.P.vertices
    middle = tuple((x + z) / 2 for x, z in zip(a, b, strict=True))
    more = changed(s, masses=(a, middle, b))
    assert verdict("T4", more).holds is False
    wrong = changed(s, masses=(a, tuple(2 * x for x in b)))
    assert verdict("T3", wrong).holds is False
    assert verdict("T3", wrong).witness["wrong"] == [1]


def with_optimum(s, **fields):
    return Subject(replace(s.P, optimum=replace(s.P.optimum, **fields)))


def test_a_wrong_dual_is_found():
    s = worked("tetrahedron")
    O = s.P.optimum
    kappa = (O.kappa[0] + 1, *O.kappa[1:])
    wrong = with_optimum(s, kappa=kappa)
    for name in ("T1", "T2", "T5"):
        assert verdict(name, wrong).holds is False, name
    negative = tuple(
        replace(b, multiplier=tuple(x - 1 for x in b.multiplier)) for b in O.bounds[0]
    )
    assert verdict("T2", with_optimum(s, bounds=(negative,))).holds is False


def test_an_unlisted_atom_is_found():
    s = worked("tetrahedron")
    O = s.P.optimum
    fewer = Subject(
        OptimalPolytope(
            replace(O, atoms=O.atoms[1:], weights=O.weights[1:]),
            tuple((a,) for a in range(len(O.atoms) - 1)),
            tuple(v[1:] for v in s.P.vertices if v[0] == 0),
        )
    )
    assert verdict("T5", fewer).holds is False
    assert verdict("T2", fewer).holds is False


def test_a_smaller_support_is_found():
    s = worked("A2")
    large = tuple(v for v in s.P.vertices if sum(x != 0 for x in v) == 2)
    v = verdict("T1", changed(s, masses=large))
    assert (v.holds, v.witness["m_star"]) == (False, 2)


def test_a_wrong_path_is_found(monkeypatch):
    s = worked("octahedron")
    true = walks.joined

    def cut(P, a, b):
        found = true(P, a, b)
        if found and len(found.placements) > 2:
            return replace(found, placements=(found.placements[0], found.placements[-1]))
        return found

    monkeypatch.setattr(walks, "joined", cut)
    v = verdict("T11", s)
    assert v.holds is False
    assert set(v.witness) == {"wrong"}


def test_paths_that_are_missing_are_found(monkeypatch):
    s = worked("octahedron")
    parted = connectivity.joined(s.P, *_apart(s))
    assert not parted
    monkeypatch.setattr(connectivity, "joined", lambda *_: parted)
    assert verdict("T7.4", s).holds is False


def _apart(s):
    return vertex_placement(s.P, 0, 2), vertex_placement(s.P, 1, 2)


def test_an_isolated_point_that_is_joined_is_found(monkeypatch):
    s = worked("octahedron")
    way = connectivity.joined(s.P, *[vertex_placement(s.P, 0, 3)] * 2)
    assert way
    monkeypatch.setattr(connectivity, "joined", lambda *_: way)
    v = verdict("T7.3", s)
    assert v.holds is False
    assert "separated from its transposition" not in v.witness


def test_a_rising_descent_is_found(monkeypatch):
    s = worked("A2")
    true = walks.descent

    def rising(P, start, goal):
        found = true(P, start, goal)
        objectives = found.objectives[::-1]
        return replace(found, breakpoints=found.breakpoints[::-1], objectives=objectives)

    monkeypatch.setattr(walks, "descent", rising)
    assert verdict("T12", s).holds is False


def test_a_gap_that_is_too_small_is_found(monkeypatch):
    s = worked("A2")
    true = walks.gap

    def better(D, net):
        found = true(D, net)
        return Gap(net, found.primal, found.dual + 10, found.scale, found.bound)

    monkeypatch.setattr(walks, "gap", better)
    assert verdict("T13", s).holds is False


def test_optima_that_are_not_stationary_are_found(monkeypatch):
    s = worked("A2")
    true = walks.is_stationary
    monkeypatch.setattr(
        walks, "is_stationary", lambda O, net: replace(true(O, net), excess=None)
    )
    assert verdict("T14", s).holds is False


def test_a_wrong_uniqueness_is_found(monkeypatch):
    s = worked("square")
    monkeypatch.setattr(optimality, "_movement", lambda *_: (None, {}))
    assert verdict("T6", s).holds is False


def test_thick_edges_are_found(monkeypatch):
    s = worked("square")
    monkeypatch.setattr(FaceLattice, "__getitem__", lambda self, _: self.faces[1:2])
    v = verdict("T4", s)
    assert (v.holds, len(v.witness["thick edges"])) == (False, 1)


# ---- large and interval level


def test_many_vertices_have_no_second_route(monkeypatch):
    s = worked("octahedron")
    monkeypatch.setattr(connectivity, "_PAIRS", 5)
    monkeypatch.setattr(connectivity, "_lattice", lambda _: None)
    for name in ("T8", "T9", "T10", "T11"):
        v = verdict(name, s)
        assert (v.holds, v.verdict) == (None, "undecided")
        assert "6 vertices" in v.undecided
        assert v.to_json()["undecided"] == v.undecided
    assert verdict("T7.5", s).holds is True


def test_all_pairs_agree_with_the_face_lattice(monkeypatch):
    s = worked("octahedron")
    by_lattice = [verdict(name, s).holds for name in ("T8", "T9", "T10")]
    monkeypatch.setattr(connectivity, "_lattice", lambda _: None)
    assert [verdict(name, s).holds for name in ("T8", "T9", "T10")] == by_lattice
    assert verdict("T10", s).witness["route"] == "all pairs"


def test_balls_refute_equations_but_the_enclosure_proves_them():
    D = TrainingProblem(
        [[1, 2], [-2, 1], [3, -1], [1, -3], [2, 2], [-1, -3]], [3, -1, 2, 4, -2, 5], beta=1
    )
    O = optimum(D)
    s = Subject(optimal_polytope(O))
    for v in verdicts(s):
        assert v.holds is not False, v
    exact = worked("A2")
    assert not agree(exact, Fraction(1), Fraction(2))


class Overlapping:
    """A number that is not told from any other."""

    def __eq__(self, other):
        raise Undecided("overlap")

    __hash__ = None


def test_overlap_is_no_proof_without_an_enclosure():
    with pytest.raises(Undecided):
        agree(worked("A2"), Overlapping(), Fraction(2))


def test_the_staircase_is_made_once():
    s = worked("square")
    assert s.S is s.S
    assert s.S == staircase(s.P)
