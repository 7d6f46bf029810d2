"""Problems of one's own: known units written as fans, own graphs as known losses, refusals."""

from fractions import Fraction
from random import Random

import pytest

from polytope_nn import (
    AtomicProblem,
    FanUnit,
    GraphLoss,
    GroupLasso,
    InstanceError,
    NotInterpolable,
    NotOptimal,
    TrainingProblem,
    arrangement,
    optimal_polytope,
    optimum,
    polyline,
    slot_complex,
    staircase,
)
from polytope_nn.errors import DimensionError, Undecided
from tests.oracles.losses import cone_length, conjugate, loss

SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]


def cells(X, right=1, left=0):
    """Return the cells of neurons with two slopes: a closed tope each."""
    H = arrangement(X)
    return [
        {
            "A": [
                [(right if s > 0 else left) * t for t in x]
                for s, x in zip(p, X, strict=True)
            ],
            "cone": [[s * t for t in x] for s, x in zip(p, X, strict=True)],
        }
        for p in H.patterns
    ]


def random_data(seed):
    random = Random(seed)  # noqa: S311
    n, d = random.choice([(2, 2), (3, 2), (4, 2), (3, 3)])
    X = [[Fraction(random.randint(-2, 2)) for _ in range(d)] for _ in range(n)]
    return (
        X,
        [random.randint(-4, 4) for _ in range(n)],
        [random.choice([1, -1]) for _ in range(n)],
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["squared", "absolute", "logistic"])
def test_relu_neurons_as_a_fan(kind, seed):
    X, y, signs = random_data(seed)
    y = signs if kind == "logistic" else y
    plain = TrainingProblem(X, y, beta="1/2", loss=kind)
    own = AtomicProblem(FanUnit(cells(X)), kind, beta="1/2", y=y)
    try:
        O, other = optimum(plain), optimum(own)
    except Undecided:
        pytest.skip("ties that are not decided")
    assert float(other.value) == pytest.approx(float(O.value), abs=1e-12)
    if O.is_pinned and kind != "absolute":
        found = {(a.sign, *(float(t) for t in a.g)) for a in other.atoms}
        known = {(a.sign, *(float(t) for t in a.g)) for a in O.atoms}
        assert len(found) == len(known) == len(other.atoms)
        for one, two in zip(sorted(found), sorted(known), strict=True):
            assert one == pytest.approx(two, abs=1e-12)
    S, T = staircase(optimal_polytope(O)), staircase(optimal_polytope(other))
    assert (S.spectrum, S.minimal_supports) == (T.spectrum, T.minimal_supports)
    assert [s.components for s in S] == [s.components for s in T]


@pytest.mark.parametrize("norm", ["l1", "linf"])
@pytest.mark.parametrize("kind", ["squared", "absolute", "logistic"])
def test_penalties_as_a_fan(kind, norm):
    y = [1, 1, -1, 1]
    plain = TrainingProblem(SQUARE, y, beta="1/4", loss=kind, penalty=norm)
    own = AtomicProblem(FanUnit(cells(SQUARE), norm=norm), kind, beta="1/4", y=y)
    S, T = slot_complex(plain), slot_complex(own)
    assert float(optimum(own).value) == pytest.approx(
        float(optimum(plain).value), abs=1e-12
    )
    assert [s.components for s in S] == [s.components for s in T]
    assert [s.isolated for s in S] == [s.isolated for s in T]


def test_one_sign():
    """Output weights >= 0: -y cannot be fitted, and no atom is negative."""
    unit = FanUnit(cells([[1], [2]]), signs="+")
    O = optimum(AtomicProblem(unit, beta=1, y=[3, 3]))
    assert {a.sign for a in O.atoms} == {1}
    assert optimum(AtomicProblem(unit, beta=1, y=[-3, -3])).vanishes
    with pytest.raises(NotInterpolable):
        optimum(AtomicProblem(unit, "interpolation", beta=1, y=[-3, -6]))


