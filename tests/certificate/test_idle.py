"""Columns that are tied and have no weight, and powers at rest, in certificates in intervals."""

import json
import math
from dataclasses import replace
from fractions import Fraction
from functools import partial
from operator import mul
from types import SimpleNamespace

import pytest

from polytope_nn import GroupLasso, TrainingProblem, optimum
from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.units.hints import Finder
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.listed.dual import settled, without_weight
from polytope_nn.checker.claims.listed.system import Tied, tied_of
from polytope_nn.checker.claims.pieces.system import pieces_of
from polytope_nn.checker.kernel.intervals import Interval
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted
from polytope_nn.checker.kinds import check
from polytope_nn.errors import Undecided
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.landscape.fits import fit_is_unique
from polytope_nn.landscape.slot_complex import slot_complex
from tests.landscape.planted import seeded

from .forging import canonical, claim, sealed

IDLE = {
    "X": [[1, 1, 2], [-1, -1, -2], [2, 0, 2], [2, -2, 3]],
    "y": [4, 2, 2, 4],
    "beta": 2,
    "loss": "poisson",
    "penalty": "l1",
}


def system():
    """Return the checker's system of a basis of two columns, the second without weight."""
    C = certify(TrainingProblem(**IDLE))
    D = Instance(C.data, Field("Q", Clock(Limits())))
    pieces = pieces_of(D, C.claim("optimum")["pieces"])
    of = partial(Tied, pieces=pieces, bits=64, hints=Finder(D.clock))
    return tied_of(D, C.claim("rays"), C.witness, of)


def weights():
    return [Interval.around(1, 1, 64), Interval(-1, 1, 64)]


def test_a_tied_column_without_weight_is_left_out():
    S = system()
    assert len(settled(S, weights(), [])) == 1
    assert (S.places, S.alive) == ([0], [0])


def test_a_column_whose_tie_says_another_kappa():
    S = system()
    S.pieces[1].y += 1  # the kappa of the fit 0 is another then
    with pytest.raises(Refuted, match="a weight is not proved positive, nor 0"):
        without_weight(S, 1, [1, [[0, 0], 1], [[], 1]])


def test_an_atom_that_may_undo_it():
    S = system()
    S.columns.append([0, -1])
    with pytest.raises(Refuted, match="an atom may undo what has no weight"):
        settled(S, weights(), [])


@pytest.mark.parametrize(
    "problem",
    [
        TrainingProblem(**IDLE),
        TrainingProblem(
            [[1, 2, 2], [3, 6, 0], [0, 0, 2], [1, 2, 0], [-3, -6, -1]],
            [-1, 1, 1, 1, -1],
            beta=1,
            loss="logistic",
            penalty="linf",
        ),
        TrainingProblem(
            [[2], [-2], [0], [2]],
            [-1, 2, 1, 4],
            beta="1/2",
            loss={"kind": "power", "p": "5/2"},
            bias="penalised",
            penalty="l1",
        ),
        TrainingProblem([[1], [2]], [1, -1], beta="1/2", loss="logistic", penalty="l1"),
        GroupLasso(
            [
                {"A": [[1], [-2]], "norm": "linf", "signs": "+-"},
                {"A": [[3, 1], [2, 1]], "cone": [[0, 1], [-1, 0]]},
            ],
            [-1, 1],
            beta=1,
            loss="exponential",
        ),
    ],
)
def test_the_checker_counts_what_the_slot_complex_does(problem):
    O = optimum(problem)
    C, S = certify(O), slot_complex(O)
    check(C.to_json())
    networks = isinstance(problem, TrainingProblem)
    claim = C.claim("slots" if networks else "parts")
    assert claim["m_star"] == S.m_star
    for step in claim["widths"]:
        assert step["polytope_components"] == S[step["m"]].classes


