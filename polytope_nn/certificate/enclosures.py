"""The producer at level ``interval``: what :mod:`~polytope_nn.certificate.boxes` checks.

The numbers claimed are the checker's own enclosures, rounded outwards: its system is
evaluated here with the solution found, and what it cannot prove is not claimed.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, invert_balls, precision
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Vector, text
from polytope_nn.exact.scalar import Scalar
from polytope_nn.landscape.optimum import Optimum
from polytope_nn.landscape.polytope import OptimalPolytope
from polytope_nn.landscape.staircase import Staircase

from . import boxes, check
from .certify import data_of, shape_claims
from .farkas import alternative
from .format import Certificate, Json, numerators
from .intervals import Interval, Numbers
from .system import System, solution, system_of
from .trees import covered, pattern_tree

__all__ = ["interval_certificate"]

_PRECISIONS = (
    256,
    512,
    1024,
    4096,
)  # bits of the checker's intervals; the first that serves


def interval_certificate(P: OptimalPolytope, S: Staircase) -> Certificate:
    """Return the certificate of kind ``interval``, accepted by its checker.

    Raises
    ------
    Undecided
        When no precision tried is enough for the checker.
    """
    refusal = None
    for bits in _PRECISIONS:
        try:
            certificate = _attempt(P, S, bits)
            boxes.check(certificate)
        except (check.Refuted, Undecided) as error:
            refusal = error
        else:
            return certificate
    raise Undecided(
        f"the certificate in intervals of {bits} bits is refused: {refusal}; scale X, y and "
        f"beta to sizes near 1, or give a kappa"
    )


def _attempt(P: OptimalPolytope, S: Staircase, bits: int) -> Certificate:
    O = P.optimum
    proof = O.enclosure
    assert proof is not None  # the level is interval
    data = data_of(O.problem)
    D = check.Data(data, check.Field("Q", check.Limits()))
    places = {(a.sign, a.covector): i for i, a in enumerate(P.atoms)}
    faces: list[list[int]] = []
    for j, (s, covector) in enumerate(proof.faces):
        members = [places[s, covector]]
        if j < proof.pairs:
            members.append(places[s, tuple(-t for t in covector)])
        faces.append(sorted(members))
    span = [row for V in proof.system.factors[: proof.pairs] for row in V]
    free = [numerators(span[i], primitive=True)[0] for i in independent_rows(span)]
    atoms: Json = {
        "claim": "atoms",
        "list": [{"sign": a.sign, "covector": list(a.covector)} for a in P.atoms],
    }
    system = system_of(D, atoms, faces, free, bits)
    centre = _refined(system, _start(O, span, free), bits)
    witness: dict[str, Json] = {
        "faces": [list(members) for members in faces],
        "free": list(free),
        "centre": list(numerators(centre)),
        "radius": text(Fraction(1, 1 << bits // 2)),
        "inverse": _inverse(system, centre, bits),
    }
    x = solution(system, witness)
    tree, order = pattern_tree(O.arrangement)
    walls = _Walls(system, x, P.supports)
    cover = covered(P.supports, walls, strict=True)
    shape, forests = shape_claims(P.rank, P.dim, S)
    claims: list[Json] = [
        {"claim": "patterns", "count": len(order)},
        *_numbers(system, x),
        atoms,
        {"claim": "vertices", "list": _vertices(system, x, P.supports)},
        *shape,
    ]
    witness |= {
        "patterns": tree,
        "dual": _multipliers(O, order, places),
        "cover": {"farkas": walls.table, "tree": cover},
        "components": forests,
    }
    return Certificate("interval", data, {"bits": bits}, claims, witness)


def _start(O: Optimum, span: Sequence[Vector], free: Sequence[Json]) -> list[Fraction]:
    """Return the centre found, its lambda in the primitive multiples of the free vectors."""
    proof = O.enclosure
    assert proof is not None  # the level is interval
    size = len(proof.centre) - len(free)
    centre = list(proof.centre[:size])
    chosen = [span[i] for i in independent_rows(span)]
    for t, u, whole in zip(proof.centre[size:], chosen, free, strict=True):
        assert isinstance(whole, list)  # a vector of integers
        factor = next(x / Fraction(str(z)) for x, z in zip(u, whole, strict=True) if z != 0)
        centre.append(t * factor)
    return centre


def _midpoint(x: Interval) -> Fraction:
    return Fraction(x.low + x.high, 2 << x.bits)


def _inverse_midpoints(
    system: System, centre: Sequence[Fraction], bits: int
) -> tuple[list[Fraction], list[list[Fraction]]]:
    """Return the values of the system at the centre and the inverse of its Jacobian there."""
    point = [Interval.around(t, t, 2 * bits) for t in centre]
    fine = replace(system, bits=2 * bits)
    values, jacobian = fine.evaluated(point)
    with precision(2 * bits):
        J = [[Ball.from_rational(_midpoint(t)) for t in row] for row in jacobian]
        inverse = [[t.centre().midpoint for t in row] for row in invert_balls(J)]
    return [_midpoint(t) for t in values], inverse


def _refined(system: System, centre: Sequence[Fraction], bits: int) -> tuple[Fraction, ...]:
    """Return the centre after Newton steps, rounded to ``3/4 bits``."""
    unit = 1 << 3 * bits // 4
    for _ in range(2 + (bits // 256).bit_length()):
        values, inverse = _inverse_midpoints(system, centre, bits)
        steps = [sum(a * v for a, v in zip(row, values, strict=True)) for row in inverse]
        moved = [Fraction(p - s) for p, s in zip(centre, steps, strict=True)]
        centre = [Fraction(round(p * unit), unit) for p in moved]
    return tuple(centre)


def _inverse(system: System, centre: Sequence[Fraction], bits: int) -> Json:
    """Return the inverse Jacobian in integers over a power of 2, to some 64 bits."""
    _, inverse = _inverse_midpoints(system, centre, bits)
    largest = max((abs(t) for row in inverse for t in row), default=Fraction(1))
    shift = max(0, 80 - floor(largest).bit_length())
    return [[[round(t * (1 << shift)) for t in row] for row in inverse], 1 << shift]


def _ends(x: Interval) -> Json:
    """Return an interval as a claim: rounded outwards to half the bits."""
    unit, scale = 1 << x.bits // 2, 1 << x.bits - x.bits // 2
    low, high = Fraction(x.low, scale), Fraction(x.high, scale)
    return [text(Fraction(floor(low), unit)), text(Fraction(ceil(high), unit))]


def _numbers(system: System, x: Numbers) -> list[Json]:
    """Return the claims of kappa, fit and objective."""
    D = system.D
    kappa = x[: D.n]
    off = [k * (1 / w) for k, w in zip(kappa, D.weights, strict=True)]
    fit = [y - t for y, t in zip(D.y, off, strict=True)]
    value = check.dot(kappa, off) * Fraction(1, 2) + check.dot(kappa, fit)
    return [
        {"claim": "dual", "kappa": list(map(_ends, kappa))},
        {"claim": "optimum", "fit": list(map(_ends, fit)), "objective": _ends(value)},
    ]


def _vertices(system: System, x: Numbers, supports: Sequence[int]) -> list[Json]:
    """Return the claim of each vertex, with the checker's own enclosures."""
    G = boxes.gammas(system, x[: system.D.n])
    claims: list[Json] = []
    for bits in supports:
        at = [a for a in range(len(system.atoms)) if bits >> a & 1]
        weights = boxes.weights_of(system, x, G, at)
        claims.append({"support": list(at), "weights": [_ends(weights[a]) for a in at]})
    return claims


