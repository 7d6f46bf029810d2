"""Forgeries that one requirement alone refuses: without it they are accepted.

Many a lie is refused twice, so that a requirement could go and its own test alone would tell.
These are whole in all else: a bound, a list or a rank that is false, and all that follows from it.
"""

from fractions import Fraction

import pytest

from .forging import canonical, claim, golden, registry, sealed
from .test_checker_mutants import Bench

AIMED = {}
forged = registry(AIMED)


def training(c, kappa):
    """State another kappa of a gap: its dual value and the gap follow."""
    pairs = [(Fraction(t), Fraction(y)) for t, y in zip(kappa, c["data"]["y"], strict=True)]
    claim(c, "dual")["kappa"] = [str(t) for t, _ in pairs]
    stated = claim(c, "gap")
    before, value = Fraction(stated["dual"]), sum(t * y - t * t / 2 for t, y in pairs)
    stated["dual"], gap = str(value), stated["gap"]
    if isinstance(gap, dict):
        ends = {end: str(Fraction(t) + before - value) for end, t in gap.items()}
        stated["gap"] = ends
    else:
        stated["gap"] = str(Fraction(gap) + before - value)


def of_nothing(c, kappa):
    """The gap of a network without neurons, 18; the optimum is 10."""
    claim(c, "gap").update(network={"neurons": []}, primal="18", gap="8")
    training(c, kappa)


def of_no_atom(c):
    """Leave out the one atom, which no network uses."""
    claim(c, "atoms")["list"] = []
    claim(c, "dimension")["rank"] = 0
    c["witness"]["rank"] = {"basis": [], "dual": [], "used": 0}


def an_idle_atom(c, g, over):
    """List an atom beside a fit of 0, where none is in use."""
    claim(c, "atoms")["list"] = [{"sign": 1, "g": g}]
    claim(c, "dimension")["rank"] = 1
    c["witness"]["rank"] = {"basis": [0], "dual": [[[1, 0], over]], "used": 0}


@forged("gap_zero", "witness.dual", "a bound exceeds beta: kappa is not shown feasible")
def a_dual_value_of_twice_kappa(c):
    """16, above the optimum."""
    of_nothing(c, [2] * 4)
    c["witness"]["dual"][3][1] = [2, 2]


@forged("gap_zero", "witness.dual", "a multiplier is not positive")
def a_dual_value_by_pushing_back(c):
    """The same, every p pushed to 0."""
    of_nothing(c, [2] * 4)
    c["witness"]["dual"] = [[[0, 2], [-2, -2], 1], [[0, 2], [2, 2], 1]] * 4


@forged("gap_zero", "witness.patterns", "a pruned branch is not refuted by its circuit")
def patterns_pruned_where_kappa_is_too_long(c):
    of_nothing(c, ["7/5", "1/5", "7/5", "1/5"])
    c["witness"]["patterns"].update(tree=[-1, -1, 0, -1, 0, -1, -2, 1], points=[[1, -1]])
    c["witness"]["dual"] = [[]] * 4
    claim(c, "patterns")["count"] = 2


@forged("gap_skip", "claims.dual", "kappa is not orthogonal to what is free")
def a_dual_value_beside_the_constant(c):
    training(c, ["1/100", 0, 0, 0])
    c["witness"]["dual"] = [[[]] * len(c["witness"]["dual"][0])]


@forged("cones_gap", "witness.dual", "a row is not in the span of the basis")
def a_dual_value_by_cones_of_nothing(c):
    training(c, [1, 0, 0, -1])
    c["witness"]["dual"].update(basis=[], peaks=[], trees=[[1, 0, 0, 0]] * 2)


@forged("zero_fit", "claims.atoms", "kappa'F is not beta^2: no atom")
def an_idle_atom_that_is_not_tight(c):
    an_idle_atom(c, ["2", "0"], 2)


@forged("zero_fit", "claims.atoms", "|g|^2 is not beta^2")
def an_idle_atom_that_is_long(c):
    an_idle_atom(c, ["4", "0"], 4)


@forged("zero_fit_tight", "witness.dual", "a bound is tight at no listed atom")
def an_idle_atom_left_out(c):
    of_no_atom(c)


@forged("cones_lines", "witness.dual", "a peak of length beta is at no listed atom")
def an_idle_atom_left_out_by_cones(c):
    """The certificate zero_fit_tight by cones, before its atom goes."""
    other = golden("zero_fit_tight")
    loss, unit = (
        {"kind": "squared", "weights": ["1", "1"]},
        {"kind": "relu", "bias": "none"},
    )
    own = {name: other["data"][name] for name in ("X", "y", "beta_squared")}
    c["data"] = own | {"loss": loss, "unit": unit, "free": "none"}
    for told in c["claims"]:
        told.update(claim(other, told["claim"]))
        if "modulo" in told:
            told["modulo"] = []
    claim(c, "optimum")["pieces"] = ["smooth", "smooth"]
    claim(c, "dimension")["used_rank"] = claim(c, "threshold")["bound_rank"] = 0
    c["witness"] = {name: other["witness"][name] for name in ("components", "cover")}
    below = [1, 0, 0, 0, 0, 0]
    above = [2, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, *below]
    c["witness"]["dual"] = {
        "basis": [[1, 0], [0, 1]],
        "unit": "1",
        "peaks": [{"sign": 1, "p": [[1, 1], 1], "theta": [[], [], 1]}],
        "trees": [above, below * 4],
    }
    of_no_atom(c)


