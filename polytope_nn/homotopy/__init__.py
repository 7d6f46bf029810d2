"""Homotopy: what the optimal set does while the weight decay beta runs (topology.md B1-B5).

Terminology. In the scaled variables ``k = kappa/beta``, ``w = beta c`` optimality is
``beta W^-1 k + sum_a w_a B_a k = y``, ``k'B_a k = 1`` on the atoms, ``w >= 0``: a system that is
quadratic in (k, w, beta) together. The *type* at beta is the set of atoms, as signed covectors,
and the family of supports of the vertices of P; it is constant between finitely many
*breakpoints* (B1).

Floor plan: :mod:`.decay` is the family of problems, :mod:`.types` what is constant and what an
end is called; :mod:`.curve` encloses (k, w) for every beta of a stretch, :mod:`.conditions`
are the strict inequalities that make a type, :mod:`.regime` which of them there are,
:mod:`.tracking` follows a type to its ends; :mod:`.standstill` treats the phases in which k
stands still, exactly; :mod:`.algebraic` recognises ends; :mod:`.beta_path` tiles.
"""
