"""What the system of :mod:`boxes` makes exact, where an interval around 0 decides nothing.

Standard library only. Three facts about its solution: a sample that no face and no column
of Z reaches has ``kappa_k = weights_k y_k``, and an atom's ``|V'kappa|^2 = beta^2`` with one
unknown entry gives that entry; ``Z'kappa = 0``; and for two faces ``kappa'(B_a - B_b)kappa =
0``, so if that form is a product of two linear ones and one is not 0, the other is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import isqrt
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING or __package__:
    from . import check as base
    from .intervals import Interval, Numbers, Row
else:
    import check as base
    from intervals import Interval, Numbers, Row


class Face(Protocol):
    """A face of the system: its rows V, those that are not 0 and some more."""

    V: dict[int, Row]


Facts = dict[int, Fraction]


def contains(x: Interval, r: Fraction) -> bool:
    """Return whether r lies in the interval."""
    return bool(x.low <= r * 2**x.bits <= x.high)


def silent(D: base.Data, faces: Sequence[Face], Z: list[Row]) -> Facts:
    """Return kappa at the samples that no face and no column of Z reaches: the fit is 0.

    Where labels are fitted exactly there is no such fact.
    """
    if D.exactly:
        return {}
    reached = {k for f in faces for k, v in f.V.items() if any(v)}
    reached |= {k for z in Z for k, t in enumerate(z) if t}
    return {k: D.weights[k] * D.y[k] for k in range(D.n) if k not in reached}


def known(D: base.Data, faces: Sequence[Face], Z: list[Row], kappa: Numbers) -> Facts:
    """Return the entries of kappa that are rational, exactly."""
    facts = silent(D, faces, Z)
    waiting = list(faces)
    while waiting:
        D.field.tick()
        left = []
        for f in waiting:
            rows = [k for k, v in f.V.items() if any(v) and k not in facts]
            if len(rows) != 1:
                left.append(f)
                continue
            k, v = rows[0], f.V[rows[0]]
            own = [i for i in f.V if i in facts]
            p = [
                sum((facts[i] * f.V[i][j] for i in own), Fraction(0)) for j in range(len(v))
            ]
            a, b, c = base.dot(v, v), base.dot(v, p), base.dot(p, p) - D.beta_squared
            roots = {
                (-b + side * r) / a for side in (1, -1) for r in square_root(b * b - a * c)
            }
            possible = [r for r in roots if contains(kappa[k], r)]
            if len(possible) == 1:
                facts[k] = possible[0]
        if len(left) == len(waiting):
            break
        waiting = left
    return facts


def square_root(x: Fraction) -> list[Fraction]:
    """Return the root where it is rational, else nothing."""
    if x < 0:
        return []
    p, q = isqrt(x.numerator), isqrt(x.denominator)
    return [Fraction(p, q)] if p * p == x.numerator and q * q == x.denominator else []


@dataclass
class Exact:
    """The solution's kappa, and what is exact about it."""

    D: base.Data
    faces: Sequence[Face]
    Z: list[Row]
    kappa: Numbers

    def __post_init__(self) -> None:
        self.known = known(self.D, self.faces, self.Z, self.kappa)

    def value(self, form: Row) -> Fraction | None:
        """Return the value of a linear form at kappa where the facts give it exactly."""
        unknown = [k for k in range(self.D.n) if k not in self.known]
        columns = [[z[k] for k in unknown] for z in self.Z]
        shares = combination(self.D, columns, [form[k] for k in unknown])
        if shares is not None:
            rest = {
                k: form[k] - base.dot(shares, (z[k] for z in self.Z)) for k in self.known
            }
            return sum((t * self.known[k] for k, t in rest.items()), Fraction(0))
        for f, g in combinations(self.faces, 2):
            self.D.field.tick()
            other = cofactor(self.D, f.V, g.V, form)
            if other is not None:
                value = base.dot(other, self.kappa)
                if value.low > 0 or value.high < 0:
                    return Fraction(0)
        return None


def combination(D: base.Data, columns: list[Row], target: Row) -> Row | None:
    """Return coefficients with ``sum c_j columns_j = target``; None when there are none."""
    rows = [list(row) for row in zip(*columns, target, strict=True)]
    k, pivots, top = len(columns), [], 0
    for j in range(k):
        D.field.tick()
        i = next((i for i in range(top, len(rows)) if rows[i][j]), None)
        if i is None:
            continue
        rows[top], rows[i] = rows[i], rows[top]
        rows[top] = [x / rows[top][j] for x in rows[top]]
        for m, row in enumerate(rows):
            if m != top and row[j]:
                rows[m] = [x - row[j] * t for x, t in zip(row, rows[top], strict=True)]
        pivots.append(j)
        top += 1
    if any(row[k] for row in rows[top:]):
        return None
    found = dict(zip(pivots, (row[k] for row in rows[:top]), strict=True))
    return [found.get(j, Fraction(0)) for j in range(k)]


def cofactor(D: base.Data, V: dict[int, Row], W: dict[int, Row], form: Row) -> Row | None:
    """Return m with ``kappa'(VV' - WW')kappa = form m``; None when there is none."""

    def entry(i: int, j: int) -> Fraction:
        own = base.dot(V[i], V[j]) if i in V and j in V else 0
        other = base.dot(W[i], W[j]) if i in W and j in W else 0
        return Fraction(own - other)

    i = next((i for i, t in enumerate(form) if t), None)
    if i is None:
        return None
    mine = entry(i, i) / form[i]
    m = [(2 * entry(i, j) - t * mine) / form[i] for j, t in enumerate(form)]
    for j in range(D.n):
        for k in range(j, D.n):
            if 2 * entry(j, k) != form[j] * m[k] + form[k] * m[j]:
                return None
    return m
