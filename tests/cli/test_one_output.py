"""Rows of one label are the scalar instance: every answer is the same, byte for byte (issue 15)."""

import json
from random import Random

import pytest

from polytope_nn.cli import main

LOSSES = [
    "squared", "absolute", {"kind": "huber", "delta": 1}, {"kind": "quantile", "tau": "1/4"},
    {"kind": "epsilon_insensitive", "epsilon": "1/2"}, {"kind": "power", "p": "3/2"}, "poisson",
    "hinge", "squared_hinge", "logistic", "exponential", "interpolation", "margin",
    {"kind": "tolerance", "epsilon": "1/2"}, "squared",
]  # fmt: skip
SIGNED = {"hinge", "squared_hinge", "logistic", "exponential", "margin"}


def drawn(seed):
    random = Random(seed)  # noqa: S311 - a fixed sample, not a secret
    n, d = random.randint(1, 3), random.randint(1, 2)
    loss = LOSSES[seed % len(LOSSES)]
    least = 0 if loss == "poisson" else -4
    y = [random.randint(least, 4) for _ in range(n)]
    if str(loss) in SIGNED:
        y = [random.choice((-1, 1)) for _ in range(n)]
    instance = {
        "X": [[random.randint(-3, 3) for _ in range(d)] for _ in range(n)],
        "beta": random.choice(("1/2", "1", "1/4")),
        "loss": loss,
        "name": "one",
    }
    if random.random() < 0.3:
        instance["bias"] = "penalised"
    if random.random() < 0.3:
        instance["weights"] = [random.choice(("1", "2", "1/3")) for _ in range(n)]
    return instance, y


def said(path, instance, y, capsys):
    path.write_text(json.dumps(instance | {"y": y}), encoding="utf-8")
    answers = []
    for options in ([], ["--json"]):
        code = main(["certify", str(path), *options])
        answers.append((code, *capsys.readouterr()))
    return answers


@pytest.mark.parametrize(
    "seed",
    [*range(0, 15, 2), *(pytest.param(s, marks=pytest.mark.deep) for s in range(15, 45))],
)
def test_answers_are_the_same(tmp_path, capsys, seed):
    instance, y = drawn(seed)
    path = tmp_path / "data.json"
    plain = said(path, instance, y, capsys)
    assert said(path, instance, [[t] for t in y], capsys) == plain
    assert plain[0][0] in (0, 1)
