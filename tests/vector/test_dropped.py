"""Outputs that what is free fits at no loss: the others alone are a problem with its optimum."""

from fractions import Fraction as Q

import pytest

from polytope_nn import TrainingProblem, VectorProblem, optimal_polytope, staircase
from polytope_nn.checker.kinds import check
from polytope_nn.exact.scalar import middle
from polytope_nn.vector.balls.dropped import with_fewer_outputs
from polytope_nn.vector.certificate.claims import vector_certificate
from polytope_nn.vector.finding import vector_optimum
from polytope_nn.vector.losses.uniqueness import one_fit_only
from polytope_nn.vector.polytope import vector_optimal_set

X = [[1, 2], [2, -1], [-1, 1], [-2, -1]]
Y = [3, 1, 2, 0]
LOSSES = [
    ("squared", "none", (0, 0, 0, 0)),
    ("squared", "affine", (3, 4, 1, 0)),
    ({"kind": "power", "p": 3}, "constant", (2, 2, 2, 2)),
    ({"kind": "power", "p": "3/2"}, "none", (0, 0, 0, 0)),
    ({"kind": "huber", "delta": 1}, "none", (0, 0, 0, 0)),
    ("absolute", "linear", (3, 1, 0, -3)),
    ({"kind": "quantile", "tau": "1/3"}, "constant", (-1, -1, -1, -1)),
    ({"kind": "epsilon_insensitive", "epsilon": 1}, "none", (1, 0, -1, 1)),
    ("poisson", "none", (1, 1, 1, 1)),
    ("poisson", "constant", (2, 2, 2, 2)),
]


@pytest.mark.parametrize(("loss", "skip", "idle"), LOSSES)
def test_one_output_beside_one_that_needs_no_neuron(loss, skip, idle):
    """The value and the staircase are those of the one output alone, found by another road."""
    P = VectorProblem(X, list(zip(idle, Y, strict=True)), beta="1/2", loss=loss, skip=skip)
    single = TrainingProblem(X, Y, beta="1/2", loss=loss, skip=skip)
    alone = optimal_polytope(single)
    O = vector_optimum(P)
    N = [row[0] for row in O.N]
    assert N == [0] * 4  # whatever the level is
    beside = P.altered(Y=[[y, y] for y in idle]).infimum
    least = Q(0) if P.kind != "poisson" else middle(beside) / 2
    gap = middle(O.value) - least - middle(alone.optimum.value)
    assert abs(gap) < Q(1, 10**9)
    S, T = vector_optimal_set(O).staircase, staircase(alone)
    assert (S.m_star, S.M_star, S.threshold) == (T.m_star, T.M_star, T.threshold)
    check(vector_certificate(O))


def test_which_outputs_are_kept():
    P = VectorProblem([[1], [2]], [[1, 3, 0], [0, 3, 0]], beta=1)
    assert with_fewer_outputs(P)[1] == [0, 1]
    assert with_fewer_outputs(P.altered(skip="constant"))[1] == [0]
    assert with_fewer_outputs(P.altered(skip="affine")) is None  # nothing needs a neuron
    hot = VectorProblem([[1], [2]], [[1, 0], [1, 0]], beta=1, loss="softmax")
    assert with_fewer_outputs(hot) is None  # its outputs have one loss


@pytest.mark.parametrize(("epsilon", "one"), [(0, True), (1, False)])
def test_what_is_free_may_have_many_fits_there(epsilon, one):
    """Within a band a constant is any of many; without it the label says which."""
    loss = {"kind": "epsilon_insensitive", "epsilon": epsilon} if epsilon else "absolute"
    Y = [[5, 0, 2], [5, 9, 1], [5, -1, -4]]
    P = VectorProblem(
        [[1], [2], [-1]], Y, beta="1/2", loss=loss, skip="constant", bias="penalised"
    )
    O = vector_optimum(P)
    assert [row[0] for row in O.N] == [0, 0, 0]
    assert [row[0] for row in O.fit] == pytest.approx([5] * 3, abs=epsilon)
    if one:
        assert one_fit_only(O) == one_fit_only(
            vector_optimum(P.altered(Y=[r[1:] for r in Y]))
        )
    else:
        assert one_fit_only(O) is False


