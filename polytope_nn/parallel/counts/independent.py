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
from typing import TypeAlias

from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.scalar import Scalars, sign
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.parallel.pieces import Config

from .cells import Cover

__all__ = ["greatest", "widest"]

_MOST = 28  # columns that are mixed
_SHARES = ((1, 2), (3, 1))
_Ray: TypeAlias = tuple[Config, Scalars]
"""A branch of mass 1, and its output."""


def greatest(cover: Cover) -> int | None:
    """Return M*(k) of the rays of branches with k inner neurons; None where it is not decided.

    >>> from polytope_nn.parallel.finding import parallel_optimum
    >>> from polytope_nn.parallel.problem import ParallelProblem
    >>> D = ParallelProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3] * 4, beta_squared=2)
    >>> O = parallel_optimum(D)
    >>> [greatest(Cover(O.pieces, O.fit, k)) for k in (1, 2)]
    [2, 3]
    """
    found = widest(cover)
    return None if found is None else len(found)


def widest(cover: Cover) -> tuple[Config, ...] | None:
    """Return the branches of a network of M*(k) independent ones; None where it is not decided."""
    of_rays = {output: branch for branch, output in reversed(cover.rays)}
    used = [(of_rays[output], output) for output in cover.used]
    if not used or len(used) > _MOST:
        return None
    most, top = _independent(used, cover.fit), rank(cover.used)
    listed = (ray for ray in _inside(cover) if ray[1] not in cover.used)
    inside = {output: (branch, output) for branch, output in listed}
    if not inside or len(most) == top:
        return most
    more = [*inside.values()][: _MOST - len(used)]
    most = _independent([*used, *more], cover.fit)
    return most if len(most) == top else None


def _inside(cover: Cover) -> Iterator[_Ray]:
    """Yield branches between two vertices in use that have at most k atoms together."""
    for p in cover.pieces:
        own = [v for v in p.vertices if p.output(v) in cover.used]
        for v, w in combinations(own, 2):
            together = sum(1 for x, y in zip(v, w, strict=True) if sign(x) or sign(y))
            few = cover.k is None or together <= cover.k
            if few and p.output(v) != p.output(w):
                for s, t in _SHARES:
                    sums = (x * s + y * t for x, y in zip(v, w, strict=True))
                    c = [x / Fraction(s + t) for x in sums]
                    yield p.config(c), p.output(c)


def _independent(rays: Sequence[_Ray], fit: Scalars) -> tuple[Config, ...]:
    """Return the branches of the widest vertex of the mixtures that make the fit."""
    found = slice_vertices(transpose([output for _, output in rays]), fit)
    branches = (
        tuple(
            (sigma, tuple((name, c * x) for name, c in own))
            for ((sigma, own), _), x in zip(rays, v, strict=True)
            if sign(x)
        )
        for v in found
    )
    return max(branches, key=len)
