"""What :mod:`free` proves about networks as functions: one, or a continuum of them.

Standard library only. Uniqueness of the network and of the function, neurons that may move
along a free bias, and whether the optimum is attained (THEORY §8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from .free import Problem

if TYPE_CHECKING or __package__:
    from . import check as base
else:
    import check as base

Json: TypeAlias = Any  # what json.loads returns: used only behind a requirement on its type


@dataclass
class Point:
    """A vertex: the weights c by atom, the free part a, as slope and offset too."""

    c: dict[int, base.Scalar]
    free: base.Vector
    affine: base.Vector


def points(
    P: "Problem", atoms: list[base.Atom], fit: base.Vector, claim: Json
) -> list[Point]:
    """Return the vertices with their free parts: ``Z a`` is what is left of the fit."""
    found, unit = [], Fraction(1, P.D.common)
    for read in base.array(claim["list"], "claims.vertices"):
        P.D.field.tick()
        at = read["support"]
        c = dict(zip(at, P.D.field.vector(read["weights"], len(at), ""), strict=True))
        left = list(fit)
        for i, x in c.items():
            left = [t - unit * (x * F) for t, F in zip(left, atoms[i].F, strict=True)]
        free = P.reduced(left)[1]
        found.append(Point(c, free, P.affine(free)))
    return found


Mixture: TypeAlias = tuple[int, int]  # a vertex twice, or one of each sign of constants


class Family(Protocol):
    """The optimal networks of a problem: atoms (sign, covector), the supports of vertices."""

    atoms: list[tuple[int, list[int]]]
    supports: list[int]

    def signs(self) -> list[int]:
        """Return the sign of the constant of each vertex's free part."""

    def one_function(self, points: list[Mixture]) -> bool:
        """Return whether these points are one function."""

    def differ(self, points: list[Mixture], x: base.Vector) -> bool:
        """Return whether the functions of two points differ at x."""


class Functions:
    """The networks of exact points as functions on R^d, in a form that is unique.

    ``c s (h)_+ = (c s / 2)(|h| + h)``: each hyperplane has one coefficient, of ``|h|``, and an
    affine function is left. Near a point of one hyperplane only, only that kink bends; so
    equal functions have equal coefficients. As all (w, b) have one length, those of one
    hyperplane are equal or opposite.
    """

    def __init__(self, P: "Problem", atoms: list[base.Atom], vertices: list[Point]) -> None:
        self.P, self.vertices = P, vertices
        self.supports = [base.bits(v.c) for v in vertices]
        self.atoms = [(a.sign, [base.sign(base.dot(x, a.g)) for x in P.D.X]) for a in atoms]
        self.g = [[Fraction(1, a.den) * t for t in a.g] for a in atoms]
        if P.bias == "none":
            self.g = [[*g, 0] for g in self.g]
        self.line: list[int] = []  # the first atom of the same hyperplane; -1 for w = 0
        for i, g in enumerate(self.g):
            P.D.field.tick()
            back = [-1 * t for t in g]
            same = (
                j for j, h in enumerate(self.g[:i]) if base.same(g, h) or base.same(back, h)
            )
            constant = all(map(base.zero, g[:-1]))
            self.line.append(-1 if constant else next(same, i))

    def form(self, v: Point) -> base.Vector:
        """Return the coefficients of all hyperplanes, the slope and the offset."""
        bends: base.Vector = [Fraction(0)] * len(self.g)
        affine = v.affine
        for i, x in v.c.items():
            half = Fraction(self.atoms[i][0], 2) * x
            if self.line[i] >= 0:
                bends[self.line[i]] += half
                affine = [t + half * w for t, w in zip(affine, self.g[i], strict=True)]
            else:
                above = base.sign(self.g[i][-1]) > 0
                affine = [
                    *affine[:-1],
                    affine[-1] + 2 * half * (self.g[i][-1] if above else 0),
                ]
        return [*bends, *affine]

    def signs(self) -> list[int]:
        """Return the sign of the constant of each vertex's free part."""
        return [base.sign(v.free[-1]) for v in self.vertices]

    def one_function(self, points: list[Mixture]) -> bool:
        """Return whether these points are one function: then all their mixtures are it."""
        forms = [self.form(v) for v in self.vertices]
        first, *others = (mixed(self.vertices, forms, g) for g in points)
        return all(
            base.same([first[1] * t for t in form], [size * t for t in first[0]])
            for form, size in others
        )

    def differ(self, points: list[Mixture], x: base.Vector) -> bool:
        """Return whether the functions of two points differ at x."""
        values = [[self.value(v, x)] for v in self.vertices]
        (one, size), (other, length) = (mixed(self.vertices, values, g) for g in points)
        return base.sign(length * one[0] - size * other[0]) != 0

    def value(self, v: Point, x: base.Vector) -> base.Scalar:
        """Return the value of a point's network at x, shape (d,)."""
        value = base.dot(v.affine, [*x, 1])
        for i, c in v.c.items():
            h = base.dot(self.g[i], [*x, 1])
            value += self.atoms[i][0] * c * (h if base.sign(h) > 0 else 0)
        return value


