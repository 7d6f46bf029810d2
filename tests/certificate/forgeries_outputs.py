"""Forgeries about several outputs, one at least for each requirement of ``claims/vector``."""

from fractions import Fraction

from .forging import canonical, claim, golden, registry, sealed

OF_OUTPUTS = {}
forged = registry(OF_OUTPUTS)


def forged_outputs(name):
    """Return the text of a forgery, sealed."""
    original, change, _, _ = OF_OUTPUTS[name]
    c = golden(original)
    change(c)
    return canonical(sealed(c))


def trees(c):
    return c["witness"]["dual"][0]


def leaf(c, tope, i=0):
    return trees(c)[tope]["leaves"][i]


WITNESS = "witness.dual"
PAIRS, PAIRED = "witness.pairs", "claims.paired"


@forged("paired_squares", "data.free", "what neurons see is free already")
def what_is_free_already(c):
    c["data"]["free"] = "affine"


@forged("paired_squares", PAIRS, "its keys must be: basis onto shares")
def another_key_of_pairs(c):
    c["witness"]["pairs"]["more"] = []


@forged("paired_squares", PAIRS, "must have 1 entries")
def a_basis_that_is_longer(c):
    c["witness"]["pairs"]["basis"] *= 2


@forged("paired_squares", PAIRS, "a column is not that combination of the basis")
def ones_that_are_twice_themselves(c):
    c["witness"]["pairs"]["onto"][1] = ["2"]


@forged("paired_squares", PAIRED, "a share is not proved to be from 0 to 1")
def a_share_above_1(c):
    shares = c["witness"]["pairs"]["shares"]
    shares[next(i for i, t in enumerate(shares) if t)] = "9/8"


@forged("paired_squares", PAIRS, "as many shares are asked for as equations")
def a_share_too_much(c):
    shares = c["witness"]["pairs"]["shares"]
    shares[next(i for i, t in enumerate(shares) if t)] = None


@forged("paired_squares", PAIRED, "a share is not proved to be from 0 to 1")
def shares_that_others_pay(c):
    c["witness"]["pairs"]["shares"] = ["0", None, None]


@forged("paired_squares", PAIRED, "a share is not proved to be from 0 to 1")
def shares_that_are_more_than_all(c):
    c["witness"]["pairs"]["shares"] = [None, None, "1/4"]


@forged("paired_squares", PAIRED, "the upper end is below what is proved")
def a_share_that_is_said_to_be_less(c):
    claim(c, "paired")["shares"][1] = ["0", "0"]


@forged("paired_squares", "claims.spanned", "is not what follows from the rest")
def a_rank_of_atoms_alone(c):
    claim(c, "spanned")["rank"] = 3


@forged(
    "paired_listed", "witness.system", "a column is held: more is optimal than pairs make"
)
def a_column_that_may_move(c):
    c["witness"]["system"]["held"] = [[0, "0", []]]


@forged(
    "paired_idle", "witness.system", "a column is held: more is optimal than pairs make"
)
def a_column_held_where_labels_are_pressed(c):
    claim(c, "standing")["pieces"][0][0] = {"at": "1"}


@forged("paired_listed", "claims.vertices", "a face is not used")
def a_vertex_without_a_pair(c):
    claim(c, "vertices")["list"][0] |= {
        "support": [0, 1, 3, 4],
        "weights": [["0", "1"]] * 4,
    }


@forged("paired_listed", "claims.vertices", "a weight is not proved positive")
def a_vertex_that_others_are_split_at(c):
    first = claim(c, "vertices")["list"][0]
    first["support"] = [0, 2, 3, 4, 5]
    first["weights"] = [["-9999", "9999"]] * 5


@forged("paired_listed", "claims.vertices", "the lower end is above what is proved")
def a_vertex_of_more_weight(c):
    claim(c, "vertices")["list"][0]["weights"][0] = ["99", "99"]


@forged("paired_listed", "witness.cover", "a leaf's vertex is not inside its positive set")
def vertices_that_are_all(c):
    c["witness"]["cover"]["tree"] = [1]


