"""The optimal set of an interpolation in balls: every decision strict and proved.

Regular case: the features of all atoms are independent modulo Z. The interval Newton test
encloses (kappa, c, lambda) and proves that independence; the c are one point.

Pairs: where g and -g are tied with equal sign, ``kappa'X g = 0``. When the columns that say so are
in the span of Z this is no coincidence, and otherwise a new phase of the problem: the system in
which those columns L are fitted freely too, with the even part ``A/2``, ``A = Diag(covector) X
Pi``, for each pair, is regular. In its solution ``L'kappa = 0``, so both atoms of a pair are
tied; e_j is the total weight of a pair, and with ``t_j`` the difference of the two weights
the optimal set is ``{|t_j| <= e_j, sum_j t_j sign_j X g_j / 2 = L lambda  modulo Z}``: a box
when L is in the span of Z, else a fibre of a zonotope
(:mod:`~polytope_nn.geometry.zonotope`). The two ends of a flat of a free bias are such a pair, too:
``1_A`` is fitted freely, and half the difference of their features is a multiple of it
(:mod:`~polytope_nn.search.pairs`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.feasibility import feasibility
from polytope_nn.dual.system import Candidate, Semidefinite, Unit
from polytope_nn.dual.tight import opposite, proved_atom, structural
from polytope_nn.dual.vanishing import LinearForms
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls, solve_balls
from polytope_nn.exact.linear import independent_rows, rank, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.zonotope import Fibre
from polytope_nn.landscape.optimal_set import MOST_VERTICES, Interpolation
from polytope_nn.problems.interpolation import InterpolationProblem

from .conic import inner_hint

__all__ = ["Enclosures", "enclosed_interpolation"]


@dataclass(frozen=True)
class Enclosures:
    """The proof that the numbers exist: a system, and the box its one solution lies in.

    ``units`` are the faces, or pairs of them, whose factors the system has;
    ``linear`` the columns that pairs add to Z; ``pins`` the entries of kappa that were
    chosen, and ``chosen`` their values.
    """

    system: Semidefinite
    units: tuple[Unit, ...]
    linear: tuple[Vector, ...]
    centre: Vector
    radius: Fraction
    solution: Balls
    pins: tuple[int, ...]
    chosen: Vector

    @property
    def paired(self) -> frozenset[tuple[int, ...]]:
        """The keys of the atoms that come with their opposites."""
        return frozenset(
            (-unit.face.sign, *(side * t for t in unit.face.covector))
            for unit in self.units
            if unit.opposite
            for side in (1, -1)
        )

    @property
    def parts(self) -> tuple[Sequence[Scalar], ...]:
        """The enclosures of kappa, of the weights, and of lambda."""
        return self.system.split(self.solution)

    @cached_property
    def known(self) -> LinearForms:
        """The linear forms of kappa, with what is known of them."""
        pinned = dict(zip(self.pins, self.chosen, strict=True))
        return LinearForms(
            tuple(pinned.get(j, t) for j, t in enumerate(self.parts[0])),
            self.system.free,
            self.system.factors,
        )


def enclosed_interpolation(candidate: Candidate, bits: int) -> Interpolation:
    """Return the optimal set, proved in balls.

    Raises
    ------
    Undecided
        When tied directions have dependent features, or a decision is not strict.
    """
    represented = sum(2 if unit.paired else 1 for unit in candidate.basis)
    if represented < len(candidate.faces):
        raise Undecided(
            f"{len(candidate.faces)} directions are tied, and their features are more "
            f"dependent than pairs explain: ties that balls cannot prove"
        )
    proof = _enclosures(candidate, bits)
    problem = candidate.search.problem
    kappa, weights, _ = proof.parts
    if not all(c > 0 for c in weights):
        raise Undecided("the weight of an atom is not positive")
    groups: list[list[Atom]] = []  # the atoms of each unit, directions in their chart
    for unit, V in zip(proof.units, proof.system.factors, strict=True):
        X = problem.charts[unit.face.chart].design
        a = proved_atom(X, unit.face.key, V, kappa)
        groups.append([a])
        if unit.opposite:
            groups[-1].append(opposite(X, a))
        elif unit.partner is not None:
            design = problem.charts[unit.partner.chart].design
            groups[-1].append(proved_atom(design, unit.partner.key, V, kappa))
    bounds, square, known = [], problem.beta_squared, proof.known
    for chart in problem.charts:
        # an atom has the same w and feature in every chart through its kink
        every = (a for members in groups for a in members)
        here = [a for a in every if _passes(a, chart.anchor, problem.X)]
        tight = structural(chart.design, here, kappa, square, known)
        H = chart.arrangement
        bounds.append(feasibility(chart.design, square, kappa, H, tight).bounds)
    lifted = [
        replace(a, g=problem.charts[face.chart].neuron(a.g))
        for unit, members in zip(proof.units, groups, strict=True)
        for a, face in zip(members, (unit.face, unit.partner or unit.face), strict=False)
    ]
    order = sorted(range(len(lifted)), key=lambda i: lifted[i].key)
    place = {i: at for at, i in enumerate(order)}
    numbers = iter(range(len(lifted)))
    members_of = [tuple(place[next(numbers)] for _ in group) for group in groups]
    inner, missing = None, ""
    try:
        classes, masses = _polytope(problem, proof, groups, members_of)
    except Undecided as reason:
        classes, masses = tuple((a,) for a in range(len(lifted))), ()
        inner, missing = _inner(problem, proof, groups, members_of), str(reason)
    return Interpolation(
        problem,
        tuple(kappa),
        tuple(lifted[i] for i in order),
        tuple(bounds),
        classes,
        masses,
        len(weights) + len(proof.linear),
        "interval",
        proof,
        inner,
        missing,
    )


def _enclosures(candidate: Candidate, bits: int) -> Enclosures:
    """Return the enclosures of the candidate's system; its pins are proved harmless."""
    system, problem = candidate.system, candidate.search.problem
    span = [*system.free, *(column for V in system.factors for column in transpose(V))]
    pins = [tuple(Fraction(int(i == j)) for i in range(problem.n)) for j in candidate.pins]
    size = rank(span)
    if pins and (
        rank([*span, *pins]) < size + len(pins) or rank([*span, problem.y]) > size
    ):
        raise Undecided("the entries of kappa that were chosen are not free")
    solution = system.enclosed(candidate.point, bits // 2)
    centre = tuple(t.midpoint for t in candidate.point)
    radius = Fraction(1, 1 << bits // 2)
    linear, basis = candidate.linear, candidate.basis
    chosen = tuple(system.y[j] - problem.y[j] for j in candidate.pins)
    return Enclosures(
        system, basis, linear, centre, radius, solution, candidate.pins, chosen
    )


def _polytope(
    problem: InterpolationProblem,
    proof: Enclosures,
    groups: Sequence[Sequence[Atom]],
    members_of: Sequence[tuple[int, ...]],
) -> tuple[tuple[tuple[int, ...], ...], tuple[Scalars, ...]]:
    """Return the classes of atoms, and the vertices of their total weights."""
    weights = proof.parts[1]
    if not proof.linear:
        listed = sorted(
            (tuple(sorted(members)), c)
            for members, c in zip(members_of, weights, strict=True)
        )  # no two classes share an atom: the weights are never compared
        return tuple(m for m, _ in listed), (tuple(c for _, c in listed),)
    fibre, pairs = _fibre(problem, proof, groups)
    found, size = [], sum(map(len, members_of))
    for ends, t in fibre.vertices(MOST_VERTICES):
        found.append(_weights(proof, pairs, members_of, fibre.coordinates(ends, t)))
    if not found:
        raise Undecided("the opposite pairs do not reach the linear part of the fit")
    found.sort(key=lambda c: [a for a, x in enumerate(c) if not _nothing(x)])
    return tuple((a,) for a in range(size)), tuple(found)


def _inner(
    problem: InterpolationProblem,
    proof: Enclosures,
    groups: Sequence[Sequence[Atom]],
    members_of: Sequence[tuple[int, ...]],
) -> Scalars:
    """Return a point of the fibre strictly inside of all intervals, proved in balls.

    Floating point proposes the coordinates outside of a basis; balls solve for the others.
    """
    fibre, pairs = _fibre(problem, proof, groups)
    proposed, basis = inner_hint(fibre.rows, fibre.right, fibre.e)
    t: list[Scalar] = list(proposed)
    fixed = [j for j in range(len(t)) if j not in basis]
    right = [
        b - dot([row[j] for j in fixed], [t[j] for j in fixed])
        for row, b in zip(fibre.rows, fibre.right, strict=True)
    ]
    square = [[row[j] for j in basis] for row in fibre.rows]
    for j, x in zip(basis, solve_balls(square, right), strict=True):
        t[j] = x
    if not all(-e < x < e for x, e in zip(t, fibre.e, strict=True)):
        raise Undecided("no point with all atoms in use was found for the linear part")
    split = [w for x, e in zip(t, fibre.e, strict=True) for w in ((e + x) / 2, (e - x) / 2)]
    return _weights(proof, pairs, members_of, split)


def _weights(
    proof: Enclosures,
    pairs: Sequence[int],
    members_of: Sequence[tuple[int, ...]],
    split: Sequence[Scalar],
) -> Scalars:
    """Return the weights of all atoms, those of the pairs given two by two."""
    c: list[Scalar] = [Fraction(0)] * sum(map(len, members_of))
    for i, x in enumerate(proof.parts[1]):
        if i not in pairs:
            c[members_of[i][0]] = x
    for at, i in enumerate(pairs):
        forward, backward = members_of[i]
        c[forward], c[backward] = split[2 * at], split[2 * at + 1]
    return tuple(c)


def _fibre(
    problem: InterpolationProblem, proof: Enclosures, groups: Sequence[Sequence[Atom]]
) -> tuple[Fibre, list[int]]:
    """Return the fibre of the differences t of the pairs, and the places of the pairs."""
    _, weights, free = proof.parts
    pairs = [i for i, unit in enumerate(proof.units) if unit.paired]
    added = free[len(free) - len(proof.linear) :]
    # the linear part, modulo Z, on a set of functionals that determine it
    quotient = problem.quotient
    columns = [[dot(row, z) for row in quotient] for z in proof.linear]
    chosen = independent_rows(transpose(columns))
    pulls = [_difference(problem, proof.units[i], groups[i]) for i in pairs]
    rows = tuple(tuple(fit[k] / 2 for fit in pulls) for k in chosen)
    right = tuple(dot([column[k] for column in columns], added) for k in chosen)
    spans = tuple(_span(problem, proof.units[i]) for i in pairs)
    if len(pairs) < len(rows):
        raise Undecided("the opposite pairs do not span the linear part of the fit")
    e = tuple(weights[i] for i in pairs)
    return Fibre(rows, right, e, spans, _lines(proof, pairs)), pairs


def _lines(proof: Enclosures, pairs: Sequence[int]) -> tuple[int, ...]:
    """Return for each pair the first pair with the same direction, up to sign.

    With a free bias two kinks of one direction w, at two samples, may both come with their
    opposites. The differences of features are the same multiple of X w then, modulo constants.
    """
    found: list[int] = []
    for i in pairs:
        alike = (j for j in found if _same_line(proof, i, j))
        found.append(next(alike, i))
    return tuple(found)


def _same_line(proof: Enclosures, i: int, j: int) -> bool:
    """Return whether two units are opposite pairs of one direction, proved, up to sign."""
    mine, other = proof.units[i], proof.units[j]
    if not (mine.opposite and other.opposite) or mine.face.chart == other.face.chart:
        return False
    columns, others = (list(zip(*proof.system.factors[k], strict=True)) for k in (i, j))
    return any(
        all(
            proof.known.vanishes(tuple(s + side * t for s, t in zip(p, q, strict=True)))
            for p, q in zip(columns, others, strict=True)
        )
        for side in (1, -1)
    )


def _difference(
    problem: InterpolationProblem, unit: Unit, members: Sequence[Atom]
) -> Scalars:
    """Return the difference of the two features of a unit, modulo Z; 0 where it is in Z."""
    if not _span(problem, unit):
        return (Fraction(0),) * len(problem.quotient)
    first, second = (a.feature for a in members)
    gap = [s - t for s, t in zip(first, second, strict=True)]
    return tuple(dot(row, gap) for row in problem.quotient)


def _span(problem: InterpolationProblem, unit: Unit) -> Matrix:
    """Return independent vectors, modulo Z, whose span has it whatever kappa is."""
    if unit.column is not None:
        images = [unit.column]
    else:
        X = problem.charts[unit.face.chart].design
        images = [tuple(dot(x, u) for x in X) for u in unit.factor]
    reduced = [tuple(dot(row, fit) for row in problem.quotient) for fit in images]
    return tuple(reduced[i] for i in independent_rows(reduced))


def _nothing(x: Scalar) -> bool:
    return isinstance(x, Fraction) and x == 0


def _passes(a: Atom, anchor: Vector | None, X: Matrix) -> bool:
    """Return whether the kink of an atom passes through the sample of a chart."""
    return anchor is None or a.covector[X.index(anchor)] == 0
