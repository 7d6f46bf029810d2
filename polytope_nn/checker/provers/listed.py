"""The provers of gates, blocks and patterns in intervals."""

from functools import partial

from ..claims import polytope
from ..claims.boxes import dual as box_dual
from ..claims.identities import Exact
from ..claims.listed import dual, fans
from ..claims.listed.idle import settled
from ..claims.listed.polytope import vertices, weights_of
from ..claims.listed.system import Tied, tied_of
from ..claims.pieces.system import pieces_of
from ..kernel.numbers import Vector, members
from .proof import Proof, measured


def prove_atoms(P: Proof) -> None:
    """Prove the solution of the system of a basis, and with it all that is listed."""
    told = pieces_of(P.D, P.claims["optimum"]["pieces"])
    of = partial(Tied, pieces=told, bits=P.bits, hints=P.hints)
    S = tied_of(P.D, P.claims["atoms"], P.witness, of)
    P.atoms, P.loose = S, bool(S.prices)
    P.x = box_dual.located(S, P.witness)
    S.holds(P.kappa)


def prove_dual(P: Proof) -> None:
    """Prove kappa feasible, strictly but at the atoms."""
    E = Exact(P.atoms, P.kappa)
    dual.feasible(P.atoms, E, P.claims["patterns"], P.witness)


def prove_rays(P: Proof) -> None:
    """Prove the same of rays."""
    P.claims["atoms"] = P.claims["rays"]
    prove_atoms(P)


def prove_fan(P: Proof) -> None:
    """Prove kappa feasible under polyhedral norms, strictly but at the rays."""
    P.cones = fans.Fan(P.atoms, P.kappa, P.witness["cells"])
    if P.D.unit.blocks:
        E = Exact(P.atoms, P.kappa)
        fans.feasible(P.cones, E, P.claims["patterns"], P.witness)
    for charted in P.charts:
        fans.bounded(P.cones, charted)


def weights(P: Proof) -> Vector:
    """Return the weights of the basis."""
    return P.x[P.D.n : P.D.n + len(P.atoms.faces)]


def prove_vertices(P: Proof) -> None:
    """Prove the list of vertices."""
    S = P.atoms
    e = settled(S, weights(P), P.kappa)
    P.supports = vertices(S, e, P.claims["vertices"], P.witness["cover"])
    P.points = [(s, weights_of(S, e, members(s))) for s in P.supports]


def prove_dimension(P: Proof) -> None:
    """Prove ranks and dimension."""
    found = polytope.dimension(P.D, P.atoms, P.supports, P.witness["rank"])
    measured(P, *found)
