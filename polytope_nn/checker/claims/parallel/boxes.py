"""Claims *atoms*, *dual* of three layers where kappa is in intervals and depth does not help.

Kappa solves the system of two-layer atoms; they have positive masses. On a leaf an inner neuron
sees ``sigma c kappa`` with c 1, theta or 0, row by row. A bound is strict, or tight at an atom on
whose active rows c is 1: then it is that of two layers (proofs/three_layer.md D13).
"""

from collections.abc import Sequence
from fractions import Fraction

from ...kernel.intervals import Numbers, inner, linear
from ...kernel.numbers import bits, dot, sign
from ...kernel.reading import Json, array, indices, record, require, whole
from ..box_dual import Bases
from ..dual import multipliers
from ..identities import Exact
from ..system.equations import System
from ..topes import Charted
from .leaves import WHERE, Layers, boxes

Factors = tuple[list[int], int]  # c in integers over a denominator


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
                left = [
                    t for i, t in enumerate(topes) if not excluded >> (2 * i + (s < 0)) & 1
                ]
                bounded(E, bases, (left, read[key]), (c, theta[1]), sigma * s)
    require(next(waiting, None) is None, WHERE, "there are more leaves than the trees have")


def shares(E: Exact, rows: Sequence[int], read: Json) -> tuple[dict[int, int], int]:
    """Return theta in [0, 1] on rows, in integers over a denominator."""
    num, den = array(read["theta"], WHERE, 2)
    below = whole(den, WHERE, 1)
    values = [whole(t, WHERE, 0, below) for t in array(num, WHERE, len(rows))]
    E.S.D.clock.tick()
    return dict(zip(rows, values, strict=True)), below


def bounded(
    E: Exact, bases: Bases, listed: tuple[Sequence[int], Json], of: Factors, s: int
) -> None:
    """Prove that neurons of one sign do not exceed beta on topes, where ``s c kappa`` is seen.

    Per tope a multiplier with ``|p| < beta``, as integers; or an atom and rows.
    """
    S, (topes, read), (c, q) = E.S, listed, of
    D, chart = S.D, bases.chart
    for active, entry in zip(topes, array(read, WHERE, len(topes)), strict=True):
        D.clock.tick()
        known = array(entry, WHERE)
        if len(known) == 2:
            tight(E, bases, (s, active), of, known)
            continue
        rows = [k for k in chart.rows if active >> k & 1 and c[k]]
        kappa = [E.kappa[k] for k in rows]
        columns = [[s * c[k] * column[k] for k in rows] for column in chart.columns]
        p = [linear(own, D.scale * q, kappa, S.bits) for own in columns]
        if known:
            places, mu, den = multipliers(D, known, D.n)
            mu = [t if active >> k & 1 else -t for k, t in zip(places, mu, strict=True)]
            unit = Fraction(1, den * D.scale)
            push = [dot(mu, (x[k] for k in places)) * unit for x in chart.columns]
            p = [t + m for t, m in zip(p, push, strict=True)]
        square = inner(p, p, S.bits) - D.beta_squared
        require(square.high < 0, WHERE, "a bound is not proved to be below beta")


def tight(
    E: Exact, bases: Bases, bound: tuple[int, int], of: Factors, read: list[Json]
) -> None:
    """Prove one bound tight at an atom: its multipliers, linear in kappa, are >= 0.

    As with two layers, but a row on the kink of the atom counts c times.
    """
    S, (s, active), (c, q) = bases.S, bound, of
    a = whole(read[0], WHERE, 0, len(S.atoms) - 1)
    R = indices(read[1], S.D.n, WHERE)
    own, covector = S.atoms[a]
    placed = enumerate(covector)
    signs = [t == 0 or (t > 0) == bool(active >> k & 1) for k, t in placed]
    whole_there = all(c[k] == q for k, t in enumerate(covector) if t > 0)
    pressed = all(covector[k] == 0 for k in R)
    inside = own == s and all(signs) and whole_there and pressed
    require(inside, WHERE, "an atom is not in this tope's closed cone")
    for k, products in zip(R, bases.of(a, R), strict=True):
        S.D.clock.tick()
        turn = Fraction(-s if active >> k & 1 else s, q)
        rows = enumerate(products)
        form = [turn * c[i] * t if active >> i & 1 else Fraction(0) for i, t in rows]
        E.not_negative(form, WHERE, "a multiplier is not proved to be >= 0")
