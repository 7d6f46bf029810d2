"""The optimal polytope: H-form, V-form, membership, lift, dimension."""

from fractions import Fraction

import pytest

from polytope_nn.errors import DimensionError, Undecided
from polytope_nn.exact.scalar import dot
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.supports import support
from polytope_nn.limits import Limits
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from tests.oracles.worked import WORKED


def polytope(name):
    return optimal_polytope(optimum(next(w for w in WORKED if w.name == name).problem()))


def test_forms_of_the_octahedron():
    P = polytope("octahedron")
    assert repr(P) == "OptimalPolytope(dim=4, vertices=6, atoms=8, m*=2, M*=4, level=exact)"
    assert (len(P.A), len(P.A[0]), P.b) == (6, 8, P.optimum.fit)
    assert [support(v) for v in P.vertices] == list(P.supports)
    assert all(v in P for v in P.vertices)
    for row, t in P.inequalities:
        assert t == 0
        assert all(dot(row, v) <= t for v in P.vertices)
        assert any(dot(row, v) == t for v in P.vertices)
    middle = tuple(sum(column) / 6 for column in zip(*P.vertices, strict=True))
    assert middle in P
    assert P.optimum.weights in P


def test_what_is_outside():
    P = polytope("octahedron")
    v = P.vertices[0]
    assert v[:-1] not in P
    assert tuple(2 * x for x in v) not in P
    e = P.vertices[1]
    beyond = tuple(2 * a - b for a, b in zip(v, e, strict=True))
    assert beyond not in P


@pytest.mark.parametrize("name", [w.name for w in WORKED])
def test_lift(name):
    P = polytope(name)
    D = P.optimum.problem
    for v in P.vertices:
        lifted = P.lift(v)
        fit = [Fraction(0)] * D.n
        for (pattern, s), u in lifted.items():
            values = [dot(x, u) for x in D.design]
            assert all(t * z >= 0 for t, z in zip(pattern, values, strict=True))
            for k, z in enumerate(values):
                fit[k] += s * max(z, Fraction(0))
        assert tuple(fit) == P.b
    for a in P.atoms:
        for pattern in P.cones(a):
            assert all(s in (0, t) for s, t in zip(a.covector, pattern, strict=True))
    with pytest.raises(DimensionError, match="1 coordinate for"):
        P.lift([Fraction(1)])


def test_a_point():
    P = optimal_polytope(optimum(TrainingProblem([[1], [-1]], [3, 0], beta=1)))
    assert (P.dim, len(P.vertices), P.m_star, P.M_star) == (0, 1, 1, 1)
    assert P.vertices == ((2,),)


def test_unused_atoms_do_not_count_for_the_dimension():
    # kappa = (1, 1), y = (2, 1): the atom of the second row has weight 0
    P = optimal_polytope(
        optimum(TrainingProblem([[1, 0], [-1, 0], [0, 1]], [2, 1, 0], beta=1))
    )
    assert len(P.atoms) == 2
    assert P.dim == 0
    assert P.vertices == ((1, 0),)
    assert P.rank == 2


def test_no_atoms():
    P = optimal_polytope(optimum(TrainingProblem([[1], [2]], [0, 0], beta=1)))
    assert P.A == ((), ())
    assert P.vertices == ((),)
    assert P.inequalities == ()
    assert () in P
    assert P.lift(()) == {}


def test_a_limit_on_vertices():
    X = [[1, 2], [3, -1], [-2, 1], [-1, -3], [4, 1], [2, 5], [-3, 2], [1, -4]]
    y = [3, -1, 2, 4, -2, 5, 1, -3]
    O = optimum(TrainingProblem(X, y, beta="1/10"))
    assert O.level == "interval"
    P = optimal_polytope(O)
    assert len(P.vertices) > 1
    with pytest.raises(Undecided, match="more than the limit of 1; raise the limit"):
        _ = optimal_polytope(O, limits=Limits(vertices=1)).vertices
