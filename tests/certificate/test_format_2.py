"""Format 2: what it says more, that it cannot be left out, and that format 1 is lifted to it."""

import json

import pytest

from polytope_nn.certificate.check import Refuted, accepted, check
from polytope_nn.certificate.format import Certificate
from polytope_nn.certificate.raised import raised

from .forging import FRAME, NAMES, canonical, claim, golden, mutants, registry, sealed
from .piece_forgeries import ALL

RAISED = [
    name
    for name in NAMES
    if golden(name)["kind"].startswith("free")
    or golden(name)["kind"] in {"path", "descent", "gap"}
]


def golden_2(name):
    """Return a golden certificate in format 2."""
    old = Certificate.from_json(canonical(golden(name)))
    return json.loads(raised(old).to_json())


@pytest.mark.parametrize("name", RAISED)
def test_format_1_is_lifted(name):
    """In format 2 the same is accepted, and says at least as much."""
    old, new = golden(name), golden_2(name)
    assert accepted(new).modulo == accepted(old).modulo
    assert (new["format"], new["version"]) == ("polytope_nn.certificate/2", 2)
    for one, two in zip(old["claims"], new["claims"], strict=True):
        shared = (set(one) & set(two)) - {"bound", "breakpoints", "start", "end"}
        assert {key: two[key] for key in shared} == {key: one[key] for key in shared}
        assert len(two) >= len(one)


@pytest.mark.parametrize("name", ["octahedron", "interval_pairs", "separation_square"])
def test_what_format_1_says_whole_stays_in_it(name):
    old = Certificate.from_json(canonical(golden(name)))
    assert raised(old) is old


FORGERIES_2 = dict(ALL)
LISTED = ("breakpoints", "objectives")


forged = registry(FORGERIES_2)


def forged_2(name):
    c = golden_2(FORGERIES_2[name][0])
    FORGERIES_2[name][1](c)
    return sealed(c)


@forged("general_hinge", "data.loss", "labels or parameters are not of the loss")
def a_label_of_no_class(c):
    c["data"]["y"][0] = "2"


@forged("general_absolute", "data.loss", "a free bias has no such loss")
def a_free_bias_of_another_loss(c):
    c["data"]["unit"]["bias"] = "free"


@forged("general_absolute", "data.loss", "is no loss of this kind")
def a_general_staircase_of_squares(c):
    c["data"]["loss"] = {"kind": "squared", "weights": ["1"] * 4}


@forged("general_absolute", "claims.intervals", "an end is not that of the loss")
def an_end_left_out(c):
    claim(c, "intervals")["fits"][0][0] = None


@forged("general_absolute", "claims.intervals", "the objective is not the dual value")
def another_dual_value(c):
    claim(c, "intervals")["objective"] = "11"


@forged("general_absolute", "claims.dual", "kappa is outside the loss's domain")
def a_smaller_weight(c):
    c["data"]["loss"]["weights"][0] = "1/3"


@forged("general_hinge", "claims.dual", "kappa is outside the loss's domain")
def a_label_turned(c):
    k = next(k for k, t in enumerate(claim(c, "dual")["kappa"]) if t != "0")
    y = c["data"]["y"]
    y[k] = "-1" if y[k] == "1" else "1"


@forged("general_hinge", "claims.dual", "kappa is outside the loss's domain")
def a_smaller_weight_of_a_label(c):
    c["data"]["loss"]["weights"] = ["1/9"] * 4


@forged("general_absolute", "witness.lifted", "is not the dimension")
def another_dimension(c):
    claim(c, "lifted")["dim"] += 1
    claim(c, "dimension")["dim"] += 1


@forged("general_absolute", "claims.components", "must reach beyond M*")
def widths_that_end_at_M_star(c):
    del c["witness"]["components"][1:]


@forged(
    "general_absolute", "claims.components", "the last two widths are not the connected"
)
def widths_that_end_too_early(c):
    del c["witness"]["components"][-1]


