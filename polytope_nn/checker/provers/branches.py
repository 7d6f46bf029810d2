"""The provers of three layers."""

from ..claims.identities import Exact
from ..claims.objectives.values import finite
from ..claims.parallel.boxes import made
from .proof import Proof


def prove_atoms(P: Proof) -> None:
    """Read the directions of inner neurons."""
    P.atoms = P.deep.prove_atoms()


def prove_dual(P: Proof) -> None:
    """Prove that no branch exceeds beta, on the one chart."""
    for charted in P.charts:
        P.deep.prove_dual(charted, P.kappa)


def prove_boxes(P: Proof) -> None:
    """Prove the same of a kappa in intervals, and a network of the atoms of its system."""
    made(P.atoms, P.x)
    E = Exact(P.atoms, P.kappa)
    for charted in P.charts:
        P.deep.prove_boxes(charted, E)


def prove_gap(P: Proof) -> None:
    """Prove the gap of a network of three layers."""
    finite(P.D)
    P.deep.prove_gap(P.kappa)
