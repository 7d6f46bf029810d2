"""The tree of cones in floats: cut until every cone has a p of length below 1 (beta).

Cones come in chunks, arrays over all cones of a level: generators in integers, the gradient
of the rows that are positive, the list of mixed rows. The theta of a mixed concave row is the
sign of the row at ``sum c_i r_i`` with small integers c: at first of equal generators, then by
the multipliers of p, three rounds. A cone is cut at the middle of the edge on which the mixed
rows lose most; that edges of small multipliers are passed over was worth a factor of 2, and
cutting at rows or at the largest value cost a factor of 2 to 10 (n = 50, d = 4).
"""

from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from .floats import FloatForm, shortest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

__all__ = ["FloatPeaks", "Grown", "grown"]

_CHUNK = 1_500_000  # pairs of a cone and a mixed row that are handled at once
_STRICT = 1e-9  # by which a strict leaf stays below beta
_AGREES = 3e-12  # of a peak's leaf; what is exact is decided elsewhere
_APART = 5e-7  # 1 - cosine of the angle between peaks that are told apart
_WEIGHTS = 31
_LONGEST = 2**52  # entries of generators


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
class Grown:
    """A tree: for each node ``("cut", i, j, a, b, first child)`` or a leaf; its violations.

    Leaves are ``("strict", p, U, c)`` and ``("peak", place)``; ``violations`` are pairs of a
    value above ``1 + margin`` and its direction, whose cones were not cut.
    """

    form: FloatForm
    roots: int
    nodes: list[Any] = field(default_factory=list)
    violations: "list[tuple[float, Floats]]" = field(default_factory=list)
    finished: bool = True


@dataclass
class _Chunk:
    R: "Integers"
    slope: "Floats"
    rows: "Integers"
    counts: "Integers"
    names: "Integers"

    def part(self, low: int, high: int) -> "_Chunk":
        ends = self.counts.cumsum()
        start, end = (int(ends[q - 1]) if q else 0 for q in (low, high))
        return _Chunk(
            self.R[low:high],
            self.slope[low:high],
            self.rows[start:end],
            self.counts[low:high],
            self.names[low:high],
        )


