"""Mutants of the data: another legal unit, loss, parameter, free part, price, or layers.

All else stays as it was found, so that what a checker does not look at would be accepted.
"""

import copy
from fractions import Fraction

from polytope_nn.checker import rows as versions

from .forging import canonical

PARAMETER = {
    "huber": ("delta", ("1/8", "1", "4")),
    "quantile": ("tau", ("1/4", "1/2", "2/3")),
    "epsilon_insensitive": ("epsilon", ("0", "1/8", "1")),
    "tolerance": ("epsilon", ("0", "1/8", "1")),
    "power": ("p", ("3/2", "5/2", "3", "4")),
}
LOSSES = (
    *("squared", "absolute", "hinge", "squared_hinge", "margin"),
    *("logistic", "exponential", "poisson", "softmax", *PARAMETER),
)
SLOPES = ("1", "0", "-1", "2", "1/2", "-1/2")
BIASES, SKIPS = ("none", "penalised", "free"), ("none", "constant", "linear", "affine")
TWINS = (
    *({"staircase", "holes", "cones", "signs", "free"}, {"vector", "continuum"}),
    *({"cones", "signs"}, {"unlisted", "cones_unlisted"}, {"general", "lasso"}),
    *({"general", "enclosed"}, {"cells", "lasso_cells"}, {"path", "free_path"}),
    *({"vector_enclosed", "vector_pieces"}, {"continuum_enclosed", "continuum_pieces"}),
)


def number(rng, old):
    """Return another number near one, or of another sign or size."""
    t = Fraction(old)
    return str(rng.choice((t + 1, t - 1, -t, 2 * t, t / 2, 4 * t, t / 4, 0)))


def some_of(rng, values, change):
    """Return a list with one entry changed, or every one."""
    if rng.random() < 0.4:
        return [change(x) for x in values]
    at = rng.randrange(len(values))
    return [change(x) if i == at else x for i, x in enumerate(values)]


def other_unit(rng, data):
    """Neurons of another kind, or told by something else."""
    old = data["unit"]
    n, bias = len(data["X"]), rng.choice((*BIASES, old["bias"], old["bias"]))
    if old["kind"] == "blocks":
        blocks = copy.deepcopy(old["blocks"])
        block = rng.choice(blocks)
        key = rng.choice(("norm", "signs", "cone"))
        block[key] = {
            "norm": rng.choice(("l2", "l1", "linf")),
            "signs": rng.choice(("+", "+-")),
            "cone": other_cone(rng, block),
        }[key]
        return {"unit": old | {"blocks": blocks}}
    kind = rng.choice(
        ("relu", "slopes", "normed", "gates", "threshold", "threshold_open", old["kind"])
    )
    unit = {"kind": kind, "bias": bias}
    if kind in {"slopes", "normed"}:
        unit["slopes"] = old.get("slopes", ["1", "0"])
        if rng.random() < 0.7:
            unit["slopes"] = some_of(rng, unit["slopes"], lambda _: rng.choice(SLOPES))
        if set(unit["slopes"]) == {"0"}:  # they are no neurons
            unit["slopes"] = ["1", "1"]
    if kind == "normed":
        unit["norm"] = rng.choice(("l1", "linf"))
    if kind == "gates":
        masks = old.get("masks") or [[1] * n]
        j = rng.randrange(len(masks))
        flipped = some_of(rng, masks[j], lambda t: 1 - t)
        unit["masks"] = [*masks[:j], flipped, *masks[j + rng.randrange(2) :]]
    return {"unit": unit}


def other_cone(rng, block):
    """Return the rows of a cone with one more, or without the last."""
    if rng.random() < 0.5:
        return block["cone"][:-1]
    row = [rng.choice(("1", "0", "-1")) for _ in range(block["columns"])]
    return [*block["cone"], row]


