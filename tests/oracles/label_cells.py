"""Components of three-layer networks by labelled slots and linear programs in floats, no vertices.

A cell gives each of k slots of m branches an inner atom of a piece. Its networks are the masses
that make the fit under the conditions of the pieces; two cells share one iff a linear program has
a point with nothing in the slots where they differ. A component is a point iff no mass varies in
any of its cells, and none is 0.
"""

from itertools import combinations, product

import numpy as np
from scipy.optimize import linprog

from polytope_nn.exact.scalar import nearest_float
from polytope_nn.parallel.pieces import label

_NOTHING = 1e-7


class Cells:
    """The labelled cells of m branches of k inner neurons that have networks."""

    def __init__(self, fit, pieces, m, k):
        self.fit = [nearest_float(t) for t in fit]
        self.slots = [(j, l) for j in range(m) for l in range(k)]
        listed = [
            [(label(a), np.array([*map(nearest_float, a.feature)])) for a in p.atoms]
            for p in pieces
        ]
        labelled = [
            (p, chosen)
            for p, own in zip(pieces, listed, strict=True)
            for chosen in product(own, repeat=k)
        ]
        self.size = len(labelled) ** m
        self.every = product(labelled, repeat=m)

    def program(self, *cells):
        """Return what linprog takes: the networks that lie in all of the cells."""
        first = cells[0]
        features = [first[j][1][l][1] for j, l in self.slots]
        columns = [
            first[j][0].sigma * f * first[j][0].mask
            for (j, _), f in zip(self.slots, features, strict=True)
        ]
        equal, right, below = [*np.array(columns).T], [*self.fit], []
        for cell in cells:
            for j, (p, _) in enumerate(cell):
                for i, e in enumerate(p.signs):
                    row = [
                        f[i] * (q == j)
                        for (q, _), f in zip(self.slots, features, strict=True)
                    ]
                    if e == 0:
                        equal.append(row)
                        right.append(0)
                    elif e is not None:
                        below.append([-e * t for t in row])
        names = [
            {(cell[j][0].sigma, *cell[j][1][l][0]) for cell in cells} for j, l in self.slots
        ]
        return {
            "A_eq": equal, "b_eq": right,
            "A_ub": below or None, "b_ub": [0] * len(below) or None,
            "bounds": [(0, None if len(own) == 1 else 0) for own in names],
        }  # fmt: skip

    def meet(self, *cells):
        """Return whether some network lies in all of the cells."""
        return linprog([0] * len(self.slots), **self.program(*cells)).status == 0

    def is_point(self, cell):
        """Return whether no mass varies in a cell, and none is 0."""
        for unit in np.eye(len(self.slots)):
            ends = [linprog(c, **self.program(cell)).fun for c in (unit, -unit)]
            if ends[0] < _NOTHING or -ends[1] - ends[0] > 10 * _NOTHING * -ends[1]:
                return False
        return True


def counted(fit, pieces, m, k, most=60):
    """Return the numbers of components and of isolated points; None of more than so many cells."""
    of = Cells(fit, pieces, m, k)
    if of.size > 40 * most:
        return None
    live = [cell for cell in of.every if of.meet(cell)]
    if len(live) > most:
        return None
    home = [*range(len(live))]
    for a, b in combinations(range(len(live)), 2):
        if home[a] != home[b] and of.meet(live[a], live[b]):
            home = [home[a] if t == home[b] else t for t in home]
    parts = [[live[i] for i, t in enumerate(home) if t == name] for name in {*home}]
    return len(parts), sum(all(map(of.is_point, own)) for own in parts)
