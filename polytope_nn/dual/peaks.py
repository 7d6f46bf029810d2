"""Peaks: local maxima of ``s kappa'(Xu)_+ / |u|``, and what they prove around themselves.

Let u be a nonzero point, T the rows that vanish there, ``a = linear + sum over x_k'u > 0 of
weights_k x_k``, all times the sign s. A *peak* is a point with ``p = |u|^2``-scaled gradient:
``p'u`` is the value, ``p = u`` (with a free bias ``p = (w, 0)`` at ``u = (w, t)``), and
``a - p = sum over T of omega_k x_k``. On concave rows of T (weight k <= 0)

    0 <= omega_k <= -weights_k

says that the one-sided slopes across the row do not rise. Convex rows of T are only possible
when T is dependent; on a cone where they have one sign, those that are positive move
``a - p`` by ``sum weights_k x_k``, and the omega of the concave rows, with multipliers
``mu >= 0`` of the signs of the convex ones, must make up for that: a *way*, one for each
set of positive convex rows.

Then on every cone where each convex row off T has the sign it has at u, and those of T have
one sign, ``s kappa'(Xu)_+ <= p'u`` term by term: a constant concave row on the wrong side and
a row of T only lower the left-hand side. Where a convex row is on the wrong side of a
generator, the two sides of that generator are compared in numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import cast

from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import independent_rows, rank, solve
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Vector, identity, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.geometry.farkas import alternative, roomy_shares

from .atoms import cone_projection
from .cone_form import ConeForm
from .feasibility import enclosure

__all__ = ["Peak", "PeakGuess", "Shares", "Way", "peak"]

Shares = tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True)
class PeakGuess:
    """Where a peak may be: the signs of all merged rows on a tope beside it.

    ``near`` are the rows that may vanish at the peak, ``pressing`` those of them whose
    multiplier seems positive. ``tight`` says that ``|p| = beta`` is known, as it must be
    where the weights are balls. ``theta`` are shares of concave rows that vanish there
    and depend on those that press; they are 0 for the others.
    """

    sign: int
    signs: tuple[int, ...]
    near: tuple[int, ...]
    pressing: tuple[int, ...]
    tight: bool = False
    theta: Shares = ()


@dataclass(frozen=True)
class Way:
    """The multipliers on one side of the convex rows of T: omega, and mu of the convex ones."""

    omega: dict[int, Scalar]
    mu: dict[int, Scalar]
    theta: Shares = ()  # in balls: of the rows that depend on those of independent omega


@dataclass(frozen=True)
class Peak:
    """A local maximum: its point u, the functional p, its signs on the merged rows.

    ``tight`` is whether ``|p| = beta``: then u is the ray of an atom. ``tied`` are the
    independent concave rows that bear omega when the weights are balls; others that depend
    on these bear ``-weight`` times their ``theta``.
    """

    form: ConeForm
    sign: int
    u: Scalars
    p: Scalars
    signs: tuple[int, ...]
    tied: tuple[int, ...]
    omega: tuple[Scalar, ...]
    tight: bool
    theta: Shares = ()
    known: dict[int, Way | None] = field(default_factory=dict, compare=False, repr=False)

    def bits(self, side: int) -> int:
        """Return the rows of one sign at u, as bits."""
        return sum(1 << k for k, s in enumerate(self.signs) if s == side)

    def way(self, positive: int) -> Way | None:
        """Return the way for the convex rows of T in ``positive``; None when there is none."""
        if positive not in self.known:
            balls = any(isinstance(x, Ball) for x in (*self.omega, *self.form.weights))
            found = self._strict(positive) if balls else self._exact(positive)
            self.known[positive] = found
        return self.known[positive]

    @cached_property
    def convex_ties(self) -> tuple[int, ...]:
        """The convex rows that vanish at u."""
        convex = self.form.convex(self.sign)
        return tuple(k for k, s in enumerate(self.signs) if s == 0 and convex >> k & 1)

    def _weight(self, k: int) -> Scalar:
        return self.form.weights[k] * self.sign

    def _strict(self, positive: int) -> Way | None:
        """Return the way in balls, of the guess's shares, or of others where they do not do."""
        omega = list(self.omega)
        for f in (f for f in self.convex_ties if positive >> f & 1):
            moves = zip(omega, self._coordinates[f], strict=True)
            omega = [w + self._weight(f) * t for w, t in moves]
        return self._inside(omega, self.theta) or self._inside(omega, self._roomy(omega))

    @cached_property
    def _coordinates(self) -> dict[int, Vector]:
        """The rows that vanish at u beside those that bear omega, in coordinates of these."""
        tied = [self.form.rows[k] for k in self.tied]
        off = [k for k, s in enumerate(self.signs) if s == 0 and k not in self.tied]
        return {k: _coordinates(tied, self.form.fractions[k]) for k in off}

    def _inside(self, omega: Sequence[Scalar], theta: Shares) -> Way | None:
        """Return the way of some shares, when balls show omega strictly inside."""
        for k, share in theta:
            moves = zip(omega, self._coordinates[k], strict=True)
            omega = [w + self._weight(k) * share * t for w, t in moves]
        try:
            if all(
                w > 0 and w < -self._weight(k)
                for k, w in zip(self.tied, omega, strict=True)
            ):
                own = {k: -self._weight(k) * share for k, share in theta}
                return Way(dict(zip(self.tied, omega, strict=True)) | own, {}, theta)
        except Undecided:
            pass
        return None

    def _roomy(self, omega: Sequence[Scalar]) -> Shares:
        """Return shares that leave the omega of the tied rows room, as numbers near it tell."""
        others = [k for k in self._coordinates if k not in self.convex_ties]
        bear = [enclosure(-self._weight(k))[0] for k in (*self.tied, *others)]
        m = len(self.tied)
        own = [
            [t if i == j else Fraction(0) for i in range(m)] for j, t in enumerate(bear[:m])
        ]
        own += [
            [t * x for x in self._coordinates[k]]
            for k, t in zip(others, bear[m:], strict=True)
        ]
        shares = roomy_shares(own, [enclosure(w)[0] for w in omega])
        return tuple((k, t) for k, t in zip(others, shares[m:], strict=False) if t)

    def _exact(self, positive: int) -> Way | None:
        """Return the way, decided: by a small linear program when the guess does not do."""
        given = dict(zip(self.tied, self.omega, strict=True))
        convex = self.convex_ties
        if not convex and all(0 <= w <= -self._weight(k) for k, w in given.items()):
            return Way(given, {})
        concave = [k for k, s in enumerate(self.signs) if s == 0 and k not in convex]
        rows, n = self.form.rows, len(concave)
        unit = identity(n)
        zero = (Fraction(0),) * n
        dim = self.form.dim
        columns: list[Scalars] = [
            (*map(Fraction, rows[k]), *unit[i]) for i, k in enumerate(concave)
        ]
        columns += [(*(Fraction(0),) * dim, *unit[i]) for i in range(n)]
        columns += [
            (*(Fraction(-t if positive >> f & 1 else t) for t in rows[f]), *zero)
            for f in convex
        ]
        active = [k for k, s in enumerate(self.signs) if s > 0]
        active += [f for f in convex if positive >> f & 1]
        left = _slope(self.form, self.sign, active)
        right = tuple(a - p for a, p in zip(left, self.p, strict=True))
        masses, _ = alternative(columns, (*right, *(-self._weight(k) for k in concave)))
        if masses is None:
            return None
        omega = {k: masses[i] for i, k in enumerate(concave) if i in masses}
        mu = {f: masses[2 * n + i] for i, f in enumerate(convex) if 2 * n + i in masses}
        return Way(omega, mu)


