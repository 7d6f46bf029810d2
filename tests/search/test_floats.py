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
from polytope_nn.search.floats import Hints, binary, to_float
from polytope_nn.search.programs.nonnegative import nonnegative
from polytope_nn.search.programs.priced import Compressed, entries
from polytope_nn.search.projecting.facets import Each, Turned
from polytope_nn.search.projecting.projections import Projections


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
    p = -hints.scaled(kappa) @ hints.unit
    mu, g = (t[:, 0] for t in hints.cones([(1, 1, 1)], [(0, 1)]).of(p[:, None]))
    exact, multipliers = cone_projection([X[0], X[1]], (Fraction(-1), Fraction(-8)))
    assert float(np.abs(g - [float(t / 2) for t in exact]).max()) < 1e-12
    lengths = [
        float(t * Fraction(x) / scale / 2)
        for t, x in zip(multipliers, hints.lengths[:2], strict=True)
    ]
    assert float(np.abs(mu - lengths).max()) < 1e-12
    assert all(dot(x, exact) >= 0 for x in X)


def test_no_convergence_is_no_error(monkeypatch):
    """The method stops after a first step, and what is left over finds nothing."""
    name = "polytope_nn.search.projecting.projections"
    monkeypatch.setattr(f"{name}._Active.entered", lambda on, _: on.at < 0)
    monkeypatch.setattr(f"{name}.nonnegative", lambda A, _: np.ones(A.shape[1]))
    p = np.array([[-1.0], [2.0]])
    mu, g = Projections(Each(np.eye(2)[:, :, None])).of(p)
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


def _together():
    """The systems as cones of one size, rows filled up with 0, and the points."""
    every = list(_systems())
    rows, p = np.zeros((9, 5, len(every))), np.zeros((5, len(every)))
    for i, (cone, point) in enumerate(every):
        rows[: cone.shape[1], : cone.shape[0], i] = cone.T
        p[: len(point), i] = point
    return rows, p


def test_projections_are_those_of_scipy():
    from scipy.optimize import nnls

    for cone, p in _systems():
        mu, g = (t[:, 0] for t in Projections(Each(cone.T[:, :, None])).of(p[:, None]))
        assert min(mu) >= 0
        assert np.abs(g - p - cone @ mu).max() < 1e-12
        assert np.abs(g - p - cone @ nnls(cone, -p)[0]).max() < 1e-8
        assert np.abs(g - p - cone @ nonnegative(cone, -p)).max() < 1e-8


def test_common_rows_turned_are_rows_of_each_cone():
    """Topes of one arrangement, by its rows and their signs or by the rows of each."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(30, 3))
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    signs = np.where(rows @ rng.normal(size=(3, 40)) > 0, 1.0, -1.0)
    each, turned = Each(rows[:, :, None] * signs[:, None]), Turned(rows, signs)
    assert each.shape == turned.shape == (30, 3, 40)
    assert (each.of(3) == turned.of(3)).all()
    p = rng.normal(size=(3, 40))
    (mu, g), (nu, h) = (Projections(facets).of(p) for facets in (each, turned))
    assert np.abs(mu - nu).max() < 1e-9
    assert np.abs(g - h).max() < 1e-9
    assert turned.slopes(h).min() > -1e-9


def test_many_projections_at_once():
    """Those of the cones one by one, wherever the search begins, or short ones."""
    rows, p = _together()
    cones = Projections(Each(rows))
    alone = [
        Projections(Each(rows[..., i : i + 1])).of(p[:, i : i + 1])[1] for i in range(120)
    ]
    for point in (p, p + 0.01, -p, p):
        mu, g = cones.of(point)
        assert mu.min() >= 0
        assert np.abs(g - point - np.einsum("fb,fdb->db", mu, rows)).max() < 1e-12
    assert np.abs(g - np.hstack(alone)).max() < 1e-8
    mu, short = cones.of(p, least=0.7)
    lengths = np.linalg.norm(g, axis=0)
    assert (np.linalg.norm(short, axis=0) <= np.maximum(0.7, lengths) + 1e-8).all()
    assert np.abs(short - p - np.einsum("fb,fdb->db", mu, rows)).max() < 1e-12


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
