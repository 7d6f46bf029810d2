"""Forgeries of three layers: a golden certificate with one lie, and what refutes it."""

import json
from fractions import Fraction
from itertools import pairwise

from polytope_nn.certificate.roads import enclosed
from polytope_nn.parallel.certificate.certify import parallel_certificate
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.network import ParallelNetwork
from polytope_nn.parallel.problem import ParallelProblem

from .forging import canonical, claim, golden, registry, sealed

FORGERIES_PARALLEL = {}
forged = registry(FORGERIES_PARALLEL, "parallel_")


def forged_parallel(name):
    original, change, _, _ = FORGERIES_PARALLEL[name]
    c = golden(original)
    change(c)
    return sealed(c)


def parallel_true(c):
    """Return whether the claims are those that the finder makes of their data.

    Networks and dual points, of which there are many, are multiplied out by the checker.
    """
    layers = c["data"]["layers"]
    problem = ParallelProblem(
        c["data"]["X"], c["data"]["y"], beta_squared=c["data"]["beta_squared"],
        weights=c["data"]["loss"]["weights"], inner_width=layers["inner_width"],
        regulariser=layers["regulariser"], bias=c["data"]["unit"]["bias"],
    )  # fmt: skip
    if c["kind"] == "parallel_gap":
        stated = claim(c, "gap")
        value = float(parallel_optimum(problem).value)
        primal = float(ParallelNetwork.from_json(stated["network"]).objective(problem))
        dual, below = float(Fraction(stated["dual"])), 1e-12 * primal
        ends = {
            name: [
                float(Fraction(t))
                for t in (read.values() if type(read) is dict else [read])
            ]
            for name, read in stated.items()
            if name in {"primal", "gap"}
        }
        return dual <= value + below and all(
            min(ends[name]) - below <= x <= max(ends[name]) + below
            for name, x in (("primal", primal), ("gap", primal - dual))
        )
    if c["kind"] == "parallel_road":
        return near_true(claim(c, "road"), problem)
    if c["kind"] == "parallel_enclosed":
        O = parallel_optimum(problem)
        low, high = (float(Fraction(t)) for t in claim(c, "optimum")["objective"])
        return (
            claim(c, "depth")["helps"] is O.depth_helps
            and low <= float(O.value) + 1e-9
            and float(O.value) <= high + 1e-9
        )
    if c["kind"] == "parallel_enclosed_path":
        return shared_true(c, parallel_optimum(problem))
    if c["kind"] == "parallel_path":
        found = parallel_optimum(problem, kappa=claim(c, "dual")["kappa"])
        stated, value = claim(c, "branch_path"), claim(c, "optimum")["objective"]
        shown = [network(c, x) for x in stated["breakpoints"]]
        return str(found.value) == value and all(
            abs(float(net.objective(problem)) - float(found.value)) < 1e-9
            and abs(float(net.cost(problem)) - float(Fraction(stated["cost"]))) < 1e-9
            for net in shown
        )
    size = claim(c, "table")["branches"], claim(c, "table")["inner"]
    kappa = claim(c, "dual")["kappa"] if c["field"] == "Q" else None
    C = parallel_certificate(two_widths(parallel_optimum(problem, kappa=kappa)), *size)
    own = {x["claim"]: x for x in json.loads(C.to_json())["claims"]}
    return all(map(same_claim, c["claims"], (own[x["claim"]] for x in c["claims"])))


def near_true(stated, problem):
    """Return whether a path costs what it says, less than its ends between, in floats."""
    value = float(parallel_optimum(problem).value)

    def ends(read):
        return [
            float(Fraction(t)) for t in (read.values() if type(read) is dict else [read])
        ]

    def cost(read):
        return float(ParallelNetwork.from_json(read).objective(problem))

    def halfway(one, other):
        """Return the network in the middle of a line: a slot that is empty has no part in it."""
        branches = []
        for pair in zip(one["branches"], other["branches"], strict=True):
            used = [b for b in pair if b is not None]
            made = used and {"sign": used[0]["sign"], "neurons": []}
            for xs in zip(*(b["neurons"] for b in used), strict=True):
                sums = xs[0] and [
                    str(sum(map(Fraction, t)) / 2)
                    for t in zip(*(x["u"] for x in xs), strict=True)
                ]
                made["neurons"].append(xs[0] and {"sign": xs[0]["sign"], "u": sums})
            branches.append(made or None)
        return {"branches": branches}

    nets, small = stated["breakpoints"], 1e-12 * value
    middles = [cost(halfway(*pair)) for pair in pairwise(nets)]
    sizes = [*map(ends, stated["objectives"])]
    found = [*map(cost, nets)]
    return (
        value - small <= min(middles + found)
        and max(middles + found) <= max(*sizes[0], *sizes[-1]) + small
        and all(abs(t - x) <= small for x, of in zip(found, sizes, strict=True) for t in of)
        and ends(stated["dual"])[0] <= value + small
        and abs(max(ends(stated["gap"])) - found[stated["close"]] + ends(stated["dual"])[0])
        <= small
    )


