"""Targeted forgeries: each is a golden certificate with one lie, and what refutes it.

``FORGERIES`` maps a name to ``(golden, change, where, why)``: change takes the certificate
(a fresh copy) and returns it forged, not yet sealed; the refutation's ``where`` must be
equal and ``why`` must contain the words given.
"""

from fractions import Fraction
from functools import partial
from itertools import product

from polytope_nn.certificate.enclosures import instance_of
from polytope_nn.checker.claims.boxes import polytope as box_polytope
from polytope_nn.checker.claims.system.equations import System
from polytope_nn.checker.claims.system.grouping import system_of
from polytope_nn.checker.kernel.intervals import solution
from polytope_nn.checker.lift import Lift

from .forging import claim, registry

FORGERIES = {}
forged = registry(FORGERIES)


def steps_of(c):
    return claim(c, "components")["widths"]


def add_width(c, **changes):
    last = steps_of(c)[-1]
    steps_of(c).append(last | {"m": last["m"] + 1} | changes)
    c["witness"]["components"].append(c["witness"]["components"][-1])


# patterns


@forged("octahedron", "witness.patterns", "not refuted")
def a_skipped_row_in_the_pattern_tree(c):
    tree = c["witness"]["patterns"]["tree"]
    tree.remove(-1)


@forged("octahedron", "witness.patterns", "ends too early")
def a_tree_that_ends_too_early(c):
    c["witness"]["patterns"]["tree"].pop()


@forged("octahedron", "witness.patterns", "not refuted")
def a_tope_pruned_by_a_circuit_that_does_not_apply(c):
    patterns = c["witness"]["patterns"]
    place = patterns["tree"].index(-2)
    patterns["tree"][place] = 0
    patterns["points"].pop(0)


@forged("octahedron", "witness.patterns", "no dependency")
def a_circuit_that_is_none(c):
    c["witness"]["patterns"]["circuits"][0][1] = [1, 2]


@forged("octahedron", "witness.patterns", "lowest terms")
def a_circuit_scaled(c):
    circuit = c["witness"]["patterns"]["circuits"][0]
    circuit[1] = [2 * t for t in circuit[1]]


@forged("octahedron", "witness.patterns", "has a 0")
def a_circuit_with_a_zero(c):
    c["witness"]["patterns"]["circuits"][0] = [[0, 1, 2], [1, 1, 0]]


@forged("degenerate_rows", "witness.patterns", "has a 0")
def a_circuit_on_a_zero_row(c):
    c["witness"]["patterns"]["circuits"][0] = [[0], [1]]


@forged("octahedron", "witness.patterns", "not in its tope")
def a_point_of_another_tope(c):
    points = c["witness"]["patterns"]["points"]
    points[0], points[1] = points[1], points[0]


@forged("octahedron", "witness.patterns", "not in its tope")
def a_point_scaled(c):
    point = c["witness"]["patterns"]["points"][0]
    point[:] = [2 * t for t in point]


@forged("octahedron", "witness.patterns", "too early, or no point")
def a_point_before_all_rows_have_signs(c):
    c["witness"]["patterns"]["tree"][0] = -2


@forged("octahedron", "witness.patterns", "branches on no row")
def a_branch_below_the_last_row(c):
    tree = c["witness"]["patterns"]["tree"]
    tree[tree.index(-2)] = -1


@forged("octahedron", "witness.patterns", "goes on after")
def a_tree_that_goes_on(c):
    c["witness"]["patterns"]["tree"].append(-1)


@forged("octahedron", "claims.patterns", "not what follows")
def a_pattern_not_counted(c):
    claim(c, "patterns")["count"] -= 1


# the dual


@forged("octahedron", "witness.dual", "exceeds beta")
def a_kappa_scaled_up(c):
    kappa = claim(c, "dual")["kappa"]
    kappa[:] = ["3/2"] * len(kappa)
    claim(c, "atoms")["list"] = []


@forged("octahedron", "witness.dual", "no multiplier")
def a_tope_without_its_multiplier(c):
    c["witness"]["dual"].pop()


@forged("octahedron", "witness.dual", "more multipliers")
def a_multiplier_too_many(c):
    c["witness"]["dual"].append([])


@forged("one_sign_each", "witness.dual", "not positive")
def a_negative_multiplier(c):
    entry = next(e for e in c["witness"]["dual"] if e)
    entry[1] = [-t for t in entry[1]]


@forged("one_sign_each", "witness.dual", "lowest terms")
def a_multiplier_scaled_with_its_denominator(c):
    entry = next(e for e in c["witness"]["dual"] if e)
    entry[1], entry[2] = [2 * t for t in entry[1]], 2 * entry[2]


@forged("one_sign_each", "witness.dual", "below 1")
def a_denominator_0(c):
    entry = next(e for e in c["witness"]["dual"] if e)
    entry[2] = 0


@forged("octahedron", "witness.dual", "tight at no listed atom")
def an_unlisted_atom(c):
    claim(c, "atoms")["list"].pop()


