"""The provers of several outputs, and what is proved of them, in words."""

from ..claims import objectives as roads
from ..claims.boxes.polytope import vertices
from ..claims.objectives import finite
from ..claims.vector import (
    directions,
    enclosed,
    faces,
    outputs,
    pairs,
    sharing,
    standing,
    ties,
)
from ..claims.vector.networks import OfOutputs
from ..kernel.reading import Json, array, record, require
from .proof import Proof, measured, pieces


def prove_atoms(P: Proof) -> None:
    """Prove N tight at each listed atom."""
    P.atoms = directions.atoms_of(P.D, P.kappa, P.claims["atoms"])


def prove_continua(P: Proof) -> None:
    """Prove N tight all over each listed continuum."""
    P.continua = directions.continua_of(P.D, P.atoms, P.claims["continua"])


def prove_dual(P: Proof) -> None:
    """Prove N feasible, and that atoms and continua are all there is."""
    outputs.orthogonal(P.D, P.kappa)
    atoms = {tuple(a.covector): a.g for a in P.atoms}
    tight = directions.Tight(P.D, atoms, P.continua)
    for charted in P.charts:
        faces.bounded(P.D, P.kappa, charted, tight)


def prove_optimum(P: Proof) -> None:
    """Prove fit and value."""
    pieces(P)
    P.fit = outputs.optimum(P.D, P.kappa, P.claims["optimum"])


def prove_standing(P: Proof) -> None:
    """Read on which pieces the entries stand; that they do is proved with N."""
    P.standing = standing.standing(P.D, P.claims["standing"])
    P.loose = P.standing.loose


def prove_enclosed(P: Proof) -> None:
    """Prove the optimum in its intervals, N feasible, and tight there only.

    With atoms alone P is a point; the rank of all that is tight joins all networks.
    """
    known, witness = P.standing, P.witness["system"]
    alone, spread = not P.kind.startswith("continuum"), P.kind == "vector_tied"
    if type(witness) is dict:
        witness = {"tied": [], "shared": []} | witness
        fine = spread or not (alone and witness["tied"])
        require(fine, "witness.system", "atoms alone are not tied")
        held: Json = witness.get("held", []) if P.kind.endswith("_listed") else []
        fine = known is None or not held or pairs.settled(P.D, known, held)
        require(fine, "witness.system", "a column is held: more is optimal than pairs make")
    if known is None:
        known, witness = standing.smooth(P.D), unheld(witness)
    found = enclosed.proved(P.D, known, P.claims["enclosed"], witness)
    bare = [(entry[0], entry[1]) for entry in witness["tied"] if len(entry) == 3]
    if bare:
        sharing.shared(found, bare, witness["shared"])
    else:
        array(witness["shared"], outputs.SYSTEM, 0)
    several = any(face.k > 1 for face in found.S.faces)
    require(
        several != alone, "claims.enclosed", "has a continuum, or none, against its kind"
    )
    for charted in P.charts:
        enclosed.bounded(found, charted)
    if spread:
        faces = found.S.faces
        masses = [found.x[face.masses] for face in faces]
        P.atoms = ties.spread(P.D, faces, masses, witness["tied"])
        return
    k = sum(len(face.entries) for face in found.S.faces) - len(found.S.tied)
    even = P.D.even and not several and P.narrow is None  # else shares tell the sides
    sides = enclosed.sides(len(found.S.faces), even=even)
    P.atoms, P.supports, P.ranks = [], sides, (k, k, P.D.entries)
    if P.narrow is not None:
        P.atoms = found
    P.expected["spanned"] = joined_from(P, k)


def prove_paired(P: Proof) -> None:
    """Prove that pairs of opposite atoms make a network of the instance itself."""
    P.atoms = pairs.paired(P.narrow, P.atoms, P.claims["paired"], P.witness["pairs"])
    P.expected["spanned"] = joined_from(P, P.atoms.rank)


def prove_paired_vertices(P: Proof) -> None:
    """Prove the vertices of the polytope of pairs, which all optimal networks are."""
    P.supports = pairs.vertices(P.atoms, P.claims["vertices"], P.witness["cover"])


def prove_paired_dimension(P: Proof) -> None:
    """Read off ranks and dimension: a vertex is not on its boundary, so all atoms are in use."""
    array(P.witness["rank"], "witness.rank", 0)
    rank = P.atoms.rank
    measured(P, rank, rank, len(P.atoms.atoms) - rank)


def joined_from(P: Proof, rank: int) -> dict[str, Json]:
    """Return the rank of what is tight, and the width from which all are joined by it (B5)."""
    bound = P.D.width(min(P.D.n, P.D.c - P.D.shifted))
    return {"rank": rank, "connected_from": min(rank + 1, bound)}


