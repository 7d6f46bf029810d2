"""The producer under polyhedral norms in balls: ``cells_enclosed``, ``lasso_cells_enclosed``.

The tight rays are columns, of which a basis makes the checker's system; a cone where some are tight
is cut into pieces on which the norm is linear, with all of its rays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from polytope_nn.certificate.enclosures import first_that_serves, locate
from polytope_nn.certificate.exact import rank_witness
from polytope_nn.certificate.format import Certificate, Json, sparse
from polytope_nn.certificate.general import data_of
from polytope_nn.certificate.raised import with_hints
from polytope_nn.certificate.strict_walls import midpoint
from polytope_nn.certificate.trees import pattern_tree
from polytope_nn.certificate.units.bases import Basis, basis_beside, vanishes
from polytope_nn.certificate.units.enclosed import numbers
from polytope_nn.certificate.units.neurons import pulls
from polytope_nn.certificate.units.point import spoken_pieces
from polytope_nn.certificate.units.shares import TiedWalls, vertices_told
from polytope_nn.certificate.units.tied import rounded, system_on, weights_of
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.listed.dual import TIGHT
from polytope_nn.checker.claims.listed.system import Tied
from polytope_nn.checker.kernel.intervals import Numbers
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.dual.atoms import cone_projection
from polytope_nn.dual.units.blocks import BlockOptimum, parts_of
from polytope_nn.dual.units.cells import CellOptimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.rational import Matrix, Vector, text
from polytope_nn.exact.scalar import Scalars, dot, middle, sign
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.points import Coefficients
from polytope_nn.landscape.supports import bits_of, support
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes
from polytope_nn.problems.units.lasso import Block, GroupLasso
from polytope_nn.search.units.columns import beta_of

from .cells import cells_of, counts
from .cuts import Cut, FanRay
from .normed import strictly, unit_of

__all__ = ["fan_certificate"]

_ZERO = Fraction(0)


def fan_certificate(O: BlockOptimum | CellOptimum) -> Certificate:
    """Return the certificate of cells in intervals, accepted by its checker.

    Raises
    ------
    TooMany
        When there are more pieces, or sets of cells, than are looked at.
    Undecided
        When no precision tried is enough, or tied features depend on each other.
    """
    if O.missing:
        raise Undecided(O.missing)
    rays = sorted(_rays(O), key=lambda ray: ray.key)
    free = O.problem.free.columns
    own = [free[j] for j in independent_rows(free)]
    used_first = sorted(range(len(rays)), key=lambda i: O.weights[rays[i].place] == 0)
    basis = basis_beside(own, rays, used_first)
    D = Instance(data_of(O.problem, unit_of(O)), Field("Q", Clock(Limits())))
    told = _Told(O, rays, basis)
    told = replace(told, bounds=_bounds(told, D), counted=counts(O))
    return first_that_serves(lambda bits: with_hints(_attempt(told, bits)))


@dataclass(frozen=True)
class _Told:
    """The optimum, its rays in order, a basis of them."""

    O: BlockOptimum | CellOptimum
    rays: Sequence[FanRay]
    basis: Basis
    bounds: tuple[Json, list[Json], int, list[Json]] = (None, [], 0, [])
    counted: Json = None


def _rays(O: BlockOptimum | CellOptimum) -> Iterator[FanRay]:
    """Yield the tight rays of length 1, and the directions of blocks of the norm l2."""
    problem = O.problem
    if isinstance(problem, TrainingProblem):
        for i, a in enumerate(O.atoms):
            u = tuple(map(_rational, a.g))
            spoken: dict[str, Json] = {"sign": a.sign, "u": [text(t) for t in u]}
            column = tuple(map(_rational, a.feature))
            V = tuple((t,) for t in column)
            yield FanRay(a, spoken, V, column, (-a.sign,), u, i)
        return
    assert isinstance(problem, GroupLasso)  # there are no others
    parts = {(part.block, part.sign): part for part in parts_of(problem.blocks)}
    for i, a in enumerate(O.atoms):
        block, owner = problem.blocks[O.owners[i]], (O.owners[i], -a.sign)
        named: dict[str, Json] = {"block": O.owners[i], "sign": a.sign}
        if block.norm == "l2":
            part = parts[O.owners[i], a.sign]
            zero = [k for k, row in enumerate(part.cone) if vanishes(a, k, row)]
            spoken = {**named, "zero": [*zero]}
            yield FanRay(a, spoken, part.factor(zero), None, owner, (), i)
            continue
        u = _direction(block.norm, [middle(t) for t in a.g])
        column = tuple(a.sign * dot(row, u) for row in block.A)
        spoken = {**named, "u": [text(t) for t in u]}
        yield FanRay(a, spoken, tuple((t,) for t in column), column, owner, u, i)


def _rational(x: object) -> Fraction:
    assert isinstance(x, Fraction)  # a ray of a fan, and its feature
    return x


def _direction(norm: str, g: Sequence[Fraction]) -> Vector:
    """Return the ray of length 1 near a direction: its entries have small denominators."""
    sizes = list(map(abs, g))
    length = sum(sizes, start=_ZERO) if norm == "l1" else max(sizes)
    return tuple((t / length).limit_denominator(1 << 40) for t in g)


def _attempt(told: _Told, bits: int) -> Certificate:
    O, rays, basis = told.O, told.rays, told.basis
    data = data_of(O.problem, unit_of(O))
    pieces = spoken_pieces(O)
    listed: Json = {"claim": "rays", "list": [ray.spoken for ray in rays]}
    system, placed = system_on(basis, data, (pieces, O.kappa), listed, bits)
    x, located = locate(system, _near(told, pieces))
    D, e = system.D, weights_of(system, x)
    supports = _supports(system, e)
    patterns, dual, count, cones = told.bounds
    walls = TiedWalls(system, e)
    cells = cells_of(cones, [ray.column is None for ray in rays])
    claims: list[Json] = [
        {"claim": "patterns", "counts": [count]},
        *numbers(system, x, pieces),
        listed,
        {"claim": "cells", "list": [[*cell] for cell in cells]},
        vertices_told(system, e, supports),
        told.counted,
    ]
    witness: dict[str, Json] = {
        **placed,
        **located,
        "patterns": patterns,
        "dual": dual,
        "cells": cones,
        "cover": walls.cover(supports),
        "rank": rank_witness(supports, basis.shares, len(basis.places) if rays else D.n),
    }
    lasso = isinstance(O.problem, GroupLasso)
    kind = "lasso_cells_enclosed" if lasso else "cells_enclosed"
    return Certificate(kind, data, {"bits": bits}, claims, witness, version=2)


def _near(told: _Told, pieces: Sequence[Json]) -> list[Fraction]:
    """Return a point near the solution of the system."""
    O, basis = told.O, told.basis
    unit = Fraction(1)
    if isinstance(O, CellOptimum):  # its rays have length 1, not beta
        unit = middle(beta_of(O.problem.beta_squared))
    masses = [middle(O.weights[ray.place]) / unit for ray in told.rays]
    e = [
        sum((s[j] * c for s, c in zip(basis.shares, masses, strict=True)), _ZERO)
        for j in range(len(basis.places))
    ]
    free = O.problem.free.columns
    coefficients = Coefficients(O).of(O.weights) if free else ()
    kept = [coefficients[j] for j in independent_rows(free)]
    flats = [-O.fit[k] for k, word in enumerate(pieces) if str(word).endswith("flat")]
    return [*map(middle, O.kappa), *e, *map(middle, kept), *map(middle, flats)]


def _supports(system: Tied, e: Numbers) -> list[int]:
    """Return the supports of the vertices of P, for the middles of the weights of the basis."""
    alive = system.alive
    if not system.places:
        return [0]
    columns = [system.narrow(a) for a in alive]
    found = slice_vertices(transpose(columns), tuple(map(midpoint, e)))
    bits = (sum(1 << alive[j] for j in bits_of(support(c))) for c in found)
    return sorted(bits, key=bits_of)


def _bounds(told: _Told, D: Instance) -> tuple[Json, list[Json], int, list[Json]]:
    """Return the witnesses of patterns, of dual feasibility and of cells; how many domains."""
    O, problem = told.O, told.O.problem
    kappa = tuple(rounded([middle(t) for t in O.kappa]))
    beta = middle(beta_of(problem.beta_squared))
    cut = Cut(D, told.rays, [])
    if isinstance(problem, GroupLasso):
        dual = [*_of_blocks(told, kappa, beta, cut)]
        return [], dual, len(problem.blocks), cut.cones
    assert isinstance(problem, TrainingProblem)  # no other has a norm
    assert isinstance(problem.activation, Slopes)  # a threshold has no norm
    H = arrangement(problem.plain_design)
    tree, order = pattern_tree(H)
    signed = [(pattern, s) for pattern in order for s in (1, -1)]
    asked = pulls(H, order, kappa, problem.activation)
    bounds: list[Json] = []
    for (pattern, s), (p, cone, at) in zip(signed, asked, strict=True):
        rows = [
            x if t > 0 and any(x) else [-z for z in x]
            for x, t in zip(D.X, pattern, strict=True)
        ]
        if cut.is_tight((-s,), rows):
            cut.pieces(problem.penalty, (-s,), rows)
            bounds.append(TIGHT)
        else:
            bounds.append(_strict(problem.penalty, (p, cone, at), beta))
    return [tree], [bounds], len(order), cut.cones


def _of_blocks(
    told: _Told, kappa: Sequence[Fraction], beta: Fraction, cut: Cut
) -> Iterator[Json]:
    """Yield what bounds each block and sign."""
    problem = told.O.problem
    assert isinstance(problem, GroupLasso)  # as it was asked
    smooth = {ray.owner: ray for ray in told.rays if ray.column is None}
    for i, block in enumerate(problem.blocks):
        pull = [dot(kappa, column) for column in zip(*block.A, strict=True)]
        for s in block.signs:
            p, owner = tuple(s * t for t in pull), (i, -s)
            if block.norm == "l2":
                yield _of_smooth(block, p, smooth.get(owner))
            elif cut.is_tight(owner, block.cone):
                cut.pieces(block.norm, owner, block.cone)
                yield TIGHT
            else:
                at = range(len(block.cone))
                yield _strict(block.norm, (p, block.cone, at), beta)


def _strict(
    norm: str, of: tuple[Scalars, Matrix, Sequence[int]], beta: Fraction
) -> list[Json]:
    mu = strictly(norm, of, beta)
    if mu is None:
        raise Undecided(
            "kappa is not shown strictly feasible: a bound is equal or very close"
        )
    return sparse(mu)


def _of_smooth(block: Block, p: Scalars, ray: FanRay | None) -> list[Json]:
    """Return multipliers of a block of the norm l2, or the rows that press on its atom."""
    _, mu = cone_projection(block.cone, p)
    if ray is None:
        return sparse(dict(enumerate(mu)))
    zero = [k for k, row in enumerate(block.cone) if vanishes(ray.source, k, row)]
    zero.sort(key=lambda k: not sign(mu[k]))
    chosen = [zero[i] for i in independent_rows([block.cone[k] for k in zero])]
    return [*sorted(chosen)]
