"""Linear relations that k satisfies on a whole regime, because atoms are tied (THEORY §§3, 4).

A multiplier can be 0 for a reason, and balls never see that. Reasons, over the rationals:

* a pair of atoms adds a column L with ``L'k = 0``;
* ``k = (beta + sum_a w_a W B_a)^-1 W (y - L lambda)`` lies in the least space that has W y and
  W L and is invariant under all ``W B_a``: what is orthogonal to it is 0 (symmetric data);
* an atom on a ray r has ``s b'k = |r|``: a relation if ``|r|`` is rational, and for two such rays
  with ``|r|/|q|`` rational a difference that is 0 (opposite rays: ``k'X r = 0``);
* if what is known leaves one form l in ``V'k``, ``|V'k| = 1`` is a quadratic equation for l; a
  rational root that balls tell from the other one is its value; a square root is told as
  the length of a ray is; so is a rational ratio to a form that is such a root;
* d pairs of opposite atoms with independent ``g - q`` have ``X'k = 0``, since ``|g| = |q|`` says
  ``(g - q)'X'k = 0``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import isqrt
from typing import cast

from polytope_nn.dual.system import Unit
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.ball_matrix import invert_balls
from polytope_nn.exact.linear import rank, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector, is_square
from polytope_nn.exact.scalar import dot

from .curve import Curve

__all__ = ["Relations", "proportions", "related"]


@dataclass
class Relations:
    """Affine relations ``form'k = value``, in echelon form."""

    rows: list[tuple[int, Vector, Fraction]] = field(default_factory=list)

    def reduced(self, form: Sequence[Fraction]) -> tuple[Vector, Fraction]:
        """Return (rest, value) with ``form'k = rest'k + value``, the rest as short as known."""
        rest, value = list(form), Fraction(0)
        for pivot, row, t in self.rows:
            c = rest[pivot]
            if c:
                rest = [a - c * b for a, b in zip(rest, row, strict=True)]
                value += c * t
        return tuple(rest), value

    def add(self, form: Sequence[Fraction], value: Fraction) -> None:
        """Add a relation, unless it follows from those known."""
        rest, known = self.reduced(form)
        pivot = next((i for i, t in enumerate(rest) if t), None)
        if pivot is not None:
            c = rest[pivot]
            row = tuple(t / c for t in rest)
            self.rows.append((pivot, row, (value - known) / c))

    def vanishes(self, form: Sequence[Fraction]) -> bool:
        """Return whether the relations make a form 0."""
        rest, value = self.reduced(form)
        return not any(rest) and not value

    @property
    def key(self) -> tuple[Vector, ...]:
        """What tells sets of relations apart, found in one order."""
        return tuple(row for _, row, _ in self.rows)


def proportions(X: Matrix, units: Sequence[Unit]) -> list[Vector]:
    """Return forms that are 0 at k whatever beta is, where units on rays are tight."""
    told, roots = Relations(), _Roots()
    _rays(X, units, told, roots)
    forms = [row for _, row, value in told.rows if not value]
    valued = [(row, value) for _, row, value in told.rows if value]
    for row, value in valued[1:]:
        first, its = valued[0]
        forms.append(tuple(p * its - q * value for p, q in zip(row, first, strict=True)))
    return forms


def related(curve: Curve, k: Balls) -> Relations:
    """Return the relations that the units of a curve prove for every k in the balls."""
    known = Relations()
    for z in curve.linear:
        known.add(z, Fraction(0))
    single = [unit for unit in curve.units if not unit.paired]
    for z in curve.invariants:
        known.add(z, Fraction(0))
    roots = _Roots()
    _rays(curve.family.X, single, known, roots)
    pairs = _opposites(single)
    if _linear_phase(pairs, k, len(curve.family.X[0])):
        for column in zip(*curve.family.X, strict=True):
            known.add(column, Fraction(0))
    waiting = list(single)
    while True:
        done = [
            unit
            for unit in waiting
            if _solved(unit, k, known, roots) or _beside_a_root(unit, k, known, roots)
        ]
        if not done:
            return known
        waiting = [unit for unit in waiting if unit not in done]


@dataclass
class _Roots:
    """Forms whose values at k are square roots, one for each field they are in."""

    forms: list[tuple[Vector, Fraction]] = field(default_factory=list)

    def tell(self, form: Vector, square: Fraction, known: Relations) -> None:
        """Add that ``form'k = square^(1/2)``: a value, a multiple of a root told, or a root."""
        if is_square(square):
            known.add(form, _root(square))
            return
        for other, its in self.forms:
            if is_square(square / its):
                t = _root(square / its)
                known.add(
                    [p - t * q for p, q in zip(form, other, strict=True)], Fraction(0)
                )
                return
        self.forms.append((form, square))


