"""One number field for many numbers, from their digits."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from polytope_nn.exact.ball import Ball
from polytope_nn.landscape.optimal_set import free_part_optimum, interpolation
from polytope_nn.limits import Limits
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search import finding
from polytope_nn.search.field_guess import dual_guess, element, generated_field
from polytope_nn.search.search import Search
from tests.problems.test_interpolation import agree, conic_value, undecided
from tests.search.test_interpolation_training import conic_objective

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]


def root(x, bits=2000):
    """The square root of a number, in a ball of about ``2^-bits``."""
    return Ball.from_rational(x, bits).sqrt()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2), (2, 3, 1, 0)])
def test_no_number_generates_the_field_alone(order):
    numbers = [root(2), root(3), 1 + root(5) / 3, root(2) * root(3)]
    arranged = [numbers[i] for i in order]
    field = generated_field(arranged, 24)
    assert field.degree == 8
    found = [element(x, field) for x in arranged]
    s, t, u, product = (found[order.index(i)] for i in range(4))
    assert (s**2, t**2, (3 * u - 3) ** 2, s * t) == (2, 3, 5, product)


def test_fractions_are_in_every_field():
    half, field = Ball.from_rational(Fraction(1, 2)), generated_field([root(2)], 4)
    assert element(half, field) == Fraction(1, 2)
    assert element(3 * root(2), field) ** 2 == 18
    assert generated_field([half, half], 4) is None


def test_a_large_degree():
    """Of degree 16, the last number a generator; the equations hold exactly."""
    nested = [root(2), root(3), root(5) + root(2)]
    last = (7 + nested[0] + nested[1] + nested[2]).sqrt()
    field = generated_field([last, *nested[:2]], 16)
    a, s, t = (element(x, field) for x in (last, *nested[:2]))
    assert (field.degree, s**2, t**2) == (16, 2, 3)
    assert (a**2 - 7 - 2 * s - t) ** 2 == 5


def test_none_where_nothing_is_seen():
    roots = [root(k) for k in (2, 3, 5, 7, 11)]
    total = sum(roots[1:], roots[0])
    assert generated_field([total], 16) is None
    assert generated_field([total, root(2)], 16) is None  # the first one tells
    assert generated_field([root(2), total], 16) is None  # no sum shows a larger field
    assert generated_field([root(2), total], 2, 2).degree == 2
    assert generated_field([root(2), root(3)], 2).degree == 2
    assert element(root(3), generated_field([root(2)], 4)) is None


@pytest.mark.parametrize("skip", ["none", "linear"])
def test_the_digits_of_a_candidate(skip):
    """Every entry of kappa is half of the root of 2: not in a field of degree 1."""
    candidate = next(
        Search(InterpolationProblem(SQUARE, [1] * 4, skip=skip)).candidates(
            Limits(bits=320), set()
        )
    )
    kappa = dual_guess(candidate, 24, 1000)
    assert {(2 * t) ** 2 for t in kappa} == {2}
    assert dual_guess(candidate, 1, 1000) is None


@pytest.mark.parametrize(
    ("X", "y", "options"),
    [
        pytest.param(  # sixteen vertices, beside a multiplier that is 0
            [[-2, -4], [-5, -5], [5, 5], [1, 1], [-4, 1], [-1, 1], [5, -3], [-2, -1]],
            [2, -4, 2, -4, 4, 2, -3, -4],
            {"bias": "free", "skip": "linear"},
            marks=pytest.mark.deep,
        ),
        (  # an entry of kappa is pinned
            [[2, 0], [-2, 0], [0, 0], [1, -2], [1, 1], [2, 0]],
            [2, 2, 2, 0, 2, 2],
            {"bias": "penalised"},
        ),
    ],
)
def test_a_field_decides_what_balls_decide(X, y, options, monkeypatch):
    problem = InterpolationProblem(X, y, **options)
    first = interpolation(problem)
    monkeypatch.setattr(finding, "enclosed_optimum", undecided)
    solved = interpolation(problem)
    assert solved.level == "exact"
    value = conic_value(problem)
    assert abs(float(solved.cost) - value) <= 1e-8 * abs(value)
    assert all(solved.point(c) in solved for c in solved.vertices)
    agree(first, solved)


@pytest.mark.parametrize(
    ("X", "y", "beta"),
    [
        (
            [[-1, 4], [5, 1], [-2, 4], [-4, 1], [1, 1], [-1, 5], [-3, -2], [0, -4]],
            [0, -5, -2, -3, -3, -5, 1, 5],
            3,
        ),
        pytest.param(
            [[3, 1], [-4, -1], [5, -4], [2, 1], [-2, 1], [0, -5]],
            [-4, 5, -5, -5, 1, -5],
            "1/10",
            marks=pytest.mark.deep,
        ),
    ],
)
def test_training_in_a_field_of_large_degree(X, y, beta, monkeypatch):
    problem = TrainingProblem(X, y, beta=beta, bias="free")
    balls = free_part_optimum(problem)
    assert balls.level == "interval"
    monkeypatch.setattr(finding, "enclosed_optimum", undecided)
    solved = free_part_optimum(problem)
    assert (solved.level, solved.dim) == ("exact", 1)
    value = conic_objective(problem, "none")
    assert abs(float(solved.optimum.value) - value) <= 1e-8 * abs(value)
    agree(balls, solved)


def test_no_field_is_asked_of_very_many_directions():
    """Their digits would take minutes, and generate no field that could be seen."""
    many = SimpleNamespace(problem=SimpleNamespace(curves=()), basis=(None,) * 81)
    assert finding._in_a_field(many, Limits(), []) is None


@pytest.mark.parametrize("exponents", [(0, -6, 0), (-6, -6, 12), (6, -12, -12), (0, -2, 0)])
def test_a_field_is_found_in_any_unit(exponents):
    """Samples times a, weights times w, labels times b: kappa is w b times what it was."""
    a, w, b = (Fraction(10) ** k for k in exponents)
    X, y = [[2, 1], [2, -2]], [-4, 3]

    def kappa(a, w, b):
        rows = [[a * t for t in x] for x in X]
        D = TrainingProblem(rows, [b * t for t in y], beta=a * w * b, weights=[w, w])
        O = finding.optimum(D)
        assert O.level == "exact"
        return O.kappa

    plain, scaled = kappa(1, 1, 1), kappa(a, w, b)
    for s, t in zip(plain, scaled, strict=True):
        u = t / (w * b)
        assert s.minimal_polynomial() == u.minimal_polynomial()
        assert s.enclosure(200).overlaps(u.enclosure(200))
