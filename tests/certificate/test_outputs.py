"""Certificates with several outputs: golden ones, forgeries, lies, and what makes them."""

import json
from fractions import Fraction

import numpy as np
import pytest

from polytope_nn import VectorProblem, vector_optimum
from polytope_nn.certificate.check import Refuted, accepted, check
from polytope_nn.errors import Undecided
from polytope_nn.exact.field import NumberField
from polytope_nn.vector.certificate.claims import vector_certificate
from tests.oracles.outputs import CONTINUUM, PLANTED, W1

from .forgeries_outputs import OF_OUTPUTS, forged_outputs
from .forging import NAMES, canonical, claim, golden, sampled
from .forging import sealed as sealed_2

OUTPUTS = [name for name in NAMES if golden(name)["kind"] in {"vector", "continuum"}]


@pytest.mark.parametrize("name", OF_OUTPUTS)
def test_a_forgery_is_refuted_for_its_own_reason(name):
    _, _, where, why = OF_OUTPUTS[name]
    with pytest.raises(Refuted) as refusal:
        check(forged_outputs(name))
    assert refusal.value.where == where, refusal.value
    assert why in refusal.value.why, refusal.value


def remade(c):
    """Return the certificate of the claimed N, found anew."""
    data, field = c["data"], c["field"]

    def number(read):
        if isinstance(read, str):
            return read
        return NumberField(field["poly"], field["root"]).element(read)

    D = VectorProblem(
        data["X"],
        data["y"],
        beta_squared=data["beta_squared"],
        weights=data["loss"]["weights"],
        bias=data["unit"]["bias"],
        skip=data["free"],
    )
    rows = claim(c, "dual")["kappa"]
    kappa = None if field != "Q" else [list(map(number, row)) for row in rows]
    return json.loads(vector_certificate(vector_optimum(D, kappa=kappa)).to_json())


def confirmed(c):
    """Whether the claims are those of the claimed N; points and networks are any true ones."""
    found = remade(c)
    for theirs, ours in zip(c["claims"], found["claims"], strict=True):
        if theirs["claim"] == "continua":
            for one, other in zip(theirs["list"], ours["list"], strict=True):
                values = numbers(c, c["data"]["X"], 2) @ numbers(c, one["point"], 1)
                assert list(np.sign(values.round(9))) == one["face"]
                other["point"], other["kernel"] = one["point"], one["kernel"]
        if theirs["claim"] == "network":
            fit = sum(added(c, x) for x in theirs["neurons"])
            assert fit == pytest.approx(numbers(c, claim(c, "optimum")["fit"], 2))
            ours["neurons"] = theirs["neurons"]
    return canonical(c["claims"]) == canonical(found["claims"])


def numbers(c, read, depth):
    """Return floats of a number (depth 0), a vector, a matrix of a certificate."""
    if depth:
        return np.array([numbers(c, t, depth - 1) for t in read])
    if isinstance(read, str):
        return float(Fraction(read))
    low, high = map(float, map(Fraction, c["field"]["root"]))
    roots = np.roots(c["field"]["poly"][::-1])
    (root,) = (t.real for t in roots if low < t.real < high and abs(t.imag) < 1e-9)
    return sum(float(Fraction(t)) * root**i for i, t in enumerate(read))


def added(c, neuron):
    """Return what a neuron adds to the fit, in floats."""
    phi = np.maximum(numbers(c, c["data"]["X"], 2) @ numbers(c, neuron["g"], 1), 0)
    h = numbers(c, claim(c, "dual")["kappa"], 2).T @ phi
    return numbers(c, neuron["mass"], 0) * np.outer(phi, h)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_sample_of_lies(name):
    """What is accepted says what was said, or what is found anew of the claimed N."""
    old, refused, size = golden(name), 0, 120
    for where, lie in sampled(old, size, f"outputs {name}"):
        if not isinstance(lie, dict) or set(lie) != set(old):
            continue
        lie = lie if where.startswith("sha256") else sealed_2(lie)  # noqa: PLW2901
        try:
            check(canonical(lie))
        except Refuted:
            refused += 1
            continue
        spoken = ("data", "claims", "kind")
        if any(canonical(lie[key]) != canonical(old[key]) for key in spoken):
            assert confirmed(lie), where
    assert refused > 0.7 * size


@pytest.mark.parametrize("w", PLANTED, ids=lambda w: w.name)
def test_planted(w):
    O = vector_optimum(w.problem(), kappa=w.N)
    C = vector_certificate(O)
    assert C.to_json() == vector_certificate(O).to_json()
    said = accepted(C)
    assert (said.kind, said.modulo) == ("vector", ())
    widths = {step["m"]: step["components"] for step in C.claim("components")["widths"]}
    assert {m: widths[m] for m in w.components} == w.components
    assert C.claim("dimension")["rank"] == w.rank
    assert len(C.claim("atoms")["list"]) == w.n_atoms
    assert f"{w.n_atoms} atoms, no other" in said.proved[1]


def test_a_continuum_says_what_joins():
    C = vector_certificate(CONTINUUM)
    assert accepted(C).proved == (
        "the optimum of every network, wide enough: 11",
        "the tight set: 0 atoms, continua of dimension [2], no other",
        "optimal networks are joined from width 4 on",
    )


def test_intervals_are_undecided():
    with pytest.raises(Undecided, match="exact numbers"):
        vector_certificate(W1)
