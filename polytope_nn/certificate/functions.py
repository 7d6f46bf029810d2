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


class Family(Protocol):
    """The optimal networks of a problem: atoms (sign, covector), those in use, vertices."""

    atoms: list[tuple[int, list[int]]]
    used: int
    count: int

    def constants(self) -> set[int]:
        """Return the signs of the constants of the vertices' free parts."""

    def one_function(self) -> bool:
        """Return whether all vertices are one function."""

    def differ(self, pair: Sequence[int], x: base.Vector) -> bool:
        """Return whether the functions of two vertices differ at x."""


class Functions:
    """The networks of exact points as functions on R^d, in a form that is unique.

    ``c s (h)_+ = (c s / 2)(|h| + h)``: each hyperplane has one coefficient, of ``|h|``, and an
    affine function is left. Near a point of one hyperplane only, only that kink bends; so
    equal functions have equal coefficients. As all (w, b) have one length, those of one
    hyperplane are equal or opposite.
    """

    def __init__(
        self, P: "Problem", atoms: list[base.Atom], vertices: list[Point], used: int
    ) -> None:
        self.P, self.vertices, self.count, self.used = P, vertices, len(vertices), used
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

    def constants(self) -> set[int]:
        """Return the signs of the constants of the vertices' free parts."""
        return {base.sign(v.free[-1]) for v in self.vertices}

    def one_function(self) -> bool:
        """Return whether all vertices are one function: then every optimal network is it."""
        first, *others = map(self.form, self.vertices)
        return all(base.same(first, form) for form in others)

    def differ(self, pair: Sequence[int], x: base.Vector) -> bool:
        """Return whether the functions of two vertices differ at x."""
        one, other = (self.value(self.vertices[i], x) for i in pair)
        return not base.zero(one - other)

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


def attained(P: "Problem", F: Family, loose: Sequence[tuple[int, int | None]]) -> bool:
    """Return whether some network is optimal: constants may be free in the limit only.

    With a free bias and no affine skip a constant is made by a neuron of weight 0 and a
    large bias, at a cost as small as one likes. None is needed where the skip makes one, where
    an optimal point has no constant, or where a neuron whose bias may grow takes it over.
    """
    if not P.limited or any(a[-1] for a in P.lines):
        return True
    rising = {F.atoms[i][0] for i, upper in loose if upper is None}
    if len(rising) == 2:
        return True
    constants = F.constants()
    return 0 in constants or len(constants) == 2 or bool(constants & rising)


def uniqueness(P: "Problem", F: Family, witness: Json) -> dict[str, Json]:
    """Return the verdict, and whether the optimum is attained.

    Of a continuum two vertices and a point where they differ are the witness; not where
    the samples leave the free part open, or neurons in use move along their bias: then
    functions differ (proofs/free.md).
    """
    where = "witness.differ"
    loose = loose_flats(P, F.atoms, F.used)
    reached = attained(P, F, loose)
    if P.lines or loose:
        verdict = "continuum"
    elif F.count == 1:
        verdict = "unique network" if reached else "unique function"
    elif F.one_function():
        verdict = "unique function"
    else:
        base.record(witness, "vertices x", where)
        pair = base.array(witness["vertices"], where, 2)
        x = [P.D.field.rational(t, where) for t in base.array(witness["x"], where, P.d)]
        base.require(
            F.differ(base.indices(pair, F.count, where), x), where, "they agree there"
        )
        return {"verdict": "continuum", "attained": reached}
    base.require(witness is None, where, "is not asked for")
    return {"verdict": verdict, "attained": reached}
