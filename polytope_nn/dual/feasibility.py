"""Dual feasibility, decided tope by tope (THEORY T2).

``kappa`` is feasible iff on every tope, for both signs, the projection g of
``sign * X'D kappa`` has ``|g|^2 <= beta^2``. A strict bound is proved by a multiplier that
somebody guessed (floating point, from above) and integers check; what comes close to beta
is projected exactly, in the scalars of kappa. Without a guess the multiplier is that of the
exact projection at a rational point near kappa.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import cast

from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Matrix, approximate_root, exponent
from polytope_nn.exact.scalar import Scalar, Scalars, squared_norm
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.geometry.lines import word
from polytope_nn.progress import counted

from .atoms import Atom, Bound, atom, cone_projection, covector, pull

__all__ = [
    "Feasibility",
    "Guess",
    "Guesser",
    "Tight",
    "enclosure",
    "exactly_tight",
    "feasibility",
]

_ROUNDINGS = (8, 18, 40)  # bits of a rounded multiplier, the short ones first
_TOGETHER = 512  # topes that are projected on at once
_NOTHING = Fraction(0)
_ENCLOSURE = 400  # bits by which an algebraic kappa is enclosed for the strict bounds

Tight = Callable[
    [tuple[int, ...], int, tuple[int, ...], tuple[int, ...]], tuple[Bound, Atom | None]
]
_Indices = Sequence[Sequence[int]]
_Quotients = Sequence[tuple[int, int]]  # of a numerator and a positive denominator
# for (p, denominator, patterns, facets) multipliers of the facets of each tope that may move
# its vector p/denominator, near sign * X'D kappa, onto the cone: proved here, or not used
Guess = Callable[[_Indices, int, _Indices, _Indices], Sequence[_Quotients]]
Guesser = Callable[[Matrix, Fraction], Guess]


@dataclass(frozen=True)
class Feasibility:
    """The proof: one bound per tope and sign, and the atoms where it is tight."""

    bounds: tuple[Bound, ...]
    atoms: tuple[Atom, ...]


def enclosure(x: Scalar) -> tuple[Fraction, Fraction]:
    """Return a rational and a rational error: ``|x - middle| <= error``.

    >>> enclosure(Fraction(1, 3))
    (Fraction(1, 3), Fraction(0, 1))
    """
    if isinstance(x, Algebraic):
        x = x.enclosure(_ENCLOSURE)
    if isinstance(x, Ball):
        return x.midpoint, x.radius
    assert isinstance(x, Fraction)  # the only other scalar
    return x, Fraction(0)


@dataclass(frozen=True)
class _Strict:
    """Integers that decide whether a rounded multiplier proves a strict bound.

    With ``X = rows/q`` and ``kappa = (numerators +- error)/r`` the vector of a multiplier
    ``mu = M/t`` is ``(t sum K_k rows_k + r sum M_k s_k rows_k) / (q r t)``, up to an error
    of ``slack``; its square is compared with ``beta^2 - slack``.
    """

    X: Matrix
    beta_squared: Fraction
    rows: tuple[tuple[int, ...], ...]
    pulls: tuple[tuple[int, ...], ...]
    q: int
    r: int
    limit: Fraction

    @cached_property
    def fineness(self) -> tuple[tuple[int, int], ...]:
        """About ``|x_k| / beta``, what an error of a multiplier is multiplied by.

        Of each row its place among the rows, and the power of 2 it is about.
        """
        beta = approximate_root(self.beta_squared)
        sizes = [approximate_root(squared_norm(x)) / beta for x in self.X]
        places = {size: i for i, size in enumerate(sorted(set(sizes)))}
        return tuple((places[t], exponent(t)) for t in sizes)

    def base(self, pattern: tuple[int, ...]) -> list[int]:
        """Return ``q r X'D kappa``, shape (d,)."""
        active = [pull for pull, s in zip(self.pulls, pattern, strict=True) if s > 0]
        return [sum(column) for column in zip(*active, strict=True)] or [0] * len(
            self.rows[0]
        )

    def attempt(
        self,
        base: Sequence[int],
        pattern: tuple[int, ...],
        facets: tuple[int, ...],
        mu: _Quotients,
    ) -> tuple[Fraction, ...] | None:
        """Return multipliers near mu, rounded, that prove a strict bound; None if none do."""
        pressing = [(k, p, q) for k, (p, q) in zip(facets, mu, strict=True) if p > 0]
        _, finest = max((self.fineness[k] for k, _, _ in pressing), default=(0, 0))
        unit = self.q * self.r
        for bits in _ROUNDINGS:
            shift = max(0, bits + finest)
            rounded = [(k, _rounded(p << shift, q)) for k, p, q in pressing]
            total = [x << shift for x in base]
            for k, M in rounded:
                weight = self.r * M * pattern[k]
                total = [x + weight * z for x, z in zip(total, self.rows[k], strict=True)]
            square = sum(x * x for x in total) * self.limit.denominator
            if square < self.limit.numerator * (unit << shift) ** 2:
                multiplier = [_NOTHING] * len(pattern)
                for k, M in rounded:
                    multiplier[k] = Fraction(M, 1 << shift)
                return tuple(multiplier)
        return None