def test_a_ray_that_two_samples_alike_tie():
    """Its feature tells them apart, and their fits are one: it has no weight; duality in floats."""
    X, y = [[1, -1], [1, 0], [0, 0], [0, 1], [0, 1]], [-1, -1, -1, -1, 1]
    given = {"activation": {"slopes": [2, "1/2"]}, "bias": "penalised", "penalty": "l1"}
    O = optimum(TrainingProblem(X, y, beta="1/3", loss="logistic", **given))
    C = certify(O)
    check(C.to_json())
    assert C.claim("cells")["list"] == [[0, 1, 2]]
    kappa, fit, c = (list(map(nearest_float, t)) for t in (O.kappa, O.fit, O.weights))
    assert [t > 0 for t in c] == [True, True, False]
    for a in O.atoms:
        F = list(map(nearest_float, a.feature))
        assert sum(map(mul, kappa, F)) == pytest.approx(1 / 3)
    losses = sum(math.log1p(math.exp(-s * z)) for s, z in zip(y, fit, strict=True))
    conjugates = -sum(
        t * math.log(t) + (1 - t) * math.log(1 - t)
        for t in (s * k for s, k in zip(y, kappa, strict=True))
    )
    assert losses + sum(c) / 3 == pytest.approx(conjugates)
    rng = seeded(0)
    for _ in range(2000):
        w = [rng.gauss(0, 1) for _ in range(3)]
        heights = [w[0] * a + w[1] * b + w[2] for a, b in X]
        made = sum(
            k * (2 * t if t > 0 else t / 2) for k, t in zip(kappa, heights, strict=True)
        )
        assert abs(made) <= sum(map(abs, w)) / 3 + 1e-12


def test_gates_with_a_power_at_rest():
    masks = [[1, 1, 1, 1, 1], [1, 0, 0, 0, 0]]
    X = [[3, 1], [0, 0], [0, -1], [0, -1], [0, -1]]
    given = {"loss": {"kind": "power", "p": 6}, "skip": "affine", "gates": masks}
    C = certify(TrainingProblem(X, [3, 0, 3, -3, 4], beta=2, **given))
    check(C.to_json())
    assert C.claim("optimum")["pieces"][:2] == ["1 rest", "1 rest"]


def test_blocks_in_balls_have_one_fit():
    blocks = [
        {"A": [[-1, -3, 1], [2, 2, -3], [-2, 3, -1], [-1, 2, 1], [0, 2, 1], [2, 0, 0]]},
        {"A": [[1, -2], [0, -2], [-3, 3], [2, -1], [3, -1], [1, -2]]},
        {"A": [[-3, -1], [-1, -2], [-2, 0], [-3, -1], [0, 1], [2, 1]]},
    ]
    loss = {"kind": "quantile", "tau": "2/3"}
    O = optimum(GroupLasso(blocks, [-1, 4, -4, 2, -1, 4], beta=2, loss=loss))
    assert O.level == "interval"
    assert fit_is_unique(O)
    check(certify(O).to_json())


@pytest.mark.parametrize(
    ("X", "y", "activation", "beta"),
    [
        ([[3], [0], [0], [-2], [3]], [2, 2, 0, -2, 4], {"slopes": [1, "1/3"]}, 1),
        ([[-3], [1], [1], [0], [0]], [2, -4, -2, 0, 3], "absolute", "1/100"),
    ],
)
def test_a_power_below_2_at_rest_where_neurons_are_still(X, y, activation, beta):
    given = {"loss": {"kind": "power", "p": "4/3"}, "activation": activation}
    O = optimum(TrainingProblem(X, y, beta=beta, **given))
    at = next(
        k for k, (row, t) in enumerate(zip(X, y, strict=True)) if row == [0] and not t
    )
    assert (O.kappa[at], O.level) == (0, "interval")
    check(certify(O).to_json())


def test_a_column_that_two_samples_share_has_no_weight():
    """Pattern 1111 is tied as kappa_1 + kappa_3 = 0, which says neither of the two."""
    D = TrainingProblem(
        [[3, 1], [-3, -2], [2, -3], [-1, -2]],
        [-1, -1, 1, -1],
        beta_squared=2,
        loss="exponential",
        activation="threshold",
    )
    C = certify(D)
    check(C.to_json())
    assert (C.kind, len(C.claim("atoms")["list"])) == ("listed_enclosed", 2)
    (support,) = (v["support"] for v in C.claim("vertices")["list"])
    assert len(support) == 1
    for k in ([], [0], [0, 1, 2]):  # not all of what it is alone on, or more
        forged = {**C.witness, "hints": _moved(C.witness["hints"], k)}
        with pytest.raises(Refuted):
            check(replace(C, witness=forged).to_json())


