"""Dual feasibility of kappa by a tree of leaves (three-layer P3, P5).

Fix a sign sigma and put ``k = sigma kappa``, P its positive rows, N its negative ones. A
*leaf* ``(sigma, inside, open, theta)`` covers the points z of the two-layer unit ball C
whose positive rows of P contain ``inside`` and lie in ``inside + open``: on those

    k'(z)_+  <=  k_inside'z + sum_open k_i (z_i)_+ + sum_N theta_i k_i z_i,

convex and positively homogeneous, so at most beta on C once it is on the blocks: positive
inner neurons see ``mu+ = k`` on inside + open and ``theta k`` on N, negative ones ``mu- =
k`` on inside and the same on N. Branching on ``open`` ends, because a leaf with none open
is exact (P3). With at most k inner neurons a leaf may also *exclude* blocks: of k + 1
disjoint groups of blocks one is not used. A leaf keeps only those excluded that its theta needs.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.feasibility import enclosure
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.radical import decimal, root_enclosure
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, middle, sign, squared_norm
from polytope_nn.limits import Limits
from polytope_nn.networks.neuron import feature

from .blocks import Blocks, Box, Leaf, classes_of, size_of
from .conic.saddle import Memory, Saddle, Saddles
from .equations.theta import Equations, field_of, fractions_near, near, polished
from .hints import in_turn, near_hints, whole_theta

__all__ = ["Box", "Leaf", "Tree"]

_ONE, _ZERO = Fraction(1), Fraction(0)
_MOST_LEAVES = 4000


@dataclass(frozen=True)
class Tree:
    """The search for the leaves of one kappa; ``width`` limits the inner neurons.

    ``square`` is that of what a mass 1 costs; ``hints`` are theta to be tried, with a sign;
    ``memory`` is of the leaves in floats.
    """

    blocks: Blocks
    kappa: Scalars
    square: Fraction
    width: int | None = None
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    hints: tuple[tuple[int, Mapping[int, Scalar]], ...] = ()
    memory: Memory = field(default_factory=Memory, compare=False)
    _whole: dict[Box, dict[int, Scalar]] = field(default_factory=dict, compare=False)

    @cached_property
    def signs(self) -> tuple[int, ...]:
        """The signs of kappa."""
        return tuple(sign(x) for x in self.kappa)

    @cached_property
    def saddles(self) -> Saddles:
        """The conic programs of the leaves."""
        return Saddles(self.blocks, self.kappa, self.square, self.memory)

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """All leaves: the proof that no branch exceeds beta.

        Raises
        ------
        NotOptimal
            When a branch exceeds beta; the message shows it.
        Undecided
            When a leaf is as good as tight and theta is not found, or they are too many.
        """
        found: list[Leaf] = []
        for sigma in (1, -1):
            rows = [i for i, s in enumerate(self.signs) if s == sigma]
            rows.sort(key=lambda i: (-abs(middle(self.kappa[i])), i))
            found += self._of_sign(sigma, tuple(rows)) if rows else ()
        return tuple(found)

    def _of_sign(self, sigma: int, rows: tuple[int, ...]) -> Sequence[Leaf]:
        """Return the leaves of the branches of one sign."""
        found: list[Leaf] = []
        waiting = [Box(sigma, (), rows, frozenset())]
        while waiting:
            box = waiting.pop()
            if any(leaf.covers(box) for leaf in found):
                continue
            leaf = self._proved(box)
            if isinstance(leaf, Leaf):
                found.append(leaf)
                continue
            if self.width == 1 and not box.open:
                alone = self._alone(sigma, rows)
                if alone is not None:
                    return alone
            waiting.extend(self._branches(box, leaf))
            if len(found) + len(waiting) > _MOST_LEAVES:
                raise Undecided(
                    f"whether kappa is feasible: more than {_MOST_LEAVES} leaves"
                )
        return found

    def _alone(self, sigma: int, rows: tuple[int, ...]) -> Sequence[Leaf] | None:
        """Return the two leaves of a single inner neuron: the two-layer test (P2).

        A positive one sees all of ``sigma kappa``; a negative one makes ``(z)_+ = 0``. None
        where the first is not proved.
        """
        found = []
        for s, theta in ((1, _ONE), (-1, _ZERO)):
            others = frozenset(b for b in self.blocks.every if b[0] != s)
            box = Box(sigma, (), rows, others)
            leaf = self._leaf(box, (theta,) * len(self.negative(sigma)))
            if leaf is None:
                return None
            found.append(leaf)
        return found

    def negative(self, sigma: int) -> tuple[int, ...]:
        """Return the rows where sigma kappa is negative."""
        return tuple(i for i, s in enumerate(self.signs) if s == -sigma)

    def _branches(self, box: Box, saddle: Saddle | None) -> Iterator[Box]:
        """Yield the parts of a box; raise when it has none, for then it is exact."""
        if box.open:
            first, rest = box.open[0], box.open[1:]
            yield Box(box.sigma, box.inside, rest, box.excluded)
            yield Box(box.sigma, (*box.inside, first), rest, box.excluded)
            return
        if saddle is None:
            raise Undecided("whether kappa is feasible: a conic program was not solved")
        used = list(dict.fromkeys(b for b, _ in saddle.neurons))
        if self.width is not None and len(used) > self.width:
            for group in self.blocks.groups(used[: self.width + 1]):
                yield Box(box.sigma, box.inside, (), box.excluded | group)
            return
        self._refute(box, saddle)

    def _refute(self, box: Box, saddle: Saddle) -> None:
        """Raise NotOptimal with a branch that exceeds beta, or Undecided."""
        X = self.blocks.X
        parts = [(b[0], u) for b, u in saddle.neurons]
        z = [_ZERO] * len(X)
        for s, u in parts:
            f = feature(X, s, u)
            z = [a + enclosure(t)[0] for a, t in zip(z, f, strict=True)]
        value = dot([k * box.sigma for k in self.kappa], [max(t, _ZERO) for t in z])
        length = sum((root_enclosure(squared_norm(u))[1] for _, u in parts), _ZERO)
        if value > 0 and value * value > length * length * self.square:
            ratio = (enclosure(value)[0] / length) ** 2
            raise NotOptimal(
                f"kappa is not dual feasible for three layers: a branch of sign "
                f"{box.sigma:+d} with {len(parts)} inner neurons has (kappa'(z)_+)^2 = "
                f"{decimal(ratio)} at length 1, more than beta^2 = {self.square}; "
                f"(z)_+ = ({', '.join(decimal(max(t, _ZERO), 6) for t in z)})"
            )
        raise Undecided(
            f"whether a branch of sign {box.sigma:+d} exceeds beta: it attains beta or comes "
            f"very close, and no exact theta was found"
        )

    def _proved(self, box: Box) -> "Leaf | Saddle | None":
        """Return the leaf of a box, or what floats say of it where none is proved."""
        N = self.negative(box.sigma)
        whole, leaf = self.whole(box), None
        ones = (_ONE,) * len(N)
        for theta in dict.fromkeys((ones, tuple(whole.get(i, _ONE) for i in N))):
            leaf = self._tried(box, theta)
            if leaf is not None:
                return leaf
        place = box.sigma, (*box.inside, *box.open), box.inside, box.excluded
        known = self.saddles.told(*place)
        if known is not None and known.above and self._divides(box, known):
            return known
        if known is not None and known.below:
            leaf = self._near(box, N, known)
            if leaf is not None:
                return leaf
        saddle = self.saddles.saddle(*place)
        if saddle is None or saddle.above or not N:
            return saddle
        leaf = self._near(box, N, saddle)
        for one in () if saddle.below else self.saddles.near(box, saddle):
            exact = self._polished(box, one) if one.inner and not leaf else None
            if exact is not None and all(0 <= t <= 1 for t in exact):
                leaf = self._leaf(box, exact, one)
        return leaf or saddle

    def _divides(self, box: Box, saddle: Saddle) -> bool:
        """Return whether a box has parts, by its rows or the blocks of a saddle."""
        blocks = {b for b, _ in saddle.neurons}
        return bool(box.open) or (self.width is not None and len(blocks) > self.width)

    def _near(self, box: Box, N: Sequence[int], saddle: Saddle) -> Leaf | None:
        """Return the leaf of a hint or of fractions near theta of a saddle."""
        every = saddle.both if self.hints else ()
        known = [*self.told(box)]
        hinted = [
            t
            for one in every
            for t in near_hints(known, self._in_turn(dict(zip(N, one.theta, strict=True))))
        ]
        simple = () if hinted and not saddle.below else (*fractions_near(saddle.theta),)
        whole = self.whole(box)
        every_one = (*hinted, *simple)
        kept = [
            tuple(whole.get(i, x) for i, x in zip(N, t, strict=True)) for t in every_one
        ]
        tried = (
            self._tried(box, t, saddle) for t in (*(kept if whole else ()), *every_one)
        )
        return next(filter(None, tried), None)

    def _tried(self, box: Box, theta: Scalars, saddle: Saddle | None = None) -> Leaf | None:
        """Return the leaf with this theta; None where floats say that a block is too long."""
        middles = dict(zip(self.negative(box.sigma), map(middle, theta), strict=True))
        longer = self.saddles.longer(box, middles)
        least = None if longer is None else replace(box, excluded=longer)
        return None if least is None else self._leaf(least, theta, saddle)

    def told(self, box: Box) -> Iterator[Mapping[int, Scalar]]:
        """Yield the hints for a box."""
        yield from (hint for s, hint in self.hints if s == box.sigma)

    def _in_turn(self, theta: dict[int, Fraction]) -> dict[int, Fraction]:
        """Return theta that all neurons see alike."""
        return in_turn(self.classes, self.blocks.X, self.kappa, theta)

    @cached_property
    def classes(self) -> tuple[tuple[int, ...], ...]:
        """Rows that are positive multiples of each other: z_i is, too."""
        return classes_of(self.blocks.X)

    def whole(self, box: Box) -> dict[int, Scalar]:
        """Return theta on rows of a class with which mu sees all of it, or nothing."""
        box = replace(box, excluded=frozenset())  # theta is one, whatever is excluded
        if box not in self._whole:
            found = self._whole[box] = {}
            for rows in self.classes:
                sizes = {i: size_of(self.blocks.X[i]) for i in rows}
                found |= whole_theta(box, sizes, self.kappa, self.nothing)
        return self._whole[box]

    def nothing(self, sizes: Mapping[int, Fraction]) -> bool:
        """Return whether a sum of entries of kappa, with factors, is known to be 0: none is."""
        return not sizes

    def _polished(self, box: Box, saddle: Saddle) -> Scalars | None:
        """Return theta in a number field, that of kappa where kappa is not rational."""
        bits = self.limits.field_bits + 64
        N = self.negative(box.sigma)
        ends = [Fraction(round(t)) for t in saddle.theta]
        plus, minus = self.seen(box, dict(zip(N, ends, strict=True)))
        inner = tuple(N[i] for i in saddle.inner)
        masses: dict[tuple[int, tuple[int, ...]], Fraction] = {}
        for (block, u), face in zip(saddle.neurons, saddle.faces, strict=True):
            key = (block[0], face)
            masses[key] = masses.get(key, _ZERO) + root_enclosure(squared_norm(u))[0]
        fixed = {
            s: tuple(_ZERO if i in inner else near(x, bits) for i, x in enumerate(mu))
            for s, mu in ((1, plus), (-1, minus))
        }
        slopes = tuple(near(self.kappa[i] * box.sigma, bits) for i in inner)
        equations = Equations(
            self.blocks.X, self.square, tuple(masses),
            tuple(fixed[s] for s, _ in masses), inner, slopes,
        )  # fmt: skip
        total = sum(masses.values(), _ZERO) or _ONE
        start = [saddle.theta[i] for i in saddle.inner]
        start += [w / total for w in masses.values()]
        found = polished(equations, start, self.limits, field_of(self.kappa))
        if found is None:
            return None
        exact = dict(enumerate(ends)) | dict(zip(saddle.inner, found, strict=True))
        return tuple(exact.values())

    def seen(
        self, box: Box, theta: "dict[int, Fraction] | dict[int, Scalar]"
    ) -> tuple[Scalars, Scalars]:
        """Return mu+ and mu- of a box."""

        def mu(rows: Collection[int]) -> Scalars:
            return tuple(
                x * box.sigma
                if i in rows
                else x * box.sigma * theta[i]
                if i in theta
                else _ZERO
                for i, x in enumerate(self.kappa)
            )

        return mu({*box.inside, *box.open}), mu({*box.inside})

    def _leaf(
        self, box: Box, theta: Scalars | Vector, saddle: Saddle | None = None
    ) -> Leaf | None:
        """Return the leaf with this theta, that of a saddle; None where a block exceeds beta."""
        first = () if saddle is None else (b for b, _ in saddle.neurons)
        exact: dict[int, Scalar] = dict(zip(self.negative(box.sigma), theta, strict=True))
        plus, minus = self.seen(box, exact)
        atoms = []
        for block in dict.fromkeys((*first, *self.blocks.every)):
            if block in box.excluded:
                continue
            g = self.blocks.projection(plus if block[0] > 0 else minus, block)[0]
            excess = sign(squared_norm(g) - self.square)
            if excess > 0:
                return None
            if excess == 0:
                atoms.append(self.blocks.atom(block[0], g))
        named = {a.key: a for a in atoms}
        listed = tuple(named[key] for key in sorted(named))
        return Leaf(box.sigma, box.inside, box.open, box.excluded, exact, listed)
