"""Convex polyhedra as inequalities and as generators, exactly, and what is made of them.

Terminology (Ziegler, *Lectures on Polytopes*, ch. 1 and 2). An *H-form* is
``{x in R^n : A x <= b, C x = d}``; a *V-form* is ``conv(vertices) + cone(rays) +
span(lines)``. By Minkowski and Weyl every polyhedron has both. Numbers are rational, or in
one real number field. What a polyhedron *is* stands in
:class:`~polytope_nn.geometry.polyhedra.convex_set.ConvexSet`; here are its makers and the
polyhedra made of it.

The empty set is a polyhedron: ``dim == -1``, no generators, hull ``0 = 1``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self, cast

from polytope_nn.called import given, listed
from polytope_nn.errors import DimensionError, UnboundedError
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.shown import Drawn
from polytope_nn.wording import integer, plural, shown

from . import cdd_text, normaliz, operations, polymake
from .convex_set import ConvexSet
from .forms import Generators, Halfspaces, Rows, exact_matrix, exact_vector, one_field
from .incidence import graph, graphml
from .lattice import lattice_points
from .programs import maximum

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Polyhedron"]

Table = Iterable[Iterable[object]]


@dataclass(frozen=True, eq=False, repr=False)
class Polyhedron(ConvexSet, Drawn):
    """A convex polyhedron in ``R^ambient_dim``; ``==`` is equality of sets.

    Made by :meth:`from_inequalities` or :meth:`from_generators`, or read from a text;
    exactly one of `given_halfspaces`, `given_generators` is not None.

    >>> square = Polyhedron.from_inequalities([[1, 0], [-1, 0], [0, 1], [0, -1]], [1] * 4)
    >>> square.dim, len(square.vertices), ("1/2", 1) in square, str(square.volume)
    (2, 4, True, '4')
    >>> square == Polyhedron.from_generators([[1, 1], [1, -1], [-1, 1], [-1, -1], [0, 0]])
    True
    """

    @classmethod
    def from_inequalities(
        cls,
        A: Table,
        b: Iterable[object],
        C: Table = (),
        d: Iterable[object] = (),
        *,
        ambient_dim: int | None = None,
    ) -> Self:
        """Return ``{x : A x <= b, C x = d}``; A has shape (m, n), C (p, n).

        Raises
        ------
        DimensionError
            When the shapes disagree, or there is no row and no `ambient_dim`.
        InexactError, FieldError
            For entries the gate refuses, or of two number fields.
        """
        H = Halfspaces(exact_matrix(A), exact_vector(b), exact_matrix(C), exact_vector(d))
        for rows, right in ((H.A, H.b), (H.C, H.d)):
            if len(rows) != len(right):
                raise DimensionError(
                    f"{plural(len(rows), 'row')} and {plural(len(right), 'right-hand side')}"
                )
        one_field(x for row in (*H.A, *H.C, H.b, H.d) for x in row)
        return cls(_common_length((*H.A, *H.C), ambient_dim), H, None)

    @classmethod
    def from_generators(
        cls,
        vertices: Table,
        rays: Table = (),
        lines: Table = (),
        *,
        ambient_dim: int | None = None,
    ) -> Self:
        """Return ``conv(vertices) + cone(rays) + span(lines)``; redundant ones may be.

        With rays or lines and no vertices it is their cone, with apex 0; with no
        generators at all it is the empty set (of `ambient_dim`).

        Raises
        ------
        DimensionError, InexactError, FieldError
            As :meth:`from_inequalities`.
        """
        V = Generators(exact_matrix(vertices), exact_matrix(rays), exact_matrix(lines))
        rows = (*V.vertices, *V.rays, *V.lines)
        one_field(x for row in rows for x in row)
        n = _common_length(rows, ambient_dim)
        if not V.vertices and (V.rays or V.lines):
            V = V._replace(vertices=((Fraction(0),) * n,))
        return cls(n, None, V)

    @property
    def irredundant(self) -> Self:
        """Return the same set by its facets and the equations of its affine hull."""
        H = Halfspaces(*self.facets, *self.hull)
        return type(self)(self.ambient_dim, H, None)

    # texts of others

    @classmethod
    def from_ine(cls, text: str) -> Self:
        """Return the polyhedron of an H-representation in cddlib's and lrs's format."""
        H, n = cdd_text.read_ine(_document(text))
        return cls(n, H, None)

    @classmethod
    def from_ext(cls, text: str) -> Self:
        """Return the polyhedron of a V-representation in cddlib's and lrs's format."""
        V, n = cdd_text.read_ext(_document(text))
        return cls.from_generators(*V, ambient_dim=n)

    def to_ine(self) -> str:
        """Return the inequalities and equations in cddlib's text format."""
        return cdd_text.write_ine(self.halfspaces, self.ambient_dim)

    def to_ext(self) -> str:
        """Return vertices, rays and lines in cddlib's text format."""
        V = Generators(self.vertices, self.rays, self.lines)
        return cdd_text.write_ext(V, self.ambient_dim)

    @classmethod
    def from_polymake(cls, text: str) -> Self:
        """Return the polytope of a JSON file of polymake."""
        form, n = polymake.read(_document(text))
        return cls._of(form, n)

    def to_polymake(self) -> str:
        """Return both irredundant forms as a JSON file of polymake."""
        V = Generators(self.vertices, self.rays, self.lines)
        H = Halfspaces(*self.facets, *self.hull)
        return polymake.write(V, H, self.ambient_dim)

    @classmethod
    def from_normaliz(cls, text: str) -> Self:
        """Return the polyhedron of an input file of Normaliz."""
        form, n = normaliz.read(_document(text))
        return cls._of(form, n)

    def to_normaliz(self) -> str:
        """Return the form that is given as an input file of Normaliz."""
        if self.given_halfspaces is not None:
            return normaliz.write_halfspaces(self.halfspaces, self.ambient_dim)
        return normaliz.write_generators(self.generators, self.ambient_dim)

    @classmethod
    def _of(cls, form: Halfspaces | Generators, n: int) -> Self:
        if isinstance(form, Halfspaces):
            return cls(n, form, None)
        return cls.from_generators(*form, ambient_dim=n)

    @property
    def graph(self) -> "nx.Graph[str]":
        """Return vertices and rays with the edges between them, as a networkx graph."""
        V = Generators(self.vertices, self.rays, self.lines)
        return graph(V, self.adjacency, self.incidence)

    def to_graphml(self) -> str:
        """Return :attr:`graph` as GraphML, coordinates and facets as attributes."""
        return graphml(self.graph)

    # polyhedra made of it

    def __and__(self, other: "Polyhedron") -> Self:
        """Return the intersection."""
        self._alike(other)
        H = operations.intersection(self.halfspaces, other.halfspaces)
        return type(self)(self.ambient_dim, H, None)

    def __mul__(self, other: "Polyhedron") -> Self:
        """Return the product ``{(x, y)}``."""
        n, m = self.ambient_dim, other.ambient_dim
        H = operations.product(self.halfspaces, n, other.halfspaces, m)
        return type(self)(n + m, H, None)

    def __add__(self, other: "Polyhedron") -> Self:
        """Return the Minkowski sum ``{x + y}``, empty when one of the two is."""
        self._alike(other)
        V = operations.minkowski_sum(self.generators, other.generators)
        return type(self)(self.ambient_dim, None, V)

    def __le__(self, other: "Polyhedron") -> bool:
        """Return whether it is contained in the other (``>=``: whether it contains it)."""
        self._alike(other)
        if self.is_empty or other.is_empty:
            return self.is_empty
        A, b, C, d = other.halfspaces
        both = zip((*A, *C, *_opposite(C)), (*b, *d, *(-t for t in d)), strict=True)
        if self.given_generators is None and "_normal" not in self.__dict__:
            return all(self._below(a, t) for a, t in both)
        V = self.generators
        return all(
            all(dot(a, v) <= t for v in V.vertices)
            and all(dot(a, r) <= 0 for r in V.rays)
            and all(dot(a, x) == 0 for x in V.lines)
            for a, t in both
        )

    def _below(self, a: Scalars, t: Scalar) -> bool:
        """Return whether ``a x <= t`` on the polyhedron, by a linear program."""
        try:
            return bool(maximum(a, self.halfspaces).value <= t)
        except UnboundedError:
            return False

    def image(self, A: Table, b: Iterable[object] | None = None) -> Self:
        """Return ``{A x + b}``; A has shape (m, ambient_dim), b (m,), 0 if left out.

        >>> segment = Polyhedron.from_generators([[0], [1]])
        >>> segment.image([[1], [2]], [0, 1]).vertices == ((0, 1), (1, 3))
        True
        """
        rows = exact_matrix(A)
        shift = (Fraction(0),) * len(rows) if b is None else exact_vector(b)
        if len(shift) != len(rows) or any(len(a) != self.ambient_dim for a in rows):
            raise DimensionError(
                f"a map of {plural(len(rows), 'row')} of length {len(rows[0]) if rows else 0} and "
                f"{plural(len(shift), 'constant')}, on R^{self.ambient_dim}"
            )
        V = operations.image(self.generators, rows, shift)
        return type(self)(len(rows), None, V)

    def projection(self, coordinates: Sequence[int]) -> Self:
        """Return the image under ``x -> (x_i for i in coordinates)``, counted from 0."""
        n = self.ambient_dim
        coordinates = listed(coordinates, "coordinates", "give those that are kept")
        if any(integer(i, 0) not in range(n) for i in coordinates) or len(
            set(coordinates)
        ) < len(coordinates):
            raise DimensionError(
                f"{shown(coordinates)} are no different coordinates of R^{n}"
            )
        return self.image([[int(i == j) for j in range(n)] for i in coordinates])

    def polar(self) -> Self:
        """Return ``{y : x y <= 1 for all x}``; that of the empty set is the whole space.

        The polar of the polar is the least closed convex set with 0 and the polyhedron.
        """
        return type(self)(self.ambient_dim, operations.polar(self.generators), None)

    @property
    def recession_cone(self) -> Self:
        """Return the cone of the directions in which it has no end.

        Raises
        ------
        EmptyPolyhedronError
            When there is no point.
        """
        self._nonempty("direction to recede in")
        if self.given_halfspaces is not None:
            H = operations.recession(self.given_halfspaces)
            return type(self)(self.ambient_dim, H, None)
        V = self.generators
        apex = ((Fraction(0),) * self.ambient_dim,)
        return type(self)(self.ambient_dim, None, V._replace(vertices=apex))

    def lattice_points(self, limit: int) -> tuple[tuple[int, ...], ...]:
        """Return the integer points of a polytope, sorted.

        Raises
        ------
        UnboundedError
            For a polyhedron with a ray or a line.
        Undecided
            When there are more than `limit`.
        """
        if not self.is_bounded:
            raise UnboundedError(
                f"{self!r} is unbounded: only a polytope's integer points are listed"
            )
        if self.is_empty:
            return ()
        shadows = [self.projection(range(k + 1)) for k in range(self.ambient_dim)]
        return lattice_points([(Q.facets, Q.hull) for Q in shadows], limit)

    def _alike(self, other: "Polyhedron") -> None:
        if not isinstance(other, Polyhedron):
            raise TypeError(f"{shown(other)} is no Polyhedron")
        if self.ambient_dim != other.ambient_dim:
            raise DimensionError(
                f"polyhedra in R^{self.ambient_dim} and in R^{other.ambient_dim}"
            )

    def equals(self, other: "Polyhedron") -> bool:
        """Return whether the two are one set; their normal forms show the difference."""
        given(Polyhedron, other)
        return self.normal_form == other.normal_form

    def __eq__(self, other: object) -> bool:
        return self.equals(other) if isinstance(other, Polyhedron) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.normal_form)


def _document(text: str) -> str:
    given(str, text)
    return text


def _opposite(rows: Rows) -> Rows:
    return tuple(tuple(-x for x in row) for row in rows)


def _common_length(rows: Sequence[Scalars], ambient_dim: int | None) -> int:
    """Return the one length of all rows (and the ambient dimension, if given)."""
    if ambient_dim is not None and integer(ambient_dim, 0) is None:
        raise DimensionError(
            f"ambient_dim: {shown(ambient_dim)}: give an integer, 0 or more"
        )
    lengths = {len(row) for row in rows} | ({ambient_dim} - {None})
    if not lengths:
        raise DimensionError("no row to read the dimension from: give ambient_dim")
    if len(lengths) > 1:
        apart = sorted(cast("set[int]", lengths))
        raise DimensionError(f"rows of lengths {apart}: give every row the same length")
    return cast("int", lengths.pop())
