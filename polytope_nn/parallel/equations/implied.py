"""Lengths that are beta because others are: facts about the zero of the equations (P1, P7).

The lengths of the inner neurons of an optimum are quadratic forms of its symbols, all equal to
beta squared. A difference of two, or of two such differences, may be a product of two linear
forms: where one is proved not to be 0 the other is. Modulo what vanishes so the length of another
neuron may be one of those: it attains beta, too, although no equation says so. Rows of small
integers make such lengths often: where two of them are orthogonal, or have equal sums.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, permutations
from math import isqrt
from typing import TypeAlias

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.enclosures import cofactor
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rref, solve
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars, dot, sign

from .theta import form

__all__ = [
    "Form",
    "Implied",
    "factors",
    "feature_form",
    "length_form",
    "rational_root",
    "require_apart",
]

_ZERO = Fraction(0)
_ROUNDS = 4  # of facts that follow from facts
_LARGEST = 3  # determinants that are written out

Form: TypeAlias = dict[tuple[int, ...], Fraction]
"""A form ``sum t_pq x_p x_q``, its entries that are not 0; p, q ascend."""


def length_form(X: Matrix, face: tuple[int, ...], seen: Mapping[int, int]) -> Form:
    """Return ``|g|^2`` as a form of the symbols; ``seen`` are signed symbols, from 1 on.

    >>> X = ((Fraction(1), Fraction(0)), (Fraction(1), Fraction(2)))
    >>> {key: str(t) for key, t in length_form(X, (1, 1), {0: 1, 1: -2}).items()}
    {(0, 0): '1', (0, 1): '-2', (1, 1): '5'}
    """
    B, found = form(X, face), Form()
    for i, t in seen.items():
        for j, u in seen.items():
            p, q = sorted((abs(t) - 1, abs(u) - 1))
            value = B[i][j] if t * u > 0 else -B[i][j]
            found[p, q] = found.get((p, q), _ZERO) + value
    return {key: t for key, t in found.items() if t}


def feature_form(
    X: Matrix, face: tuple[int, ...], seen: Mapping[int, int], i: int
) -> dict[int, Fraction]:
    """Return ``sigma`` times a feature on a row as a form of the symbols."""
    B, found = form(X, face)[i], dict[int, Fraction]()
    for j, t in seen.items():
        value = B[j] if t > 0 else -B[j]
        found[abs(t) - 1] = found.get(abs(t) - 1, _ZERO) + value
    return {p: t for p, t in found.items() if t}


@dataclass(frozen=True)
class Implied:
    """What follows for ``symbols`` from lengths that are all the same.

    ``lengths`` have each a name: facts are sought between those of one name first.
    """

    symbols: Scalars
    lengths: tuple[tuple[object, Form], ...]

    def vanishes(self, lines: Sequence[Sequence[Mapping[int, Fraction]]]) -> bool:
        """Return whether the determinant of linear forms is proved to be 0."""
        if len(lines) > _LARGEST:
            return False
        found = Form()
        for turn, odd in _turns(len(lines)):
            terms: Form = {(): Fraction(-1 if odd else 1)}
            for row, j in zip(lines, turn, strict=True):
                terms = _times(terms, self.reduced(row[j]))
            for key, t in terms.items():
                found[key] = found.get(key, _ZERO) + t
        found = {key: t for key, t in found.items() if t}
        return not found or (len(lines) == 2 and self._spanned(found))

    def reduced(self, one: Mapping[int, Fraction]) -> dict[int, Fraction]:
        """Return a linear form modulo what vanishes."""
        found: dict[int, Fraction] = {}
        for p, t in one.items():
            for q, a in self.pivots.get(p, {p: Fraction(1)}).items():
                found[q] = found.get(q, _ZERO) + a * t
        return {q: t for q, t in found.items() if t}

    def numbers(self, one: Mapping[int, Fraction]) -> Vector:
        """Return a linear form modulo what vanishes: how many entries, their places and values."""
        found = self.reduced(one)
        pairs = ((Fraction(p), found[p]) for p in sorted(found))
        return (Fraction(len(found)), *(x for pair in pairs for x in pair))

    def _spanned(self, Q: Form) -> bool:
        """Return whether a form is a combination of differences of lengths."""
        apart = [_minus(R, self._known[0]) for R in self._known[1:]]
        keys = {*Q}.union(*apart)
        rows = [[R.get(key, _ZERO) for R in apart] for key in keys]
        return solve(rows, [Q.get(key, _ZERO) for key in keys]) is not None

    def holds(self, other: Form) -> bool:
        """Return whether another length is proved to be the same."""
        return self._spanned(_minus(self._reduced(other), self._known[0]))

    @cached_property
    def vanishing(self) -> tuple[Vector, ...]:
        """Linear forms of the symbols that are 0, reduced."""
        found: tuple[Vector, ...] = ()
        for _ in range(_ROUNDS):
            new = next(self._new(found), None)
            if new is None:
                break
            rows, _ = rref([*found, new])
            found = tuple(row for row in rows if any(row))  # type: ignore[misc]  # rational
        return found

    def _new(self, known: Sequence[Vector]) -> Iterator[Vector]:
        """Yield linear forms that vanish, besides those that are known."""
        reduced = [(name, _modulo(known, Q)) for name, Q in self.lengths]
        apart = [
            (name == other, _minus(Q, R))
            for (name, Q), (other, R) in combinations(reduced, 2)
        ]
        alone = [Q for _, Q in apart]
        own = [Q for same, Q in apart if same]
        pairs = (
            mixed
            for Q, R in combinations(own, 2)
            for mixed in (_minus(Q, R), _minus(Q, {key: -t for key, t in R.items()}))
        )
        for Q in (*alone, *pairs):
            for one in factors(Q):
                if self._vanishing(one):
                    yield self._form(one)

    def _vanishing(self, one: tuple[dict[int, Fraction], dict[int, Fraction]]) -> bool:
        """Return whether the first of two factors of 0 is 0: the other is not."""
        try:
            return sign(dot([*one[1].values()], [self.symbols[p] for p in one[1]])) != 0
        except Undecided:
            return False

    def _form(self, one: tuple[dict[int, Fraction], dict[int, Fraction]]) -> Vector:
        return tuple(one[0].get(p, _ZERO) for p in range(len(self.symbols)))

    @cached_property
    def pivots(self) -> dict[int, dict[int, Fraction]]:
        """The first symbol of each linear form that vanishes, in terms of its others."""
        return _pivots(self.vanishing)

    @cached_property
    def _known(self) -> tuple[Form, ...]:
        return tuple(map(self._reduced, (Q for _, Q in self.lengths)))

    def _reduced(self, Q: Form) -> Form:
        return _modulo(self.vanishing, Q)


def _minus(Q: Form, R: Form) -> Form:
    found = {key: Q.get(key, _ZERO) - R.get(key, _ZERO) for key in {**Q, **R}}
    return {key: t for key, t in found.items() if t}


def _turns(size: int) -> Iterator[tuple[tuple[int, ...], bool]]:
    """Yield all permutations, and whether each is odd."""
    for turn in permutations(range(size)):
        yield turn, sum(a > b for a, b in combinations(turn, 2)) % 2 == 1


def _times(terms: Form, line: Mapping[int, Fraction]) -> Form:
    found = Form()
    for key, t in terms.items():
        for p, a in line.items():
            at = tuple(sorted((*key, p)))
            found[at] = found.get(at, _ZERO) + t * a
    return found


def _pivots(vanishing: Sequence[Vector]) -> dict[int, dict[int, Fraction]]:
    """Return the first symbol of each reduced linear form in terms of its others."""
    found: dict[int, dict[int, Fraction]] = {}
    for row in vanishing:
        pivot = next(p for p, t in enumerate(row) if t)
        found[pivot] = {p: -t for p, t in enumerate(row) if t and p != pivot}
    return found


def _modulo(vanishing: Sequence[Vector], Q: Form) -> Form:
    """Return a form without the first symbols of reduced linear forms that vanish."""
    of, found = _pivots(vanishing), Form()
    for (p, q), t in Q.items():
        for i, a in of.get(p, {p: Fraction(1)}).items():
            for j, b in of.get(q, {q: Fraction(1)}).items():
                key = (min(i, j), max(i, j))
                found[key] = found.get(key, _ZERO) + t * a * b
    return {key: t for key, t in found.items() if t}


def factors(Q: Form) -> list[tuple[dict[int, Fraction], dict[int, Fraction]]]:
    """Return linear forms of which a form is the product, in both orders; none if none are.

    >>> one = Fraction(1)
    >>> [{p: str(t) for p, t in l.items()} for l, _ in factors({(0, 0): one, (1, 1): -one})]
    [{0: '1', 1: '1'}, {0: '1', 1: '-1'}]
    """
    places = sorted({p for key in Q for p in key})
    at = {p: i for i, p in enumerate(places)}
    A = [[_ZERO] * len(places) for _ in places]
    for (p, q), t in Q.items():
        A[at[p]][at[q]] += t / 2
        A[at[q]][at[p]] += t / 2
    one = _factor(A)
    other = None if one is None else cofactor(A, one)
    if one is None or other is None:
        return []
    named = [{p: t for p, t in zip(places, l, strict=True) if t} for l in (one, other)]
    return [(named[0], named[1]), (named[1], named[0])]


def _factor(A: Sequence[Sequence[Fraction]]) -> Vector | None:
    """Return what may be a linear factor of a symmetric matrix of rank 1 or 2."""
    i = next((i for i, row in enumerate(A) if row[i]), None)
    if (
        i is None
    ):  # x_i divides nothing, so one factor is without it: the other times it is here
        return next((tuple(row) for row in A if any(row)), None)
    row, top = A[i], A[i][i]
    rest = [  # the square of half the difference of the factors, by x_i^2
        [a * b / top**2 - A[p][q] / top for q, b in enumerate(row)]
        for p, a in enumerate(row)
    ]
    j = next((j for j, t in enumerate(rest) if t[j]), None)
    if j is None:
        return tuple(t / top for t in row)
    size = rational_root(rest[j][j])
    if size is None:
        return None
    return tuple(t / top + u / size for t, u in zip(row, rest[j], strict=True))


def rational_root(t: Fraction) -> Fraction | None:
    """Return the rational square root; None where there is none."""
    if t < 0:
        return None
    found = Fraction(isqrt(t.numerator), isqrt(t.denominator))
    return found if found**2 == t else None


def require_apart(a: Atom, b: Atom) -> None:
    """Refuse two inner atoms that balls do not tell apart."""
    for s, t in zip(a.g, b.g, strict=True):
        try:
            if sign(s - t):
                return
        except Undecided:
            continue
    raise Undecided("whether two inner atoms are one: kappa is known in intervals only")
