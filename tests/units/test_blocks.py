"""Gated units and group LASSOs: worked instances, values, all subsets of pairs."""

from fractions import Fraction
from itertools import combinations, product
from random import Random

import pytest

from polytope_nn.certificate.certify import certify
from polytope_nn.checker.kinds import check
from polytope_nn.dual.atoms import cone_projection
from polytope_nn.dual.units.blocks import parts_of
from polytope_nn.errors import DimensionError, InstanceError, NotOptimal
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.geometry.farkas import alternative
from polytope_nn.landscape.optimal_set import optimal_polytope
from polytope_nn.landscape.slot_complex import slot_complex
from polytope_nn.landscape.staircase import staircase
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.lasso import GroupLasso, gate_blocks
from polytope_nn.search.finding import optimum
from tests.oracles.units import conic_value, exact, slot_components

OCTAHEDRON = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
ORTHANTS = [
    [int(s > 0) if j == 0 else int(s < 0) for s in g for j in (0, 1)]
    for g in product((1, -1), repeat=3)
]
ROTATION = [["3/5", "-4/5"], ["4/5", "3/5"]]


def test_u4():
    D = TrainingProblem(OCTAHEDRON, [5, -5] * 3, beta_squared=3, gates=ORTHANTS)
    O = optimum(D)
    assert (O.level, list(O.kappa), O.n_patterns) == ("exact", [1, -1] * 3, 8)
    assert [a.g for a in O.atoms] == [(1, 1, 1)] * 8
    P = optimal_polytope(O)
    assert [P.staircase[m].components for m in (2, 3, 4, 5)] == [8, 4, 49, 1]
    rays = dict(enumerate(P.features))
    assert slot_components([{i} for i in rays], rays, O.fit, 2) == 8


def test_u4_without_gates():
    """ReLU on the same (X, kappa) has the atoms ±(1, 1, 1) only, one of each sign."""
    O = optimum(TrainingProblem(OCTAHEDRON, [2, -1] * 3, beta_squared=3), kappa=[1, -1] * 3)
    assert [(a.sign, a.g) for a in O.atoms] == [(1, (1, 1, 1)), (-1, (-1, -1, -1))]


@pytest.mark.parametrize("y", [[2, 2], [3, 2], [-1, 5], ["1/3", "-7/2"]])
def test_u7(y):
    """An orthogonal map ties the blocks, with equal features: a segment for every y."""
    L = GroupLasso([[[1, 0], [0, 1]], ROTATION], y, beta=1)
    O = optimum(L)
    P = optimal_polytope(O)
    assert (P.dim, P.n_vertices, P.rank) == (1, 2, 1)
    assert [P.staircase[m].polytope_components for m in (1, 2)] == [2, 1]
    assert optimum(GroupLasso([[[1, 0], [0, 1]], ROTATION], [0, "1/2"], beta=1)).vanishes


def random_lasso(seed, norms):
    random = Random(seed)  # noqa: S311
    n = random.choice([2, 3, 4])

    def rows(k, p, size):
        return [[random.randint(-size, size) for _ in range(p)] for _ in range(k)]

    blocks = []
    for _ in range(random.randint(1, 4)):
        p = random.randint(1, 3)
        block = {
            "A": rows(n, p, 3),
            "norm": random.choice(norms),
            "signs": random.choice(["+", "+-"]),
        }
        if random.randint(0, 1):
            block["cone"] = rows(random.randint(1, 3), p, 2)
        blocks.append(block)
    y = [random.randint(-4, 4) for _ in range(n)]
    free = random.choice([[], [], [[1] * n]])
    weights = [random.randint(1, 2) for _ in range(n)]
    return GroupLasso(blocks, y, beta_squared="1/4", free=free, weights=weights)


def value_of(L):
    blocks = [
        ([[s * t for t in row] for row in block.A], block.cone, block.norm)
        for block in L.blocks
        for s in block.signs
    ]
    return conic_value(blocks, L.y, 0.5, free=L.free.columns, weights=L.weights)


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize("norms", [["l2"], ["l1", "linf"], ["l2", "l1", "linf"]])
def test_random_lassos(seed, norms):
    L = random_lasso(seed, norms)
    O = optimum(L)
    value = value_of(L)
    assert abs(float(O.value) - value) <= 1e-7 * (1 + abs(value))
    if O.level == "interval":
        assert sum(map(float, O.weights)) > 0
        return
    fit = L.free.modulo(O.fit)
    features = [L.free.modulo(a.feature) for a in O.atoms]
    cells = [frozenset(cell) for cell in O.cells]
    if all(len(cell) == 1 for cell in cells) and norms == ["l2"]:
        P = optimal_polytope(O)
        counts = {m: P.staircase[m].polytope_components for m in (P.m_star, P.m_star + 1)}
    else:
        S = slot_complex(O)
        counts = {m: S[m].classes for m in (S.m_star, S.m_star + 1)}
    for m, count in counts.items():
        assert count == subsets_joined(cells, features, fit, m)
        if m and not O.vanishes and m == min(counts):
            assert not subsets_joined(cells, features, fit, m - 1)


