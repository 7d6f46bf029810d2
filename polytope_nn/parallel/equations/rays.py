"""Lengths on rays: they are linear in the symbols, and tell some of them by square roots (P1).

On a face that is a ray along a rational u an inner neuron of the length beta says ``s mu'X_+ u =
beta |u|``. Square roots whose squares have no rational ratio of squares are independent over the
rationals, so these equations are reduced as forms of the symbols and of such roots, exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.dual.enclosures import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import kernel
from polytope_nn.exact.radical import root_enclosure
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.parallel.blocks import Box
from polytope_nn.parallel.conic.saddle import Saddle

from .implied import rational_root

__all__ = [
    "Line",
    "RayForms",
    "Rays",
    "are_shares",
    "is_nothing",
    "joined",
    "ray_of",
    "told_rows",
    "told_theta",
]

_BITS = 320  # of a square root
_UNKNOWN = 1 << 20  # places of what no symbol is yet
_FREE = 1000  # the largest denominator of a theta that is not told
_ZERO = Fraction(0)

Line: TypeAlias = dict[int, Fraction]
"""A linear form: symbols by their places, then roots by -1, -2, ...; no entry is 0."""


def ray_of(X: Matrix, face: Sequence[int]) -> Vector | None:
    """Return a rational direction of a face that is a ray; None where it is none.

    >>> X = ((Fraction(1), Fraction(1)), (Fraction(0), Fraction(3)))
    >>> print(*ray_of(X, (0, -1)))
    1 -1
    >>> ray_of(X, (1, 1)), ray_of(X, (0, 0))
    (None, None)
    """
    walls = [x for x, e in zip(X, face, strict=True) if not e and any(x)]
    found = kernel(walls, len(X[0])) if walls else ()
    if len(found) != 1:
        return None
    for turn in (1, -1):
        u = tuple(Fraction(turn) * t for t in found[0])
        pairs = zip(X, face, strict=True)
        if all(sign(dot(x, u)) == e for x, e in pairs if any(x)):
            return u  # type: ignore[return-value]  # rational in, rational out
    return None


@dataclass(frozen=True)
class Rays:
    """Linear forms that are 0; ``square`` is that of beta, ``symbols`` what symbols stand for.

    Each is kept without the pivots of the others, by its pivot: the last of its symbols.
    """

    X: Matrix
    square: Fraction
    symbols: list[Scalar] = field(default_factory=list)
    _roots: list[Fraction] = field(default_factory=lambda: [Fraction(1)])
    _known: dict[int, Line] = field(default_factory=dict)

    def symbol(self, signed: int) -> Scalar:
        """Return what a signed symbol, from 1 on, stands for."""
        x = self.symbols[abs(signed) - 1]
        return x if signed > 0 else -x

    def sum(self, terms: Iterable[tuple[int, Fraction]]) -> Line:
        """Return a sum of signed symbols, 0 for none, as a form: 0 if it is known to be that."""
        found: Line = {}
        for t, factor in terms:
            if t:
                _add(found, abs(t) - 1, factor if t > 0 else -factor)
        return self.reduced(found)

    def entries(self, vanishing: Sequence[Vector]) -> None:
        """Know the symbols that are rational, and some forms of symbols that are 0."""
        for p, t in enumerate(self.symbols):
            if isinstance(t, Fraction):
                self.told({q: u for q, u in ((p, Fraction(1)), (-1, -t)) if u})
        for row in vanishing:
            self.told({p: t for p, t in enumerate(row) if t})

    def told_of(
        self, unknown: Sequence[int], lines: Iterable[Line | None]
    ) -> dict[int, Line]:
        """Return those of some unknown symbols that forms tell which may be 0.

        The forms are not known: those that tell nothing of what is unknown are left out.
        """
        own = replace(self, _known=dict(self._known))
        for line in lines:
            if line and max(own.reduced(line), default=-1) in unknown:
                own.told(line)
        found = {p: own.reduced({p: Fraction(1)}) for p in unknown}
        return {p: line for p, line in found.items() if not {*unknown} & {*line}}

    def length(self, s: int, face: Sequence[int], seen: Mapping[int, int]) -> Line | None:
        """Return ``|g| - beta`` times ``|u|`` on a ray; None on other faces.

        ``seen`` are signed symbols of mu, from 1 on.
        """
        u = ray_of(self.X, face)
        if u is None:
            return None
        found: Line = {}
        for i, t in seen.items():
            if face[i] > 0:
                _add(found, abs(t) - 1, dot(self.X[i], u) * (s if t > 0 else -s))
        return joined(found, self.root(self.square * squared_norm(u)), -1)

    def attains(self, s: int, face: Sequence[int], seen: Mapping[int, int]) -> bool:
        """Return whether the length on a ray is known to be beta."""
        line = self.length(s, face, seen)
        return line is not None and not self.reduced(line)

    def root(self, square: Fraction) -> Line:
        """Return a square root as a form.

        >>> print(Rays((), Fraction(1)).root(Fraction(9, 4)))
        {-1: Fraction(3, 2)}
        """
        for j, known in enumerate(self._roots):
            ratio = rational_root(square / known)
            if ratio is not None:
                return {-1 - j: ratio}
        self._roots.append(square)
        return {-len(self._roots): Fraction(1)}

    def told(self, line: Line) -> bool:
        """Know that a form is 0; return whether that is new."""
        left = self.reduced(line)
        pivot = max(left, default=-1)
        if pivot < 0:
            return False
        own = {p: -t / left[pivot] for p, t in left.items() if p != pivot}
        for p, of in self._known.items():
            if pivot in of:
                self._known[p] = joined(_without(of, pivot), own, of[pivot])
        self._known[pivot] = own
        return True

    def reduced(self, line: Mapping[int, Fraction]) -> Line:
        """Return a form modulo those that are 0; it is 0 if nothing is left."""
        found: Line = {}
        for p, t in line.items():
            found = joined(found, self._known.get(p, {p: Fraction(1)}), t)
        return found

    def value(self, line: Line) -> Scalar:
        """Return what a form is, in balls where it is no rational number."""
        known = [p for p in line if p >= 0]
        total = dot([line[p] for p in known], [self.symbols[p] for p in known])
        for p, t in line.items():
            if p < 0:
                ends = root_enclosure(self._roots[-1 - p], _BITS)
                total += t if p == -1 else t * Ball.from_interval(*ends, _BITS)
        return total

    def named(self, line: Line) -> int:
        """Return the signed symbol that a form is, from 1 on; a new one where it is none."""
        left = self.reduced(line)
        for p in range(len(self.symbols)):
            own = self.reduced({p: Fraction(1)})
            for turn in (1, -1):
                if left == {q: t * turn for q, t in own.items()}:
                    return turn * (p + 1)
        place = len(self.symbols)
        self.symbols.append(self.value(line))
        self.told(joined({place: Fraction(1)}, line, -1))
        return place + 1


@dataclass(frozen=True)
class RayForms(LinearForms):
    """Linear forms of mu, of which symbols are ``seen``: 0 where lengths on rays say so."""

    rays: Rays | None = None
    seen: Mapping[int, int] = field(default_factory=dict)

    def value(self, form: Vector) -> Scalar:
        """Return a form's value, 0 where it is known to be."""
        assert self.rays is not None  # as it is made
        line: Line = {}
        for i, t in enumerate(form):
            if i in self.seen:
                p = abs(self.seen[i]) - 1
                _add(line, p, t if self.seen[i] > 0 else -t)
            elif t and not is_nothing(self.kappa[i]):
                return super().value(form)
        return super().value(form) if self.rays.reduced(line) else _ZERO