@forged("paired_listed", "witness.rank", "must have 0 entries")
def a_basis_that_nobody_asks_for(c):
    c["witness"]["rank"] = [0]


@forged("paired_listed", "claims.dimension", "is not what follows from the rest")
def a_rank_of_vertices_alone(c):
    claim(c, "dimension")["rank"] = 4


@forged("vector_walls", "data.y", "is missing")
def no_labels(c):
    c["data"] = None


@forged("vector_walls", "data.y", "is empty")
def labels_of_no_sample(c):
    c["data"]["y"] = []


@forged("vector_walls", "data.y", "is ragged")
def a_row_that_is_longer(c):
    c["data"]["y"][1].append("0")


@forged("vector_walls", "data", "y is not rational")
def a_label_that_is_no_number(c):
    c["field"] = {"poly": [-2, 0, 1], "root": ["1", "2"]}
    for row in c["data"]["y"]:
        row[0] = ["0", "1"]


@forged("vector_walls", "data.y", "no string of a rational")
def a_second_label_that_is_no_number(c):
    c["data"]["y"][0][1] = ["0", "1"]


def other_neurons(c):
    c["data"]["unit"] = {"kind": "slopes", "bias": "none", "slopes": ["1", "-1"]}


@forged("continuum_kinks", "data.unit", "several outputs are of ReLU neurons")
def exact_outputs_of_other_neurons(c):
    other_neurons(c)


@forged("pieces_huber", "data.unit", "several outputs are of ReLU neurons")
def outputs_of_other_neurons_in_intervals(c):
    other_neurons(c)


@forged("continuum_pieces", "data.unit", "several outputs are of ReLU neurons")
def outputs_of_gates(c):
    """Gates have no topes: N would be feasible for want of any."""
    c["data"]["unit"] = {"kind": "gates", "bias": "none", "masks": []}


@forged("pieces_across", "data.loss", "has labels 1 and -1, one a sample")
def outputs_of_hinges(c):
    """The labels are 1 and -1, and kappa that of hinges entry by entry: no loss of outputs."""
    c["data"]["loss"] = {"kind": "hinge", "weights": ["1", "1", "1"]}


@forged("vector_zero", "field", "a hidden zero")
def a_face_left_out_by_a_vector_that_is_0(c):
    """The vector is 0 at sqrt(2), not at sqrt(3); kappa = 2 exceeds beta = 1."""
    c["field"] = {"poly": [6, 0, -5, 0, 1], "root": ["7/5", "3/2"]}
    c["data"] |= {"X": [["1"]], "y": [["2"]], "beta_squared": "1"}
    c["data"] |= {"unit": {"kind": "relu", "bias": "none"}}
    c["data"]["loss"]["weights"] = ["1"]
    claim(c, "patterns")["counts"] = [2]
    claim(c, "dual")["kappa"] = [["2"]]
    claim(c, "optimum").update(pieces=["smooth"], fit=[["0"]], objective="2")
    claim(c, "rank_bound").update(rho=1, bound=2)
    nothing = {"kernel": [], "pairs": [], "slack": "1", "squares": [], "walls": []}
    kept = {"pairs": [], "walls": [], "slack": "1/2", "level": ["7", "0", "-1", "0"]}
    kept |= {"vector": [[-2, 0, 1, 0]], "squares": [[["5/2", "0", "-1", "0"], [1]]]}
    leaves = [kept, nothing | {"walls": [["-4", 0, [1]]]}]
    trees = [{"tree": [0, -1, -1], "leaves": leaves}, {"tree": [-1], "leaves": [nothing]}]
    c["witness"] |= {
        "patterns": [{"circuits": [], "points": [[1]], "tree": [-1, -2]}],
        "dual": [trees],
        "outputs": {"basis": [0], "dual": [[[1], 2]], "used": 0},
    }


@forged("vector_walls", "data.bias", "is free with several outputs")
def a_free_bias(c):
    c["data"]["unit"]["bias"] = "free"