def same_claim(x, own):
    """Return whether a claim says what the finder's says, or of M*(k) less."""
    if x["claim"] == "most":  # other networks show it as well; null is no claim
        pairs = zip(x["M_star"], own["M_star"], strict=True)
        return all(M in (None, known) for M, known in pairs)
    return x["claim"] in ("attained", "depth") or canonical(x) == canonical(own)


def network(c, read):
    """Return a breakpoint as a network; g of a mass c is the neuron ``c g``."""
    atoms = claim(c, "atoms")["list"]
    made = []
    for b in read:
        slots = b and [
            x
            and (
                atoms[x[0]]["sign"],
                [Fraction(x[1]) * Fraction(t) for t in atoms[x[0]]["g"]],
            )
            for x in b["slots"]
        ]
        neurons = b and [x and {"sign": x[0], "u": list(map(str, x[1]))} for x in slots]
        made.append(b and {"sign": b["sign"], "neurons": neurons})
    return ParallelNetwork.from_json({"branches": made})


def shared_true(c, O):
    """Return whether networks of forms cost the optimum, in floats."""
    X = [[float(Fraction(t)) for t in x] for x in c["data"]["X"]]
    y = [float(Fraction(t)) for t in c["data"]["y"]]
    used = [(a, float(w)) for a, w in zip(O.flat.atoms, O.flat.weights, strict=True) if w]
    beta = float(Fraction(c["data"]["beta_squared"])) ** 0.5

    def objective(network):
        fit, cost = [0.0] * len(X), 0.0
        for b in filter(None, network):
            z, squares, whole = [0.0] * len(X), 0.0, 0.0
            for a, form in filter(None, b["slots"]):
                atom = used[a][0]
                g = [float(t) for t in atom.g]
                mass = sum(
                    float(Fraction(t)) * e for t, (_, e) in zip(form, used, strict=True)
                )
                length = mass * sum(t * t for t in g) ** 0.5
                squares, whole = squares + length**2, whole + length
                s = b["sign"] * atom.sign
                dots = [sum(p * q for p, q in zip(x, g, strict=True)) for x in X]
                z = [t + s * mass * max(h, 0) for t, h in zip(z, dots, strict=True)]
            fit = [t + b["sign"] * max(h, 0) for t, h in zip(fit, z, strict=True)]
            path_costs = c["data"]["layers"]["regulariser"] == "path"
            cost += beta * (squares**0.5 if path_costs else whole)
        return sum((t - s) ** 2 for t, s in zip(fit, y, strict=True)) / 2 + cost

    return all(
        abs(objective(network) - float(O.value)) < 1e-9
        for network in claim(c, "branch_path")["breakpoints"]
    )


def dual(c):
    return c["witness"]["dual"][0]


def leaf(c, i=0):
    return dual(c)["leaves"][i]


# the problem


@forged("hat", "data", "says nothing of layers")
def no_word_of_layers(c):
    del c["data"]["layers"]


@forged("hat", "data.layers", "is none of power3, path")
def another_regulariser(c):
    c["data"]["layers"]["regulariser"] = "decay"


@forged("hat", "conventions", "are not this checker's")
def path_costs_by_the_words_of_power_3(c):
    c["data"]["layers"]["regulariser"] = "path"


@forged("parts", "data.layers", "is no integer")
def path_costs_of_any_width(c):
    c["data"]["layers"]["inner_width"] = None


@forged("hat", "data", "squared loss and nothing free")
def a_free_skip(c):
    c["data"]["free"] = "linear"


@forged("hat", "conventions", "are not this checker's")
def conventions_of_two_layers(c):
    from polytope_nn.certificate.format import CONVENTIONS

    c["conventions"] = dict(CONVENTIONS)


# atoms and leaves


@forged("hat", "claims.atoms", "|g|^2 is not beta^2, or g has no sign")
def a_longer_direction(c):
    claim(c, "atoms")["list"][0]["g"] = ["-2", "0"]


@forged("hat", "claims.atoms", "|g|^2 is not beta^2, or g has no sign")
def a_direction_without_a_sign(c):
    claim(c, "atoms")["list"][3]["sign"] = 0


@forged("hat", "claims.atoms", "not in order, or not distinct")
def a_direction_twice(c):
    listed = claim(c, "atoms")["list"]
    listed.insert(0, listed[0])


@forged("hat", "claims.atoms", "not in order, or not distinct")
def negative_directions_first(c):
    listed = claim(c, "atoms")["list"]
    claim(c, "atoms")["list"] = listed[3:] + listed[:3]


