"""Whether N seems to annihilate what neurons see, and the problem in which it has to."""

from typing import TYPE_CHECKING

from polytope_nn.vector.problem import VectorProblem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["relaxed", "widened"]

_NEAR = 1e-5  # of the lengths of N and X: how small N'X is
_SKIPS = {"none": "linear", "constant": "affine"}  # without a bias


def relaxed(problem: VectorProblem, N: "Floats") -> VectorProblem | None:
    """Return the problem whose skip has what neurons see, where N seems to annihilate it.

    >>> import numpy as np
    >>> P = VectorProblem([[1], [2]], [[1, 0], [0, 1]], beta=1)
    >>> relaxed(P, np.array([[2, 2], [-1, -1]])).skip
    'linear'
    >>> relaxed(P, np.array([[1, 0], [0, 1]]))
    """
    import numpy as np

    if problem.is_even:
        return None
    X = np.array([[float(t) for t in row] for row in problem.design])
    seen = np.linalg.norm(N.T @ X, axis=0)
    if (seen > _NEAR * np.linalg.norm(N) * np.linalg.norm(X, axis=0)).any():
        return None
    return widened(problem)


def widened(problem: VectorProblem) -> VectorProblem:
    """Return the problem in which all that neurons see is free.

    >>> widened(VectorProblem([[1], [2]], [[1, 0], [0, 1]], beta=1, bias="penalised")).skip
    'affine'
    """
    ones = problem.bias == "penalised"
    return problem.altered(skip="affine" if ones else _SKIPS[problem.skip])
