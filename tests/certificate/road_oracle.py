"""Roads and gaps judged by numbers of their own: 80 digits, no line of the checker or the finder.

Values, shapes of roads and dual points of certificates of format 2, of one output or several.
Of one output the bound of kappa is exact: the largest of the candidates on each face of each
cone of signs, each of which is a lower bound, too. Of several it is to 12 digits.
"""

import itertools
from fractions import Fraction

import mpmath
import numpy as np

DIGITS = 80
SMALL = mpmath.mpf(10) ** -40
SMOOTH = ("logistic", "exponential", "poisson", "power", "softmax")


def number(x):
    x = Fraction(x)
    return mpmath.mpf(x.numerator) / x.denominator


def samples_of(data):
    """Return what tells the loss of each sample: label, weight, power."""
    n, loss = len(data["X"]), data["loss"]
    p = [Fraction(t) for t in loss.get("p", ["2"] * n)]
    return list(zip(data["y"], map(Fraction, loss["weights"]), p, strict=True))


def height(kind, y, w, p, z):
    """Return the loss of a fit."""
    y, w, p = number(y), number(w), number(p)
    if kind == "poisson":
        return w * (mpmath.exp(z) - y * z)
    if kind == "power":
        return w * abs(z - y) ** p / p
    e = mpmath.exp(-y * z)
    return w * (e if kind == "exponential" else mpmath.log(1 + e))


def conjugate(kind, y, w, p, k):
    """Return ``sup_z -k z - l(z)``, at the z where the slope is ``-k``; None outside."""
    t = Fraction(y) - k / w if kind == "poisson" else k * Fraction(y) / w
    if kind == "power":
        side = (k > 0) - (k < 0)
        z = number(y) - side * number(abs(k) / w) ** (1 / (number(p) - 1))
        return -number(k) * z - height(kind, y, w, p, z)
    if t < 0 or (kind == "logistic" and t > 1):
        return None
    if t == 0 or (kind == "logistic" and t == 1):
        return mpmath.mpf(0)
    at = number(t)
    z = {
        "poisson": lambda: mpmath.log(at),
        "exponential": lambda: -number(y) * mpmath.log(at),
        "logistic": lambda: number(y) * (mpmath.log(1 - at) - mpmath.log(at)),
    }[kind]()
    return -number(k) * z - height(kind, y, w, p, z)


def seen(data):
    """Return the rows that neurons see."""
    more = ["1"] if data["unit"]["bias"] == "penalised" else []
    return [[Fraction(t) for t in (*row, *more)] for row in data["X"]]


def free_columns(data):
    """Return the columns of what is free."""
    skip, X = data["free"], data["X"]
    Z = [[Fraction(t) for t in z] for z in zip(*X, strict=True)]
    Z = Z if skip in {"linear", "affine"} else []
    return Z + [[Fraction(1)] * len(X)] * (skip in {"constant", "affine"})


def slopes_of(data):
    return [Fraction(t) for t in data["unit"].get("slopes", ["1", "0"])]


def bent(data, u):
    """Return what a neuron of these weights makes of the samples."""
    right, left = slopes_of(data)
    values = [sum(s * t for s, t in zip(x, u, strict=True)) for x in seen(data)]
    return [z * (right if z > 0 else left) for z in values]


