"""The two formats: what is claimed in format 1, said in the words of format 2.

Only words change here: the instance has its loss, unit and free part, patterns have one
count a chart. What format 1 cannot say is left out, and is not claimed.
"""

import hashlib

from ..kernel.reading import Json, array, canonical, record, require, word

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
    loss = (
        {"kind": "interpolation"}
        if exactly
        else {"kind": "squared", "weights": read["weights"]}
    )
    return {
        "X": read["X"],
        "y": read["y"],
        "beta_squared": read["beta_squared"],
        "loss": loss,
        "unit": {"kind": "relu", "bias": bias},
        "free": skip,
    }
