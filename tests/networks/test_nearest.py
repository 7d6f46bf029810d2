"""The nearest optimum: an optimal network points at its own atoms."""

from polytope_nn import Network
from polytope_nn.networks.membership import solution
from polytope_nn.networks.nearest import Nearest, nearest_support
from tests.landscape.planted import polytope


def test_an_optimum_is_nearest_to_itself():
    P = polytope("octahedron")
    for i, v in enumerate(P.vertices):
        found = nearest_support(P, solution(P, v, 5))
        assert found.vertex == i
        assert [a for a in found.atoms if a is not None] == list(found.support)


def test_signs_that_no_atom_has():
    P = polytope("A2")
    found = nearest_support(P, Network.of((-1, [1, 0, 0]), None))
    assert found == Nearest((None, None), 0, (0,))
    assert found.to_json() == {"atoms": [None, None], "vertex": 0, "support": [0]}
