"""Files made to cost: of many lists; of cones, signs, slices, outputs, three layers.

Registered beside those of ``attacks``; ``SLOW`` are those that use all of their seconds.
"""

from .attacks import attack
from .forging import claim, golden

SLOW = set()


def slow(make):
    SLOW.add(make.__name__)
    return make


def plain(name, X, y="0"):
    """Return a golden certificate with other rows, equal labels, kappa 0, no atoms."""
    c, n = golden(name), len(X)
    c["data"] |= {"X": X, "y": [y] * n}
    c["data"]["loss"]["weights"] = ["1"] * n
    claim(c, "dual")["kappa"] = ["0"] * n
    claim(c, "atoms")["list"] = []
    return c


def of_cones(X, **witness):
    c, d = plain("cones_segment", X), len(X[0])
    basis = [[int(i == j) for j in range(d)] for i in range(d)]
    c["witness"]["dual"] = {"unit": "1", "basis": basis, "peaks": [], "trees": [[], []]}
    c["witness"]["dual"] |= witness
    return c


@attack(600_000)
def lists_of_lists(n):
    c = golden("square")
    c["witness"]["cover"]["farkas"] = [[[]]] * n
    return c


@attack(800_000)
def many_small_objects(n):
    c = golden("square")
    claim(c, "atoms")["list"] = [{"a": 0}] * n
    return c


@slow
@attack(400)
def a_long_basis_of_cones(d):
    return of_cones([[str(1 + i * j % 7) for j in range(d)] for i in range(d)])


@attack(2000)
def peaks_that_are_above_all_rows(number):
    peak = {"sign": 1, "p": [[0, 1], 10**9], "theta": [[], [], 1]}
    return of_cones([[str(i + 1), "1"] for i in range(1000)], peaks=[peak] * number)


@attack(1000)
def a_path_of_cones_on_which_all_rows_are_mixed(depth):
    X = [["0", str(i + 1), str(-1000 - i)] for i in range(1000)]
    return of_cones(X, trees=[[0, 0, 1, 1, 1] * depth, []])


@slow
@attack(500)
def a_projector_of_many_columns(d):
    return plain("signs_birkhoff", [["1"] * d] * d)


@attack(1000)
def lines_of_a_skip(d):
    c = golden("free_square_linear")
    c["data"] |= {"X": [[str(j + 2) for j in range(d)]], "y": ["1"], "weights": None}
    return c


@attack(3000)
def slacks_of_a_slice(n):
    c = golden("cells_cube")
    c["data"] |= {"X": [["1"]] * n, "y": ["1"] * n, "free": "none"}
    c["data"] |= {"beta_squared": str(n * n)}
    c["data"]["loss"]["weights"], c["data"]["unit"]["bias"] = ["1"] * n, "none"
    circuits = [[[0, k], [1, -1]] for k in range(1, n)]
    tree = [-1] * n + [-2, *range(n - 2, -1, -1)]
    c["witness"]["patterns"] = [{"circuits": circuits, "tree": tree, "points": [[1]]}]
    c["witness"]["dual"] = [[[], [], [], []]]
    claim(c, "patterns")["counts"], claim(c, "dual")["kappa"] = [2], ["1"] * n
    claim(c, "intervals").update(fits=[["0", "0"]] * n, objective="0")
    claim(c, "rays")["list"] = [{"sign": 1, "u": ["1"]}]
    return c


def of_outputs(n, c_, d, free="none"):
    c = golden("enclosed_tied")
    c["data"] |= {"X": [["1"] * d] * n, "y": [["0"] * c_] * n, "free": free}
    c["data"]["loss"], c["data"]["unit"]["bias"] = c["data"]["loss"], "none"
    c["data"]["loss"]["weights"] = ["1"] * n
    claim(c, "enclosed").update(atoms=[], continua=[])
    c["witness"]["system"].update(pivots=[], tied=[])
    return c


@attack(2000)
def free_columns_of_many_outputs(c_):
    return of_outputs(10, c_, 1, "constant")


@attack(2000)
def tied_entries_of_many_rows(n):
    c = of_outputs(n, 1, 2)
    claim(c, "enclosed")["continua"] = [{"face": [1] * n, "kernel": [], "neurons": []}]
    c["witness"]["system"].update(pivots=[[0, 1]], tied=[[0, 0, "0", []]])
    return c


@attack(100)
def faces_of_a_wide_hull(number):
    n = 300
    c = of_outputs(n, 1, 100)
    faces = [
        [1] * (n - 9) + [1 if q >> b & 1 else -1 for b in range(8, -1, -1)]
        for q in range(511, 511 - number, -1)
    ]
    claim(c, "enclosed")["atoms"] = [{"face": f, "g": [], "mass": []} for f in faces]
    c["witness"]["system"]["pivots"] = [[0]] * number
    return c


@attack(12)
def branches_that_are_one(M):
    """The places of one branch among M, as if they were M! orders."""
    c = golden("parallel_bounded")
    table = c["witness"]["table"]
    (cell,) = table["cells"]
    weights = cell["list"][0]["weights"]
    listed = [{"support": [j], "weights": weights} for j in range(M)]
    tree = [*(t for j in range(M) for t in (3 * j, 3 * j + 1)), 2]
    table |= {"branches": M, "ranks": [None, None]}
    table["cells"] = [{"list": listed, "farkas": cell["farkas"], "tree": tree}]
    claim(c, "table")["branches"] = M
    return c


@attack(10**9)
def many_equal_parts(k):
    """Beta is that of each part, all else as it was."""
    c = golden("parallel_parts")
    c["data"]["layers"]["inner_width"] = k
    c["data"]["beta_squared"] = str(k)
    return c