@forged("general_segment", "claims.components", "a smaller width is connected for good")
def widths_that_go_on(c):
    c["witness"]["components"].append(c["witness"]["components"][-1])


@forged("general_absolute", "witness.components", "two components meet at width")
def a_component_cut_in_two(c):
    forest = c["witness"]["components"][1]
    inside = sorted(range(len(forest["parent"])))
    forest["parent"], forest["rank"] = inside, [1] * len(inside)


@forged("road_square", "claims.road", "rises before it has fallen")
def a_road_that_rises_first(c):
    road = claim(c, "road")
    road["down"] = road["up"] + 1


@forged("road_near", "claims.road.breakpoints[1]", "is above what it lies between")
def a_road_over_a_hill(c):
    road = claim(c, "road")
    hill = {key: [road[key][1], road[key][0], road[key][1]] for key in LISTED}
    road |= hill | {"down": 0, "close": 0, "up": 2}


@forged("road_near", "claims.road.breakpoints[1]", "turns its direction between the falls")
def a_road_that_turns_where_it_is_low(c):
    road = claim(c, "road")
    first = road["breakpoints"][0]
    turned = {**first, "neurons": first["neurons"][::-1]}
    road |= {"breakpoints": [first, turned], "objectives": [road["objectives"][0]] * 2}
    road |= {"down": 0, "close": 0, "up": 1}


@forged("road_hinge", "claims.road.breakpoints[1]", "the objective rises before it")
def a_road_upwards(c):
    road = claim(c, "road")
    road |= {key: road[key][1::-1] for key in LISTED} | {"down": 1, "close": 0, "up": 1}


@forged("road_free_bias", "claims.road.breakpoints[1]", "slope has no balance")
def a_road_that_drops_a_constant(c):
    """From 2 to 79/2 and back, each line for itself as if nothing rose."""
    road, on = claim(c, "road"), {"sign": 1, "u": ["1", "-1"]}
    constant = {"w": ["0", "5000"], "alpha": "1/1000"}
    slots = [[constant, on, None, None], [None, on, None, None], [None, on, None, None]]
    free = (["-4"], ["-4"], ["1"])
    road["breakpoints"] = [
        {"neurons": x, "free": a} for x, a in zip(slots, free, strict=True)
    ]
    road |= {"objectives": ["4000001/2000000", "79/2", "2"], "down": 2, "close": 2, "up": 2}


@forged("road_hinge", "claims.road.gap", "the upper end is on the wrong side")
def a_road_nearer_than_it_comes(c):
    road = claim(c, "road")
    road["close"] = 0


@forged("walk_absolute", "claims.walk", "has no labels")
def a_walk_of_no_step(c):
    claim(c, "walk").update(labels=[], vertices=[])


@forged("walk_absolute", "claims.walk.vertices[0]", "is not in both labels")
def a_walk_through_another_vertex(c):
    claim(c, "walk")["vertices"][0] = 0


@forged("free_limit", "data", "constants are free in the limit only: no path")
def a_walk_of_limits(c):
    c["claims"].append({"claim": "walk", "width": 0, "labels": [[]], "vertices": [0]})


@forged("free_flats", "claims.apart", "widths are not counted")
def a_separation_of_what_moves_in_a_flat(c):
    ends = {"start": [], "end": []}
    c["claims"].append({"claim": "apart", "width": 0, "near": [], **ends})


@forged("apart_absolute", "claims.apart.start", "is not on near vertices alone")
def a_separation_from_elsewhere(c):
    claim(c, "apart")["start"] = [1, 2]


@forged("apart_absolute", "claims.apart.end", "holds no network")
def a_separation_from_nothing(c):
    claim(c, "apart")["end"] = [1, None]


@forged("apart_absolute", "claims.apart", "are joined at width 3")
def a_separation_of_labels_that_are_joined(c):
    apart = claim(c, "apart")
    apart["width"] = 3
    for end in ("start", "end"):
        apart[end].append(None)


