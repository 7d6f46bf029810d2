"""The kinds: their numbers, neurons and losses, what proves them; the loop over the row of one.

A kind is a row of claims; a claim has one prover for exact numbers and, where it may be
known in intervals, one for these. Each takes the :class:`Proof` so far, and adds to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .claims.instance import Instance
from .claims.parallel.leaves import layers_of
from .claims.problem.planted import LogField
from .claims.vector import outputs, pairs
from .kernel.numbers import Field
from .kernel.reading import (
    Clock,
    Json,
    Limits,
    Unreadable,
    parse,
    record,
    require,
    text_of,
    whole,
)
from .lift import Answers, Lift
from .provers import boxes, branches, exact, proof, several
from .provers.proof import Proof
from .rows import (
    ROWS_1,
    ROWS_2,
    WITNESS,
    claims_of,
    data_of,
    opened,
    row_of,
    without_patterns,
)

THRESHOLDS = ("threshold", "threshold_open")
# kinds of three layers, those with several outputs, those of any loss in intervals
DEEP = {kind for kind in ROWS_2 if kind.startswith("parallel")}
SEVERAL = {kind for kind in ROWS_2 if kind.startswith(("vector", "continuum"))}
ENCLOSED = {kind for kind in ROWS_2 if kind.startswith("enclosed")}
ALWAYS_BOXED = {"interval"} | {kind for kind in ROWS_2 if "enclosed" in kind} - SEVERAL
BOXED = ALWAYS_BOXED | {  # kinds whose numbers may be intervals
    *("free", "staircase", "holes", "free_unlisted", "unlisted"),
    *("cones", "cones_holes", "cones_unlisted"),
}
TIED = {  # of listed atoms or rays, in intervals: the neurons
    "listed_enclosed": {"gates", "slopes", *THRESHOLDS},
    "lasso_enclosed": {"blocks"},
    "cells_enclosed": {"normed"},
    "lasso_cells_enclosed": {"blocks"},
}
# kinds that say which fits belong to kappa
ANY_FITS = {kind for kind in ROWS_2 if "general" in kind}
# kinds that say where entries stand
ANY_PIECES = {"vector_pieces", "continuum_pieces", "vector_tied"} | {
    kind for kind in ROWS_2 if kind.startswith("vector_paired")
}
# kinds that ask of a loss its values alone; those with logarithms
ANY_LOSS = {f"{way}{name}" for way in ("", "vector_", "cones_") for name in ("gap", "road")}
PLANTED = {
    *("general", "general_cones", "general_signs"),
    *("vector_general", "continuum_general"),
    *("lasso", "cells", "lasso_cells"),
}
BOXES = "faces free centre radius inverse"
MOST_BITS, MOST_LN = 1 << 16, 1 << 13  # of intervals, of logarithms


Prover = Callable[[Proof], None]


def read_off(name: str) -> Prover:
    """Return what compares a claim with what those before it gave."""
    return lambda P: P.follows(name)


PLAIN: dict[str, Prover] = {  # in the order in which they are proved
    "patterns": proof.prove_patterns,
    "rays": exact.prove_rays,
    "atoms": exact.prove_atoms,
    "standing": several.prove_standing,
    "enclosed": several.prove_enclosed,
    "paired": several.prove_paired,
    "spanned": read_off("spanned"),
    "continua": several.prove_continua,
    "dual": exact.prove_dual,
    "optimum": exact.prove_optimum,
    "intervals": exact.prove_intervals,
    "fitted": several.prove_fitted,
    "solution": exact.prove_solution,
    "joined": exact.prove_joined,
    "cells": proof.prove_cells,
    "vertices": exact.prove_vertices,
    "lifted": exact.prove_lifted,
    "some": exact.prove_some,
    "some_lifted": exact.prove_some_lifted,
    "dimension": proof.prove_dimension,
    "rank_bound": several.prove_rank_bound,
    "network": several.prove_network,
    "connected": several.prove_connected,
    "slots": proof.prove_slots,
    "parts": proof.prove_parts,
    "widths": proof.prove_widths,
    **{name: read_off(name) for name in ("components", "threshold", "theorems")},
    "holes": proof.prove_holes,
    "bounds": proof.prove_bounds,
    "walk": proof.prove_walk,
    "apart": proof.prove_apart,
    "uniqueness": exact.prove_uniqueness,
    "path": exact.prove_path,
    "separation": exact.prove_separation,
    "descent": exact.prove_descent,
    "road": exact.prove_road,
    "gap": exact.prove_gap,
    "attained": branches.prove_attained,
    "pieces": branches.prove_pieces,
    "table": branches.prove_table,
    "depth": branches.prove_depth,
    "branch_path": branches.prove_path,
    "most": branches.prove_most,
}
IN_BOXES = PLAIN | {
    "atoms": boxes.prove_atoms,
    "dual": boxes.prove_dual,
    "optimum": boxes.prove_optimum,
    "vertices": boxes.prove_vertices,
    "some": boxes.prove_some,
    "dimension": boxes.prove_dimension,
    "uniqueness": boxes.prove_uniqueness,
}
OF_CELLS = PLAIN | {"dual": exact.prove_tight}
OF_TIED = IN_BOXES | {
    "atoms": boxes.prove_tied_atoms,
    "dual": boxes.prove_tied_dual,
    "vertices": boxes.prove_tied_vertices,
    "dimension": proof.prove_dimension,
}
OF_FANS = OF_TIED | {"rays": boxes.prove_rays, "dual": boxes.prove_fan}
IN_BRANCHES = PLAIN | {
    "atoms": branches.prove_atoms,
    "dual": branches.prove_dual,
    "gap": branches.prove_gap,
    "road": branches.prove_road,
}
IN_BOXED_BRANCHES = IN_BOXES | {
    "dual": branches.prove_boxes,
    "depth": branches.prove_level,
    "branch_path": branches.prove_shared,
}
OF_OUTPUTS = PLAIN | {
    "atoms": several.prove_atoms,
    "dual": several.prove_dual,
    "optimum": several.prove_optimum,
    "road": several.prove_road,
    "gap": several.prove_gap,
}
OF_TIED_OUTPUTS = OF_OUTPUTS | {
    "vertices": several.prove_vertices,
    "dimension": proof.prove_dimension,
}
OF_PAIRS = OF_OUTPUTS | {
    "vertices": several.prove_paired_vertices,
    "dimension": several.prove_paired_dimension,
}


@dataclass(frozen=True)
class Accepted:
    """A certificate that was accepted: its kind, and what its counts are taken modulo.

    ``proved`` are lines that say it, for several outputs.
    """

    kind: str
    modulo: tuple[str, ...]
    proved: tuple[str, ...] = ()


def accepted(
    certificate: Json, limits: Limits | None = None, hints: Any = None
) -> Accepted:
    """Return what was accepted (a Certificate, its JSON value or its text), or raise."""
    limits = limits or Limits()
    text = text_of(certificate)
    clock = Clock(limits, len(text))
    P = proof_of(parse(text, limits, clock), clock, hints)
    of_outputs = isinstance(P.D, outputs.Outputs)
    provers = provers_of(P)
    order = list(provers)
    waiting = sorted(P.claims, key=order.index)  # an accident if nothing proves a claim
    for done, name in enumerate(waiting):
        if limits.told is not None:
            limits.told(name, done, len(waiting))
        P.D.clock.tick()
        provers[name](P)
    P.hints.close()
    counted = {"components", "uniqueness", "bounds", "slots", "parts"} & set(P.claims)
    modulo = tuple(P.modulo) if counted else ()
    told = several.told(P.claims, even=P.D.even) if of_outputs else []
    return Accepted(P.kind, modulo, tuple(told))


def provers_of(P: Proof) -> dict[str, Prover]:
    """Return what proves the claims, in order."""
    if isinstance(P.D, outputs.Outputs):
        own = {"vector_tied": OF_TIED_OUTPUTS, "vector_paired_listed": OF_PAIRS}
        return own.get(P.kind, OF_OUTPUTS)
    if P.kind in TIED:
        return OF_FANS if "cells" in P.kind else OF_TIED
    if P.kind in {"cells", "lasso_cells"}:
        return OF_CELLS
    if P.deep and P.bits:
        return IN_BOXED_BRANCHES
    return IN_BRANCHES if P.deep else IN_BOXES if P.bits else PLAIN


def proof_of(value: Json, clock: Clock, hints: Any = None) -> Proof:
    """Return the proof of a certificate before anything is proved."""
    if type(value) is not dict or "format" not in value:
        instance = type(value) is dict and "X" in value
        what = "an instance, no certificate" if instance else "no certificate"
        raise Unreadable("file", f"is {what}: `certify -o CERT.json` writes one")
    read, version = opened(value)
    rows, kind = (ROWS_2 if version == 2 else ROWS_1), read["kind"]
    require(type(kind) is str and kind in rows, "kind", "is unknown")
    free = kind.startswith("free")
    row = row_of(rows[kind], kind, read["claims"], version)
    claims = claims_of(read["claims"], row, version, free=free)
    spoken, boxed = read["field"], type(read["field"]) is dict and "bits" in read["field"]
    keys = " ".join(WITNESS[name] for name in rows[kind] if name in WITNESS)
    bits = 0
    if boxed or kind in ALWAYS_BOXED:
        bits, spoken = bits_of(kind, spoken, version), "Q"
        keys = keys_of(kind, keys, version)
    given = read["witness"] if type(read["witness"]) is dict else {}
    if "holes" in rows[kind] and given.get("torsion"):
        keys += " torsion"  # forms, where units do not exclude it
    # zeros first; features that are sums, or samples that are alike: with the list of vertices
    listed = kind in ENCLOSED and "vertices" in rows[kind]
    either = "shares" if "shares" in given else "ratios"
    more = ["zeros", either][: 2 if listed else kind in {*ENCLOSED, *TIED}]
    keys = " ".join([keys, *(name for name in more if name in given)])
    witness = record(read["witness"], keys, "witness")
    data = data_of(read["data"], version, free=free)
    layers = None
    if kind in DEEP:
        layers, data = layers_of(data)
    made = outputs.Outputs if kind in SEVERAL else Instance
    planted = kind in PLANTED and type(spoken) is dict and "primes" in spoken
    D: Instance = made(data, (LogField if planted else Field)(spoken, clock))
    narrow = D
    if kind.startswith("vector_paired") and isinstance(narrow, outputs.Outputs):
        D = pairs.widened(narrow, data)
    require(fits_kind(D, kind), "data.loss", "is no loss of this kind")
    if version == 1 and not free:
        witness = witness | {name: [witness[name]] for name in ("patterns", "dual")}
    if hints is None:
        own = version == 2 and bits
        hints = Answers(witness["hints"]) if own else Lift(clock)
    P = Proof(kind, D, claims, witness, version, hints, bits)
    if kind in DEEP:
        branches.deepened(P, layers)
    P.narrow = None if narrow is D else narrow
    return P


def bits_of(kind: str, spoken: Json, version: int) -> int:
    """Return the bits of the intervals of a certificate."""
    fine = kind in BOXED and (version == 2 or kind != "staircase")
    require(fine, "field", "this kind has exact numbers")
    record(spoken, "bits", "field")
    bits = whole(spoken["bits"], "field", 32, MOST_BITS)
    few = kind not in {*ENCLOSED, *TIED} or bits <= MOST_LN
    require(few, "field", "too many bits for logarithms")
    return bits


def keys_of(kind: str, keys: str, version: int) -> str:
    """Return the keys of a witness in intervals."""
    if kind in TIED:
        return f"{keys} {BOXES} hints shares pins"
    if kind in DEEP:
        return f"{keys} {BOXES} hints pins"
    keys = keys.replace("rank ", "" if version == 1 else "hints ")
    return f"{keys} {BOXES}" + " pins" * (version == 2 or kind.startswith("free"))


def fits_kind(D: Instance, kind: str) -> bool:
    """Return whether neurons and loss are those that a kind speaks of."""
    way = without_patterns(kind)
    if way and not (D.unit.plain or (way == "cones" and D.unit.kind == "slopes")):
        return False
    if kind in ENCLOSED:
        return D.lifted and D.unit.kind in {"relu", "slopes"}
    if kind in TIED:
        straight = D.unit.kind != "slopes" or D.unit.is_linear
        known = straight and D.unit.kind in TIED[kind]
        return known and D.unit.polyhedral == ("cells" in kind)
    if kind in {"cells", "lasso_cells"}:
        return D.told_as == "normed" and bool(D.unit.blocks) == (kind == "lasso_cells")
    if kind in ANY_PIECES:
        return D.lifted or D.exactly or kind.startswith(("vector_tied", "vector_paired"))
    told_as = kind if kind in {"lasso", "normed"} else ""
    told_as = "general" if kind in ANY_FITS else told_as
    known = D.unit.plain or (kind in {"road", "gap"} and D.unit.kind == "slopes")
    return D.told_as == told_as or (kind in ANY_LOSS and known)


def check(certificate: Json, limits: Limits | None = None) -> None:
    """Return nothing if a certificate, its JSON value or its text is accepted, or raise."""
    accepted(certificate, limits)
