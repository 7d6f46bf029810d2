"""Certificates of losses with many fits to one kappa: accepted, and their lies refused."""

import copy
import json
from fractions import Fraction

import pytest

from polytope_nn import TrainingProblem, optimal_polytope, optimum
from polytope_nn.certificate.certify import certify
from polytope_nn.certificate.format import Certificate
from polytope_nn.checker.claims.problem.graphs import PARAMETERS, conjugate, ends
from polytope_nn.checker.kernel.reading import Refuted
from polytope_nn.checker.kinds import accepted, check
from polytope_nn.errors import NotInterpolable, NotOptimal, Undecided
from polytope_nn.exact.scalar import dot
from polytope_nn.problems.losses.kinds import loss_of
from tests.landscape.planted import seeded
from tests.landscape.test_losses import WORKED

from .forging import canonical, claim, sealed

Q = Fraction


@pytest.mark.parametrize("name", list(WORKED))
def test_worked(name):
    D, kappa, _, minimal, widths = WORKED[name]
    C = certify(optimum(D, kappa=kappa))
    check(C.to_json())
    assert C.kind == "general"
    assert C.claim("widths")["spectrum"] == {str(k): v for k, v in minimal.items()}
    steps = C.claim("components")["widths"]
    found = [(s["components"], s["rigid"], s["isolated"]) for s in steps]
    assert found[: len(widths)] == widths[: len(found)]


SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
CROSS = [[s * int(i == j) for j in range(3)] for i in range(3) for s in (1, -1)]


@pytest.mark.parametrize("X", [SQUARE, CROSS])
@pytest.mark.parametrize(
    "loss, label, t",
    [
        ("logistic", 1, Q(1, 3)),
        ("logistic", -1, Q(2, 7)),
        ("exponential", 1, Q(2, 5)),
        ("poisson", 5, Q(2)),
        ("poisson", Q(7, 2), Q(1)),
    ],
)
def test_planted_logarithms(X, loss, label, t):
    """A kappa that is rational and the same everywhere: all atoms of one sign are tight."""
    n, d = len(X), len(X[0])
    D = TrainingProblem(X, [label] * n, beta_squared=d * t * t, loss=loss)
    P = optimal_polytope(optimum(D, kappa=[t * (1 if label > 0 else -1)] * n))
    C = certify(P)
    check(C.to_json())
    assert (C.kind, len(P.atoms)) == ("general", 2**d)
    assert "primes" in C.field
    S = P.staircase
    for step in C.claim("components")["widths"]:
        own = S[step["m"]]
        assert (step["components"], step["isolated"]) == (own.components, own.isolated)


def random_problem(kind, rng, skips=("none", "constant", "affine")):
    n, d = rng.choice([(1, 1), (3, 1), (4, 2), (4, 3)])
    X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
    signed = kind in {"hinge", "squared_hinge", "margin"}
    y = [rng.choice((1, -1)) if signed else rng.randint(-3, 3) for _ in range(n)]
    name = PARAMETERS[kind]
    loss = {"kind": kind} | ({name: rng.choice(["1/2", "1/3"])} if name else {})
    skip, bias = (
        rng.choice(skips),
        rng.choice(["none", "penalised"]),
    )
    return TrainingProblem(
        X, y, beta=rng.choice(["1/2", 2]), loss=loss, skip=skip, bias=bias
    )


@pytest.mark.parametrize("kind", PARAMETERS)
def test_random_problems(kind):
    rng, accepted = seeded(11), 0
    for _ in range(12):
        D = random_problem(kind, rng)
        try:
            P = optimal_polytope(D)
        except (NotInterpolable, Undecided):
            continue
        if P.level != "exact":
            if P.optimum.enclosures.pins:  # kappa is not unique
                with pytest.raises(Undecided, match="a kappa that the loss determines"):
                    certify(P)
            else:
                assert certify(P).kind == "enclosed"
            continue
        C = certify(P)
        accepted += 1
        S = P.staircase
        assert C.claim("widths")["m_star"] == S.m_star
        assert C.claim("threshold")["threshold"] == S.threshold
    assert accepted >= 5


def test_a_constant_that_moves_alone_is_counted_modulo():
    """Theta_0 is the ray of the constants from 1 on: one point modulo the free part."""
    D = TrainingProblem([[1], [2]], [1, 1], beta=1, loss="hinge", skip="constant")
    C = certify(D)
    assert accepted(C).modulo == ("free part",)
    assert C.claim("components")["widths"][0]["isolated"] == 1
    assert (C.claim("lifted")["dim"], len(C.claim("lifted")["list"])) == (0, 1)
    lie = json.loads(C.to_json())
    for name in ("components", "theorems"):
        claim(lie, name)["modulo"] = []
    with pytest.raises(Refuted, match="not what follows from the rest"):
        check(canonical(sealed(lie)))