@forged("apart_permuted", "claims.apart", "the two networks are joined")
def a_separation_of_labels_from_themselves(c):
    apart = claim(c, "apart")
    apart["end"] = apart["start"]


@forged("road_hinge", "data.loss", "descents and gaps have a loss")
def a_road_of_a_margin(c):
    c["data"]["loss"]["kind"] = "margin"


@forged("gap_skip", "claims.gap.dual", "wrong side")
def a_dual_value_of_its_own(c):
    claim(c, "gap")["dual"] = "100"


@forged("free_lines", "claims.components", "keys must be")
def counts_without_what_they_are_modulo(c):
    del claim(c, "components")["modulo"]


@forged("free_lines", "claims.components", "not what follows")
def counts_that_are_called_literal(c):
    claim(c, "components")["modulo"] = []


@forged("free_flats", "claims.uniqueness", "not what follows")
def one_network_but_for_dead_neurons(c):
    claim(c, "uniqueness")["modulo"] = []


@forged("free_lines", "claims.theorems", "not what follows")
def theorems_that_are_called_literal(c):
    claim(c, "theorems")["modulo"] = ["dead neurons"]


@forged("free_square", "claims.dimension", "not what follows")
def another_rank_in_use(c):
    claim(c, "dimension")["used_rank"] -= 1


@forged("free_square", "claims.threshold", "not what follows")
def a_bound_that_is_too_good(c):
    claim(c, "threshold")["bound"] -= 1


@forged("free_flats", "claims.holes", "widths are not counted")
def holes_where_neurons_move_along_their_bias(c):
    c["kind"] = "holes"
    c["claims"].append({"claim": "holes", "bars": {}, "widths": []})


@forged("free_square", "claims.holes", "not what follows")
def no_holes_where_there_are(c):
    c["kind"] = "holes"
    c["claims"].append({"claim": "holes", "bars": {}, "widths": []})


@forged("free_square", "claims.optimum", "a piece is not")
def another_piece_of_the_loss(c):
    claim(c, "optimum")["pieces"][0] = "smooth"


@forged("free_square", "data.loss", "has no kind")
def no_loss(c):
    c["data"]["loss"] = {}


@forged("free_square", "data.loss", "none of")
def another_loss(c):
    c["data"]["loss"] = {"kind": "cubic"}


@forged("free_training", "data.loss", "keys must be")
def labels_fitted_exactly_with_weights(c):
    c["data"]["loss"]["kind"] = "interpolation"


@forged("free_square", "data.bias", "none of")
def another_bias(c):
    c["data"]["unit"]["bias"] = True


@forged("free_square", "data.skip", "none of")
def another_skip(c):
    c["data"]["free"] = "quadratic"


@forged("free_ridges", "data", "y is not rational")
def labels_in_the_field(c):
    c["data"]["y"][0] = ["0", "1"]


@forged("free_square", "witness.differ", "they agree there")
def two_networks_that_are_one(c):
    differ = c["witness"]["differ"]
    differ["networks"][1] = differ["networks"][0]


@forged("free_square", "witness.differ", "optimal fit")
def a_network_that_is_not_optimal(c):
    c["witness"]["differ"]["attained"] = {"neurons": [], "free": ["0", "0", "0"]}


@forged("free_limit", "witness.differ", "a network is not asked for")
def a_network_of_a_limit(c):
    c["witness"]["differ"]["attained"] = {"neurons": []}


@forged("free_none_needed", "witness.differ", "is not asked for")
def two_networks_of_one(c):
    differ = c["witness"]["differ"]
    differ["networks"] = [differ["attained"]] * 2


@forged("free_square_linear", "claims.uniqueness", "not what follows")
def a_continuum_of_networks_called_one(c):
    claim(c, "uniqueness")["verdict"] = "unique network"


