"""The provers of exact numbers: of the squared loss, of any loss, of cells, of networks."""

from collections import deque
from typing import Any

from ..claims import blocks, dual, functions, networks, polytope
from ..claims import objectives as roads
from ..claims.cells import tight
from ..claims.cells.tight import rays_of
from ..claims.cones import feasible, signs
from ..claims.lifted import Lifted
from ..claims.objectives import finite
from ..claims.problem.graphs import is_point
from ..kernel.numbers import bits, zero
from ..kernel.reading import Json, array, record, require
from ..lift_networks import networks_of
from ..rows import without_patterns
from .proof import Proof, pieces, stated_modulo

OF_BLOCKS = blocks.atoms_of_blocks, blocks.feasible_blocks
OF_PATTERNS = blocks.atoms_of_patterns, blocks.feasible_patterns
LISTED: dict[str, Any] = {  # neurons that are listed, not found in topes
    "gates": OF_BLOCKS,
    "blocks": OF_BLOCKS,
    "threshold": OF_PATTERNS,
    "threshold_open": OF_PATTERNS,
}
WITHOUT: dict[str, Any] = {  # kinds that prove kappa feasible without patterns
    "cones": feasible.feasible,
    "signs": signs.feasible,
}


def prove_atoms(P: Proof) -> None:
    """Prove kappa tight at each listed atom."""
    atoms_of, _ = LISTED.get(P.D.unit.kind, (dual.atoms_of, None))
    P.atoms = atoms_of(P.D, P.kappa, P.claims["atoms"])


def prove_dual(P: Proof) -> None:
    """Prove kappa feasible, and that atoms, where claimed, are all there are."""
    D, atoms = P.D, P.atoms
    way = without_patterns(P.kind)
    if way:
        WITHOUT[way](D, P.kappa, atoms, P.witness["dual"])
        return
    dual.orthogonal(D, P.kappa)
    if D.unit.polyhedral:
        prove_normed(P)
        return
    if D.unit.kind in LISTED:
        LISTED[D.unit.kind][1](D, P.kappa, atoms, P.claims["patterns"], P.witness)
        return
    charts = ((charted.chart, charted) for charted in P.charts)
    for _, charted, here in dual.by_charts(D, atoms, charts):
        dual.bounded(D, P.kappa, charted, here)


def prove_normed(P: Proof) -> None:
    """Prove kappa feasible under polyhedral blocks."""
    if P.D.unit.blocks:
        deque(blocks.bounds(P.D, P.kappa, P.claims["patterns"], P.witness), 0)
    for charted in P.charts:
        deque(blocks.bounded(P.D, P.kappa, charted), 0)  # each bound is proved


def prove_optimum(P: Proof) -> None:
    """Prove fit and value; in format 2 the piece of the loss that each sample lies on."""
    pieces(P)
    P.fit = dual.optimum(P.D, P.kappa, P.claims["optimum"])


def prove_vertices(P: Proof) -> None:
    """Prove the list of vertices."""
    D, listed = P.D, P.claims["vertices"]
    fit = D.modulo(P.fit)
    P.supports = polytope.vertices_of(D, P.atoms, fit, listed)
    read = record(P.witness["cover"], "farkas tree", "witness.cover")
    polytope.extreme(D, P.atoms, P.supports, fit, read)


def prove_some(P: Proof) -> None:
    """Prove some points of P, and that they use every atom that any point uses."""
    fit = P.D.modulo(P.fit)
    P.supports = polytope.vertices_of(P.D, P.atoms, fit, P.claims["some"])
    polytope.idle(P.D, P.atoms, fit, P.supports, P.witness["idle"])


def prove_uniqueness(P: Proof) -> None:
    """Prove what is one and what is many."""
    stated_modulo(P)
    witness = P.witness["differ"]
    if P.version == 1:
        witness = networks_of(P, witness)
    functions.uniqueness(P.target, P.atoms, P.supports, P.claims, witness)


def prove_path(P: Proof) -> None:
    """Prove a path."""
    networks.path(P.target, P.claims["path"], free=P.free)


def prove_separation(P: Proof) -> None:
    """Prove a separation."""
    claim = P.claims["separation"]
    vertices = (P.supports, P.labels)
    networks.separation(P.target, P.atoms, vertices, claim, free=P.free)