def _multipliers(
    O: Optimum,
    order: Sequence[tuple[int, ...]],
    places: dict[tuple[int, tuple[int, ...]], int],
) -> list[Json]:
    """Return one entry per tope and sign: integers, or the atom and the rows that press."""
    X = O.problem.design
    bounds = {(b.pattern, b.sign): b for b in O.bounds}
    multipliers: list[Json] = []
    for pattern in order:
        for s in (1, -1):
            bound = bounds[pattern, s]
            at = [k for k, t in enumerate(bound.multiplier) if not _nothing(t)]
            if bound.tight:
                (atom,) = (
                    a
                    for a in O.atoms
                    if a.sign == s
                    and all(
                        t in (0, u)
                        for t, u, row in zip(a.covector, pattern, X, strict=True)
                        if any(row)
                    )
                )
                walls = O.arrangement.facets(pattern)
                order_of = dict.fromkeys([*at, *walls, *range(len(X))])
                first = [k for k in order_of if atom.covector[k] == 0 and any(X[k])]
                chosen = sorted(first[i] for i in independent_rows([X[k] for k in first]))
                multipliers.append([places[s, atom.covector], list(chosen)])
            elif at:
                num, den = numerators([bound.multiplier[k] for k in at])
                multipliers.append([list(at), num, den])
            else:
                multipliers.append([])
    return multipliers


