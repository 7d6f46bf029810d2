"""The provers of three layers: what is proved is kept for the claims that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..claims.dual import Atoms, Charted
from ..claims.objectives import finite, gap, road
from ..claims.parallel import boxes
from ..claims.parallel.branches import branches, depth, optimal_branches, path
from ..claims.parallel.cells import parts_table
from ..claims.parallel.leaves import Layers, Leaf, inner_atoms, leaves, three_layers
from ..claims.parallel.networks import OfBranches, tuples
from ..claims.parallel.pieces import Piece, pieces
from ..claims.parallel.table import most, table
from ..claims.system.identities import Exact
from ..kernel.numbers import dot, zero
from ..kernel.reading import Json, require
from .proof import Proof


@dataclass
class Deep:
    """What is known of three layers: the problem, its topes, leaves and pieces."""

    L: Layers
    charted: Charted | None = None
    topes: Sequence[int] = ()
    leaves: Sequence[Leaf] = ()
    pieces: Sequence[Piece] = ()
    told: Sequence[int | None] = ()  # M*(k) where the table has it
    most: Fraction = Fraction(0)  # not below the objective of a network


def deepened(P: Proof, layers: Json) -> None:
    """Begin the proof of a problem of three layers."""
    P.deep = Deep(three_layers(P.D, layers))


def prove_atoms(P: Proof) -> None:
    """Read the directions of inner neurons."""
    P.atoms = inner_atoms(P.D, P.claims["atoms"])


def prove_dual(P: Proof) -> None:
    """Prove that no branch exceeds beta, on the one chart."""
    X = P.deep
    for charted in P.charts:
        X.charted, X.topes = charted, list(charted.topes)
        P.D.clock.hold(len(X.topes), P.D.n, "witness.patterns")
        known = (charted, X.topes)
        told = type(charted.bounds) is dict and "tuples" in charted.bounds
        if (
            told and X.L.parts > 1 and {"gap", "road"} & set(P.claims)
        ):  # no pieces are claimed
            tuples(X.L, P.kappa, known)
        else:
            X.leaves = leaves(X.L, P.kappa, known, P.atoms or Atoms(P.D, []))


def prove_boxes(P: Proof) -> None:
    """Prove the same of a kappa in intervals, and a network of the atoms of its system."""
    boxes.made(P.atoms, P.x)
    E = Exact(P.atoms, P.kappa)
    for charted in P.charts:
        boxes.leaves(P.deep.L, E, charted)


def prove_attained(P: Proof) -> None:
    """Prove that a network attains the value."""
    where = "claims.attained"
    found = branches(P.deep.L, P.atoms, P.claims["attained"]["branches"], where)
    optimal_branches(P.deep.L, (P.kappa, P.fit), P.atoms, found, where)


def prove_pieces(P: Proof) -> None:
    """Prove the pieces: these and no others."""
    found = (P.atoms, P.deep.leaves)
    P.deep.pieces = pieces(P.D, P.kappa, found, P.claims["pieces"], P.witness["pieces"])


def prove_table(P: Proof) -> None:
    """Prove the counts in both widths."""
    L, listed = P.deep.L, (P.atoms, P.deep.pieces)
    of = (P.kappa, P.fit)
    made = parts_table if L.path_costs else table
    P.deep.told = made(L, of, listed, P.claims["table"], P.witness["table"])


def prove_most(P: Proof) -> None:
    """Prove M*(k) where it is claimed."""
    X = P.deep
    most(X.L, (P.kappa, P.fit), (P.atoms, X.pieces), P.claims["most"], X.told)


def prove_path(P: Proof) -> None:
    """Prove a path of optimal networks, and what each of them costs."""
    claim, where = P.claims["branch_path"], "claims.branch_path"
    path(P.deep.L, P.target, P.atoms, claim)
    apart = P.D.field.number(claim["cost"], where) - dot(P.kappa, P.fit)
    require(zero(apart), where, "the cost is not kappa'fit")


def prove_shared(P: Proof) -> None:
    """Prove a path of networks of the atoms of the system, whose masses are forms."""
    boxes.path(P.deep.L, P.atoms, P.x, P.claims["branch_path"])


def prove_gap(P: Proof) -> None:
    """Prove the distance of a network of three layers to the dual value."""
    finite(P.D)
    P.deep.most = gap(OfBranches(P.deep.L), P.kappa, P.claims["gap"])


def prove_road(P: Proof) -> None:
    """Prove a path of networks of three layers near the optimum."""
    finite(P.D)
    road(OfBranches(P.deep.L), P.kappa, P.claims["road"])


def bare(P: Proof, why: str, *, helps: bool) -> None:
    """Require the claim about depth to say no more than whether it helps."""
    claim = P.claims["depth"]
    none = all(claim[name] is None for name in ("network", "kappa", "value"))
    fine = claim["helps"] is helps and none and P.witness["depth"] is None
    require(fine, "claims.depth", why)


SPLIT = "with path costs depth helps iff something is fitted"


def prove_level(P: Proof) -> None:
    """Require the claim that depth does not help: a two-layer network is optimal."""
    if P.deep.L.parts > 1:  # masses of atoms are positive
        bare(P, SPLIT, helps=bool(P.claims["atoms"]["list"]))
        return
    why = "the two-layer network of the atoms is optimal, no more is shown"
    bare(P, why, helps=False)


def prove_depth(P: Proof) -> None:
    """Prove whether two layers do as well; with path costs equal parts cost less."""
    X = P.deep
    if X.L.parts > 1 and P.fit:
        bare(P, SPLIT, helps=not all(map(zero, P.fit)))
        return
    value = X.most
    if "optimum" in P.claims:
        stated = P.claims["optimum"]["objective"]
        value = P.D.field.number(stated, "claims.optimum")
    known = (X.charted.chart, X.topes, value)
    depth(P.target, known, P.claims["depth"], P.witness["depth"])
