"""Arrangements with known counts, and topes by a route that splits nothing.

Counts: braid n!; boolean 2^n; threshold functions, OEIS A000609; resonance arrangement
(all nonzero 0/1 vectors), OEIS A034997; type B, 2^n n!; general position, Schlaefli's sum.

The brute force: every covector is a composition of cocircuits (Bjoerner, Las Vergnas,
Sturmfels, White, Ziegler, *Oriented Matroids*, Proposition 3.7.2), and a cocircuit is the
sign vector of a vector on which rows of rank r - 1 vanish. All subsets of rows are tried.
"""

from fractions import Fraction
from itertools import combinations, product

from polytope_nn.exact.linear import kernel, rank, rref

__all__ = ["boolean", "braid", "resonance", "threshold", "topes_by_cocircuits", "type_b"]

THRESHOLD_FUNCTIONS = {1: 4, 2: 14, 3: 104, 4: 1882}  # A000609, from one variable on
RESONANCE = {1: 2, 2: 6, 3: 32, 4: 370, 5: 11292}  # A034997


def boolean(n):
    return [[int(i == j) for j in range(n)] for i in range(n)]


def braid(n):
    """The differences of n coordinates, in R^n: a lineality of dimension 1."""
    return [[(k == i) - (k == j) for k in range(n)] for i, j in combinations(range(n), 2)]


def type_b(n):
    sums = [[(k == i) + (k == j) for k in range(n)] for i, j in combinations(range(n), 2)]
    return boolean(n) + braid(n) + sums


def threshold(n):
    return [(1, *x) for x in product((0, 1), repeat=n)]


def resonance(n):
    return [x for x in product((0, 1), repeat=n) if any(x)]


def topes_by_cocircuits(X):
    """The sorted patterns of the rows of X, fractions; zero rows have +1."""
    rows = [x for x in X if any(x)]
    if not rows:
        return ((1,) * len(X),)
    _, columns = rref(rows)
    rows = [tuple(x[j] for j in columns) for x in rows]
    r = len(columns)
    cocircuits = set()
    for chosen in combinations(rows, r - 1):
        if rank(chosen) == r - 1:
            (u,) = kernel(chosen, r)
            values = [
                sum((a * b for a, b in zip(x, u, strict=True)), Fraction(0)) for x in rows
            ]
            signs = tuple((t > 0) - (t < 0) for t in values)
            cocircuits |= {signs, tuple(-s for s in signs)}
    found = set(cocircuits)
    left = list(cocircuits)
    while left:
        s = left.pop()
        for t in cocircuits:
            composed = tuple(a or b for a, b in zip(s, t, strict=True))
            if composed not in found:
                found.add(composed)
                left.append(composed)
    patterns = []
    for signs in found:
        if all(signs):
            ordered = iter(signs)
            patterns.append(tuple(next(ordered) if any(x) else 1 for x in X))
    return tuple(sorted(patterns))
