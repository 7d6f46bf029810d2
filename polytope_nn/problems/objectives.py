"""The objective, and what other tools minimise in its terms.

Ours, of a network ``f(x) = sum_j alpha_j (w_j'x)_+``::

    1/2 sum_k (f(x_k) - y_k)^2 + beta/2 sum_j (|w_j|^2 + alpha_j^2)

Sums over samples, not means. A tool's objective is ours times a factor, at a beta that depends
on its own weight decay and on n; where it decays something else it is another objective, and
the row says so. docs/objectives.md derives each row, and a test evaluates each tool's own
formula in exact arithmetic.
"""

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["CONVERSIONS", "LOSSES", "OBJECTIVE", "Conversion"]

_HALF, _ONE, _NONE = Fraction(1, 2), Fraction(1), Fraction(0)
OBJECTIVE = "1/2 sum_k (f(x_k) - y_k)^2 + beta/2 sum_j (|w_j|^2 + alpha_j^2)"

LOSSES = {  # what a sample costs, of its output z and its label y, before its weight
    "squared": "(z - y)^2/2",
    "absolute": "|z - y|",
    "huber": "(z - y)^2/2 if |z - y| <= delta, else delta |z - y| - delta^2/2",
    "quantile": "tau (y - z)_+ + (1 - tau) (z - y)_+",
    "epsilon_insensitive": "(|z - y| - epsilon)_+",
    "hinge": "(1 - y z)_+",
    "squared_hinge": "(1 - y z)_+^2/2",
    "logistic": "ln(1 + e^(-y z))",
    "exponential": "e^(-y z)",
    "poisson": "e^z - y z",
    "power": "|z - y|^p/p",
    "interpolation": "0 if z = y, else infinite",
    "tolerance": "0 if |z - y| <= epsilon, else infinite",
    "margin": "0 if y z >= 1, else infinite",
    "softmax": "ln sum_j e^(z_j) - sum_j y_j z_j",
}


@dataclass(frozen=True)
class Conversion:
    """A tool's objective: ``formula``, and the problem of ours that it is.

    ``beta = decay_n * n * lam + decay * lam``, and the tool's value is ours divided by
    ``n * scale``. ``loss``, ``bias`` and ``skip`` are the options; ``otherwise`` says when it
    is none of ours.
    """

    tool: str
    formula: str
    per_sample: Fraction
    fixed: Fraction
    bias: str
    skip: str
    scale: Fraction
    otherwise: str
    loss: str = "squared"

    def beta(self, n: int, decay: Fraction) -> Fraction:
        """Return the beta of the tool's weight decay, for n samples."""
        return (self.per_sample * n + self.fixed) * decay

    def value(self, ours: Fraction, n: int) -> Fraction:
        """Return the tool's value of a network whose objective is ours."""
        return ours / (n * self.scale)

    @property
    def rule(self) -> str:
        """The rule for beta, in words of the tool's decay."""
        letter = "alpha" if self.fixed else "lambda"
        if self.fixed:
            return f"beta = {letter}"
        factor = {_HALF: "n lambda/2", Fraction(2): "2 n lambda"}
        return f"beta = {factor.get(self.per_sample, f'n {letter}')}"


CONVERSIONS = (
    Conversion(
        "torch: MSELoss, SGD or Adam with weight_decay=lambda",
        "mean (f - y)^2 + lambda/2 sum of all parameters^2",
        *(_HALF, _NONE, "penalised", "none", _HALF),
        "the output layer's bias is decayed too: not this objective; it is with bias=False "
        "there, or with that bias in a parameter group of weight_decay=0 (skip constant). "
        "AdamW's decay is decoupled: it minimises no such sum",
    ),
    Conversion(
        "scikit-learn: MLPRegressor(alpha=alpha), one hidden layer, relu",
        "mean (f - y)^2 / 2 + alpha/(2 n) sum of coefs_^2",
        *(_NONE, _ONE, "free", "constant", _ONE),
        "solver='lbfgs' minimises it; adam and sgd divide alpha by the size of a batch, "
        "which is n up to 200 samples",
    ),
    Conversion(
        "Keras: loss='mse', kernel_regularizer=l2(lambda) on both layers",
        "mean (f - y)^2 + lambda sum of kernels^2",
        *(_ONE, _NONE, "free", "constant", _HALF),
        "with bias_regularizer=l2(lambda) on the hidden layer: bias penalised; with one on "
        "the output layer: not this objective",
    ),
    Conversion(
        "scnn: NeuronGL1(lambda), a convex program over u_j",
        "mean (f - y)^2 / 2 + lambda sum_j |u_j|, u_j = |alpha_j| w_j",
        *(_ONE, _NONE, "none", "none", _ONE),
        "|u_j| is (|w_j|^2 + alpha_j^2)/2 of the balanced neuron. With a bias as a column "
        "of ones: bias penalised",
    ),
    Conversion(
        "jax, optax: mean l2_loss, add_decayed_weights(lambda) before sgd",
        "mean (f - y)^2 / 2 + lambda/2 sum of all parameters^2",
        *(_ONE, _NONE, "penalised", "none", _ONE),
        "an output bias that is decayed: not this objective; with a mask that spares it: "
        "skip constant. With squared_error for l2_loss it is torch's row; adamw is decoupled",
    ),
    Conversion(
        "torch: BCEWithLogitsLoss, weight_decay=lambda",
        "mean ln(1 + exp(-y f)) + lambda/2 sum of all parameters^2, y = 1, -1 for targets 1, 0",
        *(_ONE, _NONE, "penalised", "none", _ONE),
        "as torch's first row: an output bias that is decayed; pos_weight is a row weight",
        "logistic",
    ),
    Conversion(
        "torch: HuberLoss(delta=d), weight_decay=lambda",
        "mean huber_d(f - y) + lambda/2 sum of all parameters^2",
        *(_ONE, _NONE, "penalised", "none", _ONE),
        "as torch's first row. SmoothL1Loss(beta=b): d = b, beta = n b lambda, ours over n b",
        "huber",
    ),
    Conversion(
        "torch: PoissonNLLLoss(log_input=True), weight_decay=lambda",
        "mean (exp(f) - y f) + lambda/2 sum of all parameters^2",
        *(_ONE, _NONE, "penalised", "none", _ONE),
        "as torch's first row; with full=True it has a constant more",
        "poisson",
    ),
    Conversion(
        "Keras: Hinge, kernel_regularizer=l2(lambda), use_bias=False",
        "mean max(1 - y f, 0) + lambda sum of kernels^2, y = 1, -1",
        *(Fraction(2), _NONE, "none", "none", _ONE),
        "with biases that are not decayed: a free bias goes with the squared loss only; so "
        "does scikit-learn's MLPClassifier, whose intercepts are never decayed",
        "hinge",
    ),
)
