"""The nearest optimal network by branch and bound, beside all labels one by one."""

import random
from fractions import Fraction
from itertools import product

import pytest

from polytope_nn.geometry.simplex import feasible
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.networks.closest import nearest
from polytope_nn.networks.labels import LabelSearch
from polytope_nn.networks.masses import nearest_masses
from polytope_nn.networks.network import Network
from polytope_nn.problems.training import TrainingProblem

SQUARE = TrainingProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4, beta=1)
TILTED = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)


def network(seed, d, most):
    r = random.Random(seed)  # noqa: S311 - a fixed sample, no secret
    entries = lambda: [Fraction(r.randint(-6, 6), r.choice([1, 2, 3])) for _ in range(d)]  # noqa: E731
    return Network.of(*[(1, entries()) for _ in range(r.randint(2, most))])


def least_of_all(P, net, width):
    """Return the least distance over every labelling of the slots."""
    search = LabelSearch(P, net.padded(width))
    found = []
    for labels in product(range(len(P.atoms)), repeat=width):
        columns = [search.F[a] for a in labels]
        start, _ = feasible(columns, search.y)
        if start is None:
            continue
        t = [search.t[j][a] for j, a in enumerate(labels)]
        c, _ = nearest_masses(columns, t, [start.get(j, Fraction(0)) for j in range(width)])
        found.append(search.distance(labels, c))
    return min(found)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("D", "width"), [(SQUARE, 4), (TILTED, 4)])
def test_no_labels_are_nearer(D, width, seed):
    P = optimal_polytope(D)
    net = network(seed, len(D.X[0]), width)
    found = nearest(P, net, width)
    assert found.decided
    assert found.at_least == found.distance == least_of_all(P, net, width)


def test_from_any_labels_the_best_are_found():
    """Without the local search: from the first vertex, whatever it holds."""
    P = optimal_polytope(SQUARE)
    for seed in range(2):
        net = network(seed, 2, 4)
        search = LabelSearch(P, net.padded(4))
        labels, c = search.start(P.vertices[0])
        first = (labels, tuple(c), search.distance(labels, c), False)
        _, _, distance, decided = search.branched(first)
        assert decided
        assert distance == least_of_all(P, net, 4)


def test_too_many_labels_stay_a_bound(monkeypatch):
    monkeypatch.setattr("polytope_nn.networks.labels._NODES", 1)
    P = optimal_polytope(SQUARE)
    search = LabelSearch(P, network(1, 2, 4).padded(4))
    labels, c = search.start(P.vertices[0])
    first = (labels, tuple(c), search.distance(labels, c), False)
    assert search.branched(first) == first
