"""Several outputs: the worked instances of general §4, and slow routes to what is said of them."""

from dataclasses import dataclass
from fractions import Fraction as Q
from itertools import combinations, product

import numpy as np

from polytope_nn.geometry.farkas import alternative
from polytope_nn.vector.problem import VectorProblem


@dataclass(frozen=True)
class Planted:
    """X, N, beta squared and the fit; atoms, rank, supports of vertices, components by m."""

    name: str
    X: list
    N: list
    beta_squared: object
    fit: list
    n_atoms: int
    rank: int
    supports: list
    components: dict
    value: object

    @property
    def Y(self):
        return [
            [Q(z) + Q(t) for z, t in zip(a, b, strict=True)]
            for a, b in zip(self.fit, self.N, strict=True)
        ]

    def problem(self):
        return VectorProblem(self.X, self.Y, beta_squared=self.beta_squared, name=self.name)


SQUARE = [[1, 0], [-1, 0], [0, 1], [0, -1]]
OCTAHEDRON = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
PAIRS_1 = [
    [1, 0, 0, 0, 0, 0, 0],
    ["-4/9", "8/9", "1/9", 0, 0, 0, 0],
    ["-7/32", "-3/5", "-3/40", "117/160", "31/160", "19/160", "1/80"],
]
PAIRS_2 = [
    [1, 0, 0, 0, 0, 0],
    ["-12/25", "4/5", "9/25", 0, 0, 0],
    [
        *("-5/18", "-237800/417027", "-35670/139009"),
        *("1824751/2502162", "297/278018", "2117/2502162"),
    ],
]
N_1 = [[4, 3], [5, 0], [4, -3]]
N_2 = [[13, 0], [12, 5], [5, 12]]
N_3 = [[2, 6], [2, -6], *[[5, 0]] * 4]
N_4 = [[1, 2, 0], [1, -2, 0], [1, 0, 2], [1, 0, -2], [2, 0, 0], [2, 0, 0]]


def mixed(X, N, weights):
    """Return the fit of weights on the directions (+-1, ...), in the order of product."""
    fit = [[Q(0)] * len(N[0]) for _ in X]
    directions = product((1, -1), repeat=len(X[0]))
    for g, c in zip(directions, weights, strict=True):
        phi = [max(sum(s * t for s, t in zip(x, g, strict=True)), 0) for x in X]
        h = [
            sum(p * row[j] for p, row in zip(phi, N, strict=True)) for j in range(len(N[0]))
        ]
        for k, p in enumerate(phi):
            for j, t in enumerate(h):
                fit[k][j] += c * p * t
    return fit


PLANTED = [
    Planted(
        "V1a", PAIRS_1, N_1, 25, [[9, 3], [18, 0], [9, -3]], 6, 5, [2, 4],
        {2: 2, 3: 1, 4: 25, 5: 2, 6: 1}, Q(435, 2),
    ),
    Planted(
        "V1b", PAIRS_1, N_1, 25, [[21, 6], [23, 0], [21, -6]], 6, 5, [4, 5],
        {4: 24, 5: 121, 6: 1}, Q(713, 2),
    ),
    Planted(
        "V2", PAIRS_2, N_2, 169, [[56, 17], [54, 27], [40, 41]], 6, 5, [5, 5],
        {5: 240, 6: 1}, Q(4913, 2),
    ),
    Planted(
        "V3a", OCTAHEDRON, N_3, 60, mixed(OCTAHEDRON, N_3, [1] * 8), 8, 6, [4, 4, 4, 4],
        {4: 96, 5: 4, 6: 1}, 1530,
    ),
    Planted(
        "V3b", OCTAHEDRON, N_3, 60, mixed(OCTAHEDRON, N_3, [2, 1, 1, 0, 1, 1, 1, 1]),
        8, 6, [4, 4, 5, 5], {4: 48, 5: 242, 6: 1}, None,
    ),
    Planted(
        "V4", OCTAHEDRON, N_4, 8, mixed(OCTAHEDRON, N_4, [1] * 8), 8, 7, [4, 4],
        {4: 48, 5: 2, 6: 2, 7: 2, 8: 1}, 206,
    ),
    Planted(
        "V5", SQUARE, [[3, 4], [3, -4], [5, 0], [5, 0]], 40,
        mixed(SQUARE, [[3, 4], [3, -4], [5, 0], [5, 0]], [1] * 4), 4, 4, [4],
        {4: 24, 5: 1}, 370,
    ),
    Planted(
        "V6", SQUARE, [[3, 4]] * 4, 50, mixed(SQUARE, [[3, 4]] * 4, [1] * 4), 4, 3, [2, 2],
        {2: 4, 3: 2, 4: 1}, 450,
    ),
]  # fmt: skip
CONTINUUM = VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1)
W1 = VectorProblem([[1, 0], [1, 2], [-1, 1]], [[2, 1], [0, 3], [1, -1]], beta="1/2")
V8 = VectorProblem([[0, -1], [-3, -3], [-3, -3]], [[-3, 4], [-3, 1], [2, -2]], beta="1/2")
V9 = VectorProblem([[2, 1], [1, 3], [1, 1]], [[5, 2], [1, 7], [2, 3]], beta="1/2")


