"""Optima that are found: weak duality in floats, the scalar answers, degenerate data."""

from fractions import Fraction as Q
from random import Random

import numpy as np
import pytest

from polytope_nn.errors import InstanceError, Undecided
from polytope_nn.exact.ball import ball_vector
from polytope_nn.exact.scalar import dot
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from polytope_nn.vector.balls.enclosed import approached, enclosed_optimum
from polytope_nn.vector.balls.parts import Solution
from polytope_nn.vector.balls.system import Part, System
from polytope_nn.vector.balls.ties import Ties
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.polytope import OptimalSet
from polytope_nn.vector.problem import VectorProblem
from polytope_nn.vector.search.generation import Generation
from polytope_nn.vector.search.structure import starts
from tests.oracles.outputs import ascent, objective


def drawn(random, n, d, size):
    return [[random.randint(-size, size) for _ in range(d)] for _ in range(n)]


def floats(rows):
    return [[float(t) for t in row] for row in rows]


@pytest.mark.parametrize("shape", [(3, 2, 2), (4, 2, 2), (4, 3, 2), (3, 2, 3)])
def test_random_data_by_weak_duality(shape):
    """The network has the value, and ascent finds nothing above beta: from definitions."""
    n, d, c = shape
    random = Random(n * 100 + d * 10 + c)  # noqa: S311
    kinds = set()
    for _ in range(4):
        P = VectorProblem(drawn(random, n, d, 3), drawn(random, n, c, 4), beta="1/2")
        O = vector_optimum(P)
        value = float(O.value)
        network = [(u.g, tuple(mass * t for t in u.h)) for u, mass in O.network]
        assert objective(P, network) == pytest.approx(value, abs=1e-9)
        N, fit = np.array(floats(O.N)), np.array(floats(O.fit))
        assert ascent(P.X, N, tries=8) <= 0.25 * (1 + 1e-9)
        assert (N**2).sum() / 2 + (N * fit).sum() == pytest.approx(value, abs=1e-9)
        kinds.add(O.tight_set)
        if O.continua:
            assert OptimalSet(O).m_star == (None if O.lifted is None else len(O.network))
    assert "atoms" in kinds


def test_one_output_gives_the_scalar_answers():
    random = Random(1)  # noqa: S311
    compared = 0
    for _ in range(30):
        n, d = random.choice([(1, 1), (2, 1), (2, 2), (3, 2), (4, 2), (3, 3)])
        X = drawn(random, n, d, 2)
        y = [random.randint(-4, 4) for _ in range(n)]
        options = {
            "beta": random.choice(["1/2", "1", "2"]),
            "bias": random.choice(["none", "penalised"]),
            "skip": random.choice(["none", "none", "constant", "linear", "affine"]),
            "weights": [random.choice([1, 2, "1/3"]) for _ in range(n)],
        }
        scalar = optimal_polytope(optimum(TrainingProblem(X, y, **options)))
        P = OptimalSet(vector_optimum(VectorProblem(X, [[t] for t in y], **options)))
        assert list(P.staircase) == list(scalar.staircase)
        assert P.staircase.spectrum == scalar.staircase.spectrum
        assert P.staircase.modulo == scalar.staircase.modulo
        assert (P.rank, P.used_rank, P.dim) == (scalar.rank, scalar.used_rank, scalar.dim)
        assert float(P.optimum.value) == pytest.approx(float(scalar.optimum.value))
        assert sorted(a.covector for a in P.optimum.atoms) == sorted(
            a.covector for a in scalar.optimum.atoms
        )
        compared += not scalar.vanishes
    assert compared > 12


def test_laws():
    """Permuted, negated and rotated data: the value, atoms and widths follow."""
    random = Random(6)  # noqa: S311
    for _ in range(2):
        X, Y = drawn(random, 3, 2, 3), drawn(random, 3, 2, 4)
        P = OptimalSet(vector_optimum(VectorProblem(X, Y, beta="1/2")))
        others = (
            (X[::-1], Y[::-1]),
            ([[-t for t in x] for x in X], Y),
            (X, [[a, -b] for a, b in Y]),
            (X, [[Q(3 * a - 4 * b, 5), Q(4 * a + 3 * b, 5)] for a, b in Y]),
            ([[b, a] for a, b in X], Y),
        )
        for A, B in others:
            R = OptimalSet(vector_optimum(VectorProblem(A, B, beta="1/2")))
            assert float(R.optimum.value) == pytest.approx(float(P.optimum.value))
            assert R.m_star == P.m_star
            assert R.optimum.tight_set == P.optimum.tight_set
            assert len(R.optimum.atoms) == len(P.optimum.atoms)


