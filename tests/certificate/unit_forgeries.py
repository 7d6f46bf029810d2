"""Forgeries about other neurons: slopes, gates, thresholds; registered as those of format 2."""

from .forging import claim, registry

UNIT_FORGERIES = {}
forged = registry(UNIT_FORGERIES)


def unit(c):
    return c["data"]["unit"]


def listed(c):
    return claim(c, "atoms")["list"]


# what neurons there are


@forged("units_leaky", "data.unit", "has no kind")
def neurons_of_no_kind(c):
    c["data"]["unit"] = "slopes"


@forged("units_leaky", "data.unit", "a free bias goes with ReLU neurons")
def slopes_with_a_free_bias(c):
    unit(c)["bias"] = "free"


@forged("units_leaky", "claims.atoms", "kappa'F is not beta^2")
def another_slope(c):
    unit(c)["slopes"][1] = "1/2"


@forged("lasso_rotated", "data.unit", "blocks have no bias")
def blocks_with_a_bias(c):
    unit(c)["bias"] = "penalised"


@forged("lasso_rotated", "data.unit", "have not the columns of X")
def a_block_left_out(c):
    del unit(c)["blocks"][1]


@forged("lasso_rotated", "data.loss", "is no loss of this kind")
def solutions_called_networks(c):
    c["kind"] = "general"
    c["claims"] += [
        {
            "claim": "threshold",
            "threshold": 2,
            "bound": 2,
            "bound_rank": 2,
            "bound_talk": 2,
        },
        {"claim": "theorems", "verdicts": {}, "modulo": []},
    ]


# gates and blocks


@forged("units_gates", "claims.atoms", "not in order")
def two_gates_swapped(c):
    listed(c)[:2] = listed(c)[1::-1]


@forged("units_gates", "claims.atoms", "is no sign of its block")
def a_negative_gate(c):
    listed(c)[0]["sign"] = -1


@forged("lasso_cones", "claims.atoms", "is not in the cone")
def a_direction_out_of_its_cone(c):
    listed(c)[0]["g"] = ["0", "2"]


@forged("units_gates", "claims.atoms", "|g|^2 is not beta^2")
def a_longer_gate(c):
    listed(c)[0]["g"][0] = "2"


@forged("units_gates", "claims.atoms", "kappa'F is not beta^2")
def a_gate_turned(c):
    listed(c)[0]["g"] = ["1", "-1", "1"]


@forged("units_gates", "witness.dual", "a block and sign has no multiplier")
def a_gate_without_a_bound(c):
    c["witness"]["dual"].pop()


@forged("units_gates", "witness.dual", "a bound exceeds beta")
def a_gate_that_exceeds_beta(c):
    unit(c)["masks"][-1] = [1] * 6


@forged("units_gates", "witness.dual", "tight at no listed atom")
def a_tight_gate_left_out(c):
    listed(c).pop()


@forged("units_gates", "witness.dual", "more multipliers than blocks")
def a_bound_too_many(c):
    c["witness"]["dual"].append([])


@forged("lasso_cones", "witness.dual", "a multiplier is not positive")
def a_multiplier_of_a_block_negated(c):
    c["witness"]["dual"][2][1] = [[-2, -2]]


# polyhedral norms


@forged("normed_l1", "witness.dual", "a bound exceeds beta")
def a_price_of_cells_that_is_too_low(c):
    c["data"]["beta_squared"] = "1/4"


@forged("normed_lasso", "witness.dual", "a bound exceeds beta")
def a_price_of_blocks_that_is_too_low(c):
    c["data"]["beta_squared"] = "1"


@forged("normed_l1", "claims.solution", "kappa'F is not beta |u|")
def a_neuron_that_is_not_tight(c):
    claim(c, "solution")["list"][0]["u"] = ["2", "-2"]
    claim(c, "solution")["list"][0]["sign"] = -1


@forged("normed_l1", "claims.solution", "does not give the fit")
def a_network_without_a_neuron(c):
    claim(c, "solution")["list"].pop()


