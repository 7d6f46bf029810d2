"""Descents of trained networks to optima known in balls: none is undecided from n + 1 on."""

from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from polytope_nn import Network, TrainingProblem, optimal_polytope, optimum
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import kernel
from polytope_nn.networks.network import RawNeuron
from polytope_nn.paths.descent import descent
from polytope_nn.paths.mixtures import Columns
from polytope_nn.paths.optima import optima
from polytope_nn.paths.resistance import approached
from polytope_nn.paths.stops import Ground
from tests.landscape.multiply import root
from tests.landscape.planted import seeded

LINNERUD = """-1.1,0.3,0.5 -1.7,-0.7,1.0 0.3,-0.9,1.5 0.3,-0.8,0.0 0.5,0.2,0.0 -1.3,-0.9,0.5
-0.5,-0.9,1.5 -0.9,-0.4,-0.5 0.9,1.1,-2.0 1.3,2.2,-1.0 1.3,-0.5,-0.5 0.5,1.3,-1.0"""
TRAINED = """-0.19,0.08,0.08,-0.22 0.13,-0.50,0.42,0.67 -0.04,0.02,0.02,-0.05
-0.02,-0.48,-0.21,0.52 -0.01,-0.15,-0.07,0.17 0.54,0.24,0.26,-0.65 -0.59,0.71,-0.25,0.95
-0.03,-0.68,-0.30,0.74"""


def numbers(text):
    return [[Fraction(t) for t in row.split(",")] for row in text.split()]


def ends(x):
    if isinstance(x, Fraction):
        return x, x
    ball = x if isinstance(x, Ball) else x.enclosure(400)
    return ball.lower, ball.upper


def times(a, b):
    products = [p * q for p in a for q in b]
    return min(products), max(products)


def plus(terms):
    lows, highs = zip(*terms, strict=True)
    return sum(lows, Fraction(0)), sum(highs, Fraction(0))


def slots(network):
    """(sign, intervals of u, raw squares or None) per slot; None for an empty one."""
    found = []
    for x in network.slots:
        if x is None:
            found.append(None)
            continue
        raw = None
        if isinstance(x, RawNeuron):
            raw = sum((t * t for t in x.w), x.alpha * x.alpha)
        found.append((x.sign, [ends(t) for t in x.u], raw))
    return found


def objective(D, network):
    """Rationals around the objective of slots whose u are intervals; nothing imported."""
    fit = [[(Fraction(0), Fraction(0))] for _ in D.design]
    cost = [(Fraction(0), Fraction(0))]
    for x in network:
        if x is None:
            continue
        sign, u, raw = x
        for k, row in enumerate(D.design):
            z = plus([times((a, a), t) for a, t in zip(row, u, strict=True)])
            z = max(z[0], Fraction(0)), max(z[1], Fraction(0))
            fit[k].append(times((Fraction(sign),) * 2, z))
        squares = [times(t, t) for t in u]
        low, high = plus([(max(a, Fraction(0)), b) for a, b in squares])
        if raw is None:
            cost.append((root(D.beta_squared * low)[0], root(D.beta_squared * high)[1]))
        else:
            cost.append(times(root(D.beta_squared), (raw / 2, raw / 2)))
    losses = []
    for terms, y, w in zip(fit, D.y, D.weights, strict=True):
        low, high = plus([*terms, (-y, -y)])
        square = max(low, -high, Fraction(0)) ** 2, max(low * low, high * high)
        losses.append(times(square, (w / 2, w / 2)))
    return plus([*cost, *losses])


def between(a, b, share):
    """The slots at a share of the way; the signs stay, and the rays as far as is known."""
    mixed = []
    for x, z in zip(a, b, strict=True):
        if x is None and z is None:
            mixed.append(None)
            continue
        zero = [(Fraction(0),) * 2] * len((x or z)[1])
        u, v = (zero if e is None else e[1] for e in (x, z))
        if x and z and any(map(any, u)) and any(map(any, v)):
            assert x[0] == z[0]
            for i, j in pairwise(range(len(u))):
                across = plus(
                    [times(u[i], v[j]), times((Fraction(-1),) * 2, times(u[j], v[i]))]
                )
                assert across[0] <= 0 <= across[1]
        sign = (z if x is None or not any(map(any, u)) else x)[0]
        terms = [
            plus([times((1 - share,) * 2, p), times((share,) * 2, q)])
            for p, q in zip(u, v, strict=True)
        ]
        mixed.append((sign, terms, None))
    return mixed


