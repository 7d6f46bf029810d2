"""A polytope as it is drawn: vertices in coordinates of its affine hull, edges, polygons.

The faces are those of the exact polytope; only the places of the vertices are floats. The
coordinates are orthonormal in the affine hull, so in dimensions 1 to 3 lengths and angles
are those of the polytope itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from polytope_nn.errors import InstanceError, UnboundedError, Undecided
from polytope_nn.exact.scalar import Scalars, dot
from polytope_nn.geometry.adjacency import indices
from polytope_nn.geometry.faces import FaceLattice, face_lattice
from polytope_nn.geometry.polyhedra.polyhedron import Polyhedron
from polytope_nn.landscape.merge_tree import merge_tree
from polytope_nn.landscape.optimal_set import OptimalPolytope

from .schlegel import schlegel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Body", "Part", "body_of", "lattice_of", "polyhedron_body"]

_VERTICES = 120  # more are no picture
_FACES = 60_000
_SEEN_THROUGH = 24  # vertices of a Schlegel diagram that can be read


@dataclass(frozen=True)
class Part:
    """A face: its vertices, those of a polygon in their order around it, and its level.

    The *level* is the size of its support: the least width at which it lies in P_m.
    """

    vertices: tuple[int, ...]
    level: int


@dataclass(frozen=True)
class Body:
    """A polytope of dimension ``dim``; ``places`` has shape (V, dim), names one a vertex.

    The ``levels`` are the sizes of supports; ``alone`` says of a vertex that its support
    holds no other's: it is isolated where it fills all slots. ``order`` is that of a merge
    tree's leaves: vertices that are joined early are near. In dimension 4, where ``base``
    has the vertices of a facet, the places are those of the Schlegel diagram through it,
    shape (V, 3).
    """

    dim: int
    places: "Floats"
    names: tuple[str, ...]
    levels: tuple[int, ...]
    alone: tuple[bool, ...]
    edges: tuple[Part, ...]
    polygons: tuple[Part, ...]
    order: tuple[int, ...]
    base: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Simplex:
    """A simplex: each vertex has a coordinate of its own."""

    supports: tuple[int, ...]


def body_of(P: OptimalPolytope) -> Body:
    """Return the body of an optimal polytope, its vertices named by their supports.

    Raises
    ------
    Undecided
        When the vertices, or with more than one fit their places, are not decided.
    InstanceError
        For more vertices than a picture shows.
    """
    _require_few(P.n_vertices)
    supports = P.supports
    lattice = lattice_of(P)
    rows = [[float(x) for x in v] for v in P.vertices]
    names = tuple(f"{{{' '.join(map(str, indices(bits)))}}}" for bits in supports)
    alone = tuple(
        sum(other & bits == other for other in supports) == 1 for bits in supports
    )
    found = _body(lattice, rows, names, supports, alone)
    if P.level != "exact" or not _is_seen_through(found):
        return found
    if P.optimum.is_pinned:  # the facets lie in the planes c_a = 0
        values = list(zip(*P.vertices, strict=True))
    else:
        values = _slacks(Polyhedron.from_generators(P.vertices))
    return _seen_through(found, lattice, P.vertices, values)


def lattice_of(P: OptimalPolytope) -> FaceLattice:
    """Return the face lattice of an optimal polytope, whatever its fits.

    With one fit its supports tell the faces; else its facets do, found exactly. In balls a
    simplex needs no facets.
    """
    if P.optimum.is_pinned:
        return face_lattice(P, most=_FACES)
    if P.n_vertices == P.dim + 1:
        return face_lattice(_Simplex(tuple(1 << i for i in range(P.n_vertices))))
    if P.level != "exact":
        raise Undecided("the faces of a polytope of several fits, known in balls")
    return face_lattice(Polyhedron.from_generators(P.vertices), most=_FACES)


def polyhedron_body(P: Polyhedron) -> Body:
    """Return the body of a polytope of the user's own, its vertices numbered from 0."""
    if not P.is_bounded:
        raise UnboundedError(f"{P!r} is unbounded: only polytopes are drawn")
    if P.dim < 0:
        raise InstanceError(f"{P!r} is empty: there is nothing to draw")
    _require_few(len(P.vertices))
    rows = [[float(x) for x in v] for v in P.vertices]
    lattice = face_lattice(P, most=_FACES)
    names = tuple(map(str, range(len(rows))))
    none = (0,) * len(rows)
    found = _body(lattice, rows, names, none, (False,) * len(rows))
    if not _is_seen_through(found):
        return found
    return _seen_through(found, lattice, P.vertices, _slacks(P))


