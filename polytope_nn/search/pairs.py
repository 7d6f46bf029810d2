"""Which tied faces belong together: opposite ones, and the ends of a flat (THEORY §§8, 10).

*Opposite.* Let p and q be the directions of two opposite faces of one sign. The even part of
their factors gives ``(p - q)/2``, and ``kappa'X u = 0`` for the rows u of both faces, which span p
and q, makes ``p + q = 0``: both are tied. Their features differ by ``X g``.

*Flats.* With a free bias two kinks of one w are both tied when ``1_A'kappa = 0`` for the
samples A active between them (:func:`~polytope_nn.landscape.kinks.flats`), and then w is
``sum_A kappa_i x_i``. So are the last kinks of (w, b) and (-w, b'), of opposite signs, where A
is all samples. The features of the two differ by a multiple of ``1_A``, and their mean is
``V V'kappa`` with rows ``x_i - m`` of V on A, m the mean of the samples on the two kinks.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from polytope_nn.dual.system import Face, Unit
from polytope_nn.exact.linear import independent_rows
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import dot
from polytope_nn.problems.problem import Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Placed", "added_columns", "grouped"]

_OPPOSITE = 1e-6  # the square of the distance from -g at which a direction is it

Placed = tuple[Unit, tuple[int, ...]]  # a unit, and the places of its faces


def grouped(
    problem: Problem,
    faces: Sequence[Face],
    directions: "Sequence[NDArray[np.float64]]",
    factor: Callable[[Face], Matrix],
) -> list[Placed]:
    """Return the units, each face in one; ``directions`` are those of the faces, in floats."""
    place = {face.key: i for i, face in enumerate(faces)}
    units: list[Placed] = []
    done: set[int] = set()
    for i, face in enumerate(faces):
        j = place.get((face.sign, tuple(-t for t in face.covector)), i)
        gap = directions[i] + directions[j]
        if j != i and i not in done and gap @ gap <= _OPPOSITE:
            mirrored = replace(face, covector=tuple(-t for t in face.covector))
            rows = zip(factor(face), factor(mirrored), strict=True)
            even = tuple(
                tuple((p - q) / 2 for p, q in zip(a, b, strict=True)) for a, b in rows
            )
            units.append((Unit(face, even, mirrored), (i, j)))
            done |= {i, j}
    flats = [
        (A, i, j)
        for i, face in enumerate(faces)
        for j, other in enumerate(faces)
        if i != j and (A := _between(problem, face, other))
    ]
    # a constant is free: what differs by one is a pair, others may be independent
    for A, i, j in sorted(flats, key=lambda flat: len(flat[0]) < problem.n):
        if not {i, j} & done:
            units.append((_flat(problem, faces[i], faces[j], A), (i, j)))
            done |= {i, j}
    for i, face in enumerate(faces):
        if i not in done:
            units.append((Unit(face, factor(face)), (i,)))
    return sorted(units, key=lambda placed: placed[1])


def _between(problem: Problem, low: Face, high: Face) -> frozenset[int]:
    """Return the samples active between two kinks of a flat; empty when they are none."""
    if problem.bias != "free" or not (_single(problem, low) and _single(problem, high)):
        return frozenset()
    below = frozenset(k for k, t in enumerate(low.covector) if t >= 0)
    if low.sign == high.sign:
        active = frozenset(k for k, t in enumerate(high.covector) if t > 0)
        return below if active == below else frozenset()
    last = len(below) == problem.n and min(high.covector) >= 0
    return below if last else frozenset()


def _single(problem: Problem, face: Face) -> bool:
    """Return whether the kink of a face passes through one sample, maybe repeated."""
    X = problem.X
    return len({X[k] for k, t in enumerate(face.covector) if t == 0}) == 1


def _flat(problem: Problem, low: Face, high: Face, A: frozenset[int]) -> Unit:
    X = problem.X
    ends = (X[low.covector.index(0)], X[high.covector.index(0)])
    mean = tuple((s + t) / 2 for s, t in zip(*ends, strict=True))
    nothing = (Fraction(0),) * problem.dimension
    V = tuple(
        tuple(s - t for s, t in zip(x, mean, strict=True)) if i in A else nothing
        for i, x in enumerate(X)
    )
    return Unit(low, V, high, tuple(Fraction(int(i in A)) for i in range(problem.n)))


def added_columns(
    problem: Problem, free: Sequence[Vector], units: Sequence[Unit]
) -> tuple[Vector, ...]:
    """Return what the units add to independent columns of Z: ``X u`` first, then ``1_A``."""
    opposite = [
        tuple(dot(x, u) for x in problem.charts[unit.face.chart].design)
        for unit in units
        if unit.opposite
        for u in (unit.factor[i] for i in independent_rows(unit.factor))
    ]
    flats = [unit.column for unit in units if unit.column is not None]
    every = (*free, *opposite, *flats)
    return tuple(every[j] for j in independent_rows(every) if j >= len(free))