def subsets_joined(cells, features, fit, m):
    """Return the components of the union over sets of at most m pairs, by inclusion alone."""

    def fits(chosen):
        columns = [exact(features[a]) for i in chosen for a in cells[i]]
        return alternative(columns, exact(fit))[0] is not None

    sets = [
        frozenset(s)
        for size in range(min(m, len(cells)) + 1)
        for s in combinations(range(len(cells)), size)
        if fits(s)
    ]
    classes = [{s} for s in sets]
    for s in sets:
        touching = [c for c in classes if any(s <= t or t <= s for t in c)]
        classes = [c for c in classes if c not in touching] + [set().union(*touching)]
    return len(classes)


@pytest.mark.parametrize("seed", range(16))
def test_random_gates(seed):
    random = Random(seed)  # noqa: S311
    n, d = random.choice([(3, 2), (4, 2), (4, 3), (5, 2)])
    D = TrainingProblem(
        [[random.randint(-3, 3) for _ in range(d)] for _ in range(n)],
        [random.randint(-4, 4) for _ in range(n)],
        beta="1/2",
        gates=[
            [random.randint(0, 1) for _ in range(n)] for _ in range(random.randint(1, 6))
        ],
        skip=random.choice(["none", "constant", "linear"]),
        bias=random.choice(["none", "penalised"]),
    )
    O = optimum(D)
    blocks = [(block.A, (), "l2") for block in gate_blocks(D)]
    value = conic_value(blocks, D.y, 0.5, free=D.free.columns)
    assert abs(float(O.value) - value) <= 1e-7 * (1 + abs(value))
    P = optimal_polytope(O)
    S = staircase(P)
    assert S[S.bound].components == 1
    if O.level == "exact" and not O.vanishes:
        for step in S:
            rays = dict(enumerate(P.features))
            if step.width <= 3 and len(rays) ** step.width <= 300:
                fit = D.free.modulo(O.fit)
                counted = slot_components([{i} for i in rays], rays, fit, step.width)
                assert counted == step.components


def patterned(seed, n, d, beta):
    """Return gates that are the patterns of all topes: two of them differ in one row."""
    random = Random(seed)  # noqa: S311
    X = [[random.randint(-5, 5) for _ in range(d)] for _ in range(n)]
    y = [random.randint(-5, 5) for _ in range(n)]
    gates = [[int(s > 0) for s in p] for p in arrangement(X).patterns]
    return TrainingProblem(X, y, beta=beta, gates=gates)


def test_labels_fitted_exactly_tie_gates_in_balls():
    """kappa_k = 0 because gates that differ in row k are both in use: proved, not seen."""
    D = patterned(23, 5, 3, "1/5")
    O = optimum(D)
    zero = [k for k, t in enumerate(O.kappa) if isinstance(t, Fraction) and t == 0]
    assert (O.level, O.rank, len(O.atoms)) == ("interval", 4, 6)
    assert zero
    P = optimal_polytope(O)
    assert (P.dim, P.n_vertices) == (2, 4)
    value = conic_value([(b.A, (), "l2") for b in gate_blocks(D)], D.y, 0.2)
    assert abs(float(O.value) - value) <= 1e-7 * (1 + abs(value))
    for c in P.vertices:
        for k, row in enumerate(P.A):
            gap = sum((x * t for x, t in zip(c, row, strict=True)), -O.fit[k])
            assert gap == 0 if isinstance(gap, Fraction) else Fraction(0) in gap


def test_repeated_gates_are_distinct_atoms():
    D = TrainingProblem([[1], [2]], [3, 3], beta=1, gates=[[1, 1], [1, 1], [0, 0]])
    O = optimum(D)
    assert (O.owners, len({a.feature for a in O.atoms})) == ((0, 1), 1)
    assert [step.components for step in staircase(O)] == [2, 1]


def test_moreau_on_every_part():
    """|g| is the largest value of kappa'A u over the cone and the unit ball, on its rays."""
    for seed in range(30):
        L = random_lasso(seed, ["l2", "l1", "linf"])
        O = optimum(L)
        if O.level != "exact" or not all(isinstance(t, Fraction) for t in O.kappa):
            continue
        for part in parts_of(L.blocks):
            p = part.pull(O.kappa)
            g, mu = cone_projection(part.cone, p)
            assert all(t >= 0 for t in mu)
            assert sum(t * t for t in g) <= L.beta_squared