@forged("vector_lines", "claims.dual", "not orthogonal to what is free")
def a_variable_that_sees_the_skip(c):
    kappa = claim(c, "dual")["kappa"]
    kappa[0], kappa[1] = kappa[1], kappa[0]
    claim(c, "atoms")["list"] = []


@forged("vector_lines", "data.loss", "is no loss of this kind")
def another_loss(c):
    c["data"]["loss"] |= {"kind": "absolute"}


@forged("vector_walls", "claims.optimum", "the fit is not y - kappa/weights")
def another_fit(c):
    claim(c, "optimum")["fit"][1][1] = "1"


@forged("vector_walls", "claims.optimum", "the objective is not")
def another_value(c):
    claim(c, "optimum")["objective"] = "265"


@forged("vector_walls", WITNESS, "what is tight there is not listed")
def an_atom_left_out(c):
    claim(c, "atoms")["list"].pop()


@forged("continuum_arcs", WITNESS, "what is tight there is not listed")
def a_continuum_of_another_face(c):
    claim(c, "continua")["list"] = []


@forged("vector_walls", "claims.atoms", "not tight")
def an_atom_that_is_none(c):
    claim(c, "atoms")["list"][0]["g"] = ["-1", "-1"]


@forged("vector_walls", "claims.atoms", "not tight")
def a_smaller_beta(c):
    c["data"]["beta_squared"] = "49"


@forged("vector_walls", "claims.atoms", "a direction is 0")
def an_atom_of_no_direction(c):
    claim(c, "atoms")["list"].append({"g": ["0", "0"], "h": ["0", "0"]})


@forged("vector_walls", "claims.atoms", "h is not N'(X g)_+")
def another_output(c):
    claim(c, "atoms")["list"][0]["h"] = ["-15", "6"]


@forged("vector_walls", "claims.atoms", "not in order, or not distinct")
def an_atom_twice(c):
    listed = claim(c, "atoms")["list"]
    listed.append({"g": ["4", "2"], "h": ["10", "-30"]})


@forged("vector_walls", "claims.atoms", "not in order, or not distinct")
def atoms_in_another_order(c):
    claim(c, "atoms")["list"].reverse()


@forged("continuum_arcs", "claims.continua", "is no plane")
def a_continuum_that_is_a_line(c):
    claim(c, "continua")["list"][0]["kernel"].pop()


@forged("continuum_arcs", "claims.continua", "not in the face, or not in the span")
def a_point_of_another_face(c):
    claim(c, "continua")["list"][0]["point"] = ["1", "1", "3"]


@forged("continuum_arcs", "claims.continua", "not in the face, or not in the span")
def a_point_off_the_span(c):
    claim(c, "continua")["list"][0]["point"] = ["1", "1", "1"]


@forged("continuum_arcs", "claims.continua", "holds another continuum, or an atom")
def a_continuum_twice(c):
    claim(c, "continua")["list"] *= 2


@forged("continuum_arcs", "claims.continua", "holds another continuum, or an atom")
def an_atom_of_a_continuum(c):
    claim(c, "atoms")["list"] = [{"g": ["1", "0", "0"], "h": ["1", "0"]}]


@forged("continuum_arcs", "claims.continua", "a basis is not orthogonal")
def a_basis_that_leans(c):
    claim(c, "continua")["list"][0]["kernel"][1] = [1, 1, 0]


@forged("continuum_arcs", "claims.continua", "not in the hull of its face")
def a_face_that_is_smaller(c):
    claim(c, "continua")["list"][0]["face"] = [1, 1, 0]


@forged("continuum_arcs", "claims.continua", "not tight all over")
def a_space_that_is_larger(c):
    claim(c, "continua")["list"][0]["kernel"].append([0, 0, 1])


@forged("vector_walls", WITNESS, "not of the set it is taken from")
def a_wall_that_does_not_vanish(c):
    leaf(c, 0, 2)["walls"][0][1] = 0


