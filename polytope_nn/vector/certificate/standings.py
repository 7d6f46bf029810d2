"""On which pieces the entries of an optimum in balls stand, in the checker's words."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.problem.curves import Curve
from polytope_nn.checker.claims.problem.graphs import CURVES, Piece, Slope, graph
from polytope_nn.checker.claims.vector.outputs import Outputs
from polytope_nn.checker.claims.vector.standing import Standing, seen_row, standing
from polytope_nn.checker.claims.vector.system import System, exact_rows
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank, solve, transpose
from polytope_nn.exact.rational import Vector, identity, text, unit_vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.problems.free_part import FreePart
from polytope_nn.vector.balls.implied import across
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.optimum import Optimum

from .encoding import by_column, entries_fit

_SHORT, _NEAR = 1000, 40  # the denominator of a coefficient guessed, the bits it is near

__all__ = ["columns_of", "following", "spared", "spoken_pieces", "stood"]


def stood(O: Optimum, D: Outputs) -> Standing:
    """Return the pieces as the checker reads them."""
    return standing(D, {"pieces": spoken_pieces(O, D)})


def columns_of(S: System, free: FreePart) -> list[Vector]:
    """Return vectors of which each column of N is a combination, shape (n,) each.

    0 where rows of N are exact, and what they are in each output.
    """
    D = S.D
    exact, nothing = exact_rows(D, S.standing, S.used), (Fraction(0),) * D.c
    rows = free.quotient if free.columns else identity(D.n)
    own = zip(*(exact.get(k, nothing) for k in range(D.n)), strict=True)
    left = [tuple(0 * t if k in exact else t for k, t in enumerate(q)) for q in rows]
    return [*left, *(tuple(map(Fraction, column)) for column in own)]


def spoken_pieces(O: Optimum, D: Outputs) -> list[Json]:
    """Return the pieces by their names, entries of N that are exact as such numbers."""
    samples = list(D.flat.samples())
    N = by_column(flat(O.N), D.c)
    free = [not any(D.modulo([*unit_vector(e, D.entries)])) for e in range(D.entries)]
    G = D.free_entries()
    moved = [any(g[e] for g in G) for e in range(D.entries)]
    seen = {k for u, _ in O.network for k, s in enumerate(u.covector) if s > 0}
    still = [e % D.n not in seen and not moved[e] for e in range(D.entries)]
    rows = zip(samples, N, free, moved, still, strict=True)
    found = [
        _spoken(sample, t, closed=closed, moved=touched, still=alone)
        for sample, t, closed, touched, alone in rows
    ]
    for j in filter(partial(_known, O), range(D.c)):
        at = range(j * D.n, (j + 1) * D.n)
        if any(type(found[e]) is dict for e in at):
            found[at.start : at.stop] = [{"at": text(Fraction(str(N[e])))} for e in at]
    return [found[k :: D.n] for k in range(D.n)]


def _known(O: Optimum, j: int) -> bool:
    """Return whether powers have rational N and fits in an output that no neuron reaches."""
    told = [row[j] for rows in (O.N, entries_fit(O)) for row in rows]
    exact = O.problem.kind == "power" and all(isinstance(t, Fraction) for t in told)
    return exact and not any(u.h[j] != 0 for u, _ in O.network)


def _spoken(
    sample: tuple[str, Fraction, Fraction, Fraction],
    t: Scalar,
    *,
    closed: bool,
    moved: bool,
    still: bool,
) -> Json:
    kind, *_ = sample
    if kind == "power" and closed:
        return "fitted"
    pieces = graph(*sample, lambda: None)
    loose = kind in CURVES and (
        t != 0 and not still if kind == "power" else moved
    )  # its fit is not exact
    if (
        isinstance(t, Fraction)
        and not loose
        and all(_may_be_given(kind, p, t, still=still) for p in pieces)
    ):
        return {"at": text(t)}
    for i, piece in enumerate(pieces):
        if kind in CURVES:
            return f"{i} {piece.name}"
        if isinstance(piece, Slope):
            low, high = piece.low, piece.high
            if (low is None or t > low) and (high is None or t < high):
                return f"{i} {piece.name}"
    raise Undecided("a certificate: on which piece of its loss an entry of kappa stands")


def following(S: System) -> list[Json]:
    """Return fits of given entries that follow from labels, in turn: what is multiplied out."""
    D, known = S.D, dict(S.standing.labels)
    found: list[Json] = []
    rows = [tuple(Fraction(t) for t in seen_row(S, k)) for k in range(D.n)]
    asked = [e for e in range(D.entries) if S.standing.given(e) is not None]
    while True:
        own = [(e, t) for e in asked if e not in known and (t := _told(S, rows, known, e))]
        found += [told for _, (told, _) in own]
        known |= {e: z for e, (_, z) in own}
        if not own:
            return found


def _told(
    S: System, rows: Sequence[tuple[Fraction, ...]], known: dict[int, Fraction], e: int
) -> tuple[Json, Fraction] | None:
    """Return how a fit follows from known ones, and the fit, or None."""
    D = S.D
    j, k = divmod(e, D.n)
    others = [i for i in range(D.n) if j * D.n + i in known and any(rows[i])]
    shares = solve(transpose([rows[i] for i in others]), rows[k]) if others else None
    if shares is not None:
        parts = [(i, Fraction(t)) for i, t in zip(others, shares, strict=True) if t]  # type: ignore[arg-type] # rational
        total = sum((t * known[j * D.n + i] for i, t in parts), Fraction(0))
        return [e, [[i, text(t)] for i, t in parts]], total
    fits = {(m % D.n, m // D.n): z for m, z in known.items()}
    found = across(fits, _active(S), (k, j))
    if found is None:
        return None
    if found.output is None:
        return [e, [], [*found.samples]], Fraction(0)
    pair: Json = [found.output, text(found.share)]
    return [e, [pair], [*found.samples]], found.share * fits[k, found.output]


def _active(S: System) -> list[set[int] | None]:
    """Return the atoms at each sample; None where there is more, or something is free."""
    found: list[set[int] | None] = []
    for k in range(S.D.n):
        own = {m for m, f in enumerate(S.faces) if k in f.rows}
        free = any(g[j * S.D.n + k] for g in S.G for j in range(S.D.c))
        found.append(None if free or any(S.faces[m].k > 1 for m in own) else own)
    return found


def _may_be_given(kind: str, piece: Piece, t: Fraction, *, still: bool) -> bool:
    """Return whether the checker knows the fits of a given number: on a curve that of 0."""
    power = kind == "power" and (still or not t)
    return power or not isinstance(piece, Curve) or piece.still() == t


def spared(S: Standing, D: Outputs, free: Sequence[Fraction]) -> list[Json]:
    """Return the free columns that others make where N is not given, with the others' shares."""
    G = D.free_entries()
    open_entries = [e for e in range(D.entries) if S.given(e) is None]
    seen = [tuple(Fraction(g[e]) for e in open_entries) for g in G]
    kept: list[int] = []
    for m in range(len(G)):
        if rank([seen[i] for i in (*kept, m)]) > len(kept):
            kept.append(m)
    found: list[Json] = []
    for m in (m for m in range(len(G)) if m not in kept):
        table = transpose([seen[i] for i in kept]) if kept else ((),) * len(open_entries)
        shares = solve(table, seen[m]) if kept else ()
        assert shares is not None  # it depends on them
        coefficient = free[m].limit_denominator(_SHORT)  # labels may say it exactly
        if abs(coefficient - free[m]) * (1 << _NEAR) > 1 + abs(free[m]):
            coefficient = Fraction(round(free[m] * (1 << 20)), 1 << 20)
        found.append([m, text(coefficient), [text(Fraction(t)) for t in shares]])  # type: ignore[arg-type] # rational in, rational out
    return found
