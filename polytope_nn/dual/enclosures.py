"""The proof that the numbers of an optimum in balls exist, and which forms of kappa are zero.

The proof is a system and one box (THEORY §4). A ball around 0 decides nothing, but some forms
vanish for a reason: entries of kappa are known fractions; some forms vanish by construction
(the free-linear phase); and two norm equations of the system, ``|V'kappa|^2 = |W'kappa|^2 =
beta^2``, say that the quadratic form ``VV' - WW'`` is 0 at kappa: when it is a product of two
linear forms, and one of them is proved not to be 0, the other is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import combinations
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.linear import kernel, project_out, solve
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.problems.problem import Problem

from .system import Semidefinite, Unit

__all__ = ["Enclosures", "LinearForms", "cofactor"]


@dataclass(frozen=True)
class LinearForms:
    """Linear forms at kappa, with what is known: ``vanishing`` forms, ``factors`` V.

    Products of two forms are looked for ``modulo`` what vanishes where that is asked for; the
    checker of certificates knows those that are products of themselves.
    """

    kappa: Scalars
    vanishing: tuple[Vector, ...] = ()
    factors: tuple[Matrix, ...] = ()
    modulo: bool = False

    def value(self, form: Vector) -> Scalar:
        """Return a form's value, a fraction where the facts prove one.

        >>> one, x = Fraction(1), Ball.from_interval(1, 2)
        >>> LinearForms((-2 * x, x), ((3 * one, 6 * one),)).value((one, 2 * one))
        Fraction(0, 1)
        """
        value = dot(form, self.kappa)
        if not isinstance(value, Ball) or Fraction(0) not in value:
            return value
        implied = self._implied(form)
        if implied is not None:
            return implied
        return Fraction(0) if self._divides(form) else value

    def vanishes(self, form: Vector) -> bool:
        """Return whether the facts, or exact entries, prove that a form is 0."""
        value = self.value(form)
        return isinstance(value, Fraction) and value == 0

    def knowing(self, forms: Iterable[Vector]) -> "LinearForms":
        """Return the same with those of the forms that are 0 among what vanishes.

        >>> one, zero, x = Fraction(1), Fraction(0), Ball.from_interval(1, 2)
        >>> V, W = ((one,), (zero,)), ((zero,), (one,))  # |kappa_1| = |kappa_2|, both positive
        >>> known = LinearForms((x, x), (), (V, W)).knowing([(one, -one), (one, one)])
        >>> [[str(t) for t in z] for z in known.vanishing], *map(str, known.reduced((one, one)))
        ([['1', '-1']], '1', '1', '0')
        """
        found = [f for f in forms if any(f) and self.vanishes(f)]
        return replace(self, vanishing=(*self.vanishing, *found))

    def reduced(self, form: Vector) -> Vector:
        """Return a form modulo what vanishes, and then its constant, the entries known.

        Forms that are equal at every kappa with what is known are reduced to the same.

        >>> one, x = Fraction(1), Ball.from_interval(1, 2)
        >>> print(*LinearForms((one, x)).reduced((3 * one, 2 * one)))
        2 3
        """
        rows = [self._split(z) for z in self.vanishing]
        return cast("Vector", project_out(rows, self._split(form)))

    def _split(self, form: Vector) -> Vector:
        pairs = list(zip(form, self.kappa, strict=True))
        constant = sum((s * t for s, t in pairs if isinstance(t, Fraction)), Fraction(0))
        return (*(s for s, t in pairs if not isinstance(t, Fraction)), constant)

    def _implied(self, form: Vector) -> Fraction | None:
        """Return the value when the form is a sum of vanishing ones and known entries."""
        zero = Fraction(0)
        unknown = [k for k, t in enumerate(self.kappa) if not isinstance(t, Fraction)]
        shares = solve(
            [[z[k] for z in self.vanishing] for k in unknown], [form[k] for k in unknown]
        )
        if shares is None:
            return None
        exact = cast("Vector", shares)
        left = [
            form[k] - dot(exact, [z[k] for z in self.vanishing]) for k in range(len(form))
        ]
        known = [t if isinstance(t, Fraction) else zero for t in self.kappa]
        return dot(left, known)

    def _divides(self, form: Vector) -> bool:
        """Return whether a difference of two norms is form times what is not 0."""
        for V, W in combinations(self.factors, 2):
            other = self._cofactor(partial(_row, V, W), form)
            if other is not None and any(other) and self._nonzero(other):
                return True
        return False

    def _cofactor(self, row: Callable[[int], Vector], form: Vector) -> Vector | None:
        """Return m with ``x'Qx = form(x) m(x)``, for the x on which what vanishes does."""
        if not self.modulo or not self.vanishing:
            return _divided(row, form)
        Q = [row(i) for i in range(len(form))]
        N = cast("Matrix", kernel(self.vanishing, len(form)))
        QN = [[dot(row, x) for row in Q] for x in N]
        m = cofactor([[dot(p, q) for q in QN] for p in N], tuple(dot(x, form) for x in N))
        return None if m is None else cast("Vector | None", solve(N, m))

    def _nonzero(self, form: Vector) -> bool:
        try:
            return sign(dot(form, self.kappa)) != 0
        except Undecided:
            return False


