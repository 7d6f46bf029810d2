"""Claims *atoms* and *continua*: directions that are tight for N, and their features.

A direction g is tight if ``|h| = beta |g|`` for ``h = N'(X g)_+``; a neuron there of mass t
adds ``t (X g)_+ h'`` to the fit. A continuum is a face and a span V: all of V in the face.
Claims *rank_bound*, *network*, *connected*: from which width on all are joined (B5).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import lcm

from ...kernel.numbers import Vector, cleared, dot, longest, ray, same, sign, zero
from ...kernel.reading import Json, array, ordered, record, require, whole
from .. import polytope
from ..polytope import Kept
from .outputs import Outputs

Covector = list[int]


@dataclass
class Direction:
    """A direction ``g / den``, with the signs of the samples on it."""

    g: Vector
    den: int
    covector: Covector
    sign: int = 1


@dataclass
class Continuum:
    """A face, and an orthogonal basis of a span that meets it."""

    covector: Covector
    basis: list[Vector]


def active(D: Outputs, covector: Sequence[int], g: Vector) -> Vector:
    """Return ``scale (X g)_+``."""
    D.clock.tick()
    pairs = zip(D.X, covector, strict=True)
    return [dot(x, g) if s > 0 else 0 for x, s in pairs]


class Directions(Kept):
    """Directions in order; a feature is ``(X g)_+ h'`` times ``common``, column by column."""

    def __init__(self, D: Outputs, N: Vector, listed: list[Direction]) -> None:
        self.D, self.listed = D, listed
        self.N, self.den = cleared(N, D.clock)
        self.most = lcm(*(a.den for a in listed))
        self.common = self.most**2 * D.scale**2 * self.den
        long = max((longest(a.g) for a in listed), default=1) + D.longest + 256
        super().__init__(room=D.clock.fits(len(listed) * D.entries * D.field.degree, long))

    def __len__(self) -> int:
        return len(self.listed)

    def __iter__(self) -> Iterator[Direction]:
        return iter(self.listed)

    def outputs(self, phi: Vector) -> Vector:
        """Return ``den N'phi``, shape (c,)."""
        return [dot(column, phi) for column in self.D.columns(self.N)]

    def made(self, i: int) -> Vector:
        """Return the feature modulo what is free."""
        a = self.listed[i]
        phi = active(self.D, a.covector, a.g)
        factor = (self.most // a.den) ** 2
        rows = [factor * t for t in self.outputs(phi)]
        return self.D.modulo([p * t for t in rows for p in phi])


@dataclass
class Tight:
    """The tight set that is claimed: atoms by covector, continua."""

    D: Outputs
    atoms: dict[tuple[int, ...], Vector]
    continua: list[Continuum] = field(default_factory=list)

    def holds(self, basis: list[Vector], signs: Sequence[int], where: str) -> None:
        """Prove that what a closed tope has of a span is in the tight set that is claimed.

        ``signs`` are those of the tope, 0 at a zero row. A line may be a listed atom, or in
        the tope on neither side; else the span lies in that of a continuum, and vanishes
        at the rows where the two faces differ.
        """
        if not basis:
            return
        seen = [[dot(x, v) for x in self.D.X] for v in basis]
        if len(basis) == 1:
            products = [s * sign(t) for s, t in zip(signs, seen[0], strict=True)]
            least, most = min(products), max(products)
            if least == most == 0 or (least < 0 < most):
                return  # of no length there, or outside
            turn = 1 if most > 0 else -1
            covector = tuple(turn * sign(t) for t in seen[0])
            g = self.atoms.get(covector)
            if g is not None and ray(g, basis[0]):
                return
        met = any(self.covers(one, basis, seen, signs) for one in self.continua)
        require(met, where, "what is tight there is not listed")

    def covers(
        self,
        one: Continuum,
        basis: list[Vector],
        seen: list[Vector],
        signs: Sequence[int],
    ) -> bool:
        """Return whether the span, in the tope, lies in the closure of a continuum."""
        apart = [k for k, s in enumerate(signs) if s != one.covector[k]]
        within = all(spanned(v, one.basis) for v in basis)
        return within and all(zero(row[k]) for row in seen for k in apart)


def spanned(v: Vector, basis: Sequence[Vector]) -> bool:
    """Return whether v is in the span of orthogonal vectors: no division is made."""
    for b in basis:
        square, share = dot(b, b), dot(v, b)
        v = [square * s - share * t for s, t in zip(v, b, strict=True)]
    return all(map(zero, v))


def read_direction(D: Outputs, read: Json, where: str) -> Direction:
    """Return a direction of a claim."""
    D.clock.tick()
    g, den = cleared(D.field.vector(read, D.d, where), D.clock)
    return Direction(g, den, [sign(dot(x, g)) for x in D.X])


def tight(A: Directions, a: Direction, where: str) -> Vector:
    """Return h times ``scale den(N) den(g)`` after proving ``|h|^2 = beta^2 |g|^2``."""
    D = A.D
    h = A.outputs(active(D, a.covector, a.g))
    square = D.beta_squared * (D.scale * A.den) ** 2 * dot(a.g, a.g)
    require(zero(dot(h, h) - square), where, "|h| is not beta |g|: not tight")
    require(not all(map(zero, h)), where, "a direction is 0")
    return h


def atoms_of(D: Outputs, N: Vector, claim: Json) -> Directions:
    """Return the listed atoms: tight directions of different faces, in order, with their h."""
    where = "claims.atoms"
    read, before = array(claim["list"], where), None
    for entry in read:
        record(entry, "g h", where)
    A = Directions(D, N, [read_direction(D, entry["g"], where) for entry in read])
    for entry, a in zip(read, A, strict=True):
        h = tight(A, a, where)
        stated = D.field.vector(entry["h"], D.c, where)
        whole_h = [D.scale * A.den * a.den * t for t in stated]
        require(same(whole_h, h), where, "h is not N'(X g)_+")
        key = tuple(-s for s in a.covector)
        before = ordered(before, key, where)
    return A


def continua_of(D: Outputs, A: Directions, claim: Json) -> list[Continuum]:
    """Return the listed continua: each a face, a span that is tight all over, a point.

    No atom lies in the closure of one's face, and no continuum in that of another.
    """
    where, found = "claims.continua", []
    for read in array(claim["list"], where):
        D.clock.tick()
        record(read, "face kernel point", where)
        face = [whole(t, where, -1, 1) for t in array(read["face"], where, D.n)]
        basis = orthogonal_basis(D, read["kernel"], where)
        require(len(basis) > 1, where, "a kernel is no plane, and no more")
        held_on(A, face, basis, where)
        p = read_direction(D, read["point"], where)
        fine = p.covector == face and spanned(p.g, basis)
        require(fine, where, "the point is not in the face, or not in the span")
        found.append(Continuum(face, basis))
    faces = [one.covector for one in found]
    others = [*faces, *(a.covector for a in A)]
    for i, face in enumerate(faces):
        within = any(beneath(o, face) for j, o in enumerate(others) if j != i)
        require(not within, where, "holds another continuum, or an atom")
    return found


def beneath(one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether a face lies in the closure of another."""
    return all(s in (0, t) for s, t in zip(one, other, strict=True))


def orthogonal_basis(D: Outputs, read: Json, where: str) -> list[Vector]:
    """Return vectors that are orthogonal to each other and not 0."""
    found: list[Vector] = []
    for entry in array(read, where):
        v = D.field.integers(entry, D.d, where)
        D.clock.hold(len(found) * D.d, longest(v), where)
        right = all(zero(dot(v, b)) for b in found)
        require(right, where, "a basis is not orthogonal")
        found.append(v)
    return found


def held_on(A: Directions, face: Covector, basis: Sequence[Vector], where: str) -> None:
    """Prove that a span lies in the hull of a face, and ``|h|^2 = beta^2 |u|^2`` on it."""
    D = A.D
    flat = [dot(x, v) for x, s in zip(D.X, face, strict=True) if s == 0 for v in basis]
    require(all(map(zero, flat)), where, "a kernel is not in the hull of its face")
    seen = [A.outputs(active(D, face, v)) for v in basis]
    level = D.beta_squared * (D.scale * A.den) ** 2
    for i, (v, h) in enumerate(zip(basis, seen, strict=True)):
        for w, other in list(zip(basis, seen, strict=True))[i:]:
            D.clock.tick()
            fine = zero(dot(h, other) - level * dot(v, w))
            require(fine, where, "a kernel is not tight all over")


def rank_bound(D: Outputs, N: Vector, witness: Json) -> dict[str, Json]:
    """Return rho, the rank of N, and ``n rho - rho (rho - 1) / 2 + 1`` (B5)."""
    rho, _, _ = polytope.dimension(D, polytope.Held(D.columns(N)), [], witness)
    return {"rho": rho, "bound": D.width(rho)}


def network(D: Outputs, N: Vector, fit: Vector, claim: Json) -> None:
    """Prove one optimal network: tight directions whose masses give the fit, modulo Z."""
    where = "claims.network"
    read = array(claim["neurons"], where)
    for entry in read:
        record(entry, "g mass", where)
    A = Directions(D, N, [read_direction(D, entry["g"], where) for entry in read])
    for a in A:
        tight(A, a, where)
    masses = [entry["mass"] for entry in read]
    one = {"support": list(range(len(read))), "weights": masses}
    polytope.vertices_of(D, A, D.modulo(fit), {"list": [one]})


def connected(
    D: Outputs, A: Directions, continua: list[Continuum], bound: int, witness: Json
) -> dict[str, Json]:
    """Return the rank of all tight features, and the width that it and rho give (B5).

    The features of a continuum span the ``phi_i h_j' + phi_j h_i'`` of a basis.
    """
    factor = A.most**2
    columns = [A.reduced(i) for i in range(len(A))]
    for one in continua:
        phi = [active(D, one.covector, v) for v in one.basis]
        h = [A.outputs(x) for x in phi]
        for i in range(len(phi)):
            for j in range(i, len(phi)):
                D.clock.tick()
                twice = 0 if i == j else factor
                both = [
                    factor * p * s + twice * q * t
                    for s, t in zip(h[j], h[i], strict=True)
                    for p, q in zip(phi[i], phi[j], strict=True)
                ]
                columns.append(D.modulo(both))
    rank, _, _ = polytope.dimension(D, polytope.Held(columns, A.common), [], witness)
    return {"rank": rank, "connected_from": min(rank + 1, bound)}
