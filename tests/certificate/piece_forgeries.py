"""Forgeries about losses in intervals: pieces, curves, fits; registered as those of format 2."""

import contextlib
from fractions import Fraction

from polytope_nn.certificate.units.hints import Recorder
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted
from polytope_nn.checker.kinds import proof_of, provers_of

from .cell_forgeries import CELL_FORGERIES
from .cone_forgeries import CONE_FORGERIES
from .forging import claim, registry, sealed
from .sign_forgeries import SIGN_FORGERIES
from .tied_forgeries import TIED_FORGERIES
from .unit_forgeries import UNIT_FORGERIES

PIECE_FORGERIES = {}
forged = registry(PIECE_FORGERIES)


def optimum(c):
    return claim(c, "optimum")


@forged("enclosed_logistic", "data.loss", "is no loss of this kind")
def logarithms_called_exact(c):
    c["kind"] = "staircase"
    c["claims"].append(
        {"claim": "uniqueness", "verdict": "", "attained": True, "modulo": []}
    )
    c["witness"]["differ"] = None


@forged("enclosed_logistic", "data.loss", "labels or parameters are not of the loss")
def a_label_of_no_class_in_intervals(c):
    c["data"]["y"][0] = "1/2"


@forged("enclosed_poisson", "data.loss", "labels or parameters are not of the loss")
def a_negative_count(c):
    c["data"]["y"][0] = "-1"


@forged("enclosed_power", "data.loss", "p has a number above 16")
def a_power_of_long_fractions(c):
    c["data"]["loss"]["p"][0] = "17/16"


@forged("enclosed_logistic", "field", "too many bits for logarithms")
def more_bits_than_logarithms_may_have(c):
    c["field"]["bits"] = 8193


@forged("enclosed_logistic", "claims.optimum", "a logarithm of what is not proved positive")
def a_curve_of_the_other_class(c):
    c["data"]["y"][0] = "-1"


@forged("enclosed_power", "claims.optimum", "a power of what is not proved positive")
def a_box_that_crosses_zero(c):
    c["witness"]["radius"] = "1000"


@forged("enclosed_huber", "claims.optimum", "a piece is not of the loss")
def a_piece_that_is_none(c):
    optimum(c)["pieces"][0] = "1 flat"


@forged("enclosed_huber", "claims.optimum", "a fit is not proved to be inside")
def an_outlier_that_is_none(c):
    c["data"]["y"][2] = "1"


@forged("enclosed_hinge", "claims.optimum", "kappa is not proved to be inside")
def a_weight_that_kappa_exceeds(c):
    c["data"]["loss"]["weights"] = ["1"] + ["1/99"] * 4


@forged("road_hinge", "claims.road.objectives[0]", "is on the wrong side")
def a_road_of_logarithms(c):
    c["data"]["loss"]["kind"] = "logistic"


@forged("enclosed_alike", "witness.faces", "the atoms of a face are not alike")
def another_identity_of_two_atoms(c):
    c["witness"]["hints"][0][0] = [[19, -18], 2]


@forged("enclosed_alike_four", "witness.faces", "the atoms of a face are not alike")
def no_identity_of_four_atoms(c):
    c["witness"]["hints"][1] = [[[0] * 6, 1], [[0] * 6, 1]]


@forged("enclosed_logistic", "witness.faces", "the atoms of a face are not alike")
def atoms_of_two_features_as_alike(c):
    c["witness"]["faces"] = [[0, 1]]
    c["witness"]["hints"] = [[], *c["witness"]["hints"]]


@forged("free_balls_two_flats", "witness.faces", "nor ends of a flat")
def three_kinks_as_alike(c):
    c["witness"]["faces"] = [sorted(a for face in c["witness"]["faces"] for a in face)]


@forged("enclosed_alike", "claims.vertices", "not as many atoms as equations")
def a_vertex_of_two_equal_features(c):
    listed = claim(c, "vertices")["list"]
    both = [{"support": [0, 1], "weights": [v["weights"][0] for v in listed]}]
    claim(c, "vertices")["list"] = both


@forged("enclosed_related", "witness.free", "its keys must be: relation")
def a_column_that_is_no_relation(c):
    c["witness"]["free"] = [{"column": [0, 0, 0, -1, 1]}]


@forged("enclosed_related", "witness.faces", "the atoms of a face are not alike")
def a_relation_that_makes_no_atoms_alike(c):
    c["witness"]["free"] = [{"relation": [0, 0, 0, 1, 1]}]


@forged("enclosed_related", "claims.vertices", "a face is not used")
def a_vertex_of_one_face_alone(c):
    vertex = claim(c, "vertices")["list"][-1]
    vertex["support"], vertex["weights"] = [3, 4], vertex["weights"][1:]


@forged("enclosed_related", "claims.vertices", "a weight is not proved positive")
def a_basis_of_related_atoms_that_is_no_vertex(c):
    listed = claim(c, "vertices")["list"]
    listed[0]["support"] = [0, 1, 3]