def loose_flats(
    P: "Problem", atoms: list[tuple[int, list[int]]], used: int
) -> list[tuple[int, int | None]]:
    """Return where optimal neurons may move along a free bias: pairs of atoms in use.

    Two atoms of one sign whose kinks are neighbours, every sample active or on the kink of
    the lower one being active at the upper one: all biases between are tight. With
    every sample active or on the kink, all larger biases are. Atoms are (sign, covector).
    """
    if P.bias != "free":
        return []
    active = [base.bits(k for k, t in enumerate(row) if t > 0) for _, row in atoms]
    below = [base.bits(k for k, t in enumerate(row) if t >= 0) for _, row in atoms]
    found: list[tuple[int, int | None]] = []
    for i, (sign, _) in enumerate(atoms):
        if used >> i & 1 and below[i] == (1 << P.D.n) - 1:
            found.append((i, None))
        for j, (other, _) in enumerate(atoms):
            if used >> i & used >> j & 1 and sign == other and active[j] == below[i]:
                found.append((i, j))
    return found


def mixed(
    vertices: Sequence[Point], values: Sequence[base.Vector], mixture: Mixture
) -> tuple[base.Vector, base.Scalar]:
    """Return the values at a mixture, times a positive number, and that number.

    Of two vertices with the constants ``a > 0 > b`` it is -b parts of the first and a parts
    of the second: its constant is 0.
    """
    i, j = mixture
    if i == j:
        return values[i], Fraction(1)
    a, b = vertices[i].free[-1], vertices[j].free[-1]
    pairs = zip(values[i], values[j], strict=True)
    return [a * t - b * s for s, t in pairs], a - b


def without_constant(signs: Sequence[int]) -> list[Mixture]:
    """Return points whose affine span is that of the points of P with the constant 0.

    The vertices with constant 0, and mixtures of each other one with one of the other sign:
    as many as the hyperplane needs, with all the atoms that its points use.
    """
    zero, plus, minus = ([i for i, t in enumerate(signs) if t == s] for s in (0, 1, -1))
    found = [(i, i) for i in zero]
    if plus and minus:
        found += [(i, minus[0]) for i in plus] + [(plus[0], j) for j in minus[1:]]
    return sorted(found)


@dataclass
class Attained:
    """What networks attain: points, flats along which neurons move, lines; whether any does."""

    points: list[Mixture]
    loose: list[tuple[int, int | None]]
    lines: list[base.Vector]
    reached: bool


def attained(P: "Problem", F: Family) -> Attained:
    """Return what networks attain: constants may be free in the limit only.

    With a free bias and no affine skip a constant is made by a neuron of weight 0 and a
    large bias, at a cost as small as one likes. None is needed where the skip makes one,
    where neurons whose bias may grow do (they come in pairs of opposite signs), or where an
    optimal point has no constant. If no network attains the optimum, the answer is about
    its limits.
    """
    used = 0
    for support in F.supports:
        used |= support
    loose = loose_flats(P, F.atoms, used)
    every = [(i, i) for i in range(len(F.supports))]
    made = any(a[-1] for a in P.lines) or any(upper is None for _, upper in loose)
    if not P.limited or made:
        lines = [a for a in P.lines if not (P.limited and a[-1])]
        return Attained(every, loose, lines, reached=True)
    points = without_constant(F.signs())
    if not points:
        return Attained(every, loose, P.lines, reached=False)
    used = 0
    for i, j in points:
        used |= F.supports[i] | F.supports[j]
    between = [f for f in loose_flats(P, F.atoms, used) if f[1] is not None]
    return Attained(points, between, P.lines, reached=True)


def uniqueness(P: "Problem", F: Family, witness: Json) -> dict[str, Json]:
    """Return the verdict, and whether the optimum is attained.

    Of a continuum two points and an x where they differ are the witness; not where
    the samples leave the free part open, or neurons in use move along their bias: then
    functions differ (proofs/free.md).
    """
    where, A = "witness.differ", attained(P, F)
    if A.lines or A.loose:
        verdict = "continuum"
    elif len(A.points) == 1:
        verdict = "unique network" if A.reached else "unique function"
    elif F.one_function(A.points):
        verdict = "unique function"
    else:
        base.record(witness, "points x", where)
        pair = base.indices(base.array(witness["points"], where, 2), len(A.points), where)
        x = [P.D.field.rational(t, where) for t in base.array(witness["x"], where, P.d)]
        differ = F.differ([A.points[i] for i in pair], x)
        base.require(differ, where, "they agree there")
        return {"verdict": "continuum", "attained": A.reached}
    base.require(witness is None, where, "is not asked for")
    return {"verdict": verdict, "attained": A.reached}
