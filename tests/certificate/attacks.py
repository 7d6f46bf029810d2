"""Files made to cost: each small, each refused in time and within its memory.

``ATTACKS`` maps a name to a function of a size; the files it makes grow with the size.
"""

from .forging import claim, golden, sealed

ATTACKS = {}
LONG = "7" + "0" * 3898 + "1"


def attack(*sizes):
    def register(make):
        ATTACKS[make.__name__] = (lambda n: sealed(make(n)), sizes)
        return make

    return register


def rows_of(name, X, **more):
    """Return a golden certificate with other rows, labels 1."""
    c, n = golden(name), len(X)
    c["data"] |= {"X": X, "y": ["1"] * n, "weights": ["1"] * n} | more
    claim(c, "dual")["kappa"] = ["0"] * (n - 1) + ["1"]
    return c


@attack(500, 4000)
def one_atom_repeated(n):
    c = rows_of("point", [["1", "0"]] * n, beta_squared="1")
    claim(c, "atoms")["list"] = [{"sign": 1, "g": ["1", "0"]}] * n
    return c


@attack(2000, 20_000)
def one_denominator_of_3900_digits_in_a_row(n):
    return rows_of("point", [["1"] * (n - 1) + [f"1/{LONG}"]])


@attack(2000, 20_000)
def one_denominator_of_3900_digits_in_a_column(n):
    return rows_of("point", [["1"]] * (n - 1) + [[f"1/{LONG}"]])


@attack(100, 400)
def kappa_of_coprime_denominators(n):
    c = rows_of("point", [["1"] * 50] * n)
    # numbers of the form k p + 1 for a product p of all small ones have no small factor
    claim(c, "dual")["kappa"] = [f"1/{10**60 * (2 * k + 3) + 1}" for k in range(n)]
    claim(c, "atoms")["list"] = []
    return c


def single_tope(c, n):
    """Give equal rows their two topes: a chain of branches, each pruned by a circuit."""
    circuits = [[[0, k], [1, -1]] for k in range(1, n)]
    tree = [-1] * n + [-2, *range(n - 2, -1, -1)]
    c["witness"]["patterns"] = {"circuits": circuits, "tree": tree, "points": [[1, 0]]}
    c["witness"]["dual"] = [[], [], [], []]
    claim(c, "patterns")["count"] = 2
    return c


@attack(400, 4000)
def ten_slots_for_each_row(m):
    n = m // 10
    c = single_tope(rows_of("gap_zero", [["1", "1"]] * n, beta_squared="1"), n)
    claim(c, "dual")["kappa"] = ["0"] * n
    slots = [{"sign": 1, "u": [str(1 + j % 97), str(1 + j % 89)]} for j in range(m)]
    claim(c, "gap")["network"] = {"neurons": slots}
    return c


@attack(400, 4000)
def roots_that_are_independent(m):
    c = ten_slots_for_each_row(m)
    slots = [{"sign": 1, "u": [str(10**9 + j), f"1/{10**9 + j}"]} for j in range(m)]
    claim(c, "gap")["network"] = {"neurons": slots}
    return c


@attack(100, 500)
def a_chart_for_each_atom(n):
    c = golden("free_balls_bias")
    c["data"] |= {"X": [[str(i), str(i * i)] for i in range(n)], "y": ["0"] * n}
    covectors = [[1] * k + [0] + [-1] * (n - k - 1) for k in range(n)]
    covectors.sort(key=lambda row: [-t for t in row])
    claim(c, "atoms")["list"] = [{"sign": 1, "covector": row} for row in covectors]
    c["witness"] |= {"faces": [[k] for k in range(n)], "free": []}
    return c


@attack(64, 256)
def a_dense_field(k):
    c = golden("field_quadratic")
    poly = [*(-(10**40 + i) for i in range(k)), 10**39]
    c["field"] = {"poly": poly, "root": ["0", "100"]}
    return c


