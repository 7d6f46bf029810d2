"""What is claimed, what it rests on, what is proved so far; the provers that ask no numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..claims import polytope
from ..claims.cells import slots
from ..claims.dual import Charted, patterns
from ..claims.holes import holes
from ..claims.lifted import alone
from ..claims.networks import Target
from ..claims.problem.graphs import Ends, Flat, is_point
from ..claims.staircase import flats, parted, staircase, walk
from ..claims.vector.directions import Continuum
from ..kernel.numbers import Vector, bits, dot, sign, union
from ..kernel.reading import Json, array, equal, require
from ..rows import KEYS, KEYS_1


@dataclass
class Proof:
    """What is claimed, what it rests on, and what is proved so far."""

    kind: str
    D: Any  # Instance, or Outputs
    claims: dict[str, Json]
    witness: Json
    version: int
    hints: Any
    bits: int = 0  # of intervals; 0: numbers are exact
    charts: Iterator[Charted] = field(default_factory=lambda: iter(()))
    fit: Vector = field(default_factory=list)
    atoms: Any = None  # Atoms, or the System of intervals
    x: Vector = field(default_factory=list)
    G: list[Vector] = field(default_factory=list)
    cones: Any = None  # the cones of polyhedral norms that were looked at
    cells: list[int] = field(default_factory=list)
    supports: list[int] = field(default_factory=list)
    box: list[Ends] = field(default_factory=list)
    points: list[tuple[int, Vector]] = field(default_factory=list)  # supports, weights
    continua: list[Continuum] = field(default_factory=list)
    ranks: tuple[int, int, int] = (0, 0, 0)
    labels: dict[int, list[int]] = field(default_factory=dict)
    expected: dict[str, dict[str, Json]] = field(default_factory=dict)
    deep: Any = None  # the proof of three layers
    narrow: Any = None  # the instance, where D is one in which more is free
    standing: Any = None  # on which pieces entries stand, several outputs in intervals
    loose: bool = False  # other fits belong to kappa

    @cached_property
    def kappa(self) -> Vector:
        """The dual variable: as claimed, or as the system has it."""
        if self.bits:
            return self.x[: self.D.n]
        known: Vector = self.D.variable(self.claims["dual"]["kappa"])
        return known

    @property
    def modulo(self) -> list[str]:
        """What counts are taken modulo: the free part too, where no fits tell it (G5)."""
        pieces: Sequence[Any] = getattr(self.standing or self.atoms, "pieces", ())
        flats = {i: (p.low, p.high) for i, p in enumerate(pieces) if isinstance(p, Flat)}
        listed = [*enumerate(self.box), *flats.items()]
        many = {i for i, ends in listed if not is_point(ends)}
        D = self.D if self.narrow is None else self.narrow  # whose networks are counted
        told = not many or D.told_by([i for i in range(D.entries) if i not in many])
        return [*D.unfixed, *["free part"] * (not told)]

    @property
    def free(self) -> bool:
        """Whether networks show their free part: they do in format 2."""
        return self.version == 2

    @property
    def target(self) -> Target:
        """What is optimal."""
        return Target(self.D, self.kappa, self.fit)

    def signed(self) -> list[tuple[int, list[int]]]:
        """Return the atoms as signs and covectors."""
        if self.bits:
            return list(self.atoms.atoms)
        X = self.D.X
        return [(a.sign, [sign(dot(x, a.g)) for x in X]) for a in self.atoms]

    def follows(self, name: str) -> None:
        """Require that a claim is what was derived for it, in the keys of its format."""
        keys = (KEYS if self.version == 2 else KEYS_1)[name].split()
        stated = {key: self.expected[name][key] for key in keys}
        equal(self.claims[name], stated, name)


def measured(P: Proof, rank: int, used: int, dim: int) -> None:
    """Keep the ranks, and require the claim to state them."""
    P.ranks = (rank, used, P.D.entries)
    P.expected["dimension"] = {"rank": rank, "used_rank": used, "dim": dim}
    P.follows("dimension")


def pieces(P: Proof) -> None:
    """Prove the pieces: on each of them the fit is one number, l = u."""
    if P.version == 2:
        stated = array(P.claims["optimum"]["pieces"], "claims.optimum", P.D.n)
        right = all(piece == P.D.piece for piece in stated)
        require(right, "claims.optimum", "a piece is not that of the loss")


def stated_modulo(P: Proof) -> None:
    """Require that uniqueness says what it is modulo, where its format has the word."""
    right = P.version == 1 or P.claims["uniqueness"]["modulo"] == P.D.unfixed
    require(right, "claims.uniqueness", "is not what follows from the rest")


def prove_patterns(P: Proof) -> None:
    """Open the charts; their topes are proved one by one as the dual bounds them.

    What is listed instead is proved with the dual.
    """
    if P.D.unit.has_topes:
        topes, proofs = P.witness["patterns"], P.witness["dual"]
        P.charts = patterns(P.D, P.claims["patterns"], topes, proofs)


def prove_dimension(P: Proof) -> None:
    """Prove ranks and dimension; of a lifted set that is proved with it."""
    rank, used, dim = polytope.dimension(P.D, P.atoms, P.supports, P.witness["rank"])
    for lifted in {"lifted", "some_lifted"} & set(P.claims):
        dim = P.claims[lifted]["dim"]
    measured(P, rank, used, dim)


def prove_bounds(P: Proof) -> None:
    """Derive from where on widths are connected, and compare the claim with it.

    Some points show which atoms are in use; in intervals every atom of a face may be.
    """
    D, used = P.D, union(P.supports)
    if P.bits:
        used |= bits(a for face in P.atoms.faces for a in face.atoms)
    P.expected["bounds"] = {"modulo": P.modulo}
    longest = max(P.supports, key=int.bit_count)
    pinned = not (P.loose if P.bits else D.lifted)
    if pinned and not P.bits and longest:
        polytope.alone(D, P.atoms, longest, P.witness["longest"])
    else:
        array(P.witness["longest"], "witness.longest", 0)
    if widthless(P, used, P.claims["bounds"]["connected_from"]):
        P.expected["bounds"] |= dict.fromkeys(KEYS_1["bounds"].split())
    else:
        sizes = [support.bit_count() for support in P.supports]
        found = polytope.bounds(sizes, P.ranks[1], pinned=pinned)
        P.expected["bounds"] |= found
    P.follows("bounds")


def widthless(P: Proof, used: int, stated: Json) -> bool:
    """Return whether widths are not defined, the atoms in use given as bits.

    Neurons in use may move along a free bias, or constants are free in the limit only. Where no
    neuron is in use and networks make the fit alone they are; a claim need not state it.
    """
    D = P.D
    if D.bias != "free":
        return False
    if D.limited and (used or P.bits or stated is None or not D.makes(P.fit)):
        return True
    return any(flats(D.clock, D.n, P.signed(), used))


def prove_widths(P: Proof) -> None:
    """Derive all that follows from the supports; the claims after this one are read off.

    Where widths are not defined their claims are null.
    """
    names = ("widths", "components", "threshold", "theorems")
    if widthless(P, union(P.supports), P.claims["widths"]["m_star"]):
        array(P.witness["components"], "witness.components", 0)
        P.expected |= {name: dict.fromkeys(KEYS[name].split()) for name in names}
        P.expected["threshold"]["bound_used"] = None
    else:
        counted(P)
    for name in ("components", "theorems"):
        P.expected[name]["modulo"] = P.modulo
    P.follows("widths")


def counted(P: Proof) -> None:
    """Derive what the claims about widths must be, of vertices or of shadows of lifted ones."""
    D, supports, pinned = P.D, P.supports, not P.loose
    shadows = "lifted" in P.claims
    minimal = dict.fromkeys(supports, True)
    if shadows:
        minimal = alone(D.clock, P.points)
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