@pytest.mark.parametrize("kind", ["absolute", "hinge", "tolerance", "quantile"])
def test_a_constant_is_counted_where_the_weights_leave_one(kind):
    """By another way: the constants that keep each fit in its interval are one number."""
    rng, moving, still = seeded(5), 0, 0
    for _ in range(24):
        D = random_problem(kind, rng, ["constant"])
        try:
            P = optimal_polytope(D)
        except (NotInterpolable, Undecided):
            continue
        if P.level != "exact":
            continue
        for c in P.vertices:
            made = [dot(c, [a.feature[k] for a in P.atoms]) for k in range(D.n)]
            ends = list(zip(P.optimum.interval, made, strict=True))
            low = max((l - z for (l, _), z in ends if l is not None), default=None)
            high = min((u - z for (_, u), z in ends if u is not None), default=None)
            apart = low is None or high is None or low != high
            if apart:
                moving += 1
                assert "free part" in P.staircase.modulo
            else:
                still += 1
    assert moving
    assert still


def test_the_checker_s_own_losses_are_the_package_s():
    grid = [Q(i, 4) for i in range(-12, 13)]
    for kind, name in PARAMETERS.items():
        labels = (
            (Q(1), Q(-1)) if kind in {"hinge", "squared_hinge", "margin"} else (Q(2), Q(-1))
        )
        for y in labels:
            for w in (Q(1), Q(1, 2)):
                for p in (Q(1, 3), Q(2, 3)) if name else (Q(0),):
                    given = {"kind": kind} | ({name: p} if name else {})
                    loss = loss_of(given, (y,), (w,))
                    for kappa in grid:
                        try:
                            wanted = loss.interval((kappa,))
                        except NotOptimal:
                            with pytest.raises(Refuted):
                                ends(kind, y, w, p, kappa)
                            continue
                        assert (ends(kind, y, w, p, kappa),) == wanted
                        assert conjugate(kind, y, w, p, kappa) == loss.conjugate((kappa,))


def lies(C):
    """Yield certificates that say something else, their hashes made right again."""
    base = json.loads(C.to_json())

    def changed(edit):
        other = copy.deepcopy(base)
        edit(other)
        return Certificate(
            other["kind"], other["data"], other["field"], other["claims"], other["witness"],
            version=2,
        )  # fmt: skip

    claim = {c["claim"]: i for i, c in enumerate(base["claims"])}

    def at(name, key, value):
        return lambda c: c["claims"][claim[name]].__setitem__(key, value)

    yield changed(at("intervals", "objective", "11"))
    yield changed(at("widths", "m_star", 1))
    yield changed(at("lifted", "dim", 7))
    yield changed(at("threshold", "threshold", 3))
    yield changed(lambda c: c["claims"][claim["intervals"]]["fits"][0].__setitem__(0, None))
    yield changed(lambda c: c["claims"][claim["lifted"]]["list"].pop())
    yield changed(lambda c: c["claims"][claim["atoms"]]["list"].pop())
    yield changed(
        lambda c: c["claims"][claim["components"]]["widths"][0].__setitem__("rigid", 0)
    )
    yield changed(
        lambda c: c["claims"][claim["components"]]["widths"][1].__setitem__("isolated", 2)
    )
    yield changed(lambda c: c["data"]["loss"]["weights"].__setitem__(0, "1/3"))
    yield changed(lambda c: c["data"]["loss"].__setitem__("kind", "hinge"))
    yield changed(lambda c: c["data"]["y"].__setitem__(0, "5"))
    yield changed(lambda c: c["data"]["unit"].__setitem__("bias", "free"))
    yield changed(lambda c: c.__setitem__("kind", "staircase"))
    yield changed(lambda c: c["witness"]["cover"]["tree"].pop())
    yield changed(lambda c: c["witness"]["components"].pop())
    yield changed(lambda c: c["witness"]["lifted"]["basis"].pop())


@pytest.mark.parametrize("name", ["abs-1", "abs-2", "hub", "oct"])
def test_lies_are_refused(name):
    C = certify(WORKED[name][0])
    refused = 0
    for lie in lies(C):
        if lie.to_json() == C.to_json():
            continue
        refused += 1
        with pytest.raises(ValueError, match=r"."):
            check(lie.to_json())
    assert refused >= 14
