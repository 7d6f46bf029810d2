"""The optimal set of any loss: ``{(c, a) : c >= 0, l <= F c + Z a <= u}`` (general G2-G5).

It is *lifted*: each fit that may move is an end of its interval plus or minus a slack ``s >= 0``,
and modulo Z the set is ``{(c, s) >= 0 : G (c, s) = e}``, whose extreme points are proved to be
listed as those of P are for one fit. P is the shadow of it in c. Its least supports are those
of the listed points' shadows, and so are its components (proofs/losses.md).
"""

from collections.abc import Sequence
from fractions import Fraction

from ..kernel.numbers import Scalar, Vector, minimal, same, sign
from ..kernel.reading import Clock
from .dual import Atoms
from .instance import Instance
from .polytope import Kept
from .problem.graphs import Ends


class Lifted(Kept):
    """The columns G: the atoms', then one for each slack; ``common`` times, reduced.

    ``right`` is e. A fit with two different ends has a second slack, up to the other.
    """

    def __init__(self, D: Instance, atoms: Atoms, box: Sequence[Ends]) -> None:
        self.D, self.atoms, self.common = D, atoms, atoms.common
        self.slacks: list[tuple[int, int, int]] = []  # sample, side, place of its length
        lengths: list[Scalar] = []
        start: list[Scalar] = []
        for k, (low, high) in enumerate(box):
            end = high if low is None else low
            start.append(Fraction(0) if end is None else end)  # a loss has one
            if low is None or high is None:
                self.slacks.append((k, 1 if high is None else -1, -1))
            elif sign(high - low):
                self.slacks.append((k, 1, len(lengths)))
                lengths.append(high - low)
        self.more = len(lengths)
        self.right: Vector = [*D.modulo(start), *lengths]
        entries = len(self) * self.size * D.field.degree
        super().__init__(room=D.clock.fits(entries, 512))

    def __len__(self) -> int:
        return len(self.atoms) + len(self.slacks) + self.more

    @property
    def size(self) -> int:
        """The number of equations."""
        return self.D.entries + self.more

    def made(self, i: int) -> Vector:
        """Return a column, made anew."""
        N, ends = len(self.atoms), [0] * self.more
        if i < N:
            return [*self.atoms.reduced(i), *ends]
        i -= N
        if i < len(self.slacks):
            k, side, place = self.slacks[i]
            unit: Vector = [0] * self.D.entries
            unit[k] = -side * self.common
            if place >= 0:
                ends[place] = self.common
            return [*self.D.modulo(unit), *ends]
        ends[i - len(self.slacks)] = self.common
        return [0] * self.D.entries + list(ends)


def alone(clock: Clock, points: Sequence[tuple[int, Vector]]) -> dict[int, bool]:
    """Return the minimal supports, and whether there is one point of P on each.

    A point is the shadow of a listed one: the support of its c, and the weights on it.
    """
    of: dict[int, Vector] = {}
    single: dict[int, bool] = {}
    for support, c in points:
        if support not in of:
            of[support], single[support] = c, True
        elif not same(of[support], c):
            single[support] = False
    return {support: single[support] for support in minimal(single, clock.tick)}