def told_rows(
    rays: Rays, box: Box, saddle: Saddle, rows: Sequence[int]
) -> dict[int, int] | None:
    """Return symbols of ``sigma mu`` on the rows where theta is free; None where none are told.

    ``rows`` are the negative ones. All neurons of the saddle on rays are taken to be as long as
    beta; symbols of kappa are those of its rows.
    """
    ends = dict(zip(rows, map(round, saddle.theta), strict=True))
    free = {rows[q]: _UNKNOWN + q for q in saddle.inner}
    whole = {*box.inside} | {i for i, t in ends.items() if t == 1}
    lines = []
    for (block, _), face in zip(saddle.neurons, saddle.faces, strict=True):
        own = whole | {*box.open} if block[0] > 0 else whole
        seen = {i: i + 1 for i in own} | {i: p + 1 for i, p in free.items()}
        lines.append(rays.length(block[0] * box.sigma, face, seen))
    found = rays.told_of([*free.values()], lines)
    return {i: rays.named(found[p]) for i, p in free.items() if p in found} or None


def told_theta(
    rays: Rays, kappa: Scalars, saddle: Saddle, rows: Sequence[int], seen: Mapping[int, int]
) -> dict[int, Scalar]:
    """Return theta of ``rows``, the negative ones: by their symbols where those are told.

    On others it is the nearest end, or what floats say.
    """
    found: dict[int, Scalar] = {
        i: t.limit_denominator(_FREE) if q in saddle.inner else Fraction(round(t))
        for q, (i, t) in enumerate(zip(rows, saddle.theta, strict=True))
    }
    return found | {i: rays.symbol(t) / kappa[i] for i, t in seen.items()}


def are_shares(numbers: Iterable[Scalar]) -> bool:
    """Return whether numbers are proved to be in [0, 1]."""
    try:
        return all(0 <= t <= 1 for t in numbers)
    except Undecided:
        return False


def _add(line: Line, p: int, t: Fraction) -> None:
    total = line.pop(p, _ZERO) + t
    if total:
        line[p] = total


def joined(line: Line, other: Line, factor: Fraction | int) -> Line:
    """Return a form and a multiple of another."""
    found = dict(line)
    for p, t in other.items():
        _add(found, p, t * factor)
    return found


def _without(line: Line, pivot: int) -> Line:
    return {p: t for p, t in line.items() if p != pivot}


def is_nothing(x: Scalar) -> bool:
    """Return whether a number is proved to be 0."""
    try:
        return not sign(x)
    except Undecided:
        return False