def pooled(patches):
    """Return the cells of sum-pooled convolution neurons: patches of shape (n, k, p)."""
    rows = [x for sample in patches for x in sample]
    H = arrangement(rows)
    found = []
    for pattern in H.patterns:
        on = [s > 0 for s in pattern]
        A, at = [], 0
        for sample in patches:
            active = [
                x for x, s in zip(sample, on[at : at + len(sample)], strict=True) if s
            ]
            A.append(
                [
                    sum(column, Fraction(0))
                    for column in zip(*active, [0] * len(rows[0]), strict=False)
                ]
            )
            at += len(sample)
        found.append(
            {
                "A": A,
                "cone": [[s * t for t in x] for s, x in zip(pattern, rows, strict=True)],
            }
        )
    return found


PATCHES = [
    [[Fraction(t) for t in x] for x in sample]
    for sample in ([[1, 0], [0, 1]], [[-1, 1], [2, 1]], [[1, -1], [1, 2]])
]


@pytest.mark.parametrize("kind", ["squared", "huber", "logistic", "poisson"])
def test_a_convolution_has_no_gap(kind):
    """Weak duality by the definitions, the largest |g| by a projection for each cell."""
    y = {"logistic": [1, -1, 1], "poisson": [4, 0, 7]}.get(kind, [3, -1, 4])
    given = {"kind": "huber", "delta": 1} if kind == "huber" else kind
    O = optimum(AtomicProblem(FanUnit(pooled(PATCHES)), given, beta="1/2", y=y))
    kappa = [float(t) for t in O.kappa]
    for cell in pooled(PATCHES):
        p = [
            sum(k * float(row[j]) for k, row in zip(kappa, cell["A"], strict=True))
            for j in range(2)
        ]
        cone = [[float(t) for t in row] for row in cell["cone"]]
        for s in (1, -1):
            assert cone_length(cone, [s * t for t in p]) <= 0.5 + 1e-9
    fit, cost = [0.0] * 3, 0.0
    for c, a in zip(O.weights, O.atoms, strict=True):
        u = [float(c) * float(t) for t in a.g]
        cost += 0.5 * sum(t * t for t in u) ** 0.5
        for k, sample in enumerate(PATCHES):
            answers = (sum(float(s) * t for s, t in zip(x, u, strict=True)) for x in sample)
            fit[k] += a.sign * sum(max(t, 0.0) for t in answers)
    rows = [(float(label), 1.0, 1.0) for label in y]
    primal = cost + sum(loss(kind, z, *row) for z, row in zip(fit, rows, strict=True))
    dual = -sum(
        k * k / 2 - k * row[0] if kind == "squared" else conjugate(kind, k, *row)
        for k, row in zip(kappa, rows, strict=True)
    )
    assert primal == pytest.approx(dual, abs=1e-7)
    assert primal == pytest.approx(float(O.value), abs=1e-8)


POLYLINES = {
    "absolute": lambda y: polyline([(y, 1), (y, -1)]),
    "huber": lambda y: polyline([(y - 1, 1), (y + 1, -1)]),
    "epsilon_insensitive": lambda y: polyline(
        [(y - 1, 1), (y - 1, 0), (y + 1, 0), (y + 1, -1)]
    ),
    "tolerance": lambda y: polyline([(y - 1, 0), (y + 1, 0)], left="steep", right="steep"),
    "squared": lambda y: polyline([(y - 1, 1), (y + 1, -1)], left="on", right="on"),
}


@pytest.mark.parametrize("kind", POLYLINES)
def test_known_losses_as_graphs(kind):
    X, y = SQUARE, [2, 2, 3, 3]
    given = {
        "huber": {"delta": 1},
        "epsilon_insensitive": {"epsilon": 1},
        "tolerance": {"epsilon": 1},
    }
    own = GraphLoss([POLYLINES[kind](t) for t in y])
    known = TrainingProblem(X, y, beta=1, loss={"kind": kind, **given.get(kind, {})})
    for k in (Fraction(0), Fraction(1, 2), Fraction(1)):
        assert own.rows[0].interval(k) == known.loss.interval((k,) * 4)[0]
    assert own.is_finite == (kind != "tolerance")
    for problem in (
        TrainingProblem(X, own.y, beta=1, loss=own),
        AtomicProblem(FanUnit(cells(X)), own, beta=1),
    ):
        O, P = optimum(problem), optimum(known)
        assert O.value == P.value
        S, T = optimal_polytope(O).staircase, optimal_polytope(P).staircase
        assert [s.components for s in S] == [s.components for s in T]
    blocks = [{"A": [[1, 0]] * 4}, {"A": [[0, 1]] * 4, "norm": "l1"}]
    one = GroupLasso(blocks, own.y, beta=1, loss=own)
    assert (
        optimum(one).value == optimum(GroupLasso(blocks, y, beta=1, loss=known.loss)).value
    )


