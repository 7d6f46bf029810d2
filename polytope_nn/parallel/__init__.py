"""Parallel three-layer networks: many branches, each the ReLU of a two-layer network.

A branch ``((XW)_+ w)_+`` of unit norms is ``(z)_+`` with z in the two-layer unit ball
(three-layer P2), so every decision here is a two-layer one.

Floor plan: ``problem`` is the question. ``blocks`` projects onto the cones of one vector mu,
``saddle`` and ``master`` guess in floats, ``theta`` makes a guess exact, ``tree`` proves dual
feasibility leaf by leaf (P5), ``pieces`` reads the optimal branches off its tight leaves (P7).
``optimum`` puts them together and ``finding`` finds kappa. ``counts`` counts the components of the
optimal networks in both widths (P9), ``networks`` holds networks and paths between them.
"""
