"""One optimal point in words: the pieces of the losses, what atoms share, numbers near it."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from polytope_nn.certificate.enclosures import primitive
from polytope_nn.certificate.format import Json
from polytope_nn.checker.claims.pieces.system import Pieced
from polytope_nn.checker.lift import hint
from polytope_nn.dual.optimum import Optimum
from polytope_nn.errors import TooMany, Undecided
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import independent_rows, solve, transpose
from polytope_nn.exact.rational import Vector
from polytope_nn.exact.scalar import middle
from polytope_nn.landscape.optimal_set import OptimalPolytope
from polytope_nn.problems.losses import SeparableLoss
from polytope_nn.problems.losses.graphs import Flat, Graph, Slope

from .alike import alike_groups, are_alike, unused
from .shares import bases_of, shares_in

__all__ = ["Key", "Point", "on_flats", "points", "spoken_pieces"]

Key: TypeAlias = tuple[int, tuple[int, ...]]  # the sign and the covector of an atom
_ZERO = Fraction(0)


class Point(NamedTuple):
    """The atoms of each face, the columns beside Z in words, a point near the solution.

    And the shares of every feature in the basis that the faces are, where there are more.
    """

    groups: list[list[Key]]
    free: list[Json]
    centre: list[Fraction]
    shares: Mapping[Key, Vector]


def points(P: OptimalPolytope, S: Pieced) -> Iterator[Point]:
    """Yield what a kappa says whose atoms are independent but for those that are alike.

    And of which features are sums of those of a basis. S is the system without faces.

    Raises
    ------
    Undecided
        When features are neither.
    TooMany
        When they are such sums, and vertices are not listed.
    """
    c = P.optimum.weights
    told = False
    for groups, relations in alike_groups(P):
        totals = [sum((middle(c[a]) for a in group), _ZERO) for group in groups]
        if are_alike(P, groups, relations):
            yield _point(P, (groups, relations, []), totals, {})
            told = True
        beside = unused(P, S, groups, relations)
        if beside and are_alike(P, groups, [*relations, *(h for h, _ in beside)]):
            yield _point(P, (groups, relations, beside), totals, {})
            told = True
    if P.is_unlisted:  # sums of others' features say what all vertices are
        if told:
            return
        raise TooMany(
            "certificates where features are sums of others' list all vertices: raise the "
            "limit on them, or leave the certificate out"
        )
    keys = [(a.sign, a.covector) for a in P.atoms]
    for basis in bases_of(P):
        try:
            e, shares = shares_in(P, basis)
        except Undecided:
            if told:
                return
            raise
        yield _point(
            P, ([[a] for a in basis], [], []), e, dict(zip(keys, shares, strict=True))
        )


def _point(
    P: OptimalPolytope,
    told: tuple[list[list[int]], list[Vector], list[tuple[Vector, Vector]]],
    totals: Sequence[Fraction],
    shares: Mapping[Key, Vector],
) -> Point:
    """Return a point of faces, relations and such as are unused, and the weights of the faces."""
    (groups, relations, unused_), O = told, P.optimum
    keys = [(a.sign, a.covector) for a in P.atoms]
    left = list(map(middle, O.fit))
    for group, e in zip(groups, totals, strict=True):
        first = min((P.atoms[a] for a in group), key=lambda atom: atom.key)
        left = [t - e * middle(s) for t, s in zip(left, first.feature, strict=True)]
    free = P.problem.free.columns
    columns = [*(free[j] for j in independent_rows(free)), *relations]
    rows = transpose(columns) if columns else ()
    chosen = independent_rows(rows) if rows else ()
    beside = solve([rows[k] for k in chosen], [left[k] for k in chosen]) or ()
    own = len(columns) - len(relations)
    flats = [-O.fit[k] for k in on_flats(P)]
    idle = [_ZERO] * len(unused_)
    numbers = [*O.kappa, *totals, *beside[:own], *flats, *idle, *beside[own:]]
    spoken: list[Json] = [
        {"relation": list(map(int, h)), "unused": hint(f)} for h, f in unused_
    ]
    spoken += [{"relation": z} for z in primitive(relations)]
    of_groups = [[keys[a] for a in group] for group in groups]
    return Point(of_groups, spoken, list(map(middle, numbers)), shares)


def on_flats(P: OptimalPolytope) -> list[int]:
    """Return the samples on flats."""
    words = enumerate(spoken_pieces(P))
    return [k for k, word in words if str(word).endswith("flat")]


def spoken_pieces(P: OptimalPolytope | Optimum) -> list[Json]:
    """Return the piece of each sample by its place in the graph, and what it is.

    Flats are where kappa is known to be theirs, whether in balls or not.
    """
    loss = P.problem.loss
    if not isinstance(loss, SeparableLoss):
        return ["0 slope"] * P.problem.n
    spoken: list[Json] = []
    for row, t in zip(loss.rows, P.kappa, strict=True):
        power = loss.kind == "power"  # to the checker a curve, where p is 2 as well
        if power or not isinstance(row, Graph):
            still = power and isinstance(t, Fraction) and not t
            spoken.append("1 rest" if still else "0 curve")
            continue
        exact = not isinstance(t, Ball)
        on = [
            i
            for i, p in enumerate(row.pieces)
            if isinstance(p, Flat) and exact and t == p.at
        ]
        inside = [
            i
            for i, p in enumerate(row.pieces)
            if isinstance(p, Slope)
            and (p.low is None or t > p.low)
            and (p.high is None or t < p.high)
        ]
        spoken.append(f"{on[0]} flat" if on else f"{inside[0]} slope")
    return spoken
