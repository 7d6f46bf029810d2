"""An optimum whose ties hold on a whole subspace of dual variables, proved in balls.

Let Z be what is fitted freely and L integer relations ``L'kappa = 0`` beside ``Z'kappa = 0``.
Tied faces with factors V, W have the same form on the subspace K of both when
``k'(VV' - WW')k = 0`` for all k in K, an identity of rationals; then ``(VV' - WW') k`` is in the
span of Z and L for each k in K. The system with one face of each class, in which L is fitted
freely as Z is, has a regular solution (kappa, c, lambda). It is optimal when the faces of the
classes share their weights c so that their features, beside those of the first of a class,
add up to ``L lambda`` modulo Z: these equations are linear, and as many as L has columns.
The relations are proposed by a lattice reduction of the digits of kappa, as few of them as make
the features of the classes independent; the solution proves them (general A4, THEORY §10).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, islice
from typing import cast

from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.resolvent import factor
from polytope_nn.dual.system import Face, Unit, pinned_system
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.linear import (
    gram,
    independent_rows,
    project_out,
    rank,
    rref,
    transpose,
)
from polytope_nn.exact.rational import Matrix, Vector, unit_vector
from polytope_nn.exact.recognise import guess_relations
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.problems.losses import rows_of
from polytope_nn.problems.losses.graphs import Slope
from polytope_nn.problems.losses.smooth import Power
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate
from polytope_nn.search.losses.pieces import Pieces

from .automorphisms import Symmetry
from .fits import fit_of
from .near import start_near
from .proving import TiedFace, proved
from .shares import coefficients, differences, shared
from .squeezed import squeezed
from .symmetric import averaged, level, standing
from .unreached import unreached

__all__ = [
    "BITS",
    "LARGEST",
    "MOST_SAMPLES",
    "choices",
    "classed",
    "optima_on_subspaces",
    "solved",
    "spanned",
]

_ZERO = Fraction(0)
MOST_SAMPLES = 24
BITS = 20  # of a digit string, for each of its numbers
LARGEST = 100  # entry of a relation
_MOST_RELATIONS = 8
_MOST_CHOICES = 300


@dataclass(frozen=True)
class _Class:
    """Tied faces with one form on the subspace, and their factors."""

    faces: tuple[Face, ...]
    factors: tuple[Matrix, ...]


def optima_on_subspaces(
    candidate: Candidate, whole: Problem, bits: int
) -> Iterator[Optimum]:
    """Yield the optimum of a candidate whose tied faces agree on a subspace, in balls.

    Subspaces of more relations come later, and may say more of its fit.

    Raises
    ------
    Undecided
        When no subspace is found on which they do, or a decision is not strict.
    """
    problem, rests = _local(candidate.problem, candidate.kappa)
    refusal = Undecided("ties that no relations of kappa explain")
    few = 0 < len(candidate.faces) and problem.n <= MOST_SAMPLES
    if len(problem.charts) > 1 or not few:
        raise refusal
    factors = [factor(problem.charts[0].design, f.covector) for f in candidate.faces]
    problem, still = unreached(problem, factors)
    if isinstance(problem, Pieces) and problem.flats:
        raise refusal
    Z = tuple(problem.free.columns[j] for j in problem.free.basis)
    by, proved_one = standing(problem, whole), False
    seen = guess_relations(candidate.kappa, bits=BITS * problem.n, largest=LARGEST)
    for L in choices([*squeezed(candidate), *seen], rests, Z):
        O, _ = spanned((*Z, *L), problem.n)
        classes = classed(candidate.faces, factors, O)
        near = [c.factors[0] for c in classes]
        start = start_near(problem, candidate.kappa, near, (*Z, *L))
        if start is None:
            continue
        pins = _left(candidate, L)
        given = problem, () if pins else by, pins
        try:
            dual, tied, beside = solved(given, classes, (Z, L), (O, start), bits)
            found = proved(problem, whole, *still.exactly(dual, tied, beside))
        except Undecided as reason:
            refusal = reason
        else:
            yield found
            proved_one = True
    if not proved_one:
        raise refusal


def _left(candidate: Candidate, L: Matrix) -> dict[int, Fraction]:
    """Return the pinned entries of kappa that no relation takes the place of, and their values."""
    left = list(candidate.pins)
    modulo = candidate.problem.free.modulo
    for relation in map(modulo, L):
        taken = next((j for j in left if relation[j]), None)
        if taken is not None:
            left.remove(taken)
    return {j: candidate.system.y[j] - candidate.problem.y[j] for j in left}


def solved(
    given: tuple[Problem, Sequence[Symmetry], dict[int, Fraction]],
    classes: Sequence[_Class],
    columns: tuple[Matrix, Matrix],
    near: tuple[Matrix, list[Fraction]],
    bits: int,
) -> tuple[tuple[Matrix, Balls], list[TiedFace], Balls]:
    """Return O and theta, the tied faces with their weights, the coefficients of Z, enclosed.

    O is of what symmetries leave of the subspace; pinned entries of kappa are as they were.
    """
    (problem, by, pins), (Z, L), (O, start) = given, columns, near
    units = [Unit(c.faces[0], c.factors[0]) for c in classes]
    system = pinned_system(problem, units, (*Z, *L), pins, ())
    box = system.enclosed(system.refined(start, bits), bits // 2)
    kappa, masses, free = system.split(box)
    if not all(c > 0 for c in masses):
        raise Undecided("the weight of a class of atoms is not positive")
    fixed, places = spanned((*Z, *L, *level(by, problem.n)), problem.n)
    theta = tuple(cast("Ball", kappa[k]) for k in places)
    kappa = tuple(dot(row, theta) for row in fixed)
    features = [[_feature(V, kappa) for V in c.factors] for c in classes]
    span = differences(problem, [c.factors for c in classes], (*columns, tuple(pins)), O)
    weights = shared(problem, features, masses, (span, L, free[len(Z) :]))
    faces = [pair for c in classes for pair in zip(c.faces, c.factors, strict=True)]
    weights = averaged(by, [face for face, _ in faces], weights)
    tied = [(face, V, c) for (face, V), c in zip(faces, weights, strict=True)]
    every = [fit for fits in features for fit in fits]
    beside = coefficients(problem, fit_of(problem, kappa), every, weights)
    return (fixed, theta), tied, beside


def _feature(V: Matrix, kappa: Sequence[Scalar]) -> Scalars:
    g = [dot(column, kappa) for column in transpose(V)]
    return tuple(dot(v, g) for v in V)


def _local(problem: Problem, kappa: Balls) -> tuple[Problem, list[Vector]]:
    """Return the problem with the samples at which a power rests fitted exactly.

    Beside it, the relations that this presumes: kappa is 0 there.
    """
    if not isinstance(problem, Pieces):
        return problem, []
    tiny = max(abs(t.midpoint) for t in kappa) / (1 << 60)
    rows = rows_of(problem.whole.loss)
    pieces = list(problem.pieces)
    zero: list[Vector] = []
    for k, (row, t) in enumerate(zip(rows, kappa, strict=True)):
        if isinstance(row, Power) and abs(t.midpoint) < tiny:
            pieces[k] = Slope(row.y, _ZERO, None, None)
            zero.append(unit_vector(k, problem.n))
    return (Pieces(problem.whole, pieces), zero) if zero else (problem, [])


def choices(
    relations: Sequence[Vector], needed: Sequence[Vector], Z: Sequence[Vector]
) -> Iterator[Matrix]:
    """Yield sets of relations that are independent modulo Z, few before many.

    All have those that are ``needed``; differences of two of one length count as well.
    """
    every = (*Z, *needed)
    always = tuple(every[j] for j in independent_rows(every))
    few = _distinct(relations, always)[:_MOST_RELATIONS]
    gaps = [
        tuple(s - t for s, t in zip(p, q, strict=True))
        for p, q in combinations(few, 2)
        if dot(p, p) == dot(q, q) == 2
    ]
    pool = _distinct([*few, *gaps], always)
    sizes = range(len(few) + 1)
    for chosen in islice(chain(*(combinations(pool, k) for k in sizes)), _MOST_CHOICES):
        if rank([*always, *chosen]) == len(always) + len(chosen):
            yield (*always[len(Z) :], *chosen)


def _distinct(relations: Sequence[Vector], modulo: Matrix) -> list[Vector]:
    """Return the relations that are no multiples of earlier ones, modulo some columns."""
    found: dict[Vector, Vector] = {}
    for r in relations:
        left = cast("Vector", project_out(modulo, r)) if modulo else r
        first = next((t for t in left if t), None)
        if first is not None:
            found.setdefault(tuple(t / first for t in left), r)
    return list(found.values())


def spanned(columns: Sequence[Vector], n: int) -> tuple[Matrix, tuple[int, ...]]:
    """Return O with ``kappa = O theta`` for all kappa orthogonal to columns; theta's places."""
    rows, pivots = rref(columns)
    places = tuple(k for k in range(n) if k not in pivots)
    O = [[Fraction(int(k == j)) for j in places] for k in range(n)]
    for row, k in zip(rows, pivots, strict=True):
        O[k] = [-cast("Fraction", row[j]) for j in places]
    return tuple(map(tuple, O)), places


def classed(faces: Sequence[Face], factors: Sequence[Matrix], O: Matrix) -> list[_Class]:
    """Return the faces with the same form ``O'VV'O``."""
    found: dict[Matrix, list[int]] = {}
    for i, V in enumerate(factors):
        W = [[dot(o, v) for v in transpose(V)] for o in transpose(O)]
        found.setdefault(gram(W), []).append(i)
    return [
        _Class(tuple(faces[i] for i in places), tuple(factors[i] for i in places))
        for places in found.values()
    ]