@forged("hat", "claims.atoms", "an atom is tight on no leaf")
def a_direction_of_the_right_length(c):
    claim(c, "atoms")["list"].append({"sign": -1, "g": ["1", "0"]})
    claim(c, "atoms")["list"][-2]["g"] = ["4/5", "-3/5"]
    for one in dual(c)["leaves"]:
        one["atoms"] = [6 if a == 5 else a for a in one["atoms"]]


@forged("hat", "witness.dual", "a leaf is missing")
def a_leaf_left_out(c):
    dual(c)["leaves"].pop()


@forged("hat", "witness.dual", "there are more leaves than the trees have")
def a_leaf_too_many(c):
    dual(c)["leaves"].append(leaf(c, 1))


@forged("hat", "witness.dual", "a token is no row and no block")
def a_token_beyond_the_blocks(c):
    dual(c)["trees"][0][0] = 3 + 12


@forged("hat", "witness.dual", "branches on a row without the sign")
def a_branch_on_a_negative_row(c):
    dual(c)["trees"][0][0] = 0


@forged("hat", "witness.dual", "needlessly on a block")
def a_block_excluded_of_an_unlimited_width(c):
    dual(c)["trees"][1] = [3, -1, -1]
    dual(c)["leaves"].append(leaf(c, 2))


@forged("bounded", "witness.dual", "cut although it has room")
def a_cut_that_leaves_blocks_out(c):
    tree = dual(c)["trees"][1]
    tree[2] = -2
    del dual(c)["leaves"][1]


@forged("full", "witness.dual", "called full although a branch has room")
def a_full_leaf_that_leaves_blocks_out(c):
    """Its blocks are not all excluded, and none is in use."""
    for tokens in dual(c)["trees"]:
        if tokens:
            tokens[tokens.index(-1)] = -3


@forged("strict", "witness.dual", "a tope and sign has no multiplier")
def a_cut_of_an_unlimited_width(c):
    leaf(c)["plus"].pop()


@forged("hat", "witness.dual", "theta is not between 0 and 1")
def a_theta_above_one(c):
    leaf(c)["theta"] = [[2, 1], 1]


@forged("hat", "witness.dual", "theta is not between 0 and 1")
def a_theta_below_zero(c):
    leaf(c, 2)["theta"] = [[-1], 3]


@forged("hat", "witness.dual", "an atom of a leaf does not attain beta there")
def an_atom_of_another_leaf(c):
    leaf(c, 1)["atoms"] = [1]


@forged("hat", "witness.dual", "a bound exceeds beta")
def a_theta_of_its_own(c):
    leaf(c)["theta"] = [[1, 1], 2]
    leaf(c)["atoms"] = []


@forged("hat", "witness.dual", "a bound is tight at no listed atom")
def an_atom_left_out_of_a_leaf(c):
    leaf(c)["atoms"] = [1, 3]


# the network


@forged("hat", "claims.attained", "a mass is not positive")
def a_negative_mass(c):
    claim(c, "attained")["branches"][0]["weights"] = ["-1"]


@forged("hat", "claims.attained", "a branch does not reach beta")
def a_neuron_that_is_clipped(c):
    claim(c, "attained")["branches"][0] = {"sign": 1, "support": [4], "weights": ["1"]}


@forged("hat", "claims.attained", "does not have the optimal fit")
def a_mass_too_large(c):
    claim(c, "attained")["branches"][0]["weights"] = ["2"]


@forged("strict", "claims.attained", "a branch has too many inner neurons")
def a_wide_branch(c):
    c["data"]["layers"]["inner_width"] = 1


# pieces


def pieces(c):
    return claim(c, "pieces")["list"]


@forged("hat", "claims.pieces", "not in order, or not distinct")
def a_negative_piece_first(c):
    pieces(c).reverse()


@forged("hat", "witness.pieces", "a choice is missing")
def a_choice_left_out(c):
    c["witness"]["pieces"].pop()


@forged("hat", "witness.pieces", "there are more choices than leaves have")
def a_choice_too_many(c):
    c["witness"]["pieces"].append(c["witness"]["pieces"][-1])


@forged("hat", "witness.pieces", "is not the piece it is said to be")
def a_vertex_moved(c):
    pieces(c)[0]["vertices"][0]["weights"] = ["1/2", "1/4", "1/4"]


@forged("hat", "witness.pieces", "is not the piece it is said to be")
def a_piece_of_the_other_sign(c):
    pieces(c)[1]["sign"] = 0


@forged("hat", "claims.pieces", "a piece is no choice of a leaf")
def a_piece_that_nothing_shows(c):
    c["witness"]["pieces"][1]["own"] = False


