"""The echelon form over a field of high degree: row by row, and read off one over Q."""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.linear import products, rref
from polytope_nn.exact.matrices import algebraic
from polytope_nn.exact.scalar import dot

HIGH = NumberField([-3, -1, 0, 0, 0, 0, 0, 0, 0, 1], (1, 2))


def table(seed):
    """Return rows with zeros, fractions, elements, and rows that depend on others."""
    random = Random(seed)  # noqa: S311
    m, n, share = random.randint(1, 7), random.randint(1, 5), random.random()

    def entry():
        if random.random() < share:
            return Fraction(random.randint(-2, 2))
        return HIGH.element([random.randint(-2, 2) for _ in range(9)])

    rows = [[entry() for _ in range(n)] for _ in range(m)]
    if m > 2 and seed % 3 == 0:
        rows[1] = [HIGH.generator * s + t for s, t in zip(rows[0], rows[2], strict=True)]
    rows[0][0] = HIGH.generator
    return rows


@pytest.mark.parametrize("seed", range(30))
def test_row_by_row_is_what_is_read_off_a_form_over_q(monkeypatch, seed):
    A = table(seed)
    found = rref(A)
    kinds = [[type(x) for x in row] for row in found[0]]
    for few, high in ((5, 99), (0, 8), (99, 8)):
        monkeypatch.setattr(algebraic, "_FEW", few)
        monkeypatch.setattr(algebraic, "_HIGH", high)
        assert rref(A) == found
        assert [[type(x) for x in row] for row in rref(A)[0]] == kinds


def test_an_entry_that_is_alone_is_inverted():
    a = HIGH.generator
    rows, pivots = rref([[a, Fraction(0), a * a], [Fraction(0), Fraction(2), 1 + a]])
    assert (rows, pivots) == (((1, 0, a), (0, 1, (1 + a) / 2)), (0, 1))
    assert [type(x) for x in rows[0]] == [Fraction, Fraction, Algebraic]


@pytest.mark.parametrize("seed", range(8))
def test_an_inverse_by_equations_is_that_of_euclid(seed):
    random = Random(seed)  # noqa: S311
    x = HIGH.element(
        [Fraction(random.randint(-9, 9), random.randint(1, 4)) for _ in range(9)]
    )
    assert x.inverse().polynomial == x.polynomial.xgcd(HIGH.modulus)[1]
    assert x * x.inverse() == 1
    assert HIGH.element([Fraction(2, 3)]).inverse() == Fraction(3, 2)


@pytest.mark.parametrize("seed", range(8))
def test_products_with_one_vector_are_the_dot_products(seed):
    random = Random(seed)  # noqa: S311
    n = random.randint(1, 4)
    rows = [
        tuple(Fraction(random.randint(-9, 9), random.randint(1, 6)) for _ in range(n))
        for _ in range(5)
    ]
    rational = tuple(
        Fraction(random.randint(-9, 9), random.randint(1, 9)) for _ in range(n)
    )
    for v in (rational, (HIGH.generator, *rational[1:])):
        assert [*products(rows, v)] == [dot(row, v) for row in rows]
