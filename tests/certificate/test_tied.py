"""Certificates of gates, blocks and patterns in balls, and of exact powers, with every loss."""

import json
import math
from fractions import Fraction

import pytest

from polytope_nn import GroupLasso, TrainingProblem, optimal_polytope
from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kernel.reading import Refuted
from polytope_nn.checker.kinds import check
from polytope_nn.errors import NotAttained, NotInterpolable, Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.exact.scalar import nearest_float
from tests.landscape.planted import seeded

from .forging import canonical, claim, golden, sealed

CURVED = [
    "logistic",
    "exponential",
    {"kind": "power", "p": 3},
    {"kind": "power", "p": "4/3"},
]
LOSSES = [*CURVED, "squared", {"kind": "huber", "delta": 1}, "squared_hinge"]
SIGNED = {"logistic", "exponential", "squared_hinge"}


def gated(rng, X, y, loss):
    masks = [[rng.randint(0, 1) for _ in y] for _ in range(rng.randint(1, 3))]
    masks += masks[:1] if rng.random() < 0.5 else []
    skip = rng.choice(["none", "constant"])
    return TrainingProblem(X, y, beta="1/4", loss=loss, gates=masks, skip=skip)


def threshold(rng, X, y, loss):
    word = rng.choice(["threshold", "threshold_open"])
    return TrainingProblem(X, y, beta="1/4", loss=loss, activation=word)


def straight(rng, X, y, loss):
    slope = rng.choice([1, "1/2"])
    given = {
        "bias": rng.choice(["none", "penalised"]),
        "skip": rng.choice(["none", "constant"]),
    }
    return TrainingProblem(
        X, y, beta="1/2", loss=loss, activation={"slopes": [slope, slope]}, **given
    )


def blocks(rng, X, y, loss):
    listed = []
    for _ in range(rng.randint(1, 3)):
        cone = [[rng.randint(-1, 2) for _ in X[0]] for _ in range(rng.randint(0, 2))]
        A = [[rng.randint(-2, 2) for _ in X[0]] for _ in y]
        listed.append({"A": A, "cone": cone, "signs": rng.choice(["+", "+-"])})
    listed += listed[:1] if rng.random() < 0.3 else []
    return GroupLasso(listed, y, beta="1/2", loss=loss)


MASKS = [[1, 1, 0, 0, 0], [0, 1, 0, 0, 1], [1, 0, 1, 1, 1]]
ROWS, SIDES = [[1, 1], [0, 1], [-1, 1], [-1, 1], [1, 1]], [1, -1, 1, 1, -1]
GATES = [[[m * t for t in x] for m, x in zip(mask, ROWS, strict=True)] for mask in MASKS]
PINNED = {  # a hinge bends at every fit, two rows are one: kappa is one of many
    "gates": TrainingProblem(ROWS, SIDES, beta="1/10", loss="hinge", gates=MASKS),
    "blocks": GroupLasso([{"A": A} for A in GATES], SIDES, beta="1/10", loss="hinge"),
}


@pytest.mark.parametrize("name", PINNED)
def test_entries_of_kappa_that_nothing_determines_are_pinned(name):
    """By duality in floats: ``kappa'y`` is the cost of a network that fits the labels."""
    P = optimal_polytope(PINNED[name])
    C = certify(P)
    check(C.to_json())
    kappa = [nearest_float(t) for t in P.kappa]
    made = [0.0] * 5
    for a, c in zip(P.atoms, P.vertices[0], strict=True):
        made = [z + nearest_float(c * t) for z, t in zip(made, a.feature, strict=True)]
    assert made == pytest.approx(SIDES)
    assert all(0 <= k * y <= 1 for k, y in zip(kappa, SIDES, strict=True))
    for A in GATES:
        g = [
            sum(k * t for k, t in zip(kappa, column, strict=True))
            for column in transpose(A)
        ]
        assert math.hypot(*g) <= 1 / 10 + 1e-12
    dual = sum(k * y for k, y in zip(kappa, SIDES, strict=True))
    assert sum(map(nearest_float, P.vertices[0])) / 100 == pytest.approx(dual)
    # an entry that all determine is none to be chosen
    forged = json.loads(C.to_json())
    assert forged["witness"]["pins"][0] == [2]
    forged["witness"]["pins"][0] = [0]
    with pytest.raises(Refuted, match="an entry of kappa is not free"):
        check(canonical(sealed(forged)))


