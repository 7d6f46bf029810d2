"""Certificates of roads and gaps, of every piecewise loss and level; losses by two routes."""

import json
from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from polytope_nn import (
    Network,
    TrainingProblem,
    VectorProblem,
    certify,
    gap,
    optimal_polytope,
    optimum,
    vector_optimal_set,
)
from polytope_nn.certificate.check import check
from polytope_nn.certificate.networks.connections import proved_gap, road_certificate
from polytope_nn.checker.claims.problem.curves import Curve
from polytope_nn.checker.claims.problem.graphs import height, rise
from polytope_nn.checker.claims.vector import networks
from polytope_nn.checker.claims.vector.networks import OfOutputs
from polytope_nn.checker.kernel.numbers import dot
from polytope_nn.cli import main
from polytope_nn.errors import PolytopeError, Undecided
from polytope_nn.exact.ball import Ball, precision
from polytope_nn.exact.radical import enclosure
from polytope_nn.networks.gap import dual_bound, residual_gap
from polytope_nn.networks.membership import solution
from polytope_nn.paths.connection import connect
from polytope_nn.paths.stops import slope
from polytope_nn.search.cones.solving import proved_by_cones
from polytope_nn.vector.certificate.encoding import outputs_of
from polytope_nn.vector.certificate.roads import vector_road
from polytope_nn.vector.descent import vector_descent
from polytope_nn.vector.network import VectorNetwork, VectorNeuron
from tests.landscape.planted import seeded
from tests.oracles.output_losses import dual_value, total

from .forging import golden

Q = Fraction
KINDS = {
    "squared": {}, "absolute": {}, "huber": {"delta": 1}, "quantile": {"tau": "1/3"},
    "epsilon_insensitive": {"epsilon": "1/2"}, "hinge": {}, "squared_hinge": {},
}  # fmt: skip
CURVES = {
    "logistic": {}, "exponential": {}, "poisson": {}, "power": {"p": "5/2"},
}  # fmt: skip
EVERY = KINDS | CURVES
SIGNED = {"hinge", "squared_hinge", "logistic", "exponential"}


def loss(kind, y, w):
    return TrainingProblem(
        [[1]], [y], beta=1, loss={"kind": kind} | EVERY[kind], weights=[w]
    ).loss


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"squared"}))
def test_losses_of_the_checker(kind):
    """Its values and one-sided slopes are those of the finder's graphs."""
    for y in (Q(1), Q(-1)):
        L = loss(kind, y, Q(3, 2))
        sample = (kind, y, Q(3, 2), L.values[0] if L.values else Q(0))
        for k in range(-16, 17):
            z = Q(k, 4)
            assert height(sample, z) == L.value((z,))
            for side in (1, -1):
                assert rise(sample, z, -side) * side == slope(L.rows[0], z, Q(side))


@pytest.mark.parametrize("kind", CURVES)
def test_smooth_losses_of_the_checker(kind):
    """Losses, slopes and conjugates at fractions: in the interval, or the fraction itself."""
    p = Q(CURVES[kind].get("p", 0))
    for y in (Q(1), Q(-1) if kind != "poisson" else Q(2)):
        L, curve = loss(kind, y, Q(3, 2)), Curve(kind, y, Q(3, 2), p, lambda: None)
        far = (
            [Q(-700), Q(700)] if kind == "logistic" else []
        )  # where e^z is no short number
        for z in (*(Q(k, 4) for k in range(-16, 17)), *far):
            with precision(200):
                kappa = L.rows[0].kappa(z)
                require_around(curve.height(z), L.value((z,)))
                require_around(curve.rise(z, Q(-2, 3)), kappa * Q(2, 3))
        tiny = Q(1, 10**40)
        # of y kappa / w, for Poisson of its excess over y
        for t in (*(Q(k, 16) for k in range(17)), tiny, 1 - tiny):
            kappa = Q(3, 2) * (y - t if kind == "poisson" else t * y)
            with precision(200):
                require_around(curve.dual(kappa), L.conjugate((kappa,)))


