"""The free-linear phase ``X'kappa = 0`` in balls (THEORY §10).

The atoms come in pairs ``(g, -g)`` of one sign, more of them than their rank, and no
enclosure of kappa can prove those ties. The problem with a freely fitted linear part can:
with ``A_j = Diag(covector_j) X Pi_j`` its equations are
``W^-1 kappa + sum_j e_j (A_j A_j'/4) kappa + Z lambda = y``, ``|A_j'kappa/2|^2 = beta^2``,
``Z'kappa = 0`` (Z: independent columns of X), a regular system.
In its solution ``X'kappa = 0`` holds by construction, hence both of
``sign * (+-A_j'kappa/2)`` are tight, the features span ``{|X g_j|, X g_j}``, and P is the fibre
``{|t_j| <= e_j, sum_j t_j sign_j X g_j / 2 = Z lambda}`` of a zonotope. When only some atoms
come in pairs, X'kappa vanishes on the span of those: Z is X times a basis of that span, and
the other atoms keep their own factors and weights.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.resolvent import Resolvent, factor
from polytope_nn.dual.tight import (
    interval_optimum,
    opposite,
    proved_atom,
    require_positive,
    solved,
)
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls, solve_balls
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.zonotope import Fibre

if TYPE_CHECKING:
    from polytope_nn.dual.atoms import Atom
    from polytope_nn.limits import Limits

    from .finding import Candidate, Face

__all__ = ["ball_vertices", "enclosed_free_linear"]


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
        raise Undecided(
            "whether the tied directions are opposite pairs with X'kappa = 0: they are not"
        )
    single = [face for face in ties if face not in pairs]
    factors |= {face: factor(X, face[1]) for face in single}
    inverse = tuple(1 / w for w in problem.weights)
    system = Resolvent(
        problem.y, inverse, problem.beta_squared, tuple(factors.values()), free
    )
    unit = candidate.search.floats.unit
    start = system.refined(_paired_start(system, candidate.kappa), limits.bits, unit)
    proof = solved(system, tuple(factors), start, limits.bits // 2, unit)
    proof = replace(proof, pairs=len(pairs) // 2)
    kappa, weights, _ = proof.parts
    require_positive(weights)
    atoms: list[Atom] = []
    for i, (face, V) in enumerate(factors.items()):
        atoms.append(proved_atom(X, face, V, kappa))
        if i < proof.pairs:
            atoms.append(opposite(X, atoms[-1]))
    fibre = Fibre.of(proof, X)
    c = (*fibre.coordinates(*fibre.first_vertex()), *weights[proof.pairs :])
    return interval_optimum(candidate, proof, atoms, c, len(factors) + len(free))


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
