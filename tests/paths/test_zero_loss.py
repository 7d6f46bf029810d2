"""The zero-loss set: every breakpoint and midpoint interpolates, multiplied out."""

from fractions import Fraction
from itertools import pairwise

import pytest

from polytope_nn import Network
from polytope_nn.errors import DimensionError, NotInterpolable
from polytope_nn.exact.linear import solve, transpose
from polytope_nn.networks.network import RawNeuron, feature
from polytope_nn.paths.zero_loss import zero_loss_path
from tests.landscape.multiply import between, fit
from tests.landscape.planted import seeded


def interpolant(X, y, width, rng):
    """A random interpolating network: random rays, signed masses solved for, split up."""
    n, d = len(X), len(X[0])
    for _ in range(30):
        rays = [tuple(Fraction(rng.randint(-3, 3)) for _ in range(d)) for _ in range(n + 2)]
        F = transpose([feature(X, 1, u) for u in rays])
        c = solve(F, y)
        used = [] if c is None else [(t, u) for t, u in zip(c, rays, strict=True) if t]
        if c is not None and len(used) <= width:
            break
    else:
        return None  # rows on one ray, perhaps: nothing interpolates these labels
    slots = []
    for t, u in used:
        if rng.random() < Fraction(1, 3):
            slots.append(RawNeuron(tuple(2 * x for x in u), t / 2))
        else:
            slots.append(Network.of((1 if t > 0 else -1, [abs(t) * x for x in u])).slots[0])
    if len(slots) < width and rng.random() < Fraction(1, 2):
        # a neuron nobody hears, and one that is split
        slots.append(RawNeuron((Fraction(1),) * d, Fraction(0)))
    slots += [None] * (width - len(slots))
    rng.shuffle(slots)
    return Network(tuple(slots))


def test_random_pairs():
    rng = seeded(21)
    longest = met = 0
    for _ in range(120):
        n, d = rng.randint(1, 4), rng.randint(2, 3)
        X = [tuple(Fraction(rng.randint(-3, 3)) for _ in range(d)) for _ in range(n)]
        if len({x for x in X if any(x)}) < n:
            continue
        dead = [k for k in range(n) if not any(X[k])]
        y = tuple(
            Fraction(0) if k in dead else Fraction(rng.randint(-4, 4)) for k in range(n)
        )
        m = n + 1 + rng.randint(0, 2)
        a, b = interpolant(X, y, m, rng), interpolant(X, y, m, rng)
        if a is None or b is None:
            continue
        met += 1
        path = zero_loss_path(X, y, a, b, m)
        nets = [x.to_json() for x in path.breakpoints]
        assert nets[0] == a.to_json()
        assert nets[-1] == b.to_json()
        for p, q in pairwise(nets):
            for net in (p, between(p, q, Fraction(1, 3)), q):
                assert tuple(fit(X, net)) == y
                assert len(net["neurons"]) == m
        longest = max(longest, len(nets))
    assert longest > 4
    assert met > 40


def test_narrow_networks_are_refused():
    a = Network.of((1, [2]))
    with pytest.raises(DimensionError, match=r"from n \+ 1 = 2 on"):
        zero_loss_path([[1]], [2], a, a, 1)
    with pytest.raises(
        NotInterpolable, match="start does not interpolate: sample 0 has the lab"
    ):
        zero_loss_path([[1]], [1], a, a)
    with pytest.raises(NotInterpolable, match="end does not interpolate"):
        zero_loss_path([[1]], [2], a, Network.of(None))
    with pytest.raises(DimensionError, match="3 slots in use, the width is 2"):
        zero_loss_path([[1]], [2], a, Network.of(None, None, (1, [2])), 2)


def test_labels_zero():
    a = Network.of((1, [1]), (-1, [1]))
    found = zero_loss_path([[1]], [0], a, Network.of(None))
    assert repr(found) == "ZeroLossPath(width=2, breakpoints=2)"
    assert zero_loss_path([[1]], [0], Network.of(None), Network.of(None)).breakpoints == (
        Network.of(None, None),
    )
