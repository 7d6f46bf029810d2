"""What is written in a certificate: a row of claims for each kind, their keys, what they rest on.

What is claimed in format 1 is said in the words of format 2. Only words change here: the instance
has its loss, unit and free part, patterns have one count a chart. What format 1 cannot say is
left out, and is not claimed.
"""

import hashlib

from .kernel.reading import Json, array, canonical, record, require, word

OPTIMUM = ("patterns", "dual", "optimum")
SHAPE = (
    *(*OPTIMUM, "atoms", "vertices", "dimension"),
    *("widths", "components", "threshold", "theorems"),
)
WHOLE = (*SHAPE, "uniqueness")
UNLISTED = (*OPTIMUM, "atoms", "some", "dimension", "bounds")
ROWS_1: dict[str, tuple[str, ...]] = {  # format 1; those of free problems, and the others
    "staircase": SHAPE,
    "interval": SHAPE,
    "separation": (*SHAPE, "separation"),
    "path": (*OPTIMUM, "path"),
    "descent": (*OPTIMUM, "descent"),
    "gap": ("patterns", "dual", "gap"),
    "holes": (*SHAPE, "holes"),
    "free": WHOLE,
    "free_path": (*OPTIMUM, "path"),
    "free_separation": (*WHOLE, "separation"),
    "free_unlisted": UNLISTED,
}
GENERAL = (
    *("patterns", "dual", "intervals", "atoms", "lifted", "dimension"),
    *("widths", "components", "threshold", "theorems"),
)
SOME_LIFTED = (
    *("patterns", "dual", "intervals", "atoms"),
    *("some_lifted", "dimension", "bounds"),
)
CELLS = ("patterns", "dual", "intervals", "rays", "cells", "lifted")
OUTPUTS = (*OPTIMUM, "atoms", "rank_bound")
OF_A_BOX = ("patterns", "dual", "intervals", "atoms", "rank_bound")  # of fits
ROWS_2: dict[str, tuple[str, ...]] = {
    "general": GENERAL,
    "normed": ("patterns", "dual", "intervals", "solution", "joined"),
    "cells": (*CELLS, "slots"),
    "lasso_cells": (*CELLS, "parts"),
    "enclosed": SHAPE,  # any loss, in intervals
    "enclosed_unlisted": UNLISTED,
    "enclosed_cones": SHAPE[1:],
    "enclosed_cones_unlisted": UNLISTED[1:],
    "listed_enclosed": SHAPE,  # of gates and patterns
    "lasso_enclosed": SHAPE[:8],
    "cells_enclosed": (*OPTIMUM, "rays", "cells", "vertices", "slots"),
    "lasso_cells_enclosed": (*OPTIMUM, "rays", "cells", "vertices", "parts"),
    "vector": (*OUTPUTS, *SHAPE[4:]),
    "continuum": (*OUTPUTS, "continua", "network", "connected"),
    "vector_enclosed": ("patterns", "enclosed", *SHAPE[6:]),
    "continuum_enclosed": ("patterns", "enclosed", "spanned"),
    "vector_pieces": ("patterns", "standing", "enclosed", *SHAPE[6:]),
    "vector_tied": (
        *("patterns", "standing", "enclosed"),
        *("vertices", "dimension", *SHAPE[6:]),
    ),
    "vector_paired": ("patterns", "standing", "enclosed", "paired", "spanned"),
    "vector_paired_listed": (
        *("patterns", "standing", "enclosed", "paired"),
        *("vertices", "dimension", *SHAPE[6:]),
    ),
    "continuum_pieces": ("patterns", "standing", "enclosed", "spanned"),
    "vector_general": (*OF_A_BOX, *GENERAL[4:]),
    "continuum_general": (*OF_A_BOX, "continua", "fitted", "network", "connected"),
    "lasso": GENERAL[:8],  # solutions are no networks: widths of P alone
    "staircase": WHOLE,
    "holes": (*WHOLE, "holes"),
    "separation": (*WHOLE, "separation"),
    "path": (*OPTIMUM, "path"),
    "descent": (*OPTIMUM, "descent"),
    "gap": ("patterns", "dual", "gap"),
    "unlisted": UNLISTED,
    "cones": SHAPE[1:],  # dual feasibility without patterns
    "signs": SHAPE[1:],
    "cones_holes": (*SHAPE[1:], "holes"),
    "signs_holes": (*SHAPE[1:], "holes"),
    "cones_unlisted": UNLISTED[1:],
    "signs_unlisted": UNLISTED[1:],
    "cones_gap": ("dual", "gap"),
    "cones_road": ("dual", "road"),
    "general_unlisted": SOME_LIFTED,
    "general_cones": GENERAL[1:],
    "general_signs": GENERAL[1:],
    "general_cones_unlisted": SOME_LIFTED[1:],
    "general_signs_unlisted": SOME_LIFTED[1:],
    "road": ("patterns", "dual", "road"),
    "vector_road": ("patterns", "dual", "atoms", "continua", "road"),
    "vector_gap": ("patterns", "dual", "atoms", "continua", "gap"),
    "parallel": (*OPTIMUM, "atoms", "attained", "pieces", "table", "depth"),
    "parallel_gap": ("patterns", "dual", "gap", "depth"),
    "parallel_road": ("patterns", "dual", "road"),
    "parallel_enclosed": ("patterns", "dual", "optimum", "atoms", "depth"),
    "parallel_path": (*OPTIMUM, "atoms", "branch_path"),
    "parallel_enclosed_path": (*OPTIMUM, "atoms", "branch_path"),
}
ADDED = ("walk", "apart")  # claims that may follow those of a kind with points of P
WITNESS = {  # what a claim rests on
    "patterns": "patterns",
    "dual": "dual",
    "vertices": "cover",
    "dimension": "rank",
    "components": "components",
    "uniqueness": "differ",
    "lifted": "cover lifted",
    "cells": "cells",
    "slots": "rank",
    "parts": "rank",
    "some": "idle",
    "some_lifted": "idle lifted",
    "bounds": "longest",
    "pieces": "pieces",
    "table": "table",
    "depth": "depth",
    "rank_bound": "outputs",
    "connected": "rank",
    "enclosed": "dual system",
    "paired": "pairs",
}


