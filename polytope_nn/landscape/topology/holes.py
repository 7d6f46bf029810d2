"""The staircase of holes: the homology of P_m and of Theta_m, for every width (T15-T18).

The faces of P are the unions of the supports of its vertices, so nothing else is needed.
The face G enters P_m at ``m = |G|``; one reduction of the boundary gives the bars. Theta_m
is P_m with, for each face G of ``|G| <= m``, a wedge of spheres of dimension ``m - rho(G)``:
what permuting and splitting neurons adds (T15).

Over a point of P with k atoms the networks of width m are m slots shared out among the
atoms: each has a nonempty set of slots, disjoint from the others, and a simplex of masses on
it. This is ``Hom(K_k, K_m)``, the pairwise deleted product of k simplices with m vertices.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import comb
from typing import TypeAlias

from polytope_nn.called import asked_width, given_most
from polytope_nn.errors import DimensionError, InstanceError, Undecided
from polytope_nn.geometry.faces import Supported, face_lattice
from polytope_nn.landscape.merge_tree import Staircase
from polytope_nn.landscape.optimal_set import OptimalPolytope, Solvable, optimal_polytope
from polytope_nn.shown import Drawn, Sketched, Tabled

from .cells import Bar, Cells, cells_of, trimmed

__all__ = ["FACES", "Holes", "face_cells", "fibre_characteristic", "holes", "sphere_count"]

FACES = 50_000  # of which the bars are found unasked
_WIDEST = 10**6  # slots: numbers of more have too many digits

Punctured: TypeAlias = Solvable | Staircase | Supported
"""What has holes: a problem, its optimum, polytope, staircase, or supports of vertices."""


@dataclass(frozen=True, repr=False)
class Holes(Drawn, Tabled, Sketched):
    """The faces of P by the width at which they enter, and what follows for every width.

    ``supports`` are those of the faces, in the order of the cells.

    A *hole* of dimension i at width m is a class of ``H_i``; ``betti(m)`` counts those of
    P_m, ``network_betti(m)`` those of Theta_m, with i = 0 for components. Numbers are
    over Q where the torsion is known, else over F_2; the bars are over F_2.
    """

    faces: Cells
    supports: tuple[int, ...]

    @property
    def m_star(self) -> int:
        """The least width of an optimal network."""
        return min(self.faces.levels)

    @property
    def vertex_supports(self) -> tuple[int, ...]:
        """The supports of the vertices of P, as bits, ascending."""
        faces = zip(self.supports, self.faces.dims, strict=True)
        return tuple(sorted(support for support, dim in faces if dim == 0))

    @property
    def used_rank(self) -> int:
        """The rank r_P of the features that P uses: support less dimension of P itself."""
        return self.faces.levels[-1] - self.faces.dims[-1]

    @property
    def bars(self) -> Mapping[int, tuple[Bar, ...]]:
        """The bars of ``P_1, P_2, ...`` by degree; a death of None is none."""
        return self.faces.bars

    @cached_property
    def threshold(self) -> int:
        """The least width from which Theta is connected for good."""
        vertices = zip(self.faces.levels, self.faces.dims, strict=True)
        largest = max(level for level, dim in vertices if dim == 0)
        deaths = [death for _, death in self.bars[0] if death is not None]
        m = max([largest + 1, *deaths])
        while m > self.m_star and self.network_betti(m - 1)[0] == 1:
            m -= 1
        return m

    @property
    def widths(self) -> range:
        """The widths from m* to one beyond the threshold and the last death of a bar."""
        deaths = [d for bars in self.bars.values() for _, d in bars if d is not None]
        return range(self.m_star, max([self.threshold + 1, *deaths]) + 1)

    def betti(self, m: int) -> tuple[int, ...]:
        """Return the Betti numbers of P_m, those beyond the last that is not 0 left out."""
        self._optimal(m)
        numbers = list(self.faces.betti_2(m))
        divisors = self.torsion_by_degree(m) or {}
        for i, found in divisors.items():  # an even one counts twice over F_2
            even = sum(t % 2 == 0 for t in found)
            numbers[i] -= even
            numbers[i + 1] -= even
        return trimmed(numbers)

    def torsion(self, m: int) -> tuple[int, ...] | None:
        """Return the torsion coefficients of P_m, ascending; None where not decided.

        They are those of Theta_m too (T15).
        """
        found = self.torsion_by_degree(m)
        return None if found is None else tuple(sorted(sum(found.values(), ())))

    def torsion_by_degree(self, m: int) -> Mapping[int, tuple[int, ...]] | None:
        """Return the torsion coefficients of ``H_i(P_m)`` for the i with some, or None."""
        self._optimal(m)
        if m not in self._divisors:
            try:
                self._divisors[m] = self.faces.divisors(m)
            except Undecided:
                self._divisors[m] = None
        return self._divisors[m]

    @cached_property
    def _divisors(self) -> dict[int, dict[int, tuple[int, ...]] | None]:
        return {}

    def network_betti(self, m: int) -> tuple[int, ...]:
        """Return the Betti numbers of Theta_m (T15).

        ``b_i(P_m)`` and, for each face of ``|G| <= m`` and ``rho(G) = m - i``, the spheres
        of the fibre over it.
        """
        return self._with_spheres(m, self.betti(m))

    def network_betti_2(self, m: int) -> tuple[int, ...]:
        """Return the Betti numbers of Theta_m over F_2."""
        self._optimal(m)
        return self._with_spheres(m, self.faces.betti_2(m))

    def _with_spheres(self, m: int, betti: tuple[int, ...]) -> tuple[int, ...]:
        numbers = Counter(dict(enumerate(betti)))
        for (level, dim), times in self._counts.items():
            if level <= m:
                numbers[m - level + dim] += times * sphere_count(level, m)
        return trimmed([numbers[i] for i in range(max(numbers) + 1)])

    @cached_property
    def _counts(self) -> Counter[tuple[int, int]]:
        return self.faces.counts()

    def euler(self, m: int) -> int:
        """Return the Euler characteristic of Theta_m, from the fibres over all faces.

        ``sum_m euler(m) x^m/m! = e^x h(1 - e^-x)``, ``h(q) = sum_G (-1)^(dim G) q^|G|``.
        """
        self._optimal(m)
        return sum(
            (-1) ** dim * times * fibre_characteristic(level, m)
            for (level, dim), times in self._counts.items()
        )

    def _optimal(self, m: int) -> None:
        if asked_width(m, _WIDEST) < self.m_star:
            raise DimensionError(
                f"width {m} is below m* = {self.m_star}: no network of it is optimal"
            )

    def __iter__(self) -> Iterator[int]:
        """Yield the widths worth showing."""
        return iter(self.widths)

    def __repr__(self) -> str:
        finite = sum(d is not None for bars in self.bars.values() for _, d in bars)
        return (
            f"Holes(faces={len(self.faces)}, m*={self.m_star}, finite bars={finite}, "
            f"threshold={self.threshold})"
        )


def holes(problem: Punctured, *, most: int = FACES) -> Holes:
    """Return the holes of the optimal networks of every width (T15).

    ``problem`` is a problem or any later stage of it, or anything with the ``supports`` of
    the vertices of ``{c >= 0 : F c = y}``; ``most`` is the largest number of faces of P.

    Parameters
    ----------
    problem
        A problem or what is known of it, or anything with ``supports``.
    most
        The most faces that are gone through.

    Returns
    -------
    Holes
        Bars of P, Betti numbers and torsion for every width.

    Raises
    ------
    InstanceError
        When the fit is not unique: then supports do not tell the faces.
    UnboundedError
        Where widths are not counted.
    Undecided
        When the vertices are not decided, or P has more faces than ``most``.

    Examples
    --------
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, 0], [-1, 0], [0, 1], [0, -1]], [3, 3, 3, 3], beta_squared=2)
    >>> H = holes(D)  # a segment between two vertices of two atoms
    >>> H.bars, H.network_betti(4), H.euler(4)
    ({0: ((2, None), (2, 4))}, (1, 23, 2), -20)
    """
    given_most(most)
    return Holes(*face_cells(_supported(problem), most=most))


def _supported(problem: Punctured) -> Supported:
    if hasattr(problem, "supports") and not isinstance(
        problem, Staircase | OptimalPolytope
    ):
        return problem
    if isinstance(problem, Staircase):
        found: Supported = problem
        S, unique = problem, bool(problem.supports)
    else:
        found = P = optimal_polytope(problem)
        S, unique = P.staircase, P.fit_is_unique
    S.m_star  # noqa: B018 - raises where widths are not counted
    if not unique:
        raise InstanceError(
            "the fit: several are optimal: holes need a unique fit: squared loss has one"
        )
    return found


def face_cells(P: Supported, *, most: int | None = None) -> tuple[Cells, tuple[int, ...]]:
    """Return the faces of P as a filtration, a face entering at its size, and supports."""
    supports = tuple(P.supports)
    if not supports:
        raise InstanceError("supports: there are none: P has no vertex")
    if most is not None and len(supports) > most:
        raise Undecided(f"the polytope has more than {most} faces: allow more (--faces)")
    lattice = face_lattice(P, most=most)
    facets: dict[int, list[int]] = {}
    for E, F in lattice.arcs:
        if E.dim >= 0:
            facets.setdefault(F.support, []).append(E.support)
    faces = [
        (face.support, face.support.bit_count(), face.dim)
        for face in lattice.faces
        if face.dim >= 0
    ]
    faces.sort(key=lambda face: (face[1], face[2], face[0]))
    return cells_of(faces, facets), tuple(support for support, _, _ in faces)


@cache
def fibre_characteristic(k: int, m: int) -> int:
    """Return the Euler characteristic of the fibre of k atoms in m slots.

    ``sum_j (-1)^j C(k, j) (1 - j)^m``: each atom has the exponential generating function
    ``1 - e^-x``, the unused slots ``e^x``; 0 for k > m.

    >>> [fibre_characteristic(2, m) for m in (1, 2, 3, 4)]
    [0, 2, 0, 2]
    """
    return sum((-1) ** j * comb(k, j) * (1 - j) ** m for j in range(k + 1))


@cache
def sphere_count(k: int, m: int) -> int:
    """Return how many (m - k)-spheres the fibre is a wedge of; for k <= m.

    >>> sphere_count(4, 4), sphere_count(1, 5), sphere_count(3, 4)
    (23, 0, 13)
    """
    reduced = fibre_characteristic(k, m) - 1
    return -reduced if (m - k) % 2 else reduced