@forged("octahedron", "claims.atoms", "not distinct")
def an_atom_listed_twice(c):
    atoms = claim(c, "atoms")["list"]
    atoms.append(atoms[-1])


@forged("octahedron", "claims.atoms", "|g|^2 is not beta^2")
def an_atom_of_another_length(c):
    claim(c, "atoms")["list"][0]["g"] = ["2", "1", "1"]


@forged("octahedron", "claims.atoms", "no atom")
def a_direction_of_the_right_length(c):
    claim(c, "atoms")["list"][0]["g"] = ["5/3", "1/3", "1/3"]


@forged("octahedron", "claims.optimum", "not y - kappa")
def another_fit(c):
    claim(c, "optimum")["fit"][0] = "5"


@forged("octahedron", "claims.optimum", "not L(fit)")
def another_objective(c):
    claim(c, "optimum")["objective"] = "28"


# the vertices


@forged("octahedron", "claims.vertices", "a support contains another")
def a_midpoint_listed_as_a_vertex(c):
    listed = claim(c, "vertices")["list"]
    assert [v["support"] for v in (listed[1], listed[3])] == [[0, 7], [1, 6]]
    listed.insert(0, {"support": [0, 1, 6, 7], "weights": ["2"] * 4})
    claim(c, "widths")["spectrum"]["4"] = 3
    tree = c["witness"]["cover"]["tree"]
    tree[:] = [t + 3 if t % 3 == 1 else t for t in tree]
    for m, forest in enumerate(c["witness"]["components"], 2):
        inside = [i for i, v in enumerate(listed) if len(v["support"]) <= m]
        forest["parent"], forest["rank"] = inside, [1] * len(inside)


@forged("octahedron", "witness.cover", "out of range")
def a_vertex_dropped(c):
    claim(c, "vertices")["list"].pop()


@forged("octahedron", "witness.cover", "not inside its positive set")
def a_vertex_dropped_and_its_leaves_redirected(c):
    listed = claim(c, "vertices")["list"]
    listed.pop()
    tree = c["witness"]["cover"]["tree"]
    last = 3 * len(listed) + 1
    tree[:] = [1 if t == last else t for t in tree]


@forged("octahedron", "claims.vertices", "does not give the fit")
def a_vertex_moved(c):
    claim(c, "vertices")["list"][0]["weights"][0] = "5"


@forged("octahedron", "claims.vertices", "not positive")
def a_vertex_with_a_negative_weight(c):
    claim(c, "vertices")["list"][0]["weights"][0] = "-4"


@forged("octahedron", "claims.vertices", "order of supports")
def vertices_out_of_order(c):
    listed = claim(c, "vertices")["list"]
    listed[0], listed[1] = listed[1], listed[0]


@forged("octahedron", "claims.vertices", "P has no point")
def no_vertex_at_all(c):
    claim(c, "vertices")["list"] = []


@forged("octahedron", "witness.cover", "does not empty its leaf")
def a_farkas_vector_with_yb_0(c):
    cover = c["witness"]["cover"]
    cover["farkas"] = [[1, -1, 0, 0, 0, 0]] * len(cover["farkas"])
    cover["tree"][cover["tree"].index(1)] = 2
    # w'F_j < 0 where the second row is active: let the vector be 0 on all of them
    cover["farkas"][0] = [1, 1, -1, -1, 0, 0]


@forged("octahedron", "witness.cover", "w'F_j < 0")
def a_farkas_vector_that_is_negative_somewhere(c):
    cover = c["witness"]["cover"]
    cover["farkas"] = [[-1, 0, 0, 0, 0, 0]] * len(cover["farkas"])


@forged("octahedron", "witness.cover", "a branch comes twice")
def a_branch_twice(c):
    tree = c["witness"]["cover"]["tree"]
    tree.insert(1, tree[0])


@forged("octahedron", "witness.cover", "ends too early")
def a_cover_that_ends_too_early(c):
    c["witness"]["cover"]["tree"].pop()


@forged("octahedron", "witness.cover", "goes on after")
def a_cover_that_goes_on(c):
    c["witness"]["cover"]["tree"].append(1)


# rank, widths, components


@forged("octahedron", "witness.rank", "comes twice")
def a_basis_with_an_atom_twice(c):
    rank = c["witness"]["rank"]
    rank["basis"].append(rank["basis"][-1])
    rank["dual"].append(rank["dual"][-1])


@forged("octahedron", "witness.rank", "not spanned by the basis")
def a_basis_too_small(c):
    rank = c["witness"]["rank"]
    rank["basis"].pop()
    rank["dual"].pop()
    rank["used"] -= 1


@forged("octahedron", "witness.rank", "not [i = j]")
def a_dual_basis_that_is_none(c):
    dual = c["witness"]["rank"]["dual"]
    dual[0] = [[0] * len(dual[0][0]), 1]


@forged("octahedron", "witness.rank", "not spanned by the first part")
def a_dimension_too_large(c):
    c["witness"]["rank"]["used"] -= 1
    claim(c, "dimension")["dim"] += 1


@forged("cross_5", "claims.dimension", "not what follows")
def another_rank(c):
    claim(c, "dimension")["rank"] += 1


