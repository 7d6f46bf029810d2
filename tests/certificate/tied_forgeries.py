"""Forgeries about gates, blocks and patterns in intervals, and about exact powers."""

from polytope_nn.certificate.units.patterns import threshold_tree
from polytope_nn.exact.rational import matrix

from .forging import claim, registry

TIED_FORGERIES = {}
forged = registry(TIED_FORGERIES)


def atoms(c):
    return claim(c, "atoms")["list"]


def vertices(c):
    return claim(c, "vertices")["list"]


# powers that are known exactly


@forged("general_power", "claims.intervals", "an end is not that of the loss")
def a_power_with_an_interval_of_fits(c):
    claim(c, "intervals")["fits"][0][1] = "2"


@forged("general_power", "claims.intervals", "on the other side of its label")
def a_fit_on_the_other_side(c):
    claim(c, "intervals")["fits"][0] = ["3", "3"]


@forged("general_power", "claims.intervals", "is not that of kappa")
def another_fit_of_a_power(c):
    claim(c, "intervals")["fits"][0] = ["1", "1"]


# the atoms


@forged("tied_gates", "claims.atoms", "not in order")
def two_tied_gates_swapped(c):
    atoms(c)[:2] = atoms(c)[1::-1]


@forged("tied_gates", "claims.atoms", "is no sign of its block")
def a_negative_gate_in_intervals(c):
    atoms(c)[0]["sign"] = -1


@forged("tied_linear", "data.loss", "is no loss of this kind")
def a_kink_called_none(c):
    c["data"]["unit"]["slopes"] = ["1/2", "1/3"]


@forged("tied_linear", "claims.patterns", "is not what follows from the rest")
def four_patterns_of_neurons_without_a_kink(c):
    claim(c, "patterns")["counts"] = [4]


@forged("tied_patterns", "witness.shares", "a column is not that combination")
def a_pattern_without_a_sign(c):
    atoms(c)[1]["sign"] = 0


@forged("tied_patterns", "witness.centre", "Krawczyk's test fails")
def a_pattern_without_a_sign_in_the_basis(c):
    atoms(c)[1]["sign"] = 0
    del atoms(c)[3:]
    c["witness"]["shares"] = []


@forged("tied_patterns", "claims.atoms", "a pattern is empty")
def a_pattern_of_no_sample(c):
    atoms(c)[0]["pattern"] = [0] * 4


@forged("tied_blocks", "claims.atoms", "g is not proved to be in its cone")
def a_block_of_the_other_sign(c):
    atoms(c)[1]["sign"] = 1


# the basis and the shares


@forged("tied_gates", "witness.free", "is of neurons that have topes")
def columns_of_pairs_of_gates(c):
    c["witness"]["free"] = [[1, 0]]


@forged("tied_gates", "witness.pins", "a loss leaves no entry of kappa free")
def an_entry_chosen_where_the_loss_bends(c):
    c["witness"]["pins"] = [[0], ["1"]]


@forged("tied_gates", "witness.centre", "Krawczyk's test fails")
def a_gate_twice_in_the_basis(c):
    del atoms(c)[1]
    c["witness"]["faces"] = [[0], [0]]


@forged("tied_gates", "witness.shares", "the sum of shares is not 1")
def a_share_that_is_doubled(c):
    c["witness"]["shares"][0][1] = [2]


@forged("tied_gates", "witness.shares", "is no one of the basis")
def a_gate_that_is_a_sum_of_two(c):
    c["witness"]["shares"][0] = [[0, 1], [2, -1], 1, []]


@forged("tied_gates", "witness.shares", "is no one of the basis")
def a_gate_beside_what_is_no_list(c):
    c["witness"]["shares"][0][3] = ""


@forged("tied_gates", "witness.shares", "the atoms of a face are not alike")
def a_gate_like_another_one(c):
    c["witness"]["shares"][0][0] = [1]


@forged("tied_patterns", "witness.shares", "a column is not that combination")
def other_shares(c):
    c["witness"]["shares"][0][1] = [1, 1, -1]


# what has no weight


@forged("tied_without_weight", "witness.hints", "a weight is not proved positive, nor 0")
def other_shares_of_ties(c):
    """The sum of the forms says that two other weights are one."""
    c["witness"]["hints"][4][1] = [[1, 1], 2]


@forged("tied_without_weight", "witness.zeros", "a form is not proved to be 0")
def a_zero_that_is_none(c):
    c["witness"]["zeros"][0] = [[1, 0, 0, 0], 1]
    c["witness"]["hints"][1] = None


# kappa is feasible


@forged("tied_patterns", "witness.dual", "a pattern is not proved to be below beta")
def a_tight_pattern_left_out_in_intervals(c):
    atoms(c).pop()
    c["witness"]["shares"].clear()


@forged("tied_patterns", "claims.atoms", "an atom has no pattern")
def samples_that_have_fewer_patterns(c):
    c["data"]["X"] = [["1"], ["-1"], ["1"], ["-1"]]
    tree, _ = threshold_tree(matrix([[1], [-1], [1], [-1]]), closed=False)
    c["witness"]["patterns"] = tree


@forged("tied_gates", "witness.dual", "a block and sign has no multiplier")
def a_gate_without_a_bound_in_intervals(c):
    c["witness"]["dual"].pop()


@forged("tied_gates", "witness.dual", "more multipliers than blocks")
def a_bound_too_many_in_intervals(c):
    c["witness"]["dual"].append([])


@forged("tied_blocks", "witness.dual", "a multiplier is not positive")
def a_multiplier_of_a_block_negated_in_intervals(c):
    pressing = next(read for read in c["witness"]["dual"] if len(read) == 3)
    pressing[1] = [-t for t in pressing[1]]


@forged("tied_gates", "witness.dual", "a block is not proved to be below beta")
def a_gate_that_exceeds_beta_in_intervals(c):
    c["data"]["unit"]["masks"][1] = [1, 1, 1]


@forged("tied_blocks", "witness.dual", "a row does not vanish at the atom")
def a_row_that_does_not_press(c):
    c["witness"]["dual"][2] = [0]


# vertices


@forged("tied_gates", "claims.vertices", "a support is no basis")
def a_vertex_of_one_gate(c):
    for key in ("support", "weights"):
        vertices(c)[0][key].pop()


@forged("tied_patterns", "claims.vertices", "a weight is not proved positive")
def the_basis_called_a_vertex(c):
    vertices(c)[0]["support"] = [0, 1, 3]


@forged("tied_gates", "claims.vertices", "not in the order of supports")
def two_tied_vertices_swapped(c):
    vertices(c).reverse()


@forged("tied_gates", "claims.vertices", "P has no point")
def no_vertex_of_gates(c):
    vertices(c).clear()


@forged("tied_gates", "data.loss", "is no loss of this kind")
def gates_called_blocks(c):
    c["kind"] = "lasso_enclosed"
    c["claims"] = c["claims"][:8]


@forged("tied_blocks", "claims.components", "not what follows")
def components_of_tied_blocks_merged(c):
    claim(c, "components")["widths"][0]["polytope_components"] += 1
