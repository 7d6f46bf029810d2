"""``nearest`` where vertices are not listed: bounds that hold of all, points without a constant."""

from dataclasses import replace
from fractions import Fraction

import pytest

from polytope_nn import Network, TrainingProblem, is_optimal, optimal_polytope, optimum
from polytope_nn.errors import NotAttained, Undecided
from polytope_nn.landscape.unlisted.some import Unlisted
from polytope_nn.limits import Limits
from polytope_nn.networks.closest import nearest
from polytope_nn.networks.hulls import without_constant

GREATER = (  # lam > 0 of the nearest: points with no neuron count
    TrainingProblem(
        [[0, 0], [-1, 2], [0, -2], [-2, -1], [1, 1], [0, 2]], [2, 3, 2, 2, 0, -2],
        beta="1/4", loss="absolute", skip="linear",
    ),
    Network.of((-1, [1, "-1/2"]), (1, [0, "-1/2"]), (1, [3, "5/2"])),
)  # fmt: skip
LESS = (  # lam < 0: points whose neurons cost all that they may
    TrainingProblem(
        [[-2, 0], [2, 2], [2, -1], [-2, 2], [-2, 1]], [1, 1, -1, -1, 1],
        beta=1, loss="hinge", skip="linear",
    ),
    Network.of((1, ["5/2", 0]), (-1, [-3, 2]), (1, ["-1/2", "3/2"])),
)  # fmt: skip
SEVERAL = (  # four points of classes, two atoms alike
    TrainingProblem(
        [[-2, 1], [0, 0], [2, 0], [2, 2], [-1, 2], [0, -1]], [3, -3, -2, -2, -1, -2],
        beta=1, loss="absolute", skip="linear",
    ),
    Network.of((-1, ["-5/2", "1/2"]), (-1, [0, "-3/2"]), (1, ["3/2", 3])),
)  # fmt: skip


@pytest.mark.parametrize(
    "D, given, classes, totals",
    [(*GREATER, 19.185, 0), (*LESS, 18.139, 2.106), (*SEVERAL, 15.382, 1.5)],
    ids=["greater", "less", "several"],
)
def test_no_optimal_network_is_below_the_bound(D, given, classes, totals):
    """Beside the nearest of all vertices, listed; classes tell more than totals do."""
    P = optimal_polytope(optimum(D))
    known = nearest(P, given)
    assert known.decided
    assert is_optimal(P, known.network)
    wide = given.padded(known.network.width)
    slots = zip(wide.slots, known.network.slots, strict=True)
    assert sum(_between(x, y) for x, y in slots) == known.distance
    some = optimal_polytope(P.optimum, limits=Limits(vertices=len(P.masses)))
    assert (some.is_unlisted, some.missing) == (True, "")
    none = replace(some, masses=(), missing="too many", many=True)  # nothing of classes
    for Q, wanted in ((some, classes), (none, totals)):
        found = nearest(Q, given)
        assert is_optimal(P, found.network)
        assert found.at_least <= known.distance <= found.distance
        assert float(found.at_least) == pytest.approx(wanted, abs=1e-3)
        one = Q is some and len(P.masses) == 1  # point of totals
        assert found.decided == one
        assert one or isinstance(found.at_least, Fraction)


ABOVE = (  # every optimal fit needs a constant > 0
    [[2, -3], [-1, 0], [0, -3], [3, 3], [1, 0], [-1, -2], [2, 3]], [1, -2, -5, -5, 3, -2, 2],
)  # fmt: skip
BELOW = (
    [[-2, 3], [-1, -2], [0, 2], [-2, -3], [-1, 2], [-1, 3], [-1, -3], [3, 3]],
    [-3, -5, -1, 5, -5, -2, 4, 2],
)
AROUND = (  # some do without
    [[1, -3], [1, 2], [-3, -2], [0, 3], [-3, 1], [-2, 3], [2, -2]], [4, -5, -3, -3, -2, 3, 4],
)  # fmt: skip


@pytest.mark.parametrize(
    "X, y, beta, signs",
    [(*ABOVE, "1/2", {1}), (*BELOW, "1/5", {-1}), (*AROUND, "1/2", {1, -1})],
    ids=["above", "below", "around"],
)
def test_constants_that_are_free_in_the_limit_only(monkeypatch, X, y, beta, signs):
    """Beside the constants of all vertices, listed, in balls: 0 is among them or it is not."""
    O = optimum(TrainingProblem(X, y, beta=beta, bias="free", skip="linear"))
    P = optimal_polytope(O)
    assert {1 if P.free_part(v)[-1] > 0 else -1 for v in P.vertices} == signs
    few = optimal_polytope(O, limits=Limits(vertices=1))
    assert few.is_unlisted
    if len(signs) == 1:
        with pytest.raises(NotAttained, match="a constant is needed"):
            without_constant.one_without_constant(few)
        return
    masses = without_constant.one_without_constant(few)
    assert abs(float(P.free_part(masses)[-1])) < 1e-9
    # where walks find no such point, that there is none is not concluded
    monkeypatch.setattr(without_constant, "some_points", lambda S: Unlisted(S, (), ()))
    with pytest.raises(Undecided, match="makes no constant"):
        without_constant.one_without_constant(few)


def _between(x, y):
    """Return the square of the distance of two slots, opposite signs and empty ones apart."""
    if x is not None and y is not None and x.sign == y.sign:
        return sum((s - t) ** 2 for s, t in zip(x.u, y.u, strict=True))
    return sum(t * t for z in (x, y) if z is not None for t in z.u)
