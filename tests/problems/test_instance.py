"""Instance files: what is read is exact, what is refused is refused in one useful line."""

import io
import json
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polytope_nn.errors import InstanceError
from polytope_nn.problems.instance import parse_instance, read_instance

GOOD = {"X": [[1, "-1/2"], [0, "0.1"]], "y": [2, "1e-2"], "beta": "1/10"}


def refused(text, *words):
    with pytest.raises(InstanceError) as caught:
        parse_instance(text if isinstance(text, str) else json.dumps(text), "file.json")
    message = str(caught.value)
    assert message.startswith("file.json: ")
    assert "\n" not in message
    assert len(message) < 400
    for word in words:
        assert word in message


def test_numbers_are_read_exactly_as_written():
    instance = parse_instance(json.dumps(GOOD))
    assert instance.X == ((1, Fraction(-1, 2)), (0, Fraction(1, 10)))
    assert instance.y == (2, Fraction(1, 100))
    problem = instance.problem()
    assert problem.beta_squared == Fraction(1, 100)
    assert problem.X == instance.X
    assert instance.kappa is None


def test_every_field_is_read():
    fields = GOOD | {
        "name": "four",
        "loss": "squared",
        "weights": [1, "1/2"],
        "bias": True,
        "kappa": [0, 0],
    }
    instance = parse_instance(json.dumps(fields))
    assert (instance.name, instance.bias, instance.kappa) == ("four", "penalised", (0, 0))
    problem = instance.problem()
    assert problem.weights == (1, Fraction(1, 2))
    assert problem.design == instance.design
    assert instance.design[0] == (1, Fraction(-1, 2), 1)


@pytest.mark.parametrize(
    "bias, kind", [(False, "none"), ("none", "none"), ("penalised", "penalised")]
)
def test_bias_is_a_word_or_a_bool(bias, kind):
    assert parse_instance(json.dumps(GOOD | {"bias": bias})).bias == kind


def test_an_interpolation_instance_has_a_skip_and_no_beta():
    instance = parse_instance('{"X": [[1]], "y": [1], "skip": "affine", "bias": "free"}')
    assert (instance.skip, instance.bias, instance.design) == ("affine", "free", ((1, 1),))
    assert parse_instance(json.dumps(GOOD)).design == (
        (1, Fraction(-1, 2)),
        (0, Fraction(1, 10)),
    )
    with pytest.raises(InstanceError, match="beta is missing"):
        instance.problem()
    skipped = parse_instance(json.dumps(GOOD | {"skip": "linear"}))
    assert skipped.problem().skip == "linear"
    assert instance.interpolation().skip == "affine"
    with pytest.raises(InstanceError, match="belongs to training"):
        skipped.interpolation()


def without(key):
    return {k: v for k, v in GOOD.items() if k != key}


