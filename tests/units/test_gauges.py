"""Pieces of a cone on which a norm is linear: by definition, and only where they meet it."""

from fractions import Fraction
from itertools import product
from random import Random

import pytest

from polytope_nn.certificate.units.norms.normed import dual_norm, strictly
from polytope_nn.exact.rational import matrix
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.double_description import extreme_rays
from polytope_nn.problems.units import gauges

NARROW = tuple(
    tuple(map(Fraction, row)) for row in ([8, -1, 0], [-7, 1, 0], [0, -1, 9], [0, 1, -8])
)
WIDE = tuple(tuple(map(Fraction, row)) for row in ([1, 1, 1], [1, -1, 3], [3, 1, -1]))
LINE = ((Fraction(1), Fraction(0), Fraction(0)),)


@pytest.mark.parametrize(
    "cone", [NARROW, WIDE, LINE], ids=["narrow", "wide", "with a line"]
)
@pytest.mark.parametrize("name", ["l1", "linf"])
def test_rays_of_all_pieces_that_meet_a_cone(name, cone):
    wanted = []
    for piece in gauges.pieces(name, 3):
        found = extreme_rays([*cone, *piece], 3)
        if found:
            units = [
                tuple(Fraction(t) / gauges.norm(name, ray) for t in ray) for ray in found
            ]
            wanted.append(tuple(units))
    assert list(gauges.rays(name, cone, 3)) == wanted


def test_pieces_that_do_not_meet_a_cone_have_no_rays_to_find(monkeypatch):
    asked, extreme = [], extreme_rays

    def told(rows, d):
        asked.append(len(rows))
        return extreme(rows, d)

    monkeypatch.setattr(gauges, "extreme_rays", told)
    assert len(list(gauges.rays("linf", NARROW, 3))) == 1
    assert len(asked) == 2  # of the cone itself, and of one of six pieces


def design(seed):
    random = Random(seed)  # noqa: S311
    n, d = random.choice([(1, 1), (3, 1), (4, 2), (7, 2), (2, 3), (5, 3), (4, 4)])
    X = [[random.randint(-2, 2) for _ in range(d)] for _ in range(n)]
    if seed % 5 == 0:
        X[0] = [0] * d  # no hyperplane, and perhaps fewer directions than columns
    return matrix(X)


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize("name", ["l1", "linf"])
def test_cells_are_those_of_the_topes_one_by_one(name, seed):
    X = design(seed)
    d = len(X[0])
    wanted = set()
    for pattern in arrangement(X).patterns:
        rows = [tuple(s * t for t in x) for s, x in zip(pattern, X, strict=True)]
        wanted |= {frozenset(piece) for piece in gauges.rays(name, rows, d)}
    maximal = {cell for cell in wanted if not any(cell < other for other in wanted)}
    rays, cells = gauges.rays_of_cells(name, X)
    units = [
        tuple(Fraction(t) / gauges.norm(name, list(map(Fraction, u))) for t in u)
        for u in rays
    ]
    assert len({*units}) == len(units)
    assert {*units} == {u for cell in maximal for u in cell}
    assert sorted(sorted(units[i] for i in cell) for cell in cells) == sorted(
        map(sorted, maximal)
    )


@pytest.mark.parametrize("name", ["l1", "linf"])
def test_multipliers_of_a_cone_without_a_tight_ray(name):
    """The least dual norm is the largest value of p at a ray of the cone, by duality."""
    for p in product(range(-2, 3), repeat=3):
        pull = tuple(map(Fraction, p))
        found = [u for piece in gauges.rays(name, WIDE, 3) for u in piece]
        least = max(Fraction(0), *(dot(pull, u) for u in found))
        mu = strictly(name, (pull, WIDE, (0, 1, 2)), Fraction(1))
        assert (mu is not None) == (least < 1)
        if mu is not None:
            moved = [
                t + sum((c * WIDE[k][j] for k, c in mu.items()), Fraction(0))
                for j, t in enumerate(pull)
            ]
            assert all(c >= 0 for c in mu.values())
            assert dual_norm(name, moved) < 1
