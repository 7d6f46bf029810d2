"""The optimal set in balls: one point, or a fibre of a zonotope (THEORY §10).

Where the units of the system have independent features the weights are one point. Where atoms
come in pairs whose features differ by a column L that the system fits freely (opposite ones,
the two ends of a flat), e_j is the total weight of a pair, and with t_j the difference of its
two weights the optimal set is ``{|t_j| <= e_j, sum_j t_j D_j / 2 = L lambda modulo Z}``, D_j
the difference of the features: a box when L is in the span of Z, else a fibre of a zonotope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from polytope_nn.errors import Undecided
from polytope_nn.exact.ball_matrix import solve_balls
from polytope_nn.exact.linear import independent_rows, rank, rref, transpose
from polytope_nn.exact.parametric import as_letters
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.zonotope import Fibre
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.problem import Problem

from .atoms import Atom
from .enclosures import Enclosures
from .system import Unit

__all__ = ["OptimalBalls"]

_ZERO = Fraction(0)


@dataclass(frozen=True)
class OptimalBalls:
    """The weights of all atoms that the enclosures of a system leave possible.

    ``atoms`` are those of the units, and idle ones: they belong to no unit, their weight is
    0 on the whole optimal set.
    """

    problem: Problem
    proof: Enclosures
    atoms: tuple[Atom, ...]

    @cached_property
    def members(self) -> tuple[tuple[int, ...], ...]:
        """The places of the atoms of each unit."""
        places = {(a.sign, a.covector): i for i, a in enumerate(self.atoms)}
        return tuple(tuple(places[key] for key in unit.keys) for unit in self.proof.units)

    @property
    def only(self) -> Scalars:
        """The one point, where no unit added a column: a pair's weight on its first atom."""
        return self._placed([(members[0], c) for members, c in self.totals])

    def listed(self, most: int) -> tuple[tuple[tuple[int, ...], ...], tuple[Scalars, ...]]:
        """Return the classes of atoms, and the vertices of their total weights.

        Raises
        ------
        Undecided
            When there are more than ``most`` vertices, or balls do not decide them.
        """
        if not self.proof.linear:
            idle = set(range(len(self.atoms))).difference(*self.members)
            totals: list[tuple[tuple[int, ...], Scalar]] = [((i,), _ZERO) for i in idle]
            totals += [(tuple(sorted(members)), c) for members, c in self.totals]
            totals.sort(key=lambda pair: pair[0])  # no two classes share an atom
            return tuple(m for m, _ in totals), (tuple(c for _, c in totals),)
        if most not in self._vertices:
            self._vertices[most] = self._found(most)
        return tuple((a,) for a in range(len(self.atoms))), self._vertices[most]

    @cached_property
    def _vertices(self) -> dict[int, tuple[Scalars, ...]]:
        """The vertices that were found, by the limit on their number."""
        return {}

    def _found(self, most: int) -> tuple[Scalars, ...]:
        fibre = self.fibre
        found = [self.split(fibre.coordinates(*vertex)) for vertex in fibre.vertices(most)]
        if not found:
            raise Undecided("the opposite pairs do not reach the linear part of the fit")
        found.sort(key=lambda c: [a for a, x in enumerate(c) if not _nothing(x)])
        return tuple(found)

    def inner(self, proposed: Sequence[Fraction], basis: Sequence[int]) -> Scalars:
        """Return a point of the fibre strictly inside of all intervals, proved in balls.

        ``proposed`` is a point near it; its coordinates outside of the ``basis`` are taken,
        balls solve for the others.
        """
        fibre = self.fibre
        t: list[Scalar] = list(proposed)
        fixed = [j for j in range(len(t)) if j not in basis]
        right = [
            b - dot([row[j] for j in fixed], [t[j] for j in fixed])
            for row, b in zip(fibre.rows, fibre.right, strict=True)
        ]
        square = [[row[j] for j in basis] for row in fibre.rows]
        for j, x in zip(basis, solve_balls(square, right), strict=True):
            t[j] = x
        if not all(-e < x < e for x, e in zip(t, fibre.e, strict=True)):
            raise Undecided("no point with all atoms in use was found for the linear part")
        halves = zip(t, fibre.e, strict=True)
        return self.split([w for x, e in halves for w in ((e + x) / 2, (e - x) / 2)])

    def split(self, halves: Sequence[Scalar]) -> Scalars:
        """Return the weights of all atoms, those of the pairs given two by two."""
        pairs = set(self.pairs)
        placed = [(m[0], c) for i, (m, c) in enumerate(self.totals) if i not in pairs]
        for at, i in enumerate(self.pairs):
            placed += zip(self.members[i], halves[2 * at : 2 * at + 2], strict=True)
        return self._placed(placed)

    @property
    def totals(self) -> list[tuple[tuple[int, ...], Scalar]]:
        """The atoms of each unit and their total weight."""
        return list(zip(self.members, self.proof.parts[1], strict=True))

    def _placed(self, weights: Sequence[tuple[int, Scalar]]) -> Scalars:
        c: list[Scalar] = [_ZERO] * len(self.atoms)
        for a, x in weights:
            c[a] = x
        return tuple(c)

    @cached_property
    def pairs(self) -> tuple[int, ...]:
        """The places of the units that are pairs."""
        return tuple(i for i, unit in enumerate(self.proof.units) if unit.paired)

    @cached_property
    def fibre(self) -> Fibre:
        """The fibre of the differences t of the pairs.

        Raises
        ------
        Undecided
            When the pairs do not span the linear part of the fit.
        """
        proof, modulo = self.proof, self.problem.free.modulo
        _, weights, free = proof.parts
        added = free[len(free) - len(proof.linear) :]
        # the linear part, modulo Z, on a set of functionals that determine it
        columns = [modulo(z) for z in proof.linear]
        chosen = independent_rows(transpose(columns))
        differences = [self._difference(i) for i in self.pairs]
        rows = tuple(tuple(fit[k] / 2 for fit in differences) for k in chosen)
        right = tuple(dot([column[k] for column in columns], added) for k in chosen)
        spans = tuple(self._spans[i] for i in self.pairs)
        if len(self.pairs) < len(rows):
            raise Undecided("the opposite pairs do not span the linear part of the fit")
        e = tuple(weights[i] for i in self.pairs)

        def functions() -> tuple[Scalars, ...]:
            found = self._functions
            return tuple(tuple(fit[k] for fit in found) for k in chosen)

        return Fibre(rows, right, e, spans, self._lines, functions)

    @property
    def _functions(self) -> list[Scalars]:
        """The differences of the pairs, up to factors, as functions of entries of kappa.

        The entries are those that the forms known to vanish leave free.
        """
        known, modulo = self.proof.known, self.problem.free.modulo
        rows, pivots = rref(known.vanishing)
        free = [k for k in range(len(known.kappa)) if k not in pivots]
        letters = as_letters([known.kappa[k] for k in free])
        kappa: list[Scalar] = [_ZERO] * len(known.kappa)
        for k, letter in zip(free, letters, strict=True):
            kappa[k] = letter
        for row, k in zip(rows, pivots, strict=True):
            kappa[k] = -dot([row[j] for j in free], letters)
        found = []
        for unit in (self.proof.units[i] for i in self.pairs):
            fit: Scalars | None = unit.column
            if fit is None:
                g = [dot(column, kappa) for column in transpose(unit.factor)]
                fit = tuple(dot(x, g) for x in self.problem.charts[unit.face.chart].design)
            found.append(modulo(fit))
        return found

    @property
    def _lines(self) -> tuple[int, ...]:
        """For each pair the first pair with the same direction, up to sign.

        With a free bias two kinks of one direction w, at two samples, may both come with their
        opposites. The differences of features are the same multiple of X w then, modulo
        constants.
        """
        found: list[int] = []
        for i in self.pairs:
            alike = (j for j in found if self._same_line(i, j))
            found.append(next(alike, i))
        return tuple(found)

    def _same_line(self, i: int, j: int) -> bool:
        """Return whether two units are opposite pairs of one direction, proved, up to sign."""
        proof = self.proof
        mine, other = proof.units[i], proof.units[j]
        if not (mine.opposite and other.opposite) or mine.face.chart == other.face.chart:
            return False
        columns, others = (list(zip(*proof.system.factors[k], strict=True)) for k in (i, j))
        return any(
            all(
                proof.known.vanishes(tuple(s + side * t for s, t in zip(p, q, strict=True)))
                for p, q in zip(columns, others, strict=True)
            )
            for side in (1, -1)
        )

    def is_still(self, free: FreePart) -> bool:
        """Return whether every point has one and the same fit modulo what is ``free``.

        It is where pairs differ by the columns they added and free ones: those add up to a
        known fit. Else the fits of samples on flats move with what pairs share.
        """
        fixed = [*free.columns, *self.proof.linear]
        units = [self.proof.units[i] for i in self.pairs]
        images = [z for unit in units for z in self._images(unit)]
        return rank([*fixed, *images]) == (rank(fixed) if fixed else 0)

    def _difference(self, i: int) -> Scalars:
        """Return the difference of the two features of a unit, modulo Z; 0 if it is in Z."""
        first, second = (self.atoms[a].feature for a in self.members[i])
        gap = [s - t for s, t in zip(first, second, strict=True)]
        if not self._spans[i]:
            return (_ZERO,) * len(self.problem.free.quotient)
        return self.problem.free.modulo(gap)

    @cached_property
    def _spans(self) -> dict[int, Matrix]:
        """For each pair independent vectors, modulo Z, whose span has it whatever kappa is."""
        found = {}
        for i in self.pairs:
            images = self._images(self.proof.units[i])
            reduced = [self.problem.free.modulo(fit) for fit in images]
            found[i] = tuple(reduced[j] for j in independent_rows(reduced))
        return found

    def _images(self, unit: Unit) -> list[Vector]:
        """Return vectors of R^n whose span has the difference, whatever kappa is."""
        if unit.column is not None:
            return [unit.column]
        X = self.problem.charts[unit.face.chart].design
        few = [unit.factor[i] for i in independent_rows(unit.factor)]
        return [tuple(dot(x, u) for x in X) for u in few]


def _nothing(x: Scalar) -> bool:
    return isinstance(x, Fraction) and x == 0
