"""Named polytopes by their generators, with f-vectors in closed form (Ziegler, ch. 0, 8).

An f-vector here runs from the empty face (1) to the polytope itself (1).
"""

from fractions import Fraction
from itertools import permutations, product
from math import comb, factorial

__all__ = ["NAMED", "birkhoff", "birkhoff_system", "cyclic", "hypersimplex"]


def cube(d):
    f = [1, *(2 ** (d - k) * comb(d, k) for k in range(d + 1))]
    return tuple(product((-1, 1), repeat=d)), tuple(f)


def cross_polytope(d):
    unit = [tuple(int(i == j) for j in range(d)) for i in range(d)]
    vertices = (*unit, *(tuple(-x for x in e) for e in unit))
    return vertices, tuple(reversed(cube(d)[1]))


def simplex(d):
    """The d-simplex in R^(d+1): not full-dimensional."""
    vertices = tuple(tuple(int(i == j) for j in range(d + 1)) for i in range(d + 1))
    return vertices, tuple(comb(d + 1, k) for k in range(d + 2))


def cyclic(n, d):
    """n points on the moment curve; f from the h-vector (Dehn-Sommerville)."""
    vertices = tuple(tuple(t**k for k in range(1, d + 1)) for t in range(n))
    h = [comb(n - d - 1 + min(i, d - i), min(i, d - i)) for i in range(d + 1)]
    f = [sum(comb(d - i, k - i) * h[i] for i in range(k + 1)) for k in range(d + 1)]
    return vertices, (*f, 1)


def permutohedron(n):
    """Of dimension n - 1 in R^n; its k-faces are the ordered partitions in n - k blocks."""
    surjections = [
        sum((-1) ** i * comb(m, i) * (m - i) ** n for i in range(m + 1))
        for m in range(n + 1)
    ]
    return tuple(permutations(range(n))), (1, *reversed(surjections[1:]))


def birkhoff(n):
    """The permutation matrices as rows; dimension (n-1)^2, n^2 facets (n >= 3)."""
    return tuple(
        tuple(int(p[i] == j) for i in range(n) for j in range(n))
        for p in permutations(range(n))
    )


def birkhoff_system(n):
    """``(A, b)`` with Birkhoff's polytope = {c >= 0 : A c = b}; one row is redundant."""
    cells = [(i, j) for i in range(n) for j in range(n)]
    rows = [tuple(Fraction(int(i == k)) for i, _ in cells) for k in range(n)]
    rows += [tuple(Fraction(int(j == k)) for _, j in cells) for k in range(n)]
    return tuple(rows), (Fraction(1),) * (2 * n)


def hypersimplex(n, k):
    """The 0/1 points with k ones, 2 <= k <= n - 2; dimension n - 1 in R^n.

    A j-face, j >= 1, fixes n - j - 1 coordinates, i of them to 1, and leaves a hypersimplex
    of dimension j, which needs 0 < k - i < j + 1.
    """
    vertices = tuple(x for x in product((0, 1), repeat=n) if sum(x) == k)
    f = [1, comb(n, k)]
    for j in range(1, n):
        free = j + 1
        fixed = (comb(n - free, i) for i in range(n - free + 1) if 0 < k - i < free)
        f.append(comb(n, free) * sum(fixed))
    return vertices, tuple(f)


NAMED = {
    "point": simplex(0),
    "segment": cube(1),
    "square": cube(2),
    "cube": cube(3),
    "tesseract": cube(4),
    "octahedron": cross_polytope(3),
    "cross-polytope, dimension 5": cross_polytope(5),
    "tetrahedron": simplex(3),
    "simplex, dimension 6": simplex(6),
    "cyclic, 7 in dimension 4": cyclic(7, 4),
    "cyclic, 8 in dimension 5": cyclic(8, 5),
    "hexagon": permutohedron(3),
    "permutohedron, dimension 3": permutohedron(4),
    # f-vector of B3: Brualdi and Gibson 1977
    "Birkhoff, 3": (birkhoff(3), (1, 6, 15, 18, 9, 1)),
}
NAMED["octahedron, as a hypersimplex"] = hypersimplex(4, 2)
NAMED["hypersimplex, 2 of 5"] = hypersimplex(5, 2)
assert all(len(vertices) == f[1] for vertices, f in NAMED.values())
assert all(factorial(n) == len(birkhoff(n)) for n in (1, 2, 3))