@forged("free_square", "claims.uniqueness", "not what follows")
def a_continuum_of_functions_called_one(c):
    claim(c, "uniqueness")["verdict"] = "unique function"
    c["witness"]["differ"] |= {"networks": None, "x": None}


@forged("free_lines", "claims.uniqueness", "not what follows")
def lines_called_one_network(c):
    claim(c, "uniqueness")["verdict"] = "unique network"
    c["witness"]["differ"] |= {"networks": None, "x": None}


@forged("free_flats", "claims.uniqueness", "not what follows")
def a_loose_flat_called_one_function(c):
    claim(c, "uniqueness")["verdict"] = "unique function"
    c["witness"]["differ"] |= {"networks": None, "x": None}


@forged("free_limit", "claims.uniqueness", "not what follows")
def a_limit_called_one_network(c):
    claim(c, "uniqueness")["verdict"] = "unique network"


@forged("free_limit", "claims.uniqueness", "neither true nor false")
def attained_perhaps(c):
    claim(c, "uniqueness")["attained"] = None


@forged("free_limit", "claims.uniqueness", "none that is known")
def another_verdict(c):
    claim(c, "uniqueness")["verdict"] = "many"


@forged("free_balls_trade", "witness.differ", "not asked for")
def two_points_of_one_function(c):
    c["witness"]["differ"] = {"points": [0, 1], "x": ["1", "1"]}


@forged("free_balls_flats", "witness.differ", "not asked for")
def two_points_beside_a_loose_flat(c):
    c["witness"]["differ"] = {"points": [0, 0], "x": ["1"]}


@forged("free_balls_affine", "claims.uniqueness", "not what follows")
def a_continuum_in_boxes_called_one(c):
    claim(c, "uniqueness")["verdict"] = "unique network"
    c["witness"]["differ"] = None


@forged("free_balls_pairs", "witness.hints", "an answer is missing")
def an_answer_less(c):
    c["witness"]["hints"].pop()


@forged("free_balls_pairs", "witness.hints", "more answers than questions")
def an_answer_more(c):
    c["witness"]["hints"].append(None)


@forged("free_square", "sha256.frame", "is not the hash")
def another_field_under_no_hash(c):
    c["frame"] = None


@forged("gap_trained", "data.loss", "descents and gaps have a loss")
def a_gap_of_labels_fitted_exactly(c):
    c["data"]["loss"] = {"kind": "interpolation"}
    c["data"]["beta_squared"] = "1"
    c["witness"]["patterns"] = c["witness"]["patterns"][:1]
    claim(c, "dual")["kappa"] = ["0"] * 4
    c["witness"]["dual"] = [[[]] * 8]


@forged("free_path", "field", "exact numbers")
def a_path_in_intervals(c):
    c["field"] = {"bits": 256}


@forged("free_square", "claims.atoms", "|g|^2 is not beta^2")
def another_beta(c):
    c["data"]["beta_squared"] = "2"


@forged("gap_trained", "claims.gap.primal", "is too wide")
def a_gap_that_says_nothing(c):
    claim(c, "gap")["primal"] = {"lower": "-1000000", "upper": "1000000"}


@forged("gap_zero", "claims.gap.gap", "an exact value is written as such")
def an_exact_gap_as_a_pair(c):
    value = claim(c, "gap")["gap"]
    claim(c, "gap")["gap"] = {"lower": value, "upper": value}


@forged("free_repeated", "field", "more than one root")
def a_root_that_is_not_isolated(c):
    c["field"] = {"poly": [-1, 6, -5, -2, 1], "root": ["-3", "3"]}


@forged("free_repeated", "field", "rational root there")
def a_root_that_is_rational(c):
    c["field"] = {"poly": [-1, 0, 1], "root": ["1/2", "2"]}


