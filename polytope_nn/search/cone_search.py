"""The dual optimum of a training problem by trees of cones: no list of topes, any n.

Floats find a support (:mod:`~polytope_nn.search.cones.pools.pool`); its faces give the reduced
system (:mod:`~polytope_nn.dual.eliminated.reduced`), refined to many bits. A kappa that then looks
rational is verified exactly, else Krawczyk's test encloses it and the tree is proved in balls,
where all atoms must be known to be tight: those of the support by the system, others only where
their pull is plus or minus one of these, modulo what is fitted freely.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from polytope_nn.dual.cone_form import ConeForm, cone_form
from polytope_nn.dual.cone_optimum import ConeOptimum, verified_by_cones
from polytope_nn.dual.eliminated.reduced import Reduced
from polytope_nn.dual.peaks import PeakGuess
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball, Balls
from polytope_nn.exact.linear import rank, solve
from polytope_nn.exact.rational import Matrix, Vector, approximate_root, unit_vector
from polytope_nn.exact.recognise import guess_rational
from polytope_nn.exact.scalar import dot
from polytope_nn.limits import Limits, limits_of
from polytope_nn.progress import counted

from .cones.asked import ConeProblem, in_floats
from .cones.feasible import cone_feasibility
from .cones.floats import FloatForm
from .cones.growing import Allowance
from .cones.linear import faces_of_either_phase
from .cones.opposite import units_of
from .cones.pools.pool import pooled
from .cones.pools.problem import FloatProblem, Support
from .cones.searching import maxima

__all__ = [
    "Searched",
    "found_by_cones",
    "optimum_of",
    "supported",
    "without_neurons",
]

_NEAR = 1e-7  # maxima this close to beta, beside the support, may be idle atoms


def found_by_cones(problem: ConeProblem, limits: Limits | None = None) -> ConeOptimum:
    """Return the dual optimum of a problem with all atoms, found and proved.

    Raises
    ------
    Undecided
        When no support is found, or a decision about what was found is missing.
    """
    limits = limits_of(limits)
    return without_neurons(problem) or optimum_of(
        problem, supported(problem, limits), limits
    )


def without_neurons(problem: ConeProblem) -> ConeOptimum | None:
    """Return the dual optimum where no neuron is worth its price, else None."""
    try:
        return _verified(problem, _alone(problem))
    except NotOptimal:
        return None


@dataclass(frozen=True)
class Searched:
    """A problem in floats, the usual length of its rows, and the support that was found."""

    floats: FloatProblem
    scale: Fraction
    support: Support


def supported(
    problem: ConeProblem, limits: Limits, allowed: Allowance | None = None
) -> Searched:
    """Return the support of the dual optimum, in floats; raise :class:`Undecided` for none.

    With so many cones ``allowed`` it is what is found by then, settled or not.
    """
    limits.progress(f"searching the directions of {len(problem.y)} samples by cones")
    floats, scale = in_floats(problem)
    found = pooled(floats, faces_of_either_phase, allowed=allowed)
    return Searched(floats, scale, found)


def _alone(problem: ConeProblem) -> Vector:
    """Return the dual variable of the best fit by the free columns alone."""
    if not problem.columns:
        return tuple(w * t for w, t in zip(problem.weights, problem.y, strict=True))
    Z = problem.columns
    gram = [
        [dot([w * t for w, t in zip(problem.weights, a, strict=True)], b) for b in Z]
        for a in Z
    ]
    right = [
        dot([w * t for w, t in zip(problem.weights, a, strict=True)], problem.y) for a in Z
    ]
    a = solve(gram, right)
    assert a is not None  # normal equations are solvable
    fit = [dot(a, column) for column in zip(*Z, strict=True)]
    rows = zip(problem.weights, problem.y, fit, strict=True)
    return cast("Vector", tuple(w * (t - z) for w, t, z in rows))


def _verified(problem: ConeProblem, kappa: Sequence[Fraction]) -> ConeOptimum:
    """Return the optimum of a rational kappa; :class:`NotOptimal` when it is none."""
    form = cone_form(problem.rows, kappa, problem.beta_squared, free_bias=problem.free_bias)
    return verified_by_cones(problem, tuple(kappa), cone_feasibility(form))


def optimum_of(
    problem: ConeProblem, searched: Searched, limits: Limits, *, rational: bool = False
) -> ConeOptimum:
    """Return the dual optimum of the support that was found, proved.

    With ``rational`` a kappa that is not rational is Undecided, and not proved in balls.

    Raises
    ------
    Undecided
        When a decision about it is missing.
    """
    floats, scale, support = searched.floats, searched.scale, searched.support
    limits.progress(f"{len(support.tops)} atoms in use; looking at kappa")
    beta = approximate_root(problem.beta_squared)
    form = cone_form(
        problem.rows,
        (Fraction(0),) * len(problem.y),
        problem.beta_squared,
        free_bias=problem.free_bias,
    )
    base = floats.at(support.kappa)
    guesses = [
        top.guess(base.turned(s), s, tight=True)
        for s, top in zip(support.signs, support.tops, strict=True)
    ]
    factors = tuple(_factor(form, g) for g in counted("looking at kappa, atoms", guesses))
    units = units_of(problem, guesses, support, factors)
    system = Reduced(
        problem.y, problem.weights, problem.beta_squared, units.factors, units.free, beta
    )
    roots = [approximate_root(w) for w in problem.weights]
    kappa = [
        Fraction(float(t)) * w * beta / scale
        for t, w in zip(support.kappa, roots, strict=True)
    ]
    start = [
        dot(column, kappa) / beta for V in units.factors for column in zip(*V, strict=True)
    ]
    # c counts g: the float weight is c |g|, with |g| = beta and lengths over scale
    near = [Fraction(float(c)) / scale**2 for c in support.weights]
    start += units.sums(near)
    bits = limits.bits
    point = system.refined(start, bits)
    guess = _rational(system.kappa(point, bits), bits, beta / scale)
    if guess is not None:
        try:
            return _verified(problem, guess)
        except NotOptimal:
            pass  # a wrong guess: the number is not rational
    if rational:
        raise Undecided("kappa, found by cones, is not rational")
    solution = system.enclosed(point, bits)
    enclosed = cone_form(
        problem.rows, solution.kappa, problem.beta_squared, free_bias=problem.free_bias
    )
    fit = tuple(
        y - k / w
        for y, k, w in zip(problem.y, solution.kappa, problem.weights, strict=True)
    )
    weights = units.weights(solution, fit, near, bits)
    idle = _idle(units.free, form, _near(base, support), guesses, factors)
    proof = cone_feasibility(enclosed, [*guesses, *idle])
    return ConeOptimum(
        problem.y,
        problem.weights,
        problem.beta_squared,
        solution.kappa,
        weights,
        proof,
        "interval",
    )


def _rational(kappa: Balls, bits: int, unit: Fraction) -> Vector | None:
    """Return the simplest fractions near kappa, or None when they are not simple."""
    error = unit / (1 << bits - 24)
    found = []
    for t in kappa:
        x = guess_rational(
            Ball.from_interval(t.midpoint - error, t.midpoint + error, 2 * bits)
        )
        if x is None:
            return None
        found.append(x)
    return tuple(found)


def _factor(form: ConeForm, guess: PeakGuess) -> Matrix:
    """Return V of a face, shape (n, penalised), exactly: ``sign V'kappa`` is its p."""
    D, d = form.dim, form.penalised
    T = [[Fraction(t) for t in form.rows[k]] for k in guess.pressing]
    size = D + len(T)
    K = [[Fraction(int(i == j and i < d)) for j in range(size)] for i in range(size)]
    for i, row in enumerate(T):
        for j, t in enumerate(row):
            K[D + i][j] = K[j][D + i] = t
    S = []
    for j in range(d):
        column = solve(K, unit_vector(j, size))
        if column is None:
            raise Undecided("a direction on rows that do not fix its bias")
        S.append(cast("Vector", column)[:D])
    pressing = set(guess.pressing)
    rows = []
    zero = (Fraction(0),) * d
    images = {}
    for place, factor in zip(form.places, form.factors, strict=True):
        if place < 0 or place in pressing or guess.signs[place] * factor < 0:
            rows.append(zero)
            continue
        if place not in images:
            images[place] = tuple(
                sum(
                    (s * t for s, t in zip(column, form.rows[place], strict=True)),
                    Fraction(0),
                )
                for column in S
            )
        rows.append(tuple(t * factor for t in images[place]))
    return tuple(rows)


