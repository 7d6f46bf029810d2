"""The optimal set of minimum-norm interpolation, proved (THEORY §8).

First of all: kappa is the dual variable, ``max kappa'y``; positive neurons maximise
``kappa'(Xu)_+``, whose largest value over ``|u| <= 1`` is 1.

A kappa that is dual feasible and a ``c >= 0`` with ``F c + Z a = y`` over its tight atoms prove
each other optimal: ``sum c = sum c_a kappa'F_a = kappa'(y - Z a) = kappa'y``, and any network
that fits y costs at least that. *The optimal set does not depend on kappa*: by the same equation
an interpolating network is optimal iff each of its neurons is tight for a given dual
optimum, for any one of them. So ``{(c, a) : c >= 0, F c + Z a = y}`` over the tight atoms of
*any* dual optimum is the optimal set; atoms that another dual optimum has not are 0 on it.

Features are taken modulo Z: with the rows of N a basis of ``ker Z'`` the c are the polytope
``{c >= 0 : N F c = N y}``, and a is determined by c up to the kernel of Z. Atoms with the same
feature modulo Z (with a free linear skip g and -g always have) are one *class*; only its
total weight is constrained.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, cast

from polytope_nn.dual.atoms import Atom, Bound
from polytope_nn.errors import DimensionError, UnboundedError, Undecided
from polytope_nn.exact.linear import independent_rows, kernel, rank, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.functions.piecewise_linear import (
    Interpolant,
    interpolant,
    oriented,
    simplest,
)
from polytope_nn.problems.interpolation import InterpolationProblem

from .polytope import support
from .staircase import Staircase, merge_tree

if TYPE_CHECKING:
    from polytope_nn.search.enclosing import Enclosures

__all__ = [
    "MOST_VERTICES",
    "Interpolation",
    "Point",
]

MOST_VERTICES = 20_000

Class = tuple[int, ...]


@dataclass(frozen=True)
class Point:
    """A point of the optimal set: weights of the atoms, coefficients of the free columns."""

    c: Scalars
    a: Scalars


@dataclass(frozen=True, repr=False)
class Interpolation:
    """The optimal set ``{(c, a) : c >= 0, F c + Z a = y}`` of a minimum-norm interpolation.

    ``kappa`` has shape (n,); ``atoms`` are the N tight directions, ``g`` as neurons see the
    design (with a bias last, also a free one); ``classes`` are the atoms with equal features
    modulo Z, ``masses`` the vertices of the polytope of the total weights of the classes;
    where balls do not decide them there are none, ``inner`` is a relative interior point of the
    optimal set, and ``missing`` the decision that is not made.
    ``bounds`` prove dual feasibility, chart by chart. ``level`` is ``"exact"`` or
    ``"interval"`` (numbers are balls, whose existence ``enclosures`` proves).
    """

    problem: InterpolationProblem
    kappa: Scalars
    atoms: tuple[Atom, ...]
    bounds: tuple[tuple[Bound, ...], ...]
    classes: tuple[Class, ...]
    masses: tuple[Scalars, ...]
    rank: int
    level: str
    enclosures: "Enclosures | None" = field(default=None, compare=False)
    inner: Scalars | None = None
    missing: str = ""

    @cached_property
    def labels(self) -> Scalars:
        """What is fitted, shape (n,): y (with a loss, y less the residual)."""
        rows = zip(self.problem.y, self.kappa, self.problem.inverse_weights, strict=True)
        return tuple(y - t * inverse if inverse else y for y, t, inverse in rows)

    @cached_property
    def cost(self) -> Scalar:
        """The least cost ``kappa'labels``, the same for every width >= m*."""
        return simplest(dot(self.kappa, self.labels))

    @property
    def vanishes(self) -> bool:
        """Whether the free part alone fits y; then there are no neurons."""
        return not any(sign(x) for x in self.some)

    @property
    def some(self) -> Scalars:
        """One point c of the polytope: its first vertex, or the inner point."""
        return next(self.expanded(self.masses[0])) if self.inner is None else self.inner

    @cached_property
    def A(self) -> tuple[Scalars, ...]:
        """The matrix (n, N) whose columns are the features."""
        if not self.atoms:
            return ((),) * self.problem.n
        return transpose([a.feature for a in self.atoms])

    @property
    def inequalities(self) -> tuple[tuple[Scalars, Scalar], ...]:
        """The H-form beside ``A c + Z a = y``: pairs (row, t) that mean ``row'(c, a) <= t``."""
        N, p = len(self.atoms), len(self.problem.free)
        rows = ([Fraction(-int(i == j)) for j in range(N + p)] for i in range(N))
        return tuple((tuple(row), Fraction(0)) for row in rows)

    @cached_property
    def lines(self) -> Matrix:
        """A basis of ``{a : Z a = 0}``: the directions in which a is not determined."""
        return cast("Matrix", kernel(self.problem.Z, len(self.problem.free)))

    @cached_property
    def used(self) -> tuple[int, ...]:
        """The atoms with a positive weight somewhere in the optimal set, ascending."""
        if self.inner is not None:
            return tuple(range(len(self.atoms)))
        support_of_all = 0
        for v in self.masses:
            support_of_all |= support(v)
        return tuple(
            sorted(
                a for i, members in enumerate(self.classes) for a in members
                if support_of_all >> i & 1
            )
        )  # fmt: skip

    @property
    def dim(self) -> int:
        """The dimension of the polytope of the c."""
        if len(self.used) == len(self.atoms):
            return len(self.atoms) - self.rank
        used = [self.atoms[a].feature for a in self.used]
        rows = self.problem.quotient
        return len(used) - rank([[dot(row, F) for row in rows] for F in used])

    @property
    def n_vertices(self) -> int:
        """The number of vertices of the polytope of the c, without listing them.

        Raises
        ------
        Undecided
            When balls do not decide it.
        """
        if self.inner is not None:
            raise Undecided(self.missing)
        return sum(
            prod(len(m) for m, x in zip(self.classes, v, strict=True) if x != 0)
            for v in self.masses
        )

    @cached_property
    def vertices(self) -> tuple[Scalars, ...]:
        """The vertices of the polytope of the c, sorted by support.

        In a vertex each class puts its weight on one atom.

        Raises
        ------
        Undecided
            When there are more than 20 000.
        """
        if self.n_vertices > MOST_VERTICES:
            raise Undecided(
                f"{self.n_vertices} vertices, more than {MOST_VERTICES}, to be listed"
            )
        found = [c for v in self.masses for c in self.expanded(v)]
        return tuple(sorted(found, key=lambda c: [a for a, x in enumerate(c) if x != 0]))

    def expanded(self, masses: Scalars) -> Iterator[Scalars]:
        """Yield the vertices whose classes have the given total weights."""
        choices = [
            m if x != 0 else m[:1] for m, x in zip(self.classes, masses, strict=True)
        ]
        for chosen in product(*choices):
            c: list[Scalar] = [Fraction(0)] * len(self.atoms)
            for a, x in zip(chosen, masses, strict=True):
                c[a] = x
            yield tuple(c)

    @cached_property
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices, as bits, in the order of the vertices."""
        return tuple(map(support, self.vertices))

    @cached_property
    def _thin(self) -> tuple[tuple[int, ...], Matrix]:
        """Independent columns of Z: their indices, and their rows."""
        columns = independent_rows(self.problem.free)
        return columns, tuple(tuple(z[j] for j in columns) for z in self.problem.Z)

    @cached_property
    def _inverses(self) -> dict[tuple[int, ...], Matrix]:
        return {}

    def _inverse(self, rows: tuple[int, ...]) -> Matrix:
        """Return the inverse of the independent columns of Z at independent rows."""
        if rows not in self._inverses:
            square = [self._thin[1][k] for k in rows]
            units = [[Fraction(int(k == i)) for k in rows] for i in rows]
            solved = [cast("Vector", solve(square, unit)) for unit in units]
            self._inverses[rows] = cast("Matrix", transpose(solved)) if solved else ()
        return self._inverses[rows]

    def free_part(self, c: Sequence[Scalar]) -> Scalars:
        """Return an a with ``F c + Z a = y``; what is not determined is 0.

        The c must be in the polytope. In balls it comes from the samples where the fewest
        neurons are active: where none is, and labels are fitted exactly, it is exact.
        """
        columns, thin = self._thin
        used = [a for a, x in enumerate(c) if not (isinstance(x, Fraction) and x == 0)]
        busy = [
            [a for a in used if self.atoms[a].covector[k] > 0] for k in range(len(thin))
        ]
        order = list(range(len(thin)))
        if self.level == "interval":
            order.sort(key=lambda k: len(busy[k]))
        rows = tuple(order[i] for i in independent_rows([thin[k] for k in order]))
        left = [
            self.labels[k] - dot([self.A[k][a] for a in busy[k]], [c[a] for a in busy[k]])
            for k in rows
        ]
        a: list[Scalar] = [Fraction(0)] * len(self.problem.free)
        for j, row in zip(columns, self._inverse(rows), strict=True):
            a[j] = dot(row, left)
        return tuple(a)

    def point(self, c: Sequence[Scalar]) -> Point:
        """Return the point of the optimal set with these weights."""
        if len(c) != len(self.atoms):
            raise DimensionError(f"{len(c)} coordinates for {len(self.atoms)} atoms")
        return Point(tuple(c), self.free_part(c))

    def __contains__(self, point: Point) -> bool:
        """Return whether a point is in the optimal set."""
        if len(point.c) != len(self.atoms) or len(point.a) != len(self.problem.free):
            return False
        rows = zip(self.A, self.problem.Z, self.labels, strict=True)
        return all(x >= 0 for x in point.c) and all(
            dot(f, point.c) + dot(z, point.a) == t for f, z, t in rows
        )

    def neuron(self, a: int) -> Scalars:
        """Return (w, b) of an atom, shape (d + 1,), b = 0 without a bias."""
        g = self.atoms[a].g
        return g if self.problem.bias != "none" else (*g, Fraction(0))

    @cached_property
    def _oriented(self) -> tuple[tuple[Scalars, int], ...]:
        """The kink and side of each atom; in balls, one kink for opposite atoms."""
        paired = self.enclosures.paired if self.enclosures is not None else frozenset()
        found: dict[tuple[int, ...], tuple[Scalars, int]] = {}
        for i, a in enumerate(self.atoms):
            opposite = (-a.sign, *a.covector)
            if a.key in paired and opposite in found:
                line, side = found[opposite]
                found[a.key] = line, -side
            else:
                found[a.key] = oriented(self.neuron(i))
        return tuple(found[a.key] for a in self.atoms)

    def function(self, point: Point) -> Interpolant:
        """Return the network of a point as a function on R^d."""
        problem = self.problem
        slope = list(point.a[: problem.d]) if problem.skip != "none" else []
        slope += [Fraction(0)] * (problem.d - len(slope))
        offset = point.a[-1] if problem.has_constant else Fraction(0)
        terms = [
            (x * self.atoms[a].sign, *self._oriented[a])
            for a, x in enumerate(point.c)
            if not (isinstance(x, Fraction) and x == 0)
        ]
        return interpolant(terms, tuple(slope), offset)

    @cached_property
    def staircase(self) -> Staircase:
        """The staircase of connectivity: widths count neurons, the free part none (T8).

        With ``lines`` every component is a product with that space, no point is isolated.

        Raises
        ------
        UnboundedError
            With a free bias, when the optimal networks are no polytope.
        """
        from .flats import loose_flats

        if loose_flats(self):
            raise UnboundedError(
                "neurons may move along their free bias: widths are not counted"
            )
        if self.problem.bias == "free" and self.problem.skip != "affine":
            raise UnboundedError(
                "constants are free only in the limit of growing biases: no widths"
            )
        sizes = tuple(bits.bit_count() for bits in self.supports)
        joins = merge_tree(self.supports)
        return Staircase(sizes, joins, self.rank, self.problem.n, self.vanishes)

    def __repr__(self) -> str:
        vertices = f"vertices={self.n_vertices}" if self.inner is None else "inner point"
        return (
            f"Interpolation(cost={float(self.cost):.6g}, atoms={len(self.atoms)}, "
            f"{vertices}, dim={self.dim}, level={self.level})"
        )