@forged("octahedron", "claims.widths", "not what follows")
def another_m_star(c):
    claim(c, "widths")["m_star"] -= 1


@forged("octahedron", "claims.components", "not what follows")
def another_count(c):
    steps_of(c)[2]["components"] += 1


@forged("octahedron", "claims.components", "beyond M*")
def widths_that_stop_at_M_star(c):
    del steps_of(c)[-2:]
    del c["witness"]["components"][-2:]


@forged("octahedron", "claims.components", "not the connected ones")
def widths_that_stop_before_the_threshold(c):
    steps_of(c).pop()
    c["witness"]["components"].pop()


@forged("octahedron", "claims.components", "smaller width is connected")
def a_threshold_too_large(c):
    add_width(c)
    claim(c, "threshold")["threshold"] += 1


@forged("octahedron", "claims.threshold", "not what follows")
def another_threshold(c):
    claim(c, "threshold")["threshold"] -= 1


@forged("octahedron", "claims.threshold", "not what follows")
def another_bound(c):
    claim(c, "threshold")["bound"] -= 1


@forged("octahedron", "claims.theorems", "not what follows")
def a_theorem_denied(c):
    claim(c, "theorems")["verdicts"]["T7.4"] = False


@forged("zero_fit", "claims.theorems", "not what follows")
def a_theorem_claimed_for_the_zero_fit(c):
    claim(c, "theorems")["verdicts"]["T7.2"] = True


@forged("octahedron", "witness.components", "not joined at width")
def two_components_merged(c):
    f = c["witness"]["components"][0]
    f["parent"][1], f["rank"][1] = f["parent"][0], 2


@forged("octahedron", "witness.components", "two components meet")
def one_component_split(c):
    f = c["witness"]["components"][-1]
    f["parent"], f["rank"] = list(range(6)), [1] * 6


@forged("octahedron", "witness.components", "no smaller rank")
def a_rank_cycle(c):
    f = c["witness"]["components"][-1]
    f["parent"][0], f["parent"][1] = 1, 0
    f["rank"][0], f["rank"][1] = 2, 2


# the frame


@forged("octahedron", "claims.dual", "keys must be")
def a_claim_with_an_unknown_key(c):
    claim(c, "dual")["extra"] = 0


@forged("octahedron", "claims", "entries")
def a_missing_claim(c):
    c["claims"].pop()


@forged("octahedron", "claims.dimension", "keys must be")
def claims_in_another_order(c):
    c["claims"][5], c["claims"][6] = c["claims"][6], c["claims"][5]


@forged("octahedron", "claims.vertices", "not in their order")
def a_claim_under_another_name(c):
    claim(c, "vertices")["claim"] = "atoms"


@forged("octahedron", "format", "is not polytope_nn")
def another_format(c):
    c["format"] = "polytope_nn.certificate/3"


@forged("octahedron", "version", "is not 1")
def a_true_version(c):
    c["version"] = True


@forged("octahedron", "conventions", "not this checker's")
def another_convention(c):
    c["conventions"]["loss"] = "none"


@forged("octahedron", "kind", "unknown")
def another_kind(c):
    c["kind"] = "proof"


@forged("octahedron", "data", "X is ragged")
def ragged_data(c):
    c["data"]["X"][0].pop()


@forged("octahedron", "data", "X is empty")
def empty_data(c):
    c["data"]["X"] = []


@forged("octahedron", "data", "must be > 0")
def beta_zero(c):
    c["data"]["beta_squared"] = "0"


@forged("weighted", "data", "must be > 0")
def a_weight_of_zero(c):
    c["data"]["weights"] = ["0"]


@forged("octahedron", "claims.dual", "not in lowest terms")
def a_rational_with_denominator_1(c):
    claim(c, "dual")["kappa"][0] = "1/1"


@forged("octahedron", "claims.dual", "no string of a rational")
def a_rational_with_denominator_0(c):
    claim(c, "dual")["kappa"][0] = "1/0"


@forged("octahedron", "claims.dual", "no string of a rational")
def digits_of_another_script(c):
    claim(c, "dual")["kappa"][0] = "\u0661"


# number fields


@forged("octahedron", "claims.dual", "entries")
def coordinates_over_q(c):
    claim(c, "dual")["kappa"][0] = ["1", "0"]


@forged("field_octahedron", "claims.dual", "written as a string")
def a_rational_as_coordinates(c):
    claim(c, "dual")["kappa"][0] = ["1", "0"]


@forged("field_octahedron", "witness.cover", "no integer, and no irrational")
def a_witness_of_the_wrong_degree(c):
    c["witness"]["cover"]["farkas"][0][0] = [1, 2, 3]


@forged("field_octahedron", "field", "not normalised")
def a_polynomial_scaled(c):
    c["field"]["poly"] = [2 * t for t in c["field"]["poly"]]


@forged("field_octahedron", "field", "no sign change")
def an_interval_without_a_root(c):
    c["field"]["root"] = ["1", "2"]


