"""Claim *holes*: the homology of P_m and Theta_m for every width, all from the supports.

The faces of P are found again, its boundary is reduced again over F_2 for the bars and over
Z by units; where these do not exclude torsion the witness has Smith forms of what they leave.
The claim must be what follows (proofs/T15.md).
"""

from .faces import bars_of, boundary, faces_of, reduced, size
from .torsion import residue
from .widths import WIDEST, holes

__all__ = [
    "WIDEST",
    "bars_of",
    "boundary",
    "faces_of",
    "holes",
    "reduced",
    "residue",
    "size",
]
