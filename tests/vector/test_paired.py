"""N annihilates what neurons see though no skip asks it to: opposite atoms make the rest."""

import json
from fractions import Fraction
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest

from polytope_nn import VectorProblem, vector_optimal_set
from polytope_nn.checker.kinds import check
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.report.vector import vector_fields, vector_page
from polytope_nn.vector import polytope
from polytope_nn.vector.balls import paired
from polytope_nn.vector.balls.paired import _Free, paired_optimum
from polytope_nn.vector.certificate.claims import vector_certificate
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.gap import vector_gap
from polytope_nn.vector.paths import vector_path
from polytope_nn.vector.polytope import OptimalSet
from polytope_nn.vector.search.relaxed import relaxed, widened
from tests.certificate.forging import canonical, golden

from .test_ties import boxed, network

SQUARED = VectorProblem(
    [[3], [2], [-6], [-3], [-2]],
    [[-1, -2], [1, 0], [3, -4], [4, -2], [-4, -1]],
    beta="1/30",
    bias="penalised",
    skip="linear",
)
HUBER = VectorProblem(
    [[-2], [-1], [4], [-3], [5]],
    [[3, 1], [-3, 4], [1, -1], [4, -3], [-2, 1]],
    beta="1/100",
    loss={"kind": "huber", "delta": 1},
    bias="penalised",
    skip="constant",
)
PLANES = VectorProblem(
    [[-4], [-5], [-3], [1], [-2], [4]],
    [[1, -2], [4, -2], [-2, -4], [0, -2], [-3, -4], [3, 3]],
    beta="1/100",
    bias="penalised",
    skip="constant",
)


@pytest.fixture(scope="module")
def solved():
    return {P: vector_optimum(P) for P in (SQUARED, HUBER, PLANES)}


@pytest.fixture(params=[SQUARED, HUBER, PLANES], ids=str)
def optimum(request, solved):
    return solved[request.param]


@pytest.fixture(params=[SQUARED, HUBER], ids=str)
def finite(request, solved):
    return solved[request.param]


def objective(problem, neurons, skip):
    """Return the objective in floats, from its definition."""
    X = np.array([[*map(float, row)] for row in problem.design])
    fit = skip + sum(np.outer(np.maximum(X @ u, 0), v) for u, v in neurons)
    off = np.abs(fit - np.array([[*map(float, row)] for row in problem.Y]))
    loss = off**2 / 2
    if problem.kind == "huber":
        loss = np.where(off <= 1, loss, off - 1 / 2)
    cost = sum(u @ u + v @ v for u, v in neurons) / 2
    return loss.sum() + cost * float(problem.beta_squared) ** 0.5


def network_of(optimum, pairs):
    """Return neurons with ``|u| = |v|`` and the skip that leaves the optimal fit, in floats."""
    neurons = []
    for a, c in pairs:
        g, h = (np.array([*map(float, t)]) for t in (a.g, a.h))
        scale = (float(c) * np.linalg.norm(h) / np.linalg.norm(g)) ** 0.5
        neurons.append((scale * g, float(c) / scale * h))
    fit = np.array([[*map(float, row)] for row in optimum.fit])
    X = np.array([[*map(float, row)] for row in optimum.problem.design])
    left = fit - sum(np.outer(np.maximum(X @ u, 0), v) for u, v in neurons)
    Z = np.array([[*map(float, z)] for z in optimum.problem.free.columns]).T
    return neurons, Z @ np.linalg.lstsq(Z, left, rcond=None)[0]


def test_the_dual_point_annihilates_what_neurons_see(optimum):
    X = np.array([[*map(float, row)] for row in optimum.problem.design])
    N = np.array([[*map(float, row)] for row in optimum.N])
    assert np.abs(N.T @ X).max() < 1e-12
    assert not optimum.problem.is_even


def test_the_network_has_the_value(optimum):
    neurons, skip = network_of(optimum, optimum.network)
    assert objective(optimum.problem, neurons, skip) == pytest.approx(float(optimum.value))


def test_the_vertices_are_those_of_floats(finite):
    """Every independent set of features with nonnegative weights that make the fit."""
    P = vector_optimal_set(finite)
    features = np.array([[*map(float, column)] for column in P.features]).T
    fit = np.array([*map(float, finite.problem.modulo(finite.fit))])
    rank = np.linalg.matrix_rank(features, tol=1e-9)
    assert rank == P.rank == P.used_rank < len(finite.atoms)
    found = set()
    for chosen in combinations(range(len(finite.atoms)), rank):
        A = features[:, chosen]
        if np.linalg.matrix_rank(A, tol=1e-9) == rank:
            c = np.linalg.lstsq(A, fit, rcond=None)[0]
            if np.abs(A @ c - fit).max() < 1e-9 and c.min() > -1e-9:
                found.add(frozenset(a for a, x in zip(chosen, c, strict=True) if x > 1e-9))
    told = [frozenset(a for a, x in enumerate(v) if x != 0) for v in P.vertices]
    assert len(told) > 1
    assert set(told) == found


def supports_of(vertices):
    return {frozenset(a for a, x in enumerate(v) if x != 0) for v in vertices}


def test_of_more_vertices_than_are_listed_floats_find_one(finite, monkeypatch):
    P, wide = vector_optimal_set(finite), vector_optimum(widened(finite.problem))
    monkeypatch.setattr(paired, "_MOST", 1)
    found = paired_optimum(finite.problem, wide)
    weights = {id(u): c for u, c in found.network}
    one = [weights.get(id(u), 0) for u in found.atoms]
    (same,) = (v for v in P.vertices if supports_of([v]) == supports_of([one]))
    assert [*map(float, one)] == pytest.approx([*map(float, same)])


