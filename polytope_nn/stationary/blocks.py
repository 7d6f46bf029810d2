"""Blocks: the faces of the arrangement with a sign, and what stationarity asks on each.

Everything is linear in the dual variable kappa. With L the span of the face, Pi its projector,
``E = Diag(covector = +)`` and Z the tied rows (those with ``x_k'u = 0``), a neuron on the block
is pulled to ``g = sign Pi X'E kappa``, and is stationary iff (THEORY T14)

* g lies in the open face: the *forms* ``sign covector_k x_k'g`` are positive;
* 0 is a mixture of the *pulls* ``N X'(E + D_Z) kappa`` of the adjacent topes, the rows of N
  a basis of the span of the tied rows;

and it is minimal in its neighbourhood iff no *slope* ``-sign kappa'(E + D_Z(v)) X v``, v a ray of
the arrangement of the tied rows inside their span, is negative.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TypeAlias, cast

from polytope_nn.dual.resolvent import factor
from polytope_nn.errors import InstanceError
from polytope_nn.exact.linear import independent_rows, project_out
from polytope_nn.exact.rational import Matrix, Vector, integer_row
from polytope_nn.exact.scalar import Scalars, dot, sign
from polytope_nn.geometry.arrangement import arrangement, covectors
from polytope_nn.geometry.lines import word
from polytope_nn.problems.losses import SquaredLoss
from polytope_nn.problems.training import TrainingProblem

__all__ = [
    "Block",
    "Row",
    "Slope",
    "Whole",
    "blocks",
    "in_integers",
    "squared_loss",
]

Covector = tuple[int, ...]
Row: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Slope:
    """A direction v, shape (d,), out of a face, and the form of kappa that is the slope."""

    direction: Vector
    form: Vector


@dataclass(frozen=True)
class Whole:
    """A block in integers: the columns of V times ``den``, forms and pulls times their own."""

    den: int
    columns: tuple[Row, ...]
    forms: tuple[Row, ...]
    pulls: tuple[tuple[Row, ...], ...]


@dataclass(frozen=True)
class Block:
    """A face and a sign; every form is a vector of shape (n,), to be multiplied with kappa.

    ``factor`` is ``V = E X Pi``, shape (n, d): ``g = sign V'kappa``, and the feature is
    ``V V'kappa``.
    """

    X: Matrix
    sign: int
    covector: Covector

    @cached_property
    def factor(self) -> Matrix:
        """The matrix ``V = E X Pi``, shape (n, d)."""
        return factor(self.X, self.covector)

    @cached_property
    def columns(self) -> tuple[Vector, ...]:
        """The columns of V."""
        return tuple(zip(*self.factor, strict=True))

    @property
    def key(self) -> tuple[int, Covector]:
        """What tells the block."""
        return self.sign, self.covector

    @cached_property
    def tied(self) -> tuple[int, ...]:
        """The rows, not 0, that vanish on the face."""
        pairs = enumerate(zip(self.X, self.covector, strict=True))
        return tuple(k for k, (x, s) in pairs if s == 0 and any(x))

    @cached_property
    def forms(self) -> tuple[Vector, ...]:
        """The forms that are positive where g is in the open face."""
        sides = [self.sign * s for s in self.covector]
        return tuple(
            tuple(side * dot(v, x) for v in self.factor)
            for x, side in zip(self.X, sides, strict=True)
            if side
        )

    @cached_property
    def pulls(self) -> tuple[tuple[Vector, ...], ...]:
        """The forms of the pulls of the adjacent topes, in a basis of the tied rows' span."""
        if not self.tied:
            return ()
        rows = [self.X[k] for k in self.tied]
        basis = [rows[i] for i in independent_rows(rows)]
        found = []
        for pattern in arrangement(rows).patterns:
            local = dict(zip(self.tied, pattern, strict=True))
            found.append(tuple(self._active(v, local) for v in basis))
        return tuple(found)

    @cached_property
    def whole(self) -> Whole:
        """The columns, forms and pulls in integers."""
        columns, den = in_integers(self.columns)
        pulls = tuple(in_integers(pull)[0] for pull in self.pulls)
        return Whole(den, columns, tuple(map(integer_row, self.forms)), pulls)

    @cached_property
    def slopes(self) -> tuple[Slope, ...]:
        """The slopes along the rays out of the face; none for a tope."""
        if not self.tied:
            return ()
        rows = [self.X[k] for k in self.tied]
        H = arrangement(rows)
        rays = sorted({ray for pattern in H.patterns for ray in H.rays(pattern)})
        found = []
        for ray in rays:
            u = tuple(map(Fraction, ray))
            flat = project_out(rows, u)
            v = cast("Vector", tuple(s - t for s, t in zip(u, flat, strict=True)))
            local = {k: sign(dot(self.X[k], v)) for k in self.tied}
            form = self._active(v, local)
            found.append(Slope(v, tuple(-self.sign * t for t in form)))
        return tuple(found)

    def _active(self, v: Vector, local: dict[int, int]) -> Vector:
        """Return ``(E + D_Z) X v``, D_Z the tied rows with a positive sign."""
        return tuple(
            dot(x, v) if s > 0 or local.get(k, 0) > 0 else Fraction(0)
            for k, (x, s) in enumerate(zip(self.X, self.covector, strict=True))
        )

    def direction(self, kappa: Scalars) -> Scalars:
        """Return ``g = sign Pi X'E kappa``, shape (d,)."""
        return tuple(dot(column, kappa) * self.sign for column in self.columns)

    def feature(self, g: Scalars) -> Scalars:
        """Return the feature ``sign (Xg)_+`` of a direction in the face, shape (n,)."""
        return tuple(dot(v, g) * self.sign for v in self.factor)

    def neuron(self, v: Scalars) -> Scalars:
        """Return a neuron as the samples see it; with a free bias, (w, b)."""
        return v

    def __repr__(self) -> str:
        return f"Block({'+' if self.sign > 0 else '-'}, {self.face})"

    @property
    def face(self) -> str:
        """The covector as a word of +, 0 and -."""
        return word(self.covector)


def in_integers(rows: Sequence[Sequence[Fraction]]) -> tuple[tuple[Row, ...], int]:
    """Return rows in integers, and what they were multiplied by.

    >>> in_integers([[Fraction(1, 2), Fraction(1, 3)]])
    (((3, 2),), 6)
    """
    den = lcm(*(t.denominator for row in rows for t in row))
    return tuple(
        tuple(t.numerator * (den // t.denominator) for t in row) for row in rows
    ), den


def blocks(D: TrainingProblem) -> tuple[Block, ...]:
    """Return the blocks that some kappa with ``Z'kappa = 0`` could use, sorted.

    On the others a form that should be positive is 0 for each such kappa, or g is.
    """
    every = (
        Block(D.design, s, face)
        for face in sorted(covectors(arrangement(D.design)))
        for s in (1, -1)
    )
    return tuple(
        b
        for b in every
        if 1 in b.covector and all(any(D.free.modulo(form)) for form in b.forms)
    )


def squared_loss(D: TrainingProblem) -> SquaredLoss:
    """Return the squared loss of a problem, or refuse another one by name."""
    if not isinstance(D.loss, SquaredLoss):
        kind = getattr(D.loss, "kind", "interpolation")
        raise InstanceError(
            f'loss: {kind}: stationary networks are listed for the squared loss: write "squared"'
        )
    return D.loss