def other_loss(rng, data):
    """Another loss with the same weights, or other parameters, or other weights."""
    old, n = data["loss"], len(data["X"])
    way = rng.random()
    if way < 0.25 and old.get("weights"):
        ratio = Fraction(rng.choice(("1/2", "2", "3")))
        weights = some_of(rng, old["weights"], lambda x: str(Fraction(x) * ratio))
        return {"loss": old | {"weights": weights}}
    named = PARAMETER.get(old["kind"])
    if way < 0.5 and named:
        values = some_of(rng, old[named[0]], lambda _: rng.choice(named[1]))
        return {"loss": old | {named[0]: values}}
    if rng.random() < 0.05:
        return {"loss": {"kind": "interpolation"}}
    kind = rng.choice(LOSSES)
    loss = {"kind": kind, "weights": old.get("weights") or ["1"] * n}
    if kind in PARAMETER:
        key, values = PARAMETER[kind]
        loss[key] = [rng.choice(values)] * n
    return {"loss": loss}


def other_free(rng, data):
    """Another skip, or other columns that are free beside blocks."""
    old = data["free"]
    if type(old) is str:
        return {"free": rng.choice(SKIPS)}
    zeros, ones = ["0"] * len(data["X"]), ["1"] * len(data["X"])
    return {"free": rng.choice((old[:-1], [*old, zeros], [*old, ones], [*old, *old]))}


def other_layers(rng, data):
    """Another bound of inner neurons, or another price of branches."""
    return {
        "layers": {
            "inner_width": rng.choice((None, 1, 2, 3, 4, 1000)),
            "regulariser": rng.choice(("power3", "path", data["layers"]["regulariser"])),
        }
    }


def other_price(rng, data):
    """Another beta."""
    ratio = Fraction(rng.choice(("4", "1/4", "2", "1/2", "9/4", "101/100")))
    return {"beta_squared": str(Fraction(data["beta_squared"]) * ratio)}


def other_labels(rng, data):
    """Other labels."""

    def one(y):
        return [number(rng, y[0]), *y[1:]] if type(y) is list else number(rng, y)

    return {"y": some_of(rng, data["y"], one)}


def other_inputs(rng, data):
    """Another entry of X, a row negated, or a column more or less."""
    X = [list(row) for row in data["X"]]
    way, i = rng.randrange(4), rng.randrange(len(X))
    if way == 0:
        X[i] = some_of(rng, X[i], lambda x: number(rng, x))
    elif way == 1:
        X[i] = [str(-Fraction(x)) for x in X[i]]
    elif way == 2:
        X = [[*row, rng.choice(("0", "1"))] for row in X]
    else:
        X = [row[:-1] for row in X]
    return {"X": X}


def older(rng, data):
    """What format 1 says of a free part, its bias and its loss."""
    told = {"bias": rng.choice(BIASES), "skip": rng.choice(SKIPS)}
    if "skip" not in data:
        return {"weights": some_of(rng, data["weights"], lambda x: number(rng, x))}
    key = rng.choice(("bias", "skip", "weights"))
    if key == "weights":
        weights = None if data["weights"] else ["1"] * len(data["X"])
        return {"weights": weights}
    return {key: told[key]}


def another(rng, data):
    """Return a part of the data, changed."""
    ways = [other_price, other_labels, other_inputs]
    ways += [other_unit, other_loss, other_free] * 3 if "unit" in data else [older] * 6
    ways += [other_layers] * 6 if "layers" in data else []
    return rng.choice(ways)(rng, data)


def renamed(rng, mine):
    """Return a certificate with its kind another one, where what is claimed has the same rows."""
    others = sorted({kind for twins in TWINS if mine["kind"] in twins for kind in twins})
    return mine | {"kind": rng.choice(others)} if others else mine


def conventional(mutant):
    """Return a certificate with the conventions of its kind and layers."""
    own = versions.OF_KINDS.get(mutant["kind"], {})
    costs = versions.PATH_COSTS if own and versions.has_path_costs(mutant["data"]) else {}
    return mutant | {"conventions": versions.CONVENTIONS | own | costs}


def other_data(rng, mine):
    """Return a certificate with other data, and the name of the lie."""
    changed = another(rng, mine["data"])
    if rng.random() < 0.15:
        changed |= another(rng, mine["data"])
    mutant = mine | {"data": mine["data"] | changed}
    if rng.random() < 0.1:
        mutant = renamed(rng, mutant)
    mutant = conventional(mutant)
    return f"{mutant['kind']}: {canonical(changed)}", mutant
