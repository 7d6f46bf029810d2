"""The volume of a polytope, exactly, by pyramids over the facets that miss a vertex.

A face F of dimension d has a canonical set J of d coordinates, the pivots of its
directions, on which it projects bijectively; its *area* is the volume of that projection.
The pivots of a facet G are among those of F, all but one, j. With v a vertex of F off G,
the pyramid over G has area ``(1/d) |a (v - g)| area(G)``, where ``a`` is the linear form
on the coordinates J that is constant on G and has ``a_j = 1``: along j, the pyramid's
section is G's projection, scaled. The pyramids over the facets of F that miss v fill F
(Cohen and Hickey 1979), and each face is met once. For the whole space J is everything.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.exact.linear import rref
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.scalar import Scalar, Scalars

from .forms import Rows, magnitude

__all__ = ["volume"]


def volume(vertices: Rows, outside: Sequence[int], facets: int) -> Scalar:
    """Return the n-dimensional volume of a full-dimensional polytope in R^n.

    ``outside[k]`` is the mask of the facets that do not contain vertex k.

    >>> third = [Fraction(x) for x in (0, 1)]
    >>> volume(tuple((x,) for x in third), (1, 2), 2)
    Fraction(1, 1)
    """
    on = [
        sum(1 << k for k, mask in enumerate(outside) if not mask >> i & 1)
        for i in range(facets)
    ]
    return _Faces(vertices, on).area((1 << len(vertices)) - 1)


class _Faces:
    """The faces met so far, by their vertices, with their areas and directions."""

    def __init__(self, vertices: Rows, on: Sequence[int]) -> None:
        self.vertices, self.on = vertices, on
        self.areas: dict[int, Scalar] = {}
        self.bases: dict[int, tuple[tuple[Scalars, ...], tuple[int, ...]]] = {}

    def directions(self, F: int) -> tuple[tuple[Scalars, ...], tuple[int, ...]]:
        """Return the echelon form of the directions of F, and its pivots."""
        if F not in self.bases:
            first, *others = _members(F)
            origin = self.vertices[first]
            self.bases[F] = rref(
                [
                    [x - y for x, y in zip(self.vertices[k], origin, strict=True)]
                    for k in others
                ]
            )
        return self.bases[F]

    def area(self, F: int) -> Scalar:
        """Return the volume of the projection of F to its canonical coordinates."""
        if F & (F - 1) == 0:
            return Fraction(1)
        if F not in self.areas:
            self.areas[F] = self._area(F)
        return self.areas[F]

    def _area(self, F: int) -> Scalar:
        apex = F & -F
        v = self.vertices[apex.bit_length() - 1]
        _, J = self.directions(F)
        total: Scalar = Fraction(0)
        for G in self._facets(F):
            if not G & apex:
                height = self._height(v, J, G)
                total = total + height * self.area(G) * Fraction(1, len(J))
        return simplest(total)

    def _facets(self, F: int) -> list[int]:
        """Return the facets of F: the greatest proper intersections with facets."""
        cuts = sorted({F & G for G in self.on if F & ~G}, key=int.bit_count, reverse=True)
        found: list[int] = []
        for cut in cuts:
            if cut and all(cut & ~G for G in found):
                found.append(cut)
        return found

    def _height(self, v: Scalars, J: Sequence[int], G: int) -> Scalar:
        """Return ``|a (v - g)|`` for the linear form a that is constant on G."""
        rows, pivots = self.directions(G)
        (j,) = set(J) - set(pivots)
        g = self.vertices[(G & -G).bit_length() - 1]
        height = v[j] - g[j]
        for row, p in zip(rows, pivots, strict=True):
            height = height - row[j] * (v[p] - g[p])
        return magnitude(height)


def _members(F: int) -> list[int]:
    return [k for k in range(F.bit_length()) if F >> k & 1]
