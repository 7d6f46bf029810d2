"""The nearest network where the totals of classes of atoms are one point, beside all labels.

With a linear skip a neuron and the opposite one make the same fit: P is a product of simplices.
"""

from fractions import Fraction
from itertools import product

import pytest

from polytope_nn import TrainingProblem, VectorProblem, optimal_polytope, vector_optimal_set
from polytope_nn.errors import Undecided
from polytope_nn.networks.closest import nearest
from polytope_nn.networks.masses.totals import between
from polytope_nn.networks.masses.wishes import wished
from polytope_nn.networks.membership import is_optimal
from polytope_nn.networks.network import Network
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.trained.closest import vector_nearest
from tests.landscape.planted import seeded


def shared(wishes, mass):
    """Return the least ``sum c^2 - 2 c t`` over masses that add up to one, in floats."""
    best = float("inf")
    for held in product((0, 1), repeat=len(wishes)):
        own = [t for t, h in zip(wishes, held, strict=True) if h]
        if own:
            lam = (mass - sum(own)) / len(own)
            if all(t + lam >= 0 for t in own):
                best = min(best, sum((t + lam) ** 2 - 2 * (t + lam) * t for t in own))
    return best


def least(wishes, masses):
    """Return the least cost of all labels, a class for each slot, in floats."""
    best = float("inf")
    for labels in product(range(len(masses)), repeat=len(wishes)):
        rows = list(zip(labels, wishes, strict=True))
        own = [[t[i] for a, t in rows if a == i] for i in range(len(masses))]
        if all(own):
            best = min(best, sum(map(shared, own, masses)))
    return best


@pytest.mark.parametrize("loss, seed", [("absolute", 1), ("logistic", 2), ("hinge", 3)])
def test_with_one_output(loss, seed):
    rng = seeded(seed)
    X = [[rng.randint(-4, 4) for _ in range(2)] for _ in range(6)]
    y = [rng.choice((1, -1)) * (1 if loss != "absolute" else rng.randint(0, 4)) for _ in X]
    P = optimal_polytope(TrainingProblem(X, y, beta="1/4", loss=loss, skip="affine"))
    assert len(P.masses) == 1 < len(P.vertices)
    for _ in range(3):
        rows = [[Fraction(rng.randint(-6, 6), 3) for _ in range(2)] for _ in range(2)]
        net = Network.of(*((rng.choice((1, -1)), u) for u in rows)).padded(5)
        found = nearest(P, net, 5)
        size, t = wished(P, net)
        used = [i for i, x in enumerate(P.masses[0]) if float(x)]
        wishes = [[max(float(row[a]) for a in P.classes[i]) for i in used] for row in t]
        masses = [float(P.masses[0][i]) for i in used]
        wanted = float(size) + float(P.problem.beta_squared) * least(wishes, masses)
        assert abs(float(found.distance) - wanted) < 1e-9
        assert abs(float(found.at_least) - wanted) < 1e-9
        assert is_optimal(P, found.network)


@pytest.mark.parametrize("loss", ["huber", "poisson"])
def test_with_several_outputs(loss):
    rng = seeded(3)
    X = [[rng.randint(-4, 4) for _ in range(2)] for _ in range(6)]
    Y = [[rng.randint(0, 5) for _ in range(2)] for _ in X]
    kind = {"kind": "huber", "delta": 1} if loss == "huber" else loss
    P = vector_optimal_set(VectorProblem(X, Y, beta="1/2", loss=kind, skip="linear"))
    O = P.optimum
    n = len(O.atoms) // 2
    assert len(P.vertices) == 2**n > 1
    pairs = [
        [tuple(Fraction(rng.randint(-6, 6), 3) for _ in range(2)) for _ in range(2)]
        for _ in range(2)
    ]
    slots = [*(VectorNeuron(*p) for p in pairs), None, None]
    found = vector_nearest(P, VectorNetwork(tuple(slots)), 4)
    size = sum(float(sum(t * t for t in u) * sum(t * t for t in v)) for u, v in pairs)
    masses, wishes = [], [[0.0] * n for _ in slots]
    for i, a in enumerate(O.atoms):
        g, h = [float(t) for t in a.g], [float(t) for t in a.h]
        length = sum(t * t for t in g)
        if i < n:
            masses.append(float(O.masses[i]) * length)
        for (u, v), row in zip(pairs, wishes, strict=False):
            along = sum(float(s) * t for s, t in zip(u, g, strict=True))
            out = max(sum(float(s) * t for s, t in zip(v, h, strict=True)), 0)
            share = along * out / (float(O.problem.beta_squared) * length)
            row[i % n] = max(row[i % n], share) if i >= n else share
    wanted = size + float(O.problem.beta_squared) * least(wishes, masses)
    assert abs(float(found.distance) - wanted) < 1e-9
    assert abs(float(found.at_least) - wanted) < 1e-9


@pytest.mark.parametrize("seed", range(40))
def test_a_box_has_a_point_of_the_totals_if_its_ends_allow_it(seed):
    """For each class: no end crosses, and low <= total <= high, with low at least 0."""
    r = seeded(seed)
    classes, ends, totals = [(0, 2), (1,), (3, 4, 5)], [], []
    for _ in range(6):
        x, y = (Fraction(r.randint(-3, 6), 2) for _ in range(2))
        ends.append((x, y) if r.random() < 0.1 else (min(x, y), max(x, y)))
    allowed = True
    for members in classes:
        lows = [max(ends[a][0], Fraction(0)) for a in members]
        highs = [ends[a][1] for a in members]
        low, high = sum(lows), sum(highs)
        totals.append(r.choice([low, high, (low + high) / 2, low - 1, high + 1]))
        ordered = all(x <= y for x, y in zip(lows, highs, strict=True))
        allowed = allowed and ordered and low <= totals[-1] <= high
    if not allowed:
        with pytest.raises(Undecided, match="the masses of the box"):
            between(classes, tuple(totals), ends)
        return
    c = between(classes, tuple(totals), ends)
    assert [sum(c[a] for a in members) for members in classes] == totals
    assert all(max(x, 0) <= t <= y for t, (x, y) in zip(c, ends, strict=True))
