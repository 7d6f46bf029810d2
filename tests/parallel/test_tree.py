"""The tree of leaves: bounded inner widths, irrational theta, and conic programs beside it."""

from fractions import Fraction
from itertools import combinations, product

import pytest

from polytope_nn.errors import NotOptimal
from polytope_nn.exact.field import NumberField
from polytope_nn.exact.rational import matrix, vector
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.geometry.arrangement import arrangement
from polytope_nn.parallel.blocks import Blocks
from polytope_nn.parallel.finding import parallel_optimum
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.parallel.tree import Tree
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum
from tests.oracles.three_layer import BY_NAME, DEEP


def tree(X, kappa, square, width=None):
    return Tree(Blocks(matrix(X), arrangement(X)), tuple(kappa), Fraction(square), width)


def blocks_of(X):
    return [(s, T) for s in (1, -1) for T in arrangement(X).patterns]


def socp(X, k, rows, blocks):
    """Return the largest k'(z)_+ with these second-layer signs over some blocks, in floats."""
    import clarabel
    import numpy as np
    from scipy import sparse

    X = np.array(X, float)
    (n, d), B = X.shape, len(blocks)
    M = np.hstack([s * (np.array(T) > 0)[:, None] * X for s, T in blocks])
    A = [-(2 * np.array(rows) - 1)[:, None] * M]
    for j, (_, T) in enumerate(blocks):
        cone = np.zeros((n, B * d))
        cone[:, j * d : (j + 1) * d] = -np.array(T)[:, None] * X
        A.append(cone)
    A = [np.hstack([a, np.zeros((len(a), B))]) for a in A]
    A.append(np.concatenate([np.zeros(B * d), np.ones(B)])[None])
    right = [np.zeros(sum(map(len, A)) - 1), np.ones(1)]
    cones = [clarabel.NonnegativeConeT(sum(map(len, A)))]
    for j in range(B):
        cone = np.zeros((d + 1, B * (d + 1)))
        cone[0, B * d + j] = -1
        cone[1:, j * d : (j + 1) * d] = -np.eye(d)
        A.append(cone)
        right.append(np.zeros(d + 1))
        cones.append(clarabel.SecondOrderConeT(d + 1))
    cost = np.concatenate([-(np.array(k) * np.array(rows)) @ M, np.zeros(B)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    nothing = sparse.csc_matrix((len(cost), len(cost)))
    solver = clarabel.DefaultSolver(
        nothing,
        cost,
        sparse.csc_matrix(np.vstack(A)),
        np.concatenate(right),
        cones,
        settings,
    )
    return -solver.solve().obj_val


def naive(X, kappa, width):
    """Return the largest branch over all signs, second-layer patterns and sets of blocks."""
    blocks = blocks_of(X)
    return max(
        socp(X, [sigma * float(t) for t in kappa], rows, chosen)
        for sigma in (1, -1)
        for rows in product((0, 1), repeat=len(X))
        if any(rows)
        for chosen in combinations(blocks, width)
    )


@pytest.mark.parametrize("name, width", [("hat", 2), ("one-sign-each", 2), ("signed", 1)])
def test_naive_enumeration_agrees(name, width):
    """No branch exceeds beta, and one attains it, by a conic solver without theta."""
    w = BY_NAME[name]
    best = naive(w.X, w.kappa, width)
    assert best == pytest.approx(float(w.beta_squared) ** 0.5, rel=1e-6)


def test_depth_exceeds_two_layers_by_a_conic_solver():
    """strict: one sign pattern and the two blocks of its piece against all single blocks."""
    w = BY_NAME["strict"]
    rows = (0, 1, 0, 1, 1)
    leaves = tree(w.X, vector(w.kappa), w.beta_squared).leaves
    (leaf,) = [leaf for leaf in leaves if leaf.tight]
    assert leaf.theta == {2: Fraction(33, 40), 3: 1}
    chosen = []
    for a in leaf.atoms:
        T = next(T for s, T in blocks_of(w.X) if _inside(a.covector, T))
        chosen.append((a.sign, T))
    deep = socp(w.X, [-float(t) for t in w.kappa], rows, chosen)
    assert deep == pytest.approx(float(w.beta_squared) ** 0.5, rel=1e-6)
    flat = max(
        socp(w.X, [s * float(t) for t in w.kappa], rows, [block])
        for s in (1, -1)
        for rows in product((0, 1), repeat=5)
        if any(rows)
        for block in blocks_of(w.X)
    )
    assert flat == pytest.approx(12.5**0.5, rel=1e-6)


def _inside(covector, T):
    return all(e in (0, t) for e, t in zip(covector, T, strict=True))


@pytest.mark.parametrize("w", DEEP, ids=lambda w: w.name)
def test_leaves_cover_every_set_and_bound_every_block(w):
    found = tree(w.X, vector(w.kappa), w.beta_squared)
    blocks = found.blocks
    for sigma in (1, -1):
        k = [sigma * t for t in vector(w.kappa)]
        P = [i for i, t in enumerate(k) if t > 0]
        mine = [leaf for leaf in found.leaves if leaf.sigma == sigma]
        for size in range(len(P) + 1):
            for S in combinations(P, size):
                over = [
                    {*leaf.inside} <= {*S} <= {*leaf.inside, *leaf.open} for leaf in mine
                ]
                assert sum(over) == 1 or not P
        for leaf in mine:
            assert all(0 <= t <= 1 for t in leaf.theta.values())
            for s, t in blocks.every:
                rows = {*leaf.inside, *(leaf.open if s > 0 else ())}
                mu = [
                    t_k if i in rows else t_k * leaf.theta.get(i, 0)
                    for i, t_k in enumerate(k)
                ]
                g, _ = blocks.projection(tuple(mu), (s, t))
                assert squared_norm(g) <= w.beta_squared


def test_fewer_inner_neurons_reach_less():
    """strict: beta^2 = 25/2 is feasible for one inner neuron and for no more (P5)."""
    w = BY_NAME["strict"]
    leaves = tree(w.X, vector(w.kappa), Fraction(25, 2), 1).leaves
    assert any(leaf.excluded for leaf in leaves)
    for width in (2, None):
        with pytest.raises(NotOptimal, match="not dual feasible"):
            _ = tree(w.X, vector(w.kappa), Fraction(25, 2), width).leaves
    with pytest.raises(NotOptimal, match="not dual feasible"):
        _ = tree(w.X, vector(w.kappa), Fraction(1249, 100), 1).leaves


def test_leaves_of_two_neurons_are_few_and_cover_every_pair_of_blocks():
    """Groups of blocks are excluded: one at a time the leaves were 2933 (P5)."""
    X = [[0, 3, 2], [-3, -3, -1], [2, 0, -1], [-3, 1, 2], [-2, 1, -1], [-1, -1, 2]]
    kappa = [Fraction(t, 1000) for t in (-47, 33, 223, 357, -257, -282)]
    found = tree(X, kappa, Fraction(1, 4), 2)
    assert len(found.leaves) < 40
    for sigma in (1, -1):
        P = [i for i, t in enumerate(kappa) if sigma * t > 0]
        mine = [leaf for leaf in found.leaves if leaf.sigma == sigma]
        for S in (S for size in range(len(P) + 1) for S in combinations(P, size)):
            over = [
                leaf.excluded
                for leaf in mine
                if {*leaf.inside} <= {*S} <= {*leaf.inside, *leaf.open}
            ]
            pairs = combinations(found.blocks.every, 2)
            assert all(any(not out & {*pair} for out in over) for pair in pairs)
    with pytest.raises(NotOptimal, match="3 inner neurons"):
        _ = tree(X, kappa, Fraction(1, 4), 3).leaves


@pytest.mark.deep
def test_one_inner_neuron_needs_no_theta():
    """Rows as good as one direction, where floats find no theta: the two-layer test decides."""
    s = Fraction(1, 10**12)
    X = [[0, 2 * s], [-s, -2 * s], [-s, -2 * s], [-s, -2 * s], [0, s]]
    of = {"beta": 3 * s, "bias": "penalised"}
    O = parallel_optimum(ParallelProblem(X, [-2, 2, 2, 2, 0], inner_width=1, **of))
    flat = optimum(TrainingProblem(X, [-2, 2, 2, 2, 0], **of))
    assert float(O.value) == pytest.approx(float(flat.value), rel=1e-12)


def test_theta_may_be_irrational():
    """Three-layer §10.1, scaled to beta = 1: theta = sqrt(3)/2 on both rows."""
    K = NumberField([-3, 0, 1], (1, 2))
    root = K.element([0, 1])
    X = [[1, -1], [-1, -1], [3, -1], [-3, -1], [0, -1]]
    kappa = [(root + 1) / 4 * t for t in (-2, -2, 1, 1, 2)]
    (leaf,) = [leaf for leaf in tree(X, kappa, 1).leaves if leaf.tight]
    assert leaf.theta == {0: root / 2, 1: root / 2}
    assert len(leaf.atoms) == 3
    with pytest.raises(NotOptimal):
        _ = tree(X, kappa, Fraction(999, 1000)).leaves
    assert not any(leaf.tight for leaf in tree(X, kappa, Fraction(1001, 1000)).leaves)


def test_theta_that_a_wall_and_a_neuron_of_no_mass_tell():
    """theta kappa = -beta on (0, 1): less is beyond beta on one ray, more on the other.

    On (-1, 0), a wall of (0, 1), the length has no slope; (0, 1) itself has no mass.
    """
    X, beta = [[1, 3], [-3, -1], [0, 1], [-1, 0]], Fraction(1, 3)
    O = parallel_optimum(ParallelProblem(X, [3, 1, 1, 3], beta=beta))
    assert (O.level, O.depth_helps, len(O.pieces)) == ("exact", False, 2)
    (leaf,) = [leaf for leaf in O.leaves if (leaf.sigma, leaf.inside) == (1, (3,))]
    assert leaf.theta[1] == 1
    assert leaf.theta[2] * O.kappa[2] == -beta
    assert {(a.sign, a.g) for a in leaf.atoms} >= {(1, (-beta, 0)), (-1, (0, beta))}
    best = max(socp(X, [float(s * t) for t in O.kappa], rows, blocks_of(X))
               for s in (1, -1) for rows in product((0, 1), repeat=4))  # fmt: skip
    assert best == pytest.approx(float(beta), rel=1e-6)


@pytest.mark.parametrize("scale", [Fraction(1, 10**9), Fraction(10**9)])
def test_scales_do_not_matter(scale):
    w = BY_NAME["strict"]
    X = [[t * scale for t in row] for row in matrix(w.X)]
    leaves = tree(X, vector(w.kappa), w.beta_squared * scale**2).leaves
    assert [leaf.theta for leaf in leaves if leaf.tight] == [{2: Fraction(33, 40), 3: 1}]
