"""The saddle point of a leaf in floats: theta, and inner neurons that attain its value (P3).

``min over theta in [0, 1]^N of max over blocks of |g|``, a conic program; its dual is a
point z of the two-layer unit ball, one inner neuron for each block in use. Nothing here is
believed: theta is made exact and proved, the inner neurons are rounded and their value is
compared exactly. Rows have unit length and kappa is divided by beta, so that the value is
of order 1; where kappa is much larger than beta the program is solved again beside its solution
(:mod:`~polytope_nn.parallel.conic.zoom`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.parallel.blocks import Block, Blocks, Box
from polytope_nn.search.floats import Hints

from .bounds import Lengths, Seen
from .zoom import Program, Sides, solved

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Memory", "Place", "Saddle", "Saddles"]

_USED = 1e-6  # a block of less weight is not in use
_BITS = 40  # of a rounded inner neuron
_END = 1e-5  # a theta this close to 0 or 1 may be that
_MAYBE, _PERHAPS = 1e-3, 1e-2  # and one this close where otherwise nothing is proved
_FLAT = 1e-4  # of a row times a direction: the direction may lie on the row's wall
_ROUNDED = 1e-10  # of the largest entry of kappa: what sums and projections in floats lose
_BY_FAR = 1e-6  # of beta: what exceeds it by less may attain it

Place: TypeAlias = tuple[int, frozenset[int], frozenset[int], frozenset[Block]]
"""A leaf: sigma, the rows inside, those that are open, the blocks that are excluded."""


@dataclass(frozen=True)
class Saddle:
    """What floats say of a leaf: the value over beta, theta on N, the inner neurons in use.

    The value is accurate to ``accuracy``; ``seen`` bounds it for any other kappa.
    ``neurons`` are pairs of a block and a rational u, the heaviest first; ``faces`` the signs
    that ``X u`` seems to have, and ``inner`` the places of N where theta is neither 0 nor 1.
    """

    value: float
    accuracy: float
    theta: Vector
    neurons: tuple[tuple[Block, Vector], ...]
    faces: tuple[tuple[int, ...], ...]
    inner: tuple[int, ...]
    seen: Seen

    @property
    def both(self) -> "tuple[Saddle, ...]":
        """The saddle, and with every theta at an end that may be there, if that is another.

        A theta away from its end by t may change the value by ``t^2`` only.
        """
        found = [self]
        for close in (_MAYBE, _PERHAPS):
            near = tuple(
                Fraction(round(t)) if abs(t - round(t)) < close else t for t in self.theta
            )
            left = tuple(i for i in self.inner if 0 < near[i] < 1)
            ended = replace(self, theta=near, inner=left)
            found += [ended] if ended != found[-1] else []
        return tuple(found)

    @property
    def above(self) -> bool:
        """Whether the value seems to exceed beta."""
        return self.value > 1 + self.accuracy

    @property
    def below(self) -> bool:
        """Whether the value seems to be strictly less than beta."""
        return self.value < 1 - self.accuracy


@dataclass(frozen=True)
class Memory:
    """What is known of the leaves of one design, from the programs of any kappa."""

    known: dict[Place, Saddle] = field(default_factory=dict)
    lengths: list[Lengths] = field(default_factory=list)


@dataclass(frozen=True)
class Saddles:
    """The conic programs of one kappa; ``square`` is that of what a mass 1 costs."""

    blocks: Blocks
    kappa: Scalars
    square: Fraction
    memory: Memory = field(default_factory=Memory, compare=False)
    _known: dict[tuple[int, frozenset[Block]], Sides] = field(
        default_factory=dict, compare=False
    )

    @cached_property
    def hints(self) -> Hints:
        """The rows as floats of unit length."""
        return Hints(self.blocks.X, self.square)

    @cached_property
    def unit(self) -> Matrix:
        """The rows of about unit length, exact."""
        pairs = zip(self.blocks.X, self.hints.lengths, strict=True)
        return tuple(tuple(t / length for t in x) for x, length in pairs)

    @property
    def d(self) -> int:
        """The number of entries of a row."""
        return len(self.blocks.X[0])

    @cached_property
    def exact(self) -> Vector:
        """``kappa_k |x_k| / beta``, rational: of balls and roots what is near."""
        pairs = zip(self.kappa, self.hints.lengths, strict=True)
        return tuple(enclosure(x)[0] * size / self.hints.beta for x, size in pairs)

    @cached_property
    def scaled(self) -> "NDArray[np.float64]":
        """``kappa_k |x_k| / beta``, shape (n,)."""
        return self.hints.scaled([enclosure(x)[0] for x in self.kappa])

    def saddle(
        self,
        sigma: int,
        plus: Sequence[int],
        minus: Sequence[int],
        excluded: Collection[Block] = (),
    ) -> Saddle | None:
        """Return the saddle of a leaf; None where the solver finds none.

        ``plus`` are the positive rows seen by positive inner neurons, ``minus`` those seen by
        negative ones.
        """
        import numpy as np

        program = Program(self.sides(sigma, excluded), {1: tuple(plus), -1: tuple(minus)})
        found = solved(program)
        if found is None:
            return None
        duals = found.duals
        order = np.argsort(-duals[:, 0], kind="stable")
        used = [i for i in order if duals[i, 0] > _USED]
        blocks = program.sides.blocks
        neurons = tuple((blocks[i], self._rounded(duals[i])) for i in used)
        faces = tuple(self._face(duals[i]) for i in used)
        theta, inner = [], []
        for i, (t, end) in enumerate(zip(found.raised, program.sides.ends, strict=True)):
            bits = _BITS + end.numerator.bit_length() - end.denominator.bit_length()
            unit = 1 << max(bits, _BITS)
            theta.append(min(Fraction(round(t / end * unit), unit), Fraction(1)))
            close = _END / max(1.0, float(end))
            if close < theta[-1] < 1 - close:
                inner.append(i)
        seen = Seen.of(
            self.hints.unit,
            dict(zip(program.sides.negative, theta, strict=True)),
            [(blocks[i][0], -duals[i, 1:]) for i in used],
        )
        saddle = Saddle(
            found.value, found.accuracy, tuple(theta), neurons, faces, tuple(inner), seen
        )
        self.memory.known[_place(sigma, plus, minus, excluded)] = saddle
        return saddle

    @cached_property
    def lengths(self) -> Lengths:
        """The lengths of all blocks, for any kappa."""
        if not self.memory.lengths:
            self.memory.lengths.append(Lengths(self.blocks, self.hints))
        return self.memory.lengths[0]

    @cached_property
    def rounded(self) -> float:
        """What floats lose of a bound."""
        import numpy as np

        return float(_ROUNDED * np.abs(self.scaled).max(initial=1))

    def longest(
        self,
        sigma: int,
        plus: Sequence[int],
        minus: Sequence[int],
        excluded: Collection[Block],
        theta: "NDArray[np.float64]",
    ) -> float:
        """Return about the longest block of a leaf with a theta, that of all rows."""
        k, left = sigma * self.scaled, [i for i in plus if i not in minus]
        every = self.lengths.of(k, theta, minus, left)
        return max((t for b, t in every.items() if b not in excluded), default=0.0)

    def longer(self, box: Box, theta: Mapping[int, Fraction]) -> frozenset[Block] | None:
        """Return the excluded blocks that may be as long as beta with a theta.

        None where another block of the box seems to be longer.
        """
        import numpy as np

        every = np.array([float(theta.get(i, 1)) for i in range(len(self.kappa))])
        lengths = self.lengths.of(box.sigma * self.scaled, every, box.inside, box.open)
        slack = _BY_FAR + self.rounded
        if any(t > 1 + slack for b, t in lengths.items() if b not in box.excluded):
            return None
        return frozenset(b for b in box.excluded if lengths[b] >= 1 - slack)

    def near(self, box: Box, saddle: Saddle) -> Iterator[Saddle]:
        """Yield a saddle, theta at its ends, all blocks that may attain beta, no theta at an end.

        Of those the program says little: where none of their neurons is needed, or a neuron lies
        on a wall, the value hardly changes with theta.
        """
        import numpy as np

        yield from saddle.both
        masses, negative = dict(saddle.neurons), list(self.sides(box.sigma).negative)
        for ended in saddle.both:
            theta, rows = np.ones(len(self.kappa)), (box.inside, box.open)
            theta[negative] = [*map(float, ended.theta)]
            faces = self.lengths.touching(box.sigma * self.scaled, theta, *rows, _MAYBE)
            kept = {b: faces[b] for b in faces if b not in box.excluded}
            neurons = tuple((b, masses.get(b, (Fraction(0),) * self.d)) for b in kept)
            yield replace(ended, neurons=neurons, faces=(*kept.values(),))
        if not box.open:
            inner = tuple(j for j, t in enumerate(saddle.theta) if 0 < t < 1)
            yield from () if inner == saddle.inner else (replace(saddle, inner=inner),)

    def told(
        self,
        sigma: int,
        plus: Sequence[int],
        minus: Sequence[int],
        excluded: Collection[Block] = (),
        least: float = 1.0,
    ) -> Saddle | None:
        """Return a known saddle with a bound for this kappa, less than ``least`` or more.

        None where nothing is known, or that decides not.
        """
        known = self.memory.known.get(_place(sigma, plus, minus, excluded))
        if known is None:
            return None
        left = [i for i in plus if i not in minus]
        value = known.seen.least(sigma * self.scaled, minus, left)
        if value <= least + self.rounded:
            value = self.longest(sigma, plus, minus, excluded, known.seen.theta)
            if value >= least - self.rounded:
                return None
        rows = self.sides(sigma).negative
        theta = tuple(Fraction(float(known.seen.theta[i])) for i in rows)
        inner = tuple(j for j, t in enumerate(theta) if _END < t < 1 - _END)
        return replace(known, value=value, theta=theta, inner=inner)

    def tell(
        self,
        saddle: Saddle,
        sigma: int,
        plus: Sequence[int],
        minus: Sequence[int],
        excluded: Collection[Block] = (),
    ) -> None:
        """Remember the saddle of a leaf for a part of it of the same blocks."""
        self.memory.known.setdefault(_place(sigma, plus, minus, excluded), saddle)

    def _face(self, dual: "NDArray[np.float64]") -> tuple[int, ...]:
        """Return the signs of the rows on the direction of a block's dual variable."""
        import numpy as np

        u = -dual[1:]
        products = self.hints.unit @ u
        flat = np.abs(products) <= _FLAT * np.linalg.norm(u)
        return tuple(int(t) for t in np.where(flat, 0, np.sign(products)))

    def _rounded(self, dual: "NDArray[np.float64]") -> Vector:
        """Return the inner neuron of a block's dual variable, rounded."""
        return tuple(
            Fraction(round(-float(t) * (1 << _BITS)), 1 << _BITS) for t in dual[1:]
        )

    def sides(self, sigma: int, excluded: Collection[Block] = ()) -> Sides:
        """Return what the programs of a sign without some blocks have in common."""
        key = (sigma, frozenset(excluded))
        if key in self._known:
            return self._known[key]
        if key[1]:
            found = self.sides(sigma).without(key[1])
        else:
            H, k = self.blocks.arrangement, tuple(t * sigma for t in self.exact)
            patterns = tuple(H.patterns[t] for _, t in self.blocks.every)
            facets = tuple(map(H.facets, patterns))
            found = Sides(
                self.unit, self.hints.unit, k, self.blocks.every, patterns, facets
            )
        return self._known.setdefault(key, found)


def _place(
    sigma: int, plus: Sequence[int], minus: Sequence[int], excluded: Collection[Block]
) -> Place:
    inside = frozenset(minus)
    return sigma, inside, frozenset(plus) - inside, frozenset(excluded)
