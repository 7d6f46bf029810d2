"""Claim *uniqueness*: one network, one function, or a continuum of them; attained or not.

What *is there* is shown: an optimal network, two of them and a point where they differ.
What is *not there* follows from the lists: no vertex but one, no flat in use, no constant
but of one sign (proofs/free.md, F5 and F6).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from ..kernel.numbers import Scalar, Vector, dot, same, sign, zero
from ..kernel.reading import Json, array, record, require
from .dual import Atoms
from .instance import Instance
from .networks import Network, Target, network, optimal, value_at
from .staircase import Flat, Signed, flats

CLAIM, WITNESS = "claims.uniqueness", "witness.differ"
ONE_NETWORK, ONE_FUNCTION, CONTINUUM = "unique network", "unique function", "continuum"

Mixture: TypeAlias = tuple[int, int]  # a vertex twice, or one of each sign of constants


def stated(claim: Json) -> tuple[str, bool]:
    """Return the verdict and whether the optimum is attained."""
    verdict, attained = claim["verdict"], claim["attained"]
    known = verdict in (ONE_NETWORK, ONE_FUNCTION, CONTINUUM)
    require(type(verdict) is str and known, CLAIM, "the verdict is none that is known")
    require(type(attained) is bool, CLAIM, "attained is neither true nor false")
    return verdict, attained


def without_constant(signs: Sequence[int]) -> list[Mixture]:
    """Return points whose affine span is that of the points of P with the constant 0.

    The vertices with constant 0, and mixtures of each other one with one of the other sign:
    as many as the hyperplane needs, with all the atoms that its points use.
    """
    none, plus, minus = ([i for i, t in enumerate(signs) if t == s] for s in (0, 1, -1))
    found = [(i, i) for i in none]
    if plus and minus:
        found += [(i, minus[0]) for i in plus] + [(plus[0], j) for j in minus[1:]]
    return sorted(found)


@dataclass
class Family:
    """What P says of its networks: atoms, supports, the constants of the vertices."""

    D: Instance
    atoms: list[Signed]
    supports: list[int]
    constants: list[int]  # signs, asked for only where networks do not make constants
    alike: list[list[int]] = field(default_factory=list)  # atoms of one weight, many kinks

    def used(self, points: Sequence[Mixture]) -> int:
        """Return the atoms that these points use, as bits."""
        found = 0
        for i, j in points:
            found |= self.supports[i] | self.supports[j]
        return found

    def flats(self, used: int) -> Iterator[Flat]:
        """Yield where these atoms might move along a free bias."""
        if self.D.bias == "free":
            yield from flats(self.D.clock, self.D.n, self.atoms, used)

    @property
    def everywhere(self) -> list[Mixture]:
        """All vertices."""
        return [(i, i) for i in range(len(self.supports))]

    def shared(self, points: Sequence[Mixture]) -> bool:
        """Return whether these points use two atoms that are alike: kinks trade a weight."""
        used = self.used(points)
        return any(sum(used >> a & 1 for a in group) > 1 for group in self.alike)

    def rising(self) -> bool:
        """Return whether an atom in use has every sample active or on its kink."""
        used = self.used(self.everywhere)
        return any(upper is None for _, upper in self.flats(used))

    def attained_at(self) -> list[Mixture]:
        """Return points that span what networks attain, if neurons cannot rise."""
        return without_constant(self.constants) if self.D.unmade else self.everywhere


def nowhere(F: Family) -> None:
    """Prove that no network attains the optimum: constants cost, and one sign is needed."""
    why = "a network may attain the optimum"
    fine = F.D.unmade and not F.rising() and not F.attained_at()
    require(fine, CLAIM, why)


def fixed(F: Family, verdict: str, *, attained: bool) -> list[Mixture]:
    """Return the points of what is attained, where nothing moves but in their mixtures.

    ``verdict`` says *one network* for one point; its loose ends are proved to be none.
    """
    D, why = F.D, "is not what follows from the rest"
    lines = [a for a in D.lines if not (D.limited and a[-1])]
    require(not lines, CLAIM, why)
    points = F.attained_at() if attained else F.everywhere
    risen = F.rising() if D.unmade else False
    loose = risen or F.shared(points) or any(F.flats(F.used(points)))
    require(points and not loose, CLAIM, why)
    single = attained and len(points) == 1
    require((verdict == ONE_NETWORK) == single, CLAIM, why)
    return points


# ---- numbers that are exact


@dataclass
class Point:
    """A vertex: the weights c by atom, the free part a, as slope and offset too."""

    c: dict[int, Scalar]
    free: Vector
    affine: Vector


class Functions:
    """The vertices as functions on R^d, in a form that is unique.

    ``c s (h)_+ = (c s / 2)(|h| + h)``: each hyperplane has one coefficient, of ``|h|``, and an
    affine function is left. As all (w, b) have one length, those of one hyperplane are equal
    or opposite. Equal forms are equal functions.
    """

    def __init__(self, D: Instance, atoms: Atoms, fit: Vector, claim: Json) -> None:
        self.D, self.atoms = D, atoms
        self.signed = [(a.sign, self.covector(a.g)) for a in atoms]
        self.g = [self.direction(i) for i in range(len(atoms))]
        self.line: list[int] = []  # the first atom of the same hyperplane; -1 for w = 0
        for i, g in enumerate(self.g):
            back = [-1 * t for t in g]
            first = next((j for j in range(i) if self.together(j, (g, back))), i)
            self.line.append(-1 if all(map(zero, g[:-1])) else first)
        self.vertices = [self.point(fit, read) for read in claim["list"]]

    def covector(self, g: Vector) -> list[int]:
        """Return the signs of a neuron at the samples."""
        self.D.clock.tick()
        return [sign(dot(x, g)) for x in self.D.X]

    def direction(self, i: int) -> Vector:
        """Return (w, b) of an atom; b = 0 without a bias."""
        a = self.atoms.listed[i]
        g = [Fraction(1, a.den) * t for t in a.g]
        return [*g, 0] if self.D.bias == "none" else g

    def together(self, j: int, directions: tuple[Vector, Vector]) -> bool:
        """Return whether an atom has one of these directions."""
        self.D.clock.tick()
        return any(same(self.g[j], g) for g in directions)

    def point(self, fit: Vector, read: Json) -> Point:
        """Return a vertex with its free part: ``Z a`` is what is left of the fit."""
        D, at = self.D, read["support"]
        c = dict(zip(at, D.field.vector(read["weights"], len(at), ""), strict=True))
        left, unit = list(fit), Fraction(-1, self.atoms.common)
        for i, x in c.items():
            factor = unit * x
            F = self.atoms.feature(i)
            left = [t + factor * f for t, f in zip(left, F, strict=True)]
        free = D.reduced_by(D.pivots, left)[1]
        return Point(c, free, D.affine(free))

    def form(self, i: int) -> Vector:
        """Return the coefficients of all hyperplanes, the slope and the offset."""
        v = self.vertices[i]
        bends: Vector = [Fraction(0)] * len(self.g)
        affine = v.affine
        for j, x in v.c.items():
            half = Fraction(self.atoms.listed[j].sign, 2) * x
            if self.line[j] >= 0:
                bends[self.line[j]] += half
                affine = [t + half * w for t, w in zip(affine, self.g[j], strict=True)]
            else:
                above = sign(self.g[j][-1]) > 0
                affine = [*affine[:-1], affine[-1] + 2 * half * self.g[j][-1] * above]
        return [*bends, *affine]

    def constants(self) -> list[int]:
        """Return the sign of the constant of each vertex's free part."""
        return [sign(v.free[-1]) for v in self.vertices]

    def mixed(self, mixture: Mixture) -> tuple[Vector, Scalar]:
        """Return the form of a mixture, times a positive number, and that number.

        Of two vertices with the constants ``a > 0 > b`` it is -b parts of the first and a
        parts of the second: its constant is 0.
        """
        i, j = mixture
        if i == j:
            return self.form(i), Fraction(1)
        a, b = self.vertices[i].free[-1], self.vertices[j].free[-1]
        pairs = zip(self.form(i), self.form(j), strict=True)
        return [a * t - b * s for s, t in pairs], a - b

    def one_function(self, points: Sequence[Mixture]) -> bool:
        """Return whether these points are one function: then all their mixtures are it."""
        form, size = self.mixed(points[0])
        for other in points[1:]:
            self.D.clock.tick()
            apart, length = self.mixed(other)
            scaled = [size * t for t in apart]
            if not same([length * t for t in form], scaled):
                return False
        return True


