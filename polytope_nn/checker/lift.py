"""What format 1 has no room for is derived here, and believed by nobody.

The kernel multiplies out every identity and every network that comes from this file: a fault
here can only refuse a certificate, never accept a false one. So it is outside the trusted
base. Format 2 carries the same answers (:class:`Answers`), in the order asked for.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import isqrt, lcm
from typing import Any

from .kernel.intervals import Numbers, contains, linear
from .kernel.numbers import Vector, cleared, dot
from .kernel.reading import Clock, Json, array, require
from .lift_solving import Inverse, Row, halves, independent_columns, inverse, spread, sums


class Answers:
    """The answers of a certificate of format 2, in the order in which they are asked for."""

    def __init__(self, read: Json) -> None:
        self.waiting = array(read, "witness.hints")[::-1]

    def ask(self, name: str, *about: Any) -> Json:
        """Return the next answer."""
        del name, about
        require(self.waiting, "witness.hints", "an answer is missing")
        return self.waiting.pop()

    def close(self) -> None:
        """Require that no answer is left."""
        require(not self.waiting, "witness.hints", "has more answers than questions")


class Lift:
    """Answers that are derived when they are asked for."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.kept: tuple[int, Inverse] | None = None

    def ask(self, name: str, *about: Any) -> Json:
        """Return an answer that the kernel will confirm, if there is one."""
        return getattr(self, name)(*about)

    def close(self) -> None:
        """Nothing is left over."""

    def coordinates(self, Z: Sequence[Row], target: Row) -> Vector:
        """Return coordinates in the columns of Z, right where there are any."""
        if self.kept is None or self.kept[0] != len(Z):
            self.kept = len(Z), Inverse(Z, self.clock)
        return self.kept[1].coordinates(target)

    def flat(self, S: Any, column: Row) -> Json:
        """Return whether a column is in the span of Z; None when it is not."""
        parts = spread(S.Z, column, self.clock)
        return True if sums(S.Z, parts, column) == list(column) else None

    def shares(self, S: Any, target: Row) -> Json:
        """Return coordinates of a vector in the columns of Z."""
        return hint(self.coordinates(S.Z, target))

    def alike(self, S: Any, first: Any, other: Any) -> Json:
        """Return W with ``B - C = Z W' + W Z'`` for the products of two faces, if there is one."""
        from .claims.system.grouping import level

        n, free = S.D.n, level(S)
        N: list[Vector] = []
        for i in range(n):
            self.clock.tick()
            N.append([first.product(i, j) - other.product(i, j) for j in range(n)])
        T = Inverse(free, self.clock).functionals() if free else []
        return [hint(w) for w in halves(N, free, T)]

    def basis(self, rows: Sequence[Row]) -> Json:
        """Return the inverse of the products of rows: the dual basis in their terms."""
        G = [[Fraction(dot(x, z)) for z in rows] for x in rows]
        found = inverse(G, self.clock) or [[Fraction(0)] * len(rows) for _ in rows]
        return [hint(row) for row in found]

    def known(self, S: Any, kappa: Numbers) -> Json:
        """Return the entries of kappa that a face with one unknown gives, as roots."""
        from .claims.system.identities import silent

        facts = silent(S)
        found: list[Json] = []
        waiting = list(enumerate(S.faces))
        while waiting:
            left = []
            for a, f in waiting:
                self.clock.tick()
                rows = [k for k in f.at if any(f.V[k]) and k not in facts]
                if len(rows) != 1:
                    left.append((a, f))
                    continue
                k = rows[0]
                root = root_of(S, f, facts, k, kappa)
                if root is not None:
                    facts[k] = root
                    found.append([k, a, hint([root])])
            if len(left) == len(waiting):
                break
            waiting = left
        return found

    def value(self, E: Any, form: Row) -> Json:
        """Return why a linear form has an exact value at kappa; None when nothing says so."""
        S, known = E.S, E.known
        unknown = [k for k in range(S.D.n) if k not in known]
        columns = [[z[k] for k in unknown] for z in S.Z]
        target = [form[k] for k in unknown]
        parts = spread(columns, target, self.clock)
        if sums(columns, parts, target) == target:
            return [hint(parts)]
        for (i, f), (j, g) in combinations(enumerate(S.faces), 2):
            self.clock.tick()
            other = cofactor(E, (f, g), form)
            if other is not None:
                num, den = cleared(other, self.clock)
                apart = linear(num, den, E.kappa, S.bits)
                if apart.low > 0 or apart.high < 0:
                    return [i, j, hint(other)]
        columns += [[z[k] for k in unknown] for z in S.level]
        parts = spread(columns, target, self.clock)
        if sums(columns, parts, target) == target:
            return [hint(parts[: len(S.Z)]), hint(parts[len(S.Z) :])]
        return self.modulo(E, form) if S.Z or S.level else None

    def modulo(self, E: Any, form: Row) -> Json:
        """Return two faces that differ by a product of the form, modulo ``Z'kappa``."""
        from .claims.system.identities import Rest

        S, R = E.S, Rest.of(E)
        every_z = [*S.Z, *S.level]
        V = [R.form(form), *(R.form(z, S.prices.get(m, 0)) for m, z in enumerate(every_z))]
        kept = independent_columns(V, self.clock)
        if kept[:1] != [0]:
            return None
        V = [V[m] for m in kept]
        T, every = Inverse(V, self.clock).functionals(), range(len(V[0]))
        self.clock.hold(len(every) ** 2, 512, "witness.hints")
        for (i, f), (j, g) in combinations(enumerate(S.faces), 2):
            entry, N = R.difference(f, g), list[Vector]()
            for p in every:
                self.clock.tick()
                N.append([2 * entry(p, q) for q in every])
            W = halves(N, V, T)
            other, *rest = (spoken(R, S.D.n, w) for w in W)
            if other is None or None in rest or not self.made_of(N, V, W):
                continue
            num, den = cleared(other, self.clock)
            apart = linear(num, den, E.kappa, S.bits)
            if apart.low > 0 or apart.high < 0:
                told = dict(zip(kept[1:], rest, strict=True))
                nothing = [Fraction(0)] * S.D.n
                own = (told.get(m + 1) or nothing for m in range(len(every_z)))
                return [i, j, hint(other), [hint(w) for w in own]]
        return None

    def made_of(self, N: Sequence[Row], V: Sequence[Row], W: Sequence[Row]) -> bool:
        """Return whether ``N = V W' + W V'``."""
        for p, row in enumerate(N):
            self.clock.tick()
            pairs = [(v, w, v[p], w[p]) for v, w in zip(V, W, strict=True)]
            for q in range(p + 1):
                if row[q] != sum(x * w[q] + v[q] * t for v, w, x, t in pairs):
                    return False
        return True

    def rank(self, features: Sequence[Row]) -> Json:
        """Return a basis of some vectors, and its dual vectors."""
        chosen = independent_columns(features, self.clock)
        I = Inverse([features[i] for i in chosen], self.clock)
        return {"basis": chosen, "used": 0, "dual": [hint(row) for row in I.functionals()]}

    def pins(self, columns: Sequence[Row], pins: Sequence[int], y: Row) -> Json:
        """Return coordinates of y in the columns, and per pin a vector that sees it alone."""
        n = len(y)
        units = [[Fraction(int(i == j)) for i in range(n)] for j in pins]
        chosen = [columns[j] for j in independent_columns(columns, self.clock)]
        both = Inverse([*chosen, *units], self.clock)
        seen = both.functionals()[len(chosen) :]
        return [hint(spread(columns, y, self.clock)), *map(hint, seen)]

    def span(self, rows: Sequence[Row]) -> Json:
        """Return each unit vector as a combination of the rows."""
        width = range(len(rows[0]))
        units = [[Fraction(int(i == j)) for i in width] for j in width]
        return [hint(spread(rows, unit, self.clock)) for unit in units]


