"""The provers for any loss: intervals of fits, the lifted optimal set, solutions of cells."""

from ..claims import polytope
from ..claims.lifted import Lifted
from ..claims.losses import is_point
from ..claims.units import blocks
from ..kernel.numbers import bits, zero
from ..kernel.reading import array, record, require
from .proof import Proof


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
    D, claim, where = P.D, P.claims["lifted"], "witness.lifted"
    G = Lifted(D, P.atoms, P.box)
    found = polytope.vertices_of(D, G, G.right, claim)
    read = record(P.witness["cover"], "farkas tree", "witness.cover")
    polytope.extreme(D, G, found, G.right, read)
    dim = polytope.dimension(D, G, found, P.witness["lifted"])[2]
    require(
        claim["dim"] == dim and type(claim["dim"]) is int, where, "is not the dimension"
    )
    N, points = len(P.atoms), []
    for read in claim["list"]:
        at = [a for a in read["support"] if a < N]  # increasing: the slacks come last
        weights = D.field.vector(read["weights"], len(read["support"]), where)
        points.append((bits(at), weights[: len(at)]))
    P.points = points
    P.supports = [support for support, _ in points]


def prove_some_lifted(P: Proof) -> None:
    """Prove the same of the lifted optimal set, and its dimension."""
    D, claim = P.D, P.claims["some_lifted"]
    G = Lifted(D, P.atoms, P.box)
    found = polytope.vertices_of(D, G, G.right, claim)
    polytope.idle(D, G, G.right, found, P.witness["idle"])
    dim = polytope.dimension(D, G, found, P.witness["lifted"])[2]
    right = claim["dim"] == dim and type(claim["dim"]) is int
    require(right, "witness.lifted", "is not the dimension")
    P.supports = [support & (1 << len(P.atoms)) - 1 for support in found]
