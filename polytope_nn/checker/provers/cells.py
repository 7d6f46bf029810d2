"""The provers of cells: rays, cones, the optimal set over the rays, all widths."""

from ..claims import polytope
from ..claims.cells import slots, tight
from ..claims.cells.rays import rays_of
from ..claims.dual import orthogonal
from .proof import Proof


def prove_rays(P: Proof) -> None:
    """Prove kappa tight at each listed ray."""
    P.atoms = rays_of(P.D, P.kappa, P.claims["rays"])


def prove_dual(P: Proof) -> None:
    """Prove kappa feasible, and the rays of each cone where it is tight."""
    D = P.D
    orthogonal(D, P.kappa)
    P.cones = tight.Cells(D, P.atoms, P.witness["cells"])
    if D.unit.blocks:
        tight.feasible(P.cones, P.kappa, P.claims["patterns"], P.witness)
    for charted in P.charts:
        tight.bounded(P.cones, P.kappa, charted)


def prove_cells(P: Proof) -> None:
    """Prove which cells are maximal."""
    P.cells = P.cones.close(P.claims["cells"])


def complex_of(P: Proof) -> slots.Complex:
    """Return the cells that are in use, the rank of their features proved."""
    rank = polytope.dimension(P.D, P.atoms, P.supports, P.witness["rank"])[1]
    if P.bits:
        directions = [atom.u for atom in P.atoms.listed]
        return slots.Enclosed(P.D.clock, P.cells, P.points, directions, rank)
    return slots.Complex(P.D.clock, P.cells, P.points, P.atoms.directions, rank)


def prove_slots(P: Proof) -> None:
    """Derive the counts of networks for every width."""
    P.expected["slots"] = slots.slots(complex_of(P)) | {"modulo": P.modulo}
    P.follows("slots")


def prove_parts(P: Proof) -> None:
    """Derive the counts of solutions for every number of parts."""
    P.expected["parts"] = slots.parts(complex_of(P)) | {"modulo": P.modulo}
    P.follows("parts")
