"""The producer for any loss whose optimum is known in balls: kind ``enclosed`` (general §2).

Each sample is on one piece of the graph of its loss; the checker's own system of these pieces is
evaluated with the solution found, as at level interval of the squared loss.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import partial
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from polytope_nn.certificate.cones.boxed import box_trees
from polytope_nn.certificate.cones.trees import kind_of
from polytope_nn.certificate.enclosures import (
    PRECISIONS,
    atoms_claim,
    ends,
    faces_of,
    first_that_serves,
    locate,
    primitive,
    rescaled,
    tight_multipliers,
)
from polytope_nn.certificate.exact import forest_of, shape_of
from polytope_nn.certificate.format import Certificate, Json
from polytope_nn.certificate.general import data_of
from polytope_nn.certificate.interpolations import linear
from polytope_nn.certificate.raised import with_hints
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.certificate.unlisted.said import said_of_points, some_claim, some_supports
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.pieces.system import Pieced, fit_of, pieces_of
from polytope_nn.checker.claims.system.grouping import system_of
from polytope_nn.checker.kernel.intervals import Numbers
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.checker.lift import Lift
from polytope_nn.dual.atoms import Atom, Bound
from polytope_nn.dual.enclosures import Enclosures
from polytope_nn.dual.units.sloped import SlopedOptimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import middle
from polytope_nn.geometry.arrangement import Arrangement, arrangement
from polytope_nn.landscape.fits import counted_modulo
from polytope_nn.landscape.merge_tree import Staircase, merge_tree
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.supports import bits_of
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.losses.pieces import Pieces

from .neurons import exact_bounds, relu
from .point import Key, on_flats, points, spoken_pieces
from .ratios import polytope_told, zeros_told
from .shares import shares_told
from .sloped import centre_of, keys_of, sides_of, slopes_told, source_bounds

__all__ = [
    "enclosed_certificate",
    "forests",
    "numbers",
    "shape",
]


class _Placed(NamedTuple):
    """The atoms of each face, the columns beside Z in words, a point near the solution.

    And the neurons in words, for each arrangement its bounds, the entries of kappa that are
    chosen, the shares of atoms in a basis, and whether forms that are 0 are told.
    """

    groups: Sequence[Sequence[Key]]
    free: list[Json]
    centre: Sequence[Fraction]
    unit: dict[str, Json]
    bounds: Sequence[tuple[Arrangement, Sequence[Bound]]]
    pins: Mapping[int, Fraction] = MappingProxyType({})
    shares: Mapping[Key, Vector] = MappingProxyType({})
    zeros: bool = False


def enclosed_certificate(P: OptimalPolytope) -> Certificate:
    """Return the certificate of kind ``enclosed``, accepted by its checker.

    Raises
    ------
    Undecided
        When no precision tried is enough for the checker, or more than it knows is free.
    """
    if P.missing and not P.is_unlisted:
        raise Undecided(P.missing)
    every = _of_sides(P) if isinstance(P.optimum, SlopedOptimum) else _of_relu(P)
    first = next(every)

    def attempt(placed: _Placed, bits: int) -> Certificate:
        return with_hints(_attempt(P, placed, bits))

    for placed in chain([first], every, [first._replace(zeros=True)]):
        with suppress(Undecided):
            return first_that_serves(partial(attempt, placed), PRECISIONS[:1])
    return first_that_serves(partial(attempt, first))


def _of_relu(P: OptimalPolytope) -> Iterator[_Placed]:
    """Yield what is known of ReLU neurons: in balls, or of one point exactly."""
    O, proof, problem = P.optimum, P.optimum.enclosures, P.problem
    arrangements = [] if O.cones else [chart.arrangement for chart in problem.charts]
    known = (relu(problem), list(zip(arrangements, O.bounds, strict=True)))
    if proof is None:
        yield from _at_point(P, *known)
        return
    groups = [unit.keys for unit in proof.units]
    chosen = linear(proof, problem)
    pins = dict(zip(proof.pins, proof.chosen, strict=True))
    near = rescaled(_unrested(P, proof, proof.centre, chosen), chosen)
    yield _Placed(groups, primitive(chosen), near, *known, pins)


def _of_sides(P: OptimalPolytope) -> Iterator[_Placed]:
    """Yield what is known of neurons of two slopes: what the enclosures of their sides say."""
    O, problem = P.optimum, P.problem
    assert isinstance(O, SlopedOptimum)  # as it was asked
    assert isinstance(problem, TrainingProblem)  # no other has slopes
    bounds = _bounds_of_slopes(O, problem)
    if O.sides is None or O.sides.enclosures is None:  # no system of pairs says what it is
        yield from _at_point(P, slopes_told(problem), bounds)
        return
    sides, proof = sides_of(O)
    n = problem.n
    pins = {
        j % n: r * sides.signs[j // n]
        for j, r in zip(proof.pins, proof.chosen, strict=True)
    }
    groups = [keys_of(sides, unit.keys) for unit in proof.units]
    chosen = linear(proof, sides)
    near = rescaled(_unrested(P, proof, centre_of(sides, proof), chosen), chosen)
    yield _Placed(groups, primitive(chosen), near, slopes_told(problem), bounds, pins)


def _bounds_of_slopes(
    O: SlopedOptimum, problem: TrainingProblem
) -> list[tuple[Arrangement, Sequence[Bound]]]:
    """Return the bounds of the topes; none where cones prove that kappa is feasible."""
    if O.cones:
        return []
    H = arrangement(problem.plain_design)
    exact = O.enclosures is None and not any(isinstance(t, Ball) for t in O.kappa)
    return [(H, exact_bounds(O, H) if exact else source_bounds(O, H))]


def _at_point(
    P: OptimalPolytope,
    unit: dict[str, Json],
    bounds: Sequence[tuple[Arrangement, Sequence[Bound]]],
) -> Iterator[_Placed]:
    """Yield what a kappa says of which no enclosures are kept."""
    D = Instance(data_of(P.problem, unit), Field("Q", Clock(Limits())))
    S = Pieced(D, [], {}, 0, Lift(D.clock), pieces=pieces_of(D, spoken_pieces(P)))
    S.begin()
    for groups, free, centre, shares in points(P, S):
        yield _Placed(groups, free, centre, unit, bounds, shares=shares)


def _unrested(
    P: OptimalPolytope, proof: Enclosures, centre: Vector, chosen: Sequence[Vector]
) -> Vector:
    """Return a centre with the lambda of the samples that the certificate has on flats.

    The search may have others there: powers at rest, whose fit is the label, and not those
    that rest at the end of a flat. Theirs is the last of what is free before the chosen columns.
    """
    solved = proof.solved
    known = list(solved.flats) if isinstance(solved, Pieces) else []
    end = len(centre) - len(chosen)
    start = end - len(known)
    near = {k % P.problem.n: t for k, t in zip(known, centre[start:end], strict=True)}
    own = (near.get(k, middle(-P.optimum.fit[k])) for k in on_flats(P))
    return (*centre[:start], *own, *centre[end:])


def _attempt(P: OptimalPolytope, near: _Placed, bits: int) -> Certificate:
    problem = P.problem
    data = data_of(problem, near.unit)
    D = Instance(data, Field("Q", Clock(Limits())))
    spoken = spoken_pieces(P)
    every = some_supports(P) if P.is_unlisted else P.supports
    listed, supports = _ordered(P, every)
    atoms = atoms_claim(listed)
    placed: dict[str, Json] = {
        "faces": faces_of(listed, near.groups),
        "free": near.free,
        "pins": [[*sorted(near.pins)], [text(near.pins[j]) for j in sorted(near.pins)]],
    }
    of = partial(Pieced, pieces=pieces_of(D, spoken), bits=bits, hints=Lift(D.clock))
    system = system_of(D, atoms, placed, of)
    if system.size != len(near.centre):
        raise Undecided("what is free beside fits that may move is not independent of them")
    x, located = locate(system, near.centre)
    if near.zeros or near.shares:
        found = zeros_told(system, x)
        located |= {"zeros": found} if found else {}
    claims, witness = _feasible(P, near.bounds, listed)
    claims += [*numbers(system, x, spoken), atoms]
    witness |= {**placed, **located}
    kind = kind_of("enclosed", P)
    if P.is_unlisted:
        said = said_of_points(
            P, supports, counted_modulo(P.optimum), pinned=not system.prices
        )
        claims += [some_claim(system, x, supports), *said]
        witness |= {"idle": [], "longest": []}
        return Certificate(kind, data, {"bits": bits}, claims, witness, version=2)
    if near.shares:
        shares = [near.shares[a.sign, a.covector] for a in listed]
        vertices, proof = shares_told(system, x, shares, supports)
    else:
        vertices, proof = polytope_told(system, x, supports)
    claims += [vertices, *shape(P)]
    witness |= {**proof, "components": forests(P.staircase, supports)}
    return Certificate(kind, data, {"bits": bits}, claims, witness, version=2)


def _feasible(
    P: OptimalPolytope,
    known: Sequence[tuple[Arrangement, Sequence[Bound]]],
    listed: Sequence[Atom],
) -> tuple[list[Json], dict[str, Json]]:
    """Return the claim of the patterns and what proves kappa feasible on them, or without."""
    if P.optimum.cones:
        (proof,) = P.optimum.cones  # no loss but the squared has a free bias
        return [], {"dual": box_trees(proof, P.optimum, listed)}
    trees: list[Json] = []
    counts: list[Json] = []
    multipliers: list[Json] = []
    for H, bounds in known:
        tree, order = pattern_tree(H)
        trees.append(tree)
        counts.append(len(order))
        multipliers.append(tight_multipliers(H, bounds, listed, order))
    claim: Json = {"claim": "patterns", "counts": counts}
    return [claim], {"patterns": trees, "dual": multipliers}


def _ordered(P: OptimalPolytope, supports: Sequence[int]) -> tuple[list[Atom], list[int]]:
    """Return the atoms in the order of signs and covectors, and supports of vertices."""
    order = sorted(range(len(P.atoms)), key=lambda i: P.atoms[i].key)
    place = {i: at for at, i in enumerate(order)}
    moved = [sum(1 << place[a] for a in bits_of(support)) for support in supports]
    return [P.atoms[i] for i in order], sorted(moved, key=bits_of)


def forests(S: Staircase, supports: Sequence[int]) -> list[Json]:
    """Return the forests of the vertices in the order of their supports."""
    sizes = tuple(bits.bit_count() for bits in supports)
    of = Staircase(sizes, merge_tree(supports), S.rank, S.used_rank, S.n, S.vanishes)
    return [forest_of(of, m) for m in range(S.m_star, S.threshold + 2)]


def numbers(system: Pieced, x: Numbers, spoken: list[Json]) -> list[Json]:
    """Return the claims of kappa, fit and objective."""
    fit, value = fit_of(system, x)
    return [
        {"claim": "dual", "kappa": list(map(ends, system.kappa(x)))},
        {
            "claim": "optimum",
            "pieces": spoken,
            "fit": list(map(ends, fit)),
            "objective": ends(value),
        },
    ]


def shape(P: OptimalPolytope) -> list[Json]:
    """Return the claims that follow from the supports, in the words of format 2."""
    ranks: Json = {
        "claim": "dimension",
        "rank": P.rank,
        "used_rank": P.used_rank,
        "dim": P.dim,
    }
    return [ranks, *shape_of(P.staircase, P.rank, one_fit=P.optimum.is_pinned)]
