"""The table of kinds, and the check of a certificate: a loop over its row.

A kind is a row of claims; a claim has one prover for exact numbers and, where it may be
known in intervals, one for these. Each takes the :class:`Proof` so far, and adds to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .claims import box_dual
from .claims.instance import Instance
from .claims.parallel.leaves import layers_of
from .claims.parallel.proof import Deep
from .claims.vector import outputs, ranks
from .claims.versions import claims_of, data_of, opened
from .kernel.logfield import LogField
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
)
from .lift import Answers, Lift
from .provers import boxes, branches, fits, plain, several, widths
from .provers.proof import Proof

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
OUTPUTS = (*OPTIMUM, "atoms", "rank_bound")
OF_A_BOX = ("patterns", "dual", "intervals", "atoms", "rank_bound")  # of fits
ROWS_2: dict[str, tuple[str, ...]] = {
    "general": GENERAL,
    "normed": ("patterns", "dual", "intervals", "solution", "joined"),
    "enclosed": SHAPE,  # any loss, in intervals
    "vector": (*OUTPUTS, *SHAPE[4:]),
    "continuum": (*OUTPUTS, "continua", "network", "connected"),
    "vector_enclosed": ("patterns", "enclosed", *SHAPE[6:]),
    "continuum_enclosed": ("patterns", "enclosed", "spanned"),
    "vector_pieces": ("patterns", "standing", "enclosed", *SHAPE[6:]),
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
    "general_unlisted": (
        *("patterns", "dual", "intervals", "atoms"),
        *("some_lifted", "dimension", "bounds"),
    ),
    "road": ("patterns", "dual", "road"),
    "parallel": (*OPTIMUM, "atoms", "attained", "pieces", "table", "depth"),
    "parallel_gap": ("patterns", "dual", "gap", "depth"),
    "parallel_path": (*OPTIMUM, "atoms", "branch_path"),
}
DEEP = {"parallel", "parallel_gap", "parallel_path"}  # kinds of three layers
BOXED = {  # kinds whose numbers may be intervals
    *("interval", "free", "staircase", "holes", "enclosed"),
    *("free_unlisted", "unlisted"),
}
SEVERAL = {  # kinds with several outputs
    *("vector", "continuum", "vector_enclosed", "continuum_enclosed"),
    *("vector_general", "continuum_general", "vector_pieces", "continuum_pieces"),
}
ANY_FITS = {  # kinds that say which fits belong to kappa
    *("general", "general_unlisted", "vector_general", "continuum_general"),
}
ANY_PIECES = {"vector_pieces", "continuum_pieces"}  # kinds that say where entries stand
ANY_LOSS = {"gap", "road"}  # kinds that ask of a loss its values alone
PLANTED = ANY_FITS - {"general_unlisted"} | {"lasso"}  # kinds with logarithms
WITNESS = {  # what a claim rests on
    "patterns": "patterns",
    "dual": "dual",
    "vertices": "cover",
    "dimension": "rank",
    "components": "components",
    "uniqueness": "differ",
    "lifted": "cover lifted",
    "some": "idle",
    "some_lifted": "idle lifted",
    "bounds": "longest",
    "pieces": "pieces",
    "table": "table",
    "depth": "depth",
    "rank_bound": "outputs",
    "connected": "rank",
    "enclosed": "dual system",
}
BOXES = "faces free centre radius inverse"


MOST_BITS = 8192  # of logarithms


Prover = Callable[[Proof], None]
EXACT: dict[str, Prover] = {  # in the order in which they are proved
    "patterns": plain.prove_patterns,
    "atoms": plain.prove_atoms,
    "dual": plain.prove_dual,
    "optimum": plain.prove_optimum,
    "intervals": fits.prove_intervals,
    "solution": fits.prove_solution,
    "joined": fits.prove_joined,
    "vertices": plain.prove_vertices,
    "lifted": fits.prove_lifted,
    "some": plain.prove_some,
    "some_lifted": fits.prove_some_lifted,
    "dimension": plain.prove_dimension,
    "widths": widths.prove_widths,
    "components": widths.prove_components,
    "threshold": widths.prove_threshold,
    "theorems": widths.prove_theorems,
    "holes": widths.prove_holes,
    "bounds": widths.prove_bounds,
    "uniqueness": plain.prove_uniqueness,
    "path": plain.prove_path,
    "separation": plain.prove_separation,
    "descent": plain.prove_descent,
    "road": plain.prove_road,
    "gap": plain.prove_gap,
}
IN_BOXES: dict[str, Prover] = EXACT | {
    "atoms": boxes.prove_atoms,
    "dual": boxes.prove_dual,
    "optimum": boxes.prove_optimum,
    "vertices": boxes.prove_vertices,
    "some": boxes.prove_some,
    "dimension": boxes.prove_dimension,
    "uniqueness": boxes.prove_uniqueness,
}
IN_BRANCHES: dict[str, Prover] = EXACT | {
    "atoms": branches.prove_atoms,
    "dual": branches.prove_dual,
    "attained": lambda P: P.deep.prove_attained(P.target),
    "pieces": lambda P: P.deep.prove_pieces(P.target),
    "table": lambda P: P.deep.prove_table(P.target),
    "depth": lambda P: P.deep.prove_depth(P.target),
    "gap": branches.prove_gap,
    "branch_path": lambda P: P.deep.prove_path(P.target),
}
OF_OUTPUTS: dict[str, Prover] = {
    "patterns": plain.prove_patterns,
    "atoms": several.prove_atoms,
    "standing": several.prove_standing,
    "enclosed": several.prove_enclosed,
    "spanned": several.prove_spanned,
    "continua": several.prove_continua,
    "dual": several.prove_dual,
    "optimum": several.prove_optimum,
    "intervals": fits.prove_intervals,
    "fitted": several.prove_fitted,
    "rank_bound": several.prove_rank_bound,
    "network": several.prove_network,
    "connected": several.prove_connected,
    "lifted": fits.prove_lifted,
    **{name: EXACT[name] for name in SHAPE[4:]},
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
    provers = IN_BRANCHES if P.deep else IN_BOXES if P.bits else EXACT
    provers = OF_OUTPUTS if of_outputs else provers
    order = list(provers)
    waiting = sorted(P.claims, key=order.index)  # an accident if nothing proves a claim
    for done, name in enumerate(waiting):
        if limits.told is not None:
            limits.told(name, done, len(waiting))
        P.D.clock.tick()
        provers[name](P)
    P.hints.close()
    counted = {"components", "uniqueness", "bounds"} & set(P.claims)
    modulo = tuple(P.D.unfixed) if counted else ()
    return Accepted(P.kind, modulo, tuple(ranks.told(P.claims)) if of_outputs else ())


def proof_of(value: Json, clock: Clock, hints: Any = None) -> Proof:
    """Return the proof of a certificate before anything is proved."""
    instance = type(value) is dict and "X" in value and "format" not in value
    if instance:
        why = "is an instance, no certificate: `certify -o CERT.json` writes one of it"
        raise Unreadable("file", why)
    read, version = opened(value)
    rows, kind = (ROWS_2 if version == 2 else ROWS_1), read["kind"]
    require(type(kind) is str and kind in rows, "kind", "is unknown")
    free = kind.startswith("free")
    claims = claims_of(read["claims"], rows[kind], version, free=free)
    spoken, boxed = read["field"], type(read["field"]) is dict and "bits" in read["field"]
    keys = " ".join(WITNESS[name] for name in rows[kind] if name in WITNESS)
    bits = 0
    if boxed or kind in {"interval", "enclosed"}:
        fine = kind in BOXED and (version == 2 or kind != "staircase")
        require(fine, "field", "this kind has exact numbers")
        record(spoken, "bits", "field")
        bits, spoken = box_dual.bits_of(spoken), "Q"
        few = kind != "enclosed" or bits <= MOST_BITS
        require(few, "field", "too many bits for logarithms")
        keys = keys.replace("rank ", "" if version == 1 else "hints ")
        keys += f" {BOXES}" + " pins" * (version == 2 or free)
    witness = record(read["witness"], keys, "witness")
    data = data_of(read["data"], version, free=free)
    layers = None
    if kind in DEEP:
        layers, data = layers_of(data)
    made = outputs.Outputs if kind in SEVERAL else Instance
    planted = kind in PLANTED and type(spoken) is dict and "primes" in spoken
    D = made(data, (LogField if planted else Field)(spoken, clock))
    told_as = kind if kind in {"lasso", "normed"} else ""
    told_as = "general" if kind in ANY_FITS else told_as
    fine = D.told_as == told_as
    if kind == "enclosed":
        fine = D.lifted and D.unit.kind in {"relu", "slopes"}
    elif kind in ANY_LOSS:
        fine = fine or D.unit.plain
    elif kind in ANY_PIECES:
        fine = D.lifted or D.exactly
    require(fine, "data.loss", "is no loss of this kind")
    if version == 1 and not free:
        witness = witness | {name: [witness[name]] for name in ("patterns", "dual")}
    if hints is None:
        own = version == 2 and bits
        hints = Answers(witness["hints"]) if own else Lift(clock)
    P = Proof(kind, D, claims, witness, version, hints, bits)
    if kind in DEEP:
        P.deep = Deep(D, layers, claims, witness)
    return P


def check(certificate: Json, limits: Limits | None = None) -> None:
    """Return nothing if a certificate, its JSON value or its text is accepted, or raise."""
    accepted(certificate, limits)
