"""Brute force for other units: every face of an arrangement, slot complexes, a conic solver.

Exact but for :func:`conic_value`, small sizes; no code of the package but linear algebra and
Farkas' alternative.
"""

from fractions import Fraction
from itertools import combinations, product

from polytope_nn.exact.linear import kernel, project_out
from polytope_nn.geometry.farkas import alternative


def dot(a, b):
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def sign(x):
    return (x > 0) - (x < 0)


def exact(v):
    return tuple(Fraction(t) if isinstance(t, int) else t for t in v)


def faces(X):
    """Return every covector of the central arrangement of the rows: products of cocircuits."""
    X = [[Fraction(t) for t in x] for x in X]
    d = len(X[0])
    lines = kernel(X, d)
    rank = d - len(lines)
    circuits = set()
    for chosen in combinations(range(len(X)), rank - 1):
        flat = kernel([*(X[k] for k in chosen), *lines], d)
        if len(flat) == 1:
            signs = tuple(sign(dot(x, flat[0])) for x in X)
            circuits |= {signs, tuple(-s for s in signs)}
    found = {(0,) * len(X)}
    todo = list(found)
    while todo:
        a = todo.pop()
        for b in circuits:
            c = tuple(p or q for p, q in zip(a, b, strict=True))
            if c not in found:
                found.add(c)
                todo.append(c)
    return found


def slope_atoms(X, kappa, right, left):
    """Return beta^2 and the set of (sign, g): G9, the critical point of each open face."""
    X = [tuple(Fraction(t) for t in x) for x in X]
    best, atoms = Fraction(0), set()
    for sigma in faces(X):
        slopes = [
            {1: Fraction(right), -1: Fraction(left), 0: Fraction(0)}[s] for s in sigma
        ]
        v = [
            dot([k * t for k, t in zip(kappa, slopes, strict=True)], column)
            for column in zip(*X, strict=True)
        ]
        zero = [x for x, s in zip(X, sigma, strict=True) if s == 0 and any(x)]
        g = project_out(zero, v)
        for s in (1, -1):
            h = tuple(s * t for t in g)
            if any(h) and tuple(sign(dot(x, h)) for x in X) == sigma:
                square = dot(h, h)
                if square > best:
                    best, atoms = square, set()
                if square == best:
                    atoms.add((s, h))
    return best, atoms


def boxed(features, free, box):
    """Return features, what is always there and the fit, where a box of fits is allowed (G7).

    An equation for each end of a row, a slack where it has another or none; ``features`` by
    name. What is free comes with both signs.
    """
    rows = []  # a row, its end, the sign of its slack
    for k, (low, high) in enumerate(box):
        if low is not None and low == high:
            rows.append((k, low, 0))
            continue
        rows += [(k, end, s) for end, s in ((low, -1), (high, 1)) if end is not None]
    found = {a: [F[k] for k, _, _ in rows] for a, F in features.items()}
    always = set()
    for j, z in enumerate(free):
        for s in (1, -1):
            found["free", j, s] = [s * z[k] for k, _, _ in rows]
            always.add(("free", j, s))
    for i, (_, _, s) in enumerate(rows):
        if s:
            found["slack", i] = [s * (i == j) for j in range(len(rows))]
            always.add(("slack", i))
    return found, frozenset(always), [end for _, end, _ in rows]


def slot_components(cells, features, fit, m, always=frozenset()):
    """Return the components of the union of slot polyhedra, m labelled slots (G7).

    ``cells`` are sets of names of rays, ``features`` their features by name; a node is a
    cell for each slot, two are joined where the common rays slot by slot still fit.
    """
    known = {}

    def feasible(slots):
        key = always.union(*slots)
        if key not in known:
            columns = [exact(features[r]) for r in sorted(key, key=str)]
            known[key] = alternative(columns, exact(fit))[0] is not None
        return known[key]

    nodes = [t for t in product([frozenset(c) for c in cells], repeat=m) if feasible(t)]
    parent = list(range(len(nodes)))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in combinations(range(len(nodes)), 2):
        if root(i) != root(j):
            shared = [a & b for a, b in zip(nodes[i], nodes[j], strict=True)]
            if feasible(shared):
                parent[root(i)] = root(j)
    return len({root(i) for i in range(len(nodes))})


def conic_value(blocks, y, beta, *, free=(), weights=None):
    """Return the least objective in floats: ``blocks`` are (A, rows >= 0, norm), A (n, p)."""
    import clarabel
    import numpy as np
    from scipy import sparse

    n, y = len(y), np.array([float(t) for t in y])
    w = np.ones(n) if weights is None else np.array([float(t) for t in weights])
    sizes = [len(A[0]) for A, _, _ in blocks]
    p, total = len(free), sum(sizes)
    slots = {"l2": 1, "linf": 1}
    extra = [
        slots.get(norm, size) for (_, _, norm), size in zip(blocks, sizes, strict=True)
    ]
    size = p + total + sum(extra) + n
    fits = np.zeros((n, size))
    fits[:, :p] = np.array([[float(t) for t in z] for z in free]).reshape(p, n).T
    fits[:, size - n :] = -np.eye(n)
    q = np.zeros(size)
    inequalities, balls = [], []
    at, top = p, p + total
    for (A, rows, norm), d, k in zip(blocks, sizes, extra, strict=True):
        fits[:, at : at + d] = [[float(t) for t in row] for row in A]
        q[top : top + k] = float(beta)
        for row in rows:
            line = np.zeros(size)
            line[at : at + d] = [-float(t) for t in row]
            inequalities.append(line)
        if norm == "l2":
            ball = np.zeros((d + 1, size))
            ball[0, top] = -1
            ball[1:, at : at + d] = -np.eye(d)
            balls.append(ball)
        else:
            for j in range(d):
                for s in (1, -1):
                    line = np.zeros(size)
                    line[at + j], line[top + (j if norm == "l1" else 0)] = s, -1
                    inequalities.append(line)
        at, top = at + d, top + k
    G = np.array(inequalities).reshape(-1, size)
    A = sparse.csc_matrix(np.vstack([fits, G, *balls]))
    b = np.concatenate([y, np.zeros(A.shape[0] - n)])
    cones = [clarabel.ZeroConeT(n), clarabel.NonnegativeConeT(len(G))]
    cones += [clarabel.SecondOrderConeT(len(ball)) for ball in balls]
    curved = np.zeros(size)
    curved[size - n :] = w
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    solver = clarabel.DefaultSolver(
        sparse.diags(curved, format="csc"), q, A, b, cones, settings
    )
    return solver.solve().obj_val
