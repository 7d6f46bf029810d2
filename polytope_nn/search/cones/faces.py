"""From the support of a pool to faces: their equations solved by Newton's method, in floats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .ascents import climbed_on_sides
from .climbing import Climbed
from .pools.problem import FloatProblem, Support

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["settled_faces"]

_ANGLES = (0, 1e-4, 1e-3, 1e-2)  # within which neurons of a support count as one
_REPAIRS = 8  # of a support; one that needs more is not fine enough
_STEPS = 20  # of Newton's method, quadratic near a solution
_SETTLED = 1e-13
_FAR = 1e9


@dataclass(frozen=True)
class _Weighted:
    sign: int
    top: Climbed
    weight: float

    @property
    def key(self) -> tuple[object, ...]:
        return self.sign, self.top.covector.tobytes()


def settled_faces(
    problem: FloatProblem,
    kappa: "Floats",
    signs: Sequence[int],
    tops: Sequence[Climbed],
    c: "Floats",
) -> Support | None:
    """Return faces of the support that solve their equations with c > 0; None if none do."""
    import numpy as np

    if not len(c) or not (c > 0).any():
        return None
    order = [int(q) for q in np.argsort(-c) if c[q] > 0]
    found_at = climbed_on_sides(
        problem.at(kappa), [signs[q] for q in order], [tops[q].u for q in order]
    )
    tried: set[frozenset[tuple[object, ...]]] = set()
    for angle in _ANGLES:
        chosen: list[_Weighted] = []
        for q, top in zip(order, found_at, strict=True):
            u = tops[q].u / np.linalg.norm(tops[q].u)
            near = [
                i
                for i, w in enumerate(chosen)
                if w.sign == signs[q]
                and 1 - u @ w.top.u / np.linalg.norm(w.top.u) < angle**2 / 2
            ]
            if near:
                w = chosen[near[0]]
                chosen[near[0]] = _Weighted(w.sign, w.top, w.weight + float(c[q]))
                continue
            if top is not None and top.value > 0.9:
                chosen.append(_Weighted(signs[q], top, float(c[q])))
        faces = _disjoint(chosen)
        keys = frozenset(w.key for w in faces)
        found = None if keys in tried else _settled(problem, kappa, faces)
        tried.add(keys)
        if found is not None:
            return found
    return None


def _disjoint(chosen: Sequence[_Weighted]) -> list[_Weighted]:
    """Return faces of which no two of one sign meet a common closed tope."""
    kept: list[_Weighted] = []
    for w in sorted(chosen, key=lambda w: -w.weight):
        for q, k in enumerate(kept):
            if k.sign == w.sign and (k.top.covector * w.top.covector >= 0).all():
                kept[q] = _Weighted(k.sign, k.top, k.weight + w.weight)
                break
        else:
            kept.append(w)
    return kept


def _settled(
    problem: FloatProblem, kappa: "Floats", chosen: list[_Weighted]
) -> Support | None:
    import numpy as np

    for _ in range(_REPAIRS):
        if not chosen:
            return None
        V = [_factor(problem, w.top) for w in chosen]
        h = [v.T @ kappa for v in V]
        sizes = [float(np.linalg.norm(x)) for x in h]
        if min(sizes) < 1e-9:
            return None
        weights = np.array([w.weight for w in chosen])
        solved = _newton(
            problem, V, [x / s for x, s in zip(h, sizes, strict=True)], weights
        )
        if solved is None or np.abs(solved[2]).max() > 1e6 * weights.max():
            chosen.pop(int(np.argmin(weights)))  # nearly dependent features
            continue
        new, _, c = solved
        if (c <= 0).any():
            chosen.pop(int(np.argmin(c)))
            continue
        form = problem.at(new)
        moved, out = False, []
        found = climbed_on_sides(form, [w.sign for w in chosen], [w.top.u for w in chosen])
        for w, x, top in zip(chosen, c, found, strict=True):
            if top is None:
                return None
            out.append(_Weighted(w.sign, top, float(x)))
            moved |= out[-1].key != w.key
        if not moved:
            return Support(new, tuple(w.sign for w in out), tuple(w.top for w in out), c)
        chosen, kappa = _disjoint(out), new
    return None


def _factor(problem: FloatProblem, top: Climbed) -> "Floats":
    """Return V of a face, shape (n, penalised): ``V'kappa`` is p up to its sign."""
    import numpy as np

    form = problem.form
    D, d = form.rows.shape[1], form.penalised
    on = (top.covector[problem.places] * problem.turns > 0)[:, None]
    T = form.rows[list(top.pressing)]
    K = np.zeros((D + len(T), D + len(T)))
    K[:d, :d] = np.eye(d)
    K[D:, :D], K[:D, D:] = T, T.T
    S = np.linalg.pinv(K)[:d, :D]
    V: Floats = (problem.X * on) @ S.T
    return V


def _newton(
    problem: FloatProblem, V: "list[Floats]", h: "list[Floats]", c: "Floats"
) -> "tuple[Floats, Floats, Floats] | None":
    """Return kappa, h, c with ``h_a = V_a'kappa``, ``|h_a| = 1``; None without one."""
    import numpy as np

    K, d = len(V), V[0].shape[1]
    N = K * d
    W = np.concatenate(V, axis=1)
    PW = problem.projected(W)
    G, t = W.T @ PW, PW.T @ problem.y
    x = np.concatenate([*h, c])
    for _ in range(_STEPS):
        h_, c_ = x[:N], x[N:]
        if not np.abs(x).max() < _FAR * max(1.0, float(np.abs(c).max())):
            return None
        H = h_.reshape(K, d)
        F = np.concatenate(
            [h_ + G @ (np.repeat(c_, d) * h_) - t, 0.5 * ((H**2).sum(axis=1) - 1)]
        )
        J = np.zeros((N + K, N + K))
        J[:N, :N] = np.eye(N) + G * np.repeat(c_, d)[None]
        for a in range(K):
            part = slice(a * d, a * d + d)
            J[:N, N + a] = G[:, part] @ h_[part]
            J[N + a, part] = h_[part]
        try:
            step = np.linalg.solve(J, F)
        except np.linalg.LinAlgError:
            return None
        x = x - step
        if not np.isfinite(x).all():
            return None
        if (
            np.abs(step[:N]).max() < _SETTLED
            and np.abs(step[N:]).max() < _SETTLED * np.abs(x[N:]).max()
        ):
            break
    h_, c_ = x[:N], x[N:]
    kappa = problem.projected(problem.y - W @ (np.repeat(c_, d) * h_))
    return kappa, h_.reshape(K, d), c_
