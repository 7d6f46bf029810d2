"""Certificates of three layers: accepted, the finder's answers, and their lies refused."""

import json
from copy import deepcopy
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from polytope_nn.certificate.check import Refuted, check
from polytope_nn.certificate.format import written
from polytope_nn.checker.claims.parallel import boxes
from polytope_nn.checker.kernel.intervals import Interval
from polytope_nn.cli import main
from polytope_nn.errors import Undecided
from polytope_nn.exact.rational import vector
from polytope_nn.parallel.certificate.certify import parallel_certificate
from polytope_nn.parallel.certificate.roads import parallel_path_certificate
from polytope_nn.parallel.counts.widths import two_widths
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.networks.network import ParallelNetwork
from polytope_nn.parallel.networks.roads import parallel_path, some_network
from polytope_nn.parallel.optimum import proved
from polytope_nn.parallel.problem import ParallelProblem
from tests.landscape.planted import seeded
from tests.oracles.three_layer import DEEP
from tests.parallel.test_found import DEEP_FIELDS

from .forgeries_parallel import FORGERIES_PARALLEL, forged_parallel
from .forging import canonical, claim, sealed


def certified(O, branches=None, inner=None):
    S = two_widths(O)
    table = S.table(branches, inner)
    size = max(s.m for s in table), max(s.k for s in table)
    return parallel_certificate(S, *size), table


@pytest.mark.parametrize("w", DEEP, ids=lambda w: w.name)
def test_worked_instances(w):
    """The checker counts by itself what §7 has."""
    C, table = certified(proved(w.problem(), vector(w.kappa)))
    check(C.to_json())
    columns, least = C.claim("table")["columns"], C.claim("table")["m_star"]
    assert least[: len(w.least)] == w.least[: len(least)]
    counted = {(m, k): x for k, c in enumerate(columns, 1) for m, x in enumerate(c, 1)}
    for at in w.counts.keys() & counted.keys():
        assert counted[at] == list(w.counts[at])
    assert C.claim("optimum")["objective"] == str(w.value)
    assert C.claim("depth")["helps"] is (w.name == "strict")
    pieces = [(p["sign"], len(p["atoms"])) for p in C.claim("pieces")["list"]]
    assert sorted(pieces) == sorted(w.pieces)
    assert {(s.m, s.k) for s in table} <= set(counted)


@pytest.mark.parametrize("X, y, value", DEEP_FIELDS[::2])
def test_depth_that_helps_in_a_number_field(X, y, value):
    C, _ = certified(parallel_optimum(ParallelProblem(X, y, beta=1)))
    assert C.field != "Q"
    assert C.claim("depth")["helps"] is True
    assert value < float(Fraction(C.claim("depth")["value"]))


@pytest.mark.parametrize("name", FORGERIES_PARALLEL)
def test_a_forgery_is_refuted(name):
    _, _, where, why = FORGERIES_PARALLEL[name]
    with pytest.raises(Refuted) as refusal:
        check(canonical(forged_parallel(name)))
    assert refusal.value.where == where
    assert why in refusal.value.why


@pytest.mark.parametrize(
    "X, y, square, cost",
    [
        ([[-1, 0], [1, -1]], [-2, 1], 6, "path"),
        (
            [[2, 0], [0, 2], [2, 2], [-2, 1], [-1, 2]],
            [-1, -1, 2, 2, -3],
            "1257/100",
            "power3",
        ),
    ],
)
def test_fitting_nothing_is_claimed_for_the_proved_width_alone(X, y, square, cost):
    """With two inner neurons a branch exceeds beta: the fit is not 0, and costs less."""

    def found(k):
        return parallel_optimum(
            ParallelProblem(X, y, beta_squared=square, inner_width=k, regulariser=cost)
        )

    O, wider = found(1), found(2)
    assert O.vanishes
    assert not wider.vanishes
    assert float(wider.value) < float(O.value)
    S = two_widths(O)
    assert [S.m_star(k) for k in (1, 2)] == [0, None]
    c = json.loads(parallel_certificate(S, 2, 2).to_json())
    check(canonical(c))
    for name, value in (("m_star", 0), ("columns", [[1, 1]] * 2)):
        lie = deepcopy(c)
        told = claim(lie, "table")
        assert told[name][1] != value
        told[name][1] = value
        with pytest.raises(Refuted, match="is not what follows"):
            check(canonical(sealed(lie)))


