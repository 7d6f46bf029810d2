"""Lies that are whole: all that is claimed follows, but for one requirement.

A forgery changes one thing, and what follows from it is another than what is claimed: so it is
refused twice, and tells nothing of the first requirement. Here the claims are made to follow.
Then the one requirement refuses, and without it a false certificate is accepted.
"""

import json
from fractions import Fraction
from math import gcd

import pytest

from polytope_nn.checker import kinds
from polytope_nn.checker.kernel import intervals, reading

from . import forgeries_enclosed, forgeries_losses  # noqa: F401 - they register their own
from .forgeries import FORGERIES
from .forgeries_outputs import OF_OUTPUTS, forged_outputs
from .forging import canonical, claim, golden, registry, sealed
from .test_checker_mutants import MODULES, Bench
from .test_format_2 import FORGERIES_2, forged_2

WHOLE: dict[str, tuple] = {}
whole = registry(WHOLE)
KNOWN = [  # forgeries of the other tables that can be made whole
    *("a_dimension_too_large", "widths_that_stop_before_the_threshold"),
    *("a_threshold_too_large", "two_components_merged", "an_outlier_that_is_none"),
    *("another_slope_in_intervals", "a_form_with_a_rest", "a_negative_divisor"),
    *("a_share_that_is_doubled", "samples_that_have_fewer_patterns"),
    *("a_component_cut_in_two", "a_share_above_1", "neurons_all_on_one_side"),
    *("a_neuron_of_negative_mass", "a_constant_that_leaves_the_flats"),
    "solutions_called_networks",
]


class Following(Bench):
    """A bench on which claims are made to follow."""

    def __init__(self):
        super().__init__()
        self.writes, self.read = False, None

    @classmethod
    def placed(cls, monkeypatch):
        """Return one that stands in for what compares a claim with what was derived."""
        made, plain = super().placed(monkeypatch), (reading.equal, intervals.enclosed)

        def parse(*given):
            made.read = reading.parse(*given)
            return made.read

        def equal(claimed, expected, name):
            if not made.writes:
                return plain[0](claimed, expected, name)
            return claimed.update(json.loads(reading.canonical(expected)))

        def enclosed(clock, claimed, value, where):
            if made.writes:
                claimed[:] = [
                    str(Fraction(t, 1 << value.bits)) for t in (value.low, value.high)
                ]
            return plain[1](clock, claimed, value, where)

        monkeypatch.setattr(kinds, "parse", parse)
        for module in MODULES:
            for own, other in zip(plain, (equal, enclosed), strict=True):
                if getattr(module, own.__name__, None) is own:
                    monkeypatch.setattr(module, own.__name__, other)
        return made

    def made_whole(self, lie, place):
        """Return the lie with the claims that follow from it without a requirement."""
        self.writes = True
        assert self.outcome(lie, place) is None, "more than one requirement refuses"
        self.writes = False
        return canonical(sealed(json.loads(canonical(self.read)))), *lie[1:]


@pytest.fixture
def bench(monkeypatch):
    return Following.placed(monkeypatch)


def text_of(name):
    """Return the text of a forgery."""
    if name in OF_OUTPUTS:
        return forged_outputs(name)
    if name in FORGERIES_2:
        return canonical(forged_2(name))
    original, change, *_ = {**FORGERIES, **WHOLE}[name]
    certificate = golden(original)
    change(certificate)
    return canonical(sealed(certificate))


def refusals_of(name):
    """Return the place and the words of the refusal."""
    tables = {**FORGERIES, **FORGERIES_2, **OF_OUTPUTS, **WHOLE}
    return tables[name][2:]


@whole("zero_fit", "witness.dual", "a bound exceeds beta")
def a_smaller_price(c):
    c["data"]["beta_squared"] = "1/2"


def with_atom(c, g):
    """List an atom that no point of P uses; its feature is ``(g_1, 0)``."""
    claim(c, "atoms")["list"] = [{"g": [str(g), "0"], "sign": 1}]
    c["witness"]["rank"] = {"basis": [0], "dual": [[[1, 0], g]], "used": 0}


