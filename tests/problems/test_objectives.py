"""Other tools' objectives are ours times a factor: exactly, on networks they have trained."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

from polytope_nn import Network, TrainingProblem
from polytope_nn.cli import main
from polytope_nn.networks.network import loss
from polytope_nn.problems.objectives import CONVERSIONS

ROOT = Path(__file__).parents[2]
TORCH, SKLEARN, KERAS, SCNN, OPTAX, *OTHERS = CONVERSIONS
DECAY = 0.0625  # a float that is its decimal
RNG = np.random.default_rng(7)
X = RNG.integers(-8, 9, size=(6, 2)) / 4
Y = RNG.integers(-8, 9, size=6) / 4


def exact(x):
    return Fraction(float(x))


def trained(half, decayed, *, inner=True, outer=True, steps=300):
    """Return W, b, alpha, c after gradient descent on the tool's own formula.

    The loss is ``half mean (f - y)^2``; the gradient of its decay is DECAY times ``decayed``
    of each parameter (1: lambda/2 p^2, 2: lambda p^2, 0: none), in the order W, b, alpha, c.
    """
    rng = np.random.default_rng(1)
    W, b = rng.normal(size=(4, 2)), rng.normal(size=4) * inner
    alpha, c = rng.normal(size=4), rng.normal() * outer
    for _ in range(steps):
        Z = X @ W.T + b
        H = np.maximum(Z, 0)
        r = 2 * half * (H @ alpha + c - Y) / len(Y)
        G = (r[:, None] * alpha) * (Z > 0)
        down = [G.T @ X, G.sum(0) * inner, H.T @ r, r.sum() * outer]
        parameters = [W, b, alpha, c]
        W, b, alpha, c = (
            p - 0.02 * (g + DECAY * d * p)
            for p, g, d in zip(parameters, down, decayed, strict=True)
        )
    return W, b, alpha, c


def residuals(W, b, alpha, c):
    """Return f(x_k) - y_k in exact arithmetic, by loops that share nothing with ours."""
    out = []
    for x, y in zip(X, Y, strict=True):
        f = exact(c)
        for w, bias, a in zip(W, b, alpha, strict=True):
            z = sum(exact(s) * exact(t) for s, t in zip(w, x, strict=True)) + exact(bias)
            f += exact(a) * max(z, 0)
        out.append(f - exact(y))
    return out


def squares(*arrays):
    return sum(exact(t) ** 2 for a in arrays for t in np.ravel(a))


def ours(W, b, alpha, c, conversion):
    """Return our objective of the network, at the beta of the tool's decay."""
    beta = conversion.beta(len(Y), exact(DECAY))
    D = TrainingProblem(X, Y, beta=beta, bias=conversion.bias, exact="binary")
    free = conversion.bias == "free"
    biases = None if conversion.bias == "none" else b
    constant = c if conversion.skip == "constant" else None
    net = Network.from_arrays(W, alpha, b=biases, constant=constant, free_bias=free)
    rows = D.X if biases is None else tuple((*x, Fraction(1)) for x in D.X)
    value = net.cost(D.beta_squared, free_bias=free) + loss(D, net.fit(rows))
    if constant is None:
        assert net.objective(D) == value
    return value.exact


def test_torch():
    """mean (f - y)^2 + lambda/2 of every parameter squared; no output bias."""
    W, b, alpha, c = trained(1, (1, 1, 1, 1), outer=False)
    lam = exact(DECAY)
    r = residuals(W, b, alpha, 0)
    theirs = sum(t * t for t in r) / len(r) + lam / 2 * squares(W, b, alpha)
    assert c == 0
    assert theirs == TORCH.value(ours(W, b, alpha, 0, TORCH), len(r))


def test_torch_with_a_decayed_output_bias_is_another_objective():
    """It differs from ours, with a free constant, by lambda/2 c^2: no constant factor."""
    W, b, alpha, c = trained(1, (1, 1, 1, 1))
    lam, r = exact(DECAY), residuals(W, b, alpha, c)
    theirs = sum(t * t for t in r) / len(r) + lam / 2 * squares(W, b, alpha, c)
    beta = TORCH.beta(len(r), lam)
    D = TrainingProblem(X, Y, beta=beta, bias="penalised", exact="binary")
    net = Network.from_arrays(W, alpha, b=b, constant=c)
    value = (net.cost(D.beta_squared) + loss(D, net.fit(D.design))).exact
    assert theirs - TORCH.value(value, len(r)) == lam / 2 * exact(c) ** 2 != 0
    assert "not this objective" in TORCH.otherwise