def require_around(found, x):
    """Require that a number of the checker is another's, or an interval around it."""
    if not callable(found):
        low, high = (x.lower, x.upper) if isinstance(x, Ball) else enclosure(x, 200)
        assert low <= found <= high
        return
    own = found(150)
    assert own.high - own.low <= 1 << 20
    coarse = found(64)  # what a claim is compared with first
    assert coarse.low << 86 <= own.high
    assert own.low <= coarse.high << 86
    low, high = (Q(t, 1 << 150) for t in (own.low, own.high))
    below, above = enclosure(x, 200)
    assert low <= above
    assert below <= high


def problems(kind, rng, count):
    while count:
        n, d = rng.choice([(3, 1), (4, 2)])
        X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        y = [
            rng.choice((1, -1))
            if kind in SIGNED
            else rng.randint(0 if kind == "poisson" else -3, 3)
            for _ in range(n)
        ]
        biases = ["none", "penalised"] + ["free"] * (kind == "squared")
        try:
            P = optimal_polytope(TrainingProblem(
                X, y, beta=rng.choice(["1/2", 1]), loss={"kind": kind} | EVERY[kind],
                bias=rng.choice(biases), skip=rng.choice(["none", "constant", "affine"]),
            ))  # fmt: skip
        except PolytopeError:
            continue
        count -= 1
        yield P


def some_network(P, rng):
    rows = [
        [
            Q(rng.randint(1, 6), 3),
            *(Q(rng.randint(-6, 6), 3) for _ in P.problem.design[0][1:]),
        ]
        for _ in range(rng.randint(1, P.problem.n + 1))
    ]
    return Network.of(*((rng.choice((1, -1)), u) for u in rows))


@pytest.mark.parametrize("kind", EVERY)
def test_roads_and_gaps(kind):
    rng = seeded(6)
    for P in problems(kind, rng, 4 if kind in KINDS else 2):
        start, end = some_network(P, rng), some_network(P, rng)
        try:
            found = connect(P, start, end)
        except PolytopeError:  # constants that are free in the limit only
            continue
        C = road_certificate(found)
        check(C.to_json())
        claim = C.claim("road")
        assert claim["width"] == found.width
        assert len(claim["breakpoints"]) == len(found.breakpoints)
        near = claim["gap"] if isinstance(claim["gap"], str) else claim["gap"]["upper"]
        assert Q(near) < Q(1, 10**20)
        if P.level == "exact" and all(isinstance(t, Fraction) for t in P.kappa):
            assert Q(near) == 0 or claim["down"] < claim["up"]
        check(road_certificate(found.down).to_json())
        proved = proved_gap(P.optimum.training, gap(P, start)).claim("gap")["gap"]
        ends = (
            (proved, proved)
            if isinstance(proved, str)
            else (proved["lower"], proved["upper"])
        )
        assert float(Q(ends[0])) <= float(gap(P, start).value) + 1e-12
        assert float(Q(ends[1])) >= float(gap(P, start).value) - 1e-12


def test_a_gap_that_is_0_by_logarithms_is_between_two_ends():
    """The zero network is optimal, its objective 3 ln 2, and so is the dual value."""
    D = TrainingProblem([[0], [1], [0]], [1, 1, -1], beta="1/2", loss="logistic")
    C = road_certificate(connect(D, Network.of((1, [2])), Network.of((-1, [1]))))
    ends = [Q(C.claim("road")["gap"][end]) for end in ("lower", "upper")]
    assert ends[0] < 0 < ends[1] < Q(1, 10**30)


SOFT = [("1/5", "none", 2), ("1/10", "constant", 3), ("1/2", "none", 3)]


