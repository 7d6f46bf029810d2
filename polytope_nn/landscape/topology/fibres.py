"""The fibres of the landscape over P: wedges of spheres (proofs/T15.md).

Over a point of P with k atoms the networks of width m are m slots shared out among the
atoms: each has a nonempty set of slots, disjoint from the others, and a simplex of masses on
it. This is ``Hom(K_k, K_m)``, the pairwise deleted product of k simplices with m vertices.
"""

from functools import cache
from math import comb

__all__ = ["fibre_characteristic", "sphere_count"]


@cache
def fibre_characteristic(k: int, m: int) -> int:
    """Return the Euler characteristic of the fibre of k atoms in m slots.

    ``sum_j (-1)^j C(k, j) (1 - j)^m``: each atom has the exponential generating function
    ``1 - e^-x``, the unused slots ``e^x``; 0 for k > m.

    >>> [fibre_characteristic(2, m) for m in (1, 2, 3, 4)]
    [0, 2, 0, 2]
    """
    return sum((-1) ** j * comb(k, j) * (1 - j) ** m for j in range(k + 1))


@cache
def sphere_count(k: int, m: int) -> int:
    """Return how many (m - k)-spheres the fibre is a wedge of; for k <= m.

    >>> sphere_count(4, 4), sphere_count(1, 5), sphere_count(3, 4)
    (23, 0, 13)
    """
    reduced = fibre_characteristic(k, m) - 1
    return -reduced if (m - k) % 2 else reduced
