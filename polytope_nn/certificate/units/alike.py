"""Atoms whose features differ by what is fitted freely, on all kappa that relations allow."""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from polytope_nn.certificate.format import numerators
from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.resolvent import factor
from polytope_nn.exact.linear import independent_rows, kernel
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes

__all__ = ["alike_groups"]


def alike_groups(P: OptimalPolytope) -> tuple[list[list[int]], list[Vector]]:
    """Return the atoms in use by the form of their features, and relations for which it is one.

    The relations are what differences of features of a group span beside the free columns, none
    where the forms are one on all kappa that these allow.
    """
    free, relations = P.problem.free, P.optimum.relations
    Z = [free.columns[j] for j in independent_rows(free.columns)]
    factors = {a: _factor(P.problem, P.atoms[a]) for a in P.used}
    groups = _grouped(factors, _orthogonal(P, Z))
    if len(groups) == P.used_rank or not relations:
        return groups, []
    O = _orthogonal(P, cast("Matrix", relations))
    groups = _grouped(factors, O)
    gaps = [
        tuple(s - t for s, t in zip(F, first, strict=True))
        for at, *others in groups
        for other in others
        for F, first in zip(*(_images(factors[a], O) for a in (other, at)), strict=True)
    ]
    every = [*Z, *gaps]
    chosen = [every[j] for j in independent_rows(every) if j >= len(Z)]
    L = [tuple(Fraction(str(t)) for t in numerators(z, primitive=True)[0]) for z in chosen]
    return (
        (groups, L) if _grouped(factors, _orthogonal(P, [*Z, *L])) == groups else ([], [])
    )


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