@pytest.mark.parametrize("beta, skip, c", SOFT)
def test_cross_entropies(beta, skip, c):
    """Objectives, the dual value and the gap, from their definitions in floats."""
    Y = [[int(i == k % c) for i in range(c)] for k in range(4)]
    X = [[1, 2], [-2, 1], [0, -1], [2, 2]]
    D = VectorProblem(X, Y, beta=beta, loss="softmax", skip=skip, weights=[1, 2, 1, "1/2"])
    start = VectorNetwork((VectorNeuron((1, 1), (1, *[-1] * (c - 1))),))
    C = vector_road(vector_descent(vector_optimal_set(D), start))
    check(C.to_json())
    W, N, told = OfOutputs(outputs_of(C.data)), C.claim("dual")["kappa"], C.claim("road")
    for read, ends in zip(told["breakpoints"], told["objectives"], strict=True):
        net = W.network(read, told["width"], "")
        fit = np.array(list(map(float, W.fit(net)))).reshape(c, 4).T
        size = [float(dot(x.u, x.u) * dot(x.v, x.v)) ** 0.5 for x in net.slots if x]
        assert total(D, fit) + float(Q(beta)) * sum(size) == pytest.approx(number(ends))
    dual = dual_value(D, [[Q(t) for t in row] for row in N])
    assert dual == pytest.approx(number(told["dual"]))
    last = number(told["objectives"][told["close"]])
    assert number(told["gap"]) == pytest.approx(last - dual, abs=1e-9)
    assert all(sum(map(Q, row)) == 0 for row in N)


def number(read):
    return float(Q(read["lower"] if isinstance(read, dict) else read))


@pytest.mark.parametrize("seed", range(20))
def test_numbers_of_softmax(seed):
    """Logarithms and means in intervals hold those of decimals, whatever their size."""
    rng, far = seeded(seed), 10 ** (seed % 4)
    d = sorted(Q(rng.randint(-9, 9) * far, rng.randint(1, 9)) for _ in range(seed % 3 + 1))
    t = [Q(rng.randint(-9, 9), 4) for _ in d]
    with localcontext() as context:
        context.prec, context.Emin = 60, -(10**6)
        powers = [exact(x).exp() for x in d]
        whole = 1 + sum(powers)
        mean = sum(exact(s) * p for s, p in zip(t, powers, strict=True)) / whole
        for x, found in (
            (whole.ln(), networks.Logarithm(tuple(d), lambda: None)),
            (mean, networks.Mean(tuple(zip(d, t, strict=True)), lambda: None)),
        ):
            own, near = found(100), Q(x)
            slack = abs(near) / 10**50 + Q(1, 10**60)
            assert Q(own.low, 2**100) - slack <= near <= Q(own.high, 2**100) + slack
            assert own.high - own.low < 4000 * far


def exact(x):
    return Decimal(x.numerator) / x.denominator


def test_the_same_differences_are_one_number():
    """Constants of rows, and the order of outputs, change no term of an objective."""
    D = outputs_of(golden("vector_gap_softmax")["data"])
    fit = [Q(k * k, 3) for k in range(9)]
    moved = [t + 7 for t in fit]
    assert networks.softmax_loss(D, fit) == networks.softmax_loss(D, moved)
    assert networks.softmax_change(D, fit, [Q(2)] * 9) == [(Q(0), Q(1))]
    third = networks.softmax_change(D, [Q(1)] * 9, [Q(1), *[Q(0)] * 8])  # p = 1/3 for all
    assert third == [(Q(-2, 3), Q(1))]