@forged("field_octahedron", "field", "below 2")
def a_linear_polynomial(c):
    c["field"]["poly"] = [-1, 1]


@forged("octahedron", "field", "hidden zero")
def a_zero_hidden_in_a_reducible_field(c):
    c["field"] = {"poly": [10, 0, -7, 0, 1], "root": ["1", "3/2"]}  # (t^2-2)(t^2-5)
    claim(c, "vertices")["list"][0]["weights"][0] = ["-2", "0", "1", "0"]


@forged("octahedron", "field", "rational root")
def a_rational_root(c):
    c["field"] = {"poly": [-1, 2, -1, 2], "root": ["0", "1"]}  # (2t-1)(t^2+1)
    claim(c, "vertices")["list"][0]["weights"][0] = ["0", "1", "0"]


# networks


@forged("path_square", "claims.path.breakpoints[1]", "turns its direction")
def a_path_that_jumps(c):
    path = claim(c, "path")
    first = path["breakpoints"][0]
    path["breakpoints"] = [first, {"neurons": [first["neurons"][i] for i in (1, 0, 2, 3)]}]


@forged("path_square", "claims.path.breakpoints[0]", "raw weights")
def a_path_with_raw_weights(c):
    neurons = claim(c, "path")["breakpoints"][0]["neurons"]
    u = neurons[0]["u"]
    neurons[0] = {"w": u, "alpha": "1"}


@forged("path_square", "claims.path.breakpoints[0]", "does not lower the loss")
def a_path_with_cancelling_neurons(c):
    neurons = claim(c, "path")["breakpoints"][0]["neurons"]
    free = [j for j, x in enumerate(neurons) if x is None]
    neurons[free[0]] = {"sign": -1, "u": ["1", "1"]}
    neurons[free[1]] = {"sign": 1, "u": ["1", "1"]}


@forged("path_square", "claims.path.breakpoints[0]", "does not reach beta")
def a_path_through_a_neuron_split_into_two_directions(c):
    neurons = claim(c, "path")["breakpoints"][0]["neurons"]
    j = next(j for j, x in enumerate(neurons) if x is not None)
    free = next(i for i, x in enumerate(neurons) if x is None)
    x, z = neurons[j]["u"]
    neurons[j] = {"sign": 1, "u": [x, "0"]}
    neurons[free] = {"sign": 1, "u": ["0", z]}


@forged("path_square", "claims.path.breakpoints[0]", "optimal fit")
def a_path_off_the_fit(c):
    neurons = claim(c, "path")["breakpoints"][0]["neurons"]
    j = next(j for j, x in enumerate(neurons) if x is not None)
    neurons[j] = None


@forged("path_square", "claims.path.breakpoints[0]", "write null")
def a_zero_neuron(c):
    neurons = claim(c, "path")["breakpoints"][0]["neurons"]
    neurons[neurons.index(None)] = {"sign": 1, "u": ["0", "0"]}


@forged("path_square", "claims.path", "no breakpoint")
def a_path_of_nothing(c):
    claim(c, "path")["breakpoints"] = []


@forged("separation_square", "claims.separation", "are joined")
def a_separation_of_what_is_joined(c):
    separation = claim(c, "separation")
    separation["width"] = 4
    for end in ("start", "end"):
        separation[end]["neurons"].append(None)


@forged("separation_permuted", "claims.separation", "are joined")
def a_separation_from_itself(c):
    separation = claim(c, "separation")
    separation["end"] = separation["start"]


@forged("separation_square", "claims.separation", "not among those")
def a_separation_at_a_width_not_covered(c):
    claim(c, "separation")["width"] = 9


@forged("separation_square", "claims.separation.start", "optimal fit")
def a_separation_of_another_network(c):
    claim(c, "separation")["start"]["neurons"] = [None] * 3


@forged("descent_square", "claims.descent.breakpoints[1]", "objective rises")
def a_descent_that_rises(c):
    descent = claim(c, "descent")
    for key in ("breakpoints", "objectives"):
        descent[key] = descent[key][:0:-1]


@forged("descent_square", "claims.descent.breakpoints[1]", "turns its direction")
def a_descent_that_jumps(c):
    descent = claim(c, "descent")
    first, second, *empty = descent["breakpoints"][1]["neurons"]
    swapped = {"neurons": [second, first, *empty]}
    descent["breakpoints"] = [descent["breakpoints"][1], swapped]
    descent["objectives"] = [descent["objectives"][1]] * 2


@forged("descent_square", "claims.descent, the last breakpoint", "optimal fit")
def a_descent_that_stops_early(c):
    descent = claim(c, "descent")
    for key in ("breakpoints", "objectives"):
        descent[key].pop()


@forged("descent_square", "claims.descent", "no breakpoint")
def a_descent_of_nothing(c):
    descent = claim(c, "descent")
    descent["breakpoints"] = descent["objectives"] = []


@forged("descent_square", "field", "checked over Q")
def a_descent_in_a_field(c):
    c["field"] = {"poly": [-2, 0, 1], "root": ["1", "2"]}


