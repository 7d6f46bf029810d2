"""From a problem to its optimal polytope (THEORY T3, T4, §8)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from polytope_nn.called import given
from polytope_nn.dual.optimum import Optimum
from polytope_nn.dual.units.blocks import BlockOptimum
from polytope_nn.dual.units.cells import CellOptimum
from polytope_nn.dual.units.classed import ClassedOptimum
from polytope_nn.dual.units.listed import ListedOptimum
from polytope_nn.dual.units.sloped import SlopedOptimum
from polytope_nn.errors import InstanceError, TooMany, Undecided
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.limits import Limits, limits_of
from polytope_nn.problems.interpolation import InterpolationProblem
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.training import TrainingProblem
from polytope_nn.search.finding import optimum

from .boxes import box_vertices
from .fits import fitting_of
from .polytope import Class, OptimalPolytope, Point
from .unlisted.branches import vertices_on
from .unlisted.described import has_a_box, on_the_way, require_few, slice_of
from .unlisted.slices import Slice

__all__ = [
    "OptimalPolytope",
    "Point",
    "Solvable",
    "free_part_optimum",
    "interpolation",
    "optimal_polytope",
]

_PATTERNS = 60_000  # vertices of relaxations, over patterns: some seconds

Solvable: TypeAlias = Problem | Optimum | OptimalPolytope
"""What has an optimal polytope: a problem, its optimum, or the polytope itself."""


def optimal_polytope(problem: Solvable, *, limits: Limits | None = None) -> OptimalPolytope:
    """Return the optimal polytope of a problem, or of its optimum, in H- and V-form (T3).

    Parameters
    ----------
    problem
        The problem, or its optimum or optimal polytope when they are at hand.
    limits
        How far the search goes.

    Returns
    -------
    OptimalPolytope
        All masses ``c >= 0`` that fit; one coordinate an atom.

    Raises
    ------
    Undecided
        When the optimum is not found, or there are more vertices than the limit.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> optimal_polytope(D)
    OptimalPolytope(dim=1, vertices=2, atoms=3, m*=1, M*=2, level=exact)
    """
    if isinstance(problem, OptimalPolytope):
        return problem
    O = optimum(problem, limits=limits)
    found = _of_other_units(O, limits)
    if found is not None:
        return found
    limits = limits_of(limits)
    return _in_balls(O, limits.vertices) if O.enclosures is not None else _exact(O, limits)


def _in_balls(O: Optimum, most: int) -> OptimalPolytope:
    """Return the polytope of an optimum in balls; what they do not decide is missing."""
    try:
        return OptimalPolytope(O, *_listed(O, most), most=most)
    except Undecided as reason:
        single = tuple((a,) for a in range(len(O.atoms)))
        many = isinstance(reason, TooMany)
        return OptimalPolytope(O, single, (), str(reason), most, many)


def _exact(O: Optimum, limits: Limits) -> OptimalPolytope:
    """Return the polytope of an exact optimum, atoms of one feature in a class."""
    most = limits.vertices
    columns, classes = _classes(O.problem.free.modulo(a.feature) for a in O.atoms)
    if not columns:
        return OptimalPolytope(O, classes, ((),), most=most)
    S = slice_of(O, classes)
    try:
        masses = _masses(O, S, columns, classes, limits)
    except TooMany as reason:
        return OptimalPolytope(O, classes, (), str(reason), most, many=True, slice=S)
    return OptimalPolytope(O, classes, masses, most=most)


def _classes(features: Iterable[Scalars]) -> tuple[list[Scalars], tuple[Class, ...]]:
    """Return the features that differ, and the places of each."""
    grouped: dict[Scalars, list[int]] = {}
    for i, feature in enumerate(features):
        grouped.setdefault(feature, []).append(i)
    return list(grouped), tuple(map(tuple, grouped.values()))


def _masses(
    O: Optimum,
    S: Slice,
    columns: Sequence[Scalars],
    classes: Sequence[Class],
    limits: Limits,
) -> tuple[Scalars, ...]:
    """Return the vertices of the total weights of the classes, exactly."""
    most = limits.vertices
    if O.rank == len(classes) and not has_a_box(O):  # one point, and it is known
        weights = O.weights
        return (tuple(sum((weights[i] for i in m), Fraction(0)) for m in classes),)
    require_few(S, O.rank, most)
    if has_a_box(O):
        chosen = [O.atoms[members[0]].feature for members in classes]
        found = box_vertices(chosen, O.problem.free, O.interval, on_the_way(most))
    else:
        # in a field the reduced rows of the transpose are short: they have the atoms' ties
        right = O.problem.free.modulo(O.fit)
        rows, far = transpose(columns), on_the_way(most)
        if limits.executor is None:
            found = slice_vertices(rows, right, most=far)
        else:
            found = vertices_on(limits.executor, rows, right, most=far)
    if len(found) > most:
        raise TooMany(f"{len(found)} vertices, more than the {most} that are listed")
    return found


def _of_other_units(O: Optimum, limits: Limits | None) -> OptimalPolytope | None:
    """Return the polytope of an optimum that knows its classes; None where P is to be listed."""
    cells = O.cells if isinstance(O, CellOptimum | BlockOptimum) else ()
    if isinstance(O, CellOptimum) or any(len(cell) > 1 for cell in cells):
        raise InstanceError(
            "what is optimal ranges over cells, and is no polytope of atoms: "
            "certify counts its networks, in Python slot_complex"
        )
    if isinstance(O, ClassedOptimum) and (O.masses or O.missing):
        most = limits_of(limits).vertices
        return _ClassedPolytope(O, O.classes, O.masses, O.missing, most)
    if isinstance(O, ListedOptimum):
        return _of_patterns(O, limits)
    if isinstance(O, SlopedOptimum) and O.sides is not None:
        return replace(optimal_polytope(O.sides, limits=limits), optimum=O)
    return None


def _of_patterns(O: ListedOptimum, limits: Limits | None) -> OptimalPolytope:
    """Return the polytope over patterns: atoms of no use are left out before P is listed.

    Patterns are many, tied and dependent, and P may have more vertices than can be listed.
    """
    free, most = O.problem.free, limits_of(limits).vertices
    features = tuple(free.modulo(a.feature) for a in O.atoms)
    used = fitting_of(O).used((1 << len(features)) - 1)
    every, classes = _classes(features)
    kept = [i for i, places in enumerate(classes) if used >> places[0] & 1]
    if not kept:
        return OptimalPolytope(O, classes, ((Fraction(0),) * len(classes),), most=most)
    columns = [every[i] for i in kept]
    S = slice_of(O, classes)
    try:
        require_few(S, O.rank, most)
        if isinstance(O.problem.loss, SeparableLoss):
            chosen = [O.atoms[classes[i][0]].feature for i in kept]
            found = box_vertices(chosen, free, O.interval, min(most, _PATTERNS))
        else:
            fit = free.modulo(O.fit)
            found = slice_vertices(transpose(columns), fit, most=min(most, _PATTERNS))
    except Undecided as reason:
        many = isinstance(reason, TooMany)
        return OptimalPolytope(O, classes, (), str(reason), most, many, S)
    masses = []
    for v in found:
        c: list[Scalar] = [Fraction(0)] * len(classes)
        for i, x in zip(kept, v, strict=True):
            c[i] = x
        masses.append(tuple(c))
    return OptimalPolytope(O, classes, tuple(masses), most=most)


class _ClassedPolytope(OptimalPolytope):
    """An optimal polytope in balls whose features are known in coordinates."""

    @cached_property
    def used_rank(self) -> int:
        """The rank of the features in use: coordinates have zeros that features hide."""
        O = self.optimum
        if not self.used or not isinstance(O, ClassedOptimum) or not O.coordinates:
            return self.rank if self.used else 0
        return rank([O.coordinates[a] for a in self.used])


def _listed(O: Optimum, most: int) -> tuple[tuple[Class, ...], tuple[Scalars, ...]]:
    balls = O.balls
    if not balls.is_still(O.problem.free):
        raise Undecided(
            "fits of samples on flats of the loss move with the shares of opposite neurons: the "
            "vertices are not decided in balls; take a kappa that is a fraction, by another beta"
        )
    return balls.listed(most)


def interpolation(
    problem: InterpolationProblem, *, kappa: Iterable[object] | None = None
) -> OptimalPolytope:
    """Return the optimal set of a minimum-norm interpolation, found or verified.

    ``optimal_polytope(optimum(problem, kappa=kappa))`` in one word.

    >>> rows = [[1, 0], [-1, 0], [0, 1], [0, -1]]
    >>> interpolation(InterpolationProblem(rows, [1] * 4, skip="linear"))
    OptimalPolytope(dim=3, vertices=4, atoms=4, m*=1, M*=1, level=exact)

    Parameters
    ----------
    problem
        An interpolation problem.
    kappa
        A dual variable, shape (n,), to be verified.

    Returns
    -------
    OptimalPolytope
        The optimal set; its ``cost`` is the least norm.

    Raises
    ------
    NotInterpolable
        When no network of any width fits the labels.
    NotOptimal
        When the given kappa fails.
    Undecided
        When what was found could not be proved.
    """
    return optimal_polytope(optimum(problem, kappa=kappa))


def free_part_optimum(
    problem: TrainingProblem,
    *,
    skip: str = "none",
    kappa: Iterable[object] | None = None,
    limits: Limits | None = None,
) -> OptimalPolytope:
    """Return the optimal set of a training problem with another skip, found or verified.

    >>> D = TrainingProblem([[0], [1], [2]], [0, 0, 3], beta=1, bias="free")
    >>> print(*free_part_optimum(D, skip="affine").b)
    -1/2 1 5/2

    Parameters
    ----------
    problem
        A training problem.
    skip
        What is free: "none", "constant", "linear", "affine".
    kappa
        A dual variable, shape (n,), to be verified.
    limits
        How far the search goes.

    Returns
    -------
    OptimalPolytope
        The optimal set with that skip.

    Raises
    ------
    NotOptimal
        When the given kappa fails.
    Undecided
        When kappa is not given and what was found could not be proved.
    """
    given(TrainingProblem, problem)
    found = optimum(replace(problem, skip=skip), kappa=kappa, limits=limits)
    return optimal_polytope(found, limits=limits)
