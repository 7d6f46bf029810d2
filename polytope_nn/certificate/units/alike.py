"""Atoms whose features differ by what is fitted freely, on all kappa that relations allow."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.certificate.format import numerators
from polytope_nn.checker.claims.pieces.system import Pieced
from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.resolvent import factor
from polytope_nn.dual.units.sloped import SlopedOptimum
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.linear import independent_rows, kernel, solve, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, dot
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes
from polytope_nn.problems.units.doubled import Doubled

from .sums import cancelling, firsts

__all__ = ["alike_groups", "are_alike", "unused"]


def alike_groups(P: OptimalPolytope) -> Iterator[tuple[list[list[int]], list[Vector]]]:
    """Yield the atoms in use by the form of their features, and relations for which it is one.

    First the forms are one on all kappa that the free columns allow, then where all relations hold
    that are known; those told are what differences of features of a group span beside the free
    columns. The features of the groups and these are as many as are independent, or more
    """
    free, relations = P.problem.free, known_relations(P)
    Z = [free.columns[j] for j in independent_rows(free.columns)]
    factors = {a: _factor(P.problem, P.atoms[a]) for a in P.used}
    groups = _grouped(factors, _orthogonal(P, Z))
    if len(groups) == P.used_rank:
        yield groups, []
    if not relations:
        return
    plain = groups
    O = _orthogonal(P, relations)
    groups = _grouped(factors, O)
    gaps = [
        tuple(s - t for s, t in zip(F, first, strict=True))
        for at, *others in groups
        for other in others
        for F, first in zip(*(_images(factors[a], O) for a in (other, at)), strict=True)
    ]
    every = [*Z, *gaps]
    chosen = [every[j] for j in independent_rows(every) if j >= len(Z)]
    if groups != plain and len(groups) + len(chosen) >= P.used_rank:
        yield groups, [_whole(z) for z in chosen]


def known_relations(P: OptimalPolytope) -> Matrix:
    """Return a basis of the rational relations of kappa that are known: of numbers, of a proof."""
    O, n = P.optimum, P.problem.n
    if not any(isinstance(t, Ball) for t in O.kappa):
        found = [t.coordinates if isinstance(t, Algebraic) else (t,) for t in O.kappa]
        size = max(map(len, found), default=0)
        rows = [(*row, *[Fraction(0)] * (size - len(row))) for row in found]
        return cast("Matrix", kernel(transpose(cast("Matrix", rows)), n))
    known = cast("Matrix", O.relations)
    if isinstance(O, SlopedOptimum) and O.sides is not None:
        sides = O.sides.problem
        assert isinstance(sides, Doubled)  # of two slopes
        known = tuple(
            tuple(
                sum((e * t for e, t in zip(sides.signs, r[k::n], strict=True)), Fraction(0))
                for k in range(n)
            )
            for r in cast("Matrix", O.sides.relations)
        )
    return tuple(known[j] for j in independent_rows(known))


def are_alike(
    P: OptimalPolytope, groups: Sequence[Sequence[int]], relations: Sequence[Vector]
) -> bool:
    """Return whether the forms of each group are one where these relations hold."""
    factors = {a: _factor(P.problem, P.atoms[a]) for at in groups for a in at}
    O = _orthogonal(P, [*P.problem.free.columns, *relations])
    return all(len(_grouped({a: factors[a] for a in at}, O)) == 1 for at in groups)


def _whole(z: Sequence[Scalar]) -> Vector:
    """Return the primitive integer multiple of a vector."""
    return tuple(Fraction(str(t)) for t in numerators(z, primitive=True)[0])


def unused(
    P: OptimalPolytope, S: Pieced, groups: Sequence[Sequence[int]], L: Sequence[Vector]
) -> list[tuple[Vector, Vector]]:
    """Return relations that make others of all that P knows, each with a sum of equations.

    Where kappa is as all relations say, fits and features cancel in it, and of the columns it
    leaves its own one: that has no part in the fit. S is the system without faces.
    """
    known = known_relations(P)
    every = [*S.Z, *L, *known]
    H = [_whole(every[j]) for j in independent_rows(every) if j >= len(S.Z) + len(L)]
    O = _orthogonal(P, [*P.problem.free.columns, *known])
    rows = transpose(O)

    def alike(k: int, i: int, side: int) -> bool:
        return all(s == side * t for s, t in zip(rows[k], rows[i], strict=True))

    still = {k for k, row in enumerate(rows) if not any(row) and S.still(k) == 0}
    sums = cancelling(S, firsts(S, alike), O, still)
    factors = [_factor(P.problem, P.atoms[at[0]]) for at in groups]
    if None in factors:
        return []
    told = [F for V in factors for F in _images(V, O)]
    seen = [[dot(f, z) for f in sums] for z in (*S.Z, *L, *told)]
    silent = [
        tuple(dot(s, column) for column in zip(*sums, strict=True))
        for s in cast("Matrix", kernel(seen, len(sums)))
    ]
    products = [[dot(f, h) for f in silent] for h in H]
    chosen = independent_rows(products) if silent else ()
    H, products = [H[i] for i in chosen], [products[i] for i in chosen]
    found = []
    for i, h in enumerate(H):
        unit = [Fraction(int(j == i)) for j in range(len(H))]
        shares = solve(products, unit) or ()
        f = [dot(shares, column) for column in zip(*silent, strict=True)]
        found.append((h, tuple(cast("list[Fraction]", f))))
    return found


def _orthogonal(P: OptimalPolytope, columns: Sequence[Vector]) -> Matrix:
    return cast("Matrix", kernel(columns, P.problem.n))


def _factor(problem: Problem, atom: Atom) -> Matrix | None:
    """Return V with the feature ``V V'kappa``; None with a free bias, where it is of a chart."""
    if not isinstance(problem, TrainingProblem) or problem.bias == "free":
        return None
    slopes, X = problem.activation, problem.plain_design
    assert isinstance(slopes, Slopes)  # the kinds have neurons of two slopes
    right, left = factor(X, atom.covector), factor(X, tuple(-t for t in atom.covector))
    rows = zip(right, left, strict=True)
    return tuple(
        tuple(slopes.right * s + slopes.left * t for s, t in zip(p, q, strict=True))
        for p, q in rows
    )


def _images(V: Matrix | None, O: Matrix) -> Matrix:
    """Return ``V V'o`` for each o."""
    if V is None:
        return ()
    pulled = [[dot(column, o) for column in zip(*V, strict=True)] for o in O]
    return tuple(tuple(dot(v, g) for v in V) for g in pulled)


def _grouped(factors: dict[int, Matrix | None], O: Matrix) -> list[list[int]]:
    """Return the atoms with one form ``O'VV'O``; each alone where its V is not told."""
    found: dict[object, list[int]] = {}
    for a, V in factors.items():
        form = a if V is None else tuple(tuple(dot(o, F) for o in O) for F in _images(V, O))
        found.setdefault(form, []).append(a)
    return list(found.values())
