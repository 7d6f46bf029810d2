"""A problem with several outputs as its n c entries see it (general §1, E = R^(n c)).

Entries are in the order of rows: the j-th output of sample k is entry ``c k + j``. A free column
of the samples is c columns of the entries; softmax has n more, a constant for each row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.fits import Fit
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import Loss, SeparableLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem

__all__ = ["Entries", "flat", "rows_of"]

_ZERO = Fraction(0)


@dataclass(frozen=True, init=False, repr=False)
class Entries(Problem):
    """The problem of n c entries: their labels, their loss, what is free of them.

    ``single`` is the problem of the first output; ``shifted`` tells of softmax, where a
    constant for each row is free.
    """

    single: TrainingProblem
    loss: Loss
    c: int
    shifted: bool
    name: str
    beta_squared: Fraction
    bias: str
    skip: str
    X: Matrix
    y: Vector

    def __init__(
        self, single: TrainingProblem, loss: Loss, c: int, *, shifted: bool = False
    ) -> None:
        values = {
            "single": single,
            "loss": loss,
            "c": c,
            "shifted": shifted,
            "name": single.name,
            "beta_squared": single.beta_squared,
            "bias": single.bias,
            "skip": single.skip,
            "X": single.X,
            "y": loss.y,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def n(self) -> int:
        """The number of entries."""
        return len(self.y)

    @property
    def d(self) -> int:
        """The number of features of a sample."""
        return self.single.d

    @cached_property
    def columns(self) -> tuple[Vector, ...]:
        """The columns of the samples' free part, for each output, shape (n c,) each."""
        return tuple(column for z in self.single.free.columns for column in self.spread(z))

    @cached_property
    def free(self) -> FreePart:
        """What is fitted without a price, of the entries."""
        of = self.single.free
        columns = (*self.columns, *(self._shifts if self.shifted else ()))
        return FreePart(self.n, columns, of.has_slopes, of.has_constant, of.limited)

    @property
    def _shifts(self) -> tuple[Vector, ...]:
        """The constants of the rows."""
        return tuple(
            tuple(Fraction(int(e // self.c == k)) for e in range(self.n))
            for k in range(self.single.n)
        )

    def unshifted(self, fit: Fit) -> Scalars:
        """Return what the network fits: of softmax less the constants of the rows."""
        if not self.shifted:
            return fit.fit
        means = [sum(z, _ZERO) / self.c for z in rows_of(fit.fit, self.c)]
        return tuple(z - means[e // self.c] for e, z in enumerate(fit.fit))

    def coefficients(self, fit: Fit) -> tuple[Scalars, ...]:
        """Return the coefficients (q, c) of the samples' free columns.

        With softmax, which does not see constants of rows, those whose rows sum to 0.
        """
        rows = rows_of(fit.coefficients[: len(self.columns)], self.c)
        if not self.shifted:
            return rows
        means = [sum(row, _ZERO) / self.c for row in rows]
        return tuple(tuple(t - m for t in row) for row, m in zip(rows, means, strict=True))

    @cached_property
    def reach(self) -> tuple[Vector, ...]:
        """Vectors that span the fits of all networks, what is free included."""
        found = [v for z in self.single.unit.reach for v in self.spread(z)]
        return (*found, *self.free.columns)

    def spread(self, z: Vector) -> tuple[Vector, ...]:
        """Return a column of the samples at each output, 0 at the others."""
        return tuple(
            tuple(z[e // self.c] if e % self.c == j else _ZERO for e in range(self.n))
            for j in range(self.c)
        )

    @cached_property
    def closed(self) -> frozenset[int]:
        """The entries of N that are 0 whenever N annihilates what is free."""
        if not self.free.columns:
            return frozenset()
        rows = self.free.quotient
        return frozenset(e for e in range(self.n) if not any(q[e] for q in rows))

    def placed(self, refusal: str) -> str:
        """Return what is said of an entry with its row and output, and the loss by its name."""
        head, _, rest = refusal.partition("kappa, entry ")
        place, colon, why = rest.partition(":")
        if head or not place.isdigit():
            return refusal
        k, j = divmod(int(place) - 1, self.c)
        why = why.replace("the poisson loss", f"the {self.kind} loss")
        return f"kappa, row {k + 1}, output {j + 1}{colon}{why}"

    @property
    def kind(self) -> str:
        """The word of the loss."""
        if self.shifted:
            return "softmax"
        if isinstance(self.loss, SeparableLoss):
            return self.loss.kind
        return "interpolation" if self.is_fitted else "squared"

    def __repr__(self) -> str:
        return f"Entries({self.n} of {self.single!r})"


def flat(rows: Sequence[Sequence[Scalar]]) -> Scalars:
    """Return the entries of a matrix, row after row."""
    return tuple(t for row in rows for t in row)


def rows_of(z: Sequence[Scalar], c: int) -> tuple[Scalars, ...]:
    """Return n c entries as n rows of c.

    >>> rows_of((Fraction(1), Fraction(2)), 1)
    ((Fraction(1, 1),), (Fraction(2, 1),))
    """
    return tuple(tuple(z[i : i + c]) for i in range(0, len(z), c))
