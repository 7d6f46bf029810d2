"""Dual feasibility for path costs: a tree over rows, then over the blocks of a branch (P12).

A *box* has, besides the rows of :class:`~polytope_nn.parallel.tree.Box`, blocks that are in use,
one for a neuron each, and blocks that no further neuron uses. By Cauchy-Schwarz its branches
are at most ``(sum over those in use of |g|^2 + the rest times the largest |g|^2)^(1/2)``, with the
g that a theta gives. Where k blocks are in use and no row is open this is exact.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.parallel.blocks import Block, Blocks
from polytope_nn.parallel.conic.bounds import Lengths, Seen
from polytope_nn.parallel.conic.saddle import Saddles
from polytope_nn.parallel.conic.zoom import Program, Sides
from polytope_nn.parallel.tree import Box
from polytope_nn.search.floats import to_float
from polytope_nn.search.programs.interior_point import ConeName, cone_program

from .groups import Group

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Memory", "PathBox", "PathSaddle", "PathSaddles"]

_NEAR = 1e-6  # of beta: floats that come so close do not decide
_FLAT = 1e-6  # of z: a smaller entry may be 0
_UNIT = 1 << 40


@dataclass(frozen=True)
class PathBox(Box):
    """What a leaf covers; ``used`` are the blocks of neurons that are chosen, sorted."""

    used: tuple[Block, ...] = ()

    @cached_property
    def name(self) -> object:
        """The box whatever the order of its rows."""
        return (
            self.sigma,
            frozenset(self.inside),
            frozenset(self.open),
            self.excluded,
            self.used,
        )

    def token(self, block: Block | None) -> int | Block:
        """Return what :meth:`branches` decides: the first open row, else the block."""
        return self.open[0] if self.open or block is None else block

    def branches(self, block: Block | None) -> Iterator["PathBox"]:
        """Yield the parts: a row inside and not, else one more neuron in a block and none."""
        if self.open:
            first, rest = self.open[0], self.open[1:]
            for inside in (self.inside, (*self.inside, first)):
                yield PathBox(self.sigma, inside, rest, self.excluded, self.used)
        elif block is not None:
            more = tuple(sorted((*self.used, block)))
            yield PathBox(self.sigma, self.inside, (), self.excluded | {block}, self.used)
            yield PathBox(self.sigma, self.inside, (), self.excluded, more)


@dataclass(frozen=True)
class PathSaddle:
    """What floats say of a box: the value over beta, theta, the neurons by block, z.

    ``seen`` has theta on all rows, and z of each sign: bounds for any other kappa.
    """

    value: float
    theta: Vector
    neurons: "dict[Block, Floats]"
    seen: Seen

    @property
    def z(self) -> "Floats":
        """What the branch is before its outer ReLU, in rows of unit length."""
        return self.seen.z

    @property
    def below(self) -> bool:
        """Whether the value seems to be strictly less than beta."""
        return self.value < 1 - _NEAR

    @property
    def above(self) -> bool:
        """Whether the value seems to exceed beta."""
        return self.value > 1 + _NEAR

    @property
    def positive(self) -> frozenset[int]:
        """The rows where z is positive."""
        return frozenset(i for i, t in enumerate(self.z) if t > 0)

    def heaviest(self, excluded: frozenset[Block], used: Sequence[Block]) -> Block | None:
        """Return the block of the longest neurons of those that are not in use."""
        import numpy as np

        left = {b: float(np.linalg.norm(u)) for b, u in self.neurons.items()}
        left = {b: t / (1 + used.count(b)) for b, t in left.items() if b not in excluded}
        return max(left, key=lambda b: (left[b], b), default=None)

    def group(self, box: PathBox) -> Group:
        """Return the group of an exact box: its rows by z, those of P inside where z may be 0.

        Where z is positive on other rows of P, or negative inside, the branch attains more in
        another box, and no group of this one has it.
        """
        import numpy as np

        flat = _FLAT * float(np.abs(self.z).max(initial=0))
        above = {i for i, t in enumerate(self.z.tolist()) if t > flat}
        inside = {i for i in box.inside if self.z[i] >= -flat}
        return Group(box.sigma, box.used, frozenset(inside | above))


@dataclass(frozen=True)
class Memory:
    """What is known of the boxes of one design, from the programs of any kappa."""

    known: dict[object, PathSaddle] = field(default_factory=dict)
    lengths: list[Lengths] = field(default_factory=list)


@dataclass(frozen=True)
class PathSaddles:
    """The conic programs of one kappa in floats; ``square`` is beta squared, k the width."""

    blocks: Blocks
    kappa: Scalars
    square: Fraction
    k: int
    memory: Memory = field(default_factory=Memory, compare=False)
    _matrices: dict[object, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def saddles(self) -> Saddles:
        """The units of rows and kappa."""
        return Saddles(self.blocks, self.kappa, self.square)

    @cached_property
    def _lengths(self) -> Lengths:
        """The lengths of all blocks, for any kappa."""
        if not self.memory.lengths:
            self.memory.lengths.append(Lengths(self.blocks, self.saddles.hints))
        return self.memory.lengths[0]

    def multipliers(self, seen: Mapping[int, Vector]) -> dict[Block, dict[int, Fraction]]:
        """Return about the multipliers of the facets of each block; ``seen`` is mu of a sign."""
        hints, found = self.saddles.hints, {}
        units = [hints.beta / length for length in hints.lengths]
        for s, mu in seen.items():
            listed = self._lengths.projected(s, hints.scaled(mu))[0].T.tolist()
            for t, (walls, own) in enumerate(zip(self._lengths.walls, listed, strict=True)):
                found[s, t] = {
                    k: Fraction(x) * units[k]
                    for k, x in zip(walls, own, strict=False)
                    if x > 0
                }
        return found

    def _sides(self, box: PathBox) -> Sides:
        return self.saddles.sides(box.sigma, box.excluded - {*box.used})

    def saddle(
        self, box: PathBox, decided: float = 1 - _NEAR, *, exactly: bool = False
    ) -> PathSaddle | None:
        """Return the saddle of a box; None where the solver finds none.

        Where what is known of the box from another kappa tells that the value is less than what
        is to be ``decided``, or more, the value is that bound; ``exactly`` that of an exact box
        that is not less is its own.
        """
        known = self.memory.known.get(box.name)
        told = None if known is None else self._told(box, known, decided)
        own = exactly and not box.open and len(box.used) == self.k
        if told is not None and not (own and told.value >= decided):
            return told
        found = self._found(box)
        if found is not None:
            self.memory.known[box.name] = found
        return found

    def parts(self, box: PathBox, saddle: PathSaddle) -> list[PathBox]:
        """Return the parts of a box; what is known of it bounds those of its rows."""
        parts = list(box.branches(saddle.heaviest(box.excluded, box.used)))
        for part in parts if box.open else ():
            self.memory.known.setdefault(part.name, saddle)
        return parts

    def _told(self, box: PathBox, known: PathSaddle, decided: float) -> PathSaddle | None:
        """Return what is known of a box with a bound for this kappa; None if it decides not."""
        k = box.sigma * self.saddles.scaled
        value = known.seen.least(k, box.inside, box.open)
        if value < decided:
            every = self._lengths.of(k, known.seen.theta, box.inside, box.open)
            left = self.k - len(box.used)
            most = max((t for b, t in every.items() if b not in box.excluded), default=0.0)
            squares = sum(every[b] ** 2 for b in box.used) + left * most**2
            value = float(squares**0.5)
            if value >= decided:
                return None
        theta = (known.seen.theta[i] for i in self._sides(box).negative)
        return replace(known, value=value, theta=tuple(_part(float(t), 1.0) for t in theta))

    def _found(self, box: PathBox) -> PathSaddle | None:
        """Return the saddle of a box by its conic program."""
        import numpy as np

        S = self._sides(box)
        free = [i for i, b in enumerate(S.blocks) if b not in box.excluded]
        free = free if len(box.used) < self.k else []
        counts = [(i, box.used.count(b)) for i, b in enumerate(S.blocks) if b in box.used]
        found = self._solved(box, free, counts)
        if found is None:
            return None
        x, z = found
        d, at = S.near.shape[1], len(S.rows[0])
        neurons: dict[Block, Floats] = {}
        for i in free:
            neurons[S.blocks[i]] = -z[at + 1 : at + d + 1]
            at += d + 1
        at += 1  # the bound of all
        for i, times in counts:
            own = neurons.get(S.blocks[i], np.zeros(d))
            neurons[S.blocks[i]] = own - times**0.5 * z[at : at + d]
            at += d
        theta = tuple(
            _part(float(t), to_float(end)) for t, end in zip(x, S.ends, strict=False)
        )
        signed = [(s, u) for (s, _), u in neurons.items()]
        seen = Seen.of(S.near, dict(zip(S.negative, theta, strict=True)), signed)
        return PathSaddle(float(x[-1]), theta, neurons, seen)

    def _solved(
        self, box: PathBox, free: Sequence[int], counts: Sequence[tuple[int, int]]
    ) -> "tuple[Floats, Floats] | None":
        """Return the unknowns and the dual variables: ``min t`` over raisings and multipliers.

        ``|g_b| <= tau`` on blocks that are free, and t bounds the g of those in use, each as often
        as it is, with tau for each neuron that is left.
        """
        import numpy as np
        from scipy import sparse

        S = self._sides(box)
        pulls = Program(S, {1: (*box.inside, *box.open), -1: box.inside}).pulls
        N, d = len(S.ends), S.near.shape[1]
        ends = np.zeros(len(S.rows[0]))
        ends[N : 2 * N] = [to_float(t) for t in S.ends]
        right = [ends, *(np.concatenate([[0.0], pulls[i]]) for i in free), np.zeros(1)]
        right += [times**0.5 * pulls[i] for i, times in counts]
        A = self._matrix(box, free, counts)
        size = A.shape[1]
        kinds: list[ConeName] = [("NonnegativeConeT", (len(ends),))]
        kinds += [("SecondOrderConeT", (len(t),)) for t in right[1 : 1 + len(free)]]
        kinds.append(("SecondOrderConeT", (2 + d * len(counts),)))
        nothing, last = sparse.csc_matrix((size, size)), np.eye(size)[-1]
        solved = cone_program(
            nothing, last, A, np.concatenate([*right, np.zeros(1)]), kinds
        )
        return (
            (solved.x, solved.z) if solved.finite else None
        )  # a hint, whatever the status

    def _matrix(
        self, box: PathBox, free: Sequence[int], counts: Sequence[tuple[int, int]]
    ) -> Any:  # noqa: ANN401 - scipy is not typed
        """Return the matrix, which does not depend on the rows of the box."""
        import numpy as np
        from scipy import sparse

        key = (box.sigma, box.excluded, box.used)
        if key not in self._matrices:
            S = self._sides(box)
            sides, *cones = S.rows
            first, rest = (np.zeros((1, sides.shape[1])) for _ in range(2))
            rest[0, len(S.ends)] = -((self.k - len(box.used)) ** 0.5)  # of tau
            whole = [first, *(times**0.5 * cones[i][1:] for i, times in counts), rest]
            A = np.vstack([sides, *(cones[i] for i in free), *whole])
            bound = np.zeros((len(A), 1))
            bound[len(A) - sum(map(len, whole))] = -1  # t, the last unknown
            self._matrices[key] = sparse.csc_matrix(np.hstack([A, bound]))
        return self._matrices[key]


def _part(raised: float, end: float) -> Fraction:
    """Return a raising as a part of the largest, rounded."""
    share = raised / end if end else 0.0
    return Fraction(round(min(max(share, 0.0), 1.0) * _UNIT), _UNIT)
