"""The instance of three layers in the words of certificates."""

from polytope_nn.certificate.format import Json
from polytope_nn.exact.rational import text
from polytope_nn.parallel.problem import ParallelProblem

__all__ = ["data_of"]


def data_of(problem: ParallelProblem) -> dict[str, Json]:
    """Return the instance: of two layers, and what is said of the third."""
    D = problem.two_layer
    layers: dict[str, Json] = {
        "inner_width": problem.inner_width,
        "regulariser": problem.regulariser,
    }
    return {
        "X": [list(map(text, row)) for row in D.X],
        "y": list(map(text, D.y)),
        "beta_squared": text(D.beta_squared),
        "loss": {"kind": "squared", "weights": list(map(text, D.weights))},
        "unit": {"kind": "relu", "bias": D.bias},
        "free": "none",
        "layers": layers,
    }
