"""Path costs where unequal mixtures are longer (three-layer P12): tuples of blocks."""

from fractions import Fraction
from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from scipy.optimize import nnls

from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.rational import vector
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.parallel.certificate.certify import parallel_certificate
from polytope_nn.parallel.certificate.roads import parallel_path_certificate
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.roads import parallel_path, some_network
from polytope_nn.parallel.optimum import proved
from polytope_nn.parallel.problem import ParallelProblem

FIELD = [[-1, 2], [2, -1], [-2, -2], [-2, 2]], [5, -4, 0, -3], 1
BALLS = [[2, -2], [-1, 1], [-1, 0], [-1, -1]], [1, -3, -2, 6], 2


def of_paths(X, y, square, k=2):
    return ParallelProblem(X, y, beta_squared=square, inner_width=k, regulariser="path")


def longest(X, kappa, k):
    """The largest |g| over all tuples of k blocks and signs of z, each by least squares.

    ``g = A'kappa + N'mu``, mu >= 0 least squares, N the rows of the cone (Moreau); no theta.
    """
    X, kappa = np.array(X, float), np.array([nearest_float(t) for t in kappa])
    topes = [np.array(p) for p in arrangement(X.astype(int).tolist()).patterns]
    blocks = [(s, p) for s in (1, -1) for p in topes]
    best = 0.0
    for used in combinations_with_replacement(blocks, k):
        z = np.hstack([s * (p > 0)[:, None] * X for s, p in used])
        walls = np.zeros((0, z.shape[1]))
        for j, (_, p) in enumerate(used):
            rows = np.zeros((len(X), z.shape[1]))
            rows[:, j * X.shape[1] : (j + 1) * X.shape[1]] = p[:, None] * X
            walls = np.vstack([walls, rows])
        for kept in product((0, 1), repeat=len(X)):
            side = np.array(kept)
            rows = np.vstack([walls, (2 * side - 1)[:, None] * z])
            for sigma in (1, -1):
                best = max(best, nnls(rows.T, -sigma * (side * kappa) @ z)[1])
    return best


@pytest.mark.parametrize("instance, level", [(FIELD, "exact"), (BALLS, "interval")])
def test_no_group_exceeds_beta_and_a_network_attains_the_value(instance, level):
    X, y, square = instance
    O = parallel_optimum(of_paths(X, y, square))
    assert O.by_groups
    assert O.level == level
    assert longest(X, O.kappa, 2) == pytest.approx(square**0.5, abs=1e-9)
    made = some_network(O).objective(O.problem)
    assert nearest_float(made) == pytest.approx(nearest_float(O.value), rel=1e-15)


def test_unequal_parts_in_a_field_are_counted_and_joined():
    O = parallel_optimum(of_paths(*FIELD))
    S = two_widths(O)
    assert [len(p.atoms) for p in O.pieces] == [2, 1, 2]
    assert S.m_star(2) == 3
    assert [(s.components, s.isolated) for s in (S[3, 2], S[4, 2])] == [(24, 24), (1, 0)]
    net = some_network(O)
    found = parallel_path(O, net, net, 4)
    assert found.breakpoints[0].width == 4
    with pytest.raises(Undecided, match="unequal inner neurons"):
        parallel_path_certificate(found)


def strict():
    """The data of *strict* (three-layer §7), beta of which path costs attain by two equal parts.

    A mixture of 23/25 and 2/25 is longer in power-3 costs, 629/50 > 25/2.
    """
    kappa = vector([-1, -1, 2, 2, -3])
    y = [-1, -11, 2, -13, -18]
    return of_paths([(2, 0), (0, 2), (2, 2), (-2, 1), (-1, 2)], y, 25), kappa


def test_a_rational_kappa_is_verified_and_refuted():
    D, kappa = strict()
    O = proved(D, kappa)
    assert (O.by_groups, O.value, len(O.pieces)) == (True, Fraction(69, 2), 1)
    assert parallel_optimum(D).kappa == kappa
    with pytest.raises(NotOptimal, match="not dual feasible for path costs"):
        proved(D, [t * Fraction(101, 100) for t in kappa])


def test_what_balls_leave_open_is_named():
    O = parallel_optimum(of_paths(*BALLS))
    assert two_widths(O)[2, 2].refused.startswith("the branches of path costs")


@pytest.mark.parametrize("instance", [FIELD, BALLS])
def test_unequal_parts_are_certified_between_two_bounds(instance):
    O = parallel_optimum(of_paths(*instance))
    C = parallel_certificate(two_widths(O), 1, 1)  # accepted by the checker
    assert C.kind == "parallel_gap"
    dual, kappa = Fraction(C.claim("gap")["dual"]), C.claim("dual")["kappa"]
    assert float(dual) == pytest.approx(nearest_float(O.value), rel=1e-15)
    beta = longest(instance[0], [Fraction(t) for t in kappa], 2)
    assert beta == pytest.approx(instance[2] ** 0.5, abs=1e-9)