@forged("gap_trained", "claims.gap.gap", "lower end is on the wrong side")
def a_gap_claimed_too_large(c):
    gap = claim(c, "gap")["gap"]
    gap["lower"] = gap["upper"]


@forged("gap_trained", "claims.gap.gap", "upper end is on the wrong side")
def a_gap_claimed_too_small(c):
    gap = claim(c, "gap")["gap"]
    gap["upper"] = gap["lower"]


@forged("gap_zero", "claims.gap.dual", "wrong side")
def a_dual_value_too_good(c):
    claim(c, "gap")["dual"] = "100"


# intervals


@forged("interval_point", "claims.dual", "lower end")
def an_interval_beside_the_number(c):
    ends = claim(c, "dual")["kappa"][0]
    low, high = map(Fraction, ends)
    ends[:] = [str(high), str(high + (high - low))]


@forged("interval_point", "claims.dual", "upper end")
def an_interval_below_the_number(c):
    ends = claim(c, "dual")["kappa"][0]
    low, high = map(Fraction, ends)
    ends[:] = [str(low - (high - low)), str(low)]


@forged("interval_point", "claims.dual", "too wide")
def an_interval_that_says_nothing(c):
    claim(c, "dual")["kappa"][0] = ["-100", "100"]


@forged("interval_point", "claims.optimum", "too wide for what it is")
def an_objective_that_says_little(c):
    """Of 64 bits ends may be 2^-16 apart: of the objective that is a fourth of 2^-18."""
    c["field"], c["witness"]["radius"] = {"bits": 64}, f"1/{2**40}"
    listed = [*claim(c, "dual")["kappa"], *claim(c, "optimum")["fit"]]
    listed += claim(c, "vertices")["list"][0]["weights"]
    for ends in [*listed, claim(c, "optimum")["objective"]]:
        low, high = (round(Fraction(t) * 2**18) for t in ends)
        ends[:] = [str(Fraction(low - 2, 2**18)), str(Fraction(high + 2, 2**18))]


@forged("interval_point", "witness.centre", "Krawczyk")
def a_centre_off_the_solution(c):
    num, den = c["witness"]["centre"]
    c["witness"]["centre"] = [[num[0] + 1000 * den, *num[1:]], den]


@forged("interval_point", "witness.radius", "not positive")
def a_radius_of_zero(c):
    c["witness"]["radius"] = "0"


@forged("interval_zero_row", "claims.atoms", "not proved")
def a_sign_at_a_zero_row(c):
    claim(c, "atoms")["list"][-1]["covector"][2] = -1


@forged("interval_point", "witness.dual", "not proved to be below beta")
def a_tight_bound_called_strict(c):
    dual = c["witness"]["dual"]
    dual[next(i for i, e in enumerate(dual) if len(e) == 2)] = []


@forged("interval_point", "witness.dual", "closed cone")
def a_bound_tight_at_an_atom_elsewhere(c):
    dual = c["witness"]["dual"]
    tight = next(e for e in dual if len(e) == 2)
    dual[next(i for i, e in enumerate(dual) if len(e) != 2)] = tight


@forged("interval_pairs", "witness.faces", "the atoms of a face are not alike")
def a_pair_of_strangers(c):
    faces = c["witness"]["faces"]
    faces[0], faces[1] = (
        sorted([faces[0][0], faces[1][0]]),
        sorted([faces[0][1], faces[1][1]]),
    )


@forged("interval_pairs", "witness.centre", "Krawczyk's test fails")
def an_atom_in_two_faces(c):
    c["witness"]["faces"][1] = c["witness"]["faces"][0]


def idle_atom(c):
    grouped = {a for face in c["witness"]["faces"] for a in face}
    return next(a for a in range(len(claim(c, "atoms")["list"])) if a not in grouped)


@forged("interval_idle", "claims.atoms", "not idle")
def an_atom_that_is_not_idle(c):
    # any direction of the right covector could be claimed, were it not for the face's norm
    atoms = claim(c, "atoms")["list"]
    new = {"sign": -1, "covector": [-t for t in atoms[-1]["covector"]]}
    atoms.append(new)
    key = [(-a["sign"], *(-t for t in a["covector"])) for a in atoms]
    order = sorted(range(len(atoms)), key=lambda i: key[i])
    renumber(c, {old: place for place, old in enumerate(order)})
    claim(c, "atoms")["list"] = [atoms[i] for i in order]


def renumber(c, places):
    for face in c["witness"]["faces"]:
        face[:] = sorted(places[a] for a in face)
    for entry in c["witness"]["dual"]:
        if len(entry) == 2:
            entry[0] = places[entry[0]]


@forged("interval_idle", "claims.atoms", "|g|^2 of an idle atom")
def an_idle_atom_of_another_length(c):
    c["data"]["y"][3] = "1/3"
    kappa = claim(c, "dual")["kappa"]
    third = Fraction(1, 3)
    unit = 1 << 128
    ends = [str(Fraction(t, unit)) for t in (int(third * unit), int(third * unit) + 1)]
    kappa[3] = ends
    tight_elsewhere(c)