@forged("zero_row", "witness.pieces", "a choice does not lie in its piece")
def a_piece_left_out(c):
    shown = [x for x in c["witness"]["pieces"] if x["piece"] == 1]
    del pieces(c)[1]
    for x in c["witness"]["pieces"]:
        x["piece"] = x["piece"] and x["piece"] - 1
    for x in shown:
        x["own"], x["piece"] = False, 0


@forged("hat", "claims.pieces", "a piece lies in another one")
def a_piece_inside_a_piece(c):
    vertices = [{"support": [2], "weights": ["1"]}]
    pieces(c).append({"sign": -1, "atoms": [2], "vertices": vertices})
    inner = next(x for x in c["witness"]["pieces"] if x["piece"] == 1 and not x["own"])
    inner["own"], inner["piece"] = True, 2


@forged("hat", "witness.cover", "a Farkas vector has w'F_j < 0")
def a_vertex_of_a_piece_left_out(c):
    polytope = c["witness"]["pieces"][1]["polytope"]
    polytope["list"].pop()
    polytope["tree"] = [2 if t == 4 else t for t in polytope["tree"]]
    pieces(c)[1]["vertices"].pop()
    pieces(c)[1]["atoms"].pop()


# the table


def table(c):
    return claim(c, "table")


@forged("hat", "witness.table", "a cell is missing")
def a_cell_left_out(c):
    c["witness"]["table"]["cells"].pop()


@forged("hat", "witness.table", "there are more cells")
def a_cell_too_many(c):
    cells = c["witness"]["table"]["cells"]
    cells.append(cells[-1])


@forged("hat", "witness.table", "a network has not M + 1 branches")
def a_network_of_too_many_branches(c):
    network = c["witness"]["table"]["networks"][0]
    network[0]["weights"] = ["1/2"]
    network.append(network[0])


@forged("hat", "claims.table", "m_star is not what follows")
def a_smaller_least_width(c):
    table(c)["m_star"][0] = 2


@forged("hat", "claims.table", "columns is not what follows")
def two_components_as_one(c):
    table(c)["columns"][1][1] = [1, 0]


@forged("hat", "claims.table", "columns is not what follows")
def points_that_are_not_isolated(c):
    table(c)["columns"][2][0] = [6, 0]


@forged("hat", "claims.table", "columns is not what follows")
def a_count_left_out(c):
    table(c)["columns"][1][1] = None


@forged("bounded", "claims.table", "m_star is not what follows")
def a_width_for_which_kappa_is_not_proved(c):
    table(c)["m_star"][1] = 1


@forged("nothing", "claims.table", "m_star is not what follows")
def a_branch_for_nothing(c):
    table(c)["m_star"][0] = 1


# depth


def depth(c):
    return claim(c, "depth")


@forged("hat", "claims.depth", "a network needs no dual point")
def a_dual_point_beside_a_network(c):
    depth(c)["value"] = "9"


@forged("hat", "claims.depth", "does not have the optimal fit")
def a_two_layer_network_of_another_fit(c):
    depth(c)["network"]["neurons"].pop()


@forged("hat", "claims.depth", "is neither shown by a network nor by a dual point")
def depth_that_may_help(c):
    depth(c)["helps"] = 0


@forged("strict", "claims.depth", "must have 5 entries")
def a_dual_point_of_six_samples(c):
    depth(c)["kappa"].append("0")


@forged("strict", "claims.depth", "is not the dual value")
def a_larger_dual_value(c):
    depth(c)["value"] = "23"


@forged("strict", "claims.depth", "two layers are not shown to be worse")
def a_dual_point_that_shows_nothing(c):
    depth(c)["kappa"], depth(c)["value"] = ["0"] * 5, "0"
    c["witness"]["depth"] = [[] for _ in c["witness"]["depth"]]


@forged("strict", "witness.dual", "a bound exceeds beta")
def a_dual_point_that_is_none(c):
    y = c["data"]["y"]
    depth(c)["kappa"] = y
    c["witness"]["depth"] = [[] for _ in c["witness"]["depth"]]


# two bounds


@forged("gap_deep", "claims.gap.network", "a branch has too many inner neurons")
def a_network_too_wide(c):
    c["data"]["layers"]["inner_width"] = 1


@forged("gap", "claims.gap.gap", "the upper end is on the wrong side")
def a_gap_of_nothing(c):
    claim(c, "gap")["gap"] = "0"


@forged("gap", "claims.gap.primal", "is on the wrong side")
def a_branch_too_few(c):
    claim(c, "gap")["network"]["branches"].pop()


NO_BRANCH = "a branch has no sign, is empty, or is not balanced"


def raw(c):
    """Write the neurons of the network as weights: what these cost is not said of branches."""
    for b in claim(c, "gap")["network"]["branches"]:
        b["neurons"] = [{"w": x["u"], "alpha": str(x["sign"])} for x in b["neurons"]]