@pytest.mark.parametrize("seed", range(2))
def test_path_costs(seed):
    """Every optimum has a certificate, also of a path, and its counts are the finder's."""
    rng, kinds = seeded(seed), []
    for _ in range(12):
        n, d = rng.randint(1, 4), rng.randint(1, 2)
        X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        y = [rng.randint(-3, 3) for _ in range(n)]
        D = ParallelProblem(
            X, y, beta=rng.choice([1, "1/4"]), inner_width=rng.randint(1, 3),
            regulariser="path",
        )  # fmt: skip
        try:
            O = parallel_optimum(D)
        except Undecided:
            continue
        C, table = certified(O)
        kinds.append(C.kind)
        if C.kind != "parallel":
            continue
        assert C.claim("depth")["helps"] is O.depth_helps
        for step in table:
            said = C.claim("table")["columns"][step.k - 1][step.m - 1]
            assert said == [step.components, step.isolated]
        stars = enumerate(C.claim("most")["M_star"], 1)
        assert all(M == two_widths(O).M_star(k) for k, M in stars if M is not None)
        net = some_network(O)
        back = ParallelNetwork(net.branches[::-1])
        road = parallel_path_certificate(parallel_path(O, net, back))
        assert road.claim("branch_path")["cost"] == written(O.cost)
    assert kinds.count("parallel") >= 8
    assert len(kinds) >= 10