def prove_descent(P: Proof) -> None:
    """Prove a descent."""
    finite(P.D)
    roads.descent(P.target, P.claims["descent"], free=P.free)


def prove_road(P: Proof) -> None:
    """Prove a road between any two networks."""
    finite(P.D)
    roads.road(roads.OfOneOutput(P.D, free=P.free), P.kappa, P.claims["road"])


def prove_gap(P: Proof) -> None:
    """Prove a gap."""
    finite(P.D)
    roads.gap(roads.OfOneOutput(P.D, free=P.free), P.kappa, P.claims["gap"])


def prove_intervals(P: Proof) -> None:
    """Prove which fits belong to kappa, and the dual value."""
    where, claim = "claims.intervals", P.claims["intervals"]
    listed = P.D.entered(claim["fits"], where)
    P.box = P.D.box(P.kappa, listed)
    for read, known in zip(listed, P.box, strict=True):
        for stated, end in zip(array(read, where, 2), known, strict=True):
            none = end is None or stated is None
            fine = end is stated if none else zero(P.D.field.number(stated, where) - end)
            require(fine, where, "an end is not that of the loss")
    value = P.D.field.number(claim["objective"], where)
    value = value - P.D.dual_value(P.kappa, P.box)
    require(zero(value), where, "the objective is not the dual value")


def prove_solution(P: Proof) -> None:
    """Prove a network, or a solution, optimal."""
    require(all(map(is_point, P.box)), "claims.solution", "more than one fit is optimal")
    fit = [low for low, _ in P.box]
    blocks.solution(P.D, P.kappa, fit, P.claims["solution"])


def prove_joined(P: Proof) -> None:
    """Compare the width from which on all is connected with what follows."""
    P.expected["joined"] = blocks.joined(P.D)
    P.follows("joined")


def prove_lifted(P: Proof) -> None:
    """Prove that the extreme points of the lifted optimal set are listed, and its dimension."""
    claim = P.claims["lifted"]
    G, found = lifted(P, claim)
    read = record(P.witness["cover"], "farkas tree", "witness.cover")
    polytope.extreme(P.D, G, found, G.right, read)
    spanned(P, G, found, claim)
    N = len(P.atoms)
    for read in claim["list"]:
        at = [a for a in read["support"] if a < N]  # increasing: the slacks come last
        weights = P.D.field.vector(read["weights"], len(read["support"]), "claims.lifted")
        P.points.append((bits(at), weights[: len(at)]))
    P.supports = [support for support, _ in P.points]


def prove_some_lifted(P: Proof) -> None:
    """Prove the same of some points of the lifted optimal set, and its dimension."""
    claim = P.claims["some_lifted"]
    G, found = lifted(P, claim)
    polytope.idle(P.D, G, G.right, found, P.witness["idle"])
    spanned(P, G, found, claim)
    P.supports = [support & (1 << len(P.atoms)) - 1 for support in found]


def lifted(P: Proof, claim: Json) -> tuple[Lifted, list[int]]:
    """Return the columns of the lifted optimal set, and the supports of its listed points."""
    G = Lifted(P.D, P.atoms, P.box)
    return G, polytope.vertices_of(P.D, G, G.right, claim)


def spanned(P: Proof, G: Lifted, found: list[int], claim: Json) -> None:
    """Require the dimension of the lifted optimal set."""
    dim = polytope.dimension(P.D, G, found, P.witness["lifted"])[2]
    right = claim["dim"] == dim and type(claim["dim"]) is int
    require(right, "witness.lifted", "is not the dimension")


def prove_rays(P: Proof) -> None:
    """Prove kappa tight at each listed ray."""
    P.atoms = rays_of(P.D, P.kappa, P.claims["rays"])


def prove_tight(P: Proof) -> None:
    """Prove kappa feasible, and the rays of each cone where it is tight."""
    D = P.D
    dual.orthogonal(D, P.kappa)
    P.cones = tight.Cells(D, P.atoms, P.witness["cells"])
    if D.unit.blocks:
        tight.feasible(P.cones, P.kappa, P.claims["patterns"], P.witness)
    for charted in P.charts:
        tight.bounded(P.cones, P.kappa, charted)
