"""The optimum in balls: every decision strict and proved (level ``interval``).

Regular case: the atoms are the k faces of the basis. The interval Newton test encloses
(kappa, c), proves the features independent, and everything else is a strict inequality.

Free-linear phase (THEORY §10): when ``X'kappa = 0`` the atoms come in pairs ``(g, -g)`` of
one sign, more of them than their rank, and no enclosure of kappa can prove those ties. The
problem with a freely fitted linear part can: with ``A_j = Diag(covector_j) X Pi_j`` its
equations are ``W^-1 kappa + sum_j e_j (A_j A_j'/4) kappa + Z lambda = y``,
``|A_j'kappa/2|^2 = beta^2``, ``Z'kappa = 0`` (Z: independent columns of X), a regular system.
In its solution ``X'kappa = 0`` holds by construction, hence both of
``sign * (+-A_j'kappa/2)`` are tight, the features span ``{|X g_j|, X g_j}``, and P is the fibre
``{|t_j| <= e_j, sum_j t_j sign_j X g_j / 2 = Z lambda}`` of a zonotope. When only some atoms
come in pairs, X'kappa vanishes on the span of those: Z is X times a basis of that span, and
the other atoms keep their own factors and weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls, solve_balls
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign

from .atoms import Atom, Bound, multipliers
from .feasibility import Tight, feasibility
from .fibre import Fibre
from .optimum import Optimum, fit_of
from .resolvent import Resolvent, factor

if TYPE_CHECKING:
    from .finding import Candidate, Face
    from .limits import Limits

__all__ = ["Enclosure", "ball_vertices", "enclosed", "enclosed_free_linear"]


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

    @property
    def parts(self) -> tuple[Sequence[Scalar], ...]:
        """The enclosures of kappa, of the weights, and of lambda."""
        return self.system.split(self.solution)


def enclosed(candidate: "Candidate", ties: "Sequence[Face]", limits: "Limits") -> Optimum:
    """Return the optimum whose atoms are the faces of the basis, proved in balls.

    Raises
    ------
    Undecided
        When a face outside the basis is tied, or a decision is not strict.
    """
    if len(ties) > len(candidate.basis):
        raise Undecided(
            f"{len(ties)} directions reach beta to {limits.bits // 2} bits, and only "
            f"{len(candidate.basis)} of them have independent features: ties that balls "
            f"cannot prove"
        )
    search = candidate.search
    system = search.system(candidate.basis)
    bits = limits.bits // 2
    proof = _solved(system, candidate.basis, candidate.point, bits, search.unit)
    kappa, weights, _ = proof.parts
    X = search.X
    atoms = [
        _proved_atom(X, face, V, kappa)
        for face, V in zip(proof.faces, proof.system.factors, strict=True)
    ]
    if not all(c > 0 for c in weights):
        raise Undecided("a weight of the basis is not positive")
    return _optimum(candidate, proof, atoms, weights, len(atoms))


def enclosed_free_linear(
    candidate: "Candidate", ties: "Sequence[Face]", limits: "Limits"
) -> Optimum:
    """Return the optimum in the free-linear phase ``X'kappa = 0``, proved in balls.

    Raises
    ------
    Undecided
        When the atoms do not come in opposite pairs, or a decision is not strict.
    """
    X, problem = candidate.search.X, candidate.search.problem
    pairs = [face for face in ties if _negated(face) in ties]
    factors = {face: _paired_factor(X, face[1]) for face in pairs if _ahead(face)}
    # the row space part of the span of the pairs: where X'kappa vanishes
    span = [row for V in factors.values() for row in V]
    basis = [span[i] for i in independent_rows(span)]
    free = tuple(tuple(dot(x, u) for x in X) for u in basis)
    middle = [t.midpoint for t in candidate.kappa]
    if not pairs or not all(_nearly_zero(z, middle, limits.bits // 2) for z in free):
        raise Undecided("the tied directions are not opposite pairs with X'kappa = 0")
    single = [face for face in ties if face not in pairs]
    factors |= {face: factor(X, face[1]) for face in single}
    inverse = tuple(1 / w for w in problem.weights)
    system = Resolvent(
        problem.y, inverse, problem.beta_squared, tuple(factors.values()), free
    )
    unit = candidate.search.unit
    start = system.refined(_paired_start(system, candidate.kappa), limits.bits, unit)
    proof = _solved(system, tuple(factors), start, limits.bits // 2, unit)
    proof = replace(proof, pairs=len(pairs) // 2)
    kappa, weights, _ = proof.parts
    if not all(e > 0 for e in weights):
        raise Undecided(
            "the weight of an atom, or of a pair of opposite ones, is not positive"
        )
    atoms: list[Atom] = []
    for i, (face, V) in enumerate(factors.items()):
        atoms.append(_proved_atom(X, face, V, kappa))
        if i < proof.pairs:
            atoms.append(_opposite(X, atoms[-1]))
    fibre = Fibre.of(proof, X)
    c = (*fibre.coordinates(*fibre.first_vertex()), *weights[proof.pairs :])
    return _optimum(candidate, proof, atoms, c, len(factors) + len(free))


def _nearly_zero(z: Sequence[Fraction], kappa: Sequence[Fraction], bits: int) -> bool:
    """Return whether ``z'kappa`` is 0 to the given bits of its terms."""
    terms = [p * q for p, q in zip(z, kappa, strict=True)]
    zero = Fraction(0)
    return abs(sum(terms, zero)) * (1 << bits) <= sum(map(abs, terms), zero)


