"""Faces of a support in the phase in which linear maps are free: ``X'kappa = 0``.

There the form is even, each atom has its opposite, and the features of the two differ by
``X g``: modulo what is free they are one. So the equations of pairs are singular; those of the
problem with ``X`` fitted freely too, one neuron of each pair, are not. Its kappa is the one that
is looked for iff the linear part is made by moving weight within the pairs.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .ascents import climbed_on_sides
from .climbing import Climbed
from .faces import settled_faces
from .pools.problem import FloatProblem, Support

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["faces_of_either_phase"]

_SMALL = 0.1  # of |X|'|kappa|: beyond it X'kappa is not 0
_APART = 0.5  # of beta: nor where g and -g differ by more, which |X'kappa| bounds
_DEPENDENT = 1e-10  # of the length of X: a smaller singular value is none
_TINY = 1e-4  # and below it is


def faces_of_either_phase(
    problem: FloatProblem,
    kappa: "Floats",
    signs: Sequence[int],
    tops: Sequence[Climbed],
    c: "Floats",
) -> Support | None:
    """Return faces that solve their equations with c > 0; None if none do."""
    import numpy as np

    X = problem.X
    if problem.form.penalised < X.shape[1]:
        return settled_faces(problem, kappa, signs, tops, c)
    size = (np.abs(X.T @ kappa) / (np.abs(X).T @ np.abs(kappa) + 1e-300)).max(initial=0)
    even = size < _SMALL and np.linalg.norm(X.T @ kappa) < _APART
    found = _paired(problem, kappa, signs, tops, c) if even else None
    if found is not None or size < _TINY:
        return found
    return settled_faces(problem, kappa, signs, tops, c)


def _paired(
    problem: FloatProblem,
    kappa: "Floats",
    signs: Sequence[int],
    tops: Sequence[Climbed],
    c: "Floats",
) -> Support | None:
    import numpy as np

    if not len(c):
        return None
    U, sizes, _ = np.linalg.svd(
        np.concatenate([problem.Z, problem.X], axis=1), full_matrices=False
    )
    linear = replace(problem, Z=U[:, sizes > 1e-12 * sizes.max()])
    up = np.cos(np.arange(problem.X.shape[1]))  # no atom is orthogonal to it, by chance
    turned = [replace(t, u=t.u if t.u @ up > 0 else -t.u) for t in tops]
    found = settled_faces(linear, linear.projected(kappa), signs, turned, c)
    return None if found is None else _split(problem, found)


def _split(problem: FloatProblem, one: Support) -> Support | None:
    """Return both neurons of each pair, with weights that fit what is free of charge."""
    import numpy as np
    from scipy.optimize import linprog

    others = climbed_on_sides(
        problem.at(one.kappa), one.signs, [-top.u for top in one.tops]
    )
    if any(top is None for top in others):
        return None
    signs, c = np.array(one.signs), one.weights
    U = np.array([top.u / np.linalg.norm(top.u) for top in one.tops])
    # of a pair (u)_+ - (-u)_+ = u: with b of the others, P X sum sign b u is what one lacks
    far = problem.projected(problem.features(U) * signs) @ c + one.kappa
    far -= problem.projected(problem.y)
    basis, sizes, axes = np.linalg.svd(problem.projected(problem.X), full_matrices=False)
    # a skip that has them leaves of the rows no more than rounding
    r = int((sizes > _DEPENDENT * np.linalg.norm(problem.X)).sum())
    K = len(U)
    # the least weight as large as can be
    rows, ones = np.eye(K), np.ones((K, 1))
    solved = linprog(
        np.append(np.zeros(K), -1.0),
        A_ub=np.block([[-rows, ones], [rows, ones]]),
        b_ub=np.concatenate([np.zeros(K), c]),
        A_eq=np.append(axes[:r] @ (U.T * signs), np.zeros((r, 1)), axis=1),
        b_eq=(basis.T @ far)[:r] / sizes[:r],
        bounds=[(None, None)] * (K + 1),
        method="highs",
    )
    if solved.status or solved.x[-1] <= 0:
        return None
    tops = (*one.tops, *(top for top in others if top is not None))
    b = np.array(solved.x[:-1])
    return Support(one.kappa, (*one.signs, *one.signs), tops, np.append(c - b, b))
