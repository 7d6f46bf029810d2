"""The proof of three layers, claim by claim: what is proved is there for those that follow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ...kernel.numbers import Vector, dot, zero
from ...kernel.reading import Json, require
from ..dual import Atoms
from ..identities import Exact
from ..instance import Instance
from ..networks import Target
from ..topes import Charted
from . import boxes
from .branches import branches, gap, optimal
from .depth import depth
from .leaves import Layers, Leaf, inner_atoms, leaves, three_layers
from .parts import parts_table
from .pieces import Piece, pieces
from .roads import path
from .table import table
from .tuples import tuples


@dataclass
class Deep:
    """A problem of three layers: its claims and witnesses, and what is proved of it."""

    D: Instance
    layers: Json
    claims: Json
    witness: Json
    L: Layers = field(init=False)
    atoms: Atoms = field(init=False)
    charted: Charted = field(init=False)
    topes: list[int] = field(init=False)
    leaves: Sequence[Leaf] = ()
    pieces: Sequence[Piece] = ()
    most: Fraction = Fraction(0)  # not below the objective of a network

    def __post_init__(self) -> None:
        self.L = three_layers(self.D, self.layers)
        self.atoms = Atoms(self.D, [])

    def prove_atoms(self) -> Atoms:
        """Return the directions of inner neurons."""
        self.atoms = inner_atoms(self.D, self.claims["atoms"])
        return self.atoms

    def prove_dual(self, charted: Charted, kappa: Vector) -> None:
        """Prove that no branch exceeds beta."""
        self.charted, self.topes = charted, list(charted.topes)
        self.D.clock.hold(len(self.topes), self.D.n, "witness.patterns")
        known = (charted, self.topes)
        told = type(charted.bounds) is dict and "tuples" in charted.bounds
        if told and self.L.parts > 1 and "gap" in self.claims:  # no pieces are claimed
            tuples(self.L, kappa, known)
        else:
            self.leaves = leaves(self.L, kappa, known, self.atoms)

    def prove_boxes(self, charted: Charted, E: Exact) -> None:
        """Prove the same of a kappa in intervals, which two-layer atoms make."""
        boxes.leaves(self.L, E, charted)

    def prove_level(self) -> None:
        """Require the claim that depth does not help: a two-layer network is optimal."""
        if self.L.parts > 1:
            fitted = bool(self.claims["atoms"]["list"])  # their masses are positive
            self.prove_split(helps=fitted)
            return
        claim, where = self.claims["depth"], "claims.depth"
        bare = all(claim[name] is None for name in ("network", "kappa", "value"))
        fine = claim["helps"] is False and bare and self.witness["depth"] is None
        require(
            fine, where, "the two-layer network of the atoms is optimal, no more is shown"
        )

    def prove_attained(self, T: Target) -> None:
        """Prove that a network attains the value."""
        where = "claims.attained"
        found = branches(self.L, self.atoms, self.claims["attained"]["branches"], where)
        optimal(self.L, (T.kappa, T.fit), self.atoms, found, where)

    def prove_pieces(self, T: Target) -> None:
        """Prove the pieces: these and no others."""
        found, witness = (self.atoms, self.leaves), self.witness["pieces"]
        self.pieces = pieces(self.D, T.kappa, found, self.claims["pieces"], witness)

    def prove_table(self, T: Target) -> None:
        """Prove the counts in both widths."""
        listed = (self.atoms, self.pieces)
        of = (T.kappa, T.fit)
        costs = self.layers["regulariser"]
        (parts_table if costs == "path" else table)(
            self.L, of, listed, self.claims["table"], self.witness["table"]
        )

    def prove_path(self, T: Target) -> None:
        """Prove a path of optimal networks, and what each of them costs."""
        claim, where = self.claims["branch_path"], "claims.branch_path"
        path(self.L, T, self.atoms, claim)
        apart = self.D.field.number(claim["cost"], where) - dot(T.kappa, T.fit)
        require(zero(apart), where, "the cost is not kappa'fit")

    def prove_gap(self, kappa: Vector) -> None:
        """Prove the distance of a network to the dual value."""
        self.most = gap(self.L, kappa, self.claims["gap"])

    def prove_split(self, *, helps: bool) -> None:
        """Require the claim about path costs: a two-layer neuron costs less in equal parts."""
        claim, where = self.claims["depth"], "claims.depth"
        bare = all(claim[name] is None for name in ("network", "kappa", "value"))
        fine = claim["helps"] is helps and bare and self.witness["depth"] is None
        require(fine, where, "with path costs depth helps iff something is fitted")

    def prove_depth(self, T: Target) -> None:
        """Prove whether two layers do as well."""
        if self.L.parts > 1 and T.fit:
            self.prove_split(helps=not all(map(zero, T.fit)))
            return
        if "optimum" in self.claims:
            stated = self.claims["optimum"]["objective"]
            value = self.D.field.number(stated, "claims.optimum")
        else:
            value = self.most
        known = (self.charted.chart, self.topes, value)
        depth(T, known, self.claims["depth"], self.witness["depth"])
