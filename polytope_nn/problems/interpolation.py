"""Minimum-norm interpolation: the problem, and whether any network fits (THEORY §8).

``min 1/2 sum_j (|w_j|^2 + alpha_j^2)`` subject to ``sum_j (X w_j)_+ alpha_j + Z a = y``. The
columns of Z are fitted freely: the features of a linear skip connection, with a constant
when it is affine. A free bias is not penalised: the neuron is ``(w'x + b)_+``, its cost
``|w|``.

Dual: ``max kappa'y`` subject to ``|kappa'(Xu)_+| <= |u|`` for all u and ``Z'kappa = 0``. With
a free bias a neuron of weight 0 and large bias makes constants at a cost as small as one
likes, so Z has a column of ones and ``1'kappa = 0``; then for fixed w the function
``kappa'(Xw + b1)_+`` of b is piecewise linear, 0 for small b and constant for large b, so its
extreme values are met where the kink passes through a sample: ``b = -x_k'w``. That makes the
problem with a free bias a union of problems without bias, one *chart* for each sample, whose
design matrix is ``X - 1 x_k'``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import cast

from polytope_nn.errors import InstanceError, NotInterpolable
from polytope_nn.exact.linear import independent_rows, kernel, transpose
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.geometry.arrangement import Arrangement, arrangement

from .training import TrainingProblem

__all__ = ["SKIPS", "Chart", "InterpolationProblem", "obstruction", "require_interpolable"]

SKIPS = ("none", "linear", "affine")


@dataclass(frozen=True)
class Chart:
    """Neurons ``(design u)_+`` of cost ``|u|``: all of them, or the kinks through one sample.

    ``design`` has shape (n, d'); ``anchor`` is the sample the kink passes through where the
    bias is free, else None.
    """

    design: Matrix
    anchor: Vector | None

    @cached_property
    def arrangement(self) -> Arrangement:
        """The arrangement of the rows of the design."""
        return arrangement(self.design)

    def neuron(self, g: Scalars) -> Scalars:
        """Return the neuron of a direction: g, or (w, b) with ``b = -anchor'w``."""
        return g if self.anchor is None else (*g, -dot(self.anchor, g))


@dataclass(frozen=True, init=False, repr=False)
class InterpolationProblem:
    """Minimum-norm interpolation by a two-layer ReLU network of any width (THEORY §8).

    Parameters
    ----------
    X
        Samples as rows, shape (n, d): ints, strings, Fractions, sympy or numpy integers.
    y
        Labels, shape (n,).
    skip
        ``"none"``; ``"linear"`` adds ``x'a`` to the network, free of cost; ``"affine"`` adds
        ``x'a + a_0``. The features of the skip are those of X, without a bias column.
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
        if skip not in SKIPS:
            raise InstanceError(f"skip: {skip!r} is none of {', '.join(SKIPS)}")
        read = TrainingProblem(X, y, beta=1, bias=bias, exact=exact)
        put = object.__setattr__  # the class is frozen: this is its only writer
        put(self, "X", read.X)
        put(self, "y", read.y)
        put(self, "skip", skip)
        put(self, "bias", read.bias)
        put(self, "name", name)

    @property
    def inverse_weights(self) -> Vector:
        """The inverse weights of a squared loss: 0, the labels are fitted exactly."""
        return (Fraction(0),) * self.n

    @property
    def beta_squared(self) -> Fraction:
        """The square of the largest dual value of a neuron of length 1: here 1."""
        return Fraction(1)

    @property
    def n(self) -> int:
        """The number of samples."""
        return len(self.X)

    @property
    def d(self) -> int:
        """The number of features of a sample, a bias not counted."""
        return len(self.X[0])

    @property
    def design(self) -> Matrix:
        """The samples as neurons ``(design g)_+`` see them: (n, d), with a bias (n, d + 1)."""
        if self.bias == "none":
            return self.X
        return tuple((*row, Fraction(1)) for row in self.X)

    @property
    def has_constant(self) -> bool:
        """Whether constants are fitted freely."""
        return self.skip == "affine" or self.bias == "free"

    @cached_property
    def free(self) -> tuple[Vector, ...]:
        """The columns of Z, each of shape (n,): the features of the skip, then the ones."""
        columns = tuple(zip(*self.X, strict=True)) if self.skip != "none" else ()
        ones = (Fraction(1),) * self.n
        return (*columns, ones) if self.has_constant else columns

    @cached_property
    def Z(self) -> Matrix:
        """The matrix (n, p) of what is fitted freely."""
        return tuple(tuple(column[k] for column in self.free) for k in range(self.n))

    @cached_property
    def quotient(self) -> Matrix:
        """A basis, as rows, of ``{kappa : Z'kappa = 0}``: it sends features modulo Z."""
        return cast("Matrix", kernel(self.free, self.n))

    @cached_property
    def charts(self) -> tuple[Chart, ...]:
        """The charts: one, or with a free bias one for each distinct sample."""
        if self.bias != "free":
            return (Chart(self.design, None),)
        return tuple(
            Chart(tuple(tuple(s - t for s, t in zip(x, a, strict=True)) for x in self.X), a)
            for a in dict.fromkeys(self.X)
        )

    @cached_property
    def reach(self) -> tuple[Vector, ...]:
        """Vectors of R^n that span the fits of all networks, skip included.

        On each tope the fits are ``D X u`` with u in an open cone, so they span the image of
        ``D X``. Across a wall the rows ``x_k = lambda_k x`` change, those with a negative
        lambda_k the other way, so ``(D - D') X u = (x'u) |lambda|``. One tope and the
        vectors ``|lambda|`` therefore span all.
        """
        vectors: list[Vector] = []
        for chart in self.charts:
            H, X = chart.arrangement, chart.design
            first = H.patterns[-1]
            columns = zip(*X, strict=True)
            vectors += [
                tuple(
                    t if s > 0 else Fraction(0) for s, t in zip(first, column, strict=True)
                )
                for column in columns
            ]
            lines = H.lines
            for i, k in enumerate(lines.firsts):
                j = next(j for j, t in enumerate(X[k]) if t)
                vectors.append(
                    tuple(
                        abs(x[j] / X[k][j]) if side and place == i else Fraction(0)
                        for x, place, side in zip(X, lines.places, lines.sides, strict=True)
                    )
                )
        return (*vectors, *self.free)

    @cached_property
    def determining(self) -> tuple[int, ...]:
        """Samples whose labels determine all labels that networks can fit, ascending."""
        return independent_rows(transpose(self.reach))

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        return (
            f"InterpolationProblem({name}n={self.n}, d={self.d}, skip={self.skip}, "
            f"bias={self.bias})"
        )


def obstruction(problem: InterpolationProblem) -> Vector | None:
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


def require_interpolable(problem: InterpolationProblem) -> None:
    """Raise :class:`NotInterpolable`, with the obstruction, when no network fits."""
    z = obstruction(problem)
    if z is None:
        return
    rows = [k for k, t in enumerate(z) if t]
    shown = " + ".join(f"{exactly(z[k])} y_{k + 1}" for k in rows).replace("+ -", "- ")
    value = dot(z, problem.y)
    what = "row" if len(rows) == 1 else "rows"
    raise NotInterpolable(
        f"no network of any width fits the labels: {what} {', '.join(str(k + 1) for k in rows)} "
        f"of X force {shown} = 0, and here it is {exactly(value)}"
    )
