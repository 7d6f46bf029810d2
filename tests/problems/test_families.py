"""The families of THEORY §8: each claim, with kappa given and found."""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn.errors import InstanceError
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.functions.piecewise_linear import interpolant, represented
from polytope_nn.functions.uniqueness import uniqueness
from polytope_nn.landscape.kinks import oriented
from polytope_nn.landscape.optimal_set import interpolation
from polytope_nn.problems.families import (
    one_dimensional_data,
    square_of_lines,
    square_of_ridges,
    suffix_chain,
    suffix_dual,
    triangle_of_ridges,
)


def chain(n, given):
    if not given:
        return {}
    random = Random(n)  # noqa: S311 - reproducible
    inner = sorted(random.sample(range(1, 60), n - 2), reverse=True)
    weights = [Fraction(random.randint(1, 9), random.randint(1, 9)) for _ in range(n + 1)]
    return {
        "parameters": [Fraction(1, 3), *(Fraction(t, 180) for t in inner), 0],
        "weights": weights,
    }


@pytest.mark.parametrize("given", [False, True], ids=["even", "random"])
@pytest.mark.parametrize("n", range(2, 9))
def test_suffix_chain(n, given):
    """n + 1 positive atoms, the suffixes and one prefix, of rank n; a segment."""
    options = chain(n, given)
    problem = suffix_chain(n, **options)
    options.pop("weights", None)
    kappa = suffix_dual(n, **options)
    solved = interpolation(problem, kappa=kappa)
    suffixes = []
    for first in range(n):
        total = [Fraction(0)] * 4
        for row, t in zip(problem.design[first:], kappa[first:], strict=True):
            total = [s + t * x for s, x in zip(total, row, strict=True)]
        suffixes.append(tuple(total))
    prefix = tuple(s - t for s, t in zip(suffixes[0], suffixes[-1], strict=True))
    expected = {*suffixes, prefix}
    assert all(squared_norm(g) == 1 for g in expected)
    assert {a.g for a in solved.atoms} == expected
    assert {a.sign for a in solved.atoms} == {1}
    assert (len(solved.atoms), solved.rank, solved.dim, solved.n_vertices) == (
        n + 1, n, 1, 2,
    )  # fmt: skip
    assert solved.used == tuple(range(n + 1))
    found = uniqueness(problem)
    assert found.interpolation.kappa == kappa  # unique: the features have rank n
    assert found.interpolation.vertices == solved.vertices
    assert found.verdict == "continuum"
    assert (
        found.witness.first((0, 0, 0)) != found.witness.second((0, 0, 0)) or found.witness.x
    )


def test_suffix_chain_of_three_is_the_one_of_theory():
    problem = suffix_chain(3)
    assert [x[0] for x in problem.X] == [-2, Fraction(-5, 9), 1]
    assert suffix_dual(3) == (Fraction(2, 13), Fraction(9, 26), Fraction(1, 2))
    assert suffix_chain(3, parameters=["1/3", "1/6", 0]).X == problem.X


@pytest.mark.parametrize(
    ("n", "options"),
    [
        (1, {}),
        (3, {"parameters": ["1/3", 0]}),
        (3, {"parameters": ["1/3", "1/2", 0]}),
        (3, {"parameters": ["1/2", "1/6", 0]}),
        (3, {"weights": [1, 1, 1]}),
        (3, {"weights": [1, 1, 0, 1]}),
    ],
)
def test_suffix_chain_refuses(n, options):
    with pytest.raises(InstanceError, match="give"):
        suffix_chain(n, **options)


def ridge(w, k, slope=(0, 0), offset=0):
    """``k |w'x + b|`` and an affine part, for a unit w."""
    g = tuple(map(Fraction, w))
    terms = [(Fraction(k), *oriented(g)), (Fraction(k), *oriented(tuple(-t for t in g)))]
    return interpolant(terms, tuple(map(Fraction, slope)), Fraction(offset))


def test_square_of_lines():
    kappa = [1, 1, -1, -1]
    answer = uniqueness(interpolation(square_of_lines(), kappa=kappa))
    solved = answer.interpolation
    assert solved.cost == 2
    assert answer.verdict == "continuum"
    ends = {repr(represented(solved, solved.point(c))) for c in solved.vertices}
    assert ends == {"|x1|", "-|x2| + 1"}
    first, second = ridge((1, 0, 0), 1), ridge((0, 1, 0), -1, offset=1)
    assert {answer.witness.first == first, answer.witness.second == second} == {True}
    assert uniqueness(square_of_lines()).interpolation.kappa == tuple(kappa)


@pytest.mark.parametrize("skip", ["linear", "none"])
def test_square_of_lines_without_the_constant(skip):
    answer = uniqueness(square_of_lines(skip))
    solved = answer.interpolation
    assert answer.unique_function
    assert answer.unique_network == (skip == "none")
    f = represented(solved, solved.point(solved.vertices[0]))
    if skip == "linear":
        assert f == ridge((1, 0, 0), 1)
        assert solved.cost == 2
        assert solved.n_vertices == 2


def test_square_of_ridges():
    answer = uniqueness(square_of_ridges())
    solved = answer.interpolation
    assert (answer.verdict, solved.level) == ("continuum", "exact")
    assert solved.cost**2 == 8
    assert len(solved.classes) == 1  # all four atoms have one feature modulo the skip
    values = {
        tuple(represented(solved, solved.point(c))(x) for x in ((1, 1), (1, -1), (3, 1)))
        for c in solved.vertices
    }
    assert values == {(2, 0, 4), (0, 2, 2)}  # |x1 + x2| and |x1 - x2|


def test_triangle_of_ridges():
    answer = uniqueness(triangle_of_ridges())
    solved = answer.interpolation
    assert solved.cost == Fraction(3, 2)
    assert len(solved.atoms) == 6
    assert answer.verdict == "continuum"
    # on the plane of the samples: three functions with one kink each, along p_k'x = 0
    functions = [represented(solved, solved.point(c)) for c in solved.vertices]
    kinks = {f.kinks[0][0] for f in functions}
    assert len(kinks) == 3
    assert {len(f.kinks) for f in functions} == {1}
    X = solved.problem.X
    for w, b in ((line[:-1], line[-1]) for line in kinks):
        assert b == 0
        row = next(x for x in X if abs(sum(s * t for s, t in zip(x, w, strict=True))) == 2)
        assert {2 * t for t in w} in ({*row}, {-t for t in row})
    middle = [tuple(-t / 2 for t in x) for x in X]
    seen = {tuple(f(x) for x in middle) for f in functions}
    assert len(seen) == 3


def test_one_dimensional_data_is_reproducible():
    one, two = one_dimensional_data(5, 3), one_dimensional_data(5, 3)
    assert one == two
    assert one != one_dimensional_data(5, 4)
    assert len({x for (x,) in one.X}) == 5
