"""Sign-vector networks: the atoms prescribed are those found, and the families are as stated."""

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings

from polytope_nn import holes, optimal_polytope, optimum, staircase
from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.landscape.merge_tree import Staircase, merge_tree
from polytope_nn.problems.sign_families import (
    birkhoff,
    cross,
    pairs_of_opposites,
    projective_plane,
    sharp_supports,
    simplicial,
)
from polytope_nn.problems.sign_networks import SignNetworks, sign_vectors
from polytope_nn.strategies import sign_networks
from tests.oracles.homology import PLANE, chain_betti


def solved(S):
    """The optimal polytope of the library: atoms, fit and supports as prescribed."""
    O = optimum(S.problem, kappa=S.kappa)
    assert O.level == "exact"
    assert [(a.sign, tuple(a.g)) for a in O.atoms] == [(1, v) for v in S.vectors]
    assert tuple(a.feature for a in O.atoms) == S.features
    P = optimal_polytope(O)
    assert (P.b, P.supports, P.vertices) == (S.fit, S.supports, S.vertices)
    return P


@given(sign_networks(p=3))
@settings(max_examples=25, deadline=None)
def test_what_is_prescribed_is_found(S):
    solved(S)


@given(sign_networks([[1, 1, 1, -1], [1, 1, -1, 1], [1, -1, 1, 1]]))
@settings(max_examples=10, deadline=None)
def test_a_given_space(S):
    assert S.p == 4
    solved(S)


def test_all_sign_vectors_and_no_other():
    for rows in ([[1, 0, 0], [0, 1, 1]], [[1, 1, 2], [0, 1, 0]], [[1, 2, 3]], [[2, -2, 2]]):
        S_basis = [list(map(Fraction, row)) for row in rows]
        from polytope_nn.exact.linear import rank, rref

        basis = rref(S_basis)[0]
        inside = {
            v
            for v in product((1, -1), repeat=3)
            if rank([*S_basis, list(map(Fraction, v))]) == len(basis)
        }
        assert set(sign_vectors(basis)) == inside


def test_what_is_refused():
    with pytest.raises(InstanceError, match="no vector of 1 and -1"):
        SignNetworks.of([[1, 2]])
    with pytest.raises(InstanceError, match="no vector of 1 and -1"):
        SignNetworks.of([[0, 0]])
    with pytest.raises(InstanceError, match="masses"):
        SignNetworks.of([[1, 1]], {(1, -1): 1})
    with pytest.raises(InstanceError, match="masses"):
        SignNetworks.of([[1, 1]], {(1, 1): -1})
    with pytest.raises(InstanceError, match="rank 21"):
        SignNetworks.of([[int(i == j) for j in range(21)] for i in range(21)])
    with pytest.raises(InstanceError, match="row 2 has length 1, row 1 has 2"):
        SignNetworks.of([[1, 1], [1]])
    with pytest.raises(InstanceError, match="is no list of rows"):
        SignNetworks.of(5)
    with pytest.raises(InexactError, match=r"W: row 1, entry 2: 0\.5 is a float"):
        SignNetworks.of([[1, 0.5]])
    for wrong in (lambda: cross(0), lambda: birkhoff(1), lambda: pairs_of_opposites(1)):
        with pytest.raises(InstanceError, match="give an integer >="):
            wrong()
    with pytest.raises(InstanceError, match="m"):
        sharp_supports(1, 1, 3)
    with pytest.raises(InstanceError, match="v >= 3"):
        simplicial([(0, 1)])
    with pytest.raises(InstanceError, match="equally many"):
        simplicial([(0, 1, 2)], sets=[(0,), (1,)])
    with pytest.raises(InstanceError, match="sign vectors more"):
        simplicial(PLANE, sets=PLANE)  # no disjoint triangles: nothing ties them


@pytest.mark.parametrize(
    "call, named",
    [
        (lambda: cross("x"), "p: 'x'"),
        (lambda: birkhoff(2.0), "n: 2.0"),
        (lambda: pairs_of_opposites(None), "q: None"),
        (lambda: sharp_supports(1, "2", 3), "M_star: '2'"),
        (lambda: simplicial([["a"]]), "facets: 'a' is no vertex"),
        (lambda: simplicial([[-1, 0, 3]]), "facets: -1 is no vertex"),
        (lambda: simplicial(5), "facets: 5: give lists"),
        (lambda: simplicial([[0, 1, 2]], copies="many"), "copies: 'many'"),
    ],
)
def test_what_is_no_number_is_refused_by_name(call, named):
    with pytest.raises(InstanceError, match=named):
        call()


