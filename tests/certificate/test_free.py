"""Certificates of problems with a free part, on data nobody chose."""

import copy
import json
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random
from types import SimpleNamespace

import pytest

from polytope_nn import (
    InstanceError,
    InterpolationProblem,
    Network,
    NotInterpolable,
    TrainingProblem,
    Undecided,
    certify,
    check,
    interpolation,
    optimal_polytope,
    uniqueness,
)
from polytope_nn.certificate import interpolations
from polytope_nn.certificate.check import Refuted
from polytope_nn.certificate.free_networks import (
    free_gap_certificate,
    free_path_certificate,
    free_separation_certificate,
)
from polytope_nn.certificate.interpolations import free_certificate
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.checker.provers.proof import prove_bounds
from polytope_nn.exact.scalar import dot
from polytope_nn.networks.gap import Gap
from polytope_nn.networks.membership import network_of
from polytope_nn.paths.path import interpolant_path, path, vertex_placement
from polytope_nn.problems.families import (
    one_dimensional_data,
    square_of_lines,
    square_of_ridges,
    suffix_chain,
    suffix_dual,
)

from .forging import canonical, claim, sealed

KINDS = list(product(("none", "penalised", "free"), ("none", "linear", "affine")))


def drawn(seed, bias, skip):
    random = Random(f"{seed} {bias} {skip}")  # noqa: S311 - test data
    n, d, size = random.randint(1, 5), random.randint(1, 3), random.choice([1, 2, 5])
    X = [[random.randint(-size, size) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-3, 3) for _ in range(n)]
    return InterpolationProblem(X, y, bias=bias, skip=skip)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("bias, skip", KINDS)
def test_degenerate_data_are_certified(seed, bias, skip):
    """Zero, repeated and opposite rows, n < d, n = 1: what is solved is certified."""
    problem = drawn(seed, bias, skip)
    try:
        solved = interpolation(problem)
        answer = uniqueness(solved)
    except (NotInterpolable, Undecided):
        return
    C = certify(solved)
    assert C.to_json() == free_certificate(interpolation(problem)).to_json()
    assert C.claim("uniqueness")["verdict"] == answer.verdict
    assert len(C.claim("vertices")["list"]) == solved.n_vertices
    if solved.level == "exact" and all(isinstance(t, Fraction) for t in solved.kappa):
        assert C.claim("optimum")["objective"] == str(solved.optimum.value)


@pytest.mark.parametrize("n", [2, 3, 5, 8])
def test_the_family_is_a_segment_of_functions(n):
    solved = interpolation(suffix_chain(n), kappa=suffix_dual(n))
    C = certify(solved)
    assert C.claim("uniqueness") == {
        "claim": "uniqueness",
        "verdict": "continuum",
        "attained": True,
        "modulo": [],
    }
    assert (C.claim("dimension")["rank"], C.claim("dimension")["dim"]) == (n, 1)
    x = list(map(Fraction, C.witness["differ"]["x"]))
    first, second = (
        sum(
            z["sign"] * max(dot(list(map(Fraction, z["u"])), [*x, 1]), 0)
            for z in net["neurons"]
        )
        for net in C.witness["differ"]["networks"]
    )
    assert first != second


@pytest.mark.parametrize("seed", range(12))
def test_boursier_and_flammarion_are_certified(seed):
    C = certify(one_dimensional_data(6, seed))
    assert C.claim("uniqueness")["verdict"] != "continuum"


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(300))
def test_boursier_and_flammarion_on_hundreds_of_lines(seed):
    C = certify(one_dimensional_data(3 + seed % 10, seed))
    assert C.claim("uniqueness")["verdict"] != "continuum"


