"""A closed tope, or what is left of it where rows vanish: its hull, and forms on it.

Branches of one tope share their hulls: most cells differ in their strict rows alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from operator import mul

from polytope_nn.exact.linear import (
    gram,
    independent_rows,
    kernel,
    projector,
    solve,
    transpose,
)
from polytope_nn.exact.rational import Matrix, identity
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.farkas import alternative
from polytope_nn.geometry.lines import IntegerVector
from polytope_nn.vector.faces import Covector
from polytope_nn.vector.problem import Rows

__all__ = ["Cell", "Form", "Hull", "Tope", "combined", "outer", "solved"]

Form = tuple[Scalars, ...]
"""A symmetric matrix, shape (d, d)."""


def outer(x: Scalars, y: Scalars) -> Form:
    """Return ``x y'``."""
    return tuple(tuple(s * t for t in y) for s in x)


def combined(*terms: tuple[Scalar, Form]) -> Form:
    """Return a combination of forms."""
    (c, first), *rest = terms
    total = [[c * t for t in row] for row in first]
    for c, A in rest:
        for row, other in zip(total, A, strict=True):
            row[:] = [s + c * t for s, t in zip(row, other, strict=True)]
    return tuple(map(tuple, total))


@dataclass(frozen=True)
class Tope:
    """A tope of the samples X and a dual variable N, shape (n, c).

    ``covector`` is 0 at a sample that is 0; ``facets`` are the samples that bound it, and
    ``rays``, with the lineality, make it; () where they are not known.
    """

    X: Matrix
    covector: Covector
    N: Rows
    beta_squared: Fraction
    facets: tuple[int, ...] = ()
    rays: tuple[IntegerVector, ...] = ()

    @cached_property
    def M(self) -> Rows:
        """``X'E N``, shape (d, c)."""
        at = [k for k, s in enumerate(self.covector) if s > 0]
        return tuple(
            tuple(
                sum((self.X[k][i] * self.N[k][j] for k in at), Fraction(0))
                for j in range(len(self.N[0]))
            )
            for i in range(len(self.X[0]))
        )

    def shares_of(self, k: int) -> dict[int, Scalar]:
        """Return the masses of facets whose rows add up to the row of a sample; {} if unknown."""
        if k not in self._shares:
            rows = [self.rows[f] for f in self.facets]
            found = alternative(rows, self.rows[k])[0] if rows else None
            self._shares[k] = {self.facets[j]: t for j, t in (found or {}).items()}
        return self._shares[k]

    @cached_property
    def _shares(self) -> dict[int, dict[int, Scalar]]:
        return {}

    def turned(self, covector: Covector) -> "Tope":
        """Return the tope of other signs."""
        return replace(self, covector=covector, facets=(), rays=())

    def hull(self, vanishing: frozenset[int] = frozenset()) -> "Hull":
        """Return the hull of what is left where some rows vanish, the same one each time."""
        if vanishing not in self._hulls:
            self._hulls[vanishing] = Hull(self, vanishing)
        return self._hulls[vanishing]

    @cached_property
    def _hulls(self) -> "dict[frozenset[int], Hull]":
        return {}

    @cached_property
    def positive(self) -> tuple[frozenset[int], ...]:
        """The samples that are positive on each ray."""
        rows = self.rows.items()
        return tuple(
            frozenset(k for k, x in rows if sum(map(mul, x, ray))) for ray in self.rays
        )

    @cached_property
    def rows(self) -> dict[int, Scalars]:
        """The rows that are nonnegative on the tope, by sample."""
        pairs = enumerate(zip(self.X, self.covector, strict=True))
        return {k: tuple(s * t for t in x) for k, (x, s) in pairs if s}

    @cached_property
    def scale(self) -> int:
        """The least common denominator of X."""
        return lcm(*(t.denominator for x in self.X for t in x))

    @cached_property
    def unit(self) -> Form:
        """``|u|^2``."""
        d = len(self.X[0])
        return identity(d)

    @cached_property
    def H(self) -> Form:
        """``|h|^2``."""
        return gram(self.M)

    @cached_property
    def D(self) -> Form:
        """``beta^2 |u|^2 - |h|^2``."""
        return combined((self.beta_squared, self.unit), (Fraction(-1), self.H))


