"""The optimum of a group LASSO: one projection for each block and sign (general §5).

``max kappa'A u`` over the cone and ``|u| <= 1`` is ``|g|``, g the projection of ``A'kappa`` onto
the cone (Moreau), attained at ``g/|g|`` alone. A block with a polyhedral norm is one of columns
instead, a ray of length 1 of its cone each, with weights >= 0. What is compared here is
therefore a list of :class:`Part`: a map and a cone, and the pair of block and sign it is of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from polytope_nn.dual.atoms import Atom, cone_projection
from polytope_nn.dual.optimum import require_free, some_point
from polytope_nn.errors import NotOptimal, Undecided
from polytope_nn.exact.ball import Ball, precision
from polytope_nn.exact.linear import project_out
from polytope_nn.exact.radical import exactly
from polytope_nn.exact.rational import Matrix, Vector
from polytope_nn.exact.scalar import RealNumber, Scalar, Scalars, dot, sign, squared_norm
from polytope_nn.problems.problem import Problem
from polytope_nn.problems.units.gauges import rays
from polytope_nn.problems.units.lasso import Block

from .classed import Cell, ClassedOptimum

__all__ = [
    "BlockOptimum",
    "Part",
    "block_optimum",
    "in_columns",
    "parts_of",
    "sides_of",
    "strictly_below",
]

_ZERO = Fraction(0)
_BITS = 200  # of the balls in which strict bounds are proved first


@dataclass(frozen=True)
class Part:
    """A map A (n, p) onto fits, with its sign, and a cone ``{u : rows u >= 0}`` of R^p.

    ``pair`` is the place of its pair of block and sign; ``ray`` is the direction in the block
    where p = 1 because its norm is polyhedral.
    """

    A: Matrix
    cone: Matrix
    pair: int
    block: int
    sign: int
    ray: Vector | None = None

    @cached_property
    def columns(self) -> tuple[Vector, ...]:
        """The columns of A."""
        return tuple(zip(*self.A, strict=True))

    @property
    def is_column(self) -> bool:
        """Whether it is a column with a weight >= 0."""
        return len(self.A[0]) == 1 and self.cone == ((Fraction(1),),)

    def pull(self, kappa: Sequence[Scalar]) -> Scalars:
        """Return ``A'kappa``."""
        return tuple(dot(column, kappa) for column in self.columns)

    def factor(self, zero: Sequence[int]) -> Matrix:
        """Return ``A Pi``, Pi onto where the rows ``zero`` of the cone vanish."""
        walls = [self.cone[k] for k in zero]
        return tuple(tuple(_rational(project_out(walls, row))) for row in self.A)

    def atom(self, g: Scalars, signs: tuple[int, ...]) -> Atom:
        """Return the atom of a direction, in the coordinates of its block."""
        feature = tuple(dot(row, g) for row in self.A)
        u = g if self.ray is None else tuple(g[0] * t for t in self.ray)
        return Atom(self.sign, signs, u, feature)


def _rational(v: Scalars) -> Vector:
    return tuple(t for t in v if isinstance(t, Fraction))


def parts_of(blocks: Sequence[Block]) -> tuple[Part, ...]:
    """Return the parts of blocks, pair by pair."""
    found: list[Part] = []
    pairs = ((i, block, s) for i, block in enumerate(blocks) for s in block.signs)
    for pair, (i, block, s) in enumerate(pairs):
        A = tuple(tuple(s * t for t in row) for row in block.A)
        if block.norm == "l2":
            found.append(Part(A, block.cone, pair, i, s))
            continue
        corners = {u for piece in rays(block.norm, block.cone, block.p) for u in piece}
        for u in sorted(corners, reverse=True):
            column = tuple((dot(row, u),) for row in A)
            found.append(Part(column, ((Fraction(1),),), pair, i, s, u))
    return tuple(found)


def sides_of(part: Part) -> tuple[Part, ...]:
    """Return a part of one unknown as columns, one for each side that is in its cone.

    They are what any norm makes of it; a part of more unknowns is returned as it is.

    >>> line = Part(((Fraction(2),), (Fraction(-1),)), (), 0, 0, 1)
    >>> [[str(t) for (t,) in side.A] for side in sides_of(line)]
    [['2', '-1'], ['-2', '1']]
    """
    if len(part.A[0]) > 1 or part.is_column:
        return (part,)
    half = ((Fraction(1),),)
    return tuple(
        replace(part, A=tuple((u * t,) for (t,) in part.A), cone=half, ray=(Fraction(u),))
        for u in (1, -1)
        if all(u * row[0] >= 0 for row in part.cone)
    )


