"""Conic programs over the neurons of cones, in floats: from definitions alone."""

import numpy as np


def over_cones(X, cones, start, price, loose):
    """What neurons cost and make, and what holds of them, behind ``start`` other variables.

    Of each cone, a pattern (None is no cone: linear neurons) with a sign, a bound of the norm and
    u; with ``loose`` the last entry is in no norm.
    """
    import clarabel
    from scipy import sparse

    n, d = X.shape
    size, priced = start + len(cones) * (d + 1), d - loose
    q, made, sides, balls = np.zeros(size), [], [], []
    for j, (p, s) in enumerate(cones):
        at = start + j * (d + 1)
        q[at] = price
        block = X * (p > 0)[:, None] if p is not None else X * np.r_[np.ones(d - 1), 0]
        made.append(np.c_[np.zeros(n), s * block])
        cone = sparse.lil_matrix((n, size))
        if p is not None:
            cone[:, at + 1 : at + 1 + d] = -X * p[:, None]
        sides.append(cone)
        ball = sparse.lil_matrix((priced + 1, size))
        ball[:, at : at + priced + 1] = -np.eye(priced + 1)
        balls.append(ball)
    K = [clarabel.NonnegativeConeT(n * len(cones))]
    K += [clarabel.SecondOrderConeT(priced + 1)] * len(cones)
    return q, np.hstack(made), sparse.vstack([*sides, *balls], "csc"), K


def least(q, fits, labels, neurons, curved):
    """The least cost with the given fits; ``neurons`` are rows that hold, and their cones."""
    import clarabel
    from scipy import sparse

    held, K = neurons
    A = sparse.vstack([sparse.csc_matrix(fits), held], "csc")
    b = np.r_[labels, np.zeros(held.shape[0])]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    P = sparse.diags(curved, format="csc")
    kinds = [clarabel.ZeroConeT(len(labels)), *K]
    return clarabel.DefaultSolver(P, q, A, b, kinds, settings).solve().obj_val
