"""A kappa of a number field, given as it was printed, is verified; what cannot be is refused."""

import pytest

from polytope_nn import TrainingProblem, optimum
from polytope_nn.cli import main
from polytope_nn.errors import InexactError
from polytope_nn.exact.field import NumberField
from tests.commands import answered, refused, written

ROOTS = {"X": [[2, -1, 1], [-1, 0, -2], [-1, -1, -1]], "y": [2, -2, 2], "beta": 3}
HALF = {"poly": [-3, 0, 2], "root": ["1", "2"], "coords": ["0", "1"]}  # sqrt(3/2)
OTHER = {"poly": [-2, 0, 1], "root": ["1", "2"], "coords": ["0", "1"]}


def instance(tmp_path, **fields):
    return written(tmp_path, fields, "i.json")


@pytest.mark.parametrize("activation", ["relu", {"slopes": ["1", "1/3"]}])
def test_what_was_printed_is_verified(activation, tmp_path, capsys):
    fields = {**ROOTS, "activation": activation}
    found = answered(capsys, "certify", instance(tmp_path, **fields))
    assert found["level"] == "exact"
    assert isinstance(found["kappa"][0], dict)
    again = answered(capsys, "certify", instance(tmp_path, **fields, kappa=found["kappa"]))
    assert again == found


def test_a_wrong_number_of_the_field_is_refuted(tmp_path, capsys):
    path = instance(tmp_path, **ROOTS, kappa=[HALF, "-2", HALF])
    assert main(["certify", path]) == 1
    assert "exceeds beta^2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kappa", "more", "words"),
    [
        ([HALF, -2, OTHER], {}, "kappa: numbers of two number fields: give them in one"),
        ([{"lower": "1", "upper": "2"}, -2, 1], {}, "kappa, entry 1: a ball"),
        ([{"poly": [-3, 0, 2]}, -2, 1], {}, "kappa, entry 1: the keys are 'poly'"),
        ([HALF | {"poly": [-4, 0, 1]}, -2, 1], {}, "is reducible"),
        ([HALF, -2], {}, "kappa has 2 entries, X has 3 rows"),
        ([HALF, -2, HALF], {"penalty": "l1"}, "kappa: numbers of a field are verified for"),
        ([HALF, -2, HALF], {"gates": [[1, 1, 1]]}, "kappa: numbers of a field"),
        ([HALF, -2, HALF], {"layers": 3}, "kappa: numbers of a field"),
    ],
)
def test_what_cannot_be_verified_is_refused(kappa, more, words, tmp_path, capsys):
    path = instance(tmp_path, **ROOTS, **more, kappa=kappa)
    assert words in refused(capsys, "certify", path)


def test_in_python_the_kappa_of_an_exact_optimum_is_taken():
    O = optimum(TrainingProblem(**ROOTS))
    assert optimum(O.problem, kappa=O.kappa).kappa == O.kappa
    root = NumberField([-5, 0, 1], (2, 3)).generator
    with pytest.raises(InexactError, match="numbers of two number fields"):
        optimum(O.problem, kappa=[O.kappa[0], root, 1])