@pytest.mark.parametrize(
    "make", [gated, threshold, straight, blocks], ids=lambda make: make.__name__
)
def test_what_is_found_in_balls_is_accepted_and_counted_as_its_staircase_is(make):
    rng, seen = seeded(31), dict.fromkeys(("exact", "interval"), 0)
    for _ in range(20):
        n, d = rng.choice([(2, 1), (3, 2), (4, 2)])
        loss = rng.choice(LOSSES)
        signed = loss in SIGNED if isinstance(loss, str) else False
        y = [rng.choice([-1, 1]) if signed else rng.randint(-4, 4) for _ in range(n)]
        X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        try:
            P = optimal_polytope(make(rng, X, y, loss))
        except (NotAttained, NotInterpolable, Undecided):
            continue
        try:
            C = certify(P)
        except Undecided as reason:
            assert "sign of kappa" in str(reason)  # noqa: PT017 - of a power, 0 in balls
            continue
        check(C.to_json())
        seen["interval" if "enclosed" in C.kind else "exact"] += 1
        S = P.staircase
        assert C.claim("widths")["m_star"] == S.m_star
        assert C.claim("widths")["M_star"] == S.M_star
        for step in C.claim("components")["widths"]:
            for key in set(step) - {"m"}:
                assert step[key] == getattr(S[step["m"]], key)
    assert seen["interval"] >= (2 if make is threshold else 5)
    assert seen["exact"] >= 5


def test_where_several_fits_belong_to_kappa_single_points_are_not_claimed():
    D = TrainingProblem(
        [[0, 0, -3], [2, 3, 1], [2, 3, 2], [0, 2, 2]],
        [-1, 1, -1, 1],
        beta=1,
        loss="hinge",
        gates=[[1, 0, 0, 0], [0, 1, 1, 0], [1, 0, 1, 0]],
    )
    C = certify(D)
    assert C.kind == "listed_enclosed"
    assert C.claim("optimum")["pieces"] == ["1 slope"] * 3 + ["2 flat"]
    verdicts = C.claim("theorems")["verdicts"]
    assert verdicts["T7.1"] is verdicts["T7.3"] is None
    assert verdicts["T7.2"]


def test_a_gate_twice_is_two_atoms_of_one_weight():
    X, masks = [[2, 0], [0, -1], [-1, -2]], [[1, 0, 1], [1, 1, 0], [1, 0, 1]]
    D = TrainingProblem(X, [1, 1, 1], beta="1/4", loss="logistic", gates=masks)
    C = certify(D)
    assert C.kind == "listed_enclosed"
    one, other = C.claim("vertices")["list"]
    assert (one["support"], other["support"]) == ([0, 1], [1, 2])
    assert one["weights"] == other["weights"][::-1]
    assert [step["components"] for step in C.claim("components")["widths"]][:2] == [4, 1]


def test_a_gate_that_is_tied_has_no_weight():
    """Kappa is t (1, 1, -1, -1), ``t |x_1 + x_2| = beta``: gate 1001 pulls what 1100 does.

    With it fits of samples 1 and 2, which have one kappa, would differ.
    """
    C = golden("tied_without_weight")
    check(canonical(C))
    t = 1 / 2 / 18**0.5
    for ends, side in zip(claim(C, "dual")["kappa"], (1, 1, -1, -1), strict=True):
        assert float(Fraction(ends[0])) == pytest.approx(side * t, rel=1e-12)
    assert [a["block"] for a in claim(C, "atoms")["list"]] == [0, 1, 2]
    (vertex,) = claim(C, "vertices")["list"]
    assert vertex["support"] == [0, 1]
    for ends in vertex["weights"]:  # x_1'g = 9 t
        assert float(Fraction(ends[0])) == pytest.approx(
            math.log(1 / t - 1) / (9 * t), rel=1e-9
        )
    told = claim(C, "dimension")
    assert (told["rank"], told["used_rank"], told["dim"]) == (3, 2, 0)


