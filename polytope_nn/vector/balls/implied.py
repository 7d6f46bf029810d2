"""Fits that follow from others, exactly: of kinks whose equations were left out (general B3).

The fit is ``[Phi | Z] b_j`` for each output j, with Phi what the active samples see of the spans of
the parts: rational rows. So rows that are combinations of others have the same combination of
fits. And where one atom alone is active, and nothing is free, rows of the fit are multiples of one
output direction: all minors of two such rows are 0.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import cast

from polytope_nn.exact.linear import solve, transpose
from polytope_nn.exact.rational import Vector
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.vector.problem import Rows

from .system import System

__all__ = ["alike_rows", "implied_fits"]


def implied_fits(system: System) -> dict[int, Fraction]:
    """Return the fits of entries that are known exactly: of kinks, and what follows from them."""
    known = {
        e: piece.at
        for e, piece in enumerate(system.standings)
        if isinstance(piece, Slope) and not piece.inverse
    }
    open_entries = [
        e
        for e, piece in enumerate(system.standings)
        if isinstance(piece, Flat) and piece.low is not None and piece.low == piece.high
    ]
    rows = _rows(system)
    alone = _alone(system)
    while True:
        found = {
            e: z
            for e in open_entries
            if e not in known and (z := _follows(system, rows, alone, known, e)) is not None
        }
        if not found:
            return known
        known |= found


def alike_rows(system: System, N: Rows) -> list[int | None]:
    """Return a name for each row of N: rows of one name are equal, of None 0, exactly.

    Samples of one label and weight that see the same of all parts have one fit, and where N
    follows from the fit, or is given, one row of N.
    """
    c, rows = system.problem.c, _rows(system)
    names: dict[object, int] = {}
    found: list[int | None] = []
    for k, row in enumerate(N):
        own = system.standings[k * c : (k + 1) * c]
        kinks = any(isinstance(p, Slope) and not p.inverse for p in own)
        key = k if kinks else (rows[k], own)
        found.append(None if all(map(is_nothing, row)) else names.setdefault(key, k))
    return found


def _rows(system: System) -> list[Vector]:
    """Return ``[Phi | Z]``, a row for each sample."""
    problem = system.problem
    free = problem.free.columns
    return [
        tuple(
            [t for part in system.parts for t in part.images[k]] + [z[k] for z in free],
        )
        for k in range(problem.n)
    ]


def _alone(system: System) -> dict[int, list[int]]:
    """Return the samples at which one part alone is active, an atom: by the part's place."""
    found: dict[int, list[int]] = {}
    if system.problem.entries.free.columns:
        return found
    for k in range(system.problem.n):
        active = [i for i, part in enumerate(system.parts) if k in part.face.active]
        if len(active) == 1 and system.parts[active[0]].k == 1:
            found.setdefault(active[0], []).append(k)
    return found


def _follows(
    system: System,
    rows: list[Vector],
    alone: dict[int, list[int]],
    known: dict[int, Fraction],
    e: int,
) -> Fraction | None:
    """Return the fit of an entry that follows from known ones, or None."""
    c = system.problem.c
    k, j = divmod(e, c)
    others = [i for i in range(len(rows)) if i * c + j in known and any(rows[i])]
    if others:
        shares = solve(transpose([rows[i] for i in others]), rows[k])
        if shares is not None:
            pairs = zip(shares, others, strict=True)
            total = sum((s * known[i * c + j] for s, i in pairs), Fraction(0))
            return cast("Fraction", total)  # rational in, rational out
    return next(_minors(alone, known, c, k, j), None)


def _minors(
    alone: dict[int, list[int]], known: dict[int, Fraction], c: int, k: int, j: int
) -> Iterator[Fraction]:
    """Yield ``z_kj = z_ki z_lj / z_li`` for rows k, l of one atom alone; 0 where ``z_lj`` is."""
    for samples in alone.values():
        if k not in samples:
            continue
        if any(known.get(row * c + j) == 0 for row in samples):
            yield Fraction(0)  # the atom has no such output
        for row, i in product(samples, range(c)):
            corners = (k * c + i, row * c + j, row * c + i)
            if row != k and i != j and all(e in known for e in corners):
                a, b, over = (known[e] for e in corners)
                if over:
                    yield a * b / over
