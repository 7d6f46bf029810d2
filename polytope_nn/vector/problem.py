"""The training problem with several outputs (general §4)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from polytope_nn.called import listed
from polytope_nn.errors import DimensionError, InstanceError, NotOptimal
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.logarithms import logarithm
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import Interval, SquaredLoss
from polytope_nn.problems.losses.kinds import INDICATORS
from polytope_nn.problems.reading.given import rows_given
from polytope_nn.problems.training import TrainingProblem

from .faces import Face, live_faces
from .losses.entries import Entries, flat
from .losses.given import SOFTMAX, entry_loss, kind_given
from .losses.softmax import cross_entropy

__all__ = ["Rows", "VectorProblem"]

Rows = tuple[Scalars, ...]
"""A matrix of scalars as its rows, shape (n, c)."""


@dataclass(frozen=True, init=False, repr=False)
class VectorProblem:
    """Weight-decay training of a two-layer ReLU network with c outputs (general §4).

    ``min 1/2 sum_k weights_k |f(x_k) - Y_k|^2 + (beta/2) sum_j (|u_j|^2 + |v_j|^2)`` with
    ``f(x) = sum_j (x'u_j)_+ v_j + skip``.

    Parameters
    ----------
    X, Y
        Samples and labels as rows, shapes (n, d) and (n, c).
    beta, beta_squared, weights, bias, skip, exact
        As for :class:`~polytope_nn.problems.training.TrainingProblem`; a free bias is refused.
    loss
        ``"squared"``, or one that has an entry for each label: ``"absolute"``, ``"huber"``,
        ``"quantile"``, ``"epsilon_insensitive"``, ``"power"``, ``"poisson"``, ``"interpolation"``,
        ``"tolerance"``; or ``"softmax"``, the cross-entropy of one-hot rows Y.

    Raises
    ------
    InexactError, DimensionError, InstanceError
        As there, and when Y is ragged or has no column.

    Examples
    --------
    >>> VectorProblem([[1, 0], [0, 1]], [[6, 4], [4, 6]], beta=1)
    VectorProblem(n=2, d=2, c=2, beta²=1)

    ``single`` is the problem of the first output: all but Y is the same for each.
    """

    Y: Matrix
    single: TrainingProblem
    entries: Entries
    given_loss: object = field(hash=False)  # a dict, at times

    def __init__(  # noqa: PLR0913 - the contract's names, all but two keyword-only
        self,
        X: Iterable[Iterable[object]],
        Y: Iterable[Iterable[object]],
        *,
        beta: object = None,
        beta_squared: object = None,
        loss: object = "squared",
        weights: Iterable[object] | None = None,
        bias: str | bool = "none",
        skip: str = "none",
        exact: str | None = None,
        name: str = "",
    ) -> None:
        try:
            labels = rows_given(Y, exact, "Y")
        except DimensionError as error:
            raise DimensionError(f"Y: {error}") from None
        if not labels or not labels[0]:
            raise InstanceError("Y is empty: give a row of c >= 1 labels for each row of X")
        given = None
        if weights is not None:
            given = listed(weights, "weights", "give one for each row of X")
        single = TrainingProblem(
            X,
            [row[0] for row in labels],
            beta=beta,
            beta_squared=beta_squared,
            weights=given,
            bias=bias,
            skip=skip,
            exact=exact,
            name=name,
        )
        if single.bias == "free":
            raise InstanceError(
                "bias: a free bias does not go with y of several outputs: write "
                '"penalised" or "none"'
            )
        put = object.__setattr__  # the class is frozen: this is its only writer
        put(self, "Y", labels)
        put(self, "single", single)
        put(self, "given_loss", loss)
        softmax = kind_given(loss) == SOFTMAX
        of_entries = entry_loss(loss, labels, single.weights)
        put(self, "entries", Entries(single, of_entries, len(labels[0]), shifted=softmax))

    def altered(self, **changes: object) -> "VectorProblem":
        """Return the problem with some arguments changed, named and given as to the class.

        >>> VectorProblem([[1]], [[1, 2]], beta=1).altered(skip="constant", beta_squared=4)
        VectorProblem(n=1, d=1, c=2, beta²=4, skip=constant)
        """
        given: dict[str, object] = {
            "X": self.X,
            "Y": self.Y,
            "beta_squared": self.beta_squared,
            "loss": self.given_loss,
            "weights": self.weights,
            "bias": self.bias,
            "skip": self.skip,
            "name": self.name,
        }
        return VectorProblem(**given | changes)  # type: ignore[arg-type] # as it was read

    @property
    def X(self) -> Matrix:
        """The samples, shape (n, d)."""
        return self.single.X

    @property
    def design(self) -> Matrix:
        """The samples as neurons see them, with a bias a column of ones more."""
        return self.single.design

    @property
    def arrangement(self) -> Arrangement:
        """The arrangement of the rows of the design."""
        return self.single.charts[0].arrangement

    @cached_property
    def faces(self) -> tuple[Face, ...]:
        """The faces that can have an optimal direction."""
        return live_faces(self.arrangement, self.free.columns)

    @property
    def free(self) -> FreePart:
        """What is fitted without a price, for each output alike."""
        return self.single.free

    @property
    def beta_squared(self) -> Fraction:
        """The square of the weight decay."""
        return self.single.beta_squared

    @property
    def weights(self) -> Vector:
        """The weights of the rows' losses, shape (n,)."""
        return self.single.weights

    @property
    def bias(self) -> str:
        """The word of the bias."""
        return self.single.bias

    @property
    def skip(self) -> str:
        """The word of the skip."""
        return self.single.skip

    @property
    def name(self) -> str:
        """The name."""
        return self.single.name

    @property
    def n(self) -> int:
        """The number of samples."""
        return self.single.n

    @property
    def d(self) -> int:
        """The number of features that are paid for."""
        return self.single.d

    @property
    def dimension(self) -> int:
        """The number of columns of X, no bias counted."""
        return len(self.X[0])

    @property
    def c(self) -> int:
        """The number of outputs."""
        return len(self.Y[0])

    @cached_property
    def inverse_weights(self) -> Vector:
        """The inverse weights, shape (n,)."""
        return tuple(1 / w for w in self.weights)

    @property
    def kind(self) -> str:
        """The word of the loss."""
        return self.entries.kind

    @property
    def is_squared(self) -> bool:
        """Whether the loss is the squared one: N and the fit are then unique."""
        return isinstance(self.entries.loss, SquaredLoss)

    @property
    def is_finite(self) -> bool:
        """Whether every fit has a finite loss."""
        return self.kind not in INDICATORS

    @cached_property
    def is_even(self) -> bool:
        """Whether what neurons see is free: then u and -u are as good as each other.

        With ``N'X = 0`` both have one form, and features that differ by ``X u h'``, which is free.
        """
        free = self.free.columns
        seen = transpose(self.design)
        return bool(free) and rank([*free, *seen]) == rank(free)

    def fit(self, N: Rows) -> Rows:
        """Return the fit that belongs to N of the squared loss: ``Y - N / weights``, (n, c)."""
        return tuple(
            tuple(y - t * s for y, t in zip(labels, row, strict=True))
            for labels, row, s in zip(self.Y, N, self.inverse_weights, strict=True)
        )

    def best_beside(self, made: Rows) -> Rows:
        """Return the coefficients (q, c) of what is free that fit best beside a fit (n, c)."""
        rows = zip(self.Y, made, strict=True)
        gap = [[y - t for y, t in zip(*pair, strict=True)] for pair in rows]
        columns = [self.free.best(column, self.weights) for column in transpose(gap)]
        return transpose(columns)

    def dual(self, fit: Rows) -> Rows:
        """Return ``N = -grad L(fit) = weights (Y - fit)`` of the squared loss, shape (n, c)."""
        return tuple(
            tuple(w * (y - t) for y, t in zip(labels, row, strict=True))
            for labels, row, w in zip(self.Y, fit, self.weights, strict=True)
        )

    def box(self, N: Rows) -> tuple[Interval, ...]:
        """Return ``Z(N)``, the fits of the entries that belong to N (general G3).

        Of softmax with constants of the rows that make ``sum_j e^(z_j) = 1``.

        Raises
        ------
        NotOptimal
            When an entry of N is outside the domain of its loss.
        """
        try:
            return self.entries.loss.interval(flat(N))
        except NotOptimal as refusal:
            raise NotOptimal(self.entries.placed(str(refusal))) from None

    def dual_value(self, N: Rows) -> Scalar:
        """Return ``-L*(-N)``, the dual objective of a feasible N (general G1)."""
        value: Scalar = -self.entries.loss.conjugate(flat(N))
        return value - sum(self.weights) if self.entries.shifted else value

    @property
    def infimum(self) -> Scalar:
        """The infimum of the loss over all fits: no network has a lower objective."""
        kind, total = self.kind, Fraction(0)
        if kind != "poisson":
            return total
        found: Scalar = total
        for y, row in zip(self.Y, self.weights, strict=True):
            for t in (t for t in y if t):
                found = found + (t - logarithm(t) * t) * row
        return found

    def loss(self, fit: Rows) -> Scalar | None:
        """Return the loss of a fit, shape (n, c); None where it is infinite."""
        if self.entries.shifted:
            return cross_entropy(fit, self.Y, self.weights)
        return self.entries.loss.value(flat(fit))

    def modulo(self, fit: Rows) -> Scalars:
        """Return a matrix (n, c) modulo what is free, its columns one after another."""
        if self.entries.shifted:
            return self.entries.free.modulo(flat(fit))
        return tuple(x for column in transpose(fit) for x in self.free.modulo(column))

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        bias = "" if self.bias == "none" else f", bias={self.bias}"
        skip = "" if self.skip == "none" else f", skip={self.skip}"
        if not self.is_squared:
            bias = f", loss={self.kind}{bias}"
        return (
            f"VectorProblem({name}n={self.n}, d={self.d}, c={self.c}, "
            f"beta²={self.beta_squared}{bias}{skip})"
        )