@forged("enclosed_rests", "claims.optimum", "a fit is not proved to be inside")
def a_rest_beyond_the_end_of_its_flat(c):
    c["data"]["y"][3] = "1/2"


@forged("enclosed_rests", "claims.atoms", "an atom is in no face, and not idle")
def a_rest_that_an_atom_may_leave(c):
    """The label 2 puts 0 inside of the flat: fits up to 1 cost as much, neurons make them."""
    c["data"]["y"][3] = "2"


@forged("enclosed_rests", "witness.rank", "must have 1 entries")
def a_rank_of_one_vector_too_few(c):
    c["witness"]["hints"][0]["dual"] = []


@forged("enclosed_leaky", "witness.pins", "a loss leaves no entry")
def a_pin_where_a_piece_has_a_slope(c):
    c["witness"]["pins"] = [[0], ["1"]]


@forged("enclosed_leaky", "witness.centre", "Krawczyk's test fails")
def another_slope_in_intervals(c):
    c["data"]["unit"]["slopes"][1] = "1/4"


@forged("enclosed_huber", "witness.centre", "Krawczyk's test fails")
def another_slope_of_the_loss(c):
    c["data"]["loss"]["weights"][0] = "2"


@forged("enclosed_huber", "claims.optimum", "the upper end is below")
def another_objective(c):
    ends = optimum(c)["objective"]
    optimum(c)["objective"] = [ends[0], ends[0]]


@forged("enclosed_huber", "claims.theorems", "not what follows")
def points_where_fits_may_move(c):
    claim(c, "theorems")["verdicts"]["T7.1"] = True


@forged("general_logarithms", "claims.dual", "kappa is outside the loss's domain")
def a_class_that_is_another(c):
    c["data"]["y"][0] = "-1"


@forged("general_logarithms", "claims.dual", "a logarithm is not one of the field's")
def a_prime_left_out(c):
    c["field"]["primes"] = [2, 3]


@forged("general_logarithms", "field", "a sign is not decided: a hidden zero")
def a_weight_that_is_a_hidden_zero(c):
    c["field"]["primes"] = [2, 3, 4, 7]
    listed = claim(c, "lifted")["list"]
    listed[0]["weights"] = [["0", "2", "0", "-1", "0"]] * len(listed[0]["weights"])
    fits = claim(c, "intervals")
    for row in fits["fits"]:
        row[:] = [[*x[:3], "0", *x[3:]] for x in row]
    fits["objective"] = [*fits["objective"][:3], "0", *fits["objective"][3:]]


@forged("general_logarithms", "field", "two logarithms have no product")
def a_kappa_that_is_a_logarithm(c):
    claim(c, "dual")["kappa"][0] = ["0", "1", "0", "0"]
    claim(c, "atoms")["list"][0]["g"] = [["0", "1", "0", "0"]] * 2


@forged("enclosed_band", "claims.optimum", "a piece is not of the loss")
def a_band_of_no_width_with_a_flat(c):
    optimum(c)["pieces"][0] = "3 slope"


def ratios(c):
    return c["witness"]["ratios"]


def hinted(c):
    """Put the hints that a producer finds, up to where it is refused."""
    clock = Clock(Limits())
    hints = Recorder(clock)
    P = proof_of(sealed(c), clock, hints)
    with contextlib.suppress(Refuted):
        for name, prove in provers_of(P).items():
            if name in P.claims:
                prove(P)
    c["witness"]["hints"] = hints.answers


@forged("enclosed_pairs", "witness.ratios", "an atom is in no face of atoms that are alike")
def ratios_of_a_pair(c):
    c["witness"]["ratios"] = {"columns": [], "points": [], "rank": []}


@forged("enclosed_ratios_beside", "witness.ratios", "an equation is of two faces")
def a_ratio_of_another_face(c):
    """As if the weights of two faces were one."""
    ratios(c)["columns"][0]["ratios"][0][0] = 1


@forged("enclosed_ratios", "witness.ratios", "a form may be 0")
def a_ratio_of_nothing(c):
    ratios(c)["columns"][0]["form"] = [[0] * 6, 1]


@forged("enclosed_ratios", "witness.ratios", "a form may be 0")
def a_ratio_of_a_difference(c):
    ratios(c)["columns"][0]["form"] = [[1, -1, 0, 0, 0, 0], 1]


@forged("enclosed_ratios", "witness.ratios", "a ratio is another")
def a_ratio_twice(c):
    ratios(c)["columns"][0]["ratios"][0][1] *= 2
    hinted(c)


@forged("enclosed_ratios", "witness.ratios", "fits do not cancel")
def a_sum_of_other_weights(c):
    """Samples 0 and 4 have curves of their own."""
    ratios(c)["columns"][0]["sum"] = [[1, 0, 0, 0, -1, 0], 1]


@forged("enclosed_ratios", "witness.ratios", "fits do not cancel")
def a_sum_of_other_kappas(c):
    ratios(c)["columns"][0]["sum"] = [[1, 0, -1, 0, 0, 0], 1]
    hinted(c)


