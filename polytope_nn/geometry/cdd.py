"""The one door to cddlib, the reference engine: optional, and imported when it is used.

Conversion and linear programs, all exact and rational: a second route to what
:mod:`~polytope_nn.geometry.polyhedra` finds itself.

cddlib writes a row ``(b, a)`` for ``b + a x >= 0``. Everything here takes and returns
``A x <= b``, ``C x = d`` (a :class:`Halfspaces`) and vertices, rays, lines (a
:class:`Generators`) over fractions, so that convention stays in this file.

What is handled here and nowhere else: cddlib crashes on a system without rows; it may return
a cone without its apex, and with the row ``1 >= 0`` that cures this it returns that row as
an inequality; it splits the multiplier of an equation over two opposite rows; it leaves an
objective value behind when a program is infeasible (the status decides). Its redundancy
removal is not asked: it crashes on zero rows, and with numbers of twelve digits it has
overwritten memory that is not its own. Results are irredundant, but in cddlib's order and only
unique modulo equations and lines.

Topes by search in the tope graph are here, too. The facets of a tope's closed cone are those of
the generators of its inequalities; through each facet lies a neighbour, whose pattern differs
in the rows of that hyperplane. The tope graph is connected (a general segment between two topes
crosses one hyperplane at a time), so a search from one tope finds all. Slow, and independent of
splitting.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from fractions import Fraction
from importlib.util import find_spec
from itertools import count
from typing import Any, cast

from polytope_nn.errors import EmptyPolyhedronError, MissingEngineError, UnboundedError
from polytope_nn.exact.rational import Vector, integer_row, matrix, vector
from polytope_nn.exact.scalar import Scalar
from polytope_nn.geometry.polyhedra.forms import Generators, Halfspaces, Maximum

__all__ = [
    "farkas",
    "generators",
    "halfspaces",
    "is_installed",
    "maximum",
    "patterns_by_cdd",
]


def is_installed() -> bool:
    """Return whether cddlib is there to be asked."""
    return find_spec("cdd") is not None


def _engine() -> tuple[Any, Any]:
    """Return cddlib's package and its exact half, imported when first asked for.

    Raises
    ------
    MissingEngineError
        When it is not installed.
    """
    try:
        import cdd
        from cdd import gmp
    except ImportError:
        raise MissingEngineError(
            'cddlib is not installed: pip install "polytope_nn[cdd]" (it needs the headers '
            "of cddlib and gmp), or use Polyhedron, which does without"
        ) from None
    return cdd, gmp


def generators(H: Halfspaces, n: int) -> Generators:
    """Return vertices, rays and lines of the polyhedron in R^n; all empty if it is.

    >>> one = Fraction(1)
    >>> H = Halfspaces(((one,), (-one,)), (2 * one, 0 * one), (), ())
    >>> sorted(generators(H, 1).vertices)
    [(Fraction(0, 1),), (Fraction(2, 1),)]
    """
    _, gmp = _engine()
    found = gmp.copy_generators(gmp.polyhedron_from_matrix(_system(H, n)))
    vertices: list[Vector] = []
    rays: list[Vector] = []
    lines: list[Vector] = []
    for i, row in enumerate(found.array):
        kind = vertices if row[0] else lines if i in found.lin_set else rays
        kind.append(vector(row[1:]))
    return Generators(tuple(vertices), tuple(rays), tuple(lines))


def halfspaces(V: Generators, n: int) -> Halfspaces:
    """Return the irredundant inequalities and equations of the polyhedron in R^n.

    >>> H = halfspaces(Generators(((Fraction(3),),), ((Fraction(1),),), ()), 1)
    >>> H.A, H.b
    (((Fraction(-1, 1),),), (Fraction(-3, 1),))
    """
    if not V.vertices:
        return Halfspaces(((Fraction(0),) * n,), (Fraction(-1),), (), ())
    rows = [(Fraction(1), *v) for v in V.vertices]
    rows += [(Fraction(0), *r) for r in (*V.rays, *V.lines)]
    lines = range(len(rows) - len(V.lines), len(rows))
    cdd, gmp = _engine()
    table = gmp.matrix_from_array(
        matrix(rows), lin_set=lines, rep_type=cdd.RepType.GENERATOR
    )
    found = gmp.copy_inequalities(gmp.polyhedron_from_matrix(table))
    A: list[Vector] = []
    b: list[Fraction] = []
    C: list[Vector] = []
    d: list[Fraction] = []
    for i, row in enumerate(found.array):
        normal = tuple(-x for x in vector(row[1:]))
        if i in found.lin_set:
            C.append(normal)
            d.append(Fraction(row[0]))
        elif any(normal):  # the row 1 >= 0 is the face at infinity
            A.append(normal)
            b.append(Fraction(row[0]))
    return Halfspaces(tuple(A), tuple(b), tuple(C), tuple(d))


def maximum(objective: Sequence[Scalar], H: Halfspaces) -> Maximum:
    """Return the maximum of ``objective x`` over the polyhedron, with its proof.

    Raises
    ------
    EmptyPolyhedronError
        When there is no point (see :func:`farkas` for the proof).
    UnboundedError
        When there is no maximum.

    Examples
    --------
    >>> one = Fraction(1)
    >>> maximum((one,), Halfspaces(((one,),), (Fraction(5),), (), ())).value
    Fraction(5, 1)
    """
    cdd, gmp = _engine()
    system = _system(H, len(objective))
    system.obj_type = cdd.LPObjType.MAX
    system.obj_func = (0, *vector(objective))
    program = gmp.linprog_from_matrix(system)
    gmp.linprog_solve(program)
    if program.status != cdd.LPStatusType.OPTIMAL:
        if farkas(H, len(objective)) is not None:
            raise EmptyPolyhedronError("the maximum over the empty set does not exist")
        raise UnboundedError(
            f"({', '.join(map(str, objective))}) x has no maximum on the polyhedron"
        )
    m, p = len(H.A), len(H.C)
    # the rows are A, then 1 >= 0, then C, then once more C with the opposite sign
    multipliers = [Fraction(0)] * (m + 1 + 2 * p)
    for i, x in program.dual_solution:
        multipliers[i] = Fraction(x)
    plus, minus = multipliers[m + 1 : m + 1 + p], multipliers[m + 1 + p :]
    return Maximum(
        Fraction(program.obj_value),
        vector(program.primal_solution),
        (
            tuple(multipliers[:m]),
            tuple(x - y for x, y in zip(plus, minus, strict=True)),
        ),
    )


def farkas(H: Halfspaces, n: int) -> tuple[Vector, Vector] | None:
    """Return the proof that the polyhedron in R^n is empty; None if it has a point.

    The proof is ``(lam, mu)`` with ``lam >= 0``, ``lam A + mu C = 0`` and
    ``lam b + mu d = -1`` (Farkas).

    >>> one = Fraction(1)
    >>> farkas(Halfspaces(((one,), (-one,)), (one, -3 * one), (), ()), 1)
    ((Fraction(1, 2), Fraction(1, 2)), ())
    """
    m, p = len(H.A), len(H.C)
    zero = Fraction(0)
    positive = [tuple(Fraction(-int(i == j)) for j in range(m + p)) for i in range(m)]
    rows = (*H.A, *H.C)
    columns = [tuple(row[j] for row in rows) for j in range(n)]
    dual = Halfspaces(
        tuple(positive),
        (zero,) * m,
        (*columns, (*H.b, *H.d)),
        (*(zero,) * n, Fraction(-1)),
    )
    cdd, gmp = _engine()
    system = _system(dual, m + p)
    system.obj_type = cdd.LPObjType.MAX
    system.obj_func = (0,) * (m + p + 1)
    program = gmp.linprog_from_matrix(system)
    gmp.linprog_solve(program)
    if program.status != cdd.LPStatusType.OPTIMAL:
        return None
    found = vector(program.primal_solution)
    return found[:m], found[m:]


def _system(H: Halfspaces, n: int) -> Any:  # noqa: ANN401 - cddlib's own matrix, untyped
    """Return H as cddlib's rows ``b - A x >= 0``, ``1 >= 0``, ``d - C x = 0``."""
    rows = [(t, *(-x for x in row)) for row, t in zip(H.A, H.b, strict=True)]
    rows.append((Fraction(1), *(Fraction(0),) * n))
    rows += [(t, *(-x for x in row)) for row, t in zip(H.C, H.d, strict=True)]
    equations = range(len(H.A) + 1, len(rows))
    cdd, gmp = _engine()
    return gmp.matrix_from_array(
        matrix(rows), lin_set=equations, rep_type=cdd.RepType.INEQUALITY
    )


