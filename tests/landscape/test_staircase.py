"""The staircase against the face lattice, the explicit slot complex, and all pairs."""

from itertools import combinations, permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import DimensionError
from polytope_nn.geometry.faces import face_lattice
from polytope_nn.landscape.merge_tree import Forest, Staircase, Step, merge_tree
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.spanning_tree import prim
from polytope_nn.landscape.staircase import staircase
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from tests.oracles.bases import Brute, slot_components
from tests.oracles.worked import WORKED


def polytope(name):
    return optimal_polytope(optimum(next(w for w in WORKED if w.name == name).problem()))


def indices(bits):
    return tuple(i for i in range(bits.bit_length()) if bits >> i & 1)


@pytest.mark.parametrize("name", [w.name for w in WORKED])
def test_three_routes(name):
    P = polytope(name)
    S, L = staircase(P), face_lattice(P)
    B = Brute([], [], P.rank, [indices(s) for s in P.supports])
    for m in range(S.m_star, S.bound + 3):
        step = S[m]
        assert step.polytope_components == len(L.components(m))
        assert step.components == B.components(m)
        if m <= 4:
            assert step.components == slot_components(B.supports, m)
        assert step.vertices == sum(len(s) <= m for s in B.supports)
    assert S[S.M_star + 1].isolated == 0
    assert S.threshold <= S.bound <= S.bound_talk


supports = st.sets(st.integers(1, 2**9 - 1), min_size=1, max_size=24)
of_one_size = st.builds(
    lambda size, seed: {
        sum(1 << i for i in Random(seed + i).sample(range(9), size))  # noqa: S311
        for i in range(20)
    },
    st.integers(1, 6),
    st.integers(0, 1000),
)


def bottlenecks(bits):
    """The minimax level of every pair, by Floyd and Warshall."""
    n = len(bits)
    level = [[(bits[i] | bits[j]).bit_count() for j in range(n)] for i in range(n)]
    for k in range(n):
        for i in range(n):
            for j in range(n):
                level[i][j] = min(level[i][j], max(level[i][k], level[k][j]))
    return level


@pytest.mark.parametrize("shift", [0, 60, 250, 1000])
def test_a_merge_tree_of_supports_of_any_length(shift):
    """Atoms that no support has, and atoms that all have, move the levels alone."""
    bits = [
        sum(1 << (7 * i * j + i + 3 * j) % 50 for i in range(3 + j % 4)) for j in range(60)
    ]
    plain, common = prim(bits), (1 << shift) - 1
    assert prim([b << shift for b in bits]) == plain
    moved = tuple(
        (level - shift, i, j) for level, i, j in prim([b << shift | common for b in bits])
    )
    assert moved == plain


@given(st.one_of(supports, of_one_size))
def test_the_merge_tree_has_the_bottlenecks(given_supports):
    bits = sorted(given_supports)
    tree = merge_tree(bits)
    assert len(tree) == len(bits) - 1
    assert tree == tuple(sorted(tree))
    assert all(level == (bits[i] | bits[j]).bit_count() and i < j for level, i, j in tree)
    assert [t[0] for t in tree] == [t[0] for t in prim(bits)]
    if not any(a & b == a for a, b in permutations(bits, 2)):
        assert merge_tree(bits, antichain=True) == tree
        assert prim(bits, 1) == prim(bits)
    level = bottlenecks(bits)
    for m in range(10):
        forest = Forest(len(bits))
        for at, i, j in tree:
            if at <= m:
                forest.join(i, j)
        for i, j in combinations(range(len(bits)), 2):
            assert (forest.root(i) == forest.root(j)) == (level[i][j] <= m)


def test_many_words():
    bits = [1 << 200 | 1, 1 << 200 | 1 << 70, 1 << 131 | 1 << 130 | 2]
    assert merge_tree(bits) == ((3, 0, 1), (5, 0, 2))


def test_labels_and_bottlenecks():
    S = staircase(polytope("octahedron"))
    assert S.sizes == (4, 2, 4, 2, 2, 2)
    assert S.labels(2) == (None, 1, None, 3, 4, 5)
    assert S.labels(5) == (0,) * 6
    assert S.labels(1) == (None,) * 6
    i, j = 1, 2
    assert S.bottleneck(i, i) == 2
    assert S.bottleneck(j, j) == 4
    level = S.bottleneck(i, j)
    assert S.labels(level)[i] == S.labels(level)[j]
    assert S.labels(level - 1)[i] != S.labels(level - 1)[j]
    assert level == S.bottleneck(j, i)
    with pytest.raises(DimensionError, match="the polytope has 6"):
        S.bottleneck(0, 6)
    with pytest.raises(DimensionError, match=r"width 1 is below m\* = 2"):
        S[1]


def test_steps_repr_and_spectrum():
    S = staircase(polytope("octahedron"))
    assert [step.width for step in S] == [2, 3, 4, 5]
    assert S.spectrum == {2: 4, 4: 2}
    assert repr(S) == "Staircase(m*=2, M*=4, threshold=5, bound=5, vertices=6)"
    assert S.bound_talk == 6


def test_a_point_is_connected_up_to_order():
    S = Staircase((3,), (), 3, 3, 5, vanishes=False)
    assert [(s.width, s.components) for s in S] == [(3, 6), (4, 1)]
    assert S.threshold == 4


def test_one_neuron_is_connected_at_once():
    assert Staircase((1,), (), 1, 1, 1, vanishes=False).threshold == 1


def test_where_the_zero_network_is_the_only_optimum_every_width_has_one_point():
    """components = rigid = isolated = 1 at every width: nothing is ever split off."""
    S = staircase(TrainingProblem([[1]], ["1/2"], beta=1))
    for m in range(4):
        assert S[m] == Step(m, 1, 1, 1, 1, 1)