def tight_elsewhere(c):
    """Move the centre to the new sample; the other numbers do not change."""
    num, den = c["witness"]["centre"]
    values = [Fraction(t, den) for t in num]
    values[3] = Fraction(round(Fraction(1, 3) * den), den)
    c["witness"]["centre"] = [[int(t * den) for t in values], den]


@forged("interval_idle", "claims.vertices", "names an idle atom")
def an_idle_atom_in_a_support(c):
    vertex = claim(c, "vertices")["list"][0]
    a = idle_atom(c)
    place = sum(b < a for b in vertex["support"])
    vertex["support"].insert(place, a)
    vertex["weights"].insert(place, ["0", "0"])


@forged("interval_pairs", "witness.faces", "a face has no atom")
def a_face_of_no_atom(c):
    c["witness"]["faces"][0] = []


@forged("interval_pairs", "witness.centre", "must have")
def pairs_without_their_span(c):
    c["witness"]["free"].pop()


@forged("interval_pairs", "witness.centre", "Krawczyk")
def a_span_with_a_vector_twice(c):
    free = c["witness"]["free"]
    free[1] = free[0]


@forged("interval_pairs", "claims.vertices", "not as many atoms as equations")
def a_vertex_with_a_weight_less(c):
    listed = claim(c, "vertices")["list"]
    vertex = listed[0]
    pairs = c["witness"]["faces"]
    both = next(p for p in pairs if set(p) <= set(vertex["support"]))
    place = vertex["support"].index(both[1])
    del vertex["support"][place], vertex["weights"][place]


@forged("interval_pairs", "claims.vertices", "not used")
def a_vertex_without_a_pair(c):
    vertex = claim(c, "vertices")["list"][0]
    pairs = c["witness"]["faces"]
    for a in pairs[0]:
        if a in vertex["support"]:
            place = vertex["support"].index(a)
            del vertex["support"][place], vertex["weights"][place]


@forged("interval_pairs", "claims.vertices", "P has no point")
def no_vertex_in_intervals(c):
    claim(c, "vertices")["list"] = []


@forged("interval_pairs", "claims.vertices", "order of supports")
def interval_vertices_out_of_order(c):
    listed = claim(c, "vertices")["list"]
    listed[0], listed[1] = listed[1], listed[0]


@forged("interval_pairs", "claims.dimension", "not what follows")
def another_dimension(c):
    claim(c, "dimension")["dim"] += 1


@forged("interval_pairs", "witness.cover", "does not empty")
def a_farkas_vector_of_ones(c):
    size = len(c["witness"]["faces"]) + len(c["witness"]["free"])
    pairs = len(c["witness"]["faces"])
    table = c["witness"]["cover"]["farkas"]
    table[:] = [[1] * pairs + [0] * (size - pairs)] * len(table)


@forged("interval_pairs", "witness.dual", "no multiplier")
def a_tope_without_its_multiplier_in_intervals(c):
    c["witness"]["dual"].pop()


@forged("interval_pairs", "witness.dual", "more multipliers")
def a_multiplier_too_many_in_intervals(c):
    c["witness"]["dual"].append([])


@forged("interval_pairs", "claims.vertices", "not proved positive")
def a_basis_that_is_no_vertex(c):
    # pairs at other ends than any vertex has: the equations hold, but not c >= 0
    read = {part["claim"]: part for part in c["claims"]}
    D = instance_of(c["data"])
    witness = c["witness"]
    of = partial(System, bits=c["field"]["bits"], hints=Lift(D.clock))
    S = system_of(D, read["atoms"], witness, of)
    x = solution(S, witness)[0]
    G = box_polytope.gammas(S, x[: D.n])
    free = len(witness["free"])
    choices = product(*([pair, pair[:1], pair[1:]] for pair in witness["faces"]))
    for choice in choices:
        at = sorted(a for part in choice for a in part)
        if sum(len(part) == 2 for part in choice) == free:
            weights = box_polytope.Weights(S, x, G).of(at)
            if any(weights[a].high < 0 for a in at):
                break
    vertex = read["vertices"]["list"][0]
    vertex["support"] = at
    half = c["field"]["bits"] // 2
    ends = [(weights[a].low >> half, -(-weights[a].high >> half)) for a in at]
    vertex["weights"] = [[str(Fraction(t, 1 << half)) for t in pair] for pair in ends]


@forged("square_face", "witness.rank", "P does not use")
def a_first_part_that_p_does_not_use(c):
    rank = c["witness"]["rank"]
    for key in ("basis", "dual"):
        rank[key].reverse()


# problems with a free part


def listed_atom(c, atom, covector):
    """Insert an atom in its place, and move the indices behind it."""
    listed = claim(c, "atoms")["list"]
    keys = [(-a["sign"], [-t for t in covector(a)]) for a in listed]
    place = sum(key < (-atom["sign"], [-t for t in covector(atom)]) for key in keys)
    listed.insert(place, atom)
    for vertex in claim(c, "vertices")["list"]:
        vertex["support"] = [a + (a >= place) for a in vertex["support"]]
    return place


