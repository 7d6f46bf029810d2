"""Neurons in floats on two faces that may be one, and rows where theta may be no end: tried.

Where a direction is close to the wall of a row, one branch may have it on the wall and another
beside it; their equations would depend on each other. Which it is, the digits of a solution say
(:mod:`~polytope_nn.parallel.equations.settled`).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from polytope_nn.dual.atoms import atom
from polytope_nn.exact.scalar import dot
from polytope_nn.parallel.blocks import classes_of, size_of
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.floats import Hints

from .chosen import seen
from .master import DeepKappa, Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ended", "faced", "flattened"]

_CLOSE = 1e-3  # of beta: directions that differ by less may be one
_FLAT = (
    1e-2  # of what neurons add to a row, and take from it: where less is left, it may be 0
)

_END = 2e-2  # a theta so close to 0 or 1 may be that

Name = tuple[int, tuple[int, ...]]
"""The sign of a neuron and its face."""


def faced(problem: ParallelProblem, found: DeepKappa) -> DeepKappa:
    """Return what was found, each neuron on the largest face that it may have."""
    alike = _alike(problem, found)
    parts = []
    for part in found.parts:
        faces: dict[Name, float] = {}
        for name, c in part.faces.items():
            own = alike.get(name, [name])[-1]
            faces[own] = faces.get(own, 0.0) + c
        parts.append(replace(part, faces=faces))
    return replace(found, parts=tuple(parts))


def _alike(problem: ParallelProblem, found: DeepKappa) -> dict[Name, list[Name]]:
    """Return the neurons that may be one, those with more walls first."""
    import numpy as np

    hints = Hints(problem.design, problem.unit_beta_squared)
    alike: dict[Name, list[Name]] = {}
    known: list[tuple[Name, NDArray[np.float64]]] = []
    for part in found.parts:
        mu = seen(problem, found, part)
        for name in part.faces:
            g = atom(problem.design, mu, *name).g
            pairs = zip(problem.design, hints.lengths, strict=True)
            at = np.array([float(dot(x, g) / length / hints.beta) for x, length in pairs])
            for other, there in known:
                near = name[0] == other[0] and abs(at - there).max() < _CLOSE
                if near and other not in alike.get(name, [name]):
                    both = [*alike.get(name, [name]), *alike.get(other, [other])]
                    both.sort(key=lambda one: (-one[1].count(0), one))
                    alike |= dict.fromkeys(both, both)
            known.append((name, at))
    return alike


def flattened(problem: ParallelProblem, found: DeepKappa) -> Iterator[DeepKappa]:
    """Yield what was found with theta free where z may be 0; nothing where it is nowhere.

    Beside a theta of 0.99999 the digits of floats say 1, and equations that leave out ``z_i = 0``.
    """
    parts = []
    for part in found.parts:
        mu, raised = seen(problem, found, part), dict(part.raised)
        features = [
            (c, atom(problem.design, mu, *name).feature) for name, c in part.faces.items()
        ]
        for i, k in enumerate(found.kappa):
            shares = [c * float(f[i]) for c, f in features]
            size = sum(map(abs, shares))
            if part.sigma * k < 0 and abs(sum(shares)) < _FLAT * size:
                raised.setdefault(i, float(mu[i]))
        inside = tuple(i for i in part.inside if i not in raised)
        parts.append(replace(part, inside=inside, raised=raised))
    if parts != [*found.parts]:
        yield replace(found, parts=tuple(parts))


def ended(problem: ParallelProblem, found: DeepKappa) -> Iterator[DeepKappa]:
    """Yield what was found with theta at its ends where it may be; nothing where it is nowhere.

    The digits of entries of kappa that press on little are few. Where kappa is positive there is
    no theta: a raised row is one where z may be 0. Neurons that then leave their face are put on
    the walls that they cross.
    """
    parts, X = [], problem.design
    alike = {i: rows for rows in classes_of(X) for i in rows}
    for part in found.parts:
        inside, raised = {*part.inside}, dict(part.raised)
        for i, t in part.raised.items():
            rows = alike.get(i, (i,))
            k = [part.sigma * found.kappa[q] * float(size_of(X[q])) for q in rows]
            share = t * float(size_of(X[i])) / (sum(k) or 1.0)
            if sum(k) >= 0 or not _END < share < 1 - _END:
                del raised[i]
            if sum(k) < 0 and share >= 1 - _END:
                inside |= {*rows}
            elif sum(k) < 0 and share <= _END:
                inside -= {*rows}
        parts.append(replace(part, inside=tuple(sorted(inside)), raised=raised))
    if parts != [*found.parts]:
        yield replace(found, parts=tuple(_walled(problem, found, p) for p in parts))


def _walled(problem: ParallelProblem, found: DeepKappa, part: Part) -> Part:
    """Return a part, its neurons on the walls that they would cross."""
    mu, faces = seen(problem, found, part), dict[Name, float]()
    for (s, face), c in part.faces.items():
        g = atom(problem.design, mu, s, face).g
        pairs = zip(problem.design, face, strict=True)
        walls = tuple(e if e * dot(x, g) > 0 else 0 for x, e in pairs)
        faces[s, walls] = faces.get((s, walls), 0.0) + c
    return replace(part, faces=faces)
