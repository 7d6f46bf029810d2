"""Structural mutants: parts of one certificate in another, rows gone, atoms twice, other roots.

So are other neurons, losses, free parts, prices and layers in the data, all else as it was.
Each is refuted, or its claims are as they were, or true by the finder's way. A fixed sample
runs always, 10^5 under the ``deep`` marker.
"""

import copy
import json
import random
from fractions import Fraction
from functools import cache

import pytest

from polytope_nn.certificate.format import Certificate
from polytope_nn.certificate.raised import raised

from . import forging
from .forging import NAMES, at, canonical, claim, places, put, sealed
from .other_data import other_data
from .test_lies import judged


@cache  # read once: mutants are copies
def golden(name):
    """Return a golden certificate; with the suffix /2 in format 2."""
    stem = name.removesuffix("/2")
    if stem == name:
        return forging.golden(name)
    old = Certificate.from_json(canonical(forging.golden(stem)))
    return json.loads(raised(old).to_json())


SMALL = [
    name
    for name in NAMES
    if name not in {"cross_5", "cross_4_mixed", "cross_4", "signs_plane"}
]
SMALL += [
    f"{name}/2"
    for name in SMALL
    if golden(name)["version"] == 1
    and golden(name)["kind"].startswith(("free", "path", "descent", "gap"))
]
BY_KIND = {}
for _name in SMALL:
    BY_KIND.setdefault(golden(_name)["kind"], []).append(_name)
WITH_ATOMS = [x for x in SMALL if any(c["claim"] == "atoms" for c in golden(x)["claims"])]
IN_FIELDS = [x for x in SMALL if "poly" in golden(x)["field"]]


def transplanted(rng):
    """A subtree of another certificate of the same kind, at the same place."""
    name = rng.choice(SMALL)
    mine, other = golden(name), golden(rng.choice(BY_KIND[golden(name)["kind"]]))
    parts = [
        p for p in places(mine) if len(p) >= 2 and p[0] in {"claims", "witness", "data"}
    ]
    while True:
        path = rng.choice(parts)
        try:
            return mine, f"{name}: {path}", put(mine, path, copy.deepcopy(at(other, path)))
        except (KeyError, IndexError, TypeError):
            continue


def grafted(rng):
    """A subtree of the same certificate at another place of the same type."""
    name = rng.choice(SMALL)
    mine = golden(name)
    every = [p for p in places(mine) if len(p) >= 2 and p[0] in {"claims", "witness"}]
    path = rng.choice(every)
    kind = type(at(mine, path))
    other = rng.choice([p for p in every if type(at(mine, p)) is kind])
    return (
        mine,
        f"{name}: {path} < {other}",
        put(mine, path, copy.deepcopy(at(mine, other))),
    )


def without_a_row(rng):
    """A sample taken out of the data and of all that is listed by samples."""
    name = rng.choice(SMALL)
    mine = golden(name)
    n = len(mine["data"]["X"])
    k = rng.randrange(n)

    def cut(value):
        if isinstance(value, dict):
            return {key: cut(x) for key, x in value.items()}
        if isinstance(value, list):
            kept = value[:k] + value[k + 1 :] if len(value) == n else value
            return [cut(x) for x in kept]
        return value

    parts = {key: cut(mine[key]) for key in ("data", "claims", "witness")}
    return mine, f"{name}: without row {k}", mine | parts


def atom_twice(rng):
    """An atom listed twice, or moved in the list."""
    name = rng.choice(WITH_ATOMS)
    mine = golden(name)
    changed = copy.deepcopy(mine)
    listed = claim(changed, "atoms")["list"]
    if listed:
        listed.insert(rng.randrange(len(listed) + 1), rng.choice(listed))
    return mine, f"{name}: an atom twice", changed


def other_root(rng):
    """Another interval for alpha, or another polynomial."""
    name = rng.choice(IN_FIELDS)
    mine = golden(name)
    field = copy.deepcopy(mine["field"])
    low = rng.randint(-6, 5)
    field["root"] = [str(low), str(low + rng.randint(1, 4))]
    if rng.random() < 0.3:
        field["poly"] = golden(rng.choice(IN_FIELDS))["field"]["poly"]
    return mine, f"{name}: {field}", mine | {"field": field}