@whole("zero_fit", "claims.atoms", "kappa'F is not beta^2: no atom")
def an_atom_that_is_not_tight(c):
    with_atom(c, 2)


@whole("zero_fit", "claims.atoms", "|g|^2 is not beta^2")
def an_atom_that_is_longer(c):
    with_atom(c, 4)


@whole("zero_fit_tight", "witness.dual", "a bound is tight at no listed atom")
def an_idle_atom_less(c):
    claim(c, "atoms")["list"] = []
    c["witness"]["rank"] = {"basis": [], "dual": [], "used": 0}
    c["witness"]["dual"][1] = []


@whole("square", "witness.rank", "an atom comes twice in the basis")
def a_rank_by_an_atom_twice(c):
    read = c["witness"]["rank"]
    read["basis"].insert(0, 0)
    read["dual"].insert(0, [[0, 0, 0, 0], 1])
    read["used"] += 1


@whole("square", "witness.rank", "w_i'F_(b_j) is not [i = j]")
def a_rank_by_a_dependent_atom(c):
    read = c["witness"]["rank"]
    read["basis"].append(3)
    read["dual"].append([[0, 0, 0, 0], 1])
    read["used"] += 1


@whole("zero_fit_tight", "witness.rank", "P does not use the first part")
def a_rank_of_what_is_not_used(c):
    c["witness"]["rank"]["used"] = 1


@whole("square", "claims.vertices", "a support contains another: no vertex")
def a_midpoint_with_all_that_follows(c):
    middle = {"support": [0, 1, 2, 3], "weights": ["1", "1", "1", "1"]}
    claim(c, "vertices")["list"].insert(0, middle)
    c["witness"]["cover"]["tree"] = [0, 9, 4, 2, 3, 6, 7, 5, 8]
    forests = [{"parent": [1, 2], "rank": [1, 1]}] * 2
    c["witness"]["components"] = forests + [{"parent": [1, 1, 1], "rank": [2, 1, 2]}] * 3


@whole("zero_fit", "data", "beta, weights must be > 0")
def weights_below_0(c):
    c["data"]["weights"] = claim(c, "dual")["kappa"] = ["-1", "-1"]
    claim(c, "optimum")["objective"] = "-1"


@whole("path_square", "claims.optimum", "the fit is not y - kappa/weights")
def a_path_of_networks_twice_as_large(c):
    doubled(c)
    claim(c, "optimum").update({"fit": ["4"] * 4, "objective": "14"})


def doubled(c):
    """Make the networks of a path twice as large."""
    for point in claim(c, "path")["breakpoints"]:
        for neuron in filter(None, point["neurons"]):
            neuron["u"] = [str(2 * int(t)) for t in neuron["u"]]


@whole("free_path", "claims.optimum", "the fit is not y")
def a_path_that_fits_other_labels(c):
    doubled(c)
    claim(c, "optimum")["fit"] = ["2", "2", "0", "0"]


@whole("path_square", "claims.path", "a neuron does not lower the loss")
def a_path_of_neurons_that_cancel(c):
    told = claim(c, "path")
    told["width"] += 2
    for point in told["breakpoints"]:
        point["neurons"] += [{"sign": s, "u": ["2", "2"]} for s in (1, -1)]


@whole("normed_l1", "claims.solution", "kappa'F is not beta |u|: not optimal")
def a_network_of_neurons_that_cancel(c):
    claim(c, "solution")["list"] += [{"sign": s, "u": ["7", "7"]} for s in (1, -1)]


@whole("parallel_hat", "claims.attained", "a branch does not reach beta")
def branches_that_cancel(c):
    found = claim(c, "attained")["branches"]
    found += [found[0] | {"sign": s} for s in (1, -1)]


