"""A fitted scikit-learn ``MLPRegressor``, and what the global optimum of its objective is.

``alpha`` is beta; the intercepts of the hidden layer are free of weight decay (``bias="free"``),
and so is the output's (``skip="constant"``): docs/objectives.md. scikit-learn's own loss is
recovered from the network's exact objective; the optimum of every width is proved.

Needs scikit-learn. Run: ``python examples/sklearn_mlp.py``
"""

import numpy as np
from sklearn.neural_network import MLPRegressor

import polytope_nn as pn
from polytope_nn.exact.scalar import nearest_float

POINTS = [[-2], [-1], [0], [1], [2], [3]]
LABELS = [1, 0, 0, 1, 3, 2]


def main() -> None:
    """Fit the estimator at four seeds, and compare each with the optimum."""
    D = pn.TrainingProblem(POINTS, LABELS, beta="1/4", bias="free", skip="constant")
    O = pn.optimum(D)
    best = nearest_float(O.value) or 0
    print(f"{D}: the least objective of any width is {best:.9f}")
    for seed in range(4):
        model = MLPRegressor(
            hidden_layer_sizes=(6,),
            alpha=float(D.beta or 0),
            solver="lbfgs",
            max_iter=5000,
            tol=1e-9,
            random_state=seed,
        ).fit(np.array(POINTS, dtype=float), np.array(LABELS, dtype=float))
        net = pn.Network.from_sklearn(model)
        ours = nearest_float(net.objective(D)) or 0
        print(
            f"seed {seed}: scikit-learn's loss {model.loss_:.9f}, ours/n {ours / D.n:.9f}, "
            f"above the optimum by {ours - best:.3g}"
        )


if __name__ == "__main__":
    main()
