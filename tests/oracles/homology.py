"""Homology by brute force: unions of supports, chains of faces, elimination over F_p.

Nothing here knows of dimensions, orientations or filtrations of cells: faces are the unions
of vertex supports, P_m is the simplicial complex of their chains, and ranks are found by
elimination modulo a prime (2, and a large one for Q: no torsion is larger than that).
"""

from itertools import combinations
from random import Random
from types import SimpleNamespace

LARGE = 2**61 - 1

# the projective plane with six vertices, and a complex of it that is a simplex less some faces
PLANE = [
    *[(0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5), (0, 1, 5)],
    *[(1, 2, 4), (2, 3, 5), (1, 3, 4), (2, 4, 5), (1, 3, 5)],
]


def unions(supports):
    """All faces: the unions of supports of vertices."""
    found = set(supports)
    waiting = list(found)
    for face in waiting:
        for v in supports:
            if face | v not in found:
                found.add(face | v)
                waiting.append(face | v)
    return found


def rank(rows, p):
    """The rank modulo p of sparse rows (dicts)."""
    owner, found = {}, 0
    for given in rows:
        row = {k: t % p for k, t in given.items() if t % p}
        while row:
            top = max(row)
            if top not in owner:
                inverse = pow(row[top], -1, p)
                owner[top] = {k: t * inverse % p for k, t in row.items()}
                found += 1
                break
            t = row[top]
            for k, s in owner[top].items():
                left = (row.get(k, 0) - t * s) % p
                if left:
                    row[k] = left
                else:
                    del row[k]
    return found


def chain_betti(supports, m, p):
    """The Betti numbers of P_m over F_p, by chains of faces with at most m atoms."""
    faces = [f for f in unions(supports) if f.bit_count() <= m]
    chains = [[(f,) for f in faces]]
    while chains[-1]:
        chains.append(
            [(*c, f) for c in chains[-1] for f in faces if f != c[-1] and not c[-1] & ~f]
        )
    chains.pop()
    ranks = [0]
    for longer in chains[1:]:
        names = {c: i for i, c in enumerate({c for x in longer for c in drops(x)})}
        ranks.append(
            rank(({names[c]: (-1) ** k for k, c in enumerate(drops(x))} for x in longer), p)
        )
    ranks.append(0)
    numbers = [len(c) - a - b for c, a, b in zip(chains, ranks, ranks[1:], strict=False)]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def drops(chain):
    """The chain without each of its members in turn."""
    return [chain[:k] + chain[k + 1 :] for k in range(len(chain))]


def abstract(rng, n=5, N=8):
    """Supports of the vertices of a random {c >= 0 : F c = y}, y from few columns of F."""
    from fractions import Fraction

    from polytope_nn.geometry.double_description import slice_vertices
    from polytope_nn.landscape.supports import support

    F, columns = set(), 1
    while len(F) < columns:
        rows, columns = rng.randint(3, n), rng.randint(5, N)
        F = {
            (*(rng.choice([0, 0, 1, 1, 2, 3]) for _ in range(rows - 1)), 1)
            for _ in range(columns)
        }
    F = sorted(F)
    chosen = rng.choices(F, k=rng.randint(1, 5))
    A = [[Fraction(f[k]) for f in F] for k in range(rows)]
    y = [Fraction(sum(f[k] for f in chosen)) for k in range(rows)]
    return SimpleNamespace(supports=tuple(map(support, slice_vertices(A, y))))


def abstracts(seed, number):
    rng = Random(seed)  # noqa: S311 - draws that can be repeated, not secrets
    return [abstract(rng) for _ in range(number)]


def plane_supports(*, singletons=False):
    """A simplex with six vertices whose P_m is the projective plane for one m.

    Vertex i has an atom of its own and one for each listed set without i.
    """
    sets = [*map(frozenset, PLANE), *(frozenset([i]) for i in range(6) if singletons)]
    supports = [
        1 << i | sum(1 << (6 + k) for k, h in enumerate(sets) if i not in h)
        for i in range(6)
    ]
    assert all(sum(i in t for t in PLANE) == 5 for i in range(6))
    assert len({e for t in PLANE for e in combinations(t, 2)}) == 15
    return SimpleNamespace(supports=tuple(supports))
