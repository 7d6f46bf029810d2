"""Losses by their definitions, in floats, and the gap between a network and a dual variable.

No code of the package: a loss is the formula of its name, its conjugate a maximum found by
golden section, the largest ``|g|`` one over all patterns, rays or cones.
"""

import math

import numpy as np
from scipy.optimize import nnls

INF = math.inf


def loss(kind, z, y, w=1.0, t=0.0):
    """Return the loss of a fit z at a label y, with weight w and parameter t."""
    r = z - y
    m = max(1 - y * z, 0.0)
    values = {
        "squared": lambda: r * r / 2,
        "absolute": lambda: abs(r),
        "huber": lambda: r * r / 2 if abs(r) <= t else t * abs(r) - t * t / 2,
        "quantile": lambda: max(-t * r, (1 - t) * r),
        "epsilon_insensitive": lambda: max(abs(r) - t, 0.0),
        "hinge": lambda: m,
        "squared_hinge": lambda: m * m / 2,
        "logistic": lambda: np.logaddexp(0.0, -y * z),
        "exponential": lambda: math.exp(min(-y * z, 700.0)),
        "poisson": lambda: math.exp(min(z, 700.0)) - y * z,
        "power": lambda: abs(r) ** t / t,
        "interpolation": lambda: 0.0 if abs(r) <= 1e-9 else INF,
        "tolerance": lambda: 0.0 if abs(r) <= t + 1e-9 else INF,
        "margin": lambda: 0.0 if y * z >= 1 - 1e-9 else INF,
    }
    return w * float(values[kind]())


def conjugate(kind, kappa, y, w=1.0, t=0.0):
    """Return ``sup_z -kappa z - loss(z)``, searched for within 200 of 0."""
    if kind == "interpolation":
        return -kappa * y
    if kind == "tolerance":
        return abs(kappa) * t - kappa * y
    if kind == "margin":
        return -y * kappa if y * kappa >= -1e-12 else INF

    def value(z):
        return -kappa * z - loss(kind, z, y, w, t)

    low, high = -200.0, 200.0
    share = 0.6180339887498949
    for _ in range(120):
        a, b = high - share * (high - low), low + share * (high - low)
        if value(a) < value(b):
            low = a
        else:
            high = b
    return max(value((low + high) / 2), value(y))


def cone_length(rows, p):
    """Return the length of the projection of p onto ``{u : rows u >= 0}``: Moreau."""
    if not len(rows):
        return float(np.linalg.norm(p))
    _, length = nnls(np.array(rows, dtype=float).T, -np.array(p, dtype=float))
    return float(length)
