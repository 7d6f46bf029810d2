"""The producer under polyhedral norms: cells, and the counts for every width (general U6, G7).

What is tight on each cone is a polytope over p, whose rays are listed with a cover tree; over all
rays the lifted optimal set has its extreme points; what follows is counted by the checker again.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from polytope_nn.certificate.exact import field_of, rank_witness, vertex_json
from polytope_nn.certificate.format import Certificate, Json, numerators, sparse, written
from polytope_nn.certificate.general import data_of, intervals, lifted_columns
from polytope_nn.certificate.interpolations import accepted
from polytope_nn.certificate.trees import Pattern, cover_tree, pattern_tree
from polytope_nn.certificate.units.neurons import pressed, pulls
from polytope_nn.certificate.units.planted import cover_of_logarithms, primes_of, writer
from polytope_nn.checker.claims.cells import slots
from polytope_nn.checker.claims.cells.tight import Crossed, Cubed, Slice
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted
from polytope_nn.dual.units.blocks import BlockOptimum
from polytope_nn.dual.units.cells import CellOptimum, maximal
from polytope_nn.errors import TooMany, Undecided
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.arrangement import Arrangement, arrangement
from polytope_nn.geometry.double_description import slice_generators
from polytope_nn.geometry.farkas import alternative
from polytope_nn.landscape.boxes import box_vertices
from polytope_nn.landscape.fits import counted_modulo
from polytope_nn.landscape.slot_complex import slot_complex
from polytope_nn.landscape.supports import support
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes
from polytope_nn.problems.units.lasso import GroupLasso

from .normed import dual_norm, pressing, price, strictly, unit_of

__all__ = ["cell_certificate", "cells_of", "counts"]

_ZERO: Scalar = Fraction(0)
_POINTS = 400  # of the lifted optimal set
_RAYS = 4_000  # on the way to them
_WIDE = 12  # widths that are counted


def cell_certificate(O: BlockOptimum | CellOptimum) -> Certificate:
    """Return the certificate of kind ``cells``, of blocks ``lasso_cells``, accepted.

    Raises
    ------
    TooMany
        When there are more sets of cells, or extreme points, than are counted.
    Undecided
        When the numbers are balls, or too long for the checker.
    """
    try:
        return accepted(lambda: _made(O))
    except Refuted as refusal:
        if refusal.where != slots.WHERE:
            raise
        raise TooMany(f"certificates of cells: {refusal.why}") from None
    except TooMany as reason:
        raise TooMany(f"certificates of cells: {reason}") from None


class _Ray(NamedTuple):
    """A ray: in words, its key, its direction and its feature."""

    spoken: dict[str, Json]
    owner: tuple[int, ...]
    u: Scalars
    feature: Scalars
    is_smooth: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What rays are sorted by."""
        return (*self.owner, () if self.is_smooth else tuple(-t for t in self.u))


def _made(O: BlockOptimum | CellOptimum) -> Certificate:
    problem = O.problem
    data = data_of(problem, unit_of(O))
    D = Instance(data, Field("Q", Clock(Limits())))
    rays = sorted(_rays(O, D), key=lambda ray: ray.key)
    features = [tuple(D.modulo(list(ray.feature))) for ray in rays]
    columns, right = lifted_columns(D, features, O.interval)
    table = transpose(columns) if columns else ((),) * len(right)
    raw, primes = [ray.feature for ray in rays], primes_of(O)
    by_pivots = box_vertices(raw, problem.free, O.interval) if primes else None  # no field
    points = by_pivots or slice_generators(table, right, most=_RAYS)[0]
    if len(points) > _POINTS:
        raise TooMany(f"more than {_POINTS} extreme points")
    write = writer(primes) if primes else written
    lifted = [support(x) for x in points]
    shadows = [bits & (1 << len(rays)) - 1 for bits in lifted]
    used = [
        columns[j] for j in range(len(columns)) if any(bits >> j & 1 for bits in lifted)
    ]
    patterns, dual, count, cones = _cones(O, D, rays)
    cells = cells_of(cones, [ray.is_smooth for ray in rays])
    claims: list[Json] = [
        {"claim": "patterns", "counts": [count]},
        {"claim": "dual", "kappa": list(map(written, O.kappa))},
        intervals(O, write),
        {"claim": "rays", "list": [ray.spoken for ray in rays]},
        {"claim": "cells", "list": [[*cell] for cell in cells]},
        {
            "claim": "lifted",
            "list": [vertex_json(c, write) for c in points],
            "dim": len(used) - (rank(used) if used else 0),
        },
        counts(O),
    ]
    witness: dict[str, Json] = {
        "patterns": patterns,
        "dual": dual,
        "cells": cones,
        "cover": (cover_of_logarithms if primes else cover_tree)(lifted, columns, right),
        "lifted": rank_witness(lifted, columns, len(right)),
        "rank": rank_witness(shadows, features, problem.n),
    }
    directions = [t for ray in rays for t in ray.u]
    masses = [x for point in points for x in point]
    in_field = field_of([*O.kappa, *masses, *directions, price(O)])
    field: Json = {"primes": [*primes]} if primes else in_field
    kind = "lasso_cells" if isinstance(problem, GroupLasso) else "cells"
    return Certificate(kind, data, field, claims, witness, version=2)


