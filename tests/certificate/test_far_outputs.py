"""Certificates of several outputs where labels or columns are far smaller than others."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from polytope_nn.certificate.check import check
from polytope_nn.exact.matrices.eigen import near_spectrum
from polytope_nn.vector.certificate.claims import vector_certificate
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.problem import VectorProblem

AXES = [[0, 0, 1], [0, -1, 0], [-1, 0, 0], [0, 0, -1], [1, 0, 0], [0, 1, 0]]


def symmetric(n, seed):
    random = Random(seed)  # noqa: S311
    half = [[Fraction(random.randint(-9, 9)) for _ in range(n)] for _ in range(n)]
    return [[half[i][j] + half[j][i] for j in range(n)] for i in range(n)]


@pytest.mark.parametrize("n, seed", [(1, 0), (2, 1), (3, 2), (5, 3), (6, 4)])
def test_a_spectrum_in_long_floats(n, seed):
    """``A v = value v`` to 90 digits, and the values are those of floats."""
    A = symmetric(n, seed)
    values, vectors = near_spectrum(A, 400)
    near = np.linalg.eigvalsh(np.array([[float(t) for t in row] for row in A]))
    assert [float(t) for t in values] == pytest.approx(near.tolist(), abs=1e-9)
    tiny = Fraction(1, 10**90)
    for value, v in zip(values, vectors, strict=True):
        assert abs(sum(t * t for t in v) - 1) < tiny
        for row, t in zip(A, v, strict=True):
            assert abs(sum(a * b for a, b in zip(row, v, strict=True)) - value * t) < tiny


def test_eigenvalues_that_are_equal_have_orthogonal_vectors():
    one = Fraction(1)
    A = [[(2 if i == j else 1) * one for j in range(4)] for i in range(4)]
    values, vectors = near_spectrum(A, 300)
    assert [round(t) for t in values] == [1, 1, 1, 5]
    for i, v in enumerate(vectors):
        for w in vectors[:i]:
            assert abs(sum(s * t for s, t in zip(v, w, strict=True))) < Fraction(1, 10**60)


@pytest.mark.parametrize(
    "X, Y, keys",
    [
        (  # a top eigenvector is 10^-12 off a wall
            AXES,
            [[3, -1, 2], ["2e-12", "-2e-12", "3e-12"], [-2, 1, -3], [1, 3, 0], [-3, 3, -3],
             [-2, 1, -3]],
            {"beta": 3, "loss": {"kind": "huber", "delta": 2},
             "weights": [1, 2, "1/2", 2, "1/2", 2]},
        ),
        (  # the same, with N in a number field
            [[0, 0, "1e-11"], [1, 0, 0], [0, -1, 0], [0, 1, 0]],
            [["3e9", "-2e9", "-3e9"], ["-3e9", "-3e9", "2e9"], ["1e9", "-2e9", "3e9"],
             ["-2e9", "-2e9", "1e9"]],
            {"beta": 2, "loss": "absolute"},
        ),
        pytest.param(
            [["1e12", 0], [1, "1e12"]],
            [[1, 0], [1, 2]],
            {"beta": "1e-73", "loss": {"kind": "power", "p": 7}},
            marks=pytest.mark.deep,  # 2.6 s
        ),
    ],
)  # fmt: skip
def test_what_floats_do_not_tell_from_a_wall(X, Y, keys):
    O = vector_optimum(VectorProblem(X, Y, **keys))
    check(vector_certificate(O).to_json())
