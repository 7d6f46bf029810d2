"""Claims *atoms*, *dual*, *branch_path* of three layers: kappa in intervals, depth does not help.

Kappa solves the system of two-layer atoms; they have positive masses. On a leaf an inner neuron
sees ``sigma c kappa`` with c 1, theta or 0, row by row. A bound is strict, or tight at an atom on
whose active rows c is 1: then it is that of two layers (proofs/three_layer.md D13).

Networks of a path are of two-layer neurons: a mass is a rational form of the masses e of the atoms.
What is made of an atom adds up to its ``e_a``, as an identity; no branch has ``z < 0`` on a row,
which intervals tell (D16).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from ...kernel.intervals import Interval, Numbers, inner, linear, valued
from ...kernel.numbers import Vector, over_common, sign, zero
from ...kernel.reading import Json, array, record, require, whole
from ..boxes.polytope import fit_of
from ..dual import Charted, per_sign
from ..system.equations import System
from ..system.grouping import Bases, products
from ..system.identities import Exact, Seen
from .branches import Slots, lines
from .leaves import WHERE as DUAL
from .leaves import Layers, boxes, by_signs, trees

WHERE = "claims.branch_path"


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
        require(s is not None, DUAL, "the sign of an entry of kappa is not proved")
        found.append(s or 0)
    return found


def leaves(L: Layers, E: Exact, charted: Charted) -> None:
    """Prove that no branch exceeds beta."""
    topes, signs = list(charted.topes), signs_of(E)
    bases = Bases(E.S, charted.chart)
    for (sigma, rows, (inside, outside, excluded)), read in trees(
        signs, charted.bounds, "trees", partial(boxes, L, len(topes))
    ):
        record(read, "theta plus minus", DUAL)
        theta = shares(E, [i for i, s in enumerate(signs) if s == -sigma], read)
        for s, proof in by_signs(charted, topes, excluded, read):
            gone = outside if s > 0 else rows & ~inside
            c = [0 if gone >> i & 1 else theta[1] for i in range(L.D.n)]
            for i, t in theta[0].items():
                c[i] = t
            sees = Seen(E, bases, ([0] * L.D.n, c), theta[1])
            for active, _, bound in per_sign(L.D, proof, (s,)):
                sees.below(active, sigma * s, bound)


def shares(E: Exact, rows: Sequence[int], read: Json) -> tuple[dict[int, int], int]:
    """Return theta in [0, 1] on rows, in integers over a denominator."""
    num, den = array(read["theta"], DUAL, 2)
    below = whole(den, DUAL, 1)
    values = [whole(t, DUAL, 0, below) for t in array(num, DUAL, len(rows))]
    E.S.D.clock.tick()
    return dict(zip(rows, values, strict=True)), below


@dataclass
class Shared:
    """The atoms of a system, the values of their neurons, their masses."""

    L: Layers
    S: System
    kappa: Numbers
    masses: Numbers
    values: dict[int, Numbers] = field(default_factory=dict)

    def value(self, a: int, i: int) -> Interval:
        """Return ``x_i'g`` of an atom."""
        if a not in self.values:
            self.values[a] = products(self.S, a, self.kappa)
        return self.values[a][i]

    def mass(self, form: Vector) -> Interval:
        """Return the mass of a form."""
        return linear(*over_common(form), self.masses, self.S.bits)

    def told(self, read: Json, where: str) -> Vector:
        """Return a mass as a form; it is positive."""
        f: Vector = self.S.D.field.vector(read, len(self.masses), where)
        require(self.mass(f).low > 0, where, "a mass is not proved to be positive")
        return f

    def kept(self, sigma: int, used: Sequence[tuple[int, Vector]], where: str) -> None:
        """Prove that z is not negative on any row."""
        D, atoms, bits = self.S.D, self.S.atoms, self.S.bits
        for i in range(D.n):
            D.clock.tick()
            active = [(a, f) for a, f in used if atoms[a][1][i] > 0]
            if all(atoms[a][0] == sigma for a, _ in active):
                continue
            turned = [self.mass([sigma * atoms[a][0] * t for t in f]) for a, f in active]
            z = inner(turned, [self.value(a, i) for a, _ in active], bits)
            require(z.low > 0, where, "a branch is not proved to be positive on a row")


def path(L: Layers, S: System, x: Numbers, claim: Json) -> None:
    """Prove lines between optimal networks of two-layer neurons."""
    D, kappa = S.D, x[: S.D.n]
    masses: dict[int, Interval] = {}
    for f, face in enumerate(S.faces):
        masses[face.atoms[0]] = x[D.n + f]  # atoms are alone in their faces
    of = Shared(L, S, kappa, [masses[a] for a in range(len(S.atoms))])

    def reached(network: Slots, where: str) -> None:
        for sigma, slots in filter(None, network):
            of.kept(sigma, [*filter(None, slots)], where)
        added(of, network, where)

    lines(L, len(of.masses), claim, of.told, reached)
    cost = inner(kappa, fit_of(D, kappa)[0], S.bits)
    valued(D.clock, claim["cost"], cost, f"{WHERE}.cost")


def added(of: Shared, network: Slots, where: str) -> None:
    """Prove that what is made of each atom adds up to its mass."""
    size = len(of.masses)
    totals: list[Vector] = [[0] * size for _ in range(size)]
    for b in network:
        for slot in [] if b is None else b[1]:
            of.S.D.clock.tick()
            if slot is not None:
                totals[slot[0]] = [
                    s + t for s, t in zip(totals[slot[0]], slot[1], strict=True)
                ]
    right = all(
        zero(t - int(a == b)) for a, total in enumerate(totals) for b, t in enumerate(total)
    )
    require(right, where, "what is made of an atom does not add up to its mass")