def _negated(face: "Face") -> "Face":
    return face[0], tuple(-t for t in face[1])


def _ahead(face: "Face") -> bool:
    """Return whether a face is the first of its pair."""
    return face[1] > _negated(face)[1]


def _solved(
    system: Resolvent, faces: "Sequence[Face]", point: Balls, bits: int, unit: Fraction
) -> Enclosure:
    solution = system.enclosed(point, bits, unit)
    centre = tuple(t.midpoint for t in point)
    return Enclosure(system, tuple(faces), centre, unit / (1 << bits), solution)


def _proved_atom(X: Matrix, face: "Face", V: Matrix, kappa: Sequence[Scalar]) -> Atom:
    """Return the atom of a face whose ``|g| = beta`` the system proves; check its signs."""
    s, covector = face
    g = tuple(dot(column, kappa) * s for column in transpose(V))
    for x, expected in zip(X, covector, strict=True):
        if expected and sign(dot(x, g)) != expected:
            raise Undecided(f"the direction of face {covector} lies on another face")
    return Atom(s, covector, g, _feature(X, s, covector, g))


def _opposite(X: Matrix, a: Atom) -> Atom:
    covector, g = tuple(-t for t in a.covector), tuple(-t for t in a.g)
    return Atom(a.sign, covector, g, _feature(X, a.sign, covector, g))


def _feature(X: Matrix, s: int, covector: tuple[int, ...], g: Scalars) -> Scalars:
    rows = zip(X, covector, strict=True)
    return tuple(dot(x, g) * s if t == 1 else Fraction(0) for x, t in rows)


def _paired_factor(X: Matrix, covector: tuple[int, ...]) -> Matrix:
    """Return ``A/2``, ``A = Diag(covector) X Pi``: the even part of a pair of faces."""
    plus, minus = factor(X, covector), factor(X, tuple(-t for t in covector))
    rows = zip(plus, minus, strict=True)
    return tuple(tuple((p - q) / 2 for p, q in zip(a, b, strict=True)) for a, b in rows)


def _paired_start(system: Resolvent, kappa: Balls) -> Scalars:
    """Return kappa with the e and lambda that fit best: a start for Newton's method."""
    residual = [
        y - k.centre() * w
        for y, k, w in zip(system.y, kappa, system.inverse_weights, strict=True)
    ]
    columns: list[Sequence[Scalar]] = []
    for V in system.factors:
        g = [dot(column, kappa) for column in transpose(V)]
        columns.append([dot(row, g) for row in V])
    columns += system.free
    gram = [[dot(p, q) for q in columns] for p in columns]
    return (*kappa, *solve_balls(gram, [dot(p, residual) for p in columns]))


