"""Pieces of a cone on which a norm is linear: by definition, and only where they meet it."""

from fractions import Fraction

import pytest

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
