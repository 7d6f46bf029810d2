"""Theta of a box with which inner neurons see what those of a part do (three-layer P3, P7).

Of rows of one direction neurons see a sum: where positive ones are inside, negative ones make up
for them. So do raised rows that depend on each other, for neurons that see them all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import solve, transpose
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, dot, sign

from .blocks import Box, size_of
from .equations.rays import are_shares, joined
from .equations.solved import DeepSolution

__all__ = ["Shift", "Shifts", "is_same"]

_ONE, _ZERO = Fraction(1), Fraction(0)


@dataclass(frozen=True)
class Shift:
    """Theta on some negative rows, and the symbols of what a part sees of these or their class."""

    theta: Mapping[int, Scalar]
    seen: dict[int, int]


def is_same(x: Scalar, y: Scalar) -> bool:
    """Return whether two theta are known to be one."""
    return x is y or (isinstance(x, Fraction) and isinstance(y, Fraction) and x == y)


@dataclass(frozen=True)
class Shifts:
    """The shifts of all boxes; ``classes`` are the rows of one direction, ``signs`` kappa's."""

    solved: DeepSolution
    classes: Sequence[tuple[int, ...]]
    signs: Sequence[int]
    _known: dict[Box, tuple[Shift, ...]] = field(default_factory=dict, compare=False)

    @property
    def X(self) -> Matrix:
        """The design."""
        return self.solved.problem.design

    def tell(self, box: Box, shift: Shift) -> None:
        """Know another shift of a box."""
        whole = replace(box, excluded=frozenset())
        self._known[whole] = (*self.of(box), shift)

    def of(self, box: Box) -> tuple[Shift, ...]:
        """Return theta with which a class keeps the sum that a part sees, raised there, or 0.

        And with which all raised rows of a part do.
        """
        box = replace(box, excluded=frozenset())  # theta is one, whatever is excluded
        if box not in self._known:
            parts = [
                j for j, part in enumerate(self.solved.parts) if part.sigma == box.sigma
            ]
            sums = [
                ({i: t for i, t in self.solved.seen(j).items() if i in rows}, rows)
                for j in parts
                for rows in self.classes
                if any(i in self.solved.parts[j].raised for i in rows)
            ]
            sums += [({}, rows) for rows in self.classes]
            found = [
                shift for seen, rows in sums for shift in self._made_up(box, seen, rows)
            ]
            moved = (self._moved(box, j) for j in parts)
            self._known[box] = (*found, *(shift for shift in moved if shift is not None))
        return self._known[box]

    def _moved(self, box: Box, j: int) -> Shift | None:
        """Return theta with which neurons that see all raised rows of a part see what they did.

        On positive ones mu is kappa inside of the box, and 0 outside; where these rows depend on
        the negative ones, those make up for it. None where they do not, or none is positive.
        """
        X, sigma, rays = self.X, box.sigma, self.solved.rays
        places = self.solved.places[j]
        negative = [i for i in places if self.signs[i] == -sigma]
        others = [i for i in places if i not in negative]
        if not (negative and others) or any(r in box.open for r in others):
            return None
        lines = {i: {q: Fraction(sigma)} for i, q in places.items()}
        for r in others:
            factors = solve(transpose([X[i] for i in negative]), X[r])
            if factors is None:
                return None
            own = {r: _ONE} if r in box.inside else {}
            for i, t in zip(negative, map(Fraction, factors), strict=True):  # type: ignore[arg-type]  # rational in, rational out
                lines[i] = joined(joined(lines[i], own, -t), {places[r]: _ONE}, sigma * t)
        seen = {i: rays.named(lines[i]) for i in negative}
        theta = {i: rays.symbol(t) / self.solved.kappa[i] for i, t in seen.items()}
        return Shift(theta, seen) if are_shares(theta.values()) else None

    def _made_up(
        self, box: Box, seen: Mapping[int, int], rows: Sequence[int]
    ) -> Iterator[Shift]:
        """Yield theta in turn: 1 as far as it goes, then 0; nothing where none suffices."""
        sizes = {i: size_of(self.X[i]) for i in rows}
        made = [i for i in rows if i in box.inside and i not in seen]
        if not made or any(i in box.open for i in rows):
            return
        left = dot([sizes[i] for i in seen], [self.solved.value(t) for t in seen.values()])
        left -= dot([sizes[i] for i in made], [self.solved.kappa[i] for i in made])
        theta: dict[int, Scalar] = {}
        for i in (i for i in rows if self.signs[i] == -box.sigma):
            whole = self.solved.kappa[i] * sizes[i]
            try:
                theta[i] = min(left / whole, _ONE) if sign(left) else _ZERO
            except Undecided:
                return
            left -= theta[i] * whole
            left = _ZERO if theta[i] is not _ONE else left
        if isinstance(left, Fraction) and not left:
            yield Shift(theta, {i: seen.get(i, 0) for i in rows})
