"""The certificate of an optimum in balls that a tree of cones proves dual feasible."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from math import lcm

from polytope_nn.certificate.enclosures import (
    atoms_claim,
    faces_of,
    first_that_serves,
    locate,
    numbers,
    primitive,
    rescaled,
    vertices_claim,
)
from polytope_nn.certificate.format import Certificate, Json
from polytope_nn.certificate.general import data_of
from polytope_nn.certificate.interpolations import linear
from polytope_nn.certificate.raised import with_hints
from polytope_nn.certificate.strict_walls import cover_of
from polytope_nn.certificate.unlisted.said import said_of_points, some_claim, some_supports
from polytope_nn.checker.claims.cones.eliminated import Eliminated, eliminated
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.system.equations import System
from polytope_nn.checker.claims.system.grouping import system_of
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.checker.lift import Lift
from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.cone_form import ConeForm
from polytope_nn.dual.cone_tree import ConeProof
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.peaks import Peak, Shares
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import text
from polytope_nn.exact.scalar import dot
from polytope_nn.landscape.optimal_set import OptimalPolytope

from .exact import shape_of
from .trees import placed_trees, sides_of, turned

__all__ = ["box_trees", "boxed_cone_certificate"]

_FINER = 20  # bits by which kappa is finer than the integers of the trees


def boxed_cone_certificate(P: OptimalPolytope) -> Certificate:
    """Return the certificate of kind ``cones`` in intervals, accepted by its checker.

    Of a polytope whose vertices are not listed it is one of kind ``cones_unlisted``.

    Raises
    ------
    Undecided
        When no precision tried is enough for the checker.
    """
    if P.missing and not P.is_unlisted:
        raise Undecided(P.missing)
    return first_that_serves(lambda bits: with_hints(_attempt(P, bits)))


def _attempt(P: OptimalPolytope, bits: int) -> Certificate:
    O, problem = P.optimum, P.problem
    proof = O.enclosures
    assert proof is not None  # the level is interval
    data = data_of(problem, {"kind": "relu", "bias": problem.bias})
    D = Instance(data, Field("Q", Clock(Limits())))
    chosen, atoms = linear(proof, problem), atoms_claim(P.atoms)
    placed: dict[str, Json] = {
        "faces": faces_of(P.atoms, [unit.keys for unit in proof.units]),
        "free": primitive(chosen),
        "pins": [[], []],
    }
    system = system_of(D, atoms, placed, partial(System, bits=bits, hints=Lift(D.clock)))
    E = eliminated(system)
    z, located = locate(E, _start(E, rescaled(proof.centre, chosen)))
    x = E.whole(z)
    dual, optimum = numbers(system, x)
    assert isinstance(optimum, dict)  # a claim
    optimum["pieces"] = ["smooth"] * problem.n
    trees: list[Json] = [box_trees(proof, O) for proof in O.cones]
    dual_witness = trees if D.bias == "free" else trees[0]
    witness: dict[str, Json] = {**placed, **located, "dual": dual_witness}
    claims: list[Json] = [dual, optimum, atoms]
    if P.is_unlisted:
        kind, supports = "cones_unlisted", some_supports(P)
        claims.append(some_claim(system, x, supports))
        claims += said_of_points(P, supports, D.unfixed)
        witness |= {"idle": [], "longest": []}
    else:
        kind = "cones"
        shape, forests = shape_of(P, D.unfixed)
        claims += [vertices_claim(system, x, P.supports), *shape]
        witness |= {"cover": cover_of(system, x, P.supports), "components": forests}
    return Certificate(kind, data, {"bits": bits}, claims, witness, version=2)


def _start(E: Eliminated, centre: Sequence[Fraction]) -> list[Fraction]:
    """Return a point near the solution without kappa, from one with it."""
    kappa, rest = centre[: E.D.n], centre[E.D.n :]
    pulled = [
        dot([kappa[i] for i in f.at], column) / f.den
        for f in E.system.faces
        for column in f.columns
    ]
    return [*pulled, *rest]


def box_trees(
    proof: ConeProof, O: Optimum, atoms: Sequence[Atom] | None = None
) -> dict[str, Json]:
    """Return the trees over their basis, and the peaks that leaves name.

    ``atoms`` are those of the optimum in the order of the claim, if it is another.
    """
    form = proof.form
    entries: dict[tuple[int, Shares], int] = {}

    def placed(q: int, positive: int) -> int:
        way = proof.peaks[q].way(positive)
        assert way is not None  # it proves a leaf
        return entries.setdefault((q, way.theta), len(entries))

    trees = placed_trees(proof, placed)
    first, turn = sides_of(O)
    places = {
        (turn * a.sign, _merged(a.covector, form, first)): i
        for i, a in enumerate(O.atoms if atoms is None else atoms)
    }
    # a sample in units of its primitive row: kappa is to be as fine as the weights
    largest = max((abs(f) for f in form.factors), default=Fraction(1))
    need = largest / form.integers.unit * (1 << _FINER)
    grain = max(0, (need.numerator // need.denominator).bit_length())
    found: dict[str, Json] = {
        "unit": text(form.integers.unit),
        "grain": grain,
        "basis": [list(b) for b in form.basis],
        "peaks": [_peak(proof.peaks[q], theta, places) for q, theta in entries],
        "trees": trees,
    }
    return turned(found, O)


def _peak(
    peak: Peak, theta: Shares, places: dict[tuple[int, tuple[int, ...]], int]
) -> Json:
    """Return an atom by its place, a lower peak by its sign and those of the merged rows.

    It comes once for each theta that convex rows through it ask for.
    """
    tied: Json = [*sorted(peak.tied)]
    own: dict[str, Json] = {}
    if theta:
        over = lcm(*(t.denominator for _, t in theta))
        rows: list[Json] = [k for k, _ in theta]
        own["theta"] = [rows, [int(t * over) for _, t in theta], over]
    if peak.tight:
        return {"atom": places[peak.sign, tuple(peak.signs)], "tied": tied, **own}
    return {"sign": peak.sign, "signs": list(peak.signs), "tied": tied, **own}


def _merged(covector: Sequence[int], form: ConeForm, first: int) -> tuple[int, ...]:
    """Return the signs of an atom on the merged rows; ``first`` is the samples' on their side."""
    rows = zip(
        form.places, form.factors, covector, strict=False
    )  # sides repeat the samples
    found = {p: first * t * (1 if f > 0 else -1) for p, f, t in rows if p >= 0}
    return tuple(found[p] for p in range(len(found)))
