"""The provers of any loss (fits, lifted sets), of cells, and of all that follows from supports."""

from ..claims import functions, lifted, polytope
from ..claims.cells import slots, tight
from ..claims.cells.tight import rays_of
from ..claims.dual import orthogonal
from ..claims.holes import holes
from ..claims.lifted import Lifted
from ..claims.losses import is_point
from ..claims.staircase import parted, staircase, walk
from ..claims.units import blocks
from ..kernel.numbers import bits, zero
from ..kernel.reading import Json, array, record, require
from ..rows import ENCLOSED, KEYS, KEYS_1
from .proof import Proof

ANY_LOSS_ENCLOSED = ENCLOSED | {
    *("listed_enclosed", "lasso_enclosed", "vector_pieces"),
    "vector_tied",
}


def prove_bounds(P: Proof) -> None:
    """Derive from where on widths are connected, and compare the claim with it.

    Some points show which atoms are in use; in intervals every atom of a face may be.
    """
    D, used = P.D, 0
    for support in P.supports:
        used |= support
    if P.bits:
        used |= bits(a for face in P.atoms.faces for a in face.atoms)
    P.expected["bounds"] = {"modulo": P.modulo}
    longest = max(P.supports, key=int.bit_count)
    pinned = not (P.loose if P.bits else D.lifted)
    if pinned and not P.bits and longest:
        polytope.alone(D, P.atoms, longest, P.witness["longest"])
    else:
        array(P.witness["longest"], "witness.longest", 0)
    if not D.lifted and widthless(P, used, P.claims["bounds"]["connected_from"]):
        P.expected["bounds"] |= dict.fromkeys(KEYS_1["bounds"].split())
    else:
        sizes = [support.bit_count() for support in P.supports]
        found = polytope.bounds(sizes, P.ranks[1], pinned=pinned)
        P.expected["bounds"] |= found
    P.follows("bounds")


def widthless(P: Proof, used: int, stated: Json) -> bool:
    """Return whether widths are not defined, the atoms in use given as bits.

    Neurons in use may move along their bias, or constants are free in the limit only. Where no
    neuron is in use and networks make the fit alone they are; a claim need not state it.
    """
    D = P.D
    if D.limited and (used or P.bits or stated is None or not D.makes(P.fit)):
        return True
    return any(functions.flats(D, P.signed(), used))


def prove_widths(P: Proof) -> None:
    """Derive all that follows from the supports; the claims after this one are read off.

    Where widths are not defined their claims are null.
    """
    D, names, used = P.D, ("widths", "components", "threshold", "theorems"), 0
    boxed = P.kind in ANY_LOSS_ENCLOSED
    for support in P.supports:
        used |= support
    told = P.claims["widths"]["m_star"]
    if not (boxed or D.lifted) and widthless(P, used, told):
        array(P.witness["components"], "witness.components", 0)
        P.expected |= {name: dict.fromkeys(KEYS[name].split()) for name in names}
        P.expected["threshold"]["bound_used"] = None
    else:
        counted(P, shadows=D.lifted and not boxed)
    for name in ("components", "theorems"):
        P.expected[name]["modulo"] = P.modulo
    P.follows("widths")


def counted(P: Proof, *, shadows: bool) -> None:
    """Derive what the claims about widths must be, of vertices or of shadows of lifted ones."""
    D, supports, pinned = P.D, P.supports, not P.loose
    minimal = dict.fromkeys(supports, True)
    if shadows:
        minimal = lifted.alone(D.clock, P.points)
        supports = sorted({support for support, _ in P.points})
        pinned = all(map(is_point, P.box))
    of, witness = (supports, minimal), P.witness["components"]
    S = staircase(D.clock, of, P.ranks, witness, pinned=pinned)
    P.labels = S.labels
    keys = {"m", "components", "isolated", "polytope_components"}
    keys |= {"rigid"} if shadows else set()
    if P.kind in {"lasso", "lasso_enclosed"}:  # solutions are no networks
        keys = {"m", "polytope_components"}
    own, rank = S.bounds["used"], S.bounds["rank"]
    P.expected |= {
        "widths": S.widths,
        "components": {"widths": [{k: x[k] for k in x if k in keys} for x in S.components]},
        "threshold": {
            "threshold": S.threshold,
            "bound": own if P.version == 2 else rank,
            "bound_rank": rank,
            "bound_used": own,
            "bound_talk": S.bounds["talk"],
        },
        "theorems": {"verdicts": S.theorems},
    }


def prove_holes(P: Proof) -> None:
    """Derive the holes from the supports, and compare the claim with them."""
    counted = P.expected["threshold"]
    require(counted["threshold"] is not None, "claims.holes", "widths are not counted")
    least = P.expected["widths"]["m_star"]
    forms = array(P.witness.get("torsion", []), "witness.torsion")
    P.expected["holes"] = holes(P.D.clock, P.supports, least, counted["threshold"], forms)
    P.follows("holes")


def prove_walk(P: Proof) -> None:
    """Prove that networks are joined, from labels to labels."""
    require(not P.D.unmade, "data", "constants are free in the limit only: no path")
    walk(P.D.clock, P.supports, P.claims["walk"])


def prove_apart(P: Proof) -> None:
    """Prove that networks are not joined, of two labels."""
    counted = P.expected["threshold"]["threshold"] is not None
    require(counted, "claims.apart", "widths are not counted")
    parted(P.D.clock, P.supports, P.claims["apart"])


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


def prove_rays(P: Proof) -> None:
    """Prove kappa tight at each listed ray."""
    P.atoms = rays_of(P.D, P.kappa, P.claims["rays"])


def prove_tight(P: Proof) -> None:
    """Prove kappa feasible, and the rays of each cone where it is tight."""
    D = P.D
    orthogonal(D, P.kappa)
    P.cones = tight.Cells(D, P.atoms, P.witness["cells"])
    if D.unit.blocks:
        tight.feasible(P.cones, P.kappa, P.claims["patterns"], P.witness)
    for charted in P.charts:
        tight.bounded(P.cones, P.kappa, charted)


def prove_cells(P: Proof) -> None:
    """Prove which cells are maximal."""
    P.cells = P.cones.close(P.claims["cells"])


def complex_of(P: Proof) -> slots.Complex:
    """Return the cells that are in use, the rank of their features proved."""
    rank = polytope.dimension(P.D, P.atoms, P.supports, P.witness["rank"])[1]
    if P.bits:
        directions = [atom.u for atom in P.atoms.listed]
        return slots.Enclosed(P.D.clock, P.cells, P.points, directions, rank)
    return slots.Complex(P.D.clock, P.cells, P.points, P.atoms.directions, rank)


def prove_slots(P: Proof) -> None:
    """Derive the counts of networks for every width."""
    P.expected["slots"] = slots.slots(complex_of(P)) | {"modulo": P.modulo}
    P.follows("slots")


def prove_parts(P: Proof) -> None:
    """Derive the counts of solutions for every number of parts."""
    P.expected["parts"] = slots.parts(complex_of(P)) | {"modulo": P.modulo}
    P.follows("parts")
