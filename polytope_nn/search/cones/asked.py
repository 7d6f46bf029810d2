"""A problem as the search by cones asks for it, and its floats: beta is 1, rows of usual length."""

from fractions import Fraction
from typing import Protocol

from polytope_nn.dual.cone_form import cone_form
from polytope_nn.exact.rational import Matrix, Vector, approximate_root
from polytope_nn.search.floats import to_float

from .floats import float_form
from .pools.problem import FloatProblem

__all__ = ["ConeProblem", "in_floats"]


class ConeProblem(Protocol):
    """What is asked of a problem here: a squared loss, columns that are free, a price."""

    @property
    def rows(self) -> Matrix: ...  # noqa: D102 - the samples, a penalised bias appended
    @property
    def y(self) -> Vector: ...  # noqa: D102 - labels, shape (n,)
    @property
    def weights(self) -> Vector: ...  # noqa: D102 - of the squared loss, shape (n,)
    @property
    def columns(self) -> tuple[Vector, ...]: ...  # noqa: D102 - what is fitted freely
    @property
    def beta_squared(self) -> Fraction: ...  # noqa: D102 - the price of a neuron
    @property
    def free_bias(self) -> bool: ...  # noqa: D102 - whether a bias costs nothing


def in_floats(problem: ConeProblem) -> tuple[FloatProblem, Fraction]:
    """Return the problem with beta = 1 and rows of usual length, and that length."""
    import numpy as np

    roots = [approximate_root(w) for w in problem.weights]
    nothing = (Fraction(0),) * len(problem.y)
    form = cone_form(
        problem.rows, nothing, problem.beta_squared, free_bias=problem.free_bias
    )
    floats = float_form(form)
    lengths = [
        abs(f) * approximate_root(Fraction(sum(t * t for t in form.rows[p]))) * w
        if f
        else f
        for p, f, w in zip(form.places, form.factors, roots, strict=True)
    ]
    usual = sorted(x for x in lengths if x) or [Fraction(1)]
    scale = usual[len(usual) // 2]
    unit = approximate_root(problem.beta_squared) / scale
    Z = np.array(
        [[to_float(w * t) for w, t in zip(roots, z, strict=True)] for z in problem.columns]
    )
    Q = np.zeros((len(roots), 0))
    if len(Z):
        U, sizes, _ = np.linalg.svd(Z.T, full_matrices=False)
        Q = U[:, sizes > 1e-12 * sizes.max()]
    labels = zip(problem.y, roots, strict=True)
    return FloatProblem(
        floats,
        np.maximum(np.array(form.places), 0),
        np.array([to_float(x / scale) for x in lengths]),
        np.array([(f > 0) - (f < 0) for f in form.factors], dtype=float),
        np.array([to_float(t * w / unit) for t, w in labels]),
        Q,
    ), scale
