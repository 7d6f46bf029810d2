"""Ascents to local maxima in floats: projections onto closed topes, walls crossed on the way.

At the projection p of its gradient onto a closed tope a form takes the value |p|, its largest
there; a facet that presses on p is crossed where the value rises beyond it. Many ascents go in
step, each on its own tope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from polytope_nn.search.programs.nonnegative import nonnegative
from polytope_nn.search.projecting.facets import Turned
from polytope_nn.search.projecting.projections import Projections

from .climbing import Climbed
from .floats import FloatForm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Booleans = NDArray[np.bool_]

__all__ = ["all_climbed", "climbed", "climbed_on_sides"]

_ROUNDS = 60
_BEARS = 1e-12  # a multiplier larger than this, of the largest, presses
_HIGHER = 1e-13  # relative to a value: what is more than rounding
_VOID = 1e-300  # of a value: no direction is higher than 0
_AGREES = 1e-6  # of a value: |p| and that of the form at p, where the projection is one
_HEAVY = 1e4  # the weight of the equation that p has no free coordinate, at first
_ON = 1e-12  # a row that is this close to a point, relative to its length, goes through it
_CUT = 1e-10  # of the length of a point: how far it may be beyond a row


def climbed(form: FloatForm, u: "Floats") -> Climbed | None:
    """Return the local maximum of ``form(u)/|u|`` that the ascent from u reaches."""
    return all_climbed(form, [u])[0]


def all_climbed(form: FloatForm, points: "Sequence[Floats]") -> list[Climbed | None]:
    """Return the local maxima that the ascents from some points reach, None where none is.

    >>> import numpy as np
    >>> eye = np.eye(2)
    >>> form = FloatForm(eye, np.array([3.0, -1.0]), np.zeros(2), eye.astype(int), 2)
    >>> [top.value for top in all_climbed(form, [np.array([1.0, 2.0]), np.array([2.0, -1.0])])]
    [3.0, 3.0]
    """
    import numpy as np

    found: list[Climbed | None] = [None] * len(points)
    if not found:
        return found
    starts = np.array(points)
    signs = np.where(starts @ form.rows.T > 0, 1.0, -1.0)
    at, before = np.arange(len(points)), None
    for _ in range(_ROUNDS):
        step = _step(form, signs, starts[at])
        flips = step.pressing & (form.weights > -step.mu)
        ends: Booleans = flips.sum(axis=1) == 0
        back: Booleans = np.zeros(len(ends), dtype=bool)
        if before is not None:
            highest = before.values * (1 + _HIGHER)
            stays = (step.values <= highest) & ~step.pressing.any(axis=1)
            ends, back = ends | stays, stays & (step.values < before.values)
        for i in np.flatnonzero(ends).tolist():
            last = step if before is None or not back[i] else before
            found[at[i]] = last.top(form, i)
        signs = np.where(flips, -signs, signs)[~ends]
        before, at = step.part(~ends), at[~ends]
        if not len(at):
            return found
    for i, q in enumerate(at.tolist()):
        found[q] = None if before is None else before.top(form, i)
    return found


def climbed_on_sides(
    form: FloatForm, sides: Sequence[int], points: "Sequence[Floats]"
) -> list[Climbed | None]:
    """Return the local maxima that are reached from points, of the form times their signs."""
    found: list[Climbed | None] = [None] * len(points)
    for side in (1, -1):
        at = [i for i, s in enumerate(sides) if s == side]
        tops = all_climbed(form.turned(side), [points[i] for i in at])
        for i, top in zip(at, tops, strict=True):
            found[i] = top
    return found


@dataclass(frozen=True)
class _Step:
    """Projections p of the gradients onto topes, of some ascents: the rows that press, points."""

    signs: "Floats"
    p: "Floats"
    mu: "Floats"
    pressing: "Booleans"
    points: "Floats"
    values: "Floats"

    def part(self, which: "Booleans") -> "_Step":
        """Return those of some ascents."""
        return _Step(**{name: value[which] for name, value in vars(self).items()})

    def top(self, form: FloatForm, i: int) -> Climbed | None:
        """Return where an ascent is as a local maximum; None where p is 0 or no projection."""
        import numpy as np

        signs = self.signs[i].astype(np.int64)
        pressing = np.flatnonzero(self.pressing[i])
        p, mu, point = self.p[i], self.mu[i], self.points[i]
        if len(p) == len(point):  # what many ascents are together is not as fine
            a = _gradients(form, self.signs[i])
            A = (form.rows[pressing] * signs[pressing, None]).T
            mu = np.zeros(len(signs))
            mu[pressing] = np.linalg.lstsq(A, -a, rcond=None)[0]
            p = point = a + A @ mu[pressing]
            reached, square = float(form.values(p[None])[0]), float(p @ p)
            if not abs(reached - square) <= _AGREES * square:
                return None
        value = float(np.linalg.norm(p))
        if value < _VOID:
            return None
        omega = np.where(signs > 0, -mu - form.weights, mu)[pressing]
        shares = omega / np.maximum(-form.weights[pressing], 1e-300)
        # the point may lie beyond rows that do not press: they are on its side, or on it, where
        # they depend on those that press
        reach = form.rows @ point
        covector = np.sign(reach).astype(np.int64)
        covector[np.abs(reach) < _ON * np.linalg.norm(point)] = 0
        covector[pressing] = 0
        return Climbed(
            value, point / value, p, signs, tuple(map(int, pressing)), shares, covector
        )


def _gradients(form: FloatForm, signs: "Floats") -> "Floats":
    """Return the gradients of a form on topes, for signs (.., n) the shape (.., D)."""
    found: Floats = form.linear + ((signs > 0) * form.weights) @ form.rows
    return found


def _step(form: FloatForm, signs: "Floats", starts: "Floats") -> _Step:
    """Return the projections onto topes, of ascents that began at some points."""
    import numpy as np

    a = _gradients(form, signs)
    if form.penalised == a.shape[1]:
        turned = np.ascontiguousarray(signs.T)
        mu, p = (x.T for x in Projections(Turned(form.rows, turned)).of(a.T))
        least = _BEARS * np.maximum(1.0, mu.max(axis=1, initial=0))
        pressing = mu > least[:, None]
        return _Step(signs, p, mu, pressing, p, np.linalg.norm(p, axis=1))
    each = [_balanced(form, *pair) for pair in zip(a, signs, strict=True)]
    p, mu = (np.array([x[k] for x in each]) for k in range(2))
    pressing = np.zeros(mu.shape, dtype=bool)
    points = np.zeros(a.shape)
    for i, (w, _, rows) in enumerate(each):
        pressing[i, rows] = True
        points[i] = _point(form, w, rows, starts[i])
    return _Step(signs, p, mu, pressing, points, np.linalg.norm(p, axis=1))


def _balanced(
    form: FloatForm, a: "Floats", signs: "Floats"
) -> "tuple[Floats, Floats, Integers]":
    """Return p, mu and the rows that press with a free bias: p has no last coordinate.

    The equations on the rows that press, ``p - A mu = a`` with ``A'(p, t) = 0`` and 0 as the
    last coordinate of ``a + A mu``; a row whose mu is negative leaves, one that is cut enters.
    """
    import numpy as np

    A = (form.rows * signs[:, None]).T
    heavy = np.where(np.arange(len(a)) < form.penalised, 1.0, _HEAVY)
    mu = nonnegative(A * heavy[:, None], -a * heavy)
    pressing = np.flatnonzero(mu > _BEARS * max(1.0, float(mu.max(initial=0))))
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