def _nothing(x: Scalar) -> bool:
    return isinstance(x, Fraction) and not x


class _Walls:
    """The strict Farkas vectors (alpha, omega) of a system, found at rounded numbers."""

    def __init__(self, system: System, x: Numbers, supports: Sequence[int]) -> None:
        self.system, self.x = system, x
        self.G = boxes.gammas(system, x[: system.D.n])
        self.supports = supports
        self.masks: list[tuple[int, int, int]] = []
        self.table: list[Json] = []
        k, unit = len(system.faces), Fraction(1)
        tilts = iter([[_midpoint(t) for t in row] for row in self.G])
        self.columns: dict[int, tuple[Fraction, ...]] = {}
        for j, face in enumerate(system.faces):
            height = [unit * (i == j) for i in range(k)]
            tilt = next(tilts) if len(face.atoms) == 2 else [Fraction(0)] * len(system.U)
            for a, side in zip(face.atoms, (1, -1), strict=False):
                self.columns[a] = (*height, *(t * side for t in tilt))
        self.right = tuple(_midpoint(t) for t in x[system.D.n :])

    def serving(self, positive: int, vanishing: int) -> int | None:
        """Return a known vector that empties the leaf; None when none does."""
        del positive  # a strict vector never speaks of positive coordinates
        for index, (_, below, _) in enumerate(self.masks):
            if not below & ~vanishing:
                return index
        return None

    def found(self, missing: int | None, vanishing: int) -> int:
        """Return a new vector that proves that no point of P vanishes there."""
        assert missing is None  # the strict tree asks for empty slices only
        left = [a for a in sorted(self.columns) if not vanishing >> a & 1]
        _, w = alternative([_rounded(self.columns[a]) for a in left], _rounded(self.right))
        if not w:
            raise Undecided("a slice of the optimal polytope is empty only just")
        k = len(self.system.faces)
        omega = [Fraction(str(t)) for t in w[k:]]
        alpha = [Fraction(str(t)) for t in w[:k]]
        for j, face in enumerate(self.system.faces):
            open_ = [a for a in face.atoms if a in left]
            tilts = [
                sum(
                    (s * t for s, t in zip(omega, self.columns[a][k:], strict=True)),
                    Fraction(),
                )
                for a in open_
            ]
            if tilts:
                alpha[j] = max(-t for t in tilts)
        slack = -sum(
            (t * z for t, z in zip([*alpha, *omega], self.right, strict=True)), Fraction()
        )
        spread = 2 * sum(self.right[:k], Fraction())
        alpha = [t + slack / spread for t in alpha]
        scale = Fraction(1 << 64) / max(abs(t) for t in (*alpha, *omega, Fraction(1)))
        entries = [Fraction(round(t * scale)) for t in (*alpha, *omega)]
        self.table.append(numerators(entries, primitive=True)[0])
        self.masks += boxes.walls_of(self.system, self.x, self.G, self.table[-1:])
        if self.masks[-1][2] > 0 or self.masks[-1][1] & ~vanishing:
            raise Undecided("an empty slice of the optimal polytope is not proved empty")
        return len(self.masks) - 1


def _rounded(v: Sequence[Fraction]) -> tuple[Fraction, ...]:
    return tuple(Fraction(round(t * (1 << 60)), 1 << 60) for t in v)
