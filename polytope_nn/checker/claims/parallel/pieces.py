"""Claim *pieces*: the polytopes of optimal branches (three-layer P7).

A maximiser on a leaf is a mixture of tight atoms (masses ``c >= 0`` of sum 1) on which G is
linear: an open row has one sign on all atoms in use. So each *choice* of a side for the open
rows, and for the rows with ``kappa_i = 0``, has one polytope

    {c >= 0 : sum c = 1,  z_i >= 0 where theta_i = 1,  <= 0 where it is 0,  = 0 in between},

and all optimal branches lie in these. A listed piece is the polytope of one choice, and every
other choice lies in a listed one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product

from ...kernel.numbers import Scalar, Vector, bits, dot, members, sign
from ...kernel.reading import (
    Json,
    array,
    canonical,
    handed,
    indices,
    record,
    require,
    whole,
)
from ..dual import Atoms
from ..instance import Instance
from ..polytope import Held, extreme, vertices_of
from .leaves import Leaf

WHERE = "witness.pieces"

Signs = dict[int, int]  # of z on some rows: 1 for >= 0, -1 for <= 0, 0 for = 0
Vertex = list[tuple[int, int, Scalar, Json]]  # member, atom, mass, the mass as written
Branch = tuple[int, tuple[tuple[int, Scalar], ...]]  # sigma, and the masses of atoms


@dataclass
class Piece:
    """The polytope of a choice: its sign, its atoms, the conditions, its vertices.

    ``kept`` are the rows, as bits, where z is at least 0 on all optimal points, and where the
    ReLU keeps it; elsewhere z is at most 0.
    """

    sigma: int
    atoms: list[int]
    signs: Signs
    kept: int
    vertices: list[Branch]

    def contains(self, D: Instance, atoms: Atoms, branch: Branch) -> bool:
        """Return whether a branch lies in the cone of the piece."""
        sigma, masses = branch
        if sigma != self.sigma or any(a not in self.atoms for a, _ in masses):
            return False
        signed = ((e, sign(output(D, atoms, masses, i))) for i, e in self.signs.items())
        return all(s in (e, 0) for e, s in signed)


def output(
    D: Instance, atoms: Atoms, masses: Sequence[tuple[int, Scalar]], i: int
) -> Scalar:
    """Return ``common z_i`` of a branch."""
    D.clock.tick()
    return dot([c for _, c in masses], [atoms.reduced(a)[i] for a, _ in masses])


class Conditioned(Held):
    """The columns of polytopes ``{c >= 0 : conditions, more}``, with slacks; ``common`` times.

    For each member (atoms, signs, what its atoms contribute to the last rows): a row for each
    condition that is not met by all atoms anyway, with a slack where it is no equation.
    """

    def __init__(
        self,
        atoms: Atoms,
        parts: Sequence[tuple[Sequence[int], Signs, Sequence[Vector]]],
        last: int,
    ) -> None:
        super().__init__([], atoms.common)
        rows = [
            (j, i, e)
            for j, (own, signs, _) in enumerate(parts)
            for i, e in sorted(signs.items())
            if not {sign(atoms.reduced(a)[i]) for a in own} <= {0, e or 2}
        ]
        self.atoms: list[tuple[int, int]] = []  # of each column: the member, the atom
        many = len(rows) + sum(len(own) for own, _, _ in parts)
        atoms.D.clock.hold(many * (len(rows) + last), 64, WHERE)
        for j, (own, _, shares) in enumerate(parts):
            for a, share in zip(own, shares, strict=True):
                F = atoms.reduced(a)
                top = [(e or 1) * F[i] if q == j else 0 for q, i, e in rows]
                self.columns.append([*top, *share])
                self.atoms.append((j, a))
        for place, (_, _, e) in enumerate(rows):
            if e:
                slack: Vector = [0] * (len(rows) + last)
                slack[place] = -self.common
                self.columns.append(slack)
        self.rows = len(rows)

    def listed(self, D: Instance, right: Vector, read: Json, where: str) -> list[Vertex]:
        """Prove that the vertices are listed; return the masses of each."""
        record(read, "list farkas tree", where)
        b = [*[Fraction(0)] * self.rows, *right]
        some = array(read["list"], where)
        supports = vertices_of(D, self, b, read) if some else []
        extreme(D, self, supports, b, read)
        found = []
        for support, v in zip(supports, some, strict=True):
            at, own = members(support), []
            weights = D.field.vector(v["weights"], len(at), where)
            for q, c, text in zip(at, weights, v["weights"], strict=True):
                if q < len(self.atoms):
                    own.append((*self.atoms[q], c, text))
            found.append(own)
        return found


def choices(kappa: Vector, leaf: Leaf, atoms: Atoms) -> Iterator[Piece]:
    """Yield the choices of a leaf, without their vertices."""
    signs = {i: _condition(t) for i, t in leaf.theta.items()}
    zeros = [i for i, x in enumerate(kappa) if not sign(x)]
    for own, open_ in _sided(leaf, atoms):
        for sides in product((1, -1), repeat=len(zeros)):
            of = signs | dict(zip(zeros, sides, strict=True))
            kept = leaf.inside | open_ | bits(i for i, e in of.items() if e > 0)
            yield Piece(leaf.sigma, own, of, kept, [])


def _condition(theta: Scalar) -> int:
    if not sign(theta):
        return -1
    return 1 if not sign(theta - 1) else 0


def _sided(leaf: Leaf, atoms: Atoms) -> Iterator[tuple[list[int], int]]:
    """Yield for each choice of a side for every open row the atoms left, and the + rows."""
    waiting = [(leaf.atoms, members(leaf.open), 0)]
    while waiting:
        own, rows, plus = waiting.pop()
        if not own or not rows:
            if own:
                yield own, plus
            continue
        i, rest = rows[0], rows[1:]
        signed = [(a, sign(atoms.reduced(a)[i])) for a in own]
        waiting += [
            ([a for a, s in signed if s in (0, side)], rest, plus | (side > 0) << i)
            for side in sorted({s for _, s in signed} - {0}) or [1]
        ]


def pieces(
    D: Instance,
    kappa: Vector,
    found: tuple[Atoms, Sequence[Leaf]],
    claim: Json,
    witness: Json,
) -> list[Piece]:
    """Return the pieces, proved to be these and no others, none inside another.

    The witness has for each choice its polytope, and the place of the piece that it is
    (``own``) or lies in.
    """
    atoms, leaves = found
    stated = [_stated(read, len(atoms)) for read in array(claim["list"], "claims.pieces")]
    keys = [(-p.sigma, p.atoms, canonical(p.read)) for p in stated]
    fine = all(one < other for one, other in pairwise(keys))
    require(fine, "claims.pieces", "not in order, or not distinct")
    homes: dict[int, Piece] = {}
    placed: list[tuple[int, Piece]] = []
    every = (chosen for leaf in leaves for chosen in choices(kappa, leaf, atoms))
    missing, more = "a choice is missing", "there are more choices than leaves have"
    for chosen, read in handed(every, witness, WHERE, missing, more):
        record(read, "polytope own piece", WHERE)
        ones: list[Vector] = [[atoms.common]] * len(chosen.atoms)
        G = Conditioned(atoms, [(chosen.atoms, chosen.signs, ones)], 1)
        vertices = G.listed(D, [Fraction(1)], read["polytope"], WHERE)
        if not vertices:
            continue
        j = whole(read["piece"], WHERE, 0, len(stated) - 1)
        chosen.vertices = [(chosen.sigma, masses_of(v)) for v in vertices]
        placed.append((j, chosen))
        if read["own"] is True:
            same = stated[j].same(chosen, vertices)
            require(same, WHERE, "is not the piece it is said to be")
            homes[j] = chosen
    require(len(homes) == len(stated), "claims.pieces", "a piece is no choice of a leaf")
    for j, chosen in placed:
        lies = all(homes[j].contains(D, atoms, v) for v in chosen.vertices)
        require(lies, WHERE, "a choice does not lie in its piece")
    _maximal(D, atoms, homes)
    for j, p in homes.items():
        p.atoms = stated[j].atoms  # those in use
    return [homes[j] for j in range(len(stated))]


def masses_of(v: Vertex) -> tuple[tuple[int, Scalar], ...]:
    """Return the atoms and masses of a vertex of one member."""
    return tuple((a, c) for _, a, c, _ in v)


@dataclass
class _Stated:
    """A piece as it is claimed: its sign, the atoms in use, its vertices as written."""

    sigma: int
    atoms: list[int]
    read: Json

    def same(self, chosen: Piece, vertices: Sequence[Vertex]) -> bool:
        """Return whether it is a choice, with all its vertices in their order."""
        written = [
            {"support": [a for _, a, _, _ in v], "weights": [text for *_, text in v]}
            for v in vertices
        ]
        used = sorted({a for v in vertices for _, a, _, _ in v})
        alike = (self.sigma, self.atoms) == (chosen.sigma, used)
        return alike and canonical(self.read) == canonical(written)


def _stated(read: Json, N: int) -> _Stated:
    where = "claims.pieces"
    record(read, "sign atoms vertices", where)
    sigma = whole(read["sign"], where, -1, 1)
    return _Stated(sigma, indices(read["atoms"], N, where), read["vertices"])


def _maximal(D: Instance, atoms: Atoms, homes: dict[int, Piece]) -> None:
    """Prove that no piece lies in another one."""
    for j, p in homes.items():
        for q, other in homes.items():
            inside = all(other.contains(D, atoms, v) for v in p.vertices)
            require(j == q or not inside, "claims.pieces", "a piece lies in another one")
