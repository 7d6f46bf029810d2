"""Certificates of losses in intervals: pieces of a graph, logarithms, powers, Krawczyk."""

from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction
from random import Random

import pytest

from polytope_nn import TrainingProblem, optimal_polytope
from polytope_nn.certificate.certify import certify
from polytope_nn.checker.claims.boxes import polytope as box_polytope
from polytope_nn.checker.claims.functions import Family, fixed
from polytope_nn.checker.claims.pieces import ties
from polytope_nn.checker.claims.problem.curves import Curve, ends_of_ln, floor_root, power
from polytope_nn.checker.claims.problem.graphs import (
    CURVES,
    PARAMETERS,
    Flat,
    Slope,
    conjugate,
    ends,
    graph,
)
from polytope_nn.checker.claims.problem.graphs import value as value_on
from polytope_nn.checker.kernel.intervals import Interval
from polytope_nn.checker.kernel.reading import Clock, Limits, Refuted
from polytope_nn.checker.kinds import check, proof_of
from polytope_nn.checker.lift import Lift
from polytope_nn.checker.provers import boxes
from polytope_nn.errors import NotAttained, NotInterpolable, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.problems.losses.kinds import loss_of
from tests.landscape.planted import seeded

from .forging import canonical, golden, sealed

HUBER = {"kind": "huber", "delta": 1}
Q = Fraction
SIGNED = {"hinge", "squared_hinge", "margin", "logistic", "exponential"}
L1 = TrainingProblem(
    [[1, 2], [-2, 1], [1, -1], [0, 1]], [1, -1, 1, -1], beta="1/5", loss="logistic"
)
L3 = TrainingProblem([[1, 1], [2, -1], [-1, 1]], [4, 1, 2], beta="1/2", loss="poisson")
KAPPA = {  # general §3, 30 digits
    "L1": (
        L1,
        (
            "0.113743202193095361152073004479",
            "-0.0283627138476317729457395579283",
            "0.0862567978069046388479269955211",
            "-0.303720278551675841485618348850",
        ),
    ),
    "L3": (
        L3,
        (
            "0.319754385028834367417586681861",
            "0",
            "0.150854675946676197457825824447164",
        ),
    ),
}


@pytest.mark.parametrize("name", ["L1"])
def test_worked(name):
    D, known = KAPPA[name]
    C = certify(D)
    check(C.to_json())
    assert C.kind == "enclosed"
    for ends_, x in zip(C.claim("dual")["kappa"], known, strict=True):
        low, high = map(Q, ends_)
        near = Q(1, 10**28)
        assert low - near <= Q(x) <= high + near
        assert high - low < near


def test_l3_has_an_entry_of_kappa_that_is_0():
    C = certify(L3)
    kappa = [tuple(map(Q, ends_)) for ends_ in C.claim("dual")["kappa"]]
    assert kappa[1][0] <= 0 <= kappa[1][1]
    assert abs(kappa[0][0] - Q("0.319754385028834367417586681861")) < Q(1, 10**28)


def test_logarithms_are_enclosed():
    rng = Random(5)  # noqa: S311 - draws that can be repeated
    with localcontext() as context:
        context.prec = 220
        for _ in range(200):
            bits = rng.choice([32, 64, 200, 512])
            p = rng.getrandbits(rng.randint(1, 2 * bits)) + 1
            low, high = ends_of_ln(p, bits, lambda: None)
            exact = (Decimal(p) / 2**bits).ln() * 2**bits
            assert low <= exact <= high
            assert high - low <= 2


def test_powers_are_enclosed():
    rng = Random(6)  # noqa: S311 - draws that can be repeated
    for _ in range(200):
        x = Q(rng.randint(1, 10**6), rng.randint(1, 10**6))
        e = Q(rng.randint(-9, 9), rng.randint(1, 9))
        found = power(Interval.around(x, x, 128), e, lambda: None, "here")
        a, b = e.numerator, e.denominator
        low, high = Q(found.low, 2**128), Q(found.high, 2**128)
        assert low**b <= x**a <= high**b
    for x in (0, 1, 7, 8, 9, 26, 27, 28, 10**60):
        r = floor_root(x, 3, lambda: None)
        assert r**3 <= x < (r + 1) ** 3
    with pytest.raises(Refuted, match="a power of what is not proved positive"):
        power(Interval(0, 1, 8), Q(1, 2), lambda: None, "here")