@pytest.mark.parametrize(
    "fields, words",
    [
        (GOOD | {"X": []}, ["X is empty"]),
        (GOOD | {"X": [[]]}, ["X is empty"]),
        (GOOD | {"X": [[1, 2], [3]]}, ["X, row 2 has 1 entry, row 1 has 2"]),
        (GOOD | {"X": [[1, 2], 3]}, ["X, row 2: 3 where a list"]),
        (GOOD | {"X": 3}, ["X: 3 where a list of rows"]),
        (GOOD | {"X": [[1, {}], [3, 4]]}, ["X, row 1, column 2: an object"]),
        (GOOD | {"X": [[1, "1/0"], [3, 4]]}, ["column 2: '1/0' has denominator 0"]),
        (GOOD | {"X": [[1, "nan"], [3, 4]]}, ["'nan' is no fraction or decimal", "3/7"]),
        (GOOD | {"X": [[1, None], [3, 4]]}, ["column 2: null where a number"]),
        (GOOD | {"X": [[1, True], [3, 4]]}, ["column 2: true where a number"]),
        (GOOD | {"X": [[1, "abc" * 99], [3, 4]]}, ["characters) is no fraction"]),
        (GOOD | {"X": [[1, "9" * 4001], [3, 4]]}, ["more than 4000 digits"]),
        (GOOD | {"X": [[1, "1e9999999"], [3, 4]]}, ["more than 4000 digits"]),
        (without("X"), ["X is missing"]),
        (without("y"), ["y is missing"]),
        (GOOD | {"y": [1]}, ["y has 1 entry, X has 2 rows"]),
        (GOOD | {"y": "12"}, ["y: '12' where a list"]),
        (GOOD | {"y": [1, [2]]}, ["y, entry 2: a list of 1"]),
        (GOOD | {"beta": 0}, ["beta: 0 is not positive"]),
        (GOOD | {"beta": "-1/2"}, ["beta: '-1/2' is not positive"]),
        (without("beta") | {"beta_squared": -2}, ["beta_squared: -2 is not positive"]),
        (GOOD | {"beta_squared": 2}, ["beta and beta_squared are both given"]),
        (GOOD | {"beta": [1]}, ["beta: a list of 1 where a number"]),
        (GOOD | {"kappa": [1, 2, 3]}, ["kappa has 3 entries, X has 2 rows"]),
        (GOOD | {"weights": [1, 0]}, ["weights, entry 2: 0 is not positive: give a"]),
        (GOOD | {"loss": 3}, ["loss: 3 where a word or an object"]),
        (GOOD | {"loss": {"delta": 1}}, ["loss: kind is missing"]),
        (
            GOOD | {"loss": {"kind": "huber", "delta": [1, "x"]}},
            ["loss: delta, entry 2: 'x'"],
        ),
        (GOOD | {"bias": 1}, ["bias: 1 is unknown"]),
        (GOOD | {"skip": "free"}, ["skip: 'free' is unknown", '"affine"']),
        (GOOD | {"name": 7}, ["name: 7 where a string"]),
        (GOOD | {"name": "a\nb"}, ["name: 'a\\nb' is not printable"]),
        (GOOD | {"name": "\ud800"}, ["name: '\\ud800' is not printable"]),
        (
            {"neurons": []},
            ["unknown field 'neurons': a network's: name the file of X and y"],
        ),
        (GOOD | {"betta": 7}, ["unknown field 'betta'", "did you mean 'beta'"]),
        (GOOD | {"foo\nbar": 7}, ["unknown field 'foo\\nbar'", "known: name, X"]),
        ([GOOD], ["a list of 1 where an object"]),
        ("3", ["3 where an object"]),
        ("0.5", ["0.5 where an object"]),
        ("{", ["line 1, column 2: broken JSON"]),
        ('{"X": [[1]],\n "y": [1],}', ["line 2", "broken JSON"]),
        ('{"X": [[1]], "y": [1], "beta": 1, "beta": 2}', ["'beta' occurs twice"]),
        ("[" * 100_000, ["nested too deeply"]),
        ('{"X": [[0.1]], "y": [1]}', ["0.1 is a float", 'write "0.1"', "1/10"]),
        ('{"X": [[1]], "y": [1], "beta": 1e400}', ['1e400 is a float: write "1e400"']),
        ('{"X": [[1]], "y": [1], "beta": 1e99999}', ["1e99999 is no exact number"]),
        ('{"X": [[NaN]], "y": [1]}', ["NaN is no exact number"]),
        ('{"X": [[1]], "y": [-Infinity]}', ["-Infinity is no exact number"]),
        ('{"X": [[-' + "7" * 5000 + "]]}", ["more than 4000 digits"]),
        ('{"X": [[1]], "y": [1], "name": 0.5}', ["name: 0.5 where a string"]),
    ],
)
def test_bad_json_is_refused_in_one_line(fields, words):
    refused(fields, *words)


@given(st.decimals(allow_nan=False, allow_infinity=False).map(lambda x: f"{x:f}"))
def test_a_float_is_answered_with_the_string_that_works(number):
    literal = number if "." in number else f"{number}.0"
    if len(literal) > 4000:
        return
    with pytest.raises(InstanceError) as caught:
        parse_instance(f'{{"X": [[{literal}]], "y": [1]}}')
    cure = str(caught.value).split("write ")[1].split(" (read")[0]
    instance = parse_instance(f'{{"X": [[{cure}]], "y": [1]}}')
    assert instance.X == ((Fraction(literal),),)


def table(tmp_path, text, **options):
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return read_instance(path, **options)


def test_a_table_is_read_exactly(tmp_path):
    text = "\ufefflength, width, y\r\n1, 0.10, 3/7\r\n\r\n-2, 1e-3, 0\r\n"
    instance = table(tmp_path, text, beta="1/2", bias="penalised")
    assert instance.X == ((1, Fraction(1, 10)), (-2, Fraction(1, 1000)))
    assert instance.y == (Fraction(3, 7), 0)
    assert instance.problem().beta_squared == Fraction(1, 4)
    assert instance.bias == "penalised"


