"""Products of rows that make up for what a form is below 0 off a cone: found in floats, no more."""

from fractions import Fraction
from itertools import combinations

import numpy as np

from .arithmetic import FLOATS, dyadic, floats
from .cell import Hull

__all__ = ["products"]

_FEW, _MANY = 2, 66  # the dimension of a hull from which, and pairs of rows up to which
_TINY, _ROOM = 1e-12, 1e-7  # a share that is none, and room that is too little to be told


def products(hull: Hull) -> tuple[dict[tuple[int, int], Fraction], Fraction] | None:
    """Return shares of products of rows that bound a hull, and how far below beta it is then.

    ``beta^2 |u|^2 - |h|^2`` less the products is at least that far above 0: a form that is
    positive on a cone with few facets is one that is so everywhere and such products
    (P. H. Diananda, *Proc. Cambridge Philos. Soc.* 58 (1962) 17-25). None where floats find none.
    """
    import clarabel
    from scipy import sparse

    at = [k for k in hull.tope.facets if k not in hull.vanishing]
    pairs = list(combinations(at, 2))
    if not pairs or len(hull.basis) < _FEW or len(pairs) > _MANY:
        return None
    square = float(hull.tope.beta_squared)
    Q, _ = FLOATS.coordinates(floats(hull.basis))
    D = Q.T @ floats(hull.tope.D) @ Q / square
    rows = [Q.T @ floats([hull.tope.rows[k]])[0] for k in at]
    sizes = [float(np.linalg.norm(r)) for r in rows]
    if not all(sizes):
        return None
    unit = dict(
        zip(at, (r / size for r, size in zip(rows, sizes, strict=True)), strict=True)
    )
    forms = [np.outer(unit[i], unit[j]) + np.outer(unit[j], unit[i]) for i, j in pairs]
    w, m = len(D), len(pairs)
    j, i = np.tril_indices(w)  # the upper triangle, column by column
    scale = np.where(i == j, 1.0, np.sqrt(2.0))
    columns = np.array([(P[i, j] * scale) for P in (*forms, np.eye(w))]).T
    A = np.vstack([columns, np.c_[-np.eye(m), np.zeros(m)]])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solved = clarabel.DefaultSolver(
        sparse.csc_matrix((m + 1, m + 1)),
        np.r_[np.zeros(m), -1.0],
        sparse.csc_matrix(A),
        np.r_[D[i, j] * scale, np.zeros(m)],
        [clarabel.PSDTriangleConeT(w), clarabel.NonnegativeConeT(m)],
        settings,
    ).solve()
    t = np.maximum(np.array(solved.x)[:m], 0.0)
    if not np.isfinite(t).all():
        return None
    t = np.where(t > _TINY * t.max(initial=0), t, 0.0)
    room = np.linalg.eigvalsh(D - sum(x * P for x, P in zip(t, forms, strict=True)))[0]
    if room <= _ROOM:
        return None
    length = dict(zip(at, sizes, strict=True))
    shares = {
        (a, b): dyadic(square * float(x) / (length[a] * length[b]), FLOATS.bits)
        for (a, b), x in zip(pairs, t, strict=True)
        if x
    }
    return shares, dyadic(square * min(float(room), 1.0), FLOATS.bits)
