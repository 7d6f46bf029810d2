"""Data as people have them: floats of every precision, frames, series, sympy's numbers."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import sympy
from hypothesis import example, given
from hypothesis import strategies as st

from polytope_nn import (
    InterpolationProblem,
    Polyhedron,
    TrainingProblem,
    VectorProblem,
    affine_arrangement,
    arrangement,
    optimum,
    parallel_optimum,
    vector_optimal_set,
    vector_optimum,
)
from polytope_nn.errors import DimensionError, InexactError, InstanceError
from polytope_nn.problems.reading.given import entries_given, number_given, rows_given

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.longdouble])
def test_a_numpy_float_prints_the_decimal_of_its_own_precision(kind):
    tenth = kind("0.1")
    assert number_given(tenth, "decimal", "x") == Fraction(1, 10)
    p, q = tenth.as_integer_ratio()
    assert number_given(tenth, "binary", "x") == Fraction(int(p), int(q))
    assert TrainingProblem([[tenth]], [tenth], beta=tenth, exact="decimal").beta == (
        Fraction(1, 10)
    )


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
@example(1.1754943508222875e-38)
@example(16777216.0)
def test_the_decimal_of_a_float32_is_short_and_rounds_back(x):
    single = np.float32(x)
    decimal = number_given(single, "decimal", "x")
    assert np.float32(float(decimal)) == single
    assert len(Decimal(str(single)).as_tuple().digits) <= 9


@given(finite)
@example(0.30000000000000004)
@example(5e-324)
@example(1e23)
@example(6.5920979972244184e16)
@example(9007199254740992.0)
@example(2.0**-100)
@example(2.0**-24)
def test_sympy_s_floats_of_53_bits_are_read_as_python_s(x):
    number = sympy.Float(x, precision=53)
    assert number_given(number, "binary", "x") == Fraction(x)
    if abs(x) > 1e-290:  # where Python's have all 53 bits
        digits = number_given(number, "decimal", "x")
        assert Fraction(float(digits)) == Fraction(x)
        assert _length(digits) <= _length(Fraction(repr(x)))


def _length(x):
    return len(Decimal(x.numerator / Decimal(x.denominator)).normalize().as_tuple().digits)


@pytest.mark.parametrize("digits", [1, 5, 15, 30, 60])
def test_sympy_s_floats_of_any_precision(digits):
    assert number_given(sympy.Float("0.1", digits), "decimal", "x") == Fraction(1, 10)
    assert number_given(sympy.Float("-1234.5", 20), "decimal", "x") == Fraction("-1234.5")
    assert number_given(sympy.Float(0), "decimal", "x") == 0
    D = TrainingProblem(sympy.Matrix([[sympy.Float("0.5", digits)]]), [1], beta=sympy.Float(2),
                        exact="binary")  # fmt: skip
    assert (D.X, D.beta_squared) == (((Fraction(1, 2),),), 4)


NOT_FINITE = (
    *(float("nan"), float("inf"), -float("inf")),
    *(np.float32("nan"), np.float16("inf"), np.longdouble("-inf")),
    *(sympy.nan, sympy.oo, sympy.zoo, Decimal("nan"), Decimal("-Infinity"), "nan", "inf"),
)


@pytest.mark.parametrize("x", NOT_FINITE, ids=repr)
@pytest.mark.parametrize("exact", [None, "binary", "decimal"])
@pytest.mark.parametrize("field", ["X", "y", "weights", "beta", "beta_squared"])
def test_what_is_not_finite_is_inexact_everywhere(x, exact, field):
    fields = {"X": [[1], [2]], "y": [1, 2], "beta": 1, "weights": [1, 1]}
    if field == "beta_squared":
        del fields["beta"]
    fields[field] = {"X": [[1], [x]], "y": [1, x], "weights": [x, 1]}.get(field, x)
    error = (InexactError, InstanceError) if field == "beta" else InexactError
    with pytest.raises(error) as caught:
        TrainingProblem(**fields, exact=exact)
    assert "\n" not in str(caught.value)


def test_the_refusal_of_a_float_names_place_and_cure():
    said = r'X\[1, 0\]: 0.1 is a float: write "1/10", or say how floats are read: exact="decimal"'
    with pytest.raises(InexactError, match=said):
        TrainingProblem([[1], [0.1]], [1, 2], beta=1)
    with pytest.raises(InexactError, match=r'y\[0\]: 0\.1 is a float: write "1/10"'):
        TrainingProblem([[1]], np.array([0.1], dtype=np.float32), beta=1)
    with pytest.raises(InexactError, match=r"weights\[0\]: .* is a float"):
        TrainingProblem([[1]], [1], beta=1, weights=[0.5])
    with pytest.raises(InexactError, match=r"beta: 0\.5 is a float"):
        TrainingProblem([[1]], [1], beta=0.5)
    with pytest.raises(InexactError, match="a value is missing: leave its row out"):
        TrainingProblem([[None]], [1], beta=1)
    with pytest.raises(InexactError, match="leave the column out"):
        TrainingProblem([["Rome"]], [1], beta=1)
    with pytest.raises(InstanceError, match="exact: 'near' is neither"):
        TrainingProblem([[1]], [1], beta=1, exact="near")


FRAME = pd.DataFrame({"a": [1, 2, 3], "b": [0.5, 0.25, -1.0], "y": [1, 0, 2]})


def test_a_frame_and_its_column():
    D = TrainingProblem(FRAME, "y", beta=1, exact="decimal")
    assert D.X == ((1, Fraction(1, 2)), (2, Fraction(1, 4)), (3, -1))
    assert D.y == (1, 0, 2)
    chosen = TrainingProblem(FRAME[["a", "b"]], FRAME["y"], beta=1, exact="decimal")
    assert chosen == D
    assert TrainingProblem(FRAME[["a", "b"]], FRAME[["y"]], beta=1, exact="decimal") == D
    assert TrainingProblem(FRAME, ["y"], beta=1, exact="decimal") == D
    numbered = FRAME.set_axis([0, 1, 2], axis=1)
    assert TrainingProblem(numbered, 2, beta=1, exact="decimal") == D
    assert TrainingProblem(numbered, "2", beta=1, exact="decimal") == D
    weighted = TrainingProblem(FRAME[["a"]], FRAME["y"], beta=1, weights=FRAME["a"])
    assert weighted.weights == (1, 2, 3)
    assert InterpolationProblem(FRAME, "y", exact="binary").X == D.X


def test_a_frame_s_index_is_no_feature():
    indexed = FRAME.set_axis(["p", "q", "r"])
    assert TrainingProblem(indexed, "y", beta=1, exact="decimal").X[0] == (
        1,
        Fraction(1, 2),
    )
    assert TrainingProblem(FRAME.set_index("a"), "y", beta=1, exact="decimal").d == 1


def test_single_precision_columns_keep_their_decimals():
    single = FRAME.astype({"b": np.float32}).assign(b=np.float32([0.1, 0.2, 0.3]))
    D = TrainingProblem(single, "y", beta=1, exact="decimal")
    assert [row[1] for row in D.X] == [Fraction(1, 10), Fraction(1, 5), Fraction(3, 10)]


@pytest.mark.parametrize(
    "frame, target, error, said",
    [
        (
            FRAME.assign(b=["x", "y", "z"]),
            "y",
            InexactError,
            "column 'b', row 1: 'x' is no",
        ),
        (
            FRAME.assign(b=[1.0, None, 2.0]),
            "y",
            InexactError,
            "column 'b', row 2: nan is not",
        ),
        (
            FRAME.assign(b=pd.array([1, None, 2], dtype="Int64")),
            "y",
            InexactError,
            "column 'b', row 2: <NA> of type NAType is no exact rational: a value is missing",
        ),
        (
            FRAME.assign(b=[True, False, True]),
            "y",
            InexactError,
            "column 'b', row 1: true is",
        ),
        (
            FRAME.assign(b=pd.to_datetime(["2020-01-01"] * 3)),
            "y",
            InexactError,
            "column 'b', row 1",
        ),
        (FRAME, "z", InstanceError, "the frame has no column 'z': its columns are a, b, y"),
        (FRAME, "Y", InstanceError, "the frame has no column 'Y': did you mean 'y'"),
        (
            FRAME.rename(columns={"a": "Unnamed: 0"}),
            "y",
            InstanceError,
            "'Unnamed: 0' is an index that was written as a column: .*index_col=0",
        ),
        (
            FRAME.assign(b=pd.to_timedelta([1, 2, 3])),
            "y",
            InexactError,
            "column 'b', row 1: 1 nanoseconds has a unit of time",
        ),
        (
            FRAME[["a"]],
            FRAME[["b", "y"]],
            DimensionError,
            r"y\[0\]: 2 numbers where one belongs: several outputs are a VectorProblem",
        ),
        (
            FRAME.set_axis(["a", "a", "y"], axis=1),
            "y",
            InstanceError,
            "two columns are named 'a': rename one",
        ),
        (FRAME.iloc[:0], "y", InstanceError, "X is empty"),
        (FRAME[["y"]], "y", InstanceError, "X is empty"),
        (FRAME, ["y", "b"], InstanceError, "y: 2 columns, and a TrainingProblem has one"),
    ],
)
def test_frames_that_are_refused(frame, target, error, said):
    with pytest.raises(error, match=said) as caught:
        TrainingProblem(frame, target, beta=1, exact="decimal")
    assert "\n" not in str(caught.value)


def test_rows_are_not_mixed_up():
    with pytest.raises(InstanceError, match=r"y: its index is not that of X.*y\.loc"):
        TrainingProblem(FRAME[["a"]], FRAME["y"][::-1], beta=1)
    shuffled = FRAME.sample(frac=1, random_state=1)
    assert sorted(TrainingProblem(shuffled[["a"]], shuffled["y"], beta=1).y) == [0, 1, 2]


@pytest.mark.parametrize(
    "X, error",
    [
        (np.float64(1), DimensionError),
        (np.array(1.0), DimensionError),
        (np.ones(3), DimensionError),
        (np.ones((1, 1, 1)), InexactError),
        ("ab", DimensionError),
        (["ab"], DimensionError),
        ([b"12"], DimensionError),
        (3, DimensionError),
        (np.array([[1j]]), InexactError),
        (np.array([["2020-01-01"]], dtype="datetime64[D]"), InexactError),
    ],
    ids=repr,
)
def test_what_is_no_matrix(X, error):
    with pytest.raises(error):
        rows_given(X, "binary")
    if error is DimensionError:
        with pytest.raises((DimensionError, InexactError)):
            entries_given(X if not isinstance(X, list) else "ab", None, "y")


def test_integers_of_every_kind_do_not_overflow():
    large = np.array([[2**64 - 1]], dtype=np.uint64)
    assert rows_given(large, None) == ((2**64 - 1,),)
    assert rows_given(np.array([[-(2**63)]]), None) == ((-(2**63),),)
    assert rows_given(np.array([[10**40]], dtype=object), None) == ((10**40,),)
    assert entries_given(np.array([[1], [2]]), None, "y") == (1, 2)
    assert entries_given(sympy.Matrix([1, sympy.Rational(1, 2)]), None, "y") == (
        1,
        Fraction(1, 2),
    )


def test_a_frame_with_two_lines_of_names():
    names = pd.MultiIndex.from_tuples([("in", "a"), ("in", "b"), ("out", "y")])
    frame = FRAME.set_axis(names, axis=1)
    D = TrainingProblem(frame, ("out", "y"), beta=1, exact="decimal")
    wanted = TrainingProblem(FRAME, "y", beta=1, exact="decimal")
    assert (D.X, D.y) == (wanted.X, wanted.y)


def test_sparse_masked_and_dates_have_their_own_cure():
    sparse = pytest.importorskip("scipy.sparse")
    X = np.array([[1, 2], [0, 1]])
    dates = np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]")[:, None]
    for samples, said in (
        (sparse.csr_matrix(X), "a sparse matrix: give X.toarray"),
        (np.ma.masked_less(X, 1), "a value is missing: leave its row out"),
        (dates, "a date: give a number that says it"),
    ):
        with pytest.raises(InexactError, match=said):
            TrainingProblem(samples, [1, 2], beta=1)


def test_a_problem_of_another_kind_is_named():
    D = TrainingProblem([[1]], [1], beta=1)
    for function in (vector_optimum, vector_optimal_set, parallel_optimum):
        with pytest.raises(
            InstanceError, match=r"TrainingProblem is no \w+Problem: give one"
        ):
            function(D)
    V = VectorProblem([[1]], [[1, 2]], beta=1)
    with pytest.raises(
        InstanceError, match=r"VectorProblem is none: .* has vector_optimum"
    ):
        optimum(V)


def test_integers_beside_a_missing_value_are_no_floats():
    """Which pandas makes of them: the missing value is named, however floats are read."""
    whole = pd.array([1, None, 2], dtype="Int64")
    with pytest.raises(
        InexactError, match=r"X, column 'a', row 2: <NA> .* leave its row out"
    ):
        TrainingProblem(pd.DataFrame({"a": whole}), [1, 2, 3], beta=1)
    with pytest.raises(InexactError, match=r"y\[1\]: <NA> .* a value is missing"):
        TrainingProblem([[1], [2], [3]], pd.Series(whole), beta=1)


def test_a_frame_is_its_rows_and_no_list_of_names():
    """Its iterator gives the names of the columns: "10" and "01" were read as two rows."""
    frame = pd.DataFrame([[5, 6], [7, 8]], columns=["10", "01"])
    rows = ((5, 6), (7, 8))
    assert arrangement(frame).X == rows
    assert Polyhedron.from_generators(frame).vertices == rows
    assert affine_arrangement(frame, pd.Series([1, 2])).central.X == (
        *((*row, -b) for row, b in zip(rows, (1, 2), strict=True)),
        (0, 0, 1),
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: arrangement(["12", "34"]),
        lambda: arrangement([b"ab", b"cd"]),
        lambda: affine_arrangement([[1, 2], [3, 4]], "12"),
        lambda: optimum(TrainingProblem([[1]], [3], beta=1), kappa="1"),
        lambda: Polyhedron.from_inequalities(["10", "01"], [1, 1]),
    ],
)
def test_a_word_is_no_list_of_its_letters(call):
    with pytest.raises((InexactError, InstanceError), match="is no list"):
        call()


def test_slopes_and_parameters_are_any_exact_numbers():
    for third in (sympy.Rational(1, 3), Fraction(1, 3), "1/3"):
        D = TrainingProblem([[1]], [3], beta=1, activation={"slopes": [1, third]})
        assert D.activation.left == Fraction(1, 3)