SAME = {"epsilon_insensitive": "absolute", "tolerance": "interpolation"}  # where it is 0


@pytest.mark.parametrize(
    "kind, p", [*((kind, Q(1, 3)) for kind in PARAMETERS), *((kind, Q(0)) for kind in SAME)]
)
def test_graphs_are_the_losses(kind, p):
    """Every kappa strictly inside of a slope, and on every flat, has the fits of the loss."""
    y, w = (Q(-1), Q(2)) if kind in SIGNED else (Q(3), Q(2))
    pieces, seen = graph(kind, y, w, p, lambda: None), 0
    for i in range(-24, 25):
        kappa = Q(i, 9)
        for piece in pieces:
            if isinstance(piece, Flat) and piece.at == kappa:
                assert (piece.low, piece.high) == ends(kind, y, w, p, kappa)
                seen += 1
            elif isinstance(piece, Slope):
                after = piece.low is None or piece.low < kappa
                if not after or (piece.high is not None and kappa >= piece.high):
                    continue
                z = piece.at - piece.inverse * kappa
                assert (z, z) == ends(kind, y, w, p, kappa)
                ball = Interval.around(kappa, kappa, 64)
                value = value_on(piece, (kind, y, w, p), ball)
                exact = conjugate(kind, y, w, p, kappa) * 2**64
                assert value.low <= exact <= value.high
                assert value.high - value.low < 64
                seen += 1
    assert seen > 5


@pytest.mark.parametrize(
    "kind, X, y, beta",
    [
        (
            "epsilon_insensitive",
            [[2, 2], [0, 1], [-1, -2], [-1, -1], [1, -1]],
            [-1, 2, -2, 3, -1],
            "1/4",
        ),
        (
            "epsilon_insensitive",
            [[-1, -1], [-2, -2], [-2, 0], [-2, 2], [1, -2], [2, 0]],
            [0, -2, 3, -2, -1, -1],
            "1/4",
        ),
        ("tolerance", [[-1, 1], [0, -1], [-1, 2], [-2, 0]], [3, -2, 2, 1], "1/2"),
    ],
)
def test_a_band_of_no_width_is_that_of_the_loss_without_it(kind, X, y, beta):
    """Kappa on both sides of 0, or 0: one piece; the numbers are those of the other loss."""
    loss = {"kind": kind, "epsilon": 0}
    C = certify(TrainingProblem(X, y, beta=beta, loss=loss))
    other = certify(TrainingProblem(X, y, beta=beta, loss=SAME[kind]))
    check(C.to_json())
    assert C.kind == "enclosed"
    for name in ("atoms", "widths", "components", "threshold"):
        assert C.claim(name) == other.claim(name)
    for one, two in zip(
        C.claim("dual")["kappa"], other.claim("dual")["kappa"], strict=True
    ):
        (a, b), (c, d) = map(Q, one), map(Q, two)
        assert max(a, c) <= min(b, d)


@pytest.mark.parametrize("kind", CURVES)
def test_curves_are_the_package_s(kind):
    for y in (Q(1), Q(-1)) if kind in SIGNED else (Q(1), Q(3)):
        for w in (Q(1), Q(2)):
            for p in (Q(3), Q(4, 3)) if kind == "power" else (Q(0),):
                given = {"kind": kind} | ({"p": p} if kind == "power" else {})
                (row,) = loss_of(given, (y,), (w,)).rows
                curve = Curve(kind, y, w, p, lambda: None)
                for t in (Q(1, 7), Q(1, 2), Q(6, 7)):
                    kappa = y * w * t if kind in SIGNED else -t
                    ours = Interval.around(kappa, kappa, 128)
                    theirs = Ball.from_rational(kappa, 256)
                    pairs = (
                        (curve.fit(ours), row.fit(theirs)),
                        (curve.slope(ours), -row.derivative(theirs)),
                        (curve.value(ours), row.conjugate(theirs)),
                    )
                    for mine, known in pairs:
                        middle = (known.lower + known.upper) / 2 * 2**128
                        assert mine.low - 1 <= middle <= mine.high + 1
                        assert mine.high - mine.low < 2**12
                rest = curve.still()
                assert rest is None or rest == row.kappa(Q(0))