@forged("vector_zero", WITNESS, "not of the set it is taken from")
def a_pair_of_no_row(c):
    c["data"]["X"], c["data"]["unit"]["bias"] = [["1", "0"], ["0", "0"]], "none"
    c["witness"]["patterns"] = [{"circuits": [], "points": [[1, 0]], "tree": [-1, -2]}]
    claim(c, "patterns")["counts"] = [2]
    squares = [["4", [1, 0]], ["5", [0, 1]]]
    trees(c)[0]["leaves"] = [
        {
            "slack": "4",
            "kernel": [],
            "squares": squares,
            "pairs": [["1", 1, 1]],
            "walls": [],
        }
    ]


@forged("vector_walls", WITNESS, "a coefficient is not positive")
def a_square_that_is_taken_away(c):
    square = leaf(c, 4)["squares"][0]
    square[0] = "-" + square[0]


@forged("vector_walls", WITNESS, "an identity of forms does not hold")
def another_square(c):
    leaf(c, 4)["squares"][0][1] = [5, 8]


@forged("vector_walls", WITNESS, "an identity of forms does not hold")
def a_larger_slack(c):
    leaf(c, 4)["slack"] = "5"


@forged("vector_walls", WITNESS, "a tope has no tree")
def a_tope_left_out(c):
    trees(c).pop()


@forged("vector_walls", WITNESS, "more trees than topes")
def a_tope_too_many(c):
    trees(c).append(trees(c)[0])


@forged("vector_walls", WITNESS, "branches on no row")
def a_branch_on_no_row(c):
    trees(c)[0]["tree"][0] = 3


@forged("vector_walls", WITNESS, "branches on no row")
def a_branch_below_the_leaf(c):
    trees(c)[0]["tree"][0] = -2


@forged("vector_walls", WITNESS, "a leaf has no proof")
def a_leaf_without_a_proof(c):
    trees(c)[0]["leaves"].pop()


@forged("vector_walls", WITNESS, "more proofs than leaves")
def a_proof_without_a_leaf(c):
    trees(c)[0]["leaves"].append(trees(c)[0]["leaves"][0])


@forged("vector_walls", WITNESS, "is no object")
def a_leaf_that_is_no_object(c):
    trees(c)[0]["leaves"][0] = []


@forged("vector_walls", WITNESS, "not the weight slack / |v|^2")
def a_kernel_that_weighs_more(c):
    leaf(c, 1)["kernel"][0][0] = "7"


@forged("vector_walls", WITNESS, "a basis is not orthogonal")
def a_kernel_that_leans(c):
    leaf(c, 1)["kernel"].append(["32/5", [1, 2]])


@forged("vector_walls", WITNESS, "a row is not decided where a face must be open")
def a_level_on_a_closed_tope(c):
    trees(c)[4]["leaves"] = [leaf(c, 5)]


@forged("vector_walls", WITNESS, "the value is not below the level")
def a_level_without_slack(c):
    top = leaf(c, 5)
    top["pairs"], top["squares"] = [], [["20", [1, -1]]]


@forged("vector_walls", WITNESS, "the value is not below the level")
def a_slack_below_0(c):
    leaf(c, 5)["slack"] = "-1"


@forged("vector_walls", WITNESS, "does not reach the level")
def a_vector_below_the_level(c):
    leaf(c, 0)["vector"] = [0, 1]


@forged("vector_walls", WITNESS, "is not in lowest terms")
def a_vector_that_is_0(c):
    leaf(c, 0)["vector"] = [0, 0]


@forged("vector_walls", WITNESS, "is not in the hull of the face")
def a_vector_off_the_hull(c):
    level, old = leaf(c, 0) | {"vector": [1, 0]}, leaf(c, 0, 2)
    tree = trees(c)[0]
    tree["tree"] = [0, 1, 2, -1, -1, 2, -1, -1, -1]
    tree["leaves"][2:3] = [level, tree["leaves"][1]]
    level |= {key: old[key] for key in ("slack", "pairs", "squares", "walls")}
    level["level"] = c["data"]["beta_squared"]


@forged("vector_walls", WITNESS, "no row is positive there")
def an_empty_cell_without_a_row(c):
    leaf(c, 0, 1)["rows"] = []


