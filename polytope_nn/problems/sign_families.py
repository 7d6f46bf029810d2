"""Families of sign-vector networks: thresholds far below their bound or on it, any complex.

Each function returns :class:`~polytope_nn.problems.sign_networks.SignNetworks`, or supports
of an abstract polytope; its docstring states the claim that the tests verify (S2 and S3 of
proofs/sign_networks.md).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from polytope_nn.errors import InstanceError

from .sign_networks import SignNetworks, SignVector

__all__ = [
    "birkhoff",
    "cross",
    "pairs_of_opposites",
    "projective_plane",
    "sharp_supports",
    "simplicial",
]

_PLANE = """
++++++-----+--------++--+-+++ ++---++-+-+-+-----+-++--++-++ +++---++-+---+----+-++-++-++-
+-++---++-+---+---+-++--+-+++ +--++-+-++-----+-++-++--+-+-+ +---++-+-++-----+-+-++--+-++-
++-----------------+-++++++-- +-+--------------+--------+-+ +--+-------------+-+++++--+++
+---+------------+-----++++-- +----+-----------+-+-+---+-++ +-----+----------+-++--++--++
+------+-----------+-+++++-++ +-------+--------+++----+++-+ +--------+-------+++-++---+--
+---------+------+--+-+---++- +----------+------+++-+-+--++ +-----------+-----+--+++-+--+
+------------+---++-+--+-+++- +-------------+---++-+-+++--- +--------------+-----++--+--+
+---------------+-+++--++-+-+
"""


def cross(p: int) -> SignNetworks:
    """Return the rows ``+-e_i`` with a constant fit (S3): the bound ``r + 1`` is attained.

    For p >= 3: ``m* = 2``, ``M* = r = p + 1``, threshold p + 2.

    >>> cross(3)
    SignNetworks(p=3, rank=3, atoms=8)
    """
    _at_least(1, p=p)
    unit = [[int(i == j) for j in range(p)] for i in range(p)]
    ones = (1,) * p
    masses = {ones: 1, tuple(-t for t in ones): 1}
    return SignNetworks.of(unit, masses, name=f"cross {p}")


def pairs_of_opposites(q: int) -> SignNetworks:
    """Return q pairs of opposite atoms, all of one sum (S3): the bound m* + M* is attained.

    ``sum e_i = -(q - 2) e_0``: P is a simplex, all supports are 2, ``r = q + 1``, and the
    threshold is 4 for q >= 2.
    """
    _at_least(2, q=q)
    rows = [_one_hot(i, q) for i in range(q)]
    masses = {rows[0]: 1, tuple(-t for t in rows[0]): 1}
    return SignNetworks.of(rows, masses, name=f"pairs of opposites {q}")


def birkhoff(n: int) -> SignNetworks:
    """Return networks whose P is the Birkhoff polytope of n x n matrices (S3).

    The atoms in use are the places (i, j), a vertex a permutation matrix: ``m* = M* = n``,
    ``r_P = 2n - 1``, the bound is 2n, and the threshold is only n + 2.
    """
    _at_least(2, n=n)
    rows = [(*_one_hot(i, n), *_one_hot(j, n)[1:]) for i in range(n) for j in range(n)]
    return SignNetworks.of(rows, dict.fromkeys(rows, 1), name=f"Birkhoff {n}")


def projective_plane() -> SignNetworks:
    """Return networks with torsion: P_18 is the projective plane with six vertices (S2).

    58 samples in rank 17, ``beta^2 = 29``, 44 atoms of which P uses 22, ``m* = M* = 11``,
    ``r_P = 17``: ``H_1(P_18) = H_1(Theta_18) = Z/2``.
    """
    rows = [tuple(1 if s == "+" else -1 for s in word) for word in _PLANE.split()]
    first = (0, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21)
    return SignNetworks.of(rows, {rows[a]: 1 for a in first}, name="projective plane")


def simplicial(
    facets: Iterable[Iterable[int]], *, copies: int = 0, sets: Sequence[Iterable[int]] = ()
) -> SignNetworks:
    """Return networks whose P is a simplex with some P_m the complex of these facets (S2).

    Vertices are 0, ..., v - 1, v >= 3. Atoms are the vertices, and *sets* H: all nonempty
    proper subsets, each facet ``copies`` times more, and single vertices until all lie in
    equally many; or those given. Vertex i of P has the support
    ``{i} + {H : i not in H}``, a face G has ``#G + #{H : G not in H}`` atoms; with enough
    copies faces outside the complex enter after those inside.

    Raises
    ------
    InstanceError
        When vertices lie in different numbers of sets, or W has other sign vectors.
    """
    _at_least(0, copies=copies)
    chosen = _sets(facets, "facets")
    v = 1 + max((i for f in chosen for i in f), default=-1)
    _require(v >= 3, "facets: give vertices 0, ..., v - 1 with v >= 3")
    H = _sets(sets, "sets") or _balanced(chosen, v, copies)
    degrees = {sum(i in s for s in H) for i in range(v)}
    _require(len(degrees) == 1, "sets: vertices must lie in equally many of them")
    coordinates = list(_coordinates(H, v))
    rows: list[SignVector] = [
        tuple(1 if a in T else -1 for T in coordinates) for a in range(v + len(H))
    ]
    support = [0, *(v + k for k, s in enumerate(H) if 0 not in s)]
    found = SignNetworks.of(rows, {rows[a]: 1 for a in support}, name="complex")
    more = len(found.vectors) - 2 * len(rows)
    _require(not more, f"sets: {more} sign vectors more than atoms: give all subsets")
    return found


def sharp_supports(m_star: int, M_star: int, rank: int) -> tuple[int, ...]:
    """Return supports of a simplex on which ``min{m* + M*, r + 1}`` is the threshold (S3).

    For all ``1 <= m* <= M* <= r`` with M* >= 2. Every vertex has an atom of its own, so
    these are the supports of the vertices of some ``{c >= 0 : F c = y}`` of rank r.

    >>> [bin(bits) for bits in sharp_supports(2, 2, 3)]
    ['0b11', '0b1100']
    """
    _at_least(1, m_star=m_star, M_star=M_star, rank=rank)
    fine = 1 <= m_star <= M_star <= rank and M_star >= 2
    _require(fine, f"{m_star}, {M_star}, {rank}: give 1 <= m* <= M* <= r and M* >= 2")
    A = (1 << m_star) - 1
    if rank <= m_star + M_star - 1:  # two vertices that share m* + M* - r - 1 atoms
        shared = m_star + M_star - rank - 1
        return A, (1 << shared) - 1 | ((1 << (M_star - shared)) - 1) << m_star
    found, free = [A, ((1 << M_star) - 1) << m_star], m_star + M_star
    for _ in range(rank - (m_star + M_star - 1)):
        found.append((1 << max(m_star - 2, 0)) - 1 | 0b11 << free)
        free += 2
    return tuple(found)


def _one_hot(i: int, n: int) -> SignVector:
    """Return 1, and the signs that are + at i only."""
    return (1, *(1 if j == i else -1 for j in range(n)))


def _balanced(
    facets: Sequence[frozenset[int]], v: int, copies: int
) -> list[frozenset[int]]:
    """Return all nonempty proper subsets, copies of facets, and single vertices."""
    H = [frozenset(s) for k in range(1, v) for s in combinations(range(v), k)]
    H += [f for f in facets for _ in range(copies)]
    degree = Counter(i for s in H for i in s)
    most = max(degree.values())
    return H + [frozenset([i]) for i in range(v) for _ in range(most - degree[i])]


def _coordinates(H: Sequence[frozenset[int]], v: int) -> Iterator[frozenset[int]]:
    """Yield sets of atoms that meet every vertex's support in equally many.

    Atom v + k is the set H_k. They are all atoms; H and its vertices; the vertices; unions of
    disjoint H, H'; and where two or three sets part the vertices, these alone.
    """
    yield frozenset(range(v + len(H)))
    yield frozenset(range(v))
    own = [frozenset([v + k]) for k in range(len(H))]
    for k, s in enumerate(H):
        yield own[k] | s
    for j, k in combinations(range(len(H)), 2):
        if not H[j] & H[k]:
            union = H[j] | H[k]
            yield own[j] | own[k] | (union if len(union) < v else frozenset())
    for i, j, k in combinations(range(len(H)), 3):
        three = (H[i], H[j], H[k])
        if len(frozenset().union(*three)) == v == sum(map(len, three)):
            yield own[i] | own[j] | own[k]


def _at_least(least: int, **given: object) -> None:
    """Refuse, by its name, what is no integer of that size."""
    for name, n in given.items():
        _require(
            type(n) is int and n >= least, f"{name}: {n!r}: give an integer >= {least}"
        )


def _sets(given: Iterable[Iterable[int]], name: str) -> list[frozenset[int]]:
    """Return sets of vertices; what is none is refused."""
    try:
        found = [frozenset(s) for s in given]
    except TypeError:
        raise InstanceError(f"{name}: {given!r}: give lists of vertices") from None
    for i in sorted(set().union(*found), key=repr):
        _require(
            type(i) is int and i >= 0, f"{name}: {i!r} is no vertex: give 0, 1, 2, ..."
        )
    return found


def _require(holds: bool, message: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise InstanceError(message)
