"""The training problem: what is read, and what is refused."""

from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy

import polytope_nn as pn
from polytope_nn.errors import DimensionError, InexactError, InstanceError
from polytope_nn.problems.training import TrainingProblem

X = [[1, -1, 0], [0, 1, -1]]
Y = [2, 2]


@pytest.mark.parametrize(
    "rows",
    [
        X,
        (tuple(row) for row in X),
        np.array(X),
        np.array(X, dtype=object),
        sympy.Matrix(X),
        [["1", "-1", "0/7"], ["0", "1.0", Decimal(-1)]],
    ],
    ids=["lists", "generator", "numpy", "objects", "sympy", "strings"],
)
def test_matrices_of_every_kind(rows):
    D = TrainingProblem(rows, Y, beta_squared=2)
    assert D == TrainingProblem(X, Y, beta_squared=2)
    assert all(type(t) is Fraction for row in D.X for t in row)
    assert (D.n, D.d) == (2, 3)


@pytest.mark.parametrize(
    "y", [np.array(Y), sympy.Matrix(Y), [[2], [2]], ["2", Decimal("2.0")]], ids=type
)
def test_labels_of_every_kind(y):
    assert TrainingProblem(X, y, beta=1).y == (2, 2)


@pytest.mark.parametrize(
    "given, square",
    [
        ({"beta": "1/10"}, Fraction(1, 100)),
        ({"beta": Decimal("0.1")}, Fraction(1, 100)),
        ({"beta": sympy.Rational(1, 3)}, Fraction(1, 9)),
        ({"beta": sympy.sqrt(10)}, 10),
        ({"beta": 3 * sympy.sqrt(sympy.Rational(2, 5))}, Fraction(18, 5)),
        ({"beta": np.int64(3)}, 9),
        ({"beta_squared": "8/3"}, Fraction(8, 3)),
        ({"beta_squared": sympy.Integer(2)}, 2),
    ],
    ids=str,
)
def test_beta(given, square):
    D = TrainingProblem(X, Y, **given)
    assert D.beta_squared == square
    assert type(D.beta_squared) is Fraction
    assert D.beta is None or D.beta**2 == square


def test_beta_is_none_where_it_is_irrational():
    assert TrainingProblem(X, Y, beta_squared=10).beta is None
    assert TrainingProblem(X, Y, beta_squared="4/9").beta == Fraction(2, 3)


def test_floats_are_read_only_on_request():
    binary = TrainingProblem([[0.1]], [1.5], beta=0.5, exact="binary")
    assert binary.X == ((Fraction(0.1),),)
    assert binary.y == (Fraction(3, 2),)
    decimal = TrainingProblem(np.array([[0.1]]), [1], beta=0.1, exact="decimal")
    assert decimal.X == ((Fraction(1, 10),),)
    assert decimal.beta == Fraction(1, 10)


def test_a_bias_is_a_column_of_ones_where_it_is_penalised():
    assert TrainingProblem(X, Y, beta=1).design == TrainingProblem(X, Y, beta=1).X
    D = TrainingProblem(X, Y, beta=1, bias="penalised")
    assert D == TrainingProblem(X, Y, beta=1, bias=True)
    assert D.design == ((1, -1, 0, 1), (0, 1, -1, 1))
    assert D.d == 4
    assert TrainingProblem(X, Y, beta=1, bias=False).bias == "none"
    assert TrainingProblem(X, Y, beta=1, bias="free").design == D.design
    assert TrainingProblem(X, Y, beta=1, bias="free").d == 3  # not paid for


def test_repr_and_frozen():
    D = TrainingProblem(X, Y, beta_squared=2, name="toy", bias=True)
    assert repr(D) == "TrainingProblem('toy', n=2, d=4, beta²=2, bias=penalised)"
    with pytest.raises(FrozenInstanceError):
        D.y = ()


