"""Tables by column name, and numpy's files: what is read, what is told, what is refused."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.problems.instance import read_instance
from polytope_nn.problems.reading.archives import read_npz
from polytope_nn.problems.reading.scaling import standardised
from polytope_nn.problems.reading.tables import Chosen


def read(tmp_path, text, *, name="points.csv", exact=None, **chosen):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    return read_instance(path, columns=Chosen(**chosen), exact=exact)


TABLE = "y,x1,x2,town\n3,1,2,Rome\n1,2,0.5,Oslo\n"


def test_columns_are_chosen_by_name(tmp_path):
    found = read(tmp_path, TABLE, target="y", features="x2,x1")
    assert found.X == ((2, 1), (Fraction(1, 2), 2))
    assert found.y == (3, 1)
    assert found.columns == ("x2", "x1")
    assert found.told == ()
    (told,) = read(tmp_path, "x,y\n1,2\n").told
    assert "the label column is 'y', the last: --target NAME chooses another" in told
    spaced = read(tmp_path, " x , y \n 1 , 2 \n", target="x")
    assert (spaced.X, spaced.y, spaced.columns) == (((2,),), (1,), ("y",))


def test_what_names_rows_is_told(tmp_path):
    (told,) = read(tmp_path, "id,a,y\n7,1,2\n8,2,1\n", target="y").told
    assert "'id' is taken as a feature: --features a leaves it out" in told
    assert read(tmp_path, "id,a,y\n7,1,2\n", target="y", features="id,a").told == ()
    with pytest.raises(InstanceError, match="line 1 is a comment: leave it out"):
        read(tmp_path, "# made in May\na,y\n1,2\n")


@pytest.mark.parametrize(
    "delimiter, letter", [(";", ";"), ("tab", "\t"), ("\\t", "\t"), ("|", "|")]
)
def test_delimiters(tmp_path, delimiter, letter):
    text = TABLE.replace(",", letter)
    found = read(tmp_path, text, target="y", features="x1", delimiter=delimiter)
    assert found.X == ((1,), (2,))
    with pytest.raises(InstanceError, match="is one column: give --delimiter"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "text, chosen, words",
    [
        (TABLE, {}, "line 2, column 'town': 'Rome' is no fraction"),
        (TABLE, {"target": "y"}, "a column of text is left out with --features"),
        (TABLE, {"target": "yy"}, "--target: there is no column 'yy': did you mean 'y'?"),
        (TABLE, {"target": "z"}, "the columns are y, x1, x2, town"),
        (TABLE, {"features": "x3"}, "--features: there is no column 'x3': the columns are"),
        (TABLE, {"features": "x1,x1", "target": "y"}, "--features: 'x1' occurs twice"),
        (TABLE, {"features": "x1,y", "target": "y"}, "'y' is a feature and the label"),
        (TABLE, {"target": "y,x1,x2,town"}, "no column is left for X"),
        (TABLE, {"delimiter": ",,"}, "--delimiter: ',,': give one character"),
        ("a b y\n1 2 3\n", {}, "are its columns separated by spaces? write commas"),
        (TABLE, {"delimiter": ";"}, "is one column: give --delimiter ','"),
        (",x,y\n0,1,2\n", {}, "the first column has no name, as a data frame's index"),
        (",x,y\n0,1,2\n", {"features": ",x"}, "the first column has no name"),
        ("Unnamed: 0,x,y\n0,1,2\n", {}, "to_csv(..., index=False)), or give --features x"),
        ("x,,y\n0,1,2\n", {}, "column 2 has no name"),
        ("x,x,y\n0,1,2\n", {}, "column 'x' occurs twice: rename one"),
        ("x,y\n1,\n", {}, "line 2, column 'y': '': a value is missing: leave the line out"),
        ("x,y\nNaN,1\n", {}, "'NaN': a value is missing"),
        ("5,NA,3\n1,0,2\n", {}, "'5' is a number: the first line names the columns"),
        ('x,y\n"1,000",2\n', {}, 'comma of thousands: write "1000" (or "1.000")'),
        ('x,y\n"1,000,000.5",2\n', {}, 'comma of thousands: write "1000000.5"'),
        ("x;y\n1,5;2\n", {"delimiter": ";"}, "'1,5' has a decimal comma: write \"1.5\""),
        ("x,y\n1,\u22125\n", {}, 'has a typeset minus: write "-5"'),
        ("x;y\n1;\u20132,5\n", {"delimiter": ";"}, 'has a typeset minus: write "-2.5"'),
        ("x,y\n-1 234 567.5,2\n", {}, 'has spaces of thousands: write "-1234567.5"'),
        ("x,y\n12\u202f345,2\n", {}, 'has spaces of thousands: write "12345"'),
        ("x,y\n1 2,2\n", {}, "'1 2' is no fraction"),
        ("x,y,\n1,2,\n", {}, "column 3 has no name: give it one, or end no line with a"),
        ('"x";"y"\n1;2\n', {}, "broken CSV: ',' expected after '\"': give --delimiter ';'"),
        ('x,"y\n1,2\n', {}, "close each quote, and double those inside"),
        ("sep=;\nx;y\n1;2\n", {}, "leave it out and give --delimiter ';'"),
        ("sep=;\nx;y\n1;2\n", {"delimiter": ";"}, "'sep=' is no header: leave it out"),
        ("x,y\n1,inf\n", {}, "'inf' is no fraction"),
        ("x,y\n", {}, "no line below the header"),
        ("", {}, "is empty"),
    ],
)
def test_tables_that_are_refused(tmp_path, text, chosen, words):
    with pytest.raises(InstanceError) as caught:
        read(tmp_path, text, **chosen)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_cure_of_an_index_works(tmp_path):
    frame = pd.DataFrame({"x1": [1, 2], "x2": [2, 1], "y": [3, 1]})
    path = tmp_path / "frame.csv"
    frame.to_csv(path)
    with pytest.raises(InstanceError, match="--features x1,x2"):
        read_instance(path)
    chosen = read_instance(path, columns=Chosen(features="x1,x2", target="y"))
    frame.to_csv(path, index=False)
    assert chosen.X == read_instance(path).X == ((1, 2), (2, 1))


def test_the_ending_tsv_says_what_is_between_cells(tmp_path):
    found = read(tmp_path, "x\ty\n1\t2\n", name="points.tsv")
    assert (found.X, found.y) == (((1,),), (2,))
    assert read(tmp_path, "x;y\n1;2\n", name="points.tsv", delimiter=";").y == (2,)


def test_two_targets_are_rows_of_labels(tmp_path):
    found = read(tmp_path, "x,a,b\n1,2,3\n", target="a,b")
    assert (found.model, found.extensions["y"]) == ("vector", [["2", "3"]])
    with pytest.raises(InstanceError, match="a vector model: this command takes two-layer"):
        found.problem()


def test_json_has_no_columns(tmp_path):
    text = '{"X": [[1]], "y": [1]}'
    with pytest.raises(InstanceError, match="they choose columns of a table"):
        read(tmp_path, text, name="a.json", target="y")


def test_arrays_in_a_file(tmp_path):
    file = tmp_path / "data.npz"
    np.savez(file, X=np.float32([[0.1, 2], [3, 0.2]]), y=[[1], [2]], weights=[1, 2])
    found = read_instance(file, exact="decimal")
    assert found.X == ((Fraction(1, 10), 2), (3, Fraction(1, 5)))
    assert (found.y, found.weights, found.name) == ((1, 2), (1, 2), "data")
    binary = read_instance(file, exact="binary")
    assert binary.X[0][0] == Fraction(float(np.float32(0.1)))
    with pytest.raises(
        InexactError, match=r"X\[0, 0\]: 0\.1 is a float: .*--exact decimal"
    ):
        read_instance(file)
    np.savez(file, X=[[1, 2]], y=[3])
    assert read_instance(file).X == ((1, 2),)
    np.savez(file, X=[[1, 2]], y=[[3, 4]])
    assert read_instance(file).model == "vector"


@pytest.mark.parametrize(
    "arrays, words",
    [
        ({"X": [[1.0, np.nan]], "y": [1]}, "X[0, 1]: nan is not finite: leave its row out"),
        ({"X": [[1]], "y": [1], "z": [1]}, "z: (1,): the arrays are X (n, d), y (n,)"),
        ({"X": [1], "y": [1]}, "X: shape (1,): give (n, d)"),
        ({"X": [[1]], "y": [[[1, 2]]]}, "y: shape (1, 1, 2): give (n,) or (n, c)"),
        ({"X": [[1]], "y": [1, 2]}, "y has 2 entries, X has 1 row"),
        ({"X": [[1]]}, "y is missing"),
        ({"y": [1]}, "X is missing"),
        ({"X": [["a"]], "y": [1]}, "X[0, 0]: 'a' is no fraction"),
        ({"X": [[1j]], "y": [1]}, "X[0, 0]"),
        ({"X": np.zeros((0, 2)), "y": []}, "X is empty"),
    ],
)
def test_arrays_that_are_refused(tmp_path, arrays, words):
    file = tmp_path / "data.npz"
    np.savez(file, **arrays)
    with pytest.raises((InstanceError, InexactError)) as caught:
        read_instance(file, exact="decimal")
    assert words in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_array_of_columns(tmp_path):
    file = tmp_path / "data.npy"
    np.save(file, np.array([[1, 2, 3], [4, 5, 6]]))
    found = read_instance(file)
    assert (found.X, found.y) == (((1, 2), (4, 5)), (3, 6))
    assert "'3', the last" in found.told[0]
    chosen = read_instance(file, columns=Chosen(target="1", features="3"))
    assert (chosen.X, chosen.y) == (((3,), (6,)), (1, 4))
    named = np.array([(1, 0.5, b"x")], dtype=[("a", "i4"), ("b", "f8"), ("c", "S1")])
    np.save(file, named)
    found = read_instance(file, columns=Chosen(target="a", features="b"), exact="decimal")
    assert (found.X, found.y, found.columns) == (((Fraction(1, 2),),), (1,), ("b",))


@pytest.mark.parametrize(
    "held", [np.ones(3), np.ones((2, 1)), np.ones((0, 2)), np.array(1)]
)
def test_one_array_of_another_shape(tmp_path, held):
    file = tmp_path / "data.npy"
    np.save(file, held)
    with pytest.raises(InstanceError, match=r"give a row for each sample"):
        read_instance(file, exact="binary")


def test_files_that_are_no_arrays(tmp_path):
    for name in ("a.npy", "a.npz"):
        file = tmp_path / name
        with pytest.raises(InstanceError, match="there is no such file"):
            read_instance(file)
        file.write_bytes(b"nothing")
        with pytest.raises(InstanceError, match=rf"{name}: no \.{name[2:]} ar"):
            read_instance(file)
    np.savez(tmp_path / "a.npz", X=[[1]], y=[1])
    with pytest.raises(InstanceError, match="here are arrays: leave them out"):
        read_instance(tmp_path / "a.npz", columns=Chosen(target="y"))
    with pytest.raises(InstanceError, match="exact: 'near'"):
        read_instance(tmp_path / "a.npz", exact="near")


entries = st.fractions(-100, 100, max_denominator=9)


@given(st.lists(st.tuples(entries, entries), min_size=1, max_size=6))
def test_standardised_features_are_centred_and_of_deviation_about_one(rows):
    X, scaling = standardised(tuple(rows), ("a", "b"))
    for j, (column, given_column) in enumerate(zip(zip(*X), zip(*rows))):  # noqa: B905
        of = scaling[j]
        assert [x * of.scale + of.mean for x in column] == list(given_column)
        assert sum(column) == 0
        square = sum(x * x for x in column) / len(column)
        assert square == 0 or 1 <= square < (1 + Fraction(1, 10**5)) ** 2
        assert len(str(of.scale.numerator)) <= 6 or of.scale.denominator == 1
    again, second = standardised(X)
    assert all(s.mean == 0 for s in second)
    assert [s.column for s in second] == ["x1", "x2"]
    assert len(again) == len(rows)


@pytest.mark.parametrize("power", [-150, -7, 0, 7, 150])
def test_a_scale_of_any_size_has_six_digits(power):
    _, (of,) = standardised(((Fraction(0),), (Fraction(10) ** power * 2,)))
    assert of.scale == Fraction(10) ** power
    assert f"/ {Fraction(10) ** power}" in str(of) or power < 0


def test_an_instance_says_how_it_was_standardised(tmp_path):
    found = read(tmp_path, "chins,y\n1,5\n3,6\n").standardised()
    assert found.X == ((-1,), (1,))
    assert [s.to_json() for s in found.scaling] == [
        {"column": "chins", "mean": "2", "scale": "1"}
    ]
    assert str(found.scaling[0]) == "(chins - 2) / 1"


@pytest.mark.parametrize(
    ("name", "what"),
    [("a.npy", ".npy array"), ("A.NPY", ".npy array"), ("a.npz", ".npz archive"),
     ("other", ".npz archive")],
)  # fmt: skip
def test_a_file_of_numpy_that_is_none_is_told_by_its_form(name, what, tmp_path):
    file = tmp_path / name
    file.write_text("X, y")
    with pytest.raises(InstanceError) as caught:
        read_npz(file, "save it again")
    assert str(caught.value) == f"{file}: no {what}: save it again"
