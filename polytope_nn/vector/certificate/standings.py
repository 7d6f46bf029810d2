"""On which pieces the entries of an optimum in balls stand, in the checker's words."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.losses import CURVES, Slope
from polytope_nn.checker.claims.pieces.graphs import Piece, graph
from polytope_nn.checker.claims.problem.curves import Curve
from polytope_nn.checker.claims.vector.enclosed import seen_row
from polytope_nn.checker.claims.vector.outputs import Outputs
from polytope_nn.checker.claims.vector.standing import Standing, smooth, standing
from polytope_nn.checker.claims.vector.system import System
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank, solve, transpose
from polytope_nn.exact.rational import text, unit_vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.vector.losses.entries import flat
from polytope_nn.vector.optimum import Optimum

from .encoding import by_column, entries_fit

_SHORT, _NEAR = 1000, 40  # the denominator of a coefficient guessed, the bits it is near

__all__ = ["following", "spared", "spoken_pieces", "stood"]


def stood(O: Optimum, D: Outputs) -> Standing:
    """Return the pieces as the checker reads them."""
    if O.problem.is_squared:
        return smooth(D)
    return standing(D, {"pieces": spoken_pieces(O, D)})


def spoken_pieces(O: Optimum, D: Outputs) -> list[Json]:
    """Return the pieces by their names, entries of N that are exact as such numbers."""
    samples = list(D.flat.samples())
    N = by_column(flat(O.N), D.c)
    free = [not any(D.modulo([*unit_vector(e, D.entries)])) for e in range(D.entries)]
    G = D.free_entries()
    moved = [any(g[e] for g in G) for e in range(D.entries)]
    found = [
        _spoken(sample, t, closed=closed, moved=touched)
        for sample, t, closed, touched in zip(samples, N, free, moved, strict=True)
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
) -> Json:
    kind, *_ = sample
    if kind == "power" and closed:
        return "fitted"
    pieces = graph(*sample, lambda: None)
    loose = kind in CURVES and (
        t != 0 if kind == "power" else moved
    )  # its fit is not exact
    if (
        isinstance(t, Fraction)
        and not loose
        and all(_may_be_given(kind, p, t) for p in pieces)
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
    """Return fits of given entries that follow from labels: rows that others combine to."""
    D, known = S.D, S.standing.labels
    found: list[Json] = []
    rows = [tuple(Fraction(t) for t in seen_row(S, k)) for k in range(D.n)]
    for e in range(D.entries):
        j, k = divmod(e, D.n)
        others = [i for i in range(D.n) if j * D.n + i in known and any(rows[i])]
        if S.standing.given(e) is None or not others:
            continue
        shares = solve(transpose([rows[i] for i in others]), rows[k])
        if shares is not None:
            parts = zip(others, shares, strict=True)
            own: list[Json] = [[i, text(Fraction(t))] for i, t in parts if t]  # type: ignore[arg-type] # rational
            found.append([e, own])
    return found


def _may_be_given(kind: str, piece: Piece, t: Fraction) -> bool:
    """Return whether the checker knows the fits of a given number: on a curve that of 0."""
    power = kind == "power" and not t
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
