"""Other slopes, as the ReLU problem with a row for each side (general §5).

With slopes a for t > 0 and -b for t < 0, ``psi(t) = a (t)_+ + b (-t)_+``. So the fit z of neurons
with that activation is ``z = a z1 + b z2`` for the fit (z1, z2) of ReLU neurons on the rows
``(X, -X)``. What M = (a I, b I) does not see, ``(-b e_k, a e_k)``, is free of price there, so
that a dual variable is ``(a kappa, b kappa)``; and the squared loss splits: with weights
``2 a^2 w`` and ``2 b^2 w`` and labels ``y/2a`` and ``y/2b`` the least of the two losses over the
free columns is ``1/2 w (a z1 + b z2 - y)^2``. The two problems have the same neurons u, atoms,
weights c and value; features, fit and what is free are the images under M. A side with slope
0 is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import Loss, SquaredLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem

from .activations import Slopes

__all__ = ["Doubled"]


@dataclass(frozen=True, init=False, repr=False)
class Doubled(Problem):
    """The ReLU problem with rows ``s X`` for each side s of the ``source``'s activation.

    ``sides`` are pairs (s, a): the sign of the rows, and what their fit counts.
    """

    source: TrainingProblem
    sides: tuple[tuple[int, Fraction], ...]
    X: Matrix
    y: Vector
    weights: Vector
    loss: Loss
    bias: str
    skip: str
    name: str
    beta_squared: Fraction

    def __init__(self, source: TrainingProblem) -> None:
        slopes = source.activation
        assert isinstance(slopes, Slopes)  # a threshold has no slopes
        sides = tuple((s, s * t) for s, t in ((1, slopes.right), (-1, slopes.left)) if t)
        rows, k = source.plain_design, len(sides)
        values = {
            "source": source,
            "sides": sides,
            "X": tuple(tuple(s * t for t in row) for s, _ in sides for row in rows),
            "y": tuple(y / (k * a) for _, a in sides for y in source.y),
            "weights": tuple(k * a * a * w for _, a in sides for w in source.weights),
            "bias": "none",
            "skip": source.skip,
            "name": source.name,
            "beta_squared": source.beta_squared,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "loss", SquaredLoss(self.y, self.weights))

    @property
    def d(self) -> int:
        """The number of features of a sample."""
        return self.dimension

    def free_for(self, X: Matrix) -> FreePart:  # noqa: ARG002 - a scale of X changes no span
        """Return what M does not see, and the source's free part on the first side."""
        n, (_, a), zero = len(self.source.X), self.sides[0], Fraction(0)
        columns = [
            (*(t / a for t in column), *(zero,) * (self.n - n))
            for column in self.source.free.columns
        ]
        if len(self.sides) > 1:
            b = self.sides[1][1]
            for k in range(n):
                unseen = [zero] * self.n
                unseen[k], unseen[n + k] = -b, a
                columns.append(tuple(unseen))
        return FreePart(
            self.n, tuple(columns), has_slopes=False, has_constant=False, limited=False
        )

    def split(self, kappa: Sequence[Scalar]) -> Scalars:
        """Return the dual variable that goes with one of the source, shape (n,)."""
        return tuple(k * a for _, a in self.sides for k in kappa)

    def seen(self, fit: Sequence[Scalar]) -> Scalars:
        """Return the image under M of a fit of the sides.

        >>> D = TrainingProblem([[1]], [1], beta=1, activation={"slopes": [1, "1/3"]})
        >>> print(*Doubled(D).seen((3, 3)))
        2
        """
        n = len(self.source.X)
        seen = [t * self.sides[0][1] for t in fit[:n]]
        for i, (_, b) in enumerate(self.sides[1:], 1):
            seen = [z + b * t for z, t in zip(seen, fit[i * n : (i + 1) * n], strict=True)]
        return tuple(seen)

    def undone(self, kappa: Sequence[Scalar]) -> Scalars:
        """Return the source's dual variable of one of the sides."""
        _, a = self.sides[0]
        return tuple(k / a for k in kappa[: len(self.source.X)])

    def __repr__(self) -> str:
        return f"Doubled({self.source!r})"