def _structural(
    X: Matrix, atoms: Sequence[Atom], kappa: Sequence[Scalar], beta_squared: Fraction
) -> Tight:
    """Return the decision of a bound that is tight at a known atom, in balls."""

    def decide(
        pattern: tuple[int, ...], s: int, facets: tuple[int, ...], guess: tuple[int, ...]
    ) -> tuple[Bound, Atom | None]:
        word = "".join("+" if t > 0 else "-" for t in pattern)
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
                f"whether |g|^2 < beta^2 = {beta_squared} on pattern {word}, sign {s:+d}: "
                f"it is equal or very close"
            )
        a = inside[0]
        mu = _balanced(X, kappa, pattern, a, [*guess, *facets])
        if not all(t >= 0 for t in mu.values()):
            raise Undecided(f"a multiplier on pattern {word} is negative")
        full = tuple(mu.get(k, Fraction(0)) for k in range(len(X)))
        return Bound(pattern, s, full, tight=True), a

    return decide


def _balanced(
    X: Matrix,
    kappa: Sequence[Scalar],
    pattern: tuple[int, ...],
    a: Atom,
    preferred: Sequence[int],
) -> dict[int, Scalar]:
    """Return mu on independent rows with ``g - p = sum mu_k s_k x_k``, linear in kappa.

    The difference is ``-sign * sum kappa_i (I - Pi) x_i`` over the active rows, and each
    ``(I - Pi) x_i`` has rational coordinates in the rows where ``X g = 0``: a coordinate
    that is 0 is exactly 0, whatever kappa is.
    """
    flat = [k for k in dict.fromkeys(preferred) if a.covector[k] == 0]
    chosen = [flat[i] for i in independent_rows([X[k] for k in flat])]
    rows = {k: tuple(pattern[k] * t for t in X[k]) for k in chosen}
    active = [i for i, t in enumerate(pattern) if t == 1 and any(X[i])]
    parts = [multipliers(rows, X[i], chosen) for i in active]
    weights = [kappa[i] * a.sign for i in active]
    return {k: dot([part[k] for part in parts], weights) for k in chosen}


def _optimum(
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
    tight = _structural(X, atoms, kappa, problem.beta_squared)
    feasible = feasibility(X, problem.beta_squared, kappa, H, tight)
    if len(feasible.atoms) != len(atoms):
        raise Undecided("an atom of the basis was met on no tope")
    order = sorted(range(len(atoms)), key=lambda i: atoms[i].key)
    c = tuple(weights[i] for i in order)
    listed = tuple(atoms[i] for i in order)
    fit = fit_of(problem, kappa)
    return Optimum(problem, kappa, listed, c, feasible.bounds, "interval", r, fit, H, proof)


def ball_vertices(optimum: Optimum, limits: "Limits") -> tuple[Scalars, ...]:
    """Return the vertices of P at level ``interval``, sorted by support.

    Raises
    ------
    Undecided
        When a sign is not strict, or there are more vertices than the limit.
    """
    proof = optimum.enclosure
    assert proof is not None  # the level is interval
    if not proof.pairs:
        return (optimum.weights,)  # independent features: P is a point
    fibre = Fibre.of(proof, optimum.problem.design)
    order = {a.key: i for i, a in enumerate(optimum.atoms)}
    paired, single = proof.faces[: proof.pairs], proof.faces[proof.pairs :]
    listed = [f for face in paired for f in (face, _negated(face))] + list(single)
    places = [order[-s, *(-t for t in covector)] for s, covector in listed]
    constant = proof.parts[1][proof.pairs :]
    inverse = sorted(range(len(places)), key=lambda i: places[i])
    found: list[tuple[list[int], Scalars]] = []
    for vertex in fibre.vertices(limits.vertices):
        listed_c = (*fibre.coordinates(*vertex), *constant)
        c = tuple(listed_c[i] for i in inverse)
        found.append(([a for a, x in enumerate(c) if not isinstance(x, Fraction)], c))
    return tuple(c for _, c in sorted(found, key=lambda pair: pair[0]))