def _rays(O: BlockOptimum | CellOptimum, D: Instance) -> Iterator[_Ray]:
    """Yield the tight rays, those of polyhedral norms of length 1."""
    problem = O.problem
    for i, a in enumerate(O.atoms):
        if not isinstance(problem, GroupLasso):
            u = _of_length_1(norm_of(O), a.g)
            feature = tuple(t / D.scale for t in D.feature(a.sign, list(u)))
            yield _Ray({"sign": a.sign, "u": _texts(u)}, (-a.sign,), u, feature)
            continue
        block = problem.blocks[O.owners[i]]
        smooth = block.norm == "l2"
        v: Scalars = a.g if smooth else _of_length_1(block.norm, a.g)
        spoken: dict[str, Json] = {"block": O.owners[i], "sign": a.sign, "u": _texts(v)}
        feature = tuple(a.sign * dot(row, v) for row in block.A)
        yield _Ray(spoken, (O.owners[i], -a.sign), v, feature, smooth)


def _texts(u: Scalars) -> list[Json]:
    return list(map(written, u))


def _of_length_1(norm: str, g: Scalars) -> Vector:
    """Return a rational direction of length 1 from a multiple of it."""
    sizes = [t if t > 0 else -t for t in g]
    length = sum(sizes, start=Fraction(0)) if norm == "l1" else max(sizes)
    return tuple(_rational(t / length) for t in g)


def _rational(x: Scalar) -> Fraction:
    if isinstance(x, Fraction):
        return x
    assert isinstance(x, Algebraic)  # exact
    assert x.rational is not None  # a ray of a fan
    return x.rational


def norm_of(O: BlockOptimum | CellOptimum) -> str:
    """Return the norm of the neurons."""
    assert isinstance(O.problem, TrainingProblem)  # blocks have their own
    return O.problem.penalty


class _Cone(NamedTuple):
    """A cone: the sign of a ray in it, the norm, p without multipliers, rows that may press."""

    owner: tuple[int, ...]
    norm: str
    p: Scalars
    rows: Matrix
    at: Sequence[int]
    whole: Sequence[Sequence[Any]]


def _cones(
    O: BlockOptimum | CellOptimum, D: Instance, rays: Sequence[_Ray]
) -> tuple[Json, list[Json], int, list[Json]]:
    """Return the witnesses of patterns, of dual feasibility and of cells; how many domains."""
    beta = price(O)
    patterns, count, every = _told(O, D)
    bounds: list[Json] = []
    cut: list[Json] = []
    for cone in every:
        if cone.norm == "l2":
            bounds.append(pressed(O.problem.beta_squared, cone.p, cone.rows, cone.at))
            continue
        mu = _multipliers(cone, rays, beta)
        bounds.append(sparse(mu))
        rows = dict(zip(cone.at, cone.rows, strict=True))
        p = [
            x + sum((t * rows[k][j] for k, t in mu.items()), start=_ZERO)
            for j, x in enumerate(cone.p)
        ]
        if dual_norm(cone.norm, p) == beta:
            signs = [sign(t) for t in p]
            if cone.norm == "l1":
                full = zip(signs, p, strict=True)
                signs = [e if e * t == beta else 0 for e, t in full]
            kind = Crossed if cone.norm == "l1" else Cubed
            cut.append(_cut(kind(D, signs, cone.whole, set(mu)), cone.owner, rays))
    dual_json: list[Json] = bounds if isinstance(O.problem, GroupLasso) else [bounds]
    return patterns, dual_json, count, cut


