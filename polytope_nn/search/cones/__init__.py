"""Cone trees in floats: what :mod:`~polytope_nn.dual.cone_tree` is given to prove.

``floats`` holds a form scaled to beta = 1 and least-squares steps; ``growing`` cuts cones until
each has a short p, and ``packing`` writes the tree in integers; ``climbing`` finds the local
maxima; ``pools`` the dual variable, by column generation with the tree as oracle; ``faces``
makes faces of a pool's support and solves their equations.
"""
