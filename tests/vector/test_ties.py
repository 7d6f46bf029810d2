"""Atoms with dependent features, modulo what is free, where N is in balls: P has vertices."""

from dataclasses import replace
from fractions import Fraction

import pytest

from polytope_nn import VectorProblem, vector_optimal_set
from polytope_nn.checker.kernel.numbers import bits
from polytope_nn.checker.kinds import check
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import kernel, rank, transpose
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.scalar import dot
from polytope_nn.problems.losses.graphs import Flat
from polytope_nn.vector.balls.resting import require_rest
from polytope_nn.vector.balls.system import System
from polytope_nn.vector.certificate.claims import vector_certificate
from polytope_nn.vector.certificate.roads import vector_road
from polytope_nn.vector.descent import vector_descent
from polytope_nn.vector.gap import vector_gap
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from polytope_nn.vector.oracle import Kernel
from polytope_nn.vector.paths import vector_path
from polytope_nn.vector.trained.free_parts import with_free_part

OPPOSITE = VectorProblem(
    [[1, -1], [1, -1], [-1, -1], [1, -1], [-1, -1]],
    [[-2, 2], [3, -2], [-2, -2], [3, 3], [2, 2]],
    beta="1/2",
    loss={"kind": "power", "p": 3},
    skip="constant",
)
LINE = VectorProblem(
    [[1], [2], [0], [1], [-2]],
    [[3, -2, 2], [3, -2, -2], [-2, 2, -2], [2, -2, -2], [-2, -2, 2]],
    beta="1/4",
    loss={"kind": "huber", "delta": 2},
    bias="penalised",
    skip="linear",
)
TWINS = VectorProblem(
    [[1, -1], [1, 0], [-1, 0], [-1, -1], [1, 1], [-1, 0]],
    [[1, 2, 3], [3, 3, 3], [3, 3, 3], [2, 2, 1], [2, 1, 3], [1, 3, 3]],
    beta="1/2",
    loss={"kind": "poisson"},
    skip="affine",
)
# of two opposite faces one spans more than what counts modulo the skip
UNSEEN = VectorProblem(
    [[0, -1], [3, 1], [3, 3], [0, 0]],
    [[-1, 1], [2, 1], [2, 2], [3, -3]],
    beta="1/4",
    bias="penalised",
    skip="linear",
)
# two opposite faces, each of one active sample, with hulls of three dimensions
ALONE = [
    VectorProblem(
        [[2, -1], [-2, -1]],
        [[0, 1], [1, 0]],
        beta="1/4",
        loss="softmax",
        bias="penalised",
        skip="constant",
    ),
    VectorProblem(
        [[-2, 1], [2, -1]],
        [[1, 0], [1, 0]],
        beta=2,
        loss="poisson",
        bias="penalised",
        skip="linear",
    ),
]
# modulo the skip samples see of one face what they see of the other, reflected
TURNED = [
    VectorProblem(
        [[-1, 2], [-1, 1], [-2, 0]],
        [[2, 1], [-2, -1], [1, 2]],
        beta=1,
        skip="constant",
    ),
    VectorProblem(
        [[1, 2], [-1, -2], [0, 0]],
        [[2, 2, -2], [-1, 2, 2], [1, 1, -1]],
        beta=1,
        loss={"kind": "huber", "delta": "1/2"},
        bias="penalised",
        skip="linear",
    ),
]


@pytest.fixture(
    scope="module",
    params=[
        (OPPOSITE, 2, 2),
        (LINE, 2, 4),
        (TWINS, 8, 3),
        (UNSEEN, 2, 3),
        *((problem, 2, 2) for problem in ALONE),
        *((problem, 2, 3) for problem in TURNED),
    ],
    ids=str,
)
def optimal(request):
    problem, vertices, threshold = request.param
    P = vector_optimal_set(problem)
    assert P.level == "interval"
    assert P.n_vertices == vertices
    assert P.staircase.threshold == threshold
    assert P.fit_is_unique is not problem.entries.shifted  # constants of rows are free
    return P


def network(P, vertex, *, free=True):
    """Return the optimal network of a vertex, an atom for each neuron."""
    pairs = zip(P.optimum.atoms, vertex, strict=True)
    bare = VectorNetwork(
        tuple(VectorNeuron(x.g, tuple(c * t for t in x.h)) for x, c in pairs if c != 0)
    )
    return with_free_part(P.optimum, bare) if free else bare


def test_the_relations_are_those_of_the_features(optimal):
    n = len(optimal.optimum.atoms)
    relations = kernel(transpose(optimal.stand_ins), n)
    assert len(relations) == n - optimal.rank == optimal.dim
    assert rank(relations) == len(relations)
    for relation in relations:
        for entries in zip(*optimal.features, strict=True):
            off = dot(relation, entries)
            low, high = enclosure(off, 200)
            assert low <= 0 <= high < Fraction(1, 10**50)