UNTOUCHED = [
    {"A": [[2, -2, 0], [0, 0, 0], [0, 0, 0]]},
    {"A": [[0, 0], ["3/5", 0], [0, "4/5"]]},
    {"A": [[0, 0], [0, "4/5"], ["3/5", 0]]},
]


@pytest.mark.parametrize(
    "problem",
    [
        GroupLasso(UNTOUCHED, [1, 1, -1], beta=1, loss="exponential"),
        GroupLasso(UNTOUCHED[:2], [1, -1, -1], beta="1/2", loss="logistic"),
        TrainingProblem(
            [[2, -2, 0], [0, 1, 0]],
            [1, -1],
            beta=1,
            loss="exponential",
            weights=["1/2", 1],
            gates=[[1, 0], [0, 1], [0, 1]],
        ),
    ],
)
def test_a_block_that_others_do_not_touch_is_tied_where_the_fits_are_0(problem):
    O = optimum(problem)
    assert O.fit[1:] == (0,) * (O.problem.n - 1)
    assert len(O.atoms) == len(getattr(problem, "gates", None) or problem.blocks)
    C = certify(O)
    check(C.to_json())
    assert [v["support"] for v in C.claim("vertices")["list"]] == [[0]]


def blocks():
    """Return the checker's system of a block, and of two without weight that others leave alone."""
    C = certify(GroupLasso(UNTOUCHED, [1, 1, -1], beta=1, loss="exponential"))
    D = Instance(C.data, Field("Q", Clock(Limits())))
    pieces = pieces_of(D, C.claim("optimum")["pieces"])
    of = partial(Tied, pieces=pieces, bits=64, hints=Finder(D.clock))
    return tied_of(D, C.claim("atoms"), C.witness, of)


def still(second=1):
    """Return kappa of the fits 0, but at the sample that has one."""
    return [Interval.around(t, t, 64) for t in (Fraction(1, 3), second, -1)]


TWINS = [  # the first mask is the last one but where the fit is the label, and kappa 0
    (
        [[-7, -9, 9], [2, -6, -2], [7, 9, -9], [-2, 6, 2]],
        [0, 2, 1, 1],
        {"loss": "poisson", "beta": "1/3", "bias": "penalised"},
        [[1, 0, 1, 1], [1, 0, 0, 1]],
    ),
    (
        [[2, -2], [-2, 1], [-2, 2], [2, -1]],
        [-1, 3, 0, -3],
        {"loss": {"kind": "power", "p": 3}, "beta": "1/4"},
        [[1, 1, 1, 1], [0, 0, 1, 0], [1, 1, 0, 1]],
    ),
    (
        [[0, -1, 0], [0, 1, 0], [0, 1, 0], [0, 0, -1], [0, 1, -1], [-1, 0, 1], [0, -1, 0]],
        [0, -1, -1, 0, 0, 1, 0],
        {"beta": "1/4"},
        [[1] * 7, [0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 1, 1, 1]],
    ),
]


@pytest.mark.parametrize(("X", "y", "given", "masks"), TWINS)
def test_a_gate_that_is_another_but_where_the_fit_is_0(X, y, given, masks):
    """Without it the optimum is the same, its other weights too: it has none."""
    C = certify(TrainingProblem(X, y, gates=masks, **given))
    check(C.to_json())
    few = certify(TrainingProblem(X, y, gates=masks[1:], **given))
    one, other = (
        [float(Fraction(sum(map(Fraction, t)), 2)) for t in c.claim("dual")["kappa"]]
        for c in (C, few)
    )
    assert one == pytest.approx(other, abs=1e-12)
    supports = [[v["support"] for v in c.claim("vertices")["list"]] for c in (C, few)]
    assert [len(s) for s in supports[0]] == [len(s) for s in supports[1]]
    assert len(C.claim("atoms")["list"]) == len(few.claim("atoms")["list"]) + 1


def test_blocks_without_weight_are_left_out():
    S = blocks()
    few = [weights()[0], weights()[1], weights()[1]]
    assert len(settled(S, few, still())) == 1
    assert (S.places, S.alive) == ([0], [0])


def test_a_block_that_one_with_weight_touches():
    with pytest.raises(Refuted, match="is not alone where it reaches"):
        settled(blocks(), [weights()[0], weights()[0], weights()[1]], still())


