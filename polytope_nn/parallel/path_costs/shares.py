"""Path costs: branches of k equal parts, finitely many atoms (three-layer P12).

A branch of path cost 1 has ``sum |v_l|^2 <= 1``, so ``sum |v_l| <= sqrt(k)`` with equality
iff all parts are equal. Where kappa is feasible for ``beta / sqrt(k)`` with power-3 decay
it is feasible for path costs, and a branch attains beta iff it is a point of a piece whose
masses are multiples of 1/k. If these points make the fit, kappa is the optimum; then T3 to
T12 hold over the atoms that they are, each in every order of its k inner neurons.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement, product
from math import comb, factorial, prod
from typing import TypeAlias

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import rank, transpose
from polytope_nn.exact.scalar import Scalar, Scalars, sign
from polytope_nn.geometry.double_description import slice_vertices
from polytope_nn.landscape.merge_tree import Staircase, merge_tree
from polytope_nn.parallel.pieces import Config, Piece, label

__all__ = ["PathAtoms", "Shares", "equal_parts"]

Shares: TypeAlias = tuple[tuple[Scalars, ...], Scalars]
"""The outputs of all pieces, and the fit, in coordinates of independent branches."""

_MOST = 4000  # of the multisets of inner atoms
_VERTICES = 20_000  # of ordered atoms


def equal_parts(listed: Sequence[Piece], k: int) -> tuple[Piece, ...]:
    """Return the points of the pieces with masses that are multiples of 1/k, each a piece.

    Raises
    ------
    Undecided
        When there are too many to look at.
    """
    found: dict[object, Piece] = {}
    for p in listed:
        if comb(len(p.atoms) + k - 1, k) > _MOST:
            raise Undecided(f"path costs: more than {_MOST} choices of {k} inner atoms")
        for chosen in combinations_with_replacement(range(len(p.atoms)), k):
            times = Counter(chosen)
            c = tuple(Fraction(times[i], k) for i in range(len(p.atoms)))
            branch = p.config(c)
            if p.contains(branch) and branch not in found:
                used = [i for i, x in enumerate(c) if x]
                atoms = tuple(p.atoms[i] for i in used)
                vertex = tuple(c[i] for i in used)
                found[branch] = Piece(p.sigma, atoms, p.signs, p.mask, (vertex,))
    return tuple(found.values())


def _times(p: Piece, k: int) -> list[int]:
    """Return how often each inner atom of a path atom comes: its masses are multiples of 1/k."""
    return [next(t for t in range(k + 1) if x * k == t) for x in p.vertices[0]]


@dataclass(frozen=True)
class PathAtoms:
    """The atoms of path costs, in every order of their inner neurons, and their staircase.

    Where kappa is in balls, ``branches`` are those of the two-layer optimum: neurons of
    independent features, so outputs are told by their coordinates in them. Where ``shares`` are
    given they are the coordinates of the outputs, and of the fit.
    """

    pieces: tuple[Piece, ...]
    fit: Scalars
    k: int
    branches: tuple[Config, ...] | None = None
    shares: Shares | None = None

    @cached_property
    def orders(self) -> tuple[int, ...]:
        """The number of orders of the inner neurons of each atom."""
        return tuple(
            factorial(self.k) // prod(factorial(t) for t in _times(p, self.k))
            for p in self.pieces
        )

    @cached_property
    def outputs(self) -> tuple[Scalars, ...]:
        """What each atom adds to the fit, in coordinates where there are some."""
        if self.shares is not None:
            return self.shares[0]
        if self.branches is not None:
            return tuple(map(self._coordinates, self.pieces))
        return tuple(p.output(p.vertices[0]) for p in self.pieces)

    @property
    def right(self) -> Scalars:
        """The fit, in the same coordinates."""
        if self.shares is not None:
            return self.shares[1]
        return self.fit if self.branches is None else tuple(self.neurons.values())

    @cached_property
    def neurons(self) -> dict[tuple[int, object], Scalar]:
        """The neurons of the two-layer optimum, by sign and direction, and their masses."""
        return {
            (sigma * s, u): mass
            for sigma, own in self.branches or ()
            for (s, u), mass in own
        }

    def _coordinates(self, p: Piece) -> Scalars:
        """Return the coordinates of an atom whose outer ReLU is the identity.

        Raises
        ------
        Undecided
            When it is not, or the atom is no mixture of these neurons.
        """
        found: dict[tuple[int, object], Scalar] = dict.fromkeys(self.neurons, Fraction(0))
        for a, x in zip(p.atoms, p.vertices[0], strict=True):
            s, u = label(a)
            key = (s * p.sigma, u)
            kept = all(
                m or not e for m, e in zip(p.mask, map(sign, a.feature), strict=True)
            )
            if key not in found or not kept:
                raise Undecided(
                    "path costs: a branch that is clipped, or of unused neurons, and kappa is in "
                    "intervals"
                )
            found[key] = found[key] + x
        return tuple(found.values())

    @cached_property
    def used(self) -> tuple[tuple[int, ...], ...]:
        """The supports of the vertices of the polytope of the atoms."""
        points = slice_vertices(transpose(self.outputs), self.right)
        return tuple(tuple(i for i, x in enumerate(v) if sign(x)) for v in points)

    @property
    def m_star(self) -> int:
        """The least number of branches."""
        return min(map(len, self.used))

    @cached_property
    def staircase(self) -> Staircase:
        """The staircase over the ordered atoms (T8, P12)."""
        used = self.used
        total = sum(prod(self.orders[i] for i in support) for support in used)
        if total > _VERTICES:
            raise Undecided(
                f"path costs: {total} vertices of ordered atoms, more than {_VERTICES}"
            )
        supports = [bits for support in used for bits in self._ordered(support)]
        sizes = tuple(bits.bit_count() for bits in supports)
        every = [self.outputs[i] for i in sorted({i for support in used for i in support})]
        ranks = rank(self.outputs), rank(every)
        return Staircase(sizes, merge_tree(supports), *ranks, len(self.fit), vanishes=False)

    def _ordered(self, support: Sequence[int]) -> Iterator[int]:
        """Yield a support for each order of its atoms, as bits."""
        starts = [sum(self.orders[:i]) for i in support]
        for chosen in product(*(range(self.orders[i]) for i in support)):
            yield sum(1 << start + o for start, o in zip(starts, chosen, strict=True))