@forged("gap", "claims.gap.network", NO_BRANCH)
def a_branch_of_raw_weights(c):
    raw(c)


@forged("parts_gap", "claims.gap.network", NO_BRANCH)
def a_path_cost_of_raw_weights(c):
    raw(c)


@forged("gap", "claims.gap.network", NO_BRANCH)
def a_branch_without_a_sign(c):
    claim(c, "gap")["network"]["branches"][0]["sign"] = 0


@forged("gap", "claims.gap.network", NO_BRANCH)
def a_network_of_an_empty_branch(c):
    claim(c, "gap")["network"]["branches"][0]["neurons"] = [None, None]


@forged("gap", "claims.depth", "is left open needlessly")
def a_value_of_no_dual_point(c):
    depth(c)["value"] = "9"


@forged("hat", "claims.depth", "is left open needlessly")
def depth_left_open(c):
    depth(c)["helps"], depth(c)["network"] = None, None


@forged("gap", "claims.depth", "is neither shown by a network nor by a dual point")
def depth_of_no_use_by_two_bounds(c):
    depth(c)["helps"], depth(c)["network"] = False, {"neurons": []}


@forged("gap_deep", "claims.depth", "two layers are not shown to be worse")
def a_bound_below_the_network(c):
    depth(c)["kappa"], depth(c)["value"] = ["0"] * 5, "0"
    c["witness"]["depth"] = [[] for _ in c["witness"]["depth"]]


def road(c):
    return claim(c, "branch_path")


def slot(c, breakpoint_, branch, place):
    return road(c)["breakpoints"][breakpoint_][branch]["slots"][place]


ROAD = "claims.branch_path"


@forged("path", f"{ROAD}", "has more inner slots than the problem")
def a_path_of_wider_branches(c):
    c["data"]["layers"]["inner_width"] = 2


@forged("parts_path", f"{ROAD}.breakpoints[0]", "has not the parts")
def a_path_of_narrower_branches(c):
    """One part of mass 1 costs sqrt(2) times what two halves do."""
    road(c)["inner"] = 1
    for network in road(c)["breakpoints"]:
        for b in (b for b in network if b is not None):
            (a, _), *_ = b["slots"]
            b["slots"] = [[a, "1"]]


@forged("path", f"{ROAD}.breakpoints[0]", "does not have the optimal fit")
def a_path_that_starts_nowhere(c):
    road(c)["breakpoints"][0] = [None, None]


@forged("path", f"{ROAD}.breakpoints[0]", "does not have the optimal fit")
def a_heavier_start(c):
    for x in road(c)["breakpoints"][0][0]["slots"]:
        x[1] = "2"


@forged("path", f"{ROAD}.breakpoints[0]", "a mass is not positive")
def a_neuron_without_mass(c):
    slot(c, 0, 0, 0)[1] = "0"


@forged("path", f"{ROAD}.breakpoints[0]", "a branch is 0: write null")
def a_branch_of_empty_slots(c):
    first = road(c)["breakpoints"][0]
    first[1] = {"sign": 1, "slots": [None] * len(first[0]["slots"])}


@forged("path", f"{ROAD}.breakpoints[1]", "a slot turns its branch")
def a_jump_to_the_end(c):
    listed = road(c)["breakpoints"]
    first = listed[0][0]
    listed[1:] = [[{"sign": 1, "slots": first["slots"][::-1]}, None]]


@forged("path", ROAD, "has no breakpoint")
def a_path_of_no_network(c):
    road(c)["breakpoints"] = []


@forged("path", ROAD, "the cost is not kappa'fit")
def a_cheaper_path(c):
    road(c)["cost"] = "2"


@forged("path", f"{ROAD}.breakpoints[0]", "must have 2 entries")
def a_path_of_fewer_branches(c):
    road(c)["breakpoints"][0].pop()


@forged("shared", ROAD, "has more inner slots than the problem")
def a_path_of_forms_of_wider_branches(c):
    c["data"]["layers"]["inner_width"] = 1


@forged("shared_parts", f"{ROAD}.breakpoints[0]", "has not the parts")
def a_path_of_forms_of_narrower_branches(c):
    """One part of mass e costs sqrt(2) times what two halves do."""
    road(c)["inner"] = 1
    for b in filter(None, road(c)["breakpoints"][0]):
        b["slots"] = b["slots"][:1]


@forged("shared_parts", f"{ROAD}.breakpoints[0]", "slots of a branch are no equal parts")
def a_branch_of_unequal_forms(c):
    slot(c, 0, 1, 0)[1][0], slot(c, 0, 1, 1)[1][0] = "1/4", "3/4"