Pattern = tuple[int, ...]


def patterns_by_cdd(X: Iterable[Iterable[object]]) -> tuple[Pattern, ...]:
    """Return the patterns of the topes of the rows of X, sorted, by search.

    The same as ``arrangement(X).patterns``.

    >>> patterns_by_cdd([[1, 0], [0, 1], [0, 0]])
    ((-1, -1, 1), (-1, 1, 1), (1, -1, 1), (1, 1, 1))
    """
    rows = [integer_row(row) for row in matrix(X)]
    start = _general(rows)
    found = {start}
    left = deque([start])
    while left:
        pattern = left.popleft()
        for wall in _facets(pattern, rows):
            both = (wall, tuple(-t for t in wall))
            beyond = tuple(
                -s if row in both else s for s, row in zip(pattern, rows, strict=True)
            )
            if beyond not in found:
                found.add(beyond)
                left.append(beyond)
    return tuple(sorted(found))


def _facets(pattern: Pattern, rows: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return the primitive normals of the facets of the closed cone of the pattern."""
    A = tuple(vector([-s * t for t in x]) for s, x in zip(pattern, rows, strict=True))
    n = len(A[0])
    cone = generators(Halfspaces(A, vector([0] * len(A)), (), ()), n)
    return [integer_row(cast("Vector", a)) for a in halfspaces(cone, n).A]


def _general(rows: list[tuple[int, ...]]) -> Pattern:
    """Return the pattern of a point off all hyperplanes, on the curve (1, t, t^2, ..).

    A nonzero row vanishes at fewer than d of its points.
    """
    nonzero = [row for row in rows if any(row)]
    points = (_products(nonzero, t) for t in count())
    values = iter(next(filter(all, points)))
    return tuple(1 if not any(row) or next(values) > 0 else -1 for row in rows)


def _products(rows: list[tuple[int, ...]], t: int) -> list[int]:
    """Return the products of the rows with (1, t, t^2, ..)."""
    return [sum(x * t**j for j, x in enumerate(row)) for row in rows]
