"""What a polyhedron is, derived from either form once: dimension, faces, extrema, volume.

Given and derived values have different names: `inequalities` and `equations` are the rows
as given, `facets` and `hull` the irredundant ones; `vertices`, `rays` and `lines` are always
irredundant and in normal form (:mod:`~polytope_nn.geometry.polyhedra.normal_form`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.called import Called
from polytope_nn.errors import DimensionError, EmptyPolyhedronError, UnboundedError
from polytope_nn.exact.linear import rank
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.faces import FaceLattice, face_lattice
from polytope_nn.wording import plural

from . import incidence, redundancy
from .forms import (
    Generators,
    Halfspaces,
    Maximum,
    Minimum,
    Rows,
    exact_vector,
)
from .incidence import Adjacency, Incidence, PolyhedronFace
from .normal_form import NormalForm, of_generators, of_halfspaces
from .programs import maximum, point_or_farkas
from .volume import volume

__all__ = ["ConvexSet"]


@dataclass(frozen=True, eq=False, repr=False)
class ConvexSet(Called):
    """A polyhedron in ``R^ambient_dim`` by one of its forms; the other is derived."""

    ambient_dim: int
    given_halfspaces: Halfspaces | None
    given_generators: Generators | None

    def __repr__(self) -> str:
        H, V = self.given_halfspaces, self.given_generators
        if H is not None:
            facts = f"inequalities={len(H.A)}, equations={len(H.C)}"
        else:
            assert V is not None  # one of the two is given
            facts = f"points={len(V.vertices)}, rays={len(V.rays)}, lines={len(V.lines)}"
        return f"{type(self).__name__}(ambient_dim={self.ambient_dim}, {facts})"

    # the two forms

    @cached_property
    def _normal(self) -> NormalForm | None:
        """The normal form; None for the empty set."""
        if self.given_halfspaces is not None:
            return of_halfspaces(self.given_halfspaces, self.ambient_dim)
        V = self.given_generators
        assert V is not None  # one of the two is given
        return of_generators(V, self.ambient_dim) if V.vertices else None

    @cached_property
    def halfspaces(self) -> Halfspaces:
        """Return the rows as given, or the facets and the hull; ``0 <= -1`` when empty."""
        if self.given_halfspaces is not None:
            return self.given_halfspaces
        if self._normal is None:
            nothing = ((Fraction(0),) * self.ambient_dim,)
            return Halfspaces(nothing, (Fraction(-1),), (), ())
        return Halfspaces(*self._normal.facets, *self._normal.hull)

    @cached_property
    def generators(self) -> Generators:
        """Return points, rays and lines as given, or the irredundant ones."""
        if self.given_generators is not None:
            return self.given_generators
        return Generators(self.vertices, self.rays, self.lines)

    @property
    def inequalities(self) -> tuple[Rows, Scalars]:
        """Return ``(A, b)`` of the rows ``A x <= b`` as given."""
        return self.halfspaces.A, self.halfspaces.b

    @property
    def equations(self) -> tuple[Rows, Scalars]:
        """Return ``(C, d)`` of the rows ``C x = d`` as given."""
        return self.halfspaces.C, self.halfspaces.d

    @property
    def vertices(self) -> Rows:
        """Return the vertices, sorted; with lines, one point of each minimal face."""
        return () if self._normal is None else self._normal.vertices

    @property
    def rays(self) -> Rows:
        """Return the extreme rays modulo the lines, primitive, sorted."""
        return () if self._normal is None else self._normal.rays

    @property
    def lines(self) -> Rows:
        """Return the echelon basis of the lineality space, primitive."""
        return () if self._normal is None else self._normal.lines

    @property
    def facets(self) -> tuple[Rows, Scalars]:
        """Return ``(A, b)``, one row ``a x <= b`` for each facet, in normal form, sorted."""
        return ((), ()) if self._normal is None else self._normal.facets

    @property
    def hull(self) -> tuple[Rows, Scalars]:
        """Return ``(C, d)``, the equations of the affine hull; ``0 = 1`` when empty."""
        if self._normal is None:
            return ((Fraction(0),) * self.ambient_dim,), (Fraction(1),)
        return self._normal.hull

    @property
    def dim(self) -> int:
        """Return the dimension of the affine hull; -1 for the empty set."""
        return -1 if self._normal is None else self.ambient_dim - len(self.hull[0])

    # emptiness, boundedness, points

    @cached_property
    def _point_or_farkas(self) -> tuple[Scalars | None, tuple[Scalars, Scalars] | None]:
        return point_or_farkas(self.halfspaces, self.ambient_dim)

    @cached_property
    def is_empty(self) -> bool:
        """Return whether there is no point; :attr:`farkas` is the proof if so."""
        if self.given_generators is not None:
            return not self.given_generators.vertices
        if "_normal" in self.__dict__:  # known already
            return self._normal is None
        return self._point_or_farkas[0] is None

    @property
    def farkas(self) -> tuple[Scalars, Scalars] | None:
        """Return the proof of emptiness, None if there is a point.

        It is ``(lam, mu)`` with ``lam >= 0``, ``lam A + mu C = 0``, ``lam b + mu d = -1``.
        """
        return None if not self.is_empty else self._point_or_farkas[1]

    def _nonempty(self, what: str) -> None:
        if self.is_empty:
            raise EmptyPolyhedronError(f"{self!r} is empty: it has no {what}")

    @cached_property
    def is_bounded(self) -> bool:
        """Return whether there is neither a ray nor a line; the empty set is bounded.

        With inequalities alone it is one linear program: on the directions x with
        ``A x <= 0, C x = 0`` the sum of ``-A x`` is 0 iff every row is, and then x is a line.
        """
        if self.is_empty:
            return True
        if self.given_halfspaces is None or "_normal" in self.__dict__:
            return not self.rays and not self.lines
        A, _, C, _ = self.given_halfspaces
        n = self.ambient_dim
        if rank((*A, *C)) < n:
            return False
        total = tuple(simplest(-sum((a[j] for a in A), Fraction(0))) for j in range(n))
        zeros = (Fraction(0),)
        right = (*zeros * len(A), Fraction(1))
        return maximum(total, Halfspaces((*A, total), right, C, zeros * len(C))).value == 0

    @cached_property
    def interior_point(self) -> Scalars:
        """Return a point of the relative interior.

        It is the mean of the vertices, plus the sum of the rays.

        Raises
        ------
        EmptyPolyhedronError
            When there is no point.
        """
        self._nonempty("interior point")
        weighted = [(Fraction(1, len(self.vertices)), v) for v in self.vertices]
        weighted += [(Fraction(1), r) for r in self.rays]
        return tuple(
            simplest(sum((x[j] * w for w, x in weighted), Fraction(0)))
            for j in range(self.ambient_dim)
        )

    def contains(self, x: Iterable[object]) -> bool:
        """Return whether the point x, shape (ambient_dim,), lies in the polyhedron."""
        point = exact_vector(x)
        if len(point) != self.ambient_dim:
            raise DimensionError(
                f"a point of length {len(point)}, not {self.ambient_dim} as the polyhedron"
            )
        A, b, C, d = self.halfspaces
        return all(dot(a, point) <= t for a, t in zip(A, b, strict=True)) and all(
            dot(a, point) == t for a, t in zip(C, d, strict=True)
        )

    __contains__ = contains

    # extrema

    def maximum(self, objective: Iterable[object]) -> Maximum:
        """Return value, point and multipliers of ``max objective x``.

        Raises
        ------
        EmptyPolyhedronError, UnboundedError
            When there is no maximum.
        """
        c = exact_vector(objective)
        if len(c) != self.ambient_dim:
            raise DimensionError(
                f"{plural(len(c), 'coefficient')} for {plural(self.ambient_dim, 'coordinate')}"
            )
        return maximum(c, self.halfspaces)

    def minimum(self, objective: Iterable[object]) -> Minimum:
        """Return value, point and multipliers of ``min objective x``.

        Raises
        ------
        EmptyPolyhedronError, UnboundedError
            When there is no minimum.
        """
        c = exact_vector(objective)
        try:
            value, point, (lam, mu) = self.maximum([-x for x in c])
        except UnboundedError:
            shown = ", ".join(map(str, c))
            raise UnboundedError(f"({shown}) x has no minimum on the polyhedron") from None
        return Minimum(-value, point, (lam, tuple(-x for x in mu)))

    # what the given form does not need

    def redundancy(self) -> redundancy.Redundancy:
        """Return which given inequalities (or generators) suffice, and the proofs for others.

        ``kept`` are indices into ``inequalities``, or into points and rays as given.

        Raises
        ------
        EmptyPolyhedronError
            For inequalities without a point: :attr:`farkas` shows which contradict.
        """
        if self.given_halfspaces is None:
            return redundancy.of_generators(self.generators, self.ambient_dim)
        self._nonempty("row that could be spared")
        return redundancy.of_rows(self.given_halfspaces)

    @cached_property
    def implied_equations(self) -> tuple[int, ...]:
        """Return the inequalities, by index, that hold with equality on the whole set.

        That row i does is proved by ``minimum(A[i])``; :attr:`interior_point` is off others.

        Raises
        ------
        EmptyPolyhedronError
            When there is no point: every equation holds on the empty set.
        """
        self._nonempty("point to be tight at")
        A, b = self.inequalities
        x = self.interior_point
        return tuple(i for i, a in enumerate(A) if dot(a, x) == b[i])

    # faces

    @cached_property
    def incidence(self) -> Incidence:
        """Return for each facet the indices of the vertices and of the rays on it."""
        if self._normal is None:
            return Incidence((), ())
        points, facets = len(self._normal.points), len(self._normal.facets[0])
        return incidence.incidence(self._normal.outside, points, facets)

    @cached_property
    def adjacency(self) -> Adjacency:
        """Return the edges, as pairs of indices of vertices and rays."""
        if self._normal is None:
            return Adjacency((), (), ())
        points, facets = len(self._normal.points), len(self._normal.facets[0])
        dim = self.dim - len(self.lines)
        return incidence.adjacency(self._normal.outside, points, facets, dim)

    @property
    def supports(self) -> tuple[int, ...]:
        """Return for each vertex of a polytope the mask of the facets that miss it.

        Raises
        ------
        UnboundedError
            For a polyhedron with a ray or a line.
        """
        if self._normal is None:
            return ()
        if self.rays or self.lines:
            raise UnboundedError(f"{self!r} is unbounded: its supports are no polytope's")
        return self._normal.outside

    @cached_property
    def _lattice(self) -> tuple[FaceLattice, tuple[int, ...]]:
        """The face lattice of the homogenised cone, and its supports."""
        assert self._normal is not None  # faces() answers for the empty set
        points, facets = len(self._normal.points), len(self._normal.facets[0])
        S = incidence.supports(self._normal.outside, points, facets)
        return face_lattice(incidence.Homogenised(S)), S

    def faces(self, dim: int) -> tuple[PolyhedronFace, ...]:
        """Return the faces of one dimension, by the facets that do not contain them.

        The empty face has dimension -1; dimensions without faces give ``()``.
        """
        if dim == -1:
            return (PolyhedronFace(-1, (), (), tuple(range(len(self.facets[0])))),)
        if self._normal is None:
            return ()
        L, S = self._lattice
        points, facets = len(self._normal.points), len(self._normal.facets[0])
        return tuple(
            incidence.face(dim, F.support, S, points, facets)
            for F in L[dim - len(self.lines)]
            if F.dim >= 0 and F.support >> facets & 1
        )

    @cached_property
    def f_vector(self) -> tuple[int, ...]:
        """Return the numbers of faces of dimensions -1 to :attr:`dim`."""
        return tuple(len(self.faces(k)) for k in range(-1, self.dim + 1))

    @cached_property
    def volume(self) -> Scalar:
        """Return the volume in ``R^ambient_dim``; 0 when flat or empty, 1 in ``R^0``.

        Raises
        ------
        UnboundedError
            For a polyhedron with a ray or a line, whatever its dimension.
        """
        if not self.is_bounded:
            raise UnboundedError(f"{self!r} is unbounded: only a polytope has a volume")
        if self._normal is None or self.dim < self.ambient_dim:
            return Fraction(0)
        return volume(self.vertices, self._normal.outside, len(self.facets[0]))

    @property
    def normal_form(self) -> tuple[int, Rows, Rows, Rows]:
        """Return (ambient_dim, vertices, rays, lines): equal iff the sets are."""
        return self.ambient_dim, self.vertices, self.rays, self.lines
