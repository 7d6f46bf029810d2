"""About how many vertices a polytope has, without listing them; and what a list would cost.

A slice is dived into at random (Knuth 1975: the mean of one over the chance of a leaf is the
number of leaves); of a fibre of a zonotope, whose vertices are pairs of a basis and signs, a
random part of these pairs is looked at. Both means are the number itself; floats only.

References
----------
D. E. Knuth, *Estimating the efficiency of backtrack programs*, Math. Comp. 29 (1975).
"""

from dataclasses import dataclass
from itertools import combinations
from math import comb
from random import Random

from polytope_nn.geometry.zonotope import Fibre
from polytope_nn.progress import counted

from .float_slice import FloatSlice

__all__ = ["Estimate", "estimate_of_fibre", "estimate_of_slice"]

_DIVES = 300
_WALKS = 24  # to vertices that the dives go near
_BASES = 600  # of a fibre that are looked at
_SIGNS = 1024  # of each
_SINGULAR = 1e-9
_SECONDS, _MEGABYTES = 6e-3, 0.045  # a vertex, of 30 atoms, with its certificate (measured)


@dataclass(frozen=True)
class Estimate:
    """A number of vertices, and how it was estimated."""

    value: float
    basis: str

    def cost(self, n_atoms: int) -> str:
        """Return about how long and how large a list with its certificate would be."""
        seconds = self.value * _SECONDS * max(n_atoms, 10) / 30
        size = self.value * _MEGABYTES * max(n_atoms, 10) / 30 / 1000
        return f"about {_short(max(1.0, seconds))} s and {_short(max(0.1, size))} GB"

    def __str__(self) -> str:
        return f"about {_short(self.value)} vertices"


def _short(x: float) -> str:
    """Return two digits of a number.

    >>> _short(12777984.0), _short(44468.0), _short(0.1234)
    ('1.3e+07', '44000', '0.12')
    """
    if x < 100 or x >= 1e6:
        return f"{float(x):.2g}"
    return str(int(float(f"{float(x):.2g}")))


def estimate_of_slice(S: FloatSlice) -> Estimate:
    """Return the mean over random dives into a slice."""
    import numpy as np

    chance = Random(0)  # noqa: S311 - the same dives on every run
    found = sorted(set(S.copy().supports(_WALKS, chance)))
    known = np.zeros((len(found), S.N), dtype=bool)
    for row, at in zip(known, found, strict=True):
        row[list(at)] = True
    dives = counted("estimate, dives", range(_DIVES))
    total = sum(S.copy().dive(chance, known) for _ in dives)
    return Estimate(
        max(float(len(found)), total / _DIVES),
        f"Knuth's estimate: {_DIVES} random dives, c_j = 0 or c_j > 0 one after another",
    )


def estimate_of_fibre(F: Fibre) -> Estimate:
    """Return the number of vertices that a random part of all bases and signs shows."""
    import numpy as np

    k, q = len(F.e), len(F.rows)
    e = np.array([float(x) for x in F.e])
    rows = np.array([[float(x) for x in row] for row in F.rows]).reshape(q, k)
    right = np.array([float(x) for x in F.right])
    chance = Random(0)  # noqa: S311 - the same bases on every run
    signs = np.random.default_rng(0)
    every = comb(k, q)
    bases = (
        combinations(range(k), q)
        if every <= _BASES
        else (sorted(chance.sample(range(k), q)) for _ in range(_BASES))
    )
    inside, looked = 0.0, 0
    for basis in counted("estimate, bases", bases, min(every, _BASES)):
        looked += 1
        free = list(basis)
        fixed = [j for j in range(k) if j not in basis]
        square = rows[:, free]
        size = np.abs(square).max() if q else 1.0
        if q and abs(np.linalg.det(square / (size or 1.0))) < _SINGULAR:
            continue
        ends = signs.choice([-1, 1], (len(fixed), _SIGNS)) * e[fixed][:, None]
        t = np.linalg.solve(square, right[:, None] - rows[:, fixed] @ ends)
        inside += float(np.mean(np.all(np.abs(t) < e[free][:, None], axis=0)))
    value = inside / looked * every * 2 ** (k - q)
    return Estimate(
        max(1.0, float(value)),
        f"{_SIGNS} random signs for each of {looked} of the {every} bases of the fibre",
    )
