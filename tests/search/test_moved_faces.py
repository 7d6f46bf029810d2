"""A tied direction that a guess put on the wrong side of a wall is moved there, not lost."""

from fractions import Fraction

import numpy as np
import pytest

from polytope_nn.dual.system import Face
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.candidate import Hint
from polytope_nn.search.search import PINS, Attempt, Search

NEAR = Fraction(1, 10**5)  # lengths beside the wall and on it differ by less than 1e-9
OPENED = 1 - NEAR**2


@pytest.mark.parametrize(
    ("row", "kappa", "wrong", "right"),
    [
        # beta = 1 = |g|, g = (1, 0), and row 2 times g is negative: no wall
        ((-NEAR, 1), 1, (1, 0), (1, -1)),
        # (kappa, 0) is past the wall of row 2, on which g is shorter: so kappa is longer
        ((2 * NEAR / OPENED, 1), (1 + NEAR**2) / OPENED, (1, -1), (1, 0)),
    ],
)
def test_the_face_beside_takes_the_place_of_a_wrong_one(
    monkeypatch, row, kappa, wrong, right
):
    """By hand, as said beside the cases; kappa_2 = -1/2 is too small for a neuron of its own.

    The faces that are solved for show that the direction is in none of the steps left out.
    """
    dual = kappa, Fraction(-1, 2)
    D = TrainingProblem([(1, 0), row], [dual[0] + 1 / Fraction(kappa), dual[1]], beta=1)
    search, solved = Search(D), []
    within = Search._solved

    def kept(self, hint, faces, *rest):
        solved.append([face.covector for face in faces])
        return within(self, hint, faces, *rest)

    monkeypatch.setattr(Search, "_solved", kept)
    hint = Hint(search.conic.floats(dual), ((0, 1, np.array([1.0, 0.0])),))
    attempt = Attempt(1e-9, PINS[0], 320, paired=True)
    found, _ = search._settled(hint, (Face(1, wrong, 0),), attempt)
    assert solved == [[wrong], [right]]
    assert found is not None
    pairs = zip(found.kappa, dual, strict=True)
    assert all(abs(t.midpoint - k) < Fraction(1, 2**300) for t, k in pairs)
