"""Any separable loss by cones, pieces read from floats: the same answers as by patterns."""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn import TrainingProblem, certify, optimal_polytope, optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.search.cones import many

SIGNED = ("hinge", "squared_hinge", "logistic")
LOSSES = (*SIGNED, "absolute", {"kind": "huber", "delta": "1/2"}, "poisson")
KINDS = (("none", "none"), ("penalised", "constant"), ("none", "constant"))
CASES = [(loss, *KINDS[i % 3]) for i, loss in enumerate(LOSSES)]


def drawn(loss, bias, skip, n=10):
    random = Random(f"{loss} {bias} {skip}")  # noqa: S311 - reproducible data
    X = [[Fraction(random.randint(-99, 99), 10) for _ in range(2)] for _ in range(n)]
    z = [max(a - b + 2, 0) - max(-a - 2 * b, 0) + random.randint(-5, 5) for a, b in X]
    y = [1 if t > 0 else -1 for t in z] if loss in SIGNED else z
    if loss == "poisson":
        y = [abs(round(t)) for t in z]
    return TrainingProblem(X, y, beta=5, bias=bias, skip=skip, loss=loss)


@pytest.mark.parametrize("loss, bias, skip", CASES)
def test_cones_and_patterns_agree(loss, bias, skip, monkeypatch):
    D = drawn(loss, bias, skip)
    one = optimal_polytope(optimum(D))
    for name in ("_LISTED", "_LISTED_IN_MORE"):
        monkeypatch.setattr(many, name, 10)
    other = optimal_polytope(optimum(D))
    assert (one.optimum.dual_proof, other.optimum.dual_proof) == ("patterns", "cones")
    assert [a.key for a in one.atoms] == [a.key for a in other.atoms]
    assert one.supports == other.supports
    assert nearest_float(one.optimum.value) == pytest.approx(
        nearest_float(other.optimum.value), rel=1e-12
    )
    with pytest.raises(Undecided, match="by cones are of the squared loss"):
        certify(other)