@forged("shared", f"{ROAD}.breakpoints[0]", "a mass is not proved to be positive")
def a_form_below_0(c):
    slot(c, 0, 2, 0)[1][2], slot(c, 0, 0, 0)[1][2] = "-2/5", "7/5"


@forged("shared", f"{ROAD}.breakpoints[0]", "a branch is 0: write null")
def a_branch_without_forms(c):
    road(c)["breakpoints"][0][3] = {"sign": 1, "slots": [None, None]}


@forged("shared", f"{ROAD}.breakpoints[0]", "not proved to be positive on a row")
def a_branch_that_is_clipped(c):
    """So little of c is beside b that z is negative on a row."""
    slot(c, 0, 2, 0)[1][2], slot(c, 0, 0, 0)[1][2] = "9/10", "1/10"


@forged("shared", f"{ROAD}.breakpoints[0]", "does not add up to its mass")
def a_lighter_form(c):
    slot(c, 0, 2, 0)[1][2] = "1/5"


@forged("shared", f"{ROAD}.breakpoints[1]", "a slot turns its branch")
def a_jump_of_forms(c):
    listed = road(c)["breakpoints"]
    listed[1] = listed[2]


@forged("shared", f"{ROAD}.breakpoints[1]", "a slot turns its branch")
def other_shares_of_a_branch(c):
    """Masses of two neurons of a branch are not in one proportion."""
    other = json.loads(json.dumps(road(c)["breakpoints"][0]))
    road(c)["breakpoints"][1:] = [other]
    slot(c, 1, 2, 0)[1][2], slot(c, 1, 0, 0)[1][2] = "3/10", "7/10"


@forged("shared", ROAD, "has no breakpoint")
def a_path_of_forms_of_no_network(c):
    road(c)["breakpoints"] = []


@forged("shared", f"{ROAD}.cost", "the upper end is below what is proved")
def a_cheaper_path_of_forms(c):
    low = Fraction(road(c)["cost"][0])
    road(c)["cost"] = [str(low - Fraction(1, 1 << 90)), str(low)]


MOST = "claims.most"


def most(c):
    return claim(c, "most")


@forged("most", MOST, "M*(k) is claimed without a network")
def a_number_without_a_network(c):
    most(c)["networks"][0] = None


@forged("most", MOST, "M*(k) is claimed without a network")
def a_basis_without_a_network(c):
    most(c)["networks"][0] = most(c)["M_star"][0] = None


@forged("most", MOST, "M*(k) is not the rank of all optimal branches")
def fewer_independent_branches(c):
    """An optimal network of two, independent; a third branch is none of their span."""
    two = [(1, [1, 3], ["1", "1"]), (-1, [0, 2], ["1", "2"])]
    most(c)["networks"][1] = [
        {"sign": s, "support": at, "weights": weights} for s, at, weights in two
    ]
    dual = [[[0, 1, 0], 1], [[0, 1, -1], 2], [[-2, -1, 1], 2]]
    most(c)["ranks"][1] = {"basis": [0, 1, 5], "used": 2, "dual": dual}
    most(c)["M_star"][1] = 2


@forged("parts_most", MOST, "M*(k) is claimed without a network")
def a_wider_vertex_of_parts(c):
    most(c)["M_star"][1] += 1


@forged("parts_most", MOST, "kappa is not proved for this inner width")
def a_network_of_path_costs(c):
    most(c)["networks"][1] = []


@forged("most", MOST, "M*(k) is not the rank of all optimal branches")
def a_larger_most(c):
    most(c)["M_star"][1] += 1


@forged("most", MOST, "does not have the optimal fit")
def a_most_without_a_branch(c):
    most(c)["networks"][0].pop()


@forged("most", "witness.rank", "a feature is not spanned by the basis")
def a_shorter_basis_of_branches(c):
    read = most(c)["ranks"][1]
    read["basis"].pop()
    read["dual"].pop()
    read["used"] -= 1


def balls(c, i=0):
    return dual(c)["leaves"][i]


@forged("level", "witness.dual", "a leaf is missing")
def a_leaf_in_intervals_left_out(c):
    dual(c)["leaves"].pop()


@forged("level", "witness.dual", "there are more leaves than the trees have")
def a_leaf_in_intervals_too_many(c):
    dual(c)["leaves"].append(balls(c))


@forged("level", "witness.dual", "a multiplier is not positive")
def a_pressing_that_pulls(c):
    balls(c)["plus"][2][1][0] *= -1


@forged("level", "witness.dual", "a bound is not proved to be below beta")
def a_bound_without_its_multiplier(c):
    balls(c)["plus"][2] = []


@forged("level", "witness.dual", "a bound is not proved to be below beta")
def a_larger_theta_in_intervals(c):
    balls(c, 3)["theta"] = [[1, 1], 1]


