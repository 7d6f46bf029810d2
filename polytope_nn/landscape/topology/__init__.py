"""Holes: the homology of P_m and of Theta_m for every width, from the supports of P alone.

Terminology
-----------
face
    A nonempty face G of P, held as its support; ``|G|`` is the number of its atoms,
    ``rho(G) = |G| - dim G`` the rank of their features.
filtration
    ``P_1, P_2, ...``: the face G enters at ``|G|``, never before its faces.
bar
    A class of ``H_i(P_m)`` for the widths from its birth on, before its death.
fibre
    The networks of width m over one point of a face with k atoms: ``Hom(K_k, K_m)``, a
    wedge of (m - k)-spheres.
slot complex
    Theta_m itself: a cell is a face of P with a set of slots for each of its atoms.

Floors: holes > slot_complex > cells > reduction; fibres stands alone. Proofs: proofs/T15.md
to T18.md.
"""
