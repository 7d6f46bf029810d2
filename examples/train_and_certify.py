"""Train a network in floating point, and prove how far it is from the global optimum.

Plain gradient descent in numpy on the octahedron (torch's weights are read by
``pn.Network.from_state_dict(model.state_dict())``). The gap printed is proved for the very
floats of that moment: they are dyadic rationals, and every bound is checked in integers.

Run: ``python examples/train_and_certify.py``
"""

import numpy as np

import polytope_nn as pn

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def step(
    X: Floats, y: Floats, beta: float, W: Floats, alpha: Floats
) -> tuple[Floats, Floats]:
    """Return the weights after one step of gradient descent."""
    rate = 0.01
    Z = X @ W.T
    residual = np.maximum(Z, 0) @ alpha - y
    down_W = ((residual[:, None] * alpha) * (Z > 0)).T @ X + beta * W
    down_alpha = np.maximum(Z, 0).T @ residual + beta * alpha
    return W - rate * down_W, alpha - rate * down_alpha


def main() -> None:
    """Train, and print the certified gap as training proceeds."""
    axes = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]]
    D = pn.TrainingProblem(axes, [5] * 6, beta_squared=3, name="octahedron")
    O = pn.optimum(D)
    X, y, beta = np.array(axes, dtype=float), np.full(6, 5.0), float(D.beta_squared) ** 0.5
    random = np.random.default_rng(0)
    W, alpha = random.normal(size=(16, 3)) / 4, random.normal(size=16) / 4

    print("  step       objective     proved gap")
    for k in range(6001):
        if k in {0, 30, 100, 300, 1000, 3000, 6000}:
            found = pn.gap(O, pn.Network.from_arrays(W, alpha))
            print(f"{k:6}  {float(found.primal):14.10f}  {float(found.value):13.3e}")
        W, alpha = step(X, y, beta, W, alpha)

    optimal = pn.Network.of((1, [4, 4, 4]), (1, [-4, -4, -4]))
    exact = pn.gap(O, optimal)
    print(f"an exact optimum: objective {exact.primal}, gap {exact.value}")


if __name__ == "__main__":
    main()