def random_problem(kind, rng):
    n, d = rng.choice([(1, 1), (3, 1), (4, 2), (5, 2), (4, 3)])
    X = [[rng.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    low = 0 if kind == "poisson" else -3
    y = [rng.choice((1, -1)) if kind in SIGNED else rng.randint(low, 3) for _ in range(n)]
    name = (PARAMETERS | CURVES)[kind]
    loss = {"kind": kind}
    if name:
        loss[name] = rng.choice([3, "3/2"] if kind == "power" else ["1/2", "1/3"])
    return TrainingProblem(
        X,
        y,
        beta=rng.choice(["1/2", "1/5"]),
        loss=loss,
        skip=rng.choice(["none", "none", "constant"]),
        bias=rng.choice(["none", "penalised"]),
        weights=[rng.choice([1, 2]) for _ in y],
    )


def test_random_slopes():
    """Two slopes in balls: everything found is accepted, and counted as its staircase is."""
    rng, accepted = seeded(22), 0
    for _ in range(24):
        n, d = rng.choice([(3, 2), (4, 2), (5, 2), (4, 3)])
        X = [[rng.randint(-3, 3) for _ in range(d)] for _ in range(n)]
        loss = rng.choice(["squared", "squared", "logistic", {"kind": "huber", "delta": 1}])
        D = TrainingProblem(
            X,
            [rng.choice((1, -1)) for _ in X],
            beta=rng.choice(["1/2", "1/5"]),
            loss=loss,
            skip=rng.choice(["none", "constant"]),
            activation={
                "slopes": rng.choice([(1, "1/3"), (1, -1), (2, 0), (-2, 1), (-1, -2)])
            },
        )
        try:
            P = optimal_polytope(D)
        except (NotAttained, Undecided):
            continue
        if P.level != "interval":
            continue
        C = certify(P)
        accepted += 1
        assert C.kind == "enclosed"
        S = P.staircase
        for step in C.claim("components")["widths"]:
            own = S[step["m"]]
            assert (step["components"], step["isolated"]) == (own.components, own.isolated)
    assert accepted >= 8


@pytest.mark.parametrize("kind", [*CURVES, "huber", "squared_hinge"])
def test_random_problems(kind):
    """What is found in balls, of one kappa, is accepted, and counted as its staircase is."""
    rng, accepted = seeded(21), 0
    for _ in range(9):
        D = random_problem(kind, rng)
        try:
            P = optimal_polytope(D)
        except (NotAttained, NotInterpolable, Undecided):
            continue
        if P.level != "interval":
            continue
        C = certify(P)
        accepted += 1
        assert C.kind == "enclosed"
        S = P.staircase
        assert C.claim("widths")["m_star"] == S.m_star
        assert C.claim("threshold")["threshold"] == S.threshold
        for step in C.claim("components")["widths"]:
            own = S[step["m"]]
            assert (step["components"], step["isolated"]) == (own.components, own.isolated)
    assert accepted >= 2


LEAKY = [(199, -563), (-1750, -540), (677, -1511), (729, -1299), (-171, 466), (789, -135)]
BESIDE = [  # pairs of opposite neurons beside samples on flats of the loss
    (
        LEAKY,
        [1, 1, -1, 1, 1, -1],
        "100",
        {"loss": "hinge", "activation": {"slopes": [1, "1/10"]}},
    ),
    (
        [(-1, -3), (-1, 1), (1, -1), (1, -1), (-1, 3), (-2, 0)],
        [2, 4, 1, 3, -2, -2],
        "1/2",
        {"loss": "absolute"},
    ),
    (
        [(0, 2), (1, 0), (-2, 1), (-3, 2), (-1, -3), (0, -1)],
        [-1, 1, 1, -1, 1, -1],
        "1/5",
        {"loss": "margin", "activation": "absolute", "skip": "constant"},
    ),
]


@pytest.mark.parametrize("at", range(3))
def test_pairs_beside_flats_are_those_of_one_fit(at):
    """The supports in which floats find a point of the box are those above a vertex's."""
    X, y, b, given = BESIDE[at]
    P = optimal_polytope(TrainingProblem(X, y, beta=b, **given))
    assert (P.level, P.optimum.is_pinned, P.fit_is_unique) == ("interval", False, True)
    assert P.dim == P.n_vertices.bit_length() - 1  # a cube, here
    for used in range(1, 1 << len(P.atoms)):
        covered = any(not v & ~used for v in P.supports)
        assert covered == _fits(P, used)
    check(certify(P).to_json())


def test_fits_of_0_at_the_end_of_a_flat():
    """No neuron in use is active there."""
    X, y = [[0, -1], [1, 0], [-2, 2], [0, -1], [2, -2]], [-1, -3, 1, 2, -3]
    P = optimal_polytope(TrainingProblem(X, y, beta="1/2", loss=HUBER))
    C = certify(P)
    check(C.to_json())
    at = [k for k, piece in enumerate(C.claim("optimum")["pieces"]) if "flat" in piece]
    assert any(C.claim("optimum")["fit"][k] == ["0", "0"] for k in at)
    assert len(P.atoms) == P.used_rank
    for used in range(1, 1 << len(P.atoms)):
        assert any(not v & ~used for v in P.supports) == _fits(P, used)


def test_a_neuron_that_is_alone_active_at_the_end_of_a_flat_has_no_weight():
    """kappa is 1 there, where slope and flat meet: balls do not tell, a number field does."""
    X, y = [[1, 1, 0], [0, -1, 0], [2, 0, 0], [0, 0, "1/2"]], [-1, -1, -1, 1]
    P = optimal_polytope(TrainingProblem(X, y, beta="1/2", loss=HUBER))
    C = certify(P)
    check(C.to_json())
    assert (C.kind, P.kappa[3], P.optimum.fit[3]) == ("general", 1, 0)
    assert len(P.atoms) == P.used_rank + 1


def test_atoms_that_are_alike_have_other_kinks():
    """Two vertices that trade a weight between them are no one function."""
    P = proof_of(golden("enclosed_related"), Clock(Limits()))
    boxes.prove_atoms(P)
    alike = [f.atoms for f in P.atoms.faces if f.alike]
    vertices = [0b111, 0b10011]
    F = Family(P.D, P.atoms.atoms, vertices, [], alike)
    with pytest.raises(Refuted, match="is not what follows from the rest"):
        fixed(F, "unique function", attained=True)
    one = Family(P.D, P.atoms.atoms, vertices, [])
    assert fixed(one, "unique function", attained=True) == [(0, 0), (1, 1)]


def test_a_pair_that_moves_a_fit_on_a_flat_is_refused():
    P = proof_of(golden("enclosed_pairs"), Clock(Limits()))
    boxes.prove_atoms(P)
    P.atoms.hints = Lift(P.D.clock)
    # as if the columns of Z were of flats
    P.atoms.prices = dict.fromkeys(range(len(P.atoms.Z)), Fraction(1))
    with pytest.raises(Refuted, match="a pair moves a fit that is not pinned"):
        box_polytope.gammas(P.atoms, P.kappa)
    # as if their relations had no part in the fit
    P.atoms.prices, P.atoms.linear = {}, 0
    P.atoms.unused = [[Fraction(0)] * P.D.n for _ in P.atoms.Z]
    with pytest.raises(Refuted, match="a pair moves a fit that is not pinned"):
        box_polytope.gammas(P.atoms, P.kappa)


def test_a_relation_that_atoms_or_features_use_is_refused(monkeypatch):
    P = proof_of(golden("enclosed_roots"), Clock(Limits()))
    boxes.prove_atoms(P)
    P.atoms.hints = Lift(P.D.clock)
    form = [Fraction(i == 0) for i in range(P.D.n)]
    ties.unused(P.atoms, P.kappa)
    P.atoms.nothing.append(form)  # atoms that are alike but for the relation
    with pytest.raises(Refuted, match="a column may be in use"):
        ties.unused(P.atoms, P.kappa)
    P.atoms.nothing.clear()
    monkeypatch.setattr(ties, "level", lambda *_: [form])  # a feature is left in the sum
    with pytest.raises(Refuted, match="a column may be in use"):
        ties.unused(P.atoms, P.kappa)


def test_what_has_no_part_is_told_before_what_has():
    """The last columns have shares in features: one that is 0 is none of these."""
    lie = golden("enclosed_roots")
    told = lie["witness"]["free"]
    told.append(told.pop(0))
    with pytest.raises(Refuted, match="its keys must be: relation"):
        check(canonical(sealed(lie)))


def _fits(P, used):
    from scipy.optimize import linprog

    F = [[float(t) for t in row] for row in P.A]
    Z = [[float(t) for t in row] for row in P.problem.free.Z] or [[]] * P.problem.n
    rows, right = [], []
    for f, z, box in zip(F, Z, P.optimum.interval, strict=True):
        size = max(map(abs, (*f, *z))) or 1.0
        for side, end in zip((-1, 1), box, strict=True):
            if end is not None:
                rows.append([side * t / size for t in (*f, *z)])
                right.append(side * float(end) / size + 1e-9)
    bounds = [(0, None if used >> a & 1 else 0) for a in range(len(P.atoms))]
    bounds += [(None, None)] * len(Z[0])
    found = linprog([0] * len(bounds), rows, right, bounds=bounds)
    return found.status == 0


def test_a_kappa_in_a_field_whose_fits_are_transcendental():
    """Multipliers in Q(sqrt 2): the certificate has fractions near them."""
    D = TrainingProblem(
        [[0, 1], [0, -1]],
        [4, 0],
        beta_squared=2,
        loss="poisson",
        activation={"slopes": [0, -1]},
    )
    C = certify(D)
    check(C.to_json())
    assert C.kind == "enclosed"


PINNED = [  # an entry of kappa is chosen: no loss, nor what is tight, determines it
    (
        [[-1, -2], [-1, -3], [1, 1], [1, 3], [1, -3]],
        [1, 1, 1, 1, -1],
        "1/10",
        {"loss": "margin", "activation": {"slopes": [1, "1/100"]}},
    ),
    (
        [[3, 3], [-2, -3], [-3, 0], [-1, 1], [-1, 2], [3, 0]],
        [1, 0, 2, 0, 1, -3],
        "1/5",
        {"loss": "absolute"},
    ),
]


@pytest.mark.parametrize("at", range(2))
def test_an_entry_of_kappa_that_is_chosen(at):
    X, y, b, given = PINNED[at]
    D = TrainingProblem(X, y, beta=b, **given)
    C = certify(D)
    check(C.to_json())
    ((j,), (r,)) = C.witness["pins"]
    low, high = map(Q, C.claim("dual")["kappa"][j])
    assert low <= Q(r) <= high
    moved = replace(C, witness={**C.witness, "pins": [[j], [str(Q(r) + 1)]]})
    with pytest.raises(Refuted, match="Krawczyk"):
        check(moved.to_json())


CROSS = [
    (2, "logistic", 1, [1, 1]),
    (2, "exponential", 2, [1, 3]),
    (3, "poisson", 3, [1, 2, 1]),
    (3, "logistic", 1, [2, 1, 1]),
]


@pytest.mark.parametrize("d, loss, size, scales", CROSS)
def test_cross_polytopes_have_one_shape(d, loss, size, scales):
    """What follows from supports is what the squared loss has, whose numbers are rational."""
    axes = [[s * int(i == j) for j in range(d)] for i in range(d) for s in (1, -1)]
    X = [[scales[i // 2] * t for t in x] for i, x in enumerate(axes)]
    y = [3 if loss == "poisson" else 1] * (2 * d)
    C = certify(TrainingProblem(X, y, beta=Q(size, 8), loss=loss))
    check(C.to_json())
    assert C.kind == "enclosed"
    assert "ratios" in C.witness
    other = certify(TrainingProblem(axes, [5] * (2 * d), beta_squared=d))
    assert other.kind == "staircase"
    assert C.claim("widths")["spectrum"] == other.claim("widths")["spectrum"]
    assert C.claim("components")["widths"] == other.claim("components")["widths"]
    supports = [v["support"] for v in other.claim("vertices")["list"]]
    assert [v["support"] for v in C.claim("vertices")["list"]] == supports
    for v in C.claim("vertices")["list"]:  # all of a vertex are e over their number
        assert len({tuple(x) for x in v["weights"]}) == 1


def test_a_power_of_2_in_balls_is_the_squared_loss():
    """Two kinds, two pieces (a curve, a slope): one kappa and one objective."""
    X, y = [[0, -1, 1], [2, 1, 1], [-1, 2, 1], [2, 2, 1], [0, -2, 1]], [-4, -3, 1, 0, -3]
    found = []
    for loss in ({"kind": "power", "p": 2}, "squared"):
        given = {"weights": [2, 2, 2, "1/2", 1], "activation": {"slopes": ["1/3", 1]}}
        P = optimal_polytope(TrainingProblem(X, y, beta="0.3", loss=loss, **given))
        C = certify(P)
        check(C.to_json())
        assert P.level == "interval"
        found.append([*C.claim("dual")["kappa"], C.claim("optimum")["objective"]])
    for power_, squared in zip(*found, strict=True):
        assert Q(power_[0]) <= Q(squared[1])
        assert Q(squared[0]) <= Q(power_[1])
