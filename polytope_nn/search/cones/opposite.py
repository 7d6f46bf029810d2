"""Opposite atoms of one sign in a support found by cones: they make a linear map free.

Where g and -g are both atoms of sign s, ``kappa'Xg = kappa'(Xg)_+ - kappa'(-Xg)_+ = 0``, and the
functionals of the two faces are opposite: ``kappa'Xu = 0`` for the rows u of both. So the
system has one unit for the pair, the even part of their factors, and the columns ``X u`` are
fitted freely. What they fit is ``sum t (F_g - F_-g) = sum t s X g`` over the pairs: the weights of
a pair are half of the unit's, plus and minus t, and optimality needs both to be positive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol, cast

from polytope_nn.dual.eliminated.reduced import Solution
from polytope_nn.dual.peaks import PeakGuess
from polytope_nn.errors import Undecided
from polytope_nn.exact.ball import Balls, precision
from polytope_nn.exact.ball_matrix import multiply_balls, solve_balls
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign

if TYPE_CHECKING:
    from .pools.problem import Support

__all__ = ["Units", "units_of"]

_OPPOSITE = 1e-6  # the square of the distance from -g at which a direction is it


class Asked(Protocol):
    """What is asked of a problem here."""

    @property
    def rows(self) -> Matrix: ...
    @property
    def columns(self) -> tuple[Vector, ...]: ...
    @property
    def free_bias(self) -> bool: ...


@dataclass(frozen=True)
class Units:
    """The faces of a support, each alone or with its opposite one.

    ``places`` are those of the faces, ``factors`` of the units, ``added`` the columns that
    pairs make free beside ``given``, independent of these.
    """

    rows: Matrix
    given: tuple[Vector, ...]
    places: tuple[tuple[int, ...], ...]
    factors: tuple[Matrix, ...]
    added: tuple[Vector, ...]

    @property
    def free(self) -> tuple[Vector, ...]:
        """All columns that are fitted freely."""
        return (*self.given, *self.added)

    def sums(self, weights: Sequence[Fraction]) -> list[Fraction]:
        """Return the weights of the units, those of their faces added."""
        return [sum((weights[i] for i in at), Fraction(0)) for at in self.places]

    def weights(
        self,
        solution: Solution,
        target: Balls,
        near: Sequence[Fraction],
        bits: int,
    ) -> Balls:
        """Return the weights of the faces, proved positive.

        ``target`` is the fit ``y - kappa/weights``, ``near`` are the weights in floats.

        Raises
        ------
        Undecided
            When the free columns are not those of the pairs, or a weight may be 0.
        """
        pairs = [u for u, at in enumerate(self.places) if len(at) == 2]
        if not pairs:
            return solution.weights
        with precision(2 * bits):
            pulls = [multiply_balls(transpose(V), [[k] for k in solution.kappa])
                     for V in self.factors]  # fmt: skip
            g = [tuple(row[0] for row in h) for h in pulls]
            tilts = self._tilts(solution, target, near, pairs, g)
            found: dict[int, Scalar] = {}
            for u, at in enumerate(self.places):
                c = solution.weights[u]
                if len(at) == 1:
                    found[at[0]] = c
                else:
                    found[at[0]], found[at[1]] = c / 2 + tilts[u], c / 2 - tilts[u]
            weights = tuple(found[i] for i in range(len(found)))
            if not all(sign(w) > 0 for w in weights):
                raise Undecided("a weight of opposite atoms may not be positive")
        return cast("Balls", weights)

    def _tilts(
        self,
        solution: Solution,
        target: Balls,
        near: Sequence[Fraction],
        pairs: Sequence[int],
        g: Sequence[Balls],
    ) -> dict[int, Scalar]:
        """Return t of each pair: those that fit what is free, the others as they are near."""
        # V'kappa is the sign times p, and F_g - F_-g the sign times X p
        columns = {
            u: tuple(t for (t,) in multiply_balls(self.rows, [[x] for x in g[u]]))
            for u in pairs
        }
        middle: dict[int, Vector] = {
            u: tuple(t.midpoint for t in column) for u, column in columns.items()
        }
        order = sorted(pairs, key=lambda u: -min(near[i] for i in self.places[u]))
        several = (*self.given, *(middle[u] for u in order))
        first = len(self.given)
        basis = [order[j - first] for j in independent_rows(several) if j >= first]
        basis = basis[: len(self.added)]
        if len(basis) < len(self.added):
            raise Undecided("whether opposite atoms fit what they make free")
        tilts: dict[int, Scalar] = {}
        rest: Scalars = tuple(target)
        for u, V in enumerate(self.factors):
            c = solution.weights[u]
            even = multiply_balls(V, [[x] for x in g[u]])
            rest = tuple(t - c * e for t, (e,) in zip(rest, even, strict=True))
        for u in pairs:
            if u not in basis:
                i, j = self.places[u]
                t = tilts[u] = (near[i] - near[j]) / 2
                rest = tuple(r - t * x for r, x in zip(rest, columns[u], strict=True))
        chosen: list[Scalars] = [*self.given, *(columns[u] for u in basis)]
        places = independent_rows(transpose([*self.given, *(middle[u] for u in basis)]))
        share = solve_balls(
            [[z[k] for z in chosen] for k in places], [rest[k] for k in places]
        )
        return tilts | dict(zip(basis, share[first:], strict=True))


def units_of(
    problem: Asked,
    guesses: Sequence[PeakGuess],
    support: "Support",
    factors: Sequence[Matrix],
) -> Units:
    """Return the units of the faces of a support; with a free bias none is a pair."""
    rows, given = problem.rows, problem.columns
    places: list[tuple[int, ...]] = []
    paired: set[int] = set()
    for i, a in enumerate(guesses):
        if i in paired:
            continue
        for j in range(i + 1, len(guesses)):
            gap = support.tops[i].u + support.tops[j].u
            near = guesses[j].sign == a.sign and gap @ gap <= _OPPOSITE
            if (
                not problem.free_bias
                and j not in paired
                and near
                and _are_opposite(a, guesses[j])
            ):
                places.append((i, j))
                paired |= {i, j}
                break
        else:
            places.append((i,))
    units = [
        factors[at[0]] if len(at) == 1 else _even(*(factors[i] for i in at))
        for at in places
    ]
    every = list(given)
    for at, V in zip(places, units, strict=True):
        if len(at) == 2:
            basis = [V[k] for k in independent_rows(V)]
            every += [tuple(dot(x, u) for x in rows) for u in basis]
    added = tuple(every[j] for j in independent_rows(every) if j >= len(given))
    return Units(rows, given, tuple(places), tuple(units), added)


def _are_opposite(a: PeakGuess, b: PeakGuess) -> bool:
    """Return whether two faces are opposite, as far as signs tell."""
    near = {*a.near, *b.near}
    rows = enumerate(zip(a.signs, b.signs, strict=True))
    return all(s == -t or k in near for k, (s, t) in rows)


def _even(V: Matrix, W: Matrix) -> Matrix:
    return tuple(
        tuple((s - t) / 2 for s, t in zip(a, b, strict=True))
        for a, b in zip(V, W, strict=True)
    )
