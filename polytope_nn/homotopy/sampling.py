"""Where a path of beta is sampled, and what an optimum there suggests of its type."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.resolvent import factor
from polytope_nn.dual.system import Face
from polytope_nn.errors import PolytopeError, Undecided
from polytope_nn.exact.rational import approximate_root
from polytope_nn.exact.scalar import middle
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.search.floats import to_float
from polytope_nn.search.pairs import added_columns, grouped

from .curve import Point
from .decay import DecayFamily
from .paired import paired
from .regime import Regime, regime_of
from .tied import split, tied
from .types import CombinatorialType

__all__ = ["candidate_regimes", "sample_type", "samples"]

_SHIFTS = (Fraction(0), Fraction(1, 7), Fraction(-1, 6), Fraction(2, 7), Fraction(-1, 3))
_NEAR_ZERO = Fraction(1, 8)


def samples(a: Fraction, b: Fraction) -> Iterator[Fraction]:
    """Yield short rationals between a and b, the geometric mean first.

    >>> next(samples(Fraction(1), Fraction(4)))
    Fraction(2, 1)
    """
    middle = approximate_root(a * b) if a else b * _NEAR_ZERO
    if not a < middle < b:  # the root is rounded
        middle = (a + b) / 2
    for shift in _SHIFTS:
        room = (b - middle) if shift > 0 else (middle - a)
        x, largest = middle + shift * room, 1
        while True:
            near = x.limit_denominator(largest)
            if a < near < b and 20 * abs(near - x) <= min(b - x, x - a):
                yield near
                break
            largest *= 4


def sample_type(O: Optimum) -> CombinatorialType | None:
    """Return the type at one beta, None when its vertices are not decided."""
    try:
        P = optimal_polytope(O)
        return CombinatorialType.of([(a.sign, a.covector) for a in O.atoms], P.supports)
    except PolytopeError:
        return None


def candidate_regimes(
    family: DecayFamily, O: Optimum, beta: Fraction
) -> Iterator[tuple[Regime, Point]]:
    """Yield regimes that the optimum at beta suggests, each with its refined point there.

    One of pairs comes with the chamber of their shares first, and then without it.
    """
    for regime, guess in _suggested(family, O):
        try:
            point = regime.curve.point(beta, guess)
        except Undecided:
            continue
        if regime.tied is None:
            chamber = paired(regime.curve, [t.midpoint for t in point.x])
            if chamber is not None:
                yield replace(regime, tied=chamber), point
        yield regime, point


def _suggested(family: DecayFamily, O: Optimum) -> Iterator[tuple[Regime, list[Fraction]]]:
    """Yield regimes, each with a guess of its unknowns.

    Independent atoms are units of their own; dependent ones are fixed combinations of others,
    or come in pairs, as the enclosures say or as opposite ones do.
    """
    keys = [(a.sign, a.covector) for a in O.atoms]
    k = [middle(t) for t in O.kappa]
    if O.rank == len(O.atoms):
        yield regime_of(family, keys), [*k, *map(middle, O.weights)]
        return
    yield from _tied(family, O, k)
    E = O.enclosures
    if E is not None and not any(any(row) for row in E.system.form):
        guess = [middle(t) for part in E.parts for t in part]
        yield regime_of(family, (), E.linear, E.units), guess
    elif E is None:
        yield from _paired(family, O, k)


def _tied(
    family: DecayFamily, O: Optimum, k: list[Fraction]
) -> Iterator[tuple[Regime, list[Fraction]]]:
    """Yield the regime in which atoms are fixed combinations of others, if they are."""
    keys = [(a.sign, a.covector) for a in O.atoms]
    found = split(regime_of(family, keys).curve, O)
    if found is None:
        return
    units, others, shares = found
    c = [middle(t) for t in O.weights]
    w = [
        c[a] + sum((r[i] * c[e] for r, e in zip(shares, others, strict=True)), Fraction(0))
        for i, a in enumerate(units)
    ]
    more = tied([keys[e] for e in others], shares, w, family.n)
    if more is not None:
        yield regime_of(family, [keys[a] for a in units], tied=more), [*k, *w]


def _paired(
    family: DecayFamily, O: Optimum, k: list[Fraction]
) -> Iterator[tuple[Regime, list[Fraction]]]:
    """Yield the regime in which opposite atoms are pairs."""
    import numpy as np

    faces = [Face(a.sign, a.covector, 0) for a in O.atoms]
    directions = [np.array([to_float(middle(t)) for t in a.g]) for a in O.atoms]
    problem = O.problem
    placed = grouped(
        problem, faces, directions, lambda face: factor(family.X, face.covector)
    )
    units = [unit for unit, _ in placed]
    linear = added_columns(problem, (), units)
    if linear:
        w = [
            sum((middle(O.weights[i]) for i in places), Fraction(0)) for _, places in placed
        ]
        yield regime_of(family, (), linear, units), [*k, *w, *(Fraction(0) for _ in linear)]
