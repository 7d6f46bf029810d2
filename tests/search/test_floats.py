"""Hints: roots, floats of any size, projections in floats."""

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.dual.atoms import cone_projection
from polytope_nn.exact.rational import approximate_root, matrix
from polytope_nn.exact.scalar import dot
from polytope_nn.search.floats import Hints, _active_set, _by_nnls, binary, to_float
from polytope_nn.search.priced import Compressed, entries


@given(st.fractions(min_value=0), st.integers(-300, 300))
def test_root(x, exponent):
    x *= Fraction(10) ** exponent
    root = approximate_root(x)
    if x:
        assert root**2 <= x < (root * (1 + Fraction(1, 1 << 50))) ** 2
    else:
        assert root == 1


@given(st.fractions(min_value=0).filter(bool))
def test_binary(x):
    assert binary(x) / 2 < x < binary(x) * 2 or binary(x) == x


@pytest.mark.parametrize(
    "x, value",
    [
        (Fraction(1, 3), 1 / 3),
        (Fraction(10) ** 99, 1e99),
        (Fraction(10) ** 400, 1e100),
        (-(Fraction(10) ** 400), -1e100),
        (Fraction(1, 10**400), 0),
    ],
)
def test_to_float(x, value):
    assert to_float(x) == value


@pytest.mark.parametrize("scale", [1, Fraction(1, 10**200), 10**200])
def test_projection_of_any_size(scale):
    X = matrix([[3, 4], [1, -2], [0, 0]])
    hints = Hints(tuple(tuple(t * scale for t in x) for x in X), Fraction(4))
    kappa = [Fraction(1) / scale, Fraction(-2) / scale, Fraction(5)]
    pattern = np.array([1, 1, 1])
    g, mu = hints.projection(hints.scaled(kappa), pattern, -1, (0, 1))
    exact, multipliers = cone_projection([X[0], X[1]], (Fraction(-1), Fraction(-8)))
    assert float(np.abs(g - [float(t / 2) for t in exact]).max()) < 1e-12
    lengths = [
        float(t * Fraction(x) / scale / 2)
        for t, x in zip(multipliers, hints.lengths[:2], strict=True)
    ]
    assert float(np.abs(mu - lengths).max()) < 1e-12
    assert all(dot(x, exact) >= 0 for x in X)


def test_no_convergence_is_no_error(monkeypatch):
    def fails(*_):
        raise RuntimeError

    monkeypatch.setattr("polytope_nn.search.floats._active_set", lambda *_: None)
    monkeypatch.setattr("scipy.optimize.nnls", fails)
    hints = Hints(matrix([[1, 0], [0, 1]]), Fraction(1))
    p = np.array([-1.0, 2.0])
    g, mu = hints.projected(p, np.array([1, 1]), (0, 1))
    assert (g == p).all()
    assert (mu == 0).all()


def _systems():
    """Unit columns, dependent ones and repetitions among them, and points on their faces."""
    random = np.random.default_rng(0)
    for k in range(120):
        d, m = random.integers(1, 6), random.integers(1, 10)
        columns = random.integers(-2, 3, (d, m)) if k % 3 else random.normal(size=(d, m))
        lengths = np.linalg.norm(columns, axis=0)
        p = random.integers(-2, 3, d) if k % 2 else random.normal(size=d)
        yield columns / np.where(lengths == 0, 1, lengths), p.astype(float)


def test_small_projections_are_those_of_scipy():
    for cone, p in _systems():
        mu = _active_set(cone.T.tolist(), p.tolist())
        assert mu is not None
        assert min(mu) >= 0
        other = _by_nnls(cone, p, float(np.linalg.norm(p)))
        assert np.abs(cone @ (mu - other)).max() < 1e-8


def test_small_problems_are_solved_without_scipy():
    code = (
        "import sys, polytope_nn as pn\n"
        "D = pn.TrainingProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4, beta_squared=2)\n"
        "print(pn.optimum(D).level, 'scipy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["exact", "False"]


def test_compressed_matrices_are_those_of_scipy():
    from scipy import sparse

    random = np.random.default_rng(1)
    for shape in ((3, 4), (1, 1), (5, 2), (2, 0)):
        A = random.integers(-1, 2, shape).astype(float)
        ours, theirs = Compressed(shape, [entries(A)]), sparse.csc_matrix(A)
        assert ours.nnz == theirs.nnz
        for name in ("data", "indices", "indptr"):
            assert (getattr(ours, name) == getattr(theirs, name)).all()
