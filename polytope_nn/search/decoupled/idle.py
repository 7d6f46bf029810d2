"""Directions that are tied and have no weight, beside a system in balls (general §2).

Balls never prove that a weight is 0. A unit whose weight may be 0 leaves the system; where
kappa is rational at all samples it is active at, ``|g|^2 = beta^2`` is decided, and it is an
*idle* atom. Its weight is 0 on the whole optimal set: the weights of the others make the
fit, and its feature is independent of theirs, or nothing else reaches its samples.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.enclosures import Enclosures
from polytope_nn.dual.resolvent import factor
from polytope_nn.dual.system import Face
from polytope_nn.dual.tight import proved_atom
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank
from polytope_nn.exact.scalar import Scalars, squared_norm
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate

__all__ = ["idle_atoms", "rank_with", "without"]


def without(
    candidate: Candidate, places: Sequence[int]
) -> tuple[Candidate, tuple[Face, ...]]:
    """Return the candidate without some units of its basis, and their faces.

    Raises
    ------
    Undecided
        When a unit is a pair: its two atoms are tied by a free column.
    """
    if any(candidate.basis[i].paired for i in places):
        raise Undecided("the weight of a pair of atoms is not positive")
    n = candidate.problem.n
    kept = [i for i in range(len(candidate.basis)) if i not in places]
    system = replace(
        candidate.system, factors=tuple(candidate.system.factors[i] for i in kept)
    )
    weights = candidate.point[n : n + len(candidate.basis)]
    point = (
        *candidate.point[:n],
        *(weights[i] for i in kept),
        *candidate.point[n + len(candidate.basis) :],
    )
    faces = tuple(candidate.basis[i].face for i in places)
    basis = tuple(candidate.basis[i] for i in kept)
    keys = {face.key for face in faces}
    left = tuple(face for face in candidate.faces if face.key not in keys)
    return replace(candidate, faces=left, basis=basis, system=system, point=point), faces


def idle_atoms(problem: Problem, faces: Sequence[Face], kappa: Scalars) -> list[Atom]:
    """Return the atoms of faces where kappa is rational and ties them.

    Raises
    ------
    Undecided
        When kappa is not known exactly at the samples of a face, or no tie.
    """
    found = []
    for face in faces:
        X = problem.charts[face.chart].design
        V = factor(X, face.covector)
        rows = [k for k, v in enumerate(V) if any(v)]
        beside = any(z[k] for z in problem.free.columns for k in rows)
        if beside or not all(isinstance(kappa[k], Fraction) for k in rows):
            raise Undecided("the weight of an atom is not positive")
        a = proved_atom(X, face.key, V, kappa)
        if squared_norm(a.g) != problem.beta_squared:
            raise Undecided("a direction without weight is near a tie, and none")
        found.append(a)
    return found


def rank_with(proof: Enclosures, own: Sequence[Atom], idle: Sequence[Atom]) -> int:
    """Return the rank of the features of a system, ``own``, and of idle atoms, modulo Z.

    Raises
    ------
    Undecided
        When the idle ones depend on others and share their samples: they may have weight.
    """
    r = len(proof.parts[1]) + len(proof.linear)
    if not idle:
        return r
    exact = [a.feature for a in own if all(isinstance(t, Fraction) for t in a.feature)]
    reached = [{k for k, t in enumerate(a.covector) if t > 0} for a in own]
    balls = {
        k
        for a, rows in zip(own, reached, strict=True)
        if a.feature not in exact
        for k in rows
    }
    met = {k for a in idle for k, t in enumerate(a.covector) if t > 0}
    features = [*exact, *(a.feature for a in idle)]
    size = rank(features)
    dependent = size < len(features)
    if met & balls or (dependent and any(met & rows for rows in reached)):
        raise Undecided("the weight of an atom is not positive")
    return r + size - len(exact)
