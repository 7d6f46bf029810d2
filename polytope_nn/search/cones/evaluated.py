"""What floats know of a chunk of cones: values, theta, the shortest p, which peaks prove it.

Cones come in chunks, arrays over all cones of a level: generators in integers, the gradient
of the rows that are positive, the list of mixed rows. The theta of a mixed concave row is the
sign of the row at ``sum c_i r_i`` with small integers c: at first of equal generators, then by
the multipliers of p, three rounds.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .floats import FloatForm, shortest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = ["Chunk", "Evaluated", "FloatPeaks"]

_AGREES = 3e-12  # of a peak's leaf; what is exact is decided elsewhere
_APART = 5e-7  # 1 - cosine of the angle between peaks that are told apart
_WEIGHTS = 31


@dataclass(frozen=True)
class FloatPeaks:
    """Peaks of one sign: p (m, d), u of length 1, theta and convex ties of each row (m, n)."""

    p: "Floats"
    u: "Floats"
    theta: "Floats"
    ties: "NDArray[np.bool_]"
    places: tuple[int, ...]

    @property
    def askew(self) -> "NDArray[np.bool_]":
        """Which peaks have convex ties, shape (m,)."""
        found: NDArray[np.bool_] = self.ties.sum(axis=1) > 0
        return found


@dataclass
class Chunk:
    """Cones: generators R, gradients, mixed rows and their counts, names of the nodes."""

    R: "Integers"
    slope: "Floats"
    rows: "Integers"
    counts: "Integers"
    names: "Integers"

    def part(self, low: int, high: int) -> "Chunk":
        """Return the cones from ``low`` on, before ``high``."""
        ends = self.counts.cumsum()
        start, end = (int(ends[q - 1]) if q else 0 for q in (low, high))
        return Chunk(
            self.R[low:high],
            self.slope[low:high],
            self.rows[start:end],
            self.counts[low:high],
            self.names[low:high],
        )


class Evaluated:
    """What is known of the cones of a chunk: v, the shortest p, its multipliers."""

    def __init__(self, form: FloatForm, chunk: Chunk) -> None:
        import numpy as np

        self.form, self.chunk = form, chunk
        R = chunk.R.astype(float)
        self.full = np.linalg.norm(R, axis=2)
        size = np.linalg.norm(R[:, :, : form.penalised], axis=2)
        self.pole = size == 0
        self.size = np.where(self.pole, self.full, size)
        scaled = R / self.size[:, :, None]
        self.U = scaled[:, :, : form.penalised]
        self._settle(scaled)
        B, r = self.size.shape
        slope = (chunk.slope[:, None, :] * scaled).sum(axis=2)
        positive = self.weights > 0
        self.base = slope + self._sums(
            np.maximum(self.V, 0) * np.where(positive, self.weights, 0)[:, None]
        )
        self.concave = np.flatnonzero(~positive)
        self._choose_theta(B, r)

    def _settle(self, scaled: "Floats") -> None:
        """Take the rows of one sign from the mixed ones."""
        import numpy as np

        chunk, form = self.chunk, self.form
        B = len(chunk.R)
        node = np.repeat(np.arange(B), chunk.counts)
        X = form.rows[chunk.rows]
        V = np.einsum("ed,eid->ei", X, scaled[node])
        near = 1e-13 * np.abs(scaled).max(axis=(1, 2))[node, None]
        up, down = (near >= -V).all(axis=1), (near >= V).all(axis=1)
        weight = np.where(up & ~down, form.weights[chunk.rows], 0)
        chunk.slope = chunk.slope + np.stack(
            [np.bincount(node, weight * x, minlength=B) for x in X.T], axis=1
        )
        mixed = ~(up | down)
        chunk.rows, self.V, self.node = chunk.rows[mixed], V[mixed], node[mixed]
        chunk.counts = np.bincount(self.node, minlength=B)
        self.weights = form.weights[chunk.rows]

    def _sums(self, terms: "Floats", of: "Integers | None" = None) -> "Floats":
        """Return the sums of the terms of each cone, shape (B, r)."""
        import numpy as np

        node = self.node if of is None else self.node[of]
        B = len(self.chunk.R)
        return np.stack([np.bincount(node, t, minlength=B) for t in terms.T], axis=1)

    def with_theta(self, theta: "Floats") -> "Floats":
        """Return v for the theta of the mixed concave rows."""
        e = self.concave
        v: Floats = self.base + self._sums(
            (theta * self.weights[e])[:, None] * self.V[e], e
        )
        return v

    def _choose_theta(self, B: int, r: int) -> None:
        import numpy as np

        e, R = self.concave, self.chunk.R
        x, node = self.form.rows[self.chunk.rows[e]], self.node[e]

        def quantised(m: "Floats") -> "Floats":
            w = m / self.size
            q = np.rint(_WEIGHTS * w / np.maximum(w.max(axis=1, keepdims=True), 1e-300))
            at_pole = self.pole.any(axis=1)[:, None]
            c: Floats = np.where(at_pole, _WEIGHTS * self.pole, q)
            return c

        def theta(c: "Floats") -> "Floats":
            q = np.einsum("bi,bij->bj", c, R)
            above: Floats = (np.einsum("ed,ed->e", x, q[node]) > 0) * 1.0
            return above

        c = quantised(np.ones((B, r)))
        v = self.with_theta(theta(c))
        p, mu = self._shortest(v)
        norm = np.linalg.norm(p, axis=1)
        mean, latest = None, mu
        for _ in range(3 if len(e) else 0):
            m = latest / np.maximum(latest.sum(axis=1, keepdims=True), 1e-300)
            mean = m if mean is None else 0.5 * (mean + m)
            other = quantised(mean)
            other = np.where(other.max(axis=1, keepdims=True) > 0, other, c)
            v2 = self.with_theta(theta(other))
            p2, latest = self._shortest(v2)
            n2 = np.linalg.norm(p2, axis=1)
            better = (n2 < norm)[:, None]
            p, mu, c = (
                np.where(better, a, b) for a, b in ((p2, p), (latest, mu), (other, c))
            )
            norm = np.minimum(n2, norm)
        self.p, self.mu, self.c, self.norm = p, mu, c, norm

    def _shortest(self, v: "Floats") -> "tuple[Floats, Floats]":
        import numpy as np

        if not self.pole.any():
            return shortest(self.U, v)
        p, mu = shortest(self.U, np.where(self.pole, 0, v))
        bad = (self.pole & (v > 1e-11)).any(axis=1)
        return np.where(bad[:, None], 1e9, p), mu

    def at_peaks(self, peaks: FloatPeaks, waiting: "NDArray[np.bool_]") -> "Integers":
        """Return the peak that proves each cone, -1 where none does."""
        import numpy as np

        found = np.full(len(waiting), -1)
        if not len(peaks.p) or not waiting.any():
            return found
        unit = peaks.p / np.maximum(np.linalg.norm(peaks.p, axis=1, keepdims=True), 1e-300)
        near = np.argmax(self.p @ unit.T, axis=1)
        e = self.concave
        v = self.with_theta(peaks.theta[near[self.node[e]], self.chunk.rows[e]])
        excess = v - (peaks.p[near][:, None, :] * self.U).sum(axis=2)
        proves = (excess <= _AGREES).all(axis=1) & waiting
        found[proves] = near[proves]
        askew = peaks.askew[near] & waiting & ~proves
        if askew.any():  # convex ties: the way is found elsewhere, once they have one sign
            convex = np.bincount(self.node, self.weights > 0, minlength=len(waiting))
            free = askew & (convex == 0)
            for z in np.flatnonzero(free):
                inside = np.linalg.lstsq(self.U[z].T, unit[near[z]], rcond=None)[0]
                residual = self.U[z].T @ inside - unit[near[z]]
                if inside.min() > -1e-9 and np.abs(residual).max() < 1e-9:
                    found[z] = near[z]
        self.near = near
        return found

    def violated(
        self,
        waiting: "NDArray[np.bool_]",
        level: float,
        peaks: FloatPeaks,
        found: "list[tuple[float, Floats]]",
    ) -> "NDArray[np.bool_]":
        """Return the cones left, when those with a direction above the level are put in found."""
        import numpy as np

        z = np.flatnonzero(waiting)
        form = self.form
        if form.penalised < form.rows.shape[1]:
            m = self.mu[z] + 1e-9
            P = np.einsum("bi,bij->bj", m / self.size[z], self.chunk.R[z])
            P = (
                P
                / np.maximum(np.linalg.norm(P[:, : form.penalised], axis=1), 1e-300)[
                    :, None
                ]
            )
        else:
            P = self.p[z] / np.maximum(self.norm[z], 1e-300)[:, None]
        value = (self.chunk.slope[z] * P).sum(axis=1)
        place = np.full(len(waiting), -1)
        place[z] = np.arange(len(z))
        at = place[self.node]
        kept = at >= 0
        if kept.any():
            rows, at = self.chunk.rows[kept], at[kept]
            ramps = np.maximum((form.rows[rows] * P[at]).sum(axis=1), 0)
            value = value + np.bincount(at, form.weights[rows] * ramps, minlength=len(z))
        over = value > level
        if len(peaks.u):  # what leads to a known peak is cut until that proves it
            unit = P / np.linalg.norm(P, axis=1, keepdims=True)
            over &= (unit @ peaks.u.T).max(axis=1) < 1 - _APART
        found += list(zip(value[over].tolist(), P[over], strict=True))
        left = waiting.copy()
        left[z[over]] = False
        return left