@pytest.mark.parametrize("weights", [None, [1, 2, "1/3", 1]])
@pytest.mark.parametrize("beta", ["1/4", 1, 40])
def test_training_with_a_free_bias_is_certified(weights, beta):
    rows = [[0, 0], [2, 1], [1, -1], [-3, 1]]
    D = TrainingProblem(rows, [1, 0, 3, -1], beta=beta, weights=weights, bias="free")
    C = certify(D)
    check(C)
    assert C.data["loss"]["weights"] == [str(w) for w in D.weights]
    assert C.data["unit"] == {"kind": "relu", "bias": "free"}
    if beta == 40:  # constants are all that is fitted
        assert C.claim("atoms")["list"] == []


def test_two_dual_optima_have_certificates_of_one_optimal_set():
    """Kappa is not unique here: the atoms differ, the vertices are the same points."""
    P = InterpolationProblem([[1, 0], [0, 1]], [1, 0])
    inner, corner = (interpolation(P, kappa=k) for k in ([1, 0], [1, -1]))
    assert len(inner.atoms) < len(corner.atoms)
    points = [
        {
            (solved.atoms[a].sign, solved.atoms[a].g, x)
            for a, x in enumerate(solved.vertices[0])
            if x
        }
        for solved in (inner, corner)
    ]
    assert points[0] == points[1]
    for solved in (inner, corner):
        assert certify(solved).claim("uniqueness")["verdict"] == "unique network"


@pytest.mark.parametrize(
    "problem", [square_of_lines(), square_of_ridges(), suffix_chain(4)]
)
def test_paths_and_separations_are_certified(problem):
    solved = interpolation(problem)
    S = solved.staircase
    first, last = 0, len(S.sizes) - 1
    for m in range(max(S.sizes[first], S.sizes[last]), S.threshold + 1):
        start, end = (vertex_placement(solved, i, m) for i in (first, last))
        found = interpolant_path(solved, start, end)
        if found:
            C = free_path_certificate(found)
            assert len(C.claim("path")["breakpoints"]) == len(found.placements)
        else:
            ends = (network_of(solved.atoms, p) for p in (start, end))
            C = free_separation_certificate(found, *ends)
        check(C)
        assert (C.kind, C.version) == ("path" if found else "separation", 2)


def test_numbers_too_long_for_the_checker_are_undecided():
    long = Fraction(1, 10**4400 + 1)
    solved = interpolation(InterpolationProblem([[1]], [long]))
    with pytest.raises(
        Undecided, match=r"beyond the checker's limits: .*too long.*shorter"
    ):
        free_certificate(solved)


@pytest.mark.parametrize(
    "where, why, expected",
    [
        ("time", "checking exceeds the limit", Undecided),
        ("file", "an integer has too many digits, or is -0", Undecided),
        ("file", "is larger than the limit", Undecided),
        ("file", "common denominators grow beyond 2^18 bits", Undecided),
        ("claims.dual", "is not dual feasible", Refuted),
    ],
)
def test_a_refusal_is_undecided_for_its_size_alone(where, why, expected, monkeypatch):
    def refuse(_):
        raise Refuted(where, why)

    monkeypatch.setattr(interpolations, "check", refuse)
    solved = interpolation(square_of_lines())
    S = solved.staircase
    start, end = (vertex_placement(solved, i, S.threshold) for i in (0, 1))
    path = interpolant_path(solved, start, end)
    assert path
    with pytest.raises(expected, match=why.split(",")[0].replace("^", ".")):
        free_certificate(solved)
    with pytest.raises(expected):
        free_path_certificate(path)
    width = max(S.sizes[0], S.sizes[-1])
    start, end = (vertex_placement(solved, i, width) for i in (0, len(S.sizes) - 1))
    apart = interpolant_path(solved, start, end)
    assert not apart
    ends = (network_of(solved.atoms, p) for p in (start, end))
    with pytest.raises(expected):
        free_separation_certificate(apart, *ends)


