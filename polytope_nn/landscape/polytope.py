"""The optimal set: the optimal polytope, and what is free beside it (THEORY T3, T4, §8).

The optimal set is ``{(c, a) : c >= 0, F c + Z a = fit}`` over the tight atoms of *any* dual
optimum. It does not depend on kappa: ``beta^2 sum c = sum c_a kappa'F_a = kappa'(fit - Z a) =
kappa'fit``, so a network with that fit is optimal iff each of its neurons is tight for a given
dual optimum, for any one of them. Atoms that another dual optimum has not are 0 on it.

Features are taken modulo Z: with the rows of N a basis of ``ker Z'`` the c are the polytope
``{c >= 0 : N F c = N fit}``, and a is determined by c up to the kernel of Z. Atoms with the same
feature modulo Z (with a free linear skip g and -g always have) are one *class*; only its
total weight is constrained.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import prod
from typing import TypeAlias

from polytope_nn.called import listed
from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.fits import one_fit
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import (
    NotOptimal,
    TooMany,
    UnboundedError,
    Undecided,
)
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, exact_scalar
from polytope_nn.limits import Limits
from polytope_nn.problems.losses import Interval
from polytope_nn.problems.problem import Problem
from polytope_nn.shown import DrawnByWidth, Tabled, Typeset

from .fits import counted_modulo, fit_is_unique, free_is_pinned
from .kinks import Flat, between, kinks
from .merge_tree import Staircase, merge_tree, minimal_supports
from .points import Coefficients, Pattern, cones, lifted, masses_of
from .supports import bits_of, is_nothing, support
from .unlisted.described import slice_of
from .unlisted.slices import Slice
from .unlisted.some import Unlisted, some_points

__all__ = ["Class", "OptimalPolytope", "Point"]

_MORE = "raise the limit on vertices (--vertices)"

Class: TypeAlias = tuple[int, ...]
"""Atoms with one feature modulo Z, by their places."""


@dataclass(frozen=True)
class Point:
    """A point of the optimal set: weights of the atoms, coefficients of the free columns."""

    c: Scalars
    a: Scalars


@dataclass(frozen=True, repr=False)
class OptimalPolytope(DrawnByWidth, Tabled, Typeset):
    """The optimal set of a problem, one coordinate per atom, and what is free beside it.

    ``classes`` are the atoms with equal features modulo Z, ``masses`` the vertices of the
    polytope of the total weights of the classes; where balls do not decide them there are
    none, and ``missing`` is the decision that is not made. ``most`` is the largest number of
    vertices that are listed; where there are ``many`` more, ``unlisted`` is what is known
    (of the ``slice``, where it is at hand).

    The vertices are the solutions with linearly independent features (T4), sorted by
    support; distinct vertices have distinct supports, none inside another.
    """

    optimum: Optimum
    classes: tuple[Class, ...]
    masses: tuple[Scalars, ...]
    missing: str = ""
    most: int = Limits().vertices
    many: bool = False
    slice: Slice | None = field(default=None, compare=False)

    @property
    def problem(self) -> Problem:
        """The problem whose optimal set it is."""
        return self.optimum.problem

    @property
    def kappa(self) -> Scalars:
        """The dual variable, shape (n,)."""
        return self.optimum.kappa

    @property
    def level(self) -> str:
        """``"exact"`` or ``"interval"``."""
        return self.optimum.level

    @property
    def cost(self) -> Scalar:
        """What the neurons cost, ``beta^2 sum(c)``."""
        return self.optimum.cost

    @property
    def vanishes(self) -> bool:
        """Whether no optimal network uses a neuron: P is the point 0."""
        if self.optimum.is_pinned:
            return self.optimum.vanishes
        return not self.missing and not any(support(v) for v in self.masses)

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The N atoms, the coordinates of P."""
        return self.optimum.atoms

    @cached_property
    def A(self) -> tuple[Scalars, ...]:
        """The matrix (n, N) whose columns are the features."""
        if not self.atoms:
            return ((),) * self.problem.n
        return transpose([a.feature for a in self.atoms])

    @property
    def b(self) -> Scalars:
        """The right-hand side, the fit, shape (n,)."""
        return self.optimum.fit

    @property
    def inequalities(self) -> tuple[tuple[Scalars, Scalar], ...]:
        """The H-form beside ``A c + Z a = b``: pairs (row, t) that mean ``row'(c, a) <= t``."""
        N, p = len(self.atoms), len(self.problem.free)
        rows = ([Fraction(-int(i == j)) for j in range(N + p)] for i in range(N))
        return tuple((tuple(row), Fraction(0)) for row in rows)

    @property
    def rank(self) -> int:
        """The rank r of the features modulo Z; ``m* <= M* <= r <= n``."""
        return self.optimum.rank

    @cached_property
    def features(self) -> tuple[Scalars, ...]:
        """The features modulo Z, one for each atom."""
        return tuple(self.problem.free.modulo(a.feature) for a in self.atoms)

    @cached_property
    def used(self) -> tuple[int, ...]:
        """The atoms with a positive weight somewhere in the optimal set, ascending."""
        if self.unlisted is not None:
            return tuple(sorted(a for i in self.unlisted.classes for a in self.classes[i]))
        if self.missing:
            return tuple(a for a, x in enumerate(self.some) if not is_nothing(x))
        mask = 0
        for v in self.masses:
            mask |= support(v)
        return tuple(sorted(a for i in bits_of(mask) for a in self.classes[i]))

    @cached_property
    def used_rank(self) -> int:
        """The rank r_P of the features that P uses, modulo Z."""
        if len(self.used) == len(self.atoms):
            return self.rank
        return rank([self.features[a] for a in self.used]) if self.used else 0

    @cached_property
    def dim(self) -> int:
        """The dimension: with a unique fit atoms used, less the rank of their features."""
        if self.optimum.is_pinned or (self.level == "interval" and self.fit_is_unique):
            return len(self.used) - self.used_rank
        if self.unlisted is not None:
            own = self.unlisted.classes
            return self.unlisted.dim + len(self.used) - len(own)
        first, *others = self.masses
        moved = [tuple(s - t for s, t in zip(v, first, strict=True)) for v in others]
        within = sum(
            len(members) - 1 for members in self.classes if members[0] in set(self.used)
        )
        return (rank(moved) if moved else 0) + within

    @property
    def n_vertices(self) -> int:
        """The number of vertices, without listing them.

        Raises
        ------
        Undecided
            When balls do not decide it.
        """
        self._decided()
        sizes = [len(members) for members in self.classes]
        return sum(prod(sizes[i] for i in bits_of(support(v))) for v in self.masses)

    def _decided(self) -> None:
        if self.many:
            raise TooMany(f"{self.missing}: {_MORE}")
        if self.missing:
            raise Undecided(self.missing)

    @property
    def is_unlisted(self) -> bool:
        """Whether vertices are too many to be listed, and some are known."""
        if self.missing:
            return self.unlisted is not None and bool(self.unlisted.points)
        return self.n_vertices > self.most

    @cached_property
    def unlisted(self) -> Unlisted | None:
        """What is known without the vertices, where they are too many to be listed.

        None where they are listed, or left open by balls.
        """
        if not self.many:
            return None
        try:
            return some_points(self.slice or slice_of(self.optimum, self.classes))
        except Undecided:
            return None

    @cached_property
    def some_vertices(self) -> tuple[Scalars, ...]:
        """All vertices, or some that together use every atom that P uses, by support.

        Each is proved; of more vertices than ``most`` these are some.
        """
        if self.unlisted is not None:
            masses = self.unlisted.vertices
        elif self.missing:
            return ()
        elif self.n_vertices <= self.most:
            return self.vertices
        else:
            masses = self.masses[: self.most]
        found = {c: None for v in masses for c in self._spread(v)}
        return tuple(sorted(found, key=lambda c: bits_of(support(c))))

    def _spread(self, masses: Scalars) -> Iterator[Scalars]:
        """Yield some vertices of given total weights that use every atom of their classes."""
        sizes = [
            1 if is_nothing(x) or x == 0 else len(m)
            for m, x in zip(self.classes, masses, strict=True)
        ]
        for i in range(max(sizes, default=1)):
            c: list[Scalar] = [Fraction(0)] * len(self.atoms)
            for members, size, x in zip(self.classes, sizes, masses, strict=True):
                c[members[min(i, size - 1)]] = x
            yield tuple(c)

    @property
    def m_star_at_most(self) -> int:
        """A width at which the optimum is reached: m* itself where vertices are listed."""
        if not self.missing:
            return self.m_star
        if self.unlisted is None:
            return sum(not is_nothing(x) for x in self.some)
        return self.unlisted.m_star_at_most

    @property
    def M_star_at_least(self) -> int | None:
        """The longest minimal support known: M* itself where vertices are listed."""
        if not self.missing:
            return self.M_star
        return None if self.unlisted is None else self.unlisted.M_star_at_least

    @property
    def connected_from(self) -> int:
        """A width from which on optimal networks are connected: ``r_P + 1`` (T7.5), or 0.

        Raises
        ------
        UnboundedError
            Where widths are not counted.
        """
        if self.no_widths:
            raise UnboundedError(self.no_widths)
        known = self.unlisted
        zero = known.has_zero if known is not None else self.m_star_at_most == 0
        return 0 if zero else self.used_rank + 1

    @cached_property
    def vertices(self) -> tuple[Scalars, ...]:
        """The vertices, sorted by support; in one each class puts its weight on one atom.

        Raises
        ------
        Undecided
            When there are more than ``most``, or balls do not decide them.
        """
        self._decided()
        if all(len(members) == 1 for members in self.classes):
            places = [members[0] for members in self.classes]
            if places == list(range(len(self.atoms))):
                return self.masses  # listed and sorted already
        if self.n_vertices > self.most:
            raise TooMany(
                f"{self.n_vertices} vertices, more than the {self.most} that are listed: {_MORE}"
            )
        found = [c for v in self.masses for c in self.expanded(v)]
        return tuple(sorted(found, key=lambda c: bits_of(support(c))))

    def expanded(self, masses: Scalars) -> Iterator[Scalars]:
        """Yield the vertices whose classes have the given total weights."""
        choices = [
            m if not is_nothing(x) and x != 0 else m[:1]
            for m, x in zip(self.classes, masses, strict=True)
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

    @property
    def some(self) -> Scalars:
        """One point c: the first vertex, or the optimum's own where none is decided."""
        if self.missing:
            return self.optimum.weights
        return next(self.expanded(self.masses[0]))

    @property
    def m_star(self) -> int:
        """The least width at which the optimum of the convex problem is reached."""
        self._decided()
        return min(size for size, _ in self.minimal)

    @property
    def M_star(self) -> int:
        """The largest inclusion-minimal support: with a unique fit, that of a vertex."""
        self._decided()
        return max(size for size, _ in self.minimal)

    @cached_property
    def minimal(self) -> tuple[tuple[int, int], ...]:
        """The inclusion-minimal supports of classes: size, and number of vertices."""
        if self.optimum.is_pinned:
            return tuple((support(v).bit_count(), 1) for v in self.masses)
        return minimal_supports([support(v) for v in self.masses])

    @property
    def lines(self) -> Matrix:
        """A basis of ``{a : Z a = 0}``: the directions in which a is not determined."""
        return self.problem.free.lines

    @cached_property
    def loose(self) -> tuple[Flat, ...]:
        """The flats of a free bias both of whose ends are in use."""
        return between(self.optimum, set(self.used))

    @cached_property
    def kinks(self) -> tuple[tuple[Scalars, int], ...]:
        """The kink (w, b) of each atom, oriented, and its side; kept, for balls to meet."""
        return kinks(self.optimum)

    @cached_property
    def staircase(self) -> Staircase:
        """The staircase of connectivity: widths count neurons, the free part none (T8)."""
        sizes = tuple(bits.bit_count() for bits in self.supports)
        return Staircase(
            sizes,
            merge_tree(self.supports, antichain=self.optimum.is_pinned),
            self.rank,
            self.used_rank,
            self.problem.n,
            self.vanishes,
            counted_modulo(self.optimum),
            self.no_widths,
            () if self.optimum.is_pinned else minimal_supports(self.supports),
            self.supports if self.optimum.is_pinned else (),
        )

    @cached_property
    def no_widths(self) -> str:
        """Why widths are not counted; "" where they are."""
        if self.loose:
            return (
                "neurons may move along their free bias: widths are not counted "
                "(with bias penalised they are)"
            )
        if self.problem.free.limited and not self._is_free:
            return (
                "P may hold points that only growing biases approach, though others are attained: "
                "widths are not counted (with skip constant they are)"
            )
        return ""

    @property
    def _is_free(self) -> bool:
        """Whether networks without neurons are optimal, and no others."""
        had = self.problem.free.had
        exact = self.level == "exact" and self.vanishes
        return exact and not any(had.modulo(self.optimum.fit))

    @cached_property
    def _coefficients(self) -> Coefficients:
        return Coefficients(self.optimum)

    def free_part(self, c: Sequence[Scalar]) -> Scalars:
        """Return an a with ``F c + Z a`` a fit; what is not determined is 0.

        The c must be in the polytope.
        """
        c = masses_of(self.optimum, c)
        if self.optimum.is_pinned:
            return self._coefficients.of(c)
        left = self._left(c)
        if self.optimum.level == "interval":
            alone = self._coefficients.pinned(left)
            if alone is not None:  # () where nothing is free
                return alone
        return one_fit((), self.problem.free.columns, left).coefficients

    def _left(self, c: Sequence[Scalar]) -> tuple[Interval, ...]:
        """Return what the fits that belong to kappa leave for Z a beside ``F c``."""
        found: list[Interval] = []
        for row, (low, high) in zip(self.A, self.optimum.interval, strict=True):
            z = dot(row, c)
            left = None if low is None else low - z
            right = left if high is low else None if high is None else high - z
            found.append((left, right))  # one end twice stays one: balls do not tell
        return tuple(found)

    def point(self, c: Sequence[Scalar]) -> Point:
        """Return the point of the optimal set with these weights."""
        c = masses_of(self.optimum, c)
        return Point(c, self.free_part(c))

    def __contains__(self, point: Point | Sequence[Scalar]) -> bool:
        """Return whether (c, a) is in the optimal set; of a vector c, whether it is in P."""
        own = point.c if isinstance(point, Point) else listed(point, "c", "give masses")
        c = tuple(map(exact_scalar, own))
        if len(c) != len(self.atoms) or not all(x >= 0 for x in c):
            return False
        if not self.optimum.is_pinned:
            return self._fits(point, c)
        fit = [dot(row, c) for row in self.A]
        if not isinstance(point, Point):
            modulo = self.problem.free.modulo
            return modulo(fit) == modulo(self.b)
        if len(point.a) != len(self.problem.free):
            return False
        rows = zip(fit, self.problem.free.Z, self.b, strict=True)
        return all(t + dot(z, point.a) == y for t, z, y in rows)

    def _fits(self, point: Point | Sequence[Scalar], c: Scalars) -> bool:
        """Return whether a point's fit belongs to kappa, where more than one does."""
        left = self._left(c)
        if not isinstance(point, Point):
            try:
                one_fit((), self.problem.free.columns, left)
            except NotOptimal:
                return False
            return True
        if len(point.a) != len(self.problem.free):
            return False
        made = [dot(z, point.a) for z in self.problem.free.Z]
        return all(
            (low is None or low <= t) and (high is None or t <= high)
            for t, (low, high) in zip(made, left, strict=True)
        )

    @cached_property
    def fit_is_unique(self) -> bool:
        """Whether all optimal networks have one fit (general A1)."""
        if len(self.masses) == 1 and free_is_pinned(self.optimum):
            return True
        return self.optimum.is_pinned or fit_is_unique(self.optimum)

    def lift(self, c: Sequence[Scalar]) -> dict[tuple[Pattern, int], Scalars]:
        """Return c in the talk's pattern-indexed form: ``{(pattern, sign): u}``.

        An atom shared by several closed cones is put on the first pattern that has it
        (any split over them is optimal too): ``u = c_a g_a`` summed per pattern and sign.
        """
        return lifted(self.optimum, c)

    def cones(self, a: Atom) -> tuple[Pattern, ...]:
        """Return the patterns whose closed cones contain the direction of an atom."""
        return cones(self.problem, a)

    def __repr__(self) -> str:
        if self.missing:
            open_ = "too many" if self.many else "undecided"
            known = f"dim={self.dim}, vertices {open_}, atoms={len(self.atoms)}"
        else:
            known = (
                f"dim={self.dim}, vertices={self.n_vertices}, atoms={len(self.atoms)}, "
                f"m*={self.m_star}, M*={self.M_star}"
            )
        return f"OptimalPolytope({known}, level={self.level})"
