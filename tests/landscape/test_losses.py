"""The general staircase (general G2-G5): worked answers, and the slot complex as second route."""

from fractions import Fraction

import pytest

from polytope_nn import (
    InstanceError,
    Polyhedron,
    TrainingProblem,
    face_lattice,
    optimal_polytope,
    optimum,
)
from polytope_nn.dual.fits import one_fit
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry.simplex import feasible
from polytope_nn.landscape.boxes import box_vertices
from polytope_nn.landscape.merge_tree import merge_tree, minimal_supports
from polytope_nn.landscape.supports import support
from polytope_nn.networks.components import component, components, slot_components
from polytope_nn.networks.membership import solution
from polytope_nn.problems.free_part import FreePart
from tests.landscape.planted import seeded

Q = Fraction
SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
CORNER = [*SQUARE, [1, 1]]
CROSS = [[s * (i == j) for j in range(3)] for i in range(3) for s in (1, -1)]


def problem(X, y, beta_squared, loss, **given):
    return TrainingProblem(X, y, beta_squared=beta_squared, loss=loss, **given)


# general §3, A: kappa, and (components, rigid, isolated) of each width from m* on
WORKED = {
    "abs-1": (
        problem(SQUARE, [2, 2, 3, 3], 2, "absolute", weights=[2, 2, 1, 1]),
        [1] * 4, {2: 2, 3: 4}, {2: 2}, [(4, 4, 4), (2, 0, 0), (1, 0, 0)],
    ),
    "abs-2": (
        problem(SQUARE, [2, 0, "3/2", "3/2"], 2, "absolute", weights=[2, 1, 1, 1]),
        [1] * 4, {2: 2}, {2: 1}, [(2, 2, 0), (1, 0, 0)],
    ),
    "hub": (
        problem(
            SQUARE, [3, 1, "5/2", "5/2"], 2, {"kind": "huber", "delta": [2, 1, 1, 1]}
        ),
        [1] * 4, {2: 2}, {2: 1}, [(2, 2, 0), (1, 0, 0)],
    ),
    "margin": (
        problem(CORNER, [1] * 5, 2, "margin"),
        [1, 1, 1, 1, 0], {2: 1, 4: 1}, {2: 1}, [(2, 2, 2), (1, 0, 0), (1, 0, 0)],
    ),
    "sqh": (
        problem(CORNER, [1] * 5, "1/2", "squared_hinge"),
        ["1/2"] * 4 + [0], {2: 1}, {2: 1}, [(2, 2, 2), (1, 0, 0)],
    ),
    "oct": (
        problem(CROSS, [4, 4, 4, 4, 5, 5], 3, "absolute", weights=[2, 2, 2, 2, 1, 1]),
        [1] * 6, {2: 4, 3: 8, 4: 12}, {2: 4, 4: 2},
        [(8, 8, 8), (4, 0, 0), (49, 48, 0), (1, 0, 0)],
    ),
    "log": (
        problem(SQUARE, [1] * 4, "2/9", "logistic"),
        ["1/3"] * 4, {2: 2}, {2: 2}, [(4, 4, 4), (2, 0, 0), (1, 0, 0)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("given", [True, False], ids=["kappa given", "kappa found"])
@pytest.mark.parametrize("name", WORKED)
def test_worked(name, given):
    D, kappa, spectrum, minimal, widths = WORKED[name]
    P = optimal_polytope(optimum(D, kappa=kappa) if given else D)
    S = P.staircase
    assert P.level == "exact"
    assert (S.spectrum, S.minimal_supports) == (spectrum, minimal)
    found = [(step.components, step.rigid, step.isolated) for step in S]
    assert found == widths[: len(found)]
    assert len(found) >= len([w for w in widths if w[0] > 1])
    for step in S:
        if step.width <= 4:
            assert slot_components(P, step.width) == (step.components, step.isolated)
            listed = list(components(P, step.width))
            assert len(set(listed)) == step.components
            assert sum(x.isolated for x in listed) == step.isolated
            assert sum(bool(x.placement) for x in listed) == step.rigid


def test_the_fit_is_unique_or_not():
    assert not optimal_polytope(WORKED["abs-1"][0]).fit_is_unique
    assert optimal_polytope(WORKED["log"][0]).fit_is_unique
    assert optimal_polytope(WORKED["sqh"][0]).fit_is_unique  # though its box is no point
    assert not optimal_polytope(WORKED["margin"][0]).fit_is_unique


def test_a_network_of_a_rigid_segment():
    P = optimal_polytope(WORKED["abs-2"][0])
    (first, second) = (solution(P, v) for v in P.vertices)
    assert component(P, first, 2) == component(P, second, 2)
    assert component(P, first, 2).placement
    assert not component(P, first, 2).isolated
    swapped = type(first)(first.slots[::-1])
    assert component(P, swapped, 2) != component(P, first, 2)
    assert component(P, swapped, 3) == component(P, first, 3)


def test_zero_is_optimal_for_the_absolute_loss():
    """general G5: 0 is in P, so every network can let all neurons go."""
    S = optimal_polytope(TrainingProblem([[1]], [1], beta=1, loss="absolute")).staircase
    assert S.spectrum == {0: 1, 1: 1}  # P is the segment from 0 to 1
    assert (S.m_star, S.M_star, S.threshold, S.bound) == (0, 0, 0, 0)
    assert S.minimal_supports == {0: 1}
    assert not S.vanishes
    assert [(S[m].components, S[m].rigid) for m in (0, 1, 2)] == [(1, 1), (1, 0), (1, 0)]
    D = TrainingProblem([[1], [1]], [0, 1], beta=5, loss="absolute")
    P = optimal_polytope(D)
    assert P.vanishes
    assert [(s.components, s.isolated) for s in (P.staircase[0], P.staircase[3])] == [
        (1, 1)
    ] * 2


def vertices_by_supports(F, box):
    """Return the vertices of ``{c >= 0 : l <= F c <= u}``: a basic solution for every choice."""
    from itertools import combinations

    from polytope_nn.exact.linear import rank, solve

    N, n = len(F), len(box)
    rows = [(tuple(F[j][k] for j in range(N)), end) for k in range(n) for end in box[k]]
    rows = [(row, end) for row, end in rows if end is not None]
    rows += [(tuple(Q(int(i == j)) for i in range(N)), Q(0)) for j in range(N)]
    found = set()
    for chosen in combinations(rows, N):
        A = [row for row, _ in chosen]
        if rank(A) < N:
            continue
        c = solve(A, [end for _, end in chosen])
        inside = all(
            (low is None or t >= low) and (high is None or t <= high)
            for t, (low, high) in zip(
                [dot([F[j][k] for j in range(N)], c) for k in range(n)], box, strict=True
            )
        )
        if inside and all(x >= 0 for x in c):
            found.add(tuple(c))
    return found


def random_box(rng):
    N, n = rng.randint(2, 4), rng.randint(1, 4)
    F = [tuple(Q(rng.randint(0, 3)) for _ in range(n)) for _ in range(N)]
    F = [f if any(f) else (Q(1),) * n for f in F]
    c = [Q(rng.randint(0, 2)) for _ in range(N)]
    box = []
    for k in range(n):
        z = dot([f[k] for f in F], c)
        low, high = z - rng.randint(0, 2), z + rng.randint(0, 2)
        box.append((low if rng.random() < 0.8 else None, high))
    return F, tuple(box)


def test_vertices_of_boxes_by_two_routes():
    rng = seeded(5)
    nothing = FreePart(0, (), has_slopes=False, has_constant=False, limited=False)
    for _ in range(60):
        F, box = random_box(rng)
        found = box_vertices(F, nothing, box)
        assert set(found) == vertices_by_supports(F, box)
        assert len(set(found)) == len(found)


def test_projections_of_boxes_by_two_routes():
    """With a free column: the vertices of the projection, against all of (c, a)."""
    rng = seeded(6)
    for _ in range(15):
        F, box = random_box(rng)
        n = len(box)
        z = tuple(Q(rng.randint(-1, 2)) for _ in range(n))
        free = FreePart(n, (z,), has_slopes=False, has_constant=True, limited=False)
        try:
            found = box_vertices(F, free, box)
        except ValueError:
            continue  # unbounded: no loss is bounded below there
        both = {
            v[: len(F)] for v in vertices_by_supports([*F, z, tuple(-t for t in z)], box)
        }
        for v in found:
            one_fit((), (z,), _left(F, v, box))  # inside
            assert v in both
        for c in both:  # and all of them are mixtures of what was found
            columns = [(*v, Q(1)) for v in found]
            assert feasible(columns, (*c, Q(1)))[0] is not None


def _left(F, c, box):
    made = [dot([f[k] for f in F], c) for k in range(len(box))]
    return tuple(
        (None if low is None else low - t, None if high is None else high - t)
        for t, (low, high) in zip(made, box, strict=True)
    )


def test_minimal_supports_and_merges_of_repeated_supports():
    supports = [0b11, 0b11, 0b110, 0b111]
    assert minimal_supports(supports) == ((2, 2), (2, 1))
    assert merge_tree(supports)[0][0] == 2  # two vertices of one support


@pytest.mark.parametrize("seed", range(6))
def test_random_planted_boxes_by_the_slot_complex(seed):
    """general §8: the formula of G5 against the explicit complex, m <= 3."""
    rng = seeded(seed)
    names = ["absolute", {"kind": "huber", "delta": 1}, "hinge", "margin"]
    for loss in names:
        signs = loss in ("hinge", "margin")
        weights = [rng.choice([1, 1, 2]) for _ in range(4)]
        y = [1] * 4 if signs else [rng.choice([1, "3/2", 2, 3]) for _ in range(4)]
        D = TrainingProblem(SQUARE, y, beta_squared="1/2", loss=loss, weights=weights)
        P = optimal_polytope(D)
        if P.missing:
            continue
        for m in range(P.m_star, 4):
            step = P.staircase[m]
            assert slot_components(P, m) == (step.components, step.isolated)
        for v in P.vertices:
            assert v in P
            assert support(v) in P.supports
        assert transpose([a.feature for a in P.atoms]) == P.A if P.atoms else True


def test_faces_where_fits_are_many():
    """A hexagon: supports alone would tell it 6 vertices and no edge."""
    P = optimal_polytope(WORKED["abs-1"][0])
    with pytest.raises(InstanceError, match="several fits are optimal"):
        face_lattice(P)
    hexagon = face_lattice(Polyhedron.from_generators(P.vertices))
    assert hexagon.f_vector == (1, 6, 6, 1)


def test_a_fit_that_a_field_does_not_hold_beside_fits_that_it_holds():
    """Two neurons of one feature modulo the skip: a point of P is multiplied out by hand.

    kappa = (-20/7, ..): 7/10 |kappa_1| = 2, and the fit of the first is y + sqrt(20/7).
    """
    D = TrainingProblem(
        [["0.7"], ["-1.4"], ["-1.2"]],
        [-1, "-5.1", "-4.1"],
        beta=2,
        loss={"kind": "power", "p": 3},
        skip="linear",
    )
    P = optimal_polytope(D)
    assert P.optimum.kappa[0] == Q(-20, 7)
    assert P.n_vertices == 2
    first, second = P.optimum.fit[0], P.optimum.fit[1]
    # the kink of the line through both halves costs what its slopes differ by
    mass = -(first / Q("0.7") - second / Q("-1.4"))
    assert all(float(sum(c)) == pytest.approx(float(mass / 2)) for c in P.vertices)


def test_where_nothing_is_free_the_free_part_is_empty_in_balls_as_well():
    """Quantile loss, kappa in balls and at an end of one row: nothing is left to decide."""
    X = [["-7/2", "1/5"], ["3/10", "1/5"], ["1/2", "11/10"], ["-2", "14/5"], ["1", "3/2"]]
    y = ["1", "14/5", "-37/10", "-21/5", "-3/5"]
    loss = {"kind": "quantile", "tau": "9/10"}
    P = optimal_polytope(optimum(problem(X, y, "1/4", loss, bias="penalised")))
    assert P.optimum.level == "interval"
    assert P.m_star == 2
    for v in P.vertices:
        assert P.free_part(v) == ()
        assert P.point(v).a == ()