def without_patterns(kind: str) -> str:
    """Return what proves kappa feasible in a kind where no pattern does: cones, signs."""
    return next((way for way in kind.split("_") if way in {"cones", "signs"}), "")


def added(kind: str) -> tuple[str, ...]:
    """Return the claims of which one may follow those of a kind, in format 2.

    Of some points of P it is a walk; that none leads on is known of all of them. Cells, a
    continuum and solutions of a group LASSO have no labels.
    """
    row = set(ROWS_2[kind])
    if kind == "parallel":  # M*(k)
        return ("most",)
    if kind.startswith("lasso") or row & {"spanned", "slots"}:
        return ()
    if row & {"vertices", "lifted", "enclosed"}:
        return ADDED
    return ADDED[:1] if row & {"some", "some_lifted"} else ()


def row_of(row: tuple[str, ...], kind: str, claims: Json, version: int) -> tuple[str, ...]:
    """Return the row of claims, with the one that is added to it, if any."""
    longer = type(claims) is list and len(claims) == len(row) + 1
    last = claims[-1] if longer else None
    stated = last.get("claim") if type(last) is dict else None
    more = added(kind) if version == 2 else ()
    return (*row, *(name for name in more if name == stated))


FORMATS = {"polytope_nn.certificate/1": 1, "polytope_nn.certificate/2": 2}
CONVENTIONS = {
    "loss": "1/2 sum_k weights_k (fit_k - y_k)^2, kappa = weights (y - fit)",
    "order": "atoms by sign, + first, then by covector, + 0 -; vertices by support",
    "pattern": "topes only, + is active, zero rows excluded",
    "regulariser": "beta/2 sum_j (|w_j|^2 + alpha_j^2)",
}
_THREE_LAYERS = {
    "order": "atoms by sign, + first, then by direction; vertices by support",
    "regulariser": "beta/3 sum_j (|W_j|^3 + |w_j|^3 + |alpha_j|^3)",
}
_TWO_IN_THREE = {"regulariser": _THREE_LAYERS["regulariser"]}
PATH_COSTS = {"regulariser": "beta sum_j |alpha_j| (sum_l |W_jl|^2 w_jl^2)^(1/2)"}
OF_KINDS = {  # what is another convention in a kind
    "parallel": _THREE_LAYERS,
    "parallel_gap": _THREE_LAYERS,
    "parallel_road": _THREE_LAYERS,
    "parallel_path": _THREE_LAYERS,
    "parallel_enclosed": _TWO_IN_THREE,
    "parallel_enclosed_path": _TWO_IN_THREE,
}
TOP = "format version kind conventions data field claims witness sha256"
FRAME = ("format", "version", "kind", "conventions", "field")
KEYS = {  # of each claim, in format 2; modulo: what the counts are taken modulo
    "patterns": "counts",
    "dual": "kappa",
    "optimum": "pieces fit objective",
    "atoms": "list",
    "vertices": "list",
    "dimension": "rank used_rank dim",
    "widths": "m_star M_star spectrum",
    "components": "widths modulo",
    "threshold": "threshold bound bound_rank bound_talk",
    "theorems": "verdicts modulo",
    "holes": "bars widths",
    "uniqueness": "verdict attained modulo",
    "path": "width breakpoints",
    "walk": "width labels vertices",
    "apart": "width start end near",
    "separation": "width start end",
    "descent": "width breakpoints objectives",
    "gap": "network primal dual gap",
    "road": "width breakpoints objectives down close up dual gap",
    "intervals": "fits objective",
    "lifted": "list dim",
    "some": "list",
    "some_lifted": "list dim",
    "bounds": "connected_from m_star_at_most M_star_at_least modulo",
    "attained": "branches",
    "pieces": "list",
    "table": "branches inner m_star columns",
    "branch_path": "width inner cost breakpoints",
    "depth": "helps network kappa value",
    "most": "M_star networks ranks",
    "rank_bound": "rho bound",
    "continua": "list",
    "network": "neurons",
    "fitted": "fit",
    "standing": "pieces",
    "solution": "list",
    "rays": "list",
    "cells": "list",
    "slots": "m_star threshold bound widths modulo",
    "parts": "m_star bound widths modulo",
    "joined": "connected_from modulo",
    "connected": "rank connected_from",
    "enclosed": "kappa fit objective atoms continua",
    "spanned": "rank connected_from",
    "paired": "shares",
}
KEYS_1 = KEYS | {
    "optimum": "fit objective",
    "dimension": "rank dim",
    "components": "widths",
    "threshold": "threshold bound bound_talk",
    "theorems": "verdicts",
    "uniqueness": "verdict attained",
    "bounds": "connected_from m_star_at_most M_star_at_least",
}


