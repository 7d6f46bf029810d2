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


def of_road(name, X, networks):
    """A road of kappa 0 among rows that are equal, or 0: its objectives are wrong."""
    c, n, d = golden(name), len(X), len(X[0])
    c["data"] |= {"X": X, "y": ["0"] * n}
    claim(c, "dual")["kappa"] = ["0"] * n
    equal = len([x for x in X if any(t != "0" for t in x)])
    circuits = [[[0, k], [1, -1]] for k in range(1, equal)]
    tree = [-1] * equal + [-2, *range(equal - 2, -1, -1)]
    patterns = {"circuits": circuits, "points": [[1] + [0] * (d - 1)], "tree": tree}
    claim(c, "patterns")["counts"] = [2]
    c["data"]["loss"] = {"kind": "squared", "weights": ["1"] * n}
    c["witness"] |= {"patterns": [patterns], "dual": [[[], [], [], []]]}
    told = {"width": 1, "breakpoints": networks, "objectives": ["0"] * len(networks)}
    claim(c, "road").update(told, down=0, close=0, up=len(networks) - 1)
    return c


@attack(100)
def a_road_of_long_fits(number):
    """The accident: each fit has 500 numbers of the length of one, and all were held."""
    slot = {"neurons": [None], "free": [f"1/{10**3900 + 1}"]}
    c = of_road("road_square", [["1"], *[["0"]] * 499], [slot] * number)
    c["data"]["free"] = "constant"
    return c


@slow
@attack(100)
def a_road_of_long_denominators(n):
    """The accident: a product of 18 such numbers takes its time, and the clock was not seen."""
    u = [f"1/{10**3900 + 7 * j + 1}" for j in range(18)]
    slot = {"neurons": [{"sign": 1, "u": u}]}
    return of_road("road_square", [["1"] * 18] * n, [slot])


def of_one_fit(name, fit):
    """A network of no neurons whose constant is the fit of the one sample; weights are long."""
    c = golden(name)
    c["data"] |= {"X": [["1"]], "y": ["1"], "free": "constant"}
    c["data"]["loss"]["weights"] = [f"{10**1900 + 7}/{3 * 10**1900 + 1}"]
    patterns = {"circuits": [], "tree": [-1, -2], "points": [[1]]}
    c["witness"] |= {"patterns": [patterns], "dual": [[[], [], [], []]]}
    claim(c, "patterns")["counts"], claim(c, "dual")["kappa"] = [2], ["0"]
    claim(c, "gap")["network"] = {"neurons": [None], "free": [str(fit)]}
    return c


@attack(67_000_000)
def an_exponential_of_a_long_fit(z):
    """The accident: e^z was as long as memory allows, and times the weight took seconds."""
    return of_one_fit("gap_poisson", z)


@attack(67_000_000)
def a_logistic_loss_of_a_long_fit(z):
    """The accident: ln(1 + e^z) held e^z four times."""
    c = of_one_fit("gap_poisson", -z)
    c["data"]["loss"]["kind"] = "logistic"
    return c


@attack(60)
def shares_of_long_denominators(number):
    """A sum of equations with them: forms in kappa are as long as all of a vector together."""
    c = golden("enclosed_ratios")
    told = c["witness"]["ratios"]["columns"][0]["sum"]
    told[0] = [(t or 1) * (10**3900 + 2 * number) for t in told[0]]
    return c