@forged("free_repeated", "field", "rational root there")
def a_rational_root_met_by_bisection(c):
    c["field"] = {"poly": [-1, 2, 0], "root": ["0", "1"]}
    c["field"]["poly"] = [-1, 2, -1, 2]


@forged("free_repeated", "field", "a factor twice")
def a_polynomial_with_a_square(c):
    c["field"] = {"poly": [4, -2, -4, 1, 1], "root": ["-4", "-1"]}  # (t^2-2)^2 (1+..)
    c["field"]["poly"] = [-4, 0, 8, 0, -5, 0, 1]  # (t^2-1)(t^2-2)^2
    c["field"]["root"] = ["1/2", "6/5"]


@forged("unlisted_face", "witness.idle", "neither used nor proved idle")
def atoms_that_nothing_empties(c):
    c["witness"]["idle"] = []


@forged("unlisted_face", "witness.idle", "a vector is negative, or not 0 at the fit")
def a_vector_that_empties_what_is_used(c):
    c["witness"]["idle"] = [[1] * len(c["data"]["y"])]


@forged("unlisted_face", "witness.longest", "are not shown independent")
def a_longest_vertex_of_dependent_columns(c):
    c["witness"]["longest"] = [[0, 1, 0, 0] for _ in c["witness"]["longest"]]


@forged("unlisted_face", "claims.bounds", "is not what follows")
def connected_too_early(c):
    claim(c, "bounds")["connected_from"] -= 1


@forged("unlisted_balls", "claims.bounds", "is not what follows")
def a_smaller_width_in_balls(c):
    claim(c, "bounds")["m_star_at_most"] -= 1


@forged("unlisted_balls", "claims.vertices", "not in the order of supports")
def one_vertex_twice(c):
    listed = claim(c, "some")["list"]
    listed.insert(0, listed[0])


@forged("general_unlisted", "witness.lifted", "is not the dimension")
def another_dimension_without_the_list(c):
    claim(c, "some_lifted")["dim"] += 1


@forged("general_unlisted", "witness.idle", "neither used nor proved idle")
def lifted_points_that_leave_a_column_out(c):
    claim(c, "some_lifted")["list"] = claim(c, "some_lifted")["list"][:1]
    c["witness"]["idle"] = []


@pytest.mark.parametrize("name", FORGERIES_2)
def test_a_forgery_in_format_2_is_refuted_for_its_own_reason(name):
    _, _, where, why = FORGERIES_2[name]
    c = forged_2(name)
    if name == "another_field_under_no_hash":
        del c["frame"]
        c["sha256"]["frame"] = "0" * 64
    with pytest.raises(Refuted) as refusal:
        check(c)
    assert refusal.value.where == where, refusal.value
    assert why in refusal.value.why, refusal.value


