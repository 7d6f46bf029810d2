"""Forgeries about trees of cones; registered as those of format 2."""

from fractions import Fraction

from polytope_nn.certificate.cones.trees import cone_witness
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import sign
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.cones.solving import proved_by_cones

from .forging import claim, registry

CONE_FORGERIES = {}
forged = registry(CONE_FORGERIES)


def witness(c):
    return c["witness"]["dual"]


@forged("cones_oblique", "witness.dual", "a generator is above its p")
def a_convex_row_through_an_atom_that_is_not_cut(c):
    """The accident: the cut at the row (9, 3, -5), the leaf before it whole."""
    tree = witness(c)["trees"][0]
    cut = [0, 1, 2, 5, 3, 2, 3]
    at = next(i for i in range(len(tree)) if tree[i : i + 7] == cut)
    tree[at : at + 7] = [2]


@forged("cones_oblique", "witness.dual", "a generator is above its p")
def theta_of_the_other_side(c):
    first, second = witness(c)["peaks"]
    first["theta"], second["theta"] = second["theta"], first["theta"]


@forged("cones_oblique", "witness.dual", "a generator is above its p")
def a_p_turned(c):
    tree = witness(c)["trees"][1]
    tree[2:5] = [-t for t in tree[2:5]]


@forged("cones_oblique", "witness.dual", "a p is not shorter than beta")
def a_p_that_is_long(c):
    witness(c)["trees"][1][1] += 20


@forged("cones_oblique", "field", "cones are proved over the rationals")
def cones_in_a_field(c):
    c["field"] = {"poly": [-2, 0, 1], "root": ["1", "2"]}
    claim(c, "dual")["kappa"][0] = ["0", "1"]


@forged("cones_kinks", "witness.dual", "must have 4 entries")
def kinks_left_out(c):
    del c["witness"]["dual"][-1]


@forged("cones_kinks", "witness.dual", "is no array")
def a_tree_for_all_kinks(c):
    c["witness"]["dual"] = c["witness"]["dual"][0]


@forged("cones_kinks_gap", "witness.dual", "a generator is above its p")
def trees_at_other_kinks(c):
    c["witness"]["dual"][0] = c["witness"]["dual"][1]


@forged("cones_kinks", "claims.atoms", "through no sample")
def an_atom_of_cones_between_two_kinks(c):
    """Of the samples below both ends of a flat are atoms; the other claims are never reached."""
    D = TrainingProblem(
        [[0], [1], [2], [3]], [-4, -4, -2, 0], beta=1, bias="free", skip="constant"
    )
    O = proved_by_cones(D, tuple(Fraction(k, 2) for k in (0, -1, 0, 1)))
    c["data"]["y"] = list(map(text, D.y))
    claim(c, "dual")["kappa"] = list(map(text, O.kappa))
    pairs = zip(O.atoms, O.atoms[1:], strict=False)
    low, high = next(p for p in pairs if p[0].g[0] == p[1].g[0])
    middle = [(s + t) / 2 for s, t in zip(low.g, high.g, strict=True)]
    listed = [(a.sign, a.covector, a.g) for a in O.atoms]
    signs = [sign(x[0] * middle[0] + middle[1]) for x in D.X]
    listed.append((low.sign, tuple(signs), middle))
    listed.sort(key=lambda a: (-a[0], [-s for s in a[1]]))
    claim(c, "atoms")["list"] = [{"sign": s, "g": list(map(text, g))} for s, _, g in listed]
    c["witness"]["dual"] = [cone_witness(proof) for proof in O.cones]


@forged("cones_kinks_enclosed", "witness.dual", "must have 5 entries")
def kinks_in_intervals_left_out(c):
    del c["witness"]["dual"][0]


@forged("cones_kinks_enclosed", "witness.dual", "does not pass through the sample")
def a_peak_at_another_kink(c):
    first = c["witness"]["dual"][0]["peaks"]
    own = [p for p in first if "atom" in p]
    signs = [a["covector"][0] for a in claim(c, "atoms")["list"]]
    assert all(signs[p["atom"]] == 0 for p in own)
    own[0]["atom"] = next(i for i, s in enumerate(signs) if s)


@forged("cones_oblique", "witness.dual", "the basis is not in reduced echelon form")
def a_basis_askew(c):
    witness(c)["basis"][0] = [1, 1, 0]


@forged("cones_oblique", "witness.dual", "a row is not in the span of the basis")
def half_of_the_space(c):
    del witness(c)["basis"][2]


@forged("cones_segment", "witness.dual", "a peak is longer than beta")
def a_peak_that_is_long(c):
    witness(c)["peaks"][0]["p"] = [[0, 3, -1], 1]


@forged("cones_segment", "witness.dual", "a peak of length beta is at no listed atom")
def an_atom_left_out(c):
    del claim(c, "atoms")["list"][0]


@forged("cones_segment", "witness.dual", "there is no such peak")
def a_peak_of_no_number(c):
    tree = witness(c)["trees"][0]
    tree[tree.index(4)] = 7


@forged("cones_segment", "witness.dual", "a peak is of the other sign")
def a_peak_of_the_other_sign(c):
    witness(c)["trees"][1][-7:] = [2]


@forged("cones_oblique", "witness.dual", "an edge has one end")
def an_edge_of_one_end(c):
    witness(c)["trees"][0][2] = 0


@forged("cones_oblique", "witness.dual", "the tree ends too early")
def a_cone_left_out(c):
    witness(c)["trees"][0].pop()


@forged("cones_oblique", "witness.dual", "goes on after the last leaf")
def a_cone_too_many(c):
    witness(c)["trees"][0].append(2)