@pytest.mark.parametrize(
    "text, words",
    [
        ("x,y\n1,two\n", "line 2, column 'y': 'two' is no fraction"),
        ("x,y\n1,2\n\n1,\n", "line 4, column 'y': '': a value is missing"),
        ("x,y\n1,2,3\n", "line 2 has 3 cells, the header has 2"),
        ("x,y\n", "no line below the header"),
        ("1,2\n3,4\n", "line 1: '1' is a number: the first line names"),
        ("x;y\n1;2\n", "line 1: 'x;y' is one column"),
        ('x,y\n1,"2\n', "broken CSV"),
        ("x,y\n1,nan\n", "'nan': a value is missing"),
        ("  \n", "is empty"),
    ],
)
def test_bad_tables_are_refused_in_one_line(tmp_path, text, words):
    with pytest.raises(InstanceError) as caught:
        table(tmp_path, text, beta="1")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_options_replace_what_the_file_says(tmp_path):
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(GOOD | {"kappa": [0, 0]}), encoding="utf-8")
    assert read_instance(path).kappa == (0, 0)
    replaced = read_instance(path, beta_squared="2", bias="free")
    assert (replaced.beta, replaced.beta_squared, replaced.kappa) == (None, 2, None)
    assert replaced.bias == "free"
    with pytest.raises(InstanceError, match="both given"):
        read_instance(path, beta="1", beta_squared="1")
    with pytest.raises(InstanceError, match="beta: 'x' is no fraction"):
        read_instance(path, beta="x")


def test_the_form_is_told_by_the_name_then_by_the_text(tmp_path):
    for name, text in [("a.txt", json.dumps(GOOD)), ("b.dat", "x,y\n1,2\n")]:
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert read_instance(tmp_path / name).source == str(tmp_path / name)
    (tmp_path / "c.json").write_text("x,y\n1,2\n", encoding="utf-8")
    with pytest.raises(InstanceError, match="broken JSON"):
        read_instance(tmp_path / "c.json")


def test_points_without_labels(tmp_path):
    path = tmp_path / "points.json"
    path.write_text('{"X": [[1, 2]]}', encoding="utf-8")
    assert read_instance(path, labelled=False).y == ()


def test_the_standard_input(monkeypatch):
    class Input:
        buffer = io.BytesIO(json.dumps(GOOD).encode())

    monkeypatch.setattr(sys, "stdin", Input)
    assert read_instance("-").source == "standard input"


@pytest.mark.parametrize(
    "content, words",
    [
        (None, "there is no such file"),
        (b"", "is empty"),
        (b"\xff\xfe\x00\x01", "byte 0 is not UTF-8"),
        (b"\x1f\x8b\x08\x00", "is compressed by gzip, not text: unpack it"),
        (b"PAR1\x15\x04PAR1", "is a Parquet file, not text: save the table as CSV"),
        (b'{"X": [[1]], "y": [1], "name": "\xe9"}', "is not UTF-8"),
    ],
)
def test_files_that_are_no_text(tmp_path, content, words):
    path = tmp_path / "instance.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InstanceError, match=words):
        read_instance(path)


def test_places_that_are_no_file(tmp_path):
    with pytest.raises(InstanceError, match="is a directory"):
        read_instance(tmp_path)
    with pytest.raises(InstanceError, match="cannot be read"):
        read_instance(f"{tmp_path}/a\0b")


def test_a_loss_is_read_with_its_parameters():
    read = parse_instance(json.dumps(GOOD | {"loss": {"kind": "huber", "delta": "1/2"}}))
    assert read.loss == {"kind": "huber", "delta": Fraction(1, 2)}
    assert read.problem().loss.kind == "huber"
    assert parse_instance(json.dumps(GOOD | {"loss": "huber:1/2"})).loss == {
        "kind": "huber", "delta": "1/2"
    }  # fmt: skip
    unknown = parse_instance(json.dumps(GOOD | {"loss": "hubber"}))
    with pytest.raises(InstanceError, match="instance: loss: 'hubber' is unknown"):
        unknown.problem()
    margin = parse_instance('{"X": [[1], [-1]], "y": [1, 1], "loss": "margin"}')
    assert margin.problem().beta_squared == 1  # of an indicator beta is 1 by default
    with pytest.raises(InstanceError, match="loss: belongs to training"):
        margin.interpolation()
