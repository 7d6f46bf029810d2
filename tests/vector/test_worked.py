"""The worked instances V0-V9 and W1 of general §4, found without a hint and verified."""

from fractions import Fraction as Q
from functools import cache

import pytest

from polytope_nn.errors import DimensionError, NotOptimal, UnboundedError
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import dot
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.polytope import OptimalSet
from polytope_nn.vector.problem import VectorProblem
from tests.oracles.outputs import CONTINUUM, PLANTED, V8, V9, W1, objective, slot_complex


def neurons(O):
    return [(u.g, tuple(mass * t for t in u.h)) for u, mass in O.network]


@pytest.mark.parametrize(
    "w",
    [
        pytest.param(w, marks=pytest.mark.deep) if w.name in {"V1b", "V3a", "V3b"} else w
        for w in PLANTED
    ],
    ids=lambda w: w.name,
)
def test_planted_and_found(w):
    """V1b is V1a with another fit; V3 and V4 are of one family, of two outputs and of three."""
    O = optimum_of(w.name)
    assert O.level == "exact"
    assert [list(row) for row in O.N] == w.N
    assert vector_optimum(w.problem(), kappa=w.N) == O


@cache
def optimum_of(name):
    """Return the optimum of a planted instance, found without a hint, once."""
    return vector_optimum(next(w for w in PLANTED if w.name == name).problem())


@pytest.mark.parametrize("w", PLANTED, ids=lambda w: w.name)
def test_planted(w):
    O = vector_optimum(w.problem(), kappa=w.N)
    P, S = OptimalSet(O), OptimalSet(O).staircase
    assert (len(O.atoms), P.rank) == (w.n_atoms, w.rank)
    assert sorted(S.sizes) == w.supports
    assert {m: S[m].components for m in w.components} == w.components
    assert S.threshold == max(w.components)
    assert P.rank < O.rank_bound
    if w.value is not None:
        assert O.value == w.value
    assert objective(w.problem(), neurons(O)) == pytest.approx(float(O.value))
    for a in O.atoms:
        assert dot(a.h, a.h) == w.beta_squared * dot(a.g, a.g)


@pytest.mark.parametrize("name, widths", [("V1a", (2, 3)), ("V6", (2, 3, 4)), ("V5", (4,))])
def test_components_by_the_slot_complex(name, widths):
    O = optimum_of(name)
    P = OptimalSet(O)
    fit = O.problem.modulo(O.fit)
    for m in widths:
        assert P.staircase[m].components == slot_complex(P.features, fit, m)


@pytest.mark.deep
def test_components_of_v1_at_width_4_by_the_slot_complex():
    O = optimum_of("V1a")
    P = OptimalSet(O)
    assert slot_complex(P.features, O.problem.modulo(O.fit), 4) == 25


def test_v1_has_five_output_directions_and_one_relation():
    O = optimum_of("V1a")
    assert len({tuple(t / max(map(abs, a.h)) for t in a.h) for a in O.atoms}) == 5
    assert O.rank_bound == 6


def test_v0_is_a_continuum_of_two_arcs():
    O = vector_optimum(CONTINUUM)
    P = OptimalSet(O)
    assert (O.level, O.tight_set, O.value) == ("exact", "continuum", 11)
    (kernel,) = O.continua
    assert (str(kernel.face), kernel.dim) == ("++", 2)
    assert kernel.face.contains(kernel.point)
    (part,) = O.lifted
    assert part.T == (5, 4, 5)
    assert (part.rank, part.has_arcs) == (2, True)
    assert (P.m_star, P.components_at_m_star, P.connected_from) == (2, 2, 4)
    for share in (Q(0), Q(1, 3), Q(1)):
        made = [[Q(0)] * 2 for _ in range(2)]
        for _, g, mass in part.member(share):
            assert min(g) >= 0
            assert mass > 0
            for i in range(2):
                for j in range(2):
                    made[i][j] += mass * g[i] * g[j]  # S is the fit: X and N are 1
        assert made == [[5, 4], [4, 5]]
    with pytest.raises(UnboundedError, match="continuum"):
        _ = P.vertices


def test_two_points_where_the_lifted_point_is_on_the_boundary():
    """General B6: Y* = I forces the two rays, Theta_2 is two points and no arcs."""
    O = vector_optimum(VectorProblem([[1, 0], [0, 1]], [[2, 0], [0, 2]], beta=1))
    (part,) = O.lifted
    assert (O.tight_set, part.T, part.has_arcs) == ("continuum", (1, 0, 1), False)
    assert OptimalSet(O).m_star == 2


def test_one_neuron_of_a_continuum():
    rank_one = VectorProblem([[1, 0], [0, 1]], [[5, 2], [2, 2]], beta=1)
    O = vector_optimum(rank_one, kappa=((1, 0), (0, 1)))
    assert OptimalSet(O).m_star == 1
    assert [u.covector for u, _ in O.network] == [(1, 1)]


def test_v7_is_refused_with_its_face_eigenvalue_and_direction():
    P = VectorProblem([[1, 0], [0, 1]], [[7, 4], [4, 7]], beta=2)
    with pytest.raises(NotOptimal, match=r"face \+\+.* 6\.854101966.* beta\^2 = 4.*1\.618"):
        vector_optimum(P, kappa=[[2, 1], [1, 1]])


def test_a_feasible_kappa_that_is_not_optimal():
    with pytest.raises(NotOptimal, match="no nonnegative combination"):
        vector_optimum(CONTINUUM, kappa=[[0, 0], [0, 0]])
    with pytest.raises(NotOptimal, match="not nonnegative"):
        vector_optimum(
            VectorProblem([[1, 0], [0, 1]], [[6, -4], [-4, 6]], beta=1),
            kappa=[[1, 0], [0, 1]],
        )
    with pytest.raises(DimensionError, match="kappa"):
        vector_optimum(CONTINUUM, kappa=[[1, 0]])


def test_w1():
    O = vector_optimum(W1)
    assert {a.covector for a in O.atoms} == {(-1, 0, 1), (1, 0, -1), (1, 1, 0)}
    assert float(O.value) == pytest.approx(2.0835733814357448216)
    low, high = Q("0.5585898700355460858"), Q("0.5585898700355460860")
    assert low < O.N[0][0] < high
    S = OptimalSet(O).staircase
    assert {m: S[m].components for m in (3, 4)} == {3: 6, 4: 1}


@pytest.mark.parametrize(
    "problem, face, value",
    [(V8, "+++", 11.873559040687), (V9, "+++", 2.80956030392485)],
)
def test_unplanted_continua(problem, face, value):
    O = vector_optimum(problem)
    P = OptimalSet(O)
    assert (O.tight_set, [str(k.face) for k in O.continua]) == ("continuum", [face])
    assert float(O.value) == pytest.approx(value)
    assert O.lifted[0].has_arcs
    assert (P.m_star, P.connected_from) == (2, 4)
    assert objective(problem, neurons(O)) == pytest.approx(value)


def test_the_rank_is_bounded_by_that_of_n():
    for w in PLANTED:
        O = vector_optimum(w.problem(), kappa=w.N)
        rho = rank([[Q(t) for t in row] for row in w.N])
        assert O.rank_bound == O.problem.n * rho - rho * (rho - 1) // 2 + 1
