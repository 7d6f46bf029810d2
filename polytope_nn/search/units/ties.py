"""Why blocks are tied, and their features in those of a basis, in balls.

Two tied blocks whose maps differ in one row k say that ``|V'kappa|^2 = |W'kappa|^2`` with a
difference ``kappa_k m(kappa)``, and where m is not 0 that ``kappa_k = 0``: the label k is fitted
exactly, and not by chance. Rows where kappa vanishes do not count in ``g = V'kappa``. So every part
whose quadratic form ``V V'`` agrees with that of a part of the basis, but for such rows, is tied
as well, and its feature differs from the other's in these rows only. Where the basis spans their
unit vectors, all features are combinations of its own, with coefficients in balls.

A column that is a combination of columns of the basis and of unit vectors of silent samples, modulo
what is free, is tied iff ``F'kappa``, beta and the known entries of kappa alone, is beta: that is
decided exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import cast

from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.dual.units.blocks import Part
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, kernel, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle

__all__ = ["Ties", "image", "silenced"]

_ZERO = Fraction(0)


def silenced(V: Matrix, kappa: Sequence[Scalar]) -> Matrix:
    """Return V without the rows where kappa is known to be 0."""
    return tuple(
        (_ZERO,) * len(v) if isinstance(t, Fraction) and t == 0 else v
        for v, t in zip(V, kappa, strict=True)
    )


def image(V: Matrix, kappa: Sequence[Scalar]) -> Matrix:
    """Return ``V W'``, W = V without the rows where kappa is 0: ``F = V W'kappa``."""
    W = silenced(V, kappa)
    return tuple(tuple(dot(v, w) for w in W) for v in V)


@dataclass(frozen=True)
class Ties:
    """The features of a basis, as matrices ``V W'``, and kappa with its zeros.

    ``silent`` are rows that no feature of the basis, nor what is free, reaches: there kappa is
    known, and their unit vectors are independent of the basis, and further coordinates. So are the
    columns ``beside``, which ``facts`` prove tied: the fit has none of them. It ``widens`` where
    all are columns, and one fit belongs to kappa.
    """

    kappa: Scalars
    basis: tuple[Matrix, ...]
    silent: tuple[int, ...]
    columns: tuple[Vector | None, ...]
    free: tuple[Vector, ...]
    beta: Scalar
    facts: LinearForms
    widens: bool

    beside: list[Vector] = field(default_factory=list)
    mixtures: dict[Matrix, Scalars] = field(default_factory=dict)

    def mixed(self, part: Part) -> Scalars | None:
        """Return shares of columns of the basis, and entries at silent samples, of a tied column.

        They make the column modulo Z, so ``F'kappa`` is beta times the sum of the shares and the
        entries times kappa, which is known there. None where that is not beta.
        """
        places = [j for j, column in enumerate(self.columns) if column is not None]
        if not places:
            return None
        known = [column for column in self.columns if column is not None]
        Z = [self.free[j] for j in independent_rows(self.free)] if self.free else []
        n, r = len(self.kappa), len(self.basis)
        units = [unit_vector(k, n) for k in self.silent]
        own = tuple(t for (t,) in part.A)
        tied = self.facts.vanishes(tuple(s - t for s, t in zip(own, known[0], strict=True)))
        shares = solve(transpose([*known, *units, *self.beside, *Z]), own)
        if shares is None and not (tied and self.widens):
            return None
        if shares is None:
            self.beside.append(own)
            return (*[_ZERO] * (r + len(units) + len(self.beside) - 1), Fraction(1))
        end = len(known) + len(units)
        entries, more = shares[len(known) : end], shares[end : end + len(self.beside)]
        rest = dot(entries, [self.kappa[k] for k in self.silent])
        if (1 - sum((*shares[: len(known)], *more), _ZERO)) * self.beta != rest:
            return None
        found: list[Scalar] = [_ZERO] * (r + len(units) + len(self.beside))
        for j, t in zip([*places, *range(r, len(found))], shares, strict=False):
            found[j] = t
        return tuple(found)

    def alone(self, form: Matrix) -> Scalars | None:
        """Return the entries of the feature of a tied part that only silent samples reach.

        With ``F = V W'kappa`` the norm is ``|V'kappa|^2 = kappa'F``, of known entries alone. None
        where other samples are reached, or where that is not ``beta^2``.
        """
        if any(any(row) for k, row in enumerate(form) if k not in self.silent):
            return None
        feature = {k: dot(form[k], self.kappa) for k in self.silent}
        norm = dot(list(feature.values()), [self.kappa[k] for k in self.silent])
        if norm != self.beta * self.beta:
            return None
        return (*[_ZERO] * len(self.basis), *feature.values())

    def like(self, form: Matrix) -> Matrix:
        """Return a form of the basis whose feature is the same modulo Z; the form where none is.

        ``Z'kappa = 0``: so forms that agree between vectors orthogonal to Z are as long at
        kappa, and their features differ by what is free.
        """
        if not self.free or form in self.basis:
            return form
        mine = self._modulo(form)
        alike = (F for F, other in zip(self.basis, self._own, strict=True) if other == mine)
        return next(alike, form)

    @cached_property
    def _own(self) -> list[Matrix]:
        """The forms of the basis between vectors orthogonal to Z."""
        return [self._modulo(F) for F in self.basis]

    @cached_property
    def _beside(self) -> list[list[tuple[int, Fraction]]]:
        """Vectors that span what is orthogonal to Z, by their few entries that are not 0."""
        N = cast("Matrix", kernel(self.free, len(self.kappa)))
        return [[(k, t) for k, t in enumerate(row) if t] for row in N]

    def _modulo(self, form: Matrix) -> Matrix:
        """Return a form, of entries that are fractions, between the vectors beside Z."""
        N = self._beside
        halves = [[sum((t * row[k] for k, t in v), _ZERO) for v in N] for row in form]
        return tuple(
            tuple(sum((t * halves[k][j] for k, t in v), _ZERO) for j in range(len(N)))
            for v in N
        )

    def twin(self, form: Matrix) -> int | None:
        """Return the place in the basis of one that is as long, and agrees but where kappa is 0."""
        if form in self.basis:
            return self.basis.index(form)
        mine = silenced(form, self.kappa)
        agreeing = (j for j, F in enumerate(self.basis) if silenced(F, self.kappa) == mine)
        return next(agreeing, None)

    def require(self, form: Matrix, part: Part) -> None:
        """Raise Undecided where nothing proves that a part is tied."""
        if form in self.basis:
            return
        mixed = self.mixed(part) if part.is_column else None
        if mixed is None:
            mixed = self.alone(form)
        if mixed is not None:
            self.mixtures[form] = mixed
        elif self.twin(form) is None:
            raise Undecided(
                f"whether block {part.block + 1} is tied: its features depend on others'"
            )

    def _steps(self) -> list[tuple[int, int]]:
        """Return pairs (j, i), i the first of the basis that j agrees with."""
        pairs = []
        for j, form in enumerate(self.basis):
            mine = silenced(form, self.kappa)
            i = next(i for i, F in enumerate(self.basis) if silenced(F, self.kappa) == mine)
            if i != j:
                pairs.append((j, i))
        return pairs

    @cached_property
    def _spanned(self) -> tuple[list[tuple[int, int]], list[int], list[Scalars]]:
        """Return independent steps, the rows they change, and their changes there."""
        steps = self._steps()
        changes = [self._change(self.basis[j], self.basis[i]) for j, i in steps]
        rows = [k for k in range(len(self.kappa)) if any(_known(v[k]) for v in changes)]
        near = [[middle(v[k]) for k in rows] for v in changes]
        kept = independent_rows(near) if rows else ()
        return [steps[i] for i in kept], rows, [changes[i] for i in kept]

    def _change(self, form: Matrix, other: Matrix) -> Scalars:
        """Return the difference of two features, 0 where they agree whatever kappa is."""
        found = []
        for p, q in zip(form, other, strict=True):
            difference = [s - t for s, t in zip(p, q, strict=True)]
            found.append(dot(difference, self.kappa) if any(difference) else _ZERO)
        return tuple(found)

    def shares(self, form: Matrix) -> Scalars:
        """Return the coefficients of a tied feature in the basis, silent entries, those beside."""
        found = self._shares(form)
        size = len(self.basis) + len(self.silent) + len(self.beside)
        return (*found, *[_ZERO] * (size - len(found)))

    def _shares(self, form: Matrix) -> Scalars:
        """Return the coefficients of a tied feature in the basis, then its silent entries.

        Raises
        ------
        Undecided
            When the basis does not span the difference from its twin.
        """
        if form in self.mixtures:
            return self.mixtures[form]
        i = self.twin(form)
        assert i is not None  # required before
        c: list[Scalar] = [*unit_vector(i, len(self.basis))]
        if form == self.basis[i]:
            return (*c, *[_ZERO] * len(self.silent))
        change = self._change(form, self.basis[i])
        steps, rows, changes = self._spanned
        inside = {*rows, *self.silent}
        outside = [k for k, t in enumerate(change) if _known(t) and k not in inside]
        if outside or len(steps) < len(rows):
            raise Undecided(
                "tied blocks depend on each other: ties that balls cannot prove"
            )
        square = transpose([[v[k] for k in rows] for v in changes])
        found = solve(square, [change[k] for k in rows])
        if found is None:
            raise Undecided(
                "tied blocks depend on each other: ties that balls cannot prove"
            )
        for (j, other), t in zip(steps, found, strict=True):
            c[j] = c[j] + t
            c[other] = c[other] - t
        return (*c, *(change[k] for k in self.silent))


def _known(x: Scalar) -> bool:
    """Return whether x is not the fraction 0."""
    return not (isinstance(x, Fraction) and x == 0)
