"""The identities that close a cell: below beta, above it where no eigenvector is, or off.

Each says ``level |u|^2 - |h|^2 = slack (|u|^2 - sum of the (v'u)^2/|v|^2) + terms`` for all u:
squares of linear forms, products of signed rows, rows that vanish times anything.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, cast

from polytope_nn.certificate.format import Json, coordinates, numerators, written
from polytope_nn.errors import Undecided
from polytope_nn.exact.linear import independent_rows, kernel, transpose
from polytope_nn.exact.matrices.eigen import top_eigenspace
from polytope_nn.exact.rational import exponent
from polytope_nn.exact.scalar import Scalar, Scalars, dot, sign
from polytope_nn.geometry.farkas import alternative
from polytope_nn.vector.oracle import semidefinite

from .cell import Cell, Form, Hull, combined, outer, solved
from .outside import beside
from .products import products

if TYPE_CHECKING:
    from polytope_nn.exact.rational import Matrix

__all__ = ["above", "below", "off", "orthogonal", "within"]

_ZERO, _ONE = Fraction(0), Fraction(1)
_HALVINGS = 60


def below(hull: Hull) -> dict[str, Json] | None:
    """Return the proof that nothing is above beta on a hull; None where D is indefinite.

    Off the points of the kernel that the closed tope has, all is strictly below.
    """
    D = hull.on(hull.tope.D)
    if not semidefinite(D):
        return None
    flat = tuple(map(hull.point, kernel(D, len(D)))) if D else ()
    masses = _implicit(hull, flat) if len(flat) > 1 else {}
    span = orthogonal(_common(flat, [hull.tope.rows[k] for k in masses]))
    pairs = {(i, j): masses[i] * masses[j] for i, j in combinations(sorted(masses), 2)}
    products = _products(hull, pairs)
    shares = [(-1 / dot(v, v), outer(v, v)) for v in span]
    rest = combined((_ONE, hull.tope.unit), *shares)
    small, step = _near(hull.tope.beta_squared), _ONE
    for _ in range(_HALVINGS):
        part, slack = small * step, small * step * (step if pairs else 1)
        form = combined((_ONE, hull.tope.D), (-part, products), (-slack, rest))
        if semidefinite(hull.on(form)):
            return {
                "slack": written(slack),
                "kernel": [_weighted(slack / dot(v, v), v) for v in span],
                **_terms(hull, form, {at: 2 * part * t for at, t in pairs.items()}),
            }
        step /= 2
    raise Undecided("a certificate: how far below beta a face is")


def within(hull: Hull) -> dict[str, Json] | None:
    """Return the proof that all is strictly below beta on the closed cell, by products of rows."""
    told, room = products(hull) or ({}, _ZERO)
    pairs, room = cast("dict[tuple[int, int], Scalar]", told), room / 2
    shares = _products(hull, pairs)
    form = combined((_ONE, hull.tope.D), (-_ONE, shares), (-room, hull.tope.unit))
    if not room or not semidefinite(hull.on(form)):
        return None
    terms = _terms(hull, form, {at: 2 * t for at, t in pairs.items()})
    return {"slack": written(room), "kernel": [], **terms}


def _near(x: Fraction) -> Fraction:
    """Return the power of 2 that is about x."""
    bits = exponent(x)
    return Fraction(2) ** bits


def _implicit(hull: Hull, flat: Sequence[Scalars]) -> dict[int, Scalar]:
    """Return masses of rows whose sum is 0 on a span: all that the tope keeps at 0 there."""
    rows = {
        k: tuple(dot(x, v) for v in flat)
        for k, x in hull.tope.rows.items()
        if k not in hull.vanishing
    }
    masses: dict[int, Scalar] = {}
    at = [k for k, r in rows.items() if any(map(sign, r))]
    for k in at:
        if k in masses:
            continue
        found, _ = alternative([rows[i] for i in at], tuple(-t for t in rows[k]))
        if found is not None:
            masses[k] = masses.get(k, _ZERO) + 1
            for j, t in found.items():
                masses[at[j]] = masses.get(at[j], _ZERO) + t
    return masses


def _common(flat: Sequence[Scalars], rows: Sequence[Scalars]) -> tuple[Scalars, ...]:
    """Return what of a span is orthogonal to rows."""
    if not rows or not flat:
        return tuple(flat)
    at = kernel([[dot(x, v) for v in flat] for x in rows], len(flat))
    return tuple(tuple(dot(a, column) for column in zip(*flat, strict=True)) for a in at)


def orthogonal(vectors: Sequence[Scalars]) -> list[Scalars]:
    """Return an orthogonal basis of a span (Gram-Schmidt)."""
    found: list[Scalars] = []
    for v in vectors:
        for b in found:
            share = dot(v, b) / dot(b, b)
            v = tuple(s - share * t for s, t in zip(v, b, strict=True))  # noqa: PLW2901
        found.append(_primitive(v))
    return found


def _primitive(v: Scalars) -> Scalars:
    """Return the vector of primitive coordinates on the ray of v."""
    factor = _content(v)
    return tuple(t / factor for t in v)


def _content(v: Scalars) -> Fraction:
    """Return the positive factor between a vector and its primitive one."""
    primitive, _ = numerators(v, primitive=True)
    for t, entry in zip(v, primitive, strict=True):
        own = cast("list[int]", entry if isinstance(entry, list) else [entry])
        for x, n in zip(coordinates(t), own, strict=False):
            if n:
                return x / n
    return _ONE


def _products(hull: Hull, pairs: dict[tuple[int, int], Scalar]) -> Form:
    """Return the form of twice the products of signed rows."""
    nothing = combined((_ZERO, hull.tope.unit))
    terms = []
    for (i, j), t in pairs.items():
        x, y = hull.tope.rows[i], hull.tope.rows[j]
        terms += [(t, outer(x, y)), (t, outer(y, x))]
    return combined((_ONE, nothing), *terms)


def _weighted(c: Scalar, v: Scalars) -> Json:
    """Return ``c (v'u)^2``, v made primitive."""
    factor = _content(v)
    return [written(c * factor * factor), numerators(v, primitive=True)[0]]


def _terms(hull: Hull, form: Form, pairs: dict[tuple[int, int], Scalar]) -> dict[str, Json]:
    """Return a form that is semidefinite on the hull as squares and walls; with the pairs."""
    scale = Fraction(hull.tope.scale)
    squares: list[Json] = [
        _weighted(d, hull.lifted(row)) for d, row in _squares(hull.on(form))
    ]
    walls: list[Json] = []
    for k, y in hull.dual.items():
        image = tuple(dot(row, y) for row in form)
        z = tuple(s + t for s, t in zip(image, hull.projected(image), strict=True))
        if any(map(sign, z)):
            factor = _content(z)
            num = numerators(z, primitive=True)[0]
            walls.append([written(factor / scale), k, num])
    listed: list[Json] = [
        [written(t / (scale * scale)), i, j] for (i, j), t in pairs.items()
    ]
    return {"squares": squares, "pairs": listed, "walls": walls}


def _squares(A: Form) -> list[tuple[Scalar, Scalars]]:
    """Return a semidefinite form as a sum of ``d (a'u)^2``: elimination, any pivot > 0."""
    left = [list(row) for row in A]
    found: list[tuple[Scalar, Scalars]] = []
    while True:
        p = next((i for i in range(len(left)) if sign(left[i][i]) > 0), None)
        if p is None:
            return found
        pivot = tuple(left[p])
        d = pivot[p]
        found.append((1 / d, pivot))
        for row in left:
            factor = row[p] / d
            row[:] = [s - factor * t for s, t in zip(row, pivot, strict=True)]


def off(cell: Cell, seen_by: Sequence[Scalars] | None = None) -> dict[str, Json] | None:
    """Return the proof that no eigenvector of a positive value is in the cell, or None.

    A sum of rows, one of them positive there, is 0 on the hull; or, where every row is
    decided, outputs do not see it: none of the linear forms that they are made of.
    """
    if not cell.strict:
        return None
    if cell.unmet:
        made = _made(cell)
        if made is not None:
            return made
    masses = _emptied(cell) if cell.unmet else None
    if masses is None and not cell.open:
        forms = transpose(cell.tope.M) if seen_by is None else seen_by
        images = _images(cell, [cell.hull.projected(form) for form in forms])
        masses = _summed(images, cell.strict)
    if masses is None:
        return None
    total = [_ZERO] * len(cell.tope.X[0])
    for k, t in masses.items():
        total = [s + t * x for s, x in zip(total, cell.tope.rows[k], strict=True)]  # type: ignore[misc] # scalars
    walls = cell.hull.shares(tuple(total))
    return _relation(masses, {k: -t for k, t in walls.items() if sign(t)})


def _relation(masses: Mapping[int, Scalar], walls: Mapping[int, Scalar]) -> dict[str, Json]:
    rows: list[Json] = [[written(t), k] for k, t in masses.items()]
    return {"rows": rows, "walls": [[written(t), k] for k, t in walls.items()]}


def _made(cell: Cell) -> dict[str, Json] | None:
    """Return the proof that a row vanishes which is a sum of rows, one of them strict."""
    vanishing = cell.hull.vanishing
    for k in sorted(vanishing.difference(cell.tope.facets)):
        shares = cell.tope.shares_of(k)
        if any(f in cell.strict for f in shares):
            masses = {f: t for f, t in shares.items() if f not in vanishing}
            return _relation(
                masses, {k: -_ONE} | {f: t for f, t in shares.items() if f in vanishing}
            )
    return None


def _emptied(cell: Cell) -> dict[int, Scalar] | None:
    """Return masses whose sum of rows is 0 on the hull: of those that bound and a strict one.

    Where rays are known one that is 0 on the closed cell is enough, else all are asked.
    """
    least = cell.unmet[:1] if cell.tope.rays else cell.unmet
    at = sorted({*cell.bounding, *least})
    return _summed(cell.hull.seen_rows(at), cell.strict)


def _images(cell: Cell, forms: Sequence[Scalars]) -> dict[int, Scalars]:
    """Return what independent ones of some linear forms make of the rows that are strict."""
    kept = [forms[i] for i in independent_rows(forms)]
    return {
        k: tuple(dot(form, cell.tope.rows[k]) for form in kept) for k in sorted(cell.strict)
    }


def _summed(
    rows: Mapping[int, Scalars], strict: frozenset[int]
) -> dict[int, Scalar] | None:
    """Return positive masses whose sum of rows is 0, those of the strict ones together 1."""
    at = list(rows)
    columns = [(*rows[k], Fraction(int(k in strict))) for k in at]
    zeros = (_ZERO,) * len(next(iter(rows.values())))
    found, _ = alternative(columns, (*zeros, _ONE))
    return None if found is None else {at[j]: t for j, t in found.items()}


def above(cell: Cell) -> dict[str, Json]:
    """Return the proof that the top eigenvectors of the hull are not in the open face.

    Raises
    ------
    Undecided
        Where they lie on a wall and the eigenvalue is irrational, or no float finds it.
    """
    rational = all(isinstance(t, Fraction) for row in cell.tope.M for t in row)
    if rational:
        value, space = _top(cell.hull)
        if isinstance(value, Fraction):
            return _at(cell, value, space)
        if len(space) > 1:
            raise Undecided("a certificate: a face's irrational eigenvalue is not simple")
    found = beside(cell)
    if found is None:
        raise Undecided("a certificate: an irrational top eigenvector is near a wall")
    terms = _terms(cell.hull, found.form, {found.pair: found.part})
    return _raised(found.level, found.slack, found.vector, terms)


def _top(hull: Hull) -> tuple[Scalar, tuple[Scalars, ...]]:
    H = hull.on(hull.tope.H)
    columns = [solved(hull.gram, column) for column in transpose(H)]
    return top_eigenspace(cast("Matrix", transpose(columns)))


def _at(cell: Cell, value: Fraction, space: Sequence[Scalars]) -> dict[str, Json]:
    """Return the proof at a rational top eigenvalue: a sum of rows vanishes on its space."""
    flat = [cell.hull.point(a) for a in space]
    seen = {k: tuple(dot(cell.tope.rows[k], v) for v in flat) for k in sorted(cell.strict)}
    masses = _summed(seen, cell.strict)
    assert masses is not None  # the space misses the open face
    at = sorted(masses)
    pairs = {(i, j): masses[i] * masses[j] for i, j in combinations(at, 2)}
    total = tuple(
        sum((masses[k] * t for k, t in zip(at, column, strict=True)), _ZERO)
        for column in zip(*(cell.tope.rows[k] for k in at), strict=True)
    )
    square = outer(total, total)
    base = combined((value, cell.tope.unit), (-_ONE, cell.tope.H))
    step = _near(value / cast("Fraction", dot(total, total)))
    for _ in range(_HALVINGS):
        form = combined((_ONE, base), (-step, square))
        if semidefinite(cell.hull.on(form)):
            every = {two: 2 * step * t for two, t in pairs.items()}
            every |= {(k, k): step * masses[k] ** 2 for k in masses}
            return _raised(value, _ZERO, flat[0], _terms(cell.hull, form, every))
        step /= 2
    raise Undecided("a certificate: how far an eigenspace is from a face")


def _raised(
    level: Scalar, slack: Scalar, w: Scalars, terms: dict[str, Json]
) -> dict[str, Json]:
    vector: Json = numerators(w, primitive=True)[0]
    return {"level": written(level), "slack": written(slack), "vector": vector, **terms}
