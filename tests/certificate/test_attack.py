"""An attack on certificates of any loss, other neurons, group LASSOs and holes.

One to three lies at a time: values moved, swapped, deleted, doubled, parts of one certificate
grafted into itself or transplanted from another, the same number changed wherever it stands. Each
mutant is refuted, or its claims are as they were, or the finder confirms them.
"""

import copy
import random

import pytest

from .forging import NAMES, at, golden, lies, places, put, sealed
from .piece_forgeries import hinted
from .test_lies import judged

KINDS = ("general", "lasso", "normed", "enclosed", "holes")
ATTACKED = [name for name in NAMES if golden(name)["kind"] in KINDS]
SPOKEN = ("data", "claims", "witness", "field")
TOLD = {"ratios", "shares", "zeros"}  # relations of features, weights and entries of kappa


def inner(c, path):
    return len(path) >= 2 and path[0] in SPOKEN and path[0] in c


def one_lie(rng, c):
    """Another value at one place."""
    path = rng.choice([p for p in places(c) if inner(c, p)])
    told = list(lies(at(c, path)))
    return put(c, path, rng.choice(told)[1]) if told else c


def a_number_everywhere(rng, c):
    """One number, or word, changed wherever it stands in data and claims."""
    leaves = [p for p in places(c["data"]) if not isinstance(at(c["data"], p), dict | list)]
    old = at(c["data"], rng.choice(leaves))
    told = [new for _, new in lies(old) if type(new) is type(old)]
    new = rng.choice(told) if told else old

    def changed(value):
        if isinstance(value, dict):
            return {key: changed(x) for key, x in value.items()}
        if isinstance(value, list):
            return [changed(x) for x in value]
        return new if type(value) is type(old) and value == old else value

    parts = rng.choice([("data",), ("data", "claims"), ("claims",)])
    return c | {part: changed(c[part]) for part in parts}


def grafted(rng, c):
    """A part of the certificate at another place of the same type."""
    every = [p for p in places(c) if inner(c, p)]
    path = rng.choice(every)
    kind = type(at(c, path))
    other = rng.choice([p for p in every if type(at(c, p)) is kind])
    return put(c, path, copy.deepcopy(at(c, other)))


def transplanted(rng, c):
    """A part of another certificate at the same place, or at one of the same name."""
    other = golden(rng.choice(ATTACKED))
    every = [p for p in places(c) if inner(c, p)]
    for _ in range(20):
        path = rng.choice(every)
        try:
            return put(c, path, copy.deepcopy(at(other, path)))
        except (KeyError, IndexError, TypeError):
            continue
    return c


def reordered(rng, c):
    """A list with two entries swapped, one doubled or one gone."""
    lists = [p for p in places(c) if inner(c, p) and isinstance(at(c, p), list)]
    path = rng.choice(lists)
    x = list(at(c, path))
    if not x:
        return c
    i, j = rng.randrange(len(x)), rng.randrange(len(x))
    way = rng.randrange(3)
    if way == 0:
        x[i], x[j] = x[j], x[i]
    elif way == 1:
        x.insert(i, copy.deepcopy(x[j]))
    else:
        del x[i]
    return put(c, path, x)


def without_an_index(rng, c):
    """Every list of one length without its i-th entry: a sample, an atom, a block gone."""
    lengths = {
        len(at(c, p)) for p in places(c) if inner(c, p) and isinstance(at(c, p), list)
    }
    n = rng.choice(sorted(lengths - {0}) or [1])
    i = rng.randrange(n)

    def cut(value):
        if isinstance(value, dict):
            return {key: cut(x) for key, x in value.items()}
        if isinstance(value, list):
            return [
                cut(x) for x in (value[:i] + value[i + 1 :] if len(value) == n else value)
            ]
        return value

    return c | {key: cut(c[key]) for key in ("data", "claims", "witness")}


MUTATIONS = (
    *(one_lie, one_lie, a_number_everywhere, grafted),
    *(transplanted, reordered, without_an_index),
)


def attacked(seed, number):
    """Return how many of the mutants were accepted."""
    rng = random.Random(seed)  # noqa: S311 - a fixed sample, not a secret
    accepted = 0
    for _ in range(number):
        name = rng.choice(ATTACKED)
        mine = golden(name)
        mutant, told = mine, []
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            mutate = rng.choice(MUTATIONS)
            told.append(mutate.__name__)
            try:
                mutant = mutate(rng, mutant)
            except (KeyError, TypeError, IndexError, AttributeError):
                continue  # an earlier lie left nothing to change there
        whole = all(isinstance(mutant.get(part), dict) for part in ("data", "witness"))
        if whole:
            accepted += judged(mine, f"{name}, seed {seed}: {told}", sealed(mutant))
    return accepted


RELATED = [x for x in ATTACKED if TOLD & set(golden(x)["witness"])]


def of_other_relations(rng, name):
    """Numbers of zeros, ratios, shares and ties changed, and the identities found anew."""
    c = golden(name)
    for _ in range(rng.choice((1, 1, 2))):
        part = rng.choice(sorted(TOLD & set(c["witness"])))
        own = c["witness"][part]
        leaves = [p for p in places(own) if type(at(own, p)) is int]
        path = rng.choice(leaves)
        old = at(own, path)
        new = rng.choice((old + 1, old - 1, -old, 0, 2 * old))
        c = put(c, ("witness", part, *path), new)
    c = copy.deepcopy(c)
    hinted(c)
    return c


def related(seed, number):
    rng = random.Random(seed)  # noqa: S311 - a fixed sample, not a secret
    accepted = 0
    for _ in range(number):
        name = rng.choice(RELATED)
        mutant = sealed(of_other_relations(rng, name))
        accepted += judged(golden(name), f"{name}, seed {seed}: relations", mutant)
    return accepted


@pytest.mark.parametrize("seed", range(2))
def test_a_sample_of_other_relations(seed):
    assert related(f"relations {seed}", 12) < 8


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(20))
def test_twenty_thousand_of_other_relations(seed):
    assert related(f"deep relations {seed}", 1000) < 400


@pytest.mark.parametrize("seed", range(3))
def test_a_sample_of_the_attack(seed):
    assert attacked(f"attack {seed}", 120) < 60


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_thousand_mutants(seed):
    assert attacked(f"deep attack {seed}", 1000) < 600