def _rounded(p: int, q: int) -> int:
    """Return the integer nearest to p / q, q > 0, the even one of two."""
    whole, rest = divmod(2 * p + q, 2 * q)
    return whole if rest else whole - (whole & 1)


def _strict(X: Matrix, beta_squared: Fraction, kappa: Sequence[Scalar]) -> _Strict:
    middles, errors = zip(*map(enclosure, kappa), strict=True)
    reach = sum(
        (e * sum(map(abs, x), Fraction(0)) for e, x in zip(errors, X, strict=True)),
        Fraction(0),
    )
    # |p| < beta <= 1 + beta^2 / 4, so an error of reach moves |p|^2 by at most this:
    slack = 2 * reach * (1 + beta_squared / 4) + reach**2
    q = lcm(*(t.denominator for x in X for t in x))
    r = lcm(*(t.denominator for t in middles))
    rows = tuple(tuple(int(t * q) for t in x) for x in X)
    pulls = tuple(
        tuple(int(m * r) * t for t in row) for m, row in zip(middles, rows, strict=True)
    )
    return _Strict(X, beta_squared, rows, pulls, q, r, beta_squared - slack)


def exactly_tight(X: Matrix, beta_squared: Fraction, kappa: Sequence[Scalar]) -> Tight:
    """Return the decision of a bound by exact projection, for scalars that always decide.

    The decision raises :class:`NotOptimal` when the bound exceeds beta.
    """
    known: dict[tuple[int, tuple[int, ...]], Atom] = {}

    def decide(
        pattern: tuple[int, ...], sign: int, facets: tuple[int, ...], guess: tuple[int, ...]
    ) -> tuple[Bound, Atom | None]:
        rows = [tuple(pattern[k] * t for t in X[k]) for k in facets]
        p = pull(X, kappa, sign, pattern)
        g, mu = cone_projection(rows, p, [facets.index(k) for k in guess])
        excess = squared_norm(g) - beta_squared
        if excess > 0:
            raise NotOptimal(
                f"kappa is not dual feasible: on pattern {word(pattern)}, sign {sign:+d}, "
                f"|g|^2 = {exactly(excess + beta_squared)} exceeds beta^2 = "
                f"{exactly(beta_squared)} by {exactly(excess)}"
            )
        multiplier: list[Scalar] = [Fraction(0)] * len(X)
        for k, x in zip(facets, mu, strict=True):
            multiplier[k] = x
        tight = excess == 0
        bound = Bound(pattern, sign, tuple(multiplier), tight)
        if not tight:
            return bound, None
        face = covector(X, g)
        if (sign, face) not in known:
            known[sign, face] = atom(X, kappa, sign, face)
        return bound, known[sign, face]

    return decide


