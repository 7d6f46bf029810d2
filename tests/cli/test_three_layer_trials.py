"""Random three-layer instances through the command line: an answer, or 3; never an accident."""

import json

import pytest

from polytope_nn.cli import main
from tests.landscape.planted import seeded


def instance(rng):
    n, d = rng.randint(1, 4), rng.randint(1, 2)
    a = rng.choice([1, 1, 1, 9])
    fields = {
        "X": [[rng.randint(-2 * a, 2 * a) for _ in range(d)] for _ in range(n)],
        "y": [rng.randint(-4 * a, 4 * a) for _ in range(n)],
        "layers": 3,
        "inner_width": rng.choice([1, 2, "unlimited"]),
        "bias": rng.choice(["none", "none", "penalised"]),
    }
    return fields | rng.choice(
        [{"beta": 1}, {"beta": "1/2"}, {"beta_squared": 2}, {"beta": 3}]
    )


def trial(rng, folder, capsys):
    """Return the exit code; what is certified has an accepted certificate that says it."""
    fields, file, cert = instance(rng), folder / "i.json", folder / "c.json"
    file.write_text(json.dumps(fields), encoding="utf-8")
    cert.unlink(missing_ok=True)
    code = main(["certify", str(file), "--json", "-o", str(cert)])
    out, err = capsys.readouterr()
    assert code in (0, 3), (fields, err)
    assert (err.count("\n"), cert.exists()) == ((1, False) if code else (0, True))
    if code == 0:
        found = json.loads(out)
        claims = {c["claim"]: c for c in json.loads(cert.read_text())["claims"]}
        assert main(["check", str(cert)]) == 0
        capsys.readouterr()
        if found["level"] == "exact" and isinstance(found["value"], str):
            assert claims["optimum"]["objective"] == found["value"]
        columns = claims.get("table", {"columns": []})["columns"]
        for step in found["table"] if columns else []:
            said = columns[step["k"] - 1][step["m"] - 1]
            assert said in (None, [step["components"], step["isolated"]])
    return code


def test_a_few_random_instances(tmp_path, capsys):
    rng = seeded(2)
    codes = [trial(rng, tmp_path, capsys) for _ in range(20)]
    assert codes.count(0) >= 15


@pytest.mark.deep
def test_many_random_instances(tmp_path, capsys):
    rng = seeded(3)
    codes = [trial(rng, tmp_path, capsys) for _ in range(400)]
    assert codes.count(0) >= 370
