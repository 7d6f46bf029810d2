"""Instances with a planted rational kappa, of any size: no pattern is listed to make them."""

import random
from fractions import Fraction

import numpy as np

from polytope_nn import TrainingProblem
from polytope_nn.dual.cone_form import cone_form
from polytope_nn.dual.peaks import peak
from polytope_nn.exact.scalar import squared_norm
from polytope_nn.search.cones.ascents import climbed
from polytope_nn.search.cones.floats import float_form


def planted(X, kappa, weights=None, bias="none", starts=20):
    """Return a problem with the dual optimum kappa, for the beta of its highest peak.

    The peaks are climbed to from many starts; the labels are made of the highest ones. Where
    a higher one was missed, kappa is refused when it is verified.
    """
    kappa = tuple(map(Fraction, kappa))
    design = TrainingProblem(X, [0] * len(X), beta=1, bias=bias).design
    size = sum(map(abs, kappa)) * max(sum(map(abs, x)) for x in design)
    rough = cone_form(design, kappa, size**2)  # beta^2 beyond what any direction has
    found = {}
    for side in (1, -1):
        floats = float_form(rough).turned(side)
        draw = np.random.default_rng(0)
        for _ in range(starts):
            top = climbed(floats, draw.normal(size=len(design[0])))
            p = None if top is None else peak(rough, top.guess(floats, side))
            if p is not None:
                found[p.sign, p.u] = p
    square = max(squared_norm(p.p) for p in found.values())
    atoms = [p for p in found.values() if squared_norm(p.p) == square]
    fit = [Fraction(0)] * len(X)
    for p in atoms:
        feature = rough.atom(p.sign, p.u, p.signs).feature
        fit = [z + t for z, t in zip(fit, feature, strict=True)]
    weights = [1] * len(X) if weights is None else weights
    y = [z + k / Fraction(w) for z, k, w in zip(fit, kappa, weights, strict=True)]
    D = TrainingProblem(X, y, beta_squared=square, weights=weights, bias=bias)
    return D, kappa


def drawn(n, d, seed):
    """Return a planted problem of n random rows in general position, its kappa."""
    dice = random.Random(seed)  # noqa: S311 - a fixed sample, not a secret
    X = [[dice.randint(-9, 9) for _ in range(d)] for _ in range(n)]
    return planted(X, [dice.randint(-5, 5) for _ in range(n)])
