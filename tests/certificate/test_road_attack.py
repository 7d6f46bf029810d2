"""An attack on roads and gaps of smooth losses, of one output and several, by patterns or cones.

What is told of a road is changed and its values told anew, so that what is judged is the proof
and not the values: networks moved, swapped, doubled, grafted from other roads; where it falls
and rises; kappa, and its multipliers with it; the data. Each mutant is refuted, or its claims
are as they were, or true by the numbers of ``road_oracle``.
"""

import copy
import random
from fractions import Fraction
from math import lcm

import pytest

from polytope_nn.certificate.check import Refuted, check

from . import test_attack
from .forging import NAMES, canonical, golden, put, sealed
from .other_data import BIASES, SKIPS, conventional
from .road_oracle import SMOOTH, claim_of, kappa_of, restated, road_holds

KINDS = ("road", "gap", "cones_road", "cones_gap", "vector_road", "vector_gap")
ATTACKED = {
    name: golden(name)
    for name in NAMES
    if golden(name)["version"] == 2
    and golden(name)["kind"] in KINDS
    and golden(name)["data"]["loss"]["kind"] in SMOOTH
}


def of_claims(c, name, new):
    return c | {"claims": [new if t["claim"] == name else t for t in c["claims"]]}


def with_told(c, **changed):
    told = claim_of(c)
    return of_claims(c, told["claim"], told | changed)


def other(rng, c):
    """Return another certificate of as many inputs and outputs."""

    def shape(t):
        y = t["data"]["y"][0]
        return len(t["data"]["X"][0]), len(y) if type(y) is list else 0

    return rng.choice([t for t in ATTACKED.values() if shape(t) == shape(c)])


def networks(c):
    told = claim_of(c)
    return told["breakpoints"] if "breakpoints" in told else [told["network"]]


def with_networks(c, nets):
    told = claim_of(c)
    if told["claim"] == "gap":
        return with_told(c, network=nets[0])
    last = len(nets) - 1
    places = {key: min(told[key], last) for key in ("down", "close", "up")}
    objectives = [*told["objectives"], *["0"] * len(nets)][: len(nets)]
    return with_told(c, breakpoints=nets, objectives=objectives, **places)


def times(x, factor):
    return str(Fraction(x) * factor)


def another_slot(rng, slot):
    """A slot scaled, of the other sign, bent, in raw weights, or emptied."""
    if slot is None or "w" in slot:
        return slot
    way, factor = rng.randrange(5), Fraction(rng.choice(("2", "1/2", "101/100", "0", "-1")))
    if way < 2:
        part = rng.choice([t for t in ("u", "v") if t in slot])
        j = rng.randrange(len(slot[part]))
        bent = [times(t, factor) if way or i == j else t for i, t in enumerate(slot[part])]
        return slot | {part: bent}
    if way == 2:
        return raw(slot, Fraction(rng.choice(("1", "2", "-1/3"))))
    return None if way == 3 or "v" in slot else slot | {"sign": -slot["sign"]}


def raw(slot, factor):
    """Return a slot in raw weights, of another balance or of the other sign."""
    if "v" in slot:
        return {"w": slot["u"], "alpha": [times(t, factor) for t in slot["v"]]}
    w = [times(t, 1 / factor) for t in slot["u"]]
    return {"w": w, "alpha": str(slot["sign"] * factor)}


def other_slots(rng, c):
    """A slot of a network changed, moved, or that of another certificate."""
    nets = copy.deepcopy(networks(c))
    net = rng.choice(nets)
    slots = net["neurons"]
    j = rng.randrange(len(slots))
    way = rng.randrange(4)
    if way == 0:
        rng.shuffle(slots)
    elif way == 1:
        theirs = rng.choice(networks(other(rng, c)))["neurons"]
        slots[j] = rng.choice(theirs)
    elif way == 2 and len(nets) > 1:
        slots[j] = rng.choice(rng.choice(nets)["neurons"])
    else:
        slots[j] = another_slot(rng, slots[j])
    return with_networks(c, nets)