@forged("octahedron", "witness.rank", "w_i'F_(b_j) is not [i = j]")
def a_rank_of_one_more(c):
    read = c["witness"]["rank"]
    read["basis"].append(7)
    read["dual"].append([[0] * 6, 1])
    claim(c, "dimension")["rank"], claim(c, "threshold")["bound"] = 5, 6


@forged("octahedron", "witness.rank", "a used feature is not spanned by the first part")
def a_rank_in_use_of_one_less(c):
    c["witness"]["rank"]["used"] = 3
    claim(c, "dimension")["dim"] = 5
    claim(c, "theorems")["verdicts"]["T7.5"] = False


@forged("zero_fit_tight", "witness.rank", "P does not use the first part")
def an_idle_atom_in_use(c):
    c["witness"]["rank"]["used"] = 1
    claim(c, "dimension")["dim"] = -1


@forged("square", "claims.vertices", "a support contains another: no vertex")
def a_midpoint_as_a_vertex(c):
    """It takes all four neurons: M* would be 4, and 24 networks more alone at that width."""
    vertices = claim(c, "vertices")["list"]
    vertices.insert(0, {"support": [0, 1, 2, 3], "weights": ["1"] * 4})
    c["witness"]["cover"]["tree"] = [0, 9, 4, 2, 3, 6, 7, 5, 8]
    apart, joined = ([1, 2], [1, 1]), ([0, 0, 0], [1, 2, 2])
    forests = [apart] * 2 + [joined] * 3
    c["witness"]["components"] = [{"parent": p, "rank": r} for p, r in forests]
    claim(c, "widths").update(M_star=4, spectrum={"2": 2, "4": 1})
    steps = claim(c, "components")["widths"]
    steps[2].update(components=25, isolated=24)
    steps.append(steps[3] | {"m": 6})
    claim(c, "threshold").update(threshold=5, bound_talk=5)
    claim(c, "theorems")["verdicts"]["T7.5"] = False


@forged("interval_idle", "claims.atoms", "|g|^2 of an idle atom is not beta^2")
def an_idle_atom_that_is_short(c):
    """A sample that no neuron in use reaches has a label of 31/64 in the place of 1/2."""
    label, numerators = Fraction(31, 64), c["witness"]["centre"][0]
    c["data"]["y"][3] = str(label)
    claim(c, "dual")["kappa"][3] = [str(label)] * 2
    numerators[3] = int(numerators[3] * 2 * label)
    less, stated = (Fraction(1, 4) - label**2) / 2, claim(c, "optimum")
    stated["objective"] = [str(Fraction(t) - less) for t in stated["objective"]]


@forged("interval_point", "witness.pins", "an entry of kappa is not free")
def a_training_called_an_interpolation(c):
    """With every entry pinned at 0 the system is that of the squared loss."""
    data, read = c["data"], c["witness"]
    n, y = len(data["y"]), [Fraction(t) for t in data["y"]]
    c["kind"] = "free"
    data.update(bias="none", skip="none", weights=None)
    counts = claim(c, "patterns")
    counts["counts"] = [counts.pop("count")]
    one = {"claim": "uniqueness", "verdict": "unique network", "attained": True}
    c["claims"].append(one)
    read |= {name: [read[name]] for name in ("patterns", "dual")}
    read |= {"differ": None, "pins": [list(range(n)), ["0"] * n]}
    ends = [[Fraction(t) for t in pair] for pair in claim(c, "dual")["kappa"]]
    lows, highs = zip(
        *(sorted(label * t for t in pair) for label, pair in zip(y, ends, strict=True)),
        strict=True,
    )
    near = Fraction(1, 1 << 100)
    cost = [str(sum(lows) - near), str(sum(highs) + near)]
    claim(c, "optimum").update(fit=[[t, t] for t in data["y"]], objective=cost)


@pytest.fixture
def bench(monkeypatch):
    return Bench.placed(monkeypatch)


@pytest.mark.parametrize("name", AIMED)
def test_an_aimed_forgery_is_refuted_by_one_requirement_alone(name, bench):
    original, change, where, why = AIMED[name]
    certificate = golden(original)
    change(certificate)
    lie = canonical(sealed(certificate)), 4000, 10
    assert bench.outcome(lie) == (where, why)
    assert bench.outcome(lie, bench.refused) is None
