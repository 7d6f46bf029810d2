"""Holes: the octahedron, and a polytope of ten thousand faces."""

from types import SimpleNamespace

from polytope_nn import holes
from polytope_nn.problems.sign_families import birkhoff, cross


def everything(P):
    """Bars, torsion, and the Betti numbers of every width."""
    H = holes(P)
    return {m: (H.betti(m), H.torsion(m), H.network_betti(m)) for m in H}


def test_octahedron(benchmark):
    found = benchmark(everything, SimpleNamespace(supports=cross(3).supports))
    assert found[4] == ((3, 3), (), (49, 141, 4))


def test_birkhoff_4(benchmark):
    """7,443 faces of dimension up to 9."""
    found = benchmark(everything, SimpleNamespace(supports=birkhoff(4).supports))
    assert found[4][0] == (24,)
    assert all(torsion == () for _, torsion, _ in found.values())


def test_cross_4(benchmark):
    """27,495 faces of dimension up to 11."""
    found = benchmark(everything, SimpleNamespace(supports=cross(4).supports))
    assert found[max(found)][0] == (1,)