def other_free(rng, c):
    """What is free of a network scaled or moved."""
    nets = copy.deepcopy(networks(c))
    net, t = rng.choice(nets), Fraction(rng.choice(("1/100", "-1", "2")))

    def moved(x):
        return [moved(s) for s in x] if type(x) is list else str(Fraction(x) + t)

    if "free" in net:
        net["free"] = moved(net["free"])
    return with_networks(c, nets)


def other_breakpoints(rng, c):
    """Breakpoints swapped, doubled, gone, reversed, or in the middle of two."""
    nets = copy.deepcopy(networks(c))
    i, j = rng.randrange(len(nets)), rng.randrange(len(nets))
    way = rng.randrange(5)
    if way == 0:
        nets[i], nets[j] = nets[j], nets[i]
    elif way == 1:
        nets.insert(i, copy.deepcopy(nets[j]))
    elif way == 2 and len(nets) > 1:
        del nets[i]
    elif way == 3:
        nets.reverse()
    else:
        nets.insert(i, halved(nets[i]))
    return with_networks(c, nets)


def halved(net):
    """Return a network with each neuron half of what it was."""

    def half(slot):
        if slot is None or "w" in slot:
            return slot
        key = "v" if "v" in slot else "u"
        return slot | {key: [times(t, Fraction(1, 2)) for t in slot[key]]}

    return net | {"neurons": [half(slot) for slot in net["neurons"]]}


def other_places(rng, c):
    """Where it stops to fall, begins to rise, and where its gap is."""
    told = claim_of(c)
    if told["claim"] == "gap":
        return c
    last = len(told["breakpoints"]) - 1
    key = rng.choice(("down", "close", "up"))
    return with_told(c, **{key: rng.randint(0, last)})


def entries(x, change):
    return [entries(t, change) for t in x] if type(x) is list else change(x)


def other_kappa(rng, c):
    """Kappa times a number, with its multipliers or without; of another certificate; negated."""
    factor = Fraction(rng.choice(("1/2", "99/100", "101/100", "2", "-1", "0", "1")))
    kappa = kappa_of(c) if factor != 1 else kappa_of(other(rng, c))
    told = next(t for t in c["claims"] if t["claim"] == "dual")
    changed = of_claims(
        c, "dual", told | {"kappa": entries(kappa, lambda t: times(t, factor))}
    )
    if factor > 0 and rng.random() < 0.7:
        changed = put(changed, ("witness", "dual"), scaled(c["witness"]["dual"], factor))
    return changed


def scaled(dual, factor):
    """Return the multipliers of each chart times a number, where they are multipliers."""

    def one(read):
        if type(read) is not list or len(read) != 3 or type(read[2]) is not int:
            return read
        places, num, den = read
        values = [Fraction(t, den) * factor for t in num]
        q = lcm(*(t.denominator for t in values))
        return [places, [int(t * q) for t in values], q]

    if type(dual) is not list:
        return dual
    return [
        [one(read) for read in chart] if type(chart) is list else chart for chart in dual
    ]


def other_units(rng, c):
    """Another loss, power, weight, price, label, input, bias, skip or slope."""
    data = copy.deepcopy(c["data"])
    n, loss = len(data["X"]), data["loss"]
    factor = Fraction(rng.choice(("2", "1/2", "101/100", "1/4", "-1")))
    way = rng.randrange(8)
    if way == 0:
        kind = rng.choice(SMOOTH)
        data["loss"] = {"kind": kind, "weights": loss["weights"]}
        if kind == "power":
            data["loss"]["p"] = [rng.choice(("3/2", "2", "3", "17/16"))] * n
    elif way == 1 and "p" in loss:
        loss["p"][rng.randrange(n)] = rng.choice(
            ("3/2", "5/2", "2", "3", "4", "16", "16/15")
        )
    elif way == 2:
        k = rng.randrange(n)
        loss["weights"][k] = times(loss["weights"][k], abs(factor))
    elif way == 3:
        data["beta_squared"] = times(data["beta_squared"], factor**2)
    elif way == 4:
        k = rng.randrange(n)
        data["y"][k] = entries(data["y"][k], lambda t: times(t, factor))
    elif way == 5:
        k, j = rng.randrange(n), rng.randrange(len(data["X"][0]))
        data["X"][k][j] = times(data["X"][k][j], factor)
    elif way == 6:
        data["free"] = rng.choice(SKIPS)
    else:
        data["unit"]["bias"] = rng.choice(BIASES)
    return c | {"data": data}