def test_every_vertex_is_an_optimal_network(optimal):
    for vertex in optimal.vertices:
        low, high = vector_gap(optimal.optimum, network(optimal, vertex)).value.enclosure()
        assert low <= 0 <= high < Fraction(1, 10**20)


def test_vertices_are_joined_where_the_staircase_says(optimal):
    P = optimal
    first, last = (boxed(network(P, P.vertices[i], free=False)) for i in (0, -1))
    road = vector_path(P, first, last, P.staircase.threshold)
    for one in road.breakpoints:  # with what is free beside them
        low, high = vector_gap(P.optimum, one).value.enclosure()
        assert low <= 0 <= high < Fraction(1, 10**20)
    assert vector_road(road).claim("road")["width"] == P.staircase.threshold
    assert not vector_path(P, first, last, P.m_star)


def boxed(given):
    """Return a network in boxes, as a file holds it."""
    return VectorNetwork.from_json(given.to_json())


def test_what_is_free_moves_with_the_masses(optimal):
    descent = vector_descent(optimal, network(optimal, optimal.vertices[0]))
    end = descent.breakpoints[-1]
    low, high = vector_gap(optimal.optimum, end).value.enclosure()
    assert low <= 0 <= high < Fraction(1, 10**20)


def test_a_certificate_lists_the_vertices(optimal):
    C = vector_certificate(optimal)
    assert C.kind == "vector_tied"
    listed = C.claim("vertices")["list"]
    assert [bits(v["support"]) for v in listed] == list(optimal.supports)
    assert C.claim("dimension")["dim"] == optimal.dim
    assert C.claim("threshold")["threshold"] == optimal.staircase.threshold
    check(C.to_json())


# N of a sample without neurons is y less its share, and just as long as beta asks
AT_REST = [
    VectorProblem(
        [[0, 0], [1, 0], [-1, 0], [-1, 1]],
        [[0, 0], [0, -1], [-1, 1], [1, -1]],
        beta=1,
        loss={"kind": "power", "p": 3},
    ),
    VectorProblem(
        [[2, 0], [-2, 0], [-2, 0]],
        [[1, 2, 1], [0, 0, 2], [0, 0, 0]],
        beta=2,
        loss="poisson",
    ),
    VectorProblem(
        [[2, -2], [2, 2], [-2, -1]], [[0, 1], [1, 0], [0, 1]], beta=2, loss="softmax"
    ),
]

# the same of a kappa in a field, with fits that are none of its numbers
IN_A_FIELD = VectorProblem(
    [[-1, 0, -2], [-1, 0, 1]],
    [[0, -1], [-1, 1]],
    beta=2,
    loss={"kind": "power", "p": "3/2"},
)


@pytest.mark.parametrize(
    ("problem", "level"),
    [*((problem, "interval") for problem in AT_REST), (IN_A_FIELD, "exact")],
    ids=str,
)
def test_atoms_at_rest_are_tight_and_have_no_mass(problem, level):
    P = vector_optimal_set(problem)
    O = P.optimum
    assert (P.level, P.n_vertices, P.dim) == (level, 1, 0)
    still = [u for u, mass in zip(O.atoms, O.masses, strict=True) if not mass]
    assert len(still) == len(O.atoms) - 1
    for u in still:
        assert dot(u.h, u.h) == problem.beta_squared * dot(u.g, u.g)  # exactly
    (vertex,) = P.vertices
    low, high = vector_gap(O, network(P, vertex)).value.enclosure()
    assert low <= 0 <= high < Fraction(1, 10**20)
    C = vector_certificate(P)
    assert C.kind == "vector_tied"
    (listed,) = C.claim("vertices")["list"]
    assert listed["support"] == [i for i, mass in enumerate(O.masses) if mass]
    assert C.claim("dimension") == {
        "claim": "dimension",
        "rank": len(O.atoms),
        "used_rank": 1,
        "dim": 0,
    }
    check(C.to_json())


def test_an_atom_whose_fits_may_move_is_not_at_rest():
    """Of an absolute loss kappa is given at a kink, where many fits belong to it."""
    P = VectorProblem([[2], [-1]], [[1, 2], [3, 1]], beta=1, loss="absolute")
    face = next(f for f in P.faces if f.covector == (1, -1))
    pieces = tuple(Flat(Fraction(1), Fraction(0), Fraction(2)) for _ in range(4))
    rest = [Kernel(face, ((Fraction(1),),), (Fraction(1),))]
    with pytest.raises(Undecided, match="share what neurons make"):
        require_rest(System(P, (), pieces), [], rest)
    pinned = tuple(replace(p, high=Fraction(0)) for p in pieces)
    require_rest(System(P, (), pinned), [], rest)
