"""Optima of any loss found: worked instances, random data against a conic solver, symmetries."""

from fractions import Fraction

import numpy as np
import pytest

from polytope_nn import TrainingProblem, optimal_polytope, optimum
from polytope_nn.errors import NotAttained, NotInterpolable, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.parametric import parameters
from polytope_nn.exact.scalar import dot, nearest_float
from polytope_nn.networks.components import slot_components
from polytope_nn.problems.losses.graphs import Slope
from polytope_nn.problems.losses.kinds import KINDS
from polytope_nn.search.losses.pieces import Pieces
from polytope_nn.search.losses.program import LossProgram
from polytope_nn.search.tied.automorphisms import orbits, symmetries
from polytope_nn.search.tied.proving import _require_pieces
from tests.landscape.planted import seeded

Q = Fraction
SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
CORNERS = [[1, 1], [1, -1], [-1, 1], [-1, -1]]
PARAMETERS = {
    "huber": {"delta": 1},
    "quantile": {"tau": "1/3"},
    "epsilon_insensitive": {"epsilon": "1/2"},
    "tolerance": {"epsilon": "1/2"},
    "power": {"p": 4},
}
SIGNED = {"hinge", "squared_hinge", "logistic", "exponential", "margin"}


def digits(kappa, wanted):
    """Assert that balls lie within a unit of the last digit of decimals."""
    for t, shown in zip(kappa, wanted, strict=True):
        error = Q(1, 10 ** len(shown.partition(".")[2]))
        middle = t.midpoint if isinstance(t, Ball) else t
        assert abs(middle - Q(shown)) < error


def test_l1_logistic():
    """general §3, L1: two atoms, kappa to 30 digits."""
    X, y = [[1, 2], [-2, 1], [1, -1], [0, 1]], [1, -1, 1, -1]
    P = optimal_polytope(TrainingProblem(X, y, beta="1/5", loss="logistic"))
    atoms = [(a.sign, a.covector) for a in P.atoms]
    assert atoms == [(1, (1, -1, 1, 0)), (-1, (1, 1, -1, 1))]
    digits(
        P.kappa,
        [
            "0.113743202193095361152073004479",
            "-0.0283627138476317729457395579283",
            "0.0862567978069046388479269955211",
            "-0.303720278551675841485618348850",
        ],
    )
    masses = sorted(float(c) for c in P.vertices[0])
    assert masses == pytest.approx(
        [7.93184894946726928740440229804, 11.8011035180885942037247140036]
    )
    assert P.level == "interval"


def test_l3_poisson():
    """general §3, L3: a silent row has kappa 0 exactly."""
    P = optimal_polytope(
        TrainingProblem([[1, 1], [2, -1], [-1, 1]], [4, 1, 2], beta="1/2", loss="poisson")
    )
    assert [a.covector for a in P.atoms] == [(1, -1, 1)]
    assert P.kappa[1] == 0
    digits(
        (P.kappa[0], P.kappa[2], P.vertices[0][0]),
        [
            "0.319754385028834367417586681861",
            "0.150854675946196457825824447164",
            "2.03746931106949387382215797489",
        ],
    )


def test_l2_ties_are_symmetries():
    """general §3, L2: 8 atoms tied by symmetry, kappa transcendental; 962 components at 5."""
    P = optimal_polytope(
        TrainingProblem(SQUARE + CORNERS, [1] * 8, beta=1, loss="logistic")
    )
    S = P.staircase
    assert (len(P.atoms), P.rank, P.dim, P.level) == (8, 5, 3, "interval")
    assert S.spectrum == {4: 2, 5: 8}
    assert [S[m].components for m in (4, 5, 6)] == [48, 962, 1]
    for k, shown in (
        (0, "0.352121193562473375132910085246"),
        (4, "0.291916610207559712008526809554"),
    ):
        digits(P.kappa[k : k + 1], [shown])
    digits([P.optimum.weights[0].enclosure(400)], ["0.236681850022960179820059519608"])


def test_symmetries_of_a_square():
    found = symmetries(TrainingProblem(SQUARE, [1, 1, 1, 1], beta=1, loss="logistic"))
    assert len(orbits(4, found)) == 1
    apart = symmetries(TrainingProblem(SQUARE, [1, 1, 2, 2], beta=1))
    assert len(orbits(4, apart)) == 2
    turned = symmetries(TrainingProblem(SQUARE, [1, -1, 1, -1], beta=1))
    (only,) = orbits(4, turned)
    assert sorted(only.values()) == [-1, -1, 1, 1]


