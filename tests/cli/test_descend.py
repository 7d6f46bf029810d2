"""``descend``: breakpoints and objectives, recomputed; exit codes."""

import json
from fractions import Fraction
from pathlib import Path

from polytope_nn.exact.field import NumberField
from polytope_nn.exact.radical import exactly, root
from polytope_nn.exact.scalar import exact_number as as_json
from tests.landscape.multiply import check_descent, instance, objective

from .test_path import EXAMPLES, NETWORKS, run


def descend(capsys, name, start, *more):
    return run(
        capsys,
        "descend",
        EXAMPLES / f"{name}.json",
        "--from",
        NETWORKS / f"{start}.json",
        *more,
    )


def test_json_of_a_descent(capsys, tmp_path):
    written = tmp_path / "out.json"
    end = NETWORKS / "octahedron_four.json"
    code, out, _ = descend(
        capsys, "octahedron", "octahedron_raw", "--to", end, "--json", "-o", written
    )
    assert code == 0
    found = json.loads(out)
    assert found == json.loads(written.read_text())
    assert found["connected"] is True
    read = json.loads((EXAMPLES / "octahedron.json").read_text())
    data = instance(read["X"], read["y"], read["beta_squared"])
    check_descent(data, found["breakpoints"], found["width"])
    assert found["width"] == 7
    assert len(found["objectives"]) == len(found["breakpoints"])
    for net, value in zip(found["breakpoints"], found["objectives"], strict=True):
        low, high = objective(data, net)
        if isinstance(value, str):
            assert low == high == Fraction(value)
        else:
            assert Fraction(value["lower"]) <= low
            assert high <= Fraction(value["upper"])
    assert found["objectives"][-1] == "27"
    assert found["breakpoints"][-1]["neurons"][:4] == [
        {"sign": x["sign"], "u": list(map(str, x["u"]))}
        for x in json.loads(Path(end).read_text())["neurons"]
    ]


def test_page(capsys):
    code, out, _ = descend(capsys, "octahedron", "octahedron_raw", "--width", 8)
    assert code == 0
    first, *rest = out.splitlines()
    assert first.startswith("down to the optimum at width 8 by ")
    values = [float(x.split()[0]) for x in rest]
    assert values == sorted(values, reverse=True)
    assert values[-1] == 27


def test_refusals(capsys):
    code, _, err = descend(capsys, "a2", "a2_one", "--width", 2)
    assert (code, "n + 1 = 3 slots" in err) == (2, True)
    code, _, err = descend(capsys, "octahedron", "a2_one", "--to", NETWORKS / "a2_one.json")
    assert (code, "prescribed end is not optimal" in err) == (1, True)
    code, _, err = descend(capsys, "a2_rational", "a2_one")
    assert (code, "dimension 3, the samples 4" in err) == (2, True)


def test_objectives_that_are_not_rational_have_a_float_beside_them():
    a = NumberField((-2, 0, 1), (1, 2)).generator
    assert as_json(exactly(Fraction(27, 2))) == "27/2"
    assert as_json(exactly(a)) == a.to_json() | {"value_float": 2**0.5}
    assert as_json(root(3))["value_float"] == 3**0.5
    assert set(as_json(root(3))) == {"lower", "upper", "value_float"}
    assert as_json(root(Fraction(3 * 10**800)))["value_float"] is None