def _idle(
    free: Sequence[Vector],
    form: ConeForm,
    near: Iterable[PeakGuess],
    guesses: Sequence[PeakGuess],
    factors: Sequence[Matrix],
) -> list[PeakGuess]:
    """Return the atoms beside the support that are tight whatever kappa is.

    With ``V = +-V_a`` modulo what is fitted freely, ``V'kappa = +-V_a'kappa``.
    """
    found: list[PeakGuess] = []
    Z = list(free)
    for guess in near:
        known = [*guesses, *found]
        if any(g.sign == guess.sign and _same(g, guess) for g in known):
            continue
        V = _factor(form, guess)
        for W in factors:
            for turn in (1, -1):
                off = [
                    tuple(a - turn * b for a, b in zip(v, w, strict=True))
                    for v, w in zip(zip(*V, strict=True), zip(*W, strict=True), strict=True)
                ]
                if not any(any(x) for x in off) or (Z and rank([*Z, *off]) == rank(Z)):
                    found.append(guess)
                    break
            else:
                continue
            break
    return found


def _same(a: PeakGuess, b: PeakGuess) -> bool:
    near = {*a.near, *b.near}
    return all(
        s == t or k in near for k, (s, t) in enumerate(zip(a.signs, b.signs, strict=True))
    )


def _near(base: FloatForm, support: Support) -> Iterator[PeakGuess]:
    """Yield the local maxima that are beta up to rounding."""
    for side in (1, -1):
        known = [
            top for s, top in zip(support.signs, support.tops, strict=True) if s == side
        ]
        for top in maxima(base.turned(side), _NEAR, known):
            yield top.guess(base.turned(side), side, tight=True)