@forged("normed_lasso", "claims.solution", "is not in the cone of its block")
def a_part_out_of_its_cone(c):
    claim(c, "solution")["list"][0]["u"] = ["5/2", "-1"]


@forged("normed_l1", "claims.solution", "more than one fit is optimal")
def a_loss_of_many_fits(c):
    c["data"]["loss"]["kind"] = "absolute"
    claim(c, "intervals")["fits"] = [[None, "3"]] * 4
    claim(c, "intervals")["objective"] = "12"


@forged("normed_l1", "claims.joined", "not what follows")
def joined_too_early(c):
    claim(c, "joined")["connected_from"] = 4


@forged("normed_l1", "data.loss", "is no loss of this kind")
def cells_called_atoms(c):
    unit(c)["kind"] = "slopes"
    del unit(c)["norm"]


# thresholds


@forged("units_threshold", "claims.atoms", "not in order")
def two_patterns_swapped(c):
    listed(c).reverse()


@forged("units_threshold", "claims.atoms", "kappa'F is not beta: no atom")
def a_pattern_that_is_not_tight(c):
    listed(c)[1]["pattern"] = [1, 0, 0, 0]


@forged("units_threshold", "claims.dual", "not feasible at a pattern")
def a_price_that_is_too_low(c):
    listed(c).clear()
    c["data"]["beta_squared"] = "17/2"


@forged("units_threshold", "claims.atoms", "a tight pattern is not listed")
def a_tight_pattern_left_out(c):
    listed(c).pop()


@forged("units_threshold_open", "claims.atoms", "an atom has no pattern")
def a_pattern_that_no_neuron_has(c):
    listed(c).insert(0, {"sign": 1, "pattern": [1, 1, 1, 0]})


@forged("units_threshold", "witness.patterns", "is below -2 or above")
def a_circuit_of_no_name(c):
    c["witness"]["patterns"]["tree"][-1] = 99


@forged("units_threshold", "witness.patterns", "branches on no row")
def a_branch_below_the_last_row(c):
    tree = c["witness"]["patterns"]["tree"]
    tree[tree.index(-2)] = -1


@forged("units_threshold", "witness.patterns", "is not refuted by its circuit")
def a_pattern_pruned(c):
    tree = c["witness"]["patterns"]["tree"]
    tree[tree.index(-2)] = 0


@forged("units_threshold", "witness.patterns", "is not refuted by its circuit")
def a_circuit_that_is_not_strict(c):
    """Open, the pattern {1, 2} of opposite rows is none; closed it is that of w = 0."""
    unit(c)["kind"] = "threshold_open"
    listed(c).clear()
    c["witness"]["patterns"] = {
        "circuits": [[[0, 1], [-1, -1]]],
        "points": [],
        "tree": [-1, -1, 0, 0, 0],
    }


@forged("units_threshold", "witness.patterns", "a point too early")
def a_point_before_the_last_row(c):
    c["witness"]["patterns"]["tree"][1] = -2


@forged("units_threshold", "witness.patterns", "a point has not its pattern")
def a_point_of_another_pattern(c):
    points = c["witness"]["patterns"]["points"]
    points[0], points[1] = points[1], points[0]


@forged("units_threshold", "witness.patterns", "goes on after the last leaf")
def a_point_too_many(c):
    points = c["witness"]["patterns"]["points"]
    points.append(points[-1])


@forged("units_threshold", "witness.patterns", "no dependency of the rows")
def a_circuit_that_is_none(c):
    c["witness"]["patterns"]["circuits"][0][1][0] = 7


@forged("units_threshold", "claims.patterns", "not what follows")
def fewer_patterns(c):
    claim(c, "patterns")["counts"] = [8]


@forged("lasso_rotated", "claims.components", "not what follows")
def components_of_solutions_merged(c):
    claim(c, "components")["widths"][0]["polytope_components"] = 1
