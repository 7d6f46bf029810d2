"""Forgeries about several outputs in intervals, one at least for each requirement."""

import numpy as np

from .forgeries_outputs import forged, leaf, trees
from .forging import claim, golden

CLAIM, SYSTEM, WITNESS = "claims.enclosed", "witness.system", "witness.dual"


def enclosed(c):
    return claim(c, "enclosed")


def system(c):
    return c["witness"]["system"]


@forged("enclosed_point", CLAIM, "intervals without pieces are for the squared loss")
def labels_fitted_exactly(c):
    c["data"]["loss"] = {"kind": "interpolation"}


@forged("enclosed_point", "field", "beside intervals numbers are rational")
def a_field_beside_intervals(c):
    c["field"] = {"poly": [-2, 0, 1], "root": ["1", "2"]}


@forged("enclosed_walls", CLAIM, "not in order, or not distinct")
def an_enclosed_atom_twice(c):
    enclosed(c)["atoms"] *= 2
    system(c)["pivots"] *= 2


@forged("enclosed_point", SYSTEM, "is above -1")
def a_face_of_no_direction(c):
    enclosed(c)["atoms"][0]["face"] = [0, 0]


@forged("enclosed_point", SYSTEM, "is above 0")
def a_coordinate_that_is_not_there(c):
    system(c)["pivots"] = [[1]]


@forged("enclosed_arcs", SYSTEM, "no pivots, or one twice")
def a_row_of_a_basis_twice(c):
    system(c)["pivots"] = [[0, 0]]


@forged("enclosed_arcs", CLAIM, "an atom is a line, a continuum is more")
def a_continuum_of_one_direction(c):
    system(c)["pivots"] = [[0]]


@forged("enclosed_arcs", CLAIM, "a mass is not proved to be positive")
def neurons_all_on_one_side(c):
    neurons = enclosed(c)["continua"][0]["neurons"]
    for neuron, at in zip(neurons, (["1", "4"], ["1", "3"], ["1", "9"]), strict=True):
        neuron["at"] = at


@forged("enclosed_arcs", CLAIM, "a sign of X g is not proved")
def a_neuron_on_a_ray(c):
    enclosed(c)["continua"][0]["neurons"][0]["at"] = ["1", "0"]


@forged("enclosed_arcs", CLAIM, "the lower end is above")
def another_kernel(c):
    enclosed(c)["continua"][0]["kernel"][0][0] = ["2", "2"]


@forged("enclosed_arcs", CLAIM, "against its kind")
def a_continuum_called_a_point(c):
    c["kind"] = "vector_enclosed"
    point = golden("enclosed_point")
    c["claims"] = [*c["claims"][:2], *point["claims"][2:]]
    c["witness"]["components"] = point["witness"]["components"]


@forged("enclosed_arcs", "claims.spanned", "not what follows")
def a_width_that_joins_too_early_in_intervals(c):
    claim(c, "spanned")["connected_from"] = 3


@forged("enclosed_point", SYSTEM, "atoms alone are not tied")
def a_mass_that_is_given(c):
    system(c)["tied"] = [[0, 0, "1", []]]


@forged("enclosed_plane", SYSTEM, "an entry is tied where a kernel is not its hull")
def an_atom_that_is_tied(c):
    system(c)["tied"] = [[1, 0, "1", ["0", "0", "0", "0"]]]


@forged("enclosed_tied", SYSTEM, "an entry is tied twice")
def a_share_of_a_ray_twice(c):
    system(c)["tied"] *= 2


@forged("enclosed_tied", SYSTEM, "a tied equation is not that combination of others")
def a_ray_that_is_another(c):
    shares = system(c)["tied"][0][3]
    shares[0] = "2" if shares[0] != "2" else "3"


@forged("enclosed_tied", "claims.spanned", "not what follows")
def a_rank_that_counts_a_ray_twice(c):
    claim(c, "spanned")["rank"] = 6


@forged("tied_opposite", SYSTEM, "a tied equation is not that combination of others")
def an_atom_that_is_another(c):
    system(c)["tied"][0][3] = ["2"]


@forged("tied_opposite", SYSTEM, "a tied equation is not that combination of others")
def an_atom_that_is_another_beside_a_constant(c):
    system(c)["tied"][0].pop()


@forged("tied_opposite", "claims.vertices", "a support is no basis")
def both_opposite_atoms_as_a_vertex(c):
    listed = claim(c, "vertices")["list"]
    whole = listed[0]["weights"] + listed[1]["weights"]
    claim(c, "vertices")["list"] = [{"support": [0, 1], "weights": whole}]


@forged("tied_opposite", "witness.cover", "a leaf's vertex is not inside")
def one_opposite_atom_as_all(c):
    claim(c, "vertices")["list"].pop()
    c["witness"]["cover"]["tree"] = [1]


