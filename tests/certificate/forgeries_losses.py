"""Forgeries about several outputs and other losses, one at least for each requirement."""

from .forgeries_outputs import forged
from .forging import claim

STANDING, SYSTEM = "claims.standing", "witness.system"


def pieces(c):
    return claim(c, "standing")["pieces"]


def system(c):
    return c["witness"]["system"]


@forged("pieces_even", "data.loss", "not of the loss")
def a_second_count_below_0(c):
    c["data"]["y"][1][1] = "-1"


@forged("vector_logarithms", "data.y", "is no 1 among zeros")
def a_row_of_two_classes(c):
    c["data"]["y"][0] = ["1", "1"]


@forged("vector_logarithms", "data.y", "is no 1 among zeros")
def a_row_of_two_halves(c):
    c["data"]["y"][0] = ["1/2", "1/2"]


@forged("vector_logarithms", "claims.dual", "a row of softmax does not sum to 0")
def a_row_that_leans(c):
    claim(c, "dual")["kappa"][0][0] = "-1/3"


@forged("vector_logarithms", "claims.intervals", "the objective is not the dual value")
def a_cross_entropy_with_the_weights(c):
    claim(c, "intervals")["objective"] = ["2", "2"]


@forged("vector_kinks", "claims.intervals", "an end is not that of the loss")
def another_end_of_a_fit(c):
    claim(c, "intervals")["fits"][2][1] = ["0", None]


@forged("vector_kinks", "data.loss", "is no loss of this kind")
def a_kind_for_one_fit(c):
    c["data"]["loss"] = {"kind": "squared", "weights": ["1", "1", "1", "1"]}


@forged("continuum_kinks", "claims.fitted", "the fit does not belong to kappa")
def a_fit_above_its_interval(c):
    claim(c, "fitted")["fit"][0][0] = "5"


@forged("continuum_kinks", "claims.fitted", "the fit does not belong to kappa")
def a_fit_below_its_interval(c):
    claim(c, "fitted")["fit"][0][0] = "-5"


@forged("pieces_held", STANDING, "a fit is not proved to be in its interval")
def a_constant_that_leaves_the_flats(c):
    num, den = system(c)["centre"]
    num[9], system(c)["held"][0][1] = 100 * den, "100"


@forged("pieces_huber", STANDING, "kappa is not proved to be inside of its piece")
def a_kappa_beyond_its_slope(c):
    c["data"]["loss"]["delta"][1] = "1/1000"


@forged("pieces_even", STANDING, "a given entry of kappa has not the fit 0")
def a_given_entry_of_another_fit(c):
    pieces(c)[0][0] = {"at": "3/2"}


@forged("pieces_roots", STANDING, "a given entry of kappa has a loss that is no rational")
def a_root_that_is_no_rational(c):
    pieces(c)[0][0] = {"at": "7"}


@forged("pieces_roots", STANDING, "a fit is not proved to be in its interval")
def a_constant_that_misses_a_label(c):
    num, den = system(c)["centre"]
    num[6], system(c)["held"][0][1] = -2 * den, "-2"


@forged("pieces_power", STANDING, "a label is fitted where kappa need not be 0")
def a_label_that_costs(c):
    c["data"]["free"] = "none"


@forged("pieces_huber", STANDING, "a piece is not of the loss")
def a_piece_that_is_not_there(c):
    pieces(c)[1][1] = "3 slope"


@forged("pieces_huber", STANDING, "a piece is not of the loss")
def a_flat_by_its_name(c):
    pieces(c)[0][1] = "2 flat"


@forged("pieces_huber", "claims.dual", "outside the loss's domain")
def a_given_entry_beyond_the_loss(c):
    pieces(c)[0][1] = {"at": "2"}


@forged("pieces_held", "claims.components", "not what follows from the rest")
def isolated_networks_whose_constant_moves(c):
    claim(c, "components")["modulo"] = []


@forged("pieces_held", SYSTEM, "a column that is held is not spanned")
def a_share_too_many(c):
    system(c)["held"][0][2] = ["1"]


@forged("pieces_held", SYSTEM, "a column that is held is not annihilated")
def flats_that_see_the_constant(c):
    pieces(c)[0][1] = {"at": "-1/2"}


@forged("pieces_even", "claims.enclosed", "too many bits for logarithms")
def logarithms_of_many_bits(c):
    system(c)["bits"] = 8193


@forged("continuum_shared", SYSTEM, "samples do not tell where two faces see the same")
def a_sample_that_both_faces_see(c):
    system(c)["shared"][0][0][1] = [2]


@forged("continuum_shared", SYSTEM, "samples do not tell where two faces see the same")
def a_plane_that_is_shared_whole(c):
    system(c)["shared"][0][0][1:3] = [[], []]


@forged("continuum_shared", SYSTEM, "a division by 0 is not excluded")
def a_face_that_shares_with_itself(c):
    system(c)["shared"][0] = [[0, [], [], 0], [0, [], [], 0]]


@forged("continuum_shared", SYSTEM, "Krawczyk's test fails")
def a_plane_that_shares_nothing(c):
    system(c)["shared"], system(c)["tied"] = [], []


@forged("continuum_shared", SYSTEM, "must have 1 entries")
def a_plane_tied_without_a_ray(c):
    system(c)["shared"] = []


