"""The optimum in balls: every decision strict and proved (level ``interval``).

Regular case: the atoms are the k faces of the basis. The interval Newton test encloses
(kappa, c), proves the features independent, and everything else is a strict inequality.

When the atoms are more than their rank see :mod:`~polytope_nn.search.free_linear`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, cast

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls
from polytope_nn.exact.linear import independent_rows, rank, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.geometry.lines import word

from .atoms import Atom, Bound, atom, multipliers
from .atoms import covector as sign_vector
from .feasibility import Tight, feasibility
from .optimum import Optimum, fit_of
from .resolvent import Resolvent
from .vanishing import LinearForms

if TYPE_CHECKING:
    from polytope_nn.limits import Limits
    from polytope_nn.search.finding import Candidate, Face

__all__ = [
    "Enclosure",
    "enclosed",
    "interval_optimum",
    "opposite",
    "proved_atom",
    "require_positive",
    "solved",
    "structural",
]


@dataclass(frozen=True)
class Enclosure:
    """The proof that the numbers exist: a system, and the box its one solution lies in.

    ``faces`` are the (sign, covector) whose factors the system has; ``centre`` and
    ``radius`` the box of the interval Newton test, shape (size,); ``solution`` the
    enclosure it gives. The first ``pairs`` faces stand for themselves and
    their negatives (the free-linear phase); the system's free part is their span.
    """

    system: Resolvent
    faces: "tuple[Face, ...]"
    centre: tuple[Fraction, ...]
    radius: Fraction
    solution: Balls
    pairs: int = 0

    @cached_property
    def parts(self) -> tuple[Sequence[Scalar], ...]:
        """The enclosures of kappa, of the weights, and of lambda.

        Entries of kappa that the system proves to be rational are fractions.
        """
        kappa, weights, free = self.system.split(self.solution)
        known = self.system.known(kappa)
        return tuple(known.get(k, t) for k, t in enumerate(kappa)), weights, free


def enclosed(candidate: "Candidate", ties: "Sequence[Face]", limits: "Limits") -> Optimum:
    """Return the optimum whose atoms are the faces of the basis, proved in balls.

    Raises
    ------
    Undecided
        When a face outside the basis is tied, or a decision is not strict.
    """
    search = candidate.search
    system = search.system(candidate.basis)
    others = [f for f in ties if f not in candidate.basis]
    idle = [_idle_atom(search.X, f, system) for f in others]
    tied = [f for f, a in zip(others, idle, strict=True) if a is None]
    if tied:
        raise Undecided(
            f"whether {len(candidate.basis) + len(tied)} directions reach beta: they do to "
            f"{limits.bits // 2} bits, and {len(candidate.basis)} of them have independent "
            f"features: ties that balls cannot prove"
        )
    bits = limits.bits // 2
    proof = solved(system, candidate.basis, candidate.point, bits, search.floats.unit)
    kappa, weights, _ = proof.parts
    require_positive(weights)
    atoms = [
        proved_atom(search.X, face, V, kappa)
        for face, V in zip(proof.faces, proof.system.factors, strict=True)
    ]
    # on the silent samples the fit is 0, so atoms that live there have weight 0 on P
    extra = [a for a in idle if a is not None]
    r = len(atoms) + rank([a.feature for a in extra])
    c = (*weights, *[Fraction(0)] * len(extra))
    return interval_optimum(candidate, proof, atoms + extra, c, r)


def require_positive(weights: Sequence[Scalar]) -> None:
    """Return if all weights are positive; Undecided when that is not proved."""
    try:
        positive = all(c > 0 for c in weights)
    except Undecided:
        positive = False
    if not positive:
        raise Undecided("whether a weight of the basis is positive")


def _idle_atom(X: Matrix, face: "Face", system: Resolvent) -> Atom | None:
    """Return the atom of a face that is active at silent samples only, proved; else None."""
    silent = system.silent
    if any(
        s == 1 and any(x) and k not in silent
        for k, (s, x) in enumerate(zip(face[1], X, strict=True))
    ):
        return None
    kappa = tuple(silent.get(k, Fraction(0)) for k in range(len(X)))
    a = atom(X, kappa, *face)
    exact = squared_norm(a.g) == system.beta_squared and sign_vector(X, a.g) == face[1]
    return a if exact else None


def solved(
    system: Resolvent, faces: "Sequence[Face]", point: Balls, bits: int, unit: Fraction
) -> Enclosure:
    """Return the proof that a system has one solution near a refined point."""
    solution = system.enclosed(point, bits, unit)
    centre = tuple(t.midpoint for t in point)
    return Enclosure(system, tuple(faces), centre, unit / (1 << bits), solution)


def proved_atom(X: Matrix, face: "Face", V: Matrix, kappa: Sequence[Scalar]) -> Atom:
    """Return the atom of a face whose ``|g| = beta`` the system proves; check its signs."""
    s, covector = face
    g = tuple(dot(column, kappa) * s for column in transpose(V))
    for x, expected in zip(X, covector, strict=True):
        try:
            met = not expected or sign(dot(x, g)) == expected
        except Undecided:
            met = False
        if not met:
            raise Undecided(
                f"whether the direction of pattern {word(covector)} lies on its face"
            )
    return Atom(s, covector, g, _feature(X, s, covector, g))


def opposite(X: Matrix, a: Atom) -> Atom:
    """Return the atom of the opposite direction and the same sign."""
    covector, g = tuple(-t for t in a.covector), tuple(-t for t in a.g)
    return Atom(a.sign, covector, g, _feature(X, a.sign, covector, g))


def _feature(X: Matrix, s: int, covector: tuple[int, ...], g: Scalars) -> Scalars:
    rows = zip(X, covector, strict=True)
    return tuple(dot(x, g) * s if t == 1 else Fraction(0) for x, t in rows)


def structural(
    X: Matrix,
    atoms: Sequence[Atom],
    kappa: Sequence[Scalar],
    beta_squared: Fraction,
    known: LinearForms | None = None,
) -> Tight:
    """Return the decision of a bound that is tight at a known atom, in balls.

    ``known`` tells when a linear form of kappa is 0.
    """
    value = (known or LinearForms(tuple(kappa))).value

    def decide(
        pattern: tuple[int, ...], s: int, facets: tuple[int, ...], guess: tuple[int, ...]
    ) -> tuple[Bound, Atom | None]:
        named = word(pattern)
        inside = [
            a
            for a in atoms
            if a.sign == s
            and all(
                t in (0, u)
                for t, u, x in zip(a.covector, pattern, X, strict=True)
                if any(x)
            )
        ]
        if len(inside) != 1:
            raise Undecided(
                f"whether |g|^2 < beta^2 = {beta_squared} on pattern {named}, sign {s:+d}: "
                f"it is equal or very close"
            )
        a = inside[0]
        forms = _balanced(X, pattern, a, [*guess, *facets])
        mu = {k: value(form) for k, form in forms.items()}
        try:
            positive = all(t >= 0 for t in mu.values())
        except Undecided:
            positive = False
        if not positive:
            raise Undecided(
                f"whether a multiplier on pattern {named}, sign {s:+d}, is >= 0"
            )
        full = tuple(mu.get(k, Fraction(0)) for k in range(len(X)))
        return Bound(pattern, s, full, tight=True), a

    return decide


def _balanced(
    X: Matrix, pattern: tuple[int, ...], a: Atom, preferred: Sequence[int]
) -> dict[int, Vector]:
    """Return linear forms mu of kappa on independent rows with ``g - p = sum mu_k s_k x_k``.

    The difference is ``-sign * sum kappa_i (I - Pi) x_i`` over the active rows, and each
    ``(I - Pi) x_i`` has rational coordinates in the rows where ``X g = 0``.
    """
    flat = [k for k in dict.fromkeys(preferred) if a.covector[k] == 0]
    chosen = [flat[i] for i in independent_rows([X[k] for k in flat])]
    rows = {k: tuple(pattern[k] * t for t in X[k]) for k in chosen}
    nothing = dict.fromkeys(chosen, Fraction(0))
    parts = [
        cast("dict[int, Fraction]", multipliers(rows, x, chosen)) if t == 1 else nothing
        for t, x in zip(pattern, X, strict=True)
    ]
    return {k: tuple(part[k] * a.sign for part in parts) for k in chosen}


def interval_optimum(
    candidate: "Candidate",
    proof: Enclosure,
    atoms: Sequence[Atom],
    weights: Sequence[Scalar],
    r: int,
) -> Optimum:
    """Return the optimum once dual feasibility is proved, atoms in their order."""
    search = candidate.search
    problem, X, H = search.problem, search.X, search.H
    kappa = tuple(proof.parts[0])
    system = proof.system
    known = LinearForms(kappa, system.free, system.factors)
    tight = structural(X, atoms, kappa, problem.beta_squared, known)
    feasible = feasibility(X, problem.beta_squared, kappa, H, tight)
    # each proved covector is that of its direction, so some closed tope has the atom (T2)
    assert len(feasible.atoms) == len(atoms)
    order = sorted(range(len(atoms)), key=lambda i: atoms[i].key)
    c = tuple(weights[i] for i in order)
    listed = tuple(atoms[i] for i in order)
    fit = fit_of(problem, kappa)
    return Optimum(problem, kappa, listed, c, feasible.bounds, "interval", r, fit, H, proof)
