"""Fibres of zonotopes in balls, against exact double description."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, ball_vector
from polytope_nn.exact.parametric import as_letters
from polytope_nn.exact.scalar import RealNumber
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.geometry.zonotope import Fibre

UNIT = {2: ((1, 0), (0, 1)), 3: ((1, 0, 0), (0, 1, 0), (0, 0, 1))}


def rational_fibre(seed, k, q):
    random = Random(seed)  # noqa: S311 - test data
    rows = [[Fraction(random.randint(-99, 99), 7) for _ in range(k)] for _ in range(q)]
    e = [Fraction(random.randint(20, 99), 11) for _ in range(k)]
    inside = [x * Fraction(random.randint(-80, 80), 100) for x in e]
    right = [sum(a * t for a, t in zip(row, inside, strict=True)) for row in rows]
    return rows, right, e


def in_balls(rows, right, e, spans=None):
    q = len(rows)
    whole = tuple(tuple(map(Fraction, v)) for v in UNIT.get(q, ((1,),)))
    return Fibre(
        tuple(ball_vector(row, 200) for row in rows),
        ball_vector(right, 200),
        ball_vector(e, 200),
        spans or (whole,) * len(e),
    )


def exact_vertices(rows, right, e):
    """The points t from ``p, q >= 0, p + q = e, rows (p - q) = right``."""
    k = len(e)
    A = [[*row, *(-x for x in row)] for row in rows]
    A += [[Fraction(int(j % k == i)) for j in range(2 * k)] for i in range(k)]
    return {
        tuple(c[i] - c[k + i] for i in range(k)) for c in slice_vertices(A, [*right, *e])
    }


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shape", [(1, 1), (4, 1), (5, 2), (8, 2), (7, 3)], ids=str)
def test_vertices(shape, seed):
    rows, right, e = rational_fibre(seed, *shape)
    F = in_balls(rows, right, e)
    expected = exact_vertices(rows, right, e)
    found = list(F.vertices(1000))
    assert len(found) == len(expected)
    for ends, t in found:
        near = [v for v in expected if all(x in ball for x, ball in zip(v, t, strict=True))]
        assert len(near) == 1
        signs = [
            0 if abs(x) < b else 1 if x > 0 else -1 for x, b in zip(near[0], e, strict=True)
        ]
        assert ends == tuple(signs)
        assert ends.count(0) == shape[1]
    first, t = found[0]
    weights = F.coordinates(first, t)
    for j, (p, n) in enumerate(zip(weights[::2], weights[1::2], strict=True)):
        assert abs(float(p + n) - float(e[j])) < 1e-12
        assert abs(float(p - n) - float(t[j])) < 1e-12
        assert p > 0 or n > 0
        assert (first[j] == 0) == (p != 0 and n != 0)


@pytest.mark.parametrize("scale", [Fraction(10) ** 300, Fraction(1, 10**300)])
def test_any_scale(scale):
    rows, right, e = rational_fibre(1, 6, 2)
    expected = {ends for ends, _ in in_balls(rows, right, e).vertices(1000)}
    scaled = [[x * scale for x in row] for row in rows]
    F = in_balls(scaled, [x * scale for x in right], e)
    assert {ends for ends, _ in F.vertices(1000)} == expected
    F = in_balls(rows, [x * scale for x in right], [x * scale for x in e])
    assert {ends for ends, _ in F.vertices(1000)} == expected


def test_columns_dependent_by_their_spans():
    # the first three columns lie in a plane: no vertex has them free
    rows = [[1, 2, 3, 1, 5], [3, 1, 2, 4, 1], [0, 0, 0, 2, 3]]
    rows = [[Fraction(x) for x in row] for row in rows]
    e = [Fraction(x) for x in (5, 7, 6, 9, 8)]
    right = [Fraction(x, 3) for x in (4, 5, 7)]
    plane, space = UNIT[3][:2], UNIT[3]
    spans = tuple(
        tuple(tuple(map(Fraction, v)) for v in basis)
        for basis in (plane, plane, plane, space, space)
    )
    # balls that do not show that the third entries are 0
    F = in_balls(rows, right, e, spans)
    speck = Ball.from_interval(-Fraction(1, 1 << 90), Fraction(1, 1 << 90), 200)
    F = Fibre((F.rows[0], F.rows[1], (speck,) * 3 + F.rows[2][3:]), F.right, F.e, spans)
    found = {ends for ends, _ in F.vertices(100)}
    assert len(found) == len(exact_vertices(rows, right, e))
    whole = tuple(tuple(map(Fraction, v)) for v in space)
    with pytest.raises(Undecided, match="not proved regular"):
        list(Fibre(F.rows, F.right, F.e, (whole,) * 5).vertices(100))


def test_columns_that_depend_identically_are_no_basis():
    # columns 0, 1, 2 lie in a plane that moves with x and y, by no rational span
    x, y = Fraction(10, 7), Fraction(4, 3)
    columns = [(1, x, y), (2, x, y), (3, 2 * x, 2 * y), (0, 1, 5), (4, 1, 2)]
    rows = [list(row) for row in zip(*columns, strict=True)]
    rows = [[Fraction(t) for t in row] for row in rows]
    e = [Fraction(t) for t in (5, 7, 6, 9, 8)]
    right = [Fraction(t, 3) for t in (4, 5, 7)]
    F = in_balls(rows, right, e)
    with pytest.raises(Undecided, match="not proved regular"):
        list(F.vertices(100))

    def functions():
        s, t = as_letters(ball_vector([x, y], 200))
        moving = [(1, s, t), (2, s, t), (3, 2 * s, 2 * t), (0, 1, 5), (4, 1, 2)]
        exact = [
            [u if isinstance(u, RealNumber) else Fraction(u) for u in c] for c in moving
        ]
        return tuple(zip(*exact, strict=True))

    found = {ends for ends, _ in replace(F, functions=functions).vertices(100)}
    assert len(found) == len(exact_vertices(rows, right, e)) > 0
    # what is 0 at these numbers alone stays undecided
    with pytest.raises(Undecided, match="not proved regular"):
        list(replace(F, functions=lambda: F.rows).vertices(100))


def test_a_coordinate_at_its_end_is_undecided():
    one = Fraction(1)
    F = in_balls([[one, one]], [Fraction(2)], [one, one])  # the one point (1, 1)
    blurred = Fibre(F.rows, ball_vector([Fraction(2)], 200), F.e, F.spans)
    wide = Ball.from_interval(2 - Fraction(1, 1 << 90), 2 + Fraction(1, 1 << 90), 200)
    blurred = Fibre(F.rows, (wide,), F.e, F.spans)
    with pytest.raises(
        Undecided, match="at the end of its interval: raise the limit on bits"
    ):
        list(blurred.vertices(100))


def test_no_point_has_no_vertex():
    one = Fraction(1)
    F = in_balls([[one, one]], [Fraction(3)], [one, one])
    assert list(F.vertices(100)) == []


def test_limits():
    rows, right, e = rational_fibre(0, 8, 2)
    count = len(list(in_balls(rows, right, e).vertices(1000)))
    with pytest.raises(Undecided, match=f"more than the limit of {count - 1}"):
        list(in_balls(rows, right, e).vertices(count - 1))
    rows, right, e = rational_fibre(0, 26, 2)
    with pytest.raises(
        Undecided, match="of dimension 24, with 26 pairs of atoms: too many"
    ):
        list(in_balls(rows, right, e).vertices(1000))
