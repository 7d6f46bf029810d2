"""Paths of three-layer networks where kappa is in balls: against objectives in floats."""

import json
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest

from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.parallel.certificate.roads import parallel_path_certificate
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.network import Branch, ParallelNetwork, branch_of
from polytope_nn.parallel.networks.roads import parallel_path, some_network
from polytope_nn.parallel.problem import ParallelProblem
from tests.certificate.forgeries_parallel import shared_true

FLAT = [[-1, -1], [2, -1], [1, -2], [-1, 1]], [1, -2, -4, 2]
THREE = [[2, 0, -2], [0, 2, -2], [0, 0, 2], [0, 1, 0], [0, 0, -1]], [-4, 3, 4, 0, 1]
DEEP = [[1, -2], [-2, 0], [1, 0], [1, -1], [0, -2]], [0, 4, -1, 2, -4]


def optimum(data, k=2):
    return parallel_optimum(ParallelProblem(*data, beta="1/10", inner_width=k))


def read_back(net):
    return ParallelNetwork.from_json(json.loads(json.dumps(net.to_json())))


def vertices(O, m, k=2):
    """Return the vertices of m branches as networks of boxes, read from JSON."""
    found = []
    for v in two_widths(O).in_balls(k).graph(m).vertices:
        branches = []
        for b in (b for b in v if b.masses):
            atoms = b.piece.atoms
            own = [((atoms[a].sign, atoms[a].g), c) for a, c in b.masses]
            branches.append(branch_of(b.piece.sigma, own, k))
        found.append(read_back(ParallelNetwork(tuple(branches))))
    return found


def in_floats(net):
    """Return sign and inner neurons (sign, u) of each branch."""
    return [
        b
        and (
            b.sign,
            [x and (x.sign, np.array([*map(nearest_float, x.u)])) for x in b.neurons],
        )
        for b in net.branches
    ]


def between(A, B, t):
    """Return the network a part t of the way; an empty slot is a branch of mass 0."""
    found = []
    for a, b in zip(A, B, strict=True):
        if a is None or b is None:
            one, s = (a, 1 - t) if b is None else (b, t)
            found.append(one and (one[0], [x and (x[0], s * x[1]) for x in one[1]]))
            continue
        assert a[0] == b[0]
        inner = [
            x and (x[0], (1 - t) * x[1] + t * y[1]) for x, y in zip(a[1], b[1], strict=True)
        ]
        found.append((a[0], inner))
    return found


def objective(O, A):
    X = np.array([[nearest_float(t) for t in x] for x in O.problem.design])
    y = np.array([nearest_float(t) for t in O.problem.two_layer.y])
    fit, cost = 0, 0.0
    for sigma, inner in filter(None, A):
        used = [x for x in inner if x is not None]
        z = sum(s * np.maximum(X @ u, 0) for s, u in used)
        fit = fit + sigma * np.maximum(z, 0)
        cost += sum(np.linalg.norm(u) for _, u in used)
    return ((fit - y) ** 2).sum() / 2 + cost / 10


def require_path(found, start, end):
    O, value = found.optimum, nearest_float(found.optimum.value)
    stops = [*map(in_floats, found.breakpoints)]
    for A, B in pairwise(stops):
        for t in (0.0, 0.3, 0.5, 1.0):
            assert objective(O, between(A, B, t)) == pytest.approx(value, rel=1e-8)
    for stop, net in ((stops[0], start), (stops[-1], end)):
        own = in_floats(net.padded(net.width, found.breakpoints[0].inner_width))
        assert stop[len(own) :] == [None] * (len(stop) - len(own))
        for a, b in zip(stop, own, strict=False):
            assert (a is None) == (b is None)
            for x, y in zip(a[1], b[1], strict=True) if a else ():
                assert (x is None) == (y is None)
                assert x is None or (
                    x[0] == y[0] and x[1] == pytest.approx(y[1], rel=1e-8, abs=1e-12)
                )