@forged("continuum_shared", SYSTEM, "where a kernel is not its hull")
def a_turned_plane_tied_by_shares(c):
    system(c)["tied"][0].append([])


@forged("continuum_pieces", SYSTEM, "beside what is held, or a continuum")
def an_atom_at_rest_beside_a_continuum(c):
    system(c)["tied"] = [[0, 0, "0", None]]


@forged("tied_rest", SYSTEM, "kappa is not given where an atom at rest is active")
def an_atom_in_use_at_rest(c):
    system(c)["tied"] = [[1, 0, "0", None]]


@forged("tied_rest_softmax", SYSTEM, "kappa is not given where an atom at rest is active")
def shares_that_what_is_free_moves(c):
    c["data"]["free"] = "constant"


@forged("tied_rest_softmax", SYSTEM, "kappa is not given where an atom at rest is active")
def shares_that_another_atom_moves(c):
    claim(c, "enclosed")["atoms"][0]["face"] = [1, 1, 1]


@forged("tied_rest", SYSTEM, "kappa is not given where an atom at rest is active")
def an_atom_at_rest_where_many_fits_are(c):
    c["data"]["loss"]["kind"] = "absolute"
    pieces(c)[:] = [[{"at": "1"}] * 3] * 3


@forged("tied_rest", SYSTEM, "an atom at rest is beside what is held, or a continuum")
def an_atom_at_rest_beside_what_is_held(c):
    c["data"]["free"] = "constant"
    for row, own in zip(c["data"]["y"][1:], pieces(c)[1:], strict=True):
        row[0], own[0] = "1", {"at": "0"}
    system(c)["held"] = [[0, "0", ["0", "0"]]]


@forged("tied_rest_softmax", SYSTEM, "an atom at rest is not tight for what is given")
def shares_that_a_neuron_moves(c):
    system(c)["tied"] = [[0, 0, "0", None]]


@forged("tied_rest", SYSTEM, "an atom at rest is not tight for what is given")
def an_atom_at_rest_below_beta(c):
    c["data"]["beta_squared"] = "9"


@forged("tied_rest", SYSTEM, "is no integer")
def an_atom_at_rest_at_a_place_that_is_false(c):
    system(c)["tied"] = [[0, False, "0", None]]


@forged("tied_rest", SYSTEM, "is no array")
def an_atom_at_rest_with_a_mass(c):
    system(c)["tied"] = [[0, 0, "1", None]]


def turned(c):
    """Return the face and the isometry of the atom that is turned."""
    (entry,) = system(c)["tied"]
    return entry[0], entry[3]


@forged("tied_turned", SYSTEM, "an atom is turned to none of its kind")
def an_atom_turned_to_itself(c):
    i, told = turned(c)
    told["of"] = i


@forged("tied_turned", SYSTEM, "an atom is turned to none of its kind")
def an_atom_turned_to_a_ray(c):
    turned(c)[1]["of"] = 2


@forged("tied_turned", SYSTEM, "an atom is not that other one, turned")
def an_atom_that_is_not_turned(c):
    turned(c)[1]["by"] = [["1", "0"], ["0", "1"]]


@forged("tied_turned", SYSTEM, "what turns an atom does not keep its pivot")
def an_atom_turned_to_another_pivot(c):
    system(c)["pivots"][turned(c)[1]["of"]] = [0]


@forged("tied_turned", SYSTEM, "where a kernel is not its hull")
def an_atom_turned_with_a_mass(c):
    system(c)["tied"][0][2] = "1/8"


@forged("tied_turned", SYSTEM, "where a kernel is not its hull")
def an_atom_turned_with_shares(c):
    system(c)["tied"][0].insert(3, ["1"])


@forged("continuum_pieces", SYSTEM, "where a kernel is not its hull")
def a_plane_that_is_turned(c):
    plane = len(claim(c, "enclosed")["atoms"])
    system(c)["tied"] = [[plane, 0, "0", {"of": 0, "by": []}]]


@forged("pieces_follow", SYSTEM, "a fit is not known that others follow from")
def a_fit_that_follows_from_itself(c):
    system(c)["follow"][0][1] = [[1, "1"]]


@forged("pieces_follow", SYSTEM, "a row is not that combination of others")
def a_fit_of_twice_the_other(c):
    system(c)["follow"][0][1] = [[0, "2"]]


@forged("pieces_across", SYSTEM, "a fit is not known that others follow from")
def a_fit_that_its_own_sample_tells(c):
    system(c)["follow"][0][2] = [0, 2]


@forged("pieces_across", SYSTEM, "outputs of a sample are not in proportion")
def a_fit_that_is_not_opposite(c):
    system(c)["follow"][0][1] = [[0, "1"]]


@forged("pieces_across", SYSTEM, "a sample sees more than one atom that is not told")
def a_fit_of_two_atoms_by_one(c):
    system(c)["follow"][0][2] = [1]


@forged("pieces_even", "claims.theorems", "not what follows")
def a_theorem_of_one_fit_denied(c):
    claim(c, "theorems")["verdicts"]["T7.2"] = False


@forged("pieces_huber", "claims.theorems", "not what follows")
def a_theorem_of_one_fit_where_there_are_flats(c):
    claim(c, "theorems")["verdicts"]["T7.1"] = True


@forged("continuum_pieces", "claims.spanned", "not what follows")
def a_continuum_joined_too_early(c):
    claim(c, "spanned")["connected_from"] -= 1