class One:
    """The networks of one output: slots (sign, u), or (w, alpha) in raw weights."""

    def __init__(self, data):
        self.data, self.n = data, len(data["X"])
        self.beta = mpmath.sqrt(number(data["beta_squared"]))
        self.Z, self.samples = free_columns(data), samples_of(data)

    def read(self, told):
        slots = []
        for x in told["neurons"]:
            if x is None:
                slots.append(None)
            elif "u" in x:
                slots.append((x["sign"], [Fraction(t) for t in x["u"]]))
            else:
                slots.append(([Fraction(t) for t in x["w"]], Fraction(x["alpha"])))
        return slots, [[Fraction(t) for t in told.get("free", [])]]

    def raw(self, slot):
        return slot is not None and type(slot[0]) is list

    def balanced(self, slot):
        if not self.raw(slot):
            return slot
        w, alpha = slot
        u = [abs(alpha) * t for t in w]
        return ((1 if alpha > 0 else -1), u) if any(u) else None

    def values(self, slot):
        """Return the n outputs of a slot, exactly."""
        slot = self.balanced(slot)
        if slot is None:
            return [Fraction(0)] * self.n
        return [slot[0] * z for z in bent(self.data, slot[1])]

    def price(self, slot):
        if slot is None:
            return 0
        if self.raw(slot):
            w, alpha = slot
            return self.beta * number(sum(t * t for t in w) + alpha * alpha) / 2
        return self.beta * mpmath.sqrt(number(sum(t * t for t in slot[1])))

    def objective(self, net):
        slots, (a,) = net
        fit = [sum(column) for column in zip(*map(self.values, slots), strict=True)]
        fit = fit or [Fraction(0)] * self.n
        for t, z in zip(a, self.Z, strict=True):
            fit = [x + t * s for x, s in zip(fit, z, strict=True)]
        kind = self.data["loss"]["kind"]
        pairs = zip(self.samples, fit, strict=True)
        losses = [height(kind, *s, number(z)) for s, z in pairs]
        return sum(losses) + sum(map(self.price, slots))

    def between(self, x, z, t):
        """Return a slot of a line from a balanced one to another, or False if it turns."""
        if x == z:
            return x
        if self.raw(z) or (x and z and (x[0] != z[0] or not parallel(x[1], z[1]))):
            return False
        sign = (x or z)[0]
        nothing = [Fraction(0)] * len((x or z)[1])
        moved = mixed(t, x[1] if x else nothing, z[1] if z else nothing)
        return (sign, moved) if any(moved) else None

    def line(self, x, z, *, keeps=False):
        """Return objectives on the line, that starts at x, balanced but where it stays."""
        (slots, a), (ends, b) = x, z
        starts = [
            s if s == e and not keeps else self.balanced(s)
            for s, e in zip(slots, ends, strict=True)
        ]
        if keeps and any(map(self.raw, (*slots, *ends))):
            return None
        found = []
        for j in range(17):
            t = Fraction(j, 16)
            now = [self.between(s, e, t) for s, e in zip(starts, ends, strict=True)]
            if any(s is False for s in now):
                return None
            free = [mixed(t, *rows) for rows in zip(a, b, strict=True)]
            found.append(self.objective((now, free)))
        return found

    def dual(self, kappa):
        """Return the dual value, None where kappa is outside of the domain, or infeasible."""
        k = [Fraction(t) for t in kappa]
        parts = [
            conjugate(self.data["loss"]["kind"], *s, t)
            for s, t in zip(self.samples, k, strict=True)
        ]
        free = all(sum(s * t for s, t in zip(z, k, strict=True)) == 0 for z in self.Z)
        if None in parts or not free or not self.feasible(k):
            return None
        return -sum(parts)

    def feasible(self, k):
        X, beta_squared = seen(self.data), Fraction(self.data["beta_squared"])
        return all(
            value <= 0 or value**2 <= beta_squared * sum(t * t for t in u)
            for s in (1, -1)
            for u in candidates(X, [s * t for t in k], slopes_of(self.data))
            if (value := sum(s * p * q for p, q in zip(k, bent(self.data, u), strict=True)))
            is not None
        )


