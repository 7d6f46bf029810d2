"""The optimum of a candidate whose ties are identities; None where they are not."""

from collections.abc import Iterator
from itertools import islice

from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import TooMany, Undecided
from polytope_nn.exact.linear import transpose
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.limits import Limits
from polytope_nn.problems.problem import Problem
from polytope_nn.search.candidate import Candidate

__all__ = ["by_identities", "has_vertices"]

_MOST_OPEN = 4  # proofs of one optimum that leave the vertices of its optimal set open


def by_identities(
    candidate: Candidate, whole: Problem, limits: Limits, reasons: list[str]
) -> Optimum | None:
    """Return the optimum of the whole problem that a candidate is of, if it is proved.

    Ties are of symmetric samples, or of all kappa on a subspace. Where the identities of one do
    not decide the vertices of the optimal set those of another may.
    """
    first = None
    for found in islice(_proofs(candidate, whole, limits.bits, reasons), _MOST_OPEN):
        if has_vertices(found, limits):
            return found
        first = first or found
    return first


def _proofs(
    candidate: Candidate, whole: Problem, bits: int, reasons: list[str]
) -> Iterator[Optimum]:
    from .subspace import optima_on_subspaces
    from .symmetric import symmetric_optima

    for prove in (symmetric_optima, optima_on_subspaces):
        try:
            yield from prove(candidate.refined(bits), whole, bits)
        except Undecided as reason:
            reasons.append(str(reason))
        except (OverflowError, ZeroDivisionError):
            reasons.append("floats cannot hold these numbers")


def has_vertices(O: Optimum, limits: Limits) -> bool:
    """Return whether an optimum by identities decides the vertices of its optimal set."""
    modulo = O.problem.free.modulo
    columns = dict.fromkeys(modulo(a.feature) for a in O.atoms)
    try:
        slice_vertices(transpose([*columns]), modulo(O.fit), most=limits.vertices)
    except TooMany:
        return True
    except Undecided:
        return False
    return True
