"""Neurons in floats that may lie on one of two faces, and rows where theta may be no end: tried.

Where a direction is close to the wall of a row, one branch may have it on the wall and another
beside it; their equations would depend on each other. Which it is, exact numbers say.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from polytope_nn.dual.atoms import atom
from polytope_nn.exact.scalar import dot
from polytope_nn.parallel.problem import ParallelProblem
from polytope_nn.search.floats import Hints

from .chosen import seen
from .master import DeepKappa

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["faced", "flattened"]

_CLOSE = 1e-3  # of beta: directions that differ by less may be one
_FLAT = (
    1e-2  # of what neurons add to a row, and take from it: where less is left, it may be 0
)

Name = tuple[int, tuple[int, ...]]
"""The sign of a neuron and its face."""


def faced(problem: ParallelProblem, found: DeepKappa) -> Iterator[DeepKappa]:
    """Yield what was found, each neuron on its largest face, then each on its smallest."""
    alike = _alike(problem, found)
    for end in (-1, 0) if alike else (0,):
        parts = []
        for part in found.parts:
            faces: dict[Name, float] = {}
            for name, c in part.faces.items():
                own = alike.get(name, [name])[end]
                faces[own] = faces.get(own, 0.0) + c
            parts.append(replace(part, faces=faces))
        yield replace(found, parts=tuple(parts))


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
