"""The provers of what follows from supports: widths, components, bounds, holes, walks."""

from ..claims import functions, lifted, polytope
from ..claims.holes import holes
from ..claims.losses import is_point
from ..claims.staircase import parted, staircase, walk
from ..claims.versions import KEYS, KEYS_1
from ..kernel.numbers import bits
from ..kernel.reading import Json, array, require
from .proof import Proof

ANY_LOSS_ENCLOSED = {
    *("enclosed", "listed_enclosed", "lasso_enclosed", "vector_pieces"),
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
    pinned = not D.lifted
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
