"""The central arrangement of the rows of a matrix: topes, cones, walls, the tope graph.

Terminology (Björner, Las Vergnas, Sturmfels, White, Ziegler, *Oriented Matroids*, ch. 4;
THEORY §2). The hyperplanes ``x_k u = 0`` of the nonzero rows cut ``R^d`` into relatively
open *faces*; the full-dimensional ones are the *topes*. The *pattern* of a tope is its sign
vector in ``{+1, -1}^n``, with +1 at zero rows. Its closed cone is
``{u : s_k x_k u >= 0 for all k}``; a *wall* is a row whose hyperplane carries a facet, the
lowest row standing for all its multiples. The *lineality* is the kernel of X, which lies
in every closed cone.

Rays and witnesses are 0 outside of r independent columns of X, r the rank: representatives
modulo the lineality (:mod:`~polytope_nn.geometry.lines`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, cast

from polytope_nn.called import given_most, listed
from polytope_nn.errors import DimensionError, EmptyPolyhedronError, Undecided
from polytope_nn.exact.linear import kernel
from polytope_nn.exact.rational import Matrix, Vector, integer_row, matrix
from polytope_nn.exact.scalar import dot, sign

from .lines import Lines, lines, patterns, word
from .region_count import generic_count, region_count
from .topes import Topes, topes

if TYPE_CHECKING:
    import networkx as nx

    from .polyhedra.polyhedron import Polyhedron

__all__ = ["Arrangement", "arrangement", "covectors"]

Pattern = tuple[int, ...]
IntegerVector = tuple[int, ...]


@dataclass(frozen=True, repr=False)
class Arrangement:
    """The arrangement of the rows of X, shape (n, d); made by :func:`arrangement`.

    Every method that takes a pattern raises :class:`EmptyPolyhedronError` for a sign
    vector that no tope has, :class:`DimensionError` for what is no vector of n signs.
    """

    X: Matrix
    lines: Lines = field(compare=False)
    topes: Topes = field(compare=False)

    def __repr__(self) -> str:
        return f"Arrangement(n={self.n}, d={self.d}, rank={self.rank}, topes={len(self)})"

    def __len__(self) -> int:
        return 2 * len(self.topes.masks) if self.rank else 1

    @property
    def n(self) -> int:
        """Return the number of rows."""
        return len(self.X)

    @property
    def d(self) -> int:
        """Return the dimension of the space."""
        return len(self.X[0])

    @property
    def rank(self) -> int:
        """Return the rank of X."""
        return len(self.lines.columns)

    @cached_property
    def count(self) -> int:
        """Return the number of topes by deletion and restriction, without the topes."""
        return region_count(self.X)

    @cached_property
    def lineality(self) -> tuple[IntegerVector, ...]:
        """Return a basis, primitive integers, of ``{u : X u = 0}``."""
        return tuple(integer_row(cast("Vector", u)) for u in kernel(self.X, self.d))

    @cached_property
    def masks(self) -> tuple[int, ...]:
        """Return the masks of the positive lines of all topes, ascending.

        The bit of line i of L is ``1 << (L - 1 - i)``; the order is that of the patterns.
        """
        half = self.topes.masks
        if not self.rank:
            return half
        every = (1 << len(self.lines.normals)) - 1
        return (*(every ^ mask for mask in reversed(half)), *half)

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Return the patterns of the topes, sorted: tuples of n signs, -1 before +1."""
        return tuple(patterns(self.masks, self.lines))

    @cached_property
    def _positions(self) -> dict[Pattern, int]:
        return {pattern: i for i, pattern in enumerate(self.patterns)}

    def _position(self, pattern: Iterable[int]) -> int:
        """Return the position of the pattern among the patterns."""
        signs = tuple(listed(pattern, "pattern", f"give {self.n} signs"))
        if len(signs) != self.n or any(s not in (-1, 1) for s in signs):
            raise DimensionError(f"{signs} is no vector of {self.n} signs, 1 or -1")
        if signs in self._positions:
            return self._positions[signs]
        if any(
            side == 0 and s < 0 for s, side in zip(signs, self.lines.sides, strict=True)
        ):
            raise EmptyPolyhedronError(f"{word(signs)} is no tope: zero rows have sign +")
        raise EmptyPolyhedronError(f"{word(signs)} is no tope: its open cone is empty")

    def cone(self, pattern: Iterable[int]) -> "Polyhedron":
        """Return the closed cone of the pattern; its k-th inequality is that of row k."""
        from .polyhedra.polyhedron import Polyhedron

        signs = self.patterns[self._position(pattern)]
        A = [[-s * t for t in x] for s, x in zip(signs, self.X, strict=True)]
        return Polyhedron.from_inequalities(A, [0] * self.n)

    def rays(self, pattern: Iterable[int]) -> tuple[IntegerVector, ...]:
        """Return the extreme rays of the closed cone, sorted primitive integer vectors.

        They are 0 outside of the independent columns; the cone is their hull plus the
        lineality.
        """
        rays, turn = self._rays(pattern)
        return tuple(sorted(self._lift([turn * t for t in ray]) for ray in rays))

    def every_rays(self) -> Iterator[tuple[IntegerVector, ...]]:
        """Yield the rays of all topes, in the order of the patterns.

        >>> H = arrangement([[1, 0], [0, 1]])
        >>> [*H.every_rays()] == [H.rays(pattern) for pattern in H.patterns]
        True
        """
        ahead = list(map(self._lift, zip(*self.topes.columns, strict=True)))
        behind = [tuple(-t for t in u) for u in ahead]
        for cone in reversed(self.topes.cones) if self.rank else ():
            yield tuple(sorted(behind[v] for v in cone))
        for cone in self.topes.cones:
            yield tuple(sorted(ahead[v] for v in cone))

    def _rays(self, pattern: Iterable[int]) -> tuple[Sequence[IntegerVector], int]:
        """Return the rays in the independent columns, up to the sign that comes with them."""
        i = self._position(pattern) - len(self) // 2
        return (self.topes.rays(i), 1) if i >= 0 else (self.topes.rays(-1 - i), -1)

    def witness(self, pattern: Iterable[int]) -> IntegerVector:
        """Return a primitive integer point of the tope: the sum of its rays, scaled.

        >>> arrangement([[1, 0], [0, 1]]).witness((1, -1))
        (1, -1)
        """
        rays, turn = self._rays(pattern)
        total = [turn * sum(column) for column in zip(*rays, strict=True)]
        return integer_row(self._lift(total))

    def _lift(self, ray: Sequence[int]) -> IntegerVector:
        u = [0] * self.d
        for j, t in zip(self.lines.columns, ray, strict=True):
            u[j] = t
        return tuple(u)

    def facets(self, pattern: Iterable[int]) -> tuple[int, ...]:
        """Return the walls of the closed cone, as ascending rows: an irredundant H-form.

        >>> arrangement([[1, 0], [0, 1], [1, 1]]).facets((1, 1, 1))
        (0, 1)
        """
        return self.walls[self._position(pattern)]

    @cached_property
    def walls(self) -> tuple[tuple[int, ...], ...]:
        """Return the facets of all topes, in the order of the patterns.

        A line is a wall of a tope iff changing its sign alone gives a tope: a segment
        between general points of the two meets this line only, inside a facet.
        """
        known = set(self.masks)
        bits = self._bits
        half = len(known) // 2
        upper = [
            tuple(k for k, bit in bits if mask ^ bit in known) for mask in self.masks[half:]
        ]
        return (*reversed(upper), *upper) if half else tuple(upper)

    @property
    def _bits(self) -> list[tuple[int, int]]:
        """Return (first row, bit) of each line."""
        firsts = self.lines.firsts
        L = len(firsts)
        return [(k, 1 << (L - 1 - i)) for i, k in enumerate(firsts)]

    @cached_property
    def graph(self) -> "nx.Graph[Pattern]":
        """Return the tope graph: nodes the patterns, edges with the row ``wall`` between.

        It is connected, bipartite, and a path is shortest iff it crosses no line twice.
        """
        import networkx as nx

        graph: nx.Graph[Pattern] = nx.Graph()
        graph.add_nodes_from(self.patterns)
        position = {mask: i for i, mask in enumerate(self.masks)}
        bits = dict(self._bits)
        for i, mask in enumerate(self.masks):
            for k in self.walls[i]:
                if mask & bits[k]:
                    other = position[mask ^ bits[k]]
                    graph.add_edge(self.patterns[other], self.patterns[i], wall=k)
        return graph


