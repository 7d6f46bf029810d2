"""Losses of several outputs from their definitions, in floats: values, conjugates, data."""

from fractions import Fraction

import numpy as np
from scipy.optimize import minimize_scalar

LOSSES = (
    "absolute",
    {"kind": "huber", "delta": 1},
    {"kind": "quantile", "tau": "1/3"},
    {"kind": "epsilon_insensitive", "epsilon": "1/2"},
    {"kind": "power", "p": 4},
    {"kind": "power", "p": "3/2"},
    "interpolation",
    {"kind": "tolerance", "epsilon": "1/2"},
    "poisson",
    "softmax",
)
_FAR = 60.0  # fits are looked for between -_FAR and _FAR


def kind_of(loss):
    return loss if isinstance(loss, str) else loss["kind"]


def drawn(random, n, d, c, loss):
    """Return X with entries of size 3, and labels that the loss takes."""
    X = [[random.randint(-3, 3) for _ in range(d)] for _ in range(n)]
    if kind_of(loss) == "softmax":
        labels = [random.randrange(c) for _ in range(n)]
        return X, [[int(i == k) for i in range(c)] for k in labels]
    low = 0 if kind_of(loss) == "poisson" else -4
    return X, [[random.randint(low, 4) for _ in range(c)] for _ in range(n)]


def entry(loss, z, y, k=0):
    """Return the loss of one entry of row k; 0 inside of an indicator, to which z is trusted."""
    kind, r = kind_of(loss), z - y
    t = 0.0
    if not isinstance(loss, str):
        given = next(v for key, v in loss.items() if key != "kind")
        t = float(Fraction(given[k] if isinstance(given, list) else given))
    if kind == "huber":
        return r * r / 2 if abs(r) <= t else t * abs(r) - t * t / 2
    values = {
        "squared": r * r / 2,
        "absolute": abs(r),
        "quantile": max(t * -r, (1 - t) * r),
        "epsilon_insensitive": max(abs(r) - t, 0.0),
        "power": abs(r) ** t / t if kind == "power" else 0.0,
        "poisson": np.exp(min(z, 700.0)) - y * z,
    }
    return values.get(kind, 0.0)


def total(problem, fit):
    """Return the loss of a fit (n, c), from the definition."""
    loss, value = problem.given_loss, 0.0
    for k, (z, labels, w) in enumerate(zip(fit, problem.Y, problem.weights, strict=True)):
        y = [float(t) for t in labels]
        if kind_of(loss) == "softmax":
            value += float(w) * (np.log(np.exp(z - max(z)).sum()) + max(z) - np.dot(z, y))
        else:
            value += float(w) * sum(entry(loss, *ab, k) for ab in zip(z, y, strict=True))
    return value


def network_value(problem, O, skip=None, constant=None):
    """Return objective and fit of an optimum's network, from the definition."""
    X = np.array([[float(t) for t in x] for x in problem.design])
    fit, cost = np.zeros((problem.n, problem.c)), 0.0
    for u, mass in O.network:
        w, v = (np.array([float(t) for t in a]) for a in (u.g, u.h))
        fit += float(mass) * np.outer(np.maximum(X @ w, 0), v)
        cost += float(mass) * np.linalg.norm(w) * np.linalg.norm(v)
    if skip is not None:
        plain = np.array([[float(t) for t in x] for x in problem.X])
        fit += plain @ np.array([[float(t) for t in row] for row in skip])
    if constant is not None:
        fit += np.array([float(t) for t in constant])
    beta = float(problem.beta_squared) ** 0.5
    return total(problem, fit) + beta * cost, fit


def dual_value(problem, N):
    """Return ``sum min_z (loss + N z)`` by line searches; of softmax by its entropy."""
    loss, value = problem.given_loss, 0.0
    for row, labels, weight in zip(N, problem.Y, problem.weights, strict=True):
        w = float(weight)
        if kind_of(loss) == "softmax":
            p = [float(y) - float(t) / w for t, y in zip(row, labels, strict=True)]
            value -= w * sum(q * np.log(q) for q in p)
            continue
        for t, label in zip(row, labels, strict=True):
            k, y = float(t), float(label)
            value += _least(loss, k, y, w)
    return value


def _least(loss, k, y, w):
    if kind_of(loss) == "interpolation":
        return k * y
    if kind_of(loss) == "tolerance":
        return k * y - abs(k) / 2
    found = [
        minimize_scalar(
            lambda z: w * entry(loss, z, y) + k * z,
            bounds=ends,
            method="bounded",
            options={"xatol": 1e-12, "maxiter": 2000},
        ).fun
        for ends in ((y - _FAR, y), (y, y + _FAR), (y - 1, y + 1))
    ]
    kinks = [y, y - 0.5, y + 0.5]
    return min(*found, *(w * entry(loss, z, y) + k * z for z in kinks))