def test_torch_with_the_output_bias_in_a_group_of_its_own():
    """weight_decay=0 for the output bias: ours with skip constant."""
    W, b, alpha, c = trained(1, (1, 1, 1, 0))
    lam, r = exact(DECAY), residuals(W, b, alpha, c)
    theirs = sum(t * t for t in r) / len(r) + lam / 2 * squares(W, b, alpha)
    D = TrainingProblem(
        X, Y, beta=TORCH.beta(len(r), lam), bias="penalised", exact="binary"
    )
    net = Network.from_arrays(W, alpha, b=b, constant=c)
    value = (net.cost(D.beta_squared) + loss(D, net.fit(D.design))).exact
    assert theirs == TORCH.value(value, len(r))


def test_scikit_learn_s_formula():
    """mean (f - y)^2 / 2 + alpha/(2 n) of the coefficients squared."""
    n = len(Y)
    W, b, alpha, c = trained(0.5, (1 / n, 0, 1 / n, 0))
    r = residuals(W, b, alpha, c)
    theirs = sum(t * t for t in r) / (2 * n) + exact(DECAY) / (2 * n) * squares(W, alpha)
    assert theirs == SKLEARN.value(ours(W, b, alpha, c, SKLEARN), n)


def test_scikit_learn_itself():
    """The loss it reports, of the network it has trained, to the last digits of floats."""
    model = MLPRegressor(
        hidden_layer_sizes=(4,), alpha=DECAY, solver="lbfgs", max_iter=2000, random_state=0
    )
    model.fit(X, Y)
    (W, alpha), (b, c) = model.coefs_, model.intercepts_
    value = SKLEARN.value(ours(W.T, b, alpha[:, 0], c[0], SKLEARN), len(Y))
    assert float(value) == pytest.approx(model.loss_, rel=1e-12)
    beta = SKLEARN.beta(len(Y), exact(DECAY))
    assert Network.from_sklearn(model).cost(beta**2, free_bias=True).exact == (
        beta / 2 * squares(W, alpha)
    )


def test_keras():
    """mean (f - y)^2 + lambda of the kernels squared, no half."""
    W, b, alpha, c = trained(1, (2, 0, 2, 0))
    r = residuals(W, b, alpha, c)
    theirs = sum(t * t for t in r) / len(r) + exact(DECAY) * squares(W, alpha)
    assert theirs == KERAS.value(ours(W, b, alpha, c, KERAS), len(r))


def test_scnn():
    """mean (f - y)^2 / 2 + lambda sum |u_j|, at the balanced network of the u_j."""
    W, _, alpha, _ = trained(0.5, (1, 0, 1, 0), inner=False, outer=False)
    u = [[exact(abs(a)) * exact(t) for t in w] for w, a in zip(W, alpha, strict=True)]
    net = Network.of(*((1 if a > 0 else -1, x) for x, a in zip(u, alpha, strict=True)))
    lam, n = exact(DECAY), len(Y)
    D = TrainingProblem(X, Y, beta=SCNN.beta(n, lam), exact="binary")
    r = residuals(W, [0] * 4, alpha, 0)
    low, high = net.objective(D).enclosure(200)
    norms = sum(np.sqrt(float(sum(t * t for t in x))) for x in u)
    theirs = float(sum(t * t for t in r) / (2 * n)) + float(lam) * norms
    assert float(SCNN.value(low, n)) == pytest.approx(theirs, rel=1e-13)
    assert high - low < Fraction(1, 10**40)
    raw = ours(W, [0] * 4, alpha, 0, SCNN)  # and of the balanced network no more than raw
    assert low <= raw


def test_optax():
    """mean l2_loss, add_decayed_weights before sgd; no output bias."""
    W, b, alpha, _ = trained(0.5, (1, 1, 1, 1), outer=False)
    r = residuals(W, b, alpha, 0)
    theirs = sum(t * t for t in r) / (2 * len(r)) + exact(DECAY) / 2 * squares(W, b, alpha)
    assert theirs == OPTAX.value(ours(W, b, alpha, 0, OPTAX), len(r))


