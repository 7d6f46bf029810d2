"""The trees of topes: facets are all the rows that need to be asked."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from polytope_nn.certificate.trees import FarkasWalls
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.rational import matrix
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.farkas import alternative
from polytope_nn.vector.certificate.cell import Cell
from polytope_nn.vector.certificate.leaves import off
from polytope_nn.vector.certificate.trees import branched, tope_of, tope_tree
from polytope_nn.vector.problem import VectorProblem
from tests.landscape.planted import seeded


@pytest.mark.parametrize("seed", range(8))
def test_facets_give_the_tree_of_all_rows(seed):
    """Rows repeated, opposite, and 0 among them; branched until each face is open or empty."""
    rng = seeded(seed)
    d = 2 + seed % 2
    X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(4)]
    X += [[-2 * t for t in X[0]], X[1], [0] * d]
    D = VectorProblem(X, [[1, 2]] * len(X), beta=1)
    N = matrix([[rng.randint(-3, 3) for _ in range(2)] for _ in X])

    def proof(cell):
        if off(cell) is not None:
            return {"off": True}
        return None if cell.open else {"off": False}

    for pattern in D.arrangement.patterns:
        tope = tope_of(D, N, pattern)
        assert tope.facets == D.arrangement.facets(pattern)
        found, *others = (
            [leaf["off"] for leaf in branched(t, proof)["leaves"]]
            for t in (tope, replace(tope, rays=()), replace(tope, facets=(), rays=()))
        )
        for every in others:
            assert found.count(False) == every.count(False)  # the open faces


@pytest.mark.parametrize("seed", range(4))
def test_a_cell_is_empty_where_the_rays_say_so_and_a_sum_of_rows_proves_it(seed):
    """Cells of any strict and vanishing rows, beside Farkas' alternative of all of their rows."""
    rng = seeded(seed)
    d = 2 + seed % 2
    X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(5)] + [[0] * d]
    D = VectorProblem(X, [[1, 2]] * len(X), beta=1)
    N = matrix([[rng.randint(-3, 3) for _ in range(2)] for _ in X])
    for pattern in D.arrangement.patterns:
        tope = tope_of(D, N, pattern)
        every = list(tope.rows)
        strict = frozenset(k for k in every if rng.random() < 0.4)
        vanishing = frozenset(k for k in every if k not in strict and rng.random() < 0.3)
        known, unknown = (
            Cell(t.hull(vanishing), strict)
            for t in (tope, replace(tope, facets=(), rays=()))
        )
        rows = known.hull.seen_rows([k for k in every if k not in vanishing])
        masses = [(*x, Fraction(int(k in strict))) for k, x in rows.items()]
        zero = (Fraction(0),) * (len(known.hull.basis) + 1)
        empty = (
            bool(strict) and alternative(masses, (*zero[1:], Fraction(1)))[0] is not None
        )
        assert bool(known.unmet) == empty
        if empty and known.open:
            for cell in (known, unknown):
                leaf = off(cell)
                total = [Fraction(0)] * d
                for t, k in leaf["rows"] + leaf["walls"]:
                    row = tope.rows[k]
                    total = [s + Fraction(t) * x for s, x in zip(total, row, strict=True)]
                assert not any(total)
                assert all(Fraction(t) > 0 for t, _ in leaf["rows"])
                assert strict & {k for _, k in leaf["rows"]}
                assert vanishing >= {k for _, k in leaf["walls"]}


def test_a_form_that_is_negative_off_the_tope_alone_is_closed_by_one_leaf():
    """``5 |u|^2 - (2 a - 2 b)^2`` is -6 at (1, -1), and above 0 where a, b >= 0."""
    D = VectorProblem([[1, 0], [0, 1]], [[1, 0], [0, 1]], beta_squared=5)
    proof = tope_tree(D, matrix([[2, 0], [-2, 0]]), (1, 1))
    (leaf,) = proof["leaves"]
    assert proof["tree"] == [-1]
    ((share, *pair),) = leaf["pairs"]
    assert sorted(pair) == [0, 1]
    slack = Fraction(leaf["slack"])
    assert slack > 0
    form = [[slack, Fraction(share) / 2], [Fraction(share) / 2, slack]]
    for c, v in leaf["squares"]:
        for i, j in product(range(2), repeat=2):
            form[i][j] += Fraction(c) * v[i] * v[j]
    assert form == [[1, 4], [4, 1]]


@pytest.mark.parametrize("of_a_field", [False, True])
def test_what_empties_a_branch_is_found_from_a_vertex(of_a_field, monkeypatch):
    """A square times a root: where two opposite sides vanish it is empty, exactly."""
    root = NumberField((-2, 0, 1), (1, 2)).generator if of_a_field else Fraction(2)
    none, one = Fraction(0), Fraction(1)
    columns = [(root, none), (root, none), (none, one), (none, one)]
    walls = FarkasWalls(columns, (root, one), 0b0101)
    assert walls.are_rational != of_a_field
    monkeypatch.setattr(FarkasWalls, "are_rational", False)
    for vanishing in (0b0011, 0b1100, 0b1110, 0b1111):
        w = walls.separating(None, vanishing)
        assert dot(w, walls.fit) < 0
        left = [F for j, F in enumerate(walls.features) if not vanishing >> j & 1]
        assert all(dot(w, F) >= 0 for F in left)