def arrangement(X: Iterable[Iterable[object]], *, limit: int = 2_000_000) -> Arrangement:
    """Return the arrangement of the rows of X, shape (n, d), with all its topes.

    Parameters
    ----------
    X
        The normals, shape (n, d); exact numbers.
    limit
        The most topes that are listed.

    Returns
    -------
    Arrangement
        Its topes, their rows and rays.

    Raises
    ------
    Undecided
        When there are more than ``limit`` topes; they are counted before any is made.
    DimensionError
        When X has no entry.

    Examples
    --------
    >>> H = arrangement([[1, 0], [0, 1], [-1, 0], [0, -1]])
    >>> H
    Arrangement(n=4, d=2, rank=2, topes=4)
    >>> H.patterns
    ((-1, -1, 1, 1), (-1, 1, 1, -1), (1, -1, -1, 1), (1, 1, -1, -1))
    """
    given_most(limit, "limit")
    rows = matrix(X)
    if not rows or not rows[0]:
        raise DimensionError(f"X has shape ({len(rows)}, 0): an arrangement needs entries")
    found = lines(rows)
    L, r = len(found.normals), len(found.columns)
    most = generic_count(L, r)
    if most > limit:
        try:
            region_count(found.normals, limit=limit)
        except Undecided:
            raise Undecided(
                f"more than {limit} topes (at most {most}): {L} different lines of rank {r};"
                " give a larger limit, fewer rows or fewer columns"
            ) from None
    return Arrangement(rows, found, topes(found.normals, r))


def covectors(H: Arrangement) -> Iterator[Pattern]:
    """Yield the covectors of all faces but the lineality, each once.

    The faces of a tope's cone are those of the joins of its rays.

    >>> len(list(covectors(arrangement([[1, 0], [0, 1]]))))
    8
    """
    seen: set[Pattern] = set()
    known: dict[IntegerVector, Pattern] = {}
    for pattern in H.patterns:
        rays = []
        for ray in H.rays(pattern):
            if ray not in known:
                u = tuple(map(Fraction, ray))
                known[ray] = tuple(sign(dot(x, u)) for x in H.X)
            rays.append(known[ray])
        waiting = list(dict.fromkeys(rays))
        inside = set(waiting)
        while waiting:
            face = waiting.pop()
            if face not in seen:
                seen.add(face)
                yield face
            for ray in rays:
                joined = tuple(s or t for s, t in zip(face, ray, strict=True))
                if joined not in inside:
                    inside.add(joined)
                    waiting.append(joined)
