"""The optimum of a candidate whose ties are identities; None where they are not."""

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate

__all__ = ["by_identities", "has_vertices"]


def by_identities(
    candidate: Candidate, whole: Problem, limits: Limits, reasons: list[str]
) -> Optimum | None:
    """Return the optimum of the whole problem that a candidate is of, if it is proved.

    Ties are of symmetric samples, or of all kappa on a subspace.
    """
    from .subspace import optimum_on_subspace
    from .symmetric import symmetric_optimum

    for prove in (symmetric_optimum, optimum_on_subspace):
        try:
            return prove(candidate.refined(limits.bits), whole, limits.bits)
        except Undecided as reason:
            reasons.append(str(reason))
        except (OverflowError, ZeroDivisionError):
            reasons.append("floats cannot hold these numbers")
    return None


def has_vertices(O: Optimum, limits: Limits) -> bool:
    """Return whether an optimum by identities decides the vertices of its optimal set."""
    modulo = O.problem.free.modulo
    columns = dict.fromkeys(modulo(a.feature) for a in O.atoms)
    try:
        slice_vertices(transpose([*columns]), modulo(O.fit), most=limits.vertices)
    except Undecided:
        return False
    return True
