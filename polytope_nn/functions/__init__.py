"""Networks as functions on R^d: compared, attained, unique or not.

Terminology
-----------
kink
    A hyperplane ``{w'x + b = 0}`` where the function bends.
attained
    Reached by a network, not only by a limit of networks with ever larger biases.

Floors: uniqueness > attained > represented > piecewise_linear.
"""
