"""Level interval: boxes, the free-linear phase, ties that are structure, idle atoms."""

from dataclasses import replace
from fractions import Fraction

import pytest

from polytope_nn.dual.optimum import optimum
from polytope_nn.dual.resolvent import factor
from polytope_nn.dual.tight import enclosed, proved_atom, require_positive
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, ball_vector
from polytope_nn.exact.rational import matrix
from polytope_nn.exact.scalar import dot, squared_norm
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.landscape.polytope import optimal_polytope
from polytope_nn.limits import Limits
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.basis_search import Search
from polytope_nn.search.free_linear import ball_vertices, enclosed_free_linear
from tests.search.test_finding import agrees

FREE = TrainingProblem(
    [[1, 2], [3, -1], [-2, 1], [-1, -3], [4, 1], [2, 5], [-3, 2], [1, -4]],
    [3, -1, 2, 4, -2, 5, 1, -3],
    beta="1/10",
)
POINT = TrainingProblem(
    [[2, 1], [1, -3], [-1, 2], [3, 1], [-2, -1]], [4, -3, 2, 5, 1], beta="1/2"
)


def candidate_of(D, bits=320):
    return Search(D, arrangement(D.design)).candidate(bits)


def holds(O):
    """Every equation holds for the balls, and the strict ones strictly."""
    D = O.problem
    for k, (z, t, w) in enumerate(zip(O.fit, O.kappa, D.weights, strict=True)):
        fitted = dot([a.feature[k] for a in O.atoms], O.weights)
        for value in (fitted - z, t / w + z - D.y[k]):
            assert value == 0 if isinstance(value, Fraction) else 0 in value
    for a in O.atoms:
        excess = squared_norm(a.g) - D.beta_squared
        assert excess == 0 if isinstance(excess, Fraction) else 0 in excess
        values = [dot(x, a.g) for x in D.design]
        for s, x in zip(a.covector, values, strict=True):
            if s:
                assert s * x > 0
            else:
                assert x == 0 if isinstance(x, Fraction) else 0 in x
    for bound in O.bounds:
        assert all(m >= 0 for m in bound.multiplier)


@pytest.mark.parametrize("D", [FREE, POINT], ids=["free", "point"])
def test_the_equations(D):
    O = optimum(D)
    assert O.level == "interval"
    holds(O)
    proof = O.enclosure
    assert proof.radius > 0
    assert len(proof.centre) == proof.system.size == len(proof.solution)
    for middle, ball in zip(proof.centre, proof.solution, strict=True):
        assert middle - proof.radius < ball.lower
        assert ball.upper < middle + proof.radius
    assert all(v.lower <= 0 <= v.upper for v in proof.system.residual(proof.solution))
    P = optimal_polytope(O)
    for v in P.vertices:
        for row, z in zip(P.A, P.b, strict=True):
            assert 0 in dot(row, v) - z
        assert all(type(x) is Fraction or x > 0 for x in v)


def test_the_free_linear_phase_is_a_fibre():
    O = optimum(FREE)
    proof = O.enclosure
    assert proof.pairs > 2
    for j in range(2):
        assert 0 in dot([x[j] for x in FREE.design], O.kappa)
    pairs = {(a.sign, a.covector) for a in O.atoms}
    assert all((s, tuple(-t for t in c)) in pairs for s, c in proof.faces[: proof.pairs])
    P = optimal_polytope(O)
    assert P.dim == proof.pairs - 2
    assert P.rank == proof.pairs + 2
    assert list(P.supports) == sorted(
        P.supports, key=lambda s: [i for i in range(99) if s >> i & 1]
    )


def test_what_is_not_in_that_phase_is_refused():
    candidate = candidate_of(POINT)
    ties = candidate.ties(160)
    with pytest.raises(Undecided, match="whether the tied directions are opposite"):
        enclosed_free_linear(candidate, ties, Limits())
    candidate = candidate_of(FREE)
    with pytest.raises(Undecided, match="directions reach beta"):
        enclosed(candidate, candidate.ties(160), Limits())


def test_a_wrong_basis_is_refused():
    candidate = candidate_of(POINT)
    for i in range(len(candidate.basis)):
        basis = candidate.basis[:i] + candidate.basis[i + 1 :]
        search = candidate.search
        try:
            n = POINT.n
            c = candidate.point[n : n + i] + candidate.point[n + i + 1 :]
            point = search.system(basis).refined((*candidate.kappa, *c), 320)
        except Undecided:
            continue
        wrong = replace(candidate, basis=basis, faces=basis, point=point)
        with pytest.raises(Undecided):
            enclosed(wrong, basis, Limits())


# gems: coincidences that were undecided once, each with the reason