def f_of(W, b, alpha, x):
    """Return f(x) of a network without an output bias, by a loop of its own."""
    rows = zip(W, b, alpha, strict=True)
    return sum(
        exact(a)
        * max(sum(exact(s) * exact(t) for s, t in zip(w, x, strict=True)) + exact(c), 0)
        for w, c, a in rows
    )


THEIRS = {  # the loss of one sample in the tool's own words
    "logistic": lambda f, y: np.log1p(np.exp(-float(y * f))),
    "huber": lambda f, y: (
        (f - y) ** 2 / 2 if abs(f - y) <= 1 else abs(f - y) - Fraction(1, 2)
    ),
    "poisson": lambda f, y: np.exp(float(f)) - float(y * f),
    "hinge": lambda f, y: max(1 - y * f, 0),
}


@pytest.mark.parametrize("c", OTHERS, ids=lambda c: c.loss)
def test_other_losses(c):
    """Any network will do: the formulas agree on it; exactly where they are rational."""
    W, b, alpha, _ = trained(1, (1, 1, 1, 1), inner=c.bias != "none", outer=False, steps=50)
    labels = {"poisson": [0, 1, 2, 1, 0, 3], "huber": [exact(y) for y in Y]}
    y = labels.get(c.loss, [1, -1, 1, 1, -1, -1])
    fit = [f_of(W, b, alpha, x) for x in X]
    n, lam = len(y), exact(DECAY)
    decayed = squares(W, b, alpha) / 2 if c.bias == "penalised" else squares(W, alpha)
    theirs = sum(THEIRS[c.loss](f, t) for f, t in zip(fit, y, strict=True)) / n
    theirs += lam * decayed if isinstance(theirs, Fraction) else float(lam * decayed)
    loss_given = {"kind": "huber", "delta": 1} if c.loss == "huber" else c.loss
    D = TrainingProblem(
        X, y, beta=c.beta(n, lam), loss=loss_given, bias=c.bias, exact="binary"
    )
    net = Network.from_arrays(W, alpha, b=None if c.bias == "none" else b)
    low, high = net.objective(D).enclosure(200)
    if isinstance(theirs, Fraction):
        assert low == high == c.value(low, n) * n == theirs * n
    else:
        assert float(c.value(low, n)) == pytest.approx(theirs, rel=1e-12)


def test_training_lowers_what_is_called_the_objective():
    """Gradient descent on the tool's formula goes down in ours: the sign and the factor."""
    first = ours(*trained(1, (1, 1, 1, 1), outer=False, steps=0), TORCH)
    assert ours(*trained(1, (1, 1, 1, 1), outer=False), TORCH) < first / 2


def test_the_table_of_the_docs_has_the_same_rows():
    text = (ROOT / "docs" / "objectives.md").read_text(encoding="utf-8")
    rows = [r for r in re.findall(r"^\| (.*) \|$", text, re.MULTILINE) if "β = " in r]
    assert len(rows) == len(CONVERSIONS)
    for row, c in zip(rows, CONVERSIONS, strict=True):
        name, _, here, value, _ = (cell.strip() for cell in re.split(r"(?<!\\)\|", row))
        assert name.split(",")[0] == c.tool.split(":")[0].split(",")[0]
        beta = c.rule.replace("beta", "β").replace("n lambda", "nλ").replace("alpha", "α")
        beta = beta.replace("2 nλ", "2nλ")
        assert (f"`loss: {c.loss}`" in here) == (c.loss != "squared")
        assert here.split(",")[0] == beta
        assert ("`bias: free`" in here) == (c.bias == "free")
        assert ("`bias: penalised`" in here) == (c.bias == "penalised")
        assert ("`skip: constant`" in here) == (c.skip == "constant")
        assert value == ("ours · 2/n" if c.scale != 1 else "ours / n")


def test_explain_objective_has_every_row(capsys):
    for word in ("objective", "torch", "beta", "Keras"):
        assert main(["explain", word]) == 0
        out = capsys.readouterr().out
        assert all(c.tool in out and c.formula in out for c in CONVERSIONS)
        assert max(map(len, out.splitlines())) <= 100