def test_weights_are_repeated_samples():
    X, Y = [[1, 0], [1, 2], [-1, 1]], [[2, 1], [0, 3], [1, -1]]
    weighted = vector_optimum(VectorProblem(X, Y, beta="1/2", weights=[2, 1, 1]))
    doubled = vector_optimum(VectorProblem([X[0], *X], [Y[0], *Y], beta="1/2"))
    assert float(weighted.value) == pytest.approx(float(doubled.value))


DEGENERATE = [
    ([[0, 0], [0, 0]], [[1, 2], [3, 4]], {}, 15, 0),
    ([[0, 0], [0, 0]], [[1, 2], [3, 4]], {"skip": "constant"}, 2, 0),
    ([[1, 0], [0, 1]], [[0, 0], [0, 0]], {}, 0, 0),
    ([[1, 0], [0, 1]], [["1/2", 0], [0, "1/2"]], {}, Q(1, 4), 0),
    ([[2]], [[3, 4]], {}, Q(19, 8), 1),
    ([[1, 2], [0, 1], [-1, 1]], [[3, 4], [1, 0], [0, 5]], {"skip": "affine"}, 0, 0),
]


@pytest.mark.parametrize("X, Y, options, value, m_star", DEGENERATE)
def test_degenerate_data(X, Y, options, value, m_star):
    O = vector_optimum(VectorProblem(X, Y, beta=1, **options))
    assert (O.level, O.value, OptimalSet(O).m_star) == ("exact", value, m_star)


@pytest.mark.parametrize("X", [[[1, 2], [1, 2], [2, 4]], [[1, 2, 3], [2, 4, 6], [1, 0, 1]]])
def test_repeated_opposite_and_dependent_rows(X):
    Y = [[3, 4], [1, 0], [0, 5]]
    for rows in (X, [X[0], [-t for t in X[1]], X[2]]):
        P = VectorProblem(rows, Y, beta="1/2")
        O = vector_optimum(P)
        network = [(u.g, tuple(mass * t for t in u.h)) for u, mass in O.network]
        assert objective(P, network) == pytest.approx(float(O.value))
        assert ascent(rows, O.N, tries=10) <= 0.25 * (1 + 1e-9)


@pytest.mark.parametrize("x, y", [(10**12, 1), (1, 10**12), (Q(1, 10**12), Q(1, 10**12))])
def test_scales(x, y):
    X, Y = [[1, 0], [1, 2], [-1, 1]], [[2, 1], [0, 3], [1, -1]]
    plain = vector_optimum(VectorProblem(X, Y, beta="1/2"))
    O = vector_optimum(
        VectorProblem(
            [[x * t for t in row] for row in X],
            [[y * t for t in row] for row in Y],
            beta=Q(1, 2) * x * y,
        )
    )
    assert float(O.value) == pytest.approx(float(plain.value) * float(y) ** 2)
    assert [a.covector for a in O.atoms] == [a.covector for a in plain.atoms]


TIED = [  # two planes that share a ray: the lifted set is no point, N is in a field
    ([[-1, 0], [0, 1], [-3, 3]], [[-1, 2], [-4, -3], [0, 0]], 4.5851306247),
    ([[2, -3], [-3, -3], [0, 3], [0, -2]], [[4, -1], [3, 4], [-1, -2], [2, 2]], 1.90302759),
]


@pytest.mark.parametrize("X, Y, value", TIED)
def test_dependent_planes_are_proved_in_a_field(X, Y, value):
    O = vector_optimum(VectorProblem(X, Y, beta="1/2"))
    assert (O.level, len(O.continua), O.lifted) == ("exact", 2, None)
    assert float(O.value) == pytest.approx(value)
    assert OptimalSet(O).m_star is None
    assert OptimalSet(O).connected_from <= O.rank_bound