@dataclass(frozen=True, repr=False)
class BlockOptimum(ClassedOptimum):
    """An optimum of blocks: ``pairs`` and ``owners`` are the pair and block of each atom."""

    pairs: tuple[int, ...] = ()
    owners: tuple[int, ...] = ()
    blocks: int = 0

    @property
    def n_patterns(self) -> int:
        """The number of blocks."""
        return self.blocks

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The atoms of each pair: more than one only for a polyhedral norm."""
        found: dict[int, list[int]] = {}
        for a, pair in enumerate(self.pairs):
            found.setdefault(pair, []).append(a)
        return tuple(map(tuple, found.values()))


def block_optimum(
    problem: Problem, parts: Sequence[Part], kappa: Scalars, blocks: int
) -> BlockOptimum:
    """Return the optimum whose dual variable is kappa, or raise :class:`NotOptimal`."""
    require_free(problem, kappa)
    square = problem.beta_squared
    enclosed = _enclosed(kappa)
    found: list[tuple[Part, Atom]] = []
    for part in parts:
        if enclosed is not None and strictly_below(part, enclosed, square) is not None:
            continue
        g, _ = cone_projection(part.cone, part.pull(kappa))
        excess = squared_norm(g) - square
        if excess > 0:
            raise NotOptimal(
                f"kappa is not dual feasible: on block {part.block + 1}, sign {part.sign:+d}, "
                f"|g|^2 exceeds beta^2 = {exactly(square)} by {exactly(excess)}"
            )
        if excess == 0:
            signs = tuple(sign(dot(row, g)) for row in part.cone)
            found.append((part, part.atom(g, signs)))
    atoms = tuple(a for _, a in found)
    point = some_point(problem, kappa, atoms)
    return BlockOptimum(
        problem,
        tuple(kappa),
        atoms,
        bounds=(),
        **point._asdict(),
        pairs=tuple(part.pair for part, _ in found),
        owners=tuple(part.block for part, _ in found),
        blocks=blocks,
    )


def in_columns(found: BlockOptimum, beta: Scalar) -> dict[str, Any]:
    """Return the fields of an optimum of columns whose atoms have length 1, not beta."""
    size = _ball(beta) if isinstance(beta, RealNumber) else beta

    def times(v: Scalars) -> Scalars:
        return tuple(t if isinstance(t, Fraction) and not t else t * size for t in v)

    return {
        "kappa": found.kappa,
        "weights": times(found.weights),
        "bounds": (),
        "level": found.level,
        "rank": found.rank,
        "classes": found.classes,
        "masses": tuple(map(times, found.masses)),
        "missing": found.missing,
        "coordinates": found.coordinates,
        "totals": times(found.totals),
    }


def _enclosed(kappa: Scalars) -> Scalars | None:
    """Return balls around numbers of a field, for bounds that are strict; None for fractions."""
    if all(isinstance(t, Fraction) for t in kappa):
        return None
    with precision(_BITS):
        return tuple(
            _ball(t) if isinstance(t, RealNumber) else Ball.from_rational(t) for t in kappa
        )


def _ball(x: RealNumber) -> Ball:
    found = x.enclosure(_BITS)
    return Ball.from_interval(found.lower, found.upper)


def _is_below(value: Scalar, square: Fraction) -> bool:
    """Return whether a number is proved to be below the root of a square."""
    for number, end in ((value * value, square), (value, Fraction(0))):
        try:
            if number < end:
                return True
        except Undecided:
            continue
    return False


def strictly_below(part: Part, kappa: Sequence[Scalar], square: Fraction) -> Vector | None:
    """Return multipliers that prove ``|A'kappa + sum mu_k rows_k| < beta``; None if none do.

    kappa is in balls; the multipliers are those of the projection at the midpoints.
    """
    if part.is_column:
        return (_ZERO,) if _is_below(part.pull(kappa)[0], square) else None
    middle = [t.midpoint if isinstance(t, Ball) else t for t in kappa]
    mu = _rational(cone_projection(part.cone, part.pull(middle))[1])
    p = part.pull(kappa)
    moved = [x + dot(mu, [row[j] for row in part.cone]) for j, x in enumerate(p)]
    try:
        return mu if squared_norm(moved) < square else None
    except Undecided:
        return None
