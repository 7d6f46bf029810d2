"""Tables of two widths by their definition: a polytope for each choice of what every slot holds.

For every branch a piece, for every inner slot one of its atoms: the masses with the conditions
of the pieces that make the fit are a polytope, and two are joined where they share a vertex.
"""

from fractions import Fraction
from itertools import combinations, product

import pytest

from polytope_nn.exact.linear import rref
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.pieces import label
from polytope_nn.parallel.problem import ParallelProblem
from tests.oracles.three_layer import BY_NAME

ZERO = Fraction(0)


def unique(rows, right, size):
    """Return the one solution of rows times x = right; None where there is none, or many."""
    table, pivots = rref([[*row, t] for row, t in zip(rows, right, strict=True)])
    return [row[-1] for row in table] if pivots == tuple(range(size)) else None


def vertices(chosen, fit, k):
    """Yield the vertices of a cell: for each branch a piece, and the atoms of its k slots."""
    n, size = len(fit), len(chosen) * k
    z = [[[ZERO] * size for _ in range(n)] for _ in chosen]
    for b, (p, own) in enumerate(chosen):
        for i, a in enumerate(own):
            for r in range(n):
                z[b][r][b * k + i] = p.atoms[a].feature[r]
    made = [
        [sum(p.sigma * p.mask[r] * z[b][r][j] for b, (p, _) in enumerate(chosen))
         for j in range(size)]
        for r in range(n)
    ]  # fmt: skip
    right = [*fit]
    sides = [[Fraction(int(i == j)) for i in range(size)] for j in range(size)]
    for b, (p, _) in enumerate(chosen):
        for r, e in enumerate(p.signs):
            if e == 0:
                made, right = [*made, z[b][r]], [*right, ZERO]
            elif e is not None:
                sides.append([e * t for t in z[b][r]])
    known = len(rref(made)[1])
    for active in combinations(sides, size - known):
        c = unique([*made, *active], [*right, *[ZERO] * len(active)], size)
        if c is not None and all(
            sum(s * t for s, t in zip(side, c, strict=True)) >= 0 for side in sides
        ):
            yield c


def network(chosen, c, k):
    """Return what each slot holds, as what tells networks apart."""
    told = []
    for b, (p, own) in enumerate(chosen):
        inner = [(i, label(p.atoms[a]), c[b * k + i]) for i, a in enumerate(own)]
        inner = [x for x in inner if x[-1]]
        told.append((p.sigma, *inner) if inner else None)
    return tuple(told)


def counted(O, m, k):
    """Return the number of components, and of those that are points."""
    slots = [(p, own) for p in O.pieces for own in product(range(len(p.atoms)), repeat=k)]
    parts: list[set] = []
    for chosen in product(slots, repeat=m):
        points = {network(chosen, c, k) for c in vertices(chosen, O.fit, k)}
        if points:
            met = [part for part in parts if part & points]
            parts = [part for part in parts if not part & points] + [points.union(*met)]
    return len(parts), sum(len(part) == 1 for part in parts)


FEW = [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1)]
MORE = [(1, 4), (4, 1), (2, 2)]
RANDOM = [
    ([[-1, 0], [2, -2], [1, -2], [1, 1]], [2, 4, 0, -4]),
    ([[0, 1], [1, 1], [2, 1], [3, 1]], [1, -2, 2, 0]),
]


def require_counts(O, widths):
    S = two_widths(O)
    known = [(m, k) for m, k in widths if S.m_star(k) is not None]
    for m, k in known:
        step = S[m, k]
        assert (step.components, step.isolated) == counted(O, m, k), (m, k)
    return len(known)


@pytest.mark.parametrize(
    "widths", [FEW, pytest.param(MORE, marks=pytest.mark.deep)], ids=["few", "more"]
)
@pytest.mark.parametrize("name", ["square", "hat", "tilted", "signed", "zero"])
def test_counts_of_two_widths(name, widths):
    assert require_counts(parallel_optimum(BY_NAME[name].problem()), widths) >= 3


@pytest.mark.parametrize("X, y", RANDOM)
def test_counts_of_data(X, y):
    O = parallel_optimum(ParallelProblem(X, y, beta=1))
    assert O.level == "exact"
    assert require_counts(O, FEW) >= 2