def spoken(R: Any, n: int, form: Row) -> Vector | None:
    """Return a form in all entries of kappa, its number by one that is known; None without one."""
    found = [Fraction(0)] * n
    for k, t in zip([*R.left, *(k for k, t in R.known.items() if t)], form, strict=False):
        found[k] = t / R.known.get(k, 1)
    return found if R.form(found) == list(form) else None


def hint(v: Row) -> Json:
    """Return fractions as numerators over one denominator."""
    parts = [Fraction(t) for t in v]
    den = lcm(*(t.denominator for t in parts)) if parts else 1
    return [[int(t * den) for t in parts], den]


def root_of(S: Any, f: Any, facts: dict[int, Fraction], k: int, kappa: Numbers) -> Any:
    """Return the only root of a face's equation in an entry's interval; None without one."""
    unit, v = Fraction(1, f.den), f.V[k]
    own = [i for i in f.at if i != k and i in facts]
    p = [dot([facts[i] for i in own], [f.V[i][j] for i in own]) for j in range(len(v))]
    a, b = dot(v, v) * unit**2, dot(v, p) * unit**2
    c = dot(p, p) * unit**2 - S.D.beta_squared
    square = Fraction(b * b - a * c)
    if square < 0:
        return None
    root = Fraction(isqrt(square.numerator), isqrt(square.denominator))
    roots = {(-b + side * root) / a for side in (1, -1)} if root**2 == square else set()
    possible = [r for r in roots if contains(kappa[k], r)]
    return possible[0] if len(possible) == 1 else None


def cofactor(E: Any, faces: tuple[Any, Any], form: Row) -> Vector | None:
    """Return m, ``kappa'(B_f - B_g)kappa = (form kappa)(m kappa)`` with known entries put in."""
    from .claims.system.identities import Rest

    R = Rest.of(E)
    entry, mine = R.difference(*faces), R.form(form)
    i = next((i for i, t in enumerate(mine) if t), None)
    if i is None:
        return None
    own = entry(i, i) / mine[i]
    m = [(2 * entry(i, j) - t * own) / mine[i] for j, t in enumerate(mine)]
    for j, k in combinations_with_replacement(range(len(mine)), 2):
        if 2 * entry(j, k) != mine[j] * m[k] + mine[k] * m[j]:
            return None
    return spoken(R, len(form), m)
