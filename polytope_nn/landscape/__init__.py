"""All that is as good: the optimal polytope, and its staircase of connectivity.

Terminology
-----------
P
    The optimal polytope ``{c >= 0 : F c = fit modulo Z}``, one coordinate for each atom.
class
    Atoms whose features are equal modulo Z: only their total weight is constrained.
support
    The atoms with a positive weight, as bits; m* and M* are the extreme supports of vertices.
P_m, Theta_m
    The points of P with support at most m; the optimal networks with m slots.
staircase
    The components of both for every m, from the merge tree of the vertices.
flat
    Two tight kinks of one neuron with a free bias, and all biases between them.

Floors: staircase > optimal_set (``optimal_polytope``) > polytope > coefficients, flats,
kinks, lifted, merge_tree > supports.
"""