@forged("level", "witness.dual", "an atom is not in this tope's closed cone")
def an_atom_of_another_tope(c):
    balls(c)["plus"][0] = [1, []]


@forged("level", "witness.dual", "an atom is not in this tope's closed cone")
def an_atom_that_theta_weakens(c):
    balls(c)["theta"] = [[1, 1], 2]


@forged("level", "witness.dual", "is above")
def a_theta_above_1(c):
    balls(c)["theta"] = [[2, 1], 1]


@forged("level", "claims.depth", "is optimal, no more is shown")
def depth_that_helps_all_the_same(c):
    depth(c)["helps"] = True


@forged("level", "claims.optimum", "the upper end is below")
def a_lower_value_in_intervals(c):
    claim(c, "optimum")["objective"] = ["1/2", "1/2"]


# path costs


def attained(c):
    return claim(c, "attained")["branches"]


@forged("parts", "claims.attained", "a branch has no equal parts")
def branches_of_thirds(c):
    thirds = (
        {"sign": -1, "support": [0, 2], "weights": w}
        for w in (["1/3", "2/3"], ["2/3", "1/3"])
    )
    attained(c)[1:] = thirds


@forged("parts_path", f"{ROAD}.breakpoints[0]", "slots of a branch are no equal parts")
def a_path_of_single_neurons(c):
    for b in (b for network in road(c)["breakpoints"] for b in network if b):
        b["slots"] = [[b["slots"][0][0], "1"], None]


@forged("parts_path", ROAD, "the cost is not kappa'fit")
def a_path_that_costs_nothing(c):
    road(c)["cost"] = "0"


@forged("parts", "claims.depth", "depth helps iff something is fitted")
def parts_that_do_not_help(c):
    depth(c)["helps"] = False


@forged("parts_level", "claims.depth", "depth helps iff something is fitted")
def parts_in_intervals_that_do_not_help(c):
    depth(c)["helps"] = False


@forged("parts", "claims.table", "columns is not what follows")
def orders_as_one(c):
    table(c)["columns"][1][1] = [5, 5]


@forged("parts", "claims.table", "m_star is not what follows")
def a_least_width_of_single_neurons(c):
    table(c)["m_star"][0] = 3


@forged("parts", "witness.cover", "a Farkas vector has w'F_j < 0")
def a_vertex_of_parts_left_out(c):
    witness = c["witness"]["table"]
    witness["list"].pop()
    witness["tree"] = [2 if t == 13 else t for t in witness["tree"]]


@forged("parts_gap", "claims.gap.primal", "is on the wrong side")
def a_part_too_few(c):
    claim(c, "gap")["network"]["branches"][0]["neurons"].pop()


@forged("parts_level", "claims.depth", "depth helps iff something is fitted")
def depth_that_helps_to_fit_nothing(c):
    quarter, width = Fraction(1, 4), Fraction(1, 2**65)
    c["data"] |= {"X": [["1"]], "y": ["1/4"], "beta_squared": "16"}
    c["data"]["loss"]["weights"] = ["1"]
    claim(c, "patterns")["counts"] = [2]
    claim(c, "dual")["kappa"] = [[str(quarter - width), str(quarter + width)]]
    claim(c, "optimum").update(
        pieces=["smooth"], fit=[[str(-width), str(width)]], objective=["1/32", "1/32"]
    )
    claim(c, "atoms")["list"] = []
    c["witness"] |= {
        "patterns": [{"circuits": [], "points": [[1]], "tree": [-1, -2]}],
        "dual": [{
            "trees": [[-1], []],
            "leaves": [{"theta": [[], 1], "plus": [[], []], "minus": [[], []]}],
        }],
        "faces": [], "free": [], "pins": [[], []], "hints": [[]],
        "centre": [[1], 4], "radius": "1/1000000", "inverse": [[[1]], 1],
    }  # fmt: skip


def tuples(c):
    """Return the witness of tuples of blocks."""
    return c["witness"]["dual"][0]


TUPLES = "witness.dual"


@forged("tuples", TUPLES, "a leaf is missing")
def a_box_without_its_leaf(c):
    tuples(c)["leaves"].pop()


@forged("tuples", TUPLES, "there are more leaves than the trees have")
def a_box_more(c):
    tuples(c)["leaves"].append(tuples(c)["leaves"][-1])


@forged("tuples", TUPLES, "goes on after the last leaf")
def a_tree_of_boxes_that_goes_on(c):
    tuples(c)["tuples"][0].append(-1)


@forged("tuples", TUPLES, "the tree ends too early")
def a_tree_of_boxes_that_ends(c):
    tokens = tuples(c)["tuples"]
    tokens[1] = tokens[1][:1]
    left = sum(t == -1 for t in tokens[0])
    tuples(c)["leaves"] = tuples(c)["leaves"][:left]


