"""Number fields: arithmetic, elimination, and guesses; sympy's domain beside where it is.

Sizes are parameters, answers are compared, times are reported and never asserted.
"""

import random
from fractions import Fraction

import pytest
import sympy
from sympy.polys.matrices import DomainMatrix

from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.generator import simpler_field
from polytope_nn.exact.linear import rref
from polytope_nn.exact.recognise import guess_field, guess_minimal_polynomial


def field(degree):
    """Return Q(a), a > 0 with a^d + a = 3 (a = 3 for d = 1)."""
    return NumberField([-3, 1, *[0] * (degree - 2), 1] if degree > 1 else [-3, 1], (0, 4))


def element(K, rng):
    return K.element(
        [Fraction(rng.randint(-9, 9), rng.randint(1, 5)) for _ in range(K.degree)]
    )


@pytest.mark.parametrize("degree", [2, 5, 12, 40])
def test_products_and_signs(benchmark, degree):
    rng = random.Random(degree)  # noqa: S311 - no secret
    K = field(degree)
    x, y = element(K, rng), element(K, rng)
    benchmark(lambda: 2 * (x * y) > 1)
    assert (x * y - 1) / x == y - 1 / x


@pytest.mark.parametrize(("degree", "n"), [(2, 15), (8, 10), (12, 15)])
def test_elimination(benchmark, degree, n):
    rng = random.Random(n)  # noqa: S311 - no secret
    K = field(degree)
    A = [[element(K, rng) for _ in range(n + 1)] for _ in range(n)]
    R, pivots = benchmark(rref, A)
    assert pivots == tuple(range(n))
    for row in A:
        assert (
            sum((x * r[-1] for x, r in zip(row, R, strict=False)), Fraction(0)) == row[-1]
        )


@pytest.mark.parametrize("degree", [8, 20])
def test_few_rows_of_a_high_degree(benchmark, degree):
    """As steps of a path have them: fractions, zeros, and quotients of long elements."""
    rng = random.Random(degree)  # noqa: S311 - no secret
    K = field(degree)
    x = element(K, rng) / element(K, rng)
    A = [[K.generator, Fraction(0), x], [Fraction(0), Fraction(2, 3), 1 + x]]
    R, pivots = benchmark(rref, A)
    assert pivots == (0, 1)
    assert [K.generator * R[0][2], R[1][2] * 2 / 3] == [x, 1 + x]


@pytest.mark.parametrize(("degree", "n"), [(2, 6)])
def test_elimination_sympy(benchmark, degree, n):
    rng = random.Random(n)  # noqa: S311 - no secret
    Q2 = sympy.QQ.algebraic_field(sympy.sqrt(2))
    A = [
        [Q2([rng.randint(-9, 9) for _ in range(degree)]) for _ in range(n + 1)]
        for _ in range(n)
    ]
    M = DomainMatrix(A, (n, n + 1), Q2)
    _, pivots = benchmark(M.rref)
    assert pivots == tuple(range(n))


@pytest.mark.parametrize(
    ("degree", "bits"), [(4, 1000), (12, 1000), (12, 4000), (40, 4000)]
)
def test_minimal_polynomials(benchmark, degree, bits):
    K = field(degree)
    ball = K.enclosure(bits)
    found = benchmark.pedantic(
        guess_minimal_polynomial, (ball,), {"max_degree": degree}, rounds=1
    )
    assert found == K.poly


@pytest.mark.parametrize(
    ("primes", "bits"), [((2, 3), 1000), ((2, 3, 5), 2000), ((2, 3, 5, 7), 4000)]
)
def test_multiquadratic_fields(benchmark, primes, bits):
    balls = [Ball.from_rational(Fraction(p, 9), bits).sqrt() for p in primes]
    found = benchmark.pedantic(guess_field, (balls,), rounds=1)
    assert found is not None
    assert found[0].degree == 2 ** len(primes)
    assert [9 * x * x for x in found[1]] == list(primes)


@pytest.mark.parametrize("degree", [8, 12, 16])
def test_simpler_generators(benchmark, degree):
    K = field(degree)
    a = K.generator
    old = NumberField((100 * a + 7).minimal_polynomial(), (0, 400))
    simpler, (x,) = benchmark.pedantic(simpler_field, (old, [old.generator]), rounds=1)
    assert simpler.degree == degree
    assert x.minimal_polynomial() == old.poly