@whole("normed_l1", "witness.dual", "a bound exceeds beta")
def a_norm_of_nothing(c):
    y = c["data"]["y"]
    claim(c, "dual")["kappa"] = y
    value = sum(Fraction(t) ** 2 for t in y) / 2
    claim(c, "intervals").update({"fits": [["0", "0"]] * len(y), "objective": str(value)})
    claim(c, "solution")["list"] = []


@whole("paired_listed", "claims.vertices", "a weight is not proved positive")
def a_vertex_with_a_weight_below_0(c):
    point = {"support": [0, 1, 2, 3, 4], "weights": [["0", "1"] for _ in range(5)]}
    claim(c, "vertices")["list"].insert(0, point)
    cover = c["witness"]["cover"]
    cover["tree"] = [t + 3 if t % 3 == 1 else t for t in cover["tree"]]
    apart = {"parent": [0, 1, 2], "rank": [1, 1, 1]}
    c["witness"]["components"] = [apart, *[{"parent": [0, 0, 0], "rank": [1, 2, 2]}] * 2]


@whole("square", "witness.components", "a parent has no smaller rank")
def a_vertex_that_is_its_own_ground(c):
    c["witness"]["components"][2]["rank"] = [1, 1]


@whole("free_none_needed", "claims.dual", "kappa is not orthogonal to what is free")
def a_slope_that_costs(c):
    claim(c, "dual")["kappa"] = ["1/10", "0", "0"]
    claim(c, "optimum")["objective"] = "1/10"


@whole("interval_point", "witness.radius", "the radius is not positive")
def a_box_from_its_upper_end_to_its_lower(c):
    read = c["witness"]
    read["radius"] = f"-{read['radius']}"
    read["inverse"][0] = [[8 * t for t in row] for row in read["inverse"][0]]


@whole("vector_zero", "witness.dual", "a coefficient is not positive")
def squares_below_0(c):
    c["data"]["beta_squared"] = "1/4"
    for tope in c["witness"]["dual"][0]:
        for leaf in tope["leaves"]:
            leaf["squares"] += [
                ["-35/4", [int(i == j) for j in range(3)]] for i in range(3)
            ]


@whole("vector_zero", "witness.dual", "no row is positive there")
def leaves_that_are_said_to_be_empty(c):
    c["data"]["beta_squared"] = "1/4"
    for tope in c["witness"]["dual"][0]:
        tope["leaves"] = [{"rows": [], "walls": []} for _ in tope["leaves"]]