def uniqueness(
    T: Target,
    atoms: Atoms,
    supports: list[int],
    claims: dict[str, Json],
    witness: Json,
) -> None:
    """Prove the verdict, and whether the optimum is attained."""
    D = T.D
    verdict, attained = stated(claims["uniqueness"])
    record(witness, "attained networks x", WITNESS)
    if attained:
        shown = network(D, witness["attained"], None, WITNESS, free=True)
        optimal(T, shown, WITNESS, free=True)
    else:
        require(witness["attained"] is None, WITNESS, "a network is not asked for")
    if attained and verdict == CONTINUUM:
        differ(T, witness, [True, True])
        return
    functions = Functions(D, atoms, T.fit, claims["vertices"])
    constants = functions.constants() if D.unmade else []
    F = Family(D, functions.signed, supports, constants)
    if not attained:
        nowhere(F)
    if verdict == CONTINUUM:
        differ(T, witness, [False, False])
        return
    none = witness["networks"] is None and witness["x"] is None
    require(none, WITNESS, "is not asked for")
    points = fixed(F, verdict, attained=attained)
    one = verdict == ONE_NETWORK or functions.one_function(points)
    require(one, CLAIM, "is not what follows from the rest")


def differ(T: Target, witness: Json, own: Sequence[bool]) -> None:
    """Prove that two optimal networks (or limits of networks) differ at a point."""
    D, values = T.D, []
    point = D.field.vector(array(witness["x"], WITNESS, D.inputs), D.inputs, WITNESS)
    for read, attained in zip(array(witness["networks"], WITNESS, 2), own, strict=True):
        shown = (
            limit(D, read) if not attained else network(D, read, None, WITNESS, free=True)
        )
        optimal(T, shown, WITNESS, free=True)
        values.append(value_at(D, shown, point))
    require(sign(values[0] - values[1]) != 0, WITNESS, "they agree there")


def limit(D: Instance, read: Json) -> Network:
    """Return the limit of networks: its constant is made by ever larger biases."""
    record(read, "neurons free", WITNESS)
    a = D.field.vector(read["free"], len(D.Z), WITNESS)
    neurons = {"neurons": read["neurons"]}
    return Network(network(D, neurons, None, WITNESS).slots, a)
