"""The optimum of candidates whose ties are identities; None where they are not."""

from collections.abc import Sequence

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate

__all__ = ["by_identities"]

_MOST = 3  # candidates whose ties may be identities


def by_identities(
    tried: Sequence[tuple[Candidate, Problem]], limits: Limits, reasons: list[str]
) -> Optimum | None:
    """Return the optimum of the first candidate that is proved, each with its whole problem.

    Ties are of symmetric samples, or of all kappa on a subspace.
    """
    from .subspace import optimum_on_subspace
    from .symmetric import symmetric_optimum

    for prove in (symmetric_optimum, optimum_on_subspace):
        for candidate, whole in tried[:_MOST]:
            try:
                return prove(candidate.refined(limits.bits), whole, limits.bits)
            except Undecided as reason:
                reasons.append(str(reason))
    return None
