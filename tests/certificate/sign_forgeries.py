"""Forgeries about signs and about torsion; registered as those of format 2."""

from fractions import Fraction

from .forging import claim, registry

SIGN_FORGERIES = {}
forged = registry(SIGN_FORGERIES)


def witness(c):
    return c["witness"]["dual"]


def smith(c):
    """The one form of the one width with torsion."""
    return next(t for t in c["witness"]["torsion"] if t["m"] == 18)["forms"][0]


def width(c, m=18):
    return next(row for row in claim(c, "holes")["widths"] if row["m"] == m)


@forged("signs_birkhoff", "data.unit", "signs know no free bias")
def signs_of_a_free_bias(c):
    c["data"]["unit"]["bias"] = "free"
    for atom in claim(c, "atoms")["list"]:
        atom["g"].append("0")


@forged("signs_birkhoff", "field", "signs are proved over the rationals")
def signs_in_a_field(c):
    """A sample twice, kappa of the two irrational, their sum as it was: atoms are tight."""
    c["field"] = {"poly": [-2, 0, 1], "root": ["1", "2"]}
    for listed in (c["data"]["X"], c["data"]["y"], c["data"]["loss"]["weights"]):
        listed.append(listed[0])
    kappa = claim(c, "dual")["kappa"]
    half = str(Fraction(kappa[0]) / 2)
    kappa[0] = [half, "1/8"]
    kappa.append([half, "-1/8"])


@forged("signs_birkhoff", "claims.dual", "kappa has both signs: signs prove nothing")
def kappa_of_both_signs(c):
    claim(c, "atoms")["list"] = []
    claim(c, "dual")["kappa"][1] = "-1"


@forged("signs_birkhoff", "claims.dual", "X'kappa is not 0: signs prove nothing")
def kappa_that_sees_a_line(c):
    claim(c, "atoms")["list"] = []
    claim(c, "dual")["kappa"][1] = "2"


@forged("signs_birkhoff", "claims.dual", "the form of kappa is no projector")
def kappa_beyond_beta(c):
    """Twice kappa exceeds beta."""
    claim(c, "atoms")["list"] = []
    claim(c, "dual")["kappa"] = ["2"] * len(c["data"]["X"])


@forged("signs_birkhoff", "witness.dual", "a pivot is a row that kappa does not see")
def a_pivot_that_is_0(c):
    """Its sign is taken for 1 or -1, and one half of it in a relation prunes every branch."""
    n, r, R = len(c["data"]["X"]), len(witness(c)["pivots"]), len(witness(c)["relations"])
    c["data"]["X"].append(["0"] * len(c["data"]["X"][0]))
    c["data"]["y"].append("0")
    c["data"]["loss"]["weights"].append("1")
    claim(c, "dual")["kappa"].append("0")
    claim(c, "optimum")["fit"].append("0")
    claim(c, "optimum")["pieces"].append("smooth")
    for row in (*c["witness"]["cover"]["farkas"], *(w for w, _ in rank_of(c))):
        row.append(0)
    witness(c)["pivots"].append(n)
    for k, (_, shares, _) in enumerate(witness(c)["relations"]):
        shares[:] = [*(2 * t for t in shares), 1] if k == 0 else [*shares, 0]
    witness(c)["relations"][0][2] *= 2
    leaf = {t: [t] if t < r else [t + 1] for t in range(r + R)} | {r: [r, r + 1, r + 1]}
    tree = [leaf.get(t, leaf[r]) for t in witness(c)["tree"]]  # no branch is at an atom
    witness(c)["tree"] = [t for tokens in tree for t in tokens]


def rank_of(c):
    return c["witness"]["rank"]["dual"]


@forged("signs_birkhoff", "witness.dual", "is below 0 or above 31")
def a_token_of_nothing(c):
    witness(c)["tree"][-1] = 32


@forged("signs_birkhoff", "witness.dual", "there is one relation for each other row")
def a_row_without_its_relation(c):
    witness(c)["relations"].pop()


@forged("signs_unlisted", "witness.dual", "is no integer")
def a_row_that_is_true(c):
    witness(c)["relations"][0][0] = True


@forged("signs_birkhoff", "witness.dual", "a row is not this combination of the pivots")
def a_relation_that_is_none(c):
    witness(c)["relations"][0][1][0] += 1


@forged("signs_birkhoff", "witness.dual", "a relation is not in lowest terms")
def a_relation_in_higher_terms(c):
    told = witness(c)["relations"][0]
    told[1], told[2] = [2 * t for t in told[1]], 2 * told[2]


@forged("signs_birkhoff", "witness.dual", "a pruned branch is not refuted by its relation")
def an_atom_whose_branch_is_pruned(c):
    """The last atom is not listed, its branch is pruned."""
    tree, first = witness(c)["tree"], 5 + len(witness(c)["relations"])
    tree[tree.index(first + 17)] = 5
    claim(c, "atoms")["list"].pop()


@forged("signs_birkhoff", "witness.dual", "a branch is not at its atom")
def a_branch_at_another_atom(c):
    tree, first = witness(c)["tree"], 5 + len(witness(c)["relations"])
    tree[tree.index(first + 17)] = first


@forged("signs_plane", "claims.holes", "not what follows")
def torsion_of_order_three(c):
    width(c)["torsion"] = [[1, 3]]


@forged("signs_plane", "claims.holes", "not what follows")
def torsion_in_another_degree(c):
    width(c)["torsion"] = [[2, 2]]


@forged("signs_plane", "claims.holes", "not what follows")
def torsion_that_is_left_out(c):
    width(c)["torsion"] = []


@forged("signs_plane", "claims.holes", "not what follows")
def what_two_elements_count_called_rational(c):
    width(c)["betti"] = [1, 1, 1]


@forged("signs_plane", "claims.holes", "not what follows")
def torsion_without_its_form(c):
    del c["witness"]["torsion"][0]


@forged("signs_plane", "witness.torsion", "a matrix and its inverse do not belong together")
def a_row_that_is_halved_by_a_matrix(c):
    """diag(2) becomes diag(1) by a matrix that is not unimodular."""
    smith(c)["right"][0] = [[0]]


@forged("signs_plane", "witness.torsion", "a form is not diagonal")
def a_form_with_a_rest(c):
    left, inverse = smith(c)["left"]
    smith(c)["left"] = [[left[-1], *left[1:-1], left[0]], inverse]
    turned = [[row[-1], *row[1:-1], row[0]] for row in inverse]
    smith(c)["left"][1] = turned


@forged("signs_plane", "witness.torsion", "a divisor does not divide the next")
def a_negative_divisor(c):
    left, inverse = smith(c)["left"]
    left[0] = [-t for t in left[0]]
    for row in inverse:
        row[0] = -row[0]


@forged("signs_plane", "witness.torsion", "a form is missing")
def a_width_without_its_forms(c):
    c["witness"]["torsion"][0]["forms"] = []


@forged("signs_plane", "witness.torsion", "goes on after the last form")
def a_form_twice(c):
    forms = c["witness"]["torsion"][0]["forms"]
    forms.append(forms[0])


@forged("signs_plane", "witness.torsion", "is no integer")
def a_width_that_is_true(c):
    c["witness"]["torsion"][0]["m"] = True


@forged("signs_plane", "witness.torsion", "a width is not in order")
def a_width_that_is_none(c):
    c["witness"]["torsion"].append({"m": 99, "forms": []})