@whole("vector_zero", "witness.dual", "a row is not of the set it is taken from")
def walls_that_do_not_vanish(c):
    """With the rows a and b: ``2 |u|^2 - |h|^2 = |u|^2 + u_2^2 + a (.. a - 2 b) + b (.. b)``."""
    c["data"]["beta_squared"] = "2"
    signs = [(1, 1), (-1, -1), (1, -1), (-1, 1)]
    for tope, (s, t) in zip(c["witness"]["dual"][0], signs, strict=True):
        a, b = int(s < 0), 2 - int(t > 0)  # what of a^2 and b^2 is left
        forms = ([s * a, 0, s * (a - 2)], [0, 0, t * b])
        walls = [
            [str(gcd(*form)), k, [x // gcd(*form) for x in form]]
            for k, form in enumerate(forms)
        ]
        leaf = {"kernel": [], "pairs": [], "slack": "1", "squares": [["1", [0, 1, 0]]]}
        tope |= {"tree": [-1], "leaves": [leaf | {"walls": walls}]}


@whole("vector_zero", "claims.atoms", "a direction is 0")
def a_direction_that_is_0(c):
    claim(c, "atoms")["list"] = [{"g": ["0"] * 3, "h": ["0"] * 2}]


def deep(c, beta_squared, token, leaves):
    """Put a tree, and leave out all that is tight, where no branch is in use."""
    c["data"]["beta_squared"] = beta_squared
    c["data"]["layers"]["inner_width"] = 2
    c["witness"]["dual"] = [{"trees": [[token], []], "leaves": leaves}]
    c["witness"]["pieces"] = []
    claim(c, "atoms")["list"] = []
    claim(c, "pieces")["list"] = []


@whole(
    "parallel_nothing", "witness.dual", "a branch of the tree is cut although it has room"
)
def a_tree_cut_at_its_root(c):
    deep(c, "1/100", -2, [])


@whole(
    "parallel_nothing", "witness.dual", "a leaf is called full although a branch has room"
)
def a_root_that_is_called_full(c):
    deep(c, "1/100", -3, [{"atoms": [], "plus": [], "minus": [], "theta": [[], 1]}])


def with_inner_atom(c, at):
    """List an inner atom where beta is larger than anything that is reached."""
    leaf = {"atoms": at, "plus": [[]] * 4, "minus": [[]] * 4, "theta": [[], 1]}
    deep(c, "4", -1, [leaf])
    claim(c, "atoms")["list"] = [{"g": ["0", "2"], "sign": 1}]


@whole("parallel_nothing", "claims.atoms", "an atom is tight on no leaf")
def an_inner_atom_of_no_leaf(c):
    with_inner_atom(c, [])


@whole("parallel_nothing", "witness.dual", "an atom of a leaf does not attain beta there")
def an_inner_atom_that_is_not_tight(c):
    with_inner_atom(c, [0])
    points = [{"support": [0], "weights": ["1"]}]
    polytope = {"farkas": [[-1]], "list": points, "tree": [0, 1, 2]}
    claim(c, "pieces")["list"] = [{"atoms": [0], "sign": 1, "vertices": points}]
    c["witness"]["pieces"] = [{"own": True, "piece": 0, "polytope": polytope}]


def with_gate(c, g, product):
    """List an atom of the last gate, which sees one sample, so that no point of P uses it."""
    claim(c, "atoms")["list"].append({"block": 8, "g": g, "sign": 1})
    wall, cover = [1, -1, -1, 1, 0, 0], c["witness"]["cover"]
    cover["tree"] = [3 * 8, 3 * len(cover["farkas"]) + 2, *cover["tree"]]
    cover["farkas"].append(wall)
    for name in ("rank", "lifted"):
        read = c["witness"][name]
        read["basis"].append(8)
        read["dual"][3] = [[0, 1, 1, -1, 0, 0], 1]
        read["dual"].append([wall, product])


@whole("units_gates", "claims.atoms", "kappa'F is not beta^2: no atom")
def a_gate_that_is_not_tight(c):
    with_gate(c, ["1", "1", "1"], 1)


@whole("units_gates", "claims.atoms", "|g|^2 is not beta^2")
def a_gate_that_is_longer(c):
    with_gate(c, ["3", "0", "0"], 3)


@pytest.mark.parametrize("name", [*KNOWN, *WHOLE])
def test_a_whole_lie_is_refused_by_one_requirement(name, bench):
    lie, (where, why) = (text_of(name), 400, 10), refusals_of(name)
    refusal = bench.outcome(lie)
    assert refusal[0].startswith(where)
    assert why in refusal[1]
    place = bench.refused
    told = bench.made_whole(lie, place)
    assert bench.outcome(told)[1] == refusal[1]
    assert bench.refused == place
    assert bench.outcome(told, place) is None


def test_claims_that_are_made_to_follow_are_those_of_an_honest_certificate(bench):
    """What follows from an honest certificate is what it claims."""
    for name in ("square", "zero_fit", "units_gates", "holes_octahedron"):
        honest = golden(name)
        for told in honest["claims"]:
            if told["claim"] in {
                "dimension",
                "widths",
                "components",
                "threshold",
                "theorems",
            }:
                told.update({key: None for key in told if key not in {"claim", "modulo"}})
        lie = canonical(sealed(honest)), 400, 10
        bench.writes = True
        assert bench.outcome(lie) is None
        bench.writes = False
        assert canonical(sealed(bench.read)) == canonical(golden(name))