def verify(D, found, start):
    """The objective falls from breakpoint to breakpoint, and rises nowhere between them."""
    nets = [slots(x) for x in found.breakpoints]
    assert nets[0] == slots(start.padded(found.width))
    assert {len(x) for x in nets} == {found.width}
    values = [objective(D, x) for x in nets]
    for a, b in pairwise(nets):
        points = [a, *(between(a, b, Fraction(k, 4)) for k in range(1, 4)), b]
        rises = [objective(D, x) for x in points]
        assert all(q[0] <= p[1] for p, q in pairwise(rises))
    # the same network up to its slots has the same enclosure, one in a field about it
    assert all(q[1] <= p[0] or q[0] <= p[1] for p, q in pairwise(values))
    for value, shown in zip(values, found.objectives, strict=True):
        low, high = shown.enclosure(200)
        assert low <= value[1]
        assert value[0] <= high


def trained(rng, D, m, steps):
    """A network that gradient descent has brought near a stationary one, in floats."""
    X, y = np.array(D.design, dtype=float), np.array(D.y, dtype=float)
    beta = float(D.beta)
    W, a = rng.normal(size=(m, D.d)) / 2, rng.normal(size=m) / 2
    for _ in range(steps):
        Z = X @ W.T
        r = np.maximum(Z, 0) @ a - y
        grad_a = np.maximum(Z, 0).T @ r + beta * a
        grad_W = ((r[:, None] * a) * (Z > 0)).T @ X + beta * W
        scale = 0.02 / max(
            1.0, np.hypot(np.linalg.norm(grad_a), np.linalg.norm(grad_W)) / 5
        )
        W, a = W - scale * grad_W, a - scale * grad_a
    return Network.from_arrays(W, a)


@pytest.fixture(scope="module")
def linnerud():
    rows = numbers(LINNERUD)
    X, y = [row[:2] for row in rows], [row[2] for row in rows]
    D = TrainingProblem(X, y, beta="3/10", bias="penalised")
    return optimal_polytope(optimum(D))


@pytest.mark.parametrize("width", [13, 14, 15, 24])
def test_a_trained_network_on_real_data(linnerud, width):
    rows = numbers(TRAINED)
    start = Network.from_arrays([row[:3] for row in rows], [row[3] for row in rows])
    assert linnerud.optimum.level == "interval"
    found = descent(linnerud, start, width=width)
    assert found.width == width
    verify(linnerud.optimum.problem, found, start)


def problems(count):
    rng = np.random.default_rng(7)
    for i in range(count):
        n, d = int(rng.integers(4, 9)), int(rng.integers(1, 4))
        X = [[str(round(t, 1)) for t in row] for row in rng.normal(size=(n, d)).tolist()]
        y = [str(round(t, 1)) for t in (2 * rng.normal(size=n)).tolist()]
        beta, bias = ["1/100", "1/10", "3/10"][i % 3], "none" if i % 5 == 4 else "penalised"
        P = optimal_polytope(optimum(TrainingProblem(X, y, beta=beta, bias=bias)))
        yield P, rng


def test_networks_of_gradient_descent():
    legs = 0
    for P, rng in problems(5):
        D = P.optimum.problem
        for steps in (0, 1000):
            start = trained(rng, D, int(rng.integers(D.n - 1, D.n + 2)), steps)
            found = descent(P, start)
            assert found.width == max(D.n + 1, start.width)
            verify(D, found, start)
            legs += len(found.breakpoints) > 3
    assert legs > 5


def middle(x):
    return sum(ends(x)) / 2


def short(x, bits):
    return Fraction(round(x * 2**bits), 2**bits)


def near_atoms(P, bits):
    """The neurons of a vertex of P, rounded."""
    pairs = zip(P.atoms, P.vertices[0], strict=True)
    return [
        (a.sign, [short(middle(c) * middle(t), bits) for t in a.g])
        for a, c in pairs
        if middle(c)
    ]


