"""Faces, edges and incidences of a polyhedron, bounded or not, by supports alone.

The faces of a nonempty polyhedron are those faces of its homogenised cone that contain a
point, ``t > 0`` (Ziegler, ch. 1 and 2). With t as one coordinate more, the support of a
generator is the set of facets that do not contain it, and t if it is a point; the face
lattice of the cone comes from these supports as that of any polytope
(:func:`~polytope_nn.geometry.faces.face_lattice`). Faces without a point lie at infinity:
they are the faces of the recession cone.

With lines, every face contains them: its generators are counted modulo the lines, and its
dimension includes theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from polytope_nn.exact.scalar import Scalar
from polytope_nn.geometry.adjacency import indices, skeleton

from .forms import Generators

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "Adjacency",
    "Homogenised",
    "Incidence",
    "PolyhedronFace",
    "adjacency",
    "face",
    "graph",
    "graphml",
    "incidence",
    "supports",
]


@dataclass(frozen=True)
class Homogenised:
    """The homogenised cone by the supports of its extreme rays, for its face lattice."""

    supports: tuple[int, ...]


class PolyhedronFace(NamedTuple):
    """A face by its dimension and the indices of its vertices, rays and facets."""

    dim: int
    vertices: tuple[int, ...]
    rays: tuple[int, ...]
    facets: tuple[int, ...]


class Incidence(NamedTuple):
    """For each facet, in order, the indices of the vertices and of the rays on it."""

    vertices: tuple[tuple[int, ...], ...]
    rays: tuple[tuple[int, ...], ...]


class Adjacency(NamedTuple):
    """The edges: pairs of vertices, pairs of a vertex and a ray, and those at infinity.

    ``at_infinity`` are the pairs of rays that span a face of dimension 2 of the recession
    cone (not counting the lines); they are no edges of the polyhedron.
    """

    vertices: tuple[tuple[int, int], ...]
    rays: tuple[tuple[int, int], ...]
    at_infinity: tuple[tuple[int, int], ...]


def supports(outside: Sequence[int], points: int, facets: int) -> tuple[int, ...]:
    """Return the supports in the homogenised cone; the bit of t is above the facets."""
    return tuple(
        mask | 1 << facets if k < points else mask for k, mask in enumerate(outside)
    )


def incidence(outside: Sequence[int], points: int, facets: int) -> Incidence:
    """Return the generators on each facet."""
    on = [[k for k, mask in enumerate(outside) if not mask >> i & 1] for i in range(facets)]
    return Incidence(
        tuple(tuple(k for k in found if k < points) for found in on),
        tuple(tuple(k - points for k in found if k >= points) for found in on),
    )


def adjacency(outside: Sequence[int], points: int, facets: int, dim: int) -> Adjacency:
    """Return the edges; dim is the dimension without the lines.

    The cone over the polyhedron has ``facets + 1`` coordinates, as many independent
    equations as these exceed ``dim + 1``. Where t > 0 follows from the facets, it changes
    no support that matters: t is positive wherever the point is.
    """
    S = supports(outside, points, facets)
    pairs = sorted((i, j) for _, i, j in skeleton(S, facets - dim))
    return Adjacency(
        tuple((i, j) for i, j in pairs if j < points),
        tuple((i, j - points) for i, j in pairs if i < points <= j),
        tuple((i - points, j - points) for i, j in pairs if i >= points),
    )


def face(
    dim: int, support: int, S: Sequence[int], points: int, facets: int
) -> PolyhedronFace:
    """Return a face of the cone, by its support, as one of the polyhedron."""
    inside = [k for k, mask in enumerate(S) if not mask & ~support]
    return PolyhedronFace(
        dim,
        tuple(k for k in inside if k < points),
        tuple(k - points for k in inside if k >= points),
        indices((1 << facets) - 1 & ~support),
    )


def graph(V: Generators, adjacency: Adjacency, incidence: Incidence) -> "nx.Graph[str]":
    """Return the graph; nodes have ``kind``, ``coordinates``, ``facets``, edges ``kind``."""
    import networkx as nx

    found: nx.Graph[str] = nx.Graph()
    for kind, rows, on in (
        ("vertex", V.vertices, incidence.vertices),
        ("ray", V.rays, incidence.rays),
    ):
        through: list[list[str]] = [[] for _ in rows]
        for i, members in enumerate(on):
            for k in members:
                through[k].append(str(i))
        for k, x in enumerate(rows):
            found.add_node(
                f"{kind[0]}{k}",
                kind=kind,
                coordinates=" ".join(map(_shown, x)),
                facets=" ".join(through[k]),
            )
    for i, j in adjacency.vertices:
        found.add_edge(f"v{i}", f"v{j}", kind="bounded")
    for i, j in adjacency.rays:
        found.add_edge(f"v{i}", f"r{j}", kind="unbounded")
    return found


def graphml(found: "nx.Graph[str]") -> str:
    """Return the graph as GraphML, the same bytes for the same graph."""
    import networkx as nx

    return "\n".join([*nx.generate_graphml(found), ""])


def _shown(x: Scalar) -> str:
    return str(x).replace(" ", "")