def test_a_given_kappa():
    unit = FanUnit(cells(SQUARE))
    D = AtomicProblem(unit, beta_squared=2, y=[4] * 4)
    O = optimum(D, kappa=[1] * 4)
    assert len(O.atoms) == 4  # a neuron on a common ray of two cells is one
    assert optimum(D).kappa == O.kappa
    with pytest.raises(NotOptimal):
        optimum(D, kappa=[2] * 4)


def test_refusals():
    unit = FanUnit([{"A": [[1], [2]]}])
    for call, said in (
        (lambda: FanUnit([]), "cells: is empty"),
        (
            lambda: FanUnit(
                [{"A": [[1, 0]], "cone": [[1, 0]]}, {"A": [[1, 1]], "cone": [[-1, 0]]}]
            ),
            r"cells 1 and 2: their answers to \(0, 1\), which is in both, differ",
        ),
        (
            lambda: FanUnit([{"A": [[1]], "cone": [[1]]}, {"A": [[2]], "cone": [[1]]}]),
            "a unit is one function",
        ),
        (lambda: FanUnit([{"A": [[1]]}, {"A": [[0]]}]), "masks without cones are gates"),
        (lambda: AtomicProblem([{"A": [[1]]}], beta=1, y=[1]), "give FanUnit"),
        (lambda: GraphLoss([1]), "loss, sample 1: 1: give polyline"),
        (lambda: FanUnit([[[1]]]), 'cells, cell 1: write {"A": rows'),
        (lambda: FanUnit([{"A": [[1]], "norm": "l1"}]), "cells, cell 1: write"),
        (lambda: FanUnit([{"A": [[1]]}], norm="l3"), "norm: 'l3' is unknown"),
        (lambda: FanUnit([{"A": [[1]]}], signs="-"), "signs: '-' is unknown"),
        (lambda: AtomicProblem(unit, beta=1), "y is missing"),
        (lambda: AtomicProblem(unit, "hige", beta=1, y=[1, 1]), "did you mean 'hinge'"),
        (lambda: AtomicProblem(unit, "hinge", y=[1, 1]), "neither is given"),
        (lambda: AtomicProblem(unit, beta=1, y=[1, 1]).charts, "about ReLU networks"),
        (lambda: polyline([]), "without points"),
        (lambda: polyline([(0, 0), (1, 1)]), "kappa must not rise"),
        (lambda: polyline([(0, 0)], left="up"), "'up' is no end"),
        (lambda: polyline([(0, 0)], left="on"), "no slope to go on with"),
        (lambda: GraphLoss([polyline([(0, 2), (0, 1)])]), "sample 1: kappa = 0 is not on"),
        (
            lambda: AtomicProblem(
                unit, GraphLoss([polyline([(0, 1), (0, -1)])] * 2), beta=1, y=[1, 2]
            ),
            "the loss has its own",
        ),
    ):
        with pytest.raises(InstanceError, match=said):
            call()
    for call in (
        lambda: FanUnit([{"A": [[1]]}, {"A": [[1], [2]]}]),
        lambda: FanUnit([{"A": [[1]]}, {"A": [[1, 2]]}]),
        lambda: AtomicProblem(unit, beta=1, y=[1]),
        lambda: AtomicProblem(unit, beta=1, y=[1, 2], free=[[1]]),
        lambda: AtomicProblem(unit, GraphLoss([polyline([(0, 1), (0, -1)])]), beta=1),
    ):
        with pytest.raises(DimensionError):
            call()
