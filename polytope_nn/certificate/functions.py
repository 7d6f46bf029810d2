"""What :mod:`free` proves about networks as functions: one, or a continuum of them.

Standard library only. Uniqueness of the network and of the function, neurons that may move
along a free bias, and whether the optimum is attained (THEORY §8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

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


class Functions:
    """The networks of points as functions on R^d, in a form that is unique.

    ``c s (h)_+ = (c s / 2)(|h| + h)``: each hyperplane has one coefficient, of ``|h|``, and an
    affine function is left. Near a point of one hyperplane only, only that kink bends; so
    equal functions have equal coefficients. As all (w, b) have one length, those of one
    hyperplane are equal or opposite.
    """

    def __init__(self, P: "Problem", atoms: list[base.Atom]) -> None:
        self.P, self.signs = P, [a.sign for a in atoms]
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
            half = Fraction(self.signs[i], 2) * x
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

    def value(self, v: Point, x: base.Vector) -> base.Scalar:
        """Return the value of a point's network at x, shape (d,)."""
        value = base.dot(v.affine, [*x, 1])
        for i, c in v.c.items():
            h = base.dot(self.g[i], [*x, 1])
            value += self.signs[i] * c * (h if base.sign(h) > 0 else 0)
        return value


def loose_flats(
    P: "Problem", atoms: list[base.Atom], used: int
) -> list[tuple[int, int | None]]:
    """Return where optimal neurons may move along a free bias: pairs of atoms in use.

    Two atoms of one sign whose kinks are neighbours, every sample active or on the kink of
    the lower one being active at the upper one: all biases between are tight. With
    every sample active or on the kink, all larger biases are.
    """
    if P.bias != "free":
        return []
    signs = [[base.sign(base.dot(x, a.g)) for x in P.D.X] for a in atoms]
    active = [base.bits(k for k, t in enumerate(row) if t > 0) for row in signs]
    below = [base.bits(k for k, t in enumerate(row) if t >= 0) for row in signs]
    found: list[tuple[int, int | None]] = []
    for i, low in enumerate(atoms):
        if used >> i & 1 and below[i] == (1 << P.D.n) - 1:
            found.append((i, None))
        for j, high in enumerate(atoms):
            if (
                used >> i & used >> j & 1
                and low.sign == high.sign
                and active[j] == below[i]
            ):
                found.append((i, j))
    return found


def attained(
    P: "Problem", atoms: list[base.Atom], vertices: list[Point], loose: Sequence[Json]
) -> bool:
    """Return whether some network is optimal: constants may be free in the limit only.

    With a free bias and no affine skip a constant is made by a neuron of weight 0 and a
    large bias, at a cost as small as one likes. None is needed where an optimal point has no
    constant, where the skip makes one, or where a neuron with a larger bias takes it over.
    """
    if P.bias != "free" or P.skip == "affine" or any(a[-1] for a in P.lines):
        return True
    signs = {base.sign(v.free[-1]) for v in vertices}
    rising = {atoms[i].sign for i, upper in loose if upper is None}
    return 0 in signs or len(signs) == 2 or bool(signs & rising)


def uniqueness(
    P: "Problem",
    atoms: list[base.Atom],
    vertices: list[Point],
    loose: Sequence[Json],
    witness: Json,
) -> str:
    """Return the verdict; of two functions, one point where they differ is the witness.

    Where the samples leave the free part open, or neurons move along their bias, functions
    differ (proofs/free.md), and no witness is read.
    """
    where = "witness.differ"
    if P.lines or loose or len(vertices) == 1:
        base.require(witness is None, where, "is not asked for")
        if P.lines or loose:
            return "continuum"
        return (
            "unique network" if attained(P, atoms, vertices, loose) else "unique function"
        )
    F = Functions(P, atoms)
    forms = [F.form(v) for v in vertices]
    if all(base.same(forms[0], form) for form in forms):
        base.require(witness is None, where, "is not asked for")
        return "unique function"
    base.record(witness, "vertices x", where)
    i, j = base.indices(base.array(witness["vertices"], where, 2), len(vertices), where)
    x = [P.D.field.rational(t, where) for t in base.array(witness["x"], where, P.d)]
    gap = F.value(vertices[i], x) - F.value(vertices[j], x)
    base.require(not base.zero(gap), where, "the two functions agree there")
    return "continuum"
