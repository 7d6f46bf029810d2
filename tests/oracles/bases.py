"""Brute force in 320 decimal digits: atoms, rank, vertices and components.

Nothing of the package is imported. Candidates for atoms are all sign vectors on the rows
off each flat (no arrangement is enumerated), filtered in floating point and decided in
mpmath; kappa is refined by Newton's method on the equations of THEORY §4 for one vertex;
vertices are all bases; components are unions over all pairs of vertices.
"""

from dataclasses import dataclass
from itertools import combinations, permutations, product
from math import factorial

import mpmath
import numpy as np

DIGITS = 320
SMALL = mpmath.mpf(10) ** -120


@dataclass(frozen=True)
class Instance:
    X: list
    y: list
    b: object  # beta squared
    w: list


@dataclass(frozen=True)
class Brute:
    kappa: list
    atoms: list  # (sign, covector)
    rank: int
    supports: list  # sorted tuples of indices into atoms

    @property
    def m_star(self):
        return min(map(len, self.supports))

    @property
    def M_star(self):
        return max(map(len, self.supports))

    def labels(self, m):
        """The component of each vertex of support at most m, by exhaustion."""
        inside = [frozenset(s) for s in self.supports if len(s) <= m]
        label = list(range(len(inside)))
        for i, j in combinations(range(len(inside)), 2):
            if len(inside[i] | inside[j]) <= m and label[i] != label[j]:
                old = label[j]
                label = [label[i] if t == old else t for t in label]
        return inside, label

    def polytope_components(self, m):
        return len(set(self.labels(m)[1]))

    def components(self, m):
        inside, label = self.labels(m)
        isolated = factorial(m) * sum(len(s) == m for s in inside)
        return isolated + len({t for s, t in zip(inside, label, strict=True) if len(s) < m})


def brute(X, y, beta_squared, kappa, weights=None):
    """Everything about the instance, from a float kappa and exact rational data."""
    with mpmath.workdps(DIGITS):
        X = [[number(t) for t in row] for row in X]
        y, b = [number(t) for t in y], number(beta_squared)
        w = [number(t) for t in weights or [1] * len(y)]
        kappa = [mpmath.mpf(t) for t in kappa]
        faces = likely(X, b, kappa)
        D = Instance(X, y, b, w)
        # two faces may look alike to a float kappa, and the wrong one give a wrong point
        pairs = ((t, touching(D, t, faces)) for t in refined(D, kappa, faces))
        kappa, found = next((t, touched) for t, touched in pairs if touched is not None)
        found.sort(key=lambda a: (-a[0], tuple(-t for t in a[1])))
        columns = [feature(X, kappa, s, covector) for s, covector in found]
        fit = [p - k / v for p, k, v in zip(y, kappa, w, strict=True)]
        r, supports = bases(columns, fit)
        return Brute(kappa, found, r, supports)


def touching(D, kappa, faces):
    """The faces of atoms; None when kappa is not dual feasible."""
    found = []
    for s, covector in faces:
        g = direction(D.X, kappa, s, covector)
        if signs(D.X, g) == covector:
            excess = dot(g, g) - D.b
            if excess > SMALL * D.b:
                return None
            if excess > -SMALL * D.b:
                found.append((s, covector))
    return found


def number(t):
    return mpmath.mpf(t.numerator) / t.denominator


def dot(a, b):
    return mpmath.fdot(a, b)


def flats(X):
    """The flats of the nonzero rows, as sets of rows, each once; dimension < d."""
    F = np.array([[float(t) for t in row] for row in X])
    rows = [k for k in range(len(X)) if any(X[k])]
    unit = F.copy()
    unit[rows] /= np.linalg.norm(F[rows], axis=1)[:, None]
    found = {}
    for size in range(len(X[0])):
        for chosen in combinations(rows, size):
            Q = np.linalg.svd(unit[list(chosen)])[2] if chosen else np.eye(F.shape[1])
            s = np.linalg.svd(unit[list(chosen)], compute_uv=False) if chosen else []
            r = int(sum(t > 1e-9 for t in s))
            left = unit @ Q[r:].T if r < F.shape[1] else np.zeros((len(X), 1))
            zero = frozenset(k for k in rows if abs(left[k]).max() < 1e-9)
            found[zero] = Q[r:]
    return {zero: basis for zero, basis in found.items() if len(basis)}