@pytest.mark.parametrize(
    "X, y, square, expected",
    [
        ([[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4, 2, [None, 3, 3]),  # M*(1) = 2, rank 3
        ([[-1, 1], [0, 1], [1, 1]], [-2, 4, -2], 1, [3, 3, 3]),
        ([[-1, 1], [0, 1], [1, 1], [2, 1]], [-1, 5, 0, 0], 1, [3, None, None]),
        ([[-1, 1], [0, 1], [1, 1], [0, -1]], [-1, 4, -1, 2], 1, [4, 4, 4]),
    ],
    ids=["square", "hat signed", "hat zero", "hat skew"],
)
def test_the_most_independent_branches(X, y, square, expected):
    """Those shown have the fit and are as many as their rank, in floats."""
    O = parallel_optimum(ParallelProblem(X, y, beta_squared=square))
    c = json.loads(parallel_certificate(two_widths(O), 2, 3).to_json())
    check(canonical(c))
    told = claim(c, "most")
    assert told["M_star"] == expected
    atoms = claim(c, "atoms")["list"]
    for network in filter(None, told["networks"]):
        outputs = []
        for b in network:
            z = 0
            for a, mass in zip(b["support"], b["weights"], strict=True):
                g = [float(Fraction(t)) for t in atoms[a]["g"]]
                feature = np.maximum(np.array(X, dtype=float) @ g, 0) * atoms[a]["sign"]
                z = z + float(Fraction(mass)) * feature
            outputs.append(b["sign"] * np.maximum(z, 0))
        assert np.linalg.matrix_rank(outputs) == len(network)
        assert list(sum(outputs)) == pytest.approx([*map(float, O.fit)])


@pytest.mark.parametrize("seed", range(2))
def test_random_instances(seed):
    """Every exact optimum has a certificate, and its counts are the finder's."""
    rng, made = seeded(seed), 0
    for _ in range(12):
        n, d = rng.randint(1, 4), rng.randint(1, 2)
        X = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(n)]
        y = [rng.randint(-3, 3) for _ in range(n)]
        inner, bias = rng.choice([None, 1, 2]), rng.choice(["none", "penalised"])
        try:
            O = parallel_optimum(
                ParallelProblem(X, y, beta=1, inner_width=inner, bias=bias)
            )
        except Undecided:
            continue
        C, table = certified(O)
        made += 1
        assert (C.kind == "parallel") is (O.level == "exact")
        if C.kind != "parallel":
            assert C.kind == ("parallel_gap" if O.depth_helps else "parallel_enclosed")
            continue
        columns = C.claim("table")["columns"]
        for step in table:
            said = columns[step.k - 1][step.m - 1]
            assert said in (None, [step.components, step.isolated])
    assert made >= 6


def test_a_system_that_shows_no_network():
    """Two atoms of a face, an atom in none, masses that may be 0; a kappa that may be 0."""
    tiny = Interval(-1, 1, 32)
    good = SimpleNamespace(
        idle=[], linear=0, faces=[SimpleNamespace(atoms=[0])], D=SimpleNamespace(n=1)
    )
    boxes.made(good, [tiny, Interval(1, 2, 32)])
    with pytest.raises(Refuted, match="may be 0"):
        boxes.made(good, [tiny, Interval(0, 2, 32)])
    for change in (
        {"idle": [1]},
        {"linear": 1},
        {"faces": [SimpleNamespace(atoms=[0, 1])]},
    ):
        with pytest.raises(Refuted, match="not alone in a face"):
            boxes.made(SimpleNamespace(**(vars(good) | change)), [tiny, Interval(1, 2, 32)])
    E = SimpleNamespace(kappa=[tiny, Interval(-2, -1, 32)], known={0: Fraction(0)})
    assert boxes.signs_of(E) == [0, -1]
    E.known = {}
    with pytest.raises(Refuted, match="the sign of an entry of kappa is not proved"):
        boxes.signs_of(E)


def test_a_path_on_the_command_line(tmp_path):
    """Two branches of three slots; of one output; and what separates two networks."""
    inner = [{"sign": s, "u": u} for s, u in ((1, [0, 1]), (-1, [-1, 0]), (-1, [1, 0]))]
    b, turned = ({"sign": 1, "neurons": x} for x in (inner, inner[::-1]))
    deep = {"X": [[-1, 1], [0, 1], [1, 1]], "y": [-1, 4, -1], "beta": 1, "layers": 3}
    ends = [{"branches": [b, None]}, {"branches": [None, turned]}]
    assert certified_path(tmp_path, deep, ends) == "parallel_path"
    square = {"X": [[1, 0], [-1, 0], [0, 1], [0, -1]], "y": [3] * 4, "beta_squared": 2}
    slots = [
        [{"sign": 1, "u": u}, {"sign": 1, "u": [-t for t in u]}] for u in ([2, 2], [2, -2])
    ]
    ends = [{"neurons": [*own, None, None]} for own in slots]
    assert certified_path(tmp_path, square, ends) == "path"
    constant = square | {"skip": "constant"}
    assert (
        certified_path(tmp_path, constant, [{"neurons": [None], "constant": 3}] * 2)
        == "path"
    )
    ends = [{"neurons": own} for own in slots]
    assert certified_path(tmp_path, square, ends, "--width", "2", code=1) == "staircase"


def test_a_path_near_the_optimum_on_the_command_line(tmp_path, capsys):
    """Two branches of one network change places, where depth helps and kappa is in balls."""
    X, y = [[1, -2], [-2, 0], [1, 0], [1, -1], [0, -2]], [0, 4, -1, 2, -4]
    deep = {"X": X, "y": y, "beta": "1/10", "layers": 3, "inner_width": 2}
    problem = ParallelProblem(X, y, beta="1/10", inner_width=2)
    branches = some_network(parallel_optimum(problem)).to_json()["branches"]
    ends = [{"branches": x} for x in (branches, branches[::-1])]
    assert certified_path(tmp_path, deep, ends) == "parallel_road"
    assert "; the certificate is of rational networks near these" in capsys.readouterr().out


def certified_path(folder, instance, ends, *more, code=0):
    """Return the kind of the certificate of a path, or a separation, accepted."""
    files = [folder / name for name in ("data.json", "one.json", "other.json", "cert.json")]
    for file, value in zip(files, (instance, *ends), strict=False):
        file.write_text(json.dumps(value))
    data, start, end, cert = map(str, files)
    said = ("path", data, "--from", start, "--to", end, "--certificate", cert, *more)
    assert main([*said]) == code
    assert main(["check", cert]) == 0
    return json.loads(files[3].read_text())["kind"]
