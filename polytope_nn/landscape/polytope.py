"""The optimal polytope ``P = {c >= 0 : sum_a c_a F_a = fit}`` (THEORY T3, T4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.dual.atoms import Atom
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import DimensionError
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.limits import Limits

__all__ = ["OptimalPolytope", "optimal_polytope", "support"]


def support(c: Sequence[Scalar]) -> int:
    """Return the set of nonzero coordinates as the bits of an int.

    >>> bin(support([Fraction(1), Fraction(0), Fraction(2)]))
    '0b101'
    """
    return sum(1 << a for a, x in enumerate(c) if (x if type(x) is Fraction else sign(x)))


@dataclass(frozen=True, repr=False)
class OptimalPolytope:
    """The optimal set of the convex problem, one coordinate per atom.

    Its vertices are the solutions with linearly independent features (T4), sorted by
    support; distinct vertices have distinct supports, none inside another.
    """

    optimum: Optimum
    vertices: tuple[Scalars, ...]

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The N atoms, the coordinates of P."""
        return self.optimum.atoms

    @cached_property
    def A(self) -> tuple[Scalars, ...]:
        """The matrix (n, N) whose columns are the features."""
        if not self.atoms:
            return ((),) * self.optimum.problem.n
        return transpose([a.feature for a in self.atoms])

    @property
    def b(self) -> Scalars:
        """The right-hand side, the fit, shape (n,)."""
        return self.optimum.fit

    @property
    def inequalities(self) -> tuple[tuple[Scalars, Scalar], ...]:
        """The H-form beside ``A c = b``: pairs (row, t) that mean ``row'c <= t``."""
        N = len(self.atoms)
        zero = Fraction(0)
        return tuple(
            (tuple(Fraction(-int(i == j)) for j in range(N)), zero) for i in range(N)
        )

    @cached_property
    def supports(self) -> tuple[int, ...]:
        """The supports of the vertices, as bits, in the order of the vertices."""
        return tuple(map(support, self.vertices))

    @property
    def rank(self) -> int:
        """The rank r of the features; ``m* <= M* <= r <= n``."""
        return self.optimum.rank

    @cached_property
    def dim(self) -> int:
        """The dimension: atoms used by some point, less the rank of their features."""
        used = 0
        for bits in self.supports:
            used |= bits
        columns = [a for a in range(len(self.atoms)) if used >> a & 1]
        if len(columns) == len(self.atoms):
            return len(columns) - self.rank
        return len(columns) - rank([self.atoms[a].feature for a in columns])

    @property
    def m_star(self) -> int:
        """The least width at which the optimum of the convex problem is reached."""
        return min(bits.bit_count() for bits in self.supports)

    @property
    def M_star(self) -> int:
        """The largest support of a vertex."""
        return max(bits.bit_count() for bits in self.supports)

    def __contains__(self, c: Sequence[Scalar]) -> bool:
        """Return whether c is a point of P."""
        if len(c) != len(self.atoms):
            return False
        inside = all(x >= 0 for x in c)
        return inside and all(
            dot(row, c) == t for row, t in zip(self.A, self.b, strict=True)
        )

    def lift(self, c: Sequence[Scalar]) -> dict[tuple[tuple[int, ...], int], Scalars]:
        """Return c in the talk's pattern-indexed form: ``{(pattern, sign): u}``.

        An atom shared by several closed cones is put on the first pattern that has it
        (any split over them is optimal too): ``u = c_a g_a`` summed per pattern and sign.
        """
        if len(c) != len(self.atoms):
            raise DimensionError(f"{len(c)} coordinates for {len(self.atoms)} atoms")
        lifted: dict[tuple[tuple[int, ...], int], Scalars] = {}
        for x, a in zip(c, self.atoms, strict=True):
            if x == 0:
                continue
            cone = self.cones(a)[0]
            u = tuple(x * t for t in a.g)
            before = lifted.get((cone, a.sign), (Fraction(0),) * len(u))
            lifted[cone, a.sign] = tuple(p + q for p, q in zip(before, u, strict=True))
        return dict(sorted(lifted.items()))

    def cones(self, a: Atom) -> tuple[tuple[int, ...], ...]:
        """Return the patterns whose closed cones contain the direction of an atom."""
        rows = self.optimum.problem.design
        return tuple(
            pattern
            for pattern in self.optimum.arrangement.patterns
            if all(
                s in (0, t) or not any(x)
                for s, t, x in zip(a.covector, pattern, rows, strict=True)
            )
        )

    def __repr__(self) -> str:
        return (
            f"OptimalPolytope(dim={self.dim}, vertices={len(self.vertices)}, "
            f"atoms={len(self.atoms)}, m*={self.m_star}, M*={self.M_star}, "
            f"level={self.optimum.level})"
        )


def optimal_polytope(optimum: Optimum, *, limits: Limits | None = None) -> OptimalPolytope:
    """Return the optimal polytope in H- and V-form (THEORY T3).

    Raises
    ------
    Undecided
        At level ``interval``, when there are more vertices than the limit.

    Examples
    --------
    >>> from polytope_nn.dual.optimum import optimum
    >>> from polytope_nn.problems.training import TrainingProblem
    >>> D = TrainingProblem([[1, -1, 0], [0, 1, -1]], [2, 2], beta_squared=2)
    >>> optimal_polytope(optimum(D))
    OptimalPolytope(dim=1, vertices=2, atoms=3, m*=1, M*=2, level=exact)
    """
    if optimum.level == "interval":
        from polytope_nn.search.free_linear import ball_vertices

        return OptimalPolytope(optimum, ball_vertices(optimum, limits or Limits()))
    features = [a.feature for a in optimum.atoms]
    A = transpose(features) if features else ((),) * optimum.problem.n
    return OptimalPolytope(optimum, slice_vertices(A, optimum.fit))
