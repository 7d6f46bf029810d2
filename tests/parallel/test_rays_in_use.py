"""Which rays a network uses where kappa is in balls: those of the faces of its branches."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import ball_vector
from polytope_nn.parallel.counts.enclosed_cells import EnclosedBranch
from polytope_nn.parallel.counts.enclosed_most import Rays

PIECE = SimpleNamespace(
    sigma=1,
    signs=(1, None, -1),
    atoms=[SimpleNamespace(sign=1, g=(Fraction(a),), covector=(a,)) for a in range(3)],
)


def branch(atoms, zeros):
    return EnclosedBranch(PIECE, tuple((a, Fraction(1)) for a in atoms), frozenset(zeros))


RAYS = [
    branch((0,), ()),
    branch((0, 1), (0,)),
    branch((1,), (1, 2)),
    branch((2,), (0, 1, 2)),
]


class OfOnePiece(Rays):
    def of_piece(self, p):
        assert p is PIECE
        return RAYS


@pytest.mark.parametrize(
    ("atoms", "zeros", "met"),
    [
        ((0, 1), (), [0, 1, 2]),  # inside: all of its atoms
        ((0, 1), (1,), [0, 1, 2]),  # z_1 = 0 by chance: no condition asks it
        ((0, 1), (0,), [1]),  # on the wall z_0 = 0: rays of that wall alone
        ((0, 1, 2), (0,), [1, 3]),
        ((0, 1, 2), (2,), [2, 3]),
        ((0, 1, 2), (0, 2), [3]),
        ((0,), (), [0]),
        ((), (), []),
    ],
)
def test_a_branch_is_a_mixture_of_the_rays_of_its_face(atoms, zeros, met):
    found = OfOnePiece((PIECE,), 2, None).mixed([branch(atoms, zeros)])
    assert found == {RAYS[i].name for i in met}


class Told(Rays):
    """Rays whose outputs are told, and a network of branches of so many atoms."""

    def __init__(self, outputs, few, sizes, *, placed=True):
        told = {(j,): ball_vector([Fraction(t) for t in z]) for j, z in enumerate(outputs)}
        network = [SimpleNamespace(masses=(1,) * size) for size in sizes]
        graph = SimpleNamespace(flat=SimpleNamespace(network=network))
        super().__init__((), 2, lambda _: graph)
        every = {name: z for name, z in told.items() if name[0] < few}
        self.__dict__.update(outputs=told, every=every, known=placed)

    def placed(self, branch):
        if not self.known:
            raise Undecided("which piece a branch of the network lies in")
        return branch

    def mixed(self, vertex):
        return {len(b.masses) for b in vertex}


APART, ALIKE = [(1, 0, 0), (0, 1, 0), (0, 0, 1)], [(1, 0, 0), (0, 1, 0), (1, 1, 0)]


@pytest.mark.parametrize(
    ("outputs", "few", "sizes", "used"),
    [
        (APART, 2, (1, 2, 3), {1, 2, 3}),  # one mixture of all rays, wide ones too
        (ALIKE, 2, (1, 2), {1, 2}),  # narrow ones are independent, and it is of these
        (ALIKE, 2, (1, 3), None),  # it has a branch wider than k = 2
        (ALIKE, 3, (1, 2), None),  # narrow ones depend on each other
        ([*ALIKE, (2, 1, 0)], 3, (1,), None),
    ],
)
def test_rays_are_those_of_one_network_where_they_are_independent(
    outputs, few, sizes, used
):
    assert Told(outputs, few, sizes).only == used
    assert Told(outputs, few, sizes, placed=False).only is None
