"""Local maxima of a form in floats, and what the exact half is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.dual.peaks import Peak, PeakGuess
from polytope_nn.exact.rational import approximate_root
from polytope_nn.search.floats import to_float

from .evaluated import FloatPeaks
from .floats import FloatForm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Climbed", "distinct", "float_peaks", "shares_beside"]

_NEAR = 1e-7  # a row that vanishes, up to rounding, relative to the length of the point
_FINE = 1 << 20  # theta are multiples of its inverse
_ROOM = 1e-9  # of a weight: how far inside multipliers must be


@dataclass(frozen=True)
class Climbed:
    """A local maximum: its value, the point u of length 1, p, the signs of a tope beside it.

    ``shares`` are the theta of the rows that press; ``covector`` is 0 on each row
    that goes through u.
    """

    value: float
    u: "Floats"
    p: "Floats"
    signs: "NDArray[np.int64]"
    pressing: tuple[int, ...]
    shares: "Floats"
    covector: "NDArray[np.int64]"

    def guess(self, form: FloatForm, sign: int, *, tight: bool = False) -> PeakGuess:
        """Return what the exact half is told of it."""
        import numpy as np

        size = float(np.linalg.norm(self.u))
        near = np.flatnonzero(np.abs(form.rows @ self.u) < _NEAR * size)
        all_near = tuple(sorted({*map(int, near), *self.pressing}))
        theta = shares_beside(form, self, all_near)
        signs = tuple(map(int, self.signs))
        return PeakGuess(sign, signs, all_near, self.pressing, tight, theta)


def shares_beside(
    form: FloatForm, top: Climbed, near: Sequence[int]
) -> tuple[tuple[int, Fraction], ...]:
    """Return theta of concave rows that depend on those that press, where 0 will not do.

    The multipliers of the rows that press must be strictly inside, whichever of the convex
    rows that depend on them are positive: a linear program in theta, with as much room as
    there can be.
    """
    import numpy as np

    J = list(top.pressing)
    off = [k for k in near if k not in J]
    bound = -form.weights[J]
    if not J or not off or bound.min() <= 0:
        return ()
    B, R = form.rows[J].T, form.rows[off].T
    C = np.linalg.lstsq(B, R, rcond=None)[0]
    spanned = np.abs(B @ C - R).max(axis=0) < _NEAR
    flat, C = np.array(off)[spanned], C[:, spanned]
    active = top.signs > 0
    active[[*J, *flat]] = False
    a = form.linear + form.rows.T @ (form.weights * active)
    p = np.append(top.p, np.zeros(len(a) - len(top.p)))
    omega = np.linalg.lstsq(B, a - p, rcond=None)[0] / bound
    moves = C * form.weights[flat] / bound[:, None]
    convex = form.weights[flat] > 0
    low = omega + np.minimum(moves[:, convex], 0).sum(axis=1)
    high = omega + np.maximum(moves[:, convex], 0).sum(axis=1)
    G = moves[:, ~convex]
    if not G.shape[1] or (low.min() > _ROOM and high.max() < 1 - _ROOM):
        return ()
    theta = _roomiest(G, low, high)
    shares = [Fraction(round(t * _FINE), _FINE) for t in theta]
    rows = map(int, flat[~convex])
    return tuple(sorted((k, t) for k, t in zip(rows, shares, strict=True) if t))


def _roomiest(G: "Floats", low: "Floats", high: "Floats") -> "Floats":
    """Return theta in [0, 1] with ``low + G theta > 0`` and ``high + G theta < 1``, or 0."""
    import numpy as np
    from scipy.optimize import linprog

    r, K = G.shape
    ones = np.ones((r, 1))
    solved = linprog(
        np.append(np.zeros(K), -1.0),
        A_ub=np.block([[-G, ones], [G, ones]]),
        b_ub=np.concatenate([low, 1 - high]),
        bounds=[(0, 1)] * K + [(None, 1)],
        method="highs",
    )
    found: Floats = np.zeros(K)
    if solved.status == 0 and solved.x[-1] > _ROOM:
        found = np.clip(solved.x[:-1], 0, 1)
    return found


def distinct(found: Sequence[Climbed], angle: float = 1e-9) -> list[Climbed]:
    """Return the maxima that are apart, the largest first."""
    import numpy as np

    kept: list[Climbed] = []
    for c in sorted(found, key=lambda c: -c.value):
        if all(np.abs(c.u - k.u).max() > angle for k in kept):
            kept.append(c)
    return kept


def float_peaks(
    form: FloatForm, peaks: Sequence[tuple[int, Peak]], sign: int
) -> FloatPeaks:
    """Return the exact peaks of a sign, in floats; each with its place in the list."""
    import numpy as np

    mine = [(q, peak) for q, peak in peaks if peak.sign == sign]
    n = len(form.rows)
    theta, ties = np.zeros((len(mine), n)), np.zeros((len(mine), n), dtype=bool)
    p, u = np.zeros((len(mine), form.penalised)), np.zeros((len(mine), form.rows.shape[1]))
    for i, (_, peak) in enumerate(mine):
        beta = approximate_root(peak.form.beta_squared)
        p[i] = [to_float(enclosure(t)[0] / beta) for t in peak.p[: form.penalised]]
        u[i] = [to_float(enclosure(t)[0] / beta) for t in peak.u]
        u[i] /= np.linalg.norm(u[i])
        theta[i] = [s > 0 for s in peak.signs]
        ties[i, list(peak.convex_ties)] = True
        way = None if peak.convex_ties else peak.way(0)
        for k, omega in ({} if way is None else way.omega).items():
            weight = -sign * enclosure(peak.form.weights[k])[0]
            share = to_float(enclosure(omega)[0] / weight) if weight else 0.0
            theta[i, k] = min(max(share, 0.0), 1.0)
    return FloatPeaks(p, u, theta, ties, tuple(q for q, _ in mine))