def likely(X, b, kappa):
    """Signs and covectors whose candidate has about that covector and about beta."""
    F = np.array([[float(t) for t in row] for row in X])
    k = np.array([float(t) for t in kappa])
    beta = float(mpmath.sqrt(b))
    found = []
    for zero, basis in flats(X).items():
        rows = [i for i in range(len(X)) if any(X[i]) and i not in zero]
        for pattern in product((1, -1), repeat=len(rows)):
            active = [i for i, s in zip(rows, pattern, strict=True) if s > 0]
            g = basis.T @ (basis @ (k[active] @ F[active]))
            size = np.linalg.norm(g)
            # large terms may cancel: what floats lose of g
            lost = 1e-14 * np.linalg.norm(k[active, None] * F[active], axis=1).sum()
            for s in (1, -1):
                values = s * F[rows] @ g * np.array(pattern)
                slack = 1e-6 * max(size, 1) * beta + lost * np.linalg.norm(F[rows], axis=1)
                if size > beta * (1 - 1e-6) - lost and (values > -slack).all():
                    covector = [0] * len(X)
                    for i, t in zip(rows, pattern, strict=True):
                        covector[i] = t
                    found.append((s, tuple(covector)))
    return found


def direction(X, kappa, s, covector):
    """``g = s Pi X'E kappa`` by Gram-Schmidt."""
    d = len(X[0])
    p = [
        s * sum(k * x[j] for k, x, t in zip(kappa, X, covector, strict=True) if t == 1)
        for j in range(d)
    ]
    for q in orthogonal([x for x, t in zip(X, covector, strict=True) if t == 0]):
        c = dot(p, q) / dot(q, q)
        p = [a - c * e for a, e in zip(p, q, strict=True)]
    return [mpmath.mpf(t) for t in p]


def orthogonal(rows):
    found = []
    for x in rows:
        v = list(x)
        for q in found:
            c = dot(v, q) / dot(q, q)
            v = [a - c * e for a, e in zip(v, q, strict=True)]
        if dot(v, v) > SMALL * (1 + dot(x, x)):
            found.append(v)
    return found


def signs(X, g):
    size = mpmath.sqrt(dot(g, g))
    values = [dot(x, g) / (size * (1 + mpmath.sqrt(dot(x, x)))) for x in X]
    return tuple(0 if abs(t) < SMALL else int(mpmath.sign(t)) for t in values)


def feature(X, kappa, s, covector):
    g = direction(X, kappa, s, covector)
    return [
        s * dot(x, g) if t == 1 else mpmath.mpf(0) for x, t in zip(X, covector, strict=True)
    ]


def solved(columns, b, small):
    """The coefficients of b in independent columns; None when there are none."""
    rows = [[*(column[i] for column in columns), t] for i, t in enumerate(b)]
    k, done = len(columns), 0
    for j in range(k):
        i = max(range(done, len(rows)), key=lambda i: abs(rows[i][j]), default=None)
        if i is None or abs(rows[i][j]) < small:
            return None
        rows[done], rows[i] = rows[i], rows[done]
        pivot = [t / rows[done][j] for t in rows[done]]
        rows[done] = pivot
        for i, row in enumerate(rows):
            if i != done and row[j]:
                rows[i] = [t - row[j] * p for t, p in zip(row, pivot, strict=True)]
        done += 1
    if any(abs(row[k]) > small for row in rows[done:]):
        return None
    return [row[k] for row in rows[:done]]


def rank(columns):
    return len(orthogonal(columns))


