"""Two trained networks: how far from optimal, the nearest optimum, and a path between them.

Gradient descent from two seeds ends at different networks. Straight lines between them cross a
barrier; from n + 1 slots on there is a path over a global optimum on which the objective is
never above that of the worse of the two (THEORY T12).

Run: ``python examples/connect_two.py``; with ``FILE.png`` behind it the objective is drawn.
"""

import sys

import numpy as np

import polytope_nn as pn
from polytope_nn.exact.scalar import nearest_float

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

AXES = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]


def trained(seed: int, beta: float) -> tuple[Floats, Floats]:
    """Return W and alpha of width 8 after 4000 steps of gradient descent."""
    X, y = np.array(AXES, dtype=float), np.full(6, 5.0)
    random = np.random.default_rng(seed)
    W, alpha = random.normal(size=(8, 3)), random.normal(size=8)
    for _ in range(4000):
        Z = X @ W.T
        residual = np.maximum(Z, 0) @ alpha - y
        down_W = ((residual[:, None] * alpha) * (Z > 0)).T @ X + beta * W
        alpha = alpha - 0.01 * (np.maximum(Z, 0).T @ residual + beta * alpha)
        W = W - 0.01 * down_W
    return W, alpha


def main() -> None:
    """Train twice; print gaps, nearest optima, and the path."""
    D = pn.TrainingProblem(AXES, [5] * 6, beta_squared=3, name="octahedron")
    P = pn.optimal_polytope(pn.optimum(D))
    ends = [trained(seed, 3**0.5) for seed in (1, 2)]
    nets = [pn.Network.from_arrays(*end) for end in ends]
    for name, net in zip("ab", nets, strict=True):
        near = pn.nearest(P, net)
        gap = nearest_float(pn.gap(D, net).value) or 0
        away = nearest_float(near.distance) or 0
        print(
            f"{name}: gap {gap:.3g} at most, nearest optimum at squared distance {away:.3g}"
        )

    middle = pn.Network.from_arrays(*((p + q) / 2 for p, q in zip(*ends, strict=True)))
    found = pn.connect(P, *nets)
    print(
        f"half way on the straight line the objective is {float(middle.objective(D)):.4f}"
    )
    print(f"{found}, barrier {found.barrier}; the objective on the way:")
    print("  ".join(f"{nearest_float(x) or 0:.4f}" for x in found.objectives))
    for file in sys.argv[1:]:
        found.plot().figure.savefig(file)


if __name__ == "__main__":
    main()