@forged("enclosed_shifted", "witness.free", "the sum of labels is another")
def a_sum_of_other_labels(c):
    """Of these two samples kappa is one, labels are not."""
    c["witness"]["free"][0]["unused"] = [[-1, 1, 0, 0, 0, 0], 2]
    hinted(c)


@forged("enclosed_shifted", "witness.free", "a lambda is not told by these samples")
def a_column_that_is_used(c):
    c["witness"]["free"][0]["unused"][1] *= 2
    hinted(c)


@forged("enclosed_roots", "witness.free", "its keys must be: relation")
def a_column_without_part_after_others(c):
    free = c["witness"]["free"]
    free.append(free.pop(0))


@forged("enclosed_ratios", "witness.ratios", "a lambda is not told by these samples")
def a_lambda_that_nothing_tells(c):
    ratios(c)["columns"][0]["sum"] = [[0] * 6, 1]


@forged("enclosed_ratios", "claims.vertices", "a vertex does not give the fit")
def a_vertex_of_other_shares(c):
    ratios(c)["points"][1] = ["1/3", "2/3"]


@forged("enclosed_ratios", "claims.vertices", "the lower end is above what is proved")
def a_vertex_of_more_weight(c):
    listed = claim(c, "vertices")["list"]
    listed[0]["weights"] = [[str(2 * Fraction(t)) for t in x] for x in listed[0]["weights"]]


@forged("enclosed_ratios", "witness.cover", "a Farkas vector has w'F_j < 0")
def a_vertex_left_out_by_ratios(c):
    """Its leaves closed by the first Farkas vector."""
    listed = claim(c, "vertices")["list"]
    last = len(listed) - 1
    del listed[last], ratios(c)["points"][last]
    tree = c["witness"]["cover"]["tree"]
    tree[:] = [2 if t == 3 * last + 1 else t for t in tree]


def shares(c):
    return c["witness"]["shares"]["of"]


@forged("enclosed_pairs", "witness.shares", "the faces are no basis")
def shares_of_pairs(c):
    c["witness"]["shares"] = {"of": [], "rank": []}


@forged("enclosed_zeros", "witness", "its keys must be")
def ratios_that_nothing_reads(c):
    c["witness"]["ratios"] = ["anything"]


@forged("enclosed_zeros", "witness.shares", "the sum of shares is not 1")
def shares_that_are_no_mean(c):
    """As if a neuron were five times as long."""
    shares(c)[0][1] = 1


@forged("enclosed_zeros", "witness.shares", "a feature has other shares")
def shares_of_other_neurons(c):
    shares(c)[0], shares(c)[1] = shares(c)[1], shares(c)[0]
    hinted(c)


@forged("enclosed_zeros", "witness.zeros", "a form is not proved to be 0")
def an_entry_of_kappa_that_vanishes(c):
    c["witness"]["zeros"].append([[1, 0, 0], 1])
    hinted(c)


@forged("enclosed_zeros", "witness.hints", "must have 0 entries")
def a_product_beside_columns_of_nowhere(c):
    """Two faces differ by the product already; a further pair of forms, as if both were 0."""
    c["witness"]["hints"][1].append([[[0, 0, 0], 1]] * 3)


def ties(c):
    return c["witness"]["shares"]["ties"]


@forged("enclosed_zeros", "witness.shares", "a form may be 0")
def a_tie_by_nothing(c):
    ties(c)["forms"][0]["form"] = [[0, 0, 0], 1]


@forged("enclosed_zeros", "witness.shares", "a ratio is another")
def a_tie_of_other_ratios(c):
    """As if one weight were twice the other."""
    ties(c)["forms"][0]["ratios"] = [[2, -1, 0], 1]
    hinted(c)


@forged("enclosed_zeros", "witness.shares", "the sum of labels is another")
def a_tie_of_other_labels(c):
    """All kappas are one, and labels are not."""
    ties(c)["forms"][0]["sum"] = [[1, 0, -1], 1]
    hinted(c)


@forged("enclosed_zeros", "claims.vertices", "a vertex does not give the fit")
def a_vertex_of_fewer_atoms_without_a_tie(c):
    """As if the weights that are told were free."""
    own = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    ties(c)["shares"] = [[[0], 1] for _ in own]


@forged("enclosed_zeros", "claims.vertices", "a vertex does not give the fit")
def a_vertex_of_twice_the_weights(c):
    points = ties(c)["points"]
    points[0] = [[[2 * t for t in w], d] for w, d in points[0]]


@forged("enclosed_zeros", "witness.cover", "a Farkas vector has w'F_j < 0")
def a_vertex_left_out_by_ties(c):
    """Its leaves closed by the first Farkas vector."""
    listed = claim(c, "vertices")["list"]
    del listed[1], ties(c)["points"][1]
    tree = c["witness"]["cover"]["tree"]
    tree[:] = [2 if t == 4 else t for t in tree]


ALL = (
    UNIT_FORGERIES
    | PIECE_FORGERIES
    | CONE_FORGERIES
    | SIGN_FORGERIES
    | TIED_FORGERIES
    | CELL_FORGERIES
)