def cofactor(Q: Sequence[Sequence[Fraction]], form: Vector) -> Vector | None:
    """Return m with ``x'Qx = form(x) m(x)`` for a symmetric Q; None when there is none.

    >>> one, zero = Fraction(1), Fraction(0)
    >>> print(*cofactor([[one, zero], [zero, -one]], (one, one)))  # x^2 - y^2
    1 -1
    """
    return _divided(Q.__getitem__, form)


def _divided(row: Callable[[int], Sequence[Fraction]], form: Vector) -> Vector | None:
    """Return what :func:`cofactor` does; rows of Q are asked for as far as they agree."""
    i = next((i for i, t in enumerate(form) if t), None)
    if i is None:
        return None
    own = row(i)
    mine = own[i] / form[i]
    m = tuple((2 * q - t * mine) / form[i] for q, t in zip(own, form, strict=True))
    exact = all(
        2 * q == form[j] * m[k] + form[k] * m[j]
        for j in range(len(form))
        for k, q in enumerate(row(j))
    )
    return m if exact else None


def _row(V: Matrix, W: Matrix, i: int) -> Vector:
    """Return a row of ``VV' - WW'``."""
    return tuple(dot(V[i], v) - dot(W[i], w) for v, w in zip(V, W, strict=True))


@dataclass(frozen=True)
class Enclosures:
    """The proof that the numbers exist: a system, and the box its one solution lies in.

    ``units`` are the faces, or pairs of them, whose factors the system has;
    ``linear`` the columns that pairs add to Z; ``pins`` the entries of kappa that were
    chosen, and ``chosen`` their values. ``solved`` is the problem of the system where that is
    not the one that was asked: each sample on one piece of its loss. ``exact`` are the unknowns
    that are proved to be rational: their places and values.
    """

    system: Semidefinite
    units: tuple[Unit, ...]
    linear: tuple[Vector, ...]
    centre: Vector
    radius: Fraction
    solution: Balls
    pins: tuple[int, ...]
    chosen: Vector
    solved: Problem | None = None
    exact: tuple[tuple[int, Fraction], ...] = ()

    @property
    def paired(self) -> frozenset[tuple[int, ...]]:
        """The keys of the atoms that come with their opposites."""
        return frozenset(
            (-unit.face.sign, *(side * t for t in unit.face.covector))
            for unit in self.units
            if unit.opposite
            for side in (1, -1)
        )

    @property
    def parts(self) -> tuple[Sequence[Scalar], ...]:
        """The enclosures of kappa, of the weights, and of lambda."""
        known = dict(self.exact)
        return self.system.split([known.get(i, t) for i, t in enumerate(self.solution)])

    @cached_property
    def known(self) -> LinearForms:
        """The linear forms of kappa, with what is known of them."""
        pinned = dict(zip(self.pins, self.chosen, strict=True)) | self.priced
        prices = self.system.prices or (Fraction(0),) * len(self.system.free)
        return LinearForms(
            tuple(pinned.get(j, t) for j, t in enumerate(self.parts[0])),
            (
                *(z for z, r in zip(self.system.free, prices, strict=True) if not r),
                *self.system.alike,
            ),
            self.system.factors,
        )

    @property
    def priced(self) -> dict[int, Fraction]:
        """The entries of kappa that a priced unit column fixes: samples on flats."""
        found = {}
        for z, r in zip(self.system.free, self.system.prices, strict=False):
            places = [k for k, t in enumerate(z) if t]
            if len(places) == 1:
                found[places[0]] = r / z[places[0]]
        return found