def grown(
    form: FloatForm,
    peaks: FloatPeaks,
    *,
    level: float = 1.0,
    margin: float | None = None,
    limit: int = 10**6,
) -> Grown:
    """Return the tree that shows a form below ``level``, as far as ``limit`` nodes go.

    With a margin, a cone in which a direction above ``1 + margin`` is found is a leaf.
    """
    import numpy as np

    r, D = form.basis.shape
    signs = np.array(list(product((1, -1), repeat=r)), dtype=np.int64).reshape(2**r, r)
    B, n = len(signs), len(form.rows)
    tree = Grown(form, B, [None] * B)
    first = _Chunk(
        signs[:, :, None] * form.basis[None],
        np.repeat(form.linear[None], B, axis=0),
        np.tile(np.arange(n), B),
        np.full(B, n),
        np.arange(B),
    )
    if r == 0:
        tree.nodes = [("strict", np.zeros(D), np.zeros((0, D)), np.zeros(0, dtype=int))]
        return tree
    stack = [first]
    while stack:
        chunk = stack.pop()
        B = len(chunk.R)
        if chunk.counts.sum() > _CHUNK and B > 1:
            stack += [chunk.part(B // 2, B), chunk.part(0, B // 2)]
            continue
        evaluated = _Evaluated(form, chunk)
        waiting = evaluated.norm > level * (1 - _STRICT)
        for z in np.flatnonzero(~waiting):
            tree.nodes[chunk.names[z]] = (
                "strict", evaluated.p[z], evaluated.U[z], evaluated.c[z]
            )  # fmt: skip
        proved = evaluated.at_peaks(peaks, waiting)
        for z in np.flatnonzero(proved >= 0):
            tree.nodes[chunk.names[z]] = ("peak", peaks.places[proved[z]])
        waiting &= proved < 0
        if margin is not None:
            waiting = evaluated.violated(waiting, 1 + margin, peaks, tree)
        if not waiting.any():
            continue
        if len(tree.nodes) > limit or r < 2:
            tree.finished = False
            return tree
        stack.append(_children(evaluated, peaks, waiting, tree))
    return tree


class _Evaluated:
    """What is known of the cones of a chunk: v, the shortest p, its multipliers."""

    def __init__(self, form: FloatForm, chunk: _Chunk) -> None:
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
        tree: Grown,
    ) -> "NDArray[np.bool_]":
        """Return the cones left when those with a direction above the level are told."""
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
        tree.violations += list(zip(value[over].tolist(), P[over], strict=True))
        left = waiting.copy()
        left[z[over]] = False
        return left


def _children(
    E: _Evaluated, peaks: FloatPeaks, waiting: "NDArray[np.bool_]", tree: Grown
) -> _Chunk:
    """Return the chunk of the two children of each waiting cone."""
    import numpy as np

    chunk = E.chunk
    I, J, a, b = _edges(E)
    _cut_at_ties(E, peaks, waiting, (I, J, a, b))
    place = np.arange(len(I))
    M = a[:, None] * chunk.R[place, I] + b[:, None] * chunk.R[place, J]
    M //= np.gcd.reduce(M, axis=1)[:, None]
    if np.abs(M[waiting]).max(initial=0) > _LONGEST:
        raise OverflowError("generators beyond floats")
    z = np.flatnonzero(waiting)
    base = len(tree.nodes)
    for q, i in enumerate(z):
        tree.nodes[chunk.names[i]] = (
            "cut", int(I[i]), int(J[i]), int(a[i]), int(b[i]), base + 2 * q
        )  # fmt: skip
    tree.nodes += [None] * (2 * len(z))
    R = np.repeat(chunk.R[z], 2, axis=0)
    R[::2][np.arange(len(z)), I[z]] = M[z]
    R[1::2][np.arange(len(z)), J[z]] = M[z]
    rows, counts = chunk.rows[waiting[E.node]], chunk.counts[z]
    starts = np.repeat(np.cumsum(counts) - counts, 2)
    twice = np.repeat(counts, 2)
    within = np.arange(int(twice.sum())) - np.repeat(np.cumsum(twice) - twice, twice)
    return replace(
        chunk,
        R=R,
        slope=np.repeat(chunk.slope[z], 2, axis=0),
        rows=rows[within + np.repeat(starts, twice)],
        counts=twice,
        names=base + np.arange(2 * len(z)),
    )


def _edges(E: _Evaluated) -> "tuple[Integers, Integers, Integers, Integers]":
    """Return the edge of each cone that mixed rows lose most on, and where to cut it."""
    import numpy as np

    B, r = E.size.shape
    pairs = list(combinations(range(r), 2)) or [(0, 0)]
    score = np.zeros((B, len(pairs)))
    weight = np.abs(E.weights)
    m = E.mu / (E.mu.sum(axis=1, keepdims=True) + 1e-300) + 0.05
    unit = E.chunk.R / E.full[:, :, None]
    G = unit @ unit.transpose(0, 2, 1)
    for q, (i, j) in enumerate(pairs):
        x, y = E.V[:, i], E.V[:, j]
        lost = np.abs(x * y) / (np.abs(x) + np.abs(y) + 1e-300)
        loss = np.bincount(E.node, np.where(x * y < 0, weight * lost, 0), minlength=B)
        score[:, q] = loss * np.sqrt(m[:, i] * m[:, j]) + 1e-12 * (1 - G[:, i, j])
    best = np.argmax(score, axis=1)
    I, J = (np.array([pair[side] for pair in pairs])[best] for side in (0, 1))
    place = np.arange(B)
    x, y = E.full[place, I], E.full[place, J]
    a = np.maximum(1, np.rint(y / x)).astype(np.int64)
    b = np.maximum(1, np.rint(x / y)).astype(np.int64)
    return I, J, a, b


def _cut_at_ties(
    E: _Evaluated,
    peaks: FloatPeaks,
    waiting: "NDArray[np.bool_]",
    edges: "tuple[Integers, Integers, Integers, Integers]",
) -> None:
    """Move the cuts to the convex rows that alone keep a peak from proving a cone."""
    import numpy as np

    if not peaks.askew.any():
        return
    I, J, a, b = edges
    starts = np.concatenate([[0], np.cumsum(E.chunk.counts)])
    for z in np.flatnonzero(waiting & peaks.askew[E.near]):
        e = np.arange(starts[z], starts[z + 1])
        convex = e[E.weights[e] > 0]
        tied = peaks.ties[E.near[z], E.chunk.rows[convex]]
        if not len(convex) or not tied.all():
            continue
        values = E.V[convex[0]] * E.size[z]
        i, j = int(np.argmax(values)), int(np.argmin(values))
        ratio = values[i] / -values[j]
        for den in range(1, 4096):  # the rows are unit vectors: their integers come back
            num = round(ratio * den)
            if num and abs(num / den - ratio) < 1e-12 * ratio:
                I[z], J[z], a[z], b[z] = i, j, den, num
                break