def test_sizes_far_from_1():
    A, B = [[2, 1], [-1, 3], [1, 1]], [[1], [4], [-2]]
    plain = optimum(GroupLasso([A, B], [3, -2, 5], beta="1/2"))
    for size in ("1e12", "1e-12"):
        s = Fraction(size)
        blocks = [[[t * s for t in row] for row in M] for M in (A, B)]
        O = optimum(GroupLasso(blocks, [3 * s, -2 * s, 5 * s], beta=s * s / 2))
        assert len(O.atoms) == len(plain.atoms)
        assert abs(float(O.value / s / s) - float(plain.value)) < 1e-12


def test_a_cone_without_interior():
    """u_1 = u_2 >= 0: the block is one column, its l2 norm root 2 times the number."""
    cone = [[1, -1], [-1, 1], [1, 0]]
    flat = GroupLasso([{"A": [[1, 0], [0, 1]], "cone": cone}], [2, 4], beta_squared=2)
    line = GroupLasso([[[1], [1]]], [2, 4], beta_squared=4)
    assert optimum(flat).fit == optimum(line).fit == (2, 2)
    l1 = [{"A": [[1, 0], [0, 1]], "cone": cone, "norm": "l1"}]
    assert optimum(GroupLasso(l1, [2, 4], beta=1)).fit == (2, 2)
    closed = [{"A": [[1]], "cone": [[1], [-1]]}, [[1]]]
    assert optimum(GroupLasso(closed, [3], beta=1)).fit == (2,)


def test_a_given_kappa_and_refusals():
    L = GroupLasso([[[1, 0], [0, 1]], ROTATION], [2, 2], beta_squared=2)
    assert optimum(L, kappa=[1, 1]).owners == (0, 1)
    with pytest.raises(NotOptimal, match="block 1, sign \\+1"):
        optimum(L, kappa=[2, 1])
    with pytest.raises(NotOptimal, match="not optimal"):
        optimum(L, kappa=[1, -1])
    with pytest.raises(InstanceError, match="a group LASSO has no network"):
        staircase(L).threshold, L.charts
    for bad, said in (
        ([], "blocks: is empty"),
        ([{"B": [[1], [1]]}], "unknown key 'B'"),
        ([{"A": [[1], [1]], "norm": "L1"}], "did you mean 'l1'"),
        ([{"A": [[1], [1]], "signs": "-"}], "signs: '-' is unknown"),
        ([{"cone": [[1]]}], "A is missing"),
    ):
        with pytest.raises(InstanceError, match=said):
            GroupLasso(bad, [1, 1], beta=1)
    with pytest.raises(DimensionError, match="cone has rows of 1 entry for 2 columns"):
        GroupLasso([{"A": [[1, 1], [1, 1]], "cone": [[1]]}], [1, 1], beta=1)


def test_tied_blocks_beside_a_fit_in_an_interval():
    """The third gate differs from the first at a label 0 that nothing else reaches: no weight."""
    D = TrainingProblem(
        [[-3, 3, -3], [2, -3, 3], [0, -1, 2], [-1, 0, -2], [-1, -2, -3]],
        [1, 4, -4, 0, -3],
        beta="1/2",
        loss={"kind": "huber", "delta": 1},
        gates=[[0, 1, 0, 0, 1], [1, 1, 0, 0, 0], [0, 1, 0, 1, 1]],
        weights=[2, "3/2", 1, 2, "1/2"],
    )
    P = optimal_polytope(D)
    assert (P.level, P.optimum.is_pinned, P.fit_is_unique) == ("interval", False, True)
    assert (len(P.atoms), P.dim, P.supports) == (3, 0, (0b011,))


def test_parts_are_counted_where_balls_leave_open_what_is_a_point():
    """Blocks have no slots: their components do not ask which of them are points."""
    A = [["2.5", "2.9", "-2.2"], ["0.2", "1.4", "-0.4"], ["-3.4", "-4.0", "1.1"],
         ["3.7", "0.4", "0.8"], ["3.1", "3.2", "-2.5"], ["1.1", "-3.5", "0.7"]]  # fmt: skip
    B, C = ([[t] for t in column.split()] for column in
            ("1.9 2.7 3.8 2.5 -3.7 -3.8", "-0.1 -3.7 1.4 3.4 0.6 -2.2"))  # fmt: skip
    blocks = [
        {"A": A, "cone": [[-1, 2, -2], [-2, 2, -2]], "norm": "linf", "signs": "+-"},
        {"A": B, "norm": "linf"},
        {"A": C, "signs": "+-"},
    ]
    D = GroupLasso(blocks, [1, -1, 1, -1, 1, 1], loss="logistic", beta="1/2")
    O = optimum(D)
    S = slot_complex(O)
    assert [(step.width, step.classes) for step in S] == [(3, 2), (4, 1), (5, 1), (6, 1)]
    assert None in {step.isolated for step in S}
    check(certify(O))