def _slope(form: ConeForm, side: int, active: Sequence[int]) -> Scalars:
    """Return the gradient of the form where exactly the given rows are positive."""
    return tuple(
        (dot([form.weights[k] for k in active], [form.fractions[k][j] for k in active]) + b)
        * side
        for j, b in enumerate(form.linear)
    )  # fmt: skip


def _coordinates(rows: Sequence[Sequence[int]], row: Vector) -> Vector:
    """Return c with ``sum c_i rows_i = row``, of a row in the span of independent ones."""
    if not rows:
        return ()
    found = solve(
        [[Fraction(t) for t in column] for column in zip(*rows, strict=True)], row
    )
    assert found is not None  # a row of T is in the span of those that bear omega
    return cast("Vector", found)


def peak(form: ConeForm, guess: PeakGuess) -> Peak | None:
    """Return the peak at a guess, exactly or in balls; None when there is none.

    Raises
    ------
    Undecided
        When balls do not decide a sign.
    NotOptimal
        When the value there exceeds beta, exactly.
    """
    if any(isinstance(x, Ball) for x in form.weights):
        return _enclosed(form, guess)
    rows, near = form.rows, guess.near
    active = [k for k, s in enumerate(guess.signs) if s > 0]
    a = _slope(form, guess.sign, active)
    across = [tuple(Fraction(guess.signs[k] * t) for t in rows[k]) for k in near]
    pressing = [near.index(k) for k in guess.pressing]
    if form.anchor is None:
        u, mu = cone_projection(across, a, pressing)
        p = u
    else:  # the chart of a row that vanishes: t as a function of w
        if not near:
            return None
        j = (pressing or [0])[0]
        chart = [_eliminated(x, across[j]) for x in across]
        w, mu = cone_projection(chart, _eliminated(a, across[j]), pressing[1:])
        kink = -dot(w, across[j][:-1]) / across[j][-1]
        u, p = (*w, kink), (*w, Fraction(0))
        rest = a[-1] + dot(mu, [x[-1] for x in across])
        mu = tuple(m - rest / across[j][-1] if i == j else m for i, m in enumerate(mu))
    if not any(sign(t) for t in p):
        return None
    signs = tuple(sign(dot(x, u)) for x in form.fractions)
    if any(s and s != t for s, t in zip(signs, guess.signs, strict=True)):
        return None  # on the other side of a row that was not near
    # p = a + sum mu_k s_k x_k with the tope's a: omega moves to the a of the signs
    omega = {
        k: m if guess.signs[k] < 0 else -m - form.weights[k] * guess.sign
        for k, m in zip(near, mu, strict=True)
        if signs[k] == 0
    }
    for k, s in enumerate(signs):
        if s == 0 and k not in omega:
            return None  # a tie that was not seen
    excess = squared_norm(p) - form.beta_squared
    if excess > 0:
        raise NotOptimal(
            f"kappa is not dual feasible: a direction of sign {guess.sign:+d} has "
            f"|g|^2 = {exactly(excess + form.beta_squared)}, which exceeds beta^2 = "
            f"{exactly(form.beta_squared)} by {exactly(excess)}"
        )
    found = Peak(
        form, guess.sign, u, p, signs, tuple(omega), tuple(omega.values()), excess == 0
    )
    # where convex rows are tied the ways are decided cone by cone
    return found if found.convex_ties or found.way(0) is not None else None


