"""The vertices of ``{c >= 0 : l <= F c + Z a <= u for some a}`` (general G3).

Each fit is an end of its interval plus or minus a slack ``s >= 0``, and modulo the columns of Z
these are equations in ``(c, s) >= 0``. Without free columns c determines s, and the vertices
are those of the set in (c, s); with them it is projected, and what is no vertex of the
projection is left out by linear programs.

Where the fits are logarithms the numbers are a vector space, no field: then the vertices are
reached by pivots, which multiply fits by fractions only.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from polytope_nn.dual.fibre import OptimalBalls
from polytope_nn.dual.fits import boxed, is_pinned
from polytope_nn.errors import TooMany, UnboundedError
from polytope_nn.exact.ball import Ball
from polytope_nn.exact.linear import independent_rows, transpose
from polytope_nn.exact.logarithms import Logarithms
from polytope_nn.exact.parametric import as_enclosed
from polytope_nn.exact.scalar import Scalar, Scalars
from polytope_nn.geometry.double_description import slice_generators
from polytope_nn.geometry.simplex import Tableau, feasible
from polytope_nn.problems.free_part import FreePart
from polytope_nn.problems.losses import Interval

from .letters import in_letters
from .supports import bits_of, support

__all__ = ["ball_equations", "box_equations", "box_vertices"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_BASES = 20_000  # that are visited by pivots


def box_vertices(
    columns: Sequence[Scalars],
    free: FreePart,
    box: Sequence[Interval],
    most: int | None = None,
) -> tuple[Scalars, ...]:
    """Return the vertices, sorted by support; ``columns`` are features of shape (n,).

    More than ``most`` on the way, with their slacks, are given up.

    Raises
    ------
    UnboundedError
        When the set is unbounded.
    Undecided
        When balls do not decide them, or there are too many bases with logarithms.
    """
    N = len(columns)
    if not columns:
        return ((),)
    rows = transpose(list(columns))
    table, right = in_letters(rows, free, box) or box_equations(rows, free, box)
    if any(isinstance(t, Logarithms) for t in right):
        found = {v[:N] for v in _by_pivots(table, right)}
    else:
        vertices, rays = slice_generators(table, right, most=most)
        if any(any(x != 0 for x in ray[:N]) for ray in rays):
            raise UnboundedError("{c >= 0 : l <= F c + Z a <= u} is unbounded")
        found = {tuple(map(as_enclosed, v[:N])) for v in vertices}
    kept = list(found)
    if free.columns and not is_pinned(box):
        kept = _extreme(kept)
    return tuple(sorted(kept, key=lambda c: (bits_of(support(c)), c)))


def ball_equations(balls: OptimalBalls) -> tuple[list[Scalars], Scalars]:
    """Return independent equations ``A c = b`` for ``c >= 0``, in balls: totals, and the fibre."""
    N = len(balls.atoms)
    rows: list[list[Scalar]] = []
    right: list[Scalar] = []
    for members, total in balls.totals:
        rows.append([Fraction(int(a in members)) for a in range(N)])
        right.append(total)
    if balls.proof.linear:
        for row, t in zip(balls.fibre.rows, balls.fibre.right, strict=True):
            line: list[Scalar] = [_ZERO] * N
            for i, x in zip(balls.pairs, row, strict=True):
                first, second = balls.members[i]
                line[first], line[second] = x, -x
            rows.append(line)
            right.append(t)
    return list(map(tuple, rows)), tuple(right)


def box_equations(
    rows: Sequence[Scalars], free: FreePart, box: Sequence[Interval]
) -> tuple[list[Scalars], Scalars]:
    """Return ``A x = b`` for ``x = (c, slacks) >= 0``, the columns of Z eliminated.

    There is a solution, so that equations which others imply are left out where balls would
    have to show that they are implied.
    """
    A, b = _eliminated(rows, free, box)
    if not any(isinstance(t, Ball) for t in b):
        return A, b
    kept = independent_rows(A)
    return [A[i] for i in kept], tuple(b[i] for i in kept)


def _eliminated(
    rows: Sequence[Scalars], free: FreePart, box: Sequence[Interval]
) -> tuple[list[Scalars], Scalars]:
    if not free.columns:
        table, right, _ = boxed(rows, box)
        return [tuple(row) for row in table], tuple(right)
    N, n = len(rows[0]), len(rows)
    ends: list[tuple[Scalar, int]] = []  # an end of each fit, and the side of its slack
    both: list[tuple[int, Scalar]] = []  # rows with two ends, and their length
    for k, (low, high) in enumerate(box):
        if low is not None and high is not None:
            pinned = low is high or low == high
            ends.append((low, 0 if pinned else 1))
            if not pinned:
                both.append((k, high - low))
        elif low is not None:
            ends.append((low, 1))
        else:
            assert high is not None  # every interval of a loss has an end
            ends.append((high, -1))
    slack = {k: i for i, k in enumerate(k for k in range(n) if ends[k][1])}
    size = N + len(slack) + len(both)
    A, b = [], []
    for q in free.quotient:
        row: list[Scalar] = [_ZERO] * size
        for j in range(N):
            row[j] = sum((t * rows[k][j] for k, t in enumerate(q) if t), _ZERO)
        for k, i in slack.items():
            row[N + i] = -q[k] * ends[k][1]
        A.append(tuple(row))
        b.append(sum((t * ends[k][0] for k, t in enumerate(q) if t), _ZERO))
    for i, (k, length) in enumerate(both):
        row = [_ZERO] * size
        row[N + slack[k]] = row[N + len(slack) + i] = _ONE
        A.append(tuple(row))
        b.append(length)
    return A, tuple(b)


def _extreme(points: Sequence[Scalars]) -> list[Scalars]:
    """Return the points that are no mixture of the others."""
    kept = list(points)
    for p in points:
        others = [(*q, _ONE) for q in kept if q != p]
        if others and feasible(others, (*p, _ONE))[0] is not None:
            kept.remove(p)
    return kept


def _by_pivots(A: Sequence[Scalars], b: Scalars) -> Iterator[Scalars]:
    """Yield the basic solutions of ``{x >= 0 : A x = b}``, some of them more than once.

    Every feasible basis is reached from any other by pivots that keep the masses ``>= 0``.
    """
    N = len(A[0])
    columns = [tuple(row[j] for row in A) for j in range(N)]
    start, _ = feasible(columns, b)
    if start is None:
        return
    kept = independent_rows([tuple(row) for row in A])
    columns = [tuple(column[i] for i in kept) for column in columns]
    T = Tableau.of(columns, tuple(b[i] for i in kept), sorted(start))
    seen = {frozenset(T.basic)}
    waiting = [T]
    while waiting:
        T = waiting.pop()
        masses = T.solution()
        yield tuple(masses.get(j, _ZERO) for j in range(N))
        for j in range(N):
            for i in _leaving(T, j) if j not in T.basic else ():
                basis = frozenset({*T.basic, j} - {T.basic[i]})
                if basis in seen:
                    continue
                if len(seen) >= _BASES:
                    raise TooMany(f"more than {_BASES} bases with logarithms")
                seen.add(basis)
                moved = Tableau(list(T.basic), [list(r) for r in T.rows], list(T.masses))
                moved.pivot(i, j)
                waiting.append(moved)


def _leaving(T: Tableau, j: int) -> list[int]:
    """Return the rows that may leave when column j enters: those that empty first."""
    ratios = [(T.masses[i] / row[j], i) for i, row in enumerate(T.rows) if row[j] > 0]
    if not ratios:
        raise UnboundedError("{c >= 0 : l <= F c + Z a <= u} is unbounded")
    least = min(ratios)[0]
    return [i for ratio, i in ratios if ratio == least]
