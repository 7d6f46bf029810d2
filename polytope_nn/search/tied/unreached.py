"""Samples on flats that nothing reaches: their fit is 0, and kappa there the flat's number.

No feature of a tied face is active there, and no free column, or one whose coefficient is 0: it
alone reaches another such sample, of which the label 0 is fitted exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from polytope_nn.exact.rational import Matrix
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.problems.losses.graphs import Flat, Slope
from polytope_nn.problems.problem import Problem
from polytope_nn.search.losses.pieces import Pieces

__all__ = ["Unreached", "unreached"]

_ZERO, _ONE = Fraction(0), Fraction(1)

TiedT = TypeVar("TiedT")


@dataclass(frozen=True)
class Unreached:
    """The flats' numbers by their samples, and the places of the free columns that are 0."""

    kappa: dict[int, Fraction]
    columns: frozenset[int]

    def exactly(
        self,
        dual: tuple[Matrix, Scalars],
        tied: TiedT,
        beside: Scalars,
    ) -> tuple[tuple[Matrix, Scalars], TiedT, Scalars]:
        """Return O and theta, what is tied, and free coefficients: what is known in fractions."""
        O, theta = dual
        known: dict[int, Scalar] = {}
        for k, q in self.kappa.items():
            places = [j for j, t in enumerate(O[k]) if t]
            if len(places) == 1:
                known[places[0]] = q / O[k][places[0]]
        exact = tuple(known.get(j, t) for j, t in enumerate(theta))
        free = (_ZERO if j in self.columns else t for j, t in enumerate(beside))
        return (O, exact), tied, tuple(free)


def unreached(problem: Problem, factors: Sequence[Matrix]) -> tuple[Problem, Unreached]:
    """Return the problem with losses of one slope in place of such flats, and what is known."""
    if not isinstance(problem, Pieces) or not problem.flats:
        return problem, Unreached({}, frozenset())
    Z, pieces = problem.whole.free.columns, list(problem.pieces)
    alone = [k for k in range(problem.n) if not any(any(V[k]) for V in factors)]
    fitted = Slope(_ZERO, _ZERO, None, None)
    reaching = {k: [j for j, z in enumerate(Z) if z[k]] for k in alone}
    single = (reaching[k] for k in alone if pieces[k] == fitted)
    still = frozenset(js[0] for js in single if len(js) == 1)
    known: dict[int, Fraction] = {}
    for k in alone:
        piece = pieces[k]
        if (
            isinstance(piece, Flat)
            and _is_on(piece, _ZERO)
            and still.issuperset(reaching[k])
        ):
            known[k] = piece.at
            pieces[k] = Slope(piece.at, _ONE, None, None)
    return Pieces(problem.whole, pieces), Unreached(known, still)


def _is_on(piece: Flat, z: Fraction) -> bool:
    above = piece.low is None or z >= piece.low
    return above and (piece.high is None or z <= piece.high)
