"""The text format of cddlib (``.ine``, ``.ext``), which lrs, Sage and polymake also read.

    H-representation            a row ``b -a`` for ``a x <= b``
    linearity 1 3               the numbers, from 1, of the rows that are equations
    begin
    3 3 rational                rows, columns (one more than the dimension), number type
    ...
    end

A V-representation has rows ``1 v`` for a vertex and ``0 r`` for a ray, which on the
linearity line is a line. Read as these programs read it: comment lines start with ``*`` or
``#``; ``linearity``, ``equality`` and ``partial_enum`` mean the same, before ``begin`` or
after ``end``, and the last one counts; ``nonnegative`` adds ``x >= 0``; rows may run over
several lines; lrs announces ``*****`` rows when it does not know how many; without a line
that tells the kind it is an H-representation. Options that leave the set alone are passed
over, others are refused by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NoReturn, cast

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.rational import Vector, text, vector
from polytope_nn.exact.scalar import Scalars
from polytope_nn.wording import plural

from .cone import is_rational
from .forms import Generators, Halfspaces

__all__ = ["kind_of", "read_ext", "read_ine", "write_ext", "write_ine"]

_KINDS = {"H-representation", "V-representation"}
_TYPES = {"integer", "rational", "real"}
_LINEAR = {"linearity", "equality", "partial_enum", "partial_enumeration"}
_OBJECTIVES = {"maximize", "minimize"}
# they change how the programs work or what they print, not the set
_HARMLESS = (
    "adjacency allbases bound cache checkpoint countonly criss-cross debug digits "
    "dual-simplex dualperturb dynout_off estimates extreme find_interior geometric "
    "getvolume incidence input_adjacency input_incidence lexmax lexmin logfile_on lponly "
    "lrs lrslib maxcobases maxcutoff maxdepth maxindex maxoutput maxthreads mincutoff "
    "mindepth minindex mixcutoff mplrs number_type output_extension postanalysis "
    "printcobasis printslack random randomcutoff redund redund_list round_output seed "
    "startingcobasis stdout_off threads timeleft triangulation verbose verify_input volume "
    "zero_tolerance"
)
# they make another set of it
_REFUSED = (
    "column_decomp eliminate facet_listing fel hull incremental preprojection project "
    "projection restart row_decomp strict_inequality tope_listing truncate voronoi"
)


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


def _write(kind: str, rows: Sequence[Scalars], linear: int, n: int) -> str:
    if not is_rational(rows):
        raise InexactError(
            "cddlib and lrs have no number fields: write Normaliz's or polymake's format"
        )
    lines = [f"{kind}-representation"]
    if linear:
        lines.append(" ".join(map(str, ("linearity", linear, *range(1, linear + 1)))))
    lines += ["begin", f"{len(rows)} {n + 1} rational"]
    lines += [" ".join(map(text, cast("Vector", row))) for row in rows]
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


@dataclass
class _Text:
    """What a file says, as it is read: rows of numbers, and what the options change."""

    kind: str = ""
    rows: list[Vector] = field(default_factory=list)
    columns: int = 0
    linear: tuple[int, list[str]] | None = None
    nonnegative: bool = False


def _read(kind: str, source: str) -> tuple[list[Vector], frozenset[int], int]:
    """Return the rows, which of them are linear (from 0), and the ambient dimension."""
    found = _parsed(source)
    if found.kind != kind:
        given = f"is a{'n H' if found.kind == 'H' else ' V'}-representation"
        raise InstanceError(f'the text {given}: it has no line "{kind}-representation"')
    linear: frozenset[int] = frozenset()
    if found.linear is not None:
        linear = _linearity(*found.linear, len(found.rows))
    if found.nonnegative:
        if kind == "V":
            raise InstanceError('"nonnegative" belongs to an H-representation')
        n = found.columns - 1
        for j in range(n):
            row = [Fraction(0)] * (n + 1)
            row[j + 1] = Fraction(1)
            found.rows.append(tuple(row))
    return found.rows, linear, found.columns - 1


def kind_of(source: str) -> str:
    """Return ``"H"`` or ``"V"``; without a line that says so it is H, as for lrs and cdd."""
    return _parsed(source).kind


def _parsed(source: str) -> _Text:
    lines = [
        (number, line.split())
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip() and not _is_comment(line.strip())
    ]
    words = [" ".join(line) for _, line in lines]
    if "begin" not in words or "end" not in words[words.index("begin") :]:
        raise InstanceError('the text has no "begin ... end"')
    start = words.index("begin") + 1
    stop = words.index("end", start)
    found = _Text()
    for number, line in lines[: start - 1]:
        word = line[0]
        if word in _KINDS and len(line) == 1:
            if found.kind:
                raise InstanceError(f'line {number}: "{word}" after the kind was told')
            found.kind = word[0]
        else:
            _option(found, number, line)
    found.kind = found.kind or "H"
    _table(found, lines[start:stop])
    left = iter(lines[stop + 1 :])
    for number, line in left:
        if line[0] in _OBJECTIVES:
            if len(line) == 1:
                next(left, None)  # its coefficients
        elif line[0] in _KINDS or line[0] == "begin":
            raise InstanceError(
                f'line {number}: "{" ".join(line)}" after "end": one polyhedron a file'
            )
        elif not all(map(_is_number, line)):
            _option(found, number, line, known=True)
    return found


def _is_comment(line: str) -> bool:
    return line[0] in "*#" and not line.startswith("*****")


def _option(found: _Text, number: int, line: Sequence[str], *, known: bool = False) -> None:
    """Take in an option; a line of free text may stand before the kind and "begin"."""
    word = line[0]
    if not known and not found.kind and not all(map(_is_number, line[1:])):
        return  # a title, whatever its first word
    if word in _LINEAR:
        found.linear = number, list(line)
    elif word == "nonnegative":
        found.nonnegative = True
    elif word in _REFUSED.split() or (
        word not in _HARMLESS.split() and word not in _OBJECTIVES and (known or found.kind)
    ):
        raise InstanceError(
            f'line {number}: "{word}" is an option that is not understood here: take the '
            "line out if the set does not depend on it"
        )


def _table(found: _Text, lines: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Read the size and the rows, which may run over several lines."""
    if not lines:
        raise InstanceError('no size after "begin"')
    number, size = lines[0]
    unknown = bool(size) and set(size[0]) == {"*"}
    if (
        len(size) != 3
        or not (unknown or size[0].isdecimal())
        or not size[1].isdecimal()
        or int(size[1]) < 1
    ):
        raise InstanceError(f'line {number}: "{" ".join(size)}" is no "rows columns type"')
    if size[2] not in _TYPES:
        raise InstanceError(
            f'line {number}: numbers of type "{size[2]}" are not understood: '
            "integer, rational or real"
        )
    columns = found.columns = int(size[1])
    entries = [(at, word) for at, line in lines[1:] for word in line]
    if len(entries) % columns:
        _ragged(lines[1:], columns)
    for k in range(0, len(entries), columns):
        row = entries[k : k + columns]
        try:
            found.rows.append(vector(word for _, word in row))
        except InexactError as error:
            raise InstanceError(f"line {row[0][0]}: {error}") from None
    if not unknown and int(size[0]) != len(found.rows):
        raise InstanceError(
            f"line {number}: rows announced: {size[0]}, found: {len(found.rows)}"
        )


def _ragged(lines: Sequence[tuple[int, Sequence[str]]], columns: int) -> NoReturn:
    """Raise for the first line that is not one whole row, or for the last."""
    number, line = next((x for x in lines if len(x[1]) != columns), lines[-1])
    raise InstanceError(
        f"line {number}: {plural(len(line), 'number')}, not {columns}: the rows are uneven"
    )


def _is_number(word: str) -> bool:
    try:
        vector([word])
    except InexactError:
        return False
    return True


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