def test_too_many_vertices_are_not_listed(finite, monkeypatch):
    known = vector_optimal_set(finite)
    assert known.is_listed
    monkeypatch.setattr(polytope, "_MOST", 1)
    P = OptimalSet(finite)
    assert not P.is_listed
    fields = vector_fields(P, {})
    assert fields["vertices"] is fields["widths"] is fields["m_star"] is None
    assert known.m_star <= fields["m_star_at_most"]
    assert known.staircase.threshold <= fields["connected_from"] == known.rank + 1
    assert "too many vertices to list" in vector_page(P, {})
    c = json.loads(vector_certificate(P).to_json())
    assert c["kind"] == "vector_paired"
    assert claimed(c, "spanned")["connected_from"] == fields["connected_from"]


def claimed(c, name):
    return next(claim for claim in c["claims"] if claim["claim"] == name)


def test_too_many_sides_of_twins_are_not_listed(monkeypatch):
    wide = vector_optimum(widened(HUBER))
    assert len(OptimalSet(wide).vertices) == 8
    monkeypatch.setattr(polytope, "_MOST", 7)
    assert not OptimalSet(wide).is_listed
    assert "m*<=3" in repr(OptimalSet(wide))


def test_a_certificate_lists_them(finite):
    P = vector_optimal_set(finite)
    c = json.loads(vector_certificate(P).to_json())
    told = {claim["claim"]: claim for claim in c["claims"]}
    assert c["kind"] == "vector_paired_listed"
    assert told["widths"]["m_star"] == P.m_star
    assert told["threshold"]["threshold"] == P.staircase.threshold
    pairs = zip(told["vertices"]["list"], P.vertices, strict=True)
    for one, vertex in pairs:
        used = {a: float(x) for a, x in enumerate(vertex) if x != 0}
        assert one["support"] == [*used]
        assert [*map(middle, one["weights"])] == pytest.approx([*used.values()])


def test_every_vertex_has_the_value(finite):
    for vertex in vector_optimal_set(finite).vertices:
        pairs = [(a, c) for a, c in zip(finite.atoms, vertex, strict=True) if c != 0]
        neurons, skip = network_of(finite, pairs)
        assert objective(finite.problem, neurons, skip) == pytest.approx(
            float(finite.value)
        )


def test_vertices_are_joined_where_the_staircase_says(finite):
    P = vector_optimal_set(finite)
    first, last = (boxed(network(P, P.vertices[i], free=False)) for i in (0, -1))
    road = vector_path(P, first, last, P.staircase.threshold)
    for one in road.breakpoints:
        low, high = vector_gap(finite, one).value.enclosure()
        assert low <= 0 <= high < Fraction(1, 10**20)
    assert not vector_path(P, first, last, P.m_star)


def middle(ends):
    return float(sum(map(Fraction, ends)) / 2)


@pytest.mark.parametrize("name", ["paired_squares", "paired_softmax"])
def test_the_shares_of_a_certificate_make_its_fit(name):
    """In floats, from the claims alone: what neurons leave of the fit is free."""
    c = golden(name)
    check(canonical(c))
    told = {claim["claim"]: claim for claim in c["claims"]}
    X = np.array([[float(Fraction(t)) for t in row] for row in c["data"]["X"]])
    n, softmax = len(X), c["data"]["loss"]["kind"] == "softmax"
    design = np.c_[X, np.ones(n)]
    free = {"linear": X, "constant": np.ones((n, 1))}[c["data"]["free"]]
    N, fit = (
        np.array([[*map(middle, row)] for row in told["enclosed"][key]])
        for key in ("kappa", "fit")
    )
    shares = [*map(middle, told["paired"]["shares"])]
    assert any(0.01 < s < 0.99 for s in shares)
    for atom, s in zip(told["enclosed"]["atoms"], shares, strict=True):
        u, mass = np.array([*map(middle, atom["g"])]), middle(atom["mass"])
        for side, part in ((u, 1 - s), (-u, s)):
            phi = np.maximum(design @ side, 0)
            fit = fit - mass * part * np.outer(phi, N.T @ phi)
    if softmax:  # constants of rows are free, too
        fit = fit - fit.mean(axis=1, keepdims=True)
    left = fit - free @ np.linalg.lstsq(free, fit, rcond=None)[0]
    assert np.abs(left).max() < 1e-9


def test_too_few_pairs_are_no_proof():
    """The relaxed optimum of a problem whose own one is another: its pairs do not make it."""
    problem = VectorProblem(
        [[3], [2], [-6]], [[-1, -2], [1, 0], [3, -4]], beta=1, bias="penalised"
    )
    own = vector_optimum(problem)
    N = np.array([[*map(float, row)] for row in own.N])
    assert relaxed(problem, N) is None
    wide = relaxed(problem, 0 * N)
    assert wide.skip == "affine"
    with pytest.raises((Undecided, NotOptimal)):
        paired_optimum(problem, vector_optimum(wide))
    assert own.value > vector_optimum(wide).value


@pytest.mark.parametrize("shifted, more", [(False, ()), (True, (2, 4))])
def test_coefficients_of_all_that_is_free(shifted, more):
    """Of columns that are left out they are 0; what is added to a whole row is its mean."""
    free = SimpleNamespace(columns=((1, 1), (2, 2)), basis=(1,))
    entries = SimpleNamespace(shifted=shifted)
    of = SimpleNamespace(problem=SimpleNamespace(c=2, free=free, entries=entries))
    fit = SimpleNamespace(fit=tuple(map(Fraction, (1, 3, 2, 6))))
    found = _Free.coefficients(of, ((Fraction(3), Fraction(5)),), fit)
    assert found == (0, 0, 3, 5, *more)