def on_rays(P):
    """Neurons exactly on the rays of the atoms whose faces are rays."""
    D = P.optimum.problem
    for a in P.atoms:
        rows = [x for x, s in zip(D.design, a.covector, strict=True) if s == 0 and any(x)]
        basis = kernel(rows, D.d) if rows else ()
        if len(basis) == 1:
            towards = sum(middle(s) * t for s, t in zip(a.g, basis[0], strict=True))
            yield a.sign, [(1 if towards > 0 else -1) * t / 100 for t in basis[0]]


def test_starts_next_to_the_optimum_and_on_its_rays():
    rng = seeded(3)
    seen = 0
    for P, _ in problems(2):
        D = P.optimum.problem
        rays = list(on_rays(P))
        any_of_all = [
            (rng.choice([1, -1]), [Fraction(rng.randint(-5, 5), 10) for _ in range(D.d)])
            for _ in range(D.n + 1)
        ]
        for neurons in (
            near_atoms(P, 60),
            near_atoms(P, 12),
            rays,
            [*rays, *near_atoms(P, 60)],
            [*rays, *any_of_all],
            [x for x in any_of_all for _ in (0, 1)],
        ):
            start = Network.of(*neurons[: D.n + 1], None)
            found = descent(P, start)
            verify(D, found, start)
            seen += 1
    assert seen == 12


def test_every_exchange_is_one_line(linnerud):
    # with one empty slot the atoms are exchanged one by one, with more several at a time
    rows = numbers(TRAINED)
    start = Network.from_arrays([row[:3] for row in rows], [row[3] for row in rows])
    for width in (13, 14):
        columns = Columns.of(optima(linnerud), start.padded(width).balanced(), apart=True)
        ground = Ground(columns)
        first = ground.pruned(ground.start(()))
        ground, ways, exchanges = approached(ground, first)
        used = len([x for x in ways[-1].held if x is not None])
        assert exchanges == -(-used // (width - used))
        assert [x.optimal for x in ways[-2:]] == [False, True]
        for a, b in pairwise([first, *ways]):
            assert ground.falls(a, b)


def test_in_a_field_when_sums_of_roots_are_undecided(monkeypatch):
    from polytope_nn.errors import Undecided

    D = TrainingProblem([[1, 0], [1, 1], [0, 1]], [2, 3, 1], beta=1)
    P = optimal_polytope(optimum(D))
    start = Network.of((1, [3, 1]), (1, [1, 3]), (-1, [2, 1]), (-1, [1, 2]))
    exact = descent(P, start)

    def tied(*_):
        raise Undecided("a sum of roots")

    steps = Columns.steps
    monkeypatch.setattr(
        Columns,
        "steps",
        lambda columns, p, c: (
            tied() if set(c) <= set(range(len(P.atoms))) else steps(columns, p, c)
        ),
    )
    found = descent(P, start)
    assert found.objectives[-1] == exact.objectives[-1] == P.optimum.value
    assert len(found.breakpoints) >= len(exact.breakpoints) > 2


@pytest.mark.deep
def test_a_descent_to_many_fits_ends_at_a_vertex_where_vertices_are_not_listed():
    """Absolute values in balls, 34 atoms of rank 20: one point has mass on all of them."""
    rng = Random(4)  # noqa: S311 - test data
    X = [[str(round(rng.gauss(0, 1), 2)) for _ in range(3)] for _ in range(30)]
    rest = [rng.gauss(0, 0.3) for _ in X]
    y = [abs(float(a) - float(b)) + t for (a, b, _), t in zip(X, rest, strict=True)]
    y = [str(round(t, 2)) for t in y]
    D = TrainingProblem(X, y, beta=Fraction(1, 10), loss="absolute", skip="constant")
    P = optimal_polytope(D)
    used = sum(isinstance(t, Ball) or t > 0 for t in P.optimum.chosen.weights)
    assert used > D.n
    assert P.is_unlisted
    path = descent(P, Network.of((1, [1, 2, -1]), (-1, [0, 1, 1])))
    last = path.objectives[-1]
    assert abs(float(last) - float(P.optimum.value)) < 1e-9
    assert len([x for x in path.breakpoints[-1].slots if x is not None]) <= P.used_rank
