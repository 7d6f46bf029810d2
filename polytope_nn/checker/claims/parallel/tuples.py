"""Claim *dual* of path costs where unequal mixtures are longer (three-layer P12; D15).

A box has rows ``inside`` and ``open``, blocks in use (one for a neuron each) and blocks that no
further neuron uses. With G of :mod:`.leaves` a branch of lengths t_l is at most ``sum t_l G(f_l)
<= |t| (sum G(f_l)^2)^(1/2)``: so at most ``beta |t|`` where the squares of the bounds of the
blocks in use, and for each further neuron the largest of those left, have a sum of at most
``beta^2``.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ...kernel.numbers import Vector, bits, dot, sign
from ...kernel.reading import Json, array, record, require, whole
from ..dual import pressed
from ..topes import Charted
from .leaves import WHERE, Layers, Leaf, Seen, theta_of


def tuples(L: Layers, kappa: Vector, known: tuple[Charted, Sequence[int]]) -> None:
    """Prove that no branch of k neurons exceeds beta."""
    charted, topes = known
    witness = record(charted.bounds, "tuples leaves", WHERE)
    waiting = iter(array(witness["leaves"], WHERE))
    for sigma, tokens in zip((1, -1), array(witness["tuples"], WHERE, 2), strict=True):
        rows = bits(i for i, x in enumerate(kappa) if sign(x) == sigma)
        for inside, left, closed, used in boxes(L, rows, len(topes), tokens):
            read: Json = next(waiting, None)
            require(read is not None, WHERE, "a leaf is missing")
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
    require(next(waiting, None) is None, WHERE, "there are more leaves than the trees have")


def boxes(
    L: Layers, rows: int, topes: int, tokens: Json
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
