"""The table of kinds, and the check of a certificate: a loop over its row.

A kind is a row of claims; a claim has one prover for exact numbers and, where it may be
known in intervals, one for these. Each takes the :class:`Proof` so far, and adds to it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from .claims import (
    box_dual,
    box_functions,
    box_polytope,
    dual,
    functions,
    lifted,
    paths,
    polytope,
)
from .claims.cones.feasible import feasible
from .claims.holes import holes
from .claims.identities import Exact
from .claims.instance import Instance
from .claims.lifted import Lifted
from .claims.losses import Ends, is_point
from .claims.networks import Target
from .claims.objectives.values import finite
from .claims.parallel.leaves import layers_of
from .claims.parallel.proof import Deep
from .claims.pieces.optimum import optimum
from .claims.pieces.system import Pieced, pieces_of
from .claims.staircase import Staircase, staircase
from .claims.system import System, system_of
from .claims.topes import Charted, patterns
from .claims.units import blocks, norms, thresholds
from .claims.vector import directions, enclosed, faces, outputs, ranks
from .claims.versions import KEYS, KEYS_1, claims_of, data_of, opened
from .kernel.logfield import LogField
from .kernel.numbers import Field, Vector, bits, dot, sign, zero
from .kernel.reading import (
    Clock,
    Json,
    Limits,
    Unreadable,
    array,
    equal,
    parse,
    record,
    require,
    text_of,
)
from .lift import Answers, Lift
from .lift_networks import networks_of

OPTIMUM = ("patterns", "dual", "optimum")
SHAPE = (
    *(*OPTIMUM, "atoms", "vertices", "dimension"),
    *("widths", "components", "threshold", "theorems"),
)
WHOLE = (*SHAPE, "uniqueness")
UNLISTED = (*OPTIMUM, "atoms", "some", "dimension", "bounds")
ROWS_1: dict[str, tuple[str, ...]] = {  # format 1; those of free problems, and the others
    "staircase": SHAPE,
    "interval": SHAPE,
    "separation": (*SHAPE, "separation"),
    "path": (*OPTIMUM, "path"),
    "descent": (*OPTIMUM, "descent"),
    "gap": ("patterns", "dual", "gap"),
    "holes": (*SHAPE, "holes"),
    "free": WHOLE,
    "free_path": (*OPTIMUM, "path"),
    "free_separation": (*WHOLE, "separation"),
    "free_unlisted": UNLISTED,
}
GENERAL = (
    *("patterns", "dual", "intervals", "atoms", "lifted", "dimension"),
    *("widths", "components", "threshold", "theorems"),
)
OUTPUTS = (*OPTIMUM, "atoms", "rank_bound")
ROWS_2: dict[str, tuple[str, ...]] = {
    "general": GENERAL,
    "normed": ("patterns", "dual", "intervals", "solution", "joined"),
    "enclosed": SHAPE,  # any loss, in intervals
    "vector": (*OUTPUTS, *SHAPE[4:]),
    "continuum": (*OUTPUTS, "continua", "network", "connected"),
    "vector_enclosed": ("patterns", "enclosed", *SHAPE[6:]),
    "continuum_enclosed": ("patterns", "enclosed", "spanned"),
    "lasso": GENERAL[:8],  # solutions are no networks: widths of P alone
    "staircase": WHOLE,
    "holes": (*WHOLE, "holes"),
    "separation": (*WHOLE, "separation"),
    "path": (*OPTIMUM, "path"),
    "descent": (*OPTIMUM, "descent"),
    "gap": ("patterns", "dual", "gap"),
    "unlisted": UNLISTED,
    "cones": SHAPE[1:],  # dual feasibility without patterns
    "general_unlisted": (
        *("patterns", "dual", "intervals", "atoms"),
        *("some_lifted", "dimension", "bounds"),
    ),
    "road": ("patterns", "dual", "road"),
    "parallel": (*OPTIMUM, "atoms", "attained", "pieces", "table", "depth"),
    "parallel_gap": ("patterns", "dual", "gap", "depth"),
}
DEEP = {"parallel", "parallel_gap"}  # kinds of three layers
BOXED = {  # kinds whose numbers may be intervals
    *("interval", "free", "staircase", "holes", "enclosed"),
    *("free_unlisted", "unlisted"),
}
SEVERAL = {  # kinds with several outputs
    *("vector", "continuum", "vector_enclosed", "continuum_enclosed"),
}
ANY_LOSS = {"gap", "road"}  # kinds that ask of a loss its values alone
WITNESS = {  # what a claim rests on
    "patterns": "patterns",
    "dual": "dual",
    "vertices": "cover",
    "dimension": "rank",
    "components": "components",
    "uniqueness": "differ",
    "lifted": "cover lifted",
    "some": "idle",
    "some_lifted": "idle lifted",
    "bounds": "longest",
    "pieces": "pieces",
    "table": "table",
    "depth": "depth",
    "rank_bound": "outputs",
    "connected": "rank",
    "enclosed": "dual system",
}
LISTED: dict[str, Any] = {  # neurons that are listed, not found in topes
    "gates": blocks,
    "blocks": blocks,
    "threshold": thresholds,
    "threshold_open": thresholds,
}
BOXES = "faces free centre radius inverse"


MOST_BITS = 8192  # of logarithms


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
    supports: list[int] = field(default_factory=list)
    box: list[Ends] = field(default_factory=list)
    points: list[tuple[int, Vector]] = field(default_factory=list)  # supports, weights
    continua: list[directions.Continuum] = field(default_factory=list)
    ranks: tuple[int, int, int] = (0, 0, 0)
    labels: dict[int, list[int]] = field(default_factory=dict)
    expected: dict[str, dict[str, Json]] = field(default_factory=dict)
    deep: Any = None  # the proof of three layers

    @cached_property
    def kappa(self) -> Vector:
        """The dual variable: as claimed, or as the system has it."""
        if self.bits:
            return self.x[: self.D.n]
        known: Vector = self.D.variable(self.claims["dual"]["kappa"])
        return known

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
    D, atoms, reached = P.D, P.atoms, 0
    if P.kind == "cones":
        feasible(D, P.kappa, atoms, P.witness["dual"])
        return
    dual.orthogonal(D, P.kappa)
    if D.unit.polyhedral:
        prove_normed(P)
        return
    if D.unit.kind in LISTED:
        LISTED[D.unit.kind].feasible(D, P.kappa, atoms, P.claims["patterns"], P.witness)
        return
    for charted in P.charts:
        here = None if atoms is None else dual.passing(D, charted.chart, atoms)
        for i in here or {}:
            reached |= 1 << i
        dual.bounded(D, P.kappa, charted, None if here is None else here.values())
    everywhere = atoms is None or reached == (1 << len(atoms)) - 1
    require(everywhere, "claims.atoms", "the kink of an atom passes through no sample")


def prove_normed(P: Proof) -> None:
    """Prove kappa feasible under polyhedral norms."""
    if P.D.unit.blocks:
        norms.feasible(P.D, P.kappa, P.claims["patterns"], P.witness)
    for charted in P.charts:
        norms.bounded(P.D, P.kappa, charted)


def prove_solution(P: Proof) -> None:
    """Prove a network, or a solution, optimal."""
    require(all(map(is_point, P.box)), "claims.solution", "more than one fit is optimal")
    fit = [low for low, _ in P.box]
    norms.solution(P.D, P.kappa, fit, P.claims["solution"])


def prove_joined(P: Proof) -> None:
    """Compare the width from which on all is connected with what follows."""
    P.expected["joined"] = norms.joined(P.D)
    P.follows("joined")


def prove_optimum(P: Proof) -> None:
    """Prove fit and value; in format 2 the piece of the loss that each sample lies on."""
    pieces(P)
    P.fit = dual.optimum(P.D, P.kappa, P.claims["optimum"])


def pieces(P: Proof) -> None:
    """Prove the pieces: on each of them the fit is one number, l = u."""
    if P.version == 2:
        stated = array(P.claims["optimum"]["pieces"], "claims.optimum", P.D.n)
        right = all(piece == P.D.piece for piece in stated)
        require(right, "claims.optimum", "a piece is not that of the loss")


def prove_vertices(P: Proof) -> None:
    """Prove the list of vertices."""
    D, listed = P.D, P.claims["vertices"]
    fit = D.modulo(P.fit)
    P.supports = polytope.vertices_of(D, P.atoms, fit, listed)
    record(P.witness["cover"], "farkas tree", "witness.cover")
    walls = polytope.walls_of(D, P.atoms, fit, P.witness["cover"]["farkas"])
    tree = P.witness["cover"]["tree"]
    polytope.cover(D.clock, len(P.atoms), P.supports, walls, tree)
    polytope.antichain(D.clock, P.supports)


def prove_intervals(P: Proof) -> None:
    """Prove which fits belong to kappa, and the dual value."""
    where, claim = "claims.intervals", P.claims["intervals"]
    P.box = P.D.box(P.kappa)
    for read, known in zip(array(claim["fits"], where, P.D.n), P.box, strict=True):
        for stated, end in zip(array(read, where, 2), known, strict=True):
            none = end is None or stated is None
            fine = end is stated if none else zero(P.D.field.number(stated, where) - end)
            require(fine, where, "an end is not that of the loss")
    value = P.D.field.number(claim["objective"], where) - P.D.dual_value(P.kappa)
    require(zero(value), where, "the objective is not the dual value")


def prove_lifted(P: Proof) -> None:
    """Prove that the extreme points of the lifted optimal set are listed, and its dimension."""
    D, claim, where = P.D, P.claims["lifted"], "witness.lifted"
    G = Lifted(D, P.atoms, P.box)
    found = polytope.vertices_of(D, G, G.right, claim)
    cover = record(P.witness["cover"], "farkas tree", "witness.cover")
    walls = polytope.walls_of(D, G, G.right, cover["farkas"])
    polytope.cover(D.clock, len(G), found, walls, cover["tree"])
    polytope.antichain(D.clock, found)
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


def prove_dimension(P: Proof) -> None:
    """Prove ranks and dimension."""
    rank, used, dim = polytope.dimension(P.D, P.atoms, P.supports, P.witness["rank"])
    listed = "lifted" if "lifted" in P.claims else "some_lifted"
    measured(P, rank, used, P.claims[listed]["dim"] if P.D.lifted else dim)


def measured(P: Proof, rank: int, used: int, dim: int) -> None:
    """Keep the ranks, and require the claim to state them."""
    P.ranks = (rank, used, P.D.entries)
    P.expected["dimension"] = {"rank": rank, "used_rank": used, "dim": dim}
    P.follows("dimension")


def prove_some(P: Proof) -> None:
    """Prove some points of P, and that they use every atom that any point uses."""
    fit = P.D.modulo(P.fit)
    P.supports = polytope.vertices_of(P.D, P.atoms, fit, P.claims["some"])
    polytope.idle(P.D, P.atoms, fit, P.supports, P.witness["idle"])


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


def box_prove_some(P: Proof) -> None:
    """Prove some vertices of P, in boxes; there its atoms in use are known."""
    P.G = box_polytope.gammas(P.atoms, P.kappa)
    P.supports = box_polytope.vertices_of(P.atoms, P.x, P.G, P.claims["some"])
    array(P.witness["idle"], "witness.idle", 0)


def prove_bounds(P: Proof) -> None:
    """Derive from where on widths are connected, and compare the claim with it."""
    D, used = P.D, 0
    for support in P.supports:
        used |= support
    P.expected["bounds"] = {"modulo": D.unfixed}
    longest = max(P.supports, key=int.bit_count)
    pinned = not D.lifted
    if pinned and not P.bits and longest:
        polytope.alone(D, P.atoms, longest, P.witness["longest"])
    else:
        array(P.witness["longest"], "witness.longest", 0)
    if not D.lifted and (D.limited or any(functions.flats(D, P.signed(), used))):
        P.expected["bounds"] |= dict.fromkeys(KEYS_1["bounds"].split())
    else:
        sizes = [support.bit_count() for support in P.supports]
        found = polytope.bounds(sizes, P.ranks[1], pinned=pinned)
        P.expected["bounds"] |= found
    P.follows("bounds")


def prove_widths(P: Proof) -> None:
    """Derive all that follows from the supports; the claims after this one are read off.

    Where neurons in use may move along their bias, or constants are free in the limit only,
    widths are not defined and their claims are null.
    """
    D, names = P.D, ("widths", "components", "threshold", "theorems")
    used = 0
    if P.kind == "enclosed":
        S = staircase(D.clock, P.supports, P.ranks, P.witness["components"])
        if P.atoms.prices:  # other fits belong to kappa
            S.theorems |= {"T7.1": None, "T7.3": None}
        expect(P, S)
        for name in ("components", "theorems"):
            P.expected[name]["modulo"] = D.unfixed
        P.follows("widths")
        return
    if D.lifted:
        pinned = all(map(is_point, P.box))
        witness = P.witness["components"]
        expect(P, lifted.staircase(D.clock, P.points, P.ranks, witness, pinned=pinned))
        for name in ("components", "theorems"):
            P.expected[name]["modulo"] = D.unfixed
        if P.kind == "lasso":
            steps = P.expected["components"]["widths"]
            kept = [{key: x[key] for key in ("m", "polytope_components")} for x in steps]
            P.expected["components"]["widths"] = kept
        P.follows("widths")
        return
    for support in P.supports:
        used |= support
    loose = D.limited or any(functions.flats(D, P.signed(), used))
    if loose:
        array(P.witness["components"], "witness.components", 0)
        P.expected |= {name: dict.fromkeys(KEYS[name].split()) for name in names}
        P.expected["threshold"]["bound_used"] = None
    else:
        S = staircase(D.clock, P.supports, P.ranks, P.witness["components"])
        P.labels = S.labels
        expect(P, S)
    for name in ("components", "theorems"):
        P.expected[name]["modulo"] = D.unfixed
    P.follows("widths")


def expect(P: Proof, S: Staircase | lifted.Shadows) -> None:
    """Keep what the claims about widths must be."""
    own, rank = S.bounds["used"], S.bounds["rank"]
    P.expected |= {
        "widths": S.widths,
        "components": {"widths": S.components},
        "threshold": {
            "threshold": S.threshold,
            "bound": own if P.version == 2 else rank,
            "bound_rank": rank,
            "bound_used": own,
            "bound_talk": S.bounds["talk"],
        },
        "theorems": {"verdicts": S.theorems},
    }


def prove_components(P: Proof) -> None:
    """Compare the counts with what was derived."""
    P.follows("components")


def prove_threshold(P: Proof) -> None:
    """Compare the threshold and its bounds with what was derived."""
    P.follows("threshold")


def prove_theorems(P: Proof) -> None:
    """Compare the verdicts with what was derived."""
    P.follows("theorems")


def prove_holes(P: Proof) -> None:
    """Derive the holes from the supports, and compare the claim with them."""
    counted = P.expected["threshold"]
    require(counted["threshold"] is not None, "claims.holes", "widths are not counted")
    least = P.expected["widths"]["m_star"]
    P.expected["holes"] = holes(P.D.clock, P.supports, least, counted["threshold"])
    P.follows("holes")


def prove_uniqueness(P: Proof) -> None:
    """Prove what is one and what is many."""
    stated_modulo(P)
    witness = P.witness["differ"]
    if P.version == 1:
        witness = networks_of(P, witness)
    functions.uniqueness(P.target, P.atoms, P.supports, P.claims, witness)


def stated_modulo(P: Proof) -> None:
    """Require that uniqueness says what it is modulo, where its format has the word."""
    right = P.version == 1 or P.claims["uniqueness"]["modulo"] == P.D.unfixed
    require(right, "claims.uniqueness", "is not what follows from the rest")


def prove_path(P: Proof) -> None:
    """Prove a path."""
    paths.path(P.target, P.claims["path"], free=P.free)


def prove_separation(P: Proof) -> None:
    """Prove a separation."""
    claim = P.claims["separation"]
    vertices = (P.supports, P.labels)
    paths.separation(P.target, P.atoms, vertices, claim, free=P.free)


def prove_descent(P: Proof) -> None:
    """Prove a descent."""
    finite(P.D)
    paths.descent(P.target, P.claims["descent"], free=P.free)


def prove_road(P: Proof) -> None:
    """Prove a road between any two networks."""
    finite(P.D)
    paths.road(P.D, P.kappa, P.claims["road"], free=P.free)


def prove_gap(P: Proof) -> None:
    """Prove a gap."""
    finite(P.D)
    paths.gap(P.D, P.kappa, P.claims["gap"], free=P.free)


def box_prove_atoms(P: Proof) -> None:
    """Prove the solution of the system, with it the atoms; count the rank of idle ones."""
    of: Callable[..., System] = System
    if P.kind == "enclosed":
        of = partial(Pieced, pieces=pieces_of(P.D, P.claims["optimum"]["pieces"]))
    of = partial(of, bits=P.bits, hints=P.hints)
    S = system_of(P.D, P.claims["atoms"], P.witness, of)
    P.atoms = S
    box_dual.pinned(S)
    paired = any(len(f.atoms) == 2 for f in S.faces)
    right = not (S.prices and paired)
    require(right, "witness.faces", "pairs beside fits that are not pinned")
    P.x = box_dual.solved(S, P.witness)
    own = len(S.faces) + S.linear
    P.ranks = (own + box_dual.idle_rank(S), own, P.D.n)


def box_prove_dual(P: Proof) -> None:
    """Prove kappa feasible, strictly but at the atoms."""
    E = Exact(P.atoms, P.kappa)
    for charted in P.charts:
        box_dual.bounded(P.atoms, E, charted)


def box_prove_optimum(P: Proof) -> None:
    """Prove the ends of kappa, fit and objective."""
    if isinstance(P.atoms, Pieced):
        optimum(P.atoms, P.x, P.claims)
        return
    pieces(P)
    box_dual.optimum(P.D, P.kappa, P.claims)


def box_prove_vertices(P: Proof) -> None:
    """Prove the list of vertices."""
    S, cover = P.atoms, P.witness["cover"]
    P.G = box_polytope.gammas(S, P.kappa)
    P.supports = box_polytope.vertices_of(S, P.x, P.G, P.claims["vertices"])
    record(cover, "farkas tree", "witness.cover")
    walls = box_polytope.walls_of(S, P.x, P.G, cover["farkas"])
    polytope.cover(P.D.clock, len(S.atoms), P.supports, walls, cover["tree"])
    polytope.antichain(P.D.clock, P.supports)


def box_prove_dimension(P: Proof) -> None:
    """Prove ranks and dimension."""
    rank, used, _ = P.ranks
    measured(P, rank, used, box_polytope.dimension(P.atoms))


def box_prove_uniqueness(P: Proof) -> None:
    """Prove what is one and what is many."""
    stated_modulo(P)
    claim, witness = P.claims["uniqueness"], P.witness["differ"]
    B = box_functions.Boxes(P.atoms, P.x, P.G, P.supports)
    box_functions.uniqueness(B, claim, witness)


def deep_prove_atoms(P: Proof) -> None:
    """Read the directions of inner neurons."""
    P.atoms = P.deep.prove_atoms()


def deep_prove_dual(P: Proof) -> None:
    """Prove that no branch exceeds beta, on the one chart."""
    for charted in P.charts:
        P.deep.prove_dual(charted, P.kappa)


def deep_prove_gap(P: Proof) -> None:
    """Prove the gap of a network of three layers."""
    finite(P.D)
    P.deep.prove_gap(P.kappa)


def outputs_prove_atoms(P: Proof) -> None:
    """Prove N tight at each listed atom."""
    P.atoms = directions.atoms_of(P.D, P.kappa, P.claims["atoms"])


def prove_continua(P: Proof) -> None:
    """Prove N tight all over each listed continuum."""
    P.continua = directions.continua_of(P.D, P.atoms, P.claims["continua"])


def outputs_prove_dual(P: Proof) -> None:
    """Prove N feasible, and that atoms and continua are all there is."""
    outputs.orthogonal(P.D, P.kappa)
    atoms = {tuple(a.covector): a.g for a in P.atoms}
    tight = directions.Tight(P.D, atoms, P.continua)
    for charted in P.charts:
        faces.bounded(P.D, P.kappa, charted, tight)


def outputs_prove_optimum(P: Proof) -> None:
    """Prove fit and value."""
    pieces(P)
    P.fit = outputs.optimum(P.D, P.kappa, P.claims["optimum"])


def prove_enclosed(P: Proof) -> None:
    """Prove the optimum in its intervals, N feasible, and tight there only.

    With atoms alone P is a point; the rank of all that is tight joins all networks.
    """
    found = enclosed.proved(P.D, P.claims["enclosed"], P.witness["system"])
    several = any(face.k > 1 for face in found.S.faces)
    right = several == (P.kind == "continuum_enclosed")
    require(right, "claims.enclosed", "has a continuum, or none, against its kind")
    for charted in P.charts:
        enclosed.bounded(found, charted)
    k = sum(len(face.entries) for face in found.S.faces)
    P.atoms, P.supports, P.ranks = [], [(1 << k) - 1], (k, k, P.D.entries)
    bound = ranks.width_of(P.D.n, min(P.D.n, P.D.c))
    P.expected["spanned"] = {"rank": k, "connected_from": min(k + 1, bound)}


def prove_spanned(P: Proof) -> None:
    """Compare rank and width with what was derived."""
    P.follows("spanned")


def prove_rank_bound(P: Proof) -> None:
    """Prove the rank of N, and the bound that it gives."""
    P.expected["rank_bound"] = ranks.rank_bound(P.D, P.kappa, P.witness["outputs"])
    P.follows("rank_bound")


def prove_network(P: Proof) -> None:
    """Prove one network optimal."""
    ranks.network(P.D, P.kappa, P.fit, P.claims["network"])


def prove_connected(P: Proof) -> None:
    """Prove the rank of what is tight, and the width from which all are joined."""
    bound, witness = P.expected["rank_bound"]["bound"], P.witness["rank"]
    P.expected["connected"] = ranks.connected(P.D, P.atoms, P.continua, bound, witness)
    P.follows("connected")


Prover = Callable[[Proof], None]
EXACT: dict[str, Prover] = {  # in the order in which they are proved
    "patterns": prove_patterns,
    "atoms": prove_atoms,
    "dual": prove_dual,
    "optimum": prove_optimum,
    "intervals": prove_intervals,
    "solution": prove_solution,
    "joined": prove_joined,
    "vertices": prove_vertices,
    "lifted": prove_lifted,
    "some": prove_some,
    "some_lifted": prove_some_lifted,
    "dimension": prove_dimension,
    "widths": prove_widths,
    "components": prove_components,
    "threshold": prove_threshold,
    "theorems": prove_theorems,
    "holes": prove_holes,
    "bounds": prove_bounds,
    "uniqueness": prove_uniqueness,
    "path": prove_path,
    "separation": prove_separation,
    "descent": prove_descent,
    "road": prove_road,
    "gap": prove_gap,
}
IN_BOXES: dict[str, Prover] = EXACT | {
    "atoms": box_prove_atoms,
    "dual": box_prove_dual,
    "optimum": box_prove_optimum,
    "vertices": box_prove_vertices,
    "some": box_prove_some,
    "dimension": box_prove_dimension,
    "uniqueness": box_prove_uniqueness,
}
IN_BRANCHES: dict[str, Prover] = EXACT | {
    "atoms": deep_prove_atoms,
    "dual": deep_prove_dual,
    "attained": lambda P: P.deep.prove_attained(P.target),
    "pieces": lambda P: P.deep.prove_pieces(P.target),
    "table": lambda P: P.deep.prove_table(P.target),
    "depth": lambda P: P.deep.prove_depth(P.target),
    "gap": deep_prove_gap,
}
OF_OUTPUTS: dict[str, Prover] = {
    "patterns": prove_patterns,
    "atoms": outputs_prove_atoms,
    "enclosed": prove_enclosed,
    "spanned": prove_spanned,
    "continua": prove_continua,
    "dual": outputs_prove_dual,
    "optimum": outputs_prove_optimum,
    "rank_bound": prove_rank_bound,
    "network": prove_network,
    "connected": prove_connected,
    **{name: EXACT[name] for name in SHAPE[4:]},
}


@dataclass(frozen=True)
class Accepted:
    """A certificate that was accepted: its kind, and what its counts are taken modulo.

    ``proved`` are lines that say it, for several outputs.
    """

    kind: str
    modulo: tuple[str, ...]
    proved: tuple[str, ...] = ()


def accepted(
    certificate: Json, limits: Limits | None = None, hints: Any = None
) -> Accepted:
    """Return what was accepted (a Certificate, its JSON value or its text), or raise."""
    limits = limits or Limits()
    text = text_of(certificate)
    clock = Clock(limits, len(text))
    P = proof_of(parse(text, limits, clock), clock, hints)
    several = isinstance(P.D, outputs.Outputs)
    provers = IN_BRANCHES if P.deep else IN_BOXES if P.bits else EXACT
    provers = OF_OUTPUTS if several else provers
    order = list(provers)
    waiting = sorted(P.claims, key=order.index)  # an accident if nothing proves a claim
    for done, name in enumerate(waiting):
        if limits.told is not None:
            limits.told(name, done, len(waiting))
        P.D.clock.tick()
        provers[name](P)
    P.hints.close()
    counted = {"components", "uniqueness", "bounds"} & set(P.claims)
    modulo = tuple(P.D.unfixed) if counted else ()
    return Accepted(P.kind, modulo, tuple(ranks.told(P.claims)) if several else ())


def proof_of(value: Json, clock: Clock, hints: Any = None) -> Proof:
    """Return the proof of a certificate before anything is proved."""
    instance = type(value) is dict and "X" in value and "format" not in value
    if instance:
        why = "is an instance, no certificate: `certify -o CERT.json` writes one of it"
        raise Unreadable("file", why)
    read, version = opened(value)
    rows, kind = (ROWS_2 if version == 2 else ROWS_1), read["kind"]
    require(type(kind) is str and kind in rows, "kind", "is unknown")
    free = kind.startswith("free")
    claims = claims_of(read["claims"], rows[kind], version, free=free)
    spoken, boxed = read["field"], type(read["field"]) is dict and "bits" in read["field"]
    keys = " ".join(WITNESS[name] for name in rows[kind] if name in WITNESS)
    bits = 0
    if boxed or kind in {"interval", "enclosed"}:
        fine = kind in BOXED and (version == 2 or kind != "staircase")
        require(fine, "field", "this kind has exact numbers")
        record(spoken, "bits", "field")
        bits, spoken = box_dual.bits_of(spoken), "Q"
        few = kind != "enclosed" or bits <= MOST_BITS
        require(few, "field", "too many bits for logarithms")
        keys = keys.replace("rank ", "" if version == 1 else "hints ")
        keys += f" {BOXES}" + " pins" * (version == 2 or free)
    witness = record(read["witness"], keys, "witness")
    data = data_of(read["data"], version, free=free)
    layers = None
    if kind in DEEP:
        layers, data = layers_of(data)
    made = outputs.Outputs if kind in SEVERAL else Instance
    planted = kind == "general" and type(spoken) is dict and "primes" in spoken
    D = made(data, (LogField if planted else Field)(spoken, clock))
    told_as = kind if kind in {"general", "lasso", "normed"} else ""
    told_as = "general" if kind == "general_unlisted" else told_as
    fine = D.told_as == told_as
    if kind == "enclosed":
        fine = D.lifted and D.unit.kind in {"relu", "slopes"}
    elif kind in ANY_LOSS:
        fine = fine or D.unit.plain
    require(fine, "data.loss", "is no loss of this kind")
    if version == 1 and not free:
        witness = witness | {name: [witness[name]] for name in ("patterns", "dual")}
    if hints is None:
        own = version == 2 and bits
        hints = Answers(witness["hints"]) if own else Lift(clock)
    P = Proof(kind, D, claims, witness, version, hints, bits)
    if kind in DEEP:
        P.deep = Deep(D, layers, claims, witness)
    return P


def check(certificate: Json, limits: Limits | None = None) -> None:
    """Return nothing if a certificate, its JSON value or its text is accepted, or raise."""
    accepted(certificate, limits)