def _rays(X: Matrix, units: Sequence[Unit], known: Relations, roots: _Roots) -> None:
    """Add what atoms on rays say: ``s b'k = |r|``."""
    for unit in units:
        if rank(unit.factor) != 1:
            continue
        r = next(row for row in unit.factor if any(row))
        signs = zip(X, unit.face.covector, strict=True)
        side = next(t * (1 if dot(x, r) > 0 else -1) for x, t in signs if t)
        b = tuple(dot(row, r) * side * unit.face.sign for row in unit.factor)
        roots.tell(b, dot(r, r), known)


def _opposites(units: Sequence[Unit]) -> list[tuple[Unit, Unit]]:
    """Return the pairs of atoms of one sign on opposite faces."""
    by_key = {unit.face.key: unit for unit in units}
    pairs = []
    for (s, covector), unit in by_key.items():
        other = by_key.get((s, tuple(-t for t in covector)))
        if other is not None and covector > other.face.covector:
            pairs.append((unit, other))
    return pairs


def _linear_phase(pairs: Sequence[tuple[Unit, Unit]], k: Balls, d: int) -> bool:
    if len(pairs) < d:
        return False
    rows = []
    for unit, other in pairs:
        columns = zip(transpose(unit.factor), transpose(other.factor), strict=True)
        forms = [[p - q for p, q in zip(a, b, strict=True)] for a, b in columns]
        rows.append([dot(form, k) for form in forms])
    for chosen in combinations(rows, d):
        try:
            invert_balls(chosen)
        except Undecided:
            continue
        return True
    return False


def _solved(unit: Unit, k: Balls, known: Relations, told: _Roots) -> bool:
    """Add the value of the one form left in ``V'k``, where ``|V'k| = 1`` gives it."""
    parts = [known.reduced(column) for column in zip(*unit.factor, strict=True)]
    form = next((rest for rest, _ in parts if any(rest)), None)
    if form is None:
        return True
    i = next(i for i, t in enumerate(form) if t)
    shares = [rest[i] / form[i] for rest, _ in parts]
    if any(
        tuple(t * c for t in form) != rest
        for c, (rest, _) in zip(shares, parts, strict=True)
    ):
        return False
    consts = [value for _, value in parts]
    a, b = dot(shares, shares), dot(shares, consts)
    square = b * b - a * (dot(consts, consts) - 1)
    value = dot(form, k)
    if not is_square(square):
        if any(consts) or not (value > 0 or value < 0):
            return False
        told.tell(form if value > 0 else tuple(-t for t in form), 1 / a, known)
        return True
    roots = {(side * _root(square) - b) / a for side in (1, -1)}
    possible = [t for t in roots if not isinstance(value, Ball) or t in value]
    if len(possible) == 1:
        known.add(form, possible[0])
    return len(possible) == 1


def _beside_a_root(unit: Unit, k: Balls, known: Relations, told: _Roots) -> bool:
    """Add the ratio of the form left in ``V'k`` to one whose value is a square root.

    With ``V'k = s l + u f`` and ``f^2`` rational, ``|V'k| = 1`` is a quadratic equation for
    ``l/f``, whose rational root counts.
    """
    parts = [known.reduced(column) for column in zip(*unit.factor, strict=True)]
    if any(value for _, value in parts):
        return False
    for told_form, square in told.forms:
        f, value = known.reduced(told_form)
        form = next((rest for rest, _ in parts if rank([f, rest]) == 2), None)
        if value or form is None:
            continue
        pairs = [solve(transpose([form, f]), rest) for rest, _ in parts]
        if None in pairs:
            continue
        s, u = zip(*cast("list[Vector]", pairs), strict=True)
        a, b = dot(s, s), dot(s, u)
        root = b * b - a * (dot(u, u) - 1 / square)
        ratio = dot(form, k) / dot(f, k)
        if not is_square(root):
            continue
        roots = {(side * _root(root) - b) / a for side in (1, -1)}
        possible = [t for t in roots if not isinstance(ratio, Ball) or t in ratio]
        if len(possible) == 1:
            t = possible[0]
            known.add([p - t * q for p, q in zip(form, f, strict=True)], Fraction(0))
            return True
    return False


def _root(x: Fraction) -> Fraction:
    return Fraction(isqrt(x.numerator), isqrt(x.denominator))