@forged("tied_opposite", "claims.dimension", "not what follows")
def a_segment_called_a_point(c):
    claim(c, "dimension")["dim"] = 0


@forged("enclosed_point", SYSTEM, "the radius is not positive")
def a_box_that_is_empty(c):
    system(c)["radius"] = "-1/4"


@forged("enclosed_point", SYSTEM, "no solution is proved here")
def a_centre_elsewhere(c):
    system(c)["centre"] = [[3, 0, 4, 0, 22], 10]


@forged("enclosed_point", SYSTEM, "no solution is proved here")
def an_inverse_of_nothing(c):
    system(c)["inverse"][0] = [[0] * 5 for _ in range(5)]


@forged("enclosed_point", CLAIM, "a mass is not proved to be positive")
def a_neuron_of_negative_mass(c):
    """Labels nearer to 0 than N is: the equations hold, with the mass -1/5."""
    c["data"]["y"][0] = ["3/50", "2/25"]
    system(c)["centre"] = [[3, 0, 4, 0, -2], 10]
    J = np.diag([0.2, 1, 0.2, 1, 0])
    J[[0, 2], 4], J[4, [0, 2]] = (1.2, 1.6), (-2.4, -3.2)
    rows = [[round(t * 2**40) for t in row] for row in np.linalg.inv(J)]
    system(c)["inverse"] = [rows, 2**40]


@forged("enclosed_point", CLAIM, "a sign of X g is not proved")
def a_sample_that_is_seen(c):
    enclosed(c)["atoms"][0]["face"] = [1, 1]


@forged("enclosed_point", CLAIM, "the lower end is above")
def a_mass_that_is_larger(c):
    enclosed(c)["atoms"][0]["mass"] = ["3", "3"]


@forged("enclosed_point", CLAIM, "the upper end is below")
def a_direction_that_is_shorter(c):
    enclosed(c)["atoms"][0]["g"] = [["0", "0"]]


@forged("enclosed_point", CLAIM, "is too wide")
def an_objective_that_says_nothing(c):
    enclosed(c)["objective"] = ["-1000", "1000"]


@forged("enclosed_point", CLAIM, "the lower end is above")
def another_entry_of_n(c):
    enclosed(c)["kappa"][0][0] = ["1", "1"]


@forged("enclosed_walls", WITNESS, "a tope has no tree")
def an_enclosed_tope_left_out(c):
    trees(c).pop()


@forged("enclosed_walls", WITNESS, "more trees than topes")
def an_enclosed_tope_too_many(c):
    trees(c).append(trees(c)[0])


@forged("enclosed_walls", WITNESS, "the slack does not exceed")
def a_square_left_out(c):
    leaf(c, 1)["squares"].pop()


@forged("enclosed_walls", WITNESS, "the slack does not exceed")
def an_atom_called_below(c):
    pinned = leaf(c, 0, 2)
    for key in ("face", "weight"):
        del pinned[key]
    pinned["pairs"] = []


@forged("enclosed_walls", WITNESS, "not in the closure of that face")
def an_atom_of_another_cell(c):
    leaf(c, 0, 2)["face"] = 1


@forged("enclosed_skip", WITNESS, "not in the closure of that face")
def an_atom_of_the_opposite_tope(c):
    trees(c)[4], trees(c)[5] = trees(c)[5], trees(c)[4]


@forged("pieces_apart", WITNESS, "not in the closure of that face")
def an_atom_of_the_same_form(c):
    del leaf(c, 4, 0)["apart"]


@forged("pieces_apart", WITNESS, "not in the closure of that face")
def an_atom_of_another_form(c):
    leaf(c, 4, 0)["face"] = 1


@forged("pieces_apart", WITNESS, "is not proved to be positive")
def a_row_against_itself(c):
    leaf(c, 4, 0)["apart"] = [1, 1]


@forged("enclosed_walls", WITNESS, "a row is not decided where a face must be open")
def an_enclosed_level_on_a_closed_tope(c):
    trees(c)[1]["leaves"] = [leaf(c, 0)]


@forged("enclosed_walls", WITNESS, "does not reach the level")
def an_enclosed_vector_below_the_level(c):
    leaf(c, 0)["vector"] = [1, 0]


@forged("enclosed_walls", WITNESS, "the outputs see what must be unseen")
def an_enclosed_eigenvector_that_is_seen(c):
    tree = trees(c)[0]
    k = tree["tree"][0]
    tree["leaves"][0] = {"rows": [["1", k]], "walls": []}


@forged("enclosed_walls", "claims.widths", "not what follows")
def one_neuron_less(c):
    claim(c, "widths")["m_star"] -= 1
