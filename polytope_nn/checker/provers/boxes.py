"""The provers of numbers in intervals; those of gates, blocks and patterns are named *tied*."""

from functools import partial
from typing import TYPE_CHECKING

from ..claims import polytope
from ..claims.boxes import functions as box_functions
from ..claims.boxes import polytope as box_polytope
from ..claims.boxes.polytope import vertices, weights_of
from ..claims.cones import eliminated
from ..claims.cones.boxed import feasible_in_boxes
from ..claims.dual import Charted, per_sign
from ..claims.listed import dual
from ..claims.listed.dual import settled
from ..claims.listed.system import Tied, tied_of
from ..claims.pieces import ties
from ..claims.pieces.system import Pieced, optimum, pieces_of, vanish
from ..claims.system import grouping
from ..claims.system.equations import System
from ..claims.system.grouping import Bases
from ..claims.system.identities import Exact, Seen
from ..kernel.intervals import Numbers, solution
from ..kernel.numbers import Vector, bits, members
from ..kernel.reading import Json, array, record
from ..rows import without_patterns
from .proof import Proof, measured, pieces, stated_modulo

if TYPE_CHECKING:
    from collections.abc import Callable


def prove_atoms(P: Proof) -> None:
    """Prove the solution of the system, with it the atoms; count the rank of idle ones."""
    of: Callable[..., System] = System
    if P.D.lifted:
        of = partial(Pieced, pieces=pieces_of(P.D, P.claims["optimum"]["pieces"]))
    of = partial(of, bits=P.bits, hints=P.hints)
    S = grouping.system_of(P.D, P.claims["atoms"], P.witness, of)
    P.atoms = S
    P.loose = bool(S.prices)
    if S.pins:
        grouping.pinned(S)
    fewer = without_patterns(P.kind) and not isinstance(S, Pieced)
    P.x = (eliminated if fewer else grouping).solved(S, P.witness)
    if isinstance(S, Pieced) and "zeros" in P.witness:
        vanish(S, P.kappa, P.witness["zeros"])
    if S.unused:
        ties.unused(S, P.kappa)
    if "shares" in P.witness:  # of all that is listed
        return
    own = len(S.faces) + S.linear
    P.ranks = (own + grouping.idle_rank(S), own, P.D.n)


def prove_dual(P: Proof) -> None:
    """Prove kappa feasible, strictly but at the atoms."""
    if without_patterns(P.kind):
        feasible_in_boxes(P.atoms, P.kappa, P.witness["dual"])
        return
    E = Exact(P.atoms, P.kappa)
    for charted in P.charts:
        bounded(P.atoms, E, charted)


def prove_optimum(P: Proof) -> None:
    """Prove the ends of kappa, fit and objective."""
    if isinstance(P.atoms, Pieced):
        optimum(P.atoms, P.x, P.claims)
        return
    pieces(P)
    box_polytope.optimum(P.D, P.kappa, P.claims)


def prove_vertices(P: Proof) -> None:
    """Prove the list of vertices."""
    S, cover = P.atoms, P.witness["cover"]
    if "shares" in P.witness:
        sums(P, P.witness["shares"])
        return
    record(cover, "farkas tree", "witness.cover")
    if "ratios" in P.witness:
        walls = scaled(P, P.witness["ratios"], cover["farkas"])
    else:
        P.G = box_polytope.gammas(S, P.kappa)
        P.supports = box_polytope.vertices_of(S, P.x, P.G, P.claims["vertices"])
        walls = box_polytope.walls_of(S, P.x, P.G, cover["farkas"])
    polytope.cover(P.D.clock, len(S.atoms), P.supports, walls, cover["tree"])


def sums(P: Proof, read: Json) -> None:
    """Prove the list of vertices where features are sums of those of a basis; with it ranks."""
    tied = type(read) is dict and "ties" in read
    record(read, "of rank ties" if tied else "of rank", ties.SHARES)
    C = ties.shares_of(P.atoms, P.kappa, read["of"])
    e, claim, weights = P.x[P.D.n : P.D.n + len(P.atoms.faces)], P.claims["vertices"], None
    if tied:
        count = len(array(claim["list"], "claims.vertices"))
        weights = ties.Points(P.atoms, C, P.x, read["ties"], count).weights
    P.supports = vertices(C, e, claim, P.witness["cover"], weights)
    P.ranks = polytope.dimension(P.D, C, P.supports, read["rank"])