def test_command_line(tmp_path, capsys):
    instance = tmp_path / "i.json"
    instance.write_text(
        json.dumps(
            {
                "X": [[2, 1], [-1, 2], [1, -1]],
                "y": [3, 1, 2],
                "beta": "1/2",
                "skip": "constant",
            }
        )
    )
    nets = []
    for i, u in enumerate((["1", "2"], ["-1", "1/2"])):
        nets.append(tmp_path / f"{i}.json")
        nets[-1].write_text(
            json.dumps({"neurons": [{"sign": 1, "u": u}], "constant": "1/3"})
        )
    cert, figure = tmp_path / "c.json", tmp_path / "c.svg"
    ends = ["--from", str(nets[0]), "--to", str(nets[1])]
    commands = [
        ["connect", str(instance), *ends, "-o", str(cert), "--figure", str(figure)],
        ["descend", str(instance), *ends[:2], "--certificate", str(cert)],
        ["gap", str(instance), str(nets[0]), "--certificate", str(cert)],
    ]  # fmt: skip
    drawn = set()
    for command in (*commands, commands[0]):
        cert.unlink(missing_ok=True)
        assert main(command) == 0
        assert main(["check", str(cert)]) == 0
        drawn.add(figure.read_bytes())
    (picture,) = drawn  # the same bytes on every run
    assert picture.startswith(b"<?xml")
    out = capsys.readouterr().out
    assert out.count("accepted") == 4
    assert "constant 1/3" in out


@pytest.mark.parametrize(
    ("kind", "skip"),
    [*((k, "none") for k in sorted(KINDS)), ("squared", "affine"), ("huber", "affine")],
)
def test_gaps_whose_patterns_are_not_listed(kind, skip, monkeypatch):
    """The dual point of the gap, by cones: bounded as by patterns, and the same claim."""
    X = [[2, 1], [-1, 2], [1, -1], [-1, -1], [0, 2]]
    y = [1, -1, 1, -1, -1] if kind in SIGNED else [3, 1, 2, 0, -2]
    D = TrainingProblem(
        X, y, beta="1/2", skip=skip, bias="penalised", loss={"kind": kind} | KINDS[kind]
    )
    net = Network.of((1, [1, 2, 0]), (-1, ["1/2", -1, 1]))
    if skip == "affine":
        net = replace(net, skip=(Q(1), Q(-1)), constant=Q(1, 2))
    monkeypatch.setattr("polytope_nn.networks.distance._SEARCHED", 1)
    monkeypatch.setattr("polytope_nn.certificate.networks.connections.PATTERNS", 1)
    found = gap(D, net)
    C = proved_gap(D, found)
    check(C)
    assert C.kind == "cones_gap"
    kappa = tuple(map(Q, C.claim("dual")["kappa"]))
    assert kappa == found.kappa
    for chart in D.charts:
        bound = dual_bound(chart.design, kappa, D.beta_squared, chart.arrangement)
        assert bound.square <= D.beta_squared
    assert Q(C.claim("gap")["dual"]) == found.dual


def test_an_optimal_network_has_the_gap_zero_by_cones(monkeypatch):
    """Its peaks have the length beta, at atoms of which nothing is claimed."""
    D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    P = optimal_polytope(D)
    net = solution(P, P.vertices[0], 2)
    monkeypatch.setattr("polytope_nn.certificate.networks.connections.PATTERNS", 1)
    C = proved_gap(D, gap(D, net))
    check(C)
    assert (C.kind, C.claim("gap")["gap"]) == ("cones_gap", "0")


def test_what_cones_do_not_certify_is_refused_by_name(monkeypatch):
    monkeypatch.setattr("polytope_nn.certificate.networks.connections.PATTERNS", 1)
    wide = [[int(i == j) for j in range(9)] for i in range(9)]
    D = TrainingProblem(wide, range(9), beta=1)
    with pytest.raises(Undecided, match="more than 7 dimensions"):
        proved_gap(D, residual_gap(D, Network.of((1, [1] * 9))))