def test_pairs_beside_an_output_of_zeros_have_a_certificate():
    """The equations of the shares say 0 = 0 there."""
    X, y = [[3], [6], [6], [-5], [-2]], [-3, 3, 3, 3, 2]
    loss = {"kind": "power", "p": 3}
    P = VectorProblem(
        X,
        [[0, t] for t in y],
        beta="1/30",
        loss=loss,
        bias="penalised",
        skip="constant",
    )
    O = vector_optimum(P)
    assert O.is_paired
    found = vector_certificate(O)
    assert found.kind == "vector_paired_listed"
    check(found)
    single = TrainingProblem(
        X, y, beta="1/30", loss=loss, bias="penalised", skip="constant"
    )
    told, alone = vector_optimal_set(O), optimal_polytope(single)
    assert (len(told.vertices), told.rank) == (len(alone.vertices), alone.rank)


def test_softmax_rows_that_cancel_are_no_part_of_a_form():
    """Two samples at one place, of two classes that no neuron tells: their N add up to 0."""
    X, Y = [[0, 0], [2, 0], [0, 2], [0, 2]], [[0, 1], [0, 1], [1, 0], [0, 1]]
    O = vector_optimum(VectorProblem(X, Y, beta="1/2", loss="softmax"))
    first, second = O.N[2], O.N[3]
    assert first == tuple(-t for t in second) == (Q(1, 2), Q(-1, 2))
    assert [a.g for a in O.atoms] == [(1, 0)]
    check(vector_certificate(O))


def test_features_that_depend_on_each_other_beside_logarithms():
    """|a| = |b| = |a + b| of a Poisson loss: the tie of one output is one beside another."""
    X = [[2, 0, -2], [2, 0, -2], [-1, 1, 0]]
    single = TrainingProblem(X, [0, 0, 0], beta="1/2", loss="poisson")
    alone = optimal_polytope(single)
    O = vector_optimum(VectorProblem(X, [[1, 0]] * 3, beta="1/2", loss="poisson"))
    P = vector_optimal_set(O)
    assert O.N == tuple((0, t) for t in (O.N[0][1], O.N[0][1], 4 * O.N[0][1]))
    assert O.N[0][1] ** 2 == Q(1, 128)
    assert sorted(map(int.bit_count, P.supports)) == [2, 2]
    assert sorted(map(int.bit_count, alone.supports)) == [2, 2]
    assert abs(middle(O.value) - 3 - middle(alone.optimum.value)) < Q(1, 10**9)
    assert P.staircase.threshold == staircase(alone).threshold
    for v in P.vertices:  # each makes the fit
        for e, z in enumerate(O.chosen.fit):
            made = sum(
                c * a.feature[e // 2][e % 2] for a, c in zip(O.atoms, v, strict=True)
            )
            assert (
                made == 0 == z if not e % 2 else abs(middle(made) - middle(z)) < Q(1, 10**9)
            )


def test_a_plane_of_which_a_ray_is_at_rest():
    """The first sample fits best at 0, where its own ray is tight: neurons leave it alone."""
    given = {"beta": 2, "loss": "poisson"}
    O = vector_optimum(
        VectorProblem([[0, -1, 1], [0, 1, 1]], [[0, 1, 2], [0, 0, 0]], **given)
    )
    assert [k.dim for k in O.continua] == [2]
    rest = vector_optimum(VectorProblem([[0, 1, 1]], [[0, 0, 0]], **given))
    assert not rest.continua
    assert abs(middle(O.value) - 3 - middle(rest.value)) < Q(1, 10**9)
    ((own, mass),), ((other, alone),) = O.network, rest.network
    assert other.g == (0, 1, 1)
    assert middle(own.g[0]) == 0 < middle(own.g[1]) == middle(own.g[2])
    paid = [
        middle(m) * middle(u.h[0]) * middle(u.g[1])
        for u, m in ((own, mass), (other, alone))
    ]
    assert abs(paid[0] - paid[1]) < Q(1, 10**9)
