"""Which entries of S are given because two kernels share vectors, less than their hulls (V12c).

Floats find what is shared, and from which samples it is told; the checker proves it.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.vector.outputs import Face
from polytope_nn.checker.claims.vector.sharing import apart
from polytope_nn.checker.claims.vector.system import System
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import text

from .ties import given

__all__ = ["shared_entries"]

_Place = tuple[int, int]

_SAME = 1e-9  # how near two spans are that share a vector, and what counts as dependent


def shared_entries(S: System, x: list[Fraction], knots: list[Json]) -> list[Json]:
    """Return the pairs of sides that tell that equations of turned kernels follow, at a point.

    Their entries are added to those that are tied, and the system is told so.
    """
    places = [
        (i, m)
        for i, face in enumerate(S.faces)
        if 1 < face.k < face.w
        for m in range(len(face.entries))
    ]
    found: list[Json] = []
    rows: list[NDArray[np.float64]] = []
    for i, j in combinations(range(len(S.faces)), 2):
        one, other = S.faces[i], S.faces[j]
        if 1 in (one.k, other.k) or (one.k, other.k) == (one.w, other.w):
            continue
        for p, q in product(_sides(S, x, i, (one, other)), _sides(S, x, j, (one, other))):
            row = _told(S, places, i, (p.vector, q.vector))
            row = row - _told(S, places, j, (q.vector, p.vector))
            found.append([p.told, q.told])
            rows.append(row)
    table = np.array(rows).reshape(len(rows), len(places))
    kept = sorted(_spanning(table.T))
    chosen = sorted(_spanning(table[kept])) if kept else []
    for i, m in (places[c] for c in chosen):
        t = given(x[S.faces[i].masses + m])
        knots.append([i, m, text(t)])
        S.tied[i, m] = t
    return [found[r] for r in kept]


class _Side(NamedTuple):
    """What the checker is told of a vector that two kernels may share, and the vector."""

    told: Json
    vector: NDArray[np.float64]


def _sides(S: System, x: list[Fraction], i: int, pair: tuple[Face, Face]) -> list[_Side]:
    """Return vectors that span what a kernel has where neurons of two faces see the same.

    None where the other kernel has not the same.
    """
    face, walls = S.faces[i], apart(*pair)
    zeros = [k for k, s in enumerate(face.covector) if s == 0]
    rows = {k: tuple(map(Fraction, S.D.X[k])) for k in (*zeros, *walls)}
    order = list(rows)
    kept = [order[m] for m in independent_rows(list(rows.values()))]
    samples = [k for k in kept if k not in zeros]
    from scipy.linalg import qr

    g = _vectors(x, face)
    if len(samples) >= face.k or not _share(S, x, pair, walls):
        return []
    seen = g @ np.array([[float(t) for t in rows[k]] for k in samples]).reshape(-1, S.D.d).T
    columns = (
        [int(c) for c in qr(seen.T, mode="economic", pivoting=True)[2]]
        if samples
        else [*range(face.k)]
    )
    told, free = columns[: len(samples)], columns[len(samples) :]
    found = []
    for f in free:
        shares = np.linalg.solve(seen[told].T, -seen[f]) if told else np.zeros(0)
        vector = g[f] + shares @ g[told] if told else g[f]
        found.append(_Side([i, [*samples], [*told], f], vector))
    return found


def _share(
    S: System, x: list[Fraction], pair: tuple[Face, Face], walls: Sequence[int]
) -> bool:
    """Return whether two kernels have the same, in floats, where all walls vanish."""
    from scipy.linalg import null_space

    W = np.array([[float(t) for t in S.D.X[k]] for k in walls]).reshape(-1, S.D.d)
    spans = []
    for face in pair:
        g = _vectors(x, face)
        inner = null_space(W @ g.T, _SAME) if len(W) else np.eye(face.k)
        spans.append(np.linalg.qr(g.T @ inner)[0])
    one, other = spans
    if not one.shape[1] or one.shape != other.shape:
        return False
    return bool(np.abs(one @ (one.T @ other) - other).max() < _SAME)


def _vectors(x: list[Fraction], face: Face) -> NDArray[np.float64]:
    """Return the basis of a kernel, of length 1, shape (k, d)."""
    U = np.zeros((face.w, face.k))
    for m, i in enumerate(face.pivots):
        U[i, m] = face.one
    own = [float(t) for t in x[face.first : face.first + len(face.others) * face.k]]
    U[face.others] = np.array(own).reshape(-1, face.k)
    found: NDArray[np.float64] = U.T @ np.array([[float(t) for t in b] for b in face.basis])
    return found


def _told(
    S: System,
    places: Sequence[_Place],
    i: int,
    pair: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return the factors of ``y'D x`` at the entries of a face."""
    face = S.faces[i]
    B = np.array([[float(t) for t in b] for b in face.basis]).T
    x, y = (np.linalg.lstsq(B, v, rcond=None)[0][face.pivots] for v in pair)
    found = np.zeros(len(places))
    for c, (at, entry) in enumerate(places):
        if at == i:
            m, o = face.entries[entry]
            found[c] = y[m] * x[o] + (y[o] * x[m] if m != o else 0)
    return found


def _spanning(A: NDArray[np.float64]) -> list[int]:
    """Return columns that are independent and span the others, in floats."""
    from scipy.linalg import qr

    if not A.size:
        return []
    R, order = qr(A, mode="r", pivoting=True)
    sizes = np.abs(np.diag(R))
    return [int(order[m]) for m in np.flatnonzero(sizes > _SAME * sizes.max(initial=0))]
