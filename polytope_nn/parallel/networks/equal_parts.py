"""Optimal networks of path costs, kappa in balls: k equal parts a branch (D14, D16)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice
from typing import cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.radical import enclosure
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.recognise import simplest_fraction
from polytope_nn.exact.scalar import dot, sign

from .shared import Boxes, Held, Point, SharedBranch, SharedNetworks

__all__ = ["EqualParts"]

_BITS = 600  # of ends
_BASES = 1000  # of columns that are tried


@dataclass(frozen=True)
class EqualParts(SharedNetworks):
    """The same with path costs: a column has k atoms, its factor is the mass of each.

    The factor is a form of e. A column without one has the empty form.
    """

    def _held(self, signs: Sequence[int], slots: Sequence[Boxes]) -> list[Held]:
        places, masses = [], []
        for sigma, own in zip(signs, slots, strict=True):
            held = [x for x in own if x is not None]
            if len(held) != self.k:
                raise Undecided("whether a branch has the equal parts of path costs")
            one = [(a, Fraction(1)) for a, _ in held]
            if any(sign(sum(line, Fraction(0))) < 0 for line in self.lines(sigma, one)):
                raise Undecided(
                    "whether a branch with path costs is optimal: it is clipped"
                )
            places.append(self.column(sigma, tuple((a, ()) for a, _ in held)))
            masses.append((max(x[0] for _, x in held), min(x[1] for _, x in held)))
        counts = [self._output(j) for j in places]
        basis = independent_rows(counts)
        if len(basis) < len(self.e):
            raise Undecided("which masses the branches of path costs have")
        factors: dict[int, Vector] = {}
        for p, box in enumerate(masses):
            if p not in basis:
                a = next(i for i, t in enumerate(counts[p]) if t)
                factors[p] = self.unit(a, simplest_fraction(*self.shares(a, box)))
        beside = {p: (counts[p], f) for p, f in factors.items()}
        solved = self._solved([counts[p] for p in basis], beside)
        factors |= dict(zip(basis, solved, strict=True))
        for p, (low, high) in enumerate(masses):
            down, up = enclosure(dot(factors[p], self.e), _BITS)
            if not low <= down <= up <= high:
                raise Undecided("whether the masses of the box are those of a network")
        return [(place, factors[p]) for p, place in enumerate(places)]

    def _solved(
        self, basis: Sequence[Vector], beside: Mapping[int, tuple[Vector, Vector]]
    ) -> list[Vector]:
        """Return the factors of a basis that make e beside other columns."""
        found = []
        for a in range(len(self.e)):
            right = [*self.unit(a)]
            for counts, f in beside.values():
                right = [s - f[a] * t for s, t in zip(right, counts, strict=True)]
            solution = solve(transpose(basis), right)
            assert solution is not None  # a basis
            found.append(cast("Vector", solution))
        return [*transpose(found)]

    def _output(self, j: int) -> Vector:
        own = [a for a, _ in filter(None, self.columns[j][1])]
        return tuple(Fraction(own.count(a)) for a in range(len(self.e)))

    def _add_simple(self) -> None:
        for a, x in enumerate(self.atoms):
            self.column(x.sign, ((a, ()),) * self.k)

    def _points(self) -> Iterator[Point]:
        outputs = [self._output(j) for j in range(len(self.columns))]
        for chosen in islice(combinations(range(len(outputs)), len(self.e)), _BASES):
            basis = [outputs[j] for j in chosen]
            if len(independent_rows(basis)) < len(self.e):
                continue
            factors = dict(zip(chosen, self._solved(basis, {}), strict=True))
            try:
                inside = all(sign(dot(f, self.e)) > 0 for f in factors.values())
            except Undecided:
                continue
            if inside:
                every = tuple(factors.get(j, ()) for j in range(len(outputs)))
                yield every, sum(1 << j for j in chosen)

    def _branch(self, j: int, factor: Vector) -> SharedBranch:
        sigma, slots = self.columns[j]
        return sigma, tuple(x and (x[0], factor) for x in slots)