def is_slot(value):
    return type(value) is dict and set(value) == {"sign", "u"} and type(value["u"]) is list


def slots_of(c):
    """Return where slots of networks are."""
    return [p for p in places(c) if p and p[0] != "data" and is_slot(at(c, p))]


def raw_weights(rng):
    """Neurons written as weights of another balance, now and then without slope."""
    name = rng.choice(WITH_NETWORKS)
    mine = mutant = golden(name)
    factor = Fraction(rng.choice(("1", "2", "1/3", "1000", "1/1000")))
    every = slots_of(mine)
    for path in every if rng.random() < 0.5 else [rng.choice(every)]:
        slot = at(mine, path)
        if not all(type(t) is str for t in slot["u"]):
            continue
        w = [str(Fraction(t) / factor) for t in slot["u"]]
        if rng.random() < 0.2:
            w = [*("0" for _ in w[1:]), w[-1]]
        alpha = str(factor if slot["sign"] > 0 else -factor)
        mutant = put(mutant, path, {"w": w, "alpha": alpha})
    return mine, f"{name}: raw weights, {factor}", mutant


def other_slots(rng):
    """A slot without a sign, emptied, or moved in its network."""
    name = rng.choice(WITH_NETWORKS)
    mine = golden(name)
    *path, j = rng.choice(slots_of(mine))
    way = rng.randrange(4)
    if type(j) is not int:
        return mine, name, put(mine, (*path, j, "sign"), 0)
    slots = list(at(mine, path))
    if way == 0:
        slots[j] = slots[j] | {"sign": 0}
    elif way == 1:
        slots[j] = None
    elif way == 2:
        slots.insert(rng.randrange(len(slots)), None)
    else:
        rng.shuffle(slots)
    return mine, f"{name}: {path}, other slots", put(mine, path, slots)


def a_zero_sample(rng):
    """A sample 0 of label 0 in the data, and in all that is listed by samples."""
    name = rng.choice(SMALL)
    mine = golden(name)
    n = len(mine["data"]["X"])

    def nothing(value):
        if type(value) is list:
            return [nothing(x) for x in value]
        if type(value) is int:
            return 0
        number = type(value) is str and value.lstrip("-").replace("/", "").isdigit()
        return "0" if number else value

    def longer(value):
        if type(value) is dict:
            return {key: longer(x) for key, x in value.items()}
        if type(value) is not list:
            return value
        if len(value) != n:
            return [longer(x) for x in value]
        return [*value, nothing(value[0])]

    parts = {key: longer(mine[key]) for key in ("data", "claims", "witness")}
    loss = parts["data"].get("loss", parts["data"])
    if loss.get("weights"):
        loss["weights"][-1] = "1"
    return mine, f"{name}: a sample 0", mine | parts


WITH_NETWORKS = [name for name in SMALL if slots_of(golden(name))]
MUTATIONS = (
    *(transplanted, transplanted, grafted, without_a_row, atom_twice, other_root),
    *(raw_weights, other_slots, a_zero_sample),
)


def of_other_data(rng):
    """Another unit, loss, parameter, free part, price or layers in the data."""
    name = rng.choice(SMALL)
    mine = golden(name)
    what, mutant = other_data(rng, mine)
    return mine, f"{name}: {what}", mutant


def tried(seed, number, mutations=MUTATIONS):
    rng = random.Random(seed)  # noqa: S311 - a fixed sample, not a secret
    accepted = 0
    for _ in range(number):
        mine, what, mutant = rng.choice(mutations)(rng)
        accepted += judged(mine, what, sealed(mutant))
    return accepted


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_of_structural_mutants(seed):
    assert tried(seed, 60) < 30


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_thousand_structural_mutants(seed):
    assert tried(f"deep {seed}", 1000) < 500


@pytest.mark.parametrize("seed", range(3))
def test_a_sample_of_other_data(seed):
    assert tried(f"data {seed}", 60, (of_other_data,)) < 30


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_thousand_of_other_data(seed):
    assert tried(f"deep data {seed}", 1000, (of_other_data,)) < 500