def test_a_residual_is_certified_by_cones(monkeypatch):
    """Whatever bounded it; its dual point is that of the patterns."""
    D = TrainingProblem([[1, 1], [2, -1], [4, 0]], [1, 0, 3], beta=1)
    found = residual_gap(D, Network.of((1, [1, 0])))
    listed = proved_gap(D, found)
    monkeypatch.setattr("polytope_nn.certificate.networks.connections.PATTERNS", 1)
    C = proved_gap(D, found)
    check(C)
    assert C.kind == "cones_gap"
    assert C.claim("gap") == listed.claim("gap")
    assert C.claim("dual") == listed.claim("dual")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_roads_whose_patterns_are_not_listed(kind, monkeypatch):
    """The same breakpoints as with patterns, and a dual point that patterns bound too."""
    rng = seeded(len(kind))
    for P in problems(kind, rng, 1 + (kind == "squared")):
        D = P.optimum.problem
        found = connect(P, some_network(P, rng), some_network(P, rng))
        by_patterns = road_certificate(found)
        with monkeypatch.context() as patched:
            patched.setattr("polytope_nn.certificate.networks.connections.PATTERNS", 0)
            C = road_certificate(found)
        check(C)
        assert C.kind == "cones_road"
        one, other = C.claim("road"), by_patterns.claim("road")
        same = ("width", "breakpoints", "objectives", "down", "close", "up")
        assert [one[key] for key in same] == [other[key] for key in same]
        kappa = tuple(map(Q, C.claim("dual")["kappa"]))
        for chart in D.charts:
            bound = dual_bound(chart.design, kappa, D.beta_squared, chart.arrangement)
            assert bound.square <= D.beta_squared
        assert abs(Q(one["dual"]) - Q(other["dual"])) <= Q(1, 10**12) * abs(
            Q(other["dual"])
        )
        if all(isinstance(t, Fraction) for t in P.kappa):
            assert one["gap"] == other["gap"] == "0"


@pytest.mark.parametrize("skip", ["none", "constant", "affine"])
@pytest.mark.parametrize("known", [True, False])
def test_a_free_bias_by_the_kinks_of_each_sample(skip, known, monkeypatch):
    """Gaps and roads; patterns bound the dual point, too; a dual point is as good."""
    X, y = [[0, 1], [1, -1], [2, 0], [0, 1], [-1, 2]], [3, 1, 2, 4, 0]
    D = TrainingProblem(X, y, beta="1/2", bias="free", skip=skip)
    P = optimal_polytope(D)
    net = Network.of((1, [1, 2, 0]), (-1, ["1/2", -1, 1]))
    exact = gap(P, net)
    monkeypatch.setattr("polytope_nn.certificate.networks.connections.PATTERNS", 1)
    monkeypatch.setattr("polytope_nn.networks.distance._SEARCHED", 1)
    found = residual_gap(D, net) if known else gap(D, net)
    assert known or float(found.value) <= float(exact.value) + 1e-9 * float(found.primal)
    made = [proved_gap(D, found)]
    if known and skip != "none":  # constants that are free in the limit only have no road
        made.append(road_certificate(connect(P, net, Network.of(None))))
        assert made[-1].claim("road")["gap"] is not None
    for C in made:
        check(C)
        assert C.kind.startswith("cones_")
        assert (
            len(json.loads(C.to_json())["witness"]["dual"]) == 4
        )  # one sample comes twice
        kappa = tuple(map(Q, C.claim("dual")["kappa"]))
        for chart in D.charts:
            bound = dual_bound(chart.design, kappa, D.beta_squared, chart.arrangement)
            assert bound.square <= D.beta_squared


def test_the_staircase_of_a_free_bias_by_cones_is_that_of_patterns():
    D = TrainingProblem(
        [[0], [1], [2], [3]], [0, 3, -3, 0], beta=1, bias="free", skip="constant"
    )
    O = optimum(D)
    P = optimal_polytope(proved_by_cones(D, O.kappa))
    C, listed = certify(P), certify(O)
    assert C.kind == "cones"
    assert all(listed.claim(c["claim"]) == c for c in C.claims)
    flat = TrainingProblem(
        [[0], [1], [2], [3]], [-4, -4, -2, 0], beta=1, bias="free", skip="constant"
    )
    O = optimum(flat)
    P = optimal_polytope(proved_by_cones(flat, O.kappa))
    C, listed = certify(P), certify(O)
    assert C.claim("widths")["m_star"] is None  # neurons move along their free bias
    assert all(listed.claim(c["claim"]) == c for c in C.claims)
