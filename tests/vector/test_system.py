"""The Jacobian of the system of an optimum, beside quotients of differences."""

from fractions import Fraction

import pytest

from polytope_nn import VectorProblem
from polytope_nn.exact.ball import ball_vector, precision
from polytope_nn.vector.search.generation import Generation
from polytope_nn.vector.search.structure import starts
from tests.landscape.planted import seeded

STEP, NEAR = Fraction(1, 1 << 80), Fraction(1, 1 << 40)


@pytest.mark.parametrize("loss", ["squared", "huber", "poisson", {"kind": "power", "p": 3}])
@pytest.mark.parametrize("skip", ["none", "affine"])
def test_columns_are_derivatives(loss, skip):
    rng = seeded(len(skip))
    X = [[rng.randint(-9, 9) for _ in range(2)] for _ in range(7)]
    Y = [[rng.randint(0, 9) for _ in range(2)] for _ in X]
    if loss == "huber":
        loss = {"kind": "huber", "delta": 1}
    D = VectorProblem(X, Y, beta="1/2", loss=loss, skip=skip)
    generation = Generation(D)
    start = next(iter(starts(generation, generation.hint())))
    system, x = start.system, ball_vector(start.point, 300)
    with precision(300):
        jacobian = system.evaluated(x)[1]
        pinned = {i for i, _, _ in system._pinned(system.named(x))}
        for j in range(system.size):
            ends = [
                system.residuals([t + s * STEP * (i == j) for i, t in enumerate(x)])
                for s in (1, -1)
            ]
            for i, (a, b) in enumerate(zip(*ends, strict=True)):
                if i not in pinned:
                    assert -NEAR < (a - b) / (2 * STEP) - jacobian[i][j] < NEAR
