"""What is made from the package: glossary, reference of public names, JSON schema.

``python docs/generated.py`` writes the schema; the pages are written by each build.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import polytope_nn
from polytope_nn.checker.rows import (
    CONVENTIONS,
    FORMATS,
    KEYS,
    KEYS_1,
    OF_KINDS,
    PATH_COSTS,
    ROWS_1,
    ROWS_2,
    added,
)
from polytope_nn.report.glossary import WORDS

__all__ = ["SCHEMA", "glossary", "reference", "schema", "write_pages"]

Rows: TypeAlias = Mapping[str, tuple[str, ...]]
SCHEMA = "certificate.schema.json"

_ROOMS = (
    ("Problems", "problems", "what is asked"),
    ("Optima and optimal sets", "dual search landscape", "what solves it, all of it"),
    (
        "Networks and paths",
        "networks paths functions stationary",
        "points, and ways between",
    ),
    ("Weight decay", "homotopy", "all values of it"),
    ("Several outputs, three layers", "vector parallel", "the extensions"),
    ("Theorems and certificates", "theorems certificate", "what is claimed, and shown"),
    ("Polyhedra", "geometry", "the geometry underneath"),
    ("Everything else", "", "limits, errors"),
)


def glossary() -> str:
    """Return the glossary as a page, word for word what ``polytope-nn explain`` prints."""
    words = [(word, text) for word, text in WORDS.items() if text]
    entries = [f"{word}\n: {' '.join(text.split())}\n" for word, text in words]
    head = "# Glossary\n\n`polytope-nn explain WORD` prints these lines.\n\n"
    return head + "\n".join(entries)


def reference() -> str:
    """Return the reference: every public name, under the room that it lives in."""
    homes = {
        name: getattr(getattr(polytope_nn, name), "__module__", "").split(".")
        for name in polytope_nn.__all__
        if getattr(getattr(polytope_nn, name), "__qualname__", "") == name
    }
    taken: set[str] = set()
    parts = ["# Reference\n\nEvery public name; `import polytope_nn as pn`.\n"]
    for title, rooms, says in _ROOMS:
        names = [
            name
            for name, home in sorted(homes.items(), key=lambda pair: pair[0].lower())
            if name not in taken and (not rooms or (home[1:2] and home[1] in rooms.split()))
        ]
        taken.update(names)
        parts.append(f"\n## {title}\n\n*{says}*\n")
        parts.extend(_entry(name) for name in names)
    return "\n".join(parts)


def _entry(name: str) -> str:
    value = getattr(polytope_nn, name)
    kind, more = "function", ""
    if isinstance(value, type):
        kind = "exception" if issubclass(value, Exception) else "class"
        more = ":members:\n" if kind == "class" else ""
    home = f"{value.__module__}.{value.__qualname__}"
    return f"```{{eval-rst}}\n.. auto{kind}:: {home}\n{_indented(more)}```\n"


def _indented(text: str) -> str:
    return "".join(f"   {line}\n" for line in text.splitlines())


def schema() -> dict[str, Any]:
    """Return the JSON schema of a certificate, format 1 or 2: its frame, kinds and claims.

    It says what is where; what is true, the checker says.
    """
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    kinds = {1: ROWS_1, 2: ROWS_2}
    formats = [_of_format(f, v, kinds[v], digest) for f, v in FORMATS.items()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "certificate of polytope_nn",
        "type": "object",
        "oneOf": formats,
        "$defs": {
            "rational": {"type": "string", "pattern": "^-?(0|[1-9][0-9]*)(/[1-9][0-9]*)?$"},
            "number": {
                "description": "a rational, or its coordinates in the powers of alpha",
                "anyOf": [
                    {"$ref": "#/$defs/rational"},
                    {"type": "array", "items": {"$ref": "#/$defs/rational"}},
                ],
            },
        },
    }


def _of_format(
    name: str, version: int, rows: Rows, digest: dict[str, str]
) -> dict[str, Any]:
    keys = KEYS if version == 2 else KEYS_1
    deep = [OF_KINDS["parallel"], OF_KINDS["parallel_enclosed"]]
    others = [*deep, *(x | PATH_COSTS for x in deep)] if version == 2 else []
    parts = ["data", "claims", "witness", *(["frame"] if version == 2 else [])]
    frame = {
        "format": {"const": name},
        "version": {"const": version},
        "kind": {"enum": sorted(rows)},
        "conventions": {"enum": [CONVENTIONS, *(CONVENTIONS | x for x in others)]},
        "data": {"type": "object", "required": ["X", "y", "beta_squared"]},
        "field": {"description": "Q, a number field, or the bits of intervals"},
        "claims": {"type": "array", "items": {"anyOf": _claims(keys, rows, version)}},
        "witness": {"type": "object"},
        "sha256": _closed(dict.fromkeys(parts, digest)),
    }
    return {
        **_closed(frame),
        "allOf": [_rows(kind, row, version) for kind, row in rows.items()],
    }


def _claims(keys: dict[str, str], rows: Rows, version: int) -> list[dict[str, Any]]:
    own = {name for row in rows.values() for name in row}
    more = {name for kind in rows for name in added(kind)} if version == 2 else set()
    names = sorted(own | more)
    shapes = [(name, keys[name]) for name in names]
    if version == 1:
        shapes.append(("patterns", "count"))  # without a free part there is one chart
    return [
        _closed({"claim": {"const": name}} | {key: {} for key in words.split()})
        for name, words in shapes
    ]


def _rows(kind: str, row: tuple[str, ...], version: int) -> dict[str, Any]:
    """Return: a certificate of this kind has these claims, in this order, and one more at most."""
    items = [{"properties": {"claim": {"const": name}}} for name in row]
    more = added(kind) if version == 2 else ()
    most = len(row) + bool(more)
    claims: dict[str, Any] = {"prefixItems": items, "minItems": len(row), "maxItems": most}
    if more:
        claims["items"] = {"properties": {"claim": {"enum": list(more)}}}
    return {
        "if": {"properties": {"kind": {"const": kind}}},
        "then": {"properties": {"claims": claims}},
    }


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def write_pages(folder: Path) -> None:
    """Write both pages where they changed; a build does so, and they are not kept."""
    for name, text in (("glossary.md", glossary()), ("reference/index.md", reference())):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    text = json.dumps(schema(), indent=1, sort_keys=True) + "\n"
    (Path(__file__).parent / SCHEMA).write_text(text, encoding="utf-8")
