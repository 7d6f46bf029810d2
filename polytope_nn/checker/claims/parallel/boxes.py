"""Claims *atoms*, *dual* of three layers where kappa is in intervals and depth does not help.

Kappa solves the system of two-layer atoms; they have positive masses. On a leaf an inner neuron
sees ``sigma c kappa`` with c 1, theta or 0, row by row. A bound is strict, or tight at an atom on
whose active rows c is 1: then it is that of two layers (proofs/three_layer.md D13).
"""

from collections.abc import Sequence

from ...kernel.intervals import Numbers
from ...kernel.numbers import bits, sign
from ...kernel.reading import Json, array, record, require, whole
from ..boxes.dual import Bases, Seen
from ..identities import Exact
from ..system.equations import System
from ..topes import Charted, per_sign
from .leaves import WHERE, Layers, boxes


def made(S: System, x: Numbers) -> None:
    """Prove that the atoms, each in a face of its own, have positive masses."""
    where, n = "claims.atoms", S.D.n
    alone = not S.idle and not S.linear and all(len(f.atoms) == 1 for f in S.faces)
    require(alone, where, "an atom is not alone in a face of the system")
    for e in x[n : n + len(S.faces)]:
        require(e.low > 0, where, "a mass of the system may be 0")


def signs_of(E: Exact) -> list[int]:
    """Return the signs of kappa, proved."""
    found = []
    for k, t in enumerate(E.kappa):
        s = sign(E.known[k]) if k in E.known else t.sign
        require(s is not None, WHERE, "the sign of an entry of kappa is not proved")
        found.append(s or 0)
    return found


def leaves(L: Layers, E: Exact, charted: Charted) -> None:
    """Prove that no branch exceeds beta."""
    topes, signs = list(charted.topes), signs_of(E)
    witness = record(charted.bounds, "trees leaves", WHERE)
    waiting = iter(array(witness["leaves"], WHERE))
    bases = Bases(E.S, charted.chart)
    for sigma, tokens in zip((1, -1), array(witness["trees"], WHERE, 2), strict=True):
        rows = bits(i for i, s in enumerate(signs) if s == sigma)
        for inside, outside, excluded in boxes(L, rows, len(topes), tokens):
            read: Json = next(waiting, None)
            require(read is not None, WHERE, "a leaf is missing")
            record(read, "theta plus minus", WHERE)
            theta = shares(E, [i for i, s in enumerate(signs) if s == -sigma], read)
            for s, key in ((1, "plus"), (-1, "minus")):
                gone = outside if s > 0 else rows & ~inside
                c = [0 if gone >> i & 1 else theta[1] for i in range(L.D.n)]
                for i, t in theta[0].items():
                    c[i] = t
                left = (
                    t for i, t in enumerate(topes) if not excluded >> (2 * i + (s < 0)) & 1
                )
                sees = Seen(E, bases, ([0] * L.D.n, c), theta[1])
                proof = Charted(charted.chart, left, read[key])
                for active, _, bound in per_sign(L.D, proof, (s,)):
                    sees.below(active, sigma * s, bound)
    require(next(waiting, None) is None, WHERE, "there are more leaves than the trees have")


def shares(E: Exact, rows: Sequence[int], read: Json) -> tuple[dict[int, int], int]:
    """Return theta in [0, 1] on rows, in integers over a denominator."""
    num, den = array(read["theta"], WHERE, 2)
    below = whole(den, WHERE, 1)
    values = [whole(t, WHERE, 0, below) for t in array(num, WHERE, len(rows))]
    E.S.D.clock.tick()
    return dict(zip(rows, values, strict=True)), below