def _multipliers(cone: _Cone, rays: Sequence[_Ray], beta: Scalar) -> dict[int, Scalar]:
    """Return what presses: to a length below beta where no ray of the cone is tight."""
    tight = any(
        ray.owner == cone.owner and all(dot(row, ray.u) >= 0 for row in cone.rows)
        for ray in rays
    )
    mu = None if tight else strictly(cone.norm, (cone.p, cone.rows, cone.at), beta)
    return pressing(cone.norm, cone.p, cone.rows, cone.at, beta) if mu is None else mu


def _told(O: BlockOptimum | CellOptimum, D: Instance) -> tuple[Json, int, Iterator[_Cone]]:
    """Return the witness of patterns, how many domains there are, and the cones in order."""
    problem = O.problem
    if isinstance(problem, GroupLasso):
        return [], len(problem.blocks), _of_blocks(O, problem)
    assert isinstance(problem, TrainingProblem)  # no other has a norm
    H = arrangement(problem.plain_design)
    tree, order = pattern_tree(H)
    return [tree], len(order), _of_topes(O, D, (H, order))


def _of_blocks(O: BlockOptimum | CellOptimum, problem: GroupLasso) -> Iterator[_Cone]:
    for i, block in enumerate(problem.blocks):
        pull = [dot(O.kappa, column) for column in zip(*block.A, strict=True)]
        at = range(len(block.cone))
        for s in block.signs:
            p = tuple(s * t for t in pull)
            yield _Cone((i, -s), block.norm, p, block.cone, at, block.cone)


def _of_topes(
    O: BlockOptimum | CellOptimum, D: Instance, of: tuple[Arrangement, Sequence[Pattern]]
) -> Iterator[_Cone]:
    problem, (H, order) = O.problem, of
    assert isinstance(problem, TrainingProblem)  # as above
    assert isinstance(problem.activation, Slopes)  # a threshold has no norm
    signed = [(pattern, s) for pattern in order for s in (1, -1)]
    asked = pulls(H, order, O.kappa, problem.activation)
    for (pattern, s), (p, rows, at) in zip(signed, asked, strict=True):
        whole = [
            x if t > 0 and any(x) else [-z for z in x]
            for x, t in zip(D.X, pattern, strict=True)
        ]
        yield _Cone((-s,), problem.penalty, p, rows, at, whole)


def _cut(S: Slice, owner: tuple[int, ...], rays: Sequence[_Ray]) -> dict[str, Json]:
    """Return the rays of a slice, and the proof that there are no others."""
    at: list[int] = []
    supports: list[int] = []
    for i, ray in enumerate(rays):
        if ray.owner != owner:
            continue
        try:
            supports.append(S.support(list(ray.u)))
        except Refuted:  # of another cone
            continue
        at.append(i)
    columns = [tuple(map(Fraction, column)) for column in S.columns]
    right = tuple(map(Fraction, S.right))
    if supports:
        return {"rays": [*at], **cover_tree(supports, columns, right)}
    w = alternative(columns, right)[1]
    return {"rays": [], "farkas": [numerators(w, primitive=True)[0]], "tree": [2]}


def cells_of(cones: Sequence[Json], smooth: Sequence[bool]) -> list[tuple[int, ...]]:
    """Return the maximal cells; a smooth ray, of a block of the norm l2, is one."""
    found: list[tuple[int, ...]] = [(i,) for i, alone in enumerate(smooth) if alone]
    for cone in cones:
        assert isinstance(cone, dict)  # as above
        own = cone["rays"]
        assert isinstance(own, list)  # as above
        found.append(tuple(int(str(i)) for i in own))
    return sorted(maximal(found))


def counts(O: BlockOptimum | CellOptimum) -> dict[str, Json]:
    """Return the claim of the slot complex."""
    S = slot_complex(O)
    last = max(S.bound, S.m_star + 1)
    if last - S.m_star > _WIDE:
        raise TooMany(f"more than {_WIDE} widths")
    steps = [S[m] for m in range(S.m_star, last + 1)]
    if isinstance(O.problem, GroupLasso):
        kept: list[Json] = [
            {"m": step.width, "polytope_components": step.classes} for step in steps
        ]
        own: dict[str, Json] = {"m_star": S.m_star, "bound": S.bound}
        return {"claim": "parts", **own, "widths": kept, "modulo": [*counted_modulo(O)]}
    if any(step.isolated is None for step in steps):
        raise Undecided("whether a component is a point")
    widths: list[Json] = [{**step.told()} for step in steps]
    return {
        "claim": "slots",
        "m_star": S.m_star,
        "threshold": S.threshold,
        "bound": S.bound,
        "widths": widths,
        "modulo": [*counted_modulo(O)],
    }
