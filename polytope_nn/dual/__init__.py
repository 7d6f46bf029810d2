"""Why nothing is better: what an optimum is, and its proof. No floats; a guess is data.

Terminology
-----------
kappa
    The dual variable, ``-grad L(fit)``: positive neurons maximise ``kappa'(Xu)_+``. Feasible
    when that is at most ``beta |u|`` for all u, and ``Z'kappa = 0``; the talk's nu is -kappa.
bound
    Multipliers mu >= 0 on one tope and sign: ``|sign X'D kappa + sum mu_k s_k x_k| <= beta``.
atom
    A direction g with ``|g| = beta`` that attains it; its feature has ``kappa'F = beta^2``.
unit, pair
    The face of one atom in a system, or two whose features differ by a free column.
enclosures
    A square system, and a box in which it has exactly one zero: numbers in balls.
level
    ``exact``: every equality decided; ``interval``: every decision strict, in balls.

Floors: optimum > fibre, tight > enclosures > feasibility, vanishing > system > resolvent >
atoms.
"""