@forged("vector_walls", WITNESS, "no row is positive there")
def an_empty_cell_that_may_be_a_wall(c):
    walls = golden("vector_walls")["witness"]["dual"][0][0]["leaves"][1]
    trees(c)[0]["tree"] = [0, -1, -1]
    trees(c)[0]["leaves"] = [{"rows": [["1", 1]], "walls": []}, walls]


@forged("vector_walls", WITNESS, "a row is not decided where a face must be open")
def an_eigenvector_on_a_closed_tope(c):
    trees(c)[0]["tree"] = [0, -1, -1]
    trees(c)[0]["leaves"] = [{"rows": [["1", 0]], "walls": []}, leaf(c, 0, 2)]


@forged("vector_walls", WITNESS, "the outputs see what must be unseen")
def an_eigenvector_that_is_seen(c):
    trees(c)[0]["leaves"][0] = {"rows": [["1", 0]], "walls": []}


@forged("vector_walls", WITNESS, "is not in the hull of the face")
def a_sum_off_the_hull(c):
    leaf(c, 0, 1)["walls"][0][0] = "1/2"


@forged("vector_pairs", "claims.rank_bound", "not what follows")
def a_smaller_rank(c):
    claim(c, "rank_bound")["rho"] = 1


@forged("vector_pairs", "claims.rank_bound", "not what follows")
def a_bound_of_another_rank(c):
    claim(c, "rank_bound")["bound"] = 5


@forged("continuum_arcs", "claims.network", "not tight")
def a_neuron_that_is_not_tight(c):
    claim(c, "network")["neurons"][0]["g"] = ["4", "5", "1"]


@forged("continuum_arcs", "claims.vertices", "does not give the fit")
def a_network_of_another_fit(c):
    claim(c, "network")["neurons"][0]["mass"] = "2/5"


@forged("continuum_arcs", "claims.vertices", "a weight is not positive")
def a_neuron_of_no_mass(c):
    claim(c, "network")["neurons"].append({"g": ["1", "0", "0"], "mass": "0"})


@forged("continuum_arcs", "claims.connected", "not what follows")
def a_width_that_joins_too_early(c):
    claim(c, "connected")["connected_from"] = 3


@forged("continuum_arcs", "witness.rank", "a feature is not spanned")
def a_rank_that_is_too_small(c):
    claim(c, "connected") | {"rank": 2}
    for part in ("basis", "dual"):
        c["witness"]["rank"][part].pop()


@forged("vector_pairs", "claims.theorems", "not what follows")
def a_theorem_denied(c):
    claim(c, "theorems")["verdicts"]["T7.1"] = False


@forged("vector_pairs", "claims.threshold", "not what follows")
def a_bound_of_the_talk_for_one_output(c):
    claim(c, "threshold")["bound_talk"] = 4


@forged("vector_lines", "claims.components", "not what follows")
def counts_that_are_called_literal(c):
    claim(c, "components")["modulo"] = []


@forged("vector_pairs", "claims", "must have 11 entries")
def a_claim_left_out(c):
    del c["claims"][4]


def road(c):
    return claim(c, "road")


@forged("vector_road", "claims.road.breakpoints[1]", "a neuron is 0: write null")
def a_pair_of_no_output(c):
    slots = road(c)["breakpoints"][1]["neurons"]
    slots[slots.index(None)] = {"u": ["1", "0"], "v": ["0", "0"]}


@forged("vector_road", "claims.road.breakpoints[1]", "the objective rises before it")
def a_road_of_pairs_upwards(c):
    told = road(c)
    for key in ("breakpoints", "objectives"):
        told[key] = [told[key][-2], told[key][-1]]
    told |= {"down": 1, "close": 0, "up": 1}


@forged(
    "vector_road", "claims.road.breakpoints[1]", "turns its direction, or loses its balance"
)
def a_road_of_pairs_that_turn(c):
    slots = road(c)["breakpoints"][1]["neurons"]
    slots[:2] = slots[1::-1]


@forged("vector_road", "claims.road.breakpoints[1]", "the objective rises before it")
def a_pair_that_grows_from_nothing(c):
    told = road(c)
    nothing = {"neurons": [None] * told["width"]}
    one = {"neurons": [{"u": ["1", "0"], "v": ["-1", "0"]}, *nothing["neurons"][1:]]}
    told |= {"breakpoints": [nothing, one], "objectives": ["25", "59/2"]}
    told |= {"down": 1, "close": 0, "up": 1}