def _is_seen_through(body: Body) -> bool:
    return body.dim == 4 and len(body.names) <= _SEEN_THROUGH


def _slacks(P: Polyhedron) -> list[Scalars]:
    """Return ``b - A v`` over the vertices v for each inequality."""
    H, V = P.halfspaces, P.vertices
    return [tuple(b - dot(a, v) for v in V) for a, b in zip(H.A, H.b, strict=True)]


def _seen_through(
    body: Body, lattice: FaceLattice, vertices: Sequence[Scalars], values: Sequence[Scalars]
) -> Body:
    """Return a body of dimension 4 as its Schlegel diagram."""
    facets = [lattice.vertices(face) for face in lattice[3]]
    found = schlegel(vertices, facets, values)
    rows = [[float(x) for x in point] for point in found.points]
    return replace(body, places=_coordinates(rows, 3), base=found.base)


def _require_few(count: int) -> None:
    if count > _VERTICES:
        raise InstanceError(
            f"the polytope has {count} vertices: a picture shows {_VERTICES} at most: draw "
            f"its staircase"
        )


def _body(
    lattice: FaceLattice,
    rows: Sequence[Sequence[float]],
    names: tuple[str, ...],
    supports: Sequence[int],
    alone: tuple[bool, ...],
) -> Body:
    levels = tuple(bits.bit_count() for bits in supports)
    places = _coordinates(rows, lattice.dim)
    edges, polygons = [], []
    for face in lattice[1]:
        ends = lattice.vertices(face)
        edges.append(Part(ends, _level(ends, supports)))
    for face in lattice[2] if lattice.dim >= 2 else ():
        corners = _around(lattice.vertices(face), edges)
        polygons.append(Part(corners, _level(corners, supports)))
    order = _leaves(lattice.supports)
    return Body(
        *(lattice.dim, places, names, levels, alone),
        *(tuple(edges), tuple(polygons), order),
    )


def _level(vertices: Sequence[int], supports: Sequence[int]) -> int:
    union = 0
    for v in vertices:
        union |= supports[v]
    return union.bit_count()


def _around(vertices: Sequence[int], edges: Sequence[Part]) -> tuple[int, ...]:
    """Return the vertices of a polygon in their order: each has two edges in it."""
    inside = set(vertices)
    beside: dict[int, list[int]] = {v: [] for v in vertices}
    for part in edges:
        if inside.issuperset(part.vertices):
            a, b = part.vertices
            beside[a].append(b)
            beside[b].append(a)
    way = [vertices[0]]
    while len(way) < len(vertices):
        way.append(next(v for v in beside[way[-1]] if v not in way))
    return tuple(way)


def _leaves(supports: Sequence[int]) -> tuple[int, ...]:
    """Return the vertices in the order of the leaves of their merge tree."""
    groups = {i: [i] for i in range(len(supports))}
    for _, i, j in merge_tree(supports):
        first, second = groups[i], groups[j]
        if first is second:
            continue
        first.extend(second)
        for v in second:
            groups[v] = first
    return tuple(groups[0])


def _coordinates(rows: Sequence[Sequence[float]], dim: int) -> "Floats":
    """Return points in orthonormal coordinates of their affine hull, shape (V, dim).

    Gram and Schmidt's steps, the longest direction that is left first.
    """
    import numpy as np

    points = np.array(rows, dtype=np.float64)
    left = points - points[0] if points.size else np.zeros((len(rows), 1))
    left = left / (np.abs(left).max() or 1.0)
    moved, axes = left.copy(), []
    for _ in range(dim):
        lengths = (left**2).sum(axis=1)
        if not lengths.max():
            break  # too thin for floats
        longest = left[int(np.round(lengths / lengths.max(), 9).argmax())]
        axes.append(longest / np.linalg.norm(longest))
        left = left - np.outer(left @ axes[-1], axes[-1])
    found = np.zeros((len(rows), dim))
    found[:, : len(axes)] = moved @ np.array(axes).T if axes else 0
    placed: Floats = found - found.mean(axis=0)
    return placed