@pytest.mark.parametrize(
    "X, y, b",
    [
        # y_3 = 0 and no atom reaches row 3, so kappa_3 = 0 and a face is a smaller one
        (
            [[0, -1, 1], [0, -1, 1], [0, 1, 1], [1, 2, -1], [0, -1, -1], [-1, 0, -1]],
            [-1, 3, 0, -1, -1, 1],
            "1/4",
        ),
        ([[0, -1, 2], [0, -1, -1], [2, 1, 1], [2, 1, 2], [0, 2, -1]], [3, 0, 3, 1, 2], 2),
        (
            [[1, -1, -1], [1, 2, 1], [-1, 0, 1], [1, -1, 1], [1, 1, 1]],
            [2, -2, 0, 3, 1],
            "1/100",
        ),
        # an atom on row 4 alone, where kappa = y: tied exactly, of weight 0
        (
            [[0, 2, 2], [1, 0, -1], [2, 1, 0], [-1, 1, 1], [2, 0, 1], [2, -1, 1]],
            [-3, 1, -1, 2, -3, -3],
            4,
        ),
        # two nearly equal directions on neighbouring faces, one of them an atom
        (
            [[0, 0, -1], [0, 1, 1], [2, 1, 2], [-1, -1, 2], [-1, 2, -1]],
            [-2, 3, 3, -1, -3],
            "1/100",
        ),
        # kappa is irrational of high degree but for two entries, which a face depends on
        (
            [[0, 1, 2], [-1, 1, 0], [-1, 0, 1], [0, 2, 1], [0, 0, 1], [0, 0, -1]],
            [-1, -1, 2, 0, 3, 2],
            "1/4",
        ),
        # X'kappa = 0 makes a multiplier 0
        (
            [[2, 4], [2, 2], [5, -2], [5, 4], [0, -4], [5, 3], [-2, 0], [3, -4]],
            [-4, 1, 0, 3, -4, -3, 1, 0],
            "1/100",
        ),
        # two opposite pairs beside a single atom
        (
            [[-1, 0, -1], [-1, 1, 1], [2, 0, 0], [-1, 0, 2], [1, 1, 0], [-1, 2, -1]],
            [-3, 3, -1, -3, -3, -1],
            1,
        ),
        # two equal norms make a multiplier 0
        ([[-1, 1], [2, 2], [0, -1], [1, -1], [2, 1]], [-2, 0, 0, 3, 0], "1/4"),
        (
            [[2, 0, 2], [-1, 1, 1], [1, -1, 1], [-1, 0, 0], [1, -1, -1], [1, 1, 0]],
            [3, 2, 3, 1, 2, 1],
            1,
        ),
        # parallel samples far from their common fit
        ([["-957973104205"], ["-980193679744"]], [3, 0], 1),
    ],
)
def test_gems(X, y, b):
    agrees(TrainingProblem(X, y, beta_squared=b))


@pytest.mark.parametrize("seed", [18, 24])
def test_pairs_in_a_common_plane(seed):
    """A speed of pivoting is 0 there by structure, not by measurement."""
    from random import Random

    random = Random(f"12,3{seed}")  # noqa: S311 - test data
    X = [[random.randint(-5, 5) for _ in range(3)] for _ in range(12)]
    y = [random.randint(-5, 5) for _ in range(12)]
    b = random.choice([Fraction(1, 100), Fraction(1, 4), 1, 4])
    P = optimal_polytope(optimum(TrainingProblem(X, y, beta_squared=b)))
    assert len(P.vertices) == {18: 18, 24: 14}[seed]


def test_idle_atoms_have_weight_zero():
    X = [[0, 2, 2], [1, 0, -1], [2, 1, 0], [-1, 1, 1], [2, 0, 1], [2, -1, 1]]
    O = optimum(TrainingProblem(X, [-3, 1, -1, 2, -3, -3], beta_squared=4))
    assert O.level == "interval"
    assert O.kappa[3] == 2
    idle = [i for i, c in enumerate(O.weights) if isinstance(c, Fraction)]
    assert len(idle) == 1
    assert O.weights[idle[0]] == 0
    assert squared_norm(O.atoms[idle[0]].g) == 4
    assert O.rank == len(O.atoms) == 3
    assert ball_vertices(O, Limits()) == (O.weights,)
    assert all(isinstance(t, Ball) for i, t in enumerate(O.kappa) if i != 3)


def test_decisions_are_named():
    X = matrix([[1, 0], [0, 1]])
    V = factor(X, (1, 1))
    near = Ball.from_interval(-Fraction(1, 1 << 90), Fraction(1, 1 << 90))
    assert proved_atom(X, (1, (1, 1)), V, ball_vector([3, 4])).g[1] == 4
    for kappa in ((3, -4), (3, near)):
        with pytest.raises(Undecided, match=r"direction of pattern \+\+ lies on its face"):
            proved_atom(X, (1, (1, 1)), V, ball_vector(kappa))
    require_positive(ball_vector([1, 2]))
    for weights in ([1, -2], [1, near]):
        with pytest.raises(Undecided, match="whether a weight of the basis is positive"):
            require_positive(ball_vector(weights))
