"""Local maxima of a form in floats: projections onto closed topes, walls crossed on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.dual.peaks import Peak, PeakGuess
from polytope_nn.exact.rational import approximate_root
from polytope_nn.search.floats import to_float
from polytope_nn.search.nonnegative import nonnegative

from .evaluated import FloatPeaks
from .floats import FloatForm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Climbed", "climbed", "distinct", "float_peaks", "shares_beside"]

_ROUNDS = 60
_BEARS = 1e-12  # a multiplier larger than this, of the largest, presses
_NEAR = 1e-7  # a row that vanishes, up to rounding, relative to the length of the point
_HEAVY = 1e4  # the weight of the equation that p has no free coordinate, at first
_FINE = 1 << 20  # theta are multiples of its inverse
_ROOM = 1e-9  # of a weight: how far inside multipliers must be
_CUT = 1e-10  # of the length of a point: how far it may be beyond a row


@dataclass(frozen=True)
class Climbed:
    """A local maximum: its value, the point u of length 1, p, the signs of a tope beside it.

    ``shares`` are the theta of the rows that press; ``covector`` is 0 on these.
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


def climbed(form: FloatForm, u: "Floats") -> Climbed | None:
    """Return the local maximum of ``form(u)/|u|`` that the ascent from u reaches."""
    import numpy as np

    signs = np.where(form.rows @ u > 0, 1, -1)
    best = None
    for _ in range(_ROUNDS):
        a = form.linear + form.rows.T @ (form.weights * (signs > 0))
        p, mu, pressing = _projected(form, a, signs)
        value = float(np.linalg.norm(p))
        if value < 1e-300:
            return best
        point = p if len(p) == len(a) else _point(form, p, pressing, u)
        omega = np.where(signs > 0, -mu - form.weights, mu)[pressing]
        shares = omega / np.maximum(-form.weights[pressing], 1e-300)
        # the point may lie beyond rows that do not press: they are on its side
        covector = np.where(form.rows @ point > 0, 1, -1)
        covector[pressing] = 0
        found = Climbed(
            value, point / value, p, signs, tuple(map(int, pressing)), shares, covector
        )
        if best is not None and value <= best.value * (1 + 1e-13) and not len(pressing):
            return best if best.value > value else found
        flips = [k for k in pressing if form.weights[k] > -mu[k]]
        if not flips:
            return found
        best = found
        signs = signs.copy()
        signs[flips] *= -1
    return best


def _projected(
    form: FloatForm, a: "Floats", signs: "NDArray[np.int64]"
) -> "tuple[Floats, Floats, NDArray[np.int64]]":
    """Return the shortest ``p = a + sum mu_k signs_k x_k``, mu >= 0, and the rows that press.

    With a free bias the last coordinate of p is 0.
    """
    import numpy as np

    A = (form.rows * signs[:, None]).T
    d = form.penalised
    heavy = np.where(np.arange(len(a)) < d, 1.0, _HEAVY)
    mu = nonnegative(A * heavy[:, None], -a * heavy)
    least = _BEARS * max(1.0, float(mu.max(initial=0)))
    pressing: NDArray[np.int64] = np.flatnonzero(mu > least)
    if d == len(a):
        p: Floats = a + A @ mu
        return p, mu, pressing
    return _balanced(A, a, pressing)


def _balanced(
    A: "Floats", a: "Floats", pressing: "NDArray[np.int64]"
) -> "tuple[Floats, Floats, NDArray[np.int64]]":
    """Return p, mu and the rows that press with a free bias, from those that seem to.

    The equations on the rows that press, ``p - A mu = a`` with ``A'(p, t) = 0`` and 0 as the
    last coordinate of ``a + A mu``; a row whose mu is negative leaves, one that is cut enters.
    """
    import numpy as np

    p, mu, slack = _on_rows(A, a, pressing)
    for _ in range(_ROUNDS):
        if len(pressing) > 1 and mu[pressing].min() < 0:
            pressing = np.delete(pressing, np.argmin(mu[pressing]))
        elif len(pressing) and slack.min() < -_CUT * np.linalg.norm(p):
            pressing = np.sort(np.append(pressing, np.argmin(slack)))
        else:
            break
        p, mu, slack = _on_rows(A, a, pressing)
    return p, mu, pressing


def _on_rows(
    A: "Floats", a: "Floats", pressing: "NDArray[np.int64]"
) -> "tuple[Floats, Floats, Floats]":
    """Return p, mu and how far the point is inside of the other rows, where some press."""
    import numpy as np

    d, T, k = len(a) - 1, A[:, pressing], len(pressing)
    K = np.zeros((d + k + 1, d + k + 1))
    K[:d, :d] = np.eye(d)
    K[:d, d : d + k] = -T[:d]
    K[d : d + k, :d] = T[:d].T
    K[d : d + k, d + k] = T[d]
    K[d + k, d : d + k] = T[d]
    x = np.linalg.lstsq(K, np.r_[a[:d], np.zeros(k), -a[d]], rcond=None)[0]
    p: Floats = np.asarray(x[:d], dtype=np.float64)
    mu, slack = np.zeros(A.shape[1]), A.T @ np.append(p, x[d + k])
    mu[pressing], slack[pressing] = x[d : d + k], 0
    return p, mu, slack


def _point(
    form: FloatForm, w: "Floats", pressing: "NDArray[np.int64]", u: "Floats"
) -> "Floats":
    """Return (w, t) with t where the pressing rows vanish; on a flat, at its nearest end."""
    import numpy as np

    if not len(pressing):
        kinks = -(form.rows[:, :-1] @ w) / form.rows[:, -1]
        t = u[-1] * np.linalg.norm(w) / max(float(np.linalg.norm(u[:-1])), 1e-300)
        t = float(kinks[np.argmin(np.abs(kinks - t))])
        return np.append(w, t)
    rows = form.rows[pressing]
    t = -(rows[:, :-1] @ w) @ rows[:, -1] / (rows[:, -1] @ rows[:, -1])
    return np.append(w, t)


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
