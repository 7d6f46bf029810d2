"""l1 and linf penalties: the slot complex by sets of cells against the one by tuples."""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn.errors import InstanceError, NotOptimal
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.slot_complex import SlotComplex, slot_complex
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.gauges import norm, pieces, rays
from polytope_nn.search.finding import optimum
from tests.oracles.units import conic_value, slot_components

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]


def test_u6():
    """The whole l1 circle is tight: 4, 1, 1, and not the one vertex of its four rays."""
    D = TrainingProblem(SQUARE, [3] * 4, beta=1, penalty="l1")
    O = optimum(D)
    assert (list(O.kappa), list(O.fit)) == ([1] * 4, [2] * 4)
    assert {a.g for a in O.atoms} == {(1, 0), (-1, 0), (0, 1), (0, -1)}
    assert (len(O.cells), {len(cell) for cell in O.cells}) == (4, {2})
    S = slot_complex(O)
    assert (S.m_star, [S[m].components for m in (2, 3, 4)]) == (2, [4, 1, 1])
    assert (S.threshold, S[2].isolated) == (3, 4)
    with pytest.raises(InstanceError, match="ranges over cells"):
        optimal_polytope(D)


def problem_of(seed):
    random = Random(seed)  # noqa: S311
    n, d = random.choice([(2, 1), (3, 2), (4, 2), (5, 2), (4, 3)])
    X = [[random.randint(-2, 2) for _ in range(d)] for _ in range(n)]
    return TrainingProblem(
        X,
        [random.randint(-4, 4) for _ in range(n)],
        beta_squared=random.choice([1, 1, 2, "1/4"]),
        penalty=random.choice(["l1", "linf"]),
        activation=random.choice(["relu", "absolute", {"slopes": [1, "1/2"]}]),
        skip=random.choice(["none", "none", "constant", "linear"]),
        bias=random.choice(["none", "none", "penalised"]),
    )


def ways(O):
    """Return features by ray, and every tight cell, modulo what is free."""
    features = {a: O.problem.free.modulo(atom.feature) for a, atom in enumerate(O.atoms)}
    return features, O.problem.free.modulo(O.fit)


@pytest.mark.parametrize("seed", range(40))
def test_random_data_has_the_value_and_the_slots(seed):
    D = problem_of(seed)
    O = optimum(D)
    blocks = []
    for pattern in arrangement(D.plain_design).patterns:
        rows = [[s * t for t in x] for s, x in zip(pattern, D.plain_design, strict=True)]
        a = D.activation
        slopes = [a.right if s > 0 else a.left for s in pattern]
        for sign in (1, -1):
            A = [
                [sign * s * t for t in x]
                for s, x in zip(slopes, D.plain_design, strict=True)
            ]
            blocks.append((A, rows, D.penalty))
    beta = float(D.beta_squared) ** 0.5
    value = conic_value(blocks, D.y, beta, free=D.free.columns)
    assert abs(float(O.value) - value) <= 1e-7 * (1 + abs(value))
    S = slot_complex(O)
    if O.vanishes:
        assert (S.m_star, S.threshold, S[0].components) == (0, 0, 1)
        return
    features, fit = ways(O)
    for m in range(1, 4):
        if len(O.cells) ** m > 600:
            break
        counted = slot_components(O.cells, features, fit, m)
        assert counted == (S[m].components if m >= S.m_star else 0)
    assert S.threshold <= S.bound
    assert S.m_star_at_least == S.m_star <= S.m_star_at_most <= S.rank


def circle(k, fit):
    """Return a complex of k cells around a circle, neighbours glued along a ray."""
    corner = [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)]
    features = tuple((*map(Fraction, corner[8 * i // k]), Fraction(1)) for i in range(k))
    cells = tuple(1 << i | 1 << (i + 1) % k for i in range(k))
    return SlotComplex(features, features, cells, tuple(map(Fraction, fit)), 3)


@pytest.mark.parametrize("k", [4, 8])
@pytest.mark.parametrize("fit", [(0, 0, 2), (1, 0, 2), (1, 1, 3), (2, 0, 2), (0, 1, 3)])
def test_cells_around_a_circle(k, fit):
    S = circle(k, fit)
    features = dict(enumerate(S.features))
    cells = [{i, (i + 1) % k} for i in range(k)]
    for m in range(1, 4 if k == 4 else 3):
        counted = slot_components(cells, features, fit, m)
        assert counted == (S[m].components if m >= S.m_star else 0)


def test_two_neurons_turn_into_each_other():
    """On a circle of the fit (0, 0, 2) a pair of opposite points turns: one component.

    A half turn exchanges the two slots, with no slot ever empty: m!/|H| = 1.
    """
    S = circle(8, (0, 0, 2))
    step = S[2]
    assert (step.components, step.rigid, step.isolated, step.classes) == (1, 1, 0, 1)


def test_points_are_points():
    """Isolated: all (cell, point) with the fit, by the vertices of a polyhedron."""
    seen = 0
    for seed in range(25):
        S = slot_complex(problem_of(seed))
        if S.vanishes:
            continue
        for chosen in S._sets(S.m_star):
            places = [
                (x, a)
                for x, cell in enumerate(S.cells)
                for a in range(len(S.features))
                if chosen >> x & 1 and cell >> a & 1
            ]
            rows = [[S.features[a][k] for _, a in places] for k in range(len(S.fit))]
            positive = [
                [-int(i == j) for j in range(len(places))] for i in range(len(places))
            ]
            if any(not isinstance(t, Fraction) for t in S.fit):
                continue
            Q = Polyhedron.from_inequalities(
                [*positive, *rows, *[[-t for t in row] for row in rows]],
                [*[0] * len(places), *S.fit, *[-t for t in S.fit]],
            )
            points = {
                tuple(
                    sum(
                        c * S.directions[a][j]
                        for c, (z, a) in zip(v, places, strict=True)
                        if z == x
                    )
                    for x in range(len(S.cells))
                    for j in range(len(S.directions[0]))
                )
                for v in Q.vertices
            }
            assert S._is_point(chosen) == (len(points) == 1)
            seen += 1
    assert seen > 15


@pytest.mark.parametrize("name", ["l1", "linf"])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_pieces_cover_and_the_norm_is_linear_there(name, d):
    random = Random(d)  # noqa: S311
    every = list(pieces(name, d))
    assert len(every) == (2**d if name == "l1" else 2 * d)
    for _ in range(50):
        u = [Fraction(random.randint(-3, 3)) for _ in range(d)]
        inside = [
            p
            for p in every
            if all(sum(s * t for s, t in zip(row, u, strict=True)) >= 0 for row in p)
        ]
        assert inside
    for corners in rays(name, (), d):
        assert all(norm(name, u) == 1 for u in corners)
        middle = [sum(column) for column in zip(*corners, strict=True)]
        assert norm(name, middle) == len(corners)


def test_a_given_kappa_and_refusals():
    D = TrainingProblem(SQUARE, [3] * 4, beta=1, penalty="l1")
    assert optimum(D, kappa=[1] * 4).cells == optimum(D).cells
    with pytest.raises(NotOptimal, match="its value exceeds beta by 1"):
        optimum(D, kappa=[2] * 4)
    with pytest.raises(InstanceError, match="neurons are atoms"):
        slot_complex(TrainingProblem(SQUARE, [3] * 4, beta=1))
    with pytest.raises(InstanceError, match="gates, penalty"):
        TrainingProblem([[1]], [1], beta=1, gates=[[1]], penalty="l1")
