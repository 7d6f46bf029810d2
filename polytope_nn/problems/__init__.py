"""What is asked: a problem is a unit, a loss, a free part and a price.

Terminology
-----------
problem
    ``min L(sum_j c_j F_j + Z a) + beta sum_j c_j`` over coefficients a and weights c >= 0.
unit
    The neurons, in *charts*: each a design matrix X whose rows neurons u see, ``(Xu)_+``.
feature
    ``F``, shape (n,): what a neuron of length 1 does to the samples, with its sign.
loss
    The price of a fit z; all that is asked of it is which fits belong to a kappa.
free part
    The columns of Z: a skip connection, a constant; they cost nothing.

Floors: families, instance > training, interpolation > problem > free_part, losses, relu;
reading/ has the text of files, tables, arrays and frames, objectives what other tools minimise.
"""
