"""What is claimed, what it rests on, what is proved so far; the provers of exact numbers."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..claims import dual, functions, networks, polytope
from ..claims import objectives as roads
from ..claims.cones import feasible, signs
from ..claims.dual import Charted, patterns
from ..claims.losses import Ends, Flat, is_point
from ..claims.networks import Target
from ..claims.objectives import finite
from ..claims.units import blocks, thresholds
from ..claims.vector import directions
from ..kernel.numbers import Vector, dot, sign
from ..kernel.reading import Json, array, equal, record, require
from ..lift_networks import networks_of
from ..rows import KEYS, KEYS_1, without_patterns


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
    continua: list[directions.Continuum] = field(default_factory=list)
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
        told = not many or self.D.told_by(
            [i for i in range(self.D.entries) if i not in many]
        )
        return [*self.D.unfixed, *["free part"] * (not told)]

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
        LISTED[D.unit.kind].feasible(D, P.kappa, atoms, P.claims["patterns"], P.witness)
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
