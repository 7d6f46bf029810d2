"""Conic programs in floats, by clarabel's interior point method: guesses, never a proof.

``min x'P x/2 + q'x`` with ``b - A x`` in a product of cones. Where a run stops short of a solution,
as among many exponential cones it may, shorter steps are tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ConicSolution", "cone_program"]

_STEPS = (0.99, 0.9, 0.8)  # of the way to the boundary of the cones
_SHORT = ("InsufficientProgress", "NumericalError")
_ROUGH = (
    1e-4  # a gap, beside the objective, or a residual: no accuracy asked for stops there
)
_MOST = 200  # iterations

ConeName: TypeAlias = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class ConicSolution:
    """The last point of a run, its dual variables, and how the run ended."""

    x: "NDArray[np.float64]"
    z: "NDArray[np.float64]"
    status: str

    @property
    def solved(self) -> bool:
        """Whether the run ended at a solution, perhaps a rough one."""
        return self.status in {"Solved", "AlmostSolved"}

    @property
    def finite(self) -> bool:
        """Whether the point has finite numbers, so that it can be a guess."""
        import numpy as np

        return bool(np.isfinite(self.x).all() and np.isfinite(self.z).all())


def cone_program(  # noqa: PLR0913 - the program's letters
    P: Any,  # noqa: ANN401 - a sparse matrix, or what is read like one
    q: "NDArray[np.float64]",
    A: Any,  # noqa: ANN401
    b: "NDArray[np.float64]",
    cones: Sequence[ConeName],
    *,
    accuracy: float | None = None,
    most: int = _MOST,
) -> ConicSolution:
    """Return what the solver finds: of runs that all stop short, the first.

    >>> import numpy as np
    >>> from scipy import sparse
    >>> one = sparse.csc_matrix(np.eye(1))
    >>> found = cone_program(one, np.array([-3.0]), -one, np.zeros(1), [("NonnegativeConeT", (1,))])
    >>> found.status, round(float(found.x[0]), 6)
    ('Solved', 3.0)
    """
    import clarabel
    import numpy as np

    made = [getattr(clarabel, name)(*given) for name, given in cones]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_iter = most
    if accuracy is not None:
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = accuracy
    first = None
    for step in _STEPS:
        settings.max_step_fraction = step
        run = clarabel.DefaultSolver(P, q, A, b, made, settings).solve()
        found = ConicSolution(np.array(run.x), np.array(run.z), str(run.status))
        first = first or found
        off = max(run.r_prim, run.r_dual, _gap(run.obj_val, run.obj_val_dual))
        if found.status not in _SHORT or off < _ROUGH:
            return found
    assert first is not None  # there are steps
    return first


def _gap(primal: float, dual: float) -> float:
    return abs(primal - dual) / max(1, abs(primal))
