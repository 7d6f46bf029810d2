"""The face lattice of a polytope, its Hasse diagram, and its subcomplexes of small support.

Terminology (Ziegler, *Lectures on Polytopes*, ch. 2). The faces of a polytope, the empty
one and the polytope included, form a lattice, graded by dimension; F *covers* E if it
contains E and has one dimension more. A face is held as its *support*, an int bitmask:

* for ``{c >= 0 : A c = b}`` (anything with `supports`, the masks of the vertices) the
  coordinates that are positive somewhere on the face, so ``THEORY 4``'s support;
* for a :class:`~polytope_nn.geometry.polyhedra.polyhedron.Polyhedron` the facets, by index,
  that do not contain the face (coordinates positive on it in slack form: the same thing).

The support of a nonempty face is the union of its vertices' supports, and the smallest face
containing two faces has the union of their supports.

Algorithm (Kliem and Stump 2022, dualised; the closure is Kaibel and Pfetsch's, 2002). Let F
cover E. The faces above E are again the lattice of a polytope, whose vertices are the
covers of E: the siblings of F. A face G covers F iff the interval [E, G] has rank 2, and
then it has two atoms, F and one sibling S, with G = F | S. So the covers of F are the
inclusion-minimal unions with a sibling. The edges come from the supports of the vertices
(:mod:`~polytope_nn.geometry.adjacency`); from then on each face has few siblings, and no
two faces far apart are ever compared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from polytope_nn.called import asked_width, given, given_most
from polytope_nn.errors import InstanceError
from polytope_nn.shown import Drawn

from .adjacency import indices, skeleton
from .kernel.closure import faces_above

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Face", "FaceComplex", "FaceLattice", "Subcomplex", "Supported", "face_lattice"]


class Supported(Protocol):
    """A polytope ``{c >= 0 : A c = b}`` known by the supports of its vertices."""

    @property
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices as bitmasks; none contains another."""


class Face(NamedTuple):
    """A face: its dimension (-1 for the empty face) and its support as a bitmask."""

    dim: int
    support: int


@dataclass(frozen=True, repr=False)
class FaceComplex(Drawn):
    """A set of faces of a polytope that contains the faces of its faces.

    ``faces`` are sorted by (dim, support); ``arcs`` are the pairs (E, F), F covering E,
    among them, in that order too; ``supports`` are the polytope's vertices as given.
    """

    faces: tuple[Face, ...]
    arcs: tuple[tuple[Face, Face], ...]
    supports: tuple[int, ...]

    @cached_property
    def f_vector(self) -> tuple[int, ...]:
        """The number of faces of each dimension, from -1 (the empty face) up."""
        counts = [0] * (self.faces[-1].dim + 2)
        for face in self.faces:
            counts[face.dim + 1] += 1
        return tuple(counts)

    @property
    def graph(self) -> "nx.DiGraph[Face]":
        """The Hasse diagram: a node for each Face, an arc from E to F if F covers E."""
        import networkx as nx

        graph: nx.DiGraph[Face] = nx.DiGraph()
        graph.add_nodes_from(self.faces)
        graph.add_edges_from(self.arcs)
        return graph

    def to_graphml(self) -> str:
        """Return the Hasse diagram as GraphML, the same bytes for the same complex.

        A node ``d:support`` has its dimension and, as lists of indices, its support and its
        vertices as attributes.
        """
        import networkx as nx

        graph: nx.DiGraph[str] = nx.DiGraph()
        for face in self.faces:
            graph.add_node(
                f"{face.dim}:{face.support}",
                dim=face.dim,
                support=" ".join(map(str, indices(face.support))),
                vertices=" ".join(map(str, self.vertices(face))),
            )
        for E, F in self.arcs:
            graph.add_edge(f"{E.dim}:{E.support}", f"{F.dim}:{F.support}")
        return "\n".join([*nx.generate_graphml(graph), ""])

    def vertices(self, face: Face) -> tuple[int, ...]:
        """Return the indices of the polytope's vertices on a face."""
        given(Face, face)
        if face.dim < 0:
            return ()
        outside = ~face.support
        return tuple(i for i, S in enumerate(self.supports) if not S & outside)

    def __len__(self) -> int:
        return len(self.faces)

    def __contains__(self, face: object) -> bool:
        return isinstance(face, Face) and face in self._members

    @cached_property
    def _members(self) -> frozenset[Face]:
        return frozenset(self.faces)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(f_vector={self.f_vector})"