@pytest.mark.parametrize("p", [3, 4])
def test_cross_polytopes_attain_the_bound(p):
    S = staircase(solved(cross(p)))
    assert (S.m_star, S.M_star, S.rank) == (2, p + 1, p + 1)
    assert S.threshold == S.bound == p + 2


@pytest.mark.parametrize("q", [2, 3, 4, 5])
def test_pairs_of_opposites_attain_the_bound(q):
    S = staircase(solved(pairs_of_opposites(q)))
    assert (S.m_star, S.M_star, S.used_rank, len(S.sizes)) == (2, 2, q + 1, q)
    assert S.threshold == min(4, q + 2) == S.bound


@pytest.mark.parametrize("n, bound", [(2, 4), (3, 6)])
def test_birkhoff_networks_are_connected_long_before_the_bound(n, bound):
    S = staircase(solved(birkhoff(n)))
    assert (S.m_star, S.M_star, S.used_rank) == (n, n, 2 * n - 1)
    assert (S.threshold, S.bound) == (n + 2, bound)
    if n == 3:
        assert [S[m].components for m in (3, 4, 5)] == [36, 6, 1]
        assert holes(S).betti(5) == (1, 4)


def test_the_birkhoff_polytope_of_4_from_its_networks():
    H = holes(birkhoff(4))
    assert (H.m_star, H.used_rank, H.threshold, len(H.faces)) == (4, 7, 6, 7443)


def test_the_projective_plane():
    S = projective_plane()
    assert (S.p, len(S.basis), len(S.vectors), S.problem.n) == (29, 17, 44, 58)
    used = 0
    for bits in S.supports:
        used |= bits
    assert used.bit_count() == 22
    H = holes(S)
    assert (H.m_star, H.used_rank, len(H.faces)) == (11, 17, 63)
    assert {m for m in H if H.torsion(m)} == {18}
    assert H.torsion_by_degree(18) == {1: (2,)}
    assert H.network_betti(18)[:2] == (1, 0)
    assert chain_betti(S.supports, 18, 2) == (1, 1, 1)
    atoms = [min(S.support_vectors(bits), key=S.vectors.index) for bits in S.supports]
    assert len(set(atoms)) <= 6
    triangles = [f for f, d in zip(H.supports, H.faces.dims, strict=True) if d == 2]
    assert sum(f.bit_count() <= 18 for f in triangles) == len(PLANE) == 10


@pytest.mark.parametrize(
    "facets, width, betti",
    [
        ([(0, 1), (1, 2), (0, 2)], 7, (1, 1)),  # a circle
        ([(0,), (1,), (2,)], 4, (3,)),  # three points
    ],
)
def test_a_complex_is_a_landscape(facets, width, betti):
    S = simplicial(facets)
    H = holes(S)
    assert H.betti(width) == betti
    assert len(S.supports) == 3
    sizes = dict(zip(H.supports, H.faces.levels, strict=True))
    for one, two in combinations(S.supports, 2):
        assert sizes[one | two] == 7


def test_copies_let_faces_of_the_complex_enter_first():
    """A path of two edges: the third edge enters after both, by two copies of each."""
    H = holes(simplicial([(0, 1), (1, 2)], copies=2))
    edges = sorted(
        level for level, d in zip(H.faces.levels, H.faces.dims, strict=True) if d == 1
    )
    assert edges[0] == edges[1] < edges[2]
    assert H.betti(edges[0]) == (1,)


def test_the_bound_is_sharp_for_every_triple():
    tried = 0
    for M in range(2, 6):
        for m in range(1, M + 1):
            for r in range(M, 8):
                supports = sharp_supports(m, M, r)
                H = holes(type("Simplex", (), {"supports": supports})())
                sizes = tuple(bits.bit_count() for bits in supports)
                S = Staircase(sizes, merge_tree(supports), r, r, r, vanishes=False)
                assert len(H.faces) == 2 ** len(supports) - 1  # a simplex: independent
                assert (S.m_star, S.M_star, H.used_rank) == (m, M, r)
                assert H.threshold == S.threshold == S.bound == min(m + M, r + 1)
                tried += 1
    assert tried == 58


@pytest.mark.parametrize("p", [0, -1, True, "a", 1.5, None])
def test_a_strategy_of_no_entries_is_refused_at_once(p):
    with pytest.raises(InstanceError, match=r"p = .*: give an integer >= 1"):
        sign_networks(p=p)