@dataclass(frozen=True)
class Hull:
    """The linear hull of a closed tope where some rows vanish, and forms on it."""

    tope: Tope
    vanishing: frozenset[int] = frozenset()

    def seen_rows(self, at: Collection[int]) -> dict[int, Scalars]:
        """Return rows, as forms in the basis, by sample."""
        for k in at:
            if k not in self._seen:
                self._seen[k] = self.seen(self.tope.rows[k])
        return {k: self._seen[k] for k in at}

    @cached_property
    def _seen(self) -> dict[int, Scalars]:
        return {}

    @cached_property
    def walls(self) -> dict[int, Scalars]:
        """Independent rows that span those that vanish, by sample."""
        at = sorted(self.vanishing)
        rows = [self.tope.rows[k] for k in at]
        return {at[i]: rows[i] for i in independent_rows(rows)} if rows else {}

    @cached_property
    def basis(self) -> tuple[Scalars, ...]:
        """A basis of the hull, shape (w, d)."""
        d = len(self.tope.X[0])
        return kernel(list(self.walls.values()), d) if self.walls else self.tope.unit

    @cached_property
    def gram(self) -> Form:
        """The inner products of the basis."""
        return gram(self.basis)

    @cached_property
    def onto(self) -> Form:
        """The projection on the hull, shape (d, d)."""
        return projector(list(self.walls.values()), len(self.tope.X[0]))

    @cached_property
    def dual(self) -> dict[int, Scalars]:
        """Vectors ``y_k`` with ``u - onto u = sum_k y_k (x_k'u)`` over the walls."""
        rows = list(self.walls.values())
        if not rows:
            return {}
        columns = [solved(gram(rows), column) for column in transpose(rows)]
        return dict(zip(self.walls, transpose(columns), strict=True))

    def on(self, A: Form) -> Form:
        """Return a form in the basis of the hull."""
        images = [[dot(row, b) for row in A] for b in self.basis]
        return tuple(tuple(dot(a, image) for image in images) for a in self.basis)

    def seen(self, x: Scalars) -> Scalars:
        """Return a linear form in the basis of the hull."""
        return tuple(dot(x, b) for b in self.basis)

    def point(self, a: Sequence[Scalar]) -> Scalars:
        """Return the vector of coordinates a."""
        return tuple(dot(a, column) for column in transpose(self.basis))

    def lifted(self, a: Scalars) -> Scalars:
        """Return the linear form that is a in the basis, and 0 orthogonally to the hull."""
        return self.point(solved(self.gram, a))

    def projected(self, x: Scalars) -> Scalars:
        """Return the projection of a vector on the hull."""
        return tuple(dot(row, x) for row in self.onto)

    def shares(self, x: Scalars) -> dict[int, Scalar]:
        """Return ``g_k`` with ``x = projected x + sum_k g_k x_k`` over the walls."""
        return {k: dot(y, x) for k, y in self.dual.items()}


@dataclass(frozen=True)
class Cell:
    """What is left of a closed tope where some rows vanish and others are positive."""

    hull: Hull
    strict: frozenset[int] = frozenset()

    @property
    def tope(self) -> Tope:
        """The tope."""
        return self.hull.tope

    @cached_property
    def open(self) -> list[int]:
        """The samples of which nothing is decided."""
        return [k for k in self.tope.rows if k not in self.strict | self.hull.vanishing]

    @cached_property
    def bounding(self) -> list[int]:
        """The samples whose rows imply the others: of facets, without those that vanish."""
        facets, vanishing = self.tope.facets or self.tope.rows, self.hull.vanishing
        return [k for k in facets if k not in vanishing]

    @cached_property
    def unmet(self) -> list[int]:
        """The strict samples that are 0 on all of the closed tope that the hull has.

        The cell is empty iff there are any: the sum of the rays in the hull is positive at
        all others. All strict ones where rays are not known.
        """
        if not self.tope.rays:
            return sorted(self.strict)
        here = [at for at in self.tope.positive if not at & self.hull.vanishing]
        return sorted(self.strict.difference(*here))

    def branches(self, k: int) -> "tuple[Cell, Cell]":
        """Return what is left where the row of a sample vanishes, and where it is positive."""
        vanishing = self.tope.hull(self.hull.vanishing | {k})
        return Cell(vanishing, self.strict), Cell(self.hull, self.strict | {k})


def solved(A: Sequence[Scalars], b: Scalars) -> Scalars:
    """Return the solution of a regular system."""
    x = solve(A, b)
    assert x is not None  # Gram matrices of independent rows are regular
    return x
