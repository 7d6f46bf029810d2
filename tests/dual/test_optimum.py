"""The dual optimum: verification, refusals, planted ties, and how it moves with the data."""

from fractions import Fraction
from math import factorial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.dual.atoms import cone_projection, covector, pull
from polytope_nn.errors import DimensionError, InexactError, NotOptimal
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.rational import matrix
from polytope_nn.exact.scalar import RealNumber, dot, squared_norm
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.staircase import staircase
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from tests.oracles.bases import brute
from tests.oracles.worked import WORKED

OCTAHEDRON = next(w for w in WORKED if w.name == "octahedron")


def proves(O):
    """The certificate of THEORY §4 by plain arithmetic, where the numbers are rational."""
    D = O.problem
    X, b = D.design, D.beta_squared
    for bound in O.bounds[0]:
        p = [Fraction(0)] * D.d
        for x, k, s, mu in zip(X, O.kappa, bound.pattern, bound.multiplier, strict=True):
            assert mu >= 0
            c = bound.sign * k * (s == 1) + mu * s
            p = [a + c * t for a, t in zip(p, x, strict=True)]
        assert squared_norm(p) <= b
        assert bound.tight == (squared_norm(p) == b)
        if bound.tight:
            assert any(a.sign == bound.sign and a.g == tuple(p) for a in O.atoms)
    for a in O.atoms:
        values = [dot(x, a.g) for x in X]
        assert covector(X, a.g) == a.covector
        assert a.feature == tuple(a.sign * max(t, Fraction(0)) for t in values)
    fit = [dot([a.feature[k] for a in O.atoms], O.weights) for k in range(D.n)]
    assert tuple(fit) == O.fit
    assert all(c >= 0 for c in O.weights)
    loss = sum(w * (z - t) ** 2 for w, z, t in zip(D.weights, fit, D.y, strict=True)) / 2
    assert O.value == loss + b * sum(O.weights)
    assert O.nu == tuple(-k for k in O.kappa)


@pytest.mark.parametrize("w", WORKED, ids=lambda w: w.name)
def test_the_proof(w):
    proves(optimum(w.problem(), kappa=w.kappa))


# planted ties: symmetric rows, kappa first, then c, then y


@st.composite
def planted(draw):
    """A problem with a rational kappa, its beta the largest |g|: ties are the rule."""
    d = draw(st.integers(1, 3))
    half = draw(st.lists(st.tuples(*[st.integers(-1, 1)] * d), min_size=1, max_size=3))
    X = [*half, *(tuple(-t for t in x) for x in half)] if draw(st.booleans()) else half
    n = len(X)
    kappa = draw(st.lists(st.integers(-2, 2), min_size=n, max_size=n))
    weights = draw(
        st.lists(st.sampled_from([1, 2, Fraction(1, 2)]), min_size=n, max_size=n)
    )
    rows = matrix(X)
    H = arrangement(rows)
    found = {}
    for pattern in H.patterns:
        for s in (1, -1):
            cone = [
                tuple(t * rows[k][j] for j in range(d))
                for k, t in enumerate(pattern)
                if any(rows[k])
            ]
            g, _ = cone_projection(
                cone, pull(rows, tuple(map(Fraction, kappa)), s, pattern)
            )
            found[s, g] = squared_norm(g)
    b = max(found.values())
    atoms = sorted(key for key, size in found.items() if size == b)
    c = [draw(st.integers(0, 3)) for _ in atoms]
    fit = [
        sum(
            x * s * max(dot(row, g), Fraction(0))
            for x, (s, g) in zip(c, atoms, strict=True)
        )
        for row in rows
    ]
    y = [z + Fraction(k) / w for z, k, w in zip(fit, kappa, weights, strict=True)]
    return (
        X,
        y,
        b or Fraction(1),
        weights,
        kappa,
        {(s, g) for s, g in atoms} if b else set(),
    )


@given(planted())
def test_planted_ties_come_back_over_the_rationals(plant):
    X, y, b, weights, kappa, atoms = plant
    D = TrainingProblem(X, y, beta_squared=b, weights=weights)
    O = optimum(D)
    assert O.level == "exact"
    assert O.kappa == tuple(kappa)
    assert all(type(t) is Fraction for t in O.kappa)
    assert {(a.sign, a.g) for a in O.atoms} == atoms
    proves(O)
    again = optimum(D, kappa=kappa)
    assert (again.atoms, again.bounds) == (O.atoms, O.bounds)
    B = brute(D.design, D.y, b, [float(t) for t in O.kappa], D.weights)
    P = optimal_polytope(O)
    assert [
        tuple(i for i in range(len(P.atoms)) if s >> i & 1) for s in P.supports
    ] == B.supports
    assert P.rank == B.rank


