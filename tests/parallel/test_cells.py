"""A second route to component counts: label cells and exact linear programs, no vertices.

A cell gives every slot of every branch one atom of one piece. Two cells are joined when they have
a point in common: slots of different atoms empty, the conditions of both pieces.
"""

from fractions import Fraction
from itertools import combinations, product

import pytest

from polytope_nn.exact.rational import vector
from polytope_nn.geometry.simplex import feasible
from polytope_nn.parallel.counts.slots import SlotComplex
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.optimum import proved
from polytope_nn.parallel.problem import ParallelProblem
from tests.oracles.three_layer import BY_NAME, OCTAHEDRON


def common(cells, fit, k, spread=None):
    """Return whether cells share a point; with ``spread``, one where that slot's mass differs.

    Columns: the mass of each slot, then slacks of inequalities.
    """
    (branches, *others) = cells
    m = len(branches)
    empty = {
        (j, l)
        for other in others
        for j in range(m)
        for l in range(k)
        if (other[j][0].sigma, other[j][1][l].g, other[j][1][l].sign)
        != (branches[j][0].sigma, branches[j][1][l].g, branches[j][1][l].sign)
    }
    slots = [(j, l) for j in range(m) for l in range(k) if (j, l) not in empty]
    rows, right, above = [], [], []
    for i, t in enumerate(fit):
        row = []
        for j, l in slots:
            p, atoms = branches[j]
            row.append(p.sigma * atoms[l].feature[i] if p.mask[i] else Fraction(0))
        rows.append(row)
        right.append(t)
    for cell in cells:
        for j, (p, _) in enumerate(cell):
            for i, e in enumerate(p.signs):
                row = [
                    branches[j][1][l].feature[i] if at == j else Fraction(0)
                    for at, l in slots
                ]
                if e == 0:
                    rows.append(row)
                    right.append(Fraction(0))
                elif e is not None:
                    above.append([t * e for t in row])
    if spread is not None:
        j, l, value = spread
        rows.append([Fraction(int((j, l) == s)) for s in slots])
        right.append(value)
    width = len(slots) + len(above)
    columns = [
        [row[c] for row in rows] + [row[c] for row in above] for c in range(len(slots))
    ]
    sides = range(len(above))
    columns += [
        [Fraction(0)] * len(rows) + [Fraction(-int(q == o)) for o in sides] for q in sides
    ]
    right += [Fraction(0)] * len(above)
    assert len(columns) == width
    return feasible([tuple(c) for c in columns], tuple(right))[0]


def counted(O, m, k):
    """Return the number of components by label cells."""
    labelled = [(p, atoms) for p in O.pieces for atoms in product(p.atoms, repeat=k)]
    cells = [c for c in product(labelled, repeat=m) if common([c], O.fit, k) is not None]
    parent = list(range(len(cells)))

    def root(i):
        while parent[i] != i:
            i = parent[i]
        return i

    for a, b in combinations(range(len(cells)), 2):
        if root(a) != root(b) and common([cells[a], cells[b]], O.fit, k) is not None:
            parent[root(a)] = root(b)
    return len({root(i) for i in range(len(cells))})


@pytest.mark.parametrize(
    "name, m, k",
    [("hat", 1, 3), ("tilted", 1, 3), ("hat", 2, 2), ("strict", 1, 2), ("strict", 1, 3),
     ("one-sign-each", 2, 1), ("signed", 2, 2)],
)  # fmt: skip
def test_label_cells_agree(name, m, k):
    w = BY_NAME[name]
    O = proved(w.problem(), vector(w.kappa))
    assert counted(O, m, k) == two_widths(O)[m, k].components


@pytest.mark.deep
@pytest.mark.parametrize(
    "name, m, k", [("one-sign-each", 2, 2), ("zero", 1, 3), ("pyramid", 1, 3)]
)
def test_more_label_cells_agree(name, m, k):
    w = BY_NAME[name]
    O = proved(w.problem(), vector(w.kappa))
    assert counted(O, m, k) == two_widths(O)[m, k].components


def test_found_data_agree():
    """Data of no special form: kappa lies in a number field."""
    D = ParallelProblem([[-1, -2], [0, -1], [2, -1], [-1, 1]], [2, -1, -4, 4], beta=1)
    O = parallel_optimum(D)
    S = two_widths(O)
    assert O.level == "exact"
    for m, k in ((1, 1), (1, 2), (2, 1), (2, 2)):
        step = S[m, k]
        if step.components:
            assert counted(O, m, k) == step.components
    assert S.m_star(1) >= S.m_star(2)


@pytest.mark.parametrize("k", [4, 5])
def test_inner_saturation(k):
    """P11: with k >= r_in + 1 the count does not depend on k, here against the full complex."""
    w = BY_NAME["signed"]
    O = proved(w.problem(), vector(w.kappa))
    assert two_widths(O).inner_rank == 3
    full = SlotComplex(O.pieces, O.fit, 2, k, saturated=False).step
    flat = SlotComplex(O.pieces, O.fit, 2, k, saturated=True).step
    assert (full.components, full.isolated) == (flat.components, flat.isolated) == (2, 0)


@pytest.mark.parametrize("fit", [[4] * 6, [4, 4, 5, 3, 6, 2]])
def test_the_slot_complex_counts_what_two_layers_do(fit):
    """P8: a zero row of the other sign changes no network, and turns the short way off."""
    kappa = [1] * 6
    y = [k + f for k, f in zip(kappa, fit, strict=True)]
    alone = ParallelProblem(OCTAHEDRON, y, beta_squared=3)
    beside = ParallelProblem([*OCTAHEDRON, [0, 0, 0]], [*y, -1], beta_squared=3)
    short = two_widths(parallel_optimum(alone, kappa=kappa))
    long = two_widths(parallel_optimum(beside, kappa=[*kappa, -1]))
    assert short.one_sign
    assert not long.one_sign
    for m, k in ((1, 3), (1, 4), (1, 5), (2, 2), (2, 3), (3, 2), (4, 2), (2, 4)):
        one, other = short[m, k], long[m, k]
        assert (one.components, one.isolated) == (other.components, other.isolated)
        graph = SlotComplex(long.pieces(k), long.optimum.fit, m, k, k > long.inner_rank)
        if m * k >= short.flat.m_star:
            assert graph.step.components == short.flat[m * k].components