def near_optimum(C, O, found=None):
    """Require networks near those of a path, all within the gap, which is small."""
    road, value = C.claim("road"), nearest_float(O.value)
    assert C.kind == "parallel_road"
    nets = [ParallelNetwork.from_json(x) for x in road["breakpoints"]]
    assert float(Fraction(road["gap"]["upper"])) < 1e-15 * value
    for net in nets:
        assert float(net.objective(O.problem)) == pytest.approx(value, rel=1e-12)
        assert O.by_groups or objective(O, in_floats(net)) == pytest.approx(value, rel=1e-9)
    for net, own in zip(nets, found.breakpoints if found else nets, strict=True):
        for a, b in zip(in_floats(net), in_floats(own), strict=True):
            assert (a is None) == (b is None)
            for x, y in zip(a[1], b[1], strict=True) if a else ():
                assert (x is None) == (y is None)
                assert x is None or x[1] == pytest.approx(y[1], rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("data, least", [(THREE, 2), (DEEP, 4)], ids=["three", "deep"])
def test_vertices_are_joined_from_where_all_are(data, least):
    """At min{m* + M*, r + 1}, and a network to itself at its own width; boxes are read back.

    Where depth helps some network was a rational one near the optimum, and called optimal.
    """
    O = optimum(data)
    S = two_widths(O)
    assert (O.level, O.depth_helps, S.m_star(2)) == ("interval", data is DEEP, least)
    m = S.in_balls(2).joined_from
    nets = [read_back(some_network(O)), *vertices(O, least)]
    for a, b in product(nets, nets):
        found = parallel_path(O, a, b, m)
        assert found.breakpoints[0].width == m
        require_path(found, a, b)
        for stop in found.breakpoints[1:-1]:
            parallel_path(O, read_back(stop), b, m)
    if O.depth_helps:
        near_optimum(parallel_path_certificate(found), O, found)
    assert len(parallel_path(O, nets[-1], nets[-1], least).breakpoints) == 1


def test_ends_with_a_branch_more_and_permuted():
    """Two vertices of two branches and of three; one whose branches change places."""
    O = optimum(FLAT)
    S = two_widths(O)
    assert (S.m_star(2), S.M_star(2), S.in_balls(2).joined_from) == (2, 3, 4)
    one, other = vertices(O, 2)[0], next(v for v in vertices(O, 3) if v.width == 3)
    require_path(parallel_path(O, one, other, 4), one, other)
    turned = ParallelNetwork(one.branches[::-1])
    require_path(parallel_path(O, one, turned), one, turned)
    b = one.branches[0]
    swapped = ParallelNetwork((Branch(b.sign, b.neurons[::-1]), *one.branches[1:]))
    require_path(parallel_path(O, one, swapped, 3), one, swapped)
    with pytest.raises(Undecided, match="a path at width 2"):
        parallel_path(O, one, turned, 2)


SLANTED = [[-1, 1, 0], [0, 1, 2], [1, 1, -1], [2, -1, 1]], [-1, 4, 1, 3]


@pytest.mark.parametrize("of_paths", [False, True], ids=["power", "path"])
@pytest.mark.parametrize("data", [FLAT, THREE, SLANTED], ids=["flat", "three", "slanted"])
def test_paths_of_two_layer_neurons_have_certificates(data, of_paths):
    """Every breakpoint costs the optimum, in floats; the checker proves it in intervals."""
    of = {"regulariser": "path"} if of_paths else {}
    O = parallel_optimum(ParallelProblem(*data, beta="1/10", inner_width=2, **of))
    assert O.level == "interval"
    start = read_back(some_network(O))
    found = parallel_path(O, start, ParallelNetwork(start.branches[::-1]))
    C = parallel_path_certificate(found)
    assert C.kind == "parallel_enclosed_path"
    assert shared_true(json.loads(C.to_json()), O)
    assert len(C.claim("branch_path")["breakpoints"]) == len(found.breakpoints) > 2


def test_boxes_of_vertices_are_of_two_layer_neurons():
    """Empty branches, ties of two shares: boxes no wider than balls, all joined.

    A leaf needs theta that is no fraction, so the certificate is of networks near the path.
    """
    X, y = [[2, 2], [1, 0], [0, -1], [2, -1], [0, -1]], [-1, 1, -3, 0, -3]
    O = parallel_optimum(ParallelProblem(X, y, beta="1/10"))
    nets = vertices(O, 3, 3)
    assert len(nets) == 8
    for net in nets:
        found = parallel_path(O, net, nets[-1], 4)
        require_path(found, net, nets[-1])
    near_optimum(parallel_path_certificate(found), O)


@pytest.mark.deep
def test_boxes_of_the_network_of_the_proof():
    """Depth helps, six rows: its balls are narrower than those of pieces."""
    X, y = [[2, 2], [0, -1], [-2, -2], [2, 0], [-1, 2], [-1, 0]], [0, 0, 4, 1, -2, 3]
    O = optimum((X, y))
    net = read_back(some_network(O))
    for end in (ParallelNetwork(net.branches[::-1]), *vertices(O, 6)):
        require_path(parallel_path(O, net, end, 6), net, end)


def test_unequal_mixtures_of_path_costs_are_joined_to_shares_of_the_proof():
    """Branches in another order, one in two parts, neurons of one in other slots."""
    X, y = [[-2, 3], [1, 2], [-3, -3], [-1, 0]], [0, 3, -4, 1]
    O = parallel_optimum(
        ParallelProblem(X, y, beta="1/2", inner_width=2, regulariser="path")
    )
    assert (O.level, O.by_groups) == ("interval", True)
    net = read_back(some_network(O))
    first, *others = net.branches
    turned = ParallelNetwork((Branch(first.sign, first.neurons[::-1]), *others))
    parts = [first.times(Fraction(t, 3)) for t in (1, 2)]
    value = nearest_float(O.value)
    for end in (
        ParallelNetwork(net.branches[::-1]),
        turned,
        ParallelNetwork((*others, *parts)),
    ):
        found = parallel_path(O, net, read_back(end))
        assert found.breakpoints[0].width == 5
        for stop in found.breakpoints:
            assert float(stop.objective(O.problem)) == pytest.approx(value, rel=1e-12)
        near_optimum(parallel_path_certificate(found), O, found)
        last = in_floats(found.breakpoints[-1].padded(5, 2))
        for a, b in zip(last, in_floats(end.padded(5, 2)), strict=True):
            assert (a is None) == (b is None)
            assert a is None or [s for s, _ in a[1]] == [s for s, _ in b[1]]
    assert len(parallel_path(O, net, net).breakpoints) == 1
    with pytest.raises(Undecided, match="a path at width 4"):
        parallel_path(O, net, turned, 4)
    bare = ParallelNetwork((Branch(first.sign, (first.neurons[0], None)), *others))
    with pytest.raises((Undecided, NotOptimal)):
        parallel_path(O, net, bare)


def test_boxes_that_are_not_proved_to_hold_an_optimum():
    O = optimum(THREE)
    net = read_back(some_network(O))
    b = net.branches[0]
    narrow = [x and type(x)(x.sign, tuple(map(_middle, x.u))) for x in b.neurons]
    near = ParallelNetwork((Branch(b.sign, tuple(narrow)), *net.branches[1:]))
    with pytest.raises(
        Undecided, match="whether the boxes of a network contain an optimal"
    ):
        parallel_path(O, near, net, 4)
    with pytest.raises(NotOptimal, match="exceeds the optimum"):
        parallel_path(O, ParallelNetwork((b.times(2), *net.branches[1:])), net, 4)


def _middle(t):
    return getattr(t, "midpoint", t)
