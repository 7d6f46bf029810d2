"""Atoms whose features are equal modulo what is free, whatever kappa is."""

from fractions import Fraction
from typing import cast

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.resolvent import factor
from polytope_nn.exact.linear import kernel
from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import dot
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.problems.units.activations import Slopes

__all__ = ["alike_groups"]


def alike_groups(P: OptimalPolytope) -> list[list[int]]:
    """Return the atoms in use by the form of their features on all kappa that Z allows."""
    O = cast("Matrix", kernel(P.problem.free.columns, P.problem.n))
    found: dict[object, list[int]] = {}
    for a in P.used:
        found.setdefault(_form(P, P.atoms[a], O), []).append(a)
    return list(found.values())


def _form(P: OptimalPolytope, atom: Atom, O: Matrix) -> object:
    """Return ``O'VV'O`` of the factor V of an atom; the atom itself with a free bias."""
    problem = P.problem
    if not isinstance(problem, TrainingProblem) or problem.bias == "free":
        return atom.key
    slopes, X = problem.activation, problem.plain_design
    assert isinstance(slopes, Slopes)  # the kind has neurons of two slopes
    sides = [(slopes.right, atom.covector), (slopes.left, tuple(-t for t in atom.covector))]
    factors = [(s, factor(X, covector)) for s, covector in sides if s]
    pulled = [[Fraction(0)] * len(X[0]) for _ in O]
    for s, V in factors:
        for row, o in zip(pulled, O, strict=True):
            for j, column in enumerate(zip(*V, strict=True)):
                row[j] += s * dot(o, column)
    return tuple(tuple(dot(p, q) for q in pulled) for p in pulled)
