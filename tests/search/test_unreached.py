"""Walls that squeeze kappa where fits tell the rest of it, and flats that nothing reaches."""

import numpy as np
import pytest

from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.check import check
from polytope_nn.dual.units.sloped import sloped
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.limits import limits_of
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.doubled import Doubled
from polytope_nn.search.finding import optimum
from polytope_nn.search.losses.by_pieces import candidates_by_pieces
from polytope_nn.search.search import Search
from polytope_nn.search.tied.subspace import optima_on_subspaces
from tests.oracles.conic import least

ROWS = [[-1, -1, 1], [1, -1, 0], [1, 1, 1], [0, -1, -1]]
LABELS, LEFT, BETA = [4, 0, 3, 4], 1 / 3, 1e-3


def least_norm(X, y, left):
    """What neurons cost at least that fit labels: cones of sampled patterns, all of them."""
    import clarabel
    from scipy import sparse

    X = np.array(X, float)
    n, d = X.shape
    found = np.sign(np.random.default_rng(0).normal(size=(4000, d)) @ X.T)
    cones = [(p, s) for p in np.unique(found, axis=0) for s in (1, -1)]
    size = len(cones) * (d + 1)
    q, made = np.zeros(size), np.zeros((n, size))
    sides, balls = (
        sparse.lil_matrix((n * len(cones), size)),
        sparse.lil_matrix((size, size)),
    )
    for j, (p, s) in enumerate(cones):
        at = j * (d + 1)
        q[at] = 1
        made[:, at + 1 : at + 1 + d] = s * X * np.where(p > 0, 1, left)[:, None]
        sides[j * n : j * n + n, at + 1 : at + 1 + d] = -X * p[:, None]
        balls[at : at + d + 1, at : at + d + 1] = -np.eye(d + 1)
    K = [clarabel.NonnegativeConeT(n * len(cones))]
    K += [clarabel.SecondOrderConeT(d + 1)] * len(cones)
    return least(q, made, y, (sparse.vstack([sides, balls], "csc"), K), np.zeros(size))


def problem_of(*, apart):
    """Return the problem; where a zero row is ``apart``, labels are fitted for it, too."""
    X, y = [*ROWS, [0, 0, 0]] if apart else ROWS, [*LABELS, -2] if apart else LABELS
    loss = {"kind": "quantile", "tau": "1/3"} if apart else "interpolation"
    return TrainingProblem(
        X, y, beta="1/1000", loss=loss, activation={"slopes": [1, "1/3"]}
    )


def require_least(O, *, apart):
    kappa = list(map(nearest_float, O.kappa))
    assert kappa[3] == pytest.approx(-2 * kappa[1], rel=1e-12)
    value = BETA * least_norm(ROWS, LABELS, LEFT) + (4 / 3 if apart else 0)
    assert nearest_float(O.value) == pytest.approx(value, rel=1e-7)
    assert O.is_pinned is not apart  # to the loss any fit above -2 has that kappa


@pytest.mark.parametrize("apart", [False, True])
def test_a_wall_squeezes_an_entry_that_the_fit_does_not_know(apart):
    """Two atoms on the wall of sample 2 leave ``kappa_4 = -2 kappa_2`` alone.

    Sample 5 is a zero row: its loss rises with the slope 2/3 at the fit 0, whatever neurons are.
    """
    sides = Doubled(problem_of(apart=apart))
    find = candidates_by_pieces if apart else Search(sides).candidates
    given = (sides, limits_of(None), []) if apart else (limits_of(None), set())
    candidate = next(c for c in find(*given) if c.pins)
    O = sloped(next(optima_on_subspaces(candidate.refined(256), sides, 256)))
    require_least(O, apart=apart)
    P = optimal_polytope(O)
    assert (P.level, len(P.atoms), P.supports) == ("interval", 2, (0b11,))
    assert P.fit_is_unique
    assert O.fit[1] == 0
    check(certify(P))  # raises where it refuses


@pytest.mark.deep
@pytest.mark.parametrize("apart", [False, True])
def test_the_search_comes_there(apart):
    require_least(optimum(problem_of(apart=apart)), apart=apart)