def bases(columns, fit, small=SMALL):
    """The rank, and the supports of the vertices of ``{c >= 0 : sum c F = fit}``."""
    r = rank(columns)
    supports = set()
    for chosen in combinations(range(len(columns)), r):
        c = solved([columns[i] for i in chosen], fit, small)
        if c is not None and all(t > -small for t in c):
            supports.add(tuple(i for i, t in zip(chosen, c, strict=True) if t > small))
    return r, sorted(supports)


def refined(D, kappa, faces):
    """Yield what Newton's method makes of the equations of vertices near kappa."""
    loose = mpmath.mpf(10) ** -7 * (1 + max(map(abs, D.y)))
    V = distinct(D.X, kappa, faces)
    columns = [feature(D.X, kappa, s, covector) for s, covector in V]
    fit = [p - k / v for p, k, v in zip(D.y, kappa, D.w, strict=True)]
    for size in range(len(V) + 1):
        for chosen in combinations(range(len(V)), size):
            c = solved([columns[i] for i in chosen], fit, loose)
            if c is not None and all(t > -loose for t in c):
                point = newton(D, kappa, [V[i] for i in chosen], c)
                if point is not None:
                    yield point


def distinct(X, kappa, faces):
    """The faces, one for each direction: the one with most zeros."""
    found = []
    for s, covector in sorted(faces, key=lambda f: sum(map(abs, f[1]))):
        g = direction(X, kappa, s, covector)
        alike = any(
            s == t
            and max(abs(p - q) for p, q in zip(g, h, strict=True)) < 1e-5 * mpmath.norm(g)
            for t, _, h in found
        )
        if not alike:
            found.append((s, covector, g))
    return [(s, covector) for s, covector, _ in found]


def newton(D, kappa, faces, c):
    n, k = len(D.y), len(faces)
    B = [operator(D.X, *face) for face in faces]
    t, c = mpmath.matrix(kappa), mpmath.matrix(c) if k else mpmath.matrix(0, 1)
    for _ in range(14):
        F = [M * t for M in B]
        J = mpmath.zeros(n + k)
        J[:n, :n] = mpmath.diag([1 / v for v in D.w])
        for a in range(k):
            J[:n, :n] += c[a] * B[a]
            J[:n, n + a] = F[a]
            J[n + a, :n] = 2 * F[a].T
        value = mpmath.matrix(n + k, 1)
        value[:n, 0] = J[:n, :n] * t - mpmath.matrix(D.y)
        for a in range(k):
            value[n + a] = (t.T * F[a])[0] - D.b
        try:
            step = mpmath.lu_solve(J, value)
        except ZeroDivisionError:
            return None
        t, c = t - step[:n, 0], c - step[n:, 0] if k else c
        if mpmath.norm(step) < mpmath.mpf(10) ** (40 - DIGITS):
            return list(t) if all(x > 0 for x in c) else None
    return None


def operator(X, s, covector):
    """The matrix ``B`` with ``F = B kappa``."""
    n = len(X)
    unit = [[mpmath.mpf(i == j) for i in range(n)] for j in range(n)]
    return mpmath.matrix([feature(X, e, s, covector) for e in unit]).T


def slot_components(supports, m):
    """The components of Theta_m by the explicit slot complex (THEORY T10).

    Nodes are vertices with an injection of their support into m slots; two are joined when
    no slot holds two different atoms and the united support fits in the slots.
    """
    nodes = []
    for s in supports:
        if len(s) <= m:
            placements = permutations(range(m), len(s))
            nodes += [frozenset(zip(slots, s, strict=True)) for slots in placements]
    label = list(range(len(nodes)))

    def root(i):
        while label[i] != i:
            i = label[i]
        return i

    for i, j in combinations(range(len(nodes)), 2):
        union = nodes[i] | nodes[j]
        slots = [slot for slot, _ in union]
        if len(set(slots)) == len(slots):
            label[root(j)] = root(i)
    return len({root(i) for i in range(len(nodes))})
