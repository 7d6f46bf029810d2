"""A polyhedron from any text that is understood, and its JSON fields.

Texts are cddlib's and lrs's, polymake's JSON, Normaliz's input, and JSON of our own: an
object with ``A``, ``b`` and optionally ``C``, ``d``; or with ``vertices``, ``rays``,
``lines``; or what :func:`fields` has written. A number is an integer, an exact string, or
``{"poly", "root", "coords"}`` in a number field.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePath
from typing import cast

from polytope_nn.errors import InstanceError, PolytopeError
from polytope_nn.exact.field import Algebraic
from polytope_nn.exact.scalar import Scalars, exact_number
from polytope_nn.wording import shown

from . import cdd_text
from .forms import Rows
from .polyhedron import Polyhedron

__all__ = ["fields", "read_polyhedron"]

_MOST_DIGITS = 4000


def read_polyhedron(source: str, name: str = "the text") -> Polyhedron:
    r"""Return the polyhedron of a text; its name serves the messages, and its suffix.

    >>> read_polyhedron("begin\n1 2 integer\n3 -1\nend", "half.ine")
    Polyhedron(ambient_dim=1, inequalities=1, equations=0)

    Raises
    ------
    InstanceError
        Naming the file and what is not understood in it.
    """
    try:
        return _read(source.removeprefix("\ufeff"), PurePath(name).suffix)
    except PolytopeError as error:
        raise InstanceError(f"{name}: {error}") from None


def _read(source: str, suffix: str) -> Polyhedron:
    start = source.lstrip()
    if not start:
        raise InstanceError("is empty: a polyhedron is wanted")
    if start[0] == "{" or suffix == ".json":
        return _read_json(source)
    if start[0] == "<":
        raise InstanceError(
            "is XML: polymake's files are read as JSON (save it with 4.0), GraphML is not"
        )
    if start.startswith("amb_space") or suffix == ".in":
        return Polyhedron.from_normaliz(source)
    if cdd_text.kind_of(source) == "V":
        return Polyhedron.from_ext(source)
    if suffix == ".ext" and "H-representation" not in source:
        raise InstanceError('is named .ext and has no line "V-representation": write it')
    return Polyhedron.from_ine(source)


def _read_json(source: str) -> Polyhedron:
    try:
        given = json.loads(source, parse_int=_int, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise InstanceError(
            f"line {error.lineno}, column {error.colno}: broken JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise InstanceError("lists are nested too deeply: write lists of rows") from None
    if not isinstance(given, dict):
        raise InstanceError("is JSON, but no object: {...} is wanted")
    if "_type" in given or "_ns" in given:
        return Polyhedron.from_polymake(source)
    n = given.get("ambient_dim")
    if n is not None and type(n) is not int:
        raise InstanceError(f"ambient_dim is {shown(n)}: an integer is wanted")
    both = sorted({"A", "C"} & set(given)) if "vertices" in given else []
    if both:
        raise InstanceError(f"has vertices and {both[0]}: two polyhedra: take one out")
    if "vertices" in given:
        tables = [_rows(given, key) for key in ("vertices", "rays", "lines")]
        return Polyhedron.from_generators(*tables, ambient_dim=n)
    if "A" in given or "C" in given:
        A, C = _rows(given, "A"), _rows(given, "C")
        b, d = (_rows({key: [given.get(key, [])]}, key)[0] for key in ("b", "d"))
        return Polyhedron.from_inequalities(A, b, C, d, ambient_dim=n)
    raise InstanceError(
        f"{_keys(given)}: write A and b (A x <= b; C and d: C x = d), or vertices (rays, lines)"
    )


def _keys(given: Mapping[str, object]) -> str:
    """Return the keys of an object in words."""
    named = ", ".join(sorted(shown(key) for key in given)[:8])
    return f"the keys are {named}" if named else "is an object without keys"


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of JSON; a key that comes twice would silently lose a table."""
    given = dict(pairs)
    if len(given) < len(pairs):
        ((key, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise InstanceError(f"the key {shown(key)} comes twice: take one out")
    return given


def _int(word: str) -> int:
    if len(word) > _MOST_DIGITS:
        raise InstanceError(f"{word[:20]}... has more than {_MOST_DIGITS} digits")
    return int(word)


def _rows(given: Mapping[str, object], key: str) -> list[list[object]]:
    table = given.get(key, [])
    if not isinstance(table, list) or not all(isinstance(row, list) for row in table):
        raise InstanceError(f"{key}: a list of rows is wanted")
    return [[_number(x) for x in row] for row in cast("list[list[object]]", table)]


def _number(x: object) -> object:
    if isinstance(x, dict):
        return Algebraic.from_json({k: v for k, v in x.items() if k != "value_float"})
    return x


def fields(P: Polyhedron) -> dict[str, object]:
    """Return dimension, both irredundant forms and their counts as JSON data.

    A facet is ``{"a": [...], "b": t}`` for ``a x <= t``, an equation of the affine hull
    the same for ``a x = t``; the empty set has ``dim`` -1 and empty lists.
    """
    empty = P.is_empty
    found: dict[str, object] = {
        "ambient_dim": P.ambient_dim,
        "dim": P.dim,
        "vertices": _encoded(P.vertices),
        "rays": _encoded(P.rays),
        "lines": _encoded(P.lines),
        "facets": _pairs(*P.facets),
        "equations": [] if empty else _pairs(*P.hull),
    }
    for key in ("vertices", "rays", "lines", "facets", "equations"):
        found[f"n_{key}"] = len(cast("list[object]", found[key]))
    return found


def _encoded(rows: Rows) -> list[list[object]]:
    return [list(map(exact_number, row)) for row in rows]


def _pairs(A: Rows, b: Scalars) -> list[dict[str, object]]:
    pairs = zip(A, b, strict=True)
    return [{"a": list(map(exact_number, a)), "b": exact_number(t)} for a, t in pairs]