def slot_complex(features, fit, m):
    """Return the components of Theta_m from the explicit slot complex, by exact LPs.

    Nodes are assignments of atoms to slots that can make the fit; two are joined when they
    share a network: the slots in which they agree can make it alone.
    """
    known = {}

    def makes(slots):
        used = frozenset(s for s in slots if s is not None)
        if used not in known:
            columns = [features[a] for a in sorted(used)]
            known[used] = alternative(columns, fit)[0] is not None
        return known[used]

    nodes = [t for t in product(range(len(features)), repeat=m) if makes(t)]
    parent = list(range(len(nodes)))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in combinations(range(len(nodes)), 2):
        if root(i) != root(j):
            pairs = zip(nodes[i], nodes[j], strict=True)
            if makes(a if a == b else None for a, b in pairs):
                parent[root(i)] = root(j)
    return len({root(i) for i in range(len(nodes))})


def ascent(X, N, tries=40, seed=0):
    """Return max |N'(Xu)_+|^2 / |u|^2 in floats, by ascent from random starts: no faces."""
    rng = np.random.default_rng(seed)
    X = np.array([[float(t) for t in x] for x in X])
    N = np.array([[float(t) for t in row] for row in N])

    U = rng.normal(size=(tries, X.shape[1]))
    U /= np.linalg.norm(U, axis=1, keepdims=True)

    def value(U):
        H = np.maximum(U @ X.T, 0) @ N
        return np.linalg.norm(H, axis=1) / np.linalg.norm(U, axis=1)

    for _ in range(100):  # of all starts at once: a step is halved until it does not fall
        G = (np.maximum(U @ X.T, 0) @ N @ N.T * (U @ X.T > 0)) @ X
        sizes = np.linalg.norm(G, axis=1, keepdims=True)
        V = np.where(sizes < 1e-14, U, G / np.maximum(sizes, 1e-14))
        if np.abs(V - U).max() < 1e-13:
            break
        steps, now = np.ones((tries, 1)), value(U)
        while True:
            falls = (value(U + steps * (V - U)) < now)[:, None] & (steps > 1e-9)
            if not falls.any():
                break
            steps = np.where(falls, steps / 2, steps)
        U = U + steps * (V - U)
        U /= np.linalg.norm(U, axis=1, keepdims=True)
    return max(0.0, *value(U)) ** 2


def objective(problem, neurons):
    """Return the objective of neurons (u, v) in floats, from the definition."""
    X, Y = (
        np.array([[float(t) for t in r] for r in A]) for A in (problem.design, problem.Y)
    )
    fit = np.zeros_like(Y)
    cost = 0.0
    for u, v in neurons:
        w, z = (np.array([float(t) for t in x]) for x in (u, v))
        fit += np.outer(np.maximum(X @ w, 0), z)
        cost += np.linalg.norm(w) * np.linalg.norm(z)
    w = np.array([[float(t)] for t in problem.weights])
    return float((w * (fit - Y) ** 2).sum() / 2 + float(problem.beta_squared) ** 0.5 * cost)