def signs(c, atom):
    rows = [[*map(Fraction, x), Fraction(1)] for x in c["data"]["X"]]
    g = list(map(Fraction, atom["g"]))
    values = [sum(s * t for s, t in zip(x, g, strict=True)) for x in rows]
    return [(t > 0) - (t < 0) for t in values]


@forged("free_flats", "claims.atoms", "through no sample")
def an_atom_between_two_kinks(c):
    listed = claim(c, "atoms")["list"]
    pairs = [(a, b) for a in listed for b in listed if a["sign"] == b["sign"]]
    active = {id(a): [t > 0 for t in signs(c, a)] for a in listed}
    below = {id(a): [t >= 0 for t in signs(c, a)] for a in listed}
    low, high = next(p for p in pairs if below[id(p[0])] == active[id(p[1])])
    ends = zip(low["g"], high["g"], strict=True)
    middle = [str((Fraction(s) + Fraction(t)) / 2) for s, t in ends]
    listed_atom(c, {"sign": low["sign"], "g": middle}, lambda a: signs(c, a))


@forged("free_balls_flats", "claims.atoms", "through no sample")
def an_atom_in_boxes_between_two_kinks(c):
    low = claim(c, "atoms")["list"][0]
    between = [t or 1 for t in low["covector"]]
    atom = {"sign": low["sign"], "covector": between}
    place = listed_atom(c, atom, lambda a: a["covector"])
    for face in c["witness"]["faces"]:
        face[:] = [a + (a >= place) for a in face]


@forged("free_chain", "data", "X is empty")
def samples_without_features(c):
    c["data"]["X"] = [[] for _ in c["data"]["X"]]


@forged("free_balls_training", "witness.pins", "a loss leaves")
def a_pin_beside_a_loss(c):
    c["witness"]["pins"] = [[0], ["0"]]


@forged("free_balls_trade", "witness.pins", "not free")
def a_pin_where_kappa_is_unique(c):
    c["witness"]["pins"] = [[0], ["0"]]


@forged("free_balls_pins", "witness.pins", "y is not in the span")
def a_label_that_the_faces_do_not_reach(c):
    (j,), _ = c["witness"]["pins"]
    c["data"]["y"][j] = "1"


@forged("free_balls_trade", "witness.centre", "must have")
def an_atom_without_its_face(c):
    c["witness"]["faces"].pop()


@forged("free_limit", "claims.uniqueness", "no network attains")
def a_limit_that_is_attained(c):
    claim(c, "uniqueness")["attained"] = True


@forged("free_balls_bias", "claims.uniqueness", "no network is shown")
def a_limit_in_boxes_that_is_attained(c):
    claim(c, "uniqueness")["attained"] = True


@forged("free_square_linear", "claims.uniqueness", "not what follows")
def a_trade_called_unique(c):
    claim(c, "uniqueness")["verdict"] = "unique network"


@forged("free_square", "witness.differ", "they agree there")
def a_point_where_the_two_functions_agree(c):
    c["witness"]["differ"]["x"] = ["1", "0"]


@forged("free_balls_affine", "witness.differ", "they agree there")
def a_sample_as_the_point_where_they_differ(c):
    c["witness"]["differ"]["x"] = c["data"]["X"][0]


@forged("free_balls_trade", "witness.differ", "they agree there")
def one_function_called_two(c):
    claim(c, "uniqueness")["verdict"] = "continuum"
    c["witness"]["differ"] = {"points": [0, 1], "x": ["1", "1"]}


@forged("free_flats", "claims.widths", "not what follows")
def widths_where_neurons_move_along_their_bias(c):
    claim(c, "widths")["m_star"] = 1


@forged("free_square", "claims.patterns", "must have 4 entries")
def a_penalised_bias_called_free(c):
    c["data"]["bias"] = "free"


@forged("free_chain", "claims.dual", "not orthogonal")
def a_skip_that_was_not_there(c):
    c["data"]["skip"] = "affine"


@forged("free_path", "claims.path.breakpoints[1]", "turns its direction")
def an_interpolant_that_jumps(c):
    listed = claim(c, "path")["breakpoints"]
    listed[1] = {"neurons": listed[-1]["neurons"][::-1]}
    listed[0] = {"neurons": [*listed[0]["neurons"][1:], *listed[0]["neurons"][:1]]}


@forged("free_path", "claims.path.breakpoints[0]", "the optimal fit")
def a_heavier_interpolant(c):
    (x,) = (x for x in claim(c, "path")["breakpoints"][0]["neurons"] if x)
    x["u"] = [str(3 * Fraction(t)) for t in x["u"]]


@forged("free_path_bias", "claims.path.breakpoints[0]", "does not reach beta")
def a_neuron_whose_kink_is_elsewhere(c):
    # kappa spans what is orthogonal to the affine functions: a multiple has the same fit
    (x,) = (x for x in claim(c, "path")["breakpoints"][0]["neurons"] if x)
    kappa = list(map(Fraction, claim(c, "dual")["kappa"]))

    def gain(u):
        rows = ([*map(Fraction, row), 1] for row in c["data"]["X"])
        heights = [sum(s * t for s, t in zip(row, u, strict=True)) for row in rows]
        return sum(k * max(h, 0) for k, h in zip(kappa, heights, strict=True))

    before = list(map(Fraction, x["u"]))
    after = [*before[:-1], before[-1] + Fraction(1, 7)]
    factor = gain(before) / gain(after)
    x["u"] = [str(factor * t) for t in after]


