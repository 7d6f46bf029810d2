"""Every number that is no rational has its float beside it, in the JSON of every command."""

import json

import pytest

from polytope_nn.cli import main
from polytope_nn.exact.radical import root
from polytope_nn.exact.scalar import exact_number

FIELD = {"X": [[1, 0], [-1, 0], [0, 1], [0, -1]], "y": [3, 3, 3, 3], "beta": "1"}
CURVED = {
    "X": [[-1, 3], [2, 3], [2, 2], [1, -3]],
    "y": [-1, -1, -1, -1],
    "beta": 2,
    "loss": "squared_hinge",
    "weights": ["1", "1/2", "1", "1/2"],
}
OUTPUTS = FIELD | {"y": [[3, 1], [3, 1], [3, 1], [3, 1]]}


def naked(x, path="", found=None):
    """Return where numbers of a field, balls or logarithms have no float beside them."""
    found = [] if found is None else found
    if isinstance(x, dict):
        number = {"poly", "coords"} <= set(x) or "logs" in x or set(x) == {"lower", "upper"}
        if number and "value_float" not in x:
            found.append(path)
        for key, value in x.items():
            naked(value, f"{path}.{key}", found)
    elif isinstance(x, list):
        for i, value in enumerate(x):
            naked(value, f"{path}[{i}]", found)
    return found


@pytest.mark.parametrize(
    "instance", [FIELD, CURVED, OUTPUTS], ids=["field", "hinge", "outputs"]
)
@pytest.mark.parametrize("command", ["certify", "gap", "nearest", "descend", "connect"])
def test_no_number_is_without_its_float(command, instance, tmp_path, capsys):
    file, network = tmp_path / "i.json", tmp_path / "n.json"
    file.write_text(json.dumps(instance), encoding="utf-8")
    network.write_text('{"neurons": [null]}', encoding="utf-8")
    ends = {
        "certify": [],
        "descend": ["--from", str(network)],
        "connect": ["--from", str(network), "--to", str(network)],
    }.get(command, [str(network)])
    assert main([command, str(file), *ends, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert naked(printed) == []


def test_the_check_finds_what_it_looks_for():
    bare = {"poly": [-2, 0, 1], "root": ["1", "2"], "coords": ["0", "1"]}
    assert naked({"fit": ["1", bare]}) == [".fit[1]"]
    assert naked(exact_number(root(2))) == []


def test_a_beta_beyond_floats_is_answered_without_a_certificate(tmp_path, capsys):
    """The checker reads no numbers of so many digits: who asks for its file is told so."""
    instance = {"X": [[1, 2], [-1, 1]], "y": [1, 3], "beta": "1e-400"}
    file, certificate = tmp_path / "tiny.json", tmp_path / "certificate.json"
    file.write_text(json.dumps(instance))
    assert main(["certify", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["level"] == "interval"
    assert [t["value_float"] for t in found["fit"]] == [1.0, 3.0]
    assert main(["certify", str(file), "-o", str(certificate)]) == 3
    out, error = capsys.readouterr()
    assert not out
    assert error.strip().endswith("leave it out")
    assert not certificate.exists()