@pytest.mark.parametrize("name", ["free_rising", "free_balls_two_flats", "free_square"])
def test_a_sample_of_lies_in_format_2(name):
    """The claims are as they were, or the lie is refuted."""
    old = golden_2(name)
    lies = list(mutants(old))
    for where, lie in lies[:: max(1, len(lies) // 60)]:
        lie = sealed(lie) if all(k in lie for k in FRAME) else lie  # noqa: PLW2901
        try:
            check(canonical(lie))
        except Refuted:
            continue
        assert canonical(lie["claims"]) == canonical(old["claims"]), where
        assert canonical(lie["data"]) == canonical(old["data"]), where


def test_the_constant_alone_may_be_free():
    """Skip "constant": only the ones; X = 0, 1, y = 2, 2 costs nothing, in both formats."""
    data = {"X": [["0"], ["1"]], "y": ["2", "2"], "beta_squared": "1", "bias": "none"}
    c = golden("free_none_needed") | {"data": data | {"skip": "constant", "weights": None}}
    c["claims"] = [
        {"claim": "patterns", "counts": [2]},
        {"claim": "dual", "kappa": ["0", "0"]},
        {"claim": "optimum", "fit": ["2", "2"], "objective": "0"},
        {"claim": "atoms", "list": []},
        {"claim": "vertices", "list": [{"support": [], "weights": []}]},
        {"claim": "dimension", "rank": 0, "dim": 0},
        {"claim": "widths", "m_star": 0, "M_star": 0, "spectrum": {"0": 1}},
        {
            "claim": "components",
            "widths": [
                {"m": m, "components": 1, "isolated": 1, "polytope_components": 1}
                for m in (0, 1)
            ],
        },
        {"claim": "threshold", "threshold": 0, "bound": 0, "bound_talk": 0},
        {"claim": "theorems", "verdicts": dict.fromkeys(f"T7.{i}" for i in range(1, 6))},
        {"claim": "uniqueness", "verdict": "unique network", "attained": True},
    ]
    forest = {"parent": [0], "rank": [1]}
    c["witness"] = {
        "patterns": [{"circuits": [], "points": [[1]], "tree": [-1, -2]}],
        "dual": [[[], [], [], []]],
        "cover": {"farkas": [], "tree": [1]},
        "rank": {"basis": [], "used": 0, "dual": []},
        "components": [forest, forest],
        "differ": None,
    }
    c["field"] = "Q"
    check(sealed(c))
    old = Certificate.from_json(canonical(sealed(c)))
    assert raised(old).data["free"] == "constant"
    check(raised(old))
    c["data"]["skip"] = "linear"
    with pytest.raises(Refuted):
        check(sealed(c))


def constant_problem(kind, claims):
    """Return a certificate of X = 1, 2, y = 2, 2 with a constant that is free; kappa = 0."""
    tree = {"circuits": [[[0, 1], [2, -1]]], "points": [[1]], "tree": [-1, -1, -2, 0]}
    c = Certificate(
        kind,
        {
            "X": [["1"], ["2"]],
            "y": ["2", "2"],
            "beta_squared": "1",
            "loss": {"kind": "squared", "weights": ["1", "1"]},
            "unit": {"kind": "relu", "bias": "none"},
            "free": "constant",
        },
        "Q",
        [
            {"claim": "patterns", "counts": [2]},
            {"claim": "dual", "kappa": ["0", "0"]},
            *claims,
        ],
        {"patterns": [tree], "dual": [[[], [], [], []]]},
        version=2,
    )
    return json.loads(c.to_json())


def fitted(constant):
    return {"neurons": [None], "free": [constant]}


def test_a_gap_counts_the_free_part():
    for constant, value in (("2", "0"), ("1", "1"), ("3", "1")):
        stated = {"claim": "gap", "network": fitted(constant), "primal": value}
        c = constant_problem("gap", [stated | {"dual": "0", "gap": value}])
        check(c)
        claim(c, "gap")["network"]["free"] = ["0"]
        with pytest.raises(Refuted, match=r"claims\.gap\.primal"):
            check(sealed(c))
        del claim(c, "gap")["network"]["free"]
        with pytest.raises(Refuted, match="keys must be: neurons free"):
            check(sealed(c))


def test_a_descent_moves_the_free_part():
    optimum = {"claim": "optimum", "pieces": ["smooth"] * 2, "fit": ["2", "2"]}
    way = {
        "claim": "descent",
        "width": 1,
        "breakpoints": [fitted(t) for t in ("-1", "1", "2")],
        "objectives": ["9", "1", "0"],
    }
    c = constant_problem("descent", [optimum | {"objective": "0"}, way])
    check(c)
    stated = claim(c, "descent")
    stated["breakpoints"] = stated["breakpoints"][1::-1] + stated["breakpoints"][2:]
    stated["objectives"] = ["1", "9", "0"]
    with pytest.raises(Refuted, match="the objective rises"):
        check(sealed(c))
    stated["breakpoints"], stated["objectives"] = [fitted("1")], ["1"]
    with pytest.raises(Refuted, match="optimal fit"):
        check(sealed(c))