def test_a_square_of_a_logistic_loss_without_a_rational_kappa():
    P = optimal_polytope(TrainingProblem(SQUARE, [1] * 4, beta="1/3", loss="logistic"))
    assert P.level == "interval"
    assert [P.staircase[m].components for m in (2, 3, 4)] == [4, 2, 1]
    for m in (2, 3):
        step = P.staircase[m]
        assert slot_components(P, m) == (step.components, step.isolated)


def test_identities_of_parameters_are_exact():
    theta = parameters(
        [Ball.from_rational(2, 300).sqrt(), Ball.from_rational(3, 300).sqrt()]
    )
    x, y = theta.letters()
    assert (x + y) * (x - y) == x * x - y * y
    assert x / y * y - x == 0
    assert x < y
    assert (x * 0 + Q(1, 3)).exact == Q(1, 3)
    assert x + Q(1, 2) > Q(19, 10)
    with pytest.raises(Undecided):
        _ = x * x == 2  # true, and no identity
    with pytest.raises(ZeroDivisionError):
        _ = 1 / (x - x)


def random_problem(kind, rng, skips=("none",)):
    n, d = rng.choice([(2, 1), (4, 2), (5, 2), (4, 3)])
    X = [[rng.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    if rng.random() < 0.3:
        X[1] = rng.choice([X[0], [-t for t in X[0]], [0] * d])  # repeated, opposite, zero
    if kind in SIGNED:
        y = [rng.choice((1, -1)) for _ in range(n)]
    else:
        y = [
            rng.randint(0, 4) if kind == "poisson" else rng.randint(-4, 4) for _ in range(n)
        ]
    loss = {"kind": kind} | PARAMETERS.get(kind, {})
    weights = [rng.choice([1, 1, 2, "1/2"]) for _ in range(n)]
    return TrainingProblem(
        X, y, beta=rng.choice(["1/10", "1/2", 1]), loss=loss, weights=weights,
        skip=rng.choice(skips), bias=rng.choice(["none", "penalised"]),
    )  # fmt: skip


@pytest.mark.parametrize(
    "kind", [k for k in KINDS if k not in {"squared", "interpolation"}]
)
def test_random_data_against_a_conic_solver(kind):
    """Value, atoms at beta, fits in their intervals; and the solver's objective to 1e-6."""
    rng, decided = seeded(17), 0
    for _ in range(14):
        D = random_problem(kind, rng, ("none", "none", "constant", "linear"))
        try:
            O = optimum(D)
        except (NotAttained, NotInterpolable):
            continue
        except Undecided:
            continue
        decided += 1
        program = LossProgram(D)
        hint = program.hint()
        scale = float(program.label_scale)
        cost = sum(float(np.linalg.norm(u)) for _, _, u in hint.neurons)
        cost *= scale * float(program.beta)
        units = [float(length) * scale for length in program.lengths]
        pairs = zip(hint.fit, units, strict=True)
        z = tuple(Q(float(t) * u).limit_denominator(10**9) for t, u in pairs)
        value = D.loss.value(z)
        if value is not None and D.loss.is_finite:
            off = 5e-2 if kind == "power" else 2e-4  # the solver is poor at power cones
            assert float(O.value) == pytest.approx(float(value) + cost, abs=off, rel=off)
        for a in O.atoms:
            gain = dot(O.kappa, a.feature)
            assert nearest_float(gain) == pytest.approx(float(D.beta_squared))
        for t, (low, high) in zip(O.fit, O.interval, strict=True):
            assert low is None or float(t) >= float(low) - 1e-9
            assert high is None or float(t) <= float(high) + 1e-9
    assert decided >= 7


@pytest.mark.parametrize(
    ("loss", "y", "kappa"),
    [
        ("hinge", [1, -1], (1, -1)),
        ("logistic", [1, -1], (Fraction(1, 2), -Fraction(1, 2))),
        ("poisson", [1, 3], (0, 2)),
        ({"kind": "power", "p": "3/2"}, [0, 0], (0, 0)),
        ({"kind": "huber", "delta": 1}, [2, 0], (1, 0)),
        ({"kind": "epsilon_insensitive", "epsilon": 1}, [0, 2], (0, 1)),
    ],
    ids=str,
)
def test_nothing_is_fitted_beyond_the_largest_beta(loss, y, kappa):
    """Whatever the sizes: the one kappa of fits that are 0 is within beta."""
    for scale in (Fraction(1), Fraction(1, 10**12)):
        X = [[scale, 0], [0, 2 * scale]]
        O = optimum(TrainingProblem(X, y, beta=100, loss=loss))
        assert (O.level, O.kappa) == ("exact", kappa)
        assert not any(O.fit)


def test_a_beta_beyond_floats_leaves_nothing_under_another_penalty():
    O = optimum(TrainingProblem([[1, 0], [0, 1]], [3, 1], beta=10**400, penalty="l1"))
    assert (O.atoms, O.fit, O.kappa) == ((), (0, 0), (3, 1))


def test_a_kappa_at_nothing_that_is_a_root_is_left_to_the_search():
    """With p = 4/3 the kappa of a fit 0 is a cube root, in balls: it is compared with nothing."""
    loss = {"kind": "power", "p": "4/3"}
    O = optimum(TrainingProblem([[2]], [3], beta=1, loss=loss))
    assert O.fit[0] > 0


def test_a_sample_that_nothing_reaches_has_the_fit_0_exactly():
    """Kappa are roots of three fields, no neuron is in use: no balls around 0."""
    loss = {"kind": "power", "p": "3/2"}
    O = optimum(TrainingProblem([[1, 0], [0, 1], [1, 1]], [2, -3, 5], beta=8, loss=loss))
    assert (O.level, O.fit) == ("interval", (0, 0, 0))
    assert all(isinstance(z, Fraction) for z in O.fit)


def test_a_fit_at_the_end_of_a_flat_whose_kappa_it_has():
    """Samples 1 and 3 are on their margin, and without them nothing changes: kappa is 0 there."""
    X, y = (
        [[1, -1, -1], [-1, 0, 1], [1, -1, 1], [0, 0, 1], [-1, -1, 1]],
        [-1, 1, -1, -1, -1],
    )
    P = optimal_polytope(TrainingProblem(X, y, loss="margin", skip="constant"))
    assert (P.level, P.kappa[0], P.kappa[2], P.optimum.value**2) == ("exact", 0, 0, 8)
    few = TrainingProblem(
        [X[k] for k in (1, 3, 4)], [1, -1, -1], loss="margin", skip="constant"
    )
    assert optimum(few).value == P.optimum.value
    assert all(label * z >= 1 for label, z in zip(y, P.optimum.fit, strict=True))


@pytest.mark.parametrize(
    "loss",
    ["absolute", "hinge", {"kind": "tolerance", "epsilon": 1}, {"kind": "power", "p": 3}],
)
def test_labels_that_a_skip_fits_need_no_search(loss):
    """Rows of far sizes took the search minutes; kappa is 0."""
    beta = {} if isinstance(loss, dict) and "epsilon" in loss else {"beta": 1}
    D = TrainingProblem([[1], ["1e-9"], [1]], [1, 1, 1], skip="constant", loss=loss, **beta)
    O = optimum(D)
    assert (O.kappa, O.value, O.atoms, O.level) == ((0, 0, 0), 0, (), "exact")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # floats overflow, and decide nothing
@pytest.mark.parametrize("p", [100, 160, 200, pytest.param(1000, marks=pytest.mark.deep)])
def test_a_power_whose_kappa_is_tiny_or_whose_steps_run_away(p):
    """A sample taken to be fitted, whose kappa is not 0, gave the value 1/p as proved."""
    D = TrainingProblem([[1], [2]], [1, 2], beta=1, loss={"kind": "power", "p": p})

    def slope(u):  # of the objective along one neuron u > 0
        return 1 - (1 - u) ** (p - 1) - 2 * (2 * (1 - u)) ** (p - 1)

    O = optimum(D)  # the steps start where kappa is moderate, not at the labels
    u = float(O.fit[0])
    assert float(O.fit[1]) == pytest.approx(2 * u)
    assert slope(u - 1e-9) < 0 < slope(u + 1e-9)
    assert float(O.value) == pytest.approx(u + ((1 - u) ** p + (2 - 2 * u) ** p) / p)


def test_a_label_that_a_power_is_taken_to_fit_has_kappa_0():
    D = TrainingProblem([[1], [2]], [1, 2], beta=1, loss={"kind": "power", "p": 3})
    local = Pieces(D, [Slope(y, Q(0), None, None) for y in D.y])
    one = Ball.from_rational(1, 64)
    for kappa, sample in (((one, Q(0)), 1), ((Q(0), one), 2)):
        with pytest.raises(Undecided, match=f"kappa of sample {sample} is on the piece"):
            _require_pieces(local, kappa)
    _require_pieces(local, (Q(0), Q(0)))
