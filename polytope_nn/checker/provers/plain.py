"""The provers of exact numbers: kappa, its atoms, vertices, networks and paths."""

from typing import Any

from ..claims import dual, functions, paths, polytope
from ..claims import objectives as roads
from ..claims.cones import feasible, signs
from ..claims.objectives import finite
from ..claims.topes import patterns
from ..claims.units import blocks, norms, thresholds
from ..kernel.reading import record, require
from ..lift_networks import networks_of
from .proof import Proof, measured, pieces, stated_modulo

LISTED: dict[str, Any] = {  # neurons that are listed, not found in topes
    "gates": blocks,
    "blocks": blocks,
    "threshold": thresholds,
    "threshold_open": thresholds,
}
WITHOUT: dict[str, Any] = {  # kinds that prove kappa feasible without patterns
    "cones": feasible.feasible,
    "signs": signs.feasible,
}


def prove_patterns(P: Proof) -> None:
    """Open the charts; their topes are proved one by one as the dual bounds them.

    What is listed instead is proved with the dual.
    """
    if P.D.unit.kind in LISTED:
        return
    P.charts = patterns(P.D, P.claims["patterns"], P.witness["patterns"], P.witness["dual"])


def prove_atoms(P: Proof) -> None:
    """Prove kappa tight at each listed atom."""
    of = LISTED.get(P.D.unit.kind, dual)
    P.atoms = of.atoms_of(P.D, P.kappa, P.claims["atoms"])


def prove_dual(P: Proof) -> None:
    """Prove kappa feasible, and that atoms, where claimed, are all there are."""
    D, atoms, reached = P.D, P.atoms, 0
    way = P.kind.partition("_")[0]
    if way in WITHOUT:
        WITHOUT[way](D, P.kappa, atoms, P.witness["dual"])
        return
    dual.orthogonal(D, P.kappa)
    if D.unit.polyhedral:
        prove_normed(P)
        return
    if D.unit.kind in LISTED:
        LISTED[D.unit.kind].feasible(D, P.kappa, atoms, P.claims["patterns"], P.witness)
        return
    for charted in P.charts:
        here = None if atoms is None else dual.passing(D, charted.chart, atoms)
        for i in here or {}:
            reached |= 1 << i
        dual.bounded(D, P.kappa, charted, None if here is None else here.values())
    everywhere = atoms is None or reached == (1 << len(atoms)) - 1
    require(everywhere, "claims.atoms", "the kink of an atom passes through no sample")


def prove_normed(P: Proof) -> None:
    """Prove kappa feasible under polyhedral norms."""
    if P.D.unit.blocks:
        for _ in norms.bounds(P.D, P.kappa, P.claims["patterns"], P.witness):
            P.D.clock.tick()  # each is proved
    for charted in P.charts:
        norms.bounded(P.D, P.kappa, charted)


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


def prove_dimension(P: Proof) -> None:
    """Prove ranks and dimension."""
    rank, used, dim = polytope.dimension(P.D, P.atoms, P.supports, P.witness["rank"])
    listed = "lifted" if "lifted" in P.claims else "some_lifted"
    measured(P, rank, used, P.claims[listed]["dim"] if P.D.lifted else dim)


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
    paths.path(P.target, P.claims["path"], free=P.free)


def prove_separation(P: Proof) -> None:
    """Prove a separation."""
    claim = P.claims["separation"]
    vertices = (P.supports, P.labels)
    paths.separation(P.target, P.atoms, vertices, claim, free=P.free)


def prove_descent(P: Proof) -> None:
    """Prove a descent."""
    finite(P.D)
    paths.descent(P.target, P.claims["descent"], free=P.free)


def prove_road(P: Proof) -> None:
    """Prove a road between any two networks."""
    finite(P.D)
    roads.road(paths.OfOneOutput(P.D, free=P.free), P.kappa, P.claims["road"])


def prove_gap(P: Proof) -> None:
    """Prove a gap."""
    finite(P.D)
    roads.gap(paths.OfOneOutput(P.D, free=P.free), P.kappa, P.claims["gap"])
