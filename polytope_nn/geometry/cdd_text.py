"""The text format of cddlib (``.ine``, ``.ext``), which lrs, Sage and polymake also read.

    H-representation            a row ``b -a`` for ``a x <= b``
    linearity 1 3               the numbers, from 1, of the rows that are equations
    begin
    3 3 rational                rows, columns (one more than the dimension), number type
    ...
    end

A V-representation has rows ``1 v`` for a vertex and ``0 r`` for a ray, which on the
linearity line is a line. Comment lines start with ``*`` or ``#``; what follows ``end``
(objectives, options) is not part of the polyhedron and is not read.
"""

from collections.abc import Sequence
from fractions import Fraction

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.rational import Vector, text, vector

from .cdd import Generators, Halfspaces

__all__ = ["read_ext", "read_ine", "write_ext", "write_ine"]


def write_ine(H: Halfspaces, n: int) -> str:
    """Return the H-representation, equations first.

    >>> one = Fraction(1)
    >>> print(write_ine(Halfspaces(((one,),), (one / 2,), (), ()), 1), end="")
    H-representation
    begin
    1 2 rational
    1/2 -1
    end
    """
    pairs = [*zip(H.C, H.d, strict=True), *zip(H.A, H.b, strict=True)]
    rows = [(t, *(-x for x in a)) for a, t in pairs]
    return _write("H", rows, len(H.C), n)


def write_ext(V: Generators, n: int) -> str:
    """Return the V-representation, lines first."""
    rows = [(Fraction(0), *v) for v in V.lines]
    rows += [(Fraction(1), *v) for v in V.vertices] + [(Fraction(0), *v) for v in V.rays]
    return _write("V", rows, len(V.lines), n)


def _write(kind: str, rows: Sequence[Vector], linear: int, n: int) -> str:
    lines = [f"{kind}-representation"]
    if linear:
        lines.append(" ".join(map(str, ("linearity", linear, *range(1, linear + 1)))))
    lines += ["begin", f"{len(rows)} {n + 1} rational"]
    lines += [" ".join(map(text, row)) for row in rows]
    return "\n".join([*lines, "end", ""])


def read_ine(source: str) -> tuple[Halfspaces, int]:
    r"""Return the H-form and the ambient dimension.

    Raises
    ------
    InstanceError
        Naming the line, when the text is no H-representation.

    Examples
    --------
    >>> H, n = read_ine("H-representation\nbegin\n1 2 rational\n1/2 -1\nend")
    >>> print(H.A[0][0], H.b[0], n)
    1 1/2 1
    """
    rows, linear, n = _read("H", source)
    rows = [(row[0], *(-x for x in row[1:])) for row in rows]
    A = [row for i, row in enumerate(rows) if i not in linear]
    C = [row for i, row in enumerate(rows) if i in linear]
    H = Halfspaces(
        tuple(row[1:] for row in A),
        tuple(row[0] for row in A),
        tuple(row[1:] for row in C),
        tuple(row[0] for row in C),
    )
    return H, n


def read_ext(source: str) -> tuple[Generators, int]:
    """Return the V-form and the ambient dimension.

    A row ``(t, v)`` with ``t > 0`` is the vertex ``v/t``.

    Raises
    ------
    InstanceError
        Naming the line, when the text is no V-representation.
    """
    rows, linear, n = _read("V", source)
    vertices: list[Vector] = []
    rays: list[Vector] = []
    lines: list[Vector] = []
    for i, (t, *v) in enumerate(rows):
        if t < 0 or (t and i in linear):
            raise InstanceError(f"row {i + 1} of the V-representation starts with {t}")
        if t:
            vertices.append(tuple(x / t for x in v))
        else:
            (lines if i in linear else rays).append(tuple(v))
    return Generators(tuple(vertices), tuple(rays), tuple(lines)), n


def _read(kind: str, source: str) -> tuple[list[Vector], frozenset[int], int]:
    """Return the rows, which of them are linear (from 0), and the ambient dimension."""
    lines = [
        (number, line.split())
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip() and line.lstrip()[0] not in "*#"
    ]
    words = [" ".join(line) for _, line in lines]
    if f"{kind}-representation" not in words:
        raise InstanceError(f'the text has no line "{kind}-representation"')
    if "begin" not in words or "end" not in words[words.index("begin") :]:
        raise InstanceError('the text has no "begin ... end"')
    start = words.index("begin") + 1
    stop = words.index("end", start)
    if start == stop:
        raise InstanceError('no size after "begin"')
    number, size = lines[start]
    if len(size) != 3 or not size[1].isdecimal() or int(size[1]) < 1:
        raise InstanceError(f'line {number}: "{words[start]}" is no "rows columns type"')
    columns = int(size[1])
    rows = [_row(number, line, columns) for number, line in lines[start + 1 : stop]]
    if size[0] != str(len(rows)):
        raise InstanceError(f"line {number}: {size[0]} rows are announced, not {len(rows)}")
    linear: frozenset[int] = frozenset()
    for number, line in lines[: start - 1]:
        if line[0] in {"linearity", "equality"}:
            linear = _linearity(number, line, len(rows))
    return rows, linear, columns - 1


def _row(number: int, line: Sequence[str], columns: int) -> Vector:
    if len(line) != columns:
        raise InstanceError(f"line {number}: {len(line)} numbers, not {columns}")
    try:
        return vector(line)
    except InexactError as error:
        raise InstanceError(f"line {number}: {error}") from None


def _linearity(number: int, line: Sequence[str], m: int) -> frozenset[int]:
    counts = line[1:]
    if not all(word.isdecimal() for word in counts):
        raise InstanceError(f'line {number}: "{" ".join(line)}" is no list of row numbers')
    found = [int(word) for word in counts[1:]]
    if not counts or int(counts[0]) != len(found) or not all(1 <= i <= m for i in found):
        raise InstanceError(
            f'line {number}: "{" ".join(line)}" does not number rows from 1 to {m}'
        )
    return frozenset(i - 1 for i in found)