@pytest.mark.parametrize("skip", ["none", "constant", "linear", "affine"])
@pytest.mark.parametrize("bias", ["none", "penalised", "free"])
def test_gaps_with_something_free_are_certified(bias, skip):
    """One sample of X = 1, y = 2: rational whatever is free; the network has one neuron."""
    D = TrainingProblem([[1]], [2], beta=1, bias=bias, skip=skip)
    P = optimal_polytope(D)
    u = [1] if bias == "none" else [1, 0]
    parts = {"constant": Fraction(1)} if skip in {"constant", "affine"} else {}
    parts |= {"skip": (Fraction(1, 3),)} if skip in {"linear", "affine"} else {}
    net = replace(Network.of((1, u)), **parts)
    primal = net.objective(D)
    found = Gap(net, primal, P.optimum.value, P.kappa)
    if P.level == "interval" or any(not isinstance(t, Fraction) for t in P.kappa):
        with pytest.raises(InstanceError, match="not rational"):
            free_gap_certificate(P, found)
        return
    C = free_gap_certificate(P, found)
    assert (C.kind, C.version) == ("gap", 2)
    assert C.data["free"] == skip


def test_a_flat_is_not_hidden_by_a_list_of_some_vertices():
    """In intervals a vertex names one end of a flat; the other one may be in use as well."""
    D = SimpleNamespace(
        lifted=False, limited=False, bias="free", n=2, clock=Clock(Limits())
    )
    P = SimpleNamespace(D=D, bits=64, supports=[1], ranks=(1, 1, 2), modulo=[], expected={})
    P.loose = False
    P.atoms = SimpleNamespace(faces=[SimpleNamespace(atoms=[0, 1])])
    P.signed = lambda: [(1, [-1, 0]), (1, [0, 1])]
    P.witness, P.follows = {"longest": []}, lambda _: None
    P.claims = {"bounds": {"connected_from": None}}
    prove_bounds(P)
    assert P.expected["bounds"]["connected_from"] is None
    P.atoms.faces[0].atoms = [0]
    prove_bounds(P)
    assert P.expected["bounds"]["connected_from"] == 2
    assert P.expected["bounds"]["M_star_at_least"] == 1
    P.loose = True  # many fits: what is a vertex of one of them may be none of P
    prove_bounds(P)
    assert P.expected["bounds"]["M_star_at_least"] is None


@pytest.mark.parametrize(
    "y, skip, counted",
    [
        ((0, 0, 0), "none", True),
        ((1, 2, 3), "linear", True),
        ((2, 2, 2), "none", False),  # a constant is needed
        ((2, 3, 4), "linear", False),
    ],
)
def test_widths_are_counted_where_no_neuron_is_used(y, skip, counted):
    """P = {0}: one network at every width, if the skip alone has the fit (proofs/free.md, F5)."""
    D = TrainingProblem([[1, 0], [0, 1], [1, 1]], y, beta=1, bias="free", skip=skip)
    P = optimal_polytope(D)
    assert P.vanishes
    assert bool(P.no_widths) is not counted
    C = json.loads(certify(P).to_json())
    zero = TrainingProblem(D.X, (0, 0, 0), beta=1, bias="free", skip=skip)
    whole = json.loads(certify(zero).to_json())
    assert claim(whole, "widths") | {"m_star": 0, "M_star": 0} == claim(whole, "widths")
    nulls = copy.deepcopy(C)
    for name in ("widths", "components", "threshold", "theorems"):
        keys = claim(C, name).keys() - {"claim", "modulo"}
        assert all((claim(C, name)[key] is not None) is counted for key in keys)
        claim(nulls, name).update(dict.fromkeys(keys))
        claim(C, name).update(claim(whole, name))
    nulls["witness"]["components"] = []
    check(canonical(sealed(nulls)))  # a certificate need not say it
    C["witness"]["components"] = whole["witness"]["components"]
    if counted:
        check(canonical(sealed(C)))
    else:
        with pytest.raises(Refuted, match="components"):
            check(canonical(sealed(C)))


def test_a_path_of_the_empty_network_has_no_certificate():
    P = optimal_polytope(TrainingProblem([[1, 0], [0, 1]], [0, 0], beta=1, bias="free"))
    found = path(P, Network((None,)), Network((None,)), 1)
    with pytest.raises(InstanceError, match="skip: with a free bias and no constant"):
        free_path_certificate(found)