class Subcomplex(FaceComplex):
    """The faces of support at most some width; made by :meth:`FaceLattice.restrict`."""

    @cached_property
    def components(self) -> tuple[tuple[int, ...], ...]:
        """The connected components, as sets of vertex indices, sorted.

        Two nonempty faces are in one component iff covers lead from one to the other.
        """
        parent = {face: face for face in self.faces if face.dim >= 0}

        def root(face: Face) -> Face:
            while parent[face] != face:
                parent[face] = parent[parent[face]]
                face = parent[face]
            return face

        for E, F in self.arcs:
            if E.dim >= 0:
                parent[root(E)] = root(F)
        parts: dict[Face, list[int]] = {}
        for i, S in enumerate(self.supports):
            if Face(0, S) in parent:
                parts.setdefault(root(Face(0, S)), []).append(i)
        return tuple(sorted(map(tuple, parts.values())))


class FaceLattice(FaceComplex):
    """All faces of a polytope; made by :func:`face_lattice`.

    >>> from types import SimpleNamespace
    >>> square = SimpleNamespace(supports=(0b0101, 0b0110, 0b1001, 0b1010))
    >>> L = face_lattice(square)
    >>> L.f_vector, L.dim, len(L.graph.edges)
    ((1, 4, 4, 1), 2, 16)
    """

    @property
    def dim(self) -> int:
        """The dimension of the polytope; -1 if it is empty."""
        return self.faces[-1].dim

    def __getitem__(self, dim: int) -> tuple[Face, ...]:
        """Return the faces of one dimension, sorted by support."""
        return tuple(face for face in self.faces if face.dim == dim)

    def restrict(self, width: int) -> Subcomplex:
        """Return the subcomplex of the faces with support at most `width` (THEORY 6: P_m).

        The empty face belongs to it always.
        """
        width = asked_width(width)
        arcs = tuple(arc for arc in self.arcs if arc[1].support.bit_count() <= width)
        faces = (f for f in self.faces if f.dim < 0 or f.support.bit_count() <= width)
        return Subcomplex(tuple(faces), arcs, self.supports)

    def components(self, width: int) -> tuple[tuple[int, ...], ...]:
        """Return the components of ``restrict(width)`` as sets of vertex indices, sorted."""
        return self.restrict(width).components


def face_lattice(P: Supported, *, most: int | None = None) -> FaceLattice:
    """Return the face lattice of a polytope.

    P is a bounded polyhedron, or anything else with the `supports` of its vertices.

    Parameters
    ----------
    P
        Anything with ``supports``, a bit set for each vertex: a polytope, say.
    most
        The most faces that are listed.

    Returns
    -------
    FaceLattice
        Faces with their ranks and inclusions.

    Raises
    ------
    UnboundedError
        For a polyhedron with a ray or a line.
    Undecided
        When there are more faces than `most`, which are not all listed then.
    InstanceError
        For an optimal polytope of several fits: supports do not tell its faces.

    Examples
    --------
    >>> from polytope_nn import Polyhedron
    >>> cube = Polyhedron.from_inequalities(
    ...     [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], [1] * 6
    ... )
    >>> face_lattice(cube)
    FaceLattice(f_vector=(1, 8, 12, 6, 1))
    """
    if not getattr(P, "fit_is_unique", True):
        raise InstanceError(
            "face_lattice: several fits are optimal, and supports do not tell the faces: take "
            "face_lattice(Polyhedron.from_generators(P.vertices))"
        )
    if not hasattr(P, "supports"):
        raise InstanceError(f"{type(P).__name__} has no supports: give a polytope")
    given_most(most)
    supports = tuple(P.supports)
    levels, covers = faces_above(_edges(supports), most)
    faces = [Face(-1, 0)]
    for dim, level in enumerate(levels):
        faces += [Face(dim, S) for S in level]
    arcs = [(faces[0], vertex) for vertex in faces[1 : len(supports) + 1]]
    for E, above in zip(faces[1:], covers, strict=True):
        arcs += [(E, faces[number]) for number in above]
    return FaceLattice(tuple(faces), tuple(arcs), supports)


def _edges(supports: Sequence[int]) -> dict[int, Sequence[int]]:
    """Return for each vertex the supports of its edges.

    The columns of A on the used coordinates U have rank ``|U| - dim``; homogenised, the
    cone over P has one equation fewer than that on those coordinates.
    """
    used = _union(supports)
    above: dict[int, list[int]] = {S: [] for S in sorted(supports)}
    if not supports:
        return {}
    k = used.bit_count() - _dimension(supports) - 1
    for union, i, j in skeleton(supports, k):
        above[supports[i]].append(union)
        above[supports[j]].append(union)
    return {S: tuple(found) for S, found in above.items()}


def _union(supports: Iterable[int]) -> int:
    found = 0
    for S in supports:
        found |= S
    return found


def _dimension(supports: Sequence[int]) -> int:
    """Return the dimension: the length of one chain of covers, from a vertex to the top.

    A union of smallest size with a vertex outside is inclusion-minimal, so a cover.
    """
    F, dim = supports[0], 0
    while True:
        unions = [F | S for S in supports if S & ~F]
        if not unions:
            return dim
        F, dim = min(unions, key=int.bit_count), dim + 1