def feasibility(  # noqa: PLR0913 - a problem, kappa, and what decides for it
    X: Matrix,
    beta_squared: Fraction,
    kappa: Sequence[Scalar],
    H: Arrangement,
    tight: Tight,
    *,
    guess: Guess | None = None,
    signs: Sequence[int] = (1, -1),
) -> Feasibility:
    """Return the proof that kappa is dual feasible, with all atoms (THEORY T2).

    ``tight(pattern, sign, facets, rows)`` decides the bounds no rounded multiplier proves;
    ``guess`` proposes these multipliers, and is not needed for the answer. Of some ``signs`` it
    is the proof for their neurons alone.
    """
    bounds: list[Bound] = []
    atoms: dict[tuple[int, ...], Atom] = {}
    strict = _strict(X, beta_squared, kappa)
    attempts = _attempts(strict, H, guess or _projected(X), signs)
    size = len(signs) * len(H.patterns)
    every = counted("dual feasibility, patterns and signs", attempts, size)
    for pattern, sign, facets, multiplier, rows in every:
        if multiplier is not None:
            bounds.append(Bound(pattern, sign, multiplier, tight=False))
            continue
        try:
            bound, a = tight(pattern, sign, facets, rows)
        except Undecided:
            proved = _again(strict, pattern, sign, facets) if guess else None
            if proved is None:
                raise
            bound, a = Bound(pattern, sign, proved, tight=False), None
        bounds.append(bound)
        if a is not None:
            atoms[a.key] = a
    return Feasibility(tuple(bounds), tuple(atoms[key] for key in sorted(atoms)))


def _projected(X: Matrix) -> Guess:
    """Return the guess that is no guess: the multipliers of the exact projection."""

    def nearest(
        p: Sequence[int], denominator: int, pattern: Sequence[int], facets: Sequence[int]
    ) -> _Quotients:
        rows = [tuple(pattern[k] * t for t in X[k]) for k in facets]
        mu = cone_projection(rows, [Fraction(x, denominator) for x in p])[1]
        rational = cast("Sequence[Fraction]", mu)  # rational in, rational out
        return [x.as_integer_ratio() for x in rational]

    def guess(
        p: _Indices, denominator: int, patterns: _Indices, facets: _Indices
    ) -> Sequence[_Quotients]:
        every = zip(p, patterns, facets, strict=True)
        return [nearest(x, denominator, pattern, walls) for x, pattern, walls in every]

    return guess


def _again(
    strict: _Strict, pattern: tuple[int, ...], sign: int, facets: tuple[int, ...]
) -> tuple[Fraction, ...] | None:
    """Return the multiplier of the exact projection that proves a strict bound, None if none.

    A guess in floats is far off where facets of very different rows are nearly opposite.
    """
    base = [sign * x for x in strict.base(pattern)]
    (mu,) = _projected(strict.X)([base], strict.q * strict.r, [pattern], [facets])
    return strict.attempt(base, pattern, facets, mu)


def _attempts(
    strict: _Strict, H: Arrangement, guess: Guess, signs: Sequence[int]
) -> Iterator[
    tuple[tuple[int, ...], int, tuple[int, ...], Scalars | None, tuple[int, ...]]
]:
    """Yield for each tope and sign its facets, the multiplier that proves it, rows to try."""
    patterns = list(zip(H.patterns, H.walls, strict=True))
    for start in range(0, len(patterns), _TOGETHER):
        part = [
            (pattern, sign, facets, [sign * x for x in pulled])
            for pattern, facets in patterns[start : start + _TOGETHER]
            for pulled in (strict.base(pattern),)
            for sign in signs
        ]
        topes, _, walls, bases = zip(*part, strict=True)
        guessed = guess(bases, strict.q * strict.r, topes, walls)
        for (pattern, sign, facets, base), mu in zip(part, guessed, strict=True):
            rows = tuple(k for k, (x, _) in zip(facets, mu, strict=True) if x > 0)
            yield pattern, sign, facets, strict.attempt(base, pattern, facets, mu), rows