def prove_vertices(P: Proof) -> None:
    """Prove the vertices of atoms of which some are tied."""
    S, claim = P.atoms, P.claims["vertices"]
    P.supports = vertices(S, S.totals, claim, P.witness["cover"])


def unheld(witness: Json) -> Json:
    """Return the witness of the squared loss, where no free column is held."""
    record(witness, "bits pivots centre radius inverse tied shared", "witness.system")
    return witness | {"held": [], "follow": []}


def prove_fitted(P: Proof) -> None:
    """Prove that one fit belongs to N: that of the network."""
    P.fit = outputs.fitted(P.D, P.box, P.claims["fitted"])


def prove_rank_bound(P: Proof) -> None:
    """Prove the rank of N, and the bound that it gives."""
    P.expected["rank_bound"] = directions.rank_bound(P.D, P.kappa, P.witness["outputs"])
    P.follows("rank_bound")


def prove_network(P: Proof) -> None:
    """Prove one network optimal."""
    directions.network(P.D, P.kappa, P.fit, P.claims["network"])


def prove_connected(P: Proof) -> None:
    """Prove the rank of what is tight, and the width from which all are joined."""
    bound, witness = P.expected["rank_bound"]["bound"], P.witness["rank"]
    P.expected["connected"] = directions.connected(P.D, P.atoms, P.continua, bound, witness)
    P.follows("connected")


def prove_road(P: Proof) -> None:
    """Prove a road between any two networks."""
    finite(P.D)
    roads.road(OfOutputs(P.D), P.kappa, P.claims["road"])


def prove_gap(P: Proof) -> None:
    """Prove a gap."""
    finite(P.D)
    roads.gap(OfOutputs(P.D), P.kappa, P.claims["gap"])


def told(claims: dict[str, Json], *, even: bool = False) -> list[str]:
    """Return what is proved, in words; ``even``: opposite atoms are not listed."""
    if "enclosed" in claims:
        value = "the optimum of every network, wide enough, in intervals"
        listed = claims["enclosed"]["atoms"]
        tight = listed or claims["enclosed"]["continua"]
        opposite = " and their opposites" if even and tight else ""
        if "spanned" in claims:
            sizes = [len(one["kernel"]) for one in claims["enclosed"]["continua"]]
            wide = claims["spanned"]["connected_from"]
            return [value, *spread(len(listed), sizes, wide, opposite)]
        wide, widths = claims["threshold"]["threshold"], claims["widths"]
        count, least, most = (
            sum(widths["spectrum"].values()),
            widths["m_star"],
            widths["M_star"],
        )
        points = "one point" if count == 1 else f"{count} vertices"
        used = f"m* = M* = {least}" if least == most else f"m* = {least}, M* = {most}"
        return [
            value,
            f"the tight set: {len(listed)} atoms{opposite}, no other",
            f"the optimal set: {points}, {used}",
            f"optimal networks are joined for good from width {wide} on",
        ]
    if "road" in claims or "gap" in claims:
        told = claims["road" if "road" in claims else "gap"]
        exact = told["gap"] if type(told["gap"]) is str else "in the interval of the claim"
        lines = [f"the gap to the optimum of every network: {exact}"]
        if "road" in claims:
            lines.insert(0, f"no barrier on the road, of {told['width']} slots")
        return lines
    optimum = claims["optimum" if "optimum" in claims else "intervals"]
    value, atoms = optimum["objective"], len(claims["atoms"]["list"])
    number = value if type(value) is str else "a number of the field"
    lines = [f"the optimum of every network, wide enough: {number}"]
    if "continua" in claims:
        sizes = [len(one["kernel"]) for one in claims["continua"]["list"]]
        return [*lines, *spread(atoms, sizes, claims["connected"]["connected_from"])]
    dim, boxed = claims["dimension"]["dim"], "lifted" in claims
    points = claims["lifted" if boxed else "vertices"]["list"]
    known = "optimal set, lifted" if boxed else "optimal set"
    least, most = claims["widths"]["m_star"], claims["widths"]["M_star"]
    wide = claims["threshold"]["threshold"]
    return [
        *lines,
        f"the tight set: {atoms} atoms, no other",
        f"the {known}: dimension {dim}, {len(points)} vertices, m* = {least}, M* = {most}",
        f"optimal networks are joined for good from width {wide} on",
    ]


def spread(atoms: int, sizes: list[int], wide: int, opposite: str = "") -> list[str]:
    """Return what is proved of a continuum, or of pairs of atoms, in words."""
    continua = f", continua of dimension {sizes}" if sizes else ""
    return [
        f"the tight set: {atoms} atoms{continua}{opposite}, no other",
        f"optimal networks are joined from width {wide} on",
    ]
