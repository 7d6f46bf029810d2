"""The LASSO over finitely many columns with a piecewise loss, exactly (general G1-G3).

``min L(F c + Z a) + beta sum c`` over ``c >= 0``, each graph of L a chain of flats and slopes. Once
it is known on which piece each sample stands and which columns are in use, the conditions
of optimality are linear in (c, a, kappa): one linear program decides them, whatever ties
there are. Floats propose the pieces; columns that exceed beta at the kappa that is found are
added until there are none, and then it is optimal.

Where kappa is not unique it is moved into the relative interior of the dual optima: for the
point (c, z) that was found they are ``{kappa : z in Z(kappa), F'kappa <= beta, = on supp c}``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import kernel, products
from polytope_nn.exact.rational import Vector, identity, unit_vector
from polytope_nn.exact.scalar import Scalar, Scalars, dot
from polytope_nn.geometry.farkas import below
from polytope_nn.problems.losses.graphs import Flat, Graph, Slope
from polytope_nn.search.losses.pieces import standing

from .duality import curved_kappa, optimal_point
from .equations import Equations
from .program import BlockPoint

__all__ = ["Piecewise", "piecewise_kappa"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_NEAR = (1e-7, 1e-5, 1e-9, 1e-3)  # how near a sample is to a flat that it is on, in turn
_USED = (1e-7, 1e-9, 1e-5)  # the part of the largest weight below which one counts as 0
_TIGHT = 1e-2  # columns this near to beta are compared with it from the start
_ROUNDS = 50


@dataclass(frozen=True)
class Piecewise:
    """Columns F and free columns Z, shape (n,) each, the graphs of the samples, beta.

    ``size`` is that of weights.
    """

    columns: tuple[Vector, ...]
    free: tuple[Vector, ...]
    rows: tuple[Graph, ...]
    beta: Scalar
    size: Fraction


@dataclass(frozen=True)
class _Solved:
    """A dual optimum kappa, and a point: the columns in use, the fit z."""

    kappa: Scalars
    used: tuple[int, ...]
    z: Scalars


def piecewise_kappa(asked: Piecewise, points: Sequence[BlockPoint]) -> Scalars:
    """Return a dual optimum in the relative interior of all, near a solution in floats.

    Raises
    ------
    Undecided
        When no pieces near the points are those of an optimum.
    """
    tried: set[tuple[object, ...]] = set()
    for point in points:
        values = [
            sum(float(t) * k for t, k in zip(F, point.kappa, strict=True))
            for F in asked.columns
        ]
        for near in _NEAR:
            rows = zip(asked.rows, point.kappa, point.fits, strict=True)
            pieces = tuple(standing(row, (t, z), near) for row, t, z in rows)
            for share in _USED:
                least = share * max(*point.lengths, float(asked.size), 0.0)
                used = tuple(a for a, c in enumerate(point.lengths) if c > least)
                if (pieces, used) in tried:
                    continue
                tried.add((pieces, used))
                found = _priced(asked, pieces, used, values)
                if found is not None:
                    return _inside(asked, found)
    if isinstance(asked.beta, Fraction):
        solved = optimal_point(asked.columns, asked.free, asked.rows, asked.beta)
        if solved is not None:
            return _inside(asked, _Solved(*solved))
    kappa = curved_kappa(asked.columns, asked.free, asked.rows, asked.beta)
    if kappa is not None:
        return kappa
    raise Undecided("the pieces of the losses that floats propose are those of no optimum")


def _priced(
    asked: Piecewise,
    pieces: Sequence[Flat | Slope],
    used: Sequence[int],
    values: Sequence[float],
) -> _Solved | None:
    """Return the optimum with these pieces and columns in use; None where there is none."""
    beta = float(asked.beta)
    compared = {
        a for a, x in enumerate(values) if x > (1 - _TIGHT) * beta and a not in used
    }
    for _ in range(_ROUNDS):
        found = _solved(asked, pieces, used, sorted(compared))
        if found is None:
            return None
        reached = products(asked.columns, found.kappa)
        over = {a for a, t in enumerate(reached) if t > asked.beta}
        if not over:
            return found
        if over <= compared | set(used):
            return None
        compared |= over
    return None


def _solved(
    asked: Piecewise,
    pieces: Sequence[Flat | Slope],
    used: Sequence[int],
    compared: Sequence[int],
) -> _Solved | None:
    """Return a solution of the linear conditions; only some columns are compared with beta."""
    E = Equations()
    c = [E.nonnegative() for _ in used]
    a = [E.unbounded() for _ in asked.free]
    kappa = [
        E.given(p.at) if isinstance(p, Flat) else E.between(p.low, p.high) for p in pieces
    ]
    fits = []
    for k, piece in enumerate(pieces):
        fit = E.sum(
            [
                *((x, asked.columns[j][k]) for x, j in zip(c, used, strict=True)),
                *((x, z[k]) for x, z in zip(a, asked.free, strict=True)),
            ]
        )
        fits.append(fit)
        if isinstance(piece, Slope):
            E.equal(E.sum([(fit, _ONE), (kappa[k], piece.inverse)]), piece.at)
        else:
            E.equal(E.sum([(fit, _ONE), (E.between(piece.low, piece.high), -_ONE)]), _ZERO)
    for j in used:
        E.equal(E.sum(zip(kappa, asked.columns[j], strict=True)), asked.beta)
    for j in compared:
        value = E.sum(zip(kappa, asked.columns[j], strict=True))
        E.equal(E.sum([(value, _ONE), (E.nonnegative(), _ONE)]), asked.beta)
    for z in asked.free:
        E.equal(E.sum(zip(kappa, z, strict=True)), _ZERO)
    x = E.solution()
    if x is None:
        return None
    kept = tuple(j for j, form in zip(used, c, strict=True) if E.value(form, x) != 0)
    return _Solved(
        tuple(E.value(form, x) for form in kappa),
        kept,
        tuple(E.value(form, x) for form in fits),
    )


def _inside(asked: Piecewise, solved: _Solved) -> Scalars:
    """Return kappa, moved away from what some dual optimum is away from."""
    kappa = solved.kappa
    held = [asked.columns[j] for j in solved.used]
    held += asked.free
    loose: list[Vector] = []  # rows with row'delta <= 0
    for k, (row, t, z) in enumerate(zip(asked.rows, kappa, solved.z, strict=True)):
        ends = row.kappas(z)
        assert ends is not None  # kappa is one of them
        unit = unit_vector(k, len(kappa))
        if ends[0] is not None and ends[0] == ends[1]:
            held.append(unit)
        elif ends[0] == t:
            loose.append(tuple(-x for x in unit))
        elif ends[1] == t:
            loose.append(unit)
    loose += [
        asked.columns[j]
        for j, t in enumerate(products(asked.columns, kappa))
        if j not in solved.used and t == asked.beta
    ]
    delta = _leaving(held, loose)
    if delta is None:
        return kappa
    step = min(_rooms(asked, solved, delta), default=_ONE)
    whole = _power(step)
    return tuple(t + whole * d for t, d in zip(kappa, delta, strict=True))


def _leaving(held: Sequence[Vector], loose: Sequence[Vector]) -> Scalars | None:
    """Return a direction along which all that can fall of the loose rows falls."""
    if not loose:
        return None
    N = kernel(held, len(loose[0])) if held else identity(len(loose[0]))
    rows = [tuple(dot(row, v) for v in N) for row in loose]
    total: list[Scalar] | None = None
    for j, row in enumerate(loose):
        if not any(rows[j]) or (total is not None and dot(row, total) < 0):
            continue
        ends = [Fraction(-int(i == j)) for i in range(len(loose))]
        shares, _ = below(rows, tuple(ends))
        if shares is None:
            continue
        delta = [dot(shares, column) for column in zip(*N, strict=True)]
        total = (
            delta if total is None else [s + t for s, t in zip(total, delta, strict=True)]
        )
    return None if total is None else tuple(total)


def _rooms(asked: Piecewise, solved: _Solved, delta: Scalars) -> Iterator[Scalar]:
    """Yield how far each condition lets kappa go."""
    for F, fall in zip(asked.columns, products(asked.columns, delta), strict=True):
        if fall > 0:
            yield (asked.beta - dot(F, solved.kappa)) / fall
    for row, t, z, d in zip(asked.rows, solved.kappa, solved.z, delta, strict=True):
        low, high = row.kappas(z) or (None, None)
        if d > 0 and high is not None:
            yield (high - t) / d
        if d < 0 and low is not None:
            yield (low - t) / d


def _power(room: Scalar) -> Fraction:
    """Return a power of 2 below the room: 1 where that is below."""
    step = _ONE
    while not step < room:
        step /= 2
    return step
