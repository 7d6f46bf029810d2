"""Fits that follow from others, exactly: of kinks whose equations were left out (general B3).

The fit is ``[Phi | Z] b_j`` for each output j, with Phi what the active samples see of the spans of
the parts: rational rows. So rows that are combinations of others have the same combination of
fits. And where atoms alone are active, and nothing is free, the fits are ``sum phi c h'``: with
``w'h = 0`` of all of them ``w'z`` is 0. Each such zero that is known of a row, where ``w'h = 0`` is
known of all its atoms but one, tells it of that one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from polytope_nn.exact.linear import solve, transpose
from polytope_nn.exact.rational import Vector
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.vector.problem import Rows

from .system import System

__all__ = ["Across", "across", "alike_rows", "implied_fits"]

_ZERO = Fraction(0)


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
    rows, active = _rows(system), _active(system)
    while True:
        found = {
            e: z
            for e in open_entries
            if e not in known
            and (z := _follows(system, rows, active, known, e)) is not None
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


def _active(system: System) -> list[set[int] | None]:
    """Return the atoms that are active at each sample; None where more is, or something is free."""
    free, found = system.problem.entries.free.columns, list[set[int] | None]()
    c = system.problem.c
    for k in range(system.problem.n):
        own = {i for i, part in enumerate(system.parts) if k in part.face.active}
        loose = any(any(g[k * c : (k + 1) * c]) for g in free)
        more = any(system.parts[i].k > 1 for i in own)
        found.append(None if loose or more else own)
    return found


def _follows(
    system: System,
    rows: list[Vector],
    active: list[set[int] | None],
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
    fits = {divmod(e, c): z for e, z in known.items()}
    found = across(fits, active, (k, j))
    return None if found is None else _share(fits, k, found)


@dataclass(frozen=True)
class Across:
    """A fit as another output's of its sample times a share, or 0; the samples that show it.

    ``output`` is None where the fit is 0.
    """

    output: int | None
    share: Fraction
    samples: tuple[int, ...]


def across(
    known: Mapping[tuple[int, int], Fraction],
    active: Sequence[set[int] | None],
    place: tuple[int, int],
) -> Across | None:
    """Return how a fit follows from that of another output, or None.

    ``known`` are fits by sample and output, ``active`` the atoms at each sample, None where
    other parts are active or something is free.
    """
    k, j = place
    if active[k] is None:
        return None
    outputs: list[int | None] = [None, *sorted(i for m, i in known if m == k and i != j)]
    for i in outputs:
        pairs = [
            (known[l, j], _ZERO if i is None else known[l, i])
            for l in range(len(active))
            if (l, j) in known and (i is None or (l, i) in known)
        ]
        for share in dict.fromkeys(a / b if b else _ZERO for a, b in pairs):
            samples = _shown(known, active, place, (i, share))
            if samples is not None:
                return Across(i, share, samples)
    return None


def _shown(
    known: Mapping[tuple[int, int], Fraction],
    active: Sequence[set[int] | None],
    place: tuple[int, int],
    other: tuple[int | None, Fraction],
) -> tuple[int, ...] | None:
    """Return samples that tell, one atom after another, ``w'h = 0`` of all that are active."""
    (k, j), (i, share) = place, other
    left = {
        l: set(own)
        for l, own in enumerate(active)
        if own is not None and (l, j) in known and (i is None or (l, i) in known)
        if known[l, j] == (_ZERO if i is None else share * known[l, i])
    }
    asked, samples = set(active[k] or ()), list[int]()
    while asked:
        l = next((l for l, own in left.items() if len(own) == 1), None)
        if l is None:
            return None
        (atom,) = left[l]
        samples.append(l)
        asked.discard(atom)
        for own in left.values():
            own.discard(atom)
    return tuple(samples)


def _share(known: Mapping[tuple[int, int], Fraction], k: int, found: Across) -> Fraction:
    """Return the fit that follows."""
    return _ZERO if found.output is None else found.share * known[k, found.output]
