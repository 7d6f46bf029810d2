"""JSON files of polymake: polytopes over the rationals, over ``Q(sqrt r)``, both forms.

Rows are homogeneous: ``1 v`` and ``0 r`` for points and rays, ``b -a`` for ``a x <= b``.
Dense and sparse rows are read, and ``a+brc`` as ``a + b sqrt(c)`` (QuadraticExtension).
Of the many properties those are read that give a form: facets and affine hull before
inequalities and equations, these before vertices and points.
"""

import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isqrt

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.rational import rational, text
from polytope_nn.exact.scalar import Scalar, Scalars

from .forms import Generators, Halfspaces, Rows

__all__ = ["read", "write"]

_PAIRS = (
    ("FACETS", "AFFINE_HULL"),
    ("INEQUALITIES", "EQUATIONS"),
    ("VERTICES", "LINEALITY_SPACE"),
    ("POINTS", "INPUT_LINEALITY"),
)
_LARGEST_SQUARE = 1000  # what is taken out of a root; more would only look better
_QUADRATIC = re.compile(r"(?P<a>[+-]?[\d/]+)(?P<b>[+-][\d/]+)r(?P<c>\d+)")


def write(V: Generators, H: Halfspaces, n: int) -> str:
    """Return the file of a polyhedron given by both irredundant forms.

    Raises
    ------
    InexactError
        For a number field of degree over 2: polymake has none in its files.
    """
    one, zero = Fraction(1), Fraction(0)
    rows = {
        "VERTICES": [(one, *v) for v in V.vertices] + [(zero, *r) for r in V.rays],
        "LINEALITY_SPACE": [(zero, *x) for x in V.lines],
        "FACETS": [(t, *(-x for x in a)) for a, t in zip(H.A, H.b, strict=True)],
        "AFFINE_HULL": [(t, *(-x for x in a)) for a, t in zip(H.C, H.d, strict=True)],
    }
    numbers = [x for table in rows.values() for row in table for x in row]
    irrational = any(isinstance(x, Algebraic) for x in numbers)
    kind = "QuadraticExtension<Rational>" if irrational else "Rational"
    fields: dict[str, object] = {
        "_ns": {"polymake": ["https://polymake.org", "4.0"]},
        "_type": f"polytope::Polytope<{kind}>",
        "CONE_AMBIENT_DIM": n + 1,
        "FEASIBLE": bool(V.vertices),
    }
    for name, table in rows.items():
        entries: list[object] = [[_shown(x) for x in row] for row in table]
        fields[name] = entries or [{"cols": n + 1}]
    return json.dumps(fields, indent=1) + "\n"


def _shown(x: Scalar) -> str:
    if isinstance(x, Fraction):
        return text(x)
    assert isinstance(x, Algebraic)  # forms hold no balls
    if x.field.degree != 2:
        raise InexactError(
            f"{x!r} is of degree {x.field.degree}: polymake's files have square roots only"
        )
    # the generator is (-q + s sqrt(D)) / 2p, D the discriminant
    c, q, p = x.field.poly
    whole = q * q - 4 * p * c
    largest = min(isqrt(whole), _LARGEST_SQUARE)
    square = next(k for k in range(largest, 0, -1) if whole % (k * k) == 0)
    D = whole // square**2
    side = square if x.field.index else -square
    u, v = x.coordinates
    a, b = u - v * Fraction(q, 2 * p), v * Fraction(side, 2 * p)
    return f"{text(a)}{'+' if b > 0 else ''}{text(b)}r{D}"


def read(source: str) -> tuple[Halfspaces | Generators, int]:
    """Return a form and the ambient dimension.

    Raises
    ------
    InstanceError
        Naming what is not understood.

    Examples
    --------
    >>> form, n = read('{"_type": "polytope::Polytope<Rational>", "POINTS": [["2", "1"]]}')
    >>> str(*form.vertices[0]), n
    ('1/2', 1)
    """
    try:
        fields = json.loads(source)
    except json.JSONDecodeError as error:
        raise InstanceError(
            f"line {error.lineno}, column {error.colno}: broken JSON: {error.msg}"
        ) from None
    if not isinstance(fields, dict):
        raise InstanceError("a file of polymake is a JSON object")
    kind = str(fields.get("_type", ""))
    if not re.match(r"polytope::(Polytope|LatticePolytope|\w+<Rational>|Cone)", kind):
        raise InstanceError(
            f'"_type" is "{kind}": a polytope::Polytope<Rational> is wanted'
        )
    if "Float" in kind or "double" in kind.lower():
        raise InstanceError(f'"_type" is "{kind}": floats are no exact polytope')
    for first, second in _PAIRS:
        if first in fields:
            return _form(fields, first, second, homogeneous="::Cone" in kind)
    wanted = ", ".join(first for first, _ in _PAIRS)
    raise InstanceError(f"none of {wanted}: nothing says which polytope it is")


def _form(
    fields: Mapping[str, object], first: str, second: str, *, homogeneous: bool
) -> tuple[Halfspaces | Generators, int]:
    if homogeneous:
        raise InstanceError('"_type" is a cone: write it as a Polytope, with rows 0 r')
    rows, lines = (_rows(fields.get(name, []), name) for name in (first, second))
    widths = {len(row) for row in (*rows, *lines)}
    told = fields.get("CONE_AMBIENT_DIM")
    widths |= {told} if isinstance(told, int) else set()
    if len(widths) != 1 or 0 in widths:
        raise InstanceError(
            f"{first}, {second}: rows of lengths {sorted(widths)}: give every row the same length"
        )
    n = widths.pop() - 1
    if first in {"FACETS", "INEQUALITIES"}:
        A, b = _below(rows)
        return Halfspaces(A, b, *_below(lines)), n
    if any(row[0] < 0 for row in rows) or any(row[0] != 0 for row in lines):
        raise InstanceError(f"{first}: a row must start with 1 (or more) or 0")
    points = tuple(tuple(simplest(x / v[0]) for x in v[1:]) for v in rows if v[0] > 0)
    rays = tuple(row[1:] for row in rows if row[0] == 0)
    return Generators(points, rays, tuple(row[1:] for row in lines)), n


def _below(rows: Rows) -> tuple[Rows, Scalars]:
    return tuple(tuple(-x for x in r[1:]) for r in rows), tuple(r[0] for r in rows)


def _rows(table: object, name: str) -> Rows:
    if not isinstance(table, list):
        raise InstanceError(f"{name}: a list of rows is wanted")
    columns = None
    if table and isinstance(table[-1], dict) and set(table[-1]) == {"cols"}:
        columns, table = table[-1]["cols"], table[:-1]
    return tuple(_row(row, columns, name) for row in table)


def _row(row: object, columns: object, name: str) -> Scalars:
    if isinstance(row, dict) and isinstance(columns, int):
        entries: Sequence[object] = [row.get(str(j), 0) for j in range(columns)]
    elif isinstance(row, list):
        entries = row
    else:
        raise InstanceError(f"{name}: {str(row)[:40]} is no row")
    try:
        return tuple(map(_number, entries))
    except InexactError as error:
        raise InstanceError(f"{name}: {error}") from None


def _number(x: object) -> Scalar:
    form = _QUADRATIC.fullmatch(x) if isinstance(x, str) else None
    if form is None:
        return rational(x)
    root = int(form["c"])
    if isqrt(root) ** 2 == root:
        return rational(form["a"]) + rational(form["b"]) * isqrt(root)
    field = NumberField([-root, 0, 1], (0, root + 1))
    return simplest(field.element([form["a"], form["b"]]))
