"""The vertex-edge graph of a polyhedron for networkx and GraphML.

A node is a vertex (``v0``, ``v1``, ..) or a ray (``r0``, ..), an edge a bounded edge or one
that leaves a vertex along a ray. Attributes are strings and ints, so that every program
reads them: coordinates as exact numbers, the facets through a node by index.
"""

from typing import TYPE_CHECKING

from polytope_nn.exact.scalar import Scalar

from .forms import Generators
from .incidence import Adjacency, Incidence

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["graph", "graphml"]


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
