"""Convex polyhedra over the rationals, as inequalities and as generators, exactly.

Terminology (Ziegler, *Lectures on Polytopes*, ch. 1 and 2). An *H-form* is
``{x in R^n : A x <= b, C x = d}``; a *V-form* is ``conv(vertices) + cone(rays) +
span(lines)``. By Minkowski and Weyl every polyhedron has both. Given and derived values
have different names: `inequalities` and `equations` are the rows as given, `facets` and
`hull` the irredundant ones; `vertices`, `rays` and `lines` are always irredundant.

Normal forms, so that equal sets show equal values, sorted:

* `lines` is the echelon basis of the lineality space; vertices (when there are lines: one
  point of each minimal face) and rays are orthogonal to it; rays are primitive integers;
* `hull` is an echelon basis of the equations of the affine hull; facet normals are
  orthogonal to it, and each row ``(a, b)`` is primitive.

The empty set is a polyhedron: ``dim == -1``, no generators, hull ``0 = 1``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, cast

from polytope_nn.errors import DimensionError, EmptyPolyhedronError
from polytope_nn.exact.rational import Matrix, Vector, matrix, vector
from polytope_nn.exact.scalar import dot
from polytope_nn.geometry import cdd, cdd_text, normal_form

if TYPE_CHECKING:
    from .cdd import Generators, Halfspaces, Maximum

__all__ = ["Polyhedron"]

Rows = Iterable[Iterable[object]]


@dataclass(frozen=True, eq=False, repr=False)
class Polyhedron:
    """A convex polyhedron in ``R^ambient_dim``; ``==`` is equality of sets.

    Made by :meth:`from_inequalities` or :meth:`from_generators` (or from cddlib's text);
    exactly one of `given_halfspaces`, `given_generators` is not None.

    >>> square = Polyhedron.from_inequalities([[1, 0], [-1, 0], [0, 1], [0, -1]], [1] * 4)
    >>> square.dim, len(square.vertices), ("1/2", 1) in square
    (2, 4, True)
    >>> square == Polyhedron.from_generators([[1, 1], [1, -1], [-1, 1], [-1, -1], [0, 0]])
    True
    """

    ambient_dim: int
    given_halfspaces: "Halfspaces | None"
    given_generators: "Generators | None"

    @classmethod
    def from_inequalities(
        cls,
        A: Rows,
        b: Iterable[object],
        C: Rows = (),
        d: Iterable[object] = (),
        *,
        ambient_dim: int | None = None,
    ) -> "Polyhedron":
        """Return ``{x : A x <= b, C x = d}``; A has shape (m, n), C (p, n).

        Raises
        ------
        DimensionError
            When the shapes disagree, or there is no row and no `ambient_dim`.
        InexactError
            For entries the gate refuses.
        """
        H = cdd.Halfspaces(matrix(A), vector(b), matrix(C), vector(d))
        for rows, right in ((H.A, H.b), (H.C, H.d)):
            if len(rows) != len(right):
                raise DimensionError(f"{len(rows)} rows and {len(right)} right-hand sides")
        return cls(_common_length((*H.A, *H.C), ambient_dim), H, None)

    @classmethod
    def from_generators(
        cls,
        vertices: Rows,
        rays: Rows = (),
        lines: Rows = (),
        *,
        ambient_dim: int | None = None,
    ) -> "Polyhedron":
        """Return ``conv(vertices) + cone(rays) + span(lines)``; redundant ones may be.

        With rays or lines and no vertices it is their cone, with apex 0; with no
        generators at all it is the empty set (of `ambient_dim`).

        Raises
        ------
        DimensionError, InexactError
            As :meth:`from_inequalities`.
        """
        points, directions, span = matrix(vertices), matrix(rays), matrix(lines)
        n = _common_length((*points, *directions, *span), ambient_dim)
        if not points and (directions or span):
            points = ((Fraction(0),) * n,)
        return cls(n, None, cdd.Generators(points, directions, span))

    @classmethod
    def from_ine(cls, text: str) -> "Polyhedron":
        """Return the polyhedron of an H-representation in cddlib's text format."""
        H, n = cdd_text.read_ine(text)
        return cls(n, H, None)

    @classmethod
    def from_ext(cls, text: str) -> "Polyhedron":
        """Return the polyhedron of a V-representation in cddlib's text format."""
        V, n = cdd_text.read_ext(text)
        return cls.from_generators(*V, ambient_dim=n)

    def to_ine(self) -> str:
        """Return the inequalities and equations in cddlib's text format."""
        return cdd_text.write_ine(self._halfspaces, self.ambient_dim)

    def to_ext(self) -> str:
        """Return vertices, rays and lines in cddlib's text format."""
        V = cdd.Generators(self.vertices, self.rays, self.lines)
        return cdd_text.write_ext(V, self.ambient_dim)

    def __repr__(self) -> str:
        H, V = self.given_halfspaces, self.given_generators
        if H is not None:
            facts = f"inequalities={len(H.A)}, equations={len(H.C)}"
        else:
            assert V is not None  # one of the two is given
            facts = f"points={len(V.vertices)}, rays={len(V.rays)}, lines={len(V.lines)}"
        return f"Polyhedron(ambient_dim={self.ambient_dim}, {facts})"

    @cached_property
    def _halfspaces(self) -> "Halfspaces":
        if self.given_halfspaces is not None:
            return self.given_halfspaces
        assert self.given_generators is not None  # one of the two is given
        return cdd.halfspaces(self.given_generators, self.ambient_dim)

    @cached_property
    def _generators(self) -> "Generators":
        if self.given_generators is not None:
            return self.given_generators
        return cdd.generators(self._halfspaces, self.ambient_dim)

    @property
    def inequalities(self) -> tuple[Matrix, Vector]:
        """Return ``(A, b)`` of the rows ``A x <= b`` as given."""
        return self._halfspaces.A, self._halfspaces.b

    @property
    def equations(self) -> tuple[Matrix, Vector]:
        """Return ``(C, d)`` of the rows ``C x = d`` as given."""
        return self._halfspaces.C, self._halfspaces.d

    @cached_property
    def is_empty(self) -> bool:
        """Return whether there is no point; :attr:`farkas` is the proof if so."""
        if self.given_generators is not None:
            return not self.given_generators.vertices
        return self.farkas is not None

    @cached_property
    def farkas(self) -> tuple[Vector, Vector] | None:
        """Return the proof of emptiness, None if there is a point.

        It is ``(lam, mu)`` with ``lam >= 0``, ``lam A + mu C = 0``, ``lam b + mu d = -1``.
        """
        return cdd.farkas(self._halfspaces, self.ambient_dim)

    @cached_property
    def _normal(self) -> "Generators":
        if self.is_empty:
            return cdd.Generators((), (), ())
        V = self._generators
        if self.given_generators is not None:
            V = normal_form.irredundant(V, self._halfspaces, self.ambient_dim)
        lines = normal_form.lineality(self._halfspaces, self.ambient_dim)
        return normal_form.transverse(V._replace(lines=lines))

    @property
    def vertices(self) -> Matrix:
        """Return the vertices, sorted; with lines, one point of each minimal face."""
        return self._normal.vertices

    @property
    def rays(self) -> Matrix:
        """Return the extreme rays modulo the lines, primitive integers, sorted."""
        return self._normal.rays

    @property
    def lines(self) -> Matrix:
        """Return the echelon basis of the lineality space, as primitive integers."""
        return self._normal.lines

    @cached_property
    def hull(self) -> tuple[Matrix, Vector]:
        """Return ``(C, d)``, the equations of the affine hull, independent and primitive."""
        if self.is_empty:
            return ((Fraction(0),) * self.ambient_dim,), (Fraction(1),)
        return normal_form.affine_hull(self._generators, self.ambient_dim)

    @cached_property
    def dim(self) -> int:
        """Return the dimension of the affine hull; -1 for the empty set."""
        return -1 if self.is_empty else self.ambient_dim - len(self.hull[0])

    @cached_property
    def facets(self) -> tuple[Matrix, Vector]:
        """Return ``(A, b)``, one row ``a x <= b`` for each facet, in normal form, sorted."""
        if self.is_empty:
            return (), ()
        return normal_form.facets(self._halfspaces, self._normal, self.hull[0], self.dim)

    @cached_property
    def interior_point(self) -> Vector:
        """Return a point of the relative interior.

        It is the mean of the vertices, plus the sum of the rays.

        Raises
        ------
        EmptyPolyhedronError
            When there is no point.
        """
        if self.is_empty:
            raise EmptyPolyhedronError(f"{self!r} is empty: it has no interior point")
        V = self._normal
        weighted = [(Fraction(1, len(V.vertices)), v) for v in V.vertices]
        weighted += [(Fraction(1), r) for r in V.rays]
        return tuple(
            sum((w * x[j] for w, x in weighted), Fraction(0))
            for j in range(self.ambient_dim)
        )

    def contains(self, x: Iterable[object]) -> bool:
        """Return whether the point x, shape (ambient_dim,), lies in the polyhedron."""
        point = vector(x)
        if len(point) != self.ambient_dim:
            raise DimensionError(
                f"a point of length {len(point)}, not {self.ambient_dim} as the polyhedron"
            )
        A, b, C, d = self._halfspaces
        return all(dot(a, point) <= t for a, t in zip(A, b, strict=True)) and all(
            dot(a, point) == t for a, t in zip(C, d, strict=True)
        )

    __contains__ = contains

    def maximum(self, objective: Iterable[object]) -> "Maximum":
        """Return value, point and multipliers of ``max objective x``.

        Raises
        ------
        EmptyPolyhedronError, UnboundedError
            When there is no maximum.
        """
        return cdd.maximum(vector(objective), self._halfspaces)

    @property
    def normal_form(self) -> tuple[int, Matrix, Matrix, Matrix]:
        """Return (ambient_dim, vertices, rays, lines): equal iff the sets are."""
        return self.ambient_dim, *self._normal

    def equals(self, other: "Polyhedron") -> bool:
        """Return whether the two are one set; their normal forms show the difference."""
        return self.normal_form == other.normal_form

    def __eq__(self, other: object) -> bool:
        return self.equals(other) if isinstance(other, Polyhedron) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.normal_form)


def _common_length(rows: Sequence[Vector], ambient_dim: int | None) -> int:
    """Return the one length of all rows (and the ambient dimension, if given)."""
    lengths = {len(row) for row in rows} | ({ambient_dim} - {None})
    if not lengths:
        raise DimensionError("no row to read the dimension from: give ambient_dim")
    if len(lengths) > 1:
        raise DimensionError(f"rows of lengths {sorted(cast('set[int]', lengths))}")
    return cast("int", lengths.pop())
