"""Proofs in a ball of kappas that no biases of neurons on topes make the fit (THEORY T19).

A neuron on a tope costs the same for every bias between two ends, and the fit is a combination,
all of whose weights are positive, of features of faces and of ends. That it is none is proved by
a vector z with ``z'F > 0`` for all of these and ``z'(fit) < 0``, linear forms of kappa. The
lower end is the largest of the numbers ``-x_k'g``, k active, the upper one the least of them with
k silent: where ``z'F`` grows with the bias any one of the former will do, else any of the latter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from operator import mul

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.geometry.farkas import integer_alternative
from polytope_nn.stationary.blocks import Row, in_integers
from polytope_nn.stationary.excluded import Exclusion, KappaBall, times

from .biased import Freed, Tope
from .offsets import pivots

__all__ = ["Unfitted"]

_NEAR = 60  # bits of a kappa that separating vectors are looked for at
_SIZE = 40  # bits of a feature there


@dataclass(frozen=True)
class _Ends:
    """The columns E 1 with the neuron's sign, and the forms ``den x_k'g`` of the samples."""

    ones: Row
    den: int
    active: tuple[Row, ...]
    silent: tuple[Row, ...]


@dataclass(frozen=True)
class Unfitted:
    """Proves of block sets of a problem with columns of topes that no biases make the fit."""

    problem: Freed
    excluded: Exclusion

    def __call__(self, T: Sequence[int], ball: KappaBall, classes: int) -> bool:
        """Return whether no biases of neurons on the blocks T make the fit, proved.

        The blocks are of so many classes: that is the rank of their features modulo Z.
        """
        z = self._separating(T, ball, classes)
        return z is not None and all(
            self.excluded.sign(form, ball, constant) > 0
            for form, constant in self._values(T, z, ball)
        )

    def _separating(self, T: Sequence[int], ball: KappaBall, classes: int) -> Row | None:
        """Return a vector that seems to separate, None where there seems to be none."""
        line = self._has_line(T)
        quotient, size = self._quotients[line]
        near = [_short(times(quotient, v)) for v in self._near(T, ball, line=line)]
        size = min(
            classes + size, len(quotient)
        )  # beyond their span columns differ by rounding
        try:
            rows, _ = pivots([tuple(map(Fraction, v)) for v in near], size)
        except Undecided:
            return None
        columns = [(*(v[i] for i in rows), 1 << _SIZE) for v in near]
        mixture, z = integer_alternative(columns, (*(0,) * size, 1))
        if mixture is not None:
            return None
        chosen = [quotient[i] for i in rows]
        return times(tuple(zip(*chosen, strict=True)), z[:-1])

    def _has_line(self, T: Sequence[int]) -> bool:
        """Return whether the ones and their negative are ends: both signs of their tope are in T.

        A vector separates where it is 0 on them; so it does where they are free anyway.
        """
        given = (self._ends[a] for a in T)
        both = len({ends.ones for ends in given if ends and not ends.silent}) > 1
        return both or self.problem.had.has_constant

    def _near(self, T: Sequence[int], ball: KappaBall, *, line: bool) -> Iterator[Row]:
        """Yield multiples of the negative fit, and of features of faces and of ends.

        The ones are none of these where they are a ``line``.
        """
        shift = max(0, max(map(int.bit_length, ball.K)) - _NEAR)
        K, den = [t >> shift for t in ball.K], max(1, ball.den >> shift)
        y, inverse, _ = self.excluded.data
        yield tuple(w * t - s * den for s, w, t in zip(y, inverse, K, strict=True))
        for a in T:
            W, ends = self.excluded.wholes[a], self._ends[a]
            F = times(W.rows, times(W.columns, K))
            if ends is None:
                yield F
                continue
            places = [-min(times(ends.active, K))]
            if ends.silent:
                places.append(-max(times(ends.silent, K)))
            elif not line:
                yield ends.ones
            pairs = tuple(zip(F, ends.ones, strict=True))
            for h in places:
                yield tuple(ends.den * f + W.den**2 * h * e for f, e in pairs)

    def _values(
        self, T: Sequence[int], z: Row, ball: KappaBall
    ) -> Iterator[tuple[Row, int]]:
        """Yield forms and constants, all of them positive at kappa_T only if z separates."""
        y, inverse, _ = self.excluded.data
        yield tuple(map(mul, inverse, z)), -sum(map(mul, y, z))
        for a in T:
            W, ends = self.excluded.wholes[a], self._ends[a]
            form = times(W.rows, times(W.columns, z))
            if ends is None:
                yield form, 0
                continue
            slope = sum(map(mul, ends.ones, z))
            samples = ends.active if slope >= 0 else ends.silent
            if not samples:
                yield (0,) * len(form), -1  # the bias has no upper end
                return
            pulled = times(samples, ball.K)
            end = samples[pulled.index(min(pulled) if slope >= 0 else max(pulled))]
            factor = W.den**2 * slope
            yield (
                tuple(ends.den * f - factor * t for f, t in zip(form, end, strict=True)),
                0,
            )

    @cached_property
    def _quotients(self) -> tuple[tuple[tuple[Row, ...], int], ...]:
        """Rows that span what is orthogonal to all that is free beside neurons; and to the ones.

        Beside each stands the rank of the columns of topes modulo that.
        """
        D, had = self.problem, self.problem.had
        ones = replace(had, columns=(*had.columns, (Fraction(1),) * D.n))
        every = tuple(tuple(int(i == j) for j in range(D.n)) for i in range(D.n))
        return tuple(
            (
                in_integers(free.quotient)[0] if free.columns else every,
                rank([free.modulo(z) for z in D.columns]),
            )
            for free in (had, ones)
        )

    @cached_property
    def _ends(self) -> tuple[_Ends | None, ...]:
        return tuple(
            _ends(b) if isinstance(b, Tope) else None for b in self.excluded.blocks
        )


def _ends(b: Tope) -> _Ends:
    products, den = in_integers(b.products)
    active = tuple(f for f, s in zip(products, b.covector, strict=True) if s > 0)
    silent = tuple(f for f, s in zip(products, b.covector, strict=True) if s < 0)
    return _Ends(tuple(b.sign * int(s > 0) for s in b.covector), den, active, silent)


def _short(v: Row) -> Row:
    """Return a vector near a positive multiple of v, of few bits."""
    shift = max(map(int.bit_length, v)) - _SIZE
    return tuple(t >> shift for t in v) if shift > 0 else tuple(t << -shift for t in v)
