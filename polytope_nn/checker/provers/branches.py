"""The provers of three layers."""

from ..claims.objectives.values import finite
from .proof import Proof


def prove_atoms(P: Proof) -> None:
    """Read the directions of inner neurons."""
    P.atoms = P.deep.prove_atoms()


def prove_dual(P: Proof) -> None:
    """Prove that no branch exceeds beta, on the one chart."""
    for charted in P.charts:
        P.deep.prove_dual(charted, P.kappa)


def prove_gap(P: Proof) -> None:
    """Prove the gap of a network of three layers."""
    finite(P.D)
    P.deep.prove_gap(P.kappa)