def test_a_block_that_is_not_tied_at_the_fits_0():
    S, half = blocks(), Fraction(1, 2)
    S.pieces[1].y *= half
    with pytest.raises(Refuted, match="is not tied at the fits 0"):
        settled(S, [weights()[0], weights()[1], weights()[1]], still(half))


def test_a_block_whose_weight_sums_say_is_0_still_touches_others(monkeypatch):
    """Its equation has kappa there, too: that of the fits 0 may not solve it."""
    S, answers = blocks(), iter([[[], []], None])
    monkeypatch.setattr(S, "hints", SimpleNamespace(ask=lambda *_: next(answers)))
    monkeypatch.setattr(
        "polytope_nn.checker.claims.listed.dual.weightless", lambda *_: None
    )
    monkeypatch.setattr("polytope_nn.checker.claims.listed.dual.Exact", lambda *_: None)
    with pytest.raises(Refuted, match="is not alone where it reaches"):
        settled(S, [weights()[0], weights()[1], weights()[1]], still())


def turned(lie):
    """Return a certificate about the block (v) of label 1/v, and one with weight; the lie told.

    The optimum leaves sample 1 at the fit 0, with kappa 1/v. But -1/v solves the system with the
    weight -2/v^2, and a row of the inverse that is far too small makes its enclosure hold 0.
    """
    v, blocks = 2048, [{"A": [[2, -2], [0, 0]]}, {"A": [[0], [1]]}]
    C = certify(GroupLasso(blocks, [1, 1], beta=1, loss="exponential"))
    made = json.loads(C.to_json())
    data, witness = made["data"], made["witness"]
    data["X"], data["y"] = [["1", "0"], ["0", str(v)]], ["3", f"1/{v}"]
    data["loss"] = {"kind": "squared", "weights": ["1", "1"]}
    data["unit"]["blocks"][0]["columns"] = 1
    kappa, weight = (Fraction(-1, v), Fraction(-2, v**2)) if lie else (Fraction(1, v), 0)
    den, one, unit = v**2 // 2 if lie else v, 1 << 60, 1 + weight * v**2
    witness["centre"] = [[int(t * den) for t in (1, kappa, 2, weight)], den]
    witness["radius"] = str(Fraction(22, 10 * v**2))
    share = Fraction(6, 100) if lie else 1
    inverse = [
        [0, 0, Fraction(1, 2), 0],
        [0, 0, 0, 1 / (2 * v**2 * kappa)],
        [1, 0, Fraction(-3, 2), 0],
        [0, share / (v**2 * kappa), 0, -share * unit / (2 * v**4 * kappa**2)],
    ]
    witness["inverse"] = [[[round(t * one) for t in row] for row in inverse], one]
    made["field"], witness["hints"] = {"bits": 64}, [[], []]
    fit = Fraction(1, v) - kappa

    def ends(x, bits=18):
        return [str(x + Fraction(s, 1 << bits)) for s in (-1, 1)]

    claim(made, "dual")["kappa"] = [ends(1), ends(kappa)]
    value = Fraction(5, 2) + kappa**2 / 2 + kappa * fit
    told = {"fit": [ends(2), ends(fit)], "objective": ends(value, 21)}
    claim(made, "optimum").update(told, pieces=["0 slope", "0 slope"])
    claim(made, "vertices")["list"][0]["weights"] = [ends(2)]
    return canonical(sealed(made))


def test_a_negative_weight_whose_enclosure_holds_0():
    check(turned(lie=False))
    with pytest.raises(Refuted, match="is not that of the fits 0"):
        check(turned(lie=True))


def _moved(hints, k):
    return [[k, *h[1:]] if isinstance(h, list) and h[:1] == [[0, 2]] else h for h in hints]


def test_the_cure_of_a_block_that_may_be_tied_can_be_followed():
    """Classes are not changed a little; another beta breaks the tie."""
    told = {"gates": [[0, 1, 1, 1], [0, 0, 1, 0]], "loss": "exponential"}
    X, y = [[0, 1, 1], [1, 0, 0], [0, -1, -1], [-1, 0, 0]], [1, 1, 1, 1]
    with pytest.raises(Undecided, match="or change beta or the labels a little"):
        optimum(TrainingProblem(X, y, beta="1/10", **told))
    C = certify(TrainingProblem(X, [1, 1, 1, -1], beta="1/10", **told))
    check(C.to_json())
