"""A dual optimum of interpolation with the atoms that all dual optima share (THEORY §8).

kappa need not be unique, and where it lies on the boundary of the set of dual optima some atoms
are tight by accident: they have weight 0 on the optimal set, and another dual optimum is
without them. From kappa a direction delta stays among the dual optima for a while iff
``Z'delta = 0`` and, on each tope and sign with a tight atom a (the multipliers mu make p to g_a),

* a is in use, hence tight for every dual optimum: ``s X'D delta = -sum_k nu_k s_k x_k`` over the
  rows with ``x_k g_a = 0``, ``nu_k >= 0`` where ``mu_k = 0``: then ``mu + t nu`` still make g_a; or
* a is not in use: the same, or ``delta'F_a < 0``, and a is left behind.

All of it is linear. An atom that can be left behind by no delta with ``delta'F <= 0`` for the
others is held like those in use; this is repeated until none is added. The sum of the
delta that leave one atom each then leaves all that any dual optimum is without, and what is
left are the atoms of the relative interior of the set of dual optima.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.dual.atoms import Bound
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import NotOptimal
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.geometry.simplex import feasible

__all__ = ["in_use", "leaving", "relative_interior"]

_ZERO, _ONE = Fraction(0), Fraction(1)


def relative_interior(solved: Optimum, verified: Callable[[Scalars], Optimum]) -> Optimum:
    """Return the optimal set with a kappa that has the atoms of the relative interior.

    ``verified`` makes it from a kappa, or raises :class:`NotOptimal`. Level exact.
    """
    delta = leaving(solved)
    step = _ONE
    while delta is not None:
        moved = [s + step * t for s, t in zip(solved.kappa, delta, strict=True)]
        step /= 4
        try:
            found = verified(tuple(moved))
        except NotOptimal:
            continue  # too far; for small steps it is optimal
        if len(found.atoms) < len(solved.atoms) and leaving(found) is None:
            return found
    return solved


def leaving(solved: Optimum) -> Scalars | None:
    """Return a direction along which every atom goes that some dual optimum is without.

    None when there is no such atom: decided exactly.

    >>> from polytope_nn.problems.interpolation import InterpolationProblem
    >>> from polytope_nn.dual.optimum import verified
    >>> P = InterpolationProblem([[1, 0], [0, 1]], [1, 0])
    >>> corner = verified(P, (Fraction(1), Fraction(-1)))
    >>> len(corner.atoms), in_use(corner), [str(t) for t in leaving(corner)]
    (2, {0}, ['0', '1'])
    """
    if solved.problem.has_loss:
        return None  # a loss makes kappa unique
    held = in_use(solved)
    others = [b for b in range(len(solved.atoms)) if b not in held]
    touches = list(_touches(solved)) if others else []
    while others:
        near = [t for t in touches if t.atom in held]
        found = {b: _direction(solved, near, others, b) for b in others}
        ways = [delta for delta in found.values() if delta is not None]
        if len(ways) == len(others):
            return tuple(sum(column, _ZERO) for column in zip(*ways, strict=True))
        held.update(b for b, delta in found.items() if delta is None)
        others = [b for b in others if b not in held]
    return None


def in_use(solved: Optimum) -> set[int]:
    """Return the atoms with a positive weight somewhere in the optimal set.

    From one point c with support S, the atom b can be made positive iff some delta has
    ``F delta = 0`` modulo Z, ``delta >= 0`` off S and ``delta_b = 1``: an exact linear program.
    """
    features = [solved.problem.free.modulo(a.feature) for a in solved.atoms]
    support = [a for a, x in enumerate(solved.weights) if sign(x)]
    back = [tuple(-t for t in features[a]) for a in support]
    used = set(support)
    for b, feature in enumerate(features):
        if b in used:
            continue
        masses = feasible([*features, *back], tuple(-t for t in feature))[0]
        if masses is not None:
            used |= {b, *(a for a, x in masses.items() if a < len(features) and x > 0)}
    return used


@dataclass(frozen=True)
class _Touch:
    """A tight bound on one tope of a chart, and its atom."""

    design: Matrix
    bound: Bound
    atom: int
    covector: tuple[int, ...]


def _touches(solved: Optimum) -> Iterator[_Touch]:
    for chart, bounds in zip(solved.problem.charts, solved.bounds, strict=True):
        for bound in (b for b in bounds if b.tight):
            for a, atom in enumerate(solved.atoms):
                rows = zip(chart.design, atom.covector, bound.pattern, strict=True)
                inside = all(t in (0, u) if any(x) else t == 0 for x, t, u in rows)
                if atom.sign == bound.sign and inside:
                    yield _Touch(chart.design, bound, a, atom.covector)


def _direction(
    solved: Optimum, held: Sequence[_Touch], others: Sequence[int], leave: int
) -> Scalars | None:
    """Return a delta that holds the touches, leaves one atom and returns to no other.

    A system in nonnegative unknowns: delta as a difference, the nu, slacks of ``delta'F <= 0``
    (``= -1`` for the atom to leave).
    """
    free, n = solved.problem.free.columns, solved.problem.n
    slopes = [solved.atoms[b].feature for b in others]
    pulls = [row for touch in held for row in _pull(touch)]
    equations = [*free, *pulls, *slopes]
    deltas = [tuple(row[k] for row in equations) for k in range(n)]
    columns = [*deltas, *(tuple(-t for t in column) for column in deltas)]
    at = len(free)
    for touch in held:
        width = len(touch.design[0])
        for x, side in _presses(touch):
            column: list[Scalar] = [_ZERO] * len(equations)
            column[at : at + width] = [side * t for t in x]
            columns.append(tuple(column))
        at += width
    slacks = range(at, len(equations))
    columns += [tuple(_ONE * (k == i) for k in range(len(equations))) for i in slacks]
    goal: list[Scalar] = [_ZERO] * len(equations)
    goal[at + list(others).index(leave)] = -_ONE
    masses = feasible(columns, tuple(goal))[0]
    if masses is None:
        return None
    return tuple(masses.get(k, _ZERO) - masses.get(n + k, _ZERO) for k in range(n))


def _pull(touch: _Touch) -> list[Scalars]:
    """Return ``s X'D`` of a touch, one row for each entry of g, shape (n,) each."""
    s, pattern = touch.bound.sign, touch.bound.pattern
    return [
        tuple(s * t if u > 0 else _ZERO for t, u in zip(column, pattern, strict=True))
        for column in zip(*touch.design, strict=True)
    ]


def _presses(touch: _Touch) -> Iterator[tuple[Scalars, int]]:
    """Yield the rows through g with their signs, both where the multiplier is positive."""
    rows = zip(
        touch.design,
        touch.covector,
        touch.bound.pattern,
        touch.bound.multiplier,
        strict=True,
    )
    for x, t, u, mu in rows:
        if t == 0 and any(x):
            yield x, u
            if sign(mu) > 0:
                yield x, -u
