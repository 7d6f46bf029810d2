"""Paths and separations, multiplied out by a routine that knows only X, y and beta."""

import json
from fractions import Fraction

import pytest

from polytope_nn import Network, TrainingProblem, optimal_polytope, optimum, staircase
from polytope_nn.errors import DimensionError, NotOptimal
from polytope_nn.networks.components import component
from polytope_nn.networks.membership import is_optimal, network_of, placed, solution
from polytope_nn.networks.network import RawNeuron
from polytope_nn.paths.path import Path, Separation, joining_width, path
from tests.landscape.multiply import check_path, instance
from tests.landscape.planted import NAMES, polytope, random_network, replanted, seeded


def verify(P, found, start, end):
    """Check a path or a separation against the data alone."""
    D = P.optimum.problem
    if isinstance(found, Path):
        nets = [json.loads(json.dumps(x.to_json())) for x in found.breakpoints]
        data = instance(D.X, D.y, D.beta_squared)
        check_path(data, nets, found.width, P.optimum.value)
        assert nets[0] == start.padded(found.width).balanced().to_json()
        assert nets[-1] == end.padded(found.width).balanced().to_json()
        assert len(found.moves) == len(nets) - 1
        return
    m = found.width
    supports = P.supports
    parts = {*found.near, *found.far}
    assert parts == {i for i, s in enumerate(supports) if s.bit_count() <= m}
    assert not set(found.near) & set(found.far)
    assert all(
        (supports[i] | supports[j]).bit_count() > m for i in found.near for j in found.far
    )
    assert all(level > m for level in found.levels)
    assert sum(found.levels.values()) == len(found.near) * len(found.far)
    if found.isolated:
        full = [x for x in (start, end) if len({(t.sign, t.u) for t in x.neurons}) == m]
        assert any(component(P, x, m).isolated for x in full)
    else:
        used = [_vertices_under(P, x) for x in (start, end)]
        assert used[0] <= set(found.near)
        assert used[1] <= set(found.far)


def _vertices_under(P, network):
    mask = sum({1 << slot[0] for slot in placed(P, network) if slot is not None})
    return {i for i, s in enumerate(P.supports) if s | mask == mask}


@pytest.mark.parametrize("name", NAMES)
def test_random_pairs_of_the_worked_instances(name):
    P = polytope(name)
    rng = seeded(1)
    S = staircase(P)
    both = set()
    for m in range(P.m_star, S.threshold + 2):
        for _ in range(25):
            a, b = random_network(P, m, rng), random_network(P, m, rng)
            found = path(P, a, b, m)
            verify(P, found, a, b)
            joined = component(P, a, m) == component(P, b, m)
            assert bool(found) == joined
            both.add(joined)
            if m >= S.threshold:
                assert found
    assert True in both


def test_hundreds_of_random_pairs():
    rng = seeded(2)
    pairs = 0
    while pairs < 600:
        P = replanted(rng.choice(["octahedron", "square", "tetrahedron", "triangle"]), rng)
        top = staircase(P).threshold + 1
        for _ in range(40):
            m = rng.randint(P.m_star, top)
            a, b = random_network(P, m, rng), random_network(P, m, rng)
            found = path(P, a, b, m)
            assert bool(found) == (component(P, a, m) == component(P, b, m))
            pairs += 1
            if pairs % 8 == 0:
                verify(P, found, a, b)


@pytest.mark.parametrize("name", ["square", "octahedron", "tetrahedron-tilted"])
def test_permutations_are_joined_from_one_above_the_largest_vertex(name):
    P = polytope(name)
    rng = seeded(3)
    for m in (P.M_star, P.M_star + 1):
        for v in P.vertices:
            a = solution(P, v, m)
            b = a.permuted(rng.sample(range(m), m))
            found = path(P, a, b, m)
            verify(P, found, a, b)
            used = sum(x != 0 for x in v)
            assert bool(found) == (a == b or used < m)
            # a cycle of k neurons through one empty slot takes k + 1 moves at most
            if found:
                assert len(found.moves) <= 3 * used // 2


def test_joining_width_is_the_bottleneck_level_or_one_more():
    P = polytope("octahedron")
    S = staircase(P)
    for i, v in enumerate(P.vertices):
        for j, w in enumerate(P.vertices):
            a, b = solution(P, v), solution(P, w)
            m = joining_width(P, a, b)
            assert m == S.bottleneck(i, j)
            found = path(P, a, b, m)
            assert found
            below = max(a.width, b.width)
            assert all(not path(P, a, b, k) for k in range(below, m))
    two = solution(P, min(P.vertices, key=lambda v: sum(x != 0 for x in v)))
    assert joining_width(P, two, two.permuted([1, 0])) == 3


def test_a2_below_n_plus_one_is_separate():
    # T12: n + 1 is sharp; one of the two optima of width 2 = n is isolated
    P = polytope("A2")
    one, two = (solution(P, v) for v in P.vertices)
    found = path(P, one, two, 2)
    assert isinstance(found, Separation)
    assert found.isolated
    assert found.levels == {3: 1}
    assert "isolated point" in found.reason
    verify(P, found, one.padded(2), two)
    shown = found.to_json()
    assert shown["near"] == [[0]]
    assert shown["far"] == [[1, 2]]
    assert shown["levels"] == {"3": 1}
    verify(P, path(P, one, two, 3), one, two)


