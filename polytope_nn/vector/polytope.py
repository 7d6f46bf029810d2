"""All that is as good: the polytope of finitely many atoms, or the lifted set (general B4, B6).

With finitely many atoms the optimal set is ``P = {c >= 0 : sum_a c_a F_a = fit}`` modulo what
is free, and all of THEORY §§4-6 holds with n replaced by the number n c of entries of a fit. With
a continuum only what is proved is said: a unique lifted point decides m*, and from the rank
of the tight features on all optimal networks are joined (B5).
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import factorial

from polytope_nn.dual.fits import is_pinned
from polytope_nn.errors import TooMany, UnboundedError
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.rational import identity
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.boxes import box_vertices
from polytope_nn.landscape.merge_tree import Staircase, merge_tree, minimal_supports
from polytope_nn.landscape.supports import bits_of, support
from polytope_nn.limits import Limits

from .finding import vector_optimum
from .losses.entries import flat
from .losses.uniqueness import one_fit_only
from .optimum import Optimum, columns
from .problem import VectorProblem

__all__ = ["OptimalSet", "vector_optimal_set"]

_MOST = Limits().vertices


@dataclass(frozen=True, repr=False)
class OptimalSet:
    """The optimal set of a problem with several outputs.

    One coordinate for each atom; the vertices are sorted by support.
    """

    optimum: Optimum

    @cached_property
    def features(self) -> tuple[Scalars, ...]:
        """The features of the atoms modulo what is free, one vector each."""
        modulo = self.optimum.problem.modulo
        return tuple(modulo(a.feature) for a in self.optimum.atoms)

    @cached_property
    def _lifted_features(self) -> tuple[Scalars, ...]:
        O = self.optimum
        return tuple(
            column for k in O.continua for column in columns(O.problem, O.N, k, k.vectors)
        )

    @cached_property
    def rank(self) -> int:
        """The rank of the tight features, modulo what is free; in balls a bound of it."""
        O = self.optimum
        if O.level == "interval" and not O.continua:
            return rank(self.stand_ins) if O.atoms else 0
        every = (*self.features, *self._lifted_features)
        if O.level == "interval":
            return len(every) // (1 + O.problem.is_even)
        return rank(every) if every else 0

    @cached_property
    def vertices(self) -> tuple[Scalars, ...]:
        """The vertices of P, sorted by support.

        Raises
        ------
        UnboundedError
            When there is a continuum: the optimal set is no polytope.
        TooMany
            When there are more than are listed.
        """
        O = self.optimum
        if O.continua:
            raise UnboundedError(
                "a continuum of optimal directions: no polytope of weights"
            )
        if O.level == "interval":
            if not O.stand_ins:
                return self._with_twins(tuple(c for _, c in O.network))
            made = self.stand_in_fit
            return slice_vertices(transpose(self.stand_ins), made, most=_MOST)
        if not self.features:
            return ((),)
        if not O.problem.is_squared:
            columns = [flat(a.feature) for a in O.atoms]
            return box_vertices(columns, O.problem.entries.free, O.interval, _MOST)
        fit = O.problem.modulo(O.fit)
        return slice_vertices(transpose(self.features), fit, most=_MOST)

    @cached_property
    def is_listed(self) -> bool:
        """Whether there are finitely many atoms, and not too many vertices to list."""
        try:
            return not self.optimum.continua and bool(self.vertices)
        except TooMany:
            return False

    @property
    def n_vertices(self) -> int:
        """The number of vertices."""
        return len(self.vertices)

    @property
    def level(self) -> str:
        """``"exact"`` or ``"interval"``."""
        return self.optimum.level

    @cached_property
    def stand_ins(self) -> tuple[Scalars, ...]:
        """Rational vectors with the relations of the features, in balls (``Optimum``)."""
        O = self.optimum
        n = len(O.network)
        units = identity(n)
        return O.stand_ins or tuple(units[a % n] for a in range(len(O.atoms)))

    @property
    def stand_in_fit(self) -> Scalars:
        """What the network makes of them: P is all weights that make as much."""
        masses = self.optimum.masses
        return tuple(dot(column, masses) for column in zip(*self.stand_ins, strict=True))

    def _with_twins(self, masses: Scalars) -> tuple[Scalars, ...]:
        """Return the vertices: of each atom and its opposite, if there is one, one is used."""
        n, every = len(masses), len(self.optimum.atoms)
        if every == n:
            return (masses,)
        if 1 << n > _MOST:
            raise TooMany(f"more than {_MOST} vertices of P")
        found = []
        for sides in product((0, n), repeat=n):
            c: list[Scalar] = [Fraction(0)] * every
            for i, (x, side) in enumerate(zip(masses, sides, strict=True)):
                c[i + side] = x
            found.append(tuple(c))
        return tuple(sorted(found, key=lambda c: bits_of(support(c))))

    @cached_property
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices, as bits."""
        return tuple(map(support, self.vertices))

    @cached_property
    def used(self) -> tuple[int, ...]:
        """The atoms with a positive weight somewhere in P, ascending."""
        mask = 0
        for bits in self.supports:
            mask |= bits
        return tuple(bits_of(mask))

    @cached_property
    def used_rank(self) -> int:
        """The rank of the features that P uses."""
        if len(self.used) == len(self.features):
            return self.rank
        columns = self.features if self.optimum.level == "exact" else self.stand_ins
        return rank([columns[a] for a in self.used]) if self.used else 0

    @property
    def dim(self) -> int:
        """The dimension of P; in balls features are independent, but for opposite ones."""
        if self.optimum.is_pinned or self.optimum.level == "interval":
            return len(self.used) - self.used_rank
        first, *others = self.vertices
        moved = [tuple(s - t for s, t in zip(v, first, strict=True)) for v in others]
        return rank(moved) if moved else 0

    @cached_property
    def fit_is_unique(self) -> bool | None:
        """Whether all optimal networks have one fit; None where that is not decided."""
        return one_fit_only(self.optimum)

    @cached_property
    def staircase(self) -> Staircase:
        """The staircase of connectivity: T7-T11 with n replaced by n c (B4)."""
        problem = self.optimum.problem
        return Staircase(
            tuple(bits.bit_count() for bits in self.supports),
            merge_tree(self.supports),
            self.rank,
            self.used_rank,
            problem.n * problem.c,
            self.vanishes,
            self.modulo,
            minimal=() if self.optimum.is_pinned else minimal_supports(self.supports),
        )

    @property
    def vanishes(self) -> bool:
        """Whether no optimal network uses a neuron."""
        return not any(self.supports)

    @property
    def modulo(self) -> tuple[str, ...]:
        """What widths are counted modulo: coefficients of what is free that do nothing.

        And all that is free where fits may move and those that are one do not tell it (G5).
        """
        problem = self.optimum.problem
        still = problem.free.lines or (problem.entries.shifted and problem.free.columns)
        return ("lines",) * bool(still) + ("free part",) * (not self.free_is_told)

    @property
    def free_is_told(self) -> bool:
        """Whether fits that are one number tell what is free, for each output."""
        O, D = self.optimum, self.optimum.problem
        if O.is_pinned:
            return True
        Z, c = D.free.Z, D.c
        told = [
            [Z[k] for k in range(D.n) if is_pinned([O.interval[k * c + j]])]
            for j in range(c)
        ]
        return all(rank(rows) == rank(Z) for rows in told)

    @cached_property
    def m_star(self) -> int | None:
        """The least width of an optimal network; None where it is not decided (B6)."""
        if not self.optimum.continua:
            return self.staircase.m_star
        if self.optimum.lifted is None:
            return None
        return len(self.optimum.network)  # as few neurons as can be make each part

    @property
    def components_at_m_star(self) -> int | None:
        """The components of Theta at m* where a continuum's lifted set is one point.

        ``m*!``: a slot of each atom in use, and for a plane two neurons that are swapped
        between two arcs, or two points, or one neuron.
        """
        return None if self.m_star is None else factorial(self.m_star)

    @property
    def connected_from(self) -> int:
        """A width from which Theta is proved to be connected (B5)."""
        bound = min(self.rank + 1, self.optimum.rank_bound)
        return min(bound, self.staircase.threshold) if self.is_listed else bound

    def __repr__(self) -> str:
        O = self.optimum
        if O.continua:
            return f"vector.OptimalSet(continuum, m*={self.m_star}, level={O.level})"
        if not self.is_listed:
            return f"vector.OptimalSet(atoms={len(O.atoms)}, m*<={len(O.network)}, level={O.level})"
        S = self.staircase
        return (
            f"vector.OptimalSet(dim={self.dim}, vertices={len(self.vertices)}, "
            f"atoms={len(O.atoms)}, m*={S.m_star}, M*={S.M_star}, level={O.level})"
        )


def vector_optimal_set(
    problem: VectorProblem | Optimum | OptimalSet, *, limits: Limits | None = None
) -> OptimalSet:
    """Return the optimal set of a problem with several outputs, or of its optimum (B4, B6).

    >>> P = VectorProblem([[1, 0], [-1, 0]], [[3, 4], [4, -3]], beta=1)
    >>> vector_optimal_set(P)
    vector.OptimalSet(dim=0, vertices=1, atoms=2, m*=2, M*=2, level=exact)

    Parameters
    ----------
    problem
        The problem, its optimum, or its optimal set.
    limits
        How far the search goes.

    Returns
    -------
    OptimalSet
        A polytope over the atoms, or what is proved of a continuum.

    Raises
    ------
    Undecided
        When the dual optimum cannot be proved, or a decision is open.
    """
    if isinstance(problem, OptimalSet):
        return problem
    solved = (
        problem if isinstance(problem, Optimum) else vector_optimum(problem, limits=limits)
    )
    return OptimalSet(solved)
