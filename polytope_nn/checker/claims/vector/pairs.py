"""Claim *paired*, and vertices: an optimum where more is free, made by pairs of opposites (V20).

There all that neurons see is free, so u and -u are tight with one h, and a share s of a mass m that
goes from u to -u takes ``s m X u h'`` from the fit. Shares in [0, 1] with which this is what is
free there, modulo what is free here, make a network here of the same objective; where nothing
there is held all optimal networks are these: a polytope of shares, told as that of the pairs of a
system in intervals (``claims.boxes.polytope``).
"""

from dataclasses import dataclass
from fractions import Fraction

from ...kernel.intervals import Interval, Numbers, enclosed, linear, regular
from ...kernel.numbers import Vector, cleared
from ...kernel.primitives import combination
from ...kernel.reading import Json, array, record, require, whole
from ..boxes import polytope
from ..polytope import cover
from ..problem.graphs import Flat
from .enclosed import Proved
from .outputs import SYSTEM, Outputs
from .standing import Standing

PAIRED, PAIRS = "claims.paired", "witness.pairs"


def widened(own: Outputs, read: Json) -> Outputs:
    """Return the instance in which all that neurons see is free."""
    ones = own.bias == "penalised" or own.constants
    wide = Outputs(read | {"free": "affine" if ones else "linear"}, own.field)
    require(wide.even and not own.even, "data.free", "what neurons see is free already")
    return wide


@dataclass(frozen=True)
class Pair:
    """An atom and its opposite, by their places."""

    atoms: tuple[int, int]
    paired: bool = True


class Pairs:
    """Pairs of opposite atoms as the faces of a system: of each both masses together are known.

    ``x`` ends with those sums and with what the differences make, as ``polytope`` reads them.
    """

    def __init__(self, P: Proved, onto: list[Vector]) -> None:
        self.D, self.bits = P.S.D, P.S.bits
        many = len(P.S.faces)
        self.faces = [Pair((i, i + many)) for i in range(many)]
        self.atoms = range(2 * many)
        rows = zip(
            made(P, onto), *(column_of(P, i, onto) for i in range(many)), strict=True
        )
        told = [row for row in rows if any(t.low or t.high for t in row)]
        self.right, *self.seen = (
            map(list, zip(*told, strict=True)) if told else [[]] * (1 + many)
        )
        self.masses = [P.x[face.masses] for face in P.S.faces]
        self.linear = len(self.right)
        half = Fraction(1, 2)
        self.G: polytope.Gammas = [
            [[t * half for t in row], [t * -half for t in row]] for row in self.seen
        ]
        apart = [-1 * t for t in self.right]
        for column in self.columns:
            apart = [z + t * half for z, t in zip(apart, column, strict=True)]
        nothing = P.S.point(0)
        self.x: Numbers = [*[nothing] * self.D.n, *self.masses, *apart]

    @property
    def columns(self) -> list[Numbers]:
        """What a mass takes from the fit that goes over whole."""
        rows = zip(self.masses, self.seen, strict=True)
        return [[m * t for t in row] for m, row in rows]

    @property
    def rank(self) -> int:
        """The rank of the features, where a system of some columns is regular."""
        return len(self.faces) + self.linear


def vertices(pairs: Pairs, claim: Json, witness: Json) -> list[int]:
    """Return the supports of the vertices, proved these and no others."""
    found = polytope.vertices_of(pairs, pairs.x, pairs.G, claim)
    record(witness, "farkas tree", "witness.cover")
    walls = polytope.walls_of(pairs, pairs.x, pairs.G, witness["farkas"])
    cover(pairs.D.clock, len(pairs.atoms), found, walls, witness["tree"])
    return found


def paired(own: Outputs, P: Proved, claim: Json, witness: Json) -> Pairs:
    """Return the pairs, after proving shares of them."""
    D = P.S.D
    record(witness, "basis onto shares", PAIRS)
    pairs = Pairs(P, coordinates(own, D, witness))
    columns, right = pairs.columns, pairs.right
    shares = array(witness["shares"], PAIRS, len(columns))
    told: list[Interval | None] = []
    for read, column in zip(shares, columns, strict=True):
        if read is None:
            told.append(None)
            continue
        share = D.field.rational(read, PAIRS)
        right = [z - t * share for z, t in zip(right, column, strict=True)]
        told.append(P.S.point(share))
    asked = [column for column, t in zip(columns, told, strict=True) if t is None]
    require(len(asked) == len(right), PAIRS, "as many shares are asked for as equations")
    solved = iter(regular(D.clock, asked, right, PAIRS))
    found = [next(solved) if t is None else t for t in told]
    fine = all(t.low >= 0 and t.high <= 1 << t.bits for t in found)
    require(fine, PAIRED, "a share is not proved to be from 0 to 1")
    listed = array(claim["shares"], PAIRED, len(columns))
    for read, t in zip(listed, found, strict=True):
        enclosed(D.clock, read, t, PAIRED)
    return pairs


def coordinates(own: Outputs, D: Outputs, witness: Json) -> list[Vector]:
    """Return all that is free there in a basis of it modulo what is free here, multiplied out."""
    many = len(D.independent) - len(own.independent)
    basis = [whole(i, PAIRS, 0, len(D.Z) - 1) for i in array(witness["basis"], PAIRS, many)]
    vectors = [own.left(D.Z[i]) for i in basis]
    found = []
    for z, read in zip(D.Z, array(witness["onto"], PAIRS, len(D.Z)), strict=True):
        shares = D.field.vector(read, many, PAIRS)
        place = (PAIRS, "a column is not that combination of the basis")
        terms = zip(shares, vectors, strict=True)
        combination(terms, own.left(z), D.clock.tick, place)
        found.append(shares)
    return found


def column_of(P: Proved, i: int, onto: list[Vector]) -> Numbers:
    """Return ``X u h'`` of a pair in the basis, for all outputs that count."""
    S = P.S
    face = S.faces[i]
    T = S.state(face, P.x)
    (g,), (h,) = P.directions(face), T.h
    h = [t - h[-1] for t in h[:-1]] if S.D.shifted else h
    found = []
    for row in zip(*onto[: len(g)], strict=True):
        num, den = cleared(list(row), S.D.clock)
        moved = linear(num, den, g, S.bits)
        found += [moved * t for t in h]
    return found


def made(P: Proved, onto: list[Vector]) -> Numbers:
    """Return the same of what is free there, with the other sign."""
    S, D = P.S, P.S.D
    own = [onto[i] for i in D.independent]
    A = P.x[D.entries :]
    found = []
    for row in zip(*own, strict=True):
        num, den = cleared([-t for t in row], D.clock)
        for j in range(D.c - D.shifted):
            part = A[j * len(own) : (j + 1) * len(own)]
            found.append(linear(num, den, part, S.bits))
    return found


def settled(D: Outputs, standing: Standing, read: Json) -> bool:
    """Return whether what is held is of outputs where N is given as 0, with one fit each."""
    G, found = D.free_entries(), set[int]()
    for entry in array(read, SYSTEM):
        m = whole(array(entry, SYSTEM, 3)[0], SYSTEM, 0, len(G) - 1)
        found |= {e // D.n for e, t in enumerate(G[m]) if t}
    every = (p for j in found for p in standing.pieces[j * D.n : (j + 1) * D.n])
    return all(
        isinstance(p, Flat) and not p.at and p.low == p.high is not None for p in every
    )