def opened(read: Json) -> tuple[Json, int]:
    """Return the certificate and its format: conventions known, hashes right."""
    record(read, TOP, "certificate")
    known = type(read["format"]) is str and read["format"] in FORMATS
    require(known, "format", f"is not {' or '.join(FORMATS)}")
    version = FORMATS[read["format"]]
    right = canonical(read["version"]) == str(version)
    require(right, "version", f"is not {version}")
    own = OF_KINDS.get(canonical(read["kind"]).strip('"'), {})
    own = own | (PATH_COSTS if own and has_path_costs(read["data"]) else {})
    right = read["conventions"] == CONVENTIONS | own
    require(right, "conventions", "are not this checker's")
    parts = "data claims witness" + " frame" * (version == 2)
    frame = {name: read[name] for name in FRAME}
    for part, seal in record(read["sha256"], parts, "sha256").items():
        text = canonical(frame if part == "frame" else read[part])
        digest = hashlib.sha256(text.encode()).hexdigest()
        require(seal == digest, f"sha256.{part}", "is not the hash of that part")
    return read, version


def has_path_costs(data: Json) -> bool:
    """Return whether data are of three layers with path costs."""
    layers = data.get("layers") if type(data) is dict else None
    return type(layers) is dict and layers.get("regulariser") == "path"


def claims_of(read: Json, row: tuple[str, ...], version: int, *, free: bool) -> Json:
    """Return the claims by name: exactly these, in this order, with their keys."""
    claims = {}
    for claim, name in zip(array(read, "claims", len(row)), row, strict=True):
        keys = (KEYS if version == 2 else KEYS_1)[name]
        if name == "patterns" and version == 1 and not free:
            keys = "count"
        claims[name] = record(claim, f"claim {keys}", f"claims.{name}")
        require(claim["claim"] == name, f"claims.{name}", "claims are not in their order")
    if "count" in claims.get("patterns", {}):
        claims["patterns"] = {"claim": "patterns", "counts": [claims["patterns"]["count"]]}
    return claims


def data_of(read: Json, version: int, *, free: bool) -> Json:
    """Return the instance in the words of format 2."""
    if version == 2:
        return read
    where = "data"
    record(read, "X y weights beta_squared" + " bias skip" * free, where)
    bias, skip = (read["bias"], read["skip"]) if free else ("none", "none")
    word(bias, "none penalised free", "data.bias")
    exactly = free and read["weights"] is None
    loss = {"kind": "squared", "weights": read["weights"]}
    if exactly:
        loss = {"kind": "interpolation"}
    same = {name: read[name] for name in ("X", "y", "beta_squared")}
    return same | {"loss": loss, "unit": {"kind": "relu", "bias": bias}, "free": skip}
