"""Paths and separations by labels, on the command line: of any loss, in balls, several outputs."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from polytope_nn.certificate.check import Refuted, check
from polytope_nn.cli import main
from polytope_nn.exact.scalar import dot

from .forging import NAMES, canonical, claim, golden, sealed
from .test_parallel import certified_path

KINDS = {golden(name)["kind"]: name for name in NAMES if golden(name)["version"] == 2}

# kinds of certificates, and an instance of each
LABELLED = {
    "staircase": {"X": [["1", "0.3"], ["-0.2", "1.1"], ["0.4", "-0.9"]], "y": [1, 2, 3],
                  "beta": "0.1"},
    "enclosed": {"X": [[1], [2], [-1]], "y": [1, -1, 1], "beta": "1/10",
                 "loss": "logistic"},
    "general": {"X": [[1], [2], [-1]], "y": [1, 3, 2], "beta": "1/10", "loss": "absolute"},
    "vector_enclosed": {"X": [[0, 3], [-2, -2], [-2, 3], [3, -2]], "beta": "0.1",
                        "y": [[5, -4], [3, -4], [-5, 3], [3, 3]]},
}  # fmt: skip


@pytest.mark.parametrize("kind", LABELLED)
def test_paths_by_labels(tmp_path, capsys, kind):
    """A network that fills its slots and its reverse: joined in one slot more, else apart."""
    instance = LABELLED[kind]
    data, net, near = (str(tmp_path / name) for name in ("d.json", "n.json", "near.json"))
    Path(data).write_text(json.dumps(instance))
    Path(net).write_text('{"neurons": []}')
    assert main(["certify", data, "--json"]) == 0
    m = json.loads(capsys.readouterr().out)["m_star"]
    assert main(["nearest", data, net, "-o", near, "--width", str(m)]) == 0
    one = json.loads(Path(near).read_text())
    ends = [one, one | {"neurons": one["neurons"][::-1]}]
    assert m > 1
    wide = ("--width", str(m + 1))
    assert certified_path(tmp_path, instance, ends, *wide) == kind
    if kind != "vector_enclosed":
        labels_name_the_atoms(json.loads((tmp_path / "cert.json").read_text()), one)
    assert certified_path(tmp_path, instance, ends, *wide[:1], str(m), code=1) == kind


def labels_name_the_atoms(cert, network):
    """The signs of a slot's neuron, and of its samples, are those of the atom of its label."""
    atoms = claim(cert, "atoms")["list"]
    X = [list(map(Fraction, row)) for row in cert["data"]["X"]]
    for label, x in zip(claim(cert, "walk")["labels"][0], network["neurons"], strict=False):
        u = [Fraction(t if isinstance(t, str) else t["value_float"]) for t in x["u"]]
        atom = atoms[label]
        assert atom["sign"] == x["sign"]
        g = list(map(Fraction, atom["g"])) if "g" in atom else None
        for k, row in enumerate(X):
            seen = atom["covector"][k] if g is None else dot(row, g)
            assert abs(dot(row, u)) < 1e-9 or (seen > 0) == (dot(row, u) > 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("more", ["walk", "apart"])
def test_one_claim_more_that_says_nothing_is_refused(kind, more):
    """Whatever the kind: by its row, or by the prover of the claim; never an accident."""
    c = golden(KINDS[kind])
    ends = {"start": [], "end": [], "near": []}
    own = {"labels": [], "vertices": []} if more == "walk" else ends
    c["claims"].append({"claim": more, "width": 0, **own})
    with pytest.raises(Refuted, match=r"^(claims|data)"):
        check(canonical(sealed(c)))
