"""Other slopes, as the ReLU problem with a row for each side (general §5).

``psi(t) = a (t)_+ + b (-t)_+`` for any two slopes. With rows ``X1 = |a| X`` and ``X2 = -|b| X`` the
fit z of neurons with that activation is ``z = e1 z1 + e2 z2``, e the signs of a and b, for the fit
(z1, z2) of ReLU neurons. What M = (e1 I, e2 I) does not see, ``(-e2 e_k, e1 e_k)``, is free of
price there, so that a dual variable is ``(e1 kappa, e2 kappa)``.

The squared loss splits: with weights 2w and labels ``e y/2`` the least of the two losses over the
free columns is ``1/2 w (z - y)^2``. Any other loss is put on the first side, where e1 = 1, and
the second side is fitted exactly: ``z2 = 0``. The two problems have the same neurons u, weights c
and value; features, fit and what is free are the images under M. A side with slope 0 is
left out. Where no sign e is 1 the activation is ``-psi``, and every output has the other sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import ExactFit, Loss, SeparableLoss, SquaredLoss
from polytope_nn.problems.losses.graphs import Graph, Slope
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem

from .activations import Slopes

__all__ = ["Doubled"]


_ZERO = Fraction(0)
_FITTED = Graph((Slope(_ZERO, _ZERO, None, None),))


@dataclass(frozen=True)
class SidedLoss(SeparableLoss):
    """A loss on the first side, and nothing but 0 on the second."""

    @property
    def is_finite(self) -> bool:
        """Whether every fit of the first side has a finite loss."""
        return not any(self.kind.endswith(kind) for kind in ("tolerance", "margin"))


@dataclass(frozen=True, init=False, repr=False)
class Doubled(Problem):
    """The ReLU problem with rows for each side of the ``source``'s activation.

    ``signs`` are those of the sides in the fit; ``first`` is 1 or -1, the samples' sign on
    the first side; ``flipped`` says that outputs have the other sign.
    """

    source: TrainingProblem
    signs: tuple[int, ...]
    first: int
    flipped: bool
    X: Matrix
    y: Vector
    loss: Loss
    bias: str
    skip: str
    name: str
    beta_squared: Fraction

    def __init__(self, source: TrainingProblem) -> None:
        slopes = source.activation
        assert isinstance(slopes, Slopes)  # a threshold has no slopes
        sides = [(s, s * t) for s, t in ((1, slopes.right), (-1, slopes.left)) if t]
        flipped = all(a < 0 for _, a in sides)
        if flipped:
            sides = [(s, -a) for s, a in sides]
        sides.sort(key=lambda side: side[1] < 0)
        signs = tuple(1 if a > 0 else -1 for _, a in sides)
        loss = _loss(source.loss, signs)
        values = {
            "source": source,
            "signs": signs,
            "first": sides[0][0],
            "flipped": flipped,
            "X": tuple(
                tuple(s * abs(a) * t for t in row)
                for s, a in sides
                for row in source.plain_design
            ),
            "y": loss.y,
            "loss": loss,
            "bias": "none",
            "skip": source.skip,
            "name": source.name,
            "beta_squared": source.beta_squared,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def d(self) -> int:
        """The number of features of a sample."""
        return self.dimension

    def free_for(self, X: Matrix) -> FreePart:  # noqa: ARG002 - a scale of X changes no span
        """Return the source's free part on the first side, and what M does not see."""
        n = len(self.source.X)
        columns = [
            (*column, *(_ZERO,) * (self.n - n)) for column in self.source.free.columns
        ]
        for k in range(n if len(self.signs) > 1 else 0):
            unseen = [_ZERO] * self.n
            unseen[k], unseen[n + k] = Fraction(-self.signs[1]), Fraction(1)
            columns.append(tuple(unseen))
        return FreePart(
            self.n, tuple(columns), has_slopes=False, has_constant=False, limited=False
        )

    def split(self, kappa: Sequence[Scalar]) -> Scalars:
        """Return the dual variable that goes with one of the source, shape (n,)."""
        return tuple(k * e for e in self.signs for k in kappa)

    def seen(self, fit: Sequence[Scalar]) -> Scalars:
        """Return the image under M of a fit of the sides.

        >>> D = TrainingProblem([[1]], [1], beta=1, activation={"slopes": [1, "1/3"]})
        >>> print(*Doubled(D).seen((3, 1)))
        2
        """
        n = len(self.source.X)
        seen = list(fit[:n])
        for i, e in enumerate(self.signs[1:], 1):
            seen = [z + e * t for z, t in zip(seen, fit[i * n : (i + 1) * n], strict=True)]
        return tuple(seen)

    def undone(self, kappa: Sequence[Scalar]) -> Scalars:
        """Return the source's dual variable of one of the sides."""
        return tuple(kappa[: len(self.source.X)])

    def __repr__(self) -> str:
        return f"Doubled({self.source!r})"


def _loss(loss: Loss, signs: tuple[int, ...]) -> Loss:
    """Return the loss of the sides."""
    n, k = len(loss.y), len(signs)
    if isinstance(loss, SquaredLoss):
        y = tuple(e * label / k for e in signs for label in loss.y)
        return SquaredLoss(y, tuple(k * w for _ in signs for w in loss.weights))
    y = (*loss.y, *(_ZERO,) * (n * (k - 1)))
    if isinstance(loss, ExactFit):
        return ExactFit(y)
    if k == 1:
        return loss
    return SidedLoss(
        f"two-sided {loss.kind}",
        y,
        (*loss.weights, *(Fraction(1),) * n),
        (*loss.rows, *(_FITTED,) * n),
    )