def test_planes_that_share_a_ray_are_proved_in_balls():
    """N is in no small field; the equation of the shared ray is left out, and implied."""
    X = [[-2, 1], [-2, 2], [0, -1], [-3, 2], [3, 0]]
    Y = [[3, -4], [-2, 1], [3, 3], [0, 1], [-2, 2]]
    P = VectorProblem(X, Y, beta="1/2")
    O = vector_optimum(P)
    assert (O.level, len(O.continua), len(O.atoms), O.lifted) == ("interval", 2, 2, None)
    network = [(u.g, tuple(mass * t for t in u.h)) for u, mass in O.network]
    assert objective(P, network) == pytest.approx(float(O.value))
    assert ascent(X, O.N, tries=8) <= 0.25 * (1 + 1e-9)


def test_opposite_rays_do_not_imply_each_other():
    """One basis vector, two features: what is left out at g is not what holds at -g."""
    P = VectorProblem([[1, 0], [-2, 0], [0, 1]], [[3, 1], [1, 2], [2, 2]], beta="1/2")
    right, left = (
        next(f for f in P.faces if f.covector == s) for s in ((1, -1, 0), (-1, 1, 0))
    )
    assert right.basis == left.basis
    plane = next(f for f in P.faces if f.w == 2)
    parts = (
        Part(plane, (0, 1)),
        Part(right, (0,)),
        Part(left, (0,), held=(((0, 0), Q(1)),)),
    )
    anywhere = Solution((), (), (), ())
    with pytest.raises(Undecided, match="dependent features"):
        Ties(System(P, parts), anywhere, range(3)).prove()
    again = (Part(left, (0,)), Part(left, (0,), held=(((0, 0), Q(1)),)))
    Ties(System(P, again), anywhere, range(3)).prove()


def test_atoms_with_dependent_features_are_left_to_fields():
    X = [
        [2, 3],
        [1, 0],
        [-2, -1],
        [-3, -3],
        [-2, 0],
        [-2, -1],
        [2, 0],
        [3, 2],
        [3, -1],
        [0, 1],
    ]
    Y = [
        *([2, 1], [4, 2], [-1, 1], [-4, 0], [-2, 1]),
        *([4, -3], [-1, 0], [0, -3], [-3, 3], [3, -3]),
    ]
    generation = Generation(VectorProblem(X, Y, beta="1/2"))
    start = next(starts(generation, generation.hint()))
    assert not start.system.is_whole
    point = approached(start.system, start.point, 128)
    with pytest.raises(Undecided, match="dependent features"):
        enclosed_optimum(start.system, point, 128)


def test_a_continuum_of_dimension_3_in_balls():
    """Six neurons make S, which has six entries, inside the orthant."""
    one = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    P = VectorProblem(one, [[7, 4, 3], [3, 6, 4], [4, 3, 8]], beta=1)
    generation = Generation(P)
    system = next(starts(generation, generation.hint()))
    point = approached(system.system, system.point, 320)
    O = enclosed_optimum(system.system, point, 320)
    assert (O.level, [k.dim for k in O.continua], O.lifted) == ("interval", [3], None)
    network = [(u.g, tuple(mass * t for t in u.h)) for u, mass in O.network]
    assert len(network) == 6
    assert objective(P, network) == pytest.approx(float(O.value))
    exact = vector_optimum(P)
    assert exact.level == "exact"
    assert float(exact.value) == pytest.approx(float(O.value))
    assert OptimalSet(exact).connected_from == 7


def test_a_held_entry_that_nothing_implies_is_not_believed():
    P = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1)
    face = next(f for f in P.faces if f.w == 2)
    for place in ((0, 0), (0, 1)):
        S = System(P, (Part(face, (0, 1), held=((place, Q(5)),)),))
        with pytest.raises(Undecided, match="dependent features"):
            Ties(S, Solution((), (), (), ()), range(2)).prove()


def test_the_jacobian_against_differences():
    """All kinds of parts at once: an atom that turns, a plane in three dimensions, a skip."""
    random = Random(2)  # noqa: S311
    X, Y = drawn(random, 4, 3, 3), drawn(random, 4, 2, 3)
    P = VectorProblem(X, Y, beta="1/2", skip="constant", weights=[1, 2, 1, 3])
    wide = [f for f in P.faces if f.w == 3]
    held = Part(wide[2], (0, 1), held=(((0, 1), Q(1, 7)),))
    S = System(P, (Part(wide[0], (1,)), Part(wide[1], (0, 2)), held))
    assert not S.is_whole
    x = [Q(random.randint(-9, 9), 7) for _ in range(S.size)]
    values, jacobian = S.evaluated(ball_vector(x, 200))
    assert len(values) == len(jacobian) == S.size
    step = Q(1, 10**20)
    for j in range(S.size):
        moved = [t + step * (i == j) for i, t in enumerate(x)]
        ahead = S.evaluated(ball_vector(moved, 200))[0]
        for i in range(S.size):
            slope = (ahead[i].midpoint - values[i].midpoint) / step
            entry = jacobian[i][j]
            expected = entry if isinstance(entry, Q) else entry.midpoint
            assert abs(slope - expected) < Q(1, 10**12)