def scaled(P: Proof, read: Json, farkas: Json) -> list[polytope.Wall]:
    """Prove the listed vertices those of a rational polytope times the weights of faces."""
    S, claim, clock = P.atoms, P.claims["vertices"], P.D.clock
    record(read, "columns points rank", ties.WHERE)
    columns = ties.columns_of(S, P.kappa, read["columns"])
    points, right = ties.points_of(S, columns, (claim, read["points"]))
    e = {a: P.x[S.D.n + f] for f, face in enumerate(S.faces) for a in face.atoms}

    def weights(at: list[int]) -> Numbers:
        return [e[a] * t for a, t in zip(at, points[bits(at)], strict=True)]

    P.supports = box_polytope.listed(clock, len(columns), weights, claim)
    P.ranks = polytope.dimension(P.D, columns, P.supports, read["rank"])
    return polytope.walls_of(P.D, columns, right, farkas)


def prove_some(P: Proof) -> None:
    """Prove some vertices of P, in boxes; there its atoms in use are known."""
    P.G = box_polytope.gammas(P.atoms, P.kappa)
    P.supports = box_polytope.vertices_of(P.atoms, P.x, P.G, P.claims["some"])
    array(P.witness["idle"], "witness.idle", 0)


def prove_dimension(P: Proof) -> None:
    """Prove ranks and dimension."""
    rank, used, dim = P.ranks
    if not {"ratios", "shares"} & set(P.witness):
        dim = box_polytope.dimension(P.atoms)
    measured(P, rank, used, dim)


def prove_uniqueness(P: Proof) -> None:
    """Prove what is one and what is many."""
    stated_modulo(P)
    claim, witness = P.claims["uniqueness"], P.witness["differ"]
    B = box_functions.Boxes(P.atoms, P.x, P.G, P.supports)
    box_functions.uniqueness(B, claim, witness)


def prove_tied_atoms(P: Proof) -> None:
    """Prove the solution of the system of a basis, and with it all that is listed."""
    told = pieces_of(P.D, P.claims["optimum"]["pieces"])
    of = partial(Tied, pieces=told, bits=P.bits, hints=P.hints)
    S = tied_of(P.D, P.claims["atoms"], P.witness, of)
    P.atoms, P.loose = S, bool(S.prices)
    if S.pins:
        grouping.pinned(S)
    P.x = solution(S, P.witness)[0]
    S.holds(P.kappa)
    if "zeros" in P.witness:
        vanish(S, P.kappa, P.witness["zeros"])


def prove_tied_dual(P: Proof) -> None:
    """Prove kappa feasible, strictly but at the atoms."""
    E = Exact(P.atoms, P.kappa)
    dual.feasible(P.atoms, E, P.claims["patterns"], P.witness)


def prove_rays(P: Proof) -> None:
    """Prove the same of rays."""
    P.claims["atoms"] = P.claims["rays"]
    prove_tied_atoms(P)


def prove_fan(P: Proof) -> None:
    """Prove kappa feasible under polyhedral norms, strictly but at the rays."""
    P.cones = dual.Fan(P.atoms, P.kappa, P.witness["cells"])
    if P.D.unit.blocks:
        E = Exact(P.atoms, P.kappa)
        dual.feasible_by_pieces(P.cones, E, P.claims["patterns"], P.witness)
    for charted in P.charts:
        dual.bounded_by_pieces(P.cones, charted)


def weights(P: Proof) -> Vector:
    """Return the weights of the basis."""
    return P.x[P.D.n : P.D.n + len(P.atoms.faces)]


def prove_tied_vertices(P: Proof) -> None:
    """Prove the list of vertices."""
    S = P.atoms
    e = settled(S, weights(P), P.kappa)
    P.supports = vertices(S, e, P.claims["vertices"], P.witness["cover"])
    P.points = [(s, weights_of(S, e, members(s))) for s in P.supports]


def bounded(S: System, E: Exact, charted: Charted) -> None:
    """Prove that kappa is feasible on a chart, and that the atoms are all there are (T2).

    Per tope and sign: a multiplier with ``|p| < beta``, as integers; or an atom and rows R
    with ``p = g - sum_R mu_k s_k x_k``, an identity in kappa with ``mu >= 0``.
    """
    right, left, q = S.D.unit.whole_slopes
    n = S.D.n
    sees = Seen(E, Bases(S, charted.chart), ([left] * n, [right] * n), q)
    for active, s, read in per_sign(S.D, charted):
        sees.below(active, s, read)
