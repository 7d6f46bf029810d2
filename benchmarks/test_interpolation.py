"""Minimum-norm interpolation: one-dimensional and planar data, answers asserted, times shown.

Goals: one-dimensional data with n = 12 under 2 s; two-dimensional with n = 8 under 5 s.
Reference: the value of one conic program over all topes (clarabel), which proves nothing.
"""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn import certify, check
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.problems.families import one_dimensional_data, suffix_chain
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.search.search import Search


def planar(n, seed, **options):
    random = Random(seed)  # noqa: S311 - reproducible data
    X = [[random.randint(-9, 9) for _ in range(2)] for _ in range(n)]
    return InterpolationProblem(X, [random.randint(-9, 9) for _ in range(n)], **options)


def fresh(make, *args, **options):
    """Arguments for each round, so that nothing is remembered from the last one."""
    return lambda: ((make(*args, **options),), {})


@pytest.mark.parametrize("skip", ["none", "linear", "affine"])
@pytest.mark.parametrize("n", [6, 12])
def test_on_a_line(benchmark, n, skip):
    make = fresh(one_dimensional_data, n, 7, skip=skip)
    answer = benchmark.pedantic(uniqueness, setup=make, rounds=3)
    assert answer.unique_function or skip != "affine"
    assert answer.interpolation.cost > 0


@pytest.mark.parametrize("bias", ["penalised", "free"])
@pytest.mark.parametrize("skip", ["none", "affine"])
@pytest.mark.parametrize("n", [6, 8])
def test_in_the_plane(benchmark, n, skip, bias):
    make = fresh(planar, n, 3, skip=skip, bias=bias)
    answer = benchmark.pedantic(uniqueness, setup=make, rounds=3)
    assert answer.interpolation.cost > 0


def tied(labels):
    """Five directions of rank 4 with a free bias: ties that only a field can prove."""
    X = [[3, -5], [-4, -4], [-1, 1], [3, -3], [-1, -5], [-4, -1]]
    return InterpolationProblem(X, labels, bias="free")


def test_in_a_large_field(benchmark):
    """Goal: 5 s; a field of degree 24, which balls decide."""
    setup = fresh(tied, [-2, 1, 3, 3, 1, 1])
    answer = benchmark.pedantic(uniqueness, setup=setup, rounds=3)
    assert answer.interpolation.n_vertices > 1


@pytest.mark.parametrize("n", [4, 8])
def test_the_suffix_chain(benchmark, n):
    answer = benchmark.pedantic(uniqueness, setup=fresh(suffix_chain, n), rounds=3)
    assert answer.verdict == "continuum"
    assert answer.interpolation.cost == n + 1


@pytest.mark.parametrize("n", [6, 12])
def test_checking_a_line(benchmark, n):
    """Checking beside finding: the certificate of the same line."""
    certificate = certify(one_dimensional_data(n, 7)).to_json()
    assert benchmark.pedantic(check, args=(certificate,), rounds=3) is None


@pytest.mark.parametrize("n", [6, 8])
def test_checking_a_plane(benchmark, n):
    certificate = certify(planar(n, 3, skip="affine", bias="free")).to_json()
    assert benchmark.pedantic(check, args=(certificate,), rounds=3) is None


@pytest.mark.parametrize("n", [6, 12])
def test_the_conic_solver_alone(benchmark, n):
    """The float hint for the same line: its dual value, close to the proved cost."""

    def value(problem):
        search = Search(problem)
        kappa = search.conic.exact(search.conic.hint().scaled)
        return sum((k * y for k, y in zip(kappa, problem.y, strict=True)), Fraction(0))

    found = benchmark.pedantic(value, setup=fresh(one_dimensional_data, n, 7), rounds=3)
    proved = uniqueness(one_dimensional_data(n, 7)).interpolation.cost
    assert abs(float(found) / float(proved) - 1) < 1e-6
