"""Claims *gap*, *road* of three layers: any networks, and their distance to a dual value (T13).

A network is written in slots of branches, each with inner neurons in slots as in two layers. On a
line a branch is scaled, from or to nothing: its output is linear and its cost is, so the
objective is convex (proofs/three_layer.md D18).

Claim *dual* of them with path costs, where unequal mixtures are longer (P12; D15). A box has rows
``inside`` and ``open``, blocks in use (one for a neuron each) and blocks that no further neuron
uses. With G of :mod:`.leaves` a branch of lengths t_l is at most ``sum t_l G(f_l) <=``
``|t| (sum G(f_l)^2)^(1/2)``: so at most ``beta |t|`` where the squares of the bounds of the blocks
in use, and for each further neuron the largest of those left, have a sum of at most ``beta^2``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from ...kernel.numbers import Vector, dot, sign
from ...kernel.reading import Json, array, record, require, whole
from ...kernel.roots import Terms
from ..dual import Charted, pressed
from ..networks import Network, Neuron, along, cost, fit_of, network
from ..objectives import Ways
from .leaves import WHERE, Layers, Leaf, Seen, theta_of, trees


@dataclass(frozen=True)
class Scaled:
    """A balanced branch: its sign and its inner neurons."""

    sign: int
    inner: Network
    raw: None = None

    @property
    def whole(self) -> Neuron:
        """Its inner weights after one another."""
        return Neuron(self.sign, tuple(t for x in self.inner.neurons for t in x.u))


@dataclass
class Branched:
    """A network: branches in slots."""

    slots: list[Scaled | None]


class OfBranches(Ways[Branched]):
    """The networks of three layers."""

    def __init__(self, L: Layers) -> None:
        self.L, self.D = L, L.D

    def network(self, read: Json, width: int | None, where: str) -> Branched:
        """Return a network, of as many branches as the width says."""
        record(read, "branches", where)
        listed = array(read["branches"], where, width)
        return Branched([None if b is None else self.branch(b, where) for b in listed])

    def branch(self, read: Json, where: str) -> Scaled:
        """Return a branch of no more inner neurons than the problem has."""
        record(read, "sign neurons", where)
        sigma = whole(read["sign"], where, -1, 1)
        inner = network(self.D, {"neurons": read["neurons"]}, None, where)
        require(
            self.L.holds(len(inner.slots)), where, "a branch has too many inner neurons"
        )
        fine = sigma and any(inner.slots) and all(x.raw is None for x in inner.neurons)
        require(fine, where, "a branch has no sign, is empty, or is not balanced")
        return Scaled(sigma, inner)

    def fit(self, x: Branched) -> Vector:
        """Return its fit."""
        fit: Vector = [Fraction(0)] * self.D.n
        for b in filter(None, x.slots):
            z = fit_of(self.D, b.inner)
            fit = [s + b.sign * max(t, Fraction(0)) for s, t in zip(fit, z, strict=True)]
        return fit

    def cost(self, slots: Sequence[Scaled | None]) -> Terms:
        """Return what branches cost; with path costs ``beta^2 |u|^2`` are added under one root."""
        terms = Terms()
        for b in filter(None, slots):
            squares = cost(self.D, b.inner.slots)
            if self.L.parts > 1:
                added = sum((s for _, s in squares), Fraction(0))
                squares = [(Fraction(1), self.L.parts * added)]
            terms += squares
        return terms

    def balanced(self, slot: Scaled | None, where: str) -> Scaled | None:
        """Return the branch: each is balanced."""
        del where
        return slot

    def along(self, one: Scaled, other: Scaled) -> bool:
        """Return whether a branch is another one, scaled."""
        names = [[x and x.sign for x in b.inner.slots] for b in (one, other)]
        return names[0] == names[1] and along(one.whole, other.whole)


def tuples(L: Layers, kappa: Vector, known: tuple[Charted, Sequence[int]]) -> None:
    """Prove that no branch of k neurons exceeds beta."""
    charted, topes = known
    signs = [sign(x) for x in kappa]
    for (sigma, _, (inside, left, closed, used)), read in trees(
        signs, charted.bounds, "tuples", partial(tuple_boxes, L, len(topes))
    ):
        record(read, "theta used rest", WHERE)
        theta = theta_of(L.D, kappa, sigma, read["theta"])
        seen = Seen(L.D, kappa, Leaf(sigma, inside, left, theta, []))
        free = [] if len(used) == L.parts else range(2 * len(topes))
        rest = [b for b in free if not closed >> b & 1]
        sizes = squares(seen, known, used, read["used"])
        most = max(squares(seen, known, rest, read["rest"]), default=Fraction(0))
        total = sum(sizes, (L.parts - len(used)) * most)
        fine = total <= L.parts * L.D.beta_squared
        require(fine, WHERE, "the bounds of a box exceed beta together")


def tuple_boxes(
    L: Layers, topes: int, rows: int, tokens: Json
) -> Iterator[tuple[int, int, int, list[int]]]:
    """Yield rows inside and open, closed blocks and blocks in use of each leaf of a tree.

    Tokens are i for a branch on row i (inside comes first), n + b for one on block b (one more
    neuron comes first, no further one after), -1 for a leaf.
    """
    n = L.D.n
    nothing: list[int] = []
    waiting = [(0, rows, 0, nothing)] if rows else []
    for read in array(tokens, WHERE):
        L.D.clock.tick()
        require(waiting, WHERE, "goes on after the last leaf")
        token = whole(read, WHERE, -1, n + 2 * topes - 1)
        inside, left, closed, used = waiting.pop()
        if token < 0:
            yield inside, left, closed, used
        elif token < n:
            require(left >> token & 1, WHERE, "branches on a row that is not open")
            rest = left & ~(1 << token)
            waiting.append((inside, rest, closed, used))
            waiting.append((inside | 1 << token, rest, closed, used))
        else:
            block = token - n
            fine = len(used) < L.parts and not closed >> block & 1
            require(fine, WHERE, "branches needlessly on a block")
            waiting.append((inside, left, closed | 1 << block, used))
            waiting.append((inside, left, closed, sorted([*used, block])))
    require(not waiting, WHERE, "the tree ends too early")


def squares(
    seen: Seen, known: tuple[Charted, Sequence[int]], blocks: Sequence[int], read: Json
) -> list[Fraction]:
    """Return the squares of the bounds of some blocks, by multipliers for each."""
    (charted, topes), D = known, seen.D
    found = []
    pairs = zip(blocks, array(read, WHERE, len(blocks)), strict=True)
    for block, multipliers in pairs:
        s = -1 if block & 1 else 1
        proof = Charted(charted.chart, iter([topes[block >> 1]]), [multipliers])
        for _, p, scale in pressed(D, seen.by(s), proof, (s,)):
            found.append(Fraction(dot(p, p)) / (scale * scale))
    return found