# what is refused


def test_infeasible_kappa_names_the_pattern_and_the_excess():
    D = OCTAHEDRON.problem()
    with pytest.raises(NotOptimal) as caught:
        optimum(D, kappa=[1, 1, 1, 1, 1, 2])
    message = str(caught.value)
    assert "pattern -+-+-+, sign +1" in message
    assert "|g|^2 = 6 exceeds beta^2 = 3 by 3" in message


def test_feasible_kappa_that_is_not_optimal_gets_a_separating_vector():
    D = OCTAHEDRON.problem()
    with pytest.raises(NotOptimal, match="no nonnegative combination of its 8 atoms; z = "):
        optimum(TrainingProblem(D.X, [6, 5, 5, 5, 5, 5], beta_squared=3), kappa=[1] * 6)
    with pytest.raises(NotOptimal, match="no nonnegative combination of its 0 atoms"):
        optimum(D, kappa=[0] * 6)


def test_refusals():
    D = OCTAHEDRON.problem()
    with pytest.raises(DimensionError, match="kappa has length 2, X has 6 rows"):
        optimum(D, kappa=[1, 1])
    with pytest.raises(InexactError):
        optimum(D, kappa=[0.5] * 6)
    with pytest.raises(NotOptimal):
        optimum(D, kappa=[10**400] * 6)


# y* = 0


@pytest.mark.parametrize("beta_squared", [3, 4, 10**12])
def test_the_zero_network(beta_squared):
    X = OCTAHEDRON.X
    O = optimum(TrainingProblem(X, [1] * 6, beta_squared=beta_squared))
    assert O.vanishes
    assert O.kappa == (1,) * 6
    assert O.value == 3
    P = optimal_polytope(O)
    # at beta = max there are atoms, and c = 0 all the same
    assert len(P.atoms) == (8 if beta_squared == 3 else 0)
    assert P.vertices == ((0,) * len(P.atoms),)
    assert (P.dim, P.m_star, P.M_star) == (0, 0, 0)
    S = staircase(P)
    assert (S.threshold, S.bound) == (0, 0)
    assert [(s.width, s.components, s.isolated) for s in S] == [(0, 1, 1)]
    assert S[3].components == 1


def test_zero_labels_and_zero_rows():
    O = optimum(TrainingProblem([[0, 0], [1, 2]], [5, 0], beta=1))
    assert O.kappa == (5, 0)
    assert O.vanishes
    O = optimum(TrainingProblem([[0, 0], [0, 0]], ["1/3", -5], beta=1))
    assert O.kappa == (Fraction(1, 3), -5)
    assert O.fit == (0, 0)


# laws


def shape(O):
    P = optimal_polytope(O)
    S = staircase(P)
    table = [] if S.vanishes else [(s.width, s.components) for s in S]
    return len(P.atoms), P.rank, P.dim, len(P.vertices), dict(S.spectrum), table


def close(a, b):
    """Whether two scalars, of whatever kind, agree to 100 bits."""
    balls = [
        t.enclosure(400) if isinstance(t, RealNumber) else Ball.from_rational(t, 400)
        for t in (a, b)
    ]
    return abs(balls[0].midpoint - balls[1].midpoint) <= Fraction(1, 1 << 100)


def random_rows(seed):
    random = Random(seed)  # noqa: S311 - test data
    n, d = random.randint(2, 5), random.randint(1, 3)
    X = [[random.choice((-1, 0, 1, 2)) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-3, 3) for _ in range(n)]
    return X, y, Fraction(random.choice(["1/4", "1", "1/100"])), random


ROTATION = matrix([["3/5", "4/5", 0], ["-4/5", "3/5", 0], [0, 0, 1]])


