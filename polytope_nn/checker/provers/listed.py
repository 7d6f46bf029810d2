"""The provers of gates, blocks and patterns in intervals."""

from functools import partial

from ..claims import box_dual, polytope
from ..claims.identities import Exact
from ..claims.listed import dual
from ..claims.listed import polytope as tied_polytope
from ..claims.listed.system import Tied, tied_of
from ..claims.pieces.system import pieces_of
from ..kernel.numbers import Vector
from ..kernel.reading import record
from .proof import Proof, measured


def prove_atoms(P: Proof) -> None:
    """Prove the solution of the system of a basis, and with it all that is listed."""
    told = pieces_of(P.D, P.claims["optimum"]["pieces"])
    of = partial(Tied, pieces=told, bits=P.bits, hints=P.hints)
    S = tied_of(P.D, P.claims["atoms"], P.witness, of)
    P.atoms = S
    P.x = box_dual.located(S, P.witness)
    S.holds(P.kappa)


def prove_dual(P: Proof) -> None:
    """Prove kappa feasible, strictly but at the atoms."""
    E = Exact(P.atoms, P.kappa)
    dual.feasible(P.atoms, E, P.claims["patterns"], P.witness)


def weights(P: Proof) -> Vector:
    """Return the weights of the basis."""
    return P.x[P.D.n : P.D.n + len(P.atoms.faces)]


def prove_vertices(P: Proof) -> None:
    """Prove the list of vertices."""
    S, e, cover = P.atoms, weights(P), P.witness["cover"]
    P.supports = tied_polytope.vertices_of(S, e, P.claims["vertices"])
    record(cover, "farkas tree", "witness.cover")
    walls = tied_polytope.walls_of(S, e, cover["farkas"])
    polytope.cover(P.D.clock, len(S), P.supports, walls, cover["tree"])
    polytope.antichain(P.D.clock, P.supports)


def prove_dimension(P: Proof) -> None:
    """Prove ranks and dimension."""
    found = polytope.dimension(P.D, P.atoms, P.supports, P.witness["rank"])
    measured(P, *found)