class Several(One):
    """The networks of several outputs: slots (u, v), or (w, alpha) in raw weights."""

    def __init__(self, data):
        super().__init__(data)
        self.c = len(data["y"][0])

    def read(self, told):
        slots = []
        for x in told["neurons"]:
            if x is not None:
                pair = ("u", "v") if "u" in x else ("w", "alpha")
                one, two = ([Fraction(t) for t in x[key]] for key in pair)
                slots.append((one, two, pair[0] == "w"))
            else:
                slots.append(None)
        rows = told.get("free", [[]] * self.c)
        return slots, [[Fraction(t) for t in row] for row in rows]

    def raw(self, slot):
        return slot is not None and slot[2]

    def balanced(self, slot):
        if not self.raw(slot):
            return slot
        u, v, _ = slot
        return (u, v, False) if any(u) and any(v) else None

    def price(self, slot):
        if slot is None:
            return 0
        p, q = (sum(t * t for t in part) for part in slot[:2])
        if slot[2]:
            return self.beta * number(p + q) / 2
        return self.beta * mpmath.sqrt(number(p * q))

    def objective(self, net):
        slots, free = net
        total, fits = sum(map(self.price, slots)), []
        for j in range(self.c):
            fit = [Fraction(0)] * self.n
            for slot in slots:
                if slot is not None:
                    seen_ = bent(self.data, slot[0])
                    fit = [z + slot[1][j] * t for z, t in zip(fit, seen_, strict=True)]
            for t, z in zip(free[j], self.Z, strict=True):
                fit = [x + t * s for x, s in zip(fit, z, strict=True)]
            fits.append(fit)
        for sample, z in zip(self.samples, zip(*fits, strict=True), strict=True):
            total += self.loss(sample, [number(t) for t in z])
        return total

    def loss(self, sample, row):
        """Return the loss of a row of a fit: entry by entry, or the cross-entropy."""
        y, w, p = sample
        kind = self.data["loss"]["kind"]
        if kind == "softmax":
            own = sum(number(t) * z for t, z in zip(y, row, strict=True))
            return number(w) * (mpmath.log(sum(map(mpmath.exp, row))) - own)
        return sum(height(kind, t, w, p, z) for t, z in zip(y, row, strict=True))

    def conjugate(self, sample, row):
        """Return ``l*(-N)`` of a row, None outside: of softmax it is the entropy of shares."""
        y, w, p = sample
        kind = self.data["loss"]["kind"]
        if kind != "softmax":
            parts = [conjugate(kind, t, w, p, k) for t, k in zip(y, row, strict=True)]
            return None if None in parts else sum(parts)
        shares = [Fraction(t) - k / w for t, k in zip(y, row, strict=True)]
        if min(shares) < 0 or sum(shares) != 1 or sum(map(Fraction, y)) != 1:
            return None
        return number(w) * sum(number(q) * mpmath.log(number(q)) for q in shares if q)

    def between(self, x, z, t):
        if x == z:
            return x
        if self.raw(z) or (x and z and not parallel(x[0], z[0])):
            return False
        u = (z or x)[0]
        v = [Fraction(0)] * self.c
        if x:
            i = next(i for i, s in enumerate(u) if s)
            v = [(1 - t) * x[0][i] / u[i] * s for s in x[1]]
        if z:
            v = [p + t * q for p, q in zip(v, z[1], strict=True)]
        return (u, v, False) if any(v) else None

    def dual(self, kappa):
        N = [[Fraction(t) for t in row] for row in kappa]
        parts = [self.conjugate(s, row) for s, row in zip(self.samples, N, strict=True)]
        if None in parts:
            return None
        columns = list(zip(*N, strict=True))
        free = all(
            sum(s * t for s, t in zip(z, k, strict=True)) == 0
            for z in self.Z
            for k in columns
        )
        return -sum(parts) if free and self.feasible(N) else None

    def feasible(self, N):
        X = np.array([[float(t) for t in row] for row in seen(self.data)])
        N = np.array([[float(t) for t in row] for row in N])
        beta = float(self.beta)
        for signs in itertools.product((1, 0), repeat=self.n):
            M = X.T @ (np.array(signs)[:, None] * N)
            for rows in faces(self.n, X.shape[1]):
                P = complement(X[list(rows)], X.shape[1])
                _, vectors = np.linalg.eigh(P @ M @ M.T @ P)
                top = P @ vectors[:, -1]
                for u in (top, -top):
                    size = np.linalg.norm(u)
                    if size < 1e-9:
                        continue
                    reached = np.linalg.norm(N.T @ np.maximum(X @ u, 0))
                    if reached > beta * size * (1 + 1e-9):
                        return False
        return True


def faces(n, d):
    """Yield the rows that may vanish on a face of a cone of signs."""
    for size in range(d):
        yield from itertools.combinations(range(n), size)


def complement(rows, d):
    """Return the projector on the complement of the rows."""
    if not len(rows):
        return np.eye(d)
    return np.eye(d) - np.linalg.pinv(rows) @ rows


def candidates(X, k, slopes):
    """Yield where the pull of k may be largest: projections on faces, cone by cone."""
    n, d = len(X), len(X[0])
    for signs in itertools.product((0, 1), repeat=n):
        share = [t * slopes[s] for t, s in zip(k, signs, strict=True)]
        p = [sum(t * x[j] for t, x in zip(share, X, strict=True)) for j in range(d)]
        for rows in faces(n, d):
            u, axes = list(p), []
            for r in rows:
                axes.append(off(axes, X[r]))
            u = off(axes, u)
            if any(u):
                yield u


