"""Stationary networks by brute force in floats: every set of blocks, solved by itself.

Nothing of the package is used: faces by angles (d <= 2), face programs by accelerated proximal
gradients, the hull test by an LP of scipy. ``python -m tests.oracles.stationary`` writes
``stationary.json``: seeded instances, degenerate ones among them, with the objectives and the
blocks of all their stationary networks.
"""

import itertools
import json
import random
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

FILE = Path(__file__).with_suffix(".json")


def faces(X):
    """Return the covectors of the arrangement in the line or the plane, without 0."""
    found = set()
    if X.shape[1] == 1:
        found = {tuple(np.sign(s * X[:, 0]).astype(int)) for s in (1, -1)}
    else:
        turns = (a % (2 * np.pi) for x in X if x.any() for a in _angles(x))
        angles = sorted({round(a, 12) for a in turns})
        following = [*angles[1:], *[a + 2 * np.pi for a in angles[:1]]]
        mids = [(a + b) / 2 for a, b in zip(angles, following, strict=True)]
        for a in [*angles, *mids]:
            v = X @ np.array([np.cos(a), np.sin(a)])
            found.add(tuple(np.where(abs(v) < 1e-9, 0, np.sign(v)).astype(int)))
    return sorted(tuple(map(int, f)) for f in found if any(f))


def _angles(x):
    return np.arctan2(x[0], -x[1]), np.arctan2(-x[0], x[1])


def program(A, y, beta):
    """Return the groups of the group LASSO with these maps, and its residual."""
    M = np.hstack(A)
    ends = np.cumsum([0] + [a.shape[1] for a in A])
    groups = [slice(i, j) for i, j in itertools.pairwise(ends)]
    step = 1 / np.linalg.norm(M, 2) ** 2
    u = v = np.zeros(M.shape[1])
    t = 1.0
    for _ in range(20000):
        w = v - step * (M.T @ (M @ v - y))
        for s in groups:
            r = np.linalg.norm(w[s])
            w[s] *= max(0, 1 - step * beta / r) if r else 0
        following = (1 + np.sqrt(1 + 4 * t * t)) / 2
        v = w + (t - 1) / following * (w - u)
        done = np.abs(w - u).max() < 1e-13
        u, t = w, following
        if done:
            break
    return [u[s] for s in groups], y - M @ u


def mixes(X, face, kappa, topes):
    """Return whether the pulls of the adjacent topes mix to 0 across the tied rows."""
    tied = [k for k, t in enumerate(face) if t == 0 and X[k].any()]
    if not tied:
        return True
    N = np.linalg.svd(X[tied])[2][: np.linalg.matrix_rank(X[tied])]
    adjacent = [t for t in topes if all(a in (0, b) for a, b in zip(face, t, strict=True))]
    columns = [N @ (X.T @ (kappa * (np.array(t) > 0))) for t in adjacent]
    found = linprog(
        np.zeros(len(columns)),
        A_eq=np.vstack([np.array(columns).T, np.ones(len(columns))]),
        b_eq=[*[0] * len(N), 1],
        method="highs",
    )
    return found.status == 0


def stationary(X, y, beta, width):
    """Return pairs (objective, blocks (sign, covector)) of all stationary networks, sorted."""
    X, y = np.array(X, float), np.array(y, float)
    every = faces(X)
    topes = [f for f in every if all(t or not x.any() for t, x in zip(f, X, strict=True))]
    blocks = []
    for f in every:
        tied = [k for k, t in enumerate(f) if t == 0 and X[k].any()]
        B = np.eye(X.shape[1])
        if tied:
            B = np.linalg.svd(X[tied])[2][np.linalg.matrix_rank(X[tied]) :].T
        E = np.diag([float(t == 1) for t in f])
        if B.size and (E @ X @ B).any():
            blocks += [(s, f, s * E @ X @ B, B) for s in (1, -1)]
    found = [(float(y @ y / 2), ())]
    for k in range(1, width + 1):
        for T in itertools.combinations(blocks, k):
            groups, kappa = program([t[2] for t in T], y, beta)
            if min(map(np.linalg.norm, groups)) < 1e-9:
                continue
            u = [t[3] @ x for t, x in zip(T, groups, strict=True)]
            if all(_signs(X, g) == t[1] for g, t in zip(u, T, strict=True)) and all(
                mixes(X, t[1], kappa, topes) for t in T
            ):
                value = kappa @ kappa / 2 + beta * sum(map(np.linalg.norm, u))
                found.append((float(value), tuple((t[0], t[1]) for t in T)))
    return sorted(found)


def _signs(X, g):
    v = X @ g
    return tuple(int(t) for t in np.where(abs(v) < 1e-9 * np.linalg.norm(g), 0, np.sign(v)))


def instances(count):
    """Yield seeded small instances (X, y, beta, width); small entries make ties."""
    chance = random.Random(5)  # noqa: S311 - no secret
    for _ in range(count):
        n, d, width = chance.randint(1, 3), chance.randint(1, 2), chance.randint(1, 2)
        r = chance.choice([1, 2, 3])
        X = [[chance.randint(-r, r) for _ in range(d)] for _ in range(n)]
        y = [chance.randint(-3, 3) for _ in range(n)]
        yield X, y, chance.choice(["1/2", "1"]), width


def write(count=40):
    """Write the instances with their stationary networks."""
    listed = []
    for X, y, beta, width in instances(count):
        found = stationary(X, y, {"1": 1.0, "1/2": 0.5}[beta], width)
        points = [[round(v, 9), [[s, list(f)] for s, f in T]] for v, T in found]
        listed.append({"X": X, "y": y, "beta": beta, "width": width, "points": points})
    FILE.write_text(json.dumps(listed) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
