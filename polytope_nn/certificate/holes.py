"""The certificate of the holes: that of the staircase, with one claim more (T15)."""

from collections import Counter

from polytope_nn.checker.claims.holes import WIDEST, size
from polytope_nn.checker.kernel.reading import Clock, Limits
from polytope_nn.errors import Undecided
from polytope_nn.landscape.optimal_set import Solvable, optimal_polytope
from polytope_nn.landscape.topology.holes import Holes, holes
from polytope_nn.problems.losses import SeparableLoss

from .certify import certify
from .check import check
from .format import Certificate, Json
from .raised import raised

__all__ = ["holes_certificate"]


def holes_certificate(problem: Solvable, found: Holes | None = None) -> Certificate:
    """Return the certificate of the holes of a problem, accepted by the checker.

    Raises
    ------
    Undecided
        When P has more faces than the checker has room for, or the loss is another one than
        squared and interpolation.

    The checker finds the faces of P and reduces its boundary again, over F_2 and over Z;
    where units alone do not exclude torsion it claims none, and Betti numbers over F_2.

    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> holes_certificate(D).claim("holes")["bars"]
    {'0': [[1, None, 1], [2, 3, 1]]}
    """
    P = optimal_polytope(problem)
    H = holes(P) if found is None else found
    if isinstance(P.problem.loss, SeparableLoss):
        raise Undecided(
            "a certificate of holes: it is made for squared loss and interpolation; without "
            "-o there are answers"
        )
    if not Clock(Limits()).fits(len(H.faces), size(P.supports)):
        raise Undecided(
            f"a certificate of holes: {len(H.faces)} faces are more than the checker has "
            f"room for: leave out -o"
        )
    C = raised(certify(P))
    claims = [*C.claims, claimed(H)]
    made = Certificate("holes", C.data, C.field, claims, C.witness, C.version)
    check(made)
    return made


def claimed(H: Holes) -> Json:
    """Return the claim: bars with their number, and what follows for each width."""
    doubtful = H.faces.torsion_from
    widths: list[Json] = []
    for m in (m for m in H if m <= WIDEST):
        excluded: Json = [] if doubtful is None or m < doubtful else None
        betti, networks = H.faces.betti_2(m), H.network_betti_2(m)
        widths.append(
            {
                "m": m,
                "betti": list(betti),
                "network_betti": list(networks),
                "euler": H.euler(m),
                "torsion": excluded,
            }
        )
    bars: dict[str, Json] = {
        str(i): [[*bar, times] for bar, times in Counter(found).items()]
        for i, found in H.bars.items()
    }
    return {"claim": "holes", "bars": bars, "widths": widths}
