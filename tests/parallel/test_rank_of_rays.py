"""M*(k) by rays alone: as many independent ones as their rank, or it is left open."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn.exact.ball import ball_vector
from polytope_nn.parallel.counts.enclosed_most import Rays


class Given(Rays):
    """Rays whose outputs are told, each of a piece of its own."""

    def __init__(self, outputs, fit, vertices=()):
        rows = [[Fraction(t) for t in z] for z in outputs]
        told = {(j,): tuple(ball_vector(z)) for j, z in enumerate(rows)}
        graph = SimpleNamespace(
            fit=ball_vector([Fraction(t) for t in fit]),
            vertices=vertices,
            flat=SimpleNamespace(
                X=[[Fraction(int(i == j)) for j in range(3)] for i in range(3)]
            ),
        )
        super().__init__((), 1, lambda m: graph)  # noqa: ARG005
        exact = {(j,): tuple(z) for j, z in enumerate(rows)}
        self.__dict__.update(
            wide=dict.fromkeys(told), outputs=told, every=told, only=None,
            _used=[*told], _formal=exact,
        )  # fmt: skip

    def mixed(self, vertex):
        return {(j,) for j in vertex}


SQUARE = [(1, 1, 1), (1, -1, 1), (-1, -1, 1), (-1, 1, 1)]


def test_the_middle_of_a_square_is_made_of_opposite_rays_alone():
    assert Given(SQUARE, (0, 0, 1)).greatest(2) is None
    assert Given(SQUARE, (0, 0, 1), [(0, 2), (1, 3)]).greatest(2) is None


def test_what_floats_take_for_positive_is_proved():
    """The third weight is 0, or less than it, and rounding hides that."""
    for s in range(1, 30):
        for less in (0, Fraction(1, 10**20)):
            fit = [Fraction(t, s) for t in (-less, less, 7 + less)]
            turned = [(x + s * z, y - z, z) for x, y, z in SQUARE]
            fit = (fit[0] + s * fit[2], fit[1] - fit[2], fit[2])
            found = Given(turned[:3], fit).greatest(2)
            assert found is None


@pytest.mark.parametrize("fit", [(1, 0, 2), (1, 2, 4), (-1, 0, 3)])
def test_off_the_diagonals_three_rays_make_it(fit):
    assert Given(SQUARE, fit).greatest(2) == 3


def test_a_fit_outside_the_cone_is_made_of_none():
    assert Given(SQUARE, (2, 0, 1)).greatest(2) is None


def test_vertices_of_as_many_rays_as_their_rank():
    """Four in a plane of three coordinates: three of them depend on each other."""
    plane = [(1, 0, 1), (0, 1, 1), (1, 1, 2), (2, 1, 3)]
    fit = (1, 1, 2)
    assert Given(plane, fit).greatest(1) == 2
    more = [*SQUARE, (0, 0, 1)]
    assert Given(more, (0, 0, 2), [(0, 2, 4)]).greatest(2) is None
    assert Given(more, (0, 0, 2), [(0, 2, 4), (0, 1, 2)]).greatest(2) == 3  # as is told