def test_what_is_refused():
    X, Y = [[1, 0], [0, 1]], [[1, 2], [3, 4]]
    with pytest.raises(InstanceError, match="free bias does not go with y of several"):
        VectorProblem(X, Y, beta=1, bias="free")
    with pytest.raises(InstanceError, match="Y is empty"):
        VectorProblem(X, [[], []], beta=1)
    with pytest.raises(ValueError, match=r"Y\[1\] has 2 entries, Y\[0\] has 1"):
        VectorProblem(X, [[1], [2, 3]], beta=1)
    with pytest.raises(InstanceError, match="loss"):
        VectorProblem(X, Y, beta=1, loss="logistic")


def test_the_missing_decision_is_named(monkeypatch):
    from polytope_nn.vector import finding

    monkeypatch.setattr(finding, "starts", lambda *_: iter(()))
    with pytest.raises(Undecided, match="which directions are tight: give kappa"):
        vector_optimum(VectorProblem([[1, 0], [1, 2]], [[2, 1], [0, 3]], beta="1/2"))


def test_masses_are_a_point_of_the_optimal_set():
    P = OptimalSet(
        vector_optimum(VectorProblem([[1, 0], [-1, 0]], [[3, 4], [4, -3]], beta=1))
    )
    for v in P.vertices:
        for k, z in enumerate(P.optimum.problem.modulo(P.optimum.fit)):
            assert dot(v, [f[k] for f in P.features]) == z


@pytest.mark.parametrize(
    ("X", "Y", "tight_set"),
    [
        ([["1e12", 0], [0, "1e12"], ["1e12", "-1e12"]], [[6, 4], [4, 6], [1, 2]], "atoms"),
        ([[1, 0], [0, 1]], [["6e12", "4e12"], ["4e12", "6e12"]], "continuum"),
    ],
)
def test_a_decay_far_below_the_labels(X, Y, tight_set):
    bias = "penalised" if tight_set == "continuum" else "none"
    O = vector_optimum(VectorProblem(X, Y, beta=1, bias=bias))
    assert O.tight_set == tight_set
    # the limit: N of the interpolation of least cost, which is fitted up to about N
    least = vector_optimum(VectorProblem(X, Y, beta=1, bias=bias, loss="interpolation"))
    for near, t in zip(O.N, least.N, strict=True):
        assert [float(x) for x in near] == pytest.approx([float(x) for x in t], rel=1e-9)
    assert float(O.cost) == pytest.approx(float(least.cost), rel=1e-9)


@pytest.mark.parametrize(
    ("X", "Y", "options"),
    [  # rows from 1e-12 to 1e6
        ([["1e-12"], [0], ["2e6"], ["2e-12"]],
         [[0, 2, 0], [-3, 4, -2], [1, -2, 2], [-2, 1, 3]], {}),
        ([["-3e6", "-1e6", "2e6"], ["-1e-12", "3e-12", "-3e-12"]], [[2, -4], [0, -1]],
         {"weights": ["1/3", 2]}),
    ],
)  # fmt: skip
def test_rows_of_all_sizes(X, Y, options):
    D = VectorProblem(X, Y, beta="1/4", **options)
    O = vector_optimum(D)
    # a row of 1e-12 is not fitted: the value is that of its labels and of the other rows
    large = [k for k, x in enumerate(D.X) if any(abs(t) > 1 for t in x)]
    rest = VectorProblem(
        [D.X[k] for k in large], [D.Y[k] for k in large], beta="1/4",
        weights=[D.weights[k] for k in large],
    )  # fmt: skip
    small = [k for k in range(D.n) if k not in large]
    lost = sum(D.weights[k] * sum(t * t for t in D.Y[k]) for k in small) / 2
    value = vector_optimum(rest).value + lost
    assert float(O.value) == pytest.approx(float(value), rel=1e-9)