@pytest.mark.parametrize(
    "change, error, words",
    [
        ({"X": []}, InstanceError, "X is empty"),
        ({"X": [[], []]}, InstanceError, "X is empty"),
        ({"X": [[1, 2], [3]]}, DimensionError, "row"),
        ({"X": 3}, DimensionError, "3 is no matrix"),
        ({"X": [1, 2]}, DimensionError, "1 is no row"),
        ({"X": [[0.1]], "y": [1]}, InexactError, '"1/10"'),
        ({"X": [[True]], "y": [1]}, InexactError, "true is a bool"),
        ({"X": [["nan"]], "y": [1]}, InexactError, "nan"),
        ({"X": [["1/0"]], "y": [1]}, InexactError, "1/0"),
        ({"y": [1]}, DimensionError, "1 label for 2 rows"),
        ({"y": [1, 2, 3]}, DimensionError, "3 labels for 2 rows"),
        ({"y": "12"}, DimensionError, "'12'"),
        ({"y": [1, float("inf")]}, InexactError, "inf"),
        ({"beta": None}, InstanceError, "neither is given"),
        ({"beta_squared": 4}, InstanceError, "both are given"),
        ({"beta": 0}, InstanceError, "0 is not positive"),
        ({"beta": -1}, InstanceError, "-1 is not positive"),
        ({"beta": "-1/2"}, InstanceError, "-1/2 is not positive"),
        ({"beta": -sympy.sqrt(2)}, InstanceError, "is not positive"),
        ({"beta": sympy.pi}, InstanceError, "square of pi is not rational"),
        ({"beta": sympy.I}, InstanceError, "square of I is not rational"),
        ({"beta": 0.1}, InexactError, "0.1"),
        ({"loss": "logistic"}, InstanceError, "logistic"),
        ({"bias": "some"}, InstanceError, "some"),
        ({"weights": [1]}, DimensionError, "1 entry for 2 rows"),
        ({"weights": [1, 0]}, InstanceError, "0 is not positive"),
        ({"weights": [1, "-1/3"]}, InstanceError, "-1/3 is not positive"),
        ({"exact": "roughly"}, InstanceError, "roughly"),
    ],
    ids=str,
)
def test_refusals(change, error, words):
    given = {"X": X, "y": Y, "beta": 1} | change
    with pytest.raises(error) as caught:
        TrainingProblem(given.pop("X"), given.pop("y"), **given)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


_OTHERS = (
    pn.VectorProblem([[1, 0], [0, 1]], [[1, 0], [0, 1]], beta="1/2"),
    pn.ParallelProblem([[1, 0], [0, 1]], [1, 1], beta=1, inner_width=1),
    "data.json",
    None,
)
_NETWORK = pn.Network.of((1, [1, 0]))
_OF_A_PROBLEM = {
    "optimum": (),
    "optimal_polytope": (),
    "staircase": (),
    "holes": (),
    "beta_path": (),
    "uniqueness": (),
    "certify": (),
    "gap": (_NETWORK,),
    "is_optimal": (_NETWORK,),
    "nearest": (_NETWORK,),
    "is_stationary": (_NETWORK,),
    "stationary_points": (2,),
    "path": (_NETWORK, _NETWORK, 3),
    "descent": (_NETWORK,),
    "component": (_NETWORK, 3),
    "orbit": (_NETWORK, 3),
}


@pytest.mark.parametrize("name", _OF_A_PROBLEM)
@pytest.mark.parametrize("other", _OTHERS, ids=lambda other: type(other).__name__)
def test_another_model_is_refused_by_the_name_of_its_own_functions(name, other):
    with pytest.raises(
        pn.InstanceError, match=f"{type(other).__name__} is none: .*vector_optimum"
    ):
        getattr(pn, name)(other, *_OF_A_PROBLEM[name])


@pytest.mark.parametrize(
    "loss", ["interpolation", "margin", {"kind": "tolerance", "epsilon": 1}], ids=str
)
def test_beta_only_scales_what_an_indicator_leaves(loss):
    """So it is 1 where it is not given, as in an instance."""
    D = TrainingProblem([[1], [-2]], [1, -1], loss=loss)
    assert D == TrainingProblem([[1], [-2]], [1, -1], loss=loss, beta=1)
    with pytest.raises(InstanceError, match="neither is given"):
        TrainingProblem([[1], [-2]], [1, -1], loss="hinge")
