"""A second reading of a tree of cones, by brute force: no theta, no peaks, no bits.

The function ``s kappa'(Xu)_+ - p'u`` is linear on the cells that the rows cut a cone into, so it
is at most 0 on the cone iff it is at most 0 on the rays of these cells: the lines that d - 1
of the rows and of the cone's facets have in common.
"""

from fractions import Fraction
from itertools import combinations, product
from math import gcd


def dot(x, y):
    return sum((s * t for s, t in zip(x, y, strict=True)), Fraction(0))


def reduced(rows):
    """The reduced echelon form, by Gauss, and its pivots."""
    left, done, pivots = [list(map(Fraction, x)) for x in rows], [], []
    for j in range(len(rows[0]) if rows else 0):
        row = next((x for x in left if x[j]), None)
        if row is None:
            continue
        left.remove(row)
        row = [t / row[j] for t in row]
        for other in left + done:
            other[:] = [t - other[j] * s for t, s in zip(other, row, strict=True)]
        done.append(row)
        pivots.append(j)
    return done, pivots


def line(rows, dim):
    """A vector on which the rows vanish, None when these are not a line."""
    R, pivots = reduced(rows) if rows else ([], [])
    if len(pivots) != dim - 1:
        return None
    free = next(j for j in range(dim) if j not in pivots)
    v = [Fraction(int(j == free)) for j in range(dim)]
    for row, p in zip(R, pivots, strict=True):
        v[p] = -row[free]
    return v


def coordinates(cone, u):
    """The c with ``sum c_i cone_i = u`` (the generators are independent, u in their span)."""
    columns = [
        [*map(Fraction, column), t]
        for column, t in zip(zip(*cone, strict=True), u, strict=True)
    ]
    R, pivots = reduced(columns)
    assert pivots == list(range(len(cone)))
    return [row[-1] for row in R]


def cells(cone, X):
    """The rays of the cells into which the rows cut a cone, as vectors."""
    r = len(cone)
    if r == 0:
        return
    # in coordinates c of the cone: rows x_k'cone, facets c_i = 0
    planes = {tuple(dot(x, ray) for ray in cone) for x in X}
    planes |= {tuple(Fraction(int(i == j)) for j in range(r)) for i in range(r)}
    planes = [p for p in planes if any(p)]
    for chosen in combinations(planes, r - 1):
        v = line([list(p) for p in chosen], r)
        for side in (1, -1):
            c = None if v is None else [side * t for t in v]
            if c is not None and min(c) >= 0:
                yield [
                    sum(a * t for a, t in zip(c, column, strict=True))
                    for column in zip(*cone, strict=True)
                ]


def leaves(tree, basis, dim):
    """The cones of a tree with what closes them: ``(cone, integers)``."""
    reading = iter(tree)
    width = dim + len(basis) + 1
    for signs in product((1, -1), repeat=len(basis)):
        stack = [[[s * t for t in b] for s, b in zip(signs, basis, strict=True)]]
        while stack:
            cone = stack.pop()
            kind = next(reading)
            if kind == 0:
                i, j, a, b = (next(reading) for _ in range(4))
                assert i != j
                assert min(a, b) > 0
                m = [a * s + b * t for s, t in zip(cone[i], cone[j], strict=True)]
                m = [t // gcd(*m) for t in m]  # later cuts are in primitive generators
                stack.append([m if q == j else ray for q, ray in enumerate(cone)])
                stack.append([m if q == i else ray for q, ray in enumerate(cone)])
            else:
                yield (
                    cone,
                    [kind, *(next(reading) for _ in range(width if kind == 1 else 0))],
                )
    assert next(reading, None) is None


def verified(proof, X, kappa, beta_squared, penalised=None):
    """Assert that a proof proves its claim, for rational data; X has a free bias' ones."""
    dim = len(X[0])
    penalised = dim if penalised is None else penalised
    basis = [[int(t) for t in ray] for ray in proof.form.basis]
    assert len(reduced(X)[1]) == len(reduced([*X, *basis])[1]) == len(basis)
    unit = proof.form.integers.unit
    for side, tree in zip((1, -1), proof.trees, strict=True):
        for cone, code in leaves(tree, basis, dim):
            if code[0] == 1:
                p = [t * Fraction(2) ** code[1] * unit for t in code[2 : 2 + dim]]
                assert dot(p, p) < beta_squared
            else:
                peak = proof.peaks[code[0] - 2]
                p = peak.p
                assert peak.sign == side
                assert (
                    (dot(p, p) == beta_squared) if peak.tight else dot(p, p) < beta_squared
                )
            assert not any(p[penalised:])
            for u in cells(cone, X):
                value = side * sum(
                    k * max(dot(x, u), 0) for k, x in zip(kappa, X, strict=True)
                )
                assert value <= dot(p, u)
    for peak in proof.peaks:
        u = peak.u
        value = peak.sign * sum(
            k * max(dot(x, u), 0) for k, x in zip(kappa, X, strict=True)
        )
        assert value == dot(peak.p, u) == dot(peak.p, peak.p)