@forged("vector_road", "claims.road.breakpoints[1]", "direction between the falls")
def a_road_of_pairs_that_turn_where_it_is_low(c):
    told = road(c)
    first = told["breakpoints"][1]
    slots = first["neurons"]
    turned = {**first, "neurons": [*slots[1::-1], *slots[2:]]}
    told |= {"breakpoints": [first, turned], "objectives": [told["objectives"][1]] * 2}
    told |= {"down": 0, "close": 0, "up": 1}


@forged("vector_road", "claims.road.gap", "the upper end is on the wrong side")
def a_road_of_pairs_nearer_than_it_comes(c):
    road(c)["close"] = 0


@forged("vector_gap", "claims.gap.gap", "wrong side")
def a_gap_of_pairs_below(c):
    claim(c, "gap")["gap"] = "-1"


@forged("vector_gap", "witness.dual", "")
def a_gap_whose_tight_set_is_not_listed(c):
    claim(c, "continua")["list"] = []
    claim(c, "atoms")["list"] = []


@forged("vector_gap_residual", "data.loss", "descents and gaps have a loss")
def a_gap_of_a_tolerance(c):
    weights = c["data"]["loss"]["weights"]
    c["data"]["loss"] = {"kind": "tolerance", "weights": weights, "epsilon": ["1"] * 3}


@forged("vector_gap_residual", "witness.dual", "an identity of forms does not hold")
def a_residual_that_is_larger(c):
    """Twice N, with what proves N feasible."""
    stated = claim(c, "dual")
    stated["kappa"] = [[str(2 * Fraction(t)) for t in row] for row in stated["kappa"]]


@forged("vector_gap_residual", "claims.gap.dual", "wrong side")
def a_residual_with_its_columns_swapped(c):
    """Feasible as N is, ``|h|`` being the same, of another dual value."""
    stated = claim(c, "dual")
    stated["kappa"] = [row[::-1] for row in stated["kappa"]]


@forged("vector_gap_softmax", "claims.gap.primal", "wrong side")
def a_cross_entropy_of_another_class(c):
    c["data"]["y"][0] = ["0", "1", "0"]


@forged(
    "vector_gap_softmax", "claims.optimum", "a logarithm of what is not proved positive"
)
def a_cross_entropy_with_negative_shares(c):
    """Feasible as N is, ``|h|`` being the same."""
    stated = claim(c, "dual")
    stated["kappa"] = [[str(-Fraction(t)) for t in row] for row in stated["kappa"]]


@forged("vector_gap_softmax", "claims.dual", "a row of softmax does not sum to 0")
def a_cross_entropy_of_counts(c):
    """Orthogonal to the constant, and a third output without a share."""
    for row in claim(c, "dual")["kappa"]:
        row[2] = "0"


@forged("vector_gap_softmax", "claims.gap.dual", "wrong side")
def an_entropy_with_the_weights(c):
    """The dual value of the Poisson loss: that of counts."""
    told, more = claim(c, "gap")["dual"], sum(map(Fraction, c["data"]["loss"]["weights"]))
    claim(c, "gap")["dual"] = {end: str(Fraction(t) + more) for end, t in told.items()}


@forged("vector_gap_softmax", "claims.gap.gap", "wrong side")
def a_cross_entropy_nearer_than_it_is(c):
    told = claim(c, "gap")["gap"]
    claim(c, "gap")["gap"] = {end: str(Fraction(t) / 2) for end, t in told.items()}


@forged(
    "vector_road_softmax", "claims.road.breakpoints[2]", "the objective rises before it"
)
def a_cross_entropy_that_rises(c):
    """The way down, backwards."""
    told = road(c)
    told["breakpoints"].reverse()
    told["objectives"].reverse()
    told |= {"down": len(told["breakpoints"]) - 1, "up": len(told["breakpoints"]) - 1}
