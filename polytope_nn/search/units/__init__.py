"""Optima of units that are not ReLU neurons of l2 weights; :mod:`other` chooses the road.

* slopes: the ReLU problem of both sides (:mod:`~polytope_nn.problems.units.doubled`);
* gates, group LASSOs: a projection for each block (blocks, enclosed_blocks);
* thresholds, l1 and linf: a LASSO over finitely many columns (thresholds, cells > columns).
"""
