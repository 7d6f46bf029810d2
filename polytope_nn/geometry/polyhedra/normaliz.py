"""Input files of Normaliz, over the rationals and over number fields.

    amb_space 2
    number_field min_poly (a^2 - 2) embedding [7/5 +/- 1/5]
    vertices 2                  a vertex v/t is the row ``v t``
    0 0 1
    (a) 1 1
    cone 1                      rays; ``subspace`` are lines
    inhom_inequalities 1        the row ``a t`` for ``a x + t >= 0``; inhom_equations alike
    inequalities 1              the row ``a`` for ``a x >= 0``; ``equations`` alike

Without ``vertices`` and ``polytope``, generators are those of a cone with apex 0. Of the
many other types and of Normaliz's computation goals each is refused by name.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from polytope_nn.errors import InexactError, InstanceError
from polytope_nn.exact.field import Algebraic, NumberField
from polytope_nn.exact.radical import simplest
from polytope_nn.exact.rational import rational, text
from polytope_nn.exact.scalar import Scalar, Scalars

from .forms import Generators, Halfspaces, Rows

__all__ = ["read", "write_generators", "write_halfspaces"]

Number: TypeAlias = Callable[[str], Scalar]

_GENERATORS = ("vertices", "cone", "subspace", "polytope")
_CONSTRAINTS = ("inhom_inequalities", "inhom_equations", "inequalities", "equations")
_TERM = re.compile(r"([+-]?)\s*(\d+(?:/\d+)?)?\s*\*?\s*(?:(a)(?:\^(\d+))?)?\s*")


def write_halfspaces(H: Halfspaces, n: int) -> str:
    """Return inequalities and equations.

    >>> H = Halfspaces(((Fraction(2),),), (Fraction(1),), (), ())
    >>> print(write_halfspaces(H, 1), end="")
    amb_space 1
    inhom_inequalities 1
    -2 1
    """
    rows = [(*(-x for x in a), t) for a, t in zip(H.A, H.b, strict=True)]
    equations = [(*(-x for x in c), t) for c, t in zip(H.C, H.d, strict=True)]
    return _written(n, {"inhom_inequalities": rows, "inhom_equations": equations})


def write_generators(V: Generators, n: int) -> str:
    """Return vertices, rays (``cone``) and lines (``subspace``).

    Raises
    ------
    InstanceError
        For the empty set: Normaliz has no V-form of it.
    """
    if not V.vertices:
        raise InstanceError("the empty set has no generators: write its inequalities")
    points = [(*v, Fraction(1)) for v in V.vertices]
    return _written(n, {"vertices": points, "cone": V.rays, "subspace": V.lines})


def _written(n: int, tables: dict[str, Sequence[Scalars]]) -> str:
    lines = [f"amb_space {n}"]
    numbers = (x for rows in tables.values() for row in rows for x in row)
    irrational = next((x for x in numbers if isinstance(x, Algebraic)), None)
    if irrational is not None:
        field = irrational.field
        lower, upper = field.root
        middle, radius = (lower + upper) / 2, (upper - lower) / 2
        poly = _polynomial([Fraction(c) for c in field.poly])
        embedding = f"[{text(middle)} +/- {text(radius)}]"
        lines.append(f"number_field min_poly ({poly}) embedding {embedding}")
    some = any(tables.values())
    for name, rows in tables.items():
        if rows or not some:  # no rows at all are the whole space
            lines.append(f"{name} {len(rows)}")
            lines += [" ".join(map(_number, row)) for row in rows]
    return "\n".join([*lines, ""])


def _number(x: Scalar) -> str:
    if isinstance(x, Algebraic):
        return f"({_polynomial(x.coordinates).replace(' ', '')})"
    assert isinstance(x, Fraction)  # forms hold no balls
    return text(x)


def _polynomial(coefficients: Sequence[Fraction]) -> str:
    """Return a polynomial in a, highest degree first."""
    terms = []
    for k in reversed(range(len(coefficients))):
        c = coefficients[k]
        if c:
            power = "" if k == 0 else "a" if k == 1 else f"a^{k}"
            size = text(abs(c)) if abs(c) != 1 or not power else ""
            times = "*" if size and power else ""
            terms.append(("- " if c < 0 else "+ ") + size + times + power)
    shown = " ".join(terms) or "+ 0"
    return shown[2:] if shown[0] == "+" else f"-{shown[2:]}"


def read(source: str) -> tuple[Halfspaces | Generators, int]:
    r"""Return the form and the ambient dimension.

    Raises
    ------
    InstanceError
        Naming what is not understood.

    Examples
    --------
    >>> form, n = read("amb_space 1\nvertices 2\n0 1\n3 2\n")
    >>> [str(*v) for v in form.vertices]
    ['0', '3/2']
    """
    words = _words(source)
    if next(words, None) != "amb_space":
        raise InstanceError('a file of Normaliz starts with "amb_space"')
    n = _count(next(words, ""), "amb_space")
    number: Number = rational
    tables: dict[str, list[Scalars]] = {}
    for word in words:
        if word == "number_field":
            number = _reader(words)
        elif word in _GENERATORS or word in _CONSTRAINTS:
            extra = word in {"vertices", "inhom_inequalities", "inhom_equations"}
            width = n + extra - (word == "polytope")
            rows = tables.setdefault(word, [])
            for _ in range(_count(next(words, ""), word)):
                rows.append(
                    tuple(_entry(next(words, ""), word, number) for _ in range(width))
                )
        else:
            raise InstanceError(
                f'"{word}" of Normaliz is not understood here: '
                f"{', '.join((*_GENERATORS, *_CONSTRAINTS))} are"
            )
    kinds = {word in _GENERATORS for word in tables}
    if len(kinds) != 1:
        raise InstanceError(
            "generators and constraints together are a lattice of their own for Normaliz: "
            "give one of the two"
            if kinds
            else "neither generators nor constraints"
        )
    return (_generators if kinds.pop() else _halfspaces)(tables, n)


def _generators(tables: dict[str, list[Scalars]], n: int) -> tuple[Generators, int]:
    one = Fraction(1)
    points = [(*v, one) for v in tables.get("polytope", [])]
    if points and len(tables) > 1:
        raise InstanceError('"polytope" stands alone: use "vertices" for its points')
    if points:
        n -= 1  # polytope counts the homogenising coordinate
    points += tables.get("vertices", [])
    if any(not v[-1] > 0 for v in points):
        raise InstanceError(
            "the last number of a vertex is its denominator: it must be > 0"
        )
    vertices = tuple(tuple(simplest(x / v[-1]) for x in v[:-1]) for v in points)
    rays, lines = tables.get("cone", []), tables.get("subspace", [])
    return Generators(vertices, tuple(rays), tuple(lines)), n


def _halfspaces(tables: dict[str, list[Scalars]], n: int) -> tuple[Halfspaces, int]:
    def rows(kind: str) -> tuple[Rows, Scalars]:
        found = [(*a, Fraction(0)) for a in tables.get(kind, [])]
        found += tables.get(f"inhom_{kind}", [])
        return (
            tuple(tuple(-x for x in row[:-1]) for row in found),
            tuple(row[-1] for row in found),
        )

    return Halfspaces(*rows("inequalities"), *rows("equations")), n


def _words(source: str) -> Iterator[str]:
    """Yield the words; what stands in parentheses or brackets is one."""
    bare = re.sub(r"/\*.*?\*/", " ", source, flags=re.DOTALL)
    yield from re.findall(r"\([^()]*\)|\[[^\[\]]*\]|[^\s()\[\]]+", bare)


def _count(word: str, name: str) -> int:
    if not word.isdecimal():
        raise InstanceError(f'"{name}" needs a number of rows, not "{word}"')
    return int(word)


def _entry(word: str, name: str, number: Number) -> Scalar:
    try:
        return number(word)
    except InexactError as error:
        raise InstanceError(f'"{name}": {error}') from None


def _reader(words: Iterator[str]) -> Number:
    """Return how a number of the field that is described next is read."""
    found = [next(words, "") for _ in range(4)]
    ball = re.fullmatch(r"\[\s*(\S+)\s*\+/-\s*(\S+)\s*\]", found[3])
    if (found[0], found[2]) != ("min_poly", "embedding") or ball is None:
        raise InstanceError(
            'a number field is "number_field min_poly (a^2 - 2) embedding [1.4 +/- 0.1]"'
        )
    middle, radius = map(rational, ball.groups())
    poly = _coefficients(found[1])
    integral = [c.numerator for c in poly]
    if any(c.denominator != 1 for c in poly):
        raise InstanceError(f"min_poly {found[1]} has fractions: multiply them away")
    field = NumberField(integral, (middle - radius, middle + radius))
    return lambda word: simplest(field.element(_coefficients(word)))


def _coefficients(word: str) -> list[Fraction]:
    """Return the coefficients, lowest first, of a polynomial in a.

    >>> list(map(str, _coefficients("(1/2*a^2 - a + 3)")))
    ['3', '-1', '1/2']
    """
    left = word.strip("()").strip()
    found: dict[int, Fraction] = {}
    place = 0
    while place < len(left):
        term = _TERM.match(left, place)
        if term is None or term.end() == place or not (term[2] or term[3]):
            raise InstanceError(f'"{word}" is no polynomial in a')
        power = 0 if term[3] is None else int(term[4] or 1)
        size = rational(term[2] or 1) * (-1 if term[1] == "-" else 1)
        found[power] = found.get(power, Fraction(0)) + size
        place = term.end()
    if not found:
        raise InstanceError(f'"{word}" is no polynomial in a')
    return [found.get(k, Fraction(0)) for k in range(max(found) + 1)]