def off(axes, x):
    """Return the projection on the complement of orthogonal axes."""
    for b in axes:
        square = sum(t * t for t in b)
        if square:
            share = sum(s * t for s, t in zip(x, b, strict=True)) / square
            x = [s - share * t for s, t in zip(x, b, strict=True)]
    return list(x)


def mixed(t, u, v):
    """Return ``(1 - t) u + t v``."""
    return [(1 - t) * p + t * q for p, q in zip(u, v, strict=True)]


def parallel(u, v):
    """Return whether two vectors are on one ray."""
    i = next(i for i, t in enumerate(u) if t)
    crossed = [t * u[i] for t in v] == [t * v[i] for t in u]
    return crossed and u[i] * v[i] > 0


def way_of(c):
    return (Several if c["kind"].startswith("vector") else One)(c["data"])


def claim_of(c):
    kind = c["kind"].rpartition("_")[2]
    return next(t for t in c["claims"] if t["claim"] == kind)


def kappa_of(c):
    return next(t for t in c["claims"] if t["claim"] == "dual")["kappa"]


def inside(read, x):
    ends = read if type(read) is dict else {"lower": read, "upper": read}
    low, high = number(ends["lower"]), number(ends["upper"])
    slack = SMALL * (1 + abs(x))
    return low - slack <= x <= high + slack


def road_holds(c):
    """Return whether a road or a gap of a smooth loss is as claimed, and why not."""
    with mpmath.workdps(DIGITS):
        return _holds(c)


def _holds(c):
    W, stated = way_of(c), claim_of(c)
    dual = W.dual(kappa_of(c))
    if dual is None:
        return "kappa is not feasible"
    whole = "breakpoints" in stated
    nets = [W.read(x) for x in (stated["breakpoints"] if whole else [stated["network"]])]
    values = [W.objective(x) for x in nets]
    close = values[stated["close"] if whole else 0]
    told = stated["objectives"] if whole else [stated["primal"]]
    pairs = [(stated["dual"], dual), *zip(told, values, strict=True)]
    pairs.append((stated["gap"], close - dual))
    if not all(inside(read, x) for read, x in pairs):
        return "a value is another"
    return _shape(W, nets, values, stated) if whole else ""


def _shape(W, nets, values, stated):
    if any(len(slots) != stated["width"] for slots, _ in nets):
        return "a network has another width"
    down, up = stated["down"], stated["up"]
    top = max(values[down], values[up])
    for i, (x, z) in enumerate(itertools.pairwise(nets)):
        if i < down or i >= up:
            way = W.line(x, z) if i < down else W.line(z, x)
            falls = way and all(t <= s + SMALL for s, t in itertools.pairwise(way))
        else:
            way = W.line(x, z, keeps=True)
            falls = way and all(t <= top + SMALL for t in way)
        if not falls:
            return f"it does not fall, or rises too high, at {i}"
    return ""


def pair(x, digits=40):
    """Return ends around a number."""
    scale = 10 ** (digits - int(mpmath.ceil(mpmath.log10(abs(x) + SMALL))))
    low, high = int(mpmath.floor(x * scale)) - 1, int(mpmath.ceil(x * scale)) + 1
    return {"lower": str(Fraction(low, scale)), "upper": str(Fraction(high, scale))}


def restated(c):
    """Return a certificate whose values are those of its networks and kappa, all else as told."""
    with mpmath.workdps(DIGITS):
        W, stated = way_of(c), claim_of(c)
        kappa = kappa_of(c)
        feasible, W.feasible = W.feasible, lambda _: True
        W.Z, Z = [], W.Z
        dual = W.dual(kappa)
        W.Z, W.feasible = Z, feasible
        new = dict(stated)
        if stated["claim"] == "gap":
            primal = W.objective(W.read(stated["network"]))
            new |= {"primal": pair(primal), "dual": pair(dual), "gap": pair(primal - dual)}
        else:
            values = [W.objective(W.read(x)) for x in stated["breakpoints"]]
            new |= {"objectives": list(map(pair, values)), "dual": pair(dual)}
            new["gap"] = pair(values[stated["close"]] - dual)
        return c | {"claims": [new if t is stated else t for t in c["claims"]]}
