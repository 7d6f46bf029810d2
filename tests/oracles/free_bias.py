"""Stationary networks on a line with a free bias, in floats: linear systems of all block sets.

A neuron ``s (t dir x + p)_+`` has ``|w| = t``: the equations are linear. A block is a sign and a
word over the samples, as in the library; whether its neurons have weights t > 0 and biases
inside their tope is asked of a linear program that makes the least slack largest.
"""

from itertools import combinations, pairwise

import numpy as np
from scipy.optimize import linprog

_TOLERANCE = 1e-7


def _blocks(x):
    """Return (sign, word, dir, tied) of faces and topes, those active nowhere left out."""
    values = sorted(set(x.tolist()))
    cuts = [
        values[0] - 1,
        *((a + b) / 2 for a, b in pairwise(values)),
        values[-1] + 1,
    ]
    found = set()
    for at, tied in [*((v, True) for v in values), *((c, False) for c in cuts)]:
        for direction in (1, -1):
            word = tuple(np.sign(direction * (x - at)).astype(int).tolist())
            if 1 in word:
                found |= {(s, word, direction, tied) for s in (1, -1)}
    return sorted(found)


def stationary(x, y, beta, width, *, constant):
    """Return the rounded values with their sets of blocks (sign, word), sorted."""
    x, y = np.array(x, float), np.array(y, float)
    every = _blocks(x)
    found = set()
    for k in range(width + 1):
        for T in combinations(every, k):
            if len({b[:2] for b in T}) == k:
                value = _value(x, y, beta, T, constant=constant)
                if value is not None:
                    found.add((round(value, 6), tuple(sorted(b[:2] for b in T))))
    return sorted(found)


def _value(x, y, beta, T, *, constant):
    columns, prices, rows = [], [], []
    for s, word, direction, tied in T:
        E = np.array(word) > 0
        at = x[np.array(word) == 0][0] if tied else 0.0
        columns.append(s * E * direction * (x - at))
        prices.append(beta)
        rows.append((len(columns) - 1, None, 1.0, 0.0))
        if not tied:
            columns.append(s * E.astype(float))
            prices.append(0.0)
            here = len(columns) - 1
            rows += [
                (here - 1, here, side * direction * t, float(side))
                for t, side in zip(x, word, strict=True)
            ]
    if constant:
        columns.append(np.ones(len(x)))
        prices.append(0.0)
    if not columns:
        return float(y @ y / 2)
    A, r = np.array(columns).T, np.array(prices)
    gram = np.vstack([A.T @ A])
    theta = np.linalg.lstsq(gram, A.T @ y - r, rcond=None)[0]
    if np.abs(gram @ theta - (A.T @ y - r)).max() > _TOLERANCE:
        return None
    kappa = y - A @ theta
    for _, word, _, tied in T:
        if tied:
            E, Z = np.array(word) > 0, np.array(word) == 0
            low, high = sorted((kappa[E].sum(), kappa[E].sum() + kappa[Z].sum()))
            if low > _TOLERANCE or high < -_TOLERANCE:
                return None
    if not _has_room(A, A @ theta, rows):
        return None
    return float(kappa @ kappa / 2 + r @ theta)


def _has_room(A, fit, rows):
    """Return whether some coefficients make the fit, with every row positive."""
    if not rows:
        return True
    p = A.shape[1]
    upper = np.zeros((len(rows), p + 1))
    upper[:, -1] = 1
    for i, (j, k, first, second) in enumerate(rows):
        upper[i, j] -= first
        if k is not None:
            upper[i, k] -= second
    goal = np.zeros(p + 1)
    goal[-1] = -1
    # the fit is met in a basis of the columns, so that rounding makes nothing infeasible
    U, size, _ = np.linalg.svd(A, full_matrices=False)
    basis = U[:, size > 1e-9 * size[0]].T
    answer = linprog(
        goal,
        A_ub=upper,
        b_ub=np.zeros(len(rows)),
        A_eq=np.column_stack([basis @ A, np.zeros(len(basis))]),
        b_eq=basis @ fit,
        bounds=[(None, None)] * p + [(None, 1)],
    )
    return answer.status == 0 and -answer.fun > _TOLERANCE
