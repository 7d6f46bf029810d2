"""The greatest number of independent branches that make the fit, where it is decided (§6).

``M*(k)`` is the most branches of a representation of the fit by optimal branches with k inner
neurons whose outputs are independent. They are mixtures of the rays in use, so it is at most
their rank. Where branches are finitely many it is read off the vertices of their mixtures.
Where a face of a piece has many it may be attained inside faces: then points there are tried,
and one mixture of as many branches as the rank shows it, or it is left open.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations

from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.scalar import Scalars, sign
from polytope_nn.geometry.double_description import slice_vertices

from .cells import Cover

__all__ = ["greatest"]

_MOST = 28  # columns that are mixed
_SHARES = ((1, 2), (3, 1))


def greatest(cover: Cover) -> int | None:
    """Return M*(k) of the rays of branches with k inner neurons; None where it is not decided.

    >>> from polytope_nn.parallel.finding import parallel_optimum
    >>> from polytope_nn.parallel.problem import ParallelProblem
    >>> D = ParallelProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4, beta_squared=2)
    >>> O = parallel_optimum(D)
    >>> [greatest(Cover(O.pieces, O.fit, k)) for k in (1, 2)]
    [2, 3]
    """
    used = cover.used
    if not used or len(used) > _MOST:
        return None
    most, top = _independent(used, cover.fit), rank(used)
    inside = dict.fromkeys(f for f in _inside(cover) if f not in used)
    if not inside or most == top:
        return most
    most = _independent([*used, *list(inside)[: _MOST - len(used)]], cover.fit)
    return most if most == top else None


def _inside(cover: Cover) -> Iterator[Scalars]:
    """Yield outputs between two vertices in use that have at most k atoms together."""
    for p in cover.pieces:
        own = [v for v in p.vertices if p.output(v) in cover.used]
        for v, w in combinations(own, 2):
            together = sum(1 for x, y in zip(v, w, strict=True) if sign(x) or sign(y))
            few = cover.k is None or together <= cover.k
            if few and p.output(v) != p.output(w):
                for s, t in _SHARES:
                    c = [x * s + y * t for x, y in zip(v, w, strict=True)]
                    yield p.output([x / Fraction(s + t) for x in c])


def _independent(columns: Sequence[Scalars], fit: Scalars) -> int | None:
    """Return the largest support of a vertex of the mixtures that make the fit."""
    found = slice_vertices(transpose(columns), fit)
    return max((sum(1 for x in v if sign(x)) for v in found), default=None)