def test_parts_that_are_no_points():
    P = polytope("octahedron")
    small = [v for v in P.vertices if sum(x != 0 for x in v) == 2]
    a, b = solution(P, small[0], 3), solution(P, small[1], 3)
    found = path(P, a, b, 3)
    assert not found
    assert not found.isolated
    assert found.reason.startswith("1 vertices on one side, 3 on the other")
    verify(P, found, a, b)
    assert repr(found) == "Separation(width=3, near=1, far=3)"


def test_few_breakpoints():
    P = polytope("octahedron")
    small = [v for v in P.vertices if sum(x != 0 for x in v) == 2]
    a, b = solution(P, small[0], 4), solution(P, small[1], 4)
    # the slots of b are taken by a: through the same vertex elsewhere
    assert len(path(P, a, b, 4).moves) == 2
    assert len(path(P, a, a.permuted([2, 3, 0, 1]), 4).moves) == 1
    assert path(P, a, a, 4).moves == ()
    # a line where the slots agree
    mid = tuple((x + z) / 2 for x, z in zip(small[0], small[1], strict=True))
    corner = network_of(P.atoms, tuple(_kept(placed(P, solution(P, mid)), small[0])))
    assert path(P, solution(P, mid), corner, 4).moves == ("prune",)
    assert path(P, corner, solution(P, mid), 4).moves == ("grow",)


def _kept(placement, v):
    """The masses of v in the slots of a placement."""
    return [
        None if slot is None or v[slot[0]] == 0 else (slot[0], v[slot[0]])
        for slot in placement
    ]


def test_names_of_moves():
    P = polytope("square")
    v = P.vertices[0]
    a = solution(P, v, 3)
    moved = path(P, a, a.permuted([2, 1, 0]), 3)
    assert moved.moves == ("move",)
    assert repr(moved) == "Path(width=3, breakpoints=2)"
    P = polytope("octahedron")
    inner = tuple(sum(x) / len(P.vertices) for x in zip(*P.vertices, strict=True))
    full, corner = solution(P, inner), solution(P, P.vertices[0])
    other = solution(P, P.vertices[-1], 8).permuted([4, 5, 6, 7, 0, 1, 2, 3])
    assert path(P, corner.padded(8), other, 8).moves == ("edge walk",)
    verify(P, path(P, full, corner, 8), full, corner)
    wide = path(P, full, full.permuted([1, 0, 2, 3, 4, 5, 6, 7]), 8)
    assert wide.moves[0] == "prune"
    assert wide.moves[-1] == "grow"
    verify(P, wide, full, full.permuted([1, 0, 2, 3, 4, 5, 6, 7]))


def test_refusals():
    D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    one = Network.of((1, [1, 0, -1]))
    with pytest.raises(NotOptimal, match=r"start is not optimal: the fit is \(2, 2\)"):
        path(D, Network.of((1, [2, 0, -2])), one, 2)
    raw = RawNeuron((Fraction(2), Fraction(0), Fraction(-2)), Fraction(1, 2))
    with pytest.raises(NotOptimal, match="end is not optimal: neuron 0 is not balanced"):
        path(D, one, Network((raw,)), 2)
    # the same fit, dearer
    dear = Network.of((1, [1, 0, -1]), (1, [1, -1, 0]), (-1, [1, -1, 0]))
    with pytest.raises(NotOptimal, match="neuron 2 lies on the ray of no atom"):
        path(D, dear, one, 3)
    with pytest.raises(DimensionError, match="2 slots in use, the width is 1"):
        path(D, Network.of((1, ["1/2", 0, "-1/2"]), (1, ["1/2", 0, "-1/2"])), one, 1)
    with pytest.raises(DimensionError, match="dimension 2, the samples 3"):
        path(D, Network.of((1, [1, 0])), one, 2)


def test_membership_gives_the_certificate():
    P = polytope("tetrahedron-tilted")
    rng = seeded(8)
    for _ in range(50):
        a = random_network(P, 5, rng)
        member = is_optimal(P.optimum, a)
        assert member
        assert member.weights in P
        assert network_of(P.atoms, member.placement) == a
    assert solution(P, member.weights).equivalent(a)
    with pytest.raises(NotOptimal, match="no point of P"):
        solution(P, (Fraction(1),) * len(P.atoms))


def test_balanced_raw_weights_are_accepted():
    # alpha^2 = |w|^2 = 4, u = 2 (2, 0) = (4, 0)
    D = TrainingProblem([[1, 0]], [5], beta=1)
    raw = Network((RawNeuron((Fraction(2), Fraction(0)), Fraction(2)),))
    assert is_optimal(D, raw)
    assert path(D, raw, Network.of((1, [4, 0])), 1).moves == ()


def test_when_everything_is_zero():
    D = TrainingProblem([[1, 2], [3, 1]], [1, 1], beta=100)
    P = optimal_polytope(optimum(D))
    zero = Network.of(None)
    assert path(P, zero, zero, 2).breakpoints == (Network.of(None, None),)
    assert joining_width(P, zero, zero) == 0
    assert not is_optimal(D, Network.of((1, [1, 0])))
