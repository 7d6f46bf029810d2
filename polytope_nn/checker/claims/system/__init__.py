"""Level *interval*: the system that kappa, the weights and lambda solve; kappa is feasible.

An atom is a sign and a covector; its face has ``v_i``, the projections of the rows on the
face's span. Unknowns are kappa, e (one per face of the system), lambda:

    kappa/weights + sum_a e_a B_a kappa + Z lambda = y,  kappa'B_a kappa = beta^2,  Z'kappa = 0

whose faces are single atoms (``B = V V'`` with V the ``v_i``), or such that are alike (V of
the first), or pairs of opposite ones (``V_i = s_i v_i / 2``), or the two ends of a flat.
All rows are integers over one denominator a face (proofs/claims.md).
"""
