"""The nearest optimal network by branch and bound, beside all labels one by one."""

import random
from fractions import Fraction
from itertools import product

import pytest

from polytope_nn.geometry.simplex import feasible
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.networks.closest import nearest
from polytope_nn.networks.labels import LabelSearch
from polytope_nn.networks.masses import Sharing, SharingSearch, nearest_masses
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


def least_shared(wishes, masses, empty):
    """Return the least cost over all labels of all slots, each solved by a projection."""
    rows = [*wishes, *[[Fraction(0)] * len(masses)] * empty]
    units = [
        [Fraction(int(a == b)) for b in range(len(masses))] for a in range(len(masses))
    ]
    found = []
    for labels in product(range(len(masses)), repeat=len(rows)):
        if set(labels) != set(range(len(masses))):
            continue
        start = [Fraction(0)] * len(rows)
        for a, mass in enumerate(masses):
            start[labels.index(a)] = mass
        t = [row[a] for row, a in zip(rows, labels, strict=True)]
        c, _ = nearest_masses([units[a] for a in labels], t, start)
        found.append(sum(x * x - 2 * x * s for x, s in zip(c, t, strict=True)))
    return min(found)


@pytest.mark.parametrize("seed", range(30))
def test_masses_of_a_point_are_shared_at_the_least_cost(seed):
    """Wishes of either sign, ties among them, more and fewer empty slots than atoms."""
    r = random.Random(seed)  # noqa: S311 - a fixed sample, no secret
    atoms, slots, empty = r.randint(1, 3), r.randint(0, 3), r.randint(0, 3)
    slots = max(slots, atoms - empty)
    wishes = [[Fraction(r.randint(-3, 6), 2) for _ in range(atoms)] for _ in range(slots)]
    masses = [Fraction(r.randint(1, 6), 2) for _ in range(atoms)]
    sharing = Sharing(wishes, masses, empty)
    start = list(range(atoms))[:slots] + [0] * (slots - atoms)
    (labels, k, cost, *_), bound, decided = SharingSearch(sharing).best(start)
    assert decided
    assert bound == cost == least_shared(wishes, masses, empty)
    spread = [
        sharing.spread([t[a] for b, t in zip(labels, wishes, strict=True) if a == b], n, a)
        for a, n in enumerate(k)
    ]
    assert [sum(c) for c in spread] == masses
    assert min(min(c) for c in spread) >= 0


def test_a_network_of_many_empty_slots_has_its_nearest():
    """200 empty slots: a mass goes to all of one label; in balls, too."""
    X = [[1, 2], [-2, 1], [1, -1], [3, 1], [-1, -2]]
    P = optimal_polytope(TrainingProblem(X, [3, -1, 2, 4, 1], beta="1/3"))
    assert len(P.vertices) == 1
    assert P.level == "interval"
    few, many = (nearest(P, network(3, 2, 4), width) for width in (7, 200))
    assert few.decided
    assert many.decided
    assert many.distance < few.distance
