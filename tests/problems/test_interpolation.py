"""The optimal set of minimum-norm interpolation, by a second route where there is one."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest

from polytope_nn.certificate.interpolations import boxed_proof, free_certificate
from polytope_nn.errors import (
    DimensionError,
    InstanceError,
    NotInterpolable,
    NotOptimal,
    UnboundedError,
    Undecided,
)
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import rank
from polytope_nn.exact.parametric import Parametric
from polytope_nn.exact.scalar import dot, sign, squared_norm
from polytope_nn.functions.attained import is_attained
from polytope_nn.functions.piecewise_linear import represented
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.landscape.kinks import flats
from polytope_nn.landscape.optimal_set import Point, interpolation, optimal_polytope
from polytope_nn.limits import Limits
from polytope_nn.problems.families import suffix_chain
from polytope_nn.problems.interpolation import (
    InterpolationProblem,
    obstruction,
    require_interpolable,
)
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search import finding
from polytope_nn.search.enclosing import enclosed_optimum
from polytope_nn.search.programs import conic as interpolation_conic
from polytope_nn.search.search import Search
from tests.oracles.conic import least, over_cones

KINDS = [
    (bias, skip)
    for bias in ("none", "penalised", "free")
    for skip in ("none", "linear", "affine")
]


def conic_value(problem):
    """The primal over all topes of the rows (x, 1) or x, by one conic program in floats.

    With a free bias the program is in (w, b) with the norm of w alone: not by charts.
    """
    free = problem.bias == "free"
    rows = problem.design
    patterns = np.array(arrangement(rows).patterns)
    sizes = [max(map(abs, x)) or 1 for x in rows]  # each sample in units of its own
    X = np.array([[float(t / s) for t in x] for x, s in zip(rows, sizes, strict=True)])
    Z = np.array(
        [[float(t / s) for t in z] for z, s in zip(problem.free.Z, sizes, strict=True)]
    )
    Z = Z.reshape(problem.n, -1)
    cones = [(p, s) for p in patterns for s in (1, -1)]
    if free:  # constants are in Z: the tope of all + and - would repeat them without bound
        cones = [(p, s) for p, s in cones if (p < 0).any()] + [(None, 1), (None, -1)]
    q, made, *neurons = over_cones(X, cones, Z.shape[1], 1, free)
    kept = list(problem.determining)
    labels = [float(problem.y[k] / sizes[k]) for k in kept]
    return least(q, np.hstack([Z, made])[kept], labels, neurons, np.zeros(len(q)))


def holds(x, value):
    """Whether x is the value: exactly, or a ball of less than 2^-60 around it."""
    if isinstance(x, Parametric):  # a rational function of balls, which need not cancel
        x = x.enclosure(400)
    if isinstance(x, Ball):
        return value in x and x.radius < Fraction(1, 1 << 60)
    return x == value


def check_point(solved, point):
    """The conditions of optimality, one by one, recomputed from the neurons alone."""
    problem = solved.problem
    total = [dot(z, point.a) for z in problem.free.Z]
    for c, a in zip(point.c, solved.atoms, strict=True):
        assert c >= 0
        for k, x in enumerate(problem.design):
            activation = dot(x, a.g)
            if a.covector[k] == 1:
                total[k] = total[k] + c * activation * a.sign
            elif a.covector[k] == 0 and solved.level == "exact":
                assert activation == 0
            else:
                assert holds(activation, 0) or activation < 0
    assert all(holds(t, y) for t, y in zip(total, problem.y, strict=True))
    assert holds(sum(point.c, Fraction(0)) - solved.cost, 0)


def check(solved):
    problem = solved.problem
    for a in solved.atoms:
        u = a.g[:-1] if problem.bias == "free" else a.g
        assert holds(squared_norm(u), 1)
        assert holds(dot(solved.kappa, a.feature), 1)
    for z in problem.free.columns:
        assert holds(dot(z, solved.kappa), 0)
    vertices = solved.vertices
    for c in vertices[:20]:
        check_point(solved, solved.point(c))
        if solved.level == "exact":
            assert solved.point(c) in solved
    weights = [Fraction(i + 1, len(vertices)) for i in range(len(vertices))]
    whole = sum(weights)
    mean = tuple(dot(weights, column) / whole for column in zip(*vertices, strict=True))
    if mean:
        check_point(solved, solved.point(mean))
    f = represented(solved, solved.point(vertices[0]))
    assert all(holds(f(x), y) for x, y in zip(problem.X, problem.y, strict=True))
    assert len(vertices) == solved.n_vertices
    assert len(set(solved.supports)) == len(vertices)
    assert {
        a for bits in solved.supports for a in range(len(solved.atoms)) if bits >> a & 1
    } == set(solved.used)


@pytest.mark.parametrize(("bias", "skip"), KINDS)
@pytest.mark.parametrize(("n", "d"), [(3, 1), (5, 1), (4, 2), (6, 2)])
def test_random_instances_against_a_conic_solver(bias, skip, n, d):
    random = Random(f"{bias} {skip} {n} {d}")  # noqa: S311 - reproducible data
    for _ in range(2):
        X = [[random.randint(-4, 4) for _ in range(d)] for _ in range(n)]
        y = [random.randint(-5, 5) for _ in range(n)]
        problem = InterpolationProblem(X, y, bias=bias, skip=skip)
        if obstruction(problem) is not None:  # then labels that two neurons make
            u, v = ([random.randint(-3, 3) for _ in range(d)] for _ in range(2))
            y = [2 * max(dot(x, u), 0) - max(dot(x, v), 0) for x in problem.X]
            problem = InterpolationProblem(X, y, bias=bias, skip=skip)
        solved = interpolation(problem)
        check(solved)
        value = conic_value(problem)
        assert abs(float(solved.cost) - value) <= 1e-8 * max(1, abs(value))


@pytest.mark.parametrize(
    ("X", "y", "options"),
    [
        ([["1/3"]], [2], {}),
        ([[-2]], [-3], {"bias": "penalised"}),
        ([[0, 0], [1, 0]], [0, 1], {}),
        ([[1], [1], [-1], [-1], [0]], [1, 1, 2, 2, 0], {}),
        ([[1, 2], [2, 4], [-1, -2]], [1, 2, 5], {}),
        ([[1, 0, 0], [0, 1, 0]], [1, -1], {}),
        ([[1, 0, 0], [0, 1, 0]], [1, -1], {"skip": "linear"}),
        (
            [[10**12, 1], [10**11, 10**12], [10**12 - 1, 3 * 10**12]],
            [10**12, 5 * 10**12, 7 * 10**11],
            {},
        ),
        (
            [[Fraction(10**30 + 7, 10**30 + 57), 1], [1, Fraction(3, 10**29 + 1)]],
            [1, Fraction(10**30 + 3, 3 * 10**30)],
            {},
        ),
        ([[1], [2], [3]], [1, 1, 1], {"bias": "free"}),
        ([[1], [2], [3]], [0, 0, 0], {"bias": "penalised"}),
        ([[0]], [4], {"bias": "penalised"}),
        ([[0]], [4], {"skip": "affine"}),
        ([[5], [5]], [1, 1], {"bias": "free", "skip": "affine"}),
    ],
)
def test_degenerate_instances(X, y, options):
    solved = interpolation(InterpolationProblem(X, y, **options))
    check(solved)
    value = conic_value(solved.problem)
    assert abs(float(solved.cost) - value) <= 1e-6 * max(1, abs(value))


def brute_obstructed(problem):
    """Whether y is outside the span of all D X and Z, pattern by pattern."""
    span = list(problem.free.columns)
    for chart in problem.charts:
        for pattern in chart.arrangement.patterns:
            span.extend(
                [t * (s > 0) for s, t in zip(pattern, column, strict=True)]
                for column in zip(*chart.design, strict=True)
            )
    return rank([*span, problem.y]) > rank(span)


@pytest.mark.parametrize(("bias", "skip"), KINDS)
def test_the_obstruction_decides_as_all_patterns_do(bias, skip):
    random = Random(f"{bias}{skip}")  # noqa: S311 - reproducible data
    seen = set()
    for _ in range(120):
        n, d = random.randint(1, 5), random.randint(1, 2)
        X = [[random.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        y = [random.randint(-1, 1) for _ in range(n)]
        problem = InterpolationProblem(X, y, bias=bias, skip=skip)
        z = obstruction(problem)
        seen.add(z is None)
        assert (z is not None) == brute_obstructed(problem)
        if z is not None:
            assert dot(z, problem.y) > 0
            assert all(dot(z, v) == 0 for v in problem.reach)
    assert seen == {True, False}


def test_a_contradiction_is_shown():
    with pytest.raises(NotInterpolable, match=r"rows 1, 3 of X force -y_1 \+ y_3 = 0"):
        interpolation(InterpolationProblem([[1, 0], [0, 1], [1, 0]], [1, 0, 2]))
    with pytest.raises(NotInterpolable, match="row 2 of X forces"):
        require_interpolable(InterpolationProblem([[1], [0]], [1, 1], skip="linear"))


def test_the_optimal_set_does_not_depend_on_kappa():
    problem = InterpolationProblem([[1, 0], [0, 1]], [1, 0])
    plain, other = (interpolation(problem, kappa=[1, t]) for t in (0, -1))
    assert (len(plain.atoms), len(other.atoms)) == (1, 2)  # e_2 is tight and never used
    assert plain.cost == other.cost == 1
    assert [a.g for a in plain.atoms] == [other.atoms[a].g for a in other.used]
    f, h = (represented(s, s.point(s.vertices[0])) for s in (plain, other))
    assert f == h
    assert interpolation(problem).used == (0,)


@pytest.mark.parametrize(
    ("kappa", "why"),
    [
        ([2, 0], "exceeds beta"),
        (["1/2", 0], "no nonnegative combination"),
        ([0, 0], "combination of its 0 atoms"),
    ],
)
def test_a_wrong_kappa_is_refused(kappa, why):
    with pytest.raises(NotOptimal, match=why):
        interpolation(InterpolationProblem([[1, 0], [0, 1]], [1, 0]), kappa=kappa)


def test_kappa_must_fit_the_free_columns_and_the_shape():
    problem = InterpolationProblem([[1], [2], [4]], [1, 2, 4], skip="linear")
    with pytest.raises(NotOptimal, match="free column 1 is 1"):
        interpolation(problem, kappa=[1, 0, 0])
    with pytest.raises(DimensionError, match="length 2, X has 3 rows"):
        interpolation(problem, kappa=[1, 0])


def test_without_a_skip_it_is_a_training_problem():
    """Labels ``y + kappa`` and beta 1: the same kappa, fit and polytope."""
    solved = interpolation(suffix_chain(4))
    D = solved.problem
    labels = [y + k for y, k in zip(D.y, solved.kappa, strict=True)]
    P = optimal_polytope(TrainingProblem(D.design, labels, beta=1))
    assert (P.kappa, P.b, P.atoms) == (solved.kappa, solved.b, solved.atoms)
    assert P.vertices == solved.vertices


def test_balls_and_a_number_field_agree():
    """The same instance decided twice: cost in Q(root), and enclosed."""
    line, labels = [[-3], [4], [-4], [-1]], [-4, 2, 2, 2]
    plane, others = [[-3, 4], [-4, -1], [-4, 2], [2, 2]], [5, 1, -2, -4]
    for X, y, bias, skip in (
        (line, labels, "penalised", "none"),
        (line, labels, "penalised", "affine"),
        (plane, others, "none", "linear"),
    ):
        problem = InterpolationProblem(X, y, bias=bias, skip=skip)
        exact = interpolation(problem)
        assert exact.level == "exact"
        candidate = next(Search(problem).candidates(Limits(bits=320), set()))
        balls = optimal_polytope(enclosed_optimum(candidate, 320))
        assert balls.level == "interval"
        assert balls.cost.overlaps(Ball.from_rational(0) + exact.cost)
        assert [a.covector for a in balls.atoms] == [a.covector for a in exact.atoms]
        assert (balls.n_vertices, balls.rank, balls.dim) == (
            exact.n_vertices, exact.rank, exact.dim,
        )  # fmt: skip
        assert balls.supports == exact.supports
        for v, w in zip(balls.vertices, exact.vertices, strict=True):
            close = [Ball.from_rational(0) + s - t for s, t in zip(v, w, strict=True)]
            assert all(0 in gap for gap in close)
        check(balls)


def test_undecided_names_what_is_missing(monkeypatch):
    """A tie in a large field: no balls, and the field is beyond the limits given."""
    from tests.pipeline import found_polytope

    problem = InterpolationProblem([[-3], [4], [-4], [-1]], [-4, 2, 2, 2], bias="penalised")
    assert interpolation(problem).level == "exact"
    low = found_polytope(problem, Limits(degree=1, field_bits=320))
    assert low.level == "interval"
    square = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    ridges = InterpolationProblem(square, [1] * 4, skip="linear")
    few = Limits(degree=1, field_bits=320)
    assert found_polytope(ridges, few).level == "interval"  # the ties are identities
    monkeypatch.setattr(finding, "_by_identities", lambda *_: None)
    with pytest.raises(Undecided, match="dependent"):
        found_polytope(ridges, few)


def test_free_bias_attained_or_not():
    def solved(X, y, **options):
        return interpolation(InterpolationProblem(X, y, bias="free", **options))

    constant = solved([[0], [1]], [1, 1])
    assert (constant.cost, is_attained(constant)) == (0, False)
    assert is_attained(solved([[0], [1]], [1, 1], skip="affine"))
    assert is_attained(solved([[0], [1]], [0, 1]))
    assert is_attained(solved([[2], [1]], [1, 1], skip="linear")) is False
    assert is_attained(solved([[2]], [1], skip="linear"))  # a constant is linear there
    line = solved([[0], [1]], [1, 2])  # (x + 1)_+: the bias takes the constant over
    assert is_attained(line)
    assert any(f.upper is None for f in line.loose)
    assert is_attained(solved([[0], [1]], [-5, -4]))  # x - 5 = -(5 - x)_+ there
    hat = solved([[1], [2], [-1], [4], [5]], [1, 3, 0, 3, 1])
    assert {sign(hat.free_part(c)[-1]) for c in hat.vertices} == {1}
    assert not is_attained(hat)


def test_flats_of_a_free_bias():
    problem = InterpolationProblem(
        [[-1], [0], [1], [2]], [1, 0, 0, 1], bias="free", skip="affine"
    )
    solved = interpolation(problem)
    loose = solved.loose
    assert loose
    assert set(loose) <= set(flats(solved))
    for flat in loose:
        low, high = solved.atoms[flat.lower], solved.atoms[flat.upper]
        assert low.g[0] == high.g[0]
        middle = (low.g[0], (low.g[1] + high.g[1]) / 2)
        fit = [max(dot(x, middle), 0) * low.sign for x in problem.design]
        assert dot(fit, solved.kappa) == 1
    with pytest.raises(UnboundedError, match="move along their free bias"):
        _ = solved.staircase.m_star
    plain = interpolation(InterpolationProblem([[1], [3]], [1, 7], bias="penalised"))
    assert flats(plain) == ()


def test_widths_of_a_free_bias_need_a_constant():
    single = InterpolationProblem([[0], [1]], [0, 1], bias="free")
    with pytest.raises(UnboundedError):
        _ = interpolation(single).staircase.m_star
    flat = InterpolationProblem([[2], [1]], [1, 1], bias="free", skip="linear")
    with pytest.raises(UnboundedError, match="widths are not counted"):
        _ = interpolation(flat).staircase.m_star


def test_membership_and_shapes():
    square = InterpolationProblem(
        [[1, 0], [-1, 0], [0, 1], [0, -1]], [1] * 4, skip="linear"
    )
    solved = interpolation(square)
    point = solved.point(solved.vertices[0])
    assert point in solved
    assert Point(point.c, tuple(t + 1 for t in point.a)) not in solved
    assert Point(point.c[:-1], point.a) not in solved
    assert Point(tuple(-c for c in point.c), point.a) not in solved
    with pytest.raises(DimensionError, match="1 coordinate for 4 atoms"):
        solved.point([Fraction(1)])
    assert len(solved.inequalities) == 4
    assert len(solved.inequalities[0][0]) == 4 + 2
    assert solved.staircase.spectrum == {1: 4}
    assert solved.staircase.threshold == 2
    with pytest.raises(InstanceError, match="skip: 'cubic' is none of"):
        InterpolationProblem([[1]], [1], skip="cubic")
    assert repr(InterpolationProblem([[1]], [1], name="a")).startswith(
        "InterpolationProblem('a'"
    )


def test_too_many_vertices_are_not_listed():
    """Sixteen pairs under an affine skip: 65536 vertices, counted and not listed."""
    n = 18
    X = [[k] for k in range(n)]
    y = [(-1) ** k * (k + 3) for k in range(n)]
    problem = InterpolationProblem(X, y, bias="penalised", skip="affine")
    solved = optimal_polytope(problem, limits=Limits(vertices=20_000))
    assert solved.n_vertices > 20_000
    with pytest.raises(Undecided, match="more than the 20000"):
        _ = solved.vertices


@pytest.mark.parametrize("skip", ["none", "affine"])
def test_cones_are_added_as_needed(skip, monkeypatch):
    """The same answer from a few cones at a time as from all at once."""
    random = Random(5)  # noqa: S311 - reproducible data
    X = [[random.randint(-9, 9) for _ in range(3)] for _ in range(8)]
    y = [random.randint(-9, 9) for _ in range(8)]
    problem = InterpolationProblem(X, y, skip=skip)
    at_once = interpolation(problem)
    monkeypatch.setattr(interpolation_conic, "_ALL", 0)
    monkeypatch.setattr(interpolation_conic, "_ENTERING", 5)
    by_and_by = interpolation(InterpolationProblem(X, y, skip=skip))
    assert [a.key for a in by_and_by.atoms] == [a.key for a in at_once.atoms]
    assert by_and_by.supports == at_once.supports
    check(by_and_by)
    assert abs(float(at_once.cost) - conic_value(problem)) < 1e-6 * float(at_once.cost)


@pytest.mark.parametrize("bias", ["none", "penalised", "free"])
@pytest.mark.parametrize("skip", ["none", "linear", "affine"])
def test_what_networks_can_fit_is_spanned_tope_by_tope(bias, skip):
    """Opposite, repeated and zero rows: the image of ``D X`` over all topes, and of Z."""
    random = Random(f"{bias} {skip}")  # noqa: S311 - reproducible data
    for _ in range(25):
        d = random.randint(1, 3)
        half = [[random.randint(-2, 2) for _ in range(d)] for _ in range(4)]
        factors = [random.choice([-2, -1, 1]) for _ in half]
        X = half + [[f * t for t in x] for f, x in zip(factors, half, strict=True)]
        problem = InterpolationProblem(X, [0] * len(X), bias=bias, skip=skip)
        images = [
            [t if s > 0 else Fraction(0) for s, t in zip(pattern, column, strict=True)]
            for chart in problem.charts
            for pattern in chart.arrangement.patterns
            for column in zip(*chart.design, strict=True)
        ]
        every = [*images, *problem.free.columns]
        assert rank(every) == rank(problem.reach) == rank([*every, *problem.reach])
        assert len(problem.determining) == rank(every)


def test_opposite_samples_share_what_is_even():
    """With an affine skip three opposite pairs in the plane cannot have any odd part."""
    X = [[3, 0], [2, -1], [-1, 1], [-3, 0], [-2, 1], [1, -1]]
    odd = [1, 0, 0, -1, 0, 0]
    with pytest.raises(NotInterpolable):
        interpolation(InterpolationProblem(X, odd, skip="affine"))
    even = interpolation(InterpolationProblem(X, [1, 0, 2, 1, 0, 2], skip="affine"))
    check(even)


def test_larger_fields_come_last(monkeypatch):
    """A tie that balls cannot prove, with the small fields left out."""
    from polytope_nn.search import field_guess

    monkeypatch.setattr(field_guess, "_SMALL_DEGREE", 1)
    square = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    solved = interpolation(InterpolationProblem(square, [1] * 4, skip="linear"))
    assert (solved.level, solved.cost**2) == ("exact", 8)


@pytest.mark.parametrize(
    ("X", "y", "degree"),
    [
        (
            [[3, 1], [-4, -1], [5, -4], [2, 1], [-2, 1], [0, -5]],
            [-4, 5, -5, -5, 1, -5],
            16,
        ),
        (
            [[-3, 5], [-5, -5], [-3, -5], [4, 4], [2, 0], [-3, -4]],
            [2, -4, 0, 4, 2, 0],
            16,
        ),
        pytest.param(
            [[3, -5], [-4, -4], [-1, 1], [3, -3], [-1, -5], [-4, -1]],
            [-2, 1, 3, 3, 1, 1],
            24,
            marks=pytest.mark.deep,
        ),
    ],
)
def test_ties_in_a_field_of_large_degree(X, y, degree, monkeypatch):
    """Kinks that may move along a free bias: ties of five directions, of rank 4.

    In balls by the flats they make, and over the field: the same answer twice.
    """
    problem = InterpolationProblem(X, y, bias="free")
    balls = interpolation(problem)
    assert balls.level == "interval"
    monkeypatch.setattr(finding, "enclosed_optimum", undecided)
    solved = interpolation(problem)
    assert (solved.level, len(solved.atoms), solved.rank) == ("exact", 5, 4)
    assert solved.kappa[-1].field.degree == degree
    value = conic_value(solved.problem)
    assert abs(float(solved.cost) - value) <= 1e-8 * abs(value)
    c = solved.vertices[0]
    assert solved.point(c) in solved
    agree(balls, solved)


def undecided(*_):
    raise Undecided("for the test")


def agree(balls, solved):
    """The balls hold the exact numbers; atoms, supports and what is unique are the same."""
    assert [a.key for a in balls.atoms] == [a.key for a in solved.atoms]
    assert (balls.supports, balls.rank, balls.dim) == (
        solved.supports,
        solved.rank,
        solved.dim,
    )
    rows = zip(balls.vertices, solved.vertices, strict=True)
    pairs = [pair for c, exact in rows for pair in zip(c, exact, strict=True)]
    pairs += zip(balls.kappa, solved.kappa, strict=True)
    assert all(0 in s - t if isinstance(s - t, Ball) else s == t for s, t in pairs)
    assert uniqueness(balls).verdict == uniqueness(solved).verdict
    assert is_attained(balls) == is_attained(solved)


def test_pins_that_are_not_free_are_refused():
    problem = InterpolationProblem([[-3], [4], [-4], [-1]], [-4, 2, 2, 2], bias="penalised")
    candidate = next(Search(problem).candidates(Limits(bits=320), set()))
    assert candidate.pins == ()
    with pytest.raises(Undecided, match="are not free"):
        enclosed_optimum(replace(candidate, pins=(0,)), 320)


def test_a_kappa_that_is_not_unique_is_pinned():
    """Two neurons on open faces fix four of five entries of kappa."""
    X = [[1], [2], [-1], [4], [5]]
    problem = InterpolationProblem(X, [1, 3, 0, 3, 1], bias="penalised")
    candidate = next(Search(problem).candidates(Limits(bits=320), set()))
    assert len(candidate.pins) == 1
    balls = optimal_polytope(enclosed_optimum(candidate, 320))
    exact = interpolation(problem)
    assert (exact.level, balls.level) == ("exact", "interval")
    assert balls.supports == exact.supports
    check(balls)


def test_vertices_that_identities_decide():
    """Every kink at a sample: a vertex has a coordinate exactly 0, which no ball shows."""
    X = [[11], [-11], [-8], [-3], [-19], [-27], [2], [-1], [-28], [8]]
    y = [-7, 2, -4, -2, 1, 5, 8, -5, -4, -9]
    solved = interpolation(InterpolationProblem(X, y, bias="penalised"))
    assert (solved.level, len(solved.atoms), solved.rank) == ("interval", 16, 10)
    check_point(solved, solved.point(solved.vertices[0]))
    assert sorted(solved.supports) == vertices_in_floats(solved)
    assert uniqueness(solved).verdict == "unique function"
    assert sorted({bits.bit_count() for bits in solved.supports}) == [9, 10]


def vertices_in_floats(P):
    """Return the supports of all basic solutions ``c >= 0`` of ``F c = y``, basis by basis."""
    F = np.array([[float(t) for t in a.feature] for a in P.atoms]).T
    b = np.array(list(map(float, P.problem.y)))
    bases = np.array(list(combinations(range(F.shape[1]), P.rank)))
    matrices = F[:, bases].transpose(1, 0, 2)
    regular = abs(np.linalg.det(matrices)) > 1e-9
    solved = np.linalg.solve(matrices[regular], b[:, None])[:, :, 0]
    found = set()
    for basis, c in zip(bases[regular], solved, strict=True):
        if (c > -1e-9).all():
            found.add(sum(1 << int(a) for a, t in zip(basis, c, strict=True) if t > 1e-9))
    return sorted(found)


@pytest.mark.parametrize("X", [[[-1], [1], [0]], [[-1], [1], [0], [-1]]])
def test_an_entry_of_kappa_that_is_free_to_be_0(X):
    """kappa_3 is 0: digits of noise in its place hid the field of the square root of 2."""
    y = [2 * x for (x,) in X]
    solved = interpolation(InterpolationProblem(X, y, bias="penalised", skip="constant"))
    assert solved.level == "exact"
    assert solved.optimum.value**2 == 8
    assert abs(conic_value(solved.problem) - 8**0.5) < 1e-6
    assert free_certificate(solved).claim("uniqueness")["verdict"] == "continuum"  # checked


def test_ties_by_symmetry_have_no_certificate_beside_a_free_part():
    solved = SimpleNamespace(problem=None, optimum=SimpleNamespace(enclosures=None))
    with pytest.raises(Undecided, match="tied by symmetry"):
        boxed_proof(solved, 64)