@forged("free_separation", "claims.separation", "are joined")
def an_interpolant_apart_from_itself(c):
    stated = claim(c, "separation")
    stated["end"] = stated["start"]


@forged("free_balls_two_flats", "witness.faces", "is no flat")
def ends_of_two_flats_put_together(c):
    faces = c["witness"]["faces"]
    listed = claim(c, "atoms")["list"]
    first, second = (
        i
        for i, face in enumerate(faces)
        if len(face) == 2 and listed[face[0]]["sign"] == listed[face[1]]["sign"]
    )
    one, other = faces[first], faces[second]
    faces[first], faces[second] = sorted([one[0], other[0]]), sorted([one[1], other[1]])


@forged("free_balls_last_kinks", "witness.faces", "last kinks")
def a_kink_that_is_not_the_last(c):
    faces = c["witness"]["faces"]
    listed = claim(c, "atoms")["list"]
    pair = next(i for i, face in enumerate(faces) if len(face) == 2)
    single = next(
        i
        for i, face in enumerate(faces)
        if len(face) == 1 and listed[face[0]]["covector"].count(0) == 1
    )
    (kept,) = (
        a for a in faces[pair] if listed[a]["sign"] != listed[faces[single][0]]["sign"]
    )
    faces[pair] = sorted([kept, faces[single][0]])
    faces.pop(single)


@forged("free_balls_last_kinks", "claims.uniqueness", "a network may attain")
def a_linear_neuron_that_cannot_rise(c):
    claim(c, "uniqueness")["attained"] = False


@forged("free_path_bias", "data", "in the limit only")
def a_path_whose_constants_nobody_makes(c):
    c["data"]["skip"] = "linear"


@forged("free_cross", "witness.differ", "is no object")
def a_limit_counted_as_a_second_network(c):
    claim(c, "uniqueness")["verdict"] = "continuum"


@forged("free_cancelling", "witness.differ", "they agree there")
def two_vertices_that_no_network_is(c):
    claim(c, "uniqueness")["verdict"] = "continuum"
    c["witness"]["differ"] = {"points": [0, 1], "x": ["1"]}


@forged("point_in_space", "field", "hidden zero")
def a_network_apart_from_itself_by_a_hidden_zero(c):
    # modulo (t^2 - 2)(t^2 + 1) the number 2 - t^2 is not 0, at the root of 2 it is
    c["kind"] = "separation"
    c["field"] = {"poly": [-2, 0, -1, 0, 1], "root": ["1", "2"]}
    end = ["1", ["2/3", "0", "-1/3", "0"], ["0", "2/3", "0", "-1/3"]]
    ends = [{"neurons": [{"sign": 1, "u": u}]} for u in (["1", "0", "0"], end)]
    c["claims"].append(
        {"claim": "separation", "width": 1, "start": ends[0], "end": ends[1]}
    )


# holes


def holes_at(c, m):
    return next(row for row in claim(c, "holes")["widths"] if row["m"] == m)


@forged("holes_octahedron", "claims.holes", "not what follows")
def a_bar_that_ends_later(c):
    claim(c, "holes")["bars"]["1"][0][1] += 1


@forged("holes_octahedron", "claims.holes", "not what follows")
def a_bar_more(c):
    claim(c, "holes")["bars"]["2"][0][2] += 1


@forged("holes_octahedron", "claims.holes", "not what follows")
def a_degree_left_out(c):
    del claim(c, "holes")["bars"]["3"]


@forged("holes_octahedron", "claims.holes", "not what follows")
def a_permutation_hole_less(c):
    holes_at(c, 4)["network_betti"][1] -= 1


@forged("holes_octahedron", "claims.holes", "not what follows")
def a_hole_of_the_polytope_less(c):
    holes_at(c, 5)["betti"] = [1, 8]


@forged("holes_octahedron", "claims.holes", "not what follows")
def another_characteristic(c):
    holes_at(c, 6)["euler"] += 1


@forged("holes_octahedron", "claims.holes", "not what follows")
def torsion_that_is_not_there(c):
    holes_at(c, 5)["torsion"] = [2]


@forged("holes_octahedron", "claims.holes", "not what follows")
def widths_that_end_too_early(c):
    claim(c, "holes")["widths"].pop()


@forged("holes_octahedron", "claims.holes", "keys must be")
def bars_without_widths(c):
    del claim(c, "holes")["widths"]


@forged("holes_pairs", "claims.holes", "not what follows")
def a_loop_less_in_balls(c):
    holes_at(c, 7)["network_betti"][1] -= 1


@forged("free_flats", "claims", "must have")
def holes_of_a_kind_that_has_none(c):
    c["claims"].append({"claim": "holes", "bars": {}, "widths": []})
