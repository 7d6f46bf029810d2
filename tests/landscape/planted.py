"""Instances with many optimal networks: THEORY §11, and other points of their cones."""

from fractions import Fraction
from functools import cache
from random import Random

from polytope_nn import TrainingProblem, optimal_polytope, optimum
from polytope_nn.networks.membership import network_of
from tests.oracles.worked import WORKED


def seeded(seed):
    return Random(seed)  # noqa: S311 - draws that can be repeated, not secrets


WORKED_BY_NAME = {w.name: w for w in WORKED}
NAMES = sorted(WORKED_BY_NAME)


def problem(name):
    return WORKED_BY_NAME[name].problem()


@cache
def polytope(name):
    return optimal_polytope(optimum(problem(name), kappa=WORKED_BY_NAME[name].kappa))


def replanted(name, rng):
    """The same atoms with another fit: random masses on a random set of atoms."""
    w = WORKED_BY_NAME[name]
    atoms = polytope(name).atoms
    chosen = rng.sample(range(len(atoms)), rng.randint(1, len(atoms)))
    c = [
        Fraction(rng.randint(1, 4)) if a in chosen else Fraction(0)
        for a in range(len(atoms))
    ]
    fit = [
        sum(c[a] * atoms[a].feature[k] for a in range(len(atoms)))
        for k in range(len(w.kappa))
    ]
    y = [a + b for a, b in zip(w.kappa, fit, strict=True)]
    D = TrainingProblem(w.X, y, beta_squared=w.beta_squared)
    return optimal_polytope(optimum(D, kappa=w.kappa))


def random_network(P, width, rng):
    """A random optimal network of the width: a mixture of vertices, split and shuffled."""
    small = [v for v in P.vertices if sum(x != 0 for x in v) <= width]
    c = rng.choice(small)
    for other in rng.sample(small, min(len(small), rng.randint(0, 3))):
        both = sum(x != 0 or z != 0 for x, z in zip(c, other, strict=True))
        if both <= width:
            share = Fraction(rng.randint(0, 4), 4)
            c = tuple(x + share * (z - x) for x, z in zip(c, other, strict=True))
    slots = [(a, x) for a, x in enumerate(c) if x != 0]
    while slots and len(slots) < width and rng.random() < Fraction(1, 3):
        a, x = slots.pop(rng.randrange(len(slots)))
        share = Fraction(rng.randint(1, 3), 4)
        slots += [(a, x * share), (a, x - x * share)]
    slots += [None] * (width - len(slots))
    rng.shuffle(slots)
    return network_of(P.atoms, tuple(slots))
