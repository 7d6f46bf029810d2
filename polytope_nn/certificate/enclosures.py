"""The producer at level ``interval``: what :mod:`~polytope_nn.checker.provers.boxes` checks.

The numbers claimed are the checker's own enclosures, rounded outwards: its system is
evaluated here with the solution found, and what it cannot prove is not claimed.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from math import floor

from polytope_nn.checker.claims.boxes import polytope as box_polytope
from polytope_nn.checker.claims.boxes.polytope import Gammas, Grouped, fit_of
from polytope_nn.checker.claims.cones.eliminated import Eliminated
from polytope_nn.checker.claims.instance import Instance
from polytope_nn.checker.claims.system.equations import System
from polytope_nn.checker.claims.system.grouping import system_of
from polytope_nn.checker.kernel.intervals import Interval, Numbers, solution
from polytope_nn.checker.kernel.numbers import Field
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.checker.lift import Lift
from polytope_nn.checker.rows import data_of as lifted
from polytope_nn.dual.atoms import Atom, Bound
from polytope_nn.dual.enclosures import Enclosures
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Ball, precision
from polytope_nn.exact.ball_matrix import invert_balls
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Matrix, Vector, text
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.geometry.arrangement import Arrangement
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.landscape.staircase import Staircase
from polytope_nn.landscape.supports import is_nothing
from polytope_nn.progress import counted

from . import check
from .exact import data_of, shape_claims
from .format import Certificate, Json, numerators
from .strict_walls import cover_of, midpoint
from .trees import Pattern, pattern_tree

__all__ = [
    "PRECISIONS",
    "atoms_claim",
    "ends",
    "faces_of",
    "first_that_serves",
    "instance_of",
    "interval_certificate",
    "locate",
    "numbers",
    "primitive",
    "rescaled",
    "tight_multipliers",
    "vertices_claim",
    "vertices_of",
]

PRECISIONS = (256, 512, 1024, 4096)  # bits of the checker's intervals, in turn
_MULTIPLIER_BITS = 128  # of one that is no fraction


def interval_certificate(P: OptimalPolytope, S: Staircase) -> Certificate:
    """Return the certificate of kind ``interval``, accepted by its checker.

    Raises
    ------
    Undecided
        When no precision tried is enough for the checker.
    """
    return first_that_serves(lambda bits: _attempt(P, S, bits))


def first_that_serves(
    attempt: Callable[[int], Certificate], tried: Sequence[int] = PRECISIONS
) -> Certificate:
    """Return the first certificate, made at growing precision, that the checker accepts."""
    refusal = None
    for bits in tried:
        try:
            check.check(certificate := attempt(bits))
        except (check.Refuted, Undecided) as error:
            refusal = error
        else:
            return certificate
    raise Undecided(
        f"the certificate in intervals of {bits} bits is refused: {refusal}; the answer is "
        f"proved, and stands without a certificate: leave it out"
    )


def _attempt(P: OptimalPolytope, S: Staircase, bits: int) -> Certificate:
    O = P.optimum
    proof = pairs_first(O.enclosures)
    data = data_of(O.training)
    D = instance_of(data)
    faces = faces_of(P.atoms, [unit.keys for unit in proof.units])
    span = [row for unit in proof.units if unit.paired for row in unit.factor]
    chosen = [span[i] for i in independent_rows(span)]
    atoms = atoms_claim(P.atoms)
    placed: dict[str, Json] = {"faces": faces, "free": primitive(chosen)}
    system = system_of(D, atoms, placed, partial(System, bits=bits, hints=Lift(D.clock)))
    x, located = locate(system, rescaled(proof.centre, chosen))
    tree, order = pattern_tree(O.arrangement)
    shape, forests = shape_claims(P.rank, P.dim, S)
    claims: list[Json] = [
        {"claim": "patterns", "count": len(order)},
        *numbers(system, x),
        atoms,
        vertices_claim(system, x, P.supports),
        *shape,
    ]
    witness: dict[str, Json] = {
        **placed,
        **located,
        "patterns": tree,
        "dual": tight_multipliers(O.arrangement, O.bounds[0], P.atoms, order),
        "cover": cover_of(system, x, P.supports),
        "components": forests,
    }
    return Certificate("interval", data, {"bits": bits}, claims, witness)


def instance_of(data: dict[str, Json], *, free: bool = False) -> Instance:
    """Return the data of a certificate as the checker reads them."""
    return Instance(lifted(data, 1, free=free), Field("Q", Clock(Limits())))


def pairs_first(proof: Enclosures | None) -> Enclosures:
    """Return the enclosures with the weights of pairs before those of single faces."""
    assert proof is not None  # the level is interval
    order = sorted(range(len(proof.units)), key=lambda i: not proof.units[i].paired)
    n, k = proof.system.n, len(order)
    at = [*range(n), *(n + i for i in order), *range(n + k, proof.system.size)]
    factors = tuple(proof.system.factors[i] for i in order)
    return replace(
        proof,
        system=replace(proof.system, factors=factors),
        units=tuple(proof.units[i] for i in order),
        centre=tuple(proof.centre[i] for i in at),
        solution=tuple(proof.solution[i] for i in at),
        exact=(),  # the places are others, and a certificate is in balls
    )


def faces_of(
    atoms: Sequence[Atom], groups: Sequence[Sequence[tuple[int, Pattern]]]
) -> list[Json]:
    """Return the atoms of each face of a system, told by sign and covector."""
    places = {(a.sign, a.covector): i for i, a in enumerate(atoms)}
    return [[*sorted(places[key] for key in keys)] for keys in groups]


def atoms_claim(atoms: Sequence[Atom]) -> Json:
    """Return the claim that lists atoms by sign and covector."""
    listed: list[Json] = [{"sign": a.sign, "covector": list(a.covector)} for a in atoms]
    return {"claim": "atoms", "list": listed}


def primitive(vectors: Sequence[Vector]) -> list[Json]:
    """Return the primitive integer multiples of vectors."""
    return [list(numerators(u, primitive=True)[0]) for u in vectors]


def rescaled(centre: Sequence[Fraction], chosen: Sequence[Vector]) -> list[Fraction]:
    """Return a centre whose last entries go with the primitive multiples of these vectors."""
    size = len(centre) - len(chosen)
    moved = list(centre[:size])
    for t, u, whole in zip(centre[size:], chosen, primitive(chosen), strict=True):
        assert isinstance(whole, list)  # a vector of integers
        factor = next(x / Fraction(str(z)) for x, z in zip(u, whole, strict=True) if z != 0)
        moved.append(t * factor)
    return moved


def locate(
    system: System | Eliminated, start: Sequence[Fraction]
) -> tuple[Numbers, dict[str, Json]]:
    """Return the checker's enclosure of the solution near a point, and what proves it."""
    centre, inverse, steepest = _refined(system, start, system.bits)
    witness: dict[str, Json] = {
        "centre": list(numerators(centre)),
        "radius": text(Fraction(1, 1 << system.bits // 2)),
        "inverse": _inverse(system, inverse, steepest),
    }
    return solution(system, witness)[0], witness


def _inverse_midpoints(
    system: System | Eliminated, centre: Sequence[Fraction], bits: int
) -> tuple[list[Fraction], list[list[Fraction]], Fraction]:
    """Return the values of the system at the centre, the inverse of its Jacobian J, max |J|."""
    point = [Interval.around(t, t, 2 * bits) for t in centre]
    fine = replace(system, bits=2 * bits)
    values = fine.values(point)
    columns = [middle for middle, _ in fine.doubled(point)]
    unit = 2 << 2 * bits
    with precision(2 * bits):
        J = [
            [Ball.from_rational(Fraction(t, unit)) for t in row]
            for row in zip(*columns, strict=True)
        ]
        inverse = [[t.centre().midpoint for t in row] for row in invert_balls(J)]
    largest = max((abs(t) for column in columns for t in column), default=0)
    return [midpoint(t) for t in values], inverse, Fraction(largest, unit)


def _refined(
    system: System | Eliminated, centre: Sequence[Fraction], bits: int
) -> tuple[tuple[Fraction, ...], list[list[Fraction]], Fraction]:
    """Return the centre after Newton steps, rounded to ``3/4 bits``; J^-1 and max |J| there."""
    unit = 1 << 3 * bits // 4
    for _ in range(2 + (bits // 256).bit_length()):
        values, inverse, steepest = _inverse_midpoints(system, centre, bits)
        moved = [p - dot(row, values) for p, row in zip(centre, inverse, strict=True)]
        before, centre = centre, [Fraction(round(p * unit), unit) for p in moved]
        if centre == before:
            return tuple(centre), inverse, steepest
    _, inverse, steepest = _inverse_midpoints(system, centre, bits)
    return tuple(centre), inverse, steepest


def _inverse(
    system: System | Eliminated, inverse: list[list[Fraction]], steepest: Fraction
) -> Json:
    """Return the inverse of the Jacobian J in integers Y over a power of 2.

    It has some 64 bits, and as many as keep ``YJ`` near the identity where J is large.
    """
    largest = max((abs(t) for row in inverse for t in row), default=Fraction(1))
    need = 20 + floor(system.size * steepest).bit_length()
    shift = max(need, 80 - floor(largest).bit_length())
    return [[[round(t * (1 << shift)) for t in row] for row in inverse], 1 << shift]


def ends(x: Interval) -> Json:
    """Return an interval as a claim: rounded outwards to half the bits."""
    half, rest = x.bits // 2, x.bits - x.bits // 2
    return [_of_halves(t, half) for t in (x.low >> rest, -(-x.high >> rest))]


def _of_halves(t: int, bits: int) -> str:
    """Return ``t / 2^bits`` as the text of a fraction."""
    shared = min(bits, (t & -t).bit_length() - 1) if t else bits
    return f"{t >> shared}/{1 << bits - shared}" if shared < bits else str(t >> bits)


def numbers(system: System, x: Numbers) -> list[Json]:
    """Return the claims of kappa, fit and objective."""
    kappa = x[: system.D.n]
    fit, value = fit_of(system.D, kappa)
    return [
        {"claim": "dual", "kappa": list(map(ends, kappa))},
        {"claim": "optimum", "fit": list(map(ends, fit)), "objective": ends(value)},
    ]


def vertices_claim(system: System, x: Numbers, supports: Sequence[int]) -> Json:
    """Return the claim of the vertices, with the checker's own enclosures."""
    return vertices_of(system, x, box_polytope.gammas(system, x[: system.D.n]), supports)


def vertices_of(S: Grouped, x: Numbers, G: Gammas, supports: Sequence[int]) -> Json:
    """Return the same of atoms in groups, by what each has beside its group."""
    found = box_polytope.Weights(S, x, G)
    listed: list[Json] = []
    for bits in counted("certificate, vertices", supports):
        at = [a for a in range(len(S.atoms)) if bits >> a & 1]
        weights = found.of(at)
        listed.append({"support": list(at), "weights": [ends(weights[a]) for a in at]})
    return {"claim": "vertices", "list": listed}


def tight_multipliers(
    H: Arrangement, bounds: Sequence[Bound], atoms: Sequence[Atom], order: Sequence[Pattern]
) -> list[Json]:
    """Return one entry per tope and sign: integers, or the atom and the rows that press.

    ``atoms`` are all, those whose kink is elsewhere as well: they lie in no closed cone.
    """
    X = H.X
    known = {(b.pattern, b.sign): b for b in bounds}
    multipliers: list[Json] = []
    for pattern in order:
        walls = H.facets(pattern)
        for s in (1, -1):
            bound = known[pattern, s]
            at = [k for k in walls if not is_nothing(bound.multiplier[k])]
            if bound.tight:
                (place,) = (
                    i
                    for i, a in enumerate(atoms)
                    if a.sign == s and _in_cone(X, a.covector, pattern)
                )
                covector = atoms[place].covector
                order_of = dict.fromkeys([*at, *walls, *range(len(X))])
                first = [k for k in order_of if covector[k] == 0 and any(X[k])]
                chosen = sorted(first[i] for i in independent_rows([X[k] for k in first]))
                multipliers.append([place, list(chosen)])
            elif at:
                num, den = numerators([_fraction(bound.multiplier[k]) for k in at])
                multipliers.append([list(at), num, den])
            else:
                multipliers.append([])
    return multipliers


def _fraction(x: Scalar) -> Fraction:
    """Return a multiplier, or a fraction near it: what it proves is strict."""
    return x if isinstance(x, Fraction) else x.enclosure(_MULTIPLIER_BITS).midpoint


def _in_cone(X: Matrix, covector: Pattern, pattern: Pattern) -> bool:
    """Return whether an atom lies in a closed cone; on a zero row its kink must pass."""
    rows = zip(X, covector, pattern, strict=True)
    return all(t in (0, u) if any(x) else t == 0 for x, t, u in rows)
