"""The optimum in balls: every decision strict and proved (level ``interval``).

Regular case: the features of all atoms are independent modulo Z. The interval Newton test
encloses (kappa, c, lambda) and proves that independence; the c are one point.

Pairs: where g and -g are tied with equal sign, ``kappa'X g = 0``. When the columns that say so are
in the span of Z this is no coincidence, and otherwise a new phase of the problem: the system in
which those columns L are fitted freely too, with the even part ``A/2``, ``A = Diag(covector) X
Pi``, for each pair, is regular. In its solution ``L'kappa = 0``, so both atoms of a pair are
tied, and the optimal set is that of :mod:`~polytope_nn.dual.fibre`. The two ends of a flat of a
free bias are such a pair, too: ``1_A`` is fitted freely, and half the difference of their
features is a multiple of it (:mod:`~polytope_nn.search.pairs`).
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.enclosures import Enclosures
from polytope_nn.dual.feasibility import feasibility
from polytope_nn.dual.fibre import OptimalBalls
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.system import Face
from polytope_nn.dual.tight import opposite, proved_atom, structural
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.problems.losses.smooth import Smooth
from polytope_nn.problems.problem import Problem

from .candidate import Candidate
from .cones.many import has_many_patterns
from .decoupled.idle import idle_atoms, rank_with, without
from .decoupled.rational import rational_unknowns
from .floats import multiplier_guess
from .programs.conic import inner_hint

if TYPE_CHECKING:
    from polytope_nn.dual.cone_tree import ConeProof

__all__ = ["enclosed_optimum", "enclosures_of", "some_weights"]


def enclosed_optimum(candidate: Candidate, bits: int) -> Optimum:
    """Return the optimum of a candidate, proved in balls.

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
    proof, idle = _with_weight(candidate, bits)
    problem = candidate.problem
    kappa = proof.parts[0]
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
    unused = idle_atoms(problem, idle, tuple(kappa))
    r = rank_with(proof, [a for members in groups for a in members], unused)
    bounds, square, known = [], problem.beta_squared, proof.known
    every = [a for members in (*groups, unused) for a in members]
    # an atom has the same w and feature in every chart through its kink
    of_charts = [
        [a for a in every if _passes(a, chart.anchor, problem.X)]
        for chart in problem.charts
    ]
    cones: tuple[ConeProof, ...] = ()
    by_cones = has_many_patterns(problem)
    if by_cones:
        from .cones.solving import enclosed_by_trees

        cones = enclosed_by_trees(problem, tuple(kappa), of_charts)
    for chart, here in () if by_cones else zip(problem.charts, of_charts, strict=True):
        tight = structural(chart.design, here, kappa, square, known)
        guess = multiplier_guess(chart.design, square)
        H = chart.arrangement
        bounds.append(
            feasibility(chart.design, square, kappa, H, tight, guess=guess).bounds
        )
    lifted = [
        replace(a, g=problem.charts[face.chart].neuron(a.g))
        for unit, members in zip(proof.units, groups, strict=True)
        for a, face in zip(members, (unit.face, unit.partner or unit.face), strict=False)
    ]
    lifted += [
        replace(a, g=problem.charts[face.chart].neuron(a.g))
        for a, face in zip(unused, idle, strict=True)
    ]
    listed = tuple(sorted(lifted, key=lambda a: a.key))
    c = some_weights(problem, proof, listed)
    return Optimum(
        problem,
        tuple(kappa),
        listed,
        c,
        tuple(bounds),
        "interval",
        r,
        proof,
        cones=cones,
    )


def _with_weight(candidate: Candidate, bits: int) -> tuple[Enclosures, tuple[Face, ...]]:
    """Return the enclosures of the units whose weight is positive, and the other faces."""
    proof = enclosures_of(candidate, bits)
    open_ = []
    for i, c in enumerate(proof.parts[1]):
        positive = _is_positive(c)
        if positive is None:
            open_.append(i)
        elif not positive:
            raise Undecided("the weight of an atom is not positive")
    if not open_:
        return proof, ()
    less, faces = without(candidate, open_)
    return enclosures_of(less.refined(bits), bits), faces


def _is_positive(c: Scalar) -> bool | None:
    """Return whether a weight is positive; None where it is 0, or may be."""
    try:
        return bool(c > 0) if sign(c) else None
    except Undecided:
        return None


def some_weights(problem: Problem, proof: Enclosures, atoms: Sequence[Atom]) -> Scalars:
    """Return one c > 0 of the optimal set, proved; floats propose the split of the pairs."""
    balls = OptimalBalls(problem, proof, tuple(atoms))
    if not proof.linear:
        return balls.only
    fibre = balls.fibre
    return balls.inner(*inner_hint(fibre.rows, fibre.right, fibre.e))


def enclosures_of(candidate: Candidate, bits: int) -> Enclosures:
    """Return the enclosures of the candidate's system; its pins are proved harmless."""
    system, problem = candidate.system, candidate.problem
    # the samples whose own loss determines their kappa have no part in this
    exact = [k for k, (t, curve) in enumerate(_losses(problem)) if not t and curve is None]
    span = [
        tuple(z[k] for k in exact)
        for z in (
            *system.free,
            *(column for V in system.factors for column in transpose(V)),
        )
    ]
    pins = [tuple(Fraction(int(i == j)) for i in exact) for j in candidate.pins]
    y = tuple(problem.y[k] for k in exact)
    size = rank(span) if pins else 0
    if pins and (rank([*span, *pins]) < size + len(pins) or rank([*span, y]) > size):
        raise Undecided("the entries of kappa that were chosen are not free")
    solution = system.enclosed(candidate.point, bits // 2)
    centre = tuple(t.midpoint for t in candidate.point)
    radius = Fraction(1, 1 << bits // 2)
    linear, basis = candidate.linear, candidate.basis
    chosen = tuple(system.y[j] - problem.y[j] for j in candidate.pins)
    return Enclosures(
        system,
        basis,
        linear,
        centre,
        radius,
        solution,
        candidate.pins,
        chosen,
        exact=rational_unknowns(system, solution),
    )


def _losses(problem: Problem) -> list[tuple[Fraction, Smooth | None]]:
    curves = problem.curves or (None,) * problem.n
    return list(zip(problem.inverse_weights, curves, strict=True))


def _passes(a: Atom, anchor: Vector | None, X: Matrix) -> bool:
    """Return whether the kink of an atom passes through the sample of a chart."""
    return anchor is None or a.covector[X.index(anchor)] == 0
