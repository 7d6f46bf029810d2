"""Trees where N is known in balls: floats find each leaf, the checker's slack absorbs the rest.

The tope is that of a rational N near the optimal one. A form in floats becomes squares by its
eigenvectors and, off the hull, rows that vanish times linear forms, all rounded. Where
floats leave a leaf open, long ones find it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice
from math import gcd
from typing import Any

import numpy as np

from polytope_nn.certificate.format import Json, numerators
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import exponent, text
from polytope_nn.exact.scalar import Scalars, dot

from .arithmetic import FLOATS, LONG, Arithmetic, dyadic, floats
from .cell import Cell, Hull, Tope
from .enclosures import Kept
from .leaves import off
from .outside import guess
from .products import products
from .trees import branched, once

__all__ = ["robust_tree"]

_MOST, _ROOM = 3000, 1e-9  # sets of rows that are tried, what a share must exceed


def robust_tree(
    tope: Tope, kernels: Sequence[Kept], known: Sequence[Scalars]
) -> dict[str, Json]:
    """Return the proof that N is feasible on a closed tope, and tight at atoms only.

    N is a combination of the vectors ``known``, shape (., n), for each output.

    Raises
    ------
    Undecided
        Where a top eigenvector is too near to a wall, or is on one identically.
    """
    dead = {k for k, entries in enumerate(zip(*known, strict=True)) if not any(entries)}
    at = [k for k, s in enumerate(tope.covector) if s > 0]
    columns = list(zip(*(tope.X[k] for k in at), strict=True))
    seen = [tuple(dot([q[k] for k in at], x) for x in columns) for q in known]

    def tree(leaves: _Leaves) -> dict[str, Json]:
        below = once(leaves.below)

        def proof(cell: Cell) -> dict[str, Json] | None:
            found = off(cell, seen) or leaves.pinned(cell) or below(cell.hull)
            return found or (None if cell.open else leaves.above(cell))

        return branched(tope, proof)

    try:
        return tree(_Leaves(FLOATS, kernels, dead))
    except Undecided:
        return tree(_Leaves(LONG, kernels, dead))


@dataclass(frozen=True)
class _Leaves:
    """What closes leaves; ``dead`` are the samples at which N is 0."""

    A: Arithmetic
    kernels: Sequence[Kept]
    dead: set[int]

    def form(self, hull: Hull, level: Any, slack: Any) -> Any:  # noqa: ANN401 - any floats
        """Return ``(level - slack) |u|^2 - |h|^2``, shape (d, d)."""
        unit = self.A.array(hull.tope.unit)
        return self.A.number(level - slack) * unit - self.A.array(hull.tope.H)

    def least(self, hull: Hull, form: Any) -> Any:  # noqa: ANN401
        """Return the least value of a form on vectors of the hull of length 1."""
        if not hull.basis:
            return None
        Q, _ = self.A.coordinates(self.A.array(hull.basis))
        return self.A.spectrum(Q.T @ form @ Q)[0][0]

    def below(self, hull: Hull) -> dict[str, Json] | None:
        square = hull.tope.beta_squared
        least = self.least(hull, self.form(hull, square, 0))
        if least is None:
            least = square
        if least <= self.A.least * square:
            return self.within(hull)
        slack = dyadic(min(Fraction(least), square) / 2, self.A.bits)
        terms = self.terms(hull, self.form(hull, square, slack))
        return {"slack": text(slack), "pairs": [], **terms}

    def within(self, hull: Hull) -> dict[str, Json] | None:
        """Return the same where products of rows that bound the cell are taken off."""
        found = products(hull)
        if found is None:
            return None
        pairs, room = found
        slack = dyadic(room / 2, self.A.bits)
        form = self.form(hull, hull.tope.beta_squared, slack)
        for (i, j), t in pairs.items():
            x, y = self.A.array([hull.tope.rows[i], hull.tope.rows[j]])
            form = form - self.A.number(t) * (np.outer(x, y) + np.outer(y, x))
        scale = Fraction(hull.tope.scale) ** 2
        told: list[Json] = [[text(2 * t / scale), i, j] for (i, j), t in pairs.items()]
        return {"slack": text(slack), "pairs": told, **self.terms(hull, form)}

    def pinned(self, cell: Cell) -> dict[str, Json] | None:
        """Return the proof in the closure of a kernel's face, or None elsewhere.

        The form is that of the face, on its hull. So it is where the signs differ at dead samples
        alone, where N is 0; there the kernel must miss the cell.
        """
        signs = cell.tope.covector
        for i, kept in enumerate(self.kernels):
            pairs = enumerate(zip(signs, kept.covector, strict=True))
            other = {k for k, (s, t) in pairs if s not in (0, t)} - cell.hull.vanishing
            if not all(k in self.dead and kept.covector[k] for k in other):
                continue
            apart = _missed(cell, kept) if other else []
            if apart is None:
                continue
            own = tuple(t or s for s, t in zip(signs, kept.covector, strict=True))
            zeros = frozenset(k for k, s in enumerate(signs) if s and not kept.covector[k])
            found = self.held(cell.tope.turned(own).hull(zeros), i, kept)
            if found is not None:
                return found | ({"apart": [*apart]} if apart else {})
        return None

    def held(self, hull: Hull, i: int, kept: Kept) -> dict[str, Json] | None:
        """Return the proof on the hull of a kernel's face."""
        square = hull.tope.beta_squared
        near = self.A.array(list(kept.vectors))
        shortest = min(Fraction(g @ g) for g in near)
        weight = dyadic(square / shortest, self.A.bits)
        more = self.A.number(weight) * sum(np.outer(g, g) for g in near)
        least = self.least(hull, self.form(hull, square, 0) + more)
        if least is None or least <= self.A.least * square:
            return None
        slack = dyadic(min(Fraction(least), square) / 2, self.A.bits)
        form = self.form(hull, square, slack) + more
        terms = self.terms(hull, form)
        return {"face": i, "weight": text(weight), "slack": text(slack), **terms}

    def above(self, cell: Cell) -> dict[str, Json]:
        found = guess(cell, self.A)
        if found is None or found.room <= self.A.least * cell.tope.beta_squared:
            raise Undecided("a certificate: a top eigenvector is on a wall, or near to one")
        i, j = found.pair
        x, y = self.A.array([cell.tope.rows[i], cell.tope.rows[j]])
        form = self.form(cell.hull, found.level, found.slack)
        form = form - self.A.number(found.part) * (np.outer(x, y) + np.outer(y, x))
        scale = Fraction(cell.tope.scale)
        return {
            "level": text(found.level),
            "slack": text(found.slack),
            "vector": numerators(found.vector, primitive=True)[0],
            "pairs": [[text(2 * found.part / (scale * scale)), i, j]],
            **self.terms(cell.hull, form),
        }

    def terms(self, hull: Hull, form: Any) -> dict[str, Json]:  # noqa: ANN401
        """Return a form, positive on the hull, as squares and walls, rounded."""
        onto = self.A.array(hull.onto)
        squares: list[Json] = []
        values, vectors = self.A.spectrum(onto @ form @ onto)
        for value, v in zip(values, vectors.T, strict=True):
            num, factor = self.integers(v)
            c = dyadic(max(Fraction(value), Fraction(0)), self.A.bits) * factor * factor
            if c:
                squares.append([text(c), list(num)])
        walls: list[Json] = []
        for k, y in hull.dual.items():
            image = form @ self.A.array([y])[0]
            num, factor = self.integers(image + onto @ image)
            if num:
                walls.append([text(factor / hull.tope.scale), k, list(num)])
        return {"squares": squares, "walls": walls}

    def integers(self, v: Any) -> tuple[list[int], Fraction]:  # noqa: ANN401
        """Return primitive integers near the ray of v, and the factor from them to v."""
        entries = [Fraction(t) for t in v]
        largest = max(map(abs, entries))
        if not largest:
            return [], Fraction(0)
        unit = Fraction(2) ** (exponent(largest) + 1 - self.A.bits)
        rounded = [round(t / unit) for t in entries]
        divisor = gcd(*rounded)
        return [t // divisor for t in rounded], divisor * unit


def _missed(cell: Cell, kept: Kept) -> list[int] | None:
    """Return strict rows of which a positive combination is 0 on a kernel, or None."""
    rows = {k: floats([cell.tope.rows[k]])[0] for k in sorted(cell.strict)}
    g = floats(list(kept.vectors)).T
    for chosen in islice(combinations(rows, len(kept.vectors) + 1), _MOST):
        first, *others = (rows[k] @ g for k in chosen)
        table = np.array(others).T
        if np.linalg.matrix_rank(table) < len(others):
            continue
        if (np.linalg.solve(table, -first) > _ROOM).all():
            return list(chosen)
    return None