@pytest.mark.parametrize("seed", range(12))
def test_symmetries(seed):
    X, y, b, random = random_rows(seed)
    n, d = len(X), len(X[0])
    O = optimum(TrainingProblem(X, y, beta_squared=b))
    expected = shape(O)

    # relabelling the samples
    order = random.sample(range(n), n)
    moved = optimum(
        TrainingProblem([X[i] for i in order], [y[i] for i in order], beta_squared=b)
    )
    assert shape(moved) == expected
    assert all(close(moved.kappa[j], O.kappa[i]) for j, i in enumerate(order))

    # signed permutations and rational rotations of coordinates
    axes = random.sample(range(d), d)
    flips = [random.choice((1, -1)) for _ in axes]
    turned = [[f * x[j] for j, f in zip(axes, flips, strict=True)] for x in X]
    Q = [row[:d] for row in ROTATION[:d]] if d > 1 else matrix([[-1]])
    rotated = [[dot(matrix([x])[0], q) for q in Q] for x in X]
    for rows in (turned, rotated):
        moved = optimum(TrainingProblem(rows, y, beta_squared=b))
        assert shape(moved) == expected
        assert all(map(close, moved.kappa, O.kappa))
        assert [(a.sign, a.covector) for a in moved.atoms] == [
            (a.sign, a.covector) for a in O.atoms
        ]

    # the sign of the labels
    moved = optimum(TrainingProblem(X, [-t for t in y], beta_squared=b))
    assert shape(moved) == expected
    assert all(close(s, -t) for s, t in zip(moved.kappa, O.kappa, strict=True))


@pytest.mark.parametrize("seed", range(12))
def test_scaling_and_repeating_samples(seed):
    X, y, b, random = random_rows(seed)
    n = len(X)
    O = optimum(TrainingProblem(X, y, beta_squared=b))
    expected = shape(O)

    # row and label by t > 0, weight by 1/t^2: the loss of every network is the same
    t = [Fraction(random.randint(1, 5), random.randint(1, 5)) for _ in range(n)]
    moved = optimum(
        TrainingProblem(
            [[s * e for e in x] for s, x in zip(t, X, strict=True)],
            [s * e for s, e in zip(t, y, strict=True)],
            weights=[1 / s**2 for s in t],
            beta_squared=b,
        )
    )
    assert shape(moved) == expected
    assert all(close(p * s, q) for p, s, q in zip(moved.kappa, t, O.kappa, strict=True))
    assert close(moved.value, O.value)

    # a sample twice with half the weight each
    moved = optimum(
        TrainingProblem(
            [*X, X[0]], [*y, y[0]], weights=["1/2", *[1] * (n - 1), "1/2"], beta_squared=b
        )
    )
    assert shape(moved) == expected
    assert close(moved.value, O.value)
    assert all(a.covector[0] == a.covector[n] for a in moved.atoms)

    # a zero row changes the value by its own loss, and is inactive in every atom
    moved = optimum(TrainingProblem([*X, [0] * len(X[0])], [*y, 2], beta_squared=b))
    assert shape(moved) == expected
    assert close(moved.value, O.value + 2)
    assert all(a.covector[n] == 0 for a in moved.atoms)

    # X and beta by t: c by 1/t^2
    moved = optimum(TrainingProblem([[3 * e for e in x] for x in X], y, beta_squared=9 * b))
    assert shape(moved) == expected
    assert all(map(close, moved.kappa, O.kappa))


@pytest.mark.parametrize("seed", range(8))
def test_rank_deficient_rows(seed):
    X, y, b, _ = random_rows(seed)
    wider = [[*x, 2 * x[0], x[-1] - x[0]] for x in X]
    D = TrainingProblem(wider, y, beta_squared=b)
    O = optimum(D)
    B = brute(D.design, D.y, b, [float(t) for t in O.kappa])
    assert [(a.sign, a.covector) for a in O.atoms] == B.atoms
    assert optimal_polytope(O).rank == B.rank
    assert O.arrangement.patterns == arrangement(matrix(X)).patterns


def test_isolated_points_are_permutations():
    S = staircase(optimal_polytope(optimum(OCTAHEDRON.problem())))
    assert S[4].isolated == factorial(4) * S.spectrum[4]


def test_repr():
    O = optimum(OCTAHEDRON.problem())
    assert repr(O) == "Optimum(value=27, atoms=8, level=exact)"
    O = optimum(TrainingProblem([[1, 2], [3, -1]], [1, 2], beta=1))
    assert repr(O).startswith("Optimum(value=")
