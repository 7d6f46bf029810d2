"""Train with torch's formulas, then prove how far the network is from the global optimum.

Numpy does here what torch does: ``Sequential(Linear(2, 8), ReLU(), Linear(8, 1, bias=False))``,
``MSELoss``, ``SGD(lr, momentum, weight_decay=lam)`` in float32. The state_dict is saved as torch's
``safetensors.torch.save_file(model.state_dict(), path)`` would save it, and read back without
torch. ``weight_decay`` lam on n samples is beta = n lam/2 with a penalised bias
(docs/objectives.md); the output layer has no bias, for torch would decay it, too.

Run: ``python examples/torch_style.py``
"""

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import polytope_nn as pn
from polytope_nn.exact.scalar import nearest_float
from polytope_nn.networks.distance import gap

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

SAMPLES = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 1], [1, 2]]
LABELS = [0, 1, 1, 0, 1, 1]
DECAY = "1/16"


def step(
    state: dict[str, Floats], moved: dict[str, Floats], X: Floats, y: Floats
) -> dict[str, Floats]:
    """Return the parameters after one step of SGD; ``moved`` is the momentum, kept in place."""
    H = np.maximum(X @ state["0.weight"].T + state["0.bias"], 0)
    r = (2 / len(y)) * (H @ state["2.weight"].T - y[:, None])  # of the mean of squares
    G = (r @ state["2.weight"]) * (H > 0)
    slopes = {"0.weight": G.T @ X, "0.bias": G.sum(axis=0), "2.weight": r.T @ H}
    lam, rate, momentum = np.float32(Fraction(DECAY)), np.float32(0.005), np.float32(0.9)
    for name, slope in slopes.items():
        moved[name] = momentum * moved[name] + slope + lam * state[name]
    return {name: x - rate * moved[name] for name, x in state.items()}


def main() -> None:
    """Train, save, read, and print the proved gap."""
    X, y = np.array(SAMPLES, dtype=np.float32), np.array(LABELS, dtype=np.float32)
    random = np.random.default_rng(0)
    shapes = {"0.weight": (8, 2), "0.bias": (8,), "2.weight": (1, 8)}
    state = {k: random.normal(size=s).astype(np.float32) for k, s in shapes.items()}
    moved = {name: np.zeros_like(x) for name, x in state.items()}

    n = len(LABELS)
    D = pn.TrainingProblem(SAMPLES, LABELS, beta=n * Fraction(DECAY) / 2, bias="penalised")
    print(f"{D}: lambda = {DECAY}, beta = n lambda/2 = {D.beta}")
    print("  step  torch's loss  its optimum is at least")
    for k in range(20001):
        if k in {0, 100, 1000, 20000}:
            found = gap(D, pn.Network.from_state_dict(state))
            factor = Fraction(2, n)  # torch's value is ours times 2/n
            primal, dual = float(found.primal) * float(factor), float(found.dual * factor)
            print(f"{k:6}  {primal:12.9f}  {dual:.9f}")
        state = step(state, moved, X, y)

    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.safetensors"
        pn.Network.from_state_dict(state).save(file, bias=True)
        read = pn.Network.load(file)
    best = nearest_float(pn.optimum(D).value) or 0
    above = float(read.objective(D)) - best
    print(f"saved and read back: {read}")
    print(f"the optimum of every width, proved: {best * 2 / n:.9f}")
    print(f"the trained network is above it by {above * 2 / n:.3g}")


if __name__ == "__main__":
    main()