@forged("cones_enclosed", "witness.dual", "a convex row of a peak is mixed")
def a_convex_row_in_intervals_that_is_not_cut(c):
    """The accident: the cut at the dependent row (1, 1, 0), the cone before it whole."""
    tree = witness(c)["trees"][0]
    cut = [0, 0, 1, 1, 1, 2, 2]
    at = next(i for i in range(len(tree)) if tree[i : i + 7] == cut)
    tree[at : at + 7] = [2]


@forged("cones_enclosed", "witness.dual", "a multiplier of a peak is not proved inside")
def a_convex_row_that_bears(c):
    witness(c)["peaks"][0]["tied"] = [0, 2]


@forged("cones_enclosed", "witness.dual", "a row of a peak is not tied")
def a_row_that_is_not_tied(c):
    witness(c)["peaks"][0]["tied"] = [0, 3]


@forged("cones_enclosed", "witness.dual", "the rows J are dependent")
def all_rows_of_a_kink(c):
    witness(c)["peaks"][0]["tied"] = [0, 1, 2]


@forged("cones_enclosed", "witness.dual", "a tied row is not in the span of J")
def one_row_of_a_kink(c):
    witness(c)["peaks"][0]["tied"] = [0]


@forged("cones_shares", "witness.dual", "a multiplier of a peak is not proved inside")
def a_share_left_out(c):
    del witness(c)["peaks"][0]["theta"]


@forged("cones_shares", "witness.dual", "a theta is not of a concave row of sign 0 off J")
def a_share_of_a_row_of_J(c):
    witness(c)["peaks"][0]["theta"][0] = [2]


@forged("cones_pairs", "witness.dual", "a generator is above its peak")
def the_peak_of_another_cone(c):
    tree = witness(c)["trees"][0]
    tree[tree.index(3)] = 2


def a_lower_peak(c, sign):
    """The first atom as a peak that is none."""
    told = {"sign": sign, "signs": [1, 1, 1, 1, 1, -1], "tied": []}
    witness(c)["peaks"].append(told)


@forged("cones_pairs", "witness.dual", "a peak is not proved shorter than beta")
def an_atom_as_a_lower_peak(c):
    a_lower_peak(c, 1)


@forged("cones_pairs", "witness.dual", "a peak has no sign")
def a_peak_without_a_sign(c):
    a_lower_peak(c, 0)


@forged("cones_pairs", "data.loss", "kappa is eliminated for the squared loss only")
def cones_of_an_interpolation(c):
    c["data"]["loss"] = {"kind": "interpolation"}


@forged("cones_pairs", "witness.inverse", "must have 11 entries")
def a_row_of_the_inverse_left_out(c):
    c["witness"]["inverse"][0].pop()


@forged("cones_gap", "witness.dual", "a generator is above its p")
def a_dual_point_that_is_larger(c):
    stated = claim(c, "dual")
    stated["kappa"] = [text(2 * Fraction(t)) for t in stated["kappa"]]


@forged("cones_gap", "witness.dual", "a peak is longer than beta")
def a_peak_of_a_gap_that_is_longer(c):
    peak = witness(c)["peaks"][0]
    peak["p"][0] = [3 * t for t in peak["p"][0]]


@forged("cones_gap", "claims.dual", "is not orthogonal")
def a_dual_point_beside_the_skip(c):
    stated = claim(c, "dual")
    stated["kappa"][1] = text(Fraction(stated["kappa"][1]) + Fraction(1, 100))


@forged("cones_gap", "claims.gap.dual", "wrong side")
def a_dual_value_too_good_for_cones(c):
    claim(c, "gap")["dual"] = "100"


@forged("cones_gap", "claims.gap.gap", "upper end is on the wrong side")
def a_gap_by_cones_claimed_too_small(c):
    gap = claim(c, "gap")["gap"]
    gap["upper"] = gap["lower"]


@forged("cones_road", "witness.dual", "a generator is above its p")
def a_dual_point_of_a_road_that_is_larger(c):
    a_dual_point_that_is_larger(c)


@forged("cones_road", "claims.dual", "is not orthogonal")
def a_dual_point_of_a_road_beside_the_skip(c):
    a_dual_point_beside_the_skip(c)


@forged("cones_road", "claims.road.dual", "wrong side")
def a_dual_value_of_a_road_too_good_for_cones(c):
    claim(c, "road")["dual"] = "100"


@forged("cones_road", "claims.road.breakpoints[2]", "the objective rises before it")
def a_road_by_cones_that_rises(c):
    road = claim(c, "road")
    road["down"], road["up"] = len(road["breakpoints"]) - 1, len(road["breakpoints"]) - 1


@forged("cones_skip", "claims.dual", "is not orthogonal")
def a_kappa_that_pulls_at_the_constant(c):
    claim(c, "dual")["kappa"][2] = "-1"


@forged("cones_skip", "claims.dual", "is not orthogonal")
def a_skip_that_kappa_pulls_at(c):
    c["data"]["free"] = "affine"


@forged("cones_skip", "claims.vertices", "a vertex does not give the fit")
def a_constant_that_is_not_there(c):
    c["data"]["free"] = "none"


@forged("cones_lines", "claims.components", "is not what follows from the rest")
def networks_counted_with_their_lines(c):
    claim(c, "components")["modulo"] = []


@forged("cones_skip_enclosed", "witness.centre", "must have")
def a_constant_left_out_of_the_system(c):
    c["data"]["free"] = "none"


@forged("cones_skip_enclosed", "claims.vertices", "")
def a_mass_beside_the_constant(c):
    ends = claim(c, "vertices")["list"][0]["weights"][0]
    ends[0], ends[1] = "3", "4"