def other_ends(rng, c):
    """One value told by ends that are moved: wider, narrower, or past it."""
    told = copy.deepcopy(claim_of(c))
    key = rng.choice([k for k in ("objectives", "dual", "gap", "primal") if k in told])
    where = told
    if key == "objectives":
        where, key = told[key], rng.randrange(len(told[key]))
    read = where[key]
    ends = read if type(read) is dict else {"lower": read, "upper": read}
    low, high = Fraction(ends["lower"]), Fraction(ends["upper"])
    size = max(abs(low), abs(high), Fraction(1, 10**9))
    step = size / 2 ** rng.choice((18, 20, 21, 22, 25, 30, 40, 60))
    way = rng.randrange(6)
    low, high = (
        (low - step, high + step),
        (low + step, high + step),
        (low - step, high - step),
        ((low + high) / 2, high),
        (low, (low + high) / 2),
        (high, low),
    )[way]
    where[key] = {"lower": str(low), "upper": str(high)}
    return of_claims(c, told["claim"], told)


def grafted_proof(rng, c):
    """The proof that kappa is feasible of another certificate."""
    theirs = other(rng, c)["witness"]
    key = rng.choice(sorted(set(theirs) & set(c["witness"])))
    return put(c, ("witness", key), copy.deepcopy(theirs[key]))


def twice(rng, c):
    """A sample, or a slot of every network, once more, all that belongs to it too."""
    slots = len(networks(c)[0]["neurons"])
    j = rng.randrange(slots)
    nets = copy.deepcopy(networks(c))
    for net in nets:
        net["neurons"].insert(j, copy.deepcopy(net["neurons"][j]))
    changed = with_networks(c, nets)
    return with_told(changed, width=slots + 1) if len(nets) > 1 else changed


OF_ROADS = (
    *(other_slots, other_slots, other_slots, other_free, other_breakpoints),
    *(other_breakpoints, other_places, other_places, other_kappa, other_units),
    *(grafted_proof, twice),
)
OF_ANY = test_attack.MUTATIONS


NOTHING_THERE = (
    *(KeyError, TypeError, IndexError, AttributeError, ValueError),
    *(ZeroDivisionError, StopIteration),
)


def mutant_of(rng, c):
    """Return a mutant, what was done, its values told anew where they can be."""
    ways = [
        rng.choice(OF_ROADS if rng.random() < 0.8 else OF_ANY)
        for _ in range(rng.choice((1, 1, 2, 2, 3)))
    ]
    ways += [lambda _, t: restated(t)] * (rng.random() < 0.85)
    ways += [other_ends] * (rng.random() < 0.2)
    told, mutant = [], c
    for mutate in ways:
        told.append(mutate.__name__)
        try:
            mutant = mutate(rng, mutant)
        except NOTHING_THERE:
            told[-1] = f"no {told[-1]}"  # an earlier lie left nothing to change there
    return told, mutant


def judged(c, lie, mutant):
    """Return whether a mutant is accepted; then what it claims must be true."""
    try:
        mutant = sealed(conventional(mutant))
    except NOTHING_THERE:
        return False
    try:
        check(canonical(mutant))
    except Refuted:
        return False
    spoken = ("data", "claims", "kind")
    if any(canonical(mutant[key]) != canonical(c[key]) for key in spoken):
        why = road_holds(mutant)
        assert not why, (lie, why)
    return True


def attacked(seed, number):
    """Return how many of the mutants were accepted."""
    rng = random.Random(seed)  # noqa: S311 - a fixed sample, not a secret
    accepted = 0
    for i in range(number):
        name = rng.choice(sorted(ATTACKED))
        told, mutant = mutant_of(rng, ATTACKED[name])
        accepted += judged(ATTACKED[name], f"{name}, {seed}, {i}: {told}", mutant)
    return accepted


@pytest.mark.parametrize("seed", range(2))
def test_a_sample_of_the_attack_on_roads(seed):
    assert 0 < attacked(f"roads {seed}", 25) < 20


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(50))
def test_twenty_thousand_mutants_of_roads(seed):
    assert attacked(f"deep roads {seed}", 400) < 300