def _eliminated(x: Sequence[Scalar], pivot: Sequence[Scalar]) -> Scalars:
    """Return the row on the hyperplane of the pivot row, the last coordinate eliminated."""
    ratio = x[-1] / pivot[-1]
    return tuple(s - t * ratio for s, t in zip(x[:-1], pivot[:-1], strict=True))


def _enclosed(form: ConeForm, guess: PeakGuess) -> Peak | None:
    """Return the peak on the flat of the pressing rows, in balls."""
    rows = form.rows
    tied = [
        guess.pressing[i]
        for i in independent_rows([[Fraction(t) for t in rows[k]] for k in guess.pressing])
    ]
    if form.anchor is not None and not tied:
        return None
    span = [[Fraction(t) for t in rows[k]] for k in tied]
    flat = {
        k
        for k in guess.near
        if k in tied
        or (span and rank([*span, [Fraction(t) for t in rows[k]]]) == len(span))
    }
    active = [k for k, s in enumerate(guess.signs) if s > 0 and k not in flat]
    a = _slope(form, guess.sign, active)
    # [M X_T'; X_T 0] (u, omega) = (a, 0), M the squared length: rational and regular
    dim, size = form.dim, form.dim + len(tied)
    system = [[Fraction(0)] * size for _ in range(size)]
    for j in range(form.penalised):
        system[j][j] = Fraction(1)
    for i, row in enumerate(span):
        for j, t in enumerate(row):
            system[dim + i][j] = system[j][dim + i] = t
    unit = [unit_vector(i, dim) for i in range(size)]
    columns = [solve(system, column) for column in zip(*unit, strict=True)]
    if any(c is None for c in columns):
        return None
    inverse = [[c[i] for c in columns if c is not None] for i in range(size)]
    solution = [dot(row, a) for row in inverse]
    u = tuple(solution[:dim])
    p = tuple(t if j < form.penalised else Fraction(0) for j, t in enumerate(u))
    signs = tuple(0 if k in flat else sign(dot(x, u)) for k, x in enumerate(form.fractions))
    if any(s and s != t for s, t in zip(signs, guess.signs, strict=True)):
        return None
    if not guess.tight and not squared_norm(p) < form.beta_squared:
        return None
    convex = form.convex(guess.sign)
    theta = tuple(
        (k, t) for k, t in guess.theta if k in flat - set(tied) and not convex >> k & 1
    )
    omega = tuple(solution[dim:])
    return Peak(form, guess.sign, u, p, signs, tuple(tied), omega, guess.tight, theta)