def test_a_gate_whose_samples_cancel_has_no_weight():
    """Samples 1 and 3 are opposite and alike, kappa is 1 there: gate 1011 pulls what 0001 does."""
    X = [[1, -1, 1], [1, 1, 1], [-1, 1, -1], [-1, -1, -1]]
    gates = [[0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 1, 1]]
    D = TrainingProblem(X, [1] * 4, beta="1/3", loss="exponential", gates=gates)
    P = optimal_polytope(D)
    C = certify(P)
    check(C.to_json())
    assert [v["support"] for v in C.claim("vertices")["list"]] == [[0, 1]]
    kappa = [float(Fraction(ends[0])) for ends in C.claim("dual")["kappa"]]
    assert kappa == pytest.approx([1, 1 / 3 / 3**0.5, 1, 1 / 3 / 3**0.5], rel=1e-12)


def test_gates_of_one_form_beside_a_constant_trade_their_weight():
    """Kappa is (t, -t): gate 11 pulls ``t (x_1 - x_2)``, gate 01 less ``t x_1``, of one length.

    So a vertex has either gate alone, with what the fits of the exponential loss differ by.
    """
    X, y = [[-2, 2, -2], [0, 1, -2]], [1, -1]
    gates = [[0, 0], [1, 1], [0, 1]]
    D = TrainingProblem(X, y, beta="1/3", loss="exponential", skip="constant", gates=gates)
    P = optimal_polytope(D)
    C = certify(P)
    check(C.to_json())
    t = 1 / 3 / 5**0.5  # |x_2| = |x_1 - x_2| = sqrt 5
    apart = -2 * math.log(t)  # z_1 - z_2, as fits are -y ln(kappa y)
    for v, at in zip(C.claim("vertices")["list"], ([0], [1]), strict=True):
        assert v["support"] == at
        # the two entries of a feature differ by 5 t
        assert float(Fraction(v["weights"][0][0])) == pytest.approx(
            apart / (5 * t), rel=1e-9
        )


def test_a_power_in_a_number_field_has_the_fit_of_its_kappa():
    D = TrainingProblem(
        [[2, 2], [-1, 0]],
        [2, -1],
        beta=1,
        loss={"kind": "power", "p": "3/2"},
        activation={"slopes": [1, "1/3"]},
    )
    C = certify(D)
    assert C.kind == "general"
    P = optimal_polytope(D)
    for z, y, kappa in zip(P.optimum.fit, D.y, P.kappa, strict=True):
        assert (y - z) == kappa * kappa * (
            1 if kappa > 0 else -1
        )  # |y - z|^(1/2) = |kappa|
    near = float(P.optimum.value)
    z = list(map(float, P.optimum.fit))
    cost = sum(abs(t - float(y)) ** 1.5 / 1.5 for t, y in zip(z, D.y, strict=True))
    cost += sum(map(float, P.optimum.weights)) * float(Fraction(1))
    assert abs(near - cost) < 1e-9


def test_opposite_neurons_share_a_weight_beside_a_linear_skip():
    """Kappa is in a number field, the fit of the power is in none: a pair in intervals."""
    D = TrainingProblem(
        [[-1, 1], [3, -2], [0, 0], [1, 0]],
        [2, -1, -3, 4],
        beta="1/4",
        loss={"kind": "power", "p": 3},
        bias="penalised",
        skip="affine",
    )
    C = certify(D)
    assert C.kind == "enclosed"
    assert [v["support"] for v in C.claim("vertices")["list"]] == [[0], [1]]
    assert [step["components"] for step in C.claim("components")["widths"]] == [2, 1, 1]