@attack(64, 256)
def a_field_with_a_lead_of_3900_digits(k):
    c = golden("field_quadratic")
    poly = [-3, *[0] * (k - 1), 10**3900 + 1]
    c["field"] = {"poly": poly, "root": ["0", "1"]}
    return c


@attack(16, 128)
def roots_close_together(k):
    a = 10**15
    c = golden("field_quadratic")
    poly = [-2, 4 * a, -2 * a * a, *[0] * (k - 3), 1]
    c["field"] = {"poly": poly, "root": ["0", f"1/{a}"]}
    return c


@attack(3000, 30_000)
def circuits_on_the_last_rows(n):
    c = rows_of("point", [["1"]] * n, beta_squared="1")
    claim(c, "atoms")["list"] = [{"sign": 1, "g": ["1"]}]
    circuits = [[[n - 2, n - 1], [1, -1]]] * n
    c["witness"]["patterns"] = {"circuits": circuits, "tree": [-1] * n, "points": [[1]]}
    return c


@attack(3000, 30_000)
def a_tree_that_only_goes_down(n):
    c = circuits_on_the_last_rows(n)
    c["witness"]["patterns"]["circuits"] = []
    return c


@attack(2000, 20_000)
def one_vertex_repeated(n):
    c = golden("square")
    claim(c, "vertices")["list"] = claim(c, "vertices")["list"][:1] * n
    return c


@attack(3000)
def a_gate_for_each_row(k):
    c, n = golden("units_gates"), 40
    c["data"] |= {"X": [["1"] * 200] * n, "y": ["1"] * n}
    c["data"]["loss"]["weights"] = ["1"] * n
    c["data"]["unit"]["masks"] = [[0] * n] * k
    claim(c, "dual")["kappa"] = ["1"] * n
    claim(c, "atoms")["list"] = []
    c["witness"]["dual"] = [[]] * k
    return c


def lines(name, n, kappa):
    """Return a golden certificate with rows 1, labels 1, one tope and its negative."""
    c = golden(name)
    c["data"] |= {"X": [["1"]] * n, "y": ["1"] * n}
    c["data"]["loss"]["weights"] = ["1"] * n
    claim(c, "dual")["kappa"] = [kappa] * n
    circuits = [[[0, k], [1, -1]] for k in range(1, n)]
    tree = [-1] * n + [-2, *range(n - 2, -1, -1)]
    c["witness"]["patterns"] = [{"circuits": circuits, "tree": tree, "points": [[1]]}]
    c["witness"]["dual"] = [[[], [], [], []]]
    claim(c, "patterns")["counts"] = [2]
    claim(c, "atoms")["list"] = []
    return c


@attack(3000)
def fits_that_all_may_move(n):
    """Each has a slack of its own, a column of n entries."""
    c = lines("general_absolute", n, "1")
    c["data"]["beta_squared"] = str(n * n + 1)
    claim(c, "intervals").update(fits=[[None, "1"]] * n, objective=str(n))
    listed = [{"support": list(range(n)), "weights": ["1"] * n}]
    claim(c, "lifted")["list"] = listed * 2
    return c


@attack(300, 1500)
def a_flat_for_each_row(n):
    c = lines("enclosed_hinge", n, ["1", "1"])
    claim(c, "optimum").update(pieces=["2 flat"] * n, fit=[["0", "0"]] * n)
    c["witness"] |= {"faces": [], "inverse": [[[0] * n] * n, 1]}
    return c


@attack(600)
def logarithms_of_many_bits(n):
    c = lines("enclosed_logistic", n, ["0", "1"])
    c["field"]["bits"] = 8192
    claim(c, "optimum").update(pieces=["0 curve"] * n, fit=[["0", "0"]] * n)
    centre = [[1] * n, 3]
    inverse = [[[0] * n] * n, 1]
    c["witness"] |= {"faces": [], "centre": centre, "radius": "1/9", "inverse": inverse}
    return c