@forged("tuples", TUPLES, "branches on a row that is not open")
def a_row_of_boxes_twice(c):
    tokens = tuples(c)["tuples"][0]
    row = next(t for t in tokens if 0 <= t < 4)
    tokens.insert(tokens.index(row) + 1, row)
    tokens.insert(tokens.index(row) + 2, -1)
    tuples(c)["leaves"].insert(0, tuples(c)["leaves"][0])


@forged("tuples", TUPLES, "branches needlessly on a block")
def a_block_more_than_neurons(c):
    of = tuples(c)
    leaf = next(i for i, x in enumerate(of["leaves"]) if len(x["used"]) == 2)
    every = [(s, i) for s in (0, 1) for i, t in enumerate(of["tuples"][s]) if t == -1]
    s, i = every[leaf]
    of["tuples"][s].insert(i, 4)
    of["tuples"][s].insert(i + 1, -1)
    of["leaves"].insert(leaf, of["leaves"][leaf])


@forged("tuples", TUPLES, "the bounds of a box exceed beta together")
def bounds_of_a_box_without_multipliers(c):
    for leaf in tuples(c)["leaves"]:
        leaf["used"] = [[] for _ in leaf["used"]]
        leaf["rest"] = [[] for _ in leaf["rest"]]


@forged("gap", TUPLES, "its keys must be: trees leaves")
def tuples_of_power_3_costs(c):
    of = tuples(c)
    c["witness"]["dual"][0] = {"tuples": of["trees"], "leaves": of["leaves"]}


def near(c):
    return claim(c, "road")


NEAR = "claims.road"


def turned(c):
    """Let a branch that two breakpoints share have another neuron at the second."""
    own, other = (x["branches"] for x in near(c)["breakpoints"][:2])
    b = next(b for a, b in zip(own, other, strict=True) if a and b)
    u = next(x for x in b["neurons"] if x)["u"]
    i = next(i for i, t in enumerate(u) if t != "0")
    u[i] = str(2 * Fraction(u[i]))
    near(c)["objectives"][1] = objective(c, 1)


def objective(c, i):
    """Return what a breakpoint of another network costs, enclosed."""
    problem = ParallelProblem(
        c["data"]["X"], c["data"]["y"], beta_squared=c["data"]["beta_squared"],
        inner_width=c["data"]["layers"]["inner_width"],
        regulariser=c["data"]["layers"]["regulariser"],
    )  # fmt: skip
    return enclosed(ParallelNetwork.from_json(near(c)["breakpoints"][i]).objective(problem))


@forged("road", f"{NEAR}.breakpoints[1]", "a slot turns its direction between the falls")
def a_branch_that_turns_near_the_optimum(c):
    turned(c)


@forged(
    "tuples_road", f"{NEAR}.breakpoints[1]", "a slot turns its direction between the falls"
)
def a_branch_of_path_costs_that_turns(c):
    turned(c)


@forged(
    "road", f"{NEAR}.breakpoints[1]", "a slot turns its direction, or loses its balance"
)
def a_branch_that_turns_on_a_fall(c):
    turned(c)
    near(c)["up"] = near(c)["close"] = 0


@forged("road", f"{NEAR}.breakpoints[1]", "a slot turns its direction between the falls")
def inner_neurons_that_change_places(c):
    own, other = (x["branches"] for x in near(c)["breakpoints"][:2])
    b = next(b for a, b in zip(own, other, strict=True) if a and b)
    b["neurons"].reverse()


@forged("road", f"{NEAR}.breakpoints[1]", "the objective rises before it")
def a_fall_that_rises(c):
    """The first network is the longer one."""
    near(c)["down"] = near(c)["close"] = near(c)["up"] = 1
    near(c)["breakpoints"][:2] = near(c)["breakpoints"][1::-1]
    near(c)["objectives"][:2] = near(c)["objectives"][1::-1]


@forged("road", f"{NEAR}.breakpoints[1]", "is above what it lies between")
def a_network_above_both_ends(c):
    one, other = near(c)["breakpoints"][:2]
    near(c)["breakpoints"] = [other, one, other]
    first, second = near(c)["objectives"][:2]
    near(c)["objectives"] = [second, first, second]
    near(c)["up"] = near(c)["close"] = 2


@forged("road", f"{NEAR}.gap", "is on the wrong side")
def a_path_nearer_than_it_is(c):
    near(c)["gap"] = "0"


@forged("tuples_road", "witness.dual", "the bounds of a box exceed beta together")
def a_kappa_too_long_for_a_road(c):
    kappa = claim(c, "dual")["kappa"]
    kappa[:] = [str(2 * Fraction(t)) for t in kappa]
