"""Minimum-norm interpolation: the problem, and whether any network fits (THEORY §8).

``min 1/2 sum_j (|w_j|^2 + alpha_j^2)`` subject to ``sum_j (X w_j)_+ alpha_j + Z a = y``. The
columns of Z are fitted freely (:mod:`~polytope_nn.problems.free_part`).

Dual: ``max kappa'y`` subject to ``|kappa'(Xu)_+| <= |u|`` for all u and ``Z'kappa = 0``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from polytope_nn.errors import NotInterpolable
from polytope_nn.exact.linear import kernel
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot

from .free_part import skip_of
from .losses import ExactFit
from .problem import Problem
from .training import TrainingProblem

__all__ = ["InterpolationProblem", "obstruction", "require_interpolable"]


@dataclass(frozen=True, init=False, repr=False)
class InterpolationProblem(Problem):
    """Minimum-norm interpolation by a two-layer ReLU network of any width (THEORY §8).

    Parameters
    ----------
    X
        Samples as rows, shape (n, d): ints, strings, Fractions, sympy or numpy integers.
    y
        Labels, shape (n,).
    skip
        ``"none"``; ``"constant"`` adds ``a_0`` to the network, free of cost; ``"linear"`` adds
        ``x'a``, ``"affine"`` ``x'a + a_0``. The features of the skip
        are those of X, without a bias column.
    bias
        ``"none"``; ``"penalised"`` appends a column of ones to X; ``"free"`` gives every
        neuron a bias that costs nothing.
    exact
        How to read floats, as for a training problem.

    Raises
    ------
    InexactError, DimensionError, InstanceError
        As :class:`~polytope_nn.problems.training.TrainingProblem`.

    Examples
    --------
    >>> InterpolationProblem([[1], [2]], [1, 3], skip="affine", bias="penalised")
    InterpolationProblem(n=2, d=1, skip=affine, bias=penalised)
    """

    X: Matrix
    y: Vector
    skip: str
    bias: str
    name: str
    beta_squared: Fraction
    loss: ExactFit

    def __init__(  # noqa: PLR0913 - the contract's names, all but two keyword-only
        self,
        X: Iterable[Iterable[object]],
        y: Iterable[object],
        *,
        skip: str = "none",
        bias: str | bool = "none",
        exact: str | None = None,
        name: str = "",
    ) -> None:
        read = TrainingProblem(X, y, beta=1, bias=bias, exact=exact)
        put = object.__setattr__  # the class is frozen: this is its only writer
        put(self, "X", read.X)
        put(self, "y", read.y)
        put(self, "skip", skip_of(skip))
        put(self, "bias", read.bias)
        put(self, "name", name)
        put(self, "beta_squared", Fraction(1))  # the price of a neuron of length 1
        put(self, "loss", ExactFit(read.y))

    @property
    def d(self) -> int:
        """The number of features of a sample, a bias not counted."""
        return self.dimension

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        return (
            f"InterpolationProblem({name}n={self.n}, d={self.d}, skip={self.skip}, "
            f"bias={self.bias})"
        )


def obstruction(problem: Problem) -> Vector | None:
    """Return z with ``z'(Xu)_+ = 0`` for all u, ``z'Z = 0``, ``z'y > 0``; None if none is.

    Such a z exists iff no network of any width fits y (the fits are a subspace, spanned by
    ``problem.reach``).

    >>> twice = InterpolationProblem([[1, 0], [1, 0], [0, 1]], [1, 2, 0])
    >>> print(*obstruction(twice))
    -1 1 0
    """
    for z in kernel(problem.reach, problem.n):
        rational = cast("Vector", z)  # rational in, rational out
        value = dot(rational, problem.y)
        if value:
            return rational if value > 0 else tuple(-t for t in rational)
    return None


def require_interpolable(problem: Problem) -> None:
    """Raise :class:`NotInterpolable`, with the obstruction, when no network fits."""
    z = obstruction(problem)
    if z is None:
        return
    z = getattr(problem, "undone", tuple)(z)  # of two slopes a row has two sides
    c: int = getattr(problem, "c", 1)  # entries of c outputs stand row after row
    used = [k for k, t in enumerate(z) if t]
    terms = " + ".join(f"{_times(str(exactly(z[k])))}{_label(k, c)}" for k in used).replace(
        "+ -", "- "
    )
    rows = list(dict.fromkeys(k // c + 1 for k in used))
    value = dot(z, problem.y[: len(z)])
    what, force = ("row", "forces") if len(rows) == 1 else ("rows", "force")
    raise NotInterpolable(
        f"no network of any width fits the labels: {what} {', '.join(map(str, rows))} "
        f"of X {force} {terms} = 0, and here it is {exactly(value)}"
    )


def _label(k: int, c: int) -> str:
    """Return the name of the k-th label, of c outputs with that of its own."""
    return f"y_{k + 1}" if c == 1 else f"y_{k // c + 1},{k % c + 1}"


def _times(factor: str) -> str:
    """Return a factor as it stands before a letter."""
    return {"1": "", "-1": "-"}.get(factor, f"{factor} ")
